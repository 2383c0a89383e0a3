//! The facts that the stories of two tenants rest on, and what their twins change in them.

use serde_json::{Value, json};

use crate::loading::{self, Scenario};
use crate::stories::{assigned, facts};

const FABRIKAM: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const APP: &str = "d34f7c1a-9b52-4e86-a0d7-6c2e81b5f394";
const HOME: &str = "61f0a2c9-84de-4b37-95a1-3d7c0e92b846";
const STUB: &str = "c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03";
const POOL: &str = "/ipamPools/spokes";
const NETWORK: &str = "/virtualNetworks/vnet-spoke-dev";
const ASKS: &str = "/scopeConnections/contoso-dev";
const LETS_IN: &str = "/networkManagerConnections/fabrikam";
const IPAM_POOL_USER: &str = "7b3e853f-ad5d-4fb5-a7b8-56a3581c7037";

fn both(name: &str) -> [Scenario; 2] {
    [
        loading::load(name),
        loading::load(&format!("{name}:mended")),
    ]
}

/// One property in the story, and in its twin.
fn turns(name: &str, tail: &str, pointer: &str, values: [Value; 2]) {
    for (scenario, value) in both(name).iter().zip(values) {
        facts(scenario, &[(tail, pointer, Some(value))]);
    }
}

/// The application's objects: its audience, and its service principals by tenant.
fn app(scenario: &Scenario) -> (Option<String>, Vec<String>) {
    let own: Vec<&Value> = scenario
        .directory
        .iter()
        .filter(|one| one["appId"] == json!(APP))
        .collect();
    let is =
        |kind: &str, one: &Value| one["@odata.type"] == json!(format!("#microsoft.graph.{kind}"));
    let text = |one: &Value, name: &str| one[name].as_str().map(str::to_owned);
    let audience = own.iter().find(|one| is("application", one));
    let stubs = own.iter().filter(|one| is("servicePrincipal", one));
    let mut ids: Vec<String> = stubs.filter_map(|one| text(one, "id")).collect();
    ids.sort();
    (audience.and_then(|one| text(one, "signInAudience")), ids)
}

#[test]
fn in_cross_tenant_all_is_in_place() {
    let scenario = loading::load("cross-tenant");
    let pool = scenario.ending(POOL)["id"].clone();
    facts(
        &scenario,
        &[
            (
                NETWORK,
                "/properties/addressSpace/ipamPoolPrefixAllocations/0/pool/id",
                Some(pool),
            ),
            (NETWORK, "/location", Some(json!("centralus"))),
            (POOL, "/location", Some(json!("centralus"))),
            (
                ASKS,
                "/properties/connectionState",
                Some(json!("Connected")),
            ),
            (
                LETS_IN,
                "/properties/connectionState",
                Some(json!("Connected")),
            ),
        ],
    );
    assert_eq!(assigned(&scenario, POOL, IPAM_POOL_USER), [STUB]);
    let (audience, objects) = app(&scenario);
    assert_eq!(audience.as_deref(), Some("AzureADMultipleOrgs"));
    assert_eq!(objects, [HOME, STUB]);
    let scope = &scenario.toml["scope"];
    assert_eq!(scope["auxiliary_tenants"][0].as_str(), Some(FABRIKAM));
}

#[test]
fn the_application_is_a_stranger_where_it_has_no_service_principal() {
    for (name, audience) in [
        ("cross-tenant-single-app", "AzureADMyOrg"),
        ("cross-tenant-no-stub", "AzureADMultipleOrgs"),
    ] {
        let [story, twin] = both(name);
        assert_eq!(
            app(&story),
            (Some(audience.to_owned()), vec![HOME.to_owned()]),
            "{name}"
        );
        assert_eq!(
            app(&twin).0.as_deref(),
            Some("AzureADMultipleOrgs"),
            "{name}"
        );
        assert_eq!(app(&twin).1, [HOME, STUB], "{name}");
        assert_eq!(assigned(&twin, POOL, IPAM_POOL_USER), [STUB], "{name}");
    }
}

#[test]
fn the_role_on_the_pool_is_on_another_object_or_on_none() {
    for (name, holders) in [
        ("cross-tenant-home-object", vec![HOME]),
        ("cross-tenant-no-role", vec![]),
    ] {
        let [story, twin] = both(name);
        assert_eq!(assigned(&story, POOL, IPAM_POOL_USER), holders, "{name}");
        assert_eq!(assigned(&twin, POOL, IPAM_POOL_USER), [STUB], "{name}");
    }
}

#[test]
fn the_second_token_is_not_asked_for_old_or_of_the_wrong_tenant() {
    let story = loading::load("cross-tenant-no-token").toml;
    assert!(story["scope"].get("auxiliary_tenants").is_none());
    assert!(story["twin"]["scope"].get("auxiliary_tenants").is_some());
    for (name, token) in [
        ("cross-tenant-old-token", "expired"),
        ("cross-tenant-wrong-token", "wrong-tenant"),
    ] {
        let story = loading::load(name).toml;
        assert_eq!(
            story["caller"]["elsewhere"][0]["token"].as_str(),
            Some(token),
            "{name}"
        );
        assert!(
            story["twin"]["caller"]["elsewhere"][0]
                .get("token")
                .is_none(),
            "{name}"
        );
    }
}

#[test]
fn the_connection_waits_or_is_in_conflict() {
    let state = "/properties/connectionState";
    turns(
        "cross-tenant-pending",
        ASKS,
        state,
        [json!("Pending"), json!("Connected")],
    );
    let [story, twin] = both("cross-tenant-pending");
    let halves = |scenario: &Scenario| {
        let kind = "Microsoft.Network/networkManagerConnections";
        scenario
            .arm
            .iter()
            .filter(|one| one["type"] == json!(kind))
            .count()
    };
    assert_eq!((halves(&story), halves(&twin)), (0, 1));
    for half in [ASKS, LETS_IN] {
        turns(
            "cross-tenant-conflict",
            half,
            state,
            [json!("Conflict"), json!("Connected")],
        );
    }
}

#[test]
fn the_pool_is_full_or_elsewhere() {
    let [story, twin] = both("cross-tenant-pool-full");
    for scenario in [&story, &twin] {
        let drawn =
            &scenario.ending(NETWORK)["properties"]["addressSpace"]["ipamPoolPrefixAllocations"][0];
        assert!(
            drawn.get("allocatedAddressPrefixes").is_none(),
            "{}",
            scenario.name
        );
    }
    turns(
        "cross-tenant-pool-full",
        "/staticCidrs/on-premises",
        "/properties/totalNumberOfIPAddresses",
        [json!("3840"), json!("256")],
    );
    turns(
        "cross-tenant-region",
        POOL,
        "/location",
        [json!("eastus2"), json!("centralus")],
    );
}
