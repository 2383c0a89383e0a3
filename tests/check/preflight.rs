//! `hopscope preflight ipam` as a shell runs it: what it judges of calls that nobody made yet, and the
//! call that it prints, run by hand.

use std::path::Path;
use std::process::{Command, Output};

use hopscope::simulator::{Knobs, Listen, Scenario, Server};
use serde_json::Value;

use super::support::{Ran, hopscope};

const CONTOSO: &str = "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1";
const FABRIKAM: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const MANAGER: &str = "/subscriptions/9e40b7f1-27c5-4d3a-8b6e-1a7d0c5f4e83/resourceGroups/rg-avnm/providers/Microsoft.Network";
const MANAGED: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups";

fn pool(name: &str) -> String {
    format!("{MANAGER}/networkManagers/nm-platform/ipamPools/{name}")
}

fn network(group: &str, name: &str) -> String {
    format!("{MANAGED}/{group}/providers/Microsoft.Network/virtualNetworks/{name}")
}

fn run(more: &[&str], pool: &str, network: &str) -> Ran {
    let own = ["preflight", "ipam", "--pool", pool, "--vnet", network];
    hopscope(&[&own, more].concat())
}

/// The report on a scenario; the exit code says whether every gate is open.
fn judged(name: &str, network: &str) -> Value {
    let ran = run(
        &["--demo", name, "--format", "json", "--addresses", "100"],
        &pool("spokes"),
        network,
    );
    let report = ran.json();
    let is_open = report["verdict"] == "open";
    assert_eq!(ran.code, i32::from(!is_open), "{name}: {}", ran.stderr);
    report
}

/// The conditions of a gate that have this verdict.
fn reasons(report: &Value, gate: &str, verdict: &str) -> Vec<String> {
    let gates = report["gates"].as_array().unwrap().iter();
    gates
        .filter(|one| one["gate"] == gate && one["verdict"] == verdict)
        .map(|one| one["reason"].as_str().unwrap().to_owned())
        .collect()
}

fn says(report: &Value, gate: &str, verdict: &str, words: &str) {
    let all = reasons(report, gate, verdict);
    assert!(
        all.iter().any(|one| one.contains(words)),
        "{gate} {verdict} {words}: {all:?} in {:?}",
        report["gates"]
    );
}

fn call<'a>(report: &'a Value, form: &str) -> &'a str {
    let calls = report["calls"].as_array().unwrap();
    let own = calls.iter().find(|one| one["form"] == form).unwrap();
    own["text"].as_str().unwrap()
}

#[test]
fn a_network_that_draws_and_one_that_is_yet_to_be_made() {
    let report = judged("cross-tenant", &network("rg-spoke-dev", "vnet-spoke-dev"));
    assert_eq!(report["verdict"], "open");
    assert_eq!(report["draws"], true);
    assert_eq!(report["network"]["presence"], "there");
    assert_eq!(report["network"]["tenantId"], CONTOSO);
    assert_eq!(report["pool"]["tenantId"], FABRIKAM);
    assert_eq!(report["auxiliaryTokenNeeded"], true);
    for (gate, count) in [
        ("authentication", 1),
        ("identity", 2),
        ("authorization", 2),
        ("configuration", 5),
    ] {
        assert_eq!(reasons(&report, gate, "open").len(), count, "{gate}");
    }
    let report = judged("cross-tenant", &network("rg-spoke-dev", "vnet-new"));
    assert_eq!(report["verdict"], "open");
    assert_eq!(report["network"]["presence"], "absent");
    says(
        &report,
        "configuration",
        "open",
        "has 3456 of 4096 addresses left",
    );
    says(
        &report,
        "configuration",
        "open",
        "resource group rg-spoke-dev is",
    );
    says(&report, "authentication", "open", "Azure took it");
    let put = call(&report, "az rest");
    assert!(put.contains("\"location\":\"centralus\""), "{put}");
    assert!(put.contains("\"numberOfIpAddresses\":\"100\""), "{put}");
}

#[test]
fn what_is_missing_for_it_is_said() {
    let report = judged("cross-tenant", &network("rg-nowhere", "vnet-new"));
    says(
        &report,
        "configuration",
        "shut",
        "the resource group rg-nowhere",
    );
    let ran = run(
        &[
            "--demo",
            "cross-tenant",
            "--addresses",
            "5000",
            "--format",
            "json",
        ],
        &pool("spokes"),
        &network("rg-spoke-dev", "vnet-new"),
    );
    assert_eq!(ran.code, 1);
    says(&ran.json(), "configuration", "shut", "at most 3456 of 4096");
}

#[test]
fn every_story_shuts_the_call_of_a_new_network_at_its_gate() {
    for (name, gate, words) in [
        ("cross-tenant-single-app", "identity", "its own tenant only"),
        ("cross-tenant-no-stub", "identity", "no service principal"),
        (
            "cross-tenant-home-object",
            "authorization",
            "wrong object id",
        ),
        (
            "cross-tenant-no-role",
            "authorization",
            "associateResourcesToPool",
        ),
        (
            "cross-tenant-no-token",
            "authentication",
            "no token for it goes along",
        ),
        (
            "cross-tenant-old-token",
            "authentication",
            "refuses the token",
        ),
        (
            "cross-tenant-wrong-token",
            "authentication",
            "no token of the pool's tenant",
        ),
        ("cross-tenant-pending", "configuration", "Pending"),
        ("cross-tenant-conflict", "configuration", "Conflict"),
        (
            "cross-tenant-pool-full",
            "configuration",
            "at most 0 of 4096",
        ),
    ] {
        let report = judged(name, &network("rg-spoke-dev", "vnet-new"));
        assert_eq!(report["verdict"], "shut", "{name}");
        says(&report, gate, "shut", words);
        let twin = judged(
            &format!("{name}:mended"),
            &network("rg-spoke-dev", "vnet-new"),
        );
        assert_eq!(twin["verdict"], "open", "{name}: {:?}", twin["gates"]);
    }
    // A network that is yet to be made goes where the pool is; one that is there cannot.
    let elsewhere = |own: &str| judged("cross-tenant-region", &network("rg-spoke-dev", own));
    says(
        &elsewhere("vnet-spoke-dev"),
        "configuration",
        "shut",
        "eastus2",
    );
    assert_eq!(elsewhere("vnet-new")["verdict"], "open");
}

#[test]
fn within_one_tenant_no_auxiliary_token_is_needed_and_the_rest_is_judged() {
    let own = format!("{MANAGER}/virtualNetworks/vnet-hub-platform");
    let report = judged("cross-tenant", &own);
    assert_eq!(report["auxiliaryTokenNeeded"], false);
    says(
        &report,
        "authentication",
        "open",
        "no auxiliary token is needed",
    );
    says(
        &report,
        "authorization",
        "shut",
        "Microsoft.Network/virtualNetworks/write",
    );
    says(&report, "authorization", "open", "associateResourcesToPool");
    assert!(reasons(&report, "identity", "open").is_empty());
    for form in ["az rest", "curl"] {
        assert!(!call(&report, form).contains("x-ms-authorization-auxiliary"));
    }
}

#[test]
fn people_read_the_same() {
    let ran = run(
        &["--demo", "cross-tenant-pending"],
        &pool("spokes"),
        &network("rg-spoke-dev", "vnet-new"),
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    // Sentences are broken where a line ends.
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Preflight: vnet-new draws 256 addresses from spokes",
        "tenant Fabrikam (52c6a8d0",
        "x shut Azure will refuse the call.",
        "the connection is Pending",
        "contoso-dev: properties.connectionState = Pending",
        "az network manager connection subscription create",
        "mend what is not open first",
        "# curl",
        "Nothing was changed",
    ] {
        assert!(text.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("eyJ"), "a token was printed");
    assert!(ran.stdout.lines().all(|line| !line.ends_with(' ')));
}

#[test]
fn ids_of_something_else_and_a_cloud_that_is_not_there() {
    let other = network("g", "v");
    let ran = run(&["--demo", "cross-tenant"], &other, &other);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--pool"), "{}", ran.stderr);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    let text = format!(
        "name = \"lab\"\nresource_manager = \"http://{address}\"\nauthority = \"http://{address}\"\n"
    );
    std::fs::write(&file, text).unwrap();
    let ran = run(
        &["--cloud-file", file.to_str().unwrap()],
        &pool("spokes"),
        &network("g", "v"),
    );
    assert_eq!(ran.code, 3, "{}", ran.stderr);
}

/// An embedded Azure that other clients can ask, and the report on it by its cloud file.
async fn served(name: &str, network: String) -> (Server, Value) {
    let scenario = Scenario::load(name).unwrap();
    let server = Server::start(&scenario, Knobs::default(), Listen::default())
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    std::fs::write(&file, server.cloud_file()).unwrap();
    let ran = tokio::task::spawn_blocking(move || {
        let more = [
            "--cloud-file",
            file.to_str().unwrap(),
            "--tenant",
            CONTOSO,
            "--auxiliary-tenant",
            FABRIKAM,
            "--format",
            "json",
        ];
        run(&more, &pool("spokes"), &network)
    })
    .await
    .unwrap();
    (server, ran.json())
}

/// Runs the printed lines as they are, by a shell and curl. None where one of them is not there.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
async fn by_hand(lines: String) -> Option<(String, Value)> {
    let has = |program: &str| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders).any(|folder| folder.join(program).exists())
    };
    if !["sh", "curl", "sed"].into_iter().all(has) {
        eprintln!("skipped: sh, curl or sed is not installed here");
        return None;
    }
    let script = format!("{lines} --silent --show-error --write-out '\\n%{{http_code}}'");
    let output: Output = tokio::task::spawn_blocking(move || {
        Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", Path::new("/nonexistent"))
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Some((status.to_owned(), body))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_call_works_by_hand_with_both_tokens_and_only_with_both() {
    let (server, report) = served("cross-tenant", network("rg-spoke-dev", "vnet-new")).await;
    assert_eq!(report["verdict"], "open", "{:?}", report["gates"]);
    let curl = call(&report, "curl").to_owned();
    assert!(!curl.contains("eyJ"), "a token was printed");
    let Some((status, body)) = by_hand(curl.clone()).await else {
        return;
    };
    assert_eq!(status, "200", "{body}");
    assert_eq!(body["name"], "vnet-new");
    let header = " --header \"x-ms-authorization-auxiliary: Bearer $auxiliaryToken\"";
    assert!(curl.contains(header), "{curl}");
    let (status, body) = by_hand(curl.replace(header, "")).await.unwrap();
    assert_eq!(status, "403", "{body}");
    assert_eq!(body["error"]["code"], "LinkedAuthorizationFailed");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("however the current tenant"), "{message}");
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_call_is_refused_for_the_reason_that_was_given() {
    for (name, gate, status, code, words) in [
        (
            "cross-tenant-no-role",
            "authorization",
            "403",
            "LinkedAuthorizationFailed",
            "does not have permission to perform action",
        ),
        (
            "cross-tenant-home-object",
            "authorization",
            "403",
            "LinkedAuthorizationFailed",
            "c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03",
        ),
        (
            "cross-tenant-old-token",
            "authentication",
            "401",
            "ExpiredAuthenticationToken",
            FABRIKAM,
        ),
        (
            "cross-tenant-wrong-token",
            "authentication",
            "403",
            "LinkedAuthorizationFailed",
            "however the current tenant",
        ),
    ] {
        let (server, report) = served(name, network("rg-spoke-dev", "vnet-new")).await;
        assert!(!reasons(&report, gate, "shut").is_empty(), "{name}");
        let Some((found, body)) = by_hand(call(&report, "curl").to_owned()).await else {
            return;
        };
        assert_eq!(found, status, "{name}: {body}");
        assert_eq!(body["error"]["code"], code, "{name}");
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
        drop(server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_call_leaves_a_network_that_draws_as_it_is() {
    let (server, report) = served("cross-tenant", network("rg-spoke-dev", "vnet-spoke-dev")).await;
    let Some((status, body)) = by_hand(call(&report, "curl").to_owned()).await else {
        return;
    };
    assert_eq!(status, "200", "{body}");
    let space = &body["properties"]["addressSpace"];
    assert_eq!(space["addressPrefixes"][0], "10.64.0.0/25");
    let drawn = space["ipamPoolPrefixAllocations"].as_array().unwrap();
    assert_eq!(drawn.len(), 1, "{space}");
    assert_eq!(body["tags"]["owner"], "network");
    drop(server);
}
