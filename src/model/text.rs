//! Text from elsewhere, made safe to show: what would steer a terminal, or turn the reading order
//! round, is taken out once, where an answer is decoded. `raw` JSON keeps every byte. And an error as text.

use std::borrow::Cow;

/// Whether a character must never reach a screen or a report: C0 and C1 controls, DEL, the line and
/// paragraph separators, and the marks that change the direction of the text around them.
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061C}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
        )
}

/// The text without unsafe characters; tabs and line ends become one space each, so that words stay
/// apart.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let kept = text
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|character| match character {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
            other if is_unsafe(other) => None,
            other => Some(other),
        })
        .collect();
    Cow::Owned(kept)
}

/// A count with a comma after every third digit: `1,048,576`.
pub fn grouped(count: u128) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An error and its causes in one line.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_whole() {
        for (count, shown) in [
            (0, "0"),
            (31, "31"),
            (1_024, "1,024"),
            (1 << 20, "1,048,576"),
            (1 << 80, "1,208,925,819,614,629,174,706,176"),
            (
                u128::MAX,
                "340,282,366,920,938,463,463,374,607,431,768,211,455",
            ),
        ] {
            assert_eq!(grouped(count), shown);
        }
    }

    #[test]
    fn what_steers_a_terminal_is_taken_out() {
        assert_eq!(safe("\u{1b}[31mred\u{7}\u{9b}2J\u{7f}"), "[31mred2J");
        assert_eq!(safe("abc\u{202e}gnp.exe\u{2069}"), "abcgnp.exe");
        assert_eq!(safe("one\r\ntwo\tthree"), "one two three");
    }

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(safe("Größe 你好 👩‍🔬"), Cow::Borrowed(_)));
    }
}
