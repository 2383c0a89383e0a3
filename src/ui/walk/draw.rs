//! Drawing of the walk: the steps on top, the step below them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, put, put_right, width};
use crate::ui::theme::Role;
use crate::ui::widgets::{rule, window};

use super::{SIGN, Walk, body};

/// The rows above the text: the steps, the rule below them, and a blank where there is room.
fn above(height: u16) -> u16 {
    match height {
        0..24 => 1,
        24..36 => 2,
        _ => 3,
    }
}

/// How many rows a step has on this screen, between header and footer.
pub(super) fn rows(cx: &Cx<'_>) -> usize {
    let height = cx.size.height.saturating_sub(2);
    usize::from(height.saturating_sub(above(cx.size.height)))
}

impl Walk {
    /// Draws steps and step into an area.
    pub fn draw(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let room = body::room(cx);
        let left = area.x + (area.width.saturating_sub(room)) / 2;
        let inner = Rect::new(left, area.y, room.min(area.width), area.height);
        let mut drawn = self.draw_steps(cx, inner, buffer);
        let above = above(cx.size.height).min(area.height);
        if above > 1 {
            let y = inner.y + 1;
            let wide = Rect::new(inner.x.saturating_sub(2), y, inner.width + 4, 1);
            self.draw_rule(cx, wide.intersection(area), buffer);
        }
        let below = Rect::new(
            inner.x,
            inner.y + above,
            inner.width,
            inner.height.saturating_sub(above),
        );
        let rows = usize::from(below.height);
        let count = self.body.lines.len();
        let top = self.top.min(count.saturating_sub(rows));
        let shown = self.body.lines.iter().skip(top);
        for (line, y) in shown.zip(below.top()..below.bottom()) {
            self.draw_line(cx, (below, y), line, buffer);
            for spot in &line.spots {
                drawn.hits.push(Hit {
                    area: Rect::new(below.x + spot.x, y, spot.width, 1).intersection(below),
                    target: Target::Id(format!("{SIGN}{}", spot.proof).into()),
                });
            }
        }
        let track = Rect::new(below.right(), below.y, 1, below.height);
        if count > rows && track.right() <= area.right() {
            window::thumb(cx, buffer, track, top, count);
        }
        drawn.pages.push(Page {
            part: 0,
            top,
            rows,
            of: count,
        });
        drawn
    }

    fn draw_line(
        &self,
        cx: &Cx<'_>,
        (area, y): (Rect, u16),
        line: &body::Line,
        buffer: &mut Buffer,
    ) {
        if let Some(right) = &line.rule {
            rule::horizontal(cx, buffer, Rect::new(area.x, y, area.width, 1));
            let words = Rich::plain(" ")
                .and(line.words.clone())
                .then(Role::Text, " ");
            words.draw(buffer, (area.x + 2, y), area.width, cx.theme);
            let right = Rich::muted(format!(" {right} "));
            put_right(
                buffer,
                (area.right().saturating_sub(2), y),
                &right,
                right.width(),
                cx.theme,
            );
            return;
        }
        for spot in &line.spots {
            if spot.proof == self.at && cx.focused {
                let own = Rect::new(area.x + spot.x, y, spot.width, 1).intersection(area);
                buffer.set_style(own, cx.theme.style(Role::RowSelected));
            }
        }
        line.words.draw(buffer, (area.x, y), area.width, cx.theme);
    }

    /// Which walk it is, and how far it has come.
    fn draw_rule(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) {
        let Some(tour) = self.tour() else { return };
        let place = format!("{} of {}", self.step + 1, tour.steps.len());
        let whole = match tour.minutes {
            0 => format!("step {place}"),
            minutes => format!("step {place} · about {minutes} min each"),
        };
        let fits = width(&tour.title) + width(&whole) + 6 <= area.width;
        let right = if fits { whole } else { place };
        rule::Rule::new(tour.title.clone())
            .right(Rich::muted(right))
            .focused(true)
            .draw(cx, buffer, area);
    }

    /// The steps, each with how it stands. A hairline parts what is claimed from what is to be
    /// considered.
    fn draw_steps(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let Some(tour) = self.tour() else {
            return Drawn::default();
        };
        // Each piece takes the same cells, chosen or not: nothing jumps.
        let mut pieces: Vec<Rich> = Vec::new();
        for (at, step) in tour.steps.iter().enumerate() {
            let own = self.signs.get(at).copied().unwrap_or(Sign::Note);
            let words = format!(" {} {} ", at + 1, step.tab);
            pieces.push(if at == self.step {
                Rich::of(Role::ChipTab, format!(" {}{words}", cx.signs.glyph(own)))
            } else {
                let sign = Rich::plain(" ").and(Rich::sign(cx.signs, own));
                sign.then(Role::Text, words)
            });
        }
        let is_parted = |at: usize| at > 0 && tour.steps[at - 1].claim && !tour.steps[at].claim;
        let widths: Vec<u16> = (0..pieces.len())
            .map(|at| pieces[at].width() + u16::from(is_parted(at)))
            .collect();
        let (first, last) = in_view(&widths, self.step, area.width);
        let mut x = area.x;
        let mut hits = Vec::new();
        if first > 0 {
            x = Rich::muted(format!("← {first}")).draw(buffer, (x, area.y), area.width, cx.theme);
        }
        for (at, piece) in pieces.iter().enumerate().take(last).skip(first) {
            if is_parted(at) {
                put(buffer, (x, area.y), "│", 1, cx.theme, Role::Border);
                x += 1;
            }
            let own = piece.width();
            piece.draw(buffer, (x, area.y), own, cx.theme);
            if let Some(digit) = char::from_digit(u32::try_from(at + 1).unwrap_or(0), 10) {
                hits.push(Hit {
                    area: Rect::new(x, area.y, own, 1),
                    target: Target::Screen(digit),
                });
            }
            x += own;
        }
        let more = pieces.len() - last;
        if more > 0 {
            let right = Rich::muted(format!("{more} more →"));
            let ends = (area.right(), area.y);
            put_right(buffer, ends, &right, right.width(), cx.theme);
        }
        Drawn {
            pages: Vec::new(),
            hits,
        }
    }
}

/// Which steps fit: those before the chosen one go first.
fn in_view(widths: &[u16], chosen: usize, room: u16) -> (usize, usize) {
    let all: u16 = widths.iter().sum();
    if all <= room {
        return (0, widths.len());
    }
    // Room for how many more there are on either side.
    let room = room.saturating_sub(12);
    let mut first = 0;
    loop {
        let mut used = 0;
        let mut last = first;
        for own in &widths[first..] {
            if used + own > room && last > first {
                break;
            }
            used += own;
            last += 1;
        }
        if last > chosen || first >= chosen {
            return (first, last);
        }
        first += 1;
    }
}
