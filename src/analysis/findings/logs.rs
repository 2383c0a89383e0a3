//! Rules about logs: what is sent, where to, and for how long it is kept.
//!
//! That nothing is sent at all is a broken hop (`logs/not-sent`). A list of settings that was not
//! read is never "no logs".

use crate::analysis::coverage::covers;
use crate::analysis::evidence::{Evidence, at};
use crate::analysis::facets::why_missing;
use crate::analysis::hop::{Benefit, Finding, FindingKind, HopKind, Severity};
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::{az, portal};
use crate::model::facet::{DiagnosticSetting, Facet};
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::store::Payload;

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        doc: "Logs are sent, but not the category that says who did what to the data: reads and writes of blobs, requests to a model, operations of a search service, use of a vault. A category group counts for all that it holds. Silent where the list of settings was not read as a whole.",
        source: "domain-rules H.1",
        find: without_access_logs,
        ..exposure(
            "logs/access-not-logged",
            "Who uses the data is not logged",
            Severity::Info,
        )
    },
    Rule {
        doc: "Logs go to an archive or an event hub and to no workspace: they are kept, and nobody can ask them anything. Judged where the list was read as a whole.",
        source: "domain-rules A.2 H13; field notes, benefit 6",
        find: archive_only,
        ..exposure(
            "logs/archive-only",
            "Logs cannot be queried",
            Severity::Info,
        )
    },
    Rule {
        doc: "The log workspace keeps its tables for less than 30 days.",
        source: "monitor.md, retentionInDays [K]",
        find: short_retention,
        ..exposure(
            "logs/short-retention",
            "Logs are kept for a short time only",
            Severity::Info,
        )
    },
    Rule {
        doc: "A resource of a hub's managed group sends no logs. A diagnostic setting is the one change that does no harm there, and the way to see why a hub breaks.",
        source: "domain-rules E.2 [S]; field notes",
        kind: FindingKind::Note,
        benefit: None,
        find: managed_silent,
        ..exposure(
            "logs/managed-group-silent",
            "A managed resource sends no logs",
            Severity::Info,
        )
    },
];

const fn exposure(id: &'static str, title: &'static str, severity: Severity) -> Rule {
    Rule {
        id,
        family: "logs",
        title,
        doc: "",
        source: "",
        severity,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Logs),
        find: |_, _| Vec::new(),
    }
}

/// The categories that say who used the data, by service.
fn telling(family: Family) -> &'static [&'static str] {
    match family {
        Family::Storage => &["StorageRead", "StorageWrite", "StorageDelete"],
        Family::Search => &["OperationLogs"],
        Family::Cognitive => &["Audit", "RequestResponse"],
        Family::Vault => &["AuditEvent"],
        Family::Cosmos => &["DataPlaneRequests"],
        _ => &[],
    }
}

/// Where the settings of a resource stand: storage has them on its blob service.
fn scope_of(resource: &Resource) -> ArmId {
    if resource.family == Family::Storage {
        resource.id.child("blobServices/default")
    } else {
        resource.id.clone()
    }
}

/// The settings of a resource with the time of reading; none unless the whole list was read.
fn settings<'a>(
    scene: &Scene<'a>,
    resource: &Resource,
) -> Option<(&'a [DiagnosticSetting], time::OffsetDateTime)> {
    let slice = [scope_of(resource), resource.id.clone()]
        .iter()
        .find_map(|id| scene.inventory.facet(id, Facet::DiagnosticSettings))?;
    if why_missing(slice).is_some() || slice.issues.iter().any(|issue| !issue.is_about_reading()) {
        return None;
    }
    let items = match slice.value.as_deref() {
        Some(Payload::DiagnosticSettings(items)) => items.as_slice(),
        _ => &[],
    };
    Some((items, slice.observed_at.unwrap_or(scene.now)))
}

/// The families whose logs the pattern wants.
const LOGGED: [Family; 5] = [
    Family::Storage,
    Family::Search,
    Family::Cognitive,
    Family::Vault,
    Family::Cosmos,
];

fn without_access_logs(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    LOGGED
        .into_iter()
        .flat_map(|family| scene.own(family))
        .filter_map(|resource| {
            let (items, at) = settings(scene, resource)?;
            let sent: Vec<_> = items
                .iter()
                .filter(|one| one.workspace.is_some() && !one.categories.is_empty())
                .collect();
            if sent.is_empty() {
                return None;
            }
            let missing: Vec<&str> = telling(resource.family)
                .iter()
                .copied()
                .filter(|category| !sent.iter().any(|one| covers(one, category)))
                .collect();
            if missing.is_empty() {
                return None;
            }
            let names: Vec<&str> = sent
                .iter()
                .flat_map(|one| &one.categories)
                .map(String::as_str)
                .collect();
            Some(
                rule.on(resource.id.as_str())
                    .saying(format!(
                        "Sent: {}. Not sent: {}.",
                        names.join(", "),
                        missing.join(", ")
                    ))
                    .proved_by([listed(resource, items, "category", at)])
                    .mended_by(send(
                        scene,
                        resource,
                        sent.first().and_then(|one| one.workspace.as_ref()),
                    ))
                    .touching(
                        scene
                            .hops_from(&resource.id)
                            .filter(|hop| hop.kind == HopKind::ResourceToLogs),
                    )
                    .done(),
            )
        })
        .collect()
}

fn archive_only(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    LOGGED
        .into_iter()
        .flat_map(|family| scene.own(family))
        .filter_map(|resource| {
            let (items, observed) = settings(scene, resource)?;
            let elsewhere = items.iter().any(|one| {
                !one.categories.is_empty()
                    && one.workspace.is_none()
                    && ["storageAccountId", "eventHubAuthorizationRuleId"]
                        .iter()
                        .any(|name| at(&one.raw, &format!("properties.{name}")).is_some_and(serde_json::Value::is_string))
            });
            if !elsewhere || items.iter().any(|one| one.workspace.is_some() && !one.categories.is_empty()) {
                return None;
            }
            Some(
                rule.on(resource.id.as_str())
                    .saying("A setting sends its logs to an archive or an event hub, none to a workspace.")
                    .proved_by([listed(resource, items, "workspace", observed)])
                    .mended_by(send(scene, resource, None))
                    .done(),
            )
        })
        .collect()
}

fn short_retention(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::LogWorkspace)
        .filter_map(|workspace| {
            let Details::LogWorkspace(details) = &workspace.details else {
                return None;
            };
            let days = *details.retention_days.value()?;
            (0..30).contains(&days).then(|| {
                rule.on(workspace.id.as_str())
                    .saying(format!(
                        "retentionInDays is {days}; 30 days cost nothing more [K]."
                    ))
                    .proved_by([Evidence::of(workspace, "properties.retentionInDays")])
                    .mended_by([az::az(
                        az::on_named(
                            "monitor log-analytics workspace update",
                            "--workspace-name",
                            &workspace.id,
                        )
                        .with("--retention-time", "30"),
                    )])
                    .done()
            })
        })
        .collect()
}

fn managed_silent(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for hub in &scene.foundry.hubs {
        for one in hub.managed.iter().flat_map(|state| &state.resources) {
            let Some(resource) = one.id.as_ref().and_then(|id| scene.inventory.resource(id)) else {
                continue;
            };
            let Some((items, at)) = settings(scene, resource) else {
                continue;
            };
            if items.iter().any(|one| one.workspace.is_some()) {
                continue;
            }
            found.push(
                rule.on(resource.id.as_str())
                    .titled(format!("{} of {} sends no logs", resource.name, hub.name))
                    .saying(
                        "When the hub breaks, its log would say which call was refused and why.",
                    )
                    .proved_by([listed(resource, items, "workspace", at)])
                    .mended_by(send(scene, resource, None))
                    .done(),
            );
        }
    }
    found
}

fn listed(
    resource: &Resource,
    items: &[DiagnosticSetting],
    what: &str,
    at: time::OffsetDateTime,
) -> Evidence {
    let names: Vec<&str> = items.iter().map(|one| one.name.as_str()).collect();
    Evidence::listed(
        scope_of(resource),
        "diagnosticSettings",
        serde_json::json!({
            "read": items.len(),
            "settings": names,
            "why": format!("none has the {what} that is wanted"),
        }),
        at,
    )
}

/// A setting that sends all logs to a workspace: the one that is wanted, else one beside the resource.
fn send(
    scene: &Scene<'_>,
    resource: &Resource,
    workspace: Option<&ArmId>,
) -> Vec<crate::analysis::hop::Remedy> {
    let scope = scope_of(resource);
    let logs = serde_json::json!([{ "categoryGroup": "allLogs", "enabled": true }]).to_string();
    let subscription = resource.id.subscription();
    let beside = || {
        scene
            .own(Family::LogWorkspace)
            .map(|one| &one.id)
            .find(|id| id.subscription() == subscription)
    };
    let mut all = Vec::new();
    if let Some(workspace) = workspace.or_else(beside) {
        all.push(az::az(
            Line::of("az monitor diagnostic-settings create")
                .with("--name", "to-workspace")
                .with("--resource", scope.as_str())
                .with("--workspace", workspace.as_str())
                .with("--logs", &logs),
        ));
    }
    all.push(portal::portal(
        &resource.name,
        [
            "Monitoring",
            "Diagnostic settings",
            "Add diagnostic setting",
            "allLogs",
            "Send to Log Analytics workspace",
        ],
    ));
    all
}
