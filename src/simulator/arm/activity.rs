//! The activity log: events of a scenario's `activity/`, or documents filed under
//! `…/eventtypes/management/values/`, asked for with the few filters that the service takes. An event
//! is not there before it was submitted. Must not know what an event means.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::super::filter::{self, Expression, Operator, Subject, Unsupported};
use super::super::reply::Reply;
use super::{Call, lists, text};

/// How long Azure keeps events.
const KEPT: Duration = Duration::days(90);

/// What `$select` may name; whatever else an event has is then left out.
const SELECTABLE: [&str; 19] = [
    "authorization",
    "claims",
    "correlationId",
    "description",
    "eventDataId",
    "eventName",
    "eventTimestamp",
    "httpRequest",
    "level",
    "operationId",
    "operationName",
    "properties",
    "resourceGroupName",
    "resourceProviderName",
    "resourceId",
    "status",
    "submissionTimestamp",
    "subStatus",
    "subscriptionId",
];

pub(super) fn list(call: &Call<'_>) -> Reply {
    let filter = call.request.parameter("$filter").unwrap_or_default();
    let Ok(wanted) = filter::parse(filter) else {
        return refused("The filter is not supported.");
    };
    let start = match admitted(&wanted) {
        Ok(start) => start,
        Err(reply) => return reply,
    };
    let now = call.world.clock.now();
    if start < now - KEPT {
        return refused("The start time cannot be more than 90 days in the past.");
    }
    let select = match selection(call.request.parameter("$select")) {
        Ok(select) => select,
        Err(reply) => return reply,
    };
    let subscription = call.request.lower.get(1).map(String::as_str);
    let filed = call
        .documents
        .children(&call.request.lower)
        .map(|document| &document.body);
    let mut items = Vec::new();
    for event in call
        .world
        .activity
        .iter()
        .filter(|event| is_of(event, subscription))
        .chain(filed)
    {
        if moment(event, "submissionTimestamp").is_some_and(|at| at > now) {
            continue;
        }
        match wanted.holds(&Event(event)) {
            Ok(true) => items.push(event.clone()),
            Ok(false) => {}
            Err(Unsupported) => return refused("The filter is not supported."),
        }
    }
    // The newest first, as the service lists them.
    items.sort_by_key(|event| std::cmp::Reverse(moment(event, "eventTimestamp")));
    if let Some(select) = select {
        items = items
            .into_iter()
            .map(|event| chosen(event, &select))
            .collect();
    }
    lists::catalogue(call, items)
}

/// Whether the filter is one of the forms that the service takes: times, and one thing more; gives
/// the start.
fn admitted(wanted: &Expression) -> Result<OffsetDateTime, Reply> {
    let all = match wanted {
        Expression::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut start = None;
    let mut others = 0;
    for part in all {
        let Expression::Compare {
            field,
            operator,
            value,
        } = part
        else {
            return Err(refused("The filter is not supported."));
        };
        match (field.as_str(), operator) {
            ("eventtimestamp", Operator::AtLeast) => {
                start = OffsetDateTime::parse(value, &Rfc3339).ok();
            }
            ("eventtimestamp", Operator::AtMost) => {}
            (_, Operator::Equal) => others += 1,
            _ => return Err(refused("The filter is not supported.")),
        }
    }
    if others > 1 {
        return Err(refused("The filter is not supported."));
    }
    // The service wants to know since when.
    start
        .ok_or_else(|| refused("The filter must contain a start time: eventTimestamp ge '{time}'."))
}

fn selection(select: Option<&str>) -> Result<Option<Vec<String>>, Reply> {
    let Some(select) = select else {
        return Ok(None);
    };
    let names: Vec<String> = select
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    let known = |name: &String| SELECTABLE.iter().any(|own| own.eq_ignore_ascii_case(name));
    if names.iter().all(known) {
        Ok(Some(names))
    } else {
        Err(refused(
            "The select clause names a property that is not supported.",
        ))
    }
}

fn chosen(event: Value, select: &[String]) -> Value {
    let Value::Object(fields) = event else {
        return event;
    };
    let kept: Map<String, Value> = fields
        .into_iter()
        .filter(|(name, _)| name == "id" || select.iter().any(|own| own.eq_ignore_ascii_case(name)))
        .collect();
    kept.into()
}

fn is_of(event: &Value, subscription: Option<&str>) -> bool {
    let own = text(event, &["subscriptionId"]);
    own.is_some_and(|own| subscription.is_some_and(|asked| own.eq_ignore_ascii_case(asked)))
}

fn moment(event: &Value, name: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text(event, &[name])?, &Rfc3339).ok()
}

fn refused(message: &str) -> Reply {
    Reply::bare_error(400, "BadRequest", message).with("x-ms-failure-cause", "service")
}

struct Event<'a>(&'a Value);

impl Subject for Event<'_> {
    fn field(&self, name: &str) -> Result<Option<String>, Unsupported> {
        let at = |path: &[&str]| Ok(text(self.0, path).map(str::to_owned));
        match name {
            "eventtimestamp" => at(&["eventTimestamp"]),
            "resourcegroupname" => at(&["resourceGroupName"]),
            "resourceuri" => at(&["resourceId"]),
            "resourceprovider" => at(&["resourceProviderName", "value"]),
            "correlationid" => at(&["correlationId"]),
            _ => Err(Unsupported),
        }
    }
}
