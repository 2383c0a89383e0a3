//! The part that a resource plays, by the word of the report.

use crate::model::resource::{Details, Family, Resource};
use crate::store::Inventory;

/// The word for a resource that was read.
pub(super) fn of(inventory: &Inventory, resource: &Resource) -> &'static str {
    if is_managed(inventory, resource) {
        match resource.family {
            Family::Storage => return "managed-storage",
            Family::Search => return "managed-search",
            Family::Cosmos => return "managed-cosmos",
            _ => {}
        }
    }
    match &resource.details {
        Details::Workspace(_) if resource.kind.is("Project") => "project",
        Details::Workspace(_) if !resource.kind.is("Hub") => "other",
        _ => of_family(resource.family),
    }
}

/// The word for a resource of which only the type is known.
pub(super) fn of_family(family: Family) -> &'static str {
    match family {
        Family::Storage => "corpus",
        Family::Search => "search",
        Family::Cognitive => "model",
        Family::Workspace => "hub",
        Family::Cosmos => "other",
        Family::Vault => "vault",
        Family::LogWorkspace => "logs",
        Family::UserIdentity => "identity",
        Family::PrivateEndpoint | Family::VirtualNetwork => "network",
    }
}

fn is_managed(inventory: &Inventory, resource: &Resource) -> bool {
    let (Some(group), subscription) = (resource.id.resource_group(), resource.id.subscription())
    else {
        return false;
    };
    inventory.family(Family::Workspace).any(|hub| {
        let Details::Workspace(workspace) = &hub.details else {
            return false;
        };
        hub.id.subscription() == subscription && workspace.managed_group.is(group)
    })
}
