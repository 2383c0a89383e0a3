//! Role definitions, and what the caller may do. Built-in roles stand once in the documents, at the
//! tenant; Azure shows them below every scope with the subscription's prefix. Must not know filters of
//! assignments.

use serde_json::{Value, json};

use super::super::filter::{self, Argument, Subject, Unsupported};
use super::super::reply::Reply;
use super::{Call, access, errors, lists, text};

/// `/subscriptions/S` when the request's scope is in a subscription, else nothing.
fn prefix(call: &Call<'_>) -> String {
    match call.request.segments.as_slice() {
        [first, id, ..] if first.eq_ignore_ascii_case("subscriptions") => {
            format!("/subscriptions/{id}")
        }
        _ => String::new(),
    }
}

fn seen_from(call: &Call<'_>, body: &Value) -> Value {
    let mut seen = body.clone();
    let id = text(body, &["id"]).unwrap_or_default();
    // A custom role keeps the id that it was made with.
    if !id.to_ascii_lowercase().starts_with("/subscriptions/")
        && let Value::Object(fields) = &mut seen
    {
        fields.insert(String::from("id"), json!(format!("{}{id}", prefix(call))));
    }
    if call.version < "2022-05-01-preview"
        && let Some(Value::Array(permissions)) = seen
            .get_mut("properties")
            .and_then(|properties| properties.get_mut("permissions"))
    {
        for permission in permissions {
            if let Value::Object(fields) = permission {
                fields.shift_remove("condition");
                fields.shift_remove("conditionVersion");
            }
        }
    }
    seen
}

fn definitions<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a Value> {
    let lower = &call.request.lower;
    call.documents.iter().filter_map(move |document| {
        let (namespace, kind) = document.resource_type()?;
        let own = document.scope();
        let visible = own.is_empty()
            || own.first().is_some_and(|first| first == "providers")
            || (own.len() >= 2 && lower.len() >= 2 && own[..2] == lower[..2]);
        (namespace == "microsoft.authorization" && kind == "roledefinitions" && visible)
            .then_some(&document.body)
    })
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let filter = call.request.parameter("$filter").unwrap_or_default();
    let wanted = match filter::parse(filter) {
        Err(_) if filter.trim().is_empty() => None,
        Ok(expression) => Some(expression),
        Err(_) => return errors::bad_filter(filter),
    };
    let mut items = Vec::new();
    for body in definitions(call) {
        match wanted.as_ref().map(|wanted| wanted.holds(&Role(body))) {
            None | Some(Ok(true)) => items.push(seen_from(call, body)),
            Some(Ok(false)) => {}
            Some(Err(_)) => return errors::bad_filter(filter),
        }
    }
    lists::catalogue(call, items)
}

pub(super) fn one(call: &Call<'_>, id: &str) -> Reply {
    let found = find(call, id);
    match found {
        Some(body) => Reply::ok(seen_from(call, body)),
        None => Reply::error(
            404,
            "RoleDefinitionDoesNotExist",
            &format!("The specified role definition with ID '{id}' does not exist."),
        ),
    }
}

fn find<'a>(call: &'a Call<'_>, id: &str) -> Option<&'a Value> {
    definitions(call).find(|body| {
        text(body, &["id"])
            .and_then(|own| own.rsplit('/').next())
            .is_some_and(|own| own.eq_ignore_ascii_case(id))
    })
}

struct Role<'a>(&'a Value);

impl Subject for Role<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        match name {
            "rolename" => Ok(text(self.0, &["properties", "roleName"]).map(str::to_owned)),
            "type" => Ok(text(self.0, &["properties", "type"]).map(str::to_owned)),
            _ => Err(Unsupported),
        }
    }

    fn call(&self, name: &str, arguments: &[Argument]) -> Result<bool, Unsupported> {
        match (name, arguments) {
            ("atscopeandbelow" | "atscope", []) => Ok(true),
            _ => Err(Unsupported),
        }
    }
}

/// Whether a principal holds an action at a scope (lower-cased segments), by a role there or above.
pub(super) fn permits(call: &Call<'_>, principal: &str, action: &str, scope: &[String]) -> bool {
    let mut principals = call.world.directory.groups_of(principal);
    principals.insert(principal.to_ascii_lowercase());
    call.documents.iter().any(|document| {
        let is_assignment = document.resource_type().is_some_and(|(namespace, kind)| {
            namespace == "microsoft.authorization" && kind == "roleassignments"
        });
        is_assignment
            && access::reaches(call, document.scope(), scope)
            && text(&document.body, &["properties", "principalId"])
                .is_some_and(|id| principals.contains(&id.to_ascii_lowercase()))
            && text(&document.body, &["properties", "roleDefinitionId"])
                .and_then(|id| id.rsplit('/').next())
                .is_some_and(|role| role_permits(call, role, action))
    })
}

/// Whether one of a role's entries allows an action and does not take it back.
fn role_permits(call: &Call<'_>, role: &str, action: &str) -> bool {
    let all = call.documents.iter().find(|document| {
        document
            .segments
            .last()
            .is_some_and(|own| own.eq_ignore_ascii_case(role))
            && document
                .resource_type()
                .is_some_and(|(_, kind)| kind == "roledefinitions")
    });
    let permissions =
        all.and_then(|one| one.body.get("properties")?.get("permissions")?.as_array());
    permissions.into_iter().flatten().any(|entry| {
        let any = |list: &str| {
            entry
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .any(|pattern| fits(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()))
        };
        any("actions") && !any("notActions")
    })
}

/// Whether a pattern with stars fits a text from end to end.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| fits(tail, &rest[at..]))
        }),
    }
}

/// `…/permissions`: one entry for each role that the caller holds at the scope or above it.
pub(super) fn own_permissions(call: &Call<'_>) -> Reply {
    let lower = &call.request.lower;
    let scope = &lower[..lower.len() - 3];
    let caller = call
        .world
        .caller
        .object_in(&call.claims.tenant)
        .unwrap_or(&call.world.caller.object_id);
    let mut principals = call.world.directory.groups_of(caller);
    principals.insert(caller.to_ascii_lowercase());
    let mut held = Vec::new();
    for document in call.documents.iter() {
        let is_assignment = document.resource_type().is_some_and(|(namespace, kind)| {
            namespace == "microsoft.authorization" && kind == "roleassignments"
        });
        if !is_assignment || !access::reaches(call, document.scope(), scope) {
            continue;
        }
        let mine = text(&document.body, &["properties", "principalId"])
            .is_some_and(|id| principals.contains(&id.to_ascii_lowercase()));
        let role = text(&document.body, &["properties", "roleDefinitionId"])
            .and_then(|id| id.rsplit('/').next());
        if let (true, Some(role)) = (mine, role)
            && let Some(permissions) = find(call, role)
                .and_then(|body| body.get("properties")?.get("permissions")?.as_array())
        {
            held.extend(permissions.iter().cloned());
        }
    }
    lists::page(call, held)
}
