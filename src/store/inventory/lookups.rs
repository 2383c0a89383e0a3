//! What is not joined but looked up by its key: the data plane of AI Search, PIM, locks, perimeters,
//! Cosmos DB's own roles, and who is in which group.
//!
//! A lookup gives what was read; whether that is all of it, the key's state says
//! ([`Inventory::facet_state`], [`super::Snapshot::state`]).

use std::sync::Arc;

use crate::model::access::{
    Lock, Member, Principal, RoleAssignment, RoleSchedule, SqlRoleAssignment, SqlRoleDefinition,
};
use crate::model::activity::ActivityEvent;
use crate::model::application::Application;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::ipam::{
    IpamPool, NetworkManager, NetworkManagerConnection, PoolAssociation, PoolUsage,
    ScopeConnection, StaticCidr,
};
use crate::model::issue::Issue;
use crate::model::key::{AppId, Key};
use crate::model::logs::Question;
use crate::model::perimeter::{
    NetworkPerimeter, PerimeterAccessRule, PerimeterAssociation, PerimeterLink, PerimeterProfile,
};
use crate::model::policy::{PolicyAssignment, PolicyContent, PolicyExemption, PolicyState};
use crate::model::search::{DataSource, Index, IndexStatistics, Indexer, IndexerStatus, Skillset};

use super::{Inventory, Payload, Slice, State};

/// What is known of a principal's groups.
#[derive(Clone, Debug, PartialEq)]
pub enum Memberships<'a> {
    /// All groups, direct and through others.
    Known(Vec<&'a Principal>),
    /// The directory does not know the principal any more: it is in no group.
    Gone,
    /// The directory refused or failed, perhaps in the middle; or the cloud has none.
    Refused {
        /// The groups that came before.
        found: Vec<&'a Principal>,
        /// Why there may be more.
        issue: &'a Issue,
    },
    /// Nobody asked, or no answer came yet.
    NotRead,
}

macro_rules! of_resource {
    ($($(#[$doc:meta])* $name:ident: $facet:ident, $payload:ident($item:ty);)+) => {
        $($(#[$doc])* pub fn $name(&self, id: &ArmId) -> &[$item] {
            match self.facet_value(id, Facet::$facet) {
                Some(Payload::$payload(items)) => items,
                _ => &[],
            }
        })+
    };
}

macro_rules! over_all {
    ($($(#[$doc:meta])* $name:ident: $key:pat, $payload:ident($item:ty);)+) => {
        $($(#[$doc])* pub fn $name(&self) -> impl Iterator<Item = &$item> {
            self.beside()
                .filter(|(key, _)| matches!(key, $key))
                .filter_map(|(_, slice)| match slice.value.as_deref() {
                    Some(Payload::$payload(items)) => Some(items.iter()),
                    _ => None,
                })
                .flatten()
        })+
    };
}

impl Inventory {
    of_resource! {
        /// The indexers of a search service.
        indexers: Indexers, Indexers(Indexer);
        /// The data sources of a search service.
        data_sources: DataSources, DataSources(DataSource);
        /// The skillsets of a search service.
        skillsets: Skillsets, Skillsets(Skillset);
        /// The indexes of a search service.
        indexes: Indexes, Indexes(Index);
        /// The assignments of a Cosmos DB account's own roles.
        sql_role_assignments: SqlRoleAssignments, SqlRoleAssignments(SqlRoleAssignment);
        /// A Cosmos DB account's own roles.
        sql_role_definitions: SqlRoleDefinitions, SqlRoleDefinitions(SqlRoleDefinition);
        /// The associations of a perimeter.
        perimeter_associations: PerimeterAssociations, PerimeterAssociations(PerimeterAssociation);
        /// The profiles of a perimeter.
        perimeter_profiles: PerimeterProfiles, PerimeterProfiles(PerimeterProfile);
        /// The links of a perimeter.
        perimeter_links: PerimeterLinks, PerimeterLinks(PerimeterLink);
        /// The access rules of a profile, by the profile's id.
        perimeter_rules: PerimeterRules, PerimeterRules(PerimeterAccessRule);
        /// A network manager's halves of its connections to other tenants.
        scope_connections: ScopeConnections, ScopeConnections(ScopeConnection);
        /// The pools of a network manager.
        pools_of: IpamPools, IpamPools(IpamPool);
        /// The static ranges of a pool.
        static_cidrs: StaticCidrs, StaticCidrs(StaticCidr);
        /// What Azure counts in a pool: one, when it was read.
        pool_usage: PoolUsage, PoolUsages(PoolUsage);
        /// Who draws from a pool.
        pool_associations: PoolAssociations, PoolAssociations(PoolAssociation);
    }

    over_all! {
        /// PIM: the roles that somebody may activate. One that was read at two scopes comes twice.
        eligible_roles: Key::EligibleRoles(_), RoleSchedules(RoleSchedule);
        /// PIM: the roles that are active now. One that was read at two scopes comes twice.
        active_roles: Key::ActiveRoles(_), RoleSchedules(RoleSchedule);
        /// Every lock that was read.
        locks: Key::Locks(_), Locks(Lock);
        /// Every policy assignment that was read. One that was read at two scopes comes twice.
        policy_assignments: Key::PolicyAssignments(_), PolicyAssignments(PolicyAssignment);
        /// Every policy exemption that was read. One that was read at two scopes comes twice.
        policy_exemptions: Key::PolicyExemptions(_), PolicyExemptions(PolicyExemption);
        /// Every policy state that was read.
        policy_states: Key::PolicyStates(_), PolicyStates(PolicyState);
        /// Every network security perimeter that was read.
        network_perimeters: Key::NetworkPerimeters(_), NetworkPerimeters(NetworkPerimeter);
        /// Every network manager that was read.
        network_managers: Key::NetworkManagers(_), NetworkManagers(NetworkManager);
        /// Every subscription's half of a connection to a network manager.
        manager_connections: Key::NetworkManagerConnections(_), NetworkManagerConnections(NetworkManagerConnection);
        /// Every application that was read.
        applications: Key::Application(..), Applications(Application);
    }

    /// Every address pool that was read; one that was read by id and in a list comes twice.
    pub fn ipam_pools(&self) -> impl Iterator<Item = &IpamPool> {
        self.snapshot
            .slices()
            .filter(|(key, _)| matches!(key, Key::IpamPool(_) | Key::Facet(_, Facet::IpamPools)))
            .filter_map(|(_, slice)| match slice.value.as_deref() {
                Some(Payload::IpamPools(items)) => Some(items.iter()),
                _ => None,
            })
            .flatten()
    }

    /// What stands behind a policy assignment, when it was read.
    pub fn policy_content(&self, id: &ArmId) -> Option<&PolicyContent> {
        let slice = self.snapshot.slice(&Key::PolicyDefinition(id.clone()))?;
        match slice.value.as_deref()? {
            Payload::PolicyContents(items) => items.first(),
            _ => None,
        }
    }

    /// Every event of the activity log that was read. One that two lists hold comes twice.
    pub fn activity_events(&self) -> impl Iterator<Item = &Arc<ActivityEvent>> {
        self.beside()
            .filter_map(|(_, slice)| match slice.value.as_deref() {
                Some(Payload::ActivityEvents(items)) => Some(items.iter()),
                _ => None,
            })
            .flatten()
    }

    /// The activity logs that were asked: key and slice.
    pub fn activity_logs(&self) -> impl Iterator<Item = (&Key, &Slice)> {
        self.beside()
            .filter(|(key, _)| matches!(key, Key::ActivityLog(_) | Key::AccessLog(_)))
    }

    /// What was asked of Log Analytics: workspace or resource, question, slice.
    pub fn log_questions(&self) -> impl Iterator<Item = (&ArmId, Question, &Slice)> {
        self.beside().filter_map(|(key, slice)| match key {
            Key::Logs(id, question) => Some((id, *question, slice)),
            _ => None,
        })
    }

    /// The status of one indexer of a search service.
    pub fn indexer_status(&self, service: &ArmId, indexer: &str) -> Option<&IndexerStatus> {
        let id = service.child(&format!("indexers/{indexer}"));
        match self.facet_value(&id, Facet::IndexerStatus)? {
            Payload::IndexerStatuses(items) => items.first(),
            _ => None,
        }
    }

    /// The statistics of one index of a search service.
    pub fn index_statistics(&self, service: &ArmId, index: &str) -> Option<&IndexStatistics> {
        let id = service.child(&format!("indexes/{index}"));
        match self.facet_value(&id, Facet::IndexStatistics)? {
            Payload::IndexStatistics(items) => items.first(),
            _ => None,
        }
    }

    /// The groups of a principal.
    pub fn memberships(&self, principal: &PrincipalId) -> Memberships<'_> {
        let found = [Member::User, Member::ServicePrincipal]
            .into_iter()
            .find_map(|member| {
                let key = Key::Memberships(principal.clone(), member);
                let slice = self.snapshot.slice(&key)?;
                Some((key, slice))
            });
        let Some((key, slice)) = found else {
            return Memberships::NotRead;
        };
        if self.snapshot.is_gone(&key) {
            return Memberships::Gone;
        }
        let groups = || match slice.value.as_deref() {
            // Directory roles and administrative units hold people too, but no role of Azure's.
            Some(Payload::Memberships(items)) => items
                .iter()
                .filter(|one| one.kind.is_unset() || one.kind.is("group"))
                .collect(),
            _ => Vec::new(),
        };
        match (slice.state(), slice.trouble()) {
            (State::Known, _) => Memberships::Known(groups()),
            (_, Some(issue)) => Memberships::Refused {
                found: groups(),
                issue,
            },
            _ => Memberships::NotRead,
        }
    }

    /// The assignments that ARM says reach a principal, through groups too, with the scope that was
    /// asked; none where that was not asked or not answered.
    pub fn assigned_to(
        &self,
        principal: &PrincipalId,
    ) -> impl Iterator<Item = (&ArmId, &[RoleAssignment])> {
        self.beside()
            .filter_map(move |(key, slice)| match (key, slice.value.as_deref()) {
                (Key::AssignedTo(scope, of), Some(Payload::RoleAssignments(items)))
                    if of == principal =>
                {
                    Some((scope, items.as_slice()))
                }
                _ => None,
            })
    }

    /// The service principals that an application has, one a tenant that was asked, with the slice
    /// that says whether the answer is whole.
    pub fn service_principals_of<'a>(
        &'a self,
        app: &'a AppId,
    ) -> impl Iterator<Item = (&'a Slice, Option<&'a Principal>)> {
        self.beside().filter_map(move |(key, slice)| {
            let Key::ServicePrincipalOf(_, of) = key else {
                return None;
            };
            let found = match slice.value.as_deref() {
                Some(Payload::Principals(items)) => items.first(),
                _ => None,
            };
            (of == app).then_some((slice, found))
        })
    }

    /// The state of a facet. A resource that is in the inventory has its properties; what is read
    /// item by item (an indexer's status) is as good as the worst of them, for the service as a
    /// whole.
    pub fn facet_state(&self, id: &ArmId, facet: Facet) -> Option<State> {
        if facet == Facet::Properties {
            return self.resources.contains_key(id).then_some(State::Known);
        }
        if let Some(slice) = self.facet(id, facet) {
            return Some(slice.state());
        }
        let all = facet.each_of()?;
        let state = self.facet(id, all)?.state();
        if state != State::Known {
            return Some(state);
        }
        let names: Vec<String> = match facet {
            Facet::IndexerStatus => self
                .indexers(id)
                .iter()
                .map(|one| one.name.clone())
                .collect(),
            _ => self
                .indexes(id)
                .iter()
                .map(|one| one.name.clone())
                .collect(),
        };
        let collection = if all == Facet::Indexers {
            "indexers"
        } else {
            "indexes"
        };
        let states = names.iter().filter_map(|name| {
            let key = Key::Facet(id.child(&format!("{collection}/{name}")), facet);
            (!self.snapshot.is_gone(&key)).then(|| self.snapshot.state(&key))
        });
        Some(
            states
                .max_by_key(|state| weight(*state))
                .unwrap_or(State::Known),
        )
    }

    fn facet_value(&self, id: &ArmId, facet: Facet) -> Option<&Payload> {
        self.facet(id, facet)?.value.as_deref()
    }
}

fn weight(state: State) -> u8 {
    match state {
        State::Known => 0,
        State::Unsupported => 1,
        State::Pending => 2,
        State::Failed => 3,
        State::Denied => 4,
    }
}
