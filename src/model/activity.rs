//! What the activity log says of one operation: who asked for what, when, from where, and how it
//! went (monitor.md). The log holds no property values: what a write changed, it does not say.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::{ArmId, PrincipalId};
use super::resource::Source;

/// How far back the activity log is read. Azure keeps 90 days.
pub const REACH: time::Duration = time::Duration::days(14);

/// One event. A write is mostly several: it was started, perhaps accepted, and ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityEvent {
    /// `eventDataId`, else the event's id.
    pub id: String,
    /// `eventTimestamp`.
    pub at: OffsetDateTime,
    /// `operationName.value`: `Microsoft.Storage/storageAccounts/write`.
    pub operation: String,
    /// `status.value`: Started, Accepted, Succeeded, Failed.
    pub status: Field<String>,
    /// `subStatus.value`: the HTTP status in words, or empty.
    pub sub_status: Field<String>,
    /// `level`: Critical, Error, Warning, Informational, Verbose.
    pub level: Field<String>,
    /// `category.value`: Administrative, Policy, …
    pub category: Field<String>,
    /// `caller`: a user's name, or an application's or a principal's id.
    pub caller: Field<String>,
    /// `correlationId`.
    pub correlation_id: Field<String>,
    /// `operationId`.
    pub operation_id: Field<String>,
    /// `resourceId`.
    pub resource: Field<ArmId>,
    /// `authorization.scope`.
    pub scope: Field<ArmId>,
    /// `authorization.role`, where the log names the role that admitted the caller.
    pub role: Field<String>,
    /// `httpRequest.clientIpAddress`, else the address in the claims.
    pub address: Field<String>,
    /// What the claims say of the caller.
    pub claims: Claims,
    /// The policies of `properties.policies`, for an event of Azure Policy.
    pub policies: Vec<PolicyMark>,
    /// `properties.statusMessage`, without its envelope.
    pub message: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// The claims of the caller's token that tell who it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `appid`: the application through which the caller signed in, or which the caller is.
    pub app_id: Option<String>,
    /// `…/objectidentifier`, or `oid`.
    pub object_id: Option<PrincipalId>,
    /// `name`.
    pub name: Option<String>,
    /// `idtyp`: `app` or `user`.
    pub idtyp: Option<String>,
    /// `xms_mirid`: the resource whose managed identity the caller is `[K]`.
    pub identity_of: Option<ArmId>,
}

/// One entry of `properties.policies`: the policy that acted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyMark {
    /// `policyAssignmentId`.
    pub assignment: Option<ArmId>,
    /// `policyAssignmentDisplayName` or `policyAssignmentName`.
    pub name: Option<String>,
    /// `policyDefinitionId`.
    pub definition: Option<ArmId>,
    /// `policyDefinitionEffect`.
    pub effect: Option<String>,
}
