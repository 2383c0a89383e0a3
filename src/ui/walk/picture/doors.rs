//! The doors: each service with who may come in, and the callers of this environment against them.

use crate::analysis::benefits;
use crate::analysis::hop::{Benefit, Hop};
use crate::analysis::network::{self, Reach};
use crate::analysis::tour::Look;
use crate::analysis::verdict::{Gate, Verdict};
use crate::analysis::way::Rule;
use crate::map::Place;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::map::caller_name;
use crate::ui::signs::Sign;
use crate::ui::walk::body::Body;
use crate::ui::walk::{Proof, sign};

use super::shapes::{Boxed, Table, Told, boxes};

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

/// A box a resource that has facts of a benefit.
pub(super) fn of_benefit(cx: &Cx<'_>, benefit: Benefit) -> Vec<Boxed> {
    benefits::facts(cx.inventory, cx.judgement, benefit)
        .into_iter()
        .filter(|fact| fact.hop.is_none())
        .filter_map(|fact| {
            let resource = cx.inventory.resource(&ArmId::new(&fact.about))?;
            let proof = Proof::Evidence {
                title: resource.name.clone(),
                evidence: fact.evidence,
            };
            let mut words = fact.words.split([',', '+']).map(str::trim);
            let first = words.next().unwrap_or_default().to_owned();
            let mut facts = vec![Told::new(sign(fact.stand), first, Some(proof))];
            facts.extend(words.map(|more| Told::plain(format!("  {more}"))));
            Some(Boxed {
                title: title(resource),
                name: resource.name.clone(),
                about: about(resource.family),
                facts,
            })
        })
        .collect()
}

/// Doors, and who is let in.
pub(super) fn draw(cx: &Cx<'_>, body: &mut Body, look: &Look<'_>, room: u16) {
    boxes(cx, body, &of_benefit(cx, Benefit::Firewalls), room);
    let services: Vec<_> = benefits::patterned(cx.inventory)
        .filter(|one| {
            matches!(
                one.family,
                Family::Storage | Family::Search | Family::Cognitive | Family::Vault
            )
        })
        .collect();
    if services.is_empty() {
        return;
    }
    let mut callers: Vec<(&str, String)> = Vec::new();
    for hop in &look.hops {
        if !callers.iter().any(|(id, _)| *id == hop.from) {
            callers.push((&hop.from, caller_name(cx, hop)));
        }
    }
    let mut rows: Vec<(String, Vec<Told>)> = callers
        .iter()
        .map(|(caller, name)| {
            let cells = services.iter().map(|service| {
                let own = look
                    .hops
                    .iter()
                    .filter(|hop| hop.from == *caller)
                    .filter(|hop| ArmId::new(&hop.to).is_within(&service.id));
                let worst = own
                    .filter_map(|hop| Some((hop, hop.gate(Gate::Network)?.judged.verdict)))
                    .max_by_key(|(_, verdict)| *verdict);
                worst.map_or_else(
                    || Told::none(cx),
                    |(hop, verdict)| cell(cx, hop, verdict, &service.name),
                )
            });
            (name.clone(), cells.collect())
        })
        .collect();
    let others = services.iter().map(|service| {
        let Some(open) = network::open_to(cx.inventory, service) else {
            return Told::none(cx);
        };
        let proof = Proof::Evidence {
            title: service.name.clone(),
            evidence: open.evidence.clone(),
        };
        let (sign, words) = match open.reach {
            Reach::Everyone => (Sign::Exposure, "let in"),
            Reach::Unknown(_) if tally::is_reading(cx.inventory) => (Sign::Reading, "reading"),
            Reach::Unknown(_) => (Sign::Unknown, "unknown"),
            Reach::Some(doors) if doors.any_azure => (Sign::Exposure, "any of Azure"),
            _ => (Sign::Refused, "refused"),
        };
        Told::new(sign, words, Some(proof))
    });
    rows.push(("anyone else".to_owned(), others.collect()));
    let mut heads = vec!["CALLER".to_owned()];
    heads.extend(services.iter().map(|one| one.name.clone()));
    Table {
        title: "Who is let in",
        fact: "as far as the network goes".to_owned(),
        heads,
        rows,
    }
    .draw(cx, body, room);
}

fn cell(cx: &Cx<'_>, hop: &Hop, verdict: Verdict, name: &str) -> Told {
    let gate = hop.gate(Gate::Network);
    let words = match verdict {
        Verdict::Shut => "kept out",
        Verdict::Unknown => "unknown",
        Verdict::Open | Verdict::AtRisk => gate.map_or("let in", |gate| {
            let certain = gate.ways.iter().filter(|way| way.is_certain);
            certain
                .map(|way| by(&way.rule))
                .min_by_key(|(rank, _)| *rank)
                .map_or("let in", |(_, words)| words)
        }),
    };
    let proof = gate.map(|gate| Proof::Evidence {
        title: name.to_owned(),
        evidence: gate.judged.evidence.clone(),
    });
    Told::new(
        tally::sign(verdict, tally::is_reading(cx.inventory)),
        words,
        proof,
    )
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
        Rule::Default => (7, "as anyone is"),
    }
}
