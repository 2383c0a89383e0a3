//! Where the boxes stand at which size.
//!
//! Three bands where there is room, two where there is not: then vault, logs and the managed group
//! have no box, and their calls are words in the boxes that are left.

use super::model::{Model, Place};

/// The least width that any plan needs.
pub const LEAST_WIDTH: u16 = 76;
/// Rows of the plan of two bands.
pub const TWO_BANDS: u16 = 10;
/// Rows of the least plan of three bands.
pub const THREE_BANDS: u16 = 21;
/// The least width of a plan of three bands.
pub const WIDE: u16 = 84;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns, both borders included.
    pub width: u16,
    /// Rows, both borders included.
    pub height: u16,
}

impl Frame {
    /// The column behind it.
    pub fn right(&self) -> u16 {
        self.x + self.width
    }

    /// The row below it.
    pub fn bottom(&self) -> u16 {
        self.y + self.height
    }

    /// Whether a cell is in it.
    pub fn holds(&self, x: u16, y: u16) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The boxes.
    pub frames: Vec<(Place, Frame)>,
    /// The row of the words about logs, where they have no box.
    pub logs_row: Option<u16>,
}

impl Plan {
    /// The frame of a place.
    pub fn frame(&self, place: Place) -> Option<Frame> {
        self.frames
            .iter()
            .find(|(own, _)| *own == place)
            .map(|(_, frame)| *frame)
    }
}

/// Places the boxes of a model; none when there is too little room for any.
pub fn plan(model: &Model, width: u16, height: u16) -> Option<Plan> {
    if width < LEAST_WIDTH || height < TWO_BANDS {
        return None;
    }
    let mut plan = if height >= THREE_BANDS && width >= WIDE {
        three_bands(model, width, height)
    } else {
        two_bands(width)
    };
    plan.frames
        .retain(|(place, _)| model.node(*place).is_some());
    if model.node(Place::Logs).is_none() {
        plan.logs_row = None;
    }
    Some(plan)
}

/// Columns of the three stacks: their left edges and widths.
struct Columns {
    you: (u16, u16),
    middle: (u16, u16),
    right: (u16, u16),
}

impl Columns {
    fn of(width: u16, usual: u16, you: u16) -> Self {
        let right = width - 1 - usual;
        let middle = (1 + you + right).div_ceil(2) - usual / 2;
        Self {
            you: (1, you),
            middle: (middle, usual),
            right: (right, usual),
        }
    }
}

fn three_bands(model: &Model, width: u16, height: u16) -> Plan {
    let usual = (u32::from(width) * 21 / 87).clamp(21, 30);
    let usual = u16::try_from(usual).unwrap_or(21);
    let columns = Columns::of(width, usual, (usual - 5).clamp(16, 26));
    let lines = match height {
        27.. => 4,
        24.. => 3,
        _ => 2,
    };
    let tall = lines + 2;
    let held = model
        .node(Place::Managed)
        .map_or(0, |node| u16::try_from(node.facts.len()).unwrap_or(3));
    let managed = (held.max(1) + 2).max(tall.min(5)).min(6);
    // Two rows above for what passes over the boxes; what is left over goes between the bands.
    let fixed = 2 + tall + 4 + tall + 2 + managed.max(tall);
    let spare = height.saturating_sub(fixed);
    let first = 4 + (spare / 2).min(2);
    let second = 2 + (spare - spare / 2).min(2);
    let top = 2;
    let middle = top + tall + first;
    let low = middle + tall + second;
    let floor = low + managed.max(tall);
    let frame = |(x, width): (u16, u16), y: u16, height: u16| Frame {
        x,
        y,
        width,
        height,
    };
    Plan {
        frames: vec![
            (Place::You, frame(columns.you, top, tall.min(5))),
            (Place::Search, frame(columns.middle, top, tall)),
            (Place::Storage, frame(columns.right, top, tall)),
            (Place::OpenAi, frame(columns.middle, middle, tall)),
            (Place::Hub, frame(columns.right, middle, tall)),
            (Place::Vault, frame(columns.middle, floor - tall, tall)),
            (Place::Logs, frame((1, usual), floor - tall, tall)),
            (
                Place::Managed,
                frame(columns.right, floor - managed, managed),
            ),
        ],
        logs_row: None,
    }
}

fn two_bands(width: u16) -> Plan {
    let usual = (u32::from(width) * 22 / 100).clamp(18, 24);
    let usual = u16::try_from(usual).unwrap_or(18);
    let columns = Columns::of(width, usual, (usual - 6).clamp(12, 16));
    let frame = |(x, width): (u16, u16), y: u16, height: u16| Frame {
        x,
        y,
        width,
        height,
    };
    Plan {
        frames: vec![
            (Place::You, frame(columns.you, 1, 3)),
            (Place::Search, frame(columns.middle, 1, 3)),
            (Place::Storage, frame(columns.right, 1, 3)),
            (Place::OpenAi, frame(columns.middle, 6, 4)),
            (Place::Hub, frame(columns.right, 6, 4)),
        ],
        logs_row: Some(9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::model::Node;

    #[test]
    fn boxes_stay_in_their_room_and_apart() {
        let mut model = Model::default();
        model.nodes.extend(Place::ALL.map(|place| Node {
            place,
            members: Vec::new(),
            facts: Vec::new(),
        }));
        for width in LEAST_WIDTH..200 {
            for height in TWO_BANDS..40 {
                let plan = plan(&model, width, height).unwrap();
                for (at, (_, own)) in plan.frames.iter().enumerate() {
                    assert!(
                        own.right() < width && own.bottom() <= height,
                        "{width}x{height}"
                    );
                    for (_, other) in &plan.frames[at + 1..] {
                        let apart = own.right() <= other.x
                            || other.right() <= own.x
                            || own.bottom() <= other.y
                            || other.bottom() <= own.y;
                        assert!(apart, "{width}x{height}: {own:?} {other:?}");
                    }
                }
            }
        }
        assert!(plan(&model, LEAST_WIDTH - 1, 40).is_none());
    }
}
