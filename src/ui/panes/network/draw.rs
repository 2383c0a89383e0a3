//! Drawing of the Network pane: table, matrix with its legend, detail, each below its rule.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Drawn};
use crate::ui::panes::empty;
use crate::ui::panes::reading::{self, Age};
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, width};
use crate::ui::theme::Role;
use crate::ui::widgets::rule::Rule;

use super::matrix::Matrix;
use super::{CALLERS, CONTEXT, Network, SERVICES, WHAT, detail};

impl Network {
    /// How high the table is where both views are shown: all of it, if the matrix keeps its rows.
    pub(super) fn table_height(&self, area: Rect) -> u16 {
        let band = if self.troubles.first.is_some() { 2 } else { 0 };
        let listed = u16::try_from(self.table.count().0).unwrap_or(u16::MAX);
        let groups =
            u16::try_from(self.rows.homes.len() + usize::from(!self.gaps.is_empty())).unwrap_or(0);
        // Rule and head above; between groups one blank; two before the next rule.
        let wanted = listed
            .saturating_add(2 * groups.max(1) - 1)
            .saturating_add(4 + band);
        let matrix = Matrix::height(&self.rows).min(area.height / 2).max(6);
        wanted
            .min(area.height.saturating_sub(matrix))
            .max(area.height.min(6))
    }

    pub(super) fn draw_services(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let count = self.rows.services.len();
        let noun = if count == 1 { "service" } else { "services" };
        let note = self.table.note();
        let tally = if note.is_empty() {
            let tally = self.troubles.tally(cx);
            let gap = if tally.is_empty() { "" } else { "  " };
            Rich::muted(format!("{count} {noun}{gap}")).and(tally)
        } else {
            note
        };
        let age = self.oldest.map_or_else(Rich::new, |at| Age::note(at, cx));
        let right = if age.is_empty() {
            Rich::muted(match cx.judging.client_ip {
                Some(address) => format!("judged for you at {address}"),
                None => "your address was not said".to_owned(),
            })
        } else {
            age
        };
        let below = Rule::new("Network")
            .facts(tally)
            .right(right)
            .focused(self.parts.has_focus(SERVICES))
            .draw(cx, buffer, area);
        let below = match &self.troubles.first {
            Some(trouble) => trouble.band(cx, CONTEXT).draw(cx, buffer, below),
            None => below,
        };
        if self.rows.services.is_empty() && self.gaps.is_empty() {
            let sentence = reading::nothing(cx, WHAT, CONTEXT);
            empty(cx, buffer, below, &sentence);
            return Drawn::default();
        }
        if self.table.count().0 == 0 {
            empty(
                cx,
                buffer,
                below,
                "No service passes what is typed or chosen; esc shows all of them.",
            );
            return Drawn::default();
        }
        self.table
            .draw(cx, buffer, below, SERVICES, self.parts.has_focus(SERVICES))
    }

    pub(super) fn draw_callers(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.matrix.note(
            cx,
            &self.rows,
            Rect {
                height: area.height.saturating_sub(1),
                ..area
            },
        );
        let whole = "network only: identity and role come after";
        let has_room = area.width >= 40 + note.width() + width(whole);
        let below = Rule::new("Who gets in, and by which rule")
            .facts(note)
            .right(Rich::muted(if has_room { whole } else { "network only" }))
            .focused(self.parts.has_focus(CALLERS))
            .draw(cx, buffer, area);
        if self.rows.services.is_empty() {
            let words = "Who gets in is judged as soon as the first service is read.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        let rows = Matrix::height(&self.rows)
            .saturating_sub(1)
            .min(below.height);
        let (matrix, rest) = (
            Rect {
                height: rows,
                ..below
            },
            Rect {
                y: below.y + rows,
                height: below.height - rows,
                ..below
            },
        );
        self.legend(cx, rest, buffer);
        self.matrix.draw(
            cx,
            buffer,
            matrix,
            (CALLERS, self.parts.has_focus(CALLERS)),
            &self.rows,
        )
    }

    /// What the words of the matrix mean, where there is room for all of it.
    fn legend(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) {
        let signed =
            |sign: Sign, words: &'static str| Rich::sign(cx.signs, sign).then(Role::Muted, words);
        let named = |name: &'static str, words: &'static str| {
            Rich::plain("  ")
                .then(Role::Strong, format!("{name:<10}"))
                .then(Role::Muted, words)
        };
        let exposed = Rich::sign(cx.signs, Sign::Exposure)
            .then(Role::Strong, " trusted   ")
            .then(
                Role::Muted,
                "any instance of a service on Microsoft's list, with a token and a role",
            );
        let lines = [
            Rich::new(),
            signed(Sign::None, "  the pattern has no call this way"),
            signed(
                Sign::Refused,
                "  nothing that was read calls here, and it is denied",
            ),
            Rich::new(),
            exposed,
            named("instance", "one named instance; Storage only"),
            named(
                "perimeter",
                "an enforced one replaces all other rules but private endpoints",
            ),
            Rich::new(),
            self.counts(cx),
        ];
        // Two rows of air above the next rule; half a legend would explain nothing.
        if usize::from(area.height) < lines.len() {
            return;
        }
        for (y, line) in (area.y..area.bottom()).zip(&lines) {
            line.draw(
                buffer,
                (area.x + 2, y),
                area.width.saturating_sub(4),
                cx.theme,
            );
        }
    }

    fn counts(&self, cx: &Cx<'_>) -> Rich {
        let [endpoints, links, perimeters] = self.rows.counts;
        let counted = |count: usize, noun: &str| {
            format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
        };
        let read = self
            .oldest
            .map_or(String::new(), |at| format!(" · read {}", cx.clock(at)));
        Rich::muted(format!(
            "{} · {} · {}{read}",
            counted(endpoints, "private endpoint"),
            counted(links, "shared private link"),
            counted(perimeters, "perimeter"),
        ))
    }

    pub(super) fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let (row, column) = self.matrix.chosen();
        let mut rule = Rule::new("Detail").focused(self.parts.has_focus(part));
        if let Some(gap) = self.gap() {
            rule.title = gap.title();
            rule.facts = gap.why(cx);
        } else if let Some(service) = self.rows.services.get(column) {
            let cell = self.matrix.cell(cx, &self.rows, (row, column));
            (rule.title, rule.right) = detail::title(cell.as_deref(), service);
            if let Some(cell) = &cell {
                rule.facts = Rich::signed(cx.signs, detail::sum_sign(cell));
            }
        }
        let below = rule.draw(cx, buffer, area);
        self.detail.draw(cx, buffer, below, part)
    }
}
