//! The assignments that concern the resources in scope, by resource and by principal.

use hopscope::analysis::access::matrix::{Directory, Level, Reaches};
use hopscope::analysis::access::{Matrix, matrix};
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::Inventory;
use serde_json::{Value, json};

use crate::build::{Ended, SUBSCRIPTION, World, body, id};

fn subscription() -> ArmId {
    ArmId::new(format!("/subscriptions/{SUBSCRIPTION}"))
}

fn assigned(name: &str, principal: &str, role: &str, scope: &str) -> Value {
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"),
        "properties": {
            "scope": scope, "principalId": principal, "principalType": "User",
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        },
    })
}

fn world(assignments: Value) -> World {
    World::new()
        .subscription("t-1")
        .with(Family::Storage, &body(Family::Storage, "stragdev", json!({})))
        .with(Family::Search, &body(Family::Search, "srch", json!({})))
        .list(&Key::RoleAssignments(subscription()), Some(assignments), Ended::Well)
        .list(&Key::DenyAssignments(subscription()), Some(json!([])), Ended::Well)
        .list(
            &Key::RoleDefinitions(subscription()),
            Some(json!([{ "id": "/providers/Microsoft.Authorization/roleDefinitions/R1", "properties": { "roleName": "Reader", "permissions": [] } }])),
            Ended::Well,
        )
}

fn people(world: World, items: Value, end: Ended) -> Inventory {
    world
        .list(&Key::Principals(None), Some(items), end)
        .inventory()
}

fn ada() -> Value {
    json!([{ "@odata.type": "#microsoft.graph.user", "id": "ada-id", "displayName": "Ada" }])
}

fn reaching(matrix: &Matrix, id: &ArmId) -> Vec<(String, Reaches)> {
    matrix
        .of_resource(id)
        .into_iter()
        .map(|(row, reaches)| (row.assignment.name().to_owned(), reaches))
        .collect()
}

#[test]
fn assignments_reach_a_resource_directly_from_above_and_in_part() {
    let account = id(Family::Storage, "stragdev");
    let container = account.child("blobServices/default/containers/docs");
    let group = account.group_id().unwrap();
    let inventory = world(json!([
        assigned(
            "at-mg",
            "p",
            "r1",
            "/providers/Microsoft.Management/managementGroups/mg"
        ),
        assigned("at-root", "p", "r1", "/"),
        assigned("at-sub", "p", "r1", subscription().as_str()),
        assigned("at-group", "p", "r1", &group.as_str().to_lowercase()),
        assigned("at-account", "p", "r1", account.as_str()),
        assigned("at-container", "p", "r1", container.as_str()),
        assigned(
            "elsewhere",
            "p",
            "r1",
            &subscription().child("resourceGroups/other").to_string()
        ),
    ]))
    .inventory();
    let matrix = matrix(&inventory);
    assert_eq!(matrix.assignments_read, 7);
    assert_eq!(matrix.scopes_read, 7);
    assert_eq!(
        reaching(&matrix, &account),
        [
            ("at-account".to_owned(), Reaches::Direct),
            ("at-container".to_owned(), Reaches::Part(container)),
            (
                "at-group".to_owned(),
                Reaches::Inherited(Level::ResourceGroup)
            ),
            ("at-sub".to_owned(), Reaches::Inherited(Level::Subscription)),
            (
                "at-mg".to_owned(),
                Reaches::Inherited(Level::ManagementGroup)
            ),
            ("at-root".to_owned(), Reaches::Inherited(Level::Root)),
        ]
    );
    assert_eq!(reaching(&matrix, &id(Family::Search, "srch")).len(), 4);
    assert!(
        matrix
            .rows
            .iter()
            .all(|row| row.assignment.name() != "elsewhere")
    );
    assert_eq!(matrix.by_principal().len(), 1);
    assert!(matrix.missing.is_empty(), "{:?}", matrix.missing);
}

#[test]
fn names_come_from_the_directory_and_roles_from_their_definitions() {
    let assignments = json!([
        assigned("a", "ada-id", "r1", subscription().as_str()),
        assigned("b", "gone-id", "unread", subscription().as_str()),
    ]);
    let inventory = people(world(assignments), ada(), Ended::Well);
    let matrix = matrix(&inventory);
    assert_eq!(matrix.directory, Directory::Read);
    let [first, second] = &matrix.rows[..] else {
        panic!("{:?}", matrix.rows)
    };
    assert_eq!(
        (first.label.as_str(), first.is_named, first.is_orphan),
        ("Ada", true, false)
    );
    assert_eq!(first.role_name.as_deref(), Some("Reader"));
    assert_eq!(
        (second.label.as_str(), second.is_named, second.is_orphan),
        ("gone-id", false, true)
    );
    assert_eq!(second.role_name, None);
}

#[test]
fn an_orphan_needs_a_directory_that_was_read() {
    let assignments = || json!([assigned("a", "gone-id", "r1", subscription().as_str())]);
    for end in Ended::WITHOUT {
        let matrix = matrix(&people(world(assignments()), ada(), end));
        assert!(!matrix.rows[0].is_orphan, "{end:?}");
        assert!(matches!(matrix.directory, Directory::NotRead(_)), "{end:?}");
    }
    assert!(
        !matrix(&world(assignments()).inventory()).rows[0].is_orphan,
        "not asked"
    );
    let broken = json!([{ "id": 7 }]);
    assert!(!matrix(&people(world(assignments()), broken, Ended::Well)).rows[0].is_orphan);
    let mut foreign = assigned("a", "gone-id", "r1", subscription().as_str());
    foreign["properties"]["principalType"] = json!("ForeignGroup");
    assert!(!matrix(&people(world(json!([foreign])), ada(), Ended::Well)).rows[0].is_orphan);
}

#[test]
fn deny_assignments_stand_beside_what_they_touch() {
    let account = id(Family::Storage, "stragdev");
    let group = account.group_id().unwrap();
    let denial = |name: &str, scope: &str, principal: &str, exclude: &str| {
        json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/denyAssignments/{name}"),
            "properties": {
                "denyAssignmentName": name, "scope": scope,
                "permissions": [{ "actions": ["*"] }],
                "principals": [{ "id": principal, "type": "SystemDefined" }],
                "excludePrincipals": [{ "id": exclude, "type": "ServicePrincipal" }],
                "isSystemProtected": true,
            },
        })
    };
    let zero = "00000000-0000-0000-0000-000000000000";
    let inventory = world(json!([
        assigned("a", "ada-id", "r1", subscription().as_str()),
        assigned("b", "platform", "r1", account.as_str()),
    ]))
    .list(
        &Key::DenyAssignments(subscription()),
        Some(json!([
            denial("everyone", group.as_str(), zero, "platform"),
            denial("other", "/subscriptions/other", zero, "platform"),
        ])),
        Ended::Well,
    )
    .inventory();
    let matrix = matrix(&inventory);
    let names =
        |id: &ArmId| -> Vec<String> { matrix.denials_of(id).map(|one| one.name.clone()).collect() };
    assert_eq!(names(&account), ["everyone"]);
    assert!(names(&subscription()).is_empty());
    assert!(matrix.denials[0].is_everyone);
    let touching: Vec<usize> = matrix
        .rows
        .iter()
        .map(|row| matrix.denials_touching(row).count())
        .collect();
    assert_eq!(touching, [1, 0]);
}

#[test]
fn what_was_refused_is_said() {
    let base = || {
        World::new().with(
            Family::Storage,
            &body(Family::Storage, "stragdev", json!({})),
        )
    };
    let refused = base()
        .list(&Key::RoleAssignments(subscription()), None, Ended::Denied)
        .list(
            &Key::DenyAssignments(subscription()),
            Some(json!([])),
            Ended::Well,
        )
        .inventory();
    let matrix_of_refused = matrix(&refused);
    assert_eq!(matrix_of_refused.missing.len(), 1);
    assert!(
        matrix_of_refused.missing[0].contains("Reader"),
        "{:?}",
        matrix_of_refused.missing
    );
    assert!(matrix_of_refused.rows.is_empty());
    // Lists of the groups stand in for the subscription's.
    let group = id(Family::Storage, "stragdev").group_id().unwrap();
    let inventory = base()
        .list(&Key::RoleAssignments(subscription()), None, Ended::Denied)
        .list(
            &Key::RoleAssignments(group.clone()),
            Some(json!([])),
            Ended::Well,
        )
        .list(&Key::DenyAssignments(group), Some(json!([])), Ended::Well)
        .inventory();
    assert!(matrix(&inventory).missing.is_empty());
}
