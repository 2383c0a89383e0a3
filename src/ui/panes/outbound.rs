//! Outbound (5): who may call out, and where to: the control of each service, and the hosts that are
//! needed against those that are allowed.
//!
//! Needs are what the resources themselves say; what definitions and logs say is not read here.

mod detail;
mod rows;
mod table;

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
use crate::ui::panes::{Badge, Pane, Thing, empty, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::text::Rich;
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::detail::{Detail, plain_text};
use crate::ui::widgets::parts::{Height, Parts};
use crate::ui::widgets::rule::Rule;

use super::loads::Named;
use rows::{FAMILIES, Host, Service};
use table::Second;

/// The context of its keys.
const CONTEXT: &str = "outbound";
/// The view of the services.
const SERVICES: usize = 0;
/// The view of the hosts of the chosen service.
const HOSTS: usize = 1;
/// What was looked for, in the plural.
const WHAT: &str = "AI services accounts, hubs, search services, storage accounts and key vaults";

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    revision: Option<u64>,
    pending: usize,
    is_idle: bool,
    signs: Signs,
    stale: usize,
}

/// The pane.
#[derive(Debug)]
pub(crate) struct Outbound {
    parts: Parts,
    table: DataTable,
    second: DataTable,
    /// What the second table shows, and of which service.
    of: Option<(Arc<str>, Second)>,
    detail: Detail,
    services: Vec<Service>,
    loads: Loads,
    tool: mend::Chosen,
    gaps: Vec<Gap>,
    troubles: Troubles,
    oldest: Option<OffsetDateTime>,
    stamp: Stamp,
    shown: Option<String>,
}

impl Outbound {
    /// The pane before anything was read.
    pub(crate) fn new() -> Self {
        Self {
            parts: Parts::new(2),
            table: DataTable::new(table::columns()),
            second: DataTable::new(table::second_columns(Second::Hosts)),
            of: None,
            detail: Detail::new(),
            services: Vec::new(),
            loads: Loads::default(),
            tool: mend::Chosen::default(),
            gaps: Vec::new(),
            troubles: Troubles::default(),
            oldest: None,
            stamp: Stamp::default(),
            shown: None,
        }
    }

    fn service(&self) -> Option<&Service> {
        let id = self.table.selected_id()?;
        self.services
            .iter()
            .find(|one| one.resource.id.as_str() == &**id)
    }

    fn gap(&self) -> Option<&Gap> {
        let id = self.table.selected_id()?;
        self.gaps.iter().find(|gap| gap.id == **id)
    }

    /// The host under the selection, while the person is in the list of hosts.
    fn host(&self) -> Option<&Host> {
        if self.parts.view() != HOSTS || !matches!(self.of, Some((_, Second::Hosts))) {
            return None;
        }
        let id = self.second.selected_id()?;
        self.service()?.hosts.iter().find(|host| host.name == **id)
    }

    /// The rule of a managed network under the selection, while the person is in the list of rules.
    fn rule(&self, cx: &Cx<'_>) -> Option<Named> {
        if self.parts.view() != HOSTS || !matches!(self.of, Some((_, Second::Rules))) {
            return None;
        }
        let id = self.second.selected_id()?;
        let rules = detail::managed_rules(cx, self.service()?);
        rules.into_iter().find(|one| one.label == **id)
    }

    /// What can be copied of the remedies that are shown.
    fn mends(&self) -> Vec<CopyItem> {
        self.host().map_or_else(Vec::new, |host| {
            mend::copy(&detail::remedies(&self.loads, host), self.tool)
        })
    }

    fn told(&self) -> detail::Told<'_> {
        detail::Told {
            all: &self.services,
            loads: &self.loads,
            tool: self.tool,
        }
    }

    /// Makes the second table of the chosen service.
    fn make_second(&mut self, cx: &Cx<'_>) {
        let Some(service) = self.service() else {
            self.of = None;
            self.second.set_rows(Vec::new(), Vec::new());
            return;
        };
        let second = table::second(cx, service);
        let rows = table::second_rows(cx, second, service, &self.loads);
        self.of = Some((Arc::from(service.resource.id.as_str()), second));
        self.second.set_columns(table::second_columns(second));
        self.second.set_rows(Vec::new(), rows);
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let (subject, sections) = if let Some(gap) = self.gap() {
            let so = format!(
                "Whom these {} may call: no row here is a guess.",
                gap.family.plural()
            );
            (gap.id.clone(), reading::gap_sections(cx, gap, &so))
        } else if let Some(service) = self.service() {
            let id = service.resource.id.as_str();
            match self.host() {
                Some(host) => (
                    format!("{id}|{}", host.name),
                    detail::host(cx, service, host, &self.told()),
                ),
                None => match self.rule(cx) {
                    Some(rule) => (
                        format!("{id}|{}", rule.label),
                        detail::rule(cx, service, &rule, &self.told()),
                    ),
                    None => (id.to_owned(), detail::service(cx, service, &self.told())),
                },
            }
        } else {
            (String::new(), Vec::new())
        };
        let fresh = self.shown.as_ref() != Some(&subject);
        self.shown = Some(subject);
        self.detail.set(sections, fresh);
    }

    fn follow(&mut self, cx: &Cx<'_>) {
        let own = self
            .service()
            .map(|one| one.resource.id.as_str().to_owned());
        if self.of.as_ref().map(|(id, _)| &**id) != own.as_deref() {
            self.make_second(cx);
        }
        self.make_detail(cx);
    }

    fn table_height(&self, area: Rect) -> u16 {
        let band = if self.troubles.first.is_some() { 2 } else { 0 };
        let listed = u16::try_from(self.table.count().0).unwrap_or(u16::MAX);
        let gaps = if self.gaps.is_empty() { 0 } else { 2 };
        let wanted = listed.saturating_add(4 + band + gaps);
        wanted
            .min(area.height.saturating_sub(8))
            .max(area.height.min(6))
    }

    fn draw_services(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.table.note();
        let facts = if note.is_empty() {
            let tally = self.troubles.tally(cx);
            let gap = if tally.is_empty() { "" } else { "  " };
            Rich::muted(format!("who may call out, and where to{gap}")).and(tally)
        } else {
            note
        };
        let right = self.oldest.map_or_else(Rich::new, |at| Age::note(at, cx));
        let below = Rule::new("Outbound")
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(SERVICES))
            .draw(cx, buffer, area);
        let below = match &self.troubles.first {
            Some(trouble) => trouble.band(cx, CONTEXT).draw(cx, buffer, below),
            None => below,
        };
        if self.nothing_at_all() {
            empty(cx, buffer, below, &reading::nothing(cx, WHAT, CONTEXT));
            return Drawn::default();
        }
        if self.table.count().0 == 0 {
            empty(
                cx,
                buffer,
                below,
                "No service passes what is typed or chosen; esc shows all of them.",
            );
            return Drawn::default();
        }
        self.table
            .draw(cx, buffer, below, SERVICES, self.parts.has_focus(SERVICES))
    }

    fn draw_hosts(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let name = self
            .service()
            .map_or("Hosts", |one| one.resource.name.as_str());
        let (facts, right) = match self.of {
            Some((_, Second::Hosts)) => {
                ("needed by a hop against allowed", "exact match, any case")
            }
            Some((_, Second::Rules)) => ("rules of its managed network", ""),
            _ => ("", ""),
        };
        let facts = if self.second.note().is_empty() {
            Rich::muted(facts)
        } else {
            self.second.note()
        };
        let below = Rule::new(name)
            .facts(facts)
            .right(Rich::muted(right))
            .focused(self.parts.has_focus(HOSTS))
            .draw(cx, buffer, area);
        match &self.of {
            Some((_, Second::None(why))) => empty(cx, buffer, below, why),
            None => empty(
                cx,
                buffer,
                below,
                "The hosts of a service stand here as soon as it is read.",
            ),
            Some(_) => {
                return self
                    .second
                    .draw(cx, buffer, below, HOSTS, self.parts.has_focus(HOSTS));
            }
        }
        Drawn::default()
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let mut rule = Rule::new("Detail").focused(self.parts.has_focus(part));
        if let Some(gap) = self.gap() {
            rule = Rule {
                title: gap.title(),
                facts: gap.why(cx),
                ..rule
            };
        } else if let Some(service) = self.service() {
            let sign = self.host().map_or(service.sign, |host| host.sign);
            rule.title = self
                .host()
                .map_or_else(|| service.resource.name.clone(), |host| host.name.clone());
            if matches!(
                sign,
                Sign::Shut | Sign::Unknown | Sign::Open | Sign::Exposure | Sign::Reading
            ) {
                rule.facts = Rich::signed(cx.signs, sign);
            }
            rule.right = Rich::muted(table::control(service));
        }
        let below = rule.draw(cx, buffer, area);
        self.detail.draw(cx, buffer, below, part)
    }

    fn nothing_at_all(&self) -> bool {
        self.services.is_empty() && self.gaps.is_empty()
    }

    /// The table that the keys of the frame act on.
    fn focused(&self) -> &DataTable {
        if self.parts.view() == HOSTS {
            &self.second
        } else {
            &self.table
        }
    }

    fn focused_mut(&mut self) -> &mut DataTable {
        if self.parts.view() == HOSTS {
            &mut self.second
        } else {
            &mut self.table
        }
    }
}

/// What cannot be said while something is missing.
fn so(facet: Option<Facet>) -> &'static str {
    match facet {
        Some(Facet::Perimeters) => "An enforced one would restrict their calls.",
        Some(_) => "Which hosts they may call is not known.",
        None => "Whom they may call is not known.",
    }
}

impl Pane for Outbound {
    fn update(&mut self, cx: &Cx<'_>) {
        let gaps = reading::gaps(cx, &FAMILIES);
        let calls_out = |id: &ArmId| {
            cx.inventory.resource(id).is_some_and(|one| {
                matches!(
                    one.family,
                    Family::Cognitive | Family::Workspace | Family::Search
                )
            })
        };
        let facets = [Facet::Perimeters, Facet::OutboundRules];
        self.troubles = Troubles::of(cx, &gaps, &facets, calls_out, so);
        let stale = |one: &&Service| Age::of(one.resource.source.observed_at, cx.now) != Age::Fresh;
        let stamp = Stamp {
            revision: Some(cx.inventory.snapshot().revision()),
            pending: self.troubles.pending,
            is_idle: cx.snapshot.is_idle(),
            signs: cx.signs,
            stale: self.services.iter().filter(stale).count(),
        };
        let is_judged_anew = self.loads.update(cx);
        if self.stamp != stamp || self.gaps != gaps || is_judged_anew {
            self.gaps = gaps;
            self.stamp = stamp;
            let hops = cx.judged.map(|_| self.loads.hops());
            self.services = rows::build(cx.inventory, cx.snapshot, hops);
            self.oldest = self
                .services
                .iter()
                .map(|one| one.resource.source.observed_at)
                .min();
            let rows = table::rows(cx, &self.services, &self.gaps);
            self.table.set_rows(table::groups(&self.gaps), rows);
            self.make_second(cx);
        }
        self.follow(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::NextPart,
            Action::Json,
            Action::Describe,
            Action::Copy,
            Action::Portal,
            Action::NextView,
            Action::Sort,
            Action::FaultsOnly,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        if self.parts.has_focus(self.parts.detail())
            && matches!(action, Action::NextView | Action::PreviousView)
            && !self.mends().is_empty()
        {
            self.tool.turn(action == Action::NextView);
            self.make_detail(cx);
            return Outcome::drawn();
        }
        let taken = match self.parts.focus() {
            // `enter` on a service leads to its hosts.
            SERVICES if action == Action::Enter && !self.second.rows().is_empty() => {
                self.parts.go(HOSTS);
                true
            }
            SERVICES => self.table.on_action(action),
            HOSTS => self.second.on_action(action),
            _ => self.detail.on_action(action),
        };
        let taken = taken || self.parts.on_action(action);
        let taken = taken || (action == Action::FaultsOnly && self.focused_mut().on_action(action));
        if !taken {
            return Outcome::ignored();
        }
        self.follow(cx);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if self.nothing_at_all() {
            return self.draw_services(cx, area, buffer);
        }
        let heights = [Height::Rows(self.table_height(area)), Height::Rest];
        let placed = self.parts.place(cx, area, &heights);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[SERVICES] {
            drawn.add(self.draw_services(cx, area, buffer));
        }
        if let Some(area) = placed.views[HOSTS] {
            drawn.add(self.draw_hosts(cx, area, buffer));
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
            HOSTS => self.second.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = match pointer.part {
            SERVICES => point_at_table(&mut self.table, pointer),
            HOSTS => point_at_table(&mut self.second, pointer),
            _ => point_at_detail(&mut self.detail, pointer),
        };
        if pointer.what == Gesture::Click {
            self.parts.go(pointer.part);
        }
        self.follow(cx);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        let count = |sign: Sign| self.services.iter().filter(|one| one.sign == sign).count();
        [
            (Sign::Shut, count(Sign::Shut)),
            (Sign::Unknown, count(Sign::Unknown) + self.troubles.denied),
            (Sign::Failed, self.troubles.failed),
            (Sign::Reading, self.troubles.pending),
        ]
        .into_iter()
        .find(|(_, count)| *count > 0)
        .map(|(sign, count)| Badge { sign, count })
    }

    fn keys(&self) -> Vec<Key> {
        let facets = self.services.iter().filter_map(|one| {
            let facet = match one.resource.family {
                Family::Cognitive | Family::Search => Facet::Perimeters,
                Family::Workspace => Facet::OutboundRules,
                _ => return None,
            };
            Some(Key::Facet(one.resource.id.clone(), facet))
        });
        let gaps = self.gaps.iter().flat_map(|gap| gap.keys.iter().cloned());
        gaps.chain(facets.take(100)).collect()
    }

    fn subject(&self, _: &Cx<'_>) -> Option<Subject> {
        let sections = self.detail.sections().to_vec();
        let item = |label: &str, text: String| CopyItem {
            label: label.to_owned(),
            text,
        };
        if let Some(gap) = self.gap() {
            return Some(Subject {
                title: gap.title(),
                copy: vec![item("what was refused", plain_text(&sections))],
                sections,
                ..Subject::default()
            });
        }
        let service = self.service()?;
        let resource = &service.resource;
        let host = self.host().map(|host| item("host", host.name.clone()));
        let hosts: Vec<&str> = service
            .hosts
            .iter()
            .map(|host| host.name.as_str())
            .collect();
        let all = (!hosts.is_empty()).then(|| item("hosts", hosts.join("\n")));
        let evidence: Vec<String> = service
            .outbound
            .evidence
            .iter()
            .map(|one| format!("{} = {}", one.path, one.words()))
            .collect();
        let evidence = (!evidence.is_empty()).then(|| item("evidence", evidence.join("\n")));
        let id = Some(item("id", resource.id.as_str().to_owned()));
        Some(Subject {
            title: resource.name.clone(),
            id: Some(resource.id.clone()),
            answers: vec![Answer {
                title: resource.name.clone(),
                raw: Raw::Json(Arc::clone(&resource.raw)),
            }],
            copy: self
                .mends()
                .into_iter()
                .chain([host, id, all, evidence].into_iter().flatten())
                .collect(),
            portal: None,
            sections,
        })
    }

    fn set_filter(&mut self, typed: &str) {
        self.focused_mut().set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.focused().count();
        (self.focused().filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        self.focused().sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        self.focused_mut().sort_by(column);
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.focused().sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        let found = self.table.select(id);
        if found {
            self.parts.go(SERVICES);
        }
        found
    }

    fn things(&self) -> Vec<Thing> {
        self.services
            .iter()
            .map(|one| Thing {
                id: one.resource.id.as_str().to_owned(),
                kind: "resource",
                sign: Some(one.sign),
                name: one.resource.name.clone(),
                fact: format!("outbound · {}", table::control(one)),
            })
            .collect()
    }
}
