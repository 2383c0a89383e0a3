//! Azure Virtual Network Manager: managers, what they manage in other tenants, and the pools that
//! networks draw their addresses from (network.md).
//!
//! Counts of addresses are exact: a pool of IPv6 addresses can hold more than 64 bits count.

use std::sync::Arc;

use serde_json::Value;

use super::field::Field;
use super::id::{ArmId, TenantId};
use super::resource::Source;

/// The type of a network manager.
pub const MANAGER: &str = "Microsoft.Network/networkManagers";
/// The type of an address pool.
pub const POOL: &str = "Microsoft.Network/networkManagers/ipamPools";

/// The type of a virtual network.
pub const NETWORK: &str = "Microsoft.Network/virtualNetworks";

/// Whether an id is one of an address pool.
pub fn is_pool(id: &ArmId) -> bool {
    id.resource_type()
        .is_some_and(|of_type| of_type.eq_ignore_ascii_case(POOL))
}

/// A network manager.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkManager {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `location`.
    pub location: Field<String>,
    /// `properties.networkManagerScopes.subscriptions`: full ids.
    pub subscriptions: Vec<ArmId>,
    /// `properties.networkManagerScopes.managementGroups`: full ids.
    pub management_groups: Vec<ArmId>,
    /// `properties.networkManagerScopes.crossTenantScopes`: what it manages elsewhere.
    pub cross_tenant: Vec<CrossTenantScope>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What a network manager manages in one other tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossTenantScope {
    /// `tenantId`.
    pub tenant: TenantId,
    /// `subscriptions`: full ids.
    pub subscriptions: Vec<ArmId>,
    /// `managementGroups`: full ids.
    pub management_groups: Vec<ArmId>,
}

/// The words of `connectionState`; only `Connected` counts (domain-rules F.3).
pub const CONNECTION_STATES: &[&str] = &["Connected", "Pending", "Conflict", "Revoked", "Rejected"];

/// The managing tenant's half of a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeConnection {
    /// Its id, below the network manager's.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.tenantId`: the managed tenant.
    pub tenant: Field<String>,
    /// `properties.resourceId`: the managed subscription or management group. Azure leaves the first
    /// slash out now and then; here it is there.
    pub resource: Option<ArmId>,
    /// `properties.connectionState`.
    pub state: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// The managed tenant's half of a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkManagerConnection {
    /// Its id, below the managed subscription's or management group's.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.networkManagerId`.
    pub manager: Option<ArmId>,
    /// `properties.connectionState`.
    pub state: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A pool of addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct IpamPool {
    /// Its id, below the network manager's.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `location`.
    pub location: Field<String>,
    /// `properties.addressPrefixes`.
    pub prefixes: Field<Vec<String>>,
    /// `properties.parentPoolName`; null for a root pool, which Azure writes as an empty text.
    pub parent: Field<String>,
    /// `properties.provisioningState`.
    pub provisioning_state: Field<String>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl IpamPool {
    /// The network manager that the pool is of.
    pub fn manager(&self) -> Option<ArmId> {
        self.id.parent()
    }
}

/// Addresses of a pool that are set aside by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticCidr {
    /// Its id, below the pool's.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.addressPrefixes`.
    pub prefixes: Field<Vec<String>>,
    /// `properties.numberOfIPAddressesToAllocate`: what was asked for by number.
    pub asked: Field<u128>,
    /// `properties.totalNumberOfIPAddresses`.
    pub total: Field<u128>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What Azure counts in a pool, as `getPoolUsage` answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolUsage {
    /// `totalNumberOfIPAddresses`.
    pub total: Field<u128>,
    /// `numberOfAllocatedIPAddresses`.
    pub allocated: Field<u128>,
    /// `numberOfReservedIPAddresses`.
    pub reserved: Field<u128>,
    /// `numberOfAvailableIPAddresses`.
    pub available: Field<u128>,
    /// `allocatedAddressPrefixes`.
    pub allocated_prefixes: Vec<String>,
    /// `availableAddressPrefixes`.
    pub available_prefixes: Vec<String>,
    /// `childPools[].resourceId`.
    pub children: Vec<ArmId>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A resource that draws from a pool, as `listAssociatedResources` answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolAssociation {
    /// `resourceId`.
    pub resource: ArmId,
    /// `poolId`: the pool, or one below it.
    pub pool: Option<ArmId>,
    /// `addressPrefixes`.
    pub prefixes: Vec<String>,
    /// `reservedPrefixes`.
    pub reserved_prefixes: Vec<String>,
    /// `totalNumberOfIPAddresses`.
    pub total: Field<u128>,
    /// `numberOfReservedIPAddresses`.
    pub reserved: Field<u128>,
    /// Where it was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// One entry of `ipamPoolPrefixAllocations` of a virtual network or a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// `pool.id`.
    pub pool: ArmId,
    /// `numberOfIpAddresses`: how many were asked for.
    pub asked: Field<u128>,
    /// `allocatedAddressPrefixes`: what was given.
    pub prefixes: Field<Vec<String>>,
}

/// That Azure answered a read of a network which carried another tenant's token beside its own: it
/// looked at that token and took it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedAccess {
    /// The network that was read.
    pub network: ArmId,
    /// Where it was read.
    pub source: Source,
}

/// A network that is to draw from a pool, which it need not do yet, nor be there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Draw {
    /// The pool.
    pub pool: ArmId,
    /// The network.
    pub network: ArmId,
}
