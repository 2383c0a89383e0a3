//! Reads scenario folders into raw JSON. Must not know what any document means, except that ids are
//! compared without case. A new kind of file in a scenario folder is read here. What a story changes in
//! the scenario that it stands on is left to the loader of the embedded Azure, which refuses whatever
//! does not fit.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The whole scenarios that are promised.
pub(crate) const PROMISED: [&str; 6] = [
    "broken-indexer",
    "cross-tenant",
    "denied",
    "foundry-cmk",
    "healthy",
    "open-poc",
];

/// The stories that are promised, and the word of each one's twin.
pub(crate) const STORIES: [(&str, &str); 44] = [
    ("agents-without-rights", "mended"),
    ("cross-tenant-conflict", "mended"),
    ("cross-tenant-home-object", "mended"),
    ("cross-tenant-no-role", "mended"),
    ("cross-tenant-no-stub", "mended"),
    ("cross-tenant-no-token", "mended"),
    ("cross-tenant-old-token", "mended"),
    ("cross-tenant-pending", "mended"),
    ("cross-tenant-pool-full", "mended"),
    ("cross-tenant-region", "mended"),
    ("cross-tenant-single-app", "mended"),
    ("cross-tenant-wrong-token", "mended"),
    ("custom-role-wildcards", "broken"),
    ("data-plane-refused", "mended"),
    ("deny-assignment", "mended"),
    ("embedding-missing", "mended"),
    ("hub-search-closed", "mended"),
    ("hub-storage-keys-off", "mended"),
    ("hub-without-cmk", "broken"),
    ("key-behind-firewall", "mended"),
    ("key-expired", "mended"),
    ("key-in-skill", "mended"),
    ("key-version-disabled", "mended"),
    ("managed-group-denied", "mended"),
    ("new-foundry", "broken"),
    ("outbound-without-search", "mended"),
    ("owner-without-data", "mended"),
    ("perimeter-enforced", "mended"),
    ("policies-refused", "mended"),
    ("policy-exempted", "broken"),
    ("policy-exemption-expired", "mended"),
    ("policy-will-close-models", "mended"),
    ("role-assignments-refused", "mended"),
    ("role-eligible", "mended"),
    ("role-through-group", "broken"),
    ("role-through-management-group", "broken"),
    ("same-region-ip-rule", "mended"),
    ("search-keys-only", "mended"),
    ("service-side-encryption", "broken"),
    ("shared-link-pending", "mended"),
    ("stale-principal", "mended"),
    ("user-assigned-bypass", "mended"),
    ("vault-by-roles", "mended"),
    ("vault-without-unwrap", "mended"),
];

/// One scenario as it lies on disk.
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) toml: toml::Table,
    /// Its own ARM documents.
    pub(crate) arm: Vec<Value>,
    /// Search objects by "service/collection", for example `srch-rag-dev/indexers`.
    pub(crate) search: BTreeMap<String, Vec<Value>>,
    /// Single bodies by "service/status/indexer" and "service/stats/index".
    pub(crate) bodies: BTreeMap<String, Value>,
    pub(crate) directory: Vec<Value>,
    /// Events of the activity log, as the service lists them.
    pub(crate) activity: Vec<Value>,
    pub(crate) members: BTreeMap<String, Vec<String>>,
    /// Whether it is the twin of a story, whose files were looked at already.
    pub(crate) is_twin: bool,
    /// Every file with its text, for rules about text.
    pub(crate) texts: Vec<(PathBuf, String)>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios")
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

pub(crate) fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{} is no JSON: {error}", path.display()))
}

fn array(path: &Path) -> Vec<Value> {
    match json(path) {
        Value::Array(items) => items,
        _ => panic!("{} has to be an array", path.display()),
    }
}

/// The documents that every scenario shares: roles and providers.
pub(crate) fn common() -> Vec<Value> {
    let mut found = Vec::new();
    files(&root().join("common/arm"), &mut found);
    found.iter().flat_map(|path| array(path)).collect()
}

/// All scenarios by name, each twin behind its story.
pub(crate) fn all() -> Vec<Scenario> {
    let mut names: Vec<String> = fs::read_dir(root())
        .expect("assets/scenarios")
        .map(|entry| entry.expect("a folder entry"))
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "common")
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        let story = load(&name);
        let word = story.toml.get("twin").map(|twin| {
            twin["kind"]
                .as_str()
                .expect("the kind of a twin")
                .to_owned()
        });
        all.push(story);
        all.extend(word.map(|word| load(&format!("{name}:{word}"))));
    }
    all
}

/// One scenario, or the twin of one.
pub(crate) fn load(name: &str) -> Scenario {
    let (folder, twin) = name.split_once(':').unwrap_or((name, ""));
    let mut scenario = read(folder);
    if let Some(base) = scenario.toml.get("base") {
        let base = read(base.as_str().expect("the name of a scenario"));
        for (key, value) in base.toml {
            if matches!(key.as_str(), "caller" | "scope" | "knobs") {
                scenario.toml.entry(key).or_insert(value);
            }
        }
        told(&mut scenario, name);
    }
    name.clone_into(&mut scenario.name);
    scenario.is_twin = !twin.is_empty();
    scenario
}

/// Takes over what a story comes to, its changes made.
fn told(scenario: &mut Scenario, name: &str) {
    let story = hopscope::simulator::Scenario::load(name)
        .unwrap_or_else(|error| panic!("{name} cannot be told: {error}"));
    let common = common();
    scenario.arm = story
        .documents()
        .iter()
        .filter(|one| !common.contains(one))
        .cloned()
        .collect();
    for (service, objects) in story.search() {
        for (collection, items) in &objects.collections {
            let key = format!("{service}/{collection}");
            scenario.search.insert(key, items.clone());
        }
        for (kind, bodies) in [("status", &objects.status), ("stats", &objects.stats)] {
            for (own, body) in bodies {
                let key = format!("{service}/{kind}/{own}");
                scenario.bodies.insert(key, body.clone());
            }
        }
    }
    scenario.directory = story.directory().to_vec();
    scenario.members = story.members().clone();
}

/// The files of one folder.
fn read(name: &str) -> Scenario {
    let folder = root().join(name);
    let mut found = Vec::new();
    files(&folder, &mut found);
    let texts: Vec<(PathBuf, String)> = found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
            (path, text)
        })
        .collect();
    let mut scenario = Scenario {
        name: name.to_owned(),
        toml: toml::Table::new(),
        arm: Vec::new(),
        search: BTreeMap::new(),
        bodies: BTreeMap::new(),
        activity: Vec::new(),
        directory: Vec::new(),
        members: BTreeMap::new(),
        is_twin: false,
        texts,
    };
    let paths: Vec<PathBuf> = scenario
        .texts
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    for path in paths {
        let inside = path
            .strip_prefix(&folder)
            .expect("a file of this folder")
            .to_string_lossy()
            .replace('\\', "/");
        let parts: Vec<&str> = inside.split('/').collect();
        let stem = |file: &str| {
            file.strip_suffix(".json")
                .unwrap_or_else(|| panic!("{inside} in {name} is no .json file"))
                .to_owned()
        };
        match parts.as_slice() {
            ["scenario.toml"] => {
                let text = fs::read_to_string(&path).expect("scenario.toml");
                scenario.toml = text
                    .parse()
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
            // Said by the environment's owner in the program's own configuration format; not Azure's.
            ["config.toml"] => {
                let text = fs::read_to_string(&path).expect("config.toml");
                let table: toml::Table = text
                    .parse()
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                assert!(
                    table.contains_key("pattern"),
                    "{} says nothing",
                    path.display()
                );
            }
            ["arm", _] => scenario.arm.extend(array(&path)),
            ["search", service, file] => {
                scenario
                    .search
                    .insert(format!("{service}/{}", stem(file)), array(&path));
            }
            ["search", service, kind @ ("status" | "stats"), file] => {
                scenario
                    .bodies
                    .insert(format!("{service}/{kind}/{}", stem(file)), json(&path));
            }
            ["activity", _] => scenario.activity.extend(array(&path)),
            ["logs", workspace, file] => {
                scenario
                    .bodies
                    .insert(format!("{workspace}/logs/{}", stem(file)), json(&path));
            }
            ["graph", "objects.json"] => scenario.directory.extend(array(&path)),
            ["graph", tenant, "objects.json"] => {
                let own = array(&path).into_iter().map(|mut object| {
                    object["@tenant"] = Value::from(*tenant);
                    object
                });
                scenario.directory.extend(own);
            }
            ["graph", "groups.json"] => {
                scenario.members = serde_json::from_value(json(&path))
                    .expect("groups.json maps ids to lists of ids");
            }
            _ => panic!("{inside} in {name} is a file that no simulator reads"),
        }
    }
    scenario
}

impl Scenario {
    /// Whether it is an environment to chat with data in. What holds for those does not hold for one that
    /// is about addresses alone.
    pub(crate) fn is_chat(&self) -> bool {
        let has = |kind: &str| self.arm.iter().any(|document| document["type"] == kind);
        let is_chat = has("Microsoft.Search/searchServices");
        assert!(
            is_chat || has("Microsoft.Network/networkManagers/ipamPools"),
            "{}: neither a search service nor a pool of addresses",
            self.name
        );
        is_chat
    }

    /// The document of this id, whatever its case.
    pub(crate) fn document(&self, id: &str) -> Option<&Value> {
        self.arm
            .iter()
            .find(|document| id_of(document).eq_ignore_ascii_case(id))
    }

    /// The one document whose id ends like this.
    pub(crate) fn ending(&self, tail: &str) -> &Value {
        let tail = tail.to_ascii_lowercase();
        let mut found = self
            .arm
            .iter()
            .filter(|document| id_of(document).to_ascii_lowercase().ends_with(&tail));
        let first = found
            .next()
            .unwrap_or_else(|| panic!("{} has nothing that ends in {tail}", self.name));
        assert!(
            found.next().is_none(),
            "{} has more than one {tail}",
            self.name
        );
        first
    }
}

/// A document's id; every document has one.
pub(crate) fn id_of(document: &Value) -> &str {
    document
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("a document has no id: {document}"))
}

/// Calls back with the dotted path and the text of every string inside a value.
pub(crate) fn strings(value: &Value, path: &str, visit: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(items) => {
            for item in items {
                strings(item, &format!("{path}[]"), visit);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                strings(item, &format!("{path}.{key}"), visit);
                // Maps keyed by an id (user-assigned identities) name what they are keyed by.
                if key.starts_with('/') {
                    visit(&format!("{path}{{}}"), key);
                }
            }
        }
        _ => {}
    }
}
