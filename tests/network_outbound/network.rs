//! The Network pane.

use hopscope::config::Action;
use insta::assert_snapshot;
use time::Duration;

use crate::stage::{ODD_SIZES, READ, STATES, Stage};

const NAME: &str = "Network";

fn full() -> Stage {
    Stage::of(NAME, "broken-indexer")
}

#[test]
fn every_state_at_two_sizes() {
    for state in STATES {
        for (width, height) in [(80, 24), (140, 42)] {
            let text = Stage::in_state(NAME, state).text(width, height);
            assert_snapshot!(format!("network_{state}_{width}x{height}"), text);
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
    // One that is shut, and one whose callers' definitions are not there to say what they present.
    assert!(text.contains("faults only  2 of 8"), "{text}");
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
    let mut stage = Stage::in_state(NAME, "denied");
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
