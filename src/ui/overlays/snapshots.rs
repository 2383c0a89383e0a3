//! The list of snapshots (`D`): what is read now, and the files that were saved here. `enter` opens one,
//! `space` marks two, `D` compares them.
//!
//! Must not touch a file: it is told what was found, and asks with effects.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Effect, Outcome, Which};
use crate::ui::panes::{empty, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Keep, TableRow};

use super::{Next, Overlay, Step, open};

/// The row of what the program reads, or was opened with.
const LIVE: &str = "live";

/// One snapshot file, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called on the screen.
    pub name: String,
    /// When it was saved: `28 Nov 05:28`.
    pub saved: String,
    /// How old it is: `3 h ago`.
    pub age: String,
    /// What is masked in it.
    pub masked: String,
    /// How large it is: `75 KiB`.
    pub size: String,
    /// Why it cannot be opened.
    pub trouble: Option<String>,
}

/// The list.
#[derive(Debug)]
pub struct Snapshots {
    /// What the first row says: `what is read now`.
    live: &'static str,
    /// The file that is shown; none when it is what the first row stands for.
    shown: Option<PathBuf>,
    shelves: Option<Vec<Shelf>>,
    table: DataTable,
    made_for: Option<Signs>,
    /// Two are being compared.
    is_busy: bool,
}

const ACTIONS: [Action; 6] = [
    Action::Enter,
    Action::Mark,
    Action::Compare,
    Action::Refresh,
    Action::Down,
    Action::Back,
];

impl Snapshots {
    /// A list before anything was found.
    pub fn new(live: &'static str, shown: Option<PathBuf>) -> Self {
        Self {
            live,
            shown,
            shelves: None,
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("SNAPSHOT").between(18, 60),
                Column::text("AGE", Keep::Reason).between(10, 14),
                Column::text("SAVED", Keep::Second).between(12, 18),
                Column::text("MASKED", Keep::Second).between(6, 8),
                Column::number("SIZE", Keep::Muted).between(6, 10),
            ]),
            made_for: None,
            is_busy: false,
        }
    }

    /// Takes what was found.
    pub fn found(&mut self, shelves: Vec<Shelf>) {
        self.shelves = Some(shelves);
        self.made_for = None;
    }

    /// Nothing is being compared any more.
    pub fn rest(&mut self) {
        self.is_busy = false;
    }

    fn shelf(&self, id: &str) -> Option<&Shelf> {
        let at: usize = id.parse().ok()?;
        self.shelves.as_ref()?.get(at)
    }

    fn which(&self, id: &str) -> Option<Which> {
        if id == LIVE {
            return Some(Which::Live);
        }
        let file = self.shelf(id)?;
        file.trouble
            .is_none()
            .then(|| Which::File(file.path.clone()))
    }

    fn make_rows(&mut self, signs: Signs) {
        let shown = self.shown.as_ref();
        let mut rows = vec![TableRow {
            id: Arc::from(LIVE),
            group: None,
            cells: vec![
                Cell::from(Rich::sign(signs, Sign::Live)),
                Cell::from(
                    Rich::plain(self.live)
                        .then(Role::Muted, if shown.is_none() { "  shown" } else { "" }),
                ),
            ],
            fault: false,
        }];
        for (at, shelf) in self.shelves.iter().flatten().enumerate() {
            let is_shown = shown == Some(&shelf.path);
            let name = Rich::plain(shelf.name.clone())
                .then(Role::Muted, if is_shown { "  shown" } else { "" });
            let cells = match &shelf.trouble {
                Some(why) => vec![
                    Cell::from(Rich::sign(signs, Sign::Failed)),
                    Cell::from(name.then(Role::VerdictAtRisk, format!("  {why}"))),
                ],
                None => vec![
                    Cell::from(Rich::sign(signs, Sign::Offline)),
                    Cell::from(name),
                    Cell::from(Rich::plain(shelf.age.clone())),
                    Cell::from(Rich::muted(shelf.saved.clone())),
                    Cell::from(Rich::muted(shelf.masked.clone())),
                    Cell::from(Rich::muted(shelf.size.clone())),
                ],
            };
            rows.push(TableRow {
                id: Arc::from(at.to_string()),
                group: None,
                cells,
                fault: shelf.trouble.is_some(),
            });
        }
        self.table.set_rows(Vec::new(), rows);
    }

    fn enter(&self) -> Step {
        let Some(id) = self.table.selected_id() else {
            return Step::Ignored;
        };
        match self.which(id) {
            Some(Which::Live) if self.shown.is_none() => Step::Close,
            Some(Which::File(path)) if self.shown.as_ref() == Some(&path) => Step::Close,
            Some(which) => Step::Then(Next::Do(Effect::Open(which))),
            None => say(self
                .shelf(id)
                .and_then(|shelf| shelf.trouble.clone())
                .unwrap_or_default()),
        }
    }

    /// Two marked ones, or a single one and what is shown.
    fn compare(&mut self) -> Step {
        let mut chosen: Vec<Arc<str>> = self.table.marks().iter().cloned().collect();
        if chosen.is_empty() {
            chosen.extend(self.table.selected_id().cloned());
        }
        let mut sides: Vec<Which> = chosen.iter().filter_map(|id| self.which(id)).collect();
        if sides.len() == 1 {
            let shown = self.shown.clone().map_or(Which::Live, Which::File);
            sides.push(shown);
        }
        let (Some(one), Some(other), 2) = (sides.pop(), sides.pop(), sides.len() + 2) else {
            return say("mark two to compare with space, or choose one".to_owned());
        };
        if chosen.len() > 2 {
            return say("more than two are marked".to_owned());
        }
        if one == other {
            return say("that is what is shown: choose another one, or mark two".to_owned());
        }
        self.is_busy = true;
        Step::Stay(Outcome::with(Effect::Compare(one, other)))
    }
}

fn say(words: String) -> Step {
    Step::Stay(Outcome::with(Effect::Say(words)))
}

impl Overlay for Snapshots {
    fn context(&self) -> &'static str {
        "snapshots"
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn update(&mut self, cx: &Cx<'_>) {
        if self.made_for != Some(cx.signs) {
            self.made_for = Some(cx.signs);
            self.make_rows(cx.signs);
        }
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Enter => self.enter(),
            Action::Compare => self.compare(),
            Action::Refresh => Step::Stay(Outcome::with(Effect::Snapshots)),
            Action::Back if !self.table.marks().is_empty() => {
                self.table.clear_marks();
                Step::Stay(Outcome::drawn())
            }
            Action::Back => Step::Close,
            other if self.table.on_action(other) => Step::Stay(Outcome::drawn()),
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        let before = self.table.selected_id().cloned();
        let outcome = point_at_table(&mut self.table, pointer);
        if pointer.what == Gesture::Click && before.as_ref() == self.table.selected_id() {
            return self.enter();
        }
        Step::Stay(outcome)
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let cx = &Cx {
            focused: true,
            ..*cx
        };
        let lines = u16::try_from(self.table.lines()).unwrap_or(u16::MAX);
        let size = (
            (area.width * 6 / 7).clamp(76, 130),
            lines.saturating_add(7).max(10).min(area.height),
        );
        let inner = open(cx, buffer, area, size, ("Snapshots", "esc closes"));
        if inner.height < 4 {
            return Drawn::default();
        }
        let list = Rect::new(
            inner.x - 1,
            inner.y,
            inner.width + 2,
            inner.height.saturating_sub(3),
        );
        let drawn = self.table.draw(cx, buffer, list, 0, true);
        let words = match (&self.shelves, self.is_busy) {
            (_, true) => "Reading and judging both …".to_owned(),
            (None, _) => "Looking for snapshots …".to_owned(),
            (Some(found), _) if found.is_empty() => {
                let key = cx.key_of("global", Action::Save);
                format!(
                    "No snapshot is here yet{}.",
                    key.map_or_else(String::new, |key| format!(": {key} saves what is shown"))
                )
            }
            (Some(_), _) => match self.table.marks().len() {
                0 => "Compare: mark two, or choose one, which is compared with what is shown."
                    .to_owned(),
                1 => "Compare: the marked one and what is shown, or mark a second.".to_owned(),
                _ => "Compare: the two that are marked, the earlier one first.".to_owned(),
            },
        };
        let foot = Rect::new(
            inner.x - 1,
            inner.bottom().saturating_sub(2),
            inner.width + 2,
            2,
        );
        empty(cx, buffer, foot, &words);
        drawn
    }

    fn keep(&mut self, page: Page) {
        self.table.keep(page);
    }

    fn snapshots(&mut self) -> Option<&mut Snapshots> {
        Some(self)
    }
}
