//! What hops are drawn from, read through the embedded Azure and through servers of our own: the
//! objects of each data plane arrive, refusals and keys-only services say so, and no secret is kept.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/reading.rs"]
mod reading;
mod support;

use std::path::Path;

use hopscope::cli::{Global, Knobs};
use hopscope::commands::session::Place;
use hopscope::config::ConfigFile;
use hopscope::model::facet::Facet;
use hopscope::model::field::Field;
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::issue::IssueKind;
use hopscope::model::key::{AppId, Key};
use hopscope::model::search::ConnectionString;
use hopscope::store::inventory::Memberships;
use hopscope::store::{Inventory, State};
use serde_json::{Value, json};
use support::{hopscope, problems};
use wiremock::matchers::{method, path, path_regex, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SUB: &str = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";
const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const COLLECTIONS: [(Facet, &str); 4] = [
    (Facet::Indexers, "indexers"),
    (Facet::DataSources, "datasources"),
    (Facet::Skillsets, "skillsets"),
    (Facet::Indexes, "indexes"),
];

/// Reads everything once.
async fn read(global: Global) -> Inventory {
    let knobs = Knobs {
        latency: Some(0),
        ..Knobs::default()
    };
    let place = Place::find(&global, &ConfigFile::default(), &knobs)
        .await
        .unwrap();
    Inventory::build(&reading::whole(place).await)
}

async fn demo(name: &str) -> Inventory {
    read(Global {
        demo: Some(name.to_owned()),
        ..Global::default()
    })
    .await
}

fn service() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUB}/resourceGroups/rg-rag-poc/providers/Microsoft.Search/searchServices/srch-rag-dev"
    ))
}

/// The names of what a scenario's service holds.
fn names_in(scenario: &str, collection: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!(
        "assets/scenarios/{scenario}/search/srch-rag-dev/{collection}.json"
    ));
    let text = std::fs::read_to_string(file).unwrap();
    let items: Vec<Value> = serde_json::from_str(&text).unwrap();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_data_plane_of_each_scenario_holds_arrives() {
    for scenario in ["broken-indexer", "healthy", "foundry-cmk"] {
        let inventory = demo(scenario).await;
        let service = service();
        for (facet, collection) in COLLECTIONS {
            assert_eq!(
                inventory.facet_state(&service, facet),
                Some(State::Known),
                "{scenario} {facet:?}"
            );
            let expected = names_in(scenario, collection);
            let found: Vec<String> = match facet {
                Facet::Indexers => inventory
                    .indexers(&service)
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
                Facet::DataSources => inventory
                    .data_sources(&service)
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
                Facet::Skillsets => inventory
                    .skillsets(&service)
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
                _ => inventory
                    .indexes(&service)
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
            };
            assert_eq!(found, expected, "{scenario} {facet:?}");
        }
        for name in names_in(scenario, "indexers") {
            let status = inventory.indexer_status(&service, &name).unwrap();
            assert_eq!(status.name, name);
            assert!(!status.runs().is_empty(), "{scenario} {name}");
        }
        for name in names_in(scenario, "indexes") {
            let statistics = inventory.index_statistics(&service, &name).unwrap();
            assert!(statistics.documents.value().is_some(), "{scenario} {name}");
        }
        for facet in [Facet::IndexerStatus, Facet::IndexStatistics] {
            assert_eq!(inventory.facet_state(&service, facet), Some(State::Known));
        }
        assert!(
            matches!(
                inventory.memberships(&PrincipalId::new(ADA)),
                Memberships::Known(_)
            ),
            "{scenario}"
        );
        // The directory of one of them tells nobody about service principals: ARM stands in.
        let is_closed = scenario == "broken-indexer";
        assert_eq!(inventory.snapshot().is_complete(), !is_closed, "{scenario}");
        let service = inventory.resource(&service).unwrap();
        let own = service
            .identity
            .value()
            .unwrap()
            .principal_id
            .value()
            .unwrap();
        let asked: Vec<usize> = inventory
            .assigned_to(own)
            .map(|(_, items)| items.len())
            .collect();
        match inventory.memberships(own) {
            Memberships::Known(_) => assert!(!is_closed && asked.is_empty(), "{scenario}"),
            Memberships::Refused { .. } => assert!(is_closed && asked[0] > 0, "{scenario}"),
            other => panic!("{scenario}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_around_roles_arrives() {
    let inventory = demo("broken-indexer").await;
    assert!(inventory.eligible_roles().count() >= 1);
    assert!(inventory.active_roles().count() >= 1);
    assert_eq!(inventory.network_perimeters().count(), 1);
    let perimeter = inventory.network_perimeters().next().unwrap().id.clone();
    assert_eq!(inventory.perimeter_associations(&perimeter).len(), 1);
    // Its one member is in another group: no resource in view is associated.
    assert!(inventory.perimeter_profiles(&perimeter).is_empty());
    assert!(
        inventory
            .snapshot()
            .slices()
            .any(|(key, slice)| { matches!(key, Key::Locks(_)) && slice.state() == State::Known })
    );

    let whole = read(Global {
        demo: Some("broken-indexer".to_owned()),
        subscriptions: vec![SUB.to_owned()],
        ..Global::default()
    })
    .await;
    let levels: Vec<_> = whole.locks().filter_map(|lock| lock.level.text()).collect();
    assert!(levels.contains(&"CanNotDelete"), "{levels:?}");
    let profile = &whole.perimeter_profiles(&perimeter)[0];
    assert_eq!(whole.perimeter_rules(&profile.id)[0].rule.name, "office");
}

#[tokio::test(flavor = "multi_thread")]
async fn cosmos_own_principal_is_found_where_a_customers_key_is() {
    let inventory = demo("foundry-cmk").await;
    let app = AppId::new(hopscope::model::access::COSMOS_APP_ID);
    let found: Vec<_> = inventory.service_principals_of(&app).collect();
    let [(slice, Some(principal))] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(slice.state(), State::Known);
    assert!(principal.kind.is("servicePrincipal"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_plane_that_refuses_is_denied_and_says_what_that_tells() {
    let inventory = demo("denied").await;
    let service = service();
    for (facet, _) in COLLECTIONS {
        let slice = inventory.facet(&service, facet).unwrap();
        assert_eq!(slice.state(), State::Denied, "{facet:?}");
        let issue = slice.trouble().unwrap();
        assert_eq!(issue.status, Some(403));
        assert!(
            issue.message.contains("does not tell which"),
            "{}",
            issue.message
        );
        assert!(
            issue
                .right
                .as_deref()
                .unwrap()
                .starts_with("Microsoft.Search/searchServices/")
        );
        assert_eq!(issue.role, Some("Reader"));
    }
    for facet in [Facet::IndexerStatus, Facet::IndexStatistics] {
        assert_eq!(inventory.facet_state(&service, facet), Some(State::Denied));
    }
    assert!(matches!(
        inventory.memberships(&PrincipalId::new(ADA)),
        Memberships::Refused { issue, .. } if issue.kind == IssueKind::Denied
    ));
    assert!(!inventory.snapshot().is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_takes_keys_only_is_not_asked_and_nothing_is_missing() {
    let inventory = demo("open-poc").await;
    let service = service();
    for (facet, _) in COLLECTIONS {
        let slice = inventory.facet(&service, facet).unwrap();
        assert_eq!(slice.state(), State::Unsupported, "{facet:?}");
        assert!(slice.trouble().unwrap().message.contains("API keys only"));
    }
    let status = inventory.facet_state(&service, Facet::IndexerStatus);
    assert_eq!(status, Some(State::Unsupported));
    assert!(inventory.snapshot().is_complete());
    let asked = inventory.snapshot().requests();
    let data_plane = asked.filter(|call| call.service == hopscope::model::ledger::Service::Search);
    assert_eq!(data_plane.count(), 0);
}

#[test]
fn the_report_names_the_new_facets() {
    for (scenario, state) in [
        ("healthy", "known"),
        ("denied", "denied"),
        ("open-poc", "unsupported"),
    ] {
        let ran = hopscope(&[
            "check",
            "--format",
            "json",
            "--fail-on",
            "never",
            "--demo",
            scenario,
        ]);
        assert_eq!(ran.code, 0, "{scenario}: {}", ran.stderr);
        let report = ran.json();
        assert_eq!(problems(&report), Vec::<String>::new(), "{scenario}");
        let resources = report["resources"].as_array().unwrap();
        let service = resources
            .iter()
            .find(|one| one["name"] == "srch-rag-dev")
            .unwrap();
        for facet in [
            "indexers",
            "indexerStatus",
            "dataSources",
            "skillsets",
            "indexes",
            "indexStatistics",
        ] {
            assert_eq!(service["facets"][facet], state, "{scenario} {facet}");
        }
        let unread = report["notRead"].as_array().unwrap();
        let named = unread
            .iter()
            .any(|one| one["what"] == "dataSources" && one["state"] == "denied");
        assert_eq!(named, scenario == "denied");
    }
}

/// A server with one search service that takes tokens, and everything else empty.
async fn lab(properties: Value) -> (MockServer, tempfile::TempDir, Global) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path_regex(r"^/[^/]+/oauth2/v2\.0/token$"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "token_type": "Bearer", "access_token": "opaque", "expires_in": 3600
        })))
        .mount(&server)
        .await;
    let lists: [(String, Value); 2] = [
        (
            "/subscriptions".into(),
            json!([{ "id": format!("/subscriptions/{SUB}"), "subscriptionId": SUB, "displayName": "lab", "state": "Enabled" }]),
        ),
        (
            format!("/subscriptions/{SUB}/providers/Microsoft.Search/searchServices"),
            json!([{ "id": service().as_str(), "name": "srch-rag-dev", "properties": properties }]),
        ),
    ];
    for (at, items) in lists {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "value": items })))
            .mount(&server)
            .await;
    }
    Mock::given(method("GET"))
        .and(path_regex("^/(tenants$|subscriptions/)"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "value": [] })))
        .with_priority(9)
        .mount(&server)
        .await;
    let folder = tempfile::tempdir().unwrap();
    let base = server.uri();
    let file = folder.path().join("cloud.toml");
    std::fs::write(
        &file,
        format!("name = \"lab\"\nresource_manager = \"{base}\"\nauthority = \"{base}\"\nsearch = \"{base}/search/{{service}}\"\nportal = \"https://portal.azure.com\"\n"),
    )
    .unwrap();
    let global = Global {
        cloud_file: Some(file),
        ..Global::default()
    };
    (server, folder, global)
}

fn at(collection: &str) -> String {
    format!("/search/srch-rag-dev/{collection}")
}

async fn answer(server: &MockServer, version: &str, tail: &str, body: Value) {
    Mock::given(method("GET"))
        .and(path(at(tail)))
        .and(query_param("api-version", version))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

fn tokens() -> Value {
    json!({ "disableLocalAuth": true, "authOptions": null })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_definition_is_kept_anywhere() {
    const SECRET: &str = "c3VwZXJzZWNyZXQ";
    let (server, _folder, global) = lab(tokens()).await;
    let bodies = [
        (
            "datasources",
            json!([
                { "name": "key", "credentials": { "connectionString": format!("AccountName=st;AccountKey={SECRET}==;") } },
                { "name": "sas", "credentials": { "connectionString": format!("BlobEndpoint=https://st.blob.core.windows.net/;SharedAccessSignature=sv=1&sig={SECRET}") } },
            ]),
        ),
        (
            "indexers",
            json!([{ "name": "ix", "cache": { "storageConnectionString": format!("AccountName=st;AccountKey={SECRET}") } }]),
        ),
        (
            "skillsets",
            json!([{ "name": "ss", "skills": [
            { "@odata.type": "#Microsoft.Skills.Text.AzureOpenAIEmbeddingSkill", "apiKey": SECRET },
            { "@odata.type": "#Microsoft.Skills.Custom.WebApiSkill", "uri": format!("https://f/x?code={SECRET}"), "httpHeaders": { "k": SECRET } },
        ], "cognitiveServices": { "@odata.type": "#Microsoft.Azure.Search.CognitiveServicesByKey", "key": SECRET } }]),
        ),
        (
            "indexes",
            json!([{ "name": "in", "vectorSearch": { "vectorizers": [{ "name": "v", "kind": "azureOpenAI", "azureOpenAIParameters": { "apiKey": SECRET } }] },
            "encryptionKey": { "accessCredentials": { "applicationSecret": SECRET } } }]),
        ),
    ];
    for (collection, items) in bodies {
        answer(&server, "2025-09-01", collection, json!({ "value": items })).await;
    }
    let message = format!("GET https://st.blob.core.windows.net/c?sv=1&sig={SECRET} failed");
    answer(&server, "2025-09-01", "indexers/ix/status", json!({ "status": "error", "lastResult": { "status": "transientFailure", "errorMessage": message } })).await;
    answer(
        &server,
        "2025-09-01",
        "indexes/in/stats",
        json!({ "documentCount": 1, "storageSize": 1 }),
    )
    .await;
    let inventory = read(global).await;
    let service = service();
    let kinds: Vec<_> = inventory
        .data_sources(&service)
        .iter()
        .map(|one| one.connection.clone())
        .collect();
    assert!(
        matches!(kinds[0], Field::Value(ConnectionString::AccountKey(_))),
        "{kinds:?}"
    );
    assert!(
        matches!(kinds[1], Field::Value(ConnectionString::Sas(_))),
        "{kinds:?}"
    );
    assert!(
        inventory.skillsets(&service)[0].skills.items()[0]
            .api_key
            .value()
            .is_some()
    );
    let status = inventory.indexer_status(&service, "ix").unwrap();
    assert!(status.raw.to_string().contains("<removed>"));
    let everything = format!("{inventory:?}");
    assert!(everything.contains("srch-rag-dev"));
    if let Some(at) = everything.find(SECRET) {
        panic!("{}", &everything[at.saturating_sub(300)..at]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_know_the_version_is_asked_in_the_one_before() {
    let (server, _folder, global) = lab(tokens()).await;
    for (_, collection) in COLLECTIONS {
        Mock::given(method("GET"))
            .and(path(at(collection)))
            .and(query_param("api-version", "2025-09-01"))
            .respond_with(ResponseTemplate::new(400).set_body_json(json!({ "error": { "code": "", "message": "The request is invalid. Details: The api-version '2025-09-01' is not supported." } })))
            .mount(&server)
            .await;
        let items = json!([{ "name": "one" }]);
        answer(&server, "2024-07-01", collection, json!({ "value": items })).await;
    }
    let inventory = read(global).await;
    let source = &inventory.data_sources(&service())[0];
    assert_eq!(&*source.source.api_version, "2024-07-01");
    assert_eq!(source.identity, Field::Unreported("2025-09-01"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_status_that_fails_does_not_hide_the_others() {
    let (server, _folder, global) = lab(tokens()).await;
    answer(
        &server,
        "2025-09-01",
        "indexers",
        json!({ "value": [{ "name": "good" }, { "name": "bad" }, { "name": "gone" }] }),
    )
    .await;
    for collection in ["datasources", "skillsets", "indexes"] {
        answer(&server, "2025-09-01", collection, json!({ "value": [] })).await;
    }
    answer(
        &server,
        "2025-09-01",
        "indexers/good/status",
        json!({ "name": "good", "status": "running", "lastResult": null, "executionHistory": [] }),
    )
    .await;
    answer(&server, "2025-09-01", "indexers/bad/status", json!("odd")).await;
    let inventory = read(global).await;
    let service = service();
    assert!(inventory.indexer_status(&service, "good").is_some());
    assert!(inventory.indexer_status(&service, "bad").is_none());
    assert_eq!(
        inventory.facet_state(&service, Facet::IndexerStatus),
        Some(State::Failed)
    );
    let unread: Vec<String> = inventory
        .snapshot()
        .unread()
        .map(|(key, _)| key.to_string())
        .collect();
    assert_eq!(
        unread,
        [format!("status of an indexer of {service}/indexers/bad")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_is_a_missing_role_and_a_bare_403_is_the_firewall_where_settings_say_so() {
    let settings = json!({ "authOptions": { "aadOrApiKey": { "aadAuthFailureMode": "http401WithBearerChallenge" } },
                           "networkRuleSet": { "ipRules": [{ "value": "203.0.113.7" }] } });
    for (status, told) in [(401, "no role with"), (403, "the firewall of the service")] {
        let (server, _folder, global) = lab(settings.clone()).await;
        Mock::given(method("GET"))
            .and(path_regex("^/search/"))
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        let inventory = read(global).await;
        let slice = inventory.facet(&service(), Facet::Indexers).unwrap();
        assert_eq!(slice.state(), State::Denied);
        let message = &slice.trouble().unwrap().message;
        assert!(message.contains(told), "{status}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_pim_lacks_nothing() {
    let (server, _folder, global) = lab(json!({})).await;
    for kind in [
        "roleEligibilityScheduleInstances",
        "roleAssignmentScheduleInstances",
    ] {
        Mock::given(method("GET"))
            .and(path(format!("/subscriptions/{SUB}/providers/Microsoft.Authorization/{kind}")))
            .respond_with(ResponseTemplate::new(400).set_body_json(json!({ "error": { "code": "AadPremiumLicenseRequired", "message": "The tenant needs a licence." } })))
            .mount(&server)
            .await;
    }
    let inventory = read(global).await;
    let whole = ArmId::new(format!("/subscriptions/{SUB}"));
    let state = inventory.snapshot().state(&Key::EligibleRoles(whole));
    assert_eq!(state, State::Unsupported);
    assert!(inventory.snapshot().is_complete());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_a_provider_does_not_have_lacks_nothing() {
    for (code, state) in [
        (Some("InvalidResourceType"), State::Unsupported),
        (Some("ResourceGroupNotFound"), State::Failed),
        (None, State::Failed),
    ] {
        let (server, _folder, global) = lab(json!({})).await;
        let answer = ResponseTemplate::new(404);
        Mock::given(method("GET"))
            .and(path_regex("/networkSecurityPerimeterConfigurations$"))
            .respond_with(match code {
                Some(code) => answer.set_body_json(
                    json!({ "error": { "code": code, "message": "There is no such type." } }),
                ),
                None => answer,
            })
            .with_priority(1)
            .mount(&server)
            .await;
        let inventory = read(global).await;
        let slice = inventory.facet(&service(), Facet::Perimeters).unwrap();
        assert_eq!(slice.state(), state, "{code:?}");
        let is_complete = inventory.snapshot().is_complete();
        assert_eq!(is_complete, state == State::Unsupported, "{code:?}");
    }
}
