//! The matrix on the screen: principals down, targets across, as many of both as there is room for.
//! Where there is little, a cell is its sign; where there is least, one principal stands alone.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Drawn, Hit, Page, SizeClass, Target};
use crate::ui::panes::access::names::Holder;
use crate::ui::panes::access::needs::Made;
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, cut, put, width};
use crate::ui::theme::Role;
use crate::ui::widgets::{rule, window};

use super::Grid;

/// The margin before the first column.
const MARGIN: u16 = 2;
/// Blanks between columns.
const GAP: u16 = 3;
/// The least and the most that a target's column takes.
const COLUMN: (u16, u16) = (9, 26);
/// The most that the principal's column takes.
const WHO: u16 = 24;
/// The rows of the head: name, service, line.
const HEAD: u16 = 3;

impl Grid {
    /// Draws the matrix in the form that the size has.
    pub(in crate::ui::panes::access) fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        (part, focused): (usize, bool),
        made: &Made,
    ) -> Drawn {
        if area.height < 2 || area.width < 20 {
            return Drawn::default();
        }
        match cx.size_class() {
            SizeClass::Single => self.draw_alone(cx, buffer, area, (part, focused), made),
            SizeClass::Below => self.draw_matrix(cx, buffer, area, (part, focused), made, true),
            SizeClass::Beside => self.draw_matrix(cx, buffer, area, (part, focused), made, false),
        }
    }

    fn draw_matrix(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        (part, focused): (usize, bool),
        made: &Made,
        is_signs: bool,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        let who = self.who(made);
        let columns = self.columns(area, who, made, is_signs);
        let head = HEAD.min(area.height);
        self.draw_head(
            cx,
            buffer,
            Rect {
                height: head,
                ..area
            },
            made,
            &columns,
            focused,
        );
        let body = Rect::new(area.x, area.y + head, area.width, area.height - head);
        let heights: Vec<u16> = self
            .listed
            .iter()
            .map(|row| if is_signs { 1 } else { height(made, *row) })
            .collect();
        let top = self.first(&heights, body.height);
        let mut y = body.y;
        let mut shown = 0;
        for (place, row) in self.listed.iter().enumerate().skip(top) {
            let tall = heights[place].min(body.bottom().saturating_sub(y));
            if tall == 0 {
                break;
            }
            shown += 1;
            let line = Rect::new(body.x, y, body.width, tall);
            let is_row = place == self.row;
            let holder = &made.people[*row].holder;
            let role = if is_row && focused {
                Role::Strong
            } else {
                Role::Text
            };
            draw_name(cx, buffer, line, holder, who, role);
            for (column, x, own) in &columns {
                let at = Rect::new(
                    line.x + x,
                    y,
                    *own,
                    tall.saturating_sub(u16::from(tall > 2 && !is_signs)).max(1),
                )
                .intersection(area);
                if is_row && *column == self.column {
                    mark(cx, buffer, at, focused);
                }
                draw_cell(cx, buffer, at, made, (*row, *column), is_signs);
                let id = format!(
                    "{}|{}",
                    made.people[*row].id,
                    made.targets[*column].id.folded()
                );
                drawn.hits.push(Hit {
                    area: at,
                    target: Target::Id(Arc::from(id)),
                });
            }
            y += heights[place];
            if y >= body.bottom() {
                break;
            }
        }
        window::thumb(
            cx,
            buffer,
            body,
            top,
            if shown < self.listed.len() {
                usize::from(body.height) * self.listed.len() / shown.max(1)
            } else {
                0
            },
        );
        drawn.pages.push(Page {
            part,
            top,
            rows: shown,
            of: self.listed.len(),
        });
        drawn
    }

    fn draw_head(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        made: &Made,
        columns: &[(usize, u16, u16)],
        focused: bool,
    ) {
        put(
            buffer,
            (area.x + MARGIN, area.y + 1),
            "WHO NEEDS IT",
            12,
            cx.theme,
            Role::Muted,
        );
        for (at, x, own) in columns {
            let target = &made.targets[*at];
            let role = match (*at == self.column, focused) {
                (true, true) => Role::Strong,
                _ => Role::Text,
            };
            put(
                buffer,
                (area.x + x, area.y),
                &cut(&target.name, *own, Cut::End),
                *own,
                cx.theme,
                role,
            );
            put(
                buffer,
                (area.x + x, area.y + 1),
                &cut(target.service, *own, Cut::End),
                *own,
                cx.theme,
                Role::Muted,
            );
        }
        if area.height > 2 {
            rule::horizontal(
                cx,
                buffer,
                Rect::new(area.x + 1, area.y + 2, area.width.saturating_sub(2), 1),
            );
        }
    }

    /// The first row that is shown: as little moved as holds the chosen one.
    fn first(&self, heights: &[u16], room: u16) -> usize {
        let mut top = self.top.min(self.row);
        let until = |top: usize| -> u16 {
            heights
                .iter()
                .take(self.row + 1)
                .skip(top)
                .fold(0, |sum, own| sum.saturating_add(*own))
        };
        while top < self.row && until(top) > room + 1 {
            top += 1;
        }
        top
    }

    /// The targets in sight: place, offset and width.
    fn columns(&self, area: Rect, who: u16, made: &Made, is_signs: bool) -> Vec<(usize, u16, u16)> {
        let left = MARGIN + who + GAP;
        let room = area.width.saturating_sub(left + 1);
        let own = |column: usize| {
            let target = &made.targets[column];
            let head = width(&target.name).max(width(target.service));
            let widest = self
                .listed
                .iter()
                .filter_map(|row| made.shown((*row, column)))
                .map(|cell| cell.width)
                .max()
                .unwrap_or(1);
            if is_signs {
                head.clamp(6, 16)
            } else {
                head.max(widest).clamp(COLUMN.0, COLUMN.1)
            }
        };
        if self.columns == 0 {
            return Vec::new();
        }
        let mut first = 0;
        loop {
            let to_chosen =
                (first..=self.column).fold(0_u16, |sum, at| sum.saturating_add(own(at) + GAP));
            if first >= self.column || to_chosen.saturating_sub(GAP) <= room {
                break;
            }
            first += 1;
        }
        let mut columns = Vec::new();
        let mut x = left;
        for at in first..self.columns {
            let wide = own(at);
            if x + wide > left + room && !columns.is_empty() {
                break;
            }
            columns.push((at, x, wide.min(room)));
            x += wide + GAP;
        }
        columns
    }

    /// How wide the principals' column is.
    fn who(&self, made: &Made) -> u16 {
        let widths = self.listed.iter().map(|row| {
            let holder = &made.people[*row].holder;
            width(&holder.label).max(width(&holder.kind))
        });
        widths.max().unwrap_or(0).clamp(12, WHO)
    }

    /// Which targets are in sight, when not all are: `targets 1 to 4 of 6`.
    pub(in crate::ui::panes::access) fn in_sight(
        &self,
        cx: &Cx<'_>,
        area: Rect,
        made: &Made,
    ) -> Rich {
        if cx.size_class() == SizeClass::Single {
            return Rich::new();
        }
        let is_signs = cx.size_class() == SizeClass::Below;
        let shown = self.columns(area, self.who(made), made, is_signs);
        match (shown.first(), shown.last()) {
            (Some(first), Some(last)) if shown.len() < self.columns => Rich::muted(format!(
                "targets {} to {} of {}",
                first.0 + 1,
                last.0 + 1,
                self.columns
            )),
            _ => Rich::new(),
        }
    }

    /// One principal: its targets below each other, with the roles.
    fn draw_alone(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        (part, focused): (usize, bool),
        made: &Made,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        let Some(row) = self.listed.get(self.row).copied() else {
            return drawn;
        };
        let holder = &made.people[row].holder;
        let title =
            Rich::strong(holder.label.clone()).then(Role::Muted, format!("  {}", holder.kind));
        title.draw(
            buffer,
            (area.x + MARGIN, area.y),
            area.width.saturating_sub(4),
            cx.theme,
        );
        let own = self.own_columns(made);
        let name = own
            .iter()
            .map(|column| width(&made.targets[*column].name))
            .max()
            .unwrap_or(0)
            .clamp(10, 24);
        let body = Rect::new(area.x, area.y + 1, area.width, area.height - 1);
        let lines: Vec<(usize, usize)> = own
            .iter()
            .flat_map(|column| {
                let count = made
                    .shown((row, *column))
                    .map_or(1, |cell| cell.lines.len());
                (0..count).map(move |line| (*column, line))
            })
            .collect();
        let chosen = lines
            .iter()
            .rposition(|(column, _)| *column == self.column)
            .unwrap_or(0);
        let top = window::top(chosen, 0, usize::from(body.height), lines.len());
        for (y, (column, line)) in (body.y..body.bottom()).zip(lines.iter().skip(top)) {
            let at = Rect::new(body.x + 1, y, body.width.saturating_sub(1), 1);
            if *column == self.column {
                let bright = focused && cx.focused;
                let role = if bright {
                    Role::RowSelected
                } else {
                    Role::RowSelectedUnfocused
                };
                buffer.set_style(at.intersection(buffer.area), cx.theme.style(role));
                if bright {
                    put(buffer, (area.x, y), "▌", 1, cx.theme, Role::Accent);
                }
            }
            let target = &made.targets[*column];
            if *line == 0 {
                put(
                    buffer,
                    (at.x + 1, y),
                    &cut(&target.name, name, Cut::End),
                    name,
                    cx.theme,
                    Role::Text,
                );
            }
            if let Some(words) = made
                .shown((row, *column))
                .and_then(|cell| cell.lines.get(*line))
            {
                let x = at.x + 1 + name + GAP;
                words.draw(buffer, (x, y), at.right().saturating_sub(x + 1), cx.theme);
            }
            drawn.hits.push(Hit {
                area: at,
                target: Target::Id(Arc::from(format!(
                    "{}|{}",
                    made.people[row].id,
                    target.id.folded()
                ))),
            });
        }
        window::thumb(cx, buffer, body, top, lines.len());
        drawn.pages.push(Page {
            part,
            top: 0,
            rows: usize::from(body.height),
            of: own.len(),
        });
        drawn
    }
}

/// A principal's name, and what it is where there is a second line.
fn draw_name(cx: &Cx<'_>, buffer: &mut Buffer, line: Rect, holder: &Holder, who: u16, role: Role) {
    let at = (line.x + MARGIN, line.y);
    let label = cut(&holder.label, who, Cut::End);
    put(buffer, at, &label, who, cx.theme, role);
    if line.height > 1 {
        let kind = cut(&holder.kind, who, Cut::End);
        put(buffer, (at.0, at.1 + 1), &kind, who, cx.theme, Role::Muted);
    }
}

/// The ground of the chosen cell.
fn mark(cx: &Cx<'_>, buffer: &mut Buffer, at: Rect, focused: bool) {
    let bright = focused && cx.focused;
    let role = if bright {
        Role::RowSelected
    } else {
        Role::RowSelectedUnfocused
    };
    let ground = Rect::new(at.x.saturating_sub(1), at.y, at.width + 2, at.height);
    buffer.set_style(ground.intersection(buffer.area), cx.theme.style(role));
    if bright {
        for y in at.top()..at.bottom() {
            put(
                buffer,
                (at.x.saturating_sub(2), y),
                "▌",
                1,
                cx.theme,
                Role::Accent,
            );
        }
    }
}

/// How high a row is, with the blank behind it.
fn height(made: &Made, row: usize) -> u16 {
    let lines = (0..made.targets.len())
        .filter_map(|column| made.shown((row, column)))
        .map(|cell| cell.lines.len())
        .max()
        .unwrap_or(1);
    u16::try_from(lines.max(2) + 1).unwrap_or(u16::MAX)
}

fn draw_cell(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    at: Rect,
    made: &Made,
    place: (usize, usize),
    is_signs: bool,
) {
    let Some(cell) = made.shown(place) else {
        Rich::sign(cx.signs, Sign::None).draw(buffer, (at.x, at.y), at.width, cx.theme);
        return;
    };
    if is_signs {
        Rich::sign(cx.signs, cell.sign).draw(buffer, (at.x, at.y), at.width, cx.theme);
        return;
    }
    for (y, line) in (at.top()..at.bottom()).zip(&cell.lines) {
        line.draw(buffer, (at.x, y), at.width, cx.theme);
    }
}
