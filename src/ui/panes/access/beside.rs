//! The excess: as rows of its own view, as a list beside the cell, and in the detail of one role.
//!
//! What is too wide, and what rests on it, is said by the analysis.

use crate::analysis::access::Matrix;
use crate::analysis::access::excess::{Excess, Why, Wide};
use crate::store::Inventory;
use crate::ui::cx::Cx;
use crate::ui::panes::{map, mend, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::names::Names;
use super::needs::short_role;
use super::rows::{self, About, Line, Table};

/// How many hops of one role are named.
const SHOWN: usize = 8;

/// What is held in excess, the widest first. `how` says in what it is too wide, `concerns` counts
/// the hops that rest on it.
pub(super) fn rows(
    inventory: &Inventory,
    matrix: &Matrix,
    names: &Names,
    excess: &Excess,
) -> Table {
    let lines = excess.roles.iter().map(|one| {
        let row = &matrix.rows[one.row];
        Line {
            sign: Sign::Exposure,
            how: one.why.words().to_owned(),
            concerns: one.carries.len(),
            about: About::Assignment(one.row, None),
            ..rows::assignment(inventory, names, row, 0)
        }
    });
    Table {
        blocks: Vec::new(),
        lines: lines.collect(),
    }
}

/// One role in excess in a line: who, which role, where, why.
pub(super) fn line(cx: &Cx<'_>, matrix: &Matrix, names: &Names, one: &Wide) -> Rich {
    let row = &matrix.rows[one.row];
    let holder = names.holder(cx.inventory, &row.principal, &row.principal_type);
    let role = row
        .role_name
        .clone()
        .unwrap_or_else(|| format!("role {}", short_guid(&row.role.0)));
    Rich::sign(cx.signs, Sign::Exposure)
        .then(
            Role::Text,
            format!(" {}  {}", holder.label, short_role(&role)),
        )
        .then(
            Role::Muted,
            format!(
                " on {}  {}",
                trouble::place(cx, &row.scope),
                one.why.words()
            ),
        )
}

/// The excess as a list of its own, where there is room beside the cell.
pub(super) fn sections(
    cx: &Cx<'_>,
    matrix: &Matrix,
    names: &Names,
    excess: &Excess,
) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut of: Option<(Why, Section)> = None;
    for one in &excess.roles {
        let row = &matrix.rows[one.row];
        let holder = names.holder(cx.inventory, &row.principal, &row.principal_type);
        let role = row
            .role_name
            .clone()
            .unwrap_or_else(|| format!("role {}", short_guid(&row.role.0)));
        let (_, section) = match &mut of {
            Some((why, section)) if *why == one.why => (why, section),
            _ => {
                sections.extend(of.take().map(|(_, section)| section));
                let words = Rich::sign(cx.signs, Sign::Exposure)
                    .then(Role::Text, format!(" {}", one.why.words()));
                let first = Section::default().words(words);
                let new = of.insert((one.why, first));
                (&mut new.0, &mut new.1)
            }
        };
        let carries = match (one.carries.len(), one.only.len()) {
            (0, _) => String::new(),
            (all, 0) => format!("  {all} hops, none by it alone"),
            (_, 1) => "  1 hop only by it".to_owned(),
            (_, only) => format!("  {only} hops only by it"),
        };
        *section = std::mem::take(section)
            .words(
                Rich::plain("  ")
                    .then(Role::Strong, holder.label)
                    .then(Role::Text, format!("  {}", short_role(&role))),
            )
            .words(Rich::plain("    ").then(
                Role::Muted,
                format!(
                    "{} {}{carries}",
                    row.level.words(),
                    trouble::place(cx, &row.scope)
                ),
            ));
    }
    sections.extend(of.map(|(_, section)| section));
    sections.extend(unread(cx, excess));
    if sections.is_empty() {
        let words = "No role is wider than the hops need.";
        sections.push(
            Section::default()
                .words(Rich::sign(cx.signs, Sign::Open).then(Role::Text, format!(" {words}"))),
        );
    }
    sections
}

/// What cannot be said of the excess, and why.
pub(super) fn unread(cx: &Cx<'_>, excess: &Excess) -> Option<Section> {
    let mut section = Section::new("WHAT CANNOT BE SAID");
    if let Some(why) = &excess.unsure {
        let words = format!(" Whether a role is of no use: {why}.");
        section = section.words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, words));
    }
    if excess.not_read > 0 {
        let words = format!(
            " {} assignments have a role whose definition was not read.",
            excess.not_read
        );
        section = section.words(Rich::sign(cx.signs, Sign::Unknown).then(Role::Text, words));
    }
    (!section.lines.is_empty()).then_some(section)
}

/// What the detail of an assignment says of its excess.
pub(super) fn of_row(cx: &Cx<'_>, one: &Wide, tool: mend::Chosen) -> (Vec<Section>, Vec<Section>) {
    let mut first = Section::default().words(
        Rich::sign(cx.signs, Sign::Exposure).then(Role::Strong, format!(" {}", one.why.words())),
    );
    if !one.instead.is_empty() {
        let names: Vec<&str> = one.instead.iter().map(|role| role.name).collect();
        first = first.words(Rich::muted(format!("Its hops need {}.", names.join(", "))));
    }
    let mut left = vec![first];
    if !one.carries.is_empty() {
        let mut section = Section::new("HOPS THAT REST ON IT");
        for at in one.carries.iter().take(SHOWN) {
            let Some(hop) = cx.judgement.hops.get(*at) else {
                continue;
            };
            let is_only = one.only.contains(at);
            let (sign, words) = if is_only {
                (Sign::Keep, "  only by it")
            } else {
                (Sign::Note, "  by another role too")
            };
            section = section.words(
                Rich::sign(cx.signs, sign)
                    .then(
                        Role::Text,
                        format!(" {} {}", map::caller_name(cx, hop), hop.kind),
                    )
                    .then(Role::Muted, words),
            );
        }
        left.push(section);
    }
    let proof = mend::sections(cx, super::CONTEXT, "MEND", &one.remedies, tool);
    (left, proof)
}
