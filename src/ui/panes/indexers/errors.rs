//! The errors and warnings of an indexer's runs, those that say the same put together.
//!
//! Pure. Two say the same when step and message agree, but for what stands in quotes and numbers: a
//! document's name or size makes no other error.

use time::OffsetDateTime;

use crate::analysis::explain::facts;
use crate::model::search::Run;

use super::rows::Ended;
use super::step::StepName;

/// Errors of one cause, over all runs that are known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ErrorGroup {
    /// What the selection stays on.
    pub(super) id: String,
    /// Whether it failed a run; else it failed documents, or only warned.
    pub(super) fails_runs: bool,
    /// Whether they are warnings only.
    pub(super) is_warning: bool,
    /// How many there are.
    pub(super) count: usize,
    /// In how many runs.
    pub(super) runs: usize,
    /// Whether the newest run that ended has it.
    pub(super) is_last: bool,
    /// The newest message, whole.
    pub(super) message: String,
    /// The newest details.
    pub(super) details: Option<String>,
    /// The name as it came.
    pub(super) name: Option<String>,
    /// The name, read.
    pub(super) step: Option<StepName>,
    /// The status code.
    pub(super) status: Option<i64>,
    /// The documents, the newest first, each once.
    pub(super) documents: Vec<String>,
    /// When the first and the last of them were met.
    pub(super) first: Option<OffsetDateTime>,
    /// When the last was met.
    pub(super) last: Option<OffsetDateTime>,
    /// Where Azure sends the reader.
    pub(super) documentation: Option<String>,
    /// Where the newest stands: `lastResult.errors[0]`.
    pub(super) path: String,
}

impl ErrorGroup {
    /// All that Azure said, for the catalogue.
    pub(super) fn said(&self) -> String {
        match &self.details {
            Some(details) => format!("{}\n{details}", self.message),
            None => self.message.clone(),
        }
    }

    /// The message in one line, as short as it still says what it says.
    pub(super) fn line(&self) -> String {
        first_line(&self.message).to_owned()
    }

    /// The code in the details: `AuthorizationFailure`.
    pub(super) fn code(&self) -> Option<String> {
        facts::code(&self.said())
    }
}

/// The document of a key: the service writes `localId=…&documentKey=…`.
pub(super) fn document(key: &str) -> &str {
    key.split('&')
        .find_map(|part| part.strip_prefix("localId="))
        .filter(|name| !name.is_empty())
        .unwrap_or(key)
}

/// The first line of a message; a wrapper in front of a colon stays.
pub(super) fn first_line(message: &str) -> &str {
    message
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("no message")
}

/// One error, or warning, of one run.
struct One<'r> {
    run: &'r Run,
    is_warning: bool,
    message: String,
    details: Option<String>,
    name: Option<String>,
    status: Option<i64>,
    key: Option<String>,
    documentation: Option<String>,
    path: String,
}

/// Groups what the runs (newest first) met: what stops runs first, then what is newest, then what is
/// most.
pub(super) fn group(runs: &[Run]) -> Vec<ErrorGroup> {
    let newest = runs.iter().find(|run| Ended::of(run) != Ended::Running);
    let mut groups: Vec<(String, ErrorGroup, Option<&str>)> = Vec::new();
    for one in runs.iter().flat_map(of_run) {
        let key = same(&one);
        let is_last = newest.is_some_and(|newest| newest.path == one.run.path);
        let fails = !one.is_warning && Ended::of(one.run) == Ended::Failed;
        let at = one.run.start.value().copied();
        let known = groups.iter_mut().find(|(own, ..)| *own == key);
        if let Some((_, group, last_run)) = known {
            group.count += 1;
            if *last_run != Some(one.run.path.as_str()) {
                group.runs += 1;
                *last_run = Some(one.run.path.as_str());
            }
            group.fails_runs |= fails;
            group.is_last |= is_last;
            group.first = at.or(group.first);
            if let Some(key) = one.key.filter(|key| !group.documents.contains(key)) {
                group.documents.push(key);
            }
            continue;
        }
        let group = ErrorGroup {
            id: key.clone(),
            fails_runs: fails,
            is_warning: one.is_warning,
            count: 1,
            runs: 1,
            is_last,
            step: one.name.as_deref().and_then(StepName::parse),
            message: one.message,
            details: one.details,
            name: one.name,
            status: one.status,
            documents: one.key.into_iter().collect(),
            first: at,
            last: at,
            documentation: one.documentation,
            path: one.path,
        };
        groups.push((key, group, Some(one.run.path.as_str())));
    }
    let mut groups: Vec<ErrorGroup> = groups.into_iter().map(|(_, group, _)| group).collect();
    groups.sort_by_key(|group| {
        (
            !(group.fails_runs && group.is_last),
            group.is_warning,
            !group.is_last,
            std::cmp::Reverse(group.last),
            std::cmp::Reverse(group.count),
        )
    });
    groups
}

fn of_run(run: &Run) -> Vec<One<'_>> {
    let text = |field: &crate::model::field::Field<String>| {
        field
            .text()
            .map(str::to_owned)
            .filter(|text| !text.trim().is_empty())
    };
    let mut all: Vec<One<'_>> = run
        .errors
        .items()
        .iter()
        .map(|one| One {
            run,
            is_warning: false,
            message: text(&one.message).unwrap_or_else(|| "no message".to_owned()),
            details: text(&one.details),
            name: text(&one.name),
            status: one.status_code.value().copied().filter(|code| *code != 0),
            key: text(&one.key).map(|key| document(&key).to_owned()),
            documentation: text(&one.documentation),
            path: format!("{}.errors[{}]", run.path, one.position),
        })
        .collect();
    // What failed the run as a whole repeats one of its errors, mostly.
    if let Some(message) = text(&run.error_message) {
        let is_said = all
            .iter()
            .any(|one| message.contains(first_line(&one.message)));
        if !is_said {
            all.push(One {
                run,
                is_warning: false,
                message,
                details: None,
                name: None,
                status: None,
                key: None,
                documentation: None,
                path: format!("{}.errorMessage", run.path),
            });
        }
    }
    all.extend(run.warnings.items().iter().map(|one| One {
        run,
        is_warning: true,
        message: text(&one.message).unwrap_or_else(|| "no message".to_owned()),
        details: text(&one.details),
        name: text(&one.name),
        status: None,
        key: text(&one.key).map(|key| document(&key).to_owned()),
        documentation: text(&one.documentation),
        path: format!("{}.warnings[{}]", run.path, one.position),
    }));
    all
}

fn same(one: &One<'_>) -> String {
    format!(
        "{}|{}|{}",
        if one.is_warning { "warning" } else { "error" },
        one.name.as_deref().unwrap_or_default(),
        masked(first_line(&one.message))
    )
}

/// A message without what differs from document to document.
fn masked(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut quote = None;
    for letter in message.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => {
                quote = Some(letter);
                text.push('#');
            }
            (None, digit) if digit.is_ascii_digit() => {
                if !text.ends_with('#') {
                    text.push('#');
                }
            }
            (None, letter) => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::runs;
    use super::*;

    #[test]
    fn the_same_message_of_other_documents_is_one_group() {
        let found = group(&runs(&json!([
            { "status": "transientFailure", "errorMessage": "Error with data source: not authorized.\nStatus: 403",
              "startTime": "2026-11-23T12:30:02Z", "errors": [
                { "name": "DocumentExtraction.azureblob.docs", "statusCode": 403, "errorMessage": "not authorized.",
                  "details": "ErrorCode: AuthorizationFailure" }] },
            { "status": "success", "startTime": "2026-11-23T12:00:02Z", "errors": [
                { "key": "a.pdf", "errorMessage": "Document is '18' bytes, which exceeds 16" },
                { "key": "b.pdf", "errorMessage": "Document is '21' bytes, which exceeds 16" }],
              "warnings": [{ "key": "a.pdf", "message": "truncated" }] },
            { "status": "success", "startTime": "2026-11-23T11:30:02Z", "errors": [
                { "key": "a.pdf", "errorMessage": "Document is '18' bytes, which exceeds 16" }] },
        ])));
        let told: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.count,
                    one.runs,
                    one.fails_runs,
                    one.is_last,
                    one.is_warning,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (1, 1, true, true, false),
                (3, 2, false, false, false),
                (1, 1, false, false, true)
            ]
        );
        assert_eq!(found[0].code().as_deref(), Some("AuthorizationFailure"));
        assert_eq!(found[1].documents, ["a.pdf", "b.pdf"]);
        assert!(found[1].first < found[1].last);
        assert_eq!(found[0].path, "executionHistory[0].errors[0]");
    }

    #[test]
    fn a_document_is_called_by_its_own_name() {
        for (key, name) in [
            (
                "localId=annual-2021.pdf&documentKey=aHR0",
                "annual-2021.pdf",
            ),
            ("localId=&documentKey=aHR0", "localId=&documentKey=aHR0"),
            ("a.pdf", "a.pdf"),
        ] {
            assert_eq!(document(key), name);
        }
    }

    #[test]
    fn a_run_that_fails_without_errors_tells_by_its_own_message() {
        let found = group(&runs(&json!([
            { "status": "transientFailure", "errorMessage": "Credentials are invalid", "startTime": "2026-11-23T12:30:02Z" },
        ])));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "Credentials are invalid");
        assert!(found[0].fails_runs && found[0].step.is_none());
    }

    #[test]
    fn runs_without_trouble_have_no_groups() {
        assert_eq!(group(&[]), []);
        assert_eq!(
            group(&runs(
                &json!([{ "status": "success", "errors": [], "warnings": [] }])
            )),
            []
        );
    }
}
