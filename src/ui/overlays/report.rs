//! Write a report (`E`, `:report`): asks for a file; its ending says the format.

use std::path::Path;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::report::Format;
use crate::ui::cx::{Cx, Drawn};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;
use crate::ui::widgets::field::Field;

use super::{Next, Overlay, Step, open};

/// How a format is chosen.
pub const ENDINGS: &str = "the ending says the format: .html .md .sarif .json .txt";

/// The box that asks.
#[derive(Debug)]
pub struct Report {
    field: Field,
}

const ACTIONS: [Action; 2] = [Action::Enter, Action::Back];

impl Report {
    /// Asks, and offers a name made from what is looked at.
    pub fn new(environment: &str) -> Self {
        let name: String = environment
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() || matches!(letter, '-' | '_') {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        Self {
            field: Field::selected(&format!("hopscope-{}.html", name.trim_matches('-'))),
        }
    }

    fn name(&self) -> &str {
        self.field.text().trim()
    }
}

/// What a format is for.
fn words(format: Format) -> &'static str {
    match format {
        Format::Text => "text: the same as check prints",
        Format::Json => "JSON: for programs",
        Format::Markdown => "Markdown: for a ticket",
        Format::Html => "HTML: one file to hand over",
        Format::Sarif => "SARIF: for code scanners",
    }
}

impl Overlay for Report {
    fn context(&self) -> &'static str {
        "report"
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn field(&mut self) -> Option<&mut Field> {
        Some(&mut self.field)
    }

    fn on_action(&mut self, action: Action, _: &Cx<'_>) -> Step {
        match action {
            Action::Enter if Format::of_path(Path::new(self.name())).is_some() => {
                Step::Then(Next::Do(Effect::Report(self.name().to_owned())))
            }
            Action::Enter => Step::Stay(Outcome::taken(false)),
            Action::Back => Step::Close,
            _ => Step::Ignored,
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let columns = (width(self.field.text()) + 12).clamp(60, 100);
        let inner = open(
            cx,
            buffer,
            area,
            (columns, 7),
            ("Write a report", "esc closes"),
        );
        if inner.height < 5 {
            return Drawn::default();
        }
        self.field
            .draw(cx, buffer, (inner.x, inner.y + 1), inner.width, "file ");
        let told = match Format::of_path(Path::new(self.name())) {
            Some(format) => Rich::plain(words(format)),
            None => Rich::of(Role::SeverityWarning, ENDINGS),
        };
        told.draw(buffer, (inner.x, inner.y + 3), inner.width, cx.theme);
        Drawn::default()
    }
}
