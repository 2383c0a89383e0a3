//! Answers that are well: what a call brings, and what the ledger holds of it.

use hopscope::azure::client::Call;
use hopscope::azure::ledger::Event;
use hopscope::model::cloud::Audience;
use hopscope::model::id::{SubscriptionId, TenantId};
use hopscope::model::key::Key;
use hopscope::model::ledger::{Outcome, Service};
use serde_json::json;
use wiremock::matchers::{body_json, header_exists, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::lab::{Lab, SIGNATURE, json_answer};

#[tokio::test]
async fn a_read_brings_the_document_and_its_evidence() {
    let lab = Lab::start().await;
    let body = json!({"id": "/subscriptions/s", "odd\u{1b}": null});
    Mock::given(method("GET"))
        .and(path("/subscriptions/s"))
        .and(query_param("api-version", "2022-12-01"))
        .and(header_exists("authorization"))
        .respond_with(
            json_answer(200, &body)
                .insert_header("x-ms-request-id", "r-1")
                .insert_header("x-ms-correlation-request-id", "c-1")
                .insert_header("x-ms-ratelimit-remaining-subscription-reads", "249")
                .insert_header("set-cookie", "hidden"),
        )
        .mount(&lab.server)
        .await;
    let key = Key::Groups(SubscriptionId::new("s"));
    let call = Call::arm("/subscriptions/s", "2022-12-01").filling(key.clone());
    let answer = lab.client.get(call).await.unwrap();
    assert_eq!(*answer.json, body);
    assert_eq!(answer.api_version.as_deref(), Some("2022-12-01"));
    assert_eq!(answer.request_id.as_deref(), Some("r-1"));
    assert_eq!(answer.correlation_id.as_deref(), Some("c-1"));

    let reads = lab.reads();
    let [entry] = reads.as_slice() else {
        panic!("one read: {reads:?}");
    };
    assert_eq!(entry.number, answer.number);
    assert_eq!(entry.outcome, Outcome::Answered);
    assert_eq!((entry.status, entry.attempts), (Some(200), 1));
    assert_eq!(&*entry.path, "/subscriptions/s?api-version=2022-12-01");
    assert_eq!(entry.api_version.as_deref(), Some("2022-12-01"));
    assert_eq!(entry.fills, Some(key));
    assert_eq!(entry.body.as_deref(), Some(&*answer.text));
    assert_eq!(entry.remaining, [("subscription-reads".into(), 249)]);
    assert!(
        entry
            .headers
            .iter()
            .all(|(name, _)| &**name != "set-cookie")
    );
}

#[tokio::test]
async fn an_entry_is_told_pending_first_and_then_finished() {
    let lab = Lab::start().await;
    lab.get("/tenants", json_answer(200, &json!({"value": []})))
        .await;
    lab.client
        .get(Call::arm("/tenants", "2022-12-01"))
        .await
        .unwrap();
    let told: Vec<(u64, bool)> = lab
        .events
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            Event::Entry(entry) => Some((entry.number, entry.outcome == Outcome::Pending)),
            Event::Waiting(_) => None,
        })
        .collect();
    assert_eq!(told, [(1, true), (1, false), (2, true), (2, false)]);
}

#[tokio::test]
async fn token_calls_stand_in_the_ledger_without_their_bodies() {
    let lab = Lab::start().await;
    lab.get("/tenants", json_answer(200, &json!({"value": []})))
        .await;
    lab.client
        .get(Call::arm("/tenants", "2022-12-01"))
        .await
        .unwrap();
    let ledger = lab.ledger();
    let [token, _] = ledger.as_slice() else {
        panic!("a token call and a read: {ledger:?}");
    };
    assert_eq!((token.service, &*token.method), (Service::Login, "POST"));
    assert_eq!(&*token.path, "/organizations/oauth2/v2.0/token");
    assert_eq!((token.status, &token.body), (Some(200), &None));
    assert!(token.bytes > 0);
}

#[tokio::test]
async fn no_token_is_ever_shown() {
    let lab = Lab::start().await;
    lab.get("/tenants", json_answer(200, &json!({"value": []})))
        .await;
    let mut pages = Vec::new();
    let end = lab
        .client
        .list(Call::arm("/tenants", "2022-12-01"), |page| pages.push(page))
        .await
        .unwrap();
    let caller = lab.client.caller(None);
    let shown = format!(
        "{:?} {:?} {pages:?} {end:?} {caller:?} {:?}",
        lab.client,
        lab.events.lock().unwrap(),
        lab.client.credential_answers()
    );
    assert!(shown.contains("ada@contoso.example"), "the caller is shown");
    assert!(
        !shown.contains(SIGNATURE) && !shown.contains("Bearer"),
        "{shown}"
    );
    // The very same token was sent, so the search above looked for the right thing.
    let requests = lab.server.received_requests().await.unwrap();
    let sent = requests
        .iter()
        .filter_map(|request| request.headers.get("authorization"))
        .any(|value| value.to_str().unwrap().ends_with(SIGNATURE));
    assert!(sent);
}

#[tokio::test]
async fn one_token_serves_many_calls_and_each_audience_and_tenant_has_its_own() {
    let lab = Lab::start().await;
    Mock::given(method("GET"))
        .respond_with(json_answer(200, &json!({"value": []})))
        .mount(&lab.server)
        .await;
    let tenant = || Some(TenantId::new("22222222-2222-2222-2222-222222222222"));
    let calls = (0..20)
        .map(|n| Call::arm(format!("/subscriptions/s{n}"), "2022-12-01"))
        .chain([
            Call::graph("/v1.0/servicePrincipals"),
            Call::search("docs", "/indexers", "2024-07-01"),
            Call::arm("/subscriptions/other", "2022-12-01").in_tenant(tenant()),
        ])
        .map(|call| lab.client.get(call));
    for result in futures::future::join_all(calls).await {
        result.unwrap();
    }
    let mut paths: Vec<String> = lab
        .ledger()
        .iter()
        .filter(|entry| entry.service == Service::Login)
        .map(|entry| entry.path.to_string())
        .collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/22222222-2222-2222-2222-222222222222/oauth2/v2.0/token",
            "/organizations/oauth2/v2.0/token",
            "/organizations/oauth2/v2.0/token",
            "/organizations/oauth2/v2.0/token",
        ]
    );
}

#[tokio::test]
async fn the_signed_in_principal_is_known() {
    let lab = Lab::start().await;
    assert_eq!(lab.client.caller(None), None);
    let caller = lab
        .client
        .sign_in(None, Audience::ResourceManager)
        .await
        .unwrap();
    assert_eq!(caller.label(), Some("ada@contoso.example"));
    assert_eq!(caller.credential, "loopback");
    assert_eq!(lab.client.caller(None), Some(caller));
    lab.client.forget_sign_in();
    assert_eq!(lab.client.caller(None), None);
}

#[tokio::test]
async fn every_service_has_its_own_base() {
    let lab = Lab::start().await;
    for at in [
        "/graph/v1.0/servicePrincipals",
        "/loganalytics/v1/workspaces/w/metadata",
        "/search/docs/indexers",
    ] {
        lab.get(at, json_answer(200, &json!({"value": [at]}))).await;
    }
    let calls = [
        Call::graph("/v1.0/servicePrincipals"),
        Call::logs("/v1/workspaces/w/metadata"),
        Call::search("Docs", "/indexers", "2024-07-01"),
    ];
    for call in calls {
        lab.client.get(call).await.unwrap();
    }
    let services: Vec<Service> = lab.reads().iter().map(|entry| entry.service).collect();
    assert_eq!(services, [Service::Graph, Service::Logs, Service::Search]);
}

#[tokio::test]
async fn a_named_query_is_posted() {
    let lab = Lab::start().await;
    let body = json!({"ids": ["a"], "types": ["user"]});
    Mock::given(method("POST"))
        .and(path("/graph/v1.0/directoryObjects/getByIds"))
        .and(body_json(&body))
        .respond_with(json_answer(200, &json!({"value": [{"id": "a"}]})))
        .mount(&lab.server)
        .await;
    let call = Call::graph("/v1.0/directoryObjects/getByIds");
    let answer = lab.client.query(call, body).await.unwrap();
    assert_eq!(answer.json["value"][0]["id"], "a");
}

#[tokio::test]
async fn an_answer_without_content_is_null() {
    let lab = Lab::start().await;
    lab.get("/tenants", ResponseTemplate::new(204)).await;
    let answer = lab
        .client
        .get(Call::arm("/tenants", "2022-12-01"))
        .await
        .unwrap();
    assert!(answer.json.is_null());
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_not_used_again() {
    // The last ten seconds of a token are not used: it could end on the way.
    let lab = Lab::with(crate::lab::quick(), crate::lab::Tokens::lasting(5)).await;
    lab.get("/tenants", json_answer(200, &json!({"value": []})))
        .await;
    for _ in 0..3 {
        lab.client
            .get(Call::arm("/tenants", "2022-12-01"))
            .await
            .unwrap();
    }
    let tokens = lab
        .ledger()
        .iter()
        .filter(|entry| entry.service == Service::Login)
        .count();
    assert_eq!(tokens, 3, "a token that is about to end is not used again");
}

#[tokio::test]
async fn the_version_that_a_cloud_offers_stands_in_for_ours() {
    let lab = Lab::start().await;
    let accounts = "/subscriptions/s/providers/Microsoft.Search/searchServices";
    let refusal = json!({"error": {"code": "InvalidResourceType",
        "message": "The resource type could not be found in the namespace 'Microsoft.Search' for api version '2025-05-01'."}});
    Mock::given(query_param("api-version", "2025-05-01"))
        .and(path(accounts))
        .respond_with(json_answer(404, &refusal))
        .mount(&lab.server)
        .await;
    Mock::given(query_param("api-version", "2023-11-01"))
        .and(path(accounts))
        .respond_with(json_answer(200, &json!({"value": [{"id": "a"}]})))
        .mount(&lab.server)
        .await;
    lab.get(
        "/subscriptions/s/providers/Microsoft.Search",
        json_answer(200, &json!({"namespace": "Microsoft.Search", "resourceTypes": [
            {"resourceType": "searchServices", "apiVersions": ["2024-03-01-preview", "2023-11-01", "2020-08-01"]}]})),
    )
    .await;
    let call = || Call::arm(accounts, "2025-05-01");
    let (one, two) = tokio::join!(lab.client.get(call()), lab.client.get(call()));
    assert_eq!(one.unwrap().api_version.as_deref(), Some("2023-11-01"));
    assert_eq!(two.unwrap().api_version.as_deref(), Some("2023-11-01"));
    let lists = |lab: &Lab| {
        let reads = lab.reads();
        reads
            .iter()
            .filter(|entry| entry.path.contains("providers/Microsoft.Search?"))
            .count()
    };
    assert_eq!(lists(&lab), 1, "the provider is asked once");
    let before = lab.reads().len();
    let third = lab.client.get(call()).await.unwrap();
    assert_eq!(third.api_version.as_deref(), Some("2023-11-01"));
    assert_eq!(lab.reads().len(), before + 1, "what worked is remembered");
}
