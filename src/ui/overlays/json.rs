//! The JSON as Azure sent it (`y`): pretty printed, searched, copied by path or value.
//!
//! Laying out a large answer takes longer than a frame, so [`lay()`] runs elsewhere and comes back
//! with a ticket. Every line knows its place in the document, so that the path of what one sees can
//! be copied in the writing that evidence uses.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Hit, Page, Pointer, Target};
use crate::ui::effect::{Answer, Effect, Outcome, Raw};
use crate::ui::text::{Rich, put_right, width};
use crate::ui::theme::Role;
use crate::ui::widgets::field::Field;
use crate::ui::widgets::filter::Filter;
use crate::ui::widgets::window;

use super::{Overlay, Step, chosen_line, open};

#[path = "json/lay.rs"]
mod lay;

pub use lay::{Lines, lay, path_of};

/// The view of the answers behind a subject.
#[derive(Debug)]
pub struct JsonView {
    title: String,
    answers: Vec<Answer>,
    answer: usize,
    ticket: u64,
    lines: Option<Lines>,
    at: usize,
    top: usize,
    rows: usize,
    search: Filter,
    typing: Option<Field>,
    /// The path to begin at, until the answer is laid out.
    wanted: Option<String>,
}

/// What can be done: the next answer only when there is one, the next match only while searching.
const ACTIONS: [Action; 6] = [
    Action::NextView,
    Action::NextMatch,
    Action::Filter,
    Action::CopyValue,
    Action::CopyPath,
    Action::Back,
];
const TYPING: [Action; 2] = [Action::Enter, Action::Back];

impl JsonView {
    /// A view of these answers, and the effect that lays the first one out.
    pub fn new(title: impl Into<String>, answers: Vec<Answer>, ticket: u64) -> (Self, Effect) {
        let view = Self {
            title: title.into(),
            answers,
            answer: 0,
            ticket,
            lines: None,
            at: 0,
            top: 0,
            rows: 10,
            search: Filter::default(),
            typing: None,
            wanted: None,
        };
        let effect = view.lay();
        (view, effect)
    }

    /// The same, with the line of a path chosen: `properties.networkAcls.bypass`.
    pub fn at(
        title: impl Into<String>,
        answers: Vec<Answer>,
        ticket: u64,
        path: &str,
    ) -> (Self, Effect) {
        let (mut view, effect) = Self::new(title, answers, ticket);
        view.wanted = Some(path.to_owned());
        (view, effect)
    }

    /// Chooses the line of the path that was asked for, or of the nearest one above it.
    fn seek(&mut self) {
        let (Some(path), Some(lines)) = (self.wanted.take(), &self.lines) else {
            return;
        };
        let Some(document) = lines.document() else {
            return;
        };
        let is_of = |own: &str| {
            !own.is_empty()
                && path.len() >= own.len()
                && path.is_char_boundary(own.len())
                && path[..own.len()].eq_ignore_ascii_case(own)
                && !path[own.len()..].starts_with(|letter: char| letter.is_alphanumeric())
        };
        let mut best: Option<(usize, usize)> = None;
        for (at, line) in lines.all().iter().enumerate() {
            let own = path_of(document, &line.pointer);
            if is_of(&own) && best.is_none_or(|(length, _)| length < own.len()) {
                best = Some((own.len(), at));
            }
        }
        if let Some((_, at)) = best {
            let _ = self.go(at);
        }
    }

    fn lay(&self) -> Effect {
        Effect::Lay {
            ticket: self.ticket,
            raw: self
                .answers
                .get(self.answer)
                .map_or_else(|| Raw::Text("".into()), |answer| answer.raw.clone()),
        }
    }

    fn count(&self) -> usize {
        self.lines.as_ref().map_or(0, |lines| lines.all().len())
    }

    fn go(&mut self, at: usize) -> Step {
        self.at = at.min(self.count().saturating_sub(1));
        self.top = window::top(self.at, self.top, self.rows, self.count());
        Step::Stay(Outcome::drawn())
    }

    /// The next line, or the one before, that holds what is searched for, going round.
    fn find(&mut self, forward: bool, from_here: bool) -> Step {
        let count = self.count();
        let Some(lines) = self
            .lines
            .as_ref()
            .filter(|_| count > 0 && !self.search.is_empty())
        else {
            return Step::Stay(Outcome::taken(false));
        };
        let mut tester = self.search.tester();
        let start = usize::from(!from_here);
        let found = (start..count + start)
            .map(|step| {
                if forward {
                    (self.at + step) % count
                } else {
                    (self.at + count - step % count) % count
                }
            })
            .find(|line| tester.passes(&lines.all()[*line].words.text()));
        match found {
            Some(line) => self.go(line),
            None => Step::Stay(Outcome::with(Effect::Say(format!(
                "\"{}\" is not in this answer",
                self.search.typed()
            )))),
        }
    }

    fn next_answer(&mut self, by: usize) -> Step {
        let count = self.answers.len();
        if count < 2 {
            return Step::Ignored;
        }
        self.answer = (self.answer + by) % count;
        self.lines = None;
        (self.at, self.top) = (0, 0);
        Step::Stay(Outcome::with(self.lay()))
    }

    fn copy(&self, path: bool) -> Step {
        let Some(line) = self
            .lines
            .as_ref()
            .and_then(|lines| lines.all().get(self.at))
        else {
            return Step::Stay(Outcome::taken(false));
        };
        let document = self.lines.as_ref().and_then(Lines::document);
        let (label, text) = match (path, document) {
            (true, Some(document)) => ("path", path_of(document, &line.pointer)),
            (false, Some(document)) => {
                let value = document.pointer(&line.pointer);
                let text = match value {
                    Some(Value::String(text)) => text.clone(),
                    Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
                    None => String::new(),
                };
                ("value", text)
            }
            (true, None) => return Step::Stay(Outcome::taken(false)),
            (false, None) => ("line", line.words.text().into_owned()),
        };
        let label = format!("{label} of {}", path_words(document, &line.pointer));
        Step::Stay(Outcome::with(Effect::Copy { label, text }))
    }
}

fn path_words(document: Option<&Value>, pointer: &str) -> String {
    match document.map(|document| path_of(document, pointer)) {
        Some(path) if !path.is_empty() => path,
        _ => "the answer".to_owned(),
    }
}

impl Overlay for JsonView {
    fn context(&self) -> &'static str {
        if self.typing.is_some() {
            "filter"
        } else {
            "json"
        }
    }

    fn actions(&self) -> &[Action] {
        match (
            self.typing.is_some(),
            self.answers.len() > 1,
            self.search.is_empty(),
        ) {
            (true, _, _) => &TYPING,
            (_, true, _) => &ACTIONS,
            (_, false, false) => &ACTIONS[1..],
            (_, false, true) => &ACTIONS[2..],
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        self.typing.as_mut()
    }

    fn on_text(&mut self, _: &Cx<'_>) {
        if let Some(field) = &self.typing {
            self.search = Filter::new(field.text());
            let _ = self.find(true, true);
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
            Action::Back | Action::Json => Step::Close,
            Action::Filter => {
                self.typing = Some(Field::new(self.search.typed()));
                Step::Stay(Outcome::drawn())
            }
            Action::NextMatch => self.find(true, false),
            Action::PreviousMatch => self.find(false, false),
            Action::CopyPath => self.copy(true),
            Action::CopyValue | Action::Copy => self.copy(false),
            Action::NextView => self.next_answer(1),
            Action::PreviousView => self.next_answer(self.answers.len().saturating_sub(1)),
            Action::Down => self.go(self.at + 1),
            Action::Up => self.go(self.at.saturating_sub(1)),
            Action::HalfPageDown => self.go(self.at + page / 2),
            Action::HalfPageUp => self.go(self.at.saturating_sub(page / 2)),
            Action::PageDown => self.go(self.at + page - 1),
            Action::PageUp => self.go(self.at.saturating_sub(page - 1)),
            Action::First => self.go(0),
            Action::Last => self.go(usize::MAX),
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        match pointer.what {
            Gesture::Click => self.go(pointer.line),
            Gesture::WheelDown => self.go(self.at + 3),
            Gesture::WheelUp => self.go(self.at.saturating_sub(3)),
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (area.width * 9 / 10).clamp(56, 130);
        let answer = self
            .answers
            .get(self.answer)
            .map_or("", |answer| answer.title.as_str());
        let mut title = if answer.is_empty() || answer == self.title {
            self.title.clone()
        } else {
            format!("{}  {answer}", self.title)
        };
        if self.answers.len() > 1 {
            let _ = write!(title, "  {} of {}", self.answer + 1, self.answers.len());
        }
        let inner = open(
            cx,
            buffer,
            area,
            (columns, area.height.saturating_sub(4).max(10)),
            (&title, "as Azure sent it · esc closes"),
        );
        if inner.height < 2 {
            return Drawn::default();
        }
        let body = Rect {
            height: inner.height - 1,
            ..inner
        };
        self.draw_foot(
            cx,
            buffer,
            Rect {
                y: body.bottom(),
                height: 1,
                ..inner
            },
        );
        let Some(lines) = &self.lines else {
            Rich::muted("… reading").draw(buffer, (body.x, body.y), body.width, cx.theme);
            return Drawn::default();
        };
        let rows = usize::from(body.height);
        let top = window::top(self.at, self.top, rows, lines.all().len());
        let shown = lines.all().iter().enumerate().skip(top);
        for ((number, line), y) in shown.zip(body.top()..body.bottom()) {
            if number == self.at {
                chosen_line(cx, buffer, body, y);
            }
            let room = body.width.saturating_sub(1);
            line.words.draw(buffer, (body.x, y), room, cx.theme);
            let text = line.words.text();
            for range in self.search.found(&text) {
                let before = width(&text[..range.start]);
                if before < room {
                    Rich::of(Role::Match, text[range].to_owned()).draw(
                        buffer,
                        (body.x + before, y),
                        room - before,
                        cx.theme,
                    );
                }
            }
        }
        window::thumb(cx, buffer, body, top, lines.all().len());
        Drawn {
            pages: vec![Page {
                part: 0,
                top,
                rows,
                of: lines.all().len(),
            }],
            hits: vec![Hit {
                area: body,
                target: Target::Part { part: 0, top },
            }],
        }
    }

    fn keep(&mut self, page: Page) {
        (self.top, self.rows) = (page.top, page.rows);
    }

    fn laid(&mut self, ticket: u64, lines: Lines) {
        if ticket == self.ticket {
            self.lines = Some(lines);
            self.seek();
        }
    }
}

impl JsonView {
    /// The last line of the box: the field while typing, else the path of the chosen line.
    fn draw_foot(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
        if let Some(field) = &self.typing {
            field.draw(cx, buffer, (area.x, area.y), area.width, "/");
            return;
        }
        let line = self
            .lines
            .as_ref()
            .and_then(|lines| lines.all().get(self.at));
        let document = self.lines.as_ref().and_then(Lines::document);
        if let (Some(line), Some(document)) = (line, document) {
            let path = Rich::muted(path_of(document, &line.pointer));
            path.draw_cut(
                buffer,
                (area.x, area.y),
                area.width.saturating_sub(14),
                crate::ui::text::Cut::Front,
                cx.theme,
            );
        }
        let place = Rich::muted(format!(
            "{} of {}",
            (self.at + 1).min(self.count()),
            self.count()
        ));
        put_right(buffer, (area.right(), area.y), &place, 13, cx.theme);
    }
}

#[cfg(test)]
#[path = "json/tests.rs"]
mod tests;
