//! Some two hundred and fifty small environments whose verdicts were written down from the design
//! and the domain reference, held against the judgement.
//!
//! `tests/fixtures/judgement/bases.json` holds the environments that the cases start from; a case
//! says what it changes (`drop`, `put`, `merge`, `roles`, `graph`, …) and what has to come out.
//! `{G}`, `{RG}`, `{S}` and `{A}` stand for the beginnings of ids.

use std::net::IpAddr;
use std::path::Path;

use hopscope::analysis::hop::Hop;
use hopscope::analysis::verdict::Verdict;
use hopscope::model::judging::{DeclaredHop, Judging};
use serde_json::{Value, json};

use crate::world::{Ended, Fault, Judged, NOW, World, merge};

const SUBSCRIPTION: &str = "22222222-2222-4222-8222-222222222222";
const TENANT: &str = "11111111-1111-4111-8111-111111111111";
const PERSON: &str = "aaaaaaaa-0000-4000-8000-000000000001";

#[test]
fn rights() {
    holds("access");
}

#[test]
fn customer_keys_and_logs() {
    holds("keys-and-logs");
}

#[test]
fn hubs_their_connections_and_their_managed_group() {
    holds("foundry");
}

#[test]
fn where_hops_start_and_end() {
    holds("ends");
}

#[test]
fn odd_shapes_of_the_same() {
    holds("more");
}

fn holds(file: &str) {
    let bases = json_of("bases");
    let cases = json_of(file);
    let roles = built_in();
    let cases = cases.as_array().unwrap();
    assert!(!cases.is_empty());
    let problems: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let judged = world(&bases, &roles, case).judge();
            let name = case["case"].as_str().unwrap();
            texts(&case["expect"], |expected| problem(&judged, expected))
                .into_iter()
                .chain(unproved(&judged))
                .map(move |problem| format!("{name}: {problem}"))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn texts(list: &Value, each: impl Fn(&Value) -> Option<String>) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(each)
        .collect()
}

/// Gates that claim without proof, or that are shut with nothing to mend them.
fn unproved(judged: &Judged) -> Vec<String> {
    let gates = judged
        .0
        .hops
        .iter()
        .flat_map(|hop| hop.gates.iter().map(move |gate| (hop, gate)));
    gates
        .filter(|(_, gate)| {
            let verdict = gate.judged.verdict;
            verdict != Verdict::Unknown && gate.judged.evidence.is_empty()
                || verdict == Verdict::Shut && gate.remedies.is_empty()
        })
        .map(|(hop, gate)| format!("{}: nothing proves or mends {:?}", hop.id(), gate.judged))
        .collect()
}

/// What differs from one expectation.
fn problem(judged: &Judged, expected: &Value) -> Option<String> {
    let is = |own: &str, name: &str| {
        expected[name]
            .as_str()
            .is_none_or(|wanted| own.eq_ignore_ascii_case(wanted))
    };
    let kind = expected["kind"].as_str().unwrap();
    let of_kind = || judged.0.hops.iter().filter(|hop| hop.kind.word() == kind);
    let found: Vec<&Hop> = of_kind()
        .filter(|hop| is(&hop.from, "from") && is(&hop.to, "to"))
        .filter(|hop| is(hop.via.as_deref().unwrap_or_default(), "via"))
        .collect();
    if expected["absent"] == json!(true) {
        return (!found.is_empty()).then(|| format!("{kind} is drawn: {}", found[0].id()));
    }
    let [hop] = found.as_slice() else {
        let ids: Vec<String> = of_kind().map(Hop::id).collect();
        return Some(format!("{} hops fit {expected}: {ids:?}", found.len()));
    };
    let gates = expected["gates"].as_object().unwrap();
    gates.iter().find_map(|(gate, wanted)| {
        let own = match gate.as_str() {
            "hop" => Some((hop.verdict().word(), String::new())),
            "basis" => Some((hop.basis.word(), String::new())),
            gate => hop
                .gates
                .iter()
                .find(|one| one.gate.word() == gate)
                .map(|one| (one.judged.verdict.word(), one.judged.reason.clone())),
        };
        let fits = match (&own, wanted) {
            (None, Value::Null) => true,
            (Some((own, _)), Value::String(wanted)) => own == wanted,
            (Some((own, _)), Value::Array(any)) => any.contains(&json!(own)),
            _ => false,
        };
        (!fits).then(|| format!("{kind}: {gate} is {own:?}, not {wanted}"))
    })
}

fn world(bases: &Value, roles: &[Value], case: &Value) -> World {
    let base = &bases[case["base"].as_str().unwrap()];
    let items = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
    let id = |one: &Value| one["id"].as_str().unwrap().to_ascii_lowercase();
    let mut arm = items(base, "arm");
    for gone in items(case, "drop") {
        let gone = gone.as_str().unwrap().to_ascii_lowercase();
        arm.retain(|one| id(one) != gone && !id(one).starts_with(&format!("{gone}/")));
    }
    for mut changed in items(case, "merge") {
        let own = id(&changed);
        changed.as_object_mut().unwrap().remove("id");
        merge(arm.iter_mut().find(|one| id(one) == own).unwrap(), &changed);
    }
    for put in items(case, "put") {
        arm.retain(|one| id(one) != id(&put));
        arm.push(put);
    }
    let mut graph = items(base, "graph");
    graph.retain(|one| !items(case, "unknown").contains(&one["id"]));
    for put in items(case, "graph") {
        graph.retain(|one| id(one) != id(&put));
        graph.push(put);
    }
    arm.extend(tenancy(&arm, &case["groups"]));
    arm.extend(roles.iter().cloned());
    let mut search = std::collections::BTreeMap::new();
    let objects = case.get("search").unwrap_or(&base["search"]);
    for (service, collections) in objects.as_object().unwrap() {
        for (collection, objects) in collections.as_object().unwrap() {
            for object in objects.as_array().into_iter().flatten() {
                let name = object["name"].as_str().unwrap().to_owned();
                search.insert((service.clone(), collection.clone(), name), object.clone());
            }
        }
    }
    let mut world = World {
        activity: Vec::new(),
        arm,
        search,
        graph,
        members: serde_json::from_value(case.get("members").cloned().unwrap_or(json!({}))).unwrap(),
        faults: Vec::new(),
        refusals: Vec::new(),
        groups: Vec::new(),
        subscriptions: vec![SUBSCRIPTION.to_owned()],
        caller: json!({
            "tenant": TENANT, "object_id": PERSON, "upn": "me@contoso.com", "app_id": "a",
            "kind": case.get("kind").unwrap_or(&json!("user")),
        })
        .as_object()
        .cloned()
        .unwrap(),
        judging: Judging {
            client_ip: Some(IpAddr::from([203, 0, 113, 5])),
            ..Judging::default()
        },
        now: NOW,
        api_version: "2026-12-01".to_owned(),
    };
    for role in items(case, "roles") {
        let text = |at: usize| role[at].as_str().unwrap();
        world = world.with_role(text(0), text(1), text(2), text(3));
    }
    for refused in items(case, "refuse") {
        let (service, path) = (refused[0].as_str().unwrap(), refused[1].as_str().unwrap());
        if path == "assignedto" {
            world = world.refuse("roleAssignments/assignedTo", "", Ended::Denied);
        } else {
            world.faults.push(Fault {
                service: Some(service.to_owned()),
                path: path.to_owned(),
            });
        }
    }
    for declared in items(case, "declare") {
        let text = |name: &str| declared[name].as_str().unwrap().to_owned();
        world.judging.pattern.hops.push(DeclaredHop {
            kind: text("kind"),
            from: text("from"),
            to: text("to"),
        });
    }
    world
}

/// The tenant, the subscription, and the groups of the documents.
fn tenancy(arm: &[Value], extra: &Value) -> Vec<Value> {
    let mut found = vec![
        json!({ "id": format!("/tenants/{TENANT}"), "tenantId": TENANT, "displayName": "Contoso" }),
        json!({
            "id": format!("/subscriptions/{SUBSCRIPTION}"), "subscriptionId": SUBSCRIPTION,
            "tenantId": TENANT, "displayName": "lab", "state": "Enabled",
        }),
    ];
    let mut names = std::collections::BTreeSet::new();
    for document in arm {
        let mut parts = document["id"].as_str().unwrap().split('/').skip(1);
        if let (Some(_), Some(SUBSCRIPTION), Some(_), Some(group)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
            && names.insert(group.to_ascii_lowercase())
            && group != "Microsoft.Authorization"
        {
            let mut one = json!({
                "id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"),
                "name": group, "location": "westeurope",
            });
            if let Some(owner) = extra[group].get("managedBy") {
                one["managedBy"] = owner.clone();
            }
            found.push(one);
        }
    }
    found
}

/// The role definitions of the embedded Azure.
fn built_in() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/scenarios/common/arm/roleDefinitions.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn json_of(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/judgement")
        .join(format!("{file}.json"));
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-a");
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace("{G}", &format!("{group}/providers"))
        .replace("{RG}", &group)
        .replace("{S}", &format!("/subscriptions/{SUBSCRIPTION}"))
        .replace("{A}", "/providers/Microsoft.Authorization");
    serde_json::from_str(&dated(&text)).unwrap()
}

/// `@now+1800` is half an hour after everything was read.
fn dated(text: &str) -> String {
    let mut parts = text.split("\"@now");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (seconds, rest) = part.split_once('"').unwrap();
        let at = NOW + time::Duration::seconds(seconds.parse().unwrap());
        out += &serde_json::to_string(
            &at.format(&time::format_description::well_known::Rfc3339)
                .unwrap(),
        )
        .unwrap();
        out += rest;
    }
    out
}
