//! `check` against the embedded Azure with trouble on the way: waits, broken answers, tokens that
//! end in the middle; and that nobody ever tries to write or to list keys.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use hopscope::simulator::{Knobs, Listen, Scenario, Server};
use serde_json::Value;
use support::{Ran, hopscope, problems};

/// Serves a scenario and runs `check --format json` on it.
async fn check(scenario: &Scenario, knobs: Knobs) -> (Ran, Server) {
    let server = Server::start(scenario, knobs, Listen::default())
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    std::fs::write(&cloud, server.cloud_file()).unwrap();
    let mut arguments: Vec<String> = [
        "check",
        "--format",
        "json",
        "--fail-on",
        "never",
        "--cloud-file",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(cloud.to_str().unwrap().to_owned());
    for one in &scenario.scope().subscriptions {
        arguments.extend(["--subscription".to_owned(), one.clone()]);
    }
    for one in &scenario.scope().resource_groups {
        arguments.extend(["--resource-group".to_owned(), one.clone()]);
    }
    let ran = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        hopscope(&arguments)
    })
    .await
    .unwrap();
    (ran, server)
}

fn quick(scenario: &Scenario) -> Knobs {
    Knobs {
        latency: Duration::from_millis(5),
        ..scenario.knobs()
    }
}

/// `healthy` with faults.
fn healthy_with(faults: &str) -> Scenario {
    with("healthy", faults)
}

/// A scenario's documents with faults of one's own.
fn with(base: &str, faults: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    let definition = folder.path().join("scenario.toml");
    std::fs::write(
        definition,
        format!("title = \"trouble\"\nbase = \"{base}\"\n{faults}"),
    )
    .unwrap();
    Scenario::from_dir(folder.path()).unwrap()
}

fn whole(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(report["complete"], true, "{:#}", report["notRead"]);
    assert_eq!(problems(&report), Vec::<String>::new());
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_or_lists_keys_and_nothing_is_asked_twice() {
    let runs = Scenario::list().unwrap().into_iter().map(|listing| async {
        let scenario = Scenario::load(&listing.name).unwrap();
        let run = check(&scenario, quick(&scenario)).await;
        (listing, run)
    });
    let mut runs = futures::stream::iter(runs).buffer_unordered(4);
    while let Some((listing, (ran, server))) = runs.next().await {
        assert_eq!(ran.code, 0, "{}: {}", listing.name, ran.stderr);
        let counters = server.counters();
        assert_eq!(
            (counters.writes, counters.secrets),
            (0, 0),
            "{}",
            listing.name
        );
        assert_eq!(counters.throttled, 0, "{}", listing.name);
        let mut asked: Vec<String> = server
            .log()
            .into_iter()
            .filter(|one| one.method == "GET")
            .map(|one| format!("{}?{}", one.path, one.query))
            .collect();
        asked.sort();
        let all = asked.len();
        asked.dedup();
        assert_eq!(
            asked.len(),
            all,
            "{}: something was read twice",
            listing.name
        );
        let calls = ran.json()["requests"]["total"].as_u64().unwrap();
        assert_eq!(
            calls,
            server.log().len() as u64,
            "{}: the ledger holds every call",
            listing.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_azure_is_waited_for() {
    let scenario = healthy_with(
        "[[fault]]\npath = \"*/storageAccounts\"\nkind = \"status\"\nstatus = 429\nretry_after = 1\ntimes = 1\n\
         [[fault]]\npath = \"*/roleAssignments\"\nkind = \"status\"\nstatus = 503\ntimes = 1\n",
    );
    let (ran, server) = check(&scenario, quick(&scenario)).await;
    let report = whole(&ran);
    assert!(report["requests"]["elapsedMs"].as_u64().unwrap() >= 1000);
    assert_eq!(
        report["requests"]["throttled"], 0,
        "it was answered in the end"
    );
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_asked_for_again_and_one_that_is_no_json_fails_alone() {
    let scenario = healthy_with(
        "[[fault]]\npath = \"*/searchServices\"\nkind = \"cut\"\ntimes = 1\n\
         [[fault]]\npath = \"*/deployments\"\nkind = \"malformed\"\n",
    );
    let (ran, _server) = check(&scenario, quick(&scenario)).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(problems(&report), Vec::<String>::new());
    let unread = report["notRead"].as_array().unwrap();
    assert_eq!(unread.len(), 1, "{unread:#?}");
    assert_eq!(unread[0]["what"], "deployments");
    assert_eq!(unread[0]["state"], "failed");
    let parts: Vec<&Value> = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["part"])
        .collect();
    assert!(parts.contains(&&Value::from("search")), "{parts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_on_the_way_are_renewed() {
    let scenario = Scenario::load("healthy").unwrap();
    let knobs = Knobs {
        latency: Duration::from_millis(150),
        token_lifetime: Duration::from_secs(1),
        ..scenario.knobs()
    };
    let (ran, server) = check(&scenario, knobs).await;
    whole(&ran);
    let tokens = server
        .log()
        .iter()
        .filter(|one| one.path.ends_with("/oauth2/v2.0/token"))
        .count();
    assert!(tokens >= 2, "{tokens} tokens for more than a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_of_the_subscription_leaves_those_of_its_groups() {
    let subscription = Scenario::load("healthy").unwrap().scope().subscriptions[0].clone();
    // A star takes slashes as well, so the subscription is named: its groups' lists still answer.
    let scenario = healthy_with(&format!(
        "[[fault]]\npath = \"/subscriptions/{subscription}/providers/Microsoft.Search/searchServices\"\nkind = \"status\"\n\
         status = 403\ncode = \"AuthorizationFailed\"\naction = \"Microsoft.Search/searchServices/read\"\n"
    ));
    let server = Server::start(&scenario, quick(&scenario), Listen::default())
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    std::fs::write(&cloud, server.cloud_file()).unwrap();
    let ran = tokio::task::spawn_blocking(move || {
        hopscope(&[
            "check",
            "--format",
            "json",
            "--cloud-file",
            cloud.to_str().unwrap(),
            "-s",
            &subscription,
        ])
    })
    .await
    .unwrap();
    let report = ran.json();
    assert_eq!(report["complete"], false);
    let unread = report["notRead"].as_array().unwrap();
    assert!(
        unread
            .iter()
            .any(|one| one["what"] == "Microsoft.Search/searchServices"
                && one["right"] == "Microsoft.Search/searchServices/read"),
        "{unread:#?}"
    );
    assert!(
        report["resources"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["part"] == "search"),
        "the group's own list was asked"
    );
}

/// The verdict of each hop.
fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let hops = report["hops"].as_array().unwrap().iter();
    hops.map(|hop| {
        let text = |name: &str| hop[name].as_str().unwrap().to_owned();
        (text("id"), text("verdict"))
    })
    .collect()
}

/// What stands around the resources is asked for like any of them, and may be refused, fail or break off.
#[tokio::test(flavor = "multi_thread")]
async fn without_tenants_subscriptions_or_groups_nothing_becomes_more_certain() {
    for base in ["healthy", "broken-indexer"] {
        let scenario = with(base, "");
        let (ran, _server) = check(&scenario, quick(&scenario)).await;
        let before = verdicts(&ran.json());
        for (path, what) in [
            ("/tenants", "tenants"),
            ("/subscriptions", "subscriptions"),
            ("/subscriptions/*/resourcegroups", "resourceGroups"),
        ] {
            for ends in [
                "kind = \"status\"\nstatus = 403\ncode = \"AuthorizationFailed\"\n\
                 action = \"Microsoft.Resources/subscriptions/read\"",
                "kind = \"malformed\"",
            ] {
                let fault = format!("[[fault]]\nservice = \"arm\"\npath = \"{path}\"\n{ends}\n");
                let scenario = with(base, &fault);
                let (ran, _server) = check(&scenario, quick(&scenario)).await;
                let report = ran.json();
                assert_eq!(problems(&report), Vec::<String>::new(), "{base} {path}");
                assert_eq!(report["complete"], false, "{base} {path}");
                let unread = report["notRead"].as_array().unwrap();
                assert!(
                    unread.iter().any(|one| one["what"] == what),
                    "{base} {path}: {unread:#?}"
                );
                for (id, verdict) in verdicts(&report) {
                    assert!(
                        verdict == "unknown" || before.get(&id) == Some(&verdict),
                        "{base} without {what}: {id} went from {:?} to {verdict}",
                        before.get(&id)
                    );
                }
            }
        }
    }
}
