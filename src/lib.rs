//! hopscope: why does this call of a "chat with your data" environment fail, and which property
//! proves it.
//!
//! # Bird's-eye view
//!
//! Fetchers read Azure in the background and send [`store::Update`]s; the store swaps slices;
//! [`analysis`] turns a snapshot into hops, gates and findings; panes draw the visible rows; `check`
//! and the reports read the very same snapshot and judgement. Fetchers never touch the screen and panes never touch the network:
//! they meet in `Update` (towards the store) and [`model::ask::Ask`] (towards the fetchers).
//!
//! # Code map
//!
//! Each module's own doc says what it is, what it must not know and where to add the next one.
//! A test (`tests/house.rs`) holds the directions in which modules may import each other.
//!
//! # Invariants
//!
//! * It only ever reads: one function ([`azure::gate`]) decides whether a request may leave.
//! * A token goes only to the scheme, host and port of the service it was asked for.
//! * A missing right never becomes a "no" or a "fine".
//! * Drawing is a function of state: no clock, no I/O and no lock in it.
//! * The embedded Azure ([`simulator`]) shares no type with the client ([`azure`]).

pub mod analysis;
pub mod azure;
pub mod cli;
pub mod commands;
pub mod config;
pub mod fetch;
pub mod map;
pub mod model;
pub mod privacy;
pub mod report;
pub mod simulator;
pub mod store;
pub mod terminal;
pub mod ui;
