//! Findings (0): what is broken, what works but wider than the pattern, what must stay as it is, and
//! what is good to know, with what proves and what mends it.
//!
//! It shows what was judged and judges nothing. A new group is a variant of [`rows::Group`].

mod detail;
mod rows;

use std::fmt::Write as _;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::{Finding, Hop};
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, CopyItem, Effect, Outcome, Raw, Subject};
use crate::ui::panes::trouble::{Trouble, looked_at};
use crate::ui::panes::{Badge, Pane, Thing, empty, mend, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Group, Keep, TableRow};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use rows::{Row, Rows};

/// The context of its keys.
const CONTEXT: &str = "findings";
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
    is_wide: bool,
}

/// The pane.
#[derive(Debug)]
pub struct Findings {
    parts: Parts,
    table: DataTable,
    detail: Detail,
    rows: Rows,
    trouble: Trouble,
    stamp: Option<Stamp>,
    is_judged: bool,
    tool: mend::Chosen,
    shown: String,
}

impl Default for Findings {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a refusal leaves something unknown: names and groups that the directory refuses are
/// asked of ARM in another way.
fn is_needed(key: &Key) -> bool {
    !matches!(
        key,
        Key::Principals(_) | Key::Memberships(..) | Key::ServicePrincipalOf(..)
    )
}

fn columns(is_wide: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::sign(),
        Column::name("FINDING").between(24, 72),
        Column::text("ON", Keep::Reason).between(12, 32),
    ];
    if is_wide {
        columns.push(Column::text("RULE", Keep::Muted).between(16, 40));
        columns.push(Column::number("HOPS", Keep::Muted).between(4, 6));
    }
    columns
}

fn is_wide(cx: &Cx<'_>) -> bool {
    cx.size.width >= 180
}

impl Findings {
    /// The pane before anything was judged.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(1),
            table: DataTable::new(columns(false)),
            detail: Detail::new(),
            rows: Rows::default(),
            trouble: Trouble::default(),
            stamp: None,
            is_judged: false,
            tool: mend::Chosen::default(),
            shown: String::new(),
        }
    }

    fn row(&self) -> Option<&Row> {
        let id = self.table.selected_id()?;
        self.rows.rows.iter().find(|row| *row.id == **id)
    }

    /// The finding under the selection. The rows are those of the judgement that is shown.
    fn finding<'a>(&self, cx: &Cx<'a>) -> Option<&'a Finding> {
        cx.judgement.findings.get(self.row()?.at)
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.rows = rows::build(cx.judgement, cx.inventory);
        let is_wide = is_wide(cx);
        self.table.set_columns(columns(is_wide));
        let groups: Vec<Group> = self
            .rows
            .groups
            .iter()
            .map(|group| {
                let (title, said) = group.words();
                Group {
                    title: Rich::strong(title).then(Role::Muted, format!("  {said}")),
                    right: Rich::new(),
                }
            })
            .collect();
        let rows = self
            .rows
            .rows
            .iter()
            .map(|row| self.table_row(cx, row, is_wide))
            .collect();
        self.table.set_rows(groups, rows);
    }

    fn table_row(&self, cx: &Cx<'_>, row: &Row, is_wide: bool) -> TableRow {
        let finding = &cx.judgement.findings[row.at];
        let rank = |sign: Sign| Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0);
        let mut cells = vec![
            Cell::number(
                Rich::sign(cx.signs, row.sign),
                i64::try_from(rank(row.sign)).unwrap_or(0),
            ),
            Cell::from(Rich::plain(finding.title.clone())),
            Cell::from(Rich::muted(row.on.clone())),
        ];
        if is_wide {
            let count = finding.hops.len();
            cells.push(Cell::from(Rich::muted(finding.rule)));
            cells.push(Cell::number(
                Rich::muted(count.to_string()),
                i64::try_from(count).unwrap_or(0),
            ));
        }
        TableRow {
            id: Arc::from(row.id.as_str()),
            group: self.rows.groups.iter().position(|own| *own == row.group),
            cells,
            fault: matches!(row.sign, Sign::Shut | Sign::AtRisk | Sign::Unknown),
        }
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let id = self.row().map_or_else(String::new, |row| row.id.clone());
        let fresh = self.shown != id;
        self.shown = id;
        let sections = self
            .finding(cx)
            .map_or_else(Vec::new, |finding| detail::sections(cx, finding, self.tool));
        self.detail.set(sections, fresh);
    }

    /// The sentence in the place of the list.
    fn nothing(&self, cx: &Cx<'_>) -> String {
        if let Some(trouble) = cx.snapshot.sign_in_trouble() {
            return trouble.message.clone();
        }
        if !self.is_judged || !cx.snapshot.is_idle() {
            return "Reading and judging what there is: a finding appears here as soon as something that was read is a cause for one.".to_owned();
        }
        let count = cx.inventory.resources().count();
        let hops = cx.judgement.hops.len();
        if count == 0 {
            return format!(
                "Looked for resources in {}, and there are none to find anything about. One appears here at the next reading after it is made.",
                looked_at(cx)
            );
        }
        let is_shut = |hop: &&Hop| hop.counts() && hop.verdict() == Verdict::Shut;
        let shut = cx.judgement.hops.iter().filter(is_shut).count();
        if shut > 0 {
            // A config file may hide all findings; that makes nothing work.
            return format!(
                "No finding is shown, and yet {shut} of {hops} hops in {} {} not work: the Map tells which. Findings that the config file hides are not listed here.",
                looked_at(cx),
                if shut == 1 { "does" } else { "do" }
            );
        }
        let unread = self.trouble.denied + self.trouble.failed;
        let but = match unread {
            0 => String::new(),
            1 => " One reading is missing: what rests on it was not looked at.".to_owned(),
            many => format!(" {many} readings are missing: what rests on them was not looked at."),
        };
        format!(
            "Looked at {count} resources and {hops} hops in {}: nothing is broken, and nothing is wider than the pattern allows.{but} A finding appears here with the next reading that is a cause for one.",
            looked_at(cx)
        )
    }

    fn facts(&self, cx: &Cx<'_>) -> Rich {
        let note = self.table.note();
        if !note.is_empty() {
            return note;
        }
        let mut facts = Rich::new();
        for (sign, count) in self.rows.tally() {
            let gap = if facts.is_empty() { "" } else { " " };
            facts = facts.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)));
        }
        if !self.is_judged || self.trouble.pending > 0 {
            let gap = if facts.is_empty() { "" } else { "  " };
            facts = facts.then(
                Role::Reading,
                format!("{gap}{} reading", cx.signs.glyph(Sign::Reading)),
            );
        }
        facts
    }

    fn draw_list(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let right = match self.table.sorted() {
            None => Rich::muted("worst first"),
            Some(_) => Rich::new(),
        };
        let below = Rule::new("Findings")
            .facts(self.facts(cx))
            .right(right)
            .focused(self.parts.has_focus(LIST))
            .draw(cx, buffer, area);
        let so = "What rests on them is not found: silence about it is no all-clear.".to_owned();
        let below = match self.trouble.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.rows.rows.is_empty() {
            empty(cx, buffer, below, &self.nothing(cx));
            return Drawn::default();
        }
        let (listed, all) = self.table.count();
        if listed == 0 {
            let words = if self.table.is_faults_only() && self.table.filter().is_empty() {
                "Nothing is broken or unknown: faults only shows nothing. Esc shows all findings."
            } else {
                "No finding passes what is typed. Esc shows all of them."
            };
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        // The sum stands below the list where both have room.
        let lines = listed + self.rows.groups.len() * 2;
        let has_foot = usize::from(below.height) > lines + 4 && listed == all;
        let list = Rect {
            height: if has_foot {
                below.height - 3
            } else {
                below.height
            },
            ..below
        };
        let drawn = self
            .table
            .draw(cx, buffer, list, LIST, self.parts.has_focus(LIST));
        if has_foot {
            let y = below.y + u16::try_from(lines).unwrap_or(0) + 2;
            let things = self.rows.subjects();
            let words = format!(
                "{all} {} about {things} {}.",
                if all == 1 { "finding" } else { "findings" },
                if things == 1 { "thing" } else { "things" },
            );
            let room = below.width.saturating_sub(4);
            Rich::muted(words).draw(buffer, (below.x + 2, y), room, cx.theme);
        }
        drawn
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let focused = self.parts.has_focus(part);
        let Some(finding) = self.finding(cx) else {
            let below = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            let words = "The finding that is selected is described here.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        };
        let right = format!("{} · {}", finding.kind.word(), finding.severity.word());
        let below = Rule::new(finding.rule)
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
}

impl Pane for Findings {
    fn update(&mut self, cx: &Cx<'_>) {
        self.is_judged = cx.judged.is_some();
        self.trouble = Trouble::of(cx, is_needed);
        let stamp = Stamp {
            judgement: Arc::as_ptr(cx.judgement).addr(),
            revision: cx.judged,
            signs: cx.signs,
            is_wide: is_wide(cx),
        };
        if self.stamp != Some(stamp) {
            self.stamp = Some(stamp);
            self.make_rows(cx);
        }
        self.make_detail(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::Copy,
            Action::NextView,
            Action::NextPart,
            Action::FaultsOnly,
            Action::Portal,
            Action::Json,
            Action::Describe,
            Action::Sort,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        if matches!(action, Action::NextView | Action::PreviousView) {
            self.tool.turn(action == Action::NextView);
            self.make_detail(cx);
            return Outcome::drawn();
        }
        // From the finding on to the hop that it touches; esc leads back.
        if action == Action::Enter && !self.parts.has_focus(LIST) {
            let ids = self
                .finding(cx)
                .map_or_else(Vec::new, |one| one.hops.clone());
            if !ids.is_empty() {
                return Outcome::with(Effect::Jump {
                    panes: vec![MAP],
                    ids,
                });
            }
        }
        let in_list = self.parts.has_focus(LIST) || action == Action::FaultsOnly;
        let taken = if in_list {
            self.table.on_action(action)
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
        if self.rows.rows.is_empty() {
            return self.draw_list(cx, area, buffer);
        }
        let placed = self.parts.place(cx, area, &[Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[LIST] {
            drawn.add(self.draw_list(cx, area, buffer));
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
        let (sign, count) = self.rows.tally().first().copied()?;
        let says = matches!(
            sign,
            Sign::Shut | Sign::AtRisk | Sign::Unknown | Sign::Exposure
        );
        says.then_some(Badge { sign, count })
    }

    fn keys(&self) -> Vec<Key> {
        // Everything is looked at; what is on screen has no readings of its own.
        Vec::new()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let finding = self.finding(cx)?;
        let is_arm = finding.resource.starts_with("/subscriptions/");
        let id = is_arm.then(|| ArmId::new(&finding.resource));
        let mut owner = id.clone();
        // What a finding is about may stand in a resource: the nearest one that was read is shown.
        let resource = loop {
            let Some(here) = owner else { break None };
            if let Some(found) = cx.inventory.resource(&here) {
                break Some(found);
            }
            owner = here.parent();
        };
        let mut copy = mend::copy(&finding.remedies, self.tool);
        let mut evidence = String::new();
        for one in &finding.evidence {
            let _ = writeln!(evidence, "{} = {}", one.path, one.words());
        }
        for (label, text) in [
            ("evidence", evidence.trim_end().to_owned()),
            ("hops", detail::hop_lines(cx, finding)),
            (
                "title and detail",
                format!("{}\n{}", finding.title, finding.detail),
            ),
            ("rule", finding.rule.to_owned()),
        ] {
            if !text.is_empty() {
                copy.push(CopyItem {
                    label: label.to_owned(),
                    text,
                });
            }
        }
        Some(Subject {
            title: finding.title.clone(),
            id: resource.map(|one| one.id.clone()).or(id),
            answers: resource
                .map(|one| Answer {
                    title: one.name.clone(),
                    raw: Raw::Json(Arc::clone(&one.raw)),
                })
                .into_iter()
                .collect(),
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
        let found = self.table.select(id);
        if found {
            self.parts.go(LIST);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.rows
            .rows
            .iter()
            .zip(self.table.rows())
            .map(|(row, shown)| Thing {
                id: row.id.clone(),
                kind: "finding",
                sign: Some(row.sign),
                name: shown
                    .cells
                    .get(1)
                    .map_or_else(String::new, |cell| cell.rich.text().into_owned()),
                fact: row.on.clone(),
            })
            .collect()
    }
}
