//! Tests of the requests.

use proptest::prelude::*;

use super::*;
use crate::model::id::SubscriptionId;

const RG: &str = "/subscriptions/S/resourceGroups/G/providers/";

fn sent(key: &Key) -> String {
    request(key).expect("a request").path_and_query(None)
}

fn id(tail: &str) -> ArmId {
    ArmId::new(format!("{RG}{tail}"))
}

#[test]
fn every_family_is_listed_and_read_with_its_own_right() {
    for family in Family::ALL {
        for (group, scope) in [
            (None, "/subscriptions/S"),
            (
                Some(crate::model::key::GroupName::new("G")),
                "/subscriptions/S/resourceGroups/G",
            ),
        ] {
            let key = Key::List {
                subscription: SubscriptionId::new("S"),
                group,
                family,
            };
            let version = api_version(family);
            let list = request(&key).expect("a list");
            assert_eq!(
                list.path_and_query(None),
                format!(
                    "{scope}/providers/{}?api-version={version}",
                    family.arm_type()
                )
            );
            assert_eq!(list.action, Some(format!("{}/read", family.arm_type())));
            assert_eq!(list.role, Some("Reader"));
        }
        let one = id(&format!("{}/n", family.arm_type()));
        assert_eq!(
            sent(&Key::Resource(one.clone())),
            format!("{one}?api-version={}", api_version(family))
        );
    }
}

#[test]
fn facets_hang_where_the_reference_says() {
    let account = "Microsoft.CognitiveServices/accounts/a";
    for (tail, facet, path, action) in [
        (
            "Microsoft.Storage/storageAccounts/s",
            Facet::Containers,
            "Microsoft.Storage/storageAccounts/s/blobServices/default/containers?api-version=2023-05-01",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        ),
        (
            "Microsoft.Storage/storageAccounts/s",
            Facet::DiagnosticSettings,
            "Microsoft.Storage/storageAccounts/s/blobServices/default/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview",
            "Microsoft.Insights/diagnosticSettings/read",
        ),
        (
            "Microsoft.Search/searchServices/s",
            Facet::SharedPrivateLinks,
            "Microsoft.Search/searchServices/s/sharedPrivateLinkResources?api-version=2025-05-01",
            "Microsoft.Search/searchServices/sharedPrivateLinkResources/read",
        ),
        (
            account,
            Facet::Perimeters,
            "Microsoft.CognitiveServices/accounts/a/networkSecurityPerimeterConfigurations?api-version=2025-09-01",
            "Microsoft.CognitiveServices/accounts/networkSecurityPerimeterConfigurations/read",
        ),
        (
            "Microsoft.CognitiveServices/accounts/a/projects/p",
            Facet::Connections,
            "Microsoft.CognitiveServices/accounts/a/projects/p/connections?api-version=2025-06-01",
            "Microsoft.CognitiveServices/accounts/projects/connections/read",
        ),
        (
            "Microsoft.KeyVault/vaults/v",
            Facet::Keys,
            "Microsoft.KeyVault/vaults/v/keys?api-version=2026-02-01",
            "Microsoft.KeyVault/vaults/keys/read",
        ),
        (
            "Microsoft.MachineLearningServices/workspaces/w",
            Facet::OutboundRules,
            "Microsoft.MachineLearningServices/workspaces/w/outboundRules?api-version=2025-12-01",
            "Microsoft.MachineLearningServices/workspaces/outboundRules/read",
        ),
    ] {
        let key = Key::Facet(id(tail), facet);
        assert_eq!(sent(&key), format!("{RG}{path}"));
        let request = request(&key).expect("a request");
        assert_eq!(request.action.as_deref(), Some(action));
    }
}

#[test]
fn what_a_service_does_not_have_is_not_asked_for() {
    for (tail, facet) in [
        ("Microsoft.KeyVault/vaults/v", Facet::Perimeters),
        ("Microsoft.DocumentDB/databaseAccounts/c", Facet::Perimeters),
        ("Microsoft.Search/searchServices/s", Facet::Containers),
        ("Microsoft.Storage/storageAccounts/s", Facet::Keys),
        (
            "Microsoft.ContainerRegistry/registries/r",
            Facet::Properties,
        ),
    ] {
        assert_eq!(request(&Key::Facet(id(tail), facet)), None, "{tail}");
    }
    let registry = id("Microsoft.ContainerRegistry/registries/r");
    assert_eq!(request(&Key::Resource(registry)), None);
}

#[test]
fn the_tenant_and_the_scope_come_from_the_key() {
    let tenant = TenantId::new("t1");
    let tenants = request(&Key::Tenants(Some(tenant.clone()))).expect("tenants");
    assert_eq!(
        tenants.path_and_query(None),
        "/tenants?api-version=2022-12-01"
    );
    assert_eq!(tenants.tenant, Some(tenant.clone()));
    assert_eq!(tenants.action, None);
    let subscriptions = request(&Key::Subscriptions(Some(tenant.clone()))).expect("some");
    assert_eq!(subscriptions.tenant, Some(tenant));
    assert_eq!(
        sent(&Key::Groups(SubscriptionId::new("S"))),
        "/subscriptions/S/resourcegroups?api-version=2025-04-01"
    );
    for (key, kind) in [
        (
            Key::RoleAssignments(ArmId::new("/subscriptions/S")),
            "roleAssignments",
        ),
        (
            Key::RoleDefinitions(ArmId::new("/subscriptions/S/")),
            "roleDefinitions",
        ),
        (
            Key::DenyAssignments(ArmId::new("/subscriptions/S")),
            "denyAssignments",
        ),
    ] {
        assert_eq!(
            sent(&key),
            format!(
                "/subscriptions/S/providers/Microsoft.Authorization/{kind}?api-version=2022-04-01"
            )
        );
    }
}

#[test]
fn principals_go_in_batches() {
    let ids: Vec<PrincipalId> = (0..2001).map(|n| PrincipalId::new(n.to_string())).collect();
    let requests = principals(None, &ids);
    let sizes: Vec<usize> = requests
        .iter()
        .map(|request| {
            request.body.as_ref().expect("a body")["ids"]
                .as_array()
                .map_or(0, Vec::len)
        })
        .collect();
    assert_eq!(sizes, [1000, 1000, 1]);
    assert_eq!(
        requests[0].path_and_query(None),
        "/v1.0/directoryObjects/getByIds"
    );
    assert_eq!(request(&Key::Principals(None)), None);
    assert!(principals(None, &[]).is_empty());
}

#[test]
fn another_version_takes_the_place_of_the_pinned_one() {
    let request = request(&Key::Groups(SubscriptionId::new("S"))).expect("a request");
    assert!(
        request
            .path_and_query(Some("2019-10-01"))
            .ends_with("?api-version=2019-10-01")
    );
}

proptest! {
    /// Whatever an answer calls an id, the request goes to that path and to no other.
    #[test]
    fn no_id_leaves_its_path(name in "\\PC{0,40}", dots in prop::sample::select(vec!["", "../", "/../..", "%2e%2e/", "?x=", "#", "\\..\\"])) {
        let key = Key::Resource(id(&format!("Microsoft.Storage/storageAccounts/{dots}{name}")));
        if let Some(request) = request(&key) {
            let url = url::Url::parse(&format!("https://arm.example{}", request.path_and_query(None))).expect("a URL");
            prop_assert_eq!(url.host_str(), Some("arm.example"));
            prop_assert!(url.path().starts_with("/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts"), "{}", url);
            prop_assert_eq!(url.query(), Some("api-version=2023-05-01"));
            prop_assert_eq!(url.fragment(), None);
        }
    }
}
