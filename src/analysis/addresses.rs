//! Address pools: the tree of them, what each still has, who draws from it, and where a network's
//! addresses come from.
//!
//! Counts are exact: an IPv6 pool holds more than 64 bits count. Azure's own count is believed where it
//! was read; else what is taken is counted from what can be read, a floor, and said so. Nothing here
//! judges a call: that is H19's.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::facet::Facet;
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::{Allocation, IpamPool};
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::resource::{Details, Family, Resource};
use crate::store::{Home, Inventory, Slice};

use super::facets::{self, static_cidrs};
use super::hops::tenants::room;

/// A pool in the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: ArmId,
    /// The pool; none where a network names it and it was not read.
    pub pool: Option<IpamPool>,
    /// Its tenant, when it can be told.
    pub tenant: Option<TenantId>,
    /// For each level above it, whether more of that level follows below; the last one is its own.
    pub follows: Vec<bool>,
    /// What it has.
    pub room: Room,
}

/// What a pool has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// All its addresses; none where its prefixes cannot be read.
    pub total: Option<u128>,
    /// Those that are given out.
    pub used: Option<u128>,
    /// Those that are set aside and not given out yet; only Azure counts them.
    pub reserved: Option<u128>,
    /// Those that are left; where Azure did not count, at most so many.
    pub free: Option<u128>,
    /// Whether Azure counted.
    pub is_azures: bool,
    /// Why the count may be wrong: the end of a sentence, or a whole one.
    pub missing: Option<String>,
}

/// Who draws from a pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawer {
    /// What draws.
    pub id: ArmId,
    /// Its kind.
    pub kind: Kind,
    /// Its tenant, when it can be told.
    pub tenant: Option<TenantId>,
    /// The ranges that it has of the pool.
    pub prefixes: Vec<String>,
    /// How many addresses it asked for, by its own word.
    pub asked: Option<u128>,
    /// How many it has of the pool.
    pub addresses: Option<u128>,
    /// How many of those are reserved.
    pub reserved: Option<u128>,
    /// Since when.
    pub since: Option<OffsetDateTime>,
    /// Whether Azure lists it with the pool.
    pub is_listed: bool,
}

/// The kind of what draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A virtual network.
    Network,
    /// Another resource.
    Resource,
    /// A static range.
    Static,
    /// A pool below.
    Pool,
}

/// One source of a network's addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The pool.
    pub pool: ArmId,
    /// The pool's tenant, when it can be told.
    pub tenant: Option<TenantId>,
    /// The subnet that draws; none for the network itself.
    pub subnet: Option<String>,
    /// How many were asked for.
    pub asked: Option<u128>,
    /// What was given.
    pub prefixes: Vec<String>,
    /// Whether what was given cannot be read.
    pub is_unclear: bool,
}

/// The tenant of a resource, as far as it can be told.
pub fn tenant_of(inventory: &Inventory, id: &ArmId) -> Option<TenantId> {
    let home = inventory.snapshot().home_of(&id.subscription()?)?;
    Some(Home::tenant(&home).clone())
}

/// Every pool that was read, manager by manager, each below its parent.
pub fn tree(inventory: &Inventory, now: OffsetDateTime) -> Vec<Node> {
    let mut newest: IndexMap<ArmId, &IpamPool> = IndexMap::new();
    for pool in inventory.ipam_pools() {
        let known = newest.entry(pool.id.clone()).or_insert(pool);
        if known.source.observed_at < pool.source.observed_at {
            *known = pool;
        }
    }
    let mut by_manager: IndexMap<Option<ArmId>, Vec<&IpamPool>> = IndexMap::new();
    for pool in newest.into_values() {
        by_manager.entry(pool.manager()).or_default().push(pool);
    }
    by_manager.sort_keys();
    let mut nodes = Vec::new();
    for pools in by_manager.values() {
        let is_there = |name: &str| pools.iter().any(|one| one.name.eq_ignore_ascii_case(name));
        // A parent that was not read leaves its children at the top: nothing is lost.
        let roots: Vec<&IpamPool> = pools
            .iter()
            .copied()
            .filter(|one| !one.parent.text().is_some_and(is_there))
            .collect();
        let mut seen = HashSet::new();
        for root in sorted(roots) {
            grow(inventory, now, pools, root, &[], &mut seen, &mut nodes);
        }
        // Pools that name each other in a ring have no root.
        let lost: Vec<&IpamPool> = pools
            .iter()
            .copied()
            .filter(|one| !seen.contains(&one.id))
            .collect();
        for one in sorted(lost) {
            if !seen.contains(&one.id) {
                grow(inventory, now, pools, one, &[], &mut seen, &mut nodes);
            }
        }
    }
    unread(inventory, &mut nodes);
    nodes
}

/// Pools that networks name and that were not read.
fn unread(inventory: &Inventory, nodes: &mut Vec<Node>) {
    let named = inventory
        .family(Family::VirtualNetwork)
        .flat_map(|network| sources(inventory, network));
    for source in named {
        if nodes.iter().any(|node| node.id == source.pool) {
            continue;
        }
        let slice = inventory
            .snapshot()
            .slice(&Key::IpamPool(source.pool.clone()));
        let is_foreign = slice
            .and_then(Slice::trouble)
            .is_some_and(Issue::is_of_wrong_tenant);
        let why = match (&source.tenant, slice) {
            (Some(tenant), _) if is_foreign => {
                format!("the pool is in tenant {tenant}, and nobody is signed in there")
            }
            (_, Some(slice)) => facets::why_missing(slice).map_or_else(
                || "the pool was not read".to_owned(),
                |why| format!("pools that are named {why}"),
            ),
            (_, None) => "the pool was not read".to_owned(),
        };
        nodes.push(Node {
            id: source.pool,
            pool: None,
            tenant: source.tenant,
            follows: Vec::new(),
            room: Room {
                total: None,
                used: None,
                reserved: None,
                free: None,
                is_azures: false,
                missing: Some(why),
            },
        });
    }
}

/// By the range, then by the name: as a person lays them out.
fn sorted(mut pools: Vec<&IpamPool>) -> Vec<&IpamPool> {
    pools.sort_by_cached_key(|one| {
        let first = room::nets(one.prefixes.items()).and_then(|nets| nets.into_iter().min());
        (first.is_none(), first, one.name.to_ascii_lowercase())
    });
    pools
}

fn grow(
    inventory: &Inventory,
    now: OffsetDateTime,
    all: &[&IpamPool],
    pool: &IpamPool,
    follows: &[bool],
    seen: &mut HashSet<ArmId>,
    out: &mut Vec<Node>,
) {
    if !seen.insert(pool.id.clone()) {
        return;
    }
    out.push(Node {
        id: pool.id.clone(),
        pool: Some(pool.clone()),
        tenant: tenant_of(inventory, &pool.id),
        follows: follows.to_vec(),
        room: room_of(inventory, pool, now),
    });
    let children: Vec<&IpamPool> = all
        .iter()
        .copied()
        .filter(|one| one.parent.is(&pool.name) && !seen.contains(&one.id))
        .collect();
    let children = sorted(children);
    let last = children.len().saturating_sub(1);
    for (at, child) in children.into_iter().enumerate() {
        let mut follows = follows.to_vec();
        follows.push(at < last);
        grow(inventory, now, all, child, &follows, seen, out);
    }
}

/// What a pool has.
pub fn room_of(inventory: &Inventory, pool: &IpamPool, now: OffsetDateTime) -> Room {
    let own = inventory.pool_usage(&pool.id).first();
    let number = |field: &crate::model::field::Field<u128>| field.value().copied();
    if let Some((total, free)) = own.and_then(|one| number(&one.total).zip(number(&one.available)))
    {
        return Room {
            total: Some(total),
            used: own.and_then(|one| number(&one.allocated)),
            reserved: own.and_then(|one| number(&one.reserved)),
            free: Some(free),
            is_azures: true,
            missing: None,
        };
    }
    let why = inventory
        .facet(&pool.id, Facet::PoolUsage)
        .and_then(facets::why_missing)
        .map_or_else(
            || "Azure's own count was not read".to_owned(),
            |why| format!("counts of addresses {why}"),
        );
    match room::counted(inventory, pool, now, &mut Vec::new()) {
        Some(counted) => Room {
            total: Some(counted.total),
            used: Some(counted.used),
            reserved: None,
            free: Some(counted.total.saturating_sub(counted.used)),
            is_azures: false,
            missing: Some(match counted.missing {
                Some(more) => format!("{why}; {more}"),
                None => why,
            }),
        },
        None => Room {
            total: None,
            used: None,
            reserved: None,
            free: None,
            is_azures: false,
            missing: Some(format!("{why}; the prefixes of the pool cannot be read")),
        },
    }
}

/// Whoever draws from a pool: what Azure lists with it, what networks say of themselves, static ranges
/// and pools below.
pub fn drawers(inventory: &Inventory, pool: &ArmId) -> Vec<Drawer> {
    let mut found: IndexMap<ArmId, Drawer> = IndexMap::new();
    let listed = inventory.pool_associations(pool).iter();
    for one in listed.filter(|one| one.pool.as_ref().is_none_or(|own| own == pool)) {
        let is_network = one
            .resource
            .resource_type()
            .is_some_and(|of| of.eq_ignore_ascii_case(crate::model::ipam::NETWORK));
        let own = Drawer {
            kind: if is_network {
                Kind::Network
            } else {
                Kind::Resource
            },
            tenant: tenant_of(inventory, &one.resource),
            prefixes: one.prefixes.clone(),
            asked: None,
            addresses: one.total.value().copied(),
            reserved: one.reserved.value().copied(),
            since: instant(&one.raw, "createdAt"),
            is_listed: true,
            id: one.resource.clone(),
        };
        found.insert(one.resource.clone(), own);
    }
    by_networks(inventory, pool, &mut found);
    set_aside(inventory, pool, &mut found);
    let mut drawers: Vec<Drawer> = found.into_values().collect();
    drawers.sort_by_cached_key(|one| {
        let first = room::nets(&one.prefixes).and_then(|nets| nets.into_iter().min());
        // Who waits for addresses stands last, as in a queue.
        (first.is_none(), first, one.kind, one.id.folded().to_owned())
    });
    drawers
}

/// What networks say of themselves.
fn by_networks(inventory: &Inventory, pool: &ArmId, found: &mut IndexMap<ArmId, Drawer>) {
    for network in inventory.family(Family::VirtualNetwork) {
        let Details::VirtualNetwork(details) = &network.details else {
            continue;
        };
        let entries: Vec<&Allocation> = details
            .allocations
            .items()
            .iter()
            .filter(|one| one.pool == *pool)
            .collect();
        if entries.is_empty() {
            continue;
        }
        let asked = sum(entries.iter().map(|one| one.asked.value().copied()));
        let prefixes: Vec<String> = entries
            .iter()
            .flat_map(|one| one.prefixes.items().iter().cloned())
            .collect();
        let own = found.entry(network.id.clone()).or_insert_with(|| Drawer {
            id: network.id.clone(),
            kind: Kind::Network,
            tenant: tenant_of(inventory, &network.id),
            addresses: addresses(&prefixes).filter(|_| !prefixes.is_empty()),
            prefixes: prefixes.clone(),
            asked: None,
            reserved: None,
            since: None,
            is_listed: false,
        });
        own.asked = asked;
        if own.prefixes.is_empty() {
            own.prefixes = prefixes;
        }
    }
}

/// Static ranges and pools below.
fn set_aside(inventory: &Inventory, pool: &ArmId, found: &mut IndexMap<ArmId, Drawer>) {
    for one in static_cidrs(inventory, pool).items {
        let prefixes = one.prefixes.items().to_vec();
        let own = Drawer {
            id: one.id.clone(),
            kind: Kind::Static,
            tenant: tenant_of(inventory, &one.id),
            asked: one.asked.value().copied(),
            addresses: one.total.value().copied().or_else(|| addresses(&prefixes)),
            prefixes,
            reserved: None,
            since: one
                .raw
                .get("systemData")
                .and_then(|data| instant(data, "createdAt")),
            is_listed: true,
        };
        found.insert(one.id.clone(), own);
    }
    if let Some(manager) = pool.parent() {
        let children = facets::pools_of(inventory, &manager);
        for child in children
            .items
            .iter()
            .filter(|one| one.parent.is(pool.name()) && one.id != *pool)
        {
            let prefixes = child.prefixes.items().to_vec();
            let own = Drawer {
                id: child.id.clone(),
                kind: Kind::Pool,
                tenant: tenant_of(inventory, &child.id),
                asked: None,
                addresses: addresses(&prefixes),
                prefixes,
                reserved: None,
                since: child
                    .raw
                    .get("systemData")
                    .and_then(|data| instant(data, "createdAt")),
                is_listed: true,
            };
            found.insert(child.id.clone(), own);
        }
    }
}

/// Why the list of who draws may not be whole.
pub fn drawers_missing(inventory: &Inventory, pool: &ArmId) -> Option<String> {
    let slice = inventory.facet(pool, Facet::PoolAssociations);
    let why = match slice {
        None => Some("were not read".to_owned()),
        Some(slice) => facets::why_missing(slice),
    };
    why.map(|why| format!("resources that draw from {} {why}", pool.name()))
}

/// Where the addresses of a network come from.
pub fn sources(inventory: &Inventory, network: &Resource) -> Vec<Source> {
    let Details::VirtualNetwork(details) = &network.details else {
        return Vec::new();
    };
    let source = |one: &Allocation, subnet: Option<&str>| Source {
        tenant: tenant_of(inventory, &one.pool),
        pool: one.pool.clone(),
        subnet: subnet.map(str::to_owned),
        asked: one.asked.value().copied(),
        prefixes: one.prefixes.items().to_vec(),
        is_unclear: one.prefixes.is_unclear(),
    };
    let own = details.allocations.items().iter();
    let below = details.subnets.iter().flat_map(|subnet| {
        let name = subnet.id.name().to_owned();
        let entries = subnet.allocations.items().iter();
        entries.map(move |one| (one, name.clone()))
    });
    own.map(|one| source(one, None))
        .chain(below.map(|(one, name)| source(one, Some(&name))))
        .collect()
}

/// How many addresses a network asks of a pool and has not got.
pub fn unmet(network: &Resource, pool: &ArmId) -> u128 {
    let own = match &network.details {
        Details::VirtualNetwork(own) => own.allocations.items(),
        _ => &[],
    };
    own.iter()
        .filter(|one| one.pool == *pool && one.prefixes.items().is_empty())
        .map(|one| one.asked.value().copied().unwrap_or(1))
        .fold(0, u128::saturating_add)
}

/// The first pool that a network draws from.
pub fn first_pool(network: &Resource) -> Option<&ArmId> {
    let Details::VirtualNetwork(details) = &network.details else {
        return None;
    };
    let below = details.subnets.iter();
    let below = below.flat_map(|one| one.allocations.items());
    let own = details.allocations.items().iter();
    own.chain(below).map(|one| &one.pool).next()
}

/// How many addresses ranges hold together; none where one cannot be read.
pub fn addresses(prefixes: &[String]) -> Option<u128> {
    room::nets(prefixes).map(|nets| room::size(&nets))
}

/// The sum of what is known; none where nothing is.
fn sum(counts: impl Iterator<Item = Option<u128>>) -> Option<u128> {
    counts.flatten().reduce(u128::saturating_add)
}

fn instant(body: &Value, name: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(body.get(name)?.as_str()?, &Rfc3339).ok()
}
