//! Waits, pauses and quotas of calls, under tokio's paused clock.

use std::sync::Mutex;
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::*;
use crate::azure::cloud::public;
use crate::azure::transport::scripted::{Scripted, got, silent};
use crate::model::issue::IssueKind;
use crate::model::ledger::Outcome;

#[derive(Debug)]
struct Always;

#[async_trait::async_trait]
impl TokenCredential for Always {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let end = OffsetDateTime::now_utc() + Duration::from_secs(86_400);
        Ok(AccessToken::new("token-of-the-test", end))
    }
}

struct Bench {
    client: Client,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Bench {
    fn over(exchange: &Arc<Scripted>) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let observer = {
            let events = Arc::clone(&events);
            move |event| events.lock().unwrap().push(event)
        };
        let client = Client::over(
            public(),
            Credentials::fixed(Arc::new(Always)),
            observer,
            Limits::default(),
            Clock::following_tokio(),
            Arc::clone(exchange) as Arc<dyn Exchange>,
        );
        Self { client, events }
    }

    fn waits(&self) -> Vec<(Duration, Option<u16>)> {
        let events = self.events.lock().unwrap();
        let waits = events.iter().filter_map(|event| match event {
            Event::Waiting(waiting) => Some((waiting.wait, waiting.status)),
            Event::Entry(_) => None,
        });
        waits.collect()
    }
}

fn groups(subscription: &str) -> Call {
    Call::arm(
        format!("/subscriptions/{subscription}/resourcegroups"),
        "2025-04-01",
    )
}

fn throttled(
    headers: &[(&'static str, &str)],
) -> Result<super::super::transport::exchange::Got, super::super::transport::exchange::Silence> {
    let body = json!({"error": {"code": "TooManyRequests", "message": "slow down"}});
    got(429, headers, &body)
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_to_the_second_and_told() {
    let exchange = Scripted::new(|seen| match seen.earlier {
        0 => throttled(&[("retry-after", "8")]),
        _ => got(200, &[], &json!({"value": []})),
    });
    let bench = Bench::over(&exchange);
    let start = Instant::now();
    bench.client.get(groups("s")).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(8));
    assert!(
        start.elapsed() < Duration::from_millis(8_100),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(bench.waits(), [(Duration::from_secs(8), Some(429))]);
    let events = bench.events.lock().unwrap();
    let Some(Event::Entry(last)) = events.last() else {
        panic!("{events:?}");
    };
    assert_eq!(
        (last.attempts, last.status, &last.outcome),
        (2, Some(200), &Outcome::Answered)
    );
    assert!(last.duration >= Duration::from_secs(8), "waits count");
}

#[tokio::test(start_paused = true)]
async fn the_message_says_how_long_when_no_header_does() {
    let exchange = Scripted::new(|seen| match seen.earlier {
        0 => got(
            429,
            &[],
            &json!({"error": {"code": "ResourceRequestsThrottled",
            "message": "Number of requests for action 'x' exceeded the limit of '1' for time interval '00:05:00'. Please try again after '17' seconds."}}),
        ),
        _ => got(200, &[], &json!({"value": []})),
    });
    let bench = Bench::over(&exchange);
    bench.client.get(groups("s")).await.unwrap();
    assert_eq!(bench.waits(), [(Duration::from_secs(17), Some(429))]);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_subscription_holds_its_own_calls_only() {
    let exchange =
        Scripted::new(
            |seen| match (seen.earlier, seen.url.contains("/busy/resourcegroups")) {
                (0, true) => throttled(&[("retry-after", "30")]),
                _ => got(200, &[], &json!({"value": []})),
            },
        );
    let bench = Bench::over(&exchange);
    let start = Instant::now();
    let first = bench.client.get(groups("busy"));
    let others = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bench.client.get(groups("calm")).await.unwrap();
        let calm = start.elapsed();
        bench
            .client
            .get(Call::arm("/subscriptions/busy/resources", "2025-04-01"))
            .await
            .unwrap();
        (calm, start.elapsed())
    };
    let (first, (calm, busy)) = tokio::join!(first, others);
    first.unwrap();
    assert_eq!(calm, Duration::from_secs(1));
    assert!(busy >= Duration::from_secs(30), "{busy:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_is_tried_again_with_growing_pauses_and_then_given_up() {
    let exchange = Scripted::new(|_| silent("could not connect to nowhere"));
    let bench = Bench::over(&exchange);
    let error = bench.client.get(groups("s")).await.unwrap_err();
    assert_eq!(error.kind(), Some(IssueKind::Failed));
    let waits = bench.waits();
    assert_eq!(waits.len(), 3);
    for ((wait, status), most) in waits.iter().zip([500, 1_000, 2_000]) {
        assert_eq!(*status, None);
        assert!(*wait <= Duration::from_millis(most) && *wait >= Duration::from_millis(most / 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_refused_at_once() {
    let exchange = Scripted::new(|_| throttled(&[("retry-after", "900")]));
    let bench = Bench::over(&exchange);
    let start = Instant::now();
    let error = bench.client.get(groups("s")).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(error.kind(), Some(IssueKind::Throttled));
    let CallError::Trouble(trouble) = error else {
        panic!("cancelled");
    };
    let until = trouble.wait_until.unwrap() - trouble.issue.at;
    assert_eq!(until.whole_seconds(), 900);
}

/// What became of a call that nobody wants any more, a second after it started.
async fn given_up(answers_after: Duration) -> (Vec<Outcome>, Duration) {
    let exchange = Scripted::slow(answers_after, |_| got(200, &[], &json!({"value": []})));
    let bench = Bench::over(&exchange);
    let cancel = CancellationToken::new();
    let call = groups("s").until(cancel.clone());
    let start = Instant::now();
    let (ended, ()) = tokio::join!(bench.client.get(call), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cancel.cancel();
    });
    drop(ended);
    let events = bench.events.lock().unwrap();
    let outcomes = events.iter().filter_map(|event| match event {
        Event::Entry(entry) => Some(entry.outcome.clone()),
        Event::Waiting(_) => None,
    });
    (outcomes.collect(), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_left_is_told_as_what_it_came_to() {
    let (outcomes, took) = given_up(Duration::from_millis(1500)).await;
    assert_eq!(outcomes, [Outcome::Pending, Outcome::Answered]);
    assert_eq!(took, Duration::from_millis(1500));

    // Nobody waits long for what nobody wants.
    let (outcomes, took) = given_up(Duration::from_secs(20)).await;
    assert!(
        matches!(outcomes.as_slice(), [Outcome::Pending, Outcome::Failed(why)] if why.contains("given up")),
        "{outcomes:?}"
    );
    assert!(took <= Duration::from_secs(3), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_before_it_leaves_is_no_call() {
    let exchange = Scripted::new(|_| got(200, &[], &json!({"value": []})));
    let bench = Bench::over(&exchange);
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = bench
        .client
        .get(groups("s").until(cancel))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Cancelled));
    assert!(exchange.seen().is_empty());
    assert!(bench.events.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_azure_says_is_left_sets_the_pace() {
    let exchange = Scripted::new(|_| {
        let headers = [("x-ms-ratelimit-remaining-subscription-reads", "0")];
        got(200, &headers, &json!({"value": []}))
    });
    let bench = Bench::over(&exchange);
    for _ in 0..3 {
        let call = groups("s").with_priority(crate::azure::throttle::Priority::Focused);
        bench.client.get(call).await.unwrap();
    }
    let seen = exchange.seen();
    for pair in seen.windows(2) {
        let pause = pair[1].at - pair[0].at;
        assert!(pause >= Duration::from_millis(40), "{pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn resource_graph_names_the_time_of_its_next_quota() {
    let exchange = Scripted::new(|_| {
        let headers = [
            ("x-ms-user-quota-remaining", "0"),
            ("x-ms-user-quota-resets-after", "00:00:05"),
        ];
        got(200, &headers, &json!({"data": []}))
    });
    let bench = Bench::over(&exchange);
    let start = Instant::now();
    for _ in 0..2 {
        let call = Call::arm("/providers/Microsoft.ResourceGraph/resources", "2022-10-01");
        bench
            .client
            .query(call, json!({"query": "resources"}))
            .await
            .unwrap();
    }
    assert!(
        start.elapsed() >= Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_gives_its_place_to_others() {
    let exchange = Scripted::new(|seen| match (seen.earlier, seen.url.contains("/slow")) {
        (0, true) => throttled(&[("retry-after", "50")]),
        _ => got(200, &[], &json!({"value": []})),
    });
    let bench = Bench::over(&exchange);
    let slow = (0..16).map(|n| bench.client.get(groups(&format!("slow{n}"))));
    let slow = futures::future::join_all(slow);
    let start = Instant::now();
    let quick = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bench.client.get(groups("quick")).await.unwrap();
        start.elapsed()
    };
    let (slow, quick) = tokio::join!(slow, quick);
    assert_eq!(quick, Duration::from_secs(1));
    assert!(slow.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn six_hundred_calls_meet_no_429_at_azures_real_rate() {
    // Azure's own bucket behind the script: 250 reads, 25 more each second.
    let bucket = Mutex::new((250.0_f64, None::<Instant>));
    let exchange = Scripted::slow(Duration::from_millis(80), move |seen| {
        let mut bucket = bucket.lock().unwrap();
        let grown = bucket
            .1
            .map_or(0.0, |at| (seen.at - at).as_secs_f64() * 25.0);
        bucket.0 = (bucket.0 + grown).min(250.0) - 1.0;
        bucket.1 = Some(seen.at);
        if bucket.0 < 0.0 {
            return throttled(&[("retry-after", "5")]);
        }
        let left = format!("{:.0}", bucket.0.floor());
        let headers = [("x-ms-ratelimit-remaining-subscription-reads", left.as_str())];
        got(200, &headers, &json!({"value": []}))
    });
    let bench = Bench::over(&exchange);
    let calls = (0..600).map(|_| bench.client.get(groups("s")));
    let results = futures::future::join_all(calls).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(bench.waits(), []);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_frees_its_place_and_closes_its_entry() {
    let exchange = Scripted::slow(Duration::from_secs(60), |_| got(200, &[], &json!({})));
    let bench = Bench::over(&exchange);
    for _ in 0..40 {
        let call = bench.client.get(groups("s"));
        let result = tokio::time::timeout(Duration::from_secs(1), call).await;
        assert!(result.is_err());
    }
    let events = bench.events.lock().unwrap();
    let closed = events.iter().filter(|event| match event {
        Event::Entry(entry) => matches!(entry.outcome, Outcome::Failed(_)),
        Event::Waiting(_) => false,
    });
    assert_eq!(closed.count(), 40);
}

#[tokio::test]
async fn the_token_goes_to_its_service_and_to_no_other_host() {
    let exchange = Scripted::new(|_| {
        got(
            200,
            &[],
            &json!({"value": [], "nextLink": "https://evil.example/x"}),
        )
    });
    let bench = Bench::over(&exchange);
    let end = bench.client.list(groups("s"), |_| {}).await.unwrap();
    assert_eq!(end.broken.unwrap().kind(), Some(IssueKind::Withheld));
    let seen = exchange.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].url.starts_with("https://management.azure.com/"));
    assert_eq!(
        seen[0].authorization.as_deref(),
        Some("Bearer token-of-the-test")
    );
}
