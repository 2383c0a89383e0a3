//! The call itself, ready for a shell: a network is put with the tokens that Azure wants for it. Every
//! token is a variable of the shell, never in the text. Nothing here judges or calls.

use serde_json::{Map, Value, json};

use crate::analysis::hop::{Remedy, Tool};
use crate::analysis::preflight::{Form, Presence, ReadyCall};
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::shell::{Line, quoted};
use crate::analysis::remedy::terraform;
use crate::model::cloud::Door;
use crate::model::id::TenantId;

use super::{Call, allocations};

/// The version with which a network is put.
pub(super) const VERSION: &str = "2024-10-01";
/// The first version that knows allocations of pools.
pub(super) const SINCE: &str = "2024-05-01";

/// The variable with the token of the pool's tenant.
const OTHERS: &str = "auxiliaryToken";
/// The variable with the token of the network's tenant.
const OWN: &str = "token";

/// What mends a missing token: the call with both, and Terraform's word for it.
pub(super) fn remedies(call: &Call<'_>, tenant: &TenantId) -> Vec<Remedy> {
    let door = &call.ground.judging.door;
    let Some(url) = url(call) else {
        return vec![az(Line::of(&token(call, door, OTHERS, Some(tenant))))];
    };
    let mut own = az(Line::of(&by_az(call, &url, Some(tenant))));
    let puts = if call.network.is_some() {
        "It puts the network as it was read."
    } else {
        "It makes the network."
    };
    own.note = Some(format!(
        "Signed in to both tenants as the same application. {puts}"
    ));
    vec![own, provider(tenant)]
}

/// `auxiliary_tenant_ids` (domain-rules F.1).
fn provider(tenant: &TenantId) -> Remedy {
    Remedy {
        tool: Tool::Azurerm,
        text: format!(
            "provider \"azurerm\" {{\n  features {{}}\n  auxiliary_tenant_ids = [{}]\n}}",
            terraform::text(tenant.as_str())
        ),
        note: Some(
            "Three at most. azapi has the same and sends them since its release of February 2026. A template of Azure Resource Manager cannot refer to another tenant [S]."
                .to_owned(),
        ),
    }
}

/// The call in both forms; `auxiliary` is the tenant whose token has to go along.
pub(super) fn calls(call: &Call<'_>, auxiliary: Option<&TenantId>) -> Vec<ReadyCall> {
    let Some(url) = url(call) else {
        return Vec::new();
    };
    vec![
        ReadyCall {
            form: Form::AzRest,
            text: by_az(call, &url, auxiliary),
        },
        ReadyCall {
            form: Form::Curl,
            text: by_curl(call, &url, auxiliary),
        },
    ]
}

/// None without a network, and for one that may be there and was not read: to put it without what it
/// has would take that away.
fn url(call: &Call<'_>) -> Option<String> {
    let network = call.network_id.as_ref()?;
    let presence = call.planned.as_ref().map(|own| &own.presence);
    if let Some(Presence::Unread(_)) = presence {
        return None;
    }
    let base = &call.ground.judging.door.resource_manager;
    Some(format!("{base}{network}?api-version={VERSION}"))
}

fn by_az(call: &Call<'_>, url: &str, auxiliary: Option<&TenantId>) -> String {
    let door = &call.ground.judging.door;
    let is_bare = door.authority.is_some();
    let mut lines = Vec::new();
    let mut headers = Vec::new();
    if is_bare {
        // `az` has no account of a loopback cloud: both tokens are its own.
        lines.push(token(call, door, OWN, call.from.as_ref()));
        headers.push(format!("\"Authorization=Bearer ${OWN}\""));
    }
    if let Some(tenant) = auxiliary {
        lines.push(token(call, door, OTHERS, Some(tenant)));
        headers.push(format!("\"x-ms-authorization-auxiliary=Bearer ${OTHERS}\""));
    }
    let mut put = Line::of("az rest --method put");
    if is_bare {
        put = put.plain("--skip-authorization-header");
    }
    put = put.with("--uri", url);
    if !headers.is_empty() {
        put = put.plain("--headers").plain(&headers.join(" "));
    }
    lines.push(put.with("--body", &body(call).to_string()).text());
    lines.join("\n")
}

fn by_curl(call: &Call<'_>, url: &str, auxiliary: Option<&TenantId>) -> String {
    let door = &call.ground.judging.door;
    let mut lines = vec![token(call, door, OWN, call.from.as_ref())];
    let mut put = Line::of("curl --request PUT")
        .value(url)
        .plain(&format!("--header \"Authorization: Bearer ${OWN}\""));
    if let Some(tenant) = auxiliary {
        lines.push(token(call, door, OTHERS, Some(tenant)));
        put = put.plain(&format!(
            "--header \"x-ms-authorization-auxiliary: Bearer ${OTHERS}\""
        ));
    }
    let put = put
        .plain("--header \"Content-Type: application/json\"")
        .with("--data", &body(call).to_string());
    lines.push(put.text());
    lines.join("\n")
}

/// The line that puts a tenant's token into a variable.
fn token(call: &Call<'_>, door: &Door, variable: &str, tenant: Option<&TenantId>) -> String {
    let Some(authority) = &door.authority else {
        let mut line = Line::of("az account get-access-token");
        if let Some(tenant) = tenant {
            line = line.with("--tenant", tenant.as_str());
        }
        let line = line
            .with("--resource", &door.audience)
            .plain("--query accessToken --output tsv")
            .text();
        return format!("{variable}=$({line})");
    };
    let app = call
        .asker
        .app
        .as_ref()
        .map_or("anybody", |one| one.as_str());
    let tenant = tenant.map_or("organizations", TenantId::as_str);
    let line = Line::of("curl --silent --data grant_type=client_credentials")
        .with("--data-urlencode", &format!("client_id={app}"))
        .plain("--data client_secret=unused")
        .with(
            "--data-urlencode",
            &format!("scope={}/.default", door.audience),
        )
        .value(&format!("{authority}/{tenant}/oauth2/v2.0/token"))
        .text();
    let cut = quoted(r#"s/.*"access_token": *"\([^"]*\)".*/\1/p"#).into_owned();
    format!("{variable}=$({line} | sed -n {cut})")
}

/// The network as it is put: as it was read, without what Azure fills in, drawing what it is to draw;
/// one that is not there yet has nothing but its region and that.
fn body(call: &Call<'_>) -> Value {
    let planned = call.planned.as_ref().map(|own| own.wanted);
    let entry = json!({
        "numberOfIpAddresses": planned.unwrap_or(1).to_string(),
        "pool": { "id": call.pool_id.as_str() },
    });
    let Some(network) = call.network else {
        let place = call.pool.and_then(|pool| pool.location.text());
        return json!({
            "location": place.unwrap_or("THE REGION OF THE POOL"),
            "properties": { "addressSpace": { "ipamPoolPrefixAllocations": [entry] } },
        });
    };
    let mut body = Map::new();
    for name in ["location", "tags", "properties"] {
        if let Some(value) = network.raw.get(name) {
            body.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(Value::Object(properties)) = body.get_mut("properties") {
        properties.shift_remove("provisioningState");
        properties.shift_remove("resourceGuid");
        let draws = !allocations(network, &call.pool_id).is_empty();
        if let (false, Some(Value::Object(space))) = (draws, properties.get_mut("addressSpace")) {
            match space.get_mut("ipamPoolPrefixAllocations") {
                Some(Value::Array(entries)) => entries.push(entry),
                _ => {
                    space.insert("ipamPoolPrefixAllocations".to_owned(), json!([entry]));
                }
            }
        }
    }
    Value::Object(body)
}
