//! Evidence: the very property that proves an answer, as Azure sent it.
//!
//! A path is relative to the GET body: dotted, `[n]` for places in a list, `['@odata.type']` for
//! names that hold a dot. It must not interpret values: what an absent property means is said by
//! the reason beside the evidence. To prove something by the absence of a thing, use
//! [`Evidence::listed`].

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use crate::model::id::ArmId;
use crate::model::resource::{Resource, Source};

/// One property that was read, or that was found missing. What proves one rule of a firewall proves
/// it for every caller, so a copy is another handle of the same [`Property`].
#[derive(Clone, Debug)]
pub struct Evidence(Arc<Property>);

/// What an [`Evidence`] says.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The resource whose GET body holds the property; for the absence of a thing, the scope.
    pub resource: ArmId,
    /// The JSON path, or the name of the list that was searched.
    pub path: Cow<'static, str>,
    /// The value; none when the property is absent (null is a value).
    pub value: Option<Value>,
    /// When it was read.
    pub observed_at: OffsetDateTime,
    /// `x-ms-request-id` of the answer, else its correlation id.
    pub request_id: Option<Arc<str>>,
}

impl Deref for Evidence {
    type Target = Property;

    fn deref(&self) -> &Property {
        &self.0
    }
}

impl From<Property> for Evidence {
    fn from(property: Property) -> Self {
        Self(Arc::new(property))
    }
}

impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Evidence {
    /// Whether the value is absent, null or an empty list: what is there says more.
    pub fn says_little(&self) -> bool {
        match &self.value {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        }
    }

    /// The property at `path` in a resource's own body.
    pub fn of(resource: &Resource, path: impl Into<Cow<'static, str>>) -> Self {
        Self::in_body(resource.id.clone(), &resource.raw, &resource.source, path)
    }

    /// The property at `path` in the body of anything that was read: an assignment, a definition.
    pub fn in_body(
        resource: ArmId,
        body: &Value,
        source: &Source,
        path: impl Into<Cow<'static, str>>,
    ) -> Self {
        let path = path.into();
        let value = at(body, &path).cloned();
        Self::from(Property {
            resource,
            path,
            value,
            observed_at: source.observed_at,
            request_id: source.request_id.clone(),
        })
    }

    /// What a searched list held: the proof that a thing is there, or is not.
    pub fn listed(scope: ArmId, list: &str, value: Value, observed_at: OffsetDateTime) -> Self {
        Self::from(Property {
            resource: scope,
            path: Cow::Owned(list.to_owned()),
            value: Some(value),
            observed_at,
            request_id: None,
        })
    }

    /// The same, with the request whose answer it was.
    #[must_use]
    pub fn answered_by(self, request_id: Option<&Arc<str>>) -> Self {
        let mut property = Arc::unwrap_or_clone(self.0);
        property.request_id = request_id.cloned();
        property.into()
    }

    /// Whether the property is not in the body.
    pub fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    /// The value in a word or two: text without quotes, a list by its length, `absent`, `null`.
    pub fn words(&self) -> String {
        match &self.value {
            None => "absent".to_owned(),
            Some(Value::Null) => "null".to_owned(),
            Some(Value::String(text)) if text.is_empty() => "empty".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) if items.is_empty() => "empty".to_owned(),
            Some(Value::Array(items)) => format!("{} listed", items.len()),
            Some(Value::Object(members)) => members
                .keys()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", "),
            Some(other) => other.to_string(),
        }
    }
}

/// Whether a resource's body has properties at all: without them, no default may stand in for what
/// is not there.
pub fn has_properties(resource: &Resource) -> bool {
    resource.raw.get("properties").is_some_and(Value::is_object)
}

/// The value at a path, member names compared exactly first and then without case, as the casing of
/// answers is not stable.
pub fn at<'v>(body: &'v Value, path: &str) -> Option<&'v Value> {
    let mut here = body;
    for step in (Steps { rest: path }) {
        here = match step {
            Step::Member(name) => member(here, name)?,
            Step::Item(index) => here.as_array()?.get(index)?,
        };
    }
    Some(here)
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    // Bodies have few members: looking at their names is faster than a hash of this one.
    let mut alike = None;
    for (key, value) in value.as_object()? {
        if key == name {
            return Some(value);
        }
        if alike.is_none() && key.eq_ignore_ascii_case(name) {
            alike = Some(value);
        }
    }
    alike
}

enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

/// The steps of a path. A path that cannot be read ends in a member that no body has.
struct Steps<'p> {
    rest: &'p str,
}

impl<'p> Iterator for Steps<'p> {
    type Item = Step<'p>;

    fn next(&mut self) -> Option<Step<'p>> {
        let rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        if rest.is_empty() {
            return None;
        }
        if let Some(quoted) = rest.strip_prefix("['") {
            let (name, tail) = quoted.split_once("']").unwrap_or((quoted, ""));
            self.rest = tail;
            return Some(Step::Member(name));
        }
        if let Some(indexed) = rest.strip_prefix('[') {
            let (index, tail) = indexed.split_once(']').unwrap_or((indexed, ""));
            self.rest = tail;
            return Some(index.parse().map_or(Step::Member(index), Step::Item));
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        self.rest = &rest[end..];
        Some(Step::Member(&rest[..end]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_reach_members_items_and_names_with_dots() {
        let body = json!({
            "properties": { "networkAcls": { "ipRules": [{ "value": "203.0.113.24" }], "bypass": null } },
            "identity": { "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity" },
        });
        for (path, found) in [
            (
                "properties.networkAcls.ipRules[0].value",
                Some(json!("203.0.113.24")),
            ),
            ("properties.networkAcls.ipRules[1].value", None),
            (
                "properties.networkacls.IPRULES[0].value",
                Some(json!("203.0.113.24")),
            ),
            ("properties.networkAcls.bypass", Some(Value::Null)),
            ("properties.networkAcls.defaultAction", None),
            (
                "identity['@odata.type']",
                Some(json!("#Microsoft.Azure.Search.DataUserAssignedIdentity")),
            ),
            ("identity['", None),
            ("properties.networkAcls.ipRules[x]", None),
            ("properties.networkAcls.ipRules[", None),
        ] {
            assert_eq!(at(&body, path).cloned(), found, "{path}");
        }
    }

    #[test]
    fn an_exact_name_wins_over_one_that_differs_in_case() {
        let body = json!({ "Bypass": "None", "bypass": "AzureServices" });
        assert_eq!(at(&body, "bypass"), Some(&json!("AzureServices")));
    }
}
