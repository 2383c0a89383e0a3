//! Indexers: runs, errors and their cause, in every state.

use std::path::Path;

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::indexers::Indexers;
use serde_json::{Value, json};

use super::stage::{NOW, Reading, SIZES, SUBSCRIPTION, Scene, Screen, document, list_key};

pub(crate) fn service() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/Microsoft.Search/searchServices/srch-rag-dev"
    ))
}

fn facet(facet: Facet) -> Key {
    Key::Facet(service(), facet)
}

fn status_key(indexer: &str) -> Key {
    Key::Facet(
        service().child(&format!("indexers/{indexer}")),
        Facet::IndexerStatus,
    )
}

/// A scenario with what its search service holds.
pub(crate) fn scene(name: &str) -> Scene {
    let mut scene = Scene::of(name);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/scenarios")
        .join(name)
        .join("search/srch-rag-dev");
    for (own, file) in [
        (Facet::Indexers, "indexers"),
        (Facet::DataSources, "datasources"),
        (Facet::Skillsets, "skillsets"),
        (Facet::Indexes, "indexes"),
    ] {
        let items = document(&folder.join(format!("{file}.json")));
        if own == Facet::Indexers {
            for name in items.iter().filter_map(|one| one["name"].as_str()) {
                let body = document(&folder.join(format!("status/{name}.json"))).remove(0);
                scene.add(status_key(name), Reading::Known(body));
            }
        }
        scene.add(facet(own), Reading::Known(json!({ "value": items })));
    }
    // No perimeter stands before any of them, and no shared private link.
    let none = || Reading::Known(json!({ "value": [] }));
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers");
    for end in [
        "Microsoft.Storage/storageAccounts/stragdev",
        "Microsoft.Search/searchServices/srch-rag-dev",
        "Microsoft.CognitiveServices/accounts/aoai-rag-dev",
    ] {
        let id = ArmId::new(format!("{group}/{end}"));
        scene.add(Key::Facet(id, Facet::Perimeters), none());
    }
    scene.add(facet(Facet::SharedPrivateLinks), none());
    scene
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Indexers> {
    Screen::new(Indexers::new(), scene, size).judged()
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("indexers-full-{}x{}", size.0, size.1);
        let text = screen(&scene("broken-indexer"), size).text(&name);
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_other_state() {
    let full = || scene("broken-indexer");
    let is_data = |key: &Key| matches!(key, Key::Facet(_, Facet::IndexerStatus | Facet::Skillsets));
    let keys_only = Issue::new(
        IssueKind::Unsupported,
        "indexers",
        "the service takes API keys only (authOptions), and hopscope presents none",
        NOW,
    );
    let denied = full()
        .refused(facet(Facet::Indexers))
        .refused(facet(Facet::DataSources));
    let partial = full().refused(status_key("docs-indexer"));
    let not_asked = full().with(facet(Facet::Indexers), Reading::Refused(keys_only));
    let none = full().with(
        facet(Facet::Indexers),
        Reading::Known(json!({ "value": [] })),
    );
    let error = full()
        .failed(status_key("docs-indexer"))
        .failed(facet(Facet::Skillsets));
    for (state, scene) in [
        ("empty", Scene::empty()),
        ("first", full().reading(|_| true)),
        ("loading", full().reading(is_data)),
        ("partial", partial),
        ("denied", denied),
        ("keys-only", not_asked),
        ("none", none),
        ("error", error),
        ("healthy", self::scene("healthy")),
        (
            "service-failed",
            Scene::empty().failed(list_key(Family::Search)),
        ),
    ] {
        for size in [(80, 24), (140, 42)] {
            let name = format!("indexers-{state}-{}x{}", size.0, size.1);
            let text = screen(&scene, size).text(&name);
            insta::assert_snapshot!(name, text);
        }
    }
}

#[test]
fn the_parts_one_by_one_at_80x24() {
    let mut screen = screen(&scene("broken-indexer"), (80, 24));
    for name in ["runs", "errors"] {
        assert!(screen.act(Action::NextView));
        let name = format!("indexers-{name}-80x24");
        insta::assert_snapshot!(name.clone(), screen.text(&name));
    }
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!(
        "indexers-error-detail-80x24",
        screen.text("indexers-error-detail")
    );
    assert!(screen.act(Action::Back) && screen.act(Action::Back));
    assert!(screen.act(Action::Enter));
    insta::assert_snapshot!("indexers-detail-80x24", screen.text("indexers-detail"));
}

#[test]
fn the_cause_is_the_gate_and_its_command_is_copied_whole() {
    let mut screen = screen(&scene("broken-indexer"), (140, 42));
    let subject = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(subject.title, "docs-indexer");
    let command = &subject.copy[0];
    assert_eq!(command.label, "az command");
    assert!(
        command.text.contains("stragdev") && command.text.contains("/searchServices/srch-rag-dev"),
        "{}",
        command.text
    );
    let names: Vec<&str> = subject
        .answers
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "docs-indexer",
            "status of docs-indexer",
            "ds-docs",
            "ss-docs",
            "docs-index"
        ]
    );
    let text = screen.text("indexers-cause");
    assert!(text.contains("configuration says the same"), "{text}");
    // Another tool, from the detail.
    assert!(screen.act(Action::Enter) && screen.act(Action::NextView));
    let other = screen.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_ne!(other.copy[0].text, command.text);
}

#[test]
fn a_message_that_configuration_does_not_bear_out_stands_alone() {
    // The firewall was opened since: the message is still the last word of the last run.
    let open = scene("broken-indexer").changed(
        "stragdev",
        "/properties/networkAcls/defaultAction",
        &Value::from("Allow"),
    );
    let text = screen(&open, (140, 42)).text("indexers-mended");
    assert!(text.contains("message alone"), "{text}");
    assert!(!text.contains("configuration says the same"), "{text}");
}
