//! What is asked of Azure for each key: path, API version, filter, whose token, and the right that
//! the reading needs with the least role that has it.
//!
//! Pure functions of a key, so that a plan, a refusal and a test can name the same request without
//! sending it. The versions are the ones that `arm/README.md` says to use; whoever sends falls back
//! to an older one where a cloud does not offer them. Must not know how a request is sent.
//!
//! To add a facet: a line in `facet_request`. To add a family: a line in [`api_version`].

mod parts;
mod pools;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use super::decode::versions::declared_since;
use crate::model::access::Member;
use crate::model::cloud::Audience;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::key::{AppId, Key};
use crate::model::logs::SPAN;
use crate::model::resource::Family;

/// A request that has not been sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Whose token and whose base address.
    pub audience: Audience,
    /// The tenant whose credential is used; none is the credential's own.
    pub tenant: Option<TenantId>,
    /// Other tenants whose tokens go along, so that Azure says whether it takes them.
    pub auxiliary: Vec<TenantId>,
    /// The search service, for the audience that has one address each.
    pub service: Option<String>,
    /// The path, percent-encoded, to be appended to the base of the audience.
    pub path: String,
    /// The query beside `api-version`: names and values, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// `api-version`, for the services that have one.
    pub api_version: Option<&'static str>,
    /// What to ask for where that is refused, by a service whose versions no provider lists.
    pub fallback: Option<&'static str>,
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
            auxiliary: Vec::new(),
            service: None,
            path,
            query: Vec::new(),
            api_version: Some(api_version),
            fallback: None,
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
/// PIM's instances.
const SCHEDULES: &str = "2020-10-01";
/// Policy assignments, definitions and sets of them.
const POLICY: &str = "2023-04-01";
/// Policy exemptions: no stable version is known.
const EXEMPTIONS: &str = "2022-07-01-preview";
/// Policy states.
const POLICY_STATES: &str = "2019-10-01";
/// Management locks.
const LOCKS: &str = "2020-05-01";
/// Network security perimeters.
const PERIMETERS: &str = "2024-10-01";
/// The activity log.
const ACTIVITY: &str = "2015-04-01";
/// Their type.
const PERIMETER: &str = "Microsoft.Network/networkSecurityPerimeters";
/// The data plane of AI Search, and the stable version before it.
const SEARCH_DATA: &str = "2025-09-01";
const SEARCH_DATA_BEFORE: &str = "2024-07-01";
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
/// facet that the service does not have, and what needs to know more than its key:
/// [`Key::Principals`] whom ([`principals`]), the activity log since when ([`activity`]), Log Analytics
/// which workspace ([`logs`]).
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
        // Who, since when, and of which workspace: see below.
        Key::Principals(_) | Key::ActivityLog(_) | Key::AccessLog(_) | Key::Logs(..) => {
            return None;
        }
        Key::EligibleRoles(scope) => schedules(scope, "roleEligibilityScheduleInstances"),
        Key::ActiveRoles(scope) => schedules(scope, "roleAssignmentScheduleInstances"),
        Key::Locks(scope) => Request {
            api_version: Some(LOCKS),
            ..authorization(scope, "locks")
        },
        Key::PolicyAssignments(scope) => Request {
            api_version: Some(POLICY),
            ..authorization(scope, "policyAssignments")
        },
        Key::PolicyExemptions(scope) => Request {
            api_version: Some(EXEMPTIONS),
            ..authorization(scope, "policyExemptions")
        },
        Key::PolicyDefinition(id) => Request::arm(
            encoded(id.as_str()),
            POLICY,
            format!("Microsoft.Authorization/{}/read", key.what()),
        ),
        Key::PolicyStates(scope) => policy_states(scope),
        Key::NetworkPerimeters(scope) => Request::arm(
            encoded(&format!("{scope}/providers/{PERIMETER}")),
            PERIMETERS,
            format!("{PERIMETER}/read"),
        ),
        Key::NetworkManagers(scope) => pools::managers(scope),
        Key::NetworkManagerConnections(scope) => pools::connections(scope),
        Key::Provider(id) => pools::registration(id),
        Key::IpamPool(id) => pools::pool(id)?,
        Key::LinkedAccess(network, tenant) => Request {
            auxiliary: vec![tenant.clone()],
            ..resource_request(network)?
        },
        Key::Memberships(principal, member) => memberships(principal, *member),
        Key::AssignedTo(scope, principal) => Request {
            query: vec![(
                "$filter",
                format!("assignedTo('{}')", quoted(principal.as_str())),
            )],
            ..authorization(scope, "roleAssignments")
        },
        Key::User(tenant, name) => directory(
            tenant.as_ref(),
            format!("/v1.0/users/{}", segment(name.as_str())),
            "User.Read.All",
        ),
        Key::ServicePrincipalOf(tenant, app) => of_app(tenant.as_ref(), app, "servicePrincipals"),
        Key::Application(tenant, app) => of_app(tenant.as_ref(), app, "applications"),
    })
}

/// A read of the directory.
fn directory(tenant: Option<&TenantId>, path: String, permission: &str) -> Request {
    Request {
        audience: Audience::Graph,
        tenant: tenant.cloned(),
        auxiliary: Vec::new(),
        service: None,
        path,
        query: Vec::new(),
        api_version: None,
        fallback: None,
        body: None,
        action: Some(permission.to_owned()),
        role: Some("Directory Readers"),
    }
}

/// What a tenant's directory holds of an application.
fn of_app(tenant: Option<&TenantId>, app: &AppId, collection: &str) -> Request {
    Request {
        query: vec![("$filter", format!("appId eq '{}'", quoted(app.as_str())))],
        ..directory(
            tenant,
            format!("/v1.0/{collection}"),
            "Application.Read.All",
        )
    }
}

fn memberships(principal: &PrincipalId, member: Member) -> Request {
    let collection = match member {
        Member::User => "users",
        Member::ServicePrincipal => "servicePrincipals",
    };
    let path = format!(
        "/v1.0/{collection}/{}/transitiveMemberOf",
        segment(principal.as_str())
    );
    Request {
        query: vec![("$top", "999".to_owned())],
        ..directory(None, path, "Directory.Read.All")
    }
}

/// A text inside the quotes of a filter: a quote is doubled.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// PIM's own version.
fn schedules(scope: &ArmId, kind: &str) -> Request {
    Request {
        api_version: Some(SCHEDULES),
        ..authorization(scope, kind)
    }
}

/// The data plane of a search service. What its definitions hold is guarded by *actions*, so Reader
/// is enough (domain-rules H02-H04).
fn search_request(id: &ArmId, facet: Facet) -> Option<Request> {
    let (service, path, right) = match facet {
        Facet::IndexerStatus | Facet::IndexStatistics => {
            let (collection, operation) = match facet {
                Facet::IndexerStatus => ("indexers", "status"),
                _ => ("indexes", "stats"),
            };
            let folded = id.folded();
            let at = folded.rfind(&format!("/{collection}/"))?;
            let service = ArmId::new(id.as_str().get(..at)?);
            let name = id.as_str().get(at + collection.len() + 2..)?;
            let path = format!("/{collection}/{}/{operation}", segment(name));
            (service, path, collection)
        }
        Facet::Indexers => (id.clone(), "/indexers".to_owned(), "indexers"),
        Facet::DataSources => (id.clone(), "/datasources".to_owned(), "datasources"),
        Facet::Skillsets => (id.clone(), "/skillsets".to_owned(), "skillsets"),
        Facet::Indexes => (id.clone(), "/indexes".to_owned(), "indexes"),
        _ => return None,
    };
    let of_type = service.resource_type()?;
    if Family::of_type(&of_type) != Some(Family::Search) {
        return None;
    }
    Some(Request {
        audience: Audience::Search,
        service: Some(service.name().to_owned()),
        fallback: Some(SEARCH_DATA_BEFORE),
        ..Request::arm(
            path,
            SEARCH_DATA,
            format!("{}/{right}/read", Family::Search.arm_type()),
        )
    })
}

/// Parts of a network security perimeter. Its profiles have rules of their own.
fn perimeter_request(id: &ArmId, facet: Facet) -> Option<Request> {
    let of_type = id.resource_type()?;
    let profile = format!("{PERIMETER}/profiles");
    let (owner, tail) = match facet {
        Facet::PerimeterAssociations => (PERIMETER, "resourceAssociations"),
        Facet::PerimeterProfiles => (PERIMETER, "profiles"),
        Facet::PerimeterLinks => (PERIMETER, "links"),
        Facet::PerimeterRules => (profile.as_str(), "accessRules"),
        _ => return None,
    };
    of_type
        .eq_ignore_ascii_case(owner)
        .then(|| child(id, owner, tail, tail, PERIMETERS))
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

/// A query by POST with nothing in its body. Reader may lack the action.
fn policy_states(scope: &ArmId) -> Request {
    Request {
        body: Some(json!({})),
        role: Some("Resource Policy Contributor"),
        ..Request::arm(
            encoded(&format!(
                "{scope}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"
            )),
            POLICY_STATES,
            "Microsoft.PolicyInsights/policyStates/queryResults/action",
        )
    }
}

/// Which types have the facet, where it hangs, and the version that knows it.
fn facet_request(id: &ArmId, facet: Facet) -> Option<Request> {
    if let Some(found) = search_request(id, facet)
        .or_else(|| perimeter_request(id, facet))
        .or_else(|| pools::facet(id, facet))
        .or_else(|| parts::facet(id, facet))
    {
        return Some(found);
    }
    let of_type = id.resource_type()?;
    let family = Family::of_type(&of_type);
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
        | (Facet::SqlRoleAssignments | Facet::SqlRoleDefinitions, Family::Cosmos)
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

/// The events of an activity log between two times. There is no `$select`: `caller` is not among the
/// names that it takes (monitor.md).
pub fn activity(key: &Key, since: OffsetDateTime, until: OffsetDateTime) -> Option<Request> {
    let (subscription, only) = match key {
        Key::ActivityLog(scope) => {
            let only = scope
                .resource_group()
                .map(|group| format!(" and resourceGroupName eq '{}'", quoted(group)));
            (scope.subscription()?, only)
        }
        Key::AccessLog(subscription) => (
            subscription.clone(),
            Some(" and resourceProvider eq 'Microsoft.Authorization'".to_owned()),
        ),
        _ => return None,
    };
    let time = |at: OffsetDateTime| {
        let whole = at.replace_nanosecond(0).unwrap_or(at);
        whole.format(&Rfc3339).ok()
    };
    let filter = format!(
        "eventTimestamp ge '{}' and eventTimestamp le '{}'{}",
        time(since)?,
        time(until)?,
        only.unwrap_or_default()
    );
    Some(Request {
        query: vec![("$filter", filter)],
        ..Request::arm(
            encoded(&format!(
                "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values"
            )),
            ACTIVITY,
            "Microsoft.Insights/eventtypes/values/read",
        )
    })
}

/// A question to Log Analytics: to a workspace by its GUID, else about the resource of the key.
pub fn logs(key: &Key, workspace: Option<&str>) -> Option<Request> {
    let Key::Logs(id, question) = key else {
        return None;
    };
    let (path, right) = match workspace {
        Some(guid) => (
            format!("/v1/workspaces/{}/query", segment(guid)),
            "Microsoft.OperationalInsights/workspaces/query/read",
        ),
        None => (
            format!("/v1{}/query", encoded(id.as_str())),
            "Microsoft.Insights/logs/read",
        ),
    };
    Some(Request {
        audience: Audience::LogAnalytics,
        tenant: None,
        auxiliary: Vec::new(),
        service: None,
        path,
        query: Vec::new(),
        api_version: None,
        fallback: None,
        body: Some(json!({ "query": question.kql(), "timespan": SPAN })),
        action: Some(right.to_owned()),
        role: Some("Log Analytics Reader"),
    })
}

/// The requests that name these principals, as few as Graph allows.
pub fn principals(tenant: Option<&TenantId>, ids: &[PrincipalId]) -> Vec<Request> {
    ids.chunks(PRINCIPALS_AT_ONCE)
        .map(|ids| Request {
            body: Some(json!({
                "ids": ids.iter().map(PrincipalId::as_str).collect::<Vec<_>>(),
                "types": ["user", "group", "servicePrincipal"],
            })),
            ..directory(
                tenant,
                "/v1.0/directoryObjects/getByIds".to_owned(),
                "Directory.Read.All",
            )
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

/// What may not stand in a name that is one segment.
const ONE_SEGMENT: &percent_encoding::AsciiSet = &SEGMENT.add(b'/');

/// What may not stand in the value of a query as it is.
const QUERY_VALUE: &percent_encoding::AsciiSet = &SEGMENT.add(b'&').add(b'+').add(b'=').add(b'/');

/// A name that comes from an answer as one segment of a path, whatever is in it.
fn segment(name: &str) -> String {
    match name {
        "." => "%252E".to_owned(),
        ".." => "%252E%252E".to_owned(),
        name => percent_encoding::utf8_percent_encode(name, ONE_SEGMENT).to_string(),
    }
}

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
mod tests;
