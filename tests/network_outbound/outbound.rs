//! The Outbound pane.

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::Update;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::stage::{ODD_SIZES, READ, STATES, Stage, id, list};

const NAME: &str = "Outbound";

/// One account that is restricted to these hosts, one search service.
fn account(listed: &Value) -> Stage {
    let mut stage = Stage::new(NAME);
    stage.scope();
    let search = id("Microsoft.Search/searchServices/srch-rag-dev");
    let account = id("Microsoft.CognitiveServices/accounts/aoai-rag-dev");
    let bodies = [
        (
            Family::Search,
            json!({
                "id": search.as_str(), "name": "srch-rag-dev", "location": "centralus",
                "properties": { "endpoint": "https://srch-rag-dev.search.windows.net" },
            }),
        ),
        (
            Family::Cognitive,
            json!({
                "id": account.as_str(), "name": "aoai-rag-dev", "kind": "OpenAI", "location": "eastus2",
                "properties": { "restrictOutboundNetworkAccess": true, "allowedFqdnList": listed },
            }),
        ),
    ];
    for (family, body) in bodies {
        stage.answer(&list(family), &json!({ "value": [body] }));
    }
    for one in [search, account] {
        stage.answer(&Key::Facet(one, Facet::Perimeters), &json!({ "value": [] }));
    }
    stage.store.apply(Update::Idle { at: READ });
    stage
}

/// A hub whose managed network lets out what its rules name.
fn isolated_hub() -> Stage {
    let mut stage = Stage::new(NAME);
    stage.scope();
    let hub = id("Microsoft.MachineLearningServices/workspaces/hub-rag-dev");
    let body = json!({
        "id": hub.as_str(), "name": "hub-rag-dev", "kind": "Hub", "location": "eastus2",
        "properties": { "managedNetwork": {
            "isolationMode": "AllowOnlyApprovedOutbound", "status": { "status": "Active" } } },
    });
    stage.answer(&list(Family::Workspace), &json!({ "value": [body] }));
    let rule = |name: &str, of_type: &str, destination: Value, status: &str| {
        json!({ "id": hub.child(&format!("outboundRules/{name}")).as_str(), "name": name,
            "properties": { "type": of_type, "destination": destination,
                "category": "UserDefined", "status": status } })
    };
    let rules = json!({ "value": [
        rule("pypi", "FQDN", json!("pypi.org"), "Active"),
        rule("broken", "FQDN", json!("files.example.net"), "Failed"),
    ] });
    stage.answer(&Key::Facet(hub, Facet::OutboundRules), &rules);
    stage.store.apply(Update::Idle { at: READ });
    stage
}

#[test]
fn every_state_at_two_sizes() {
    for state in STATES {
        for (width, height) in [(80, 24), (140, 42)] {
            let text = Stage::in_state(NAME, state).text(width, height);
            assert_snapshot!(format!("outbound_{state}_{width}x{height}"), text);
        }
    }
}

#[test]
fn full_at_the_other_sizes() {
    for (width, height) in [(100, 30), (200, 60)] {
        let text = Stage::in_state(NAME, "full").text(width, height);
        assert_snapshot!(format!("outbound_full_{width}x{height}"), text);
    }
}

#[test]
fn other_environments() {
    for scenario in ["healthy", "open-poc"] {
        let text = Stage::of(NAME, scenario).text(140, 42);
        assert_snapshot!(format!("outbound_{scenario}_140x42"), text);
    }
}

#[test]
fn the_hosts_of_an_account_and_what_its_list_says_of_them() {
    for (listed, way, sign) in [
        (
            json!(["SRCH-rag-dev.search.windows.net"]),
            "✔─▶",
            "  ✔ aoai-rag-dev",
        ),
        (json!(["search.windows.net"]), "?─▶", "? aoai-rag-dev"),
        (json!(["www.example.com"]), "✖─▶", "✖ aoai-rag-dev"),
        (json!([]), "✖─▶", "✖ aoai-rag-dev"),
    ] {
        let mut stage = account(&listed);
        let text = stage.text(140, 42);
        let row = text
            .lines()
            .find(|line| line.contains("─▶ ") && line.contains("srch-rag-dev.search"));
        assert!(row.is_some_and(|row| row.contains(way)), "{listed}: {text}");
        assert!(text.contains(sign.trim()), "{listed}: {text}");
    }
}

#[test]
fn a_host_that_only_a_parent_lists_is_not_guessed() {
    let mut stage = account(&json!(["search.windows.net", "www.example.com"]));
    "parent".clone_into(&mut stage.name);
    stage.text(140, 42);
    stage.act(Action::Enter);
    let text = stage.text(140, 42);
    assert_snapshot!("outbound_parent_only_140x42", text);
    stage.act(Action::Enter);
    assert_snapshot!("outbound_parent_only_80x24", stage.text(80, 24));
    let copied = stage.subject().unwrap().copy;
    // What mends the hop comes first, then the host itself.
    let text = &copied[0].text;
    assert!(
        text.starts_with("az ")
            && text.ends_with("allowedFqdnList srch-rag-dev.search.windows.net"),
        "{text}"
    );
    let is_host = |text: &str| text == "srch-rag-dev.search.windows.net";
    assert!(copied.iter().any(|item| is_host(&item.text)), "{copied:?}");
}

#[test]
fn a_hub_that_is_isolated_shows_its_rules() {
    let mut stage = isolated_hub();
    "hub".clone_into(&mut stage.name);
    assert_snapshot!("outbound_isolated_hub_140x42", stage.text(140, 42));
}

#[test]
fn a_list_that_was_not_read_whole_is_unknown_and_not_shut() {
    let mut stage = account(&json!(["www.example.com", 7]));
    let text = stage.text(140, 42);
    assert!(text.contains("? aoai-rag-dev"), "{text}");
    assert!(!text.contains('✖'), "{text}");
}

#[test]
fn nothing_leaves_the_pane_at_any_size() {
    for state in STATES {
        let mut stage = Stage::in_state(NAME, state);
        for (width, height) in ODD_SIZES {
            for _ in 0..3 {
                stage.text(width, height);
                stage.act(Action::NextPart);
            }
        }
    }
}

#[test]
fn the_list_of_hosts_is_filtered_and_sorted_where_the_focus_is() {
    let mut stage = account(&json!(["www.example.com", "files.example.net"]));
    stage.text(140, 42);
    stage.act(Action::Enter);
    stage.pane.set_filter("files");
    assert_eq!(stage.pane.filter(), ("files".to_owned(), 1, 3));
    assert!(
        stage
            .pane
            .sort_columns()
            .iter()
            .any(|(_, name)| name == "allowed")
    );
}
