//! Lists, got or queried: every page is decoded and told as it comes.

use serde_json::json;

use crate::azure::decode::page;
use crate::azure::endpoints::Request;
use crate::model::issue::Issue;

use super::{Job, News, context, payload, requested};

impl Job<'_> {
    /// Reads a list to its end. What came before a failure stands.
    pub(super) async fn list(&self, request: &Request) -> Vec<Issue> {
        let key = &self.wanted.key;
        let mut issues = Vec::new();
        let mut before = 0;
        let on_page = |sheet: crate::azure::client::Page| {
            if before == 0 {
                self.reader
                    .tell_caller(self.wanted.tenant.as_ref(), self.teller);
            }
            let observed_at = sheet.answer.observed_at;
            let context = context(request, &sheet.answer, requested(key));
            let count = sheet.items.len();
            let decoded = page(key, &json!({ "value": sheet.items }), &context);
            issues.extend(
                decoded
                    .issues
                    .into_iter()
                    .map(|issue| numbered(issue, before)),
            );
            before += count;
            self.teller
                .tell(News::Page(payload(decoded.page), observed_at));
        };
        // A query is a POST, and so is each of its further pages.
        let outcome = match &request.body {
            None => self.client().list(self.call(request), on_page).await,
            Some(body) => {
                let body = body.clone();
                self.client()
                    .query_list(self.call(request), body, on_page)
                    .await
            }
        };
        match outcome {
            Ok(end) => {
                if let Some(error) = end.broken {
                    issues.extend(self.trouble(request, error));
                }
            }
            Err(error) => issues.extend(self.trouble(request, error)),
        }
        issues
    }
}

/// The issue of an item with its place in the whole list instead of in its page.
fn numbered(mut issue: Issue, before: usize) -> Issue {
    if let Some(path) = &issue.path
        && let Some(rest) = path.strip_prefix("value[")
        && let Some((number, tail)) = rest.split_once(']')
        && let Ok(number) = number.parse::<usize>()
    {
        issue.path = Some(format!("value[{}]{tail}", before + number));
    }
    issue
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::model::issue::IssueKind;

    #[test]
    fn an_item_is_counted_over_all_pages() {
        let at = datetime!(2026-11-23 12:00 UTC);
        for (path, expected) in [
            ("value[2].properties.scope", "value[12].properties.scope"),
            ("value", "value"),
            ("value[x]", "value[x]"),
        ] {
            let mut issue = Issue::new(IssueKind::Malformed, "x", "y", at);
            issue.path = Some(path.to_owned());
            assert_eq!(numbered(issue, 10).path.as_deref(), Some(expected));
        }
    }
}
