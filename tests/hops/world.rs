//! A scenario as the store would hold it, with changes: documents are merged (RFC 7396), added,
//! dropped, readings refused; then everything is judged.
//!
//! Documents are named by the end of their id (`storageAccounts/stragdev`), which must be unique.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Mutex;

use hopscope::analysis::hop::{GateVerdict, Hop, HopKind, Judgement};
use hopscope::analysis::hops;
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::judging::{DeclaredHop, Judging, Pattern};
use hopscope::simulator::{Scenario, TokenState};
use hopscope::store::Inventory;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::{load, record};

/// When everything was read, and judged.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);

/// How a reading ends that brings nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Denied,
    Failed,
    NotFound,
    Pending,
}

impl Ended {
    /// Every way in which a reading can end without telling anything.
    pub(crate) const WITHOUT: [Self; 3] = [Self::Denied, Self::Failed, Self::Pending];
}

/// A reading that ends otherwise: which, by [`hopscope::model::key::Key::what`] and the end of its
/// scope.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) what: String,
    pub(crate) scope: String,
    pub(crate) ended: Ended,
}

/// A request that the scenario itself refuses.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) service: Option<String>,
    pub(crate) path: String,
}

/// An environment being built.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Documents of ARM, in the order of the files.
    pub(crate) arm: Vec<Value>,
    /// Objects of data planes: service, collection (`indexers`, `status`, …), name, body.
    pub(crate) search: BTreeMap<(String, String, String), Value>,
    /// Events of the activity log, of the scenario and of the test.
    pub(crate) activity: Vec<Value>,
    /// Directory objects.
    pub(crate) graph: Vec<Value>,
    /// Direct members of groups.
    pub(crate) members: BTreeMap<String, Vec<String>>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) groups: Vec<String>,
    pub(crate) subscriptions: Vec<String>,
    pub(crate) caller: Map<String, Value>,
    pub(crate) judging: Judging,
    /// What tests call `now`, when it is not when everything was read.
    pub(crate) now: OffsetDateTime,
    /// The API version of every answer.
    pub(crate) api_version: String,
}

impl World {
    /// A scenario of the embedded Azure, read once.
    pub(crate) fn scenario(name: &str) -> Self {
        static KNOWN: Mutex<BTreeMap<String, World>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap();
        let own = known.entry(name.to_owned()).or_insert_with(|| {
            let config = Scenario::preface(name).and_then(|preface| preface.config);
            Self::told(&Scenario::load(name).unwrap(), config)
        });
        own.clone()
    }

    /// A folder laid out as scenarios are, with the roles that all of them share.
    pub(crate) fn folder(folder: &Path) -> Self {
        let mut world = Self::told(&Scenario::from_dir(folder).unwrap(), None);
        let shared = Self::scenario("healthy").arm.into_iter().filter(|one| {
            one["id"].as_str().is_some_and(|id| {
                id.starts_with("/providers/Microsoft.Authorization/roleDefinitions/")
            })
        });
        world.arm.splice(0..0, shared);
        world
    }

    fn told(scenario: &Scenario, config: Option<&str>) -> Self {
        let mut search = BTreeMap::new();
        for (service, objects) in scenario.search() {
            let mut put = |collection: &str, name: &str, body: &Value| {
                let key = (service.clone(), collection.to_owned(), name.to_owned());
                search.insert(key, filled(body));
            };
            for (collection, items) in &objects.collections {
                for object in items {
                    put(collection, object["name"].as_str().unwrap(), object);
                }
            }
            for (collection, bodies) in [("status", &objects.status), ("stats", &objects.stats)] {
                for (name, body) in bodies {
                    put(collection, name, body);
                }
            }
        }
        let pattern = config.map_or_else(Pattern::default, |text| {
            let config = toml_of(text);
            Pattern {
                users: texts(&config["pattern"]["users"]),
                image_hosts: texts(&config["pattern"]["image_hosts"]),
                hops: Vec::new(),
            }
        });
        let caller = scenario.caller();
        let caller = json!({
            "tenant": caller.tenant,
            "object_id": caller.object_id,
            "upn": caller.upn,
            "app_id": caller.app_id,
            "kind": caller.kind,
            "elsewhere": caller.elsewhere.iter().map(|one| json!({
                "tenant": one.tenant,
                "object_id": one.object_id,
                "token": match one.token {
                    TokenState::Valid => "valid",
                    TokenState::Expired => "expired",
                    TokenState::WrongTenant => "wrong-tenant",
                },
            })).collect::<Vec<_>>(),
            "auxiliary": scenario.scope().auxiliary_tenants,
        });
        Self {
            arm: scenario.documents().iter().map(filled).collect(),
            search,
            activity: scenario.events().iter().map(filled).collect(),
            graph: scenario.directory().to_vec(),
            members: scenario.members().clone(),
            faults: scenario
                .refused()
                .into_iter()
                .map(|(service, path)| Fault {
                    service: service.map(str::to_owned),
                    path: path.to_ascii_lowercase(),
                })
                .collect(),
            refusals: Vec::new(),
            groups: scenario.scope().resource_groups.clone(),
            subscriptions: scenario.scope().subscriptions.clone(),
            caller: caller.as_object().cloned().unwrap(),
            judging: Judging {
                client_ip: Some(IpAddr::from([203, 0, 113, 24])),
                pattern,
                ..Judging::default()
            },
            now: NOW,
            api_version: "2026-12-01".to_owned(),
        }
    }

    /// A text that `[caller]` says.
    pub(crate) fn text_of_caller(&self, name: &str) -> String {
        let text = self.caller.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }

    /// Everything is answered by another API version.
    pub(crate) fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.api_version);
        self
    }

    /// The place of the one document whose id ends so.
    fn place(&self, end: &str) -> usize {
        let end = format!("/{}", end.to_ascii_lowercase().trim_start_matches('/'));
        let found: Vec<usize> = self
            .arm
            .iter()
            .enumerate()
            .filter(|(_, document)| {
                document["id"]
                    .as_str()
                    .is_some_and(|id| id.to_ascii_lowercase().ends_with(&end))
            })
            .map(|(at, _)| at)
            .collect();
        match found.as_slice() {
            [at] => *at,
            [] => panic!("no document ends in {end}"),
            _ => panic!("{} documents end in {end}", found.len()),
        }
    }

    /// The whole id of the document whose id ends so.
    pub(crate) fn id(&self, end: &str) -> String {
        self.arm[self.place(end)]["id"].as_str().unwrap().to_owned()
    }

    /// The document whose id ends so.
    pub(crate) fn body(&self, end: &str) -> &Value {
        &self.arm[self.place(end)]
    }

    /// The same, to be changed.
    pub(crate) fn body_mut(&mut self, end: &str) -> &mut Value {
        let at = self.place(end);
        &mut self.arm[at]
    }

    /// Merges a patch into a document of ARM.
    pub(crate) fn merge(mut self, end: &str, patch: Value) -> Self {
        let at = self.place(end);
        merge(&mut self.arm[at], &patch);
        self
    }

    /// Adds a document of ARM.
    pub(crate) fn add(mut self, document: Value) -> Self {
        self.arm.push(document);
        self
    }

    /// Takes away a document of ARM and what lies below it.
    pub(crate) fn without(mut self, end: &str) -> Self {
        let id = self.id(end).to_ascii_lowercase();
        self.arm.retain(|document| {
            let own = document["id"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase();
            own != id && !own.starts_with(&format!("{id}/"))
        });
        self
    }

    /// Takes away every document that a test says.
    pub(crate) fn dropping(mut self, drops: impl Fn(&Value) -> bool) -> Self {
        self.arm.retain(|document| !drops(document));
        self
    }

    /// Takes away role assignments of a principal that hold one of these roles (by GUID); all of
    /// them when none is named.
    pub(crate) fn without_roles(self, principal: &str, roles: &[&str]) -> Self {
        self.dropping(|document| {
            let of = |path: &str| document["properties"][path].as_str().unwrap_or_default();
            is_assignment(document)
                && of("principalId").eq_ignore_ascii_case(principal)
                && (roles.is_empty()
                    || roles
                        .iter()
                        .any(|role| of("roleDefinitionId").ends_with(role)))
        })
    }

    /// Adds a role assignment.
    pub(crate) fn with_role(self, principal: &str, kind: &str, role: &str, scope: &str) -> Self {
        let number = self.arm.len();
        self.add(json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-{number:012}"),
            "name": format!("00000000-0000-4000-8000-{number:012}"),
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "principalId": principal,
                "principalType": kind,
                "scope": scope,
                "condition": null,
                "createdOn": "2025-06-12T10:00:00Z",
                "updatedOn": "2025-06-12T10:00:00Z",
            },
        }))
    }

    /// Merges a patch into an object of a data plane, or adds it.
    pub(crate) fn object(
        mut self,
        service: &str,
        collection: &str,
        name: &str,
        patch: Value,
    ) -> Self {
        let key = (service.to_owned(), collection.to_owned(), name.to_owned());
        let object = self
            .search
            .entry(key)
            .or_insert_with(|| json!({ "name": name }));
        merge(object, &patch);
        self
    }

    /// Takes away an object of a data plane.
    pub(crate) fn without_object(mut self, service: &str, collection: &str, name: &str) -> Self {
        let key = (service.to_owned(), collection.to_owned(), name.to_owned());
        assert!(self.search.remove(&key).is_some(), "no {key:?}");
        self
    }

    /// A reading that ends otherwise: `refuse("roleAssignments", "", Ended::Denied)`.
    pub(crate) fn refuse(mut self, what: &str, scope: &str, ended: Ended) -> Self {
        self.refusals.push(Refusal {
            what: what.to_owned(),
            scope: scope.to_ascii_lowercase(),
            ended,
        });
        self
    }

    /// Without the scenario's own refusals.
    pub(crate) fn without_faults(mut self) -> Self {
        self.faults.clear();
        self
    }

    /// Says how to judge.
    pub(crate) fn judging(mut self, change: impl FnOnce(&mut Judging)) -> Self {
        change(&mut self.judging);
        self
    }

    /// Declares a hop as `[[pattern.hop]]` would.
    pub(crate) fn declaring(self, kind: &str, from: &str, to: &str) -> Self {
        self.judging(|judging| {
            judging.pattern.hops.push(DeclaredHop {
                kind: kind.to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
            });
        })
    }

    /// Judges at another time than that of the readings.
    pub(crate) fn at(mut self, now: OffsetDateTime) -> Self {
        self.now = now;
        self
    }

    pub(crate) fn inventory(&self) -> Inventory {
        Inventory::build(&load::store(self).snapshot())
    }

    pub(crate) fn judge(&self) -> Judged {
        let inventory = self.inventory();
        let judgement = hops::judge(&inventory, &self.judging, self.now);
        record::record(&inventory, &judgement);
        Judged(judgement)
    }
}

/// A judgement that tests ask by short names.
#[derive(Debug)]
pub(crate) struct Judged(pub(crate) Judgement);

impl Judged {
    /// The hops of a kind.
    pub(crate) fn of(&self, kind: HopKind) -> Vec<&Hop> {
        self.0.hops.iter().filter(|hop| hop.kind == kind).collect()
    }

    /// The one hop of a kind with this tie (any, when empty).
    pub(crate) fn hop(&self, kind: HopKind, via: &str) -> &Hop {
        let found: Vec<&Hop> = self
            .of(kind)
            .into_iter()
            .filter(|hop| via.is_empty() || hop.via.as_deref() == Some(via))
            .collect();
        match found.as_slice() {
            [one] => one,
            _ => panic!(
                "{} hops {kind} via {via:?}: {:?}",
                found.len(),
                self.ids(kind)
            ),
        }
    }

    /// One gate of the one hop of a kind.
    pub(crate) fn gate(&self, kind: HopKind, via: &str, gate: Gate) -> &GateVerdict {
        let hop = self.hop(kind, via);
        hop.gate(gate)
            .unwrap_or_else(|| panic!("no {gate} on {}: {:?}", hop.id(), hop.gates))
    }

    /// The verdict of one gate, held against what is expected, with its reason when it differs.
    #[track_caller]
    pub(crate) fn expect(
        &self,
        kind: HopKind,
        via: &str,
        gate: Gate,
        verdict: Verdict,
        says: &str,
    ) {
        let found = self.gate(kind, via, gate);
        assert_eq!(
            found.judged.verdict, verdict,
            "{kind} {gate}: {}",
            found.judged.reason
        );
        assert!(
            found.judged.reason.contains(says),
            "{kind} {gate} says {:?}, not {says:?}",
            found.judged.reason
        );
        assert!(
            !found.judged.evidence.is_empty() || verdict == Verdict::Unknown,
            "{kind} {gate} proves nothing"
        );
        if verdict == Verdict::Shut {
            assert!(
                !found.remedies.is_empty(),
                "{kind} {gate}: nothing mends {}",
                found.judged.reason
            );
        }
    }

    pub(crate) fn ids(&self, kind: HopKind) -> Vec<String> {
        self.of(kind).iter().map(|hop| hop.id()).collect()
    }
}

/// RFC 7396.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let fields = target.as_object_mut().unwrap();
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

pub(crate) fn is_assignment(document: &Value) -> bool {
    document["id"].as_str().is_some_and(|id| {
        id.to_ascii_lowercase()
            .contains("/providers/microsoft.authorization/roleassignments/")
    })
}

fn toml_of(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// A document with its times filled in, as the embedded Azure serves it.
fn filled(document: &Value) -> Value {
    match document {
        Value::String(text) if text.contains("{{now") => Value::String(at(text)),
        Value::Array(items) => items.iter().map(filled).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), filled(member)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// `{{now-15m}}` and its kin, as the embedded Azure fills them in.
fn at(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{now") {
        let (offset, behind) = after.split_once("}}").unwrap();
        let seconds = if offset.is_empty() {
            0
        } else {
            let (sign, amount) = offset.split_at(1);
            let (count, unit) = amount.split_at(amount.len() - 1);
            let unit = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => 86400,
            };
            let count: i64 = count.parse().unwrap();
            if sign == "-" {
                -count * unit
            } else {
                count * unit
            }
        };
        let at = NOW + time::Duration::seconds(seconds);
        out.push_str(before);
        out.push_str(
            &at.format(&time::format_description::well_known::Rfc3339)
                .unwrap(),
        );
        rest = behind;
    }
    out + rest
}
