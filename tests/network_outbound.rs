//! The Network and the Outbound pane as cells, in every state and at every size, and what their
//! keys do.

#[path = "network_outbound/network.rs"]
mod network;
#[path = "network_outbound/outbound.rs"]
mod outbound;
#[path = "network_outbound/stage.rs"]
mod stage;
