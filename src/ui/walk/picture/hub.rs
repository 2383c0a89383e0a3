//! Pictures of a hub's hidden group: as it must be and as it is, and the policies that reach it.

use crate::analysis::foundry;
use crate::analysis::policy::group::{Does, Exempt, How, Reaching};
use crate::analysis::verdict::Verdict;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::end_name;
use crate::ui::signs::Sign;
use crate::ui::walk::Proof;
use crate::ui::walk::body::Body;

use super::muted;
use super::shapes::{ROWS, Table, Told};

/// The managed group: as it must be, as it is.
pub(super) fn managed(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let foundry = foundry::foundry(cx.inventory);
    let is_reading = tally::is_reading(cx.inventory);
    let mut found = false;
    for hub in &foundry.hubs {
        let Some(state) = &hub.managed else { continue };
        found = true;
        let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
        for resource in &state.resources {
            if resource.exists.verdict != Verdict::Open {
                let sign = tally::sign(resource.exists.verdict, is_reading);
                let proof = Proof::Evidence {
                    title: resource.name.clone(),
                    evidence: resource.exists.evidence.clone(),
                };
                let cells = vec![
                    Told::plain("the resource"),
                    Told::plain("there"),
                    Told::new(sign, resource.exists.reason.clone(), Some(proof)),
                ];
                rows.push((resource.name.clone(), cells));
            }
            for check in &resource.checks {
                let sign = tally::sign(check.judged.verdict, is_reading);
                let proof = Proof::Evidence {
                    title: resource.name.clone(),
                    evidence: check.judged.evidence.clone(),
                };
                let cells = vec![
                    Told::plain(check.property),
                    Told::plain(check.must_be),
                    Told::new(sign, check.is.clone(), Some(proof)),
                ];
                rows.push((resource.name.clone(), cells));
            }
        }
        Table {
            title: "As it must be, and as it is",
            fact: format!("{}, group {}", hub.name, state.group.id.name()),
            heads: ["RESOURCE", "PROPERTY", "MUST BE", "IS"]
                .map(str::to_owned)
                .to_vec(),
            rows,
            ..Table::default()
        }
        .draw(cx, body, room);
    }
    if !found {
        nowhere(cx, body, room);
    }
}

fn nowhere(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let sentence = if tally::is_reading(cx.inventory) {
        "No hub with a managed group has been read yet."
    } else {
        "No hub with a managed group, or with stores of its own, was found in what was read."
    };
    muted(body, sentence, room);
}

/// The policies that reach the group, and what each does to what the hub needs.
pub(super) fn policies(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let foundry = foundry::foundry(cx.inventory);
    if !foundry.hubs.iter().any(|hub| hub.managed.is_some()) {
        return nowhere(cx, body, room);
    }
    let all = &cx.judgement.reaching;
    if all.is_empty() {
        let sentence = if tally::is_reading(cx.inventory) {
            "No policy that reaches the group has been read yet."
        } else {
            "No policy that was read reaches the group."
        };
        return muted(body, sentence, room);
    }
    let rows = all
        .iter()
        .take(ROWS)
        .map(|one| {
            let proof = Proof::Evidence {
                title: one.title.clone(),
                evidence: one.evidence.clone(),
            };
            let (sign, words) = told(one);
            let cells = vec![
                Told::plain(one.effect),
                Told::plain(end_name(cx, one.set_at.as_str())),
                Told::new(sign, words, Some(proof)),
            ];
            (one.title.clone(), cells)
        })
        .collect();
    let more = all.len().saturating_sub(ROWS);
    Table {
        title: "The policies that reach the group",
        fact: "worst first on the pane of the hub".to_owned(),
        heads: ["POLICY", "EFFECT", "ASSIGNED AT", "WHAT IT DOES HERE"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        spare: vec![1],
        more: (more > 0).then_some((more, '4')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// What a policy does to the group, in a sign and words.
fn told(one: &Reaching) -> (Sign, String) {
    match &one.exempt {
        Exempt::By(name, _) => return (Sign::Open, format!("kept off by the exemption {name}")),
        Exempt::Unclear(why) => return (Sign::Unknown, why.clone()),
        Exempt::No | Exempt::Over(..) => {}
    }
    let worst = |how: How| one.does.iter().find(move |does| does.how == how);
    let told = |does: &Does, verb: &str| format!("{verb} {} to {}", does.property, does.value);
    if let Some(does) = worst(How::HasSet) {
        (Sign::Shut, told(does, "has set"))
    } else if let Some(does) = worst(How::WillSet) {
        (Sign::AtRisk, told(does, "will set"))
    } else if let Some(does) = worst(How::Refuses) {
        let words = format!("refuses the next write while {} is as it is", does.property);
        (Sign::AtRisk, words)
    } else if worst(How::Unclear).is_some() {
        (Sign::Unknown, "what it changes cannot be told".to_owned())
    } else if let Some(does) = worst(How::Objects) {
        let words = format!("speaks against {}, and changes nothing", does.property);
        (Sign::Note, words)
    } else {
        let words = "touches nothing that the hub needs";
        (Sign::Open, words.to_owned())
    }
}
