//! The time axis: a scale, one line for each lane, the chosen event's time through all of them.
//!
//! It draws what it is given and knows nothing of selection but one time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use time::{Duration, OffsetDateTime};

use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{put, width};
use crate::ui::theme::Role;

use super::rows::{Event, Events, Lane};

/// Where the lines begin: the names of the lanes stand before.
const LEFT: u16 = 16;

/// The spans that can be looked at, the shortest first.
pub(super) const SPANS: [Duration; 5] = [
    Duration::hours(5),
    Duration::hours(24),
    Duration::days(3),
    Duration::days(7),
    Duration::days(14),
];

/// What a span is called.
pub(super) fn span_words(span: Duration) -> String {
    match span.whole_hours() {
        hours if hours <= 24 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

/// A piece of time on so many columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) from: OffsetDateTime,
    pub(super) to: OffsetDateTime,
}

impl Window {
    /// The window that ends now, or, where the chosen time lies before it, the one around that.
    pub(super) fn around(
        span: Duration,
        now: OffsetDateTime,
        chosen: Option<OffsetDateTime>,
    ) -> Self {
        // A little room behind now, so that its line is in sight.
        let room = span / 24;
        let end = now + room;
        match chosen {
            Some(at) if at < end - span => {
                let to = at + span / 2;
                Self {
                    from: to - span,
                    to,
                }
            }
            _ => Self {
                from: end - span,
                to: end,
            },
        }
    }

    fn column(&self, at: OffsetDateTime, cells: u16) -> Option<u16> {
        if at < self.from || at > self.to || cells == 0 {
            return None;
        }
        let whole = (self.to - self.from).as_seconds_f64();
        let part = (at - self.from).as_seconds_f64() / whole * f64::from(cells - 1);
        // Between nothing and the number of columns.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it lies in 0..cells"
        )]
        let column = part.round() as u16;
        Some(column.min(cells - 1))
    }
}

/// How far apart the marks of the scale are, so that their times have room.
fn step(window: Window, cells: u16) -> Duration {
    const STEPS: [i64; 9] = [30, 60, 120, 240, 360, 720, 1440, 2880, 10080];
    let minutes = (window.to - window.from).whole_minutes().max(1);
    let most = i64::from(cells / 12).max(1);
    let fits = STEPS.iter().find(|step| minutes / **step <= most);
    Duration::minutes(*fits.unwrap_or(&20160))
}

/// How many rows the axis takes: rule not counted.
pub(super) fn height(roomy: bool) -> u16 {
    let lanes = u16::try_from(Lane::ALL.len()).unwrap_or(5);
    if roomy { 3 + lanes * 2 + 1 } else { 2 + lanes }
}

/// What is drawn.
pub(super) struct Axis<'a> {
    pub(super) events: &'a Events,
    pub(super) chosen: Option<&'a Event>,
    pub(super) window: Window,
    pub(super) roomy: bool,
    /// Lanes whose reading is refused, failed or under way, with the words for it.
    pub(super) silent: &'a [(Lane, Sign, String)],
    /// Which events pass the filter.
    pub(super) passes: &'a dyn Fn(&str) -> bool,
}

impl Axis<'_> {
    /// Draws it.
    pub(super) fn draw(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
        let cells = area.width.saturating_sub(LEFT + 3);
        if cells < 20 || area.height < height(self.roomy).saturating_sub(1) {
            return;
        }
        let x = area.x + LEFT;
        let top = area.y + u16::from(self.roomy);
        self.scale(cx, buffer, (x, top), cells);
        let gap = if self.roomy { 2 } else { 1 };
        for (number, lane) in Lane::ALL.into_iter().enumerate() {
            let y = top + 2 + u16::try_from(number).unwrap_or(0) * gap;
            self.lane(cx, buffer, lane, (area.x + 2, x, y), cells);
        }
        let bottom = top + 2 + u16::try_from(Lane::ALL.len()).unwrap_or(5) * gap;
        self.now(cx, buffer, (x, top + 1, bottom), cells);
        self.cursor(cx, buffer, (x, top + 1, bottom), cells);
    }

    fn scale(&self, cx: &Cx<'_>, buffer: &mut Buffer, (x, y): (u16, u16), cells: u16) {
        for column in 0..cells {
            put(buffer, (x + column, y + 1), "─", 1, cx.theme, Role::Border);
        }
        let step = step(self.window, cells);
        let local = self.window.from.to_offset(cx.offset);
        let midnight = local.replace_time(time::Time::MIDNIGHT);
        let mut at = midnight;
        let mut free = 0;
        let now = self.window.column(cx.now, cells);
        while at <= self.window.to {
            if let Some(column) = self.window.column(at, cells) {
                put(buffer, (x + column, y + 1), "┬", 1, cx.theme, Role::Border);
                let own = at.to_offset(cx.offset);
                let words = if step >= Duration::days(1) || own.hour() == 0 && own.minute() == 0 {
                    format!("{} {}", own.day(), &own.month().to_string()[..3])
                } else {
                    format!("{:02}:{:02}", own.hour(), own.minute())
                };
                let start = column.saturating_sub(0);
                let is_clear = now.is_none_or(|now| start + width(&words) < now || start > now + 4);
                if start >= free && start + width(&words) <= cells && is_clear {
                    put(buffer, (x + start, y), &words, 12, cx.theme, Role::Muted);
                    free = start + width(&words) + 2;
                }
            }
            at += step;
        }
        if let Some(column) = now {
            let start = column.saturating_sub(1).min(cells.saturating_sub(3));
            put(buffer, (x + start, y), "now", 3, cx.theme, Role::Muted);
        }
    }

    fn lane(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        lane: Lane,
        (name_x, x, y): (u16, u16, u16),
        cells: u16,
    ) {
        put(
            buffer,
            (name_x, y),
            lane.name(),
            LEFT - 3,
            cx.theme,
            Role::Text,
        );
        if self.roomy
            && let Some(second) = self.second_name(lane)
        {
            let second =
                crate::ui::text::cut(&second, LEFT - 3, crate::ui::text::Cut::End).into_owned();
            put(
                buffer,
                (name_x, y + 1),
                &second,
                LEFT - 3,
                cx.theme,
                Role::Muted,
            );
        }
        for column in 0..cells {
            put(buffer, (x + column, y), "┄", 1, cx.theme, Role::Border);
        }
        if let Some((_, sign, words)) = self.silent.iter().find(|(own, ..)| *own == lane) {
            let glyph = cx.signs.glyph(*sign);
            let text = format!(" {glyph} {words} ");
            put(buffer, (x + 2, y), &text, cells - 2, cx.theme, sign.role());
            return;
        }
        match lane {
            Lane::Indexer => {
                for run in &self.events.runs {
                    if let Some(column) = self.window.column(run.at, cells) {
                        let glyph = cx.signs.glyph(run.sign);
                        put(buffer, (x + column, y), glyph, 1, cx.theme, run.sign.role());
                    }
                }
            }
            Lane::Refusals => self.refusals(cx, buffer, (x, y), cells),
            Lane::Writes | Lane::Roles | Lane::Policy => {
                self.marks(cx, buffer, lane, (x, y), cells);
            }
        }
    }

    fn second_name(&self, lane: Lane) -> Option<String> {
        match lane {
            Lane::Writes => Some("by resource".to_owned()),
            Lane::Indexer => match self.events.indexers.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                many => Some(format!("{} of them", many.len())),
            },
            Lane::Refusals => Some("401 and 403".to_owned()),
            Lane::Roles | Lane::Policy => None,
        }
    }

    /// Marks with their names, where a name has room before the next mark.
    fn marks(&self, cx: &Cx<'_>, buffer: &mut Buffer, lane: Lane, (x, y): (u16, u16), cells: u16) {
        let mut shown: Vec<(u16, &Event)> = self
            .events
            .list
            .iter()
            .filter(|event| event.lane == lane && (self.passes)(&event.id))
            .filter_map(|event| Some((self.window.column(event.at, cells)?, event)))
            .collect();
        // Where several share a column, the chosen one, then the worst, is seen.
        shown.sort_by_key(|(column, event)| {
            let is_chosen = self.chosen.is_some_and(|chosen| chosen.id == event.id);
            (*column, !is_chosen, rank(event.sign))
        });
        shown.dedup_by_key(|(column, _)| *column);
        let now = self.window.column(cx.now, cells).unwrap_or(cells);
        for (at, (column, event)) in shown.iter().enumerate() {
            let is_chosen = self.chosen.is_some_and(|chosen| chosen.id == event.id);
            let (glyph, role) = match (is_chosen, event.sign) {
                (true, _) => ("◆", Role::Accent),
                (false, Sign::Marked) => ("●", Role::Text),
                (false, sign) => (cx.signs.glyph(sign), sign.role()),
            };
            put(buffer, (x + column, y), glyph, 1, cx.theme, role);
            let end = shown
                .get(at + 1)
                .map_or(now.max(*column), |(next, _)| *next)
                .min(if *column < now { now } else { cells });
            let words = format!(" {} ", event.label());
            let start = column + 2;
            if start + width(&words) < end {
                let role = match (is_chosen, event.sign) {
                    (true, _) => Role::Accent,
                    (false, Sign::Note | Sign::Refused) => Role::Muted,
                    (false, Sign::Shut | Sign::AtRisk) => event.sign.role(),
                    (false, _) => Role::Text,
                };
                put(
                    buffer,
                    (x + start, y),
                    &words,
                    width(&words),
                    cx.theme,
                    role,
                );
            }
        }
    }

    fn refusals(&self, cx: &Cx<'_>, buffer: &mut Buffer, (x, y): (u16, u16), cells: u16) {
        let mut counts = vec![0_i64; usize::from(cells)];
        for (first, last, hits) in &self.events.refused {
            let from = self.window.column(*first.max(&self.window.from), cells);
            let to = self.window.column(*last.min(&self.window.to), cells);
            if *last < self.window.from || *first > self.window.to {
                continue;
            }
            if let (Some(from), Some(to)) = (from, to) {
                // What is shorter than a column is three wide: it must be seen.
                let to = to.max(from + 2).min(cells - 1);
                for column in from..=to {
                    counts[usize::from(column)] = counts[usize::from(column)].max(*hits);
                }
            }
        }
        let now = self.window.column(cx.now, cells);
        let mut before = 0;
        for (column, count) in (0..).zip(&counts) {
            if *count > 0 {
                let shade = if *count < 5 { "░" } else { "▒" };
                put(
                    buffer,
                    (x + column, y),
                    shade,
                    1,
                    cx.theme,
                    Role::VerdictShut,
                );
            } else if before > 0 {
                let words = format!(" {before} ");
                let is_clear = counts
                    .iter()
                    .skip(usize::from(column))
                    .take(usize::from(width(&words)) + 1)
                    .all(|count| *count == 0);
                let crosses_now =
                    now.is_some_and(|now| (column..=column + width(&words)).contains(&now));
                if is_clear && !crosses_now && column + width(&words) < cells {
                    put(buffer, (x + column, y), &words, 6, cx.theme, Role::Muted);
                }
            }
            before = *count;
        }
    }

    fn now(&self, cx: &Cx<'_>, buffer: &mut Buffer, (x, from, to): (u16, u16, u16), cells: u16) {
        let Some(column) = self.window.column(cx.now, cells) else {
            return;
        };
        for y in from + 1..to {
            put(buffer, (x + column, y), "│", 1, cx.theme, Role::Border);
        }
    }

    fn cursor(&self, cx: &Cx<'_>, buffer: &mut Buffer, (x, from, to): (u16, u16, u16), cells: u16) {
        let Some(chosen) = self.chosen else { return };
        let Some(column) = self.window.column(chosen.at, cells) else {
            return;
        };
        let at = x + column;
        put(buffer, (at, from), "┼", 1, cx.theme, Role::Accent);
        let gap = if self.roomy { 2 } else { 1 };
        for y in from + 1..to {
            let own = Lane::ALL
                .iter()
                .position(|lane| *lane == chosen.lane)
                .unwrap_or(0);
            let own = from + 1 + u16::try_from(own).unwrap_or(0) * gap;
            let is_free = buffer
                .cell((at, y))
                .is_some_and(|cell| matches!(cell.symbol(), " " | "┄"));
            if y != own && is_free {
                put(buffer, (at, y), "┆", 1, cx.theme, Role::Accent);
            }
        }
        if !self.roomy {
            return;
        }
        let time = cx.clock(chosen.at);
        let start = column.saturating_sub(4).min(cells.saturating_sub(8));
        let after = put(buffer, (x + start, to), &time, 8, cx.theme, Role::Accent);
        if let Some(words) = self.began(chosen) {
            let room = (x + cells).saturating_sub(after + 3);
            put(buffer, (after + 3, to), &words, room, cx.theme, Role::Muted);
        }
    }

    /// How long after the chosen change refusals of its resource began.
    fn began(&self, chosen: &Event) -> Option<String> {
        if matches!(chosen.lane, Lane::Refusals | Lane::Indexer) {
            return None;
        }
        let first = self
            .events
            .list
            .iter()
            .filter(|event| event.lane == Lane::Refusals && event.resource == chosen.resource)
            .filter(|event| event.at >= chosen.at)
            .map(|event| event.at)
            .min()?;
        let minutes = (first - chosen.at).whole_minutes();
        Some(match minutes {
            0 => "refusals began within a minute".to_owned(),
            minutes if minutes < 120 => format!("refusals began {minutes} min later"),
            minutes => format!("refusals began {} h later", minutes / 60),
        })
    }
}

fn rank(sign: Sign) -> usize {
    Sign::ALL.iter().position(|own| *own == sign).unwrap_or(0)
}
