//! Pictures of facts: private paths, hosts, tiers, logs, the managed group.

use crate::analysis::benefits;
use crate::analysis::coverage::{Coverage, Sent};
use crate::analysis::foundry;
use crate::analysis::hop::{Benefit, HopKind};
use crate::analysis::outbound::{self, Allowed};
use crate::analysis::tour::Look;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::resource::{Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{caller_name, end_name};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::walk::Proof;
use crate::ui::walk::body::Body;

use super::doors::of_benefit;
use super::shapes::{Table, Told, boxes};

/// Private paths, and how the services reach each other.
pub(super) fn paths(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Backbone), room);
    let region = |id: &str| {
        let id = crate::model::id::ArmId::new(id);
        let own = cx.inventory.resource(&id);
        own.and_then(|one| Some(one.location.text()?.to_lowercase().replace(' ', "")))
            .unwrap_or_default()
    };
    let is_reading = tally::is_reading(cx.inventory);
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    for hop in &look.hops {
        let Some(gate) = hop.gate(Gate::Network) else {
            continue;
        };
        let name = format!("{} → {}", caller_name(cx, hop), end_name(cx, &hop.to));
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
        let row = (
            name,
            vec![
                Told::new(sign, hop.kind.word(), Some(proof)),
                Told::plain(way),
            ],
        );
        if !rows
            .iter()
            .any(|(name, cells)| *name == row.0 && cells[0].words == row.1[0].words)
        {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return;
    }
    Table {
        title: "Who calls whom on it",
        fact: format!("{} calls between services", rows.len()),
        heads: ["CALLER → TARGET", "CALL", "REGIONS"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    }
    .draw(cx, body, room);
}

/// Who may call out, and where to.
pub(super) fn hosts(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Outbound), room);
    let is_reading = tally::is_reading(cx.inventory);
    let mut rows: Vec<(String, Vec<Told>)> = Vec::new();
    for resource in benefits::patterned(cx.inventory) {
        let Some(own) = outbound::outbound(cx.inventory, resource) else {
            continue;
        };
        let (Allowed::Hosts(hosts) | Allowed::Unknown(hosts)) = &own.allowed else {
            continue;
        };
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
            let proof = Proof::Evidence {
                title: resource.name.clone(),
                evidence: own.evidence.clone(),
            };
            rows.push((
                host.clone(),
                vec![
                    Told::plain(resource.name.clone()),
                    Told::new(
                        if matches!(own.allowed, Allowed::Hosts(_)) {
                            Sign::Open
                        } else {
                            Sign::Unknown
                        },
                        words,
                        Some(proof),
                    ),
                ],
            ));
        }
    }
    for hop in &look.hops {
        let Some(gate) = hop.gate(Gate::Outbound) else {
            continue;
        };
        if gate.judged.verdict == Verdict::Open {
            continue;
        }
        let proof = Proof::Evidence {
            title: hop.kind.word().to_owned(),
            evidence: gate.judged.evidence.clone(),
        };
        let sign = tally::sign(gate.judged.verdict, is_reading);
        rows.push((
            end_name(cx, &hop.to),
            vec![
                Told::plain(caller_name(cx, hop)),
                Told::new(sign, gate.judged.reason.clone(), Some(proof)),
            ],
        ));
    }
    let restricts = rows.len();
    rows.push((
        "any other host".to_owned(),
        vec![Told::plain(""), Told::new(Sign::Refused, "refused", None)],
    ));
    if restricts == 0 {
        return;
    }
    Table {
        title: "Where it may call out",
        fact: "only what is listed, for those that restrict".to_owned(),
        heads: ["HOST", "BY", "STANDS"].map(str::to_owned).to_vec(),
        rows,
    }
    .draw(cx, body, room);
}

/// What is paid for, and what private links would add.
pub(super) fn tiers(cx: &Cx<'_>, body: &mut Body, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Cost), room);
    let rows: Vec<(String, Vec<Told>)> = benefits::patterned(cx.inventory)
        .filter_map(|resource| {
            let (zone, also) = private(resource)?;
            let has = resource
                .firewall
                .as_ref()
                .map_or(0, |own| own.approved_private_endpoints().count());
            let endpoint = match has {
                0 => Told::new(Sign::Note, "1 private endpoint", None),
                1 => Told::new(Sign::Open, "has one", None),
                count => Told::new(Sign::Open, format!("has {count}"), None),
            };
            Some((
                resource.name.clone(),
                vec![endpoint, Told::plain(zone), Told::plain(also)],
            ))
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let missing = rows
        .iter()
        .filter(|(_, cells)| cells[0].sign == Some(Sign::Note))
        .count();
    Table {
        title: "What private links would add",
        fact: format!(
            "{missing} endpoints, each paid by the hour and by what passes; a network; DNS zones"
        ),
        heads: ["SERVICE", "ENDPOINT", "DNS ZONE", "ALSO"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    }
    .draw(cx, body, room);
}

/// The DNS zone of a service's private endpoint in the public cloud, and what comes beside.
fn private(resource: &Resource) -> Option<(&'static str, &'static str)> {
    Some(match resource.family {
        Family::Storage => ("privatelink.blob.core.windows.net", ""),
        Family::Search if resource.sku.is("free") => ("none", "the free tier has no endpoint"),
        Family::Search if resource.sku.is("basic") => (
            "privatelink.search.windows.net",
            "shared links for the indexer; skills beyond embedding need S1",
        ),
        Family::Search => (
            "privatelink.search.windows.net",
            "shared links for the indexer",
        ),
        Family::Cognitive => ("privatelink.openai.azure.com", ""),
        Family::Vault => ("privatelink.vaultcore.azure.net", ""),
        _ => return None,
    })
}

/// What is logged, and where.
pub(super) fn logs(cx: &Cx<'_>, body: &mut Body, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Logs), room);
    let sends = |id: &str| {
        cx.judgement
            .hops
            .iter()
            .find(|hop| hop.kind == HopKind::ResourceToLogs && hop.from == id)
            .map(crate::analysis::hop::Hop::id)
    };
    let rows: Vec<(String, Vec<Told>)> = benefits::patterned(cx.inventory)
        .filter_map(|one| Some((one, Coverage::of(cx.inventory, one)?)))
        .map(|(resource, own)| {
            let of = |wanted: Sent| {
                let names: Vec<&str> = own
                    .categories
                    .iter()
                    .filter(|(_, sent)| *sent == wanted)
                    .map(|(name, _)| *name)
                    .collect();
                names.join(", ")
            };
            let proof = sends(resource.id.as_str()).map(Proof::Hop);
            let kept = of(Sent::Workspace);
            let kept = if kept.is_empty() {
                Told::new(
                    if own.missing.is_some() {
                        Sign::Unknown
                    } else {
                        Sign::Exposure
                    },
                    if own.missing.is_some() {
                        "cannot be told"
                    } else {
                        "nothing"
                    },
                    proof,
                )
            } else {
                Told::new(Sign::Open, kept, proof)
            };
            let lost = [Sent::Nowhere, Sent::Elsewhere].map(of).join(" ");
            (
                resource.name.clone(),
                vec![kept, Told::plain(lost.trim().to_owned())],
            )
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    Table {
        title: "What is written down",
        fact: "by kind of log".to_owned(),
        heads: ["RESOURCE", "KEPT WHERE IT CAN BE ASKED", "NOT"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    }
    .draw(cx, body, room);
}

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
        }
        .draw(cx, body, room);
    }
    if !found {
        body.words(Rich::muted(
            "No hub with a managed group, or with stores of its own, was found in what was read.",
        ));
        body.blank();
    }
}
