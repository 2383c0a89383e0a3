//! Why an indexer fails: its messages asked of the catalogue, and the judged hops of that indexer asked
//! which of the causes holds.
//!
//! Pure. Only hops of the very indexer count: its own, its skillset's and its index's. A text that the
//! catalogue does not know stays unknown; a gate that is shut all the same is said to be what the
//! configuration says, not what the message says.

use crate::analysis::explain::{self, Recognised, Standing};
use crate::analysis::hop::{GateVerdict, Hop, HopKind, Judgement};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::store::Inventory;

use super::errors::ErrorGroup;
use super::rows::Entry;

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confidence {
    /// The gate that the message names is shut.
    Both,
    /// Only the message says it.
    MessageAlone,
    /// The message is not known; a gate is shut all the same.
    ConfigurationAlone,
    /// Nothing says why.
    Nothing,
}

impl Confidence {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Both => "configuration says the same",
            Self::MessageAlone => "message alone",
            Self::ConfigurationAlone => "configuration alone",
            Self::Nothing => "no cause is known",
        }
    }
}

/// Another cause that the message may have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Other {
    /// The gate.
    pub(super) gate: Gate,
    /// What would be wrong.
    pub(super) why: &'static str,
    /// Whether it holds here.
    pub(super) standing: Standing,
}

/// Why a message came.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cause {
    /// The number in the catalogue: `M06`.
    pub(super) message: Option<&'static str>,
    /// What the message means; none when it is not known.
    pub(super) meaning: Option<&'static str>,
    /// The layer that the message speaks of.
    pub(super) layer: Option<Gate>,
    /// What is wrong then, in the catalogue's words.
    pub(super) why: Option<&'static str>,
    /// What the message names besides: `principal: 3f0c…`.
    pub(super) facts: Vec<(&'static str, String)>,
    /// How sure it is.
    pub(super) confidence: Confidence,
    /// The hop that explains it.
    pub(super) hop: Option<Hop>,
    /// The gate of that hop.
    pub(super) gate: Option<Gate>,
    /// What else the message may come from.
    pub(super) others: Vec<Other>,
}

impl Cause {
    /// The gate as it was judged.
    pub(super) fn judged(&self) -> Option<&GateVerdict> {
        self.hop.as_ref()?.gate(self.gate?)
    }
}

/// The judged hops of an indexer: what it reads and writes, its skillset's, its index's.
pub(super) fn hops_of(entry: &Entry, judgement: &Judgement) -> Vec<Hop> {
    let named = |kind: &str, name: Option<&str>| name.map(|name| format!("{kind} {name}"));
    let ties: Vec<String> = [
        named("indexer", Some(&entry.indexer.name)),
        named("skillset", entry.indexer.skillset.text()),
        named("index", entry.indexer.target_index.text()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let is_own = |hop: &&Hop| {
        ArmId::new(&hop.from) == entry.service.id
            && matches!(
                hop.kind,
                HopKind::IndexerToStorage
                    | HopKind::IndexerExtrasToStorage
                    | HopKind::SkillToOpenai
                    | HopKind::VectorizerToOpenai
            )
            && match &hop.via {
                Some(via) => ties.iter().any(|tie| tie.eq_ignore_ascii_case(via)),
                // What is inferred or assumed is not tied to one indexer.
                None => true,
            }
    };
    judgement.hops.iter().filter(is_own).cloned().collect()
}

/// Why the errors of a group came.
pub(super) fn of(group: &ErrorGroup, hops: &[Hop], inventory: &Inventory) -> Cause {
    let recognised = explain::recognise(&group.said());
    // The step that failed narrows the hops; where none is drawn for it, all of them are asked.
    let wanted = group.step.as_ref().and_then(super::step::StepName::hop);
    let narrowed: Vec<Hop> = hops
        .iter()
        .filter(|hop| wanted.is_none_or(|kind| hop.kind == kind))
        .cloned()
        .collect();
    let hops = if narrowed.is_empty() { hops } else { &narrowed };
    if !recognised.is_known() {
        return unknown(&recognised, hops);
    }
    let here = explain::here::look(&recognised, inventory, hops);
    let first = recognised.messages.first();
    let mut cause = Cause {
        message: first.map(|message| message.id),
        meaning: first
            .map(|message| message.meaning)
            .or_else(|| recognised.bare.map(explain::text::Bare::meaning)),
        layer: None,
        why: None,
        facts: facts(&recognised),
        confidence: Confidence::MessageAlone,
        hop: None,
        gate: None,
        others: Vec::new(),
    };
    for (at, one) in here.iter().enumerate() {
        if at > 0 {
            cause.others.push(Other {
                gate: one.cause.gate,
                why: one.cause.why,
                standing: one.standing,
            });
            continue;
        }
        cause.layer = Some(one.cause.gate);
        cause.why = Some(one.cause.why);
        cause.gate = Some(one.cause.gate);
        cause.hop = one.seen.first().map(|seen| seen.hop.clone());
        if one.confidence() == explain::Confidence::Configuration {
            cause.confidence = Confidence::Both;
        }
    }
    // The message speaks of no hop that is drawn here: the step still names one.
    if cause.hop.is_none() && wanted.is_some() {
        cause.hop = hops.first().cloned();
    }
    cause
}

/// A text that the catalogue does not know: what is shut is said as such.
fn unknown(recognised: &Recognised, hops: &[Hop]) -> Cause {
    let shut = hops.iter().find_map(|hop| {
        let gate = hop
            .gates
            .iter()
            .find(|gate| gate.judged.verdict == Verdict::Shut)?;
        Some((hop, gate.gate))
    });
    Cause {
        message: None,
        meaning: None,
        layer: None,
        why: None,
        facts: facts(recognised),
        confidence: if shut.is_some() {
            Confidence::ConfigurationAlone
        } else {
            Confidence::Nothing
        },
        hop: shut.map(|(hop, _)| hop.clone()),
        gate: shut.map(|(_, gate)| gate),
        others: Vec::new(),
    }
}

fn facts(recognised: &Recognised) -> Vec<(&'static str, String)> {
    recognised
        .facts
        .iter()
        .map(|fact| (fact.kind.word(), fact.value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::errors::group;
    use super::super::rows::{Every, Named};
    use super::super::testing;
    use super::*;
    use crate::analysis::hop::Basis;
    use crate::analysis::verdict::Reasoned;
    use crate::model::network::Firewall;
    use crate::model::resource::Family;
    use crate::store::State;
    use crate::ui::panes::staged::resource;
    use crate::ui::signs::Sign;

    const FIREWALL: &str = "This request is not authorized to perform this operation.";

    fn entry() -> Entry {
        let service = Arc::new(resource(Family::Search, "rg", "srch", Firewall::default()));
        Entry {
            id: service.id.child("indexers/docs-indexer"),
            service,
            indexer: testing::indexer("docs-indexer"),
            status: None,
            state: State::Known,
            issue: None,
            every: Every::OnDemand,
            source: Named::None,
            skillset: Named::None,
            index: Named::None,
            errors: Vec::new(),
            sign: Sign::Shut,
        }
    }

    fn hop(kind: HopKind, via: Option<&str>, gates: &[(Gate, Verdict)]) -> Hop {
        Hop {
            kind,
            from: entry().service.id.as_str().to_owned(),
            to: "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st"
                .to_owned(),
            via: via.map(str::to_owned),
            basis: Basis::Observed,
            gates: gates
                .iter()
                .map(|(gate, verdict)| GateVerdict::new(*gate, Reasoned::new(*verdict, "so")))
                .collect(),
        }
    }

    fn error(message: &str, name: Option<&str>) -> ErrorGroup {
        let runs = testing::runs(&json!([{ "status": "transientFailure", "errors": [
            { "errorMessage": message, "name": name }] }]));
        group(&runs).remove(0)
    }

    #[test]
    fn configuration_says_the_same_only_where_the_gate_of_the_message_is_shut() {
        use Gate::{Authorization, Network};
        use Verdict::{Open, Shut, Unknown};
        for (network, authorization, expected) in [
            (Shut, Open, Confidence::Both),
            (Open, Open, Confidence::MessageAlone),
            (Unknown, Open, Confidence::MessageAlone),
            // The role is missing, and the message does not speak of roles.
            (Open, Shut, Confidence::MessageAlone),
        ] {
            let hops = [hop(
                HopKind::IndexerToStorage,
                Some("indexer docs-indexer"),
                &[(Network, network), (Authorization, authorization)],
            )];
            let group = error(FIREWALL, Some("DocumentExtraction.azureblob.docs"));
            let cause = of(&group, &hops, &Inventory::default());
            assert_eq!(cause.message, Some("M06"));
            assert_eq!(cause.confidence, expected, "{network} {authorization}");
            assert_eq!(cause.layer, Some(Network));
            assert!(cause.hop.is_some());
        }
    }

    #[test]
    fn a_message_that_is_not_known_stays_unknown() {
        let open = [hop(
            HopKind::IndexerToStorage,
            None,
            &[(Gate::Network, Verdict::Open)],
        )];
        let shut = [hop(
            HopKind::IndexerToStorage,
            None,
            &[
                (Gate::Network, Verdict::Open),
                (Gate::Identity, Verdict::Shut),
            ],
        )];
        let group = error("The moon is full", None);
        let cause = of(&group, &open, &Inventory::default());
        assert_eq!(cause.confidence, Confidence::Nothing);
        assert_eq!((cause.meaning, cause.hop), (None, None));
        let cause = of(&group, &shut, &Inventory::default());
        assert_eq!(cause.confidence, Confidence::ConfigurationAlone);
        assert_eq!(cause.gate, Some(Gate::Identity));
    }

    #[test]
    fn without_any_hop_the_message_stands_alone() {
        let cause = of(&error(FIREWALL, None), &[], &Inventory::default());
        assert_eq!(cause.confidence, Confidence::MessageAlone);
        assert!(cause.hop.is_none() && cause.judged().is_none());
        assert!(cause.meaning.is_some());
    }

    #[test]
    fn only_hops_of_the_very_indexer_are_asked() {
        let of_other = Hop {
            from: "/subscriptions/s/x".to_owned(),
            ..hop(HopKind::IndexerToStorage, None, &[])
        };
        let judgement = Judgement {
            hops: vec![
                hop(HopKind::IndexerToStorage, Some("indexer DOCS-indexer"), &[]),
                hop(HopKind::IndexerToStorage, Some("indexer other"), &[]),
                hop(HopKind::SkillToOpenai, Some("skillset ss-docs"), &[]),
                hop(HopKind::VectorizerToOpenai, Some("index docs-index"), &[]),
                hop(HopKind::IndexerExtrasToStorage, None, &[]),
                hop(HopKind::ResourceToLogs, None, &[]),
                of_other,
            ],
            ..Judgement::default()
        };
        let kinds: Vec<HopKind> = hops_of(&entry(), &judgement)
            .iter()
            .map(|hop| hop.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                HopKind::IndexerToStorage,
                HopKind::SkillToOpenai,
                HopKind::VectorizerToOpenai,
                HopKind::IndexerExtrasToStorage,
            ]
        );
    }
}
