//! Drawing of the Map: the grid in roles, the list below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::map::grid::{Cell, Grid, Owner, Voice, Words};
use crate::map::model::Tone;
use crate::map::{Mark, Model, plan};
use crate::ui::cx::{Cx, SizeClass};
use crate::ui::signs::Sign;
use crate::ui::text::put;
use crate::ui::theme::Role;

/// The sign of a mark.
pub(super) fn sign(mark: Mark) -> Sign {
    match mark {
        Mark::Shut => Sign::Shut,
        Mark::AtRisk => Sign::AtRisk,
        Mark::Unknown => Sign::Unknown,
        Mark::Reading => Sign::Reading,
        Mark::Open => Sign::Open,
    }
}

/// How many rows the Map takes of a part, its rule included; none when the list needs them.
pub(super) fn height(cx: &Cx<'_>, area: Rect) -> u16 {
    let whole = plan::THREE_BANDS + 1;
    if cx.size_class() == SizeClass::Beside && area.height >= whole + 8 {
        let share = u32::from(area.height) * 55 / 100;
        return u16::try_from(share).unwrap_or(whole).clamp(whole, 32);
    }
    if area.width >= plan::LEAST_WIDTH && area.height >= plan::TWO_BANDS + 5 {
        return plan::TWO_BANDS;
    }
    0
}

/// The role of a line.
fn line_role(mark: Mark) -> Role {
    match mark {
        Mark::Open => Role::Node,
        Mark::Reading => Role::Skeleton,
        other => sign(other).role(),
    }
}

/// Draws the grid into the top left of an area; `chosen` is the line of the chosen hop.
pub(super) fn grid(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    (model, grid): (&Model, &Grid),
    chosen: Option<usize>,
) {
    let ends = chosen.map(|line| (model.bundles[line].from, model.bundles[line].to));
    for y in 0..grid.height.min(area.height) {
        for x in 0..grid.width.min(area.width) {
            let cell = grid.cell(x, y);
            if let Some((glyph, role)) = cell_of(model, grid, cell, chosen, ends) {
                let mut text = [0; 4];
                let text = glyph.encode_utf8(&mut text);
                put(buffer, (area.x + x, area.y + y), text, 1, cx.theme, role);
            }
        }
    }
    for words in &grid.words {
        say(cx, buffer, area, model, words, chosen);
    }
}

type Ends = (crate::map::Place, Option<crate::map::Place>);

fn cell_of(
    model: &Model,
    grid: &Grid,
    cell: Cell,
    chosen: Option<usize>,
    ends: Option<Ends>,
) -> Option<(char, Role)> {
    match cell.owner {
        Owner::Nothing | Owner::Kept => None,
        Owner::Border(own) | Owner::Tee(own, _) => {
            let place = grid.boxes.get(own).map(|(place, _)| *place);
            let is_end =
                ends.is_some_and(|(from, to)| Some(from) == place || (to.is_some() && to == place));
            let role = if is_end { Role::Strong } else { Role::Node };
            let glyph = match (cell.owner, cell.glyph) {
                (Owner::Tee(_, line), '├') if chosen == Some(line) => '┝',
                (Owner::Tee(_, line), '┤') if chosen == Some(line) => '┥',
                (_, glyph) => glyph,
            };
            Some((glyph, role))
        }
        Owner::Line(line) | Owner::Arrow(line) => {
            let bundle = model.bundles.get(line)?;
            let glyph = match cell.glyph {
                '─' if chosen == Some(line) => '━',
                '│' if chosen == Some(line) => '┃',
                glyph => glyph,
            };
            Some((glyph, line_role(bundle.mark)))
        }
    }
}

fn say(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    model: &Model,
    words: &Words,
    chosen: Option<usize>,
) {
    if words.y >= area.height || words.x >= area.width {
        return;
    }
    let (x, y) = (area.x + words.x, area.y + words.y);
    let room = area.right().saturating_sub(x);
    let line = match words.voice {
        Voice::Line(line) => Some(line),
        Voice::Box(_) | Voice::Logs => None,
    };
    if let (Some(line), Some(mark)) = (line, words.mark)
        && chosen == Some(line)
    {
        let gap = if words.text.is_empty() { "" } else { " " };
        let text = format!(" {}{gap}{} ", cx.signs.glyph(sign(mark)), words.text);
        put(
            buffer,
            (x.saturating_sub(1), y),
            &text,
            room + 1,
            cx.theme,
            sign(mark).chip(),
        );
        return;
    }
    let role = match (line.and_then(|line| model.bundles.get(line)), words.tone) {
        (Some(bundle), _) if bundle.mark != Mark::Open => sign(bundle.mark).word_role(),
        (_, Tone::Title | Tone::Muted) => Role::Muted,
        (_, Tone::Name) => Role::Strong,
        (_, Tone::Skeleton) => Role::Skeleton,
        (_, Tone::Plain) => Role::Text,
    };
    let mut at = x;
    if let Some(mark) = words.mark {
        let own = sign(mark);
        at = put(
            buffer,
            (x, y),
            cx.signs.glyph(own),
            room,
            cx.theme,
            own.role(),
        ) + 1;
    }
    let left = area.right().saturating_sub(at);
    put(buffer, (at, y), &words.text, left, cx.theme, role);
}
