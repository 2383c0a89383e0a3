//! Widgets: what more than one pane draws. Each takes its data and a [`super::cx::Cx`], writes
//! cells into an area and keeps inside it whatever the size.
//!
//! Must not know panes or the store. A new widget is a file here with its tests in it.

pub mod band;
pub mod bar;
pub mod code;
pub mod data_table;
pub mod detail;
pub mod field;
pub mod filter;
pub mod parts;
pub mod rule;
pub mod window;
