//! What each rule carries, as lines of a detail: a count beside the rule, and the hops by name, so
//! that nobody removes a rule blindly.
//!
//! Which hop passes by which rule is said by the judgement; here it is only worded.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::carried::{Carried, Load, Needs};
use crate::analysis::hop::{Hop, HopKind, Judgement};
use crate::analysis::verdict::{Gate, Verdict};
use crate::analysis::way::Rule;
use crate::model::id::ArmId;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::map;

/// How many hops of one rule are named.
const NAMED: usize = 6;

/// The hops of the newest judgement by the rules that carry them.
#[derive(Debug, Default)]
pub(super) struct Loads {
    judgement: Option<Arc<Judgement>>,
    revision: Option<u64>,
    carried: Carried,
    /// The hops but hopscope's own, by all that their target lies within.
    to: HashMap<ArmId, Vec<usize>>,
}

/// A rule of a detail, with what it is called there.
pub(super) struct Named {
    /// The resource that holds it.
    pub(super) at: ArmId,
    /// The rule.
    pub(super) rule: Rule,
    /// Its name in the list.
    pub(super) label: String,
}

/// Where each hop leads: to the thing itself and to all that it lies within.
fn by_target(hops: &[Hop]) -> HashMap<ArmId, Vec<usize>> {
    let mut to: HashMap<ArmId, Vec<usize>> = HashMap::new();
    let wanting = hops
        .iter()
        .enumerate()
        .filter(|(_, hop)| hop.kind != HopKind::Inspector && hop.to.starts_with('/'));
    for (at, hop) in wanting {
        let mut id = Some(ArmId::new(&hop.to));
        while let Some(here) = id {
            id = here.parent();
            to.entry(here).or_default().push(at);
        }
    }
    to
}

impl Loads {
    /// Takes over a newer judgement, or newer readings. True when something may have changed.
    pub(super) fn update(&mut self, cx: &Cx<'_>) -> bool {
        let revision = Some(cx.inventory.snapshot().revision());
        let is_same = self
            .judgement
            .as_ref()
            .is_some_and(|own| Arc::ptr_eq(own, cx.judgement));
        if is_same && self.revision == revision {
            return false;
        }
        self.carried = Carried::of(cx.inventory, &cx.judgement.hops);
        self.to = by_target(&cx.judgement.hops);
        self.judgement = Some(Arc::clone(cx.judgement));
        self.revision = revision;
        true
    }

    /// The hop at a place.
    pub(super) fn hop(&self, at: usize) -> Option<&Hop> {
        self.judgement.as_ref()?.hops.get(at)
    }

    /// Every hop that was judged.
    pub(super) fn hops(&self) -> &[Hop] {
        self.judgement
            .as_ref()
            .map_or(&[], |own| own.hops.as_slice())
    }

    /// The hops that lead to a resource or into it, without hopscope's own.
    pub(super) fn to(&self, id: &ArmId) -> impl Iterator<Item = &Hop> {
        let places = self.to.get(id).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.hop(*at))
    }

    /// How many hops pass a gate of a resource as its target, and how many want to.
    pub(super) fn gets_in(&self, cx: &Cx<'_>, id: &ArmId) -> Option<(usize, usize)> {
        cx.judged?;
        let mut all = 0;
        let mut open = 0;
        for gate in self.to(id).filter_map(|hop| hop.gate(Gate::Network)) {
            all += 1;
            open += usize::from(matches!(
                gate.judged.verdict,
                Verdict::Open | Verdict::AtRisk
            ));
        }
        Some((open, all))
    }

    /// The worst that the network gates of these hops say.
    pub(super) fn worst_network<'a>(hops: impl Iterator<Item = &'a Hop>) -> Option<Verdict> {
        Verdict::worst(
            hops.filter_map(|hop| hop.gate(Gate::Network))
                .map(|gate| gate.judged.verdict),
        )
    }

    /// How many hops a rule carries, for a column: the number, and what it is sorted by.
    pub(super) fn number(&self, cx: &Cx<'_>, at: &ArmId, gate: Gate, rule: &Rule) -> (Rich, i64) {
        if cx.judged.is_none() {
            return (crate::ui::value::not_read(), -1);
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        match self.carried.load(at, gate, rule) {
            Load::Hops {
                certain: 0,
                perhaps,
                ..
            } => (
                Rich::of(Role::VerdictUnknown, format!("? {perhaps}")),
                count(perhaps),
            ),
            Load::Hops { certain, .. } => (Rich::plain(certain.to_string()), count(certain)),
            Load::Nothing => (Rich::muted("0"), 0),
            Load::NotKnown(_) => (Rich::of(Role::VerdictUnknown, "?"), -1),
        }
    }

    /// The same in words: `2 hops, 1 only by it`.
    pub(super) fn words(&self, cx: &Cx<'_>, at: &ArmId, gate: Gate, rule: &Rule) -> Rich {
        if cx.judged.is_none() {
            return Rich::muted("hops not judged yet");
        }
        match self.carried.load(at, gate, rule) {
            Load::Hops {
                certain: 0,
                perhaps,
                ..
            } => Rich::of(
                Role::VerdictUnknown,
                format!("{} may pass by it", hops(perhaps)),
            ),
            Load::Hops { certain, only, .. } => {
                let also = match (only, certain) {
                    (0, _) => ", each by another way too",
                    (own, all) if own == all => ", only by it",
                    _ => "",
                };
                let partly = if only > 0 && only < certain {
                    format!(", {only} only by it")
                } else {
                    also.to_owned()
                };
                Rich::plain(format!("{}{partly}", hops(certain)))
            }
            Load::Nothing => Rich::muted("carries no hop"),
            Load::NotKnown(_) => Rich::of(Role::VerdictUnknown, "not known"),
        }
    }

    /// The section that lists the hops, rule by rule. None where there is no rule.
    pub(super) fn section(&self, cx: &Cx<'_>, gate: Gate, rules: &[Named]) -> Option<Section> {
        if rules.is_empty() {
            return None;
        }
        let mut section = Section::new("WHAT EACH RULE CARRIES");
        if cx.judged.is_none() {
            return Some(section.words(Rich::muted("Hops are still being judged.")));
        }
        let mut unsure = false;
        let mut has_none = false;
        for one in rules {
            section = section.words(
                Rich::strong(one.label.clone())
                    .then(Role::Text, "  ")
                    .and(self.words(cx, &one.at, gate, &one.rule)),
            );
            match self.carried.load(&one.at, gate, &one.rule) {
                Load::Nothing => has_none = true,
                Load::NotKnown(why)
                    if one.rule.is_for_unseen() && self.carried.missing().is_none() =>
                {
                    section = section.words(Rich::muted(format!("  {why}")));
                }
                Load::NotKnown(_) => unsure = true,
                Load::Hops { .. } => section = self.listed(cx, section, gate, one),
            }
        }
        if has_none {
            section = section.words(Rich::muted(
                "What carries no hop is a candidate for removal, unless something that is not read here uses it.",
            ));
        }
        if let Some(why) = self.carried.missing().filter(|_| unsure) {
            let words = format!(" What else they carry is not known: {why}.");
            section = section.words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, words));
        }
        Some(section)
    }

    fn listed(&self, cx: &Cx<'_>, mut section: Section, gate: Gate, one: &Named) -> Section {
        let passages = self.carried.by(&one.at, gate, &one.rule);
        let all_only = passages.iter().all(|one| one.needs == Needs::Only);
        for passage in passages.iter().take(NAMED) {
            let Some(hop) = self.hop(passage.hop) else {
                continue;
            };
            let (sign, role, how) = match &passage.needs {
                Needs::Only if all_only => (Sign::Keep, Role::Text, String::new()),
                Needs::Only => (Sign::Keep, Role::Text, "only by it".to_owned()),
                Needs::Also(other) => (Sign::Note, Role::Muted, format!("also {}", other.words())),
                Needs::Perhaps => (Sign::Unknown, Role::VerdictUnknown, "perhaps".to_owned()),
            };
            let who = format!("{} {}", map::caller_name(cx, hop), hop.kind);
            section = section.words(
                Rich::plain("  ")
                    .and(Rich::sign(cx.signs, sign))
                    .then(Role::Text, format!(" {who}"))
                    .then(role, format!("  {how}")),
            );
        }
        if passages.len() > NAMED {
            let more = passages.len() - NAMED;
            section = section.words(Rich::muted(format!("    and {more} more")));
        }
        section
    }
}

fn hops(count: usize) -> String {
    match count {
        1 => "1 hop".to_owned(),
        many => format!("{many} hops"),
    }
}
