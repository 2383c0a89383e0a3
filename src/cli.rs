//! Command-line types; no behaviour.
