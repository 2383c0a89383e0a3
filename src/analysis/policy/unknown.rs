//! What policies would make of a gate where they could not be read: the gate is not open.
//!
//! Which policy stands there is not known, so the environment is judged again with everything that
//! one could set at its worst ([`property::worst`]). A gate that stays open even so does not depend on
//! what was refused; one that turns is `unknown` until the policies are read.

use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Hop, HopKind, Remedy};
use crate::analysis::remedy::read;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::lookup::Map;
use crate::model::resource::Resource;

use super::force::Content;
use super::overlay::{give, put_first};
use super::reach::unread;
use super::whatif::{Set, judged, touches, turned};
use super::{Policies, property, words};

/// Why it cannot be told whether a policy will change a resource.
struct Unread<'a> {
    resource: &'a Resource,
    why: String,
    remedies: Vec<Remedy>,
}

/// The resources by their ids: there are thousands, and as many gates ask for theirs.
type ById<'u, 'a> = Map<&'u ArmId, &'u Unread<'a>>;

/// The resource that an end is, or that it lies in.
fn holding<'u, 'a>(by_id: &ById<'u, 'a>, end: &str) -> Option<&'u Unread<'a>> {
    std::iter::successors(Some(ArmId::new(end)), ArmId::parent)
        .find_map(|id| by_id.get(&id).copied())
}

/// Turns what is open, and might be at risk by a policy that was not read, to `unknown`. What is at
/// risk for certain stays so: another policy can make it no better.
pub(super) fn not_known<'a>(ground: &Ground<'a>, policies: &Policies<'a>, hops: &mut [Hop]) {
    let unread = unread_of(ground, policies);
    if unread.is_empty() {
        return;
    }
    let by_id: ById<'_, '_> = unread.iter().map(|one| (&one.resource.id, one)).collect();
    managed(&by_id, hops);
    let worst: Vec<(&Resource, String, serde_json::Value)> = unread
        .iter()
        .flat_map(|one| {
            property::worst(one.resource)
                .into_iter()
                .map(|(path, value)| (one.resource, path, value))
        })
        .collect();
    let sets = worst.iter().map(|(resource, path, value)| Set {
        resource,
        path,
        value,
    });
    let after = judged(ground, sets);
    for (at, number) in turned(hops, &after, |before, then| {
        before == Verdict::Open && then > before
    }) {
        // A hop whose wall is another's (a project's hub) is in doubt by what it is not an end of.
        let cause = holding(&by_id, &hops[at].to)
            .or_else(|| unread.iter().find(|one| touches(&hops[at], one.resource)))
            .unwrap_or(&unread[0]);
        doubted(cause, &mut hops[at].gates[number]);
    }
}

/// Hops into a managed group: there the policy is part of the question (domain-rules E.3), whatever
/// the rest of the gate rests on.
fn managed(unread: &ById<'_, '_>, hops: &mut [Hop]) {
    for hop in hops {
        let is_managed = matches!(
            hop.kind,
            HopKind::FoundryToManagedCosmos
                | HopKind::FoundryToManagedSearch
                | HopKind::FoundryToManagedStorage
        );
        if !is_managed {
            continue;
        }
        let Some(cause) = unread.get(&ArmId::new(&hop.to)) else {
            continue;
        };
        for gate in &mut hop.gates {
            if matches!(gate.gate, Gate::Authentication | Gate::Network)
                && gate.judged.verdict == Verdict::Open
            {
                doubted(cause, gate);
            }
        }
    }
}

fn doubted(cause: &Unread<'_>, gate: &mut GateVerdict) {
    gate.judged.verdict = Verdict::Unknown;
    gate.judged.reason = format!(
        "{}; whether a policy will change that cannot be told: {}",
        gate.judged.reason, cause.why
    );
    put_first(gate, cause.remedies.clone());
}

/// The resources with a property that a gate depends on, where not all policies are known.
fn unread_of<'a>(ground: &Ground<'a>, policies: &Policies<'a>) -> Vec<Unread<'a>> {
    let mut lists: Map<Option<ArmId>, Option<String>> = Map::default();
    let mut found = Vec::new();
    for resource in ground.inventory.resources() {
        let resource: &'a Resource = resource;
        if !property::is_advised(resource) {
            continue;
        }
        let of_group = lists
            .entry(resource.id.group_id())
            .or_insert_with(|| unread(ground.inventory, Key::PolicyAssignments, &resource.id));
        if let Some(why) = of_group {
            found.push(Unread {
                resource,
                why: why.clone(),
                remedies: give(ground, resource),
            });
        } else if let Some((why, remedies)) = definition(ground, policies, resource) {
            found.push(Unread {
                resource,
                why,
                remedies,
            });
        }
    }
    found
}

/// An assignment that may change things, and whose definition was not read. One that is not there any
/// more changes nothing: a definition cannot be removed while it is assigned.
fn definition(
    ground: &Ground<'_>,
    policies: &Policies<'_>,
    resource: &Resource,
) -> Option<(String, Vec<Remedy>)> {
    let own = policies.doubts.iter();
    own.filter(|one| one.resource.id == resource.id)
        .find_map(|one| {
            let force = &policies.forces[one.force];
            let Content::Missing(id, _) = &force.content else {
                return None;
            };
            let gone = Key::PolicyDefinition(id.clone());
            if !force.could_change() || ground.inventory.snapshot().is_gone(&gone) {
                return None;
            }
            let scope = id.parent().unwrap_or_else(|| id.clone());
            let caller = ground.inventory.snapshot().callers().first();
            Some((
                format!(
                    "the definition {} of {} {}",
                    id.name(),
                    words::named(force.assignment),
                    one.why
                ),
                read::give(caller, "Reader", &scope),
            ))
        })
}
