//! Gates: each function here judges one condition of a hop, with its reason, evidence and remedies.
//!
//! A gate never knows which hop it is on: families pass the caller, the target, the right. What is
//! not open says what mends it, the least change first; what nothing can mend says so.
//!
//! * [`network`]: the target's firewall (domain-rules B);
//! * [`outbound`]: what the caller may call;
//! * [`authentication`]: token or key, and what the target accepts;
//! * [`identity`]: who a service presents;
//! * [`authorization`]: rights, PIM, stale assignments, keys (domain-rules C);
//! * [`configuration`]: names, deployments, regions, switches;
//! * [`quota`]: SKU and tier limits (domain-rules G).

pub mod authentication;
pub mod authorization;
pub mod configuration;
pub mod identity;
pub mod network;
pub mod outbound;
pub mod quota;

use std::mem;

use super::evidence::Evidence;
use super::hop::{GateVerdict, Remedy};
use super::verdict::{Gate, Reasoned, Verdict};
use super::way;
use crate::model::lookup::Ordered;

/// One gate out of several checks: the worst verdict counts, with the reasons of all that have it.
/// What mends a milder one stays on the list, after the worst's.
pub fn all(gate: Gate, mut checks: Vec<GateVerdict>) -> Option<GateVerdict> {
    // Most gates rest on one check.
    if let [_] = checks.as_slice() {
        let mut one = checks.pop()?;
        one.gate = gate;
        let (given, ways) = (mem::take(&mut one.remedies), mem::take(&mut one.ways));
        keep(&mut one.remedies, given);
        way::add(&mut one.ways, ways);
        one.judged.tags.sort_unstable();
        one.judged.tags.dedup();
        return Some(one);
    }
    let worst = Verdict::worst(checks.iter().map(|one| one.judged.verdict))?;
    let mut judged = Reasoned::new(worst, String::new());
    let mut remedies: Vec<Remedy> = Vec::new();
    let mut changed_at = None;
    let (mut ways, mut rights) = (Vec::new(), Vec::new());
    for one in &checks {
        way::add(&mut ways, one.ways.iter().cloned());
        rights.extend(one.rights.iter().cloned());
    }
    let (deciding, milder): (Vec<_>, Vec<_>) = checks
        .into_iter()
        .partition(|one| one.judged.verdict == worst);
    let mut reasons: Vec<String> = Vec::new();
    for one in deciding {
        if !reasons.contains(&one.judged.reason) {
            reasons.push(one.judged.reason.clone());
        }
        judged = judged.proved_by(one.judged.evidence);
        judged.tags.extend(one.judged.tags);
        changed_at = changed_at.max(one.changed_at);
        keep(&mut remedies, one.remedies);
    }
    for one in milder {
        if one.judged.verdict != Verdict::Open {
            let reason = format!("also: {}", one.judged.reason);
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            judged = judged.proved_by(one.judged.evidence);
            judged.tags.extend(one.judged.tags);
        }
        changed_at = changed_at.max(one.changed_at);
        keep(&mut remedies, one.remedies);
    }
    judged.reason = reasons.join("; ");
    judged.tags.sort_unstable();
    judged.tags.dedup();
    Some(GateVerdict {
        gate,
        judged,
        remedies,
        changed_at,
        ways,
        rights,
        changed_by: None,
    })
}

/// Every gate once, out of checks of several.
pub fn merged(checks: impl IntoIterator<Item = GateVerdict>) -> Vec<GateVerdict> {
    let mut by_gate: Ordered<Gate, Vec<GateVerdict>> = Ordered::default();
    for one in checks {
        by_gate.entry(one.gate).or_default().push(one);
    }
    by_gate
        .into_iter()
        .filter_map(|(gate, checks)| all(gate, checks))
        .collect()
}

fn keep(remedies: &mut Vec<Remedy>, more: Vec<Remedy>) {
    for one in more {
        if !remedies.contains(&one) {
            remedies.push(one);
        }
    }
}

/// A gate in one line.
pub fn judged(
    gate: Gate,
    verdict: Verdict,
    reason: impl Into<String>,
    evidence: impl IntoIterator<Item = Evidence>,
) -> GateVerdict {
    GateVerdict::new(gate, Reasoned::new(verdict, reason).proved_by(evidence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_check_decides_and_milder_ones_are_told() {
        let check = |verdict, reason: &str| judged(Gate::Configuration, verdict, reason, []);
        let one = all(
            Gate::Configuration,
            vec![
                check(Verdict::Open, "a"),
                check(Verdict::Shut, "b"),
                check(Verdict::AtRisk, "c"),
                check(Verdict::Shut, "b"),
            ],
        )
        .unwrap();
        assert_eq!(one.judged.verdict, Verdict::Shut);
        assert_eq!(one.judged.reason, "b; also: c");
        assert!(all(Gate::Quota, Vec::new()).is_none());
    }
}
