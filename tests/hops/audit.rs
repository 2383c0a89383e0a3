//! Cases written from the rules alone: one small environment, one change each, and what follows.
//!
//! The cases are data, `tests/fixtures/audit/*.json`, one a line: documents of `base/` with properties
//! set and unset (`change`), added (`add`) and dropped (`drop`), objects of the data plane replaced
//! (`objects`, null takes one away), and what is expected of a hop: `"kind"` or `"kind|via"`, with
//! `none` for no hop, else its gates: a verdict, `none` for no gate, or a verdict and a path that proves
//! it. `{search}` and its kin stand for the ids of `names.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hopscope::analysis::hop::{Hop, HopKind};
use hopscope::analysis::verdict::Gate;
use serde_json::{Map, Value};

use crate::world::{Judged, World};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audit")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of one file, with its names replaced by ids.
fn cases(file: &str) -> Vec<Map<String, Value>> {
    let names: BTreeMap<String, String> =
        serde_json::from_str(&read(&folder().join("names.json"))).unwrap();
    let text = names.iter().fold(
        read(&folder().join(format!("{file}.json"))),
        |text, (name, id)| text.replace(&format!("{{{name}}}"), id),
    );
    serde_json::from_str(&text).unwrap()
}

fn world(case: &Map<String, Value>) -> World {
    let mut world = World::folder(&folder().join("base"));
    let each = |name: &str| {
        case.get(name)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    let list = |name: &str| {
        case.get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    for (end, change) in each("change") {
        let document = world.body_mut(end);
        for (path, value) in change["set"].as_object().into_iter().flatten() {
            *at(document, path) = value.clone();
        }
        for path in change["unset"].as_array().into_iter().flatten() {
            let (parent, name) = path
                .as_str()
                .unwrap()
                .rsplit_once('.')
                .unwrap_or(("", path.as_str().unwrap()));
            at(document, parent).as_object_mut().unwrap().remove(name);
        }
    }
    for end in list("drop") {
        world = world.without(end.as_str().unwrap());
    }
    for document in list("add") {
        world = world.add(document.clone());
    }
    for (path, object) in each("objects") {
        let parts: Vec<String> = path.splitn(3, '/').map(str::to_owned).collect();
        let key = (parts[0].clone(), parts[1].clone(), parts[2].clone());
        if object.is_null() {
            world.search.remove(&key);
        } else {
            world.search.insert(key, object.clone());
        }
    }
    world.judging(|judging| {
        judging.client_ip = case
            .get("clientIp")
            .map(|address| address.as_str().unwrap().parse().unwrap());
        judging.pattern.image_hosts = list("imageHosts")
            .map(|host| host.as_str().unwrap().to_owned())
            .collect();
    })
}

/// The place of a dotted path; objects on the way are made.
fn at<'v>(document: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('.')
        .filter(|name| !name.is_empty())
        .fold(document, |value, name| {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            value
                .as_object_mut()
                .unwrap()
                .entry(name)
                .or_insert(Value::Null)
        })
}

/// What of an expectation does not hold.
fn wrong(judged: &Judged, name: &str, expected: &Value) -> Vec<String> {
    let (kind, via) = name.split_once('|').unwrap_or((name, ""));
    let kind = HopKind::of_word(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    let found: Vec<&Hop> = judged
        .of(kind)
        .into_iter()
        .filter(|hop| via.is_empty() || hop.via.as_deref() == Some(via))
        .collect();
    let Some(expected) = expected.as_object() else {
        return found
            .iter()
            .map(|hop| format!("there is {}", hop.id()))
            .collect();
    };
    let [hop] = found.as_slice() else {
        return vec![format!(
            "{name}: {} hops, {:?}",
            found.len(),
            judged.ids(kind)
        )];
    };
    expected
        .iter()
        .filter_map(|(name, value)| {
            let (wanted, path) = match value {
                Value::Array(both) => (both[0].as_str()?, both[1].as_str()),
                value => (value.as_str()?, None),
            };
            let gate = Gate::ALL
                .into_iter()
                .find(|gate| gate.word() == name)
                .map(|gate| hop.gate(gate));
            let is = match (name.as_str(), gate) {
                ("to", _) => hop.to.clone(),
                ("basis", _) => hop.basis.word().to_owned(),
                ("verdict", _) => hop.verdict().word().to_owned(),
                (_, Some(Some(gate))) => gate.judged.verdict.word().to_owned(),
                (_, Some(None)) => "none".to_owned(),
                (_, None) => panic!("no gate is called {name}"),
            };
            let reason = gate.flatten().map_or("", |gate| &gate.judged.reason);
            if is != wanted {
                return Some(format!("{kind} {name} is {is}, not {wanted}: {reason}"));
            }
            let path = path?;
            let is_proved = gate
                .flatten()
                .is_some_and(|gate| gate.judged.evidence.iter().any(|one| one.path == path));
            (!is_proved).then(|| format!("{kind} {name}: {path} proves nothing: {reason}"))
        })
        .collect()
}

fn hold(file: &str) {
    let cases = cases(file);
    let wrongs: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let judged = world(case).judge();
            case["expect"]
                .as_object()
                .unwrap()
                .iter()
                .flat_map(|(name, expected)| wrong(&judged, name, expected))
                .map(|one| format!("{}: {one}", case["name"]))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        wrongs.is_empty(),
        "{} wrong in {} cases:\n{}",
        wrongs.len(),
        cases.len(),
        wrongs.join("\n")
    );
}

#[test]
fn indexers_reach_storage_as_the_rules_say() {
    hold("storage");
}

#[test]
fn models_search_and_people_are_reached_as_the_rules_say() {
    hold("models");
}

#[test]
fn environments_of_other_shapes_are_drawn_as_the_rules_say() {
    hold("shapes");
}

#[test]
fn vaults_hubs_and_managed_groups_are_reached_as_the_rules_say() {
    hold("targets");
}

#[test]
fn verdicts_name_the_property_that_proves_them() {
    hold("proofs");
}
