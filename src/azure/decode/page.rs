//! One page of an answer: the envelope, and which provider's file reads the items. Must
//! not know how pages follow each other. To add a kind of list: a variant of [`Page`] and a line in
//! [`page`].

use std::sync::Arc;

use serde_json::Value;

use super::body::Body;
use super::reader::{Notes, Reader};
use super::{
    Context, activity, authorization, cognitive, cosmos_roles, graph, ipam, key_vault, logs,
    machine_learning, monitor, network, perimeter, policy, resource, resources, search,
    search_page, storage,
};
use crate::model::access::{
    DenyAssignment, Lock, Principal, RoleAssignment, RoleDefinition, RoleSchedule,
    SqlRoleAssignment, SqlRoleDefinition,
};
use crate::model::activity::ActivityEvent;
use crate::model::application::Application;
use crate::model::facet::{
    CapabilityHost, Connection, Container, Deployment, DiagnosticSetting, Facet, Project, VaultKey,
};
use crate::model::ipam::{
    IpamPool, LinkedAccess, NetworkManager, NetworkManagerConnection, PoolAssociation, PoolUsage,
    ScopeConnection, StaticCidr,
};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::logs::LogAnswer;
use crate::model::network::{OutboundRule, PerimeterConfiguration, SharedPrivateLink};
use crate::model::perimeter::{
    NetworkPerimeter, PerimeterAccessRule, PerimeterAssociation, PerimeterLink, PerimeterProfile,
};
use crate::model::policy::{PolicyAssignment, PolicyContent, PolicyExemption, PolicyState};
use crate::model::resource::{Family, Resource};
use crate::model::search::{DataSource, Index, IndexStatistics, Indexer, IndexerStatus, Skillset};
use crate::model::tenancy::{Provider, ResourceGroup, Subscription, Tenant};

/// What one page held.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Its items.
    pub page: Page,
    /// What was wrong with the page and with items that have no issues of their own. Paths are
    /// relative to the page (`value[3].properties.scope`). What is wrong with a property of a
    /// resource stands on the resource.
    pub issues: Vec<Issue>,
}

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident($item:ty)),+ $(,)?) => {
        /// The items of one page: the same kinds of list as a slice of the store can hold.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Page {
            $($(#[$doc])* $name(Vec<$item>),)+
        }

        impl Page {
            /// How many items it holds.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$name(items) => items.len(),)+
                }
            }
        }
    };
}

pages! {
    /// Tenants.
    Tenants(Tenant),
    /// Subscriptions.
    Subscriptions(Subscription),
    /// Resource groups.
    Groups(ResourceGroup),
    /// Resources of one family, or the one resource of a single reading.
    Resources(Resource),
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
    ActivityEvents(ActivityEvent),
    /// An answer of Log Analytics.
    LogAnswers(LogAnswer),
    /// Applications.
    Applications(Application),
    /// Network managers.
    NetworkManagers(NetworkManager),
    /// A manager's halves of its connections to other tenants.
    ScopeConnections(ScopeConnection),
    /// Resource providers of a subscription.
    Providers(Provider),
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

impl Page {
    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The items of one page of the answer to `key`. Never fails: what cannot be read is an issue.
pub fn page(key: &Key, body: &Value, context: &Context<'_>) -> Decoded {
    read(key, Body::Sent(body), context)
}

/// The same of things that an answer to `key` held and that were kept one by one: those of a list, or
/// the one document. What is made of them shares them.
pub fn kept(key: &Key, items: &[Arc<Value>], context: &Context<'_>) -> Page {
    read(key, Body::Kept(items), context).page
}

fn read(key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    match key {
        Key::Resource(id) => single(id.resource_type().as_deref(), body, context),
        Key::List { family, .. } => listed(*family, key, body, context),
        Key::Facet(_, facet) => facet_page(*facet, key, body, context),
        Key::Tenants(_) => items(key, body, context, resources::tenant, Page::Tenants),
        Key::Subscriptions(_) => items(
            key,
            body,
            context,
            resources::subscription,
            Page::Subscriptions,
        ),
        Key::Groups(_) => items(key, body, context, resources::group, Page::Groups),
        Key::RoleAssignments(_) | Key::AssignedTo(..) => items(
            key,
            body,
            context,
            authorization::role_assignment,
            Page::RoleAssignments,
        ),
        Key::RoleDefinitions(_) => items(
            key,
            body,
            context,
            authorization::role_definition,
            Page::RoleDefinitions,
        ),
        Key::DenyAssignments(_) => items(
            key,
            body,
            context,
            authorization::deny_assignment,
            Page::DenyAssignments,
        ),
        Key::Principals(_) => items(key, body, context, graph::principal, Page::Principals),
        Key::User(..) => person(key, body, context),
        Key::ServicePrincipalOf(..) => items(
            key,
            body,
            context,
            graph::service_principal,
            Page::Principals,
        ),
        Key::Memberships(..) => items(key, body, context, graph::principal, Page::Memberships),
        Key::EligibleRoles(_) | Key::ActiveRoles(_) => items(
            key,
            body,
            context,
            authorization::role_schedule,
            Page::RoleSchedules,
        ),
        Key::Locks(_) => items(key, body, context, authorization::lock, Page::Locks),
        Key::PolicyAssignments(_) => items(
            key,
            body,
            context,
            policy::assignment,
            Page::PolicyAssignments,
        ),
        Key::PolicyExemptions(_) => items(
            key,
            body,
            context,
            policy::exemption,
            Page::PolicyExemptions,
        ),
        Key::PolicyDefinition(id) => policy::page(id, body, context),
        Key::PolicyStates(_) => items(key, body, context, policy::state, Page::PolicyStates),
        Key::ActivityLog(_) | Key::AccessLog(_) => {
            items(key, body, context, activity::event, Page::ActivityEvents)
        }
        Key::Logs(_, question) => logs::answer(*question, key, body.document(), context),
        Key::Application(..) => items(key, body, context, graph::application, Page::Applications),
        Key::NetworkManagers(_) => items(key, body, context, ipam::manager, Page::NetworkManagers),
        Key::NetworkManagerConnections(_) => items(
            key,
            body,
            context,
            ipam::manager_connection,
            Page::NetworkManagerConnections,
        ),
        Key::Provider(_) => resources::provider(key, body.document(), context),
        Key::IpamPool(_) => ipam::document(key, body, context),
        Key::LinkedAccess(network, _) => ipam::linked(network, body.document(), context),
        Key::NetworkPerimeters(_) => items(
            key,
            body,
            context,
            perimeter::perimeter,
            Page::NetworkPerimeters,
        ),
    }
}

fn facet_page(facet: Facet, key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    match facet {
        // Properties come with the resource; asked for as a facet, they are the resource again.
        Facet::Properties => {
            let of_type = key.scope().and_then(|id| id.resource_type());
            single(of_type.as_deref(), body, context)
        }
        Facet::Containers => items(key, body, context, storage::container, Page::Containers),
        Facet::SharedPrivateLinks => items(
            key,
            body,
            context,
            search::listed_link,
            Page::SharedPrivateLinks,
        ),
        Facet::Perimeters => items(key, body, context, network::perimeter, Page::Perimeters),
        Facet::Deployments => items(key, body, context, cognitive::deployment, Page::Deployments),
        Facet::Projects => items(key, body, context, cognitive::project, Page::Projects),
        Facet::Connections => items(key, body, context, cognitive::connection, Page::Connections),
        Facet::CapabilityHosts => items(
            key,
            body,
            context,
            cognitive::capability_host,
            Page::CapabilityHosts,
        ),
        Facet::Keys | Facet::KeyVersions => items(key, body, context, key_vault::key, Page::Keys),
        Facet::Key => key_vault::document(key, body, context),
        Facet::OutboundRules => items(
            key,
            body,
            context,
            machine_learning::outbound_rule,
            Page::OutboundRules,
        ),
        Facet::DiagnosticSettings => items(
            key,
            body,
            context,
            monitor::diagnostic_setting,
            Page::DiagnosticSettings,
        ),
        Facet::Indexers
        | Facet::IndexerStatus
        | Facet::DataSources
        | Facet::Skillsets
        | Facet::Indexes
        | Facet::IndexStatistics => search_page::page(facet, key, body, context),
        Facet::SqlRoleAssignments => items(
            key,
            body,
            context,
            cosmos_roles::assignment,
            Page::SqlRoleAssignments,
        ),
        Facet::SqlRoleDefinitions => items(
            key,
            body,
            context,
            cosmos_roles::definition,
            Page::SqlRoleDefinitions,
        ),
        Facet::PerimeterAssociations => items(
            key,
            body,
            context,
            perimeter::association,
            Page::PerimeterAssociations,
        ),
        Facet::PerimeterProfiles => items(
            key,
            body,
            context,
            perimeter::profile,
            Page::PerimeterProfiles,
        ),
        Facet::PerimeterLinks => items(key, body, context, perimeter::link, Page::PerimeterLinks),
        Facet::ScopeConnections => items(
            key,
            body,
            context,
            ipam::scope_connection,
            Page::ScopeConnections,
        ),
        Facet::IpamPools => items(key, body, context, ipam::pool, Page::IpamPools),
        Facet::StaticCidrs => items(key, body, context, ipam::static_cidr, Page::StaticCidrs),
        Facet::PoolUsage => ipam::document(key, body, context),
        Facet::PoolAssociations => items(
            key,
            body,
            context,
            ipam::association,
            Page::PoolAssociations,
        ),
        Facet::PerimeterRules => items(
            key,
            body,
            context,
            perimeter::access_rule,
            Page::PerimeterRules,
        ),
    }
}

/// One person of the directory, answered as a document of its own.
fn person(key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let root = body.root(&notes);
    let found = graph::principal(&root, context);
    drop(root);
    Decoded {
        page: Page::Principals(found.into_iter().collect()),
        issues: notes.into_issues(),
    }
}

/// The one resource of a reading by id.
fn single(arm_type: Option<&str>, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let mut issues = Vec::new();
    let mut found = Vec::new();
    match arm_type.and_then(Family::of_type) {
        Some(family) if body.document().is_object() => {
            match resource(family, body.shared(), context) {
                Ok(resource) => found.push(resource),
                Err(issue) => issues.push(*issue),
            }
        }
        Some(family) => {
            // No object at all: were it decoded, every property would look malformed.
            let notes = Notes::new(family.plural(), context);
            body.root(&notes);
            issues = notes.into_issues();
        }
        None => {
            let of_type = arm_type.unwrap_or("an id without a type");
            issues.push(Issue::new(
                IssueKind::Unsupported,
                "resource",
                format!("resources of type {of_type} are not looked into"),
                context.observed_at,
            ));
        }
    }
    Decoded {
        page: Page::Resources(found),
        issues,
    }
}

/// A provider-level list. Every item is a document of its own, with its own issues.
fn listed(family: Family, key: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let own = Context {
        // What was asked for was the list: it identifies no item.
        requested: None,
        ..context.clone()
    };
    let mut found = Vec::new();
    let mut lost = Vec::new();
    body.each(&notes, |item| {
        match resource(family, raw(item), &own) {
            Ok(resource) => found.push(resource),
            Err(mut issue) => {
                issue.path = Some(item.path_of("id"));
                lost.push(*issue);
            }
        }
        Some(())
    });
    let mut issues = notes.into_issues();
    issues.extend(lost);
    Decoded {
        page: Page::Resources(found),
        issues,
    }
}

/// A list of anything else.
pub(super) fn items<T>(
    key: &Key,
    body: Body<'_>,
    context: &Context<'_>,
    read: fn(&Reader<'_>, &Context<'_>) -> Option<T>,
    wrap: fn(Vec<T>) -> Page,
) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let mut found = Vec::new();
    body.each(&notes, |item| {
        found.push(read(item, context)?);
        Some(())
    });
    Decoded {
        page: wrap(found),
        issues: notes.into_issues(),
    }
}

/// The JSON of an item, as Azure sent it: shared where it is already.
pub(super) fn raw(item: &Reader<'_>) -> Arc<Value> {
    item.shared().map_or_else(
        || Arc::new(item.value().cloned().unwrap_or(Value::Null)),
        Arc::clone,
    )
}
