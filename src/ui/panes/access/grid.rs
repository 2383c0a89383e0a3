//! Where a person is in the matrix: the chosen cell, what is listed and in which order.

mod draw;

use std::sync::Arc;

use crate::config::Action;
use crate::ui::cx::Page;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::filter::Filter;

use super::needs::{Made, rank};

/// Where a person is in the matrix.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// The places of the principals that are listed, in order.
    listed: Vec<usize>,
    all: usize,
    /// The place among the listed, and the column.
    row: usize,
    column: usize,
    columns: usize,
    chosen: Option<(Arc<str>, Arc<str>)>,
    /// A person has chosen, or all was read and judged: the selection stays where it is.
    is_held: bool,
    top: usize,
    page: usize,
    faults: bool,
    filter: Filter,
    sort: Option<(usize, bool)>,
}

impl Grid {
    /// Takes over new rows: the selection stays on its principal and its target, at first on the
    /// worst cell.
    pub(super) fn take(&mut self, made: &Made) {
        self.all = made.people.len();
        self.columns = made.targets.len();
        let mut tester = self.filter.tester();
        let mut listed: Vec<usize> = (0..made.people.len())
            .filter(|row| !self.faults || made.has_fault(*row))
            .filter(|row| tester.passes(&made.text(*row)))
            .collect();
        match self.sort {
            Some((0, down)) => {
                listed.sort_by_cached_key(|row| made.people[*row].holder.label.to_lowercase());
                if down {
                    listed.reverse();
                }
            }
            Some((_, down)) => {
                listed.sort_by_key(|row| rank(made.worst(*row)));
                if down {
                    listed.reverse();
                }
            }
            None => {}
        }
        drop(tester);
        self.listed = listed;
        let place = self
            .chosen
            .as_ref()
            .filter(|_| self.is_held)
            .and_then(|(who, target)| {
                let row = self
                    .listed
                    .iter()
                    .position(|row| made.people[*row].id == *who)?;
                let column = made
                    .targets
                    .iter()
                    .position(|one| one.id.folded() == &**target)?;
                Some((row, column))
            });
        (self.row, self.column) = place.unwrap_or_else(|| self.worst(made));
        self.remember(made);
    }

    /// From now on the selection stays on its cell.
    pub(super) fn hold(&mut self) {
        self.is_held = true;
    }

    fn worst(&self, made: &Made) -> (usize, usize) {
        let cells = (0..self.listed.len())
            .flat_map(|row| (0..self.columns).map(move |column| (row, column)));
        cells
            .filter_map(|(row, column)| {
                let cell = made.shown((self.listed[row], column))?;
                Some((rank(cell.sign), (row, column)))
            })
            .min_by_key(|(rank, place)| (*rank, *place))
            .map_or((0, 0), |(_, place)| place)
    }

    fn remember(&mut self, made: &Made) {
        let who = self.listed.get(self.row).map(|row| &made.people[*row].id);
        let target = made.targets.get(self.column);
        if let (Some(who), Some(target)) = (who, target) {
            self.chosen = Some((Arc::clone(who), Arc::from(target.id.folded())));
        }
    }

    /// The chosen cell, by the places of the matrix.
    pub(super) fn chosen(&self) -> Option<(usize, usize)> {
        Some((*self.listed.get(self.row)?, self.column))
    }

    /// Puts the selection on a cell. False when it is not listed.
    pub(super) fn go_to(&mut self, made: &Made, (row, column): (usize, usize)) -> bool {
        self.hold();
        if !self.listed.contains(&row) {
            // What is gone to is never hidden by what was typed before.
            (self.filter, self.faults) = (Filter::default(), false);
            self.take(made);
        }
        let Some(place) = self.listed.iter().position(|own| *own == row) else {
            return false;
        };
        (self.row, self.column) = (place, column);
        self.remember(made);
        true
    }

    /// Puts the selection on the worst cell of a principal.
    pub(super) fn go_to_row(&mut self, made: &Made, row: usize) -> bool {
        let found = (0..made.targets.len())
            .filter_map(|column| Some((rank(made.shown((row, column))?.sign), column)))
            .min();
        found.is_some_and(|(_, column)| self.go_to(made, (row, column)))
    }

    /// Does what an action means. `alone` is the form of one principal at a time.
    pub(super) fn on_action(&mut self, action: Action, made: &Made, alone: bool) -> bool {
        self.hold();
        if action == Action::FaultsOnly {
            self.faults = !self.faults;
            self.take(made);
            return true;
        }
        if action == Action::Back && (self.faults || !self.filter.is_empty()) {
            (self.filter, self.faults) = (Filter::default(), false);
            self.take(made);
            return true;
        }
        if self.listed.is_empty() || self.columns == 0 {
            return false;
        }
        let page = self.page.max(2);
        let (at, count) = if alone {
            // One below the other stand the targets that the principal needs.
            let own = self.own_columns(made);
            let at = own.iter().position(|one| *one == self.column).unwrap_or(0);
            (at, own.len().max(1))
        } else {
            (self.row, self.listed.len())
        };
        let to = match action {
            Action::Down => at + 1,
            Action::Up => at.saturating_sub(1),
            Action::HalfPageDown => at + page / 2,
            Action::HalfPageUp => at.saturating_sub(page / 2),
            Action::PageDown => at + page - 1,
            Action::PageUp => at.saturating_sub(page - 1),
            Action::First => 0,
            Action::Last => count - 1,
            Action::Right if !alone => {
                self.column = (self.column + 1).min(self.columns - 1);
                at
            }
            Action::Left if !alone => {
                self.column = self.column.saturating_sub(1);
                at
            }
            _ => return false,
        }
        .min(count - 1);
        if alone {
            if let Some(column) = self.own_columns(made).get(to) {
                self.column = *column;
            }
        } else {
            self.row = to;
        }
        self.remember(made);
        true
    }

    /// The next principal, or the one before. False at the end: the next view follows.
    pub(super) fn turn(&mut self, made: &Made, forward: bool) -> bool {
        let to = if forward {
            self.row + 1
        } else if let Some(to) = self.row.checked_sub(1) {
            to
        } else {
            return false;
        };
        let Some(row) = self.listed.get(to).copied() else {
            return false;
        };
        self.go_to_row(made, row)
    }

    /// Puts the selection on the first principal, or the last.
    pub(super) fn go_to_end(&mut self, made: &Made, last: bool) {
        let row = if last {
            self.listed.last()
        } else {
            self.listed.first()
        };
        if let Some(row) = row.copied() {
            self.go_to_row(made, row);
        }
    }

    fn own_columns(&self, made: &Made) -> Vec<usize> {
        let Some(row) = self.listed.get(self.row).copied() else {
            return Vec::new();
        };
        (0..self.columns)
            .filter(|column| made.shown((row, *column)).is_some())
            .collect()
    }

    /// Puts the selection on what lies in a line.
    pub(super) fn select_line(&mut self, line: usize, made: &Made, alone: bool) {
        if alone {
            if let Some(column) = self.own_columns(made).get(line) {
                self.column = *column;
            }
        } else {
            self.row = line.min(self.listed.len().saturating_sub(1));
        }
        self.remember(made);
    }

    pub(super) fn set_filter(&mut self, typed: &str, made: &Made) {
        self.filter = Filter::new(typed);
        self.take(made);
    }

    pub(super) fn filter(&self) -> (String, usize, usize) {
        (self.filter.typed().to_owned(), self.listed.len(), self.all)
    }

    pub(super) fn sort_by(&mut self, column: usize, made: &Made) {
        self.sort = match self.sort {
            Some((own, down)) if own == column => Some((own, !down)),
            _ => Some((column, false)),
        };
        self.take(made);
    }

    pub(super) fn sorted(&self) -> Option<(usize, bool)> {
        self.sort
    }

    pub(super) fn keep(&mut self, page: Page) {
        (self.page, self.top) = (page.rows, page.top);
    }

    /// What is listed, when that is less than all: `2 of 6  faults only`.
    pub(super) fn note(&self) -> Rich {
        if !self.faults && self.filter.is_empty() {
            return Rich::new();
        }
        let what = if self.faults { "  faults only" } else { "" };
        Rich::of(
            Role::Accent,
            format!("{} of {}{what}", self.listed.len(), self.all),
        )
    }

    pub(super) fn is_nothing_listed(&self) -> bool {
        self.listed.is_empty()
    }

    /// Where the person of the single form stands: `2 of 6`.
    pub(super) fn place(&self) -> String {
        format!("{} of {}", self.row + 1, self.listed.len())
    }
}
