//! Log Analytics, on the scenarios inside the program.

use hopscope::simulator::Scenario;
use serde_json::{Value, json};

use crate::ground::{Answer, Ground, finish};

const WORKSPACE: &str = "5e0d5e52-3431-4760-818d-39aa0c9c2c42";

async fn ask(ground: &Ground, path: &str, token: &str, body: &Value) -> Answer {
    finish(
        ground
            .request(
                reqwest::Method::POST,
                &format!("/loganalytics/v1/{path}/query"),
            )
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(body.to_string()),
    )
    .await
}

async fn token(ground: &Ground) -> String {
    ground
        .token_for("organizations", "https://api.loganalytics.io/.default")
        .await
}

fn kql(text: &str) -> Value {
    json!({ "query": text, "timespan": "P1D" })
}

#[tokio::test]
async fn a_query_is_answered_by_the_table_that_it_reads() {
    let ground = Ground::on(&Scenario::load("broken-indexer").unwrap(), |_| {}).await;
    let token = token(&ground).await;
    let workspace = format!("workspaces/{WORKSPACE}");
    let rows = async |query: &str| {
        let answer = ask(&ground, &workspace, &token, &kql(query)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["tables"][0]["rows"].as_array().unwrap().len()
    };
    assert_eq!(rows("// why\nStorageBlobLogs | where true").await, 5);
    assert_eq!(
        rows("AzureDiagnostics | where ResourceProvider == \"MICROSOFT.SEARCH\"").await,
        1
    );
    assert_eq!(
        rows("AzureDiagnostics | where ResourceProvider == \"X\"").await,
        0
    );
    assert_eq!(
        rows("union isfuzzy=true\n(AZKVAuditLogs | take 1),\n(AzureDiagnostics | take 1)").await,
        0
    );
    let resource = "subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc/providers/Microsoft.Storage/storageAccounts/stragdev";
    let own = ask(&ground, resource, &token, &kql("StorageBlobLogs")).await;
    assert_eq!(own.json()["tables"][0]["rows"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn what_is_not_there_and_who_may_not_are_refused_as_the_service_does() {
    let ground = Ground::on(&Scenario::load("broken-indexer").unwrap(), |_| {}).await;
    let token = token(&ground).await;
    let workspace = format!("workspaces/{WORKSPACE}");
    let missing = ask(
        &ground,
        &workspace,
        &token,
        &kql("CDBDataPlaneRequests | take 1"),
    )
    .await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (400, "BadArgumentError")
    );
    let inner = &missing.json()["error"]["innererror"];
    assert_eq!(inner["code"], "SemanticError");
    assert!(
        inner["innererror"]["message"]
            .as_str()
            .unwrap()
            .contains("'CDBDataPlaneRequests'")
    );
    let empty = ask(&ground, &workspace, &token, &json!({ "timespan": "P1D" })).await;
    assert_eq!(empty.code(), "BadArgumentError");
    let nowhere = ask(&ground, "workspaces/none", &token, &kql("X")).await;
    assert_eq!(
        (nowhere.status, nowhere.code().as_str()),
        (404, "WorkspaceNotFoundError")
    );
    let arm = ground.token_for("organizations", crate::ground::ARM).await;
    let foreign = ask(&ground, &workspace, &arm, &kql("StorageBlobLogs")).await;
    assert_eq!(
        (foreign.status, foreign.code().as_str()),
        (401, "InvalidTokenError")
    );
    let denied = Ground::on(&Scenario::load("denied").unwrap(), |_| {}).await;
    let refused = ask(&denied, &workspace, &token, &kql("StorageBlobLogs")).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "InsufficientAccessError")
    );
}

#[tokio::test]
async fn a_refusal_that_is_still_to_come_is_not_there() {
    let ground = Ground::on(&Scenario::load("foundry-cmk").unwrap(), |_| {}).await;
    let token = token(&ground).await;
    let answer = ask(
        &ground,
        &format!("workspaces/{WORKSPACE}"),
        &token,
        &kql("CDBDataPlaneRequests"),
    )
    .await;
    assert_eq!(answer.json()["tables"][0]["rows"], json!([]));
}
