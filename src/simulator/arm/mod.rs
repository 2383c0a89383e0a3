//! Azure Resource Manager: who may ask, which version they ask in, and which part answers.
//!
//! Must not know sockets. Where to add the next one: a path with rules of its own gets an arm in
//! [`route`] and a function in the file of its area; everything else is served from the documents'
//! ids by `resources.rs`.

mod access;
mod activity;
mod derived;
mod errors;
mod linked;
mod lists;
mod providers;
mod queries;
mod resources;
mod roles;
mod versions;

use hyper::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::clock::{american, compact};
use super::documents::{Documents, scope_of};
use super::faults::FaultRule;
use super::reply::Reply;
use super::request::Request;
use super::throttle::Draw;
use super::token::{self, Claims, TokenFault};
use super::world::{World, guid};

const AUDIENCES: [&str; 8] = [
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net",
    "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn",
    "https://management.microsoftazure.de",
    "https://management.core.cloudapi.de",
];

/// One ARM request under way: everything that a part needs to answer it.
pub(super) struct Call<'a> {
    pub(super) world: &'a World,
    pub(super) documents: &'a Documents,
    pub(super) request: &'a Request,
    pub(super) claims: &'a Claims,
    /// What the other tenants' tokens say that came along.
    pub(super) auxiliary: &'a [Claims],
    pub(super) version: &'a str,
}

impl Call<'_> {
    /// The decoded segments in lower case, as slices to match on.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.request.lower.iter().map(String::as_str).collect()
    }
}

/// Answers one request, headers included.
pub(super) fn answer(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    let draw = token::read(world, request);
    let mut reply = match draw {
        Err(fault) => errors::unauthenticated(world, &fault),
        Ok(claims) if !claims.is_for(&AUDIENCES, "") => errors::wrong_audience(&claims),
        Ok(claims) => throttled(world, request, fault, &claims),
    };
    let request_id = guid();
    let correlation = request
        .header("x-ms-correlation-request-id")
        .map_or_else(|| request_id.clone(), str::to_owned);
    reply = reply
        .with("x-ms-request-id", request_id.clone())
        .with("x-ms-correlation-request-id", correlation)
        .with(
            "x-ms-routing-request-id",
            format!(
                "LOOPBACK:{}:{request_id}",
                compact(OffsetDateTime::now_utc())
            ),
        );
    if let (Some(own), Some("true")) = (
        request.header("x-ms-client-request-id"),
        request.header("x-ms-return-client-request-id"),
    ) {
        reply = reply.with("x-ms-client-request-id", own);
    }
    reply
}

fn throttled(
    world: &World,
    request: &Request,
    fault: Option<&FaultRule>,
    claims: &Claims,
) -> Reply {
    let subscription = match request.lower.as_slice() {
        [first, id, ..] if first == "subscriptions" => Some(id.as_str()),
        _ => None,
    };
    let draw = world.buckets.draw(subscription.unwrap_or("tenant"));
    let left = match draw {
        Draw::Left(left) => left,
        Draw::Empty(_) => 0,
    };
    let reply = match draw {
        Draw::Empty(seconds) if world.knobs.throttle => {
            errors::throttled(request, subscription, seconds)
        }
        _ => checked(world, request, fault, claims),
    };
    if subscription.is_some() {
        reply
            .with(
                "x-ms-ratelimit-remaining-subscription-reads",
                left.to_string(),
            )
            // The limit over all principals is fifteen times that of one.
            .with(
                "x-ms-ratelimit-remaining-subscription-global-reads",
                (left + 14 * 250).to_string(),
            )
    } else {
        reply.with("x-ms-ratelimit-remaining-tenant-reads", left.to_string())
    }
}

fn checked(world: &World, request: &Request, fault: Option<&FaultRule>, claims: &Claims) -> Reply {
    if let Some(fault) = fault {
        return errors::on_purpose(world, request, fault);
    }
    let auxiliary = match linked::auxiliary(world, request) {
        Ok(auxiliary) => auxiliary,
        Err(refusal) => return *refusal,
    };
    if let Some(refusal) = queries::refuse_writes(world, request) {
        return refusal;
    }
    let Some(version) = request.api_version() else {
        return errors::missing_version();
    };
    world.look(|documents| {
        let call = Call {
            world,
            documents,
            request,
            claims,
            auxiliary: &auxiliary,
            version,
        };
        if !versions::is_plausible(version) {
            return errors::wrong_version(&call);
        }
        if let Some(refusal) = outer_scopes(&call) {
            return refusal;
        }
        let reply = if request.method == Method::POST {
            queries::answer(&call)
        } else if request.method == Method::PUT {
            linked::put(&call)
        } else {
            route(&call)
        };
        if request.method == Method::HEAD {
            return Reply {
                status: if reply.status == 200 {
                    204
                } else {
                    reply.status
                },
                body: None,
                ..reply
            };
        }
        reply
    })
}

/// Azure looks at the subscription first, then at the group, then at what is in it.
fn outer_scopes(call: &Call<'_>) -> Option<Reply> {
    let parts = call.parts();
    let ["subscriptions", id, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let Some(subscription) = call.documents.get(&format!("/subscriptions/{id}")) else {
        return Some(errors::no_subscription(&call.request.segments[1]));
    };
    if !resources::may_see(&subscription.body, call.claims) {
        return Some(errors::wrong_tenant(&subscription.body, call.claims));
    }
    if let ["resourcegroups", group, _, ..] = rest
        && call
            .documents
            .get(&format!("/subscriptions/{id}/resourceGroups/{group}"))
            .is_none()
    {
        return Some(errors::no_group(&call.request.segments[3]));
    }
    None
}

fn route(call: &Call<'_>) -> Reply {
    let parts = call.parts();
    match parts.as_slice() {
        ["tenants"] => lists::page(call, resources::tenants(call)),
        ["subscriptions"] => lists::page(call, resources::subscriptions(call)),
        ["subscriptions", _, "locations"] => Reply::ok(resources::locations(call)),
        ["subscriptions", _, "tagnames"] => lists::page(call, Vec::new()),
        ["subscriptions", _, "resources"]
        | ["subscriptions", _, "resourcegroups", _, "resources"] => resources::generic(call),
        ["subscriptions", _, "resourcegroups"] => resources::groups(call),
        ["providers"] | ["subscriptions", _, "providers"] => {
            lists::catalogue(call, providers::all(call))
        }
        ["providers", namespace] | ["subscriptions", _, "providers", namespace] => {
            providers::one(call, namespace)
        }
        ["providers", namespace, "resourcetypes"]
        | ["subscriptions", _, "providers", namespace, "resourcetypes"] => {
            providers::types(call, namespace)
        }
        _ => below_a_provider(call, &parts),
    }
}

fn below_a_provider(call: &Call<'_>, parts: &[&str]) -> Reply {
    let Some(at) = parts.iter().rposition(|part| *part == "providers") else {
        return match call.documents.at(&call.request.lower) {
            Some(document) => Reply::ok(document.body.clone()),
            None => match parts {
                ["subscriptions", _, "resourcegroups", _] => {
                    errors::no_group(&call.request.segments[3])
                }
                _ => errors::no_path(call.request),
            },
        };
    };
    match &parts[at + 1..] {
        ["microsoft.authorization", kind] if access::is_inherited(kind) => access::list(call, kind),
        ["microsoft.authorization", "roledefinitions"] => roles::list(call),
        ["microsoft.authorization", "roledefinitions", id] => roles::one(call, id),
        ["microsoft.authorization", "permissions"] => roles::own_permissions(call),
        ["microsoft.authorization", "classicadministrators"] => lists::page(call, Vec::new()),
        [
            "microsoft.authorization",
            "policydefinitions" | "policysetdefinitions",
            ..,
        ] => access::policy_definitions(call, at),
        ["microsoft.insights", "diagnosticsettings", ..] => {
            resources::diagnostic_settings(call, scope_of(&call.request.lower))
        }
        ["microsoft.insights", "eventtypes", "management", "values"] => activity::list(call),
        ["microsoft.managedidentity", "identities", "default"] => derived::identity(call, at),
        ["microsoft.resources", "tags", "default"] => derived::tags(call, at),
        [] | [_] => errors::no_path(call.request),
        rest if rest.len() % 2 == 0 => resources::collection(call, at),
        _ => resources::item(call, at),
    }
}

/// Which of the scenario's times a token error speaks of, in ARM's form.
fn moment(at: OffsetDateTime) -> String {
    american(at)
}

fn text<'a>(body: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter()
        .try_fold(body, |value, name| value.get(*name))
        .and_then(Value::as_str)
}

fn listed(items: &[Value]) -> Value {
    json!({ "value": items })
}

fn token_fault_words(fault: &TokenFault, now: OffsetDateTime) -> (&'static str, String) {
    match fault {
        TokenFault::Missing => (
            "AuthenticationFailed",
            String::from("Authentication failed. The 'Authorization' header is missing."),
        ),
        TokenFault::NotBearer => (
            "AuthenticationFailedInvalidHeader",
            String::from(
                "Authentication failed. The 'Authorization' header is provided in an invalid format.",
            ),
        ),
        TokenFault::Malformed => (
            "InvalidAuthenticationToken",
            String::from("The access token is invalid."),
        ),
        TokenFault::Expired(at) => (
            "ExpiredAuthenticationToken",
            format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                moment(*at),
                moment(now)
            ),
        ),
    }
}
