//! The first table: one column a tenant, one row a question: who is signed in, with which token, and
//! fact by fact the application that stands in two of them.

use std::borrow::Cow;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::analysis::tenancy::{self, Bridge, Fact, Question, Seat, Token};
use crate::analysis::verdict::Verdict;
use crate::model::caller::Caller;
use crate::model::id::TenantId;
use crate::model::issue::Issue;
use crate::model::key::AppId;
use crate::store::State;
use crate::ui::cx::Cx;
use crate::ui::frame::tally;
use crate::ui::signs::Sign;
use crate::ui::text::{Rich, short_guid};
use crate::ui::theme::Role;
use crate::ui::value;
use crate::ui::widgets::data_table::{Cell, Column, Group, TableRow};

/// The rows that every tenant has.
pub(super) const SEATS: [&str; 4] = ["signed in as", "credential", "token", "subscriptions"];

/// The id of a row about a bridge.
pub(super) fn row_id(bridge: usize, question: Question) -> String {
    format!("bridge {bridge} {}", question.words())
}

/// What a tenant is called: its name, else its id cut short.
pub(super) fn called(seat: &Seat) -> String {
    seat.name
        .clone()
        .unwrap_or_else(|| short_guid(seat.tenant.as_str()))
}

/// The columns: the question, then the tenants.
pub(super) fn columns(seats: &[Seat]) -> Vec<Column> {
    let mut columns = vec![Column::name("QUESTION").between(13, 20)];
    columns.extend(seats.iter().map(|seat| {
        let mut part = Vec::new();
        if seat.is_home {
            part.push("home");
        }
        if seat.draws {
            part.push("draws");
        }
        if seat.owns_pools {
            part.push("owns pools");
        }
        let head = format!("{}  {}", called(seat), part.join(", "));
        Column::name(Cow::Owned(head.trim_end().to_owned())).between(14, 44)
    }));
    columns
}

/// The groups and the rows.
pub(super) fn rows(cx: &Cx<'_>, seats: &[Seat], bridges: &[Bridge]) -> (Vec<Group>, Vec<TableRow>) {
    let mut groups = Vec::new();
    // One application needs no heading: the rule names it.
    let is_grouped = bridges.len() > 1;
    if is_grouped {
        groups.push(Group {
            title: Rich::strong("Signed in"),
            right: Rich::new(),
        });
    }
    let mut rows: Vec<TableRow> = SEATS
        .into_iter()
        .map(|question| seat_row(cx, question, seats, is_grouped.then_some(0)))
        .collect();
    for (at, bridge) in bridges.iter().enumerate() {
        if is_grouped {
            groups.push(Group {
                title: heading(bridge),
                right: Rich::muted(path(seats, bridge)),
            });
        }
        let group = is_grouped.then(|| groups.len() - 1);
        for row in &bridge.rows {
            let answers: Vec<(&TenantId, &Fact)> = row
                .facts
                .iter()
                .map(|(tenant, fact)| (tenant, fact))
                .collect();
            let is_fault = answers
                .iter()
                .any(|(_, fact)| fact.verdict != Verdict::Open);
            let cells = std::iter::once(Rich::plain(row.question.words())).chain(seats.iter().map(
                |seat| {
                    let own = answers.iter().find(|(tenant, _)| **tenant == seat.tenant);
                    own.map_or_else(
                        || Rich::sign(cx.signs, Sign::None),
                        |(_, fact)| answer(cx, fact),
                    )
                },
            ));
            rows.push(TableRow {
                id: Arc::from(row_id(at, row.question)),
                group,
                cells: cells.map(Cell::from).collect(),
                fault: is_fault,
            });
        }
    }
    (groups, rows)
}

/// The row that says most of what is wrong: what is shut on a bridge, a token that is no good, what is
/// not known.
pub(super) fn worst(seats: &[Seat], bridges: &[Bridge]) -> Option<String> {
    let find = |verdict: Verdict| {
        bridges.iter().enumerate().find_map(|(at, own)| {
            let row = own
                .rows
                .iter()
                .find(|row| row.facts.iter().any(|(_, fact)| fact.verdict == verdict))?;
            Some(row_id(at, row.question))
        })
    };
    let token = || {
        let is_any = seats.iter().any(|seat| is_bad(&seat.token));
        is_any.then(|| "token".to_owned())
    };
    find(Verdict::Shut)
        .or_else(token)
        .or_else(|| find(Verdict::AtRisk))
        .or_else(|| find(Verdict::Unknown))
}

/// The application of a bridge in a few words.
pub(super) fn heading(bridge: &Bridge) -> Rich {
    match (&bridge.name, &bridge.app) {
        (Some(name), Some(app)) => Rich::strong(name.clone())
            .then(Role::Muted, format!(" · app {}", short_guid(app.as_str()))),
        (None, Some(app)) => Rich::strong(format!("app {}", short_guid(app.as_str()))),
        _ => Rich::strong("who is signed in"),
    }
}

/// From which tenant to which.
pub(super) fn path(seats: &[Seat], bridge: &Bridge) -> String {
    let name = |tenant: Option<&TenantId>| match tenant {
        None => "a tenant that is not known".to_owned(),
        Some(tenant) => named(seats, tenant),
    };
    format!(
        "{} to {}",
        name(bridge.from.as_ref()),
        name(bridge.to.as_ref())
    )
}

/// A tenant by its name, else by its id cut short.
pub(super) fn named(seats: &[Seat], tenant: &TenantId) -> String {
    seats
        .iter()
        .find(|seat| seat.tenant == *tenant)
        .map_or_else(|| short_guid(tenant.as_str()), called)
}

fn answer(cx: &Cx<'_>, fact: &Fact) -> Rich {
    let sign = tally::sign(fact.verdict, tally::is_reading(cx.inventory));
    let role = match sign {
        Sign::Open => Role::Text,
        other => other.word_role(),
    };
    let words = Rich::sign(cx.signs, sign).then(role, format!(" {}", fact.words));
    match &fact.second {
        Some(second) => words.then(Role::Muted, format!("  {second}")),
        None => words,
    }
}

fn seat_row(cx: &Cx<'_>, question: &'static str, seats: &[Seat], group: Option<usize>) -> TableRow {
    let cells = seats.iter().map(|seat| match question {
        "signed in as" => who(cx, seat),
        "credential" => credential(cx, seat),
        "token" => token(cx, seat),
        _ => subscriptions(cx, seat),
    });
    TableRow {
        id: Arc::from(question),
        group,
        cells: std::iter::once(Rich::plain(question))
            .chain(cells)
            .map(Cell::from)
            .collect(),
        fault: question == "token" && seats.iter().any(|seat| is_bad(&seat.token)),
    }
}

/// Whether a token is no good, or could not be had.
pub(super) fn is_bad(token: &Token) -> bool {
    matches!(token, Token::Ended(_) | Token::Wrong(_) | Token::Refused(_))
}

fn who(cx: &Cx<'_>, seat: &Seat) -> Rich {
    let Some(caller) = &seat.caller else {
        return match seat.token {
            Token::Refused(_) => {
                Rich::sign(cx.signs, Sign::Shut).then(Role::VerdictShut, " nobody")
            }
            Token::Pending => value::not_read(),
            _ => Rich::sign(cx.signs, Sign::None).then(Role::Muted, " nobody"),
        };
    };
    let id = caller
        .object_id
        .as_ref()
        .map_or_else(String::new, |id| short_guid(id.as_str()));
    Rich::sign(cx.signs, Sign::Open)
        .then(Role::Text, format!(" {}", caller_name(cx, caller)))
        .then(Role::Muted, format!("  {id}"))
}

/// What the directory calls whoever is signed in, else what the token does.
pub(super) fn caller_name(cx: &Cx<'_>, caller: &Caller) -> String {
    if let Some(name) = &caller.user_name {
        return name.clone();
    }
    let app = caller.app_id.as_deref().map(AppId::new);
    let named = app
        .as_ref()
        .and_then(|app| tenancy::app_name(cx.inventory, app));
    named
        .or_else(|| caller.label().map(short_guid))
        .unwrap_or_else(|| "not said by the token".to_owned())
}

/// By which credential, and whether a person or an application.
fn credential(cx: &Cx<'_>, seat: &Seat) -> Rich {
    match &seat.caller {
        None => Rich::sign(cx.signs, Sign::None),
        Some(caller) => {
            let kind = if caller.is_person() {
                "person"
            } else {
                "application"
            };
            Rich::plain(format!("  {}", caller.credential))
                .then(Role::Muted, format!("  as {kind}"))
        }
    }
}

/// The token of a tenant as a cell.
pub(super) fn token(cx: &Cx<'_>, seat: &Seat) -> Rich {
    let shut = |words: String| {
        Rich::sign(cx.signs, Sign::Shut).then(Role::VerdictShut, format!(" {words}"))
    };
    match &seat.token {
        Token::Valid(None) => Rich::sign(cx.signs, Sign::Open).then(Role::Text, " valid"),
        Token::Valid(Some(until)) => Rich::sign(cx.signs, Sign::Open)
            .then(Role::Text, format!(" valid {}", span(*until, cx.now))),
        Token::Ended(at) => shut(format!("ended {} ago", span(cx.now, *at))),
        Token::Wrong(given) => shut(format!("of another tenant, {}", short_guid(given.as_str()))),
        Token::Refused(issue) => shut(format!("none: {}", code(issue))),
        Token::NotAsked => Rich::sign(cx.signs, Sign::None).then(Role::Muted, " not asked for"),
        Token::Pending => value::not_read(),
    }
}

/// The code in a refusal to sign in, else its first words.
pub(super) fn code(issue: &Issue) -> String {
    let message = &issue.message;
    let at = message.find("AADSTS");
    let code = at.map(|at| {
        message[at..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
    });
    code.unwrap_or_else(|| message.chars().take(40).collect())
}

/// How long from one time to a later one: `52 min`.
pub(super) fn span(to: OffsetDateTime, from: OffsetDateTime) -> String {
    let seconds = (to - from).whole_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How many subscriptions are seen. A list that was not answered is not an empty one.
fn subscriptions(cx: &Cx<'_>, seat: &Seat) -> Rich {
    let missing = |sign: Sign, words: &'static str| {
        Rich::sign(cx.signs, sign).then(sign.word_role(), format!(" {words}"))
    };
    let count = seat.subscriptions;
    match (&seat.token, seat.list) {
        (Token::Pending, _) => value::not_read(),
        (Token::NotAsked, _) if count == 0 => {
            Rich::sign(cx.signs, Sign::None).then(Role::Muted, " not asked for")
        }
        (Token::Valid(_), Some(State::Pending)) if count == 0 => value::not_read(),
        (Token::Valid(_), Some(State::Denied)) if count == 0 => missing(Sign::Unknown, "refused"),
        (Token::Valid(_), Some(State::Failed)) if count == 0 => missing(Sign::Failed, "failed"),
        // Named one by one: their own list may hold more.
        (_, Some(State::Denied)) if count > 0 => {
            Rich::plain(format!("  {count} seen")).then(Role::VerdictUnknown, "  ? list refused")
        }
        (_, Some(State::Failed)) if count > 0 => {
            Rich::plain(format!("  {count} seen")).then(Role::VerdictAtRisk, "  ▲ list failed")
        }
        (Token::Valid(_), _) => Rich::plain(format!("  {count} seen")),
        // Nobody could look: that there are none is not known.
        (_, _) if count == 0 => missing(Sign::Unknown, "not read"),
        (_, _) => Rich::plain(format!("  {count} seen")),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::model::issue::IssueKind;

    #[test]
    fn spans_are_said_in_the_unit_that_tells() {
        let now = datetime!(2026-11-23 12:00 UTC);
        for (seconds, words) in [
            (-5, "0 s"),
            (59, "59 s"),
            (3_120, "52 min"),
            (7_200, "2 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(span(now + time::Duration::seconds(seconds), now), words);
        }
    }

    #[test]
    fn a_refusal_to_sign_in_is_told_by_its_code() {
        let issue = |text: &str| {
            Issue::new(
                IssueKind::SignIn,
                "tenants",
                text,
                OffsetDateTime::UNIX_EPOCH,
            )
        };
        let long = "az says: AADSTS7000229: The client application is missing";
        assert_eq!(code(&issue(long)), "AADSTS7000229");
        assert_eq!(code(&issue("no network")), "no network");
    }
}
