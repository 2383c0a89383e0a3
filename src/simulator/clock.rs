//! One notion of time for a server: the wall clock at its start plus tokio's own elapsed time, so that
//! a test with a paused clock moves tokens, buckets and the timeline alike.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use tokio::time::Instant;

/// When the server started, and how to tell what time it is for it.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    started: OffsetDateTime,
    since: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            started: OffsetDateTime::now_utc(),
            since: Instant::now(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    pub(super) fn started(&self) -> OffsetDateTime {
        self.started
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.started
            .checked_add(time::Duration::try_from(self.elapsed()).unwrap_or(time::Duration::ZERO))
            .unwrap_or(self.started)
    }
}

/// ISO 8601 in UTC with whole seconds and a Z, as most of Azure writes it.
pub(super) fn iso(at: OffsetDateTime) -> String {
    let whole = at.replace_nanosecond(0).unwrap_or(at);
    whole
        .format(&Rfc3339)
        .unwrap_or_else(|_| String::from("1970-01-01T00:00:00Z"))
}

/// `20261123T173505Z`, the form inside `x-ms-routing-request-id`.
pub(super) fn compact(at: OffsetDateTime) -> String {
    at.format(format_description!(
        "[year][month][day]T[hour][minute][second]Z"
    ))
    .unwrap_or_default()
}

/// `2026-11-23 17:35:05Z`, the form inside Entra's error bodies.
pub(super) fn spaced(at: OffsetDateTime) -> String {
    at.format(format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second]Z"
    ))
    .unwrap_or_default()
}

/// `11/23/2026 5:35:05 PM`, the form inside ARM's token errors.
pub(super) fn american(at: OffsetDateTime) -> String {
    at.format(format_description!(
        "[month padding:none]/[day padding:none]/[year] [hour repr:12 padding:none]:[minute]:[second] [period]"
    ))
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_azures_own() {
        let at = time::macros::datetime!(2026-11-23 17:35:05.123 UTC);
        assert_eq!(iso(at), "2026-11-23T17:35:05Z");
        assert_eq!(compact(at), "20261123T173505Z");
        assert_eq!(spaced(at), "2026-11-23 17:35:05Z");
        assert_eq!(american(at), "11/23/2026 5:35:05 PM");
    }

    #[tokio::test(start_paused = true)]
    async fn it_follows_a_paused_clock() {
        let clock = Clock::start();
        let before = clock.now();
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(clock.elapsed(), Duration::from_hours(1));
        assert!((clock.now() - before).whole_minutes() == 60);
    }
}
