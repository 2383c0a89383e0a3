//! What is around every pane: header, tabs, footer, and the sheets that stand in for a pane when
//! there is no room or nobody is signed in.
//!
//! Must not know single panes: it takes names, badges and actions as data.

pub mod footer;
pub mod header;
pub mod sheet;
pub mod tabs;
pub mod tally;

use ratatui::layout::{Rect, Size};

/// The least room that anything can be shown in.
pub const LEAST: Size = Size::new(60, 16);

/// Header, tabs, pane and footer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Areas {
    /// One row.
    pub header: Rect,
    /// One row.
    pub tabs: Rect,
    /// Everything between.
    pub body: Rect,
    /// One row.
    pub footer: Rect,
}

impl Areas {
    /// Shares a terminal of at least [`LEAST`].
    pub fn of(area: Rect) -> Self {
        let row =
            |y: u16| Rect::new(area.x, y.min(area.bottom()), area.width, 1).intersection(area);
        Self {
            header: row(area.y),
            tabs: row(area.y + 1),
            body: Rect::new(
                area.x,
                area.y + 2,
                area.width,
                area.height.saturating_sub(3),
            ),
            footer: row(area.bottom().saturating_sub(1)),
        }
    }
}
