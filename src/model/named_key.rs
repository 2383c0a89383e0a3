//! A key of a vault as whoever uses it names it: by URI. Must not know what was read of the key.

use url::Url;

/// What a key's URI says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedKey {
    /// The vault's host, in lower case.
    pub host: String,
    /// The key's name.
    pub name: String,
    /// The version; none is the latest, so that a rotation reaches whoever names it so.
    pub version: Option<String>,
}

impl NamedKey {
    /// Reads `https://{vault}/keys/{name}[/{version}]`; none for anything else.
    pub fn parse(uri: &str) -> Option<Self> {
        let url = Url::parse(uri).ok()?;
        let mut segments = url.path_segments()?;
        if !segments.next()?.eq_ignore_ascii_case("keys") {
            return None;
        }
        let mut filled = || segments.next().filter(|one| !one.is_empty());
        let name = filled()?.to_owned();
        Some(Self {
            host: url.host_str()?.to_ascii_lowercase(),
            name,
            version: filled().map(str::to_owned),
        })
    }

    /// The first label of the host: the vault's name.
    pub fn vault(&self) -> &str {
        self.host.split('.').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_vault_key_and_version() {
        for (uri, expected) in [
            (
                "https://KV-a.vault.azure.net:443/keys/cmk/2dcf",
                Some(("kv-a.vault.azure.net", "cmk", Some("2dcf"))),
            ),
            (
                "https://kv-a.vault.azure.net/Keys/cmk/",
                Some(("kv-a.vault.azure.net", "cmk", None)),
            ),
            (
                "https://kv-a.vault.azure.net/keys/cmk",
                Some(("kv-a.vault.azure.net", "cmk", None)),
            ),
            ("https://kv-a.vault.azure.net/secrets/cmk", None),
            ("https://kv-a.vault.azure.net/keys/", None),
            ("cmk", None),
        ] {
            let found = NamedKey::parse(uri);
            let found = found
                .as_ref()
                .map(|one| (&*one.host, &*one.name, one.version.as_deref()));
            assert_eq!(found, expected, "{uri}");
        }
        let named = NamedKey::parse("https://kv-a.vault.azure.net/keys/cmk").expect("a key");
        assert_eq!(named.vault(), "kv-a");
    }
}
