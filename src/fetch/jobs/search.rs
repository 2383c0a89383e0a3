//! The data plane of a search service: the version before, where the pinned one is not offered, and
//! what a refusal tells.
//!
//! A firewall answers a bare 403 and no word more; what a missing role is answered depends on the
//! service's settings (domain-rules H02-H04, B.2). So the same answer means one thing or two, and the
//! sentence says which.

use crate::azure::decode::without_secrets;
use crate::azure::endpoints::{self, Request};
use crate::fetch::plan::{Door, WithoutRole};
use crate::model::issue::{Issue, IssueKind};

use super::Job;

impl Job<'_> {
    /// Reads one key of the data plane.
    pub(super) async fn search_data(&self, door: Door) -> Vec<Issue> {
        let Some(request) = endpoints::request(&self.wanted.key) else {
            let message = "there is no such reading".to_owned();
            return vec![self.issue(IssueKind::Unsupported, message)];
        };
        let mut issues = self.ask(&request).await;
        if let Some(before) = request.fallback
            && issues.iter().any(is_about_version)
        {
            let older = Request {
                api_version: Some(before),
                fallback: None,
                ..request
            };
            issues = self.ask(&older).await;
        }
        for issue in &mut issues {
            issue.message = without_secrets(&issue.message).into_owned();
            if issue.kind == IssueKind::Denied {
                explain(issue, door);
            }
        }
        issues
    }
}

/// Whether the service does not know the version. It has no code for that, only a sentence.
fn is_about_version(issue: &Issue) -> bool {
    issue.is_about_reading()
        && (issue.kind == IssueKind::Unsupported && issue.status.is_some()
            || issue.status == Some(400)
                && issue.message.to_ascii_lowercase().contains("api-version"))
}

/// Puts what the answer tells before what the service said.
fn explain(issue: &mut Issue, door: Door) {
    let right = issue.right.as_deref().unwrap_or("the right to read them");
    let is_bare = issue.code.is_none() && issue.message.ends_with("gave no reason");
    let told = match (issue.status, door.without_role, door.firewall) {
        (Some(401), ..) => format!(
            "the service looked at the token and refused it (401): no role with {right}, or one that is too new to count"
        ),
        (Some(403), WithoutRole::Unauthorized, Some(true) | None) if is_bare => {
            "a bare 403: the firewall of the service does not admit this address (a missing role is answered 401 here)"
                .to_owned()
        }
        (Some(403), WithoutRole::Forbidden | WithoutRole::Unknown, Some(false)) if is_bare => format!(
            "a bare 403, though the service's own rules admit every network: no role has {right}, or a perimeter stands before it"
        ),
        (Some(403), ..) if is_bare => format!(
            "a bare 403: the firewall does not admit this address, or no role has {right}; the answer does not tell which"
        ),
        _ => return,
    };
    issue.message = if is_bare || issue.message.is_empty() {
        told
    } else {
        format!("{told}. {}", issue.message)
    };
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn denied(
        status: u16,
        message: &str,
        without_role: WithoutRole,
        firewall: Option<bool>,
    ) -> String {
        let mut issue = Issue::new(
            IssueKind::Denied,
            "indexers",
            message,
            OffsetDateTime::UNIX_EPOCH,
        );
        issue.status = Some(status);
        issue.right = Some("Microsoft.Search/searchServices/indexers/read".to_owned());
        explain(
            &mut issue,
            Door {
                without_role,
                firewall,
            },
        );
        issue.message
    }

    #[test]
    fn a_refusal_is_explained_as_far_as_the_answer_tells() {
        let bare = "srch.search.windows.net answered 403 and gave no reason";
        for (status, message, without_role, firewall, expected) in [
            (
                401,
                "x answered 401 and gave no reason",
                WithoutRole::Unauthorized,
                Some(true),
                "looked at the token",
            ),
            (
                403,
                bare,
                WithoutRole::Unauthorized,
                Some(true),
                "does not admit this address (a missing role",
            ),
            (
                403,
                bare,
                WithoutRole::Forbidden,
                Some(true),
                "does not tell which",
            ),
            (403, bare, WithoutRole::Unknown, None, "does not tell which"),
            (
                403,
                bare,
                WithoutRole::Forbidden,
                Some(false),
                "admit every network: no role",
            ),
            (
                403,
                "it says why",
                WithoutRole::Forbidden,
                Some(true),
                "it says why",
            ),
        ] {
            let told = denied(status, message, without_role, firewall);
            assert!(
                told.contains(expected),
                "{status} {without_role:?} {firewall:?}: {told}"
            );
        }
        let told = denied(401, "a reason", WithoutRole::Unauthorized, None);
        assert!(
            told.contains("indexers/read") && told.ends_with("a reason"),
            "{told}"
        );
    }

    #[test]
    fn a_version_that_is_not_known_is_told_from_other_troubles() {
        let issue = |kind, status, message: &str| {
            let mut issue = Issue::new(kind, "x", message, OffsetDateTime::UNIX_EPOCH);
            issue.status = status;
            issue
        };
        assert!(is_about_version(&issue(
            IssueKind::Unsupported,
            Some(400),
            "x"
        )));
        assert!(is_about_version(&issue(
            IssueKind::Failed,
            Some(400),
            "The api-version '2025-09-01' is not supported."
        )));
        assert!(!is_about_version(&issue(
            IssueKind::Unsupported,
            None,
            "no such service"
        )));
        assert!(!is_about_version(&issue(
            IssueKind::Failed,
            Some(500),
            "api-version"
        )));
    }
}
