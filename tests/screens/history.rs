//! A scenario with its past: the activity log, diagnostic settings, and what the workspaces answered.

use std::path::{Path, PathBuf};

use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::model::logs::Question;
use hopscope::model::resource::Family;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::indexers;
use super::stage::{NOW, Reading, SUBSCRIPTION, Scene, document, list_key, subscription};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/scenarios")
        .join(name)
}

pub(crate) fn activity() -> Key {
    Key::ActivityLog(subscription())
}

pub(crate) fn workspace() -> ArmId {
    ArmId::new(format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-rag-poc/providers/Microsoft.OperationalInsights/workspaces/log-rag-dev"
    ))
}

pub(crate) fn question(question: Question) -> Key {
    Key::Logs(workspace(), question)
}

fn happened(value: &Value) -> bool {
    value
        .as_str()
        .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
        .is_none_or(|at| at <= NOW)
}

/// The scenario as it has become by now.
pub(crate) fn scene(name: &str) -> Scene {
    let mut scene = indexers::scene(name);
    let mut events = document(&folder(name).join("activity/events.json"));
    events.retain(|event| happened(&event["eventTimestamp"]));
    scene.add(activity(), Reading::Known(json!({ "value": events })));
    for (key, items) in settings(&scene, name) {
        scene.add(key, Reading::Known(json!({ "value": items })));
    }
    for (own, file) in [
        (Question::Search, "AzureDiagnostics+MICROSOFT.SEARCH"),
        (Question::Blobs, "StorageBlobLogs"),
        (Question::Models, "AzureDiagnostics"),
        (Question::Vault, "AzureDiagnostics"),
    ] {
        let logs = folder(name).join("logs/log-rag-dev");
        let exact = logs.join(format!("{file}.json"));
        let any = logs.join("AzureDiagnostics.json");
        let path = if exact.exists() { exact } else { any };
        scene.add(question(own), Reading::Known(document(&path).remove(0)));
    }
    scene
}

/// The diagnostic settings of each resource, by its facet.
fn settings(scene: &Scene, name: &str) -> Vec<(Key, Vec<Value>)> {
    let all = document(&folder(name).join("arm/logs.json"));
    let owners = [
        Family::Search,
        Family::Storage,
        Family::Cognitive,
        Family::Vault,
        Family::Cosmos,
        Family::Workspace,
    ];
    let mut found = Vec::new();
    for family in owners {
        let key = list_key(family);
        let listed = scene.readings.iter().find(|(own, _)| *own == key);
        let Some((_, Reading::Known(page))) = listed else {
            continue;
        };
        for owner in page["value"].as_array().into_iter().flatten() {
            if family == Family::Workspace && owner["kind"] != "Hub" {
                continue;
            }
            let id = ArmId::new(owner["id"].as_str().expect("an id"));
            let own = all.iter().filter(|one| {
                let own = ArmId::new(one["id"].as_str().unwrap_or_default());
                own != id && own.is_within(&id) && own.folded().contains("/diagnosticsettings/")
            });
            found.push((
                Key::Facet(id.clone(), Facet::DiagnosticSettings),
                own.cloned().collect(),
            ));
        }
    }
    found
}
