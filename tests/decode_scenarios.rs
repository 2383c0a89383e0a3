//! The documents of the embedded Azure, decoded: what a demo shows must be what its documents say,
//! so none of them may have a property that cannot be read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hopscope::azure::decode::{Context, Page, page};
use hopscope::azure::endpoints::request;
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::simulator::Scenario;
use serde_json::{Value, json};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
}

/// Every document with the file that it stands in.
fn documents() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let mut documents = Vec::new();
    let mut known = HashSet::new();
    for path in found {
        let name = path
            .strip_prefix(&root)
            .expect("below")
            .display()
            .to_string();
        if !name.contains("/arm/") && !name.ends_with("objects.json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a file");
        let body: Value = serde_json::from_str(&at_a_fixed_time(&text)).expect("JSON");
        for document in body.as_array().into_iter().flatten() {
            known.insert(document.to_string());
            documents.push((name.clone(), document.clone()));
        }
    }
    for (name, story) in stories() {
        let own = story.documents().iter().chain(story.directory());
        documents.extend(
            own.map(|document| at_a_fixed_time(&document.to_string()))
                .filter(|text| !known.contains(text))
                .map(|text| (name.clone(), serde_json::from_str(&text).expect("JSON"))),
        );
    }
    documents
}

/// The stories and their twins, which say only what is different from another scenario.
fn stories() -> impl Iterator<Item = (String, Scenario)> {
    let listed = Scenario::list().expect("scenarios");
    let twins = listed
        .into_iter()
        .filter_map(|one| Some([one.name, one.twin?.name]));
    twins.flatten().map(|name| {
        let story = Scenario::load(&name).expect("a story");
        (name, story)
    })
}

/// Times relative to the server's start, as the server would write them.
fn at_a_fixed_time(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{now") {
        let (_, behind) = after.split_once("}}").expect("a closed placeholder");
        out.push_str(before);
        out.push_str("2026-11-01T08:00:00Z");
        rest = behind;
    }
    out + rest
}

/// What is asked for when this document is an item of the answer; none for what is not fetched yet.
fn key_of(document: &Value) -> Option<Key> {
    if document.get("@odata.type").is_some() {
        return Some(Key::Principals(None));
    }
    let id = ArmId::new(document["id"].as_str()?);
    let Some(of_type) = id.resource_type() else {
        let folded = id.folded().trim_matches('/').to_owned();
        return match folded.split('/').collect::<Vec<_>>().as_slice() {
            ["tenants", _] => Some(Key::Tenants(None)),
            ["subscriptions", _] => Some(Key::Subscriptions(None)),
            ["subscriptions", _, "resourcegroups", _] => {
                Some(Key::Groups(SubscriptionId::new("s")))
            }
            _ => None,
        };
    };
    if Family::of_type(&of_type).is_some() {
        return Some(Key::Resource(id));
    }
    let scope = ArmId::new("/subscriptions/s");
    let last = of_type.rsplit('/').next()?.to_ascii_lowercase();
    match last.as_str() {
        "roleassignments" => return Some(Key::RoleAssignments(scope)),
        "roleeligibilityscheduleinstances" => return Some(Key::EligibleRoles(scope)),
        "roleassignmentscheduleinstances" => return Some(Key::ActiveRoles(scope)),
        "locks" => return Some(Key::Locks(scope)),
        "policyassignments" => return Some(Key::PolicyAssignments(scope)),
        "policyexemptions" => return Some(Key::PolicyExemptions(scope)),
        "policydefinitions" | "policysetdefinitions" => return Some(Key::PolicyDefinition(id)),
        "networksecurityperimeters" => return Some(Key::NetworkPerimeters(scope)),
        "networkmanagers" => return Some(Key::NetworkManagers(scope)),
        "networkmanagerconnections" => return Some(Key::NetworkManagerConnections(scope)),
        "roledefinitions" => return Some(Key::RoleDefinitions(scope)),
        "denyassignments" => return Some(Key::DenyAssignments(scope)),
        _ => {}
    }
    let mut owner = id.parent()?;
    // Containers and the settings of an account hang below its blob service.
    if owner.folded().ends_with("/blobservices/default") {
        owner = owner.parent()?;
    }
    let facet = Facet::ALL
        .into_iter()
        .find(|facet| facet.name().eq_ignore_ascii_case(&last))?;
    let key = Key::Facet(owner, facet);
    // What the plan has no request for is not decoded either.
    request(&key).is_some().then_some(key)
}

#[test]
fn every_document_of_a_scenario_can_be_read_whole() {
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    let mut faults = Vec::new();
    for (file, document) in documents() {
        let Some(key) = key_of(&document) else {
            continue;
        };
        let single = matches!(key, Key::Resource(_) | Key::PolicyDefinition(_));
        let body = if single {
            document.clone()
        } else {
            json!({ "value": [document] })
        };
        let pinned = request(&key)
            .and_then(|request| request.api_version)
            .unwrap_or_default();
        let context = Context {
            api_version: Arc::from(pinned),
            observed_at: time::OffsetDateTime::UNIX_EPOCH,
            request_id: None,
            requested: None,
        };
        let decoded = page(&key, &body, &context);
        let mut issues = decoded.issues.clone();
        if let Page::Resources(resources) = &decoded.page {
            issues.extend(resources.iter().flat_map(|one| one.issues.iter().cloned()));
        }
        let name = document["id"].as_str().unwrap_or_default();
        faults.extend(
            issues
                .iter()
                .map(|issue| format!("{file} {name}: {}", issue.message)),
        );
        *kinds.entry(key.what()).or_default() += decoded.page.len();
    }
    assert_eq!(faults, [""; 0]);
    for what in [
        "tenants",
        "subscriptions",
        "resourceGroups",
        "resource",
        "containers",
        "sharedPrivateLinkResources",
        "deployments",
        "connections",
        "keys",
        "diagnosticSettings",
        "roleAssignments",
        "roleDefinitions",
        "denyAssignments",
        "principals",
        "networkSecurityPerimeterConfigurations",
        "projects",
        "roleEligibilityScheduleInstances",
        "roleAssignmentScheduleInstances",
        "locks",
        "networkSecurityPerimeters",
        "profiles",
        "accessRules",
        "resourceAssociations",
    ] {
        assert!(
            kinds.get(what).is_some_and(|count| *count > 0),
            "no {what} in any scenario: {kinds:?}"
        );
    }
}

/// The data plane's documents: the file, the key that asks for it, and the body of the answer.
fn data_plane() -> Vec<(String, Key, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let mut documents = Vec::new();
    for path in found {
        let name = path
            .strip_prefix(&root)
            .expect("below")
            .display()
            .to_string();
        let parts: Vec<&str> = name.split('/').collect();
        let [_, "search", service, tail @ ..] = parts.as_slice() else {
            continue;
        };
        let service = ArmId::new(format!(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Search/searchServices/{service}"
        ));
        let text = std::fs::read_to_string(&path).expect("a file");
        let body: Value = serde_json::from_str(&at_a_fixed_time(&text)).expect("JSON");
        let (id, facet) = match tail {
            ["indexers.json"] => (service, Facet::Indexers),
            ["datasources.json"] => (service, Facet::DataSources),
            ["skillsets.json"] => (service, Facet::Skillsets),
            ["indexes.json"] => (service, Facet::Indexes),
            ["status", file] => (
                service.child(&format!("indexers/{}", file.trim_end_matches(".json"))),
                Facet::IndexerStatus,
            ),
            ["stats", file] => (
                service.child(&format!("indexes/{}", file.trim_end_matches(".json"))),
                Facet::IndexStatistics,
            ),
            _ => continue,
        };
        let body = if body.is_array() {
            json!({ "value": body })
        } else {
            body
        };
        documents.push((name, Key::Facet(id, facet), body));
    }
    for (name, story) in stories() {
        for (service, objects) in story.search() {
            let service = ArmId::new(format!(
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Search/searchServices/{service}"
            ));
            let mut put = |id: ArmId, facet: Facet, body: &Value| {
                let body = serde_json::from_str(&at_a_fixed_time(&body.to_string()));
                documents.push((name.clone(), Key::Facet(id, facet), body.expect("JSON")));
            };
            for (collection, items) in &objects.collections {
                let facet = match collection.as_str() {
                    "indexers" => Facet::Indexers,
                    "datasources" => Facet::DataSources,
                    "skillsets" => Facet::Skillsets,
                    _ => Facet::Indexes,
                };
                put(service.clone(), facet, &json!({ "value": items }));
            }
            for (indexer, body) in &objects.status {
                put(
                    service.child(&format!("indexers/{indexer}")),
                    Facet::IndexerStatus,
                    body,
                );
            }
        }
    }
    documents
}

#[test]
fn every_object_of_a_data_plane_can_be_read_whole() {
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    for (file, key, body) in data_plane() {
        let request = request(&key).expect("a request");
        let context = Context {
            api_version: Arc::from(request.api_version.unwrap_or_default()),
            observed_at: time::OffsetDateTime::UNIX_EPOCH,
            request_id: None,
            requested: None,
        };
        let decoded = page(&key, &body, &context);
        let faults: Vec<_> = decoded.issues.iter().map(|one| &one.message).collect();
        assert!(faults.is_empty(), "{file}: {faults:?}");
        let sent = body["value"].as_array().map_or(1, Vec::len);
        assert_eq!(decoded.page.len(), sent, "{file}");
        if let Page::IndexerStatuses(statuses) = &decoded.page {
            let runs = body["executionHistory"].as_array().map_or(0, Vec::len);
            assert_eq!(statuses[0].history.items().len(), runs, "{file}");
        }
        *kinds.entry(key.what()).or_default() += sent;
    }
    for what in [
        "indexers",
        "indexerStatus",
        "dataSources",
        "skillsets",
        "indexes",
        "indexStatistics",
    ] {
        assert!(kinds.get(what).is_some_and(|count| *count > 0), "no {what}");
    }
}
