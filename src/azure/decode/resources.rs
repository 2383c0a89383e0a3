//! Tenants, subscriptions and resource groups (reference `arm/resources.md`). Must not know which of
//! them are in scope: that is for the plan of what to read.

use super::page::raw;
use super::reader::Reader;
use super::{Context, head};
use crate::model::field::Field;
use crate::model::id::{ArmId, SubscriptionId, TenantId};
use crate::model::tenancy::{ResourceGroup, Subscription, Tenant};

/// One tenant.
pub(super) fn tenant(item: &Reader<'_>, _: &Context<'_>) -> Option<Tenant> {
    let id = match item.filled_text("tenantId") {
        Field::Value(id) => id,
        missing => match item.id("id") {
            Field::Value(id) => id.name().to_owned(),
            _ => item.required("tenantId", missing)?,
        },
    };
    Some(Tenant {
        id: TenantId::new(id),
        display_name: item.text("displayName"),
        default_domain: item.text("defaultDomain"),
        raw: raw(item),
    })
}

/// One subscription.
pub(super) fn subscription(item: &Reader<'_>, _: &Context<'_>) -> Option<Subscription> {
    const STATES: &[&str] = &["Enabled", "Warned", "PastDue", "Disabled", "Deleted"];
    let id = match item.filled_text("subscriptionId") {
        Field::Value(id) => SubscriptionId::new(id),
        missing => match item.id("id").value().and_then(ArmId::subscription) {
            Some(id) => id,
            None => SubscriptionId::new(item.required("subscriptionId", missing)?),
        },
    };
    let display_name = match item.filled_text("displayName") {
        Field::Value(name) => name,
        _ => id.as_str().to_owned(),
    };
    Some(Subscription {
        display_name,
        state: item.word("state", STATES),
        tenant_id: item.filled_text("tenantId").value().map(TenantId::new),
        raw: raw(item),
        id,
    })
}

/// One resource group.
pub(super) fn group(item: &Reader<'_>, _: &Context<'_>) -> Option<ResourceGroup> {
    let id = item.required("id", item.id("id"))?;
    Some(ResourceGroup {
        name: head::name(item, &id),
        location: item.text("location"),
        managed_by: item.text("managedBy"),
        raw: raw(item),
        id,
    })
}
