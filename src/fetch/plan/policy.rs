//! Azure Policy: what is assigned, who is exempted, and the definitions behind what reaches a
//! resource in view.
//!
//! A subscription's list holds what its management groups assign, and what stands on its groups and
//! resources. Where it is refused, the groups' own lists are asked. Definitions are read one by one
//! where they live; of an initiative only those that its parameters have not made harmless, as the
//! usual security baseline alone has two hundred that only audit.

use indexmap::{IndexMap, IndexSet};

use crate::model::id::{ArmId, TenantId};
use crate::model::key::Key;
use crate::model::policy::{PolicyAssignment, PolicyContent, Values, is_inert};
use crate::store::Payload;

use super::scope::{self, Place};
use super::{Planner, managed, rank, tenant_of, value};

impl Planner<'_> {
    pub(super) fn policies(&mut self, places: &[Place]) {
        let mut lists: IndexMap<ArmId, Option<TenantId>> = IndexMap::new();
        for place in places {
            let whole = ArmId::of_subscription(&place.subscription);
            let is_refused = [Key::PolicyAssignments, Key::PolicyExemptions]
                .into_iter()
                .any(|kind: fn(ArmId) -> Key| self.is_withheld(&kind(whole.clone())));
            lists.insert(whole, place.tenant.clone());
            if is_refused {
                let groups = place.group_ids(self.known).into_iter();
                for group in groups.chain(managed::in_view(self)) {
                    if group.subscription().as_ref() == Some(&place.subscription) {
                        lists.insert(group, place.tenant.clone());
                    }
                }
            }
        }
        for group in self.groups_elsewhere(places) {
            let tenant = group.subscription().and_then(|one| tenant_of(&one, places));
            lists.insert(group, tenant);
        }
        for (scope, tenant) in &lists {
            for kind in [
                Key::PolicyAssignments as fn(ArmId) -> Key,
                Key::PolicyExemptions,
            ] {
                self.want(
                    kind(scope.clone()),
                    tenant.as_ref(),
                    rank::ROLES,
                    "what will change a resource in scope",
                );
            }
        }
        for (scope, tenant) in lists {
            let key = Key::PolicyAssignments(scope);
            if let Some(Payload::PolicyAssignments(items)) = value(self.known, &key) {
                for assignment in items {
                    self.definitions(assignment, tenant.as_ref());
                }
            }
        }
        self.policy_states(places);
    }

    /// The groups of resources in view that lie in no subscription in scope.
    fn groups_elsewhere(&self, places: &[Place]) -> IndexSet<ArmId> {
        self.resources
            .keys()
            .filter(|id| {
                id.subscription().is_some_and(|one| {
                    places.iter().all(|place| place.subscription != one)
                        && scope::is_visible(self.known, self.scope, &one)
                })
            })
            .filter_map(ArmId::group_id)
            .collect()
    }

    fn definitions(&mut self, assignment: &PolicyAssignment, tenant: Option<&TenantId>) {
        let concerns = self.resources.keys().any(|id| {
            // Above every subscription that shows it: a management group.
            assignment.scope.subscription().is_none() || id.is_within(&assignment.scope)
        });
        if !concerns {
            return;
        }
        let why = "an assignment in scope names it";
        let key = Key::PolicyDefinition(assignment.definition_id.clone());
        let members = match value(self.known, &key) {
            Some(Payload::PolicyContents(found)) => match found.first() {
                Some(PolicyContent::Set(set)) => set
                    .members
                    .iter()
                    .filter(|member| {
                        let values = Values {
                            assignment,
                            through: Some((set, member)),
                            declared: None,
                        };
                        !values
                            .effect_passed()
                            .is_some_and(|effect| is_inert(&effect))
                    })
                    .map(|member| member.definition_id.clone())
                    .collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        self.want(key, tenant, rank::POLICY, why);
        for id in members {
            self.want(Key::PolicyDefinition(id), tenant, rank::POLICY, why);
        }
    }

    /// Azure's own finding, group by group: a whole subscription's may be tens of thousands.
    fn policy_states(&mut self, places: &[Place]) {
        let groups: IndexSet<ArmId> = self
            .resources
            .values()
            .filter(|one| one.family.has_firewall())
            .filter_map(|one| one.id.group_id())
            .collect();
        for group in groups {
            let tenant = group.subscription().and_then(|one| tenant_of(&one, places));
            self.want(
                Key::PolicyStates(group),
                tenant.as_ref(),
                rank::POLICY,
                "what Azure found when it looked",
            );
        }
    }
}

#[cfg(test)]
mod tests;
