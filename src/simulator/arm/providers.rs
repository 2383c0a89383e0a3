//! Resource providers: what is registered, which types and versions there are. Must not know any
//! document's content.

use serde_json::{Value, json};

use super::super::reply::Reply;
use super::{Call, errors, listed, text};

/// Types that real services have and that a scenario may hold nothing of: their lists are empty, not
/// unknown. Lower case; a namespace's types after its name.
const EXTRA: &[(&str, &[&str])] = &[
    (
        "microsoft.storage",
        &[
            "storageaccounts",
            "storageaccounts/blobservices",
            "storageaccounts/blobservices/containers",
            "storageaccounts/fileservices",
            "storageaccounts/fileservices/shares",
            "storageaccounts/queueservices",
            "storageaccounts/queueservices/queues",
            "storageaccounts/tableservices",
            "storageaccounts/tableservices/tables",
            "storageaccounts/privateendpointconnections",
            "storageaccounts/privatelinkresources",
            "storageaccounts/networksecurityperimeterconfigurations",
            "storageaccounts/encryptionscopes",
            "storageaccounts/localusers",
            "storageaccounts/managementpolicies",
            "storageaccounts/inventorypolicies",
            "storageaccounts/objectreplicationpolicies",
            "storageaccounts/accountmigrations",
            "storageaccounts/storagetaskassignments",
            "deletedaccounts",
            "skus",
            "operations",
        ],
    ),
    (
        "microsoft.search",
        &[
            "searchservices",
            "searchservices/sharedprivatelinkresources",
            "searchservices/privateendpointconnections",
            "searchservices/privatelinkresources",
            "searchservices/networksecurityperimeterconfigurations",
            "operations",
        ],
    ),
    (
        "microsoft.cognitiveservices",
        &[
            "accounts",
            "accounts/deployments",
            "accounts/projects",
            "accounts/projects/connections",
            "accounts/connections",
            "accounts/capabilityhosts",
            "accounts/projects/capabilityhosts",
            "accounts/networksecurityperimeterconfigurations",
            "accounts/privateendpointconnections",
            "accounts/privatelinkresources",
            "accounts/managednetworks",
            "accounts/managednetworks/outboundrules",
            "accounts/raipolicies",
            "accounts/raiblocklists",
            "accounts/commitmentplans",
            "accounts/encryptionscopes",
            "accounts/models",
            "accounts/usages",
            "accounts/skus",
            "accounts/defendersettings",
            "accounts/raitopics",
            "deletedaccounts",
            "commitmentplans",
            "skus",
            "operations",
        ],
    ),
    (
        "microsoft.machinelearningservices",
        &[
            "workspaces",
            "workspaces/connections",
            "workspaces/outboundrules",
            "workspaces/privateendpointconnections",
            "workspaces/privatelinkresources",
            "workspaces/computes",
            "workspaces/datastores",
            "workspaces/onlineendpoints",
            "workspaces/batchendpoints",
            "workspaces/serverlessendpoints",
            "workspaces/marketplacesubscriptions",
            "workspaces/jobs",
            "workspaces/schedules",
            "workspaces/models",
            "workspaces/data",
            "workspaces/environments",
            "workspaces/components",
            "workspaces/codes",
            "workspaces/featuresets",
            "workspaces/featurestoreentities",
            "workspaces/usages",
            "workspaces/outboundnetworkdependenciesendpoints",
            "workspaces/capabilityhosts",
            "registries",
            "operations",
        ],
    ),
    (
        "microsoft.documentdb",
        &[
            "databaseaccounts",
            "databaseaccounts/sqlroleassignments",
            "databaseaccounts/sqlroledefinitions",
            "databaseaccounts/sqldatabases",
            "databaseaccounts/mongodbdatabases",
            "databaseaccounts/cassandrakeyspaces",
            "databaseaccounts/gremlindatabases",
            "databaseaccounts/tables",
            "databaseaccounts/privateendpointconnections",
            "databaseaccounts/privatelinkresources",
            "databaseaccounts/networksecurityperimeterconfigurations",
            "databaseaccounts/notebookworkspaces",
            "databaseaccounts/services",
            "operations",
            "cassandraclusters",
            "mongoclusters",
        ],
    ),
    (
        "microsoft.keyvault",
        &[
            "vaults",
            "vaults/keys",
            "vaults/keys/versions",
            "vaults/secrets",
            "vaults/privateendpointconnections",
            "vaults/privatelinkresources",
            "vaults/networksecurityperimeterconfigurations",
            "deletedvaults",
            "managedhsms",
            "deletedmanagedhsms",
            "operations",
        ],
    ),
    (
        "microsoft.managedidentity",
        &[
            "userassignedidentities",
            "userassignedidentities/federatedidentitycredentials",
            "identities",
            "operations",
        ],
    ),
    (
        "microsoft.network",
        &[
            "privateendpoints",
            "privateendpoints/privatednszonegroups",
            "virtualnetworks",
            "virtualnetworks/subnets",
            "virtualnetworks/virtualnetworkpeerings",
            "virtualnetworks/usages",
            "networkmanagers",
            "networkmanagers/ipampools",
            "networkmanagers/ipampools/staticcidrs",
            "networkmanagers/scopeconnections",
            "networkmanagers/networkgroups",
            "networkmanagers/connectivityconfigurations",
            "networkmanagers/securityadminconfigurations",
            "networkmanagerconnections",
            "networksecurityperimeters",
            "networksecurityperimeters/profiles",
            "networksecurityperimeters/profiles/accessrules",
            "networksecurityperimeters/resourceassociations",
            "networksecurityperimeters/links",
            "networksecurityperimeters/linkreferences",
            "networksecurityperimeters/loggingconfigurations",
            "networksecuritygroups",
            "networkinterfaces",
            "publicipaddresses",
            "routetables",
            "natgateways",
            "privatednszones",
            "privatelinkservices",
            "applicationgateways",
            "loadbalancers",
            "azurefirewalls",
            "bastionhosts",
            "operations",
        ],
    ),
    (
        "microsoft.insights",
        &[
            "components",
            "diagnosticsettings",
            "diagnosticsettingscategories",
            "eventtypes",
            "eventtypes/values",
            "activitylogalerts",
            "actiongroups",
        ],
    ),
    (
        "microsoft.operationalinsights",
        &[
            "workspaces",
            "workspaces/networksecurityperimeterconfigurations",
            "workspaces/tables",
            "workspaces/linkedservices",
            "clusters",
        ],
    ),
    (
        "microsoft.authorization",
        &[
            "locks",
            "roleassignments",
            "roledefinitions",
            "denyassignments",
            "policyassignments",
            "policydefinitions",
            "policysetdefinitions",
            "policyexemptions",
            "roleeligibilityscheduleinstances",
            "roleassignmentscheduleinstances",
            "roleeligibilityschedules",
            "roleassignmentschedules",
            "rolemanagementpolicyassignments",
            "permissions",
            "classicadministrators",
        ],
    ),
    (
        "microsoft.management",
        &["managementgroups", "managementgroups/subscriptions"],
    ),
    (
        "microsoft.resources",
        &[
            "subscriptions",
            "resourcegroups",
            "deployments",
            "deploymentscripts",
            "templatespecs",
            "tags",
        ],
    ),
    (
        "microsoft.policyinsights",
        &["policystates", "policyevents", "remediations"],
    ),
    ("microsoft.containerregistry", &["registries"]),
    (
        "microsoft.managedservices",
        &["registrationassignments", "registrationdefinitions"],
    ),
];

/// Versions of ARM's own collections, for the sentence that lists the supported ones.
const OWN_VERSIONS: [&str; 6] = [
    "2025-04-01",
    "2024-11-01",
    "2022-12-01",
    "2021-04-01",
    "2020-01-01",
    "2016-06-01",
];

fn find<'a>(call: &'a Call<'_>, namespace: &str) -> Option<&'a Value> {
    call.world.providers.iter().find(|provider| {
        text(provider, &["namespace"]).is_some_and(|own| own.eq_ignore_ascii_case(namespace))
    })
}

/// The provider as it is seen from the scope of the request.
fn placed(call: &Call<'_>, provider: &Value) -> Value {
    let namespace = text(provider, &["namespace"]).unwrap_or_default();
    let mut body = provider.clone();
    if let Value::Object(fields) = &mut body {
        let id = match call.request.segments.as_slice() {
            [first, id, ..] if first.eq_ignore_ascii_case("subscriptions") => {
                format!("/subscriptions/{id}/providers/{namespace}")
            }
            _ => {
                // Registration is a subscription's matter; a tenant's list does not show it.
                fields.shift_remove("registrationState");
                format!("/providers/{namespace}")
            }
        };
        fields.insert(String::from("id"), json!(id));
    }
    body
}

pub(super) fn all(call: &Call<'_>) -> Vec<Value> {
    call.world
        .providers
        .iter()
        .map(|provider| placed(call, provider))
        .collect()
}

pub(super) fn one(call: &Call<'_>, namespace: &str) -> Reply {
    match find(call, namespace) {
        Some(provider) => Reply::ok(placed(call, provider)),
        None => errors::invalid_namespace(last(call)),
    }
}

fn last<'a>(call: &'a Call<'_>) -> &'a str {
    call.request.segments.last().map_or("", String::as_str)
}

pub(super) fn types(call: &Call<'_>, namespace: &str) -> Reply {
    match find(call, namespace).and_then(|provider| provider.get("resourceTypes")) {
        Some(Value::Array(types)) => Reply::ok(listed(types)),
        _ => errors::invalid_namespace(namespace),
    }
}

fn declared<'a>(call: &'a Call<'_>, namespace: &str, kind: &str) -> Option<&'a Value> {
    find(call, namespace)?
        .get("resourceTypes")?
        .as_array()?
        .iter()
        .find(|declared| {
            text(declared, &["resourceType"]).is_some_and(|own| own.eq_ignore_ascii_case(kind))
        })
}

/// The api-versions that a type offers, in the provider's order.
pub(super) fn supported(call: &Call<'_>, namespace: &str, kind: &str) -> Vec<String> {
    let listed: Vec<String> = declared(call, namespace, kind)
        .and_then(|declared| declared.get("apiVersions")?.as_array())
        .map(|versions| {
            versions
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    if listed.is_empty() && namespace == "microsoft.resources" {
        return OWN_VERSIONS.iter().map(|text| (*text).to_owned()).collect();
    }
    // A child is offered in its parent's versions.
    match kind.rsplit_once('/') {
        Some((parent, _)) if listed.is_empty() => supported(call, namespace, parent),
        _ => listed,
    }
}

/// How the provider writes a type's last word, and a region it is offered in.
pub(super) fn spelling(call: &Call<'_>, namespace: &str, short: &str) -> (String, String) {
    let known = find(call, namespace)
        .and_then(|provider| provider.get("resourceTypes")?.as_array())
        .and_then(|types| {
            types.iter().find_map(|declared| {
                let own = text(declared, &["resourceType"])?.rsplit('/').next()?;
                own.eq_ignore_ascii_case(short).then(|| {
                    let region = declared
                        .get("locations")
                        .and_then(|regions| regions.get(0)?.as_str())
                        .unwrap_or("global");
                    (own.to_owned(), region.to_lowercase().replace(' ', ""))
                })
            })
        });
    known.unwrap_or_else(|| (short.to_owned(), String::from("global")))
}

pub(super) fn namespace_spelling(call: &Call<'_>, namespace: &str) -> String {
    find(call, namespace)
        .and_then(|provider| text(provider, &["namespace"]))
        .map_or_else(
            || {
                call.request
                    .segments
                    .iter()
                    .find(|part| part.eq_ignore_ascii_case(namespace))
                    .map_or_else(|| namespace.to_owned(), Clone::clone)
            },
            str::to_owned,
        )
}

/// Why a type cannot be asked for: no such namespace, no such type, or not registered.
pub(super) fn refuse_unknown(call: &Call<'_>, namespace: &str, kind: &str) -> Option<Reply> {
    let extra = EXTRA.iter().find(|(own, _)| *own == namespace);
    let provider = find(call, namespace);
    if provider.is_none() && extra.is_none() && !call.documents.knows_namespace(namespace) {
        let spelled = namespace_spelling(call, namespace);
        return Some(errors::invalid_namespace(&spelled));
    }
    let registered = provider.and_then(|provider| text(provider, &["registrationState"]));
    if registered == Some("NotRegistered") {
        return Some(errors::gateway(
            409,
            "MissingSubscriptionRegistration",
            &format!(
                "The subscription is not registered to use namespace '{}'. See https://aka.ms/rps-not-found for how to register subscriptions.",
                namespace_spelling(call, namespace)
            ),
        ));
    }
    let known = declared(call, namespace, kind).is_some()
        || extra.is_some_and(|(_, kinds)| kinds.contains(&kind))
        || call.documents.knows_type(namespace, kind);
    (!known).then(|| errors::invalid_type(call, namespace))
}
