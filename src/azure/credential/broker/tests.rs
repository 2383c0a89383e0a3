//! The tokens' life under tokio's paused clock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration as Span;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::azure::cloud::public;
use crate::azure::gate::Borders;
use crate::azure::ledger::Recorder;
use crate::azure::transport::Limits;
use crate::azure::transport::scripted::{Scripted, silent};

/// Takes two seconds, gives tokens of one hour, numbered, and fails when told to.
#[derive(Debug)]
struct Counting {
    clock: Clock,
    given: AtomicUsize,
    fails: AtomicBool,
}

#[async_trait]
impl TokenCredential for Counting {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        sleep(Span::from_secs(2)).await;
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::with_message(
                ErrorKind::Credential,
                "the lights are out",
            ));
        }
        let end = self.clock.now() + Duration::hours(1);
        Ok(AccessToken::new(format!("token-{number}"), end))
    }
}

fn bench() -> (Broker, Arc<Counting>) {
    let clock = Clock::following_tokio();
    let credential = Arc::new(Counting {
        clock: clock.clone(),
        given: AtomicUsize::new(0),
        fails: AtomicBool::new(false),
    });
    let recorder = Arc::new(Recorder::new(Arc::new(|_| {}), clock.clone()));
    let wire = Wire::new(
        Borders::of(Arc::new(public())),
        Limits::default(),
        clock,
        recorder,
        Scripted::new(|_| silent("nothing leaves in this test")),
    );
    let credentials = Credentials::fixed(Arc::clone(&credential) as Arc<dyn TokenCredential>);
    (Broker::new(&Arc::new(wire), credentials), credential)
}

async fn token(broker: &Broker) -> Result<String, Arc<SignInError>> {
    let ticket = broker.ticket(None, Audience::ResourceManager);
    let header = ticket.header(None).await?;
    Ok(header.to_str().unwrap().to_owned())
}

#[tokio::test(start_paused = true)]
async fn many_who_wait_are_served_by_one_request() {
    let (broker, credential) = bench();
    let waiting = (0..50).map(|_| token(&broker));
    for result in futures::future::join_all(waiting).await {
        assert_eq!(result.unwrap(), "Bearer token-1");
    }
    assert_eq!(credential.given.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_early_and_nobody_waits_for_that() {
    let (broker, credential) = bench();
    token(&broker).await.unwrap();
    advance(Span::from_secs(54 * 60)).await;
    assert_eq!(token(&broker).await.unwrap(), "Bearer token-1");
    assert_eq!(
        credential.given.load(Ordering::SeqCst),
        1,
        "too early to renew"
    );
    advance(Span::from_secs(2 * 60)).await;
    let start = Instant::now();
    for _ in 0..5 {
        assert_eq!(token(&broker).await.unwrap(), "Bearer token-1");
    }
    assert_eq!(start.elapsed(), Span::ZERO);
    sleep(Span::from_secs(3)).await;
    assert_eq!(token(&broker).await.unwrap(), "Bearer token-2");
    assert_eq!(credential.given.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn the_old_token_serves_while_it_is_valid_and_the_renewal_fails() {
    let (broker, credential) = bench();
    token(&broker).await.unwrap();
    credential.fails.store(true, Ordering::SeqCst);
    advance(Span::from_secs(56 * 60)).await;
    for _ in 0..100 {
        assert_eq!(token(&broker).await.unwrap(), "Bearer token-1");
        sleep(Span::from_secs(2)).await;
    }
    let tries = credential.given.load(Ordering::SeqCst);
    assert!((3..=9).contains(&tries), "paced: {tries}");
    advance(Span::from_secs(60)).await;
    let error = token(&broker).await.unwrap_err();
    assert!(error.to_string().contains("the lights are out"), "{error}");
    credential.fails.store(false, Ordering::SeqCst);
    sleep(Span::from_secs(6)).await;
    assert!(token(&broker).await.unwrap().starts_with("Bearer token-"));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_not_given_again() {
    let (broker, credential) = bench();
    let ticket = broker.ticket(None, Audience::ResourceManager);
    let first = ticket.header(None).await.unwrap();
    let again = (0..10).map(|_| ticket.header(Some(&first)));
    for result in futures::future::join_all(again).await {
        assert_eq!(result.unwrap().to_str().unwrap(), "Bearer token-2");
    }
    assert_eq!(
        credential.given.load(Ordering::SeqCst),
        2,
        "ten refusals, one renewal"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_remembered_for_a_moment() {
    let (broker, credential) = bench();
    credential.fails.store(true, Ordering::SeqCst);
    for _ in 0..20 {
        token(&broker).await.unwrap_err();
    }
    assert_eq!(credential.given.load(Ordering::SeqCst), 1);
    credential.fails.store(false, Ordering::SeqCst);
    broker.forget();
    assert_eq!(token(&broker).await.unwrap(), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_leaves_does_not_break_off_the_request() {
    let (broker, credential) = bench();
    let left = tokio::time::timeout(Span::from_secs(1), token(&broker)).await;
    assert!(left.is_err());
    assert_eq!(token(&broker).await.unwrap(), "Bearer token-1");
    assert_eq!(credential.given.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn audiences_and_tenants_do_not_wait_for_each_other() {
    let (broker, credential) = bench();
    let tenant = TenantId::new("t");
    let tickets = [
        broker.ticket(None, Audience::ResourceManager),
        broker.ticket(None, Audience::Graph),
        broker.ticket(Some(&tenant), Audience::ResourceManager),
    ];
    let start = Instant::now();
    let headers = futures::future::join_all(tickets.iter().map(|ticket| ticket.header(None))).await;
    assert_eq!(start.elapsed(), Span::from_secs(2));
    let mut texts: Vec<_> = headers
        .iter()
        .map(|header| header.as_ref().unwrap().to_str().unwrap())
        .collect();
    texts.sort_unstable();
    assert_eq!(
        texts,
        ["Bearer token-1", "Bearer token-2", "Bearer token-3"]
    );
    assert_eq!(credential.given.load(Ordering::SeqCst), 3);
}
