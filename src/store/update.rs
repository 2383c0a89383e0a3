//! The one type in which fetchers and the store meet.

use time::OffsetDateTime;

use crate::model::caller::Caller;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::ledger::LedgerEntry;
use crate::model::scope::Scope;

use super::SignInTrouble;
use super::payload::Payload;
use super::snapshot::Snapshot;

/// One piece of news from a fetcher.
#[derive(Clone, Debug)]
pub enum Update {
    /// This will be read. A new generation opens: answers of older ones no longer count.
    Planned {
        /// The slice.
        key: Key,
        /// The refresh.
        generation: u64,
    },
    /// The reading has begun.
    Started {
        /// The slice.
        key: Key,
        /// The refresh.
        generation: u64,
        /// When.
        at: OffsetDateTime,
    },
    /// A page came. Shown at once on the very first reading, kept aside on a refresh.
    Page {
        /// The slice.
        key: Key,
        /// The refresh.
        generation: u64,
        /// The items.
        payload: Payload,
        /// When it was read.
        at: OffsetDateTime,
    },
    /// A try failed; another follows.
    Waiting {
        /// The slice.
        key: Key,
        /// The refresh.
        generation: u64,
        /// When the next try starts.
        until: OffsetDateTime,
    },
    /// The reading ended. Without a reading issue the set is complete and is swapped in; with one
    /// the older value stays (on the first reading: what came so far).
    Settled {
        /// The slice.
        key: Key,
        /// The refresh.
        generation: u64,
        /// When.
        at: OffsetDateTime,
        /// What went wrong; empty means all is well.
        issues: Vec<Issue>,
    },
    /// The slice is no longer of interest (another scope was chosen).
    Forgotten {
        /// The slice.
        key: Key,
    },
    /// A call was made, answered, or stopped.
    Request(Box<LedgerEntry>),
    /// Who is signed in for a tenant.
    SignedIn(Caller),
    /// No credential gave a token of a tenant.
    NotSignedIn(SignInTrouble),
    /// The scope is settled: what is being looked at.
    Scoped(Scope),
    /// Everything at once: what a snapshot file held.
    Opened(Box<Snapshot>),
    /// Periodic reading was stopped or taken up again.
    Frozen(bool),
    /// Everything that was planned is answered (or failed): the fetcher rests.
    Idle {
        /// When.
        at: OffsetDateTime,
    },
}
