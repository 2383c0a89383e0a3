//! What a step shows of the environment: boxes for the services, a table for who calls whom.
//!
//! Pictures are lines of words, so that they scroll with the step and fit any width: where boxes do
//! not fit beside each other, they become a list. What is drawn is bounded: of a large environment the
//! first boxes and rows are shown, and how many more there are.

mod calls;
mod doors;
mod facts;
mod hub;
mod paid;
mod shapes;

use crate::analysis::benefits;
use crate::analysis::hop::Hop;
use crate::analysis::tour::{self, Look};
use crate::model::tour::{Picture, Step};
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::panes::trouble;
use crate::ui::text::{Rich, wrap};

use super::body::Body;
use shapes::ROWS;

/// Draws the picture of a step.
pub(super) fn draw(cx: &Cx<'_>, body: &mut Body, step: &Step, look: &Look<'_>, room: u16) {
    let is_of_services = !matches!(
        step.picture,
        Picture::Calls | Picture::Managed | Picture::Policies
    );
    if is_of_services && benefits::patterned(cx.inventory).next().is_none() {
        return nothing(cx, body, room);
    }
    match step.picture {
        Picture::Doors => doors::draw(cx, body, look, room),
        Picture::Paths => facts::paths(cx, body, look, room),
        Picture::Tokens => calls::tokens(cx, body, room),
        Picture::Hosts => facts::hosts(cx, body, look, room),
        Picture::Tiers => paid::tiers(cx, body, room),
        Picture::Logs => facts::logs(cx, body, room),
        Picture::Calls => calls::gates(cx, body, step, look, room),
        Picture::Managed => hub::managed(cx, body, room),
        Picture::Policies => hub::policies(cx, body, room),
        Picture::Limits => paid::limits(cx, body, room),
        Picture::Models => paid::models(cx, body, room),
    }
}

/// What was looked for, where there is nothing of the pattern.
fn nothing(cx: &Cx<'_>, body: &mut Body, room: u16) {
    let sentence = if tally::is_reading(cx.inventory) {
        "Nothing that this could be shown on has been read yet.".to_owned()
    } else {
        format!(
            "There is nothing here to show it on: no storage account, search service, model account, \
             hub, vault or log workspace was found in {}. It appears at the next reading after it is made.",
            trouble::looked_at(cx)
        )
    };
    muted(body, &sentence, room);
}

/// A sentence in place of a picture.
fn muted(body: &mut Body, sentence: &str, room: u16) {
    for line in wrap(sentence, room) {
        body.words(Rich::muted(line));
    }
    body.gap();
}

/// The calls of a step that are drawn: all of them, or the worst where there are too many. And how many
/// are not.
fn worst<'l>(step: Option<&Step>, look: &'l Look<'_>) -> (Vec<&'l Hop>, usize) {
    let mut hops: Vec<&Hop> = look.hops.clone();
    let count = hops.len();
    if count > ROWS {
        let verdict = |hop: &Hop| step.map_or(Some(hop.verdict()), |step| tour::verdict(step, hop));
        hops.sort_by_key(|hop| std::cmp::Reverse(verdict(hop)));
        hops.truncate(ROWS);
    }
    let more = count - hops.len();
    (hops, more)
}
