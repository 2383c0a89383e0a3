//! What takes a right or weakens it: deny assignments, conditions, keys in place of a role.

use hopscope::analysis::access::{Memberships, Standing};
use hopscope::analysis::verdict::Verdict;
use serde_json::{Value, json};

use crate::build::Ended;
use crate::roles::{
    BLOB_READER, MANAGEMENT_GROUP, OWNER, Roles, ZERO, account, alone, assert_standing, assigned,
    deny, in_group, subscription,
};

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
