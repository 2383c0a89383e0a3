//! Judging a large environment: 2,000 resources and 20,000 role assignments.
//!
//! Each bench is one whole pass: who every resource is open to, every service against every kind
//! of target next to it, all outbound controls, and 5,000 questions of effective access.

use std::sync::Arc;

use divan::Bencher;
use hopscope::analysis::access::{Action, Index, Memberships, held, matrix::matrix_of};
use hopscope::analysis::network::{self, Caller, Credential, Instance, Wall};
use hopscope::analysis::outbound;
use hopscope::analysis::parts::part_of;
use hopscope::azure::decode::{Context, Page, page, resource};
use hopscope::model::facet::Facet;
use hopscope::model::id::{ArmId, PrincipalId, SubscriptionId};
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::resource::Family;
use hopscope::store::{Inventory, Payload, Store, Update};
use serde_json::{Value, json};
use time::OffsetDateTime;

const RESOURCES: usize = 2_000;
const ASSIGNMENTS: usize = 20_000;
const QUESTIONS: usize = 5_000;
const SUBSCRIPTION: &str = "3b1c7a52-0f0e-4c55-9a51-52f0b8e5d2aa";
const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

fn main() {
    divan::main();
}

fn context() -> Context<'static> {
    Context {
        api_version: Arc::from("2026-12-01"),
        observed_at: OffsetDateTime::UNIX_EPOCH,
        request_id: None,
        requested: None,
    }
}

fn settle(store: &mut Store, key: &Key, payload: Payload) {
    let (generation, at) = (1, OffsetDateTime::UNIX_EPOCH);
    let key = || key.clone();
    store.apply(Update::Planned {
        key: key(),
        generation,
    });
    store.apply(Update::Page {
        key: key(),
        generation,
        payload,
        at,
    });
    store.apply(Update::Settled {
        key: key(),
        generation,
        at,
        issues: Vec::new(),
    });
}

fn id_of(index: usize) -> (Family, ArmId) {
    const FAMILIES: [Family; 5] = [
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Vault,
        Family::Cosmos,
    ];
    let family = FAMILIES[index % FAMILIES.len()];
    let id = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{}/providers/{}/r{index}",
        index / 10,
        family.arm_type()
    );
    (family, ArmId::new(id))
}

fn properties(family: Family) -> Value {
    let rules: Value = (0..5)
        .map(|last| match family {
            Family::Cosmos => json!({ "ipAddressOrRange": format!("203.0.113.{last}") }),
            _ => json!({ "value": format!("203.0.113.{last}") }),
        })
        .collect();
    match family {
        Family::Search => {
            json!({ "networkRuleSet": { "ipRules": rules, "bypass": "AzureServices" } })
        }
        Family::Cosmos => json!({ "ipRules": rules }),
        _ => {
            json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": rules } })
        }
    }
}

fn assignment(index: usize) -> Value {
    let scope = match index % 4 {
        0 => format!("/subscriptions/{SUBSCRIPTION}"),
        1 => id_of(index % RESOURCES)
            .1
            .group_id()
            .expect("the ids of this bench have groups")
            .to_string(),
        _ => id_of(index % RESOURCES).1.to_string(),
    };
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{index}"),
        "properties": {
            "scope": scope,
            "principalId": format!("principal-{}", index % 500),
            "principalType": if index.is_multiple_of(3) { "Group" } else { "User" },
            "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/role-{}", index % 40),
        },
    })
}

fn environment() -> Inventory {
    let mut store = Store::new();
    for index in 0..RESOURCES {
        let (family, id) = id_of(index);
        let body = json!({
            "id": id.as_str(), "name": format!("r{index}"), "location": "centralus",
            "kind": "OpenAI", "properties": properties(family),
        });
        let decoded = resource(family, Arc::new(body), &context()).expect("the body has an id");
        settle(
            &mut store,
            &Key::Resource(id.clone()),
            Payload::Resources(vec![Arc::new(decoded)]),
        );
        settle(
            &mut store,
            &Key::Facet(id.clone(), Facet::Perimeters),
            Payload::Perimeters(Vec::new()),
        );
        settle(
            &mut store,
            &Key::Facet(id, Facet::SharedPrivateLinks),
            Payload::SharedPrivateLinks(Vec::new()),
        );
    }
    let scope = ArmId::of_subscription(&SubscriptionId::new(SUBSCRIPTION));
    let assignments: Value = (0..ASSIGNMENTS).map(assignment).collect();
    let roles: Value = (0..40)
        .map(|role| {
            let data = if role == 39 { READ } else { "Microsoft.Search/*" };
            json!({
                "id": format!("/providers/Microsoft.Authorization/roleDefinitions/role-{role}"),
                "properties": { "roleName": format!("Role {role}"), "permissions": [{
                    "actions": ["*/read", "Microsoft.Storage/storageAccounts/*", "Microsoft.X/*/write"],
                    "notActions": ["Microsoft.Authorization/*/Write"],
                    "dataActions": [data],
                }] },
            })
        })
        .collect();
    for (key, items) in [
        (Key::RoleAssignments(scope.clone()), assignments),
        (Key::RoleDefinitions(scope.clone()), roles),
        (Key::DenyAssignments(scope), json!([])),
    ] {
        let payload = match page(&key, &json!({ "value": items }), &context()).page {
            Page::RoleAssignments(items) => Payload::RoleAssignments(items),
            Page::RoleDefinitions(items) => Payload::RoleDefinitions(items),
            Page::DenyAssignments(items) => Payload::DenyAssignments(items),
            other => unreachable!("a page of another kind: {other:?}"),
        };
        settle(&mut store, &key, payload);
    }
    Inventory::build(&store.snapshot())
}

#[divan::bench]
fn open_to_and_part_of_2000_resources(bencher: Bencher<'_, '_>) {
    let inventory = environment();
    bencher.bench(|| {
        inventory
            .resources()
            .filter(|one| {
                divan::black_box(part_of(&inventory, one));
                divan::black_box(outbound::outbound(&inventory, one));
                network::open_to(&inventory, one).is_some_and(|open| !open.is_unknown())
            })
            .count()
    });
}

#[divan::bench]
fn admission_of_5000_callers(bencher: Bencher<'_, '_>) {
    let inventory = environment();
    let judging = Judging::default();
    let all: Vec<_> = inventory.resources().collect();
    bencher.bench(|| {
        let walls: Vec<_> = all
            .iter()
            .filter_map(|one| Some((one, Wall::of(&inventory, one)?)))
            .collect();
        (0..QUESTIONS)
            .filter(|index| {
                let from = all[index % all.len()];
                let caller = Caller::Instance(Instance::of(from, Credential::SystemIdentity));
                let (target, wall) = &walls[(index * 7 + 3) % walls.len()];
                wall.admit(&inventory, &judging, &caller, target)
                    .by
                    .is_some()
            })
            .count()
    });
}

#[divan::bench]
fn index_of_20000_assignments(bencher: Bencher<'_, '_>) {
    let inventory = environment();
    bencher.bench(|| Index::build(&inventory).assignments().len());
}

#[divan::bench]
fn effective_access_of_5000_questions(bencher: Bencher<'_, '_>) {
    let inventory = environment();
    let index = Index::build(&inventory);
    let memberships = (0..500).fold(Memberships::unknown(), |known, principal| {
        let groups = (1..4)
            .map(|step| PrincipalId::new(format!("principal-{}", (principal + step * 3) % 500)))
            .collect();
        known.knowing(PrincipalId::new(format!("principal-{principal}")), groups)
    });
    let action = Action::data(READ);
    bencher.bench(|| {
        (0..QUESTIONS)
            .filter(|question| {
                let principal = PrincipalId::new(format!("principal-{}", question % 500));
                let (_, scope) = id_of(question % RESOURCES);
                let answer = held(&index, &memberships, &principal, &action, &scope);
                !answer.via.is_empty()
            })
            .count()
    });
}

#[divan::bench]
fn matrix_of_20000_assignments(bencher: Bencher<'_, '_>) {
    let inventory = environment();
    let index = Index::build(&inventory);
    bencher.bench(|| matrix_of(&index).rows.len());
}
