//! Events of the activity log and answers of Log Analytics.

use serde_json::{Value, json};

use super::super::*;
use crate::model::activity::ActivityEvent;
use crate::model::field::Field;
use crate::model::issue::IssueKind;
use crate::model::key::Key;
use crate::model::logs::{LogAnswer, MOST_ROWS, Question};

const CORRELATION: &str = "1e121103-0ba6-4300-ac9d-952bb5d0c80f";

fn context() -> Context<'static> {
    Context {
        api_version: Arc::from("2015-04-01"),
        observed_at: time::OffsetDateTime::UNIX_EPOCH,
        request_id: None,
        requested: None,
    }
}

fn events(items: &Value) -> (Vec<ActivityEvent>, Vec<Issue>) {
    let key = Key::ActivityLog(ArmId::new("/subscriptions/s"));
    let decoded = page(&key, &json!({ "value": items }), &context());
    match decoded.page {
        Page::ActivityEvents(items) => (items, decoded.issues),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_says_who_did_what_when_and_from_where() {
    let (found, issues) = events(&json!([{
        "caller": "e38d3949", "correlationId": CORRELATION, "eventDataId": "e1",
        "eventTimestamp": "2026-11-23T10:52:17.9792776Z",
        "operationName": { "value": "Microsoft.DocumentDB/databaseAccounts/write", "localizedValue": "Update" },
        "status": { "value": "Succeeded" }, "subStatus": { "value": "", "localizedValue": "" },
        "category": { "value": "Administrative" },
        "authorization": { "action": "x", "scope": "/subscriptions/s/resourceGroups/g", "evidence": { "role": "Owner" } },
        "claims": { "appid": "fe51", "idtyp": "app", "ipaddr": "198.51.100.80",
            "http://schemas.microsoft.com/identity/claims/objectidentifier": "e38d3949",
            "xms_mirid": "/providers/Microsoft.Authorization/policyAssignments/p" },
        "properties": {
            "statusMessage": "{\"error\":{\"code\":\"C\",\"message\":\"it said no\"}}",
            "policies": "[{\"policyAssignmentId\":\"/a\",\"policyAssignmentName\":\"cosmos\",\"policyDefinitionId\":\"/d\",\"policyDefinitionEffect\":\"modify\"}]"
        },
        "resourceId": "/subscriptions/s/resourcegroups/g/providers/Microsoft.DocumentDB/databaseAccounts/c"
    }]));
    assert_eq!(issues, []);
    let event = &found[0];
    assert_eq!(
        event.operation,
        "Microsoft.DocumentDB/databaseAccounts/write"
    );
    assert_eq!(
        event.address.text(),
        Some("198.51.100.80"),
        "no request: the claims know it"
    );
    assert_eq!(event.role.text(), Some("Owner"));
    assert_eq!(event.claims.app_id.as_deref(), Some("fe51"));
    assert!(
        event
            .claims
            .identity_of
            .as_ref()
            .is_some_and(|id| id.name() == "p")
    );
    assert_eq!(event.message.text(), Some("it said no"));
    assert_eq!(event.policies[0].effect.as_deref(), Some("modify"));
    assert_eq!(event.policies[0].name.as_deref(), Some("cosmos"));
    assert_eq!(event.sub_status, Field::Null);
    assert_eq!(event.at.nanosecond(), 979_277_600);
}

#[test]
fn an_event_without_time_or_operation_is_left_out_and_policies_that_are_none_are_noted() {
    let (found, issues) = events(&json!([
        { "eventTimestamp": "2026-11-23T10:52:17Z" },
        { "operationName": { "value": "x/write" } },
        { "eventTimestamp": "2026-11-23T10:52:17Z", "operationName": { "value": "x/write" },
          "properties": { "policies": "no list" } },
    ]));
    assert_eq!(found.len(), 1);
    let paths: Vec<_> = issues
        .iter()
        .filter_map(|one| one.path.as_deref())
        .collect();
    assert_eq!(
        paths,
        [
            "value[0].operationName.value",
            "value[1].eventTimestamp",
            "value[2].properties.policies"
        ]
    );
}

fn answered(body: &Value) -> (Vec<LogAnswer>, Vec<Issue>) {
    let key = Key::Logs(ArmId::new("/w"), Question::Blobs);
    let decoded = page(&key, body, &context());
    match decoded.page {
        Page::LogAnswers(items) => (items, decoded.issues),
        other => panic!("{other:?}"),
    }
}

fn table(rows: &Value) -> Value {
    let columns: Vec<Value> = [
        "first",
        "last",
        "resource",
        "operation",
        "status",
        "cause",
        "hits",
        "caller",
        "extra",
    ]
    .iter()
    .map(|name| json!({ "name": name, "type": "dynamic" }))
    .collect();
    json!({ "tables": [{ "name": "PrimaryResult", "columns": columns, "rows": rows }] })
}

fn row(status: &Value, hits: &Value) -> Value {
    json!([
        "2026-11-23T10:00:00Z",
        "2026-11-23T10:30:00.12Z",
        "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/st/blobservices/default",
        "GetBlob",
        status,
        "network",
        hits,
        "",
        null
    ])
}

#[test]
fn columns_are_told_by_name_and_values_by_what_they_are() {
    for (status, hits) in [
        (json!(403), json!(7)),
        (json!(403.0), json!("7")),
        (json!("403"), json!(7.0)),
    ] {
        let (answers, issues) = answered(&table(&json!([row(&status, &hits)])));
        assert_eq!(issues, []);
        let found = &answers[0].rows[0];
        assert_eq!((found.status, found.hits), (Field::Value(403), 7));
        assert!(found.resource.as_str().ends_with("/storageaccounts/st"));
        assert_eq!(found.caller, Field::Null, "an empty text is nobody");
        assert_eq!(found.address, Field::Absent, "the question did not ask");
    }
}

#[test]
fn a_partial_answer_has_its_rows_and_is_not_whole() {
    let mut body = table(&json!([row(&json!(401), &json!(1))]));
    body["error"] = json!({ "code": "PartialError", "message": "There were some errors when processing your query." });
    let (answers, issues) = answered(&body);
    assert_eq!(answers[0].rows.len(), 1);
    assert_eq!(issues[0].kind, IssueKind::Failed);
    assert!(issues[0].is_about_reading());
    assert!(
        issues[0].message.contains("some errors"),
        "{}",
        issues[0].message
    );
}

#[test]
fn what_is_no_table_and_rows_that_cannot_be_read_are_no_empty_answer() {
    let (answers, issues) = answered(&json!({ "tables": [] }));
    assert!(answers.is_empty());
    assert!(issues[0].is_about_reading());
    let (answers, issues) = answered(&table(&json!([row(&json!(403), &json!("many"))])));
    assert!(answers[0].rows.is_empty());
    assert_eq!(issues[0].path.as_deref(), Some("tables[0].rows[0]"));
}

#[test]
fn as_many_rows_as_may_come_are_said_to_be_cut() {
    let rows: Vec<Value> = (0..MOST_ROWS)
        .map(|_| row(&json!(403), &json!(1)))
        .collect();
    let (answers, _) = answered(&table(&json!(rows)));
    assert!(answers[0].is_cut);
}
