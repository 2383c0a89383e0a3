//! What is asked of a log workspace, and what it answers: calls that were refused lately
//! (domain-rules H.3). The questions are KQL in `assets/kql/`, so that a person can read, copy and
//! run the very text that was sent.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::ArmId;
use super::resource::{Family, Source};

/// How far back the logs are asked, as the query API takes it.
pub const SPAN: &str = "P7D";

/// The same in days, for words.
pub const SPAN_DAYS: u16 = 7;

/// The most rows that a question lets come; the oldest are left out.
pub const MOST_ROWS: usize = 2000;

/// A question to a log workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Question {
    /// What search services refused.
    Search,
    /// What blob storage refused.
    Blobs,
    /// What model accounts refused.
    Models,
    /// What Cosmos DB accounts refused.
    Cosmos,
    /// Which uses of keys vaults refused.
    Vault,
}

impl Question {
    /// Every question, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Search,
        Self::Blobs,
        Self::Models,
        Self::Cosmos,
        Self::Vault,
    ];

    /// The question about resources of a family; none for those whose logs hold no refusals of
    /// callers.
    pub fn of_family(family: Family) -> Option<Self> {
        Some(match family {
            Family::Search => Self::Search,
            Family::Storage => Self::Blobs,
            Family::Cognitive => Self::Models,
            Family::Cosmos => Self::Cosmos,
            Family::Vault => Self::Vault,
            Family::Workspace
            | Family::LogWorkspace
            | Family::UserIdentity
            | Family::PrivateEndpoint
            | Family::VirtualNetwork => return None,
        })
    }

    /// The family that it is about.
    pub fn family(self) -> Family {
        match self {
            Self::Search => Family::Search,
            Self::Blobs => Family::Storage,
            Self::Models => Family::Cognitive,
            Self::Cosmos => Family::Cosmos,
            Self::Vault => Family::Vault,
        }
    }

    /// The tables that it reads; one of them is enough.
    pub fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Search | Self::Models => &["AzureDiagnostics"],
            Self::Blobs => &["StorageBlobLogs"],
            Self::Cosmos => &["CDBDataPlaneRequests"],
            Self::Vault => &["AZKVAuditLogs", "AzureDiagnostics"],
        }
    }

    /// The log categories without which its tables stay empty.
    pub fn categories(self) -> &'static [&'static str] {
        match self {
            Self::Search => &["OperationLogs"],
            Self::Blobs => &["StorageRead", "StorageWrite", "StorageDelete"],
            Self::Models => &["Audit", "RequestResponse"],
            Self::Cosmos => &["DataPlaneRequests"],
            Self::Vault => &["AuditEvent"],
        }
    }

    /// The KQL, as it is sent.
    pub fn kql(self) -> &'static str {
        match self {
            Self::Search => include_str!("../../assets/kql/search.kql"),
            Self::Blobs => include_str!("../../assets/kql/blobs.kql"),
            Self::Models => include_str!("../../assets/kql/models.kql"),
            Self::Cosmos => include_str!("../../assets/kql/cosmos.kql"),
            Self::Vault => include_str!("../../assets/kql/vault.kql"),
        }
    }

    /// What it asks for, in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Search => "refusals of search services",
            Self::Blobs => "refusals of blob storage",
            Self::Models => "refusals of model accounts",
            Self::Cosmos => "refusals of Cosmos DB",
            Self::Vault => "refused uses of keys",
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct LogAnswer {
    /// What was asked.
    pub question: Question,
    /// The refusals, the newest first.
    pub rows: Vec<Refusal>,
    /// The workspace has no such table (yet), and what it said: nothing was ever sent to it.
    pub without_table: Option<String>,
    /// Whether as many rows came as the question lets come: older ones may be left out.
    pub is_cut: bool,
    /// Where it was read.
    pub source: Source,
    /// The JSON as it was sent.
    pub raw: Arc<Value>,
}

/// Refused calls that are alike, of one hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The resource that refused.
    pub resource: ArmId,
    /// What was called: `GetBlob`, `Indexers.Run`.
    pub operation: Field<String>,
    /// The HTTP status: 401 or 403.
    pub status: Field<i64>,
    /// What the question takes for the cause: `network`, `authorization`, `local-auth`, two of
    /// them joined by `or`, or `unclear`.
    pub cause: Field<String>,
    /// How the caller presented itself: `OAuth`, `AccountKey`, …
    pub credential: Field<String>,
    /// The caller's object id, where the log knows it.
    pub caller: Field<String>,
    /// The caller's address.
    pub address: Field<String>,
    /// What the service said.
    pub detail: Field<String>,
    /// How many calls.
    pub hits: i64,
    /// The first of them.
    pub first: OffsetDateTime,
    /// The last of them.
    pub last: OffsetDateTime,
}
