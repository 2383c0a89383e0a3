//! Every call carries the tokens that it should: its own tenant's, for the service that it goes to, and
//! another tenant's only where Azure is asked whether it takes it.

use std::collections::{BTreeMap, BTreeSet};

use hopscope::model::scope::Scope;
use hopscope::simulator::Scenario;

use crate::ledger;
use crate::run::{Plan, Ran, run};
use crate::tap::Seen;

const CONTOSO: &str = "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1";
const FABRIKAM: &str = "52c6a8d0-6b1e-4a5e-9d0c-4f7a3c1be290";
const SPOKES: &str = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";
const PLATFORM: &str = "9e40b7f1-27c5-4d3a-8b6e-1a7d0c5f4e83";
const NETWORK: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-spoke-dev/providers/Microsoft.Network/virtualNetworks/vnet-spoke-dev";

/// The object ids of each tenant's directory (the scenario's `graph`).
const OBJECTS: [(&str, &[&str]); 2] = [
    (
        CONTOSO,
        &[
            "9452b97a-8a78-4337-8522-b429a4cd4b9a",
            "61f0a2c9-84de-4b37-95a1-3d7c0e92b846",
        ],
    ),
    (
        FABRIKAM,
        &[
            "4ad7e6b0-1c93-4f58-8e2b-95d06c7f31a4",
            "c8b35d17-0a6f-4e92-b4d8-72f19e6a5c03",
        ],
    ),
];

/// The audience of each service in the public cloud.
const PUBLIC: [(&str, &str); 4] = [
    ("arm", "https://management.azure.com"),
    ("graph", "https://graph.microsoft.com"),
    ("logs", "https://api.loganalytics.io"),
    ("search", "https://search.azure.com"),
];

fn subscription(seen: &Seen) -> Option<&str> {
    let rest = seen.path.strip_prefix("/subscriptions/")?;
    rest.split('/').next()
}

/// Each token is for the service that it goes to, stands in the header that is for it, in the form that
/// Azure takes, and nowhere else; those of other tenants go to Resource Manager alone.
fn assert_in_place(name: &str, ran: &Ran, audiences: &[(&str, &str)]) {
    assert!(ran.elsewhere.is_empty(), "{name}: {:#?}", ran.elsewhere);
    let tokens: BTreeSet<String> = ran
        .seen
        .iter()
        .flat_map(|one| one.own().into_iter().chain(one.others()))
        .map(|token| token.text)
        .collect();
    assert!(!tokens.is_empty(), "{name}");
    let mut asked: BTreeMap<(String, String), usize> = BTreeMap::new();
    for one in &ran.seen {
        let rest = one.rest();
        assert!(
            !tokens.iter().any(|token| rest.contains(token)),
            "{name}: a token where none belongs: {rest}"
        );
        let all: Vec<_> = one.own().into_iter().chain(one.others()).collect();
        if one.service == "login" {
            assert!(all.is_empty(), "{name}: {rest}");
            let form: BTreeMap<String, String> = url::form_urlencoded::parse(one.body.as_bytes())
                .into_owned()
                .collect();
            *asked
                .entry((one.path.clone(), form["scope"].clone()))
                .or_default() += 1;
            continue;
        }
        let (_, audience) = audiences
            .iter()
            .find(|(service, _)| *service == one.service)
            .unwrap();
        assert!(one.own().is_some(), "{name}: {rest}");
        for token in all {
            assert_eq!(token.audience, *audience, "{name}: {rest}");
        }
        assert!(one.others().is_empty() || one.service == "arm", "{name}");
    }
    for ((path, scope), times) in asked {
        assert_eq!(times, 1, "{name}: {scope} by {path}");
        assert!(
            audiences.iter().any(|(_, audience)| scope
                .split(' ')
                .any(|one| one == format!("{audience}/.default"))),
            "{name}: {scope}"
        );
        // Without `--tenant` the authority knows whose the credential is.
        let named = [CONTOSO, FABRIKAM, "organizations"];
        let may_be_any = ran.snapshot.scope().tenant.is_none();
        assert!(
            named[..2 + usize::from(may_be_any)]
                .iter()
                .any(|one| path == format!("/{one}/oauth2/v2.0/token")),
            "{name}: {path}"
        );
    }
}

/// Each subscription is asked with its own tenant's token, each directory for what it holds.
fn assert_own_tenant(name: &str, ran: &Ran) {
    for one in ran.seen.iter().filter(|one| one.service == "arm") {
        let tenant = one.own().unwrap().tenant;
        match subscription(one) {
            Some(SPOKES) => assert_eq!(tenant, CONTOSO, "{name}: {}", one.target()),
            Some(PLATFORM) => assert_eq!(tenant, FABRIKAM, "{name}: {}", one.target()),
            Some(other) => panic!("{name}: {other}"),
            None => assert!(
                ["/tenants", "/subscriptions"].contains(&one.path.as_str()),
                "{name}: {}",
                one.path
            ),
        }
    }
    for one in ran.seen.iter().filter(|one| one.service == "graph") {
        // A role may name an object of the other tenant; whether there is such a one here is asked in a
        // body. What is asked of an object stands in the path.
        let tenant = one.own().unwrap().tenant;
        for (home, objects) in OBJECTS {
            assert!(
                home == tenant || !objects.iter().any(|id| one.path.contains(id)),
                "{name}: {tenant} is asked for what {home} holds: {}",
                one.target()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_carries_exactly_the_tokens_that_it_should() {
    for name in [
        "cross-tenant",
        "cross-tenant-conflict",
        "cross-tenant-home-object",
        "cross-tenant-no-role",
        "cross-tenant-pending",
        "cross-tenant-pool-full",
        "cross-tenant-region",
    ] {
        let ran = run(name, Plan::default()).await;
        assert_in_place(name, &ran, &PUBLIC);
        assert_own_tenant(name, &ran);
        let with: Vec<&Seen> = ran
            .seen
            .iter()
            .filter(|one| !one.others().is_empty())
            .collect();
        let [proof] = with.as_slice() else {
            panic!("{name}: one call carries two tenants' tokens: {with:#?}");
        };
        assert_eq!(
            (proof.method.as_str(), proof.path.as_str()),
            ("GET", NETWORK)
        );
        assert_eq!(proof.own().unwrap().tenant, CONTOSO);
        let others: Vec<String> = proof.others().into_iter().map(|one| one.tenant).collect();
        assert_eq!(others, [FABRIKAM], "{name}");
        // Both tenants are looked into, each by its own token.
        for (service, path) in [
            ("arm", "/subscriptions"),
            ("graph", "/v1.0/servicePrincipals"),
        ] {
            let asked = ran.seen.iter().filter(|one| {
                one.service == service && one.path.trim_start_matches("/graph") == path
            });
            let tenants: BTreeSet<String> = asked.map(|one| one.own().unwrap().tenant).collect();
            assert_eq!(
                tenants,
                [CONTOSO, FABRIKAM].map(str::to_owned).into(),
                "{name}: {path}"
            );
        }
    }
}

/// Without a token for the pool's tenant none is made up: its subscription is asked once, with the own
/// one, and Azure says whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_nobody_is_signed_in_to_gets_no_token() {
    for name in [
        "cross-tenant-no-token",
        "cross-tenant-no-stub",
        "cross-tenant-single-app",
    ] {
        let ran = run(name, Plan::default()).await;
        assert_in_place(name, &ran, &PUBLIC);
        let mut away = 0;
        for one in ran.seen.iter().filter(|one| one.service != "login") {
            assert_eq!(one.own().unwrap().tenant, CONTOSO, "{name}");
            assert!(one.others().is_empty(), "{name}: {}", one.target());
            if one.service == "arm" && subscription(one) == Some(PLATFORM) {
                away += 1;
                assert_eq!(one.status, 401, "{name}: {}", one.target());
            }
        }
        assert!(away > 0, "{name}: nobody asked whose the pool is");
    }
}

/// A token that is not what was asked for goes along all the same: Azure says what it thinks of it, and
/// the ledger whose it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_wrong_tenant_is_told_as_what_it_is() {
    let name = "cross-tenant-wrong-token";
    let ran = run(name, Plan::default()).await;
    assert_in_place(name, &ran, &PUBLIC);
    ledger::assert_true(name, &ran);
    for one in ran.seen.iter().filter(|one| one.service != "login") {
        assert_eq!(one.own().unwrap().tenant, CONTOSO);
        assert!(one.others().iter().all(|one| one.tenant == CONTOSO));
    }
    assert!(
        ran.snapshot
            .requests()
            .all(|one| { one.auxiliary_tenants.iter().all(|one| **one == *CONTOSO) })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn search_and_its_neighbours_get_tokens_of_their_own() {
    let name = "healthy";
    let ran = run(name, Plan::default()).await;
    assert_in_place(name, &ran, &PUBLIC);
    for service in ["arm", "graph", "search", "login"] {
        assert!(
            ran.seen.iter().any(|one| one.service == service),
            "{service}"
        );
    }
    for one in ran.seen.iter().filter(|one| one.service != "login") {
        assert_eq!(one.own().unwrap().tenant, CONTOSO);
    }
    // Each service has its own address; a token for one search service opens another as well.
    assert!(ran.seen.iter().all(|one| match one.service {
        "search" => one.path.starts_with("/search/"),
        "graph" => one.path.starts_with("/graph/v1.0/"),
        "logs" => one.path.starts_with("/loganalytics/v1/"),
        _ => true,
    }));
}

/// In another cloud the tokens are that cloud's: a file that names its audiences.
#[tokio::test(flavor = "multi_thread")]
async fn another_cloud_has_other_audiences() {
    const OTHER: [(&str, &str); 4] = [
        ("arm", "https://management.usgovcloudapi.net"),
        ("graph", "https://graph.microsoft.us"),
        ("logs", "https://api.loganalytics.us"),
        ("search", "https://search.azure.us"),
    ];
    let plan = Plan {
        more: "[audience]\nresource_manager = 'https://management.usgovcloudapi.net'\n\
               graph = 'https://graph.microsoft.us'\nlog_analytics = 'https://api.loganalytics.us'\n\
               search = 'https://search.azure.us'\n",
        ..Plan::default()
    };
    for name in ["cross-tenant", "healthy"] {
        let ran = run(name, Plan { ..plan.clone() }).await;
        assert_in_place(name, &ran, &OTHER);
        assert!(ran.seen.iter().any(|one| one.service == "graph"), "{name}");
    }
}

/// The order of the tenants does not matter: whoever is the home, each subscription gets its own token.
#[tokio::test(flavor = "multi_thread")]
async fn the_tenants_may_be_named_the_other_way_round() {
    let own = Scenario::load("cross-tenant").unwrap();
    let scope = Scope {
        subscriptions: own.scope().subscriptions.clone(),
        tenant: Some(FABRIKAM.to_owned()),
        auxiliary_tenants: vec![CONTOSO.to_owned()],
        ..Scope::default()
    };
    let ran = run(
        "cross-tenant",
        Plan {
            scope: Some(scope),
            ..Plan::default()
        },
    )
    .await;
    assert_in_place("turned round", &ran, &PUBLIC);
    assert_own_tenant("turned round", &ran);
    let proof: Vec<&Seen> = ran
        .seen
        .iter()
        .filter(|one| !one.others().is_empty())
        .collect();
    assert_eq!(proof.len(), 1);
    assert_eq!(proof[0].own().unwrap().tenant, CONTOSO);
    assert_eq!(proof[0].others()[0].tenant, FABRIKAM);
}
