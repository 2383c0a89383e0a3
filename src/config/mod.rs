//! File, environment and flags merged in one place; themes as role names and values.
