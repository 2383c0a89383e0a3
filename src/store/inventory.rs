//! The environment in one place: resources by id, from whichever list or single reading they came.
//!
//! Built from a snapshot once a revision; panes, analysis and reports look things up here.

mod joined;
mod lookups;

pub use joined::Associated;
pub use lookups::Memberships;

use std::sync::Arc;

use crate::model::access::{DenyAssignment, Principal, RoleAssignment, RoleDefinition, RoleId};
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, SubscriptionId};
use crate::model::key::Key;
use crate::model::lookup::{Map, Ordered, Set};
use crate::model::resource::{Family, Resource};
use crate::model::tenancy::{ResourceGroup, Subscription, Tenant};

use super::{Payload, Slice, Snapshot, State};

/// The environment, joined.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    snapshot: Snapshot,
    resources: Ordered<ArmId, Arc<Resource>>,
    subscriptions: Ordered<SubscriptionId, Subscription>,
    groups: Ordered<ArmId, ResourceGroup>,
    tenants: Vec<Tenant>,
    assignments: Ordered<ArmId, RoleAssignment>,
    denials: Ordered<ArmId, DenyAssignment>,
    roles: Ordered<RoleId, RoleDefinition>,
    principals: Ordered<PrincipalId, Principal>,
    associated: Map<ArmId, Associated>,
    presented: Set<PrincipalId>,
    /// Places of the slices that are neither a facet of one resource nor a list of resources: a
    /// hundred times fewer than all.
    beside: Vec<usize>,
}

impl Inventory {
    /// Joins the slices of a snapshot. The newest reading of a resource wins.
    pub fn build(snapshot: &Snapshot) -> Self {
        let mut own = Self {
            snapshot: snapshot.clone(),
            ..Self::default()
        };
        for (at, (key, slice)) in snapshot.slices().enumerate() {
            if !matches!(key, Key::Facet(..) | Key::List { .. }) {
                own.beside.push(at);
            }
            if let Some(value) = &slice.value {
                own.take(value);
            }
        }
        own.resources.sort_by(|left_id, left, right_id, right| {
            (left.family, left_id).cmp(&(right.family, right_id))
        });
        own.associated = joined::associated(snapshot);
        own.presented = joined::presented(&own);
        own
    }

    fn take(&mut self, payload: &Payload) {
        match payload {
            Payload::Tenants(items) => self.tenants.extend(items.iter().cloned()),
            Payload::Subscriptions(items) => self
                .subscriptions
                .extend(items.iter().map(|one| (one.id.clone(), one.clone()))),
            Payload::Groups(items) => self
                .groups
                .extend(items.iter().map(|one| (one.id.clone(), one.clone()))),
            Payload::Resources(items) => {
                for one in items {
                    let known = self
                        .resources
                        .entry(one.id.clone())
                        .or_insert_with(|| Arc::clone(one));
                    if known.source.observed_at < one.source.observed_at {
                        *known = Arc::clone(one);
                    }
                }
            }
            Payload::RoleAssignments(items) => self
                .assignments
                .extend(items.iter().map(|one| (one.id.clone(), one.clone()))),
            Payload::DenyAssignments(items) => self
                .denials
                .extend(items.iter().map(|one| (one.id.clone(), one.clone()))),
            Payload::RoleDefinitions(items) => self
                .roles
                .extend(items.iter().map(|one| (RoleId::of(&one.id), one.clone()))),
            Payload::Principals(items) => self
                .principals
                .extend(items.iter().map(|one| (one.id.clone(), one.clone()))),
            // Somebody's groups name themselves here too; who asked for names knows as much or more.
            Payload::Memberships(items) => {
                for one in items {
                    self.principals
                        .entry(one.id.clone())
                        .or_insert_with(|| one.clone());
                }
            }
            // The rest is looked up by its key: see `facet`, and `lookups`.
            Payload::Indexers(_)
            | Payload::IndexerStatuses(_)
            | Payload::DataSources(_)
            | Payload::Skillsets(_)
            | Payload::Indexes(_)
            | Payload::IndexStatistics(_)
            | Payload::RoleSchedules(_)
            | Payload::Locks(_)
            | Payload::PolicyAssignments(_)
            | Payload::PolicyExemptions(_)
            | Payload::PolicyContents(_)
            | Payload::PolicyStates(_)
            | Payload::SqlRoleAssignments(_)
            | Payload::SqlRoleDefinitions(_)
            | Payload::NetworkPerimeters(_)
            | Payload::Applications(_)
            | Payload::Providers(_)
            | Payload::NetworkManagers(_)
            | Payload::ScopeConnections(_)
            | Payload::NetworkManagerConnections(_)
            | Payload::IpamPools(_)
            | Payload::StaticCidrs(_)
            | Payload::PoolUsages(_)
            | Payload::PoolAssociations(_)
            | Payload::LinkedAccesses(_)
            | Payload::PerimeterProfiles(_)
            | Payload::PerimeterRules(_)
            | Payload::PerimeterAssociations(_)
            | Payload::PerimeterLinks(_)
            | Payload::Containers(_)
            | Payload::SharedPrivateLinks(_)
            | Payload::Perimeters(_)
            | Payload::Deployments(_)
            | Payload::Projects(_)
            | Payload::Connections(_)
            | Payload::CapabilityHosts(_)
            | Payload::Keys(_)
            | Payload::OutboundRules(_)
            | Payload::ActivityEvents(_)
            | Payload::LogAnswers(_)
            | Payload::DiagnosticSettings(_) => {}
        }
    }

    /// The same environment with other versions of some of its resources: what would be if.
    #[must_use]
    pub fn with(&self, resources: impl IntoIterator<Item = Arc<Resource>>) -> Self {
        let mut other = self.clone();
        for one in resources {
            if let Some(known) = other.resources.get_mut(&one.id) {
                *known = one;
            }
        }
        other
    }

    /// The snapshot it was built from.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The slices that are neither a facet of one resource nor a list of resources, in the order in
    /// which they were planned: roles, policies, logs, groups of principals.
    pub fn beside(&self) -> impl Iterator<Item = (&Key, &Slice)> {
        self.beside.iter().filter_map(|at| self.snapshot.at(*at))
    }

    /// Every resource that was read, by family, then id.
    pub fn resources(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values()
    }

    /// The resources of one family.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &Arc<Resource>> {
        // They stand together: see `build`.
        let first = self.resources.partition_point(|_, one| one.family < family);
        let end = self
            .resources
            .partition_point(|_, one| one.family <= family);
        self.resources
            .get_range(first..end)
            .into_iter()
            .flat_map(indexmap::map::Slice::values)
    }

    /// One resource.
    pub fn resource(&self, id: &ArmId) -> Option<&Arc<Resource>> {
        self.resources.get(id)
    }

    /// The slice of a facet, when it is planned or read.
    pub fn facet(&self, id: &ArmId, facet: Facet) -> Option<&Slice> {
        self.snapshot.slice(&Key::Facet(id.clone(), facet))
    }

    /// The subscriptions that can be seen.
    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.values()
    }

    /// One subscription.
    pub fn subscription(&self, id: &SubscriptionId) -> Option<&Subscription> {
        self.subscriptions.get(id)
    }

    /// The resource groups that were read.
    pub fn groups(&self) -> impl Iterator<Item = &ResourceGroup> {
        self.groups.values()
    }

    /// One resource group.
    pub fn group(&self, id: &ArmId) -> Option<&ResourceGroup> {
        self.groups.get(id)
    }

    /// The tenants that can be seen.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// Every role assignment that was read, once.
    pub fn assignments(&self) -> impl Iterator<Item = &RoleAssignment> {
        self.assignments.values()
    }

    /// One role assignment.
    pub fn assignment(&self, id: &ArmId) -> Option<&RoleAssignment> {
        self.assignments.get(id)
    }

    /// Every deny assignment that was read, once.
    pub fn denials(&self) -> impl Iterator<Item = &DenyAssignment> {
        self.denials.values()
    }

    /// A role definition by its GUID.
    pub fn role(&self, id: &RoleId) -> Option<&RoleDefinition> {
        self.roles.get(id)
    }

    /// Every role definition that was read, by its GUID.
    pub fn roles(&self) -> impl Iterator<Item = (&RoleId, &RoleDefinition)> {
        self.roles.iter()
    }

    /// The perimeters of a resource, as their own associations have it.
    pub fn associated(&self, id: &ArmId) -> Option<&Associated> {
        self.associated.get(id)
    }

    /// Whether a resource in view, or who is signed in, presents a principal: it exists, whatever the
    /// directory shows.
    pub fn is_presented(&self, id: &PrincipalId) -> bool {
        self.presented.contains(id)
    }

    /// A principal by its object id, when the directory was read.
    pub fn principal(&self, id: &PrincipalId) -> Option<&Principal> {
        self.principals.get(id)
    }
}
