//! ARM's token bucket: per subscription, and one for the tenant, 250 reads deep and refilled by 25 a
//! second. Must not know who asks or how the refusal is worded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

const DEPTH: f64 = 250.0;
const REFILL: f64 = 25.0;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// What a request finds in its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draw {
    /// It may pass; so many are left.
    Left(u32),
    /// The bucket is empty; try again after so many seconds.
    Empty(u32),
}

/// All buckets of a server.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<HashMap<String, Bucket>>);

impl Buckets {
    /// Draws one token from the bucket of this name.
    pub(super) fn draw(&self, name: &str) -> Draw {
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(name.to_owned()).or_insert(Bucket {
            tokens: DEPTH,
            at: now,
        });
        let gained = now.duration_since(bucket.at).as_secs_f64() * REFILL;
        bucket.tokens = (bucket.tokens + gained).min(DEPTH);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Draw::Empty(whole(((1.0 - bucket.tokens) / REFILL).ceil()).max(1));
        }
        bucket.tokens -= 1.0;
        Draw::Left(whole(bucket.tokens.floor()))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tokens and waits lie between 0 and the bucket's depth"
)]
fn whole(value: f64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn it_empties_and_refills_at_azures_rate() {
        let buckets = Buckets::default();
        assert_eq!(buckets.draw("s"), Draw::Left(249));
        for _ in 0..249 {
            assert!(matches!(buckets.draw("s"), Draw::Left(_)));
        }
        assert_eq!(buckets.draw("s"), Draw::Empty(1));
        assert_eq!(buckets.draw("another"), Draw::Left(249));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(buckets.draw("s"), Draw::Left(24));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert_eq!(buckets.draw("s"), Draw::Left(249));
    }
}
