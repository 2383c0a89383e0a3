//! What must hold whatever the environment: knowing less never makes a verdict more certain, and a
//! longer list of addresses never lets fewer in.

use std::net::{IpAddr, Ipv4Addr};

use hopscope::analysis::network::{self, Caller, Credential, Instance, Reach};
use hopscope::analysis::verdict::Verdict;
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use hopscope::store::Inventory;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::build::{Ended, World, admit, body, endpoint, id, inbound, named, perimeter};

/// The rules of a family's body, closed but for these addresses.
fn closed_but_for(family: Family, addresses: &[String]) -> Value {
    let rules: Value = addresses
        .iter()
        .map(|one| match family {
            Family::Cosmos => json!({ "ipAddressOrRange": one }),
            _ => json!({ "value": one }),
        })
        .collect();
    match family {
        Family::Search => json!({ "networkRuleSet": { "ipRules": rules } }),
        Family::Cosmos => json!({ "ipRules": rules }),
        _ => {
            json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": rules } })
        }
    }
}

fn judged(family: Family, addresses: &[String], person: Ipv4Addr) -> (Verdict, Reach) {
    let properties = closed_but_for(family, addresses);
    let inventory = World::new()
        .with(
            family,
            &body(family, "x", json!({ "properties": properties })),
        )
        .inventory();
    let caller = Caller::Person {
        address: Some(IpAddr::V4(person)),
    };
    let open = network::open_to(&inventory, named(&inventory, "x")).unwrap();
    (admit(&inventory, &caller, "x").judged.verdict, open.reach)
}

/// Few enough addresses that a rule and a person meet often.
fn address() -> impl Strategy<Value = String> {
    (0_u8..4, 24_u8..=32).prop_map(|(last, prefix)| match prefix {
        32 => format!("203.0.113.{last}"),
        prefix => format!("203.0.113.{last}/{prefix}"),
    })
}

fn family() -> impl Strategy<Value = Family> {
    prop::sample::select(vec![
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Cosmos,
        Family::Vault,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn one_more_address_never_lets_fewer_in(
        family in family(),
        // Where an empty list means "open to all", the first address closes the door.
        addresses in prop::collection::vec(address(), 1..5),
        more in address(),
        last in 0_u8..8,
    ) {
        let person = Ipv4Addr::new(203, 0, 113, last);
        let (before, reach_before) = judged(family, &addresses, person);
        let mut longer = addresses.clone();
        longer.push(more);
        let (after, reach_after) = judged(family, &longer, person);
        prop_assert!(before != Verdict::Open || after == Verdict::Open);
        match (reach_before, reach_after) {
            (Reach::Everyone, after) => prop_assert_eq!(after, Reach::Everyone),
            (Reach::Some(before), Reach::Some(after)) => {
                prop_assert!(after.addresses + after.ranges >= before.addresses + before.ranges);
            }
            (before, after) => prop_assert!(false, "{:?} {:?}", before, after),
        }
    }
}

/// Whether the second verdict may be given when less is known than for the first.
fn may_become(known: Verdict, with_less: Verdict) -> bool {
    with_less == Verdict::Unknown || with_less == known
}

fn reach_may_become(known: &Reach, with_less: &Reach) -> bool {
    matches!(with_less, Reach::Unknown(_)) || with_less == known
}

/// Bodies that between them take every way through the rules.
fn bodies() -> Vec<(Family, Value)> {
    let instance = id(Family::Search, "caller");
    let subnet =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a";
    let acls = |bypass: &str, default: &str| {
        json!({
            "defaultAction": default,
            "bypass": bypass,
            "ipRules": [{ "value": "203.0.113.24" }],
            "virtualNetworkRules": [{ "id": subnet, "state": "Succeeded" }],
        })
    };
    let mut all = Vec::new();
    for public in ["Enabled", "Disabled", "SecuredByPerimeter"] {
        for (bypass, default) in [
            ("None", "Deny"),
            ("AzureServices", "Deny"),
            ("None", "Allow"),
        ] {
            for family in [Family::Storage, Family::Cognitive, Family::Vault] {
                let mut properties = json!({
                    "publicNetworkAccess": public,
                    "networkAcls": acls(bypass, default),
                    "privateEndpointConnections": [endpoint("pe", "Approved")],
                });
                if family == Family::Storage {
                    properties["networkAcls"]["resourceAccessRules"] =
                        json!([{ "tenantId": "t", "resourceId": instance.as_str() }]);
                }
                all.push((family, properties));
            }
        }
        for bypass in ["None", "AzureServices", "AzurePortal"] {
            for rules in [json!([]), json!([{ "value": "203.0.113.24" }])] {
                all.push((
                    Family::Search,
                    json!({
                        "publicNetworkAccess": public,
                        "networkRuleSet": { "bypass": bypass, "ipRules": rules },
                    }),
                ));
            }
        }
        for filter in [true, false] {
            all.push((Family::Cosmos, json!({
                "publicNetworkAccess": public,
                "isVirtualNetworkFilterEnabled": filter,
                "virtualNetworkRules": [{ "id": subnet }],
                "ipRules": [{ "ipAddressOrRange": "0.0.0.0" }, { "ipAddressOrRange": "203.0.113.24" }],
                "networkAclBypass": "AzureServices",
                "networkAclBypassResourceIds": [instance.as_str()],
            })));
        }
    }
    all
}

fn callers(inventory: &Inventory) -> Vec<Caller> {
    let mut all = vec![
        Caller::Person { address: None },
        Caller::Internet,
        Caller::AzurePortal,
        Caller::PrivateEndpoint {
            network: id(Family::VirtualNetwork, "v"),
        },
    ];
    for address in ["203.0.113.24", "198.51.100.1", "10.0.0.4"] {
        all.push(Caller::Person {
            address: Some(address.parse().unwrap()),
        });
    }
    for credential in [
        Credential::SystemIdentity,
        Credential::UserAssigned,
        Credential::Key,
    ] {
        all.push(Caller::Instance(Instance::of(
            named(inventory, "caller"),
            credential,
        )));
    }
    all
}

fn with_caller(family: Family, properties: &Value) -> World {
    let extra = json!({ "kind": "OpenAI", "properties": properties });
    World::new()
        .with(family, &body(family, "x", extra))
        .with(Family::Search, &body(Family::Search, "caller", json!({})))
}

/// Every way to spoil one value below a place.
fn spoiled(value: &Value, into: &mut Vec<Value>, rebuild: &dyn Fn(Value) -> Value) {
    into.push(rebuild(json!(-3)));
    match value {
        // An empty list that gets a member is another list, not a spoiled one.
        Value::Array(items) if !items.is_empty() => into.push(rebuild(json!([[]]))),
        // An object in place of an object is no broken one: without the members it says nothing.
        Value::String(_) => into.push(rebuild(json!({ "odd": true }))),
        _ => {}
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                spoiled(inner, into, &|odd| {
                    let mut copy = value.clone();
                    copy[name.as_str()] = odd;
                    rebuild(copy)
                });
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                spoiled(inner, into, &|odd| {
                    let mut copy = value.clone();
                    copy[at] = odd;
                    rebuild(copy)
                });
            }
        }
        _ => {}
    }
}

#[test]
fn a_spoiled_value_never_turns_a_verdict_round() {
    let mut compared = 0;
    for (family, properties) in bodies() {
        let whole = with_caller(family, &properties).inventory();
        let callers = callers(&whole);
        let before: Vec<Verdict> = callers
            .iter()
            .map(|caller| admit(&whole, caller, "x").judged.verdict)
            .collect();
        let reach = network::open_to(&whole, named(&whole, "x")).unwrap().reach;
        let mut variants = Vec::new();
        spoiled(&properties, &mut variants, &|odd| odd);
        for variant in variants {
            let inventory = with_caller(family, &variant).inventory();
            for (caller, before) in callers.iter().zip(&before) {
                let after = admit(&inventory, caller, "x").judged;
                assert!(
                    may_become(*before, after.verdict),
                    "{before} became {after:?}\n{family:?} {caller:?}\n{properties}\n{variant}"
                );
                compared += 1;
            }
            let after = network::open_to(&inventory, named(&inventory, "x")).unwrap();
            assert!(
                reach_may_become(&reach, &after.reach),
                "{reach:?} became {after:?}\n{family:?}\n{properties}\n{variant}"
            );
        }
    }
    assert!(compared > 5_000, "{compared}");
}

#[test]
fn a_withheld_facet_never_turns_a_verdict_round() {
    let office = inbound("office", json!({ "addressPrefixes": ["203.0.113.24"] }));
    let nsp = |mode: &str| json!([perimeter("nsp", mode, json!([office]))]);
    let link = |status: &str, target: Family| {
        json!([{ "name": "link", "properties": {
            "privateLinkResourceId": id(target, "x").as_str(), "groupId": "blob", "status": status } }])
    };
    let mut compared = 0;
    for (family, properties) in bodies() {
        for (target_nsp, own_nsp, links) in [
            (json!([]), json!([]), json!([])),
            (nsp("Enforced"), json!([]), json!([])),
            (nsp("Enforced"), nsp("Learning"), json!([])),
            (nsp("Learning"), json!([]), json!([])),
            (json!([]), json!([]), link("Approved", family)),
            (json!([]), json!([]), link("Pending", family)),
        ] {
            let facets = [
                (id(family, "x"), Facet::Perimeters, target_nsp),
                (id(Family::Search, "caller"), Facet::Perimeters, own_nsp),
                (
                    id(Family::Search, "caller"),
                    Facet::SharedPrivateLinks,
                    links,
                ),
            ];
            let build = |withheld: Option<(usize, Ended)>| {
                let extra = json!({ "kind": "OpenAI", "properties": properties });
                let mut world = World::new()
                    .bare(family, &body(family, "x", extra))
                    .bare(Family::Search, &body(Family::Search, "caller", json!({})));
                for (at, (id, facet, items)) in facets.iter().enumerate() {
                    world = match withheld {
                        Some((index, end)) if index == at => {
                            world.facet_ended(id, *facet, None, end)
                        }
                        _ => world.facet(id, *facet, items.clone()),
                    };
                }
                world.inventory()
            };
            let whole = build(None);
            let callers = callers(&whole);
            for (at, end) in (0..facets.len()).flat_map(|at| Ended::WITHOUT.map(|end| (at, end))) {
                let with_less = build(Some((at, end)));
                for caller in &callers {
                    let before = admit(&whole, caller, "x").judged;
                    let after = admit(&with_less, caller, "x").judged;
                    assert!(
                        may_become(before.verdict, after.verdict),
                        "{before:?} became {after:?}\n{family:?} {caller:?} {:?}\n{properties}",
                        facets[at]
                    );
                    compared += 1;
                }
                let before = network::open_to(&whole, named(&whole, "x")).unwrap();
                let after = network::open_to(&with_less, named(&with_less, "x")).unwrap();
                assert!(
                    reach_may_become(&before.reach, &after.reach),
                    "{before:?} became {after:?}"
                );
            }
        }
    }
    assert!(compared > 5_000, "{compared}");
}
