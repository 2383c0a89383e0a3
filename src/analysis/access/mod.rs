//! Access: who holds which action where, from actions and data actions, never from role names
//! (domain-rules section C).
//!
//! * [`action`]: patterns and what they permit;
//! * [`readings`]: which lists were read, and whether they are whole;
//! * [`effective`]: one principal, one action, one scope, answered as a [`Held`];
//! * [`matrix()`]: all assignments that concern the resources in scope, for people to read.
//!
//! Key Vault access policies and Cosmos DB's own roles are not roles of ARM and are not here.

pub mod action;
pub mod effective;
pub mod held;
pub mod matrix;
pub mod readings;

pub use action::{Action, Plane};
pub use effective::{held, held_or_by_key};
pub use held::{Held, KeyPath, Memberships, Standing, Via};
pub use matrix::{Matrix, matrix};
pub use readings::{Index, Readings};
