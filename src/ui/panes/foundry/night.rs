//! Why a hub's call into its managed group does not work, or soon will not: the hop, what happened
//! and when, what proves it, and what mends it, in order.
//!
//! The hop was judged elsewhere; here it is told.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{GateVerdict, Hop, HopKind, Remedy, Tool};
use crate::analysis::policy::group::{Exempt, How, Reaching};
use crate::analysis::refusals;
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::panes::{changes, evidence, mend, trouble, who};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::CONTEXT;
use super::detail::sentence;
use super::judged;
use super::rows::sign_of;

/// The hop of a hub to a resource of its managed group.
pub(super) fn hop<'a>(cx: &Cx<'a>, hub: &ArmId, resource: &ArmId) -> Option<&'a Hop> {
    cx.judgement.hops.iter().find(|hop| {
        matches!(
            hop.kind,
            HopKind::FoundryToManagedCosmos
                | HopKind::FoundryToManagedSearch
                | HopKind::FoundryToManagedStorage
        ) && ArmId::new(&hop.from) == *hub
            && ArmId::new(&hop.to) == *resource
    })
}

/// The gates that are not open and rest on a property; all that are not open without one.
pub(super) fn troubled<'h>(hop: &'h Hop, property: Option<&str>) -> Vec<&'h GateVerdict> {
    let rests_on = |gate: &GateVerdict| {
        property.is_none_or(|own| {
            gate.judged.evidence.iter().any(|one| {
                one.resource == ArmId::new(&hop.to) && one.path == format!("properties.{own}")
            })
        })
    };
    hop.gates
        .iter()
        .filter(|gate| gate.judged.verdict != Verdict::Open && rests_on(gate))
        .collect()
}

/// The policies that set, or will set, a property of the hop's target.
fn setting<'a>(cx: &Cx<'a>, target: &ArmId) -> Vec<&'a Reaching> {
    cx.judgement
        .reaching
        .iter()
        .filter(|one| {
            one.does.iter().any(|own| {
                own.resource == *target
                    && match own.how {
                        How::HasSet => true,
                        How::WillSet => !matches!(one.exempt, Exempt::By(..)),
                        _ => false,
                    }
            })
        })
        .collect()
}

/// The sections: the hop, its gates, the time line.
pub(super) fn story(cx: &Cx<'_>, hop: &Hop, gates: &[&GateVerdict]) -> Vec<Section> {
    let target = ArmId::new(&hop.to);
    let from = ArmId::new(&hop.from);
    let verdict = gates.iter().map(|gate| gate.judged.verdict).max();
    let sign = verdict.map_or(Sign::Open, sign_of);
    let mut sections = vec![
        Section::default().words(
            Rich::strong(from.name().to_owned())
                .then(sign.role(), " ━━▶ ")
                .then(Role::Strong, target.name().to_owned())
                .then(Role::Muted, "  by key"),
        ),
    ];
    for gate in gates {
        let sign = sign_of(gate.judged.verdict);
        sections.push(
            Section::default()
                .words(
                    Rich::chip(cx.signs, sign).then(Role::Muted, format!("  {} gate", gate.gate)),
                )
                .blank()
                .words(Rich::plain(sentence(&gate.judged.reason))),
        );
    }
    sections.extend(timeline(cx, &target, gates));
    sections
}

/// One entry of the time line.
struct Moment {
    at: OffsetDateTime,
    sign: Sign,
    what: String,
    more: String,
}

fn timeline(cx: &Cx<'_>, target: &ArmId, gates: &[&GateVerdict]) -> Option<Section> {
    let policies = setting(cx, target);
    let mut moments = assigned(cx, &policies);
    let (writes, mut is_policy) = written(target, &policies, gates);
    if writes.is_empty() {
        let own = by_itself(cx, target, &policies);
        is_policy |= own.is_some();
        moments.extend(own);
    }
    moments.extend(writes);
    moments.extend(refused(cx, target));
    moments.sort_by_key(|one| one.at);
    let to_come: Vec<(String, &str)> = policies
        .iter()
        .flat_map(|one| one.does.iter().map(|own| (own, one.effect)))
        .filter(|(own, _)| own.resource == *target && own.how == How::WillSet)
        .map(|(own, effect)| (format!("{} becomes {}", own.property, own.value), effect))
        .collect();
    if moments.is_empty() && to_come.is_empty() {
        return None;
    }
    let label = match (to_come.is_empty(), is_policy) {
        (false, _) => "WHAT WILL HAPPEN",
        (true, true) => "THE NIGHT",
        (true, false) => "WHAT HAPPENED",
    };
    let section = moments
        .iter()
        .fold(Section::new(label), |section, one| told(cx, section, one));
    Some(
        to_come
            .into_iter()
            .fold(section, |section, (what, effect)| {
                section
                    .step(
                        Rich::muted("next  "),
                        Rich::sign(cx.signs, Sign::AtRisk).then(Role::Text, format!(" {what}")),
                        Rich::new(),
                    )
                    .step(
                        Rich::new(),
                        Rich::muted(format!("  at the next write or remediation, {effect}")),
                        Rich::new(),
                    )
            }),
    )
}

fn told(cx: &Cx<'_>, section: Section, one: &Moment) -> Section {
    let words = Rich::sign(cx.signs, one.sign).then(Role::Text, format!(" {}", one.what));
    let when = Rich::muted(format!("{}  ", changes::when(cx, one.at)));
    let section = section.step(when, words, Rich::new());
    if one.more.is_empty() {
        return section;
    }
    let more = Rich::muted(format!("  {}", one.more));
    section.step(Rich::new(), more, Rich::new())
}

/// When the policies were assigned, and when an exemption from one ended.
fn assigned(cx: &Cx<'_>, policies: &[&Reaching]) -> Vec<Moment> {
    let mut moments = Vec::new();
    for one in policies {
        if let Some(at) = one.on {
            moments.push(Moment {
                at,
                sign: Sign::Exposure,
                what: format!("policy assigned at {}", trouble::place(cx, &one.set_at)),
                more: match &one.by {
                    Some(by) => format!("{}, by {by}", one.title),
                    None => one.title.clone(),
                },
            });
        }
        if let Exempt::Over(name, Some(at)) = &one.exempt {
            moments.push(Moment {
                at: *at,
                sign: Sign::AtRisk,
                what: format!("exemption {name} ended"),
                more: String::new(),
            });
        }
    }
    moments
}

/// The writes of the activity log that the gates are put down to, and whether one is a policy's.
fn written(target: &ArmId, policies: &[&Reaching], gates: &[&GateVerdict]) -> (Vec<Moment>, bool) {
    let set = policies
        .iter()
        .flat_map(|one| &one.does)
        .find(|own| own.resource == *target && own.how == How::HasSet);
    let mut seen = BTreeSet::new();
    let mut is_policy = false;
    let mut moments = Vec::new();
    for who in gates.iter().filter_map(|gate| gate.changed_by.as_ref()) {
        let Some(found) = who
            .found()
            .filter(|found| seen.insert(found.change.id.clone()))
        else {
            continue;
        };
        let change = &found.change;
        is_policy |= change.is_by_policy();
        moments.push(Moment {
            at: change.at,
            sign: Sign::Shut,
            what: match set {
                Some(own) => format!("{} became {}", own.property, own.value),
                None => format!("{} was written", change.subject()),
            },
            more: match change.policy().and_then(|mark| mark.effect.as_ref()) {
                Some(effect) if change.is_by_policy() => {
                    format!("remediation of {}, {effect}", change.by())
                }
                _ => format!("by {}", change.by()),
            },
        });
    }
    (moments, is_policy)
}

/// The first refusal that the resource's log tells of.
fn refused(cx: &Cx<'_>, target: &ArmId) -> Option<Moment> {
    let own: Vec<_> = refusals::of(cx.inventory)
        .into_iter()
        .filter(|one| one.resource == *target)
        .collect();
    let first = own.iter().min_by_key(|one| one.first)?;
    let all: i64 = own.iter().map(|one| one.hits).sum();
    let status = first
        .status
        .map_or_else(|| "refusal".to_owned(), |status| status.to_string());
    Some(Moment {
        at: first.first,
        sign: Sign::Shut,
        what: format!("first {status} in the log of {}", target.name()),
        more: format!("{all} since then"),
    })
}

/// The write of a policy's identity that the resource itself tells of: events come late.
fn by_itself(cx: &Cx<'_>, target: &ArmId, policies: &[&Reaching]) -> Option<Moment> {
    let system = &cx.inventory.resource(target)?.system_data;
    let author = judged::author(cx, target, system.last_modified_by.text()?)?;
    let own = policies
        .iter()
        .filter(|one| **one == author)
        .find_map(|one| {
            one.does
                .iter()
                .find(|own| own.resource == *target && own.how == How::HasSet)
        })?;
    Some(Moment {
        at: *system.last_modified_at.value()?,
        sign: Sign::Shut,
        what: format!("{} became {}", own.property, own.value),
        more: format!("the last write, by the identity of {}", author.title),
    })
}

/// What proves the gates.
pub(super) fn proof(cx: &Cx<'_>, hop: &Hop, gates: &[&GateVerdict]) -> Option<Section> {
    let target = ArmId::new(&hop.to);
    let mut all: Vec<Evidence> = Vec::new();
    for one in gates.iter().flat_map(|gate| &gate.judged.evidence) {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    evidence::section(cx, &target, &all, Role::Text)
}

/// What mends it: first what keeps the policy off, then what puts the property back.
pub(super) fn remedies(
    cx: &Cx<'_>,
    hop: &Hop,
    gates: &[&GateVerdict],
) -> (Vec<Remedy>, Vec<Remedy>) {
    let target = ArmId::new(&hop.to);
    let policies = setting(cx, &target);
    let keeps_off = |remedy: &Remedy| {
        policies
            .iter()
            .any(|one| one.remedies.iter().any(|own| own.text == remedy.text))
    };
    let (mut first, mut then): (Vec<Remedy>, Vec<Remedy>) = (Vec::new(), Vec::new());
    for remedy in gates.iter().flat_map(|gate| &gate.remedies) {
        let list = if keeps_off(remedy) {
            &mut first
        } else {
            &mut then
        };
        if !list.contains(remedy) {
            list.push(remedy.clone());
        }
    }
    // The least that keeps it off is enough: a tool's other ways stand with the policy itself.
    if policies.len() == 1 {
        let mut tools: Vec<Tool> = Vec::new();
        first.retain(|one| {
            let is_first = !tools.contains(&one.tool);
            tools.push(one.tool);
            is_first
        });
    }
    (first, then)
}

/// The steps as sections.
pub(super) fn mending(
    cx: &Cx<'_>,
    (first, then): &(Vec<Remedy>, Vec<Remedy>),
    is_shut: bool,
    tool: mend::Chosen,
) -> Vec<Section> {
    let mut sections = Vec::new();
    match (first.is_empty(), then.is_empty()) {
        (true, _) => sections.extend(mend::sections(cx, CONTEXT, "MEND", then, tool)),
        (false, true) => {
            sections.extend(mend::sections(cx, CONTEXT, "MEND", first, tool));
        }
        (false, false) => {
            sections.extend(mend::sections(
                cx,
                CONTEXT,
                "MEND 1: EXEMPT, OR IT FLIPS AGAIN",
                first,
                tool,
            ));
            sections.extend(mend::sections(
                cx,
                CONTEXT,
                "MEND 2: GIVE THE HUB BACK WHAT IT NEEDS",
                then,
                tool,
            ));
        }
    }
    if is_shut && !sections.is_empty() {
        sections.push(
            Section::default().words(Rich::muted("About 10 min until the hub answers again [S].")),
        );
    }
    sections
}

/// Who is named for the gates.
pub(super) fn by_whom(cx: &Cx<'_>, gates: &[&GateVerdict]) -> Option<Section> {
    let who = gates.iter().find_map(|gate| gate.changed_by.as_ref())?;
    let section = Section::new("WHO DID IT");
    Some(
        who::lines(cx, who)
            .into_iter()
            .fold(section, Section::words),
    )
}
