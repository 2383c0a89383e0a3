//! Text from outside, made safe to show: what Azure, a file or an error says may hold anything.

use std::borrow::Cow;

/// Whether a character may reach a terminal or a report: no control characters (of either block),
/// and none of those that reorder or hide the text around them.
fn is_shown(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// One line of text with nothing in it that a terminal would obey. Line ends and tabs become a
/// space, everything else of that kind goes.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_shown) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|letter| match letter {
        '\n' | '\t' => Some(' '),
        letter => is_shown(letter).then_some(letter),
    });
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(clean("stragdev"), "stragdev");
        assert!(matches!(clean("grün ✔"), Cow::Borrowed(_)));
        assert_eq!(clean("a\x1b[31mb\x07\r\nc\td"), "a[31mb c d");
        assert_eq!(clean("a\u{9b}2Jb\u{202e}c\u{200b}"), "a2Jbc");
    }
}
