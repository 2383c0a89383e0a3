//! Access: who holds which role where, by resource or by principal, with deny assignments and the
//! access policies of vaults.
//!
//! The analysis puts assignments where they belong; `rows.rs` makes plain rows of them, `detail.rs`
//! tells one. Whether a role is enough for a call is not said here.

mod detail;
mod names;
mod refused;
pub mod rows;
mod table;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::access::{Matrix, matrix};
use crate::config::Action;
use crate::model::key::Key;
use crate::ui::cx::{Cx, Drawn, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, CopyItem, Outcome, Raw, Subject};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, underline, width};
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{DataTable, Group};
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::{self, Rule};

use super::trouble::{self, Trouble};
use super::{Badge, Pane, Thing, empty, point_at_detail, point_at_table};
use names::Names;
use rows::{About, Line, Table};

const CONTEXT: &str = "access";
const TABLE: usize = 0;
/// The second half of a detail that stands below a wide table.
const PROOF: usize = 2;

/// From this width the detail stands beside a table of all its columns.
const WIDE: u16 = 180;

/// The two orders of the same rows.
const VIEWS: [&str; 2] = ["by resource", "by principal"];

/// The pane.
pub struct Access {
    parts: Parts,
    view: usize,
    tables: [DataTable; 2],
    made: [Table; 2],
    /// Where the row of an id is.
    places: [HashMap<Arc<str>, usize>; 2],
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
            view: 0,
            tables: [
                DataTable::new(table::columns(0, false)),
                DataTable::new(table::columns(1, false)),
            ],
            made: [Table::default(), Table::default()],
            places: [HashMap::new(), HashMap::new()],
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

    fn table(&self) -> &DataTable {
        &self.tables[self.view]
    }

    fn take(&mut self, cx: &Cx<'_>) {
        let matrix = matrix(cx.inventory);
        let names = Names::of(cx.inventory);
        self.made = [
            rows::by_resource(cx.inventory, &matrix, &names),
            rows::by_principal(cx.inventory, &matrix, &names),
        ];
        for (view, made) in self.made.iter().enumerate() {
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
            self.tables[view].set_columns(table::columns(view, has_condition));
            self.tables[view].set_rows(groups.collect(), rows.collect());
            let lines = made.lines.iter().enumerate();
            self.places[view] = lines.map(|(at, line)| (Arc::clone(&line.id), at)).collect();
        }
        self.matrix = Some(matrix);
        self.names = Some(names);
        let readings = cx.snapshot.slices().map(|(key, _)| key);
        self.keys = readings.filter(|key| concerns(key)).cloned().collect();
    }

    fn chosen(&self) -> Option<&Line> {
        let id = self.table().selected_id()?;
        let at = self.places[self.view].get(id)?;
        self.made[self.view].lines.get(*at)
    }

    fn tell(&mut self, cx: &Cx<'_>, remade: bool) {
        let now = self.chosen().map(|line| (self.view, Arc::clone(&line.id)));
        let fresh = now != self.shown;
        if !fresh && !remade {
            return;
        }
        let told = match (self.chosen(), &self.matrix, &self.names) {
            (Some(line), Some(matrix), Some(names)) => detail::told(cx, matrix, names, line),
            _ => None,
        };
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

    /// The views with the chosen one underlined, and where that one begins from the right end.
    fn views(&self, cx: &Cx<'_>) -> (Rich, u16, u16) {
        let mut words = Rich::new();
        let mut begins = 0;
        for (at, name) in VIEWS.iter().enumerate() {
            if at > 0 {
                words = words.then(Role::Muted, "  ");
            }
            if at == self.view {
                begins = words.width();
            }
            let role = if at == self.view {
                Role::Accent
            } else {
                Role::Muted
            };
            words = words.then(role, *name);
        }
        let keys =
            [Action::PreviousView, Action::NextView].map(|action| cx.key_of(CONTEXT, action));
        if let [Some(one), Some(other)] = keys {
            words = words.then(Role::Strong, format!("   {one} {other}"));
        }
        let own = width(VIEWS[self.view]);
        let from_end = words.width() - begins;
        (words, from_end, own)
    }

    fn draw_table(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(TABLE);
        let note = self.table().note();
        let (views, from_end, own) = self.views(cx);
        let age = trouble::age(cx, concerns);
        let right = if !note.is_empty() {
            note.clone()
        } else if age.is_empty() {
            views
        } else {
            age.then(Role::Muted, "   ").and(views)
        };
        let fits =
            right.width() + words::facts(cx, &self.trouble, self.matrix.as_ref()).width() + 16
                <= area.width;
        let facts = if fits {
            words::facts(cx, &self.trouble, self.matrix.as_ref())
        } else {
            self.trouble.tally(cx)
        };
        let rule = Rule::new("Access")
            .facts(facts)
            .right(right)
            .focused(focused);
        let mut inside = rule.draw(cx, buffer, area);
        if note.is_empty() && area.width > from_end + 2 {
            let x = area.right() - 2 - from_end;
            underline(buffer, Rect::new(x, area.y, own, 1));
        }
        if let Some(band) = self.trouble.band(cx, CONTEXT, words::so(&self.trouble)) {
            inside = band.draw(cx, buffer, inside);
            inside = Rect::new(
                inside.x,
                inside.y + 1.min(inside.height),
                inside.width,
                inside.height.saturating_sub(1),
            );
        }
        if self.made[self.view].lines.is_empty() {
            empty(cx, buffer, inside, &words::nothing(cx, &self.trouble));
            return Drawn::default();
        }
        let (listed, _) = self.table().count();
        if listed == 0 {
            let words = if self.table().filter().is_empty() {
                "No row is in trouble: every assignment has a role and a principal that are known. Esc shows all."
            } else {
                "No row passes the filter. Esc shows all."
            };
            empty(cx, buffer, inside, words);
            return Drawn::default();
        }
        self.table().draw(cx, buffer, inside, TABLE, focused)
    }

    fn draw_whole(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let Some(mut inside) = self.draw_title(cx, area, buffer) else {
            return Drawn::default();
        };
        if cx.size_class() == SizeClass::Beside && inside.height > 4 {
            inside = Rect::new(inside.x, inside.y + 1, inside.width, inside.height - 1);
        }
        self.whole.draw(cx, buffer, inside, self.parts.detail())
    }

    /// Draws the rule of the detail; none when nothing is chosen.
    fn draw_title(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Option<Rect> {
        let focused = self.parts.has_focus(self.parts.detail());
        let Some(told) = &self.told else {
            let inside = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            empty(
                cx,
                buffer,
                inside,
                "What is selected is described here, with its evidence.",
            );
            return None;
        };
        let rule = Rule::new(told.title.clone())
            .right(Rich::muted(told.right.clone()))
            .focused(focused);
        Some(rule.draw(cx, buffer, area))
    }

    /// A wide table above, and its detail in two halves below.
    fn draw_stacked(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let below = (area.height * 2 / 5).max(12).min(area.height);
        let table = Rect {
            height: area.height - below,
            ..area
        };
        let mut drawn = self.draw_table(cx, table, buffer);
        let detail = Rect::new(area.x, table.bottom(), area.width, below);
        let Some(inside) = self.draw_title(cx, detail, buffer) else {
            return drawn;
        };
        let x = inside.x + inside.width / 2;
        rule::vertical(cx, buffer, x, detail.y, detail.bottom(), &[]);
        let body = Rect::new(
            inside.x,
            inside.y + 1,
            inside.width,
            inside.height.saturating_sub(1),
        );
        let left = Rect::new(body.x + 1, body.y, x - body.x - 1, body.height);
        let right = Rect::new(x + 1, body.y, body.right() - x - 1, body.height);
        drawn.add(self.left.draw(cx, buffer, left, self.parts.detail()));
        drawn.add(self.proof.draw(cx, buffer, right, PROOF));
        drawn
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
        let changed = self.made_of.as_ref() != Some(&now);
        if changed {
            self.take(cx);
            self.made_of = Some(now);
        }
        self.tell(cx, changed);
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

    fn on_action(&mut self, action: Action, _cx: &Cx<'_>) -> Outcome {
        if matches!(action, Action::NextView | Action::PreviousView) {
            self.view = 1 - self.view;
            self.parts.go(TABLE);
            return Outcome::drawn();
        }
        let taken = if self.parts.has_focus(TABLE) || action == Action::FaultsOnly {
            self.tables[self.view].on_action(action)
        } else {
            // Both halves are one text, seen side by side.
            let halves = [self.left.on_action(action), self.proof.on_action(action)];
            self.whole.on_action(action) | halves.contains(&true)
        };
        if taken || self.parts.on_action(action) {
            Outcome::drawn()
        } else if action == Action::Back && self.view > 0 {
            self.view = 0;
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if cx.size_class() == SizeClass::Beside && cx.size.width < WIDE && area.height >= 24 {
            return self.draw_stacked(cx, area, buffer);
        }
        let placed = self.parts.place(cx, area, &[Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views.first().copied().flatten() {
            drawn.add(self.draw_table(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_whole(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            TABLE => self.tables[self.view].keep(page),
            PROOF => self.proof.keep(page),
            _ => {
                self.left.keep(page);
                self.whole.keep(page);
            }
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _cx: &Cx<'_>) -> Outcome {
        self.parts.go(pointer.part);
        match pointer.part {
            TABLE => point_at_table(&mut self.tables[self.view], pointer),
            PROOF => point_at_detail(&mut self.proof, pointer),
            _ => {
                point_at_detail(&mut self.left, pointer);
                point_at_detail(&mut self.whole, pointer)
            }
        }
    }

    fn badge(&self) -> Option<Badge> {
        let lines = &self.made[1].lines;
        for sign in [Sign::Unknown, Sign::Failed, Sign::Exposure] {
            let count = lines.iter().filter(|line| line.sign == sign).count();
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
        let line = self.chosen()?;
        let mut answers = Vec::new();
        match &line.about {
            About::Assignment(..) => {
                let one = cx
                    .inventory
                    .assignments()
                    .find(|one| Some(&one.id) == told.id.as_ref());
                if let Some(one) = one {
                    answers.push(Answer {
                        title: "role assignment".to_owned(),
                        raw: Raw::Json(one.raw.clone()),
                    });
                    if let Some(role) = cx.inventory.role(&one.role()) {
                        answers.push(Answer {
                            title: role.name.clone(),
                            raw: Raw::Json(role.raw.clone()),
                        });
                    }
                    if let Some(who) = cx.inventory.principal(&one.principal_id) {
                        answers.push(Answer {
                            title: line.holder.label.clone(),
                            raw: Raw::Json(who.raw.clone()),
                        });
                    }
                }
            }
            About::Policy(vault, _) => {
                answers.extend(cx.inventory.resource(vault).map(|one| Answer {
                    title: one.name.clone(),
                    raw: Raw::Json(one.raw.clone()),
                }));
            }
            About::Denial(_) => answers.extend(
                cx.inventory
                    .denials()
                    .find(|one| Some(&one.id) == told.id.as_ref())
                    .map(|one| Answer {
                        title: one.name.clone(),
                        raw: Raw::Json(one.raw.clone()),
                    }),
            ),
            About::NotRead(_) => {}
        }
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
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.table().count();
        (self.table().filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.table().sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        self.tables[self.view].sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.table().sorted()
    }

    fn select(&mut self, id: &str) -> bool {
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
        self.view = 0;
        self.tables[0].select(&own)
    }

    fn things(&self) -> Vec<Thing> {
        let lines = self.made[1].lines.iter();
        lines
            .filter(|line| matches!(line.about, About::Assignment(..)))
            .filter_map(|line| {
                // In the palette an assignment is gone to where it stands.
                let first =
                    self.made[0]
                        .lines
                        .iter()
                        .find(|own| match (&own.about, &line.about) {
                            (About::Assignment(one, _), About::Assignment(other, _)) => {
                                one == other
                            }
                            _ => false,
                        })?;
                Some(Thing {
                    id: first.id.to_string(),
                    kind: "assignment",
                    sign: Some(line.sign),
                    name: format!("{} · {}", line.holder.label, line.role),
                    fact: line.scope.name().to_owned(),
                })
            })
            .collect()
    }
}
