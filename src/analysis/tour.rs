//! What a step of a walk shows of an environment: whether it holds, what stands against it, and the
//! calls that it is about.
//!
//! It judges nothing anew. A step about a benefit stands as the benefit does, here as on the Map and in
//! the reports; whether its calls get through is the other question, and told beside. A step about calls
//! holds when they are open. What cannot be told never holds. A consideration claims nothing: it is
//! silent, or has findings to show.

use std::collections::HashSet;

use crate::model::tour::{Step, Tour};
use crate::store::Inventory;

use super::benefits::{self, Stand};
use super::findings;
use super::hop::{Basis, Benefit, Finding, FindingKind, Hop, HopKind, Judgement};
use super::verdict::{Gate, Verdict};

/// A step in an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Look<'j> {
    /// Whether it holds; [`Stand::Nothing`] for a step that claims nothing, or has nothing to show.
    pub stand: Stand,
    /// The worst that its calls came to; none without one.
    pub worst: Option<Verdict>,
    /// What stands against it: findings of its benefit and of its rules; for a step about calls, those
    /// of calls that are shut or at risk.
    pub against: Vec<&'j Finding>,
    /// For a step about a benefit: findings of its calls that are shut or at risk. It may hold all the
    /// same.
    pub broken: Vec<&'j Finding>,
    /// The calls that it is about.
    pub hops: Vec<&'j Hop>,
    /// How many findings against it the config file hides.
    pub hidden: usize,
}

/// The benefit that a step is about.
pub fn benefit(step: &Step) -> Option<Benefit> {
    let word = step.benefit.as_deref()?;
    Benefit::ALL
        .into_iter()
        .find(|benefit| benefit.word() == word)
}

fn gate(word: &str) -> Option<Gate> {
    Gate::ALL.into_iter().find(|gate| gate.word() == word)
}

/// How a call stands as far as a step is concerned; none when none of its gates applies.
pub fn verdict(step: &Step, hop: &Hop) -> Option<Verdict> {
    if step.gates.is_empty() {
        return Some(hop.verdict());
    }
    let gates = step.gates.iter().filter_map(|word| gate(word));
    Verdict::worst(
        gates
            .filter_map(|gate| hop.gate(gate))
            .map(|gate| gate.judged.verdict),
    )
}

/// Looks at a step.
pub fn look<'j>(inventory: &Inventory, judgement: &'j Judgement, step: &Step) -> Look<'j> {
    let kinds: Vec<HopKind> = step
        .hops
        .iter()
        .filter_map(|word| HopKind::of_word(word))
        .collect();
    let hops: Vec<&Hop> = judgement
        .hops
        .iter()
        .filter(|hop| hop.basis != Basis::Assumed && kinds.contains(&hop.kind))
        .filter(|hop| verdict(step, hop).is_some())
        .collect();
    let own = benefit(step);
    let broken: HashSet<String> = hops
        .iter()
        .filter(|hop| verdict(step, hop) > Some(Verdict::Open))
        .map(|hop| hop.id())
        .collect();
    let of_step = |finding: &&Finding| {
        own.is_some_and(|own| benefits::is_against(finding, own))
            || step.rules.iter().any(|rule| rule == finding.rule)
    };
    let of_hop = |finding: &&Finding| {
        finding.kind == FindingKind::Broken && finding.hops.iter().any(|id| broken.contains(id))
    };
    let is_against = |finding: &&Finding| of_step(finding) || (own.is_none() && of_hop(finding));
    let against: Vec<&Finding> = judgement.findings.iter().filter(is_against).collect();
    let hidden = judgement.hidden.iter().map(|(finding, _)| finding);
    let hidden = hidden.filter(is_against).count();
    let beside = |finding: &&Finding| own.is_some() && of_hop(finding) && !of_step(finding);
    let beside: Vec<&Finding> = judgement.findings.iter().filter(beside).collect();
    let of_hops = hops.iter().filter_map(|hop| verdict(step, hop)).max();
    let of_claim = match own {
        Some(own) => Some(
            judgement
                .benefit(own)
                .map_or(Stand::Reading, |held| held.stand),
        ),
        None => of_hops.map(|verdict| match verdict {
            Verdict::Open => Stand::Holds,
            Verdict::Unknown if inventory.snapshot().is_reading() => Stand::Reading,
            Verdict::Unknown => Stand::Unknown,
            Verdict::AtRisk | Verdict::Shut => Stand::Against,
        }),
    };
    let of_findings = (!against.is_empty()).then_some(Stand::Against);
    let stand = if step.claim {
        [of_claim, of_findings].into_iter().flatten().min()
    } else {
        of_findings
    };
    Look {
        stand: stand.unwrap_or(Stand::Nothing),
        worst: of_hops,
        against,
        broken: beside,
        hops,
        hidden,
    }
}

/// Names in a walk that nothing answers to: they would show nothing.
pub fn misnamed(tour: &Tour) -> Vec<String> {
    let mut wrong = Vec::new();
    for step in &tour.steps {
        let mut add = |what: &str, word: &str| {
            wrong.push(format!("step {:?} names the {what} {word:?}", step.id));
        };
        if let Some(word) = &step.benefit
            && benefit(step).is_none()
        {
            add("benefit", word);
        }
        for word in &step.hops {
            if HopKind::of_word(word).is_none_or(|kind| kind.word() != word) {
                add("hop", word);
            }
        }
        for word in &step.gates {
            if gate(word).is_none() {
                add("gate", word);
            }
        }
        for word in &step.rules {
            if findings::rule(word).is_none() {
                add("rule", word);
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_is_named_with_its_step() {
        let text = "name = \"own\"\ntitle = \"Own\"\n[[step]]\nid = \"a\"\ntab = \"a\"\nsentence = \"s\"\ntext = \"t\"\n\
            picture = \"doors\"\nbenefit = \"firewall\"\nhops = [\"user-to-storage\", \"User-to-openai\"]\n\
            gates = [\"network\", \"door\"]\nrules = [\"storage/plain-http\", \"storage/nothing\"]\n";
        let tour: Tour = toml::from_str(text).unwrap();
        assert_eq!(
            misnamed(&tour),
            [
                "step \"a\" names the benefit \"firewall\"",
                "step \"a\" names the hop \"User-to-openai\"",
                "step \"a\" names the gate \"door\"",
                "step \"a\" names the rule \"storage/nothing\"",
            ]
        );
    }
}
