//! Reports of a snapshot: JSON and SARIF for programs; text, Markdown and HTML for people; drawings as
//! SVG.
//!
//! A report is a pure function of the inventory and of what the caller says about the run; it
//! never looks at a clock. It must not judge on its own (that is `analysis`) and must not know how
//! anything was read. To add a format: one file here, one variant of `--format` in `cli`.

pub mod html;
pub mod json;
pub mod markdown;
mod names;
mod part;
pub mod sarif;
pub mod svg;
pub mod text;
pub mod told;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::id::SubscriptionId;
use crate::model::key::Key;
use crate::store::Snapshot;

/// What a report says about the run itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// When the report is made.
    pub generated_at: OffsetDateTime,
    /// The cloud's name.
    pub cloud: String,
}

/// The request counts of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Calls that left.
    pub total: u64,
    /// Calls without an answer, and answers that are an error of another kind than the next two.
    pub failed: u64,
    /// Calls that Azure refused for want of a right.
    pub denied: u64,
    /// Calls that Azure asked to repeat later, to the end.
    pub throttled: u64,
    /// From the start of the first call to the end of the last.
    pub elapsed_ms: u64,
}

impl Requests {
    /// Counts the ledger.
    pub fn of(snapshot: &Snapshot) -> Self {
        use crate::model::ledger::Outcome;
        let mut counts = Self {
            total: snapshot.ledger().let_go,
            ..Self::default()
        };
        let mut first: Option<OffsetDateTime> = None;
        let mut last: Option<OffsetDateTime> = None;
        for entry in snapshot.requests() {
            if matches!(entry.outcome, Outcome::Stopped(_)) {
                continue; // It never left.
            }
            counts.total += 1;
            if entry.is_denied() {
                counts.denied += 1;
            } else if entry.is_throttled() {
                counts.throttled += 1;
            } else if entry.is_failed() {
                counts.failed += 1;
            }
            let end = entry.started_at + entry.duration;
            first = Some(first.map_or(entry.started_at, |at| at.min(entry.started_at)));
            last = Some(last.map_or(end, |at| at.max(end)));
        }
        if let (Some(first), Some(last)) = (first, last) {
            counts.elapsed_ms = u64::try_from((last - first).whole_milliseconds()).unwrap_or(0);
        }
        counts
    }
}

fn timestamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| at.to_string())
}

/// The subscriptions that were looked at: those whose groups were asked for.
fn subscriptions(snapshot: &Snapshot) -> Vec<SubscriptionId> {
    let mut ids: Vec<_> = snapshot
        .slices()
        .filter_map(|(key, _)| match key {
            Key::Groups(id) => Some(id.clone()),
            _ => None,
        })
        .collect();
    ids.sort();
    ids
}

/// The scope of a reading as text; the tenant, or `/`, for what is above all subscriptions.
fn scope_of(key: &Key) -> String {
    match key {
        Key::Tenants(tenant) | Key::Subscriptions(tenant) | Key::Principals(tenant) => tenant
            .as_ref()
            .map_or_else(|| "/".to_owned(), |tenant| format!("/tenants/{tenant}")),
        _ => key
            .scope()
            .map_or_else(|| "/".to_owned(), |id| id.as_str().to_owned()),
    }
}
