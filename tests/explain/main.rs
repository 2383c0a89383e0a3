//! Error messages: what they mean from their text alone, and in an environment.

mod messages;
