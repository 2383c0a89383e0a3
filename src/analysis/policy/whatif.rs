//! The environment as it would be with some properties changed, judged anew: which gates turn.

use std::sync::Arc;

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;
use crate::analysis::hops;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::lookup::{Map, Ordered};
use crate::model::resource::Resource;

use super::property;

/// A value at a path of a resource.
pub struct Set<'s> {
    /// Whose.
    pub resource: &'s Resource,
    /// Where.
    pub path: &'s str,
    /// What.
    pub value: &'s serde_json::Value,
}

/// The gates of hops, by the hop's id in lower case.
type Gates = Map<(String, Gate), Verdict>;

/// What every gate would be.
pub fn judged<'s>(ground: &Ground<'_>, sets: impl IntoIterator<Item = Set<'s>>) -> Gates {
    let mut changed: Ordered<ArmId, Resource> = Ordered::default();
    for set in sets {
        let now = changed.get(&set.resource.id).unwrap_or(set.resource);
        if let Some(next) = property::with(now, set.path, set.value) {
            changed.insert(set.resource.id.clone(), next);
        }
    }
    let inventory = ground.inventory.with(changed.into_values().map(Arc::new));
    let other = Ground::new(&inventory, ground.judging, ground.now);
    hops::hops(&other)
        .iter()
        .flat_map(|hop| {
            let id = key(hop);
            hop.gates
                .iter()
                .map(move |gate| ((id.clone(), gate.gate), gate.judged.verdict))
        })
        .collect()
}

/// The places of the gates that would turn: hop, gate.
pub fn turned(
    hops: &[Hop],
    after: &Gates,
    turns: impl Fn(Verdict, Verdict) -> bool,
) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, hop) in hops.iter().enumerate() {
        let id = key(hop);
        for (number, gate) in hop.gates.iter().enumerate() {
            let Some(then) = after.get(&(id.clone(), gate.gate)) else {
                continue; // A hop that is not drawn any more: nothing is said of its gates.
            };
            if turns(gate.judged.verdict, *then) {
                found.push((at, number));
            }
        }
    }
    found
}

fn key(hop: &Hop) -> String {
    hop.id().to_ascii_lowercase()
}

/// Whether a hop starts or ends at a resource, or at a part of it.
pub fn touches(hop: &Hop, resource: &Resource) -> bool {
    [&hop.from, &hop.to]
        .into_iter()
        .any(|end| end.starts_with('/') && ArmId::new(end).is_within(&resource.id))
}
