//! The hops for people: the worst first, each gate that is not open with its reason and the first
//! remedy.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::analysis::hop::{Basis, GateVerdict, Hop};
use crate::analysis::verdict::Verdict;
use crate::report::names;
use crate::store::{Inventory, State};

use super::Style;
use super::cell::{self, Ink, clean, fit, wrap};

/// Writes the list; nothing when there are no hops.
pub(super) fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    hops: &[Hop],
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    if hops.is_empty() {
        return Ok(());
    }
    let mut worst: Vec<&Hop> = hops.iter().collect();
    worst.sort_by_key(|hop| Reverse(hop.verdict()));
    writeln!(out)?;
    writeln!(out, "{}  {}", ink.strong("Hops"), counts(hops))?;
    for hop in worst {
        one(out, inventory, hop, style, ink)?;
    }
    Ok(())
}

/// How many there are of each verdict, the worst first.
fn counts(hops: &[Hop]) -> String {
    [
        Verdict::Shut,
        Verdict::AtRisk,
        Verdict::Unknown,
        Verdict::Open,
    ]
    .into_iter()
    .filter_map(|verdict| {
        let count = hops.iter().filter(|hop| hop.verdict() == verdict).count();
        (count > 0).then(|| format!("{count} {verdict}"))
    })
    .collect::<Vec<_>>()
    .join(", ")
}

fn one(
    out: &mut impl Write,
    inventory: &Inventory,
    hop: &Hop,
    style: Style,
    ink: Ink,
) -> io::Result<()> {
    let via = hop
        .via
        .as_ref()
        .map_or_else(String::new, |via| format!("  via {}", clean(via)));
    let basis = if hop.basis == Basis::Assumed {
        "  (assumed)"
    } else {
        ""
    };
    let line = format!(
        "{} {}  {}  {} -> {}{via}{basis}",
        sign(hop.verdict()),
        cell::pad(hop.verdict().word(), 7),
        cell::pad(hop.kind.word(), 26),
        clean(&names::caller(inventory, hop)),
        clean(&names::end(inventory, &hop.to)),
    );
    let line = fit(&line, style.width.saturating_sub(2));
    writeln!(out, "  {}", inked(ink, hop.verdict(), &line))?;
    for gate in &hop.gates {
        if gate.judged.verdict != Verdict::Open {
            told(out, gate, style, ink)?;
        }
    }
    Ok(())
}

fn told(out: &mut impl Write, gate: &GateVerdict, style: Style, ink: Ink) -> io::Result<()> {
    let reason = format!(
        "{} {}: {}",
        gate.gate,
        gate.judged.verdict,
        clean(&gate.judged.reason)
    );
    for line in wrap(&reason, style.width.saturating_sub(6)) {
        writeln!(out, "      {line}")?;
    }
    if gate.changed_at.is_some() {
        writeln!(
            out,
            "      {}",
            ink.faint("it was changed a moment ago: Azure may not act on it yet")
        )?;
    }
    if let Some(who) = &gate.changed_by {
        let words = format!("changed by: {}", clean(&who.sentence()));
        for line in wrap(&words, style.width.saturating_sub(6)) {
            writeln!(out, "      {}", ink.faint(&line))?;
        }
    }
    if let Some(remedy) = gate.remedies.first() {
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

pub(super) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Shut => "x",
        Verdict::AtRisk => "!",
        Verdict::Unknown => "?",
        Verdict::Open => "-",
    }
}

/// Colour only repeats what the word says.
pub(super) fn inked(ink: Ink, verdict: Verdict, line: &str) -> String {
    match verdict {
        Verdict::Shut | Verdict::AtRisk => ink.state(State::Failed, line),
        Verdict::Unknown => ink.state(State::Denied, line),
        Verdict::Open => line.to_owned(),
    }
}
