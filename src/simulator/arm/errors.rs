//! ARM's refusals in Azure's own words. Must not decide when one is due.

use serde_json::Value;

use super::super::faults::FaultRule;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::token::{Claims, TokenFault};
use super::super::world::World;
use super::{Call, providers, text, token_fault_words};

/// An error that ARM itself answers, before any resource provider is asked.
pub(super) fn gateway(status: u16, code: &str, message: &str) -> Reply {
    Reply::error(status, code, message).with("x-ms-failure-cause", "gateway")
}

pub(super) fn unauthenticated(world: &World, fault: &TokenFault) -> Reply {
    let (code, message) = token_fault_words(fault, world.clock.now());
    let description = match fault {
        TokenFault::Missing => {
            "The authentication failed because of missing 'Authorization' header."
        }
        _ => "The access token is invalid or expired.",
    };
    challenge(
        gateway(401, code, &message),
        &world.caller.tenant,
        "invalid_token",
        description,
    )
}

fn challenge(reply: Reply, tenant: &str, error: &str, description: &str) -> Reply {
    reply.with(
        "www-authenticate",
        format!(
            "Bearer authorization_uri=\"https://login.windows.net/{tenant}\", error=\"{error}\", error_description=\"{description}\""
        ),
    )
}

pub(super) fn wrong_audience(claims: &Claims) -> Reply {
    let audience = claims.audience.as_deref().unwrap_or_default();
    gateway(
        401,
        "InvalidAuthenticationTokenAudience",
        &format!(
            "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."
        ),
    )
}

pub(super) fn wrong_tenant(subscription: &Value, claims: &Claims) -> Reply {
    let own = text(subscription, &["tenantId"]).unwrap_or_default();
    let reply = gateway(
        401,
        "InvalidAuthenticationTokenTenant",
        &format!(
            "The access token is from the wrong issuer 'https://sts.windows.net/{}/'. It must match the tenant 'https://sts.windows.net/{own}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{own}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.",
            claims.tenant
        ),
    );
    challenge(
        reply,
        own,
        "invalid_token",
        "The access token is from the wrong issuer.",
    )
}

pub(super) fn throttled(request: &Request, subscription: Option<&str>, seconds: u32) -> Reply {
    let (code, message) = match subscription {
        Some(id) => (
            "SubscriptionRequestsThrottled",
            format!(
                "Number of requests for subscription '{id}' and operation '{}' exceeded the backend storage limit. Please try again after '{seconds}' seconds.",
                operation(request)
            ),
        ),
        None => (
            "TenantRequestsThrottled",
            format!(
                "Number of requests for tenant exceeded the limit. Please try again after '{seconds}' seconds."
            ),
        ),
    };
    gateway(429, code, &message).with("retry-after", seconds.to_string())
}

/// `GET/SUBSCRIPTIONS/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/`: the path without its names.
fn operation(request: &Request) -> String {
    let mut words = vec![request.method.as_str().to_ascii_uppercase()];
    let mut parts = request.segments.iter();
    let mut in_provider = false;
    while let Some(part) = parts.next() {
        words.push(part.to_ascii_uppercase());
        if part.eq_ignore_ascii_case("providers") {
            in_provider = true;
            if let Some(namespace) = parts.next() {
                words.push(namespace.to_ascii_uppercase());
            }
        } else if in_provider || !part.eq_ignore_ascii_case("resources") {
            parts.next();
        }
    }
    format!("{}/", words.join("/"))
}

pub(super) fn missing_version() -> Reply {
    gateway(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )
}

/// An api-version that no service ever had. Which of ARM's three wordings it is depends on what is asked.
pub(super) fn wrong_version(call: &Call<'_>) -> Reply {
    let version = call.version;
    let Some((namespace, kind)) = super::super::documents::resource_type(&call.request.lower)
    else {
        return gateway(
            400,
            "InvalidApiVersionParameter",
            &format!(
                "The api-version '{version}' is invalid. The supported versions are '{}'.",
                providers::supported(call, "microsoft.resources", "subscriptions").join(",")
            ),
        );
    };
    let supported = providers::supported(call, &namespace, &kind);
    if supported.is_empty() {
        return invalid_type(call, &namespace);
    }
    let short = kind.rsplit('/').next().unwrap_or(&kind);
    let (original, location) = providers::spelling(call, &namespace, short);
    gateway(
        400,
        "NoRegisteredProviderFound",
        &format!(
            "No registered resource provider found for location '{location}' and API version '{version}' for type '{original}'. The supported api-versions are '{}'. The supported locations are '{location}'.",
            supported.join(", ")
        ),
    )
}

pub(super) fn invalid_type(call: &Call<'_>, namespace: &str) -> Reply {
    gateway(
        404,
        "InvalidResourceType",
        &format!(
            "The resource type could not be found in the namespace '{}' for api version '{}'.",
            providers::namespace_spelling(call, namespace),
            call.version
        ),
    )
}

pub(super) fn invalid_namespace(namespace: &str) -> Reply {
    gateway(
        404,
        "InvalidResourceNamespace",
        &format!("The resource namespace '{namespace}' is invalid."),
    )
}

pub(super) fn no_subscription(id: &str) -> Reply {
    let is_guid = uuid::Uuid::parse_str(id).is_ok();
    if is_guid {
        gateway(
            404,
            "SubscriptionNotFound",
            &format!("The subscription '{id}' could not be found."),
        )
    } else {
        gateway(
            404,
            "InvalidSubscriptionId",
            &format!("The provided subscription identifier '{id}' is malformed or invalid."),
        )
    }
}

pub(super) fn no_group(name: &str) -> Reply {
    gateway(
        404,
        "ResourceGroupNotFound",
        &format!("Resource group '{name}' could not be found."),
    )
}

/// `TYPE/NAME` pairs of a resource id as ARM writes them into its messages.
fn pairs(segments: &[String]) -> String {
    segments
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"))
        .map(|at| segments[at + 1..].join("/"))
        .unwrap_or_default()
}

fn group_of(segments: &[String]) -> Option<&str> {
    (segments.len() > 3 && segments[2].eq_ignore_ascii_case("resourceGroups"))
        .then(|| segments[3].as_str())
}

pub(super) fn not_found_words(segments: &[String]) -> String {
    let what = pairs(segments);
    match group_of(segments) {
        Some(group) => format!(
            "The Resource '{what}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        ),
        None => format!(
            "The Resource '{what}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        ),
    }
}

pub(super) fn no_resource(segments: &[String]) -> Reply {
    gateway(404, "ResourceNotFound", &not_found_words(segments))
}

pub(super) fn no_parent(name: &str) -> Reply {
    gateway(
        404,
        "ParentResourceNotFound",
        &format!(
            "Failed to perform 'read' on resource(s) of nested type: the parent resource '{name}' could not be found."
        ),
    )
}

pub(super) fn no_path(request: &Request) -> Reply {
    gateway(
        404,
        "InvalidRequestUri",
        &format!(
            "The requested resource path '{}' is not one of Azure Resource Manager.",
            request.path
        ),
    )
}

pub(super) fn bad_filter(filter: &str) -> Reply {
    gateway(
        400,
        "InvalidFilterInQueryString",
        &format!("Invalid $filter '{filter}' specified in the query string."),
    )
}

pub(super) fn bad_access_filter(filter: &str) -> Reply {
    Reply::error(
        400,
        "UnsupportedQuery",
        &format!(
            "The filter '{filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{{value}}' or assignedTo('{{value}}')'."
        ),
    )
    .with("x-ms-failure-cause", "service")
}

pub(super) fn forbidden(world: &World, action: &str, scope: &str) -> Reply {
    gateway(
        403,
        "AuthorizationFailed",
        &forbidden_words(world, action, scope),
    )
}

fn forbidden_words(world: &World, action: &str, scope: &str) -> String {
    format!(
        "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        world.caller.client(),
        world.caller.object_id
    )
}

/// The error that a scenario asks for.
pub(super) fn on_purpose(world: &World, request: &Request, fault: &FaultRule) -> Reply {
    let status = fault.status.unwrap_or(500);
    let insights = request
        .lower
        .windows(2)
        .any(|pair| pair[0] == "microsoft.insights" && pair[1] == "diagnosticsettings");
    let (action, scope) = action_and_scope(request);
    let action = fault.action.clone().unwrap_or(action);
    let code = fault
        .code
        .clone()
        .unwrap_or_else(|| String::from(default_code(status)));
    let seconds = fault.retry_after;
    let message = fault.message.clone().unwrap_or_else(|| match code.as_str() {
        "AuthorizationFailed" => forbidden_words(world, &action, &scope),
        "ResourceNotFound" => not_found_words(&request.segments),
        "ResourceGroupNotFound" => format!(
            "Resource group '{}' could not be found.",
            group_of(&request.segments).unwrap_or_default()
        ),
        "SubscriptionNotFound" => format!(
            "The subscription '{}' could not be found.",
            request.segments.get(1).map_or("", String::as_str)
        ),
        "ResourceRequestsThrottled" => format!(
            "Number of requests for action '{action}' exceeded the limit of '100' for time interval '00:05:00'. Please try again after '{}' seconds.",
            seconds.unwrap_or(5)
        ),
        "SubscriptionRequestsThrottled" => format!(
            "Number of requests for subscription '{}' and operation '{}' exceeded the backend storage limit. Please try again after '{}' seconds.",
            request.segments.get(1).map_or("", String::as_str),
            operation(request),
            seconds.unwrap_or(5)
        ),
        "ServiceUnavailable" | "ServerTimeout" => String::from(
            "The request timed out or the service is temporarily unavailable. Please try again later.",
        ),
        _ => String::from("Encountered internal server error."),
    });
    let reply = if insights && code != "AuthorizationFailed" {
        Reply::bare_error(status, &code, &message).with("x-ms-failure-cause", "service")
    } else {
        gateway(status, &code, &message)
    };
    match seconds {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

fn default_code(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "InvalidAuthenticationToken",
        403 => "AuthorizationFailed",
        404 => "ResourceNotFound",
        409 => "Conflict",
        429 => "SubscriptionRequestsThrottled",
        503 => "ServiceUnavailable",
        504 => "ServerTimeout",
        _ => "InternalServerError",
    }
}

/// The right that a request needs and the scope it is needed on.
pub(super) fn action_and_scope(request: &Request) -> (String, String) {
    let segments = &request.segments;
    let Some(at) = segments
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"))
    else {
        // Without a provider the scope is the subscription or the group that the path is in.
        let end = if segments.len() > 3 {
            4
        } else {
            segments.len().min(2)
        };
        let action = match request.lower.get(2).map(String::as_str) {
            None => "Microsoft.Resources/subscriptions/read",
            Some("resources") => "Microsoft.Resources/subscriptions/resources/read",
            Some(_) => "Microsoft.Resources/subscriptions/resourceGroups/read",
        };
        return (
            String::from(action),
            format!("/{}", segments[..end].join("/")),
        );
    };
    let Some(namespace) = segments.get(at + 1) else {
        return (
            String::from("Microsoft.Resources/subscriptions/providers/read"),
            format!("/{}", segments[..at].join("/")),
        );
    };
    let tail = &segments[at + 2..];
    let types: Vec<&str> = tail.iter().step_by(2).map(String::as_str).collect();
    let action = if types.is_empty() {
        format!("{namespace}/register/action")
    } else {
        format!("{namespace}/{}/read", types.join("/"))
    };
    let extension = matches!(
        namespace.to_ascii_lowercase().as_str(),
        "microsoft.authorization" | "microsoft.insights"
    );
    // A list is judged where it is asked; an item on its own id.
    let end = if tail.len().is_multiple_of(2) && !tail.is_empty() {
        segments.len()
    } else if tail.len() > 1 && !extension {
        segments.len() - 1
    } else {
        at
    };
    (action, format!("/{}", segments[..end].join("/")))
}
