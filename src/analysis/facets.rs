//! Facets of a resource as judgement needs them: what was read, and if not, why not, in words.
//!
//! A list that was cut off in the middle is both: what was found counts, what was not found is not
//! known. A facet that the service does not have holds nothing, and that is an answer.

use time::OffsetDateTime;

use crate::model::access::{SqlRoleAssignment, SqlRoleDefinition};
use crate::model::facet::{
    CapabilityHost, Connection, Container, Deployment, DiagnosticSetting, Facet, Project, VaultKey,
};
use crate::model::id::ArmId;
use crate::model::ipam::{IpamPool, ScopeConnection, StaticCidr};
use crate::model::issue::{Issue, IssueKind};
use crate::model::network::{OutboundRule, PerimeterConfiguration, SharedPrivateLink};
use crate::model::search::{DataSource, Index, Indexer, Skillset};
use crate::store::{Inventory, Payload, Slice, State};

/// A facet's items, and why there may be more of them.
#[derive(Clone, Debug)]
pub struct Listed<'a, T> {
    /// What was read.
    pub items: &'a [T],
    /// Why the list may not be whole; none when it is.
    pub missing: Option<String>,
    /// When it was read.
    pub observed_at: Option<OffsetDateTime>,
}

impl<T> Listed<'_, T> {
    /// Whether everything is there.
    pub fn is_whole(&self) -> bool {
        self.missing.is_none()
    }
}

/// Reads a facet whose items `pick` takes out of the payload.
fn listed<'a, T>(
    inventory: &'a Inventory,
    id: &ArmId,
    facet: Facet,
    pick: fn(&'a Payload) -> Option<&'a [T]>,
) -> Listed<'a, T> {
    let Some(slice) = inventory.facet(id, facet) else {
        return Listed {
            items: &[],
            missing: Some(format!("{} of {} were not read", facet.words(), id.name())),
            observed_at: None,
        };
    };
    // A member of another shape was passed over or half read: the list is not whole.
    let is_malformed = || {
        slice
            .issues
            .iter()
            .any(|issue| !issue.is_about_reading())
            .then(|| "hold something malformed".to_owned())
    };
    Listed {
        items: slice.value.as_deref().and_then(pick).unwrap_or(&[]),
        missing: why_missing(slice)
            .filter(|_| !has_no_such_list(slice, facet))
            .or_else(is_malformed)
            .or_else(|| not_asked(slice, facet))
            .map(|why| format!("{} of {} {why}", facet.words(), id.name())),
        observed_at: slice.observed_at,
    }
}

/// Why a slice may not be whole, as the end of a sentence that begins with what was wanted.
pub fn why_missing(slice: &Slice) -> Option<String> {
    match slice.state() {
        State::Known | State::Unsupported => None,
        State::Pending => Some("are not read yet".to_owned()),
        State::Denied => Some(refusal(slice.trouble())),
        State::Failed => Some(match slice.trouble() {
            Some(issue) => format!("could not be read: {}", issue.message),
            None => "could not be read".to_owned(),
        }),
    }
}

/// A search service that was not asked holds definitions all the same: unlike a facet that a service
/// does not have, silence says nothing here.
fn not_asked(slice: &Slice, facet: Facet) -> Option<String> {
    let is_definition = matches!(
        facet,
        Facet::Indexers | Facet::DataSources | Facet::Skillsets | Facet::Indexes
    );
    (is_definition && slice.state() == State::Unsupported).then(|| {
        slice.trouble().map_or_else(
            || "cannot be read".to_owned(),
            |issue| format!("cannot be read: {}", issue.message),
        )
    })
}

/// Whether the provider says, with an error code, that this resource has no such list: not every
/// type, kind or region has perimeters, links and managed-network rules. A 404 that gives no reason,
/// or one for a list that every resource has, is a reading that failed.
fn has_no_such_list(slice: &Slice, facet: Facet) -> bool {
    matches!(
        facet,
        Facet::Perimeters | Facet::SharedPrivateLinks | Facet::OutboundRules
    ) && slice.state() == State::Failed
        && slice
            .trouble()
            .is_some_and(|issue| issue.kind == IssueKind::NotFound && issue.code.is_some())
}

fn refusal(trouble: Option<&Issue>) -> String {
    let right = trouble.and_then(|issue| issue.right.as_deref());
    let role = trouble.and_then(|issue| issue.role);
    match (right, role) {
        (Some(right), Some(role)) => format!("were refused: {right} is missing ({role} has it)"),
        (Some(right), None) => format!("were refused: {right} is missing"),
        (None, Some(role)) => format!("were refused ({role} may read them)"),
        (None, None) => "were refused".to_owned(),
    }
}

macro_rules! reader {
    ($(#[$doc:meta])* $name:ident, $facet:ident, $payload:ident, $item:ty) => {
        $(#[$doc])*
        pub fn $name<'a>(inventory: &'a Inventory, id: &ArmId) -> Listed<'a, $item> {
            listed(inventory, id, Facet::$facet, |payload| match payload {
                Payload::$payload(items) => Some(items),
                _ => None,
            })
        }
    };
}

/// Network security perimeters as the resource reports them; where it reports none, as their
/// associations name it.
pub fn perimeters<'a>(inventory: &'a Inventory, id: &ArmId) -> Listed<'a, PerimeterConfiguration> {
    let mut own = own_perimeters(inventory, id);
    if own.items.is_empty()
        && let Some(joined) = inventory.associated(id)
    {
        own.items = &joined.configurations;
        own.observed_at = Some(joined.observed_at);
    }
    own
}

reader! {
    /// Network security perimeters as the resource reports them.
    own_perimeters, Perimeters, Perimeters, PerimeterConfiguration
}
reader! {
    /// A network manager's halves of its connections to other tenants.
    scope_connections, ScopeConnections, ScopeConnections, ScopeConnection
}
reader! {
    /// The pools of a network manager.
    pools_of, IpamPools, IpamPools, IpamPool
}
reader! {
    /// The static ranges of an address pool.
    static_cidrs, StaticCidrs, StaticCidrs, StaticCidr
}
reader! {
    /// Shared private links of a search service.
    shared_private_links, SharedPrivateLinks, SharedPrivateLinks, SharedPrivateLink
}
reader! {
    /// Rules of a hub's managed network.
    outbound_rules, OutboundRules, OutboundRules, OutboundRule
}
reader! {
    /// Connections of a hub, a project or an account.
    connections, Connections, Connections, Connection
}
reader! {
    /// Projects of a new-style account.
    projects, Projects, Projects, Project
}
reader! {
    /// Model deployments of an account.
    deployments, Deployments, Deployments, Deployment
}
reader! {
    /// Blob containers of a storage account.
    containers, Containers, Containers, Container
}
reader! {
    /// Keys of a vault.
    keys, Keys, Keys, VaultKey
}
reader! {
    /// A key by itself, by its id.
    key, Key, Keys, VaultKey
}
reader! {
    /// The versions of a key, by its id.
    key_versions, KeyVersions, Keys, VaultKey
}
reader! {
    /// Capability hosts of a new-style account, or of a project.
    capability_hosts, CapabilityHosts, CapabilityHosts, CapabilityHost
}
reader! {
    /// Diagnostic settings of a resource.
    diagnostic_settings, DiagnosticSettings, DiagnosticSettings, DiagnosticSetting
}
reader! {
    /// Indexers of a search service.
    indexers, Indexers, Indexers, Indexer
}
reader! {
    /// Data sources of a search service.
    data_sources, DataSources, DataSources, DataSource
}
reader! {
    /// Skillsets of a search service.
    skillsets, Skillsets, Skillsets, Skillset
}
reader! {
    /// Indexes of a search service.
    indexes, Indexes, Indexes, Index
}
reader! {
    /// Assignments of a Cosmos DB account's own roles.
    sql_role_assignments, SqlRoleAssignments, SqlRoleAssignments, SqlRoleAssignment
}
reader! {
    /// A Cosmos DB account's own roles.
    sql_role_definitions, SqlRoleDefinitions, SqlRoleDefinitions, SqlRoleDefinition
}
