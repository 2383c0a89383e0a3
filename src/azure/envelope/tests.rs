//! Error bodies as the services send them.

use super::*;

fn read(body: &str) -> (Option<String>, Option<String>) {
    let error = AzureError::read(body);
    (error.code, error.message)
}

fn pair(code: &str, message: &str) -> (Option<String>, Option<String>) {
    (Some(code.to_owned()), Some(message.to_owned()))
}

#[test]
fn the_shapes_of_an_error() {
    let cases = [
        (r#"{"error":{"code":"A","message":"b"}}"#, pair("A", "b")),
        (r#"{"code":"A","message":"b"}"#, pair("A", "b")),
        (
            "\u{feff}{\"error\":{\"code\":\"A\",\"message\":\"b\"}}",
            pair("A", "b"),
        ),
        (
            r#"{"error":{"code":"A","message":{"lang":"en","value":"b"}}}"#,
            pair("A", "b"),
        ),
        (
            r#"{"odata.error":{"code":"A","message":{"lang":"en","value":"b"}}}"#,
            pair("A", "b"),
        ),
        (r#"{"Code":"A","Message":"b"}"#, pair("A", "b")),
        (r#"{"error":{"code":429,"message":"b"}}"#, pair("429", "b")),
        (
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2","error_codes":[7000215]}"#,
            pair(
                "AADSTS7000215",
                "AADSTS7000215: Invalid client secret provided.",
            ),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(read(body), expected, "{body}");
    }
    assert_eq!(AzureError::read("  "), AzureError::default());
}

#[test]
fn a_body_that_is_no_error_document_is_quoted() {
    assert_eq!(
        read("<html><h1>502</h1>\n<p>Bad Gateway</p></html>")
            .1
            .unwrap(),
        "502 Bad Gateway"
    );
    assert_eq!(read(r#"{"error":{"cod"#).1.unwrap(), r#"{"error":{"cod"#);
    assert_eq!(read("[1,2]").1.unwrap(), "[1,2]");
    let long = "x".repeat(1000);
    assert_eq!(read(&long).1.unwrap().chars().count(), 301);
}

#[test]
fn details_and_inner_errors_are_kept_flat() {
    let error = AzureError::read(
        r#"{"error":{"code":"Outer","message":"o","target":"t","innererror":{"code":"Inner","message":"i","innererror":null},
            "details":[{"code":"D1","message":"one","details":[{"code":"D2","message":"two"}]}, null, {"code":"D3","target":"x"}]}}"#,
    );
    let codes: Vec<_> = error
        .details
        .iter()
        .filter_map(|d| d.code.as_deref())
        .collect();
    assert_eq!(codes, ["D1", "D2", "D3", "Inner"]);
    assert!(error.has_code("d2") && error.has_code("OUTER") && !error.has_code("D4"));
    assert_eq!(error.target.as_deref(), Some("t"));
}

#[test]
fn an_error_document_inside_a_message_is_read() {
    let error = AzureError::read(
        r#"{"error":{"code":"BadRequest","message":"{\"error\":{\"code\":\"Nested\",\"message\":\"the cause\"}}"}}"#,
    );
    assert_eq!(error.code.as_deref(), Some("BadRequest"));
    assert_eq!(error.message.as_deref(), Some("the cause"));
    assert!(error.has_code("Nested"));
}

#[test]
fn the_refused_action_and_its_scope_are_read() {
    let error = AzureError::read(
        r#"{"error":{"code":"AuthorizationFailed","message":"The client 'a@b.example' with object id 'o' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '/subscriptions/s' or the scope is invalid. If access was recently granted, please refresh your credentials."}}"#,
    );
    assert_eq!(
        error.action.as_deref(),
        Some("Microsoft.Storage/storageAccounts/read")
    );
    assert_eq!(error.scope.as_deref(), Some("/subscriptions/s"));
    let linked = AzureError::read(
        r#"{"error":{"code":"LinkedAuthorizationFailed","message":"The client has permission to perform action 'a/write' on scope 's1'; however, it does not have permission to perform action 'b/join/action' on the linked scope(s) 's2' or the linked scope(s) are invalid."}}"#,
    );
    assert_eq!(linked.action.as_deref(), Some("b/join/action"));
    assert_eq!(linked.scope.as_deref(), Some("s2"));
}

#[test]
fn control_characters_are_taken_out() {
    assert_eq!(
        clean("a\u{1b}[31mred\u{7}\r\nb\tc\u{9b}d\u{202e}e\0"),
        "a[31mred b cde"
    );
    let error = AzureError::read("{\"code\":\"A\\u001b[2J\",\"message\":\"x\\u001b]0;t\\u0007y\"}");
    assert_eq!(error.code.as_deref(), Some("A[2J"));
    assert_eq!(error.message.as_deref(), Some("x]0;ty"));
}

#[test]
fn deep_nesting_ends() {
    let mut body = String::from(r#"{"code":"L","message":"m"}"#);
    for _ in 0..60 {
        body = format!(r#"{{"code":"A","message":"m","innererror":{body}}}"#);
    }
    assert!(AzureError::read(&body).details.len() < 20);
}
