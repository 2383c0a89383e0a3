//! The read-only gate: the one function that decides whether a request may leave.
//!
//! It denies by default. `GET` may go to the cloud's own services, and `POST` to the query
//! operations that are named here. A list of keys or secrets stays in, whatever its verb. Must not
//! know tokens, waiting or the ledger: it looks at an address and answers yes or no.
//!
//! To admit another query: one line in `is_named_query`, and a line in the table of the tests.

use std::fmt;
use std::sync::{Arc, LazyLock};

use percent_encoding::percent_decode_str;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::hosts::{append, below, place, same_origin};
use crate::model::cloud::{Cloud, is_loopback};
use crate::model::ledger::Service;

/// The address that hands out managed-identity tokens on an Azure VM; link-local, so never routed.
pub(crate) const METADATA_ENDPOINT: &str = "http://169.254.169.254/metadata/identity/oauth2/token";

static METADATA_URL: LazyLock<Url> =
    LazyLock::new(|| Url::parse(METADATA_ENDPOINT).expect("a constant address"));

/// What lies inside: the services of the cloud, and where this machine's identity is to be had.
#[derive(Clone, Debug)]
pub struct Borders {
    /// The cloud.
    pub cloud: Arc<Cloud>,
    /// `IDENTITY_ENDPOINT` of an app host; only a loopback one is ever asked.
    pub identity_endpoint: Option<Url>,
    /// The metadata address. Always the fixed one, save where a test stands in for it.
    pub metadata_endpoint: Url,
}

impl Borders {
    /// The borders of a cloud, without a managed identity of an app host.
    pub fn of(cloud: Arc<Cloud>) -> Self {
        Self {
            cloud,
            identity_endpoint: None,
            metadata_endpoint: METADATA_URL.clone(),
        }
    }
}

/// Why a request stays in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The sentence to show.
    pub reason: String,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refusal {}

/// Decides whether a request may leave, and says which service it goes to.
pub fn judge(
    method: &Method,
    url: &Url,
    borders: &Borders,
    body: Option<&Value>,
) -> Result<Service, Refusal> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::new("the address holds a user name or a password"));
    }
    if url.fragment().is_some() {
        return Err(Refusal::new("the address holds a fragment"));
    }
    let segments = plain_segments(url.path())?;
    no_secret_in_query(url)?;
    match *method {
        Method::GET if body.is_none() => judge_get(url, &segments, borders),
        Method::GET => Err(Refusal::new("a GET carries no body")),
        Method::POST => judge_post(url, borders, body),
        _ => Err(Refusal::new(format!(
            "hopscope only reads: {method} never leaves"
        ))),
    }
}

fn judge_get(url: &Url, segments: &[String], borders: &Borders) -> Result<Service, Refusal> {
    if is_managed_identity(url, borders) {
        return Ok(Service::ManagedIdentity);
    }
    let Some((service, rest)) = place(&borders.cloud, url) else {
        return Err(foreign(url));
    };
    if segments.last().is_some_and(|last| is_list_of_secrets(last))
        || stands_as_operation(segments).is_some_and(hands_out_secrets)
    {
        return Err(Refusal::new("it would hand out keys or secrets"));
    }
    if service == Service::Arm
        && stands_as_operation(segments).is_some_and(|operation| !operation.is_ascii())
    {
        return Err(Refusal::new(
            "the name of a type or an operation is not plain",
        ));
    }
    let first = rest
        .split('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_known = match service {
        Service::Arm => matches!(
            first.as_str(),
            "subscriptions" | "providers" | "tenants" | "metadata"
        ),
        Service::Graph => first == "v1.0",
        Service::Logs => first == "v1",
        Service::Search => true,
        Service::Login | Service::ManagedIdentity => false,
    };
    if is_known {
        Ok(service)
    } else {
        Err(Refusal::new(format!(
            "`/{first}` is not a part of the service that hopscope reads"
        )))
    }
}

fn judge_post(url: &Url, borders: &Borders, body: Option<&Value>) -> Result<Service, Refusal> {
    let cloud = &borders.cloud;
    if below(&cloud.authority, url).is_some_and(is_token_path) {
        return Ok(Service::Login);
    }
    let Some((service, rest)) = place(cloud, url) else {
        return Err(foreign(url));
    };
    let rest = rest.to_ascii_lowercase();
    let parts: Vec<&str> = rest.strip_prefix('/').unwrap_or(&rest).split('/').collect();
    if is_named_query(service, &parts) {
        return Ok(service);
    }
    if service == Service::Arm && parts == ["batch"] {
        return judge_batch(borders, body).map(|()| Service::Arm);
    }
    Err(Refusal::new(
        "hopscope only reads: POST is for the named queries alone",
    ))
}

/// The queries that are a POST, path by path, in lower case. A variable part stands for one segment.
fn is_named_query(service: Service, parts: &[&str]) -> bool {
    match (service, parts) {
        (Service::Arm, ["providers", "microsoft.resourcegraph", "resources"])
        | (Service::Graph, ["v1.0", "directoryobjects", "getbyids"])
        | (Service::Logs, ["v1", "workspaces", _, "query"]) => true,
        // The same query, about the logs of one resource.
        (Service::Logs, ["v1", resource @ .., "query"]) => is_resource(resource),
        (
            Service::Arm,
            [
                "subscriptions",
                _,
                "resourcegroups",
                _,
                "providers",
                "microsoft.network",
                "networkmanagers",
                _,
                "ipampools",
                _,
                operation,
            ],
        ) => matches!(*operation, "getpoolusage" | "listassociatedresources"),
        (
            Service::Arm,
            [
                scope @ ..,
                "providers",
                "microsoft.policyinsights",
                "policystates",
                "latest" | "default",
                "queryresults",
            ],
        ) => {
            matches!(scope.first(), Some(&("subscriptions" | "providers")))
                && scope.iter().all(|part| !part.is_empty())
        }
        _ => false,
    }
}

/// `subscriptions/S/resourcegroups/G/providers/NAMESPACE/TYPE/NAME…`
fn is_resource(parts: &[&str]) -> bool {
    matches!(parts, ["subscriptions", _, "resourcegroups", _, "providers", _, rest @ ..]
        if !rest.is_empty() && rest.len().is_multiple_of(2))
        && parts.iter().all(|part| !part.is_empty())
}

/// `/{tenant}/oauth2/v2.0/token`, with a tenant of letters, digits, dots and dashes.
fn is_token_path(rest: &str) -> bool {
    let parts: Vec<&str> = rest.strip_prefix('/').unwrap_or(rest).split('/').collect();
    let [tenant, "oauth2", "v2.0", "token"] = parts.as_slice() else {
        return false;
    };
    !tenant.is_empty()
        && tenant
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// A batch may leave when it holds GETs alone, and each of them might leave by itself.
fn judge_batch(borders: &Borders, body: Option<&Value>) -> Result<(), Refusal> {
    let parts = body
        .and_then(Value::as_object)
        .filter(|whole| whole.len() == 1)
        .and_then(|whole| whole.get("requests"))
        .and_then(Value::as_array)
        .filter(|parts| !parts.is_empty())
        .ok_or_else(|| Refusal::new("a batch must be a list of requests and nothing else"))?;
    for part in parts {
        let part = part
            .as_object()
            .ok_or_else(|| Refusal::new("a part of the batch is not an object"))?;
        let known = ["httpMethod", "relativeUrl", "url", "name"];
        if let Some(key) = part.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::new(format!(
                "a part of the batch holds `{key}`, which a read does not need"
            )));
        }
        if part.get("httpMethod").and_then(Value::as_str) != Some("GET") {
            return Err(Refusal::new("a batch may hold GETs only"));
        }
        let addresses: Vec<&Value> = ["relativeUrl", "url"]
            .iter()
            .filter_map(|key| part.get(*key))
            .collect();
        let [Value::String(address)] = addresses.as_slice() else {
            return Err(Refusal::new(
                "a part of the batch needs exactly one address",
            ));
        };
        let base = &borders.cloud.resource_manager;
        let url = if address.starts_with('/') && !address.starts_with("//") {
            append(base, address)
        } else {
            Url::parse(address)
        }
        .map_err(|error| Refusal::new(format!("a part of the batch has no address: {error}")))?;
        if judge(&Method::GET, &url, borders, None)? != Service::Arm {
            return Err(Refusal::new(
                "a part of the batch is not for Resource Manager",
            ));
        }
    }
    Ok(())
}

fn is_managed_identity(url: &Url, borders: &Borders) -> bool {
    let is_at = |endpoint: &Url| same_origin(endpoint, url) && endpoint.path() == url.path();
    is_at(&borders.metadata_endpoint)
        || borders
            .identity_endpoint
            .as_ref()
            .is_some_and(|endpoint| is_loopback(endpoint) && is_at(endpoint))
}

fn foreign(url: &Url) -> Refusal {
    let host = url.host_str().unwrap_or("nowhere");
    Refusal::new(format!(
        "`{}://{host}{}` is not an address of this cloud, and a token must not go there",
        url.scheme(),
        url.port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default(),
    ))
}

/// The path's segments, percent-decoded once. What could be read in two ways is refused: a second
/// layer of encoding, an encoded slash or dot segment, a parameter after `;`, an empty segment.
fn plain_segments(path: &str) -> Result<Vec<String>, Refusal> {
    let trimmed = path.strip_prefix('/').unwrap_or(path);
    let trimmed = trimmed.strip_suffix('/').unwrap_or(trimmed);
    if trimmed.is_empty() {
        return Ok(Vec::new());
    }
    trimmed
        .split('/')
        .map(|raw| {
            let decoded = percent_decode_str(raw)
                .decode_utf8()
                .map_err(|_| Refusal::new("the path is not UTF-8"))?;
            let is_odd = decoded.is_empty()
                || decoded == "."
                || decoded == ".."
                || decoded
                    .chars()
                    .any(|c| matches!(c, '%' | '/' | '\\' | ';' | '?' | '#') || c.is_control());
            if is_odd {
                Err(Refusal::new(format!(
                    "the path can be read in two ways at `{}`",
                    raw.escape_default()
                )))
            } else {
                Ok(decoded.into_owned())
            }
        })
        .collect()
}

/// A secret in the query would end up in the ledger and in somebody's log.
pub(super) fn no_secret_in_query(url: &Url) -> Result<(), Refusal> {
    const SECRET: [&str; 9] = [
        "sig",
        "code",
        "key",
        "api-key",
        "password",
        "access_token",
        "client_secret",
        "client_assertion",
        "subscription-key",
    ];
    match url
        .query_pairs()
        .find(|(name, _)| SECRET.contains(&name.trim().to_ascii_lowercase().as_str()))
    {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::new(format!("the query holds a secret (`{name}`)"))),
    }
}

/// The last segment where it names a collection or an operation, and not a thing: below a provider
/// types and names take turns.
fn stands_as_operation(segments: &[String]) -> Option<&str> {
    let at = segments
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"))?;
    let below = segments.len() - at - 1;
    (below.is_multiple_of(2)).then(|| segments.last().map(String::as_str))?
}

/// Letters and digits alone, in one case: signs that only look apart (`list-keys`, the long s, the
/// Kelvin sign) fall together.
fn folded(segment: &str) -> String {
    segment
        .chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// Names that hand out secrets wherever they stand.
fn is_list_of_secrets(segment: &str) -> bool {
    const NAMES: [&str; 22] = [
        "listkeys",
        "listkey",
        "listadminkeys",
        "listquerykeys",
        "listconnectionstrings",
        "listsecrets",
        "listsecret",
        "listcredentials",
        "listaccountsas",
        "listservicesas",
        "listnotebookkeys",
        "listnotebookaccesstoken",
        "liststorageaccountkeys",
        "listcallbackurl",
        "readonlykeys",
        "readwritekeys",
        "sharedkeys",
        "getsecrets",
        "gettoken",
        "publishingcredentials",
        "publishxml",
        "regeneratekey",
    ];
    NAMES.contains(&folded(segment).as_str())
}

/// Operations that by their name hand out secrets, known to us or not.
fn hands_out_secrets(operation: &str) -> bool {
    const VERBS: [&str; 11] = [
        "list",
        "get",
        "read",
        "show",
        "fetch",
        "retrieve",
        "generate",
        "regenerate",
        "rotate",
        "renew",
        "create",
    ];
    const GOODS: [&str; 8] = [
        "key",
        "secret",
        "token",
        "credential",
        "sas",
        "connectionstring",
        "password",
        "callbackurl",
    ];
    let name = folded(operation);
    VERBS.iter().any(|verb| {
        name.strip_prefix(verb)
            .is_some_and(|rest| GOODS.iter().any(|goods| rest.contains(goods)))
    })
}

#[cfg(test)]
mod tests;
