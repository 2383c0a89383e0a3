//! What `hopscope doctor` found, for people: sections of lines, each with a sign, a name and a sentence.

use std::io::{self, Write};

use super::Style;
use super::cell::{Ink, clean, pad, width, wrap};

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It works.
    Works,
    /// It works in part, or by a weaker way.
    Weak,
    /// It does not work.
    Fails,
    /// It cannot be told, or a right is missing.
    Unknown,
    /// A fact that is neither good nor bad.
    Fact,
}

impl Stand {
    fn sign(self) -> &'static str {
        match self {
            Self::Works => "✔",
            Self::Weak => "▲",
            Self::Fails => "✖",
            Self::Unknown => "?",
            Self::Fact => "·",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it stands.
    pub stand: Stand,
    /// What it is about.
    pub name: String,
    /// What there is to say, whatever its length.
    pub words: String,
}

impl Line {
    /// A line.
    pub fn new(stand: Stand, name: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            stand,
            name: name.into(),
            words: words.into(),
        }
    }
}

/// A section of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// The widest that a column of names grows.
const NAMES: usize = 24;

/// Writes the sections; one without lines is left out.
pub fn write(out: &mut impl Write, sections: &[Section], style: Style) -> io::Result<()> {
    let ink = Ink::new(style.colour);
    let lines = sections.iter().flat_map(|section| &section.lines);
    let names = lines
        .map(|line| width(&clean(&line.name)))
        .max()
        .unwrap_or(0)
        .min(NAMES);
    for (at, section) in sections
        .iter()
        .filter(|section| !section.lines.is_empty())
        .enumerate()
    {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", ink.strong(section.title))?;
        for line in &section.lines {
            one(out, line, names, style, ink)?;
        }
    }
    Ok(())
}

fn one(out: &mut impl Write, line: &Line, names: usize, style: Style, ink: Ink) -> io::Result<()> {
    let name = clean(&line.name);
    let sign = ink.stand(line.stand, line.stand.sign());
    let indent = names + 6;
    let mut rows = wrap(&clean(&line.words), style.width.saturating_sub(indent)).into_iter();
    if width(&name) > names {
        // A name that is longer than its column has a line for itself.
        writeln!(out, "  {sign} {name}")?;
    } else {
        let first = rows.next().unwrap_or_default();
        writeln!(
            out,
            "{}",
            format!("  {sign} {}  {first}", pad(&name, names)).trim_end()
        )?;
    }
    for row in rows {
        writeln!(out, "{}{row}", " ".repeat(indent))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hang_under_themselves_and_names_stand_in_a_column() {
        let sections = [
            Section {
                title: "Sign-in",
                lines: vec![
                    Line::new(Stand::Works, "signed in", "ada"),
                    Line::new(
                        Stand::Fails,
                        "tokens",
                        "one two three four five six seven eight nine ten",
                    ),
                ],
            },
            Section {
                title: "Nothing",
                lines: Vec::new(),
            },
            Section {
                title: "Files",
                lines: vec![Line::new(
                    Stand::Fact,
                    "a-name-that-is-longer-than-a-column\u{1b}[31m",
                    "it is there",
                )],
            },
        ];
        let mut out = Vec::new();
        let style = Style {
            width: 60,
            colour: false,
        };
        write(&mut out, &sections, style).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Sign-in");
        assert_eq!(lines[1], format!("  ✔ {:24}  ada", "signed in"));
        assert!(lines[2].starts_with("  ✖ tokens "), "{text}");
        assert!(
            lines[3].starts_with(&" ".repeat(30)) && !lines[3].ends_with(' '),
            "{text}"
        );
        assert!(
            text.contains("\n\nFiles\n  · a-name-that-is-longer-than-a-column"),
            "{text}"
        );
        assert!(
            !text.contains("Nothing") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(lines.iter().all(|line| width(line) <= 60), "{text}");
    }
}
