//! What documents name: resources by id, principals. Must not know what is read because of it.

use std::collections::BTreeSet;

use hopscope::model::id::ArmId;
use hopscope::model::resource::Family;
use serde_json::Value;

/// Every ARM id of a resource in a document, also inside a connection string.
pub(super) fn ids_in(value: &Value, found: &mut BTreeSet<ArmId>) {
    match value {
        Value::String(text) => {
            for part in text.split([';', '=']) {
                if part.to_ascii_lowercase().starts_with("/subscriptions/")
                    && part.contains("/providers/")
                {
                    let id = ArmId::new(part.trim_end_matches('/'));
                    if id
                        .resource_type()
                        .is_some_and(|of| Family::of_type(&of).is_some())
                    {
                        found.insert(id);
                    }
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                ids_in(&Value::String(name.clone()), found);
                ids_in(member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every `principalId` in a document.
pub(super) fn principals_in(value: &Value, found: &mut BTreeSet<String>) {
    let Some(members) = value.as_object() else {
        return;
    };
    for (name, member) in members {
        match member {
            Value::String(id) if name == "principalId" => {
                found.insert(id.to_ascii_lowercase());
            }
            other => principals_in(other, found),
        }
    }
}
