//! The one way in which the store changes.

use std::sync::Arc;

use crate::model::issue::Issue;
use crate::model::ledger::LedgerEntry;

use super::{LEDGER_LIMIT, Payload, Phase, Slice, Snapshot, Store, Update};

pub(super) fn apply(store: &mut Store, update: Update) -> bool {
    match update {
        Update::Planned { key, generation } => {
            store.idle = false;
            let slice = Arc::make_mut(&mut store.slices).entry(key).or_default();
            if generation < slice.generation {
                return false;
            }
            slice.generation = generation;
            slice.side = None;
            let changed = slice.phase != Phase::Planned;
            slice.phase = Phase::Planned;
            changed
        }
        Update::Started {
            key,
            generation,
            at,
        } => current(store, &key, generation, |slice| {
            slice.phase = Phase::Loading { since: at, done: 0 };
            Change::Phase
        }),
        Update::Page {
            key,
            generation,
            payload,
            at,
        } => current(store, &key, generation, |slice| page(slice, payload, at)),
        Update::Waiting {
            key,
            generation,
            until,
        } => current(store, &key, generation, |slice| {
            slice.phase = Phase::Waiting { until };
            Change::Phase
        }),
        Update::Settled {
            key,
            generation,
            at,
            issues,
        } => current(store, &key, generation, |slice| settle(slice, at, &issues)),
        Update::Forgotten { key } => {
            let known = Arc::make_mut(&mut store.slices)
                .shift_remove(&key)
                .is_some();
            store.revision += u64::from(known);
            known
        }
        Update::Request(entry) => {
            record(store, *entry);
            true
        }
        Update::SignedIn(caller) => {
            Arc::make_mut(&mut store.sign_in_troubles).retain(|one| one.tenant != caller.asked);
            let callers = Arc::make_mut(&mut store.callers);
            let known = callers
                .iter_mut()
                .find(|one| one.tenant == caller.tenant && one.asked == caller.asked);
            match known {
                Some(one) if *one == caller => return false,
                Some(one) => *one = caller,
                None => callers.push(caller),
            }
            store.revision += 1;
            true
        }
        Update::NotSignedIn(trouble) => {
            let troubles = Arc::make_mut(&mut store.sign_in_troubles);
            match troubles.iter_mut().find(|one| one.is_about(&trouble)) {
                Some(one) if *one == trouble => return false,
                Some(one) => *one = trouble,
                None => troubles.push(trouble),
            }
            store.revision += 1;
            true
        }
        Update::Scoped(scope) => {
            if *store.scope == scope {
                return false;
            }
            store.scope = Arc::new(scope);
            store.revision += 1;
            true
        }
        Update::Opened(snapshot) => {
            open(store, *snapshot);
            true
        }
        Update::Frozen(frozen) => {
            let changed = store.frozen != frozen;
            store.frozen = frozen;
            changed
        }
        Update::Idle { .. } => {
            let changed = !store.idle;
            store.idle = true;
            changed
        }
    }
}

/// Puts what a file held in the place of everything. The revision goes on, so that nothing derived
/// from what was there before is taken for new.
fn open(store: &mut Store, snapshot: Snapshot) {
    let Snapshot {
        slices,
        ledger,
        callers,
        sign_in_troubles,
        scope,
        frozen,
        idle,
        revision: _,
    } = snapshot;
    *store = Store {
        slices,
        ledger,
        callers,
        sign_in_troubles,
        scope,
        frozen,
        idle,
        revision: store.revision + 1,
        dropped: store.dropped,
    };
}

/// What an answer changed in its slice.
enum Change {
    /// Nothing that can be seen.
    None,
    /// How far the reading is.
    Phase,
    /// The value or the issues: derived data has to be made again.
    Value,
}

/// Runs `change` on the slice when the answer belongs to its newest generation; counts it as
/// dropped otherwise.
fn current(
    store: &mut Store,
    key: &crate::model::key::Key,
    generation: u64,
    change: impl FnOnce(&mut Slice) -> Change,
) -> bool {
    let known = store
        .slices
        .get(key)
        .is_some_and(|slice| slice.generation == generation);
    if !known {
        store.dropped += 1;
        return false;
    }
    let Some(slice) = Arc::make_mut(&mut store.slices).get_mut(key) else {
        return false;
    };
    match change(slice) {
        Change::None => false,
        Change::Phase => true,
        Change::Value => {
            slice.revision += 1;
            store.revision += 1;
            true
        }
    }
}

fn page(slice: &mut Slice, payload: Payload, at: time::OffsetDateTime) -> Change {
    let (since, done) = match slice.phase {
        Phase::Loading { since, done } => (since, done),
        _ => (at, 0),
    };
    slice.phase = Phase::Loading {
        since,
        done: done + 1,
    };
    let empty = payload.is_empty();
    match &mut slice.side {
        Some(side) => {
            // A page of another kind would be a fetcher's mistake: it is left out, and the set
            // cannot become complete through it as its own kind decides.
            if Arc::make_mut(side).append(payload).is_err() {
                return Change::None;
            }
        }
        none => *none = Some(Arc::new(payload)),
    }
    // Only the first reading shows pages as they come; a refresh swaps at the end.
    if slice.complete {
        return Change::Phase;
    }
    let first = slice.value.is_none();
    slice.value.clone_from(&slice.side);
    slice.observed_at = Some(at);
    if empty && !first {
        Change::Phase
    } else {
        Change::Value
    }
}

fn settle(slice: &mut Slice, at: time::OffsetDateTime, issues: &[Issue]) -> Change {
    let first = !matches!(slice.phase, Phase::Settled { .. }) && slice.issues.is_empty();
    slice.phase = Phase::Settled { at };
    let whole = !issues.iter().any(Issue::is_about_reading);
    let side = slice.side.take();
    let mut changed = *slice.issues != *issues;
    slice.issues = Arc::from(issues);
    if whole {
        changed |= !slice.complete || slice.value != side;
        slice.complete = true;
        slice.observed_at = Some(at);
        // Equal values keep their `Arc`: whoever compares by pointer sees no change.
        if slice.value != side {
            slice.value = side;
        }
    } else if !slice.complete && side.is_some() {
        changed |= slice.value != side;
        slice.value = side;
    }
    if changed {
        Change::Value
    } else if first {
        Change::Phase
    } else {
        Change::None
    }
}

fn record(store: &mut Store, entry: LedgerEntry) {
    let ledger = Arc::make_mut(&mut store.ledger);
    // Entries are numbered as they start; an end finds its start near the back.
    let known = ledger
        .entries
        .iter_mut()
        .rev()
        .find(|one| one.number == entry.number);
    if let Some(one) = known {
        *one = Arc::new(entry);
    } else {
        ledger.entries.push_back(Arc::new(entry));
        if ledger.entries.len() > LEDGER_LIMIT {
            ledger.entries.pop_front();
            ledger.let_go += 1;
        }
    }
}
