//! H15 `identity-to-key`: whoever reads a customer's key, from the resource that the key encrypts.
//!
//! Hubs, Cosmos DB accounts (whose own principal in the tenant reads the key), storage, model
//! accounts, and the indexes of a search service name a key. A project's encryption is its hub's.
//!
//! * [`presenter`]: which identity reads the key;
//! * [`right`]: access policies, or roles, as the vault decides;
//! * [`vault`]: what a vault must be;
//! * [`material`]: what the key must be, in the version that is named.

mod material;
mod presenter;
mod right;
mod vault;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::foundry::KeyState;
use crate::analysis::gates::{self, network};
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::network::Public;
use crate::analysis::remedy::read;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::named_key::NamedKey;
use crate::model::resource::{Details, Family, Resource};
use crate::model::search::DataIdentity;

use self::presenter::Reader;

/// Draws every reader of a customer's key.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for resource in ground.inventory.resources() {
        match &resource.details {
            Details::Workspace(workspace) if workspace.hub.is_some() => {}
            Details::Workspace(_) | Details::Storage(_) | Details::Cognitive(_) => {
                out.extend(own_key(ground, resource));
            }
            Details::Cosmos(_) => out.extend(own_key(ground, resource)),
            Details::Search(_) => {
                out.extend(own_key(ground, resource));
                of_indexes(ground, resource, out);
            }
            _ => {}
        }
    }
    unread_cosmos(ground, out);
}

/// A customer's key as a definition names it.
struct Named {
    /// Its URI, with or without a version.
    uri: Field<String>,
    /// Its vault, where the definition names that too.
    vault: Option<ArmId>,
    /// What says so.
    proof: Evidence,
}

/// The hop of a resource whose own body names a key.
fn own_key(ground: &Ground<'_>, resource: &Resource) -> Option<Hop> {
    let encryption = resource.encryption.as_ref()?;
    if encryption.customer_managed != Some(true) {
        return None;
    }
    let path = match resource.family {
        Family::Workspace => "properties.encryption.keyVaultProperties.keyIdentifier",
        Family::Storage => "properties.encryption.keyvaultproperties.keyname",
        Family::Cosmos => "properties.keyVaultKeyUri",
        Family::Search => "properties.encryptionWithCmk.serviceLevelEncryptionKey.keyVaultKeyName",
        _ => "properties.encryption.keyVaultProperties.keyName",
    };
    let named = Named {
        uri: encryption.key.clone(),
        vault: encryption.vault.clone(),
        proof: Evidence::of(resource, path),
    };
    let reader = presenter::of(ground, resource);
    hop(ground, resource, &named, &reader)
}

/// Keys of the indexes of a search service: each names its own.
fn of_indexes(ground: &Ground<'_>, service: &Resource, out: &mut Vec<Hop>) {
    for index in facets::indexes(ground.inventory, &service.id).items {
        let Field::Value(key) = &index.encryption_key else {
            continue;
        };
        let proof = |path: &str| {
            Evidence::in_body(
                service.id.child(&format!("indexes/{}", index.name)),
                &index.raw,
                &index.source,
                path.to_owned(),
            )
        };
        let uri = match key.uri() {
            Some(uri) => Field::Value(uri),
            None if key.key_name.is_unset() => key.key_name.clone(),
            None => Field::Malformed,
        };
        let named = Named {
            uri,
            vault: None,
            proof: proof("encryptionKey.keyVaultKeyName"),
        };
        let reader = match (&key.application_id, &key.identity) {
            (Field::Value(app), _) => {
                presenter::app(app, proof("encryptionKey.accessCredentials.applicationId"))
            }
            (_, Field::Value(DataIdentity::UserAssigned(id))) => {
                Reader::user_assigned(ground, service, id)
            }
            (_, Field::Absent | Field::Null | Field::Value(DataIdentity::None)) => {
                Reader::system(ground, service)
            }
            _ => Reader::unclear(
                "which identity reads the key cannot be read",
                proof("encryptionKey.identity"),
            ),
        };
        out.extend(hop(ground, service, &named, &reader));
    }
}

/// A hub's Cosmos DB account that was not read still reads the hub's key.
fn unread_cosmos(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for hub in &ground.foundry().hubs {
        let Some(managed) = &hub.managed else {
            continue;
        };
        if hub.encryption.state != KeyState::ManagedGroup {
            continue;
        }
        let unread = managed.resources.iter().find(|one| {
            one.family == Family::Cosmos
                && one.id.is_none()
                && one.exists.verdict == Verdict::Unknown
        });
        let (Some(unread), Some(resource)) = (unread, ground.resource(&hub.id)) else {
            continue;
        };
        let Some(uri) = hub.encryption.key.text() else {
            continue;
        };
        let reader = presenter::cosmos(ground, &hub.id);
        let mut judged = unread.exists.clone();
        judged.reason = format!(
            "{}: whether it reads the hub's key, and as whom, cannot be told",
            judged.reason
        );
        let mut identity = reader.presenter.gate;
        if identity.judged.verdict == Verdict::Shut {
            // An account that was not read may as well read as another.
            identity.judged.verdict = Verdict::Unknown;
        }
        let judged = judged.proved_by([Evidence::of(
            resource,
            "properties.encryption.keyVaultProperties.keyIdentifier",
        )]);
        out.push(Hop {
            kind: HopKind::IdentityToKey,
            from: managed.group.id.as_str().to_owned(),
            to: target(ground, uri, hub.encryption.vault.as_ref()).0,
            via: Some(format!("identity {}", reader.name)),
            basis: Basis::Inferred,
            gates: vec![identity, GateVerdict::new(Gate::Configuration, judged)],
        });
    }
}

/// Where a key is, as the report writes it, and its vault.
fn target<'a>(
    ground: &Ground<'a>,
    uri: &str,
    vault: Option<&ArmId>,
) -> (String, Option<Lookup<'a>>) {
    let Some(NamedKey { host, name, .. }) = NamedKey::parse(uri) else {
        return (uri.to_owned(), vault.map(|id| ground.lookup(id)));
    };
    let found = match ground
        .by_host(&host)
        .filter(|one| one.family == Family::Vault)
    {
        Some(vault) => Some(Lookup::Found(vault)),
        None => vault.map(|id| ground.lookup(id)),
    };
    let to = match found.as_ref().and_then(Lookup::found) {
        Some(vault) => vault.id.child(&format!("keys/{name}")).as_str().to_owned(),
        None => uri.to_owned(),
    };
    (to, found)
}

fn hop(ground: &Ground<'_>, caller: &Resource, named: &Named, reader: &Reader) -> Option<Hop> {
    let made = |to: String, gates: Vec<GateVerdict>| Hop {
        kind: HopKind::IdentityToKey,
        from: caller.id.as_str().to_owned(),
        to,
        via: Some(format!("identity {}", reader.name)),
        basis: Basis::Observed,
        gates,
    };
    let Some(uri) = named.uri.text() else {
        // A customer's key that is not named, or cannot be read: the vault is all that is known.
        let to = named.vault.as_ref()?.as_str().to_owned();
        let (verdict, why) = if named.uri.is_unset() {
            (Verdict::Shut, "the definition names no key")
        } else {
            (Verdict::Unknown, "which key is named cannot be read")
        };
        let gate = gates::judged(Gate::Configuration, verdict, why, [named.proof.clone()]);
        return Some(made(to, vec![reader.presenter.gate.clone(), gate]));
    };
    let (to, found) = target(ground, uri, named.vault.as_ref());
    let mut gates = vec![reader.presenter.gate.clone()];
    match found {
        Some(Lookup::Found(vault)) => {
            gates.extend(network_gate(ground, caller, vault, reader));
            if !reader.presenter.is_nobody() {
                let key = vault.id.child(&format!(
                    "keys/{}",
                    NamedKey::parse(uri).map(|key| key.name).unwrap_or_default()
                ));
                gates.push(right::authorization(ground, caller, vault, &key, reader));
            }
            gates.push(vault::configuration(
                ground,
                caller,
                vault,
                uri,
                &named.proof,
            ));
        }
        Some(Lookup::Gone(gone)) => gates.push(
            gates::judged(
                Gate::Configuration,
                Verdict::Shut,
                format!("the vault of the key is gone: {uri}"),
                [named.proof.clone(), gone],
            )
            .mended_by(vault::recover(uri)),
        ),
        Some(Lookup::NotRead(why)) => gates.push(
            gates::judged(
                Gate::Configuration,
                Verdict::Unknown,
                format!("the vault of {uri} {why}"),
                [named.proof.clone()],
            )
            .mended_by(named.vault.as_ref().map_or_else(Vec::new, |id| {
                read::give(ground.inventory.snapshot().callers().first(), "Reader", id)
            })),
        ),
        None => gates.push(gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("no vault that was read answers to {uri}"),
            [named.proof.clone()],
        )),
    }
    Some(made(to, gates))
}

fn network_gate(
    ground: &Ground<'_>,
    caller: &Resource,
    vault: &Resource,
    reader: &Reader,
) -> Option<GateVerdict> {
    let by = network::service(caller, reader.presenter.credential, None);
    let gate = network::network(ground, &by, vault)?;
    let Details::Workspace(workspace) = &caller.details else {
        return Some(gate);
    };
    // Encryption on the service's side wants a vault that is open to public networks.
    let wall = ground.wall(vault)?;
    let public = wall.rules().public.value;
    let is_closed = public != Some(Public::Enabled);
    let service_side = workspace.service_side_encryption.value() == Some(&true);
    if !(service_side && is_closed) || gate.judged.verdict == Verdict::Shut {
        return Some(gate);
    }
    let (verdict, reason) = if public.is_some() {
        (
            Verdict::Shut,
            "encryption on the service's side does not support a vault whose public access is off",
        )
    } else {
        (
            Verdict::Unknown,
            "encryption on the service's side wants a vault with public access, and that cannot be told",
        )
    };
    let mut own = gates::judged(
        Gate::Network,
        verdict,
        reason,
        [
            Evidence::of(caller, "properties.enableServiceSideCMKEncryption"),
            Evidence::of(vault, "properties.publicNetworkAccess"),
        ],
    )
    .mended_by(vault::open_public(vault));
    own.changed_at = ground.changed_at(vault);
    gates::all(Gate::Network, vec![own, gate])
}
