//! Error messages: what they mean from their text alone, and in an environment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod command;
mod messages;
