//! Which version of a key counts for whoever names it by URI, and what was read of it (domain-rules H15,
//! reference `arm/keyvault.md`).
//!
//! The list of a vault's keys tells the newest version's state. Whoever pins another version depends on
//! that one, and its state stands in the list of versions, which may be refused or late.

use time::OffsetDateTime;

use crate::model::facet::{Facet, VaultKey};
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::named_key::NamedKey;
use crate::store::Inventory;

use super::facets;

/// What was read of a key beyond its line in the list.
#[derive(Clone, Debug)]
pub enum Reading<'a> {
    /// These, at that time.
    Items(&'a [VaultKey], OffsetDateTime),
    /// It cannot be told, and why.
    Unknown(String),
    /// The server has no such reading.
    Silent,
}

impl<'a> Reading<'a> {
    /// The key itself, or its versions.
    pub fn of(inventory: &'a Inventory, key: &ArmId, facet: Facet) -> Self {
        let listed = match facet {
            Facet::Key => facets::key(inventory, key),
            _ => facets::key_versions(inventory, key),
        };
        // The list showed the key a moment ago: a 404 for what hangs below it says that the server
        // does not know the way.
        let is_gone = inventory
            .snapshot()
            .is_gone(&Key::Facet(key.clone(), facet));
        match (listed.missing, listed.observed_at) {
            _ if is_gone => Self::Silent,
            (Some(why), _) => Self::Unknown(why),
            // There is no key without a version.
            (None, Some(at)) if !listed.items.is_empty() => Self::Items(listed.items, at),
            (None, _) => Self::Silent,
        }
    }
}

/// The version that a URI names.
#[derive(Clone, Debug)]
pub enum Version<'a> {
    /// The newest, or one of which nothing else was read: the state of the key itself counts.
    Current,
    /// Another one, read at that time.
    Other(&'a VaultKey, OffsetDateTime),
    /// Another one, whose state cannot be told, and why.
    Unknown(String),
}

impl<'a> Version<'a> {
    /// The version of this key that is wanted.
    pub fn of(inventory: &'a Inventory, key: &VaultKey, wanted: &NamedKey) -> Self {
        let Some(pinned) = wanted.version.as_deref() else {
            return Self::Current;
        };
        let whole = Reading::of(inventory, &key.id, Facet::Key);
        let itself = match &whole {
            Reading::Items([one, ..], _) => Some(&one.version_uri),
            _ => None,
        };
        let newest = [Some(&key.version_uri), itself]
            .into_iter()
            .flatten()
            .find_map(|uri| NamedKey::parse(uri.text()?)?.version);
        if newest.is_some_and(|newest| newest.eq_ignore_ascii_case(pinned)) {
            return Self::Current;
        }
        match Reading::of(inventory, &key.id, Facet::KeyVersions) {
            Reading::Silent => Self::Current,
            Reading::Unknown(why) => Self::Unknown(why),
            // That versions made at the vault itself are listed is not verified (keyvault.md): one that
            // is not in the list may be there all the same, and the key's own state counts.
            Reading::Items(items, seen) => items
                .iter()
                .find(|one| one.name.eq_ignore_ascii_case(pinned))
                .map_or(Self::Current, |own| Self::Other(own, seen)),
        }
    }
}
