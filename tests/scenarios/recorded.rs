//! Completeness: each document has at least the properties that the real service sent for the same type. Needs the
//! recorded answers beside the project and is skipped, aloud, without them. A property that a
//! service leaves out on purpose goes on the list of its type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::loading::{self, id_of};

/// What a complete document of this type may lack, and when the service leaves it out.
fn may_lack(kind: &str) -> &'static [&'static str] {
    match kind {
        "microsoft.storage/storageaccounts" => &[
            // Only with read access to a second region.
            "properties.secondaryLocation",
            "properties.statusOfSecondary",
            "properties.secondaryEndpoints",
        ],
        "microsoft.cognitiveservices/accounts" => &[
            // Until somebody sets a rule; without a subdomain; without an identity.
            "properties.networkAcls",
            "properties.customSubDomainName",
            "identity",
            // Only with the identity's or the customer's key story; only kinds other than OpenAI.
            "properties.encryption",
            "properties.apiProperties",
            "properties.quotaLimit",
        ],
        "microsoft.keyvault/vaults" => &[
            // All four are absent until they are set.
            "properties.networkAcls",
            "properties.privateEndpointConnections",
            "properties.enableRbacAuthorization",
            "properties.enablePurgeProtection",
        ],
        "microsoft.search/searchservices" => &["identity"],
        "microsoft.resources/resourcegroups" => &[
            // Only of groups that a service manages.
            "managedBy",
        ],
        _ => &[],
    }
}

fn keys(document: &Value) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = document
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.clone())
        .collect();
    for (key, _) in document["properties"].as_object().into_iter().flatten() {
        keys.insert(format!("properties.{key}"));
    }
    keys
}

fn bodies(value: Value) -> Vec<Value> {
    match value.get("value") {
        Some(Value::Array(items)) => items.clone(),
        _ => vec![value],
    }
}

#[test]
fn documents_are_as_complete_as_recorded_ones() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/arm/examples/recorded");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no recorded answers at {}", folder.display());
        return;
    };
    let mut recorded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in entries {
        let path = entry.expect("a folder entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        // Errors are no resources, and the generic list is a list of excerpts.
        if name.starts_with("error_") || name == "resources_list.json" {
            continue;
        }
        for body in bodies(loading::json(&path)) {
            let kind = body["type"].as_str().expect("a type").to_ascii_lowercase();
            recorded.entry(kind).or_default().extend(keys(&body));
        }
    }
    assert!(recorded.len() >= 7, "{:?}", recorded.keys());
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut missing = Vec::new();
    for scenario in loading::all() {
        for document in &scenario.arm {
            let kind = document
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_ascii_lowercase();
            let Some((kind, wanted)) = recorded.get_key_value(&kind) else {
                continue;
            };
            *compared.entry(kind).or_default() += 1;
            let own = keys(document);
            for key in wanted {
                if !own.contains(key) && !may_lack(kind).contains(&key.as_str()) {
                    missing.push(format!(
                        "{}: {} lacks {key}",
                        scenario.name,
                        id_of(document)
                    ));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    for kind in recorded.keys() {
        assert!(
            compared.contains_key(kind.as_str()),
            "no scenario holds a {kind}"
        );
    }
}

#[test]
fn services_keep_their_own_quirks() {
    let mut seen = BTreeSet::new();
    for scenario in loading::all() {
        for document in &scenario.arm {
            let properties = &document["properties"];
            let at = format!("{}: {}", scenario.name, id_of(document));
            match document
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default()
            {
                "Microsoft.DocumentDB/databaseAccounts" => {
                    // Cosmos DB says "None" where others leave the object out.
                    assert!(document["identity"]["type"].is_string(), "{at}");
                    assert!(
                        properties
                            .get("privateEndpointConnections")
                            .is_none_or(|list| !list.as_array().is_some_and(Vec::is_empty)),
                        "{at}"
                    );
                    seen.insert("cosmos");
                }
                "Microsoft.Storage/storageAccounts" => {
                    assert!(
                        properties["networkAcls"]["bypass"].is_string(),
                        "{at}: one string, split at commas"
                    );
                    if properties["encryption"]["keySource"] == "Microsoft.Keyvault" {
                        assert!(
                            properties["encryption"]["keyvaultproperties"]["keyvaulturi"]
                                .is_string(),
                            "{at}"
                        );
                        seen.insert("storage key");
                    }
                    for connection in properties["privateEndpointConnections"]
                        .as_array()
                        .expect("a list")
                    {
                        let state = &connection["properties"]["privateLinkServiceConnectionState"];
                        assert!(
                            state.get("actionRequired").is_some()
                                && state.get("actionsRequired").is_none(),
                            "{at}"
                        );
                        seen.insert("storage endpoint");
                    }
                }
                "Microsoft.Search/searchServices" => {
                    let keyless = properties["disableLocalAuth"] == Value::Bool(true);
                    assert_eq!(
                        keyless,
                        properties.get("authOptions") == Some(&Value::Null),
                        "{at}: null when keys are off"
                    );
                    assert!(
                        document["location"]
                            .as_str()
                            .is_some_and(|region| region.contains(' ')),
                        "{at}: a display name"
                    );
                    seen.insert(if keyless {
                        "search keyless"
                    } else {
                        "search keys"
                    });
                }
                "Microsoft.KeyVault/vaults" => {
                    assert!(
                        properties
                            .get("enablePurgeProtection")
                            .is_none_or(|on| on == true),
                        "{at}: true or absent"
                    );
                    seen.insert("vault");
                }
                _ => {}
            }
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}
