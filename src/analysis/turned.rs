//! Which hops turned between two judgements: from open to shut and back, new ones, and those that are
//! no more. Must not know where the judgements come from.

use indexmap::IndexMap;

use super::hop::{GateVerdict, Hop};
use super::verdict::{Gate, Verdict};

/// One hop that is not as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The hop as it is, or as it was when it is no more.
    pub hop: Hop,
    /// Its verdict before; none for a new one.
    pub before: Option<Verdict>,
    /// Its verdict now; none for one that is no more.
    pub after: Option<Verdict>,
    /// The gates that turned.
    pub gates: Vec<GateTurn>,
}

/// One gate that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateTurn {
    /// Which.
    pub gate: Gate,
    /// Its verdict before; none when it did not apply.
    pub before: Option<Verdict>,
    /// Its verdict now; none when it no longer applies.
    pub after: Option<Verdict>,
    /// Why it is as it is, or was.
    pub reason: String,
    /// Who changed it, in a sentence, where the activity log tells.
    pub by: Option<String>,
}

/// The hops that turned, those that got worse first, else in the order of the judgement.
pub fn turned(before: &[Hop], after: &[Hop]) -> Vec<Turn> {
    let by_id = |hops: &[Hop]| -> IndexMap<String, Hop> {
        hops.iter()
            .map(|hop| (hop.id().to_lowercase(), hop.clone()))
            .collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let mut turns = Vec::new();
    for (id, hop) in &new {
        let was = old.get(id);
        let gates = gates(was.map_or(&[][..], |was| &was.gates), &hop.gates);
        let before = was.map(Hop::verdict);
        if before != Some(hop.verdict()) || !gates.is_empty() {
            turns.push(Turn {
                before,
                after: Some(hop.verdict()),
                hop: hop.clone(),
                gates,
            });
        }
    }
    for (_, hop) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        turns.push(Turn {
            before: Some(hop.verdict()),
            after: None,
            gates: Vec::new(),
            hop: hop.clone(),
        });
    }
    turns.sort_by_key(|turn| std::cmp::Reverse((turn.after > turn.before, turn.after)));
    turns
}

fn gates(before: &[GateVerdict], after: &[GateVerdict]) -> Vec<GateTurn> {
    let verdict = |gates: &[GateVerdict], gate: Gate| {
        gates
            .iter()
            .find(|one| one.gate == gate)
            .map(|one| one.judged.verdict)
    };
    let now = after.iter().map(|gate| (gate, true));
    let gone = before
        .iter()
        .filter(|gate| verdict(after, gate.gate).is_none())
        .map(|gate| (gate, false));
    now.chain(gone)
        .map(|(gate, is_now)| GateTurn {
            gate: gate.gate,
            before: verdict(before, gate.gate),
            after: is_now.then_some(gate.judged.verdict),
            reason: gate.judged.reason.clone(),
            by: gate
                .changed_by
                .as_ref()
                .filter(|who| is_now && who.found().is_some())
                .map(super::changes::WhoDidIt::sentence),
        })
        .filter(|turn| turn.before != turn.after)
        .collect()
}
