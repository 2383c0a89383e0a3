//! Snapshot files: what is saved comes back whole, shows and judges the same, and asks nobody; what
//! is damaged is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod command;
mod damaged;
mod differ;
mod everywhere;
mod masked;
mod round;
mod shelf;
mod stage;
#[path = "../support/mod.rs"]
mod support;
