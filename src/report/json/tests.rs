use serde_json::{Value, json};

use super::*;
use crate::fetch::testing::{AT, Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::issue::IssueKind;

fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family,
    }
}

fn facet(tail: &str, facet: Facet) -> Key {
    Key::Facet(ArmId::new(id("rg", tail)), facet)
}

fn report(known: &Known) -> Value {
    let meta = Meta {
        generated_at: AT,
        cloud: "AzurePublic".into(),
    };
    let report = build(
        &Inventory::build(&known.snapshot()),
        &Judgement::default(),
        &meta,
    );
    let problems = problems(&report);
    assert!(problems.is_empty(), "{problems:#?}");
    report
}

/// What the schema says against a report, with no property allowed that it does not name.
fn problems(report: &Value) -> Vec<String> {
    let mut schema: Value =
        serde_json::from_str(include_str!("../../../assets/report.schema.json")).unwrap();
    close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn close(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if map.get("type") == Some(&json!("object")) && map.contains_key("properties") {
                map.insert("additionalProperties".into(), json!(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn base() -> Known {
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "contoso-dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg")]),
        );
    known
}

fn resource<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

#[test]
fn an_empty_environment_is_a_whole_report() {
    let report = report(&base());
    assert_eq!(report["schemaVersion"], 1);
    assert_eq!(report["generatedAt"], "2026-11-23T12:41:07Z");
    assert_eq!(report["complete"], true);
    assert_eq!(report["scope"]["subscriptions"], json!([SUB]));
    assert_eq!(
        report["scope"]["tenants"],
        json!(["7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1"])
    );
    assert_eq!(report["hops"], json!([]));
}

#[test]
fn a_firewall_is_reported_in_azures_own_values() {
    let mut known = base();
    known.answer(
        &list(Family::Storage),
        &json!([{
            "id": id("rg", "Microsoft.Storage/storageAccounts/st1"), "name": "st1", "kind": "StorageV2",
            "location": "centralus", "sku": { "name": "Standard_LRS" },
            "identity": { "type": "None" },
            "properties": {
                "publicNetworkAccess": "Enabled", "allowSharedKeyAccess": false,
                "networkAcls": {
                    "bypass": "Logging, AzureServices", "defaultAction": "Deny",
                    "ipRules": [{ "value": "203.0.113.7", "action": "Allow" }],
                    "virtualNetworkRules": [{ "id": id("rg", "Microsoft.Network/virtualNetworks/v/subnets/s"), "action": "Allow" }],
                    "resourceAccessRules": [{ "tenantId": "t", "resourceId": id("rg", "Microsoft.Search/searchServices/s1") }]
                },
                "privateEndpointConnections": [],
                "encryption": { "keySource": "Microsoft.Keyvault",
                    "keyvaultproperties": { "keyname": "k", "keyvaulturi": "https://kv.vault.azure.net" } }
            }
        }]),
    );
    let report = report(&known);
    let account = resource(&report, "st1");
    assert_eq!(account["type"], "Microsoft.Storage/storageAccounts");
    assert_eq!(account["part"], "corpus");
    assert_eq!(account["sku"], "Standard_LRS");
    let network = &account["network"];
    assert_eq!(network["bypass"], json!(["Logging", "AzureServices"]));
    assert_eq!(network["defaultAction"], "Deny");
    assert_eq!(network["ipRules"], json!(["203.0.113.7"]));
    assert_eq!(
        network["virtualNetworkRules"],
        json!([id("rg", "Microsoft.Network/virtualNetworks/v/subnets/s")])
    );
    assert_eq!(network["resourceAccessRules"][0]["tenantId"], "t");
    assert_eq!(network["privateEndpoints"], json!([]));
    assert_eq!(account["localAuth"], json!({ "enabled": false }));
    assert_eq!(account["encryption"]["keySource"], "Microsoft.Keyvault");
    assert!(
        account["encryption"]["key"]
            .as_str()
            .unwrap()
            .contains("kv.vault.azure.net")
    );
    assert_eq!(account["identity"]["type"], "None");
    assert_eq!(account["facets"]["properties"], "known");
}

#[test]
fn absent_is_absent_and_null_is_null() {
    let mut known = base();
    known.answer(
        &list(Family::Search),
        &json!([{ "id": id("rg", "Microsoft.Search/searchServices/s1"), "name": "s1", "identity": null,
                  "properties": { "publicNetworkAccess": null, "networkRuleSet": { "bypass": "None" } } }]),
    );
    let report = report(&known);
    let service = resource(&report, "s1");
    assert_eq!(service["network"]["publicNetworkAccess"], Value::Null);
    assert!(service["network"].get("ipRules").is_none());
    assert_eq!(service["network"]["bypass"], json!([]));
    assert!(service["network"].get("sharedPrivateLinks").is_none());
    assert!(service["network"].get("perimeters").is_none());
    assert_eq!(service.get("identity"), Some(&Value::Null));
    assert!(service.get("kind").is_none());
    assert_eq!(
        service["localAuth"],
        json!({ "enabled": true }),
        "judged, with the default"
    );
}

#[test]
fn a_malformed_property_has_no_value_and_a_named_issue() {
    let mut known = base();
    known.answer(
        &list(Family::Cognitive),
        &json!([{ "id": id("rg", "Microsoft.CognitiveServices/accounts/a"), "name": "a",
                  "properties": { "disableLocalAuth": "maybe", "restrictOutboundNetworkAccess": true } },
                { "properties": {} }]),
    );
    let report = report(&known);
    let account = resource(&report, "a");
    assert_eq!(account["localAuth"], json!({}), "neither yes nor no");
    assert_eq!(account["issues"][0]["path"], "properties.disableLocalAuth");
    assert_eq!(account["outbound"], json!({ "restricted": true }));
}

#[test]
fn facets_say_how_they_stand_and_leave_their_block_out_when_they_were_not_read() {
    let mut known = base();
    let service = "Microsoft.Search/searchServices/s1";
    known
        .answer(
            &list(Family::Search),
            &json!([{ "id": id("rg", service), "name": "s1", "properties": {} }]),
        )
        .refuse(&facet(service, Facet::DiagnosticSettings))
        .answer(
            &facet(service, Facet::SharedPrivateLinks),
            &json!([{ "id": id("rg", &format!("{service}/sharedPrivateLinkResources/l")), "name": "l",
                      "properties": { "privateLinkResourceId": id("rg", "Microsoft.Storage/storageAccounts/st1"),
                                      "groupId": "blob", "status": "Pending" } }]),
        )
        .trouble(&facet(service, Facet::Perimeters), IssueKind::Unsupported, 400, "");
    let report = report(&known);
    let service = resource(&report, "s1");
    assert_eq!(service["facets"]["diagnosticSettings"], "denied");
    assert!(service.get("diagnostics").is_none());
    assert_eq!(
        service["facets"]["networkSecurityPerimeterConfigurations"],
        "unsupported"
    );
    assert_eq!(
        service["unsupported"]["networkSecurityPerimeterConfigurations"],
        "as Azure says"
    );
    let link = &service["network"]["sharedPrivateLinks"][0];
    assert_eq!(link["groupIds"], json!(["blob"]));
    assert_eq!(link["status"], "Pending");
    assert_eq!(report["complete"], false);
    let not_read = report["notRead"].as_array().unwrap();
    assert_eq!(not_read.len(), 1, "unsupported does not clear complete");
    assert_eq!(not_read[0]["what"], "diagnosticSettings");
    assert_eq!(not_read[0]["state"], "denied");
    assert_eq!(not_read[0]["status"], 403);
    assert_eq!(not_read[0]["code"], "AuthorizationFailed");
}

#[test]
fn a_named_resource_that_is_gone_is_an_answer_and_one_that_is_refused_is_not() {
    let gone = Key::Resource(ArmId::new(id("rg", "Microsoft.KeyVault/vaults/gone")));
    let refused = Key::Resource(ArmId::new(id("rg", "Microsoft.KeyVault/vaults/refused")));
    let lost = Key::Resource(ArmId::new(id("rg", "Microsoft.KeyVault/vaults/lost")));
    let mut known = base();
    known.trouble(&gone, IssueKind::NotFound, 404, "ResourceNotFound");
    assert_eq!(report(&known)["complete"], true);
    known.refuse(&refused);
    known.trouble(&lost, IssueKind::NotFound, 404, "");
    let report = report(&known);
    assert_eq!(report["complete"], false);
    assert_eq!(report["notRead"].as_array().unwrap().len(), 2);
    let vault = resource(&report, "refused");
    assert_eq!(vault["facets"]["properties"], "denied");
    assert_eq!(vault["part"], "vault");
    assert!(vault.get("network").is_none());
    assert!(
        !report["resources"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "gone")
    );
}

#[test]
fn what_is_not_answered_yet_is_not_complete() {
    let mut known = base();
    known.open(&list(Family::Vault));
    let report = report(&known);
    assert_eq!(report["complete"], false);
    assert_eq!(report["notRead"][0]["state"], "pending");
}

#[test]
fn children_stand_with_their_parent() {
    let account = "Microsoft.CognitiveServices/accounts/a";
    let project = format!("{account}/projects/p");
    let mut known = base();
    known
        .answer(
            &list(Family::Cognitive),
            &json!([{ "id": id("rg", account), "name": "a", "kind": "AIServices", "properties": { "allowProjectManagement": true } }]),
        )
        .answer(
            &facet(account, Facet::Deployments),
            &json!([{ "id": id("rg", &format!("{account}/deployments/gpt")), "name": "gpt", "sku": { "name": "Standard", "capacity": 30 },
                      "properties": { "model": { "name": "gpt-4o", "version": "1" } } }]),
        )
        .answer(
            &facet(account, Facet::Projects),
            &json!([{ "id": id("rg", &project), "name": "a/p", "identity": { "principalId": "oid" }, "properties": {} }]),
        )
        .answer(
            &facet(&project, Facet::Connections),
            &json!([{ "id": id("rg", &format!("{project}/connections/c")), "name": "c",
                      "properties": { "category": "CognitiveSearch", "authType": "AAD", "target": "https://s1.search.windows.net" } }]),
        );
    let report = report(&known);
    let account = resource(&report, "a");
    assert_eq!(account["deployments"][0]["model"], "gpt-4o");
    assert_eq!(account["deployments"][0]["capacity"], 30);
    assert_eq!(account["projects"][0]["principalId"], "oid");
    assert_eq!(
        account["projects"][0]["connections"][0]["category"],
        "CognitiveSearch"
    );
}

#[test]
fn the_same_snapshot_gives_the_same_text() {
    let mut known = base();
    for family in [Family::Vault, Family::Storage] {
        known.answer(
            &list(family),
            &json!([
                { "id": id("rg", &format!("{}/b", family.arm_type())), "name": "b", "properties": {} },
                { "id": id("rg", &format!("{}/a", family.arm_type())), "name": "a", "properties": {} }
            ]),
        );
    }
    let report = report(&known);
    let names: Vec<(&str, &str)> = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["type"].as_str().unwrap(), one["name"].as_str().unwrap()))
        .collect();
    let storage = "Microsoft.Storage/storageAccounts";
    let vault = "Microsoft.KeyVault/vaults";
    assert_eq!(
        names,
        [(storage, "a"), (storage, "b"), (vault, "a"), (vault, "b")]
    );
}

#[test]
fn hops_and_findings_of_the_contract_fit_the_schema() {
    let mut report = report(&base());
    report["hops"] = json!([{ "id": "indexer-to-storage|/subscriptions/s|/subscriptions/t|indexer docs", "kind": "indexer-to-storage",
        "from": "/subscriptions/s", "to": "/subscriptions/t", "via": "indexer docs", "basis": "observed", "verdict": "shut",
        "gates": [{ "gate": "network", "verdict": "shut", "reason": "r",
            "evidence": [{ "resource": "/subscriptions/t", "path": "properties.networkAcls.bypass", "value": "None",
                           "observedAt": "2026-11-23T12:41:07Z", "requestId": "x" },
                         { "resource": "/subscriptions/t", "path": "roleAssignments", "absent": true }],
            "remedies": [{ "tool": "az", "text": "az storage account update" }] }] }]);
    report["findings"] = json!([{ "rule": "storage/trusted-bypass-missing", "kind": "broken", "severity": "error", "resource": "/subscriptions/t",
        "title": "t", "detail": "d", "evidence": [], "remedies": [], "hops": ["h"] }]);
    assert_eq!(problems(&report), Vec::<String>::new());
    report["findings"][0]["kind"] = json!("exposure");
    assert_ne!(
        problems(&report),
        Vec::<String>::new(),
        "an exposure needs its benefit"
    );
    report["findings"] = json!([]);
    report["hops"][0]["verdict"] = json!("fine");
    assert_ne!(problems(&report), Vec::<String>::new());
}
