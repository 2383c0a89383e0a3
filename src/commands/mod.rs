//! One file a command; the only place that joins azure, fetch, simulator and ui.

pub mod simulate;
