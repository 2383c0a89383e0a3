//! The hops of the Map as plain rows, worst first, and the names of their ends.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::analysis::foundry::managed;
use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::verdict::{Gate, Verdict};
use crate::map::{self, Who};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::Resource;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::short_guid;

/// One hop.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its id.
    pub(super) id: Arc<str>,
    /// The hop itself.
    pub(super) hop: Hop,
    /// Its sign.
    pub(super) sign: Sign,
    /// What the caller is called.
    pub(super) from: String,
    /// What the target is called.
    pub(super) to: String,
}

impl Row {
    /// The gate that decides: the first of the worst.
    pub(super) fn worst(&self) -> Option<usize> {
        let verdict = self.hop.verdict();
        self.hop
            .gates
            .iter()
            .position(|gate| gate.judged.verdict == verdict)
            .filter(|_| verdict != Verdict::Open)
    }

    /// The words in the column GATE: the one that decides, then the others that are not open, so that
    /// a filter finds them all.
    pub(super) fn gates(&self) -> String {
        let others =
            self.hop.gates.iter().filter(|gate| {
                gate.judged.verdict != Verdict::Open && gate.gate.word() != self.gate()
            });
        let words = std::iter::once(self.gate()).chain(others.map(|gate| gate.gate.word()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// The word for the gate that decides.
    pub(super) fn gate(&self) -> &'static str {
        self.worst()
            .and_then(|at| self.hop.gates.get(at))
            .map_or("", |gate| gate.gate.word())
    }

    /// The sign of one gate; a gate that does not apply is not needed.
    pub(super) fn gate_sign(&self, gate: Gate, is_reading: bool) -> Sign {
        self.hop.gate(gate).map_or(Sign::None, |own| {
            tally::sign(own.judged.verdict, is_reading)
        })
    }

    /// What ties the two ends, without the word for its kind.
    pub(super) fn via(&self) -> Option<&str> {
        let via = self.hop.via.as_deref()?;
        Some(via.split_once(' ').map_or(via, |(_, name)| name))
    }
}

/// Every hop that a person asks about, shut, at risk, unknown, open; while something is read, what
/// is known stands first.
pub(super) fn build(cx: &Cx<'_>) -> Vec<Row> {
    let is_reading = tally::is_reading(cx.inventory);
    let mut rows: Vec<Row> = tally::shown(cx)
        .map(|hop| Row {
            id: Arc::from(hop.id()),
            sign: tally::sign(hop.verdict(), is_reading),
            from: caller_name(cx, hop),
            to: end_name(cx, &hop.to),
            hop: hop.clone(),
        })
        .collect();
    rows.sort_by_key(|row| {
        let rank = match row.sign {
            Sign::Shut => 0,
            Sign::AtRisk => 1,
            Sign::Unknown => 2,
            Sign::Open if is_reading => 3,
            Sign::Reading => 4,
            _ => 5,
        };
        (rank, Reverse(row.hop.counts()), row.hop.kind)
    });
    rows
}

/// What the caller is called. Whoever reads a key in a managed group is named by its identity: the
/// group itself calls nobody.
pub(in crate::ui) fn caller_name(cx: &Cx<'_>, hop: &Hop) -> String {
    let is_group = hop.from.starts_with('/') && ArmId::new(&hop.from).resource_type().is_none();
    if hop.kind == HopKind::IdentityToKey
        && is_group
        && let Some((_, name)) = hop.via.as_deref().and_then(|via| via.split_once(' '))
    {
        return name.to_owned();
    }
    end_name(cx, &hop.from)
}

/// What an end is called: a resource by its name, a person by theirs, a host by itself.
pub(in crate::ui) fn end_name(cx: &Cx<'_>, end: &str) -> String {
    if end.starts_with('/') || end.contains('.') || end.contains(':') {
        let id = ArmId::new(end);
        // A subscription is known by its name, not by the end of its id.
        let own = id
            .subscription()
            .filter(|own| own.as_str().eq_ignore_ascii_case(id.name()))
            .and_then(|own| cx.inventory.subscription(&own));
        if let Some(subscription) = own {
            return subscription.display_name.clone();
        }
        return map::name_of(end);
    }
    let own = cx.snapshot.callers().iter().find(|caller| {
        let ids = [
            caller.object_id.as_ref().map(PrincipalId::as_str),
            caller.app_id.as_deref(),
        ];
        ids.into_iter()
            .flatten()
            .any(|id| id.eq_ignore_ascii_case(end))
    });
    if let Some(name) = own.and_then(|caller| caller.label()) {
        return name.split('@').next().unwrap_or(name).to_owned();
    }
    let known = cx.inventory.principal(&PrincipalId::new(end));
    known
        .and_then(|one| one.user_principal_name.text().or(one.display_name.text()))
        .map_or_else(
            || short_guid(end),
            |name| name.split('@').next().unwrap_or(name).to_owned(),
        )
}

/// What the Map has to know beside resources and hops.
pub(super) fn who(cx: &Cx<'_>) -> Who {
    Who {
        name: cx
            .snapshot
            .callers()
            .first()
            .and_then(|caller| caller.label())
            .map(str::to_owned),
        address: cx.judging.client_ip.map(|address| address.to_string()),
        managed: managed::groups(cx.inventory),
        is_reading: tally::is_reading(cx.inventory),
    }
}

/// The resources that have a box.
pub(super) fn resources(cx: &Cx<'_>) -> Vec<Arc<Resource>> {
    cx.inventory.resources().cloned().collect()
}
