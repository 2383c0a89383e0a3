//! The configuration gate, as far as it is about places: both halves of the connection between the
//! tenants say Connected, and pool and network stand in one region (domain-rules F.3).

use serde_json::json;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets::{scope_connections, why_missing};
use crate::analysis::gates::judged;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::preflight::Presence;
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::{Gate, Tag, Verdict};
use crate::model::field::Field;
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::{IpamPool, NetworkManagerConnection, ScopeConnection};
use crate::model::key::Key;
use crate::store::{Payload, State};

use super::{Call, groups};

/// The checks that concern the call.
pub(super) fn checks(call: &Call<'_>) -> Vec<GateVerdict> {
    let mut checks = Vec::new();
    if let (Some(manager), Some(network)) = (call.pool_id.parent(), &call.network_id) {
        if let Some(subscription) = network.subscription() {
            let subscription = ArmId::of_subscription(&subscription);
            checks.extend(registration(call, &subscription));
            checks.push(managing(call, &manager, &subscription));
            checks.push(managed(call, &manager, &subscription));
        }
        checks.push(region(call));
    }
    checks
}

fn say(verdict: Verdict, reason: String, evidence: Vec<Evidence>) -> GateVerdict {
    judged(Gate::Configuration, verdict, reason, evidence)
}

/// That no network can be written where the provider is not registered (arm-wide:
/// `MissingSubscriptionRegistration`). One that is says nothing more.
fn registration(call: &Call<'_>, subscription: &ArmId) -> Option<GateVerdict> {
    let key = Key::Provider(subscription.child("providers/Microsoft.Network"));
    let slice = call.ground.inventory.snapshot().slice(&key)?;
    let Some(Payload::Providers(items)) = slice.value.as_deref() else {
        return None;
    };
    let provider = items.first()?;
    let state = provider.state.text()?;
    let evidence = vec![Evidence::listed(
        subscription.clone(),
        "registrationState",
        json!(state),
        provider.source.observed_at,
    )];
    let words = format!(
        "{} is {state} in subscription {}",
        provider.namespace,
        subscription.name()
    );
    match state.to_ascii_lowercase().as_str() {
        "registered" => None,
        "notregistered" | "unregistering" | "unregistered" => Some(
            say(
                Verdict::Shut,
                format!("{words}: no network can be written there"),
                evidence,
            )
            .mended_by([az(Line::of("az provider register")
                .with("--namespace", &provider.namespace)
                .with("--subscription", subscription.name()))]),
        ),
        _ => Some(say(
            Verdict::Unknown,
            format!("{words}: whether networks can be written there already cannot be told"),
            evidence,
        )),
    }
}

/// The managing tenant's half.
fn managing(call: &Call<'_>, manager: &ArmId, subscription: &ArmId) -> GateVerdict {
    let listed = scope_connections(call.ground.inventory, manager);
    let is_of = |one: &&ScopeConnection| match (one.tenant.text(), &call.from) {
        (Some(own), Some(from)) => TenantId::new(own) == *from,
        _ => true,
    };
    let mine = |one: &&ScopeConnection| one.resource.as_ref() == Some(subscription);
    let found = best(listed.items.iter().filter(is_of).filter(mine), |one| {
        &one.state
    });
    if let Some(one) = found {
        let evidence = Evidence::in_body(
            one.id.clone(),
            &one.raw,
            &one.source,
            "properties.connectionState",
        );
        let words = format!(
            "{} asks for subscription {}",
            manager.name(),
            subscription.name()
        );
        return state(&one.state, &words, evidence)
            .mended(|kind| mend(call, manager, subscription, kind, Side::Managed));
    }
    let groups = groups::asked(call, manager);
    if let Some(group) = groups::above(call, &groups, subscription) {
        let of_group = |one: &&ScopeConnection| one.resource.as_ref() == Some(group);
        let asks = listed.items.iter().filter(is_of).filter(of_group);
        if let Some(one) = best(asks, |one| &one.state) {
            let evidence = Evidence::in_body(
                one.id.clone(),
                &one.raw,
                &one.source,
                "properties.connectionState".to_owned(),
            );
            let words = format!(
                "{} asks for the management group {}, which subscription {} is in",
                manager.name(),
                group.name(),
                subscription.name()
            );
            return state(&one.state, &words, evidence)
                .mended(|kind| mend(call, manager, group, kind, Side::Managed));
        }
    }
    let why = listed.missing.clone().or_else(|| groups::unsure(&groups));
    absent(
        why,
        &format!(
            "whether {} asks for subscription {}",
            manager.name(),
            subscription.name()
        ),
        format!(
            "the network manager {} has no scope connection to subscription {}",
            manager.name(),
            subscription.name()
        ),
        Evidence::listed(
            manager.clone(),
            "scopeConnections",
            json!({ "read": listed.items.len(), "why": "none is for the subscription" }),
            listed.observed_at.unwrap_or(call.ground.now),
        ),
    )
    .mended(|kind| mend(call, manager, subscription, kind, Side::Managing))
}

/// The managed tenant's half.
fn managed(call: &Call<'_>, manager: &ArmId, subscription: &ArmId) -> GateVerdict {
    let snapshot = call.ground.inventory.snapshot();
    let slice = snapshot.slice(&Key::NetworkManagerConnections(subscription.clone()));
    let items: &[NetworkManagerConnection] = match slice.and_then(|one| one.value.as_deref()) {
        Some(Payload::NetworkManagerConnections(items)) => items,
        _ => &[],
    };
    let mine = |one: &&NetworkManagerConnection| one.manager.as_ref() == Some(manager);
    if let Some(one) = best(items.iter().filter(mine), |one| &one.state) {
        let evidence = Evidence::in_body(
            one.id.clone(),
            &one.raw,
            &one.source,
            "properties.connectionState",
        );
        let words = format!(
            "subscription {} lets {} in",
            subscription.name(),
            manager.name()
        );
        return state(&one.state, &words, evidence)
            .mended(|kind| mend(call, manager, subscription, kind, Side::Managing));
    }
    if let Some(half) = groups::managed(call, manager, subscription) {
        return half.mended(|kind| mend(call, manager, subscription, kind, Side::Managing));
    }
    let why = match slice {
        None => Some("its connections were not read".to_owned()),
        Some(slice) if slice.state() == State::Unsupported => {
            Some("its connections cannot be read".to_owned())
        }
        Some(slice) => why_missing(slice).map(|why| format!("its connections {why}")),
    };
    absent(
        why,
        &format!(
            "whether subscription {} lets {} in",
            subscription.name(),
            manager.name()
        ),
        format!(
            "subscription {} has no connection to the network manager {}",
            subscription.name(),
            manager.name()
        ),
        Evidence::listed(
            subscription.clone(),
            "networkManagerConnections",
            json!({ "read": items.len(), "why": "none names the network manager" }),
            slice
                .and_then(|one| one.observed_at)
                .unwrap_or(call.ground.now),
        ),
    )
    .mended(|kind| mend(call, manager, subscription, kind, Side::Managed))
}

/// The one that is Connected, else the first: two of them cannot both count.
pub(super) fn best<'a, T>(
    items: impl Iterator<Item = &'a T>,
    state: impl Fn(&T) -> &Field<String>,
) -> Option<&'a T> {
    let all: Vec<&T> = items.collect();
    all.iter()
        .find(|one| state(one).is("Connected"))
        .or_else(|| all.first())
        .copied()
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mending {
    /// Make the half that is missing.
    Make,
    /// Free the scope first.
    Free,
    /// Make both anew.
    Renew,
}

/// A half of the connection, and what mends it.
pub(super) struct Half {
    gate: GateVerdict,
    mending: Option<Mending>,
}

impl Half {
    fn mended(self, how: impl Fn(Mending) -> Vec<Remedy>) -> GateVerdict {
        match self.mending {
            Some(kind) => self.gate.mended_by(how(kind)),
            None => self.gate,
        }
    }
}

pub(super) fn state(state: &Field<String>, words: &str, evidence: Evidence) -> Half {
    let shut = |text: &str, mending| Half {
        gate: say(
            Verdict::Shut,
            format!("{words}, and the connection is {text}"),
            vec![evidence.clone()],
        ),
        mending: Some(mending),
    };
    let known = state.text().map(str::to_ascii_lowercase);
    match known.as_deref() {
        Some("connected") => Half {
            gate: say(Verdict::Open, format!("{words}: Connected"), vec![evidence]),
            mending: None,
        },
        Some("pending") => shut(
            "Pending: the other half is missing, or names another scope",
            Mending::Make,
        ),
        Some("conflict") => shut(
            "in Conflict: another network manager already has the subscription",
            Mending::Free,
        ),
        Some("revoked") => shut(
            "Revoked: it was connected, and one half was deleted",
            Mending::Renew,
        ),
        Some("rejected") => shut("Rejected: the other side refused it", Mending::Renew),
        _ => Half {
            gate: say(
                Verdict::Unknown,
                format!("{words}, and the state of the connection cannot be read"),
                vec![evidence],
            ),
            mending: None,
        },
    }
}

pub(super) fn absent(why: Option<String>, unsure: &str, sure: String, evidence: Evidence) -> Half {
    match why {
        Some(why) => Half {
            gate: say(
                Verdict::Unknown,
                format!("{unsure} cannot be told: {why}"),
                Vec::new(),
            ),
            mending: None,
        },
        None => Half {
            gate: say(Verdict::Shut, sure, vec![evidence]),
            mending: Some(Mending::Make),
        },
    }
}

/// Whose half is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The pool's tenant.
    Managing,
    /// The network's tenant.
    Managed,
}

fn mend(
    call: &Call<'_>,
    manager: &ArmId,
    subscription: &ArmId,
    kind: Mending,
    side: Side,
) -> Vec<Remedy> {
    let tenant = call.from.as_ref().map_or("", |one| one.as_str());
    let mut ask = Line::of("az network manager scope-connection create");
    if let Some(group) = manager.resource_group() {
        ask = ask.with("--resource-group", group);
    }
    ask = ask
        .with("--network-manager-name", manager.name())
        .with("--name", subscription.name())
        .with("--tenant-id", tenant)
        .with("--resource-id", subscription.as_str());
    if let Some(own) = manager.subscription() {
        ask = ask.with("--subscription", own.as_str());
    }
    let answer = if groups::is_one(subscription) {
        Line::of("az network manager connection management-group create")
            .with("--connection-name", manager.name())
            .with("--network-manager", manager.as_str())
            .with("--management-group-id", subscription.name())
    } else {
        Line::of("az network manager connection subscription create")
            .with("--connection-name", manager.name())
            .with("--network-manager", manager.as_str())
            .with("--subscription", subscription.name())
    };
    let noted = |line, note: &str| {
        let mut remedy = az(line);
        remedy.note = Some(note.to_owned());
        remedy
    };
    let ask = noted(
        ask,
        "In the pool's tenant, with exactly the same scope as the other half.",
    );
    let answer = noted(
        answer,
        "In the network's tenant, with exactly the same scope as the other half.",
    );
    let halves = match (kind, side) {
        (Mending::Make, Side::Managing) => vec![ask],
        (Mending::Make, Side::Managed) => vec![answer],
        (Mending::Free | Mending::Renew, _) => vec![ask, answer],
    };
    let first = match kind {
        Mending::Make => None,
        Mending::Free => Some(portal(
            subscription.name(),
            [
                "Network Manager of the tenant that has it",
                "Scope: take the subscription out",
                "then delete this connection and make it again",
            ],
        )),
        Mending::Renew => Some(portal(
            manager.name(),
            [
                "Cross-tenant connections",
                "delete this one, then make both halves again",
            ],
        )),
    };
    first.into_iter().chain(halves).collect()
}

/// Pool and network have to share the region.
pub(super) fn region(call: &Call<'_>) -> GateVerdict {
    let Some(pool) = call.pool else {
        return say(
            Verdict::Unknown,
            format!(
                "whether the pool {} is in the region of the network cannot be told: it was not read",
                call.pool_id.name()
            ),
            Vec::new(),
        );
    };
    let mut evidence = vec![Evidence::in_body(
        pool.id.clone(),
        &pool.raw,
        &pool.source,
        "location",
    )];
    let Some(network) = call.network else {
        return unmade(call, pool, evidence);
    };
    evidence.push(Evidence::of(network, "location"));
    let plain = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    let (Some(own), Some(other)) = (network.location.text(), pool.location.text()) else {
        return say(
            Verdict::Unknown,
            "the region of the pool, or of the network, cannot be read".to_owned(),
            evidence,
        );
    };
    let mut gate = if plain(own) == plain(other) {
        say(
            Verdict::Open,
            format!("pool and network are both in {own}"),
            evidence,
        )
    } else {
        say(
            Verdict::Shut,
            format!(
                "the pool is in {other} and the network in {own}: a pool serves its own region only"
            ),
            evidence,
        )
        .mended_by([portal(
            call.pool_id
                .parent()
                .as_ref()
                .map_or("Network Manager", |id| id.name()),
            [
                "IP address pools",
                &format!("make a pool in {own}, and let the network draw from that"),
            ],
        )])
    };
    gate.judged = gate.judged.tagged([Tag::S]);
    gate
}

/// A network that is yet to be made is put where the pool is.
fn unmade(call: &Call<'_>, pool: &IpamPool, evidence: Vec<Evidence>) -> GateVerdict {
    let presence = call.planned.as_ref().map(|own| &own.presence);
    match (presence, pool.location.text()) {
        (Some(Presence::Absent(_)), Some(place)) => {
            let reason = format!(
                "the network is not there yet, and the call makes it in {place}, where the pool is"
            );
            let mut gate = say(Verdict::Open, reason, evidence);
            gate.judged = gate.judged.tagged([Tag::S]);
            gate
        }
        (Some(Presence::Absent(_)), None) => say(
            Verdict::Unknown,
            "the region of the pool cannot be read".to_owned(),
            evidence,
        ),
        _ => say(
            Verdict::Unknown,
            "whether pool and network share a region cannot be told: the network was not read"
                .to_owned(),
            evidence,
        ),
    }
}
