//! Each reading of each scenario and story withheld in turn: refused, failed, never answered. Nothing
//! becomes more certain by it: what was known stays or becomes unknown, what appears is unknown, and
//! no fault is found that was not there before. `open` and `shut` never flip.
//!
//! What a list that is refused takes along (the facets of its resources are then never asked for) is
//! read anew by [`crate::load`]; all else is one slice of the store that ends otherwise.

use std::collections::{BTreeMap, BTreeSet};

use hopscope::analysis::hop::{FindingKind, Judgement};
use hopscope::analysis::hops;
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::key::Key;
use hopscope::simulator::Scenario;
use hopscope::store::{Inventory, Snapshot, Store, Update};

use crate::load;
use crate::world::{Ended, NOW, World};

type Gates = BTreeMap<Gate, Verdict>;

/// What a judgement claims.
struct Claims {
    hops: BTreeMap<String, (Verdict, Gates)>,
    /// Rule and resource of what is called broken or exposed.
    faults: BTreeSet<(&'static str, String)>,
}

impl Claims {
    fn of(judgement: &Judgement) -> Self {
        let hops = judgement.hops.iter().map(|hop| {
            let gates = hop.gates.iter();
            let gates = gates.map(|gate| (gate.gate, gate.judged.verdict));
            (hop.id(), (hop.verdict(), gates.collect()))
        });
        let faults = judgement
            .findings
            .iter()
            .filter(|one| matches!(one.kind, FindingKind::Broken | FindingKind::Exposure));
        Self {
            hops: hops.collect(),
            faults: faults
                .map(|one| (one.rule, one.resource.to_ascii_lowercase()))
                .collect(),
        }
    }

    /// What is claimed for certain here, and was not before.
    fn beyond(&self, before: &Self) -> Vec<String> {
        let mut beyond = Vec::new();
        for (id, (verdict, gates)) in &self.hops {
            let Some((once, had)) = before.hops.get(id) else {
                if *verdict != Verdict::Unknown {
                    beyond.push(format!("there is {verdict} {id}"));
                }
                continue;
            };
            if verdict != once && *verdict != Verdict::Unknown {
                beyond.push(format!("{id} went from {once} to {verdict}"));
            }
            for (gate, now) in gates {
                let was = had.get(gate);
                if was != Some(now) && *now != Verdict::Unknown {
                    beyond.push(format!("{gate} of {id} went from {was:?} to {now}"));
                }
            }
        }
        for (rule, resource) in self.faults.difference(&before.faults) {
            beyond.push(format!("{rule} is found at {resource}"));
        }
        beyond
    }
}

fn judged(world: &World, snapshot: &Snapshot) -> Claims {
    let inventory = Inventory::build(snapshot);
    Claims::of(&hops::judge(&inventory, &world.judging, NOW))
}

/// The store with one reading that ended otherwise; the store itself is as before.
fn without(store: &mut Store, key: &Key, ended: Ended) -> Snapshot {
    let before = store.slice(key).cloned().unwrap_or_default();
    let generation = before.generation;
    let planned = |store: &mut Store| {
        store.apply(Update::Forgotten { key: key.clone() });
        store.apply(Update::Planned {
            key: key.clone(),
            generation,
        });
    };
    let settled = |issues| Update::Settled {
        key: key.clone(),
        generation,
        at: NOW,
        issues,
    };
    planned(store);
    if ended != Ended::Pending {
        store.apply(settled(vec![load::issue(ended, key)]));
    }
    let snapshot = store.snapshot();
    planned(store);
    if let Some(payload) = &before.value {
        store.apply(Update::Page {
            key: key.clone(),
            generation,
            payload: payload.as_ref().clone(),
            at: NOW,
        });
    }
    store.apply(settled(before.issues.to_vec()));
    snapshot
}

/// Whether other readings hang on this one.
fn leads_on(key: &Key) -> bool {
    matches!(
        key,
        Key::List { .. } | Key::Resource(_) | Key::Memberships(..)
    )
}

fn withhold(name: &str) {
    let world = World::scenario(name);
    let mut store = load::store(&world);
    let before = judged(&world, &store.snapshot());
    let keys: Vec<Key> = store
        .slices()
        .filter(|(_, slice)| slice.value.is_some())
        .map(|(key, _)| key.clone())
        .collect();
    let mut beyond = Vec::new();
    for key in &keys {
        // They differ in words only: one way is enough where all is read anew, and for a story whose
        // other readings are those of `healthy`.
        let ways: &[Ended] = if leads_on(key) || !WHOLE.contains(&name) {
            &[Ended::Denied]
        } else {
            &Ended::WITHOUT
        };
        for &ended in ways {
            let snapshot = if leads_on(key) {
                let scope = key.scope().map(|scope| scope.folded().to_owned());
                let refused = world
                    .clone()
                    .refuse(key.what(), &scope.unwrap_or_default(), ended);
                load::store(&refused).snapshot()
            } else {
                without(&mut store, key, ended)
            };
            let after = judged(&world, &snapshot);
            beyond.extend(
                after
                    .beyond(&before)
                    .into_iter()
                    .map(|claim| format!("{name} without {key:?} ({ended:?}): {claim}")),
            );
        }
    }
    assert!(
        judged(&world, &store.snapshot()).beyond(&before).is_empty(),
        "the store is as it was"
    );
    assert!(keys.len() > 30, "only {} readings", keys.len());
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
}

/// What is withheld in every way.
const WHOLE: [&str; 3] = ["broken-indexer", "foundry-cmk", "healthy"];

/// One test for each, so that they run beside each other.
macro_rules! withheld {
    ($($test:ident = $name:literal,)+) => {
        const TRIED: &[&str] = &[$($name),+];
        $(
            #[test]
            fn $test() {
                withhold($name);
            }
        )+
    };
}

withheld! {
    agents_without_rights = "agents-without-rights",
    broken_indexer = "broken-indexer",
    cross_tenant = "cross-tenant",
    cross_tenant_conflict = "cross-tenant-conflict",
    cross_tenant_home_object = "cross-tenant-home-object",
    cross_tenant_no_role = "cross-tenant-no-role",
    cross_tenant_no_stub = "cross-tenant-no-stub",
    cross_tenant_no_token = "cross-tenant-no-token",
    cross_tenant_old_token = "cross-tenant-old-token",
    cross_tenant_pending = "cross-tenant-pending",
    cross_tenant_pool_full = "cross-tenant-pool-full",
    cross_tenant_region = "cross-tenant-region",
    cross_tenant_single_app = "cross-tenant-single-app",
    cross_tenant_wrong_token = "cross-tenant-wrong-token",
    custom_role_wildcards = "custom-role-wildcards",
    data_plane_refused = "data-plane-refused",
    denied = "denied",
    deny_assignment = "deny-assignment",
    embedding_missing = "embedding-missing",
    foundry_cmk = "foundry-cmk",
    healthy = "healthy",
    hub_search_closed = "hub-search-closed",
    hub_storage_keys_off = "hub-storage-keys-off",
    hub_without_cmk = "hub-without-cmk",
    key_behind_firewall = "key-behind-firewall",
    key_expired = "key-expired",
    key_in_skill = "key-in-skill",
    key_version_disabled = "key-version-disabled",
    managed_group_denied = "managed-group-denied",
    new_foundry = "new-foundry",
    open_poc = "open-poc",
    outbound_without_search = "outbound-without-search",
    owner_without_data = "owner-without-data",
    perimeter_enforced = "perimeter-enforced",
    policies_refused = "policies-refused",
    policy_exempted = "policy-exempted",
    policy_exemption_expired = "policy-exemption-expired",
    policy_will_close_models = "policy-will-close-models",
    role_assignments_refused = "role-assignments-refused",
    role_eligible = "role-eligible",
    role_through_group = "role-through-group",
    role_through_management_group = "role-through-management-group",
    same_region_ip_rule = "same-region-ip-rule",
    search_keys_only = "search-keys-only",
    service_side_encryption = "service-side-encryption",
    shared_link_pending = "shared-link-pending",
    stale_principal = "stale-principal",
    user_assigned_bypass = "user-assigned-bypass",
    vault_by_roles = "vault-by-roles",
    vault_without_unwrap = "vault-without-unwrap",
}

#[test]
fn every_scenario_is_tried() {
    let listed: BTreeSet<String> = Scenario::list()
        .unwrap()
        .into_iter()
        .map(|one| one.name)
        .collect();
    let tried: BTreeSet<String> = TRIED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(tried, listed);
}
