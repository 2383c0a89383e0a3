//! A scenario: the documents and the behaviour of one invented Azure, read from `assets/scenarios/`
//! (inside the program) or from a folder. Must not know HTTP. Dates inside documents stay relative
//! until a server starts.
//!
//! A new kind of file in a scenario folder is read in [`Scenario::from_files`].

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::Value;

use super::error::SimulatorError;
use super::faults::FaultRule;
use super::knobs::Knobs;
use super::timeline::StepRule;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/scenarios");

/// The folder whose documents are loaded into every scenario.
const COMMON: &str = "common";

/// What a token from the scenario's token endpoint says about its bearer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The tenant that issues the token.
    pub tenant: String,
    /// The object id of the person or service principal.
    pub object_id: String,
    /// The sign-in name; absent for an app.
    #[serde(default)]
    pub upn: Option<String>,
    /// The display name.
    #[serde(default)]
    pub name: Option<String>,
    /// The address that the caller's calls come from, which firewall rules may name.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// The application through which the caller signed in, or which the caller is.
    pub app_id: String,
    /// `user` or `app`.
    #[serde(default = "user")]
    pub kind: String,
}

fn user() -> String {
    String::from("user")
}

impl Caller {
    /// Whether the token is an application's own.
    pub fn is_app(&self) -> bool {
        self.kind.eq_ignore_ascii_case("app")
    }

    /// How ARM names the caller in its messages: the sign-in name, else the application id.
    pub fn client(&self) -> &str {
        match &self.upn {
            Some(upn) if !self.is_app() => upn,
            _ => &self.app_id,
        }
    }
}

/// What a demo of this scenario looks at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Subscription ids.
    #[serde(default)]
    pub subscriptions: Vec<String>,
    /// Names of resource groups; none means all.
    #[serde(default)]
    pub resource_groups: Vec<String>,
}

/// One line of [`Scenario::list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What it is called on the command line.
    pub name: String,
    /// One line about it.
    pub title: String,
    /// Its place in lists.
    pub order: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    title: String,
    #[serde(default)]
    story: String,
    #[serde(default)]
    order: i64,
    caller: Caller,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    knobs: KnobDefaults,
    #[serde(default)]
    fault: Vec<FaultRule>,
    #[serde(default)]
    timeline: Vec<StepRule>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnobDefaults {
    latency_ms: Option<u64>,
    page_size: Option<usize>,
    throttle: Option<bool>,
    token_lifetime: Option<u64>,
    accept_opaque_tokens: Option<bool>,
    compress: Option<bool>,
}

/// What is to be known of a scenario before it is loaded.
#[derive(Clone, Copy, Debug)]
pub struct Preface {
    /// The address that the caller's calls come from.
    pub address: Option<IpAddr>,
    /// The text of its `config.toml`: what the environment's owner says of it.
    pub config: Option<&'static str>,
}

/// The data plane of one search service: raw objects as the service lists them.
#[derive(Clone, Debug, Default)]
pub(super) struct SearchFiles {
    pub(super) collections: BTreeMap<String, Vec<Value>>,
    pub(super) status: BTreeMap<String, Value>,
    pub(super) stats: BTreeMap<String, Value>,
}

/// An invented Azure, read and checked, not yet served.
#[derive(Clone, Debug)]
pub struct Scenario {
    name: String,
    definition: Definition,
    pub(super) arm: Vec<Value>,
    pub(super) providers: Vec<Value>,
    pub(super) search: BTreeMap<String, SearchFiles>,
    pub(super) directory: Vec<Value>,
    pub(super) members: BTreeMap<String, Vec<String>>,
}

type Files = BTreeMap<String, Vec<u8>>;

impl Scenario {
    /// The scenarios inside the program, in their order.
    ///
    /// # Errors
    /// When an embedded `scenario.toml` cannot be read; a test holds that none is.
    pub fn list() -> Result<Vec<Listing>, SimulatorError> {
        let mut listings = Vec::new();
        for folder in EMBEDDED.dirs() {
            let name = folder.path().to_string_lossy().into_owned();
            let Some(file) = folder.get_file(folder.path().join("scenario.toml")) else {
                continue;
            };
            let definition = definition(file.contents())?;
            listings.push(Listing {
                name,
                title: definition.title,
                order: definition.order,
            });
        }
        listings.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
        Ok(listings)
    }

    /// Loads an embedded scenario by name.
    ///
    /// # Errors
    /// When there is none of that name, or when one of its files is malformed.
    pub fn load(name: &str) -> Result<Self, SimulatorError> {
        let folder = EMBEDDED.get_dir(name).filter(|folder| {
            name != COMMON
                && folder
                    .get_file(folder.path().join("scenario.toml"))
                    .is_some()
        });
        let Some(folder) = folder else {
            let known: Vec<String> = Self::list()?.into_iter().map(|line| line.name).collect();
            return Err(SimulatorError::UnknownScenario {
                name: name.to_owned(),
                known: known.join(", "),
            });
        };
        let mut files = Files::new();
        collect_embedded(folder, folder.path(), &mut files);
        let mut common = Files::new();
        if let Some(folder) = EMBEDDED.get_dir(COMMON) {
            collect_embedded(folder, folder.path(), &mut common);
        }
        Self::from_files(name.to_owned(), &files, &common)
    }

    /// Loads a scenario from a folder; a `common` folder beside it is loaded too.
    ///
    /// # Errors
    /// When the folder cannot be read, or when one of its files is malformed.
    pub fn from_dir(path: &Path) -> Result<Self, SimulatorError> {
        let mut files = Files::new();
        collect_folder(path, path, &mut files)?;
        let mut common = Files::new();
        if let Some(beside) = path.parent().map(|parent| parent.join(COMMON))
            && beside.is_dir()
        {
            collect_folder(&beside, &beside, &mut common)?;
        }
        let name = path.file_name().map_or_else(
            || String::from("scenario"),
            |name| name.to_string_lossy().into_owned(),
        );
        Self::from_files(name, &files, &common)
    }

    /// What an embedded scenario says of its caller and its owner, without loading its documents:
    /// quick enough to be asked before the first frame. None when there is none of that name.
    pub fn preface(name: &str) -> Option<Preface> {
        let folder = EMBEDDED.get_dir(name)?;
        let file = |file: &str| folder.get_file(folder.path().join(file));
        let definition = definition(file("scenario.toml")?.contents()).ok()?;
        Some(Preface {
            address: definition.caller.address,
            config: file("config.toml").and_then(include_dir::File::contents_utf8),
        })
    }

    /// What it is called on the command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line about it.
    pub fn title(&self) -> &str {
        &self.definition.title
    }

    /// A paragraph about it.
    pub fn story(&self) -> &str {
        self.definition.story.trim()
    }

    /// Who its tokens speak for.
    pub fn caller(&self) -> &Caller {
        &self.definition.caller
    }

    /// What a demo of it looks at.
    pub fn scope(&self) -> &Scope {
        &self.definition.scope
    }

    /// Its own defaults for the knobs.
    pub fn knobs(&self) -> Knobs {
        let base = Knobs::default();
        let own = &self.definition.knobs;
        Knobs {
            latency: own.latency_ms.map_or(base.latency, Duration::from_millis),
            page_size: own.page_size.unwrap_or(base.page_size).max(1),
            throttle: own.throttle.unwrap_or(base.throttle),
            token_lifetime: own
                .token_lifetime
                .map_or(base.token_lifetime, Duration::from_secs),
            accept_opaque_tokens: own
                .accept_opaque_tokens
                .unwrap_or(base.accept_opaque_tokens),
            compress: own.compress.unwrap_or(base.compress),
        }
    }

    /// What the timeline will change, and when, in words.
    pub fn timeline(&self) -> Vec<(Duration, String)> {
        self.definition
            .timeline
            .iter()
            .map(|step| (Duration::from_secs(step.at), step.what.clone()))
            .collect()
    }

    pub(super) fn faults(&self) -> &[FaultRule] {
        &self.definition.fault
    }

    pub(super) fn steps(&self) -> &[StepRule] {
        &self.definition.timeline
    }

    fn from_files(name: String, files: &Files, common: &Files) -> Result<Self, SimulatorError> {
        let Some(toml) = files.get("scenario.toml") else {
            return Err(malformed("scenario.toml", "there is no such file"));
        };
        let mut scenario = Self {
            name,
            definition: definition(toml)?,
            arm: Vec::new(),
            providers: Vec::new(),
            search: BTreeMap::new(),
            directory: Vec::new(),
            members: BTreeMap::new(),
        };
        for (file, bytes) in common.iter().chain(files) {
            scenario.take(file, bytes)?;
        }
        Ok(scenario)
    }

    fn take(&mut self, file: &str, bytes: &[u8]) -> Result<(), SimulatorError> {
        let parts: Vec<&str> = file.split('/').collect();
        let stem = |text: &str| text.strip_suffix(".json").map(str::to_owned);
        match parts.as_slice() {
            ["arm", name] if stem(name).is_some() => {
                for document in array(file, bytes)? {
                    // A provider is told by its shape, not by its file's name: its answer depends on the scope.
                    if document.get("namespace").is_some()
                        && document.get("resourceTypes").is_some()
                    {
                        self.providers.push(document);
                    } else if document.get("id").and_then(Value::as_str).is_some() {
                        self.arm.push(document);
                    } else {
                        return Err(malformed(file, "an item has no \"id\""));
                    }
                }
            }
            ["search", service, name] => {
                if let Some(collection) = stem(name) {
                    let items = array(file, bytes)?;
                    self.service(service)
                        .collections
                        .insert(collection.to_ascii_lowercase(), items);
                }
            }
            ["search", service, "status", name] => {
                if let Some(indexer) = stem(name) {
                    let body = json(file, bytes)?;
                    self.service(service)
                        .status
                        .insert(indexer.to_ascii_lowercase(), body);
                }
            }
            ["search", service, "stats", name] => {
                if let Some(index) = stem(name) {
                    let body = json(file, bytes)?;
                    self.service(service)
                        .stats
                        .insert(index.to_ascii_lowercase(), body);
                }
            }
            ["graph", "objects.json"] => self.directory.extend(array(file, bytes)?),
            ["graph", "groups.json"] => {
                let groups: BTreeMap<String, Vec<String>> = serde_json::from_slice(bytes)
                    .map_err(|error| malformed(file, &error.to_string()))?;
                self.members.extend(groups);
            }
            // Read-me files and the like are no documents.
            _ => {}
        }
        Ok(())
    }

    fn service(&mut self, name: &str) -> &mut SearchFiles {
        self.search.entry(name.to_ascii_lowercase()).or_default()
    }
}

fn definition(bytes: &[u8]) -> Result<Definition, SimulatorError> {
    let text = String::from_utf8_lossy(bytes);
    toml::from_str(&text).map_err(|error| malformed("scenario.toml", &error.to_string()))
}

fn json(file: &str, bytes: &[u8]) -> Result<Value, SimulatorError> {
    serde_json::from_slice(bytes).map_err(|error| malformed(file, &error.to_string()))
}

fn array(file: &str, bytes: &[u8]) -> Result<Vec<Value>, SimulatorError> {
    match json(file, bytes)? {
        Value::Array(items) => Ok(items),
        Value::Object(mut fields) if fields.get("value").is_some_and(Value::is_array) => {
            match fields.shift_remove("value") {
                Some(Value::Array(items)) => Ok(items),
                _ => Ok(Vec::new()),
            }
        }
        _ => Err(malformed(file, "an array is expected")),
    }
}

fn malformed(file: &str, reason: &str) -> SimulatorError {
    SimulatorError::Malformed {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

fn collect_embedded(folder: &Dir<'_>, root: &Path, into: &mut Files) {
    for file in folder.files() {
        into.insert(relative(file.path(), root), file.contents().to_vec());
    }
    for inner in folder.dirs() {
        collect_embedded(inner, root, into);
    }
}

fn collect_folder(folder: &Path, root: &Path, into: &mut Files) -> Result<(), SimulatorError> {
    let read = |source| SimulatorError::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.is_dir() {
            collect_folder(&path, root, into)?;
        } else {
            let bytes = std::fs::read(&path).map_err(|source| SimulatorError::Read {
                path: path.clone(),
                source,
            })?;
            into.insert(relative(&path, root), bytes);
        }
    }
    Ok(())
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
