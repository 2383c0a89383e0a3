//! The wire, watched: what the whole reading of an environment sends, with which tokens, to whom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ledger;
mod run;
mod tap;
mod tenants;
mod token;
mod trap;
