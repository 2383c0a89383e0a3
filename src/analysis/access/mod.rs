//! Access: who holds which action where, from actions and data actions, never from role names
//! (domain-rules section C).
//!
//! * [`action`]: patterns and what they permit;
//! * [`readings`]: which lists were read, and whether they are whole;
//! * [`effective`]: one principal, one action, one scope, answered as a [`Held`];
//! * [`right`]: what a call needs, with how it is held;
//! * [`needed`]: principals against targets, with the rights that the hops need in each cell;
//! * [`excess`]: roles that are wider than any hop needs;
//! * [`matrix()`]: all assignments that concern the resources in scope, for people to read.
//!
//! Key Vault access policies and Cosmos DB's own roles are not roles of ARM and are not here.

pub mod action;
pub mod effective;
pub mod excess;
pub mod held;
pub mod matrix;
pub mod needed;
pub mod placed;
pub mod readings;
pub mod right;

pub use action::{Action, Plane, listed};
pub use effective::{held, held_or_by_key};
pub use held::{Held, KeyPath, Memberships, Standing, Via};
pub use matrix::{Matrix, matrix};
pub use needed::Needed;
pub use readings::{Index, Readings};
pub use right::{Eligible, Need, Right, Role};
