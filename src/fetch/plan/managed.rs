//! The groups that Azure made for a hub: named by the hub itself, or by the group's `managedBy`.

use std::collections::HashSet;

use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Details, Family};
use crate::store::Payload;

use super::{Planner, value};

/// The managed groups of the hubs in view.
pub(super) fn in_view(planner: &Planner<'_>) -> HashSet<ArmId> {
    groups(planner, |owner| planner.resources.contains_key(owner))
}

/// The managed groups of every hub that is known of.
pub(super) fn all(planner: &Planner<'_>) -> HashSet<ArmId> {
    groups(planner, |owner| {
        let of_type = owner.resource_type();
        of_type.and_then(|text| Family::of_type(&text)) == Some(Family::Workspace)
    })
}

fn groups(planner: &Planner<'_>, is_owner: impl Fn(&ArmId) -> bool) -> HashSet<ArmId> {
    let mut found = HashSet::new();
    for resource in planner.resources.values() {
        if let Details::Workspace(workspace) = &resource.details
            && let Some(group) = workspace.managed_group.text()
            && let Some(subscription) = resource.id.subscription()
        {
            let subscription = ArmId::of_subscription(&subscription);
            found.insert(subscription.child(&format!("resourceGroups/{group}")));
        }
    }
    for key in planner.wanted.keys() {
        if !matches!(key, Key::Groups(_)) {
            continue;
        }
        if let Some(Payload::Groups(items)) = value(planner.known, key) {
            let owned = items.iter().filter(|one| {
                one.managed_by
                    .text()
                    .is_some_and(|owner| is_owner(&ArmId::new(owner)))
            });
            found.extend(owned.filter_map(|one| one.id.group_id()));
        }
    }
    found
}

/// Whether a reading that may still name a managed group has not ended: the groups of the
/// subscription, and the lists of its hubs.
pub(super) fn is_open(planner: &Planner<'_>, id: &ArmId) -> bool {
    let Some(subscription) = id.subscription() else {
        return false;
    };
    planner.wanted.keys().any(|key| {
        let names_some = match key {
            Key::Groups(of) => *of == subscription,
            Key::List {
                subscription: of,
                family,
                ..
            } => *family == Family::Workspace && *of == subscription,
            _ => false,
        };
        names_some && planner.is_open(key)
    })
}
