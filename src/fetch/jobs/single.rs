//! One document: a resource by its id, an indexer's status, an index's statistics.

use crate::azure::decode::{Page, page};
use crate::azure::endpoints::Request;
use crate::model::issue::Issue;

use super::{Job, News, context, payload, requested};

impl Job<'_> {
    /// Reads one document.
    pub(super) async fn single(&self, request: &Request) -> Vec<Issue> {
        let key = &self.wanted.key;
        let asked = match &request.body {
            None => self.client().get(self.call(request)).await,
            // A query that answers with one document.
            Some(body) => self.client().query(self.call(request), body.clone()).await,
        };
        let answer = match asked {
            Ok(answer) => answer,
            Err(error) => return self.trouble(request, error),
        };
        let context = context(request, &answer, requested(key));
        let decoded = page(key, &answer.json, &context);
        let nothing = decoded.page.is_empty();
        self.tell_page(decoded.page, answer.observed_at);
        let mut issues = decoded.issues;
        if nothing {
            // Not one property of it is wrong, but all of it: the reading failed.
            for issue in &mut issues {
                issue.path = None;
                issue.status = Some(answer.status);
            }
        }
        issues
    }

    fn tell_page(&self, page: Page, at: time::OffsetDateTime) {
        self.teller.tell(News::Page(payload(page), at));
    }
}
