//! Azure Policy laid over the hops of whole scenarios: what will be turned, who turned it, who is
//! spared, and what is said when a part of that cannot be read.

use hopscope::analysis::hop::{Finding, FindingKind, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

const COSMOS: HopKind = HopKind::FoundryToManagedCosmos;
const ACCOUNT: &str = "databaseAccounts/cosmoshubrag5c1d";
const ASSIGNMENT: &str = "policyAssignments/cosmos-local-auth";
const GROUP: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2";
const SUBSCRIPTION: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20";
const MG: &str = "/providers/Microsoft.Management/managementGroups/mg-landing";
const BUILT_IN: &str = "/providers/Microsoft.Authorization/policyDefinitions";

fn night() -> World {
    World::scenario("foundry-cmk")
}

fn flipped() -> World {
    night().merge(
        ACCOUNT,
        json!({ "properties": { "disableLocalAuth": true } }),
    )
}

fn exemption(scope: &str, properties: Value) -> Value {
    let mut body = json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/policyExemptions/keep-hub"),
        "name": "keep-hub",
        "type": "Microsoft.Authorization/policyExemptions",
        "properties": {
            "policyAssignmentId": format!("{MG}/providers/Microsoft.Authorization/policyAssignments/cosmos-local-auth"),
            "exemptionCategory": "Waiver",
        },
    });
    crate::world::merge(&mut body["properties"], &properties);
    body
}

#[track_caller]
fn keys(world: &World, verdict: Verdict, says: &str) -> Judged {
    let judged = world.judge();
    judged.expect(COSMOS, "", Gate::Authentication, verdict, says);
    judged
}

fn finding<'j>(judged: &'j Judged, rule: &str) -> Option<&'j Finding> {
    judged.0.findings.iter().find(|one| one.rule == rule)
}

#[test]
fn before_the_flip_the_hop_is_at_risk_by_the_policy() {
    let judged = keys(
        &night(),
        Verdict::AtRisk,
        "will set disableLocalAuth to true",
    );
    let gate = judged.gate(COSMOS, "", Gate::Authentication);
    for words in [
        "keys are accepted",
        "\"Cosmos DB: disable local auth\" (cosmos-local-auth)",
        "modify",
        "mg-landing",
        "by plat-policy-bot on 2026-11-23 02:41 UTC",
        "nothing exempts it",
        "NonCompliant",
    ] {
        assert!(
            gate.judged.reason.contains(words),
            "{words}: {}",
            gate.judged.reason
        );
    }
    let proved = |end: &str, path: &str| {
        gate.judged
            .evidence
            .iter()
            .any(|one| one.resource.as_str().ends_with(end) && one.path == path)
    };
    assert!(proved("cosmoshubrag5c1d", "properties.disableLocalAuth"));
    assert!(proved(
        "cosmos-local-auth",
        "properties.metadata.assignedBy"
    ));
    assert!(proved(
        "dc2d41d1-4ab1-4666-a3e1-3d51c43e0049",
        "properties.policyRule.then.details.operations[0]"
    ));
    let first = &gate.remedies[0].text;
    assert!(
        first.starts_with("az policy exemption create")
            && first.contains(&format!("--scope {GROUP}")),
        "{first}"
    );
    // The policy touches that account alone.
    for kind in [
        HopKind::FoundryToManagedSearch,
        HopKind::FoundryToManagedStorage,
    ] {
        assert_eq!(judged.hop(kind, "").verdict(), Verdict::Open, "{kind}");
    }
    let bomb = finding(&judged, "policy/will-change").expect("the bomb is a finding");
    assert!(bomb.resource.ends_with("cosmoshubrag5c1d") && bomb.hops.len() == 1);
    let keep = finding(&judged, "managed/keep-cosmos-keys").expect("the advice is answered");
    assert_eq!(keep.kind, FindingKind::Keep);
    assert!(keep.detail.contains("cosmos-local-auth"), "{}", keep.detail);
    assert!(
        keep.remedies[0]
            .text
            .starts_with("az policy exemption create")
    );
}

#[test]
fn after_the_flip_the_policy_is_named_as_the_author() {
    let judged = keys(&flipped(), Verdict::Shut, "keys are refused");
    let gate = judged.gate(COSMOS, "", Gate::Authentication);
    for words in [
        "cosmos-local-auth",
        "sets disableLocalAuth to true",
        "set again",
    ] {
        assert!(
            gate.judged.reason.contains(words),
            "{words}: {}",
            gate.judged.reason
        );
    }
    let texts: Vec<&str> = gate.remedies.iter().map(|one| one.text.as_str()).collect();
    assert!(
        texts[0].starts_with("az policy exemption create"),
        "{texts:?}"
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("properties.disableLocalAuth=false"))
    );
    let broken = finding(&judged, "managed/was-changed").expect("it is broken");
    assert!(broken.detail.contains("cosmos-local-auth"));
    assert!(finding(&judged, "policy/will-change").is_none());
}

#[test]
fn a_last_write_by_the_assignments_identity_is_said() {
    let identity = night().body(ASSIGNMENT)["identity"]["principalId"].clone();
    let world = flipped().merge(
        ACCOUNT,
        json!({ "systemData": { "lastModifiedBy": identity } }),
    );
    keys(&world, Verdict::Shut, "its identity made the last write");
    let other = flipped().merge(
        ACCOUNT,
        json!({ "systemData": { "lastModifiedBy": "ada@contoso.com" } }),
    );
    let judged = other.judge();
    let gate = judged.gate(COSMOS, "", Gate::Authentication);
    assert!(!gate.judged.reason.contains("identity made the last write"));
}

#[test]
fn exempted_and_left_out_are_spared_and_expired_is_not() {
    let open = "keys are accepted";
    keys(
        &night().add(exemption(GROUP, json!({}))),
        Verdict::Open,
        open,
    );
    keys(
        &night().add(exemption(
            GROUP,
            json!({ "expiresOn": "2027-06-01T00:00:00Z" }),
        )),
        Verdict::Open,
        open,
    );
    keys(
        &night().add(exemption(
            GROUP,
            json!({ "expiresOn": "2026-11-01T00:00:00Z" }),
        )),
        Verdict::AtRisk,
        "exemption keep-hub has expired on 2026-11-01 00:00 UTC",
    );
    // Of another group, of another assignment, of another definition of an initiative.
    let elsewhere = format!("{SUBSCRIPTION}/resourceGroups/rg-rag-poc");
    keys(
        &night().add(exemption(&elsewhere, json!({}))),
        Verdict::AtRisk,
        "nothing exempts it",
    );
    keys(
        &night().add(exemption(
            GROUP,
            json!({ "policyAssignmentId": format!("{MG}/x") }),
        )),
        Verdict::AtRisk,
        "nothing exempts it",
    );
    keys(
        &night().add(exemption(
            GROUP,
            json!({ "policyDefinitionReferenceIds": ["other"] }),
        )),
        Verdict::AtRisk,
        "nothing exempts it",
    );
    keys(
        &night().merge(
            ASSIGNMENT,
            json!({ "properties": { "notScopes": [GROUP.to_uppercase()] } }),
        ),
        Verdict::Open,
        open,
    );
}

#[test]
fn what_does_not_act_changes_nothing() {
    for patch in [
        json!({ "properties": { "enforcementMode": "DoNotEnforce" } }),
        json!({ "properties": { "parameters": { "effect": { "value": "Disabled" } } } }),
        json!({ "properties": { "overrides": [{ "kind": "policyEffect", "value": "Audit" }] } }),
        json!({ "properties": { "resourceSelectors": [{ "name": "a", "selectors": [
            { "kind": "resourceLocation", "in": ["westeurope"] }] }] } }),
        json!({ "properties": { "resourceSelectors": [{ "name": "a", "selectors": [
            { "kind": "resourceType", "notIn": ["Microsoft.DocumentDB/databaseAccounts"] }] }] } }),
    ] {
        keys(
            &night().merge(ASSIGNMENT, patch),
            Verdict::Open,
            "keys are accepted",
        );
    }
    let mongo = json!({ "properties": { "capabilities": [{ "name": "EnableMongo" }] } });
    keys(
        &night().merge(ACCOUNT, mongo),
        Verdict::Open,
        "keys are accepted",
    );
}

#[test]
fn a_deny_changes_nothing_and_is_said() {
    let id = format!("{BUILT_IN}/dc2d41d1-4ab1-4666-a3e1-3d51c43e0049");
    let world = night().merge(
        ASSIGNMENT,
        json!({ "properties": { "parameters": { "effect": { "value": "Deny" } } } }),
    );
    assert_eq!(
        world.body(ASSIGNMENT)["properties"]["policyDefinitionId"],
        json!(id)
    );
    let judged = keys(&world, Verdict::Open, "keys are accepted");
    let said = finding(&judged, "policy/refuses-next-write").expect("the next write is refused");
    assert_eq!(said.kind, FindingKind::Note);
    assert!(said.detail.contains("disableLocalAuth to true") && !said.hops.is_empty());
}

fn initiative(parameters: &Value, assigned: &Value) -> World {
    let set = format!("{MG}/providers/Microsoft.Authorization/policySetDefinitions/baseline");
    night()
        .add(json!({
            "id": set, "name": "baseline", "type": "Microsoft.Authorization/policySetDefinitions",
            "properties": {
                "displayName": "Security baseline", "policyType": "Custom",
                "parameters": { "cosmosEffect": { "type": "String", "defaultValue": "Disabled" } },
                "policyDefinitions": [{
                    "policyDefinitionId": format!("{BUILT_IN}/dc2d41d1-4ab1-4666-a3e1-3d51c43e0049"),
                    "policyDefinitionReferenceId": "cosmosKeysOff",
                    "parameters": parameters,
                }],
            },
        }))
        .merge(
            ASSIGNMENT,
            json!({ "properties": { "policyDefinitionId": set, "parameters": assigned } }),
        )
}

#[test]
fn parameters_pass_through_an_initiative() {
    let passed = json!({ "effect": { "value": "[parameters('cosmosEffect')]" } });
    let nothing = json!({ "effect": null });
    let on = json!({ "effect": null, "cosmosEffect": { "value": "Modify" } });
    keys(
        &initiative(&passed, &nothing),
        Verdict::Open,
        "keys are accepted",
    );
    let judged = keys(
        &initiative(&passed, &on),
        Verdict::AtRisk,
        "as cosmosKeysOff of initiative Security baseline",
    );
    let gate = judged.gate(COSMOS, "", Gate::Authentication);
    assert!(
        gate.remedies[0]
            .text
            .contains("--policy-definition-reference-ids cosmosKeysOff")
    );
    // Nothing is passed: the definition's own default counts, not the assignment's parameter.
    keys(
        &initiative(&json!({}), &json!({ "effect": { "value": "Disabled" } })),
        Verdict::AtRisk,
        "will set disableLocalAuth",
    );
    let only_this = json!({ "policyDefinitionReferenceIds": ["CosmosKeysOff"] });
    keys(
        &initiative(&passed, &on).add(exemption(GROUP, only_this)),
        Verdict::Open,
        "keys are accepted",
    );
    let overridden = json!({ "properties": { "overrides": [{ "kind": "policyEffect", "value": "Disabled",
        "selectors": [{ "kind": "policyDefinitionReferenceId", "in": ["cosmosKeysOff"] }] }] } });
    keys(
        &initiative(&passed, &on).merge(ASSIGNMENT, overridden),
        Verdict::Open,
        "keys are accepted",
    );
}

#[test]
fn refused_one_by_one() {
    let before = night().judge();
    for ended in Ended::WITHOUT {
        // Whether a policy stands at all is not known: the hub's own hops do not claim to be open.
        let judged = keys(
            &night().refuse("policyAssignments", "", ended),
            Verdict::Unknown,
            "whether a policy will change that cannot be told",
        );
        // Elsewhere only what a policy's property carries is in doubt: not a role, not a token.
        for hop in &judged.0.hops {
            let same = before.0.hops.iter().find(|one| one.id() == hop.id());
            for gate in &hop.gates {
                let once = same
                    .and_then(|one| one.gates.iter().find(|own| own.gate == gate.gate))
                    .unwrap();
                let is_doubted = gate
                    .judged
                    .reason
                    .contains("whether a policy will change that cannot be told");
                // hopscope's own hops speak of what it may read.
                if is_doubted {
                    assert_eq!(gate.judged.verdict, Verdict::Unknown, "{}", hop.id());
                    assert_ne!(gate.gate, Gate::Identity, "{}", hop.id());
                } else if hop.kind != HopKind::Inspector && once.judged.verdict != Verdict::AtRisk {
                    assert_eq!(gate.judged.verdict, once.judged.verdict, "{}", hop.id());
                }
            }
        }
        // The policy is proven, who is spared is not.
        keys(
            &night().refuse("policyExemptions", "", ended),
            Verdict::Unknown,
            "whether it is exempted cannot be told",
        );
        // The built-in is known by its id.
        keys(
            &night().refuse("policyDefinitions", "", ended),
            Verdict::AtRisk,
            "known by its id",
        );
        // Azure's own finding only stands beside.
        keys(
            &night().refuse("policyStates", "", ended),
            Verdict::AtRisk,
            "will set disableLocalAuth",
        );
        assert_ne!(
            flipped()
                .refuse("policyAssignments", "", ended)
                .judge()
                .hop(COSMOS, "")
                .verdict(),
            Verdict::Open
        );
    }
    let said = night()
        .refuse("policyAssignments", "", Ended::Denied)
        .judge();
    assert!(finding(&said, "policy/cannot-tell").is_some());
}

#[test]
fn a_definition_of_somebodys_own_that_is_refused_leaves_the_managed_hop_unknown() {
    let own = format!("{MG}/providers/Microsoft.Authorization/policyDefinitions/own");
    let world = night()
        .merge(
            ASSIGNMENT,
            json!({ "properties": { "policyDefinitionId": own } }),
        )
        .refuse("policyDefinitions", "/own", Ended::Denied);
    keys(&world, Verdict::Unknown, "the definition own of");
    // Without an identity it can change nothing.
    let idle = world.merge(ASSIGNMENT, json!({ "identity": null }));
    keys(&idle, Verdict::Open, "keys are accepted");
}

#[test]
fn where_a_deny_assignment_refuses_exemptions_the_assignment_leaves_the_group_out() {
    let denial = json!({
        "id": format!("{GROUP}/providers/Microsoft.Authorization/denyAssignments/d1"),
        "name": "d1", "type": "Microsoft.Authorization/denyAssignments",
        "properties": {
            "denyAssignmentName": "Hub keeps its own", "scope": GROUP,
            "permissions": [{ "actions": ["*/write"], "notActions": [], "dataActions": [], "notDataActions": [] }],
            "principals": [{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }],
            "excludePrincipals": [], "isSystemProtected": true,
        },
    });
    let judged = night().add(denial).judge();
    let gate = judged.gate(COSMOS, "", Gate::Authentication);
    let first = &gate.remedies[0];
    assert!(
        first
            .text
            .starts_with("az policy assignment update --name cosmos-local-auth")
            && first.text.contains(&format!("--not-scopes {GROUP}")),
        "{}",
        first.text
    );
    assert!(
        first
            .note
            .as_deref()
            .unwrap_or_default()
            .contains("Hub keeps its own")
    );
}

/// A definition of one's own that sets something when a condition holds.
fn custom(family: &str, condition: Value, then: Value) -> World {
    let id = format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/own");
    World::scenario("healthy")
        .add(json!({
            "id": id, "name": "own", "type": "Microsoft.Authorization/policyDefinitions",
            "properties": { "displayName": "Own", "policyType": "Custom", "mode": "Indexed", "parameters": {},
                "policyRule": { "if": { "allOf": [{ "field": "type", "equals": family }, condition] }, "then": then } },
        }))
        .add(json!({
            "id": format!("{SUBSCRIPTION}/providers/Microsoft.Authorization/policyAssignments/own"),
            "name": "own", "type": "Microsoft.Authorization/policyAssignments",
            "identity": { "type": "SystemAssigned", "principalId": "9d1c0000-0000-4000-8000-000000000001" },
            "properties": { "policyDefinitionId": id, "scope": SUBSCRIPTION, "displayName": "Own" },
        }))
}

fn sets(field: &str, value: Value) -> Value {
    json!({ "effect": "modify", "details": { "operations": [
        { "operation": "addOrReplace", "field": field, "value": value }] } })
}

#[test]
fn the_network_of_any_hop_may_be_turned() {
    let storage = "Microsoft.Storage/storageAccounts";
    let bypass = format!("{storage}/networkAcls.bypass");
    let world = custom(
        storage,
        json!({ "field": bypass, "contains": "AzureServices" }),
        sets(&bypass, json!("None")),
    );
    let judged = world.judge();
    let at_risk: Vec<_> = judged
        .0
        .hops
        .iter()
        .flat_map(|hop| hop.gates.iter().map(move |gate| (hop, gate)))
        .filter(|(_, gate)| {
            gate.judged
                .reason
                .contains("will set networkAcls.bypass to None")
        })
        .collect();
    assert!(!at_risk.is_empty());
    for (hop, gate) in at_risk {
        assert_eq!(gate.gate, Gate::Network, "{}", hop.id());
        assert_eq!(gate.judged.verdict, Verdict::AtRisk, "{}", hop.id());
    }
    assert!(finding(&judged, "policy/will-change").is_some());
}

#[test]
fn a_condition_that_cannot_be_evaluated_proves_nothing_and_is_said() {
    let search = "Microsoft.Search/searchServices";
    let field = format!("{search}/publicNetworkAccess");
    let unclear = json!({ "value": "[resourceGroup().managedBy]", "exists": false });
    let judged = custom(search, unclear, sets(&field, json!("disabled"))).judge();
    let plain = World::scenario("healthy").judge();
    let verdicts = |judged: &Judged| -> Vec<_> {
        judged
            .0
            .hops
            .iter()
            .map(|hop| (hop.id(), hop.verdict()))
            .collect()
    };
    assert_eq!(verdicts(&judged), verdicts(&plain));
    let said = finding(&judged, "policy/cannot-tell").expect("it is said");
    assert!(
        said.detail.contains("resourceGroup().managedBy"),
        "{}",
        said.detail
    );
}

#[test]
fn a_deployment_that_sets_the_property_counts_while_the_resource_is_not_as_it_should_be() {
    let search = "Microsoft.Search/searchServices";
    let deploys = |existence: Value| {
        json!({ "effect": "deployIfNotExists", "details": { "type": search, "existenceCondition": existence,
            "deployment": { "properties": { "template": { "resources": [
                { "type": search, "name": "[parameters('name')]", "properties": { "publicNetworkAccess": "disabled" } } ] } } } } })
    };
    let field = format!("{search}/publicNetworkAccess");
    let always = json!({ "field": "name", "like": "*" });
    let lacking = json!({ "field": field, "equals": "disabled" });
    let judged = custom(search, always.clone(), deploys(lacking)).judge();
    assert!(finding(&judged, "policy/will-change").is_some());
    let fine = json!({ "field": field, "equals": "enabled" });
    let judged = custom(search, always, deploys(fine)).judge();
    assert!(finding(&judged, "policy/will-change").is_none());
}
