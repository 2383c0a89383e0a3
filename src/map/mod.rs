//! The Map: the pattern as boxes and lines, as plain data on a grid of characters.
//!
//! * [`model`]: what stands in which box, and which calls share a line;
//! * [`plan`]: where the boxes stand at which size;
//! * [`route`]: the way of one line between two boxes;
//! * [`grid`]: the cells, and the whole drawing as data.
//!
//! It must not know colours, keys or a terminal: the pane and the reports draw the same cells. A new
//! kind of box is one variant of [`model::Place`], one line in `places`, and one in [`plan`].

mod facts;
pub mod grid;
mod lay;
pub mod model;
mod places;
pub mod plan;
pub mod route;
mod words;

pub use facts::in_words;
pub use grid::Grid;
pub use model::{Bundle, Mark, Model, Place, Who};
pub use places::name_of;
