//! People: H01 to H05.

use crate::analysis::ground::Ground;
use crate::analysis::hop::Hop;

/// Draws them.
pub(super) fn draw(_ground: &Ground<'_>, _out: &mut Vec<Hop>) {}
