//! Connection strings of AI Search definitions: how they open their target, and which target that
//! is. Reads what [`super::scrub`] has left, so no secret comes by here.

use url::Url;

use crate::model::id::ArmId;
use crate::model::search::{ConnectionString, ConnectionTarget, REMOVED};

/// What a connection string says.
pub(super) fn parse(text: &str) -> ConnectionString {
    let text = text.trim();
    if text == REMOVED {
        return ConnectionString::Other(ConnectionTarget::default());
    }
    if text.is_empty() || text.starts_with('<') && text.ends_with('>') && !text.contains('=') {
        return ConnectionString::Redacted;
    }
    if let Some(host) = host_of(text) {
        let target = target(None, Some(host));
        return if text.contains('?') {
            ConnectionString::Sas(target)
        } else {
            ConnectionString::Other(target)
        };
    }
    let part = |wanted: &str| {
        text.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    };
    if let Some(id) = part("ResourceId") {
        return ConnectionString::ResourceId(ArmId::new(id.trim_end_matches('/')));
    }
    let host = [
        "AccountEndpoint",
        "BlobEndpoint",
        "FileEndpoint",
        "TableEndpoint",
        "ContainerSharedAccessUri",
        "Endpoint",
    ]
    .into_iter()
    .find_map(|name| host_of(part(name)?));
    let target = target(part("AccountName").map(str::to_owned), host);
    if part("AccountKey").is_some() || part("SharedAccessKey").is_some() {
        ConnectionString::AccountKey(target)
    } else if part("SharedAccessSignature").is_some() || text.contains("sig=") {
        ConnectionString::Sas(target)
    } else {
        ConnectionString::Other(target)
    }
}

fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(())?;
    url.host_str().map(str::to_owned)
}

fn target(account: Option<String>, host: Option<String>) -> ConnectionTarget {
    let account = account.or_else(|| {
        host.as_ref()
            .and_then(|host| host.split('.').next())
            .map(str::to_owned)
    });
    ConnectionTarget { account, host }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(account: &str, host: Option<&str>) -> ConnectionTarget {
        ConnectionTarget {
            account: Some(account.to_owned()),
            host: host.map(str::to_owned),
        }
    }

    #[test]
    fn every_kind_is_told_apart() {
        let storage =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";
        let blob = "st.blob.core.windows.net";
        for (text, expected) in [
            (
                format!("ResourceId={storage};"),
                ConnectionString::ResourceId(ArmId::new(storage)),
            ),
            (
                format!(" database=d ; resourceid = {storage}/ "),
                ConnectionString::ResourceId(ArmId::new(storage)),
            ),
            (
                "AccountName=st;AccountKey=<removed>".into(),
                ConnectionString::AccountKey(to("st", None)),
            ),
            (
                "AccountEndpoint=https://c.documents.azure.com:443/;AccountKey=<removed>;Database=d".into(),
                ConnectionString::AccountKey(to("c", Some("c.documents.azure.com"))),
            ),
            (
                format!("BlobEndpoint=https://{blob}/;SharedAccessSignature=<removed>"),
                ConnectionString::Sas(to("st", Some(blob))),
            ),
            (
                format!("ContainerSharedAccessUri=https://{blob}/c?sig=<removed>"),
                ConnectionString::Sas(to("st", Some(blob))),
            ),
            (
                format!("https://{blob}/c?sig=<removed>"),
                ConnectionString::Sas(to("st", Some(blob))),
            ),
            (
                "Server=tcp:x;Password=<removed>".into(),
                ConnectionString::Other(ConnectionTarget::default()),
            ),
            (
                "<removed>".into(),
                ConnectionString::Other(ConnectionTarget::default()),
            ),
            ("<unchanged>".into(), ConnectionString::Redacted),
            ("<redacted>".into(), ConnectionString::Redacted),
            (" ".into(), ConnectionString::Redacted),
        ] {
            assert_eq!(parse(&text), expected, "{text}");
        }
    }
}
