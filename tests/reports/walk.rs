//! The walk on whole environments: what it claims, what it opens, how it looks at each size.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use hopscope::analysis::benefits::Stand;
use hopscope::analysis::hop::Benefit;
use hopscope::analysis::{hops, tour};
use hopscope::config::{Action, Settings};
use hopscope::model::judging::Suppression;
use hopscope::report::text::Style;
use hopscope::report::{self, Format, Source};
use hopscope::ui::effect::Effect;
use hopscope::ui::overlays::json::lay;
use hopscope::ui::panes;
use hopscope::ui::view::{Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

use crate::stage::{self, Read};

/// The sizes of the design, small to large.
const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (140, 42), (200, 60)];

struct Stage {
    view: View,
    area: Rect,
}

impl Stage {
    /// The walk over an environment.
    fn of(read: &Read, (width, height): (u16, u16)) -> Self {
        let mut view = View::new(Setup {
            settings: Settings::shipped("dark").unwrap(),
            judging: read.judging.clone(),
            cloud: String::new(),
            portal: "https://portal.azure.com".to_owned(),
            offset: UtcOffset::UTC,
            offline: false,
            pick: false,
            panes: panes::registry(),
            now: read.meta.generated_at,
            masking: None,
        });
        let snapshot = read.inventory.snapshot().clone();
        let revision = snapshot.revision();
        view.resize(Rect::new(0, 0, width, height));
        view.take(snapshot, Some(read.inventory.clone()));
        view.judge(revision, read.judgement.clone());
        view.act(Action::Walk);
        Self {
            view,
            area: Rect::new(0, 0, width, height),
        }
    }

    fn press(&mut self, code: KeyCode) {
        self.draw();
        let event = Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
        let outcome = self.view.on_event(&event);
        for effect in outcome.effects {
            match effect {
                Effect::Lay { ticket, raw } => self.view.laid(ticket, lay(&raw)),
                Effect::Jump { panes, ids } => self.view.jump(&panes, &ids),
                _ => {}
            }
        }
    }

    /// The screen without the header, whose clock and counts move.
    fn draw(&mut self) -> String {
        let mut buffer = Buffer::empty(self.area);
        for _ in 0..2 {
            self.view.prepare();
            buffer = Buffer::empty(self.area);
            let drawn = self.view.draw(self.area, &mut buffer);
            self.view.keep(drawn);
        }
        let rows = (1..self.area.height).map(|y| {
            let row: String = (0..self.area.width)
                .map(|x| buffer[(x, y)].symbol().to_owned())
                .collect();
            row.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

/// No step is green while something stands against it.
pub(crate) fn honest(read: &Read) {
    let tours = Settings::shipped("dark").unwrap().tours;
    for step in tours.iter().flat_map(|tour| &tour.steps) {
        let look = tour::look(&read.inventory, &read.judgement, step);
        let name = format!("{}, {}", read.name, step.id);
        if !look.against.is_empty() {
            assert_eq!(look.stand, Stand::Against, "{name}");
        }
        let worst = look
            .hops
            .iter()
            .filter_map(|hop| tour::verdict(step, hop))
            .max();
        match tour::benefit(step) {
            Some(benefit) => {
                let held = read.judgement.benefit(benefit).unwrap();
                assert_eq!(look.stand, held.stand, "{name}");
            }
            None if look.stand == Stand::Holds => assert!(
                worst.is_none_or(|worst| worst.word() == "open"),
                "{name}: {worst:?}"
            ),
            None => {}
        }
    }
    for held in &read.judgement.benefits {
        let name = format!("{}, {:?}", read.name, held.benefit);
        let own = held.facts.iter().filter(|fact| fact.hop.is_none());
        let is_against = own.clone().any(|fact| fact.stand == Stand::Against);
        if is_against || !held.against.is_empty() {
            assert_eq!(held.stand, Stand::Against, "{name}");
        }
        if held.stand == Stand::Holds {
            assert!(read.inventory.snapshot().is_complete(), "{name}");
        }
        // A fact never looks better than what was found about its resource.
        for fact in held.facts.iter().filter(|fact| !fact.findings.is_empty()) {
            assert_eq!(fact.stand, Stand::Against, "{name}: {}", fact.about);
        }
        // The figure is what the properties say: as the boxes of the picture do.
        let holds = own.filter(|fact| fact.own == Stand::Holds).count();
        assert_eq!(held.counts().map_or(0, |(count, _)| count), holds, "{name}");
    }
}

/// The sign before some words on the first line that has them.
fn sign_before(screen: &str, words: &str) -> char {
    let at = screen
        .find(words)
        .unwrap_or_else(|| panic!("{words}\n{screen}"));
    screen[..at].trim_end().chars().last().unwrap()
}

/// The Map, the walk and a report say the same of each benefit, and name the same figure.
pub(crate) fn one_truth(read: &Read) {
    let source = Source {
        inventory: &read.inventory,
        judgement: &read.judgement,
        judging: &read.judging,
        meta: &read.meta,
    };
    let mut markdown = Vec::new();
    report::write(&source, Format::Markdown, Style::default(), &mut markdown).unwrap();
    let markdown = String::from_utf8(markdown).unwrap();
    let mut walk = Stage::of(read, (200, 60));
    let steps: Vec<String> = (0..6)
        .map(|_| {
            let step = walk.draw();
            walk.press(KeyCode::Right);
            step
        })
        .collect();
    walk.view.act(Action::Back);
    // With no hop chosen the detail is the overview.
    walk.view.act(Action::Back);
    let map = walk.draw();
    let on_the_map = [
        "1 public backbone",
        "2 service firewalls",
        "3 outbound control",
        "4 Entra ID, roles",
        "5 affordable tiers",
        "6 logs",
    ];
    for (at, held) in read.judgement.benefits.iter().enumerate() {
        let name = format!("{}, {:?}", read.name, held.benefit);
        let report = format!("| {} |", held.stand.words());
        let line = markdown
            .lines()
            .find(|line| line.starts_with(&format!("| {} | ", at + 1)))
            .unwrap();
        let told = line.replacen(['◆', '?', '…', '✔', '·'], "|", 1);
        assert!(told.contains(&report), "{name}: {line}");
        let (step, tab) = (&steps[at], format!("{} {}", at + 1, tab(at)));
        let signs = [sign_before(step, &tab), sign_before(&map, on_the_map[at])];
        match held.stand {
            // The Map shows what stands against it, each with a sign of its own.
            Stand::Against => assert!(
                signs[0] == '◆' && ['◆', '✖', '▲'].contains(&signs[1]),
                "{name}: {signs:?}"
            ),
            Stand::Holds => assert_eq!(signs, ['✔', '✔'], "{name}"),
            Stand::Unknown => assert_eq!(signs, ['?', '?'], "{name}"),
            Stand::Nothing => assert_eq!(signs, ['○', '○'], "{name}"),
            Stand::Reading => panic!("{name}: everything was read"),
        }
        let Some(figure) = held.figure() else {
            continue;
        };
        assert!(step.contains(&figure), "{name}: {figure}\n{step}");
        if held.stand == Stand::Holds {
            let number: Vec<&str> = figure.split(' ').take(3).collect();
            let number = number.join(" ");
            let line = map.lines().find(|line| line.contains(on_the_map[at]));
            assert!(line.unwrap().contains(&number), "{name}: {figure}\n{map}");
        }
    }
}

/// The word on a step's tab.
fn tab(at: usize) -> String {
    let tours = Settings::shipped("dark").unwrap().tours;
    tours[0].steps[at].tab.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_config_file_hides_still_does_not_hold_anywhere() {
    let mut read = stage::read("open-poc").await;
    let of_firewalls = |held: Option<Benefit>| held == Some(Benefit::Firewalls);
    let hidden: Vec<Suppression> = read
        .judgement
        .findings
        .iter()
        .filter(|one| of_firewalls(one.benefit))
        .map(|one| Suppression {
            rule: one.rule.to_owned(),
            resource: None,
            reason: "agreed with the customer".to_owned(),
            expires: None,
        })
        .collect();
    assert!(!hidden.is_empty());
    read.judging.suppress = hidden;
    let now = read.meta.generated_at;
    read.judgement = hops::judge(&read.inventory, &read.judging, now);
    let held = read.judgement.benefit(Benefit::Firewalls).unwrap();
    assert!(held.against.is_empty() && held.hidden > 0);
    assert_eq!(held.stand, Stand::Against);
    one_truth(&read);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_walk_follows_the_field_notes_and_says_what_is_not_held() {
    let read = stage::read("open-poc").await;
    let mut stage = Stage::of(&read, (140, 42));
    let words = [
        "Services call each other on Microsoft's own network.",
        "Every service keeps its own door",
        "The model may call only the hosts that you list.",
        "Every call carries a token of Entra ID",
        "The tiers are the small ones",
        "What is done, by whom, is written down.",
        "Consider: nobody looks into the traffic.",
        "Consider: a small search service grows only so far.",
        "Consider: only the models that this account offers.",
    ];
    let tours = Settings::shipped("dark").unwrap().tours;
    for (sentence, step) in words.iter().zip(&tours[0].steps) {
        let screen = stage.draw();
        assert!(screen.contains(sentence), "{sentence}\n{screen}");
        let look = tour::look(&read.inventory, &read.judgement, step);
        let honest = match look.stand {
            Stand::Against if !step.claim => "Seen here",
            Stand::Against => "It does not hold here",
            Stand::Unknown => "It cannot be told",
            Stand::Holds => "It holds here",
            _ => "",
        };
        assert!(screen.contains(honest), "{honest}\n{screen}");
        for finding in look.against.iter().take(2) {
            assert!(
                screen.contains(finding.title.as_str()),
                "{}\n{screen}",
                finding.title
            );
        }
        stage.press(KeyCode::Right);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_opens_the_property_and_a_finding_its_row_and_esc_comes_back() {
    let read = stage::read("open-poc").await;
    let mut stage = Stage::of(&read, (140, 42));
    stage.press(KeyCode::Char('2'));
    let step = stage.draw();
    assert!(step.contains("Every service keeps its own door"), "{step}");
    // The first sign is a finding.
    stage.press(KeyCode::Enter);
    let findings = stage.draw();
    assert!(
        findings.contains("0 Findings") && findings.contains("EVIDENCE"),
        "{findings}"
    );
    stage.press(KeyCode::Esc);
    assert_eq!(stage.draw(), step);
    // Behind the findings come the doors.
    let count = tour::look(
        &read.inventory,
        &read.judgement,
        &Settings::shipped("dark").unwrap().tours[0].steps[1],
    )
    .against
    .len();
    for _ in 0..count {
        stage.press(KeyCode::Down);
    }
    let chosen = stage.draw();
    stage.press(KeyCode::Enter);
    let answer = stage.draw();
    assert!(answer.contains("as Azure sent it"), "{answer}");
    assert!(
        answer.contains("properties."),
        "the path is chosen: {answer}"
    );
    stage.press(KeyCode::Esc);
    assert_eq!(stage.draw(), chosen);
    stage.press(KeyCode::Esc);
    assert!(stage.draw().contains("─ Map ─"), "esc leaves the walk");
    stage.press(KeyCode::Char('t'));
    assert_eq!(stage.draw(), chosen, "t takes it up where it was left");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_walk_and_the_notes() {
    let read = stage::read("broken-indexer").await;
    let mut stage = Stage::of(&read, (100, 30));
    assert!(!stage.draw().contains("Likely question"));
    stage.press(KeyCode::Char('n'));
    let with = stage.draw();
    assert!(
        with.contains("Say it honestly") || with.contains("Likely question") || {
            stage.press(KeyCode::PageDown);
            stage.press(KeyCode::PageDown);
            stage.draw().contains("Likely question")
        }
    );
    stage.press(KeyCode::Char(']'));
    assert!(stage.draw().contains("A hub with your own key"));
    stage.press(KeyCode::Char(']'));
    stage.press(KeyCode::Right);
    let index = stage.draw();
    assert!(index.contains("The indexer fetches it."), "{index}");
    assert!(index.contains("It does not work here"), "{index}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_firewalls_at_four_sizes() {
    for name in ["healthy", "open-poc"] {
        let read = stage::read(name).await;
        for size in SIZES {
            let mut stage = Stage::of(&read, size);
            stage.press(KeyCode::Char('2'));
            insta::assert_snapshot!(
                format!("walk-firewalls-{name}-{}x{}", size.0, size.1),
                stage.draw()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_the_first_walk() {
    let read = stage::read("healthy").await;
    let mut stage = Stage::of(&read, (140, 42));
    for step in &Settings::shipped("dark").unwrap().tours[0].steps {
        insta::assert_snapshot!(format!("walk-{}-healthy", step.id), stage.draw());
        stage.press(KeyCode::Right);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ever_drawn_out_of_the_frame() {
    let read = Arc::new(stage::read("denied").await);
    for (width, height) in [(60, 16), (61, 17), (99, 29), (141, 23), (300, 90)] {
        let mut stage = Stage::of(&read, (width, height));
        for _ in 0..10 {
            stage.draw();
            stage.press(KeyCode::Down);
            stage.press(KeyCode::Right);
        }
    }
}
