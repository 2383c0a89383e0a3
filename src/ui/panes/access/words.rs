//! What Access says of itself: the tally in its title, the band's second sentence, and the sentence
//! of a pane without rows.

use crate::analysis::access::Matrix;
use crate::analysis::access::excess::Excess;
use crate::config::Action;
use crate::model::key::Key;
use crate::model::resource::Family;
use crate::ui::cx::Cx;
use crate::ui::panes::trouble::{Trouble, looked_at};
use crate::ui::text::Rich;
use crate::ui::theme::Role;

use super::CONTEXT;

/// What the title says: how much was read, and what is missing.
pub(super) fn facts(cx: &Cx<'_>, trouble: &Trouble, matrix: Option<&Matrix>) -> Rich {
    let (read, scopes) = matrix.map_or((0, 0), |own| (own.assignments_read, own.scopes_read));
    let words = match read {
        0 if trouble.denied > 0 => "what is held cannot be read".to_owned(),
        0 if trouble.pending > 0 => "being read".to_owned(),
        0 => String::new(),
        1 => "1 assignment read".to_owned(),
        many if scopes == 1 => format!("{many} assignments read at 1 scope"),
        many => format!("{many} assignments read at {scopes} scopes"),
    };
    let tally = trouble.tally(cx);
    let words = Rich::muted(words);
    if tally.is_empty() || words.is_empty() {
        words.and(tally)
    } else {
        words.then(Role::Muted, "  ").and(tally)
    }
}

/// What cannot be said because of the first trouble.
pub(super) fn so(trouble: &Trouble) -> String {
    let refused =
        |what: fn(&Key) -> bool| trouble.first.as_ref().is_some_and(|(key, ..)| what(key));
    if refused(|key| matches!(key, Key::RoleAssignments(_))) {
        "Who holds what there is not known. No answer here is a guess.".to_owned()
    } else if refused(|key| matches!(key, Key::Principals(_))) {
        "Who has no name elsewhere is shown by id.".to_owned()
    } else if refused(|key| matches!(key, Key::DenyAssignments(_))) {
        "A deny assignment may take away what is shown.".to_owned()
    } else {
        "Roles are shown by id.".to_owned()
    }
}

/// The sentence of a pane without rows.
pub(super) fn nothing(cx: &Cx<'_>, trouble: &Trouble) -> String {
    let place = looked_at(cx);
    let is_reading = trouble.pending > 0 || !cx.snapshot.is_idle();
    if is_reading {
        return "Reading who may do what: rows appear here as soon as the resources are named."
            .to_owned();
    }
    let again = cx
        .key_of(CONTEXT, Action::Refresh)
        .map_or(String::new(), |key| format!(" {key} asks again."));
    let has_resources = cx
        .inventory
        .resources()
        .any(|one| one.family != Family::PrivateEndpoint);
    if has_resources {
        format!(
            "Looked for role assignments that concern the resources in {place}, and nobody holds one. One appears here at the next reading after it is made.{again}"
        )
    } else {
        format!(
            "Looked for role assignments in {place}, but there are no resources that one could concern. They appear here with the first resource.{again}"
        )
    }
}

/// The sentence of a matrix without cells.
pub(super) fn no_needs(cx: &Cx<'_>, trouble: &Trouble) -> String {
    if cx.judged.is_none() || trouble.pending > 0 || !cx.snapshot.is_idle() {
        return "Reading who needs what: principals and targets appear here as soon as a hop is drawn."
            .to_owned();
    }
    let other = cx
        .key_of(CONTEXT, Action::NextView)
        .map_or(String::new(), |key| {
            format!(" {key} shows who holds what all the same.")
        });
    format!(
        "Looked for hops in {} that need a role, and none does. They appear here with the first call that presents a token.{other}",
        looked_at(cx)
    )
}

/// The sentence of an excess without rows.
pub(super) fn no_excess(cx: &Cx<'_>, excess: &Excess) -> String {
    if cx.judged.is_none() {
        return "Excess is judged as soon as roles and hops are read.".to_owned();
    }
    let place = looked_at(cx);
    match &excess.unsure {
        Some(why) => format!(
            "No role in {place} is known to be wider than its hops need. Whether one is of no use cannot be said: {why}."
        ),
        None => format!(
            "Looked for roles in {place} that are wider than any hop needs, and there is none. One appears here at the next reading after it is given."
        ),
    }
}
