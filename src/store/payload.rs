//! What a slice can hold. One enum, so that the mechanics of phases, generations and swaps are
//! written once for all of them.

use std::sync::Arc;

use crate::model::access::{
    DenyAssignment, Lock, Principal, RoleAssignment, RoleDefinition, RoleSchedule,
    SqlRoleAssignment, SqlRoleDefinition,
};
use crate::model::activity::ActivityEvent;
use crate::model::application::Application;
use crate::model::facet::{
    CapabilityHost, Connection, Container, Deployment, DiagnosticSetting, Project, VaultKey,
};
use crate::model::ipam::{
    IpamPool, LinkedAccess, NetworkManager, NetworkManagerConnection, PoolAssociation, PoolUsage,
    ScopeConnection, StaticCidr,
};
use crate::model::logs::LogAnswer;
use crate::model::network::{OutboundRule, PerimeterConfiguration, SharedPrivateLink};
use crate::model::perimeter::{
    NetworkPerimeter, PerimeterAccessRule, PerimeterAssociation, PerimeterLink, PerimeterProfile,
};
use crate::model::policy::{PolicyAssignment, PolicyContent, PolicyExemption, PolicyState};
use crate::model::resource::Resource;
use crate::model::search::{DataSource, Index, IndexStatistics, Indexer, IndexerStatus, Skillset};
use crate::model::tenancy::{Provider, ResourceGroup, Subscription, Tenant};

macro_rules! payload {
    ($($(#[$doc:meta])* $name:ident($item:ty)),+ $(,)?) => {
        /// The value of a slice: always a list, also for a single thing.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Payload {
            $($(#[$doc])* $name(Vec<$item>),)+
        }

        impl Payload {
            /// How many items it holds.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$name(items) => items.len(),)+
                }
            }

            /// Appends a page of the same kind; a page of another kind is given back.
            pub fn append(&mut self, page: Payload) -> Result<(), Payload> {
                match (self, page) {
                    $((Self::$name(items), Self::$name(more)) => {
                        items.extend(more);
                        Ok(())
                    })+
                    (_, page) => Err(page),
                }
            }
        }
    };
}

payload! {
    /// Tenants.
    Tenants(Tenant),
    /// Subscriptions.
    Subscriptions(Subscription),
    /// Resource providers of a subscription.
    Providers(Provider),
    /// Resource groups.
    Groups(ResourceGroup),
    /// Resources of one family, or the one resource of a single reading.
    Resources(Arc<Resource>),
    /// Blob containers.
    Containers(Container),
    /// Shared private links.
    SharedPrivateLinks(SharedPrivateLink),
    /// Network security perimeter configurations.
    Perimeters(PerimeterConfiguration),
    /// Model deployments.
    Deployments(Deployment),
    /// Foundry projects.
    Projects(Project),
    /// Connections.
    Connections(Connection),
    /// Capability hosts.
    CapabilityHosts(CapabilityHost),
    /// Keys of a vault, or versions of one.
    Keys(VaultKey),
    /// Rules of a managed network.
    OutboundRules(OutboundRule),
    /// Diagnostic settings.
    DiagnosticSettings(DiagnosticSetting),
    /// Role assignments.
    RoleAssignments(RoleAssignment),
    /// Role definitions.
    RoleDefinitions(RoleDefinition),
    /// Deny assignments.
    DenyAssignments(DenyAssignment),
    /// Principals.
    Principals(Principal),
    /// Indexers.
    Indexers(Indexer),
    /// The status of an indexer.
    IndexerStatuses(IndexerStatus),
    /// Data sources.
    DataSources(DataSource),
    /// Skillsets.
    Skillsets(Skillset),
    /// Indexes.
    Indexes(Index),
    /// Statistics of an index.
    IndexStatistics(IndexStatistics),
    /// PIM's instances, eligible or active: the key says which.
    RoleSchedules(RoleSchedule),
    /// Locks.
    Locks(Lock),
    /// Assignments of Cosmos DB's own roles.
    SqlRoleAssignments(SqlRoleAssignment),
    /// Cosmos DB's own roles.
    SqlRoleDefinitions(SqlRoleDefinition),
    /// Network security perimeters.
    NetworkPerimeters(NetworkPerimeter),
    /// Profiles of a perimeter.
    PerimeterProfiles(PerimeterProfile),
    /// Access rules of a profile.
    PerimeterRules(PerimeterAccessRule),
    /// Associations of a perimeter.
    PerimeterAssociations(PerimeterAssociation),
    /// Links of a perimeter.
    PerimeterLinks(PerimeterLink),
    /// The groups that a principal is in.
    Memberships(Principal),
    /// Policy assignments.
    PolicyAssignments(PolicyAssignment),
    /// Policy exemptions.
    PolicyExemptions(PolicyExemption),
    /// A policy definition, or a set of them.
    PolicyContents(PolicyContent),
    /// Policy states.
    PolicyStates(PolicyState),
    /// Events of the activity log.
    ActivityEvents(Arc<ActivityEvent>),
    /// Answers of Log Analytics.
    LogAnswers(LogAnswer),
    /// Applications.
    Applications(Application),
    /// Network managers.
    NetworkManagers(NetworkManager),
    /// A manager's halves of its connections to other tenants.
    ScopeConnections(ScopeConnection),
    /// A subscription's halves of its connections to network managers.
    NetworkManagerConnections(NetworkManagerConnection),
    /// Address pools.
    IpamPools(IpamPool),
    /// Static ranges of a pool.
    StaticCidrs(StaticCidr),
    /// What Azure counts in a pool.
    PoolUsages(PoolUsage),
    /// Who draws from a pool.
    PoolAssociations(PoolAssociation),
    /// That Azure took another tenant's token.
    LinkedAccesses(LinkedAccess),
}

impl Payload {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
