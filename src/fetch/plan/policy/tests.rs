use serde_json::{Value, json};

use super::super::{Options, plan};
use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::key::GroupName;
use crate::model::resource::Family;
use crate::model::scope::Scope;

const ABOVE: &str = "/providers/Microsoft.Management/managementGroups/mg";
const BUILT_IN: &str = "/providers/Microsoft.Authorization/policyDefinitions";

fn whole() -> ArmId {
    ArmId::of_subscription(&SubscriptionId::new(SUB))
}

fn at(name: &str) -> ArmId {
    whole().child(&format!("resourceGroups/{name}"))
}

fn assignment(scope: &str, name: &str, definition: &str) -> Value {
    json!({ "id": format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}"),
            "properties": { "policyDefinitionId": definition, "scope": scope } })
}

/// A subscription with a Cosmos DB account in one of its two groups.
fn seen() -> Known {
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg-rag"), group("rg-else")]),
        )
        .answer(
            &Key::List {
                subscription: SubscriptionId::new(SUB),
                group: None,
                family: Family::Cosmos,
            },
            &json!([{ "id": id("rg-rag", "Microsoft.DocumentDB/databaseAccounts/c") }]),
        );
    known
}

fn wants(known: &Known, key: &Key) -> bool {
    plan(&known.snapshot(), &Scope::default(), Options::default()).contains_key(key)
}

fn definition(id: impl AsRef<str>) -> Key {
    Key::PolicyDefinition(ArmId::new(id))
}

#[test]
fn the_subscription_is_asked_and_its_groups_where_it_refuses() {
    let mut known = seen();
    for kind in [
        Key::PolicyAssignments as fn(ArmId) -> Key,
        Key::PolicyExemptions,
    ] {
        assert!(wants(&known, &kind(whole())));
        assert!(!wants(&known, &kind(at("rg-rag"))));
    }
    known.refuse(&Key::PolicyAssignments(whole()));
    for name in ["rg-rag", "rg-else"] {
        assert!(wants(&known, &Key::PolicyAssignments(at(name))), "{name}");
    }
}

#[test]
fn definitions_of_what_reaches_a_resource_in_view_are_read_where_they_live() {
    let mut known = seen();
    let built_in = format!("{BUILT_IN}/dc2d41d1");
    let of_group = format!(
        "{}/providers/Microsoft.Authorization/policyDefinitions/x",
        whole()
    );
    let elsewhere = format!("{BUILT_IN}/elsewhere");
    known.answer(
        &Key::PolicyAssignments(whole()),
        &json!([
            assignment(ABOVE, "a", &built_in),
            assignment(at("rg-rag").as_str(), "b", &of_group),
            assignment(at("rg-else").as_str(), "c", &elsewhere),
        ]),
    );
    assert!(wants(&known, &definition(built_in)));
    assert!(wants(&known, &definition(of_group)));
    assert!(!wants(&known, &definition(elsewhere)));
}

#[test]
fn an_initiative_leads_to_its_definitions_but_for_those_that_its_parameters_make_harmless() {
    let mut known = seen();
    let set = format!("{ABOVE}/providers/Microsoft.Authorization/policySetDefinitions/base");
    let mut assigned = assignment(ABOVE, "a", &set);
    assigned["properties"]["parameters"] = json!({ "storageEffect": { "value": "Deny" } });
    assigned["properties"]["overrides"] = json!([{
        "kind": "policyEffect", "value": "Disabled",
        "selectors": [{ "kind": "policyDefinitionReferenceId", "in": ["overridden"] }],
    }]);
    known.answer(&Key::PolicyAssignments(whole()), &json!([assigned]));
    assert!(wants(&known, &definition(&set)));
    let member = |name: &str, effect: Value| {
        json!({ "policyDefinitionId": format!("{BUILT_IN}/{name}"),
                "policyDefinitionReferenceId": name, "parameters": effect })
    };
    known.answer(
        &definition(&set),
        &json!({ "id": set, "properties": {
            "parameters": {
                "storageEffect": { "defaultValue": "Audit" },
                "searchEffect": { "defaultValue": "AuditIfNotExists" },
            },
            "policyDefinitions": [
                member("says-nothing", json!({})),
                member("given", json!({ "effect": { "value": "[parameters('storageEffect')]" } })),
                member("by-default", json!({ "effect": { "value": "[parameters('searchEffect')]" } })),
                member("literal", json!({ "effect": { "value": "Modify" } })),
                member("off", json!({ "effect": { "value": "disabled" } })),
                member("more", json!({ "effect": { "value": "[toLower('Audit')]" } })),
                member("overridden", json!({ "effect": { "value": "Modify" } })),
            ],
        } }),
    );
    for (name, read) in [
        ("says-nothing", true),
        ("given", true),
        ("by-default", false),
        ("literal", true),
        ("off", false),
        ("more", true),
        ("overridden", false),
    ] {
        assert_eq!(
            wants(&known, &definition(format!("{BUILT_IN}/{name}"))),
            read,
            "{name}"
        );
    }
}

#[test]
fn states_are_asked_for_the_groups_that_hold_something_in_view() {
    let known = seen();
    assert!(wants(&known, &Key::PolicyStates(at("rg-rag"))));
    assert!(!wants(&known, &Key::PolicyStates(at("rg-else"))));
    let chosen = Scope {
        resource_groups: vec!["rg-else".into()],
        ..Scope::default()
    };
    let mut known = known;
    known.answer(
        &Key::List {
            subscription: SubscriptionId::new(SUB),
            group: Some(GroupName::new("rg-else")),
            family: Family::Cosmos,
        },
        &json!([{ "id": id("rg-else", "Microsoft.DocumentDB/databaseAccounts/d") }]),
    );
    let plan = plan(&known.snapshot(), &chosen, Options::default());
    assert!(plan.contains_key(&Key::PolicyStates(at("rg-else"))));
}
