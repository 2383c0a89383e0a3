//! What a story says is different from the scenario that it stands on: documents, objects, people that
//! are changed, added or taken away. Must not know HTTP, nor what any document means.
//!
//! A new way to change something is a field of [`Change`] and a branch of [`Change::apply`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::merge::merge;
use super::scenario::SearchObjects;

/// As many runs as the service keeps of an indexer.
const RUNS_KEPT: usize = 50;

/// One difference, as `scenario.toml` writes it: what it is about, and what happens to it. Values are
/// JSON texts, because TOML has no null.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// The end of an ARM id; only one document may have it.
    document: Option<String>,
    /// `SERVICE/COLLECTION/NAME` of a search data plane; `SERVICE/COLLECTION` to add to it.
    object: Option<String>,
    /// The object id of somebody in the directory.
    principal: Option<String>,
    /// The object id of a group whose direct members are told.
    group: Option<String>,
    /// A JSON pointer to the place inside that is meant; the whole of it when absent.
    at: Option<String>,
    /// An RFC 7396 patch.
    merge: Option<String>,
    /// What stands there instead, null included.
    set: Option<String>,
    /// A new document or directory object (told by its shape), or an object of a search service.
    add: Option<String>,
    /// A run that an indexer made after those it had.
    run: Option<String>,
    /// The ids of a group's direct members, all of them.
    members: Option<Vec<String>>,
    /// Takes it away; of a document, also what lies below it.
    #[serde(default)]
    remove: bool,
}

/// What changes are made to.
pub(super) struct Ground<'a> {
    pub(super) arm: &'a mut Vec<Value>,
    pub(super) search: &'a mut BTreeMap<String, SearchObjects>,
    pub(super) directory: &'a mut Vec<Value>,
    pub(super) members: &'a mut BTreeMap<String, Vec<String>>,
}

impl Change {
    /// Makes the change, or says in a sentence why it cannot be made.
    pub(super) fn apply(&self, ground: &mut Ground<'_>) -> Result<(), String> {
        let deeds = [&self.merge, &self.set, &self.add, &self.run]
            .into_iter()
            .flatten()
            .count()
            + usize::from(self.members.is_some())
            + usize::from(self.remove);
        if deeds != 1 {
            return Err(String::from(
                "a change says one of merge, set, add, run, members, remove",
            ));
        }
        match (&self.document, &self.object, &self.principal, &self.group) {
            (None, None, None, None) => self.add_to(ground),
            (Some(end), None, None, None) => self.document(end, ground.arm),
            (None, Some(path), None, None) => self.object(path, ground.search),
            (None, None, Some(id), None) => {
                let at = ground
                    .directory
                    .iter()
                    .position(|one| is(one, "id", id))
                    .ok_or_else(|| format!("the directory has no {id}"))?;
                if self.remove {
                    ground.directory.remove(at);
                    return Ok(());
                }
                self.alter(&mut ground.directory[at])
            }
            (None, None, None, Some(id)) => {
                let members = self
                    .members
                    .clone()
                    .ok_or("a change of a group says its members")?;
                ground.members.insert(id.clone(), members);
                Ok(())
            }
            _ => Err(String::from(
                "a change is about one of document, object, principal, group",
            )),
        }
    }

    fn add_to(&self, ground: &mut Ground<'_>) -> Result<(), String> {
        let text = self
            .add
            .as_deref()
            .ok_or("a change that adds nothing says what it is about")?;
        let value = json(text)?;
        let Some(id) = value.get("id").and_then(Value::as_str).map(str::to_owned) else {
            return Err(format!("what is added has no \"id\": {text}"));
        };
        let is_person = value.get("@odata.type").is_some();
        let among = if is_person {
            &mut *ground.directory
        } else {
            &mut *ground.arm
        };
        if among.iter().any(|one| is(one, "id", &id)) {
            return Err(format!("{id} is there already"));
        }
        among.push(value);
        Ok(())
    }

    fn document(&self, end: &str, arm: &mut Vec<Value>) -> Result<(), String> {
        let tail = format!("/{}", end.trim_start_matches('/').to_ascii_lowercase());
        let found: Vec<usize> = (0..arm.len())
            .filter(|&at| lower_id(&arm[at]).ends_with(&tail))
            .collect();
        let &[at] = found.as_slice() else {
            return Err(format!("{} documents end in {tail}, not one", found.len()));
        };
        if !self.remove {
            return self.alter(&mut arm[at]);
        }
        let id = lower_id(&arm[at]);
        let below = format!("{id}/");
        arm.retain(|one| {
            let own = lower_id(one);
            own != id && !own.starts_with(&below)
        });
        Ok(())
    }

    fn object(
        &self,
        path: &str,
        search: &mut BTreeMap<String, SearchObjects>,
    ) -> Result<(), String> {
        let lower = path.to_ascii_lowercase();
        let parts: Vec<&str> = lower.split('/').collect();
        let service = parts
            .first()
            .and_then(|name| search.get_mut(*name))
            .ok_or_else(|| format!("{path} is at a search service that is not there"))?;
        let missing = || format!("there is no {path}");
        match (parts.as_slice(), &self.add) {
            ([_, collection], Some(text)) => {
                let own = service.collections.entry((*collection).to_owned());
                own.or_default().push(json(text)?);
                Ok(())
            }
            ([_, kind @ ("status" | "stats"), name], add) => {
                let bodies = if *kind == "status" {
                    &mut service.status
                } else {
                    &mut service.stats
                };
                if let Some(text) = add {
                    bodies.insert((*name).to_owned(), json(text)?);
                    return Ok(());
                }
                if self.remove {
                    return bodies.remove(*name).map(drop).ok_or_else(missing);
                }
                self.alter(bodies.get_mut(*name).ok_or_else(missing)?)
            }
            ([_, collection, name], None) => {
                let items = service
                    .collections
                    .get_mut(*collection)
                    .ok_or_else(missing)?;
                let at = items
                    .iter()
                    .position(|one| is(one, "name", name))
                    .ok_or_else(missing)?;
                if self.remove {
                    items.remove(at);
                    return Ok(());
                }
                self.alter(&mut items[at])
            }
            _ => Err(format!("{path} cannot be changed so")),
        }
    }

    /// Changes one value in its place.
    fn alter(&self, value: &mut Value) -> Result<(), String> {
        let pointer = self.at.as_deref().unwrap_or_default();
        let place = value
            .pointer_mut(pointer)
            .ok_or_else(|| format!("nothing is at {pointer}"))?;
        match (&self.merge, &self.set, &self.run) {
            (Some(text), None, None) => merge(place, &json(text)?),
            (None, Some(text), None) => *place = json(text)?,
            (None, None, Some(text)) => {
                let run = json(text)?;
                let history = place
                    .get_mut("executionHistory")
                    .and_then(Value::as_array_mut)
                    .ok_or("only the status of an indexer has runs")?;
                history.insert(0, run.clone());
                history.truncate(RUNS_KEPT);
                place["lastResult"] = run;
            }
            _ => return Err(String::from("what is there can be merged into, set or run")),
        }
        Ok(())
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{error} in {text}"))
}

fn is(value: &Value, name: &str, expected: &str) -> bool {
    value
        .get(name)
        .and_then(Value::as_str)
        .is_some_and(|own| own.eq_ignore_ascii_case(expected))
}

fn lower_id(document: &Value) -> String {
    document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Stage {
        arm: Vec<Value>,
        search: BTreeMap<String, SearchObjects>,
        directory: Vec<Value>,
        members: BTreeMap<String, Vec<String>>,
    }

    fn stage() -> Stage {
        let objects = SearchObjects {
            collections: BTreeMap::from([(
                String::from("skillsets"),
                vec![json!({"name": "ss", "skills": [{"apiKey": null}]})],
            )]),
            status: BTreeMap::from([(
                String::from("docs"),
                json!({"lastResult": 1, "executionHistory": [1]}),
            )]),
            stats: BTreeMap::new(),
        };
        Stage {
            arm: vec![
                json!({"id": "/a/One", "properties": {"on": true, "off": 1}}),
                json!({"id": "/a/One/below"}),
                json!({"id": "/b/one"}),
            ],
            search: BTreeMap::from([(String::from("srch"), objects)]),
            directory: vec![json!({"id": "ada", "displayName": "Ada"})],
            members: BTreeMap::new(),
        }
    }

    impl Stage {
        fn after(mut self, text: &str) -> Result<Self, String> {
            let change: Change = toml::from_str(text).map_err(|error| error.to_string())?;
            change.apply(&mut Ground {
                arm: &mut self.arm,
                search: &mut self.search,
                directory: &mut self.directory,
                members: &mut self.members,
            })?;
            Ok(self)
        }
    }

    #[test]
    fn documents_are_named_by_the_end_of_their_id() {
        let after = stage()
            .after("document = 'a/one'\nmerge = '{\"properties\":{\"on\":false,\"off\":null}}'")
            .unwrap();
        assert_eq!(after.arm[0]["properties"], json!({"on": false}));
        let gone = stage().after("document = 'a/one'\nremove = true").unwrap();
        assert_eq!(gone.arm, [json!({"id": "/b/one"})]);
        let added = stage().after("add = '{\"id\": \"/c\"}'").unwrap();
        assert_eq!(added.arm.len(), 4);
    }

    #[test]
    fn null_can_be_set_and_a_place_inside_can_be_meant() {
        let set = stage()
            .after("document = 'a/one'\nat = '/properties/on'\nset = 'null'")
            .unwrap();
        assert_eq!(set.arm[0]["properties"]["on"], Value::Null);
        let inside = stage()
            .after("object = 'srch/skillsets/ss'\nat = '/skills/0'\nmerge = '{\"apiKey\":\"x\"}'")
            .unwrap();
        assert_eq!(
            inside.search["srch"].collections["skillsets"][0]["skills"][0]["apiKey"],
            "x"
        );
    }

    #[test]
    fn a_run_leads_the_history() {
        let after = stage()
            .after("object = 'srch/status/docs'\nrun = '2'")
            .unwrap();
        assert_eq!(
            after.search["srch"].status["docs"],
            json!({"lastResult": 2, "executionHistory": [2, 1]})
        );
    }

    #[test]
    fn people_and_groups_change_too() {
        let after = stage()
            .after("principal = 'ada'\nmerge = '{\"displayName\":\"Lin\"}'")
            .unwrap();
        assert_eq!(after.directory[0]["displayName"], "Lin");
        let gone = stage().after("principal = 'ada'\nremove = true").unwrap();
        assert!(gone.directory.is_empty());
        let added = stage()
            .after("add = '{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"lin\"}'")
            .unwrap();
        assert_eq!(added.directory.len(), 2);
        let group = stage().after("group = 'g'\nmembers = ['ada']").unwrap();
        assert_eq!(group.members["g"], ["ada"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, reason) in [
            ("document = 'one'\nremove = true", "2 documents"),
            ("document = 'none'\nremove = true", "0 documents"),
            ("document = 'a/one'", "says one of"),
            (
                "document = 'a/one'\nobject = 'x'\nremove = true",
                "is about one of",
            ),
            ("document = 'a/one'\nmerge = '{'", "in {"),
            (
                "document = 'a/one'\nat = '/no'\nset = '1'",
                "nothing is at /no",
            ),
            ("document = 'a/one'\nrun = '{}'", "runs"),
            ("document = 'a/one'\nmembers = []", "can be merged"),
            ("remove = true", "adds nothing"),
            ("add = '{}'", "no \"id\""),
            ("add = '{\"id\":\"/A/one\"}'", "there already"),
            ("object = 'srch/skillsets/no'\nremove = true", "there is no"),
            ("object = 'srch/status/no'\nremove = true", "there is no"),
            ("object = 'no/skillsets/ss'\nremove = true", "not there"),
            ("object = 'srch'\nremove = true", "cannot be changed so"),
            ("principal = 'lin'\nremove = true", "no lin"),
            ("group = 'g'\nremove = true", "members"),
            ("colour = 'red'", "colour"),
        ] {
            let refused = stage().after(text).err().unwrap_or_default();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
