//! The facts that each story rests on. Whoever edits a scenario and loses its point fails here. Must not repeat rules
//! that hold for all scenarios.

use serde_json::{Value, json};

use crate::loading::{self, Scenario};

/// Asserts facts about one document each: the end of its id, a pointer into it, what stands there
/// (`None`: nothing may stand there).
pub(crate) fn facts(scenario: &Scenario, expected: &[(&str, &str, Option<Value>)]) {
    for (tail, pointer, value) in expected {
        let document = scenario.ending(tail);
        assert_eq!(
            document.pointer(pointer),
            value.as_ref(),
            "{}: {tail} {pointer}",
            scenario.name
        );
    }
}

fn run_states(scenario: &Scenario, indexer: &str) -> Vec<String> {
    scenario.bodies[&format!("srch-rag-dev/status/{indexer}")]["executionHistory"]
        .as_array()
        .expect("executionHistory")
        .iter()
        .map(|run| run["status"].as_str().expect("status").to_owned())
        .collect()
}

pub(crate) fn assigned(scenario: &Scenario, scope_tail: &str, role: &str) -> Vec<String> {
    scenario
        .arm
        .iter()
        .filter(|document| {
            document
                .get("type")
                .is_some_and(|kind| kind == "Microsoft.Authorization/roleAssignments")
        })
        .filter(|document| {
            document["properties"]["scope"]
                .as_str()
                .is_some_and(|scope| scope.ends_with(scope_tail))
        })
        .filter(|document| {
            document["properties"]["roleDefinitionId"]
                .as_str()
                .is_some_and(|id| id.ends_with(role))
        })
        .filter_map(|document| {
            document["properties"]["principalId"]
                .as_str()
                .map(str::to_owned)
        })
        .collect()
}

pub(crate) const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const BLOB_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
pub(crate) const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
pub(crate) const OPENAI_USER: &str = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
const BLOB_OWNER: &str = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
pub(crate) const ACCOUNT: &str = "/storageAccounts/stragdev";
pub(crate) const SEARCH: &str = "/searchServices/srch-rag-dev";
pub(crate) const MODEL: &str = "/accounts/aoai-rag-dev";
pub(crate) const VAULT: &str = "/vaults/kv-rag-dev";
pub(crate) const HUB: &str = "/workspaces/hub-rag-dev";
pub(crate) const COSMOS: &str = "/databaseAccounts/cosmoshubrag5c1d";

#[test]
fn in_broken_indexer_the_firewall_refuses_and_nothing_else_does() {
    let scenario = loading::load("broken-indexer");
    let hub = scenario.ending(HUB)["id"].clone();
    facts(
        &scenario,
        &[
            (ACCOUNT, "/location", Some(json!("centralus"))),
            (SEARCH, "/location", Some(json!("Central US"))),
            (
                ACCOUNT,
                "/properties/networkAcls/defaultAction",
                Some(json!("Deny")),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/bypass",
                Some(json!("None")),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/resourceAccessRules/0/resourceId",
                Some(hub),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/resourceAccessRules/1",
                None,
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/ipRules/0/value",
                Some(json!("203.0.113.24")),
            ),
            (
                ACCOUNT,
                "/properties/allowSharedKeyAccess",
                Some(json!(true)),
            ),
            (
                MODEL,
                "/properties/restrictOutboundNetworkAccess",
                Some(json!(true)),
            ),
            (
                MODEL,
                "/properties/allowedFqdnList",
                Some(json!([
                    "srch-rag-dev.search.windows.net",
                    "contoso.com",
                    "www.example.com"
                ])),
            ),
        ],
    );
    let search = scenario.ending(SEARCH)["identity"]["principalId"]
        .as_str()
        .expect("an identity")
        .to_owned();
    let readers = assigned(&scenario, ACCOUNT, BLOB_READER);
    assert!(
        readers.contains(&search),
        "the role is held, only the network refuses"
    );
    assert_eq!(readers.len(), 3, "and two assignments are orphans");
    let states = run_states(&scenario, "docs-indexer");
    assert_eq!(
        states.iter().position(|state| state == "success"),
        Some(4),
        "four refusals, then good runs: {states:?}"
    );
    assert_eq!(states.len(), 20);
    let last = &scenario.bodies["srch-rag-dev/status/docs-indexer"]["lastResult"];
    assert!(last["errorMessage"].as_str().is_some_and(|text| {
        text.contains("not authorized to perform this operation.")
            && text.contains("AuthorizationFailure")
    }));
    assert!(last["errors"][0]["statusCode"] == 403);
}

#[test]
fn in_broken_indexer_ada_uploads_by_key_only() {
    let scenario = loading::load("broken-indexer");
    let ada = scenario.toml["caller"]["object_id"]
        .as_str()
        .expect("object_id")
        .to_owned();
    for role in [BLOB_CONTRIBUTOR, BLOB_OWNER] {
        assert!(!assigned(&scenario, ACCOUNT, role).contains(&ada));
    }
    let groups = assigned(&scenario, "/rg-rag-poc", CONTRIBUTOR);
    assert!(
        groups.iter().any(|group| scenario
            .members
            .get(group)
            .is_some_and(|members| members.contains(&ada))),
        "Contributor through a group"
    );
    let eligible: Vec<&Value> = scenario
        .arm
        .iter()
        .filter(|document| {
            document.get("type").is_some_and(|kind| {
                kind == "Microsoft.Authorization/RoleEligibilityScheduleInstances"
            }) && document["properties"]["principalId"] == ada.as_str()
        })
        .collect();
    assert_eq!(eligible.len(), 1);
    assert!(
        eligible[0]["properties"]["roleDefinitionId"]
            .as_str()
            .is_some_and(|id| id.ends_with(BLOB_OWNER))
    );
    let terraform = assigned(&scenario, "/rg-rag-poc", OWNER);
    assert_eq!(terraform.len(), 1, "sp-terraform is Owner");
}

#[test]
fn healthy_is_closed_keyless_and_logged() {
    let scenario = loading::load("healthy");
    let search = scenario.ending(SEARCH)["id"].clone();
    facts(
        &scenario,
        &[
            (
                ACCOUNT,
                "/properties/networkAcls/defaultAction",
                Some(json!("Deny")),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/bypass",
                Some(json!("AzureServices")),
            ),
            (
                ACCOUNT,
                "/properties/networkAcls/resourceAccessRules/0/resourceId",
                Some(search),
            ),
            (
                ACCOUNT,
                "/properties/allowSharedKeyAccess",
                Some(json!(false)),
            ),
            (
                SEARCH,
                "/properties/networkRuleSet/bypass",
                Some(json!("AzureServices")),
            ),
            (SEARCH, "/properties/disableLocalAuth", Some(json!(true))),
            (SEARCH, "/sku/name", Some(json!("basic"))),
            (
                MODEL,
                "/properties/networkAcls/defaultAction",
                Some(json!("Deny")),
            ),
            (
                MODEL,
                "/properties/networkAcls/bypass",
                Some(json!("AzureServices")),
            ),
            (MODEL, "/properties/disableLocalAuth", Some(json!(true))),
            (
                VAULT,
                "/properties/networkAcls/bypass",
                Some(json!("AzureServices")),
            ),
            (
                VAULT,
                "/properties/enablePurgeProtection",
                Some(json!(true)),
            ),
            (
                HUB,
                "/properties/systemDatastoresAuthMode",
                Some(json!("identity")),
            ),
            (COSMOS, "/properties/disableLocalAuth", Some(json!(false))),
        ],
    );
    let hosts = &scenario.ending(MODEL)["properties"]["allowedFqdnList"];
    assert!(
        hosts
            .as_array()
            .is_some_and(|list| list.contains(&json!("srch-rag-dev.search.windows.net")))
    );
    assert!(
        run_states(&scenario, "docs-indexer")
            .iter()
            .all(|state| state == "success")
    );
    assert!(
        assigned(&scenario, "", OWNER).is_empty(),
        "nobody needs Owner"
    );
}

#[test]
fn healthy_connects_with_tokens_and_sends_logs() {
    let scenario = loading::load("healthy");
    for document in &scenario.arm {
        if document.pointer("/properties/authType").is_some() {
            assert_eq!(
                document["properties"]["authType"], "AAD",
                "{}",
                document["id"]
            );
        }
        let kind = document
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id = loading::id_of(document);
        // Who owes logs; the managed group and its like may send them, and here they do.
        let target = match kind {
            "Microsoft.Storage/storageAccounts" => format!("{id}/blobServices/default"),
            "Microsoft.Search/searchServices"
            | "Microsoft.CognitiveServices/accounts"
            | "Microsoft.KeyVault/vaults" => id.to_owned(),
            "Microsoft.MachineLearningServices/workspaces" if document["kind"] == "Hub" => {
                id.to_owned()
            }
            _ => continue,
        };
        let prefix = format!("{target}/providers/microsoft.insights/diagnosticSettings/")
            .to_ascii_lowercase();
        assert!(
            scenario.arm.iter().any(|setting| loading::id_of(setting)
                .to_ascii_lowercase()
                .starts_with(&prefix)),
            "{id} sends no logs"
        );
    }
}

#[test]
fn in_foundry_cmk_the_policy_reaches_the_managed_group() {
    let scenario = loading::load("foundry-cmk");
    let name = scenario.ending(HUB)["properties"]["serviceProvisionedResourceGroup"]
        .as_str()
        .expect("a group's name")
        .to_owned();
    facts(
        &scenario,
        &[
            (HUB, "/properties/encryption/status", Some(json!("Enabled"))),
            (
                HUB,
                "/properties/enableServiceSideCMKEncryption",
                Some(json!(false)),
            ),
            (
                VAULT,
                "/properties/enableRbacAuthorization",
                Some(json!(false)),
            ),
            (COSMOS, "/properties/disableLocalAuth", Some(json!(false))),
            (
                "/policyAssignments/cosmos-local-auth",
                "/properties/parameters/effect/value",
                Some(json!("Modify")),
            ),
            (
                "/policyAssignments/cosmos-local-auth",
                "/properties/notScopes",
                Some(json!([])),
            ),
            (
                "/policyAssignments/cosmos-local-auth",
                "/properties/enforcementMode",
                Some(json!("Default")),
            ),
        ],
    );
    let group = scenario.ending(&format!("/resourceGroups/{name}"));
    assert_eq!(group["managedBy"], scenario.ending(HUB)["id"]);
    let policy = scenario.ending("/policyAssignments/cosmos-local-auth");
    assert!(
        policy["properties"]["policyDefinitionId"]
            .as_str()
            .is_some_and(|id| id.ends_with("dc2d41d1-4ab1-4666-a3e1-3d51c43e0049"))
    );
    assert!(
        loading::id_of(policy).starts_with("/providers/Microsoft.Management/managementGroups/")
    );
    assert!(
        !scenario
            .arm
            .iter()
            .any(|document| loading::id_of(document).contains("/policyExemptions/")),
        "nobody exempted the group"
    );
    let step = &scenario.toml["timeline"][0];
    assert_eq!(step["at"].as_integer(), Some(20));
    assert_eq!(step["id"].as_str(), scenario.ending(COSMOS)["id"].as_str());
    let cosmos_app = scenario
        .directory
        .iter()
        .find(|object| object["appId"] == "a232010e-820c-4083-83bb-3ace5fc29d0b")
        .expect("the Cosmos DB principal");
    let policies = scenario.ending(VAULT)["properties"]["accessPolicies"]
        .as_array()
        .expect("policies")
        .clone();
    let own = policies
        .iter()
        .find(|policy| policy["objectId"] == cosmos_app["id"])
        .expect("its access policy");
    assert_eq!(
        own["permissions"]["keys"],
        json!(["get", "wrapKey", "unwrapKey"])
    );
}

#[test]
fn open_poc_is_as_the_services_leave_it() {
    let scenario = loading::load("open-poc");
    facts(
        &scenario,
        &[
            (ACCOUNT, "/properties/publicNetworkAccess", None),
            (ACCOUNT, "/properties/allowSharedKeyAccess", None),
            (
                ACCOUNT,
                "/properties/networkAcls/defaultAction",
                Some(json!("Allow")),
            ),
            (MODEL, "/properties/networkAcls", None),
            (MODEL, "/properties/disableLocalAuth", None),
            (MODEL, "/properties/restrictOutboundNetworkAccess", None),
            (MODEL, "/identity", None),
            (VAULT, "/properties/networkAcls", None),
            (VAULT, "/properties/enablePurgeProtection", None),
            (
                SEARCH,
                "/properties/authOptions",
                Some(json!({"apiKeyOnly": {}})),
            ),
            (SEARCH, "/identity", None),
            (HUB, "/properties/systemDatastoresAuthMode", None),
            (HUB, "/properties/encryption", None),
        ],
    );
    assert_eq!(
        scenario.search["srch-rag-dev/datasources"][0]["credentials"]["connectionString"],
        Value::Null
    );
    assert_eq!(
        scenario.search["srch-rag-dev/skillsets"][0]["skills"][1]["apiKey"],
        "<redacted>"
    );
    assert!(
        !scenario
            .arm
            .iter()
            .any(|document| loading::id_of(document).contains("/diagnosticSettings/"))
    );
    assert!(
        assigned(&scenario, "", OWNER).len() >= 4,
        "Owner everywhere"
    );
}

#[test]
fn denied_withholds_each_kind_of_answer() {
    let scenario = loading::load("denied");
    let faults = scenario.toml["fault"].as_array().expect("faults");
    let of = |service: &str| {
        faults
            .iter()
            .filter(|fault| fault["service"].as_str() == Some(service))
            .count()
    };
    assert!(of("graph") >= 1 && of("search") >= 1);
    let actions: Vec<&str> = faults
        .iter()
        .filter_map(|fault| fault.get("action")?.as_str())
        .collect();
    for action in [
        "Microsoft.Authorization/roleAssignments/read",
        "Microsoft.Insights/diagnosticSettings/read",
        "Microsoft.KeyVault/vaults/read",
        "Microsoft.DocumentDB/databaseAccounts/read",
    ] {
        assert!(actions.contains(&action), "{action} is not refused");
    }
    assert!(
        faults
            .iter()
            .all(|fault| fault["status"].as_integer() == Some(403))
    );
    // A pattern that also caught PIM's schedule instances would hide what the story leaves readable.
    assert!(
        faults
            .iter()
            .filter_map(|fault| fault["path"].as_str())
            .all(|path| !path.ends_with("roleAssignments*"))
    );
}

#[test]
fn every_environment_has_neighbours_a_network_and_a_private_endpoint() {
    for scenario in loading::all().into_iter().filter(Scenario::is_chat) {
        let of_kind = |kind: &str| {
            scenario
                .arm
                .iter()
                .filter(|document| {
                    document
                        .get("type")
                        .is_some_and(|own| own.as_str() == Some(kind))
                })
                .count()
        };
        assert!(
            of_kind("Microsoft.Resources/resourceGroups") >= 3,
            "{}",
            scenario.name
        );
        assert!(
            of_kind("Microsoft.Network/virtualNetworks") >= 1
                && of_kind("Microsoft.Network/privateEndpoints") >= 1,
            "{}",
            scenario.name
        );
        let served = scenario.arm.iter().any(|document| {
            document
                .pointer("/properties/serviceEndpoints/0/service")
                .is_some()
        });
        assert!(
            served,
            "{}: no subnet has a service endpoint",
            scenario.name
        );
    }
}
