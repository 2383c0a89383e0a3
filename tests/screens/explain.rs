//! Explain: a message that somebody got, over the whole screen, on the broken indexer.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use hopscope::analysis::verdict::Gate;
use hopscope::ui::effect::Effect;

use super::indexers::scene;
use super::whole::Whole;

const FIREWALL: &str = "Error with data source: {\n  \"message\": \"This request is not \
                        authorized to perform this operation.\",\n  \"status\": 403\n}";

fn whole(size: (u16, u16)) -> Whole {
    Whole::of(&scene("broken-indexer"), size, true)
}

#[test]
fn as_pictures() {
    for (name, pasted) in [
        ("empty", ""),
        ("firewall", FIREWALL),
        ("bare", "Response status code: 403"),
        ("unknown", "The moon is full"),
    ] {
        for size in [(80, 24), (140, 42)] {
            let mut whole = whole(size);
            whole.letter('e');
            whole.paste(pasted);
            insta::assert_snapshot!(
                format!("explain-{name}-{}x{}", size.0, size.1),
                whole.text()
            );
        }
    }
}

#[test]
fn a_pasted_body_leads_to_the_hop_and_the_finding_and_esc_back() {
    let mut whole = whole((140, 42));
    // Where nothing is typed, a paste is a message; line ends in it press no key.
    whole.paste(FIREWALL);
    let text = whole.text();
    for said in [
        "M06",
        "configuration says the same",
        "network gate  holds here",
        "via indexer docs-indexer",
        "az storage account network-rule add",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let [Effect::Jump { panes, ids }] = &whole.key(KeyCode::Enter)[..] else {
        panic!("enter leads nowhere");
    };
    let hop = whole.judgement.hops.iter().find(|hop| hop.id() == ids[0]);
    let gate = hop.and_then(|hop| hop.gate(Gate::Network));
    assert_eq!(panes, &['1']);
    assert!(gate.is_some_and(|gate| !gate.remedies.is_empty()));
    assert!(whole.text().contains("GATES"));
    whole.key(KeyCode::Esc);
    assert!(whole.text().contains("Explain an error message"));
    whole.key(KeyCode::Down);
    whole.key(KeyCode::Enter);
    let text = whole.text();
    assert!(text.contains("─ Findings"), "{text}");
    let chosen = text.lines().find(|line| line.starts_with('▌'));
    assert!(
        chosen.is_some_and(|line| line.contains("no trusted service")),
        "{text}"
    );
    whole.key(KeyCode::Esc);
    whole.key(KeyCode::Esc);
    assert!(!whole.text().contains("Explain an error message"));
    // The message is there again, and gives way to the next one.
    whole.letter('e');
    assert!(whole.text().contains("M06"));
    for letter in "401".chars() {
        whole.letter(letter);
    }
    let text = whole.text();
    assert!(text.contains("HTTP 401") && !text.contains("M06"), "{text}");
}

#[test]
fn a_bare_status_names_every_gate_that_it_may_mean() {
    let mut whole = whole((200, 200));
    whole.paste("403");
    let text = whole.text();
    for gate in [
        "network",
        "authentication",
        "identity",
        "authorization",
        "configuration",
    ] {
        assert!(text.contains(&format!("{gate} gate  ")), "{gate} in {text}");
    }
}

#[test]
fn what_is_not_known_is_said_to_be_unknown_and_what_is_shut_is_told_apart() {
    let mut whole = whole((140, 42));
    whole.paste("The moon is full");
    let text = whole.text();
    assert!(text.contains("This text is not known."), "{text}");
    assert!(text.contains("SHUT HERE, WHATEVER IT SAYS"), "{text}");
    assert!(!text.contains("holds here"), "{text}");
}

#[test]
fn before_anything_is_judged_the_text_alone_is_said_to_be_so() {
    let mut whole = Whole::of(&scene("broken-indexer"), (140, 42), false);
    whole.paste(FIREWALL);
    let text = whole.text();
    assert!(text.contains("from the text alone"), "{text}");
    assert!(text.contains("network gate  may be"), "{text}");
    assert!(!text.contains("holds here"), "{text}");
}

#[test]
fn the_answer_is_copied_with_the_message() {
    let mut whole = whole((140, 42));
    whole.paste(FIREWALL);
    let effects = whole.send(&Event::Key(KeyEvent::new(
        KeyCode::Char('y'),
        KeyModifiers::CONTROL,
    )));
    let [Effect::Copy { text, .. }] = &effects[..] else {
        panic!("nothing is copied: {effects:?}");
    };
    assert!(text.starts_with("Error with data source"), "{text}");
    assert!(
        text.contains("az storage account network-rule add"),
        "{text}"
    );
}
