//! The right that a read needs, told from its path, and the least role that has it.
//!
//! A table in code: it knows paths and names of rights, nothing of tokens or answers. To add a
//! data-plane service, add an arm to [`needed`].

use reqwest::Method;

use crate::azure::client::versions::resource_type_of;
use crate::model::ledger::Service;

/// What a call needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) right: Option<String>,
    pub(super) role: Option<&'static str>,
}

/// The right and the role for a call, by service and path below the service's base.
pub(super) fn needed(service: Service, method: &Method, path: &str) -> Needed {
    let of = |right: String, role| Needed {
        right: Some(right),
        role,
    };
    match service {
        Service::Arm => {
            let Some(found) = resource_type_of(path) else {
                return Needed::default();
            };
            let full = found.full();
            if method == Method::POST
                && !full.eq_ignore_ascii_case("Microsoft.ResourceGraph/resources")
            {
                // An action: `Reader` has reads alone. Which small role has it depends on the action.
                let role = full
                    .to_ascii_lowercase()
                    .starts_with("microsoft.policyinsights/")
                    .then_some("Resource Policy Contributor");
                return of(format!("{full}/action"), role);
            }
            of(format!("{full}/read"), Some("Reader"))
        }
        Service::Graph => of("Directory.Read.All".to_owned(), Some("Directory Readers")),
        Service::Logs => of(
            if path.starts_with("/v1/subscriptions/") {
                "Microsoft.Insights/logs/read".to_owned()
            } else {
                "Microsoft.OperationalInsights/workspaces/query/read".to_owned()
            },
            Some("Log Analytics Reader"),
        ),
        Service::Search => {
            let first = path
                .split('/')
                .find(|part| !part.is_empty())
                .unwrap_or_default()
                .split('(')
                .next()
                .unwrap_or_default();
            if path.contains("/docs") && first.eq_ignore_ascii_case("indexes") {
                return of(
                    "Microsoft.Search/searchServices/indexes/documents/read".to_owned(),
                    Some("Search Index Data Reader"),
                );
            }
            of(
                format!("Microsoft.Search/searchServices/{first}/read"),
                Some("Reader"),
            )
        }
        Service::Login | Service::ManagedIdentity => Needed::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_told_from_paths() {
        let cases = [
            (
                Service::Arm,
                Method::GET,
                "/subscriptions/s/providers/Microsoft.Storage/storageAccounts",
                "Microsoft.Storage/storageAccounts/read",
                Some("Reader"),
            ),
            (
                Service::Arm,
                Method::GET,
                "/subscriptions/s/resourcegroups",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
                Some("Reader"),
            ),
            (
                Service::Arm,
                Method::GET,
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys",
                "Microsoft.KeyVault/vaults/keys/read",
                Some("Reader"),
            ),
            (
                Service::Arm,
                Method::GET,
                "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Insights/diagnosticSettings",
                "Microsoft.Insights/diagnosticSettings/read",
                Some("Reader"),
            ),
            (
                Service::Arm,
                Method::POST,
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/n/ipamPools/p/getPoolUsage",
                "Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action",
                None,
            ),
            (
                Service::Arm,
                Method::POST,
                "/subscriptions/s/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults",
                "Microsoft.PolicyInsights/policyStates/queryResults/action",
                Some("Resource Policy Contributor"),
            ),
            (
                Service::Search,
                Method::GET,
                "/indexers/i/status",
                "Microsoft.Search/searchServices/indexers/read",
                Some("Reader"),
            ),
            (
                Service::Search,
                Method::GET,
                "/indexes('x')/docs",
                "Microsoft.Search/searchServices/indexes/documents/read",
                Some("Search Index Data Reader"),
            ),
            (
                Service::Logs,
                Method::POST,
                "/v1/workspaces/w/query",
                "Microsoft.OperationalInsights/workspaces/query/read",
                Some("Log Analytics Reader"),
            ),
        ];
        for (service, method, path, right, role) in cases {
            let found = needed(service, &method, path);
            assert_eq!(
                (found.right.as_deref(), found.role),
                (Some(right), role),
                "{path}"
            );
        }
    }
}
