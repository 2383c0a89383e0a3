//! What the runner needs of whoever reads: one key in, news out.
//!
//! The seam between *when* (runner) and *how* (jobs): tests of the runner read from a script.

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::model::caller::Caller;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::store::{Payload, SignInTrouble};

use super::plan::Wanted;

/// What a reading says on its way.
#[derive(Clone, Debug)]
pub enum News {
    /// A page came.
    Page(Payload, OffsetDateTime),
    /// A token was given to this principal.
    SignedIn(Caller),
    /// No credential gave a token.
    NotSignedIn(SignInTrouble),
    /// The reading ended, with what went wrong.
    Done(Vec<Issue>),
}

/// Where a reading's news go: tagged with the key and its generation.
#[derive(Clone, Debug)]
pub struct Teller {
    pub(super) key: Key,
    pub(super) generation: u64,
    pub(super) news: mpsc::UnboundedSender<(Key, u64, News)>,
}

impl Teller {
    /// Tells one piece of news. Never waits: pages are told in the middle of a list, and what is
    /// under way at once bounds how much can pile up.
    pub fn tell(&self, news: News) {
        // A closed channel means that the program is leaving: nobody is there to be told.
        let _ = self.news.send((self.key.clone(), self.generation, news));
    }
}

/// Reads keys.
#[async_trait]
pub trait Reader: Send + Sync + 'static {
    /// Reads one key to its end. Pages are told as they come; the issues are the outcome.
    /// `focused` is a hint that a person is looking at it.
    async fn read(
        &self,
        wanted: &Wanted,
        focused: bool,
        teller: &Teller,
        cancel: &CancellationToken,
    ) -> Vec<Issue>;

    /// Prepares what the reading will lead to, beside it. The reading's end is told without waiting for
    /// it; rest is not.
    async fn foresee(&self, wanted: &Wanted) {
        let _ = wanted;
    }

    /// Forgets what signing in gave, so that the next reading tries again.
    fn sign_in_again(&self) {}
}
