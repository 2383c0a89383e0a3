//! Hops and findings, with their evidence and remedies.

use serde_json::{Map, Value, json};

use crate::analysis::changes::WhoDidIt;
use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Finding, GateVerdict, Hop, Remedy};

use crate::model::id::{ArmId, PrincipalId};
use crate::report::timestamp;

/// Which hop it is: what the report and the diff say of it alike.
pub(in crate::report) fn which(hop: &Hop) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("id".into(), hop.id().into());
    out.insert("kind".into(), hop.kind.word().into());
    out.insert("from".into(), hop.from.as_str().into());
    out.insert("to".into(), hop.to.as_str().into());
    if let Some(via) = &hop.via {
        out.insert("via".into(), via.as_str().into());
    }
    out
}

/// One hop.
pub(super) fn hop(hop: &Hop) -> Value {
    let mut out = which(hop);
    out.insert("basis".into(), hop.basis.word().into());
    out.insert("verdict".into(), hop.verdict().word().into());
    let gates: Vec<Value> = hop.gates.iter().map(gate).collect();
    out.insert("gates".into(), gates.into());
    out.into()
}

pub(super) fn gate(gate: &GateVerdict) -> Value {
    let mut out = Map::new();
    out.insert("gate".into(), gate.gate.word().into());
    out.insert("verdict".into(), gate.judged.verdict.word().into());
    out.insert("reason".into(), gate.judged.reason.as_str().into());
    if let Some(at) = gate.changed_at {
        // Azure may not act on it yet.
        out.insert("changedAt".into(), timestamp(at).into());
    }
    if let Some(who) = &gate.changed_by {
        out.insert("changedBy".into(), changed_by(who));
    }
    out.insert("evidence".into(), proofs(&gate.judged.evidence));
    out.insert("remedies".into(), remedies(&gate.remedies));
    out.into()
}

/// Who shut a gate: the write of the activity log, or why none is named.
fn changed_by(who: &WhoDidIt) -> Value {
    let mut out = Map::new();
    let state = match who {
        WhoDidIt::Found(_) => "found",
        WhoDidIt::NotThere { .. } => "notInLog",
        WhoDidIt::NotRead { .. } => "notRead",
        WhoDidIt::Unlogged { .. } => "unlogged",
    };
    out.insert("state".into(), state.into());
    out.insert("reason".into(), who.sentence().into());
    if let WhoDidIt::NotRead {
        role: Some(role), ..
    } = who
    {
        out.insert("role".into(), (*role).into());
    }
    let Some(found) = who.found() else {
        return out.into();
    };
    let change = &found.change;
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            out.insert(name.into(), value.into());
        }
    };
    put("certainty", Some(found.certainty.word()));
    put("caller", Some(&change.actor.name));
    put("callerType", Some(change.actor.kind.word()));
    put(
        "principalId",
        change.actor.object_id.as_ref().map(PrincipalId::as_str),
    );
    put("appId", change.actor.app_id.as_deref());
    put("operation", Some(&change.operation));
    put("resource", change.resource.as_ref().map(ArmId::as_str));
    put("correlationId", change.correlation_id.as_deref());
    put("clientIp", change.address.as_deref());
    let policy = change.policy();
    let assignment = policy
        .and_then(|mark| mark.assignment.as_ref())
        .or_else(|| {
            change
                .actor
                .identity_of
                .as_ref()
                .filter(|_| change.is_by_policy())
        });
    put("policyAssignment", assignment.map(ArmId::as_str));
    put(
        "policyEffect",
        policy.and_then(|mark| mark.effect.as_deref()),
    );
    out.insert("at".into(), timestamp(change.at).into());
    out.into()
}

/// One finding.
pub(super) fn finding(finding: &Finding) -> Value {
    let mut out = Map::new();
    out.insert("rule".into(), finding.rule.into());
    out.insert("kind".into(), finding.kind.word().into());
    out.insert("severity".into(), finding.severity.word().into());
    out.insert("resource".into(), finding.resource.as_str().into());
    out.insert("title".into(), finding.title.as_str().into());
    out.insert("detail".into(), finding.detail.as_str().into());
    if let Some(benefit) = finding.benefit {
        out.insert("benefit".into(), benefit.word().into());
    }
    out.insert("evidence".into(), proofs(&finding.evidence));
    out.insert("remedies".into(), remedies(&finding.remedies));
    out.insert("hops".into(), finding.hops.clone().into());
    out.into()
}

fn proofs(evidence: &[Evidence]) -> Value {
    evidence.iter().map(proof).collect()
}

fn proof(evidence: &Evidence) -> Value {
    let mut out = Map::new();
    out.insert("resource".into(), evidence.resource.as_str().into());
    out.insert("path".into(), evidence.path.as_ref().into());
    match &evidence.value {
        Some(value) => out.insert("value".into(), value.clone()),
        None => out.insert("absent".into(), true.into()),
    };
    out.insert("observedAt".into(), timestamp(evidence.observed_at).into());
    if let Some(id) = &evidence.request_id {
        out.insert("requestId".into(), id.as_ref().into());
    }
    out.into()
}

fn remedies(remedies: &[Remedy]) -> Value {
    remedies
        .iter()
        .map(|remedy| {
            let mut out = json!({ "tool": remedy.tool.word(), "text": remedy.text });
            if let Some(note) = &remedy.note {
                out["note"] = note.as_str().into();
            }
            out
        })
        .collect()
}
