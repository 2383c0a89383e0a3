//! The doors: each service with who may come in, and the callers of this environment against them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::analysis::benefits::{self, Fact, Stand};
use crate::analysis::hop::{Benefit, GateVerdict, Hop};
use crate::analysis::network::{self, Reach};
use crate::analysis::tour::Look;
use crate::analysis::verdict::{Gate, Verdict};
use crate::analysis::way::Rule;
use crate::map::Place;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::{caller_name, finding_sign};
use crate::ui::signs::{self, Sign};
use crate::ui::walk::Proof;
use crate::ui::walk::body::{Body, finding_id};

use super::shapes::{Boxed, ROWS, Table, Told, boxes};

/// What a service is for, in two or three words.
pub(super) fn about(family: Family) -> &'static str {
    match family {
        Family::Storage => "your documents",
        Family::Search => "the index",
        Family::Cognitive => "the model",
        Family::Vault => "the keys",
        Family::Workspace => "the workbench",
        Family::LogWorkspace => "the logs",
        _ => "",
    }
}

/// The title of a service's box.
pub(super) fn title(resource: &Resource) -> String {
    let place = match resource.family {
        Family::Storage => Place::Storage,
        Family::Search => Place::Search,
        Family::Cognitive => Place::OpenAi,
        Family::Vault => Place::Vault,
        Family::Workspace => Place::Hub,
        _ => Place::Logs,
    };
    place.title().to_owned()
}

/// How many findings about a resource stand in its box.
const FINDINGS: usize = 2;
/// How many services have a column of their own.
const COLUMNS: usize = 6;

/// A box a resource that has facts of a benefit: what its own properties say, then what was found about
/// it. So a sign stands before the very words that it is about.
pub(super) fn of_benefit(cx: &Cx<'_>, benefit: Benefit) -> Vec<Boxed> {
    let Some(held) = cx.judgement.benefit(benefit) else {
        return Vec::new();
    };
    let of_resource = held.facts.iter().filter(|fact| fact.hop.is_none());
    of_resource
        .filter_map(|fact| {
            let resource = cx.inventory.resource(&ArmId::new(&fact.about))?;
            let proof = Proof::Evidence {
                title: resource.name.clone(),
                evidence: fact.evidence.clone(),
            };
            let words = fact.words.split([',', '+']);
            let mut words: Vec<&str> = words.map(str::trim).collect();
            if benefit == Benefit::Firewalls
                && let Some(stance) = stance(cx, resource)
            {
                words.retain(|words| *words != "everyone");
                words.insert(0, stance);
            }
            let mut words = words.into_iter();
            let first = words.next().unwrap_or_default();
            let sign = signs::of_stand(fact.own);
            let mut facts = vec![Told::new(sign, first, Some(proof))];
            facts.extend(words.map(|more| Told::plain(format!("  {more}"))));
            if fact.own != Stand::Against {
                found(cx, fact, &resource.name, &mut facts);
            }
            Some(Boxed {
                title: title(resource),
                name: resource.name.clone(),
                about: about(resource.family),
                facts,
            })
        })
        .collect()
}

/// What was found about a resource that its own facts do not say. What one of them names already is
/// signed there.
fn found(cx: &Cx<'_>, fact: &Fact, name: &str, facts: &mut Vec<Told>) {
    let all = &cx.judgement.findings;
    let mut left = Vec::new();
    for finding in fact.findings.iter().filter_map(|at| all.get(*at)) {
        let is_at = |end: &str| finding.evidence.iter().any(|one| one.path.ends_with(end));
        let named = facts.iter_mut().find(|told| {
            told.sign.is_none() && is_at("bypass") && told.words.contains("trusted services")
        });
        let proof = Some(Proof::Finding(finding_id(all, finding)));
        let sign = finding_sign(finding);
        if let Some(told) = named {
            *told = Told::new(sign, told.words.trim_start(), proof);
            continue;
        }
        // The box says already whose it is.
        let title = finding.title.strip_prefix(name).map(str::trim_start);
        let words = title.map_or(finding.title.as_str(), |rest| {
            rest.strip_prefix("is ").unwrap_or(rest)
        });
        left.push(Told::new(sign, words, proof));
    }
    let more = left.len().saturating_sub(FINDINGS);
    facts.extend(left.into_iter().take(FINDINGS));
    if more > 0 {
        facts.push(Told::plain(format!("  and {more} more")));
    }
}

/// What a door does with who is on no list, where that is a thing to say of it.
fn stance(cx: &Cx<'_>, resource: &Resource) -> Option<&'static str> {
    match network::open_to(cx.inventory, resource)?.reach {
        Reach::Everyone if resource.family != Family::Workspace => Some("open to everyone"),
        Reach::Some(doors) if !doors.any_azure => Some("closed by default"),
        _ => None,
    }
}

/// Doors, and who is let in.
pub(super) fn draw(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Firewalls), room);
    let has_door = |one: &&Arc<Resource>| {
        matches!(
            one.family,
            Family::Storage | Family::Search | Family::Cognitive | Family::Vault
        )
    };
    let mut services: Vec<&Arc<Resource>> =
        benefits::patterned(cx.inventory).filter(has_door).collect();
    if services.is_empty() {
        return;
    }
    let beyond = services.len().saturating_sub(COLUMNS);
    if beyond > 0 {
        // Those that somebody calls come first.
        let called: HashSet<ArmId> = look.hops.iter().map(|hop| ArmId::new(&hop.to)).collect();
        let is_called = |one: &ArmId| called.iter().any(|to| to.is_within(one));
        services.sort_by_cached_key(|one| !is_called(&one.id));
        services.truncate(COLUMNS);
    }
    // One pass over the calls: there may be thousands.
    let mut callers: Vec<(&Hop, Vec<Option<Call<'_>>>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for hop in &look.hops {
        let to = ArmId::new(&hop.to);
        let Some(column) = services.iter().position(|one| to.is_within(&one.id)) else {
            continue;
        };
        let place = *places.entry(&hop.from).or_insert_with(|| {
            callers.push((hop, vec![None; services.len()]));
            callers.len() - 1
        });
        let Some(gate) = hop.gate(Gate::Network) else {
            continue;
        };
        let call = Call {
            gate,
            verdict: gate.judged.verdict,
        };
        let known = &mut callers[place].1[column];
        if known.is_none_or(|own| own.verdict <= call.verdict) {
            *known = Some(call);
        }
    }
    let more = callers.len().saturating_sub(ROWS);
    let mut rows: Vec<(String, Vec<Told>)> = callers
        .iter()
        .take(ROWS)
        .map(|(hop, calls)| {
            let cells = calls.iter().zip(&services).map(|(call, service)| {
                let told = |call: &Call<'_>| cell(cx, call, &service.name);
                call.as_ref().map_or_else(|| Told::none(cx), told)
            });
            (caller_name(cx, hop), cells.collect())
        })
        .collect();
    let others = services.iter().map(|service| anyone(cx, service));
    rows.push(("anyone else".to_owned(), others.collect()));
    let mut heads = vec!["CALLER".to_owned()];
    heads.extend(services.iter().map(|one| one.name.clone()));
    Table {
        title: "Who is let in",
        fact: "as far as the network goes".to_owned(),
        heads,
        rows,
        tells: true,
        beyond,
        more: (more > 0).then_some((more, '2')),
        ..Table::default()
    }
    .draw(cx, body, room);
}

/// What becomes of somebody whom no rule names.
fn anyone(cx: &Cx<'_>, service: &Resource) -> Told {
    let Some(open) = network::open_to(cx.inventory, service) else {
        return Told::none(cx);
    };
    let (sign, words) = match open.reach {
        Reach::Everyone => (Sign::Exposure, "let in"),
        Reach::Unknown(_) if tally::is_reading(cx.inventory) => (Sign::Reading, "reading"),
        Reach::Unknown(_) => (Sign::Unknown, "unknown"),
        Reach::Some(doors) if doors.any_azure => (Sign::Exposure, "any of Azure"),
        _ => (Sign::Refused, "refused"),
    };
    let proof = Proof::Evidence {
        title: service.name.clone(),
        evidence: open.evidence,
    };
    Told::new(sign, words, Some(proof))
}

/// The network gate of a call.
#[derive(Clone, Copy)]
struct Call<'h> {
    gate: &'h GateVerdict,
    verdict: Verdict,
}

fn cell(cx: &Cx<'_>, call: &Call<'_>, name: &str) -> Told {
    let words = match call.verdict {
        Verdict::Shut => "kept out",
        Verdict::Unknown => "unknown",
        Verdict::Open | Verdict::AtRisk => {
            let certain = call.gate.ways.iter().filter(|way| way.is_certain);
            certain
                .map(|way| by(&way.rule))
                .min_by_key(|(rank, _)| *rank)
                .map_or("let in", |(_, words)| words)
        }
    };
    let proof = Proof::Evidence {
        title: name.to_owned(),
        evidence: call.gate.judged.evidence.clone(),
    };
    let sign = tally::sign(call.verdict, tally::is_reading(cx.inventory));
    let words = if sign == Sign::Reading {
        "reading"
    } else {
        words
    };
    Told::new(sign, words, Some(proof))
}

/// By which kind of rule somebody passes, the narrowest first.
fn by(rule: &Rule) -> (u8, &'static str) {
    match rule {
        Rule::Instance(_) => (0, "this instance only"),
        Rule::PrivateEndpoint(_) | Rule::SharedPrivateLink(_) => (1, "private link"),
        Rule::PerimeterRule(_) | Rule::PerimeterMember(_) => (2, "perimeter"),
        Rule::ManagedNetwork(_) | Rule::Subnet(_) => (3, "by network"),
        Rule::Address(_) => (4, "by address"),
        Rule::Bypass => (5, "trusted"),
        Rule::Host(_) => (6, "by host"),
        Rule::Default => (7, "like anyone"),
    }
}
