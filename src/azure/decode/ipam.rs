//! Network managers, their connections to other tenants, and their address pools (reference
//! `arm/network.md`). Which network draws from a pool is read with the network. Must not know who may
//! draw.

use serde_json::Value;

use super::body::Body;
use super::page::{Decoded, Page, raw};
use super::reader::{Notes, Reader};
use super::{Context, head};
use crate::model::field::Field;
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::{
    Allocation, CONNECTION_STATES, CrossTenantScope, IpamPool, LinkedAccess, NetworkManager,
    NetworkManagerConnection, PoolAssociation, PoolUsage, ScopeConnection, StaticCidr,
};
use crate::model::key::Key;

/// One network manager.
pub(super) fn manager(item: &Reader<'_>, context: &Context<'_>) -> Option<NetworkManager> {
    let id = item.required("id", item.id("id"))?;
    let scopes = item.object("properties").object("networkManagerScopes");
    let cross_tenant = scopes.each("crossTenantScopes", |scope| {
        Some(CrossTenantScope {
            tenant: TenantId::new(scope.required("tenantId", scope.filled_text("tenantId"))?),
            subscriptions: scope.ids("subscriptions").items().to_vec(),
            management_groups: scope.ids("managementGroups").items().to_vec(),
        })
    });
    Some(NetworkManager {
        name: head::name(item, &id),
        location: item.text("location"),
        subscriptions: scopes.ids("subscriptions").items().to_vec(),
        management_groups: scopes.ids("managementGroups").items().to_vec(),
        cross_tenant: cross_tenant.items().to_vec(),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One connection of a manager to a scope of another tenant.
pub(super) fn scope_connection(
    item: &Reader<'_>,
    context: &Context<'_>,
) -> Option<ScopeConnection> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    Some(ScopeConnection {
        name: head::name(item, &id),
        tenant: properties.filled_text("tenantId"),
        resource: rooted(&properties.id("resourceId")),
        state: properties.word("connectionState", CONNECTION_STATES),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One connection of a subscription to a manager of another tenant.
pub(super) fn manager_connection(
    item: &Reader<'_>,
    context: &Context<'_>,
) -> Option<NetworkManagerConnection> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    Some(NetworkManagerConnection {
        name: head::name(item, &id),
        manager: rooted(&properties.id("networkManagerId")),
        state: properties.word("connectionState", CONNECTION_STATES),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// An id with its first slash, which some of these answers leave out.
fn rooted(id: &Field<ArmId>) -> Option<ArmId> {
    let id = id.value()?;
    Some(if id.as_str().starts_with('/') {
        id.clone()
    } else {
        ArmId::new(format!("/{id}"))
    })
}

/// One pool of a list.
pub(super) fn pool(item: &Reader<'_>, context: &Context<'_>) -> Option<IpamPool> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    Some(IpamPool {
        name: head::name(item, &id),
        location: item.text("location"),
        prefixes: properties.texts("addressPrefixes"),
        parent: properties.filled_text("parentPoolName"),
        provisioning_state: properties.text("provisioningState"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// One static range.
pub(super) fn static_cidr(item: &Reader<'_>, context: &Context<'_>) -> Option<StaticCidr> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    Some(StaticCidr {
        name: head::name(item, &id),
        prefixes: properties.texts("addressPrefixes"),
        asked: properties.count("numberOfIPAddressesToAllocate"),
        total: properties.count("totalNumberOfIPAddresses"),
        source: context.source(),
        raw: raw(item),
        id,
    })
}

/// The counts of a pool: a document without an id.
fn usage(item: &Reader<'_>, context: &Context<'_>) -> PoolUsage {
    let children = item.each("childPools", |child| {
        child.required("resourceId", child.id("resourceId"))
    });
    PoolUsage {
        total: item.count("totalNumberOfIPAddresses"),
        allocated: item.count("numberOfAllocatedIPAddresses"),
        reserved: item.count("numberOfReservedIPAddresses"),
        available: item.count("numberOfAvailableIPAddresses"),
        allocated_prefixes: item.texts("allocatedAddressPrefixes").items().to_vec(),
        available_prefixes: item.texts("availableAddressPrefixes").items().to_vec(),
        children: children.items().to_vec(),
        source: context.source(),
        raw: raw(item),
    }
}

/// One resource that draws from a pool.
pub(super) fn association(item: &Reader<'_>, context: &Context<'_>) -> Option<PoolAssociation> {
    Some(PoolAssociation {
        resource: item.required("resourceId", item.id("resourceId"))?,
        pool: item.id("poolId").value().cloned(),
        prefixes: item.texts("addressPrefixes").items().to_vec(),
        reserved_prefixes: item.texts("reservedPrefixes").items().to_vec(),
        total: item.count("totalNumberOfIPAddresses"),
        reserved: item.count("numberOfReservedIPAddresses"),
        source: context.source(),
        raw: raw(item),
    })
}

/// What an address space, or a subnet, draws from pools.
pub(super) fn allocations(place: &Reader<'_>) -> Field<Vec<Allocation>> {
    place.each("ipamPoolPrefixAllocations", |entry| {
        let pool = entry.object("pool");
        Some(Allocation {
            pool: pool.required("id", pool.id("id"))?,
            asked: entry.count("numberOfIpAddresses"),
            prefixes: entry.texts("allocatedAddressPrefixes"),
        })
    })
}

/// A document that is the whole answer: one pool by its id, or its counts.
pub(super) fn document(key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let root = body.root(&notes);
    let page = if let Key::IpamPool(id) = key {
        let mut found = pool(&root, context);
        if let Some(one) = &mut found
            && one.id != *id
        {
            // It was asked for by this id, whatever the answer calls it.
            one.id = id.clone();
        }
        Page::IpamPools(found.into_iter().collect())
    } else {
        let found = root.value().map(|_| usage(&root, context));
        Page::PoolUsages(found.into_iter().collect())
    };
    drop(root);
    Decoded {
        page,
        issues: notes.into_issues(),
    }
}

/// The read that proves a token: what it says of the network is known from elsewhere.
pub(super) fn linked(network: &ArmId, body: &Value, context: &Context<'_>) -> Decoded {
    let notes = Notes::new("a network", context);
    let root = Reader::root_object(body, &notes);
    let found = root
        .required("id", root.id("id"))
        .map(|_| LinkedAccess {
            network: network.clone(),
            source: context.source(),
        })
        .into_iter()
        .collect();
    drop(root);
    Decoded {
        page: Page::LinkedAccesses(found),
        issues: notes.into_issues(),
    }
}
