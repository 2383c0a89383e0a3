//! Rules about Azure Policy: what will be changed at night, what the next write runs into, which
//! exemption ends, which advice breaks what works, and what cannot be told.

use serde_json::json;
use time::Duration;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::hop::{Finding, FindingKind, Hop, Severity};
use crate::analysis::policy::force::{Content, Effect};
use crate::analysis::policy::reach::Spared;
use crate::analysis::policy::whatif::{Set, judged, touches, turned};
use crate::analysis::policy::{Doubt, Meeting, remedy, words};
use crate::analysis::remedy::read;
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::store::State;

use super::draft::Draft;
use super::{Rule, Scene, broken};

/// How long before its end an exemption is spoken of.
const SOON: Duration = Duration::days(30);

/// How many resources are named one by one.
const NAMED: usize = 3;

pub(super) const RULES: [Rule; 5] = [
    Rule {
        doc: "A policy that modifies, deploys or appends matches a resource, nothing exempts it, and with the value that it sets a gate would get worse. It works today; the next write or remediation ends that. Exempt the resource, or leave it out of the assignment, before that.",
        severity: Severity::Warning,
        kind: FindingKind::Broken,
        find: broken::find,
        ..about(
            "policy/will-change",
            "A policy will change what a hop needs",
        )
    },
    Rule {
        doc: "A policy that denies matches a resource as it is. Nothing changes by that, but the next write of the resource is refused, whoever makes it, and with it every change that would mend something. Said where hops depend on what the policy objects to, or where the resource lies in a hub's managed group.",
        severity: Severity::Warning,
        kind: FindingKind::Note,
        find: refusals,
        ..about(
            "policy/refuses-next-write",
            "A policy refuses the next write",
        )
    },
    Rule {
        doc: "An exemption is all that keeps a policy from changing what a hop needs, and it ends within 30 days. An exemption that is past its end stays listed and has no effect.",
        severity: Severity::Warning,
        kind: FindingKind::Note,
        find: endings,
        ..about(
            "policy/exemption-ends",
            "An exemption that a hop needs ends soon",
        )
    },
    Rule {
        doc: "Policies could not be read, or the rule of one cannot be evaluated: whether they will change what a hop needs cannot be told. Verdicts rest on the properties as they are.",
        severity: Severity::Info,
        kind: FindingKind::Note,
        find: unknowns,
        ..about(
            "policy/cannot-tell",
            "Whether a policy will change something cannot be told",
        )
    },
    Rule {
        doc: "A policy audits a property, and a hop depends on it as it is: following the advice shuts the hop. Change the hop first (a token in place of the key, a way in that stays), or exempt the resource. In a hub's managed group the rules managed/keep-* say it.",
        severity: Severity::Info,
        kind: FindingKind::Keep,
        find: advice,
        ..about(
            "policy/advice-breaks-hop",
            "Following a policy's advice would shut a hop",
        )
    },
];

const fn about(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "policy",
        title,
        doc: "",
        source: "domain-rules E.3; reference arm/policy.md; field notes",
        severity: Severity::Info,
        kind: FindingKind::Note,
        benefit: None,
        find: |_, _| Vec::new(),
    }
}

/// Meetings with the hops that get worse when the changes of each are made. The environment is judged
/// again once a policy, not once a resource.
fn dependent<'p, 'a>(
    scene: &'p Scene<'a>,
    meetings: impl Iterator<Item = &'p Meeting<'a>>,
) -> Vec<(&'p Meeting<'a>, Vec<&'a Hop>)> {
    let mut groups: Vec<Vec<&Meeting<'_>>> = Vec::new();
    for meeting in meetings.filter(|one| !one.changes.is_empty()) {
        let path = |one: &Meeting<'_>| one.changes[0].path.clone();
        match groups
            .iter_mut()
            .find(|group| group[0].force == meeting.force && path(group[0]) == path(meeting))
        {
            Some(group) => group.push(meeting),
            None => groups.push(vec![meeting]),
        }
    }
    groups
        .into_iter()
        .flat_map(|group| {
            let hops = worse(scene, &group);
            group.into_iter().map(move |meeting| {
                let own = hops
                    .iter()
                    .copied()
                    .filter(|hop| touches(hop, meeting.resource))
                    .collect();
                (meeting, own)
            })
        })
        .collect()
}

/// The hops that get worse when the changes of all these are made.
fn worse<'a>(scene: &Scene<'a>, meetings: &[&Meeting<'_>]) -> Vec<&'a Hop> {
    let sets = meetings.iter().flat_map(|meeting| {
        meeting.changes.iter().map(|change| Set {
            resource: meeting.resource,
            path: &change.path,
            value: &change.value,
        })
    });
    let after = judged(scene.ground(), sets);
    let mut places: Vec<usize> = turned(scene.hops, &after, |before, then| {
        before < Verdict::Unknown && then > before
    })
    .into_iter()
    .map(|(at, _)| at)
    .collect();
    places.dedup();
    places.into_iter().map(|at| &scene.hops[at]).collect()
}

/// Begins a finding about a meeting: who assigned what, and whether it is spared.
fn begun(scene: &Scene<'_>, rule: &Rule, meeting: &Meeting<'_>, says: &str) -> Draft {
    let ground = scene.ground();
    let force = scene.policies.force(meeting);
    let mut draft = rule
        .on(meeting.resource.id.as_str())
        .saying(format!(
            "{} {says}.",
            capital(&words::who(ground, force, meeting.effect.word()))
        ))
        .proved_by(meeting.evidence())
        .proved_by(force.evidence(&meeting.changes));
    draft = match &meeting.spared {
        Spared::By(one) => draft.saying(format!("{} spares it.", capital(&words::exemption(one)))),
        Spared::Not(Some(expired)) => draft.saying(format!(
            "{}: that is over, so nothing spares it.",
            capital(&words::exemption(expired))
        )),
        Spared::Not(None) => draft,
        Spared::Unclear(why) => {
            draft.saying(format!("Whether it is exempted cannot be told: {why}."))
        }
    };
    match words::state(ground, scene.policies, meeting) {
        Some(state) => draft.saying(format!("{state}.")),
        None => draft,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn refusals(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    let refusing = scene
        .policies
        .asks
        .iter()
        .filter(|one| one.effect == Effect::Deny && matches!(one.spared, Spared::Not(_)));
    for (meeting, hops) in dependent(scene, refusing) {
        let is_managed = scene.is_managed(&meeting.resource.id);
        if hops.is_empty() && !is_managed {
            continue;
        }
        let force = scene.policies.force(meeting);
        let says = format!(
            "refuses every write of {} until it has {}",
            meeting.resource.name,
            words::set(&meeting.changes)
        );
        let mut draft = begun(scene, rule, meeting, &says).saying(
            "What works goes on working: a policy that denies changes nothing. But whoever writes the resource next is refused.",
        );
        if is_managed {
            draft = draft.saying(
                "It lies in the group that Microsoft made for a hub, so that may be the platform itself, when it scales or changes keys.",
            );
        }
        found.push(
            draft
                .mended_by(remedy::spare(scene.ground(), force, meeting.resource))
                .touching(hops)
                .done(),
        );
    }
    found
}

fn endings(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    let ending = |meeting: &Meeting<'_>| match meeting.spared {
        Spared::By(exemption) => exemption
            .expires_on
            .value()
            .copied()
            .filter(|end| *end - scene.now <= SOON),
        _ => None,
    };
    let spared = scene.policies.bites.iter();
    for (meeting, hops) in dependent(scene, spared.filter(|one| ending(one).is_some())) {
        let (Some(end), Spared::By(exemption)) = (ending(meeting), &meeting.spared) else {
            continue;
        };
        if hops.is_empty() {
            continue;
        }
        let says = format!(
            "would set {} on {}",
            words::set(&meeting.changes),
            meeting.resource.name
        );
        let days = (end - scene.now).whole_days();
        let force = scene.policies.force(meeting);
        found.push(
            begun(scene, rule, meeting, &says)
                .saying(format!(
                    "That ends in {days} {}; from then on the policy acts.",
                    if days == 1 { "day" } else { "days" }
                ))
                .proved_by([Evidence::in_body(
                    exemption.id.clone(),
                    &exemption.raw,
                    &exemption.source,
                    "properties.expiresOn",
                )])
                .mended_by(remedy::spare(scene.ground(), force, meeting.resource))
                .touching(hops)
                .done(),
        );
    }
    found
}

fn advice(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    let advising = scene.policies.asks.iter().filter(|one| {
        one.effect == Effect::Audit
            && !matches!(one.spared, Spared::By(_))
            && !scene.is_managed(&one.resource.id)
    });
    for (meeting, hops) in dependent(scene, advising) {
        if hops.is_empty() {
            continue;
        }
        let force = scene.policies.force(meeting);
        let says = format!(
            "asks to set {} on {}",
            words::set(&meeting.changes),
            meeting.resource.name
        );
        found.push(
            begun(scene, rule, meeting, &says)
                .saying(format!(
                    "It only audits. Following it shuts {}: change {} first, or exempt the resource.",
                    count(hops.len(), "hop", "hops"),
                    if hops.len() == 1 { "it" } else { "them" }
                ))
                .mended_by(remedy::spare(scene.ground(), force, meeting.resource))
                .touching(hops)
                .done(),
        );
    }
    found
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn unknowns(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = unread_lists(scene, rule);
    let mut by_force: Vec<(usize, Vec<&Doubt<'_>>)> = Vec::new();
    for doubt in &scene.policies.doubts {
        let force = &scene.policies.forces[doubt.force];
        // Without an identity an assignment changes nothing by itself.
        if matches!(force.content, Content::Missing(..)) && !force.could_change() {
            continue;
        }
        match by_force.last_mut() {
            Some((at, own)) if *at == doubt.force => own.push(doubt),
            _ => by_force.push((doubt.force, vec![doubt])),
        }
    }
    for (at, doubts) in by_force {
        found.push(doubted(scene, rule, at, &doubts));
    }
    found
}

fn doubted(scene: &Scene<'_>, rule: &Rule, at: usize, doubts: &[&Doubt<'_>]) -> Finding {
    let force = &scene.policies.forces[at];
    let assignment = force.assignment;
    let names: Vec<&str> = doubts
        .iter()
        .take(NAMED)
        .map(|one| one.resource.name.as_str())
        .collect();
    let more = doubts.len().saturating_sub(NAMED);
    let names = if more > 0 {
        format!("{} and {more} more", names.join(", "))
    } else {
        names.join(", ")
    };
    let effect = doubts
        .first()
        .map_or("", |one| match force.effect(one.resource) {
            Effect::Unclear(_) => "effect not known",
            other => other.word(),
        });
    let mut draft = rule
        .on(assignment.id.as_str())
        .titled(format!(
            "What policy {} does cannot be told",
            assignment.title()
        ))
        .saying(format!(
            "{} reaches {names}, and whether it changes something there cannot be told.",
            capital(&words::who(scene.ground(), force, effect))
        ))
        .proved_by(force.evidence(&[]));
    if let Some(first) = doubts.first() {
        draft = if let Content::Missing(id, why) = &force.content {
            draft
                .saying(format!("Its definition {} {why}.", id.name()))
                .mended_by(read::give(
                    scene.inventory.snapshot().callers().first(),
                    "Reader",
                    &id.parent().unwrap_or_else(|| id.clone()),
                ))
        } else {
            draft.saying(format!("What stands in the way: {}.", first.why))
        };
    }
    let hops = scene
        .hops
        .iter()
        .filter(|hop| doubts.iter().any(|one| touches(hop, one.resource)));
    draft.touching(hops).done()
}

/// The lists that were refused or failed, where no list of a smaller scope stands in.
fn unread_lists(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (key, slice) in scene.inventory.beside() {
        let scope: &ArmId = match key {
            Key::PolicyAssignments(scope) | Key::PolicyExemptions(scope) => scope,
            _ => continue,
        };
        if !matches!(slice.state(), State::Denied | State::Failed)
            || scene.inventory.snapshot().is_gone(key)
        {
            continue;
        }
        let Some(why) = facets::why_missing(slice) else {
            continue;
        };
        let what = key.words();
        found.push(
            rule.on(scope.as_str())
                .titled(format!("The {what} of {} are not known", scope.name()))
                .saying(format!("The {what} of {} {why}.", scope.name()))
                .saying("Verdicts rest on the properties as they are; what a policy will make of them is not in them.")
                .proved_by([Evidence::listed(
                    scope.clone(),
                    key.what(),
                    json!({ "read": slice.value.as_deref().map_or(0, crate::store::Payload::len), "why": why }),
                    slice.observed_at.unwrap_or(scene.now),
                )])
                .mended_by(read::give(
                    scene.inventory.snapshot().callers().first(),
                    "Reader",
                    scope,
                ))
                .done(),
        );
    }
    found
}

/// Every policy that will set a property of a resource, refuses it, or speaks against it.
pub(super) fn on_property<'s, 'a>(
    scene: &'s Scene<'a>,
    id: &ArmId,
    path: &str,
) -> Vec<&'s Meeting<'a>> {
    let policies = scene.policies;
    policies
        .bites
        .iter()
        .chain(&policies.asks)
        .filter(|one| {
            one.resource.id == *id
                && one
                    .changes
                    .iter()
                    .any(|change| change.path.eq_ignore_ascii_case(path))
        })
        .collect()
}
