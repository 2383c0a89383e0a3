//! Evidence as lines of a detail: the JSON path, the value, and when it was read.
//!
//! Must not interpret what it shows. A list is shown item by item, as each one is a rule.

use std::collections::HashSet;

use serde_json::Value;

use crate::analysis::evidence::Evidence;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

/// The widest path that is shown whole.
const PATH: u16 = 27;

/// How many items of a list are shown.
const ITEMS: usize = 12;

/// The section `EVIDENCE`. What belongs to another resource than `subject` names it; what is to
/// blame is coloured.
pub(crate) fn section(
    cx: &Cx<'_>,
    subject: &ArmId,
    evidence: &[Evidence],
    blame: &[Evidence],
) -> Section {
    let read = evidence
        .iter()
        .map(|one| one.observed_at)
        .min()
        .map_or_else(Rich::new, |at| {
            Rich::muted(format!("read {}", cx.clock(at)))
        });
    let mut section = Section::new("EVIDENCE").right(read);
    // A list and one of its items may both be proof.
    let mut said = HashSet::new();
    for one in evidence {
        let owner = (one.resource != *subject).then(|| one.resource.name().to_owned());
        for (path, value) in lines(one) {
            if !said.insert((one.resource.clone(), path.clone())) {
                continue;
            }
            let value = if blame.contains(one) {
                value.recast(Role::VerdictShut)
            } else {
                value
            };
            let value = match &owner {
                Some(owner) => value.then(Role::Muted, format!("  of {owner}")),
                None => value,
            };
            section = section.pair(shorter(path), value);
        }
    }
    section
}

/// One line a value; a list has one line an item.
fn lines(evidence: &Evidence) -> Vec<(String, Rich)> {
    let path = short(&evidence.path);
    match &evidence.value {
        Some(Value::Array(items)) if !items.is_empty() => {
            let mut lines: Vec<(String, Rich)> = items
                .iter()
                .take(ITEMS)
                .enumerate()
                .map(|(at, item)| {
                    let (member, text) = telling(item);
                    (format!("{path}[{at}]{member}"), Rich::plain(tail(&text)))
                })
                .collect();
            if items.len() > ITEMS {
                lines.push((
                    path,
                    Rich::muted(format!("and {} more", items.len() - ITEMS)),
                ));
            }
            lines
        }
        None => vec![(path, Rich::muted("not set"))],
        Some(Value::Null) => vec![(path, Rich::muted("null"))],
        // What was searched, and did not hold what was looked for.
        Some(Value::Object(members)) if members.contains_key("why") => {
            let read = members
                .get("read")
                .map_or(String::new(), |read| format!("{read} read: "));
            let why = members
                .get("why")
                .and_then(Value::as_str)
                .unwrap_or_default();
            vec![(path, Rich::plain(format!("{read}{why}")))]
        }
        Some(_) => vec![(path, Rich::of(Role::Text, tail(&evidence.words())))],
    }
}

/// The part of an item that says most, and the path to it.
fn telling(item: &Value) -> (String, String) {
    const MEMBERS: [&str; 6] = [
        "value",
        "ipAddressOrRange",
        "resourceId",
        "id",
        "perimeter",
        "name",
    ];
    if let Some(text) = item.as_str() {
        return (String::new(), text.to_owned());
    }
    for member in MEMBERS {
        if let Some(text) = item.get(member).and_then(Value::as_str) {
            let mode = ["accessMode", "status"]
                .iter()
                .find_map(|name| item.get(name).and_then(Value::as_str))
                .map_or(String::new(), |mode| format!("  {mode}"));
            return (format!(".{member}"), format!("{}{mode}", tail(text)));
        }
    }
    (String::new(), item.to_string())
}

/// An id by its tail: `…/hub-rag-dev`.
fn tail(text: &str) -> String {
    if text.starts_with("/subscriptions/") && !text.contains(' ') {
        return format!("…/{}", ArmId::new(text).name());
    }
    text.to_owned()
}

/// A path without what every path begins with.
fn short(path: &str) -> String {
    path.strip_prefix("properties.").unwrap_or(path).to_owned()
}

/// A path that takes more than half of a detail loses its first name, which the last one tells.
fn shorter(path: String) -> String {
    if width(&path) <= PATH {
        return path;
    }
    let path = path.strip_suffix(".resourceId").unwrap_or(&path);
    match path.split_once('.') {
        Some((_, rest)) => format!("…{rest}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::analysis::evidence::Property;

    fn of(path: &str, value: Option<Value>) -> Vec<String> {
        let evidence = Evidence::from(Property {
            resource: ArmId::new("/subscriptions/s/resourceGroups/g/providers/A.B/c/st"),
            path: path.to_owned().into(),
            value,
            observed_at: datetime!(2026-11-23 12:41:06 UTC),
            request_id: None,
        });
        lines(&evidence)
            .into_iter()
            .map(|(path, value)| format!("{path}={}", value.text()))
            .collect()
    }

    #[test]
    fn absent_null_empty_and_values_never_look_the_same() {
        for (value, expected) in [
            (None, "networkAcls.bypass=not set"),
            (Some(Value::Null), "networkAcls.bypass=null"),
            (Some(json!([])), "networkAcls.bypass=empty"),
            (Some(json!("None")), "networkAcls.bypass=None"),
            (Some(json!(0)), "networkAcls.bypass=0"),
        ] {
            assert_eq!(of("properties.networkAcls.bypass", value), [expected]);
        }
    }

    #[test]
    fn a_list_is_shown_item_by_item() {
        let rules = json!([
            { "value": "203.0.113.24" },
            { "resourceId": "/subscriptions/s/resourceGroups/g/providers/A.B/c/hub" },
            "contoso.com",
            { "perimeter": "/subscriptions/s/p/nsp", "accessMode": "Learning" },
        ]);
        assert_eq!(
            of("properties.x", Some(rules)),
            [
                "x[0].value=203.0.113.24",
                "x[1].resourceId=…/hub",
                "x[2]=contoso.com",
                "x[3].perimeter=…/nsp  Learning",
            ]
        );
        let many: Vec<Value> = (0..20).map(|at| json!(at.to_string())).collect();
        assert_eq!(of("x", Some(json!(many))).last().unwrap(), "x=and 8 more");
    }
}
