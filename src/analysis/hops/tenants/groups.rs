//! Connections of whole management groups: a network manager may ask for one, and then each of its
//! subscriptions is managed (domain-rules F.3).
//!
//! Which subscriptions a group holds is in no list that is read; that a subscription's own list of role or
//! policy assignments has one at the group says that it is in it. Where nothing says so, nobody knows.

use serde_json::json;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets::{scope_connections, why_missing};
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::NetworkManagerConnection;
use crate::model::key::Key;
use crate::store::Payload;

use super::Call;
use super::connection::{Half, absent, best, state};

/// Whether a scope is a management group.
pub(super) fn is_one(id: &ArmId) -> bool {
    id.subscription().is_none()
}

/// The management groups of the network's tenant that a network manager asks for.
pub(super) fn asked(call: &Call<'_>, manager: &ArmId) -> Vec<ArmId> {
    let inventory = call.ground.inventory;
    let is_ours = |tenant: Option<&str>| match (tenant, &call.from) {
        (Some(own), Some(from)) => TenantId::new(own) == *from,
        _ => true,
    };
    let asked = scope_connections(inventory, manager).items.iter();
    let asked = asked
        .filter(|one| is_ours(one.tenant.text()))
        .filter_map(|one| one.resource.clone());
    let managers = inventory
        .network_managers()
        .filter(|one| one.id == *manager);
    let effective = managers
        .flat_map(|one| &one.cross_tenant)
        .filter(|scope| is_ours(Some(scope.tenant.as_str())))
        .flat_map(|scope| scope.management_groups.iter().cloned());
    let mut groups: Vec<ArmId> = asked.chain(effective).filter(is_one).collect();
    groups.sort();
    groups.dedup();
    groups
}

/// The one of these groups that a subscription is in for certain.
pub(super) fn above<'g>(
    call: &Call<'_>,
    groups: &'g [ArmId],
    subscription: &ArmId,
) -> Option<&'g ArmId> {
    groups.iter().find(|group| is_in(call, subscription, group))
}

/// Whether a list of the subscription holds something that stands at the group.
fn is_in(call: &Call<'_>, subscription: &ArmId, group: &ArmId) -> bool {
    let of_roles = call
        .ground
        .access
        .assignments()
        .iter()
        .any(|read| read.item.scope == *group && read.lists.contains(&subscription));
    let policies = Key::PolicyAssignments(subscription.clone());
    let slice = call.ground.inventory.snapshot().slice(&policies);
    let of_policies = matches!(
        slice.and_then(|slice| slice.value.as_deref()),
        Some(Payload::PolicyAssignments(items)) if items.iter().any(|one| one.scope == *group)
    );
    of_roles || of_policies
}

/// Why a connection that is not there may be there all the same.
pub(super) fn unsure(groups: &[ArmId]) -> Option<String> {
    groups.first().map(|group| {
        format!(
            "the management group {} is asked for, and whether it holds the subscription was not read",
            group.name()
        )
    })
}

/// The managed tenant's half, where it is a management group's; none where none is asked for.
pub(super) fn managed(call: &Call<'_>, manager: &ArmId, subscription: &ArmId) -> Option<Half> {
    let groups = asked(call, manager);
    let unsaid = format!(
        "whether subscription {} lets {} in",
        subscription.name(),
        manager.name()
    );
    let nothing = |group: &ArmId, read: usize, at| {
        Evidence::listed(
            group.clone(),
            "networkManagerConnections",
            json!({ "read": read, "why": "none names the network manager" }),
            at,
        )
    };
    let now = call.ground.now;
    let Some(group) = above(call, &groups, subscription) else {
        let why = unsure(&groups)?;
        return Some(absent(
            Some(why),
            &unsaid,
            String::new(),
            nothing(&groups[0], 0, now),
        ));
    };
    let slice = call
        .ground
        .inventory
        .snapshot()
        .slice(&Key::NetworkManagerConnections(group.clone()));
    let items: &[NetworkManagerConnection] = match slice.and_then(|one| one.value.as_deref()) {
        Some(Payload::NetworkManagerConnections(items)) => items,
        _ => &[],
    };
    let mine = |one: &&NetworkManagerConnection| one.manager.as_ref() == Some(manager);
    if let Some(one) = best(items.iter().filter(mine), |one| &one.state) {
        let evidence = Evidence::in_body(
            one.id.clone(),
            &one.raw,
            &one.source,
            "properties.connectionState".to_owned(),
        );
        let words = format!(
            "the management group {}, which subscription {} is in, lets {} in",
            group.name(),
            subscription.name(),
            manager.name()
        );
        return Some(state(&one.state, &words, evidence));
    }
    let why = match slice {
        None => Some(format!(
            "the connections of the management group {} were not read",
            group.name()
        )),
        Some(slice) => why_missing(slice)
            .map(|why| format!("connections of the management group {} {why}", group.name())),
    };
    Some(absent(
        why,
        &unsaid,
        format!(
            "neither subscription {} nor the management group {} has a connection to the network manager {}",
            subscription.name(),
            group.name(),
            manager.name()
        ),
        nothing(
            group,
            items.len(),
            slice.and_then(|one| one.observed_at).unwrap_or(now),
        ),
    ))
}
