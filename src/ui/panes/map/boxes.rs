//! The boxes of the Map as something to choose: with the arrows, with the mouse; what stands in one,
//! which calls it makes and takes, and where each of them leads.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::map::grid::{Owner, Voice};
use crate::map::{self, Grid, Place, plan};
use crate::model::id::ArmId;
use crate::ui::cx::{Cx, Drawn, Hit, SizeClass, Target};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::signs::Sign;
use crate::ui::text::Rich;
use crate::ui::theme::Role;
use crate::ui::widgets::detail::Section;

use super::walk::Walk;
use super::{BOXES, HOPS, Map, rows, seen};

/// What stands before the name of a box in what a click means.
const BOX: &str = "box:";
/// What stands before the number of a line.
const LINE: &str = "line:";

/// Something in a box that leads further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// What stands in it, by id.
    Member(String),
    /// A call, by id.
    Hop(String),
}

impl Map {
    /// The box that is chosen; the first one until a person has moved.
    pub(super) fn place(&self) -> Option<Place> {
        let is_there = |place: &Place| self.model.node(*place).is_some();
        self.place
            .filter(is_there)
            .or_else(|| self.model.nodes.first().map(|node| node.place))
    }

    /// Whether the detail is about a box.
    pub(super) fn is_on_boxes(&self) -> bool {
        self.parts.view() == BOXES
    }

    /// What the chosen box leads to, in the order of its detail.
    pub(super) fn items(&self) -> Vec<Item> {
        let Some(node) = self.place().and_then(|place| self.model.node(place)) else {
            return Vec::new();
        };
        let members = node.members.iter().cloned().map(Item::Member);
        let calls = self.calls(node.place).into_iter();
        members
            .chain(calls.map(|(row, _)| Item::Hop(row.id.to_string())))
            .collect()
    }

    /// The calls that a box makes, and those that it takes.
    fn calls(&self, place: Place) -> Vec<(&rows::Row, bool)> {
        let of = |makes: bool| {
            let ends = self.model.ends.iter().zip(&self.rows);
            ends.filter(move |((from, to), _)| *(if makes { from } else { to }) == Some(place))
                .map(move |(_, row)| (row, makes))
        };
        of(true).chain(of(false)).collect()
    }

    /// The detail of the chosen box; lines that lead further stand in the order of
    /// [`Self::items`].
    pub(super) fn box_sections(&self, cx: &Cx<'_>) -> (Vec<Section>, Vec<(usize, usize, Walk)>) {
        let Some(node) = self.place().and_then(|place| self.model.node(place)) else {
            return (Vec::new(), Vec::new());
        };
        let mut targets = Vec::new();
        let count = node.members.len();
        let head = Section::new("").words(Rich::strong(node.place.title()).then(
            Role::Muted,
            match count {
                0 => "  nothing of it was read".to_owned(),
                1 => String::new(),
                many => format!("  {many} of them"),
            },
        ));
        let mut sections = vec![head];
        let chosen = |number: usize| self.walk == Walk::Item(number);
        let mut number = 0;
        let calls = self.calls(node.place);
        let mut section = Section::new(if count == 1 {
            "WHAT IT IS"
        } else {
            "WHAT IS IN IT"
        });
        for member in &node.members {
            let worst = calls
                .iter()
                .filter(|(row, _)| {
                    row.hop.from == *member || row.hop.to.starts_with(member.as_str())
                })
                .map(|(row, _)| row.sign)
                .min_by_key(|sign| rank(*sign));
            let name = rows::end_name(cx, member);
            section = section.words(seen::signed(cx, worst.unwrap_or(Sign::None), &name));
            section.choose_last(chosen(number));
            targets.push((sections.len(), section.lines.len() - 1, Walk::Item(number)));
            number += 1;
            let resource = cx.inventory.resource(&ArmId::new(member));
            if let Some(words) = resource.map(|one| map::in_words(one))
                && !words.is_empty()
            {
                section = section
                    .words(Rich::of(Role::Muted, " ").then(Role::Muted, format!(" {words}")));
            }
        }
        sections.push(section);
        for (makes, label) in [(true, "CALLS"), (false, "IS CALLED BY")] {
            let own: Vec<&rows::Row> = calls
                .iter()
                .filter(|(_, own)| *own == makes)
                .map(|(row, _)| *row)
                .collect();
            if own.is_empty() {
                continue;
            }
            let mut section = Section::new(label).right(Rich::muted(match own.len() {
                1 => "1 hop".to_owned(),
                many => format!("{many} hops"),
            }));
            for row in own {
                let other = if makes { &row.to } else { &row.from };
                let words = seen::signed(cx, row.sign, row.hop.kind.word());
                section = section.words(words.then(Role::Muted, format!("  {other}")));
                section.choose_last(chosen(number));
                targets.push((sections.len(), section.lines.len() - 1, Walk::Item(number)));
                number += 1;
            }
            sections.push(section);
        }
        (sections, targets)
    }

    /// Moves to the next box in a direction. False when there is none.
    pub(super) fn move_box(&mut self, action: Action) -> bool {
        let Some(here) = self.place() else {
            return false;
        };
        let places: Vec<Place> = self.model.nodes.iter().map(|node| node.place).collect();
        let kept = self.grid.borrow();
        let boxes = kept
            .as_ref()
            .and_then(|kept| kept.1.as_ref())
            .map(|grid| grid.boxes.as_slice())
            .unwrap_or_default();
        let centre = |place: Place| {
            let (_, frame) = boxes.iter().find(|(own, _)| *own == place)?;
            let half = |from: u16, size: u16| i32::from(from) * 2 + i32::from(size);
            // A row is as high as two columns are wide.
            Some((half(frame.x, frame.width), half(frame.y, frame.height) * 2))
        };
        let next = match action {
            Action::First => places.first().copied(),
            Action::Last => places.last().copied(),
            _ => centre(here).and_then(|(x, y)| {
                places
                    .iter()
                    .filter(|place| **place != here)
                    .filter_map(|place| {
                        let (other_x, other_y) = centre(*place)?;
                        let (ahead, aside) = match action {
                            Action::Left => (x - other_x, (y - other_y).abs()),
                            Action::Right => (other_x - x, (y - other_y).abs()),
                            Action::Up => (y - other_y, (x - other_x).abs()),
                            Action::Down => (other_y - y, (x - other_x).abs()),
                            _ => return None,
                        };
                        // Ahead and not more aside than ahead: what the eye takes as that way.
                        (ahead > 0 && aside <= ahead * 2).then_some((ahead + aside * 2, *place))
                    })
                    .min()
                    .map(|(_, place)| place)
            }),
        };
        drop(kept);
        let is_way = matches!(
            action,
            Action::Left | Action::Right | Action::Up | Action::Down | Action::First | Action::Last
        );
        if let Some(next) = next {
            self.place = Some(next);
            self.walk = Walk::List;
        }
        // At the edge the key still means the boxes.
        is_way
    }

    /// Where an item of the chosen box leads.
    pub(super) fn follow_item(&mut self, number: usize) -> Outcome {
        match self.items().into_iter().nth(number) {
            Some(Item::Hop(id)) => {
                self.origin = self.place().map(|place| (place, number));
                self.choose_hop(&id);
                Outcome::drawn()
            }
            Some(Item::Member(id)) => {
                let panes = match self.place() {
                    Some(Place::You) => ['3', '-', '2', '4'],
                    Some(Place::Search) => ['2', '6', '5', '3'],
                    Some(Place::OpenAi) => ['2', '5', '3', '4'],
                    Some(Place::Hub | Place::Managed) => ['4', '2', '5', '3'],
                    _ => ['2', '3', '5', '4'],
                };
                Outcome::with(Effect::Jump {
                    panes: panes.to_vec(),
                    ids: vec![id],
                })
            }
            None => Outcome::ignored(),
        }
    }

    /// Puts the selection on a hop of the list.
    pub(super) fn choose_hop(&mut self, id: &str) -> bool {
        let found = self.table.select(id);
        if found {
            self.chosen = Some(true);
            self.walk = Walk::List;
            self.parts.go(HOPS);
        }
        found
    }

    /// Puts the selection on what a click or another pane means: a box, a line, a resource in a box.
    pub(super) fn choose_drawn(&mut self, id: &str) -> bool {
        if let Some(title) = id.strip_prefix(BOX) {
            let found = Place::ALL.into_iter().find(|place| place.title() == title);
            let again = self.is_on_boxes() && self.place() == found;
            self.place = found;
            self.parts.go(BOXES);
            self.walk = Walk::List;
            if again && !self.items().is_empty() {
                self.walk = Walk::Item(0);
                self.parts.go(self.parts.detail());
            }
            return found.is_some();
        }
        if let Some(number) = id.strip_prefix(LINE) {
            let Some(bundle) = number
                .parse::<usize>()
                .ok()
                .and_then(|number| self.model.bundles.get(number))
            else {
                return false;
            };
            // A line of several calls gives them one after the other.
            let now = self.table.selected_id();
            let at = bundle
                .hops
                .iter()
                .position(|at| now.is_some_and(|id| self.rows[*at].id == *id))
                .map_or(0, |at| (at + 1) % bundle.hops.len());
            let id = self.rows[bundle.hops[at]].id.to_string();
            self.origin = None;
            return self.choose_hop(&id);
        }
        if !id.starts_with('/') {
            return false;
        }
        let wanted = ArmId::new(id);
        let found = self.model.nodes.iter().find_map(|node| {
            let is = |member: &String| ArmId::new(member) == wanted;
            Some((node.place, node.members.iter().position(is)?))
        });
        if let Some((place, number)) = found {
            self.place = Some(place);
            self.parts.go(BOXES);
            self.parts.go(self.parts.detail());
            self.walk = Walk::Item(number);
        }
        found.is_some()
    }

    /// How many cells the drawing takes in an area, which may be less than the drawing needs: then
    /// the part with the chosen box is shown.
    pub(super) fn canvas(&self, cx: &Cx<'_>, area: Rect) -> (u16, u16) {
        let is_whole = self.parts.has_focus(BOXES) && cx.size_class() != SizeClass::Beside;
        let (width, height) = if is_whole {
            (plan::WIDE, plan::THREE_BANDS)
        } else {
            (plan::LEAST_WIDTH, plan::TWO_BANDS)
        };
        (area.width.max(width), area.height.max(height))
    }

    /// The first column and row of the drawing that are shown.
    pub(super) fn corner(&self, grid: &Grid, area: Rect) -> (u16, u16) {
        let frame = self
            .place()
            .and_then(|place| grid.boxes.iter().find(|(own, _)| *own == place))
            .map(|(_, frame)| *frame);
        let Some(frame) = frame else { return (0, 0) };
        let first = |end: u16, room: u16, all: u16| {
            (end + 1).saturating_sub(room).min(all.saturating_sub(room))
        };
        (
            first(frame.right(), area.width, grid.width),
            first(frame.bottom(), area.height, grid.height),
        )
    }
}

/// What a click on the drawing means: boxes, lines, and the words on them.
pub(super) fn hits(grid: &Grid, area: Rect, (left, top): (u16, u16)) -> Drawn {
    let mut hits = Vec::new();
    let mut add = |x: u16, y: u16, width: u16, height: u16, id: String| {
        let (right, bottom) = (
            (x + width).saturating_sub(left),
            (y + height).saturating_sub(top),
        );
        let (x, y) = (x.saturating_sub(left), y.saturating_sub(top));
        let own = Rect::new(
            area.x + x,
            area.y + y,
            right.saturating_sub(x),
            bottom.saturating_sub(y),
        )
        .intersection(area);
        if !own.is_empty() {
            hits.push(Hit {
                area: own,
                target: Target::Id(id.into()),
            });
        }
    };
    for (place, frame) in &grid.boxes {
        let id = format!("{BOX}{}", place.title());
        add(frame.x, frame.y, frame.width, frame.height, id);
    }
    for y in 0..grid.height {
        let mut from: Option<(u16, usize)> = None;
        for x in 0..=grid.width {
            let line = match grid.cell(x, y).owner {
                Owner::Line(line) | Owner::Arrow(line) => Some(line),
                _ => None,
            };
            if from.map(|(_, own)| own) == line {
                continue;
            }
            if let Some((start, own)) = from {
                add(start, y, x - start, 1, format!("{LINE}{own}"));
            }
            from = line.map(|line| (x, line));
        }
    }
    for words in &grid.words {
        if let Voice::Line(line) = words.voice {
            add(words.x, words.y, words.width(), 1, format!("{LINE}{line}"));
        }
    }
    Drawn {
        pages: Vec::new(),
        hits,
    }
}

/// Copies the part of a larger drawing that is shown.
pub(super) fn show(from: &Buffer, (left, top): (u16, u16), to: &mut Buffer, area: Rect) {
    for y in 0..area.height {
        for x in 0..area.width {
            if let (Some(cell), Some(own)) = (
                from.cell((x + left, y + top)),
                to.cell_mut((area.x + x, area.y + y)),
            ) {
                own.clone_from(cell);
            }
        }
    }
}

/// Which sign of several is shown: the worst.
fn rank(sign: Sign) -> usize {
    [
        Sign::Shut,
        Sign::AtRisk,
        Sign::Unknown,
        Sign::Reading,
        Sign::Open,
    ]
    .iter()
    .position(|own| *own == sign)
    .unwrap_or(5)
}
