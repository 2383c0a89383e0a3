//! Map (1): the pattern as boxes and lines, the hops below, and why the chosen one stands as it does.
//!
//! `enter` walks from a hop to its gates, to the evidence, to the row of another pane that holds it;
//! from a box to what stands in it and to its calls; `esc` walks back, and from the list to the
//! overview. The drawing itself is [`crate::map`]'s.

mod boxes;
mod detail;
mod draw;
mod overview;
mod rows;
mod seen;
mod subject;
mod table;
mod walk;

use std::cell::RefCell;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::{Hop, Judgement};
use crate::config::Action;
use crate::map::{Grid, Model, Place};
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{Effect, Outcome, Subject};
use crate::ui::frame::tally;
use crate::ui::panes::reading::{self, Gap, Troubles};
use crate::ui::panes::{Badge, Pane, Thing, point_at_detail, point_at_table, who};
use crate::ui::signs::{Sign, Signs};
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule;

pub(in crate::ui) use overview::sign as finding_sign;
use rows::Row;
pub(in crate::ui) use rows::{caller_name, end_name};
use walk::{Walk, jump};

/// The context of its keys.
const CONTEXT: &str = "map";
/// The list of hops.
const HOPS: usize = 0;
/// The drawing.
const BOXES: usize = 1;
/// Rows of a screen that has room for more than the hop.
const TALL: u16 = 55;
/// What was looked for, in the plural.
const WHAT: &str = "calls between people, search services, models, storage, vaults and hubs";
/// The families whose reading decides what the Map can show.
const FAMILIES: [Family; 6] = [
    Family::Search,
    Family::Cognitive,
    Family::Storage,
    Family::Workspace,
    Family::Vault,
    Family::LogWorkspace,
];

/// What the rows were made from.
#[derive(Clone, Debug, Default)]
struct Stamp {
    judgement: Option<Arc<Judgement>>,
    revision: Option<u64>,
    is_reading: bool,
    signs: Signs,
    is_wide: bool,
}

impl Stamp {
    fn is(&self, other: &Self) -> bool {
        let same = match (&self.judgement, &other.judgement) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() == other.is_none(),
        };
        same && (self.revision, self.is_reading, self.signs, self.is_wide)
            == (other.revision, other.is_reading, other.signs, other.is_wide)
    }
}

/// The drawing for a size; none where there is no room for one.
type Kept = ((u16, u16), Option<Grid>);

/// The pane.
#[derive(Debug)]
pub struct Map {
    parts: Parts,
    table: DataTable,
    detail: Detail,
    rows: Vec<Row>,
    model: Model,
    gaps: Vec<Gap>,
    /// The readings that hold what is drawn.
    keys: Vec<Key>,
    troubles: Troubles,
    resources: usize,
    walk: Walk,
    /// The chosen box.
    place: Option<Place>,
    /// The box, and the number of what was followed in it, that led to the chosen hop.
    origin: Option<(Place, usize)>,
    /// The lines of the detail that can be walked to: section, line, what is there.
    targets: Vec<(usize, usize, Walk)>,
    /// Whether a person chose a hop, or chose none; until then trouble is chosen.
    chosen: Option<bool>,
    tool: Option<usize>,
    stamp: Stamp,
    shown: Option<String>,
    /// Only a memory of what the model and a size give; never more than that.
    grid: RefCell<Option<Kept>>,
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(2),
            table: DataTable::new(table::columns(false)),
            detail: Detail::new(),
            rows: Vec::new(),
            model: Model::default(),
            gaps: Vec::new(),
            keys: Vec::new(),
            troubles: Troubles::default(),
            resources: 0,
            walk: Walk::List,
            place: None,
            origin: None,
            targets: Vec::new(),
            chosen: None,
            tool: None,
            stamp: Stamp::default(),
            shown: None,
            grid: RefCell::new(None),
        }
    }

    /// To the write that shut the hop; the gate that decides first.
    fn to_the_change(&self) -> Outcome {
        let Some(row) = self.row() else {
            return Outcome::ignored();
        };
        let worst = row.worst().and_then(|at| row.hop.gates.get(at));
        let all = worst.into_iter().chain(&row.hop.gates);
        match who::jump(all.filter_map(|gate| gate.changed_by.as_ref())) {
            Some(effect) => Outcome::with(effect),
            None => Outcome::with(Effect::Say(
                "No change in the activity log is put down to it.".to_owned(),
            )),
        }
    }

    /// The hop that the detail is about; none shows the overview.
    fn row(&self) -> Option<&Row> {
        let is_chosen = self.chosen.unwrap_or_else(|| {
            self.rows
                .first()
                .is_some_and(|row| row.worst().is_some() && row.sign != Sign::Reading)
        });
        if !is_chosen {
            return None;
        }
        let id = self.table.selected_id()?;
        self.rows.iter().find(|row| row.id == *id)
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.rows = rows::build(cx);
        let hops: Vec<&Hop> = self.rows.iter().map(|row| &row.hop).collect();
        let resources = rows::resources(cx);
        self.model = Model::build(&resources, &hops, &rows::who(cx));
        self.resources = self
            .model
            .nodes
            .iter()
            .filter(|node| node.place != Place::You)
            .map(|node| node.members.len())
            .sum();
        *self.grid.get_mut() = None;
        let is_wide = table::is_wide(cx);
        self.table.set_columns(table::columns(is_wide));
        let rows = table::rows(cx, &self.rows, is_wide);
        self.table.set_rows(Vec::new(), rows);
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let is_brief = cx.size_class() == SizeClass::Below && self.parts.has_focus(HOPS);
        let (subject, (sections, targets)) = match self.row() {
            _ if self.is_on_boxes() => {
                let title = self.place().map_or("", Place::title);
                (title.to_owned(), self.box_sections(cx))
            }
            Some(row) if is_brief => (
                row.id.to_string(),
                (detail::brief(cx, row, self.tool), Vec::new()),
            ),
            Some(row) => {
                let (mut sections, targets) = detail::sections(cx, row, self.walk, self.tool);
                if cx.size_class() == SizeClass::Beside && cx.size.height >= TALL {
                    sections.extend(overview::beside(cx));
                }
                (row.id.to_string(), (sections, targets))
            }
            None if self.rows.is_empty() => (String::new(), (Vec::new(), Vec::new())),
            None => (
                String::new(),
                (overview::sections(cx, &self.rows), Vec::new()),
            ),
        };
        let fresh = self.shown.as_ref() != Some(&subject);
        self.shown = Some(subject);
        self.targets = targets;
        self.detail.set(sections, fresh);
    }

    /// One step further in: from the hop to its gates, to the evidence, to the row that holds it.
    fn walk_in(&mut self, cx: &Cx<'_>) -> Outcome {
        if self.is_on_boxes() {
            return match self.walk {
                Walk::Item(number) => {
                    let outcome = self.follow_item(number);
                    self.make_detail(cx);
                    outcome
                }
                _ if self.items().is_empty() => Outcome::ignored(),
                _ => {
                    self.walk = Walk::Item(0);
                    self.parts.go(self.parts.detail());
                    self.make_detail(cx);
                    Outcome::drawn()
                }
            };
        }
        if self.row().is_none() {
            // `enter` in the overview chooses the hop under the cursor.
            self.chosen = Some(true);
        }
        let Some(row) = self.row() else {
            return Outcome::ignored();
        };
        let evidence = |at: usize| {
            row.hop
                .gates
                .get(at)
                .map_or(0, |gate| gate.judged.evidence.len())
        };
        match self.walk {
            Walk::List | Walk::Item(_) => {
                self.walk = Walk::Gate(row.worst().unwrap_or(0));
                self.parts.go(self.parts.detail());
            }
            Walk::Gate(at) if evidence(at) > 0 => self.walk = Walk::Evidence(at, 0),
            Walk::Gate(at) => return jump(row, at, None),
            Walk::Evidence(at, number) => return jump(row, at, Some(number)),
        }
        self.make_detail(cx);
        Outcome::drawn()
    }

    /// One step out. False when there is none left.
    fn walk_out(&mut self) -> bool {
        match self.walk {
            _ if self.is_on_boxes() && self.parts.has_focus(BOXES) => self.parts.go(HOPS),
            Walk::Item(_) => {
                self.walk = Walk::List;
                self.parts.go(BOXES);
            }
            Walk::Evidence(at, _) => self.walk = Walk::Gate(at),
            Walk::Gate(_) => {
                self.walk = Walk::List;
                self.parts.go(HOPS);
            }
            Walk::List if !self.parts.has_focus(HOPS) => {
                let view = if self.is_on_boxes() { BOXES } else { HOPS };
                self.parts.go(view);
            }
            Walk::List if self.origin.is_some() => {
                if let Some((place, number)) = self.origin.take() {
                    self.place = Some(place);
                    self.parts.go(BOXES);
                    self.parts.go(self.parts.detail());
                    self.walk = Walk::Item(number);
                }
            }
            Walk::List if self.table.on_action(Action::Back) => {}
            Walk::List if self.row().is_some() => self.chosen = Some(false),
            Walk::List => return false,
        }
        true
    }

    /// Up and down among gates, or among the evidence of one.
    fn step(&mut self, down: bool) -> bool {
        let go = |at: usize, count: usize| {
            if down {
                (at + 1).min(count.saturating_sub(1))
            } else {
                at.saturating_sub(1)
            }
        };
        if let Walk::Item(number) = self.walk {
            self.walk = Walk::Item(go(number, self.items().len()));
            return true;
        }
        let Some(row) = self.row() else { return false };
        let gates = &row.hop.gates;
        self.walk = match self.walk {
            Walk::List | Walk::Item(_) => return false,
            Walk::Gate(at) => Walk::Gate(go(at, gates.len())),
            Walk::Evidence(at, number) => {
                let count = gates.get(at).map_or(0, |gate| gate.judged.evidence.len());
                Walk::Evidence(at, go(number, count))
            }
        };
        true
    }

    fn turn_tool(&mut self, forward: bool) -> bool {
        let turned = self
            .row()
            .and_then(|row| detail::turned(row, self.tool, forward));
        self.tool = turned.or(self.tool);
        turned.is_some()
    }
}

/// The readings that hold the resources of the boxes and of a hub's managed group: what is on screen is
/// read more often than the rest.
fn drawn_from(cx: &Cx<'_>) -> Vec<Key> {
    let is_drawn = |family: Family| family == Family::Cosmos || FAMILIES.contains(&family);
    let keys = cx.snapshot.slices().map(|(key, _)| key);
    let drawn = keys.filter(|key| match key {
        Key::List { family, .. } => is_drawn(*family),
        Key::Resource(id) => id
            .resource_type()
            .and_then(|own| Family::of_type(&own))
            .is_some_and(is_drawn),
        _ => false,
    });
    drawn.cloned().collect()
}

/// What cannot be said while something is missing.
fn so(_: Option<crate::model::facet::Facet>) -> &'static str {
    "Their calls may be missing here."
}

impl Pane for Map {
    fn update(&mut self, cx: &Cx<'_>) {
        self.gaps = reading::gaps(cx, &FAMILIES);
        self.troubles = Troubles::of(cx, &self.gaps, &[], |_| false, so);
        let stamp = Stamp {
            judgement: Some(Arc::clone(cx.judgement)),
            revision: Some(cx.inventory.snapshot().revision()),
            is_reading: tally::is_reading(cx.inventory),
            signs: cx.signs,
            is_wide: table::is_wide(cx),
        };
        if !self.stamp.is(&stamp) {
            self.stamp = stamp;
            self.keys = drawn_from(cx);
            self.make_rows(cx);
        }
        self.make_detail(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::Walk,
            Action::Describe,
            Action::Json,
            Action::Copy,
            Action::NextView,
            Action::Portal,
            Action::FaultsOnly,
            Action::NextPart,
            Action::Who,
            Action::Sort,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let in_detail = self.parts.has_focus(self.parts.detail());
        let on_boxes = self.parts.has_focus(BOXES);
        let taken = match action {
            Action::Enter => return self.walk_in(cx),
            Action::Back => self.walk_out(),
            Action::Down | Action::Up if in_detail && self.step(action == Action::Down) => true,
            Action::NextView | Action::PreviousView => self.turn_tool(action == Action::NextView),
            Action::Who => return self.to_the_change(),
            Action::Copy => {
                let remedy = self.row().and_then(|row| {
                    let tool = detail::shown(row, self.tool)?;
                    Some((tool, detail::remedies(row, tool).first().copied()?))
                });
                if let Some((tool, remedy)) = remedy {
                    return Outcome::with(Effect::Copy {
                        label: format!("the whole {} remedy", detail::TOOLS[tool]),
                        text: remedy.text.clone(),
                    });
                }
                false
            }
            _ if in_detail => self.detail.on_action(action),
            _ if on_boxes => self.move_box(action),
            _ => {
                let taken = self.table.on_action(action);
                if taken {
                    self.chosen = Some(true);
                    self.walk = Walk::List;
                    self.origin = None;
                }
                taken
            }
        };
        let taken = taken || self.parts.on_action(action);
        let taken = taken || (action == Action::FaultsOnly && self.table.on_action(action));
        if !taken {
            return Outcome::ignored();
        }
        if !self.parts.has_focus(self.parts.detail()) {
            self.walk = Walk::List;
        }
        self.make_detail(cx);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let placed = self.parts.place(cx, area, &[Height::Rest, Height::Rows(0)]);
        let mut drawn = Drawn::default();
        let mut joint = None;
        // The drawing stands above the list, whichever of the two has the focus.
        let both = placed.views.iter().flatten().copied();
        if let Some(area) = both.reduce(Rect::union) {
            let rows = self.height(cx, area);
            let above = Rect {
                height: rows,
                ..area
            };
            let list = Rect {
                y: area.y + rows,
                height: area.height - rows,
                ..area
            };
            if rows > 0 {
                drawn.add(self.draw_map(cx, above, buffer));
                joint = Some((area.right(), list.y));
            }
            if list.height > 0 {
                drawn.add(self.draw_list(cx, list, buffer));
            }
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        if let Some(at) = joint.filter(|_| cx.size_class() == SizeClass::Beside) {
            rule::joint(cx, buffer, at);
        }
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            HOPS => self.table.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let is_click = pointer.what == Gesture::Click;
        if is_click {
            self.parts.go(pointer.part);
        }
        let outcome = if pointer.part == HOPS {
            self.chosen = Some(true);
            self.walk = Walk::List;
            self.origin = None;
            point_at_table(&mut self.table, pointer)
        } else {
            let source = self.detail.source(pointer.line).filter(|_| is_click);
            let target = self
                .targets
                .iter()
                .find(|(section, line, _)| source == Some((*section, *line)));
            if let Some((_, _, walk)) = target {
                // The second click on the same line goes on from it.
                if self.walk == *walk {
                    return self.walk_in(cx);
                }
                self.walk = *walk;
            }
            point_at_detail(&mut self.detail, pointer)
        };
        self.make_detail(cx);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        [Sign::Shut, Sign::AtRisk, Sign::Unknown, Sign::Reading]
            .into_iter()
            .map(|sign| {
                let count = self.rows.iter().filter(|row| row.sign == sign).count();
                Badge { sign, count }
            })
            .find(|badge| badge.count > 0)
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        if self.is_on_boxes() {
            self.subject_of_box(cx)
        } else {
            self.subject_of_hop(cx)
        }
    }

    fn set_filter(&mut self, typed: &str) {
        self.table.set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.table.count();
        (self.table.filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.table.sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        self.table.sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.table.sorted()
    }

    fn selected(&self) -> Option<String> {
        let row = self.row().filter(|_| !self.is_on_boxes())?;
        Some(row.id.to_string())
    }

    fn select(&mut self, id: &str) -> bool {
        if self.choose_hop(id) {
            self.origin = None;
            return true;
        }
        self.choose_drawn(id)
    }

    fn things(&self) -> Vec<Thing> {
        self.rows
            .iter()
            .map(|row| Thing {
                id: row.id.to_string(),
                kind: "hop",
                sign: Some(row.sign),
                name: row.hop.kind.word().to_owned(),
                fact: format!("{} → {}", row.from, row.to),
            })
            .collect()
    }
}
