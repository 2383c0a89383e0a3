//! Drawings as SVG: the Map, and a grid of cells as a terminal shows it.
//!
//! Cells have a fixed size; lines and borders are drawn as shapes, words as text that is stretched to
//! its cells, so that the picture is the same whatever font is there. No script, no link, no font
//! from elsewhere.

pub mod cells;
pub mod map;
mod strokes;

use std::fmt::Write;

/// Width of a cell.
pub(super) const WIDE: f32 = 8.0;
/// Height of a cell.
pub(super) const HIGH: f32 = 18.0;
/// Fonts whose letters are equally wide.
pub(super) const FONTS: &str =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// A number without needless digits.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// Text as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML knows no other controls, escaped or not.
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// Words that fill so many cells from a column and a row on.
fn words(out: &mut String, (x, y): (u16, u16), columns: u16, attributes: &str, text: &str) {
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"{attributes}>{}</text>",
        number(f32::from(x) * WIDE),
        number(f32::from(y) * HIGH + HIGH * 0.74),
        number(f32::from(columns) * WIDE),
        escaped(text),
    );
}
