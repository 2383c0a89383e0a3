//! What must not leave does not leave, and stands in the ledger as stopped.

use hopscope::azure::client::{ApiVersion, Call, Target};
use hopscope::model::cloud::Audience;
use hopscope::model::issue::IssueKind;
use hopscope::model::ledger::Outcome;
use serde_json::json;
use url::Url;
use wiremock::ResponseTemplate;

use crate::lab::{Lab, json_answer};

#[tokio::test]
async fn a_stopped_call_never_reaches_the_server() {
    let lab = Lab::start().await;
    let account =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st";
    let keys = Call::arm(format!("{account}/listKeys"), "2023-05-01");
    let away = Call::of(
        Audience::ResourceManager,
        Target::Absolute(Url::parse("https://evil.example/subscriptions").unwrap()),
        ApiVersion::None,
    );
    let secret = Call::arm("/subscriptions?sig=hidden", "2022-12-01");
    let mut reasons = Vec::new();
    for call in [keys.clone(), away, secret] {
        let error = lab.client.get(call).await.unwrap_err();
        assert_eq!(error.kind(), Some(IssueKind::Withheld));
        reasons.push(error.to_string());
    }
    let error = lab.client.query(keys, json!({})).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Withheld));
    let write = Call::arm(account, "2023-05-01");
    let error = lab
        .client
        .query(write, json!({"properties": {}}))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Withheld));

    assert!(lab.server.received_requests().await.unwrap().is_empty());
    let ledger = lab.ledger();
    assert_eq!(ledger.len(), 5);
    for (entry, reason) in ledger.iter().zip(&reasons) {
        assert_eq!(entry.outcome, Outcome::Stopped(reason.as_str().into()));
    }
    assert!(!format!("{ledger:?}").contains("hidden"));
}

#[tokio::test]
async fn a_redirect_out_of_the_cloud_is_refused_and_reported() {
    for (status, name) in [
        (302, "location"),
        (307, "location"),
        (202, "azure-asyncoperation"),
    ] {
        let lab = Lab::start().await;
        let answer =
            ResponseTemplate::new(status).insert_header(name, "https://evil.example/steal");
        lab.get("/subscriptions", answer).await;
        let error = lab
            .client
            .get(Call::arm("/subscriptions", "2022-12-01"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Some(IssueKind::Withheld));
        assert!(error.to_string().contains("evil.example"), "{error}");
        let reads = lab.reads();
        let [answered, stopped] = reads.as_slice() else {
            panic!("the answer and what was stopped: {reads:?}");
        };
        assert_eq!(answered.status, Some(status));
        assert!(matches!(stopped.outcome, Outcome::Stopped(_)));
        assert_eq!(&*stopped.host, "evil.example");
    }
}

#[tokio::test]
async fn a_redirect_within_the_cloud_is_not_followed_either() {
    let lab = Lab::start().await;
    let answer = ResponseTemplate::new(302).insert_header("location", "/subscriptions/other");
    lab.get("/subscriptions", answer).await;
    lab.get("/subscriptions/other", json_answer(200, &json!({})))
        .await;
    let error = lab
        .client
        .get(Call::arm("/subscriptions", "2022-12-01"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Failed));
    assert!(error.to_string().contains("redirect"), "{error}");
    assert_eq!(lab.reads().len(), 1);
}

#[tokio::test]
async fn a_service_that_the_cloud_does_not_have_is_unsupported() {
    let lab = Lab::start().await;
    let mut cloud = crate::lab::cloud_at(&lab.server.uri());
    cloud.graph = None;
    let client = hopscope::azure::client::Client::new(
        cloud,
        hopscope::azure::credential::Credentials::new(hopscope::azure::credential::Choice::Auto),
        |_| {},
        crate::lab::quick(),
    );
    let error = client.get(Call::graph("/v1.0/users")).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Unsupported));
    assert!(
        error
            .to_string()
            .contains("`lab` has no address for Microsoft Graph"),
        "{error}"
    );
    let error = client
        .get(Call::search("a/b", "/indexers", "2024-07-01"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Malformed));
}
