//! Where the parts of the pane go, what their rules say, and the way to a thing by its id.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::addresses::first_pool;
use crate::analysis::tenancy::Question;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::store::State;
use crate::ui::cx::{Cx, Drawn, SizeClass};
use crate::ui::panes::empty;
use crate::ui::panes::trouble::{self, Trouble};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::DataTable;
use crate::ui::widgets::parts::Height;
use crate::ui::widgets::rule::Rule;

use super::{BRIDGE, CONTEXT, DRAWS, POOLS, Tenants, bridge, is_bridge, is_pools};

/// What cannot be told where readings are missing.
const SO_BRIDGE: &str = "What stands between the tenants cannot be told whole.";
const SO_POOLS: &str = "What pools have left, and who draws, cannot be told whole.";
/// Below so many rows, pools stand without blank rows between them.
const AIRY: u16 = 30;

impl Tenants {
    pub(super) fn draw_parts(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let rows = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let band = |own: &Trouble, so: &str| {
            let band = own.band(cx, CONTEXT, so.to_owned());
            band.map_or(0, |band| band.rows(area.width))
        };
        let bridge = rows(self.bridge.lines())
            .saturating_add(3 + band(&self.signing, SO_BRIDGE))
            .max(6)
            .min(area.height / 2);
        let rest = area.height.saturating_sub(bridge);
        let pools = rows(self.pools.lines())
            .saturating_add(3 + band(&self.reading, SO_POOLS))
            .clamp(6, (rest * 3 / 5).max(6));
        let placed = self.parts.place(
            cx,
            area,
            &[Height::Rows(bridge), Height::Rows(pools), Height::Rest],
        );
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views[BRIDGE] {
            drawn.add(self.draw_bridge(cx, area, buffer));
        }
        if let Some(area) = placed.views[POOLS] {
            drawn.add(self.draw_pools(cx, area, buffer));
        }
        if let Some(area) = placed.views[DRAWS] {
            drawn.add(self.draw_draws(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_detail(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    /// Whether the pools have room to stand apart.
    pub(super) fn is_airy(cx: &Cx<'_>) -> bool {
        cx.size_class() == SizeClass::Beside && cx.size.height >= AIRY
    }

    fn draw_bridge(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.bridge.note();
        let facts = if note.is_empty() {
            let home = self.seats.iter().filter(|seat| seat.is_home).count();
            let others = self.seats.len() - home;
            let count = match (self.seats.len(), others) {
                (0, _) => String::new(),
                (_, 0) => "1 home".to_owned(),
                (_, others) => format!("{home} home, {others} other"),
            };
            let tally = self.signing.tally(cx);
            let gap = if tally.is_empty() || count.is_empty() {
                ""
            } else {
                "  "
            };
            Rich::muted(format!("{count}{gap}")).and(tally)
        } else {
            note
        };
        let age = trouble::age(cx, is_bridge);
        let right = match self.bridges.as_slice() {
            _ if !age.is_empty() => age,
            [one] => bridge::heading(one).recast(Role::Muted),
            [] => Rich::new(),
            several => Rich::muted(format!("{} applications", several.len())),
        };
        let below = Rule::new("Tenants")
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(BRIDGE))
            .draw(cx, buffer, area);
        let below = match self.signing.band(cx, CONTEXT, SO_BRIDGE.to_owned()) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.seats.is_empty() {
            empty(cx, buffer, below, &nobody(cx));
            return Drawn::default();
        }
        if self.bridge.count().0 == 0 {
            let words = "No row passes what is typed or chosen; esc shows all of them.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.bridge
            .draw(cx, buffer, below, BRIDGE, self.parts.has_focus(BRIDGE))
    }

    fn draw_pools(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.pools.note();
        let facts = if note.is_empty() {
            let tally = self.reading.tally(cx);
            let words = self.pool_facts();
            let gap = if tally.is_empty() || words.is_empty() {
                ""
            } else {
                "  "
            };
            Rich::muted(format!("{words}{gap}")).and(tally)
        } else {
            note
        };
        let age = trouble::age(cx, is_pools);
        let azures = self.nodes.iter().filter(|node| node.room.is_azures).count();
        let right = if !age.is_empty() {
            age
        } else if self.nodes.iter().all(|node| node.room.total.is_none()) {
            Rich::new()
        } else if azures == self.nodes.len() {
            Rich::muted("counted by Azure")
        } else if azures == 0 {
            Rich::muted("counted from what is read, at most")
        } else {
            Rich::muted(format!("{azures} of {} counted by Azure", self.nodes.len()))
        };
        let below = Rule::new("Address pools")
            .facts(facts)
            .right(right)
            .focused(self.parts.has_focus(POOLS))
            .draw(cx, buffer, area);
        let below = match self.reading.band(cx, CONTEXT, SO_POOLS.to_owned()) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.nodes.is_empty() {
            empty(cx, buffer, below, &self.no_pool(cx));
            return Drawn::default();
        }
        if self.pools.count().0 == 0 {
            let words = "No pool passes what is typed or chosen; esc shows all of them.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.pools
            .draw(cx, buffer, below, POOLS, self.parts.has_focus(POOLS))
    }

    /// Whose pools they are, when they are one manager's.
    fn pool_facts(&self) -> String {
        let managers: std::collections::BTreeSet<ArmId> = self
            .nodes
            .iter()
            .filter_map(|node| node.id.parent())
            .collect();
        let Some(first) = self.nodes.first() else {
            return String::new();
        };
        let Some(manager) = managers.first().filter(|_| managers.len() == 1) else {
            return format!("{} of {} managers", self.nodes.len(), managers.len());
        };
        let mut facts = vec![manager.name().to_owned()];
        facts.extend(
            first
                .tenant
                .as_ref()
                .map(|tenant| bridge::named(&self.seats, tenant)),
        );
        let mut places = self
            .nodes
            .iter()
            .map(|node| node.pool.as_ref()?.location.text());
        let place = places.next().flatten();
        if places.all(|own| own == place) {
            facts.extend(place.map(str::to_owned));
        }
        facts.join(" · ")
    }

    fn no_pool(&self, cx: &Cx<'_>) -> String {
        if cx.snapshot.sign_in_trouble().is_some() {
            return "Nothing could be asked for pools.".to_owned();
        }
        if self.reading.pending > 0 || !cx.snapshot.is_idle() {
            return "Asking for network managers and their address pools: they appear here as soon as they are named.".to_owned();
        }
        let place = trouble::looked_at(cx);
        if self.reading.denied + self.reading.failed > 0 {
            return format!(
                "No address pool was read in {place}, and not every reading was answered: what stands above says which."
            );
        }
        let is_unsupported = cx.snapshot.slices().any(|(key, slice)| {
            matches!(key, Key::NetworkManagers(_)) && slice.state() == State::Unsupported
        });
        if is_unsupported {
            return format!(
                "This cloud has no network managers in {place}: there are no address pools."
            );
        }
        if self.seats.len() < 2 {
            return format!(
                "Looked for network managers with address pools in {place}, and there are none. Only one tenant is signed in to: --auxiliary-tenant ID signs in to another one too, and its pools, the application in both tenants, and the connection between them stand here."
            );
        }
        format!(
            "Looked for network managers with address pools in {place}, and there are none. A pool appears here at the next reading after it is made, or when a network names it."
        )
    }

    fn draw_draws(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let name = self.node().map(|node| node.id.name().to_owned());
        let title = name.map_or_else(
            || "Who draws".to_owned(),
            |name| format!("Who draws from {name}"),
        );
        let note = self.draws.note();
        let right = if note.is_empty() {
            match self.drawers.len() {
                0 => Rich::new(),
                1 => Rich::muted("1 allocation"),
                count => Rich::muted(format!("{count} allocations")),
            }
        } else {
            note
        };
        let below = Rule::new(title)
            .right(right)
            .focused(self.parts.has_focus(DRAWS))
            .draw(cx, buffer, area);
        if self.nodes.is_empty() {
            let words = "Who draws from a pool stands here as soon as there is one.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        if self.draws.rows().is_empty() {
            let words = "Nobody that can be seen draws from it: no network, no static range, no pool below.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        if self.draws.count().0 == 0 {
            let words = "No row passes what is typed or chosen; esc shows all of them.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.draws
            .draw(cx, buffer, below, DRAWS, self.parts.has_focus(DRAWS))
    }

    fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let (title, right) = if let Some(found) = &self.preflight {
            let name = found.draw.network.name();
            ("Preflight".to_owned(), name.to_owned())
        } else if let Some((hop, _)) = self.hop(cx.judgement) {
            let via = hop.via.as_deref().unwrap_or_default();
            let via = via.strip_prefix("app ").map_or_else(
                || via.to_owned(),
                |app| format!("app {}", crate::ui::text::short_guid(app)),
            );
            (hop.kind.word().to_owned(), via)
        } else {
            match (self.parts.view(), self.node(), self.drawing()) {
                (POOLS, Some(node), _) => (node.id.name().to_owned(), "address pool".to_owned()),
                (DRAWS, _, Some(id)) => (id.name().to_owned(), String::new()),
                (BRIDGE, _, _) if !self.seats.is_empty() => ("Signed in".to_owned(), String::new()),
                _ => ("Nothing chosen".to_owned(), String::new()),
            }
        };
        let below = Rule::new(title)
            .right(Rich::muted(right))
            .focused(self.parts.has_focus(part))
            .draw(cx, buffer, area);
        if self.detail.sections().is_empty() {
            empty(cx, buffer, below, "What is selected is described here.");
            return Drawn::default();
        }
        let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
            Rect::new(below.x, below.y + 1, below.width, below.height - 1)
        } else {
            below
        };
        self.detail.draw(cx, buffer, below, part)
    }

    /// What is on screen: pools and what stands between the tenants.
    pub(super) fn keys_of_pools(&self) -> Vec<Key> {
        use crate::model::facet::Facet;
        let each = self.nodes.iter().take(40).flat_map(|node| {
            [
                Facet::StaticCidrs,
                Facet::PoolUsage,
                Facet::PoolAssociations,
            ]
            .map(|facet| Key::Facet(node.id.clone(), facet))
        });
        let managers = self.nodes.iter().filter_map(|node| node.id.parent());
        let managers: std::collections::BTreeSet<ArmId> = managers.collect();
        let lists = managers.into_iter().flat_map(|manager| {
            [Facet::ScopeConnections, Facet::IpamPools]
                .map(|facet| Key::Facet(manager.clone(), facet))
        });
        lists.chain(each).collect()
    }

    /// Puts the selection on a thing: a hop, a pool, a network, a connection, an object of a directory.
    pub(super) fn select_thing(&mut self, id: &str) -> bool {
        let judgement = self.judgement.clone().unwrap_or_default();
        if let Some(hop) = judgement.hops.iter().find(|hop| hop.id() == id) {
            let pool = ArmId::new(&hop.to);
            return self.select_drawer(&pool, &hop.from)
                || self.select_question(hop.id().as_str(), Question::Sent);
        }
        let own = ArmId::new(id);
        let folded = own.folded();
        if folded.starts_with("/tenants/") && self.bridge.select("token") {
            self.parts.go(BRIDGE);
            return true;
        }
        for (mark, question) in [
            ("/serviceprincipals/", Question::Principal),
            ("/applications/", Question::Audience),
            ("/scopeconnections/", Question::Connection),
            ("/networkmanagerconnections/", Question::Connection),
        ] {
            if folded.contains(mark) {
                return self.select_question("", question);
            }
        }
        if select(&mut self.pools, &own) {
            self.parts.go(POOLS);
            return true;
        }
        // A network is found where it draws; a static range below its pool.
        let pool = judgement
            .hops
            .iter()
            .find(|hop| ArmId::new(&hop.from) == own && self.is_pool(&hop.to))
            .map(|hop| ArmId::new(&hop.to))
            .or_else(|| {
                let drawn = self.others.iter().find(|one| one.id == own);
                drawn.and_then(|one| first_pool(one).cloned())
            })
            .or_else(|| {
                let parent = own.parent()?;
                self.is_pool(parent.as_str()).then_some(parent)
            });
        if let Some(pool) = pool {
            return self.select_drawer(&pool, id);
        }
        let found = select(&mut self.draws, &own);
        if found {
            self.parts.go(DRAWS);
        }
        found
    }

    fn is_pool(&self, id: &str) -> bool {
        let id = ArmId::new(id);
        self.nodes.iter().any(|node| node.id == id)
    }

    /// The third table is made at the next update: the wish is kept until then.
    fn select_drawer(&mut self, pool: &ArmId, drawer: &str) -> bool {
        if !select(&mut self.pools, pool) {
            return false;
        }
        self.parts.go(DRAWS);
        if self.of_pool.as_ref() == Some(pool) {
            select(&mut self.draws, &ArmId::new(drawer));
        } else {
            self.wanted = Some(ArmId::new(drawer));
        }
        true
    }

    fn select_question(&mut self, hop: &str, question: Question) -> bool {
        let judgement = self.judgement.clone().unwrap_or_default();
        let is_over = |at: &usize| judgement.hops.get(*at).is_some_and(|one| one.id() == hop);
        let found = self.bridges.iter().position(|own| {
            (hop.is_empty() || own.hops.iter().any(is_over))
                && own.rows.iter().any(|row| row.question == question)
        });
        let found = found.is_some_and(|at| self.bridge.select(&bridge::row_id(at, question)));
        if found {
            self.parts.go(BRIDGE);
        }
        found
    }
}

/// Puts the selection of a table on an id: ids differ in case from one answer to the next.
pub(super) fn select(table: &mut DataTable, id: &ArmId) -> bool {
    let rows = table.rows().iter();
    let own = rows
        .map(|row| &row.id)
        .find(|own| ArmId::new(&***own) == *id);
    own.cloned().is_some_and(|own| table.select(&own))
}

fn nobody(cx: &Cx<'_>) -> String {
    match cx.snapshot.sign_in_trouble() {
        Some(trouble) => trouble.message.clone(),
        None => {
            "Signing in: the tenants stand here as soon as a token says whose it is.".to_owned()
        }
    }
}
