//! The data plane of AI Search: definitions of indexers, data sources, skillsets and indexes, with
//! status and statistics. Must not know how ARM lists services; it reads a service's ARM document only
//! to know whether tokens and the public network are admitted.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Map, Value, json};

use super::faults::FaultRule;
use super::reply::Reply;
use super::request::Request;
use super::scenario::SearchObjects;
use super::token::{self, TokenFault};
use super::world::{World, guid};

const AUDIENCES: [&str; 3] = [
    "https://search.azure.com",
    "https://search.azure.us",
    "https://search.azure.cn",
];

/// The collections that a service always has, and how Azure writes their names.
const COLLECTIONS: [&str; 7] = [
    "indexers",
    "datasources",
    "skillsets",
    "indexes",
    "synonymmaps",
    "aliases",
    "knowledgebases",
];

/// The data planes by the service's name, lower case.
#[derive(Debug, Default)]
pub(super) struct Services(BTreeMap<String, SearchObjects>);

impl Services {
    pub(super) fn new(services: BTreeMap<String, SearchObjects>) -> Self {
        Self(services)
    }
}

/// Answers `/search/{service}/…`.
pub(super) fn answer(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    let reply = admitted(world, request, fault).with("request-id", guid());
    match request.header("x-ms-client-request-id") {
        Some(id) => reply.with("client-request-id", id),
        None => reply,
    }
}

fn admitted(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    let Some(service) = request.lower.get(1) else {
        return Reply::bare(404);
    };
    let document = world.look(|documents| {
        documents
            .iter()
            .find(|document| {
                document.is_top_level_resource()
                    && document.segments[6] == "searchservices"
                    && document.segments[7] == *service
            })
            .map(|document| document.body.clone())
    });
    // A name that no service has would not resolve; on loopback the nearest thing is a bare 404.
    let Some(document) = document else {
        return Reply::bare(404);
    };
    let property = |name: &str| document.get("properties").and_then(|own| own.get(name));
    let public = property("publicNetworkAccess")
        .and_then(Value::as_str)
        .unwrap_or("enabled");
    if !public.eq_ignore_ascii_case("enabled") {
        return Reply::bare(403);
    }
    let keys_off = property("disableLocalAuth").and_then(Value::as_bool) == Some(true);
    let roles = property("authOptions").and_then(|own| own.get("aadOrApiKey"));
    if request.header("api-key").is_some() {
        return Reply::bare(403);
    }
    if !keys_off && roles.is_none() {
        // Keys only: a token is not looked at.
        return Reply::bare(403);
    }
    let challenge = roles
        .and_then(|own| own.get("aadAuthFailureMode"))
        .and_then(Value::as_str)
        .is_none_or(|mode| !mode.eq_ignore_ascii_case("http403"));
    if let Err(reply) = token::read(world, request)
        .map_err(|fault| unauthenticated(world, &fault, challenge))
        .and_then(|claims| {
            if claims.is_for(&AUDIENCES, "/search") {
                Ok(())
            } else {
                Err(unauthenticated(world, &TokenFault::Malformed, challenge))
            }
        })
    {
        return reply;
    }
    if let Some(fault) = fault {
        return on_purpose(fault);
    }
    if request.method != Method::GET {
        world.requests.write_refused();
        return error(
            405,
            "The requested resource does not support this http method.",
        );
    }
    if request.api_version().is_none() {
        return error(
            400,
            "The request is invalid. Details: The 'api-version' query parameter must be specified.",
        );
    }
    let empty = SearchObjects::default();
    let files = world.services.0.get(service).unwrap_or(&empty);
    let name = request.segments.get(1).map_or("", String::as_str);
    served(request, name, files, &document)
}

fn unauthenticated(world: &World, fault: &TokenFault, challenge: bool) -> Reply {
    if !challenge {
        return Reply::bare(403);
    }
    let why = match fault {
        TokenFault::Expired(_) => {
            ", error=\"invalid_token\", error_description=\"The token is expired.\""
        }
        TokenFault::Malformed => {
            ", error=\"invalid_token\", error_description=\"The token is invalid.\""
        }
        TokenFault::Missing | TokenFault::NotBearer => "",
    };
    Reply::bare(401).with(
        "www-authenticate",
        format!(
            "Bearer authorization_uri=\"https://login.microsoftonline.com/{}/oauth2/authorize\", resource_id=\"https://search.azure.com\"{why}",
            world.caller.tenant
        ),
    )
}

fn on_purpose(fault: &FaultRule) -> Reply {
    let status = fault.status.unwrap_or(500);
    let reply = match &fault.message {
        Some(message) => error(status, message),
        None => Reply::bare(status),
    };
    match fault.retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

fn error(status: u16, message: &str) -> Reply {
    Reply::error(status, "", message)
}

/// `indexes('docs')` is another way to write `indexes/docs`.
fn path(request: &Request) -> Vec<String> {
    let mut parts = Vec::new();
    for segment in request.segments.iter().skip(2) {
        match segment
            .strip_suffix("')")
            .and_then(|rest| rest.split_once("('"))
        {
            Some((collection, key)) => {
                parts.push(collection.to_owned());
                parts.push(key.to_owned());
            }
            None => parts.push(segment.clone()),
        }
    }
    parts
}

fn served(request: &Request, service: &str, files: &SearchObjects, document: &Value) -> Reply {
    let parts = path(request);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let context = |what: &str| {
        json!(format!(
            "https://{}.search.windows.net/$metadata#{what}",
            service.to_ascii_lowercase()
        ))
    };
    let lower = |text: &str| text.to_ascii_lowercase();
    match parts.as_slice() {
        [one] if lower(one) == "servicestats" => Reply::ok(statistics(files, document)),
        [collection] if COLLECTIONS.contains(&lower(collection).as_str()) => {
            let select = request.parameter("$select");
            let items: Vec<Value> = files
                .collections
                .get(&lower(collection))
                .into_iter()
                .flatten()
                .map(|item| selected(item, select))
                .collect();
            Reply::ok(json!({"@odata.context": context(&lower(collection)), "value": items}))
        }
        [collection, name] if COLLECTIONS.contains(&lower(collection).as_str()) => {
            match find(files, collection, name) {
                Some(item) => Reply::ok(with_context(
                    selected(item, request.parameter("$select")),
                    context(&format!("{}/$entity", lower(collection))),
                )),
                None => missing(collection, name, service),
            }
        }
        [collection, name, operation]
            if lower(collection) == "indexers"
                && matches!(lower(operation).as_str(), "status" | "search.status") =>
        {
            match (
                find(files, "indexers", name),
                files.status.get(&lower(name)),
            ) {
                (None, _) => missing("indexers", name, service),
                (Some(_), Some(body)) => Reply::ok(body.clone()),
                // An indexer that never ran has a status all the same.
                (Some(_), None) => Reply::ok(json!({
                    "@odata.context": context("Microsoft.Azure.Search.V2025_09_01.IndexerExecutionInfo"),
                    "name": name,
                    "status": "running",
                    "lastResult": null,
                    "executionHistory": [],
                    "limits": {"maxRunTime": "PT24H", "maxDocumentExtractionSize": 16_777_216, "maxDocumentContentCharactersToExtract": 64_000},
                })),
            }
        }
        [collection, name, operation]
            if lower(collection) == "indexes"
                && matches!(lower(operation).as_str(), "stats" | "search.stats") =>
        {
            match (find(files, "indexes", name), files.stats.get(&lower(name))) {
                (None, _) => missing("indexes", name, service),
                (Some(_), Some(body)) => Reply::ok(body.clone()),
                (Some(_), None) => Reply::ok(json!({
                    "@odata.context": context("Microsoft.Azure.Search.V2025_09_01.IndexStatistics"),
                    "documentCount": 0,
                    "storageSize": 0,
                    "vectorIndexSize": 0,
                })),
            }
        }
        _ => error(
            404,
            &format!("The resource '{}' does not exist.", request.path),
        ),
    }
}

fn find<'a>(files: &'a SearchObjects, collection: &str, name: &str) -> Option<&'a Value> {
    files
        .collections
        .get(&collection.to_ascii_lowercase())?
        .iter()
        .find(|item| {
            item.get("name")
                .and_then(Value::as_str)
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
}

fn missing(collection: &str, name: &str, service: &str) -> Reply {
    let singular = match collection.to_ascii_lowercase().as_str() {
        "indexes" => "index",
        "indexers" => "indexer",
        "datasources" => "data source",
        "skillsets" => "skillset",
        "synonymmaps" => "synonym map",
        "aliases" => "alias",
        _ => "object",
    };
    error(
        404,
        &format!("No {singular} with the name '{name}' was found in the service '{service}'."),
    )
}

fn selected(item: &Value, select: Option<&str>) -> Value {
    let (Some(select), Value::Object(fields)) = (select, item) else {
        return item.clone();
    };
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    if wanted.contains(&"*") {
        return item.clone();
    }
    let kept: Map<String, Value> = fields
        .iter()
        .filter(|(name, _)| wanted.contains(&name.as_str()) || name.starts_with('@'))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}

fn with_context(item: Value, context: Value) -> Value {
    let Value::Object(fields) = item else {
        return item;
    };
    let mut out = Map::new();
    out.insert(String::from("@odata.context"), context);
    out.extend(fields);
    Value::Object(out)
}

/// Counters from what the scenario holds, quotas from the service's tier.
fn statistics(files: &SearchObjects, document: &Value) -> Value {
    let tier = document
        .get("sku")
        .and_then(|sku| sku.get("name")?.as_str())
        .unwrap_or("basic")
        .to_ascii_lowercase();
    let (objects, storage): (u64, u64) = match tier.as_str() {
        "free" => (3, 52_428_800),
        "basic" => (15, 16_106_127_360),
        "standard" => (50, 171_798_691_840),
        _ => (200, 549_755_813_888),
    };
    let count = |name: &str| files.collections.get(name).map_or(0, Vec::len);
    let sum = |field: &str| -> u64 {
        files
            .stats
            .values()
            .filter_map(|stats| stats.get(field)?.as_u64())
            .sum()
    };
    let counter = |usage: Value, quota: Value| json!({"usage": usage, "quota": quota});
    json!({
        "counters": {
            "documentCount": counter(json!(sum("documentCount")), Value::Null),
            "indexesCount": counter(json!(count("indexes")), json!(objects)),
            "indexersCount": counter(json!(count("indexers")), json!(objects)),
            "dataSourcesCount": counter(json!(count("datasources")), json!(objects)),
            "storageSize": counter(json!(sum("storageSize")), json!(storage)),
            "synonymMaps": counter(json!(count("synonymmaps")), json!(if tier == "basic" || tier == "free" { 3 } else { 20 })),
            "skillsetCount": counter(json!(count("skillsets")), json!(objects)),
            "vectorIndexSize": counter(json!(sum("vectorIndexSize")), json!(storage / 3)),
        },
        "limits": {
            "maxStoragePerIndex": storage,
            "maxFieldsPerIndex": if tier == "basic" { 100 } else { 1000 },
            "maxFieldNestingDepthPerIndex": 10,
            "maxComplexCollectionFieldsPerIndex": 40,
            "maxComplexObjectsInCollectionsPerDocument": 3000,
        },
    })
}
