//! Access (3): what the hops need against what is held, principal by target; then who holds which
//! role where, by resource or by principal, with deny assignments and the access policies of
//! vaults; then what is held in excess.
//!
//! The judgement says what is needed and how it is held (`needs.rs`, `cell.rs`, drawn by `grid.rs`);
//! the analysis puts assignments where they belong; `rows.rs` makes plain rows of them, `detail.rs`
//! tells one.

mod answers;
mod beside;
mod cell;
mod detail;
mod draw;
mod grid;
mod names;
mod needs;
mod refused;
pub mod rows;
mod table;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::access::excess::{self, Excess, Wide};
use crate::analysis::access::{Matrix, Memberships, matrix};
use crate::analysis::ground;
use crate::analysis::hop::Judgement;
use crate::config::Action;
use crate::model::key::Key;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{CopyItem, Effect, Outcome, Subject};
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{DataTable, Group};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::Parts;

use super::trouble::{self, Trouble};
use super::{Badge, Pane, Thing, mend, point_at_detail, point_at_table};
use grid::Grid;
use names::Names;
use needs::Made;
use rows::{About, Line, Table};

const CONTEXT: &str = "access";
const TABLE: usize = 0;
/// The second half of a detail that stands below a wide table.
const PROOF: usize = 2;
/// The excess beside the cell.
const BESIDE: usize = 3;
/// The digit of the Map.
const MAP: char = '1';

/// From this width the detail stands beside a table of all its columns.
const WIDE: u16 = 180;

/// The views: the matrix of needs, two orders of all that is held, and what is held in excess.
const VIEWS: [&str; 4] = ["by cell", "by resource", "by principal", "in excess"];
/// The matrix of needs.
const CELLS: usize = 0;
/// What is held in excess.
const EXCESS: usize = 3;

/// The pane.
pub struct Access {
    parts: Parts,
    view: usize,
    /// The matrix, and where a person is in it.
    needs: Made,
    grid: Grid,
    /// The tables of the other views, in their order.
    tables: [DataTable; 3],
    made: [Table; 3],
    /// Where the row of an id is.
    places: [HashMap<Arc<str>, usize>; 3],
    excess: Excess,
    /// The excess beside the cell, where there is room for both.
    beside: Detail,
    memberships: Memberships,
    judgement: Option<Arc<Judgement>>,
    is_reading: bool,
    tool: mend::Chosen,
    /// One principal at a time, and the excess with a place of its own: the size says so.
    is_alone: bool,
    is_wide: bool,
    /// The detail as one, and its two halves.
    whole: Detail,
    left: Detail,
    proof: Detail,
    matrix: Option<Matrix>,
    names: Option<Names>,
    trouble: Trouble,
    made_of: Option<(u64, Trouble)>,
    shown: Option<(usize, Arc<str>)>,
    told: Option<detail::Told>,
    keys: Vec<Key>,
}

impl Default for Access {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether the pane is made from this reading, beside the resources themselves.
fn concerns(key: &Key) -> bool {
    matches!(
        key,
        Key::RoleAssignments(_)
            | Key::RoleDefinitions(_)
            | Key::DenyAssignments(_)
            | Key::Principals(_)
    )
}

impl Access {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(1),
            view: CELLS,
            needs: Made::default(),
            grid: Grid::default(),
            tables: [
                DataTable::new(table::columns(1, false)),
                DataTable::new(table::columns(2, false)),
                DataTable::new(table::columns(EXCESS, false)),
            ],
            made: Default::default(),
            places: Default::default(),
            excess: Excess::default(),
            beside: Detail::new(),
            memberships: Memberships::unknown(),
            judgement: None,
            is_reading: false,
            tool: mend::Chosen::default(),
            is_alone: false,
            is_wide: false,
            whole: Detail::new(),
            left: Detail::new(),
            proof: Detail::new(),
            matrix: None,
            names: None,
            trouble: Trouble::default(),
            made_of: None,
            shown: None,
            told: None,
            keys: Vec::new(),
        }
    }

    /// The table of the view; none for the matrix.
    fn table(&self) -> Option<&DataTable> {
        self.tables.get(self.view.checked_sub(1)?)
    }

    fn table_mut(&mut self) -> Option<&mut DataTable> {
        self.tables.get_mut(self.view.checked_sub(1)?)
    }

    fn take(&mut self, cx: &Cx<'_>) {
        let matrix = matrix(cx.inventory);
        let names = Names::of(cx.inventory);
        self.memberships = ground::memberships(cx.inventory);
        self.excess = match cx.judged {
            Some(_) => excess::excess(cx.inventory, &matrix, &cx.judgement.hops),
            None => Excess::default(),
        };
        self.needs = Made::of(cx, &names);
        self.grid.take(&self.needs);
        // While readings and verdicts still come in, the worst cell may be another one each time.
        if cx.snapshot.is_idle() && cx.judged == Some(cx.snapshot.revision()) {
            self.grid.hold();
        }
        let beside = beside::sections(cx, &matrix, &names, &self.excess);
        self.beside.set(beside, false);
        self.made = [
            rows::by_resource(cx.inventory, &matrix, &names),
            rows::by_principal(cx.inventory, &matrix, &names),
            beside::rows(cx.inventory, &matrix, &names, &self.excess),
        ];
        for (at, made) in self.made.iter().enumerate() {
            let view = at + 1;
            let has_condition = made.lines.iter().any(|line| !line.condition.is_unset());
            let groups = made.blocks.iter().map(|block| Group {
                title: Rich::strong(block.title.clone())
                    .then(Role::Muted, format!("  {}", block.fact)),
                right: Rich::muted(block.right.clone()),
            });
            let rows = made
                .lines
                .iter()
                .map(|line| table::row(cx, view, line, has_condition));
            self.tables[at].set_columns(table::columns(view, has_condition));
            self.tables[at].set_rows(groups.collect(), rows.collect());
            let lines = made.lines.iter().enumerate();
            self.places[at] = lines.map(|(at, line)| (Arc::clone(&line.id), at)).collect();
        }
        self.matrix = Some(matrix);
        self.names = Some(names);
        let readings = cx.snapshot.slices().map(|(key, _)| key);
        self.keys = readings.filter(|key| concerns(key)).cloned().collect();
    }

    fn chosen(&self) -> Option<&Line> {
        let id = self.table()?.selected_id()?;
        let view = self.view - 1;
        let at = self.places[view].get(id)?;
        self.made[view].lines.get(*at)
    }

    /// The place in the excess of the chosen row.
    fn chosen_excess(&self) -> Option<&Wide> {
        let About::Assignment(row, _) = self.chosen()?.about else {
            return None;
        };
        self.excess.roles.iter().find(|one| one.row == row)
    }

    /// What the selection is on, as the detail knows it.
    fn subject_id(&self) -> Option<Arc<str>> {
        if self.view != CELLS {
            return self.chosen().map(|line| Arc::clone(&line.id));
        }
        let (row, column) = self.grid.chosen()?;
        let (who, target) = (self.needs.people.get(row)?, self.needs.targets.get(column)?);
        Some(Arc::from(format!("{}|{}", who.id, target.id.folded())))
    }

    fn tell_anew(&self, cx: &Cx<'_>) -> Option<detail::Told> {
        let (matrix, names) = (self.matrix.as_ref()?, self.names.as_ref()?);
        if self.view == CELLS {
            let ground = cell::Ground {
                matrix,
                names,
                made: &self.needs,
                memberships: &self.memberships,
                excess: &self.excess,
                tool: self.tool,
                is_wide: self.is_wide,
            };
            return cell::told(cx, &ground, self.grid.chosen()?);
        }
        let mut told = detail::told(cx, matrix, names, self.chosen()?)?;
        if self.view == EXCESS
            && let Some(one) = self.chosen_excess()
        {
            let (mut left, mut proof) = beside::of_row(cx, one, self.tool);
            left.append(&mut told.left);
            proof.append(&mut told.proof);
            let copy = mend::copy(&one.remedies, self.tool).into_iter();
            let copy = copy.map(|item| (item.label, item.text));
            told.copy = copy.chain(std::mem::take(&mut told.copy)).collect();
            (told.left, told.proof) = (left, proof);
        }
        Some(told)
    }

    /// From the cell on to its worst hop on the Map; `esc` leads back.
    fn on_the_map(&self, cx: &Cx<'_>) -> Option<Outcome> {
        let hops: Vec<String> = if self.view == CELLS {
            let hops = self.needs.hops(cx, self.grid.chosen()?);
            hops.iter().map(|hop| hop.id()).collect()
        } else {
            let own = self.chosen_excess()?;
            let hops = own.carries.iter();
            hops.filter_map(|at| Some(cx.judgement.hops.get(*at)?.id()))
                .collect()
        };
        (!hops.is_empty()).then(|| {
            Outcome::with(Effect::Jump {
                panes: vec![MAP],
                ids: hops,
            })
        })
    }

    /// Turns to another view; where one principal stands alone, to another principal first.
    fn turn(&mut self, forward: bool) {
        if self.view == CELLS && self.is_alone && self.grid.turn(&self.needs, forward) {
            return;
        }
        let count = VIEWS.len();
        let by = if forward { 1 } else { count - 1 };
        self.view = (self.view + by) % count;
        if self.view == CELLS && self.is_alone {
            self.grid.go_to_end(&self.needs, !forward);
        }
    }

    fn tell(&mut self, cx: &Cx<'_>, remade: bool) {
        let now = self.subject_id().map(|id| (self.view, id));
        let fresh = now != self.shown;
        if !fresh && !remade {
            return;
        }
        let told = self.tell_anew(cx);
        let (left, proof) = told.as_ref().map_or_else(Default::default, |told| {
            (told.left.clone(), told.proof.clone())
        });
        self.whole
            .set(left.iter().chain(&proof).cloned().collect(), fresh);
        self.left.set(left, fresh);
        self.proof.set(proof, fresh);
        self.told = told;
        self.shown = now;
    }
}

impl Pane for Access {
    fn update(&mut self, cx: &Cx<'_>) {
        self.trouble = Trouble::of(cx, concerns);
        let is_made_of = |key: &Key| {
            concerns(key)
                || matches!(
                    key,
                    Key::List { .. } | Key::Resource(_) | Key::Subscriptions(_)
                )
        };
        let stamp = trouble::stamp(cx.inventory, is_made_of);
        let now = (stamp, self.trouble.clone());
        let is_judged_anew = !self
            .judgement
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, cx.judgement));
        let is_reading = tally::is_reading(cx.inventory);
        let changed =
            self.made_of.as_ref() != Some(&now) || is_judged_anew || self.is_reading != is_reading;
        self.is_alone = cx.size_class() == SizeClass::Single;
        let is_wide = draw::has_three(cx);
        let resized = self.is_wide != is_wide;
        (self.is_reading, self.is_wide) = (is_reading, is_wide);
        if changed {
            self.judgement = Some(Arc::clone(cx.judgement));
            self.take(cx);
            self.made_of = Some(now);
        }
        self.tell(cx, changed || resized);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::NextView,
            Action::PreviousView,
            Action::Json,
            Action::Describe,
            Action::Copy,
            Action::Portal,
            Action::FaultsOnly,
            Action::Sort,
            Action::Refresh,
            Action::NextPart,
            Action::PreviousPart,
            Action::Filter,
            Action::RefreshAll,
            Action::Back,
            Action::Down,
            Action::Up,
            Action::First,
            Action::Last,
            Action::HalfPageDown,
            Action::HalfPageUp,
            Action::PageDown,
            Action::PageUp,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let in_table = self.parts.has_focus(TABLE);
        if matches!(action, Action::NextView | Action::PreviousView) {
            let forward = action == Action::NextView;
            if in_table {
                self.turn(forward);
            } else {
                // In the detail the views of a remedy are turned.
                self.tool.turn(forward);
            }
            self.tell(cx, true);
            return Outcome::drawn();
        }
        if action == Action::Enter
            && !in_table
            && let Some(outcome) = self.on_the_map(cx)
        {
            return outcome;
        }
        let taken = if in_table || action == Action::FaultsOnly {
            match self.table_mut() {
                Some(table) => table.on_action(action),
                None => self.grid.on_action(action, &self.needs, self.is_alone),
            }
        } else {
            // Both halves are one text, seen side by side.
            let halves = [self.left.on_action(action), self.proof.on_action(action)];
            self.whole.on_action(action) | halves.contains(&true)
        };
        if taken || self.parts.on_action(action) {
            self.tell(cx, false);
            Outcome::drawn()
        } else if action == Action::Back && self.view > 0 {
            self.view = CELLS;
            self.tell(cx, false);
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        self.draw_all(cx, area, buffer)
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            TABLE => match self.table_mut() {
                Some(table) => table.keep(page),
                None => self.grid.keep(page),
            },
            PROOF => self.proof.keep(page),
            BESIDE => self.beside.keep(page),
            _ => {
                self.left.keep(page);
                self.whole.keep(page);
            }
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        if pointer.part != BESIDE {
            self.parts.go(pointer.part);
        }
        match pointer.part {
            TABLE if self.view != CELLS => self
                .table_mut()
                .map_or_else(Outcome::ignored, |table| point_at_table(table, pointer)),
            TABLE => {
                let action = match pointer.what {
                    Gesture::Click => None,
                    Gesture::WheelUp => Some(Action::Up),
                    Gesture::WheelDown => Some(Action::Down),
                };
                match action {
                    Some(action) => {
                        self.grid.on_action(action, &self.needs, self.is_alone);
                    }
                    None => self
                        .grid
                        .select_line(pointer.line, &self.needs, self.is_alone),
                }
                self.tell(cx, false);
                Outcome::drawn()
            }
            PROOF => point_at_detail(&mut self.proof, pointer),
            BESIDE => point_at_detail(&mut self.beside, pointer),
            _ => {
                point_at_detail(&mut self.left, pointer);
                point_at_detail(&mut self.whole, pointer)
            }
        }
    }

    fn badge(&self) -> Option<Badge> {
        let cells = |sign: Sign| {
            let places = (0..self.needs.people.len())
                .flat_map(|row| (0..self.needs.targets.len()).map(move |column| (row, column)));
            places
                .filter_map(|place| self.needs.shown(place))
                .filter(|cell| cell.sign == sign)
                .count()
        };
        let lines = |sign: Sign| {
            let lines = self.made[1].lines.iter();
            lines.filter(|line| line.sign == sign).count()
        };
        for (sign, count) in [
            (Sign::Shut, cells(Sign::Shut)),
            (Sign::AtRisk, cells(Sign::AtRisk)),
            (
                Sign::Unknown,
                cells(Sign::Unknown).max(lines(Sign::Unknown)),
            ),
            (Sign::Failed, lines(Sign::Failed)),
            (Sign::Exposure, lines(Sign::Exposure)),
        ] {
            if count > 0 {
                return Some(Badge { sign, count });
            }
        }
        (self.trouble.pending > 0).then_some(Badge {
            sign: Sign::Reading,
            count: 0,
        })
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let told = self.told.as_ref()?;
        let answers = answers::of(cx, self.chosen(), told);
        Some(Subject {
            title: told.title.clone(),
            id: told.id.clone(),
            answers,
            copy: told
                .copy
                .iter()
                .map(|(label, text)| CopyItem {
                    label: label.clone(),
                    text: text.clone(),
                })
                .collect(),
            portal: None,
            sections: told.left.iter().chain(&told.proof).cloned().collect(),
        })
    }

    fn set_filter(&mut self, typed: &str) {
        for table in &mut self.tables {
            table.set_filter(typed);
        }
        self.grid.set_filter(typed, &self.needs);
    }

    fn filter(&self) -> (String, usize, usize) {
        let Some(table) = self.table() else {
            return self.grid.filter();
        };
        let (listed, all) = table.count();
        (table.filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        match self.table() {
            Some(table) => table.sort_columns(),
            None => vec![
                (0, "WHO NEEDS IT".to_owned()),
                (1, "WORST FIRST".to_owned()),
            ],
        }
    }

    fn sort_by(&mut self, column: usize) {
        match self.view.checked_sub(1) {
            Some(at) => self.tables[at].sort_by(column),
            None => self.grid.sort_by(column, &self.needs),
        }
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        match self.table() {
            Some(table) => table.sorted(),
            None => self.grid.sorted(),
        }
    }

    fn select(&mut self, id: &str) -> bool {
        let cell = self.needs.place_of(id).or_else(|| self.needs.place_at(id));
        if let Some(place) = cell
            && self.grid.go_to(&self.needs, place)
        {
            self.view = CELLS;
            self.parts.go(TABLE);
            return true;
        }
        let is_of_resource = |line: &&Line| match &line.about {
            About::Assignment(_, Some(own)) | About::Policy(own, _) => {
                own.as_str().eq_ignore_ascii_case(id)
            }
            _ => false,
        };
        let lines = &self.made[0].lines;
        let wanted = lines
            .iter()
            .find(|line| &*line.id == id)
            .or_else(|| lines.iter().find(is_of_resource));
        let Some(own) = wanted.map(|line| Arc::clone(&line.id)) else {
            return false;
        };
        self.view = 1;
        self.parts.go(TABLE);
        self.tables[0].select(&own)
    }

    fn things(&self) -> Vec<Thing> {
        answers::things(&self.made[0], &self.made[1])
    }
}
