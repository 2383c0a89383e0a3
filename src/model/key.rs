//! What can be read: one key names one slice of the store and one reading of the fetcher.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::access::Member;
use super::facet::Facet;
use super::id::{ArmId, Folded, PrincipalId, SubscriptionId, TenantId};
use super::logs::Question;
use super::policy::is_set;
use super::resource::Family;

/// The name of one slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Key {
    /// `/tenants` with the credential of a tenant; none is the credential's own.
    Tenants(Option<TenantId>),
    /// `/subscriptions` with the credential of a tenant; none is the credential's own.
    Subscriptions(Option<TenantId>),
    /// The resource groups of a subscription.
    Groups(SubscriptionId),
    /// A provider-level list, of a whole subscription or of one group.
    List {
        /// The subscription.
        subscription: SubscriptionId,
        /// The group, when only the group's list is read.
        group: Option<GroupName>,
        /// What is listed.
        family: Family,
    },
    /// One resource read by id: what a resource in scope names.
    Resource(ArmId),
    /// A facet of one resource (never [`Facet::Properties`]: those come with the resource).
    Facet(ArmId, Facet),
    /// Role assignments seen at a scope (a subscription's hold the management groups' too).
    RoleAssignments(ArmId),
    /// Role definitions usable at a scope.
    RoleDefinitions(ArmId),
    /// Deny assignments seen at a scope.
    DenyAssignments(ArmId),
    /// Names of the principals that assignments of a tenant mention, from Microsoft Graph.
    Principals(Option<TenantId>),
    /// PIM: roles that somebody may activate, seen at a scope.
    EligibleRoles(ArmId),
    /// PIM: roles that are active now, with their end, seen at a scope.
    ActiveRoles(ArmId),
    /// Management locks of a resource group.
    Locks(ArmId),
    /// Network security perimeters of a subscription, or of one group.
    NetworkPerimeters(ArmId),
    /// The groups that a principal is in, directly or through others, from Microsoft Graph.
    Memberships(PrincipalId, Member),
    /// Role assignments at a scope that reach a principal, through its groups too, as ARM says: what
    /// is asked where Graph is refused.
    AssignedTo(ArmId, PrincipalId),
    /// The service principal that an application has in a tenant, from Microsoft Graph.
    ServicePrincipalOf(Option<TenantId>, AppId),
    /// The application as its home tenant registered it, from Microsoft Graph.
    Application(Option<TenantId>, AppId),
    /// Network managers of a subscription, or of one group.
    NetworkManagers(ArmId),
    /// The connections of a subscription, or of a management group, to network managers of other
    /// tenants.
    NetworkManagerConnections(ArmId),
    /// A resource provider of a subscription, by `/subscriptions/S/providers/N`: whether it is registered.
    Provider(ArmId),
    /// One address pool by its id: a network draws from it, and no list of a manager holds it.
    IpamPool(ArmId),
    /// A network, read with this other tenant's token beside its own, so that Azure says whether it
    /// takes that token.
    LinkedAccess(ArmId, TenantId),
    /// Policy assignments seen at a scope: at it, above it, below it.
    PolicyAssignments(ArmId),
    /// Policy exemptions seen at a scope.
    PolicyExemptions(ArmId),
    /// One policy definition or one set of them, by its id: an assignment names it.
    PolicyDefinition(ArmId),
    /// What Azure last found when it held the resources of a group against their policies.
    PolicyStates(ArmId),
    /// A person by user principal name, from Microsoft Graph: one whom the config file names.
    User(Option<TenantId>, UserName),
    /// The activity log of a subscription, or of one group, as far back as
    /// [`super::activity::REACH`].
    ActivityLog(ArmId),
    /// The part of a subscription's activity log that no group holds: writes of roles, policies and
    /// locks.
    AccessLog(SubscriptionId),
    /// An answer of Log Analytics: about all that a workspace holds, or, where that is refused, about
    /// one resource.
    Logs(ArmId, Question),
}

/// An application's id.
pub type AppId = Folded;

/// A user principal name, compared without case.
pub type UserName = Folded;

/// A resource group's name, compared without case.
pub type GroupName = super::id::Folded;

impl Key {
    /// The kind of thing, as `notRead[].what` in the report names it.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Tenants(_) => "tenants",
            Self::Subscriptions(_) => "subscriptions",
            Self::Groups(_) => "resourceGroups",
            Self::List { family, .. } => family.arm_type(),
            Self::Resource(_) => "resource",
            Self::Facet(_, facet) => facet.name(),
            Self::RoleAssignments(_) => "roleAssignments",
            Self::RoleDefinitions(_) => "roleDefinitions",
            Self::DenyAssignments(_) => "denyAssignments",
            Self::Principals(_) => "principals",
            Self::EligibleRoles(_) => "roleEligibilityScheduleInstances",
            Self::ActiveRoles(_) => "roleAssignmentScheduleInstances",
            Self::Locks(_) => "locks",
            Self::NetworkPerimeters(_) => "networkSecurityPerimeters",
            Self::Memberships(..) => "transitiveMemberOf",
            Self::AssignedTo(..) => "roleAssignments/assignedTo",
            Self::ServicePrincipalOf(..) => "servicePrincipals",
            Self::Application(..) => "applications",
            Self::NetworkManagers(_) => "networkManagers",
            Self::NetworkManagerConnections(_) => "networkManagerConnections",
            Self::Provider(_) => "providers",
            Self::IpamPool(_) => "ipamPools",
            Self::LinkedAccess(..) => "linkedAccess",
            Self::PolicyAssignments(_) => "policyAssignments",
            Self::PolicyExemptions(_) => "policyExemptions",
            Self::PolicyDefinition(id) if is_set(id) => "policySetDefinitions",
            Self::PolicyDefinition(_) => "policyDefinitions",
            Self::PolicyStates(_) => "policyStates",
            Self::User(..) => "users",
            Self::ActivityLog(_) => "activityLog",
            Self::AccessLog(_) => "activityLog/authorization",
            Self::Logs(_, question) => match question {
                Question::Search => "logs/search",
                Question::Blobs => "logs/blobs",
                Question::Models => "logs/models",
                Question::Cosmos => "logs/cosmos",
                Question::Vault => "logs/vault",
            },
        }
    }

    /// What it is called in a sentence.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Tenants(_) => "tenants",
            Self::Subscriptions(_) => "subscriptions",
            Self::Groups(_) => "resource groups",
            Self::List { family, .. } => family.plural(),
            Self::Resource(_) => "a resource that is named",
            Self::Facet(_, facet) => facet.words(),
            Self::RoleAssignments(_) => "role assignments",
            Self::RoleDefinitions(_) => "role definitions",
            Self::DenyAssignments(_) => "deny assignments",
            Self::Principals(_) => "names of principals",
            Self::EligibleRoles(_) => "roles that can be activated",
            Self::ActiveRoles(_) => "roles that are active for a time",
            Self::Locks(_) => "locks",
            Self::NetworkPerimeters(_) => "network security perimeters",
            Self::Memberships(..) => "groups of a principal",
            Self::AssignedTo(..) => "role assignments of a principal and its groups",
            Self::ServicePrincipalOf(..) => "service principal of an application",
            Self::Application(..) => "registration of an application",
            Self::NetworkManagers(_) => "network managers",
            Self::NetworkManagerConnections(_) => "connections to network managers",
            Self::Provider(_) => "registration of a resource provider",
            Self::IpamPool(_) => "an address pool that is named",
            Self::LinkedAccess(..) => "a network, with another tenant's token",
            Self::PolicyAssignments(_) => "policy assignments",
            Self::PolicyExemptions(_) => "policy exemptions",
            Self::PolicyDefinition(id) if is_set(id) => "an initiative that is assigned",
            Self::PolicyDefinition(_) => "a policy definition that is assigned",
            Self::PolicyStates(_) => "policy states",
            Self::User(..) => "a person by name",
            Self::ActivityLog(_) => "activity log",
            Self::AccessLog(_) => "activity log of roles and policies",
            Self::Logs(_, question) => question.words(),
        }
    }

    /// The scope that the reading is about, as an ARM id where it has one.
    pub fn scope(&self) -> Option<ArmId> {
        match self {
            Self::Tenants(_)
            | Self::Subscriptions(_)
            | Self::Principals(_)
            | Self::ServicePrincipalOf(..)
            | Self::Application(..) => None,
            // As the report's evidence writes an object of Graph.
            Self::Memberships(principal, member) => Some(ArmId::new(match member {
                Member::User => format!("/users/{principal}"),
                Member::ServicePrincipal => format!("/servicePrincipals/{principal}"),
            })),
            Self::User(_, name) => Some(ArmId::new(format!("/users/{name}"))),
            Self::Groups(subscription) | Self::AccessLog(subscription) => {
                Some(ArmId::of_subscription(subscription))
            }
            Self::List {
                subscription,
                group,
                ..
            } => Some(match group {
                None => ArmId::of_subscription(subscription),
                Some(group) => {
                    ArmId::of_subscription(subscription).child(&format!("resourceGroups/{group}"))
                }
            }),
            Self::Resource(id)
            | Self::Facet(id, _)
            | Self::RoleAssignments(id)
            | Self::RoleDefinitions(id)
            | Self::DenyAssignments(id)
            | Self::EligibleRoles(id)
            | Self::ActiveRoles(id)
            | Self::Locks(id)
            | Self::NetworkPerimeters(id)
            | Self::AssignedTo(id, _)
            | Self::NetworkManagers(id)
            | Self::NetworkManagerConnections(id)
            | Self::Provider(id)
            | Self::IpamPool(id)
            | Self::LinkedAccess(id, _)
            | Self::PolicyAssignments(id)
            | Self::PolicyExemptions(id)
            | Self::PolicyDefinition(id)
            | Self::PolicyStates(id)
            | Self::ActivityLog(id)
            | Self::Logs(id, _) => Some(id.clone()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope() {
            Some(scope) => write!(f, "{} of {scope}", self.words()),
            None => f.write_str(self.words()),
        }
    }
}
