//! The detail of a hop: verdict, gates with their proof, and what mends it.

use std::fmt::Write as _;

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{GateVerdict, Remedy, Tool};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::{proof, who};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::{Line, Section};

use super::rows::Row;
use super::seen;
use super::walk::Walk;

/// The tools of a remedy as they are chosen: azurerm and azapi are both Terraform.
pub(super) const TOOLS: [&str; 3] = ["az", "terraform", "portal"];

/// Which of [`TOOLS`] a remedy is for.
fn tool_of(remedy: &Remedy) -> usize {
    match remedy.tool {
        Tool::Az => 0,
        Tool::Azurerm | Tool::Azapi => 1,
        Tool::Portal => 2,
    }
}

/// What mends a hop with one tool, gate by gate, the least change first.
pub(super) fn remedies(row: &Row, tool: usize) -> Vec<&Remedy> {
    all(row).filter(|remedy| tool_of(remedy) == tool).collect()
}

/// The tool whose remedies are shown: the wanted one where it has any, else that of the least change.
pub(super) fn shown(row: &Row, wanted: Option<usize>) -> Option<usize> {
    wanted
        .filter(|tool| all(row).any(|remedy| tool_of(remedy) == *tool))
        .or_else(|| all(row).next().map(tool_of))
}

/// The next tool that has a remedy for the hop, or the one before.
pub(super) fn turned(row: &Row, wanted: Option<usize>, forward: bool) -> Option<usize> {
    let from = shown(row, wanted)?;
    let step = if forward { 1 } else { TOOLS.len() - 1 };
    (1..=TOOLS.len())
        .map(|turns| (from + turns * step) % TOOLS.len())
        .find(|tool| all(row).any(|remedy| tool_of(remedy) == *tool))
}

/// What mends a hop: the worst gate's first.
fn all(row: &Row) -> impl Iterator<Item = &Remedy> {
    let worst = row.worst().and_then(|at| row.hop.gates.get(at));
    let others = row
        .hop
        .gates
        .iter()
        .filter(move |gate| worst.is_none_or(|worst| worst.gate != gate.gate));
    worst
        .into_iter()
        .chain(others)
        .filter(|gate| gate.judged.verdict != Verdict::Open)
        .flat_map(|gate| &gate.remedies)
}

/// All of it, and the lines of it that can be walked to: section, line, and what is there.
pub(super) fn sections(
    cx: &Cx<'_>,
    row: &Row,
    walk: Walk,
    tool: Option<usize>,
) -> (Vec<Section>, Vec<(usize, usize, Walk)>) {
    let mut sections = vec![head(cx, row)];
    let mut targets = Vec::new();
    gates(cx, row, walk, &mut sections, &mut targets);
    sections.extend(seen::section(cx, row));
    sections.extend(mend(cx, row, tool));
    (sections, targets)
}

/// The same in few rows: verdict and why, a sign a gate, what mends it.
pub(super) fn brief(cx: &Cx<'_>, row: &Row, tool: Option<usize>) -> Vec<Section> {
    let is_reading = tally::is_reading(cx.inventory);
    let worst = row.worst().and_then(|at| row.hop.gates.get(at));
    let mut first = Section::new("").words(Rich::chip(cx.signs, row.sign).then(
        Role::Muted,
        worst.map_or_else(String::new, |gate| format!("  {} gate", gate.gate)),
    ));
    if let Some(gate) = worst {
        first = first.words(Rich::plain(format!("{}.", gate.judged.reason)));
    }
    let gates = row.hop.gates.iter().fold(Rich::new(), |line, gate| {
        let sign = tally::sign(gate.judged.verdict, is_reading);
        line.and(Rich::sign(cx.signs, sign))
            .then(Role::Muted, format!(" {}  ", gate.gate))
    });
    let mut sections = vec![first, Section::new("").words(gates)];
    sections.extend(mend(cx, row, tool));
    sections
}

fn head(cx: &Cx<'_>, row: &Row) -> Section {
    let line = match row.sign {
        Sign::Reading => "┄┄▶",
        _ => "━━▶",
    };
    let role = match row.sign {
        Sign::Open => Role::Node,
        sign => sign.role(),
    };
    let mut words = Rich::strong(row.from.clone())
        .then(role, format!(" {line} "))
        .then(Role::Strong, row.to.clone());
    if let Some(via) = row.via() {
        words = words.then(Role::Muted, format!("  via {via}"));
    }
    let gates = &row.hop.gates;
    let open = gates
        .iter()
        .filter(|gate| gate.judged.verdict == Verdict::Open)
        .count();
    let says = match (row.sign, gates.len()) {
        (_, 0) => "no gate applies to it".to_owned(),
        (Sign::Reading, all) => format!("{open} of {all} gates can be judged"),
        (Sign::Open, all) => format!("all {all} gates let it through"),
        (_, all) if open + 1 == all => format!("{} gate · the others are open", row.gate()),
        (_, all) => format!("{} gate · {open} of {all} are open", row.gate()),
    };
    Section::new("")
        .words(words)
        .blank()
        .words(Rich::chip(cx.signs, row.sign).then(Role::Muted, format!("  {says}")))
}

/// The gates: a sign and a short fact each; those that are not open say why, and what proves it.
/// Evidence is a section of its own, so that its paths do not move the facts of the gates.
fn gates(
    cx: &Cx<'_>,
    row: &Row,
    walk: Walk,
    sections: &mut Vec<Section>,
    targets: &mut Vec<(usize, usize, Walk)>,
) {
    let is_reading = tally::is_reading(cx.inventory);
    sections.push(Section::new("GATES"));
    for (at, gate) in row.hop.gates.iter().enumerate() {
        let sign = tally::sign(gate.judged.verdict, is_reading);
        let is_chosen = matches!(walk, Walk::Gate(own) if own == at);
        let is_walked = matches!(walk, Walk::Gate(own) | Walk::Evidence(own, _) if own == at);
        let role = match (is_chosen, sign) {
            (true, _) => Role::Accent,
            (false, Sign::Open) => Role::Text,
            (false, _) => Role::Strong,
        };
        let name =
            Rich::sign(cx.signs, sign).then(role, format!(" {:WIDEST$}  ", gate.gate.word()));
        let reason = &gate.judged.reason;
        let number = sections.len() - 1;
        let Some(section) = sections.last_mut() else {
            continue;
        };
        targets.push((number, section.lines.len(), Walk::Gate(at)));
        if sign == Sign::Open && !is_walked {
            // Two runs: what is open is told in one line.
            let words = Rich::muted(reason.clone()).then(Role::Muted, " ");
            section.lines.push(Line::Step(name, words, Rich::new()));
            section.choose_last(is_chosen);
            continue;
        }
        let short = Rich::of(sign.word_role(), sign.word());
        section.lines.push(Line::Step(name, short, Rich::new()));
        section.choose_last(is_chosen);
        section
            .lines
            .push(hanging(Role::Text, &format!("{reason}.")));
        if let Some(changed) = gate.changed_at {
            let words = format!(
                "Changed at {}: Azure may lag up to 15 min.",
                cx.clock(changed)
            );
            section.lines.push(hanging(Role::VerdictAtRisk, &words));
        }
        if let Some(by) = &gate.changed_by {
            for words in who::lines(cx, by) {
                section
                    .lines
                    .push(Line::Words(Rich::plain("  ").and(words)));
            }
        }
        let (proofs, lines) = proofs(cx, row, gate, at, walk);
        if !proofs.lines.is_empty() {
            let number = sections.len();
            let evidence = |(line, item)| (number, line, Walk::Evidence(at, item));
            targets.extend(lines.into_iter().map(evidence));
            sections.extend([proofs, Section::default()]);
        }
    }
    // Behind the evidence of the last gate nothing follows.
    if sections
        .last()
        .is_some_and(|last| last.lines.is_empty() && last.label.is_empty())
    {
        sections.pop();
    }
}

/// The letters of the longest name of a gate.
const WIDEST: usize = 14;

/// How many pieces of evidence are shown of a gate that nobody has walked into.
const FIRST: usize = 5;

/// Words that wrap below the name of a gate.
fn hanging(role: Role, words: &str) -> Line {
    Line::Words(Rich::of(role, " ").then(role, format!(" {words}")))
}

/// The evidence of a gate, indented, with when it was read. What is there says more than what is
/// empty: until a person walks in, that comes first and the rest is a count.
///
/// With the line of each piece and its number.
fn proofs(
    cx: &Cx<'_>,
    row: &Row,
    gate: &GateVerdict,
    at: usize,
    walk: Walk,
) -> (Section, Vec<(usize, usize)>) {
    let evidence = &gate.judged.evidence;
    let mut section = Section::default();
    let mut lines = Vec::new();
    if evidence.is_empty() {
        return (section, lines);
    }
    let target = ArmId::new(&row.hop.to);
    let mut order: Vec<usize> = (0..evidence.len()).collect();
    if !matches!(walk, Walk::Evidence(own, _) if own == at) {
        order.sort_by_key(|number| evidence[*number].says_little());
        order.truncate(FIRST);
    }
    let left_out = evidence.len() - order.len();
    for number in order {
        let is_chosen = matches!(walk, Walk::Evidence(own, item) if (own, item) == (at, number));
        let own = proof::section(cx, &target, std::slice::from_ref(&evidence[number]), &[]);
        for (line_number, line) in own.lines.into_iter().enumerate() {
            if let Line::Pair(label, value) = line {
                let is_first = line_number == 0;
                let label = if is_chosen && is_first {
                    label.recast(Role::Accent)
                } else {
                    label
                };
                let label = Rich::of(Role::Text, "  ").and(label);
                section.lines.push(Line::Pair(label, value));
                section.choose_last(is_chosen && is_first);
                if is_first {
                    lines.push((section.lines.len() - 1, number));
                }
            }
        }
    }
    let mut words = format!("  {}", read(cx, evidence));
    if left_out > 0 {
        let _ = write!(words, " · {left_out} more");
    }
    (section.words(Rich::muted(words)), lines)
}

/// When the oldest of the evidence was read, and by which request.
fn read(cx: &Cx<'_>, evidence: &[Evidence]) -> String {
    let oldest = evidence.iter().min_by_key(|one| one.observed_at);
    let Some(oldest) = oldest else {
        return String::new();
    };
    let mut words = format!("read {}", cx.clock(oldest.observed_at));
    if let Some(id) = &oldest.request_id {
        words.push_str(" · request ");
        words.push_str(&short_guid(id));
    }
    words
}

fn mend(cx: &Cx<'_>, row: &Row, tool: Option<usize>) -> Option<Section> {
    let tool = shown(row, tool)?;
    let mut right = Rich::new();
    for (at, name) in TOOLS.iter().enumerate() {
        if remedies(row, at).is_empty() {
            continue;
        }
        // Brackets say it where there is no colour.
        right = if at == tool {
            right.then(Role::Accent, format!("[{name}]"))
        } else {
            right.then(Role::Muted, *name)
        };
        right = right.then(Role::Text, "  ");
    }
    if let Some(key) = cx.key_of(super::CONTEXT, crate::config::Action::Copy) {
        right = right
            .then(Role::Strong, format!("  {key}"))
            .then(Role::Muted, " copy");
    }
    let mut section = Section::new("MEND").right(right);
    let own = remedies(row, tool);
    for (at, remedy) in own.into_iter().enumerate() {
        if at > 0 {
            section = section.blank().words(Rich::muted("Or:"));
        }
        section = if remedy.tool == Tool::Portal {
            section.words(Rich::plain(remedy.text.clone()))
        } else {
            section.code(remedy.text.clone())
        };
        if let Some(note) = &remedy.note {
            section = section.words(Rich::muted(note.clone()));
        }
    }
    Some(section)
}
