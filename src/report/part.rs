//! The part that a resource plays, by the word of the report.

use crate::analysis::parts::{Part, part_of};
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

/// The word for a resource that was read.
pub(super) fn of(inventory: &Inventory, resource: &Resource) -> &'static str {
    part_of(inventory, resource).word()
}

/// The word for a resource of which only the type is known.
pub(super) fn of_family(family: Family) -> &'static str {
    match family {
        Family::Storage => Part::Corpus,
        Family::Search => Part::Search,
        Family::Cognitive => Part::Model,
        Family::Workspace => Part::Hub,
        Family::Cosmos => Part::Other,
        Family::Vault => Part::Vault,
        Family::LogWorkspace => Part::Logs,
        Family::UserIdentity => Part::Identity,
        Family::PrivateEndpoint | Family::VirtualNetwork => Part::Network,
    }
    .word()
}
