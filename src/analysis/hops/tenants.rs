//! H19 `tenant-to-tenant`: a network that draws its addresses from a pool of another tenant
//! (domain-rules F).
//!
//! The network names the pool, so the hop is observed. Where no network in view draws, the service
//! principal of another tenant's application that holds a role on a pool ties the two: inferred. A pool
//! whose tenant cannot be told is drawn, and unknown.
//!
//! * `asker`: which application asks, and its object id in each tenant;
//! * `tokens`: whether a token for the pool's tenant can be had and is taken;
//! * `rights`: the right on the pool and the one on the network;
//! * `connection`: whether the two tenants are connected, and stand in one region;
//! * `groups`: connections of whole management groups;
//! * `groups`: connections of whole management groups;
//! * `room`: whether the pool has addresses left;
//! * `ready`: the call itself, for a shell;
//! * `planned`: all of it for a network that does not draw yet ([`crate::analysis::preflight`]).

pub(in crate::analysis) mod asker;
mod connection;
mod groups;
pub(in crate::analysis) mod planned;
mod ready;
mod rights;
pub(in crate::analysis) mod room;
mod tokens;

use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::preflight::Presence;
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::{Allocation, IpamPool, is_pool};
use crate::model::lookup::{Ordered, OrderedSet};
use crate::model::resource::{Details, Family, Resource};
use crate::store::Home;

use asker::Asker;

/// One call into another tenant.
struct Call<'g> {
    ground: &'g Ground<'g>,
    /// The network that draws; none where only a role ties the ends, or where it is yet to be made.
    network: Option<&'g Resource>,
    /// The network's id, also of one that is yet to be made.
    network_id: Option<ArmId>,
    /// What is to be drawn, where nobody made the call yet.
    planned: Option<Planned>,
    /// The tenant of what asks.
    from: Option<TenantId>,
    /// The pool's id.
    pool_id: ArmId,
    /// The pool, when it was read.
    pool: Option<&'g IpamPool>,
    /// The pool's tenant, when it can be told.
    to: Option<Home<'g>>,
    /// Who asks.
    asker: Asker,
}

/// A call before it is made.
#[derive(Clone, Debug)]
struct Planned {
    /// How many addresses are to be drawn.
    wanted: u128,
    /// Whether the network is there.
    presence: Presence,
}

impl Call<'_> {
    /// The pool's tenant.
    fn pool_tenant(&self) -> Option<&TenantId> {
        self.to.as_ref().map(Home::tenant)
    }

    /// Every condition, one by one.
    fn checks(&self) -> Vec<GateVerdict> {
        let mut checks = asker::identity(self);
        checks.push(tokens::authentication(self));
        checks.extend(rights::authorization(self));
        checks.extend(connection::checks(self));
        checks.extend(room::check(self));
        checks
    }

    fn hop(self) -> Option<Hop> {
        let from = match self.network {
            Some(network) => network.id.as_str().to_owned(),
            None => self.asker.there.as_ref()?.as_str().to_owned(),
        };
        Some(Hop {
            kind: HopKind::TenantToTenant,
            from,
            to: self.pool_id.as_str().to_owned(),
            via: self.asker.app.as_ref().map(|app| format!("app {app}")),
            basis: if self.network.is_some() {
                Basis::Observed
            } else {
                Basis::Inferred
            },
            gates: gates::merged(self.checks()),
        })
    }
}

/// Draws every call into another tenant.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let pools = pools(ground);
    let mut drawn: OrderedSet<ArmId> = OrderedSet::default();
    for network in ground.family(Family::VirtualNetwork) {
        let from = home(ground, &network.id).map(|home| home.tenant().clone());
        for pool_id in drawn_from(network) {
            let to = home(ground, &pool_id);
            let is_same = pool_id.subscription() == network.id.subscription()
                || (from.is_some() && from.as_ref() == to.as_ref().map(Home::tenant));
            if is_same || !is_pool(&pool_id) {
                continue;
            }
            drawn.insert(pool_id.clone());
            let asker = asker::of_network(ground, &pool_id, from.as_ref(), to.as_ref());
            let call = Call {
                ground,
                network: Some(network),
                network_id: Some(network.id.clone()),
                planned: None,
                from: from.clone(),
                pool: pools.get(&pool_id).copied(),
                pool_id,
                to,
                asker,
            };
            out.extend(call.hop());
        }
    }
    for (pool_id, pool) in &pools {
        if drawn.contains(pool_id) {
            continue;
        }
        for asker in asker::of_pool(ground, pool_id) {
            let call = Call {
                ground,
                network: None,
                network_id: None,
                planned: None,
                from: asker.owner.clone(),
                pool_id: pool_id.clone(),
                pool: Some(pool),
                to: home(ground, pool_id),
                asker,
            };
            out.extend(call.hop());
        }
    }
}

/// The pools that were read, the newest reading of each.
fn pools<'g>(ground: &'g Ground<'_>) -> Ordered<ArmId, &'g IpamPool> {
    let mut found: Ordered<ArmId, &IpamPool> = Ordered::default();
    for pool in ground.inventory.ipam_pools() {
        let known = found.entry(pool.id.clone()).or_insert(pool);
        if known.source.observed_at < pool.source.observed_at {
            *known = pool;
        }
    }
    found
}

fn home<'g>(ground: &'g Ground<'_>, id: &ArmId) -> Option<Home<'g>> {
    ground.inventory.snapshot().home_of(&id.subscription()?)
}

/// The pools that a network, or a subnet of it, draws from.
fn drawn_from(network: &Resource) -> OrderedSet<ArmId> {
    let Details::VirtualNetwork(details) = &network.details else {
        return OrderedSet::default();
    };
    let subnets = details
        .subnets
        .iter()
        .flat_map(|one| one.allocations.items());
    let all = details.allocations.items().iter().chain(subnets);
    all.map(|one| one.pool.clone()).collect()
}

/// What a network's address space draws from a pool. What its subnets draw lies within.
fn allocations<'r>(network: &'r Resource, pool: &ArmId) -> Vec<(usize, &'r Allocation)> {
    let Details::VirtualNetwork(details) = &network.details else {
        return Vec::new();
    };
    details
        .allocations
        .items()
        .iter()
        .enumerate()
        .filter(|(_, one)| one.pool == *pool)
        .collect()
}
