//! A Cosmos DB account's own roles: `sqlRoleDefinitions` and `sqlRoleAssignments` (reference
//! `arm/cosmosdb.md`). They are not Azure's roles, though they look like them. Must not know whom they
//! let in.

use super::Context;
use super::authorization::permissions;
use super::page::raw;
use super::reader::Reader;
use crate::model::access::{SqlRoleAssignment, SqlRoleDefinition};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};

/// One assignment.
pub(super) fn assignment(item: &Reader<'_>, context: &Context<'_>) -> Option<SqlRoleAssignment> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let role = properties.required("roleDefinitionId", properties.id("roleDefinitionId"));
    let principal = properties.required("principalId", properties.filled_text("principalId"));
    let scope = properties.required("scope", properties.id("scope"));
    Some(SqlRoleAssignment {
        scope: scope?,
        role_definition_id: role?,
        principal_id: PrincipalId::new(principal?),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One definition. As with Azure's roles, all permissions are read or none.
pub(super) fn definition(item: &Reader<'_>, _: &Context<'_>) -> Option<SqlRoleDefinition> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let name = match properties.filled_text("roleName") {
        Field::Value(name) => name,
        _ => id.name().to_owned(),
    };
    let scopes: Vec<ArmId> = properties.ids("assignableScopes").items().to_vec();
    Some(SqlRoleDefinition {
        name,
        role_type: properties.text("type"),
        assignable_scopes: scopes,
        permissions: permissions(&properties)?,
        raw: raw(item),
        id,
    })
}
