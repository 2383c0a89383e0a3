//! Columns: how wide each one is, and which goes first when there is not enough room.

use std::borrow::Cow;

use super::TableRow;
use crate::ui::text::width;

/// Which side the words of a column stand on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// How dear a column is. Sign, name and verdict are never dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Labels and units: goes first.
    Muted,
    /// The second fact.
    Second,
    /// The reason: goes last.
    Reason,
    /// Never goes.
    #[default]
    Always,
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its head, in capitals; empty for the sign.
    pub head: Cow<'static, str>,
    /// Which side its words stand on.
    pub align: Align,
    /// How dear it is.
    pub keep: Keep,
    /// The least width at which it still says something.
    pub min: u16,
    /// The most it takes even when there is room.
    pub max: u16,
}

impl Column {
    /// The sign: one cell, never dropped, with one blank behind it.
    pub fn sign() -> Self {
        Self {
            min: 1,
            max: 1,
            ..Self::default()
        }
    }

    /// A name or a verdict: never dropped.
    pub fn name(head: impl Into<Cow<'static, str>>) -> Self {
        Self {
            head: head.into(),
            min: 10,
            max: 60,
            ..Self::default()
        }
    }

    /// Any other text.
    pub fn text(head: impl Into<Cow<'static, str>>, keep: Keep) -> Self {
        Self {
            head: head.into(),
            keep,
            min: 8,
            max: 48,
            ..Self::default()
        }
    }

    /// A number, on the right.
    pub fn number(head: impl Into<Cow<'static, str>>, keep: Keep) -> Self {
        Self {
            head: head.into(),
            keep,
            align: Align::Right,
            min: 2,
            max: 12,
        }
    }

    /// With other bounds.
    #[must_use]
    pub fn between(mut self, min: u16, max: u16) -> Self {
        (self.min, self.max) = (min, max.max(min));
        self
    }

    /// The blanks behind it: one behind a sign, two behind everything else.
    fn gap(&self) -> u16 {
        if self.head.is_empty() { 1 } else { 2 }
    }
}

/// The cell of a row that takes the room of those behind it: the last one that says anything, when
/// it is a text and not in the last column.
pub(super) fn spanning(row: &TableRow, columns: &[Column]) -> Option<usize> {
    let last = row.cells.iter().rposition(|cell| !cell.rich.is_empty())?;
    let is_text = columns
        .get(last)
        .is_some_and(|column| column.align == Align::Left);
    (is_text && last + 1 < columns.len() && last > 0).then_some(last)
}

/// How wide each column would like to be: its head (and the sign of its order) or its widest cell.
pub(super) fn natural(columns: &[Column], rows: &[TableRow]) -> Vec<u16> {
    let mut widths: Vec<u16> = columns
        .iter()
        .map(|column| width(&column.head).max(1))
        .collect();
    for row in rows {
        let wide = spanning(row, columns);
        for (number, (own, cell)) in widths.iter_mut().zip(&row.cells).enumerate() {
            if wide != Some(number) {
                *own = (*own).max(cell.rich.width());
            }
        }
    }
    for (own, column) in widths.iter_mut().zip(columns) {
        *own = (*own).min(column.max.max(width(&column.head)));
    }
    widths
}

/// Where each column stands: offset and width, none for those that went.
pub(super) fn fit(columns: &[Column], natural: &[u16], room: u16) -> Vec<Option<(u16, u16)>> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    loop {
        let gaps = kept
            .iter()
            .rev()
            .skip(1)
            .fold(0_u16, |sum, at| sum.saturating_add(columns[*at].gap()));
        let least = kept.iter().fold(gaps, |sum, at| {
            sum.saturating_add(natural[*at].min(columns[*at].min))
        });
        let droppable = kept
            .iter()
            .filter(|at| columns[**at].keep != Keep::Always)
            .min_by_key(|at| (columns[**at].keep, usize::MAX - **at))
            .copied();
        match droppable {
            Some(at) if least > room => kept.retain(|own| *own != at),
            _ => return spread(columns, natural, &kept, room.saturating_sub(gaps)),
        }
    }
}

/// Gives every kept column its wish, and takes what is too much from the widest ones.
fn spread(
    columns: &[Column],
    natural: &[u16],
    kept: &[usize],
    room: u16,
) -> Vec<Option<(u16, u16)>> {
    let mut widths: Vec<u16> = kept.iter().map(|at| natural[*at]).collect();
    loop {
        let total = widths
            .iter()
            .fold(0_u16, |sum, own| sum.saturating_add(*own));
        if total <= room {
            break;
        }
        let over = total - room;
        let widest = (0..widths.len())
            .filter(|own| widths[*own] > columns[kept[*own]].min)
            .max_by_key(|own| widths[*own]);
        let Some(widest) = widest else { break };
        // Down to the next widest at once would be fairer than one cell at a time only in speed.
        let take = over
            .min((widths[widest] - columns[kept[widest]].min).div_ceil(2))
            .max(1);
        widths[widest] -= take;
    }
    let mut places = vec![None; columns.len()];
    let mut x = 0_u16;
    for (own, at) in kept.iter().enumerate() {
        places[*at] = Some((x, widths[own]));
        x = x
            .saturating_add(widths[own])
            .saturating_add(columns[*at].gap());
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn muted_goes_first_then_the_second_fact_then_the_reason() {
        let columns = [
            Column::sign(),
            Column::name("NAME"),
            Column::text("REASON", Keep::Reason),
            Column::text("REGION", Keep::Muted),
            Column::text("SECOND", Keep::Second),
        ];
        let natural = [1, 20, 20, 20, 20];
        let kept = |room: u16| -> Vec<usize> {
            let places = fit(&columns, &natural, room);
            (0..5).filter(|at| places[*at].is_some()).collect()
        };
        assert_eq!(kept(120), [0, 1, 2, 3, 4]);
        assert_eq!(kept(40), [0, 1, 2, 4]);
        assert_eq!(kept(25), [0, 1, 2]);
        assert_eq!(kept(18), [0, 1]);
        assert_eq!(kept(0), [0, 1]);
    }

    #[test]
    fn columns_fit_the_room_and_do_not_touch() {
        let columns = [
            Column::sign(),
            Column::name("NAME"),
            Column::text("A", Keep::Muted),
            Column::number("MS", Keep::Second),
        ];
        for room in 16..120 {
            let places = fit(&columns, &[1, 30, 44, 6], room);
            let mut free = 0;
            for (x, own) in places.into_iter().flatten() {
                assert!(x >= free, "at {room}");
                free = x + own + 1;
                assert!(x + own <= room, "at {room}");
            }
        }
    }
}
