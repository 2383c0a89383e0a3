//! Foundry: hubs with what hangs on them, their managed resource group, new-style accounts with
//! their projects (domain-rules section E).
//!
//! * [`agents`]: what the agents of an account keep their data in;
//! * [`managed`]: which group Microsoft made for a hub, and how it was found;
//! * [`required`]: what has to stay as it was created in there, against what is.
//!
//! It judges configuration only: whether a key can be read by those who need it is a hop.

pub mod agents;
pub mod managed;
pub mod required;

use crate::model::facet::Connection;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource, Workspace};
use crate::store::Inventory;

use super::evidence::{Evidence, has_properties};
use super::facets::{self, Listed};

use self::agents::{Hosts, hosts};
use self::managed::ManagedGroup;
use self::required::ManagedState;

/// All of Foundry in an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Foundry {
    /// Hubs, and plain workspaces with a customer key, by id.
    pub hubs: Vec<Hub>,
    /// Projects whose hub was not read, by id.
    pub lone_projects: Vec<ProjectRef>,
    /// New-style accounts, by id.
    pub accounts: Vec<Account>,
}

/// A hub.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// Its projects: those that name it, and those that it names.
    pub projects: Vec<ProjectRef>,
    /// `storageAccount`.
    pub storage: Option<ArmId>,
    /// `keyVault`.
    pub vault: Option<ArmId>,
    /// `containerRegistry`.
    pub registry: Option<ArmId>,
    /// `applicationInsights`.
    pub insights: Option<ArmId>,
    /// `systemDatastoresAuthMode`: how its own storage is spoken to.
    pub datastores: Field<String>,
    /// Who keeps the key that encrypts it, and where the data is.
    pub encryption: Encrypted,
    /// The group that Microsoft made for it, with what is in there.
    pub managed: Option<ManagedState>,
    /// Its connections.
    pub connections: Connections,
}

/// A project, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectRef {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// Whether the project itself was read; if not, its hub or account names it.
    pub was_read: bool,
    /// Its own connections.
    pub connections: Connections,
}

/// A new-style Foundry account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// Its projects.
    pub projects: Vec<ProjectRef>,
    /// Why there may be more projects.
    pub projects_missing: Option<String>,
    /// Who keeps its key.
    pub encryption: Encrypted,
    /// Its connections.
    pub connections: Connections,
    /// Its capability hosts, and those of its projects behind them.
    pub hosts: Vec<Hosts>,
}

/// Connections of a hub, a project or an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections {
    /// Those that were read.
    pub items: Vec<ConnectionLine>,
    /// Why there may be more.
    pub missing: Option<String>,
}

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionLine {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `CognitiveSearch`, `AzureOpenAI`, …
    pub category: Field<String>,
    /// `AAD`, `ApiKey`, …
    pub auth_type: Field<String>,
    /// Where it leads.
    pub target: Field<String>,
    /// The resource that it leads to, when it says so.
    pub resource: Option<ArmId>,
    /// What it presents.
    pub presents: Presents,
}

/// What a connection presents to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presents {
    /// A token of Entra ID: nothing is stored.
    Token,
    /// A stored secret: a key, a SAS, a password.
    Secret,
    /// Nothing.
    Nothing,
    /// A kind that is not known here, or not said.
    Unclear,
}

/// Who keeps the key of the data, and where the data is.
#[derive(Clone, Debug, PartialEq)]
pub struct Encrypted {
    /// The state.
    pub state: KeyState,
    /// Why, in a sentence without a trailing dot.
    pub reason: String,
    /// The key's URI.
    pub key: Field<String>,
    /// The vault, when it is named.
    pub vault: Option<ArmId>,
    /// What says so.
    pub evidence: Vec<Evidence>,
}

/// The ways in which a hub or an account can be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Microsoft's key.
    Platform,
    /// A customer key; the data is in a managed group of the customer's subscription.
    ManagedGroup,
    /// A customer key on Microsoft's side: no managed group.
    ServiceSide,
    /// A customer key on stores that the customer brought.
    OwnStores,
    /// A customer key of a new-style account: no managed group.
    CustomerKey,
    /// It cannot be told.
    Unknown,
}

impl KeyState {
    /// The state in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Platform => "Microsoft's key",
            Self::ManagedGroup => "customer key, data in a managed group",
            Self::ServiceSide => "customer key, on the service's side",
            Self::OwnStores => "customer key, on your own stores",
            Self::CustomerKey => "customer key",
            Self::Unknown => "not known",
        }
    }
}

/// All of Foundry in an environment.
pub fn foundry(inventory: &Inventory) -> Foundry {
    let mut hubs = Vec::new();
    let mut lone_projects = Vec::new();
    for resource in inventory.family(Family::Workspace) {
        let Details::Workspace(workspace) = &resource.details else {
            continue;
        };
        let managed = managed::group_of(inventory, resource);
        let is_project = workspace.hub.is_some() || resource.kind.is("Project");
        let has_stores = managed.is_some() || !workspace.own_stores.is_empty();
        if resource.kind.is("Hub") || (!is_project && has_stores) {
            hubs.push(hub(inventory, resource, workspace, managed));
        } else if is_project
            && workspace
                .hub
                .as_ref()
                .is_none_or(|hub| inventory.resource(hub).is_none())
        {
            lone_projects.push(ProjectRef {
                id: resource.id.clone(),
                name: resource.name.clone(),
                was_read: true,
                connections: connections(inventory, &resource.id),
            });
        }
    }
    let accounts = inventory
        .family(Family::Cognitive)
        .filter_map(|resource| account(inventory, resource))
        .collect();
    Foundry {
        hubs,
        lone_projects,
        accounts,
    }
}

fn hub(
    inventory: &Inventory,
    resource: &Resource,
    workspace: &Workspace,
    managed: Option<ManagedGroup>,
) -> Hub {
    let encryption = hub_encryption(resource, workspace, managed.as_ref());
    Hub {
        id: resource.id.clone(),
        name: resource.name.clone(),
        projects: hub_projects(inventory, resource, workspace),
        storage: workspace.storage_account.clone(),
        vault: workspace.key_vault.clone(),
        registry: workspace.container_registry.clone(),
        insights: workspace.application_insights.clone(),
        datastores: workspace.datastores_auth_mode.clone(),
        encryption,
        managed: managed
            .map(|group| required::state(inventory, resource, group))
            .or_else(|| required::own_stores(inventory, resource, &workspace.own_stores)),
        connections: connections(inventory, &resource.id),
    }
}

fn hub_projects(inventory: &Inventory, hub: &Resource, workspace: &Workspace) -> Vec<ProjectRef> {
    let mut projects: Vec<ProjectRef> = inventory
        .family(Family::Workspace)
        .filter(|one| match &one.details {
            Details::Workspace(details) => details.hub.as_ref() == Some(&hub.id),
            _ => false,
        })
        .map(|one| ProjectRef {
            id: one.id.clone(),
            name: one.name.clone(),
            was_read: true,
            connections: connections(inventory, &one.id),
        })
        .collect();
    for id in &workspace.associated_workspaces {
        if projects.iter().all(|known| known.id != *id) {
            projects.push(ProjectRef {
                id: id.clone(),
                name: id.name().to_owned(),
                was_read: false,
                connections: connections(inventory, id),
            });
        }
    }
    projects
}

fn hub_encryption(
    hub: &Resource,
    workspace: &Workspace,
    managed: Option<&ManagedGroup>,
) -> Encrypted {
    let status = Evidence::of(hub, "properties.encryption.status");
    let service_side = Evidence::of(hub, "properties.enableServiceSideCMKEncryption");
    let encryption = hub.encryption.as_ref();
    let customer = encryption
        .filter(|_| has_properties(hub))
        .and_then(|one| one.customer_managed);
    let (state, reason, evidence) = match customer {
        None => (
            KeyState::Unknown,
            format!("encryption.status is {}", status.words()),
            vec![status],
        ),
        Some(false) => (
            KeyState::Platform,
            match status.value {
                None => "encryption is absent, which means Microsoft's key".to_owned(),
                Some(_) => format!("encryption.status is {}", status.words()),
            },
            vec![status],
        ),
        Some(true) if !workspace.own_stores.is_empty() => (
            KeyState::OwnStores,
            "encryption names stores of your own".to_owned(),
            vec![
                status,
                Evidence::of(hub, "properties.encryption.cosmosDbResourceId"),
                Evidence::of(hub, "properties.encryption.searchAccountResourceId"),
                Evidence::of(hub, "properties.encryption.storageAccountResourceId"),
            ],
        ),
        Some(true) if workspace.service_side_encryption.value() == Some(&true) => (
            KeyState::ServiceSide,
            "enableServiceSideCMKEncryption is true: no managed group is expected".to_owned(),
            vec![status, service_side],
        ),
        Some(true) => match managed {
            Some(group) => (
                KeyState::ManagedGroup,
                format!("{}: {}", group.id.name(), group.found.words()),
                group.evidence.iter().cloned().chain([status]).collect(),
            ),
            None => (
                KeyState::Unknown,
                "a customer key, but no managed group is named or was found by its name".to_owned(),
                vec![
                    status,
                    Evidence::of(hub, "properties.serviceProvisionedResourceGroup"),
                    service_side,
                ],
            ),
        },
    };
    Encrypted {
        state,
        reason,
        key: encryption.map_or(Field::Absent, |one| one.key.clone()),
        vault: encryption.and_then(|one| one.vault.clone()),
        evidence,
    }
}

fn account(inventory: &Inventory, resource: &Resource) -> Option<Account> {
    let Details::Cognitive(details) = &resource.details else {
        return None;
    };
    let listed = facets::projects(inventory, &resource.id);
    if details.allow_project_management.value() != Some(&true) && listed.items.is_empty() {
        return None;
    }
    let projects = listed
        .items
        .iter()
        .map(|one| ProjectRef {
            id: one.id.clone(),
            name: one.name.clone(),
            was_read: true,
            connections: connections(inventory, &one.id),
        })
        .collect();
    Some(Account {
        id: resource.id.clone(),
        name: resource.name.clone(),
        projects,
        projects_missing: listed.missing,
        encryption: account_encryption(resource),
        connections: connections(inventory, &resource.id),
        hosts: std::iter::once(hosts(inventory, &resource.id, &[&resource.id]))
            .chain(
                listed
                    .items
                    .iter()
                    .map(|one| hosts(inventory, &one.id, &[&one.id, &resource.id])),
            )
            .collect(),
    })
}

fn account_encryption(account: &Resource) -> Encrypted {
    let source = Evidence::of(account, "properties.encryption.keySource");
    let encryption = account.encryption.as_ref();
    let customer = encryption
        .filter(|_| has_properties(account))
        .and_then(|one| one.customer_managed);
    let (state, reason) = match customer {
        Some(true) => (
            KeyState::CustomerKey,
            "keySource is Microsoft.KeyVault; a new-style account has no managed group".to_owned(),
        ),
        Some(false) if source.is_absent() => (
            KeyState::Platform,
            "encryption is absent, which means Microsoft's key".to_owned(),
        ),
        Some(false) => (
            KeyState::Platform,
            format!("keySource is {}", source.words()),
        ),
        None => (
            KeyState::Unknown,
            format!("keySource is {}", source.words()),
        ),
    };
    Encrypted {
        state,
        reason,
        key: encryption.map_or(Field::Absent, |one| one.key.clone()),
        vault: encryption.and_then(|one| one.vault.clone()),
        evidence: vec![source],
    }
}

fn connections(inventory: &Inventory, owner: &ArmId) -> Connections {
    let listed: Listed<'_, Connection> = facets::connections(inventory, owner);
    Connections {
        items: listed
            .items
            .iter()
            .map(|one| ConnectionLine {
                id: one.id.clone(),
                name: one.name.clone(),
                category: one.category.clone(),
                auth_type: one.auth_type.clone(),
                target: one.target.clone(),
                resource: one.resource_id.clone(),
                presents: presents(&one.auth_type),
            })
            .collect(),
        missing: listed.missing,
    }
}

/// What an `authType` stands for (cognitiveservices.md, "Connection").
pub fn presents(auth_type: &Field<String>) -> Presents {
    const TOKENS: [&str; 9] = [
        "AAD",
        "ManagedIdentity",
        "ProjectManagedIdentity",
        "AccountManagedIdentity",
        "UserEntraToken",
        "AgentUserImpersonation",
        "AgenticIdentityToken",
        "AgenticUser",
        "DelegatedSAS",
    ];
    const SECRETS: [&str; 9] = [
        "ApiKey",
        "AccountKey",
        "AccessKey",
        "CustomKeys",
        "SAS",
        "PAT",
        "UsernamePassword",
        "ServicePrincipal",
        "OAuth2",
    ];
    let is_one_of = |known: &[&str]| known.iter().any(|word| auth_type.is(word));
    if is_one_of(&TOKENS) {
        Presents::Token
    } else if is_one_of(&SECRETS) {
        Presents::Secret
    } else if auth_type.is("None") {
        Presents::Nothing
    } else {
        Presents::Unclear
    }
}
