//! Who is let in, by which rule: one caller at one firewall, in the order of domain-rules B.

use std::net::IpAddr;

use hopscope::analysis::network::{
    self, Admission, Caller, Credential, Instance, Question, ServiceKind,
};
use hopscope::analysis::verdict::{Tag, Verdict};
use hopscope::model::facet::Facet;
use hopscope::model::judging::Judging;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{
    Ended, SUBSCRIPTION, World, admit, body, endpoint, id, inbound, named, perimeter,
};

use Credential::{Key, SystemIdentity, Unclear, UserAssigned};
use Verdict::{Open, Shut, Unknown};

const CALLER: &str = "caller";
const TARGET: &str = "target";

fn person(address: &str) -> Caller {
    Caller::Person {
        address: Some(address.parse().unwrap()),
    }
}

fn somebody() -> Caller {
    Caller::Person { address: None }
}

/// A target with these properties and a caller of a family beside it.
fn world(target: Family, properties: &Value, caller: Family) -> World {
    let extra = json!({ "kind": "OpenAI", "properties": properties });
    World::new()
        .with(target, &body(target, TARGET, extra))
        .with(caller, &body(caller, CALLER, json!({})))
}

fn by_instance(world: &World, credential: Credential) -> Admission {
    let inventory = world.inventory();
    let instance = Instance::of(named(&inventory, CALLER), credential);
    admit(&inventory, &Caller::Instance(instance), TARGET)
}

fn at(target: Family, properties: &Value, caller: &Caller) -> Admission {
    admit(
        &world(target, properties, Family::Search).inventory(),
        caller,
        TARGET,
    )
}

fn assert_verdict(admission: &Admission, expected: Verdict, case: &str) {
    let judged = &admission.judged;
    assert_eq!(
        judged.verdict, expected,
        "{case}\n{}\n{:#?}",
        judged.reason, admission.asked
    );
    assert!(!judged.reason.is_empty(), "{case}");
    if judged.verdict != Unknown {
        assert!(!judged.evidence.is_empty(), "{case}");
    }
}

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
        .map(|one| one.path.as_str())
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
fn an_indexer_at_a_storage_account() {
    let here = "centralus";
    let there = "westeurope";
    let deny = |more: Value| {
        let mut acls = json!({ "defaultAction": "Deny", "bypass": "None" });
        for (name, value) in more.as_object().unwrap().clone() {
            acls[name] = value;
        }
        json!({ "networkAcls": acls })
    };
    let instance = json!({ "resourceAccessRules": [{ "tenantId": "t", "resourceId": id(Family::Search, CALLER).as_str().to_uppercase() }] });
    let wildcard = json!({ "resourceAccessRules": [{ "resourceId": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/*/providers/Microsoft.Search/searchServices/*") }] });
    let other =
        json!({ "resourceAccessRules": [{ "resourceId": "/subscriptions/x/hub-rag-dev" }] });
    let address = json!({ "ipRules": [{ "value": "203.0.113.24" }] });
    let trusted = json!({ "bypass": "AzureServices, Logging" });
    let everyone = json!({ "ipRules": [{ "value": "0.0.0.0/0" }] });
    for (properties, region, credential, expected, says) in [
        (json!({}), here, Key, Open, "Allow"),
        (
            deny(json!({})),
            here,
            SystemIdentity,
            Shut,
            "bypass is None",
        ),
        // An address rule is of no use in the same region, whatever it holds.
        (
            deny(address.clone()),
            "Central US",
            SystemIdentity,
            Shut,
            "same region",
        ),
        (deny(address.clone()), here, Key, Shut, "same region"),
        (deny(everyone.clone()), here, Key, Shut, "same region"),
        (
            deny(address.clone()),
            there,
            SystemIdentity,
            Unknown,
            "between regions",
        ),
        (deny(everyone), there, Key, Open, "cover every address"),
        (
            deny(trusted.clone()),
            here,
            SystemIdentity,
            Open,
            "trusted service",
        ),
        (
            deny(trusted.clone()),
            there,
            SystemIdentity,
            Open,
            "trusted service",
        ),
        (
            deny(trusted.clone()),
            here,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (
            deny(trusted.clone()),
            there,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (deny(trusted.clone()), here, Key, Shut, "key or SAS"),
        (deny(trusted), here, Unclear, Unknown, "could not be read"),
        (
            deny(instance.clone()),
            here,
            SystemIdentity,
            Open,
            "instance rule",
        ),
        (
            deny(instance.clone()),
            here,
            UserAssigned,
            Shut,
            "user-assigned",
        ),
        (deny(instance), here, Key, Shut, "key or SAS"),
        (deny(wildcard), here, SystemIdentity, Open, "instance rule"),
        (deny(other), here, SystemIdentity, Shut, "bypass is None"),
        (
            deny(json!({ "resourceAccessRules": "x" })),
            here,
            SystemIdentity,
            Unknown,
            "malformed",
        ),
        (
            deny(json!({ "bypass": 7 })),
            here,
            SystemIdentity,
            Unknown,
            "malformed",
        ),
        // Trusted services come before public access.
        (
            json!({ "publicNetworkAccess": "Disabled" }),
            here,
            SystemIdentity,
            Open,
            "public access off",
        ),
        (
            json!({ "publicNetworkAccess": "Disabled" }),
            here,
            Key,
            Shut,
            "Disabled",
        ),
        (
            json!({ "publicNetworkAccess": "SecuredByPerimeter" }),
            here,
            SystemIdentity,
            Shut,
            "perimeter alone",
        ),
        (
            json!({ "publicNetworkAccess": "Off" }),
            here,
            SystemIdentity,
            Unknown,
            "no value known",
        ),
    ] {
        let account = body(Family::Storage, TARGET, json!({ "properties": properties }));
        let service = body(Family::Search, CALLER, json!({ "location": region }));
        let world = World::new()
            .with(Family::Storage, &account)
            .with(Family::Search, &service);
        let admission = by_instance(&world, credential);
        let case = format!("{properties} {region} {credential:?}");
        assert_verdict(&admission, expected, &case);
        assert!(
            admission.judged.reason.contains(says),
            "{case}\n{}",
            admission.judged.reason
        );
    }
}

#[test]
fn tables_and_files_have_no_trusted_path() {
    let properties =
        json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    let inventory = world(Family::Storage, &properties, Family::Search).inventory();
    for (part, expected) in [
        ("blob", Open),
        ("DFS", Open),
        ("table", Shut),
        ("file", Shut),
    ] {
        let instance = Instance::of(named(&inventory, CALLER), SystemIdentity).to_part(part);
        let admission = admit(&inventory, &Caller::Instance(instance), TARGET);
        assert_verdict(&admission, expected, part);
    }
}

#[test]
fn regions_that_are_not_said_leave_address_rules_open() {
    let properties = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": [{ "value": "203.0.113.24" }] } });
    let account = body(
        Family::Storage,
        TARGET,
        json!({ "location": null, "properties": properties }),
    );
    let world = World::new()
        .with(Family::Storage, &account)
        .with(Family::Search, &body(Family::Search, CALLER, json!({})));
    assert_verdict(&by_instance(&world, Key), Unknown, "no location");
}

#[test]
fn an_instance_rule_of_another_tenant_is_another_instance() {
    let rule = |tenant: &str| {
        json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None",
        "resourceAccessRules": [{ "tenantId": tenant, "resourceId": id(Family::Search, CALLER).as_str() }] } })
    };
    for (tenant, expected) in [("T-1", Open), ("t-2", Shut)] {
        let world = world(Family::Storage, &rule(tenant), Family::Search).subscription("t-1");
        assert_verdict(&by_instance(&world, SystemIdentity), expected, tenant);
    }
}

#[test]
fn who_is_trusted_by_whom() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    let search = json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.24" }], "bypass": "AzureServices" } });
    let cosmos = json!({ "ipRules": [{ "ipAddressOrRange": "203.0.113.24" }], "networkAclBypass": "AzureServices" });
    let filtered =
        json!({ "isVirtualNetworkFilterEnabled": true, "networkAclBypass": "AzureServices" });
    for (target, properties, caller, credential, expected) in [
        (
            Family::Storage,
            &deny,
            Family::Cognitive,
            SystemIdentity,
            Open,
        ),
        (
            Family::Storage,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Storage,
            &deny,
            Family::Workspace,
            UserAssigned,
            Unknown,
        ),
        (Family::Storage, &deny, Family::Workspace, Key, Shut),
        (Family::Storage, &deny, Family::Cosmos, SystemIdentity, Shut),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            SystemIdentity,
            Open,
        ),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            UserAssigned,
            Shut,
        ),
        (Family::Search, &search, Family::Cognitive, Key, Shut),
        (
            Family::Search,
            &search,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Cognitive,
            &deny,
            Family::Search,
            SystemIdentity,
            Open,
        ),
        (Family::Cognitive, &deny, Family::Search, UserAssigned, Shut),
        (Family::Cognitive, &deny, Family::Search, Key, Shut),
        (
            Family::Cognitive,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (
            Family::Cognitive,
            &deny,
            Family::Vault,
            SystemIdentity,
            Shut,
        ),
        (
            Family::Vault,
            &deny,
            Family::Workspace,
            SystemIdentity,
            Open,
        ),
        (Family::Vault, &deny, Family::Workspace, UserAssigned, Open),
        (Family::Vault, &deny, Family::Search, SystemIdentity, Open),
        (Family::Vault, &deny, Family::Cosmos, SystemIdentity, Open),
        (
            Family::Vault,
            &deny,
            Family::Cognitive,
            SystemIdentity,
            Unknown,
        ),
        (Family::Vault, &deny, Family::Cognitive, Key, Shut),
        (
            Family::Cosmos,
            &filtered,
            Family::Search,
            SystemIdentity,
            Shut,
        ),
        (
            Family::Cosmos,
            &cosmos,
            Family::Search,
            SystemIdentity,
            Unknown,
        ),
        (Family::Cosmos, &cosmos, Family::Workspace, Key, Unknown),
    ] {
        let admission = by_instance(&world(target, properties, caller), credential);
        assert_verdict(
            &admission,
            expected,
            &format!("{caller:?} -> {target:?} {credential:?}"),
        );
    }
    let cosmos_to_vault = by_instance(&world(Family::Vault, &deny, Family::Cosmos), SystemIdentity);
    assert_eq!(cosmos_to_vault.judged.tags, [Tag::Medium]);
    assert!(cosmos_to_vault.judged.reason.contains("[medium]"));
}

#[test]
fn any_instance_of_a_trusted_service() {
    let deny = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "AzureServices" } });
    for (target, kind, expected) in [
        (Family::Storage, ServiceKind::Search, Open),
        (Family::Storage, ServiceKind::Monitor, Open),
        (Family::Storage, ServiceKind::Other, Shut),
        (Family::Vault, ServiceKind::Monitor, Open),
        (Family::Vault, ServiceKind::Cognitive, Unknown),
        (Family::Cognitive, ServiceKind::Search, Open),
        (Family::Cognitive, ServiceKind::Cosmos, Shut),
    ] {
        let admission = at(target, &deny, &Caller::TrustedService(kind));
        assert_verdict(&admission, expected, &format!("{kind:?} -> {target:?}"));
    }
}

#[test]
fn the_trusted_path_with_public_access_off() {
    let storage =
        json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "AzureServices" } });
    let search = json!({ "publicNetworkAccess": "Disabled", "networkRuleSet": { "bypass": "AzureServices" } });
    for (target, properties, caller, expected, says) in [
        (
            Family::Storage,
            &storage,
            Family::Search,
            Open,
            "public access off",
        ),
        (
            Family::Vault,
            &storage,
            Family::Workspace,
            Open,
            "public access off",
        ),
        (
            Family::Search,
            &search,
            Family::Cognitive,
            Open,
            "failing reports",
        ),
        (
            Family::Cognitive,
            &storage,
            Family::Search,
            Unknown,
            "disputed",
        ),
        (
            Family::Cosmos,
            &json!({ "publicNetworkAccess": "Disabled", "ipRules": [{ "ipAddressOrRange": "0.0.0.0" }] }),
            Family::Search,
            Shut,
            "Disabled",
        ),
    ] {
        let admission = by_instance(&world(target, properties, caller), SystemIdentity);
        assert_verdict(&admission, expected, &format!("{target:?}"));
        assert!(
            admission.judged.reason.contains(says),
            "{}",
            admission.judged.reason
        );
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

#[test]
fn the_portal_calls_from_its_own_address_or_from_the_browser() {
    let search = |rules: Value, bypass: &str| json!({ "networkRuleSet": { "ipRules": rules, "bypass": bypass } });
    let one = json!([{ "value": "203.0.113.24" }]);
    let storage = json!({ "networkAcls": { "defaultAction": "Deny", "ipRules": one } });
    let judging = Judging {
        client_ip: Some(IpAddr::from([203, 0, 113, 24])),
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

#[test]
fn the_questions_are_asked_in_order() {
    let properties = json!({ "networkAcls": { "defaultAction": "Deny", "bypass": "None", "ipRules": [{ "value": "203.0.113.24" }] } });
    let admission = by_instance(
        &world(Family::Storage, &properties, Family::Search),
        SystemIdentity,
    );
    let questions: Vec<&str> = admission
        .asked
        .iter()
        .map(|one| one.question.words())
        .collect();
    assert_eq!(
        questions,
        [
            "private endpoint",
            "shared private link",
            "security perimeter",
            "instance rule",
            "trusted service",
            "public access",
            "IP rule",
            "network rule",
            "default action",
        ]
    );
}
