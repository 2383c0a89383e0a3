//! Tenants, subscriptions, their registered providers, and resource groups (resources.md).

use std::sync::Arc;

use serde_json::Value;

use super::field::Field;
use super::id::{ArmId, SubscriptionId, TenantId};
use super::resource::Source;

/// A tenant that the signed-in principal can see.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    /// `tenantId`.
    pub id: TenantId,
    /// `displayName`; null without directory consent.
    pub display_name: Field<String>,
    /// `defaultDomain`.
    pub default_domain: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// `subscriptionId`.
    pub id: SubscriptionId,
    /// `displayName`.
    pub display_name: String,
    /// `state`: Enabled, Warned, `PastDue`, Disabled, Deleted.
    pub state: Field<String>,
    /// `tenantId`: the home tenant.
    pub tenant_id: Option<TenantId>,
    /// `managedByTenants[].tenantId`: tenants that it is delegated to (Azure Lighthouse).
    pub managed_by: Vec<TenantId>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}

impl Subscription {
    /// Whether it can be read: reads work in every state but Deleted; Disabled ones are left out
    /// when no scope is given.
    pub fn is_enabled(&self) -> bool {
        !(self.state.is("Disabled") || self.state.is("Deleted"))
    }
}

/// The words of a provider's `registrationState`.
pub const REGISTRATION_STATES: &[&str] = &[
    "Registered",
    "NotRegistered",
    "Registering",
    "Unregistering",
    "Unregistered",
];

/// A resource provider as one subscription has it. What it offers is not kept: that is a large list.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// `namespace`.
    pub namespace: String,
    /// `registrationState`.
    pub state: Field<String>,
    /// Where it was read.
    pub source: Source,
}

/// A resource group.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceGroup {
    /// `id`.
    pub id: ArmId,
    /// `name`.
    pub name: String,
    /// `location`.
    pub location: Field<String>,
    /// `managedBy`: present on groups that a service made.
    pub managed_by: Field<String>,
    /// The JSON as Azure sent it.
    pub raw: Arc<Value>,
}
