//! The service firewall of a `PaaS` resource as its GET body states it, before any judgement.

use std::sync::Arc;

use serde_json::Value;

use super::field::Field;
use super::id::ArmId;

/// The network settings of one resource. What each absent value means is domain knowledge
/// (domain-rules section B) and is applied in `analysis`, not here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firewall {
    /// `properties.publicNetworkAccess`: Enabled, Disabled, `SecuredByPerimeter`; casing varies.
    pub public_network_access: Field<String>,
    /// Where the rule object stands: `properties.networkAcls`, `properties.networkRuleSet`
    /// (AI Search), or `properties` (Cosmos DB keeps its rules side by side).
    pub rules_path: &'static str,
    /// The rule object itself: absent, null or there.
    pub rules: Field<()>,
    /// `defaultAction`: Allow, Deny. AI Search and Cosmos DB have none.
    pub default_action: Field<String>,
    /// `bypass` (Cosmos DB: `networkAclBypass`) as one string, such as `Logging, Metrics`.
    pub bypass: Field<String>,
    /// Addresses and CIDR ranges, in Azure's own writing.
    pub ip_rules: Field<Vec<String>>,
    /// Subnets that are let in.
    pub virtual_network_rules: Field<Vec<SubnetRule>>,
    /// Named resource instances that are let in. Storage only.
    pub resource_access_rules: Field<Vec<InstanceRule>>,
    /// `isVirtualNetworkFilterEnabled`. Cosmos DB only.
    pub virtual_network_filter: Field<bool>,
    /// `networkAclBypassResourceIds`. Cosmos DB only.
    pub bypass_resource_ids: Field<Vec<String>>,
    /// Private endpoint connections of the resource.
    pub private_endpoints: Field<Vec<PrivateEndpointConnection>>,
}

impl Firewall {
    /// The words of `bypass`, split at commas; `None` gives an empty list.
    pub fn bypass_words(&self) -> Field<Vec<String>> {
        self.bypass.clone().map(|text| {
            text.split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("None"))
                .map(str::to_owned)
                .collect()
        })
    }

    /// The approved private endpoint connections.
    pub fn approved_private_endpoints(&self) -> impl Iterator<Item = &PrivateEndpointConnection> {
        self.private_endpoints
            .items()
            .iter()
            .filter(|connection| connection.status.is("Approved"))
    }
}

/// A virtual network rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetRule {
    /// The subnet's id.
    pub subnet: ArmId,
    /// Storage only: Provisioning, Deprovisioning, Succeeded, Failed, `NetworkSourceDeleted`.
    pub state: Field<String>,
}

/// A resource instance rule of a storage account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRule {
    /// The tenant of the instance.
    pub tenant_id: Field<String>,
    /// The instance's id; may hold wildcards.
    pub resource_id: String,
}

/// A private endpoint connection as its target sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateEndpointConnection {
    /// The connection's own id.
    pub id: Option<ArmId>,
    /// The private endpoint.
    pub private_endpoint: Option<ArmId>,
    /// Sub-resources, where the service names them on the connection.
    pub group_ids: Vec<String>,
    /// Pending, Approved, Rejected, Disconnected.
    pub status: Field<String>,
}

/// A shared private link of a search service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPrivateLink {
    /// The link's own id.
    pub id: Option<ArmId>,
    /// Its name.
    pub name: String,
    /// The sub-resource: `blob`, `openai_account`, …
    pub group_id: Field<String>,
    /// What it leads to.
    pub target: Option<ArmId>,
    /// Pending, Approved, Rejected, Disconnected.
    pub status: Field<String>,
    /// Updating, Deleting, Failed, Succeeded, Incomplete.
    pub provisioning_state: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A network security perimeter as the `PaaS` resource reports it (network.md, "`PaaS` side view").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerimeterConfiguration {
    /// The perimeter's id.
    pub perimeter: Option<ArmId>,
    /// The profile's name.
    pub profile: Field<String>,
    /// Learning, Enforced, Audit.
    pub access_mode: Field<String>,
    /// The profile's rules.
    pub rules: Vec<PerimeterRule>,
    /// The JSON as Azure sent it; null where it is put together from a perimeter's own lists.
    pub raw: Arc<Value>,
}

/// One access rule of a perimeter profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerimeterRule {
    /// Its name.
    pub name: String,
    /// Inbound or Outbound.
    pub direction: Field<String>,
    /// Inbound: addresses.
    pub address_prefixes: Vec<String>,
    /// Inbound: subscriptions, any managed identity of which is let in.
    pub subscriptions: Vec<ArmId>,
    /// Outbound: host names.
    pub fqdns: Vec<String>,
}

/// A rule of a hub's managed network (machinelearning.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundRule {
    /// Its name.
    pub name: String,
    /// FQDN, `PrivateEndpoint`, `ServiceTag`.
    pub rule_type: Field<String>,
    /// Required, Recommended, `UserDefined`, Dependency.
    pub category: Field<String>,
    /// Inactive, Active, Provisioning, Deleting, Failed.
    pub status: Field<String>,
    /// The host, the resource id or the service tag that it opens.
    pub destination: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}
