//! What agents of a new-style account or project keep their data in: capability hosts name the
//! connections (domain-rules E.5; reference `arm/cognitiveservices.md`, `CapabilityHost`).
//!
//! The list is declared in few versions. Where a server does not know it, it is *not reported*, which
//! says neither that there is a host nor that there is none.

use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::facets;
use crate::model::facet::{CapabilityHost, Facet};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::store::{Inventory, Slice, State};

/// What a connection is to agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// It leads to their models.
    Models,
    /// It keeps their files.
    Files,
    /// It keeps their conversations.
    Threads,
    /// It keeps their vectors.
    Vectors,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::Models, Self::Files, Self::Threads, Self::Vectors];

    /// What is kept there.
    pub fn words(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Files => "files",
            Self::Threads => "conversations",
            Self::Vectors => "vectors",
        }
    }

    /// Where a host names the connections.
    pub fn path(self) -> &'static str {
        match self {
            Self::Models => "properties.aiServicesConnections",
            Self::Files => "properties.storageConnections",
            Self::Threads => "properties.threadStorageConnections",
            Self::Vectors => "properties.vectorStoreConnections",
        }
    }

    fn of(self, host: &CapabilityHost) -> &Field<Vec<String>> {
        match self {
            Self::Models => &host.models,
            Self::Files => &host.storage,
            Self::Threads => &host.threads,
            Self::Vectors => &host.vectors,
        }
    }
}

/// The capability hosts of an account, or of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Hosts {
    /// Whose.
    pub owner: ArmId,
    /// Those that were read.
    pub items: Vec<Host>,
    /// How far they were read.
    pub state: State,
    /// Why there may be more; where the list is not reported, what was answered.
    pub why: Option<String>,
}

/// One capability host.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// `provisioningState`.
    pub state: Field<String>,
    /// `customerSubnet`.
    pub subnet: Option<ArmId>,
    /// What it keeps where.
    pub stores: Vec<Store>,
}

/// A connection that a host names.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// For what.
    pub purpose: Purpose,
    /// By its name.
    pub connection: String,
    /// Whether there is such a connection; none where that is not known.
    pub exists: Option<bool>,
}

/// The capability hosts of `owner`. `lists` are the connections that its names may stand for: its own,
/// and those of the account around a project.
pub fn hosts(inventory: &Inventory, owner: &ArmId, lists: &[&ArmId]) -> Hosts {
    let listed = facets::capability_hosts(inventory, owner);
    let slice = inventory.facet(owner, Facet::CapabilityHosts);
    let state = slice.map_or(State::Pending, Slice::state);
    let told = slice
        .and_then(Slice::trouble)
        .map(|one| one.message.clone());
    Hosts {
        owner: owner.clone(),
        items: listed
            .items
            .iter()
            .map(|host| Host {
                id: host.id.clone(),
                name: host.name.clone(),
                state: host.provisioning_state.clone(),
                subnet: host.subnet.clone(),
                stores: stores(inventory, host, lists),
            })
            .collect(),
        state,
        why: match state {
            State::Unsupported => told,
            _ => listed.missing,
        },
    }
}

fn stores(inventory: &Inventory, host: &CapabilityHost, lists: &[&ArmId]) -> Vec<Store> {
    let exists = |name: &str| {
        let mut is_whole = true;
        for owner in lists {
            let listed = facets::connections(inventory, owner);
            is_whole &= listed.is_whole();
            if listed
                .items
                .iter()
                .any(|one| one.name.eq_ignore_ascii_case(name))
            {
                return Some(true);
            }
        }
        is_whole.then_some(false)
    };
    Purpose::ALL
        .into_iter()
        .flat_map(|purpose| {
            let names = purpose.of(host).value().map_or(&[][..], Vec::as_slice);
            names.iter().map(move |name| (purpose, name))
        })
        .map(|(purpose, name)| Store {
            purpose,
            connection: name.clone(),
            exists: exists(name),
        })
        .collect()
}

/// What agents use one connection for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uses {
    /// For this.
    pub purposes: Vec<Purpose>,
    /// What says so.
    pub proof: Vec<Evidence>,
    /// Why there may be more to it.
    pub missing: Option<String>,
}

/// What the capability hosts of an owner use a connection of it for.
pub fn uses(inventory: &Inventory, owner: &ArmId, connection: &str) -> Uses {
    let mut uses = Uses::default();
    if inventory.facet(owner, Facet::CapabilityHosts).is_none() {
        return uses; // A classic account, or a hub: it has none.
    }
    let listed = facets::capability_hosts(inventory, owner);
    uses.missing = listed.missing;
    for host in listed.items {
        for purpose in Purpose::ALL {
            let names = purpose.of(host);
            if matches!(names, Field::Malformed | Field::Unreported(_)) {
                uses.missing = Some(format!(
                    "what capability host {} keeps where cannot be read",
                    host.name
                ));
            }
            let listed_here = names.value().map_or(&[][..], Vec::as_slice);
            if listed_here
                .iter()
                .any(|one| one.eq_ignore_ascii_case(connection))
            {
                uses.purposes.push(purpose);
                uses.proof.push(Evidence::from(Property {
                    resource: host.id.clone(),
                    path: purpose.path().into(),
                    value: at(&host.raw, purpose.path()).cloned(),
                    observed_at: listed
                        .observed_at
                        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH),
                    request_id: None,
                }));
            }
        }
    }
    uses
}
