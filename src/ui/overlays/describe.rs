//! Describe (`d`): the subject with its evidence in a box, whatever room the pane has for it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Effect, Outcome, Subject};
use crate::ui::widgets::detail::{Detail, Section, plain_text};

use super::{Overlay, Step, open};

/// A description.
#[derive(Debug)]
pub struct Describe {
    title: String,
    detail: Detail,
}

const ACTIONS: [Action; 2] = [Action::Copy, Action::Back];

impl Describe {
    /// The description of a subject.
    pub fn new(subject: &Subject) -> Self {
        let mut sections = subject.sections.clone();
        if sections.is_empty() {
            sections
                .push(Section::new("").words("Nothing is known of it yet beyond its name.".into()));
        }
        if let Some(id) = &subject.id {
            let id = crate::ui::text::Rich::plain(id.as_str().to_owned());
            sections.push(Section::new("ID").words(id));
        }
        let mut detail = Detail::new();
        detail.set(sections, true);
        Self {
            title: subject.title.clone(),
            detail,
        }
    }
}

impl Overlay for Describe {
    fn context(&self) -> &'static str {
        "describe"
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Back | Action::Enter => Step::Close,
            Action::Copy => Step::Stay(Outcome::with(Effect::Copy {
                label: format!("description of {}", self.title),
                text: plain_text(self.detail.sections()),
            })),
            action if self.detail.on_action(action) => Step::Stay(Outcome::drawn()),
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _: &Cx<'_>) -> Step {
        if pointer.what != Gesture::Click {
            self.detail.wheel(pointer.what == Gesture::WheelDown);
        }
        Step::Stay(Outcome::drawn())
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (area.width * 4 / 5).clamp(50, 110);
        let rows = (area.height * 4 / 5).max(12);
        let inner = open(
            cx,
            buffer,
            area,
            (columns, rows),
            (&self.title, "esc closes"),
        );
        let inner = Rect::new(inner.x, inner.y, inner.width, inner.height);
        self.detail.draw(cx, buffer, inner, 0)
    }

    fn keep(&mut self, page: Page) {
        self.detail.keep(page);
    }
}
