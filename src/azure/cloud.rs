//! The clouds by name, and the cloud file (design section 4): where the services live.
//!
//! Parsing is strict: an unknown key, a wrong shape, plain http off loopback, or a mix of loopback
//! and real services is an error that names file and key. Must not do I/O: the text is handed in.

use std::collections::BTreeMap;

use toml::{Table, Value};
use url::Url;

use super::hosts::{SERVICE, search_base};
use crate::model::cloud::{Audience, Cloud, Suffixes, is_loopback};

/// What is wrong with a cloud file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudFileError {
    /// The text is not TOML.
    #[error("{file}: not a TOML file: {message}")]
    Syntax {
        /// The file's name.
        file: String,
        /// What the parser says, with the line.
        message: String,
    },
    /// A key that no cloud file has.
    #[error("{file}: unknown key `{key}`; known are {known}")]
    UnknownKey {
        /// The file's name.
        file: String,
        /// The key, with its table.
        key: String,
        /// The keys that are known in that place.
        known: String,
    },
    /// A key that every cloud file needs.
    #[error("{file}: key `{key}` is missing")]
    Missing {
        /// The file's name.
        file: String,
        /// The key.
        key: String,
    },
    /// A value that cannot be used.
    #[error("{file}: key `{key}`: {reason}")]
    Value {
        /// The file's name.
        file: String,
        /// The key, with its table.
        key: String,
        /// What is wrong with the value.
        reason: String,
    },
}

/// Azure's public cloud.
pub fn public() -> Cloud {
    named(&Named {
        name: "AzurePublic",
        resource_manager: "https://management.azure.com",
        authority: "https://login.microsoftonline.com",
        graph: "https://graph.microsoft.com",
        log_analytics: "https://api.loganalytics.io",
        search: "https://{service}.search.windows.net",
        portal: "https://portal.azure.com",
        search_audience: "https://search.azure.com",
        suffixes: [
            "search.windows.net",
            "blob.core.windows.net",
            "openai.azure.com",
            "vault.azure.net",
            "documents.azure.com",
        ],
    })
}

/// Azure US Government.
pub fn usgov() -> Cloud {
    named(&Named {
        name: "AzureUSGovernment",
        resource_manager: "https://management.usgovcloudapi.net",
        authority: "https://login.microsoftonline.us",
        graph: "https://graph.microsoft.us",
        log_analytics: "https://api.loganalytics.us",
        search: "https://{service}.search.azure.us",
        portal: "https://portal.azure.us",
        search_audience: "https://search.azure.us",
        suffixes: [
            "search.azure.us",
            "blob.core.usgovcloudapi.net",
            "openai.azure.us",
            "vault.usgovcloudapi.net",
            "documents.azure.us",
        ],
    })
}

/// Azure in China.
pub fn china() -> Cloud {
    named(&Named {
        name: "AzureChina",
        resource_manager: "https://management.chinacloudapi.cn",
        authority: "https://login.chinacloudapi.cn",
        graph: "https://microsoftgraph.chinacloudapi.cn",
        log_analytics: "https://api.loganalytics.azure.cn",
        search: "https://{service}.search.azure.cn",
        portal: "https://portal.azure.cn",
        search_audience: "https://search.azure.cn",
        suffixes: [
            "search.azure.cn",
            "blob.core.chinacloudapi.cn",
            "openai.azure.cn",
            "vault.azure.cn",
            "documents.azure.cn",
        ],
    })
}

/// The words that `--cloud` knows.
pub const WORDS: [&str; 3] = ["public", "usgov", "china"];

/// The cloud of one of [`WORDS`].
pub fn by_word(word: &str) -> Option<Cloud> {
    match word {
        "public" => Some(public()),
        "usgov" => Some(usgov()),
        "china" => Some(china()),
        _ => None,
    }
}

struct Named {
    name: &'static str,
    resource_manager: &'static str,
    authority: &'static str,
    graph: &'static str,
    log_analytics: &'static str,
    search: &'static str,
    portal: &'static str,
    search_audience: &'static str,
    suffixes: [&'static str; 5],
}

fn named(named: &Named) -> Cloud {
    let url = |text: &str| Url::parse(text).expect("a constant that the tests parse");
    let [search, blob, openai, vault, cosmos] = named.suffixes.map(str::to_owned);
    Cloud {
        name: named.name.to_owned(),
        resource_manager: url(named.resource_manager),
        authority: url(named.authority),
        graph: Some(url(named.graph)),
        log_analytics: Some(url(named.log_analytics)),
        search: Some(named.search.to_owned()),
        portal: url(named.portal),
        audience: BTreeMap::from([
            (Audience::ResourceManager, named.resource_manager.to_owned()),
            (Audience::Graph, named.graph.to_owned()),
            (Audience::LogAnalytics, named.log_analytics.to_owned()),
            (Audience::Search, named.search_audience.to_owned()),
        ]),
        suffix: Suffixes {
            search,
            blob,
            openai,
            vault,
            cosmos,
        },
    }
}

const KEYS: [&str; 9] = [
    "name",
    "resource_manager",
    "authority",
    "graph",
    "log_analytics",
    "search",
    "portal",
    "audience",
    "suffix",
];
const AUDIENCES: [(&str, Audience); 4] = [
    ("resource_manager", Audience::ResourceManager),
    ("graph", Audience::Graph),
    ("log_analytics", Audience::LogAnalytics),
    ("search", Audience::Search),
];
const SUFFIXES: [&str; 5] = ["search", "blob", "openai", "vault", "cosmos"];

/// Reads a cloud file's text. `file` is its name, for the errors.
pub fn from_toml(text: &str, file: &str) -> Result<Cloud, CloudFileError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        CloudFileError::Syntax {
            file: file.to_owned(),
            message: line.map_or_else(
                || error.message().to_owned(),
                |line| format!("line {line}: {}", error.message()),
            ),
        }
    })?;
    let reader = Reader { file };
    reader.only_known("", &table, &KEYS)?;

    let mut cloud = public();
    cloud.name = reader.required_text(&table, "name")?;
    if cloud.name.trim().is_empty() || cloud.name.chars().any(char::is_control) {
        return Err(reader.value("name", "it is empty or holds control characters"));
    }
    cloud.resource_manager = reader
        .base(&table, "resource_manager")?
        .ok_or_else(|| reader.missing("resource_manager"))?;
    cloud.authority = reader
        .base(&table, "authority")?
        .ok_or_else(|| reader.missing("authority"))?;
    cloud.graph = reader.base(&table, "graph")?;
    cloud.log_analytics = reader.base(&table, "log_analytics")?;
    cloud.search = reader.text(&table, "search", "search")?;
    if let Some(portal) = reader.base(&table, "portal")? {
        cloud.portal = portal;
    }
    let search_sample = reader.search_sample(&cloud)?;
    reader.one_side_of_loopback(&cloud, search_sample.as_ref())?;

    if let Some(audience) = reader.table(&table, "audience")? {
        reader.only_known("audience.", audience, &AUDIENCES.map(|(key, _)| key))?;
        for (key, which) in AUDIENCES {
            let full = format!("audience.{key}");
            if let Some(value) = reader.text(audience, key, &full)? {
                Url::parse(&value).map_err(|error| {
                    reader.value(&full, &format!("`{value}` is not a URL: {error}"))
                })?;
                cloud.audience.insert(which, value);
            }
        }
    }
    if let Some(suffix) = reader.table(&table, "suffix")? {
        reader.only_known("suffix.", suffix, &SUFFIXES)?;
        for key in SUFFIXES {
            let full = format!("suffix.{key}");
            let Some(value) = reader.text(suffix, key, &full)? else {
                continue;
            };
            let value = value.trim_start_matches('.').to_owned();
            if value.is_empty() || value.contains(['/', ':', ' ']) {
                return Err(
                    reader.value(&full, "it must be a host suffix such as `vault.azure.net`")
                );
            }
            match key {
                "search" => cloud.suffix.search = value,
                "blob" => cloud.suffix.blob = value,
                "openai" => cloud.suffix.openai = value,
                "vault" => cloud.suffix.vault = value,
                _ => cloud.suffix.cosmos = value,
            }
        }
    }
    Ok(cloud)
}

/// Reads values of one file, so that every error names it.
struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn missing(&self, key: &str) -> CloudFileError {
        CloudFileError::Missing {
            file: self.file.to_owned(),
            key: key.to_owned(),
        }
    }

    fn value(&self, key: &str, reason: &str) -> CloudFileError {
        CloudFileError::Value {
            file: self.file.to_owned(),
            key: key.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn only_known(
        &self,
        prefix: &str,
        table: &Table,
        known: &[&str],
    ) -> Result<(), CloudFileError> {
        match table.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(CloudFileError::UnknownKey {
                file: self.file.to_owned(),
                key: format!("{prefix}{key}"),
                known: known.join(", "),
            }),
        }
    }

    fn text(&self, table: &Table, key: &str, full: &str) -> Result<Option<String>, CloudFileError> {
        match table.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.value(
                full,
                &format!("it must be a text in quotes, not {}", other.type_str()),
            )),
        }
    }

    fn required_text(&self, table: &Table, key: &str) -> Result<String, CloudFileError> {
        self.text(table, key, key)?.ok_or_else(|| self.missing(key))
    }

    fn table<'t>(&self, table: &'t Table, key: &str) -> Result<Option<&'t Table>, CloudFileError> {
        match table.get(key) {
            None => Ok(None),
            Some(Value::Table(inner)) => Ok(Some(inner)),
            Some(other) => Err(self.value(
                key,
                &format!("it must be a table, not {}", other.type_str()),
            )),
        }
    }

    fn base(&self, table: &Table, key: &str) -> Result<Option<Url>, CloudFileError> {
        let Some(text) = self.text(table, key, key)? else {
            return Ok(None);
        };
        let url = Url::parse(&text)
            .map_err(|error| self.value(key, &format!("`{text}` is not a URL: {error}")))?;
        self.check_base(key, &url)?;
        Ok(Some(url))
    }

    fn check_base(&self, key: &str, url: &Url) -> Result<(), CloudFileError> {
        let refuse = |reason: &str| Err(self.value(key, reason));
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(url) => {}
            "http" => {
                return refuse("plain http is accepted for loopback addresses only; use https");
            }
            _ => return refuse("it must start with https:// (or http:// on a loopback address)"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("a user name or a password has no place in it");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("it is a base: no `?` and no `#`");
        }
        Ok(())
    }

    fn search_sample(&self, cloud: &Cloud) -> Result<Option<Url>, CloudFileError> {
        let Some(template) = &cloud.search else {
            return Ok(None);
        };
        if template.matches(SERVICE).count() != 1 {
            return Err(self.value("search", "it must hold `{service}` exactly once"));
        }
        let Some(sample) = search_base(cloud, "sample") else {
            return Err(self.value(
                "search",
                &format!("`{template}` is not a URL, or `{{service}}` is not a host label or a path segment of it"),
            ));
        };
        self.check_base("search", &sample)?;
        Ok(Some(sample))
    }

    /// A loopback cloud takes any token it is given, so none of its tokens may reach a real service,
    /// and no real token may reach a loopback one.
    fn one_side_of_loopback(
        &self,
        cloud: &Cloud,
        search: Option<&Url>,
    ) -> Result<(), CloudFileError> {
        let inside = cloud.is_loopback();
        let others = [
            ("authority", Some(&cloud.authority)),
            ("graph", cloud.graph.as_ref()),
            ("log_analytics", cloud.log_analytics.as_ref()),
            ("search", search),
        ];
        for (key, url) in others {
            if url.is_some_and(|url| is_loopback(url) != inside) {
                return Err(self.value(
                    key,
                    "either every service of a cloud is on loopback or none is, and `resource_manager` says otherwise",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: &str = r#"
name = "lab"
resource_manager = "http://127.0.0.1:8080"
authority        = "http://127.0.0.1:8080"
graph            = "http://127.0.0.1:8080/graph"
log_analytics    = "http://127.0.0.1:8080/loganalytics"
search           = "http://127.0.0.1:8080/search/{service}"
portal           = "https://portal.azure.com"
"#;

    #[test]
    fn the_named_clouds_parse_and_have_every_audience() {
        assert_eq!(by_word("moon"), None);
        for cloud in WORDS.map(|word| by_word(word).unwrap()) {
            assert_eq!(cloud.audience.len(), 4, "{}", cloud.name);
            assert!(!cloud.is_loopback());
            assert!(search_base(&cloud, "docs").is_some());
        }
    }

    #[test]
    fn the_example_of_the_contract_is_read() {
        let cloud = from_toml(LAB, "lab.toml").unwrap();
        assert_eq!(cloud.name, "lab");
        assert!(cloud.is_loopback());
        assert_eq!(cloud.graph.unwrap().path(), "/graph");
        assert_eq!(cloud.suffix, public().suffix);
        assert_eq!(cloud.audience, public().audience);
    }

    #[test]
    fn missing_services_are_services_that_the_cloud_does_not_have() {
        let text =
            "name='x'\nresource_manager='https://arm.local'\nauthority='https://login.local'";
        let cloud = from_toml(text, "x.toml").unwrap();
        assert_eq!(
            (cloud.graph, cloud.log_analytics, cloud.search),
            (None, None, None)
        );
    }

    #[test]
    fn tables_override_audiences_and_suffixes() {
        let text = format!(
            "{LAB}\n[audience]\nsearch = \"https://search.lab\"\n[suffix]\nvault = \".vault.lab\"\n"
        );
        let cloud = from_toml(&text, "lab.toml").unwrap();
        assert_eq!(
            cloud.scope_of(Audience::Search).unwrap(),
            "https://search.lab/.default"
        );
        assert_eq!(cloud.suffix.vault, "vault.lab");
    }

    #[test]
    fn every_fault_names_file_and_key() {
        let base =
            "name='x'\nresource_manager='https://arm.local'\nauthority='https://login.local'\n";
        let cases = [
            ("name = ", "line 1"),
            ("name='x'", "`resource_manager` is missing"),
            ("resource_manager='https://a'", "`name` is missing"),
            (&format!("{base}grahp='https://g'"), "unknown key `grahp`"),
            (&format!("{base}graph=1"), "key `graph`: it must be a text"),
            (
                &format!("{base}graph='nowhere'"),
                "key `graph`: `nowhere` is not a URL",
            ),
            (&format!("{base}graph='http://graph.local'"), "plain http"),
            (
                &format!("{base}graph='ftp://graph.local'"),
                "must start with https",
            ),
            (
                &format!("{base}graph='https://u:p@graph.local'"),
                "user name",
            ),
            (&format!("{base}graph='https://graph.local/?a=1'"), "no `?`"),
            (
                &format!("{base}graph='http://127.0.0.1:1'"),
                "key `graph`: either every service",
            ),
            (
                &format!("{base}search='https://search.local'"),
                "`{service}` exactly once",
            ),
            (
                &format!("{base}search='https://x.local/?s={{service}}'"),
                "key `search`",
            ),
            (
                &format!("{base}search='https://{{service}}@x.local/'"),
                "key `search`",
            ),
            (
                &format!("{base}[audience]\nvault='https://v'"),
                "unknown key `audience.vault`",
            ),
            (
                &format!("{base}[audience]\ngraph='v'"),
                "key `audience.graph`",
            ),
            (&format!("{base}[suffix]\nblob='a/b'"), "key `suffix.blob`"),
            (
                &format!("{base}suffix='a'"),
                "key `suffix`: it must be a table",
            ),
        ];
        for (text, expected) in cases {
            let message = from_toml(text, "lab.toml").unwrap_err().to_string();
            assert!(message.starts_with("lab.toml: "), "{message}");
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }
}
