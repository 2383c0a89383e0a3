//! Role assignments, role definitions, deny assignments, PIM's instances and locks (reference
//! `arm/authorization.md`).
//!
//! These decide what is allowed, so a part that cannot be read must not silently make a role wider
//! or a denial narrower: such an item is left out *with* an issue, and whoever reads the list must
//! treat it as incomplete.

use super::Context;
use super::page::raw;
use super::reader::Reader;
use crate::model::access::{
    DenyAssignment, Lock, Permission, RoleAssignment, RoleDefinition, RoleSchedule,
};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};

const PRINCIPAL_TYPES: &[&str] = &[
    "User",
    "Group",
    "ServicePrincipal",
    "ForeignGroup",
    "Device",
    // What older API versions also wrote.
    "Unknown",
    "DirectoryRoleTemplate",
    "Application",
    "MSI",
    "DirectoryObjectOrGroup",
    "Everyone",
];

/// One role assignment.
pub(super) fn role_assignment(item: &Reader<'_>, context: &Context<'_>) -> Option<RoleAssignment> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let role = properties.required("roleDefinitionId", properties.id("roleDefinitionId"));
    let principal = properties.required("principalId", properties.filled_text("principalId"));
    Some(RoleAssignment {
        scope: scope(&properties, &id)?,
        role_definition_id: role?,
        principal_id: PrincipalId::new(principal?),
        principal_type: properties.word("principalType", PRINCIPAL_TYPES),
        // An empty condition is none, but a broken one is not "unconditional".
        condition: properties.filled_text("condition"),
        description: properties.text("description"),
        created_on: properties.time("createdOn"),
        updated_on: properties.time("updatedOn"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// `properties.scope`, else what stands before the assignment's own provider in its id.
pub(super) fn scope(properties: &Reader<'_>, id: &ArmId) -> Option<ArmId> {
    match properties.id("scope") {
        Field::Value(scope) => Some(scope),
        Field::Malformed => None,
        _ => scope_in(id),
    }
}

pub(super) fn scope_in(id: &ArmId) -> Option<ArmId> {
    let end = id.folded().rfind("/providers/microsoft.authorization/")?;
    let scope = id.as_str().get(..end)?;
    Some(ArmId::new(if scope.is_empty() { "/" } else { scope }))
}

/// One instance of PIM: a role that can be activated, or one that is active now.
pub(super) fn role_schedule(item: &Reader<'_>, context: &Context<'_>) -> Option<RoleSchedule> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let role = properties.required("roleDefinitionId", properties.id("roleDefinitionId"));
    let principal = properties.required("principalId", properties.filled_text("principalId"));
    Some(RoleSchedule {
        scope: scope(&properties, &id)?,
        role_definition_id: role?,
        principal_id: PrincipalId::new(principal?),
        principal_type: properties.word("principalType", PRINCIPAL_TYPES),
        assignment_type: properties.word("assignmentType", &["Activated", "Assigned"]),
        member_type: properties.word("memberType", &["Inherited", "Direct", "Group"]),
        status: properties.text("status"),
        start: properties.time("startDateTime"),
        end: properties.time("endDateTime"),
        condition: properties.filled_text("condition"),
        origin: properties.id("originRoleAssignmentId").value().cloned(),
        linked_eligibility: properties.filled_text("linkedRoleEligibilityScheduleInstanceId"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One lock. What it locks is in its id alone.
pub(super) fn lock(item: &Reader<'_>, context: &Context<'_>) -> Option<Lock> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let Some(scope) = scope_in(&id) else {
        item.note("id", "does not say what is locked");
        return None;
    };
    Some(Lock {
        name: super::head::name(item, &id),
        scope,
        level: properties.word("level", &["NotSpecified", "CanNotDelete", "ReadOnly"]),
        notes: properties.text("notes"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One role definition.
pub(super) fn role_definition(item: &Reader<'_>, _: &Context<'_>) -> Option<RoleDefinition> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let name = match properties.filled_text("roleName") {
        Field::Value(name) => name,
        _ => id.name().to_owned(),
    };
    Some(RoleDefinition {
        name,
        role_type: properties.text("type"),
        permissions: permissions(&properties)?,
        raw: raw(item),
        id,
    })
}

/// All permissions, or none at all when a part of them cannot be read.
pub(super) fn permissions(properties: &Reader<'_>) -> Option<Vec<Permission>> {
    let mut whole = true;
    let permissions = properties.each_value("permissions", |item| {
        let permission = item.as_object().and_then(|item| permission(&item));
        whole &= permission.is_some();
        permission
    });
    match permissions {
        Field::Value(permissions) if whole => Some(permissions),
        Field::Absent | Field::Null => {
            properties.note("permissions", "is missing");
            None
        }
        _ => None,
    }
}

fn permission(item: &Reader<'_>) -> Option<Permission> {
    let whole_list = |name: &'static str| all_texts(item, name);
    let actions = whole_list("actions");
    let not_actions = whole_list("notActions");
    let data_actions = whole_list("dataActions");
    let not_data_actions = whole_list("notDataActions");
    Some(Permission {
        actions: actions?,
        not_actions: not_actions?,
        data_actions: data_actions?,
        not_data_actions: not_data_actions?,
    })
}

/// The texts of a list, or none when one of them is no text. A missing list is an empty one.
fn all_texts(item: &Reader<'_>, name: &'static str) -> Option<Vec<String>> {
    let mut whole = true;
    let texts = item.each_value(name, |text| {
        let text = text.as_text();
        whole &= text.is_some();
        text
    });
    match texts {
        Field::Value(texts) if whole => Some(texts),
        Field::Absent | Field::Null if item.value().is_some() => Some(Vec::new()),
        _ => None,
    }
}

/// One deny assignment.
pub(super) fn deny_assignment(item: &Reader<'_>, context: &Context<'_>) -> Option<DenyAssignment> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let name = match properties.filled_text("denyAssignmentName") {
        Field::Value(name) => name,
        _ => id.name().to_owned(),
    };
    let permissions = permissions(&properties);
    let denied = principals(&properties, "principals");
    let excluded = principals(&properties, "excludePrincipals");
    Some(DenyAssignment {
        name,
        scope: scope(&properties, &id)?,
        permissions: permissions?,
        principals: denied?,
        exclude_principals: excluded?,
        not_below: properties.flag("doNotApplyToChildScopes"),
        system_protected: properties.flag("isSystemProtected"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// All principals, or none at all when one of them cannot be read. The type may be missing.
fn principals<'a>(properties: &Reader<'a>, list: &'a str) -> Option<Vec<(PrincipalId, String)>> {
    let mut whole = true;
    let principals = properties.each_value(list, |item| {
        let principal = item.as_object().and_then(|item| {
            let id = item.required("id", item.filled_text("id"))?;
            let kind = match item.text("type") {
                Field::Value(kind) => kind,
                Field::Malformed => return None,
                _ => String::new(),
            };
            Some((PrincipalId::new(id), kind))
        });
        whole &= principal.is_some();
        principal
    });
    match principals {
        Field::Value(principals) if whole => Some(principals),
        Field::Absent | Field::Null if properties.value().is_some() => Some(Vec::new()),
        _ => None,
    }
}
