//! A scenario's documents, and copies of them under other names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hopscope::model::id::ArmId;
use hopscope::model::resource::Family;
use serde_json::{Map, Value};

/// When what scenarios date by the clock happened.
const SOME_TIME: &str = "2026-11-20T08:00:00Z";

/// A scenario as its files say it.
pub(crate) struct Scenario {
    /// Documents of ARM: a JSON array as text.
    arm: String,
    /// Data planes: service, collection, and the name of a single object: text.
    search: Vec<(Vec<String>, String)>,
    graph: String,
    members: BTreeMap<String, Vec<String>>,
    /// Claims of who is signed in.
    pub(crate) caller: Map<String, Value>,
    /// The subscription in scope.
    pub(crate) subscription: String,
    /// Built-in role definitions.
    pub(crate) roles: Vec<Value>,
    names: Vec<String>,
    identities: BTreeSet<String>,
}

/// One copy.
pub(crate) struct Copy {
    /// Documents of ARM by id.
    pub(crate) arm: Vec<(ArmId, Value)>,
    /// Directory objects.
    pub(crate) graph: Vec<Value>,
    /// Object ids of its managed identities.
    pub(crate) identities: Vec<String>,
    lists: BTreeMap<(String, String), Vec<Value>>,
    singles: BTreeMap<(String, String, String), Value>,
}

impl Scenario {
    /// Reads a scenario of the embedded Azure.
    pub(crate) fn read(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios");
        let folder = root.join(name);
        let settings: toml::Table = read(&folder.join("scenario.toml"))
            .parse()
            .expect("the scenario's settings are TOML");
        let settings = serde_json::to_value(settings).expect("TOML is JSON, too");
        let mut arm: Vec<Value> = Vec::new();
        for file in files(&folder.join("arm")) {
            arm.extend(array(&read(&file)));
        }
        let mut identities = BTreeSet::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for document in &arm {
            let id = ArmId::new(text(document, "id"));
            let family = id.resource_type().and_then(|own| Family::of_type(&own));
            let is_group = id.resource_type().is_none() && id.resource_group().is_some();
            // A managed group is named after its hub, and so is renamed with it.
            if family.is_some() || is_group && !id.name().starts_with("azureml-rg-") {
                names.insert(id.name().to_owned());
            }
            principals(&document["identity"], &mut identities);
            if family == Some(Family::UserIdentity) {
                principals(&document["properties"], &mut identities);
            }
        }
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let search = folder.join("search");
        Self {
            arm: Value::from(arm).to_string(),
            search: files(&search)
                .into_iter()
                .map(|file| {
                    let parts = file.strip_prefix(&search).expect("it lies below");
                    let parts = parts
                        .iter()
                        .map(|part| part.to_string_lossy().trim_end_matches(".json").to_owned())
                        .collect();
                    (parts, read(&file))
                })
                .collect(),
            graph: read(&folder.join("graph/objects.json")),
            members: serde_json::from_str(&read(&folder.join("graph/groups.json")))
                .expect("groups have members"),
            caller: settings["caller"].as_object().cloned().unwrap_or_default(),
            subscription: settings["scope"]["subscriptions"][0]
                .as_str()
                .expect("a subscription is in scope")
                .to_owned(),
            roles: array(&read(&root.join("common/arm/roleDefinitions.json"))),
            names,
            identities,
        }
    }

    /// A copy whose resources, groups and identities are its own, with every object of a data plane
    /// `objects` times.
    pub(crate) fn copy(&self, number: usize, objects: usize) -> Copy {
        let renamed = |text: &str| {
            let mut out = text.to_owned();
            for name in &self.names {
                out = out.replace(name.as_str(), &format!("{name}{number}"));
            }
            for identity in &self.identities {
                out = out.replace(identity.as_str(), &other(identity, number));
            }
            out
        };
        let mut lists = BTreeMap::new();
        let mut singles = BTreeMap::new();
        for (parts, text) in &self.search {
            let text = renamed(text);
            let service = renamed(&parts[0]);
            match parts.as_slice() {
                [_, collection] => {
                    let mut all = Vec::new();
                    for one in array(&text) {
                        all.extend((0..objects).map(|again| {
                            let mut more = one.clone();
                            if again > 0 && collection != "datasources" {
                                more["name"] =
                                    format!("{}-{again}", self::text(&one, "name")).into();
                            }
                            more
                        }));
                    }
                    if collection == "datasources" {
                        all.dedup();
                    }
                    lists.insert((service, collection.clone()), all);
                }
                [_, part, name] => {
                    let body: Value = serde_json::from_str(&text).expect("objects are JSON");
                    singles.insert((service, part.clone(), name.clone()), body);
                }
                _ => {}
            }
        }
        Copy {
            arm: array(&renamed(&self.arm))
                .into_iter()
                .map(|one| (ArmId::new(text(&one, "id")), one))
                .collect(),
            graph: array(&renamed(&self.graph)),
            identities: self
                .identities
                .iter()
                .map(|own| other(own, number))
                .collect(),
            lists,
            singles,
        }
    }

    /// The groups of a principal, through others too.
    pub(crate) fn groups_of(&self, member: &str) -> Vec<Value> {
        let mut found = BTreeSet::new();
        let mut open = vec![member.to_owned()];
        while let Some(one) = open.pop() {
            for (group, members) in &self.members {
                if members.contains(&one) && found.insert(group.clone()) {
                    open.push(group.clone());
                }
            }
        }
        array(&self.graph)
            .into_iter()
            .filter(|object| found.contains(text(object, "id")))
            .collect()
    }
}

impl Copy {
    /// Its resources.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&ArmId, Family)> {
        self.arm
            .iter()
            .filter_map(|(id, _)| Some((id, Family::of_type(&id.resource_type()?)?)))
    }

    /// The documents of a collection.
    pub(crate) fn below(&self, path: &ArmId) -> Vec<Value> {
        self.arm
            .iter()
            .filter(|(id, _)| {
                id.is_within(path) && id.folded()[path.folded().len()..].matches('/').count() == 1
            })
            .map(|(_, document)| document.clone())
            .collect()
    }

    /// Objects of a data plane.
    pub(crate) fn objects(&self, service: &str, collection: &str) -> &[Value] {
        let key = (service.to_owned(), collection.to_owned());
        self.lists.get(&key).map_or(&[], Vec::as_slice)
    }

    /// What one object's own answer says: its status, its statistics.
    pub(crate) fn object(&self, service: &str, part: &str, name: &str) -> Option<&Value> {
        self.singles
            .get(&(service.to_owned(), part.to_owned(), name.to_owned()))
    }
}

/// A text of a document; empty where it has none.
pub(crate) fn text<'v>(document: &'v Value, name: &str) -> &'v str {
    document[name].as_str().unwrap_or_default()
}

/// Another object id.
fn other(identity: &str, number: usize) -> String {
    let end = identity.len() - 4;
    format!("{}{number:04x}", &identity[..end])
}

fn principals(value: &Value, found: &mut BTreeSet<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        match member {
            Value::String(id) if name == "principalId" => {
                found.insert(id.clone());
            }
            other => principals(other, found),
        }
    }
}

fn array(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("the file holds a JSON array")
}

/// A file, with `{{now-15m}}` and its kin filled in.
fn read(path: &Path) -> String {
    let whole =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut out = String::new();
    let mut rest = whole.as_str();
    while let Some((before, after)) = rest.split_once("{{now") {
        out.push_str(before);
        out.push_str(SOME_TIME);
        rest = after.split_once("}}").map_or("", |(_, rest)| rest);
    }
    out + rest
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}
