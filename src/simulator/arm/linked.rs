//! Calls that reach into another tenant: the tokens that go along with one, and the one write that
//! needs them here, a virtual network that draws from an address pool. It is judged as Azure would, and
//! forgotten: nothing changes. Must not know pools, but for their ids.

use hyper::Method;
use serde_json::{Value, json};

use super::super::documents::{Documents, segments};
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::token::{self, Claims, TokenFault};
use super::super::world::World;
use super::{AUDIENCES, Call, errors, roles, text, token_fault_words};

/// The most tokens of other tenants that Azure takes.
const AT_MOST: usize = 3;
const DRAW: &str = "Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action";
const WRITE: &str = "Microsoft.Network/virtualNetworks/write";

/// The claims of every token in `x-ms-authorization-auxiliary`; one bad one fails the whole call.
pub(super) fn auxiliary(world: &World, request: &Request) -> Result<Vec<Claims>, Box<Reply>> {
    let Some(header) = request.header("x-ms-authorization-auxiliary") else {
        return Ok(Vec::new());
    };
    let tokens: Vec<&str> = header.split(',').map(str::trim).collect();
    if tokens.len() > AT_MOST {
        return Err(Box::new(errors::gateway(
            400,
            "InvalidAuxiliaryTokens",
            &format!(
                "The request has {} auxiliary tokens, which is more than the maximum of {AT_MOST}.",
                tokens.len()
            ),
        )));
    }
    tokens
        .into_iter()
        .map(|one| {
            let claims = token::bearer(world, one).map_err(|fault| {
                let (tenant, app) = whose(one);
                Box::new(bad_token(world, &fault, &tenant, &app))
            })?;
            if claims.is_for(&AUDIENCES, "") {
                Ok(claims)
            } else {
                Err(Box::new(errors::wrong_audience(&claims)))
            }
        })
        .collect()
}

/// Tenant and client of a token that is no good any more, as far as it can be read.
fn whose(token: &str) -> (String, String) {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims: Value = token
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(Value::Null);
    let claim = |name: &str| text(&claims, &[name]).unwrap_or("unknown").to_owned();
    (claim("tid"), claim("appid"))
}

fn bad_token(world: &World, fault: &TokenFault, tenant: &str, app: &str) -> Reply {
    let (code, words) = token_fault_words(fault, world.clock.now());
    errors::gateway(
        401,
        code,
        &format!(
            "The auxiliary token of client '{app}' of tenant '{tenant}' is not valid. {words}"
        ),
    )
}

/// `PUT …/virtualNetworks/N`.
pub(super) fn is_network(request: &Request) -> bool {
    request.method == Method::PUT
        && matches!(
            request.lower.as_slice(),
            [subscriptions, _, groups, _, providers, namespace, kind, _]
                if subscriptions == "subscriptions"
                    && groups == "resourcegroups"
                    && providers == "providers"
                    && namespace == "microsoft.network"
                    && kind == "virtualnetworks"
        )
}

/// Judges a network that is put: the own right, then each pool that it names.
pub(super) fn put(call: &Call<'_>) -> Reply {
    let Some(body) = call.request.json().filter(Value::is_object) else {
        return errors::gateway(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized.",
        );
    };
    let scope = format!("/{}", call.request.segments.join("/"));
    let own = object_in(call, &call.claims.tenant);
    if !roles::permits(call, own, WRITE, &call.request.lower) {
        return errors::forbidden(call.world, WRITE, &scope);
    }
    for pool in pools(&body) {
        if let Some(refusal) = refused(call, &pool, &scope) {
            return refusal;
        }
    }
    Reply::ok(answered(call, body, &scope))
}

fn object_in<'a>(call: &'a Call<'_>, tenant: &str) -> &'a str {
    let caller = &call.world.caller;
    caller.object_in(tenant).unwrap_or(&caller.object_id)
}

/// The linked access check: the other tenant's token first, then the right there.
fn refused(call: &Call<'_>, pool: &str, scope: &str) -> Option<Reply> {
    let path = segments(pool);
    let subscription = path.get(1).map_or("", String::as_str);
    let Some(home) = home_of(call.documents, subscription) else {
        return Some(errors::no_subscription(subscription));
    };
    let is_here = home.eq_ignore_ascii_case(&call.claims.tenant);
    let has_token = call
        .auxiliary
        .iter()
        .any(|claims| claims.tenant.eq_ignore_ascii_case(home));
    if !is_here && !has_token {
        return Some(errors::gateway(
            403,
            "LinkedAuthorizationFailed",
            &format!(
                "The client has permission to perform action '{DRAW}' on scope '{scope}', however the current tenant '{}' is not authorized to access linked subscription '{subscription}'.",
                call.claims.tenant
            ),
        ));
    }
    let own = object_in(call, home);
    if !roles::permits(call, own, DRAW, &path) {
        let caller = &call.world.caller;
        return Some(errors::gateway(
            403,
            "LinkedAuthorizationFailed",
            &format!(
                "The client '{}' with object id '{own}' has permission to perform action '{WRITE}' on scope '{scope}'; however, it does not have permission to perform action '{DRAW}' on the linked scope(s) '{pool}' or the linked scope(s) are invalid.",
                caller.client()
            ),
        ));
    }
    call.documents.at(&path).is_none().then(|| {
        errors::no_resource(
            &pool
                .split('/')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    })
}

fn home_of<'a>(documents: &'a Documents, subscription: &str) -> Option<&'a str> {
    let document = documents.get(&format!("/subscriptions/{subscription}"))?;
    text(&document.body, &["tenantId"])
}

/// The pools that a network's body draws from, for itself and for its subnets.
fn pools(body: &Value) -> Vec<String> {
    let properties = body.get("properties");
    let mut places: Vec<&Value> = properties
        .and_then(|own| own.get("addressSpace"))
        .into_iter()
        .collect();
    let subnets = properties.and_then(|own| own.get("subnets")?.as_array());
    places.extend(
        subnets
            .into_iter()
            .flatten()
            .filter_map(|one| one.get("properties")),
    );
    let mut found: Vec<String> = places
        .into_iter()
        .filter_map(|place| place.get("ipamPoolPrefixAllocations")?.as_array())
        .flatten()
        .filter_map(|entry| text(entry, &["pool", "id"]).map(str::to_owned))
        .collect();
    found.dedup();
    found
}

/// The network as it would be, with what Azure fills in.
fn answered(call: &Call<'_>, mut body: Value, scope: &str) -> Value {
    if let Value::Object(fields) = &mut body {
        let name = call.request.segments.last().cloned().unwrap_or_default();
        fields.insert("name".to_owned(), json!(name));
        fields.insert("id".to_owned(), json!(scope));
        fields.insert(
            "type".to_owned(),
            json!("Microsoft.Network/virtualNetworks"),
        );
        if let Some(Value::Object(properties)) = fields.get_mut("properties") {
            properties.insert("provisioningState".to_owned(), json!("Updating"));
        }
    }
    body
}
