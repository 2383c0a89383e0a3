//! The boxes over the screen: help, palette, JSON, describe.

use hopscope::model::resource::Family;
use hopscope::store::{Payload, Update};
use hopscope::ui::effect::Effect;

use crate::stage::Stage;
use crate::world::{NOW, list, read, resource};

fn stage(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    let items = ["stragdev", "sthubrag5c1d"]
        .iter()
        .map(|name| resource(Family::Storage, "rg-rag-poc", name))
        .collect();
    stage
        .settled()
        .news(read(&list(Family::Storage), Payload::Resources(items)))
        .news(vec![Update::Idle { at: NOW }]);
    stage
}

#[test]
fn boxes_as_pictures() {
    for (name, keys) in [
        ("help", "?"),
        ("palette", ": s t r a g"),
        ("json", "y j j"),
        ("describe", "d"),
        ("sort", "s"),
    ] {
        for (width, height) in [(140, 42), (80, 24)] {
            let mut stage = stage(width, height);
            stage.press(keys);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), stage.text());
        }
    }
}

#[test]
fn esc_closes_every_box_and_leaves_what_was_behind() {
    let mut stage = stage(140, 42);
    let before = stage.draw();
    for keys in ["?", ":", "y", "d", "s"] {
        stage.press(keys);
        assert_ne!(stage.draw(), before, "{keys} opens");
        stage.press("esc");
        assert_eq!(stage.draw(), before, "{keys} closes");
    }
}

#[test]
fn the_palette_goes_to_a_thing_and_does_an_action() {
    let mut stage = stage(140, 42);
    stage.press(": s t r a g d e v enter");
    let text = stage.text();
    let chosen = text
        .lines()
        .find(|line| line.starts_with('▌'))
        .unwrap_or_default();
    assert!(chosen.contains("stragdev"), "{text}");
    // What is called so goes before what only stands near it, whatever its group.
    stage.press(": r e q u e s t s enter g");
    let footer = stage.text().lines().last().unwrap_or_default().to_owned();
    assert!(footer.contains("enter answer"), "{footer}");
    assert_eq!(stage.press(": q u i t enter"), [Effect::Quit]);
    // What was taken earlier comes back.
    stage.press(": ctrl-p");
    assert!(stage.text().contains(": quit"), "{}", stage.text());
}

#[test]
fn json_is_searched_and_copied_by_path_and_value() {
    let mut stage = stage(140, 42);
    stage.press("y / d e f a u l t enter");
    let path = stage.press("p");
    let value = stage.press("c");
    let text = |effects: &[Effect]| match effects {
        [Effect::Copy { text, .. }] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(&path), "properties.networkAcls.defaultAction");
    assert_eq!(text(&value), "Deny");
}

#[test]
fn help_shows_only_keys_whose_action_is_there() {
    let mut stage = stage(140, 42);
    stage.press("?");
    let text = stage.text();
    for shown in [
        "the JSON as Azure sent it",
        "Network",
        "Requests",
        "quit",
        "palette",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    for hidden in ["Indexers", "Findings", "mark a group"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
}
