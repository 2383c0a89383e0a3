//! What an indexer's identity has to hold: from actions, at the scope and above, through groups,
//! with conditions, under deny assignments, for a time, or not any more.

use hopscope::analysis::hop::Tool;
use hopscope::analysis::verdict::Gate::Authorization;
use hopscope::analysis::verdict::Verdict::{AtRisk, Open, Shut, Unknown};
use serde_json::json;

use crate::indexers::{
    CONTRIBUTOR, KEYS, KIND, PRINCIPAL, STORE, VIA, account, check, healthy, of_type,
};
use crate::world::{Ended, World};

#[test]
fn rights_come_from_actions_at_the_scope_and_above() {
    let bare = || healthy().without_roles(PRINCIPAL, &[]);
    let reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let at = |tail: &str| {
        let id = healthy().id(STORE);
        let (subscription, _) = id.split_once("/resourceGroups/").unwrap();
        match tail {
            "subscription" => subscription.to_owned(),
            "group" => id.split_once("/providers/").unwrap().0.to_owned(),
            "management" => {
                "/providers/Microsoft.Management/managementGroups/mg-landing".to_owned()
            }
            tail => format!("{id}{tail}"),
        }
    };
    let held =
        |role: &str, scope: &str| bare().with_role(PRINCIPAL, "ServicePrincipal", role, scope);
    let docs = at("/blobServices/default/containers/docs");
    let faq = at("/blobServices/default/containers/faq");
    let conditional = |world: World| {
        let last = world.arm.len() - 1;
        let mut world = world;
        world.arm[last]["properties"]["condition"] = json!("@Resource[x] StringEquals 'y'");
        world
    };
    let group = "2d67135d-4877-4c55-a7dc-62b782363502";
    let mut through_group = bare().with_role(group, "Group", reader, &at(""));
    through_group
        .members
        .insert(group.to_owned(), vec![PRINCIPAL.to_owned()]);
    let hierarchical =
        |world: World| world.merge(STORE, json!({ "properties": { "isHnsEnabled": true } }));
    let denied = |world: World| {
        world.add(json!({
            "id": format!("{}/providers/Microsoft.Authorization/denyAssignments/00000000-0000-4000-8000-00000000dead", at("group")),
            "name": "00000000-0000-4000-8000-00000000dead",
            "properties": {
                "denyAssignmentName": "stack", "scope": at("group"), "doNotApplyToChildScopes": false,
                "permissions": [{ "actions": [], "notActions": [], "dataActions": ["Microsoft.Storage/*"], "notDataActions": [] }],
                "principals": [{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }],
                "excludePrincipals": [],
            },
        }))
    };
    check(vec![
        (
            held(reader, &docs),
            Authorization,
            Open,
            "Storage Blob Data Reader",
        ),
        (
            held(reader, &at("group")),
            Authorization,
            Open,
            "rg-rag-poc",
        ),
        (held(reader, &at("subscription")), Authorization, Open, ""),
        (
            held(reader, &at("management")),
            Authorization,
            Open,
            "mg-landing",
        ),
        (through_group.clone(), Authorization, Open, ""),
        (
            through_group
                .refuse("transitiveMemberOf", "", Ended::Failed)
                .refuse("roleAssignments/assignedTo", "", Ended::Failed),
            Authorization,
            Unknown,
            "groups",
        ),
        (held(reader, &faq), Authorization, Shut, "no role gives"),
        (held(owner, &at("group")), Authorization, Shut, "blobs/read"),
        (bare(), Authorization, Shut, "assignments read at"),
        (hierarchical(bare()), Authorization, Unknown, "access lists"),
        (
            conditional(held(reader, &docs)),
            Authorization,
            AtRisk,
            "StringEquals",
        ),
        (
            denied(healthy()),
            Authorization,
            Shut,
            "deny assignment stack",
        ),
        (
            denied(hierarchical(healthy())),
            Authorization,
            Shut,
            "deny assignment stack",
        ),
        (
            healthy()
                .refuse("roleAssignments", "", Ended::Denied)
                .refuse("roleAssignments/assignedTo", "", Ended::Denied),
            Authorization,
            Unknown,
            "refused",
        ),
        (
            healthy().refuse("roleDefinitions", "", Ended::Pending),
            Authorization,
            Unknown,
            "definition was not read",
        ),
        (
            healthy().refuse("denyAssignments", "", Ended::Failed),
            Authorization,
            Unknown,
            "deny assignments",
        ),
        (
            of_type(healthy(), "azurefile"),
            Authorization,
            Shut,
            "listKeys",
        ),
        (
            of_type(healthy(), "azuretable").with_role(
                PRINCIPAL,
                "ServicePrincipal",
                KEYS,
                &at(""),
            ),
            Authorization,
            Open,
            "listKeys",
        ),
    ]);
    let judged = bare().judge();
    let gate = judged.gate(KIND, VIA, Authorization);
    let az = gate
        .remedies
        .iter()
        .find(|one| one.tool == Tool::Az)
        .unwrap();
    assert!(
        az.text.contains(reader) && az.text.ends_with("/containers/docs"),
        "{}",
        az.text
    );
    assert!(gate.remedies.iter().any(|one| one.tool == Tool::Azurerm));
}

#[test]
fn a_role_that_ends_soon_is_at_risk_and_says_when() {
    let world = healthy();
    let store = account(&world);
    let held = world
        .arm
        .iter()
        .find(|one| {
            crate::world::is_assignment(one)
                && one["properties"]["principalId"] == json!(PRINCIPAL)
                && one["properties"]["roleDefinitionId"]
                    .as_str()
                    .unwrap()
                    .ends_with(CONTRIBUTOR)
        })
        .unwrap();
    let origin = held["id"].as_str().unwrap().to_owned();
    let timed = world.add(json!({
        "id": format!("{store}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances/00000000-0000-4000-8000-00000000a111"),
        "name": "00000000-0000-4000-8000-00000000a111",
        "properties": {
            "scope": store, "principalId": PRINCIPAL, "principalType": "ServicePrincipal",
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"),
            "assignmentType": "Assigned", "memberType": "Direct", "status": "Provisioned",
            "startDateTime": "2026-11-23T10:00:00Z", "endDateTime": "2026-11-23T13:30:00Z",
            "originRoleAssignmentId": origin,
        },
    }));
    let says = "active until 2026-11-23T13:30:00Z";
    timed.judge().expect(KIND, VIA, Authorization, AtRisk, says);
    let earlier = timed.at(crate::world::NOW - time::Duration::hours(2));
    earlier.judge().expect(KIND, VIA, Authorization, Open, says);
}

#[test]
fn a_role_of_an_identity_that_was_made_anew_is_stale() {
    let world = healthy().without_roles(PRINCIPAL, &[]);
    let store = account(&world);
    let stale = world.with_role(
        "11111111-2222-4333-8444-555555555555",
        "ServicePrincipal",
        CONTRIBUTOR,
        &store,
    );
    stale
        .judge()
        .expect(KIND, VIA, Authorization, Shut, "stale assignment");
}
