//! What no input may do to the decoders: stop the program, or spoil more than the one property that
//! is wrong.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use hopscope::azure::decode::{Context, Page, page, resource};
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, SubscriptionId};
use hopscope::model::issue::Issue;
use hopscope::model::key::Key;
use hopscope::model::resource::{Family, Resource};
use proptest::prelude::*;
use serde_json::{Value, json};

fn context(requested: Option<&ArmId>) -> Context<'_> {
    Context {
        api_version: Arc::from("2026-12-01"),
        observed_at: time::OffsetDateTime::UNIX_EPOCH,
        request_id: None,
        requested,
    }
}

fn whole() -> Vec<(Family, Value)> {
    let text = include_str!("fixtures/arm/whole.json");
    let bodies: Vec<Value> = serde_json::from_str(text).expect("the fixture is JSON");
    let families = bodies.iter().map(|body| {
        let of_type = body["type"].as_str().expect("a type");
        Family::of_type(of_type).expect("a family")
    });
    families.zip(bodies.iter().cloned()).collect()
}

fn decode(family: Family, body: &Value) -> Resource {
    let id = ArmId::new(body["id"].as_str().unwrap_or("/gone"));
    resource(family, Arc::new(body.clone()), &context(Some(&id))).expect("an id is at hand")
}

/// Every family, facet and other kind of key.
fn all_keys() -> Vec<Key> {
    let id = ArmId::new("/subscriptions/S");
    let lists = Family::ALL.into_iter().map(|family| Key::List {
        subscription: SubscriptionId::new("S"),
        group: None,
        family,
    });
    let ones = whole()
        .into_iter()
        .map(|(_, body)| Key::Resource(ArmId::new(body["id"].as_str().expect("an id"))));
    let facets = Facet::ALL
        .into_iter()
        .map(|facet| Key::Facet(id.clone(), facet));
    lists
        .chain(ones)
        .chain(facets)
        .chain([
            Key::Tenants(None),
            Key::Subscriptions(None),
            Key::Groups(SubscriptionId::new("S")),
            Key::RoleAssignments(id.clone()),
            Key::RoleDefinitions(id.clone()),
            Key::DenyAssignments(id.clone()),
            Key::Principals(None),
        ])
        .collect()
}

/// Names that decoders look for, so that arbitrary documents get past the first lookup.
const NAMES: &[&str] = &[
    "value",
    "id",
    "name",
    "kind",
    "sku",
    "tags",
    "identity",
    "type",
    "properties",
    "systemData",
    "createdAt",
    "userAssignedIdentities",
    "principalId",
    "networkAcls",
    "networkRuleSet",
    "ipRules",
    "ipv6Rules",
    "value",
    "virtualNetworkRules",
    "resourceAccessRules",
    "resourceId",
    "bypass",
    "defaultAction",
    "privateEndpointConnections",
    "privateLinkServiceConnectionState",
    "status",
    "encryption",
    "keyvaultproperties",
    "keyVaultProperties",
    "keyvaulturi",
    "keyname",
    "authOptions",
    "apiKeyOnly",
    "aadOrApiKey",
    "sharedPrivateLinkResources",
    "replicaCount",
    "allowedFqdnList",
    "networkInjections",
    "managedNetwork",
    "isolationMode",
    "serviceProvisionedResourceGroup",
    "ipRangeFilter",
    "accessPolicies",
    "permissions",
    "actions",
    "notActions",
    "principals",
    "scope",
    "roleDefinitionId",
    "logs",
    "category",
    "enabled",
    "profile",
    "accessRules",
    "subnets",
    "addressPrefix",
    "destination",
    "metadata",
    "@odata.type",
    "displayName",
    "subscriptionId",
    "retentionInDays",
    "defaultIdentity",
];

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(NAMES).prop_map(str::to_owned),
        1 => prop::sample::select(NAMES).prop_map(str::to_uppercase),
        1 => "(?s).{0,8}",
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "(?s).{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "/",
            "//",
            "None",
            "Enabled",
            "=",
            "UserAssignedIdentity=",
            ",",
            "2024-01-01T00:00:00Z",
            "1.0"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any_name(), inner), 0..7)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_document_stops_a_decoder(body in any_json(), version in "[0-9a-z-]{0,18}") {
        let cx = Context { api_version: Arc::from(version), ..context(None) };
        for key in all_keys() {
            let decoded = page(&key, &body, &cx);
            // Something is there, or it is said why not, or the list was empty.
            let is_empty_list = body.as_array().is_some_and(Vec::is_empty)
                || body.as_object().is_some_and(|map| map.iter().any(|(name, list)| {
                    name.eq_ignore_ascii_case("value") && list.as_array().is_some_and(Vec::is_empty)
                }));
            prop_assert!(!decoded.page.is_empty() || !decoded.issues.is_empty() || is_empty_list, "{key:?}");
        }
        for family in Family::ALL {
            let id = ArmId::new("/asked/for");
            prop_assert!(resource(family, Arc::new(body.clone()), &context(Some(&id))).is_ok());
        }
    }
}

#[test]
fn whole_bodies_have_no_issues() {
    for (family, body) in whole() {
        let resource = decode(family, &body);
        assert_eq!(resource.issues.as_ref(), &[] as &[Issue], "{family:?}");
    }
}

/// The way to every leaf: an empty object or list is one, too.
fn leaves(value: &Value, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                way.push(Step::Name(name.clone()));
                leaves(value, way, found);
                way.pop();
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                way.push(Step::Index(index));
                leaves(value, way, found);
                way.pop();
            }
        }
        _ => found.push(way.clone()),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Name(String),
    Index(usize),
}

fn at<'a>(body: &'a mut Value, way: &[Step]) -> &'a mut Value {
    way.iter().fold(body, |place, step| match step {
        Step::Name(name) => &mut place[name.as_str()],
        Step::Index(index) => &mut place[*index],
    })
}

fn dotted(way: &[Step]) -> String {
    way.iter().fold(String::new(), |path, step| match step {
        Step::Name(name) if path.is_empty() => name.clone(),
        Step::Name(name) => format!("{path}.{name}"),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

/// The named fields of a value, from its indented `Debug` form: the names from the outside in, and
/// everything that stands in the innermost one.
fn fields(value: &impl Debug) -> BTreeMap<Vec<String>, String> {
    let mut found: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for line in format!("{value:#?}").lines() {
        let depth = line.len() - line.trim_start().len();
        let line = line.trim();
        while open.last().is_some_and(|(at, _)| *at >= depth) {
            open.pop();
        }
        let name = line.split_once(": ").map(|(name, _)| name);
        let is_field = name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        });
        if let (Some(name), true) = (name, is_field) {
            open.push((depth, name.to_owned()));
        }
        if matches!(line, ")," | "}," | "]," | ")" | "}" | "]") {
            continue;
        }
        let path: Vec<String> = open.iter().map(|(_, name)| name.clone()).collect();
        let text = found.entry(path).or_default();
        text.push_str(line);
        text.push('\n');
    }
    found
}

/// The outermost fields that differ: what lies below one that differs belongs to it.
fn changed(before: &Resource, after: &Resource) -> Vec<Vec<String>> {
    let (before, after) = (fields(before), fields(after));
    let keys = before.keys().chain(after.keys());
    let mut paths: Vec<Vec<String>> = keys
        .filter(|path| before.get(*path) != after.get(*path))
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    let all = paths.clone();
    paths.retain(|path| {
        !all.iter()
            .any(|other| other.len() < path.len() && path.starts_with(other))
    });
    paths
}

/// What stands in two fields, because two questions are answered from it.
fn is_answer_to_two(path: &str) -> bool {
    matches!(
        path,
        // Who owns the key, and where it is.
        "properties.encryption.keySource"
            | "properties.encryption.status"
            | "properties.keyVaultKeyUri"
            // Who reads the key, and what the account says of itself.
            | "properties.defaultIdentity"
            // The hub, and whether one could be named.
            | "properties.hubResourceId"
    )
}

#[test]
fn one_wrong_leaf_changes_one_field() {
    let mut seen = 0;
    for (family, body) in whole() {
        let before = bare(decode(family, &body));
        let mut ways = Vec::new();
        leaves(&body, &mut Vec::new(), &mut ways);
        for way in ways {
            let path = dotted(&way);
            let mut broken = body.clone();
            let leaf = at(&mut broken, &way);
            *leaf = match leaf {
                Value::Number(_) | Value::Bool(_) => json!(["wrong"]),
                _ => json!(12_345),
            };
            let decoded = decode(family, &broken);
            let issues: Vec<_> = decoded
                .issues
                .iter()
                .filter_map(|one| one.path.clone())
                .collect();
            let after = bare(decoded);
            let mut changed = changed(&before, &after);
            // A part that is kept as Azure sent it changes with each of its leaves.
            changed.retain(|path| path.last().is_none_or(|last| last != "raw"));
            let allowed = if is_answer_to_two(&path) { 2 } else { 1 };
            assert!(changed.len() <= allowed, "{family:?} {path}: {changed:?}");
            if issues.is_empty() {
                // Properties that are not read may hold anything.
                assert_eq!(changed, Vec::<Vec<String>>::new(), "{family:?} {path}");
            } else {
                let expected: Vec<String> = issues
                    .iter()
                    .map(|one| one.replace("['", ".").replace("']", ""))
                    .collect();
                assert_eq!(expected, [path], "{family:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "only {seen} leaves were read");
}

/// Without what changes on purpose.
fn bare(mut resource: Resource) -> Resource {
    resource.raw = Arc::new(Value::Null);
    resource.issues = Arc::from([]);
    resource
}

#[test]
fn one_wrong_item_leaves_the_others() {
    for (family, body) in whole() {
        for wrong in [json!(null), json!(5), json!("x"), json!([]), json!({})] {
            let list = json!({ "value": [body, wrong, body] });
            let key = Key::List {
                subscription: SubscriptionId::new("S"),
                group: None,
                family,
            };
            let decoded = page(&key, &list, &context(None));
            let Page::Resources(found) = decoded.page else {
                panic!("resources")
            };
            assert_eq!(found.len(), 2);
            assert_eq!(found[0], found[1]);
            assert_eq!(decoded.issues.len(), 1, "{wrong}");
        }
    }
}
