//! H14 `foundry-connection` and H16 to H18 `foundry-to-managed-*`: what hubs, projects and new-style
//! accounts reach.
//!
//! * [`connections`]: what their connections name, and a hub's own storage;
//! * [`presents`]: what a connection presents, and whose token that is;
//! * [`reach`]: network and outbound of a project, which has those of its hub or account;
//! * [`rights`]: what a token has to be allowed at each kind of target;
//! * [`agents`]: what it has to be allowed where agents keep their data;
//! * [`managed`]: Cosmos DB, AI Search and Storage of the group that Microsoft made for a hub.

mod agents;
mod connections;
mod managed;
mod presents;
mod reach;
mod rights;

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;

/// Draws both families.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    connections::draw(ground, out);
    managed::draw(ground, out);
}
