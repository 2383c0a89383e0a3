//! Hubs, how their managed group is found, new-style accounts.

use hopscope::analysis::foundry::managed::Found;
use hopscope::analysis::foundry::{Foundry, KeyState, Presents, foundry};
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use serde_json::{Value, json};

use crate::build::{Ended, SUBSCRIPTION, World, body, id};

pub(crate) const GROUP: &str = "azureml-rg-hub_5c1d2a3e-8a3b-4f0a-9d7e-0c1b2a3d4e5f";

pub(crate) fn hub(properties: Value) -> Value {
    body(
        Family::Workspace,
        "hub",
        json!({ "kind": "Hub", "properties": properties }),
    )
}

pub(crate) fn encrypted(more: Value) -> Value {
    let mut properties = json!({ "encryption": { "status": "Enabled", "keyVaultProperties": {
        "keyVaultArmId": id(Family::Vault, "kv").as_str(),
        "keyIdentifier": "https://kv.vault.azure.net/keys/cmk/1" } } });
    for (name, value) in more.as_object().unwrap().clone() {
        properties[name] = value;
    }
    properties
}

pub(crate) fn group(name: &str, managed_by: Value) -> Value {
    json!({ "id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"), "name": name, "location": "centralus", "managedBy": managed_by })
}

pub(crate) fn look(world: &World) -> Foundry {
    foundry(&world.inventory())
}

#[test]
fn who_keeps_the_key_of_a_hub() {
    for (properties, groups, expected) in [
        (json!({}), json!([]), KeyState::Platform),
        (json!({ "encryption": null }), json!([]), KeyState::Platform),
        (
            json!({ "encryption": { "status": "Disabled" } }),
            json!([]),
            KeyState::Platform,
        ),
        (json!({ "encryption": "on" }), json!([]), KeyState::Unknown),
        (
            json!({ "encryption": { "status": 1 } }),
            json!([]),
            KeyState::Unknown,
        ),
        (Value::Null, json!([]), KeyState::Unknown),
        (
            encrypted(json!({ "serviceProvisionedResourceGroup": GROUP })),
            json!([]),
            KeyState::ManagedGroup,
        ),
        (
            encrypted(json!({})),
            json!([group(GROUP, Value::Null)]),
            KeyState::ManagedGroup,
        ),
        (encrypted(json!({})), json!([]), KeyState::Unknown),
        (
            encrypted(json!({ "enableServiceSideCMKEncryption": true })),
            json!([group(GROUP, Value::Null)]),
            KeyState::ServiceSide,
        ),
        (
            json!({ "encryption": { "status": "Enabled", "cosmosDbResourceId": id(Family::Cosmos, "own").as_str() } }),
            json!([]),
            KeyState::OwnStores,
        ),
    ] {
        let world = World::new()
            .with(Family::Workspace, &hub(properties.clone()))
            .groups(groups);
        let found = look(&world);
        let encryption = &found.hubs[0].encryption;
        assert_eq!(
            encryption.state, expected,
            "{properties}\n{}",
            encryption.reason
        );
        assert!(!encryption.evidence.is_empty(), "{properties}");
        assert_eq!(
            found.hubs[0].managed.is_some(),
            matches!(expected, KeyState::ManagedGroup | KeyState::OwnStores),
            "{properties}"
        );
    }
}

#[test]
fn how_the_managed_group_is_found_is_said() {
    let owner = json!(id(Family::Workspace, "hub").as_str().to_lowercase());
    let full = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}");
    let guid = "5c1d2a3e-8a3b-4f0a-9d7e-0c1b2a3d4e5f";
    for (properties, groups, expected) in [
        (
            encrypted(json!({ "serviceProvisionedResourceGroup": GROUP })),
            json!([group("x", owner.clone())]),
            Some((GROUP, Found::Named)),
        ),
        (
            encrypted(json!({ "serviceProvisionedResourceGroup": full })),
            json!([]),
            Some((GROUP, Found::Named)),
        ),
        (
            encrypted(json!({})),
            json!([group(GROUP, Value::Null), group("odd", owner.clone())]),
            Some(("odd", Found::ManagedBy)),
        ),
        (
            encrypted(json!({})),
            json!([group(GROUP, Value::Null)]),
            Some((GROUP, Found::NamePattern)),
        ),
        (
            encrypted(json!({})),
            json!([group(&format!("azureml-hub_{guid}"), Value::Null)]),
            Some((&*format!("azureml-hub_{guid}"), Found::NamePattern)),
        ),
        (
            encrypted(json!({})),
            json!([group(&format!("rg-rag-poc{guid}"), Value::Null)]),
            Some((&*format!("rg-rag-poc{guid}"), Found::NamePattern)),
        ),
        // Another hub's, or nothing of the kind.
        (
            encrypted(json!({})),
            json!([group(&format!("azureml-rg-hub2_{guid}"), Value::Null)]),
            None,
        ),
        (
            encrypted(json!({})),
            json!([group("rg-rag-poc-dev", Value::Null)]),
            None,
        ),
        // Without a customer key no name is looked at.
        (json!({}), json!([group(GROUP, Value::Null)]), None),
    ] {
        let world = World::new()
            .with(Family::Workspace, &hub(properties.clone()))
            .groups(groups.clone());
        let found = look(&world);
        let managed = found.hubs[0]
            .managed
            .as_ref()
            .map(|one| (one.group.id.name(), one.group.found));
        assert_eq!(managed, expected, "{properties} {groups}");
    }
}

#[test]
fn a_hub_with_its_projects_and_connections() {
    let project = body(
        Family::Workspace,
        "project",
        json!({ "kind": "Project", "properties": { "hubResourceId": id(Family::Workspace, "HUB").as_str() } }),
    );
    let lone = body(
        Family::Workspace,
        "lone",
        json!({ "kind": "Project", "properties": { "hubResourceId": "/subscriptions/x/hub" } }),
    );
    let hub = hub(json!({
        "storageAccount": id(Family::Storage, "stragdev").as_str(),
        "keyVault": id(Family::Vault, "kv").as_str(),
        "containerRegistry": null,
        "associatedWorkspaces": [id(Family::Workspace, "Project").as_str(), id(Family::Workspace, "unread").as_str()],
        "systemDatastoresAuthMode": "Identity",
    }));
    let connection = |name: &str, auth: Value| {
        json!({ "id": format!("/x/connections/{name}"), "name": name,
        "properties": { "category": "CognitiveSearch", "authType": auth, "target": "https://s.search.windows.net" } })
    };
    let world = World::new()
        .with(Family::Workspace, &hub)
        .with(Family::Workspace, &project)
        .with(Family::Workspace, &lone)
        .facet(
            &id(Family::Workspace, "hub"),
            Facet::Connections,
            json!([
                connection("token", json!("aad")),
                connection("key", json!("ApiKey")),
                connection("none", json!("None")),
                connection("new", json!("Quantum")),
                connection("silent", Value::Null),
            ]),
        )
        .facet_ended(
            &id(Family::Workspace, "project"),
            Facet::Connections,
            None,
            Ended::Denied,
        );
    let found = look(&world);
    let [hub] = &found.hubs[..] else {
        panic!("{:?}", found.hubs)
    };
    assert_eq!(hub.storage, Some(id(Family::Storage, "stragdev")));
    assert_eq!(hub.registry, None);
    let projects: Vec<(&str, bool)> = hub
        .projects
        .iter()
        .map(|one| (one.name.as_str(), one.was_read))
        .collect();
    assert_eq!(projects, [("project", true), ("unread", false)]);
    assert!(
        hub.projects[0]
            .connections
            .missing
            .as_ref()
            .unwrap()
            .contains("refused")
    );
    assert_eq!(
        hub.connections
            .items
            .iter()
            .map(|one| one.presents)
            .collect::<Vec<_>>(),
        [
            Presents::Token,
            Presents::Secret,
            Presents::Nothing,
            Presents::Unclear,
            Presents::Unclear
        ]
    );
    assert_eq!(hub.connections.missing, None);
    assert_eq!(
        found
            .lone_projects
            .iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>(),
        ["lone"]
    );
}

#[test]
fn new_style_accounts() {
    let account = |properties: Value| {
        body(
            Family::Cognitive,
            "foundry",
            json!({ "kind": "AIServices", "properties": properties }),
        )
    };
    let project = json!([{ "id": id(Family::Cognitive, "foundry").child("projects/p").as_str(), "name": "foundry/p", "properties": {} }]);
    let key = json!({ "allowProjectManagement": true, "encryption": { "keySource": "Microsoft.KeyVault", "keyVaultProperties": { "keyName": "cmk", "keyVaultUri": "https://kv.vault.azure.net" } } });
    for (properties, projects, expected) in [
        (
            json!({ "allowProjectManagement": true }),
            Some(project.clone()),
            Some((1, KeyState::Platform)),
        ),
        (
            json!({ "allowProjectManagement": true }),
            None,
            Some((0, KeyState::Platform)),
        ),
        (key, Some(json!([])), Some((0, KeyState::CustomerKey))),
        (
            json!({ "allowProjectManagement": true, "encryption": 7 }),
            Some(json!([])),
            Some((0, KeyState::Unknown)),
        ),
        (json!({}), Some(project), Some((1, KeyState::Platform))),
        (
            json!({ "allowProjectManagement": false }),
            Some(json!([])),
            None,
        ),
        (json!({}), None, None),
    ] {
        let end = if projects.is_some() {
            Ended::Well
        } else {
            Ended::Denied
        };
        let world = World::new()
            .with(Family::Cognitive, &account(properties.clone()))
            .facet_ended(
                &id(Family::Cognitive, "foundry"),
                Facet::Projects,
                projects.clone(),
                end,
            );
        let found = look(&world);
        let seen = found
            .accounts
            .first()
            .map(|one| (one.projects.len(), one.encryption.state));
        assert_eq!(seen, expected, "{properties} {projects:?}");
        if let Some(account) = found.accounts.first() {
            assert_eq!(
                account.projects_missing.is_some(),
                end == Ended::Denied,
                "{properties}"
            );
        }
    }
}
