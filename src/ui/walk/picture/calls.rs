//! Calls: who presents what by which role, and every gate of the calls of a step.

use crate::analysis::benefits;
use crate::analysis::hop::{Benefit, Hop, HopKind};
use crate::analysis::tour::Look;
use crate::analysis::verdict::Gate;
use crate::model::tour::Step;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{caller_name, end_name};
use crate::ui::signs::Sign;
use crate::ui::walk::body::Body;
use crate::ui::walk::{Proof, sign};

use super::doors::of_benefit;
use super::shapes::{Table, Told, boxes};

fn ends(cx: &Cx<'_>, hop: &Hop) -> String {
    format!("{} → {}", caller_name(cx, hop), end_name(cx, &hop.to))
}

/// Who presents a token to whom, and which role it holds; which accounts take keys beside.
pub(super) fn tokens(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    for fact in benefits::facts(cx.inventory, cx.judgement, Benefit::Identity) {
        let Some(hop) = fact
            .hop
            .as_ref()
            .and_then(|id| cx.judgement.hops.iter().find(|hop| hop.id() == *id))
        else {
            continue;
        };
        let proof = Proof::Evidence {
            title: hop.kind.word().to_owned(),
            evidence: fact.evidence,
        };
        let told = Told::new(sign(fact.stand), fact.words, Some(proof));
        let kind = Told::plain(hop.kind.word());
        let name = ends(cx, hop);
        // Several objects of one caller make the same call.
        let is_known = rows.iter().any(|(known, cells)| {
            *known == name && cells[0].words == kind.words && cells[1].words == told.words
        });
        if !is_known {
            rows.push((name, vec![kind, told]));
        }
    }
    boxes(cx, body, &of_benefit(cx, Benefit::Identity), room);
    if rows.is_empty() {
        return;
    }
    Table {
        title: "Who presents what, and which role lets it in",
        fact: format!("{} calls", rows.len()),
        heads: ["CALLER → TARGET", "CALL", "PRESENTS"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    }
    .draw(cx, body, room);
}

/// The calls of a step with all their gates.
pub(super) fn gates(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    if look.hops.is_empty() {
        let kinds: Vec<HopKind> = step
            .hops
            .iter()
            .filter_map(|word| HopKind::of_word(word))
            .collect();
        let words: Vec<&str> = kinds.into_iter().map(HopKind::word).collect();
        let sentence = format!(
            "No call of this kind was found in what was read: {}.",
            words.join(", ")
        );
        for line in crate::ui::text::wrap(&sentence, room) {
            body.words(crate::ui::text::Rich::muted(line));
        }
        body.blank();
        return;
    }
    let is_reading = tally::is_reading(cx.inventory);
    let shown: Vec<Gate> = Gate::ALL
        .into_iter()
        .filter(|gate| look.hops.iter().any(|hop| hop.gate(*gate).is_some()))
        .collect();
    let rows = look
        .hops
        .iter()
        .map(|hop| {
            let mut cells = vec![Told::new(
                tally::sign(hop.verdict(), is_reading),
                hop.kind.word(),
                Some(Proof::Hop(hop.id())),
            )];
            cells.extend(shown.iter().map(|gate| match hop.gate(*gate) {
                None => Told::none(cx),
                Some(own) => {
                    let sign = tally::sign(own.judged.verdict, is_reading);
                    let proof = Proof::Evidence {
                        title: format!("{} of {}", gate.word(), ends(cx, hop)),
                        evidence: own.judged.evidence.clone(),
                    };
                    Told::new(sign, word(sign), Some(proof))
                }
            }));
            (ends(cx, hop), cells)
        })
        .collect();
    let mut heads = vec!["CALLER → TARGET".to_owned(), "CALL".to_owned()];
    heads.extend(shown.iter().map(|gate| gate.word().to_uppercase()));
    Table {
        title: "The calls, gate by gate",
        fact: "enter on a call opens it on the Map".to_owned(),
        heads,
        rows,
    }
    .draw(cx, body, room);
}

fn word(sign: Sign) -> &'static str {
    sign.word()
}
