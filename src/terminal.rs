//! Entering and leaving the terminal, whatever happens.
