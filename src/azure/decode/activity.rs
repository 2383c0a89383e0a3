//! Events of the activity log (reference `arm/monitor.md`). Must not know which events belong to one
//! write, nor what a write means: `analysis` does.

use serde_json::Value;

use super::Context;
use super::page::raw;
use super::reader::Reader;
use crate::model::activity::{ActivityEvent, Claims, PolicyMark};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::text::safe;

/// The claim that holds an object id in tokens of the older form.
const OBJECT_ID: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";

/// One event. Without a time or an operation it says nothing.
pub(super) fn event(item: &Reader<'_>, context: &Context<'_>) -> Option<ActivityEvent> {
    let at = item.required("eventTimestamp", item.time("eventTimestamp"))?;
    let named = item.object("operationName");
    let operation = named.required("value", named.filled_text("value"))?;
    let properties = item.object("properties");
    let authorization = item.object("authorization");
    let claims = item.object("claims");
    let role = authorization.filled_text("role");
    let role = match role {
        Field::Value(role) => Field::Value(role),
        _ => authorization.object("evidence").filled_text("role"),
    };
    let address = match item.object("httpRequest").filled_text("clientIpAddress") {
        Field::Value(address) => Field::Value(address),
        _ => claims.filled_text("ipaddr"),
    };
    let id = match item.filled_text("eventDataId") {
        Field::Value(id) => id,
        _ => item.text("id").value().cloned().unwrap_or_default(),
    };
    Some(ActivityEvent {
        id,
        at,
        operation,
        status: value(item, "status"),
        sub_status: value(item, "subStatus"),
        level: item.filled_text("level"),
        category: value(item, "category"),
        caller: item.filled_text("caller"),
        correlation_id: item.filled_text("correlationId"),
        operation_id: item.filled_text("operationId"),
        resource: item.id("resourceId"),
        scope: authorization.id("scope"),
        role,
        address,
        claims: who(&claims),
        policies: policies(&properties),
        message: message(&properties),
        source: context.source(),
        raw: raw(item),
    })
}

/// The word of a property that has a localised twin.
fn value<'a>(item: &Reader<'a>, name: &'a str) -> Field<String> {
    item.object(name).filled_text("value")
}

fn who(claims: &Reader<'_>) -> Claims {
    let text = |name: &str| claims.filled_text(name).value().cloned();
    Claims {
        app_id: text("appid"),
        object_id: text(OBJECT_ID)
            .or_else(|| text("oid"))
            .map(PrincipalId::new),
        name: text("name"),
        idtyp: text("idtyp"),
        identity_of: text("xms_mirid").map(ArmId::new),
    }
}

/// `properties.policies` is a list, written as a text.
fn policies(properties: &Reader<'_>) -> Vec<PolicyMark> {
    let Field::Value(text) = properties.filled_text("policies") else {
        return Vec::new();
    };
    let Ok(Value::Array(items)) = serde_json::from_str::<Value>(&text) else {
        properties.note("policies", "is not a list of policies in JSON");
        return Vec::new();
    };
    items
        .iter()
        .map(|item| {
            let text = |name: &str| {
                item.get(name)
                    .and_then(Value::as_str)
                    .filter(|text| !text.trim().is_empty())
                    .map(|text| safe(text).into_owned())
            };
            PolicyMark {
                assignment: text("policyAssignmentId").map(ArmId::new),
                name: text("policyAssignmentDisplayName").or_else(|| text("policyAssignmentName")),
                definition: text("policyDefinitionId").map(ArmId::new),
                effect: text("policyDefinitionEffect"),
            }
        })
        .collect()
}

/// `properties.statusMessage`: often an error document, of which the message is what there is to read.
fn message(properties: &Reader<'_>) -> Field<String> {
    properties.filled_text("statusMessage").map(|text| {
        let inner = serde_json::from_str::<Value>(&text).ok().and_then(|body| {
            let error = body.get("error").unwrap_or(&body);
            let message = error.get("message").and_then(Value::as_str)?;
            Some(safe(message).into_owned())
        });
        inner.unwrap_or(text)
    })
}
