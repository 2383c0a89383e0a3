//! The text field: filter, palette, search. Printable keys are its text before anything else.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use tui_input::{Input, InputRequest};

use crate::ui::cx::Cx;
use crate::ui::text::{clean, put};
use crate::ui::theme::Role;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct Field {
    input: Input,
}

impl Field {
    /// A field that holds this text, the cursor behind it.
    pub fn new(text: &str) -> Self {
        Self {
            input: Input::new(text.to_owned()),
        }
    }

    /// What it holds.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Takes a key or a paste when it is text or moves the cursor. True when it was taken.
    pub fn on_event(&mut self, event: &Event) -> bool {
        match event {
            Event::Key(key) => match request(key) {
                Some(request) => {
                    self.input.handle(request);
                    true
                }
                None => false,
            },
            Event::Paste(text) => {
                // A pasted line end would run what stands before it in many a tool; here it is text.
                for letter in clean(text.trim()).chars() {
                    self.input.handle(InputRequest::InsertChar(letter));
                }
                true
            }
            _ => false,
        }
    }

    /// Draws prompt, text and cursor. Returns the column after it.
    pub fn draw(
        &self,
        cx: &Cx<'_>,
        buffer: &mut Buffer,
        (x, y): (u16, u16),
        cells: u16,
        prompt: &str,
    ) -> u16 {
        let at = put(buffer, (x, y), prompt, cells, cx.theme, Role::Accent);
        let at = put(buffer, (at, y), " ", 1, cx.theme, Role::Text);
        let room = cells.saturating_sub(at - x);
        if room < 2 {
            return at;
        }
        let scroll = self.input.visual_scroll(usize::from(room - 1));
        let mut skipped = 0;
        let shown: String = self
            .text()
            .chars()
            .skip_while(|letter| {
                let skip = skipped < scroll;
                skipped += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or(0);
                skip
            })
            .collect();
        let end = put(buffer, (at, y), &shown, room - 1, cx.theme, Role::Strong);
        let ahead = self.input.visual_cursor().saturating_sub(scroll);
        let cursor = at + u16::try_from(ahead).unwrap_or(0).min(room - 1);
        if let Some(cell) = buffer.cell_mut((cursor, y)) {
            let style = cx.theme.style(Role::ChipTab);
            cell.set_style(style);
        }
        end.max(cursor + 1)
    }
}

fn request(key: &KeyEvent) -> Option<InputRequest> {
    let held = key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
    let is_ctrl = held == KeyModifiers::CONTROL;
    match key.code {
        KeyCode::Char(letter) if held.is_empty() => Some(InputRequest::InsertChar(letter)),
        KeyCode::Char('a') if is_ctrl => Some(InputRequest::GoToStart),
        KeyCode::Char('e') if is_ctrl => Some(InputRequest::GoToEnd),
        KeyCode::Char('u') if is_ctrl => Some(InputRequest::DeleteFromStart),
        KeyCode::Char('k') if is_ctrl => Some(InputRequest::DeleteTillEnd),
        KeyCode::Char('w') if is_ctrl => Some(InputRequest::DeletePrevWord),
        KeyCode::Backspace if held.is_empty() => Some(InputRequest::DeletePrevChar),
        KeyCode::Backspace => Some(InputRequest::DeletePrevWord),
        KeyCode::Delete => Some(InputRequest::DeleteNextChar),
        KeyCode::Left if is_ctrl => Some(InputRequest::GoToPrevWord),
        KeyCode::Right if is_ctrl => Some(InputRequest::GoToNextWord),
        KeyCode::Left => Some(InputRequest::GoToPrevChar),
        KeyCode::Right => Some(InputRequest::GoToNextChar),
        KeyCode::Home => Some(InputRequest::GoToStart),
        KeyCode::End => Some(InputRequest::GoToEnd),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn printable_keys_are_text_and_the_rest_is_left_to_the_keymap() {
        let mut field = Field::default();
        for letter in ['q', '?', ':', '1'] {
            assert!(field.on_event(&key(KeyCode::Char(letter), KeyModifiers::NONE)));
        }
        assert_eq!(field.text(), "q?:1");
        for code in [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::Up] {
            assert!(!field.on_event(&key(code, KeyModifiers::NONE)));
        }
        assert!(!field.on_event(&key(KeyCode::Char('c'), KeyModifiers::CONTROL)));
        assert!(field.on_event(&key(KeyCode::Char('u'), KeyModifiers::CONTROL)));
        assert_eq!(field.text(), "");
    }

    #[test]
    fn a_paste_brings_nothing_that_a_terminal_obeys() {
        let mut field = Field::default();
        assert!(field.on_event(&Event::Paste("rag\x1b[2J\npoc\n".to_owned())));
        assert_eq!(field.text(), "rag[2J poc");
    }
}
