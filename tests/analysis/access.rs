//! Effective access from actions, data actions, deny assignments, groups and conditions.

use hopscope::analysis::access::{
    Action, Held, Index, KeyPath, Memberships, Standing, held, held_or_by_key,
};
use hopscope::analysis::verdict::Verdict;
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, SUBSCRIPTION, World, id};

const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const LIST_KEYS: &str = "Microsoft.Storage/storageAccounts/listKeys/action";
const BLOB_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const ZERO: &str = "00000000-0000-0000-0000-000000000000";
const MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/mg-landing";

fn subscription() -> ArmId {
    ArmId::new(format!("/subscriptions/{SUBSCRIPTION}"))
}

fn account() -> ArmId {
    id(Family::Storage, "stragdev")
}

fn role(guid: &str, name: &str, permission: Value) -> Value {
    json!({
        "id": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}"),
        "properties": { "roleName": name, "type": "BuiltInRole", "permissions": [permission] },
    })
}

fn roles() -> Value {
    json!([
        role(
            BLOB_READER,
            "Storage Blob Data Reader",
            json!({ "actions": [], "dataActions": [READ] })
        ),
        role(
            OWNER,
            "Owner",
            json!({ "actions": ["*"], "notActions": [], "dataActions": [] })
        ),
        role(
            "low",
            "Odd",
            json!({ "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/*/blobs/*/read"] })
        ),
        role(
            "no",
            "Nothing",
            json!({ "dataActions": ["*"], "notDataActions": ["*/blobs/read"] })
        ),
        role(
            "broken",
            "Broken",
            json!({ "dataActions": ["Microsoft.X/y", 7] })
        ),
    ])
}

/// An assignment of a role to a principal at a scope.
fn assigned(name: &str, principal: &str, role: &str, scope: &str) -> Value {
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"),
        "properties": {
            "scope": scope,
            "principalId": principal,
            "principalType": if principal.starts_with("group") { "Group" } else { "User" },
            "roleDefinitionId": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{}", role.to_uppercase()),
            "condition": null,
        },
    })
}

fn deny(scope: &str, principals: Value, exclude: Value, extra: Value) -> Value {
    let mut properties = json!({
        "denyAssignmentName": "managed",
        "scope": scope,
        "permissions": [{ "actions": [], "dataActions": ["*"] }],
        "principals": principals,
        "excludePrincipals": exclude,
    });
    for (name, value) in extra.as_object().unwrap().clone() {
        properties[name] = value;
    }
    json!({ "id": format!("{scope}/providers/Microsoft.Authorization/denyAssignments/d"), "properties": properties })
}

struct Roles {
    assignments: Value,
    denials: Value,
    ended: [Ended; 3],
}

impl Roles {
    fn of(assignments: Value) -> Self {
        Self {
            assignments,
            denials: json!([]),
            ended: [Ended::Well; 3],
        }
    }

    fn denied(mut self, denials: Value) -> Self {
        self.denials = denials;
        self
    }

    /// One of assignments, denials, definitions ended otherwise.
    fn ended(mut self, at: usize, end: Ended) -> Self {
        self.ended[at] = end;
        self
    }

    fn world(&self) -> World {
        let keep = |at: usize, items: &Value| match self.ended[at] {
            Ended::Well => Some(items.clone()),
            _ => None,
        };
        World::new()
            .list(
                &Key::RoleAssignments(subscription()),
                keep(0, &self.assignments),
                self.ended[0],
            )
            .list(
                &Key::DenyAssignments(subscription()),
                keep(1, &self.denials),
                self.ended[1],
            )
            .list(
                &Key::RoleDefinitions(subscription()),
                keep(2, &roles()),
                self.ended[2],
            )
    }

    fn ask(&self, memberships: &Memberships) -> Held {
        let inventory = self.world().inventory();
        held(
            &Index::build(&inventory),
            memberships,
            &PrincipalId::new("ada"),
            &Action::data(READ),
            &account(),
        )
    }

    fn by_key(&self, are_keys_accepted: Option<bool>) -> Held {
        let inventory = self.world().inventory();
        held_or_by_key(
            &Index::build(&inventory),
            &alone(),
            &PrincipalId::new("ada"),
            &Action::data(READ),
            &account(),
            &KeyPath {
                action: Action::control(LIST_KEYS),
                are_keys_accepted,
            },
        )
    }
}

/// Ada is in no group.
fn alone() -> Memberships {
    Memberships::unknown().knowing(PrincipalId::new("ada"), vec![])
}

fn in_group() -> Memberships {
    Memberships::unknown().knowing(PrincipalId::new("ada"), vec![PrincipalId::new("GROUP-rag")])
}

fn assert_standing(held: &Held, expected: Standing, case: &str) {
    assert_eq!(held.standing, expected, "{case}\n{}", held.judged.reason);
    assert_eq!(held.judged.verdict, expected.verdict(), "{case}");
    assert!(!held.judged.reason.is_empty(), "{case}");
}

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
fn a_condition_is_shown_and_not_evaluated() {
    let with = |condition: Value| {
        let mut assignment = assigned("a", "ada", BLOB_READER, account().as_str());
        assignment["properties"]["condition"] = condition;
        assignment
    };
    for (condition, expected) in [
        (Value::Null, Standing::Open),
        (json!(""), Standing::Open),
        (
            json!("@Resource[x] StringEquals 'y'"),
            Standing::Conditional,
        ),
        (json!(7), Standing::Unknown),
    ] {
        let held = Roles::of(json!([with(condition.clone())])).ask(&alone());
        assert_standing(&held, expected, &condition.to_string());
        if expected == Standing::Conditional {
            assert!(
                held.judged.reason.contains("StringEquals"),
                "{}",
                held.judged.reason
            );
            assert_eq!(held.judged.verdict, Verdict::AtRisk);
        }
    }
    let mut second = assigned("b", "ada", BLOB_READER, subscription().as_str());
    second["properties"]["condition"] = Value::Null;
    let held = Roles::of(json!([with(json!("@x")), second])).ask(&alone());
    assert_standing(&held, Standing::Open, "another assignment has none");
}

#[test]
fn deny_assignments_beat_roles() {
    let group = account().group_id().unwrap();
    let group = group.as_str();
    let held_role = json!([assigned("a", "ada", BLOB_READER, account().as_str())]);
    let everyone = json!([{ "id": ZERO, "type": "SystemDefined" }]);
    let ada = json!([{ "id": "ada", "type": "User" }]);
    let rag = json!([{ "id": "group-rag", "type": "Group" }]);
    let other = json!([{ "id": "bob", "type": "User" }]);
    let none = json!([]);
    let plain = json!({});
    let not_below = json!({ "doNotApplyToChildScopes": true });
    let of_actions = json!({ "permissions": [{ "actions": ["*"], "dataActions": [] }] });
    let low = json!({ "permissions": [{ "dataActions": ["Microsoft.Storage/*/storageAccounts/blobServices/containers/blobs/read"] }] });
    let conditional = json!({ "permissions": [{ "dataActions": ["*"], "condition": "@x" }] });
    let audit = json!({ "denyAssignmentEffect": "audit" });
    for (scope, principals, exclude, extra, known, expected) in [
        (group, &everyone, &none, &plain, true, Standing::Denied),
        (
            MANAGEMENT_GROUP,
            &everyone,
            &none,
            &plain,
            true,
            Standing::Denied,
        ),
        (group, &everyone, &ada, &plain, true, Standing::Open),
        (group, &everyone, &rag, &plain, true, Standing::Open),
        (group, &everyone, &rag, &plain, false, Standing::Unknown),
        (group, &everyone, &other, &plain, false, Standing::Denied),
        (group, &ada, &none, &plain, false, Standing::Denied),
        (group, &rag, &none, &plain, true, Standing::Denied),
        (group, &rag, &none, &plain, false, Standing::Unknown),
        (group, &other, &none, &plain, false, Standing::Open),
        (group, &everyone, &none, &not_below, true, Standing::Open),
        (
            account().as_str(),
            &everyone,
            &none,
            &not_below,
            true,
            Standing::Denied,
        ),
        (
            group,
            &everyone,
            &none,
            &json!({ "doNotApplyToChildScopes": "x" }),
            true,
            Standing::Unknown,
        ),
        (group, &everyone, &none, &of_actions, true, Standing::Open),
        (group, &everyone, &none, &low, true, Standing::Unknown),
        (
            group,
            &everyone,
            &none,
            &conditional,
            true,
            Standing::Unknown,
        ),
        (group, &everyone, &none, &audit, true, Standing::Open),
        (
            "/subscriptions/other",
            &everyone,
            &none,
            &plain,
            true,
            Standing::Open,
        ),
    ] {
        let roles = Roles::of(held_role.clone()).denied(json!([deny(
            scope,
            principals.clone(),
            exclude.clone(),
            extra.clone()
        )]));
        let memberships = if known {
            in_group()
        } else {
            Memberships::unknown()
        };
        let held = roles.ask(&memberships);
        let case = format!("{scope} {principals} {exclude} {extra} {known}");
        assert_standing(&held, expected, &case);
        assert_eq!(
            held.denied_by.is_empty(),
            expected == Standing::Open,
            "{case}"
        );
    }
    // Also when no role gives the action: the deny assignment is the reason to name.
    let nothing = Roles::of(json!([])).denied(json!([deny(group, everyone, none, plain)]));
    assert_standing(&nothing.ask(&alone()), Standing::Denied, "no role");
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

#[test]
fn keys_are_a_second_and_weaker_way() {
    let owner = Roles::of(json!([assigned(
        "a",
        "ada",
        OWNER,
        subscription().as_str()
    )]));
    let held = owner.by_key(Some(true));
    assert_standing(&held, Standing::KeyOnly, "keys on");
    assert_eq!(held.judged.verdict, Verdict::AtRisk);
    assert_eq!(held.via[0].role_name.as_deref(), Some("Owner"));
    assert_standing(&owner.by_key(Some(false)), Standing::None, "keys off");
    assert_standing(&owner.by_key(None), Standing::Unknown, "not known");

    let reader = Roles::of(json!([assigned(
        "a",
        "ada",
        BLOB_READER,
        account().as_str()
    )]));
    assert_standing(&reader.by_key(Some(true)), Standing::Open, "by a role");
    assert_standing(
        &Roles::of(json!([])).by_key(Some(true)),
        Standing::None,
        "by nothing",
    );
    let refused = Roles::of(json!([])).ended(0, Ended::Denied);
    assert_standing(&refused.by_key(Some(true)), Standing::Unknown, "refused");

    // A deny assignment on data does not stop the key; whether one stops listing counts.
    let data = deny(
        subscription().as_str(),
        json!([{ "id": ZERO, "type": "SystemDefined" }]),
        json!([]),
        json!({}),
    );
    let held = Roles::of(json!([assigned(
        "a",
        "ada",
        OWNER,
        subscription().as_str()
    )]))
    .denied(json!([data]))
    .by_key(Some(true));
    assert_standing(&held, Standing::KeyOnly, "data denied");
}
