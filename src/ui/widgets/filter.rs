//! The filter: plain words are looked for anywhere without regard to case; a leading `!` inverts, a
//! leading `~` matches letters in order with gaps.

use std::ops::Range;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What was typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    typed: String,
    inverted: bool,
    fuzzy: bool,
    words: String,
}

impl Filter {
    /// Takes a typed filter apart. Empty text, or a prefix alone, lets everything through.
    pub fn new(typed: &str) -> Self {
        let mut rest = typed;
        let (mut inverted, mut fuzzy) = (false, false);
        loop {
            if let Some(tail) = rest.strip_prefix('!').filter(|_| !inverted) {
                (inverted, rest) = (true, tail);
            } else if let Some(tail) = rest.strip_prefix('~').filter(|_| !fuzzy) {
                (fuzzy, rest) = (true, tail);
            } else {
                break;
            }
        }
        Self {
            typed: typed.to_owned(),
            inverted,
            fuzzy,
            words: rest.trim().to_lowercase(),
        }
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// A test for many texts.
    pub fn tester(&self) -> Tester<'_> {
        Tester {
            filter: self,
            fuzzy: self
                .fuzzy
                .then(|| (pattern(&self.words), Matcher::new(Config::DEFAULT))),
            letters: Vec::new(),
        }
    }

    /// Where in a text the words stand, as byte ranges, for drawing them as found.
    pub fn found(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_empty() || self.inverted {
            return Vec::new();
        }
        if self.fuzzy {
            return fuzzy_places(&pattern(&self.words), text);
        }
        let lower = text.to_lowercase();
        // Lower case may have another length; then places cannot be told, and none is shown.
        if lower.len() != text.len() {
            return Vec::new();
        }
        lower
            .match_indices(&self.words)
            .map(|(at, word)| at..at + word.len())
            .filter(|range| text.is_char_boundary(range.start) && text.is_char_boundary(range.end))
            .collect()
    }
}

fn pattern(words: &str) -> Pattern {
    Pattern::parse(words, CaseMatching::Ignore, Normalization::Smart)
}

/// Where the letters of a fuzzy pattern stand in a text, as byte ranges.
pub fn fuzzy_places(pattern: &Pattern, text: &str) -> Vec<Range<usize>> {
    let mut letters = Vec::new();
    let mut places = Vec::new();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let haystack = Utf32Str::new(text, &mut letters);
    if pattern
        .indices(haystack, &mut matcher, &mut places)
        .is_none()
    {
        return Vec::new();
    }
    places.sort_unstable();
    places.dedup();
    let starts: Vec<(usize, char)> = text.char_indices().collect();
    places
        .into_iter()
        .filter_map(|at| starts.get(usize::try_from(at).ok()?))
        .map(|(at, letter)| *at..at + letter.len_utf8())
        .collect()
}

/// A filter ready for many texts.
pub struct Tester<'a> {
    filter: &'a Filter,
    fuzzy: Option<(Pattern, Matcher)>,
    letters: Vec<char>,
}

impl Tester<'_> {
    /// Whether a text passes.
    pub fn passes(&mut self, text: &str) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let found = match &mut self.fuzzy {
            Some((pattern, matcher)) => pattern
                .score(Utf32Str::new(text, &mut self.letters), matcher)
                .is_some(),
            None => text.to_lowercase().contains(&self.filter.words),
        };
        found != self.filter.inverted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(filter: &str, text: &str) -> bool {
        Filter::new(filter).tester().passes(text)
    }

    #[test]
    fn plain_inverted_and_fuzzy() {
        assert!(passes("", "anything") && passes("!", "anything") && passes("~", "anything"));
        assert!(passes("STOR", "Microsoft.Storage"));
        assert!(!passes("!stor", "Microsoft.Storage"));
        assert!(passes("!stor", "Microsoft.Search"));
        assert!(passes("~srdv", "srch-rag-dev"));
        assert!(!passes("~vdrs", "srch-rag-dev"));
        assert!(!passes("!~srdv", "srch-rag-dev") && !passes("~!srdv", "srch-rag-dev"));
    }

    #[test]
    fn what_was_found_is_told_in_bytes() {
        assert_eq!(Filter::new("rag").found("rg-rag-drag"), [3..6, 8..11]);
        assert!(Filter::new("!rag").found("rg-rag").is_empty());
        assert_eq!(Filter::new("~rd").found("rag-d"), [0..1, 4..5]);
        assert_eq!(Filter::new("é").found("café").first(), Some(&(3..5)));
    }
}
