//! The palette (`:`): what can be gone to and what can be done, found by its letters.

use std::collections::VecDeque;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Hit, Page, Pointer, Target};
use crate::ui::effect::Outcome;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, put, put_right, width};
use crate::ui::theme::Role;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::filter::fuzzy_places;
use crate::ui::widgets::{rule, window};

use super::{Next, Overlay, Step, chosen_line, open};

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its group: `resource`, `pane`, `do`.
    pub kind: &'static str,
    /// Its sign, where it has one.
    pub sign: Option<Sign>,
    /// What is searched and drawn.
    pub name: String,
    /// The second fact.
    pub fact: String,
    /// Its key, where it has one.
    pub key: String,
    /// What follows.
    pub next: Next,
}

/// The palette.
#[derive(Debug)]
pub struct Palette {
    entries: Vec<Entry>,
    earlier: VecDeque<String>,
    recalled: usize,
    field: Field,
    /// Numbers of entries, grouped; none is the blank line between groups.
    lines: Vec<Option<usize>>,
    found: usize,
    at: usize,
    top: usize,
    rows: usize,
}

/// How many entries of one group are listed: the rest is found by typing more.
const A_GROUP: usize = 50;
/// What can be done; the first only when something was taken before.
const ACTIONS: [Action; 4] = [
    Action::Earlier,
    Action::Enter,
    Action::Complete,
    Action::Back,
];

impl Palette {
    /// A palette of these entries, in the order of their groups; `earlier` is what was typed before,
    /// the newest first.
    pub fn new(entries: Vec<Entry>, earlier: VecDeque<String>) -> Self {
        let mut palette = Self {
            entries,
            earlier,
            recalled: 0,
            field: Field::default(),
            lines: Vec::new(),
            found: 0,
            at: 0,
            top: 0,
            rows: 10,
        };
        palette.search();
        palette
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        self.field.text()
    }

    fn pattern(&self) -> Pattern {
        Pattern::parse(
            self.field.text(),
            CaseMatching::Ignore,
            Normalization::Smart,
        )
    }

    fn search(&mut self) {
        let pattern = self.pattern();
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut letters = Vec::new();
        let mut scored: Vec<(usize, u32)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(number, entry)| {
                let score = pattern.score(Utf32Str::new(&entry.name, &mut letters), &mut matcher);
                // What stands in the second fact is found too, after what is so named.
                let second = || {
                    pattern
                        .score(Utf32Str::new(&entry.fact, &mut letters), &mut matcher)
                        .map(|score| score / 4)
                };
                score.or_else(second).map(|score| (number, score))
            })
            .collect();
        self.found = scored.len();
        let mut kinds: Vec<&'static str> = Vec::new();
        for entry in &self.entries {
            if !kinds.contains(&entry.kind) {
                kinds.push(entry.kind);
            }
        }
        scored.sort_by_key(|(number, score)| (std::cmp::Reverse(*score), *number));
        self.lines.clear();
        for kind in kinds {
            let group: Vec<usize> = scored
                .iter()
                .map(|(number, _)| *number)
                .filter(|number| self.entries[*number].kind == kind)
                .take(A_GROUP)
                .collect();
            if !group.is_empty() && !self.lines.is_empty() {
                self.lines.push(None);
            }
            self.lines.extend(group.into_iter().map(Some));
        }
        // The best of all groups is chosen first, wherever it stands.
        let best = scored.first().map(|(number, _)| *number);
        self.at = self
            .lines
            .iter()
            .position(|line| line.is_some() && *line == best)
            .filter(|_| !self.field.text().is_empty())
            .unwrap_or(0);
        self.top = window::top(self.at, 0, self.rows, self.lines.len());
    }

    fn step(&mut self, down: bool) -> Step {
        let count = self.lines.len();
        let mut at = self.at;
        loop {
            at = if down { at + 1 } else { at.wrapping_sub(1) };
            match self.lines.get(at).filter(|_| at < count) {
                Some(Some(_)) => break self.at = at,
                Some(None) => {}
                None => break,
            }
        }
        self.top = window::top(self.at, self.top, self.rows, count);
        Step::Stay(Outcome::drawn())
    }

    fn chosen(&self) -> Option<&Entry> {
        let number = self.lines.get(self.at).copied().flatten()?;
        self.entries.get(number)
    }
}

impl Overlay for Palette {
    fn context(&self) -> &'static str {
        "palette"
    }

    fn actions(&self) -> &[Action] {
        if self.earlier.is_empty() {
            &ACTIONS[1..]
        } else {
            &ACTIONS
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        Some(&mut self.field)
    }

    fn on_text(&mut self, _: &Cx<'_>) {
        self.search();
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Down => self.step(true),
            Action::Up => self.step(false),
            Action::Enter => match self.chosen() {
                Some(entry) => Step::Then(entry.next.clone()),
                None => Step::Stay(Outcome::taken(false)),
            },
            Action::Complete => {
                if let Some(name) = self.chosen().map(|entry| entry.name.clone()) {
                    self.field = Field::new(&name);
                    self.search();
                }
                Step::Stay(Outcome::drawn())
            }
            Action::Earlier => {
                if let Some(text) = self.earlier.get(self.recalled) {
                    self.field = Field::new(text);
                    self.recalled = (self.recalled + 1) % self.earlier.len();
                    self.search();
                }
                Step::Stay(Outcome::drawn())
            }
            Action::Back => Step::Close,
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        match pointer.what {
            Gesture::WheelDown => self.step(true),
            Gesture::WheelUp => self.step(false),
            Gesture::Click => {
                if matches!(self.lines.get(pointer.line), Some(Some(_))) {
                    self.at = pointer.line;
                    return self
                        .chosen()
                        .map_or(Step::Ignored, |entry| Step::Then(entry.next.clone()));
                }
                Step::Ignored
            }
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (area.width * 4 / 7).clamp(56, 110);
        let rows = (area.height * 4 / 7).max(14);
        let inner = open(cx, buffer, area, (columns, rows), ("", ""));
        if inner.height < 6 {
            return Drawn::default();
        }
        let tally = Rich::muted(format!("{} of {}", self.found, self.entries.len()));
        self.field.draw(
            cx,
            buffer,
            (inner.x, inner.y),
            inner.width.saturating_sub(14),
            ":",
        );
        put_right(buffer, (inner.right(), inner.y), &tally, 13, cx.theme);
        rule::horizontal(
            cx,
            buffer,
            Rect {
                y: inner.y + 1,
                height: 1,
                ..inner
            },
        );
        let body = Rect::new(inner.x, inner.y + 2, inner.width, inner.height - 4);
        rule::horizontal(
            cx,
            buffer,
            Rect {
                y: body.bottom(),
                height: 1,
                ..inner
            },
        );
        self.draw_keys(
            cx,
            buffer,
            Rect {
                y: body.bottom() + 1,
                height: 1,
                ..inner
            },
        );
        self.draw_list(cx, body, buffer)
    }

    fn keep(&mut self, page: Page) {
        (self.top, self.rows) = (page.top, page.rows);
    }
}

impl Palette {
    fn draw_list(&self, cx: &Cx<'_>, body: Rect, buffer: &mut Buffer) -> Drawn {
        let shown = usize::from(body.height);
        let top = window::top(self.at, self.top, shown, self.lines.len());
        if self.lines.is_empty() {
            let words = format!("Nothing is called \"{}\".", self.field.text());
            put(
                buffer,
                (body.x, body.y),
                &words,
                body.width,
                cx.theme,
                Role::Text,
            );
        }
        let pattern = self.pattern();
        for ((number, line), y) in self
            .lines
            .iter()
            .enumerate()
            .skip(top)
            .zip(body.top()..body.bottom())
        {
            let Some(entry) = line.and_then(|at| self.entries.get(at)) else {
                continue;
            };
            if number == self.at {
                chosen_line(cx, buffer, body, y);
            }
            let before = number.checked_sub(1).and_then(|at| self.lines[at]);
            let heads = number == top || before.is_none();
            draw_entry(
                cx,
                buffer,
                Rect {
                    y,
                    height: 1,
                    ..body
                },
                entry,
                heads,
                &pattern,
            );
        }
        window::thumb(
            cx,
            buffer,
            Rect {
                width: body.width + 1,
                ..body
            },
            top,
            self.lines.len(),
        );
        Drawn {
            pages: vec![Page {
                part: 0,
                top,
                rows: shown,
                of: self.lines.len(),
            }],
            hits: vec![Hit {
                area: body,
                target: Target::Part { part: 0, top },
            }],
        }
    }

    fn draw_keys(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
        let mut x = area.x;
        for action in self.actions() {
            let Some(hint) = crate::ui::frame::footer::hint(cx.keymap, &["palette"], *action)
            else {
                continue;
            };
            x = hint.draw(
                buffer,
                (x, area.y),
                area.right().saturating_sub(x),
                cx.theme,
            ) + 3;
        }
    }
}

fn draw_entry(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    entry: &Entry,
    heads: bool,
    pattern: &Pattern,
) {
    let y = area.y;
    if heads {
        put(buffer, (area.x, y), entry.kind, 10, cx.theme, Role::Muted);
    }
    if let Some(sign) = entry.sign {
        Rich::sign(cx.signs, sign).draw(buffer, (area.x + 11, y), 1, cx.theme);
    }
    let x = area.x + 13;
    let key = width(&entry.key);
    let right = area
        .right()
        .saturating_sub(if key > 0 { key + 2 } else { 0 });
    let facts = (area.width / 3).min(width(&entry.fact));
    let room = right.saturating_sub(x + facts + 2);
    Rich::plain(entry.name.clone()).draw(buffer, (x, y), room, cx.theme);
    for range in fuzzy_places(pattern, &entry.name) {
        let before = width(&entry.name[..range.start]);
        if before + 1 < room {
            put(
                buffer,
                (x + before, y),
                &entry.name[range],
                room - before,
                cx.theme,
                Role::Match,
            );
        }
    }
    let at = right.saturating_sub(facts);
    let column = (area.x + 13 + area.width / 2).min(at);
    Rich::muted(entry.fact.clone()).draw(
        buffer,
        (column.max(x + room.min(width(&entry.name)) + 2).min(at), y),
        right.saturating_sub(column),
        cx.theme,
    );
    put_right(
        buffer,
        (area.right(), y),
        &Rich::strong(entry.key.clone()),
        key,
        cx.theme,
    );
}
