//! The bar: one heavy line on a thin one, so that neighbours do not flow together.

use ratatui::buffer::Buffer;

use crate::ui::cx::Cx;
use crate::ui::text::put;
use crate::ui::theme::Role;

/// How many cells of a bar of `cells` are filled: never all before all is done, never none when
/// something is.
pub fn filled(done: u64, of: u64, cells: u16) -> u16 {
    if of == 0 || cells == 0 {
        return 0;
    }
    let done = done.min(of);
    let exact = u128::from(done) * u128::from(cells) / u128::from(of);
    let own = u16::try_from(exact).unwrap_or(cells);
    if done > 0 && own == 0 { 1 } else { own }
}

/// Draws a bar of `cells` cells. `role` is the role of its filled part.
pub fn draw(
    cx: &Cx<'_>,
    buffer: &mut Buffer,
    (x, y): (u16, u16),
    cells: u16,
    (done, of): (u64, u64),
    role: Role,
) {
    let own = filled(done, of, cells);
    put(
        buffer,
        (x, y),
        &"━".repeat(usize::from(own)),
        own,
        cx.theme,
        role,
    );
    let rest = cells - own;
    put(
        buffer,
        (x.saturating_add(own), y),
        &"─".repeat(usize::from(rest)),
        rest,
        cx.theme,
        Role::Border,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_when_all_is_done() {
        assert_eq!(filled(0, 41, 16), 0);
        assert_eq!(filled(1, 41, 16), 1);
        assert_eq!(filled(40, 41, 16), 15);
        assert_eq!(filled(41, 41, 16), 16);
        assert_eq!(filled(50, 41, 16), 16);
        assert_eq!(filled(1, 0, 16), 0);
    }
}
