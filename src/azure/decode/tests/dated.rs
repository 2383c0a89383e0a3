//! Properties that an older API version does not report.

use serde_json::{Value, json};

use super::{NEWEST, decode_as, id_of};
use crate::azure::decode::versions::{self, Declared};
use crate::model::field::Field;
use crate::model::resource::{Details, Resource};

/// The state of the property, and a document in which all its parents stand.
fn property(declared: &Declared) -> (fn(&Resource) -> Field<()>, Value) {
    fn state<T>(field: &Field<T>) -> Field<()> {
        field.as_ref().map(|_| ())
    }
    let document = |properties: Value| json!({ "id": id_of(declared.family).as_str(), "properties": properties });
    match declared.path {
        "properties.networkRuleSet.bypass" => (
            |r| state(&r.firewall.as_ref().expect("a firewall").bypass),
            document(json!({ "networkRuleSet": {} })),
        ),
        "properties.networkAcls.bypass" => (
            |r| state(&r.firewall.as_ref().expect("a firewall").bypass),
            document(json!({ "networkAcls": {} })),
        ),
        "properties.publicNetworkAccess" => (
            |r| {
                state(
                    &r.firewall
                        .as_ref()
                        .expect("a firewall")
                        .public_network_access,
                )
            },
            document(json!({})),
        ),
        "properties.ipRules" => (
            |r| state(&r.firewall.as_ref().expect("a firewall").ip_rules),
            document(json!({})),
        ),
        "kind" => (|r| state(&r.kind), document(json!({}))),
        path => {
            let get: fn(&Resource) -> Field<()> = match path {
                "properties.dataExfiltrationProtections" => |r| match &r.details {
                    Details::Search(search) => state(&search.data_exfiltration_protections),
                    _ => Field::Null,
                },
                "properties.semanticSearch" => |r| match &r.details {
                    Details::Search(search) => state(&search.semantic_search),
                    _ => Field::Null,
                },
                "properties.allowProjectManagement" => |r| match &r.details {
                    Details::Cognitive(account) => state(&account.allow_project_management),
                    _ => Field::Null,
                },
                "properties.managedNetwork" => |r| match &r.details {
                    Details::Workspace(workspace) => state(&workspace.isolation_mode),
                    _ => Field::Null,
                },
                "properties.hubResourceId" => |r| match &r.details {
                    Details::Workspace(workspace) => state(&workspace.hub_state),
                    _ => Field::Null,
                },
                "properties.systemDatastoresAuthMode" => |r| match &r.details {
                    Details::Workspace(workspace) => state(&workspace.datastores_auth_mode),
                    _ => Field::Null,
                },
                "properties.enableServiceSideCMKEncryption" => |r| match &r.details {
                    Details::Workspace(workspace) => state(&workspace.service_side_encryption),
                    _ => Field::Null,
                },
                "properties.addressSpace.ipamPoolPrefixAllocations" => |r| match &r.details {
                    Details::VirtualNetwork(network) => state(&network.allocations),
                    _ => Field::Null,
                },
                other => panic!("{other} has no line here"),
            };
            (get, document(json!({ "addressSpace": {} })))
        }
    }
}

#[test]
fn silence_of_an_older_version_is_not_absence() {
    for declared in versions::ALL {
        let (get, document) = property(declared);
        let old = decode_as(declared.family, document.clone(), "2015-01-01");
        assert_eq!(
            get(&old),
            Field::Unreported(declared.stable),
            "{}",
            declared.path
        );
        let new = decode_as(declared.family, document, NEWEST);
        assert_eq!(get(&new), Field::Absent, "{}", declared.path);
    }
}

#[test]
fn what_an_older_version_does_say_stands() {
    let document = json!({
        "id": id_of(versions::SEARCH_BYPASS.family).as_str(),
        "properties": { "networkRuleSet": { "bypass": "None" } },
    });
    let old = decode_as(versions::SEARCH_BYPASS.family, document, "2023-11-01");
    let firewall = old.firewall.expect("a firewall");
    assert_eq!(firewall.bypass, Field::Value("None".to_owned()));
}

#[test]
fn without_its_object_a_property_is_absent_in_every_version() {
    let document = json!({
        "id": id_of(versions::COGNITIVE_BYPASS.family).as_str(),
        "properties": { "publicNetworkAccess": "Enabled" },
    });
    let old = decode_as(versions::COGNITIVE_BYPASS.family, document, "2023-05-01");
    let firewall = old.firewall.expect("a firewall");
    assert_eq!(
        (firewall.rules, firewall.bypass),
        (Field::Absent, Field::Absent)
    );
}
