//! The band of two faint lines under a title that says what was refused or failed, and what cannot
//! be judged because of it; of three where the first is too long for the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::Action;
use crate::model::issue::{Issue, IssueKind};
use crate::store::Phase;
use crate::ui::cx::Cx;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, embolden, put_right, short_guid, width};
use crate::ui::theme::Role;

/// A band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Refused (`?`) or failed (`▲`).
    pub sign: Sign,
    /// What was refused or failed: one sentence.
    pub cause: String,
    /// What cannot be judged.
    pub so: String,
    /// Status, code, right, request.
    pub facts: String,
    /// The action that asks again, in which context.
    pub again: &'static str,
}

/// Whether what was wanted is one thing: `a policy definition that is assigned`.
fn is_one(what: &str) -> bool {
    const ONE: [&str; 6] = [
        "a ",
        "an ",
        "activity log",
        "status of",
        "usage of",
        "service principal",
    ];
    ONE.iter().any(|head| what.starts_with(head))
}

impl Band {
    /// The band of a reading issue. `what` and `place` make the sentence: `Role assignments`, `at
    /// rg-rag-poc`.
    pub fn of_issue(
        cx: &Cx<'_>,
        issue: &Issue,
        phase: Phase,
        place: &str,
        context: &'static str,
    ) -> Self {
        let (sign, verb) = match issue.kind {
            IssueKind::Denied => (Sign::Unknown, "refused"),
            IssueKind::Throttled => (Sign::Failed, "not read: Azure asked to wait"),
            IssueKind::Timeout => (Sign::Failed, "not read: no answer in time"),
            IssueKind::Withheld => (Sign::Failed, "not asked for"),
            IssueKind::SignIn => (Sign::Failed, "not read: not signed in"),
            _ => (Sign::Failed, ""),
        };
        let verb = match verb {
            "" => "could not be read".to_owned(),
            verb if is_one(&issue.what) => format!("was {verb}"),
            verb => format!("were {verb}"),
        };
        let mut facts: Vec<String> = Vec::new();
        match (issue.status, &issue.code) {
            (Some(status), Some(code)) => facts.push(format!("{status} {code}")),
            (Some(status), None) => facts.push(status.to_string()),
            (None, Some(code)) => facts.push(code.clone()),
            (None, None) => facts.push(issue.message.clone()),
        }
        // The role first: what is cut off at the end is the long name of the right.
        facts.extend(match (issue.role, &issue.right) {
            (Some(role), Some(right)) => Some(format!("{role} has {right}")),
            (Some(role), None) => Some(format!("{role} may read this")),
            (None, right) => right.clone(),
        });
        facts.extend(
            issue
                .request_id
                .as_deref()
                .map(|id| format!("request {}", short_guid(id))),
        );
        match phase {
            Phase::Waiting { until } => {
                let seconds = (until - cx.now).whole_seconds().max(0);
                facts.push(format!("again in {seconds} s"));
            }
            _ => facts.push(cx.clock(issue.at)),
        }
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(" {place}")
        };
        Self {
            sign,
            cause: format!("{} {verb}{place}.", capital(&issue.what)),
            so: String::new(),
            facts: facts.join(" · "),
            again: context,
        }
    }

    /// With what cannot be judged.
    #[must_use]
    pub fn so(mut self, so: impl Into<String>) -> Self {
        self.so = so.into();
        self
    }

    /// Whether what cannot be judged stands beside what was refused.
    fn is_short(&self, room: u16) -> bool {
        // The sign and two gaps.
        width(&self.cause) + width(&self.so) + 4 <= room
    }

    /// How many rows it takes in so many columns.
    pub fn rows(&self, columns: u16) -> u16 {
        if self.is_short(columns.saturating_sub(4)) {
            2
        } else {
            3
        }
    }

    /// Draws it into the first rows of an area and returns what is below.
    pub fn draw(&self, cx: &Cx<'_>, buffer: &mut Buffer, area: Rect) -> Rect {
        let wanted = self.rows(area.width);
        // What is below needs its head and two rows.
        let most = if area.height < wanted + 3 { 2 } else { wanted };
        let rows = area.height.min(most);
        let is_long = rows > 2;
        let ground = Rect {
            height: rows,
            ..area
        };
        buffer.set_style(
            ground.intersection(buffer.area),
            cx.theme.style(Role::Surface),
        );
        let room = area.width.saturating_sub(4);
        let role = self.sign.role();
        if rows > 0 {
            let cause = Rich::of(
                role,
                format!("{} {}", cx.signs.glyph(self.sign), self.cause),
            );
            let own = cause.width().min(room);
            let line = if is_long {
                cause
            } else {
                cause.then(Role::Text, format!("  {}", self.so))
            };
            line.draw(buffer, (area.x + 2, area.y), room, cx.theme);
            embolden(buffer, Rect::new(area.x + 2, area.y, own, 1), cx.theme);
        }
        if is_long {
            let so = Rich::plain(self.so.clone());
            so.draw(
                buffer,
                (area.x + 4, area.y + 1),
                room.saturating_sub(2),
                cx.theme,
            );
        }
        if rows > 1 {
            let y = area.y + rows - 1;
            let again = cx
                .key_of(self.again, Action::Refresh)
                .map(|key| Rich::strong(key).then(Role::Muted, " ask again"))
                .filter(|again| again.width() + 20 < room)
                .unwrap_or_default();
            let left = room.saturating_sub(again.width() + 2);
            Rich::muted(self.facts.clone()).draw(buffer, (area.x + 2, y), left, cx.theme);
            put_right(
                buffer,
                (area.x + 2 + room, y),
                &again,
                again.width(),
                cx.theme,
            );
        }
        Rect::new(area.x, area.y + rows, area.width, area.height - rows)
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
