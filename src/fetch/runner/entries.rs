//! The keys that the runner looks after: where each one stands, and whose turn it is.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::fetch::plan::{How, Plan, Wanted};
use crate::model::key::Key;

/// Where a key stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// Just planned.
    New,
    /// In the queue.
    Queued,
    /// Being read.
    Running(CancellationToken),
    /// Read, well or badly, and when.
    Resting(Instant),
}

/// One key.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) wanted: Wanted,
    pub(super) generation: u64,
    pub(super) standing: Standing,
    /// Whether another reading follows the one under way.
    pub(super) again: bool,
}

impl Entry {
    pub(super) fn cancel(&self) {
        if let Standing::Running(cancel) = &self.standing {
            cancel.cancel();
        }
    }

    /// When it is to be read again.
    pub(super) fn due(&self, period: Duration) -> Option<Instant> {
        match (&self.standing, &self.wanted.how) {
            (Standing::Resting(at), how) if !matches!(how, How::Skip(_)) => Some(*at + period),
            _ => None,
        }
    }
}

/// On screen first, then by rank, then as they were planned.
type Turn = (bool, u8, u64);

/// All keys, and the queue.
#[derive(Debug, Default)]
pub(super) struct Entries {
    all: IndexMap<Key, Entry>,
    queue: BTreeMap<Turn, Key>,
    /// Keeps the order in which they were queued.
    tickets: u64,
}

impl Entries {
    pub(super) fn insert(&mut self, wanted: Wanted) {
        self.all.insert(
            wanted.key.clone(),
            Entry {
                wanted,
                generation: 0,
                standing: Standing::New,
                again: false,
            },
        );
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Entry> {
        self.queue.retain(|_, queued| queued != key);
        self.all.shift_remove(key)
    }

    pub(super) fn get_mut(&mut self, key: &Key) -> Option<&mut Entry> {
        self.all.get_mut(key)
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.all.contains_key(key)
    }

    pub(super) fn is_current(&self, key: &Key, generation: u64) -> bool {
        self.all
            .get(key)
            .is_some_and(|entry| entry.generation == generation)
    }

    /// The generation of a key that is being read.
    pub(super) fn running(&self, key: &Key) -> Option<u64> {
        self.all
            .get(key)
            .filter(|entry| matches!(entry.standing, Standing::Running(_)))
            .map(|entry| entry.generation)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.all.values()
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.all.keys().cloned().collect()
    }

    pub(super) fn missing_in(&self, plan: &Plan) -> Vec<Key> {
        self.all
            .keys()
            .filter(|key| !plan.contains_key(*key))
            .cloned()
            .collect()
    }

    pub(super) fn queue(&mut self, key: &Key, focused: bool) {
        let Some(entry) = self.all.get(key) else {
            return;
        };
        self.tickets += 1;
        let turn = (!focused, entry.wanted.rank, self.tickets);
        self.queue.insert(turn, key.clone());
    }

    /// The next key whose turn it is.
    pub(super) fn next(&mut self) -> Option<Key> {
        self.queue.pop_first().map(|(_, key)| key)
    }

    /// Puts what is on screen first.
    pub(super) fn requeue(&mut self, focus: &HashSet<Key>) {
        for ((_, rank, ticket), key) in std::mem::take(&mut self.queue) {
            self.queue
                .insert((!focus.contains(&key), rank, ticket), key);
        }
    }

    pub(super) fn all_rest(&self) -> bool {
        self.queue.is_empty()
            && self
                .all
                .values()
                .all(|entry| matches!(entry.standing, Standing::Resting(_)))
    }
}
