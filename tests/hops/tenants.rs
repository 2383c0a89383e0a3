//! Calls into another tenant, beyond the stories: counts that disagree, connections of whole management
//! groups, providers that are not registered, directories of which one was refused, delegation.

use hopscope::analysis::hop::{GateVerdict, HopKind};
use hopscope::analysis::hops;
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::id::TenantId;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::store::{Inventory, Payload, Store, Update};
use serde_json::{Value, json};

use crate::load;
use crate::world::{Ended, NOW, World};

const HOME: &str = "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1";
const POOLS: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const SPOKES: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20";
const APP: &str = "app d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394";
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/contoso";
const IPAM_POOL_USER: &str = "7b3e853f-ad5d-4fb5-a7b8-56a3581c7037";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn gate(world: &World, gate: Gate) -> GateVerdict {
    world
        .judge()
        .gate(HopKind::TenantToTenant, APP, gate)
        .clone()
}

fn expect(world: &World, verdict: Verdict, says: &str) -> GateVerdict {
    let own = gate(world, Gate::Configuration);
    assert_eq!(own.judged.verdict, verdict, "{}", own.judged.reason);
    assert!(own.judged.reason.contains(says), "{}", own.judged.reason);
    own
}

/// What is taken is at least what can be read; a count of Azure's that is larger than what can be left is
/// a contradiction, and a smaller one is an answer.
#[test]
fn the_floor_and_azures_own_count() {
    let full = World::scenario("cross-tenant-pool-full");
    let counting = |left: &str| {
        full.clone().merge(
            "ipamPools/spokes/getPoolUsage",
            json!({ "numberOfAvailableIPAddresses": left }),
        )
    };
    expect(&counting("0"), Verdict::Shut, "at most");
    expect(&counting("99"), Verdict::Shut, "at most");
    expect(&counting("100"), Verdict::Unknown, "cannot both be");
    expect(
        &counting("4000"),
        Verdict::Unknown,
        "Azure counts 4000 left",
    );
    let roomy = counting("99").merge(
        "staticCidrs/on-premises",
        json!({ "properties": { "addressPrefixes": ["10.64.2.0/24"] } }),
    );
    expect(&roomy, Verdict::Shut, "Azure counts 99 addresses left");
    // The count is a query that Reader may lack: without it the floor answers alone.
    let floor = full.refuse("getPoolUsage", "", Ended::Denied);
    expect(&floor, Verdict::Shut, "at most");
}

/// `cross-tenant`, connected through the management group that the subscription is in.
fn through_a_group() -> World {
    World::scenario("cross-tenant")
        .merge(
            "scopeConnections/contoso-dev",
            json!({ "properties": { "resourceId": GROUP } }),
        )
        .merge(
            "networkManagers/nm-platform",
            json!({ "properties": { "networkManagerScopes": { "crossTenantScopes": [
                { "tenantId": HOME, "managementGroups": [GROUP], "subscriptions": [] }
            ] } } }),
        )
        .without("networkManagerConnections/fabrikam")
}

fn half(world: &World, state: &str) -> Value {
    json!({
        "id": format!("{GROUP}/providers/Microsoft.Network/networkManagerConnections/fabrikam"),
        "type": "Microsoft.Network/networkManagerConnections",
        "name": "fabrikam",
        "properties": {
            "networkManagerId": world.id("networkManagers/nm-platform"),
            "connectionState": state,
        },
    })
}

/// A role at the group that the subscription's list shows: so the subscription is in it.
fn within(world: World) -> World {
    world.with_role(
        "61f0a2c9-84de-4b37-95a1-3d7c0e92b846",
        "ServicePrincipal",
        READER,
        GROUP,
    )
}

#[test]
fn a_management_group_may_be_connected_in_place_of_a_subscription() {
    let bare = through_a_group();
    expect(
        &bare,
        Verdict::Unknown,
        "whether it holds the subscription was not read",
    );
    let connected = bare.clone().add(half(&bare, "Connected"));
    expect(
        &connected,
        Verdict::Unknown,
        "whether it holds the subscription was not read",
    );
    let open = expect(
        &within(connected.clone()),
        Verdict::Open,
        "management group contoso",
    );
    assert!(!open.judged.evidence.is_empty());

    let pending = within(bare.clone().add(half(&bare, "Pending")));
    expect(&pending, Verdict::Shut, "Pending");

    let missing = expect(
        &within(bare.clone()),
        Verdict::Shut,
        "nor the management group contoso",
    );
    assert!(
        missing
            .remedies
            .iter()
            .any(|one| one.text.contains("--network-manager")),
        "{:?}",
        missing.remedies
    );

    let refused = within(connected).refuse("networkManagerConnections", "contoso", Ended::Denied);
    expect(&refused, Verdict::Unknown, "management group contoso");
}

#[test]
fn a_provider_that_is_not_registered_shuts() {
    let with = |state: &str| {
        World::scenario("cross-tenant").add(json!({
            "id": format!("{SPOKES}/providers/Microsoft.Network"),
            "namespace": "Microsoft.Network",
            "registrationState": state,
        }))
    };
    for state in ["NotRegistered", "Unregistered", "Unregistering"] {
        let shut = expect(
            &with(state),
            Verdict::Shut,
            "no network can be written there",
        );
        assert!(
            shut.remedies.iter().any(|one| one
                .text
                .contains("az provider register --namespace Microsoft.Network")),
            "{:?}",
            shut.remedies
        );
    }
    expect(&with("Registering"), Verdict::Unknown, "is Registering");
    expect(&with("Registered"), Verdict::Open, "Connected");
    let refused = with("NotRegistered").refuse("providers", "", Ended::Denied);
    expect(&refused, Verdict::Open, "Connected");
}

/// The directories of both tenants, each read or refused, in place of the one that all are in.
fn directories(store: &mut Store, home_is_read: bool, pools_is_read: bool) {
    let all = match store
        .slice(&Key::Principals(None))
        .and_then(|slice| slice.value.as_deref())
    {
        Some(Payload::Principals(items)) => items.clone(),
        other => panic!("{other:?}"),
    };
    store.apply(Update::Forgotten {
        key: Key::Principals(None),
    });
    for (tenant, is_read) in [(HOME, home_is_read), (POOLS, pools_is_read)] {
        let key = Key::Principals(Some(TenantId::new(tenant)));
        let generation = 1;
        store.apply(Update::Planned {
            key: key.clone(),
            generation,
        });
        let mut issues = Vec::new();
        if is_read {
            store.apply(Update::Page {
                key: key.clone(),
                generation,
                payload: Payload::Principals(all.clone()),
                at: NOW,
            });
        } else {
            issues.push(Issue::new(IssueKind::Denied, key.words(), "no", NOW));
        }
        store.apply(Update::Settled {
            key,
            generation,
            at: NOW,
            issues,
        });
    }
}

/// Only the directory that a principal would be in can say that it is gone.
#[test]
fn nobody_is_gone_whose_directory_was_refused() {
    let bare = World::scenario("cross-tenant-no-role");
    let pool = bare.id("ipamPools/spokes");
    let world = bare.with_role(
        "0bad0bad-0000-4000-8000-000000000001",
        "ServicePrincipal",
        IPAM_POOL_USER,
        &pool,
    );
    for (home, pools, is_stale) in [
        (true, true, true),
        (false, true, true),
        (true, false, false),
        (false, false, false),
    ] {
        let mut store = load::store(&world);
        directories(&mut store, home, pools);
        let inventory = Inventory::build(&store.snapshot());
        let judgement = hops::judge(&inventory, &world.judging, world.now);
        let hop = judgement
            .hops
            .iter()
            .find(|hop| hop.kind == HopKind::TenantToTenant)
            .unwrap();
        let gate = hop.gate(Gate::Authorization).unwrap();
        assert_eq!(
            gate.judged.reason.contains("stale assignment"),
            is_stale,
            "home {home}, pools {pools}: {}",
            gate.judged.reason
        );
        assert_ne!(gate.judged.verdict, Verdict::Open);
    }
}
