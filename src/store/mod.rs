//! One owner's store of all that was read: slices with value, phase, issues, revision, generation.
//!
//! The UI task owns the [`Store`]; fetchers send [`Update`]s; every change passes
//! [`Store::apply`]; readers take a [`Snapshot`], a handful of `Arc` clones. No lock, no clock and
//! no presentation lives here.
//!
//! [`kept`] is all of it as plain data, [`file`](mod@file) that data in a file.
//!
//! To hold a new kind of thing: a variant of [`Payload`], its line in `kept/answers.rs`, and an
//! accessor in [`inventory::Inventory`] if panes need it joined with others.

mod apply;
pub mod diff;
pub mod file;
pub mod inventory;
pub mod kept;
pub mod payload;
mod slice;
mod snapshot;
mod tenants;
mod unread;
mod update;

pub use inventory::Inventory;
pub use kept::{Decode, Frame, Kept};
pub use payload::Payload;
pub use slice::{Phase, Slice, State};
pub use snapshot::{Counts, Snapshot};
pub use tenants::{Delegated, Home};
pub use update::Update;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::caller::{Caller, CredentialAnswer};
use crate::model::cloud::Audience;
use crate::model::id::TenantId;
use crate::model::key::Key;
use crate::model::ledger::LedgerEntry;
use crate::model::lookup::Ordered;
use crate::model::scope::Scope;

/// The most ledger entries kept; older ones are counted, not shown.
pub const LEDGER_LIMIT: usize = 5_000;

/// All that was read. One task owns it.
#[derive(Debug, Default)]
pub struct Store {
    slices: Arc<Ordered<Key, Slice>>,
    ledger: Arc<Ledger>,
    callers: Arc<Vec<Caller>>,
    sign_in_troubles: Arc<Vec<SignInTrouble>>,
    scope: Arc<Scope>,
    frozen: bool,
    idle: bool,
    revision: u64,
    dropped: u64,
}

/// The ledger as the store keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger<E = Arc<LedgerEntry>> {
    /// The newest entries, oldest first, each in one `Arc` so that a snapshot is cheap.
    pub entries: std::collections::VecDeque<E>,
    /// How many older entries were let go.
    pub let_go: u64,
}

impl<E> Default for Ledger<E> {
    fn default() -> Self {
        Self {
            entries: std::collections::VecDeque::new(),
            let_go: 0,
        }
    }
}

/// Why a token could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInTrouble {
    /// The tenant whose token was asked for; none is the credential's own.
    pub tenant: Option<TenantId>,
    /// The service that it was for.
    pub audience: Audience,
    /// The sentence to show.
    pub message: String,
    /// What each credential said.
    pub answers: Vec<CredentialAnswer>,
}

impl SignInTrouble {
    /// Whether another one is about the same token.
    pub fn is_about(&self, other: &Self) -> bool {
        self.tenant == other.tenant && self.audience == other.audience
    }
}

impl Store {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one piece of news. Returns whether anything that can be seen has changed.
    pub fn apply(&mut self, update: Update) -> bool {
        apply::apply(self, update)
    }

    /// One slice, when its key is known.
    pub fn slice(&self, key: &Key) -> Option<&Slice> {
        self.slices.get(key)
    }

    /// All slices, in the order in which they were planned.
    pub fn slices(&self) -> impl Iterator<Item = (&Key, &Slice)> {
        self.slices.iter()
    }

    /// The request ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Bumped on every change of a value, an issue or the scope (not of the ledger or a phase):
    /// derived data is cached by it.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Answers that came too late, or for nothing that was asked.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Everything there is, as clones of `Arc`s.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            slices: Arc::clone(&self.slices),
            ledger: Arc::clone(&self.ledger),
            callers: Arc::clone(&self.callers),
            sign_in_troubles: Arc::clone(&self.sign_in_troubles),
            scope: Arc::clone(&self.scope),
            frozen: self.frozen,
            idle: self.idle,
            revision: self.revision,
        }
    }
}

#[cfg(test)]
mod tests;
