//! The second table: address pools as a tree, with a bar of what is used, reserved and free.

use std::sync::Arc;

use crate::analysis::addresses::{Node, Room};
use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::verdict::Verdict;
use crate::model::id::ArmId;
use crate::model::text::grouped;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, Keep, TableRow};

/// The cells of a bar.
const BAR: u16 = 24;

/// The most digits of a count that a cell of a table shows whole; the detail shows all of any.
const WHOLE: u128 = 1_000_000_000_000;

/// The columns.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("POOL").between(10, 30),
        Column::text("RANGE", Keep::Second).between(10, 24),
        Column::text("█ used  ▒ reserved  ░ free", Keep::Reason).between(BAR, 26),
        Column::number("FREE OF ALL", Keep::Always).between(11, 34),
    ]
}

/// The hops into a pool.
pub(super) fn hops_into<'h>(hops: &'h [Hop], pool: &ArmId) -> impl Iterator<Item = &'h Hop> {
    let id = pool.clone();
    hops.iter()
        .filter(move |hop| hop.kind == HopKind::TenantToTenant && ArmId::new(&hop.to) == id)
}

/// The sign of a pool: the worst of the calls into it.
pub(super) fn sign(cx: &Cx<'_>, pool: &ArmId) -> Sign {
    let worst = Verdict::worst(hops_into(&cx.judgement.hops, pool).map(Hop::verdict));
    worst.map_or(Sign::Note, |verdict| {
        tally::sign(verdict, tally::is_reading(cx.inventory))
    })
}

/// The rows.
pub(super) fn rows(cx: &Cx<'_>, nodes: &[Node]) -> Vec<TableRow> {
    nodes.iter().map(|node| row(cx, node)).collect()
}

fn row(cx: &Cx<'_>, node: &Node) -> TableRow {
    let sign = sign(cx, &node.id);
    let rank = Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0);
    let free = node
        .room
        .free
        .map_or(-1, |free| i64::try_from(free).unwrap_or(i64::MAX));
    let range = match &node.pool {
        Some(pool) => value::list(cx.signs, &pool.prefixes).recast(Role::Muted),
        None => Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " not read"),
    };
    TableRow {
        id: Arc::from(node.id.as_str()),
        group: None,
        cells: vec![
            Cell::number(Rich::sign(cx.signs, sign), i64::try_from(rank).unwrap_or(0)),
            Cell::from(name(node)),
            Cell::from(range),
            Cell::from(bar(&node.room)),
            Cell::number(count(cx, &node.room), free),
        ],
        fault: matches!(sign, Sign::Shut | Sign::Unknown | Sign::AtRisk)
            || node.room.free.is_none(),
    }
}

fn name(node: &Node) -> Rich {
    let mut lines = String::new();
    for (level, follows) in node.follows.iter().enumerate() {
        let is_own = level + 1 == node.follows.len();
        lines.push_str(match (is_own, *follows) {
            (true, true) => "├ ",
            (true, false) => "╰ ",
            (false, true) => "│ ",
            (false, false) => "  ",
        });
    }
    Rich::of(Role::Border, lines).then(Role::Text, node.id.name().to_owned())
}

/// `31 of 1,024`; a count with many digits is rounded here, and whole in the detail.
fn count(cx: &Cx<'_>, room: &Room) -> Rich {
    let (Some(free), Some(total)) = (room.free, room.total) else {
        return Rich::sign(cx.signs, Sign::Unknown).then(Role::VerdictUnknown, " not known");
    };
    let most = if room.is_azures { "" } else { "≤ " };
    Rich::muted(most)
        .then(Role::Text, rounded(free))
        .then(Role::Muted, " of ")
        .then(Role::Muted, rounded(total))
}

/// A count for a narrow place: whole up to a billion billions' beginnings, else `1.2e24`.
pub(super) fn rounded(count: u128) -> String {
    if count < WHOLE {
        return grouped(count);
    }
    let digits = count.to_string();
    let power = digits.len() - 1;
    format!("≈{}.{}e{power}", &digits[..1], &digits[1..2])
}

/// The bar: used, reserved, free, a cell at least of whatever there is.
pub(super) fn bar(room: &Room) -> Rich {
    let (Some(total), Some(free)) = (room.total.filter(|total| *total > 0), room.free) else {
        return Rich::of(Role::Skeleton, "░".repeat(usize::from(BAR)));
    };
    let reserved = room.reserved.unwrap_or(0);
    let used = room
        .used
        .unwrap_or_else(|| total.saturating_sub(free).saturating_sub(reserved));
    let [used, reserved, free] = shares([used, reserved, free], total, BAR);
    let role = if free == 0 {
        Role::VerdictAtRisk
    } else {
        Role::Text
    };
    let cells = |shape: &str, count: u16| shape.repeat(usize::from(count));
    Rich::of(role, cells("█", used))
        .then(role, cells("▒", reserved))
        .then(Role::Node, cells("░", free))
}

/// How many cells each part takes: what is there takes one at least, and all of them together are as
/// many as there are.
fn shares(parts: [u128; 3], total: u128, cells: u16) -> [u16; 3] {
    // Widths of parts of more than 64 bits: divided first where multiplying would run over.
    let share = |part: u128| {
        let exact = match part.checked_mul(u128::from(cells)) {
            Some(product) => product / total,
            None => part / (total / u128::from(cells)).max(1),
        };
        let own = u16::try_from(exact).unwrap_or(cells).min(cells);
        if part > 0 { own.max(1) } else { 0 }
    };
    let mut own = parts.map(share);
    // Rounding leaves a cell or two: the largest part takes or gives them.
    loop {
        let sum: u16 = own.iter().sum();
        let largest = (0..3).max_by_key(|at| (own[*at], parts[*at])).unwrap_or(2);
        match sum.cmp(&cells) {
            std::cmp::Ordering::Equal => return own,
            std::cmp::Ordering::Less => own[largest] += cells - sum,
            std::cmp::Ordering::Greater => own[largest] -= 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_whatever_there_is_and_never_more_than_all() {
        for (parts, total, expected) in [
            ([0, 0, 1_024], 1_024, [0, 0, 24]),
            ([1, 0, 1_023], 1_024, [1, 0, 23]),
            ([992, 1, 31], 1_024, [22, 1, 1]),
            ([1_024, 0, 0], 1_024, [24, 0, 0]),
            ([1 << 79, 0, 1 << 79], 1 << 80, [12, 0, 12]),
            ([u128::MAX, 0, 0], u128::MAX, [24, 0, 0]),
            ([u128::MAX / 2, 1, u128::MAX / 2], u128::MAX, [12, 1, 11]),
        ] {
            let own = shares(parts, total, BAR);
            assert_eq!(own.iter().sum::<u16>(), BAR, "{parts:?}");
            assert_eq!(own, expected, "{parts:?}");
        }
    }

    #[test]
    fn counts_beyond_a_cell_are_rounded_and_say_so() {
        assert_eq!(rounded(1 << 20), "1,048,576");
        assert_eq!(rounded(WHOLE - 1), "999,999,999,999");
        assert_eq!(rounded(1 << 80), "≈1.2e24");
        assert_eq!(rounded(u128::MAX), "≈3.4e38");
    }
}
