//! Applying 10,000 updates: 2,500 slices planned, started, filled and settled.
//!
//! Into an empty store, over old values, and with a snapshot alive that is taken anew for every
//! frame, as the screen does it: then the store has to copy what the snapshot still holds.

use std::sync::Arc;

use divan::Bencher;
use hopscope::azure::decode::{Context, resource};
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::resource::{Family, Resource};
use hopscope::store::{Payload, Store, Update};
use serde_json::json;
use time::OffsetDateTime;

const UPDATES: usize = 10_000;
const SLICES: usize = UPDATES / 4;
/// How many updates come between two frames of a screen that draws thirty a second.
const A_FRAME: usize = UPDATES / 30;

fn main() {
    divan::main();
}

fn account(index: usize) -> (ArmId, Arc<Resource>) {
    let id = ArmId::new(format!(
        "/subscriptions/3b1c7a52-0f0e-4c55-9a51-52f0b8e5d2aa/resourceGroups/rg-{}/providers/{}/st{index}",
        index / 10,
        Family::Storage.arm_type()
    ));
    let context = Context {
        api_version: Arc::from("2023-05-01"),
        observed_at: OffsetDateTime::UNIX_EPOCH,
        request_id: None,
        requested: None,
    };
    let body = json!({
        "id": id.as_str(), "name": format!("st{index}"), "location": "centralus",
        "properties": { "networkAcls": { "defaultAction": "Deny", "bypass": "None" } },
    });
    let decoded = resource(Family::Storage, Arc::new(body), &context);
    (id, Arc::new(decoded.expect("the body has an id")))
}

/// Four updates a slice; those of different slices come mixed, as parallel readings send them.
fn updates(accounts: &[(ArmId, Arc<Resource>)], generation: u64) -> Vec<Update> {
    let at = OffsetDateTime::UNIX_EPOCH;
    let each = |make: &dyn Fn(Key, &Arc<Resource>) -> Update| -> Vec<Update> {
        accounts
            .iter()
            .map(|(id, account)| make(Key::Resource(id.clone()), account))
            .collect()
    };
    let steps = [
        each(&|key, _| Update::Planned { key, generation }),
        each(&|key, _| Update::Started {
            key,
            generation,
            at,
        }),
        each(&|key, account| Update::Page {
            key,
            generation,
            payload: Payload::Resources(vec![Arc::clone(account)]),
            at,
        }),
        each(&|key, _| Update::Settled {
            key,
            generation,
            at,
            issues: Vec::new(),
        }),
    ];
    steps.into_iter().flatten().collect()
}

fn accounts() -> Vec<(ArmId, Arc<Resource>)> {
    (0..SLICES).map(account).collect()
}

fn filled(accounts: &[(ArmId, Arc<Resource>)]) -> Store {
    let mut store = Store::new();
    for update in updates(accounts, 1) {
        store.apply(update);
    }
    store
}

#[divan::bench]
fn an_empty_store_takes_10000_updates(bencher: Bencher<'_, '_>) {
    let accounts = accounts();
    bencher
        .with_inputs(|| (Store::new(), updates(&accounts, 1)))
        .bench_values(|(mut store, updates)| {
            for update in updates {
                store.apply(update);
            }
            store
        });
}

#[divan::bench]
fn old_values_are_replaced_by_10000_updates(bencher: Bencher<'_, '_>) {
    let accounts = accounts();
    bencher
        .with_inputs(|| (filled(&accounts), updates(&accounts, 2)))
        .bench_values(|(mut store, updates)| {
            for update in updates {
                store.apply(update);
            }
            store
        });
}

#[divan::bench]
fn a_screen_takes_a_snapshot_a_frame_of_10000_updates(bencher: Bencher<'_, '_>) {
    let accounts = accounts();
    bencher
        .with_inputs(|| (filled(&accounts), updates(&accounts, 2)))
        .bench_values(|(mut store, updates)| {
            let mut shown = store.snapshot();
            for (index, update) in updates.into_iter().enumerate() {
                store.apply(update);
                if index % A_FRAME == 0 {
                    shown = store.snapshot();
                }
            }
            (store, shown)
        });
}
