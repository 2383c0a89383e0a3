//! The shapes of the characters that draw lines, boxes and arrows.

use super::{HIGH, WIDE, number};

/// How heavy a stroke is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// A hairline.
    Light,
    /// A chosen line.
    Heavy,
}

impl Weight {
    /// Its width.
    pub(super) fn width(self) -> &'static str {
        match self {
            Self::Light => "1.4",
            Self::Heavy => "3",
        }
    }
}

/// The shape of one character.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    /// A path in the data of `d`.
    pub(super) path: String,
    /// Filled, or drawn along.
    pub(super) is_filled: bool,
    /// How heavy.
    pub(super) weight: Weight,
    /// Whether it is drawn in pieces.
    pub(super) is_dashed: bool,
}

/// The arms of a character: up, right, down, left.
fn arms(glyph: char) -> Option<([bool; 4], Weight, bool)> {
    let (text, weight, dashed) = match glyph {
        '─' => ("rl", Weight::Light, false),
        '│' => ("ud", Weight::Light, false),
        '┄' | '╌' | '┈' => ("rl", Weight::Light, true),
        '┆' | '┊' => ("ud", Weight::Light, true),
        '━' => ("rl", Weight::Heavy, false),
        '┃' => ("ud", Weight::Heavy, false),
        '├' | '┝' => ("urd", Weight::Light, false),
        '┤' | '┥' => ("udl", Weight::Light, false),
        '┬' => ("rdl", Weight::Light, false),
        '┴' => ("url", Weight::Light, false),
        '┼' => ("urdl", Weight::Light, false),
        '┌' => ("rd", Weight::Light, false),
        '┐' => ("dl", Weight::Light, false),
        '└' => ("ur", Weight::Light, false),
        '┘' => ("ul", Weight::Light, false),
        _ => return None,
    };
    let has = ['u', 'r', 'd', 'l'].map(|arm| text.contains(arm));
    Some((has, weight, dashed))
}

/// The shape of a character at a cell; none for one that is a letter.
pub(super) fn shape(glyph: char, (x, y): (u16, u16)) -> Option<Shape> {
    let (left, top) = (f32::from(x) * WIDE, f32::from(y) * HIGH);
    let (right, bottom) = (left + WIDE, top + HIGH);
    let (middle, centre) = (left + WIDE / 2.0, top + HIGH / 2.0);
    let at = |x: f32, y: f32| format!("{} {}", number(x), number(y));
    let line = |x: f32, y: f32, to_x: f32, to_y: f32| format!("M{}L{}", at(x, y), at(to_x, to_y));
    let drawn = |path: String, weight: Weight, is_dashed: bool| Shape {
        path,
        is_filled: false,
        weight,
        is_dashed,
    };
    let filled = |path: String| Shape {
        path,
        is_filled: true,
        weight: Weight::Light,
        is_dashed: false,
    };
    let radius = WIDE / 2.0;
    let bend = |from: (f32, f32), corner: (f32, f32), knee: (f32, f32), to: (f32, f32)| {
        format!(
            "M{}L{}Q{} {}L{}",
            at(from.0, from.1),
            at(corner.0, corner.1),
            at(middle, centre),
            at(knee.0, knee.1),
            at(to.0, to.1)
        )
    };
    let round = |up: bool, is_right: bool| {
        let edge = if up { top } else { bottom };
        let turn = if up { centre - radius } else { centre + radius };
        let side = if is_right { right } else { left };
        bend(
            (middle, edge),
            (middle, turn),
            (side, centre),
            (side, centre),
        )
    };
    let path = match glyph {
        '╭' => return Some(drawn(round(false, true), Weight::Light, false)),
        '╮' => return Some(drawn(round(false, false), Weight::Light, false)),
        '╰' => return Some(drawn(round(true, true), Weight::Light, false)),
        '╯' => return Some(drawn(round(true, false), Weight::Light, false)),
        '▶' => [(left, centre - 4.5), (right, centre), (left, centre + 4.5)],
        '◀' => [(right, centre - 4.5), (left, centre), (right, centre + 4.5)],
        '▼' => [
            (left, centre - 4.0),
            (right, centre - 4.0),
            (middle, centre + 4.0),
        ],
        _ => {
            let (arms, weight, dashed) = arms(glyph)?;
            let ends = [
                (middle, top),
                (right, centre),
                (middle, bottom),
                (left, centre),
            ];
            let mut path = String::new();
            for (x, y) in ends
                .iter()
                .zip(arms)
                .filter_map(|(end, has)| has.then_some(*end))
            {
                path.push_str(&line(middle, centre, x, y));
            }
            return Some(drawn(path, weight, dashed));
        }
    };
    let [first, second, third] = path.map(|(x, y)| at(x, y));
    Some(filled(format!("M{first}L{second}L{third}Z")))
}

/// An arrow head that points up: as a sign it is a word (at risk), at the end of a line it is not.
pub(super) fn up_arrow((x, y): (u16, u16)) -> String {
    let (left, top) = (f32::from(x) * WIDE, f32::from(y) * HIGH);
    let centre = top + HIGH / 2.0;
    let [first, second, third] = [
        (left, centre + 4.0),
        (left + WIDE, centre + 4.0),
        (left + WIDE / 2.0, centre - 4.0),
    ]
    .map(|(x, y)| format!("{} {}", number(x), number(y)));
    format!("M{first}L{second}L{third}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shapes_and_letters_are_not() {
        for glyph in "─│┄┆━┃├┤┬┴┼╭╮╰╯▶◀▼".chars() {
            let shape = shape(glyph, (2, 3)).unwrap();
            assert!(shape.path.starts_with('M'), "{glyph}");
        }
        for glyph in "a✔✖▲?…░".chars() {
            assert!(shape(glyph, (0, 0)).is_none(), "{glyph}");
        }
    }

    #[test]
    fn neighbours_meet_at_the_edge() {
        let level = shape('─', (0, 0)).unwrap().path;
        assert!(level.contains("L8 9") && level.contains("L0 9"), "{level}");
    }
}
