//! The Map as SVG: the cells of [`crate::map`], in classes that a page gives its colours to.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::map::grid::{Owner, Voice, Words};
use crate::map::model::Tone;
use crate::map::{Grid, Mark, Model};

use super::strokes::{self, shape};
use super::{FONTS, HIGH, WIDE, number, words};

/// The class of a verdict.
pub(crate) fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Shut => "shut",
        Mark::AtRisk => "at-risk",
        Mark::Unknown => "unknown",
        Mark::Reading => "reading",
        Mark::Open => "open",
    }
}

/// Draws the Map. `title` names the picture, `text` tells it to those who cannot see it.
///
/// Classes: `map-box`, `map-line VERDICT`, `map-sign VERDICT`, `map-name`, `map-muted`, `map-word`.
pub fn draw(model: &Model, grid: &Grid, title: &str, text: &str) -> String {
    let (width, height) = (f32::from(grid.width) * WIDE, f32::from(grid.height) * HIGH);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"map\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" \
         role=\"img\" aria-labelledby=\"map-title map-text\" font-family=\"{FONTS}\" \
         font-size=\"13\"><title id=\"map-title\">{}</title><desc id=\"map-text\">{}</desc>",
        number(width),
        number(height),
        super::escaped(title),
        super::escaped(text),
    );
    // One path a class and kind: many cells, few elements.
    let mut strokes: BTreeMap<(String, bool, bool), String> = BTreeMap::new();
    for y in 0..grid.height {
        for x in 0..grid.width {
            let cell = grid.cell(x, y);
            let own = match cell.owner {
                Owner::Nothing | Owner::Kept => continue,
                Owner::Border(_) | Owner::Tee(..) => "map-box".to_owned(),
                Owner::Line(line) | Owner::Arrow(line) => {
                    let mark = model.bundles.get(line).map_or(Mark::Open, |own| own.mark);
                    format!("map-line {}", class(mark))
                }
            };
            if matches!(cell.owner, Owner::Arrow(_)) && cell.glyph == '▲' {
                let path = strokes::up_arrow((x, y));
                strokes
                    .entry((own, true, false))
                    .or_default()
                    .push_str(&path);
            } else if let Some(shape) = shape(cell.glyph, (x, y)) {
                strokes
                    .entry((own, shape.is_filled, shape.is_dashed))
                    .or_default()
                    .push_str(&shape.path);
            }
        }
    }
    for ((own, is_filled, is_dashed), path) in &strokes {
        let kind = if *is_filled { " filled" } else { "" };
        let dash = if *is_dashed {
            " stroke-dasharray=\"2 2\""
        } else {
            ""
        };
        let _ = write!(out, "<path class=\"{own}{kind}\"{dash} d=\"{path}\"/>");
    }
    for one in &grid.words {
        say(&mut out, model, one);
    }
    out.push_str("</svg>");
    out
}

fn say(out: &mut String, model: &Model, own: &Words) {
    let mut x = own.x;
    if let Some(mark) = own.mark {
        let attributes = format!(" class=\"map-sign {}\"", class(mark));
        words(out, (x, own.y), 1, &attributes, &mark.glyph().to_string());
        x += 2;
    }
    if own.text.is_empty() {
        return;
    }
    let trouble = match own.voice {
        Voice::Line(line) => model
            .bundles
            .get(line)
            .map(|bundle| bundle.mark)
            .filter(|mark| *mark != Mark::Open),
        Voice::Box(_) | Voice::Logs => None,
    };
    let attributes = match (trouble, own.tone) {
        (Some(mark), _) => format!(" class=\"map-sign {}\"", class(mark)),
        (None, Tone::Name) => " class=\"map-name\"".to_owned(),
        (None, Tone::Title | Tone::Muted | Tone::Skeleton) => " class=\"map-muted\"".to_owned(),
        (None, Tone::Plain) => " class=\"map-word\"".to_owned(),
    };
    let columns = own.x + own.width() - x;
    words(out, (x, own.y), columns, &attributes, &own.text);
}
