//! The scroll window: which line is drawn first, and the thumb that shows where it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::Cx;
use crate::ui::text::put;
use crate::ui::theme::Role;

/// The first line of a window of `height` lines over `length` of them that moves as little as it
/// can from `last` and holds `selected`.
pub fn top(selected: usize, last: usize, height: usize, length: usize) -> usize {
    if height == 0 || length <= height {
        return 0;
    }
    let most = length - height;
    let last = last.min(most);
    if selected < last {
        selected
    } else if selected >= last + height {
        (selected + 1 - height).min(most)
    } else {
        last
    }
}

/// Draws the thumb in the last column of an area, when there is more than it shows.
pub fn thumb(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, first: usize, length: usize) {
    let height = usize::from(area.height);
    if length <= height || area.width == 0 || height == 0 {
        return;
    }
    let size = (height * height / length).max(1);
    let room = height - size;
    let from = (first * room).div_ceil(length - height).min(room);
    for line in from..from + size {
        let y = area.y + u16::try_from(line).unwrap_or(u16::MAX);
        put(buffer, (area.right() - 1, y), "┃", 1, cx.theme, Role::Node);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_window_holds_the_selection_and_never_shows_past_the_end(
            length in 1_usize..5_000, height in 1_usize..200, last in 0_usize..6_000, at in 0_usize..5_000,
        ) {
            let selected = at % length;
            let top = top(selected, last, height, length);
            prop_assert!(top <= selected && selected < top + height);
            prop_assert!(top + height <= length.max(height));
        }

        #[test]
        fn the_window_stands_still_when_it_can(
            length in 50_usize..500, height in 1_usize..40, last in 0_usize..400, at in 0_usize..39,
        ) {
            let last = last.min(length - height);
            prop_assert_eq!(top(last + at % height, last, height, length), last);
        }
    }
}
