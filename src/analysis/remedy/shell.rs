//! Words quoted for a POSIX shell, so that a copied command does what it says whatever a resource
//! is called.

use std::borrow::Cow;

/// One word, quoted when it needs to be. Single quotes keep everything but themselves.
pub fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b'@')
    };
    if !word.is_empty() && word.bytes().all(is_plain) {
        return Cow::Borrowed(word);
    }
    // A control character would end the line, or worse, in whatever it is pasted into.
    let word: Cow<'_, str> = if word.chars().any(char::is_control) {
        Cow::Owned(word.chars().filter(|one| !one.is_control()).collect())
    } else {
        Cow::Borrowed(word)
    };
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word;
    }
    Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
}

/// A command line: fixed words stay as they are, values are quoted.
#[derive(Clone, Debug)]
pub struct Line {
    text: String,
}

impl Line {
    /// Begins with words that the program itself writes.
    pub fn of(words: &str) -> Self {
        Self {
            text: words.to_owned(),
        }
    }

    /// Adds words that the program itself writes.
    #[must_use]
    pub fn plain(mut self, words: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(words);
        self
    }

    /// Adds an option with its value.
    #[must_use]
    pub fn with(mut self, option: &str, value: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(option);
        self.text.push(' ');
        self.text.push_str(&quoted(value));
        self
    }

    /// Adds a value alone.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(&quoted(value));
        self
    }

    /// Adds what the program itself writes to the last word, as the shell is to read it.
    #[must_use]
    pub fn joined(mut self, words: &str) -> Self {
        self.text.push_str(words);
        self
    }

    /// The line.
    pub fn text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        for (word, expected) in [
            ("stragdev", "stragdev"),
            ("/subscriptions/a-b/x", "/subscriptions/a-b/x"),
            ("", "''"),
            ("rg with space", "'rg with space'"),
            ("it's", "'it'\\''s'"),
            ("$(reboot)", "'$(reboot)'"),
            ("a\"b", "'a\"b'"),
            ("`x`", "'`x`'"),
            ("a;b", "'a;b'"),
            ("a\nb", "ab"),
            ("~", "'~'"),
            ("ä", "'ä'"),
        ] {
            assert_eq!(quoted(word), expected, "{word:?}");
        }
    }

    #[test]
    fn a_real_shell_reads_each_word_back() {
        let words = ["it's", "$(echo x)", "a b", "\"", "!", "*", "\\", "-n"];
        let line = words
            .iter()
            .fold(Line::of("printf '%s\\n'"), |line, word| line.value(word))
            .text();
        let Ok(out) = std::process::Command::new("sh")
            .arg("-c")
            .arg(line)
            .output()
        else {
            eprintln!("skipped: there is no sh here");
            return;
        };
        let text = String::from_utf8(out.stdout).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), words);
    }
}
