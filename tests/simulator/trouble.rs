//! Faults, throttling, changes over time, TLS, and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hopscope::simulator::{Listen, Scenario, Server, SimulatorError};

use crate::ground::{Ground, SUBSCRIPTION, finish, lab};

const COSMOS: &str = "resourceGroups/rg-lab/providers/Microsoft.DocumentDB/databaseAccounts";

#[tokio::test]
async fn bodies_can_be_cut_off_malformed_or_missing() {
    let ground = Ground::new().await;
    let cut = ground
        .request(reqwest::Method::GET, &format!("{SUBSCRIPTION}/resourceGroups/rg-other/providers/Microsoft.Storage/storageAccounts/stother?api-version=2025-01-01"))
        .bearer_auth("opaque")
        .send()
        .await
        .unwrap();
    assert_eq!(cut.status(), 200);
    let promised: u64 = cut.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(promised > 100);
    assert!(
        cut.bytes().await.is_err(),
        "the body ends before its length"
    );

    let path = format!("{SUBSCRIPTION}/{COSMOS}?api-version=2024-11-15");
    let malformed = ground.get(&path).await;
    assert_eq!(malformed.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&malformed.text).is_err());
    assert_eq!(ground.get(&path).await.names(), ["cosmoslab"], "once only");

    let empty = ground
        .get(&format!(
            "{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks?api-version=2024-05-01"
        ))
        .await;
    assert_eq!((empty.status, empty.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_throttled_answer_says_for_how_long() {
    let ground = Ground::new().await;
    let path = format!(
        "{SUBSCRIPTION}/providers/Microsoft.Network/privateEndpoints?api-version=2024-05-01"
    );
    let refused = ground.get(&path).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "SubscriptionRequestsThrottled")
    );
    assert_eq!(refused.header("retry-after"), "7");
    assert!(
        refused.message().contains(
            "operation 'GET/SUBSCRIPTIONS/PROVIDERS/MICROSOFT.NETWORK/PRIVATEENDPOINTS/'"
        ),
        "{}",
        refused.message()
    );
    assert_eq!(ground.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_hanging_request_is_seen_and_does_not_stop_the_server() {
    let ground = Ground::new().await;
    let hanging = ground
        .client
        .get(format!(
            "{}/faults/hang?api-version=2024-01-01",
            ground.server.base()
        ))
        .bearer_auth("opaque")
        .timeout(Duration::from_secs(20));
    let hanging = tokio::spawn(hanging.send());
    ground
        .server
        .wait_for(|log| {
            log.iter()
                .any(|entry| entry.path == "/faults/hang" && entry.status.is_none())
        })
        .await;
    assert_eq!(
        ground.get("/tenants?api-version=2022-12-01").await.status,
        200
    );
    assert!(!hanging.is_finished());
    let Ground { server, .. } = ground;
    server.shutdown().await;
    assert!(
        hanging.await.unwrap().is_err(),
        "shutting down ends what hangs"
    );
}

#[tokio::test]
async fn the_bucket_runs_dry_and_the_knob_turns_it_off() {
    for (throttle, expected) in [(true, true), (false, false)] {
        let ground = Ground::with(|knobs| knobs.throttle = throttle).await;
        let path = format!("{SUBSCRIPTION}?api-version=2022-12-01");
        // More than the bucket holds, all at once: what it gains meanwhile is far less than the rest.
        let asked = futures::future::join_all((0..700).map(|_| ground.get(&path))).await;
        let refused: Vec<_> = asked.iter().filter(|answer| answer.status == 429).collect();
        assert_eq!(!refused.is_empty(), expected, "throttle {throttle}");
        assert!(
            asked
                .iter()
                .all(|answer| answer.status == 200 || answer.status == 429)
        );
        if let Some(first) = refused.first() {
            assert_eq!(first.header("retry-after"), "1");
            assert_eq!(
                first.header("x-ms-ratelimit-remaining-subscription-reads"),
                "0"
            );
            assert!(first.message().ends_with(
                "exceeded the backend storage limit. Please try again after '1' seconds."
            ));
        }
        assert_eq!(ground.server.counters().throttled, refused.len() as u64);
        assert_eq!(
            ground.get("/tenants?api-version=2022-12-01").await.status,
            200,
            "the tenant has a bucket of its own"
        );
    }
}

/// A real server under tokio's paused clock: the clock moves on by itself whenever all wait for it.
#[tokio::test(start_paused = true)]
async fn the_timeline_slow_answers_and_latency_follow_the_clock() {
    let ground = Ground::with(|knobs| knobs.latency = Duration::from_secs(1)).await;
    let path = format!(
        "{SUBSCRIPTION}/{}?api-version=2024-11-15",
        format_args!("{COSMOS}/cosmoslab")
    );
    let before = tokio::time::Instant::now();
    let first = ground.get(&path).await.json();
    assert!(before.elapsed() >= Duration::from_secs(1));
    assert_eq!(first["properties"]["disableLocalAuth"], false);
    assert_eq!(first["systemData"].get("lastModifiedAt"), None);

    let slow = tokio::time::Instant::now();
    let answer = ground
        .get(&format!("{SUBSCRIPTION}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2024-11-30"))
        .await;
    assert_eq!(answer.status, 200);
    assert!(slow.elapsed() >= Duration::from_secs(6));

    tokio::time::sleep(Duration::from_secs(20)).await;
    let second = ground.get(&path).await.json();
    assert_eq!(second["properties"]["disableLocalAuth"], true);
    assert_eq!(
        second["properties"]["publicNetworkAccess"], "Enabled",
        "the rest stands"
    );
    assert!(second["systemData"]["lastModifiedAt"].is_string());
    assert_eq!(second["systemData"]["createdAt"], "2026-01-01T00:00:00Z");
    assert_eq!(second["tags"]["changed"], "twice", "both steps were due");
    assert!(second.get("kind").is_none());
    assert_eq!(lab().timeline()[0].0, Duration::from_secs(20));
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let address: SocketAddr = address.parse().unwrap();
        let refused = Server::start(
            &lab(),
            lab().knobs(),
            Listen {
                address,
                tls: false,
            },
        )
        .await
        .unwrap_err();
        assert!(matches!(refused, SimulatorError::NotLoopback { .. }));
        assert!(refused.to_string().contains("loopback only"));
    }
    let taken = Ground::new().await;
    let listen = Listen {
        address: taken.server.address(),
        tls: false,
    };
    let refused = Server::start(&lab(), lab().knobs(), listen)
        .await
        .unwrap_err();
    assert!(matches!(refused, SimulatorError::Listen { .. }));
}

#[tokio::test]
async fn it_speaks_https_with_a_certificate_of_its_own() {
    let server = Server::start(
        &lab(),
        lab().knobs(),
        Listen {
            tls: true,
            ..Listen::default()
        },
    )
    .await
    .unwrap();
    assert!(server.base().starts_with("https://127.0.0.1:"));
    assert!(
        server
            .cloud_file()
            .contains("resource_manager = \"https://127.0.0.1:")
    );
    let certificate =
        reqwest::Certificate::from_pem(server.certificate().unwrap().as_bytes()).unwrap();
    let trusting = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([certificate])
        .build()
        .unwrap();
    let port = server.address().port();
    for host in ["127.0.0.1", "localhost"] {
        let answer = finish(trusting.get(format!(
            "https://{host}:{port}/metadata/endpoints?api-version=2022-09-01"
        )))
        .await;
        assert_eq!(
            answer.json()["resourceManager"],
            format!("https://{host}:{port}/")
        );
    }
    let doubting = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(
        doubting
            .get(format!("{}/metadata/endpoints", server.base()))
            .send()
            .await
            .is_err()
    );
    server.shutdown().await;
    assert!(
        trusting
            .get(format!("https://127.0.0.1:{port}/metadata/endpoints"))
            .send()
            .await
            .is_err()
    );
}

#[test]
fn a_broken_scenario_is_refused_with_its_file_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let load = || Scenario::from_dir(folder.path()).unwrap_err().to_string();
    assert!(load().contains("scenario.toml"));
    let toml = "title = \"t\"\n[caller]\ntenant = \"t\"\nobject_id = \"o\"\napp_id = \"a\"\n";
    write("scenario.toml", &format!("{toml}colour = \"red\"\n"));
    assert!(load().contains("colour"));
    write("scenario.toml", toml);
    write("arm/x.json", "[{]");
    assert!(load().contains("arm/x.json"));
    write("arm/x.json", "{\"id\": \"/tenants/t\"}");
    assert!(load().contains("an array is expected"));
    write("arm/x.json", "[{\"name\": \"t\"}]");
    assert!(load().contains("\"id\""));
    let nowhere = Scenario::from_dir(&PathBuf::from("/nowhere/at/all")).unwrap_err();
    assert!(matches!(nowhere, SimulatorError::Read { .. }));
    let unknown = Scenario::load("nonsense").unwrap_err().to_string();
    assert!(
        unknown.contains("'nonsense'") && unknown.contains("demo --list"),
        "{unknown}"
    );
    assert!(Scenario::load("common").is_err());
}

#[tokio::test]
async fn a_timeline_or_date_that_makes_no_sense_is_refused_at_the_start() {
    let toml = "title = \"t\"\n[caller]\ntenant = \"t\"\nobject_id = \"o\"\napp_id = \"a\"\n";
    for (more, arm, reason) in [
        (
            "[[timeline]]\nat = 1\nid = \"/tenants/none\"\nmerge = '{}'\n",
            "[]",
            "/tenants/none",
        ),
        (
            "[[timeline]]\nat = 1\nid = \"/tenants/t\"\nmerge = '{'\n",
            "[{\"id\": \"/tenants/t\"}]",
            "timeline at 1 s",
        ),
        (
            "",
            "[{\"id\": \"/tenants/t\", \"at\": \"{{now-1x}}\"}]",
            "now-1x",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("arm")).unwrap();
        std::fs::write(folder.path().join("scenario.toml"), format!("{toml}{more}")).unwrap();
        std::fs::write(folder.path().join("arm/a.json"), arm).unwrap();
        let scenario = Scenario::from_dir(folder.path()).unwrap();
        let refused = Server::start(&scenario, scenario.knobs(), Listen::default())
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
    }
}
