//! A drawn screen as data for a picture: letters with the colours that the theme gave them.

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use crate::report::svg::cells::{Cell, Screen};

use super::text::width;
use super::theme::{Theme, rgb};

/// The screen that stands in a buffer.
pub fn screen(buffer: &Buffer, theme: &Theme) -> Screen {
    let (ink, ground) = theme.plain();
    let rows = (buffer.area.top()..buffer.area.bottom())
        .map(|y| {
            let mut covered = 0;
            (buffer.area.left()..buffer.area.right())
                .map(|x| {
                    let cell = &buffer[(x, y)];
                    let (mut own, mut behind) =
                        (rgb(cell.fg).unwrap_or(ink), rgb(cell.bg).unwrap_or(ground));
                    if cell.modifier.contains(Modifier::REVERSED) {
                        std::mem::swap(&mut own, &mut behind);
                    }
                    // Behind a letter of two cells stands nothing of its own.
                    let symbol = if covered > 0 {
                        covered -= 1;
                        String::new()
                    } else {
                        covered = width(cell.symbol()).saturating_sub(1);
                        cell.symbol().to_owned()
                    };
                    Cell {
                        symbol,
                        ink: own,
                        ground: behind,
                        is_bold: cell.modifier.contains(Modifier::BOLD),
                        is_underlined: cell.modifier.contains(Modifier::UNDERLINED),
                    }
                })
                .collect()
        })
        .collect();
    Screen {
        width: buffer.area.width,
        rows,
        ground,
    }
}
