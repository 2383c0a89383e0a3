//! The findings for people: in the groups in which one acts on them, the worst first.

use std::io::{self, Write};

use crate::analysis::hop::{Finding, FindingKind, Severity};

use super::Style;
use super::cell::{Ink, clean, fit, wrap};
use crate::store::State;

/// The groups, in the order in which a person wants them.
const GROUPS: [(FindingKind, &str); 4] = [
    (FindingKind::Broken, "Does not work: mend these first"),
    (
        FindingKind::Exposure,
        "Works, but wider than the pattern allows: closing one may shut a hop",
    ),
    (
        FindingKind::Keep,
        "Do not change: a benchmark will ask you to",
    ),
    (FindingKind::Note, "Good to know"),
];

/// Writes the findings; nothing when there are none.
pub(super) fn write(
    out: &mut impl Write,
    findings: &[Finding],
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(out, "{}  {}", ink.strong("Findings"), findings.len())?;
    for (kind, heading) in GROUPS {
        let own: Vec<&Finding> = findings.iter().filter(|one| one.kind == kind).collect();
        if own.is_empty() {
            continue;
        }
        writeln!(
            out,
            "  {}",
            ink.faint(&fit(heading, style.width.saturating_sub(2)))
        )?;
        for finding in own {
            one(out, finding, style, ink)?;
        }
    }
    Ok(())
}

fn one(out: &mut impl Write, finding: &Finding, style: Style, ink: Ink) -> io::Result<()> {
    let line = format!(
        "{} {}  {}  [{} {}]",
        sign(finding),
        clean(&finding.title),
        clean(about(&finding.resource)),
        finding.severity.word(),
        finding.rule,
    );
    let line = fit(&line, style.width.saturating_sub(2));
    let line = match (finding.kind, finding.severity) {
        (FindingKind::Broken, _) | (_, Severity::Error) => ink.state(State::Failed, &line),
        (FindingKind::Exposure, Severity::Warning) => ink.state(State::Denied, &line),
        _ => line,
    };
    writeln!(out, "  {line}")?;
    // What the hops have said already is not said twice.
    if finding.kind == FindingKind::Broken {
        return Ok(());
    }
    for line in wrap(&clean(&finding.detail), style.width.saturating_sub(6)) {
        writeln!(out, "      {}", ink.faint(&line))?;
    }
    if let Some(remedy) = finding.remedies.first() {
        // A command is copied: it is never cut, whatever the width.
        for line in remedy.text.lines() {
            writeln!(out, "        {}", clean(line))?;
        }
        if let Some(note) = &remedy.note {
            for line in wrap(&clean(note), style.width.saturating_sub(8)) {
                writeln!(out, "        {}", ink.faint(&line))?;
            }
        }
    }
    Ok(())
}

/// The name of a resource; a URL or a host stays as it is.
fn about(resource: &str) -> &str {
    if resource.starts_with('/') {
        resource.rsplit('/').next().unwrap_or(resource)
    } else {
        resource
    }
}

fn sign(finding: &Finding) -> &'static str {
    match (finding.kind, finding.severity) {
        (FindingKind::Broken, Severity::Error) => "x",
        (FindingKind::Broken, _) => "!",
        (FindingKind::Exposure, _) => "*",
        (FindingKind::Keep, _) => "=",
        (FindingKind::Note, _) => "-",
    }
}
