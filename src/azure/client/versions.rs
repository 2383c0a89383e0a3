//! Api-versions: which resource type a path is about, whether a version was refused, and which one
//! to take instead (the reference's "Version policy").
//!
//! Pure, save for what was found out and is remembered. The asking is in `offered`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::azure::envelope::AzureError;
use crate::azure::transport::Incoming;

/// The resource type that a path is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceType {
    /// `Microsoft.Storage`
    pub(crate) namespace: String,
    /// `storageAccounts/blobServices`
    pub(crate) types: Vec<String>,
}

impl ResourceType {
    /// `Microsoft.Storage/storageAccounts/blobServices`
    pub(crate) fn full(&self) -> String {
        format!("{}/{}", self.namespace, self.types.join("/"))
    }

    fn key(&self) -> String {
        self.full().to_ascii_lowercase()
    }
}

/// Reads the resource type out of an ARM path; a query behind it does not matter.
pub(crate) fn resource_type_of(path: &str) -> Option<ResourceType> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let at = parts
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"));
    if let Some(at) = at
        && let Some(namespace) = parts.get(at + 1)
        && parts.len() > at + 2
    {
        return Some(ResourceType {
            namespace: (*namespace).to_owned(),
            types: parts[at + 2..]
                .iter()
                .step_by(2)
                .map(|part| (*part).to_owned())
                .collect(),
        });
    }
    let lower: Vec<String> = parts.iter().map(|part| part.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let types: &[&str] = match lower.as_slice() {
        ["tenants"] => &["tenants"],
        ["subscriptions"] | ["subscriptions", _] => &["subscriptions"],
        ["subscriptions", _, "resourcegroups"] | ["subscriptions", _, "resourcegroups", _] => {
            &["subscriptions", "resourceGroups"]
        }
        ["subscriptions", _, "resources"] => &["subscriptions", "resources"],
        ["subscriptions", _, "resourcegroups", _, "resources"] => {
            &["subscriptions", "resourceGroups", "resources"]
        }
        ["subscriptions", _, "locations"] => &["subscriptions", "locations"],
        ["subscriptions", _, "providers", ..] => &["subscriptions", "providers"],
        ["providers", ..] => &["providers"],
        _ => return None,
    };
    Some(ResourceType {
        namespace: "Microsoft.Resources".to_owned(),
        types: types.iter().map(|part| (*part).to_owned()).collect(),
    })
}

/// Whether an answer says that the api-version is not offered.
pub(crate) fn is_refusal(incoming: &Incoming) -> bool {
    const CODES: [&str; 4] = [
        "InvalidResourceType",
        "NoRegisteredProviderFound",
        "InvalidApiVersionParameter",
        "UnsupportedApiVersion",
    ];
    matches!(incoming.status, 400 | 404)
        && incoming
            .error
            .as_ref()
            .is_some_and(|error| CODES.iter().any(|code| error.has_code(code)))
}

/// The address with an api-version, in place of the one it had.
pub(crate) fn with_version(mut url: Url, version: &str) -> Url {
    // The query is edited as text: parsing and writing it anew would encode a filter differently.
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && !name.eq_ignore_ascii_case("api-version")
        })
        .collect();
    let mut query = kept.join("&");
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str("api-version=");
    query.push_str(version);
    url.set_query(Some(&query));
    url
}

/// The api-version of an address.
pub(crate) fn version_of(url: &Url) -> Option<Arc<str>> {
    url.query_pairs()
        .find(|(name, _)| name.eq_ignore_ascii_case("api-version"))
        .map(|(_, value)| Arc::from(&*value))
}

/// What a provider offers: api-versions by resource type, in lower case.
#[derive(Debug, Default)]
pub(crate) struct Catalogue(HashMap<String, Vec<String>>);

impl Catalogue {
    /// Reads `providers/{ns}`.
    pub(crate) fn read(document: &Value) -> Self {
        let mut types = HashMap::new();
        for entry in document["resourceTypes"].as_array().into_iter().flatten() {
            let Some(name) = entry["resourceType"].as_str() else {
                continue;
            };
            let versions = entry["apiVersions"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|version| version.as_str().map(str::to_owned))
                .collect();
            types.insert(name.to_ascii_lowercase(), versions);
        }
        Self(types)
    }

    /// The newest stable version of a type that is older than the pinned one; where every one is
    /// newer, the nearest of them. An operation at the end of a path is no type of its own, so the
    /// type above it counts.
    pub(crate) fn instead_of(&self, pinned: &str, wanted: &ResourceType) -> Option<&str> {
        let versions = (1..=wanted.types.len()).rev().find_map(|length| {
            self.0
                .get(&wanted.types[..length].join("/").to_ascii_lowercase())
        })?;
        nearest(pinned, versions.iter().map(String::as_str))
    }
}

/// The newest stable version before the pinned one, else the nearest behind it.
fn nearest<'a>(pinned: &str, versions: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (before, behind): (Vec<&str>, Vec<&str>) = versions
        .filter(|version| is_stable(version) && *version != pinned)
        .partition(|version| *version < pinned);
    before
        .into_iter()
        .max()
        .or_else(|| behind.into_iter().min())
}

/// The version to take instead of the pinned one, as the refusal's own sentence names them: `The
/// supported api-versions are '…, …'.` Only for a cloud whose list of providers cannot be read,
/// because the wording is nobody's promise.
pub(crate) fn named_in(refusal: &AzureError, pinned: &str) -> Option<String> {
    refusal.texts().find_map(|text| {
        let lower = text.to_ascii_lowercase();
        let list = &lower[lower.find("supported")?..];
        let words = list.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        nearest(pinned, words).map(str::to_owned)
    })
}

/// `2023-05-01`, and nothing behind it: versions compare as text.
fn is_stable(version: &str) -> bool {
    let parts: Vec<&str> = version.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    [(year, 4), (month, 2), (day, 2)]
        .into_iter()
        .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
}

/// What was found out: one catalogue a namespace, asked for once, and the version that works for a
/// type.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    chosen: Mutex<HashMap<(String, &'static str), Arc<str>>>,
    catalogues: Mutex<HashMap<String, Arc<OnceCell<Catalogue>>>>,
}

impl Versions {
    /// The version that stands in for the pinned one of a type.
    pub(crate) fn chosen(&self, wanted: &ResourceType, pinned: &'static str) -> Option<Arc<str>> {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.get(&(wanted.key(), pinned)).cloned()
    }

    /// Remembers that a version works.
    pub(crate) fn choose(&self, wanted: &ResourceType, pinned: &'static str, version: &str) {
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        chosen.insert((wanted.key(), pinned), Arc::from(version));
    }

    /// The place of a namespace's catalogue; filled once, whoever asks first.
    pub(crate) fn catalogue(&self, namespace: &str) -> Arc<OnceCell<Catalogue>> {
        let mut catalogues = self
            .catalogues
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            catalogues
                .entry(namespace.to_ascii_lowercase())
                .or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn full(path: &str) -> Option<String> {
        resource_type_of(path).map(|found| found.full())
    }

    #[test]
    fn types_are_read_from_paths() {
        let cases = [
            ("/subscriptions", "Microsoft.Resources/subscriptions"),
            (
                "/subscriptions/s/resourcegroups?x=1",
                "Microsoft.Resources/subscriptions/resourceGroups",
            ),
            (
                "/subscriptions/s/resourceGroups/g/resources",
                "Microsoft.Resources/subscriptions/resourceGroups/resources",
            ),
            (
                "/subscriptions/s/providers",
                "Microsoft.Resources/subscriptions/providers",
            ),
            (
                "/subscriptions/s/providers/Microsoft.Storage",
                "Microsoft.Resources/subscriptions/providers",
            ),
            (
                "/subscriptions/s/providers/Microsoft.Storage/storageAccounts",
                "Microsoft.Storage/storageAccounts",
            ),
            (
                "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f/g",
                "A.B/c/e/g",
            ),
            (
                "/providers/Microsoft.Management/managementGroups/m/providers/Microsoft.Authorization/roleAssignments",
                "Microsoft.Authorization/roleAssignments",
            ),
        ];
        for (path, expected) in cases {
            assert_eq!(full(path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(full("/"), None);
    }

    #[test]
    fn the_newest_stable_older_version_is_taken() {
        let catalogue = Catalogue::read(&json!({"resourceTypes": [
            {"resourceType": "Accounts", "apiVersions": ["2025-06-01", "2024-10-01", "2024-11-01-preview", "2023-05-01", 5]},
            {"resourceType": "accounts/projects", "apiVersions": ["2026-01-01"]},
            {"apiVersions": []}
        ]}));
        let wanted = |types: &[&str]| ResourceType {
            namespace: "N".into(),
            types: types.iter().map(|part| (*part).to_owned()).collect(),
        };
        assert_eq!(
            catalogue.instead_of("2025-06-01", &wanted(&["accounts"])),
            Some("2024-10-01")
        );
        assert_eq!(
            catalogue.instead_of("2024-10-01", &wanted(&["accounts"])),
            Some("2023-05-01")
        );
        assert_eq!(
            catalogue.instead_of("2020-01-01", &wanted(&["accounts"])),
            Some("2023-05-01")
        );
        assert_eq!(
            catalogue.instead_of("2025-06-01", &wanted(&["accounts", "projects"])),
            Some("2026-01-01")
        );
        assert_eq!(
            catalogue.instead_of("2025-06-01", &wanted(&["accounts", "usage"])),
            Some("2024-10-01")
        );
        assert_eq!(
            catalogue.instead_of("2025-06-01", &wanted(&["other"])),
            None
        );
        let empty = Catalogue::read(&json!("odd"));
        assert_eq!(empty.instead_of("2025-06-01", &wanted(&["accounts"])), None);
    }

    #[test]
    fn a_refusal_names_what_is_offered() {
        let refusal = |message: &str| {
            let body = json!({"error": {"code": "NoRegisteredProviderFound", "message": message}});
            named_in(&AzureError::read(&body.to_string()), "2025-06-01")
        };
        let message = "No registered resource provider found for location 'westus' and API version \
                       '2025-06-01' for type 'accounts'. The supported api-versions are '2023-05-01, \
                       2024-10-01, 2024-11-01-preview, 2026-01-01'. The supported locations are 'x-1'.";
        assert_eq!(refusal(message).as_deref(), Some("2024-10-01"));
        assert_eq!(refusal("The api-version '2024-01-01' is invalid."), None);
        assert_eq!(refusal("No supported one."), None);
    }

    #[test]
    fn a_version_is_put_in_place_of_another() {
        let url = Url::parse("https://a/b?$filter=x%20eq%20'y'&Api-Version=1&z=1").unwrap();
        let url = with_version(url, "2");
        assert_eq!(
            url.as_str(),
            "https://a/b?$filter=x%20eq%20'y'&z=1&api-version=2".replace('\'', "%27")
        );
        assert_eq!(version_of(&url).as_deref(), Some("2"));
    }
}
