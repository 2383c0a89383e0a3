//! The way of one line: the cheapest orthogonal path from the border of one box to that of another,
//! through free cells only.
//!
//! Turns, crossings, and running close beside something cost more than length, so that lines are
//! straight where they can be. A line crosses another at a right angle only: the vertical one
//! passes, the other leaves one cell free on either side.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::grid::{Grid, Owner};
use super::plan::Frame;
use crate::model::lookup::Map;

const STEP: u32 = 10;
const TURN: u32 = 45;
const CROSSING: u32 = 70;
const BESIDE: u32 = 5;
const NEAR_BOX: u32 = 4;
const OTHER_SIDE: u32 = 160;
const OFF_HINT: u32 = 13;
const BRANCH: u32 = 60;

/// A direction of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// Toward row 0.
    Up,
    /// Toward the last row.
    Down,
    /// Toward column 0.
    Left,
    /// Toward the last column.
    Right,
}

impl Way {
    const ALL: [Self; 4] = [Self::Up, Self::Down, Self::Left, Self::Right];

    fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// Whether it goes along a row.
    pub fn is_level(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }

    fn from(self, (x, y): (u16, u16)) -> Option<(u16, u16)> {
        match self {
            Self::Up => Some((x, y.checked_sub(1)?)),
            Self::Down => Some((x, y + 1)),
            Self::Left => Some((x.checked_sub(1)?, y)),
            Self::Right => Some((x + 1, y)),
        }
    }

    /// The arrow that points so.
    pub fn arrow(self) -> char {
        match self {
            Self::Up => '▲',
            Self::Down => '▼',
            Self::Left => '◀',
            Self::Right => '▶',
        }
    }
}

/// Which side of a box a line should use, and how far along it, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The side, as the direction that leads out of the box.
    pub side: Way,
    /// How far along: from the left, or from the top.
    pub along: u16,
}

/// A path, cell by cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it leaves: the border cell of the box, or a cell of a line that it branches from.
    pub port: (u16, u16),
    /// Whether it branches from a line.
    pub is_branch: bool,
    /// The direction in which it leaves.
    pub leaves: Way,
    /// Its cells with the direction in which each is entered; the arrow is the last.
    pub cells: Vec<((u16, u16), Way)>,
    /// The direction of the arrow.
    pub arrives: Way,
}

/// What is to be joined.
#[derive(Clone, Debug)]
pub struct Wish<'g> {
    /// The caller's box.
    pub from: Frame,
    /// The target's box.
    pub to: Frame,
    /// Where it should leave.
    pub leaves: Option<Hint>,
    /// Where it should arrive.
    pub arrives: Option<Hint>,
    /// Lines of the same source, kind and state, which it may branch from.
    pub trunks: &'g [usize],
}

type State = ((u16, u16), Way);

struct Search<'g> {
    grid: &'g Grid,
    best: Map<State, (u32, Option<State>)>,
    queue: BinaryHeap<Reverse<(u32, State)>>,
    ports: Map<State, ((u16, u16), bool)>,
}

/// Finds the way; none when everything is in its way.
pub fn route(grid: &Grid, wish: &Wish<'_>) -> Option<Path> {
    let mut search = Search {
        grid,
        best: Map::default(),
        queue: BinaryHeap::new(),
        ports: Map::default(),
    };
    search.begin(wish);
    let mut done: Option<(u32, State, Way)> = None;
    while let Some(Reverse((cost, state))) = search.queue.pop() {
        if done.is_some_and(|(best, ..)| best <= cost) {
            break;
        }
        if search.best.get(&state).is_some_and(|(own, _)| *own < cost) {
            continue;
        }
        if let Some((extra, arrives)) = arrival(wish, state)
            && done.is_none_or(|(best, ..)| cost + extra < best)
        {
            done = Some((cost + extra, state, arrives));
        }
        search.spread(cost, state);
    }
    let (_, last, arrives) = done?;
    Some(search.path(last, arrives))
}

/// The sides of a frame: the way out, and its border cells without the corners.
fn sides(frame: Frame) -> Vec<(Way, (u16, u16))> {
    let mut cells = Vec::new();
    for x in frame.x + 1..frame.right() - 1 {
        // A tee right before the title would read as its first letter.
        if x > frame.x + 1 {
            cells.push((Way::Up, (x, frame.y)));
        }
        cells.push((Way::Down, (x, frame.bottom() - 1)));
    }
    for y in frame.y + 1..frame.bottom() - 1 {
        cells.push((Way::Left, (frame.x, y)));
        cells.push((Way::Right, (frame.right() - 1, y)));
    }
    cells
}

/// What a place on a border costs against the hint.
fn off(frame: Frame, side: Way, (x, y): (u16, u16), hint: Option<Hint>) -> u32 {
    let Some(hint) = hint else { return 0 };
    if hint.side != side {
        return OTHER_SIDE;
    }
    let wanted = |length: u16| u32::from(length.saturating_sub(1)) * u32::from(hint.along) / 100;
    let (own, wanted) = if side.is_level() {
        (u32::from(y - frame.y), wanted(frame.height))
    } else {
        (u32::from(x - frame.x), wanted(frame.width))
    };
    own.abs_diff(wanted) * OFF_HINT
}

/// Whether a line may end in this cell: the box lies straight behind it, or the arrow turns into it.
fn arrival(wish: &Wish<'_>, ((x, y), way): State) -> Option<(u32, Way)> {
    let frame = wish.to;
    let (side, border) = if y + 1 == frame.y {
        (Way::Up, (x, frame.y))
    } else if y == frame.bottom() {
        (Way::Down, (x, frame.bottom() - 1))
    } else if x + 1 == frame.x {
        (Way::Left, (frame.x, y))
    } else if x == frame.right() {
        (Way::Right, (frame.right() - 1, y))
    } else {
        return None;
    };
    let inside = if side.is_level() {
        (frame.y + 1..frame.bottom() - 1).contains(&y)
    } else {
        (frame.x + 1..frame.right() - 1).contains(&x)
    };
    if !inside || way == side {
        return None;
    }
    let turn = if way == side.back() { 0 } else { TURN + STEP };
    Some((turn + off(frame, side, border, wish.arrives), side.back()))
}

impl Search<'_> {
    fn is_free(&self, (x, y): (u16, u16)) -> bool {
        self.grid.cell(x, y).owner == Owner::Nothing
    }

    fn begin(&mut self, wish: &Wish<'_>) {
        for (side, border) in sides(wish.from) {
            let cell = self.grid.cell(border.0, border.1);
            let Owner::Border(_) = cell.owner else {
                continue;
            };
            let Some(first) = side.from(border).filter(|first| self.is_free(*first)) else {
                continue;
            };
            let cost = off(wish.from, side, border, wish.leaves) + self.crowd(border);
            self.push((first, side), cost + STEP, None);
            self.ports.entry((first, side)).or_insert((border, false));
        }
        for trunk in wish.trunks {
            self.branch(*trunk);
        }
    }

    /// Lines that leave side by side are hard to tell apart.
    fn crowd(&self, (x, y): (u16, u16)) -> u32 {
        let is_tee = |x: u16, y: u16| matches!(self.grid.cell(x, y).owner, Owner::Tee(..));
        let near = (1..=3_u16)
            .any(|far| is_tee(x + far, y) || x.checked_sub(far).is_some_and(|x| is_tee(x, y)));
        if near { 40 } else { 0 }
    }

    /// Starts on both sides of a straight piece of a line.
    fn branch(&mut self, trunk: usize) {
        for y in 0..self.grid.height {
            for x in 0..self.grid.width {
                let cell = self.grid.cell(x, y);
                if cell.owner != Owner::Line(trunk) || !matches!(cell.glyph, '│' | '┆') {
                    continue;
                }
                for way in [Way::Left, Way::Right] {
                    if let Some(first) = way.from((x, y)).filter(|first| self.is_free(*first))
                        && !self.ports.contains_key(&(first, way))
                    {
                        self.push((first, way), BRANCH + STEP, None);
                        self.ports.insert((first, way), ((x, y), true));
                    }
                }
            }
        }
    }

    fn push(&mut self, state: State, cost: u32, before: Option<State>) {
        let known = self.best.get(&state).map(|(own, _)| *own);
        if known.is_none_or(|known| cost < known) {
            self.best.insert(state, (cost, before));
            self.queue.push(Reverse((cost, state)));
        }
    }

    fn spread(&mut self, cost: u32, state: State) {
        let (here, way) = state;
        for next_way in Way::ALL {
            if next_way == way.back() {
                continue;
            }
            let turn = if next_way == way { 0 } else { TURN };
            let Some(next) = next_way.from(here) else {
                continue;
            };
            if self.is_free(next) {
                let beside = self.beside(next, next_way);
                self.push((next, next_way), cost + turn + STEP + beside, Some(state));
            } else if next_way == way
                && let Some(over) = self.over(here, way)
            {
                self.push((over, way), cost + CROSSING + 2 * STEP, Some(state));
            }
            if next_way == way
                && let Some(over) = self.under(here, way)
            {
                self.push((over, way), cost + CROSSING + 4 * STEP, Some(state));
            }
        }
    }

    /// What running close beside something costs.
    fn beside(&self, (x, y): (u16, u16), way: Way) -> u32 {
        let (one, other) = if way.is_level() {
            ((x, y.wrapping_sub(1)), (x, y + 1))
        } else {
            ((x.wrapping_sub(1), y), (x + 1, y))
        };
        [one, other]
            .into_iter()
            .filter(|(x, y)| *x < self.grid.width && *y < self.grid.height)
            .filter(|cell| !self.is_free(*cell))
            .fold(0, |sum, _| sum + BESIDE)
            + self.near_box((x, y), way)
    }

    /// An upright line keeps away from the sides of boxes: what arrives there needs a stretch to be
    /// seen.
    fn near_box(&self, (x, y): (u16, u16), way: Way) -> u32 {
        if way.is_level() {
            return 0;
        }
        let is_box = |x: u16| {
            matches!(
                self.grid.cell(x, y).owner,
                Owner::Border(_) | Owner::Tee(..)
            )
        };
        (1..=4_u16)
            .find(|far| is_box(x + far) || x.checked_sub(*far).is_some_and(is_box))
            .map_or(0, |far| NEAR_BOX * u32::from(5 - far))
    }

    /// Straight over a level line, which gives way: where the crossing line comes out.
    fn over(&self, here: (u16, u16), way: Way) -> Option<(u16, u16)> {
        if way.is_level() {
            return None;
        }
        let (x, y) = way.from(here)?;
        let plain = |x: u16| {
            let cell = self.grid.cell(x, y);
            match cell.owner {
                Owner::Line(line) if matches!(cell.glyph, '─' | '┄') => Some(line),
                _ => None,
            }
        };
        let line = plain(x)?;
        let gives_way = [x.checked_sub(2)?, x - 1, x + 1, x + 2]
            .into_iter()
            .all(|x| plain(x) == Some(line));
        let out = way.from((x, y))?;
        (gives_way && self.is_free(out)).then_some(out)
    }

    /// Under an upright line, which passes: where this level one goes on, one blank on either side.
    fn under(&self, here: (u16, u16), way: Way) -> Option<(u16, u16)> {
        if !way.is_level() {
            return None;
        }
        let before = way.from(here)?;
        let (x, y) = way.from(before)?;
        let cell = self.grid.cell(x, y);
        let passes = matches!(cell.owner, Owner::Line(_)) && matches!(cell.glyph, '│' | '┆');
        let behind = way.from((x, y))?;
        let out = way.from(behind)?;
        (passes
            && [before, behind, out]
                .into_iter()
                .all(|cell| self.is_free(cell)))
        .then_some(out)
    }

    fn path(&self, last: State, arrives: Way) -> Path {
        let mut cells = vec![last];
        let mut first = last;
        while let Some((_, Some(before))) = self.best.get(&first) {
            first = *before;
            cells.push(first);
        }
        cells.reverse();
        let (port, is_branch) = self.ports.get(&first).copied().unwrap_or((first.0, false));
        Path {
            port,
            is_branch,
            leaves: first.1,
            cells,
            arrives,
        }
    }
}
