//! A grid of cells as a terminal shows it, as SVG text with its colours.
//!
//! It knows neither terminals nor themes: whoever has a screen hands over what stands in each cell.

use std::fmt::Write;

use super::strokes::shape;
use super::{FONTS, HIGH, WIDE, escaped, number, words};

/// A colour.
pub type Colour = [u8; 3];

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it; empty behind a letter of two cells.
    pub symbol: String,
    /// The colour of the letter.
    pub ink: Colour,
    /// The colour behind it.
    pub ground: Colour,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Whether it is underlined.
    pub is_underlined: bool,
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: u16,
    /// Row by row; each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// What lies behind everything.
    pub ground: Colour,
}

impl Screen {
    /// The screen as lines of text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let line: String = row.iter().map(|cell| cell.symbol.as_str()).collect();
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// The screen as one SVG document.
    pub fn svg(&self, title: &str) -> String {
        let high = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        let margin = WIDE;
        let (width, height) = (
            f32::from(self.width) * WIDE + 2.0 * margin,
            f32::from(high) * HIGH + 2.0 * margin,
        );
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{0} {0} {1} {2}\" width=\"{1}\" \
             height=\"{2}\" role=\"img\" aria-label=\"{3}\" font-family=\"{FONTS}\" font-size=\"13\" \
             xml:space=\"preserve\">\n<title>{3}</title>\n\
             <rect x=\"{0}\" y=\"{0}\" width=\"{1}\" height=\"{2}\" fill=\"{4}\"/>\n",
            number(-margin),
            number(width),
            number(height),
            escaped(title),
            hex(self.ground),
        );
        for (y, row) in (0_u16..).zip(&self.rows) {
            self.grounds(&mut out, y, row);
            letters(&mut out, y, row);
        }
        out.push_str("</svg>\n");
        out
    }

    /// What lies behind the letters of a row, where it is not the ground of everything.
    fn grounds(&self, out: &mut String, y: u16, row: &[Cell]) {
        for (x, run) in runs(row, |one, other| one.ground == other.ground) {
            let Some(first) = run.first().filter(|cell| cell.ground != self.ground) else {
                continue;
            };
            let _ = writeln!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
                number(f32::from(x) * WIDE),
                number(f32::from(y) * HIGH),
                number(f32::from(length(run)) * WIDE),
                number(HIGH),
                hex(first.ground),
            );
        }
    }
}

fn letters(out: &mut String, y: u16, row: &[Cell]) {
    let is_drawn = |cell: &Cell| {
        let mut letters = cell.symbol.chars();
        let only = letters.next().filter(|_| letters.next().is_none());
        only.is_some_and(|letter| shape(letter, (0, 0)).is_some())
    };
    let alike = |one: &Cell, other: &Cell| {
        (one.ink, one.is_bold, one.is_underlined, is_drawn(one))
            == (
                other.ink,
                other.is_bold,
                other.is_underlined,
                is_drawn(other),
            )
    };
    for (x, run) in runs(row, alike) {
        let Some(first) = run.first() else { continue };
        if is_drawn(first) {
            lines(out, (x, y), run, first);
            continue;
        }
        for (from, piece) in pieces(run) {
            let text: String = piece.iter().map(|cell| cell.symbol.as_str()).collect();
            let mut attributes = format!(" fill=\"{}\"", hex(first.ink));
            if first.is_bold {
                attributes.push_str(" font-weight=\"bold\"");
            }
            if first.is_underlined {
                attributes.push_str(" text-decoration=\"underline\"");
            }
            words(out, (x + from, y), length(piece), &attributes, &text);
            out.push('\n');
        }
    }
}

fn lines(out: &mut String, (x, y): (u16, u16), run: &[Cell], first: &Cell) {
    let shapes = (x..).zip(run).filter_map(|(x, cell)| {
        let letter = cell.symbol.chars().next()?;
        shape(letter, (x, y))
    });
    let mut pieces: Vec<super::strokes::Shape> = Vec::new();
    for one in shapes {
        match pieces.last_mut() {
            Some(last)
                if (last.is_filled, last.weight, last.is_dashed)
                    == (one.is_filled, one.weight, one.is_dashed) =>
            {
                last.path.push_str(&one.path);
            }
            _ => pieces.push(one),
        }
    }
    for piece in pieces {
        let ink = hex(first.ink);
        let _ = if piece.is_filled {
            writeln!(out, "<path fill=\"{ink}\" d=\"{}\"/>", piece.path)
        } else {
            let dash = if piece.is_dashed {
                " stroke-dasharray=\"2 2\""
            } else {
                ""
            };
            writeln!(
                out,
                "<path fill=\"none\" stroke=\"{ink}\" stroke-width=\"{}\"{dash} d=\"{}\"/>",
                piece.weight.width(),
                piece.path
            )
        };
    }
}

/// The words of a run with the column of each, split where more than one blank lies between them:
/// what stands in a column stays there whatever the font. Blanks alone are nothing.
fn pieces(run: &[Cell]) -> Vec<(u16, &[Cell])> {
    let is_blank = |at: usize| run.get(at).is_none_or(|cell| cell.symbol == " ");
    let mut found = Vec::new();
    let mut from = 0;
    while from < run.len() {
        if is_blank(from) {
            from += 1;
            continue;
        }
        let mut end = from;
        while !(is_blank(end) && is_blank(end + 1)) {
            end += 1;
        }
        let end = end.min(run.len());
        found.push((u16::try_from(from).unwrap_or(u16::MAX), &run[from..end]));
        from = end;
    }
    found
}

/// Neighbours that are alike, each with its first column.
fn runs(
    row: &[Cell],
    alike: impl Fn(&Cell, &Cell) -> bool,
) -> impl Iterator<Item = (u16, &[Cell])> {
    let mut x = 0;
    row.chunk_by(move |one, other| alike(one, other))
        .map(move |run| {
            let from = x;
            x += length(run);
            (from, run)
        })
}

fn length(run: &[Cell]) -> u16 {
    u16::try_from(run.len()).unwrap_or(u16::MAX)
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(symbol: &str, ink: Colour) -> Cell {
        Cell {
            symbol: symbol.to_owned(),
            ink,
            ground: [0, 0, 0],
            is_bold: false,
            is_underlined: false,
        }
    }

    fn screen(text: &str) -> Screen {
        let row: Vec<Cell> = text
            .chars()
            .map(|letter| cell(&letter.to_string(), [1, 2, 3]))
            .collect();
        Screen {
            width: u16::try_from(row.len()).unwrap(),
            rows: vec![row],
            ground: [0, 0, 0],
        }
    }

    #[test]
    fn words_stand_at_their_column_and_lines_are_paths() {
        let svg = screen("ab  <c ─ ").svg("a & b");
        assert!(svg.contains("<text x=\"0\""), "{svg}");
        assert!(
            svg.contains("<text x=\"32\"") && svg.contains("&lt;c"),
            "{svg}"
        );
        assert!(svg.contains("stroke=\"#010203\""), "{svg}");
        assert!(svg.contains("<title>a &amp; b</title>"));
    }

    #[test]
    fn text_ends_where_its_letters_end() {
        assert_eq!(screen("ab  <c ─ ").text(), "ab  <c ─\n");
    }
}
