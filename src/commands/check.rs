//! `hopscope check`: inspect once, without a screen.

use std::io::{self, IsTerminal, Write};

use crate::analysis::hop::{Judgement, Severity};
use crate::analysis::verdict::Verdict;
use crate::cli::{Check, FailOn, Format, Global};
use crate::config::ConfigFile;
use crate::report::{self, file, text};

use super::source::{self, Source};
use super::{Exit, Failure, stdout_takes_colour, trouble};

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
    let mut masker = source::masker(global)?;
    let source = Source::find(global, file).await?;
    let inspected = source.read().await.masked(&mut masker);
    let snapshot = &inspected.snapshot;
    let verdict = trouble::judge(snapshot, &inspected.scope);
    let meta = inspected.meta();
    let (inventory, judgement) = inspected.judge();
    // A program reads why nothing came from the report, too; for people the sentence is enough.
    let is_for_programs = matches!(arguments.format, Format::Json | Format::Sarif);
    if verdict.failure.is_none() || is_for_programs {
        let report = report::Source {
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

fn print(
    report: &report::Source<'_>,
    arguments: &Check,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<(), Failure> {
    let Some(path) = &arguments.out else {
        let style = text::Style {
            width: screen.width,
            colour: screen.colour,
        };
        let outcome = report::write(report, format(arguments.format), style, stdout);
        return super::written(outcome).map(drop);
    };
    file::whole(path, |mut file| {
        let style = text::Style::default();
        report::write(report, format(arguments.format), style, &mut file)
    })
    .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))
}

/// The format of the flag.
fn format(flag: Format) -> report::Format {
    match flag {
        Format::Text => report::Format::Text,
        Format::Json => report::Format::Json,
        Format::Markdown => report::Format::Markdown,
        Format::Html => report::Format::Html,
        Format::Sarif => report::Format::Sarif,
    }
}
