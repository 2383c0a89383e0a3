//! Findings that say of hop after hop that it cannot be told, put together where one refused reading is
//! the cause of them all: one line, with the hops inside. The findings themselves stay as they are, here
//! and in every report.

use std::collections::HashMap;

use crate::analysis::hop::{Finding, FindingKind, Hop, Severity};
use crate::analysis::remedy::read;
use crate::analysis::verdict::Verdict;
use crate::model::key::Key;
use crate::store::{Inventory, Slice, State};

/// The rule that speaks of hops that cannot be told.
pub(super) const RULE: &str = "hop/cannot-tell";

/// So many findings with one cause are a list that hides others.
const MANY: usize = 3;

/// Several findings in one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Merged {
    /// What stands for them.
    pub(super) finding: Finding,
    /// Where they stand in the judgement.
    pub(super) members: Vec<usize>,
}

/// The findings that have one refused reading as their cause, cause by cause.
pub(super) fn merged(
    inventory: &Inventory,
    findings: &[Finding],
    hops: &HashMap<String, &Hop>,
) -> Vec<Merged> {
    let mut causes: Vec<(&Key, &Slice, Vec<usize>)> = Vec::new();
    for (key, slice) in inventory.snapshot().slices() {
        let is_new = causes.iter().all(|(own, ..)| own.words() != key.words());
        if slice.state() == State::Denied && is_new {
            causes.push((key, slice, Vec::new()));
        }
    }
    if causes.is_empty() {
        return Vec::new();
    }
    for (at, finding) in findings.iter().enumerate() {
        if finding.rule != RULE {
            continue;
        }
        let reasons: Vec<&str> = finding
            .hops
            .iter()
            .filter_map(|id| hops.get(id))
            .flat_map(|hop| &hop.gates)
            .filter(|gate| gate.judged.verdict == Verdict::Unknown)
            .map(|gate| gate.judged.reason.as_str())
            .collect();
        // Each gate that cannot be told has to rest on it: else mending it would not tell.
        let mut of = causes
            .iter_mut()
            .filter(|(key, ..)| reasons.iter().all(|reason| rests_on(reason, key)));
        if let Some((_, _, members)) = of.next().filter(|_| !reasons.is_empty()) {
            members.push(at);
        }
    }
    causes
        .into_iter()
        .filter(|(_, _, members)| members.len() >= MANY)
        .map(|(key, slice, members)| Merged {
            finding: one(inventory, key, slice, findings, &members),
            members,
        })
        .collect()
}

/// Whether a reason says that this kind of reading was refused.
fn rests_on(reason: &str, key: &Key) -> bool {
    reason.match_indices(key.words()).any(|(at, words)| {
        match reason[at + words.len()..].split_once(" were refused") {
            // Nothing but a place stands between what was wanted and that it was refused.
            Some((between, _)) => {
                between.is_empty() || {
                    let is_place = between.starts_with(" at ") || between.starts_with(" of ");
                    is_place && !between.contains([';', ',', '.'])
                }
            }
            None => false,
        }
    })
}

fn one(
    inventory: &Inventory,
    key: &Key,
    slice: &Slice,
    findings: &[Finding],
    members: &[usize],
) -> Finding {
    let mut hops: Vec<String> = Vec::new();
    let mut evidence = Vec::new();
    for finding in members.iter().filter_map(|at| findings.get(*at)) {
        for hop in &finding.hops {
            if !hops.contains(hop) {
                hops.push(hop.clone());
            }
        }
        for one in &finding.evidence {
            if !evidence.contains(one) {
                evidence.push(one.clone());
            }
        }
    }
    let issue = slice.trouble();
    let right = issue.and_then(|issue| issue.right.as_deref());
    let role = issue.and_then(|issue| issue.role);
    let lacks = match (right, role) {
        (Some(right), Some(role)) => format!("{right} is missing, which {role} has."),
        (Some(right), None) => format!("{right} is missing."),
        _ => issue.map_or_else(String::new, |issue| issue.message.clone()),
    };
    let scope = key.scope();
    let caller = inventory.snapshot().callers().first();
    let remedies = role
        .zip(scope.as_ref())
        .map_or_else(Vec::new, |(role, scope)| read::give(caller, role, scope));
    Finding {
        rule: RULE,
        kind: FindingKind::Note,
        severity: Severity::Info,
        resource: scope.map_or_else(String::new, |scope| scope.as_str().to_owned()),
        title: format!("{} hops unknown: {} refused", hops.len(), key.words()),
        detail: format!(
            "{lacks} Each of these hops rests on it, and on nothing else that is not known. What is known of each stands with the hop."
        ),
        benefit: None,
        evidence,
        remedies,
        hops,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::ArmId;

    #[test]
    fn a_reason_rests_on_a_reading_when_it_says_that_this_was_refused() {
        let policies = Key::PolicyAssignments(ArmId::new("/subscriptions/s"));
        let roles = Key::RoleAssignments(ArmId::new("/subscriptions/s"));
        for (reason, of_policies, of_roles) in [
            (
                "so; whether a policy will change that cannot be told: policy assignments were refused: x is missing",
                true,
                false,
            ),
            (
                "no role that was read gives y, but role assignments at subscription s were refused: x",
                false,
                true,
            ),
            (
                "role assignments of st, and so on; diagnostic settings were refused",
                false,
                false,
            ),
            ("policy assignments were not read", false, false),
        ] {
            assert_eq!(rests_on(reason, &policies), of_policies, "{reason}");
            assert_eq!(rests_on(reason, &roles), of_roles, "{reason}");
        }
    }
}
