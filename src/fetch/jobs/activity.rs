//! The activity log: since when is known only when it is asked.

use time::OffsetDateTime;

use crate::azure::endpoints;
use crate::model::activity::REACH;
use crate::model::issue::{Issue, IssueKind};

use super::Job;

impl Job<'_> {
    /// Reads the events of the last days, page by page.
    pub(super) async fn activity(&self) -> Vec<Issue> {
        let now = OffsetDateTime::now_utc();
        let Some(request) = endpoints::activity(&self.wanted.key, now - REACH, now) else {
            let message = "there is no such reading".to_owned();
            return vec![self.issue(IssueKind::Unsupported, message)];
        };
        self.list(&request).await
    }
}
