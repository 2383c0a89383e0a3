//! The frame around a pane, in every state and size.

use crossterm::event::{Event, MouseButton, MouseEvent, MouseEventKind};
use hopscope::model::ask::Ask;
use hopscope::model::caller::CredentialAnswer;
use hopscope::model::cloud::Audience;
use hopscope::model::id::TenantId;
use hopscope::model::issue::{Issue, IssueKind};
use hopscope::model::resource::Family;
use hopscope::store::{Payload, SignInTrouble, Update};
use hopscope::ui::effect::Effect;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use crate::stage::{Stage, setup, words};
use crate::world::{NOW, accounts, list, read, resource};

const SIZES: [(u16, u16); 3] = [(140, 42), (80, 24), (40, 12)];

fn full(stage: &mut Stage) {
    let names = ["stragdev", "sthubrag5c1d", "stevil\u{1b}[31mred"];
    let items = names
        .iter()
        .map(|name| resource(Family::Storage, "rg-rag-poc", name))
        .collect();
    stage
        .settled()
        .news(read(&list(Family::Storage), Payload::Resources(items)));
    stage.news(vec![Update::Idle { at: NOW }]);
}

fn denial(kind: IssueKind, status: u16, code: &str) -> Issue {
    Issue {
        status: Some(status),
        code: Some(code.to_owned()),
        right: Some("Microsoft.Search/searchServices/read".to_owned()),
        request_id: Some("5ad00000-0000-4000-8000-000000000017".into()),
        ..Issue::new(kind, "search services", "a sentence", NOW)
    }
}

fn trouble(stage: &mut Stage, issue: Issue) {
    let (key, generation) = (list(Family::Search), 1);
    stage.news(vec![
        Update::Planned {
            key: key.clone(),
            generation,
        },
        Update::Settled {
            key,
            generation,
            at: NOW,
            issues: vec![issue],
        },
        Update::Idle { at: NOW },
    ]);
}

/// A state's name, and what brings a stage into it.
type State = (&'static str, fn(&mut Stage));

fn states() -> Vec<State> {
    vec![
        ("empty", |_| {}),
        ("loading", |stage| {
            stage.settled().news(vec![
                Update::Planned {
                    key: list(Family::Storage),
                    generation: 1,
                },
                Update::Planned {
                    key: list(Family::Search),
                    generation: 1,
                },
            ]);
        }),
        ("partial", |stage| {
            full(stage);
            trouble(stage, denial(IssueKind::Denied, 403, "AuthorizationFailed"));
        }),
        ("full", full),
        ("error", |stage| {
            stage.settled();
            trouble(stage, denial(IssueKind::Failed, 503, "ServiceUnavailable"));
        }),
    ]
}

#[test]
fn every_state_at_every_size() {
    for (name, make) in states() {
        for (width, height) in SIZES {
            let mut stage = Stage::new(width, height);
            make(&mut stage);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), stage.text());
        }
    }
}

#[test]
fn the_same_input_gives_the_same_cells() {
    let (mut one, mut other) = (Stage::new(140, 42), Stage::new(140, 42));
    for stage in [&mut one, &mut other] {
        full(stage);
        stage.press("j tab j ?");
    }
    assert_eq!(one.draw(), other.draw());
    assert_eq!(one.draw(), one.draw());
}

#[test]
fn nobody_signed_in_is_a_sheet_with_what_each_credential_said() {
    let mut stage = Stage::new(100, 30);
    stage.news(vec![Update::NotSignedIn(SignInTrouble {
        tenant: None,
        audience: Audience::ResourceManager,
        message: "Nobody is signed in. Run `az login`, then press r.".to_owned(),
        answers: vec![CredentialAnswer {
            credential: "az",
            said: "Please run 'az login' to setup account.".to_owned(),
        }],
    })]);
    insta::assert_snapshot!(stage.text());
    let effects = stage.press("r");
    assert!(effects.contains(&Effect::Ask(Ask::SignIn)), "{effects:?}");
}

/// Another tenant that gives no token is named, and takes nothing else away.
#[test]
fn a_tenant_without_a_token_is_an_exception_in_the_header() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    let before = stage.text();
    stage.news(vec![Update::NotSignedIn(SignInTrouble {
        tenant: Some(TenantId::new("52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290")),
        audience: Audience::ResourceManager,
        message: "not signed in".to_owned(),
        answers: Vec::new(),
    })]);
    let text = stage.text();
    let (header, rest) = text.split_once('\n').unwrap();
    assert!(header.contains("no token for 52c6…e290"), "{header}");
    assert_eq!(rest, before.split_once('\n').unwrap().1);
    let effects = stage.press("r");
    assert!(!effects.contains(&Effect::Ask(Ask::SignIn)), "{effects:?}");
}

#[test]
fn an_escape_sequence_in_a_name_never_reaches_a_cell() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    for keys in ["g", "d", "esc", "y", "esc", ": s t e v"] {
        stage.press(keys);
        let buffer = stage.draw();
        let found = buffer
            .content
            .iter()
            .find(|cell| cell.symbol().contains(char::is_control));
        assert_eq!(found, None, "after {keys}");
        assert!(words(&buffer).contains("stevil"), "after {keys}");
    }
}

#[test]
fn the_header_loses_took_then_who_then_the_subscription() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    let kept: Vec<(u16, bool, bool)> = (60..=110)
        .step_by(10)
        .map(|width| {
            let text = stage.resize(width, 24).text();
            let header = text.lines().next().unwrap_or_default().to_owned();
            assert!(header.contains("● live 12:41:07"), "{header}");
            assert!(header.contains("rg-rag-poc"), "{header}");
            (
                width,
                header.contains("ada@"),
                header.contains("contoso-dev"),
            )
        })
        .collect();
    for pair in kept.windows(2) {
        let ((_, who, subscription), (_, more_who, more_subscription)) = (pair[0], pair[1]);
        assert!(
            who <= more_who && subscription <= more_subscription,
            "{kept:?}"
        );
    }
    assert!(
        kept.iter()
            .all(|(_, who, subscription)| who <= subscription),
        "{kept:?}"
    );
}

#[test]
fn state_is_never_said_by_colour_alone() {
    let mut stage = Stage::of(setup("no-color", false), 140, 42);
    full(&mut stage);
    trouble(
        &mut stage,
        denial(IssueKind::Denied, 403, "AuthorizationFailed"),
    );
    let buffer = stage.draw();
    for cell in &buffer.content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{cell:?}");
    }
    let text = words(&buffer);
    assert!(text.contains("? Search services were refused"), "{text}");
    let selected = buffer
        .content
        .iter()
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED));
    assert!(selected.count() > 40, "the chosen row and tab are reversed");
}

#[test]
fn an_ascii_terminal_gets_ascii_only() {
    let mut own = setup("sixteen", false);
    own.settings.ascii = true;
    let mut stage = Stage::of(own, 140, 42);
    full(&mut stage);
    for keys in ["j", "?", "esc", ":", "esc", "y", "esc", "/"] {
        stage.press(keys);
        let buffer = stage.draw();
        let other = buffer.content.iter().find(|cell| !cell.symbol().is_ascii());
        assert_eq!(other, None, "after {keys}");
    }
    assert!(stage.text().contains("* live"));
}

#[test]
fn a_click_selects_a_row_and_a_tab() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    let text = stage.text();
    let row = text
        .lines()
        .position(|line| line.starts_with("  ✔ "))
        .unwrap();
    let name = |text: &str| text.lines().nth(row).unwrap().to_owned();
    assert!(!name(&text).starts_with('▌'));
    stage.send(&click(10, u16::try_from(row).unwrap()));
    assert!(name(&stage.text()).starts_with('▌'));
    let tabs = text.lines().nth(1).unwrap();
    let at = tabs.chars().position(|letter| letter == '-').unwrap();
    stage.send(&click(u16::try_from(at).unwrap(), 1));
    let buffer = stage.draw();
    let chip = buffer[(u16::try_from(at).unwrap(), 1)].bg;
    assert_ne!(chip, buffer[(1, 1)].bg, "the clicked tab is the chosen one");
    assert_eq!(stage.press("m"), [Effect::Mouse(false)]);
    assert_eq!(stage.press("m"), [Effect::Mouse(true)]);
}

fn click(column: u16, row: u16) -> Event {
    Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: crossterm::event::KeyModifiers::NONE,
    })
}

#[test]
fn the_filter_eats_printable_keys_and_says_what_is_left() {
    let mut stage = Stage::new(100, 30);
    full(&mut stage);
    assert_eq!(stage.press("/ q"), []);
    stage.press("esc / h u b");
    let text = stage.text();
    assert!(text.contains("/ hub") && text.contains("1 of 3"), "{text}");
    assert!(
        text.contains("sthubrag5c1d") && !text.contains("stragdev"),
        "{text}"
    );
    assert_eq!(stage.press("ctrl-c"), [Effect::Quit]);
    stage.press("enter");
    assert!(stage.text().contains("/ hub  1 of 3"));
    stage.press("esc");
    assert!(stage.text().contains("stragdev"));
}

#[test]
fn copying_and_the_portal_act_on_what_is_selected() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    let effects = stage.press("o");
    let [Effect::OpenUrl(link)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert!(
        link.starts_with("https://portal.azure.com/#/resource/subscriptions/"),
        "{link}"
    );
    stage.press("c");
    assert!(
        stage.text().contains("Copy"),
        "two things can be copied, so a list asks"
    );
    let effects = stage.press("down enter");
    let [Effect::Copy { label, text }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert!(
        label.starts_with("id of ") && text.starts_with("/subscriptions/"),
        "{label} {text}"
    );
}

#[test]
fn sorting_by_the_same_column_again_turns_it_round() {
    let mut stage = Stage::new(140, 42);
    stage.settled().news(accounts(3));
    stage.press("s enter");
    assert!(stage.text().contains("RESOURCE▲"), "{}", stage.text());
    stage.press("s s");
    assert!(stage.text().contains("RESOURCE▼"), "{}", stage.text());
}

#[test]
fn refresh_asks_for_what_is_on_screen_and_freeze_turns_over() {
    let mut stage = Stage::new(140, 42);
    full(&mut stage);
    stage.draw();
    let effects = stage.press("r");
    assert!(
        matches!(&effects[..], [Effect::Ask(Ask::Refresh(keys))] if keys.contains(&list(Family::Storage))),
        "{effects:?}"
    );
    assert_eq!(stage.press("R"), [Effect::Ask(Ask::RefreshAll)]);
    assert_eq!(stage.press("f"), [Effect::Ask(Ask::Freeze(true))]);
    stage.news(vec![Update::Frozen(true)]);
    assert!(stage.text().contains("● frozen"));
    assert_eq!(stage.press("f"), [Effect::Ask(Ask::Freeze(false))]);
}

#[test]
fn nothing_is_a_dead_end_on_a_small_screen() {
    let mut stage = Stage::new(80, 24);
    full(&mut stage);
    assert!(!stage.text().contains("EVIDENCE"));
    stage.press("enter");
    assert!(stage.text().contains("EVIDENCE"));
    stage.press("esc");
    assert!(!stage.text().contains("EVIDENCE"));
    stage.press("tab");
    assert!(stage.text().contains("EVIDENCE"));
    stage.press("tab");
    assert!(stage.text().contains("RESOURCE"));
    assert_eq!(
        stage.press("esc esc esc"),
        [],
        "esc never leaves the program"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn drawing_never_panics_at_any_size(
        width in 0_u16..240, height in 0_u16..80, state in 0_usize..5, open in 0_usize..8,
    ) {
        let mut stage = Stage::new(140, 42);
        (states()[state].1)(&mut stage);
        stage.press(["j", "?", ":", "y", "d", "/", "L", "c"][open]);
        let drawn = stage.resize(width, height).draw();
        prop_assert_eq!((drawn.area.width, drawn.area.height), (width, height));
        stage.press("j G k");
        stage.draw();
    }
}
