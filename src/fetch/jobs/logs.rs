//! Questions to Log Analytics. A table that a workspace does not have is an answer: nothing was ever
//! sent to it.

use std::sync::Arc;

use serde_json::Value;

use crate::azure::client::{CallError, Trouble};
use crate::azure::decode::page;
use crate::azure::endpoints;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::logs::{LogAnswer, Question};
use crate::model::resource::Source;
use crate::store::Payload;

use super::{Job, News, context, payload};

impl Job<'_> {
    /// Asks one question, of a workspace by its GUID or about the resource of the key.
    pub(super) async fn logs(&self, workspace: Option<&str>) -> Vec<Issue> {
        let key = &self.wanted.key;
        let (Some(request), Key::Logs(_, question)) = (endpoints::logs(key, workspace), key) else {
            let message = "there is no such reading".to_owned();
            return vec![self.issue(IssueKind::Unsupported, message)];
        };
        let body = request.body.clone().unwrap_or_default();
        let error = match self.client().query(self.call(&request), body).await {
            Ok(answer) => {
                let decoded = page(key, &answer.json, &context(&request, &answer, None));
                if !decoded.page.is_empty() {
                    self.teller
                        .tell(News::Page(payload(decoded.page), answer.observed_at));
                }
                return decoded.issues;
            }
            Err(error) => error,
        };
        if let CallError::Trouble(trouble) = &error
            && let Some(said) = missing_table(*question, trouble)
        {
            let answer = LogAnswer {
                question: *question,
                rows: Vec::new(),
                without_table: Some(said.to_owned()),
                is_cut: false,
                source: Source {
                    api_version: Arc::from(""),
                    observed_at: trouble.issue.at,
                    request_id: trouble.issue.request_id.clone(),
                },
                raw: Arc::new(Value::Null),
            };
            let page = Payload::LogAnswers(vec![answer]);
            self.teller.tell(News::Page(page, trouble.issue.at));
            return Vec::new();
        }
        self.trouble(&request, error)
    }
}

/// What the service said, when its refusal means that a table of the question is not there. A column
/// that is not there is another matter: that the question is wrong.
fn missing_table(question: Question, trouble: &Trouble) -> Option<&str> {
    let issue = &trouble.issue;
    let is_semantic = issue.code.as_deref() == Some("SemanticError")
        || trouble
            .details
            .iter()
            .any(|detail| detail.code.as_deref() == Some("SemanticError"));
    if issue.status != Some(400) || !is_semantic {
        return None;
    }
    trouble
        .details
        .iter()
        .filter_map(|detail| detail.message.as_deref())
        .chain([issue.message.as_str()])
        .find(|text| {
            text.contains("resolve") && question.tables().iter().any(|table| text.contains(table))
        })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::azure::envelope::Detail;

    fn trouble(status: u16, inner: &[(&str, &str)]) -> Trouble {
        let at = datetime!(2026-11-23 12:00 UTC);
        let mut issue = Issue::new(
            IssueKind::Failed,
            "x",
            "The request had some invalid properties",
            at,
        );
        issue.status = Some(status);
        issue.code = Some("BadArgumentError".to_owned());
        Trouble {
            issue,
            number: None,
            details: inner
                .iter()
                .map(|(code, message)| Detail {
                    code: Some((*code).to_owned()),
                    message: Some((*message).to_owned()),
                    target: None,
                })
                .collect(),
            sign_in: None,
            wait_until: None,
        }
    }

    #[test]
    fn a_table_that_is_not_there_is_told_from_a_question_that_is_wrong() {
        let table = "'where' operator: Failed to resolve table or column expression named 'StorageBlobLogs'";
        let column = "'extend' operator: Failed to resolve scalar expression named 'StatusText'";
        let semantic = ("SemanticError", "A semantic error occurred.");
        for (question, status, said, is_missing) in [
            (Question::Blobs, 400, table, true),
            (Question::Cosmos, 400, table, false),
            (Question::Blobs, 400, column, false),
            (Question::Blobs, 403, table, false),
        ] {
            let trouble = trouble(status, &[semantic, ("SEM0100", said)]);
            assert_eq!(
                missing_table(question, &trouble).is_some(),
                is_missing,
                "{said}"
            );
        }
        assert!(missing_table(Question::Blobs, &trouble(400, &[("SyntaxError", table)])).is_none());
    }
}
