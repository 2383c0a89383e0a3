//! Changes (9): one time axis of writes, roles, policies, indexer runs and refusals, the list of what
//! happened, and for each who asked for it and what it did.
//!
//! It shows what was judged and judges nothing. A new lane is a variant of [`rows::Lane`].

mod axis;
mod detail;
mod rows;
mod table;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::store::State;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, CopyItem, Effect, Outcome, Raw, Subject};
use crate::ui::panes::trouble::{Trouble, looked_at};
use crate::ui::panes::{Badge, Pane, Thing, empty, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use axis::{Axis, SPANS, Window, span_words};
use rows::{Event, Events, Lane, What};

pub(crate) use detail::when;
pub(crate) use rows::refusal_id;

/// The context of its keys.
const CONTEXT: &str = "changes";
/// The list.
const LIST: usize = 0;
/// The pane that shows a hop.
const MAP: char = '1';

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    judgement: usize,
    revision: Option<u64>,
    signs: Signs,
    /// Rows say the day of what is older than today.
    day: i32,
}

/// The pane.
#[derive(Debug)]
pub struct Changes {
    parts: Parts,
    table: DataTable,
    detail: Detail,
    events: Events,
    trouble: Trouble,
    /// Lanes that cannot say anything, and why.
    silent: Vec<(Lane, Sign, String)>,
    stamp: Option<Stamp>,
    is_judged: bool,
    /// The place in [`SPANS`].
    span: usize,
    shown: String,
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

/// The readings that the pane is made from.
fn concerns(key: &Key) -> bool {
    matches!(
        key,
        Key::ActivityLog(_)
            | Key::AccessLog(_)
            | Key::Logs(..)
            | Key::Facet(_, Facet::Indexers | Facet::IndexerStatus)
    )
}

fn is_activity(key: &Key) -> bool {
    matches!(key, Key::ActivityLog(_) | Key::AccessLog(_))
}

impl Changes {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(1),
            table: DataTable::new(table::columns()).live(),
            detail: Detail::new(),
            events: Events::default(),
            trouble: Trouble::default(),
            silent: Vec::new(),
            stamp: None,
            is_judged: false,
            span: 0,
            shown: String::new(),
        }
    }

    fn event(&self) -> Option<&Event> {
        let id = self.table.selected_id()?;
        self.events.list.iter().find(|event| event.id == *id)
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.events = rows::build(cx.judgement, cx.inventory);
        let rows = self
            .events
            .list
            .iter()
            .map(|event| table::row(cx, event))
            .collect();
        self.table.set_rows(Vec::new(), rows);
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let id = self
            .event()
            .map_or_else(String::new, |event| event.id.to_string());
        let fresh = self.shown != id;
        self.shown = id;
        let sections = self
            .event()
            .map_or_else(Vec::new, |event| detail::sections(cx, event));
        self.detail.set(sections, fresh);
    }

    /// Which lanes cannot say anything: their readings are refused, failed or under way.
    fn find_silent(&mut self, cx: &Cx<'_>) {
        self.silent.clear();
        let mut look = |lanes: &[Lane], of: fn(&Key) -> bool| {
            let states: Vec<State> = cx
                .snapshot
                .slices()
                .filter(|(key, _)| of(key))
                .map(|(_, slice)| slice.state())
                .collect();
            let all = |state: State| !states.is_empty() && states.iter().all(|own| *own == state);
            let (sign, words) = if all(State::Denied) {
                (Sign::Unknown, "refused: nobody can be named here")
            } else if all(State::Failed) {
                (Sign::Failed, "the reading failed")
            } else if all(State::Pending) {
                (Sign::Reading, "reading")
            } else if all(State::Unsupported) {
                (Sign::None, "this cloud does not offer it")
            } else {
                return;
            };
            for lane in lanes {
                self.silent.push((*lane, sign, words.to_owned()));
            }
        };
        look(&[Lane::Writes, Lane::Roles, Lane::Policy], is_activity);
        look(&[Lane::Indexer], |key| {
            matches!(key, Key::Facet(_, Facet::Indexers))
        });
        look(&[Lane::Refusals], |key| matches!(key, Key::Logs(..)));
    }

    /// The sentence in the place of the list.
    fn nothing(&self, cx: &Cx<'_>) -> String {
        if let Some(trouble) = cx.snapshot.sign_in_trouble() {
            return trouble.message.clone();
        }
        let asked: Vec<State> = cx
            .snapshot
            .slices()
            .filter(|(key, _)| is_activity(key))
            .map(|(_, slice)| slice.state())
            .collect();
        let days = crate::model::activity::REACH.whole_days();
        if !asked.is_empty() && asked.iter().all(|state| *state == State::Denied) {
            return format!(
                "The activity log of {} was refused: who changed what in the last {days} days is not known. Reader on the subscription, or Monitoring Reader, lets it be read.",
                looked_at(cx)
            );
        }
        if !self.is_judged || !cx.snapshot.is_idle() {
            return format!(
                "Reading the activity log of {}: what was written in the last {days} days appears here, the newest first.",
                looked_at(cx)
            );
        }
        if self.trouble.failed > 0 {
            return format!(
                "The activity log of {} could not be read as a whole. What it holds appears here as soon as a reading goes through.",
                looked_at(cx)
            );
        }
        format!(
            "Looked for writes, roles, policies and refused calls in {} in the last {days} days, and there are none. A change appears here 3 to 20 minutes after it is made.",
            looked_at(cx)
        )
    }

    fn window(&self, cx: &Cx<'_>) -> Window {
        Window::around(SPANS[self.span], cx.now, self.event().map(|event| event.at))
    }

    fn rule(&self, cx: &Cx<'_>) -> Rule {
        let window = self.window(cx);
        let facts = format!(
            "{} to {}",
            detail::minute(cx, window.from),
            if window.to >= cx.now {
                "now".to_owned()
            } else {
                detail::minute(cx, window.to)
            }
        );
        let mut right = Rich::new();
        if let (Some(next), Some(before)) = (
            cx.key_of(CONTEXT, Action::NextView),
            cx.key_of(CONTEXT, Action::PreviousView),
        ) {
            right = Rich::strong(format!("{before} {next}")).then(
                Role::Muted,
                format!(" span of {}   ", span_words(SPANS[self.span])),
            );
        }
        Rule::new("Changes")
            .facts(
                Rich::muted(facts)
                    .then(Role::Text, "  ")
                    .and(self.trouble.tally(cx)),
            )
            .right(right.then(Role::Muted, "events come 3 to 20 min late"))
    }

    fn draw_axis(&self, cx: &Cx<'_>, area: Rect, roomy: bool, buffer: &mut Buffer) {
        let below = self.rule(cx).draw(cx, buffer, area);
        let passing: std::collections::HashSet<&str> =
            self.table.listed().map(|row| &*row.id).collect();
        Axis {
            events: &self.events,
            chosen: self.event(),
            window: self.window(cx),
            roomy,
            silent: &self.silent,
            passes: &|id| passing.contains(id),
        }
        .draw(cx, buffer, below);
    }

    fn draw_list(&self, cx: &Cx<'_>, area: Rect, has_axis: bool, buffer: &mut Buffer) -> Drawn {
        let title = if has_axis { "What changed" } else { "Changes" };
        let note = self.table.note();
        let facts = if note.is_empty() && !has_axis {
            self.trouble.tally(cx)
        } else {
            note
        };
        let right = match self.table.sorted() {
            None => Rich::muted("newest first"),
            Some(_) => Rich::new(),
        };
        let below = Rule::new(title)
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(LIST))
            .draw(cx, buffer, area);
        let so = "Nobody is named for what they hold: an empty lane is no proof.".to_owned();
        let below = match self.trouble.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.events.list.is_empty() {
            empty(cx, buffer, below, &self.nothing(cx));
            return Drawn::default();
        }
        let (listed, _) = self.table.count();
        if listed == 0 {
            let words = if self.table.is_faults_only() && self.table.filter().is_empty() {
                "Nothing that happened is put down as what shut a gate. Esc shows all of it."
            } else {
                "No event passes what is typed. Esc shows all of them."
            };
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.table
            .draw(cx, buffer, below, LIST, self.parts.has_focus(LIST))
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let focused = self.parts.has_focus(part);
        let Some(event) = self.event() else {
            let below = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            empty(
                cx,
                buffer,
                below,
                "The event that is selected is described here.",
            );
            return Drawn::default();
        };
        let below = Rule::new(event.subject.clone())
            .right(Rich::muted(detail::when(cx, event.at)))
            .focused(focused)
            .draw(cx, buffer, area);
        let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
            Rect::new(below.x, below.y + 1, below.width, below.height - 1)
        } else {
            below
        };
        self.detail.draw(cx, buffer, below, part)
    }

    /// How much of the area the axis takes: none where there is no room for both.
    fn axis_of(&self, cx: &Cx<'_>, area: Rect) -> Option<(Rect, bool)> {
        let roomy = cx.size_class() == SizeClass::Beside && area.height >= 34;
        let wanted = axis::height(roomy) + 2;
        let has_room = cx.size_class() != SizeClass::Single && area.height >= wanted + 14;
        (has_room && !self.events.list.is_empty()).then_some((
            Rect {
                height: wanted,
                ..area
            },
            roomy,
        ))
    }
}

impl Pane for Changes {
    fn update(&mut self, cx: &Cx<'_>) {
        self.is_judged = cx.judged.is_some();
        self.trouble = Trouble::of(cx, concerns);
        self.find_silent(cx);
        let stamp = Stamp {
            judgement: Arc::as_ptr(cx.judgement).addr(),
            revision: cx.judged,
            signs: cx.signs,
            day: cx.now.to_offset(cx.offset).date().to_julian_day(),
        };
        if self.stamp != Some(stamp) {
            self.stamp = Some(stamp);
            self.make_rows(cx);
        }
        self.make_detail(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Left,
            Action::Right,
            Action::Enter,
            Action::NextView,
            Action::Json,
            Action::Copy,
            Action::Portal,
            Action::FaultsOnly,
            Action::NextPart,
            Action::Describe,
            Action::Sort,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        match action {
            Action::NextView => self.span = (self.span + 1) % SPANS.len(),
            Action::PreviousView => self.span = (self.span + SPANS.len() - 1) % SPANS.len(),
            // From the event on to the hop that it shut; esc leads back.
            Action::Enter if !self.parts.has_focus(LIST) => {
                let ids = self
                    .event()
                    .map_or_else(Vec::new, |event| event.hops.clone());
                if !ids.is_empty() {
                    return Outcome::with(Effect::Jump {
                        panes: vec![MAP],
                        ids,
                    });
                }
                return Outcome::ignored();
            }
            Action::Left | Action::Right if self.parts.has_focus(LIST) => {
                // The list runs from new to old, the axis from old to new.
                let step = if action == Action::Left {
                    Action::Down
                } else {
                    Action::Up
                };
                self.table.on_action(step);
            }
            _ => {
                let in_list = self.parts.has_focus(LIST) || action == Action::FaultsOnly;
                let taken = if in_list {
                    self.table.on_action(action)
                } else {
                    self.detail.on_action(action)
                };
                if !taken && !self.parts.on_action(action) {
                    return Outcome::ignored();
                }
            }
        }
        self.make_detail(cx);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if self.events.list.is_empty() {
            return self.draw_list(cx, area, false, buffer);
        }
        let mut rest = area;
        let axis = self.axis_of(cx, area);
        if let Some((own, roomy)) = axis {
            self.draw_axis(cx, own, roomy, buffer);
            rest = Rect::new(area.x, own.bottom(), area.width, area.height - own.height);
        }
        let placed = self.parts.place(cx, rest, &[Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[LIST] {
            drawn.add(self.draw_list(cx, area, axis.is_some(), buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        if page.part == LIST {
            self.table.keep(page);
        } else {
            self.detail.keep(page);
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = if pointer.part == LIST {
            point_at_table(&mut self.table, pointer)
        } else {
            point_at_detail(&mut self.detail, pointer)
        };
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        self.make_detail(cx);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        let denied = self
            .silent
            .iter()
            .find(|(lane, ..)| *lane == Lane::Writes)
            .map(|(_, sign, _)| *sign);
        match denied {
            Some(sign @ (Sign::Unknown | Sign::Failed)) => Some(Badge { sign, count: 1 }),
            Some(sign @ Sign::Reading) => Some(Badge { sign, count: 0 }),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let event = self.event()?;
        let mut copy = Vec::new();
        let mut answers = Vec::new();
        if let What::Change(change) = &event.what {
            // The end of a write says most of it.
            answers.extend(change.events.iter().rev().map(|one| Answer {
                title: format!(
                    "{} {}",
                    event.subject,
                    one.status.text().unwrap_or("event").to_lowercase()
                ),
                raw: Raw::Json(Arc::clone(&one.raw)),
            }));
            for (label, text) in [
                ("correlation id", change.correlation_id.clone()),
                ("caller", Some(change.actor.name.clone())),
                ("operation", Some(change.operation.clone())),
            ] {
                if let Some(text) = text {
                    copy.push(CopyItem {
                        label: label.to_owned(),
                        text,
                    });
                }
            }
        }
        if let What::Turn {
            service, indexer, ..
        } = &event.what
            && let Some(status) = cx.inventory.indexer_status(service, indexer)
        {
            answers.push(Answer {
                title: format!("status of {indexer}"),
                raw: Raw::Json(Arc::clone(&status.raw)),
            });
        }
        if let What::Refused(refused) = &event.what {
            copy.push(CopyItem {
                label: "query".to_owned(),
                text: refused.question.kql().to_owned(),
            });
        }
        copy.push(CopyItem {
            label: "description".to_owned(),
            text: plain_text(self.detail.sections()),
        });
        Some(Subject {
            title: event.subject.clone(),
            id: event.resource.clone(),
            answers,
            copy,
            portal: None,
            sections: self.detail.sections().to_vec(),
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
        let found = self.table.select(id) || {
            // A resource stands for the newest that happened to it.
            let resource = ArmId::new(id);
            let newest = self
                .events
                .list
                .iter()
                .find(|event| event.resource.as_ref() == Some(&resource))
                .map(|event| Arc::clone(&event.id));
            newest.is_some_and(|id| self.table.select(&id))
        };
        if found {
            self.parts.go(LIST);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.events
            .list
            .iter()
            .filter(|event| matches!(event.sign, Sign::Shut | Sign::AtRisk))
            .map(|event| Thing {
                id: event.id.to_string(),
                kind: "change",
                sign: Some(event.sign),
                name: event.subject.clone(),
                fact: format!("{} by {}", event.call, event.who),
            })
            .collect()
    }
}
