//! What a real body holds is in the report: every example of a fetched type goes through decoder,
//! store and report, and is compared with the body, property by property.
//!
//! The examples stand beside the repository; without them the test says so and passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/schema.rs"]
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hopscope::analysis::hops;
use hopscope::azure::decode::{Context, resource};
use hopscope::model::id::SubscriptionId;
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::report::{Meta, json};
use hopscope::store::{Inventory, Payload, Store, Update};
use serde_json::Value;
use time::macros::datetime;

const AT: time::OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|end| end == "json") {
            found.push(entry.path());
        }
    }
}

/// The documents of fetched types in one example.
fn documents(body: &Value) -> Vec<(Family, Value)> {
    let items = match body.get("value").and_then(Value::as_array) {
        Some(items) => items.clone(),
        None => vec![body.clone()],
    };
    items
        .into_iter()
        .filter_map(|item| Some((Family::of_type(item.get("type")?.as_str()?)?, item)))
        .collect()
}

fn report(family: Family, body: &Value) -> Value {
    let context = Context {
        api_version: "2026-12-01".into(),
        observed_at: AT,
        request_id: None,
        requested: None,
    };
    let decoded = resource(family, Arc::new(body.clone()), &context).unwrap();
    let key = Key::List {
        subscription: SubscriptionId::new("s"),
        group: None,
        family,
    };
    let mut store = Store::new();
    for update in [
        Update::Planned {
            key: key.clone(),
            generation: 1,
        },
        Update::Page {
            key: key.clone(),
            generation: 1,
            payload: Payload::Resources(vec![Arc::new(decoded)]),
            at: AT,
        },
        Update::Settled {
            key,
            generation: 1,
            at: AT,
            issues: Vec::new(),
        },
    ] {
        store.apply(update);
    }
    let meta = Meta {
        generated_at: AT,
        cloud: "AzurePublic".into(),
    };
    let inventory = Inventory::build(&store.snapshot());
    let judgement = hops::judge(&inventory, &Judging::default(), AT);
    json::build(&inventory, &judgement, &meta)
}

/// The values of one property of each item of a list.
fn each<'a>(list: Option<&'a Value>, name: &str) -> Option<Vec<&'a Value>> {
    list?
        .as_array()?
        .iter()
        .map(|item| item.get(name))
        .collect()
}

fn same(
    file: &str,
    what: &str,
    own: Option<&Value>,
    said: Option<&Value>,
    wrong: &mut Vec<String>,
) {
    if own != said {
        wrong.push(format!(
            "{file}: {what}: Azure said {own:?}, the report {said:?}"
        ));
    }
}

fn compare(file: &str, body: &Value, out: &Value, wrong: &mut Vec<String>) {
    let properties = &body["properties"];
    let network = &out["network"];
    for name in ["id", "name", "kind", "location"] {
        same(file, name, body.get(name), out.get(name), wrong);
    }
    if let Some(access) = properties
        .get("publicNetworkAccess")
        .filter(|_| !network.is_null())
    {
        same(
            file,
            "publicNetworkAccess",
            Some(access),
            network.get("publicNetworkAccess"),
            wrong,
        );
    }
    let rules = ["networkAcls", "networkRuleSet"]
        .iter()
        .find_map(|name| properties.get(name))
        .unwrap_or(properties);
    same(
        file,
        "defaultAction",
        rules.get("defaultAction"),
        network.get("defaultAction"),
        wrong,
    );
    let addresses = each(rules.get("ipRules"), "value")
        .or_else(|| each(rules.get("ipRules"), "ipAddressOrRange"));
    let subnets = each(rules.get("virtualNetworkRules"), "id");
    for (name, expected) in [("ipRules", addresses), ("virtualNetworkRules", subnets)] {
        if let Some(expected) = expected {
            let said: Option<Vec<&Value>> = network
                .get(name)
                .map(|list| list.as_array().unwrap().iter().collect());
            if said.as_ref() != Some(&expected) {
                wrong.push(format!(
                    "{file}: {name}: Azure said {expected:?}, the report {said:?}"
                ));
            }
        }
    }
    let bypass = rules
        .get("bypass")
        .or_else(|| rules.get("networkAclBypass"));
    if let Some(text) = bypass.and_then(Value::as_str) {
        let words: Vec<Value> = text
            .split(',')
            .map(str::trim)
            .filter(|word| *word != "None")
            .map(Value::from)
            .collect();
        same(
            file,
            "bypass",
            Some(&Value::from(words)),
            network.get("bypass"),
            wrong,
        );
    }
    if let Some(instances) = rules.get("resourceAccessRules") {
        same(
            file,
            "resourceAccessRules",
            Some(instances),
            network.get("resourceAccessRules"),
            wrong,
        );
    }
    beyond_the_network(file, body, out, wrong);
}

fn beyond_the_network(file: &str, body: &Value, out: &Value, wrong: &mut Vec<String>) {
    let properties = &body["properties"];
    if let Some(identity) = body.get("identity").filter(|one| one.is_object()) {
        for name in ["type", "principalId"] {
            same(
                file,
                name,
                identity.get(name),
                out["identity"].get(name),
                wrong,
            );
        }
    }
    let keys_off = properties.get("disableLocalAuth").and_then(Value::as_bool);
    let keys_on = properties
        .get("allowSharedKeyAccess")
        .and_then(Value::as_bool);
    if let Some(enabled) = keys_off.map(|off| !off).or(keys_on)
        && let Some(judged) = out.get("localAuth")
    {
        same(
            file,
            "localAuth",
            Some(&Value::from(enabled)),
            judged.get("enabled"),
            wrong,
        );
    }
    if let Some(hosts) = properties.get("allowedFqdnList") {
        same(
            file,
            "allowedFqdns",
            Some(hosts),
            out["outbound"].get("allowedFqdns"),
            wrong,
        );
    }
}

#[test]
fn what_an_example_holds_is_in_the_report() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/arm/examples");
    let mut found = Vec::new();
    files(&folder, &mut found);
    found.sort();
    if found.is_empty() {
        println!("skipped: no examples beside the repository");
        return;
    }
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let Ok(body) = serde_json::from_str::<Value>(&text) else {
            continue; // An example need not be JSON; the decoders' tests see to that.
        };
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for (family, document) in documents(&body) {
            seen += 1;
            let report = report(family, &document);
            for problem in schema::problems(&report) {
                wrong.push(format!("{file}: {problem}"));
            }
            let [out] = &report["resources"].as_array().unwrap()[..] else {
                wrong.push(format!("{file}: not one resource"));
                continue;
            };
            compare(&file, &document, out, &mut wrong);
        }
    }
    assert!(seen >= 25, "only {seen} documents");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
