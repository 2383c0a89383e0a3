//! What a step shows of the environment: boxes for the services, a table for who calls whom.
//!
//! Pictures are lines of words, so that they scroll with the step and fit any width: where boxes do
//! not fit beside each other, they become a list.

mod calls;
mod doors;
mod facts;
mod shapes;

use crate::analysis::tour::Look;
use crate::model::tour::{Picture, Step};
use crate::ui::cx::Cx;

use super::body::Body;

/// Draws the picture of a step.
pub(super) fn draw(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    match step.picture {
        Picture::Doors => doors::draw(cx, body, look, room),
        Picture::Paths => facts::paths(cx, body, look, room),
        Picture::Tokens => calls::tokens(cx, body, room),
        Picture::Hosts => facts::hosts(cx, body, look, room),
        Picture::Tiers => facts::tiers(cx, body, room),
        Picture::Logs => facts::logs(cx, body, room),
        Picture::Calls => calls::gates(cx, body, step, look, room),
        Picture::Managed => facts::managed(cx, body, room),
    }
}
