//! Effective access from actions and data actions, through scopes and groups.

use hopscope::analysis::access::{Action, Index, Memberships, Standing, held};
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use serde_json::json;

use crate::build::{Ended, World, id};
use crate::roles::{
    BLOB_READER, MANAGEMENT_GROUP, OWNER, READ, Roles, account, alone, assert_standing, assigned,
    in_group, roles, subscription,
};

#[test]
fn a_role_is_held_at_the_scope_or_above_it() {
    let sub = subscription();
    let group = account().group_id().unwrap();
    let container = account().child("blobServices/default/containers/docs");
    let (sub, group, container) = (sub.as_str(), group.as_str(), container.as_str());
    for (scope, expected) in [
        (account().as_str(), Standing::Open),
        (account().as_str().to_uppercase().as_str(), Standing::Open),
        (group, Standing::Open),
        (sub, Standing::Open),
        (MANAGEMENT_GROUP, Standing::Open),
        ("/", Standing::Open),
        // Below the account, or beside it: not for the account.
        (container, Standing::None),
        (id(Family::Storage, "other").as_str(), Standing::None),
        ("/subscriptions/other", Standing::None),
    ] {
        let roles = Roles::of(json!([assigned("a", "ada", BLOB_READER, scope)]));
        let held = roles.ask(&alone());
        assert_standing(&held, expected, scope);
        assert_eq!(held.readings.assignments, 1);
        assert!(!held.judged.evidence.is_empty(), "{scope}");
        if let [via] = &held.via[..] {
            assert_eq!(
                via.is_inherited,
                !scope.eq_ignore_ascii_case(account().as_str()),
                "{scope}"
            );
            assert_eq!(via.role_name.as_deref(), Some("Storage Blob Data Reader"));
        }
    }
}

#[test]
fn an_assignment_of_a_management_group_concerns_those_whose_list_held_it() {
    let elsewhere = ArmId::new("/subscriptions/other");
    let assignment = json!([assigned("a", "ada", BLOB_READER, MANAGEMENT_GROUP)]);
    let inventory = Roles::of(json!([]))
        .world()
        .list(
            &Key::RoleAssignments(elsewhere.clone()),
            Some(assignment),
            Ended::Well,
        )
        .inventory();
    let index = Index::build(&inventory);
    let ask = |scope: &ArmId| {
        held(
            &index,
            &alone(),
            &PrincipalId::new("ada"),
            &Action::data(READ),
            scope,
        )
        .standing
    };
    assert_eq!(ask(&account()), Standing::None);
    // There the deny assignments were not read.
    assert_eq!(ask(&elsewhere.child("resourceGroups/g")), Standing::Unknown);
}

#[test]
fn roles_by_action_and_not_by_name() {
    for (role, expected) in [
        (BLOB_READER, Standing::Open),
        (OWNER, Standing::None),
        ("no", Standing::None),
        ("low", Standing::Open),
        ("broken", Standing::Unknown),
        ("never-read", Standing::Unknown),
    ] {
        let roles = Roles::of(json!([assigned("a", "ada", role, account().as_str())]));
        let held = roles.ask(&alone());
        assert_standing(&held, expected, role);
        assert_eq!(
            held.via.iter().any(|via| via.is_low_confidence),
            role == "low",
            "{role}"
        );
    }
    // A sure role wins over what is doubtful.
    let roles = Roles::of(json!([
        assigned("a", "ada", "never-read", account().as_str()),
        assigned("b", "ada", "low", account().as_str()),
        assigned("c", "ada", BLOB_READER, subscription().as_str()),
    ]));
    let held = roles.ask(&alone());
    assert_standing(&held, Standing::Open, "united");
    assert!(!held.via[0].is_low_confidence);
}

#[test]
fn groups_give_when_they_are_known_and_leave_a_doubt_when_not() {
    let of_group = Roles::of(json!([assigned(
        "a",
        "group-rag",
        BLOB_READER,
        account().as_str()
    )]));
    let held = of_group.ask(&in_group());
    assert_standing(&held, Standing::Open, "in the group");
    assert_eq!(held.via[0].group, Some(PrincipalId::new("group-rag")));
    assert_standing(&of_group.ask(&alone()), Standing::None, "in no group");
    assert_standing(
        &of_group.ask(&Memberships::unknown()),
        Standing::Unknown,
        "not known",
    );

    // A group whose role gives nothing leaves no doubt.
    let harmless = Roles::of(json!([assigned(
        "a",
        "group-rag",
        OWNER,
        account().as_str()
    )]));
    assert_standing(
        &harmless.ask(&Memberships::unknown()),
        Standing::None,
        "harmless group",
    );
    // Nor does a group when the principal holds the role itself.
    let both = Roles::of(json!([
        assigned("a", "group-rag", BLOB_READER, account().as_str()),
        assigned("b", "ada", BLOB_READER, account().as_str()),
    ]));
    assert_standing(&both.ask(&Memberships::unknown()), Standing::Open, "both");
}

#[test]
fn what_was_not_read_is_never_a_no() {
    let assignments = json!([assigned("a", "ada", BLOB_READER, account().as_str())]);
    for at in 0..3 {
        for end in Ended::WITHOUT {
            let held = Roles::of(assignments.clone()).ended(at, end).ask(&alone());
            assert_standing(&held, Standing::Unknown, &format!("{at} {end:?}"));
            let held = Roles::of(json!([])).ended(at, end).ask(&alone());
            // Without assignments, definitions and denials change nothing.
            let expected = if at == 0 {
                Standing::Unknown
            } else {
                Standing::None
            };
            assert_standing(&held, expected, &format!("none, {at} {end:?}"));
        }
    }
    let refused = Roles::of(json!([])).ended(0, Ended::Denied).ask(&alone());
    assert!(
        refused.judged.reason.contains("Reader"),
        "{}",
        refused.judged.reason
    );
    // Nobody asked at all.
    let inventory = World::new().inventory();
    let held = held(
        &Index::build(&inventory),
        &alone(),
        &PrincipalId::new("ada"),
        &Action::data(READ),
        &account(),
    );
    assert_standing(&held, Standing::Unknown, "not planned");
}

#[test]
fn a_list_that_was_cut_off_proves_what_it_holds() {
    let inventory = World::new()
        .list(
            &Key::RoleAssignments(subscription()),
            Some(json!([assigned(
                "a",
                "ada",
                BLOB_READER,
                account().as_str()
            )])),
            Ended::Failed,
        )
        .list(
            &Key::DenyAssignments(subscription()),
            Some(json!([])),
            Ended::Well,
        )
        .list(
            &Key::RoleDefinitions(subscription()),
            Some(roles()),
            Ended::Well,
        )
        .inventory();
    let index = Index::build(&inventory);
    let ask = |principal: &str| {
        held(
            &index,
            &Memberships::unknown(),
            &PrincipalId::new(principal),
            &Action::data(READ),
            &account(),
        )
        .standing
    };
    assert_eq!(ask("ada"), Standing::Open);
    assert_eq!(ask("bob"), Standing::Unknown);
}

#[test]
fn an_entry_that_could_not_be_read_leaves_the_list_open() {
    let lost = json!([{ "id": "/x/providers/Microsoft.Authorization/roleAssignments/a", "properties": { "principalId": 7, "scope": "/x" } }]);
    assert_standing(&Roles::of(lost).ask(&alone()), Standing::Unknown, "lost");
    let mut dated = assigned("a", "bob", BLOB_READER, account().as_str());
    dated["properties"]["createdOn"] = json!(7);
    assert_standing(
        &Roles::of(json!([dated])).ask(&alone()),
        Standing::None,
        "a date",
    );
}

#[test]
fn a_group_list_is_whole_for_what_is_in_the_group() {
    let group = account().group_id().unwrap();
    let inventory = Roles::of(json!([]))
        .ended(0, Ended::Denied)
        .world()
        .list(&Key::RoleAssignments(group), Some(json!([])), Ended::Well)
        .inventory();
    let index = Index::build(&inventory);
    let ask = |scope: &ArmId| {
        held(
            &index,
            &alone(),
            &PrincipalId::new("ada"),
            &Action::data(READ),
            scope,
        )
        .standing
    };
    assert_eq!(ask(&account()), Standing::None);
    assert_eq!(
        ask(&subscription().child("resourceGroups/else")),
        Standing::Unknown
    );
}
