//! The part that a resource plays in the pattern: corpus, search, model, hub …
//!
//! A part follows from a resource's type and from what names it, never from its name: a managed
//! resource is one in the group that a hub's own properties (or the group's `managedBy`) point to.

use std::fmt;

use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::store::Inventory;

use super::foundry::managed;

/// The part (`part` in the JSON report).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Storage that holds the documents.
    Corpus,
    /// A search service.
    Search,
    /// An account that holds models.
    Model,
    /// A Foundry hub, or a new-style Foundry account's place of projects.
    Hub,
    /// A Foundry project.
    Project,
    /// A key vault.
    Vault,
    /// A log workspace.
    Logs,
    /// The Cosmos DB account of a managed group.
    ManagedCosmos,
    /// The search service of a managed group.
    ManagedSearch,
    /// The storage account of a managed group.
    ManagedStorage,
    /// A user-assigned identity.
    Identity,
    /// A private endpoint or a virtual network.
    Network,
    /// None of these.
    Other,
}

impl Part {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Corpus => "corpus",
            Self::Search => "search",
            Self::Model => "model",
            Self::Hub => "hub",
            Self::Project => "project",
            Self::Vault => "vault",
            Self::Logs => "logs",
            Self::ManagedCosmos => "managed-cosmos",
            Self::ManagedSearch => "managed-search",
            Self::ManagedStorage => "managed-storage",
            Self::Identity => "identity",
            Self::Network => "network",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The part that a resource plays.
pub fn part_of(inventory: &Inventory, resource: &Resource) -> Part {
    let is_managed = || {
        is_in_managed_group(inventory, &resource.id)
            || managed::own_stores(inventory).any(|store| *store == resource.id)
    };
    match &resource.details {
        Details::Storage(_) if is_managed() => Part::ManagedStorage,
        Details::Storage(_) => Part::Corpus,
        Details::Search(_) if is_managed() => Part::ManagedSearch,
        Details::Search(_) => Part::Search,
        Details::Cosmos(_) if is_managed() => Part::ManagedCosmos,
        Details::Cosmos(_) => Part::Other,
        Details::Cognitive(_) => {
            // An account of another kind holds a model when a deployment says so.
            let has_deployment = || {
                !super::facets::deployments(inventory, &resource.id)
                    .items
                    .is_empty()
            };
            if resource.kind.is("OpenAI") || resource.kind.is("AIServices") || has_deployment() {
                Part::Model
            } else {
                Part::Other
            }
        }
        Details::Workspace(workspace) => {
            if resource.kind.is("Hub") {
                Part::Hub
            } else if resource.kind.is("Project") || workspace.hub.is_some() {
                Part::Project
            } else {
                Part::Other
            }
        }
        Details::Vault(_) => Part::Vault,
        Details::LogWorkspace(_) => Part::Logs,
        Details::UserIdentity(_) => Part::Identity,
        Details::PrivateEndpoint(_) | Details::VirtualNetwork(_) => Part::Network,
    }
}

fn is_in_managed_group(inventory: &Inventory, id: &ArmId) -> bool {
    let Some(group) = id.group_id() else {
        return false;
    };
    inventory
        .family(Family::Workspace)
        .filter_map(|hub| managed::group_of(inventory, hub))
        .any(|managed| managed.id == group)
        || managed::is_made_for_a_hub(inventory, &group)
}
