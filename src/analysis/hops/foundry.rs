//! Hubs, projects and their managed group: H14, H16 to H18.

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;

/// Draws them.
pub(super) fn draw(_ground: &Ground<'_>, _out: &mut Vec<Hop>) {}
