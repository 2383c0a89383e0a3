//! Reports of a snapshot: JSON and SARIF for programs; text, Markdown and HTML for people; drawings as
//! SVG.
//!
//! A report is a pure function of the inventory and of what the caller says about the run; it
//! never looks at a clock. Only [`mod@file`] touches a disk. It must not judge on its own (that is `analysis`) and must not know how
//! anything was read. To add a format: one file here, one variant of [`Format`], one of `--format` in `cli`.

pub mod diff;
pub mod file;
pub mod html;
pub mod json;
pub mod markdown;
mod names;
mod part;
pub mod sarif;
pub mod svg;
pub mod text;
pub mod told;

use std::io::{self, Write};
use std::path::Path;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::analysis::hop::Judgement;
use crate::model::id::SubscriptionId;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::store::{Inventory, Snapshot};

/// What a report says about the run itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// When the report is made.
    pub generated_at: OffsetDateTime,
    /// The cloud's name.
    pub cloud: String,
}

/// What every report is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What was read.
    pub inventory: &'a Inventory,
    /// What was judged.
    pub judgement: &'a Judgement,
    /// For whom.
    pub judging: &'a Judging,
    /// When, and where.
    pub meta: &'a Meta,
}

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
    /// For a ticket.
    Markdown,
    /// One file to hand over.
    Html,
    /// For code scanners.
    Sarif,
}

impl Format {
    /// The format of a file, by its ending.
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        [
            (".sarif.json", Self::Sarif),
            (".sarif", Self::Sarif),
            (".json", Self::Json),
            (".html", Self::Html),
            (".htm", Self::Html),
            (".md", Self::Markdown),
            (".markdown", Self::Markdown),
            (".txt", Self::Text),
        ]
        .into_iter()
        .find(|(end, _)| name.len() > end.len() && name.ends_with(end))
        .map(|(_, format)| format)
    }
}

/// Writes a report in a format; `style` is for the text alone.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    source: &Source<'_>,
    format: Format,
    style: text::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let Source {
        inventory,
        judgement,
        judging,
        meta,
    } = *source;
    match format {
        Format::Text => text::write(out, inventory, judgement, meta, style)?,
        Format::Markdown => markdown::write(out, inventory, judgement, judging, meta)?,
        Format::Html => html::write(out, inventory, judgement, judging, meta)?,
        Format::Json | Format::Sarif => {
            let report = if format == Format::Sarif {
                sarif::build(inventory, judgement, meta)
            } else {
                json::build(inventory, judgement, meta)
            };
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()
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
