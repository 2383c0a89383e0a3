//! Foundry: hubs, projects and accounts as a tree down to the properties that a managed group must
//! keep, and below it what may change that group.
//!
//! The analysis judges; `rows.rs` makes plain rows of it, `tree.rs` shows them, `detail.rs` tells one.

mod detail;
mod encryption;
mod facets;
mod hosts;
mod judged;
mod line;
mod may_change;
mod night;
mod powers;
mod row;
pub mod rows;
mod tree;
mod words;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::access::{Matrix, matrix};
use crate::analysis::foundry::{Foundry as Judged, foundry};
use crate::analysis::hop::Judgement;
use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::ui::cx::{Cx, Drawn, Page, Pointer, SizeClass};
use crate::ui::effect::{Answer, Effect, Outcome, Raw, Subject};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Detail;
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use super::trouble::{self, Trouble};
use super::{Badge, Pane, Thing, empty, mend, point_at_detail, who};
use encryption::Encryption;
use may_change::MayChange;
use rows::{About, Row, Says};
use tree::Tree;

const CONTEXT: &str = "foundry";
const TREE: usize = 0;
const MAY_CHANGE: usize = 1;
const ENCRYPTION: usize = 2;

/// The pane.
pub struct Foundry {
    parts: Parts,
    tree: Tree,
    may_change: MayChange,
    encryption: Encryption,
    detail: Detail,
    judged: Judged,
    rows: Vec<Row>,
    trouble: Trouble,
    made_of: Option<(u64, Trouble)>,
    judgement: Option<Arc<Judgement>>,
    tool: mend::Chosen,
    shown: Option<String>,
    told: Option<detail::Told>,
    keys: Vec<Key>,
}

impl Default for Foundry {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether the pane is made from this reading.
fn concerns(key: &Key) -> bool {
    match key {
        Key::List { family, .. } => matches!(
            family,
            Family::Workspace
                | Family::Cognitive
                | Family::Cosmos
                | Family::Search
                | Family::Storage
                | Family::Vault
        ),
        Key::Facet(_, facet) => matches!(
            facet,
            Facet::Connections
                | Facet::Projects
                | Facet::CapabilityHosts
                | Facet::Keys
                | Facet::Key
                | Facet::KeyVersions
        ),
        Key::DenyAssignments(_)
        | Key::Groups(_)
        | Key::Locks(_)
        | Key::PolicyAssignments(_)
        | Key::PolicyExemptions(_) => true,
        Key::Resource(id) => id
            .resource_type()
            .and_then(|own| Family::of_type(&own))
            .is_some_and(Family::has_firewall),
        _ => false,
    }
}

impl Foundry {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(3),
            tree: Tree::new(["MUST BE", "IS", "SINCE"]),
            may_change: MayChange::new(),
            encryption: Encryption::new(),
            detail: Detail::new(),
            judged: Judged {
                hubs: Vec::new(),
                lone_projects: Vec::new(),
                accounts: Vec::new(),
            },
            rows: Vec::new(),
            trouble: Trouble::default(),
            made_of: None,
            judgement: None,
            tool: mend::Chosen::default(),
            shown: None,
            told: None,
            keys: Vec::new(),
        }
    }

    fn take(&mut self, cx: &Cx<'_>) {
        self.judged = foundry(cx.inventory);
        self.rows = rows::rows(cx.inventory, &self.judged, cx.judgement);
        let denied: Matrix = matrix(cx.inventory);
        self.may_change.take(cx, &self.groups(), &denied);
        self.encryption.take(cx, &self.groups());
        let rows = self
            .rows
            .iter()
            .map(|row| line::of(cx, row, line::by(cx, &self.judged, row)))
            .collect();
        self.tree.set_rows(rows);
        let is_on_screen = |key: &Key| match key {
            Key::Facet(id, _) | Key::Resource(id) => trouble::is_shown(cx.inventory, id),
            other => concerns(other),
        };
        let readings = cx.snapshot.slices().map(|(key, _)| key);
        self.keys = readings
            .filter(|key| concerns(key) && is_on_screen(key))
            .cloned()
            .collect();
    }

    /// The managed groups of the hubs that are shown.
    fn groups(&self) -> Vec<ArmId> {
        let shown = self.rows.iter().filter_map(|row| match row.about {
            About::HubPart(at, rows::Part::Group) => Some(at),
            _ => None,
        });
        shown
            .filter_map(|at| Some(self.judged.hubs.get(at)?.managed.as_ref()?.group.id.clone()))
            .collect()
    }

    fn facts(&self, cx: &Cx<'_>) -> Rich {
        let words = words::tally(&self.judged, &self.rows, self.groups().len());
        let tally = self.trouble.tally(cx);
        let words = Rich::muted(words);
        if tally.is_empty() || words.is_empty() {
            words.and(tally)
        } else {
            words.then(Role::Muted, "  ").and(tally)
        }
    }

    fn draw_tree(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(TREE);
        let (listed, all) = self.tree.count();
        let right = if self.tree.is_faults_only() || !self.tree.filter().is_empty() {
            let mut note = Rich::new();
            if self.tree.is_faults_only() {
                note = note.then(Role::Accent, "faults only  ");
            }
            if !self.tree.filter().is_empty() {
                note = note.then(Role::Accent, format!("/ {}  ", self.tree.filter()));
            }
            note.then(Role::Muted, format!("{listed} of {all}"))
        } else {
            let age = trouble::age(cx, concerns);
            if age.is_empty() {
                Rich::muted("as created against as it is")
            } else {
                age
            }
        };
        let rule = Rule::new("Foundry")
            .facts(self.facts(cx))
            .right(right)
            .focused(focused);
        let mut inside = rule.draw(cx, buffer, area);
        if let Some(band) = self.trouble.band(cx, CONTEXT, words::so(&self.rows)) {
            inside = band.draw(cx, buffer, inside);
        }
        if self.rows.is_empty() {
            empty(cx, buffer, inside, &self.nothing(cx));
            return Drawn::default();
        }
        if listed == 0 {
            empty(cx, buffer, inside, "No row passes. Esc shows all of them.");
            return Drawn::default();
        }
        self.tree.draw(cx, buffer, inside, TREE, focused)
    }

    fn nothing(&self, cx: &Cx<'_>) -> String {
        let what = "Foundry hubs, their projects, and AI Services accounts with projects";
        if self.trouble.pending > 0
            || (!cx.snapshot.is_idle() && cx.snapshot.slices().next().is_none())
        {
            return format!("Reading what there is: {what} appear here as soon as they are named.");
        }
        let again = cx
            .key_of(CONTEXT, Action::Refresh)
            .map_or(String::new(), |key| format!(" {key} asks again."));
        if self.trouble.denied + self.trouble.failed > 0 {
            return format!("No {what} were found, but not everything could be read.{again}");
        }
        format!(
            "Looked for {what} in {}, and there are none. One appears here at the next reading after it is made.{again}",
            trouble::looked_at(cx)
        )
    }

    fn draw_may_change(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(MAY_CHANGE);
        let title = if self.may_change.groups() > 1 {
            "What may change these groups"
        } else {
            "What may change this group"
        };
        let right = Rich::muted("policies, locks, deny assignments");
        let inside = Rule::new(title)
            .right(right)
            .focused(focused)
            .draw(cx, buffer, area);
        self.may_change
            .draw(cx, buffer, inside, MAY_CHANGE, focused)
    }

    fn draw_encryption(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(ENCRYPTION);
        let inside = Rule::new("Encryption")
            .facts(Rich::muted(self.encryption.tally()))
            .right(Rich::muted("whose key, which version, until when"))
            .focused(focused)
            .draw(cx, buffer, area);
        if self.encryption.is_empty() {
            empty(
                cx,
                buffer,
                inside,
                "Nothing that was read says how it is encrypted.",
            );
            return Drawn::default();
        }
        self.encryption
            .draw(cx, buffer, inside, ENCRYPTION, focused)
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
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
            return Drawn::default();
        };
        let rule = Rule::new(told.title.clone())
            .right(Rich::muted(told.right.clone()))
            .focused(focused);
        let mut inside = rule.draw(cx, buffer, area);
        if cx.size_class() == SizeClass::Beside && inside.height > 4 {
            inside = Rect::new(inside.x, inside.y + 1, inside.width, inside.height - 1);
        }
        self.detail.draw(cx, buffer, inside, self.parts.detail())
    }

    fn tell(&mut self, cx: &Cx<'_>, fresh_rows: bool) {
        let (id, told) = match (self.parts.view(), self.may_change.selected()) {
            (MAY_CHANGE, Some(power)) => (power.key(), Some(powers::told(cx, power, self.tool))),
            (ENCRYPTION, _) => match self.encryption.selected() {
                Some(one) => (
                    format!("{}#key", one.resource.folded()),
                    Some(encryption::told(cx, one)),
                ),
                None => (String::new(), None),
            },
            _ => match self.tree.selected().and_then(|at| self.rows.get(at)) {
                Some(row) => (row.id.to_string(), None),
                None => (String::new(), None),
            },
        };
        let fresh = self.shown.as_ref() != Some(&id);
        if !fresh && !fresh_rows {
            return;
        }
        let told = told.or_else(|| {
            let row = self.tree.selected().and_then(|at| self.rows.get(at))?;
            detail::told(cx, &self.judged, row, self.tool)
        });
        self.detail.set(
            told.as_ref()
                .map_or_else(Vec::new, |told| told.sections.clone()),
            fresh,
        );
        self.told = told;
        self.shown = Some(id);
    }
}

impl Pane for Foundry {
    fn update(&mut self, cx: &Cx<'_>) {
        self.trouble = Trouble::of(cx, concerns);
        let is_made_of =
            |key: &Key| concerns(key) || matches!(key, Key::Principals(_) | Key::Subscriptions(_));
        let stamp = trouble::stamp(cx.inventory, is_made_of);
        let now = (stamp, self.trouble.clone());
        let is_judged_anew = self
            .judgement
            .as_ref()
            .is_none_or(|own| !Arc::ptr_eq(own, cx.judgement));
        let changed = self.made_of.as_ref() != Some(&now) || is_judged_anew;
        if changed {
            self.judgement = Some(Arc::clone(cx.judgement));
            self.take(cx);
            self.made_of = Some(now);
        }
        self.tell(cx, changed);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::Left,
            Action::Right,
            Action::Json,
            Action::Describe,
            Action::Who,
            Action::Copy,
            Action::Portal,
            Action::FaultsOnly,
            Action::Refresh,
            Action::NextPart,
            Action::PreviousPart,
            Action::NextView,
            Action::PreviousView,
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

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        if action == Action::Who {
            let resource = self.told.as_ref().and_then(|told| told.resource.clone());
            let by = resource
                .as_ref()
                .and_then(|id| who::of_property(cx.judgement, id, ""));
            return match who::jump(by) {
                Some(effect) => Outcome::with(effect),
                None => Outcome::with(Effect::Say(
                    "No change in the activity log is put down to it.".to_owned(),
                )),
            };
        }
        let in_detail = self.parts.focus() == self.parts.detail();
        if in_detail && matches!(action, Action::NextView | Action::PreviousView) {
            self.tool.turn(action == Action::NextView);
            self.shown = None;
            return Outcome::drawn();
        }
        let taken = match self.parts.focus() {
            _ if action == Action::FaultsOnly => self.tree.on_action(action),
            TREE => self.tree.on_action(action),
            MAY_CHANGE => self.may_change.on_action(action),
            ENCRYPTION => self.encryption.on_action(action),
            _ => self.detail.on_action(action),
        };
        if taken || self.parts.on_action(action) {
            Outcome::drawn()
        } else {
            Outcome::ignored()
        }
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let below = self.may_change.height().min(area.height / 3);
        // Rule, head and two blank rows; what is left belongs to the part below.
        let own = u16::try_from(self.tree.count().0)
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let own = own.max(12) + 2 * u16::from(self.trouble.first.is_some());
        let tree = Height::Rows(own.min(area.height.saturating_sub(below)));
        // The last two share their room: the one that has, or last had, the focus is shown.
        let is_encryption = self.parts.view() == ENCRYPTION;
        let rest = match tree {
            Height::Rows(rows) if !is_encryption => area.height.saturating_sub(rows),
            _ => 0,
        };
        let placed = self
            .parts
            .place(cx, area, &[tree, Height::Rows(rest), Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views.first().copied().flatten() {
            drawn.add(self.draw_tree(cx, area, buffer));
        }
        if let Some(area) = placed.views.get(1).copied().flatten() {
            drawn.add(self.draw_may_change(cx, area, buffer));
        }
        if let Some(area) = placed.views.get(2).copied().flatten() {
            drawn.add(self.draw_encryption(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            TREE => self.tree.keep(page),
            MAY_CHANGE => self.may_change.keep(page),
            ENCRYPTION => self.encryption.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, _cx: &Cx<'_>) -> Outcome {
        use crate::ui::cx::Gesture;
        self.parts.go(pointer.part);
        match (pointer.part, pointer.what) {
            (TREE, Gesture::Click) => self.tree.go(pointer.line),
            (TREE, what) => self.tree.wheel(what == Gesture::WheelDown),
            (MAY_CHANGE, _) => return self.may_change.on_pointer(pointer),
            (ENCRYPTION, _) => return self.encryption.on_pointer(pointer),
            _ => return point_at_detail(&mut self.detail, pointer),
        }
        Outcome::drawn()
    }

    fn badge(&self) -> Option<Badge> {
        let roots = || self.rows.iter().filter(|row| row.parent.is_none());
        for sign in [Sign::Shut, Sign::AtRisk, Sign::Unknown] {
            let count = roots().filter(|row| row.sign == sign).count();
            if count > 0 {
                return Some(Badge { sign, count });
            }
        }
        let waits = self.trouble.pending > 0;
        waits.then_some(Badge {
            sign: Sign::Reading,
            count: 0,
        })
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        if self.parts.view() == MAY_CHANGE
            && let Some(power) = self.may_change.selected()
        {
            let copy = self
                .told
                .as_ref()
                .map_or_else(Vec::new, |told| told.copy.clone());
            return Some(powers::subject(
                cx,
                power,
                copy,
                self.detail.sections().to_vec(),
            ));
        }
        let told = self.told.as_ref()?;
        let resource = told
            .resource
            .as_ref()
            .and_then(|id| cx.inventory.resource(id));
        let mut answers: Vec<Answer> = resource
            .map(|one| Answer {
                title: one.name.clone(),
                raw: Raw::Json(one.raw.clone()),
            })
            .into_iter()
            .collect();
        if let Some(group) = told.resource.as_ref().and_then(|id| cx.inventory.group(id)) {
            answers.push(Answer {
                title: group.name.clone(),
                raw: Raw::Json(group.raw.clone()),
            });
        }
        Some(Subject {
            title: told.title.clone(),
            id: told.resource.clone(),
            answers,
            copy: told.copy.clone(),
            portal: None,
            sections: told.sections.clone(),
        })
    }

    fn set_filter(&mut self, typed: &str) {
        self.tree.set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.tree.count();
        (self.tree.filter().to_owned(), listed, all)
    }

    fn select(&mut self, id: &str) -> bool {
        let wanted = self.rows.iter().find(|row| {
            row.is_thing
                && row
                    .id
                    .rsplit_once('#')
                    .is_some_and(|(own, _)| own.eq_ignore_ascii_case(id))
        });
        let wanted = wanted.map(|row| row.id.clone());
        wanted.is_some_and(|own| self.tree.select(&own))
    }

    fn things(&self) -> Vec<Thing> {
        let things = self.rows.iter().filter(|row| row.is_thing);
        things
            .map(|row| Thing {
                id: row
                    .id
                    .rsplit_once('#')
                    .map_or("", |(own, _)| own)
                    .to_owned(),
                kind: "resource",
                sign: Some(row.sign),
                name: row.name.clone(),
                fact: match &row.says {
                    Says::Fact(fact) => fact.clone(),
                    _ => String::new(),
                },
            })
            .collect()
    }
}
