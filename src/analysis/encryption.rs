//! Encryption at rest, resource by resource: whose key, which, in which version, until when, and who
//! may use it (domain-rules H15, E.4). A view for panes and reports; hops judge.

use time::OffsetDateTime;

use super::facets;
use super::hop::{Hop, HopKind};
use super::verdict::Verdict;
use crate::model::facet::VaultKey;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::named_key::NamedKey;
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
        /// Whether something rotates it.
        rotation: Rotation,
        /// Whether a version is pinned that is not the newest.
        behind: bool,
    },
}

/// What a key's rotation policy does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was not read, and why.
    NotRead(String),
    /// There is none, or one that does nothing.
    Never,
    /// It tells somebody, and rotates nothing.
    Notifies,
    /// It makes a new version by itself, at this time of the key's life.
    ByItself(String),
}

impl Rotation {
    /// In a line; why it was not read stands elsewhere.
    pub fn words(&self) -> String {
        match self {
            Self::NotRead(_) => "? rotation not read".to_owned(),
            Self::Never => "nothing rotates it".to_owned(),
            Self::Notifies => "its policy only notifies".to_owned(),
            Self::ByItself(when) => format!("rotates {when}"),
        }
    }
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
            .and_then(|uri| key(inventory, uri))
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

fn key(inventory: &Inventory, uri: &str) -> Option<Key> {
    let named = NamedKey::parse(uri)?;
    Some(Key {
        facts: facts(inventory, &named),
        vault: named.vault().to_owned(),
        name: named.name,
        version: named.version,
    })
}

fn facts(inventory: &Inventory, named: &NamedKey) -> Facts {
    let (label, name) = (named.vault(), &named.name);
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
        (Some(key), _) => read(inventory, key, named.version.as_deref()),
        (None, Some(why)) => Facts::NotRead(why),
        (None, None) => Facts::Gone,
    }
}

/// What is known of a key. The list tells the state of its newest version; where another is pinned,
/// that one's counts.
fn read(inventory: &Inventory, key: &VaultKey, pinned: Option<&str>) -> Facts {
    let detail = facets::key(inventory, &key.id);
    let whole = detail.items.first();
    let newest = [Some(&key.version_uri), whole.map(|one| &one.version_uri)]
        .into_iter()
        .flatten()
        .find_map(|uri| NamedKey::parse(uri.text()?)?.version);
    let older = pinned.filter(|one| {
        newest
            .as_deref()
            .is_some_and(|own| !own.eq_ignore_ascii_case(one))
    });
    let versions = facets::key_versions(inventory, &key.id);
    let state = match older {
        None => key,
        Some(version) => match versions
            .items
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(version))
        {
            Some(own) => own,
            // It may have been made at the vault itself, where the list does not reach.
            None if versions.missing.is_none() && !versions.items.is_empty() => key,
            None => {
                return Facts::NotRead(
                    versions
                        .missing
                        .unwrap_or_else(|| format!("version {version} was not reported")),
                );
            }
        },
    };
    let expires = if state.expires.is_unclear() {
        Err(())
    } else {
        match state.expires.value() {
            None => Ok(None),
            Some(seconds) => OffsetDateTime::from_unix_timestamp(*seconds)
                .map(Some)
                .map_err(|_| ()),
        }
    };
    Facts::Read {
        enabled: state.enabled.or_default(true),
        expires,
        kind: whole.and_then(kind),
        rotation: rotation(whole, detail.missing),
        behind: older.is_some(),
    }
}

/// `RSA 3072`, `EC P-256`.
fn kind(key: &VaultKey) -> Option<String> {
    let kind = key.kind.text()?;
    let size = key.size.value().map(ToString::to_string);
    let curve = || key.curve.text().map(str::to_owned);
    Some(
        size.or_else(curve)
            .map_or_else(|| kind.to_owned(), |more| format!("{kind} {more}")),
    )
}

fn rotation(key: Option<&VaultKey>, missing: Option<String>) -> Rotation {
    let Some(key) = key else {
        return Rotation::NotRead(missing.unwrap_or_else(|| "the key was not reported".to_owned()));
    };
    let actions = match &key.rotation {
        Field::Absent | Field::Null => return Rotation::Never,
        Field::Value(actions) => actions,
        _ => return Rotation::NotRead("its rotation policy is malformed".to_owned()),
    };
    let rotates = actions.iter().find(|one| one.action.is("rotate"));
    match rotates {
        Some(one) => {
            Rotation::ByItself(match (one.after_create.text(), one.before_expiry.text()) {
                (Some(after), _) => format!("{after} after it was made"),
                (None, Some(before)) => format!("{before} before it ends"),
                (None, None) => "at a time that is not said".to_owned(),
            })
        }
        None if actions.is_empty() => Rotation::Never,
        None => Rotation::Notifies,
    }
}
