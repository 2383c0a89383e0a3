//! The screen, end to end: real frame, real loop, a small pane, no terminal and no network.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod boxes;
mod frame;
mod house;
mod looping;
mod picking;
mod sample;
mod stage;
mod world;
