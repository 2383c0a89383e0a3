//! Changes: the axis, the list and who did it, in every state.

use hopscope::analysis::hop::HopKind;
use hopscope::config::Action;
use hopscope::model::key::Key;
use hopscope::model::logs::Question;
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::changes::Changes;
use hopscope::ui::panes::map::Map;

use super::history::{activity, question, scene};
use super::stage::{SIZES, Scene, Screen};

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Changes> {
    Screen::new(Changes::new(), scene, size).judged()
}

/// Puts the selection on the write that shut the indexer's way.
fn at_the_write(screen: &mut Screen<Changes>) {
    let found = screen.with(|pane, cx| {
        let id = cx
            .judgement
            .hops
            .iter()
            .filter(|hop| hop.kind == HopKind::IndexerToStorage)
            .flat_map(|hop| &hop.gates)
            .find_map(|gate| Some(gate.changed_by.as_ref()?.found()?.change.id.clone()))
            .expect("somebody shut it");
        pane.select(&id)
    });
    assert!(found);
    screen.at(super::stage::NOW);
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let name = format!("changes-full-{}x{}", size.0, size.1);
        let mut own = screen(&scene("broken-indexer"), size);
        at_the_write(&mut own);
        insta::assert_snapshot!(name.clone(), own.text(&name));
    }
}

#[test]
fn the_detail_of_the_write_on_a_small_screen() {
    let mut own = screen(&scene("broken-indexer"), (80, 24));
    at_the_write(&mut own);
    own.act(Action::Enter);
    insta::assert_snapshot!("changes-detail-80x24", own.text("changes-detail-80x24"));
}

#[test]
fn every_other_state() {
    let full = || scene("broken-indexer");
    let quiet = || {
        let mut own = Scene::empty();
        own.add(
            activity(),
            super::stage::Reading::Known(serde_json::json!({ "value": [] })),
        );
        own
    };
    for size in [(80, 24), (140, 42)] {
        for (state, scene) in [
            ("empty", quiet()),
            ("first", full().reading(|_| true)),
            (
                "loading",
                full().reading(|key| matches!(key, Key::ActivityLog(_))),
            ),
            ("partial", full().refused(question(Question::Blobs))),
            ("denied", full().refused(activity())),
            ("all-denied", quiet().refused(activity())),
            ("error", full().failed(activity())),
            ("healthy", scene("healthy")),
        ] {
            let name = format!("changes-{state}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(name.clone(), screen(&scene, size).text(&name));
        }
    }
}

#[test]
fn spans_and_steps_in_time() {
    let mut own = screen(&scene("broken-indexer"), (140, 42));
    let day = own.text("changes-day");
    own.act(Action::NextView);
    assert_ne!(own.text("changes-span"), day, "a longer span");
    own.act(Action::PreviousView);
    assert_eq!(own.text("changes-back"), day);
    // The oldest event lies before the span: the window follows it.
    own.act(Action::Last);
    let old = own.text("changes-old");
    assert!(old.contains("14 Nov"), "{old}");
    own.act(Action::Right);
    assert_ne!(own.text("changes-step"), old, "a step on in time");
}

#[test]
fn from_the_hop_to_its_write_and_back() {
    let mut map = Screen::new(Map::new(), &scene("broken-indexer"), (140, 42)).judged();
    let effects = map.with(|pane, cx| pane.on_action(Action::Who, cx).effects);
    let [Effect::Jump { panes, ids }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(panes, &['9']);
    let mut own = screen(&scene("broken-indexer"), (140, 42));
    assert!(own.with(|pane, _| pane.select(&ids[0])));
    own.act(Action::Enter);
    let effects = own.with(|pane, cx| pane.on_action(Action::Enter, cx).effects);
    let [Effect::Jump { panes, ids }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(panes, &['1']);
    assert!(ids.iter().any(|id| id.starts_with("indexer-to-storage|")));
}

#[test]
fn the_events_of_a_write_can_be_read_as_azure_sent_them() {
    let mut own = screen(&scene("broken-indexer"), (140, 42));
    at_the_write(&mut own);
    let subject = own.with(|pane, cx| pane.subject(cx)).expect("a subject");
    assert_eq!(subject.answers.len(), 2);
    assert_eq!(subject.copy[0].label, "correlation id");
    assert_eq!(subject.id.expect("an id").name(), "stragdev");
}

#[test]
fn a_filter_keeps_one_resource_on_axis_and_list() {
    let mut own = screen(&scene("broken-indexer"), (140, 42));
    own.with(|pane, _| pane.set_filter("stragdev"));
    own.at(super::stage::NOW);
    let text = own.text("changes-filter");
    assert!(
        text.contains("stragdev") && !text.contains("aoai-rag-dev gpt-4o"),
        "{text}"
    );
}
