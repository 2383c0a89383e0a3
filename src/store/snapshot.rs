//! A view of the store that never changes: clones of `Arc`s, made in microseconds.

use std::sync::Arc;

use crate::model::caller::Caller;
use crate::model::cloud::Audience;
use crate::model::id::TenantId;
use crate::model::key::Key;
use crate::model::ledger::LedgerEntry;
use crate::model::lookup::Ordered;
use crate::model::scope::Scope;

use super::{Ledger, SignInTrouble, Slice, State};

/// What `check`, the analysis and the reports read.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(super) slices: Arc<Ordered<Key, Slice>>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) callers: Arc<Vec<Caller>>,
    pub(super) sign_in_troubles: Arc<Vec<SignInTrouble>>,
    pub(super) scope: Arc<Scope>,
    pub(super) frozen: bool,
    pub(super) idle: bool,
    pub(super) revision: u64,
}

/// Totals of the readings and of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Slices that are to be read.
    pub asked: usize,
    /// Slices whose reading ended.
    pub answered: usize,
    /// Slices with a reading issue, refusals left out.
    pub failed: usize,
    /// Slices that Azure refused.
    pub denied: usize,
}

impl Snapshot {
    /// One slice, when its key is known.
    pub fn slice(&self, key: &Key) -> Option<&Slice> {
        self.slices.get(key)
    }

    /// All slices, in the order in which they were planned.
    pub fn slices(&self) -> impl Iterator<Item = (&Key, &Slice)> {
        self.slices.iter()
    }

    /// The slice that was planned as the so manieth.
    pub(super) fn at(&self, place: usize) -> Option<(&Key, &Slice)> {
        self.slices.get_index(place)
    }

    /// The state of one slice; a key that nobody planned is pending.
    pub fn state(&self, key: &Key) -> State {
        self.slices.get(key).map_or(State::Pending, Slice::state)
    }

    /// The request ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger's entries, oldest first.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &LedgerEntry> {
        self.ledger.entries.iter().map(AsRef::as_ref)
    }

    /// Who is signed in: one entry a tenant, the credential's own first.
    pub fn callers(&self) -> &[Caller] {
        &self.callers
    }

    /// Why nobody is signed in to the tenant that is looked at. Another tenant's trouble, or that of the
    /// directory alone, is no such reason.
    pub fn sign_in_trouble(&self) -> Option<&SignInTrouble> {
        let own = self.scope.tenant.as_ref().map(TenantId::new);
        self.sign_in_troubles
            .iter()
            .find(|one| one.tenant == own && one.audience == Audience::ResourceManager)
    }

    /// Every token that could not be had.
    pub fn sign_in_troubles(&self) -> &[SignInTrouble] {
        &self.sign_in_troubles
    }

    /// What is being looked at.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether periodic reading is stopped.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// Whether all that was planned is answered.
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    /// Whether something has not been answered for the first time, neither with a value nor with a
    /// refusal: what is unknown may still become known.
    pub fn is_reading(&self) -> bool {
        !self.idle
            && self
                .slices()
                .any(|(_, slice)| slice.phase.is_open() && slice.value.is_none())
    }

    /// The store's revision at the time.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Totals of the readings.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for slice in self.slices.values() {
            counts.asked += 1;
            counts.answered += usize::from(!slice.phase.is_open());
            match slice.state() {
                State::Denied => counts.denied += 1,
                State::Failed => counts.failed += 1,
                State::Known | State::Pending | State::Unsupported => {}
            }
        }
        counts
    }
}
