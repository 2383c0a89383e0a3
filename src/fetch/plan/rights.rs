//! The readings that tell which rights whoever is signed in holds, without reading an environment.
//!
//! Each stands for a kind of right: groups and a list for the resources, then roles, denials and
//! policies, and the names of the directory.

use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::Family;

use super::{Planner, rank, scope};

/// How many subscriptions are asked at most: what holds in these mostly holds in all.
pub const FEW: usize = 8;

impl Planner<'_> {
    /// Plans them. Where only groups are in scope the groups are asked, as a whole reading would.
    pub(super) fn rights(&mut self) {
        let mut places = scope::places(self.known, self.scope);
        places.truncate(FEW);
        for place in &places {
            self.want(
                Key::Groups(place.subscription.clone()),
                place.tenant.as_ref(),
                rank::GROUPS,
                "whether resource groups may be read",
            );
        }
        places.retain(|place| !place.probe);
        for place in &places {
            let subscription = ArmId::of_subscription(&place.subscription);
            let scopes = match &place.groups {
                Some(_) => place.group_ids(self.known),
                None => vec![subscription.clone()],
            };
            let list = |group| Key::List {
                subscription: place.subscription.clone(),
                group,
                family: Family::Storage,
            };
            let mut keys: Vec<Key> = match &place.groups {
                Some(groups) => groups.iter().cloned().map(Some).map(list).collect(),
                None => vec![list(None)],
            };
            for kind in [
                Key::RoleAssignments as fn(ArmId) -> Key,
                Key::DenyAssignments as fn(ArmId) -> Key,
                Key::PolicyAssignments as fn(ArmId) -> Key,
            ] {
                keys.extend(scopes.iter().cloned().map(kind));
            }
            for key in keys {
                self.want(
                    key,
                    place.tenant.as_ref(),
                    rank::ROLES,
                    "whether it may be read",
                );
            }
        }
        self.principals(&places);
    }
}
