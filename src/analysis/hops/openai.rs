//! Models calling out: H10 to H12.

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;

/// Draws them.
pub(super) fn draw(_ground: &Ground<'_>, _out: &mut Vec<Hop>) {}
