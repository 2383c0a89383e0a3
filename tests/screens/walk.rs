//! The walk while readings are to come, partly refused, refused, and where nothing of the pattern is,
//! at every size.

use crossterm::event::KeyCode;
use hopscope::model::facet::Facet;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;

use super::stage::{SIZES, Scene, list_key, subscription};
use super::whole::Whole;

fn full() -> Scene {
    super::indexers::scene("healthy")
}

/// A walk at a step.
fn walk(scene: &Scene, size: (u16, u16), step: char) -> Whole {
    let mut whole = Whole::of(scene, size, true);
    whole.letter('t');
    whole.letter(step);
    whole
}

/// The sign before a tab.
fn sign_of(text: &str, tab: &str) -> char {
    let at = text.find(tab).unwrap_or_else(|| panic!("{tab}\n{text}"));
    text[..at].trim_end().chars().last().unwrap_or(' ')
}

fn states() -> [(&'static str, Scene); 4] {
    let is_setting = |key: &Key| matches!(key, Key::Facet(_, Facet::DiagnosticSettings));
    let settings: Vec<Key> = full()
        .readings
        .iter()
        .map(|(key, _)| key.clone())
        .filter(is_setting)
        .collect();
    let denied = settings
        .into_iter()
        .fold(full(), Scene::refused)
        .refused(Key::RoleAssignments(subscription()))
        .refused(list_key(Family::Storage));
    [
        (
            "loading",
            full().reading(|key| !matches!(key, Key::List { .. } | Key::Groups(_))),
        ),
        ("partial", full().failed(list_key(Family::Vault))),
        ("denied", denied),
        ("empty", Scene::empty()),
    ]
}

#[test]
fn every_state_at_every_size() {
    for (state, scene) in states() {
        for size in SIZES {
            let name = format!("walk-{state}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(name, walk(&scene, size, '2').text());
        }
    }
}

#[test]
fn what_is_not_known_is_never_green() {
    for (state, scene) in states() {
        let mut whole = walk(&scene, SIZES[3], '1');
        for (at, tab) in [
            "backbone",
            "firewalls",
            "outbound",
            "identity",
            "cost",
            "logs",
        ]
        .into_iter()
        .enumerate()
        {
            whole.letter(char::from(b'1' + u8::try_from(at).unwrap_or(0)));
            let text = whole.text();
            let sign = sign_of(&text, &format!("{} {tab}", at + 1));
            assert_ne!(sign, '✔', "{state}, {tab}\n{text}");
            assert!(!text.contains("It holds here"), "{state}, {tab}\n{text}");
            let says = match state {
                "loading" => "readings answered",
                "empty" => "There is nothing here to show it on",
                _ => "",
            };
            assert!(
                text.contains(says) || text.contains("It does not hold here"),
                "{state}, {tab}\n{text}"
            );
        }
    }
}

#[test]
fn what_was_refused_is_one_key_away_and_esc_comes_back() {
    let scene = full().refused(Key::PolicyAssignments(subscription()));
    let mut whole = walk(&scene, SIZES[2], '6');
    let step = whole.text();
    assert!(
        step.contains("1 reading was refused or failed: nothing found is no proof"),
        "{step}"
    );
    whole.key(KeyCode::Enter);
    let requests = whole.text();
    assert!(requests.contains("─ Requests"), "{requests}");
    whole.key(KeyCode::Esc);
    assert_eq!(whole.text(), step);
}

#[test]
fn the_key_of_the_walk_stands_on_the_first_screen_and_its_own_keys_in_it() {
    for size in SIZES {
        let mut whole = Whole::of(&full(), size, true);
        let first = whole.text();
        let last = first.lines().last().unwrap_or_default();
        assert!(last.contains("t walk"), "{size:?}: {last}");
        whole.letter('t');
        let walk = whole.text();
        let last = walk.lines().last().unwrap_or_default();
        for hint in [
            "→ next",
            "← back",
            "enter proof",
            "n notes",
            "p mask",
            "esc leave the walk",
        ] {
            assert!(last.contains(hint), "{size:?}: {hint}: {last}");
        }
        assert!(
            walk.contains("The six benefits of the public backbone") && walk.contains("1 of 9"),
            "{size:?}\n{walk}"
        );
    }
}
