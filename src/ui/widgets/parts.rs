//! How a pane shares its room between its views and its detail, and where the focus is.
//!
//! From 140 columns all views stand above each other with the detail beside; from 100 columns and
//! 29 rows one view with the detail below; else one part at a time. `tab` goes round all parts at
//! every size, so that nothing is a dead end: what was not in sight comes into it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::ui::cx::{Cx, SizeClass};

use super::rule;

/// The least rows of a view above a detail.
const LEAST_VIEW: u16 = 5;

/// Where the focus of a pane is. Parts are numbered: the views first, the detail last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    views: usize,
    view: usize,
    in_detail: bool,
}

/// How high a view is when all of them are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Height {
    /// So many rows, its rule included.
    Rows(u16),
    /// What the others leave.
    Rest,
}

/// Where everything goes. Each area has its rule in the first row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The views, where they are in sight.
    pub views: Vec<Option<Rect>>,
    /// The detail, where it is in sight.
    pub detail: Option<Rect>,
    hairline: Option<(u16, u16, u16)>,
}

impl Parts {
    /// A pane with so many views and a detail.
    pub fn new(views: usize) -> Self {
        Self {
            views: views.max(1),
            view: 0,
            in_detail: false,
        }
    }

    /// The number of the detail.
    pub fn detail(&self) -> usize {
        self.views
    }

    /// The part that has the focus.
    pub fn focus(&self) -> usize {
        if self.in_detail {
            self.views
        } else {
            self.view
        }
    }

    /// The view that has, or last had, the focus.
    pub fn view(&self) -> usize {
        self.view
    }

    /// Whether the keys go to this part.
    pub fn has_focus(&self, part: usize) -> bool {
        self.focus() == part
    }

    /// Moves the focus.
    pub fn go(&mut self, part: usize) {
        self.in_detail = part >= self.views;
        if !self.in_detail {
            self.view = part;
        }
    }

    /// Does what an action means for the focus. False when it means nothing.
    pub fn on_action(&mut self, action: Action) -> bool {
        let count = self.views + 1;
        match action {
            Action::NextPart => self.go((self.focus() + 1) % count),
            Action::PreviousPart => self.go((self.focus() + count - 1) % count),
            Action::NextView if self.views > 1 => self.go((self.view + 1) % self.views),
            Action::PreviousView if self.views > 1 => {
                self.go((self.view + self.views - 1) % self.views);
            }
            Action::Enter if !self.in_detail => self.in_detail = true,
            Action::Back if self.in_detail => self.in_detail = false,
            Action::Back if self.view > 0 => self.view = 0,
            _ => return false,
        }
        true
    }

    /// Shares an area. `heights` has one entry a view.
    pub fn place(&self, cx: &Cx<'_>, area: Rect, heights: &[Height]) -> Placed {
        self.place_filled(cx, area, heights, u16::MAX)
    }

    /// The same, for a view of which it is known how many rows it fills, rule included: what it does
    /// not need is the detail's, where that stands below.
    pub fn place_filled(&self, cx: &Cx<'_>, area: Rect, heights: &[Height], filled: u16) -> Placed {
        match cx.size_class() {
            SizeClass::Beside => self.beside(area, heights),
            SizeClass::Below => self.below(area, filled),
            SizeClass::Single => self.single(area),
        }
    }

    fn beside(&self, area: Rect, heights: &[Height]) -> Placed {
        // 52 columns at 140, growing with the room: a detail of more than 80 is hard to read.
        let detail_width = (52 + area.width.saturating_sub(140) / 3)
            .min(80)
            .min(area.width);
        let left = area.width.saturating_sub(detail_width + 1);
        let fixed: u16 = heights
            .iter()
            .map(|height| match height {
                Height::Rows(rows) => *rows,
                Height::Rest => 0,
            })
            .fold(0, u16::saturating_add);
        let open = heights
            .iter()
            .filter(|height| **height == Height::Rest)
            .count()
            .max(1);
        let each = area.height.saturating_sub(fixed) / u16::try_from(open).unwrap_or(1);
        let mut y = area.y;
        let mut views = Vec::with_capacity(self.views);
        for number in 0..self.views {
            let wanted = match heights.get(number) {
                Some(Height::Rows(rows)) => *rows,
                Some(Height::Rest) | None => each,
            };
            let rest = area.bottom().saturating_sub(y);
            let height = if number + 1 == self.views {
                rest
            } else {
                wanted.min(rest)
            };
            // A view of a rule and one row is the least that says anything.
            views.push((height >= 2).then(|| Rect::new(area.x, y, left, height)));
            y = y.saturating_add(height);
        }
        let x = area.x + left;
        Placed {
            views,
            detail: Some(Rect::new(
                x + 1,
                area.y,
                area.right().saturating_sub(x + 1),
                area.height,
            )),
            hairline: Some((x, area.y, area.bottom())),
        }
    }

    fn below(&self, area: Rect, filled: u16) -> Placed {
        // The detail of 9 rows at 30 grows with the room, and is half of it when it has the focus.
        let least = if self.in_detail {
            area.height / 2
        } else {
            (area.height / 3).max(10)
        };
        // A rule, a head, a row and the blank before the next rule.
        let spare = area.height.saturating_sub(filled.max(LEAST_VIEW));
        let detail = least.max(spare).min(area.height);
        let top = Rect {
            height: area.height - detail,
            ..area
        };
        Placed {
            views: self.only(top),
            detail: Some(Rect::new(area.x, top.bottom(), area.width, detail)),
            hairline: None,
        }
    }

    fn single(&self, area: Rect) -> Placed {
        Placed {
            views: if self.in_detail {
                vec![None; self.views]
            } else {
                self.only(area)
            },
            detail: self.in_detail.then_some(area),
            hairline: None,
        }
    }

    fn only(&self, area: Rect) -> Vec<Option<Rect>> {
        (0..self.views)
            .map(|number| (number == self.view).then_some(area))
            .collect()
    }
}

impl Placed {
    /// Draws the hairlines. To be called after the rules, whose ends it joins.
    pub fn hairlines(&self, cx: &Cx<'_>, buffer: &mut Buffer) {
        if let Some((x, from, to)) = self.hairline {
            let joints: Vec<u16> = self.views.iter().flatten().map(|area| area.y).collect();
            rule::vertical(cx, buffer, x, from, to, &joints);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_goes_round_every_part_and_back_always_leads_home() {
        let mut parts = Parts::new(2);
        let mut seen = vec![parts.focus()];
        for _ in 0..3 {
            assert!(parts.on_action(Action::NextPart));
            seen.push(parts.focus());
        }
        assert_eq!(seen, [0, 1, 2, 0]);
        parts.go(1);
        assert!(parts.on_action(Action::Enter));
        assert_eq!(parts.focus(), parts.detail());
        assert!(parts.on_action(Action::Back) && parts.on_action(Action::Back));
        assert_eq!(parts.focus(), 0);
        assert!(!parts.on_action(Action::Back));
    }

    #[test]
    fn what_a_view_does_not_fill_is_the_details() {
        let area = Rect::new(0, 2, 100, 27);
        let mut parts = Parts::new(2);
        let heights = |parts: Parts, filled: u16| {
            let placed = parts.below(area, filled);
            let view = placed.views[parts.view()].map(|view| view.height);
            (view, placed.detail.map(|detail| detail.height))
        };
        assert_eq!(heights(parts, u16::MAX), (Some(17), Some(10)));
        assert_eq!(heights(parts, 17), (Some(17), Some(10)));
        assert_eq!(heights(parts, 7), (Some(7), Some(20)));
        assert_eq!(heights(parts, 0), (Some(5), Some(22)));
        parts.go(parts.detail());
        assert_eq!(heights(parts, u16::MAX), (Some(14), Some(13)));
        assert_eq!(heights(parts, 7), (Some(7), Some(20)));
    }

    #[test]
    fn parts_never_leave_their_area() {
        for width in [0, 1, 60, 140, 200] {
            for height in [0, 1, 5, 39] {
                let area = Rect::new(0, 2, width, height);
                let parts = Parts::new(2);
                let heights = [Height::Rows(12), Height::Rest];
                for placed in [
                    parts.beside(area, &heights),
                    parts.below(area, u16::MAX),
                    parts.below(area, 3),
                    parts.single(area),
                ] {
                    for part in placed.views.iter().flatten().chain(&placed.detail) {
                        assert!(
                            part.right() <= area.right().max(1) && part.bottom() <= area.bottom()
                        );
                    }
                }
            }
        }
    }
}
