//! The text field: filter, palette, search. Printable keys are its text before anything else.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use crate::ui::cx::Cx;
use crate::ui::text::{clean, put};
use crate::ui::theme::Role;

/// The longest text in letters: a whole log is no message, and no filter.
const LONGEST: usize = 1 << 16;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default)]
pub struct Field {
    input: Input,
    /// All of it is selected: what is typed or pasted next takes its place.
    is_selected: bool,
}

impl Field {
    /// A field that holds this text, the cursor behind it.
    pub fn new(text: &str) -> Self {
        Self {
            input: Input::new(text.to_owned()),
            is_selected: false,
        }
    }

    /// A field that holds this text until something else is typed or pasted.
    pub fn selected(text: &str) -> Self {
        Self {
            is_selected: !text.is_empty(),
            ..Self::new(text)
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
                    self.give_way(matches!(request, InputRequest::InsertChar(_)));
                    self.input.handle(request);
                    true
                }
                None => false,
            },
            Event::Paste(text) => {
                // A pasted line end would run what stands before it in many a tool; here it is text.
                self.give_way(true);
                self.insert(&clean(text.trim()));
                true
            }
            _ => false,
        }
    }

    /// Drops what is selected for what comes in its place.
    fn give_way(&mut self, comes: bool) {
        if self.is_selected && comes {
            self.input.reset();
        }
        self.is_selected = false;
    }

    /// Puts a text where the cursor is, at once: letter by letter a long one takes its time.
    fn insert(&mut self, text: &str) {
        let letters: Vec<char> = self.text().chars().collect();
        let at = self.input.cursor().min(letters.len());
        let room = LONGEST.saturating_sub(letters.len());
        let new: Vec<char> = text.chars().take(room).collect();
        let cursor = at + new.len();
        let whole: String = letters[..at]
            .iter()
            .chain(&new)
            .chain(&letters[at..])
            .collect();
        self.input = Input::new(whole).with_cursor(cursor);
    }

    /// Draws the text over several lines with its cursor, broken at the last cell of each; of more
    /// lines than there is room for, those around the cursor.
    pub fn draw_lines(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
        if area.width < 2 || area.height == 0 {
            return;
        }
        let (lines, cursor) = self.lines(area.width);
        let role = if self.is_selected {
            Role::Muted
        } else {
            Role::Strong
        };
        let rows = usize::from(area.height);
        let top = (cursor.1 + 1).saturating_sub(rows);
        for (line, y) in lines.iter().skip(top).zip(area.top()..area.bottom()) {
            put(buffer, (area.x, y), line, area.width, cx.theme, role);
        }
        let y = area.y + u16::try_from(cursor.1 - top).unwrap_or(0);
        if let Some(cell) = buffer.cell_mut((area.x + cursor.0, y)) {
            cell.set_style(cx.theme.style(Role::ChipTab));
        }
    }

    /// The text in lines of so many cells, and where the cursor is: its column and its line.
    pub fn lines(&self, cells: u16) -> (Vec<String>, (u16, usize)) {
        let cells = usize::from(cells.max(2));
        let mut lines = vec![String::new()];
        let mut used = 0;
        let mut cursor = (0, 0);
        for (number, letter) in self.text().chars().chain([' ']).enumerate() {
            let own = unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0);
            if used + own > cells {
                lines.push(String::new());
                used = 0;
            }
            if number == self.input.cursor() {
                cursor = (u16::try_from(used).unwrap_or(0), lines.len() - 1);
            }
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
            used += own;
        }
        (lines, cursor)
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
    fn a_paste_goes_in_where_the_cursor_is_and_a_long_one_is_cut() {
        let mut field = Field::new("ac");
        assert!(field.on_event(&key(KeyCode::Left, KeyModifiers::NONE)));
        assert!(field.on_event(&Event::Paste("b".to_owned())));
        assert!(field.on_event(&key(KeyCode::Char('x'), KeyModifiers::NONE)));
        assert_eq!(field.text(), "abxc");
        assert!(field.on_event(&Event::Paste("l".repeat(LONGEST * 2))));
        assert_eq!(field.text().len(), LONGEST);
    }

    #[test]
    fn what_is_selected_gives_way_to_what_is_typed_but_not_to_the_cursor() {
        let mut field = Field::selected("old");
        assert!(field.on_event(&Event::Paste("new".to_owned())));
        assert_eq!(field.text(), "new");
        let mut field = Field::selected("old");
        assert!(field.on_event(&key(KeyCode::Left, KeyModifiers::NONE)));
        assert!(field.on_event(&key(KeyCode::Char('l'), KeyModifiers::NONE)));
        assert_eq!(field.text(), "olld");
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be_and_the_cursor_has_its_place() {
        let mut field = Field::new("abcdef");
        assert_eq!(
            field.lines(4),
            (vec!["abcd".to_owned(), "ef ".to_owned()], (2, 1))
        );
        assert!(field.on_event(&key(KeyCode::Home, KeyModifiers::NONE)));
        assert_eq!(field.lines(4).1, (0, 0));
        // Behind a full line the cursor stands in the next one.
        assert_eq!(Field::new("abcd").lines(4).1, (0, 1));
        assert_eq!(Field::new("名名名").lines(5).0[0], "名名");
    }

    #[test]
    fn a_paste_brings_nothing_that_a_terminal_obeys() {
        let mut field = Field::default();
        assert!(field.on_event(&Event::Paste("rag\x1b[2J\npoc\n".to_owned())));
        assert_eq!(field.text(), "rag[2J poc");
    }
}
