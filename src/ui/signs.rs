//! The signs: one table of sign, word, role and ASCII form, and the lines that ASCII terminals get
//! instead of box drawing.
//!
//! Sign, word, colour, in that order of trust. A new sign is one variant and one line in
//! [`Sign::facts`].

use ratatui::buffer::Buffer;

use crate::analysis::benefits::Stand;

use super::theme::Role;

/// What a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sign {
    /// A gate refuses the call.
    Shut,
    /// Works by a weaker path, or not for long.
    AtRisk,
    /// A read was refused, failed, or sources disagree.
    Unknown,
    /// Not answered yet.
    Reading,
    /// The call goes through.
    Open,
    /// It works, but wider than the pattern.
    Exposure,
    /// Do not change this.
    Keep,
    /// Good to know; off; not marked.
    Note,
    /// Not needed, none.
    None,
    /// Refused on purpose: not a fault.
    Refused,
    /// A reading failed.
    Failed,
    /// Marked by the person.
    Marked,
    /// News as it comes.
    Live,
    /// The periodic reading is stopped.
    Frozen,
    /// A snapshot: no news can come.
    Offline,
    /// News is coming in now.
    Asking,
}

/// The sign of how a benefit, a fact of it, or a step of a walk stands.
pub fn of_stand(stand: Stand) -> Sign {
    match stand {
        Stand::Against => Sign::Exposure,
        Stand::Unknown => Sign::Unknown,
        Stand::Reading => Sign::Reading,
        Stand::Holds => Sign::Open,
        Stand::Nothing => Sign::Note,
    }
}

/// One line of the table.
struct Facts {
    glyph: &'static str,
    ascii: &'static str,
    word: &'static str,
    role: Role,
    meaning: &'static str,
}

impl Sign {
    /// The signs that the help explains, in its order.
    pub const EXPLAINED: [Self; 8] = [
        Self::Open,
        Self::Shut,
        Self::AtRisk,
        Self::Unknown,
        Self::Exposure,
        Self::Keep,
        Self::Note,
        Self::Reading,
    ];

    /// Every sign, worst first.
    pub const ALL: [Self; 16] = [
        Self::Shut,
        Self::AtRisk,
        Self::Unknown,
        Self::Reading,
        Self::Open,
        Self::Exposure,
        Self::Keep,
        Self::Note,
        Self::None,
        Self::Refused,
        Self::Failed,
        Self::Marked,
        Self::Live,
        Self::Frozen,
        Self::Offline,
        Self::Asking,
    ];

    fn facts(self) -> Facts {
        let line = |glyph, ascii, word, role, meaning| Facts {
            glyph,
            ascii,
            word,
            role,
            meaning,
        };
        match self {
            Self::Open => line("✔", "+", "open", Role::VerdictOpen, "the call goes through"),
            Self::Shut => line("✖", "x", "shut", Role::VerdictShut, "one gate refuses it"),
            Self::AtRisk => line(
                "▲",
                "^",
                "at risk",
                Role::VerdictAtRisk,
                "works by a weaker path, or not for long",
            ),
            Self::Unknown => line(
                "?",
                "?",
                "unknown",
                Role::VerdictUnknown,
                "a read was refused, or sources disagree",
            ),
            Self::Reading => line("…", "~", "reading", Role::Reading, "not answered yet"),
            Self::Exposure => line(
                "◆",
                "*",
                "exposure",
                Role::Exposure,
                "works, but wider than the pattern",
            ),
            Self::Keep => line("●", "!", "keep", Role::Keep, "do not change this"),
            Self::Note => line("○", "o", "note", Role::Muted, "good to know"),
            Self::None => line("·", ".", "none", Role::Muted, "not needed, none"),
            Self::Refused => line("×", "-", "denied", Role::Muted, "refused on purpose"),
            Self::Failed => line(
                "▲",
                "^",
                "failed",
                Role::VerdictAtRisk,
                "the reading failed",
            ),
            Self::Marked => line("●", "*", "marked", Role::Accent, "marked"),
            Self::Live => line("●", "*", "live", Role::VerdictOpen, "news as it comes"),
            Self::Frozen => line(
                "●",
                "=",
                "frozen",
                Role::VerdictAtRisk,
                "reading is stopped",
            ),
            Self::Offline => line("○", "o", "offline", Role::Muted, "a snapshot"),
            Self::Asking => line("●", "~", "reading", Role::Accent, "answers are coming in"),
        }
    }

    /// The word that stands behind it.
    pub fn word(self) -> &'static str {
        self.facts().word
    }

    /// The role of its colour.
    pub fn role(self) -> Role {
        self.facts().role
    }

    /// The role of its word: what is open has a green sign and grey words, only trouble is coloured
    /// text.
    pub fn word_role(self) -> Role {
        match self {
            Self::Shut | Self::AtRisk | Self::Unknown | Self::Failed => self.role(),
            Self::Live | Self::Frozen | Self::Asking => Role::Text,
            _ => Role::Muted,
        }
    }

    /// What the help says of it.
    pub fn meaning(self) -> &'static str {
        self.facts().meaning
    }

    /// The role of a label in its colour.
    pub fn chip(self) -> Role {
        match self {
            Self::Open | Self::Live => Role::ChipOpen,
            Self::Shut => Role::ChipShut,
            Self::AtRisk | Self::Exposure | Self::Failed | Self::Frozen => Role::ChipAtRisk,
            Self::Unknown => Role::ChipUnknown,
            Self::Keep | Self::Marked | Self::Asking => Role::ChipTab,
            Self::Reading | Self::Note | Self::None | Self::Refused | Self::Offline => {
                Role::ChipReading
            }
        }
    }
}

/// Which of the two forms of a sign is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Only ASCII can be drawn.
    pub ascii: bool,
}

impl Signs {
    /// The sign as it is drawn: one cell.
    pub fn glyph(self, sign: Sign) -> &'static str {
        let facts = sign.facts();
        if self.ascii { facts.ascii } else { facts.glyph }
    }
}

/// Lines, arrows, blocks and marks that are drawn without a sign of their own, and their ASCII.
const LINES: [(&str, &str); 16] = [
    ("-", "─┄┈╌╭╮╰╯┬┴…"),
    ("|", "│┆┊├┤▌"),
    ("+", "┼┌┐└┘┝┥✔"),
    ("=", "━═"),
    ("#", "┃█▓"),
    (".", "░▒·"),
    (">", "▶→›"),
    ("<", "◀←‹≤"),
    ("~", "≈"),
    ("^", "▲↑"),
    ("v", "▼↓"),
    ("x", "✖×"),
    ("*", "●◆"),
    ("o", "○"),
    ("'", "’‘"),
    ("\"", "“”"),
];

/// Redraws every cell that ASCII cannot say. What is not in the table (a name in another script)
/// becomes `?`.
pub fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().is_ascii() {
            continue;
        }
        let known = LINES
            .iter()
            .find(|(_, shapes)| shapes.contains(cell.symbol()))
            .map_or("?", |(ascii, _)| ascii);
        cell.set_symbol(known);
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn every_sign_is_one_cell_wide_and_has_an_ascii_form() {
        for sign in Sign::ALL {
            for signs in [Signs { ascii: false }, Signs { ascii: true }] {
                assert_eq!(signs.glyph(sign).width(), 1, "{sign:?}");
            }
            assert!(Signs { ascii: true }.glyph(sign).is_ascii(), "{sign:?}");
            assert!(!sign.word().is_empty() && !sign.meaning().is_empty());
        }
    }

    #[test]
    fn signs_that_stand_side_by_side_differ_without_colour() {
        for signs in [Signs { ascii: false }, Signs { ascii: true }] {
            for set in [
                &Sign::EXPLAINED[..],
                &[Sign::Live, Sign::Frozen, Sign::Offline],
            ] {
                for (at, one) in set.iter().enumerate() {
                    for other in &set[at + 1..] {
                        let same = signs.glyph(*one) == signs.glyph(*other);
                        assert!(!same || one.word() != other.word(), "{one:?} {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn ascii_leaves_no_other_cell() {
        let mut buffer = Buffer::with_lines(["╭─ ✔ grün 名 ┃░▶ ●"]);
        to_ascii(&mut buffer);
        assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
        assert_eq!(buffer.content[0].symbol(), "-");
    }
}
