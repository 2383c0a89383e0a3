//! The request ledger: every call that left, or was stopped, with nothing secret in it.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::key::Key;

/// Which service was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// Azure Resource Manager.
    Arm,
    /// The Entra ID token endpoint.
    Login,
    /// A managed identity endpoint.
    ManagedIdentity,
    /// Microsoft Graph.
    Graph,
    /// An AI Search data plane.
    Search,
    /// The Log Analytics query API.
    Logs,
}

impl Service {
    /// A short word for a table column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Arm => "arm",
            Self::Login => "login",
            Self::ManagedIdentity => "imds",
            Self::Graph => "graph",
            Self::Search => "search",
            Self::Logs => "logs",
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Under way.
    Pending,
    /// An answer came; see the status.
    Answered,
    /// No answer: the sentence says why (time-out, refused connection, TLS, cut-off body …).
    Failed(Arc<str>),
    /// It never left: the read-only gate or the host check stopped it, and why.
    Stopped(Arc<str>),
}

/// One call. Every try of a call is part of its one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// Running number, from 1.
    pub number: u64,
    /// When the first try started.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// Which service.
    pub service: Service,
    /// `GET` or `POST`.
    pub method: Arc<str>,
    /// Host and port.
    pub host: Arc<str>,
    /// Path and query, as sent; secrets never stand in a path that may leave.
    pub path: Arc<str>,
    /// `api-version` of the query.
    pub api_version: Option<Arc<str>>,
    /// HTTP status of the last try.
    pub status: Option<u16>,
    /// Bytes of the answer's body, decompressed.
    pub bytes: u64,
    /// From the first try to the end, waits included.
    pub duration: Duration,
    /// Tries, 1 or more; 0 when it was stopped.
    pub attempts: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Quota headers of the answer: name without `x-ms-ratelimit-remaining-`, and what is left.
    pub remaining: Vec<(Arc<str>, i64)>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<Arc<str>>,
    /// `x-ms-request-id`.
    pub request_id: Option<Arc<str>>,
    /// The tenant whose token was used.
    pub tenant: Option<Arc<str>>,
    /// The tenants whose tokens went along in `x-ms-authorization-auxiliary`.
    pub auxiliary_tenants: Arc<[Arc<str>]>,
    /// Azure's error code, for an answer that is one.
    pub error_code: Option<Arc<str>>,
    /// Azure's error message.
    pub error_message: Option<Arc<str>>,
    /// Response headers, without those that hold secrets.
    pub headers: Arc<[(Arc<str>, Arc<str>)]>,
    /// The answer's body as text; token answers are never kept.
    pub body: Option<Arc<str>>,
    /// What the answer fills.
    pub fills: Option<Key>,
}

impl LedgerEntry {
    /// Whether Azure refused for want of a right.
    pub fn is_denied(&self) -> bool {
        matches!(self.status, Some(401 | 403))
    }

    /// Whether Azure asked to slow down.
    pub fn is_throttled(&self) -> bool {
        self.status == Some(429)
    }

    /// Whether the call brought nothing: no answer, or an answer that is an error.
    pub fn is_failed(&self) -> bool {
        match &self.outcome {
            Outcome::Failed(_) | Outcome::Stopped(_) => true,
            Outcome::Pending => false,
            Outcome::Answered => self.status.is_none_or(|status| status >= 400),
        }
    }
}
