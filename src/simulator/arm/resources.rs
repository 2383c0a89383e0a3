//! Tenants, subscriptions, groups and resources, served from the ids of the documents. Must not know
//! any single resource type.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::documents::resource_type;
use super::super::reply::Reply;
use super::super::token::Claims;
use super::{Call, errors, lists, providers, text, versions};

pub(super) fn tenants(call: &Call<'_>) -> Vec<Value> {
    bodies(call, &[String::from("tenants")])
}

pub(super) fn subscriptions(call: &Call<'_>) -> Vec<Value> {
    bodies(call, &[String::from("subscriptions")])
        .into_iter()
        .filter(|body| may_see(body, call.claims))
        .collect()
}

/// A token sees the subscriptions of its own tenant, and those that its tenant manages for others.
pub(super) fn may_see(subscription: &Value, claims: &Claims) -> bool {
    let Some(own) = text(subscription, &["tenantId"]) else {
        return true;
    };
    own.eq_ignore_ascii_case(&claims.tenant)
        || subscription
            .get("managedByTenants")
            .and_then(Value::as_array)
            .is_some_and(|tenants| {
                tenants.iter().any(|tenant| {
                    text(tenant, &["tenantId"])
                        .is_some_and(|id| id.eq_ignore_ascii_case(&claims.tenant))
                })
            })
}

fn bodies(call: &Call<'_>, collection: &[String]) -> Vec<Value> {
    call.documents
        .children(collection)
        .map(|document| document.body.clone())
        .collect()
}

/// The regions that the subscription's resources stand in.
pub(super) fn locations(call: &Call<'_>) -> Value {
    let prefix = &call.request.lower[..2];
    let names: BTreeSet<String> = call
        .documents
        .iter()
        .filter(|document| document.segments.starts_with(prefix))
        .filter_map(|document| text(&document.body, &["location"]))
        .filter(|name| !name.eq_ignore_ascii_case("global"))
        .map(|name| name.to_lowercase().replace(' ', ""))
        .collect();
    let value: Vec<Value> = names
        .into_iter()
        .map(|name| {
            json!({
                "id": format!("/{}/locations/{name}", call.request.segments[..2].join("/")),
                "name": name,
                "type": "Region",
                "displayName": name,
                "regionalDisplayName": name,
                "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
            })
        })
        .collect();
    json!({ "value": value })
}

pub(super) fn groups(call: &Call<'_>) -> Reply {
    let items = bodies(call, &call.request.lower);
    let Some(filter) = call
        .request
        .parameter("$filter")
        .filter(|text| !text.is_empty())
    else {
        return lists::page(call, items);
    };
    // Groups can be asked for by tag only.
    match lists::tag_filter(filter) {
        Some((name, value)) => lists::page(call, with_tag(items, &name, value.as_deref())),
        None => errors::bad_filter(filter),
    }
}

fn with_tag(items: Vec<Value>, name: &str, value: Option<&str>) -> Vec<Value> {
    items
        .into_iter()
        .filter(|item| {
            item.get("tags")
                .and_then(Value::as_object)
                .is_some_and(|tags| {
                    tags.iter().any(|(own, held)| {
                        own.eq_ignore_ascii_case(name)
                            && value.is_none_or(|wanted| held.as_str() == Some(wanted))
                    })
                })
        })
        .collect()
}

/// `…/resources`: every top-level resource without its properties.
pub(super) fn generic(call: &Call<'_>) -> Reply {
    let scope = &call.request.lower[..call.request.lower.len() - 1];
    let expand = call.request.parameter("$expand").unwrap_or_default();
    let full: Vec<Value> = call
        .documents
        .iter()
        .filter(|document| document.is_top_level_resource() && document.segments.starts_with(scope))
        .map(|document| document.body.clone())
        .collect();
    let filter = call.request.parameter("$filter").unwrap_or_default();
    let (kept, by_tag) = match lists::tag_filter(filter) {
        Some((name, value)) => (Ok(with_tag(full, &name, value.as_deref())), true),
        None => (lists::filtered(call, full), false),
    };
    match kept {
        Ok(kept) => {
            let items = kept
                .iter()
                .map(|body| generic_view(body, expand, by_tag))
                .collect();
            lists::page(call, items)
        }
        Err(refusal) => *refusal,
    }
}

fn generic_view(body: &Value, expand: &str, without_tags: bool) -> Value {
    let mut view = Map::new();
    for name in [
        "id",
        "name",
        "type",
        "kind",
        "managedBy",
        "sku",
        "plan",
        "location",
        "extendedLocation",
        "identity",
        "zones",
        "tags",
    ] {
        if let Some(value) = body.get(name)
            && !(name == "tags" && without_tags)
        {
            view.insert(name.to_owned(), value.clone());
        }
    }
    let expand = expand.to_ascii_lowercase();
    for (name, path) in [
        ("createdTime", ["systemData", "createdAt"]),
        ("changedTime", ["systemData", "lastModifiedAt"]),
        ("provisioningState", ["properties", "provisioningState"]),
    ] {
        if expand.contains(&name.to_ascii_lowercase())
            && let Some(value) = text(body, &path)
        {
            view.insert(name.to_owned(), json!(value));
        }
    }
    Value::Object(view)
}

/// A list below a provider: children of a resource, or all of a type in a group or a subscription.
pub(super) fn collection(call: &Call<'_>, provider: usize) -> Reply {
    let lower = &call.request.lower;
    let Some((namespace, kind)) = resource_type(lower) else {
        return errors::no_path(call.request);
    };
    if let Some(refusal) = providers::refuse_unknown(call, &namespace, &kind) {
        return refusal;
    }
    if let Some(refusal) = missing_parent(call, provider) {
        return refusal;
    }
    let mut items = bodies(call, lower);
    if let ["subscriptions", subscription, "providers", _, _] = call.parts().as_slice() {
        items.extend(
            call.documents
                .iter()
                .filter(|document| {
                    let own = &document.segments;
                    own.len() == 8
                        && own[0] == "subscriptions"
                        && own[1] == *subscription
                        && own[2] == "resourcegroups"
                        && own[4..7] == lower[2..5]
                })
                .map(|document| document.body.clone()),
        );
    }
    for embedded in embedded(call) {
        let id = text(&embedded, &["id"]).map(str::to_ascii_lowercase);
        if !items
            .iter()
            .any(|item| text(item, &["id"]).map(str::to_ascii_lowercase) == id)
        {
            items.push(embedded);
        }
    }
    lists::page(call, items)
}

/// Some children stand inside their parent's body too (`privateEndpointConnections`, `subnets`,
/// `sharedPrivateLinkResources`): asked for on their own, they are the same objects.
fn embedded(call: &Call<'_>) -> Vec<Value> {
    let lower = &call.request.lower;
    let Some((name, parent)) = lower.split_last() else {
        return Vec::new();
    };
    inside(call, parent, name)
}

fn inside(call: &Call<'_>, parent: &[String], name: &str) -> Vec<Value> {
    call.documents
        .at(parent)
        .and_then(|document| document.body.get("properties")?.as_object())
        .and_then(|properties| {
            properties
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
        })
        .and_then(|(_, value)| value.as_array())
        .map(|items| {
            items
                .iter()
                .filter(|item| text(item, &["id"]).is_some() && item.get("properties").is_some())
                .cloned()
                .collect()
        })
        .unwrap_or_default()
}

/// The resource that a child collection stands on has to exist.
fn missing_parent(call: &Call<'_>, provider: usize) -> Option<Reply> {
    let lower = &call.request.lower;
    // An extension's scope, and every parent of a nested type.
    let scope = &lower[..provider];
    if resource_type(scope).is_some() && !exists(call, scope) {
        return Some(errors::no_resource(&call.request.segments[..provider]));
    }
    let mut end = provider + 4;
    while end < lower.len() {
        let parent = &lower[..end];
        if !exists(call, parent) {
            return Some(if end == provider + 4 {
                errors::no_parent(&call.request.segments[end - 1])
            } else {
                errors::no_resource(&call.request.segments[..end])
            });
        }
        end += 2;
    }
    None
}

/// A document, a thing with documents below it, or a service's own singleton (`blobServices/default`)
/// on a resource that exists.
fn exists(call: &Call<'_>, segments: &[String]) -> bool {
    call.documents.at(segments).is_some()
        || call
            .documents
            .iter()
            .any(|document| document.segments.starts_with(segments))
        || (segments.last().is_some_and(|name| name == "default")
            && segments.len() > 2
            && exists(call, &segments[..segments.len() - 2]))
}

/// One resource by its id.
pub(super) fn item(call: &Call<'_>, provider: usize) -> Reply {
    let lower = &call.request.lower;
    if let Some(document) = call.documents.at(lower) {
        let mut body = document.body.clone();
        versions::adapt(call.version, &mut body);
        return Reply::ok(body);
    }
    let Some((namespace, kind)) = resource_type(lower) else {
        return errors::no_path(call.request);
    };
    if let Some(refusal) = providers::refuse_unknown(call, &namespace, &kind) {
        return refusal;
    }
    if lower.len() > provider + 4
        && let Some(refusal) = missing_parent(call, provider)
    {
        return refusal;
    }
    let [parent @ .., collection, name] = lower.as_slice() else {
        return errors::no_path(call.request);
    };
    let inner = inside(call, parent, collection).into_iter().find(|item| {
        text(item, &["name"]).is_some_and(|own| own.eq_ignore_ascii_case(name))
            || text(item, &["id"])
                .and_then(|id| id.rsplit('/').next())
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
    });
    match inner {
        Some(body) => Reply::ok(body),
        None => errors::no_resource(&call.request.segments),
    }
}

/// Diagnostic settings never page, and their provider answers errors without the usual wrapper.
pub(super) fn diagnostic_settings(call: &Call<'_>, scope: &[String]) -> Reply {
    if resource_type(scope).is_some() && !exists(call, scope) {
        return Reply::bare_error(
            404,
            "ResourceNotFound",
            &errors::not_found_words(&call.request.segments[..scope.len()]),
        )
        .with("x-ms-failure-cause", "service");
    }
    let lower = &call.request.lower;
    if lower.len() == scope.len() + 3 {
        return lists::whole(call, bodies(call, lower));
    }
    match call.documents.at(lower) {
        Some(document) => Reply::ok(document.body.clone()),
        None => Reply::bare_error(
            404,
            "ResourceNotFound",
            &format!(
                "The diagnostic setting '{}' was not found.",
                call.request.segments.last().map_or("", String::as_str)
            ),
        )
        .with("x-ms-failure-cause", "service"),
    }
}
