//! What makes a resource send its logs.

use crate::analysis::hop::Remedy;
use crate::analysis::remedy::az::{self, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

/// The categories that tell who called and what was refused (domain-rules H.1).
fn categories(family: Family) -> &'static [&'static str] {
    match family {
        Family::Search => &["OperationLogs"],
        Family::Storage => &["StorageRead", "StorageWrite", "StorageDelete"],
        Family::Cognitive => &["Audit", "RequestResponse"],
        Family::Vault => &["AuditEvent"],
        Family::Cosmos => &["DataPlaneRequests", "ControlPlaneRequests"],
        _ => &[],
    }
}

/// A setting with the log categories that matter. Without a workspace, one beside the resource.
pub(super) fn create(
    resource: &Resource,
    scope: &ArmId,
    workspace: Option<&ArmId>,
    setting: &str,
) -> Vec<Remedy> {
    let group = resource.id.group_id().unwrap_or_else(|| scope.clone());
    let made = workspace.is_none().then(|| {
        group.child(&format!(
            "providers/Microsoft.OperationalInsights/workspaces/log-{}",
            group.name()
        ))
    });
    let target = workspace.or(made.as_ref()).unwrap_or(&group);
    let wanted = categories(resource.family);
    let logs: Vec<serde_json::Value> = if wanted.is_empty() {
        vec![serde_json::json!({ "categoryGroup": "allLogs", "enabled": true })]
    } else {
        wanted
            .iter()
            .map(|one| serde_json::json!({ "category": one, "enabled": true }))
            .collect()
    };
    let setting_line = Line::of("az monitor diagnostic-settings create")
        .with("--name", setting)
        .with("--resource", scope.as_str())
        .with("--workspace", target.as_str())
        .with("--logs", &serde_json::Value::Array(logs).to_string())
        .text();
    let command = match &made {
        None => setting_line,
        Some(made) => format!(
            "{}\n{setting_line}",
            az::on_named("monitor log-analytics workspace create", "--workspace-name", made).text()
        ),
    };
    let mut lines = vec![
        format!("name                       = {}", text(setting)),
        format!("target_resource_id         = {}", text(scope.as_str())),
        format!("log_analytics_workspace_id = {}", text(target.as_str())),
    ];
    if wanted.is_empty() {
        lines.push("enabled_log { category_group = \"allLogs\" }".to_owned());
    }
    lines.extend(
        wanted
            .iter()
            .map(|one| format!("enabled_log {{ category = {} }}", text(one))),
    );
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut remedies = vec![
        az(Line::of(&command)),
        azurerm("azurerm_monitor_diagnostic_setting", &resource.name, &lines),
        portal(
            &resource.name,
            match resource.family {
                Family::Storage => vec!["Diagnostic settings", "blob", "Add diagnostic setting"],
                _ => vec!["Diagnostic settings", "Add diagnostic setting"],
            },
        ),
    ];
    if made.is_some() {
        remedies = crate::analysis::remedy::noted(
            remedies,
            "Makes a new workspace; name one that you have, if you have one.",
        );
    }
    crate::analysis::remedy::noted(remedies, "The first rows may take up to two hours.")
}
