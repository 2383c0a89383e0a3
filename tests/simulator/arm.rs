//! Lists, items, pages and filters of ARM.

use serde_json::Value;

use crate::ground::{ELSEWHERE, Ground, SUBSCRIPTION, names};

#[tokio::test]
async fn lists_are_paged_and_complete_at_every_level() {
    let ground = Ground::new().await;
    let containers = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Storage/storageAccounts/stlab0/blobServices/default/containers?api-version=2025-01-01"
    );
    let (items, pages) = ground.all(&containers).await;
    assert_eq!((items.len(), pages), (12, 3));
    let first = ground.get(&containers).await.json();
    let next = first["nextLink"].as_str().unwrap();
    assert!(next.starts_with(ground.server.base()), "{next}");
    assert!(
        next.contains("api-version=2025-01-01") && next.contains("$skiptoken="),
        "{next}"
    );

    let (all, _) = ground
        .all(&format!(
            "{SUBSCRIPTION}/providers/microsoft.STORAGE/storageaccounts?api-version=2025-01-01"
        ))
        .await;
    assert_eq!(names(&all), ["stlab0", "stlab1", "stlab2", "stother"]);
    let (group, _) = ground
        .all(&format!("{SUBSCRIPTION}/RESOURCEGROUPS/RG-LAB/providers/Microsoft.Storage/storageAccounts?api-version=2025-01-01"))
        .await;
    assert_eq!(group.len(), 3);
    assert!(group[0]["properties"]["networkAcls"].is_object());
    let (groups, _) = ground
        .all(&format!(
            "{SUBSCRIPTION}/resourcegroups?api-version=2025-04-01"
        ))
        .await;
    assert_eq!(names(&groups), ["rg-lab", "rg-other"]);
    let (tenants, _) = ground.all("/tenants?api-version=2022-12-01").await;
    assert_eq!(tenants.len(), 2);
}

#[tokio::test]
async fn a_wrong_skip_token_or_top_is_refused() {
    let ground = Ground::new().await;
    let path = format!("{SUBSCRIPTION}/resources?api-version=2025-04-01");
    for (query, code) in [
        ("&$skiptoken=%21%21", "InvalidSkipTokenInQueryString"),
        ("&$skiptoken=Zm9v", "InvalidSkipTokenInQueryString"),
        ("&$top=0", "InvalidTopInQueryString"),
        ("&$top=many", "InvalidTopInQueryString"),
    ] {
        let answer = ground.get(&format!("{path}{query}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code));
    }
}

#[tokio::test]
async fn generic_resources_have_no_properties_and_can_be_filtered() {
    let ground = Ground::new().await;
    let base = format!("{SUBSCRIPTION}/resources?api-version=2025-04-01");
    let (all, pages) = ground.all(&base).await;
    assert_eq!((all.len(), pages), (8, 2));
    assert!(all.iter().all(|item| item.get("properties").is_none()));
    for (filter, expected) in [
        ("resourceType eq 'microsoft.storage/STORAGEACCOUNTS'", 4),
        (
            "resourceType eq 'Microsoft.Storage/storageAccounts' and resourceGroup eq 'RG-OTHER'",
            1,
        ),
        ("name eq 'stlab1'", 1),
        ("substringof('lab', name)", 5),
        ("location eq 'centralus'", 8),
        (
            "identity/principalId eq '50000000-0000-4000-8000-000000000003'",
            3,
        ),
        ("tagName eq 'n' and tagValue eq 'stlab2'", 1),
        ("name ne 'stlab1'", 7),
    ] {
        let (items, _) = ground
            .all(&format!("{base}&$filter={}", filter.replace(' ', "%20")))
            .await;
        assert_eq!(items.len(), expected, "{filter}");
    }
    let refused = ground
        .get(&format!("{base}&$filter=colour%20eq%20'red'"))
        .await;
    assert_eq!(refused.code(), "InvalidFilterInQueryString");
    let (top, _) = ground.all(&format!("{base}&$top=1")).await;
    assert_eq!(
        top.len(),
        8,
        "a small $top makes small pages, not a short list"
    );
    assert_eq!(ground.get(&format!("{base}&$top=1")).await.names().len(), 1);
    let (expanded, _) = ground
        .all(&format!("{base}&$expand=createdTime,provisioningState"))
        .await;
    let cosmos = expanded
        .iter()
        .find(|item| item["name"] == "cosmoslab")
        .unwrap();
    assert_eq!(cosmos["createdTime"], "2026-01-01T00:00:00Z");
}

#[tokio::test]
async fn items_are_found_whatever_their_casing_and_dates_are_relative_to_the_start() {
    let ground = Ground::new().await;
    let answer = ground
        .get(&format!("//{}/resourcegroups/RG-LAB/PROVIDERS/microsoft.storage/STORAGEACCOUNTS/StLab0/?API-VERSION=2025-01-01", SUBSCRIPTION.trim_start_matches('/')))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["type"], "Microsoft.Storage/storageAccounts");
    let created = body["properties"]["creationTime"].as_str().unwrap();
    let created =
        time::OffsetDateTime::parse(created, &time::format_description::well_known::Rfc3339)
            .unwrap();
    let age = time::OffsetDateTime::now_utc() - created;
    assert_eq!(age.whole_days(), 2);
}

#[tokio::test]
async fn children_inside_their_parent_can_be_asked_for_on_their_own() {
    let ground = Ground::new().await;
    let account = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Storage/storageAccounts/stlab1"
    );
    let (items, _) = ground
        .all(&format!(
            "{account}/privateEndpointConnections?api-version=2025-01-01"
        ))
        .await;
    assert_eq!(names(&items), ["pe1"]);
    let one = ground
        .get(&format!(
            "{account}/privateEndpointConnections/PE1?api-version=2025-01-01"
        ))
        .await;
    assert_eq!(one.json()["name"], "pe1");
    let (empty, _) = ground
        .all(&format!(
            "{account}/blobServices/default/containers?api-version=2025-01-01"
        ))
        .await;
    assert!(empty.is_empty());
    // `locations` of a Cosmos account carry ids too, but are no resources.
    let cosmos = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.DocumentDB/databaseAccounts/cosmoslab"
    );
    let refused = ground
        .get(&format!("{cosmos}/locations?api-version=2024-11-15"))
        .await;
    assert_eq!(refused.code(), "InvalidResourceType");
}

#[tokio::test]
async fn diagnostic_settings_never_page_and_their_errors_have_no_wrapper() {
    let ground = Ground::new().await;
    let search =
        format!("{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Search/searchServices");
    let list = ground
        .get(&format!("{search}/srch-lab/providers/microsoft.insights/diagnosticSettings?api-version=2021-05-01-preview"))
        .await;
    assert_eq!(list.names().len(), 7);
    for path in [
        "srch-lab/providers/Microsoft.Insights/diagnosticSettings/none",
        "nothing/providers/Microsoft.Insights/diagnosticSettings",
    ] {
        let missing = ground
            .get(&format!("{search}/{path}?api-version=2021-05-01-preview"))
            .await;
        assert_eq!(missing.status, 404);
        assert_eq!(missing.json()["code"], "ResourceNotFound");
    }
}

#[tokio::test]
async fn old_versions_do_not_show_what_they_do_not_know() {
    let ground = Ground::new().await;
    let service = format!(
        "{SUBSCRIPTION}/resourceGroups/rg-lab/providers/Microsoft.Search/searchServices/srch-lab"
    );
    for (version, bypass) in [("2025-05-01", Some("AzureServices")), ("2022-09-01", None)] {
        let item = ground
            .get(&format!("{service}?api-version={version}"))
            .await
            .json();
        assert_eq!(
            item["properties"]["networkRuleSet"]["bypass"].as_str(),
            bypass
        );
        let list = format!(
            "{SUBSCRIPTION}/providers/Microsoft.Search/searchServices?api-version={version}"
        );
        let (items, _) = ground.all(&list).await;
        assert_eq!(
            items[0]["properties"]["networkRuleSet"]["bypass"].as_str(),
            bypass
        );
    }
}

#[tokio::test]
async fn providers_are_seen_from_where_they_are_asked() {
    let ground = Ground::new().await;
    let (all, _) = ground
        .all(&format!("{SUBSCRIPTION}/providers?api-version=2025-04-01"))
        .await;
    assert_eq!(all.len(), 4);
    let one = ground
        .get(&format!(
            "{SUBSCRIPTION}/providers/microsoft.storage?api-version=2025-04-01"
        ))
        .await
        .json();
    assert_eq!(
        one["id"],
        format!("{SUBSCRIPTION}/providers/Microsoft.Storage")
    );
    assert_eq!(one["resourceTypes"][0]["apiVersions"][0], "2025-01-01");
    let tenant = ground
        .get("/providers/Microsoft.Storage?api-version=2025-04-01")
        .await
        .json();
    assert!(tenant.get("registrationState").is_none());
    let unknown = ground
        .get("/providers/Microsoft.Nonsense?api-version=2025-04-01")
        .await;
    assert_eq!(
        (unknown.status, unknown.code().as_str()),
        (404, "InvalidResourceNamespace")
    );
}

#[tokio::test]
async fn a_token_sees_the_subscriptions_of_its_own_tenant_only() {
    let ground = Ground::new().await;
    let (own, _) = ground.all("/subscriptions?api-version=2022-12-01").await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["displayName"], "lab");
    let refused = ground
        .get(&format!("{ELSEWHERE}/resources?api-version=2025-04-01"))
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (401, "InvalidAuthenticationTokenTenant")
    );
    assert!(
        refused
            .header("www-authenticate")
            .contains("https://login.windows.net/bbbbbbbb-0000-4000-8000-00000000000b")
    );
    let token = ground.token_for("fabrikam.com", crate::ground::ARM).await;
    let other = ground
        .get_as(&format!("{ELSEWHERE}?api-version=2022-12-01"), &token)
        .await;
    assert_eq!(other.json()["displayName"], "elsewhere");
}

#[tokio::test]
async fn answers_carry_azures_headers_and_are_compressed_for_those_who_ask() {
    let ground = Ground::new().await;
    let path = format!("{SUBSCRIPTION}/resources?api-version=2025-04-01");
    let plain = ground.get(&path).await;
    for name in [
        "x-ms-request-id",
        "x-ms-correlation-request-id",
        "x-ms-routing-request-id",
        "date",
    ] {
        assert!(!plain.header(name).is_empty(), "{name}");
    }
    let left = |answer: &crate::ground::Answer| -> u32 {
        answer
            .header("x-ms-ratelimit-remaining-subscription-reads")
            .parse()
            .unwrap()
    };
    let before = left(&plain);
    assert!(left(&ground.get(&path).await) <= before);
    let raw = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .build()
        .unwrap();
    let token = ground.token_for("common", crate::ground::ARM).await;
    let packed = raw
        .get(format!("{}{path}", ground.server.base()))
        .bearer_auth(&token)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(&packed.bytes().await.unwrap()[..2], [0x1f, 0x8b]);
    let echoed = crate::ground::finish(
        ground
            .request(reqwest::Method::GET, &path)
            .bearer_auth(&token)
            .header("x-ms-client-request-id", "mine")
            .header("x-ms-return-client-request-id", "true"),
    )
    .await;
    assert_eq!(echoed.header("x-ms-client-request-id"), "mine");
}

#[tokio::test]
async fn resource_graph_answers_the_simple_and_refuses_the_rest_clearly() {
    let ground = Ground::new().await;
    let path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01";
    let answer = ground
        .send("POST", path, r#"{"query": "resources | where type =~ 'Microsoft.Storage/storageAccounts' | project name, resourceGroup | limit 3"}"#)
        .await
        .json();
    assert_eq!(answer["count"], 3);
    assert_eq!(answer["data"][0]["resourceGroup"], "rg-lab");
    assert_eq!(answer["resultTruncated"], "false");
    for query in [
        "resources | summarize count()",
        "securityresources",
        "resources | where name == 'x'",
        "resources | project a=b",
    ] {
        let refused = ground
            .send(
                "POST",
                path,
                &serde_json::json!({"query": query}).to_string(),
            )
            .await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "BadRequest"),
            "{query}"
        );
    }
    assert_eq!(ground.server.counters().writes, 0, "a query is no write");
}

#[tokio::test]
async fn the_activity_log_wants_a_start_and_keeps_to_it() {
    let ground = Ground::new().await;
    let path = format!(
        "{SUBSCRIPTION}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01"
    );
    let since = |hours: i64| {
        let at = time::OffsetDateTime::now_utc() - time::Duration::hours(hours);
        at.format(&time::format_description::well_known::Rfc3339)
            .unwrap()
    };
    for (filter, expected) in [
        (format!("eventTimestamp ge '{}'", since(2)), "e1"),
        (format!("eventTimestamp ge '{}'", since(96)), "e1e2"),
        (
            format!(
                "eventTimestamp ge '{}' and resourceGroupName eq 'RG-OTHER'",
                since(96)
            ),
            "e2",
        ),
        (
            format!(
                "eventTimestamp ge '{}' and eventTimestamp le '{}'",
                since(96),
                since(3)
            ),
            "e2",
        ),
    ] {
        let (events, _) = ground
            .all(&format!("{path}&$filter={}", filter.replace(' ', "%20")))
            .await;
        let found: String = events
            .iter()
            .filter_map(|event| event["eventDataId"].as_str())
            .collect();
        assert_eq!(found, expected, "{filter}");
    }
    for filter in [
        format!("eventTimestamp ge '{}'", since(24 * 91)),
        format!("eventTimestamp ge '{}' and caller eq 'ada'", since(2)),
        format!(
            "eventTimestamp ge '{}' and resourceGroupName eq 'a' and correlationId eq 'b'",
            since(2)
        ),
        format!("eventTimestamp le '{}'", since(2)),
    ] {
        let refused = ground
            .get(&format!("{path}&$filter={}", filter.replace(' ', "%20")))
            .await;
        assert_eq!(refused.status, 400, "{filter}");
    }
    let start = format!("&$filter=eventTimestamp%20ge%20'{}'", since(2));
    let chosen = ground
        .get(&format!("{path}{start}&$select=operationName,status"))
        .await
        .json();
    assert_eq!(
        chosen["value"][0]["caller"],
        Value::Null,
        "it cannot be selected"
    );
    assert!(chosen["value"][0]["operationName"].is_object());
    assert_eq!(
        ground
            .get(&format!("{path}{start}&$select=caller"))
            .await
            .status,
        400
    );
    let refused = ground.get(&path).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "BadRequest")
    );
}

#[tokio::test]
async fn identities_and_tags_are_told_from_their_resource() {
    let ground = Ground::new().await;
    let group = format!("{SUBSCRIPTION}/resourceGroups/rg-lab");
    let search = format!("{group}/providers/Microsoft.Search/searchServices/srch-lab");
    let path = |scope: &str| {
        format!(
            "{scope}/providers/Microsoft.ManagedIdentity/identities/default?api-version=2024-11-30"
        )
    };
    let identity = ground.get(&path(&search)).await.json();
    assert_eq!(
        identity["properties"]["principalId"],
        crate::ground::SERVICE
    );
    assert_eq!(
        identity["properties"]["clientId"],
        "50000000-0000-4000-8000-0000000000aa"
    );
    let account = format!("{group}/providers/Microsoft.Storage/storageAccounts/stlab0");
    for scope in [account.clone(), format!("{account}x")] {
        assert_eq!(ground.get(&path(&scope)).await.code(), "ResourceNotFound");
    }
    let tags = ground
        .get(&format!(
            "{account}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01"
        ))
        .await
        .json();
    assert_eq!(tags["properties"]["tags"]["n"], "stlab0");
}
