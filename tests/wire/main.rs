//! The wire, watched: what the whole reading of an environment sends, with which tokens, to whom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ledger;
#[path = "../support/reading.rs"]
mod reading;
mod run;
mod tap;
mod tenants;
mod token;
mod trap;
