//! What one service's firewall knows that others do not: the list of service firewalls.

use crate::analysis::verdict::Tag;
use crate::model::resource::{Family, Resource};

use super::caller::{Instance, ServiceKind};
use super::rules::{Rules, WhenDisabled};

/// Whether a path for services covers one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It does; a note and its weight where the sources do not speak with one voice.
    Yes(Option<(&'static str, Tag)>),
    /// It does not, and why.
    No(&'static str),
    /// It cannot be told, and why.
    Unclear(&'static str),
}

/// Whether address rules can be of use to a service that calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByAddress {
    /// Never, and why.
    No(&'static str),
    /// Perhaps, and what is not known.
    Unclear(&'static str),
}

/// One service firewall (domain-rules section B).
pub(super) trait Service: Send + Sync {
    /// The rules, with this service's meaning of what is absent.
    fn rules(&self, resource: &Resource) -> Rules;

    /// What becomes of the trusted path when public access is off.
    fn when_disabled(&self) -> WhenDisabled;

    /// Whether the service's list of trusted services covers a caller (domain-rules B.7).
    fn trusts(&self, target: &Resource, caller: &Instance) -> Trust;

    /// Whether an instance rule that names a caller covers what it presents.
    fn names_instance(&self, caller: &Instance) -> Trust {
        let _ = caller;
        Trust::No("this service has no instance rules")
    }

    /// Whether an address rule can let a kind of service in.
    fn by_address(&self, caller: ServiceKind, same_region: Option<bool>) -> ByAddress;

    /// Whether address rules have no effect on callers in the same region.
    fn blocks_addresses_of_same_region(&self) -> bool {
        false
    }

    /// The service endpoints that a subnet needs for a network rule to match.
    fn service_endpoints(&self) -> &'static [&'static str] {
        &[]
    }

    /// Where the portal does not call from the person's browser: what is known of its address.
    fn portal_has_own_address(&self) -> Option<(&'static str, Tag)> {
        None
    }

    /// Whether the service can be in a security perimeter.
    fn has_perimeters(&self) -> bool {
        true
    }
}

/// The firewall of a family, for those that have one.
pub(super) fn service(family: Family) -> Option<&'static dyn Service> {
    match family {
        Family::Storage => Some(&super::storage::StorageFirewall),
        Family::Search => Some(&super::search::SearchFirewall),
        Family::Cognitive => Some(&super::cognitive::CognitiveFirewall),
        Family::Workspace => Some(&super::workspace::WorkspaceFirewall),
        Family::Cosmos => Some(&super::cosmos::CosmosFirewall),
        Family::Vault => Some(&super::vault::VaultFirewall),
        Family::LogWorkspace
        | Family::UserIdentity
        | Family::PrivateEndpoint
        | Family::VirtualNetwork => None,
    }
}
