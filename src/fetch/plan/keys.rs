//! The keys that something in view is encrypted with: each by itself, as a list of keys leaves its
//! type and what it may be used for out, and its versions where one is pinned.

use indexmap::IndexMap;

use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::named_key::NamedKey;
use crate::model::resource::{Family, Resource};
use crate::store::Payload;

use super::scope::{Place, tenant_of};
use super::{Planner, rank, value};

impl Planner<'_> {
    pub(super) fn keys(&mut self, places: &[Place]) {
        // Whether some who name the key pin a version of it.
        let mut found: IndexMap<ArmId, bool> = IndexMap::new();
        for resource in self.resources.values() {
            for named in self.named_by(resource) {
                let Some(vault) = self.vault(&named) else {
                    continue;
                };
                let is_pinned = found
                    .entry(vault.child(&format!("keys/{}", named.name)))
                    .or_default();
                *is_pinned |= named.version.is_some();
            }
        }
        for (key, is_pinned) in found {
            let tenant = key.subscription().and_then(|one| tenant_of(&one, places));
            let facets = [Some(Facet::Key), is_pinned.then_some(Facet::KeyVersions)];
            for facet in facets.into_iter().flatten() {
                self.want(
                    Key::Facet(key.clone(), facet),
                    tenant.as_ref(),
                    rank::FACET,
                    "a key that something in scope is encrypted with",
                );
            }
        }
    }

    /// The keys that a resource names: its own, and those of the indexes of a search service.
    fn named_by(&self, resource: &Resource) -> Vec<NamedKey> {
        let own = resource
            .encryption
            .iter()
            .filter(|one| one.customer_managed == Some(true))
            .filter_map(|one| NamedKey::parse(one.key.text()?));
        let indexes = Key::Facet(resource.id.clone(), Facet::Indexes);
        let indexes = match value(self.known, &indexes) {
            Some(Payload::Indexes(items)) => items.as_slice(),
            _ => &[],
        };
        let of_indexes = indexes
            .iter()
            .filter_map(|index| index.encryption_key.value()?.uri())
            .filter_map(|uri| NamedKey::parse(&uri));
        own.chain(of_indexes).collect()
    }

    /// The vault in view whose host a key names.
    fn vault(&self, named: &NamedKey) -> Option<ArmId> {
        self.resources
            .values()
            .filter(|one| one.family == Family::Vault)
            .find(|one| one.name.eq_ignore_ascii_case(named.vault()))
            .map(|one| one.id.clone())
    }
}
