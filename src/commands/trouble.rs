//! From what a reading ended with to the sentence on stderr: cause first, then the next step.

use crate::fetch::plan::{Trouble, troubles};
use crate::model::cloud::Audience;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::scope::Scope;
use crate::store::{Snapshot, State};

use super::Failure;

/// How many names a sentence lists.
const NAMES: usize = 12;

/// What kept a check from its work, and what it could do without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Nothing that was asked for could be read.
    pub(super) failure: Option<Failure>,
    /// Some of what was asked for is not there.
    pub(super) warnings: Vec<String>,
}

/// Judges a reading that has ended.
pub(super) fn judge(snapshot: &Snapshot, scope: &Scope) -> Verdict {
    if let Some(trouble) = snapshot.sign_in_trouble()
        && !anything_read(snapshot)
    {
        let mut message = trouble.message.clone();
        for answer in &trouble.answers {
            if !message.contains(answer.said.trim_end_matches('.')) {
                message = format!("{message}\n  {}: {}", answer.credential, answer.said);
            }
        }
        return fatal(Failure::unreachable(message));
    }
    let found = troubles(snapshot, scope);
    let mut sentences: Vec<String> = found.iter().map(sentence).collect();
    if !anything_read(snapshot) {
        let message = if sentences.is_empty() {
            nothing(snapshot)
        } else {
            sentences.join("\n")
        };
        return fatal(Failure::unreachable(message));
    }
    let groups = found
        .iter()
        .filter(|one| matches!(one, Trouble::UnknownGroup { .. }))
        .count();
    if groups > 0 && groups == scope.resource_groups.len() {
        // The subscriptions can be read, but none of what was asked for is in them.
        return fatal(Failure::usage(sentences.join("\n")));
    }
    sentences.extend(tenants_without_token(snapshot));
    Verdict {
        failure: None,
        warnings: sentences,
    }
}

/// Each tenant that no token could be had of. The rest was read without it.
fn tenants_without_token(snapshot: &Snapshot) -> impl Iterator<Item = String> {
    let troubles = snapshot.sign_in_troubles().iter();
    troubles
        .filter(|one| one.audience == Audience::ResourceManager)
        .map(|one| match &one.tenant {
            Some(tenant) => format!("tenant {tenant}: {}", one.message),
            None => one.message.clone(),
        })
}

/// What was asked for by name and is not there, when that is all of it.
pub(super) fn not_there(snapshot: &Snapshot, scope: &Scope) -> Option<Failure> {
    let is_named = !scope.is_open() && snapshot.sign_in_trouble().is_none();
    let is_certain = !troubles(snapshot, scope).is_empty();
    (is_named && is_certain)
        .then(|| judge(snapshot, scope).failure)
        .flatten()
}

fn fatal(failure: Failure) -> Verdict {
    Verdict {
        failure: Some(failure),
        warnings: Vec::new(),
    }
}

/// Whether any reading within a subscription was answered.
fn anything_read(snapshot: &Snapshot) -> bool {
    snapshot.slices().any(|(key, slice)| {
        matches!(
            key,
            Key::Groups(_) | Key::List { .. } | Key::Resource(_) | Key::RoleAssignments(_)
        ) && (slice.state() == State::Known || slice.value.is_some())
    })
}

fn sentence(trouble: &Trouble) -> String {
    match trouble {
        Trouble::UnknownSubscription { name, seen } if seen.is_empty() => format!(
            "no subscription is called {name:?}, and none can be seen; sign in to the right tenant with --tenant"
        ),
        Trouble::UnknownSubscription { name, seen } => format!(
            "no subscription is called {name:?}; these can be seen: {}",
            listed(seen.iter().map(|(name, id)| format!("{name} ({id})")))
        ),
        Trouble::UnknownGroup { name, seen } if seen.is_empty() => {
            format!("no resource group is called {name:?}: none can be seen at all")
        }
        Trouble::UnknownGroup { name, seen } => format!(
            "no resource group is called {name:?}; these can be seen: {}",
            listed(seen.iter().cloned())
        ),
        Trouble::NoSubscription { disabled: 0 } => {
            "no subscription can be seen: the account has no role in any of this tenant; \
             ask for Reader, or sign in to another tenant with --tenant"
                .to_owned()
        }
        Trouble::NoSubscription { disabled } => format!(
            "none of the {disabled} subscriptions is enabled; name one with --subscription to read it all the same"
        ),
    }
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let text = names.take(NAMES).collect::<Vec<_>>().join(", ");
    if more > 0 {
        format!("{text} and {more} more")
    } else {
        text
    }
}

/// Nothing was read, and the scope is not to blame: what the door said.
fn nothing(snapshot: &Snapshot) -> String {
    let door = snapshot
        .slices()
        .filter(|(key, _)| matches!(key, Key::Subscriptions(_)))
        .chain(snapshot.slices())
        .find_map(|(key, slice)| slice.trouble().map(|issue| (key, issue)));
    match door {
        None => "no subscription could be read, and nothing says why".to_owned(),
        Some((key, issue)) => {
            let next = next_step(issue);
            format!(
                "the {} could not be read: {}{next}",
                key.words(),
                issue.message
            )
        }
    }
}

fn next_step(issue: &Issue) -> String {
    let step = match issue.kind {
        IssueKind::Denied => match issue.role {
            Some(role) => {
                return format!("\nask for the role {role}, or sign in as somebody else");
            }
            None => "sign in as somebody who may read it",
        },
        IssueKind::Timeout => "check the network, and the proxy in HTTPS_PROXY",
        IssueKind::Failed if issue.status.is_none() => {
            "check the network, the address in the cloud file, and the proxy in HTTPS_PROXY"
        }
        IssueKind::NotFound | IssueKind::Malformed | IssueKind::Failed => {
            "check that the cloud file's resource_manager is an Azure Resource Manager"
        }
        IssueKind::Throttled => "wait a little and try again",
        IssueKind::SignIn => "run `az login`",
        IssueKind::Unsupported | IssueKind::Withheld => return String::new(),
    };
    format!("\n{step}")
}
