use serde_json::json;

use super::super::{Options, plan};
use super::*;
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::id::SubscriptionId;
use crate::model::resource::Family;
use crate::model::scope::Scope;

fn perimeter() -> ArmId {
    ArmId::new(id(
        "rg-net",
        "Microsoft.Network/networkSecurityPerimeters/nsp",
    ))
}

fn vault() -> String {
    id("rg-rag", "Microsoft.KeyVault/vaults/kv")
}

fn seen(associated: &str) -> Known {
    let subscription_id = ArmId::of_subscription(&SubscriptionId::new(SUB));
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::Groups(SubscriptionId::new(SUB)),
            &json!([group("rg-rag"), group("rg-net")]),
        )
        .answer(
            &Key::List {
                subscription: SubscriptionId::new(SUB),
                group: None,
                family: Family::Vault,
            },
            &json!([{ "id": vault() }]),
        )
        .answer(
            &Key::NetworkPerimeters(subscription_id),
            &json!([{ "id": perimeter().as_str() }]),
        )
        .answer(
            &Key::Facet(perimeter(), Facet::PerimeterAssociations),
            &json!([{ "id": perimeter().child("resourceAssociations/a").as_str(),
                      "properties": { "privateLinkResource": { "id": associated }, "accessMode": "Enforced" } }]),
        );
    known
}

fn keys(known: &Known) -> Vec<Key> {
    plan(&known.snapshot(), &Scope::default(), Options::default())
        .into_keys()
        .collect()
}

#[test]
fn the_perimeter_of_a_resource_in_view_is_read_whole() {
    let mut known = seen(&vault());
    let found = keys(&known);
    for facet in [Facet::PerimeterProfiles, Facet::PerimeterLinks] {
        assert!(found.contains(&Key::Facet(perimeter(), facet)), "{facet:?}");
    }
    let profile = perimeter().child("profiles/default");
    known.answer(
        &Key::Facet(perimeter(), Facet::PerimeterProfiles),
        &json!([{ "id": profile.as_str() }]),
    );
    assert!(keys(&known).contains(&Key::Facet(profile, Facet::PerimeterRules)));
}

#[test]
fn of_a_strangers_perimeter_only_the_associations_are_read() {
    let stranger = id("rg-x", "Microsoft.Storage/storageAccounts/x");
    let found = keys(&seen(&stranger));
    assert!(found.contains(&Key::Facet(perimeter(), Facet::PerimeterAssociations)));
    assert!(!found.contains(&Key::Facet(perimeter(), Facet::PerimeterProfiles)));
}

#[test]
fn a_perimeter_that_a_resource_names_is_found_without_the_list() {
    let account = ArmId::new(id("rg-rag", "Microsoft.Storage/storageAccounts/st"));
    let mut known = Known::default();
    known
        .answer(
            &Key::Subscriptions(None),
            &json!([subscription(SUB, "dev")]),
        )
        .answer(
            &Key::List {
                subscription: SubscriptionId::new(SUB),
                group: None,
                family: Family::Storage,
            },
            &json!([{ "id": account.as_str() }]),
        )
        .answer(
            &Key::Facet(account, Facet::Perimeters),
            &json!([{ "name": "x", "properties": { "networkSecurityPerimeter": { "id": perimeter().as_str() } } }]),
        );
    assert!(keys(&known).contains(&Key::Facet(perimeter(), Facet::PerimeterProfiles)));
}
