//! Words that say nothing about an environment. Must not know where a text comes from.

use std::collections::HashSet;
use std::sync::OnceLock;

const WORDS: &str = include_str!("../../assets/privacy/words.txt");

/// Whether a word, in lower case, is harmless.
pub(super) fn is_harmless(folded: &str) -> bool {
    static KNOWN: OnceLock<HashSet<&'static str>> = OnceLock::new();
    KNOWN
        .get_or_init(|| {
            WORDS
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .collect()
        })
        .contains(folded)
}

/// Whether a text is a number of up to three digits, a duration such as `PT30M`, or a version such as
/// `1.0.1` or `2024-10-01-preview`: none of them can name anything.
pub(super) fn is_count_or_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_count = digits(text) && text.len() <= 3;
    let is_version = text.len() <= 12
        && text
            .trim_start_matches(['v', 'V'])
            .split('.')
            .all(|part| digits(part) && part.len() <= 3 || part == "*");
    is_count || is_version || is_duration(text) || is_day(text)
}

/// `P1D`, `PT2H30M`.
fn is_duration(text: &str) -> bool {
    text.len() <= 10
        && text.strip_prefix('P').is_some_and(|rest| {
            rest.bytes().any(|byte| byte.is_ascii_digit())
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b"TDHMSWY".contains(&byte))
        })
}

/// `2026-11-23`, also as an API version with `-preview` behind it.
pub(super) fn is_day(text: &str) -> bool {
    let bare = text.strip_suffix("-preview").unwrap_or(text);
    bare.len() == 10
        && bare.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
