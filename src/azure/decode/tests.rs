//! Tests of the decoders: every property in every state, what services join out of several
//! properties, pages and their trouble. What no input may do is tested in `tests/decode_robust.rs`.

mod dated;
mod history;
mod lens;
mod pages;
mod properties;
mod search_objects;
mod services;

use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{Context, resource};
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

/// The newest version: it knows every property.
const NEWEST: &str = "2026-12-01";

fn context(api_version: &str) -> Context<'static> {
    Context {
        api_version: Arc::from(api_version),
        observed_at: OffsetDateTime::UNIX_EPOCH,
        request_id: Some(Arc::from("request-1")),
        requested: None,
    }
}

fn id_of(family: Family) -> ArmId {
    ArmId::new(format!(
        "/subscriptions/S/resourceGroups/Rg/providers/{}/one",
        family.arm_type()
    ))
}

/// A document with an id and `properties`, decoded.
fn decode_properties(family: Family, properties: impl Into<Value>) -> Resource {
    let mut document = json!({ "id": id_of(family).as_str() });
    document["properties"] = properties.into();
    decode(family, document)
}

fn decode(family: Family, document: Value) -> Resource {
    decode_as(family, document, NEWEST)
}

fn decode_as(family: Family, document: Value, api_version: &str) -> Resource {
    resource(family, Arc::new(document), &context(api_version)).expect("an id identifies it")
}

fn issue_paths(resource: &Resource) -> Vec<&str> {
    resource
        .issues
        .iter()
        .map(|issue| issue.path.as_deref().unwrap_or_default())
        .collect()
}
