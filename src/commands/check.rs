//! `hopscope check`: inspect once, without a screen.

use std::io::{self, IsTerminal, Write};

use crate::analysis::hop::{Judgement, Severity};
use crate::analysis::verdict::Verdict;
use crate::cli::{Check, FailOn, Format, Global};
use crate::config::ConfigFile;
use crate::model::judging::Judging;
use crate::report::{Meta, html, json, markdown, sarif, text};
use crate::store::Inventory;

use super::source::Source;
use super::{Exit, Failure, out, stdout_takes_colour, trouble};

/// What stdout can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether it takes colour.
    pub colour: bool,
}

impl Screen {
    /// What this process' stdout can show.
    pub fn of_stdout() -> Self {
        let width = io::stdout()
            .is_terminal()
            .then(|| crossterm::terminal::size().ok())
            .flatten()
            .map_or(100, |(columns, _)| usize::from(columns));
        Self {
            width: width.clamp(72, 160),
            colour: stdout_takes_colour(),
        }
    }
}

/// Reads everything in scope once and prints it.
pub async fn run(
    global: &Global,
    arguments: &Check,
    file: &ConfigFile,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<Exit, Failure> {
    let inspected = Source::find(global, file).await?.read().await;
    let snapshot = &inspected.snapshot;
    let verdict = trouble::judge(snapshot, &inspected.scope);
    let meta = inspected.meta();
    let (inventory, judgement) = inspected.judge();
    // A program reads why nothing came from the report, too; for people the sentence is enough.
    let is_for_programs = matches!(arguments.format, Format::Json | Format::Sarif);
    if verdict.failure.is_none() || is_for_programs {
        let report = Report {
            inventory: &inventory,
            judgement: &judgement,
            judging: &inspected.frame.judging,
            meta: &meta,
        };
        print(&report, arguments, stdout, screen)?;
    }
    for warning in &verdict.warnings {
        // With stderr gone there is nobody to warn.
        let _ = writeln!(io::stderr().lock(), "hopscope: {}", super::shown(warning));
    }
    if let Some(failure) = verdict.failure {
        return Err(failure);
    }
    let whole = snapshot.is_complete() && verdict.warnings.is_empty() && is_known(&judgement);
    Ok(
        if arguments
            .fail_on
            .iter()
            .any(|what| fails(*what, &judgement))
        {
            Exit::Found
        } else if arguments.strict && !whole {
            Exit::Incomplete
        } else {
            Exit::Done
        },
    )
}

/// Whether there is anything that makes the check fail. Assumed hops and hopscope's own never do.
fn fails(what: FailOn, judgement: &Judgement) -> bool {
    let any_hop = |least: Verdict| {
        judgement
            .hops
            .iter()
            .any(|hop| hop.counts() && hop.verdict() >= least)
    };
    let any_finding = |least: Severity| {
        judgement
            .findings
            .iter()
            .any(|finding| finding.severity <= least)
    };
    match what {
        FailOn::Shut => any_hop(Verdict::Shut),
        FailOn::AtRisk => any_hop(Verdict::AtRisk),
        FailOn::Unknown => any_hop(Verdict::Unknown),
        FailOn::Error => any_finding(Severity::Error),
        FailOn::Warning => any_finding(Severity::Warning),
        FailOn::Never => false,
    }
}

/// Whether no hop that counts is unknown.
fn is_known(judgement: &Judgement) -> bool {
    !judgement
        .hops
        .iter()
        .any(|hop| hop.counts() && hop.verdict() == Verdict::Unknown)
}

/// What every report is made from.
#[derive(Clone, Copy)]
pub(super) struct Report<'a> {
    /// What was read.
    pub(super) inventory: &'a Inventory,
    /// What was judged.
    pub(super) judgement: &'a Judgement,
    /// For whom.
    pub(super) judging: &'a Judging,
    /// When, and where.
    pub(super) meta: &'a Meta,
}

fn print(
    report: &Report<'_>,
    arguments: &Check,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<(), Failure> {
    let Some(path) = &arguments.out else {
        let style = text::Style {
            width: screen.width,
            colour: screen.colour,
        };
        return super::written(write(report, arguments.format, style, stdout)).map(drop);
    };
    out::whole(path, |mut file| {
        write(report, arguments.format, text::Style::default(), &mut file)
    })
    .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))
}

/// Writes a report in a format.
pub(super) fn write(
    report: &Report<'_>,
    format: Format,
    style: text::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let Report {
        inventory,
        judgement,
        judging,
        meta,
    } = *report;
    match format {
        Format::Text => text::write(out, inventory, judgement, meta, style)?,
        Format::Markdown => markdown::write(out, inventory, judgement, judging, meta)?,
        Format::Html => html::write(out, inventory, judgement, judging, meta)?,
        Format::Json | Format::Sarif => {
            let report = match format {
                Format::Sarif => sarif::build(inventory, judgement, meta),
                _ => json::build(inventory, judgement, meta),
            };
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()
}
