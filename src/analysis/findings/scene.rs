//! What rules look at: the environment, its hops, and the lookups that several rules share.

use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;

use crate::analysis::access::action::{Action, Match, any_permits};
use crate::analysis::access::matrix::Level;
use crate::analysis::access::{Matrix, excess, matrix};
use crate::analysis::carried::Carried;
use crate::analysis::foundry::Foundry;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::network::Wall;
use crate::analysis::policy::Policies;
use crate::analysis::verdict::Gate;
use crate::analysis::way::Rule;
use crate::model::access::RoleId;
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::judging::Judging;
use crate::model::lookup::Map;
use crate::model::resource::{Details, Family, Resource};
use crate::model::search::{DataSource, Index as SearchIndex, Indexer, Skillset};
use crate::store::{Inventory, Payload};

use super::ties::{Tie, ties};
use super::uses::{self, KeyUse};

/// The environment with its hops, for the rules.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The environment.
    pub inventory: &'a Inventory,
    /// What a person says about how to judge.
    pub judging: &'a Judging,
    /// The time of judging.
    pub now: OffsetDateTime,
    /// Its hops, judged.
    pub hops: &'a [Hop],
    /// The role assignments that rules look at.
    pub(super) matrix: Matrix,
    pub(super) foundry: &'a Foundry,
    pub(super) ties: Vec<Tie<'a>>,
    carried: Carried,
    pub(super) policies: &'a Policies<'a>,
    targets: Ends,
    callers: Ends,
    owners: Map<&'a PrincipalId, &'a Resource>,
    powers: Map<RoleId, Powers>,
    key_uses: OnceLock<Vec<KeyUse>>,
    ground: &'a Ground<'a>,
}

impl<'a> Scene<'a> {
    /// Looks up once what several rules need.
    pub fn new(ground: &'a Ground<'a>, policies: &'a Policies<'a>, hops: &'a [Hop]) -> Self {
        let ((matrix, powers), (ties, carried, owners)) = rayon::join(
            || {
                let powers = powers(ground.inventory);
                // What no rule looks at has no row here.
                let rows = matrix::matrix_where(&ground.access, |role, level| {
                    powers.get(role).is_some_and(|own| own.matter_at(level))
                });
                (rows, powers)
            },
            || {
                (
                    ties(ground, hops),
                    Carried::of(ground.inventory, hops),
                    owners(ground.inventory),
                )
            },
        );
        Self {
            inventory: ground.inventory,
            judging: ground.judging,
            now: ground.now,
            hops,
            matrix,
            foundry: ground.foundry(),
            ties,
            carried,
            policies,
            targets: Ends::of(hops.iter().map(|hop| hop.to.as_str())),
            callers: Ends::of(hops.iter().map(|hop| hop.from.as_str())),
            owners,
            powers,
            key_uses: OnceLock::new(),
            ground,
        }
    }

    /// The environment with its lookups, for what judges again.
    pub(super) fn ground(&self) -> &'a Ground<'a> {
        self.ground
    }

    /// The firewall of a resource; none for a resource without.
    pub(super) fn wall(&self, resource: &Resource) -> Option<Arc<Wall>> {
        self.ground.wall(resource)
    }

    /// Every use of a key that was read.
    pub(super) fn key_uses(&self) -> &[KeyUse] {
        self.key_uses.get_or_init(|| uses::key_uses(self))
    }

    /// Whether a resource lies in a group that Microsoft made for a hub: what is right elsewhere
    /// breaks the hub there.
    pub(super) fn is_managed(&self, id: &ArmId) -> bool {
        self.ground.is_managed(id)
    }

    /// What an end of a hop is called: the resource's name, the principal's, else the host or URL.
    pub(super) fn name(&self, end: &str) -> String {
        if end.starts_with('/') {
            ArmId::new(end).name().to_owned()
        } else if end.contains('.') {
            end.split_once("://")
                .map_or(end, |(_, rest)| rest)
                .to_owned()
        } else {
            self.ground.name_of(&PrincipalId::new(end))
        }
    }

    /// What a rule of a firewall would shut if it were taken away: `This would shut 2 hops:
    /// indexer-to-storage of srch.` None where it would shut nothing that is known.
    pub(super) fn would_shut(&self, id: &ArmId, rule: &Rule) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        let mut count = 0;
        for at in self.carried.shut_without(id, Gate::Network, rule) {
            let hop = &self.hops[at];
            // What is assumed, and hopscope itself, is no reason to keep a rule.
            if !hop.counts() {
                continue;
            }
            count += 1;
            let name = format!("{} of {}", hop.kind, self.name(&hop.from));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(4);
        names.truncate(4);
        let mut list = names.join(", ");
        if more > 0 {
            list = format!("{list} and {more} more");
        }
        match count {
            0 => None,
            1 => Some(format!("This would shut {list}.")),
            many => Some(format!("This would shut {many} hops: {list}.")),
        }
    }

    /// The resource that answers to a URL or a host.
    pub(super) fn by_host(&self, address: &str) -> Option<&'a Resource> {
        self.ground.by_host(address)
    }

    /// The resources of a family that are the person's own to change.
    pub(super) fn own(&self, family: Family) -> impl Iterator<Item = &'a Resource> {
        self.inventory
            .family(family)
            .map(AsRef::as_ref)
            .filter(|one| !self.is_managed(&one.id))
    }

    /// The hops that end at a resource, or at a part of it.
    pub(super) fn hops_to(&self, id: &ArmId) -> impl Iterator<Item = &'a Hop> {
        self.targets
            .within(id.folded())
            .into_iter()
            .map(|at| &self.hops[at])
    }

    /// The hops that start at a resource.
    pub(super) fn hops_from(&self, id: &ArmId) -> impl Iterator<Item = &'a Hop> {
        self.callers
            .within(id.folded())
            .into_iter()
            .map(|at| &self.hops[at])
    }

    /// The hops that a principal makes under its own name.
    pub(super) fn hops_of(&self, principal: &PrincipalId) -> impl Iterator<Item = &'a Hop> {
        self.hops_of_any([principal.folded()])
    }

    /// The hops that start at exactly one of these ends.
    pub(super) fn hops_of_any<'t>(
        &self,
        ends: impl IntoIterator<Item = &'t str>,
    ) -> impl Iterator<Item = &'a Hop> {
        let mut found: Vec<usize> = Vec::new();
        for end in ends {
            found.extend(self.callers.exactly(end));
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.hops[at])
    }

    /// The hops of a kind that one resource makes to another.
    pub(super) fn between(
        &self,
        kind: HopKind,
        from: &ArmId,
        to: &ArmId,
    ) -> impl Iterator<Item = &'a Hop> {
        self.hops_from(from)
            .filter(move |hop| hop.kind == kind && ArmId::new(&hop.to).is_within(to))
    }

    /// What a role may do; nothing, where its definition was not read.
    pub(super) fn powers(&self, role: &RoleId) -> Powers {
        self.powers.get(role).copied().unwrap_or_default()
    }

    /// The resource whose own identity a principal is.
    pub(super) fn owner_of(&self, principal: &PrincipalId) -> Option<&'a Resource> {
        self.owners.get(principal).copied()
    }

    /// The object id of a resource's system-assigned identity.
    pub(super) fn identity_of(resource: &Resource) -> Option<&PrincipalId> {
        let identity: &Field<_> = &resource.identity;
        identity.value()?.principal_id.value()
    }
}

macro_rules! found {
    ($(#[$doc:meta])* $name:ident, $facet:ident, $payload:ident, $item:ty) => {
        impl<'a> Scene<'a> {
            $(#[$doc])*
            pub(super) fn $name(&self, id: &ArmId) -> &'a [$item] {
                let slice = self.inventory.facet(id, Facet::$facet);
                match slice.and_then(|slice| slice.value.as_deref()) {
                    Some(Payload::$payload(items)) => items,
                    _ => &[],
                }
            }
        }
    };
}

found! {
    /// The indexers of a search service that were read.
    indexers, Indexers, Indexers, Indexer
}
found! {
    /// The data sources of a search service that were read.
    data_sources, DataSources, DataSources, DataSource
}
found! {
    /// The skillsets of a search service that were read.
    skillsets, Skillsets, Skillsets, Skillset
}
found! {
    /// The indexes of a search service that were read.
    indexes, Indexes, Indexes, SearchIndex
}

/// Ends of hops in the order of their texts, so that those of a resource, and of its parts, stand
/// beside each other.
#[derive(Debug)]
struct Ends {
    /// The end in lower case, and the place of its hop.
    sorted: Vec<(String, usize)>,
}

impl Ends {
    fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut sorted: Vec<(String, usize)> = texts
            .enumerate()
            .map(|(at, text)| (text.to_ascii_lowercase(), at))
            .collect();
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The hops whose end begins with a text in lower case.
    fn beginning<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s (String, usize)> {
        let first = self.sorted.partition_point(|(end, _)| end.as_str() < text);
        self.sorted[first..]
            .iter()
            .take_while(move |(end, _)| end.starts_with(text))
    }

    /// The hops that have exactly this end.
    fn exactly<'s>(&'s self, text: &'s str) -> impl Iterator<Item = usize> {
        self.beginning(text)
            .take_while(move |(end, _)| end.len() == text.len())
            .map(|(_, at)| *at)
    }

    /// The hops whose end is a resource or a part of it, in their own order.
    fn within(&self, id: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self
            .beginning(id)
            .filter(|(end, _)| matches!(end.as_bytes().get(id.len()), None | Some(b'/')))
            .map(|(_, at)| *at)
            .collect();
        found.sort_unstable();
        found
    }
}

/// What a role may do, asked of every assignment of it.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four questions that do not depend on each other"
)]
pub(super) struct Powers {
    /// Whether it may change whatever resource.
    pub(super) changes_everything: bool,
    /// Whether it may hand out roles.
    pub(super) assigns_roles: bool,
    /// Whether it opens the data of a service of the pattern.
    pub(super) opens_data: bool,
    /// Whether it may write blobs.
    pub(super) writes_blobs: bool,
}

impl Powers {
    /// Whether a rule may speak of an assignment of the role at such a scope.
    fn matter_at(self, level: Level) -> bool {
        self.changes_everything
            || (self.opens_data && level <= Level::Subscription)
            || (self.writes_blobs && level == Level::Resource)
    }
}

fn powers(inventory: &Inventory) -> Map<RoleId, Powers> {
    inventory
        .roles()
        .map(|(id, role)| {
            let opens = |name: &&'static str| {
                any_permits(&role.permissions, &Action::data(*name)) == Match::Yes
            };
            let own = Powers {
                changes_everything: excess::changes_everything(role),
                assigns_roles: excess::assigns_roles(role),
                opens_data: super::access::DATA.iter().any(opens),
                writes_blobs: opens(&super::access::BLOB_WRITE),
            };
            (id.clone(), own)
        })
        .collect()
}

/// Whose own identity a principal is: the first resource that says so.
fn owners(inventory: &Inventory) -> Map<&PrincipalId, &Resource> {
    let mut found = Map::default();
    for one in inventory.resources().map(AsRef::as_ref) {
        let system = one
            .identity
            .value()
            .and_then(|identity| identity.principal_id.value());
        let user_assigned = match &one.details {
            Details::UserIdentity(identity) => identity.principal_id.value(),
            _ => None,
        };
        for principal in system.into_iter().chain(user_assigned) {
            found.entry(principal).or_insert(one);
        }
    }
    found
}
