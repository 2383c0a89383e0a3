//! Sheets: what stands in for a pane when there is no room for it or nobody is signed in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::store::SignInTrouble;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, put, width, wrap};
use crate::ui::theme::Role;
use crate::ui::widgets::rule::Rule;

use super::LEAST;

/// The request for more room, as many words of it as fit.
pub fn more_room(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
    let words = format!(
        "hopscope needs {} columns and {} rows; this is {} by {}. Make the window larger, or press q.",
        LEAST.width, LEAST.height, area.width, area.height
    );
    let lines = wrap(&words, area.width.saturating_sub(2));
    let shown = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .min(area.height);
    let from = area.y + (area.height - shown) / 2;
    for (y, line) in (from..area.bottom()).zip(lines) {
        let own = width(&line);
        let x = area.x + area.width.saturating_sub(own) / 2;
        put(buffer, (x, y), &line, own, cx.theme, Role::Text);
    }
}

/// Why nobody is signed in, and what each credential said.
pub fn not_signed_in(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect, trouble: &SignInTrouble) {
    let inner = Rule::new("Sign-in").draw(cx, buffer, area);
    let room = inner.width.saturating_sub(4).min(110);
    let mut lines = vec![
        Rich::new(),
        Rich::of(
            Role::VerdictShut,
            format!("{} not signed in", cx.signs.glyph(Sign::Shut)),
        ),
        Rich::new(),
    ];
    lines.extend(wrap(&trouble.message, room).into_iter().map(Rich::plain));
    lines.push(Rich::new());
    if !trouble.answers.is_empty() {
        lines.push(Rich::muted("WHAT EACH CREDENTIAL SAID"));
    }
    for answer in &trouble.answers {
        let label = format!("{:<20}", answer.credential);
        for (number, said) in wrap(&answer.said, room.saturating_sub(20))
            .into_iter()
            .enumerate()
        {
            let first = if number == 0 {
                label.clone()
            } else {
                " ".repeat(20)
            };
            lines.push(Rich::muted(first).then(Role::Text, said));
        }
    }
    lines.push(Rich::new());
    if let Some(key) = cx.key_of("global", Action::Refresh) {
        lines.push(Rich::strong(key).then(Role::Muted, " try to sign in again"));
    }
    for (y, line) in (inner.top()..inner.bottom()).zip(lines) {
        line.draw(buffer, (inner.x + 2, y), room, cx.theme);
    }
}

/// No pane exists.
pub fn no_pane(cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) {
    let inner = Rule::new("hopscope").draw(cx, buffer, area);
    if inner.height > 0 {
        let words = Rich::muted("This build has no panes. `hopscope check` prints what was read.");
        words.draw(
            buffer,
            (inner.x + 2, inner.y),
            inner.width.saturating_sub(4),
            cx.theme,
        );
    }
}
