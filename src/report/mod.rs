//! Reports of a snapshot: JSON, text.
