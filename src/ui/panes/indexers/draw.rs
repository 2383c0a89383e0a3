//! Drawing of the Indexers pane: indexers, runs, errors with the strip below them, detail, each below
//! its rule.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Drawn, SizeClass};
use crate::ui::panes::{empty, reading, trouble};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::rule::Rule;

use super::rows::Ended;
use super::{CONTEXT, ERRORS, INDEXERS, Indexers, RUNS, WHAT, concerns, made, table};

/// Rows of the strip below the errors, its rule and the blank before it included.
const STRIP: u16 = 4;

fn lines(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

impl Indexers {
    /// Whether what an indexer is made of stands below the errors; else it stands in the detail.
    pub(super) fn has_strip(&self, cx: &Cx<'_>) -> bool {
        cx.size_class() == SizeClass::Beside && cx.size.height >= 34 && self.entry().is_some()
    }

    /// How many rows the view that is in sight fills, its rule and a blank below included.
    pub(super) fn filled(&self) -> u16 {
        match self.parts.view() {
            INDEXERS => self.indexers_height(),
            RUNS => lines(self.runs.count().1).saturating_add(3),
            _ => self.errors.height().saturating_add(2),
        }
    }

    /// Rule and head above, two blanks below.
    fn indexers_height(&self) -> u16 {
        let band = if self.trouble.first.is_some() { 2 } else { 0 };
        let groups = if self.rows.services.len() > 1 {
            self.rows.services.len() * 2
        } else {
            0
        };
        lines(self.table.count().0 + groups).saturating_add(4 + band)
    }

    /// How high the first two views are where all are shown.
    pub(super) fn heights(&self, area: Rect) -> [u16; 2] {
        let indexers = self.indexers_height().min((area.height / 3).max(7));
        let errors = match self.errors.height() {
            0 => 3,
            height => height + 2,
        } + STRIP;
        let wanted = lines(self.runs.count().1).saturating_add(3);
        let rest = area.height.saturating_sub(indexers);
        let runs = wanted.min(rest.saturating_sub(errors)).max(rest.min(8));
        [indexers, runs]
    }

    pub(super) fn draw_indexers(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let note = self.table.note();
        let mut facts = note;
        if facts.is_empty() {
            facts = match self.rows.services.as_slice() {
                [one] => Rich::muted(table::tally(one)),
                [] => Rich::new(),
                several => Rich::muted(format!(
                    "{} in {} services",
                    self.rows.entries.len(),
                    several.len()
                )),
            };
            let tally = self.trouble.tally(cx);
            if !tally.is_empty() {
                facts = facts.then(Role::Text, "  ").and(tally);
            }
        }
        let below = Rule::new("Indexers")
            .facts(facts)
            .right(trouble::age(cx, concerns))
            .focused(self.parts.has_focus(INDEXERS))
            .draw(cx, buffer, area);
        let so = "Runs and errors there are not known.".to_owned();
        let below = match self.trouble.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.rows.services.is_empty() {
            empty(cx, buffer, below, &reading::nothing(cx, WHAT, CONTEXT));
            return Drawn::default();
        }
        if self.table.count().0 == 0 {
            let words = if self.table.is_faults_only() && self.table.filter().is_empty() {
                "No indexer is in trouble: faults only shows nothing. Esc shows all."
            } else {
                "No indexer passes what is typed. Esc shows all of them."
            };
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.table
            .draw(cx, buffer, below, INDEXERS, self.parts.has_focus(INDEXERS))
    }

    pub(super) fn draw_runs(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(RUNS);
        let Some(entry) = self.entry() else {
            let below = Rule::new("Runs").focused(focused).draw(cx, buffer, area);
            empty(
                cx,
                buffer,
                below,
                "The runs of the indexer that is selected above stand here.",
            );
            return Drawn::default();
        };
        let note = self.runs.note();
        let facts = if note.is_empty() {
            let tallies = [
                (Sign::Shut, entry.count(&[Ended::Failed])),
                (Sign::AtRisk, entry.count(&[Ended::Partly])),
                (Sign::Open, entry.count(&[Ended::Well])),
            ];
            let mut facts = Rich::new();
            for (sign, count) in tallies {
                if count > 0 {
                    let gap = if facts.is_empty() { "" } else { " " };
                    facts =
                        facts.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)));
                }
            }
            facts
        } else {
            note
        };
        let most = table::most_read(entry.runs());
        let right = if most > 0 {
            Rich::muted(format!("bar: documents read, {most} at most"))
        } else {
            Rich::new()
        };
        let below = Rule::new(format!("Runs of {}", entry.indexer.name))
            .facts(facts)
            .right(right)
            .focused(focused)
            .draw(cx, buffer, area);
        if entry.runs().is_empty() {
            let words = match entry.sign {
                Sign::Reading => {
                    "Its runs are being read: they appear here as soon as they are known."
                }
                Sign::Unknown | Sign::Failed => {
                    "Its status was not read, so its runs are not known. The detail says why."
                }
                _ => "It has never run. The first run appears here once it has begun.",
            };
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        self.runs.draw(cx, buffer, below, RUNS, focused)
    }

    pub(super) fn draw_errors(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let focused = self.parts.has_focus(ERRORS);
        let entry = self.entry();
        let strip = if self.has_strip(cx) && area.height > STRIP + 2 {
            STRIP
        } else {
            0
        };
        let top = Rect {
            height: area.height - strip,
            ..area
        };
        let groups = entry.map_or(&[][..], |entry| entry.errors.as_slice());
        let count: usize = groups.iter().map(|group| group.count).sum();
        let right = match groups.len() {
            0 => Rich::new(),
            1 => Rich::muted(format!("1 group of {count}")),
            many => Rich::muted(format!("{many} groups of {count}")),
        };
        let below = Rule::new("Errors, grouped")
            .right(right)
            .focused(focused)
            .draw(cx, buffer, top);
        let mut drawn = Drawn::default();
        if groups.is_empty() {
            let words = match entry.map(|entry| (entry.sign, entry.runs().is_empty())) {
                None => "The errors of the indexer that is selected stand here.",
                Some((Sign::Reading, true)) => {
                    "Errors appear here with the first run that is read."
                }
                Some((_, true)) => "No run is known, and so no error.",
                Some(_) => "No run that the service keeps met an error or a warning.",
            };
            empty(cx, buffer, below, words);
        } else {
            drawn = self.errors.draw(cx, buffer, below, ERRORS, focused);
        }
        if let Some(entry) = entry.filter(|_| strip > 0) {
            let place = Rect {
                y: top.bottom(),
                height: strip,
                ..area
            };
            let inside = Rule::new("What it is made of").draw(cx, buffer, place);
            let room = inside.width.saturating_sub(4);
            for (y, line) in (inside.y..inside.bottom()).zip(made::strip(cx, entry)) {
                line.draw(buffer, (inside.x + 2, y), room, cx.theme);
            }
        }
        drawn
    }

    pub(super) fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let (title, right) = self.title(cx);
        let below = Rule::new(title)
            .right(right)
            .focused(self.parts.has_focus(part))
            .draw(cx, buffer, area);
        let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
            Rect::new(below.x, below.y + 1, below.width, below.height - 1)
        } else {
            below
        };
        self.detail.draw(cx, buffer, below, part)
    }
}
