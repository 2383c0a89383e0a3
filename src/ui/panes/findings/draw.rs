//! Drawing of the findings: the list with its sum, the chosen one, and what is said where there are
//! none.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::analysis::hop::Hop;
use crate::analysis::verdict::Verdict;
use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, SizeClass};
use crate::ui::panes::empty;
use crate::ui::panes::trouble::looked_at;
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::rule::Rule;

use super::{CONTEXT, Findings, LIST};

impl Findings {
    /// The sentence in the place of the list.
    fn nothing(&self, cx: &Cx<'_>) -> String {
        if let Some(trouble) = cx.snapshot.sign_in_trouble() {
            return trouble.message.clone();
        }
        if !self.is_judged || !cx.snapshot.is_idle() {
            return "Reading and judging what there is: a finding appears here as soon as something that was read is a cause for one.".to_owned();
        }
        let count = cx.inventory.resources().count();
        let hops = cx.judgement.hops.len();
        if count == 0 {
            return format!(
                "Looked for resources in {}, and there are none to find anything about. One appears here at the next reading after it is made.",
                looked_at(cx)
            );
        }
        let is_shut = |hop: &&Hop| hop.counts() && hop.verdict() == Verdict::Shut;
        let shut = cx.judgement.hops.iter().filter(is_shut).count();
        if shut > 0 {
            // A config file may hide all findings; that makes nothing work.
            return format!(
                "No finding is shown, and yet {shut} of {hops} hops in {} {} not work: the Map tells which. Findings that the config file hides are not listed here{}.",
                looked_at(cx),
                if shut == 1 { "does" } else { "do" },
                self.shows(cx)
            );
        }
        let unread = self.trouble.denied + self.trouble.failed;
        let but = match unread {
            0 => String::new(),
            1 => " One reading is missing: what rests on it was not looked at.".to_owned(),
            many => format!(" {many} readings are missing: what rests on them was not looked at."),
        };
        format!(
            "Looked at {count} resources and {hops} hops in {}: nothing is broken, and nothing is wider than the pattern allows.{but} A finding appears here with the next reading that is a cause for one.",
            looked_at(cx)
        )
    }

    /// `: H shows 2 of them`, where the config file hides any.
    fn shows(&self, cx: &Cx<'_>) -> String {
        let key = cx.key_of(CONTEXT, Action::Hidden);
        match (key, self.hidden) {
            (Some(key), hidden @ 1..) => format!(": {key} shows {hidden} of them"),
            _ => String::new(),
        }
    }

    fn facts(&self, cx: &Cx<'_>) -> Rich {
        let note = self.table.note();
        if !note.is_empty() {
            return note;
        }
        let mut facts = Rich::new();
        for (sign, count) in self.rows.tally() {
            let gap = if facts.is_empty() { "" } else { " " };
            facts = facts.then(sign.role(), format!("{gap}{}{count}", cx.signs.glyph(sign)));
        }
        if self.hidden > 0 {
            let gap = if facts.is_empty() { "" } else { "  " };
            let words = if self.with_hidden {
                "with the hidden ones".to_owned()
            } else {
                format!("{} hidden", self.hidden)
            };
            facts = facts.then(Role::Muted, format!("{gap}{words}"));
        }
        if !self.is_judged || self.trouble.pending > 0 {
            let gap = if facts.is_empty() { "" } else { "  " };
            facts = facts.then(
                Role::Reading,
                format!("{gap}{} reading", cx.signs.glyph(Sign::Reading)),
            );
        }
        facts
    }

    pub(super) fn draw_list(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let right = match self.table.sorted() {
            None => Rich::muted("worst first"),
            Some(_) => Rich::new(),
        };
        let below = Rule::new("Findings")
            .facts(self.facts(cx))
            .right(right)
            .focused(self.parts.has_focus(LIST))
            .draw(cx, buffer, area);
        let so = "What rests on them is not found: silence about it is no all-clear.".to_owned();
        let below = match self.trouble.band(cx, CONTEXT, so) {
            Some(band) => band.draw(cx, buffer, below),
            None => below,
        };
        if self.rows.rows.is_empty() {
            empty(cx, buffer, below, &self.nothing(cx));
            return Drawn::default();
        }
        let (listed, all) = self.table.count();
        if listed == 0 {
            let words = if self.table.is_faults_only() && self.table.filter().is_empty() {
                "Nothing is broken or unknown: faults only shows nothing. Esc shows all findings."
            } else {
                "No finding passes what is typed. Esc shows all of them."
            };
            empty(cx, buffer, below, words);
            return Drawn::default();
        }
        // The sum stands below the list where both have room.
        let lines = listed + self.rows.groups.len() * 2;
        let has_foot = usize::from(below.height) > lines + 4 && listed == all;
        let list = Rect {
            height: if has_foot {
                below.height - 3
            } else {
                below.height
            },
            ..below
        };
        let drawn = self
            .table
            .draw(cx, buffer, list, LIST, self.parts.has_focus(LIST));
        if has_foot {
            let y = below.y + u16::try_from(lines).unwrap_or(0) + 2;
            let things = self.rows.subjects();
            let mut words = format!(
                "{all} {} about {things} {}.",
                if all == 1 { "finding" } else { "findings" },
                if things == 1 { "thing" } else { "things" },
            );
            if !self.with_hidden && self.hidden > 0 {
                let _ = write!(words, " The config file hides more{}.", self.shows(cx));
            }
            let room = below.width.saturating_sub(4);
            Rich::muted(words).draw(buffer, (below.x + 2, y), room, cx.theme);
        }
        drawn
    }

    pub(super) fn draw_detail(&self, cx: &Cx<'_>, area: Rect, buffer: &mut Buffer) -> Drawn {
        let part = self.parts.detail();
        let focused = self.parts.has_focus(part);
        let Some(finding) = self.finding(cx) else {
            let below = Rule::new("Nothing chosen")
                .focused(focused)
                .draw(cx, buffer, area);
            let words = "The finding that is selected is described here.";
            empty(cx, buffer, below, words);
            return Drawn::default();
        };
        let right = format!("{} · {}", finding.kind.word(), finding.severity.word());
        let below = Rule::new(finding.rule)
            .right(Rich::muted(right))
            .focused(focused)
            .draw(cx, buffer, area);
        let below = if cx.size_class() == SizeClass::Beside && below.height > 4 {
            Rect::new(below.x, below.y + 1, below.width, below.height - 1)
        } else {
            below
        };
        self.detail.draw(cx, buffer, below, part)
    }
}
