//! The picker: where to look, when nobody said it. Subscriptions with their resource groups and what
//! parts of the pattern were found in each; refused and unread ones say so in place.
//!
//! Must not know the network: taking a place is one [`Ask::Choose`]. `found.rs` holds what is read
//! out of the inventory.

mod found;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::model::ask::Ask;
use crate::model::id::{ArmId, TenantId};
use crate::model::scope::Scope;
use crate::store::State;

use super::cx::{Cx, Drawn, Gesture, Page, Pointer};
use super::effect::{Effect, Outcome};
use super::panes::point_at_table;
use super::signs::Sign;
use super::text::{Cut, Rich, cut, put, short_guid};
use super::theme::Role;
use super::value;
use super::widgets::data_table::{Column, DataTable, Group, Keep, TableRow};
use super::widgets::detail::Detail;
use super::widgets::parts::{Height, Parts};
use super::widgets::rule::Rule;

use found::{Place, Shelf};

/// The picker.
#[derive(Debug)]
pub struct Picker {
    shelves: Vec<Shelf>,
    tenants: Vec<(TenantId, String)>,
    tenant: Option<usize>,
    table: DataTable,
    detail: Detail,
    detailed: Option<Arc<str>>,
    parts: Parts,
    /// What the rows were made from.
    made_from: Option<(u64, Vec<State>, Option<usize>)>,
}

impl Default for Picker {
    fn default() -> Self {
        Self::new()
    }
}

impl Picker {
    /// What can be done in it, most useful first.
    pub const ACTIONS: &'static [Action] = &[
        Action::Enter,
        Action::Mark,
        Action::Filter,
        Action::NextPart,
        Action::MarkAll,
        Action::Demo,
        Action::KeepScope,
        Action::Right,
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
    ];

    /// A picker before any news.
    pub fn new() -> Self {
        Self {
            shelves: Vec::new(),
            tenants: Vec::new(),
            tenant: None,
            table: DataTable::new(vec![
                Column::sign(),
                Column::name("RESOURCE GROUP").between(18, 44),
                Column::text("PARTS FOUND", Keep::Second).between(23, 24),
                Column::text("REGION", Keep::Muted),
            ]),
            detail: Detail::new(),
            detailed: None,
            parts: Parts::new(1),
            made_from: None,
        }
    }

    /// Takes over what has changed.
    pub fn update(&mut self, cx: &Cx<'_>) {
        let shelves = found::shelves(cx);
        let states: Vec<State> = shelves.iter().map(|shelf| shelf.state).collect();
        let made_from = (cx.snapshot.revision(), states, self.tenant);
        if self.made_from.as_ref() != Some(&made_from) {
            self.tenants = found::tenants(cx);
            self.shelves = shelves;
            self.made_from = Some(made_from);
            self.make_rows(cx);
        }
        let selected = self.table.selected_id().cloned();
        let fresh = selected != self.detailed;
        let sections = self
            .selected_place()
            .map(|(shelf, place)| {
                let scope = self.scope(cx.snapshot.scope());
                found::sections(cx, shelf, place, scope.as_ref())
            })
            .unwrap_or_default();
        self.detail.set(sections, fresh);
        self.detailed = selected;
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        let tenant = self
            .tenant
            .and_then(|at| self.tenants.get(at))
            .map(|(id, _)| id.clone());
        let mut groups = Vec::new();
        let mut rows = Vec::new();
        let in_tenant = |shelf: &&Shelf| tenant.is_none() || shelf.tenant == tenant;
        for shelf in self.shelves.iter().filter(in_tenant) {
            let group = Some(groups.len());
            let count = shelf.groups.len();
            groups.push(Group {
                title: Rich::strong(shelf.name.clone())
                    .then(Role::Muted, format!("  {}", short_guid(shelf.id.as_str()))),
                right: if shelf.state == State::Known {
                    Rich::muted(format!(
                        "{count} {}",
                        if count == 1 { "group" } else { "groups" }
                    ))
                } else {
                    Rich::new()
                },
            });
            rows.push(shelf_row(cx, shelf, group));
            rows.extend(shelf.groups.iter().map(|place| place_row(cx, place, group)));
        }
        self.table.set_rows(groups, rows);
    }

    fn selected_place(&self) -> Option<(&Shelf, Option<&Place>)> {
        let id = self.table.selected_id()?;
        self.shelves.iter().find_map(|shelf| {
            if *id == shelf.row_id {
                return Some((shelf, None));
            }
            let place = shelf.groups.iter().find(|place| *id == place.row_id)?;
            Some((shelf, Some(place)))
        })
    }

    /// The scope of what is marked, or of the row under the selection.
    fn scope(&self, before: &Scope) -> Option<Scope> {
        let mut scope = Scope {
            tenant: before.tenant.clone(),
            auxiliary_tenants: before.auxiliary_tenants.clone(),
            ..Scope::default()
        };
        let marks = self.table.marks();
        let selected = self.table.selected_id();
        let is_chosen = |id: &Arc<str>| {
            if marks.is_empty() {
                selected == Some(id)
            } else {
                marks.contains(id)
            }
        };
        for shelf in self
            .shelves
            .iter()
            .filter(|shelf| shelf.state != State::Denied)
        {
            let groups: Vec<&Place> = shelf
                .groups
                .iter()
                .filter(|place| is_chosen(&place.row_id))
                .collect();
            if is_chosen(&shelf.row_id) {
                scope.subscriptions.push(shelf.id.as_str().to_owned());
            } else if !groups.is_empty() {
                scope.subscriptions.push(shelf.id.as_str().to_owned());
                for place in groups {
                    let name = place.name.clone();
                    if !scope.resource_groups.contains(&name) {
                        scope.resource_groups.push(name);
                    }
                }
            }
        }
        // A whole subscription beside single groups of another: groups would narrow both, so the
        // whole one stands for all that is marked.
        let whole = self.shelves.iter().any(|shelf| is_chosen(&shelf.row_id));
        if whole {
            scope.resource_groups.clear();
        }
        (!scope.subscriptions.is_empty()).then_some(scope)
    }

    /// Does an action. The second value says that the picker is done.
    pub fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> (Outcome, bool) {
        match action {
            Action::Enter => {
                if let Some(scope) = self.scope(cx.snapshot.scope()) {
                    return (Outcome::with(Effect::Ask(Ask::Choose(scope))), true);
                }
                let words = "nothing can be looked at here: mark a group that was read";
                (Outcome::with(Effect::Say(words.to_owned())), false)
            }
            Action::Demo => (Outcome::with(Effect::Demo), true),
            Action::KeepScope => {
                let effect = self.scope(cx.snapshot.scope()).map_or_else(
                    || {
                        Effect::Say(
                            "nothing can be kept here: mark a group that was read".to_owned(),
                        )
                    },
                    Effect::KeepScope,
                );
                (Outcome::with(effect), false)
            }
            Action::NextPart => {
                if self.tenants.len() < 2 {
                    self.parts.on_action(Action::NextPart);
                } else {
                    self.tenant = match self.tenant {
                        None => Some(0),
                        Some(at) if at + 1 < self.tenants.len() => Some(at + 1),
                        Some(_) => None,
                    };
                }
                (Outcome::drawn(), false)
            }
            Action::Right => {
                self.parts.go(self.parts.detail());
                (Outcome::drawn(), false)
            }
            Action::Back | Action::Left if self.parts.has_focus(self.parts.detail()) => {
                self.parts.go(0);
                (Outcome::drawn(), false)
            }
            Action::Back if !self.table.marks().is_empty() && self.table.filter().is_empty() => {
                self.table.clear_marks();
                (Outcome::drawn(), false)
            }
            // A picker over an environment that is looked at already gives it back.
            Action::Back if self.table.filter().is_empty() => {
                let done = !cx.snapshot.scope().is_open();
                (Outcome::taken(done), done)
            }
            action
                if self.parts.has_focus(self.parts.detail()) && self.detail.on_action(action) =>
            {
                (Outcome::drawn(), false)
            }
            action => (
                Outcome::taken(self.table.on_action(action)).only_when_dirty(),
                false,
            ),
        }
    }

    /// A click or the wheel.
    pub fn on_pointer(&mut self, pointer: &Pointer) -> Outcome {
        if pointer.part == self.parts.detail() {
            if pointer.what != Gesture::Click {
                self.detail.wheel(pointer.what == Gesture::WheelDown);
            }
            return Outcome::drawn();
        }
        point_at_table(&mut self.table, pointer)
    }

    /// Shows only the groups that pass.
    pub fn set_filter(&mut self, typed: &str) {
        self.table.set_filter(typed);
    }

    /// What was typed, how many rows pass, of how many.
    pub fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.table.count();
        (self.table.filter().to_owned(), listed, all)
    }

    /// Keeps what only drawing knows.
    pub fn keep(&mut self, page: Page) {
        if page.part == self.parts.detail() {
            self.detail.keep(page);
        } else {
            self.table.keep(page);
        }
    }

    /// Draws the question, the list and what is known of the chosen place.
    pub fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height < 6 {
            return drawn;
        }
        let tall = area.height >= 20;
        let mut y = area.y + u16::from(tall);
        let room = area.width.saturating_sub(4);
        Rich::strong("Where does your chat-with-your-data environment live?")
            .then(Role::Muted, "  Choose one or more resource groups.")
            .draw(buffer, (area.x + 2, y), room, cx.theme);
        y += 1 + u16::from(tall);
        let body = Rect::new(area.x, y, area.width, area.bottom().saturating_sub(y));
        let placed = self.place(cx, body);
        if let Some(list) = placed.0 {
            drawn.add(self.draw_list(cx, list, buffer));
        }
        if let Some(detail) = placed.1 {
            let (title, right) = match self.selected_place() {
                Some((holder, Some(place))) => (place.name.clone(), holder.name.clone()),
                Some((holder, None)) => (holder.name.clone(), "subscription".to_owned()),
                None => (String::new(), String::new()),
            };
            let focused = self.parts.has_focus(self.parts.detail());
            let inner = Rule::new(title)
                .right(Rich::muted(right))
                .focused(focused)
                .draw(cx, buffer, detail);
            drawn.add(self.detail.draw(cx, buffer, inner, self.parts.detail()));
            if let Some(list) = placed.0.filter(|list| list.y == detail.y) {
                super::widgets::rule::vertical(
                    cx,
                    buffer,
                    list.right(),
                    detail.y,
                    detail.bottom(),
                    &[],
                );
            }
        }
        drawn
    }

    /// The list and the detail: beside from 100 columns on, as there is only one table here.
    fn place(&self, cx: &Cx<'_>, area: Rect) -> (Option<Rect>, Option<Rect>) {
        if area.width >= 100 {
            let right = (area.width / 3).clamp(36, 60);
            let left = area.width - right - 1;
            return (
                Some(Rect {
                    width: left,
                    ..area
                }),
                Some(Rect::new(area.x + left + 1, area.y, right, area.height)),
            );
        }
        let placed = self.parts.place(cx, area, &[Height::Rest]);
        (placed.views.first().copied().flatten(), placed.detail)
    }

    fn draw_list(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let marked = self.table.marks().len();
        let mut facts = self.table.note();
        if marked > 0 {
            facts = Rich::of(Role::Accent, format!("{marked} marked  ")).and(facts);
        }
        let tenant = self
            .tenant
            .and_then(|at| self.tenants.get(at))
            .map(|(_, name)| name.clone());
        let right = tenant.map_or_else(Rich::new, |name| Rich::muted(format!("tenant {name}")));
        let inner = Rule::new("Places")
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(0))
            .draw(cx, buffer, area);
        if self.shelves.is_empty() {
            draw_nothing(cx, buffer, inner);
            return Drawn::default();
        }
        let drawn = self
            .table
            .draw(cx, buffer, inner, 0, self.parts.has_focus(0));
        if self.table.count().0 == 0 {
            let words = format!(
                "No group, part or region has \"{}\" in it.",
                self.table.filter()
            );
            put(
                buffer,
                (inner.x + 2, inner.y + 1),
                &words,
                inner.width.saturating_sub(4),
                cx.theme,
                Role::Text,
            );
        }
        drawn
    }
}

fn draw_nothing(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
    let known = cx.snapshot.slices().any(|(key, slice)| {
        matches!(key, crate::model::key::Key::Subscriptions(_)) && !slice.phase.is_open()
    });
    if known {
        super::panes::empty(
            cx,
            buffer,
            area,
            "No subscription can be seen with this sign-in. A Reader role on one would make it \
             appear; another tenant is chosen with --tenant.",
        );
    } else {
        let words = Rich::signed(cx.signs, Sign::Reading)
            .then(Role::Text, " ")
            .and(value::not_read());
        words.draw(
            buffer,
            (area.x + 2, area.y),
            area.width.saturating_sub(4),
            cx.theme,
        );
    }
}

/// The row of the whole subscription, or of why its groups are not there.
fn shelf_row(cx: &Cx<'_>, shelf: &Shelf, group: Option<usize>) -> TableRow {
    let (sign, words) = match shelf.state {
        State::Known => (
            Rich::sign(cx.signs, Sign::Note),
            Rich::muted("the whole subscription"),
        ),
        State::Denied => (
            Rich::sign(cx.signs, Sign::Unknown),
            Rich::muted("denied: no read right on this subscription"),
        ),
        State::Pending => (
            Rich::sign(cx.signs, Sign::Reading),
            Rich::muted("reading ").then(Role::Skeleton, "░░░░░░░░░░░░"),
        ),
        State::Failed => (
            Rich::sign(cx.signs, Sign::Failed),
            shelf
                .trouble
                .clone()
                .unwrap_or_else(|| Rich::muted("failed")),
        ),
        State::Unsupported => (
            Rich::sign(cx.signs, Sign::None),
            Rich::muted("not offered here"),
        ),
    };
    TableRow {
        id: Arc::clone(&shelf.row_id),
        group,
        cells: vec![
            sign.into(),
            words.into(),
            Rich::new().into(),
            Rich::new().into(),
        ],
        fault: shelf.state != State::Known,
    }
}

fn place_row(cx: &Cx<'_>, place: &Place, group: Option<usize>) -> TableRow {
    let parts = found::parts_words(cx, place);
    let name = match &place.managed_by {
        None => Rich::plain(place.name.clone()),
        Some(owner) => Rich::muted(format!(
            "{}  managed by {}, comes along",
            cut(&place.name, 28, Cut::Middle),
            ArmId::new(owner).name()
        )),
    };
    // A managed group comes along by itself: its sentence takes the whole row.
    let region = match &place.managed_by {
        None => value::text(cx.signs, &place.location).recast(Role::Muted),
        Some(_) => Rich::new(),
    };
    TableRow {
        id: Arc::clone(&place.row_id),
        group,
        cells: vec![
            Rich::sign(cx.signs, Sign::Note).into(),
            name.into(),
            parts.into(),
            region.into(),
        ],
        fault: false,
    }
}
