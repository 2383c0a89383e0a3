//! Words with roles, measured and cut by display width, and the one function that writes them into
//! cells: every text on the screen passes [`put`].
//!
//! Must not know panes. Text from outside is made safe in [`Rich`]'s constructors through
//! [`clean`].

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::signs::{Sign, Signs};
use super::theme::{Role, Theme};

pub use crate::model::text::safe as clean;

/// The display width of a text, in cells.
pub fn width(text: &str) -> u16 {
    let cells = if text.is_ascii() {
        text.len()
    } else {
        text.width()
    };
    u16::try_from(cells).unwrap_or(u16::MAX)
}

/// Where a text that is too wide is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// At the end: names, hosts, sentences.
    #[default]
    End,
    /// In the middle, keeping both ends: GUIDs, group names.
    Middle,
    /// At the front, keeping the tail: ARM ids and paths.
    Front,
}

fn head(text: &str, cells: u16) -> &str {
    let mut used = 0_usize;
    for (at, letter) in text.char_indices() {
        used += letter.width().unwrap_or(0);
        if used > usize::from(cells) {
            return &text[..at];
        }
    }
    text
}

fn tail(text: &str, cells: u16) -> &str {
    let mut used = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        used += letter.width().unwrap_or(0);
        if used > usize::from(cells) {
            return &text[at + letter.len_utf8()..];
        }
    }
    text
}

/// The text in at most so many cells, with `…` where something was left out.
pub fn cut(text: &str, cells: u16, where_at: Cut) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let room = cells - 1;
    Cow::Owned(match where_at {
        Cut::End => format!("{}…", head(text, room)),
        Cut::Front => format!("…{}", tail(text, room)),
        Cut::Middle => {
            let back = room / 2;
            format!("{}…{}", head(text, room - back), tail(text, back))
        }
    })
}

/// A GUID as it is shown: its first and last four letters.
pub fn short_guid(guid: &str) -> String {
    if guid.len() <= 9 || !guid.is_ascii() {
        return clean(guid).into_owned();
    }
    format!("{}…{}", clean(&guid[..4]), clean(&guid[guid.len() - 4..]))
}

/// A name that ends in a GUID, with the GUID cut short: `azureml-rg-hub-rag-dev_5c1d…77e2`.
pub fn short_tail(name: &str) -> Cow<'_, str> {
    let at = name.len().saturating_sub(36);
    match (name.get(..at), name.get(at..)) {
        (Some(front), Some(guid)) if uuid::Uuid::try_parse(guid).is_ok() => {
            Cow::Owned(format!("{front}{}", short_guid(guid)))
        }
        _ => Cow::Borrowed(name),
    }
}

/// Breaks a text into lines of at most so many cells, at spaces; a word that is longer than a line
/// is broken where the line ends.
pub fn wrap(text: &str, cells: u16) -> Vec<String> {
    let cells = cells.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        let line = lines.last().map_or("", String::as_str);
        let gap = u16::from(!line.is_empty());
        if width(line) + gap + width(word) > cells && !line.is_empty() {
            lines.push(String::new());
        }
        while width(word) > cells {
            let part = head(word, cells);
            // A letter wider than the whole line still has to go somewhere.
            let part = if part.is_empty() {
                &word[..word.chars().next().map_or(word.len(), char::len_utf8)]
            } else {
                part
            };
            if let Some(line) = lines.last_mut() {
                line.push_str(part);
            }
            lines.push(String::new());
            word = &word[part.len()..];
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() && !word.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// One stretch of words in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it means.
    pub role: Role,
    /// The words, safe to show.
    pub text: Cow<'static, str>,
}

/// A line of words in roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rich {
    runs: Vec<Run>,
}

impl Rich {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Words in one role.
    pub fn of(role: Role, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new().then(role, text)
    }

    /// Plain words.
    pub fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Role::Text, text)
    }

    /// Muted words.
    pub fn muted(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Role::Muted, text)
    }

    /// A name.
    pub fn strong(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Role::Strong, text)
    }

    /// A sign alone.
    pub fn sign(signs: Signs, sign: Sign) -> Self {
        Self::of(sign.role(), signs.glyph(sign))
    }

    /// A sign and its word.
    pub fn signed(signs: Signs, sign: Sign) -> Self {
        Self::sign(signs, sign)
            .then(Role::Text, " ")
            .then(sign.word_role(), sign.word())
    }

    /// A verdict as a label: its colour behind it.
    pub fn chip(signs: Signs, sign: Sign) -> Self {
        Self::of(
            sign.chip(),
            format!(" {} {} ", signs.glyph(sign), sign.word()),
        )
    }

    /// These words, and more.
    #[must_use]
    pub fn then(mut self, role: Role, text: impl Into<Cow<'static, str>>) -> Self {
        let text = match text.into() {
            Cow::Borrowed(text) => clean(text),
            Cow::Owned(text) => match clean(&text) {
                Cow::Borrowed(_) => Cow::Owned(text),
                Cow::Owned(cleaned) => Cow::Owned(cleaned),
            },
        };
        if !text.is_empty() {
            self.runs.push(Run { role, text });
        }
        self
    }

    /// These words, and those of another line.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.runs.extend(other.runs);
        self
    }

    /// The same words in one role.
    #[must_use]
    pub fn recast(mut self, role: Role) -> Self {
        for run in &mut self.runs {
            run.role = role;
        }
        self
    }

    /// Its parts.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Its display width.
    pub fn width(&self) -> u16 {
        self.runs
            .iter()
            .fold(0, |sum: u16, run| sum.saturating_add(width(&run.text)))
    }

    /// The words alone.
    pub fn text(&self) -> Cow<'_, str> {
        match self.runs.as_slice() {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(&one.text),
            runs => Cow::Owned(runs.iter().map(|run| run.text.as_ref()).collect()),
        }
    }

    /// Writes it into one row of cells, at most `cells` wide, cut with `…`. Returns the column after
    /// it.
    pub fn draw(&self, buffer: &mut Buffer, at: (u16, u16), cells: u16, theme: &Theme) -> u16 {
        self.draw_cut(buffer, at, cells, Cut::End, theme)
    }

    /// The same, cut elsewhere.
    pub fn draw_cut(
        &self,
        buffer: &mut Buffer,
        (x, y): (u16, u16),
        cells: u16,
        where_at: Cut,
        theme: &Theme,
    ) -> u16 {
        let whole = self.width();
        if whole > cells && where_at != Cut::End {
            // Only a text of one role is cut elsewhere; the role of the first run stands for all.
            let role = self.runs.first().map_or(Role::Text, |run| run.role);
            let text = self.text();
            return put(
                buffer,
                (x, y),
                &cut(&text, cells, where_at),
                cells,
                theme,
                role,
            );
        }
        let mut left = cells;
        let mut x = x;
        for (number, run) in self.runs.iter().enumerate() {
            let own = width(&run.text);
            let more = number + 1 < self.runs.len() && whole > cells;
            if left == 0 {
                break;
            }
            if own < left || (own == left && !more) {
                x = put(buffer, (x, y), &run.text, left, theme, run.role);
                left -= own;
            } else {
                let text = format!("{}…", head(&run.text, left - 1));
                return put(buffer, (x, y), &text, left, theme, run.role);
            }
        }
        x
    }
}

impl From<&'static str> for Rich {
    fn from(text: &'static str) -> Self {
        Self::plain(text)
    }
}

/// Writes one text in one role. Nothing is ever written outside the buffer. Returns the column
/// after it.
pub fn put(
    buffer: &mut Buffer,
    (x, y): (u16, u16),
    text: &str,
    cells: u16,
    theme: &Theme,
    role: Role,
) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return x;
    }
    let text = clean(text);
    buffer
        .set_stringn(x, y, text.as_ref(), usize::from(cells), theme.style(role))
        .0
}

/// Makes what was written in an area as heavy as a name, in the colour that it has.
pub fn embolden(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let heavy = theme.style(Role::Strong).add_modifier;
    for position in area.intersection(buffer.area).positions() {
        buffer[position].modifier.insert(heavy);
    }
}

/// Underlines cells: the chosen one of a few words in a row.
pub fn underline(buffer: &mut Buffer, area: Rect) {
    for position in area.intersection(buffer.area).positions() {
        buffer[position].modifier.insert(Modifier::UNDERLINED);
    }
}

/// Writes a text so that it ends before column `right`.
pub fn put_right(
    buffer: &mut Buffer,
    (right, y): (u16, u16),
    text: &Rich,
    cells: u16,
    theme: &Theme,
) -> u16 {
    let own = text.width().min(cells);
    let x = right.saturating_sub(own);
    text.draw(buffer, (x, y), own, theme);
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::theme::{Depth, Palette};

    #[test]
    fn texts_are_cut_by_width_where_they_may_be() {
        assert_eq!(cut("srch-rag-dev", 12, Cut::End), "srch-rag-dev");
        assert_eq!(cut("srch-rag-dev", 8, Cut::End), "srch-ra…");
        assert_eq!(cut("/a/b/searchServices/s1", 10, Cut::Front), "…rvices/s1");
        assert_eq!(cut("azureml-rg-hub_5c1d77e2", 9, Cut::Middle), "azur…77e2");
        assert_eq!(cut("名名名", 5, Cut::End), "名名…");
        assert_eq!(cut("名名名", 4, Cut::End), "名…");
        assert_eq!(cut("abc", 0, Cut::End), "");
        assert_eq!(
            short_guid("3f0c1111-2222-3333-4444-5555666691ab"),
            "3f0c…91ab"
        );
    }

    #[test]
    fn wrapping_keeps_every_word_in_its_lines() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("名名", 1), ["名", "名"]);
    }

    #[test]
    fn an_escape_sequence_in_a_name_reaches_no_cell() {
        let theme = Theme::new(&Palette::shipped("dark").unwrap(), Depth::True);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        let evil = "st\x1b]0;owned\x07dev".to_owned();
        Rich::strong(evil.clone()).draw(&mut buffer, (0, 0), 20, &theme);
        put(&mut buffer, (16, 0), &evil, 4, &theme, Role::Text);
        for cell in &buffer.content {
            assert!(!cell.symbol().chars().any(char::is_control), "{cell:?}");
        }
    }

    #[test]
    fn a_line_of_several_roles_is_cut_once() {
        let theme = Theme::new(&Palette::shipped("dark").unwrap(), Depth::True);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        let line = Rich::strong("stragdev").then(Role::Muted, " Storage");
        line.draw(&mut buffer, (0, 0), 8, &theme);
        let text: String = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(text, "stragde…");
        assert_eq!(line.draw(&mut buffer, (90, 90), 8, &theme), 90 + 8 - 8);
    }
}
