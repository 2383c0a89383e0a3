//! The embedded Azure from outside, over real HTTP on loopback, on a small scenario of its own
//! (`tests/fixtures/simulator/`) and on the scenarios inside the program.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; its helpers are no #[test] functions"
)]

mod access;
mod arm;
mod command;
mod errors;
mod ground;
mod logs;
mod robust;
mod scenarios;
mod services;
mod signin;
mod trouble;
