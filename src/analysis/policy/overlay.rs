//! Policies laid over the hops: gates that a policy will turn are at risk, gates that one has shut say
//! whose doing that is.

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Hop};
use crate::analysis::remedy::{noted, read};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::lookup::Map;
use crate::model::resource::Resource;

use super::reach::Spared;
use super::whatif::{Set, judged, touches, turned};
use super::{Meeting, Policies, property, remedy, unknown, words};

/// Lays the policies over the hops.
pub fn overlay(ground: &Ground<'_>, policies: &Policies<'_>, hops: &mut [Hop]) {
    will_turn(ground, policies, hops);
    have_shut(ground, policies, hops);
    unknown::not_known(ground, policies, hops);
}

/// Whether a gate's verdict is a policy's doing.
pub fn is_by_policy(gate: &GateVerdict) -> bool {
    gate.judged.evidence.iter().any(|one| {
        one.resource
            .folded()
            .contains("/microsoft.authorization/policyassignments/")
    })
}

/// The meetings of a kind, one definition in force after the other.
fn by_force<'p, 'a>(meetings: &'p [Meeting<'a>]) -> Vec<Vec<&'p Meeting<'a>>> {
    let mut all: Vec<Vec<&Meeting<'_>>> = Vec::new();
    for meeting in meetings {
        match all.last_mut() {
            Some(group) if group[0].force == meeting.force => group.push(meeting),
            _ => all.push(vec![meeting]),
        }
    }
    all
}

/// Those of a definition's meetings that a hop is about.
fn concerning<'p, 'a>(hop: &Hop, meetings: &[&'p Meeting<'a>]) -> Vec<&'p Meeting<'a>> {
    let own: Vec<&Meeting<'_>> = meetings
        .iter()
        .copied()
        .filter(|one| touches(hop, one.resource))
        .collect();
    // A project is closed by its hub's wall: then the change lies at no end of the hop.
    if own.is_empty() {
        meetings.to_vec()
    } else {
        own
    }
}

fn will_turn(ground: &Ground<'_>, policies: &Policies<'_>, hops: &mut [Hop]) {
    let biting: Vec<Meeting<'_>> = policies
        .bites
        .iter()
        .filter(|one| !matches!(one.spared, Spared::By(_)))
        .cloned()
        .collect();
    if biting.is_empty() {
        return;
    }
    // Against what is now, not against what an earlier policy made of it.
    let first: Vec<Vec<Verdict>> = verdicts(hops);
    for group in by_force(&biting) {
        let sets = group.iter().flat_map(|one| {
            one.changes.iter().map(|change| Set {
                resource: one.resource,
                path: &change.path,
                value: &change.value,
            })
        });
        let after = judged(ground, sets);
        for (at, number) in turned(hops, &after, |_, _| true) {
            let before = first[at][number];
            let then = after_of(&after, &hops[at], number);
            if before >= Verdict::Unknown || then.is_none_or(|then| then <= before) {
                continue;
            }
            for bite in concerning(&hops[at], &group) {
                turn(ground, policies, bite, &mut hops[at].gates[number]);
            }
        }
    }
}

fn verdicts(hops: &[Hop]) -> Vec<Vec<Verdict>> {
    hops.iter()
        .map(|hop| hop.gates.iter().map(|gate| gate.judged.verdict).collect())
        .collect()
}

fn after_of(after: &Map<(String, Gate), Verdict>, hop: &Hop, number: usize) -> Option<Verdict> {
    let key = (hop.id().to_ascii_lowercase(), hop.gates[number].gate);
    after.get(&key).copied()
}

fn turn(ground: &Ground<'_>, policies: &Policies<'_>, bite: &Meeting<'_>, gate: &mut GateVerdict) {
    let force = policies.force(bite);
    let who = words::who(ground, force, bite.effect.word());
    let how = format!(
        "{who} will set {} on {}",
        words::set(&bite.changes),
        bite.resource.name
    );
    let (verdict, spared) = match &bite.spared {
        Spared::Unclear(why) => (
            Verdict::Unknown,
            format!("and whether it is exempted cannot be told: {why}"),
        ),
        Spared::Not(Some(expired)) => (
            Verdict::AtRisk,
            format!(
                "and exemption {} has expired on {}",
                expired.name,
                expired
                    .expires_on
                    .value()
                    .map_or_else(String::new, |at| words::stamp(*at))
            ),
        ),
        Spared::Not(None) | Spared::By(_) => (Verdict::AtRisk, "and nothing exempts it".to_owned()),
    };
    let judged = &mut gate.judged;
    judged.reason = format!("{}; {how}, {spared}", judged.reason);
    if let Some(state) = words::state(ground, policies, bite) {
        judged.reason = format!("{}; {state}", judged.reason);
    }
    judged.verdict = judged.verdict.max(verdict);
    let mut evidence = bite.evidence();
    evidence.extend(force.evidence(&bite.changes));
    if let Spared::Not(Some(expired)) = &bite.spared {
        evidence.push(Evidence::in_body(
            expired.id.clone(),
            &expired.raw,
            &expired.source,
            "properties.expiresOn",
        ));
    }
    add(gate, evidence);
    let mut remedies = match &bite.spared {
        Spared::Unclear(_) => give(ground, bite.resource),
        _ => Vec::new(),
    };
    remedies.extend(remedy::spare(ground, force, bite.resource));
    put_first(gate, remedies);
}

fn add(gate: &mut GateVerdict, evidence: Vec<Evidence>) {
    for one in evidence {
        if !gate.judged.evidence.contains(&one) {
            gate.judged.evidence.push(one);
        }
    }
}

pub(super) fn put_first(gate: &mut GateVerdict, remedies: Vec<crate::analysis::hop::Remedy>) {
    let mut all = remedies;
    for one in std::mem::take(&mut gate.remedies) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    gate.remedies = all;
}

fn have_shut(ground: &Ground<'_>, policies: &Policies<'_>, hops: &mut [Hop]) {
    if policies.authors.is_empty() {
        return;
    }
    let is_any_shut = hops.iter().any(|hop| {
        hop.gates
            .iter()
            .any(|gate| gate.judged.verdict == Verdict::Shut)
    });
    if !is_any_shut {
        return;
    }
    for group in by_force(&policies.authors) {
        let values: Vec<(&Resource, &str, serde_json::Value)> = group
            .iter()
            .flat_map(|one| {
                one.changes.iter().filter_map(|change| {
                    let value = property::before(one.resource, &change.path)?;
                    Some((one.resource, change.path.as_str(), value))
                })
            })
            .collect();
        let sets = values.iter().map(|(resource, path, value)| Set {
            resource,
            path,
            value,
        });
        let after = judged(ground, sets);
        for (at, number) in turned(hops, &after, |before, then| {
            before == Verdict::Shut && then < Verdict::Shut
        }) {
            for author in concerning(&hops[at], &group) {
                name_author(ground, policies, author, &mut hops[at].gates[number]);
            }
        }
    }
}

/// A shut gate says which policy sets its property. Its mending comes after the exemption.
fn name_author(
    ground: &Ground<'_>,
    policies: &Policies<'_>,
    author: &Meeting<'_>,
    gate: &mut GateVerdict,
) {
    let force = policies.force(author);
    let wrote = author.resource.system_data.last_modified_by.text();
    let by_itself = wrote.is_some_and(|who| {
        force
            .assignment
            .principal_id
            .value()
            .is_some_and(|own| own.as_str().eq_ignore_ascii_case(who))
    });
    let spared = match &author.spared {
        Spared::Not(Some(expired)) => format!(
            "; exemption {} has expired on {}",
            expired.name,
            expired
                .expires_on
                .value()
                .map_or_else(String::new, |at| words::stamp(*at))
        ),
        Spared::Unclear(why) => format!("; whether it is exempted cannot be told: {why}"),
        _ => String::new(),
    };
    gate.judged.reason = format!(
        "{}; {} sets {} on {}{}{spared}: put back without an exemption, it is set again",
        gate.judged.reason,
        words::who(ground, force, author.effect.word()),
        words::set(&author.changes),
        author.resource.name,
        if by_itself {
            ", and its identity made the last write"
        } else {
            ""
        },
    );
    let mut evidence = force.evidence(&author.changes);
    if by_itself {
        evidence.push(Evidence::of(author.resource, "systemData.lastModifiedBy"));
    }
    add(gate, evidence);
    let own = noted(
        std::mem::take(&mut gate.remedies),
        &remedy::put_back_note(force),
    );
    gate.remedies = remedy::spare(ground, force, author.resource);
    // What opens it again stays the first of its tool; the exemption that has to come before leads.
    gate.remedies.extend(own);
}

/// The right to read policies of a resource's subscription.
pub(super) fn give(ground: &Ground<'_>, resource: &Resource) -> Vec<crate::analysis::hop::Remedy> {
    let caller = ground.inventory.snapshot().callers().first();
    let scope = resource
        .id
        .subscription()
        .map_or_else(|| resource.id.clone(), |one| ArmId::of_subscription(&one));
    read::give(caller, "Reader", &scope)
}
