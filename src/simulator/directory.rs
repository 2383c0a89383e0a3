//! The directory of a scenario: its objects and who is a member of what, transitively. Must not know
//! Graph's HTTP; ARM's `assignedTo()` reads it too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

/// Marks an object of another tenant than the caller's own; no answer shows it.
pub(super) const TENANT: &str = "@tenant";

/// Whether an object is in the directory of a tenant.
pub(super) fn is_in(object: &Value, tenant: &str, home: &str) -> bool {
    text(object, TENANT)
        .unwrap_or(home)
        .eq_ignore_ascii_case(tenant)
}

/// Objects by id, and direct memberships.
#[derive(Debug, Default)]
pub(super) struct Directory {
    objects: Vec<Value>,
    by_id: HashMap<String, usize>,
    members: BTreeMap<String, Vec<String>>,
}

impl Directory {
    pub(super) fn new(objects: Vec<Value>, members: &BTreeMap<String, Vec<String>>) -> Self {
        let by_id = objects
            .iter()
            .enumerate()
            .filter_map(|(at, object)| Some((text(object, "id")?.to_ascii_lowercase(), at)))
            .collect();
        let members = members
            .iter()
            .map(|(group, ids)| {
                let ids = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
                (group.to_ascii_lowercase(), ids)
            })
            .collect();
        Self {
            objects,
            by_id,
            members,
        }
    }

    pub(super) fn objects(&self) -> &[Value] {
        &self.objects
    }

    pub(super) fn get(&self, id: &str) -> Option<&Value> {
        self.by_id
            .get(&id.to_ascii_lowercase())
            .and_then(|&at| self.objects.get(at))
    }

    pub(super) fn is_group(&self, id: &str) -> bool {
        self.members.contains_key(&id.to_ascii_lowercase())
            || self
                .get(id)
                .is_some_and(|object| kind(object) == Some("group"))
    }

    /// The groups an object is in, directly or through other groups; lower-cased ids.
    pub(super) fn groups_of(&self, id: &str) -> BTreeSet<String> {
        walk(id, |current| self.direct_groups_of(current))
    }

    /// The groups an object is in directly.
    pub(super) fn direct_groups_of(&self, id: &str) -> Vec<String> {
        let id = id.to_ascii_lowercase();
        self.members
            .iter()
            .filter(|(_, ids)| ids.contains(&id))
            .map(|(group, _)| group.clone())
            .collect()
    }

    /// The members of a group, directly or through other groups.
    pub(super) fn members_of(&self, id: &str) -> BTreeSet<String> {
        walk(id, |current| self.direct_members_of(current))
    }

    /// The direct members of a group.
    pub(super) fn direct_members_of(&self, id: &str) -> Vec<String> {
        self.members
            .get(&id.to_ascii_lowercase())
            .cloned()
            .unwrap_or_default()
    }
}

fn walk(start: &str, next: impl Fn(&str) -> Vec<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = next(start);
    while let Some(id) = open.pop() {
        if found.insert(id.clone()) {
            open.extend(next(&id));
        }
    }
    found
}

/// `user`, `group`, `servicePrincipal`, … from the `@odata.type` of an object.
pub(super) fn kind(object: &Value) -> Option<&str> {
    text(object, "@odata.type")?.rsplit('.').next()
}

fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn membership_is_transitive_and_survives_a_circle() {
        let members = BTreeMap::from([
            (String::from("OUTER"), vec![String::from("inner")]),
            (
                String::from("inner"),
                vec![String::from("ada"), String::from("outer")],
            ),
        ]);
        let directory = Directory::new(
            vec![json!({"id": "ada", "@odata.type": "#microsoft.graph.user"})],
            &members,
        );
        assert_eq!(
            directory.groups_of("ADA"),
            BTreeSet::from([String::from("inner"), String::from("outer")])
        );
        assert!(directory.members_of("outer").contains("ada"));
        assert_eq!(directory.direct_members_of("outer"), ["inner"]);
        assert!(directory.is_group("Inner") && !directory.is_group("ada"));
        assert_eq!(kind(directory.get("Ada").unwrap()), Some("user"));
    }
}
