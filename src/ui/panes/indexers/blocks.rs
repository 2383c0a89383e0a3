//! The view of grouped errors: three lines a group, of which one is selected.
//!
//! Like a table whose rows are three lines high; no columns, so nothing to sort.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::text::{Rich, put};
use crate::ui::theme::Role;
use crate::ui::widgets::window;

/// Lines of a block, the blank behind it included.
const LINES: usize = 4;

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// What the selection stays on.
    pub(super) id: String,
    /// Its three lines.
    pub(super) lines: [Rich; 3],
}

/// The blocks and where a person is in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    all: Vec<Block>,
    at: usize,
    top: usize,
    page: usize,
}

impl Blocks {
    /// Takes other blocks; the selection stays on its id.
    pub(super) fn set(&mut self, all: Vec<Block>) {
        let own = self.all.get(self.at).map(|one| one.id.clone());
        let found = own.and_then(|id| all.iter().position(|one| one.id == id));
        self.at = found.unwrap_or(0);
        if found.is_none() {
            self.top = 0;
        }
        self.all = all;
    }

    /// The id under the selection.
    pub(super) fn selected(&self) -> Option<&str> {
        self.all.get(self.at).map(|one| one.id.as_str())
    }

    /// Does what an action means. False when it means nothing.
    pub(super) fn on_action(&mut self, action: Action) -> bool {
        let last = self.all.len().saturating_sub(1);
        let half = (self.page / LINES / 2).max(1);
        self.at = match action {
            Action::Down => self.at + 1,
            Action::Up => self.at.saturating_sub(1),
            Action::First => 0,
            Action::Last => last,
            Action::HalfPageDown | Action::PageDown => self.at + half,
            Action::HalfPageUp | Action::PageUp => self.at.saturating_sub(half),
            _ => return false,
        }
        .min(last);
        true
    }

    /// Puts the selection on the block of a line.
    pub(super) fn select_line(&mut self, line: usize) {
        self.at = (line / LINES).min(self.all.len().saturating_sub(1));
    }

    /// Keeps what only drawing knows.
    pub(super) fn keep(&mut self, page: Page) {
        (self.top, self.page) = (page.top, page.rows);
    }

    /// How many lines all of them take.
    pub(super) fn height(&self) -> u16 {
        u16::try_from((self.all.len() * LINES).saturating_sub(1)).unwrap_or(u16::MAX)
    }

    /// Draws the blocks in sight.
    pub(super) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        part: usize,
        focused: bool,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height == 0 || area.width < 8 {
            return drawn;
        }
        let rows = usize::from(area.height);
        let length = self.all.len() * LINES;
        let first = self.at * LINES;
        // The whole chosen block is in sight when it fits.
        let last = (first + LINES - 2).min(length.saturating_sub(1));
        let top = window::top(last, self.top, rows, length);
        let top = if first < top { first } else { top };
        for (y, line) in (area.top()..area.bottom()).zip(top..length) {
            let (block, own) = (line / LINES, line % LINES);
            let Some(text) = self.all[block].lines.get(own) else {
                continue;
            };
            // The selection is marked only where the keys go: nothing else here is bright.
            if block == self.at && focused && cx.focused {
                let fill = Rect::new(area.x + 1, y, area.width.saturating_sub(2), 1);
                buffer.set_style(fill, cx.theme.style(Role::RowSelected));
                put(buffer, (area.x, y), "▌", 1, cx.theme, Role::Accent);
            }
            let room = area.width.saturating_sub(4);
            text.draw(buffer, (area.x + 2, y), room, cx.theme);
        }
        window::thumb(cx, buffer, area, top, length.saturating_sub(1));
        drawn.pages.push(Page {
            part,
            top,
            rows,
            of: length.saturating_sub(1),
        });
        drawn.hits.push(Hit {
            area,
            target: Target::Part { part, top },
        });
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(id: &str) -> Block {
        Block {
            id: id.to_owned(),
            lines: [Rich::plain("a"), Rich::plain("b"), Rich::plain("c")],
        }
    }

    #[test]
    fn the_selection_stays_on_its_id_and_within_the_blocks() {
        let mut blocks = Blocks::default();
        assert!(blocks.on_action(Action::Down));
        assert_eq!(blocks.selected(), None);
        blocks.set(vec![block("a"), block("b"), block("c")]);
        assert!(blocks.on_action(Action::Down) && blocks.on_action(Action::Down));
        assert!(blocks.on_action(Action::Down));
        assert_eq!(blocks.selected(), Some("c"));
        blocks.set(vec![block("c"), block("d")]);
        assert_eq!(blocks.selected(), Some("c"));
        blocks.set(vec![block("d")]);
        assert_eq!(blocks.selected(), Some("d"));
        blocks.select_line(400);
        assert_eq!(blocks.selected(), Some("d"));
        assert_eq!(blocks.height(), 3);
        assert!(!blocks.on_action(Action::Copy));
    }
}
