//! The Network pane.

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::Update;
use insta::assert_snapshot;
use serde_json::json;
use time::Duration;

use crate::stage::{NOW, READ, Stage, id, list, refused};

const NAME: &str = "Network";

/// Storage and search were read, everything else is on its way.
fn loading() -> Stage {
    let mut stage = Stage::new(NAME);
    "loading".clone_into(&mut stage.name);
    stage.scope();
    stage.read("broken-indexer", |key| {
        matches!(key, Key::Subscriptions(_))
            || *key == list(Family::Storage)
            || *key == list(Family::Search)
    });
    stage
}

/// A list came in part, and one facet of one service failed.
fn partial() -> Stage {
    let mut stage = Stage::new(NAME);
    "partial".clone_into(&mut stage.name);
    stage.scope();
    let cut_off = list(Family::Vault);
    stage.read("broken-indexer", |key| *key != cut_off);
    let vault = json!({ "value": [{
        "id": id("Microsoft.KeyVault/vaults/kv-rag-dev").as_str(),
        "name": "kv-rag-dev", "location": "centralus",
        "properties": { "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices",
            "ipRules": [{ "value": "203.0.113.24" }], "virtualNetworkRules": [] } },
    }] });
    stage.page(&cut_off, &vault);
    let issue = Issue {
        status: Some(503),
        ..Issue::new(
            IssueKind::Failed,
            "key vaults",
            "the service failed: 503",
            READ,
        )
    };
    stage.settle(&cut_off, vec![issue]);
    stage.store.apply(Update::Idle { at: READ });
    stage
}

/// Storage accounts were refused, and so was the perimeter of the search service.
fn denied() -> Stage {
    let mut stage = Stage::new(NAME);
    "denied".clone_into(&mut stage.name);
    stage.scope();
    let search = Key::Facet(
        id("Microsoft.Search/searchServices/srch-rag-dev"),
        Facet::Perimeters,
    );
    let storage = list(Family::Storage);
    stage.read("broken-indexer", |key| *key != storage && *key != search);
    stage.refuse(&storage, "Microsoft.Storage/storageAccounts/read");
    stage.refuse(
        &search,
        "Microsoft.Search/searchServices/networkSecurityPerimeterConfigurations/read",
    );
    stage.store.apply(Update::Idle { at: READ });
    stage
}

/// Nothing could be read: the service did not answer, and is asked again.
fn error() -> Stage {
    let mut stage = Stage::new(NAME);
    "error".clone_into(&mut stage.name);
    stage.scope();
    stage.read("broken-indexer", |key| matches!(key, Key::Subscriptions(_)));
    for family in [
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Workspace,
        Family::Cosmos,
        Family::Vault,
    ] {
        let issue = Issue::new(
            IssueKind::Timeout,
            family.plural(),
            "no answer within 20 s",
            READ,
        );
        stage.settle(&list(family), vec![issue]);
        stage.store.apply(Update::Waiting {
            key: list(family),
            generation: 1,
            until: NOW + Duration::seconds(8),
        });
    }
    stage
}

/// Everything was read, and there is nothing.
fn nothing() -> Stage {
    let mut stage = Stage::new(NAME);
    "empty".clone_into(&mut stage.name);
    stage.scope();
    stage.read("broken-indexer", |key| matches!(key, Key::Subscriptions(_)));
    for family in [
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Workspace,
        Family::Cosmos,
        Family::Vault,
        Family::VirtualNetwork,
    ] {
        stage.answer(&list(family), &json!({ "value": [] }));
    }
    let keys: Vec<Key> = stage.store.slices().map(|(key, _)| key.clone()).collect();
    for key in keys.into_iter().filter(|key| matches!(key, Key::Facet(..))) {
        stage.store.apply(Update::Forgotten { key });
    }
    stage.store.apply(Update::Idle { at: READ });
    stage
}

fn full() -> Stage {
    Stage::of(NAME, "broken-indexer")
}

#[test]
fn every_state_at_two_sizes() {
    for (name, make) in [
        ("empty", nothing as fn() -> Stage),
        ("loading", loading),
        ("partial", partial),
        ("denied", denied),
        ("error", error),
        ("full", full),
    ] {
        for (width, height) in [(80, 24), (140, 42)] {
            let text = make().text(width, height);
            assert_snapshot!(format!("network_{name}_{width}x{height}"), text);
        }
    }
}

#[test]
fn full_at_the_other_sizes() {
    for (width, height) in [(100, 30), (200, 60)] {
        let text = full().text(width, height);
        assert_snapshot!(format!("network_full_{width}x{height}"), text);
    }
}

#[test]
fn other_environments() {
    for scenario in ["healthy", "open-poc", "foundry-cmk"] {
        let text = Stage::of(NAME, scenario).text(140, 42);
        assert_snapshot!(format!("network_{scenario}_140x42"), text);
    }
}

#[test]
fn nothing_leaves_the_pane_at_any_size() {
    for (width, height) in [
        (60, 16),
        (61, 17),
        (79, 24),
        (99, 29),
        (100, 29),
        (139, 40),
        (141, 16),
        (320, 90),
    ] {
        for make in [
            nothing as fn() -> Stage,
            loading,
            partial,
            denied,
            error,
            full,
        ] {
            let mut stage = make();
            for _ in 0..3 {
                stage.text(width, height);
                stage.act(Action::NextPart);
            }
        }
    }
}

#[test]
fn before_anything_is_known_it_says_what_it_waits_for() {
    let text = Stage::new(NAME).text(140, 42);
    assert!(
        text.contains("Reading what there is: storage accounts"),
        "{text}"
    );
}

#[test]
fn the_matrix_and_the_table_show_the_same_service() {
    let mut stage = full();
    stage.text(140, 42);
    stage.act(Action::NextPart);
    stage.act(Action::Right);
    stage.text(140, 42);
    assert_eq!(stage.subject().unwrap().title, "srch-rag-dev");
    stage.act(Action::PreviousPart);
    stage.act(Action::Down);
    stage.text(140, 42);
    assert_eq!(stage.subject().unwrap().title, "aoai-rag-dev");
}

#[test]
fn the_subject_is_the_service_with_its_json_and_its_proof() {
    let mut stage = full();
    stage.text(140, 42);
    let subject = stage.subject().unwrap();
    assert_eq!(subject.id.unwrap().name(), "stragdev");
    assert_eq!(subject.answers.len(), 1);
    let evidence = subject
        .copy
        .iter()
        .find(|item| item.label == "evidence")
        .unwrap();
    assert!(
        evidence
            .text
            .contains("properties.networkAcls.bypass = None"),
        "{}",
        evidence.text
    );
}

#[test]
fn faults_only_keeps_what_is_shut() {
    let mut stage = full();
    stage.text(140, 42);
    stage.act(Action::FaultsOnly);
    let text = stage.text(140, 42);
    assert!(text.contains("faults only  1 of 8"), "{text}");
    assert!(stage.pane.badge().is_some_and(|badge| badge.count == 1));
}

#[test]
fn a_filter_that_nothing_passes_says_so() {
    let mut stage = full();
    stage.text(140, 42);
    stage.pane.set_filter("zzz");
    assert!(stage.text(140, 42).contains("No service passes"));
    stage.pane.set_filter("openai");
    assert_eq!(stage.pane.filter(), ("openai".to_owned(), 1, 8));
}

#[test]
fn old_values_carry_their_age() {
    let mut stage = full();
    stage.now = READ + Duration::minutes(4);
    assert!(stage.text(140, 42).contains("○ 4 min old"));
    stage.now = READ + Duration::minutes(20);
    assert!(stage.text(140, 42).contains("✖ was shut"));
}

#[test]
fn a_refusal_names_the_right_and_the_role_in_its_detail() {
    let mut stage = denied();
    stage.text(140, 42);
    stage.act(Action::Last);
    let text = stage.text(140, 42);
    for words in [
        "THE RIGHT THAT IS MISSING",
        "Microsoft.Storage/storageAccounts/read",
        "Reader",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let _ = refused("x", "y");
}

#[test]
fn without_an_address_nobody_is_called_shut_for_it() {
    let mut stage = full();
    stage.judging.client_ip = None;
    let text = stage.text(140, 42);
    assert!(text.contains("you  address not said"), "{text}");
    assert!(text.contains("? IP rule"), "{text}");
    assert!(text.contains("  ✔ srch-rag-dev"), "{text}");
}

#[test]
fn ascii_signs_are_ascii() {
    let mut stage = full();
    stage.ascii = true;
    assert!(stage.text(140, 42).contains("x stragdev"));
}
