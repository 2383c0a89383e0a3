//! Foundry: hubs with what hangs on them, their managed resource group, new-style accounts
//! (domain-rules section E).

pub mod managed;
