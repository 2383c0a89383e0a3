//! Network (2): the service firewall of every service in scope, to whom it is open, and who gets in
//! by which rule.
//!
//! It knows the network only; identity and role have panes of their own. A new column is a line in
//! [`table::columns`] and one in [`table::rows`].

mod detail;
mod draw;
mod matrix;
mod rows;
mod rules;
mod table;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::OffsetDateTime;

use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Answer, CopyItem, Outcome, Raw, Subject};
use crate::ui::panes::loads::Loads;
use crate::ui::panes::mend;
use crate::ui::panes::reading::{self, Age, Gap, Troubles};
use crate::ui::panes::{Badge, Pane, Thing, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::parts::{Height, Parts, Placed};

use crate::analysis::hop::Remedy;
use crate::analysis::verdict::Gate;
use crate::ui::panes::ways::Who;
use matrix::Matrix;
use rows::{FAMILIES, Rows, Service};

/// The context of its keys.
const CONTEXT: &str = "network";
/// The view of the services.
const SERVICES: usize = 0;
/// The view of who gets in.
const CALLERS: usize = 1;
/// What was looked for, in the plural.
const WHAT: &str = "storage accounts, search services, AI services accounts, hubs, Cosmos DB accounts and key vaults";

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    revision: Option<u64>,
    client_ip: Option<IpAddr>,
    /// How much is still to come: a plan and an end are no change of a value.
    pending: usize,
    is_idle: bool,
    signs: Signs,
    is_wide: bool,
    stale: usize,
}

/// The pane.
#[derive(Debug)]
pub(crate) struct Network {
    parts: Parts,
    table: DataTable,
    matrix: Matrix,
    detail: Detail,
    rows: Rows,
    loads: Loads,
    tool: mend::Chosen,
    gaps: Vec<Gap>,
    troubles: Troubles,
    oldest: Option<OffsetDateTime>,
    stamp: Stamp,
    /// Everything was read once: from now on the matrix stays where it is.
    has_filled: bool,
    /// What the detail is about, so that it scrolls back to its top for another.
    shown: Option<String>,
}

impl Network {
    /// The pane before anything was read.
    pub(crate) fn new() -> Self {
        Self {
            parts: Parts::new(2),
            table: DataTable::new(Vec::new()),
            matrix: Matrix::default(),
            detail: Detail::new(),
            rows: Rows::default(),
            loads: Loads::default(),
            tool: mend::Chosen::default(),
            gaps: Vec::new(),
            troubles: Troubles::default(),
            oldest: None,
            stamp: Stamp::default(),
            has_filled: false,
            shown: None,
        }
    }

    /// The service under the selection of the table.
    fn service(&self) -> Option<&Service> {
        let id = self.table.selected_id()?;
        self.rows
            .services
            .iter()
            .find(|one| one.resource.id.as_str() == &**id)
    }

    /// The reading under the selection of the table that did not come.
    fn gap(&self) -> Option<&Gap> {
        let id = self.table.selected_id()?;
        self.gaps.iter().find(|gap| gap.id == **id)
    }

    fn make_rows(&mut self, cx: &Cx<'_>, stamp: Stamp) {
        let made_of = |stamp: &Stamp| {
            (
                stamp.revision,
                stamp.client_ip,
                stamp.pending,
                stamp.is_idle,
            )
        };
        if made_of(&stamp) != made_of(&self.stamp) {
            self.rows = rows::build(cx.inventory, cx.snapshot, cx.judging);
            self.oldest = self
                .rows
                .services
                .iter()
                .map(|one| one.resource.source.observed_at)
                .min();
        }
        self.rows.take_hops(&self.loads);
        self.matrix.take(&self.rows);
        self.stamp = stamp;
        self.table
            .set_columns(table::columns(cx, &self.rows, self.has_links(cx)));
        let groups = table::groups(cx, &self.rows, &self.gaps);
        let shown = table::Shown {
            rows: &self.rows,
            loads: &self.loads,
            has_links: self.has_links(cx),
        };
        let table = table::rows(cx, &shown, &self.gaps);
        self.table.set_rows(groups, table);
    }

    /// Whether there is anything to say in a column of shared private links.
    fn has_links(&self, cx: &Cx<'_>) -> bool {
        self.rows
            .services
            .iter()
            .filter(|one| one.resource.family == Family::Search)
            .any(|one| {
                !crate::analysis::facets::shared_private_links(cx.inventory, &one.resource.id)
                    .items
                    .is_empty()
            })
    }

    /// Makes the detail of what is selected.
    fn make_detail(&mut self, cx: &Cx<'_>) {
        if let Some(gap) = self.gap() {
            let so = format!(
                "To whom these {} are open: no row here is a guess.",
                gap.family.plural()
            );
            let sections = reading::gap_sections(cx, gap, &so);
            let subject = gap.id.clone();
            self.show(subject, sections);
            return;
        }
        let (row, column) = self.matrix.chosen();
        let (Some(who), Some(service)) =
            (self.rows.callers.get(row), self.rows.services.get(column))
        else {
            self.show(String::new(), Vec::new());
            return;
        };
        let cell = self.matrix.cell(cx, &self.rows, (row, column));
        let told = detail::Told {
            loads: &self.loads,
            hops: &rows::made(&self.loads, who, &service.resource.id).collect::<Vec<_>>(),
            remedies: &self.remedies(who, service),
            tool: self.tool,
        };
        let sections = detail::sections(cx, who, service, cell.as_deref(), &told);
        let subject = format!("{}|{}", who.id(), service.resource.id);
        self.show(subject, sections);
    }

    /// What opens the service to the caller: the remedies of the hops between the two.
    fn remedies(&self, who: &Who, service: &Service) -> Vec<Remedy> {
        let mut remedies = Vec::new();
        for gate in rows::made(&self.loads, who, &service.resource.id)
            .filter_map(|hop| hop.gate(Gate::Network))
        {
            for remedy in &gate.remedies {
                if !remedies.contains(remedy) {
                    remedies.push(remedy.clone());
                }
            }
        }
        remedies
    }

    /// What can be copied of the remedies that are shown.
    fn mends(&self) -> Vec<CopyItem> {
        let (row, column) = self.matrix.chosen();
        match (self.rows.callers.get(row), self.rows.services.get(column)) {
            (Some(who), Some(service)) => mend::copy(&self.remedies(who, service), self.tool),
            _ => Vec::new(),
        }
    }

    fn show(&mut self, subject: String, sections: Vec<crate::ui::widgets::detail::Section>) {
        let fresh = self.shown.as_ref() != Some(&subject);
        self.shown = Some(subject);
        self.detail.set(sections, fresh);
    }

    /// The matrix follows the table.
    fn follow_table(&mut self, cx: &Cx<'_>) {
        if let Some(id) = self.table.selected_id().cloned() {
            self.matrix
                .go_to_service(cx, &self.rows, &id, !self.has_filled);
        }
        self.make_detail(cx);
    }

    /// The table follows the matrix.
    fn follow_matrix(&mut self, cx: &Cx<'_>) {
        let (_, column) = self.matrix.chosen();
        if let Some(service) = self.rows.services.get(column) {
            let id = service.resource.id.as_str().to_owned();
            if self.table.selected_id().is_none_or(|own| **own != *id) {
                self.table.select(&id);
            }
        }
        self.make_detail(cx);
    }

    fn nothing_at_all(&self) -> bool {
        self.rows.services.is_empty() && self.gaps.is_empty()
    }
}

/// What cannot be said while something is missing.
fn so(facet: Option<Facet>) -> &'static str {
    match facet {
        Some(Facet::Perimeters) => "An enforced one would replace all rules: no answer is a guess.",
        Some(_) => "A link would be the only way: no answer is a guess.",
        None => "To whom they are open is not known.",
    }
}

impl Pane for Network {
    fn update(&mut self, cx: &Cx<'_>) {
        let gaps = reading::gaps(cx, &FAMILIES);
        let is_shown = |id: &ArmId| {
            cx.inventory
                .resource(id)
                .is_some_and(|one| one.family.has_firewall())
        };
        let facets = [Facet::Perimeters, Facet::SharedPrivateLinks];
        self.troubles = Troubles::of(cx, &gaps, &facets, is_shown, so);
        let stale = |one: &&Service| Age::of(one.resource.source.observed_at, cx.now) != Age::Fresh;
        let stamp = Stamp {
            revision: Some(cx.inventory.snapshot().revision()),
            client_ip: cx.judging.client_ip,
            pending: self.troubles.pending,
            is_idle: cx.snapshot.is_idle(),
            signs: cx.signs,
            is_wide: table::is_wide(cx),
            stale: self.rows.services.iter().filter(stale).count(),
        };
        let is_judged_anew = self.loads.update(cx);
        if self.stamp != stamp || self.gaps != gaps || is_judged_anew {
            self.gaps = gaps;
            self.make_rows(cx, stamp);
        }
        self.follow_table(cx);
        self.has_filled |= cx.snapshot.is_idle();
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::NextPart,
            Action::Json,
            Action::Describe,
            Action::Sort,
            Action::Copy,
            Action::Portal,
            Action::NextView,
            Action::FaultsOnly,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let part = self.parts.focus();
        let taken = match part {
            _ if part == self.parts.detail()
                && matches!(action, Action::NextView | Action::PreviousView)
                && !self.mends().is_empty() =>
            {
                self.tool.turn(action == Action::NextView);
                self.make_detail(cx);
                return Outcome::drawn();
            }
            SERVICES => self.table.on_action(action),
            CALLERS => self.matrix.on_action(action, &self.rows),
            _ => self.detail.on_action(action),
        };
        if taken {
            match part {
                SERVICES => self.follow_table(cx),
                CALLERS => self.follow_matrix(cx),
                _ => {}
            }
            return Outcome::drawn();
        }
        if action == Action::FaultsOnly {
            self.table.on_action(action);
            self.follow_table(cx);
            return Outcome::drawn();
        }
        if self.parts.on_action(action) {
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if self.nothing_at_all() {
            return self.draw_services(cx, area, buffer);
        }
        let heights = [Height::Rows(self.table_height(area)), Height::Rest];
        let placed: Placed = self.parts.place(cx, area, &heights);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[SERVICES] {
            drawn.add(self.draw_services(cx, area, buffer));
        }
        if let Some(area) = placed.views[CALLERS] {
            drawn.add(self.draw_callers(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            SERVICES => self.table.keep(page),
            CALLERS => self.matrix.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = match pointer.part {
            SERVICES => {
                let outcome = point_at_table(&mut self.table, pointer);
                self.follow_table(cx);
                outcome
            }
            CALLERS => {
                match pointer.what {
                    Gesture::Click => self.matrix.select_line(pointer.line, &self.rows),
                    Gesture::WheelUp => self.matrix.wheel(false, &self.rows),
                    Gesture::WheelDown => self.matrix.wheel(true, &self.rows),
                }
                self.follow_matrix(cx);
                Outcome::drawn()
            }
            _ => point_at_detail(&mut self.detail, pointer),
        };
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        let count = |sign: Sign| {
            self.rows
                .services
                .iter()
                .filter(|one| one.sign == sign)
                .count()
        };
        for (sign, count) in [
            (Sign::Shut, count(Sign::Shut)),
            (Sign::Unknown, count(Sign::Unknown) + self.troubles.denied),
            (Sign::Failed, self.troubles.failed),
            (Sign::Reading, self.troubles.pending),
        ] {
            if count > 0 {
                return Some(Badge { sign, count });
            }
        }
        None
    }

    fn keys(&self) -> Vec<Key> {
        let facets = |id: &ArmId, family: Family| {
            let links = (family == Family::Search)
                .then(|| Key::Facet(id.clone(), Facet::SharedPrivateLinks));
            links
                .into_iter()
                .chain([Key::Facet(id.clone(), Facet::Perimeters)])
                .collect::<Vec<_>>()
        };
        self.gaps
            .iter()
            .flat_map(|gap| gap.keys.iter().cloned())
            .chain(
                self.table
                    .listed()
                    .filter_map(|row| {
                        let service = self
                            .rows
                            .services
                            .iter()
                            .find(|one| one.resource.id.as_str() == &*row.id)?;
                        Some(facets(&service.resource.id, service.resource.family))
                    })
                    .take(100)
                    .flatten(),
            )
            .collect()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let sections = self.detail.sections().to_vec();
        if let Some(gap) = self.gap() {
            return Some(Subject {
                title: gap.title(),
                copy: vec![CopyItem {
                    label: "what was refused".to_owned(),
                    text: plain_text(&sections),
                }],
                sections,
                ..Subject::default()
            });
        }
        let service = self.service()?;
        let resource = &service.resource;
        let (row, column) = self.matrix.chosen();
        let evidence = self.matrix.cell(cx, &self.rows, (row, column)).map(|cell| {
            let lines = cell
                .admission
                .judged
                .evidence
                .iter()
                .map(|one| format!("{} = {}", one.path, one.words()));
            lines.collect::<Vec<_>>().join("\n")
        });
        let item = |label: &str, text: String| CopyItem {
            label: label.to_owned(),
            text,
        };
        Some(Subject {
            title: resource.name.clone(),
            id: Some(resource.id.clone()),
            answers: vec![Answer {
                title: resource.name.clone(),
                raw: Raw::Json(Arc::clone(&resource.raw)),
            }],
            copy: [
                Some(item("id", resource.id.as_str().to_owned())),
                Some(item("name", resource.name.clone())),
                evidence.map(|text| item("evidence", text)),
                Some(item("open to", service.open_to.words())),
            ]
            .into_iter()
            .flatten()
            .fold(self.mends(), |mut all, one| {
                all.push(one);
                all
            }),
            portal: None,
            sections,
        })
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

    fn select(&mut self, id: &str) -> bool {
        if let Some((caller, service)) = id.split_once('|') {
            let found = self.matrix.go_to(&self.rows, caller, service);
            if found {
                self.parts.go(CALLERS);
                self.table.select(service);
            }
            return found;
        }
        let found = self.table.select(id);
        if found {
            self.parts.go(SERVICES);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.rows
            .services
            .iter()
            .map(|one| Thing {
                id: one.resource.id.as_str().to_owned(),
                kind: "resource",
                sign: Some(one.sign),
                name: one.resource.name.clone(),
                fact: format!(
                    "{} · {}",
                    one.kind,
                    one.resource.id.resource_group().unwrap_or_default()
                ),
            })
            .collect()
    }
}
