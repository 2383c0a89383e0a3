//! `hopscope check`, as a shell runs it: exit codes, what stands on stdout and on stderr, and the
//! report of every scenario against its schema.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "check/doctor.rs"]
mod doctor;
#[path = "check/formats.rs"]
mod formats;
#[path = "check/foundry.rs"]
mod foundry;
#[path = "check/policy.rs"]
mod policy;
#[path = "check/preflight.rs"]
mod preflight;
#[path = "check/stories.rs"]
mod stories;
mod support;
#[path = "check/tenants.rs"]
mod tenants;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{Ran, hopscope, problems};

const SCENARIOS: [&str; 6] = [
    "cross-tenant",
    "broken-indexer",
    "healthy",
    "foundry-cmk",
    "open-poc",
    "denied",
];

fn report(arguments: &[&str]) -> Value {
    let ran = hopscope(
        &[
            &["check", "--format", "json", "--fail-on", "never"],
            arguments,
        ]
        .concat(),
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()
}

fn demo(name: &str) -> Value {
    report(&["--demo", name])
}

fn resource<'a>(report: &'a Value, name: &str) -> &'a Value {
    let found = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// A loopback address at which nothing listens: it was free a moment ago.
fn dead_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn the_report_of_every_scenario_fits_the_schema() {
    let listed = hopscope(&["demo", "--list"]);
    let names: BTreeSet<&str> = listed
        .stdout
        .lines()
        .filter(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let told: BTreeSet<String> = stories::TOLD
        .iter()
        .chain(&tenants::TOLD)
        .chain(&foundry::TOLD)
        .chain(&policy::TOLD)
        .map(|(name, twin)| format!("{name}[:{twin}]"))
        .collect();
    let known = SCENARIOS.into_iter().chain(told.iter().map(String::as_str));
    assert_eq!(names, known.collect());
    for name in SCENARIOS {
        let report = demo(name);
        assert_eq!(problems(&report), Vec::<String>::new(), "{name}");
        assert!(!report["resources"].as_array().unwrap().is_empty());
    }
}

#[test]
fn what_is_hardened_is_read_whole() {
    let report = demo("healthy");
    assert_eq!(report["complete"], true);
    assert_eq!(report["notRead"], serde_json::json!([]));
    assert_eq!(report["requests"]["failed"], 0);
    assert_eq!(report["requests"]["throttled"], 0);
    assert_eq!(
        report["scope"]["resourceGroups"],
        serde_json::json!(["rg-rag-poc"])
    );
    let corpus = resource(&report, "stragdev");
    assert_eq!(corpus["part"], "corpus");
    assert_eq!(corpus["network"]["defaultAction"], "Deny");
    assert_eq!(
        corpus["network"]["bypass"],
        serde_json::json!(["AzureServices"])
    );
    assert_eq!(corpus["localAuth"]["enabled"], false);
    let model = resource(&report, "aoai-rag-dev");
    assert_eq!(model["outbound"]["restricted"], true);
    assert_eq!(
        model["outbound"]["allowedFqdns"].as_array().unwrap().len(),
        3
    );
    assert_eq!(model["facets"]["projects"], "unsupported");
    let hub = resource(&report, "hub-rag-dev");
    assert_eq!(hub["part"], "hub");
    assert!(
        hub["encryption"]["key"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    let parts: BTreeSet<&str> = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["part"].as_str())
        .collect();
    for part in [
        "search",
        "project",
        "vault",
        "logs",
        "identity",
        "managed-cosmos",
        "managed-search",
        "managed-storage",
    ] {
        assert!(parts.contains(part), "{part} is not among {parts:?}");
    }
    assert!(
        report["roleAssignments"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one.get("principalName").is_some() && one.get("role").is_some())
    );
}

#[test]
fn what_was_refused_is_named_with_the_right_and_the_role() {
    let report = demo("denied");
    assert_eq!(report["complete"], false);
    let roles = report["notRead"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["what"] == "roleAssignments")
        .unwrap();
    assert_eq!(roles["state"], "denied");
    assert_eq!(roles["status"], 403);
    assert_eq!(roles["code"], "AuthorizationFailed");
    assert_eq!(
        roles["right"],
        "Microsoft.Authorization/roleAssignments/read"
    );
    assert_eq!(roles["role"], "Reader");
    let denied = report["requests"]["denied"].as_u64().unwrap();
    assert!(denied > 0);
    let strict = hopscope(&[
        "check",
        "--demo",
        "denied",
        "--strict",
        "--fail-on",
        "never",
    ]);
    assert_eq!(strict.code, 4);
    assert!(strict.stdout.contains("Not read"));
    assert_eq!(
        hopscope(&["check", "--demo", "healthy", "--strict"]).code,
        0
    );
}

#[test]
fn a_hop_that_is_shut_fails_the_check_and_says_how_to_mend_it() {
    let ran = hopscope(&["check", "--demo", "broken-indexer"]);
    assert_eq!(ran.code, 1);
    let hops = ran.stdout.find("\nHops").unwrap();
    assert!(
        hops < ran.stdout.find("OPEN TO").unwrap(),
        "hops come first"
    );
    for words in [
        "shut     indexer-to-storage",
        "network shut",
        "same region",
        "az storage account network-rule add",
    ] {
        assert!(ran.stdout.contains(words), "{words}\n{}", ran.stdout);
    }
    for (what, code) in [
        ("never", 0),
        ("error", 1),
        ("shut", 1),
        ("unknown,never", 1),
    ] {
        let arguments = ["check", "--demo", "broken-indexer", "--fail-on", what];
        assert_eq!(hopscope(&arguments).code, code, "{what}");
    }

    let report = demo("broken-indexer");
    let hop = report["hops"]
        .as_array()
        .unwrap()
        .iter()
        .find(|hop| hop["kind"] == "indexer-to-storage" && hop["via"] == "indexer docs-indexer")
        .unwrap();
    assert_eq!(hop["verdict"], "shut");
    assert_eq!(hop["basis"], "observed");
    let shut: Vec<&Value> = hop["gates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|gate| gate["verdict"] == "shut")
        .collect();
    assert_eq!(shut.len(), 1);
    assert_eq!(shut[0]["gate"], "network");
    let proves =
        |path: &str, value: &str| {
            shut[0]["evidence"].as_array().unwrap().iter().any(|one| {
                one["path"] == path && one["value"] == value && one["requestId"].is_string()
            })
        };
    assert!(proves("properties.networkAcls.bypass", "None"));
    assert!(proves("properties.networkAcls.defaultAction", "Deny"));
    let tools: BTreeSet<&str> = shut[0]["remedies"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["tool"].as_str())
        .collect();
    assert_eq!(tools, BTreeSet::from(["az", "azurerm", "portal"]));
}

#[test]
fn text_is_for_people() {
    let Ran { code, stdout, .. } = hopscope(&["check", "--demo", "healthy"]);
    assert_eq!(code, 0);
    for words in ["rg-rag-poc", "stragdev", "OPEN TO", "ada@contoso.com"] {
        assert!(stdout.contains(words), "{words}\n{stdout}");
    }
    assert!(
        !stdout
            .chars()
            .any(|letter| letter.is_control() && letter != '\n'),
        "no colour into a pipe"
    );
    // A command is copied whole: it is the only thing that may be longer.
    for line in stdout
        .lines()
        .filter(|line| !line.starts_with("        az "))
    {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn a_file_takes_the_report_and_stdout_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let file = path.to_str().unwrap();
    let ran = hopscope(&[
        "check", "--demo", "open-poc", "--format", "json", "--out", file,
    ]);
    // Nothing of it sends logs: those hops are shut, and that is what the exit code says.
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(problems(&report), Vec::<String>::new());
}

#[test]
fn a_scope_on_the_command_line_replaces_that_of_the_demo() {
    let whole = report(&["--demo", "healthy", "-s", "CONTOSO-DEV"]);
    assert!(
        whole["resources"].as_array().unwrap().len()
            > demo("healthy")["resources"].as_array().unwrap().len()
    );
    assert_eq!(whole["scope"]["resourceGroups"], serde_json::json!([]));
}

#[test]
fn wrong_uses_end_with_two_and_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(
        &config,
        "[theme]\nname = \"dark\"\n[scope]\nsubscription = \"x\"\n",
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let cloud = folder.path().join("cloud.toml");
    std::fs::write(
        &cloud,
        "name = \"x\"\nresource_manager = \"http://192.0.2.1\"\n",
    )
    .unwrap();
    let cloud = cloud.to_str().unwrap();
    let cases: [(&[&str], &[&str]); 10] = [
        (&["check", "--demo", "nope"], &["nope", "demo --list"]),
        (
            &["check", "--demo", "broken-indexr"],
            &["broken-indexr", "did you mean 'broken-indexer'?"],
        ),
        (&["check", "--format", "pdf"], &["pdf", "json"]),
        (
            &["check", "--config", config, "--demo"],
            &["config.toml", "line 4", "subscription"],
        ),
        (&["check", "--cloud-file", cloud], &["cloud.toml"]),
        (
            &["check", "--cloud-file", "/nonexistent.toml"],
            &["/nonexistent.toml"],
        ),
        (
            &[
                "check",
                "--demo",
                "healthy",
                "-s",
                "contoso-dev",
                "-g",
                "rg-typo",
            ],
            &["rg-typo", "rg-rag-poc"],
        ),
        (&["check", "--tenant", "a/b"], &["a/b"]),
        (&["demo"], &["hopscope check"]),
        (
            &["check", "--demo", "healthy", "--out", "/nonexistent/x"],
            &["/nonexistent/x", "there is no folder /nonexistent: make it"],
        ),
    ];
    for (arguments, words) in cases {
        let ran = hopscope(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
    }
}

#[test]
fn what_cannot_be_reached_ends_with_three_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    let dead = dead_address();
    std::fs::write(
        &cloud,
        format!("name = \"dead\"\nresource_manager = \"{dead}\"\nauthority = \"{dead}\"\nportal = \"https://portal.azure.com\"\n"),
    )
    .unwrap();
    let cloud = cloud.to_str().unwrap();
    let cases: [(&[&str], &[&str]); 4] = [
        (&["--cloud-file", cloud], &["not signed in", "refused"]),
        (
            &["--demo", "healthy", "-s", "typo"],
            &["typo", "contoso-dev"],
        ),
        (
            &[
                "--demo",
                "healthy",
                "-s",
                "11111111-1111-4111-8111-111111111111",
            ],
            &["11111111", "contoso-dev"],
        ),
        (
            &[
                "--demo",
                "healthy",
                "-s",
                "contoso-dev",
                "--tenant",
                "11111111-1111-4111-8111-111111111111",
            ],
            &[
                "AADSTS90002",
                "11111111",
                "check the id given with --tenant",
            ],
        ),
    ];
    for (arguments, words) in cases {
        let ran = hopscope(&[&["check"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
        assert!(ran.stderr.lines().count() <= 3, "{}", ran.stderr);
    }
    let json = hopscope(&["check", "--format", "json", "--cloud-file", cloud]);
    assert_eq!(json.code, 3);
    let report = json.json();
    assert_eq!(problems(&report), Vec::<String>::new());
    assert_eq!(report["complete"], false);
}

#[test]
fn completions_and_the_manual_come_from_the_definition() {
    let bash = hopscope(&["completions", "bash"]);
    assert_eq!(bash.code, 0);
    assert!(bash.stdout.contains("--resource-group"));
    let manual = hopscope(&["man"]);
    assert!(manual.stdout.contains("auxiliary\\-tenant"));
    let help = hopscope(&["--help"]);
    assert!(help.stdout.contains("check") && help.stdout.contains("preflight"));
    // The three uses, each with commands to begin with; the manual has them, too.
    for told in [&help.stdout, &manual.stdout.replace("\\-", "-")] {
        for words in [
            "Look around",
            "Mend a broken indexer",
            "Show it to a customer",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(told.contains("hopscope doctor"), "{told}");
    }
    let zsh = hopscope(&["completions", "zsh"]);
    assert!(zsh.stdout.contains("broken-indexer") && zsh.stdout.contains("_hopscope"));
}

#[test]
fn the_log_file_says_what_was_wanted_and_holds_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let ran = hopscope(&["check", "--demo", "healthy", "--log", log.to_str().unwrap()]);
    assert_eq!(ran.code, 0);
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains("wanted"), "{text}");
    assert!(!text.contains("eyJ"));
}
