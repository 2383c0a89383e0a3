//! Waits, told by headers, messages and our own backoff.

use reqwest::header::{HeaderName, HeaderValue};
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-23 12:00:00 UTC);

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

#[test]
fn only_these_statuses_are_tried_again() {
    let again: Vec<u16> = (100..600)
        .filter(|status| is_worth_another_try(*status))
        .collect();
    assert_eq!(again, [408, 429, 500, 502, 503, 504]);
}

#[test]
fn our_own_backoff_grows_and_is_capped() {
    let policy = RetryPolicy::default();
    let waits: Vec<Duration> = (1..=12)
        .map(|tried| policy.own_backoff(tried, 1.0))
        .collect();
    assert_eq!(waits[0], Duration::from_millis(500));
    assert_eq!(waits[1], Duration::from_secs(1));
    assert!(waits.is_sorted());
    assert!(
        waits.iter().all(|wait| *wait <= policy.backoff_cap),
        "{waits:?}"
    );
    assert_eq!(waits[11], policy.backoff_cap);
    assert_eq!(policy.own_backoff(u32::MAX, 1.0), policy.backoff_cap);
    assert_eq!(policy.own_backoff(1, 0.0), Duration::from_millis(250));
}

#[test]
fn the_longer_of_both_wishes_is_waited() {
    let policy = RetryPolicy::default();
    let again = |asked: Option<u64>, tried| {
        policy.after_answer(429, asked.map(Duration::from_secs), tried, 1.0)
    };
    assert_eq!(again(Some(8), 1), Verdict::Again(Duration::from_secs(8)));
    assert_eq!(again(Some(0), 3), Verdict::Again(Duration::from_secs(2)));
    assert_eq!(again(None, 2), Verdict::Again(Duration::from_secs(1)));
    assert_eq!(again(Some(60), 5), Verdict::Again(Duration::from_secs(60)));
    assert_eq!(
        again(Some(61), 1),
        Verdict::TooLong(Duration::from_secs(61))
    );
    assert_eq!(again(Some(8), 6), Verdict::Final);
    assert_eq!(
        again(Some(61), 6),
        Verdict::TooLong(Duration::from_secs(61))
    );
    assert_eq!(
        policy.after_answer(403, Some(Duration::from_secs(1)), 1, 0.0),
        Verdict::Final
    );
}

#[test]
fn silence_is_tried_fewer_times() {
    let policy = RetryPolicy::default();
    assert_eq!(
        policy.after_silence(false, 1, 1.0),
        Verdict::Again(Duration::from_millis(500))
    );
    assert_eq!(policy.after_silence(false, 4, 1.0), Verdict::Final);
    assert_eq!(policy.after_silence(true, 2, 1.0), Verdict::Final);
}

#[test]
fn the_servers_wish_is_read_from_every_header() {
    let cases = [
        (headers(&[("retry-after", "8")]), Some(8_000)),
        (headers(&[("retry-after", " 1.5 ")]), Some(1_500)),
        (headers(&[("retry-after-ms", "250")]), Some(250)),
        (headers(&[("x-ms-retry-after-ms", "1200")]), Some(1_200)),
        (
            headers(&[("retry-after", "1"), ("x-ms-retry-after-ms", "1200")]),
            Some(1_200),
        ),
        (
            headers(&[("retry-after", "3"), ("retry-after-ms", "1200")]),
            Some(3_000),
        ),
        (
            headers(&[("retry-after", "Mon, 23 Nov 2026 12:00:30 GMT")]),
            Some(30_000),
        ),
        (
            headers(&[("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT")]),
            Some(0),
        ),
        (headers(&[("retry-after", "soon")]), None),
        (headers(&[("retry-after", "-5")]), None),
        (headers(&[("retry-after", "NaN")]), None),
        (headers(&[("retry-after", "1e300")]), None),
        (HeaderMap::new(), None),
    ];
    for (headers, expected) in cases {
        let wait = asked_wait(&headers, None, NOW);
        assert_eq!(wait, expected.map(Duration::from_millis), "{headers:?}");
    }
}

#[test]
fn the_servers_wish_is_read_from_the_message_when_no_header_has_it() {
    let error = |message: &str| AzureError {
        message: Some(message.to_owned()),
        ..AzureError::default()
    };
    let throttled = error(
        "Number of requests exceeded the limit of '800' for time interval '00:05:00'. Please try again after '17' seconds.",
    );
    assert_eq!(
        asked_wait(&HeaderMap::new(), Some(&throttled), NOW),
        Some(Duration::from_secs(17))
    );
    assert_eq!(
        asked_wait(&headers(&[("retry-after", "5")]), Some(&throttled), NOW),
        Some(Duration::from_secs(5))
    );
    let minutes = error("please Try Again After 2 minutes");
    assert_eq!(
        asked_wait(&HeaderMap::new(), Some(&minutes), NOW),
        Some(Duration::from_secs(120))
    );
    for other in [
        "try again after a while",
        "try again later",
        "try again after '99999999999999999999' seconds",
    ] {
        assert_eq!(
            asked_wait(&HeaderMap::new(), Some(&error(other)), NOW),
            None,
            "{other}"
        );
    }
}
