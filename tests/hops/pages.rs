//! A decoded page as the store takes it.

use std::sync::Arc;

use hopscope::azure::decode::Page;
use hopscope::store::Payload;

pub(crate) fn payload(page: Page) -> Payload {
    match page {
        Page::Tenants(items) => Payload::Tenants(items),
        Page::Subscriptions(items) => Payload::Subscriptions(items),
        Page::Groups(items) => Payload::Groups(items),
        Page::Resources(items) => Payload::Resources(items.into_iter().map(Arc::new).collect()),
        Page::Containers(items) => Payload::Containers(items),
        Page::SharedPrivateLinks(items) => Payload::SharedPrivateLinks(items),
        Page::Perimeters(items) => Payload::Perimeters(items),
        Page::Deployments(items) => Payload::Deployments(items),
        Page::Projects(items) => Payload::Projects(items),
        Page::Connections(items) => Payload::Connections(items),
        Page::CapabilityHosts(items) => Payload::CapabilityHosts(items),
        Page::Keys(items) => Payload::Keys(items),
        Page::OutboundRules(items) => Payload::OutboundRules(items),
        Page::DiagnosticSettings(items) => Payload::DiagnosticSettings(items),
        Page::RoleAssignments(items) => Payload::RoleAssignments(items),
        Page::RoleDefinitions(items) => Payload::RoleDefinitions(items),
        Page::DenyAssignments(items) => Payload::DenyAssignments(items),
        Page::Principals(items) => Payload::Principals(items),
        Page::Indexers(items) => Payload::Indexers(items),
        Page::IndexerStatuses(items) => Payload::IndexerStatuses(items),
        Page::DataSources(items) => Payload::DataSources(items),
        Page::Skillsets(items) => Payload::Skillsets(items),
        Page::Indexes(items) => Payload::Indexes(items),
        Page::IndexStatistics(items) => Payload::IndexStatistics(items),
        Page::RoleSchedules(items) => Payload::RoleSchedules(items),
        Page::Locks(items) => Payload::Locks(items),
        Page::SqlRoleAssignments(items) => Payload::SqlRoleAssignments(items),
        Page::SqlRoleDefinitions(items) => Payload::SqlRoleDefinitions(items),
        Page::NetworkPerimeters(items) => Payload::NetworkPerimeters(items),
        Page::PerimeterProfiles(items) => Payload::PerimeterProfiles(items),
        Page::PerimeterRules(items) => Payload::PerimeterRules(items),
        Page::PerimeterAssociations(items) => Payload::PerimeterAssociations(items),
        Page::PerimeterLinks(items) => Payload::PerimeterLinks(items),
        Page::Memberships(items) => Payload::Memberships(items),
        Page::PolicyAssignments(items) => Payload::PolicyAssignments(items),
        Page::PolicyExemptions(items) => Payload::PolicyExemptions(items),
        Page::PolicyContents(items) => Payload::PolicyContents(items),
        Page::PolicyStates(items) => Payload::PolicyStates(items),
        Page::ActivityEvents(items) => {
            Payload::ActivityEvents(items.into_iter().map(Arc::new).collect())
        }
        Page::LogAnswers(items) => Payload::LogAnswers(items),
        Page::Applications(items) => Payload::Applications(items),
        Page::NetworkManagers(items) => Payload::NetworkManagers(items),
        Page::ScopeConnections(items) => Payload::ScopeConnections(items),
        Page::Providers(items) => Payload::Providers(items),
        Page::NetworkManagerConnections(items) => Payload::NetworkManagerConnections(items),
        Page::IpamPools(items) => Payload::IpamPools(items),
        Page::StaticCidrs(items) => Payload::StaticCidrs(items),
        Page::PoolUsages(items) => Payload::PoolUsages(items),
        Page::PoolAssociations(items) => Payload::PoolAssociations(items),
        Page::LinkedAccesses(items) => Payload::LinkedAccesses(items),
    }
}
