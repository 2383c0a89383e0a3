//! Rules about references: whatever a document names by id, object id, address or name is there. Broken
//! references that a story needs stand on explicit lists here. Must not judge what a document means.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::loading::{self, Scenario, id_of, strings};

/// Principals that were deleted: their role assignments remain, as they do in Azure.
const DELETED_PRINCIPALS: [&str; 2] = [
    // The identities that srch-rag-dev had before it was re-created.
    "5af02763-313e-4079-b60c-1b341721c054",
    "52906761-23e8-41ce-a372-7102b8a73222",
];

/// Deployments that a story takes away under those who name them.
const MISSING_DEPLOYMENTS: [(&str, &str); 1] = [("embedding-missing", "text-embedding-3-large")];

/// Ids inside Microsoft's own subscriptions: a customer sees them named and cannot read them.
const MICROSOFT_OWNED: [&str; 1] =
    ["/resourcegroups/srch-prod-eus2-01/providers/microsoft.network/privateendpoints/"];

/// Properties that name objects which no scenario holds, because nothing reads them.
const NOT_HELD: [&str; 4] = [
    // PIM schedules: only their instances are read.
    "roleEligibilityScheduleId",
    "roleAssignmentScheduleId",
    "linkedRoleEligibilityScheduleId",
    // The bundle that a hub's tracking library is pointed to, an address rather than an id.
    "mlFlowTrackingUri",
];

const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

fn known_ids(scenario: &Scenario, common: &[Value]) -> BTreeSet<String> {
    fn nested(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| nested(item, into)),
            Value::Object(fields) => {
                // Only a full body counts as a declaration, a bare `{"id": …}` is itself a reference.
                if let Some(id) = fields.get("id").and_then(Value::as_str)
                    && fields.contains_key("properties")
                {
                    into.insert(id.to_ascii_lowercase());
                }
                fields.values().for_each(|item| nested(item, into));
            }
            _ => {}
        }
    }
    let mut known = BTreeSet::new();
    for document in common.iter().chain(&scenario.arm) {
        known.insert(id_of(document).to_ascii_lowercase());
        nested(document, &mut known);
    }
    known
}

/// The ids that a text names: the text itself, or the one in a `ResourceId=` connection string.
fn named(text: &str) -> Option<&str> {
    let id = match text.strip_prefix("ResourceId=") {
        Some(rest) => rest.trim_end_matches(';'),
        None => text,
    };
    ["/subscriptions/", "/tenants/", "/providers/"]
        .iter()
        .any(|start| id.starts_with(start))
        .then_some(id)
}

#[test]
fn every_id_that_is_named_is_there() {
    let common = loading::common();
    let mut followed = 0;
    for scenario in loading::all() {
        let known = known_ids(&scenario, &common);
        let documents = scenario
            .arm
            .iter()
            .chain(scenario.search.values().flatten())
            .chain(scenario.bodies.values())
            .chain(&scenario.directory);
        for document in documents {
            strings(document, "", &mut |path, text| {
                let Some(id) = named(text) else { return };
                let last = path.rsplit('.').next().unwrap_or(path);
                if NOT_HELD.contains(&last) {
                    return;
                }
                let id = id.to_ascii_lowercase();
                if MICROSOFT_OWNED.iter().any(|owned| id.contains(owned)) {
                    return;
                }
                followed += 1;
                // A built-in role is named below the subscription, and defined above all of them.
                let built_in = id
                    .find("/providers/microsoft.authorization/roledefinitions/")
                    .map(|at| &id[at..]);
                assert!(
                    known.contains(&id) || built_in.is_some_and(|role| known.contains(role)),
                    "{}: {path} of {} names {text}, which is not there",
                    scenario.name,
                    document
                        .get("id")
                        .or_else(|| document.get("name"))
                        .unwrap_or(&Value::Null)
                );
            });
        }
    }
    assert!(followed > 1000, "only {followed} ids were followed");
}

#[test]
fn every_principal_is_in_the_directory_or_deleted_on_purpose() {
    let mut deleted_seen = BTreeSet::new();
    for scenario in loading::all() {
        let directory: BTreeSet<&str> = scenario.directory.iter().map(id_of).collect();
        assert_eq!(
            directory.len(),
            scenario.directory.len(),
            "{}: an object is there twice",
            scenario.name
        );
        let mut check = |place: &str, principal: &str| {
            if principal == EVERYBODY {
                return;
            }
            if DELETED_PRINCIPALS.contains(&principal) {
                deleted_seen.insert(principal.to_owned());
                return;
            }
            assert!(
                directory.contains(principal),
                "{}: {place} names {principal}, whom the directory does not know",
                scenario.name
            );
        };
        for document in &scenario.arm {
            strings(document, "", &mut |path, text| {
                let last = path.rsplit('.').next().unwrap_or(path);
                let deny = path.contains("rincipals[]") && last == "id";
                if matches!(last, "principalId" | "objectId") || deny {
                    check(&format!("{path} of {}", id_of(document)), text);
                }
            });
        }
        for (group, members) in &scenario.members {
            check("groups.json", group);
            for member in members {
                check("groups.json", member);
            }
        }
        let caller = scenario.toml["caller"]["object_id"]
            .as_str()
            .expect("object_id");
        check("scenario.toml", caller);
    }
    assert_eq!(
        deleted_seen.len(),
        DELETED_PRINCIPALS.len(),
        "a deleted principal that nothing names"
    );
}

#[test]
fn managed_identities_belong_to_their_resources() {
    let mut checked = 0;
    for scenario in loading::all() {
        for principal in &scenario.directory {
            if principal["servicePrincipalType"] != "ManagedIdentity" {
                continue;
            }
            let owner = principal["alternativeNames"][1]
                .as_str()
                .expect("the resource of a managed identity");
            let document = scenario
                .document(owner)
                .unwrap_or_else(|| panic!("{}: {owner}", scenario.name));
            let own = document
                .pointer("/identity/principalId")
                .or_else(|| document.pointer("/properties/principalId"));
            assert_eq!(own, principal.get("id"), "{}: {owner}", scenario.name);
            checked += 1;
        }
    }
    assert!(checked > 20);
}

#[test]
fn tenants_and_subscriptions_that_are_named_are_there() {
    for scenario in loading::all() {
        let tenants: BTreeSet<&str> = scenario
            .arm
            .iter()
            .filter(|document| id_of(document).starts_with("/tenants/"))
            .filter_map(|document| document["tenantId"].as_str())
            .collect();
        assert!(tenants.contains(scenario.toml["caller"]["tenant"].as_str().expect("tenant")));
        for document in &scenario.arm {
            strings(document, "", &mut |path, text| {
                if matches!(path.rsplit('.').next(), Some("tenantId" | "tenant")) {
                    assert!(
                        tenants.contains(text),
                        "{}: {path} of {}",
                        scenario.name,
                        id_of(document)
                    );
                }
            });
        }
    }
}

#[test]
fn vaults_and_keys_that_are_addressed_are_there() {
    let mut addressed = 0;
    for scenario in loading::all() {
        let ids: Vec<String> = scenario
            .arm
            .iter()
            .map(|document| id_of(document).to_ascii_lowercase())
            .collect();
        for document in &scenario.arm {
            strings(document, "", &mut |path, text| {
                let Some((vault, rest)) = text
                    .strip_prefix("https://")
                    .and_then(|host| host.split_once(".vault.azure.net"))
                else {
                    return;
                };
                let key = rest
                    .trim_start_matches(":443")
                    .trim_matches('/')
                    .strip_prefix("keys/");
                let tail = match key {
                    None => format!("/vaults/{vault}"),
                    Some(key) => format!(
                        "/vaults/{vault}/keys/{}",
                        key.replacen('/', "/versions/", 1)
                    ),
                };
                addressed += 1;
                assert!(
                    ids.iter()
                        .any(|id| id.ends_with(&tail.to_ascii_lowercase())),
                    "{}: {path} of {} addresses {text}",
                    scenario.name,
                    id_of(document)
                );
            });
        }
    }
    assert!(addressed > 20);
}

fn names(objects: Option<&Vec<Value>>) -> BTreeSet<&str> {
    objects
        .into_iter()
        .flatten()
        .filter_map(|object| object["name"].as_str())
        .collect()
}

#[test]
fn search_objects_name_what_is_there() {
    for scenario in loading::all() {
        let services: BTreeSet<&str> = scenario
            .search
            .keys()
            .filter_map(|key| key.split('/').next())
            .collect();
        assert!(
            !services.is_empty() || !scenario.is_chat(),
            "{} has no search objects",
            scenario.name
        );
        for service in services {
            let at = format!("{}: {service}", scenario.name);
            assert_eq!(
                scenario.ending(&format!("/searchServices/{service}"))["name"],
                service
            );
            let list = |collection: &str| scenario.search.get(&format!("{service}/{collection}"));
            let indexes = names(list("indexes"));
            let sources = names(list("datasources"));
            let skillsets = names(list("skillsets"));
            for indexer in list("indexers").expect("indexers") {
                let name = indexer["name"].as_str().expect("name");
                assert!(
                    sources.contains(indexer["dataSourceName"].as_str().expect("a source")),
                    "{at}: {name}"
                );
                assert!(
                    indexes.contains(indexer["targetIndexName"].as_str().expect("an index")),
                    "{at}: {name}"
                );
                if let Some(skillset) = indexer["skillsetName"].as_str() {
                    assert!(skillsets.contains(skillset), "{at}: {name}");
                }
                status_is_sound(&at, &scenario.bodies[&format!("{service}/status/{name}")]);
            }
            for index in &indexes {
                assert!(
                    scenario
                        .bodies
                        .contains_key(&format!("{service}/stats/{index}")),
                    "{at}: no statistics of {index}"
                );
            }
            for source in list("datasources").expect("datasources") {
                container_is_there(&scenario, source);
            }
            for skillset in list("skillsets").expect("skillsets") {
                for skill in skillset["skills"].as_array().expect("skills") {
                    if skill["@odata.type"] == "#Microsoft.Skills.Text.AzureOpenAIEmbeddingSkill" {
                        deployment_is_there(&scenario, skill);
                    }
                }
            }
            for index in list("indexes").expect("indexes") {
                for vectorizer in index["vectorSearch"]["vectorizers"]
                    .as_array()
                    .into_iter()
                    .flatten()
                {
                    deployment_is_there(&scenario, &vectorizer["azureOpenAIParameters"]);
                }
            }
        }
    }
}

fn status_is_sound(at: &str, status: &Value) {
    let history = status["executionHistory"]
        .as_array()
        .expect("executionHistory");
    assert_eq!(
        status["lastResult"], history[0],
        "{at}: the last result leads the history"
    );
    assert!(history.len() <= 50, "{at}: the service keeps 50 runs");
    for run in history {
        let failed = run["status"] != "success";
        assert_eq!(
            failed,
            run["errorMessage"].is_string(),
            "{at}: a message where a run failed, and only there: {run}"
        );
        assert!(
            run["itemsProcessed"].is_u64() && run["itemsFailed"].is_u64(),
            "{at}: {run}"
        );
    }
}

fn container_is_there(scenario: &Scenario, source: &Value) {
    let container = source["container"]["name"].as_str().expect("a container");
    match source["credentials"]["connectionString"].as_str() {
        Some(text) => {
            let account = named(text).unwrap_or_else(|| {
                panic!("{}: {text} is no managed-identity string", scenario.name)
            });
            let id = format!("{account}/blobServices/default/containers/{container}");
            assert!(
                scenario.document(&id).is_some(),
                "{}: no {id}",
                scenario.name
            );
        }
        // The service does not give a key back; all that is left to check is the name.
        None => assert_eq!(
            scenario.ending(&format!("/containers/{container}"))["name"],
            container
        ),
    }
}

fn deployment_is_there(scenario: &Scenario, caller: &Value) {
    let uri = caller["resourceUri"].as_str().expect("resourceUri");
    let host = uri
        .strip_prefix("https://")
        .and_then(|rest| rest.split('.').next())
        .expect("a host");
    let account = scenario
        .arm
        .iter()
        .find(|document| {
            document
                .pointer("/properties/customSubDomainName")
                .is_some_and(|name| name == host)
        })
        .unwrap_or_else(|| panic!("{}: nobody answers at {uri}", scenario.name));
    let id = format!(
        "{}/deployments/{}",
        id_of(account),
        caller["deploymentId"].as_str().expect("deploymentId")
    );
    let is_missing = MISSING_DEPLOYMENTS.contains(&(
        scenario.name.as_str(),
        caller["deploymentId"].as_str().unwrap_or_default(),
    ));
    if is_missing {
        assert!(scenario.document(&id).is_none(), "{id} is there");
        return;
    }
    let deployment = scenario
        .document(&id)
        .unwrap_or_else(|| panic!("{}: no {id}", scenario.name));
    assert_eq!(
        deployment["properties"]["model"]["name"], caller["modelName"],
        "{}: {id}",
        scenario.name
    );
}

#[test]
fn perimeters_look_the_same_from_both_sides() {
    let mut seen = 0;
    for scenario in loading::all() {
        for document in &scenario.arm {
            if !id_of(document).contains("/networkSecurityPerimeterConfigurations/") {
                continue;
            }
            let perimeter = scenario
                .document(
                    document["properties"]["networkSecurityPerimeter"]["id"]
                        .as_str()
                        .expect("id"),
                )
                .expect("the perimeter");
            let guid = perimeter["properties"]["perimeterGuid"]
                .as_str()
                .expect("perimeterGuid");
            let association = document["properties"]["resourceAssociation"]["name"]
                .as_str()
                .expect("name");
            assert_eq!(document["name"], format!("{guid}.{association}"));
            let other = scenario
                .document(&format!(
                    "{}/resourceAssociations/{association}",
                    id_of(perimeter)
                ))
                .expect("the association");
            assert_eq!(
                other["properties"]["accessMode"],
                document["properties"]["resourceAssociation"]["accessMode"]
            );
            seen += 1;
        }
    }
    assert!(seen > 0, "no scenario has a perimeter");
}
