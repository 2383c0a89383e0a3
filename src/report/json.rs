//! The JSON report: the contract of design section 4, also in `assets/report.schema.json`.
//!
//! An absent property is an absent key, null is null, a facet that was not read leaves its block
//! out. Order is stable. Fields are only ever added within a schema version; what goes beyond the
//! contract's example stands in `details` and in one list a child collection.

mod access;
mod blocks;
mod details;
pub(super) mod hops;
pub mod preflight;
mod write;

use serde_json::{Map, Value, json};

use crate::analysis::hop::Judgement;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, SubscriptionId};
use crate::model::issue::Issue;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::store::{Inventory, Slice, Snapshot, State};

use super::{Meta, Requests};
use write::{Object, put, put_text};

/// The version of the contract.
pub const SCHEMA_VERSION: u64 = 1;

/// The report.
pub fn build(inventory: &Inventory, judgement: &Judgement, meta: &Meta) -> Value {
    let snapshot = inventory.snapshot();
    let requests = Requests::of(snapshot);
    let mut resources: Vec<Value> = inventory
        .resources()
        .map(|one| resource(inventory, one))
        .collect();
    resources.extend(unreadable(inventory));
    json!({
        "schemaVersion": SCHEMA_VERSION,
        "generatedAt": super::timestamp(meta.generated_at),
        "complete": snapshot.is_complete(),
        "scope": scope(inventory, meta),
        "resources": resources,
        "roleAssignments": access::role_assignments(inventory),
        "denyAssignments": access::deny_assignments(inventory),
        "notRead": not_read(snapshot),
        "issues": list_issues(snapshot),
        "hops": judgement.hops.iter().map(hops::hop).collect::<Value>(),
        "findings": judgement.findings.iter().map(hops::finding).collect::<Value>(),
        "requests": {
            "total": requests.total,
            "failed": requests.failed,
            "denied": requests.denied,
            "throttled": requests.throttled,
            "elapsedMs": requests.elapsed_ms,
        },
    })
}

fn scope(inventory: &Inventory, meta: &Meta) -> Value {
    let snapshot = inventory.snapshot();
    let subscriptions = super::subscriptions(snapshot);
    let mut tenants: Vec<String> = snapshot
        .callers()
        .iter()
        .filter_map(|caller| caller.tenant.as_ref())
        .map(|tenant| tenant.as_str().to_owned())
        .collect();
    if tenants.is_empty() {
        // An opaque token says nothing; the subscriptions know their home.
        tenants.extend(
            subscriptions
                .iter()
                .filter_map(|id| inventory.subscription(id)?.tenant_id.as_ref())
                .map(|tenant| tenant.as_str().to_owned()),
        );
    }
    if tenants.is_empty() {
        tenants.extend(snapshot.scope().tenant.clone());
    }
    tenants.sort();
    tenants.dedup();
    let mut out = json!({
        "cloud": meta.cloud,
        "tenants": tenants,
        "subscriptions": subscriptions.iter().map(SubscriptionId::as_str).collect::<Vec<_>>(),
        "resourceGroups": snapshot.scope().resource_groups,
    });
    let delegated: Vec<Value> = snapshot
        .delegated()
        .into_iter()
        .filter(|one| subscriptions.contains(&one.subscription.id))
        .map(|one| {
            json!({
                "subscription": one.subscription.id.as_str(),
                "by": one.home.as_str(),
                "to": one.to.as_str(),
            })
        })
        .collect();
    if !delegated.is_empty() {
        out["delegated"] = delegated.into();
    }
    out
}

fn resource(inventory: &Inventory, resource: &Resource) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), resource.id.as_str().into());
    out.insert("type".into(), resource.family.arm_type().into());
    out.insert("name".into(), resource.name.as_str().into());
    put_text(&mut out, "kind", &resource.kind);
    put_text(&mut out, "location", &resource.location);
    put_text(&mut out, "sku", &resource.sku);
    put_text(&mut out, "managedBy", &resource.managed_by);
    if !resource.tags.is_empty() {
        let tags: Map<String, Value> = resource
            .tags
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        out.insert("tags".into(), tags.into());
    }
    out.insert("part".into(), super::part::of(inventory, resource).into());
    if let Some(network) = blocks::network(inventory, resource) {
        out.insert("network".into(), network);
    }
    if let Some(auth) = &resource.local_auth {
        let mut block = Map::new();
        if let Some(enabled) = auth.enabled() {
            block.insert("enabled".into(), enabled.into());
        }
        out.insert("localAuth".into(), block.into());
    }
    if let Some(outbound) = blocks::outbound(resource) {
        out.insert("outbound".into(), outbound);
    }
    if let Some(encryption) = blocks::encryption(resource) {
        out.insert("encryption".into(), encryption);
    }
    put(&mut out, "identity", &resource.identity, blocks::identity);
    if let Some(diagnostics) = blocks::diagnostics(inventory, resource) {
        out.insert("diagnostics".into(), diagnostics);
    }
    out.insert("details".into(), details::of(&resource.details).into());
    blocks::children(inventory, &resource.id, &mut out);
    facets(inventory, &resource.id, State::Known, &mut out);
    if !resource.issues.is_empty() {
        let issues: Vec<Value> = resource.issues.iter().map(property_issue).collect();
        out.insert("issues".into(), issues.into());
    }
    out.into()
}

/// The state of each facet, and why those are unsupported that are.
fn facets(inventory: &Inventory, id: &ArmId, properties: State, out: &mut Object) {
    let mut states = Map::new();
    let mut reasons = Map::new();
    states.insert(Facet::Properties.name().into(), properties.word().into());
    for facet in Facet::ALL {
        if facet == Facet::Properties {
            continue;
        }
        let Some(state) = inventory.facet_state(id, facet) else {
            continue;
        };
        states.insert(facet.name().into(), state.word().into());
        // What is read item by item is ruled out together with the list of the items.
        let slice = inventory.facet(id, facet.each_of().unwrap_or(facet));
        if state == State::Unsupported
            && let Some(issue) = slice.and_then(Slice::trouble)
        {
            reasons.insert(facet.name().into(), issue.message.as_str().into());
        }
    }
    out.insert("facets".into(), states.into());
    if !reasons.is_empty() {
        out.insert("unsupported".into(), reasons.into());
    }
}

fn property_issue(issue: &Issue) -> Value {
    let mut out = Map::new();
    if let Some(path) = &issue.path {
        out.insert("path".into(), path.as_str().into());
    }
    out.insert("message".into(), issue.message.as_str().into());
    out.into()
}

/// What another resource names and what could not be read: it is there with its id alone.
fn unreadable(inventory: &Inventory) -> Vec<Value> {
    let snapshot = inventory.snapshot();
    let mut found: Vec<(&ArmId, &Slice)> = snapshot
        .unread()
        .filter_map(|(key, slice)| match key {
            Key::Resource(id) if inventory.resource(id).is_none() => Some((id, slice)),
            _ => None,
        })
        .collect();
    found.sort_by_key(|(id, _)| *id);
    found
        .into_iter()
        .filter_map(|(id, slice)| {
            let family = Family::of_type(&id.resource_type()?)?;
            let mut out = Map::new();
            out.insert("id".into(), id.as_str().into());
            out.insert("type".into(), family.arm_type().into());
            out.insert("name".into(), id.name().into());
            out.insert("part".into(), super::part::of_family(family).into());
            facets(inventory, id, slice.state(), &mut out);
            Some(out.into())
        })
        .collect()
}

/// What was wrong with items of lists: those that nothing identifies are not among the resources.
fn list_issues(snapshot: &Snapshot) -> Vec<Value> {
    let mut found: Vec<(&'static str, String, &str, &str)> = snapshot
        .slices()
        .flat_map(|(key, slice)| slice.issues.iter().map(move |issue| (key, issue)))
        .filter_map(|(key, issue)| {
            let path = issue.path.as_deref()?;
            Some((
                key.what(),
                super::scope_of(key),
                path,
                issue.message.as_str(),
            ))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|(what, scope, path, message)| {
            json!({ "what": what, "scope": scope, "path": path, "message": message })
        })
        .collect()
}

fn not_read(snapshot: &Snapshot) -> Vec<Value> {
    let mut entries: Vec<(&'static str, String, &Slice)> = snapshot
        .unread()
        .map(|(key, slice)| (key.what(), super::scope_of(key), slice))
        .collect();
    entries.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
    entries
        .into_iter()
        .map(|(what, scope, slice)| {
            let mut out = Map::new();
            out.insert("what".into(), what.into());
            out.insert("scope".into(), scope.into());
            out.insert("state".into(), slice.state().word().into());
            if let Some(issue) = slice.trouble() {
                if let Some(status) = issue.status {
                    out.insert("status".into(), status.into());
                }
                let texts = [
                    ("code", issue.code.as_deref()),
                    ("right", issue.right.as_deref()),
                    ("role", issue.role),
                    ("message", Some(issue.message.as_str())),
                    ("requestId", issue.request_id.as_deref()),
                ];
                for (name, text) in texts {
                    if let Some(text) = text {
                        out.insert(name.into(), text.into());
                    }
                }
            }
            out.into()
        })
        .collect()
}

#[cfg(test)]
mod tests;
