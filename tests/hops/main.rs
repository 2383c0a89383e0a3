//! Hops and their gates, judged over documents as Azure sends them: for every kind open, shut, at
//! risk and unknown, and the scenarios as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tables of cases: a document that does not fit is a fault of the test, and values written in place read best"
)]

mod foundry;
mod indexers;
mod inspector;
mod keys;
mod indexers_rights;
mod indexers_settings;
mod load;
mod logs;
mod models;
mod openai;
mod people;
mod pages;
mod scenarios;
mod world;
