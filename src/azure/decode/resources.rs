//! Tenants, subscriptions and resource groups (reference `arm/resources.md`). Must not know which of
//! them are in scope: that is for the plan of what to read.

use serde_json::Value;

use super::page::{Decoded, Page, raw};
use super::reader::{Notes, Reader};
use super::{Context, head};
use crate::model::field::Field;
use crate::model::id::{ArmId, SubscriptionId, TenantId};
use crate::model::key::Key;
use crate::model::tenancy::{Provider, REGISTRATION_STATES, ResourceGroup, Subscription, Tenant};

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
    let managed_by = item.each("managedByTenants", |one| {
        one.required("tenantId", one.filled_text("tenantId"))
            .map(TenantId::new)
    });
    let display_name = match item.filled_text("displayName") {
        Field::Value(name) => name,
        _ => id.as_str().to_owned(),
    };
    Some(Subscription {
        display_name,
        state: item.word("state", STATES),
        tenant_id: item.filled_text("tenantId").value().map(TenantId::new),
        managed_by: managed_by.items().to_vec(),
        raw: raw(item),
        id,
    })
}

/// One provider of a subscription: a document.
pub(super) fn provider(key: &Key, body: &Value, context: &Context<'_>) -> Decoded {
    let notes = Notes::new(key.words(), context);
    let root = Reader::root_object(body, &notes);
    let found = root
        .required("namespace", root.filled_text("namespace"))
        .map(|namespace| Provider {
            namespace,
            state: root.word("registrationState", REGISTRATION_STATES),
            source: context.source(),
        });
    drop(root);
    Decoded {
        page: Page::Providers(found.into_iter().collect()),
        issues: notes.into_issues(),
    }
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
