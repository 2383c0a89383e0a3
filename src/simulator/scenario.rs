//! A scenario: the documents and the behaviour of one invented Azure, read from `assets/scenarios/`
//! (inside the program) or from a folder. Must not know HTTP. Dates inside documents stay relative
//! until a server starts.
//!
//! A new kind of file in a scenario folder is read in [`Scenario::from_layers`].

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use include_dir::{Dir, include_dir};
use serde_json::Value;

use super::changes::{Change, Ground};
use super::definition::{self, Caller, Definition, Scope, Shelf, TwinKind};
use super::directory::TENANT;
use super::error::SimulatorError;
use super::faults::FaultRule;
use super::knobs::Knobs;
use super::timeline::StepRule;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/scenarios");

/// The folder whose documents are loaded into every scenario.
const COMMON: &str = "common";

/// One line of [`Scenario::list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What it is called on the command line.
    pub name: String,
    /// One line about it.
    pub title: String,
    /// Where it stands in lists.
    pub shelf: Shelf,
    /// Its place there.
    pub order: i64,
    /// Its twin, which is called by this one's name, a colon, and the word of its kind.
    pub twin: Option<TwinListing>,
}

/// A twin in [`Scenario::list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinListing {
    /// What it is called on the command line.
    pub name: String,
    /// One line about it.
    pub title: String,
    /// Whether it is the mended or the broken one of the two.
    pub kind: TwinKind,
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
pub struct SearchObjects {
    /// Objects by collection (`indexers`, `datasources`, …).
    pub collections: BTreeMap<String, Vec<Value>>,
    /// The status of each indexer.
    pub status: BTreeMap<String, Value>,
    /// The statistics of each index.
    pub stats: BTreeMap<String, Value>,
}

/// An invented Azure, read and checked, not yet served.
#[derive(Clone, Debug)]
pub struct Scenario {
    name: String,
    definition: Definition,
    caller: Caller,
    pub(super) arm: Vec<Value>,
    pub(super) providers: Vec<Value>,
    pub(super) search: BTreeMap<String, SearchObjects>,
    pub(super) activity: Vec<Value>,
    pub(super) logs: LogFiles,
    pub(super) directory: Vec<Value>,
    pub(super) members: BTreeMap<String, Vec<String>>,
}

/// Answers of Log Analytics: by the workspace's name in lower case, then by the words of a query that
/// they answer.
pub(super) type LogFiles = BTreeMap<String, BTreeMap<String, Value>>;

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
            let Some(file) = file_of(folder, TOML) else {
                continue;
            };
            let definition = definition(file.contents())?;
            let twin = definition.twin.map(|twin| TwinListing {
                name: format!("{name}:{}", twin.kind.word()),
                title: twin.title,
                kind: twin.kind,
            });
            listings.push(Listing {
                name,
                title: definition.title,
                shelf: definition.shelf,
                order: definition.order,
                twin,
            });
        }
        listings.sort_by(|a, b| (a.shelf, a.order, &a.name).cmp(&(b.shelf, b.order, &b.name)));
        Ok(listings)
    }

    /// Whether an embedded scenario, or a twin of one, has this name.
    ///
    /// # Errors
    /// When an embedded `scenario.toml` cannot be read.
    pub fn exists(name: &str) -> Result<bool, SimulatorError> {
        Ok(Self::list()?
            .iter()
            .any(|one| one.name == name || one.twin.as_ref().is_some_and(|twin| twin.name == name)))
    }

    /// Loads an embedded scenario by name; `NAME:mended` or `NAME:broken` is its twin.
    ///
    /// # Errors
    /// When there is none of that name, or when one of its files is malformed.
    pub fn load(name: &str) -> Result<Self, SimulatorError> {
        let (story, twin) = definition::split(name);
        let Some(folder) = embedded(story) else {
            return Err(SimulatorError::unknown(name, &Self::list()?));
        };
        let files = files_of(folder);
        let base = match definition(toml_of(&files)?)?.base {
            Some(base) => Some(embedded_base(&base)?),
            None => None,
        };
        let layers = [
            Some(embedded_common()),
            base.as_ref().map(|(_, files)| files.clone()),
            Some(files),
        ];
        Self::from_layers(name, twin, base.map(|(base, _)| base), &layers)
    }

    /// Loads a scenario from a folder; a `common` folder beside it is loaded too. Where no folder has
    /// the path, `FOLDER:mended` or `FOLDER:broken` is the twin of the one in `FOLDER`. What it stands on
    /// is a folder beside it, else an embedded scenario.
    ///
    /// # Errors
    /// When the folder cannot be read, or when one of its files is malformed.
    pub fn from_dir(path: &Path) -> Result<Self, SimulatorError> {
        let text = path.to_string_lossy();
        let (folder, twin) = match definition::split(&text) {
            (folder, Some(word)) if !path.is_dir() && Path::new(folder).is_dir() => {
                (Path::new(folder), Some(word))
            }
            _ => (path, None),
        };
        let mut files = Files::new();
        collect_folder(folder, folder, &mut files)?;
        let beside = |name: &str| -> Result<Option<Files>, SimulatorError> {
            let Some(place) = folder.parent().map(|parent| parent.join(name)) else {
                return Ok(None);
            };
            let mut found = Files::new();
            if place.is_dir() {
                collect_folder(&place, &place, &mut found)?;
            }
            Ok((!found.is_empty()).then_some(found))
        };
        let mut common = beside(COMMON)?;
        let base = match definition(toml_of(&files)?)?.base {
            Some(name) => Some(if let Some(files) = beside(&name)? {
                (whole(&name, toml_of(&files)?)?, files)
            } else {
                common = common.or_else(|| Some(embedded_common()));
                embedded_base(&name)?
            }),
            None => None,
        };
        let name = path.file_name().map_or_else(
            || String::from("scenario"),
            |name| name.to_string_lossy().into_owned(),
        );
        let layers = [
            common,
            base.as_ref().map(|(_, files)| files.clone()),
            Some(files),
        ];
        Self::from_layers(&name, twin, base.map(|(base, _)| base), &layers)
    }

    /// What an embedded scenario says of its caller and its owner, without loading its documents:
    /// quick enough to be asked before the first frame. None when there is none of that name.
    pub fn preface(name: &str) -> Option<Preface> {
        let folder = embedded(definition::split(name).0)?;
        let own = definition(file_of(folder, TOML)?.contents()).ok()?;
        let base = own.base.as_deref().and_then(embedded);
        let below = base
            .and_then(|base| file_of(base, TOML))
            .and_then(|file| definition(file.contents()).ok());
        let caller = own.caller.or(below.and_then(|below| below.caller))?;
        let config = file_of(folder, "config.toml")
            .or_else(|| base.and_then(|base| file_of(base, "config.toml")));
        Some(Preface {
            address: caller.address,
            config: config.and_then(include_dir::File::contents_utf8),
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
        &self.caller
    }

    /// What a demo of it looks at.
    pub fn scope(&self) -> &Scope {
        static EVERYTHING: Scope = Scope {
            subscriptions: Vec::new(),
            resource_groups: Vec::new(),
            tenant: None,
            auxiliary_tenants: Vec::new(),
        };
        self.definition.scope.as_ref().unwrap_or(&EVERYTHING)
    }

    /// Its ARM documents, those of all scenarios first; dates are relative still.
    pub fn documents(&self) -> &[Value] {
        &self.arm
    }

    /// The events of its activity log; dates are relative still.
    pub fn events(&self) -> &[Value] {
        &self.activity
    }

    /// The data planes of its search services, by the service's name in lower case.
    pub fn search(&self) -> &BTreeMap<String, SearchObjects> {
        &self.search
    }

    /// The objects of its directory.
    pub fn directory(&self) -> &[Value] {
        &self.directory
    }

    /// The direct members of its groups.
    pub fn members(&self) -> &BTreeMap<String, Vec<String>> {
        &self.members
    }

    /// The service (any, when none) and the path of every request that it refuses.
    pub fn refused(&self) -> Vec<(Option<&str>, &str)> {
        self.definition
            .fault
            .iter()
            .map(|fault| {
                let path = fault.path.as_deref().unwrap_or("*");
                (fault.service.as_deref(), path)
            })
            .collect()
    }

    /// Its own defaults for the knobs.
    pub fn knobs(&self) -> Knobs {
        let base = Knobs::default();
        let Some(own) = &self.definition.knobs else {
            return base;
        };
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

    /// Puts the layers on each other (what all share, what it stands on, its own), then makes the
    /// changes: the story's, then the twin's.
    fn from_layers(
        name: &str,
        twin: Option<&str>,
        base: Option<Definition>,
        layers: &[Option<Files>; 3],
    ) -> Result<Self, SimulatorError> {
        let mut own = match &layers[2] {
            Some(files) => definition(toml_of(files)?)?,
            None => return Err(malformed(TOML, "there is no such file")),
        };
        if let Some(base) = base {
            own.caller = own.caller.or(base.caller);
            own.scope = own.scope.or(base.scope);
            own.knobs = own.knobs.or(base.knobs);
        }
        let mut changes = own.change.clone();
        if let Some(word) = twin {
            let Some(twin) = own.twin.take().filter(|twin| twin.kind.word() == word) else {
                return Err(malformed(TOML, &format!("it has no twin '{word}'")));
            };
            own.title = twin.title;
            own.caller = twin.caller.or(own.caller);
            own.scope = twin.scope.or(own.scope);
            changes.extend(twin.change);
            if twin.without_faults {
                own.fault.clear();
            }
        }
        let Some(caller) = own.caller.clone() else {
            return Err(malformed(TOML, "nothing says who the caller is"));
        };
        let mut scenario = Self {
            name: name.to_owned(),
            definition: own,
            caller,
            arm: Vec::new(),
            providers: Vec::new(),
            search: BTreeMap::new(),
            activity: Vec::new(),
            logs: LogFiles::new(),
            directory: Vec::new(),
            members: BTreeMap::new(),
        };
        for (file, bytes) in layers.iter().flatten().flatten() {
            scenario.take(file, bytes)?;
        }
        scenario.change(&changes)?;
        Ok(scenario)
    }

    fn change(&mut self, changes: &[Change]) -> Result<(), SimulatorError> {
        let mut ground = Ground {
            arm: &mut self.arm,
            search: &mut self.search,
            directory: &mut self.directory,
            members: &mut self.members,
        };
        for (at, change) in changes.iter().enumerate() {
            change
                .apply(&mut ground)
                .map_err(|reason| malformed(TOML, &format!("change {}: {reason}", at + 1)))?;
        }
        Ok(())
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
            ["activity", name] if stem(name).is_some() => self.activity.extend(array(file, bytes)?),
            ["logs", workspace, name] => {
                if let Some(key) = stem(name) {
                    let body = json(file, bytes)?;
                    self.logs
                        .entry(workspace.to_ascii_lowercase())
                        .or_default()
                        .insert(key, body);
                }
            }
            ["graph", "objects.json"] => self.directory.extend(array(file, bytes)?),
            ["graph", tenant, "objects.json"] => {
                for mut object in array(file, bytes)? {
                    if let Value::Object(fields) = &mut object {
                        fields.insert(TENANT.to_owned(), Value::from(*tenant));
                    }
                    self.directory.push(object);
                }
            }
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

    fn service(&mut self, name: &str) -> &mut SearchObjects {
        self.search.entry(name.to_ascii_lowercase()).or_default()
    }
}

const TOML: &str = "scenario.toml";

/// The folder of an embedded scenario.
fn embedded(name: &str) -> Option<&'static Dir<'static>> {
    EMBEDDED
        .get_dir(name)
        .filter(|folder| name != COMMON && file_of(folder, TOML).is_some())
}

fn file_of<'a>(folder: &'a Dir<'a>, name: &str) -> Option<&'a include_dir::File<'a>> {
    folder.get_file(folder.path().join(name))
}

fn files_of(folder: &Dir<'_>) -> Files {
    let mut files = Files::new();
    collect_embedded(folder, folder.path(), &mut files);
    files
}

fn embedded_common() -> Files {
    EMBEDDED.get_dir(COMMON).map(files_of).unwrap_or_default()
}

fn embedded_base(name: &str) -> Result<(Definition, Files), SimulatorError> {
    let folder = embedded(name)
        .ok_or_else(|| malformed(TOML, &format!("base: no scenario is called '{name}'")))?;
    let files = files_of(folder);
    Ok((whole(name, toml_of(&files)?)?, files))
}

/// The definition of a base, which has to stand on its own feet.
fn whole(name: &str, toml: &[u8]) -> Result<Definition, SimulatorError> {
    let base = definition(toml)?;
    if base.base.is_some() || !base.change.is_empty() {
        return Err(malformed(
            TOML,
            &format!("base: '{name}' is a story itself, and a story stands on a whole scenario"),
        ));
    }
    Ok(base)
}

fn toml_of(files: &Files) -> Result<&[u8], SimulatorError> {
    files
        .get(TOML)
        .map(Vec::as_slice)
        .ok_or_else(|| malformed(TOML, "there is no such file"))
}

fn definition(bytes: &[u8]) -> Result<Definition, SimulatorError> {
    let text = String::from_utf8_lossy(bytes);
    toml::from_str(&text).map_err(|error| malformed(TOML, &error.to_string()))
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
