//! How fast to ask: a place among the calls in flight, and a token bucket per quota of Azure's.
//!
//! Azure counts reads per subscription and principal in a bucket of 250 that refills at 25 a second.
//! We keep the same bucket with some headroom, correct it downwards by what the answers say is left,
//! and let calls for what is on screen go before the others. Must not know HTTP or retries.
//!
//! To add a quota: a variant of [`Quota`] and its size in [`Rates`].

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::model::id::{SubscriptionId, TenantId};

/// Which calls go first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// For what a person looks at now.
    Focused,
    /// Everything else.
    #[default]
    Background,
}

/// What a call is counted against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Quota {
    /// ARM reads of a subscription.
    Subscription(SubscriptionId),
    /// ARM reads of a tenant: subscriptions, tenants, batches.
    Tenant(Option<TenantId>),
    /// Reads of one provider's own limit in a subscription; its namespace in lower case.
    Provider(SubscriptionId, String),
    /// Resource Graph queries.
    ResourceGraph(Option<TenantId>),
    /// Microsoft Graph.
    Graph(Option<TenantId>),
    /// One search service.
    Search(String),
    /// Log Analytics queries.
    Logs(Option<TenantId>),
}

/// The size of a bucket.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Calls that may go at once.
    pub burst: u32,
    /// Calls that come back each second.
    pub per_second: f64,
    /// What is left untouched of Azure's own count, for others of the same principal.
    pub headroom: u32,
}

/// The sizes of all buckets, and how many calls may be in flight.
#[derive(Clone, Debug)]
pub struct Rates {
    /// ARM's bucket, for subscriptions and tenants.
    pub arm: Rate,
    /// A provider's own limit.
    pub provider: Rate,
    /// Resource Graph's 15 queries in 5 seconds.
    pub resource_graph: Rate,
    /// Microsoft Graph.
    pub graph: Rate,
    /// A search service.
    pub search: Rate,
    /// Log Analytics' 200 queries in 30 seconds.
    pub logs: Rate,
    /// Calls in flight at one time.
    pub in_flight: usize,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |burst, per_second, headroom| Rate {
            burst,
            per_second,
            headroom,
        };
        Self {
            arm: rate(225, 22.5, 25),
            provider: rate(225, 22.5, 5),
            resource_graph: rate(12, 2.5, 2),
            graph: rate(100, 20.0, 0),
            search: rate(30, 10.0, 0),
            logs: rate(40, 5.0, 0),
            in_flight: 16,
        }
    }
}

impl Rates {
    fn of(&self, quota: &Quota) -> Rate {
        match quota {
            Quota::Subscription(_) | Quota::Tenant(_) => self.arm,
            Quota::Provider(..) => self.provider,
            Quota::ResourceGraph(_) => self.resource_graph,
            Quota::Graph(_) => self.graph,
            Quota::Search(_) => self.search,
            Quota::Logs(_) => self.logs,
        }
    }
}

/// Places and buckets, shared by all calls of a client.
#[derive(Debug)]
pub struct Throttle {
    rates: Rates,
    buckets: Mutex<HashMap<Quota, Bucket>>,
    places: Arc<Places>,
}

impl Throttle {
    /// Full buckets and free places.
    pub fn new(rates: Rates) -> Self {
        let places = Arc::new(Places {
            queue: Mutex::new(Queue {
                free: rates.in_flight.max(1),
                focused: VecDeque::new(),
                background: VecDeque::new(),
            }),
        });
        Self {
            rates,
            buckets: Mutex::default(),
            places,
        }
    }

    /// Waits for the quotas, then for a place; the place is given back when it is dropped.
    pub async fn admit(&self, quotas: &[Quota], priority: Priority) -> Place {
        for quota in quotas {
            while let Err(until) = self.take(quota, priority) {
                sleep_until(until).await;
            }
        }
        self.places.enter(priority).await
    }

    /// An answer says how many calls of a quota are left: the bucket holds no more than that.
    pub fn learn_remaining(&self, quota: &Quota, remaining: u64) {
        let rate = self.rates.of(quota);
        let mut buckets = lock(&self.buckets);
        let bucket = buckets
            .entry(quota.clone())
            .or_insert_with(|| Bucket::full(rate));
        bucket.refill(rate);
        let left = remaining.saturating_sub(u64::from(rate.headroom));
        bucket.tokens = bucket.tokens.min(small(left));
    }

    /// An answer asked for a pause: no call of this quota goes before that.
    pub fn pause(&self, quota: &Quota, wait: Duration) {
        let rate = self.rates.of(quota);
        let until = Instant::now() + wait;
        let mut buckets = lock(&self.buckets);
        let bucket = buckets
            .entry(quota.clone())
            .or_insert_with(|| Bucket::full(rate));
        if bucket.paused_until.is_none_or(|already| already < until) {
            bucket.paused_until = Some(until);
        }
    }

    /// Takes one call's worth, or says when to ask again.
    fn take(&self, quota: &Quota, priority: Priority) -> Result<(), Instant> {
        let rate = self.rates.of(quota);
        let mut buckets = lock(&self.buckets);
        let bucket = buckets
            .entry(quota.clone())
            .or_insert_with(|| Bucket::full(rate));
        bucket.take(rate, priority)
    }
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
    paused_until: Option<Instant>,
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        Self {
            tokens: f64::from(rate.burst),
            at: Instant::now(),
            paused_until: None,
        }
    }

    fn refill(&mut self, rate: Rate) {
        let now = Instant::now();
        let grown = now.duration_since(self.at).as_secs_f64() * rate.per_second;
        self.tokens = (self.tokens + grown).min(f64::from(rate.burst));
        self.at = now;
    }

    fn take(&mut self, rate: Rate, priority: Priority) -> Result<(), Instant> {
        let now = Instant::now();
        if let Some(until) = self.paused_until {
            if until > now {
                return Err(until);
            }
            self.paused_until = None;
        }
        self.refill(rate);
        // The last tenth is for what is on screen.
        let kept = match priority {
            Priority::Focused => 0.0,
            Priority::Background => f64::from(rate.burst) / 10.0,
        };
        let missing = 1.0 + kept - self.tokens;
        // Refilling adds up in steps of floating point: a sliver short is enough.
        if missing <= 1e-6 {
            self.tokens -= 1.0;
            return Ok(());
        }
        let wait = (missing / rate.per_second).clamp(0.001, 3600.0);
        Err(now + Duration::from_secs_f64(wait))
    }
}

/// The largest count a bucket needs to know exactly is far below `u32::MAX`.
fn small(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[derive(Debug)]
struct Places {
    queue: Mutex<Queue>,
}

#[derive(Debug)]
struct Queue {
    free: usize,
    focused: VecDeque<oneshot::Sender<Place>>,
    background: VecDeque<oneshot::Sender<Place>>,
}

/// A place among the calls in flight.
#[derive(Debug)]
pub struct Place {
    places: Option<Arc<Places>>,
}

impl Places {
    async fn enter(self: &Arc<Self>, priority: Priority) -> Place {
        let waiting = {
            let mut queue = lock(&self.queue);
            if queue.free > 0 {
                queue.free -= 1;
                return Place {
                    places: Some(Arc::clone(self)),
                };
            }
            let (sender, receiver) = oneshot::channel();
            match priority {
                Priority::Focused => queue.focused.push_back(sender),
                Priority::Background => queue.background.push_back(sender),
            }
            receiver
        };
        // A sender is dropped only with the whole queue, and this call holds the queue.
        waiting.await.unwrap_or(Place { places: None })
    }

    /// Hands a place to the next in line. A waiter that went away drops the place that was sent to
    /// it, which brings it back here.
    fn leave(self: &Arc<Self>) {
        loop {
            let next = {
                let mut queue = lock(&self.queue);
                let next = queue.focused.pop_front();
                let next = next.or_else(|| queue.background.pop_front());
                if next.is_none() {
                    queue.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            let place = Place {
                places: Some(Arc::clone(self)),
            };
            match next.send(place) {
                Ok(()) => return,
                // Nobody waits any more: disarm this copy and ask the next in line.
                Err(mut place) => place.places = None,
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.places.take() {
            places.leave();
        }
    }
}

/// The state behind these locks is whole after every statement, so a panic elsewhere cannot spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
