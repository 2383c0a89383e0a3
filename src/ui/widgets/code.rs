//! A command to copy: wrapped at an argument with `\`, never cut.

use crate::ui::text::width;

/// The lines of a command for a width: broken before an argument, continued lines indented by two,
/// a `\` at the end of each line but the last. An argument that is longer than a line is broken at one
/// of its own marks, on the screen only: it stays whole in what is copied.
pub fn lines(command: &str, cells: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for given in command.lines() {
        let mut line = String::new();
        for word in arguments(given) {
            let gap = u16::from(!line.trim().is_empty());
            // Two cells stay free for the blank and the `\`.
            if gap == 1 && width(&line) + 1 + width(word) + 2 > cells {
                line.push_str(" \\");
                lines.push(std::mem::replace(&mut line, "  ".to_owned()));
            } else if gap == 1 {
                line.push(' ');
            }
            let mut rest = word;
            while let Some(at) = break_at(rest, cells.saturating_sub(width(&line) + 2)) {
                line.push_str(&rest[..at]);
                line.push('\\');
                lines.push(std::mem::replace(&mut line, "    ".to_owned()));
                rest = &rest[at..];
            }
            line.push_str(rest);
        }
        lines.push(line);
    }
    lines
}

/// Where a word that is wider than so many cells is broken: behind the last mark that fits. None when
/// it fits, or has no such mark.
fn break_at(word: &str, cells: u16) -> Option<usize> {
    if width(word) <= cells || cells < 8 {
        return None;
    }
    let marks = word
        .char_indices()
        .filter(|(_, letter)| "/?&,;=:".contains(*letter));
    marks
        .map(|(at, letter)| at + letter.len_utf8())
        .take_while(|end| width(&word[..*end]) <= cells)
        .last()
        .filter(|end| *end < word.len())
}

/// Splits at blanks outside quotes, keeping an option together with its value: a line should not
/// end between `-g` and the group.
fn arguments(command: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let mut ends = Vec::new();
    for (at, letter) in command.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, ' ') => ends.push(at),
            _ => {}
        }
    }
    ends.push(command.len());
    for end in ends {
        let word = &command[start..end];
        start = (end + 1).min(command.len());
        if word.is_empty() {
            if words.is_empty() && end < command.len() {
                // Indentation of a line that was given as it is.
                words.push("");
            }
            continue;
        }
        let joins = !word.starts_with('-')
            && words
                .last()
                .is_some_and(|last| last.starts_with('-') && !last.contains(' '));
        match words.last_mut() {
            Some(last) if joins => {
                let from = end - word.len() - 1 - last.len();
                *last = &command[from..end];
            }
            _ => words.push(word),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_breaks_before_an_argument() {
        let command = "az storage account network-rule add -g rg-rag-poc -n stragdev --yes";
        let found = lines(command, 40);
        assert_eq!(
            found,
            [
                "az storage account network-rule add \\",
                "  -g rg-rag-poc -n stragdev --yes"
            ]
        );
        let joined = found.join("\n").replace(" \\\n ", "");
        assert_eq!(joined, command);
    }

    #[test]
    fn a_long_argument_breaks_at_its_own_marks() {
        let command =
            "az rest --url https://graph.microsoft.com/v1.0/directoryObjects/getByIds --body x";
        let found = lines(command, 40);
        assert_eq!(
            found,
            [
                "az rest \\",
                "  --url https://graph.microsoft.com/\\",
                "    v1.0/directoryObjects/getByIds \\",
                "  --body x",
            ]
        );
        assert!(found.iter().all(|line| width(line) <= 40));
    }

    #[test]
    fn quotes_are_not_broken_and_options_keep_their_values() {
        assert_eq!(
            arguments("az x --role \"Storage Blob Data Reader\" -y -g a"),
            [
                "az",
                "x",
                "--role \"Storage Blob Data Reader\"",
                "-y",
                "-g a"
            ]
        );
        assert_eq!(arguments("  a  b"), ["", "a", "b"]);
        for cells in 0..60 {
            assert!(!lines("az --a b --c 'd e' f", cells).is_empty());
        }
    }
}
