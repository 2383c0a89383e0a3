//! The titled rule on top of every part, and the hairlines between neighbours.
//!
//! `─ Title  tally or fact ─────── right: order, age or scope ─`; in the accent where the focus is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::Cx;
use crate::ui::text::{Rich, embolden, put, put_right, width};
use crate::ui::theme::Role;

/// A rule with its words.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// The name of the part.
    pub title: String,
    /// Tally or fact after it.
    pub facts: Rich,
    /// Order, age or scope at the right end.
    pub right: Rich,
    /// Whether the keys go to this part.
    pub focused: bool,
}

impl Rule {
    /// A rule with a title alone.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// With a tally or fact.
    #[must_use]
    pub fn facts(mut self, facts: Rich) -> Self {
        self.facts = facts;
        self
    }

    /// With words at the right end.
    #[must_use]
    pub fn right(mut self, right: Rich) -> Self {
        self.right = right;
        self
    }

    /// In the accent or not.
    #[must_use]
    pub fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// Draws it into the first row of an area and returns what is below.
    pub fn draw(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) -> Rect {
        if area.height == 0 || area.width == 0 {
            return Rect { height: 0, ..area };
        }
        let (line, title) = if self.focused && cx.focused {
            (Role::BorderFocused, Role::Accent)
        } else {
            (Role::Border, Role::Strong)
        };
        let y = area.y;
        for x in area.left()..area.right() {
            put(buffer, (x, y), "─", 1, cx.theme, line);
        }
        // One piece of line at either end, and one blank around every word.
        let room = area.width.saturating_sub(4);
        let words = Rich::of(title, self.title.clone());
        let words = if self.facts.is_empty() {
            words
        } else {
            words.then(Role::Muted, "  ").and(self.facts.clone())
        };
        let left = words.width().min(room);
        if left > 0 {
            put(buffer, (area.x + 1, y), " ", 1, cx.theme, line);
            let end = words.draw(buffer, (area.x + 2, y), left, cx.theme);
            put(buffer, (end, y), " ", 1, cx.theme, line);
            if self.focused && cx.focused {
                let own = width(&self.title).min(left);
                embolden(buffer, Rect::new(area.x + 2, y, own, 1), cx.theme);
            }
        }
        let right = self.right.width();
        if right > 0 && left + right + 6 <= area.width {
            let ends = area.right() - 2;
            put(buffer, (ends, y), " ", 1, cx.theme, line);
            let starts = put_right(buffer, (ends, y), &self.right, right, cx.theme);
            put(buffer, (starts - 1, y), " ", 1, cx.theme, line);
        }
        Rect::new(area.x, y + 1, area.width, area.height - 1)
    }
}

/// Draws a horizontal hairline.
pub fn horizontal(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
    for x in area.left()..area.right() {
        put(buffer, (x, area.y), "─", 1, cx.theme, Role::Border);
    }
}

/// Draws the joint of a rule that ends at a hairline: for rules that no part of its own has.
pub fn joint(cx: &Cx<'_>, buffer: &mut Buffer, at: (u16, u16)) {
    put(buffer, at, "┤", 1, cx.theme, Role::Border);
}

/// Draws a vertical hairline between a left and a right part, from a rule downward: `┬` on the rule
/// it starts in, `┤` where a rule of the left part meets it.
pub fn vertical(cx: &Cx<'_>, buffer: &mut Buffer, x: u16, from: u16, to: u16, joints: &[u16]) {
    for y in from..to {
        let shape = if y == from {
            "┬"
        } else if joints.contains(&y) {
            "┤"
        } else {
            "│"
        };
        put(buffer, (x, y), shape, 1, cx.theme, Role::Border);
    }
}
