//! Indexers (6): every indexer of every search service, its runs, its errors put together, and why it
//! fails: the hop and the gate that explain the message.
//!
//! It knows definitions, runs and the judged hops; it judges nothing itself. A new column is a line in
//! [`table::columns`] and one in its row.

mod blocks;
mod cause;
mod detail;
mod draw;
mod errors;
mod made;
mod rows;
mod step;
mod table;
#[cfg(test)]
mod testing;
mod told;
mod why;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::Hop;
use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::model::search::Run;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Answer, CopyItem, Effect, Outcome, Raw, Subject};
use crate::ui::panes::trouble::{self, Trouble};
use crate::ui::panes::{Badge, Pane, Thing, mend, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::parts::{Height, Parts};

use blocks::Blocks;
use cause::Cause;
use errors::ErrorGroup;
use rows::{Entry, Rows, Service};
use table::Change;
use told::{asked, block};
use why::Why;

/// The context of its keys.
const CONTEXT: &str = "indexers";
/// The view of the indexers.
const INDEXERS: usize = 0;
/// The view of the runs.
const RUNS: usize = 1;
/// The view of the errors.
const ERRORS: usize = 2;
/// The pane that shows a hop.
const MAP: char = '1';
/// What was looked for, in the plural.
const WHAT: &str = "search services and their indexers";

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    read: u64,
    judgement: usize,
    /// Ages are said in minutes.
    minute: i64,
    signs: Signs,
    width: u16,
    height: u16,
}

/// The indexer under the selection, asked why it fails.
#[derive(Debug, Default)]
struct Own {
    id: String,
    hops: Vec<Hop>,
    /// One a group of errors.
    causes: Vec<Cause>,
    change: Option<Change>,
}

/// The pane.
#[derive(Debug)]
pub struct Indexers {
    parts: Parts,
    table: DataTable,
    runs: DataTable,
    errors: Blocks,
    detail: Detail,
    rows: Rows,
    own: Own,
    trouble: Trouble,
    stamp: Option<Stamp>,
    tool: mend::Chosen,
    shown: String,
}

impl Default for Indexers {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a reading has a part in this pane.
fn concerns(key: &Key) -> bool {
    match key {
        Key::List { family, .. } => matches!(family, Family::Search | Family::Storage),
        Key::Facet(_, facet) => is_data(*facet),
        Key::Principals(_) => true,
        _ => false,
    }
}

/// Whether a facet is of the data plane of a search service, as far as this pane shows it.
fn is_data(facet: Facet) -> bool {
    matches!(
        facet,
        Facet::Indexers
            | Facet::IndexerStatus
            | Facet::DataSources
            | Facet::Skillsets
            | Facet::Indexes
    )
}

impl Indexers {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(3),
            table: DataTable::new(table::columns()),
            runs: DataTable::new(table::run_columns()),
            errors: Blocks::default(),
            detail: Detail::new(),
            rows: Rows::default(),
            own: Own::default(),
            trouble: Trouble::default(),
            stamp: None,
            tool: mend::Chosen::default(),
            shown: String::new(),
        }
    }

    /// The indexer under the selection.
    fn entry(&self) -> Option<&Entry> {
        let id = self.table.selected_id()?;
        self.rows
            .entries
            .iter()
            .find(|one| one.id.as_str() == &**id)
    }

    /// The service under the selection that has no indexers here.
    fn service(&self) -> Option<&Service> {
        let id = self.table.selected_id()?;
        let mut services = self.rows.services.iter();
        services.find(|one| one.resource.id.as_str() == &**id)
    }

    /// The run under the selection of the runs.
    fn run(&self) -> Option<&Run> {
        let id = self.runs.selected_id()?;
        self.entry()?.runs().iter().find(|run| *run.path == **id)
    }

    /// The group of errors under the selection, with its cause.
    fn group(&self) -> Option<(&ErrorGroup, &Cause)> {
        let id = self.errors.selected()?;
        let groups = self.entry()?.errors.iter().zip(&self.own.causes);
        groups.into_iter().find(|(group, _)| group.id == id)
    }

    fn why<'a>(&'a self, cx: &Cx<'_>, entry: &'a Entry) -> Why<'a> {
        let first = entry.errors.first().zip(self.own.causes.first());
        // What no longer happens is no reason for anything.
        let cause = first.filter(|(group, _)| group.is_last && !group.is_warning);
        Why {
            entry,
            hops: &self.own.hops,
            cause,
            is_judged: cx.judged.is_some(),
            tool: self.tool,
        }
    }

    /// What the indexer under the selection brings with it: its runs, its errors and their causes.
    fn follow(&mut self, cx: &Cx<'_>, made_anew: bool) {
        let id = self
            .table
            .selected_id()
            .map_or_else(String::new, ToString::to_string);
        if made_anew || self.own.id != id {
            let is_other = self.own.id != id;
            self.own = match self.entry() {
                Some(entry) => asked(cx, entry, cx.judgement),
                None => Own::default(),
            };
            self.own.id = id;
            if is_other {
                self.runs = DataTable::new(table::run_columns());
                self.errors = Blocks::default();
            }
            let runs = self.entry().map_or(&[][..], Entry::runs);
            let rows = table::run_rows(cx, runs, self.own.change.as_ref());
            let blocks = self.entry().map_or_else(Vec::new, |entry| {
                let groups = entry.errors.iter().zip(&self.own.causes);
                groups
                    .map(|(group, cause)| block(cx, group, cause))
                    .collect()
            });
            self.runs.set_rows(Vec::new(), rows);
            self.errors.set(blocks);
        }
        self.make_detail(cx);
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let (subject, sections) = self.described(cx);
        let fresh = self.shown != subject;
        self.shown = subject;
        self.detail.set(sections, fresh);
    }

    fn remedies(&self, cx: &Cx<'_>) -> Vec<CopyItem> {
        if let Some(entry) = self.entry() {
            let why = self.why(cx, entry);
            return why
                .gate()
                .map_or_else(Vec::new, |(_, gate)| mend::copy(&gate.remedies, self.tool));
        }
        Vec::new()
    }
}

impl Pane for Indexers {
    fn update(&mut self, cx: &Cx<'_>) {
        let trouble = Trouble::of(cx, |key| {
            matches!(
                key,
                Key::List {
                    family: Family::Search,
                    ..
                }
            ) || matches!(key, Key::Facet(_, facet) if is_data(*facet))
        });
        let stamp = Stamp {
            read: trouble::stamp(cx.inventory, concerns),
            judgement: Arc::as_ptr(cx.judgement).addr(),
            minute: cx.now.unix_timestamp() / 60,
            signs: cx.signs,
            width: cx.size.width,
            height: cx.size.height,
        };
        let made_anew = self.stamp != Some(stamp) || self.trouble != trouble;
        if made_anew {
            let read = self.stamp.map(|stamp| stamp.read);
            if read != Some(stamp.read) || self.trouble != trouble {
                self.rows = rows::build(cx.inventory);
            }
            self.trouble = trouble;
            self.stamp = Some(stamp);
            let groups = table::groups(cx, &self.rows);
            self.table.set_rows(groups, table::rows(cx, &self.rows));
        }
        self.follow(cx, made_anew);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::NextPart,
            Action::Json,
            Action::Copy,
            Action::Portal,
            Action::NextView,
            Action::Sort,
            Action::FaultsOnly,
            Action::Describe,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let part = self.parts.focus();
        let is_turn = matches!(action, Action::NextView | Action::PreviousView);
        if part == self.parts.detail() && is_turn {
            self.tool.turn(action == Action::NextView);
            self.make_detail(cx);
            return Outcome::drawn();
        }
        // From the cause on to its hop; esc leads back.
        if part == self.parts.detail()
            && action == Action::Enter
            && let Some(entry) = self.entry()
            && let Some((hop, _)) = self.why(cx, entry).gate()
        {
            return Outcome::with(Effect::Jump {
                panes: vec![MAP],
                ids: vec![hop.id()],
            });
        }
        let taken = match part {
            INDEXERS => self.table.on_action(action),
            RUNS => self.runs.on_action(action),
            ERRORS => self.errors.on_action(action),
            _ => self.detail.on_action(action),
        };
        if !taken {
            if action == Action::FaultsOnly {
                self.table.on_action(action);
            } else if !self.parts.on_action(action) {
                return Outcome::ignored();
            }
        }
        self.follow(cx, false);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if self.rows.services.is_empty() {
            return self.draw_indexers(cx, area, buffer);
        }
        let heights = self.heights(area);
        let heights = [
            Height::Rows(heights[0]),
            Height::Rows(heights[1]),
            Height::Rest,
        ];
        let filled = self.filled();
        let placed = self.parts.place_filled(cx, area, &heights, filled);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[INDEXERS] {
            drawn.add(self.draw_indexers(cx, area, buffer));
        }
        if let Some(area) = placed.views[RUNS] {
            drawn.add(self.draw_runs(cx, area, buffer));
        }
        if let Some(area) = placed.views[ERRORS] {
            drawn.add(self.draw_errors(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            INDEXERS => self.table.keep(page),
            RUNS => self.runs.keep(page),
            ERRORS => self.errors.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = match pointer.part {
            INDEXERS => point_at_table(&mut self.table, pointer),
            RUNS => point_at_table(&mut self.runs, pointer),
            ERRORS => {
                match pointer.what {
                    Gesture::Click => self.errors.select_line(pointer.line),
                    Gesture::WheelUp => {
                        self.errors.on_action(Action::Up);
                    }
                    Gesture::WheelDown => {
                        self.errors.on_action(Action::Down);
                    }
                }
                Outcome::drawn()
            }
            _ => point_at_detail(&mut self.detail, pointer),
        };
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        self.follow(cx, false);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        for (sign, count) in [
            (Sign::Shut, self.rows.count(Sign::Shut)),
            (Sign::AtRisk, self.rows.count(Sign::AtRisk)),
            (
                Sign::Unknown,
                self.rows.count(Sign::Unknown) + self.trouble.denied,
            ),
            (Sign::Failed, self.trouble.failed),
            (Sign::Reading, self.trouble.pending),
        ] {
            if count > 0 {
                return Some(Badge { sign, count });
            }
        }
        None
    }

    fn keys(&self) -> Vec<Key> {
        let of_service = |service: &Service| {
            let id = service.resource.id.clone();
            [
                Facet::Indexers,
                Facet::DataSources,
                Facet::Skillsets,
                Facet::Indexes,
            ]
            .map(|facet| Key::Facet(id.clone(), facet))
        };
        let services = self.rows.services.iter().flat_map(of_service);
        let statuses = self
            .rows
            .entries
            .iter()
            .map(|one| Key::Facet(one.id.clone(), Facet::IndexerStatus));
        services.chain(statuses).take(200).collect()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let sections = self.detail.sections().to_vec();
        if let Some(service) = self.service() {
            let resource = &service.resource;
            return Some(Subject {
                title: resource.name.clone(),
                id: Some(resource.id.clone()),
                answers: vec![Answer {
                    title: resource.name.clone(),
                    raw: Raw::Json(Arc::clone(&resource.raw)),
                }],
                copy: vec![CopyItem {
                    label: "what is said here".to_owned(),
                    text: plain_text(&sections),
                }],
                sections,
                portal: None,
            });
        }
        let entry = self.entry()?;
        let json = |title: String, raw: &Arc<serde_json::Value>| Answer {
            title,
            raw: Raw::Json(Arc::clone(raw)),
        };
        let definition = json(entry.indexer.name.clone(), &entry.indexer.raw);
        let status = entry
            .status
            .as_ref()
            .map(|one| json(format!("status of {}", one.name), &one.raw));
        let in_runs = self.parts.view() != INDEXERS;
        let (first, second) = if in_runs {
            (status, Some(definition))
        } else {
            (Some(definition), status)
        };
        let source = entry
            .source
            .found()
            .map(|one| json(one.name.clone(), &one.raw));
        let skillset = entry
            .skillset
            .found()
            .map(|one| json(one.name.clone(), &one.raw));
        let index = entry
            .index
            .found()
            .map(|one| json(one.name.clone(), &one.raw));
        let mut copy = self.remedies(cx);
        if let Some((group, _)) = self.group() {
            copy.push(CopyItem {
                label: "message".to_owned(),
                text: group.said(),
            });
        }
        copy.push(CopyItem {
            label: "name".to_owned(),
            text: entry.indexer.name.clone(),
        });
        Some(Subject {
            title: entry.indexer.name.clone(),
            // The portal has pages of services, not of what they hold.
            id: Some(entry.service.id.clone()),
            answers: [first, second, source, skillset, index]
                .into_iter()
                .flatten()
                .collect(),
            copy,
            portal: None,
            sections: match self.parts.view() {
                INDEXERS => self.why(cx, entry).sections(cx, true),
                _ => sections,
            },
        })
    }

    fn set_filter(&mut self, typed: &str) {
        if self.parts.view() == RUNS {
            self.runs.set_filter(typed);
        } else {
            self.table.set_filter(typed);
        }
    }

    fn filter(&self) -> (String, usize, usize) {
        let table = self.focused_table();
        let (listed, all) = table.count();
        (table.filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.focused_table().sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        if self.parts.view() == RUNS {
            self.runs.sort_by(column);
        } else {
            self.table.sort_by(column);
        }
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.focused_table().sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        let known = self.rows.entries.iter().map(|one| &one.id);
        let known = known.chain(self.rows.services.iter().map(|one| &one.resource.id));
        let found = known
            .filter(|own| own.as_str().eq_ignore_ascii_case(id))
            .any(|own| self.table.select(own.as_str()));
        if found {
            self.parts.go(INDEXERS);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.rows
            .entries
            .iter()
            .map(|one| Thing {
                id: one.id.as_str().to_owned(),
                kind: "indexer",
                sign: Some(one.sign),
                name: one.indexer.name.clone(),
                fact: one.service.name.clone(),
            })
            .collect()
    }
}

impl Indexers {
    fn focused_table(&self) -> &DataTable {
        if self.parts.view() == RUNS {
            &self.runs
        } else {
            &self.table
        }
    }
}
