//! What differs between two snapshots, thing by thing and property by property.
//!
//! A thing is what Azure calls by an id, or by a name within a list. That one is gone is said only
//! where the list that held it was read whole both times: what could not be read is told apart
//! ([`Unequal`]). What changes by itself (runs, logs, states, counts, marks of a version) is left out.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::kept::each_answer;
use super::{Snapshot, State};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;

/// What has become of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Properties of it are others.
    Changed,
}

impl Became {
    /// The word in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its id, or its name under the id of what holds it.
    pub id: String,
    /// What it is, as `notRead[].what` of the report names it.
    pub what: &'static str,
    /// The resource or the scope that it belongs to, itself where it is one.
    pub about: Option<ArmId>,
    /// What has become of it.
    pub became: Became,
    /// The properties, for a change.
    pub properties: Vec<Property>,
}

/// One property that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its JSON path, as evidence writes it.
    pub path: String,
    /// What it was; none when it was absent.
    pub before: Option<Value>,
    /// What it is; none when it is absent.
    pub after: Option<Value>,
}

/// A reading that was not the same both times: what it would show cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unequal {
    /// What was to be read.
    pub what: &'static str,
    /// Where.
    pub scope: Option<ArmId>,
    /// How it stood; none when nobody asked for it.
    pub before: Option<State>,
    /// How it stands.
    pub after: Option<State>,
}

/// All that differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences {
    /// Things, in the order in which they were read.
    pub things: Vec<Difference>,
    /// Readings that cannot be compared.
    pub unequal: Vec<Unequal>,
}

/// What differs between an earlier snapshot and a later one.
pub fn between(before: &Snapshot, after: &Snapshot) -> Differences {
    let (old, new) = (things(before), things(after));
    let mut found = Differences::default();
    for (name, thing) in &old {
        if let Some(other) = new.get(name) {
            let mut properties = Vec::new();
            compare(&thing.raw, &other.raw, &mut String::new(), &mut properties);
            if !properties.is_empty() {
                found
                    .things
                    .push(thing.difference(Became::Changed, properties));
            }
        } else if is_told_by(after, thing) {
            found
                .things
                .push(thing.difference(Became::Removed, Vec::new()));
        }
    }
    for (name, thing) in &new {
        if !old.contains_key(name) && is_told_by(before, thing) {
            found
                .things
                .push(thing.difference(Became::Added, Vec::new()));
        }
    }
    found.unequal = unequal(before, after);
    found
}

struct Thing {
    id: String,
    key: Key,
    raw: Arc<Value>,
}

impl Thing {
    fn difference(&self, became: Became, properties: Vec<Property>) -> Difference {
        let own = ArmId::new(&self.id);
        Difference {
            about: if own.resource_type().is_some() {
                Some(own)
            } else {
                self.key.scope()
            },
            id: self.id.clone(),
            what: self.key.what(),
            became,
            properties,
        }
    }
}

/// Every thing by its folded name; one that several lists hold is there once.
fn things(snapshot: &Snapshot) -> IndexMap<String, Thing> {
    let mut found = IndexMap::new();
    for (key, slice) in snapshot.slices().filter(|(key, _)| is_watched(key)) {
        let Some(payload) = slice.value.as_deref() else {
            continue;
        };
        each_answer(payload, |raw| {
            let text = |name: &str| raw.get(name).and_then(Value::as_str);
            let id = match (text("id"), text("name")) {
                (Some(id), _) if id.starts_with('/') => id.to_owned(),
                (id, name) => {
                    let scope = key.scope().map_or_else(String::new, |id| id.to_string());
                    let Some(own) = name.or(id) else { return };
                    format!("{scope}/{}/{own}", key.what())
                }
            };
            found.entry(id.to_lowercase()).or_insert_with(|| Thing {
                id,
                key: key.clone(),
                raw: Arc::clone(raw),
            });
        });
    }
    found
}

/// Whether a list holds what people set, and not what happens.
fn is_watched(key: &Key) -> bool {
    !matches!(
        key,
        Key::ActivityLog(_)
            | Key::AccessLog(_)
            | Key::Logs(..)
            | Key::PolicyStates(_)
            | Key::LinkedAccess(..)
            | Key::AssignedTo(..)
            | Key::Tenants(_)
            | Key::Facet(
                _,
                Facet::IndexerStatus
                    | Facet::IndexStatistics
                    | Facet::PoolUsage
                    | Facet::PoolAssociations
            )
    )
}

/// Whether a snapshot would hold the thing if it were there: the same reading was whole.
fn is_told_by(snapshot: &Snapshot, thing: &Thing) -> bool {
    snapshot.state(&thing.key) == State::Known || snapshot.is_gone(&thing.key) || {
        // What is named is read one by one: without it, its own list tells.
        let Key::Resource(id) = &thing.key else {
            return false;
        };
        snapshot.slices().any(|(key, slice)| {
            matches!(key, Key::List { family, group, subscription }
                if id.resource_type().is_some_and(|own| own.eq_ignore_ascii_case(family.arm_type()))
                    && id.subscription().as_ref() == Some(subscription)
                    && group.as_ref().is_none_or(|group| id
                        .resource_group()
                        .is_some_and(|own| own.eq_ignore_ascii_case(group.as_str()))))
                && slice.state() == State::Known
        })
    }
}

fn unequal(before: &Snapshot, after: &Snapshot) -> Vec<Unequal> {
    let state = |snapshot: &Snapshot, key: &Key| snapshot.slice(key).map(super::Slice::state);
    let mut found = Vec::new();
    let new_keys = after
        .slices()
        .filter(|(key, _)| before.slice(key).is_none());
    for (key, _) in before
        .slices()
        .chain(new_keys)
        .filter(|(key, _)| is_watched(key))
    {
        let (old, new) = (state(before, key), state(after, key));
        let is_read =
            |state: Option<State>| matches!(state, Some(State::Known | State::Unsupported));
        // A reading that one of them did not ask for follows from something that has changed.
        let is_told = old.is_none() && is_read(new) || new.is_none() && is_read(old);
        if old != new && !is_told && !(before.is_gone(key) || after.is_gone(key)) {
            found.push(Unequal {
                what: key.what(),
                scope: key.scope(),
                before: old,
                after: new,
            });
        }
    }
    found
}

/// Properties that change with every write, or with none.
const MARKS: [&str; 6] = [
    "etag",
    "@odata.etag",
    "@odata.context",
    "systemData",
    "lastSyncTime",
    "lastModifiedTime",
];

fn compare(before: &Value, after: &Value, path: &mut String, found: &mut Vec<Property>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                member(name, Some(value), new.get(name), path, found);
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                member(name, None, Some(value), path, found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() && has_objects(old) => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                let length = path.len();
                path.push_str(&["[", &at.to_string(), "]"].concat());
                compare(old, new, path, found);
                path.truncate(length);
            }
        }
        _ if before == after => {}
        _ => found.push(Property {
            path: path.clone(),
            before: Some(before.clone()),
            after: Some(after.clone()),
        }),
    }
}

fn has_objects(items: &[Value]) -> bool {
    items.iter().any(Value::is_object)
}

fn member(
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    path: &mut String,
    found: &mut Vec<Property>,
) {
    if MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(name)) {
        return;
    }
    let length = path.len();
    if name.contains(['.', '[', ']', '\'']) {
        path.push_str("['");
        path.push_str(name);
        path.push_str("']");
    } else {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
    match (before, after) {
        (Some(before), Some(after)) => compare(before, after, path, found),
        _ => found.push(Property {
            path: path.clone(),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
    path.truncate(length);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_are_told_by_the_path_that_evidence_has() {
        let before = json!({
            "etag": "1",
            "a": { "b": [{ "c": 1 }, { "c": 2 }], "list": ["x"] },
            "@odata.type": "#A",
            "gone": null,
        });
        let after = json!({
            "etag": "2",
            "a": { "b": [{ "c": 1 }, { "c": 3 }], "list": ["x", "y"] },
            "@odata.type": "#B",
            "new": false,
        });
        let mut found = Vec::new();
        compare(&before, &after, &mut String::new(), &mut found);
        let told: Vec<(&str, Option<&Value>, Option<&Value>)> = found
            .iter()
            .map(|one| (one.path.as_str(), one.before.as_ref(), one.after.as_ref()))
            .collect();
        assert_eq!(
            told,
            [
                ("a.b[1].c", Some(&json!(2)), Some(&json!(3))),
                ("a.list", Some(&json!(["x"])), Some(&json!(["x", "y"]))),
                ("['@odata.type']", Some(&json!("#A")), Some(&json!("#B"))),
                ("gone", Some(&Value::Null), None),
                ("new", None, Some(&json!(false))),
            ]
        );
    }
}
