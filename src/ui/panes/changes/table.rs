//! The list: its columns, and one event as a row.

use std::sync::Arc;

use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, Keep, TableRow};

use super::detail;
use super::rows::Event;

/// The columns.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::sign(),
        Column::name("WHEN").between(8, 12),
        Column::name("WHAT").between(14, 44),
        Column::text("CALL", Keep::Second).between(12, 44),
        Column::text("WHO", Keep::Reason).between(8, 34),
    ]
}

/// One event.
pub(super) fn row(cx: &Cx<'_>, event: &Event) -> TableRow {
    let rank = Sign::ALL
        .iter()
        .position(|own| *own == event.sign)
        .unwrap_or(0);
    let sign = match event.sign {
        Sign::Marked => Rich::of(Role::Text, "●"),
        sign => Rich::sign(cx.signs, sign),
    };
    let is_quiet = matches!(event.sign, Sign::Note | Sign::None);
    let subject = if is_quiet {
        Rich::muted(event.subject.clone())
    } else {
        Rich::strong(event.subject.clone())
    };
    TableRow {
        id: Arc::clone(&event.id),
        group: None,
        cells: vec![
            Cell::number(sign, i64::try_from(rank).unwrap_or(0)),
            Cell::number(
                Rich::muted(detail::when(cx, event.at)),
                event.at.unix_timestamp(),
            ),
            Cell::from(subject),
            Cell::from(if is_quiet {
                Rich::muted(event.call.clone())
            } else {
                Rich::plain(event.call.clone())
            }),
            Cell::from(Rich::muted(event.who.clone())),
        ],
        fault: matches!(event.sign, Sign::Shut | Sign::AtRisk),
    }
}
