//! Which part a resource plays.

use hopscope::analysis::parts::{Part, part_of};
use hopscope::model::facet::Facet;
use hopscope::model::resource::Family;
use serde_json::json;

use crate::build::{World, body, id, id_in, named};

#[test]
fn parts_follow_from_type_kind_and_what_names_a_resource() {
    for (family, extra, part) in [
        (Family::Storage, json!({}), Part::Corpus),
        (Family::Search, json!({}), Part::Search),
        (Family::Cosmos, json!({}), Part::Other),
        (Family::Cognitive, json!({ "kind": "OpenAI" }), Part::Model),
        (
            Family::Cognitive,
            json!({ "kind": "aiservices" }),
            Part::Model,
        ),
        (
            Family::Cognitive,
            json!({ "kind": "FormRecognizer" }),
            Part::Other,
        ),
        (Family::Workspace, json!({ "kind": "Hub" }), Part::Hub),
        (
            Family::Workspace,
            json!({ "kind": "Project" }),
            Part::Project,
        ),
        (
            Family::Workspace,
            json!({ "properties": { "hubResourceId": "/x" } }),
            Part::Project,
        ),
        (Family::Workspace, json!({ "kind": "Default" }), Part::Other),
        (Family::Workspace, json!({}), Part::Other),
        (Family::Vault, json!({}), Part::Vault),
        (Family::LogWorkspace, json!({}), Part::Logs),
        (Family::UserIdentity, json!({}), Part::Identity),
        (Family::PrivateEndpoint, json!({}), Part::Network),
        (Family::VirtualNetwork, json!({}), Part::Network),
    ] {
        let inventory = World::new()
            .with(family, &body(family, "x", extra.clone()))
            .inventory();
        assert_eq!(
            part_of(&inventory, named(&inventory, "x")),
            part,
            "{family:?} {extra}"
        );
    }
}

#[test]
fn an_account_of_another_kind_with_a_deployment_holds_a_model() {
    let account = body(
        Family::Cognitive,
        "x",
        json!({ "kind": "CognitiveServices" }),
    );
    let deployment = json!([{ "id": "/x/deployments/d", "name": "d", "properties": {} }]);
    let inventory = World::new()
        .with(Family::Cognitive, &account)
        .facet(&id(Family::Cognitive, "x"), Facet::Deployments, deployment)
        .inventory();
    assert_eq!(part_of(&inventory, named(&inventory, "x")), Part::Model);
}

#[test]
fn what_stands_in_a_managed_group_is_managed() {
    let group = "azureml-rg-hub_5c1d2a3e-8a3b-4f0a-9d7e-0c1b2a3d4e5f";
    let hub = body(
        Family::Workspace,
        "hub",
        json!({ "kind": "Hub", "properties": { "serviceProvisionedResourceGroup": group } }),
    );
    let inside = |family, name: &str| {
        body(
            family,
            name,
            json!({ "id": id_in(&group.to_uppercase(), family, name).as_str() }),
        )
    };
    let inventory = World::new()
        .with(Family::Workspace, &hub)
        .with(Family::Cosmos, &inside(Family::Cosmos, "c"))
        .with(Family::Search, &inside(Family::Search, "s"))
        .with(Family::Storage, &inside(Family::Storage, "st"))
        .with(Family::Storage, &body(Family::Storage, "corpus", json!({})))
        .inventory();
    for (name, part) in [
        ("c", Part::ManagedCosmos),
        ("s", Part::ManagedSearch),
        ("st", Part::ManagedStorage),
        ("corpus", Part::Corpus),
    ] {
        assert_eq!(part_of(&inventory, named(&inventory, name)), part, "{name}");
    }
}
