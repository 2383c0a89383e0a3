//! What a call would meet, for programs: the conditions as gates of a hop, one entry a condition, and
//! the call in both forms.

use serde_json::{Map, Value, json};

use crate::analysis::preflight::{Preflight, Presence};
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::report::{Meta, timestamp};
use crate::store::Inventory;

use super::{SCHEMA_VERSION, hops};

/// The report.
pub fn build(inventory: &Inventory, found: &Preflight, meta: &Meta) -> Value {
    let snapshot = inventory.snapshot();
    let calls: Vec<Value> = found
        .calls
        .iter()
        .map(|call| json!({ "form": call.form.word(), "text": call.text }))
        .collect();
    let mut out = json!({
        "schemaVersion": SCHEMA_VERSION,
        "generatedAt": timestamp(meta.generated_at),
        "preflight": "ipam",
        "complete": snapshot.is_complete(),
        "cloud": meta.cloud,
        "pool": end(&found.draw.pool, found.to.as_ref()),
        "network": end(&found.draw.network, found.from.as_ref()),
        "caller": caller(found),
        // As Azure writes counts of addresses: they may exceed what a JSON number holds.
        "addresses": found.wanted.to_string(),
        "draws": found.draws,
        "verdict": found.verdict().word(),
        "gates": found.checks.iter().map(hops::gate).collect::<Value>(),
        "calls": calls,
    });
    let presence = match &found.presence {
        Presence::There => "there",
        Presence::Absent(_) => "absent",
        Presence::Unread(_) => "unread",
    };
    out["network"]["presence"] = presence.into();
    if let Some(is_one) = found.is_one_tenant {
        out["auxiliaryTokenNeeded"] = (!is_one).into();
    }
    out
}

fn end(id: &ArmId, tenant: Option<&TenantId>) -> Value {
    let mut out = json!({ "id": id.as_str() });
    if let Some(tenant) = tenant {
        out["tenantId"] = tenant.as_str().into();
    }
    out
}

fn caller(found: &Preflight) -> Value {
    let mut out = Map::new();
    let own = &found.caller;
    let object = |id: &Option<PrincipalId>| id.as_ref().map(|one| one.as_str().to_owned());
    for (name, value) in [
        ("appId", own.app.as_ref().map(|app| app.as_str().to_owned())),
        ("objectIdOfNetworkTenant", object(&own.here)),
        ("objectIdOfPoolTenant", object(&own.there)),
    ] {
        if let Some(value) = value {
            out.insert(name.to_owned(), value.into());
        }
    }
    out.insert("isSignedIn".to_owned(), own.is_signed_in.into());
    out.into()
}
