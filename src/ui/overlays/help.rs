//! Help (`?`): the keys of the pane, of moving, and of everywhere, made from the keymap; the signs;
//! the two questions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Hit, Page, Pointer, Target};
use crate::ui::effect::Outcome;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::filter::Filter;
use crate::ui::widgets::{rule, window};

use super::{Overlay, Step, open};

/// Actions of moving: the second column.
const MOVES: [Action; 18] = [
    Action::Down,
    Action::Up,
    Action::Left,
    Action::Right,
    Action::First,
    Action::Last,
    Action::HalfPageDown,
    Action::HalfPageUp,
    Action::PageDown,
    Action::PageUp,
    Action::NextPart,
    Action::PreviousPart,
    Action::NextView,
    Action::PreviousView,
    Action::Filter,
    Action::FaultsOnly,
    Action::Sort,
    Action::Mark,
];

/// Actions that the frame has whatever the pane: the third column.
pub const EVERYWHERE: [Action; 17] = [
    Action::Back,
    Action::Palette,
    Action::Walk,
    Action::Explain,
    Action::Report,
    Action::Refresh,
    Action::RefreshAll,
    Action::Freeze,
    Action::Privacy,
    Action::Save,
    Action::Snapshots,
    Action::Scope,
    Action::Mouse,
    Action::Redraw,
    Action::Suspend,
    Action::Help,
    Action::Quit,
];

const ACTIONS: [Action; 3] = [Action::Back, Action::Down, Action::Filter];
const TYPING: [Action; 2] = [Action::Enter, Action::Back];

/// The help over one pane.
#[derive(Debug)]
pub struct Help {
    title: String,
    context: &'static str,
    offered: Vec<Action>,
    screens: Vec<char>,
    search: Filter,
    typing: Option<Field>,
    top: usize,
    rows: usize,
    of: usize,
}

impl Help {
    /// The help of a pane: its name, its context in the keymap, what it offers, and the screens that
    /// exist.
    pub fn new(
        name: &str,
        context: &'static str,
        offered: Vec<Action>,
        screens: Vec<char>,
    ) -> Self {
        Self {
            title: format!("Keys on {name}"),
            context,
            offered,
            screens,
            search: Filter::default(),
            typing: None,
            top: 0,
            rows: 10,
            of: 0,
        }
    }

    /// Keys and words of one action.
    fn entry(&self, cx: &Cx<'_>, action: Action) -> Option<(String, String)> {
        let contexts = [self.context, "global"];
        let binding = cx.keymap.binding_of(&contexts, action)?;
        let mut keys = cx.keymap.labels_of(self.context, action);
        for key in cx.keymap.labels_of("global", action) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Some((keys.join(" "), binding.desc.clone()))
    }

    fn columns(&self, cx: &Cx<'_>) -> [(&'static str, Vec<(String, String)>); 3] {
        let entries = |actions: &[Action]| -> Vec<(String, String)> {
            let mut tester = self.search.tester();
            actions
                .iter()
                .filter_map(|action| self.entry(cx, *action))
                .filter(|(keys, words)| tester.passes(&format!("{keys} {words}")))
                .collect()
        };
        let own: Vec<Action> = self
            .offered
            .iter()
            .copied()
            .filter(|action| !MOVES.contains(action) && !EVERYWHERE.contains(action))
            .collect();
        let moves: Vec<Action> = MOVES
            .into_iter()
            .filter(|action| self.offered.contains(action))
            .collect();
        let screens: Vec<Action> = self.screens.iter().copied().map(Action::Screen).collect();
        let mut second = entries(&moves);
        second.extend(entries(&screens));
        [
            ("This pane", entries(&own)),
            ("Move", second),
            ("Everywhere", entries(&EVERYWHERE)),
        ]
    }

    /// Everything as lines for a width; a rule is none.
    fn lines(&self, cx: &Cx<'_>, cells: u16) -> Vec<Option<Vec<(u16, Rich)>>> {
        let columns = self.columns(cx);
        let wide = cells >= 96;
        let mut lines = vec![Some(Vec::new())];
        let keys_width = |entries: &[(String, String)]| {
            entries
                .iter()
                .map(|(keys, _)| width(keys))
                .max()
                .unwrap_or(0)
                + 3
        };
        if wide {
            let third = cells / 3;
            let rows = columns
                .iter()
                .map(|(_, entries)| entries.len())
                .max()
                .unwrap_or(0);
            let offsets = [0, third, third * 2];
            let heads = columns.iter().zip(offsets);
            lines.push(Some(
                heads.map(|((head, _), x)| (x, head_of(head))).collect(),
            ));
            lines.push(Some(Vec::new()));
            for row in 0..rows {
                let mut line = Vec::new();
                for ((_, entries), x) in columns.iter().zip(offsets) {
                    if let Some((keys, words)) = entries.get(row) {
                        line.push((x, Rich::strong(keys.clone())));
                        let at = keys_width(entries);
                        let room = third.saturating_sub(at + 3);
                        let words = crate::ui::text::cut(words, room, crate::ui::text::Cut::End);
                        line.push((x + at, Rich::plain(words.into_owned())));
                    }
                }
                lines.push(Some(line));
            }
        } else {
            for (head, entries) in &columns {
                if entries.is_empty() {
                    continue;
                }
                lines.push(Some(vec![(0, head_of(head))]));
                for (keys, words) in entries {
                    let at = keys_width(entries);
                    lines.push(Some(vec![
                        (0, Rich::strong(keys.clone())),
                        (at, Rich::plain(words.clone())),
                    ]));
                }
                lines.push(Some(Vec::new()));
            }
        }
        if self.search.is_empty() {
            self.signs(cx, cells, &mut lines);
        }
        lines
    }

    fn signs(&self, cx: &Cx<'_>, cells: u16, lines: &mut Vec<Option<Vec<(u16, Rich)>>>) {
        let sign = |sign: Sign| {
            Rich::sign(cx.signs, sign)
                .then(Role::Text, format!(" {:<10}", sign.word()))
                .then(Role::Muted, sign.meaning())
        };
        lines.extend([Some(Vec::new()), None, Some(Vec::new())]);
        lines.push(Some(vec![(0, head_of("Signs"))]));
        lines.push(Some(Vec::new()));
        if cells >= 96 {
            for row in 0..4 {
                lines.push(Some(vec![
                    (0, sign(Sign::EXPLAINED[row])),
                    (cells / 2, sign(Sign::EXPLAINED[row + 4])),
                ]));
            }
        } else {
            lines.extend(
                Sign::EXPLAINED
                    .into_iter()
                    .map(|one| Some(vec![(0, sign(one))])),
            );
        }
        lines.extend([Some(Vec::new()), None, Some(Vec::new())]);
        let unbound: Vec<String> = self
            .offered
            .iter()
            .chain(&EVERYWHERE)
            .filter(|action| self.entry(cx, **action).is_none())
            .map(ToString::to_string)
            .collect();
        lines.push(Some(vec![(0, Rich::muted("hopscope only ever reads."))]));
        let mut words = Rich::muted("Keys come from assets/keymap.toml; yours override them.");
        if !unbound.is_empty() {
            words = words
                .then(Role::Muted, " No key is bound to: ")
                .then(Role::Text, unbound.join(", "));
        }
        lines.push(Some(vec![(0, words)]));
    }

    fn scroll(&mut self, top: usize) -> Step {
        self.top = top.min(self.of.saturating_sub(self.rows));
        Step::Stay(Outcome::drawn())
    }
}

fn head_of(words: &'static str) -> Rich {
    Rich::of(Role::Match, words)
}

impl Overlay for Help {
    fn context(&self) -> &'static str {
        if self.typing.is_some() {
            "filter"
        } else {
            "help"
        }
    }

    fn actions(&self) -> &[Action] {
        if self.typing.is_some() {
            &TYPING
        } else {
            &ACTIONS
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        self.typing.as_mut()
    }

    fn on_text(&mut self, _: &Cx<'_>) {
        if let Some(field) = &self.typing {
            self.search = Filter::new(field.text());
            self.top = 0;
        }
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        let page = self.rows.max(2);
        match action {
            Action::Enter | Action::Back if self.typing.is_some() => {
                self.typing = None;
                if action == Action::Back {
                    self.search = Filter::default();
                }
                Step::Stay(Outcome::drawn())
            }
            Action::Back if !self.search.is_empty() => {
                self.search = Filter::default();
                Step::Stay(Outcome::drawn())
            }
            Action::Back | Action::Help | Action::Enter => Step::Close,
            Action::Filter => {
                self.typing = Some(Field::default());
                Step::Stay(Outcome::drawn())
            }
            Action::Down => self.scroll(self.top + 1),
            Action::Up => self.scroll(self.top.saturating_sub(1)),
            Action::HalfPageDown | Action::PageDown => self.scroll(self.top + page / 2),
            Action::HalfPageUp | Action::PageUp => self.scroll(self.top.saturating_sub(page / 2)),
            Action::First => self.scroll(0),
            Action::Last => self.scroll(usize::MAX),
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        match pointer.what {
            Gesture::Click => Step::Ignored,
            Gesture::WheelDown => self.scroll(self.top + 3),
            Gesture::WheelUp => self.scroll(self.top.saturating_sub(3)),
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (area.width.saturating_sub(12)).clamp(56, 122);
        let cells = columns.saturating_sub(6);
        let lines = self.lines(cx, cells);
        let wanted = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(3);
        let inner = open(
            cx,
            buffer,
            area,
            (columns, wanted),
            (&self.title, "esc closes"),
        );
        if inner.height == 0 {
            return Drawn::default();
        }
        let body = match &self.typing {
            None => inner,
            Some(field) => {
                field.draw(
                    cx,
                    buffer,
                    (inner.x + 1, inner.bottom() - 1),
                    inner.width,
                    "/",
                );
                Rect {
                    height: inner.height - 1,
                    ..inner
                }
            }
        };
        let rows = usize::from(body.height);
        let top = self.top.min(lines.len().saturating_sub(rows));
        for (line, y) in lines.iter().skip(top).zip(body.top()..body.bottom()) {
            match line {
                None => rule::horizontal(
                    cx,
                    buffer,
                    Rect {
                        y,
                        height: 1,
                        ..body
                    },
                ),
                Some(words) => {
                    for (x, rich) in words {
                        let room = body.width.saturating_sub(x + 1);
                        rich.draw(buffer, (body.x + 1 + x, y), room, cx.theme);
                    }
                }
            }
        }
        window::thumb(cx, buffer, body, top, lines.len());
        Drawn {
            pages: vec![Page {
                part: 0,
                top,
                rows,
                of: lines.len(),
            }],
            hits: vec![Hit {
                area: body,
                target: Target::Part { part: 0, top },
            }],
        }
    }

    fn keep(&mut self, page: Page) {
        (self.top, self.rows, self.of) = (page.top, page.rows, page.of);
    }
}
