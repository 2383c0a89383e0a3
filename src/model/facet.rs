//! Facets: the independently read parts of a resource beside its properties.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::Field;
use super::id::{ArmId, PrincipalId};

/// An independently read part of a resource, with its own freshness and failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Facet {
    /// The resource's own GET body (or its item in a list).
    Properties,
    /// Blob containers of a storage account.
    Containers,
    /// Shared private links of a search service.
    SharedPrivateLinks,
    /// Network security perimeter configurations.
    Perimeters,
    /// Model deployments of a Cognitive Services account.
    Deployments,
    /// Foundry projects of a Cognitive Services account.
    Projects,
    /// Connections of a workspace, an account or a project.
    Connections,
    /// Capability hosts of an account or a project: what its agents keep their data in.
    CapabilityHosts,
    /// Keys of a vault (metadata only).
    Keys,
    /// One key of a vault with all that its list leaves out: the facet of `{vault}/keys/N`.
    Key,
    /// The versions of one key: the facet of `{vault}/keys/N`.
    KeyVersions,
    /// Rules of a hub's managed network.
    OutboundRules,
    /// Diagnostic settings.
    DiagnosticSettings,
    /// Indexers of a search service.
    Indexers,
    /// Status and runs of one indexer: the facet of `{service}/indexers/N`.
    IndexerStatus,
    /// Data sources of a search service.
    DataSources,
    /// Skillsets of a search service.
    Skillsets,
    /// Indexes of a search service.
    Indexes,
    /// Statistics of one index: the facet of `{service}/indexes/N`.
    IndexStatistics,
    /// Assignments of a Cosmos DB account's own roles.
    SqlRoleAssignments,
    /// A Cosmos DB account's own roles.
    SqlRoleDefinitions,
    /// Associations of a network security perimeter.
    PerimeterAssociations,
    /// Profiles of a network security perimeter.
    PerimeterProfiles,
    /// Links of a network security perimeter.
    PerimeterLinks,
    /// Access rules of a perimeter's profile.
    PerimeterRules,
    /// A network manager's halves of its connections to other tenants.
    ScopeConnections,
    /// Address pools of a network manager.
    IpamPools,
    /// Static ranges of an address pool.
    StaticCidrs,
    /// What Azure counts in an address pool.
    PoolUsage,
    /// Who draws from an address pool.
    PoolAssociations,
}

impl Facet {
    /// Every facet, in report order.
    pub const ALL: [Self; 30] = [
        Self::Properties,
        Self::Containers,
        Self::SharedPrivateLinks,
        Self::Perimeters,
        Self::Deployments,
        Self::Projects,
        Self::Connections,
        Self::CapabilityHosts,
        Self::Keys,
        Self::Key,
        Self::KeyVersions,
        Self::OutboundRules,
        Self::DiagnosticSettings,
        Self::Indexers,
        Self::IndexerStatus,
        Self::DataSources,
        Self::Skillsets,
        Self::Indexes,
        Self::IndexStatistics,
        Self::SqlRoleAssignments,
        Self::SqlRoleDefinitions,
        Self::PerimeterAssociations,
        Self::PerimeterProfiles,
        Self::PerimeterLinks,
        Self::PerimeterRules,
        Self::ScopeConnections,
        Self::IpamPools,
        Self::StaticCidrs,
        Self::PoolUsage,
        Self::PoolAssociations,
    ];

    /// The name in the JSON report: camel case, as Azure names the child collection.
    pub fn name(self) -> &'static str {
        match self {
            Self::Properties => "properties",
            Self::Containers => "containers",
            Self::SharedPrivateLinks => "sharedPrivateLinkResources",
            Self::Perimeters => "networkSecurityPerimeterConfigurations",
            Self::Deployments => "deployments",
            Self::Projects => "projects",
            Self::Connections => "connections",
            Self::CapabilityHosts => "capabilityHosts",
            Self::Keys => "keys",
            Self::Key => "key",
            Self::KeyVersions => "keyVersions",
            Self::OutboundRules => "outboundRules",
            Self::DiagnosticSettings => "diagnosticSettings",
            Self::Indexers => "indexers",
            Self::IndexerStatus => "indexerStatus",
            Self::DataSources => "dataSources",
            Self::Skillsets => "skillsets",
            Self::Indexes => "indexes",
            Self::IndexStatistics => "indexStatistics",
            Self::SqlRoleAssignments => "sqlRoleAssignments",
            Self::SqlRoleDefinitions => "sqlRoleDefinitions",
            Self::PerimeterAssociations => "resourceAssociations",
            Self::PerimeterProfiles => "profiles",
            Self::PerimeterLinks => "links",
            Self::PerimeterRules => "accessRules",
            Self::ScopeConnections => "scopeConnections",
            Self::IpamPools => "ipamPools",
            Self::StaticCidrs => "staticCidrs",
            Self::PoolUsage => "poolUsage",
            Self::PoolAssociations => "associatedResources",
        }
    }

    /// The collection of a search service whose items this facet is read for, one by one: the status
    /// of an indexer, the statistics of an index.
    pub fn each_of(self) -> Option<Self> {
        match self {
            Self::IndexerStatus => Some(Self::Indexers),
            Self::IndexStatistics => Some(Self::Indexes),
            _ => None,
        }
    }

    /// What it is called in a sentence: `shared private links`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Properties => "properties",
            Self::Containers => "containers",
            Self::SharedPrivateLinks => "shared private links",
            Self::Perimeters => "security perimeters",
            Self::Deployments => "model deployments",
            Self::Projects => "projects",
            Self::Connections => "connections",
            Self::CapabilityHosts => "capability hosts",
            Self::Keys => "keys",
            Self::Key => "key facts",
            Self::KeyVersions => "key versions",
            Self::OutboundRules => "managed network rules",
            Self::DiagnosticSettings => "diagnostic settings",
            Self::Indexers => "indexers",
            Self::IndexerStatus => "status of an indexer",
            Self::DataSources => "data sources",
            Self::Skillsets => "skillsets",
            Self::Indexes => "indexes",
            Self::IndexStatistics => "statistics of an index",
            Self::SqlRoleAssignments => "Cosmos DB role assignments",
            Self::SqlRoleDefinitions => "Cosmos DB role definitions",
            Self::PerimeterAssociations => "perimeter associations",
            Self::PerimeterProfiles => "perimeter profiles",
            Self::PerimeterLinks => "perimeter links",
            Self::PerimeterRules => "perimeter access rules",
            Self::ScopeConnections => "connections to other tenants",
            Self::IpamPools => "address pools",
            Self::StaticCidrs => "static ranges of an address pool",
            Self::PoolUsage => "counts of addresses",
            Self::PoolAssociations => "resources that draw from an address pool",
        }
    }
}

/// A blob container (storage.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.publicAccess`: Container, Blob, None.
    pub public_access: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A model deployment (cognitiveservices.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Its id.
    pub id: ArmId,
    /// Its name: what a client calls.
    pub name: String,
    /// `properties.model.name`.
    pub model: Field<String>,
    /// `properties.model.version`.
    pub version: Field<String>,
    /// `sku.name`.
    pub sku: Field<String>,
    /// `sku.capacity`, thousands of tokens a minute for token SKUs.
    pub capacity: Field<i64>,
    /// `properties.provisioningState`.
    pub provisioning_state: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A project of a new-style Foundry account (cognitiveservices.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ArmId,
    /// Its name, without the account's.
    pub name: String,
    /// `properties.displayName`.
    pub display_name: Field<String>,
    /// `identity.principalId`: a project has a principal of its own.
    pub principal_id: Field<PrincipalId>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A connection of a hub, a project or an account (cognitiveservices.md, "Connection").
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.category`: `CognitiveSearch`, `AzureOpenAI`, …
    pub category: Field<String>,
    /// `properties.authType`: AAD, `ApiKey`, …
    pub auth_type: Field<String>,
    /// `properties.target`: a URL, mostly.
    pub target: Field<String>,
    /// `properties.metadata.ResourceId`, read without regard to the key's case.
    pub resource_id: Option<ArmId>,
    /// `properties.isSharedToAll`.
    pub shared_to_all: Field<bool>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A capability host of a new-style account or project (cognitiveservices.md, "CapabilityHost"): the
/// connections, by name, that agents keep their data behind.
#[derive(Clone, Debug, PartialEq)]
pub struct CapabilityHost {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.capabilityHostKind`: Agents.
    pub kind: Field<String>,
    /// `properties.customerSubnet`.
    pub subnet: Option<ArmId>,
    /// `properties.aiServicesConnections`.
    pub models: Field<Vec<String>>,
    /// `properties.storageConnections`: files.
    pub storage: Field<Vec<String>>,
    /// `properties.threadStorageConnections`: conversations, in Cosmos DB.
    pub threads: Field<Vec<String>>,
    /// `properties.vectorStoreConnections`: vectors, in AI Search.
    pub vectors: Field<Vec<String>>,
    /// `properties.provisioningState`.
    pub provisioning_state: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// What a key's rotation policy does at a time of its life (keyvault.md, `lifetimeActions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifetimeAction {
    /// `action.type`: rotate, notify.
    pub action: Field<String>,
    /// `trigger.timeAfterCreate`, an ISO 8601 duration.
    pub after_create: Field<String>,
    /// `trigger.timeBeforeExpiry`, an ISO 8601 duration.
    pub before_expiry: Field<String>,
}

/// A key of a vault, or one version of it, metadata only (keyvault.md). A list of keys holds its
/// attributes and its URI alone: what else is absent there is not absent in the key.
#[derive(Clone, Debug, PartialEq)]
pub struct VaultKey {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `properties.attributes.enabled`.
    pub enabled: Field<bool>,
    /// `properties.attributes.exp`, unix seconds; absent means never.
    pub expires: Field<i64>,
    /// `properties.attributes.nbf`, unix seconds.
    pub not_before: Field<i64>,
    /// `properties.keyUri`.
    pub uri: Field<String>,
    /// `properties.keyUriWithVersion`: of a key, its newest version.
    pub version_uri: Field<String>,
    /// `properties.kty`: RSA, RSA-HSM, EC, …
    pub kind: Field<String>,
    /// `properties.keySize`, bits.
    pub size: Field<i64>,
    /// `properties.curveName`.
    pub curve: Field<String>,
    /// `properties.keyOps`.
    pub operations: Field<Vec<String>>,
    /// `properties.rotationPolicy.lifetimeActions`; absent means that nothing rotates the key.
    pub rotation: Field<Vec<LifetimeAction>>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A diagnostic setting (monitor.md).
#[derive(Clone, Debug, PartialEq)]
pub struct DiagnosticSetting {
    /// Its name.
    pub name: String,
    /// `properties.workspaceId`.
    pub workspace: Option<ArmId>,
    /// Enabled log categories, and category groups (`allLogs`, `audit`) as they are named.
    pub categories: Vec<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}
