//! Text in columns: clean, fitted, wrapped, inked.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::store::State;

use super::doctor::Stand;

/// Text of Azure without anything that steers a terminal. The decoders strip it as well; this is
/// the last door before the terminal, and ids and codes pass no decoder.
pub(super) fn clean(text: &str) -> String {
    crate::model::text::safe(text).into_owned()
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text, cut with an ellipsis to at most `room` columns.
pub(super) fn fit(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let columns = letter.width().unwrap_or(0);
        if used + columns + 1 > room {
            break;
        }
        used += columns;
        out.push(letter);
    }
    out.push('…');
    out
}

/// The text with blanks behind it, up to `room` columns.
pub(super) fn pad(text: &str, room: usize) -> String {
    let blanks = room.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// The text in lines of at most `room` columns, broken at blanks, and hard where one word is
/// longer than a line.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = Cow::Borrowed(word);
        if !line.is_empty() && width(&line) + 1 + width(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        while width(&word) > room {
            let cut = cut_at(&word, room);
            lines.push(word[..cut].to_owned());
            word = Cow::Owned(word[cut..].to_owned());
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The byte at which `room` columns are full; at least one letter goes through.
fn cut_at(word: &str, room: usize) -> usize {
    let mut used = 0;
    for (at, letter) in word.char_indices() {
        used += letter.width().unwrap_or(0);
        if used > room && at > 0 {
            return at;
        }
    }
    word.len()
}

/// Colour, or none.
#[derive(Clone, Copy)]
pub(super) struct Ink(bool);

impl Ink {
    pub(super) fn new(colour: bool) -> Self {
        Self(colour)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.0 && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn stand(self, stand: Stand, text: &str) -> String {
        match stand {
            Stand::Works => self.paint("32", text),
            Stand::Weak => self.paint("33", text),
            Stand::Fails => self.paint("31", text),
            Stand::Unknown => self.paint("35", text),
            Stand::Fact => self.paint("2", text),
        }
    }

    pub(super) fn state(self, state: State, text: &str) -> String {
        match state {
            State::Denied => self.paint("33", text),
            State::Failed => self.paint("31", text),
            State::Pending | State::Unsupported => self.paint("2", text),
            State::Known => text.to_owned(),
        }
    }
}
