//! The screen: one loop ([`app`]) over one state ([`view`]) that draws panes and turns keys into
//! actions.
//!
//! Must not know the network: a pane that wants something read sends a [`crate::model::ask::Ask`].
//! Drawing is a function of state; what only drawing knows (page heights, places to click) is
//! returned as [`cx::Drawn`] and kept for the next event.
//!
//! To add a pane, see [`panes`]; a widget that two panes use is a file in [`widgets`]; a box over
//! the screen is a file in [`overlays`]; a key is a line in `assets/keymap.toml`.

pub mod app;
pub mod cx;
pub mod effect;
pub mod frame;
pub mod input;
pub mod overlays;
pub mod panes;
pub mod picker;
pub mod screen;
pub mod shot;
pub mod signs;
pub mod text;
pub mod theme;
pub mod value;
pub mod view;
pub mod walk;
pub mod widgets;
