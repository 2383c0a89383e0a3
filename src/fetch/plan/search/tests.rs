use serde_json::{Value, json};

use super::super::{Options, Plan, plan};
use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::scope::Scope;

const FACETS: [Facet; 4] = [
    Facet::Indexers,
    Facet::DataSources,
    Facet::Skillsets,
    Facet::Indexes,
];

fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family,
    }
}

fn service(properties: &Value) -> Value {
    json!({ "id": id("rg-rag", "Microsoft.Search/searchServices/srch"), "name": "srch", "properties": properties })
}

fn service_id() -> ArmId {
    ArmId::new(id("rg-rag", "Microsoft.Search/searchServices/srch"))
}

/// A subscription with one search service and no hub.
fn seen(properties: &Value) -> Known {
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg-rag")]),
        )
        .answer(&list(Family::Workspace), &json!([]))
        .answer(&list(Family::Search), &json!([service(properties)]));
    known
}

fn planned(known: &Known) -> Plan {
    plan(&known.snapshot(), &Scope::default(), Options::default())
}

fn how(plan: &Plan, facet: Facet) -> Option<&How> {
    let wanted = plan.get(&Key::Facet(service_id(), facet))?;
    Some(&wanted.how)
}

fn tokens() -> Value {
    json!({ "disableLocalAuth": true, "authOptions": null })
}

#[test]
fn only_a_service_that_may_take_a_token_is_asked() {
    let roles =
        |mode: &str| json!({ "authOptions": { "aadOrApiKey": { "aadAuthFailureMode": mode } } });
    for (properties, asked) in [
        (tokens(), true),
        (roles("http403"), true),
        (
            json!({ "disableLocalAuth": false, "authOptions": { "apiKeyOnly": {} } }),
            false,
        ),
        (
            json!({ "disableLocalAuth": false, "authOptions": null }),
            false,
        ),
        (json!({}), false),
        // Unclear settings are no reason not to ask.
        (json!({ "authOptions": "x" }), true),
        (json!({ "disableLocalAuth": "x" }), true),
    ] {
        let plan = planned(&seen(&properties));
        for facet in FACETS {
            match how(&plan, facet) {
                Some(How::SearchData(_)) => assert!(asked, "{properties}"),
                Some(How::Skip(reason)) => {
                    assert!(!asked, "{properties}");
                    assert!(reason.contains("API keys only"), "{reason}");
                }
                other => panic!("{properties} {facet:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn the_door_says_what_a_refusal_can_mean() {
    let with = |mode: Value, more: Value| {
        let mut properties =
            json!({ "authOptions": { "aadOrApiKey": { "aadAuthFailureMode": mode } } });
        for (name, value) in more.as_object().expect("an object") {
            properties[name] = value.clone();
        }
        properties
    };
    for (properties, without_role, firewall) in [
        (
            with(json!("http401WithBearerChallenge"), json!({})),
            WithoutRole::Unauthorized,
            Some(false),
        ),
        (
            with(json!(null), json!({})),
            WithoutRole::Unauthorized,
            Some(false),
        ),
        (
            with(
                json!("http403"),
                json!({ "publicNetworkAccess": "disabled" }),
            ),
            WithoutRole::Forbidden,
            Some(true),
        ),
        (
            with(
                json!("http403"),
                json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.1" }] } }),
            ),
            WithoutRole::Forbidden,
            Some(true),
        ),
        (
            with(json!(5), json!({ "networkRuleSet": { "ipRules": 5 } })),
            WithoutRole::Unknown,
            None,
        ),
        (tokens(), WithoutRole::Unknown, Some(false)),
    ] {
        let plan = planned(&seen(&properties));
        let expected = How::SearchData(Door {
            without_role,
            firewall,
        });
        assert_eq!(how(&plan, Facet::Indexers), Some(&expected), "{properties}");
    }
}

#[test]
fn each_indexer_and_each_index_is_looked_into() {
    let mut known = seen(&tokens());
    known
        .answer(
            &Key::Facet(service_id(), Facet::Indexers),
            &json!([{ "name": "docs-indexer" }, { "name": "faq-indexer" }]),
        )
        .answer(
            &Key::Facet(service_id(), Facet::Indexes),
            &json!([{ "name": "docs-index" }]),
        );
    let plan = planned(&known);
    for (tail, facet) in [
        ("indexers/docs-indexer", Facet::IndexerStatus),
        ("indexers/faq-indexer", Facet::IndexerStatus),
        ("indexes/docs-index", Facet::IndexStatistics),
    ] {
        let key = Key::Facet(service_id().child(tail), facet);
        assert!(plan.contains_key(&key), "{key}");
    }
}

#[test]
fn a_cloud_without_a_data_plane_says_so() {
    let options = Options {
        search: false,
        ..Options::default()
    };
    let plan = plan(&seen(&tokens()).snapshot(), &Scope::default(), options);
    assert!(
        matches!(how(&plan, Facet::Indexers), Some(How::Skip(reason)) if reason.contains("cloud"))
    );
}

#[test]
fn a_hubs_managed_service_is_not_asked() {
    let hub = json!({ "id": id("rg-hub", "Microsoft.MachineLearningServices/workspaces/hub"), "kind": "Hub",
                      "properties": { "serviceProvisionedResourceGroup": "rg-rag" } });
    let mut by_hub = seen(&tokens());
    by_hub.answer(&list(Family::Workspace), &json!([hub]));
    let mut managed = group("rg-rag");
    managed["managedBy"] = json!(id(
        "rg-hub",
        "Microsoft.MachineLearningServices/workspaces/hub"
    ));
    let mut by_group = seen(&tokens());
    by_group.answer(&Key::Groups(SubscriptionId::new(SUB)), &json!([managed]));
    for known in [by_hub, by_group] {
        let plan = planned(&known);
        assert!(
            matches!(how(&plan, Facet::Indexers), Some(How::Skip(reason)) if reason.contains("managed group"))
        );
    }
    // Another service's group is none of a hub's.
    let mut other = group("rg-rag");
    other["managedBy"] = json!(id("rg-x", "Microsoft.Solutions/applications/app"));
    let mut known = seen(&tokens());
    known.answer(&Key::Groups(SubscriptionId::new(SUB)), &json!([other]));
    let plan = planned(&known);
    assert!(matches!(
        how(&plan, Facet::Indexers),
        Some(How::SearchData(_))
    ));
}

#[test]
fn nobody_is_asked_before_it_is_known_whose_the_service_is() {
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg-rag")]),
        )
        .answer(&list(Family::Search), &json!([service(&tokens())]));
    assert_eq!(how(&planned(&known), Facet::Indexers), None);
    known.refuse(&list(Family::Workspace));
    // A refusal ends the waiting: the groups of the subscription would be asked next.
    known.answer(
        &Key::List {
            subscription: SubscriptionId::new(SUB),
            group: Some(crate::model::key::GroupName::new("rg-rag")),
            family: Family::Workspace,
        },
        &json!([]),
    );
    assert!(matches!(
        how(&planned(&known), Facet::Indexers),
        Some(How::SearchData(_))
    ));
}
