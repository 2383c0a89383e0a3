//! Boxes over the screen: help, palette, JSON, describe, and short lists to choose from.
//!
//! A box is a rounded accent line on a ghosted screen, centred, never of full width; `esc` closes.
//! Must not know single panes. To add one: a file with a struct that implements [`Overlay`], a
//! context in the keymap, and the place in `view/act.rs` that opens it.

pub mod choose;
pub mod compare;
pub mod describe;
pub mod explain;
pub mod help;
pub mod json;
pub mod palette;
pub mod report;
pub mod snapshots;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::config::Action;

use super::cx::{Cx, Drawn, Page, Pointer};
use super::effect::{Effect, Outcome};
use super::text::{Rich, put, put_right, width};
use super::theme::Role;
use super::widgets::field::Field;

/// A box over the screen.
pub trait Overlay {
    /// The context of its keys in the keymap.
    fn context(&self) -> &'static str;

    /// What can be done in it, for the footer.
    fn actions(&self) -> &[Action];

    /// The text field that takes printable keys, while there is one.
    fn field(&mut self) -> Option<&mut Field> {
        None
    }

    /// Takes over what has changed. Called before a frame.
    fn update(&mut self, cx: &Cx<'_>) {
        let _ = cx;
    }

    /// The text of the field has changed.
    fn on_text(&mut self, cx: &Cx<'_>) {
        let _ = cx;
    }

    /// Does what an action means in it.
    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Step;

    /// A click or the wheel.
    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Step {
        let _ = (pointer, cx);
        Step::Ignored
    }

    /// Draws it over a ghosted screen.
    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn;

    /// Keeps what only drawing knows.
    fn keep(&mut self, page: Page) {
        let _ = page;
    }

    /// The list of snapshots, where it is that.
    fn snapshots(&mut self) -> Option<&mut snapshots::Snapshots> {
        None
    }

    /// The lines that were made elsewhere for a ticket.
    fn laid(&mut self, ticket: u64, lines: json::Lines) {
        let _ = (ticket, lines);
    }
}

/// What came of an action in a box.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// It means nothing there.
    Ignored,
    /// The box stays.
    Stay(Outcome),
    /// The box closes.
    Close,
    /// The box closes, and this follows.
    Then(Next),
}

/// What follows a box.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// An action, as if its key had been pressed.
    Act(Action),
    /// A thing in a pane.
    Go {
        /// The pane's digit.
        digit: char,
        /// The thing.
        id: String,
    },
    /// The focused table is sorted by a column.
    SortBy(usize),
    /// Something is done outside.
    Do(Effect),
}

/// Draws everything that was there before as a shadow: nothing in it is needed now.
pub fn ghost(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
    let style = cx.theme.style(Role::Ghost);
    let ground = cx.theme.base();
    let chip = Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED;
    for position in area.intersection(buffer.area).positions() {
        let cell = &mut buffer[position];
        cell.modifier.remove(chip);
        if let Some(bg) = ground.bg {
            cell.bg = bg;
        }
        if let Some(fg) = style.fg {
            cell.fg = fg;
        }
    }
}

/// Draws an empty box of at most this size in the middle of an area and returns its inside, one
/// column of margin taken.
pub fn open(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    (columns, rows): (u16, u16),
    (title, right): (&str, &str),
) -> Rect {
    let columns = columns.min(area.width.saturating_sub(2));
    let rows = rows.min(area.height);
    let outer = area.centered(
        ratatui::layout::Constraint::Length(columns),
        ratatui::layout::Constraint::Length(rows),
    );
    if outer.width < 4 || outer.height < 3 {
        return Rect {
            width: 0,
            height: 0,
            ..outer
        };
    }
    let ground = cx.theme.base().patch(cx.theme.style(Role::Overlay));
    // The box keeps one cell of distance from the words behind it.
    let halo = Rect::new(
        outer.x.saturating_sub(1),
        outer.y,
        outer.width + 2,
        outer.height,
    );
    for position in halo.intersection(area).positions() {
        let cell = &mut buffer[position];
        cell.reset();
        cell.set_style(ground);
    }
    let line = Role::BorderFocused;
    let (left, last) = (outer.left(), outer.right() - 1);
    for x in left + 1..last {
        put(buffer, (x, outer.top()), "─", 1, cx.theme, line);
        put(buffer, (x, outer.bottom() - 1), "─", 1, cx.theme, line);
    }
    for y in outer.top() + 1..outer.bottom() - 1 {
        put(buffer, (left, y), "│", 1, cx.theme, line);
        put(buffer, (last, y), "│", 1, cx.theme, line);
    }
    for (x, y, shape) in [
        (left, outer.top(), "╭"),
        (last, outer.top(), "╮"),
        (left, outer.bottom() - 1, "╰"),
        (last, outer.bottom() - 1, "╯"),
    ] {
        put(buffer, (x, y), shape, 1, cx.theme, line);
    }
    let room = outer.width.saturating_sub(6);
    if !title.is_empty() {
        let words = Rich::strong(format!(" {title} "));
        words.draw(buffer, (left + 2, outer.y), room, cx.theme);
    }
    if !right.is_empty() && width(title) + width(right) + 8 < outer.width {
        let words = Rich::muted(format!(" {right} "));
        put_right(buffer, (last - 1, outer.y), &words, room, cx.theme);
    }
    Rect::new(left + 2, outer.y + 1, outer.width - 4, outer.height - 2)
}

/// Draws the bar and the ground of a chosen line inside a box.
pub fn chosen_line(cx: &Cx<'_>, buffer: &mut Buffer, inner: Rect, y: u16) {
    let row = Rect::new(inner.x.saturating_sub(1), y, inner.width + 2, 1);
    buffer.set_style(
        row.intersection(buffer.area),
        cx.theme.style(Role::RowSelected),
    );
    put(buffer, (row.x, y), "▌", 1, cx.theme, Role::Accent);
}
