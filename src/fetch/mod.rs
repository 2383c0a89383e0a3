//! What to read, in what order, and the tasks that read it.
//!
//! [`plan`] is pure: from what is known it says what should be known. [`runner`] is the one task
//! that asks it again whenever an answer may have changed that, starts the readings side by side,
//! and sends [`crate::store::Update`]s. [`jobs`] turn one key into calls and decoded pages.
//!
//! Nothing here draws, judges, or knows where the updates go.
//!
//! To read something new: a [`crate::model::key::Key`] (or a variant of `Facet` or `Family`), its
//! endpoint and decoder in `azure/`, and one line in [`plan`] that says when it is wanted.

pub mod jobs;
pub mod plan;
pub mod reader;
pub mod runner;

#[cfg(test)]
pub(crate) mod testing;
