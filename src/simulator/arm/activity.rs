//! The activity log: documents filed under `…/eventtypes/management/values/`, asked for with the few
//! filters that the service takes. Must not know what an event means.

use serde_json::Value;

use super::super::filter::{self, Subject, Unsupported};
use super::super::reply::Reply;
use super::{Call, lists, text};

pub(super) fn list(call: &Call<'_>) -> Reply {
    let filter = call.request.parameter("$filter").unwrap_or_default();
    // The service wants to know since when.
    if !filter.to_ascii_lowercase().contains("eventtimestamp ge") {
        return refused("The filter must contain a start time: eventTimestamp ge '{time}'.");
    }
    let Ok(wanted) = filter::parse(filter) else {
        return refused("The filter is not supported.");
    };
    let mut items = Vec::new();
    for document in call.documents.children(&call.request.lower) {
        match wanted.holds(&Event(&document.body)) {
            Ok(true) => items.push(document.body.clone()),
            Ok(false) => {}
            Err(Unsupported) => return refused("The filter is not supported."),
        }
    }
    lists::page(call, items)
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
