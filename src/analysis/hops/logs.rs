//! H13 `resource-to-logs`: does a resource send its logs to a workspace (domain-rules H)?
//!
//! Search services, storage accounts (their blob service), model accounts, key vaults and hubs owe
//! it; anything else, and whatever stands in a hub's managed group, is drawn where a setting ties it
//! to a workspace. Metrics alone, or an archive alone, are no logs. Nobody presents anything here:
//! Azure Monitor delivers by itself, so configuration is the gate, and a perimeter's network.

mod mend;
mod perimeter;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::facets::{self, Listed};
use crate::analysis::gates;
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind, Remedy};
use crate::analysis::remedy::read;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::{DiagnosticSetting, Facet};
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::resource::{Family, Resource};
use crate::store::{Payload, State};

/// Draws the hops of every resource that owes logs, or sends them.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let only = only_workspace(ground);
    for resource in ground.inventory.resources() {
        of(ground, resource, only.as_ref(), out);
    }
}

fn of(ground: &Ground<'_>, resource: &Resource, only: Option<&ArmId>, out: &mut Vec<Hop>) {
    if is_without_settings(ground, resource) {
        return;
    }
    let listed = facets::diagnostic_settings(ground.inventory, &resource.id);
    let sender = Sender {
        ground,
        resource,
        scope: source_of_logs(resource),
        at: listed.observed_at.unwrap_or(resource.source.observed_at),
    };
    let sending: Vec<(&DiagnosticSetting, &ArmId)> = listed
        .items
        .iter()
        .filter(|setting| !setting.categories.is_empty())
        .filter_map(|setting| Some((setting, setting.workspace.as_ref()?)))
        .collect();
    if !sending.is_empty() {
        out.extend(
            sending
                .into_iter()
                .map(|(setting, workspace)| sender.sends(setting, workspace)),
        );
        return;
    }
    // A setting that sends metrics only still ties the two.
    let tied = listed
        .items
        .iter()
        .find_map(|setting| Some((setting, setting.workspace.as_ref()?)));
    if tied.is_none() && (!owes(resource) || ground.is_managed(&resource.id)) {
        return;
    }
    out.push(sender.is_silent(&listed, tied, only));
}

/// Whether the pattern wants logs of it.
fn owes(resource: &Resource) -> bool {
    match resource.family {
        Family::Search | Family::Storage | Family::Cognitive | Family::Vault => true,
        Family::Workspace => resource.kind.is("Hub"),
        Family::Cosmos
        | Family::LogWorkspace
        | Family::UserIdentity
        | Family::PrivateEndpoint
        | Family::VirtualNetwork => false,
    }
}

/// An account without a blob service has no settings there, and nothing to send.
fn is_without_settings(ground: &Ground<'_>, resource: &Resource) -> bool {
    ground
        .inventory
        .facet_state(&resource.id, Facet::DiagnosticSettings)
        == Some(State::Unsupported)
}

/// Where the settings stand: storage accounts have them on each of their services.
fn source_of_logs(resource: &Resource) -> ArmId {
    match resource.family {
        Family::Storage => resource.id.child("blobServices/default"),
        _ => resource.id.clone(),
    }
}

/// The workspace of the lists in scope, when they hold one only. What merely came along because a
/// setting names it does not count.
fn only_workspace(ground: &Ground<'_>) -> Option<ArmId> {
    let mut found: Option<ArmId> = None;
    for (key, slice) in ground.inventory.snapshot().slices() {
        let Key::List {
            family: Family::LogWorkspace,
            ..
        } = key
        else {
            continue;
        };
        let Some(Payload::Resources(items)) = slice.value.as_deref() else {
            continue;
        };
        for one in items {
            match &found {
                Some(known) if *known != one.id => return None,
                _ => found = Some(one.id.clone()),
            }
        }
    }
    found
}

fn may_read(ground: &Ground<'_>, scope: &ArmId) -> Vec<Remedy> {
    let caller = ground.inventory.snapshot().callers().first();
    read::give(caller, "Reader", scope)
}

struct Sender<'g, 'a> {
    ground: &'g Ground<'a>,
    resource: &'g Resource,
    scope: ArmId,
    at: OffsetDateTime,
}

impl Sender<'_, '_> {
    fn hop(&self, to: &ArmId, setting: Option<&DiagnosticSetting>, gates: Vec<GateVerdict>) -> Hop {
        Hop {
            kind: HopKind::ResourceToLogs,
            from: self.resource.id.as_str().to_owned(),
            to: to.as_str().to_owned(),
            via: setting.map(|one| format!("setting {}", one.name)),
            basis: if setting.is_some() {
                Basis::Observed
            } else {
                Basis::Inferred
            },
            gates,
        }
    }

    fn proof(&self, setting: &DiagnosticSetting, path: String) -> Evidence {
        let id = at(&setting.raw, "id").and_then(Value::as_str).map_or_else(
            || {
                self.scope.child(&format!(
                    "providers/Microsoft.Insights/diagnosticSettings/{}",
                    setting.name
                ))
            },
            ArmId::new,
        );
        Evidence::from(Property {
            resource: id,
            value: at(&setting.raw, &path).cloned(),
            path: path.into(),
            observed_at: self.at,
            request_id: None,
        })
    }

    fn sends(&self, setting: &DiagnosticSetting, workspace: &ArmId) -> Hop {
        let mut evidence = vec![self.proof(setting, "properties.workspaceId".to_owned())];
        let enabled = at(&setting.raw, "properties.logs")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .position(|entry| entry.get("enabled") == Some(&Value::Bool(true)));
        if let Some(place) = enabled {
            evidence.push(self.proof(setting, format!("properties.logs[{place}]")));
        }
        let (verdict, reason, remedies) = match self.ground.lookup(workspace) {
            Lookup::Found(found) => (
                Verdict::Open,
                format!(
                    "setting {} sends {} to {}",
                    setting.name,
                    setting.categories.join(", "),
                    found.name
                ),
                Vec::new(),
            ),
            Lookup::Gone(proof) => {
                evidence.push(proof);
                (
                    Verdict::Shut,
                    format!(
                        "setting {} sends to workspace {}, which is gone",
                        setting.name,
                        workspace.name()
                    ),
                    mend::create(self.resource, &self.scope, None, &setting.name),
                )
            }
            Lookup::NotRead(why) => (
                Verdict::Unknown,
                format!(
                    "setting {} sends {} to {}, but whether that workspace is there cannot be told: it {why}",
                    setting.name,
                    setting.categories.join(", "),
                    workspace.name()
                ),
                may_read(self.ground, workspace),
            ),
        };
        let configuration =
            gates::judged(Gate::Configuration, verdict, reason, evidence).mended_by(remedies);
        let network = perimeter::network(self.ground, self.resource, workspace);
        let gates = network.into_iter().chain([configuration]).collect();
        self.hop(workspace, Some(setting), gates)
    }

    fn is_silent(
        &self,
        listed: &Listed<'_, DiagnosticSetting>,
        tied: Option<(&DiagnosticSetting, &ArmId)>,
        only: Option<&ArmId>,
    ) -> Hop {
        let destination = tied.map(|(_, workspace)| workspace).or(only);
        let to = destination.cloned().unwrap_or_else(|| {
            self.resource
                .id
                .subscription()
                .map_or_else(|| self.scope.clone(), |id| ArmId::of_subscription(&id))
        });
        let what = match self.resource.family {
            Family::Storage => format!("the blob service of {}", self.resource.name),
            _ => self.resource.name.clone(),
        };
        let none = match (listed.items.len(), tied) {
            (0, _) => format!("{what} has no diagnostic setting"),
            (_, Some((setting, _))) => format!(
                "setting {} enables no log category, and metrics alone are no logs",
                setting.name
            ),
            (many, None) => format!(
                "none of the {many} diagnostic settings of {what} sends to a workspace: an archive or a stream alone is not enough"
            ),
        };
        let (verdict, reason) = match &listed.missing {
            None => (Verdict::Shut, format!("{none}: nothing it does is kept")),
            Some(why) if listed.items.is_empty() => (Verdict::Unknown, why.clone()),
            Some(why) => (Verdict::Unknown, format!("{none}, but {why}")),
        };
        let evidence = Evidence::listed(
            self.scope.clone(),
            "diagnosticSettings",
            json!({ "read": listed.items.len(), "why": reason }),
            self.at,
        );
        let remedies = match verdict {
            Verdict::Shut => {
                let name = tied.map_or("to-workspace", |(setting, _)| setting.name.as_str());
                mend::create(self.resource, &self.scope, destination, name)
            }
            _ => may_read(self.ground, &self.resource.id),
        };
        let gate =
            gates::judged(Gate::Configuration, verdict, reason, [evidence]).mended_by(remedies);
        self.hop(&to, tied.map(|(setting, _)| setting), vec![gate])
    }
}
