//! Answers that Azure computes from another resource: its system-assigned identity and its tags. Must
//! not hold documents of its own.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::{Call, errors, text};

/// `{resource}/providers/Microsoft.ManagedIdentity/identities/default`.
pub(super) fn identity(call: &Call<'_>, provider: usize) -> Reply {
    let segments = &call.request.segments;
    let scope = &segments[..provider];
    let Some(document) = call.documents.at(&call.request.lower[..provider]) else {
        return errors::no_resource(scope);
    };
    let body = &document.body;
    let Some(principal) = text(body, &["identity", "principalId"]) else {
        return errors::no_resource(segments);
    };
    let id = text(body, &["id"]).unwrap_or_default();
    let application = call
        .world
        .directory
        .get(principal)
        .and_then(|object| object.get("appId").cloned())
        .unwrap_or(Value::Null);
    Reply::ok(json!({
        "id": format!("{id}/providers/Microsoft.ManagedIdentity/identities/default"),
        "name": "default",
        "type": "Microsoft.ManagedIdentity/identities",
        "location": body.get("location").cloned().unwrap_or(Value::Null),
        "tags": body.get("tags").cloned().unwrap_or_else(|| json!({})),
        "properties": {
            "tenantId": text(body, &["identity", "tenantId"]),
            "principalId": principal,
            "clientId": application,
        },
    }))
}

/// `{scope}/providers/Microsoft.Resources/tags/default`.
pub(super) fn tags(call: &Call<'_>, provider: usize) -> Reply {
    let scope = &call.request.segments[..provider];
    let Some(document) = call.documents.at(&call.request.lower[..provider]) else {
        return errors::no_resource(scope);
    };
    let id = text(&document.body, &["id"]).unwrap_or_default();
    Reply::ok(json!({
        "id": format!("{id}/providers/Microsoft.Resources/tags/default"),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {
            "tags": document.body.get("tags").cloned().unwrap_or_else(|| json!({})),
        },
    }))
}
