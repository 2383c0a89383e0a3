//! Role assignments of principals that are gone: what the directory that they would be in does not know.
//!
//! Each tenant has a directory of its own. One that was refused may know who another one does not, so
//! silence counts only where the right one was read. Must not know what such an assignment would give.

use crate::analysis::access::Index;
use crate::analysis::access::placed::Placed;
use crate::analysis::access::readings::Read;
use crate::model::access::RoleAssignment;
use crate::model::id::{ArmId, TenantId};
use crate::model::key::Key;
use crate::model::lookup::Map;
use crate::store::{Inventory, Snapshot, State};

/// Role assignments of principals that the directory does not know.
pub(super) fn orphans<'a>(inventory: &'a Inventory, access: &Index<'a>) -> Placed<'a> {
    let mut directories = Directories::of(inventory);
    if directories.asked.iter().all(|(_, is_read)| !is_read) {
        return Placed::default();
    }
    let all = access.assignments();
    let gone = all
        .iter()
        .enumerate()
        .filter(|(at, read)| !access.is_holder_named(*at) && directories.would_know(read));
    let places = gone.map(|(at, _)| at).collect();
    Placed::of(places, all)
}

/// The directories that were asked for names, and whether each was read.
struct Directories<'a> {
    snapshot: &'a Snapshot,
    asked: Vec<(Option<&'a TenantId>, bool)>,
    /// By the scope of a list of assignments.
    of_lists: Map<&'a ArmId, bool>,
}

impl<'a> Directories<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let snapshot = inventory.snapshot();
        let asked = inventory.beside().filter_map(|(key, slice)| match key {
            Key::Principals(view) => Some((view.as_ref(), slice.state() == State::Known)),
            _ => None,
        });
        Self {
            snapshot,
            asked: asked.collect(),
            of_lists: Map::default(),
        }
    }

    /// Whether the directory that the principal of an assignment would be in was read.
    fn would_know(&mut self, read: &Read<'a, RoleAssignment>) -> bool {
        !read.lists.is_empty() && read.lists.iter().all(|list| self.is_read(list))
    }

    /// Whether the directory of the tenant that a list is of was read.
    fn is_read(&mut self, list: &'a ArmId) -> bool {
        if let Some(known) = self.of_lists.get(list) {
            return *known;
        }
        let home = list
            .subscription()
            .and_then(|one| self.snapshot.home_of(&one));
        let mut of_home: Vec<bool> = Vec::new();
        if let Some(home) = home {
            let asked = self.asked.iter();
            let own = asked.filter(|(view, _)| self.snapshot.looks_into(*view, home.tenant()));
            of_home.extend(own.map(|(_, is_read)| *is_read));
        }
        if of_home.is_empty() {
            // Whose it is cannot be told: then none of them may be missing.
            of_home.extend(self.asked.iter().map(|(_, is_read)| *is_read));
        }
        let is_read = !of_home.is_empty() && of_home.iter().all(|one| *one);
        self.of_lists.insert(list, is_read);
        is_read
    }
}
