//! Calls: who presents what by which role, and every gate of the calls of a step.

use std::collections::HashSet;

use crate::analysis::benefits::Fact;
use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Benefit, Hop, HopKind};
use crate::analysis::tour::Look;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::tour::Step;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{caller_name, end_name};
use crate::ui::signs::{self, Sign};
use crate::ui::text::width;
use crate::ui::walk::Proof;
use crate::ui::walk::body::Body;

use super::doors::of_benefit;
use super::shapes::{ROWS, Table, Told, boxes};
use super::{muted, worst};

fn ends(cx: &Cx<'_>, hop: &Hop) -> String {
    format!("{} → {}", caller_name(cx, hop), end_name(cx, &hop.to))
}

/// Who presents a token to whom, and which role it holds; which accounts take keys beside.
pub(super) fn tokens(cx: &Cx<'_>, body: &mut Body, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Identity), room);
    let Some(held) = cx.judgement.benefit(Benefit::Identity) else {
        return;
    };
    let mut facts: Vec<&Fact> = held
        .facts
        .iter()
        .filter(|fact| fact.hop.is_some())
        .collect();
    let all = facts.len();
    if all > ROWS {
        facts.sort_by_key(|fact| fact.stand);
        facts.truncate(ROWS);
    }
    let more = all - facts.len();
    let is_reading = tally::is_reading(cx.inventory);
    let mut known = HashSet::new();
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    for fact in facts {
        let Some(hop) = fact.hop.and_then(|at| cx.judgement.hops.get(at)) else {
            continue;
        };
        let name = ends(cx, hop);
        // Several objects of one caller make the same call.
        if !known.insert((name.clone(), hop.kind, fact.words.clone())) {
            continue;
        }
        let gates = [Gate::Authentication, Gate::Authorization];
        let verdict = gates.iter().filter_map(|gate| hop.gate(*gate));
        let verdict = Verdict::worst(verdict.map(|gate| gate.judged.verdict));
        // A call that is open and found fault with is too wide, not shut.
        let sign = match verdict {
            Some(Verdict::Open) | None => signs::of_stand(fact.stand),
            Some(other) => tally::sign(other, is_reading),
        };
        let proof = Proof::Evidence {
            title: hop.kind.word().to_owned(),
            evidence: fact.evidence.clone(),
        };
        let told = Told::new(sign, fact.words.clone(), Some(proof));
        rows.push((name, vec![Told::plain(hop.kind.word()), told]));
    }
    if rows.is_empty() {
        return;
    }
    Table {
        title: "Who presents what, and which role lets it in",
        fact: format!("{} calls", rows.len() + more),
        heads: ["CALLER → TARGET", "CALL", "PRESENTS"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        spare: vec![0],
        more: (more > 0).then_some((more, '3')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// The calls of a step with all their gates.
pub(super) fn gates(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    if look.hops.is_empty() {
        let kinds = step.hops.iter().filter_map(|word| HopKind::of_word(word));
        let words: Vec<&str> = kinds.map(HopKind::word).collect();
        let sentence = format!(
            "No call of this kind was found in what was read: {}.",
            words.join(", ")
        );
        return muted(body, &sentence, room);
    }
    let is_reading = tally::is_reading(cx.inventory);
    let (hops, more) = worst(Some(step), look);
    let shown: Vec<Gate> = Gate::ALL
        .into_iter()
        .filter(|gate| hops.iter().any(|hop| hop.gate(*gate).is_some()))
        .collect();
    let names: Vec<String> = hops.iter().map(|hop| ends(cx, hop)).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let kind = hops.iter().map(|hop| width(hop.kind.word())).max();
    let of_gates: u16 = shown.iter().map(|gate| width(gate.word()).max(9) + 2).sum();
    let is_wide = widest.min(36) + 4 + kind.unwrap_or(0) + of_gates <= room;
    let rows = hops
        .iter()
        .zip(names)
        .map(|(hop, name)| {
            let verdict = tally::sign(hop.verdict(), is_reading);
            let call = Told::new(verdict, hop.kind.word(), Some(Proof::Hop(hop.id())));
            let mut cells = vec![call];
            if is_wide {
                let told = |gate: &Gate| one(cx, hop, *gate, &name, is_reading);
                cells.extend(shown.iter().map(told));
            } else {
                cells.push(summed(hop, &name, is_reading));
            }
            (name, cells)
        })
        .collect();
    let mut heads = vec!["CALLER → TARGET".to_owned(), "CALL".to_owned()];
    if is_wide {
        heads.extend(shown.iter().map(|gate| gate.word().to_uppercase()));
    } else {
        heads.push("GATES".to_owned());
    }
    Table {
        title: "The calls, gate by gate",
        fact: "enter on a call opens it on the Map".to_owned(),
        heads,
        rows,
        more: (more > 0).then_some((more, '1')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// One gate of a call.
fn one(cx: &Cx<'_>, hop: &Hop, gate: Gate, name: &str, is_reading: bool) -> Told {
    let Some(own) = hop.gate(gate) else {
        return Told::none(cx);
    };
    let sign = tally::sign(own.judged.verdict, is_reading);
    let proof = Proof::Evidence {
        title: format!("{} of {name}", gate.word()),
        evidence: own.judged.evidence.clone(),
    };
    Told::new(sign, sign.word(), Some(proof))
}

/// All gates of a call in a few words, where there is no room for a column each: those that are not
/// open, else how many are.
fn summed(hop: &Hop, name: &str, is_reading: bool) -> Told {
    let worst = hop.verdict();
    let sign = tally::sign(worst, is_reading);
    let of_worst = hop.gates.iter().filter(|own| own.judged.verdict == worst);
    let words = if worst == Verdict::Open {
        format!("{} open", hop.gates.len())
    } else {
        let words: Vec<&str> = of_worst.clone().map(|own| own.gate.word()).collect();
        words.join(", ")
    };
    let evidence: Vec<Evidence> = of_worst
        .flat_map(|own| own.judged.evidence.iter().cloned())
        .collect();
    let proof = Proof::Evidence {
        title: name.to_owned(),
        evidence,
    };
    // Without a gate there is no proof to open.
    let sign = if hop.gates.is_empty() {
        Sign::Note
    } else {
        sign
    };
    Told::new(sign, words, Some(proof))
}
