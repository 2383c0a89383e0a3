//! A short list to choose one line from: what to copy, which column to sort by.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Hit, Page, Pointer, Target};
use crate::ui::effect::Outcome;
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;
use crate::ui::widgets::window;

use super::{Next, Overlay, Step, chosen_line, open};

/// One line to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it is.
    pub label: String,
    /// The second fact.
    pub fact: String,
    /// What follows.
    pub next: Next,
}

/// The list.
#[derive(Debug)]
pub struct Choose {
    title: String,
    choices: Vec<Choice>,
    at: usize,
    top: usize,
    rows: usize,
}

const ACTIONS: [Action; 4] = [Action::Enter, Action::NextView, Action::Down, Action::Back];

impl Choose {
    /// A list with a title. `at` is the line that is chosen first.
    pub fn new(title: impl Into<String>, choices: Vec<Choice>, at: usize) -> Self {
        let at = at.min(choices.len().saturating_sub(1));
        Self {
            title: title.into(),
            choices,
            at,
            top: 0,
            rows: 10,
        }
    }

    fn take(&self) -> Step {
        self.choices
            .get(self.at)
            .map_or(Step::Close, |choice| Step::Then(choice.next.clone()))
    }

    fn step(&mut self, at: usize) -> Step {
        self.at = at.min(self.choices.len().saturating_sub(1));
        self.top = window::top(self.at, self.top, self.rows, self.choices.len());
        Step::Stay(Outcome::drawn())
    }
}

impl Overlay for Choose {
    fn context(&self) -> &'static str {
        "choose"
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Down | Action::NextPart => self.step(self.at + 1),
            Action::Up | Action::PreviousPart => self.step(self.at.saturating_sub(1)),
            Action::First => self.step(0),
            Action::Last => self.step(usize::MAX),
            // The key that opened the list takes what is chosen: twice the same key turns the
            // order of a sorted column round.
            Action::Enter | Action::NextView => self.take(),
            Action::Back => Step::Close,
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        match pointer.what {
            Gesture::Click if pointer.line < self.choices.len() => {
                self.at = pointer.line;
                self.take()
            }
            Gesture::Click => Step::Ignored,
            Gesture::WheelDown => self.step(self.at + 1),
            Gesture::WheelUp => self.step(self.at.saturating_sub(1)),
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let labels = self
            .choices
            .iter()
            .map(|choice| width(&choice.label))
            .max()
            .unwrap_or(0);
        let facts = self
            .choices
            .iter()
            .map(|choice| width(&choice.fact))
            .max()
            .unwrap_or(0);
        let columns = (labels + facts.min(60) + 8).max(width(&self.title) + 24);
        let lines = u16::try_from(self.choices.len()).unwrap_or(u16::MAX);
        let size = (columns, lines.saturating_add(2));
        let inner = open(cx, buffer, area, size, (&self.title, "esc closes"));
        let rows = usize::from(inner.height);
        let top = window::top(self.at, self.top, rows, self.choices.len());
        for ((number, choice), y) in self
            .choices
            .iter()
            .enumerate()
            .skip(top)
            .zip(inner.top()..inner.bottom())
        {
            if number == self.at {
                chosen_line(cx, buffer, inner, y);
            }
            let role = if number == self.at {
                Role::Strong
            } else {
                Role::Text
            };
            let x = inner.x + 1;
            Rich::of(role, choice.label.clone()).draw(buffer, (x, y), inner.width, cx.theme);
            let at = x + labels + 2;
            let room = inner.right().saturating_sub(at);
            Rich::muted(choice.fact.clone()).draw(buffer, (at, y), room, cx.theme);
        }
        Drawn {
            pages: vec![Page {
                part: 0,
                top,
                rows,
                of: self.choices.len(),
            }],
            hits: vec![Hit {
                area: inner,
                target: Target::Part { part: 0, top },
            }],
        }
    }

    fn keep(&mut self, page: Page) {
        (self.top, self.rows) = (page.top, page.rows);
    }
}
