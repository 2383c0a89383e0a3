//! H20 `inspector`: hopscope itself, on each subscription, search service and workspace asked.
//!
//! What was answered proves itself. What was refused is held against the configuration: only where
//! that explains the refusal is a gate shut, else it stays unknown. These hops never count for exit
//! codes.

use std::collections::BTreeMap;

use serde_json::json;
use time::OffsetDateTime;

use crate::analysis::access::{self, Action, Standing};
use crate::analysis::evidence::Evidence;
use crate::analysis::gates::authentication::{Presented, authentication};
use crate::analysis::gates::authorization::{Claim, Need, authorization, roles};
use crate::analysis::gates::{self, network};
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, GateVerdict, Hop, HopKind};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::read::{give, kind_of};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::caller::Caller;
use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, SubscriptionId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Service};
use crate::model::lookup::Map;
use crate::model::resource::{Details, Family, LogWorkspace, Resource};
use crate::store::{Slice, State};

/// Draws hopscope's own calls. Without anybody signed in (a snapshot of nobody) there are none.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    subscriptions(ground, out);
    let asked = data_planes(ground);
    for service in ground.family(Family::Search) {
        if let Some(readings) = asked.get(&service.id) {
            out.extend(search(ground, service, readings));
        }
    }
    for resource in ground.family(Family::LogWorkspace) {
        if let Details::LogWorkspace(workspace) = &resource.details {
            out.extend(logs(ground, resource, workspace));
        }
    }
}

/// Who asks in the tenant of a subscription.
fn asker<'g>(ground: &'g Ground<'_>, subscription: Option<&SubscriptionId>) -> Option<&'g Caller> {
    let callers = ground.inventory.snapshot().callers();
    let tenant = subscription
        .and_then(|id| ground.inventory.subscription(id))
        .and_then(|one| one.tenant_id.as_ref());
    callers
        .iter()
        .find(|one| tenant.is_some() && one.tenant.as_ref() == tenant)
        // Of several who are signed in, none can be named for a tenant that cannot be told.
        .or_else(|| {
            callers
                .first()
                .filter(|_| tenant.is_some() || callers.len() == 1)
        })
}

fn hop(caller: &Caller, to: &ArmId, gates: Vec<GateVerdict>) -> Option<Hop> {
    let from = caller
        .object_id
        .as_ref()
        .map(PrincipalId::as_str)
        .or(caller.app_id.as_deref())
        .or(caller.user_name.as_deref())?;
    Some(Hop {
        kind: HopKind::Inspector,
        from: from.to_owned(),
        to: to.as_str().to_owned(),
        via: None,
        basis: Basis::Observed,
        gates,
    })
}

/// How some readings ended.
#[derive(Default)]
struct Readings<'a> {
    asked: usize,
    open: usize,
    newest: Option<OffsetDateTime>,
    denied: Vec<(&'a Key, &'a Issue)>,
    failed: Vec<(&'a Key, &'a Issue)>,
}

impl<'a> Readings<'a> {
    fn take(&mut self, key: &'a Key, slice: &'a Slice) {
        let state = slice.state();
        if state == State::Unsupported {
            return;
        }
        self.asked += 1;
        self.newest = self.newest.max(slice.observed_at);
        match (state, slice.trouble()) {
            (State::Pending, _) => self.open += 1,
            (State::Denied, Some(issue)) => self.denied.push((key, issue)),
            // What is not there was answered.
            (State::Failed, Some(issue)) if issue.kind != IssueKind::NotFound => {
                self.failed.push((key, issue));
            }
            _ => {}
        }
    }

    /// How many there were, and when the newest answer came.
    fn count(&self, scope: &ArmId) -> Evidence {
        Evidence::listed(
            scope.clone(),
            "readings",
            json!({
                "asked": self.asked,
                "refused": self.denied.len(),
                "failed": self.failed.len(),
                "open": self.open,
            }),
            self.newest.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        )
    }

    fn evidence(&self) -> Vec<Evidence> {
        self.denied
            .iter()
            .chain(&self.failed)
            .take(5)
            .filter_map(|(key, issue)| {
                let evidence = Evidence::listed(
                    key.scope()?,
                    key.what(),
                    json!(
                        format!(
                            "{} {}",
                            issue
                                .status
                                .map_or_else(String::new, |status| status.to_string()),
                            issue.code.as_deref().unwrap_or(&issue.message)
                        )
                        .trim()
                    ),
                    issue.at,
                );
                Some(evidence.answered_by(issue.request_id.as_ref()))
            })
            .collect()
    }

    /// What is not a refusal: some failed, some are still to come. None when all were answered.
    fn unfinished(&self) -> Option<String> {
        if let Some((key, issue)) = self.failed.first() {
            return Some(format!(
                "{} of {} readings failed: {}: {}",
                self.failed.len(),
                self.asked,
                key.words(),
                issue.message
            ));
        }
        (self.open > 0).then(|| {
            format!(
                "{} of {} readings are not answered yet",
                self.open, self.asked
            )
        })
    }
}

/// Whether a reading goes to ARM: the data planes have hops of their own.
fn is_of_arm(key: &Key) -> bool {
    match key {
        Key::Facet(_, facet) => !is_of_data_plane(*facet),
        Key::Memberships(..)
        | Key::Principals(_)
        | Key::ServicePrincipalOf(..)
        | Key::Application(..)
        // What is refused there is another tenant's token: `tenant-to-tenant` speaks of it.
        | Key::LinkedAccess(..)
        | Key::Tenants(_)
        | Key::Subscriptions(_) => false,
        _ => true,
    }
}

fn is_of_data_plane(facet: Facet) -> bool {
    matches!(
        facet,
        Facet::Indexers
            | Facet::IndexerStatus
            | Facet::DataSources
            | Facet::Skillsets
            | Facet::Indexes
            | Facet::IndexStatistics
    )
}

fn subscriptions(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    let mut asked: BTreeMap<SubscriptionId, Readings<'_>> = BTreeMap::new();
    for (key, slice) in ground.inventory.snapshot().slices() {
        if !is_of_arm(key) {
            continue;
        }
        if let Some(subscription) = key.scope().and_then(|scope| scope.subscription()) {
            asked.entry(subscription).or_default().take(key, slice);
        }
    }
    for (subscription, readings) in asked {
        if readings.asked == 0 {
            continue;
        }
        let Some(caller) = asker(ground, Some(&subscription)) else {
            continue;
        };
        let scope = ArmId::of_subscription(&subscription);
        let gate = of_subscription(ground, caller, &scope, &readings);
        out.extend(hop(caller, &scope, vec![gate]));
    }
}

fn of_subscription(
    ground: &Ground<'_>,
    caller: &Caller,
    scope: &ArmId,
    readings: &Readings<'_>,
) -> GateVerdict {
    let Some((key, issue)) = readings.denied.first() else {
        let (verdict, reason) = match readings.unfinished() {
            Some(why) => (Verdict::Unknown, why),
            None => (
                Verdict::Open,
                format!("all {} readings were answered", readings.asked),
            ),
        };
        return gates::judged(
            Gate::Authorization,
            verdict,
            reason,
            readings
                .evidence()
                .into_iter()
                .chain([readings.count(scope)]),
        );
    };
    let role = issue.role.unwrap_or("Reader");
    let right = issue.right.as_deref().unwrap_or("a right");
    let lacks = readings
        .denied
        .iter()
        .find_map(|(key, issue)| lacks(ground, caller, key, issue));
    let mut reason = format!(
        "{} of {} readings were refused, the first of {}: {right} is missing ({role} has it)",
        readings.denied.len(),
        readings.asked,
        key.words(),
    );
    let (verdict, more) = if let Some(proof) = lacks {
        (Verdict::Shut, proof)
    } else {
        reason.push_str(", and the roles that were read do not say why");
        (Verdict::Unknown, Vec::new())
    };
    gates::judged(
        Gate::Authorization,
        verdict,
        reason,
        readings.evidence().into_iter().chain(more),
    )
    .mended_by(give(
        Some(caller),
        role,
        key.scope().as_ref().unwrap_or(scope),
    ))
}

/// The proof that the caller holds no role with the right that a refusal names.
fn lacks(ground: &Ground<'_>, caller: &Caller, key: &Key, issue: &Issue) -> Option<Vec<Evidence>> {
    let held = access::held(
        &ground.access,
        &ground.memberships,
        caller.object_id.as_ref()?,
        &Action::control(issue.right.as_deref()?.to_owned()),
        &key.scope()?,
    );
    matches!(held.standing, Standing::None | Standing::Denied).then_some(held.judged.evidence)
}

/// What was asked of data planes, by service: of the service itself and of its indexers and indexes.
fn data_planes<'a>(ground: &Ground<'a>) -> Map<ArmId, Readings<'a>> {
    let mut asked: Map<ArmId, Readings<'a>> = Map::default();
    for (key, slice) in ground.inventory.snapshot().slices() {
        let Key::Facet(id, facet) = key else {
            continue;
        };
        if !is_of_data_plane(*facet) {
            continue;
        }
        let service = match facet {
            Facet::IndexerStatus | Facet::IndexStatistics => id.parent(),
            _ => Some(id.clone()),
        };
        if let Some(service) = service {
            asked.entry(service).or_default().take(key, slice);
        }
    }
    asked
}

/// The data plane of a search service, when it was asked.
fn search(ground: &Ground<'_>, service: &Resource, readings: &Readings<'_>) -> Option<Hop> {
    if readings.asked == 0 {
        return None;
    }
    let caller = asker(ground, service.id.subscription().as_ref())?;
    let needs: Vec<Need> = ["indexers", "datasources", "skillsets", "indexes"]
        .iter()
        .map(|one| Need {
            action: Action::control(format!("Microsoft.Search/searchServices/{one}/read")),
            scope: service.id.clone(),
            role: roles::READER,
        })
        .collect();
    let claim = Claim {
        principal: caller.object_id.as_ref(),
        kind: kind_of(caller),
        needs: &needs,
        keys: None,
    };
    let configured = || {
        vec![
            network::network(ground, &network::person(ground), service),
            Some(authentication(ground, service, &Presented::Token, [])),
            Some(authorization(ground, &claim)),
        ]
    };
    let gates = answered(readings, configured, service);
    hop(caller, &service.id, gates)
}

/// The gates of a data plane: proved by its answers; where it refused, those that the configuration
/// shows; where that shows nothing, unknown.
fn answered(
    readings: &Readings<'_>,
    configured: impl FnOnce() -> Vec<Option<GateVerdict>>,
    service: &Resource,
) -> Vec<GateVerdict> {
    let open = |gate, reason: String| {
        gates::judged(gate, Verdict::Open, reason, [readings.count(&service.id)])
    };
    if readings.denied.is_empty() {
        return match readings.unfinished() {
            Some(why) => vec![gates::judged(
                Gate::Network,
                Verdict::Unknown,
                why,
                readings.evidence(),
            )],
            None => vec![
                open(Gate::Network, format!("{} answered", service.name)),
                open(Gate::Authentication, "the token was accepted".to_owned()),
                open(
                    Gate::Authorization,
                    format!("all {} readings were answered", readings.asked),
                ),
            ],
        };
    }
    let mut gates: Vec<GateVerdict> = configured().into_iter().flatten().collect();
    let refused = format!(
        "{} of {} readings were refused with {}",
        readings.denied.len(),
        readings.asked,
        readings
            .denied
            .first()
            .and_then(|(_, issue)| issue.status)
            .map_or_else(|| "a refusal".to_owned(), |status| status.to_string())
    );
    let is_explained = gates.iter().any(|one| one.judged.verdict == Verdict::Shut);
    for gate in &mut gates {
        if gate.judged.verdict == Verdict::Shut {
            gate.judged.reason = format!("{}; {refused}", gate.judged.reason);
        } else if gate.gate == Gate::Authorization && !is_explained {
            gate.judged.reason = format!(
                "{refused}, which may be a missing role or the firewall: {}",
                gate.judged.reason
            );
            gate.judged.verdict = Verdict::Unknown;
        } else {
            continue;
        }
        gate.judged = gate.judged.clone().proved_by(readings.evidence());
    }
    gates
}

/// The query API of a workspace, when it was asked.
fn logs(ground: &Ground<'_>, resource: &Resource, workspace: &LogWorkspace) -> Option<Hop> {
    let id = workspace.customer_id.text()?.to_ascii_lowercase();
    let entries: Vec<&LedgerEntry> = ground
        .inventory
        .snapshot()
        .requests()
        .filter(|one| one.service == Service::Logs)
        .filter(|one| one.path.to_ascii_lowercase().contains(&id))
        .collect();
    // The newest answer counts.
    let last = entries.last()?;
    let caller = asker(ground, resource.id.subscription().as_ref())?;
    let proof = Evidence::listed(
        resource.id.clone(),
        "query",
        json!(
            last.status
                .map_or_else(|| "no answer".to_owned(), |status| status.to_string())
        ),
        last.started_at,
    )
    .answered_by(last.request_id.as_ref());
    let closed = match &workspace.public_query {
        Field::Value(word) => word.eq_ignore_ascii_case("Disabled"),
        _ => false,
    };
    let (verdict, reason) = match last.status {
        Some(status) if status < 400 => (Verdict::Open, "its queries were answered".to_owned()),
        Some(401 | 403) => (
            Verdict::Unknown,
            format!(
                "the query was refused: {}",
                last.error_message.as_deref().unwrap_or("without a reason")
            ),
        ),
        _ => (Verdict::Unknown, "the query was not answered".to_owned()),
    };
    let is_refused = last.is_denied();
    let mut gates = Vec::new();
    if is_refused && closed {
        gates.push(
            gates::judged(
                Gate::Network,
                Verdict::Shut,
                format!("{} takes no queries from public networks", resource.name),
                [
                    Evidence::of(resource, "properties.publicNetworkAccessForQuery"),
                    proof.clone(),
                ],
            )
            .mended_by([portal(
                &resource.name,
                [
                    "Network isolation",
                    "Accept queries from public networks",
                    "Yes",
                ],
            )]),
        );
    }
    let needs = [Need {
        action: Action::control("Microsoft.OperationalInsights/workspaces/query/read"),
        scope: resource.id.clone(),
        role: roles::LOG_READER,
    }];
    let claim = Claim {
        principal: caller.object_id.as_ref(),
        kind: kind_of(caller),
        needs: &needs,
        keys: None,
    };
    let held = is_refused.then(|| authorization(ground, &claim));
    gates.push(match held {
        Some(gate) if gate.judged.verdict == Verdict::Shut => gate,
        _ => {
            let gate = gates::judged(Gate::Authorization, verdict, reason, [proof]);
            if is_refused {
                gate.mended_by(give(Some(caller), "Log Analytics Reader", &resource.id))
            } else {
                gate
            }
        }
    });
    hop(caller, &resource.id, gates)
}
