//! Role and deny assignments of the report.

use serde_json::{Map, Value};

use crate::store::Inventory;

use super::write::{Object, put_flag, put_text};

/// Every role assignment that was read.
pub(super) fn role_assignments(inventory: &Inventory) -> Vec<Value> {
    let mut all: Vec<_> = inventory.assignments().collect();
    all.sort_by(|left, right| (&left.scope, &left.id).cmp(&(&right.scope, &right.id)));
    all.into_iter()
        .map(|one| {
            let mut out = Map::new();
            out.insert("id".into(), one.id.as_str().into());
            out.insert("scope".into(), one.scope.as_str().into());
            if let Some(role) = inventory.role(&one.role()) {
                out.insert("role".into(), role.name.as_str().into());
            }
            out.insert(
                "roleDefinitionId".into(),
                one.role_definition_id.as_str().into(),
            );
            out.insert("principalId".into(), one.principal_id.as_str().into());
            put_text(&mut out, "principalType", &one.principal_type);
            if let Some(principal) = inventory.principal(&one.principal_id) {
                put_text(&mut out, "principalName", &principal.display_name);
            }
            put_text(&mut out, "condition", &one.condition);
            out.into()
        })
        .collect()
}

/// Every deny assignment that was read.
pub(super) fn deny_assignments(inventory: &Inventory) -> Vec<Value> {
    let mut all: Vec<_> = inventory.denials().collect();
    all.sort_by(|left, right| (&left.scope, &left.id).cmp(&(&right.scope, &right.id)));
    all.into_iter()
        .map(|one| {
            let mut out = Map::new();
            out.insert("id".into(), one.id.as_str().into());
            out.insert("name".into(), one.name.as_str().into());
            out.insert("scope".into(), one.scope.as_str().into());
            principals(&mut out, "principals", &one.principals);
            principals(&mut out, "excludePrincipals", &one.exclude_principals);
            put_flag(&mut out, "doNotApplyToChildScopes", &one.not_below);
            put_flag(&mut out, "isSystemProtected", &one.system_protected);
            out.into()
        })
        .collect()
}

fn principals(
    out: &mut Object,
    name: &str,
    principals: &[(crate::model::id::PrincipalId, String)],
) {
    let items: Vec<Value> = principals
        .iter()
        .map(|(id, kind)| {
            let mut out = Map::new();
            out.insert("id".into(), id.as_str().into());
            out.insert("type".into(), kind.as_str().into());
            out.into()
        })
        .collect();
    out.insert(name.to_owned(), items.into());
}
