//! What is saved and opened again is what was read.

use std::collections::BTreeMap;
use std::sync::Arc;

use hopscope::fetch::jobs::again;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::file::{self, Head};
use hopscope::store::{Kept, Payload, Store, Update};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::stage::{
    Screen, differences, every_scenario, inspected, json_of, text_of, through_a_file,
};

#[test]
fn every_scenario_comes_back_with_the_same_reports() {
    every_scenario(|name, before| {
        let after = through_a_file(&before);
        assert_eq!(
            differences(&before.snapshot, &after.snapshot),
            Vec::<String>::new(),
            "{name}"
        );
        assert!(json_of(&before) == json_of(&after), "{name}: JSON");
        assert!(text_of(&before) == text_of(&after), "{name}: text");
    });
}

#[test]
fn every_pane_shows_the_same_and_the_same_json() {
    for name in ["broken-indexer", "foundry-cmk", "cross-tenant", "denied"] {
        let before = inspected(name);
        let after = through_a_file(&before);
        let live = Screen::of(&before, false).tour();
        let offline = Screen::of(&after, true).tour();
        let other: BTreeMap<_, _> = live
            .iter()
            .filter(|(place, words)| offline.get(*place) != Some(*words))
            .collect();
        assert!(other.is_empty(), "{name}: {:?}", other.iter().next());
        assert_eq!(live.len(), offline.len());
        // The tour saw the bodies, not only rows.
        let bodies = live.keys().filter(|place| place.contains("json")).count();
        assert!(bodies > 10, "{name}: {bodies} bodies");
    }
}

/// A token of the shape that Entra ID gives, made of nothing.
const TOKEN: &str =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJwbGFudGVkIn0.cGxhbnRlZC1zaWduYXR1cmU";

#[test]
fn no_token_gets_into_a_file_wherever_it_stood() {
    let before = inspected("broken-indexer");
    let mut store = Store::new();
    store.apply(Update::Opened(Box::new(before.snapshot.clone())));
    let mut call = before.snapshot.requests().next().unwrap().clone();
    call.number = 1_000_000;
    call.body = Some(Arc::from(format!("{{\"access_token\":\"{TOKEN}\"}}")));
    call.error_message = Some(Arc::from(format!("Bearer {TOKEN} was refused")));
    call.headers = [(Arc::from("x-echo"), Arc::from(TOKEN))].into();
    store.apply(Update::Request(Box::new(call)));
    read_again(&mut store, before.at, |body| {
        body["properties"]["planted"] = json!(["x", { "note": format!("Bearer {TOKEN}") }]);
    });
    let snapshot = store.snapshot();
    let planted = format!("{:?}", snapshot.slices().collect::<Vec<_>>());
    assert!(planted.contains(TOKEN), "the test plants nothing");
    let kept = Kept::of(&snapshot, &before.frame);
    let bytes = file::pack(&Head::new(before.at, None), &kept).unwrap();
    let saved = file::read(bytes.as_slice(), bytes.len() as u64).unwrap();
    let document = serde_json::to_string(&saved.kept).unwrap();
    for part in TOKEN.split('.') {
        assert!(!document.contains(part), "{part} is in the file");
    }
    assert!(document.contains("<token removed>"));
    // Nor is any token of the demo, which has them all.
    assert!(
        !document.contains("\"access_token\""),
        "a token answer is kept"
    );
}

/// Has a storage account read again, with something changed in it.
pub(crate) fn read_again(store: &mut Store, at: OffsetDateTime, change: impl FnOnce(&mut Value)) {
    let (key, mut body, source) = a_resource(store);
    change(&mut body);
    store.apply(Update::Planned {
        key: key.clone(),
        generation: 7,
    });
    store.apply(Update::Page {
        key: key.clone(),
        generation: 7,
        payload: again::decoded(&key, &[Arc::new(body)], &source),
        at,
    });
    store.apply(Update::Settled {
        key,
        generation: 7,
        at,
        issues: Vec::new(),
    });
}

fn a_resource(store: &Store) -> (Key, Value, hopscope::model::resource::Source) {
    let snapshot = store.snapshot();
    let found = snapshot.slices().find_map(|(_, slice)| {
        let Some(Payload::Resources(items)) = slice.value.as_deref() else {
            return None;
        };
        items
            .iter()
            .find(|one| one.family == Family::Storage)
            .cloned()
    });
    let found = found.unwrap();
    (
        Key::Resource(found.id.clone()),
        Value::clone(&found.raw),
        found.source.clone(),
    )
}
