//! The query API of Log Analytics: answers kept as files, found by the words that a query holds. It
//! runs no query; it only knows which tables a query reads, so that one without a table is refused as
//! the service does. Must not know what a row means.
//!
//! `logs/WORKSPACE/TABLE.json` answers the queries that read the table, `TABLE+WORD.json` those that
//! also hold the word; the most telling name wins.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::faults::FaultRule;
use super::reply::Reply;
use super::request::Request;
use super::token::{self, TokenFault};
use super::world::{World, guid};

const AUDIENCES: [&str; 5] = [
    "https://api.loganalytics.io",
    "https://api.loganalytics.azure.com",
    "https://api.loganalytics.us",
    "https://api.loganalytics.azure.cn",
    "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5",
];

/// Answers `/loganalytics/v1/…`.
pub(super) fn answer(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    admitted(world, request, fault).with("x-ms-request-id", guid())
}

fn admitted(world: &World, request: &Request, fault: Option<&FaultRule>) -> Reply {
    match token::read(world, request) {
        Ok(claims) if claims.is_for(&AUDIENCES, "/loganalytics") => {}
        Ok(_) | Err(TokenFault::Malformed | TokenFault::Expired(_)) => {
            return error(
                401,
                "InvalidTokenError",
                "The provided authentication is not valid for this resource",
            );
        }
        Err(TokenFault::Missing | TokenFault::NotBearer) => {
            return error(
                401,
                "AuthorizationRequiredError",
                "Valid authentication was not provided",
            )
            .with("www-authenticate", "Bearer");
        }
    }
    if let Some(fault) = fault {
        return on_purpose(fault);
    }
    let parts: Vec<&str> = request.lower.iter().skip(1).map(String::as_str).collect();
    let ["v1", place @ .., "query"] = parts.as_slice() else {
        return error(
            404,
            "PathNotFoundError",
            "The requested path does not exist",
        );
    };
    let query = match query_of(request) {
        Ok(query) => query,
        Err(reply) => return reply,
    };
    let asked = match place {
        ["workspaces", id] => workspace_of(world, id).map(|name| (name, None)),
        ["subscriptions", _, "resourcegroups", _, "providers", ..] => {
            let id = format!("/{}", place.join("/"));
            destination_of(world, &id).map(|name| (name, Some(id)))
        }
        _ => {
            return error(
                404,
                "PathNotFoundError",
                "The requested path does not exist",
            );
        }
    };
    let Some((workspace, only)) = asked else {
        return error(
            404,
            "WorkspaceNotFoundError",
            "The workspace could not be found",
        );
    };
    served(world, &workspace, &query, only.as_deref())
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::new(
        status,
        json!({"error": {"message": message, "code": code, "correlationId": guid()}}),
    )
}

fn on_purpose(fault: &FaultRule) -> Reply {
    let status = fault.status.unwrap_or(500);
    let code = fault.code.as_deref().unwrap_or(match status {
        403 => "InsufficientAccessError",
        429 => "ThrottledError",
        _ => "GeneralError",
    });
    let message = fault.message.as_deref().unwrap_or(match status {
        403 => {
            "The provided credentials have insufficient access to perform the requested operation"
        }
        _ => "An error occurred while the request was handled",
    });
    let reply = error(status, code, message);
    match fault.retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// The query of a GET or of a POST.
fn query_of(request: &Request) -> Result<String, Reply> {
    let wrong = || {
        error(
            400,
            "BadArgumentError",
            "The request had some invalid properties",
        )
    };
    let query = if request.method == Method::POST {
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| wrong())?;
        body.get("query").and_then(Value::as_str).map(str::to_owned)
    } else {
        request.parameter("query").map(str::to_owned)
    };
    query
        .filter(|query| !query.trim().is_empty())
        .ok_or_else(wrong)
}

/// The name of the workspace with this GUID.
fn workspace_of(world: &World, id: &str) -> Option<String> {
    world.look(|documents| {
        documents
            .iter()
            .find(|document| {
                document.is_top_level_resource()
                    && document.segments[6] == "workspaces"
                    && document
                        .body
                        .pointer("/properties/customerId")
                        .and_then(Value::as_str)
                        .is_some_and(|own| own.eq_ignore_ascii_case(id))
            })
            .map(|document| document.segments[7].clone())
    })
}

/// The workspace that a resource's diagnostic setting names.
fn destination_of(world: &World, id: &str) -> Option<String> {
    let start = format!("{}/", id.trim_start_matches('/'));
    world.look(|documents| {
        documents
            .iter()
            .filter(|document| document.segments.join("/").starts_with(&start))
            .find_map(|document| {
                let workspace = document.body.pointer("/properties/workspaceId")?.as_str()?;
                workspace.rsplit('/').next().map(str::to_ascii_lowercase)
            })
    })
}

/// The tables that a query reads: what it starts with, and the legs of its unions.
fn tables(query: &str) -> Vec<&str> {
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let mut found = Vec::new();
    let is_union = query
        .lines()
        .any(|line| line.trim_start().starts_with("union"));
    for line in query.lines().map(str::trim) {
        if line.starts_with("//") || line.is_empty() {
            continue;
        }
        let word = line
            .trim_start_matches('(')
            .split([' ', '|', ')'])
            .next()
            .unwrap_or_default();
        let begins = found.is_empty() && !is_union || line.starts_with('(');
        if begins && is_name(word) && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

fn served(world: &World, workspace: &str, query: &str, only: Option<&str>) -> Reply {
    let empty = BTreeMap::new();
    let files = world.logs.get(workspace).unwrap_or(&empty);
    let tables = tables(query);
    let has = |table: &str| files.keys().any(|key| key.split('+').next() == Some(table));
    // A union that may leave legs out needs one table that is there.
    if !tables.iter().any(|table| has(table)) {
        return unresolved(tables.first().copied().unwrap_or_default());
    }
    let best = files
        .iter()
        .filter(|(key, _)| {
            let mut words = key.split('+');
            words.next().is_some_and(|table| tables.contains(&table))
                && words.all(|word| query.contains(word))
        })
        .max_by_key(|(key, _)| key.len());
    let Some((_, body)) = best else {
        return unresolved(tables.first().copied().unwrap_or_default());
    };
    let mut body = body.clone();
    let now = world.clock.now();
    for table in body
        .get_mut("tables")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let resource = table
            .get("columns")
            .and_then(Value::as_array)
            .and_then(|columns| {
                columns
                    .iter()
                    .position(|column| column.get("name") == Some(&json!("resource")))
            });
        if let Some(rows) = table.get_mut("rows").and_then(Value::as_array_mut) {
            rows.retain(|row| has_happened(row, now) && is_of(row, resource, only));
        }
    }
    Reply::ok(body)
}

/// A row with a time that is still to come has not happened yet.
fn has_happened(row: &Value, now: OffsetDateTime) -> bool {
    row.as_array().into_iter().flatten().all(|value| {
        value
            .as_str()
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            .is_none_or(|at| at <= now)
    })
}

fn is_of(row: &Value, resource: Option<usize>, only: Option<&str>) -> bool {
    let Some(only) = only else { return true };
    resource
        .and_then(|at| row.get(at)?.as_str())
        .is_some_and(|own| {
            own.to_ascii_lowercase()
                .starts_with(&only.to_ascii_lowercase())
        })
}

/// A table that the workspace does not have.
fn unresolved(table: &str) -> Reply {
    Reply::new(
        400,
        json!({"error": {
            "message": "The request had some invalid properties",
            "code": "BadArgumentError",
            "correlationId": guid(),
            "innererror": {
                "code": "SemanticError",
                "message": "A semantic error occurred.",
                "innererror": {
                    "code": "SEM0100",
                    "message": format!("'where' operator: Failed to resolve table or column expression named '{table}'"),
                },
            },
        }}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_a_query_are_those_it_reads() {
        for (query, expected) in [
            (
                "// Some words\nStorageBlobLogs\n| where A == 1",
                vec!["StorageBlobLogs"],
            ),
            ("AzureActivity | take 1", vec!["AzureActivity"]),
            (
                "union isfuzzy=true\n    (AZKVAuditLogs\n     | project TimeGenerated),\n    (AzureDiagnostics | where X)\n| where Y",
                vec!["AZKVAuditLogs", "AzureDiagnostics"],
            ),
            ("print 1", vec![]),
        ] {
            assert_eq!(tables(query), expected, "{query}");
        }
    }
}
