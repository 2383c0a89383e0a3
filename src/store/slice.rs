//! One slice: a value, its freshness and its failures in one type.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::issue::{Issue, IssueKind};

use super::payload::Payload;

/// Where a slice's reading stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nobody has asked yet.
    #[default]
    Idle,
    /// It is known that it will be read; the reading has not begun.
    Planned,
    /// The reading is under way: pages that came, and how many there will be where that is known.
    Loading {
        /// When the reading began.
        since: OffsetDateTime,
        /// Pages that came.
        done: u32,
    },
    /// A try failed; the next one comes at the given time.
    Waiting {
        /// When the next try starts.
        until: OffsetDateTime,
    },
    /// The last reading ended, well or badly.
    Settled {
        /// When it ended.
        at: OffsetDateTime,
    },
}

impl Phase {
    /// Whether an answer is still to come.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Planned | Self::Loading { .. } | Self::Waiting { .. }
        )
    }
}

/// What can be said of a slice in one word: the facet states of the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The whole value is there.
    Known,
    /// No answer yet.
    Pending,
    /// Azure refused.
    Denied,
    /// The reading failed, wholly or in the middle.
    Failed,
    /// This cloud, API version or setting does not offer it.
    Unsupported,
}

impl State {
    /// The word in the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A slice of the store. Value and issues are independent: a list cut off in the middle is a value
/// *and* an issue.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    /// The newest complete value, or what came so far of the very first reading.
    pub value: Option<Arc<Payload>>,
    /// When the value was read.
    pub observed_at: Option<OffsetDateTime>,
    /// Where the reading stands.
    pub phase: Phase,
    /// What went wrong in the last reading that ended, and properties that are malformed.
    pub issues: Arc<[Issue]>,
    /// Bumped whenever the value or the issues really change; derived data is cached by it.
    pub revision: u64,
    /// Which refresh this is; answers of an older one are dropped.
    pub generation: u64,
    /// Whether the last reading that ended brought everything.
    pub complete: bool,
    /// Pages of a refresh under way, kept aside until the set is complete.
    pub(super) side: Option<Arc<Payload>>,
}

impl Slice {
    /// The slice in one word. A refusal of a refresh wins over an older value: what can no longer
    /// be read is no longer known.
    pub fn state(&self) -> State {
        let reading = self.issues.iter().filter(|issue| issue.is_about_reading());
        let mut worst = None;
        for issue in reading {
            let state = match issue.kind {
                IssueKind::Unsupported => State::Unsupported,
                IssueKind::Denied => State::Denied,
                _ => State::Failed,
            };
            worst = Some(match (worst, state) {
                (Some(State::Denied), _) | (_, State::Denied) => State::Denied,
                (Some(State::Failed), _) | (_, State::Failed) => State::Failed,
                (_, state) => state,
            });
        }
        match worst {
            Some(state) => state,
            None if self.complete => State::Known,
            None => State::Pending,
        }
    }

    /// The issue that kept the reading from being whole, when there is one.
    pub fn trouble(&self) -> Option<&Issue> {
        self.issues
            .iter()
            .find(|issue| issue.is_about_reading() && issue.kind == IssueKind::Denied)
            .or_else(|| self.issues.iter().find(|issue| issue.is_about_reading()))
    }
}
