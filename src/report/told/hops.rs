//! Hops, their gates, and findings, in words.

use std::cmp::Reverse;

use serde_json::Value;

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Finding, FindingKind, GateVerdict, Hop, HopKind, Judgement, Remedy};
use crate::analysis::verdict::Verdict;
use crate::report::names;
use crate::store::Inventory;

use super::{FindingTold, GateTold, HopTold, Mend, Proof, clean, when};

/// The longest value that is shown whole.
const LONGEST: usize = 400;

/// The groups of findings, in the order in which a person wants them.
const GROUPS: [(FindingKind, &str); 4] = [
    (FindingKind::Broken, "Does not work: mend these first"),
    (
        FindingKind::Exposure,
        "Works, but wider than the pattern allows",
    ),
    (FindingKind::Keep, "Do not change"),
    (FindingKind::Note, "Good to know"),
];

/// Every hop that a person asks about with its id, the worst first. What the program itself calls
/// stands at the end.
pub(super) fn told(inventory: &Inventory, judgement: &Judgement) -> Vec<(String, HopTold)> {
    let mut hops: Vec<&Hop> = judgement
        .hops
        .iter()
        .filter(|hop| hop.kind != HopKind::Inspector)
        .collect();
    hops.sort_by_key(|hop| (Reverse(hop.verdict()), hop.kind));
    hops.into_iter()
        .enumerate()
        .map(|(at, hop)| (hop.id(), one(inventory, hop, at + 1)))
        .collect()
}

fn one(inventory: &Inventory, hop: &Hop, number: usize) -> HopTold {
    let verdict = hop.verdict();
    HopTold {
        number,
        kind: hop.kind.word(),
        from: clean(&names::caller(inventory, hop)),
        to: clean(&names::end(inventory, &hop.to)),
        via: hop.via.as_deref().map(clean),
        basis: hop.basis.word(),
        verdict,
        decides: hop
            .gates
            .iter()
            .find(|gate| gate.judged.verdict == verdict && verdict != Verdict::Open)
            .map(|gate| gate.gate.word()),
        gates: hop.gates.iter().map(|own| gate(inventory, own)).collect(),
    }
}

fn gate(inventory: &Inventory, gate: &GateVerdict) -> GateTold {
    let mut notes = Vec::new();
    if gate.changed_at.is_some() {
        notes.push("It was changed a moment ago: Azure may not act on it yet.".to_owned());
    }
    if let Some(who) = &gate.changed_by {
        notes.push(format!("Changed by: {}", clean(&who.sentence())));
    }
    GateTold {
        gate: gate.gate.word(),
        verdict: gate.judged.verdict,
        reason: clean(&gate.judged.reason),
        notes,
        evidence: proofs(inventory, &gate.judged.evidence),
        remedies: mends(&gate.remedies),
    }
}

fn proofs(inventory: &Inventory, evidence: &[Evidence]) -> Vec<Proof> {
    evidence
        .iter()
        .map(|one| Proof {
            about: clean(&names::end(inventory, one.resource.as_str())),
            path: clean(&one.path),
            value: value(one.value.as_ref()),
            at: when(one.observed_at),
            request: one.request_id.as_deref().map(clean),
        })
        .collect()
}

/// A value as Azure sent it, on one line; a long one is cut, and says so.
fn value(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "absent".to_owned();
    };
    let text = clean(&value.to_string());
    if text.chars().count() <= LONGEST {
        return text;
    }
    let kept: String = text.chars().take(LONGEST).collect();
    format!("{kept}… ({} characters)", text.chars().count())
}

fn mends(remedies: &[Remedy]) -> Vec<Mend> {
    remedies
        .iter()
        .map(|remedy| Mend {
            tool: remedy.tool.word(),
            text: lines(&remedy.text),
            note: remedy.note.as_deref().map(clean),
        })
        .collect()
}

/// A command keeps its lines.
fn lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// The findings in their groups, numbered through.
pub(super) fn findings(
    inventory: &Inventory,
    judgement: &Judgement,
    hops: &[(String, HopTold)],
) -> Vec<(&'static str, Vec<FindingTold>)> {
    let mut number = 0;
    let mut groups = Vec::new();
    for (kind, heading) in GROUPS {
        let own: Vec<FindingTold> = judgement
            .findings
            .iter()
            .filter(|finding| finding.kind == kind)
            .map(|finding| {
                number += 1;
                found(inventory, finding, number, hops)
            })
            .collect();
        if !own.is_empty() {
            groups.push((heading, own));
        }
    }
    groups
}

fn found(
    inventory: &Inventory,
    finding: &Finding,
    number: usize,
    hops: &[(String, HopTold)],
) -> FindingTold {
    let mut touched: Vec<usize> = hops
        .iter()
        .filter(|(id, _)| finding.hops.contains(id))
        .map(|(_, hop)| hop.number)
        .collect();
    touched.sort_unstable();
    FindingTold {
        number,
        rule: finding.rule,
        kind: finding.kind,
        severity: finding.severity,
        about: clean(&names::end(inventory, &finding.resource)),
        resource: clean(&finding.resource),
        title: clean(&finding.title),
        detail: clean(&finding.detail),
        benefit: finding.benefit,
        evidence: proofs(inventory, &finding.evidence),
        remedies: mends(&finding.remedies),
        hops: touched,
    }
}

/// What the config file hides, each with its reason.
pub(super) fn hidden(
    inventory: &Inventory,
    judgement: &Judgement,
) -> Vec<(String, String, String)> {
    judgement
        .hidden
        .iter()
        .map(|(finding, entry)| {
            let until = entry
                .expires
                .map_or_else(String::new, |date| format!(", until {date}"));
            (
                clean(&finding.title),
                clean(&names::end(inventory, &finding.resource)),
                format!("{}{until}", clean(&entry.reason)),
            )
        })
        .collect()
}
