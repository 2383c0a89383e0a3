//! How often a whole reading of a place will ask Azure, and how long that takes: an estimate from what
//! the picker has read, the groups and the four families of the pattern.
//!
//! The weights are counted off the reading plan: a subscription has its lists of roles, denials, PIM,
//! policies, managers and activity; a group its provider lists and locks; a resource its settings,
//! perimeters, what hangs below it, and its identity in the directory. What only a whole reading finds
//! (vaults, policies, people) is a share of that. A test holds the estimate against whole readings.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::id::{ArmId, SubscriptionId};
use crate::model::key::Key;
use crate::model::resource::{Details, Family};
use crate::model::scope::Scope;
use crate::store::Inventory;

/// What a reading will take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many requests, about.
    pub requests: usize,
    /// The time that it takes at least, about.
    pub least: Duration,
    /// And at most, when nothing is refused or throttled.
    pub most: Duration,
}

/// Tokens, tenants, subscriptions.
const ONCE: usize = 6;
/// Roles, definitions, denials, both lists of PIM, policies, exemptions, managers, perimeters, groups,
/// activity, compliance and the definitions of a few policies.
const SUBSCRIPTION: usize = 18;
/// Ten provider lists, locks, denials, roles.
const GROUP: usize = 13;
/// Without groups the provider lists are the subscription's.
const LISTS: usize = 10;
/// Calls that are under way at a time: rarely fewer than the first, never more than the second.
const AT_A_TIME: (u32, u32) = (4, 12);
/// What a call takes where none was answered yet.
const USUAL: Duration = Duration::from_millis(250);

/// The effort for a scope; none while its lists are being read.
pub fn of(inventory: &Inventory, scope: &Scope) -> Option<Effort> {
    let places: Vec<SubscriptionId> = scope
        .subscriptions
        .iter()
        .map(SubscriptionId::new)
        .collect();
    let chosen: Vec<ArmId> = places
        .iter()
        .flat_map(|subscription| {
            let root = ArmId::of_subscription(subscription);
            match scope.resource_groups.as_slice() {
                [] => vec![root],
                groups => groups
                    .iter()
                    .map(|group| root.child(&format!("resourceGroups/{group}")))
                    .filter(|group| inventory.group(group).is_some())
                    .collect(),
            }
        })
        .collect();
    let is_read = |subscription: &SubscriptionId| {
        [
            Family::Search,
            Family::Storage,
            Family::Cognitive,
            Family::Workspace,
        ]
        .into_iter()
        .all(|family| is_answered(inventory, subscription, family))
    };
    if chosen.is_empty() || !places.iter().all(is_read) {
        return None;
    }
    let mut requests = ONCE + places.len() * SUBSCRIPTION;
    requests += if scope.resource_groups.is_empty() {
        places.len() * LISTS
    } else {
        chosen.len() * GROUP
    };
    let mut seen = BTreeSet::new();
    for resource in inventory.resources() {
        let is_inside = chosen.iter().any(|place| resource.id.is_within(place));
        if is_inside && seen.insert(resource.id.folded()) {
            requests += weight(inventory, resource.family, &resource.details, &resource.id);
        }
    }
    let mut took: Vec<Duration> = inventory
        .snapshot()
        .requests()
        .filter(|entry| entry.status.is_some())
        .map(|entry| entry.duration)
        .collect();
    took.sort_unstable();
    let call = took.get(took.len() / 2).copied().unwrap_or(USUAL);
    let all = call.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX));
    let seconds = |time: Duration| {
        Duration::from_secs(
            time.as_millis()
                .div_ceil(1000)
                .try_into()
                .unwrap_or(u64::MAX),
        )
    };
    Some(Effort {
        requests,
        least: seconds(all / AT_A_TIME.1),
        most: seconds(all / AT_A_TIME.0),
    })
}

/// Whether one of the lists that may hold a family has ended, with an answer or without.
fn is_answered(inventory: &Inventory, subscription: &SubscriptionId, family: Family) -> bool {
    let mut any = false;
    let all = inventory.snapshot().slices().all(|(key, slice)| {
        let is_own = matches!(key, Key::List { subscription: own, family: listed, .. }
            if own == subscription && *listed == family);
        any |= is_own;
        !is_own || !slice.phase.is_open()
    });
    any && all
}

/// The requests for one resource and what hangs below it.
fn weight(inventory: &Inventory, family: Family, details: &Details, id: &ArmId) -> usize {
    match family {
        // Settings, perimeters, containers.
        Family::Storage => 3,
        // Settings, perimeters, shared links; four lists of definitions, two indexers with their
        // indexes; its identity.
        Family::Search => 12,
        // Settings, perimeters, deployments, connections; its identity.
        Family::Cognitive => 5,
        Family::Workspace => {
            let has_group = inventory.groups().any(|group| {
                let owner = group.managed_by.text().map(ArmId::new);
                owner.is_some_and(|owner| owner == *id)
            });
            let names_group =
                matches!(details, Details::Workspace(own) if own.managed_group.text().is_some());
            // Settings, connections, its identity; a vault with its keys; the managed group with three
            // stores.
            if has_group || names_group {
                3 + 5 + 16
            } else {
                3
            }
        }
        // Settings, keys.
        Family::Vault => 2,
        _ => 1,
    }
}
