//! Preflight, pools and who draws from them, where readings are missing or odd: nothing that is not
//! known reads as open, and nothing is lost from the tree.

use std::collections::BTreeMap;

use hopscope::analysis::addresses::{self, Kind};
use hopscope::analysis::ground::Ground;
use hopscope::analysis::preflight::{self, Preflight, Presence};
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::id::ArmId;
use hopscope::model::ipam::Draw;
use hopscope::model::key::Key;
use hopscope::store::Inventory;
use serde_json::json;

use crate::load;
use crate::withheld::without;
use crate::world::{Ended, NOW, World};

const SPOKE: &str = "virtualNetworks/vnet-spoke-dev";

fn draw(world: &World, network: &str) -> Draw {
    Draw {
        pool: ArmId::new(world.id("ipamPools/spokes")),
        network: ArmId::new(world.id(SPOKE).replace("vnet-spoke-dev", network)),
    }
}

fn ahead(world: &World, inventory: &Inventory, network: &str, wanted: u128) -> Preflight {
    let ground = Ground::new(inventory, &world.judging, NOW);
    preflight::ipam(&ground, &draw(world, network), Some(wanted))
}

/// The worst verdict of each gate that a call would meet.
fn gates(found: &Preflight) -> BTreeMap<Gate, Verdict> {
    let mut gates = BTreeMap::new();
    for check in &found.checks {
        let verdict = check.judged.verdict;
        let own = gates.entry(check.gate).or_insert(verdict);
        *own = (*own).max(verdict);
    }
    gates
}

#[test]
fn a_reading_that_is_withheld_makes_nothing_more_certain() {
    let mut unknown = 0;
    for (name, network, first) in [
        ("cross-tenant", "vnet-spoke-dev", Verdict::Open),
        ("cross-tenant", "vnet-new", Verdict::Unknown),
        ("cross-tenant-no-role", "vnet-spoke-dev", Verdict::Shut),
        ("cross-tenant-pending", "vnet-spoke-dev", Verdict::Shut),
        ("cross-tenant-pool-full", "vnet-spoke-dev", Verdict::Shut),
        ("cross-tenant-region", "vnet-spoke-dev", Verdict::Shut),
    ] {
        let world = World::scenario(name);
        let mut store = load::store(&world);
        let inventory = Inventory::build(&store.snapshot());
        let before = ahead(&world, &inventory, network, 100);
        assert_eq!(before.verdict(), first, "{name}, {network}");
        let had = gates(&before);
        let keys: Vec<Key> = store
            .slices()
            .filter(|(_, slice)| slice.value.is_some())
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            for ended in Ended::WITHOUT {
                let snapshot = without(&mut store, &key, ended);
                let inventory = Inventory::build(&snapshot);
                let after = ahead(&world, &inventory, network, 100);
                let verdict = after.verdict();
                let place = format!("{name}, {network} without {key} ({ended:?})");
                assert!(
                    verdict == first || verdict == Verdict::Unknown,
                    "{place}: {first} became {verdict}: {:?}",
                    after.checks
                );
                for (gate, now) in gates(&after) {
                    let was = had.get(&gate);
                    assert!(
                        was == Some(&now) || now == Verdict::Unknown,
                        "{place}: {gate} went from {was:?} to {now}: {:?}",
                        after.checks
                    );
                }
                unknown += usize::from(verdict == Verdict::Unknown);
            }
        }
    }
    // It does rest on readings: were none of them asked, this would prove nothing.
    assert!(unknown > 100, "{unknown}");
}

#[test]
fn a_network_that_nobody_tried_is_not_said_to_be_let_in() {
    let world = World::scenario("cross-tenant");
    let found = ahead(&world, &world.inventory(), "vnet-new", 100);
    assert!(matches!(found.presence, Presence::Absent(_)));
    assert_eq!(found.verdict(), Verdict::Unknown);
    let unknown: Vec<Gate> = found
        .checks
        .iter()
        .filter(|one| one.judged.verdict == Verdict::Unknown)
        .map(|one| one.gate)
        .collect();
    assert_eq!(unknown, [Gate::Authentication]);
}

#[test]
fn a_network_that_may_be_there_is_not_put() {
    let world = World::scenario("cross-tenant").refuse(
        "Microsoft.Network/virtualNetworks",
        "/resourcegroups/rg-spoke-dev",
        Ended::Denied,
    );
    let found = ahead(&world, &world.inventory(), "vnet-new", 100);
    assert!(matches!(found.presence, Presence::Unread(_)));
    assert!(found.calls.is_empty());
    assert_ne!(found.verdict(), Verdict::Open);
    let calls = found.checks.iter().flat_map(|one| &one.remedies);
    assert!(
        calls
            .into_iter()
            .all(|one| !one.text.contains("--method put"))
    );
}

#[test]
fn the_tree_holds_every_pool_once_whatever_parents_say() {
    let names = |world: &World| -> Vec<(String, usize)> {
        let nodes = addresses::tree(&world.inventory(), NOW);
        let each = nodes.iter();
        each.map(|node| (node.id.name().to_owned(), node.follows.len()))
            .collect()
    };
    let parent = |world: World, of: &str, name: &str| {
        let end = format!("ipamPools/{of}");
        world.merge(&end, json!({ "properties": { "parentPoolName": name } }))
    };
    let plain = World::scenario("cross-tenant");
    let pair =
        |one: &str, two: &str, depth: usize| vec![(one.to_owned(), 0), (two.to_owned(), depth)];
    assert_eq!(names(&plain), pair("main", "spokes", 1));
    let ring = parent(plain.clone(), "main", "spokes");
    let mut found = names(&ring);
    found.sort();
    assert_eq!(found.len(), 2, "a ring: {found:?}");
    let orphan = parent(plain.clone(), "spokes", "gone");
    assert_eq!(names(&orphan), pair("main", "spokes", 0));
    // A pool of a tenant that nobody is signed in to is named by the network that draws from it.
    let foreign = World::scenario("cross-tenant-no-token");
    let nodes = addresses::tree(&foreign.inventory(), NOW);
    assert_eq!(nodes.len(), 1);
    assert!(nodes[0].pool.is_none());
    let why = nodes[0].room.missing.as_deref().unwrap();
    assert!(why.contains("nobody is signed in there"), "{why}");
}

#[test]
fn what_azure_does_not_count_is_counted_as_a_floor_and_exactly() {
    let main = "/ipampools/main";
    let world = World::scenario("cross-tenant")
        .refuse("poolUsage", main, Ended::Denied)
        .merge(
            "ipamPools/main",
            json!({ "properties": { "addressPrefixes": ["2001:db8::/32", "10.64.0.0/16"] } }),
        );
    let nodes = addresses::tree(&world.inventory(), NOW);
    let room = &nodes
        .iter()
        .find(|node| node.id.name() == "main")
        .unwrap()
        .room;
    assert!(!room.is_azures);
    assert_eq!(room.total, Some((1 << 96) + 65_536));
    assert_eq!(room.used, Some(4_096));
    assert_eq!(room.free, Some((1 << 96) + 65_536 - 4_096));
    assert_eq!(room.reserved, None);
    assert!(room.missing.as_deref().unwrap().contains("refused"));
    let spokes = &nodes
        .iter()
        .find(|node| node.id.name() == "spokes")
        .unwrap()
        .room;
    assert!(spokes.is_azures);
    assert_eq!((spokes.free, spokes.total), (Some(3_456), Some(4_096)));
}

#[test]
fn who_draws_is_said_by_the_pool_and_by_the_networks() {
    let world = World::scenario("cross-tenant");
    let pool = ArmId::new(world.id("ipamPools/spokes"));
    let drawers = |world: &World| {
        let found = addresses::drawers(&world.inventory(), &pool);
        found
            .into_iter()
            .map(|one| {
                (
                    one.id.name().to_owned(),
                    one.kind,
                    one.addresses,
                    one.is_listed,
                )
            })
            .collect::<Vec<_>>()
    };
    let network = |name: &str, count: u128, is_listed: bool| {
        (name.to_owned(), Kind::Network, Some(count), is_listed)
    };
    let held = ("on-premises".to_owned(), Kind::Static, Some(256), true);
    assert_eq!(
        drawers(&world),
        [
            network("vnet-spoke-dev", 128, true),
            network("vnet-hub-platform", 256, true),
            held.clone(),
        ]
    );
    let refused = world.refuse("associatedResources", "/ipampools/spokes", Ended::Denied);
    assert_eq!(
        drawers(&refused),
        [
            network("vnet-spoke-dev", 128, false),
            network("vnet-hub-platform", 256, false),
            held,
        ]
    );
    let missing = addresses::drawers_missing(&refused.inventory(), &pool);
    assert!(missing.unwrap().contains("refused"));
}
