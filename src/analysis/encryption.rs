//! Encryption at rest, resource by resource: whose key, which, in which version, until when, and who
//! may use it (domain-rules H15, E.4). A view for panes and reports; hops judge.

use time::OffsetDateTime;

use serde_json::Value;

use super::evidence::at;
use super::facets;
use super::hop::{Hop, HopKind};
use super::verdict::Verdict;
use crate::model::facet::VaultKey;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

/// How one resource is encrypted.
#[derive(Clone, Debug, PartialEq)]
pub struct Encrypted {
    /// The resource.
    pub resource: ArmId,
    /// Its name.
    pub name: String,
    /// Whose key.
    pub keeper: Keeper,
    /// Who may use the key: those whose hop to it is open, of all who have to. None without such hops.
    pub callers: Option<(Verdict, usize, usize)>,
}

/// How many of those who need a key may use it. The others may be shut out, or not be judged: so only
/// a full count is said without a reserve.
pub fn usable_by(open: usize, all: usize) -> String {
    if open == all {
        format!("usable by {open} of {all}")
    } else {
        format!("known usable by {open} of {all}")
    }
}

/// Who keeps the key.
#[derive(Clone, Debug, PartialEq)]
pub enum Keeper {
    /// Microsoft.
    Platform,
    /// The customer.
    Customer(Key),
    /// It is not said.
    Unclear,
}

/// A customer's key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The vault's name, as its host says.
    pub vault: String,
    /// The key's name.
    pub name: String,
    /// The version that the resource names; none takes the latest, so that a rotation reaches it.
    pub version: Option<String>,
    /// What was read of the key itself.
    pub facts: Facts,
}

/// What was read of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Facts {
    /// The vault's keys were not read, and why.
    NotRead(String),
    /// The vault has no such key.
    Gone,
    /// It is there.
    Read {
        /// Whether it is enabled, where that was said.
        enabled: Option<bool>,
        /// When it ends; none is never. Err where it cannot be told.
        expires: Result<Option<OffsetDateTime>, ()>,
        /// Its kind and size, where the answer holds them: `RSA 3072`.
        kind: Option<String>,
    },
}

/// Every resource that says how it is encrypted, by id; those with a customer's key first.
pub fn overview(inventory: &Inventory, hops: &[Hop]) -> Vec<Encrypted> {
    let mut all: Vec<Encrypted> = inventory
        .resources()
        .filter_map(|resource| of(inventory, hops, resource))
        .collect();
    all.sort_by_key(|one| {
        let rank = match one.keeper {
            Keeper::Customer(_) => 0,
            Keeper::Unclear => 1,
            Keeper::Platform => 2,
        };
        (rank, one.resource.clone())
    });
    all
}

fn of(inventory: &Inventory, hops: &[Hop], resource: &Resource) -> Option<Encrypted> {
    // A project lives in its hub, and its encryption is the hub's matter (domain-rules E.1).
    if resource.family == Family::Workspace && resource.kind.is("Project") {
        return None;
    }
    let encryption = resource.encryption.as_ref()?;
    let keeper = match encryption.customer_managed {
        Some(false) => Keeper::Platform,
        None => Keeper::Unclear,
        Some(true) => encryption
            .key
            .text()
            .and_then(|uri| key(inventory, resource, uri))
            .map_or(Keeper::Unclear, Keeper::Customer),
    };
    let own: Vec<Verdict> = hops
        .iter()
        .filter(|hop| hop.kind == HopKind::IdentityToKey && ArmId::new(&hop.from) == resource.id)
        .map(Hop::verdict)
        .collect();
    let open = own.iter().filter(|one| **one == Verdict::Open).count();
    Some(Encrypted {
        resource: resource.id.clone(),
        name: resource.name.clone(),
        keeper,
        callers: own.iter().max().map(|worst| (*worst, open, own.len())),
    })
}

fn key(inventory: &Inventory, resource: &Resource, uri: &str) -> Option<Key> {
    let url = url::Url::parse(uri).ok()?;
    let label = url.host_str()?.split('.').next()?.to_owned();
    let mut parts = url
        .path_segments()?
        .skip(1)
        .filter(|part| !part.is_empty())
        .map(str::to_owned);
    let name = parts.next()?;
    let version = parts.next().or_else(|| said_version(resource));
    Some(Key {
        facts: facts(inventory, &label, &name),
        vault: label,
        name,
        version,
    })
}

/// Where a service names the version beside the key.
fn said_version(resource: &Resource) -> Option<String> {
    let path = match resource.family {
        Family::Storage => "properties.encryption.keyvaultproperties.keyversion",
        Family::Search => {
            "properties.encryptionWithCmk.serviceLevelEncryptionKey.keyVaultKeyVersion"
        }
        Family::Cognitive => "properties.encryption.keyVaultProperties.keyVersion",
        _ => return None,
    };
    let text = at(&resource.raw, path).and_then(Value::as_str)?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn facts(inventory: &Inventory, label: &str, name: &str) -> Facts {
    let vault = inventory
        .family(Family::Vault)
        .find(|vault| vault.name.eq_ignore_ascii_case(label));
    let Some(vault) = vault else {
        return Facts::NotRead(format!("the vault {label} was not read"));
    };
    let listed = facets::keys(inventory, &vault.id);
    let found = listed
        .items
        .iter()
        .find(|key| key.name.eq_ignore_ascii_case(name));
    match (found, listed.missing) {
        (Some(key), _) => read(key),
        (None, Some(why)) => Facts::NotRead(why),
        (None, None) => Facts::Gone,
    }
}

fn read(key: &VaultKey) -> Facts {
    let expires = if key.expires.is_unclear() {
        Err(())
    } else {
        match key.expires.value() {
            None => Ok(None),
            Some(seconds) => OffsetDateTime::from_unix_timestamp(*seconds)
                .map(Some)
                .map_err(|_| ()),
        }
    };
    let kind = at(&key.raw, "properties.kty").and_then(Value::as_str);
    let size = at(&key.raw, "properties.keySize").and_then(Value::as_u64);
    Facts::Read {
        enabled: key.enabled.or_default(true),
        expires,
        kind: kind
            .map(|kind| size.map_or_else(|| kind.to_owned(), |size| format!("{kind} {size}"))),
    }
}
