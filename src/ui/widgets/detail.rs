//! The detail: sections with a label in capitals, sentences, evidence as key and value, commands.
//!
//! The answer first, then why, then the proof, then the mend. Lines are wrapped once per revision
//! and width and kept.

use std::cell::RefCell;
use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, Drawn, Hit, Page, Target};
use crate::ui::text::{Cut, Rich, put, put_right, width, wrap};
use crate::ui::theme::Role;

use super::{code, window};

/// One section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its label, in capitals; empty for the first lines of a detail.
    pub label: String,
    /// Words at the right end of the label: `read 12:41:06`, `c copy`.
    pub right: Rich,
    /// What it says.
    pub lines: Vec<Line>,
    /// The line that is selected, by its number: it is kept in sight.
    pub chosen: Option<usize>,
}

/// One line of a section, before it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Words; a line of one role is wrapped at spaces, one of several roles is cut.
    Words(Rich),
    /// A label and its value. Labels of a section share a column.
    Pair(Rich, Rich),
    /// A label and its value, as a step of several: where the value takes more lines, the third
    /// part stands in the label's place, so that a line drawn from step to step does not break.
    Step(Rich, Rich, Rich),
    /// A command to copy, wrapped at its arguments.
    Code(String),
    /// A blank line.
    Blank,
}

impl Section {
    /// A section with this label.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// With words at the right end of the label.
    #[must_use]
    pub fn right(mut self, right: Rich) -> Self {
        self.right = right;
        self
    }

    /// With a line of words.
    #[must_use]
    pub fn words(mut self, words: Rich) -> Self {
        self.lines.push(Line::Words(words));
        self
    }

    /// With a muted label and its value.
    #[must_use]
    pub fn pair(mut self, label: impl Into<std::borrow::Cow<'static, str>>, value: Rich) -> Self {
        self.lines.push(Line::Pair(Rich::muted(label), value));
        self
    }

    /// With a step: its label, its value, and what stands under the label.
    #[must_use]
    pub fn step(mut self, label: Rich, value: Rich, under: Rich) -> Self {
        self.lines.push(Line::Step(label, value, under));
        self
    }

    /// With a command.
    #[must_use]
    pub fn code(mut self, command: impl Into<String>) -> Self {
        self.lines.push(Line::Code(command.into()));
        self
    }

    /// With a blank line.
    #[must_use]
    pub fn blank(mut self) -> Self {
        self.lines.push(Line::Blank);
        self
    }

    /// The line that was added last is the selected one when `chosen`.
    pub fn choose_last(&mut self, chosen: bool) {
        if chosen {
            self.chosen = self.lines.len().checked_sub(1);
        }
    }
}

/// A line as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrapped {
    left: Rich,
    value: Option<(u16, Rich, Cut)>,
    right: Rich,
    ground: Option<Role>,
    /// The section and its line that it belongs to.
    source: Option<(usize, usize)>,
    is_chosen: bool,
}

impl Wrapped {
    fn of(left: Rich) -> Self {
        Self {
            left,
            value: None,
            right: Rich::new(),
            ground: None,
            source: None,
            is_chosen: false,
        }
    }
}

/// The lines of a detail for one width.
#[derive(Debug, Default)]
struct Kept {
    width: u16,
    lines: Vec<Wrapped>,
}

/// A detail and how far it is scrolled.
#[derive(Debug, Default)]
pub struct Detail {
    sections: Vec<Section>,
    top: usize,
    rows: usize,
    of: usize,
    /// The selected line has moved: the next frame brings it into sight.
    follows: bool,
    /// Only a memory of what the sections and a width give; never more than that.
    kept: RefCell<Option<Kept>>,
}

impl Detail {
    /// An empty detail.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes new sections. What is scrolled stays where it is unless `fresh`: another subject.
    pub fn set(&mut self, sections: Vec<Section>, fresh: bool) {
        if fresh {
            self.top = 0;
        }
        let chosen = chosen(&sections);
        if chosen.is_some() && (fresh || chosen != self::chosen(&self.sections)) {
            self.follows = true;
        }
        if self.sections != sections {
            self.sections = sections;
            *self.kept.get_mut() = None;
        }
    }

    /// What it says.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Does what an action means for a detail that has the focus. False when it means nothing.
    pub fn on_action(&mut self, action: Action) -> bool {
        let page = self.rows.max(2);
        let most = self.of.saturating_sub(self.rows);
        self.top = match action {
            Action::Down => self.top + 1,
            Action::Up => self.top.saturating_sub(1),
            Action::HalfPageDown => self.top + page / 2,
            Action::HalfPageUp => self.top.saturating_sub(page / 2),
            Action::PageDown => self.top + page - 1,
            Action::PageUp => self.top.saturating_sub(page - 1),
            Action::First => 0,
            Action::Last => most,
            _ => return false,
        }
        .min(most);
        self.follows = false;
        true
    }

    /// The section and the line of it that stand in a line of the detail as it was drawn last.
    pub fn source(&self, line: usize) -> Option<(usize, usize)> {
        let kept = self.kept.borrow();
        kept.as_ref()?.lines.get(line)?.source
    }

    /// Turns the wheel.
    pub fn wheel(&mut self, down: bool) {
        self.follows = false;
        let most = self.of.saturating_sub(self.rows);
        self.top = if down {
            self.top + 3
        } else {
            self.top.saturating_sub(3)
        }
        .min(most);
    }

    /// Keeps what only drawing knows.
    pub fn keep(&mut self, page: Page) {
        (self.rows, self.of, self.top) = (page.rows, page.of, page.top);
        self.follows = false;
    }

    /// Draws what is in sight, one column of margin left and right. `part` is the pane's number of
    /// the detail.
    pub fn draw(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, part: usize) -> Drawn {
        let mut drawn = Drawn::default();
        if area.height == 0 || area.width < 4 {
            return drawn;
        }
        // Beside a hairline one blank is margin enough; at the edge of the screen the words stand
        // under those of the tables.
        let margin = if area.x == 0 { 2 } else { 1 };
        let inner = Rect::new(
            area.x + margin,
            area.y,
            area.width - margin - 1,
            area.height,
        );
        let mut kept = self.kept.borrow_mut();
        let kept = match &mut *kept {
            Some(kept) if kept.width == inner.width => kept,
            other => other.insert(Kept {
                width: inner.width,
                lines: lay(&self.sections, inner.width),
            }),
        };
        let rows = usize::from(area.height);
        let top = self.first(&kept.lines, rows);
        for (y, line) in (inner.y..inner.bottom()).zip(kept.lines.iter().skip(top)) {
            draw_line(
                cx,
                buffer,
                Rect {
                    y,
                    height: 1,
                    ..inner
                },
                line,
            );
        }
        window::thumb(cx, buffer, area, top, kept.lines.len());
        drawn.pages.push(Page {
            part,
            top,
            rows,
            of: kept.lines.len(),
        });
        drawn.hits.push(Hit {
            area,
            target: Target::Part { part, top },
        });
        drawn
    }

    /// The first line that is drawn: where the person left it, moved as little as it takes to show the
    /// selected line when that has moved.
    fn first(&self, lines: &[Wrapped], rows: usize) -> usize {
        let last = self.top.min(lines.len().saturating_sub(rows));
        let at = |find: Option<usize>| find.filter(|_| self.follows);
        let Some(from) = at(lines.iter().position(|line| line.is_chosen)) else {
            return last;
        };
        let to = lines
            .iter()
            .rposition(|line| line.is_chosen)
            .unwrap_or(from);
        let low = window::top(to, last, rows, lines.len());
        window::top(from, low, rows, lines.len())
    }
}

/// The selected line of sections.
fn chosen(sections: &[Section]) -> Option<(usize, usize)> {
    sections
        .iter()
        .enumerate()
        .find_map(|(number, section)| Some((number, section.chosen?)))
}

fn draw_line(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, line: &Wrapped) {
    if let Some(ground) = line.ground {
        buffer.set_style(area.intersection(buffer.area), cx.theme.style(ground));
    }
    if line.is_chosen {
        let row = Rect {
            x: area.x.saturating_sub(1),
            width: area.width + 1,
            ..area
        };
        let style = cx.theme.style(Role::RowSelected);
        buffer.set_style(row.intersection(buffer.area), style);
        put(buffer, (row.x, row.y), "▌", 1, cx.theme, Role::Accent);
    }
    let mut room = area.width;
    if !line.right.is_empty() && line.left.width() + line.right.width() + 2 <= area.width {
        let own = line.right.width();
        put_right(buffer, (area.right(), area.y), &line.right, own, cx.theme);
        room -= own + 1;
    }
    match &line.value {
        None => {
            line.left.draw(buffer, (area.x, area.y), room, cx.theme);
        }
        Some((offset, value, cut)) => {
            let own = offset.saturating_sub(1);
            line.left
                .draw_cut(buffer, (area.x, area.y), own, Cut::Front, cx.theme);
            let rest = room.saturating_sub(*offset);
            value.draw_cut(buffer, (area.x + offset, area.y), rest, *cut, cx.theme);
        }
    }
}

/// Lays sections out for a width: one blank line between them.
fn lay(sections: &[Section], cells: u16) -> Vec<Wrapped> {
    let mut lines = Vec::new();
    for (number, section) in sections.iter().enumerate() {
        if !lines.is_empty() {
            lines.push(Wrapped::of(Rich::new()));
        }
        if !section.label.is_empty() {
            lines.push(Wrapped {
                right: section.right.clone(),
                ..Wrapped::of(Rich::muted(section.label.clone()))
            });
        }
        let column = pair_column(section, cells);
        for (at, line) in section.lines.iter().enumerate() {
            let before = lines.len();
            lay_line(&mut lines, line, column, cells);
            for wrapped in &mut lines[before..] {
                wrapped.source = Some((number, at));
                wrapped.is_chosen = section.chosen == Some(at);
            }
        }
    }
    lines
}

/// Where the values of a section stand: behind its longest label, at most half way across.
fn pair_column(section: &Section, cells: u16) -> u16 {
    let labels = section.lines.iter().filter_map(|line| match line {
        Line::Pair(label, _) | Line::Step(label, _, _) => Some(label.width()),
        _ => None,
    });
    (labels.max().unwrap_or(0) + 1).min(cells / 2 + 5)
}

fn lay_line(lines: &mut Vec<Wrapped>, line: &Line, column: u16, cells: u16) {
    match line {
        Line::Blank => lines.push(Wrapped::of(Rich::new())),
        Line::Code(command) => {
            for part in code::lines(command, cells.saturating_sub(1)) {
                lines.push(Wrapped {
                    ground: Some(Role::Code),
                    ..Wrapped::of(Rich::of(Role::Text, format!(" {part}")))
                });
            }
        }
        Line::Words(words) => match words.runs() {
            [one] if width(&one.text) > cells => {
                for part in wrap(&one.text, cells) {
                    lines.push(Wrapped::of(Rich::of(one.role, part)));
                }
            }
            [sign, rest @ ..] if words.width() > cells && width(&sign.text) <= 2 => {
                lay_hanging(lines, sign, rest, cells);
            }
            _ => lines.push(Wrapped::of(words.clone())),
        },
        Line::Pair(label, value) => lay_pair(lines, (label, value), &Rich::new(), column, cells),
        Line::Step(label, value, under) => lay_pair(lines, (label, value), under, column, cells),
    }
}

/// A label and its value; `under` stands below the label where the value takes more lines.
fn lay_pair(
    lines: &mut Vec<Wrapped>,
    (label, value): (&Rich, &Rich),
    under: &Rich,
    column: u16,
    cells: u16,
) {
    let room = cells.saturating_sub(column);
    let long = value.width() > room && value.runs().len() == 1;
    let is_words = long && value.text().contains(' ');
    if is_words {
        let role = value.runs()[0].role;
        let text = value.text().into_owned();
        for (number, part) in wrap(&text, room).into_iter().enumerate() {
            let left = if number == 0 { label } else { under };
            let value = Some((column, Rich::of(role, part), Cut::End));
            lines.push(Wrapped {
                value,
                ..Wrapped::of(left.clone())
            });
        }
    } else {
        // An id keeps its tail; anything else its head.
        let cut = if value.text().starts_with('/') {
            Cut::Front
        } else {
            Cut::End
        };
        let value = Some((column, value.clone(), cut));
        lines.push(Wrapped {
            value,
            ..Wrapped::of(label.clone())
        });
    }
}

/// A sign and words: the words wrap beside the sign.
fn lay_hanging(
    lines: &mut Vec<Wrapped>,
    sign: &crate::ui::text::Run,
    rest: &[crate::ui::text::Run],
    cells: u16,
) {
    let role = rest.last().map_or(Role::Text, |run| run.role);
    let text: String = rest.iter().map(|run| run.text.as_ref()).collect();
    for (number, part) in wrap(text.trim_start(), cells.saturating_sub(2))
        .into_iter()
        .enumerate()
    {
        let left = if number == 0 {
            Rich::of(sign.role, sign.text.clone()).then(role, " ")
        } else {
            Rich::of(role, "  ")
        };
        lines.push(Wrapped::of(left.then(role, part)));
    }
}

/// The words of sections as plain text, for the clipboard and for tests.
pub fn plain_text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        if !section.label.is_empty() {
            text.push_str(&section.label);
            text.push('\n');
        }
        for line in &section.lines {
            match line {
                Line::Words(words) => text.push_str(&words.text()),
                Line::Pair(label, value) | Line::Step(label, value, _) => {
                    let _ = write!(text, "{}: {}", label.text(), value.text());
                }
                Line::Code(command) => text.push_str(command),
                Line::Blank => {}
            }
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sections: &[Section], cells: u16) -> Vec<String> {
        let lines = lay(sections, cells);
        lines
            .iter()
            .map(|line| line.left.text().into_owned())
            .collect()
    }

    #[test]
    fn sentences_wrap_and_signs_hang() {
        let section = Section::new("WHY")
            .words(Rich::plain("Storage denies by default"))
            .words(Rich::of(Role::Exposure, "◆").then(Role::Text, " the door for every service"));
        assert_eq!(
            texts(&[section], 16),
            [
                "WHY",
                "Storage denies",
                "by default",
                "◆ the door for",
                "  every service"
            ]
        );
    }

    #[test]
    fn sections_are_one_blank_line_apart_and_values_share_a_column() {
        let one = Section::new("EVIDENCE")
            .pair("bypass", Rich::plain("None"))
            .pair("defaultAction", Rich::plain("Deny"));
        let lines = lay(&[one.clone(), one], 40);
        assert_eq!(lines.len(), 7);
        assert!(lines[3].left.is_empty());
        let columns: Vec<u16> = lines
            .iter()
            .filter_map(|line| Some(line.value.as_ref()?.0))
            .collect();
        assert_eq!(columns, [14; 4]);
    }

    #[test]
    fn the_selected_line_comes_into_sight_and_stays_where_it_is_then() {
        let mut section = Section::new("LINES");
        for number in 0..20 {
            section = section.words(Rich::plain(number.to_string()));
            section.choose_last(number == 15);
        }
        let mut detail = Detail::new();
        detail.set(vec![section.clone()], true);
        let lines = lay(detail.sections(), 30);
        assert_eq!(detail.first(&lines, 5), 12);
        detail.keep(Page {
            part: 0,
            top: 12,
            rows: 5,
            of: lines.len(),
        });
        detail.wheel(false);
        assert_eq!(detail.first(&lines, 5), 9);
        section.chosen = Some(3);
        detail.set(vec![section], false);
        assert_eq!(detail.first(&lay(detail.sections(), 30), 5), 4);
    }

    #[test]
    fn the_whole_command_is_in_the_plain_text() {
        let command = "az storage account update -g rg-rag-poc -n stragdev --bypass AzureServices";
        let sections = [Section::new("MEND").code(command)];
        assert!(plain_text(&sections).contains(command));
        assert!(lay(&sections, 30).len() > 2);
    }
}
