//! Tokens of several tenants in one call: exactly those that are meant, in the form that Azure takes,
//! to Resource Manager alone; and which of them was refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hopscope::azure::client::Call;
use hopscope::model::id::TenantId;
use hopscope::model::issue::IssueKind;
use hopscope::model::ledger::Outcome;
use serde_json::{Value, json};
use wiremock::Request;

use crate::lab::{Lab, SIGNATURE, json_answer};

const HOME: &str = "11111111-1111-1111-1111-111111111111";
const POOLS: &str = "22222222-2222-2222-2222-222222222222";
const THIRD: &str = "33333333-3333-3333-3333-333333333333";
const NETWORK: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";

fn network(others: &[&str]) -> Call {
    Call::arm(NETWORK, "2024-05-01")
        .in_tenant(Some(TenantId::new(HOME)))
        .with_auxiliary(others.iter().map(TenantId::new).collect())
}

/// The tenants of the tokens in a header, which must be `Bearer <token>`, parted by `, `.
fn tenants(request: &Request, header: &str) -> Vec<String> {
    let Some(value) = request.headers.get(header) else {
        return Vec::new();
    };
    let claims = |one: &str| -> Value {
        let token = one.strip_prefix("Bearer ").expect("a bearer token");
        let middle = token.split('.').nth(1).expect("claims");
        let bytes = URL_SAFE_NO_PAD.decode(middle).expect("base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let each = value.to_str().expect("text").split(", ");
    each.map(|one| claims(one)["tid"].as_str().expect("tid").to_owned())
        .collect()
}

async fn reads(lab: &Lab) -> Vec<Request> {
    let all = lab.server.received_requests().await.expect("recorded");
    all.into_iter()
        .filter(|one| one.method == wiremock::http::Method::GET)
        .collect()
}

#[tokio::test]
async fn other_tenants_tokens_go_along_and_are_told() {
    let lab = Lab::start().await;
    lab.get(NETWORK, json_answer(200, &json!({}))).await;
    lab.client.get(network(&[POOLS, THIRD])).await.unwrap();
    lab.client.get(network(&[])).await.unwrap();

    let reads = reads(&lab).await;
    let [with, without] = reads.as_slice() else {
        panic!("two reads: {reads:?}");
    };
    assert_eq!(tenants(with, "authorization"), [HOME]);
    assert_eq!(
        tenants(with, "x-ms-authorization-auxiliary"),
        [POOLS, THIRD]
    );
    assert_eq!(tenants(without, "authorization"), [HOME]);
    assert!(!without.headers.contains_key("x-ms-authorization-auxiliary"));

    let ledger = lab.reads();
    assert_eq!(ledger[0].tenant.as_deref(), Some(HOME));
    assert_eq!(*ledger[0].auxiliary_tenants, [POOLS.into(), THIRD.into()]);
    assert!(ledger[1].auxiliary_tenants.is_empty());
    assert!(!format!("{:?}", lab.events.lock().unwrap()).contains(SIGNATURE));
}

#[tokio::test]
async fn they_go_to_resource_manager_alone_and_three_at_most() {
    let lab = Lab::start().await;
    let others = vec![TenantId::new(POOLS)];
    let calls = [
        Call::graph("/v1.0/users").with_auxiliary(others.clone()),
        Call::search("srch", "/indexers", "2025-09-01").with_auxiliary(others.clone()),
        Call::logs("/v1/workspaces/w/metadata").with_auxiliary(others),
        network(&["a", "b", "c", "d"]),
    ];
    for call in calls {
        let error = lab.client.get(call).await.unwrap_err();
        assert_eq!(error.kind(), Some(IssueKind::Withheld), "{error}");
    }
    assert!(lab.server.received_requests().await.unwrap().is_empty());
    let ledger = lab.ledger();
    assert!(
        ledger
            .iter()
            .all(|entry| matches!(entry.outcome, Outcome::Stopped(_)))
    );
}

#[tokio::test]
async fn the_token_that_fails_the_call_is_named_and_none_is_shown() {
    let lab = Lab::start().await;
    let refusal = json!({"error": {
        "code": "InvalidAuthenticationToken",
        "message": format!("The access token of client 'app-of-the-lab' and tenant '{POOLS}' is invalid."),
    }});
    lab.get(NETWORK, json_answer(401, &refusal)).await;
    let error = lab.client.get(network(&[THIRD, POOLS])).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with(&format!(
            "the auxiliary token for tenant {POOLS} of app app-of-the-lab was refused"
        )),
        "{said}"
    );
    // Both are asked for anew once, as a token that is merely old would fail the same way.
    let reads = reads(&lab).await;
    assert_eq!(reads.len(), 2);
    assert_ne!(
        reads[0].headers["x-ms-authorization-auxiliary"],
        reads[1].headers["x-ms-authorization-auxiliary"]
    );
    assert!(!format!("{said}{:?}", lab.events.lock().unwrap()).contains(SIGNATURE));
}
