use indexmap::IndexMap;
use serde_json::{Value, json};

use super::*;
use crate::fetch::plan::{Depth, Options, Wanted, plan};
use crate::fetch::testing::{Known, SUB, group, id, subscription};
use crate::model::caller::Caller;
use crate::model::id::SubscriptionId;
use crate::model::resource::Family;
use crate::model::scope::Scope;
use crate::store::Update;

/// The tenant of `subscription()`.
const HOME: &str = "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1";
const POOLS: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const PLATFORM: &str = "9e40b7f1-27c5-4d3a-8b6e-1a7d0c5f4e83";
const APP: &str = "d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394";
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/contoso";

fn manager() -> String {
    format!(
        "/subscriptions/{PLATFORM}/resourceGroups/rg-avnm/providers/Microsoft.Network/networkManagers/nm"
    )
}

fn pool() -> String {
    format!("{}/ipamPools/spokes", manager())
}

fn network() -> String {
    id("rg-spoke", "Microsoft.Network/virtualNetworks/spoke")
}

fn tenant(id: &str) -> TenantId {
    TenantId::new(id)
}

/// A view of the plan, by its tenant's id.
#[expect(clippy::unnecessary_wraps, reason = "none is the credential's own")]
fn view(id: &str) -> Option<TenantId> {
    Some(tenant(id))
}

fn signed_in(into: &str, object: &str) -> Update {
    Update::SignedIn(Caller {
        asked: view(into),
        tenant: view(into),
        object_id: Some(PrincipalId::new(object)),
        app_id: Some(APP.to_owned()),
        id_type: Some("app".to_owned()),
        ..Caller::default()
    })
}

fn platform() -> Value {
    json!({ "id": format!("/subscriptions/{PLATFORM}"), "subscriptionId": PLATFORM,
            "displayName": "platform", "state": "Enabled", "tenantId": POOLS })
}

fn networks() -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family: Family::VirtualNetwork,
    }
}

/// A network in one tenant that draws from a pool in another, and nothing read of the other yet.
fn drawing() -> Known {
    let mut known = Known::default();
    known
        .apply(signed_in(HOME, "at-home"))
        .apply(signed_in(POOLS, "stub"))
        .answer(&Key::Subscriptions(view(HOME)), &json!([subscription(SUB, "spokes")]))
        .answer(&Key::Subscriptions(view(POOLS)), &json!([platform()]))
        .answer(&Key::Groups(SubscriptionId::new(SUB)), &json!([group("rg-spoke")]))
        .answer(
            &networks(),
            &json!([{ "id": network(), "name": "spoke", "location": "centralus",
                "properties": { "addressSpace": { "addressPrefixes": ["10.64.0.0/25"],
                    "ipamPoolPrefixAllocations": [{ "numberOfIpAddresses": "100", "pool": { "id": pool() } }] } } }]),
        );
    known
}

fn both() -> Scope {
    Scope {
        tenant: Some(HOME.to_owned()),
        auxiliary_tenants: vec![POOLS.to_owned()],
        ..Scope::default()
    }
}

fn wanted(known: &Known, scope: &Scope) -> IndexMap<Key, Wanted> {
    let options = Options {
        depth: Depth::Whole,
        graph: true,
        ..Options::default()
    };
    plan(&known.snapshot(), scope, options)
        .into_iter()
        .collect()
}

/// Whose token a key is read with; fails when it is not wanted.
fn read_as(known: &Known, scope: &Scope, key: &Key) -> Option<TenantId> {
    let all = wanted(known, scope);
    let one = all
        .get(key)
        .unwrap_or_else(|| panic!("{key:?} is not wanted"));
    one.tenant.clone()
}

fn pool_key() -> Key {
    Key::IpamPool(ArmId::new(pool()))
}

fn with_pool(mut known: Known) -> Known {
    known.answer(
        &pool_key(),
        &json!({ "id": pool(), "name": "spokes", "location": "centralus",
                 "properties": { "addressPrefixes": ["10.64.0.0/20"], "parentPoolName": "" } }),
    );
    known
}

/// A token of the wrong tenant would only be refused, and the pool not be asked for again.
#[test]
fn nothing_is_asked_of_a_subscription_whose_tenant_may_still_be_told() {
    let mut known = drawing();
    known.apply(Update::Forgotten {
        key: Key::Subscriptions(view(POOLS)),
    });
    assert!(!wanted(&known, &both()).contains_key(&pool_key()));
    // With one tenant there is nothing to wait for, and where no list holds it Azure says whose it is.
    let alone = Scope {
        tenant: Some(HOME.to_owned()),
        ..Scope::default()
    };
    assert_eq!(read_as(&known, &alone, &pool_key()), view(HOME));
    known.refuse(&Key::Subscriptions(view(POOLS)));
    assert_eq!(read_as(&known, &both(), &pool_key()), view(HOME));
}

#[test]
fn a_pool_is_read_with_its_own_tenants_token_and_then_what_hangs_on_it() {
    let known = drawing();
    assert_eq!(read_as(&known, &both(), &pool_key()), view(POOLS));
    let usage = Key::Facet(ArmId::new(pool()), Facet::PoolUsage);
    assert!(!wanted(&known, &both()).contains_key(&usage));

    let known = with_pool(known);
    for facet in [
        Facet::StaticCidrs,
        Facet::PoolUsage,
        Facet::PoolAssociations,
    ] {
        let key = Key::Facet(ArmId::new(pool()), facet);
        assert_eq!(read_as(&known, &both(), &key), view(POOLS), "{facet:?}");
    }
    for facet in [Facet::ScopeConnections, Facet::IpamPools] {
        let key = Key::Facet(ArmId::new(manager()), facet);
        assert_eq!(read_as(&known, &both(), &key), view(POOLS), "{facet:?}");
    }
}

#[test]
fn roles_at_the_pool_are_asked_for_where_its_subscription_is_out_of_scope() {
    let known = with_pool(drawing());
    let roles = Key::RoleAssignments(ArmId::new(pool()));
    assert!(!wanted(&known, &both()).contains_key(&roles));
    let narrow = Scope {
        subscriptions: vec![SUB.to_owned()],
        ..both()
    };
    assert_eq!(read_as(&known, &narrow, &roles), view(POOLS));
}

#[test]
fn the_proof_goes_with_both_tokens_and_only_where_both_can_be_had() {
    let proof = Key::LinkedAccess(ArmId::new(network()), tenant(POOLS));
    assert_eq!(read_as(&drawing(), &both(), &proof), view(HOME));
    let alone = Scope {
        tenant: Some(HOME.to_owned()),
        ..Scope::default()
    };
    let keys = wanted(&drawing(), &alone);
    assert!(!keys.keys().any(|key| matches!(key, Key::LinkedAccess(..))));
    // Within one tenant there is nothing to prove.
    let mut known = drawing();
    let mut own = platform();
    own["tenantId"] = json!(HOME);
    known.answer(&Key::Subscriptions(view(POOLS)), &json!([own]));
    let keys = wanted(&known, &both());
    assert!(!keys.keys().any(|key| matches!(key, Key::LinkedAccess(..))));
}

#[test]
fn both_halves_of_a_connection_are_read_each_in_its_tenant() {
    let half = Key::NetworkManagerConnections(ArmId::of_subscription(&SubscriptionId::new(SUB)));
    assert_eq!(read_as(&drawing(), &both(), &half), view(HOME));
    let provider = Key::Provider(ArmId::new(format!(
        "/subscriptions/{SUB}/providers/Microsoft.Network"
    )));
    assert_eq!(read_as(&drawing(), &both(), &provider), view(HOME));
}

/// A manager may ask for a whole management group: by its half, or by what it manages in effect.
#[test]
fn a_management_group_is_asked_in_the_tenant_that_it_is_of() {
    let of_group = Key::NetworkManagerConnections(ArmId::new(GROUP));
    let mut by_half = with_pool(drawing());
    by_half.answer(
        &Key::Facet(ArmId::new(manager()), Facet::ScopeConnections),
        &json!([{ "id": format!("{}/scopeConnections/contoso", manager()), "name": "contoso",
            "properties": { "tenantId": HOME, "resourceId": GROUP, "connectionState": "Pending" } }]),
    );
    let mut in_effect = drawing();
    let place = Key::NetworkManagers(ArmId::of_subscription(&SubscriptionId::new(PLATFORM)));
    in_effect.answer(
        &place,
        &json!([{ "id": manager(), "name": "nm", "location": "centralus",
            "properties": { "networkManagerScopes": { "crossTenantScopes": [
                { "tenantId": HOME, "managementGroups": [GROUP], "subscriptions": [] }] } } }]),
    );
    for known in [by_half, in_effect] {
        assert_eq!(read_as(&known, &both(), &of_group), view(HOME));
        // A tenant that nobody is signed in to is not asked.
        let pools_alone = Scope {
            tenant: Some(POOLS.to_owned()),
            ..Scope::default()
        };
        assert!(!wanted(&known, &pools_alone).contains_key(&of_group));
    }
}

#[test]
fn without_pools_one_list_of_managers_is_all() {
    let mut known = drawing();
    known.answer(&networks(), &json!([]));
    let keys = wanted(&known, &both());
    let of_tenants: Vec<&Key> = keys
        .keys()
        .filter(|key| {
            matches!(
                key,
                Key::NetworkManagerConnections(_)
                    | Key::Provider(_)
                    | Key::IpamPool(_)
                    | Key::LinkedAccess(..)
                    | Key::Application(..)
                    | Key::ServicePrincipalOf(..)
            )
        })
        .collect();
    assert_eq!(of_tenants, Vec::<&Key>::new());
    let lists = keys
        .keys()
        .filter(|key| matches!(key, Key::NetworkManagers(_)));
    assert_eq!(lists.count(), 2, "one for each subscription");
}

#[test]
fn the_application_that_draws_is_looked_up_in_every_tenant() {
    let known = with_pool(drawing());
    for home in [HOME, POOLS] {
        let key = Key::ServicePrincipalOf(view(home), AppId::new(APP));
        assert_eq!(read_as(&known, &both(), &key), view(home));
    }
    // Whom it lets in is asked at home, once the directory says where that is.
    let mut known = known;
    let application = Key::Application(view(HOME), AppId::new(APP));
    assert!(!wanted(&known, &both()).contains_key(&application));
    known.answer(
        &Key::ServicePrincipalOf(view(POOLS), AppId::new(APP)),
        &json!([{ "@odata.type": "#microsoft.graph.servicePrincipal", "id": "stub", "appId": APP,
                  "displayName": "spokes", "appOwnerOrganizationId": HOME }]),
    );
    assert_eq!(read_as(&known, &both(), &application), view(HOME));
}

/// Azure Lighthouse: the managing tenant's token shows another tenant's subscription.
#[test]
fn a_delegated_subscription_is_read_by_its_own_tenant_where_that_is_signed_in_to() {
    let mut known = Known::default();
    let mut delegated = subscription(SUB, "spokes");
    delegated["managedByTenants"] = json!([{ "tenantId": POOLS }]);
    known
        .apply(signed_in(HOME, "at-home"))
        .apply(signed_in(POOLS, "stub"))
        .answer(
            &Key::Subscriptions(view(POOLS)),
            &json!([platform(), delegated]),
        );
    let other_way_round = Scope {
        tenant: Some(POOLS.to_owned()),
        auxiliary_tenants: vec![HOME.to_owned()],
        ..Scope::default()
    };
    let groups = Key::Groups(SubscriptionId::new(SUB));
    assert_eq!(read_as(&known, &other_way_round, &groups), view(POOLS));
    let seen = known.snapshot();
    let through: Vec<_> = seen
        .delegated()
        .into_iter()
        .map(|one| (one.home.clone(), one.to.clone()))
        .collect();
    assert_eq!(through, [(tenant(HOME), tenant(POOLS))]);

    known.answer(
        &Key::Subscriptions(view(HOME)),
        &json!([subscription(SUB, "spokes")]),
    );
    assert_eq!(read_as(&known, &other_way_round, &groups), view(HOME));
    assert!(known.snapshot().delegated().is_empty());
}

/// Its token is the pool's tenant's already: there is no second one to prove.
#[test]
fn a_network_that_is_delegated_to_the_pools_tenant_needs_no_second_token() {
    let mut known = drawing();
    known
        .answer(&Key::Subscriptions(view(HOME)), &json!([]))
        .answer(
            &Key::Subscriptions(view(POOLS)),
            &json!([platform(), subscription(SUB, "spokes")]),
        );
    let keys = wanted(&known, &both());
    assert!(keys.contains_key(&pool_key()));
    assert!(!keys.keys().any(|key| matches!(key, Key::LinkedAccess(..))));
    assert_eq!(
        read_as(&known, &both(), &Key::Groups(SubscriptionId::new(SUB))),
        view(POOLS)
    );
}
