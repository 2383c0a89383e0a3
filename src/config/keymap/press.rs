//! One press of a key: written in a keymap file, sent by a terminal, shown in a footer.
//!
//! Must not know actions. A new name of a key is one line in [`NAMES`].

use crossterm::event::{KeyCode, KeyModifiers};

/// A key with the modifiers that are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Press {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Written name, code, and what is shown.
const NAMES: [(&str, KeyCode, &str); 15] = [
    ("enter", KeyCode::Enter, "enter"),
    ("esc", KeyCode::Esc, "esc"),
    ("tab", KeyCode::Tab, "tab"),
    ("backtab", KeyCode::BackTab, "shift-tab"),
    ("space", KeyCode::Char(' '), "space"),
    ("backspace", KeyCode::Backspace, "backspace"),
    ("delete", KeyCode::Delete, "delete"),
    ("up", KeyCode::Up, "↑"),
    ("down", KeyCode::Down, "↓"),
    ("left", KeyCode::Left, "←"),
    ("right", KeyCode::Right, "→"),
    ("home", KeyCode::Home, "home"),
    ("end", KeyCode::End, "end"),
    ("pageup", KeyCode::PageUp, "pgup"),
    ("pagedown", KeyCode::PageDown, "pgdn"),
];

impl Press {
    /// A press, in the one form in which presses are compared: a letter's case says whether shift
    /// was held, shift-tab is its own key, and only ctrl, alt and shift count.
    pub fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let mut modifiers =
            modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let mut code = code;
        match code {
            KeyCode::Char(letter) => {
                if modifiers.contains(KeyModifiers::CONTROL) {
                    code = KeyCode::Char(letter.to_ascii_lowercase());
                } else if modifiers.contains(KeyModifiers::SHIFT) {
                    code = KeyCode::Char(letter.to_ascii_uppercase());
                }
                modifiers.remove(KeyModifiers::SHIFT);
            }
            KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => {
                code = KeyCode::BackTab;
                modifiers.remove(KeyModifiers::SHIFT);
            }
            KeyCode::BackTab => modifiers.remove(KeyModifiers::SHIFT),
            _ => {}
        }
        Self { code, modifiers }
    }

    /// Whether a text field takes it as text.
    pub fn is_text(&self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// Reads one or more presses separated by a space.
    pub(super) fn sequence(text: &str) -> Result<Vec<Self>, String> {
        let presses: Result<Vec<Self>, String> = text.split(' ').map(Self::parse).collect();
        match presses {
            Ok(presses) if presses.len() > 4 => Err("more than four keys in a row".to_owned()),
            other => other,
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = word;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (prefix, modifier) = if lower.starts_with("ctrl-") {
                (5, KeyModifiers::CONTROL)
            } else if lower.starts_with("alt-") {
                (4, KeyModifiers::ALT)
            } else if lower.starts_with("shift-") {
                (6, KeyModifiers::SHIFT)
            } else {
                break;
            };
            modifiers |= modifier;
            rest = &rest[prefix..];
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.next()) {
            (None, _) => return Err("a key is missing".to_owned()),
            (Some(letter), None) if !letter.is_control() => KeyCode::Char(letter),
            _ => Self::named(&rest.to_ascii_lowercase())
                .ok_or_else(|| format!("\"{rest}\" is neither one character nor a key's name"))?,
        };
        Ok(Self::new(code, modifiers))
    }

    fn named(name: &str) -> Option<KeyCode> {
        if let Some(number) = name.strip_prefix('f')
            && let Ok(number @ 1..=24) = number.parse::<u8>()
        {
            return Some(KeyCode::F(number));
        }
        NAMES
            .iter()
            .find(|(own, _, _)| *own == name)
            .map(|(_, code, _)| *code)
    }

    /// How it is shown.
    pub fn label(&self) -> String {
        let mut label = String::new();
        for (modifier, word) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                label.push_str(word);
            }
        }
        let named = NAMES.iter().find(|(_, code, _)| *code == self.code);
        match (named, self.code) {
            (Some((_, _, shown)), _) => label.push_str(shown),
            (None, KeyCode::Char(letter)) => label.push(letter),
            (None, other) => label.push_str(&other.to_string().to_lowercase()),
        }
        label
    }
}
