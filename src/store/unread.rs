//! Which readings are not whole: what `complete` and `notRead` of the report, and the header's
//! counters, are about.

use crate::model::issue::IssueKind;
use crate::model::key::Key;

use super::{Slice, Snapshot, State};

/// The codes with which ARM says that a thing is not there, as against not to be seen.
const GONE: [&str; 3] = ["ResourceNotFound", "ResourceGroupNotFound", "NotFound"];

impl Snapshot {
    /// Whether Azure said that a thing which another reading names is not there. That is an
    /// answer, not a reading that failed (design section 4, "A broken link is still a hop").
    pub fn is_gone(&self, key: &Key) -> bool {
        self.slice(key).is_some_and(|slice| is_gone(key, slice))
    }

    /// The readings that were planned and are not whole: refused, failed, or still to come.
    pub fn unread(&self) -> impl Iterator<Item = (&Key, &Slice)> {
        self.slices().filter(|(key, slice)| match slice.state() {
            State::Known | State::Unsupported => false,
            State::Pending | State::Denied | State::Failed => !is_gone(key, slice),
        })
    }

    /// Whether every planned reading was answered.
    pub fn is_complete(&self) -> bool {
        self.sign_in_trouble().is_none() && self.unread().next().is_none()
    }
}

fn is_gone(key: &Key, slice: &Slice) -> bool {
    matches!(key, Key::Resource(_))
        && slice.trouble().is_some_and(|issue| {
            issue.kind == IssueKind::NotFound
                && issue
                    .code
                    .as_deref()
                    .is_some_and(|code| GONE.iter().any(|gone| code.eq_ignore_ascii_case(gone)))
        })
}
