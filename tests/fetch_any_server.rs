//! `check` against servers that are no scenario of ours: recorded traffic, gaps, odd answers. What
//! cannot be read becomes an entry of `notRead`; nothing crashes and nothing is guessed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::{Ran, hopscope, problems};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SUB: &str = "00000000-0000-0000-0000-000000000001";

struct Lab {
    server: MockServer,
    folder: tempfile::TempDir,
}

impl Lab {
    /// A server that gives tokens (opaque ones) and says a bare 404 to all else.
    async fn new() -> Self {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path_regex(r"^/[^/]+/oauth2/v2\.0/token$"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({
                "token_type": "Bearer", "access_token": "opaque", "expires_in": 3600
            })))
            .mount(&server)
            .await;
        let folder = tempfile::tempdir().unwrap();
        let base = server.uri();
        std::fs::write(
            folder.path().join("cloud.toml"),
            format!("name = \"recorded\"\nresource_manager = \"{base}\"\nauthority = \"{base}\"\nportal = \"https://portal.azure.com\"\n"),
        )
        .unwrap();
        Self { server, folder }
    }

    async fn answer(&self, path_text: &str, body: Value) -> &Self {
        Mock::given(method("GET"))
            .and(path(path_text))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&self.server)
            .await;
        self
    }

    async fn list(&self, tail: &str, items: Value) -> &Self {
        self.answer(
            &format!("/subscriptions/{SUB}/{tail}"),
            json!({ "value": items }),
        )
        .await
    }

    /// Runs `check --format json` on it, off this runtime's threads.
    async fn check(&self, arguments: &[&str]) -> Ran {
        let cloud = self.folder.path().join("cloud.toml");
        let mut all: Vec<String> = ["check", "--format", "json", "--cloud-file"]
            .map(str::to_owned)
            .to_vec();
        all.push(cloud.to_str().unwrap().to_owned());
        all.extend(arguments.iter().map(|&one| one.to_owned()));
        tokio::task::spawn_blocking(move || {
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            hopscope(&all)
        })
        .await
        .unwrap()
    }
}

fn id(tail: &str) -> String {
    format!("/subscriptions/{SUB}/resourceGroups/rg/providers/{tail}")
}

fn unread(report: &Value, what: &str) -> Value {
    let found = report["notRead"].as_array().unwrap().iter();
    let found: Vec<&Value> = found.filter(|one| one["what"] == what).collect();
    assert!(!found.is_empty(), "{what} is not in {}", report["notRead"]);
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_one_list_gives_one_list() {
    let lab = Lab::new().await;
    lab.list(
        "providers/Microsoft.Storage/storageAccounts",
        json!([{ "id": id("Microsoft.Storage/storageAccounts/st1"), "name": "st1", "kind": "StorageV2",
                 "properties": { "networkAcls": { "bypass": "None", "defaultAction": "Deny" } } }]),
    )
    .await;
    let ran = lab.check(&["--subscription", SUB]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    assert_eq!(problems(&report), Vec::<String>::new());
    assert_eq!(report["scope"]["cloud"], "recorded");
    assert_eq!(report["complete"], false);
    let account = &report["resources"][0];
    assert_eq!(account["name"], "st1");
    assert_eq!(account["network"]["bypass"], json!([]));
    assert_eq!(account["facets"]["containers"], "failed");
    for what in [
        "subscriptions",
        "Microsoft.Search/searchServices",
        "roleAssignments",
        "containers",
    ] {
        let entry = unread(&report, what);
        assert_eq!(
            (&entry["state"], &entry["status"]),
            (&json!("failed"), &json!(404))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_graph_names_are_unsupported_and_nothing_is_lost() {
    let lab = Lab::new().await;
    let subscription = json!({ "id": format!("/subscriptions/{SUB}"), "subscriptionId": SUB,
                               "displayName": "lab", "state": "Enabled" });
    lab.answer("/subscriptions", json!({ "value": [subscription] }))
        .await;
    lab.answer("/tenants", json!({ "value": [] })).await;
    lab.list("resourcegroups", json!([])).await;
    for kind in [
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Search/searchServices",
        "Microsoft.CognitiveServices/accounts",
        "Microsoft.MachineLearningServices/workspaces",
        "Microsoft.DocumentDB/databaseAccounts",
        "Microsoft.KeyVault/vaults",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.Authorization/roleDefinitions",
        "Microsoft.Authorization/denyAssignments",
        "Microsoft.Authorization/roleEligibilityScheduleInstances",
        "Microsoft.Authorization/roleAssignmentScheduleInstances",
        "Microsoft.Network/networkSecurityPerimeters",
        "Microsoft.Insights/eventtypes/management/values",
    ] {
        lab.list(&format!("providers/{kind}"), json!([])).await;
    }
    lab.list(
        "providers/Microsoft.Authorization/roleAssignments",
        json!([{ "id": format!("/subscriptions/{SUB}/providers/Microsoft.Authorization/roleAssignments/a"),
                 "properties": { "scope": format!("/subscriptions/{SUB}"), "principalId": "p",
                                 "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/r" } }]),
    )
    .await;
    let ran = lab.check(&[]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    assert_eq!(report["complete"], true, "{}", report["notRead"]);
    assert_eq!(report["roleAssignments"][0]["principalId"], "p");
    assert_eq!(problems(&report), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_answers_are_failed_readings() {
    let lab = Lab::new().await;
    lab.answer(
        "/subscriptions",
        json!({ "value": [
            { "subscriptionId": SUB, "displayName": "la\u{1b}[31mb", "state": "Enabled", "id": format!("/subscriptions/{SUB}") },
            "no object", { "displayName": "no id" }
        ] }),
    )
    .await;
    for (kind, body) in [
        ("Microsoft.Storage/storageAccounts", json!("a text")),
        ("Microsoft.Search/searchServices", json!({})),
        ("Microsoft.KeyVault/vaults", json!({ "value": 7 })),
        ("Microsoft.DocumentDB/databaseAccounts", json!(null)),
        (
            "Microsoft.CognitiveServices/accounts",
            json!({ "value": [null, 7, { "name": "no id" }, {
                "id": id("Microsoft.CognitiveServices/accounts/a"), "name": ["x"], "kind": 3, "tags": "none",
                "identity": [], "sku": "S0", "properties": "text" }] }),
        ),
    ] {
        lab.answer(&format!("/subscriptions/{SUB}/providers/{kind}"), body)
            .await;
    }
    Mock::given(method("GET"))
        .and(path(format!("/subscriptions/{SUB}/resourcegroups")))
        .respond_with(ResponseTemplate::new(200).set_body_string("<html>"))
        .mount(&lab.server)
        .await;
    Mock::given(method("GET"))
        .and(path(format!(
            "/subscriptions/{SUB}/providers/Microsoft.Network/virtualNetworks"
        )))
        .respond_with(ResponseTemplate::new(400).set_body_string("not json at all"))
        .mount(&lab.server)
        .await;
    let ran = lab.check(&[]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    assert_eq!(problems(&report), Vec::<String>::new());
    for what in [
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Search/searchServices",
        "Microsoft.KeyVault/vaults",
        "Microsoft.DocumentDB/databaseAccounts",
        "Microsoft.Network/virtualNetworks",
        "resourceGroups",
    ] {
        assert_eq!(unread(&report, what)["state"], "failed", "{what}");
    }
    let account = &report["resources"][0];
    assert_eq!(account["id"], id("Microsoft.CognitiveServices/accounts/a"));
    assert!(
        account["issues"].as_array().unwrap().len() >= 3,
        "{account:#}"
    );
    let lost = report["issues"].as_array().unwrap();
    assert!(
        lost.iter()
            .any(|one| one["what"] == "Microsoft.CognitiveServices/accounts"),
        "{lost:?}"
    );
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_in_the_middle_keeps_what_came() {
    let lab = Lab::new().await;
    let next = format!("{}/subscriptions/{SUB}/page2", lab.server.uri());
    lab.answer(
        &format!("/subscriptions/{SUB}/providers/Microsoft.Storage/storageAccounts"),
        json!({ "value": [{ "id": id("Microsoft.Storage/storageAccounts/st1"), "name": "st1", "properties": {} }], "nextLink": next }),
    )
    .await;
    lab.answer(
        &format!("/subscriptions/{SUB}/providers/Microsoft.Search/searchServices"),
        json!({ "value": [{ "id": id("Microsoft.Search/searchServices/s1"), "name": "s1", "properties": {} }],
                "nextLink": "http://192.0.2.1/elsewhere" }),
    )
    .await;
    let ran = lab.check(&["-s", SUB]).await;
    let report = ran.json();
    let names: Vec<&Value> = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["st1", "s1"]);
    let broken = unread(&report, "Microsoft.Storage/storageAccounts");
    assert_eq!(broken["status"], 404, "{broken}");
    let refused = unread(&report, "Microsoft.Search/searchServices");
    assert!(
        refused["message"].as_str().unwrap().contains("192.0.2.1"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_resource_that_is_gone_is_an_answer() {
    let lab = Lab::new().await;
    let vault = id("Microsoft.KeyVault/vaults/gone");
    lab.list(
        "providers/Microsoft.MachineLearningServices/workspaces",
        json!([{ "id": id("Microsoft.MachineLearningServices/workspaces/hub"), "name": "hub", "kind": "Hub",
                 "properties": { "keyVault": vault } }]),
    )
    .await;
    lab.list("providers/Microsoft.KeyVault/vaults", json!([]))
        .await;
    Mock::given(method("GET"))
        .and(path(vault.clone()))
        .respond_with(ResponseTemplate::new(404).set_body_json(
            json!({ "error": { "code": "ResourceNotFound", "message": "was not found" } }),
        ))
        .mount(&lab.server)
        .await;
    let report = lab.check(&["-s", SUB]).await.json();
    assert!(
        !report["notRead"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["scope"] == vault.as_str()),
        "{}",
        report["notRead"]
    );
    let hub = &report["resources"][0];
    assert_eq!(hub["details"]["keyVault"], vault);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_knows_nothing_ends_with_three() {
    let lab = Lab::new().await;
    let ran = lab.check(&[]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("subscriptions"), "{}", ran.stderr);
    assert_eq!(problems(&ran.json()), Vec::<String>::new());
}
