//! Logs: coverage and refusals, in every state.

use hopscope::config::Action;
use hopscope::model::facet::Facet;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::key::Key;
use hopscope::model::logs::Question;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::logs::Logs;
use serde_json::json;

use super::history::{question, scene};
use super::stage::{NOW, Reading, SIZES, Scene, Screen};

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Logs> {
    Screen::new(Logs::new(), scene, size).judged()
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("logs-full-{}x{}", size.0, size.1);
        let text = screen(&scene("broken-indexer"), size).text(&name);
        insta::assert_snapshot!(name, text);
        let name = format!("logs-refused-{}x{}", size.0, size.1);
        let mut own = screen(&scene("broken-indexer"), size);
        own.act(Action::NextView);
        insta::assert_snapshot!(name.clone(), own.text(&name));
    }
}

#[test]
fn every_other_state() {
    let full = || scene("broken-indexer");
    let is_setting = |key: &Key| matches!(key, Key::Facet(_, Facet::DiagnosticSettings));
    let denied = full()
        .readings
        .iter()
        .map(|(key, _)| key.clone())
        .filter(is_setting)
        .fold(full(), Scene::refused);
    let unasked = Question::ALL
        .into_iter()
        .map(question)
        .fold(full(), Scene::refused);
    let cloudless = Issue::new(
        IssueKind::Unsupported,
        "refusals",
        "this cloud has no Log Analytics",
        NOW,
    );
    let cloudless = Question::ALL.into_iter().fold(full(), |scene, own| {
        scene.with(question(own), Reading::Refused(cloudless.clone()))
    });
    for size in [(80, 24), (140, 42)] {
        for (state, scene) in [
            ("empty", Scene::empty()),
            ("first", full().reading(|_| true)),
            ("loading", full().reading(is_setting)),
            ("partial", full().failed(question(Question::Blobs))),
            ("denied", denied.clone()),
            ("unasked", unasked.clone()),
            ("cloudless", cloudless.clone()),
            ("healthy", scene("healthy")),
        ] {
            let name = format!("logs-{state}-{}x{}", size.0, size.1);
            let mut own = screen(&scene, size);
            if matches!(state, "unasked" | "cloudless" | "partial") {
                own.act(Action::NextView);
            }
            insta::assert_snapshot!(name.clone(), own.text(&name));
        }
    }
}

#[test]
fn what_goes_elsewhere_and_metrics_alone_are_said() {
    let mut own = scene("broken-indexer");
    let setting = |logs: bool, workspace: bool| {
        json!({ "value": [{ "name": "s", "properties": {
            "workspaceId": if workspace { "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w" } else { "" },
            "storageAccountId": if workspace { "" } else { "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/starchive" },
            "logs": [{ "categoryGroup": "allLogs", "enabled": logs }],
            "metrics": [{ "category": "AllMetrics", "enabled": true }],
        } }] })
    };
    let facets: Vec<Key> = own
        .readings
        .iter()
        .map(|(key, _)| key.clone())
        .filter(|key| matches!(key, Key::Facet(_, Facet::DiagnosticSettings)))
        .collect();
    let of = |name: &str| {
        facets
            .iter()
            .find(|key| key.scope().is_some_and(|id| id.name() == name))
            .expect("its settings")
            .clone()
    };
    own.add(of("srch-rag-dev"), Reading::Known(setting(true, false)));
    own.add(of("kv-rag-dev"), Reading::Known(setting(false, true)));
    let text = screen(&own, (140, 42)).text("logs-elsewhere");
    assert!(text.contains("archive starchive only"), "{text}");
    assert!(text.contains("metrics only"), "{text}");
}

#[test]
fn the_query_is_shown_and_can_be_copied() {
    let mut own = screen(&scene("broken-indexer"), (140, 42));
    own.act(Action::NextView);
    let subject = own.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(subject.copy[0].text, Question::Blobs.kql());
    assert_eq!(subject.title, "stragdev");
    assert!(!subject.answers.is_empty());
    let text = own.text("logs-query");
    assert!(text.contains("StorageBlobLogs"), "{text}");
}
