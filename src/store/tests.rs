use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::model::field::Field;
use crate::model::id::{SubscriptionId, TenantId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::tenancy::Tenant;

const AT: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);

fn key() -> Key {
    Key::Tenants(None)
}

fn tenants(names: &[&str]) -> Payload {
    Payload::Tenants(
        names
            .iter()
            .map(|name| Tenant {
                id: TenantId::new(name),
                display_name: Field::Absent,
                default_domain: Field::Absent,
                raw: std::sync::Arc::default(),
            })
            .collect(),
    )
}

fn planned(generation: u64) -> Update {
    Update::Planned {
        key: key(),
        generation,
    }
}

fn page(generation: u64, names: &[&str]) -> Update {
    Update::Page {
        key: key(),
        generation,
        payload: tenants(names),
        at: AT,
    }
}

fn settled(generation: u64, issues: Vec<Issue>) -> Update {
    Update::Settled {
        key: key(),
        generation,
        at: AT,
        issues,
    }
}

fn denied() -> Issue {
    Issue::new(IssueKind::Denied, "tenants", "no", AT)
}

fn store(updates: impl IntoIterator<Item = Update>) -> Store {
    let mut store = Store::new();
    for update in updates {
        store.apply(update);
    }
    store
}

fn names(store: &Store) -> Vec<String> {
    match store.slice(&key()).and_then(|slice| slice.value.as_deref()) {
        Some(Payload::Tenants(items)) => items.iter().map(|one| one.id.to_string()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_first_reading_shows_pages_as_they_come_but_is_not_known_before_its_end() {
    let mut store = store([planned(1), page(1, &["a"])]);
    assert_eq!(names(&store), ["a"]);
    assert_eq!(store.snapshot().state(&key()), State::Pending);
    store.apply(page(1, &["b"]));
    store.apply(settled(1, vec![]));
    assert_eq!(names(&store), ["a", "b"]);
    assert_eq!(store.snapshot().state(&key()), State::Known);
}

#[test]
fn a_refresh_keeps_the_old_value_until_the_new_set_is_complete() {
    let mut store = store([planned(1), page(1, &["a", "b"]), settled(1, vec![])]);
    store.apply(planned(2));
    store.apply(page(2, &["c"]));
    assert_eq!(names(&store), ["a", "b"]);
    store.apply(settled(2, vec![]));
    assert_eq!(names(&store), ["c"]);
}

#[test]
fn a_refresh_that_is_refused_keeps_the_value_and_is_denied() {
    let mut store = store([planned(1), page(1, &["a"]), settled(1, vec![])]);
    store.apply(planned(2));
    store.apply(settled(2, vec![denied()]));
    assert_eq!(names(&store), ["a"]);
    assert_eq!(store.snapshot().state(&key()), State::Denied);
}

#[test]
fn a_first_reading_cut_off_in_the_middle_is_a_value_and_an_issue() {
    let failed = Issue::new(IssueKind::Failed, "tenants", "cut off", AT);
    let store = store([planned(1), page(1, &["a"]), settled(1, vec![failed])]);
    assert_eq!(names(&store), ["a"]);
    assert_eq!(store.snapshot().state(&key()), State::Failed);
}

#[test]
fn an_empty_answer_is_known_and_empty() {
    let store = store([planned(1), page(1, &[]), settled(1, vec![])]);
    assert!(names(&store).is_empty());
    assert_eq!(store.snapshot().state(&key()), State::Known);
}

#[test]
fn answers_of_an_older_generation_are_dropped_and_counted() {
    let mut store = store([
        planned(1),
        planned(2),
        page(2, &["new"]),
        settled(2, vec![]),
    ]);
    assert!(!store.apply(page(1, &["old"])));
    assert!(!store.apply(settled(1, vec![denied()])));
    assert_eq!(names(&store), ["new"]);
    assert_eq!(store.dropped(), 2);
}

#[test]
fn an_unchanged_refresh_keeps_the_revision() {
    let mut store = store([planned(1), page(1, &["a"]), settled(1, vec![])]);
    let before = store.revision();
    store.apply(planned(2));
    store.apply(page(2, &["a"]));
    store.apply(settled(2, vec![]));
    assert_eq!(store.revision(), before);
}

#[test]
fn a_snapshot_does_not_change_with_the_store() {
    let mut store = store([planned(1), page(1, &["a"]), settled(1, vec![])]);
    let before = store.snapshot();
    store.apply(Update::Forgotten { key: key() });
    assert!(before.slice(&key()).is_some());
    assert!(store.slice(&key()).is_none());
}

#[test]
fn a_malformed_property_leaves_the_slice_known() {
    let mut malformed = Issue::new(IssueKind::Malformed, "tenants", "not a string", AT);
    malformed.path = Some("properties.x".into());
    let store = store([planned(1), page(1, &["a"]), settled(1, vec![malformed])]);
    assert_eq!(store.snapshot().state(&key()), State::Known);
}

/// The updates of one slice's reading, in the order a fetcher sends them.
fn reading(subscription: u8, pages: u8, ok: bool) -> Vec<Update> {
    let key = Key::Groups(SubscriptionId::new(format!("s{subscription}")));
    let mut updates = vec![Update::Planned {
        key: key.clone(),
        generation: 1,
    }];
    for _ in 0..pages {
        updates.push(Update::Page {
            key: key.clone(),
            generation: 1,
            payload: Payload::Groups(Vec::new()),
            at: AT,
        });
    }
    updates.push(Update::Settled {
        key,
        generation: 1,
        at: AT,
        issues: if ok { Vec::new() } else { vec![denied()] },
    });
    updates
}

proptest! {
    /// Readings of different slices may interleave in any way: the end is the same.
    #[test]
    fn interleaving_does_not_matter(
        plan in proptest::collection::vec((1u8..4, any::<bool>()), 1..5),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 40),
    ) {
        let readings: Vec<Vec<Update>> = plan
            .iter()
            .enumerate()
            .map(|(at, (pages, ok))| reading(u8::try_from(at).unwrap(), *pages, *ok))
            .collect();
        let straight = store(readings.iter().flatten().cloned());
        let mut queues: Vec<std::collections::VecDeque<Update>> =
            readings.into_iter().map(Into::into).collect();
        let mut mixed = Store::new();
        let mut picks = picks.iter().cycle();
        while queues.iter().any(|queue| !queue.is_empty()) {
            queues.retain(|queue| !queue.is_empty());
            let at = picks.next().unwrap().index(queues.len());
            let update = queues[at].pop_front().unwrap();
            mixed.apply(update);
        }
        let straight = straight.snapshot();
        let mixed = mixed.snapshot();
        for (key, slice) in straight.slices() {
            prop_assert_eq!(mixed.state(key), slice.state());
            prop_assert_eq!(&mixed.slice(key).unwrap().value, &slice.value);
        }
        prop_assert_eq!(straight.counts(), mixed.counts());
    }
}
