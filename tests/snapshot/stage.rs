//! Scenarios read once, and their reports and panes.

use std::collections::BTreeMap;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use hopscope::analysis::hops;
use hopscope::cli::Global;
use hopscope::commands::source::{Inspected, Source};
use hopscope::config::{ConfigFile, Settings};
use hopscope::fetch::jobs::again;
use hopscope::privacy::Level;
use hopscope::report::{html, json, markdown, sarif, text};
use hopscope::simulator::Scenario;
use hopscope::store::file::{self, Head};
use hopscope::store::{Inventory, Kept, Snapshot};
use hopscope::ui::effect::{Effect, Raw};
use hopscope::ui::panes::registry;
use hopscope::ui::view::{Masking, Setup, View};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::UtcOffset;

use hopscope::report::Format;

const FORMATS: [Format; 5] = [
    Format::Text,
    Format::Json,
    Format::Markdown,
    Format::Html,
    Format::Sarif,
];

/// The digits of the panes.
pub(crate) const PANES: &str = "1234567890-";

/// The names of all scenarios and their twins.
pub(crate) fn names() -> Vec<String> {
    let listed = Scenario::list().unwrap();
    let twins = listed.iter().filter_map(|one| one.twin.as_ref());
    listed
        .iter()
        .map(|one| one.name.clone())
        .chain(twins.map(|twin| twin.name.clone()))
        .collect()
}

/// Does `each` to every scenario, several at a time; says which one it was that failed.
pub(crate) fn every_scenario(each: impl Fn(&str, Inspected) + Send + Sync) {
    let names = names();
    assert!(names.len() > 40, "{names:?}");
    let queue = std::sync::Mutex::new(names.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(name) = next else { return };
                    each(&name, inspected(&name));
                }
            });
        }
    });
}

/// A scenario as `check --demo` reads it.
pub(crate) fn inspected(name: &str) -> Inspected {
    let global = Global {
        demo: Some(name.to_owned()),
        ..Global::default()
    };
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let source = Source::find(&global, &ConfigFile::default()).await.unwrap();
            source.read().await
        })
}

/// What is left of a snapshot that went through a file.
pub(crate) fn through_a_file(inspected: &Inspected) -> Inspected {
    let kept = Kept::of(&inspected.snapshot, &inspected.frame);
    let bytes = file::pack(&Head::new(inspected.at, None), &kept).unwrap();
    let saved = file::read(bytes.as_slice(), bytes.len() as u64).unwrap();
    assert!(saved.kept == kept, "the file holds something else");
    let snapshot = saved.kept.restore(again::decoded);
    Inspected {
        scope: snapshot.scope().clone(),
        snapshot,
        frame: saved.kept.frame(),
        at: saved.head.saved_at,
        masked: saved.head.masked,
    }
}

/// The JSON report.
pub(crate) fn json_of(inspected: &Inspected) -> String {
    let (inventory, judgement) = inspected.judge();
    let report = json::build(&inventory, &judgement, &inspected.meta());
    serde_json::to_string_pretty(&report).unwrap()
}

/// The report for people.
pub(crate) fn text_of(inspected: &Inspected) -> String {
    let (inventory, judgement) = inspected.judge();
    let mut out = Vec::new();
    let style = text::Style::default();
    text::write(&mut out, &inventory, &judgement, &inspected.meta(), style).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every report there is, by its name.
pub(crate) fn reports(inspected: &Inspected) -> Vec<(String, String)> {
    let (inventory, judgement) = inspected.judge();
    let (judging, meta) = (&inspected.frame.judging, inspected.meta());
    let (mut page, mut ticket) = (Vec::new(), Vec::new());
    html::write(&mut page, &inventory, &judgement, judging, &meta).unwrap();
    markdown::write(&mut ticket, &inventory, &judgement, judging, &meta).unwrap();
    let scanned = sarif::build(&inventory, &judgement, &meta).to_string();
    vec![
        ("json".to_owned(), json_of(inspected)),
        ("text".to_owned(), text_of(inspected)),
        ("html".to_owned(), String::from_utf8(page).unwrap()),
        ("markdown".to_owned(), String::from_utf8(ticket).unwrap()),
        ("sarif".to_owned(), scanned),
    ]
}

/// The inspector on what was read.
pub(crate) struct Screen {
    pub(crate) view: View,
    area: Rect,
    /// The first row that counts: the header has a clock.
    pub(crate) first: u16,
}

impl Screen {
    pub(crate) fn of(inspected: &Inspected, offline: bool) -> Self {
        Self::at(inspected, offline, Level::None)
    }

    /// The same, masked from the start.
    pub(crate) fn at(inspected: &Inspected, offline: bool, level: Level) -> Self {
        let frame = &inspected.frame;
        let view = View::new(Setup {
            settings: Settings::shipped("dark").unwrap(),
            judging: frame.judging.clone(),
            cloud: frame.cloud.clone(),
            portal: frame.portal.clone(),
            offset: UtcOffset::UTC,
            offline,
            pick: false,
            panes: registry(),
            now: inspected.at,
            masking: Some(Masking {
                level,
                secret: None,
                decode: again::decoded,
                masked: None,
            }),
        });
        let mut screen = Self {
            view,
            area: Rect::new(0, 0, 200, 60),
            first: 1,
        };
        screen.frame(&inspected.snapshot);
        screen
    }

    /// What the loop does before a frame.
    pub(crate) fn frame(&mut self, open: &Snapshot) {
        let (mut snapshot, work) = self.view.mask(open.clone());
        if let Some(work) = work {
            self.view.masked_as(work.run());
            (snapshot, _) = self.view.mask(open.clone());
        }
        let inventory = Inventory::build(&snapshot);
        self.view.take(snapshot, Some(inventory));
        if let Some((inventory, judging, now)) = self.view.unjudged() {
            let judgement = hops::judge(&inventory, &judging, now);
            self.view.judge(inventory.snapshot().revision(), judgement);
        }
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.area = Rect::new(0, 0, width, height);
        self.words();
    }

    pub(crate) fn key(&mut self, key: KeyCode) -> Vec<Effect> {
        let event = Event::Key(KeyEvent::new(key, KeyModifiers::NONE));
        let effects = self.view.on_event(&event).effects;
        for effect in &effects {
            if let Effect::Lay { ticket, raw } = effect {
                self.view
                    .laid(*ticket, hopscope::ui::overlays::json::lay(raw));
            }
        }
        effects
    }

    /// The words on the screen, without the header and its clock.
    pub(crate) fn words(&mut self) -> String {
        self.view.resize(self.area);
        self.view.prepare();
        let mut buffer = Buffer::empty(self.area);
        let drawn = self.view.draw(self.area, &mut buffer);
        self.view.keep(drawn);
        let mut text = String::new();
        for y in self.first..self.area.height {
            let row = (0..self.area.width).map(|x| buffer[(x, y)].symbol());
            text.push_str(row.collect::<String>().trim_end());
            text.push('\n');
        }
        text
    }

    /// Everything that a person can get out of the screen: panes with what `y`, `d`, `c` and `o` give
    /// of their rows, the walks step by step with what stands behind their signs, the palette, the help,
    /// the explanation of a message, and the reports.
    pub(crate) fn everything(&mut self, told: &str) -> BTreeMap<String, String> {
        let mut seen = BTreeMap::new();
        for digit in PANES.chars() {
            self.key(KeyCode::Char(digit));
            for view in 0..2 {
                for row in 0..5 {
                    let place = format!("{digit} view {view} row {row}");
                    self.look(&place, &mut seen);
                    self.key(KeyCode::Char('j'));
                }
                if self.words().contains("preflight") {
                    self.key(KeyCode::Char('F'));
                    self.look(&format!("{digit} preflight {view}"), &mut seen);
                }
                self.key(KeyCode::Char(']'));
            }
        }
        self.key(KeyCode::Char('t'));
        for walk in 0..3 {
            for step in 0..10 {
                seen.insert(format!("walk {walk} step {step}"), self.words());
                let effects = self.key(KeyCode::Enter);
                note(
                    &format!("walk {walk} step {step} behind"),
                    &effects,
                    &mut seen,
                );
                self.key(KeyCode::Esc);
                if effects.iter().any(|one| matches!(one, Effect::Jump { .. })) {
                    self.key(KeyCode::Char('t'));
                }
                self.key(KeyCode::Right);
            }
            self.key(KeyCode::Char(']'));
        }
        self.key(KeyCode::Esc);
        for (key, name) in [
            (':', "palette"),
            ('?', "help"),
            ('E', "report"),
            ('S', "save"),
        ] {
            self.key(KeyCode::Char(key));
            seen.insert(name.to_owned(), self.words());
            self.key(KeyCode::Esc);
        }
        self.key(KeyCode::Char('e'));
        self.view.on_event(&Event::Paste(told.to_owned()));
        let words = self.words();
        seen.insert("explain".to_owned(), words.replace(told, ""));
        self.key(KeyCode::Esc);
        let (inventory, judgement, judging, meta) = self.view.report_source();
        let source = hopscope::report::Source {
            inventory: &inventory,
            judgement: &judgement,
            judging: &judging,
            meta: &meta,
        };
        for format in FORMATS {
            let mut out = Vec::new();
            let style = text::Style::default();
            hopscope::report::write(&source, format, style, &mut out).unwrap();
            seen.insert(
                format!("report {format:?}"),
                String::from_utf8(out).unwrap(),
            );
        }
        let (snapshot, frame) = self.view.shown();
        let kept = serde_json::to_string(&Kept::of(&snapshot, &frame)).unwrap();
        seen.insert("file".to_owned(), kept);
        seen
    }

    /// The id in the answer behind what is selected.
    pub(crate) fn answer(&mut self) -> String {
        let effects = self.key(KeyCode::Char('y'));
        self.key(KeyCode::Esc);
        let id = effects.iter().find_map(|effect| match effect {
            Effect::Lay {
                raw: Raw::Json(answer),
                ..
            } => answer["id"].as_str().map(str::to_owned),
            _ => None,
        });
        id.unwrap_or_default()
    }

    /// What the screen shows and what can be taken from it.
    fn look(&mut self, place: &str, seen: &mut BTreeMap<String, String>) {
        seen.insert(place.to_owned(), self.words());
        for key in ['y', 'd', 'c', 'o', 'W'] {
            let effects = self.key(KeyCode::Char(key));
            note(&format!("{place} {key}"), &effects, seen);
            seen.insert(format!("{place} {key} shown"), self.words());
            if key == 'c' || key == 'd' {
                let key = if key == 'c' {
                    KeyCode::Enter
                } else {
                    KeyCode::Char('c')
                };
                let effects = self.key(key);
                note(&format!("{place} {key} copied"), &effects, seen);
            }
            self.key(KeyCode::Esc);
        }
    }

    /// Every pane, row by row, and what `y` shows of some of its rows.
    pub(crate) fn tour(&mut self) -> BTreeMap<String, String> {
        let mut seen = BTreeMap::new();
        for digit in PANES.chars() {
            self.key(KeyCode::Char(digit));
            for row in 0..6 {
                seen.insert(format!("{digit} row {row}"), self.words());
                let effects = self.key(KeyCode::Char('y'));
                for effect in effects {
                    if let Effect::Lay { raw, .. } = effect {
                        seen.insert(format!("{digit} json {row}"), said(&raw));
                        self.key(KeyCode::Esc);
                    }
                }
                self.key(KeyCode::Char('j'));
            }
        }
        seen
    }
}

/// What leaves the screen.
fn note(place: &str, effects: &[Effect], seen: &mut BTreeMap<String, String>) {
    for (number, effect) in effects.iter().enumerate() {
        let text = match effect {
            Effect::Copy { label, text } => format!("{label}\n{text}"),
            Effect::OpenUrl(text)
            | Effect::Say(text)
            | Effect::Report(text)
            | Effect::Save(text) => text.clone(),
            Effect::Jump { ids, .. } => ids.join("\n"),
            Effect::Lay { raw, .. } => said(raw),
            _ => continue,
        };
        seen.insert(format!("{place} effect {number}"), text);
    }
}

fn said(raw: &Raw) -> String {
    match raw {
        Raw::Json(value) => value.to_string(),
        Raw::Text(text) => text.to_string(),
    }
}

/// The slices by name, to tell which one is not the same.
pub(crate) fn differences(a: &Snapshot, b: &Snapshot) -> Vec<String> {
    a.slices()
        .zip(b.slices())
        .filter(|((key, own), (other, theirs))| {
            key != other
                || own.value != theirs.value
                || own.observed_at != theirs.observed_at
                || own.issues != theirs.issues
                || own.complete != theirs.complete
                || own.phase != theirs.phase
        })
        .map(|((key, _), (other, _))| format!("{key} / {other}"))
        .collect()
}
