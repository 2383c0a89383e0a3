//! Network security perimeters: those of the subscriptions in scope, and those that a resource names.
//! Their profiles, rules and links are read where a resource in view is associated.

use indexmap::IndexMap;

use crate::model::facet::Facet;
use crate::model::id::{ArmId, TenantId};
use crate::model::key::Key;
use crate::store::Payload;

use super::scope::{self, Place};
use super::{Planner, rank, tenant_of, value};

impl Planner<'_> {
    pub(super) fn perimeters(&mut self, places: &[Place]) {
        let mut found: IndexMap<ArmId, Option<TenantId>> = IndexMap::new();
        for place in places {
            let whole = Key::NetworkPerimeters(ArmId::of_subscription(&place.subscription));
            let mut lists = vec![whole.clone()];
            if self.is_denied(&whole) {
                let groups = place.group_ids(self.known);
                lists.extend(groups.into_iter().map(Key::NetworkPerimeters));
            }
            for key in lists {
                if let Some(Payload::NetworkPerimeters(items)) = value(self.known, &key) {
                    for item in items {
                        found.insert(item.id.clone(), place.tenant.clone());
                    }
                }
                self.want(
                    key,
                    place.tenant.as_ref(),
                    rank::ROLES,
                    "perimeters of a subscription in scope",
                );
            }
        }
        let named = self.named_perimeters();
        for id in &named {
            let Some(subscription) = id.subscription() else {
                continue;
            };
            if scope::is_visible(self.known, self.scope, &subscription) {
                found
                    .entry(id.clone())
                    .or_insert_with(|| tenant_of(&subscription, places));
            }
        }
        for (id, tenant) in found {
            let is_named = named.contains(&id);
            self.perimeter(&id, tenant.as_ref(), is_named);
        }
    }

    /// The perimeters that resources in view say they are in.
    fn named_perimeters(&self) -> Vec<ArmId> {
        let mut named = Vec::new();
        for resource in self.resources.keys() {
            let key = Key::Facet(resource.clone(), Facet::Perimeters);
            if let Some(Payload::Perimeters(items)) = value(self.known, &key) {
                for id in items.iter().filter_map(|item| item.perimeter.as_ref()) {
                    if !named.contains(id) {
                        named.push(id.clone());
                    }
                }
            }
        }
        named
    }

    fn perimeter(&mut self, id: &ArmId, tenant: Option<&TenantId>, is_named: bool) {
        let part = |facet| Key::Facet(id.clone(), facet);
        let associations = part(Facet::PerimeterAssociations);
        let concerns = is_named
            || match value(self.known, &associations) {
                Some(Payload::PerimeterAssociations(items)) => items
                    .iter()
                    .filter_map(|item| item.resource.as_ref())
                    .any(|resource| self.resources.contains_key(resource)),
                _ => false,
            };
        self.want(associations, tenant, rank::FACET, "who is in a perimeter");
        if !concerns {
            return;
        }
        let profiles = part(Facet::PerimeterProfiles);
        let ids: Vec<ArmId> = match value(self.known, &profiles) {
            Some(Payload::PerimeterProfiles(items)) => {
                items.iter().map(|one| one.id.clone()).collect()
            }
            _ => Vec::new(),
        };
        for key in [profiles, part(Facet::PerimeterLinks)] {
            self.want(
                key,
                tenant,
                rank::FACET,
                "a perimeter of a resource in scope",
            );
        }
        for profile in ids {
            self.want(
                Key::Facet(profile, Facet::PerimeterRules),
                tenant,
                rank::FACET,
                "what a perimeter lets through",
            );
        }
    }
}

#[cfg(test)]
mod tests;
