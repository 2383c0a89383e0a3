//! Which logs a resource keeps, category by category: the categories of each service (domain-rules
//! H.1), the groups that stand for them, and where they go.
//!
//! A list of settings that was not read is never "no logs": then every category is unknown.

use serde_json::Value;

use crate::analysis::evidence::at;
use crate::analysis::facets::{self, why_missing};
use crate::model::facet::{DiagnosticSetting, Facet};
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};
use crate::store::{Inventory, State};

/// The log categories of a family, those that say who used the data first.
pub fn categories(family: Family) -> &'static [&'static str] {
    match family {
        Family::Search => &["OperationLogs"],
        Family::Storage => &["StorageRead", "StorageWrite", "StorageDelete"],
        Family::Cognitive => &[
            "Audit",
            "RequestResponse",
            "AzureOpenAIRequestUsage",
            "Trace",
        ],
        Family::Cosmos => &[
            "DataPlaneRequests",
            "ControlPlaneRequests",
            "QueryRuntimeStatistics",
            "PartitionKeyStatistics",
        ],
        Family::Vault => &["AuditEvent", "AzurePolicyEvaluationDetails"],
        Family::Workspace => &["RunEvent", "ModelsChangeEvent", "DeploymentReadEvent"],
        Family::LogWorkspace
        | Family::UserIdentity
        | Family::PrivateEndpoint
        | Family::VirtualNetwork => &[],
    }
}

/// Whether a setting sends a category: by its name, or by a group that stands for it. What the group
/// `audit` holds is told for the categories of which it is known.
pub fn covers(setting: &DiagnosticSetting, category: &str) -> bool {
    setting.categories.iter().any(|one| {
        one.eq_ignore_ascii_case(category)
            || one.eq_ignore_ascii_case("allLogs")
            || (one.eq_ignore_ascii_case("audit")
                && matches!(
                    category,
                    "Audit"
                        | "AuditEvent"
                        | "StorageRead"
                        | "StorageWrite"
                        | "StorageDelete"
                        | "OperationLogs"
                ))
    })
}

/// Where a category goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// To a workspace: it can be asked.
    Workspace,
    /// To an archive, a stream or a partner alone: it is kept, and cannot be asked here.
    Elsewhere,
    /// Nowhere.
    Nowhere,
    /// The settings are not known.
    Unknown,
    /// The settings are still to come.
    Pending,
}

/// What one resource keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The resource.
    pub resource: ArmId,
    /// Each category of its family, and where it goes.
    pub categories: Vec<(&'static str, Sent)>,
    /// Categories that a setting names and the reference does not.
    pub others: Vec<String>,
    /// The workspaces that logs go to.
    pub workspaces: Vec<ArmId>,
    /// Archives, streams and partners, in words.
    pub elsewhere: Vec<String>,
    /// Whether a setting sends metrics and no logs.
    pub metrics_only: bool,
    /// Why the settings are not known, as a sentence; none where they are.
    pub missing: Option<String>,
}

impl Coverage {
    /// Looks at the settings of a resource. None for a family that has no logs of its own, and for
    /// what has no such settings.
    pub fn of(inventory: &Inventory, resource: &Resource) -> Option<Self> {
        let all = categories(resource.family);
        if all.is_empty() {
            return None;
        }
        let state = inventory.facet_state(&resource.id, Facet::DiagnosticSettings);
        if matches!(state, None | Some(State::Unsupported)) {
            return None;
        }
        let listed = facets::diagnostic_settings(inventory, &resource.id);
        let slice = inventory.facet(&resource.id, Facet::DiagnosticSettings);
        let is_pending = state == Some(State::Pending);
        let missing = listed
            .missing
            .clone()
            .or_else(|| slice.and_then(why_missing))
            .filter(|_| state != Some(State::Known) || listed.missing.is_some());
        let settings = listed.items;
        let sent = |category: &str| {
            let own = || settings.iter().filter(|one| covers(one, category));
            if own().any(|one| one.workspace.is_some()) {
                Sent::Workspace
            } else if is_pending {
                Sent::Pending
            } else if missing.is_some() {
                Sent::Unknown
            } else if own().next().is_some() {
                Sent::Elsewhere
            } else {
                Sent::Nowhere
            }
        };
        let mut others: Vec<String> = settings
            .iter()
            .flat_map(|one| &one.categories)
            .filter(|one| {
                !all.iter().any(|own| own.eq_ignore_ascii_case(one))
                    && !["allLogs", "audit"]
                        .iter()
                        .any(|group| group.eq_ignore_ascii_case(one))
            })
            .cloned()
            .collect();
        others.sort();
        others.dedup();
        let mut workspaces: Vec<ArmId> = settings
            .iter()
            .filter(|one| !one.categories.is_empty())
            .filter_map(|one| one.workspace.clone())
            .collect();
        workspaces.sort();
        workspaces.dedup();
        let mut elsewhere: Vec<String> = settings
            .iter()
            .filter(|one| !one.categories.is_empty())
            .flat_map(destinations)
            .collect();
        elsewhere.sort();
        elsewhere.dedup();
        Some(Self {
            resource: resource.id.clone(),
            categories: all.iter().map(|one| (*one, sent(one))).collect(),
            others,
            workspaces,
            elsewhere,
            metrics_only: !settings.is_empty()
                && settings.iter().all(|one| one.categories.is_empty())
                && settings.iter().any(has_metrics),
            missing,
        })
    }
}

/// Whether a setting sends metrics.
fn has_metrics(setting: &DiagnosticSetting) -> bool {
    at(&setting.raw, "properties.metrics")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|entry| entry.get("enabled") == Some(&Value::Bool(true)))
}

/// Where a setting sends to beside a workspace.
fn destinations(setting: &DiagnosticSetting) -> Vec<String> {
    [
        ("storageAccountId", "archive"),
        ("eventHubAuthorizationRuleId", "event hub"),
        ("marketplacePartnerId", "partner"),
    ]
    .iter()
    .filter_map(|(property, word)| {
        let id = at(&setting.raw, &format!("properties.{property}"))?.as_str()?;
        let name = ArmId::new(id);
        (!id.trim().is_empty()).then(|| match *word {
            "archive" => format!("{word} {}", name.name()),
            _ => (*word).to_owned(),
        })
    })
    .collect()
}
