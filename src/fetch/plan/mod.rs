//! What should be read now: a pure function of what is known and of the chosen scope.
//!
//! The answer is the whole wanted set, not the difference: the runner compares. So asking twice
//! changes nothing, an answer that arrives late is harmless, and a scope that changes needs no
//! special care. A key is wanted as soon as what makes it possible is known; nothing waits for
//! more than that (`benches/fetch.rs` holds the depth against the clock).
//!
//! To plan a new facet: one arm in [`facets`]. A new thing that resources name: one line in
//! [`named`]. This module must not know how anything is read.

mod activity;
mod facets;
mod keys;
mod logs;
mod managed;
mod named;
mod options;
mod perimeters;
mod policy;
mod principals;
mod rights;
mod scope;
mod search;
mod tenants;

pub use options::{Depth, Options};
pub use rights::FEW;
pub use scope::{Trouble, troubles};
pub use search::{Door, WithoutRole};

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::model::access::RoleId;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::issue::IssueKind;
use crate::model::key::{GroupName, Key};
use crate::model::resource::{Details, Family, Resource};
use crate::model::scope::Scope;
use crate::store::{Payload, Slice, Snapshot, State};

use scope::{Place, tenant_of};

/// How a wanted key is come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// By asking Azure.
    Read,
    /// By asking a search service's data plane; what its settings say of a refusal.
    SearchData(Door),
    /// By asking the activity log for what happened since a time that moves on.
    Activity,
    /// By asking Log Analytics: a workspace by the GUID of its query API, else the key's own resource.
    Logs(Option<Arc<str>>),
    /// By asking the directory for these principals.
    Principals(Arc<[PrincipalId]>),
    /// Not at all: the resource's own settings, or the cloud, make it impossible. The reason.
    Skip(Cow<'static, str>),
}

/// One thing that should be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub key: Key,
    /// With whose tenant's token; none is the credential's own.
    pub tenant: Option<TenantId>,
    /// What goes first when there is a queue: low numbers.
    pub rank: u8,
    /// Why it is read, for the log.
    pub why: Cow<'static, str>,
    /// How.
    pub how: How,
}

/// The wanted set, in the order in which it was found.
pub type Plan = IndexMap<Key, Wanted>;

mod rank {
    pub(super) const DOOR: u8 = 0;
    pub(super) const GROUPS: u8 = 1;
    pub(super) const LIST: u8 = 2;
    pub(super) const ROLES: u8 = 3;
    pub(super) const NAMED: u8 = 4;
    pub(super) const FACET: u8 = 5;
    pub(super) const NAMES: u8 = 6;
    pub(super) const POLICY: u8 = 7;
    pub(super) const HISTORY: u8 = 8;
}

/// The families that tell a person which group holds the environment.
const CHOOSING: [Family; 4] = [
    Family::Search,
    Family::Storage,
    Family::Cognitive,
    Family::Workspace,
];

/// The families that Azure puts into a hub's managed group.
const MANAGED: [Family; 3] = [Family::Cosmos, Family::Search, Family::Storage];

/// Everything that should be known.
pub fn plan(known: &Snapshot, scope: &Scope, options: Options) -> Plan {
    let mut planner = Planner {
        known,
        scope,
        options,
        wanted: Plan::new(),
        resources: IndexMap::new(),
    };
    planner.door();
    if planner.options.depth == Depth::Rights {
        planner.rights();
        return planner.wanted;
    }
    let places = planner.places();
    for place in &places {
        planner.lists(place);
    }
    if planner.options.depth == Depth::Whole {
        for place in &places {
            planner.access(place);
        }
        planner.definitions_below(&places);
        planner.named(&places);
        planner.facets(&places);
        planner.keys(&places);
        planner.data_planes(&places);
        planner.perimeters(&places);
        planner.activity(&places);
        planner.logs(&places);
        planner.address_pools(&places);
        planner.groups_in_scope(&places);
        planner.principals(&places);
        planner.applications(&places);
        planner.memberships(&places);
        planner.policies(&places);
    }
    planner.wanted
}

struct Planner<'a> {
    known: &'a Snapshot,
    scope: &'a Scope,
    options: Options,
    wanted: Plan,
    /// The resources that are in view, and whether each was asked for or only came along.
    resources: IndexMap<ArmId, Arc<Resource>>,
}

impl Planner<'_> {
    fn want(
        &mut self,
        key: Key,
        tenant: Option<&TenantId>,
        rank: u8,
        why: impl Into<Cow<'static, str>>,
    ) {
        self.want_how(key, tenant, rank, why, How::Read);
    }

    fn want_how(
        &mut self,
        key: Key,
        tenant: Option<&TenantId>,
        rank: u8,
        why: impl Into<Cow<'static, str>>,
        how: How,
    ) {
        self.wanted.entry(key.clone()).or_insert_with(|| Wanted {
            key,
            tenant: tenant.cloned(),
            rank,
            why: why.into(),
            how,
        });
    }

    /// Tenants, and the subscriptions as each asked tenant shows them.
    fn door(&mut self) {
        for tenant in scope::views(self.scope) {
            self.want(
                Key::Subscriptions(tenant.clone()),
                tenant.as_ref(),
                rank::DOOR,
                "where to look",
            );
            self.want(
                Key::Tenants(tenant.clone()),
                tenant.as_ref(),
                rank::DOOR,
                "names of tenants",
            );
        }
    }

    /// The subscriptions and groups in scope; plans the lists of groups on the way.
    fn places(&mut self) -> Vec<Place> {
        let found = scope::places(self.known, self.scope);
        for place in &found {
            self.want(
                Key::Groups(place.subscription.clone()),
                place.tenant.as_ref(),
                rank::GROUPS,
                "resource groups of a subscription in scope",
            );
        }
        found.into_iter().filter(|place| !place.probe).collect()
    }

    /// Provider-level lists: of the subscription, or of the chosen groups, and of the groups
    /// wherever the subscription's list was refused.
    fn lists(&mut self, place: &Place) {
        let families: &[Family] = match self.options.depth {
            Depth::Whole => &Family::ALL,
            Depth::Choosing | Depth::Rights => &CHOOSING,
        };
        for family in families {
            let key = |group: Option<&GroupName>| Key::List {
                subscription: place.subscription.clone(),
                group: group.cloned(),
                family: *family,
            };
            if let Some(groups) = &place.groups {
                for group in groups {
                    self.want_list(key(Some(group)), place, "a list of a chosen group");
                }
                continue;
            }
            self.want_list(key(None), place, "a list of a subscription in scope");
            if self.is_withheld(&key(None)) {
                for group in scope::groups_seen(self.known, &place.subscription) {
                    self.want_list(
                        key(Some(&group)),
                        place,
                        "the subscription's list was refused",
                    );
                }
            }
        }
    }

    fn want_list(&mut self, key: Key, place: &Place, why: &'static str) {
        for resource in resources_of(self.known, &key) {
            self.resources
                .entry(resource.id.clone())
                .or_insert_with(|| Arc::clone(resource));
        }
        self.want(key, place.tenant.as_ref(), rank::LIST, why);
    }

    /// Roles at the subscription; at the groups in scope where that is refused.
    fn access(&mut self, place: &Place) {
        let subscription = ArmId::of_subscription(&place.subscription);
        let groups = place.group_ids(self.known);
        for (kind, one_is_enough) in [
            (Key::RoleAssignments as fn(ArmId) -> Key, false),
            (Key::RoleDefinitions as fn(ArmId) -> Key, true),
            (Key::DenyAssignments as fn(ArmId) -> Key, false),
            (Key::EligibleRoles as fn(ArmId) -> Key, false),
            (Key::ActiveRoles as fn(ArmId) -> Key, false),
        ] {
            let key = kind(subscription.clone());
            let denied = self.is_denied(&key);
            self.want(
                key,
                place.tenant.as_ref(),
                rank::ROLES,
                "who may do what in a subscription in scope",
            );
            if denied {
                // Definitions are the same from every group of a subscription.
                let enough = if one_is_enough { 1 } else { usize::MAX };
                for group in groups.iter().take(enough) {
                    self.want(
                        kind(group.clone()),
                        place.tenant.as_ref(),
                        rank::ROLES,
                        "the subscription's list was refused",
                    );
                }
            }
        }
    }

    /// A role that may be assigned only below a subscription is not in the subscription's list of
    /// definitions: it is in that of the scope where somebody holds it.
    fn definitions_below(&mut self, places: &[Place]) {
        for place in places {
            let subscription = ArmId::of_subscription(&place.subscription);
            let Some(Payload::RoleDefinitions(listed)) =
                value(self.known, &Key::RoleDefinitions(subscription.clone()))
            else {
                continue;
            };
            let mut known: HashSet<RoleId> =
                listed.iter().map(|role| RoleId::of(&role.id)).collect();
            if self.is_open(&Key::RoleDefinitions(subscription.clone())) {
                continue;
            }
            let Some(Payload::RoleAssignments(held)) =
                value(self.known, &Key::RoleAssignments(subscription.clone()))
            else {
                continue;
            };
            let mut scopes = Vec::new();
            for one in held {
                let is_below = one.scope.is_within(&subscription) && one.scope != subscription;
                if is_below && known.insert(one.role()) {
                    scopes.push(one.scope.clone());
                }
            }
            for scope in scopes {
                self.want(
                    Key::RoleDefinitions(scope),
                    place.tenant.as_ref(),
                    rank::ROLES,
                    "a role that is held there and that the subscription does not list",
                );
            }
        }
    }

    /// What resources in view name, and what the so found resources name in turn.
    fn named(&mut self, places: &[Place]) {
        let mut next = 0;
        while let Some((_, resource)) = self.resources.get_index(next) {
            next += 1;
            let resource = Arc::clone(resource);
            if let Details::Workspace(workspace) = &resource.details
                && let Some(group) = workspace.managed_group.text()
            {
                self.managed_group(&resource, group, places);
            }
            for name in named::of(self.known, &resource) {
                self.follow(&name, &resource, places);
            }
        }
    }

    /// The managed group of a hub, where no list of the whole subscription holds it anyway.
    fn managed_group(&mut self, hub: &Resource, group: &str, places: &[Place]) {
        let Some(subscription) = hub.id.subscription() else {
            return;
        };
        let tenant = tenant_of(&subscription, places);
        for family in MANAGED {
            let whole = Key::List {
                subscription: subscription.clone(),
                group: None,
                family,
            };
            if self.wanted.contains_key(&whole) && !self.is_troubled(&whole) {
                continue;
            }
            let key = Key::List {
                subscription: subscription.clone(),
                group: Some(GroupName::new(group)),
                family,
            };
            for resource in resources_of(self.known, &key) {
                self.resources
                    .entry(resource.id.clone())
                    .or_insert_with(|| Arc::clone(resource));
            }
            self.want(
                key,
                tenant.as_ref(),
                rank::NAMED,
                format!("the managed group of {}", hub.name),
            );
        }
    }

    fn follow(&mut self, name: &named::Name, by: &Resource, places: &[Place]) {
        let Some(family) = name
            .id
            .resource_type()
            .and_then(|text| Family::of_type(&text))
        else {
            return; // Not a type that is read.
        };
        if self.resources.contains_key(&name.id) || self.may_still_come(&name.id, family) {
            return;
        }
        let subscription = name.id.subscription();
        if name.only_where_visible
            && !subscription
                .as_ref()
                .is_some_and(|one| scope::is_visible(self.known, self.scope, one))
        {
            return;
        }
        let tenant = match subscription {
            None => None,
            Some(one) => match scope::whose(self.known, self.scope, &one, places) {
                Some(scope::View(tenant)) => tenant,
                None => return, // A list that is still to come says whose it is.
            },
        };
        let key = Key::Resource(name.id.clone());
        if let Some(resource) = resources_of(self.known, &key).next() {
            self.resources
                .entry(name.id.clone())
                .or_insert_with(|| Arc::clone(resource));
        }
        self.want(
            key,
            tenant.as_ref(),
            rank::NAMED,
            format!("{} of {}", name.role, by.name),
        );
    }

    /// Whether a list that would hold the resource is wanted and has not ended.
    fn may_still_come(&self, id: &ArmId, family: Family) -> bool {
        let Some(subscription) = id.subscription() else {
            return false;
        };
        [None, id.resource_group().map(GroupName::new)]
            .into_iter()
            .any(|group| {
                let key = Key::List {
                    subscription: subscription.clone(),
                    group,
                    family,
                };
                self.wanted.contains_key(&key) && self.is_open(&key)
            })
    }

    fn facets(&mut self, places: &[Place]) {
        let resources: Vec<_> = self.resources.values().cloned().collect();
        for resource in resources {
            let tenant = resource
                .id
                .subscription()
                .and_then(|one| tenant_of(&one, places));
            for (facet, how) in facets::of(&resource) {
                self.want_how(
                    Key::Facet(resource.id.clone(), facet),
                    tenant.as_ref(),
                    rank::FACET,
                    "a part of a resource in scope",
                    how,
                );
            }
            let projects = Key::Facet(resource.id.clone(), Facet::Projects);
            if let Some(Payload::Projects(projects)) = value(self.known, &projects) {
                for project in projects {
                    for facet in [Facet::Connections, Facet::CapabilityHosts] {
                        let key = Key::Facet(project.id.clone(), facet);
                        let why = "a part of a project in scope";
                        self.want(key, tenant.as_ref(), rank::FACET, why);
                    }
                }
            }
        }
    }

    /// Names of the principals that the assignments in view mention: asked once all of those are
    /// there, as one question holds a thousand of them.
    fn principals(&mut self, places: &[Place]) {
        let open = self
            .wanted
            .keys()
            .any(|key| matches!(key, Key::RoleAssignments(_)) && self.is_open(key));
        if open {
            return;
        }
        let mut by_tenant: BTreeMap<Option<TenantId>, Vec<PrincipalId>> = BTreeMap::new();
        let groups: Vec<ArmId> = places
            .iter()
            .filter(|place| place.groups.is_some())
            .flat_map(|place| place.group_ids(self.known))
            .collect();
        for (key, wanted) in &self.wanted {
            let Key::RoleAssignments(_) = key else {
                continue;
            };
            let Some(Payload::RoleAssignments(items)) = value(self.known, key) else {
                continue;
            };
            for item in items {
                let concerns = groups.is_empty()
                    // Above every subscription that shows it: a management group, or the root.
                    || item.scope.subscription().is_none()
                    || groups
                        .iter()
                        .any(|group| item.scope.is_within(group) || group.is_within(&item.scope))
                    || self
                        .resources
                        .keys()
                        .any(|id| id.is_within(&item.scope) || item.scope.is_within(id));
                if concerns {
                    by_tenant
                        .entry(wanted.tenant.clone())
                        .or_default()
                        .push(item.principal_id.clone());
                }
            }
        }
        for (tenant, mut ids) in by_tenant {
            ids.sort();
            ids.dedup();
            let how = if self.options.graph {
                How::Principals(ids.into())
            } else {
                How::Skip(Cow::Borrowed("this cloud has no Microsoft Graph"))
            };
            self.want_how(
                Key::Principals(tenant.clone()),
                tenant.as_ref(),
                rank::NAMES,
                "names of who holds a role",
                how,
            );
        }
    }

    fn is_open(&self, key: &Key) -> bool {
        is_open(self.known, key)
    }

    fn is_denied(&self, key: &Key) -> bool {
        self.known.state(key) == State::Denied && !self.is_open(key)
    }

    /// Refused, or not there at all: a server that knows only groups says 404 to the whole.
    fn is_withheld(&self, key: &Key) -> bool {
        let is_missing = || {
            self.known
                .slice(key)
                .and_then(Slice::trouble)
                .is_some_and(|issue| issue.kind == IssueKind::NotFound)
        };
        self.is_denied(key) || (is_missing() && !self.is_open(key))
    }

    fn is_troubled(&self, key: &Key) -> bool {
        matches!(self.known.state(key), State::Denied | State::Failed) && !self.is_open(key)
    }
}

/// Whether the *first* reading of a key has not ended. A refresh does not count: what the reading
/// before it said still stands.
fn is_open(known: &Snapshot, key: &Key) -> bool {
    known.slice(key).is_none_or(never_ended)
}

fn never_ended(slice: &Slice) -> bool {
    slice.phase.is_open() && !slice.complete && slice.issues.is_empty()
        || matches!(slice.phase, crate::store::Phase::Idle)
}

fn value<'a>(known: &'a Snapshot, key: &Key) -> Option<&'a Payload> {
    known.slice(key).and_then(|slice| slice.value.as_deref())
}

fn resources_of<'a>(known: &'a Snapshot, key: &Key) -> impl Iterator<Item = &'a Arc<Resource>> {
    match value(known, key) {
        Some(Payload::Resources(items)) => items.iter(),
        _ => [].iter(),
    }
}

#[cfg(test)]
mod tests;
