//! Microsoft Entra's part: tokens, and the documents in which clients look for the token endpoint.
//! Must not know what a token is used for.

use hyper::Method;
use serde_json::{Value, json};
use url::Url;

use super::clock::spaced;
use super::definition::TokenState;
use super::directory::is_in;
use super::faults::FaultRule;
use super::reply::Reply;
use super::request::Request;
use super::token;
use super::world::{World, guid};

/// For how long an expired token has been so.
const STALE: time::Duration = time::Duration::minutes(10);

/// Segments that stand for "whatever tenant the account is in".
const ANY: [&str; 3] = ["organizations", "common", "consumers"];

pub(super) fn is_login(lower: &[String]) -> bool {
    let parts: Vec<&str> = lower.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [first, ..] if ANY.contains(first) => true,
        [_, "oauth2" | "discovery" | ".well-known", ..] | [_, "v2.0", ".well-known", ..] => true,
        _ => false,
    }
}

pub(super) fn answer(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    let reply = routed(world, request, fault);
    reply
        .with("x-ms-request-id", guid())
        .with("cache-control", "no-store, no-cache")
}

fn routed(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    if let Some(fault) = fault {
        return on_purpose(world, fault);
    }
    let parts: Vec<&str> = request.lower.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [_, "discovery", "instance"] => discovery(request),
        [_, "discovery", "v2.0", "keys"] => Reply::ok(json!({"keys": []})),
        [tenant, rest @ ..] => {
            let Some(id) = tenant_id(world, tenant) else {
                return unknown_tenant(world, &request.segments[0]);
            };
            match (&request.method, rest) {
                (&Method::POST, ["oauth2", "v2.0", "token"] | ["oauth2", "token"]) => {
                    issue(world, request, &id)
                }
                (_, ["oauth2", "v2.0", "token"] | ["oauth2", "token"]) => error(
                    world,
                    400,
                    "invalid_request",
                    900_561,
                    "The endpoint only accepts POST requests. Received a GET request.",
                ),
                (&Method::GET, ["v2.0", ".well-known", "openid-configuration"]) => {
                    configuration(request, tenant, &id, "v2.0/")
                }
                (&Method::GET, [".well-known", "openid-configuration"]) => {
                    configuration(request, tenant, &id, "")
                }
                _ => Reply::bare(404),
            }
        }
        [] => Reply::bare(404),
    }
}

/// The id of a tenant that is named by its id, one of its domains, or not at all.
fn tenant_id(world: &World, name: &str) -> Option<String> {
    if ANY.contains(&name) || name.eq_ignore_ascii_case(&world.caller.tenant) {
        return Some(world.caller.tenant.clone());
    }
    world.look(|documents| {
        documents
            .children(&[String::from("tenants")])
            .find(|document| {
                let body = &document.body;
                let is = |value: Option<&Value>| {
                    value
                        .and_then(Value::as_str)
                        .is_some_and(|own| own.eq_ignore_ascii_case(name))
                };
                document.segments.last().is_some_and(|own| own == name)
                    || is(body.get("tenantId"))
                    || is(body.get("defaultDomain"))
                    || body
                        .get("domains")
                        .and_then(Value::as_array)
                        .is_some_and(|domains| domains.iter().any(|domain| is(Some(domain))))
            })
            .and_then(|document| {
                document
                    .body
                    .get("id")?
                    .as_str()?
                    .rsplit('/')
                    .next()
                    .map(str::to_owned)
            })
    })
}

fn issue(world: &World, request: &Request, tenant: &str) -> Reply {
    let form = request.form();
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    let missing = |name: &str| {
        error(
            world,
            400,
            "invalid_request",
            900_144,
            &format!("The request body must contain the following parameter: '{name}'."),
        )
    };
    let Some(grant) = field("grant_type") else {
        return missing("grant_type");
    };
    if !matches!(
        grant,
        "client_credentials" | "refresh_token" | "authorization_code" | "password"
    ) {
        return error(
            world,
            400,
            "unsupported_grant_type",
            70_003,
            &format!("The app requested an unsupported grant type '{grant}'."),
        );
    }
    if field("client_id").is_none() {
        return missing("client_id");
    }
    if grant == "client_credentials"
        && field("client_secret").is_none()
        && field("client_assertion").is_none()
    {
        return error(
            world,
            401,
            "invalid_client",
            7_000_216,
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
        );
    }
    let scopes = field("scope").unwrap_or_default();
    let audience = match field("resource") {
        Some(resource) => resource.to_owned(),
        None => match scopes.split(' ').find(|scope| {
            !matches!(
                *scope,
                "" | "openid" | "profile" | "offline_access" | "email"
            )
        }) {
            Some(scope) => audience(scope),
            None => return missing("scope"),
        },
    };
    if let Some(refusal) = stranger(world, tenant) {
        return refusal;
    }
    let now = world.clock.now();
    let lifetime = world.knobs.token_lifetime;
    let expires = time::Duration::try_from(lifetime)
        .ok()
        .and_then(|lifetime| now.checked_add(lifetime))
        .unwrap_or(now);
    let (tenant, issued, expires) = match world.caller.in_tenant(tenant).map(|one| one.token) {
        Some(TokenState::Expired) => (tenant, now - STALE * 6, now - STALE),
        Some(TokenState::WrongTenant) => (world.caller.tenant.as_str(), now, expires),
        Some(TokenState::Valid) | None => (tenant, now, expires),
    };
    let token = token::mint(&world.caller, tenant, &audience, issued, expires);
    Reply::ok(json!({
        "token_type": "Bearer",
        "expires_in": lifetime.as_secs(),
        "ext_expires_in": lifetime.as_secs(),
        "access_token": token,
    }))
}

/// An application gets a token for a tenant only where it has a service principal.
fn stranger(world: &World, tenant: &str) -> Option<Reply> {
    let caller = &world.caller;
    let is_known = !caller.is_app()
        || tenant.eq_ignore_ascii_case(&caller.tenant)
        || world.directory.objects().iter().any(|object| {
            is_in(object, tenant, &caller.tenant)
                && object
                    .get("appId")
                    .and_then(Value::as_str)
                    .is_some_and(|app| app.eq_ignore_ascii_case(&caller.app_id))
        });
    (!is_known).then(|| {
        error(
            world,
            401,
            "invalid_client",
            7_000_229,
            &format!(
                "The client application {} is missing service principal in the tenant {tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
                caller.app_id
            ),
        )
    })
}

/// The audience of a scope: what stands before `/.default` or before the name of a permission.
fn audience(scope: &str) -> String {
    if let Some(resource) = scope.strip_suffix("/.default") {
        return resource.to_owned();
    }
    match Url::parse(scope) {
        Ok(url) => url
            .path_segments()
            .and_then(|mut segments| segments.next_back().map(str::len))
            .map_or_else(
                || scope.to_owned(),
                |last| {
                    let kept = scope.len().saturating_sub(last);
                    scope
                        .get(..kept)
                        .unwrap_or(scope)
                        .trim_end_matches('/')
                        .to_owned()
                },
            ),
        // A bare permission (`User.Read`) is Graph's.
        Err(_) => String::from("https://graph.microsoft.com"),
    }
}

fn configuration(request: &Request, named: &str, id: &str, version: &str) -> Reply {
    let base = format!("{}/{named}", request.base);
    let issuer = if ANY.contains(&named) {
        "{tenantid}"
    } else {
        id
    };
    Reply::ok(json!({
        "token_endpoint": format!("{base}/oauth2/{version}token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{}/{issuer}/v2.0", request.base),
        "authorization_endpoint": format!("{base}/oauth2/{version}authorize"),
        "device_authorization_endpoint": format!("{base}/oauth2/{version}devicecode"),
        "end_session_endpoint": format!("{base}/oauth2/{version}logout"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "oid", "ver"],
        "tenant_region_scope": "NA",
        "cloud_instance_name": "loopback",
        "msgraph_host": request.base.split("://").last().unwrap_or_default(),
    }))
}

/// What MSAL asks before it trusts an authority.
fn discovery(request: &Request) -> Reply {
    let host = request.base.split("://").last().unwrap_or_default();
    let endpoint = request
        .parameter("authorization_endpoint")
        .and_then(|text| Url::parse(text).ok())
        .and_then(|url| {
            url.path_segments()
                .and_then(|mut segments| segments.next().map(str::to_owned))
        })
        .unwrap_or_else(|| String::from("common"));
    Reply::ok(json!({
        "tenant_discovery_endpoint": format!("{}/{endpoint}/v2.0/.well-known/openid-configuration", request.base),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}

fn unknown_tenant(world: &World, tenant: &str) -> Reply {
    error(
        world,
        400,
        "invalid_tenant",
        90_002,
        &format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        ),
    )
}

fn on_purpose(world: &World, fault: &FaultRule) -> Reply {
    let status = fault.status.unwrap_or(500);
    let (name, number, text) = match status {
        401 => (
            "invalid_client",
            7_000_215,
            "Invalid client secret provided.",
        ),
        403 => (
            "access_denied",
            53_003,
            "Access has been blocked by Conditional Access policies.",
        ),
        429 | 500.. => (
            "temporarily_unavailable",
            90_033,
            "A transient error has occurred. Please try again.",
        ),
        _ => (
            "invalid_grant",
            70_008,
            "The refresh token has expired due to inactivity.",
        ),
    };
    // A scenario may name the number that it wants: AADSTS50076 and the like.
    let number = fault
        .code
        .as_deref()
        .and_then(|code| code.trim_start_matches("AADSTS").parse().ok())
        .unwrap_or(number);
    let reply = error(
        world,
        status,
        name,
        number,
        fault.message.as_deref().unwrap_or(text),
    );
    match fault.retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// An error as Entra writes it: the number stands in front of the sentence and again in a list.
fn error(world: &World, status: u16, name: &str, number: u32, text: &str) -> Reply {
    let (trace, correlation, at) = (guid(), guid(), spaced(world.clock.now()));
    Reply::new(
        status,
        json!({
            "error": name,
            "error_description": format!("AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}"),
            "error_codes": [number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_what_stands_before_the_permission() {
        for (scope, expected) in [
            (
                "https://management.azure.com/.default",
                "https://management.azure.com",
            ),
            (
                "https://management.core.windows.net//.default",
                "https://management.core.windows.net/",
            ),
            (
                "https://management.azure.com/user_impersonation",
                "https://management.azure.com",
            ),
            (
                "http://127.0.0.1:80/graph/.default",
                "http://127.0.0.1:80/graph",
            ),
            ("User.Read", "https://graph.microsoft.com"),
        ] {
            assert_eq!(audience(scope), expected, "{scope}");
        }
    }

    #[test]
    fn login_paths_are_told_from_arms() {
        let lower = |path: &str| super::super::documents::segments(path);
        for (path, expected) in [
            ("/t/oauth2/v2.0/token", true),
            ("/t/v2.0/.well-known/openid-configuration", true),
            ("/common/discovery/instance", true),
            ("/subscriptions/s/resources", false),
            ("/tenants", false),
        ] {
            assert_eq!(is_login(&lower(path)), expected, "{path}");
        }
    }
}
