//! H14 `foundry-connection` and H16 to H18 `foundry-to-managed-*`: what hubs, projects and new-style
//! accounts reach.
//!
//! * [`managed`]: Cosmos DB, AI Search and Storage of the group that Microsoft made for a hub.

mod managed;

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;

/// Draws both families.
pub(super) fn draw(ground: &Ground<'_>, out: &mut Vec<Hop>) {
    managed::draw(ground, out);
}
