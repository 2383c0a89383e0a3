//! Explain (`e`, or a paste where nothing is typed): a message that somebody got, which hop and gate
//! it speaks of, and which of its possible causes hold here.
//!
//! The answer is the same as that of `hopscope explain`: [`crate::analysis::explain`] gives it, at once
//! with every letter. `enter` goes to the hop on the Map, or to the finding; `esc` leads back here.
//! Must not guess: a text that is none of the catalogue is said to be unknown.

mod answer;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::Judgement;
use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::frame::tally;
use crate::ui::text::put;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::field::Field;
use crate::ui::widgets::rule;

use super::{Next, Overlay, Step, open};

use answer::Answer;

/// What the answer was made from.
#[derive(Clone, Debug)]
struct Stamp {
    text: String,
    judgement: Arc<Judgement>,
    is_reading: bool,
}

/// A message and what it means here.
#[derive(Debug)]
pub struct Explain {
    field: Field,
    stamp: Option<Stamp>,
    answer: Answer,
    detail: Detail,
    /// The chosen one of the places that can be gone to.
    at: usize,
}

const ACTIONS: [Action; 4] = [Action::Enter, Action::Down, Action::Copy, Action::Back];

impl Explain {
    /// An explanation that shows this text until another one is typed or pasted.
    pub fn new(earlier: &str) -> Self {
        Self {
            field: Field::selected(earlier),
            stamp: None,
            answer: Answer::default(),
            detail: Detail::new(),
            at: 0,
        }
    }

    fn choose(&mut self, at: usize) {
        self.at = at.min(self.answer.places.len().saturating_sub(1));
        self.show(false);
    }

    fn show(&mut self, fresh: bool) {
        let mut sections = self.answer.sections.clone();
        if let Some(place) = self.answer.places.get(self.at) {
            sections[place.section].chosen = Some(place.line);
        }
        self.detail.set(sections, fresh);
        if fresh {
            // The answer is read from its beginning, whatever can be gone to first.
            self.detail.on_action(Action::First);
        }
    }

    fn go(&self) -> Step {
        let Some(place) = self.answer.places.get(self.at) else {
            return Step::Stay(Outcome::taken(false));
        };
        Step::Then(Next::Do(Effect::Jump {
            panes: vec![place.pane],
            ids: vec![place.id.clone()],
        }))
    }
}

impl Overlay for Explain {
    fn context(&self) -> &'static str {
        "explain"
    }

    fn actions(&self) -> &[Action] {
        match (self.answer.places.len(), self.answer.sections.is_empty()) {
            (0, true) => &ACTIONS[3..],
            (0, false) => &ACTIONS[2..],
            _ => &ACTIONS,
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        Some(&mut self.field)
    }

    fn update(&mut self, cx: &Cx<'_>) {
        let is_reading = tally::is_reading(cx.inventory);
        let text = self.field.text();
        let (same_text, same) = match &self.stamp {
            Some(stamp) => (
                stamp.text == text,
                stamp.text == text
                    && Arc::ptr_eq(&stamp.judgement, cx.judgement)
                    && stamp.is_reading == is_reading,
            ),
            None => (false, false),
        };
        if same {
            return;
        }
        self.answer = answer::of(cx, text);
        self.stamp = Some(Stamp {
            text: text.to_owned(),
            judgement: Arc::clone(cx.judgement),
            is_reading,
        });
        if !same_text {
            self.at = 0;
        }
        self.at = self.at.min(self.answer.places.len().saturating_sub(1));
        self.show(!same_text);
    }

    fn on_text(&mut self, cx: &Cx<'_>) {
        self.update(cx);
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Back => return Step::Close,
            Action::Enter => return self.go(),
            Action::Copy => {
                return Step::Stay(Outcome::with(Effect::Copy {
                    label: "message and answer".to_owned(),
                    text: format!(
                        "{}\n\n{}",
                        self.field.text(),
                        plain_text(self.detail.sections())
                    ),
                }));
            }
            Action::Down | Action::NextPart if self.at + 1 < self.answer.places.len() => {
                self.choose(self.at + 1);
            }
            Action::Up | Action::PreviousPart if self.at > 0 => self.choose(self.at - 1),
            // Where nothing more can be gone to, the rest can still be read.
            action if self.detail.on_action(action) => {}
            _ => return Step::Ignored,
        }
        Step::Stay(Outcome::drawn())
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        if pointer.what != Gesture::Click {
            self.detail.wheel(pointer.what == Gesture::WheelDown);
            return Step::Stay(Outcome::drawn());
        }
        let hit = self.detail.source(pointer.line).and_then(|source| {
            let places = &self.answer.places;
            places
                .iter()
                .position(|place| (place.section, place.line) == source)
        });
        match hit {
            Some(at) if at == self.at => self.go(),
            Some(at) => {
                self.choose(at);
                Step::Stay(Outcome::drawn())
            }
            None => Step::Ignored,
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (area.width * 6 / 7).clamp(76, 120);
        let rows = (area.height * 9 / 10).max(14);
        let title = "Explain an error message";
        let inner = open(cx, buffer, area, (columns, rows), (title, "esc closes"));
        if inner.height < 5 || inner.width < 10 {
            return Drawn::default();
        }
        // The message in a third of the room at most: the answer is what is asked for.
        let wanted = self.field.lines(inner.width - 2).0.len();
        let lines = u16::try_from(wanted)
            .unwrap_or(u16::MAX)
            .min(inner.height / 3);
        let at = Rect::new(inner.x + 2, inner.y, inner.width - 2, lines.max(1));
        put(buffer, (inner.x, inner.y), ">", 1, cx.theme, Role::Accent);
        self.field.draw_lines(cx, buffer, at);
        let line = Rect::new(inner.x, at.bottom(), inner.width, 1);
        rule::horizontal(cx, buffer, line);
        let body = Rect::new(
            inner.x - 1,
            line.y + 1,
            inner.width + 2,
            inner.bottom().saturating_sub(line.y + 1),
        );
        self.detail.draw(cx, buffer, body, 0)
    }

    fn keep(&mut self, page: Page) {
        self.detail.keep(page);
    }
}
