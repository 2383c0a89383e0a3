//! A snapshot as it may be shown: masked slice by slice, so that of what has been masked before only the
//! changed part is masked again.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Level, Masker};
use crate::model::key::Key;
use crate::model::lookup::Map;
use crate::store::kept::{KeptSlice, Parts, kept_slice};
use crate::store::{Decode, Frame, Ledger, Slice, Snapshot};

/// A snapshot that was masked, and what it became.
pub type Before = (Snapshot, Snapshot);

/// One slice on its way.
enum Way<'a> {
    /// It is as it was when it was masked.
    Kept(&'a Key, &'a Slice),
    /// It is to be masked.
    Open(KeptSlice),
}

impl Masker {
    /// The snapshot with everything masked in it that the level covers. What has not changed since
    /// `before` is taken from there, as long as no name has come to be known that may stand in it:
    /// `docs` is an ordinary word until a data source of that name is read.
    #[must_use]
    pub fn snapshot(
        &mut self,
        open: &Snapshot,
        before: Option<&Before>,
        decode: Decode,
    ) -> Snapshot {
        if self.level == Level::None {
            return open.clone();
        }
        let known = before.map(pairs).unwrap_or_default();
        let mut ways: Vec<Way<'_>> = open
            .slices()
            .map(|(key, slice)| match known.get(key) {
                Some((own, shown_key, shown)) if is_same(own, slice) => Way::Kept(shown_key, shown),
                _ => Way::Open(kept_slice(key, slice)),
            })
            .collect();
        self.learn_callers(open.callers());
        for way in &ways {
            if let Way::Open(slice) = way {
                self.learn_slice(slice);
            }
        }
        let count = self.names.count_words();
        if self.settled != Some(count) {
            for (way, (key, slice)) in ways.iter_mut().zip(open.slices()) {
                if let Way::Kept(..) = way {
                    *way = Way::Open(kept_slice(key, slice));
                }
            }
        }
        let before = before.filter(|_| self.settled == Some(count));
        let masked: Vec<Way<'_>> = ways
            .into_iter()
            .map(|way| match way {
                Way::Open(slice) => Way::Open(self.slice(&slice)),
                kept @ Way::Kept(..) => kept,
            })
            .collect();
        let slices = masked
            .par_iter()
            .map(|way| match way {
                Way::Kept(key, slice) => (Key::clone(key), Slice::clone(slice)),
                Way::Open(slice) => (slice.key.clone(), slice.restore(decode)),
            })
            .collect();
        let ledger = self.ledger(open.ledger(), before);
        let shown = open.shown_as(Parts {
            slices,
            ledger,
            callers: open.callers().iter().map(|one| self.caller(one)).collect(),
            sign_in_troubles: open
                .sign_in_troubles()
                .iter()
                .map(|one| self.trouble(one))
                .collect(),
            scope: self.scope(open.scope()),
        });
        self.settled = Some(count).filter(|count| self.names.count_words() == *count);
        shown
    }

    /// Learns the names in a snapshot. Of two that are to be compared both are learned before one is masked:
    /// what is a name in one of them is one in the other.
    pub fn learn_snapshot(&mut self, open: &Snapshot) {
        if self.level == Level::None {
            return;
        }
        self.learn_callers(open.callers());
        for (key, slice) in open.slices() {
            self.learn_slice(&kept_slice(key, slice));
        }
    }

    /// What stands beside a snapshot, masked.
    #[must_use]
    pub fn frame(&mut self, frame: &Frame) -> Frame {
        Frame {
            cloud: self.text(&frame.cloud),
            portal: self.text(&frame.portal),
            judging: self.judging(&frame.judging),
        }
    }

    fn ledger(&mut self, open: &Ledger, before: Option<&Before>) -> Ledger {
        let known: Map<u64, _> = before
            .into_iter()
            .flat_map(|(own, shown)| own.ledger().entries.iter().zip(&shown.ledger().entries))
            .map(|(own, shown)| (own.number, (own, shown)))
            .collect();
        let entries = open
            .entries
            .iter()
            .map(|entry| match known.get(&entry.number) {
                Some((own, shown)) if Arc::ptr_eq(own, entry) => Arc::clone(shown),
                _ => Arc::new(self.call(entry)),
            });
        Ledger {
            entries: entries.collect(),
            let_go: open.let_go,
        }
    }
}

/// Each slice that was masked, by its open name: the slice, and what it became.
fn pairs((open, shown): &Before) -> Map<&Key, (&Slice, &Key, &Slice)> {
    // Were two names ever masked alike, the two would not lie side by side.
    if open.slices().count() != shown.slices().count() {
        return Map::default();
    }
    open.slices()
        .zip(shown.slices())
        .map(|((key, slice), (shown_key, shown))| (key, (slice, shown_key, shown)))
        .collect()
}

/// Whether a slice says what it said, whatever its reading is at.
fn is_same(one: &Slice, other: &Slice) -> bool {
    let is_same_value = match (&one.value, &other.value) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    };
    is_same_value
        && (Arc::ptr_eq(&one.issues, &other.issues) || one.issues == other.issues)
        && one.observed_at == other.observed_at
        && one.complete == other.complete
}
