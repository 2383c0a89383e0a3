//! Keys typed so far: the beginning of a sequence waits here until it is one.
//!
//! Must not know what an action does.

use crossterm::event::KeyEvent;

use crate::config::Action;
use crate::config::keymap::{Keymap, Lookup, Press};

/// The keys of a sequence that is not complete.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    presses: Vec<Press>,
}

impl Typed {
    /// Takes a key and says which action it completes, if any.
    pub fn take(&mut self, keymap: &Keymap, contexts: &[&str], key: KeyEvent) -> Option<Action> {
        let press = Press::from(key);
        self.presses.push(press);
        let found = match keymap.lookup(contexts, &self.presses) {
            // A key that does not go on with the sequence begins anew.
            Lookup::Nothing if self.presses.len() > 1 => {
                self.presses = vec![press];
                keymap.lookup(contexts, &self.presses)
            }
            other => other,
        };
        match found {
            Lookup::Begins => None,
            Lookup::Nothing => {
                self.presses.clear();
                None
            }
            Lookup::Does(action) => {
                self.presses.clear();
                Some(action)
            }
        }
    }

    /// What was typed of a sequence, as it is shown; empty when none has begun.
    pub fn shown(&self) -> String {
        let labels: Vec<String> = self.presses.iter().map(Press::label).collect();
        labels.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    fn key(letter: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)
    }

    #[test]
    fn a_sequence_waits_and_a_wrong_key_begins_anew() {
        let mut keymap = Keymap::shipped().unwrap();
        keymap
            .merge(
                "[global]\n\"g\" = { do = \"none\" }\n\"g g\" = { do = \"first\" }",
                "own.toml",
            )
            .unwrap();
        let mut typed = Typed::default();
        assert_eq!(typed.take(&keymap, &["global"], key('g')), None);
        assert_eq!(typed.shown(), "g");
        assert_eq!(
            typed.take(&keymap, &["global"], key('g')),
            Some(Action::First)
        );
        assert_eq!(typed.take(&keymap, &["global"], key('g')), None);
        assert_eq!(
            typed.take(&keymap, &["global"], key('j')),
            Some(Action::Down)
        );
        assert_eq!(typed.take(&keymap, &["global"], key('%')), None);
        assert_eq!(typed.shown(), "");
    }
}
