//! What holds of every keymap, and of the shipped one.

use super::*;

/// Actions that no key has, on purpose: none at present.
const UNBOUND: [Action; 0] = [];

fn shipped() -> Keymap {
    Keymap::shipped().unwrap()
}

fn press(text: &str) -> Vec<Press> {
    Press::sequence(text).unwrap()
}

#[test]
fn every_action_is_bound_or_unbound_on_purpose() {
    let map = shipped();
    for action in Action::all() {
        let bound = map.binding_of(&CONTEXTS, action).is_some();
        assert_ne!(bound, UNBOUND.contains(&action), "{action}");
    }
}

#[test]
fn every_binding_says_what_it_does() {
    for context in CONTEXTS {
        for binding in shipped().bindings(context) {
            assert!(!binding.desc.is_empty(), "{binding} in {context}");
            assert!(binding.short().len() <= 24, "{binding} in {context}");
        }
    }
}

#[test]
fn ctrl_c_quits_everywhere_even_when_a_file_takes_it_away() {
    let mut map = shipped();
    map.merge(
        "[global]\n\"ctrl-c\" = { do = \"none\" }\n\"q\" = { do = \"none\" }",
        "own.toml",
    )
    .unwrap();
    for context in CONTEXTS {
        let found = map.lookup(&[context, "global"], &press("ctrl-c"));
        assert_eq!(found, Lookup::Does(Action::Quit), "{context}");
    }
    assert_eq!(map.lookup(&["global"], &press("q")), Lookup::Nothing);
}

#[test]
fn a_persons_file_replaces_and_adds_keys() {
    let mut map = shipped();
    map.merge(
        "[global]\n\"x\" = { do = \"describe\" }\n\"ctrl-x ctrl-s\" = { do = \"refresh\" }",
        "own.toml",
    )
    .unwrap();
    assert_eq!(
        map.lookup(&["global"], &press("x")),
        Lookup::Does(Action::Describe)
    );
    assert_eq!(map.lookup(&["global"], &press("ctrl-x")), Lookup::Begins);
    assert_eq!(
        map.lookup(&["global"], &press("ctrl-x ctrl-s")),
        Lookup::Does(Action::Refresh)
    );
    assert_eq!(
        map.lookup(&["global"], &press("y")),
        Lookup::Does(Action::Json)
    );
}

#[test]
fn a_pane_is_asked_before_global() {
    let mut map = shipped();
    map.merge("[network]\n\"y\" = { do = \"portal\" }", "own.toml")
        .unwrap();
    let key = press("y");
    assert_eq!(
        map.lookup(&["network", "global"], &key),
        Lookup::Does(Action::Portal)
    );
    assert_eq!(
        map.lookup(&["access", "global"], &key),
        Lookup::Does(Action::Json)
    );
}

#[test]
fn trouble_names_key_context_and_file() {
    let cases = [
        (
            "[global]\n\"ctrl-p\" = { do = \"help\" }\n\"Ctrl-P\" = { do = \"quit\" }",
            "clashes",
        ),
        ("[network]\n\"j x\" = { do = \"help\" }", "clashes"),
        (
            "[network]\n\"z\" = { do = \"fly\" }",
            "unknown action \"fly\"",
        ),
        (
            "[network]\n\"hyper-z\" = { do = \"help\" }",
            "unknown key \"hyper-z\"",
        ),
    ];
    for (text, word) in cases {
        let message = shipped().merge(text, "own.toml").unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
        assert!(message.contains("own.toml"), "{message}");
        assert!(
            message.contains("network") || message.contains("global"),
            "{message}"
        );
    }
    let message = shipped()
        .merge("[nowhere]", "own.toml")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("[nowhere]") && message.contains("own.toml"),
        "{message}"
    );
    let message = shipped()
        .merge("[global]\n\"z\" = { doo = \"help\" }", "own.toml")
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("own.toml") && message.contains("doo"),
        "{message}"
    );
    let message = shipped()
        .merge("[global]\n\"z\" = \"help\"", "own.toml")
        .unwrap_err()
        .to_string();
    let expected = "line 2: invalid type: string \"help\", expected a table such as { do = ";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn presses_are_compared_in_one_form() {
    let shift = KeyModifiers::SHIFT;
    assert_eq!(Press::new(KeyCode::Char('g'), shift), press("G")[0]);
    assert_eq!(Press::new(KeyCode::Char('G'), shift), press("G")[0]);
    assert_eq!(Press::new(KeyCode::BackTab, shift), press("shift-tab")[0]);
    assert_eq!(press("f5")[0].label(), "f5");
    assert_eq!(press("down")[0].label(), "↓");
    assert!(press("é")[0].is_text());
    assert!(!press("ctrl-a")[0].is_text());
}
