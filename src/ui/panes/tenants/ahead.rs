//! A call that nobody made yet: the chosen network and the chosen pool, judged when a person asks, and
//! told in the detail with the call to copy.

use crate::analysis::ground::Ground;
use crate::analysis::hop::Remedy;
use crate::analysis::preflight::{self, ADDS, NO_CALL, Preflight, Presence};
use crate::analysis::tenancy::Seat;
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::model::ask::Ask;
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::Draw;
use crate::model::resource::Family;
use crate::model::text::grouped;
use crate::ui::cx::Cx;
use crate::ui::effect::{CopyItem, Effect, Outcome};
use crate::ui::frame::tally;
use crate::ui::panes::{mend, proof};
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::bridge::named;
use super::detail::{gate_line, remedies};
use super::{CONTEXT, Tenants};

impl Tenants {
    /// Judges the chosen network and the chosen pool as a call that nobody made yet.
    pub(super) fn look_ahead(&mut self, cx: &Cx<'_>) -> Outcome {
        let is_network = |id: &ArmId| {
            cx.inventory
                .resource(id)
                .is_some_and(|one| one.family == Family::VirtualNetwork)
        };
        let networks = || self.draws.listed().map(|row| ArmId::new(&*row.id));
        let chosen = self
            .drawing()
            .filter(is_network)
            .or_else(|| networks().find(is_network));
        let (Some(pool), Some(network)) = (self.of_pool.clone(), chosen) else {
            return Outcome::with(Effect::Say(
                "no pool, or no network, is in view: `hopscope preflight ipam` takes both by id"
                    .to_owned(),
            ));
        };
        let draw = Draw { pool, network };
        self.judge_ahead(cx, &draw);
        self.parts.go(self.parts.detail());
        self.make_detail(cx);
        // What the call rests on may not have been asked for: now it is.
        Outcome::with(Effect::Ask(Ask::Draw(draw)))
    }

    pub(super) fn judge_ahead(&mut self, cx: &Cx<'_>, draw: &Draw) {
        let ground = Ground::new(cx.inventory, cx.judging, cx.now);
        self.preflight = Some(preflight::ipam(&ground, draw, None));
    }
}

/// A call that nobody made yet.
pub(super) fn sections(
    cx: &Cx<'_>,
    seats: &[Seat],
    found: &Preflight,
    tool: mend::Chosen,
) -> Vec<Section> {
    let is_reading = tally::is_reading(cx.inventory);
    let verdict = found.verdict();
    let sign = tally::sign(verdict, is_reading);
    let tenant = |own: Option<&TenantId>| {
        own.map_or_else(|| "not known".to_owned(), |own| named(seats, own))
    };
    let presence = match &found.presence {
        Presence::There if found.draws => "draws already",
        Presence::There => "does not draw yet",
        Presence::Absent(_) => "is not there yet",
        Presence::Unread(_) => "was not read",
    };
    let mut sections = vec![
        Section::new("")
            .words(
                Rich::strong(found.draw.network.name().to_owned())
                    .then(Role::Node, " ┄┄▶ ")
                    .then(Role::Strong, found.draw.pool.name().to_owned())
                    .then(
                        Role::Muted,
                        format!(
                            "  {} to {}",
                            tenant(found.from.as_ref()),
                            tenant(found.to.as_ref())
                        ),
                    ),
            )
            .blank()
            .words(Rich::chip(cx.signs, sign).then(Role::Muted, format!("  {presence}")))
            .blank()
            .words(Rich::plain(found.says()))
            .words(Rich::muted(format!(
                "{} addresses are asked for. Nothing is changed: the call is yours.",
                grouped(found.wanted)
            ))),
    ];
    let open = found
        .checks
        .iter()
        .filter(|one| one.judged.verdict == Verdict::Open)
        .count();
    let mut conditions = Section::new("CONDITIONS").right(Rich::muted(format!(
        "{open} of {} open",
        found.checks.len()
    )));
    for check in &found.checks {
        conditions.lines.push(gate_line(cx, check, is_reading));
    }
    sections.push(conditions);
    let proofs: Vec<_> = found
        .checks
        .iter()
        .filter(|one| one.judged.verdict != Verdict::Open)
        .flat_map(|one| one.judged.evidence.iter().cloned())
        .collect();
    if !proofs.is_empty() {
        sections.push(proof::section(cx, &found.draw.pool, &proofs, &[]));
    }
    let calls: Vec<&str> = found.calls.iter().map(|call| call.text.as_str()).collect();
    let mends: Vec<Remedy> = remedies(&found.checks, None)
        .into_iter()
        .filter(|remedy| !calls.contains(&remedy.text.as_str()))
        .collect();
    sections.extend(mend::sections(cx, CONTEXT, "MEND FIRST", &mends, tool));
    let right = cx
        .key_of(CONTEXT, Action::Copy)
        .map_or_else(Rich::new, |key| {
            Rich::strong(key).then(Role::Muted, " copy")
        });
    let mut call = Section::new("THE CALL").right(right);
    if found.is_one_tenant == Some(true) {
        call = call.words(Rich::muted("One tenant: no auxiliary token is needed."));
    }
    if found.calls.is_empty() {
        call = call.words(Rich::muted(NO_CALL));
    } else if found.presence == Presence::There && !found.draws {
        call = call.words(Rich::muted(ADDS));
    }
    for (at, own) in found.calls.iter().enumerate() {
        if at > 0 {
            call = call.blank();
        }
        call = call
            .words(Rich::muted(own.form.word()))
            .code(own.text.clone());
    }
    sections.push(call);
    sections
}

/// What can be copied of a preflight: the calls, then what mends.
pub(super) fn copies(found: &Preflight, tool: mend::Chosen) -> Vec<CopyItem> {
    let calls = found.calls.iter().map(|call| CopyItem {
        label: format!("the call for {}", call.form),
        text: call.text.clone(),
    });
    calls
        .chain(mend::copy(&remedies(&found.checks, None), tool))
        .collect()
}
