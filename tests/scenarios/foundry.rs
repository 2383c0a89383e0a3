//! The facts that the stories of the hub, its key and its hidden group rest on, and what each twin
//! changes in them.

use serde_json::json;

use crate::loading::Scenario;
use crate::stories::{COSMOS, HUB, VAULT, facts};
use crate::told::{both, turns};

const GROUP: &str = "azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2";
const KEY: &str = "/keys/cmk-rag";

fn holds(scenario: &Scenario, part: &str) -> bool {
    scenario.arm.iter().any(|document| {
        document["id"]
            .as_str()
            .is_some_and(|id| id.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
    })
}

#[test]
fn the_hubs_own_resources_change_in_one_property() {
    turns(
        "hub-search-closed",
        "/searchServices/srchhubrag5c1d",
        "/properties/publicNetworkAccess",
        Some(json!("Disabled")),
        Some(json!("Enabled")),
    );
    turns(
        "hub-storage-keys-off",
        "/storageAccounts/sthubrag5c1d",
        "/properties/allowSharedKeyAccess",
        Some(json!(false)),
        Some(json!(true)),
    );
}

#[test]
fn in_vault_without_unwrap_one_permission_is_missing() {
    turns(
        "vault-without-unwrap",
        VAULT,
        "/properties/accessPolicies/0/permissions/keys",
        Some(json!(["get", "wrapKey"])),
        Some(json!(["get", "wrapKey", "unwrapKey"])),
    );
}

#[test]
fn in_vault_by_roles_both_callers_hold_the_role() {
    let (story, _) = both("vault-by-roles");
    let role = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
    let holders = crate::stories::assigned(&story, VAULT, role);
    let identity = story.ending("/userAssignedIdentities/id-hub-rag");
    let id = identity["properties"]["principalId"]
        .as_str()
        .expect("an id");
    assert!(holders.iter().any(|one| one == id));
    assert_eq!(holders.len(), 2);
    turns(
        "vault-by-roles",
        VAULT,
        "/properties/enableRbacAuthorization",
        Some(json!(true)),
        Some(json!(false)),
    );
}

#[test]
fn in_key_expired_the_end_has_passed() {
    turns(
        "key-expired",
        KEY,
        "/properties/attributes/exp",
        Some(json!(1_764_000_000)),
        None,
    );
}

#[test]
fn in_key_version_disabled_the_hubs_version_turns_and_is_not_the_newest() {
    const OLD: &str = "/versions/2dcffcb5896bf0aee7f918bbd9ddc912";
    turns(
        "key-version-disabled",
        OLD,
        "/properties/attributes/enabled",
        Some(json!(false)),
        Some(json!(true)),
    );
    let (story, _) = both("key-version-disabled");
    let newest = story.ending(KEY)["properties"]["keyUriWithVersion"].clone();
    assert_ne!(newest, story.ending(OLD)["properties"]["keyUriWithVersion"]);
}

#[test]
fn in_agents_without_rights_the_role_of_the_files_turns() {
    let (story, twin) = both("agents-without-rights");
    let role = |scenario: &Scenario| {
        let held = scenario.ending("/roleAssignments/6f0f3f31-2c8e-4d26-9b7e-0b6a7a0d6c55");
        held["properties"]["roleDefinitionId"].clone()
    };
    assert_ne!(role(&story), role(&twin));
    let host = story.ending("/capabilityHosts/agents");
    assert_eq!(
        host["properties"]["storageConnections"],
        json!(["conn-files"])
    );
}

#[test]
fn in_managed_group_denied_the_assignment_leaves_the_group_out_in_the_twin() {
    let (story, twin) = both("managed-group-denied");
    let out = |scenario: &Scenario| {
        scenario.ending("/policyAssignments/cosmos-local-auth")["properties"]["notScopes"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((out(&story), out(&twin)), (0, 1));
    let denied = |scenario: &Scenario| {
        holds(
            scenario,
            &format!("{GROUP}/providers/Microsoft.Authorization/denyAssignments/"),
        )
    };
    assert!(denied(&story) && denied(&twin));
}

#[test]
fn in_policy_exempted_the_exemption_has_expired_in_the_twin() {
    turns(
        "policy-exempted",
        COSMOS,
        "/properties/disableLocalAuth",
        Some(json!(false)),
        Some(json!(true)),
    );
    let (story, twin) = both("policy-exempted");
    let end = |scenario: &Scenario| {
        scenario.ending("/policyExemptions/hub-cosmos-keys")["properties"]["expiresOn"].clone()
    };
    assert_ne!(end(&story), end(&twin));
}

#[test]
fn in_policy_exemption_expired_only_the_end_of_the_exemption_turns() {
    let (story, twin) = both("policy-exemption-expired");
    for scenario in [&story, &twin] {
        facts(
            scenario,
            &[(COSMOS, "/properties/disableLocalAuth", Some(json!(false)))],
        );
    }
    let end = |scenario: &Scenario| {
        scenario.ending("/policyExemptions/hub-cosmos-keys")["properties"]["expiresOn"]
            .as_str()
            .expect("an end")
            .to_owned()
    };
    assert!(end(&story).starts_with("{{now-") && end(&twin).starts_with("{{now+"));
}

#[test]
fn in_policy_will_close_models_an_initiative_brings_the_policy_and_the_twin_is_left_out() {
    let (story, twin) = both("policy-will-close-models");
    let assignment = story.ending("/policyAssignments/nothing-public");
    assert_eq!(
        assignment["properties"]["policyDefinitionId"],
        story.ending("/policySetDefinitions/nothing-public")["id"]
    );
    let out = |scenario: &Scenario| {
        scenario.ending("/policyAssignments/nothing-public")["properties"]["notScopes"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((out(&story), out(&twin)), (0, 1));
}

#[test]
fn without_a_group_of_the_hubs_nothing_of_it_is_left() {
    for name in ["service-side-encryption", "hub-without-cmk"] {
        let (story, twin) = both(name);
        for scenario in [&story, &twin] {
            assert!(!holds(scenario, GROUP), "{name}");
        }
        facts(
            &story,
            &[(HUB, "/properties/serviceProvisionedResourceGroup", None)],
        );
    }
    let (story, _) = both("hub-without-cmk");
    facts(&story, &[(HUB, "/properties/encryption", None)]);
}

#[test]
fn in_new_foundry_the_key_is_named_with_its_version() {
    let (story, twin) = both("new-foundry");
    let properties = &story.ending("/accounts/aif-lab-dev")["properties"];
    assert_eq!(properties["encryption"]["keySource"], "Microsoft.KeyVault");
    let version = &properties["encryption"]["keyVaultProperties"]["keyVersion"];
    assert!(version.as_str().is_some_and(|version| version.len() == 32));
    let enabled =
        |scenario: &Scenario| scenario.ending(KEY)["properties"]["attributes"]["enabled"].clone();
    assert_eq!(
        (enabled(&story), enabled(&twin)),
        (json!(true), json!(false))
    );
}
