//! The activity log: of whole subscriptions, or of the groups in view and of what no group holds. A
//! few lists, never one for each resource.

use std::collections::BTreeSet;

use crate::model::id::ArmId;
use crate::model::key::Key;

use super::scope::Place;
use super::{How, Planner, rank};

impl Planner<'_> {
    /// What happened lately wherever something in view stands.
    pub(super) fn activity(&mut self, places: &[Place]) {
        for place in places {
            let tenant = place.tenant.as_ref();
            let subscription = ArmId::of_subscription(&place.subscription);
            let whole = Key::ActivityLog(subscription.clone());
            let is_whole = place.groups.is_none();
            if is_whole {
                let why = "what happened lately in a subscription in scope";
                self.want_how(whole.clone(), tenant, rank::HISTORY, why, How::Activity);
            } else {
                let key = Key::AccessLog(place.subscription.clone());
                let why = "changes of roles and policies above the groups in scope";
                self.want_how(key, tenant, rank::HISTORY, why, How::Activity);
            }
            if is_whole && !self.is_denied(&whole) {
                continue;
            }
            // The chosen groups, and those of all that came along: a hub's own group, a vault's.
            let mut groups: BTreeSet<ArmId> = if is_whole {
                BTreeSet::new()
            } else {
                place.group_ids(self.known).into_iter().collect()
            };
            groups.extend(
                self.resources
                    .keys()
                    .filter(|id| id.is_within(&subscription))
                    .filter_map(ArmId::group_id),
            );
            for group in groups {
                let why = "what happened lately in a group in view";
                let key = Key::ActivityLog(group);
                self.want_how(key, tenant, rank::HISTORY, why, How::Activity);
            }
        }
    }
}
