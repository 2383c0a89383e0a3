//! Logs (7): what each resource keeps, category by category, and where it goes; and the calls that
//! were refused lately, by the queries that are shown and can be copied.
//!
//! It shows what was read and judges nothing.

mod detail;
mod rows;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::OffsetDateTime;

use crate::analysis::refusals::Refused;
use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::key::Key;
use crate::model::logs::{Question, SPAN_DAYS};
use crate::store::{Payload, State};
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, CopyItem, Outcome, Raw, Subject};
use crate::ui::panes::changes::refusal_id;
use crate::ui::panes::trouble::{Trouble, looked_at};
use crate::ui::panes::{Badge, Pane, Thing, empty, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use rows::Kept;

pub(crate) use detail::refused_section;

/// The context of its keys.
const CONTEXT: &str = "logs";
/// The grid.
const GRID: usize = 0;
/// The refusals.
const REFUSED: usize = 1;

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    revision: Option<u64>,
    signs: Signs,
    pending: usize,
}

/// The pane.
#[derive(Debug)]
pub struct Logs {
    parts: Parts,
    grid: DataTable,
    table: DataTable,
    detail: Detail,
    kept: Vec<Kept>,
    refused: Vec<Refused>,
    settings: Trouble,
    answers: Trouble,
    stamp: Option<Stamp>,
    shown: String,
}

impl Default for Logs {
    fn default() -> Self {
        Self::new()
    }
}

fn is_setting(key: &Key) -> bool {
    matches!(key, Key::Facet(_, Facet::DiagnosticSettings))
}

fn is_question(key: &Key) -> bool {
    matches!(key, Key::Logs(..))
}

/// A time with its day, where that is not today's.
fn when(cx: &Cx<'_>, at: OffsetDateTime) -> String {
    super::changes::when(cx, at)
}

impl Logs {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(2),
            grid: DataTable::new(rows::kept_columns()),
            table: DataTable::new(rows::refused_columns()),
            detail: Detail::new(),
            kept: Vec::new(),
            refused: Vec::new(),
            settings: Trouble::default(),
            answers: Trouble::default(),
            stamp: None,
            shown: String::new(),
        }
    }

    fn active(&self) -> &DataTable {
        if self.parts.view() == REFUSED {
            &self.table
        } else {
            &self.grid
        }
    }

    fn active_mut(&mut self) -> &mut DataTable {
        if self.parts.view() == REFUSED {
            &mut self.table
        } else {
            &mut self.grid
        }
    }

    fn chosen(&self) -> Option<&Kept> {
        let id = self.grid.selected_id()?;
        (self.parts.view() == GRID)
            .then(|| {
                self.kept
                    .iter()
                    .find(|one| *one.resource.id.as_str() == **id)
            })
            .flatten()
    }

    fn refusal(&self) -> Option<&Refused> {
        let id = self.table.selected_id()?;
        (self.parts.view() == REFUSED)
            .then(|| self.refused.iter().find(|one| *refusal_id(one) == **id))
            .flatten()
    }

    /// The question that the chosen row is about.
    fn question(&self) -> Option<Question> {
        self.refusal().map(|one| one.question).or_else(|| {
            self.chosen()
                .and_then(|one| Question::of_family(one.resource.family))
        })
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.kept = rows::kept(cx);
        self.refused = rows::refused(cx);
        let (groups, grid) = rows::grid(cx, &self.kept);
        self.grid.set_rows(groups, grid);
        self.table
            .set_rows(Vec::new(), rows::refusal_rows(cx, &self.refused));
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let (subject, sections) = if let Some(one) = self.refusal() {
            (refusal_id(one), detail::refused(cx, one))
        } else if let Some(one) = self.chosen() {
            (
                one.resource.id.as_str().to_owned(),
                detail::kept(cx, one, &self.refused),
            )
        } else {
            (String::new(), Vec::new())
        };
        let fresh = self.shown != subject;
        self.shown = subject;
        self.detail.set(sections, fresh);
    }

    fn no_resource(cx: &Cx<'_>) -> String {
        if let Some(trouble) = cx.snapshot.sign_in_trouble() {
            return trouble.message.clone();
        }
        if !cx.snapshot.is_idle() {
            return format!(
                "Reading the diagnostic settings of what stands in {}: what each service keeps appears here.",
                looked_at(cx)
            );
        }
        format!(
            "Looked for search services, storage accounts, model accounts, hubs, vaults and Cosmos DB in {}, and there are none that could keep logs.",
            looked_at(cx)
        )
    }

    fn no_refusal(&self, cx: &Cx<'_>) -> String {
        let states: Vec<State> = cx
            .snapshot
            .slices()
            .filter(|(key, _)| is_question(key))
            .map(|(_, slice)| slice.state())
            .collect();
        let all = |state: State| !states.is_empty() && states.iter().all(|own| *own == state);
        if states.is_empty() && cx.snapshot.is_idle() {
            return "No workspace was asked: nothing in view sends it logs that tell of refused calls.".to_owned();
        }
        if all(State::Denied) {
            return "Every workspace refused the question: whether calls were refused is not known. Log Analytics Reader on the workspace lets it be asked.".to_owned();
        }
        if all(State::Unsupported) {
            return "This cloud has no Log Analytics: refused calls cannot be asked for."
                .to_owned();
        }
        if states.contains(&State::Pending) || !cx.snapshot.is_idle() {
            return format!(
                "Asking the workspaces for calls that were refused in the last {SPAN_DAYS} days."
            );
        }
        if self.answers.denied + self.answers.failed > 0 {
            return format!(
                "The workspaces that answered know of no refused call in the last {SPAN_DAYS} days; others did not answer."
            );
        }
        format!(
            "Asked for calls that were answered 401 or 403 in the last {SPAN_DAYS} days, and no workspace knows of one. Logs come a few minutes late."
        )
    }

    fn draw_grid(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.grid.note();
        let facts = if note.is_empty() {
            self.tally(cx)
        } else {
            note
        };
        let below = Rule::new("Coverage")
            .facts(facts)
            .right(Rich::muted("what is kept, and where"))
            .focused(self.parts.has_focus(GRID))
            .draw(cx, buffer, area);
        let so = "Whether these keep logs is not known: no row here is a guess.".to_owned();
        let below = match self.settings.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.kept.is_empty() {
            empty(cx, buffer, below, &Self::no_resource(cx));
            return Drawn::default();
        }
        if self.grid.count().0 == 0 {
            empty(
                cx,
                buffer,
                below,
                "No resource passes what is typed. Esc shows all of them.",
            );
            return Drawn::default();
        }
        self.grid
            .draw(cx, buffer, below, GRID, self.parts.has_focus(GRID))
    }

    fn tally(&self, cx: &Cx<'_>) -> Rich {
        [
            Sign::Shut,
            Sign::Exposure,
            Sign::Unknown,
            Sign::Reading,
            Sign::Open,
        ]
        .into_iter()
        .fold(Rich::new(), |tally, sign| {
            let count = self.kept.iter().filter(|one| one.sign() == sign).count();
            if count == 0 {
                return tally;
            }
            let gap = if tally.is_empty() { "" } else { " " };
            tally.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)))
        })
    }

    fn draw_refused(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.table.note();
        let facts = if note.is_empty() {
            let calls: i64 = self.refused.iter().map(|one| one.hits).sum();
            let count = match calls {
                0 => Rich::new(),
                1 => Rich::muted("1 call  "),
                calls => Rich::muted(format!("{calls} calls  ")),
            };
            count.and(self.answers.tally(cx))
        } else {
            note
        };
        let below = Rule::new("Refused lately")
            .facts(facts)
            .right(Rich::muted(format!("401 and 403, {SPAN_DAYS} days")))
            .focused(self.parts.has_focus(REFUSED))
            .draw(cx, buffer, area);
        let so = "Calls may have been refused there unseen.".to_owned();
        let below = match self.answers.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.refused.is_empty() {
            empty(cx, buffer, below, &self.no_refusal(cx));
            return Drawn::default();
        }
        if self.table.count().0 == 0 {
            empty(
                cx,
                buffer,
                below,
                "No refusal passes what is typed. Esc shows all of them.",
            );
            return Drawn::default();
        }
        self.table
            .draw(cx, buffer, below, REFUSED, self.parts.has_focus(REFUSED))
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let focused = self.parts.has_focus(part);
        let (title, right) = if let Some(one) = self.refusal() {
            (one.resource.name().to_owned(), when(cx, one.last))
        } else if let Some(one) = self.chosen() {
            (one.resource.name.clone(), one.goes())
        } else {
            let below = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            empty(cx, buffer, below, "What is selected is described here.");
            return Drawn::default();
        };
        let below = Rule::new(title)
            .right(Rich::muted(right))
            .focused(focused)
            .draw(cx, buffer, area);
        let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
            Rect::new(below.x, below.y + 1, below.width, below.height - 1)
        } else {
            below
        };
        self.detail.draw(cx, buffer, below, part)
    }

    /// How many rows the view that is in sight fills.
    fn filled(&self) -> u16 {
        if self.parts.view() == REFUSED {
            return self.refused_rows();
        }
        let lines = u16::try_from(self.grid.lines()).unwrap_or(u16::MAX);
        let band = if self.settings.denied + self.settings.failed > 0 {
            2
        } else {
            0
        };
        lines.saturating_add(3 + band)
    }

    /// Rule and head above, a blank below.
    fn refused_rows(&self) -> u16 {
        let rows = u16::try_from(self.refused.len()).unwrap_or(u16::MAX);
        let band = if self.answers.denied + self.answers.failed > 0 {
            2
        } else {
            0
        };
        rows.saturating_add(4 + band)
    }

    fn refused_height(&self, area: Rect) -> u16 {
        self.refused_rows().max(6).min((area.height / 2).max(6))
    }
}

impl Pane for Logs {
    fn update(&mut self, cx: &Cx<'_>) {
        self.settings = Trouble::of(cx, is_setting);
        self.answers = Trouble::of(cx, is_question);
        let stamp = Stamp {
            revision: Some(cx.inventory.snapshot().revision()),
            signs: cx.signs,
            pending: self.settings.pending + self.answers.pending,
        };
        if self.stamp != Some(stamp) {
            self.stamp = Some(stamp);
            self.make_rows(cx);
        }
        self.grid.set_dense(cx.size_class() != SizeClass::Beside);
        self.make_detail(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::NextView,
            Action::Copy,
            Action::NextPart,
            Action::FaultsOnly,
            Action::Json,
            Action::Portal,
            Action::Describe,
            Action::Sort,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let in_list = !self.parts.has_focus(self.parts.detail()) || action == Action::FaultsOnly;
        let taken = if in_list {
            self.active_mut().on_action(action)
        } else {
            self.detail.on_action(action)
        };
        if !taken && !self.parts.on_action(action) {
            return Outcome::ignored();
        }
        self.make_detail(cx);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if self.kept.is_empty() && self.refused.is_empty() {
            return self.draw_grid(cx, area, buffer);
        }
        let refused = self.refused_height(area);
        let grid = area.height.saturating_sub(refused);
        let heights = [Height::Rows(grid), Height::Rest];
        let filled = self.filled();
        let placed = self.parts.place_filled(cx, area, &heights, filled);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[GRID] {
            drawn.add(self.draw_grid(cx, area, buffer));
        }
        if let Some(area) = placed.views[REFUSED] {
            drawn.add(self.draw_refused(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            GRID => self.grid.keep(page),
            REFUSED => self.table.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = match pointer.part {
            GRID => point_at_table(&mut self.grid, pointer),
            REFUSED => point_at_table(&mut self.table, pointer),
            _ => point_at_detail(&mut self.detail, pointer),
        };
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        self.make_detail(cx);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        [Sign::Shut, Sign::Unknown, Sign::Exposure]
            .into_iter()
            .find_map(|sign| {
                let count = self.kept.iter().filter(|one| one.sign() == sign).count();
                (count > 0).then_some(Badge { sign, count })
            })
    }

    fn keys(&self) -> Vec<Key> {
        let settings = self
            .kept
            .iter()
            .map(|one| Key::Facet(one.resource.id.clone(), Facet::DiagnosticSettings));
        settings.collect()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let mut copy: Vec<CopyItem> = Vec::new();
        if let Some(question) = self.question() {
            copy.push(CopyItem {
                label: "query".to_owned(),
                text: question.kql().to_owned(),
            });
        }
        copy.push(CopyItem {
            label: "description".to_owned(),
            text: plain_text(self.detail.sections()),
        });
        let mut answers = Vec::new();
        if let Some(one) = self.chosen()
            && let Some(slice) = cx
                .inventory
                .facet(&one.resource.id, Facet::DiagnosticSettings)
            && let Some(Payload::DiagnosticSettings(settings)) = slice.value.as_deref()
        {
            answers.extend(settings.iter().map(|own| Answer {
                title: format!("setting {}", own.name),
                raw: Raw::Json(Arc::clone(&own.raw)),
            }));
        }
        if let Some(question) = self.question() {
            for (place, own, slice) in cx.inventory.log_questions() {
                if let (true, Some(Payload::LogAnswers(found))) =
                    (own == question, slice.value.as_deref())
                {
                    answers.extend(found.iter().map(|one| Answer {
                        title: format!("{} of {}", question.words(), place.name()),
                        raw: Raw::Json(Arc::clone(&one.raw)),
                    }));
                }
            }
        }
        let (title, id) = match (self.refusal(), self.chosen()) {
            (Some(one), _) => (one.resource.name().to_owned(), one.resource.clone()),
            (None, Some(one)) => (one.resource.name.clone(), one.resource.id.clone()),
            (None, None) => return None,
        };
        Some(Subject {
            title,
            id: Some(id),
            answers,
            copy,
            portal: None,
            sections: self.detail.sections().to_vec(),
        })
    }

    fn set_filter(&mut self, typed: &str) {
        self.active_mut().set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.active().count();
        (self.active().filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.active().sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        self.active_mut().sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.active().sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        if self.grid.select(id) {
            self.parts.go(GRID);
            return true;
        }
        let found = self.table.select(id);
        if found {
            self.parts.go(REFUSED);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.kept
            .iter()
            .map(|one| Thing {
                id: one.resource.id.as_str().to_owned(),
                kind: "logs",
                sign: Some(one.sign()),
                name: one.resource.name.clone(),
                fact: one.goes(),
            })
            .collect()
    }
}
