//! An application as its home tenant registered it (Microsoft Graph). Its service principals, one a
//! tenant, are in [`super::access`].

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::PrincipalId;
use super::resource::Source;

/// The `signInAudience` of an application that no other tenant takes in.
pub const SINGLE_TENANT: &str = "AzureADMyOrg";

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// Its own object id, which holds no roles.
    pub id: PrincipalId,
    /// `appId`.
    pub app_id: Field<String>,
    /// `displayName`.
    pub display_name: Field<String>,
    /// `signInAudience`: `AzureADMyOrg`, `AzureADMultipleOrgs`, …
    pub audience: Field<String>,
    /// `passwordCredentials[].endDateTime`; never a secret.
    pub secrets_end: Field<Vec<OffsetDateTime>>,
    /// `keyCredentials[].endDateTime`.
    pub certificates_end: Field<Vec<OffsetDateTime>>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Graph sent it.
    pub raw: Arc<Value>,
}
