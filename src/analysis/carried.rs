//! What each rule carries: the ways of the hops turned round, so that nobody removes a rule blindly.
//!
//! A rule that carries no hop is said to carry none only where every hop could be drawn: what was
//! refused, or is still to come, may hold one. Machines in networks are never read, so of a private
//! endpoint or a subnet rule it is never said at all.

use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::lookup::Map;
use crate::model::resource::Family;
use crate::store::{Inventory, State};

use super::facets;
use super::foundry::managed;
use super::hop::{Basis, Hop, HopKind};
use super::verdict::Gate;
use super::way::{Rule, Way};

/// The hops by the rules that carry them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carried {
    by_rule: Map<(ArmId, Gate), Map<Rule, Vec<Passage>>>,
    missing: Option<String>,
}

/// One hop that passes by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The place of the hop among those that were given.
    pub hop: usize,
    /// How much it needs the rule.
    pub needs: Needs,
}

/// How much a hop needs a rule. The worst to remove comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// No other way is certain: without the rule it is shut, or nobody can tell.
    Only,
    /// It passes by another rule too: which.
    Also(Rule),
    /// Whether it passes by the rule cannot be told.
    Perhaps,
}

/// What a rule carries, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Hops, and how many of them have no other certain way; those that only might pass are apart.
    Hops {
        /// Hops that pass by it.
        certain: usize,
        /// Those of them that need it.
        only: usize,
        /// Hops that might.
        perhaps: usize,
    },
    /// No hop, and every hop is known: a candidate for removal.
    Nothing,
    /// No hop that is known, and why there may be one.
    NotKnown(String),
}

impl Carried {
    /// Turns the ways of hops round.
    pub fn of(inventory: &Inventory, hops: &[Hop]) -> Self {
        let mut own = Self {
            by_rule: Map::default(),
            missing: hops_missing(inventory),
        };
        for (at, hop) in hops.iter().enumerate() {
            for gate in &hop.gates {
                if gate.gate == Gate::Outbound && is_drawn_from_its_entry(hop) {
                    continue;
                }
                for way in &gate.ways {
                    own.by_rule
                        .entry((way.at.clone(), gate.gate))
                        .or_default()
                        .entry(way.rule.clone())
                        .or_default()
                        .push(Passage {
                            hop: at,
                            needs: needs(gate.gate, way, &gate.ways),
                        });
                }
            }
        }
        for passages in own.by_rule.values_mut().flat_map(Map::values_mut) {
            passages.sort_by(|one, other| (&one.needs, one.hop).cmp(&(&other.needs, other.hop)));
        }
        own
    }

    /// The hops that pass by a rule of a resource, those that need it first.
    pub fn by(&self, at: &ArmId, gate: Gate, rule: &Rule) -> &[Passage] {
        self.by_rule
            .get(&(at.clone(), gate))
            .and_then(|rules| rules.get(rule))
            .map_or(&[], Vec::as_slice)
    }

    /// The same in numbers.
    pub fn load(&self, at: &ArmId, gate: Gate, rule: &Rule) -> Load {
        let passages = self.by(at, gate, rule);
        if passages.is_empty() {
            return match &self.missing {
                Some(why) => Load::NotKnown(why.clone()),
                None if rule.is_for_unseen() => {
                    Load::NotKnown("who calls from inside its network is not read".to_owned())
                }
                None => Load::Nothing,
            };
        }
        let count =
            |wanted: fn(&Needs) -> bool| passages.iter().filter(|one| wanted(&one.needs)).count();
        Load::Hops {
            certain: count(|needs| *needs != Needs::Perhaps),
            only: count(|needs| *needs == Needs::Only),
            perhaps: count(|needs| *needs == Needs::Perhaps),
        }
    }

    /// The hops that no other certain way is left for without a rule.
    pub fn shut_without(
        &self,
        at: &ArmId,
        gate: Gate,
        rule: &Rule,
    ) -> impl Iterator<Item = usize> + use<'_> {
        self.by(at, gate, rule)
            .iter()
            .filter(|one| one.needs == Needs::Only)
            .map(|one| one.hop)
    }

    /// Why there may be hops that are not drawn.
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }
}

/// A host that only its entry in a list speaks for: that the entry is there is no need for it.
pub fn is_drawn_from_its_entry(hop: &Hop) -> bool {
    hop.kind == HopKind::OpenaiToUrl && hop.basis == Basis::Inferred
}

fn needs(gate: Gate, way: &Way, all: &[Way]) -> Needs {
    if !way.is_certain {
        return Needs::Perhaps;
    }
    all.iter()
        // A list and a perimeter stand one behind the other: neither is another way for the other.
        .filter(|one| {
            gate != Gate::Outbound || one.rule.is_of_perimeter() == way.rule.is_of_perimeter()
        })
        .find(|one| one.is_certain && !one.is_same(way))
        .map_or(Needs::Only, |one| Needs::Also(one.rule.clone()))
}

/// Why there may be hops that are not drawn: what definitions, lists and roles draw them from was
/// not read as a whole. The first reason. What Microsoft made for a hub is left out: what it calls is
/// the hub's, and its search service is not asked for definitions.
pub fn hops_missing(inventory: &Inventory) -> Option<String> {
    let made: Vec<ArmId> = inventory
        .family(Family::Workspace)
        .filter_map(|hub| managed::group_of(inventory, hub))
        .map(|group| group.id)
        .collect();
    let is_made = |key: &Key| match key {
        Key::Facet(id, _) => id.group_id().is_some_and(|group| made.contains(&group)),
        _ => false,
    };
    // What nobody asked for has no slice at all.
    let unasked = inventory.resources().find_map(|one| {
        let is_made = one.id.group_id().is_some_and(|group| made.contains(&group));
        match one.family {
            _ if is_made => None,
            Family::Search => facets::indexers(inventory, &one.id)
                .missing
                .or_else(|| facets::data_sources(inventory, &one.id).missing)
                .or_else(|| facets::skillsets(inventory, &one.id).missing)
                .or_else(|| facets::indexes(inventory, &one.id).missing),
            Family::Workspace => facets::connections(inventory, &one.id).missing,
            _ => None,
        }
    });
    if unasked.is_some() {
        return unasked;
    }
    let mut found: Vec<(&Key, String)> = inventory
        .snapshot()
        .slices()
        .filter(|(key, _)| draws_hops(key))
        .filter_map(|(key, slice)| {
            let is_silent = || {
                // A search service that takes keys only is not asked, and has definitions all the same.
                let is_definition = matches!(key, Key::Facet(_, facet) if is_definition(*facet));
                (is_definition && slice.state() == State::Unsupported)
                    .then(|| "were not asked for".to_owned())
            };
            Some((key, facets::why_missing(slice).or_else(is_silent)?))
        })
        .filter(|(key, _)| !is_made(key))
        .collect();
    found.sort_by(|one, other| one.0.cmp(other.0));
    found.first().map(|(key, why)| match key {
        Key::Facet(id, _) => format!("{} of {} {why}", key.words(), id.name()),
        _ => format!("{} {why}", key.words()),
    })
}

fn is_definition(facet: Facet) -> bool {
    matches!(
        facet,
        Facet::Indexers | Facet::DataSources | Facet::Skillsets | Facet::Indexes
    )
}

fn draws_hops(key: &Key) -> bool {
    match key {
        Key::List { .. } | Key::RoleAssignments(_) => true,
        Key::Facet(_, facet) => {
            is_definition(*facet)
                || matches!(
                    facet,
                    Facet::Connections | Facet::DiagnosticSettings | Facet::SharedPrivateLinks
                )
        }
        _ => false,
    }
}
