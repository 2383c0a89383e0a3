//! What is asked of Azure for each key: path, API version, filter, whose token, and the right that
//! the reading needs with the least role that has it.
//!
//! Pure functions of a key, so that a plan, a refusal and a test can name the same request without
//! sending it. The versions are the ones that `arm/README.md` says to use; whoever sends falls back
//! to an older one where a cloud does not offer them. Must not know how a request is sent.
//!
//! To add a facet: a line in `facet_request`. To add a family: a line in [`api_version`].

use serde_json::{Value, json};

pub use super::decode::versions::declared_since;
use crate::model::cloud::Audience;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::key::Key;
use crate::model::resource::Family;

/// A request that has not been sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Whose token and whose base address.
    pub audience: Audience,
    /// The tenant whose credential is used; none is the credential's own.
    pub tenant: Option<TenantId>,
    /// The path, percent-encoded, to be appended to the base of the audience.
    pub path: String,
    /// The query beside `api-version`: names and values, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// `api-version`, for the services that have one.
    pub api_version: Option<&'static str>,
    /// The body of a query that is a POST; none is a GET.
    pub body: Option<Value>,
    /// The action (or, for Graph, the permission) that the reading needs; none for what every
    /// signed-in principal may read.
    pub action: Option<String>,
    /// The least role that has it.
    pub role: Option<&'static str>,
}

impl Request {
    fn arm(path: String, api_version: &'static str, action: impl Into<String>) -> Self {
        Self {
            audience: Audience::ResourceManager,
            tenant: None,
            path,
            query: Vec::new(),
            api_version: Some(api_version),
            body: None,
            action: Some(action.into()),
            role: Some(READER),
        }
    }

    /// Path and query as they are sent, with `api_version` in place of the pinned one where a cloud
    /// does not offer that.
    pub fn path_and_query(&self, api_version: Option<&str>) -> String {
        let version = self.api_version.map(|pinned| api_version.unwrap_or(pinned));
        let pairs = version
            .map(|version| ("api-version", version))
            .into_iter()
            .chain(
                self.query
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            );
        let mut out = self.path.clone();
        for (at, (name, value)) in pairs.enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            out.push_str(name);
            out.push('=');
            out.extend(percent_encoding::utf8_percent_encode(value, QUERY_VALUE));
        }
        out
    }
}

/// The least built-in role that reads everything in ARM but secrets.
const READER: &str = "Reader";

/// Tenants, subscriptions and locations.
const SUBSCRIPTIONS: &str = "2022-12-01";
/// Resource groups, generic resources and providers.
const RESOURCES: &str = "2025-04-01";
/// Role assignments, role definitions and deny assignments.
const AUTHORIZATION: &str = "2022-04-01";
/// Diagnostic settings: no stable version is known.
const DIAGNOSTICS: &str = "2021-05-01-preview";
/// Perimeter configurations of Cognitive Services accounts: the first stable version known to have
/// them.
const COGNITIVE_PERIMETERS: &str = "2025-09-01";
/// Perimeter configurations of Log Analytics workspaces: the pinned version lacks them.
const LOG_PERIMETERS: &str = "2025-07-01";
/// The most ids that one `getByIds` takes.
const PRINCIPALS_AT_ONCE: usize = 1000;

/// The pinned API version of a family's own type and of its children.
pub fn api_version(family: Family) -> &'static str {
    match family {
        Family::Storage => "2023-05-01",
        Family::Search => "2025-05-01",
        Family::Cognitive => "2025-06-01",
        Family::Workspace => "2025-12-01",
        Family::Cosmos => "2024-11-15",
        Family::Vault => "2026-02-01",
        Family::LogWorkspace => "2023-09-01",
        Family::UserIdentity => "2024-11-30",
        Family::PrivateEndpoint | Family::VirtualNetwork => "2024-10-01",
    }
}

/// The request that fills `key`. None for what no request fills: a type that is not looked into, a
/// facet that the service does not have, and [`Key::Principals`], which needs to know whom
/// ([`principals`]).
pub fn request(key: &Key) -> Option<Request> {
    Some(match key {
        Key::Tenants(tenant) => Request {
            tenant: tenant.clone(),
            action: None,
            role: None,
            ..Request::arm("/tenants".to_owned(), SUBSCRIPTIONS, "")
        },
        Key::Subscriptions(tenant) => Request {
            tenant: tenant.clone(),
            ..Request::arm(
                "/subscriptions".to_owned(),
                SUBSCRIPTIONS,
                "Microsoft.Resources/subscriptions/read",
            )
        },
        Key::Groups(subscription) => Request::arm(
            encoded(&format!("/subscriptions/{subscription}/resourcegroups")),
            RESOURCES,
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ),
        Key::List { family, .. } => {
            let scope = key.scope()?;
            Request::arm(
                encoded(&format!("{scope}/providers/{}", family.arm_type())),
                api_version(*family),
                format!("{}/read", family.arm_type()),
            )
        }
        Key::Resource(id) => resource_request(id)?,
        Key::Facet(id, facet) => facet_request(id, *facet)?,
        Key::RoleAssignments(scope) => authorization(scope, "roleAssignments"),
        Key::RoleDefinitions(scope) => authorization(scope, "roleDefinitions"),
        Key::DenyAssignments(scope) => authorization(scope, "denyAssignments"),
        Key::Principals(_) => return None,
    })
}

fn resource_request(id: &ArmId) -> Option<Request> {
    let family = Family::of_type(&id.resource_type()?)?;
    Some(Request::arm(
        encoded(id.as_str()),
        api_version(family),
        format!("{}/read", family.arm_type()),
    ))
}

/// No filter: what is asked of a subscription is what lies at, above and below it.
fn authorization(scope: &ArmId, kind: &str) -> Request {
    let scope = scope.as_str().trim_end_matches('/');
    Request::arm(
        encoded(&format!("{scope}/providers/Microsoft.Authorization/{kind}")),
        AUTHORIZATION,
        format!("Microsoft.Authorization/{kind}/read"),
    )
}

/// Which types have the facet, where it hangs, and the version that knows it.
fn facet_request(id: &ArmId, facet: Facet) -> Option<Request> {
    const PROJECT: &str = "Microsoft.CognitiveServices/accounts/projects";
    let of_type = id.resource_type()?;
    let family = Family::of_type(&of_type);
    if facet == Facet::Connections && of_type.eq_ignore_ascii_case(PROJECT) {
        let version = api_version(Family::Cognitive);
        return Some(child(id, PROJECT, "connections", "connections", version));
    }
    let family = family?;
    let pinned = api_version(family);
    let own = |tail: &str| child(id, family.arm_type(), tail, tail, pinned);
    Some(match (facet, family) {
        (Facet::Properties, _) => resource_request(id)?,
        (Facet::Containers, Family::Storage) => child(
            id,
            family.arm_type(),
            "blobServices/default/containers",
            "blobServices/containers",
            pinned,
        ),
        (Facet::SharedPrivateLinks, Family::Search)
        | (Facet::Deployments | Facet::Projects, Family::Cognitive)
        | (Facet::Connections, Family::Cognitive | Family::Workspace)
        | (Facet::Keys, Family::Vault)
        | (Facet::OutboundRules, Family::Workspace)
        // Vaults and Cosmos DB accounts offer perimeters in previews only: not asked for.
        | (Facet::Perimeters, Family::Storage | Family::Search) => own(facet.name()),
        (Facet::Perimeters, Family::Cognitive) => Request {
            api_version: Some(COGNITIVE_PERIMETERS),
            ..own(facet.name())
        },
        (Facet::Perimeters, Family::LogWorkspace) => Request {
            api_version: Some(LOG_PERIMETERS),
            ..own(facet.name())
        },
        (Facet::DiagnosticSettings, _) => diagnostics(id, family),
        _ => return None,
    })
}

fn child(
    id: &ArmId,
    arm_type: &str,
    tail: &str,
    type_tail: &str,
    api_version: &'static str,
) -> Request {
    Request::arm(
        encoded(id.child(tail).as_str()),
        api_version,
        format!("{arm_type}/{type_tail}/read"),
    )
}

/// A storage account logs service by service; what matters here is its blobs.
fn diagnostics(id: &ArmId, family: Family) -> Request {
    let owner = match family {
        Family::Storage => id.child("blobServices/default"),
        _ => id.clone(),
    };
    Request::arm(
        encoded(
            owner
                .child("providers/Microsoft.Insights/diagnosticSettings")
                .as_str(),
        ),
        DIAGNOSTICS,
        "Microsoft.Insights/diagnosticSettings/read",
    )
}

/// The requests that name these principals, as few as Graph allows.
pub fn principals(tenant: Option<&TenantId>, ids: &[PrincipalId]) -> Vec<Request> {
    ids.chunks(PRINCIPALS_AT_ONCE)
        .map(|ids| Request {
            audience: Audience::Graph,
            tenant: tenant.cloned(),
            path: "/v1.0/directoryObjects/getByIds".to_owned(),
            query: Vec::new(),
            api_version: None,
            body: Some(json!({
                "ids": ids.iter().map(PrincipalId::as_str).collect::<Vec<_>>(),
                "types": ["user", "group", "servicePrincipal"],
            })),
            action: Some("Directory.Read.All".to_owned()),
            role: Some("Directory Readers"),
        })
        .collect()
}

/// What may not stand in a segment of a path as it is.
const SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b';');

/// What may not stand in the value of a query as it is.
const QUERY_VALUE: &percent_encoding::AsciiSet = &SEGMENT.add(b'&').add(b'+').add(b'=').add(b'/');

/// The path of an id. Ids come from answers, so nothing in them may change where a request goes: a
/// question mark, a fragment, or a segment that climbs up is no more than text here.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        out.push('/');
        match segment {
            // A URL parser resolves these even when they are encoded once, so they are made
            // unresolvable: no name of Azure consists of dots alone.
            "." => out.push_str("%252E"),
            ".." => out.push_str("%252E%252E"),
            segment => out.extend(percent_encoding::utf8_percent_encode(segment, SEGMENT)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
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
}
