//! Calls as cells of the table, and their bars in the waterfall.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::model::ledger::{LedgerEntry, Outcome as Ending};
use crate::store::Ledger;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::data_table::{Cell, TableRow};

/// Cells of a row's bar in the waterfall.
pub(super) const WATERFALL: u16 = 28;

/// Calls whose starts lie further apart belong to different bursts, each with its own scale.
const BURST_GAP: time::Duration = time::Duration::seconds(2);

/// The rows of the table, newest first.
pub(super) fn rows(ledger: &Ledger, cx: &Cx<'_>) -> Vec<TableRow> {
    let bursts = bursts(ledger);
    let wide = super::rows::is_wide(ledger);
    let entries = ledger.entries.iter().zip(bursts).rev();
    entries
        .map(|(entry, burst)| {
            let row = super::rows::row(entry, cx.inventory, wide);
            let answer = match row.answer.sign() {
                None => Rich::muted(row.answer.words()),
                Some(sign) => {
                    let words = row.answer.words();
                    let gap = if words.is_empty() { "" } else { " " };
                    Rich::sign(cx.signs, sign).then(sign.word_role(), format!("{gap}{words}"))
                }
            };
            let status = match row.answer {
                super::rows::Answer::Status(status, _) => i64::from(status),
                super::rows::Answer::Pending => 0,
                super::rows::Answer::None => 1_000,
                super::rows::Answer::Stopped => 1_001,
            };
            let ms = match (row.ms, row.answer) {
                (Some(ms), _) => Rich::plain(ms.to_string()),
                (None, super::rows::Answer::Pending) => Rich::of(Role::Skeleton, "░░"),
                (None, _) => Rich::sign(cx.signs, Sign::None),
            };
            let number = i64::try_from(row.number).unwrap_or(i64::MAX);
            TableRow {
                id: Arc::from(row.number.to_string()),
                group: None,
                cells: vec![
                    Cell::number(Rich::muted(row.number.to_string()), number),
                    Rich::muted(clock(entry.started_at, cx)).into(),
                    Rich::muted(row.to).into(),
                    Rich::muted(format!("{:<5}", row.method))
                        .then(Role::Text, row.asked)
                        .into(),
                    Cell::number(answer, status),
                    Cell::number(
                        ms,
                        row.ms
                            .map_or(-1, |ms| i64::try_from(ms).unwrap_or(i64::MAX)),
                    ),
                    Rich::muted(row.fills).into(),
                    waterfall(entry, burst, row.fault).into(),
                ],
                fault: row.fault,
            }
        })
        .collect()
}

/// Second and millisecond: within a burst the rest is alike, and the detail has all of it.
fn clock(at: OffsetDateTime, cx: &Cx<'_>) -> String {
    let at = at.to_offset(cx.offset);
    format!("{:02}.{:03}", at.second(), at.millisecond())
}

/// For each entry the begin and end of its burst.
fn bursts(ledger: &Ledger) -> Vec<(OffsetDateTime, OffsetDateTime)> {
    let mut bursts: Vec<(OffsetDateTime, OffsetDateTime)> = Vec::new();
    let mut members = 0;
    let mut spans = Vec::with_capacity(ledger.entries.len());
    let close = |members: &mut usize, spans: &mut Vec<_>, burst| {
        spans.extend(std::iter::repeat_n(burst, *members));
        *members = 0;
    };
    for entry in &ledger.entries {
        let ends = entry.started_at + entry.duration;
        match bursts.last_mut() {
            Some((_, end)) if entry.started_at - *end < BURST_GAP => *end = (*end).max(ends),
            _ => {
                if let Some(burst) = bursts.last().copied() {
                    close(&mut members, &mut spans, burst);
                }
                bursts.push((entry.started_at, ends));
            }
        }
        members += 1;
    }
    if let Some(burst) = bursts.last().copied() {
        close(&mut members, &mut spans, burst);
    }
    spans
}

fn waterfall(
    entry: &LedgerEntry,
    (begin, end): (OffsetDateTime, OffsetDateTime),
    fault: bool,
) -> Rich {
    let span = (end - begin).whole_microseconds().max(1);
    let place = |at: OffsetDateTime| {
        let cells = (at - begin).whole_microseconds().max(0) * i128::from(WATERFALL) / span;
        usize::try_from(cells)
            .unwrap_or(0)
            .min(usize::from(WATERFALL) - 1)
    };
    let from = place(entry.started_at);
    let to = match entry.outcome {
        Ending::Pending => usize::from(WATERFALL) - 1,
        _ => place(entry.started_at + entry.duration),
    };
    let line = if entry.outcome == Ending::Pending {
        "┄"
    } else {
        "━"
    };
    let role = if fault {
        Role::VerdictUnknown
    } else {
        Role::Node
    };
    Rich::of(Role::Muted, " ".repeat(from)).then(role, line.repeat(to.max(from) - from + 1))
}
