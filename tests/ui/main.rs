//! The screen, end to end: real frame, real loop, a small pane, no terminal and no network.

mod boxes;
mod frame;
mod house;
mod looping;
mod picking;
mod sample;
mod stage;
mod world;
