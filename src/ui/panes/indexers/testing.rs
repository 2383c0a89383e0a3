//! Runs and definitions of indexers for tests, made of small JSON documents.

use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

use crate::model::field::Field;
use crate::model::resource::Source;
use crate::model::search::{Indexer, IndexerStatus, Run, RunError, RunWarning, Schedule};

/// When everything was read.
pub(super) const AT: OffsetDateTime = datetime!(2026-11-23 12:41:06 UTC);

fn source() -> Source {
    Source {
        api_version: Arc::from("2025-09-01"),
        observed_at: AT,
        request_id: None,
    }
}

fn text(value: &Value) -> Field<String> {
    match value {
        Value::Null => Field::Null,
        other => Field::Value(other.as_str().expect("a text").to_owned()),
    }
}

fn number(value: &Value) -> Field<i64> {
    value.as_i64().map_or(Field::Null, Field::Value)
}

fn instant(value: &Value) -> Field<OffsetDateTime> {
    value.as_str().map_or(Field::Null, |text| {
        Field::Value(OffsetDateTime::parse(text, &Rfc3339).expect("a time"))
    })
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The runs of a history, newest first.
pub(super) fn runs(history: &Value) -> Vec<Run> {
    items(history)
        .iter()
        .enumerate()
        .map(|(at, one)| Run {
            path: format!("executionHistory[{at}]"),
            status: text(&one["status"]),
            error_message: text(&one["errorMessage"]),
            start: instant(&one["startTime"]),
            end: instant(&one["endTime"]),
            items_processed: number(&one["itemsProcessed"]),
            items_failed: number(&one["itemsFailed"]),
            errors: Field::Value(errors(&one["errors"])),
            warnings: Field::Value(warnings(&one["warnings"])),
        })
        .collect()
}

fn errors(list: &Value) -> Vec<RunError> {
    let each = items(list).iter().enumerate();
    each.map(|(position, one)| RunError {
        position,
        key: text(&one["key"]),
        message: text(&one["errorMessage"]),
        status_code: number(&one["statusCode"]),
        name: text(&one["name"]),
        details: text(&one["details"]),
        documentation: Field::Null,
    })
    .collect()
}

fn warnings(list: &Value) -> Vec<RunWarning> {
    let each = items(list).iter().enumerate();
    each.map(|(position, one)| RunWarning {
        position,
        key: text(&one["key"]),
        message: text(&one["message"]),
        name: text(&one["name"]),
        details: text(&one["details"]),
        documentation: Field::Null,
    })
    .collect()
}

/// An indexer that runs every half an hour.
pub(super) fn indexer(name: &str) -> Indexer {
    Indexer {
        name: name.to_owned(),
        data_source: Field::Value("ds-docs".to_owned()),
        target_index: Field::Value("docs-index".to_owned()),
        skillset: Field::Value("ss-docs".to_owned()),
        disabled: Field::Null,
        schedule: Field::Value(Schedule {
            interval: Field::Value("PT30M".to_owned()),
            start: Field::Absent,
        }),
        execution_environment: Field::Absent,
        cache: Field::Null,
        max_failed_items: Field::Value(10),
        max_failed_items_per_batch: Field::Null,
        source: source(),
        raw: Arc::new(json!({ "name": name })),
    }
}

/// The status of an indexer with these runs.
pub(super) fn status(name: &str, history: &Value) -> IndexerStatus {
    IndexerStatus {
        name: name.to_owned(),
        status: Field::Value("running".to_owned()),
        last_result: runs(history)
            .into_iter()
            .next()
            .map_or(Field::Null, Field::Value),
        history: Field::Value(runs(history)),
        limits: Field::Absent,
        source: source(),
        raw: Arc::new(json!({ "name": name })),
    }
}
