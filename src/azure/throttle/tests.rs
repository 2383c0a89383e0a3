//! Buckets and places under tokio's paused clock.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

use super::*;

fn subscription() -> Quota {
    Quota::Subscription(SubscriptionId::new("s"))
}

#[tokio::test(start_paused = true)]
async fn a_burst_goes_at_once_and_then_the_refill_sets_the_pace() {
    let throttle = Throttle::new(Rates::default());
    let start = Instant::now();
    let quotas = [subscription()];
    for _ in 0..225 {
        drop(throttle.admit(&quotas, Priority::Focused).await);
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..45 {
        drop(throttle.admit(&quotas, Priority::Focused).await);
    }
    let took = start.elapsed();
    assert!(
        took > Duration::from_millis(1_900) && took < Duration::from_millis(2_200),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn azures_own_bucket_is_never_overdrawn() {
    // Azure's bucket as it is documented, next to ours: it must never run dry.
    let throttle = Throttle::new(Rates::default());
    let (mut theirs, mut at) = (250.0_f64, Instant::now());
    for _ in 0..1000 {
        drop(throttle.admit(&[subscription()], Priority::Focused).await);
        theirs = (theirs + at.elapsed().as_secs_f64() * 25.0).min(250.0) - 1.0;
        at = Instant::now();
        assert!(theirs >= 0.0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_answer_says_is_left_slows_us_down() {
    let throttle = Throttle::new(Rates::default());
    let start = Instant::now();
    throttle.learn_remaining(&subscription(), 11_999);
    drop(throttle.admit(&[subscription()], Priority::Focused).await);
    assert_eq!(
        start.elapsed(),
        Duration::ZERO,
        "a generous count changes nothing"
    );
    throttle.learn_remaining(&subscription(), 25);
    drop(throttle.admit(&[subscription()], Priority::Focused).await);
    assert!(
        start.elapsed() >= Duration::from_millis(40),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn background_calls_leave_the_last_tenth() {
    let throttle = Throttle::new(Rates::default());
    throttle.learn_remaining(&subscription(), 25 + 10);
    let start = Instant::now();
    drop(throttle.admit(&[subscription()], Priority::Focused).await);
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(
        throttle
            .admit(&[subscription()], Priority::Background)
            .await,
    );
    assert!(
        start.elapsed() > Duration::from_millis(500),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_one_quota_and_no_other() {
    let throttle = Throttle::new(Rates::default());
    throttle.pause(&subscription(), Duration::from_secs(8));
    throttle.pause(&subscription(), Duration::from_secs(3));
    let start = Instant::now();
    drop(
        throttle
            .admit(&[Quota::Search("docs".into())], Priority::Focused)
            .await,
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(throttle.admit(&[subscription()], Priority::Focused).await);
    assert_eq!(
        start.elapsed(),
        Duration::from_secs(8),
        "a shorter pause does not shorten a longer one"
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_than_so_many_are_in_flight() {
    let rates = Rates {
        in_flight: 3,
        ..Rates::default()
    };
    let throttle = Arc::new(Throttle::new(rates));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let (throttle, now, most) = (Arc::clone(&throttle), Arc::clone(&now), Arc::clone(&most));
        calls.spawn(async move {
            let _place = throttle
                .admit(&[subscription()], Priority::Background)
                .await;
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::SeqCst);
        });
    }
    calls.join_all().await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn focused_calls_are_let_in_first_and_waiters_that_left_lose_nothing() {
    let throttle = Arc::new(Throttle::new(Rates {
        in_flight: 1,
        ..Rates::default()
    }));
    let held = throttle.admit(&[], Priority::Background).await;
    let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
    let mut calls = JoinSet::new();
    for (name, priority) in [
        ("gone", Priority::Focused),
        ("background", Priority::Background),
        ("focused", Priority::Focused),
    ] {
        let (throttle, sender) = (Arc::clone(&throttle), sender.clone());
        let handle = calls.spawn(async move {
            let _place = throttle.admit(&[], priority).await;
            sender.send(name).unwrap();
        });
        tokio::task::yield_now().await;
        if name == "gone" {
            handle.abort();
            tokio::task::yield_now().await;
        }
    }
    drop(held);
    assert_eq!(order.recv().await, Some("focused"));
    assert_eq!(order.recv().await, Some("background"));
    while calls.join_next().await.is_some() {}
    drop(throttle.admit(&[], Priority::Background).await);
}
