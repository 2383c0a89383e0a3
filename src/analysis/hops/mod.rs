//! Hops: every call that the environment makes, drawn by one file a family and judged gate by gate.
//!
//! A family has one function, `draw(ground, out)`, and one line in [`FAMILIES`]. It draws a hop
//! where a definition, a role, a rule or a link ties two ends, a broken link too, and takes its
//! gates from [`super::gates`]. Families know nothing of each other; what two of them draw alike is
//! one hop here, with the better basis. What Azure Policy will make of them is laid over when all are
//! judged ([`super::policy`]).

mod declared;
mod definition;
mod ends;
mod foundry;
mod indexers;
mod inspector;
mod keys;
mod logs;
mod models;
mod openai;
mod people;
pub(in crate::analysis) mod tenants;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::judging::Judging;
use crate::store::Inventory;

use super::changes::{self, Changes};
use super::findings;
use super::ground::Ground;
use super::hop::{Hop, Judgement};
use super::policy;
use super::verdict::Gate;

/// Draws the hops of one family.
type Family = fn(&Ground<'_>, &mut Vec<Hop>);

/// The families. What is declared comes last: it wins over what others found.
const FAMILIES: [Family; 10] = [
    people::draw,
    indexers::draw,
    models::draw,
    openai::draw,
    logs::draw,
    foundry::draw,
    keys::draw,
    tenants::draw,
    inspector::draw,
    declared::draw,
];

/// Draws and judges every hop of an environment.
pub fn judge(inventory: &Inventory, judging: &Judging, now: OffsetDateTime) -> Judgement {
    let ground = Ground::new(inventory, judging, now);
    let changes = Arc::new(Changes::of(inventory));
    let mut hops = hops(&ground);
    policy::overlay(&ground, &mut hops);
    changes::blame::name(inventory, &changes, &mut hops);
    let found = findings::judge(&ground, &hops);
    Judgement {
        hops,
        findings: found.shown,
        hidden: found.hidden,
        changes,
        reaching: policy::group::reaching(&ground),
    }
}

/// The hops: one for each kind, caller, target and tie, in the report's order.
pub fn hops(ground: &Ground<'_>) -> Vec<Hop> {
    let mut drawn = Vec::new();
    for family in FAMILIES {
        family(ground, &mut drawn);
    }
    for hop in &mut drawn {
        hop.gates.sort_by_key(|one| rank(one.gate));
    }
    // Ids differ in case from one answer to the next.
    let key = |hop: &Hop| {
        (
            hop.kind,
            hop.from.to_ascii_lowercase(),
            hop.to.to_ascii_lowercase(),
            hop.via.as_ref().map(|via| via.to_ascii_lowercase()),
        )
    };
    let mut keyed: Vec<_> = drawn.into_iter().map(|hop| (key(&hop), hop)).collect();
    keyed.sort_by(|(own, one), (key, other)| (own, one.basis).cmp(&(key, other.basis)));
    keyed.dedup_by(|(own, later), (key, first)| {
        let same = own == key;
        if same && first.gates.is_empty() {
            // Declared and found: the basis of the one, the gates of the other.
            first.gates = std::mem::take(&mut later.gates);
        }
        same
    });
    keyed.into_iter().map(|(_, hop)| hop).collect()
}

fn rank(gate: Gate) -> usize {
    Gate::ALL
        .iter()
        .position(|one| *one == gate)
        .unwrap_or(Gate::ALL.len())
}
