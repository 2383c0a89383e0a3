//! Rows of Access as cells of the table.

use std::sync::Arc;

use crate::model::field::Field;
use crate::ui::cx::Cx;
use crate::ui::panes::trouble;
use crate::ui::text::{Cut, Rich};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, Keep, TableRow};

use super::rows::{About, Line};

/// The columns of a view. A column that would be empty is not there.
pub(super) fn columns(view: usize, has_condition: bool) -> Vec<Column> {
    let mut columns = vec![Column::sign()];
    if view == super::EXCESS {
        columns.extend([
            Column::name("WHO HOLDS IT").between(14, 30),
            Column::name("ROLE").between(16, 44),
            Column::text("SCOPE", Keep::Second).between(12, 34),
            Column::text("TOO WIDE", Keep::Reason).between(14, 44),
            Column::number("HOPS", Keep::Muted).between(4, 6),
        ]);
        return columns;
    }
    if view == 1 {
        columns.extend([
            Column::name("WHO HOLDS IT").between(16, 34),
            Column::text("TYPE", Keep::Muted).between(14, 22),
            Column::name("ROLE").between(27, 48),
            Column::text("SCOPE", Keep::Second).between(12, 34),
            Column::text("HOW", Keep::Reason).between(16, 30),
        ]);
    } else {
        columns.extend([
            Column::name("ROLE").between(27, 48),
            Column::text("SCOPE", Keep::Reason).between(12, 40),
            Column::text("STANDS AT", Keep::Second).between(8, 18),
            Column::text("CONCERNS", Keep::Muted).between(8, 14),
        ]);
    }
    if has_condition {
        columns.push(Column::text("CONDITION", Keep::Muted).between(10, 40));
    }
    columns
}

pub(super) fn row(cx: &Cx<'_>, view: usize, line: &Line, has_condition: bool) -> TableRow {
    let text = if line.is_inherited {
        Role::Muted
    } else {
        Role::Text
    };
    let place = trouble::place(cx, &line.scope);
    let sign: Cell = Rich::sign(cx.signs, line.sign).into();
    let mut cells = vec![sign];
    if let About::NotRead(key) = &line.about {
        let why = value::missing(cx.signs, cx.snapshot.slice(key), cx.now)
            .unwrap_or_else(value::not_read);
        if view == 1 {
            cells.extend([
                Rich::plain("role assignments").into(),
                Rich::new().into(),
                why.into(),
            ]);
            cells.extend([Rich::muted(place).into(), Rich::new().into()]);
        } else {
            cells.extend([
                Rich::plain("role assignments")
                    .then(Role::Text, "  ")
                    .and(why)
                    .into(),
                Rich::muted(place).into(),
            ]);
            cells.extend([Rich::new().into(), Rich::new().into()]);
        }
    } else {
        let role = if line.is_role_known {
            Rich::of(text, line.role.clone())
        } else {
            Rich::of(Role::VerdictUnknown, line.role.clone())
        };
        if view == 1 || view == super::EXCESS {
            let who = if line.holder.is_named {
                Rich::of(text, line.holder.label.clone())
            } else {
                Rich::muted(line.holder.label.clone())
            };
            if view == super::EXCESS {
                let number = i64::try_from(line.concerns).unwrap_or(i64::MAX);
                let hops = if line.concerns == 0 {
                    Rich::muted("0")
                } else {
                    Rich::plain(line.concerns.to_string())
                };
                cells.extend([
                    who.into(),
                    role.into(),
                    Cell::from(Rich::muted(place)).cut(Cut::Middle),
                    Rich::plain(line.how.clone()).into(),
                    Cell::number(hops, number),
                ]);
                return TableRow {
                    id: Arc::clone(&line.id),
                    group: None,
                    cells,
                    fault: true,
                };
            }
            cells.extend([
                who.into(),
                Rich::muted(line.holder.kind.clone()).into(),
                role.into(),
                Cell::from(Rich::muted(place)).cut(Cut::Middle),
                Rich::muted(line.how.clone()).into(),
            ]);
        } else {
            let concerns = match line.concerns {
                0 => Rich::muted("none here"),
                1 => Rich::plain("1 resource"),
                many => Rich::plain(format!("{many} resources")),
            };
            let number = i64::try_from(line.concerns).unwrap_or(i64::MAX);
            cells.extend([
                role.into(),
                Cell::from(Rich::plain(place)).cut(Cut::Middle),
                Rich::muted(line.how.clone()).into(),
                Cell::number(concerns, number),
            ]);
        }
    }
    if has_condition {
        let words = match &line.condition {
            Field::Absent | Field::Null => Rich::new(),
            set => value::field(cx.signs, set, |text| {
                Rich::plain(text.split_whitespace().collect::<Vec<_>>().join(" "))
            }),
        };
        cells.push(words.into());
    }
    TableRow {
        id: Arc::clone(&line.id),
        group: Some(line.block),
        cells,
        fault: line.is_fault(),
    }
}
