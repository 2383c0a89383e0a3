//! One Azure resource: the common part, the facets that every service has in its own words, and
//! what only its own service knows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::field::Field;
use super::id::{ArmId, PrincipalId};
use super::ipam::Allocation;
use super::issue::Issue;
use super::network::{Firewall, SharedPrivateLink};

/// The resource types that are read, each with one provider-level list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// `Microsoft.Storage/storageAccounts`
    Storage,
    /// `Microsoft.Search/searchServices`
    Search,
    /// `Microsoft.CognitiveServices/accounts`, every kind
    Cognitive,
    /// `Microsoft.MachineLearningServices/workspaces`: hub, project, default
    Workspace,
    /// `Microsoft.DocumentDB/databaseAccounts`
    Cosmos,
    /// `Microsoft.KeyVault/vaults`
    Vault,
    /// `Microsoft.OperationalInsights/workspaces`
    LogWorkspace,
    /// `Microsoft.ManagedIdentity/userAssignedIdentities`
    UserIdentity,
    /// `Microsoft.Network/privateEndpoints`
    PrivateEndpoint,
    /// `Microsoft.Network/virtualNetworks`
    VirtualNetwork,
}

impl Family {
    /// Every family, in the order in which people look for them.
    pub const ALL: [Self; 10] = [
        Self::Storage,
        Self::Search,
        Self::Cognitive,
        Self::Workspace,
        Self::Cosmos,
        Self::Vault,
        Self::LogWorkspace,
        Self::UserIdentity,
        Self::PrivateEndpoint,
        Self::VirtualNetwork,
    ];

    /// The ARM resource type.
    pub fn arm_type(self) -> &'static str {
        match self {
            Self::Storage => "Microsoft.Storage/storageAccounts",
            Self::Search => "Microsoft.Search/searchServices",
            Self::Cognitive => "Microsoft.CognitiveServices/accounts",
            Self::Workspace => "Microsoft.MachineLearningServices/workspaces",
            Self::Cosmos => "Microsoft.DocumentDB/databaseAccounts",
            Self::Vault => "Microsoft.KeyVault/vaults",
            Self::LogWorkspace => "Microsoft.OperationalInsights/workspaces",
            Self::UserIdentity => "Microsoft.ManagedIdentity/userAssignedIdentities",
            Self::PrivateEndpoint => "Microsoft.Network/privateEndpoints",
            Self::VirtualNetwork => "Microsoft.Network/virtualNetworks",
        }
    }

    /// The family of an ARM type, compared without case.
    pub fn of_type(arm_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|family| family.arm_type().eq_ignore_ascii_case(arm_type))
    }

    /// What many of them are called: `storage accounts`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Storage => "storage accounts",
            Self::Search => "search services",
            Self::Cognitive => "AI services accounts",
            Self::Workspace => "Foundry hubs and ML workspaces",
            Self::Cosmos => "Cosmos DB accounts",
            Self::Vault => "key vaults",
            Self::LogWorkspace => "Log Analytics workspaces",
            Self::UserIdentity => "user-assigned identities",
            Self::PrivateEndpoint => "private endpoints",
            Self::VirtualNetwork => "virtual networks",
        }
    }

    /// Whether it has a service firewall and so stands in the Network pane.
    pub fn has_firewall(self) -> bool {
        matches!(
            self,
            Self::Storage
                | Self::Search
                | Self::Cognitive
                | Self::Workspace
                | Self::Cosmos
                | Self::Vault
        )
    }
}

/// One resource as one answer stated it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its id.
    pub id: ArmId,
    /// Its family.
    pub family: Family,
    /// `name`, as Azure writes it; control characters are out.
    pub name: String,
    /// Top-level `kind`.
    pub kind: Field<String>,
    /// `location`: a region name, or a display name (`East US 2`) in some services.
    pub location: Field<String>,
    /// `sku.name` (for Log Analytics `properties.sku.name`).
    pub sku: Field<String>,
    /// `managedBy`.
    pub managed_by: Field<String>,
    /// `tags`, in Azure's order.
    pub tags: Vec<(String, String)>,
    /// `identity`; absent and `type: None` both mean no managed identity.
    pub identity: Field<Identity>,
    /// `systemData`.
    pub system_data: SystemData,
    /// The service firewall, for those that have one.
    pub firewall: Option<Firewall>,
    /// The switch for keys, for those that have one.
    pub local_auth: Option<LocalAuth>,
    /// Outbound restriction, for those that have it.
    pub outbound: Option<Outbound>,
    /// Encryption at rest, for those that state it.
    pub encryption: Option<Encryption>,
    /// What only this service has.
    pub details: Details,
    /// Properties that have not the expected shape.
    pub issues: Arc<[Issue]>,
    /// Where this was read.
    pub source: Source,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl Resource {
    /// Whether the property at `path`, or one below it, has not the expected shape, so that a list
    /// or a choice read from there may lack something.
    pub fn is_unclear_at(&self, path: &str) -> bool {
        self.issues.iter().any(|issue| {
            issue.path.as_deref().is_some_and(|found| {
                found.strip_prefix(path).is_some_and(|rest| {
                    rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
                })
            })
        })
    }
}

/// Where and when something was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The API version that answered.
    pub api_version: Arc<str>,
    /// When the answer came.
    #[serde(with = "time::serde::rfc3339")]
    pub observed_at: OffsetDateTime,
    /// `x-ms-request-id`, else the correlation id.
    pub request_id: Option<Arc<str>>,
}

/// `systemData` of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemData {
    /// `createdAt`.
    pub created_at: Field<OffsetDateTime>,
    /// `lastModifiedAt`.
    pub last_modified_at: Field<OffsetDateTime>,
    /// `lastModifiedBy`.
    pub last_modified_by: Field<String>,
}

/// `identity` of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// `type`, as written: `SystemAssigned`, `SystemAssigned, UserAssigned`, `None`.
    pub identity_type: Field<String>,
    /// `principalId` of the system-assigned identity.
    pub principal_id: Field<PrincipalId>,
    /// `tenantId`.
    pub tenant_id: Field<String>,
    /// The user-assigned identities.
    pub user_assigned: Vec<AssignedIdentity>,
}

/// One entry of `identity.userAssignedIdentities`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedIdentity {
    /// The identity's id; its casing may differ from the identity's own.
    pub id: ArmId,
    /// Its object id; some providers leave it out.
    pub principal_id: Field<PrincipalId>,
    /// Its application id.
    pub client_id: Field<String>,
}

impl Identity {
    fn has_word(&self, word: &str) -> bool {
        self.identity_type.text().is_some_and(|text| {
            text.split(',')
                .any(|part| part.trim().eq_ignore_ascii_case(word))
        })
    }

    /// Whether `type` names a system-assigned identity.
    pub fn is_system_assigned(&self) -> bool {
        self.has_word("SystemAssigned")
    }

    /// Whether `type` names user-assigned identities.
    pub fn is_user_assigned(&self) -> bool {
        self.has_word("UserAssigned")
    }
}

/// A service's switch for keys: `disableLocalAuth`, or Storage's `allowSharedKeyAccess`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalAuth {
    /// The JSON path of the property.
    pub path: &'static str,
    /// Its value.
    pub value: Field<bool>,
    /// The value that leaves keys on: `false` for `disableLocalAuth`, `true` for
    /// `allowSharedKeyAccess`.
    pub on_when: bool,
}

impl LocalAuth {
    /// Whether keys are accepted. Unset means on in all services read here (reference
    /// `arm/README.md`, "Defaults that differ"); unclear means none.
    pub fn enabled(&self) -> Option<bool> {
        self.value
            .or_default(self.on_when)
            .map(|value| value == self.on_when)
    }
}

/// Outbound restriction of a Cognitive Services account (domain-rules B.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbound {
    /// `properties.restrictOutboundNetworkAccess`.
    pub restrict: Field<bool>,
    /// `properties.allowedFqdnList`.
    pub allowed_fqdns: Field<Vec<String>>,
}

impl Outbound {
    /// Whether the restriction is on. Unset means off.
    pub fn restricted(&self) -> Option<bool> {
        self.restrict.or_default(false)
    }
}

/// Encryption at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encryption {
    /// `keySource` where the service has one; `status` for ML workspaces.
    pub key_source: Field<String>,
    /// Whether a customer-managed key is used, where the answer allows to say so.
    pub customer_managed: Option<bool>,
    /// The key's URI, or vault URI and key name joined.
    pub key: Field<String>,
    /// The vault's id, where the service names it.
    pub vault: Option<ArmId>,
    /// The user-assigned identity that reads the key, by resource id; none is the system identity.
    pub identity: Option<ArmId>,
    /// The same by client id (Cognitive Services).
    pub identity_client_id: Field<String>,
}

/// What only one service has.
#[derive(Clone, Debug, PartialEq)]
pub enum Details {
    /// Storage account.
    Storage(Storage),
    /// Search service.
    Search(Search),
    /// Cognitive Services account.
    Cognitive(Cognitive),
    /// ML workspace: hub, project, default.
    Workspace(Workspace),
    /// Cosmos DB account.
    Cosmos(Cosmos),
    /// Key vault.
    Vault(Vault),
    /// Log Analytics workspace.
    LogWorkspace(LogWorkspace),
    /// User-assigned identity.
    UserIdentity(UserIdentity),
    /// Private endpoint.
    PrivateEndpoint(PrivateEndpoint),
    /// Virtual network.
    VirtualNetwork(VirtualNetwork),
}

/// Storage account (storage.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storage {
    /// `properties.allowBlobPublicAccess`.
    pub allow_blob_public_access: Field<bool>,
    /// `properties.isHnsEnabled`: with a hierarchical namespace ACLs can stand in for roles.
    pub is_hns_enabled: Field<bool>,
    /// `properties.minimumTlsVersion`.
    pub minimum_tls_version: Field<String>,
    /// `properties.defaultToOAuthAuthentication`.
    pub default_to_oauth: Field<bool>,
    /// `properties.primaryEndpoints`: sub-resource and URL.
    pub endpoints: Vec<(String, String)>,
}

/// Search service (search.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// `properties.authOptions`.
    pub auth_options: Field<AuthOptions>,
    /// `properties.semanticSearch`: disabled, free, standard.
    pub semantic_search: Field<String>,
    /// `properties.replicaCount`.
    pub replica_count: Field<i64>,
    /// `properties.partitionCount`.
    pub partition_count: Field<i64>,
    /// `properties.status`.
    pub status: Field<String>,
    /// `properties.dataExfiltrationProtections`, or the older `disabledDataExfiltrationOptions`.
    pub data_exfiltration_protections: Field<Vec<String>>,
    /// `properties.encryptionWithCmk.enforcement`.
    pub cmk_enforcement: Field<String>,
    /// `properties.endpoint`.
    pub endpoint: Field<String>,
    /// `properties.sharedPrivateLinkResources`: what the service's own body says of its links; the
    /// facet of the same name is the list that is read on its own.
    pub shared_private_links: Field<Vec<SharedPrivateLink>>,
}

/// How a search service accepts callers on its data plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthOptions {
    /// `apiKeyOnly`: tokens are rejected.
    ApiKeyOnly,
    /// `aadOrApiKey` with its failure mode.
    AadOrApiKey(Field<String>),
}

/// Cognitive Services account: Azure `OpenAI`, AI Services, Foundry (cognitiveservices.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cognitive {
    /// `properties.customSubDomainName`: without it no token is accepted.
    pub custom_sub_domain: Field<String>,
    /// `properties.endpoint`.
    pub endpoint: Field<String>,
    /// `properties.allowProjectManagement`: true for a new-style Foundry account.
    pub allow_project_management: Field<bool>,
    /// `properties.userOwnedStorage[].resourceId`.
    pub user_owned_storage: Vec<ArmId>,
    /// `properties.networkInjections[].subnetArmId`.
    pub injected_subnets: Vec<ArmId>,
    /// `properties.provisioningState`.
    pub provisioning_state: Field<String>,
}

/// ML workspace: Foundry hub, project or plain workspace (machinelearning.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// `properties.hubResourceId`: the hub of a project.
    pub hub: Option<ArmId>,
    /// The state of `properties.hubResourceId`, so that "not a project" and "the API version does
    /// not say" stay apart.
    pub hub_state: Field<()>,
    /// `properties.associatedWorkspaces`: the projects of a hub.
    pub associated_workspaces: Vec<ArmId>,
    /// `properties.keyVault`.
    pub key_vault: Option<ArmId>,
    /// `properties.storageAccount`.
    pub storage_account: Option<ArmId>,
    /// `properties.containerRegistry`.
    pub container_registry: Option<ArmId>,
    /// `properties.applicationInsights`.
    pub application_insights: Option<ArmId>,
    /// `properties.primaryUserAssignedIdentity`.
    pub primary_identity: Option<ArmId>,
    /// `properties.managedNetwork.isolationMode`; absent means Disabled.
    pub isolation_mode: Field<String>,
    /// `properties.managedNetwork.status.status`.
    pub managed_network_status: Field<String>,
    /// `properties.serviceProvisionedResourceGroup`: the managed group's *name*; an id is trimmed.
    pub managed_group: Field<String>,
    /// `properties.enableServiceSideCMKEncryption`.
    pub service_side_encryption: Field<bool>,
    /// `properties.systemDatastoresAuthMode`.
    pub datastores_auth_mode: Field<String>,
    /// `properties.encryption.cosmosDbResourceId` and its two siblings: bring-your-own stores.
    pub own_stores: Vec<ArmId>,
}

/// Cosmos DB account (cosmosdb.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cosmos {
    /// `properties.defaultIdentity`: who reads the key.
    pub default_identity: Field<String>,
    /// `properties.customerManagedKeyStatus`.
    pub customer_managed_key_status: Field<String>,
    /// `properties.disableKeyBasedMetadataWriteAccess`.
    pub disable_key_based_metadata_write: Field<bool>,
    /// `properties.documentEndpoint`.
    pub endpoint: Field<String>,
}

/// Key vault (keyvault.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vault {
    /// `properties.enableRbacAuthorization`: null or absent means access policies.
    pub rbac_authorization: Field<bool>,
    /// `properties.accessPolicies`.
    pub access_policies: Vec<AccessPolicy>,
    /// `properties.enableSoftDelete`.
    pub soft_delete: Field<bool>,
    /// `properties.enablePurgeProtection`: absent means off.
    pub purge_protection: Field<bool>,
    /// `properties.vaultUri`.
    pub uri: Field<String>,
    /// `properties.tenantId`.
    pub tenant_id: Field<String>,
}

/// One entry of a vault's `accessPolicies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPolicy {
    /// Whose.
    pub object_id: PrincipalId,
    /// `permissions.keys`, in Azure's writing.
    pub keys: Vec<String>,
    /// `permissions.secrets`.
    pub secrets: Vec<String>,
}

/// Log Analytics workspace (monitor.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogWorkspace {
    /// `properties.customerId`: the GUID of the query API.
    pub customer_id: Field<String>,
    /// `properties.retentionInDays`.
    pub retention_days: Field<i64>,
    /// `properties.publicNetworkAccessForIngestion`.
    pub public_ingestion: Field<String>,
    /// `properties.publicNetworkAccessForQuery`.
    pub public_query: Field<String>,
}

/// User-assigned identity (managedidentity.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIdentity {
    /// `properties.principalId`.
    pub principal_id: Field<PrincipalId>,
    /// `properties.clientId`.
    pub client_id: Field<String>,
    /// `properties.tenantId`.
    pub tenant_id: Field<String>,
}

/// Private endpoint (network.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateEndpoint {
    /// `properties.subnet.id`.
    pub subnet: Option<ArmId>,
    /// Both connection lists, automatic and manual.
    pub connections: Vec<PrivateLinkConnection>,
}

/// One `privateLinkServiceConnections[]` entry of a private endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateLinkConnection {
    /// The target resource.
    pub target: Option<ArmId>,
    /// Sub-resources.
    pub group_ids: Vec<String>,
    /// Pending, Approved, Rejected, Disconnected.
    pub status: Field<String>,
    /// Whether the owner of the target has to approve it by hand.
    pub manual: bool,
}

/// Virtual network (network.md).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VirtualNetwork {
    /// `properties.addressSpace.addressPrefixes`.
    pub address_prefixes: Vec<String>,
    /// `properties.addressSpace.ipamPoolPrefixAllocations`: the pools that it draws from.
    pub allocations: Field<Vec<Allocation>>,
    /// The subnets.
    pub subnets: Vec<Subnet>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: ArmId,
    /// `addressPrefix` or `addressPrefixes`.
    pub address_prefixes: Vec<String>,
    /// `ipamPoolPrefixAllocations`.
    pub allocations: Field<Vec<Allocation>>,
    /// `serviceEndpoints[].service`.
    pub service_endpoints: Vec<String>,
    /// `delegations[].properties.serviceName`.
    pub delegations: Vec<String>,
}
