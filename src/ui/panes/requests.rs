//! Requests: every call that left or was stopped, the quotas, and the read-only gate's count.
//!
//! `rows.rs` turns the ledger into plain rows, `quota.rs` its headers into gauges, `detail.rs` one
//! call into sections, `ask.rs` into a command, `table.rs` rows into cells; `margins.rs` draws what is
//! above and below the table. Must not judge anything.

mod ask;
mod detail;
mod margins;
pub mod quota;
pub mod rows;
mod table;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::model::key::Key;
use crate::model::ledger::LedgerEntry;
use crate::ui::cx::{Cx, Drawn, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, CopyItem, Outcome, Raw, Subject};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Column, DataTable, Keep};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::{Rule, joint};

use super::{Badge, Pane, empty, point_at_detail, point_at_table};
use quota::Gauge;
use rows::Tally;

const CONTEXT: &str = "requests";
const TABLE: usize = 0;

/// The pane.
pub struct Requests {
    parts: Parts,
    table: DataTable,
    detail: Detail,
    seen: Vec<Arc<LedgerEntry>>,
    revision: Option<u64>,
    shown: Option<(Arc<LedgerEntry>, u64)>,
    tally: Tally,
    gauges: Vec<Gauge>,
    hosts: Vec<String>,
    badge: Option<Badge>,
}

impl Default for Requests {
    fn default() -> Self {
        Self::new()
    }
}

impl Requests {
    /// The pane before anything was asked.
    pub fn new() -> Self {
        let columns = vec![
            Column::number("#", Keep::Second).between(2, 6),
            Column::text("AT", Keep::Muted).between(6, 6),
            Column::text("TO", Keep::Second).between(5, 6),
            Column::name("ASKED FOR").between(32, 100),
            Column::number("ANSWER", Keep::Always).between(6, 9),
            Column::number("MS", Keep::Always).between(3, 7),
            Column::text("FILLS", Keep::Second).between(8, 14),
            Column::text("WHEN, IN ITS BURST", Keep::Muted).between(24, table::WATERFALL),
        ];
        Self {
            parts: Parts::new(1),
            table: DataTable::new(columns).live(),
            detail: Detail::new(),
            seen: Vec::new(),
            revision: None,
            shown: None,
            tally: Tally::default(),
            gauges: Vec::new(),
            hosts: Vec::new(),
            badge: None,
        }
    }

    fn is_stale(&self, cx: &Cx<'_>) -> bool {
        let entries = &cx.snapshot.ledger().entries;
        self.revision != Some(cx.inventory.snapshot().revision())
            || self.seen.len() != entries.len()
            || !self
                .seen
                .iter()
                .zip(entries)
                .all(|(one, other)| Arc::ptr_eq(one, other))
    }

    fn take(&mut self, cx: &Cx<'_>) {
        let ledger = cx.snapshot.ledger();
        self.seen = ledger.entries.iter().cloned().collect();
        self.revision = Some(cx.inventory.snapshot().revision());
        self.tally = rows::tally(ledger);
        self.gauges = quota::gauges(ledger, cx.inventory);
        self.hosts = rows::hosts(ledger).into_iter().map(str::to_owned).collect();
        let table = table::rows(ledger, cx);
        self.badge = badge(&self.tally);
        self.table.set_rows(Vec::new(), table);
    }

    fn chosen(&self) -> Option<&Arc<LedgerEntry>> {
        let number: u64 = self.table.selected_id()?.parse().ok()?;
        let at = self.seen.partition_point(|entry| entry.number < number);
        self.seen
            .get(at)
            .filter(|entry| entry.number == number)
            .or_else(|| self.seen.iter().find(|entry| entry.number == number))
    }

    fn title(&self) -> Rich {
        let tally = &self.tally;
        let mut words = Rich::muted(format!("{} · {} answered", tally.all, tally.answered));
        let facts: [(u64, &str, Role, bool); 6] = [
            (tally.pending, "under way", Role::Muted, false),
            (tally.refused, "refused", Role::VerdictUnknown, true),
            (tally.failed, "failed", Role::VerdictAtRisk, false),
            (tally.stopped, "stopped here", Role::VerdictShut, false),
            (tally.throttled, "throttled", Role::VerdictAtRisk, true),
            (tally.retried, "retried", Role::Muted, true),
        ];
        let calm = tally.pending + tally.failed + tally.stopped == 0;
        for (count, word, role, always) in facts {
            if count > 0 || (always && calm) {
                let role = if count > 0 { role } else { Role::Muted };
                words = words
                    .then(Role::Muted, " · ")
                    .then(role, format!("{count} {word}"));
            }
        }
        words
    }

    fn draw_list(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.table.note();
        let right = if note.is_empty() {
            match self.table.sorted() {
                None => Rich::muted("newest first"),
                Some(_) => Rich::new(),
            }
        } else {
            note
        };
        // Where the list is narrowed, that is told before the tally.
        let facts = if self.table.note().is_empty() {
            self.title()
        } else {
            Rich::muted(self.tally.all.to_string())
        };
        let rule = Rule::new("Requests")
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(TABLE));
        let inside = rule.draw(cx, buffer, area);
        if self.seen.is_empty() {
            empty(
                cx,
                buffer,
                inside,
                "Nothing was asked yet: the first call appears here before it is answered, also one \
                 that is stopped. Sign-in and the list of subscriptions come first.",
            );
            return Drawn::default();
        }
        let (listed, _) = self.table.count();
        if listed == 0 {
            let words = if self.table.is_faults_only() && self.table.filter().is_empty() {
                "No call has failed or was refused: faults only shows nothing. Esc shows all."
            } else {
                "No call passes the filter. Esc shows all."
            };
            empty(cx, buffer, inside, words);
            return Drawn::default();
        }
        let shown = usize::from(inside.height.saturating_sub(1));
        let long = listed > shown && inside.height > 18;
        let room = if long {
            inside.height - 2
        } else {
            inside.height
        };
        let table = Rect {
            height: room,
            ..inside
        };
        let drawn = self
            .table
            .draw(cx, buffer, table, TABLE, self.parts.has_focus(TABLE));
        if let Some(page) = drawn.page(TABLE).filter(|_| long) {
            self.draw_rest(cx, buffer, (inside.x + 2, inside.bottom() - 1), page);
        }
        drawn
    }

    fn draw_rest(&self, cx: &Cx<'_>, buffer: &mut Buffer, at: (u16, u16), page: Page) {
        let below = page.of.saturating_sub(page.top + page.rows);
        let newest = self.table.sorted().is_none();
        let mut words = match below {
            0 => Rich::muted("the end"),
            many => Rich::muted(format!(
                "… {many} {}.",
                if newest { "older" } else { "more" }
            )),
        };
        if let Some(key) = cx.key_of(CONTEXT, Action::Last).filter(|_| below > 0) {
            words = words
                .then(Role::Text, " ")
                .then(Role::Strong, key)
                .then(Role::Muted, " to the last.");
        }
        if self.tally.let_go > 0 {
            words = words.then(
                Role::Muted,
                format!("  {} before them are no longer kept.", self.tally.let_go),
            );
        }
        words.draw(buffer, at, 70, cx.theme);
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(self.parts.detail());
        let Some(entry) = self.chosen() else {
            let inside = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            empty(
                cx,
                buffer,
                inside,
                "The call that is selected is described here.",
            );
            return Drawn::default();
        };
        let answer = rows::Answer::of(entry);
        let mut right = Rich::new();
        if let Some(sign) = answer.sign() {
            right = right.and(Rich::sign(cx.signs, sign)).then(Role::Text, " ");
        }
        let right = right.then(Role::Text, answer.words());
        let rule = Rule::new(format!("{}  {}", entry.number, rows::title(entry)))
            .right(right)
            .focused(focused);
        let mut inside = rule.draw(cx, buffer, area);
        if cx.size_class() == SizeClass::Beside && inside.height > 4 {
            inside = Rect::new(inside.x, inside.y + 1, inside.width, inside.height - 1);
        }
        self.detail.draw(cx, buffer, inside, self.parts.detail())
    }
}

impl Pane for Requests {
    fn update(&mut self, cx: &Cx<'_>) {
        if self.is_stale(cx) {
            self.take(cx);
        }
        let chosen = self.chosen().cloned();
        let now = chosen.map(|entry| (entry, cx.snapshot.revision()));
        let same = match (&now, &self.shown) {
            (Some((one, at)), Some((other, before))) => Arc::ptr_eq(one, other) && at == before,
            (None, None) => true,
            _ => false,
        };
        if !same {
            let fresh = now.as_ref().map(|(one, _)| one.number)
                != self.shown.as_ref().map(|(one, _)| one.number);
            let sections = now
                .as_ref()
                .map_or_else(Vec::new, |(entry, _)| detail::sections(entry, cx));
            self.detail.set(sections, fresh);
            self.shown = now;
        }
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::Json,
            Action::Copy,
            Action::Sort,
            Action::FaultsOnly,
            Action::Refresh,
            Action::Describe,
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

    fn on_action(&mut self, action: Action, _cx: &Cx<'_>) -> Outcome {
        let in_table = self.parts.has_focus(TABLE) || action == Action::FaultsOnly;
        let taken = if in_table {
            self.table.on_action(action)
        } else {
            self.detail.on_action(action)
        };
        if taken || self.parts.on_action(action) {
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let class = cx.size_class();
        let quota = match class {
            SizeClass::Beside if area.height >= 26 => 7,
            SizeClass::Beside | SizeClass::Below => 1,
            SizeClass::Single => 0,
        };
        let quota = quota.min(area.height);
        if quota > 0 {
            margins::quota(
                cx,
                buffer,
                Rect {
                    height: quota,
                    ..area
                },
                &self.gauges,
            );
        }
        let rest = Rect::new(area.x, area.y + quota, area.width, area.height - quota);
        let placed = self.parts.place(cx, rest, &[Height::Rest]);
        let mut drawn = Drawn::default();
        let mut gate_at = None;
        if let Some(view) = placed.views.first().copied().flatten() {
            let gate = match class {
                SizeClass::Beside if view.height >= 16 => 5,
                _ => u16::from(view.height >= 8),
            };
            let list = Rect {
                height: view.height - gate,
                ..view
            };
            drawn.add(self.draw_list(cx, list, buffer));
            if gate > 0 {
                let area = Rect::new(view.x, list.bottom(), view.width, gate);
                margins::gate(cx, buffer, area, &self.tally, &self.hosts);
                gate_at = Some(area.y);
            }
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        if let (SizeClass::Beside, Some(y), Some(area)) = (class, gate_at, placed.detail) {
            joint(cx, buffer, (area.x.saturating_sub(1), y));
        }
        drawn
    }

    fn keep(&mut self, page: Page) {
        if page.part == TABLE {
            self.table.keep(page);
        } else {
            self.detail.keep(page);
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _cx: &Cx<'_>) -> Outcome {
        self.parts.go(pointer.part);
        if pointer.part == TABLE {
            point_at_table(&mut self.table, pointer)
        } else {
            point_at_detail(&mut self.detail, pointer)
        }
    }

    fn badge(&self) -> Option<Badge> {
        self.badge
    }

    fn keys(&self) -> Vec<Key> {
        // Asking again means the reading that the chosen call was made for.
        self.chosen()
            .and_then(|entry| entry.fills.clone())
            .into_iter()
            .collect()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let entry = self.chosen()?;
        let mut copy = Vec::new();
        if let Some(command) = ask::command(entry, cx.inventory) {
            copy.push(CopyItem {
                label: "az rest".to_owned(),
                text: command.text,
            });
        }
        if let Some(text) = ask::curl(entry, cx.inventory) {
            copy.push(CopyItem {
                label: "curl".to_owned(),
                text,
            });
        }
        copy.push(CopyItem {
            label: "path".to_owned(),
            text: entry.path.to_string(),
        });
        for (label, id) in [
            ("request id", &entry.request_id),
            ("correlation id", &entry.correlation_id),
        ] {
            copy.extend(id.as_ref().map(|id| CopyItem {
                label: label.to_owned(),
                text: id.to_string(),
            }));
        }
        let answers = entry.body.iter().map(|body| Answer {
            title: format!("answer to request {}", entry.number),
            raw: Raw::Text(Arc::clone(body)),
        });
        Some(Subject {
            title: format!("request {}", entry.number),
            id: None,
            answers: answers.collect(),
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
        let columns = self.table.sort_columns();
        // The waterfall is the order of time once more.
        columns.into_iter().filter(|(at, _)| *at < 7).collect()
    }

    fn sort_by(&mut self, column: usize) {
        self.table.sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.table.sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        self.table.select(id)
    }
}

fn badge(tally: &Tally) -> Option<Badge> {
    let counts = [
        (Sign::Shut, tally.stopped),
        (Sign::Failed, tally.failed + tally.throttled),
        (Sign::Unknown, tally.refused),
    ];
    let (sign, count) = counts.into_iter().find(|(_, count)| *count > 0)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Some(Badge { sign, count })
}
