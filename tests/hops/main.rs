//! Hops and their gates, judged over documents as Azure sends them: for every kind open, shut, at
//! risk and unknown, and the scenarios as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "tables of cases: a document that does not fit is a fault of the test, and values written in place read best"
)]

mod audit;
mod carried;
mod changes;
mod explain;
mod findings;
mod foundry;
mod foundry_managed;
mod indexers;
mod indexers_rights;
mod indexers_settings;
mod inspector;
mod judgement;
mod keys;
mod keys_elsewhere;
mod load;
mod logs;
mod models;
mod needs;
mod openai;
mod pages;
mod people;
mod policy;
mod preflight;
mod record;
mod scenarios;
mod tenants;
mod withheld;
mod world;
