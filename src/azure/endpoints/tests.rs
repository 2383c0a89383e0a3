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
            "Microsoft.KeyVault/vaults/v/keys/k",
            Facet::Key,
            "Microsoft.KeyVault/vaults/v/keys/k?api-version=2026-02-01",
            "Microsoft.KeyVault/vaults/keys/read",
        ),
        (
            "Microsoft.KeyVault/vaults/v/keys/k",
            Facet::KeyVersions,
            "Microsoft.KeyVault/vaults/v/keys/k/versions?api-version=2026-02-01",
            "Microsoft.KeyVault/vaults/keys/versions/read",
        ),
        (
            account,
            Facet::CapabilityHosts,
            "Microsoft.CognitiveServices/accounts/a/capabilityHosts?api-version=2025-06-01",
            "Microsoft.CognitiveServices/accounts/capabilityHosts/read",
        ),
        (
            "Microsoft.CognitiveServices/accounts/a/projects/p",
            Facet::CapabilityHosts,
            "Microsoft.CognitiveServices/accounts/a/projects/p/capabilityHosts?api-version=2025-06-01",
            "Microsoft.CognitiveServices/accounts/projects/capabilityHosts/read",
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
        ("Microsoft.KeyVault/vaults/v", Facet::Key),
        ("Microsoft.KeyVault/vaults/v", Facet::KeyVersions),
        ("Microsoft.Search/searchServices/s", Facet::CapabilityHosts),
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
fn the_data_plane_is_asked_by_the_services_name() {
    let service = "Microsoft.Search/searchServices/srch";
    for (tail, facet, path, right) in [
        ("", Facet::Indexers, "/indexers", "indexers"),
        ("", Facet::DataSources, "/datasources", "datasources"),
        ("", Facet::Skillsets, "/skillsets", "skillsets"),
        ("", Facet::Indexes, "/indexes", "indexes"),
        (
            "/indexers/Docs",
            Facet::IndexerStatus,
            "/indexers/Docs/status",
            "indexers",
        ),
        (
            "/indexers/a/../b?x",
            Facet::IndexerStatus,
            "/indexers/a%2F..%2Fb%3Fx/status",
            "indexers",
        ),
        (
            "/indexes/..",
            Facet::IndexStatistics,
            "/indexes/%252E%252E/stats",
            "indexes",
        ),
    ] {
        let request =
            request(&Key::Facet(id(&format!("{service}{tail}")), facet)).expect("a request");
        assert_eq!(request.audience, Audience::Search);
        assert_eq!(request.service.as_deref(), Some("srch"));
        assert_eq!(request.path, path);
        assert_eq!(request.api_version, Some("2025-09-01"));
        assert_eq!(request.fallback, Some("2024-07-01"));
        let action = format!("Microsoft.Search/searchServices/{right}/read");
        assert_eq!(request.action, Some(action));
    }
    for (tail, facet) in [
        ("Microsoft.Storage/storageAccounts/s", Facet::Indexers),
        (service, Facet::IndexerStatus),
        (service, Facet::PerimeterProfiles),
        (service, Facet::SqlRoleAssignments),
    ] {
        assert_eq!(request(&Key::Facet(id(tail), facet)), None, "{tail}");
    }
}

#[test]
fn what_stands_around_roles_hangs_where_the_reference_says() {
    let scope = ArmId::new("/subscriptions/S");
    let group = ArmId::new("/subscriptions/S/resourceGroups/G");
    let perimeter = id("Microsoft.Network/networkSecurityPerimeters/p");
    let own = "/subscriptions/S/providers/Microsoft.Authorization";
    let parts = "Microsoft.Network/networkSecurityPerimeters/p";
    let cosmos = "Microsoft.DocumentDB/databaseAccounts/c";
    let principal = PrincipalId::new("o'id");
    let mg =
        "/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization";
    for (key, expected) in [
        (
            Key::EligibleRoles(scope.clone()),
            format!("{own}/roleEligibilityScheduleInstances?api-version=2020-10-01"),
        ),
        (
            Key::ActiveRoles(scope.clone()),
            format!("{own}/roleAssignmentScheduleInstances?api-version=2020-10-01"),
        ),
        (
            Key::AssignedTo(scope.clone(), principal.clone()),
            format!(
                "{own}/roleAssignments?api-version=2022-04-01&$filter=assignedTo('o''id')"
            ),
        ),
        (
            Key::Locks(group.clone()),
            format!("{RG}Microsoft.Authorization/locks?api-version=2020-05-01"),
        ),
        (
            Key::PolicyAssignments(scope.clone()),
            format!("{own}/policyAssignments?api-version=2023-04-01"),
        ),
        (
            Key::PolicyExemptions(group.clone()),
            format!("{RG}Microsoft.Authorization/policyExemptions?api-version=2022-07-01-preview"),
        ),
        (
            Key::PolicyStates(group),
            format!(
                "{RG}Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01"
            ),
        ),
        (
            Key::PolicyDefinition(ArmId::new(format!("{mg}/policySetDefinitions/baseline"))),
            format!("{mg}/policySetDefinitions/baseline?api-version=2023-04-01"),
        ),
        (
            Key::PolicyDefinition(ArmId::new(
                "/providers/Microsoft.Authorization/policyDefinitions/dc2d41d1",
            )),
            "/providers/Microsoft.Authorization/policyDefinitions/dc2d41d1?api-version=2023-04-01"
                .to_owned(),
        ),
        (
            Key::NetworkPerimeters(scope),
            "/subscriptions/S/providers/Microsoft.Network/networkSecurityPerimeters?api-version=2024-10-01".to_owned(),
        ),
        (
            Key::Facet(perimeter.clone(), Facet::PerimeterAssociations),
            format!("{RG}{parts}/resourceAssociations?api-version=2024-10-01"),
        ),
        (
            Key::Facet(perimeter.child("profiles/d"), Facet::PerimeterRules),
            format!("{RG}{parts}/profiles/d/accessRules?api-version=2024-10-01"),
        ),
        (
            Key::Facet(id(cosmos), Facet::SqlRoleAssignments),
            format!("{RG}{cosmos}/sqlRoleAssignments?api-version=2024-11-15"),
        ),
        (
            Key::Memberships(principal.clone(), Member::User),
            "/v1.0/users/o'id/transitiveMemberOf?$top=999".to_owned(),
        ),
        (
            Key::Memberships(principal, Member::ServicePrincipal),
            "/v1.0/servicePrincipals/o'id/transitiveMemberOf?$top=999".to_owned(),
        ),
        (
            Key::ServicePrincipalOf(None, crate::model::key::AppId::new("a")),
            "/v1.0/servicePrincipals?$filter=appId%20eq%20'a'".to_owned(),
        ),
        (
            Key::User(None, crate::model::key::UserName::new("ada@contoso.com")),
            "/v1.0/users/ada@contoso.com".to_owned(),
        ),
    ] {
        assert_eq!(sent(&key), expected, "{key}");
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

#[test]
fn the_activity_log_is_asked_in_the_forms_that_it_takes() {
    let (since, until) = (
        time::macros::datetime!(2026-11-09 12:41:07.5 UTC),
        time::macros::datetime!(2026-11-23 12:41:07 UTC),
    );
    let subscription = ArmId::new("/subscriptions/S");
    let times =
        "eventTimestamp ge '2026-11-09T12:41:07Z' and eventTimestamp le '2026-11-23T12:41:07Z'";
    for (key, filter) in [
        (Key::ActivityLog(subscription.clone()), times.to_owned()),
        (
            Key::ActivityLog(subscription.child("resourceGroups/O'Neil")),
            format!("{times} and resourceGroupName eq 'O''Neil'"),
        ),
        (
            Key::AccessLog(SubscriptionId::new("S")),
            format!("{times} and resourceProvider eq 'Microsoft.Authorization'"),
        ),
    ] {
        assert_eq!(request(&key), None);
        let request = activity(&key, since, until).expect("a request");
        assert_eq!(
            request.path,
            "/subscriptions/S/providers/Microsoft.Insights/eventtypes/management/values"
        );
        assert_eq!(request.query, [("$filter", filter)]);
        assert_eq!(request.api_version, Some("2015-04-01"));
    }
    assert_eq!(activity(&Key::Tenants(None), since, until), None);
}

#[test]
fn log_analytics_is_asked_of_a_workspace_or_about_a_resource() {
    use crate::model::logs::Question;
    for question in Question::ALL {
        let key = Key::Logs(id("Microsoft.Storage/storageAccounts/st"), question);
        let whole = logs(&key, Some("5e0d5e52-3431")).expect("a request");
        assert_eq!(whole.path, "/v1/workspaces/5e0d5e52-3431/query");
        let one = logs(&key, None).expect("a request");
        assert_eq!(
            one.path,
            format!("/v1{RG}Microsoft.Storage/storageAccounts/st/query")
        );
        for request in [whole, one] {
            assert_eq!(request.audience, Audience::LogAnalytics);
            let body = request.body.expect("a body");
            assert_eq!(body["timespan"], "P7D");
            let kql = body["query"].as_str().expect("a query");
            assert!(
                question.tables().iter().all(|table| kql.contains(table)),
                "{kql}"
            );
            assert!(kql.contains("(401, 403)"), "{kql}");
        }
    }
    assert_eq!(logs(&Key::Tenants(None), None), None);
}
