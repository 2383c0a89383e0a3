//! Tenants (8): who is signed in where and with which token, the application that stands in two
//! tenants, the address pools, and who draws from them; for any pool and network, what a call that
//! nobody made yet would meet.
//!
//! The analysis judges; here it is only shown. `bridge.rs`, `pools.rs` and `draws.rs` make the rows of
//! the three tables, `draw.rs` places them, `detail.rs` tells one thing.

mod ahead;
mod answers;
mod bridge;
mod detail;
mod draw;
mod draws;
mod pools;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::addresses::{self, Drawer, Node};
use crate::analysis::hop::{Hop, HopKind, Judgement};
use crate::analysis::preflight::Preflight;
use crate::analysis::tenancy::{self, Bridge, Question, Seat};
use crate::config::Action;
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::store::Slice;
use crate::ui::cx::{Cx, Drawn, Gesture, Page, Pointer};
use crate::ui::effect::{CopyItem, Effect, Outcome, Subject};
use crate::ui::panes::trouble::Trouble;
use crate::ui::panes::{Badge, Pane, Thing, mend, point_at_detail, point_at_table};
use crate::ui::signs::{Sign, Signs};
use crate::ui::widgets::data_table::{DataTable, SortKey, TableRow};
use crate::ui::widgets::detail::{Detail, Section, plain_text};
use crate::ui::widgets::parts::Parts;

/// The context of its keys.
const CONTEXT: &str = "tenants";
/// Who is signed in, and the bridges.
const BRIDGE: usize = 0;
/// The pools.
const POOLS: usize = 1;
/// Who draws from the chosen pool.
const DRAWS: usize = 2;
/// The Map, which has every hop.
const MAP: char = '1';

/// The place of the sign `open` among all: what stands before it is a verdict, or will be one.
const OPEN: i64 = 4;

/// What the rows were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    revision: Option<u64>,
    signs: Signs,
    pending: usize,
    /// Tokens run out by the minute.
    minute: i64,
}

/// The pane.
#[derive(Debug)]
pub struct Tenants {
    parts: Parts,
    bridge: DataTable,
    pools: DataTable,
    draws: DataTable,
    detail: Detail,
    seats: Vec<Seat>,
    bridges: Vec<Bridge>,
    nodes: Vec<Node>,
    /// Who draws from the chosen pool, and the networks that do not.
    drawers: Vec<Drawer>,
    others: Vec<Arc<Resource>>,
    of_pool: Option<ArmId>,
    /// What is to be selected as soon as the third table is made.
    wanted: Option<ArmId>,
    /// Whether a person has chosen anything: until then the worst is.
    is_touched: bool,
    signing: Trouble,
    reading: Trouble,
    judgement: Option<Arc<Judgement>>,
    stamp: Option<Stamp>,
    tool: mend::Chosen,
    preflight: Option<Preflight>,
    shown: String,
}

impl Default for Tenants {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a reading is about tenants and what stands between them.
fn is_bridge(key: &Key) -> bool {
    matches!(
        key,
        Key::Subscriptions(_)
            | Key::ServicePrincipalOf(..)
            | Key::Application(..)
            | Key::NetworkManagerConnections(_)
            | Key::Facet(_, Facet::ScopeConnections)
    )
}

/// Whether a reading is about pools.
fn is_pools(key: &Key) -> bool {
    matches!(
        key,
        Key::NetworkManagers(_)
            | Key::IpamPool(_)
            | Key::Facet(
                _,
                Facet::IpamPools | Facet::StaticCidrs | Facet::PoolUsage | Facet::PoolAssociations
            )
    )
}

impl Tenants {
    /// The pane before anything was read.
    pub fn new() -> Self {
        Self {
            parts: Parts::new(3),
            bridge: DataTable::new(bridge::columns(&[])),
            pools: DataTable::new(pools::columns()),
            draws: DataTable::new(draws::columns()),
            detail: Detail::new(),
            seats: Vec::new(),
            bridges: Vec::new(),
            nodes: Vec::new(),
            drawers: Vec::new(),
            others: Vec::new(),
            of_pool: None,
            wanted: None,
            is_touched: false,
            signing: Trouble::default(),
            reading: Trouble::default(),
            judgement: None,
            stamp: None,
            tool: mend::Chosen::default(),
            preflight: None,
            shown: String::new(),
        }
    }

    fn table(&self) -> &DataTable {
        match self.parts.view() {
            POOLS => &self.pools,
            DRAWS => &self.draws,
            _ => &self.bridge,
        }
    }

    fn table_mut(&mut self) -> &mut DataTable {
        match self.parts.view() {
            POOLS => &mut self.pools,
            DRAWS => &mut self.draws,
            _ => &mut self.bridge,
        }
    }

    fn node(&self) -> Option<&Node> {
        let id = self.pools.selected_id()?;
        self.nodes.iter().find(|one| *one.id.as_str() == **id)
    }

    /// The row of the third table: its id.
    fn drawing(&self) -> Option<ArmId> {
        self.draws.selected_id().map(|id| ArmId::new(&**id))
    }

    fn drawer(&self) -> Option<&Drawer> {
        let id = self.drawing()?;
        self.drawers.iter().find(|one| one.id == id)
    }

    /// The question of the selected row, with the bridge that it is about.
    fn question(&self) -> Option<(&Bridge, Question)> {
        let id = self.bridge.selected_id()?;
        self.bridges.iter().enumerate().find_map(|(at, own)| {
            let row = own
                .rows
                .iter()
                .find(|row| bridge::row_id(at, row.question) == **id)?;
            Some((own, row.question))
        })
    }

    /// The hop that the selection is about, and the question that leads to it.
    fn hop<'h>(&self, judgement: &'h Judgement) -> Option<(&'h Hop, Option<Question>)> {
        match self.parts.view() {
            BRIDGE => {
                let (own, question) = self.question()?;
                let hop = judgement.hops.get(*own.hops.first()?)?;
                Some((hop, Some(question)))
            }
            DRAWS => {
                let pool = self.of_pool.as_ref()?;
                let hop = draws::hop(&judgement.hops, pool, &self.drawing()?)?;
                Some((hop, None))
            }
            _ => None,
        }
    }

    fn make_rows(&mut self, cx: &Cx<'_>) {
        self.seats = tenancy::seats(cx.inventory, &cx.judgement.hops, cx.now);
        self.bridges = tenancy::bridges(cx.inventory, &cx.judgement.hops, &self.seats);
        self.nodes = addresses::tree(cx.inventory, cx.now);
        self.bridge.set_columns(bridge::columns(&self.seats));
        let (groups, rows) = bridge::rows(cx, &self.seats, &self.bridges);
        self.bridge.set_rows(groups, rows);
        self.pools.set_airy(Self::is_airy(cx));
        self.pools
            .set_rows(Vec::new(), pools::rows(cx, &self.nodes));
        self.of_pool = None;
        if !self.is_touched {
            if let Some(id) = bridge::worst(&self.seats, &self.bridges) {
                self.bridge.suggest(&id);
            }
            choose_worst(&mut self.pools);
        }
    }

    /// The third table follows the second.
    fn follow(&mut self, cx: &Cx<'_>) {
        let chosen = self.node().map(|one| one.id.clone());
        if self.of_pool != chosen || chosen.is_none() {
            self.of_pool.clone_from(&chosen);
            self.drawers = self
                .node()
                .map_or_else(Vec::new, |one| addresses::drawers(cx.inventory, &one.id));
            let is_drawing = |id: &ArmId| self.drawers.iter().any(|one| one.id == *id);
            self.others = cx
                .inventory
                .family(Family::VirtualNetwork)
                .filter(|one| !is_drawing(&one.id))
                .cloned()
                .collect();
            let (groups, rows) = match &chosen {
                Some(pool) => draws::rows(cx, &self.seats, pool, &self.drawers, &self.others),
                None => (Vec::new(), Vec::new()),
            };
            self.draws.set_rows(groups, rows);
            if !self.is_touched {
                choose_worst(&mut self.draws);
            }
        }
        if let Some(wanted) = self.wanted.take() {
            draw::select(&mut self.draws, &wanted);
        }
        self.make_detail(cx);
    }

    fn make_detail(&mut self, cx: &Cx<'_>) {
        let (subject, sections) = self.told(cx);
        let fresh = self.shown != subject;
        self.shown = subject;
        self.detail.set(sections, fresh);
    }

    fn told(&self, cx: &Cx<'_>) -> (String, Vec<Section>) {
        if let Some(found) = &self.preflight {
            let id = format!("preflight {} {}", found.draw.network, found.draw.pool);
            return (id, ahead::sections(cx, &self.seats, found, self.tool));
        }
        if let Some((hop, question)) = self.hop(cx.judgement) {
            let mut sections = detail::hop(cx, &self.seats, hop, question, self.tool);
            if let Some(network) = cx.inventory.resource(&ArmId::new(&hop.from)) {
                sections.push(detail::network(cx, &self.seats, network));
            }
            let id = format!("{}{}", hop.id(), question.map_or("", Question::words));
            return (id, sections);
        }
        match self.parts.view() {
            POOLS => match self.node() {
                Some(node) => (
                    node.id.as_str().to_owned(),
                    detail::pool(cx, &self.seats, node, &self.drawers),
                ),
                None => (String::new(), Vec::new()),
            },
            DRAWS => {
                let Some(id) = self.drawing() else {
                    return (String::new(), Vec::new());
                };
                let resource = cx.inventory.resource(&id);
                let sections = match (self.drawer(), resource, &self.of_pool) {
                    (Some(one), resource, _) => {
                        let mut sections = detail::drawer(cx, &self.seats, one);
                        sections.extend(resource.map(|own| detail::network(cx, &self.seats, own)));
                        sections
                    }
                    (None, Some(own), Some(pool)) => detail::stranger(cx, &self.seats, own, pool),
                    _ => Vec::new(),
                };
                (id.as_str().to_owned(), sections)
            }
            _ => (
                "tenants".to_owned(),
                detail::tenants(cx, &self.seats, &self.bridges),
            ),
        }
    }

    /// On to the hop on the Map; `esc` leads back.
    fn on_the_map(&self, cx: &Cx<'_>) -> Option<Outcome> {
        let ids: Vec<String> = match (&self.preflight, self.hop(cx.judgement)) {
            (Some(found), _) => {
                draws::hop(&cx.judgement.hops, &found.draw.pool, &found.draw.network)
                    .map(Hop::id)
                    .into_iter()
                    .collect()
            }
            (None, Some((hop, _))) => vec![hop.id()],
            (None, None) if self.parts.view() == POOLS => {
                let pool = self.of_pool.as_ref()?;
                pools::hops_into(&cx.judgement.hops, pool)
                    .map(Hop::id)
                    .collect()
            }
            (None, None) => Vec::new(),
        };
        (!ids.is_empty()).then(|| {
            Outcome::with(Effect::Jump {
                panes: vec![MAP],
                ids,
            })
        })
    }
}

/// Puts the selection on the first row in trouble, else on the first that has a call to judge.
fn choose_worst(table: &mut DataTable) {
    let judged = |row: &&TableRow| {
        let rank = row.cells.first().and_then(|cell| cell.sort.as_ref());
        matches!(rank, Some(SortKey::Number(rank)) if *rank <= OPEN)
    };
    let rows = table.rows();
    let worst = rows.iter().find(|row| row.fault);
    let worst = worst.or_else(|| rows.iter().find(judged));
    if let Some(id) = worst.map(|row| Arc::clone(&row.id)) {
        table.suggest(&id);
    }
}

impl Pane for Tenants {
    fn update(&mut self, cx: &Cx<'_>) {
        self.signing = Trouble::of(cx, is_bridge);
        // A pool of a tenant that nobody is signed in to was not refused: the table says whose it is.
        self.reading = Trouble::of(cx, |key| {
            let slice = cx.snapshot.slice(key).and_then(Slice::trouble);
            is_pools(key) && !slice.is_some_and(Issue::is_of_wrong_tenant)
        });
        let stamp = Stamp {
            revision: Some(cx.inventory.snapshot().revision()),
            signs: cx.signs,
            pending: self.signing.pending + self.reading.pending,
            minute: cx.now.unix_timestamp() / 60,
        };
        let is_judged_anew = self
            .judgement
            .as_ref()
            .is_none_or(|own| !Arc::ptr_eq(own, cx.judgement));
        let has_news = self.stamp.is_none_or(|own| own.revision != stamp.revision);
        if self.stamp != Some(stamp) || is_judged_anew {
            self.stamp = Some(stamp);
            self.judgement = Some(Arc::clone(cx.judgement));
            self.make_rows(cx);
            if (has_news || is_judged_anew)
                && let Some(draw) = self.preflight.as_ref().map(|own| own.draw.clone())
            {
                self.judge_ahead(cx, &draw);
            }
        }
        self.follow(cx);
    }

    fn actions(&self) -> &[Action] {
        &[
            Action::Enter,
            Action::Preflight,
            Action::NextPart,
            Action::Copy,
            Action::Json,
            Action::Describe,
            Action::Portal,
            Action::NextView,
            Action::FaultsOnly,
            Action::Sort,
            Action::Refresh,
        ]
    }

    fn on_action(&mut self, action: Action, cx: &Cx<'_>) -> Outcome {
        let in_detail = self.parts.has_focus(self.parts.detail());
        self.is_touched = true;
        if action == Action::Preflight {
            return self.look_ahead(cx);
        }
        if in_detail && matches!(action, Action::NextView | Action::PreviousView) {
            self.tool.turn(action == Action::NextView);
            self.make_detail(cx);
            return Outcome::drawn();
        }
        if in_detail && action == Action::Enter {
            return self.on_the_map(cx).unwrap_or_else(Outcome::ignored);
        }
        // What was looked at ahead goes with the focus.
        let leaves = matches!(
            action,
            Action::Back | Action::NextPart | Action::PreviousPart
        );
        let was_ahead = in_detail && leaves && self.preflight.take().is_some();
        let taken = match self.parts.focus() {
            // `enter` on a pool leads to who draws from it.
            POOLS if action == Action::Enter && !self.draws.rows().is_empty() => {
                self.parts.go(DRAWS);
                true
            }
            BRIDGE => self.bridge.on_action(action),
            POOLS => self.pools.on_action(action),
            DRAWS => self.draws.on_action(action),
            _ => self.detail.on_action(action),
        };
        let taken = taken || self.parts.on_action(action) || was_ahead;
        let taken = taken || (action == Action::FaultsOnly && self.table_mut().on_action(action));
        if !taken {
            return Outcome::ignored();
        }
        self.follow(cx);
        Outcome::drawn()
    }

    fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        self.draw_parts(cx, area, buffer)
    }

    fn keep(&mut self, page: Page) {
        match page.part {
            BRIDGE => self.bridge.keep(page),
            POOLS => self.pools.keep(page),
            DRAWS => self.draws.keep(page),
            _ => self.detail.keep(page),
        }
    }

    fn on_pointer(&mut self, pointer: &Pointer, cx: &Cx<'_>) -> Outcome {
        let outcome = match pointer.part {
            BRIDGE => point_at_table(&mut self.bridge, pointer),
            POOLS => point_at_table(&mut self.pools, pointer),
            DRAWS => point_at_table(&mut self.draws, pointer),
            _ => point_at_detail(&mut self.detail, pointer),
        };
        self.is_touched = true;
        if pointer.what == Gesture::Click {
            if pointer.part != self.parts.detail() {
                self.preflight = None;
            }
            self.parts.go(pointer.part);
        }
        self.follow(cx);
        outcome
    }

    fn badge(&self) -> Option<Badge> {
        let hops = self.judgement.iter().flat_map(|own| &own.hops);
        let calls: Vec<Sign> = hops
            .filter(|hop| hop.kind == HopKind::TenantToTenant)
            .map(|hop| crate::ui::frame::tally::sign(hop.verdict(), self.reading.pending > 0))
            .collect();
        for sign in [Sign::Shut, Sign::AtRisk, Sign::Unknown] {
            let count = calls.iter().filter(|own| **own == sign).count();
            if count > 0 {
                return Some(Badge { sign, count });
            }
        }
        (self.reading.pending > 0).then_some(Badge {
            sign: Sign::Reading,
            count: 0,
        })
    }

    fn keys(&self) -> Vec<Key> {
        self.keys_of_pools()
    }

    fn subject(&self, cx: &Cx<'_>) -> Option<Subject> {
        let sections = self.detail.sections().to_vec();
        let (title, id) = match (self.parts.view(), self.node(), self.drawing()) {
            (BRIDGE, _, _) => {
                let name = self
                    .question()
                    .and_then(|(own, _)| own.name.clone())
                    .unwrap_or_else(|| "tenants".to_owned());
                (name, None)
            }
            (DRAWS, _, Some(id)) => (id.name().to_owned(), Some(id)),
            (_, Some(node), _) => (node.id.name().to_owned(), Some(node.id.clone())),
            _ => return None,
        };
        let mut copy: Vec<CopyItem> = match (&self.preflight, self.hop(cx.judgement)) {
            (Some(found), _) => ahead::copies(found, self.tool),
            (None, Some((hop, question))) => detail::copies(hop, question, self.tool),
            (None, None) => Vec::new(),
        };
        copy.push(CopyItem {
            label: "description".to_owned(),
            text: plain_text(&sections),
        });
        Some(Subject {
            title,
            id,
            answers: self.answers(cx),
            copy,
            portal: None,
            sections,
        })
    }

    fn set_filter(&mut self, typed: &str) {
        self.table_mut().set_filter(typed);
    }

    fn filter(&self) -> (String, usize, usize) {
        let (listed, all) = self.table().count();
        (self.table().filter().to_owned(), listed, all)
    }

    fn sort_columns(&self) -> Vec<(usize, String)> {
        // The columns of the first table are tenants, and its rows questions: there is no order in them.
        if self.parts.view() == BRIDGE {
            return Vec::new();
        }
        self.table().sort_columns()
    }

    fn sort_by(&mut self, column: usize) {
        if self.parts.view() != BRIDGE {
            self.table_mut().sort_by(column);
        }
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        self.table().sorted()
    }

    fn select(&mut self, id: &str) -> bool {
        self.preflight = None;
        self.is_touched = true;
        self.select_thing(id)
    }

    fn things(&self) -> Vec<Thing> {
        let pools = self.nodes.iter().map(|node| Thing {
            id: node.id.as_str().to_owned(),
            kind: "pool",
            sign: None,
            name: node.id.name().to_owned(),
            fact: node
                .pool
                .as_ref()
                .map_or_else(String::new, |own| own.prefixes.items().join(", ")),
        });
        let tenants = self.seats.iter().map(|seat| Thing {
            id: format!("/tenants/{}", seat.tenant),
            kind: "tenant",
            sign: None,
            name: bridge::called(seat),
            fact: seat.tenant.to_string(),
        });
        tenants.chain(pools).collect()
    }
}
