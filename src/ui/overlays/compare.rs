//! Compare (`D` in the list of snapshots): which hops turned between two snapshots, what changed by
//! resource and property, and who did it where the activity log tells.
//!
//! What it says is what `hopscope diff` says: [`crate::report::diff`] finds it, here it is drawn. Must not
//! judge, nor compare anything itself.

mod detail;
mod rows;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::report::diff::Compared;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::panes::{empty, point_at_detail, point_at_table};
use crate::ui::signs::Signs;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Column, DataTable, Keep};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use super::{Next, Overlay, Step, open};

/// The list.
const LIST: usize = 0;

/// Two snapshots side by side, with what they are called.
#[derive(Debug)]
pub struct Compare {
    told: Arc<Compared>,
    names: (String, String),
    parts: Parts,
    table: DataTable,
    detail: Detail,
    /// The row that the detail is of.
    shown: Option<Arc<str>>,
    /// What the rows were made for.
    made_for: Option<Signs>,
}

const ACTIONS: [Action; 5] = [
    Action::Enter,
    Action::Down,
    Action::NextPart,
    Action::Copy,
    Action::Back,
];

impl Compare {
    /// What is told of two snapshots, the earlier one named first.
    pub fn new(told: Arc<Compared>, names: (String, String)) -> Self {
        let mut columns = vec![
            Column::sign(),
            Column::name("WHAT").between(24, 90),
            Column::text("CHANGE", Keep::Always).between(15, 20),
        ];
        if rows::names_anybody(&told) {
            columns.push(Column::text("BY", Keep::Second).between(8, 28));
        }
        Self {
            told,
            names,
            parts: Parts::new(1),
            table: DataTable::new(columns),
            detail: Detail::new(),
            shown: None,
            made_for: None,
        }
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let selected = self.table.selected_id().cloned();
        let fresh = selected != self.shown;
        let sections = selected
            .as_ref()
            .and_then(|id| rows::Place::of(id))
            .map_or_else(Vec::new, |place| detail::sections(cx, &self.told, place));
        self.detail.set(sections, fresh);
        self.shown = selected;
    }

    fn in_detail(&self) -> bool {
        self.parts.has_focus(self.parts.detail())
    }

    /// The two, and when each was taken.
    fn heading(&self, cx: &Cx<'_>) -> Rich {
        let when = |at| crate::ui::panes::changes::when(cx, at);
        Rich::strong(self.names.0.clone())
            .then(Role::Muted, format!("  {}  →  ", when(self.told.before)))
            .then(Role::Strong, self.names.1.clone())
            .then(Role::Muted, format!("  {}", when(self.told.after)))
    }
}

impl Overlay for Compare {
    fn context(&self) -> &'static str {
        "compare"
    }

    fn actions(&self) -> &[Action] {
        &ACTIONS
    }

    fn update(&mut self, cx: &Cx<'_>) {
        if self.made_for != Some(cx.signs) {
            self.made_for = Some(cx.signs);
            let (groups, rows) = rows::rows(cx.signs, &self.told);
            self.table.set_rows(groups, rows);
        }
        self.make_detail(cx);
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Step {
        if action == Action::Copy {
            return Step::Stay(Outcome::with(Effect::Copy {
                label: "comparison".to_owned(),
                text: self.told.text(),
            }));
        }
        let taken = if self.in_detail() {
            self.detail.on_action(action)
        } else {
            self.table.on_action(action)
        };
        if taken || self.parts.on_action(action) {
            self.make_detail(cx);
            return Step::Stay(Outcome::drawn());
        }
        match action {
            // Back to the list that it was opened from.
            Action::Back => Step::Then(Next::Act(Action::Snapshots)),
            _ => Step::Ignored,
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Step {
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        let outcome = if pointer.part == LIST {
            point_at_table(&mut self.table, pointer)
        } else {
            point_at_detail(&mut self.detail, pointer)
        };
        self.make_detail(cx);
        Step::Stay(outcome)
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        // The keys go to the box.
        let cx = &Cx {
            focused: true,
            ..*cx
        };
        let size = (area.width.saturating_sub(4).min(196), area.height);
        let inner = open(cx, buffer, area, size, ("Compare", "esc back to the list"));
        if inner.height < 4 {
            return Drawn::default();
        }
        self.heading(cx)
            .draw(buffer, (inner.x, inner.y), inner.width, cx.theme);
        let below = Rect::new(inner.x - 1, inner.y + 1, inner.width + 2, inner.height - 1);
        if self.told.is_same() {
            let words = "Nothing differs: every reading says the same both times, and every hop stands as it stood. Runs, logs, counts and marks of a version are not compared: they change by themselves.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        let placed = self.parts.place(cx, below, &[Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[LIST] {
            let focused = self.parts.has_focus(LIST);
            let list = Rule::new("What differs")
                .facts(Rich::muted(rows::tally(&self.told)))
                .right(Rich::muted("got worse first"))
                .focused(focused)
                .draw(cx, buffer, area);
            drawn.add(self.table.draw(cx, buffer, list, LIST, focused));
        }
        if let Some(area) = placed.detail {
            let part = self.parts.detail();
            let below = Rule::new("Before and after")
                .focused(self.parts.has_focus(part))
                .draw(cx, buffer, area);
            let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
                Rect::new(below.x, below.y + 1, below.width, below.height - 1)
            } else {
                below
            };
            drawn.add(self.detail.draw(cx, buffer, below, part));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        if page.part == LIST {
            self.table.keep(page);
        } else {
            self.detail.keep(page);
        }
    }
}
