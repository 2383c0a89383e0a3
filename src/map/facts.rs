//! What a box says of what stands in it: plan, region, firewall, keys, outbound, and how its calls
//! go.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::hop::{Hop, HopKind};
use crate::model::resource::{Details, Family, LocalAuth, Outbound, Resource};

use super::model::{Fact, Mark, Place};
use super::places::{self, End};

/// What a managed group holds, each with how the hub's call to it stands.
pub(super) fn managed(
    members: &[&Arc<Resource>],
    hops: &[&Hop],
    ends: &[(End, End)],
    is_reading: bool,
) -> Vec<Fact> {
    let kinds = [
        (Family::Cosmos, HopKind::FoundryToManagedCosmos, "Cosmos DB"),
        (Family::Search, HopKind::FoundryToManagedSearch, "AI Search"),
        (Family::Storage, HopKind::FoundryToManagedStorage, "Storage"),
    ];
    let mut facts = Vec::new();
    for (family, kind, name) in kinds {
        let mark = hops
            .iter()
            .filter(|hop| hop.kind == kind)
            .map(|hop| Mark::of(hop.verdict(), is_reading))
            .min();
        let is_there = members.iter().any(|one| one.family == family);
        match mark {
            Some(mark) => facts.push(Fact::marked(mark, name)),
            None if is_there => facts.push(Fact::muted(format!("· {name}"))),
            None => {}
        }
    }
    if facts.is_empty() {
        let at_all = ends
            .iter()
            .any(|(from, to)| *from == End::Box(Place::Managed) || *to == End::Box(Place::Managed));
        facts.push(Fact::muted(if at_all { "not read" } else { "empty" }));
    }
    facts
}

/// The lines below a name: the most telling first.
pub(super) fn about(
    place: Place,
    leader: &Resource,
    members: &[&Arc<Resource>],
    hops: &[&Hop],
    is_reading: bool,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let (sku, region) = (sku(leader), regions(members));
    match (place, &leader.details) {
        (Place::Logs, _) => {
            let sending: Vec<Mark> = hops
                .iter()
                .filter(|hop| hop.kind == HopKind::ResourceToLogs)
                .map(|hop| Mark::of(hop.verdict(), is_reading))
                .collect();
            if let Some(worst) = sending.iter().min() {
                let open = sending.iter().filter(|mark| **mark == Mark::Open).count();
                // What cannot be told may send: a refusal is no "none of them".
                let perhaps = sending
                    .iter()
                    .filter(|mark| matches!(mark, Mark::Unknown | Mark::Reading))
                    .count();
                let count = match perhaps {
                    0 => open.to_string(),
                    perhaps => format!("{open}-{}", open + perhaps),
                };
                facts.push(Fact::marked(
                    *worst,
                    format!("{count} of {} send", sending.len()),
                ));
            }
            facts.push(Fact::muted(join(&[sku, region])));
            if let Details::LogWorkspace(workspace) = &leader.details
                && let Some(days) = workspace.retention_days.value()
            {
                facts.push(Fact::muted(format!("{days} days kept")));
            }
        }
        (Place::Hub, _) => {
            let projects = members
                .iter()
                .filter(|one| matches!(&one.details, Details::Workspace(own) if own.hub.is_some()))
                .count();
            let noun = if projects == 1 { "project" } else { "projects" };
            let cmk = leader
                .encryption
                .as_ref()
                .and_then(|own| own.customer_managed)
                .is_some_and(|on| on)
                .then(|| "CMK".to_owned());
            facts.push(Fact::muted(join(&[
                cmk,
                Some(format!("{projects} {noun}")),
            ])));
            facts.push(Fact::muted(join(&[region])));
        }
        (Place::Vault, _) => {
            let key = hops
                .iter()
                .filter(|hop| hop.kind == HopKind::IdentityToKey)
                .find_map(|hop| places::key_name(&hop.to));
            if let Some(key) = key {
                facts.push(Fact::muted(format!("key {key}")));
            }
            facts.push(Fact::muted(join(&[sku, region])));
        }
        _ => facts.push(Fact::muted(join(&[sku, region]))),
    }
    facts.extend(firewall(leader));
    if let Some(keys) = leader.local_auth.as_ref().and_then(LocalAuth::enabled) {
        facts.push(Fact::muted(if keys { "keys on" } else { "keys off" }));
    }
    if let Some(restricted) = leader.outbound.as_ref().and_then(Outbound::restricted) {
        facts.push(Fact::muted(if restricted {
            "outbound restricted"
        } else {
            "outbound any host"
        }));
    }
    facts.retain(|fact| !fact.text.is_empty());
    facts
}

/// The firewall in Azure's own words.
fn firewall(resource: &Resource) -> Option<Fact> {
    let own = resource.firewall.as_ref()?;
    let words: Vec<&str> = [
        own.public_network_access
            .text()
            .filter(|word| word.eq_ignore_ascii_case("disabled"))
            .map(|_| "closed"),
        own.default_action.text(),
        own.bypass.text().filter(|word| *word != "None"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!words.is_empty()).then(|| Fact::muted(format!("firewall {}", words.join(", "))))
}

fn join(words: &[Option<String>]) -> String {
    let words: Vec<&str> = words.iter().flatten().map(String::as_str).collect();
    words.join(" · ")
}

fn sku(resource: &Resource) -> Option<String> {
    resource.sku.text().map(|sku| {
        sku.strip_prefix("Standard_")
            .or_else(|| sku.strip_prefix("Premium_"))
            .unwrap_or(sku)
            .to_owned()
    })
}

fn region(resource: &Resource) -> Option<String> {
    let text = resource.location.text()?;
    Some(text.to_ascii_lowercase().replace(' ', ""))
}

/// The region of all that stands in a box, or how many regions it is in.
fn regions(members: &[&Arc<Resource>]) -> Option<String> {
    let all: BTreeSet<String> = members.iter().filter_map(|one| region(one)).collect();
    match all.len() {
        0 | 1 => all.into_iter().next(),
        several => Some(format!("{several} regions")),
    }
}

/// What one resource is, in a few words: plan, region, firewall, keys.
pub fn in_words(resource: &Resource) -> String {
    let keys = resource.local_auth.as_ref().and_then(LocalAuth::enabled);
    join(&[
        sku(resource),
        region(resource),
        firewall(resource).map(|fact| fact.text),
        keys.map(|on| if on { "keys on" } else { "keys off" }.to_owned()),
    ])
}
