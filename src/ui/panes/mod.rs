//! The panes: one screen each, numbered as in the tabs.
//!
//! A pane turns the snapshot into rows once a revision, draws what is in sight, and turns actions
//! into outcomes. It must not know the network (it asks with [`crate::model::ask::Ask`]), keys (they
//! arrive as [`Action`]s), colours (it names [`super::theme::Role`]s) or other panes.
//!
//! # How to add a pane
//!
//! 1. A file in this folder with a struct that implements [`Pane`]. Usually it holds a
//!    [`super::widgets::parts::Parts`] (where the focus is), a
//!    [`super::widgets::data_table::DataTable`] a view, a [`super::widgets::detail::Detail`], and the
//!    revision that they were made from.
//! 2. [`Pane::update`] is called before a frame when anything has changed: when
//!    `cx.inventory.snapshot().revision()` is not the one that you keep, make rows and call
//!    `set_rows`; then make the detail of the selected row. Values go through [`super::value`], which
//!    keeps the six kinds of "no value" apart; text from Azure goes into
//!    [`super::text::Rich`], which makes it safe.
//! 3. [`Pane::draw`] places the parts (`Parts::place`), draws a
//!    [`super::widgets::rule::Rule`] on top of each, then [`super::widgets::band::Band`] for what was
//!    refused or failed, then table or detail, then `Placed::hairlines`; it returns what the widgets
//!    returned. Nothing is ever left blank: [`empty`] says what was looked for, and where.
//! 4. [`Pane::on_action`] asks the part with the focus first, then `Parts::on_action`, else
//!    [`Outcome::ignored`]. Digits, palette, help, filter, sort, `y`, `d`, `c`, `o`, `r` and `R` are
//!    the frame's: it asks [`Pane::subject`], [`Pane::set_filter`], [`Pane::sort_by`] and
//!    [`Pane::keys`].
//! 5. [`Pane::actions`] names what the pane can do, most useful first: footer, help and palette are
//!    made from it.
//! 6. One line in [`registry`], keys that differ from the global ones under the pane's name in
//!    `assets/keymap.toml`, and snapshots in `tests/`.

pub mod access;
pub mod changes;
mod evidence;
pub mod findings;
pub mod foundry;
pub mod indexers;
mod loads;
pub mod logs;
pub mod map;
mod mend;
mod network;
mod outbound;
mod proof;
mod reading;
pub mod requests;
#[cfg(test)]
mod staged;
pub mod tenants;
pub(in crate::ui) mod trouble;
mod ways;
mod who;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::model::key::Key;

use super::cx::{Cx, Drawn, Gesture, Page, Pointer};
use super::effect::{Outcome, Subject};
use super::signs::Sign;
use super::text::{Rich, wrap};
use super::theme::Role;

/// One screen.
pub trait Pane {
    /// Takes over what has changed. Called before a frame, never while one is drawn.
    fn update(&mut self, cx: &Cx<'_>);

    /// What the pane can do, most useful first. Footer, help and palette show nothing else.
    fn actions(&self) -> &[Action];

    /// Does what an action means here.
    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome;

    /// Draws the pane. The same `Cx` and state always give the same cells.
    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn;

    /// Keeps the page of a part as it was drawn.
    fn keep(&mut self, page: Page);

    /// A click or the wheel over a part.
    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome;

    /// The worst sign and how many of it, for the tab. None when there is nothing to say.
    fn badge(&self) -> Option<Badge> {
        None
    }

    /// What is on screen: those slices are read first and more often.
    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }

    /// What describe, JSON, copy and portal act on.
    fn subject(&self, cx: &Cx<'_>) -> Option<Subject>;

    /// Shows only the rows that pass.
    fn set_filter(&mut self, typed: &str) {
        let _ = typed;
    }

    /// What was typed as a filter, and how many rows pass of how many.
    fn filter(&self) -> (String, usize, usize) {
        (String::new(), 0, 0)
    }

    /// The columns that the focused table can be sorted by.
    fn sort_columns(&self) -> Vec<(usize, String)> {
        Vec::new()
    }

    /// Sorts the focused table by a column; the same column again turns the order round.
    fn sort_by(&mut self, column: usize) {
        let _ = column;
    }

    /// The column that the focused table is sorted by, and whether the largest comes first.
    fn sorted(&self) -> Option<(usize, bool)> {
        None
    }

    /// The id of what is selected, as [`Pane::select`] takes it, where that is not its subject's.
    fn selected(&self) -> Option<String> {
        None
    }

    /// Puts the selection on a thing by its id. False when the pane does not show it.
    fn select(&mut self, id: &str) -> bool {
        let _ = id;
        false
    }

    /// Things in the pane that the palette can go to.
    fn things(&self) -> Vec<Thing> {
        Vec::new()
    }
}

/// What a tab shows behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The worst sign.
    pub sign: Sign,
    /// How many of it; a sign that is still being read has no count.
    pub count: usize,
}

/// Something that the palette can go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What [`Pane::select`] is called with.
    pub id: String,
    /// The kind: `resource`, `assignment`, `request`.
    pub kind: &'static str,
    /// Its sign, where it has one.
    pub sign: Option<Sign>,
    /// Its name.
    pub name: String,
    /// The second fact: `Storage · rg-rag-poc`.
    pub fact: String,
}

/// One line of the registry.
pub struct Entry {
    /// The digit of the tab.
    pub digit: char,
    /// The name on the tab.
    pub name: &'static str,
    /// The context of its keys in the keymap.
    pub context: &'static str,
    /// Makes the pane.
    pub make: fn() -> Box<dyn Pane>,
}

/// The panes that exist, in the order of their tabs.
pub fn registry() -> Vec<Entry> {
    vec![
        Entry {
            digit: '1',
            name: "Map",
            context: "map",
            make: || Box::new(map::Map::new()),
        },
        Entry {
            digit: '2',
            name: "Network",
            context: "network",
            make: || Box::new(network::Network::new()),
        },
        Entry {
            digit: '3',
            name: "Access",
            context: "access",
            make: || Box::new(access::Access::new()),
        },
        Entry {
            digit: '4',
            name: "Foundry",
            context: "foundry",
            make: || Box::new(foundry::Foundry::new()),
        },
        Entry {
            digit: '5',
            name: "Outbound",
            context: "outbound",
            make: || Box::new(outbound::Outbound::new()),
        },
        Entry {
            digit: '6',
            name: "Indexers",
            context: "indexers",
            make: || Box::new(indexers::Indexers::new()),
        },
        Entry {
            digit: '7',
            name: "Logs",
            context: "logs",
            make: || Box::new(logs::Logs::new()),
        },
        Entry {
            digit: '8',
            name: "Tenants",
            context: "tenants",
            make: || Box::new(tenants::Tenants::new()),
        },
        Entry {
            digit: '9',
            name: "Changes",
            context: "changes",
            make: || Box::new(changes::Changes::new()),
        },
        Entry {
            digit: '0',
            name: "Findings",
            context: "findings",
            make: || Box::new(findings::Findings::new()),
        },
        Entry {
            digit: '-',
            name: "Requests",
            context: "requests",
            make: || Box::new(requests::Requests::new()),
        },
    ]
}

/// The sentence of a pane that has nothing to show: what was looked for, where, and what would make
/// it appear.
pub fn empty(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, sentence: &str) {
    let cells = area.width.saturating_sub(4).min(100);
    for (y, line) in (area.top()..area.bottom()).zip(wrap(sentence, cells)) {
        Rich::of(Role::Text, line).draw(buffer, (area.x + 2, y), cells, cx.theme);
    }
}

/// The usual answer of a table to a click or the wheel.
pub fn point_at_table(
    table: &mut super::widgets::data_table::DataTable,
    pointer: &Pointer,
) -> Outcome {
    match pointer.what {
        Gesture::Click => Outcome::taken(table.select_line(pointer.line)),
        Gesture::WheelUp | Gesture::WheelDown => {
            table.wheel(pointer.what == Gesture::WheelDown);
            Outcome::drawn()
        }
    }
}

/// The usual answer of a detail to the wheel.
pub fn point_at_detail(detail: &mut super::widgets::detail::Detail, pointer: &Pointer) -> Outcome {
    match pointer.what {
        Gesture::Click => Outcome::drawn(),
        Gesture::WheelUp | Gesture::WheelDown => {
            detail.wheel(pointer.what == Gesture::WheelDown);
            Outcome::drawn()
        }
    }
}
