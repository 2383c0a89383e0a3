//! Drawing of Access: the view, its detail and, where there is room, the excess, each below its
//! rule.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, SizeClass};
use crate::ui::panes::empty;
use crate::ui::panes::trouble;
use crate::ui::text::{Rich, underline, width};
use crate::ui::theme::Role;
use crate::ui::widgets::parts::Height;
use crate::ui::widgets::rule::{self, Rule};

use super::{Access, BESIDE, CELLS, CONTEXT, EXCESS, PROOF, TABLE, VIEWS, WIDE, concerns, words};

/// Whether matrix, cell and excess stand side by side.
pub(super) fn has_three(cx: &Cx<'_>) -> bool {
    cx.size.width >= WIDE
}

/// Said when a filter lets nothing through.
const NONE_PASSES: &str = "No row passes the filter. Esc shows all.";

impl Access {
    /// The views with the chosen one underlined, and where that one begins from the right end.
    fn views(&self, cx: &Cx<'_>, room: u16) -> (Rich, u16, u16) {
        let mut words = Rich::new();
        let mut begins = 0;
        let is_narrow = room < 110;
        for (at, name) in VIEWS.iter().enumerate() {
            if is_narrow && at != self.view {
                continue;
            }
            if !words.is_empty() {
                words = words.then(Role::Muted, "  ");
            }
            if at == self.view {
                begins = words.width();
            }
            let role = if at == self.view {
                Role::Accent
            } else {
                Role::Muted
            };
            words = words.then(role, *name);
        }
        if is_narrow && self.view == CELLS && self.is_alone {
            words = words.then(Role::Muted, format!("  {}", self.grid.place()));
        }
        let keys =
            [Action::PreviousView, Action::NextView].map(|action| cx.key_of(CONTEXT, action));
        if let [Some(one), Some(other)] = keys {
            words = words.then(Role::Strong, format!("   {one} {other}"));
        }
        let own = width(VIEWS[self.view]);
        let from_end = words.width() - begins;
        (words, from_end, own)
    }

    fn draw_table(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(TABLE);
        let note = match self.table() {
            Some(table) => table.note(),
            None => self.grid.note(),
        };
        let (views, from_end, own) = self.views(cx, area.width);
        let age = trouble::age(cx, concerns);
        let right = if !note.is_empty() {
            note.clone()
        } else if age.is_empty() {
            views
        } else {
            age.then(Role::Muted, "   ").and(views)
        };
        let fits =
            right.width() + words::facts(cx, &self.trouble, self.matrix.as_ref()).width() + 16
                <= area.width;
        let facts = if fits {
            words::facts(cx, &self.trouble, self.matrix.as_ref())
        } else {
            self.trouble.tally(cx)
        };
        let facts = match self.view {
            CELLS => {
                let sight = self.grid.in_sight(cx, area, &self.needs);
                if !sight.is_empty() {
                    sight.then(Role::Muted, "  ").and(self.trouble.tally(cx))
                } else if fits && area.width >= 130 {
                    Rich::muted("needed against held · ").and(facts)
                } else {
                    facts
                }
            }
            _ => facts,
        };
        let rule = Rule::new("Access")
            .facts(facts)
            .right(right)
            .focused(focused);
        let mut inside = rule.draw(cx, buffer, area);
        if note.is_empty() && area.width > from_end + 2 {
            let x = area.right() - 2 - from_end;
            underline(buffer, Rect::new(x, area.y, own, 1));
        }
        if let Some(band) = self.trouble.band(cx, CONTEXT, words::so(&self.trouble)) {
            inside = band.draw(cx, buffer, inside);
            inside = Rect::new(
                inside.x,
                inside.y + 1.min(inside.height),
                inside.width,
                inside.height.saturating_sub(1),
            );
        }
        let focus = (TABLE, focused);
        let Some(table) = self.table() else {
            return self.draw_cells(cx, inside, buffer, focus);
        };
        if self.made[self.view - 1].lines.is_empty() {
            let words = match self.view {
                EXCESS => words::no_excess(cx, &self.excess),
                _ => words::nothing(cx, &self.trouble),
            };
            empty(cx, buffer, inside, &words);
            return Drawn::default();
        }
        let (listed, _) = table.count();
        if listed == 0 {
            let words = if table.filter().is_empty() {
                "No row is in trouble: every assignment has a role and a principal that are known. Esc shows all."
            } else {
                NONE_PASSES
            };
            empty(cx, buffer, inside, words);
            return Drawn::default();
        }
        table.draw(cx, buffer, inside, TABLE, focused)
    }

    fn draw_cells(
        &self,
        cx: &Cx<'_>,
        area: Rect,
        buffer: &mut Buffer,
        focus: (usize, bool),
    ) -> Drawn {
        if self.needs.is_empty() {
            empty(cx, buffer, area, &words::no_needs(cx, &self.trouble));
            return Drawn::default();
        }
        if self.grid.is_nothing_listed() {
            let words = if self.grid.filter().0.is_empty() {
                "Everybody holds what the hops need. Esc shows all."
            } else {
                NONE_PASSES
            };
            empty(cx, buffer, area, words);
            return Drawn::default();
        }
        self.grid.draw(cx, buffer, area, focus, &self.needs)
    }

    fn draw_whole(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let Some(mut inside) = self.draw_title(cx, area, buffer) else {
            return Drawn::default();
        };
        if cx.size_class() == SizeClass::Beside && inside.height > 4 {
            inside = Rect::new(inside.x, inside.y + 1, inside.width, inside.height - 1);
        }
        self.whole.draw(cx, buffer, inside, self.parts.detail())
    }

    /// Draws the rule of the detail; none when nothing is chosen.
    fn draw_title(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Option<Rect> {
        let focused = self.parts.has_focus(self.parts.detail());
        let Some(told) = &self.told else {
            let inside = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            empty(
                cx,
                buffer,
                inside,
                "What is selected is described here, with its evidence.",
            );
            return None;
        };
        let rule = Rule::new(told.title.clone())
            .right(Rich::muted(told.right.clone()))
            .focused(focused);
        Some(rule.draw(cx, buffer, area))
    }

    /// A wide table above, and its detail in two halves below.
    fn draw_stacked(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let below = (area.height * 2 / 5).max(12).min(area.height);
        let table = Rect {
            height: area.height - below,
            ..area
        };
        let mut drawn = self.draw_table(cx, table, buffer);
        let detail = Rect::new(area.x, table.bottom(), area.width, below);
        let Some(inside) = self.draw_title(cx, detail, buffer) else {
            return drawn;
        };
        let x = inside.x + inside.width / 2;
        rule::vertical(cx, buffer, x, detail.y, detail.bottom(), &[]);
        let body = Rect::new(
            inside.x,
            inside.y + 1,
            inside.width,
            inside.height.saturating_sub(1),
        );
        let left = Rect::new(body.x + 1, body.y, x - body.x - 1, body.height);
        let right = Rect::new(x + 1, body.y, body.right() - x - 1, body.height);
        drawn.add(self.left.draw(cx, buffer, left, self.parts.detail()));
        drawn.add(self.proof.draw(cx, buffer, right, PROOF));
        drawn
    }

    /// The view with what stands beside or below it.
    pub(super) fn draw_all(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        if has_three(cx) && self.view == CELLS && !self.needs.is_empty() && area.height >= 24 {
            return self.draw_three(cx, area, buffer);
        }
        if cx.size_class() == SizeClass::Beside && !has_three(cx) && area.height >= 24 {
            return self.draw_stacked(cx, area, buffer);
        }
        let placed = self.parts.place(cx, area, &[Height::Rest]);
        let mut drawn = Drawn::default();
        if let Some(area) = placed.views.first().copied().flatten() {
            drawn.add(self.draw_table(cx, area, buffer));
        }
        if let Some(area) = placed.detail {
            drawn.add(self.draw_whole(cx, area, buffer));
        }
        placed.hairlines(cx, buffer);
        drawn
    }

    /// Matrix, cell and excess side by side.
    fn draw_three(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let (detail, excess) = (56, 44);
        let left = area.width.saturating_sub(detail + excess + 2);
        let matrix = Rect {
            width: left,
            ..area
        };
        let mut drawn = self.draw_table(cx, matrix, buffer);
        let cell = Rect::new(area.x + left + 1, area.y, detail, area.height);
        drawn.add(self.draw_whole(cx, cell, buffer));
        let x = cell.right();
        let beside = Rect::new(
            x + 1,
            area.y,
            area.right().saturating_sub(x + 1),
            area.height,
        );
        let count = self.excess.roles.len();
        let right = match count {
            0 => Rich::new(),
            many => Rich::muted(format!("{many} roles wider than needed")),
        };
        let inside = Rule::new("In excess").right(right).draw(cx, buffer, beside);
        let inside = Rect::new(
            inside.x,
            inside.y + 1,
            inside.width,
            inside.height.saturating_sub(1),
        );
        drawn.add(self.beside.draw(cx, buffer, inside, BESIDE));
        rule::vertical(cx, buffer, area.x + left, area.y, area.bottom(), &[]);
        rule::vertical(cx, buffer, x, area.y, area.bottom(), &[]);
        drawn
    }
}
