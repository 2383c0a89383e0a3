//! POST: the few that Azure offers for asking, and the refusal of everything that would change or
//! reveal something. Must not answer a write, whatever it is; the one that is judged to its end, a network
//! that is put, is in `linked.rs`.

use hyper::Method;
use serde_json::{Map, Value, json};

use super::super::reply::Reply;
use super::super::request::Request;
use super::super::world::World;
use super::{Call, errors, linked, lists, resources, text};

/// POST operations that only read. The last segment decides.
const QUERIES: [&str; 6] = [
    "getpoolusage",
    "listassociatedresources",
    "queryresults",
    "resources",
    "listnetworkmanagereffectiveconnectivityconfigurations",
    "listnetworkmanagereffectivesecurityadminrules",
];

/// Refuses and counts everything that is neither a read nor a query.
pub(super) fn refuse_writes(world: &World, request: &Request) -> Option<Reply> {
    match request.method {
        Method::GET | Method::HEAD => None,
        Method::PUT if linked::is_network(request) => {
            // It changes nothing here, and is a write all the same.
            world.requests.write_refused();
            None
        }
        Method::POST => {
            let last = request.lower.last().map_or("", String::as_str);
            if QUERIES.contains(&last) {
                return None;
            }
            let secret = is_secret(last);
            if secret {
                world.requests.secret_refused();
            } else {
                world.requests.write_refused();
            }
            let (action, scope) = action(request);
            Some(errors::forbidden(world, &action, &scope))
        }
        _ => {
            world.requests.write_refused();
            Some(
                errors::gateway(
                    405,
                    "MethodNotAllowed",
                    &format!(
                        "The requested resource does not support http method '{}'.",
                        request.method
                    ),
                )
                .with("allow", "GET, HEAD, POST"),
            )
        }
    }
}

fn is_secret(operation: &str) -> bool {
    [
        "key",
        "secret",
        "connectionstring",
        "sas",
        "credential",
        "token",
    ]
    .iter()
    .any(|word| operation.contains(word))
}

/// `Microsoft.Storage/storageAccounts/listKeys/action` over the resource's id.
fn action(request: &Request) -> (String, String) {
    let segments = &request.segments;
    let Some((operation, scope)) = segments.split_last() else {
        return (String::from("*/action"), String::from("/"));
    };
    let types = scope
        .iter()
        .rposition(|part| part.eq_ignore_ascii_case("providers"))
        .map(|at| {
            let mut words: Vec<&str> = scope.get(at + 1).map(String::as_str).into_iter().collect();
            words.extend(scope.iter().skip(at + 2).step_by(2).map(String::as_str));
            words.join("/")
        })
        .filter(|types| !types.is_empty())
        .unwrap_or_else(|| String::from("Microsoft.Resources"));
    (
        format!("{types}/{operation}/action"),
        format!("/{}", scope.join("/")),
    )
}

/// Answers a query: Resource Graph by itself, the others from a document of the same id.
pub(super) fn answer(call: &Call<'_>) -> Reply {
    let parts = call.parts();
    if parts == ["providers", "microsoft.resourcegraph", "resources"] {
        return resource_graph(call);
    }
    if let [
        ..,
        "providers",
        "microsoft.policyinsights",
        "policystates",
        _,
        "queryresults",
    ] = parts.as_slice()
    {
        return policy_states(call);
    }
    if let Some(document) = call.documents.at(&call.request.lower) {
        let mut body = document.body.clone();
        if let Value::Object(fields) = &mut body {
            // The id is how a scenario files the answer; Azure's answers to these have none.
            fields.shift_remove("id");
        }
        return Reply::ok(body);
    }
    let (action, scope) = action(call.request);
    errors::forbidden(call.world, &action, &scope)
}

/// The rows of every answer that a scenario files, as far as they lie in the scope that is asked.
fn policy_states(call: &Call<'_>) -> Reply {
    let lower = &call.request.lower;
    let (scope, tail) = lower.split_at(lower.len() - 5);
    let within = format!("/{}", scope.join("/"));
    let is_within = |row: &Value| {
        text(row, &["resourceId"])
            .map(str::to_ascii_lowercase)
            .is_some_and(|id| {
                id.strip_prefix(&within)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    if call.request.parameter("$filter").is_some() {
        return errors::bad_filter(call.request.parameter("$filter").unwrap_or_default());
    }
    let rows: Vec<Value> = call
        .documents
        .iter()
        .filter(|document| document.segments.ends_with(tail))
        .filter_map(|document| document.body.get("value")?.as_array())
        .flatten()
        .filter(|row| is_within(row))
        .cloned()
        .collect();
    let mut reply = lists::page(call, rows);
    if let Some(Value::Object(body)) = &mut reply.body {
        let next = body.shift_remove("nextLink").unwrap_or(Value::Null);
        let count = body
            .get("value")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        body.insert(String::from("@odata.nextLink"), next);
        body.insert(String::from("@odata.count"), json!(count));
        let context = format!(
            "https://management.azure.com{within}/providers/Microsoft.PolicyInsights/policyStates/$metadata#latest"
        );
        body.insert(String::from("@odata.context"), json!(context));
    }
    reply
}

/// The part of Kusto that is understood: a table, then `where type`, `project` and `limit`.
fn resource_graph(call: &Call<'_>) -> Reply {
    let body = call.request.json().unwrap_or(Value::Null);
    let Some(query) = text(&body, &["query"]) else {
        return bad_query("The query is missing.");
    };
    let scopes: Option<Vec<String>> =
        body.get("subscriptions")
            .and_then(Value::as_array)
            .map(|ids| {
                ids.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_ascii_lowercase)
                    .collect()
            });
    let mut stages = query.split('|').map(str::trim);
    if stages
        .next()
        .is_none_or(|table| !table.eq_ignore_ascii_case("resources"))
    {
        return bad_query("Only the table 'resources' is offered here.");
    }
    let mut rows: Vec<Value> = call
        .documents
        .iter()
        .filter(|document| {
            document.is_top_level_resource()
                && visible(call, &document.segments[1])
                && scopes
                    .as_ref()
                    .is_none_or(|ids| ids.contains(&document.segments[1]))
        })
        .map(|document| row(&document.body))
        .collect();
    for stage in stages {
        let (verb, rest) = stage.split_once(char::is_whitespace).unwrap_or((stage, ""));
        match verb.to_ascii_lowercase().as_str() {
            "where" => {
                let Some(kind) = type_condition(rest) else {
                    return bad_query(&format!(
                        "The condition '{rest}' is not understood here; 'where type =~ \"...\"' is."
                    ));
                };
                rows.retain(|row| {
                    text(row, &["type"]).is_some_and(|own| own.eq_ignore_ascii_case(&kind))
                });
            }
            "project" => {
                let columns: Vec<&str> = rest.split(',').map(str::trim).collect();
                if columns
                    .iter()
                    .any(|name| name.is_empty() || name.contains(['=', '(', '.']))
                {
                    return bad_query("'project' takes plain column names here.");
                }
                for row in &mut rows {
                    *row = projected(row, &columns);
                }
            }
            "limit" | "take" => match rest.trim().parse::<usize>() {
                Ok(count) => rows.truncate(count),
                Err(_) => return bad_query(&format!("'{rest}' is no number.")),
            },
            _ => return bad_query(&format!("The operator '{verb}' is not offered here.")),
        }
    }
    let count = rows.len();
    Reply::ok(json!({
        "totalRecords": count,
        "count": count,
        "resultTruncated": "false",
        "data": rows,
        "facets": [],
    }))
    .with("x-ms-user-quota-remaining", "14")
    .with("x-ms-user-quota-resets-after", "00:00:05")
}

/// Resource Graph shows what the token may see, and says nothing of the rest.
fn visible(call: &Call<'_>, subscription: &str) -> bool {
    call.documents
        .get(&format!("/subscriptions/{subscription}"))
        .is_some_and(|document| resources::may_see(&document.body, call.claims))
}

fn type_condition(text: &str) -> Option<String> {
    let rest = text.trim();
    let rest = rest
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("type"))
        .and(rest.get(4..))?;
    let rest = rest.trim_start();
    let value = rest
        .strip_prefix("=~")
        .or_else(|| rest.strip_prefix("=="))?
        .trim();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '\'' | '"'))?;
    let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then(|| inner.to_owned())
}

/// Resource Graph writes types in lower case and adds the subscription and the group as columns.
fn row(body: &Value) -> Value {
    let mut row = body.clone();
    if let Value::Object(fields) = &mut row {
        if let Some(kind) = text(body, &["type"]) {
            fields.insert(String::from("type"), json!(kind.to_ascii_lowercase()));
        }
        let parts: Vec<&str> = text(body, &["id"]).unwrap_or_default().split('/').collect();
        if parts.len() > 4 {
            fields.insert(String::from("subscriptionId"), json!(parts[2]));
            fields.insert(
                String::from("resourceGroup"),
                json!(parts[4].to_ascii_lowercase()),
            );
        }
    }
    row
}

fn projected(row: &Value, columns: &[&str]) -> Value {
    let mut out = Map::new();
    for name in columns {
        out.insert(
            (*name).to_owned(),
            row.get(*name).cloned().unwrap_or(Value::Null),
        );
    }
    Value::Object(out)
}

fn bad_query(why: &str) -> Reply {
    Reply::new(
        400,
        json!({"error": {
            "code": "BadRequest",
            "message": "Please provide below info when asking for support: timestamp and correlationId.",
            "details": [{"code": "InvalidQuery", "message": why}],
        }}),
    )
    .with("x-ms-failure-cause", "service")
}
