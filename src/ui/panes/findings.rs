//! Findings (0): what is broken, what works but wider than the pattern, what must stay as it is, and
//! what is good to know, with what proves and what mends it.
//!
//! It shows what was judged and judges nothing. A new group is a variant of [`rows::Group`].

mod cause;
mod detail;
mod draw;
mod rows;

use std::fmt::Write as _;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::Finding;
use crate::config::Action;
use crate::model::id::ArmId;
use crate::model::judging::Suppression;
use crate::model::key::Key;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{Answer, CopyItem, Effect, Outcome, Raw, Subject};
use crate::ui::panes::trouble::Trouble;
use crate::ui::panes::{Badge, Pane, Thing, mend, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, DataTable, Group, Keep, TableRow};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};

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
    with_hidden: bool,
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
    /// What the config file hides is listed too.
    with_hidden: bool,
    /// How many findings the config file hides.
    hidden: usize,
    /// The chosen one of the hops that the finding touches, while the detail has the focus.
    touched: usize,
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
        Key::Principals(_) | Key::Memberships(..) | Key::ServicePrincipalOf(..) | Key::User(..)
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
            with_hidden: false,
            hidden: 0,
            touched: 0,
        }
    }

    fn row(&self) -> Option<&Row> {
        let id = self.table.selected_id()?;
        self.rows.rows.iter().find(|row| *row.id == **id)
    }

    /// The finding under the selection. The rows are those of the judgement that is shown.
    fn finding<'a>(&'a self, cx: &'a Cx<'_>) -> Option<&'a Finding> {
        self.hidden_finding(cx).map(|(finding, _)| finding)
    }

    /// The same, with the entry of the config file that hides it.
    fn hidden_finding<'a>(
        &'a self,
        cx: &'a Cx<'_>,
    ) -> Option<(&'a Finding, Option<&'a Suppression>)> {
        self.rows.finding(cx.judgement, self.row()?.at)
    }

    /// How many hops the finding under the selection leads to.
    fn leads(&self, cx: &Cx<'_>) -> usize {
        self.finding(cx)
            .map_or(0, |finding| finding.hops.len().min(detail::NAMED))
    }

    fn in_detail(&self) -> bool {
        self.parts.has_focus(self.parts.detail())
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.hidden = cx.judgement.hidden.len();
        self.rows = rows::build(cx.judgement, cx.inventory, self.with_hidden);
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
        let Some((finding, _)) = self.rows.finding(cx.judgement, row.at) else {
            return TableRow {
                id: Arc::from(row.id.as_str()),
                group: None,
                cells: Vec::new(),
                fault: false,
            };
        };
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
        if fresh {
            self.touched = 0;
        }
        let touched = Some(self.touched).filter(|_| self.in_detail());
        let sections = self
            .hidden_finding(cx)
            .map_or_else(Vec::new, |(finding, hidden_by)| {
                detail::sections(cx, finding, hidden_by, self.tool, touched)
            });
        self.detail.set(sections, fresh);
    }
}

/// What can be done, most useful first; the first only where the config file hides something.
const ACTIONS: [Action; 11] = [
    Action::Hidden,
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
];

impl Findings {
    /// What list and detail mean by an action.
    fn act(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
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

    /// To the chosen hop on the Map; where it is gone, to another one that the finding touches.
    fn go_to_hop(&self, cx: &Cx<'_>) -> Outcome {
        let mut ids = self
            .finding(cx)
            .map_or_else(Vec::new, |one| one.hops.clone());
        if self.touched < ids.len() {
            ids.rotate_left(self.touched);
        }
        Outcome::with(Effect::Jump {
            panes: vec![MAP],
            ids,
        })
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
            with_hidden: self.with_hidden,
        };
        if self.stamp != Some(stamp) {
            self.stamp = Some(stamp);
            self.make_rows(cx);
        }
        self.make_detail(cx);
    }

    fn actions(&self) -> &[Action] {
        // The key is there where there is something to show.
        let hidden = usize::from(self.hidden == 0);
        &ACTIONS[hidden..]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        if matches!(action, Action::NextView | Action::PreviousView) {
            self.tool.turn(action == Action::NextView);
            self.make_detail(cx);
            return Outcome::drawn();
        }
        if action == Action::Hidden && self.hidden > 0 {
            self.with_hidden = !self.with_hidden;
            self.stamp = None;
            self.update(cx);
            return Outcome::drawn();
        }
        if self.in_detail() {
            match action {
                // From the finding on to the hop that it touches; esc leads back.
                Action::Enter if self.leads(cx) > 0 => return self.go_to_hop(cx),
                Action::Down if self.touched + 1 < self.leads(cx) => self.touched += 1,
                Action::Up if self.touched > 0 => self.touched -= 1,
                _ => return self.act(action, cx),
            }
            self.make_detail(cx);
            return Outcome::drawn();
        }
        self.act(action, cx)
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
        let is_click = pointer.what == Gesture::Click;
        let was_in_detail = self.in_detail();
        if is_click {
            self.parts.go(pointer.part);
        }
        let outcome = if pointer.part == LIST {
            point_at_table(&mut self.table, pointer)
        } else {
            let source = self.detail.source(pointer.line).filter(|_| is_click);
            let clicked = source.and_then(|(section, line)| {
                let label = &self.detail.sections().get(section)?.label;
                (label == detail::TOUCHES && line < self.leads(cx)).then_some(line)
            });
            if let Some(line) = clicked {
                if was_in_detail && self.touched == line {
                    return self.go_to_hop(cx);
                }
                self.touched = line;
            }
            point_at_detail(&mut self.detail, pointer)
        };
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
            ("config entry that hides it", detail::suppression(finding)),
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
        // A finding that another one stands for is in that one's row.
        let mut rows = self.rows.rows.iter();
        let stands = rows.find(|row| row.members.iter().any(|member| member == id));
        let found = self.table.select(stands.map_or(id, |row| &row.id));
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
