//! H16 to H18: a hub reaches the Cosmos DB, AI Search and Storage of the group that Microsoft made
//! for it (domain-rules E).
//!
//! Advice that is right elsewhere breaks these: keys have to stay on, and what was open has to stay
//! open. Whether the customer's key can be read is a hop of its own and no gate here.

use serde_json::json;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::foundry::Hub;
use crate::analysis::foundry::managed::Found;
use crate::analysis::foundry::required::{Check, ManagedResource, ManagedState};
use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind, Remedy};
use crate::analysis::network;
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::noted;
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::read;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::azapi;
use crate::analysis::verdict::{Gate, Tag, Verdict};
use crate::model::access::Lock;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};

/// What is true of every change in a managed group.
const LAG: &str = "Takes about 10 minutes [S]. Where a policy made the change, exempt the group first, or it will be made again.";

/// Draws what every hub with a managed group reaches.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    for hub in &ground.foundry().hubs {
        let Some(managed) = &hub.managed else {
            continue;
        };
        for one in &managed.resources {
            out.push(hop(ground, hub, managed, one));
        }
    }
}

fn hop(ground: &Ground<'_>, hub: &Hub, managed: &ManagedState, one: &ManagedResource) -> Hop {
    let resource = one.id.as_ref().and_then(|id| ground.resource(id));
    let mut gates = Vec::new();
    if let Some(resource) = resource {
        gates.extend(network_gate(ground, resource, one));
        gates.extend(keys(ground, resource, one));
    }
    gates.push(configuration(ground, managed, one, resource));
    Hop {
        kind: match one.family {
            Family::Cosmos => HopKind::FoundryToManagedCosmos,
            Family::Search => HopKind::FoundryToManagedSearch,
            _ => HopKind::FoundryToManagedStorage,
        },
        from: hub.id.as_str().to_owned(),
        to: one
            .id
            .as_ref()
            .unwrap_or(&managed.group.id)
            .as_str()
            .to_owned(),
        via: None,
        basis: match managed.group.found {
            Found::Named | Found::OwnStores => Basis::Observed,
            Found::ManagedBy | Found::NamePattern => Basis::Inferred,
        },
        gates,
    }
}

/// The checks of the required state that belong to a gate.
fn checked(
    ground: &Ground<'_>,
    resource: &Resource,
    gate: Gate,
    check: &Check,
    remedies: Vec<Remedy>,
) -> GateVerdict {
    let mut verdict = GateVerdict::new(gate, check.judged.clone());
    verdict.changed_at = ground.changed_at(resource);
    if check.judged.verdict == Verdict::Open {
        verdict
    } else {
        verdict.mended_by(noted(remedies, LAG))
    }
}

fn keys(ground: &Ground<'_>, resource: &Resource, one: &ManagedResource) -> Option<GateVerdict> {
    let check = one
        .checks
        .iter()
        .find(|check| matches!(check.property, "disableLocalAuth" | "allowSharedKeyAccess"))?;
    let (command, version, body, steps) = match resource.family {
        Family::Storage => (
            on("storage account update", &resource.id).plain("--allow-shared-key-access true"),
            "2024-01-01",
            "{ allowSharedKeyAccess = true }",
            [
                "Configuration",
                "Allow storage account key access",
                "Enabled",
            ],
        ),
        Family::Search => (
            on("search service update", &resource.id).plain("--disable-local-auth false"),
            "2025-05-01",
            "{ disableLocalAuth = false }",
            ["Keys", "API access control", "API keys"],
        ),
        _ => (
            az::set(
                &resource.id,
                "2024-11-15",
                "properties.disableLocalAuth",
                "false",
            ),
            "2024-11-15",
            "{ disableLocalAuth = false }",
            [
                "Automation",
                "Export template",
                "set disableLocalAuth to false",
            ],
        ),
    };
    let remedies = vec![
        az(command),
        azapi(&resource.id, version, body),
        portal(&resource.name, steps),
    ];
    Some(checked(
        ground,
        resource,
        Gate::Authentication,
        check,
        remedies,
    ))
}

fn network_gate(
    ground: &Ground<'_>,
    resource: &Resource,
    one: &ManagedResource,
) -> Option<GateVerdict> {
    let mut checks: Vec<GateVerdict> = one
        .checks
        .iter()
        .filter_map(|check| {
            let remedies = mend(resource, check.property)?;
            Some(checked(ground, resource, Gate::Network, check, remedies))
        })
        .collect();
    checks.extend(beyond(ground, resource));
    checks.extend(perimeter(ground, resource));
    gates::all(Gate::Network, checks)
}

/// What gives a property of the network its created value again; none for other properties.
fn mend(resource: &Resource, property: &str) -> Option<Vec<Remedy>> {
    let id = &resource.id;
    let three = |command: Line, version: &str, body: &str, steps: &[&str]| {
        vec![
            az(command),
            azapi(id, version, body),
            portal(&resource.name, steps),
        ]
    };
    match (resource.family, property) {
        (Family::Cosmos, "publicNetworkAccess") => Some(three(
            on("cosmosdb update", id).plain("--public-network-access ENABLED"),
            "2024-11-15",
            "{ publicNetworkAccess = \"Enabled\" }",
            &["Networking", "Public network access", "All networks"],
        )),
        (Family::Search, "publicNetworkAccess") => Some(three(
            on("search service update", id).plain("--public-access enabled"),
            "2025-05-01",
            "{ publicNetworkAccess = \"enabled\" }",
            &["Networking", "Public network access", "All networks"],
        )),
        (Family::Search, "networkRuleSet.ipRules") => Some(three(
            az::set(id, "2025-05-01", "properties.networkRuleSet.ipRules", "[]"),
            "2025-05-01",
            "{ networkRuleSet = { ipRules = [] } }",
            &["Networking", "Public network access", "All networks"],
        )),
        (Family::Storage, "networkAcls.defaultAction") => Some(three(
            on("storage account update", id).plain("--default-action Deny"),
            "2024-01-01",
            "{ networkAcls = { defaultAction = \"Deny\" } }",
            &["Networking", "Public network access", "Selected networks"],
        )),
        (Family::Storage, "networkAcls.bypass") => Some(three(
            on("storage account update", id).plain("--bypass AzureServices"),
            "2024-01-01",
            "{ networkAcls = { bypass = \"AzureServices\" } }",
            &[
                "Networking",
                "Exceptions",
                "Allow trusted Microsoft services",
            ],
        )),
        _ => None,
    }
}

/// Rules that Microsoft does not make and nobody has tried: what they do to the hub is not known.
fn beyond(ground: &Ground<'_>, resource: &Resource) -> Option<GateVerdict> {
    let wall = ground.wall(resource)?;
    let rules = wall.rules();
    let (fact_words, evidence, is_as_created) = match resource.family {
        Family::Cosmos => (
            &rules.default_allow.words,
            &rules.default_allow.evidence,
            rules.default_allow.value,
        ),
        Family::Storage => (
            &rules.public.words,
            &rules.public.evidence,
            rules
                .public
                .value
                .map(|value| value == network::Public::Enabled),
        ),
        _ => return None,
    };
    let (verdict, reason) = match is_as_created {
        Some(true) => (Verdict::Open, fact_words.clone()),
        Some(false) => (
            Verdict::Unknown,
            format!(
                "{fact_words}: it was not created so, and what the change does to the hub is not known"
            ),
        ),
        None => (Verdict::Unknown, fact_words.clone()),
    };
    let mut gate = gates::judged(Gate::Network, verdict, reason, [evidence.clone()]);
    gate.judged = gate.judged.tagged([Tag::S]);
    gate.changed_at = ground.changed_at(resource);
    if verdict == Verdict::Open {
        return Some(gate);
    }
    let remedies = match resource.family {
        Family::Cosmos => vec![
            az(on("cosmosdb update", &resource.id)
                .plain("--ip-range-filter '' --enable-virtual-network false")),
            azapi(
                &resource.id,
                "2024-11-15",
                "{ ipRules = [], isVirtualNetworkFilterEnabled = false }",
            ),
            portal(
                &resource.name,
                ["Networking", "Public network access", "All networks"],
            ),
        ],
        _ => vec![
            az(on("storage account update", &resource.id).plain("--public-network-access Enabled")),
            azapi(
                &resource.id,
                "2024-01-01",
                "{ publicNetworkAccess = \"Enabled\" }",
            ),
            portal(
                &resource.name,
                ["Networking", "Public network access", "Selected networks"],
            ),
        ],
    };
    Some(gate.mended_by(noted(remedies, LAG)))
}

/// An enforced perimeter replaces the rules: nobody has said whether the hub gets through one.
fn perimeter(ground: &Ground<'_>, resource: &Resource) -> Option<GateVerdict> {
    if resource.family == Family::Cosmos {
        return None;
    }
    let listed = facets::perimeters(ground.inventory, &resource.id);
    let enforced = listed
        .items
        .iter()
        .find(|one| one.access_mode.is("Enforced") || one.access_mode.text().is_none());
    let name = enforced.and_then(|one| one.perimeter.as_ref());
    let reason = match (enforced, &listed.missing) {
        (Some(_), _) => format!(
            "it is in perimeter {}, and whether a hub gets through one is not known",
            name.map_or("without a name", ArmId::name)
        ),
        (None, Some(why)) => format!("whether a perimeter closes it is not known: {why}"),
        (None, None) => return None,
    };
    let evidence = Evidence::listed(
        resource.id.clone(),
        Facet::Perimeters.name(),
        json!({ "read": listed.items.len(), "why": reason }),
        listed.observed_at.unwrap_or(resource.source.observed_at),
    );
    let gate = gates::judged(Gate::Network, Verdict::Unknown, reason, [evidence]);
    Some(gate.mended_by(name.map(|id| {
        portal(
            id.name(),
            [
                "Associated resources",
                &format!("remove {} from the perimeter", resource.name),
            ],
        )
    })))
}

/// Whether the group and the resource are there, and whether a lock keeps the hub from working.
fn configuration(
    ground: &Ground<'_>,
    managed: &ManagedState,
    one: &ManagedResource,
    resource: Option<&Resource>,
) -> GateVerdict {
    let mut checks = Vec::new();
    if managed.exists.verdict != Verdict::Open {
        checks.push(GateVerdict::new(
            Gate::Configuration,
            managed.exists.clone(),
        ));
    }
    let mut exists = one.exists.clone();
    if exists.verdict == Verdict::Shut && managed.group.found != Found::OwnStores {
        exists.reason = format!(
            "{}: nothing mends that, the hub has to be deleted and made anew",
            exists.reason
        );
    }
    if exists.evidence.is_empty() {
        exists = exists.proved_by(managed.group.evidence.iter().cloned());
    }
    if exists.verdict == Verdict::Shut {
        exists = exists.proved_by([gone(ground, managed, one)]);
    }
    checks.push(if let Some(resource) = resource {
        // That it was read says that it is there.
        let group = resource.id.group_id();
        locks(
            ground,
            group.as_ref().unwrap_or(&managed.group.id),
            resource,
        )
    } else {
        let gate = GateVerdict::new(Gate::Configuration, exists);
        if gate.judged.verdict == Verdict::Shut {
            gate.mended_by([portal(
                managed.group.id.name(),
                ["delete the hub and make it anew, with its key"],
            )])
        } else {
            let caller = ground.inventory.snapshot().callers().first();
            gate.mended_by(read::give(caller, "Reader", &managed.group.id))
        }
    });
    gates::all(Gate::Configuration, checks)
        .unwrap_or_else(|| GateVerdict::new(Gate::Configuration, managed.exists.clone()))
}

fn gone(ground: &Ground<'_>, managed: &ManagedState, one: &ManagedResource) -> Evidence {
    Evidence::listed(
        managed.group.id.clone(),
        one.family.arm_type(),
        json!({ "read": 0, "why": one.exists.reason }),
        ground.now,
    )
}

/// A lock that forbids writing also forbids the listing of keys, which is a POST `[K]`.
fn locks(ground: &Ground<'_>, group: &ArmId, resource: &Resource) -> GateVerdict {
    let snapshot = ground.inventory.snapshot();
    let found: Vec<&Lock> = ground.locks_on(&resource.id).collect();
    let proof = |lock: &Lock| {
        Evidence::in_body(lock.id.clone(), &lock.raw, &lock.source, "properties.level")
    };
    if let Some(lock) = found.iter().find(|lock| lock.level.is("ReadOnly")) {
        let mut gate = gates::judged(
            Gate::Configuration,
            Verdict::Shut,
            format!(
                "lock {} on {} is ReadOnly: the hub cannot list the keys that it works with",
                lock.name,
                lock.scope.name()
            ),
            [proof(lock)],
        );
        gate.judged = gate.judged.tagged([Tag::K]);
        return gate.mended_by([
            az(Line::of("az lock delete").with("--ids", lock.id.as_str())),
            portal(
                lock.scope.name(),
                ["Locks", &format!("delete {}", lock.name)],
            ),
        ]);
    }
    if let Some(lock) = found.iter().find(|lock| lock.level.text().is_none()) {
        return gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("what lock {} forbids cannot be read", lock.name),
            [proof(lock)],
        );
    }
    let slice = snapshot.slice(&Key::Locks(group.clone()));
    let missing = match slice {
        None => Some("were not read".to_owned()),
        Some(slice) => facets::why_missing(slice),
    };
    let evidence = Evidence::listed(
        group.clone(),
        "locks",
        json!({ "read": found.len(), "why": "none is ReadOnly" }),
        slice
            .and_then(|slice| slice.observed_at)
            .unwrap_or(ground.now),
    );
    match missing {
        Some(why) => gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!(
                "a ReadOnly lock would keep the hub from its keys, and the locks of {} {why}",
                group.name()
            ),
            [],
        )
        .mended_by(read::give(snapshot.callers().first(), "Reader", group)),
        None => gates::judged(
            Gate::Configuration,
            Verdict::Open,
            "it is there and no ReadOnly lock is on it",
            [evidence],
        ),
    }
}
