//! Role data of one subscription, and Ada who wants to read a blob.

use hopscope::analysis::access::{
    Action, Held, Index, KeyPath, Memberships, Standing, held, held_or_by_key,
};
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, SUBSCRIPTION, World, id};

pub(crate) const READ: &str =
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
pub(crate) const LIST_KEYS: &str = "Microsoft.Storage/storageAccounts/listKeys/action";
pub(crate) const BLOB_READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
pub(crate) const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
pub(crate) const ZERO: &str = "00000000-0000-0000-0000-000000000000";
pub(crate) const MANAGEMENT_GROUP: &str =
    "/providers/Microsoft.Management/managementGroups/mg-landing";

pub(crate) fn subscription() -> ArmId {
    ArmId::new(format!("/subscriptions/{SUBSCRIPTION}"))
}

pub(crate) fn account() -> ArmId {
    id(Family::Storage, "stragdev")
}

pub(crate) fn role(guid: &str, name: &str, permission: Value) -> Value {
    json!({
        "id": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid}"),
        "properties": { "roleName": name, "type": "BuiltInRole", "permissions": [permission] },
    })
}

pub(crate) fn roles() -> Value {
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
pub(crate) fn assigned(name: &str, principal: &str, role: &str, scope: &str) -> Value {
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

pub(crate) fn deny(scope: &str, principals: Value, exclude: Value, extra: Value) -> Value {
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

pub(crate) struct Roles {
    assignments: Value,
    denials: Value,
    ended: [Ended; 3],
}

impl Roles {
    pub(crate) fn of(assignments: Value) -> Self {
        Self {
            assignments,
            denials: json!([]),
            ended: [Ended::Well; 3],
        }
    }

    pub(crate) fn denied(mut self, denials: Value) -> Self {
        self.denials = denials;
        self
    }

    /// One of assignments, denials, definitions ended otherwise.
    pub(crate) fn ended(mut self, at: usize, end: Ended) -> Self {
        self.ended[at] = end;
        self
    }

    pub(crate) fn world(&self) -> World {
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

    pub(crate) fn ask(&self, memberships: &Memberships) -> Held {
        let inventory = self.world().inventory();
        held(
            &Index::build(&inventory),
            memberships,
            &PrincipalId::new("ada"),
            &Action::data(READ),
            &account(),
        )
    }

    pub(crate) fn by_key(&self, are_keys_accepted: Option<bool>) -> Held {
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
pub(crate) fn alone() -> Memberships {
    Memberships::unknown().knowing(PrincipalId::new("ada"), vec![])
}

pub(crate) fn in_group() -> Memberships {
    Memberships::unknown().knowing(PrincipalId::new("ada"), vec![PrincipalId::new("GROUP-rag")])
}

pub(crate) fn assert_standing(held: &Held, expected: Standing, case: &str) {
    assert_eq!(held.standing, expected, "{case}\n{}", held.judged.reason);
    assert_eq!(held.judged.verdict, expected.verdict(), "{case}");
    assert!(!held.judged.reason.is_empty(), "{case}");
}
