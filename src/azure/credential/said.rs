//! What a credential said, made fit to show: each sentence once, no control characters, no help
//! links, and nothing that looks like a token.

use crate::azure::envelope::clean;

/// The longest that one credential's answer may be; a traceback is not for a status line.
const LONGEST: usize = 400;

/// What is for a support ticket, not for a status line.
const NOISE: [&str; 4] = [
    "To troubleshoot, visit",
    "Trace ID:",
    "Correlation ID:",
    "Timestamp:",
];

/// The sentence to show for an error text of `azure_identity`, `az` or Entra ID.
pub(super) fn plain(text: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = clean(&hide_tokens(line));
        for sentence in sentences(&line) {
            let sentence = strip_frame(sentence);
            if sentence.is_empty() || NOISE.iter().any(|noise| sentence.starts_with(noise)) {
                continue;
            }
            let is_known = said.iter().any(|earlier| {
                earlier
                    .trim_end_matches('.')
                    .contains(sentence.trim_end_matches('.'))
            });
            if !is_known {
                said.push(sentence.to_owned());
            }
        }
    }
    let text = said.join(" ");
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Splits at a full stop that is followed by a blank; names with dots stay whole.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    line.split_inclusive(". ").map(str::trim)
}

/// Takes off what every such error starts with.
fn strip_frame(sentence: &str) -> &str {
    let sentence = sentence.trim();
    if sentence.ends_with("Credential authentication failed.") {
        return "";
    }
    let sentence = sentence
        .split_once("Credential authentication failed. ")
        .map_or(sentence, |(_, rest)| rest);
    if sentence == "non-transport error occurred which will not be retried" {
        return "";
    }
    [
        "ERROR: ",
        "Error: ",
        "error: ",
        "WARNING: ",
        "timed out error: ",
    ]
    .iter()
    .find_map(|frame| sentence.strip_prefix(frame))
    .unwrap_or(sentence)
    .trim()
}

/// A JSON web token, wherever it comes from, does not go on a screen.
fn hide_tokens(line: &str) -> String {
    let is_token = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        word.starts_with("eyJ") && word.len() > 30
    };
    if !line.split([' ', '"', '\'', '=', ':', ',']).any(is_token) {
        return line.to_owned();
    }
    line.split_inclusive([' ', '"', '\'', '=', ':', ','])
        .map(|word| if is_token(word) { "<token> " } else { word })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_links_and_repeats_go() {
        let text = "AzureCliCredential authentication failed. ERROR: Please run 'az login' to setup account.\n\
                    ERROR: Please run 'az login' to setup account.\n\
                    To troubleshoot, visit https://aka.ms/azsdk/rust/identity/troubleshoot#azure-cli";
        assert_eq!(plain(text), "Please run 'az login' to setup account.");
    }

    #[test]
    fn what_is_for_support_goes() {
        let text = "ERROR: AADSTS50076: You must use multi-factor authentication. Trace ID: 1 Correlation ID: 2\n\
                    Timestamp: 2026-11-23 12:00:00Z\nInteractive authentication is needed. Please run:\naz login";
        assert_eq!(
            plain(text),
            "AADSTS50076: You must use multi-factor authentication. Interactive authentication is needed. Please run: az login"
        );
    }

    #[test]
    fn names_with_dots_stay_whole() {
        let text = "could not connect to login.microsoftonline.com: refused";
        assert_eq!(plain(text), text);
    }

    #[test]
    fn tokens_and_control_characters_go() {
        let token = format!("eyJ{}", "a".repeat(60));
        let said = plain(&format!("\u{1b}[31mgot {token} instead, \"{token}\""));
        assert!(!said.contains("eyJ") && !said.contains('\u{1b}'), "{said}");
        assert!(said.contains("got <token>"), "{said}");
    }

    #[test]
    fn a_long_answer_is_cut_with_a_mark() {
        let said = plain(&"word ".repeat(500));
        assert!(said.ends_with('…') && said.chars().count() <= LONGEST + 1);
    }
}
