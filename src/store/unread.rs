//! Which readings are not whole: what `complete` and `notRead` of the report, and the header's
//! counters, are about.

use crate::model::facet::Facet;
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
    let Some(issue) = slice.trouble() else {
        return false;
    };
    if issue.kind != IssueKind::NotFound {
        return false;
    }
    let says = |codes: &[&str]| {
        issue
            .code
            .as_deref()
            .is_some_and(|code| codes.iter().any(|one| code.eq_ignore_ascii_case(one)))
    };
    match key {
        Key::Resource(_) | Key::IpamPool(_) => says(&GONE),
        // A hub may name a managed group that somebody deleted.
        Key::List { group: Some(_), .. }
        | Key::Locks(_)
        | Key::DenyAssignments(_)
        | Key::PolicyAssignments(_)
        | Key::PolicyExemptions(_)
        | Key::PolicyStates(_) => says(&["ResourceGroupNotFound"]),
        Key::PolicyDefinition(_) => {
            says(&["PolicyDefinitionNotFound", "PolicySetDefinitionNotFound"])
        }
        Key::Memberships(..) => says(&["Request_ResourceNotFound"]),
        // The service's list named it a moment ago; its 404s carry no code.
        Key::Facet(_, Facet::IndexerStatus | Facet::IndexStatistics) => issue.status == Some(404),
        // A definition names it, and it is not in its vault.
        Key::Facet(_, Facet::Key | Facet::KeyVersions) => says(&GONE) || says(&["KeyNotFound"]),
        _ => false,
    }
}
