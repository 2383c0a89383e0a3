//! A property as words: six kinds of "no value", never the same look.
//!
//! Must not know which property it is. Panes go through here for every [`Field`] and every reading,
//! so that a missing right can never look like a "no".

use time::OffsetDateTime;

use crate::model::field::Field;
use crate::model::issue::{Issue, IssueKind};
use crate::store::{Phase, Slice};

use super::signs::{Sign, Signs};
use super::text::Rich;
use super::theme::Role;

/// How wide a value that is not read yet is drawn.
const SKELETON: &str = "░░░░";

/// A value that is not read yet.
pub fn not_read() -> Rich {
    Rich::of(Role::Skeleton, SKELETON)
}

/// A value that is not read yet, as wide as the value will be.
pub fn skeleton(cells: u16) -> Rich {
    Rich::of(Role::Skeleton, "░".repeat(usize::from(cells)))
}

/// A field as words; `show` says a value that is there.
pub fn field<T>(signs: Signs, field: &Field<T>, show: impl FnOnce(&T) -> Rich) -> Rich {
    match field {
        Field::Absent => Rich::muted("not set"),
        Field::Null => Rich::muted("null"),
        Field::Value(value) => show(value),
        Field::Malformed => Rich::sign(signs, Sign::Failed).then(Role::VerdictAtRisk, " malformed"),
        Field::Unreported(since) => {
            Rich::sign(signs, Sign::Unknown).then(Role::VerdictUnknown, format!(" needs {since}"))
        }
    }
}

/// A text field.
pub fn text(signs: Signs, value: &Field<String>) -> Rich {
    field(signs, value, |text| Rich::plain(text.clone()))
}

/// A yes or no, in Azure's writing.
pub fn boolean(signs: Signs, value: &Field<bool>) -> Rich {
    field(signs, value, |on| {
        Rich::plain(if *on { "true" } else { "false" })
    })
}

/// A number. A known zero is `0`.
pub fn number(signs: Signs, value: &Field<i64>) -> Rich {
    field(signs, value, |number| Rich::plain(number.to_string()))
}

/// A list in one line. A known empty list is the word `empty`.
pub fn list(signs: Signs, value: &Field<Vec<String>>) -> Rich {
    field(signs, value, |items| {
        if items.is_empty() {
            Rich::plain("empty")
        } else {
            Rich::plain(items.join(", "))
        }
    })
}

/// Why the value of a slice is not there: reading, refused, failed. None when nothing stands
/// against showing it.
pub fn missing(signs: Signs, slice: Option<&Slice>, now: OffsetDateTime) -> Option<Rich> {
    let Some(slice) = slice else {
        return Some(not_read());
    };
    if let Some(issue) = slice.issues.iter().find(|issue| issue.is_about_reading()) {
        return Some(trouble(signs, issue, slice.phase, now));
    }
    match slice.phase {
        Phase::Waiting { until } => Some(waiting(signs, None, until, now)),
        _ if slice.value.is_none() => Some(not_read()),
        _ => None,
    }
}

/// A reading issue as words.
pub fn trouble(signs: Signs, issue: &Issue, phase: Phase, now: OffsetDateTime) -> Rich {
    match issue.kind {
        IssueKind::Denied => Rich::sign(signs, Sign::Unknown).then(Role::Denied, " refused"),
        IssueKind::Unsupported => Rich::muted("not offered here"),
        IssueKind::NotFound => Rich::muted("not there"),
        kind => {
            let cause = match (issue.status, kind) {
                (Some(status), _) => status.to_string(),
                (None, IssueKind::Timeout) => "no answer in time".to_owned(),
                (None, IssueKind::Malformed) => "malformed answer".to_owned(),
                (None, IssueKind::SignIn) => "not signed in".to_owned(),
                (None, IssueKind::Withheld) => "not sent".to_owned(),
                (None, _) => "no answer".to_owned(),
            };
            match phase {
                Phase::Waiting { until } => waiting(signs, Some(&cause), until, now),
                _ => Rich::sign(signs, Sign::Failed)
                    .then(Role::VerdictAtRisk, format!(" failed: {cause}")),
            }
        }
    }
}

fn waiting(signs: Signs, cause: Option<&str>, until: OffsetDateTime, now: OffsetDateTime) -> Rich {
    let seconds = (until - now).whole_seconds().max(0);
    let cause = cause.map_or(String::new(), |cause| format!(": {cause}"));
    Rich::sign(signs, Sign::Failed).then(
        Role::VerdictAtRisk,
        format!(" failed{cause}, again in {seconds} s"),
    )
}

/// How long a value on screen counts as fresh: twice the period at which it is read again.
pub const FRESH: time::Duration = time::Duration::minutes(2);

/// A value with its age behind it, muted, once it is no longer fresh.
pub fn aged(value: Rich, observed_at: OffsetDateTime, now: OffsetDateTime) -> Rich {
    if now - observed_at <= FRESH {
        return value;
    }
    value
        .recast(Role::Stale)
        .then(Role::Stale, format!("  {}", age(observed_at, now)))
}

/// How old a value is, for one that is no longer fresh: `4 min old`.
pub fn age(observed_at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (now - observed_at).whole_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s old"),
        60..3_600 => format!("{} min old", seconds / 60),
        3_600..86_400 => format!("{} h old", seconds / 3_600),
        _ => format!("{} days old", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::macros::datetime;

    use super::*;

    const SIGNS: Signs = Signs { ascii: false };
    const NOW: OffsetDateTime = datetime!(2026-11-23 12:41:07 UTC);

    fn slice(kind: Option<IssueKind>, status: Option<u16>, phase: Phase) -> Slice {
        let issues: Vec<Issue> = kind
            .map(|kind| Issue {
                status,
                ..Issue::new(kind, "storage accounts", "a sentence", NOW)
            })
            .into_iter()
            .collect();
        let mut slice = Slice::default();
        slice.issues = Arc::from(issues);
        slice.phase = phase;
        slice
    }

    #[test]
    fn no_two_kinds_of_no_value_look_the_same() {
        let until = NOW + time::Duration::seconds(8);
        let settled = Phase::Settled { at: NOW };
        let seen = [
            text(SIGNS, &Field::Absent),
            text(SIGNS, &Field::Null),
            text(SIGNS, &Field::Malformed),
            text(SIGNS, &Field::Unreported("2025-05-01")),
            missing(SIGNS, None, NOW).unwrap(),
            missing(
                SIGNS,
                Some(&slice(Some(IssueKind::Denied), Some(403), settled)),
                NOW,
            )
            .unwrap(),
            missing(
                SIGNS,
                Some(&slice(
                    Some(IssueKind::Failed),
                    Some(503),
                    Phase::Waiting { until },
                )),
                NOW,
            )
            .unwrap(),
            list(SIGNS, &Field::Value(Vec::new())),
            number(SIGNS, &Field::Value(0)),
        ];
        let words: Vec<String> = seen.iter().map(|rich| rich.text().into_owned()).collect();
        assert_eq!(
            words,
            [
                "not set",
                "null",
                "▲ malformed",
                "? needs 2025-05-01",
                "░░░░",
                "? refused",
                "▲ failed: 503, again in 8 s",
                "empty",
                "0",
            ]
        );
    }

    #[test]
    fn a_reading_that_ended_well_is_no_reason_to_hide_the_value() {
        let mut whole = slice(None, None, Phase::Settled { at: NOW });
        whole.value = Some(Arc::new(crate::store::Payload::Tenants(Vec::new())));
        assert_eq!(missing(SIGNS, Some(&whole), NOW), None);
        let failed = slice(Some(IssueKind::Timeout), None, Phase::Settled { at: NOW });
        assert_eq!(
            missing(SIGNS, Some(&failed), NOW).unwrap().text(),
            "▲ failed: no answer in time"
        );
    }

    #[test]
    fn a_stale_value_is_muted_with_its_age() {
        let value = Rich::of(Role::VerdictShut, "Deny");
        assert_eq!(aged(value.clone(), NOW, NOW), value);
        let old = aged(value, NOW - time::Duration::minutes(4), NOW);
        assert_eq!(old.text(), "Deny  4 min old");
        assert!(old.runs().iter().all(|run| run.role == Role::Stale));
    }

    #[test]
    fn ages_are_said_in_the_largest_unit() {
        for (seconds, words) in [(5, "5 s old"), (240, "4 min old"), (7_300, "2 h old")] {
            assert_eq!(age(NOW - time::Duration::seconds(seconds), NOW), words);
        }
    }
}
