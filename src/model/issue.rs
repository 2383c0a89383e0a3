//! What went wrong with one reading, or with one property of an answer.
//!
//! An issue is data that stands beside a value, never instead of it: nine of ten subscriptions and
//! one refusal are a value *and* an issue.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

/// The kind of trouble; it decides the word and the sign that a pane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IssueKind {
    /// Azure refused: a right is missing (HTTP 401 or 403).
    Denied,
    /// Azure asked to wait (HTTP 429) and the tries ran out.
    Throttled,
    /// The thing is not there (HTTP 404).
    NotFound,
    /// No answer in time.
    Timeout,
    /// The answer, or one property of it, has not the expected shape.
    Malformed,
    /// This cloud, API version or setting does not offer it. Not a fault: it was not to be had.
    Unsupported,
    /// The connection, the proxy, TLS or the service failed.
    Failed,
    /// hopscope itself refused: a write, a key listing, or an address that a token must not go to.
    Withheld,
    /// No credential gave a token.
    SignIn,
}

/// One trouble, with all that Azure said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// The kind.
    pub kind: IssueKind,
    /// What was wanted, in plain words: `role assignments`, `storage accounts`.
    pub what: String,
    /// The sentence to show: cause first. Control characters are already out.
    pub message: String,
    /// The JSON path of the property, for a malformed one.
    pub path: Option<String>,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Azure's error code, such as `AuthorizationFailed`.
    pub code: Option<String>,
    /// The action that is missing, when the answer names it or the call implies it.
    pub right: Option<String>,
    /// The least role that has the right.
    pub role: Option<&'static str>,
    /// `x-ms-request-id`, else the correlation id.
    pub request_id: Option<Arc<str>>,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The least roles that an issue can name: those of `azure::endpoints` and of `azure::client`.
pub const ROLES: [&str; 6] = [
    "Reader",
    "Directory Readers",
    "Resource Policy Contributor",
    "Log Analytics Reader",
    "Search Index Data Reader",
    "IPAM Pool User",
];

impl<'de> Deserialize<'de> for Issue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Kept {
            kind: IssueKind,
            what: String,
            message: String,
            path: Option<String>,
            status: Option<u16>,
            code: Option<String>,
            right: Option<String>,
            role: Option<String>,
            request_id: Option<Arc<str>>,
            #[serde(with = "time::serde::rfc3339")]
            at: OffsetDateTime,
        }
        let kept = Kept::deserialize(deserializer)?;
        // A role that this version does not name is left out: the right that it would grant still
        // says what is missing.
        let role = |name: String| ROLES.into_iter().find(|role| *role == name);
        Ok(Self {
            kind: kept.kind,
            what: kept.what,
            message: kept.message,
            path: kept.path,
            status: kept.status,
            code: kept.code,
            right: kept.right,
            role: kept.role.and_then(role),
            request_id: kept.request_id,
            at: kept.at,
        })
    }
}

/// ARM's code for a token of another tenant than the subscription's.
const WRONG_TENANT: &str = "InvalidAuthenticationTokenTenant";

impl Issue {
    /// An issue with a message and nothing else known.
    pub fn new(
        kind: IssueKind,
        what: impl Into<String>,
        message: impl Into<String>,
        at: OffsetDateTime,
    ) -> Self {
        Self {
            kind,
            what: what.into(),
            message: message.into(),
            path: None,
            status: None,
            code: None,
            right: None,
            role: None,
            request_id: None,
            at,
        }
    }

    /// Whether Azure refused a token because it is of another tenant than the subscription.
    pub fn is_of_wrong_tenant(&self) -> bool {
        self.code.as_deref() == Some(WRONG_TENANT)
    }

    /// Whether the reading as a whole failed, as against one property of it.
    pub fn is_about_reading(&self) -> bool {
        self.path.is_none()
    }
}
