//! The two questions of the header, counted: does it work, is it safe.
//!
//! Must not judge anything: it counts verdicts and findings.

use crate::analysis::hop::{FindingKind, Hop, HopKind};
use crate::analysis::verdict::Verdict;
use crate::store::Inventory;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;

/// The hops that a person asks about: all but hopscope's own calls, which the ledger shows.
pub fn shown<'a>(cx: &Cx<'a>) -> impl Iterator<Item = &'a Hop> + use<'a> {
    let judgement: &'a crate::analysis::hop::Judgement = cx.judgement;
    judgement
        .hops
        .iter()
        .filter(|hop| hop.kind != HopKind::Inspector)
}

/// The sign of a verdict. While something has not been answered at all (neither with a value nor
/// with a refusal), what is unknown may still become known: it is being read.
pub fn sign(verdict: Verdict, is_reading: bool) -> Sign {
    match verdict {
        Verdict::Open => Sign::Open,
        Verdict::AtRisk => Sign::AtRisk,
        Verdict::Unknown if is_reading => Sign::Reading,
        Verdict::Unknown => Sign::Unknown,
        Verdict::Shut => Sign::Shut,
    }
}

/// Whether something that the judgement leans on has not been answered for the first time.
pub fn is_reading(inventory: &Inventory) -> bool {
    inventory.snapshot().is_reading()
}

/// Signs and counts of `works`, worst first; what is still being read stands before what is open.
pub fn works(cx: &Cx<'_>) -> Vec<(Sign, usize)> {
    let mut counts = [
        (Sign::Shut, 0),
        (Sign::AtRisk, 0),
        (Sign::Unknown, 0),
        (Sign::Reading, 0),
        (Sign::Open, 0),
    ];
    let is_reading = is_reading(cx.inventory);
    for hop in shown(cx) {
        let own = sign(hop.verdict(), is_reading);
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == own) {
            *count += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Signs and counts of `safe`: what works wider than the pattern.
pub fn safe(cx: &Cx<'_>) -> Vec<(Sign, usize)> {
    let exposures = cx
        .judgement
        .findings
        .iter()
        .filter(|one| one.kind == FindingKind::Exposure)
        .count();
    if exposures > 0 {
        vec![(Sign::Exposure, exposures)]
    } else {
        Vec::new()
    }
}
