//! Roles: assignments, definitions, deny assignments and the principals they name
//! (authorization.md).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::{ArmId, PrincipalId};
use super::resource::Source;

/// A role assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleAssignment {
    /// Its id.
    pub id: ArmId,
    /// `properties.scope`, or the scope in the id.
    pub scope: ArmId,
    /// `properties.roleDefinitionId`: prefixed with a subscription, so compare [`Self::role`].
    pub role_definition_id: ArmId,
    /// `properties.principalId`.
    pub principal_id: PrincipalId,
    /// `properties.principalType`: User, Group, `ServicePrincipal`, …
    pub principal_type: Field<String>,
    /// `properties.condition`: an ABAC expression.
    pub condition: Field<String>,
    /// `properties.description`.
    pub description: Field<String>,
    /// `properties.createdOn`.
    pub created_on: Field<OffsetDateTime>,
    /// `properties.updatedOn`.
    pub updated_on: Field<OffsetDateTime>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl RoleAssignment {
    /// The GUID of the role: the only part of the definition's id that is the same everywhere.
    pub fn role(&self) -> RoleId {
        RoleId::of(&self.role_definition_id)
    }
}

/// The GUID of a role definition, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId(pub Arc<str>);

impl RoleId {
    /// The last segment of a role definition id.
    pub fn of(id: &ArmId) -> Self {
        Self(Arc::from(id.name().to_ascii_lowercase()))
    }
}

/// A role definition, built in or custom.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleDefinition {
    /// Its id.
    pub id: ArmId,
    /// `properties.roleName`: names change, ids do not.
    pub name: String,
    /// `properties.type`: `BuiltInRole`, `CustomRole`.
    pub role_type: Field<String>,
    /// `properties.permissions[]`, each judged alone and then united.
    pub permissions: Vec<Permission>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// One `permissions[]` entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// Control plane, allowed.
    pub actions: Vec<String>,
    /// Control plane, subtracted from this entry only.
    pub not_actions: Vec<String>,
    /// Data plane, allowed.
    pub data_actions: Vec<String>,
    /// Data plane, subtracted from this entry only.
    pub not_data_actions: Vec<String>,
}

/// A deny assignment: beats every role.
#[derive(Clone, Debug, PartialEq)]
pub struct DenyAssignment {
    /// Its id.
    pub id: ArmId,
    /// `properties.denyAssignmentName`.
    pub name: String,
    /// `properties.scope`.
    pub scope: ArmId,
    /// `properties.permissions[]`.
    pub permissions: Vec<Permission>,
    /// `properties.principals[]`: id and type; the zero GUID of type `SystemDefined` is everyone.
    pub principals: Vec<(PrincipalId, String)>,
    /// `properties.excludePrincipals[]`: wins over `principals`.
    pub exclude_principals: Vec<(PrincipalId, String)>,
    /// `properties.doNotApplyToChildScopes`.
    pub not_below: Field<bool>,
    /// `properties.isSystemProtected`.
    pub system_protected: Field<bool>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What the directory says of a principal.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Object id.
    pub id: PrincipalId,
    /// `displayName`.
    pub display_name: Field<String>,
    /// `userPrincipalName`, for users.
    pub user_principal_name: Field<String>,
    /// `appId`, for service principals.
    pub app_id: Field<String>,
    /// `appOwnerOrganizationId`, for service principals: the tenant that registered the application.
    pub owner_tenant: Field<String>,
    /// `signInAudience`, for service principals: who may sign in with the application.
    pub audience: Field<String>,
    /// `user`, `group`, `servicePrincipal`: the tail of `@odata.type`.
    pub kind: Field<String>,
    /// The JSON as Graph sent it.
    pub raw: Arc<Value>,
}

/// A role that PIM keeps: one instance of eligibility, or of an assignment that is active now.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleSchedule {
    /// Its id.
    pub id: ArmId,
    /// `properties.scope`, or the scope in the id.
    pub scope: ArmId,
    /// `properties.roleDefinitionId`: compare [`Self::role`].
    pub role_definition_id: ArmId,
    /// `properties.principalId`.
    pub principal_id: PrincipalId,
    /// `properties.principalType`.
    pub principal_type: Field<String>,
    /// `properties.assignmentType`: Activated, Assigned. Absent on eligibility.
    pub assignment_type: Field<String>,
    /// `properties.memberType`: Inherited, Direct, Group.
    pub member_type: Field<String>,
    /// `properties.status`: Provisioned, Accepted, …
    pub status: Field<String>,
    /// `properties.startDateTime`.
    pub start: Field<OffsetDateTime>,
    /// `properties.endDateTime`; null means without end.
    pub end: Field<OffsetDateTime>,
    /// `properties.condition`: an ABAC expression.
    pub condition: Field<String>,
    /// `properties.originRoleAssignmentId`: the role assignment that an active instance is.
    pub origin: Option<ArmId>,
    /// `properties.linkedRoleEligibilityScheduleInstanceId`: what was activated.
    pub linked_eligibility: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl RoleSchedule {
    /// The GUID of the role.
    pub fn role(&self) -> RoleId {
        RoleId::of(&self.role_definition_id)
    }
}

/// A management lock.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// What it locks: what stands before its own provider in its id.
    pub scope: ArmId,
    /// `properties.level`: `CanNotDelete`, `ReadOnly`.
    pub level: Field<String>,
    /// `properties.notes`.
    pub notes: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// An assignment of a Cosmos DB account's own roles (cosmosdb.md): these are not Azure's roles.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlRoleAssignment {
    /// Its id.
    pub id: ArmId,
    /// `properties.scope`: the account, a database or a container of it.
    pub scope: ArmId,
    /// `properties.roleDefinitionId`.
    pub role_definition_id: ArmId,
    /// `properties.principalId`.
    pub principal_id: PrincipalId,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A role of a Cosmos DB account's own.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlRoleDefinition {
    /// Its id.
    pub id: ArmId,
    /// `properties.roleName`.
    pub name: String,
    /// `properties.type`: `BuiltInRole`, `CustomRole`.
    pub role_type: Field<String>,
    /// `properties.assignableScopes`.
    pub assignable_scopes: Vec<ArmId>,
    /// `properties.permissions[]`: data actions only.
    pub permissions: Vec<Permission>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// The sort of a principal, as Microsoft Graph's collections part them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Member {
    /// A person.
    User,
    /// An application's, or a managed identity's, service principal.
    ServicePrincipal,
}

/// The application id of Azure Cosmos DB's own service principal, which reads the customer's key
/// (public cloud; domain-rules H15).
pub const COSMOS_APP_ID: &str = "a232010e-820c-4083-83bb-3ace5fc29d0b";
