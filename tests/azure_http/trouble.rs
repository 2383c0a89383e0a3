//! Answers that are errors, answers that are broken, and no answers at all.

use std::time::Duration;

use hopscope::azure::client::{Call, CallError};
use hopscope::azure::ledger::Event;
use hopscope::azure::transport::Limits;
use hopscope::model::issue::IssueKind;
use hopscope::model::ledger::Outcome;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wiremock::matchers::{method, path, path_regex, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::lab::{Lab, Tokens, error_answer, json_answer, quick};

fn subscriptions() -> Call {
    Call::arm("/subscriptions", "2022-12-01")
}

async fn error_of(lab: &Lab, answer: ResponseTemplate) -> CallError {
    lab.get("/subscriptions", answer).await;
    lab.client.get(subscriptions()).await.unwrap_err()
}

#[tokio::test]
async fn a_refusal_names_the_right_and_the_role() {
    let lab = Lab::start().await;
    let message = "The client 'a@b.example' with object id 'o' does not have authorization to perform action 'Microsoft.Resources/subscriptions/read' over scope '/subscriptions' or the scope is invalid.";
    let answer =
        error_answer(403, "AuthorizationFailed", message).insert_header("x-ms-request-id", "r-9");
    let error = error_of(&lab, answer).await;
    let issue = error.issue().unwrap();
    assert_eq!(issue.kind, IssueKind::Denied);
    assert_eq!(issue.status, Some(403));
    assert_eq!(issue.code.as_deref(), Some("AuthorizationFailed"));
    assert_eq!(issue.message, message);
    assert_eq!(
        issue.right.as_deref(),
        Some("Microsoft.Resources/subscriptions/read")
    );
    assert_eq!(issue.role, Some("Reader"));
    assert_eq!(issue.request_id.as_deref(), Some("r-9"));
    let reads = lab.reads();
    assert!(reads[0].is_denied());
    assert_eq!(reads[0].error_code.as_deref(), Some("AuthorizationFailed"));
}

#[tokio::test]
async fn an_empty_refusal_still_says_something() {
    let lab = Lab::start().await;
    lab.get("/search/docs/indexers", ResponseTemplate::new(403))
        .await;
    let call = Call::search("docs", "/indexers", "2024-07-01");
    let error = lab.client.get(call).await.unwrap_err();
    let issue = error.issue().unwrap();
    assert_eq!(issue.kind, IssueKind::Denied);
    assert!(
        issue.message.ends_with("answered 403 and gave no reason"),
        "{}",
        issue.message
    );
    assert_eq!(
        issue.right.as_deref(),
        Some("Microsoft.Search/searchServices/indexers/read")
    );
}

#[tokio::test]
async fn statuses_have_their_kinds() {
    let cases = [
        (
            error_answer(404, "SubscriptionNotFound", "gone"),
            IssueKind::NotFound,
        ),
        (error_answer(400, "BadRequest", "odd"), IssueKind::Failed),
        (
            error_answer(409, "MissingSubscriptionRegistration", "not registered"),
            IssueKind::Unsupported,
        ),
        (
            error_answer(429, "TooManyRequests", "slow"),
            IssueKind::Throttled,
        ),
        (
            error_answer(500, "InternalServerError", "oops"),
            IssueKind::Failed,
        ),
        (
            error_answer(504, "GatewayTimeout", "slow"),
            IssueKind::Timeout,
        ),
        (
            json_answer(400, &json!({"code": "Bare", "message": "bare"})),
            IssueKind::Failed,
        ),
        (
            ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"),
            IssueKind::Failed,
        ),
    ];
    for (answer, kind) in cases {
        let lab = Lab::start().await;
        let error = error_of(&lab, answer).await;
        assert_eq!(error.kind(), Some(kind), "{error}");
    }
}

#[tokio::test]
async fn a_passing_fault_is_tried_again_within_one_entry() {
    for status in [408, 429, 500, 502, 503, 504] {
        let lab = Lab::start().await;
        lab.get_times("/subscriptions", error_answer(status, "X", "later"), 2)
            .await;
        lab.get("/subscriptions", json_answer(200, &json!({"value": []})))
            .await;
        lab.client.get(subscriptions()).await.unwrap();
        let reads = lab.reads();
        assert_eq!(
            (reads.len(), reads[0].attempts, reads[0].status),
            (1, 3, Some(200))
        );
        let waits = lab.events.lock().unwrap();
        let waits = waits
            .iter()
            .filter(|event| matches!(event, Event::Waiting(wait) if wait.status == Some(status)));
        assert_eq!(waits.count(), 2);
    }
}

#[tokio::test]
async fn what_is_final_is_not_tried_again() {
    for status in [400, 401, 403, 404, 409, 501] {
        let lab = Lab::start().await;
        error_of(&lab, error_answer(status, "X", "no")).await;
        assert_eq!(lab.reads()[0].attempts, 1, "{status}");
    }
}

#[tokio::test]
async fn the_tries_run_out() {
    let lab = Lab::start().await;
    let error = error_of(&lab, error_answer(503, "ServiceUnavailable", "not now")).await;
    assert_eq!(error.to_string(), "not now");
    assert_eq!(lab.reads()[0].attempts, 6);
}

#[tokio::test]
async fn a_wait_beyond_all_patience_is_not_waited() {
    let lab = Lab::start().await;
    let answer =
        error_answer(429, "TooManyRequests", "slow down").insert_header("retry-after", "3600");
    let error = error_of(&lab, answer).await;
    assert_eq!(error.kind(), Some(IssueKind::Throttled));
    assert!(
        error
            .to_string()
            .starts_with("Azure asks to wait 3600 s, until "),
        "{error}"
    );
    let CallError::Trouble(trouble) = &error else {
        panic!("{error:?}");
    };
    assert!(trouble.wait_until.is_some());
    assert_eq!(lab.reads()[0].attempts, 1);
}

#[tokio::test]
async fn broken_json_is_not_tried_again() {
    for body in ["{\"value\": [", "", "null garbage", "<html></html>"] {
        let lab = Lab::start().await;
        let error = error_of(&lab, ResponseTemplate::new(200).set_body_string(body)).await;
        assert_eq!(error.kind(), Some(IssueKind::Malformed), "{body}: {error}");
        assert_eq!(lab.reads()[0].attempts, 1);
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    let lab = Lab::start().await;
    let expired = error_answer(
        401,
        "ExpiredAuthenticationToken",
        "The access token expiry UTC time is earlier than now.",
    );
    lab.get_times("/subscriptions", expired, 1).await;
    lab.get("/subscriptions", json_answer(200, &json!({"value": []})))
        .await;
    lab.client.get(subscriptions()).await.unwrap();
    let sent: Vec<String> = lab
        .server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .filter_map(|request| {
            Some(
                request
                    .headers
                    .get("authorization")?
                    .to_str()
                    .unwrap()
                    .to_owned(),
            )
        })
        .collect();
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0], sent[1], "the second try has another token");
    assert_eq!(lab.reads()[0].attempts, 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_an_error_after_one_renewal() {
    let lab = Lab::start().await;
    let error = error_of(
        &lab,
        error_answer(401, "InvalidAuthenticationToken", "bad token"),
    )
    .await;
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (Some(IssueKind::Denied), "bad token")
    );
    assert_eq!(lab.reads()[0].attempts, 2);
    assert_eq!(lab.ledger().len(), 3, "two token calls and one read");
}

#[tokio::test]
async fn a_token_of_another_tenant_names_the_right_one() {
    let lab = Lab::start().await;
    let answer = error_answer(401, "InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer.")
        .insert_header(
            "www-authenticate",
            "Bearer authorization_uri=\"https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333\", error=\"invalid_token\"",
        );
    let error = error_of(&lab, answer).await;
    assert!(
        error
            .to_string()
            .contains("--tenant 33333333-3333-3333-3333-333333333333"),
        "{error}"
    );
}

#[tokio::test]
async fn a_claims_challenge_asks_for_a_new_sign_in() {
    let lab = Lab::start().await;
    let answer = error_answer(401, "InvalidAuthenticationToken", "challenge").insert_header(
        "www-authenticate",
        "Bearer error=\"insufficient_claims\", claims=\"eyJ9\"",
    );
    let error = error_of(&lab, answer).await;
    assert!(error.to_string().contains("new sign-in"), "{error}");
    assert_eq!(lab.reads()[0].attempts, 1);
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_a_sign_in_error() {
    let lab = Lab::start().await;
    Mock::given(method("POST"))
        .and(path_regex("oauth2"))
        .respond_with(json_answer(401, &json!({"error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1", "error_codes": [7_000_215]})))
        .with_priority(1)
        .mount(&lab.server)
        .await;
    let error = lab.client.get(subscriptions()).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::SignIn));
    let said = error.to_string();
    assert!(
        said.starts_with(
            "not signed in: loopback says: AADSTS7000215: Invalid client secret provided"
        ),
        "{said}"
    );
    assert_eq!(said.matches("AADSTS7000215").count(), 1, "{said}");
    let ledger = lab.ledger();
    assert_eq!(ledger[0].error_code.as_deref(), Some("AADSTS7000215"));
    assert!(lab.reads().is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let limits = Limits {
        try_timeout: Duration::from_millis(150),
        ..quick()
    };
    let lab = Lab::with(limits, Tokens::lasting(3600)).await;
    let slow = json_answer(200, &json!({})).set_delay(Duration::from_secs(60));
    let error = error_of(&lab, slow).await;
    assert_eq!(error.kind(), Some(IssueKind::Timeout));
    assert!(
        error.to_string().ends_with("in 0.1 s") || error.to_string().ends_with("in 0.2 s"),
        "{error}"
    );
    let reads = lab.reads();
    assert_eq!(reads[0].attempts, 2);
    assert!(matches!(reads[0].outcome, Outcome::Failed(_)));
}

#[tokio::test]
async fn a_cancelled_call_ends_and_says_so() {
    let lab = Lab::start().await;
    let slow = json_answer(200, &json!({})).set_delay(Duration::from_secs(60));
    lab.get("/subscriptions", slow).await;
    let cancel = CancellationToken::new();
    let call = lab.client.get(subscriptions().until(cancel.clone()));
    let stop = async {
        while lab.reads().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(call, stop);
    assert!(matches!(result, Err(CallError::Cancelled)));
    assert!(matches!(lab.reads()[0].outcome, Outcome::Failed(_)));
}

/// A server that answers each connection with the next of these bytes and closes it.
async fn raw_server(answers: Vec<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !request.windows(4).any(|part| part == b"\r\n\r\n") {
                let count = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_tried_again() {
    let lab = Lab::start().await;
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"value\": [";
    let whole = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{\"value\": []}";
    let uri = raw_server(vec![cut, "", whole]).await;
    let mut cloud = crate::lab::cloud_at(&lab.server.uri());
    cloud.resource_manager = uri.parse().unwrap();
    let events = std::sync::Arc::clone(&lab.events);
    let client = hopscope::azure::client::Client::new(
        cloud,
        hopscope::azure::credential::Credentials::new(hopscope::azure::credential::Choice::Auto),
        move |event| events.lock().unwrap().push(event),
        quick(),
    );
    let answer = client.get(subscriptions()).await.unwrap();
    assert_eq!(*answer.json, json!({"value": []}));
    assert_eq!(lab.reads()[0].attempts, 3);
}

#[tokio::test]
async fn nobody_listening_is_said_plainly() {
    let lab = Lab::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = hopscope::azure::client::Client::new(
        crate::lab::cloud_at(&format!("http://{address}")),
        hopscope::azure::credential::Credentials::new(hopscope::azure::credential::Choice::Auto),
        |_| {},
        quick(),
    );
    let error = client.get(subscriptions()).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::SignIn));
    let said = error.to_string();
    assert!(
        said.contains(&format!("could not connect to {address}")),
        "{said}"
    );
    assert!(said.to_lowercase().contains("refused"), "{said}");

    let mut cloud = crate::lab::cloud_at(&lab.server.uri());
    cloud.resource_manager = format!("http://{address}").parse().unwrap();
    let client = hopscope::azure::client::Client::new(
        cloud,
        hopscope::azure::credential::Credentials::new(hopscope::azure::credential::Choice::Auto),
        |_| {},
        quick(),
    );
    let error = client.get(subscriptions()).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Failed));
}

#[tokio::test]
async fn a_preview_that_is_refused_is_unsupported() {
    let lab = Lab::start().await;
    let at = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/capabilityHosts";
    lab.get(
        at,
        error_answer(
            400,
            "NoRegisteredProviderFound",
            "No registered resource provider found",
        ),
    )
    .await;
    let call = Call::arm_preview(at, "2025-10-01-preview");
    let error = lab.client.get(call).await.unwrap_err();
    let issue = error.issue().unwrap();
    assert_eq!(
        (issue.kind, issue.status),
        (IssueKind::Unsupported, Some(400))
    );
    assert!(
        issue
            .message
            .contains("Microsoft.CognitiveServices/accounts/capabilityHosts"),
        "{}",
        issue.message
    );
    assert_eq!(lab.reads().len(), 1);
}

#[tokio::test]
async fn a_type_that_the_cloud_does_not_know_is_unsupported() {
    let lab = Lab::start().await;
    let at = "/subscriptions/s/providers/Microsoft.New/things";
    lab.get(
        at,
        error_answer(404, "InvalidResourceType", "could not be found"),
    )
    .await;
    lab.get(
        "/subscriptions/s/providers/Microsoft.New",
        error_answer(404, "InvalidResourceNamespace", "no such namespace"),
    )
    .await;
    let error = lab
        .client
        .get(Call::arm(at, "2025-05-01"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Unsupported), "{error}");
}

#[tokio::test]
async fn without_a_list_of_providers_the_refusal_names_the_version() {
    let lab = Lab::start().await;
    let at = "/subscriptions/s/providers/Microsoft.New/things";
    Mock::given(path(at))
        .and(query_param("api-version", "2024-10-01"))
        .respond_with(json_answer(200, &json!({ "value": [] })))
        .mount(&lab.server)
        .await;
    lab.get(
        at,
        error_answer(
            400,
            "NoRegisteredProviderFound",
            "No registered resource provider found for API version '2025-05-01'. The supported \
             api-versions are '2023-01-01, 2024-10-01, 2024-12-01-preview'.",
        ),
    )
    .await;
    let answer = lab.client.get(Call::arm(at, "2025-05-01")).await.unwrap();
    assert_eq!(answer.api_version.as_deref(), Some("2024-10-01"));
}

#[tokio::test]
async fn a_version_that_is_refused_beside_an_unread_list_is_no_missing_service() {
    let at = "/subscriptions/s/providers/Microsoft.New/things";
    for (status, kind) in [(403, IssueKind::Denied), (404, IssueKind::Failed)] {
        let lab = Lab::start().await;
        let refusal = error_answer(404, "InvalidResourceType", "could not be found");
        lab.get(at, refusal).await;
        let list = "/subscriptions/s/providers/Microsoft.New";
        lab.get(list, error_answer(status, "Whatever", "not for you"))
            .await;
        let error = lab
            .client
            .get(Call::arm(at, "2025-05-01"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Some(kind), "{error}");
        assert!(error.to_string().contains("could not be read"), "{error}");
    }
}
