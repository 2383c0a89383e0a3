//! A decoded page as the store takes it.

use std::sync::Arc;

use hopscope::azure::decode::Page;
use hopscope::store::Payload;

macro_rules! payloads {
    ($page:ident: $($name:ident),+) => {
        match $page {
            Page::Resources(items) => Payload::Resources(items.into_iter().map(Arc::new).collect()),
            Page::ActivityEvents(items) => {
                Payload::ActivityEvents(items.into_iter().map(Arc::new).collect())
            }
            $(Page::$name(items) => Payload::$name(items),)+
        }
    };
}

pub(crate) fn payload(page: Page) -> Payload {
    payloads!(page: Tenants, Subscriptions, Groups, Containers, SharedPrivateLinks, Perimeters,
        Deployments, Projects, Connections, CapabilityHosts, Keys, OutboundRules, DiagnosticSettings,
        RoleAssignments, RoleDefinitions, DenyAssignments, Principals, Indexers, IndexerStatuses,
        DataSources, Skillsets, Indexes, IndexStatistics, RoleSchedules, Locks,
        SqlRoleAssignments, SqlRoleDefinitions, NetworkPerimeters, PerimeterProfiles,
        PerimeterRules, PerimeterAssociations, PerimeterLinks, Memberships,
        PolicyAssignments, PolicyExemptions, PolicyContents, PolicyStates, LogAnswers,
        Applications, NetworkManagers, ScopeConnections, NetworkManagerConnections, Providers, IpamPools,
        StaticCidrs, PoolUsages, PoolAssociations, LinkedAccesses)
}
