//! Private endpoints, shared private links, managed networks, and perimeters that replace all rules.

use hopscope::analysis::network::{Caller, Credential, Instance, ServiceKind};
use hopscope::analysis::verdict::Verdict;
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::ask::{CALLER, TARGET, assert_verdict, by_instance, person, somebody, world};
use crate::build::{
    Ended, SUBSCRIPTION, World, admit, body, endpoint, id, inbound, named, perimeter,
};

use Credential::{Key, SystemIdentity, Unclear, UserAssigned};
use Verdict::{Open, Shut, Unknown};

#[test]
fn shared_private_links_are_the_only_way_once_they_exist() {
    let open = json!({});
    let closed = json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" } });
    let link = |status: &str, group: &str| {
        json!([{ "name": "to-blob", "properties": {
            "privateLinkResourceId": id(Family::Storage, TARGET).as_str().to_lowercase(),
            "groupId": group, "status": status } }])
    };
    for (properties, items, ended, expected) in [
        (&closed, Some(link("Approved", "blob")), Ended::Well, Open),
        (&open, Some(link("Pending", "blob")), Ended::Well, Shut),
        (&open, Some(link("rejected", "blob")), Ended::Well, Shut),
        (&open, Some(link("Disconnected", "blob")), Ended::Well, Shut),
        (&open, Some(link("Pending", "table")), Ended::Well, Open),
        (&closed, Some(link("Approved", "table")), Ended::Well, Shut),
        (&open, Some(json!([])), Ended::Well, Open),
        (&open, None, Ended::Denied, Unknown),
        (&closed, None, Ended::Failed, Unknown),
        (&open, None, Ended::Unsupported, Open),
        (
            &open,
            Some(
                json!([{ "name": "to-blob", "properties": { "privateLinkResourceId": id(Family::Storage, TARGET).as_str(), "groupId": "blob", "status": 3 } }]),
            ),
            Ended::Well,
            Unknown,
        ),
    ] {
        let account = body(Family::Storage, TARGET, json!({ "properties": properties }));
        let world = World::new()
            .with(Family::Storage, &account)
            .bare(Family::Search, &body(Family::Search, CALLER, json!({})))
            .facet_ended(
                &id(Family::Search, CALLER),
                Facet::SharedPrivateLinks,
                items.clone(),
                ended,
            );
        let inventory = world.inventory();
        let instance = Instance::of(named(&inventory, CALLER), Key).to_part("blob");
        let admission = admit(&inventory, &Caller::Instance(instance), TARGET);
        assert_verdict(
            &admission,
            expected,
            &format!("{properties} {items:?} {ended:?}"),
        );
    }
}

#[test]
fn the_body_of_a_search_service_stands_in_for_links_that_were_refused() {
    let service = body(
        Family::Search,
        CALLER,
        json!({ "properties": { "sharedPrivateLinkResources": [
        { "name": "to-blob", "properties": { "privateLinkResourceId": id(Family::Storage, TARGET).as_str(), "groupId": "blob", "status": "Pending" } },
    ] } }),
    );
    let world = World::new()
        .with(Family::Storage, &body(Family::Storage, TARGET, json!({})))
        .bare(Family::Search, &service)
        .facet_ended(
            &id(Family::Search, CALLER),
            Facet::SharedPrivateLinks,
            None,
            Ended::Denied,
        );
    assert_verdict(&by_instance(&world, Key), Shut, "pending in the body");
}

#[test]
fn a_machine_in_a_network_comes_by_its_private_endpoint() {
    let network = id(Family::VirtualNetwork, "vnet");
    let properties = json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" },
        "privateEndpointConnections": [endpoint("pe", "Approved")] });
    let pe = |network: &str| {
        body(
            Family::PrivateEndpoint,
            "pe",
            json!({ "properties": { "subnet": { "id": id(Family::VirtualNetwork, network).child("subnets/a").as_str() } } }),
        )
    };
    let caller = Caller::PrivateEndpoint { network };
    let account = body(Family::Storage, TARGET, json!({ "properties": properties }));
    let base = || World::new().with(Family::Storage, &account);
    for (world, expected) in [
        (base().with(Family::PrivateEndpoint, &pe("vnet")), Open),
        (base().with(Family::PrivateEndpoint, &pe("other")), Shut),
        (base(), Unknown),
    ] {
        assert_verdict(
            &admit(&world.inventory(), &caller, TARGET),
            expected,
            "endpoint",
        );
    }
    let pending = json!({ "publicNetworkAccess": "Disabled", "privateEndpointConnections": [endpoint("pe", "Pending")] });
    let account = body(Family::Storage, TARGET, json!({ "properties": pending }));
    let world = World::new()
        .with(Family::Storage, &account)
        .with(Family::PrivateEndpoint, &pe("vnet"));
    assert_verdict(&admit(&world.inventory(), &caller, TARGET), Shut, "pending");
}

#[test]
fn a_hub_comes_by_the_private_endpoints_of_its_managed_network() {
    let closed = json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" } });
    let rule = |status: &str| {
        json!([{ "name": "to-target", "properties": { "type": "PrivateEndpoint", "status": status,
        "destination": { "serviceResourceId": id(Family::Storage, TARGET).as_str(), "subresourceTarget": "blob" } } }])
    };
    for (mode, items, ended, expected) in [
        (
            "AllowOnlyApprovedOutbound",
            Some(rule("Active")),
            Ended::Well,
            Open,
        ),
        (
            "AllowInternetOutbound",
            Some(rule("Active")),
            Ended::Well,
            Open,
        ),
        (
            "AllowInternetOutbound",
            Some(rule("Inactive")),
            Ended::Well,
            Unknown,
        ),
        ("AllowInternetOutbound", Some(json!([])), Ended::Well, Shut),
        ("AllowInternetOutbound", None, Ended::Denied, Unknown),
        ("Disabled", None, Ended::Denied, Shut),
    ] {
        let hub = body(
            Family::Workspace,
            CALLER,
            json!({ "kind": "Hub", "properties": { "managedNetwork": { "isolationMode": mode } } }),
        );
        let world = World::new()
            .with(
                Family::Storage,
                &body(Family::Storage, TARGET, json!({ "properties": closed })),
            )
            .bare(Family::Workspace, &hub)
            .facet_ended(
                &id(Family::Workspace, CALLER),
                Facet::OutboundRules,
                items,
                ended,
            );
        assert_verdict(
            &by_instance(&world, SystemIdentity),
            expected,
            &format!("{mode} {ended:?}"),
        );
    }
}

#[test]
fn an_enforced_perimeter_decides_alone() {
    let office = inbound("office", json!({ "addressPrefixes": ["203.0.113.0/24"] }));
    let subscription = inbound(
        "ours",
        json!({ "subscriptions": [{ "id": format!("/subscriptions/{SUBSCRIPTION}") }] }),
    );
    let open = json!({ "networkAcls": { "defaultAction": "Allow" } });
    let at = |mode: &str, rules: Value, own: Value, caller: &Caller| {
        let world = World::new()
            .bare(
                Family::Storage,
                &body(Family::Storage, TARGET, json!({ "properties": open })),
            )
            .facet(
                &id(Family::Storage, TARGET),
                Facet::Perimeters,
                json!([perimeter("nsp", mode, rules)]),
            )
            .bare(Family::Search, &body(Family::Search, CALLER, json!({})))
            .facet(
                &id(Family::Search, CALLER),
                Facet::SharedPrivateLinks,
                json!([]),
            )
            .facet(&id(Family::Search, CALLER), Facet::Perimeters, own);
        admit(&world.inventory(), caller, TARGET)
    };
    let service = |credential| {
        let world = world(Family::Storage, &json!({}), Family::Search);
        Caller::Instance(Instance::of(named(&world.inventory(), CALLER), credential))
    };
    let inside = json!([perimeter("NSP", "Learning", json!([]))]);
    let outside = json!([]);
    for (mode, rules, own, caller, expected) in [
        (
            "Enforced",
            json!([office]),
            outside.clone(),
            person("203.0.113.24"),
            Open,
        ),
        (
            "Enforced",
            json!([office]),
            outside.clone(),
            person("198.51.100.1"),
            Shut,
        ),
        (
            "Enforced",
            json!([office]),
            outside.clone(),
            somebody(),
            Unknown,
        ),
        ("Enforced", json!([]), outside.clone(), somebody(), Shut),
        (
            "Enforced",
            json!([]),
            outside.clone(),
            Caller::TrustedService(ServiceKind::Search),
            Shut,
        ),
        (
            "Enforced",
            json!([]),
            outside.clone(),
            service(SystemIdentity),
            Shut,
        ),
        (
            "Enforced",
            json!([]),
            inside.clone(),
            service(SystemIdentity),
            Open,
        ),
        (
            "Enforced",
            json!([]),
            inside.clone(),
            service(UserAssigned),
            Open,
        ),
        ("Enforced", json!([]), inside.clone(), service(Key), Shut),
        ("Enforced", json!([]), inside, service(Unclear), Unknown),
        (
            "Enforced",
            json!([subscription]),
            outside.clone(),
            service(SystemIdentity),
            Open,
        ),
        (
            "Enforced",
            json!([subscription]),
            outside.clone(),
            service(Key),
            Shut,
        ),
        ("Learning", json!([]), outside.clone(), service(Key), Open),
        ("Learning", json!([]), outside, person("198.51.100.1"), Open),
    ] {
        let admission = at(mode, rules.clone(), own.clone(), &caller);
        assert_verdict(
            &admission,
            expected,
            &format!("{mode} {rules} {own} {caller:?}"),
        );
    }
}

#[test]
fn between_search_and_models_the_same_perimeter_is_disputed() {
    let nsp = json!([perimeter("nsp", "Enforced", json!([]))]);
    let account = body(Family::Cognitive, TARGET, json!({ "kind": "OpenAI" }));
    let world = World::new()
        .bare(Family::Cognitive, &account)
        .facet(
            &id(Family::Cognitive, TARGET),
            Facet::Perimeters,
            nsp.clone(),
        )
        .bare(Family::Search, &body(Family::Search, CALLER, json!({})))
        .facet(
            &id(Family::Search, CALLER),
            Facet::SharedPrivateLinks,
            json!([]),
        )
        .facet(&id(Family::Search, CALLER), Facet::Perimeters, nsp);
    let admission = by_instance(&world, SystemIdentity);
    assert_verdict(&admission, Unknown, "search -> model");
    assert!(admission.judged.reason.contains("disputed"));
}
