//! The third table: who draws from the chosen pool, and the networks that do not.

use std::sync::Arc;

use time::{OffsetDateTime, UtcOffset};

use crate::analysis::addresses::{Drawer, Kind, first_pool, tenant_of};
use crate::analysis::hop::Hop;
use crate::analysis::tenancy::Seat;
use crate::model::id::{ArmId, TenantId};
use crate::model::resource::{Details, Resource};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, Group, Keep, TableRow};

use super::bridge::named;
use super::pools::{hops_into, rounded};

/// The columns.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("NETWORK").between(12, 34),
        Column::name("RANGE").between(12, 30),
        Column::text("TENANT", Keep::Second).between(8, 18),
        Column::text("SINCE", Keep::Muted).between(6, 12),
        Column::number("ADDRESSES", Keep::Reason).between(9, 19),
    ]
}

/// The call of a network into a pool of another tenant.
pub(super) fn hop<'h>(hops: &'h [Hop], pool: &ArmId, network: &ArmId) -> Option<&'h Hop> {
    hops_into(hops, pool).find(|hop| ArmId::new(&hop.from) == *network)
}

/// The groups and rows: those that draw, then the networks that do not.
pub(super) fn rows(
    cx: &Cx<'_>,
    seats: &[Seat],
    pool: &ArmId,
    drawers: &[Drawer],
    others: &[Arc<Resource>],
) -> (Vec<Group>, Vec<TableRow>) {
    let mut groups = Vec::new();
    let group = (!others.is_empty()).then(|| {
        groups.push(Group {
            title: if drawers.is_empty() {
                Rich::muted("nobody draws from it")
            } else {
                Rich::muted("draw from it")
            },
            right: Rich::new(),
        });
        0
    });
    let mut rows: Vec<TableRow> = drawers
        .iter()
        .map(|one| drawer_row(cx, seats, pool, one, group))
        .collect();
    if !others.is_empty() {
        groups.push(Group {
            title: Rich::muted("do not draw from it"),
            right: Rich::new(),
        });
        let at = groups.len() - 1;
        rows.extend(others.iter().map(|one| other_row(cx, seats, one, at)));
    }
    (groups, rows)
}

fn drawer_row(
    cx: &Cx<'_>,
    seats: &[Seat],
    pool: &ArmId,
    one: &Drawer,
    group: Option<usize>,
) -> TableRow {
    let own = hop(&cx.judgement.hops, pool, &one.id);
    let sign = own.map_or(Sign::None, |hop| {
        tally::sign(hop.verdict(), tally::is_reading(cx.inventory))
    });
    let name = match one.kind {
        Kind::Network | Kind::Resource => Rich::plain(one.id.name().to_owned()),
        Kind::Static => Rich::muted("static: ").then(Role::Text, one.id.name().to_owned()),
        Kind::Pool => Rich::muted("pool: ").then(Role::Text, one.id.name().to_owned()),
    };
    let range = match (one.prefixes.is_empty(), one.asked) {
        (false, _) => Rich::muted(one.prefixes.join(", ")),
        (true, Some(asked)) => Rich::plain(format!("asks for {}", rounded(asked))),
        (true, None) => Rich::muted("none yet"),
    };
    let count = one.addresses.map_or_else(
        || Rich::muted("0").recast(Role::Muted),
        |count| Rich::plain(rounded(count)),
    );
    TableRow {
        id: Arc::from(one.id.as_str()),
        group,
        cells: vec![
            Cell::number(Rich::sign(cx.signs, sign), rank(sign)),
            Cell::from(name),
            Cell::from(range),
            Cell::from(tenant(seats, one.tenant.as_ref(), cx)),
            Cell::number(
                one.since
                    .map_or_else(Rich::new, |at| Rich::muted(day(at, cx.now, cx.offset))),
                one.since.map_or(0, OffsetDateTime::unix_timestamp),
            ),
            Cell::number(
                count,
                one.addresses
                    .map_or(0, |count| i64::try_from(count).unwrap_or(i64::MAX)),
            ),
        ],
        fault: matches!(sign, Sign::Shut | Sign::Unknown | Sign::AtRisk),
    }
}

fn other_row(cx: &Cx<'_>, seats: &[Seat], one: &Arc<Resource>, group: usize) -> TableRow {
    let ranges = match &one.details {
        Details::VirtualNetwork(own) => own.address_prefixes.join(", "),
        _ => String::new(),
    };
    let from = first_pool(one).map_or_else(
        || "own ranges".to_owned(),
        |pool| format!("from {}", pool.name()),
    );
    let tenant_id = tenant_of(cx.inventory, &one.id);
    TableRow {
        id: Arc::from(one.id.as_str()),
        group: Some(group),
        cells: vec![
            Cell::number(Rich::sign(cx.signs, Sign::None), rank(Sign::None)),
            Cell::from(Rich::muted(one.name.clone())),
            Cell::from(Rich::muted(ranges)),
            Cell::from(tenant(seats, tenant_id.as_ref(), cx)),
            Cell::from(Rich::muted(from)),
            Cell::number(Rich::new(), 0),
        ],
        fault: false,
    }
}

fn tenant(seats: &[Seat], own: Option<&TenantId>, cx: &Cx<'_>) -> Rich {
    match own {
        Some(own) => Rich::muted(named(seats, own)),
        None => Rich::sign(cx.signs, Sign::Unknown).then(Role::Muted, " not known"),
    }
}

fn rank(sign: Sign) -> i64 {
    let at = Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0);
    i64::try_from(at).unwrap_or(0)
}

/// A day on the wall's calendar: `06 Mar`, with its year when it is another one.
pub(super) fn day(at: OffsetDateTime, now: OffsetDateTime, offset: UtcOffset) -> String {
    let (at, now) = (at.to_offset(offset), now.to_offset(offset));
    let month = &at.month().to_string()[..3];
    if at.year() == now.year() {
        format!("{:02} {month}", at.day())
    } else {
        format!("{:02} {month} {}", at.day(), at.year())
    }
}
