//! The managed group, logs and keys, in words.

use crate::analysis::coverage::{Coverage, Sent};
use crate::analysis::encryption::{Keeper, overview, usable_by};
use crate::analysis::foundry::{self, required::ManagedState};
use crate::analysis::hop::Judgement;
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::report::Meta;
use crate::report::text::encryption::{ends, version};
use crate::store::Inventory;

use super::{HubTold, KeyTold, LogsTold, clean};

/// Hubs that have a managed group, or stores of their own in its place.
pub(super) fn hubs(inventory: &Inventory) -> Vec<HubTold> {
    foundry::foundry(inventory)
        .hubs
        .iter()
        .filter_map(|hub| Some(told(&hub.name, hub.managed.as_ref()?)))
        .collect()
}

fn told(hub: &str, state: &ManagedState) -> HubTold {
    let mut checks = Vec::new();
    if state.exists.verdict != Verdict::Open {
        checks.push((
            clean(state.group.id.name()),
            "the group itself".to_owned(),
            "there".to_owned(),
            clean(&state.exists.reason),
            state.exists.verdict,
        ));
    }
    for resource in &state.resources {
        let name = clean(&resource.name);
        if resource.exists.verdict != Verdict::Open {
            checks.push((
                name.clone(),
                "the resource itself".to_owned(),
                "there".to_owned(),
                clean(&resource.exists.reason),
                resource.exists.verdict,
            ));
        }
        for check in &resource.checks {
            checks.push((
                name.clone(),
                check.property.to_owned(),
                check.must_be.to_owned(),
                clean(&check.is),
                check.judged.verdict,
            ));
        }
    }
    HubTold {
        hub: clean(hub),
        group: clean(state.group.id.name()),
        found: state.group.found.words().to_owned(),
        verdict: state.verdict(),
        checks,
    }
}

/// Every resource that has logs of its own.
pub(super) fn logs(inventory: &Inventory) -> Vec<LogsTold> {
    inventory
        .resources()
        .filter_map(|resource| Some((resource, Coverage::of(inventory, resource)?)))
        .map(|(resource, own)| {
            let mut to: Vec<String> = own.workspaces.iter().map(|id| clean(id.name())).collect();
            to.extend(own.elsewhere.iter().map(|words| clean(words)));
            if to.is_empty() && own.metrics_only {
                to.push("metrics alone are sent".to_owned());
            }
            LogsTold {
                name: clean(&resource.name),
                categories: own
                    .categories
                    .iter()
                    .map(|(category, sent)| (*category, word(*sent)))
                    .collect(),
                to: to.join(", "),
                missing: own.missing.as_deref().map(clean),
            }
        })
        .collect()
}

fn word(sent: Sent) -> &'static str {
    match sent {
        Sent::Workspace => "kept",
        Sent::Elsewhere => "archive only",
        Sent::Nowhere => "not kept",
        Sent::Unknown => "unknown",
        Sent::Pending => "not read yet",
    }
}

/// What is encrypted with a customer's key.
pub(super) fn keys(inventory: &Inventory, judgement: &Judgement, meta: &Meta) -> Vec<KeyTold> {
    overview(inventory, &judgement.hops)
        .iter()
        .filter_map(|one| {
            let Keeper::Customer(key) = &one.keeper else {
                return None;
            };
            Some(KeyTold {
                name: clean(&one.name),
                key: clean(&format!("{}/{}", key.vault, key.name)),
                version: version(key),
                ends: ends(&key.facts, meta.generated_at),
                usable: one.callers.map_or_else(
                    || "no caller known".to_owned(),
                    |(_, open, all)| usable_by(open, all),
                ),
            })
        })
        .collect()
}

/// The name of a scope.
pub(super) fn name(inventory: &Inventory, id: &ArmId) -> String {
    clean(&crate::report::names::end(inventory, id.as_str()))
}
