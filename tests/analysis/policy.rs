//! The rule of a policy held against a resource: what matches, what does not, what cannot be told; and
//! which effect and values reach a definition.

use hopscope::analysis::ground::Ground;
use hopscope::analysis::policy::Policies;
use hopscope::analysis::policy::condition::{Outcome, Subject, holds};
use hopscope::analysis::policy::force::{Effect, in_force};
use hopscope::model::id::ArmId;
use hopscope::model::judging::Judging;
use hopscope::model::key::Key;
use hopscope::model::policy::Values;
use hopscope::model::resource::Family;
use hopscope::store::Inventory;
use serde_json::{Value, json};

use crate::build::{AT, Ended, SUBSCRIPTION, World, body, named};

const DEFINITION: &str = "/providers/Microsoft.Authorization/policyDefinitions/own";

fn subscription() -> ArmId {
    ArmId::new(format!("/subscriptions/{SUBSCRIPTION}"))
}

fn account(properties: Value) -> Value {
    body(
        Family::Cosmos,
        "c",
        json!({ "kind": "GlobalDocumentDB", "location": "East US 2", "tags": { "Env": "dev" },
                "properties": properties }),
    )
}

/// A Cosmos DB account, one assignment, and the definition behind it.
fn world(properties: Value, assignment: Value, definition: Value) -> Inventory {
    let mut assigned = json!({
        "id": format!("{}/providers/Microsoft.Authorization/policyAssignments/a", subscription()),
        "properties": { "policyDefinitionId": DEFINITION, "scope": subscription().as_str() },
    });
    for (name, value) in assignment.as_object().cloned().unwrap_or_default() {
        assigned["properties"][name] = value;
    }
    World::new()
        .with(Family::Cosmos, &account(properties))
        .list(
            &Key::PolicyAssignments(subscription()),
            Some(json!([assigned])),
            Ended::Well,
        )
        .list(
            &Key::PolicyExemptions(subscription()),
            Some(json!([])),
            Ended::Well,
        )
        .document(
            &Key::PolicyDefinition(ArmId::new(DEFINITION)),
            &json!({ "id": DEFINITION, "properties": definition }),
        )
        .inventory()
}

fn held(properties: Value, condition: &Value) -> Outcome {
    let inventory = world(properties, json!({}), json!({ "policyRule": {} }));
    let forces = in_force(&inventory);
    let values: Values<'_> = forces[0].values();
    let subject = Subject {
        resource: named(&inventory, "c"),
        values: &values,
        blind: None,
    };
    holds(condition, &subject)
}

fn is(outcome: &Outcome) -> Option<bool> {
    match outcome {
        Outcome::Yes => Some(true),
        Outcome::No => Some(false),
        Outcome::Unclear(_) => None,
    }
}

#[test]
fn conditions_on_fields() {
    let of = |name: &str| format!("Microsoft.DocumentDB/databaseAccounts/{name}");
    let keys = of("disableLocalAuth");
    let cases = [
        (
            json!({ "field": "type", "equals": "microsoft.documentdb/DATABASEACCOUNTS" }),
            Some(true),
        ),
        (
            json!({ "field": "type", "equals": "Microsoft.Storage/storageAccounts" }),
            Some(false),
        ),
        (
            json!({ "field": "location", "in": ["eastus2", "westus"] }),
            Some(true),
        ),
        (
            json!({ "field": "location", "notIn": ["eastus2"] }),
            Some(false),
        ),
        (json!({ "field": "kind", "like": "Global*" }), Some(true)),
        (json!({ "field": "name", "notLike": "x*" }), Some(true)),
        (
            json!({ "field": "tags['env']", "equals": "DEV" }),
            Some(true),
        ),
        (
            json!({ "field": "tags.other", "exists": "false" }),
            Some(true),
        ),
        (json!({ "field": "tags", "containsKey": "env" }), Some(true)),
        (json!({ "field": keys, "equals": "false" }), Some(true)),
        (json!({ "field": keys, "notEquals": true }), Some(true)),
        (json!({ "field": keys, "exists": true }), Some(true)),
        // Absent, and known to be: hopscope reads the property.
        (
            json!({ "field": of("publicNetworkAccess"), "notEquals": "Disabled" }),
            Some(true),
        ),
        (
            json!({ "field": of("publicNetworkAccess"), "equals": "Enabled" }),
            Some(false),
        ),
        (
            json!({ "field": of("publicNetworkAccess"), "exists": "false" }),
            Some(true),
        ),
        // Not in the answer, and nothing says that it would stand there.
        (json!({ "field": of("someAlias"), "exists": "false" }), None),
        // Of another type: this resource has no such field.
        (
            json!({ "field": "Microsoft.Storage/storageAccounts/allowSharedKeyAccess", "exists": true }),
            Some(false),
        ),
        (
            json!({ "field": of("capabilities[*].name"), "notIn": ["EnableMongo"] }),
            Some(true),
        ),
        (
            json!({ "field": of("capabilities[*].name"), "equals": "EnableMongo" }),
            None,
        ),
        (
            json!({ "field": of("ipRules[*].ipAddressOrRange"), "equals": "203.0.113.1" }),
            Some(true),
        ),
        (
            json!({ "field": of("ipRules[*].ipAddressOrRange"), "notEquals": "203.0.113.1" }),
            Some(false),
        ),
        (json!({ "field": keys, "match": "####" }), None),
        (
            json!({ "count": { "field": of("ipRules[*]") }, "greater": 0 }),
            None,
        ),
        (
            json!({ "value": "[resourceGroup().name]", "equals": "x" }),
            None,
        ),
        (json!({ "value": "a", "equals": "A" }), Some(true)),
        (json!({ "field": keys }), None),
        (json!("x"), None),
    ];
    let properties = json!({ "disableLocalAuth": false, "capabilities": [],
        "ipRules": [{ "ipAddressOrRange": "203.0.113.1" }] });
    for (condition, expected) in cases {
        let outcome = held(properties.clone(), &condition);
        assert_eq!(is(&outcome), expected, "{condition}: {outcome:?}");
    }
}

#[test]
fn what_cannot_be_told_decides_only_when_nothing_else_does() {
    let yes = json!({ "field": "name", "equals": "c" });
    let no = json!({ "field": "name", "equals": "d" });
    let unclear = json!({ "value": "[utcNow()]", "equals": "x" });
    for (condition, expected) in [
        (json!({ "allOf": [yes, unclear] }), None),
        (json!({ "allOf": [unclear, no] }), Some(false)),
        (json!({ "allOf": [] }), Some(true)),
        (json!({ "anyOf": [unclear, yes] }), Some(true)),
        (json!({ "anyOf": [no, unclear] }), None),
        (json!({ "anyOf": [] }), Some(false)),
        (json!({ "not": no }), Some(true)),
        (json!({ "not": unclear }), None),
        (json!({ "ANYOF": [{ "Not": yes }, no] }), Some(false)),
    ] {
        let outcome = held(json!({}), &condition);
        assert_eq!(is(&outcome), expected, "{condition}: {outcome:?}");
    }
}

#[test]
fn a_property_that_the_api_version_does_not_report_is_not_absent() {
    let field = "Microsoft.DocumentDB/databaseAccounts/disableLocalAuth";
    let malformed = held(
        json!({ "disableLocalAuth": "perhaps" }),
        &json!({ "field": field, "notEquals": true }),
    );
    assert_eq!(is(&malformed), None, "{malformed:?}");
}

fn effect(assignment: Value, definition: Value) -> Effect {
    let inventory = world(json!({}), assignment, definition);
    let forces = in_force(&inventory);
    forces[0].effect(named(&inventory, "c"))
}

#[test]
fn the_effect_comes_from_override_parameter_or_default() {
    let by_parameter = || {
        json!({ "parameters": { "effect": { "defaultValue": "Audit" } },
                "policyRule": { "if": {}, "then": { "effect": "[parameters('effect')]" } } })
    };
    let literal = json!({ "policyRule": { "if": {}, "then": { "effect": "DeployIfNotExists" } } });
    let odd = json!({ "policyRule": { "if": {}, "then": { "effect": "[if(true(), 'deny', 'audit')]" } } });
    let given = json!({ "parameters": { "Effect": { "value": "modify" } } });
    assert_eq!(effect(json!({}), by_parameter()), Effect::Audit);
    assert_eq!(effect(given.clone(), by_parameter()), Effect::Modify);
    assert_eq!(effect(json!({}), literal.clone()), Effect::Deploy);
    assert!(matches!(effect(json!({}), odd), Effect::Unclear(_)));
    let over = |selectors: Value| json!({ "overrides": [{ "kind": "policyEffect", "value": "Disabled", "selectors": selectors }] });
    assert_eq!(effect(over(json!([])), literal.clone()), Effect::None);
    let here = json!([{ "kind": "resourceLocation", "in": ["eastus2"] }]);
    assert_eq!(effect(over(here), literal.clone()), Effect::None);
    let there = json!([{ "kind": "resourceLocation", "in": ["westus"] }]);
    assert_eq!(effect(over(there), literal.clone()), Effect::Deploy);
    let people = json!([{ "kind": "userPrincipalId", "in": ["x"] }]);
    assert!(matches!(effect(over(people), literal), Effect::Unclear(_)));
}

#[test]
fn what_is_set_already_names_an_author_and_what_is_not_a_bomb() {
    let definition = json!({
        "mode": "Indexed",
        "policyRule": {
            "if": { "allOf": [
                { "field": "type", "equals": "Microsoft.DocumentDB/databaseAccounts" },
                { "field": "Microsoft.DocumentDB/databaseAccounts/disableLocalAuth", "notEquals": true },
            ] },
            "then": { "effect": "modify", "details": { "operations": [
                { "operation": "ADDORREPLACE", "value": "true",
                  "field": "Microsoft.DocumentDB/databaseAccounts/disableLocalAuth" },
                { "operation": "addOrReplace", "field": "tags['x']", "value": "y" },
                { "operation": "Remove", "field": "Microsoft.DocumentDB/databaseAccounts/publicNetworkAccess" },
            ] } },
        },
    });
    for (value, bites, authors) in [(json!(false), 1, 0), (json!(true), 0, 1)] {
        let inventory = world(
            json!({ "disableLocalAuth": value }),
            json!({}),
            definition.clone(),
        );
        let judging = Judging::default();
        let ground = Ground::new(&inventory, &judging, AT);
        let policies = Policies::of(&ground);
        assert_eq!(
            (policies.bites.len(), policies.authors.len()),
            (bites, authors),
            "{value}"
        );
        for meeting in policies.bites.iter().chain(&policies.authors) {
            assert_eq!(meeting.changes.len(), 1);
            assert_eq!(meeting.changes[0].path, "properties.disableLocalAuth");
        }
    }
    // A policy of a data plane looks at no resource.
    let mut of_data = definition;
    of_data["mode"] = json!("Microsoft.DocumentDB.Data");
    let inventory = world(json!({ "disableLocalAuth": false }), json!({}), of_data);
    let judging = Judging::default();
    let ground = Ground::new(&inventory, &judging, AT);
    assert!(Policies::of(&ground).bites.is_empty());
}
