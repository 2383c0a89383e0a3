//! The table: rows with ids that are sorted, filtered and marked, of which only those in sight are
//! drawn.
//!
//! Must not know what its rows are about. A pane makes the rows once a revision
//! ([`DataTable::set_rows`]), hands actions on ([`DataTable::on_action`]) and draws
//! ([`DataTable::draw`]). The selection stays on its id when rows move; while a person moves in the
//! table, new rows join at the end of their group and the order is made again at the next key.

mod columns;
mod draw;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::config::Action;
use crate::ui::cx::Page;
use crate::ui::text::{Cut, Rich};

use super::filter::Filter;
use super::window;

pub use columns::{Align, Column, Keep};

/// What a column is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// A number.
    Number(i64),
    /// A text, compared without regard to case.
    Text(Arc<str>),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is drawn.
    pub rich: Rich,
    /// What it is sorted by; none sorts by the words.
    pub sort: Option<SortKey>,
    /// Where it is cut.
    pub cut: Cut,
}

impl Cell {
    /// A cell that is sorted by a number.
    pub fn number(rich: Rich, number: i64) -> Self {
        Self {
            rich,
            sort: Some(SortKey::Number(number)),
            cut: Cut::End,
        }
    }

    /// The same cell, cut elsewhere.
    #[must_use]
    pub fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    fn sort_key(&self) -> SortKey {
        self.sort
            .clone()
            .unwrap_or_else(|| SortKey::Text(Arc::from(self.rich.text().to_lowercase())))
    }
}

impl From<Rich> for Cell {
    fn from(rich: Rich) -> Self {
        Self {
            rich,
            sort: None,
            cut: Cut::End,
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// What the selection and the marks stay on.
    pub id: Arc<str>,
    /// The number of its group, or none.
    pub group: Option<usize>,
    /// One cell a column.
    pub cells: Vec<Cell>,
    /// Whether it is in trouble: what `faults only` keeps.
    pub fault: bool,
}

/// The heading of a group of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its words.
    pub title: Rich,
    /// Words at the right end.
    pub right: Rich,
}

/// One line of the table as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// The space before a group.
    Blank,
    /// A heading.
    Group(usize),
    /// A row.
    Row(usize),
}

/// Where blank lines stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Spacing {
    /// Before the heading of a group.
    #[default]
    Groups,
    /// There, and between rows.
    Airy,
    /// Nowhere.
    Dense,
}

/// A table and where a person is in it.
#[derive(Clone, Debug, Default)]
pub struct DataTable {
    columns: Vec<Column>,
    widths: Vec<u16>,
    groups: Vec<Group>,
    rows: Vec<TableRow>,
    slots: Vec<Slot>,
    selected: Option<Arc<str>>,
    at: usize,
    top: usize,
    page: usize,
    sort: Option<(usize, bool)>,
    filter: Filter,
    faults_only: bool,
    marks: BTreeSet<Arc<str>>,
    /// The order is held: a person has moved since it was made.
    held: bool,
    /// News comes at the top.
    live: bool,
    spacing: Spacing,
}

impl DataTable {
    /// An empty table with these columns. The first one is usually the sign.
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            page: 10,
            columns,
            ..Self::default()
        }
    }

    /// The same table for rows that come newest first: until a person moves, the newest one is
    /// selected; from then on the selected row stays on its line of the screen, and news does not
    /// wait for the next key.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// Lets a blank line stand between rows, or not: bars of blocks would flow together.
    pub fn set_airy(&mut self, airy: bool) {
        self.space(if airy { Spacing::Airy } else { Spacing::Groups });
    }

    /// Leaves the blank line before a group's heading out, or not: where every row counts.
    pub fn set_dense(&mut self, dense: bool) {
        self.space(if dense {
            Spacing::Dense
        } else {
            Spacing::Groups
        });
    }

    fn space(&mut self, spacing: Spacing) {
        if self.spacing != spacing {
            self.spacing = spacing;
            self.order(&HashMap::new());
        }
    }

    /// How many lines it would take to show all that is listed, without the head.
    pub fn lines(&self) -> usize {
        self.slots.len()
    }

    /// Takes other columns: those that hold anything, or those of another kind of row. An order by
    /// a column that is gone is dropped; the rows have to be given anew.
    pub fn set_columns(&mut self, columns: Vec<Column>) {
        if self.columns == columns {
            return;
        }
        let head = self
            .sort
            .and_then(|(at, _)| self.columns.get(at))
            .map(|column| column.head.clone());
        let place = head.and_then(|head| columns.iter().position(|column| column.head == head));
        self.sort = self.sort.and_then(|(_, down)| Some((place?, down)));
        self.columns = columns;
        self.rows.clear();
        self.slots.clear();
    }

    /// Takes new rows, in the order in which they are shown when no column is sorted by.
    pub fn set_rows(&mut self, groups: Vec<Group>, rows: Vec<TableRow>) {
        let (old_at, old_top) = (self.at, self.top);
        let before: HashMap<Arc<str>, usize> = if self.held && !self.live {
            self.slots
                .iter()
                .enumerate()
                .filter_map(|(at, slot)| match slot {
                    Slot::Row(row) => Some((Arc::clone(&self.rows[*row].id), at)),
                    _ => None,
                })
                .collect()
        } else {
            HashMap::new()
        };
        self.widths = columns::natural(&self.columns, &rows);
        self.groups = groups;
        self.rows = rows;
        self.order(&before);
        // Until a person moves, the first row is the selected one: it is the worst, or the newest.
        if self.live || !self.held {
            self.follow(old_at, old_top);
        }
    }

    /// Keeps the selection where the eye is, in a table whose news comes at the top.
    fn follow(&mut self, old_at: usize, old_top: usize) {
        if self.held {
            let top = (old_top + self.at).saturating_sub(old_at);
            self.top = window::top(self.at, top, self.page, self.slots.len());
        } else if let Some(first) = self.nearest(0) {
            self.at = first;
            self.top = 0;
            self.selected = self.row_at(first).map(|row| Arc::clone(&row.id));
        }
    }

    /// Makes the lines again: filtered, sorted, grouped. Rows that were there keep their places
    /// relative to each other when `before` names them.
    fn order(&mut self, before: &HashMap<Arc<str>, usize>) {
        let mut tester = self.filter.tester();
        let mut kept: Vec<usize> = (0..self.rows.len())
            .filter(|row| {
                let row = &self.rows[*row];
                (!self.faults_only || row.fault)
                    && (self.filter.is_empty() || tester.passes(&haystack(row)))
            })
            .collect();
        if let Some((column, down)) = self.sort {
            let keys: Vec<Option<SortKey>> = self
                .rows
                .iter()
                .map(|row| row.cells.get(column).map(Cell::sort_key))
                .collect();
            kept.sort_by(|one, other| {
                let order = keys[*one].cmp(&keys[*other]);
                if down { order.reverse() } else { order }
            });
        }
        let rank = |row: &usize| {
            before
                .get(&self.rows[*row].id)
                .copied()
                .unwrap_or(usize::MAX)
        };
        kept.sort_by_key(|row| (self.rows[*row].group, rank(row)));
        self.slots.clear();
        let mut group = None;
        for row in kept {
            let own = self.rows[row].group;
            if own != group {
                group = own;
                if let Some(number) = own.filter(|number| *number < self.groups.len()) {
                    if !self.slots.is_empty() && self.spacing != Spacing::Dense {
                        self.slots.push(Slot::Blank);
                    }
                    self.slots.push(Slot::Group(number));
                }
            }
            if self.spacing == Spacing::Airy && matches!(self.slots.last(), Some(Slot::Row(_))) {
                self.slots.push(Slot::Blank);
            }
            self.slots.push(Slot::Row(row));
        }
        self.find_selected();
    }

    /// Finds the line of the selected id; when it is gone, the row nearest to where it was.
    fn find_selected(&mut self) {
        let found = self.selected.as_ref().and_then(|id| self.line_of(id));
        if let Some(at) = found {
            self.at = at;
        } else {
            let nearest = self.nearest(self.at);
            // A selection that only the filter hides comes back with its row.
            let hidden = self
                .selected
                .as_ref()
                .is_some_and(|id| self.rows.iter().any(|row| row.id == *id));
            if let Some(at) = nearest {
                self.at = at;
                if !hidden {
                    self.selected = self.row_at(at).map(|row| Arc::clone(&row.id));
                }
            }
        }
        self.top = window::top(self.at, self.top, self.page, self.slots.len());
    }

    fn line_of(&self, id: &str) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| matches!(slot, Slot::Row(row) if &*self.rows[*row].id == id))
    }

    fn nearest(&self, at: usize) -> Option<usize> {
        let is_row = |at: &usize| matches!(self.slots.get(*at), Some(Slot::Row(_)));
        let after = (at..self.slots.len()).find(is_row);
        after.or_else(|| (0..at.min(self.slots.len())).rev().find(is_row))
    }

    fn row_at(&self, line: usize) -> Option<&TableRow> {
        match self.slots.get(line) {
            Some(Slot::Row(row)) => self.rows.get(*row),
            _ => None,
        }
    }

    /// The row under the selection, when it is in sight of the filter.
    pub fn selected(&self) -> Option<&TableRow> {
        self.row_at(self.at)
    }

    /// The id under the selection.
    pub fn selected_id(&self) -> Option<&Arc<str>> {
        self.selected().map(|row| &row.id)
    }

    /// Puts the selection on an id; a filter that hides its row is dropped. False when no row has it.
    pub fn select(&mut self, id: &str) -> bool {
        if self.line_of(id).is_none() && self.rows.iter().any(|row| &*row.id == id) {
            self.filter = Filter::default();
            self.faults_only = false;
            self.order(&HashMap::new());
        }
        let Some(at) = self.line_of(id) else {
            return false;
        };
        self.move_to(at);
        true
    }

    /// Puts the selection on an id until a person chooses: the order is not held for it.
    pub fn suggest(&mut self, id: &str) {
        if let Some(at) = self.line_of(id).filter(|_| !self.held) {
            self.move_to(at);
            self.held = false;
        }
    }

    /// Puts the selection on the row in a line, or on the nearest one.
    pub fn select_line(&mut self, line: usize) -> bool {
        match self.nearest(line.min(self.slots.len().saturating_sub(1))) {
            Some(at) => {
                self.move_to(at);
                true
            }
            None => false,
        }
    }

    fn move_to(&mut self, at: usize) {
        self.at = at;
        self.selected = self.row_at(at).map(|row| Arc::clone(&row.id));
        self.held = true;
        self.top = window::top(at, self.top, self.page, self.slots.len());
        // The heading of the first group comes into sight with its first row.
        if self.slots[..at]
            .iter()
            .all(|slot| !matches!(slot, Slot::Row(_)))
        {
            self.top = 0;
        }
    }

    /// Moves by so many rows, over headings.
    fn step(&mut self, rows: isize) {
        let lines: Vec<usize> = (0..self.slots.len())
            .filter(|at| matches!(self.slots[*at], Slot::Row(_)))
            .collect();
        let Some(last) = lines.len().checked_sub(1) else {
            return;
        };
        let now = lines.partition_point(|line| *line < self.at).min(last);
        self.move_to(lines[now.saturating_add_signed(rows).min(last)]);
    }

    /// Does what an action means for a table. False when it means nothing.
    pub fn on_action(&mut self, action: Action) -> bool {
        let page = isize::try_from(self.page.max(2)).unwrap_or(isize::MAX);
        if self.held {
            // The next key takes the order that waited.
            self.order(&HashMap::new());
        }
        match action {
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::HalfPageDown => self.step(page / 2),
            Action::HalfPageUp => self.step(-(page / 2)),
            Action::PageDown => self.step(page - 1),
            Action::PageUp => self.step(1 - page),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::FaultsOnly => {
                self.faults_only = !self.faults_only;
                self.order(&HashMap::new());
            }
            Action::Mark => {
                if let Some(id) = self.selected_id().cloned()
                    && !self.marks.remove(&id)
                {
                    self.marks.insert(id);
                }
            }
            Action::MarkAll => {
                let listed: Vec<Arc<str>> = self.listed().map(|row| Arc::clone(&row.id)).collect();
                if listed.iter().all(|id| self.marks.contains(id)) {
                    self.marks.clear();
                } else {
                    self.marks.extend(listed);
                }
            }
            Action::Back if self.faults_only => {
                self.faults_only = false;
                self.order(&HashMap::new());
            }
            Action::Back if !self.filter.is_empty() => self.set_filter(""),
            _ => return false,
        }
        true
    }

    /// Turns the wheel: the selection moves with it, so that it stays in sight.
    pub fn wheel(&mut self, down: bool) {
        self.step(if down { 3 } else { -3 });
    }

    /// Shows only the rows that pass.
    pub fn set_filter(&mut self, typed: &str) {
        self.filter = Filter::new(typed);
        self.order(&HashMap::new());
    }

    /// What was typed as a filter.
    pub fn filter(&self) -> &str {
        self.filter.typed()
    }

    /// Whether only faults are shown.
    pub fn is_faults_only(&self) -> bool {
        self.faults_only
    }

    /// Sorts by a column; the same column again turns the order round.
    pub fn sort_by(&mut self, column: usize) {
        if column < self.columns.len() {
            self.sort = Some(match self.sort {
                Some((own, down)) if own == column => (column, !down),
                _ => (column, false),
            });
            self.order(&HashMap::new());
        }
    }

    /// The column that is sorted by, and whether the largest comes first.
    pub fn sorted(&self) -> Option<(usize, bool)> {
        self.sort
    }

    /// Columns that can be sorted by: those with a head.
    pub fn sort_columns(&self) -> Vec<(usize, String)> {
        let named = self.columns.iter().enumerate();
        named
            .filter(|(_, column)| !column.head.is_empty())
            .map(|(at, column)| (at, column.head.to_lowercase()))
            .collect()
    }

    /// The rows that are listed, in order.
    pub fn listed(&self) -> impl Iterator<Item = &TableRow> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Row(row) => self.rows.get(*row),
            _ => None,
        })
    }

    /// Every row there is, in the order in which they were given.
    pub fn rows(&self) -> &[TableRow] {
        &self.rows
    }

    /// How many rows are listed, of how many.
    pub fn count(&self) -> (usize, usize) {
        (self.listed().count(), self.rows.len())
    }

    /// The marked ids.
    pub fn marks(&self) -> &BTreeSet<Arc<str>> {
        &self.marks
    }

    /// Takes every mark away.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
    }

    /// Keeps what only drawing knows: how many rows are in sight, and the first of them.
    pub fn keep(&mut self, page: Page) {
        self.page = page.rows;
        self.top = page.top;
    }

    /// What the rule says of filter and faults: ` / rag  5 of 152`. Empty when all is shown.
    pub fn note(&self) -> Rich {
        use crate::ui::theme::Role;
        let mut note = Rich::new();
        let (listed, all) = self.count();
        if self.faults_only {
            note = note.then(Role::Accent, "faults only  ");
        }
        if !self.filter.is_empty() {
            note = note.then(Role::Accent, format!("/ {}  ", self.filter.typed()));
        }
        if note.is_empty() {
            return note;
        }
        note.then(Role::Muted, format!("{listed} of {all}"))
    }
}

/// What a filter looks at: every word of the row.
fn haystack(row: &TableRow) -> String {
    let mut text = String::with_capacity(96);
    for cell in &row.cells {
        for run in cell.rich.runs() {
            text.push_str(&run.text);
        }
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests;
