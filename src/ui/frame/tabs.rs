//! The tabs: digit, name, the worst sign and its count; the chosen one is always in view.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::cx::{Cx, Hit, Target};
use crate::ui::panes::Badge;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, put_right};
use crate::ui::theme::Role;

/// One tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tab {
    /// The digit that leads there.
    pub digit: char,
    /// The name.
    pub name: &'static str,
    /// The worst sign and its count.
    pub badge: Option<Badge>,
}

impl Tab {
    fn words(&self, cx: &Cx<'_>, chosen: bool) -> Rich {
        let role = |role: Role| if chosen { Role::ChipTab } else { role };
        let mut words = Rich::of(role(Role::Muted), format!(" {} ", self.digit))
            .then(role(Role::Text), self.name);
        if let Some(badge) = self.badge {
            let glyph = cx.signs.glyph(badge.sign);
            let count = if badge.sign == Sign::Reading {
                String::new()
            } else {
                badge.count.to_string()
            };
            words = words.then(role(badge.sign.role()), format!(" {glyph}{count}"));
        }
        words.then(role(Role::Text), " ")
    }
}

/// Draws the tabs and returns where they can be clicked.
pub fn draw(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, tabs: &[Tab], chosen: usize) -> Vec<Hit> {
    let words: Vec<Rich> = tabs
        .iter()
        .enumerate()
        .map(|(number, tab)| tab.words(cx, number == chosen))
        .collect();
    let widths: Vec<u16> = words.iter().map(Rich::width).collect();
    let (first, last) = in_view(&widths, chosen, area.width);
    let mut hits = Vec::new();
    let mut x = area.x;
    if first > 0 {
        x = Rich::muted(format!(" ← {first} ")).draw(buffer, (x, area.y), area.width, cx.theme);
    }
    for number in first..last {
        let room = area.right().saturating_sub(x);
        let own = widths[number].min(room);
        words[number].draw(buffer, (x, area.y), own, cx.theme);
        hits.push(Hit {
            area: Rect::new(x, area.y, own, 1),
            target: Target::Screen(tabs[number].digit),
        });
        x += own;
    }
    let hidden = tabs.len() - last;
    if hidden > 0 {
        let more = Rich::muted(format!("{hidden} more →"));
        put_right(
            buffer,
            (area.right().saturating_sub(1), area.y),
            &more,
            more.width(),
            cx.theme,
        );
    }
    hits
}

/// Which tabs fit: from the first one that keeps the chosen one in view.
fn in_view(widths: &[u16], chosen: usize, room: u16) -> (usize, usize) {
    let total: u16 = widths.iter().fold(0, |sum, own| sum.saturating_add(*own));
    if total <= room {
        return (0, widths.len());
    }
    // ` ← 4 ` on the left, `6 more → ` on the right.
    let mut first = 0;
    loop {
        let mut left = room
            .saturating_sub(if first > 0 { 6 } else { 0 })
            .saturating_sub(10);
        let mut last = first;
        while last < widths.len() && widths[last] <= left {
            left -= widths[last];
            last += 1;
        }
        if last > chosen || first >= chosen {
            return (first, last.max((chosen + 1).min(widths.len())));
        }
        first += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_tab_is_always_in_view() {
        let widths = [7, 14, 13, 14, 15, 15, 8, 11, 11, 16, 16];
        for room in 20..200 {
            for chosen in 0..widths.len() {
                let (first, last) = in_view(&widths, chosen, room);
                assert!(first <= chosen && chosen < last, "{chosen} of {room}");
            }
        }
        assert_eq!(in_view(&widths, 0, 80), (0, 5));
        assert_eq!(in_view(&widths, 0, 140), (0, 11));
    }
}
