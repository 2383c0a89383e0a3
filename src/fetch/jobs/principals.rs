//! Names of principals, a thousand at a time.
//!
//! The directory leaves out whom it does not know any more: an id without a name is an id of
//! someone who is gone, and no issue.

use serde_json::json;

use crate::azure::decode::page;
use crate::azure::endpoints::principals;
use crate::model::id::PrincipalId;
use crate::model::issue::Issue;
use crate::store::Payload;

use super::{Job, News, context, payload};

impl Job<'_> {
    /// Asks the directory for names.
    pub(super) async fn principals(&self, ids: &[PrincipalId]) -> Vec<Issue> {
        let key = &self.wanted.key;
        let mut issues = Vec::new();
        // Nobody to ask for is an answer too.
        self.teller.tell(News::Page(
            Payload::Principals(Vec::new()),
            time::OffsetDateTime::now_utc(),
        ));
        for request in principals(self.wanted.tenant.as_ref(), ids) {
            let body = request.body.clone().unwrap_or_default();
            let outcome = self
                .client()
                .query_list(self.call(&request), body, |sheet| {
                    let observed_at = sheet.answer.observed_at;
                    let context = context(&request, &sheet.answer, None);
                    let decoded = page(key, &json!({ "value": sheet.items }), &context);
                    issues.extend(decoded.issues);
                    self.teller
                        .tell(News::Page(payload(decoded.page), observed_at));
                })
                .await;
            let error = match outcome {
                Ok(end) => end.broken,
                Err(error) => Some(error),
            };
            if let Some(error) = error {
                // The next thousand would be refused as well.
                issues.extend(self.trouble(&request, error));
                return issues;
            }
        }
        issues
    }
}
