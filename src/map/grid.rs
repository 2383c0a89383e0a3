//! The drawing: one glyph a cell with what it belongs to, and words that lie over the cells.

use super::lay;
use super::model::{Mark, Model, Place, Tone};
use super::plan::{Frame, Plan, plan};
use super::words::width;

/// What a cell belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// Nothing is drawn.
    #[default]
    Nothing,
    /// The border of a box, by its place in [`Grid::boxes`].
    Border(usize),
    /// Where a line leaves a box: the box, the line.
    Tee(usize, usize),
    /// A line, by its place in [`Model::bundles`].
    Line(usize),
    /// The arrow at a line's end.
    Arrow(usize),
    /// Kept free: words lie here, or a line gives way to another.
    Kept,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is drawn.
    pub glyph: char,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A box says it.
    Box(usize),
    /// A line is called so.
    Line(usize),
    /// About logs, where they have no box.
    Logs,
}

/// Words on the drawing. A sign comes first, with one blank behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The column of the sign, or of the first letter.
    pub x: u16,
    /// The row.
    pub y: u16,
    /// The sign.
    pub mark: Option<Mark>,
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
    /// Whose they are.
    pub voice: Voice,
}

impl Words {
    /// How many cells they take.
    pub fn width(&self) -> u16 {
        let sign = match (self.mark, self.text.is_empty()) {
            (Some(_), true) => 1,
            (Some(_), false) => 2,
            (None, _) => 0,
        };
        sign + width(&self.text)
    }
}

/// The whole drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    cells: Vec<Cell>,
    /// The boxes.
    pub boxes: Vec<(Place, Frame)>,
    /// The words, boxes first.
    pub words: Vec<Words>,
    /// Lines for which there was no way: they are words in a box.
    pub folded: Vec<usize>,
}

impl Grid {
    /// Draws a model into so many cells; none when there is too little room for any box.
    pub fn of(model: &Model, width: u16, height: u16) -> Option<Self> {
        let plan = plan(model, width, height)?;
        Some(lay::lay(model, &plan, width, height))
    }

    pub(super) fn empty(plan: &Plan, width: u16, height: u16) -> Self {
        let free = Cell {
            glyph: ' ',
            owner: Owner::Nothing,
        };
        Self {
            width,
            height,
            cells: vec![free; usize::from(width) * usize::from(height)],
            boxes: plan.frames.clone(),
            words: Vec::new(),
            folded: Vec::new(),
        }
    }

    fn at(&self, x: u16, y: u16) -> Option<usize> {
        (x < self.width && y < self.height)
            .then(|| usize::from(y) * usize::from(self.width) + usize::from(x))
    }

    /// One cell; outside there is nothing.
    pub fn cell(&self, x: u16, y: u16) -> Cell {
        self.at(x, y).map_or(
            Cell {
                glyph: ' ',
                owner: Owner::Kept,
            },
            |at| self.cells[at],
        )
    }

    pub(super) fn set(&mut self, x: u16, y: u16, glyph: char, owner: Owner) {
        if let Some(at) = self.at(x, y) {
            self.cells[at] = Cell { glyph, owner };
        }
    }

    /// Puts words down and keeps their cells free, with one blank on either side.
    pub(super) fn say(&mut self, words: Words) {
        let margin = u16::from(matches!(words.voice, Voice::Line(_)));
        let from = words.x.saturating_sub(margin);
        for x in from..words.x + words.width() + margin {
            self.set(x, words.y, ' ', Owner::Kept);
        }
        self.words.push(words);
    }

    /// The drawing as lines of text.
    pub fn text(&self) -> Vec<String> {
        (0..self.height).map(|y| self.row(y)).collect()
    }

    fn row(&self, y: u16) -> String {
        let mut line = String::new();
        let mut x = 0;
        while x < self.width {
            let words = self.words.iter().find(|one| one.y == y && one.x == x);
            if let Some(words) = words.filter(|words| words.width() > 0) {
                if let Some(mark) = words.mark {
                    line.push(mark.glyph());
                    if !words.text.is_empty() {
                        line.push(' ');
                    }
                }
                line.push_str(&words.text);
                x += words.width();
            } else {
                line.push(self.cell(x, y).glyph);
                x += 1;
            }
        }
        line.trim_end().to_owned()
    }
}
