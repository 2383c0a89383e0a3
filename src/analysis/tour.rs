//! What a step of a walk shows of an environment: whether it holds, what stands against it, and the
//! calls that it is about.
//!
//! It judges nothing anew: a step holds when the benefit that it names holds, no finding of its rules
//! is there, and its gates are open. What cannot be told never holds.

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
    /// What stands against it: exposures of its benefit, findings of its rules, findings of hops that
    /// are shut or at risk.
    pub against: Vec<&'j Finding>,
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
    let hops: Vec<&Hop> = judgement
        .hops
        .iter()
        .filter(|hop| hop.basis != Basis::Assumed)
        .filter(|hop| step.hops.iter().any(|kind| kind == hop.kind.word()))
        .filter(|hop| verdict(step, hop).is_some())
        .collect();
    let own = benefit(step);
    let broken: Vec<String> = hops
        .iter()
        .filter(|hop| verdict(step, hop) > Some(Verdict::Open))
        .map(|hop| hop.id())
        .collect();
    let is_against = |finding: &&Finding| {
        let of_benefit = own.is_some_and(|own| benefits::is_against(finding, own));
        let of_rule = step.rules.iter().any(|rule| rule == finding.rule);
        let of_hop = finding.kind == FindingKind::Broken
            && finding.hops.iter().any(|id| broken.contains(id));
        of_benefit || of_rule || of_hop
    };
    let against: Vec<&Finding> = judgement.findings.iter().filter(is_against).collect();
    let hidden = judgement.hidden.iter().map(|(finding, _)| finding);
    let hidden = hidden.filter(is_against).count();
    let of_benefit = own.and_then(|own| {
        let all = benefits::held(inventory, judgement);
        let held = all.into_iter().find(|one| one.benefit == own)?;
        let facts = benefits::facts(inventory, judgement, own);
        Some(benefits::with_facts(held.stand, &facts))
    });
    let of_hops = hops.iter().filter_map(|hop| verdict(step, hop)).max();
    let stand = [
        of_benefit,
        of_hops.map(|verdict| match verdict {
            Verdict::Open => Stand::Holds,
            Verdict::Unknown if inventory.snapshot().is_reading() => Stand::Reading,
            Verdict::Unknown => Stand::Unknown,
            Verdict::AtRisk | Verdict::Shut => Stand::Against,
        }),
        (!against.is_empty()).then_some(Stand::Against),
    ];
    let stand = stand.into_iter().flatten().min().unwrap_or(Stand::Nothing);
    Look {
        // A consideration holds nothing, however well all of it works.
        stand: if !step.claim && stand == Stand::Holds {
            Stand::Nothing
        } else {
            stand
        },
        worst: of_hops,
        against,
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
