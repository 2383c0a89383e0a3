//! Roles turned into styles, once: what panes and widgets draw with.
//!
//! The only place besides [`super::signs`] that knows what a role looks like; panes name a
//! [`Role`] and nothing else. A new role is added in `config/theme.rs`.

use ratatui::style::{Color, Modifier, Style};

use crate::config::theme::{Depth, Ink, Paint, Palette};

pub use crate::config::theme::Role;

/// The six steps of a channel in the cube of 216 colours.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The styles of one theme on one terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: Vec<Style>,
}

impl Theme {
    /// Builds the styles of a palette for a terminal that shows so many colours.
    pub fn new(palette: &Palette, depth: Depth) -> Self {
        let styles = Role::ALL
            .iter()
            .map(|role| style(palette.paint(*role), depth))
            .collect();
        Self { styles }
    }

    /// How a role is drawn.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// Ink and ground of what names no colour: those of the theme, else of a dark terminal.
    pub fn plain(&self) -> ([u8; 3], [u8; 3]) {
        let base = self.base();
        (
            base.fg.and_then(rgb).unwrap_or([211, 217, 227]),
            base.bg.and_then(rgb).unwrap_or([18, 21, 27]),
        )
    }

    /// What everything lies on: the background with plain words on it.
    pub fn base(&self) -> Style {
        self.style(Role::Background).patch(self.style(Role::Text))
    }
}

fn style(paint: Paint, depth: Depth) -> Style {
    let mut style = Style::new();
    if let Some(ink) = paint.fg {
        style = style.fg(colour(ink, depth));
    }
    if let Some(ink) = paint.bg {
        style = style.bg(colour(ink, depth));
    }
    // Light letters over heavy ones that were drawn before stay light; what a row adds below them
    // (reversed, underlined) is the row's to say.
    if paint.fg.is_some() && !paint.bold {
        style = style.remove_modifier(Modifier::BOLD);
    }
    for (wanted, modifier) in [
        (paint.bold, Modifier::BOLD),
        (paint.reverse, Modifier::REVERSED),
        (paint.underline, Modifier::UNDERLINED),
    ] {
        if wanted {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// A colour as red, green and blue; none for the terminal's own.
pub fn rgb(colour: Color) -> Option<[u8; 3]> {
    // The sixteen as most terminals draw them.
    let ansi = |number: u8| {
        let bright = number >= 8;
        let low = if bright { 85 } else { 0 };
        let high = if bright { 255 } else { 170 };
        let channel = |bit: u8| if number & bit == 0 { low } else { high };
        [channel(1), channel(2), channel(4)]
    };
    Some(match colour {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => [red, green, blue],
        Color::Indexed(number) if number < 16 => ansi(number),
        Color::Indexed(number) if number >= 232 => [8 + 10 * (number - 232); 3],
        Color::Indexed(number) => {
            let at = number - 16;
            let step = |number: u8| STEPS[usize::from(number % 6)];
            [step(at / 36), step(at / 6), step(at)]
        }
        Color::Black => ansi(0),
        Color::Red => ansi(1),
        Color::Green => ansi(2),
        Color::Yellow => ansi(3),
        Color::Blue => ansi(4),
        Color::Magenta => ansi(5),
        Color::Cyan => ansi(6),
        Color::Gray => ansi(7),
        Color::DarkGray => ansi(8),
        Color::LightRed => ansi(9),
        Color::LightGreen => ansi(10),
        Color::LightYellow => ansi(11),
        Color::LightBlue => ansi(12),
        Color::LightMagenta => ansi(13),
        Color::LightCyan => ansi(14),
        Color::White => ansi(15),
    })
}

fn colour(ink: Ink, depth: Depth) -> Color {
    const ANSI: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match ink {
        Ink::Default => Color::Reset,
        Ink::Ansi(number) => ANSI[usize::from(number) % ANSI.len()],
        Ink::Rgb(red, green, blue) if depth == Depth::Indexed => {
            Color::Indexed(indexed([red, green, blue]))
        }
        Ink::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

/// The nearest of the 240 colours that a 256-colour terminal fixes: a cube of six steps a channel
/// and a ramp of greys.
fn indexed(wanted: [u8; 3]) -> u8 {
    let distance = |one: [u8; 3]| -> u32 {
        one.into_iter()
            .zip(wanted)
            .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    let cube = (0..216_u8).map(|at| {
        let step = |number: u8| STEPS[usize::from(number % 6)];
        (16 + at, [step(at / 36), step(at / 6), step(at)])
    });
    let greys = (0..24_u8).map(|at| (232 + at, [8 + 10 * at; 3]));
    cube.chain(greys)
        .min_by_key(|(_, inks)| distance(*inks))
        .map_or(15, |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_256_colour_terminal_gets_the_nearest_of_its_own() {
        assert_eq!(indexed([0, 0, 0]), 16);
        assert_eq!(indexed([255, 255, 255]), 231);
        assert_eq!(indexed([0x12, 0x15, 0x1b]), 233);
        assert_eq!(indexed([0x79, 0xc0, 0xff]), 111);
    }

    #[test]
    fn a_row_keeps_its_ground_under_any_word() {
        let theme = Theme::new(&Palette::shipped("dark").unwrap(), Depth::True);
        let row = theme.style(Role::RowSelected);
        let word = row.patch(theme.style(Role::VerdictShut));
        assert_eq!(word.bg, row.bg);
        assert_eq!(word.fg, theme.style(Role::VerdictShut).fg);
    }

    #[test]
    fn light_letters_over_heavy_ones_are_light() {
        let theme = Theme::new(&Palette::shipped("sixteen").unwrap(), Depth::Sixteen);
        let over = theme
            .style(Role::Border)
            .patch(theme.style(Role::BorderFocused));
        assert!(over.add_modifier.contains(Modifier::BOLD));
        let light = over.patch(theme.style(Role::Muted));
        assert!(!light.add_modifier.contains(Modifier::BOLD));
        let row = theme
            .style(Role::RowSelected)
            .patch(theme.style(Role::Text));
        assert!(row.add_modifier.contains(Modifier::REVERSED));
    }
}
