//! The footer: left the keys of the focused pane, most useful first, right the same four everywhere;
//! or a text field; or, for three seconds, what was just done.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::config::keymap::Keymap;
use crate::ui::cx::Cx;
use crate::ui::text::{Rich, put_right};
use crate::ui::theme::Role;
use crate::ui::widgets::field::Field;

/// The four that are the same everywhere.
pub const EVERYWHERE: [Action; 4] = [Action::Filter, Action::Palette, Action::Help, Action::Quit];

/// What the left part of the footer says.
pub enum Left<'a> {
    /// The keys of what has the focus.
    Keys {
        /// Where the keys are looked up.
        contexts: &'a [&'a str],
        /// What can be done, most useful first.
        actions: &'a [Action],
    },
    /// A text field, and how many rows pass.
    Field {
        /// What stands before it.
        prompt: &'a str,
        /// The field.
        field: &'a Field,
        /// `12 of 41`
        count: String,
    },
    /// A sentence.
    Words(&'a str),
}

/// One key and what it does; none when no key does it.
pub fn hint(keymap: &Keymap, contexts: &[&str], action: Action) -> Option<Rich> {
    let binding = keymap.binding_of(contexts, action)?;
    Some(Rich::strong(binding.label()).then(Role::Muted, format!(" {}", binding.short())))
}

/// The hint of an action in the footer: a key that goes on stands with the one that goes back.
fn paired(keymap: &Keymap, contexts: &[&str], action: Action) -> Option<Rich> {
    let alone = hint(keymap, contexts, action)?;
    // Only where both turn the same thing: a box may have the one and not the other.
    let verb = keymap.binding_of(contexts, action)?.short();
    let back = match action {
        Action::NextView => keymap
            .binding_of(contexts, Action::PreviousView)
            .filter(|back| back.short() == verb),
        _ => None,
    };
    Some(match back {
        Some(back) => Rich::strong(format!("{} ", back.label())).and(alone),
        None => alone,
    })
}

/// Whether an action is so common that its keys are not shown unless a pane binds them itself.
fn is_plain(action: Action) -> bool {
    matches!(
        action,
        Action::Down
            | Action::Up
            | Action::Left
            | Action::Right
            | Action::First
            | Action::Last
            | Action::HalfPageDown
            | Action::HalfPageUp
            | Action::PageDown
            | Action::PageUp
            | Action::PreviousPart
    )
}

/// Draws the footer.
pub fn draw(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, left: &Left<'_>, right: &[Action]) {
    let contexts: Vec<&str> = match left {
        Left::Keys { contexts, .. } => contexts.to_vec(),
        Left::Field { .. } => vec!["filter", "global"],
        Left::Words(_) => vec!["global"],
    };
    buffer.set_style(
        area.intersection(buffer.area),
        cx.theme.style(Role::Surface),
    );
    let mut fixed = Rich::new();
    for action in right {
        let Some(hint) = hint(cx.keymap, &contexts, *action) else {
            continue;
        };
        if !fixed.is_empty() {
            fixed = fixed.then(Role::Text, "   ");
        }
        fixed = fixed.and(hint);
    }
    let own = fixed.width().min(area.width.saturating_sub(2));
    let starts = put_right(
        buffer,
        (area.right().saturating_sub(1), area.y),
        &fixed,
        own,
        cx.theme,
    );
    let room = starts.saturating_sub(area.x + 1 + 3);
    let at = (area.x + 1, area.y);
    match left {
        Left::Words(words) => {
            Rich::plain((*words).to_owned()).draw(buffer, at, room, cx.theme);
        }
        Left::Field {
            prompt,
            field,
            count,
        } => {
            let end = field.draw(cx, buffer, at, room.saturating_sub(14), prompt);
            let left = starts.saturating_sub(end + 3);
            Rich::muted(count.clone()).draw(buffer, (end + 2, area.y), left, cx.theme);
        }
        Left::Keys { contexts, actions } => {
            let mut x = at.0;
            // The way back is said with the way on.
            let is_own =
                |action: &&Action| !right.contains(action) && **action != Action::PreviousView;
            for action in actions.iter().filter(is_own) {
                let own_context = cx
                    .keymap
                    .binding_of(&contexts[..contexts.len().saturating_sub(1)], *action);
                if is_plain(*action) && own_context.is_none() {
                    continue;
                }
                let Some(hint) = paired(cx.keymap, contexts, *action) else {
                    continue;
                };
                if x + hint.width() > at.0 + room {
                    break;
                }
                x = hint.draw(buffer, (x, area.y), hint.width(), cx.theme) + 3;
            }
        }
    }
}
