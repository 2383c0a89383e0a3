//! Masking on the screen itself: nothing that a person can see there or take from there names the
//! environment, and the place stays when the level changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::sync::Arc;

use crossterm::event::KeyCode;
use hopscope::commands::source::Inspected;
use hopscope::fetch::jobs::again;
use hopscope::model::ledger::Outcome;
use hopscope::privacy::{Before, Level, Masker};
use hopscope::store::{Kept, Payload, Snapshot, Store, Update};
use serde_json::Value;
use time::OffsetDateTime;

use crate::masked::{MARKER, WORDS, of, planted_in};
use crate::stage::{Screen, differences, inspected};

/// A message as Azure says it, about things of this environment.
fn told(inspected: &Inspected) -> String {
    let inventory = hopscope::store::Inventory::build(&inspected.snapshot);
    let one = inventory.resources().next().unwrap();
    format!(
        "AuthorizationFailed: The client 'ada@contoso.com' with object id '7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '{}'",
        one.id
    )
}

#[test]
fn a_marker_is_found_nowhere_on_the_masked_screen_nor_in_what_it_gives() {
    for name in ["broken-indexer", "foundry-cmk", "cross-tenant", "open-poc"] {
        let before = inspected(name);
        for way in [0, 3] {
            let kept = planted_in(&before, way);
            let open = of(&kept, &before);
            let mut bare = Screen::at(&open, true, Level::None);
            let plain = bare.everything(&told(&open));
            let holds = |seen: &BTreeMap<String, String>, what: &str| {
                let found = |(place, text): (&String, &String)| {
                    place.contains(what) && text.to_lowercase().contains(MARKER)
                };
                seen.iter().any(found)
            };
            for what in [
                "row 0", "y effect", "c shown", "d shown", "report", "file", "palette", "walk",
            ] {
                assert!(
                    holds(&plain, what),
                    "{name}, way {way}: nothing is planted in {what}"
                );
            }
            let mut masked = Screen::at(&open, true, Level::All);
            masked.first = 0;
            for (place, text) in masked.everything(&told(&open)) {
                if let Some(at) = text.to_lowercase().find(MARKER) {
                    let from = text.floor_char_boundary(at.saturating_sub(200));
                    panic!(
                        "{name}, way {way}, {place}: {}",
                        &text[from..at + MARKER.len()]
                    );
                }
            }
        }
    }
}

/// What the narrower level promises to mask: ids, people, mail addresses, addresses.
fn ids_in(kept: &Kept) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                let parts = text
                    .split(|letter: char| !(letter.is_alphanumeric() || "-.@_".contains(letter)));
                for part in parts.map(|part| part.trim_matches(['-', '.', '_'])) {
                    let is_mail = part
                        .split_once('@')
                        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
                    let is_guid = part.len() == 36 && uuid::Uuid::try_parse(part).is_ok();
                    let is_address = part.parse::<Ipv4Addr>().is_ok_and(|one| {
                        !one.is_private() && one.octets()[0] > 0 && !one.is_loopback()
                    });
                    if is_mail || is_guid || is_address {
                        found.insert(part.to_lowercase());
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(map) => map.values().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for slice in &kept.slices {
        for answer in slice.value.iter().flatten() {
            answer.items.iter().for_each(|item| walk(item, &mut found));
        }
    }
    // Built-in roles and the like are Azure's own.
    found.retain(|one| !WORDS.contains(&format!("\n{one}\n")));
    found
}

#[test]
fn the_narrower_level_keeps_its_promise_everywhere() {
    for name in ["broken-indexer", "foundry-cmk", "cross-tenant", "open-poc"] {
        let before = inspected(name);
        let ids = ids_in(&Kept::of(&before.snapshot, &before.frame));
        assert!(ids.len() > 10, "{ids:?}");
        let mut masked = Screen::at(&before, true, Level::Ids);
        masked.first = 0;
        let seen = masked.everything(&told(&before));
        let mut left = Vec::new();
        for (place, text) in &seen {
            let text = text.to_lowercase();
            left.extend(
                ids.iter()
                    .filter(|id| text.contains(id.as_str()))
                    .map(|id| format!("{place}: {id}")),
            );
        }
        assert_eq!(left, Vec::<String>::new(), "{name}");
        // Names are not masked at this level.
        let some = before.snapshot.scope().resource_groups.first().cloned();
        let name = some.unwrap_or_else(|| "rg-".to_owned());
        assert!(seen.values().any(|text| text.contains(&name)), "{name}");
    }
}

#[test]
fn a_preflight_is_masked_with_everything_else() {
    let before = inspected("cross-tenant");
    let kept = Kept::of(&before.snapshot, &before.frame);
    let names = crate::masked::names_in(&kept);
    let preflights = |level: Level| {
        let mut screen = Screen::at(&before, true, level);
        screen.key(KeyCode::Char('8'));
        let mut words = String::new();
        for _ in 0..3 {
            screen.words();
            for _ in 0..3 {
                screen.key(KeyCode::Char('F'));
                let shown = screen.words();
                if shown.contains("─ Preflight") {
                    words.push_str(&shown);
                    let effects = screen.key(KeyCode::Char('c'));
                    let _ = write!(words, "{effects:?}{}", screen.words());
                    screen.key(KeyCode::Esc);
                }
                screen.key(KeyCode::Esc);
                screen.key(KeyCode::Char('j'));
            }
            screen.key(KeyCode::Char(']'));
        }
        words
    };
    let open = preflights(Level::None);
    let told: Vec<&String> = names
        .iter()
        .filter(|name| name.len() > 4 && open.contains(name.as_str()))
        .filter(|name| !WORDS.contains(&format!("\n{name}\n")))
        .collect();
    assert!(told.len() > 2, "{told:?}: {open}");
    let masked = preflights(Level::All);
    assert!(masked.contains("─ Preflight"), "{masked}");
    let left: Vec<&&String> = told
        .iter()
        .filter(|name| masked.contains(name.as_str()))
        .collect();
    assert!(left.is_empty(), "{left:?}: {masked}");
}

/// A store that has read what stands in a snapshot, reading by reading; `each` sees it in between.
fn read_in_steps(of: &Snapshot, backward: bool, mut each: impl FnMut(Snapshot)) {
    let mut slices: Vec<_> = of.slices().collect();
    if backward {
        slices.reverse();
    }
    let mut store = Store::new();
    for caller in of.callers() {
        store.apply(Update::SignedIn(caller.clone()));
    }
    store.apply(Update::Scoped(of.scope().clone()));
    for (number, (key, slice)) in slices.into_iter().enumerate() {
        let at = slice.observed_at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let key = || key.clone();
        store.apply(Update::Planned {
            key: key(),
            generation: 1,
        });
        if let Some(payload) = slice.value.as_deref() {
            store.apply(Update::Page {
                key: key(),
                generation: 1,
                payload: payload.clone(),
                at,
            });
        }
        store.apply(Update::Settled {
            key: key(),
            generation: 1,
            at,
            issues: slice.issues.to_vec(),
        });
        if number % 7 == 0 {
            each(store.snapshot());
        }
    }
    each(store.snapshot());
}

#[test]
fn what_comes_bit_by_bit_is_masked_and_judged_as_what_is_there_at_once() {
    for name in [
        "broken-indexer",
        "key-in-skill",
        "foundry-cmk",
        "cross-tenant",
    ] {
        let before = inspected(name);
        for (level, backward) in [(Level::All, false), (Level::All, true), (Level::Ids, false)] {
            let mut masker = Masker::new(level, None);
            let mut last: Option<Before> = None;
            read_in_steps(&before.snapshot, backward, |open| {
                let shown = masker.snapshot(&open, last.as_ref(), again::decoded);
                last = Some((open, shown));
            });
            let (open, shown) = last.unwrap();
            let whole = masker.snapshot(&open, None, again::decoded);
            assert_eq!(
                differences(&shown, &whole),
                Vec::<String>::new(),
                "{name} {level}"
            );
            let frame = masker.frame(&before.frame);
            let as_read = |snapshot| Inspected {
                snapshot,
                frame: frame.clone(),
                scope: before.scope.clone(),
                at: before.at,
                masked: None,
            };
            let open = Inspected {
                frame: before.frame.clone(),
                ..as_read(open)
            };
            assert_eq!(
                crate::masked::judged(&as_read(shown)),
                crate::masked::judged(&open),
                "{name} {level}"
            );
        }
    }
}

#[test]
fn what_has_not_changed_is_not_masked_again_and_what_has_is() {
    let before = inspected("broken-indexer");
    let mut masker = Masker::new(Level::All, None);
    // What is learned while it is masked is known when it is masked again.
    let _ = masker.snapshot(&before.snapshot, None, again::decoded);
    let first = masker.snapshot(&before.snapshot, None, again::decoded);
    let mut store = Store::new();
    store.apply(Update::Opened(Box::new(before.snapshot.clone())));
    let mut call = before.snapshot.requests().next().unwrap().clone();
    call.number = 1_000_000;
    call.outcome = Outcome::Pending;
    call.path = Arc::from("/subscriptions/named-nowhere-else");
    store.apply(Update::Request(Box::new(call)));
    crate::round::read_again(&mut store, before.at, |body| {
        body["properties"]["note"] = "a-new-name".into();
    });
    let later = store.snapshot();
    let done = (before.snapshot.clone(), first.clone());
    let quick = masker.snapshot(&later, Some(&done), again::decoded);
    let whole = masker.snapshot(&later, None, again::decoded);
    assert_eq!(differences(&quick, &whole), Vec::<String>::new());
    let calls = |of: &hopscope::store::Snapshot| of.requests().cloned().collect::<Vec<_>>();
    assert_eq!(calls(&quick), calls(&whole));
    // What is under way stays so: it is shown, not kept.
    assert_eq!(quick.requests().last().unwrap().outcome, Outcome::Pending);
    let shared = first
        .slices()
        .zip(quick.slices())
        .filter(|((_, one), (_, other))| match (&one.value, &other.value) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        });
    let count = first.slices().count();
    let same = shared.count();
    assert!(
        same >= count - 1 && same < quick.slices().count(),
        "{same} of {count}"
    );
    let names = format!("{:?}", quick.slices().collect::<Vec<_>>());
    assert!(!names.contains("a-new-name"));
    let is_decoded = quick.slices().any(|(_, slice)| matches!(slice.value.as_deref(), Some(Payload::Resources(items)) if !items.is_empty()));
    assert!(is_decoded);
}

#[test]
fn the_place_stays_when_the_level_changes() {
    let before = inspected("broken-indexer");
    let mut screen = Screen::at(&before, true, Level::None);
    screen.key(KeyCode::Char('2'));
    screen.words();
    for _ in 0..3 {
        screen.key(KeyCode::Char('j'));
    }
    screen.words();
    let selected = screen.answer();
    assert!(selected.contains("/providers/"), "{selected}");
    for level in ["ids", "all"] {
        screen.key(KeyCode::Char('p'));
        screen.frame(&before.snapshot);
        assert!(screen.words().contains("Network"), "{level}");
        assert_ne!(screen.answer(), selected, "{level}");
    }
    screen.key(KeyCode::Char('p'));
    screen.frame(&before.snapshot);
    screen.words();
    assert_eq!(screen.answer(), selected);
    // A hop on the Map stays the chosen one, by whatever names its ends go.
    screen.key(KeyCode::Char('1'));
    screen.words();
    for _ in 0..4 {
        screen.key(KeyCode::Char('j'));
    }
    let chosen = |words: &str| {
        let line = words.lines().find(|line| line.starts_with("▌ ")).unwrap();
        line.split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let plain = screen.words();
    for _ in 0..3 {
        screen.key(KeyCode::Char('p'));
        screen.frame(&before.snapshot);
        assert_eq!(chosen(&screen.words()), chosen(&plain));
    }
    assert_eq!(screen.words(), plain);
    // A walk goes on at its step, at its sign.
    screen.key(KeyCode::Char('t'));
    screen.words();
    screen.key(KeyCode::Right);
    screen.key(KeyCode::Right);
    screen.words();
    screen.key(KeyCode::Down);
    let plain = screen.words();
    for _ in 0..3 {
        screen.key(KeyCode::Char('p'));
        screen.frame(&before.snapshot);
        screen.words();
    }
    assert_eq!(screen.words(), plain);
}
