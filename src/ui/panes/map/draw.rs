//! Drawing of the Map: the grid in roles, the list below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::map::grid::{Cell, Grid, Owner, Voice, Words};
use crate::map::model::Tone;
use crate::map::{Mark, Model, plan};
use crate::ui::cx::{Cx, Drawn, SizeClass};
use crate::ui::frame::tally;
use crate::ui::panes::{empty, reading};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, put};
use crate::ui::theme::Role;
use crate::ui::widgets::rule::Rule;

use super::{BOXES, CONTEXT, HOPS, Map, WHAT, boxes};

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

impl Map {
    /// How many rows the Map takes of a part: all of them where it has the focus and does not stand
    /// above the list.
    pub(super) fn height(&self, cx: &Cx<'_>, area: Rect) -> u16 {
        if self.model.nodes.is_empty() {
            return 0;
        }
        if self.parts.has_focus(BOXES) && cx.size_class() != SizeClass::Beside {
            return area.height;
        }
        height(cx, area).min(area.height)
    }
}

/// The role of a line.
fn line_role(mark: Mark) -> Role {
    match mark {
        Mark::Open => Role::Node,
        Mark::Reading => Role::Skeleton,
        other => sign(other).role(),
    }
}

impl Map {
    pub(super) fn draw_list(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.table.note();
        let facts = if note.is_empty() {
            let works = tally::works(cx);
            works.into_iter().fold(Rich::new(), |line, (sign, count)| {
                let gap = if line.is_empty() { "" } else { " " };
                line.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)))
            })
        } else {
            note
        };
        let order = if self.table.sorted().is_some() {
            "sorted"
        } else if tally::is_reading(cx.inventory) {
            "judged first"
        } else {
            "worst first"
        };
        let below = Rule::new("Hops")
            .facts(facts)
            .right(Rich::muted(order))
            .focused(self.parts.has_focus(HOPS))
            .draw(cx, buffer, area);
        let below = match &self.troubles.first {
            Some(trouble) if below.height > 6 => trouble.band(cx, CONTEXT).draw(cx, buffer, below),
            _ => below,
        };
        if self.rows.is_empty() {
            let sentence = if cx.judged.is_none() && cx.snapshot.revision() > 0 {
                "Judging what was read: the calls of the pattern appear here in a moment."
                    .to_owned()
            } else {
                reading::nothing(cx, WHAT, CONTEXT)
            };
            empty(cx, buffer, below, &sentence);
            return Drawn::default();
        }
        if self.table.count().0 == 0 {
            let words = "No hop passes what is typed or chosen; esc shows all of them.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        let focused = self.parts.has_focus(HOPS) && self.row().is_some();
        self.table.draw(cx, buffer, below, HOPS, focused)
    }

    pub(super) fn draw_map(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let is_whole = area.height > plan::TWO_BANDS;
        let below = if is_whole {
            let noun = |count: usize, one: &str| {
                let end = if count == 1 { "" } else { "s" };
                format!("{count} {one}{end}")
            };
            let count = format!(
                "{} · {}",
                noun(self.rows.len(), "hop"),
                noun(self.resources, "resource")
            );
            Rule::new("Map")
                .right(Rich::muted(count))
                .focused(self.parts.has_focus(BOXES))
                .draw(cx, buffer, area)
        } else {
            area
        };
        let size = self.canvas(cx, below);
        let mut kept = self.grid.borrow_mut();
        let kept = match &mut *kept {
            Some(kept) if kept.0 == size => kept,
            other => other.insert((size, Grid::of(&self.model, size.0, size.1))),
        };
        let Some(grid) = &kept.1 else {
            return Drawn::default();
        };
        let chosen = if self.is_on_boxes() {
            Chosen {
                line: None,
                place: self.place(),
                has_focus: self.parts.has_focus(BOXES),
            }
        } else {
            let of_row = |row: &super::rows::Row| {
                let at = self.rows.iter().position(|one| one.id == row.id)?;
                self.model.bundle_of(at)
            };
            Chosen {
                line: self.row().and_then(of_row),
                ..Chosen::default()
            }
        };
        if size == (below.width, below.height) {
            grid_of(cx, buffer, below, (&self.model, grid), chosen);
            return boxes::hits(grid, below, (0, 0));
        }
        // Larger than the room for it: the part with the chosen box is shown.
        let whole = Rect::new(0, 0, size.0, size.1);
        let mut canvas = Buffer::empty(whole);
        canvas.set_style(whole, cx.theme.base());
        grid_of(cx, &mut canvas, whole, (&self.model, grid), chosen);
        let corner = self.corner(grid, below);
        boxes::show(&canvas, corner, buffer, below);
        boxes::hits(grid, below, corner)
    }

    pub(super) fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let on_box = self.place().filter(|_| self.is_on_boxes());
        let (title, right) = if let Some(place) = on_box {
            let right = match cx.size_class() {
                SizeClass::Below if !self.parts.has_focus(part) => "enter goes in",
                _ => "a box of the map",
            };
            (place.title().to_owned(), right.to_owned())
        } else if let Some(row) = self.row() {
            let basis = row.hop.basis.word();
            let right = match cx.size_class() {
                SizeClass::Below if !self.parts.has_focus(part) => {
                    format!("{basis} · enter for all evidence")
                }
                _ => basis.to_owned(),
            };
            (row.hop.kind.word().to_owned(), right)
        } else {
            let name = cx.snapshot.scope().resource_groups.first().cloned();
            let name = name.unwrap_or_else(|| "Environment".to_owned());
            (name, "overview".to_owned())
        };
        let below = Rule::new(title)
            .right(Rich::muted(right))
            .focused(self.parts.has_focus(part))
            .draw(cx, buffer, area);
        if self.rows.is_empty() {
            let words = "Why a call works, or does not, stands here as soon as one is judged.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.detail.draw(cx, buffer, below, part)
    }
}

/// What is chosen of the drawing.
#[derive(Clone, Copy, Debug, Default)]
struct Chosen {
    /// The line of the chosen hop.
    line: Option<usize>,
    /// The chosen box.
    place: Option<crate::map::Place>,
    /// Whether the keys go to the boxes.
    has_focus: bool,
}

/// Draws the grid into the top left of an area.
fn grid_of(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    area: Rect,
    (model, grid): (&Model, &Grid),
    chosen: Chosen,
) {
    let ends = chosen
        .line
        .map(|line| (model.bundles[line].from, model.bundles[line].to));
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
        say(cx, buffer, area, (model, grid), words, chosen);
    }
}

type Ends = (crate::map::Place, Option<crate::map::Place>);

fn cell_of(
    model: &Model,
    grid: &Grid,
    cell: Cell,
    chosen: Chosen,
    ends: Option<Ends>,
) -> Option<(char, Role)> {
    match cell.owner {
        Owner::Nothing | Owner::Kept => None,
        Owner::Border(own) | Owner::Tee(own, _) => {
            let place = grid.boxes.get(own).map(|(place, _)| *place);
            let is_end =
                ends.is_some_and(|(from, to)| Some(from) == place || (to.is_some() && to == place));
            let role = if place.is_some() && place == chosen.place {
                if chosen.has_focus {
                    Role::BorderFocused
                } else {
                    Role::Strong
                }
            } else if is_end {
                Role::Strong
            } else {
                Role::Node
            };
            let glyph = match (cell.owner, cell.glyph) {
                (Owner::Tee(_, line), '├') if chosen.line == Some(line) => '┝',
                (Owner::Tee(_, line), '┤') if chosen.line == Some(line) => '┥',
                (_, glyph) => glyph,
            };
            Some((glyph, role))
        }
        Owner::Line(line) | Owner::Arrow(line) => {
            let bundle = model.bundles.get(line)?;
            let glyph = match cell.glyph {
                '─' if chosen.line == Some(line) => '━',
                '│' if chosen.line == Some(line) => '┃',
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
    (model, grid): (&Model, &Grid),
    words: &Words,
    chosen: Chosen,
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
        && chosen.line == Some(line)
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
    let is_chosen_box = match words.voice {
        Voice::Box(at) => grid
            .boxes
            .get(at)
            .is_some_and(|(place, _)| chosen.has_focus && chosen.place == Some(*place)),
        Voice::Line(_) | Voice::Logs => false,
    };
    let role = match (line.and_then(|line| model.bundles.get(line)), words.tone) {
        (Some(bundle), _) if bundle.mark != Mark::Open => sign(bundle.mark).word_role(),
        (_, Tone::Title | Tone::Name) if is_chosen_box => Role::Accent,
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
