//! What was changed lately, and by whom: the events of the activity log, united into changes, and the
//! search for the write that shut a gate.
//!
//! The log holds no property values: it says that a resource was written, never what the write
//! changed. So a write is named together with how certain it is ([`Certainty`]), and where nobody can
//! be named, why ([`WhoDidIt`]). Policies and people are kept apart. Must not know how the log was read.
//!
//! * [`change`]: one change, its kind, who made it;
//! * `unite`: several events into one change;
//! * `blame`: which change shut a gate.

pub mod blame;
pub mod change;
mod unite;

use std::sync::Arc;

use crate::model::id::ArmId;
use crate::model::lookup::Map;
use crate::store::Inventory;

pub use blame::{Certainty, Found, WhoDidIt, awaited};
pub use change::{Actor, ActorKind, Change, Kind, Outcome, PolicyAct};

/// Every change that the activity log tells of, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The changes.
    pub list: Vec<Arc<Change>>,
    /// Places in the list by the resource that is concerned.
    by_resource: Map<ArmId, Vec<usize>>,
}

impl Changes {
    /// Unites what was read.
    pub fn of(inventory: &Inventory) -> Self {
        let list = unite::unite(inventory);
        let mut by_resource: Map<ArmId, Vec<usize>> = Map::default();
        for (at, change) in list.iter().enumerate() {
            if let Some(id) = &change.about {
                by_resource.entry(id.clone()).or_default().push(at);
            }
        }
        Self { list, by_resource }
    }

    /// The changes of a resource and of what belongs to it, the newest first.
    pub fn about<'a>(&'a self, id: &ArmId) -> impl Iterator<Item = &'a Arc<Change>> + use<'a> {
        self.by_resource
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|at| self.list.get(*at))
    }

    /// A change by its id.
    pub fn get(&self, id: &str) -> Option<&Arc<Change>> {
        self.list.iter().find(|one| one.id == id)
    }
}
