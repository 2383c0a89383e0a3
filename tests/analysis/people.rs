//! People and the portal: let in by address, or by where they may be.

use std::net::IpAddr;

use hopscope::analysis::network::{self, Caller, Credential, Question};
use hopscope::analysis::verdict::Verdict;
use hopscope::model::judging::Judging;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::ask::{TARGET, assert_verdict, at, by_instance, person, somebody, world};
use crate::build::{World, body, endpoint, named};

use Credential::Key;
use Verdict::{Open, Shut, Unknown};

#[test]
fn a_person_is_let_in_by_address() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [{ "value": "203.0.113.0/24" }] } });
    let closed = json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "defaultAction": "Allow", "ipRules": [{ "value": "203.0.113.24" }] } });
    let none = json!({ "networkAcls": { "defaultAction": "Deny" } });
    for (properties, caller, expected, by) in [
        (
            json!({}),
            person("203.0.113.24"),
            Open,
            Some(Question::DefaultAction),
        ),
        (json!({}), somebody(), Open, Some(Question::DefaultAction)),
        (
            deny.clone(),
            person("203.0.113.24"),
            Open,
            Some(Question::IpRule),
        ),
        (deny.clone(), person("198.51.100.1"), Shut, None),
        (deny.clone(), person("10.0.0.4"), Shut, None),
        (deny.clone(), somebody(), Unknown, None),
        (closed, person("203.0.113.24"), Shut, None),
        (none.clone(), person("203.0.113.24"), Shut, None),
        // No rule could admit anybody, wherever they are.
        (none, somebody(), Shut, None),
        (deny.clone(), Caller::Internet, Shut, None),
        (
            json!({}),
            Caller::Internet,
            Open,
            Some(Question::DefaultAction),
        ),
    ] {
        for family in [Family::Storage, Family::Cognitive, Family::Vault] {
            let admission = at(family, &properties, &caller);
            assert_verdict(
                &admission,
                expected,
                &format!("{family:?} {properties} {caller:?}"),
            );
            assert_eq!(admission.by, by, "{family:?} {properties}");
        }
    }
    let admission = at(Family::Storage, &deny, &person("203.0.113.24"));
    let paths: Vec<&str> = admission
        .judged
        .evidence
        .iter()
        .map(|one| one.path.as_ref())
        .collect();
    assert!(
        paths.contains(&"properties.networkAcls.ipRules[0].value"),
        "{paths:?}"
    );
    assert_eq!(
        admission.judged.evidence[0].request_id.as_deref(),
        Some("5ad00017")
    );
}

#[test]
fn a_person_whose_whereabouts_are_not_known_may_be_inside() {
    let private = json!({ "publicNetworkAccess": "Disabled", "privateEndpointConnections": [endpoint("pe", "Approved")] });
    let subnet = json!({ "networkAcls": { "defaultAction": "Deny", "virtualNetworkRules": [{ "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a" }] } });
    for properties in [private, subnet] {
        for (caller, expected) in [
            (somebody(), Unknown),
            (person("10.0.0.4"), Unknown),
            (person("203.0.113.24"), Shut),
        ] {
            let admission = at(Family::Vault, &properties, &caller);
            assert_verdict(&admission, expected, &format!("{properties} {caller:?}"));
        }
    }
}

#[test]
fn any_azure_datacenter_at_cosmos() {
    let any = json!({ "ipRules": [{ "ipAddressOrRange": "0.0.0.0" }] });
    let admission = by_instance(&world(Family::Cosmos, &any, Family::Search), Key);
    assert_verdict(&admission, Open, "search");
    assert_eq!(admission.by, Some(Question::IpRule));
    assert_verdict(
        &at(Family::Cosmos, &any, &person("203.0.113.24")),
        Unknown,
        "a person",
    );
    assert_verdict(
        &at(Family::Cosmos, &any, &Caller::Internet),
        Shut,
        "the internet",
    );
}

#[test]
fn the_portal_calls_from_its_own_address_or_from_the_browser() {
    let search = |rules: Value, bypass: &str| json!({ "networkRuleSet": { "ipRules": rules, "bypass": bypass } });
    let one = json!([{ "value": "203.0.113.24" }]);
    let storage = json!({ "networkAcls": { "defaultAction": "Deny", "ipRules": one } });
    let judging = Judging {
        client_ip: Some(IpAddr::from([203, 0, 113, 24])),
        ..Judging::default()
    };
    for (family, properties, expected) in [
        (Family::Search, search(json!([]), "None"), Open),
        (Family::Search, search(one.clone(), "None"), Unknown),
        (Family::Search, search(one.clone(), "AzurePortal"), Open),
        (Family::Storage, storage, Open),
        (
            Family::Cosmos,
            json!({ "publicNetworkAccess": "Disabled" }),
            Shut,
        ),
        (
            Family::Cosmos,
            json!({ "ipRules": [{ "ipAddressOrRange": "203.0.113.24" }] }),
            Unknown,
        ),
    ] {
        let inventory = World::new()
            .with(
                family,
                &body(family, TARGET, json!({ "properties": properties })),
            )
            .inventory();
        let admission = network::admit(
            &inventory,
            &judging,
            &Caller::AzurePortal,
            named(&inventory, TARGET),
        )
        .unwrap();
        assert_verdict(&admission, expected, &format!("{family:?} {properties}"));
    }
}
