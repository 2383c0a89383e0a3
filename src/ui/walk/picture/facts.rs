//! Pictures of facts: private paths, hosts, logs.

use std::collections::HashSet;

use crate::analysis::benefits;
use crate::analysis::coverage::{Coverage, Sent};
use crate::analysis::hop::{Benefit, Hop, HopKind};
use crate::analysis::outbound::{self, Allowed, State};
use crate::analysis::tour::Look;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{caller_name, end_name};
use crate::ui::signs::Sign;
use crate::ui::walk::Proof;
use crate::ui::walk::body::Body;

use super::doors::of_benefit;
use super::shapes::{ROWS, Table, Told, boxes};
use super::worst;

/// Private paths, and how the services reach each other.
pub(super) fn paths(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Backbone), room);
    let region = |id: &str| {
        let own = cx.inventory.resource(&ArmId::new(id));
        own.and_then(|one| Some(one.location.text()?.to_lowercase().replace(' ', "")))
            .unwrap_or_default()
    };
    let is_reading = tally::is_reading(cx.inventory);
    let (hops, more) = worst(None, look);
    let mut known = HashSet::new();
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    for hop in hops {
        let Some(gate) = hop.gate(Gate::Network) else {
            continue;
        };
        let name = format!("{} → {}", caller_name(cx, hop), end_name(cx, &hop.to));
        if !known.insert((name.clone(), hop.kind)) {
            continue;
        }
        let proof = Proof::Evidence {
            title: name.clone(),
            evidence: gate.judged.evidence.clone(),
        };
        let sign = tally::sign(gate.judged.verdict, is_reading);
        let (from, to) = (region(&hop.from), region(&hop.to));
        let way = if from.is_empty() || to.is_empty() {
            String::new()
        } else if from == to {
            format!("within {from}")
        } else {
            format!("{from} → {to}")
        };
        let call = Told::new(sign, hop.kind.word(), Some(proof));
        rows.push((name, vec![call, Told::plain(way)]));
    }
    if rows.is_empty() {
        return;
    }
    Table {
        title: "Who calls whom on it",
        fact: format!("{} calls between services", rows.len() + more),
        heads: ["CALLER → TARGET", "CALL", "REGIONS"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        spare: vec![1],
        more: (more > 0).then_some((more, '1')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// Who may call out, and where to.
pub(super) fn hosts(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Outbound), room);
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    let mut others: Vec<(String, Vec<Told>)> = Vec::new();
    let facts = cx.judgement.benefit(Benefit::Outbound);
    for fact in facts.into_iter().flat_map(|held| &held.facts) {
        let Some(resource) = cx.inventory.resource(&ArmId::new(&fact.about)) else {
            continue;
        };
        let Some(own) = outbound::outbound(cx.inventory, resource) else {
            continue;
        };
        let proof = || {
            Some(Proof::Evidence {
                title: resource.name.clone(),
                evidence: own.evidence.clone(),
            })
        };
        let by = || Told::plain(resource.name.clone());
        if let Allowed::Hosts(hosts) | Allowed::Unknown(hosts) = &own.allowed {
            for host in hosts {
                let needed = look.hops.iter().any(|hop| {
                    hop.from == resource.id.as_str()
                        && (hop.to.contains(host.as_str())
                            || host.split('.').next() == Some(end_name(cx, &hop.to).as_str()))
                });
                let words = if needed {
                    "a call needs it"
                } else {
                    "listed, no call seen"
                };
                let is_known = matches!(own.allowed, Allowed::Hosts(_));
                let sign = if is_known { Sign::Open } else { Sign::Unknown };
                rows.push((host.clone(), vec![by(), Told::new(sign, words, proof())]));
            }
        }
        let told = match own.state {
            State::Restricted => ("any other host", Sign::Refused, "refused"),
            State::NotRestricted => ("any host", Sign::Exposure, "nothing keeps it from that"),
            State::Unknown => ("any other host", Sign::Unknown, "cannot be told"),
            State::PerimeterOnly | State::NotApplicable => continue,
        };
        let (host, sign, words) = told;
        let cells = vec![by(), Told::new(sign, words, proof())];
        others.push((host.to_owned(), cells));
    }
    let refused = look.hops.iter().filter_map(|hop| refused(cx, hop));
    rows.extend(refused);
    rows.extend(others);
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    Table {
        title: "Where they may call out",
        fact: String::new(),
        heads: ["HOST", "BY", "STANDS"].map(str::to_owned).to_vec(),
        rows,
        more: (more > 0).then_some((more, '5')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// A call that its own account does not let out.
fn refused(cx: &Cx<'_>, hop: &Hop) -> Option<(String, Vec<Told>)> {
    let gate = hop.gate(Gate::Outbound)?;
    if gate.judged.verdict == Verdict::Open {
        return None;
    }
    let proof = Proof::Evidence {
        title: hop.kind.word().to_owned(),
        evidence: gate.judged.evidence.clone(),
    };
    let sign = tally::sign(gate.judged.verdict, tally::is_reading(cx.inventory));
    let told = Told::new(sign, gate.judged.reason.clone(), Some(proof));
    let by = Told::plain(caller_name(cx, hop));
    Some((end_name(cx, &hop.to), vec![by, told]))
}

/// What is logged, and where.
pub(super) fn logs(cx: &Cx<'_>, body: &mut Body, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Logs), room);
    let sends = |id: &str| {
        cx.judgement
            .hops
            .iter()
            .find(|hop| hop.kind == HopKind::ResourceToLogs && hop.from == id)
            .map(Hop::id)
    };
    let all: Vec<_> = benefits::patterned(cx.inventory)
        .filter_map(|one| Some((one, Coverage::of(cx.inventory, one)?)))
        .collect();
    let more = all.len().saturating_sub(ROWS);
    let rows: Vec<(String, Vec<Told>)> = all
        .into_iter()
        .take(ROWS)
        .map(|(resource, own)| {
            let of = |wanted: Sent| {
                let own = own.categories.iter().filter(|(_, sent)| *sent == wanted);
                let names: Vec<&str> = own.map(|(name, _)| *name).collect();
                names.join(", ")
            };
            let kept = of(Sent::Workspace);
            let is_pending = own
                .categories
                .iter()
                .any(|(_, sent)| *sent == Sent::Pending);
            let (sign, words) = if !kept.is_empty() {
                (Sign::Open, kept.as_str())
            } else if is_pending {
                (Sign::Reading, "reading")
            } else if own.missing.is_some() {
                (Sign::Unknown, "cannot be told")
            } else {
                (Sign::Exposure, "nothing")
            };
            let proof = sends(resource.id.as_str()).map(Proof::Hop);
            let lost: Vec<String> = [Sent::Nowhere, Sent::Elsewhere]
                .map(of)
                .into_iter()
                .filter(|names| !names.is_empty())
                .collect();
            let cells = vec![Told::new(sign, words, proof), Told::plain(lost.join(", "))];
            (resource.name.clone(), cells)
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    Table {
        title: "What is written down",
        fact: "by kind of log".to_owned(),
        heads: ["RESOURCE", "KEPT WHERE IT CAN BE ASKED", "NOT KEPT"]
            .map(str::to_owned)
            .to_vec(),
        rows,
        more: (more > 0).then_some((more, '7')),
        ..Table::default()
    }
    .draw(cx, body, room);
}
