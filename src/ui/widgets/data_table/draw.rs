//! Drawing of the table: the head, and the lines that are in sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::signs::Sign;
use crate::ui::text::{Cut, Rich, put, width};
use crate::ui::theme::Role;
use crate::ui::widgets::window;

use super::columns::{self, Align};
use super::{DataTable, Slot, TableRow};

/// The margin before the first column: the selection bar stands in it.
const MARGIN: u16 = 2;

impl DataTable {
    /// Draws the head and the rows in sight. `part` is the pane's number of this table, `focused`
    /// whether the keys go to it.
    pub fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        part: usize,
        focused: bool,
    ) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height < 2 || area.width <= MARGIN + 1 {
            return drawn;
        }
        let room = area.width.saturating_sub(MARGIN + 2);
        let places = columns::fit(&self.columns, &self.widths, room);
        self.draw_head(cx, buffer, area, &places);
        let body = Rect::new(area.x, area.y + 1, area.width, area.height - 1);
        let rows = usize::from(body.height);
        let top = window::top(self.at, self.top, rows, self.slots.len());
        let lines = self.slots.iter().enumerate().skip(top);
        for (y, (line, slot)) in (body.top()..body.bottom()).zip(lines) {
            match slot {
                Slot::Blank => {}
                Slot::Group(number) => self.draw_group(
                    cx,
                    buffer,
                    Rect {
                        y,
                        height: 1,
                        ..body
                    },
                    *number,
                ),
                Slot::Row(row) => {
                    let chosen = line == self.at;
                    let place = Rect {
                        y,
                        height: 1,
                        ..body
                    };
                    self.draw_row(
                        cx,
                        buffer,
                        place,
                        &self.rows[*row],
                        &places,
                        (chosen, focused),
                    );
                }
            }
        }
        window::thumb(cx, buffer, body, top, self.slots.len());
        drawn.pages.push(Page {
            part,
            top,
            rows,
            of: self.slots.len(),
        });
        drawn.hits.push(Hit {
            area: body,
            target: Target::Part { part, top },
        });
        drawn
    }

    fn draw_head(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        places: &[Option<(u16, u16)>],
    ) {
        for (number, (column, place)) in self.columns.iter().zip(places).enumerate() {
            let Some((x, own)) = *place else { continue };
            let mut head = Rich::muted(column.head.clone());
            if let Some((_, down)) = self.sort.filter(|(sorted, _)| *sorted == number) {
                // The sign of the order may take the blank behind the column.
                head = head.then(Role::Accent, if down { "▼" } else { "▲" });
            }
            let cells = own.max(head.width().min(own + 1));
            let x = area.x + MARGIN + x;
            let x = match column.align {
                Align::Left => x,
                Align::Right => (x + own).saturating_sub(head.width().min(cells)),
            };
            head.draw(buffer, (x, area.y), cells, cx.theme);
        }
    }

    fn draw_group(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, number: usize) {
        let Some(group) = self.groups.get(number) else {
            return;
        };
        let room = area.width.saturating_sub(MARGIN + 2);
        let right = group.right.width();
        let left = if right + 12 < room {
            room - right - 2
        } else {
            room
        };
        group
            .title
            .draw(buffer, (area.x + MARGIN, area.y), left, cx.theme);
        if left < room {
            let x = area.x + MARGIN + room - right;
            group.right.draw(buffer, (x, area.y), right, cx.theme);
        }
    }

    fn draw_row(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        area: Rect,
        row: &TableRow,
        places: &[Option<(u16, u16)>],
        (chosen, focused): (bool, bool),
    ) {
        if chosen {
            let bright = focused && cx.focused;
            let role = if bright {
                Role::RowSelected
            } else {
                Role::RowSelectedUnfocused
            };
            let fill = Rect::new(area.x + 1, area.y, area.width.saturating_sub(2), 1);
            buffer.set_style(fill, cx.theme.style(role));
            let bar = if bright { Role::Accent } else { Role::Node };
            put(buffer, (area.x, area.y), "▌", 1, cx.theme, bar);
        }
        if self.marks.contains(&row.id) {
            let sign = Rich::sign(cx.signs, Sign::Marked);
            sign.draw(buffer, (area.x + 1, area.y), 1, cx.theme);
        }
        let mut named = false;
        let wide = columns::spanning(row, &self.columns);
        let cells = row.cells.iter().zip(&self.columns).zip(places).enumerate();
        for (number, ((cell, column), place)) in cells {
            let Some((x, own)) = *place else { continue };
            let own = if wide == Some(number) {
                area.width.saturating_sub(MARGIN + 2 + x)
            } else {
                own
            };
            let x = area.x + MARGIN + x;
            // The name of the chosen row is as heavy as a name is.
            let is_name = !named && !column.head.is_empty();
            named |= is_name;
            let lifted;
            let rich = if chosen && is_name {
                lifted = lift(&cell.rich);
                &lifted
            } else {
                &cell.rich
            };
            let x = match column.align {
                Align::Left => x,
                Align::Right => x + own.saturating_sub(rich.width()),
            };
            rich.draw_cut(buffer, (x, area.y), own, cell.cut, cx.theme);
            self.draw_found(cx, buffer, (x, area.y), own, rich, cell.cut);
        }
    }

    /// Draws the letters that the filter found over the words that were just drawn.
    fn draw_found(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        (x, y): (u16, u16),
        own: u16,
        rich: &Rich,
        cut: Cut,
    ) {
        let whole = rich.width() <= own;
        if self.filter.is_empty() || (!whole && cut != Cut::End) {
            return;
        }
        let text = rich.text();
        let end = if whole { own } else { own.saturating_sub(1) };
        for range in self.filter.found(&text) {
            let before = width(&text[..range.start]);
            if before < end {
                put(
                    buffer,
                    (x + before, y),
                    &text[range],
                    end - before,
                    cx.theme,
                    Role::Match,
                );
            }
        }
    }
}

fn lift(rich: &Rich) -> Rich {
    rich.runs().iter().fold(Rich::new(), |lifted, run| {
        let role = if run.role == Role::Text {
            Role::Strong
        } else {
            run.role
        };
        lifted.then(role, run.text.clone())
    })
}
