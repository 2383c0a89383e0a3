//! `hopscope simulate` as a library call: what it prints, what it writes, how it ends.

use std::path::PathBuf;

use hopscope::commands::simulate::{SimulateOptions, list, run, tell};

use crate::ground::TENANT;

fn options(folder: &std::path::Path) -> SimulateOptions {
    SimulateOptions {
        directory: Some(
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/simulator/lab"),
        ),
        tls: true,
        write_certificate: Some(folder.join("ca.pem")),
        write_cloud: Some(folder.join("cloud.toml")),
        ..SimulateOptions::default()
    }
}

#[tokio::test]
async fn it_says_where_it_listens_writes_its_files_and_counts_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut out = Vec::new();
    run(options(folder.path()), &mut out, std::future::ready(()))
        .await
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    for part in [
        "listening on https://127.0.0.1:",
        TENANT,
        "after 20 s: a policy turns off Cosmos DB's local auth",
        "0 requests, 0 throttled, 0 writes refused",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("ca.pem").starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(read("cloud.toml").contains("resource_manager = \"https://127.0.0.1:"));
}

#[tokio::test]
async fn what_it_cannot_do_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/folder/cloud.toml");
    let far = "192.0.2.1:80".parse().unwrap();
    for (change, reason) in [
        (
            SimulateOptions {
                write_cloud: Some(nowhere),
                ..options(folder.path())
            },
            "cannot write",
        ),
        (
            SimulateOptions {
                listen: Some(far),
                ..options(folder.path())
            },
            "loopback only",
        ),
        (
            SimulateOptions {
                scenario: Some(String::from("nonsense")),
                ..SimulateOptions::default()
            },
            "no scenario is called 'nonsense'",
        ),
    ] {
        let refused = run(change, &mut Vec::new(), std::future::ready(()))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused:#}");
    }
}

#[test]
fn the_list_names_every_scenario_on_its_shelf() {
    let mut out = Vec::new();
    list(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = |start: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("no {start} in {text}"))
    };
    assert!(at("Whole environments") < at("  broken-indexer "));
    assert!(at("  denied ") < at("The call does not get through"));
    assert!(at("Who may do what") < at("  stale-principal[:mended] "));
    assert!(at("Behind a name, :mended") > at("  role-through-group[:broken] "));
    assert!(
        lines.iter().all(|line| line.chars().count() <= 140),
        "{text}"
    );
}

#[test]
fn a_story_is_told_with_its_twin() {
    let told = |name: &str| {
        let mut out = Vec::new();
        tell(name, &mut out).map(|()| String::from_utf8(out).unwrap())
    };
    let story = told("stale-principal").unwrap();
    for part in [
        "Search was created anew",
        "no directory knows any more",
        "stale-principal:mended: The roles were given",
    ] {
        assert!(story.contains(part), "{part} in {story}");
    }
    let twin = told("stale-principal:mended").unwrap();
    assert!(twin.starts_with("The roles were given"), "{twin}");
    assert!(!twin.contains(":mended"), "{twin}");
    assert!(told("nonsense").is_err());
}
