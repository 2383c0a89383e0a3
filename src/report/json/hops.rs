//! Hops and findings, with their evidence and remedies.

use serde_json::{Map, Value, json};

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Finding, GateVerdict, Hop, Remedy};

use crate::report::timestamp;

/// One hop.
pub(super) fn hop(hop: &Hop) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), hop.id().into());
    out.insert("kind".into(), hop.kind.word().into());
    out.insert("from".into(), hop.from.as_str().into());
    out.insert("to".into(), hop.to.as_str().into());
    if let Some(via) = &hop.via {
        out.insert("via".into(), via.as_str().into());
    }
    out.insert("basis".into(), hop.basis.word().into());
    out.insert("verdict".into(), hop.verdict().word().into());
    let gates: Vec<Value> = hop.gates.iter().map(gate).collect();
    out.insert("gates".into(), gates.into());
    out.into()
}

fn gate(gate: &GateVerdict) -> Value {
    let mut out = Map::new();
    out.insert("gate".into(), gate.gate.word().into());
    out.insert("verdict".into(), gate.judged.verdict.word().into());
    out.insert("reason".into(), gate.judged.reason.as_str().into());
    if let Some(at) = gate.changed_at {
        // Azure may not act on it yet.
        out.insert("changedAt".into(), timestamp(at).into());
    }
    out.insert("evidence".into(), proofs(&gate.judged.evidence));
    out.insert("remedies".into(), remedies(&gate.remedies));
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
    out.insert("path".into(), evidence.path.as_str().into());
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
