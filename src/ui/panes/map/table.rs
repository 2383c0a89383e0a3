//! The list of hops as a table.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::verdict::Gate;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, Column, Keep, TableRow};

use super::rows::Row;

/// Whether there is room for one sign a gate.
pub(super) fn is_wide(cx: &Cx<'_>) -> bool {
    cx.size.width >= 180
}

/// The columns.
pub(super) fn columns(is_wide: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::name("VERDICT").between(9, 9),
        Column::name("KIND").between(18, 26),
        Column::name("FROM → TO").between(22, 44),
    ];
    if is_wide {
        columns.push(Column::text("BASIS", Keep::Muted).between(8, 8));
        for head in HEADS {
            columns.push(Column::text(head, Keep::Muted).between(3, 4));
        }
    }
    // Where each gate has its sign, the words may be short.
    let most = if is_wide { 14 } else { 16 };
    columns.push(Column::text("GATE", Keep::Reason).between(8, most));
    columns
}

/// The heads of the gates, in the order of [`Gate::ALL`].
const HEADS: [&str; 7] = ["NET", "OUT", "AUTH", "ID", "ROLE", "CONF", "QTA"];

/// The two ends; what ties them where other calls have the same ends.
fn ends(row: &Row, is_one_of_several: bool) -> Rich {
    let ends = Rich::plain(row.from.clone())
        .then(Role::Muted, " → ")
        .then(Role::Text, row.to.clone());
    match row.via() {
        Some(via) if is_one_of_several => ends.then(Role::Muted, format!("  {via}")),
        _ => ends,
    }
}

/// One row a hop.
pub(super) fn rows(cx: &Cx<'_>, rows: &[Row], is_wide: bool) -> Vec<TableRow> {
    let is_reading = tally::is_reading(cx.inventory);
    let key = |row: &Row| (row.hop.kind, row.hop.from.clone(), row.hop.to.clone());
    let mut same: HashMap<_, usize> = HashMap::new();
    for row in rows {
        *same.entry(key(row)).or_default() += 1;
    }
    rows.iter()
        .enumerate()
        .map(|(number, row)| {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let kind = if row.sign == Sign::Shut {
                Rich::strong(row.hop.kind.word())
            } else {
                Rich::plain(row.hop.kind.word())
            };
            let mut cells = vec![
                Cell::number(Rich::signed(cx.signs, row.sign), number),
                Cell::from(kind),
                Cell::from(ends(row, same[&key(row)] > 1)),
            ];
            if is_wide {
                cells.push(Cell::from(Rich::muted(row.hop.basis.word())));
                for gate in Gate::ALL {
                    let sign = row.gate_sign(gate, is_reading);
                    cells.push(Cell::from(Rich::sign(cx.signs, sign)));
                }
            }
            cells.push(Cell::from(Rich::of(row.sign.word_role(), row.gates())));
            TableRow {
                id: Arc::clone(&row.id),
                group: None,
                cells,
                fault: matches!(row.sign, Sign::Shut | Sign::AtRisk | Sign::Unknown),
            }
        })
        .collect()
}
