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

use rayon::prelude::*;
use time::OffsetDateTime;

use crate::model::judging::Judging;
use crate::store::Inventory;

use super::benefits;
use super::changes::{self, Changes};
use super::findings;
use super::ground::Ground;
use super::hop::{Hop, Judgement};
use super::policy::{self, Policies};

/// Draws the hops of one family.
type Family = fn(&Ground<'_>, &mut Vec<Hop>);

/// The families, drawn side by side. What is declared is no family: it comes last, and wins over what
/// others found.
const FAMILIES: [Family; 9] = [
    people::draw,
    indexers::draw,
    models::draw,
    openai::draw,
    logs::draw,
    foundry::draw,
    keys::draw,
    tenants::draw,
    inspector::draw,
];

/// Draws and judges every hop of an environment.
pub fn judge(inventory: &Inventory, judging: &Judging, now: OffsetDateTime) -> Judgement {
    let ground = Ground::new(inventory, judging, now);
    let (mut hops, (changes, policies)) = rayon::join(
        || hops(&ground),
        || (Arc::new(Changes::of(inventory)), Policies::of(&ground)),
    );
    policy::overlay(&ground, &policies, &mut hops);
    changes::blame::name(inventory, &changes, &mut hops);
    let found = findings::judge(&ground, &policies, &hops);
    let (benefits, reaching) = rayon::join(
        || benefits::held(inventory, &hops, &found.shown, &found.hidden),
        || policy::group::reaching(&ground, &policies),
    );
    Judgement {
        hops,
        findings: found.shown,
        hidden: found.hidden,
        benefits,
        changes,
        reaching,
    }
}

/// The hops: one for each kind, caller, target and tie, in the report's order.
pub fn hops(ground: &Ground<'_>) -> Vec<Hop> {
    let by_family: Vec<Vec<Hop>> = FAMILIES
        .par_iter()
        .map(|draw| {
            let mut drawn = Vec::new();
            draw(ground, &mut drawn);
            drawn
        })
        .collect();
    let mut drawn: Vec<Hop> = by_family.into_iter().flatten().collect();
    declared::draw(ground, &mut drawn);
    // Ids differ in case from one answer to the next.
    let key = |hop: &Hop| {
        (
            hop.kind,
            hop.from.to_ascii_lowercase(),
            hop.to.to_ascii_lowercase(),
            hop.via.as_ref().map(|via| via.to_ascii_lowercase()),
        )
    };
    let mut keyed: Vec<_> = drawn
        .into_par_iter()
        .map(|mut hop| {
            hop.gates.sort_by_key(|one| one.gate);
            (key(&hop), hop)
        })
        .collect();
    keyed.par_sort_by(|(own, one), (key, other)| (own, one.basis).cmp(&(key, other.basis)));
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
