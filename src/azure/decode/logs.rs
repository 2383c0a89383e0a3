//! Answers of Log Analytics: tables of columns and rows (domain-rules H.2). Columns are told by their
//! name and read by what stands in them, as types differ between workspaces. Must not know what a
//! refusal means.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Context;
use super::page::{Decoded, Page};
use super::reader::Notes;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::logs::{LogAnswer, MOST_ROWS, Question, Refusal};
use crate::model::text::safe;

/// The answer to one question. A partial answer has its rows, and an issue of the reading.
pub(super) fn answer(
    question: Question,
    key: &Key,
    body: &Value,
    context: &Context<'_>,
) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let table = body
        .get("tables")
        .and_then(Value::as_array)
        .and_then(|tables| {
            let primary = |table: &&Value| table.get("name") == Some(&"PrimaryResult".into());
            tables.iter().find(primary).or_else(|| tables.first())
        });
    let mut issues = Vec::new();
    let mut page = Vec::new();
    match table.and_then(Table::read) {
        Some(table) => {
            let mut rows = Vec::with_capacity(table.rows.len());
            for (at, row) in table.rows.iter().enumerate() {
                match table.refusal(row) {
                    Ok(refusal) => rows.push(refusal),
                    Err(name) => notes.add(
                        format!("tables[0].rows[{at}]"),
                        format!("row {at} has no `{name}` that can be read"),
                    ),
                }
            }
            rows.sort_by_key(|row| std::cmp::Reverse(row.last));
            page.push(LogAnswer {
                question,
                is_cut: table.rows.len() >= MOST_ROWS,
                rows,
                without_table: None,
                source: context.source(),
                raw: Arc::new(body.clone()),
            });
        }
        None => issues.push(whole(
            key,
            context,
            IssueKind::Malformed,
            "the answer holds no table".to_owned(),
        )),
    }
    if let Some(error) = body.get("error").filter(|error| error.is_object()) {
        issues.push(partial(key, context, error));
    }
    issues.extend(notes.into_issues());
    Decoded {
        page: Page::LogAnswers(page),
        issues,
    }
}

fn whole(key: &Key, context: &Context<'_>, kind: IssueKind, message: String) -> Issue {
    let mut issue = Issue::new(kind, key.words(), message, context.observed_at);
    issue.request_id.clone_from(&context.request_id);
    issue
}

/// A 200 with an error: some of the rows are there.
fn partial(key: &Key, context: &Context<'_>, error: &Value) -> Issue {
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    let said = text("message").unwrap_or("it gave no reason");
    let message = format!("only a part of the answer came: {}", safe(said));
    let mut issue = whole(key, context, IssueKind::Failed, message);
    issue.status = Some(200);
    issue.code = text("code").map(|code| safe(code).into_owned());
    issue
}

struct Table<'a> {
    columns: Vec<&'a str>,
    rows: Vec<&'a [Value]>,
}

impl<'a> Table<'a> {
    fn read(table: &'a Value) -> Option<Self> {
        let columns = table.get("columns")?.as_array()?;
        let rows = table.get("rows")?.as_array()?;
        Some(Self {
            columns: columns
                .iter()
                .map(|column| {
                    column
                        .get("name")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                })
                .collect(),
            rows: rows
                .iter()
                .map(|row| row.as_array().map_or(&[][..], Vec::as_slice))
                .collect(),
        })
    }

    fn value(&self, row: &'a [Value], name: &str) -> Option<&'a Value> {
        let at = self
            .columns
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name))?;
        row.get(at)
    }

    fn text(&self, row: &'a [Value], name: &str) -> Field<String> {
        match self.value(row, name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Null,
            Some(Value::String(text)) if text.trim().is_empty() => Field::Null,
            Some(Value::String(text)) => Field::Value(safe(text).into_owned()),
            Some(other) => Field::Value(other.to_string()),
        }
    }

    /// A number, however it is written: a long may come as a text, a real as `403.0`.
    fn number(&self, row: &'a [Value], name: &str) -> Option<i64> {
        match self.value(row, name)? {
            Value::Number(number) => number.as_i64().or_else(|| whole_part(&number.to_string())),
            Value::String(text) => whole_part(text.trim()),
            _ => None,
        }
    }

    fn time(&self, row: &'a [Value], name: &str) -> Option<OffsetDateTime> {
        let text = self.value(row, name)?.as_str()?;
        OffsetDateTime::parse(text.trim(), &Rfc3339).ok()
    }

    fn refusal(&self, row: &'a [Value]) -> Result<Refusal, &'static str> {
        let resource = self
            .text(row, "resource")
            .value()
            .map(ArmId::new)
            .ok_or("resource")?;
        Ok(Refusal {
            resource: resource_alone(&resource),
            operation: self.text(row, "operation"),
            status: self
                .number(row, "status")
                .map_or(Field::Absent, Field::Value),
            cause: self.text(row, "cause"),
            credential: self.text(row, "credential"),
            caller: self.text(row, "caller"),
            address: self.text(row, "address"),
            detail: self.text(row, "detail"),
            hits: self.number(row, "hits").ok_or("hits")?,
            first: self.time(row, "first").ok_or("first")?,
            last: self.time(row, "last").ok_or("last")?,
        })
    }
}

fn whole_part(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    rest.bytes()
        .all(|digit| digit == b'0')
        .then(|| whole.parse().ok())
        .flatten()
}

/// The resource itself where a row names one of its services, as blob logs do.
fn resource_alone(id: &ArmId) -> ArmId {
    let parts: Vec<&str> = id
        .as_str()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [
            subscriptions,
            s,
            groups,
            g,
            providers,
            namespace,
            of_type,
            name,
            _,
            ..,
        ] => ArmId::new(format!(
            "/{subscriptions}/{s}/{groups}/{g}/{providers}/{namespace}/{of_type}/{name}"
        )),
        _ => id.clone(),
    }
}
