//! "Open to" in words, service by service, absent values included.

use hopscope::analysis::network::{self, OpenTo, Reach};
use hopscope::analysis::verdict::Tag;
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, World, body, endpoint, id, inbound, named, open_to, perimeter};

/// A case: properties, and the words expected.
fn words(family: Family, cases: &[(Value, &str)]) {
    for (properties, expected) in cases {
        let body = body(family, "x", json!({ "properties": properties }));
        let open = open_to(family, &body);
        assert_eq!(open.words(), *expected, "{properties}\n{}", open.reason);
        assert!(!open.reason.is_empty(), "{properties}");
        if !open.is_unknown() {
            assert!(!open.evidence.is_empty(), "{properties}");
        }
    }
}

#[test]
fn storage() {
    let rules = |acls: Value| json!({ "networkAcls": acls });
    words(
        Family::Storage,
        &[
            (json!({}), "everyone"),
            (json!({ "networkAcls": null }), "everyone"),
            (rules(json!({ "defaultAction": "Allow" })), "everyone"),
            (
                rules(json!({ "ipRules": [{ "value": "203.0.113.24" }] })),
                "everyone",
            ),
            (
                rules(json!({ "defaultAction": "Deny" })),
                "trusted services",
            ),
            (
                rules(json!({ "defaultAction": "deny", "bypass": "none" })),
                "nobody",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": "Logging, Metrics" })),
                "nobody",
            ),
            (
                rules(
                    json!({ "defaultAction": "Deny", "bypass": "Logging, AzureServices",
                    "ipRules": [{ "value": "203.0.113.24" }, { "value": "203.0.113.25" }] }),
                ),
                "2 addresses + trusted services",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": "None",
                    "ipRules": [{ "value": "203.0.113.24" }, { "value": "198.51.100.0/24" }],
                    "virtualNetworkRules": [{ "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a" }],
                    "resourceAccessRules": [{ "tenantId": "t", "resourceId": "/subscriptions/s" }] })),
                "1 address + 1 address range + 1 network + 1 named instance",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": "None",
                    "ipRules": [{ "value": "0.0.0.0/1" }, { "value": "128.0.0.0/1" }] })),
                "everyone",
            ),
            // Disabled does not close the door to trusted services and named instances.
            (
                json!({ "publicNetworkAccess": "Disabled" }),
                "trusted services",
            ),
            (
                json!({ "publicNetworkAccess": "disabled", "networkAcls": { "defaultAction": "Allow", "bypass": "None",
                    "ipRules": [{ "value": "203.0.113.24" }] } }),
                "nobody",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" },
                    "privateEndpointConnections": [endpoint("pe", "Approved"), endpoint("pe2", "Pending")] }),
                "private only",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "AzureServices" },
                    "privateEndpointConnections": [endpoint("pe", "Approved")] }),
                "trusted services + private endpoints",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" },
                    "privateEndpointConnections": [endpoint("pe", "Rejected")] }),
                "nobody",
            ),
            (
                json!({ "publicNetworkAccess": "SecuredByPerimeter" }),
                "nobody",
            ),
            // What cannot be read is not guessed.
            (json!({ "publicNetworkAccess": 7 }), "unknown"),
            (json!({ "publicNetworkAccess": "Sometimes" }), "unknown"),
            (json!({ "networkAcls": "open" }), "unknown"),
            (rules(json!({ "defaultAction": "Maybe" })), "unknown"),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": ["AzureServices"] })),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "ipRules": "203.0.113.24" })),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "ipRules": [{ "value": "soon" }] })),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "ipRules": [{}] })),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "virtualNetworkRules": [{}] })),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "resourceAccessRules": [7] })),
                "unknown",
            ),
            (
                json!({ "networkAcls": { "defaultAction": "Deny" }, "privateEndpointConnections": [{}] }),
                "unknown",
            ),
        ],
    );
}

#[test]
fn search() {
    let rules = |set: Value| json!({ "networkRuleSet": set });
    words(
        Family::Search,
        &[
            (json!({}), "everyone"),
            (json!({ "publicNetworkAccess": "enabled" }), "everyone"),
            (
                rules(json!({ "ipRules": [], "bypass": "None" })),
                "everyone",
            ),
            (
                rules(json!({ "ipRules": [{ "value": "203.0.113.24" }], "bypass": "None" })),
                "1 address",
            ),
            (
                rules(
                    json!({ "ipRules": [{ "value": "203.0.113.24" }, { "value": "203.0.113.25" }], "bypass": "AzureServices" }),
                ),
                "2 addresses + trusted services",
            ),
            (
                rules(json!({ "ipRules": [{ "value": "203.0.113.24" }], "bypass": "AzurePortal" })),
                "1 address + Azure portal",
            ),
            (json!({ "publicNetworkAccess": "disabled" }), "nobody"),
            (
                json!({ "publicNetworkAccess": "Disabled", "networkRuleSet": { "bypass": "AzureServices", "ipRules": [] } }),
                "trusted services",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "privateEndpointConnections": [endpoint("pe", "Approved")] }),
                "private only",
            ),
            (rules(json!({ "ipRules": "all" })), "unknown"),
            (
                rules(
                    json!({ "ipRules": [{ "value": "203.0.113.24" }], "bypass": "SomeServices" }),
                ),
                "unknown",
            ),
        ],
    );
}

#[test]
fn cognitive() {
    let rules = |acls: Value| json!({ "networkAcls": acls });
    words(
        Family::Cognitive,
        &[
            (json!({}), "everyone"),
            (
                rules(
                    json!({ "defaultAction": "Allow", "ipRules": [{ "value": "203.0.113.24" }] }),
                ),
                "everyone",
            ),
            (rules(json!({ "defaultAction": "Deny" })), "nobody"),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": "AzureServices" })),
                "trusted services",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "ipRules": [{ "value": "203.0.113.24" }] })),
                "1 address",
            ),
            (json!({ "publicNetworkAccess": "Disabled" }), "nobody"),
            (
                json!({ "publicNetworkAccess": "Disabled", "privateEndpointConnections": [endpoint("pe", "Approved")] }),
                "private only",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "AzureServices" } }),
                "unknown",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": 1 })),
                "unknown",
            ),
        ],
    );
    let disputed = body(
        Family::Cognitive,
        "x",
        json!({ "properties": { "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "AzureServices" } } }),
    );
    assert!(
        open_to(Family::Cognitive, &disputed)
            .reason
            .contains("disputed")
    );
}

#[test]
fn cosmos() {
    let list = |addresses: &[&str]| {
        addresses
            .iter()
            .map(|address| json!({ "ipAddressOrRange": address }))
            .collect::<Value>()
    };
    let subnet = json!([{ "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a" }]);
    words(
        Family::Cosmos,
        &[
            (json!({}), "everyone"),
            (
                json!({ "ipRules": [], "isVirtualNetworkFilterEnabled": false }),
                "everyone",
            ),
            (json!({ "ipRules": list(&["203.0.113.24"]) }), "1 address"),
            (
                json!({ "ipRules": list(&["0.0.0.0"]) }),
                "any Azure datacenter",
            ),
            (
                json!({ "ipRules": list(&["0.0.0.0", "203.0.113.24"]) }),
                "any Azure datacenter + 1 address",
            ),
            (json!({ "ipRules": list(&["0.0.0.0/0"]) }), "everyone"),
            (json!({ "isVirtualNetworkFilterEnabled": true }), "nobody"),
            (
                json!({ "isVirtualNetworkFilterEnabled": true, "virtualNetworkRules": subnet }),
                "1 network",
            ),
            // With the filter off, a rule that is listed is not in force.
            (
                json!({ "isVirtualNetworkFilterEnabled": false, "virtualNetworkRules": subnet }),
                "everyone",
            ),
            (
                json!({ "networkAclBypass": "AzureServices", "ipRules": list(&["203.0.113.24"]) }),
                "1 address",
            ),
            (
                json!({ "networkAclBypass": "AzureServices", "networkAclBypassResourceIds": ["/subscriptions/s/w"],
                    "ipRules": list(&["203.0.113.24"]) }),
                "1 address + 1 named instance",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled", "ipRules": list(&["0.0.0.0"]) }),
                "nobody",
            ),
            (json!({ "isVirtualNetworkFilterEnabled": "yes" }), "unknown"),
        ],
    );
}

#[test]
fn vault() {
    let rules = |acls: Value| json!({ "networkAcls": acls });
    words(
        Family::Vault,
        &[
            (json!({}), "everyone"),
            (
                rules(json!({ "defaultAction": "Deny" })),
                "trusted services",
            ),
            (
                rules(json!({ "defaultAction": "Deny", "bypass": "None" })),
                "nobody",
            ),
            (
                rules(
                    json!({ "defaultAction": "Deny", "bypass": "None", "ipRules": [{ "value": "\"203.0.113.24\"" }] }),
                ),
                "1 address",
            ),
            (
                json!({ "publicNetworkAccess": "Disabled" }),
                "trusted services",
            ),
            (
                json!({ "publicNetworkAccess": "SecuredByPerimeter" }),
                "nobody",
            ),
            (
                json!({ "publicNetworkAccess": "SecuredByPerimeter", "privateEndpointConnections": [endpoint("pe", "Approved")] }),
                "private only",
            ),
        ],
    );
}

#[test]
fn workspaces_and_the_hub_of_a_project() {
    words(
        Family::Workspace,
        &[
            (json!({ "publicNetworkAccess": "Enabled" }), "everyone"),
            (json!({ "publicNetworkAccess": "Disabled" }), "nobody"),
            (
                json!({ "publicNetworkAccess": "Disabled", "privateEndpointConnections": [endpoint("pe", "Approved")] }),
                "private only",
            ),
            // No source says what its absence means.
            (json!({}), "unknown"),
        ],
    );
    let hub = body(
        Family::Workspace,
        "hub",
        json!({ "kind": "Hub", "properties": { "publicNetworkAccess": "Disabled" } }),
    );
    let project = body(
        Family::Workspace,
        "project",
        json!({ "kind": "Project", "properties": { "publicNetworkAccess": "Enabled", "hubResourceId": id(Family::Workspace, "hub").as_str() } }),
    );
    let alone = World::new().with(Family::Workspace, &project);
    let open = |world: &World| {
        let inventory = world.inventory();
        network::open_to(&inventory, named(&inventory, "project")).unwrap()
    };
    assert_eq!(open(&alone).words(), "unknown");
    assert!(
        open(&alone).reason.contains("hub was not read"),
        "{}",
        open(&alone).reason
    );
    assert_eq!(open(&alone.with(Family::Workspace, &hub)).words(), "nobody");
}

#[test]
fn a_body_without_properties_says_nothing() {
    for family in [
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Cosmos,
        Family::Vault,
    ] {
        for properties in [Value::Null, json!("x"), json!([])] {
            let body = body(family, "x", json!({ "properties": properties }));
            assert_eq!(
                open_to(family, &body).words(),
                "unknown",
                "{family:?} {properties}"
            );
        }
    }
}

#[test]
fn a_resource_without_a_firewall_is_not_judged() {
    let body = body(Family::UserIdentity, "id-hub-rag", json!({}));
    let inventory = World::new().with(Family::UserIdentity, &body).inventory();
    assert!(network::open_to(&inventory, named(&inventory, "id-hub-rag")).is_none());
}

#[test]
fn an_older_api_version_leaves_the_bypass_open() {
    let acls = json!({ "properties": { "networkAcls": { "defaultAction": "Deny", "ipRules": [{ "value": "203.0.113.24" }] } } });
    let body = body(Family::Cognitive, "x", acls);
    let inventory = World::new()
        .version("2023-05-01")
        .with(Family::Cognitive, &body)
        .inventory();
    let open = network::open_to(&inventory, named(&inventory, "x")).unwrap();
    assert_eq!(open.words(), "unknown");
    assert!(open.reason.contains("2023-05-01"), "{}", open.reason);
    let Reach::Unknown(doors) = open.reach else {
        panic!("{open:?}")
    };
    assert_eq!(doors.addresses, 1);
}

#[test]
fn the_weight_of_a_default_is_named() {
    let open = open_to(Family::Storage, &body(Family::Storage, "x", json!({})));
    assert_eq!(open.tags, [Tag::K]);
    assert!(open.reason.contains("[K]"), "{}", open.reason);
    let explicit = json!({ "properties": { "publicNetworkAccess": "Enabled", "networkAcls": { "defaultAction": "Deny", "bypass": "None" } } });
    assert!(
        open_to(Family::Storage, &body(Family::Storage, "x", explicit))
            .tags
            .is_empty()
    );
}

fn with_perimeters(family: Family, properties: &Value, items: Value, end: Ended) -> OpenTo {
    let body = body(family, "x", json!({ "properties": properties }));
    let inventory = World::new()
        .bare(family, &body)
        .facet_ended(&id(family, "x"), Facet::Perimeters, Some(items), end)
        .inventory();
    network::open_to(&inventory, named(&inventory, "x")).unwrap()
}

#[test]
fn a_perimeter_replaces_the_rules_only_when_enforced() {
    let rule = inbound("office", json!({ "addressPrefixes": ["203.0.113.0/24"] }));
    let all = inbound("all", json!({ "addressPrefixes": ["0.0.0.0/0"] }));
    let odd = json!({ "name": "odd", "properties": { "direction": 3 } });
    for (mode, rules, expected) in [
        ("Enforced", json!([]), "perimeter only"),
        ("Enforced", json!([rule]), "perimeter only"),
        ("enforced", json!([all]), "everyone"),
        ("Enforced", json!([odd]), "unknown"),
        ("Learning", json!([rule]), "everyone"),
        ("Audit", json!([]), "everyone"),
        ("Tomorrow", json!([]), "unknown"),
    ] {
        let items = json!([perimeter("nsp", mode, rules)]);
        for family in [
            Family::Storage,
            Family::Search,
            Family::Cognitive,
            Family::Vault,
        ] {
            let open = with_perimeters(family, &json!({}), items.clone(), Ended::Well);
            assert_eq!(
                open.words(),
                expected,
                "{family:?} {mode} {items}\n{}",
                open.reason
            );
        }
    }
}

#[test]
fn perimeters_that_were_not_read_leave_everything_open() {
    let closed = json!({ "publicNetworkAccess": "Disabled", "networkAcls": { "bypass": "None" } });
    for properties in [json!({}), closed] {
        for end in Ended::WITHOUT {
            let open = with_perimeters(Family::Storage, &properties, json!([]), end);
            assert_eq!(open.words(), "unknown", "{properties} {end:?}");
            assert!(open.reason.contains("perimeters"), "{}", open.reason);
        }
    }
    // The service has no such list, or this version has none: that is an answer.
    for end in [Ended::NotFound, Ended::Unsupported] {
        let open = with_perimeters(Family::Storage, &json!({}), json!([]), end);
        assert_eq!(open.words(), "everyone", "{end:?}");
    }
    // Nobody asked yet.
    let body = body(Family::Storage, "x", json!({}));
    let inventory = World::new().bare(Family::Storage, &body).inventory();
    let open = network::open_to(&inventory, named(&inventory, "x")).unwrap();
    assert_eq!(open.words(), "unknown");
}

#[test]
fn dead_network_rules_are_named_and_do_not_count() {
    let network = id(Family::VirtualNetwork, "vnet");
    let subnet = |name: &str| network.child(&format!("subnets/{name}"));
    let rule = |name: &str, state: &str| json!({ "id": subnet(name).as_str(), "state": state });
    let account = body(
        Family::Storage,
        "x",
        json!({ "properties": { "networkAcls": { "defaultAction": "Deny", "bypass": "None", "virtualNetworkRules": [
            rule("good", "Succeeded"),
            rule("deleted", "NetworkSourceDeleted"),
            rule("plain", "Succeeded"),
            rule("gone", "Succeeded"),
            { "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/elsewhere/subnets/a" },
        ] } } }),
    );
    let virtual_network = body(
        Family::VirtualNetwork,
        "vnet",
        json!({ "properties": { "subnets": [
            { "id": subnet("good").as_str(), "properties": { "serviceEndpoints": [{ "service": "Microsoft.Storage.Global" }] } },
            { "id": subnet("deleted").as_str(), "properties": { "serviceEndpoints": [{ "service": "Microsoft.Storage" }] } },
            { "id": subnet("plain").as_str(), "properties": { "serviceEndpoints": [{ "service": "Microsoft.KeyVault" }] } },
        ] } }),
    );
    let inventory = World::new()
        .with(Family::Storage, &account)
        .with(Family::VirtualNetwork, &virtual_network)
        .inventory();
    let open = network::open_to(&inventory, named(&inventory, "x")).unwrap();
    assert_eq!(open.words(), "2 networks");
    let dead: Vec<&str> = open
        .dead_rules
        .iter()
        .map(|rule| rule.subnet.name())
        .collect();
    assert_eq!(dead, ["deleted", "plain", "gone"]);
    assert!(
        open.dead_rules[1].why.contains("Microsoft.Storage"),
        "{:?}",
        open.dead_rules
    );

    // The network was not read: only the state that Storage itself reports is certain.
    let inventory = World::new().with(Family::Storage, &account).inventory();
    let open = network::open_to(&inventory, named(&inventory, "x")).unwrap();
    assert_eq!(open.words(), "4 networks");
    assert_eq!(open.dead_rules.len(), 1);
}

#[test]
fn a_404_without_a_reason_says_nothing_about_a_list() {
    use hopscope::analysis::facets;
    use hopscope::model::issue::IssueKind;

    let storage = id(Family::Storage, "x");
    let world = |facet| {
        World::new()
            .bare(Family::Storage, &body(Family::Storage, "x", json!({})))
            .facet_ended(&storage, facet, None, Ended::NotFound)
            .inventory()
    };
    let inventory = world(Facet::DiagnosticSettings);
    let slice = inventory
        .facet(&storage, Facet::DiagnosticSettings)
        .unwrap();
    assert_eq!(slice.trouble().unwrap().kind, IssueKind::NotFound);
    assert!(facets::why_missing(slice).is_some());
    // Perimeters are not offered everywhere, and the provider says so with a code.
    assert!(facets::perimeters(&world(Facet::Perimeters), &storage).is_whole());
}
