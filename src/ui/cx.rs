//! What drawing and acting may look at, and what drawing gives back.
//!
//! Must not hold anything that changes while a frame is drawn: no clock, no lock, no environment.

use std::sync::Arc;

use ratatui::layout::{Rect, Size};
use time::{OffsetDateTime, UtcOffset};

use crate::analysis::hop::Judgement;
use crate::config::keymap::Keymap;
use crate::model::judging::Judging;
use crate::store::{Inventory, Snapshot};

use super::signs::Signs;
use super::theme::Theme;

/// Everything that a pane may read. The same `Cx` always gives the same cells.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// All that was read, as of now.
    pub snapshot: &'a Snapshot,
    /// The same, joined by id; at most one frame older than the snapshot.
    pub inventory: &'a Inventory,
    /// What is judged for whom.
    pub judging: &'a Judging,
    /// Hops, gates and findings of the newest inventory that was judged: the last one is shown until
    /// a newer one is ready. A new judgement is a new allocation.
    pub judgement: &'a Arc<Judgement>,
    /// The revision that the judgement was made from; none before the first one.
    pub judged: Option<u64>,
    /// Styles of the roles.
    pub theme: &'a Theme,
    /// Which form of a sign is drawn.
    pub signs: Signs,
    /// The keys, for words such as "r ask again".
    pub keymap: &'a Keymap,
    /// The time of the frame.
    pub now: OffsetDateTime,
    /// The offset of the clock on the wall.
    pub offset: UtcOffset,
    /// The whole terminal.
    pub size: Size,
    /// Whether the keys go to the pane: no overlay is open.
    pub focused: bool,
}

/// How a pane shares its room, decided by the whole terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeClass {
    /// The detail stands beside.
    Beside,
    /// The detail stands below.
    Below,
    /// One part at a time.
    Single,
}

impl SizeClass {
    /// The class of a terminal: beside from 140 columns, below from 100 columns and 24 + 5 rows.
    pub fn of(size: Size) -> Self {
        if size.width >= 140 {
            Self::Beside
        } else if size.width >= 100 && size.height >= 29 {
            Self::Below
        } else {
            Self::Single
        }
    }
}

impl Cx<'_> {
    /// How panes share their room.
    pub fn size_class(&self) -> SizeClass {
        SizeClass::of(self.size)
    }

    /// A time of day on the wall's clock: `12:41:07`.
    pub fn clock(&self, at: OffsetDateTime) -> String {
        let at = at.to_offset(self.offset);
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    }

    /// The key of an action in a pane's context, as it is shown; none when nothing is bound.
    pub fn key_of(&self, context: &str, action: crate::config::Action) -> Option<String> {
        self.keymap
            .binding_of(&[context, "global"], action)
            .map(crate::config::keymap::Binding::label)
    }
}

/// What only drawing knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// How many rows each scrolled part shows, and which one is first.
    pub pages: Vec<Page>,
    /// What lies where, for clicks and the wheel; the last one that holds the place counts.
    pub hits: Vec<Hit>,
}

impl Drawn {
    /// Takes over what another part gave back.
    pub fn add(&mut self, other: Self) {
        self.pages.extend(other.pages);
        self.hits.extend(other.hits);
    }

    /// The page of a part.
    pub fn page(&self, part: usize) -> Option<Page> {
        self.pages.iter().copied().find(|page| page.part == part)
    }

    /// What lies at a place.
    pub fn at(&self, column: u16, row: u16) -> Option<&Hit> {
        self.hits
            .iter()
            .rev()
            .find(|hit| hit.area.contains((column, row).into()))
    }
}

/// The scroll window of one part as it was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The part, by the pane's own numbering.
    pub part: usize,
    /// The first line that is shown.
    pub top: usize,
    /// How many lines are shown.
    pub rows: usize,
    /// How many lines there are.
    pub of: usize,
}

/// A place on the screen that a click means something on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub area: Rect,
    /// What.
    pub target: Target,
}

/// What a click means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The tab of the screen with this digit.
    Screen(char),
    /// A part of the pane; its first line is the given one.
    Part {
        /// The part, by the pane's own numbering.
        part: usize,
        /// The line that is drawn in the first row of the area.
        top: usize,
    },
    /// A thing by its id, wherever it is drawn.
    Id(Arc<str>),
}

/// A click or a turn of the wheel, as a pane gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The part, by the pane's own numbering.
    pub part: usize,
    /// The line under it.
    pub line: usize,
    /// What was done.
    pub what: Gesture,
}

/// What a hand can do with a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// A click.
    Click,
    /// The wheel, upward.
    WheelUp,
    /// The wheel, downward.
    WheelDown,
}
