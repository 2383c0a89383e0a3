//! The tree: rows that hang on others, folded and unfolded, of which only those in sight are drawn.
//!
//! Like the table it keeps the selection on its id. Must not know what its rows are about.

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, put, width};
use crate::ui::theme::Role;
use crate::ui::widgets::filter::Filter;
use crate::ui::widgets::window;

const MARGIN: u16 = 2;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TreeRow {
    pub(super) id: Arc<str>,
    pub(super) parent: Option<usize>,
    pub(super) sign: Sign,
    pub(super) name: Rich,
    /// Words that run over all columns, or one entry a column.
    pub(super) cells: Cells,
}

/// What stands behind a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cells {
    Wide(Rich),
    Columns([Rich; 3]),
}

impl TreeRow {
    fn is_fault(&self) -> bool {
        matches!(
            self.sign,
            Sign::Shut | Sign::AtRisk | Sign::Unknown | Sign::Failed
        )
    }

    fn words(&self) -> String {
        let cells = match &self.cells {
            Cells::Wide(words) => words.text().into_owned(),
            Cells::Columns(cells) => cells.iter().map(Rich::text).collect::<Vec<_>>().join(" "),
        };
        format!("{} {cells}", self.name.text())
    }
}

/// How wide the widest of each kind is, measured once for the rows.
#[derive(Clone, Copy, Debug, Default)]
struct Widths {
    /// Names with a fact behind them.
    things: u16,
    /// Names of properties.
    properties: u16,
    /// The three columns of a property.
    wants: [u16; 3],
}

impl Widths {
    fn of(rows: &[TreeRow], prefixes: &[String], heads: [&'static str; 3]) -> Self {
        let mut own = Self {
            wants: heads.map(width),
            ..Self::default()
        };
        for (row, prefix) in rows.iter().zip(prefixes) {
            let name = width(prefix) + 2 + row.name.width();
            match &row.cells {
                Cells::Wide(_) => own.things = own.things.max(name),
                Cells::Columns(cells) => {
                    own.properties = own.properties.max(name);
                    for (want, cell) in own.wants.iter_mut().zip(cells) {
                        *want = (*want).max(cell.width());
                    }
                }
            }
        }
        own
    }

    fn has_properties(self) -> bool {
        self.properties > 0
    }
}

/// A tree and where a person is in it.
#[derive(Debug, Default)]
pub(super) struct Tree {
    heads: [&'static str; 3],
    rows: Vec<TreeRow>,
    /// The lines before each row.
    prefixes: Vec<String>,
    widths: Widths,
    folded: BTreeSet<Arc<str>>,
    /// The rows that are listed, in order.
    listed: Vec<usize>,
    selected: Option<Arc<str>>,
    at: usize,
    top: usize,
    page: usize,
    filter: Filter,
    faults_only: bool,
}

impl Tree {
    pub(super) fn new(heads: [&'static str; 3]) -> Self {
        Self {
            heads,
            page: 10,
            ..Self::default()
        }
    }

    pub(super) fn set_rows(&mut self, rows: Vec<TreeRow>) {
        self.prefixes = prefixes(&rows);
        self.widths = Widths::of(&rows, &self.prefixes, self.heads);
        self.rows = rows;
        self.list();
    }

    /// Makes the list again. What passes brings along what it hangs on.
    fn list(&mut self) {
        let mut tester = self.filter.tester();
        let mut kept = vec![false; self.rows.len()];
        for (at, row) in self.rows.iter().enumerate() {
            let passes = (!self.faults_only || row.is_fault())
                && (self.filter.is_empty() || tester.passes(&row.words()));
            let mut here = passes.then_some(at);
            while let Some(own) = here.filter(|own| !kept[*own]) {
                kept[own] = true;
                here = self.rows[own].parent;
            }
        }
        let searching = self.faults_only || !self.filter.is_empty();
        self.listed = (0..self.rows.len())
            .filter(|at| kept[*at] && (searching || !self.is_hidden(*at)))
            .collect();
        let found = self.selected.as_ref().and_then(|id| self.line_of(id));
        self.at = found.unwrap_or_else(|| self.at.min(self.listed.len().saturating_sub(1)));
        if found.is_none() && !searching {
            self.selected = self.row_at(self.at).map(|row| Arc::clone(&row.id));
        }
        self.top = window::top(self.at, self.top, self.page, self.listed.len());
    }

    fn is_hidden(&self, at: usize) -> bool {
        let mut above = self.rows[at].parent;
        while let Some(own) = above {
            if self.folded.contains(&self.rows[own].id) {
                return true;
            }
            above = self.rows[own].parent;
        }
        false
    }

    fn line_of(&self, id: &str) -> Option<usize> {
        self.listed
            .iter()
            .position(|row| &*self.rows[*row].id == id)
    }

    fn row_at(&self, line: usize) -> Option<&TreeRow> {
        self.listed.get(line).and_then(|row| self.rows.get(*row))
    }

    /// The number of the selected row, as the rows were given.
    pub(super) fn selected(&self) -> Option<usize> {
        self.listed.get(self.at).copied()
    }

    pub(super) fn select(&mut self, id: &str) -> bool {
        let Some(row) = self.rows.iter().position(|row| &*row.id == id) else {
            return false;
        };
        let mut above = self.rows[row].parent;
        while let Some(own) = above {
            self.folded.remove(&self.rows[own].id);
            above = self.rows[own].parent;
        }
        self.list();
        match self.line_of(id) {
            Some(line) => self.go(line),
            None => return false,
        }
        true
    }

    pub(super) fn go(&mut self, line: usize) {
        self.at = line.min(self.listed.len().saturating_sub(1));
        self.selected = self.row_at(self.at).map(|row| Arc::clone(&row.id));
        self.top = window::top(self.at, self.top, self.page, self.listed.len());
    }

    fn step(&mut self, rows: isize) {
        self.go(self.at.saturating_add_signed(rows));
    }

    pub(super) fn wheel(&mut self, down: bool) {
        self.step(if down { 3 } else { -3 });
    }

    /// Does what an action means for a tree. False when it means nothing.
    pub(super) fn on_action(&mut self, action: Action) -> bool {
        let page = isize::try_from(self.page.max(2)).unwrap_or(isize::MAX);
        match action {
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::HalfPageDown => self.step(page / 2),
            Action::HalfPageUp => self.step(-(page / 2)),
            Action::PageDown => self.step(page - 1),
            Action::PageUp => self.step(1 - page),
            Action::First => self.go(0),
            Action::Last => self.go(usize::MAX),
            Action::Left => self.fold(),
            Action::Right => self.unfold(),
            Action::FaultsOnly => {
                self.faults_only = !self.faults_only;
                self.list();
            }
            Action::Back if self.faults_only => {
                self.faults_only = false;
                self.list();
            }
            Action::Back if !self.filter.is_empty() => self.set_filter(""),
            _ => return false,
        }
        true
    }

    /// Folds the row; one that has nothing to fold leads to the row that it hangs on.
    fn fold(&mut self) {
        let Some(row) = self.selected() else { return };
        let has_children = self.rows.iter().any(|one| one.parent == Some(row));
        if has_children && self.folded.insert(Arc::clone(&self.rows[row].id)) {
            self.list();
        } else if let Some(above) = self.rows[row].parent {
            let id = Arc::clone(&self.rows[above].id);
            if let Some(line) = self.line_of(&id) {
                self.go(line);
            }
        }
    }

    /// Unfolds the row; one that is open leads to its first child.
    fn unfold(&mut self) {
        let Some(row) = self.selected() else { return };
        if self.folded.remove(&self.rows[row].id) {
            self.list();
        } else if self
            .rows
            .get(row + 1)
            .is_some_and(|next| next.parent == Some(row))
        {
            self.step(1);
        }
    }

    pub(super) fn set_filter(&mut self, typed: &str) {
        self.filter = Filter::new(typed);
        self.list();
    }

    pub(super) fn filter(&self) -> &str {
        self.filter.typed()
    }

    pub(super) fn is_faults_only(&self) -> bool {
        self.faults_only
    }

    pub(super) fn count(&self) -> (usize, usize) {
        (self.listed.len(), self.rows.len())
    }

    pub(super) fn keep(&mut self, page: Page) {
        (self.page, self.top) = (page.rows, page.top);
    }

    /// Where the four columns of values begin: facts, and the three of a property.
    fn columns(&self, room: u16) -> (u16, [u16; 3]) {
        let Widths {
            things,
            properties,
            wants,
        } = self.widths;
        let facts = (things + 2).max(28.min(room / 3)).min(room / 2);
        let first = (properties + 2)
            .max(facts)
            .max(38.min(room * 2 / 5))
            .min(room / 2);
        let left = room.saturating_sub(first);
        let all = wants
            .iter()
            .fold(4_u16, |sum, own| sum.saturating_add(*own));
        // Since when is the second fact: it goes when there is no room for it.
        let gap = 2 + left.saturating_sub(all).min(12) / 3;
        let second = first + wants[0].min(left / 2) + gap;
        let third = second + wants[1].min(left / 3) + gap;
        let third = if third + wants[2].min(8) <= room {
            third
        } else {
            room
        };
        (facts, [first, second.min(room), third])
    }

    /// Draws the head and the rows in sight.
    pub(super) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        part: usize,
        focused: bool,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height < 2 || area.width <= MARGIN + 4 {
            return drawn;
        }
        let room = area.width - MARGIN - 2;
        let columns = self.columns(room);
        if self.widths.has_properties() {
            for (head, x) in self.heads.iter().zip(columns.1) {
                let cells = room.saturating_sub(x);
                Rich::muted(*head).draw(buffer, (area.x + MARGIN + x, area.y), cells, cx.theme);
            }
        }
        let body = Rect::new(area.x, area.y + 1, area.width, area.height - 1);
        let rows = usize::from(body.height);
        let top = window::top(self.at, self.top, rows, self.listed.len());
        for (y, line) in (body.top()..body.bottom()).zip(top..self.listed.len()) {
            let place = Rect {
                y,
                height: 1,
                ..body
            };
            self.draw_row(cx, buffer, place, line, columns, focused && cx.focused);
        }
        window::thumb(cx, buffer, body, top, self.listed.len());
        drawn.pages.push(Page {
            part,
            top,
            rows,
            of: self.listed.len(),
        });
        drawn.hits.push(Hit {
            area: body,
            target: Target::Part { part, top },
        });
        drawn
    }

    fn draw_row(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        line: usize,
        (facts, columns): (u16, [u16; 3]),
        bright: bool,
    ) {
        let row = &self.rows[self.listed[line]];
        let chosen = line == self.at;
        if chosen {
            let role = if bright {
                Role::RowSelected
            } else {
                Role::RowSelectedUnfocused
            };
            let fill = Rect::new(area.x + 1, area.y, area.width.saturating_sub(2), 1);
            buffer.set_style(fill, cx.theme.style(role));
            put(
                buffer,
                (area.x, area.y),
                "▌",
                1,
                cx.theme,
                if bright { Role::Accent } else { Role::Node },
            );
        }
        let begin = area.x + MARGIN;
        let room = area.width - MARGIN - 2;
        let prefix = &self.prefixes[self.listed[line]];
        let x = put(buffer, (begin, area.y), prefix, room, cx.theme, Role::Node);
        Rich::sign(cx.signs, row.sign).draw(buffer, (x, area.y), 1, cx.theme);
        let own = match &row.cells {
            Cells::Wide(_) => facts,
            Cells::Columns(_) => columns[0],
        };
        let mut name = if chosen {
            row.name.clone().recast(Role::Strong)
        } else {
            row.name.clone()
        };
        if self.folded.contains(&row.id) {
            name = name.then(Role::Muted, " …");
        }
        name.draw(
            buffer,
            (x + 2, area.y),
            (begin + own).saturating_sub(x + 3),
            cx.theme,
        );
        match &row.cells {
            Cells::Wide(words) => {
                words.draw_cut(
                    buffer,
                    (begin + facts, area.y),
                    room.saturating_sub(facts),
                    Cut::End,
                    cx.theme,
                );
            }
            Cells::Columns(cells) => {
                let ends = [
                    columns[1].saturating_sub(1),
                    columns[2].saturating_sub(1),
                    room,
                ];
                for ((cell, from), to) in cells.iter().zip(columns).zip(ends) {
                    let cells = to.min(room).saturating_sub(from);
                    cell.draw(buffer, (begin + from, area.y), cells, cx.theme);
                }
            }
        }
    }
}

/// The lines before each row: `├ `, `│ ├ `, and for what hangs on a leaf's parent only the rail.
fn prefixes(rows: &[TreeRow]) -> Vec<String> {
    let is_last = |at: usize| {
        let parent = rows[at].parent;
        rows[at + 1..].iter().all(|row| row.parent != parent)
    };
    let mut prefixes = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let mut prefix = String::new();
        if row.parent.is_some() {
            // Properties have no tee: they are what the resource says.
            prefix.push_str(match row.cells {
                Cells::Columns(_) => "  ",
                Cells::Wide(_) if is_last(at) => "╰ ",
                Cells::Wide(_) => "├ ",
            });
        }
        let mut above = row.parent;
        while let Some(own) = above {
            if rows[own].parent.is_some() {
                prefix.insert_str(0, if is_last(own) { "  " } else { "│ " });
            }
            above = rows[own].parent;
        }
        prefixes.push(prefix);
    }
    prefixes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, parent: Option<usize>, sign: Sign, is_check: bool) -> TreeRow {
        let cell = || Rich::plain("x");
        TreeRow {
            id: Arc::from(id),
            parent,
            sign,
            name: Rich::plain(id.to_owned()),
            cells: if is_check {
                Cells::Columns([cell(), cell(), cell()])
            } else {
                Cells::Wide(cell())
            },
        }
    }

    fn tree() -> Tree {
        let mut tree = Tree::new(["A", "B", "C"]);
        tree.set_rows(vec![
            row("hub", None, Sign::Shut, false),
            row("project", Some(0), Sign::Open, false),
            row("group", Some(0), Sign::Shut, false),
            row("cosmos", Some(2), Sign::Shut, false),
            row("keys", Some(3), Sign::Shut, true),
            row("storage", Some(2), Sign::Open, false),
            row("bypass", Some(5), Sign::Open, true),
        ]);
        tree
    }

    fn listed(tree: &Tree) -> Vec<&str> {
        tree.listed.iter().map(|at| &*tree.rows[*at].id).collect()
    }

    #[test]
    fn lines_lead_from_a_row_to_what_it_hangs_on() {
        assert_eq!(
            tree().prefixes,
            ["", "├ ", "╰ ", "  ├ ", "  │   ", "  ╰ ", "      "]
        );
    }

    #[test]
    fn a_fold_hides_what_is_below_and_left_leads_up() {
        let mut tree = tree();
        assert!(tree.select("keys"));
        tree.on_action(Action::Left);
        tree.on_action(Action::Left);
        assert_eq!(
            listed(&tree),
            ["hub", "project", "group", "cosmos", "storage", "bypass"]
        );
        tree.on_action(Action::Right);
        assert_eq!(listed(&tree).len(), 7);
        assert!(tree.select("bypass"));
    }

    #[test]
    fn what_passes_brings_along_what_it_hangs_on() {
        let mut tree = tree();
        tree.on_action(Action::FaultsOnly);
        assert_eq!(listed(&tree), ["hub", "group", "cosmos", "keys"]);
        tree.on_action(Action::Back);
        tree.set_filter("bypass");
        assert_eq!(listed(&tree), ["hub", "group", "storage", "bypass"]);
        tree.on_action(Action::Back);
        assert_eq!(listed(&tree).len(), 7);
    }

    #[test]
    fn the_selection_stays_on_its_id() {
        let mut tree = tree();
        tree.select("storage");
        tree.set_rows(vec![
            row("new", None, Sign::Open, false),
            row("storage", Some(0), Sign::Open, false),
        ]);
        assert_eq!(tree.selected(), Some(1));
    }
}
