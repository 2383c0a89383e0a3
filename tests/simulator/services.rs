//! AI Search's data plane and Microsoft Graph.

use crate::ground::{ADA, BOB, Ground, SERVICE, TENANT, finish};

#[tokio::test]
async fn search_definitions_are_served_to_those_with_a_search_token() {
    let ground = Ground::new().await;
    let token = ground
        .token_for(TENANT, "https://search.azure.com/.default")
        .await;
    let get = async |path: &str| {
        ground
            .get_as(
                &format!(
                    "/search/{path}{}api-version=2025-09-01",
                    if path.contains('?') { "&" } else { "?" }
                ),
                &token,
            )
            .await
    };
    let indexers = get("srch-lab/indexers").await;
    assert_eq!(indexers.names(), ["docs-indexer"]);
    assert_eq!(
        indexers.json()["@odata.context"],
        "https://srch-lab.search.windows.net/$metadata#indexers"
    );
    assert_eq!(
        get("SRCH-LAB/indexers('DOCS-indexer')").await.json()["dataSourceName"],
        "docs"
    );
    assert_eq!(
        get("srch-lab/indexers/docs-indexer/status").await.json()["lastResult"]["status"],
        "transientFailure"
    );
    assert!(
        get("srch-lab/datasources/docs").await.json()["credentials"]["connectionString"].is_null()
    );
    assert_eq!(
        get("srch-lab/indexes/docs/stats").await.json()["documentCount"],
        42
    );
    let selected = get("srch-lab/indexes?$select=name").await.json();
    assert_eq!(selected["value"][0].as_object().unwrap().len(), 1);
    let missing = get("srch-lab/indexes/none").await;
    assert_eq!(
        (missing.status, missing.message().as_str()),
        (
            404,
            "No index with the name 'none' was found in the service 'srch-lab'."
        )
    );
    assert_eq!(get("srch-lab/synonymmaps").await.names().len(), 0);
    assert_eq!(get("srch-none/indexers").await.status, 404);
    assert_eq!(
        get("srch-lab/servicestats").await.status,
        403,
        "a fault of the scenario"
    );
    let unversioned = ground.get_as("/search/srch-lab/indexers", &token).await;
    assert_eq!(unversioned.status, 400);
}

#[tokio::test]
async fn search_refuses_as_the_services_own_settings_say() {
    let ground = Ground::new().await;
    let token = ground
        .token_for(TENANT, "https://search.azure.com/.default")
        .await;
    let path = |service: &str| format!("/search/{service}/indexers?api-version=2025-09-01");
    for service in ["srch-keys", "srch-closed"] {
        let refused = ground.get_as(&path(service), &token).await;
        assert_eq!(
            (refused.status, refused.text.as_str()),
            (403, ""),
            "{service}"
        );
    }
    let nobody = finish(ground.request(reqwest::Method::GET, &path("srch-lab"))).await;
    assert_eq!(nobody.status, 401);
    assert!(
        nobody
            .header("www-authenticate")
            .contains("resource_id=\"https://search.azure.com\"")
    );
    let arm = ground.token_for(TENANT, crate::ground::ARM).await;
    assert_eq!(
        ground.get_as(&path("srch-lab"), &arm).await.status,
        401,
        "an ARM token is no search token"
    );
    let key = finish(
        ground
            .request(reqwest::Method::GET, &path("srch-lab"))
            .header("api-key", "00"),
    )
    .await;
    assert_eq!(key.status, 403);
}

#[tokio::test]
async fn graph_names_objects_and_their_groups() {
    let ground = Ground::new().await;
    let token = ground
        .token_for(TENANT, "https://graph.microsoft.com/.default")
        .await;
    let get = async |path: &str| ground.get_as(&format!("/graph/v1.0/{path}"), &token).await;
    assert_eq!(
        get("me").await.json()["userPrincipalName"],
        "ada@contoso.com"
    );
    assert_eq!(
        get(&format!("users/{ADA}?$select=displayName"))
            .await
            .json()["displayName"],
        "Ada"
    );
    assert_eq!(get("users/ada@contoso.com").await.json()["id"], ADA);
    let app = "50000000-0000-4000-8000-0000000000aa";
    for path in [
        format!("servicePrincipals/{SERVICE}"),
        format!("servicePrincipals(appId='{app}')"),
    ] {
        assert_eq!(get(&path).await.json()["displayName"], "srch-lab", "{path}");
    }
    let filtered = get(&format!("servicePrincipals?$filter=appId%20eq%20'{app}'"))
        .await
        .json();
    assert_eq!(filtered["value"].as_array().unwrap().len(), 1);
    let groups = get(&format!("users/{ADA}/transitiveMemberOf")).await.json();
    assert_eq!(groups["value"].as_array().unwrap().len(), 2);
    assert_eq!(groups["value"][0]["@odata.type"], "#microsoft.graph.group");
    assert_eq!(
        get(&format!("users/{ADA}/memberOf")).await.json()["value"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let outer = "90000000-0000-4000-8000-000000000002";
    let people = get(&format!(
        "groups/{outer}/transitiveMembers/microsoft.graph.user"
    ))
    .await
    .json();
    assert_eq!(people["value"][0]["displayName"], "Ada");
    let paged = get("groups?$top=1").await.json();
    let next = paged["@odata.nextLink"].as_str().unwrap();
    let second = ground.get_as(next, &token).await.json();
    assert!(second.get("@odata.nextLink").is_none());
    assert_ne!(paged["value"][0]["id"], second["value"][0]["id"]);
}

#[tokio::test]
async fn get_by_ids_leaves_out_what_it_does_not_know() {
    let ground = Ground::new().await;
    let token = ground
        .token_for(TENANT, "https://graph.microsoft.com/.default")
        .await;
    let post = async |body: serde_json::Value| {
        finish(
            ground
                .request(
                    reqwest::Method::POST,
                    "/graph/v1.0/directoryObjects/getByIds",
                )
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await
    };
    let unknown = "ffffffff-0000-4000-8000-000000000000";
    let all = post(serde_json::json!({"ids": [ADA, SERVICE, unknown]}))
        .await
        .json();
    assert_eq!(all["value"].as_array().unwrap().len(), 2);
    let users = post(serde_json::json!({"ids": [ADA, SERVICE], "types": ["user"]}))
        .await
        .json();
    assert_eq!(users["value"][0]["id"], ADA);
    for wrong in [
        serde_json::json!({"ids": ["nonsense"]}),
        serde_json::json!({}),
        serde_json::json!({"ids": vec![ADA; 1001]}),
    ] {
        let refused = post(wrong).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "Request_BadRequest")
        );
    }
    assert_eq!(ground.server.counters().writes, 0);
}

#[tokio::test]
async fn graph_errors_have_graphs_shape() {
    let ground = Ground::new().await;
    let token = ground
        .token_for(TENANT, "https://graph.microsoft.com/.default")
        .await;
    let missing = ground.get_as("/graph/v1.0/users/none", &token).await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (404, "Request_ResourceNotFound")
    );
    assert!(missing.json()["error"]["innerError"]["request-id"].is_string());
    let denied = ground
        .get_as(&format!("/graph/v1.0/users/{BOB}"), &token)
        .await;
    assert_eq!(
        (denied.status, denied.code().as_str()),
        (403, "Authorization_RequestDenied")
    );
    assert_eq!(
        denied.message(),
        "Insufficient privileges to complete the operation."
    );
    let arm = ground.get("/graph/v1.0/me").await;
    assert_eq!(
        (arm.status, arm.code().as_str()),
        (401, "InvalidAuthenticationToken")
    );
    assert_eq!(
        ground
            .get_as("/graph/v1.0/users?$filter=colour%20eq%20'red'", &token)
            .await
            .status,
        400
    );
    assert_eq!(ground.get_as("/graph/v1.0/sites", &token).await.status, 400);
}
