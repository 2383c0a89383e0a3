//! What applies to a scope from above and below it: role, deny and policy assignments, exemptions,
//! locks and PIM instances, with the filters each one offers. Must not know the directory's HTTP.

use std::collections::BTreeSet;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::documents::Document;
use super::super::filter::{self, Argument, Subject, Unsupported};
use super::super::reply::Reply;
use super::{Call, errors, lists, text};

/// Stands for everyone in a deny assignment.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn is_inherited(kind: &str) -> bool {
    matches!(
        kind,
        "roleassignments"
            | "denyassignments"
            | "roleeligibilityscheduleinstances"
            | "roleassignmentscheduleinstances"
            | "roleeligibilityschedules"
            | "roleassignmentschedules"
            | "policyassignments"
            | "policyexemptions"
            | "locks"
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    At,
    Above,
    Below,
}

/// The management groups above a subscription, lower case, nearest first where parents are known.
pub(super) fn ancestors(call: &Call<'_>, subscription: &str) -> Vec<String> {
    const GROUPS: [&str; 3] = ["providers", "microsoft.management", "managementgroups"];
    let groups: Vec<_> = call
        .documents
        .iter()
        .filter(|document| document.segments.len() == 4 && document.segments[..3] == GROUPS)
        .collect();
    let own = |document: &Document| document.segments[3].clone();
    let suffix = format!("/subscriptions/{subscription}");
    let holds = |document: &Document| {
        call.documents
            .get(&format!(
                "/{}/subscriptions/{subscription}",
                document.segments.join("/")
            ))
            .is_some()
            || children(&document.body).any(|child| {
                child.eq_ignore_ascii_case(&suffix) || child.eq_ignore_ascii_case(subscription)
            })
    };
    let mut chain: Vec<String> = groups
        .iter()
        .filter(|document| holds(document))
        .map(|document| own(document))
        .collect();
    if chain.is_empty() {
        // Nothing says where the subscription hangs: every group that is spoken of is above it.
        let mut all: BTreeSet<String> = groups.iter().map(|document| own(document)).collect();
        all.extend(call.documents.iter().filter_map(|document| {
            let segments = &document.segments;
            (segments.len() > 4 && segments[..3] == GROUPS).then(|| segments[3].clone())
        }));
        return all.into_iter().collect();
    }
    let mut at = 0;
    while let Some(current) = chain.get(at).cloned() {
        for group in &groups {
            let id = own(group);
            let parent_of_current = children(&group.body).any(|child| {
                child
                    .rsplit('/')
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(&current))
            });
            let named_parent = call
                .documents
                .get(&format!("/{}/{current}", GROUPS.join("/")))
                .and_then(|document| {
                    text(&document.body, &["properties", "details", "parent", "name"])
                        .map(str::to_ascii_lowercase)
                });
            if (parent_of_current || named_parent.as_deref() == Some(id.as_str()))
                && !chain.contains(&id)
            {
                chain.push(id);
            }
        }
        at += 1;
    }
    chain
}

fn children(body: &Value) -> impl Iterator<Item = &str> {
    body.get("properties")
        .and_then(|properties| properties.get("children")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|child| text(child, &["id"]))
}

/// Where `other` stands, seen from `scope`; none when neither contains the other.
fn place(call: &Call<'_>, other: &[String], scope: &[String]) -> Option<Place> {
    if other == scope {
        Some(Place::At)
    } else if contains(call, other, scope) {
        Some(Place::Above)
    } else if contains(call, scope, other) {
        Some(Place::Below)
    } else {
        None
    }
}

fn contains(call: &Call<'_>, outer: &[String], inner: &[String]) -> bool {
    if outer.is_empty() {
        return true;
    }
    if let [first, namespace, kind, group] = outer
        && first == "providers"
        && namespace == "microsoft.management"
        && kind == "managementgroups"
        && let [subscriptions, id, ..] = inner
        && subscriptions == "subscriptions"
    {
        return ancestors(call, id).contains(group);
    }
    inner.starts_with(outer)
}

/// The assignments of a kind that concern the scope of the request.
pub(super) fn list(call: &Call<'_>, kind: &str) -> Reply {
    let lower = &call.request.lower;
    let scope = &lower[..lower.len() - 3];
    let filter = call
        .request
        .parameter("$filter")
        .filter(|text| !text.trim().is_empty());
    let expression = match filter.map(filter::parse) {
        None => None,
        Some(Ok(expression)) => Some(expression),
        Some(Err(_)) => return errors::bad_access_filter(filter.unwrap_or_default()),
    };
    let mut items = Vec::new();
    for document in call.documents.iter() {
        if document
            .resource_type()
            .is_none_or(|(namespace, own)| namespace != "microsoft.authorization" || own != kind)
        {
            continue;
        }
        let Some(place) = place(call, document.scope(), scope) else {
            continue;
        };
        // A deny assignment that spares what is below its scope does not reach there.
        let spares = kind == "denyassignments"
            && document
                .body
                .get("properties")
                .and_then(|properties| properties.get("doNotApplyToChildScopes")?.as_bool())
                == Some(true);
        // A lock is listed where it stands and below; only `atScope()` looks upwards.
        let unasked = kind == "locks" && expression.is_none();
        if place == Place::Above && (spares || unasked) {
            continue;
        }
        let subject = Assignment {
            call,
            body: &document.body,
            place,
            kind,
        };
        match expression.as_ref().map(|own| own.holds(&subject)) {
            None | Some(Ok(true)) => items.push(document.body.clone()),
            Some(Ok(false)) => {}
            Some(Err(_)) => return errors::bad_access_filter(filter.unwrap_or_default()),
        }
    }
    lists::page(call, items)
}

struct Assignment<'a> {
    call: &'a Call<'a>,
    body: &'a Value,
    place: Place,
    kind: &'a str,
}

impl Subject for Assignment<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        let at = |path: &[&str]| text(self.body, path).map(str::to_owned);
        match (name, self.kind) {
            ("principalid", "denyassignments") => Err(Unsupported),
            ("principalid", _) => Ok(at(&["properties", "principalId"])),
            ("roledefinitionid", _) => Ok(at(&["properties", "roleDefinitionId"])),
            ("status", _) => Ok(at(&["properties", "status"])),
            ("denyassignmentname", "denyassignments") => {
                Ok(at(&["properties", "denyAssignmentName"]))
            }
            ("policydefinitionid", "policyassignments") => {
                Ok(at(&["properties", "policyDefinitionId"]))
            }
            ("policyassignmentid", "policyexemptions") => {
                Ok(at(&["properties", "policyAssignmentId"]))
            }
            _ => Err(Unsupported),
        }
    }

    fn call(&self, name: &str, arguments: &[Argument]) -> Result<bool, Unsupported> {
        match (name, arguments) {
            ("atscope", []) => Ok(self.place != Place::Below),
            ("atexactscope", []) => Ok(self.place == Place::At),
            ("atscopeandbelow", []) => Ok(self.place != Place::Above),
            ("astarget", []) => Ok(self.is_assigned_to(&self.call.world.caller.object_id)),
            ("excludeexpired", []) => Ok(text(self.body, &["properties", "expiresOn"])
                .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
                .is_none_or(|end| end > OffsetDateTime::now_utc())),
            ("assignedto", [Argument::Text(id)]) => {
                // Azure takes a person or a service principal here, and no group.
                if self.call.world.directory.is_group(id) {
                    return Ok(false);
                }
                Ok(self.is_assigned_to(id))
            }
            _ => Err(Unsupported),
        }
    }
}

impl Assignment<'_> {
    /// Directly or through groups; a deny assignment's exclusions win.
    fn is_assigned_to(&self, id: &str) -> bool {
        let mut principals = self.call.world.directory.groups_of(id);
        principals.insert(id.to_ascii_lowercase());
        let properties = self.body.get("properties");
        if self.kind != "denyassignments" {
            return text(self.body, &["properties", "principalId"])
                .is_some_and(|own| principals.contains(&own.to_ascii_lowercase()));
        }
        let names = |list: &str| -> BTreeSet<String> {
            properties
                .and_then(|properties| properties.get(list)?.as_array())
                .into_iter()
                .flatten()
                .filter_map(|principal| text(principal, &["id"]))
                .map(str::to_ascii_lowercase)
                .collect()
        };
        let denied = names("principals");
        let excluded = names("excludePrincipals");
        (denied.contains(EVERYONE) || !denied.is_disjoint(&principals))
            && excluded.is_disjoint(&principals)
    }
}

/// Policy definitions: a scope's own, and the built-in ones that stand at the tenant.
pub(super) fn policy_definitions(call: &Call<'_>, provider: usize) -> Reply {
    let lower = &call.request.lower;
    let tail = &lower[provider..];
    if let [.., name] = tail
        && tail.len() == 4
    {
        let own = call.documents.at(lower).or_else(|| {
            call.documents
                .at(tail)
                .filter(|document| document.segments.last() == Some(name))
        });
        return match own {
            Some(document) => Reply::ok(document.body.clone()),
            None => Reply::error(
                404,
                if tail[2] == "policydefinitions" {
                    "PolicyDefinitionNotFound"
                } else {
                    "PolicySetDefinitionNotFound"
                },
                &format!(
                    "The policy definition '{}' could not be found.",
                    call.request.segments.last().map_or("", String::as_str)
                ),
            ),
        };
    }
    if tail.len() != 3 {
        return errors::no_path(call.request);
    }
    let scope = &lower[..provider];
    let filter = call.request.parameter("$filter").unwrap_or_default();
    let wanted = match filter::parse(filter) {
        Err(_) if filter.trim().is_empty() => None,
        Ok(expression) => Some(expression),
        Err(_) => return errors::bad_filter(filter),
    };
    let mut items = Vec::new();
    for document in call.documents.iter() {
        let own = &document.segments;
        if own.len() < 4 || own[own.len() - 4..own.len() - 1] != *tail {
            continue;
        }
        if !contains(call, document.scope(), scope) {
            continue;
        }
        match wanted
            .as_ref()
            .map(|wanted| wanted.holds(&Definition(&document.body)))
        {
            None | Some(Ok(true)) => items.push(document.body.clone()),
            Some(Ok(false)) => {}
            Some(Err(_)) => return errors::bad_filter(filter),
        }
    }
    lists::catalogue(call, items)
}

struct Definition<'a>(&'a Value);

impl Subject for Definition<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        match name {
            "policytype" => Ok(text(self.0, &["properties", "policyType"]).map(str::to_owned)),
            "category" => {
                Ok(text(self.0, &["properties", "metadata", "category"]).map(str::to_owned))
            }
            _ => Err(Unsupported),
        }
    }

    fn call(&self, name: &str, _: &[Argument]) -> Result<bool, Unsupported> {
        if name == "atexactscope" {
            Ok(true)
        } else {
            Err(Unsupported)
        }
    }
}

/// Whether `outer` (lower-cased segments) is `inner` or stands above it.
pub(super) fn reaches(call: &Call<'_>, outer: &[String], inner: &[String]) -> bool {
    outer == inner || contains(call, outer, inner)
}
