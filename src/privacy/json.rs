//! Masking a JSON document, and learning from it what is called what.

use serde_json::{Map, Value};

use super::names::Kind;
use super::text::is_guid;
use super::words::is_harmless;
use super::{Level, Masker};

/// Properties that hold nothing but the name of something else: a name stands there even where it is
/// an ordinary word.
const REFERENCES: [&str; 14] = [
    "datasourcename",
    "targetindexname",
    "skillsetname",
    "indexname",
    "containername",
    "accountname",
    "customsubdomainname",
    "resourcegroup",
    "resourcegroupname",
    "parentpoolname",
    "storagecontainer",
    "serviceprovisionedresourcegroup",
    "defaultproject",
    "keyname",
];

impl Masker {
    /// A document with everything masked in it that the level covers.
    pub fn value(&mut self, value: &Value) -> Value {
        self.member("", value, false)
    }

    fn member(&mut self, name: &str, value: &Value, is_named: bool) -> Value {
        match value {
            Value::String(text) => Value::String(self.string(name, text, is_named)),
            Value::Array(items) => items
                .iter()
                .map(|item| self.member(name, item, false))
                .collect(),
            Value::Object(map) => {
                let own_name = named_by_id(map);
                let masked: Map<String, Value> = map
                    .iter()
                    .map(|(key, value)| {
                        let is_named = own_name && key == "name";
                        (self.property(key), self.member(key, value, is_named))
                    })
                    .collect();
                Value::Object(masked)
            }
            other => other.clone(),
        }
    }

    /// The name of a property: nearly always Azure's own.
    fn property(&mut self, name: &str) -> String {
        if is_harmless(&name.to_ascii_lowercase()) {
            name.to_owned()
        } else {
            self.text(name)
        }
    }

    fn string(&mut self, name: &str, text: &str, is_named: bool) -> String {
        if self.level == Level::None {
            return text.to_owned();
        }
        let folded = name.to_ascii_lowercase();
        if (is_named || REFERENCES.contains(&folded.as_str()))
            && let Some(known) = self.names.known(&text.to_lowercase())
        {
            return known.to_owned();
        }
        let is_count = folded.contains("number") && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_count {
            return text.to_owned();
        }
        self.text(text)
    }

    /// Learns the names in a document by their kind.
    pub(super) fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                if text.starts_with('/') && text.contains("ubscriptions/")
                    || text.starts_with("/providers/")
                {
                    self.learn_id(text);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(map) => {
                self.learn_object(map);
                for (name, value) in map {
                    if name.starts_with("/subscriptions/") {
                        self.learn_id(name);
                    }
                    self.learn(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn learn_object(&mut self, map: &Map<String, Value>) {
        let text = |name: &str| map.get(name).and_then(Value::as_str);
        for (name, value) in map {
            let Some(value) = value.as_str() else {
                continue;
            };
            if !is_guid(&value.to_lowercase()) {
                continue;
            }
            let folded = name.to_ascii_lowercase();
            if folded.ends_with("tenantid") || folded == "appownerorganizationid" {
                self.names.of(Kind::Tenant, value);
            } else if folded == "subscriptionid" {
                self.names.of(Kind::Subscription, value);
            }
        }
        if let Some(name) = text("userPrincipalName") {
            self.text(name);
            let person = self.names.of(Kind::Person, name);
            for other in ["displayName", "mail"] {
                self.same(text(other), &person);
            }
        } else if self.level == Level::All
            && text("appId").is_some()
            && let Some(name) = text("displayName")
            && !is_harmless_all(name)
        {
            self.names.of(Kind::Principal, name);
        }
        if self.level == Level::All {
            for (id, kind) in [
                ("subscriptionId", Kind::Subscription),
                ("tenantId", Kind::Tenant),
            ] {
                // A subscription names its tenant, too: its display name is its own.
                if let (Some(id), Some(name)) = (text(id), text("displayName"))
                    && (kind == Kind::Subscription || text("subscriptionId").is_none())
                    && text("userPrincipalName").is_none()
                {
                    let pseudonym = self.names.of(kind, id);
                    self.same(Some(name), &pseudonym);
                    break;
                }
            }
        }
    }

    /// Gives another name of the same thing the same pseudonym.
    fn same(&mut self, name: Option<&str>, pseudonym: &str) {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            self.names.alias(name.to_lowercase(), pseudonym);
        }
    }

    /// Learns the name of an item of a list whose items have no id.
    pub(super) fn learn_name(&mut self, kind: Kind, item: &Value) {
        if self.level == Level::All
            && let Some(name) = item.get("name").and_then(Value::as_str)
        {
            self.names.of(kind, name);
        }
    }
}

/// Whether every word of a name is Azure's own: `Azure Cosmos DB`.
fn is_harmless_all(name: &str) -> bool {
    name.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| is_harmless(&word.to_lowercase()))
}

/// Whether an object's `name` is the name in its id.
fn named_by_id(map: &Map<String, Value>) -> bool {
    let text = |name: &str| map.get(name).and_then(Value::as_str);
    match (text("id"), text("name")) {
        (Some(id), Some(name)) => {
            id.starts_with('/')
                && id
                    .rsplit('/')
                    .next()
                    .is_some_and(|last| last.eq_ignore_ascii_case(name))
        }
        // Objects of a search service have a name and no id.
        (None, Some(_)) => map.contains_key("@odata.etag") || map.contains_key("@odata.context"),
        _ => false,
    }
}
