//! Map: boxes and lines, hops and gates, in every state.

use crossterm::event::KeyCode;
use hopscope::config::Action;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::ui::effect::Effect;
use hopscope::ui::panes::Pane;
use hopscope::ui::panes::map::Map;
use hopscope::ui::widgets::detail::plain_text;

use super::stage::{SIZES, Scene, Screen, list_key};
use super::whole::Whole;

fn full() -> Scene {
    Scene::of("broken-indexer")
}

fn screen(scene: &Scene, size: (u16, u16)) -> Screen<Map> {
    Screen::new(Map::new(), scene, size).judged()
}

/// The same without the detail's lines: what analysis says in words is not this pane's to hold.
fn shot(screen: &mut Screen<Map>, name: &str) {
    insta::assert_snapshot!(name, screen.text(name));
}

#[test]
fn full_at_every_size() {
    for size in SIZES {
        let mut screen = screen(&full(), size);
        let text = screen.text("map-full");
        assert!(text.contains("stragdev"), "{text}");
        assert!(text.contains("AI Search"), "{text}");
        assert!(text.contains("─ Hops"), "{text}");
    }
}

#[test]
fn states_at_every_size() {
    let loading = full().reading(|key| !matches!(key, Key::List { .. } | Key::Groups(_)));
    let refused = full().refused(list_key(Family::Storage));
    for (name, scene) in [
        ("empty", Scene::empty()),
        ("loading", loading),
        ("denied", refused),
    ] {
        for size in [SIZES[0], SIZES[2]] {
            let mut screen = screen(&scene, size);
            shot(&mut screen, &format!("map-{name}-{}x{}", size.0, size.1));
        }
    }
}

#[test]
fn nothing_read_is_a_sentence_and_not_a_blank() {
    let text = screen(&Scene::empty(), SIZES[2]).text("map-empty");
    assert!(text.contains("Looked for calls between people"), "{text}");
}

#[test]
fn a_refused_list_is_told_above_the_hops() {
    let text = screen(&full().refused(list_key(Family::Storage)), SIZES[2]).text("map-denied");
    assert!(text.contains("were refused"), "{text}");
    assert!(text.contains("Their calls may be missing"), "{text}");
}

#[test]
fn what_is_being_read_is_dashed_and_never_unknown() {
    let scene = full().reading(|key| matches!(key, Key::RoleAssignments(_)));
    let text = screen(&scene, SIZES[2]).text("map-loading");
    assert!(text.contains("… reading"), "{text}");
    assert!(text.contains('┄'), "{text}");
    assert!(!text.contains("? unknown"), "{text}");
}

#[test]
fn enter_walks_from_the_hop_to_the_row_that_holds_the_evidence_and_esc_back() {
    let mut screen = screen(&full(), SIZES[2]);
    screen.act(Action::Down);
    screen.act(Action::First);
    assert!(screen.act(Action::Enter));
    let bars = |screen: &mut Screen<Map>| screen.text("map-walk").matches('▌').count();
    assert_eq!(bars(&mut screen), 2, "the hop, and the gate that decides");
    assert!(screen.act(Action::Enter));
    let outcome = screen.with(|pane, cx| pane.on_action(Action::Enter, cx));
    let [Effect::Jump { panes, ids }] = outcome.effects.as_slice() else {
        panic!("no jump: {outcome:?}");
    };
    assert!(!panes.is_empty() && ids.iter().any(|id| id.starts_with('/')));
    // Out: the evidence, the gate, the list, the overview.
    for _ in 0..3 {
        assert!(screen.act(Action::Back));
    }
    assert!(screen.text("map-overview").contains("IS IT SAFE"));
    assert!(!screen.act(Action::Back));
    assert!(screen.act(Action::Enter));
    assert!(screen.text("map-again").contains("GATES"));
}

#[test]
fn the_whole_remedy_is_copied_and_the_tools_go_round() {
    let mut screen = screen(&full(), SIZES[2]);
    let shut = screen.with(|pane, _| {
        pane.things()
            .into_iter()
            .find(|thing| thing.name == "user-to-storage")
            .map(|thing| thing.id)
    });
    assert!(screen.with(|pane, _| pane.select(&shut.expect("a hop"))));
    screen.act(Action::Down);
    screen.act(Action::Up);
    let outcome = screen.with(|pane, cx| pane.on_action(Action::Copy, cx));
    let [Effect::Copy { text, .. }] = outcome.effects.as_slice() else {
        panic!("nothing copied: {outcome:?}");
    };
    // The tool of the first remedy is shown, not always az.
    assert!(text.contains(" > Profiles > "), "{text}");
    let said = |screen: &mut Screen<Map>| {
        screen.with(|pane, cx| plain_text(&pane.subject(cx).expect("a subject").sections))
    };
    let portal = said(&mut screen);
    assert!(portal.contains(text.as_str()));
    screen.act(Action::NextView);
    let az = said(&mut screen);
    assert_ne!(az, portal);
    let outcome = screen.with(|pane, cx| pane.on_action(Action::Copy, cx));
    let [Effect::Copy { text, .. }] = outcome.effects.as_slice() else {
        panic!("nothing copied: {outcome:?}");
    };
    assert!(
        text.starts_with("az ") && az.contains(text.as_str()),
        "{text}"
    );
    screen.act(Action::PreviousView);
    assert_eq!(said(&mut screen), portal);
}

/// Where the middle of some words is drawn.
fn find(text: &str, words: &str) -> (u16, u16) {
    let (y, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(words))
        .unwrap_or_else(|| panic!("{words} in {text}"));
    let x = line[..line.find(words).expect("words")].chars().count();
    let cells = |count: usize| u16::try_from(count).expect("a screen");
    (cells(x + words.chars().count() / 2), cells(y))
}

fn broken() -> Whole {
    Whole::of(&super::indexers::scene("broken-indexer"), SIZES[2], true)
}

#[test]
fn boxes_are_chosen_with_the_arrows_and_lead_to_hops_and_rows_and_back() {
    let mut whole = broken();
    whole.key(KeyCode::Tab);
    let text = whole.text();
    assert!(
        text.contains("─ you ──") && text.contains("CALLS"),
        "{text}"
    );
    whole.key(KeyCode::Right);
    assert!(whole.text().contains("IS CALLED BY"), "{}", whole.text());
    insta::assert_snapshot!("map-box-140x42", whole.text());
    // Down from AI Search stands Azure OpenAI, right of it the hub, above that storage.
    whole.key(KeyCode::Down);
    whole.key(KeyCode::Right);
    whole.key(KeyCode::Up);
    let text = whole.text();
    assert!(
        text.contains("─ Storage ─") && text.contains("stragsandbox"),
        "{text}"
    );
    // In: the accounts, then their calls; the second account first.
    whole.key(KeyCode::Enter);
    whole.key(KeyCode::Down);
    let [Effect::Jump { ids, .. }] = &whole.key(KeyCode::Enter)[..] else {
        panic!("the account leads nowhere");
    };
    assert!(ids[0].contains("/storageAccounts/"), "{ids:?}");
    assert!(whole.text().contains("─ Network"), "{}", whole.text());
    whole.key(KeyCode::Esc);
    // Down to the last call: it is chosen in the list, and esc leads to the box again.
    for _ in 0..30 {
        whole.key(KeyCode::Down);
    }
    whole.key(KeyCode::Enter);
    let text = whole.text();
    assert!(text.contains("GATES"), "{text}");
    whole.key(KeyCode::Esc);
    assert!(whole.text().contains("WHAT IS IN IT"), "{}", whole.text());
    whole.key(KeyCode::Esc);
    whole.key(KeyCode::Esc);
    assert!(!whole.text().contains("WHAT IS IN IT"), "{}", whole.text());
}

#[test]
fn a_click_means_the_box_the_line_or_the_gate_under_it() {
    let mut whole = broken();
    let at = find(&whole.text(), "Log Analytics");
    whole.click(at);
    assert!(
        whole.text().contains("a box of the map"),
        "{}",
        whole.text()
    );
    // A line of several calls gives them one after the other.
    let at = find(&whole.text(), "query ×");
    whole.click(at);
    let title = |whole: &mut Whole| {
        let text = whole.text();
        let line = text.lines().nth(2).unwrap_or_default().to_owned();
        line.rsplit("┬─ ").next().unwrap_or_default().to_owned()
    };
    let first = title(&mut whole);
    assert!(first.starts_with("user-to-search"), "{first}");
    whole.click(at);
    assert_ne!(title(&mut whole), first);
    let at = find(&whole.text(), "index ");
    whole.click(at);
    assert!(title(&mut whole).starts_with("indexer-to-storage"));
    let at = find(&whole.text(), "✔ identity");
    whole.click(at);
    let text = whole.text();
    assert!(text.contains("▌✔ identity"), "{text}");
}

#[test]
fn what_was_seen_of_a_hop_stands_with_it() {
    let mut whole = broken();
    let text = whole.text();
    assert!(text.contains("SEEN"), "{text}");
    assert!(
        text.contains("403 AuthorizationFailure  4 in a row"),
        "{text}"
    );
    assert!(
        text.contains("network gate: configuration says the same"),
        "{text}"
    );
}

#[test]
fn a_filter_finds_a_hop_by_any_gate_that_is_not_open() {
    let mut whole = broken();
    for letter in "/network".chars() {
        whole.letter(letter);
    }
    let text = whole.text();
    let footer = text.lines().last().unwrap_or_default();
    assert!(!footer.contains(" 0 of "), "{footer}");
    assert!(text.contains("▌ ✖ shut     indexer-to-storage"), "{text}");
    assert!(!text.contains("✔ open     user-to-openai"), "{text}");
}

#[test]
fn where_it_is_larger_than_the_screen_the_drawing_goes_along() {
    for size in [SIZES[0], (62, 18)] {
        let mut whole = Whole::of(&super::indexers::scene("broken-indexer"), size, true);
        whole.key(KeyCode::Tab);
        assert!(whole.text().contains("you"), "{}", whole.text());
        for place in ["AI Search", "Storage"] {
            whole.key(KeyCode::Right);
            assert!(
                whole.text().contains(&format!("─ {place} ─")),
                "{}",
                whole.text()
            );
        }
        for _ in 0..2 {
            whole.key(KeyCode::Down);
        }
        let text = whole.text();
        assert!(text.contains("managed group"), "{text}");
    }
}

#[test]
fn faults_only_keeps_what_is_not_open() {
    let mut screen = screen(&full(), SIZES[2]);
    let (all, ()) = screen.with(|pane, _| (pane.filter().2, ()));
    assert!(screen.act(Action::FaultsOnly));
    let (listed, of) = screen.with(|pane, _| (pane.filter().1, pane.filter().2));
    assert!(listed < of && of == all, "{listed} of {of}");
    let text = screen.text("map-faults");
    assert!(!text.contains("✔ open"), "{text}");
}

#[test]
fn news_does_not_move_what_a_person_chose() {
    let mut screen = screen(&full(), SIZES[2]);
    for _ in 0..4 {
        screen.act(Action::Down);
    }
    let before = screen.with(|pane, cx| pane.subject(cx).map(|one| one.copy));
    let mut screen = screen.judged();
    let after = screen.with(|pane, cx| pane.subject(cx).map(|one| one.copy));
    assert_eq!(before, after);
}
