//! Judgement on JSON as Azure sends it: for each rule a body on which it fires, one on which it
//! does not, and bodies that do not say.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "tables of cases: a body that does not fit its builder is a fault of the test, and values written in place read best"
)]

mod access;
mod ask;
mod build;
mod certainty;
mod denials;
mod foundry;
mod managed;
mod matrix;
mod outbound;
mod parts;
mod people;
mod policy;
mod private_ways;
mod reach;
mod roles;
mod services;
