//! Writes the request ledger: a running number for every call, an entry when it starts and the
//! finished one with the same number, and nothing secret in either.
//!
//! Must not know what a call is for, or whether it may leave: it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use time::OffsetDateTime;
use tokio::time::Instant;
use url::Url;

use super::clock::Clock;
use super::decode::{body_without_secrets, without_secrets};
use super::envelope::{AzureError, clean};
use super::hosts::host_and_port;
use crate::model::id::TenantId;
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome, Service};

/// What the client tells its observer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A call started, made progress or ended; the newest entry of a number counts.
    Entry(Box<LedgerEntry>),
    /// A call waits before it tries again.
    Waiting(Waiting),
}

/// A call that waits: "again in 8 s".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The call's number in the ledger.
    pub number: u64,
    /// What the call fills.
    pub fills: Option<Key>,
    /// Which service is waited for.
    pub service: Service,
    /// How long.
    pub wait: Duration,
    /// Until when.
    pub until: OffsetDateTime,
    /// The status that made us wait; none when no answer came.
    pub status: Option<u16>,
}

/// Is told every event. Must not block: it is called in the middle of calls.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// Numbers calls and tells the observer.
pub(crate) struct Recorder {
    next: AtomicU64,
    observer: Observer,
    clock: Clock,
}

/// What is known of a call before it starts.
pub(crate) struct Opening<'a> {
    pub(crate) service: Service,
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Url,
    pub(crate) tenant: Option<&'a TenantId>,
    pub(crate) auxiliary: &'a [TenantId],
    pub(crate) fills: Option<&'a Key>,
    /// Token calls: the answer's body is never kept.
    pub(crate) is_private: bool,
}

impl Recorder {
    pub(crate) fn new(observer: Observer, clock: Clock) -> Self {
        Self {
            next: AtomicU64::new(1),
            observer,
            clock,
        }
    }

    /// Opens a record and tells that the call is under way.
    pub(crate) fn begin(self: &Arc<Self>, opening: &Opening<'_>) -> Record {
        let mut entry = self.entry(opening);
        entry.attempts = 1;
        let record = Record {
            entry,
            started: Instant::now(),
            is_private: opening.is_private,
            is_closed: false,
            recorder: Arc::clone(self),
        };
        record.tell();
        record
    }

    /// Tells of a call that never left.
    pub(crate) fn stopped(&self, opening: &Opening<'_>, reason: &str) -> u64 {
        let mut entry = self.entry(opening);
        entry.outcome = Outcome::Stopped(Arc::from(reason));
        let number = entry.number;
        (self.observer)(Event::Entry(Box::new(entry)));
        number
    }

    fn entry(&self, opening: &Opening<'_>) -> LedgerEntry {
        let url = opening.url;
        LedgerEntry {
            number: self.next.fetch_add(1, Ordering::Relaxed),
            started_at: self.clock.now(),
            service: opening.service,
            method: Arc::from(opening.method.as_str()),
            host: Arc::from(host_and_port(url)),
            path: Arc::from(shown_path(url)),
            api_version: url
                .query_pairs()
                .find(|(name, _)| name.eq_ignore_ascii_case("api-version"))
                .map(|(_, value)| Arc::from(clean(&value))),
            status: None,
            bytes: 0,
            duration: Duration::ZERO,
            attempts: 0,
            outcome: Outcome::Pending,
            remaining: Vec::new(),
            correlation_id: None,
            request_id: None,
            tenant: opening.tenant.map(|tenant| Arc::from(tenant.as_str())),
            auxiliary_tenants: opening
                .auxiliary
                .iter()
                .map(|tenant| Arc::from(tenant.as_str()))
                .collect(),
            error_code: None,
            error_message: None,
            headers: Arc::from([]),
            body: None,
            fills: opening.fills.cloned(),
        }
    }
}

/// A call under way. Dropped before its end (cancelled, or its task is gone), it says so.
pub(crate) struct Record {
    entry: LedgerEntry,
    started: Instant,
    is_private: bool,
    is_closed: bool,
    recorder: Arc<Recorder>,
}

impl Record {
    pub(crate) fn number(&self) -> u64 {
        self.entry.number
    }

    /// Another try starts.
    pub(crate) fn try_again(&mut self) {
        self.entry.attempts += 1;
        self.tell();
    }

    /// The call waits before its next try.
    pub(crate) fn waits(&self, wait: Duration, status: Option<u16>) {
        (self.recorder.observer)(Event::Waiting(Waiting {
            number: self.entry.number,
            fills: self.entry.fills.clone(),
            service: self.entry.service,
            wait,
            until: self.recorder.clock.now() + wait,
            status,
        }));
    }

    /// The call was answered.
    pub(crate) fn answered(
        mut self,
        status: u16,
        headers: &HeaderMap,
        body: &Arc<str>,
        error: Option<&AzureError>,
    ) {
        let entry = &mut self.entry;
        entry.status = Some(status);
        entry.bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        entry.remaining = remaining(headers);
        entry.correlation_id = header(headers, "x-ms-correlation-request-id");
        entry.request_id = request_id(headers);
        entry.headers = shown_headers(headers);
        entry.error_code = error.and_then(|error| error.code.as_deref().map(Arc::from));
        entry.error_message = error.and_then(|error| error.message.as_deref().map(Arc::from));
        if entry.service == Service::Search {
            // A definition may hold a key that the service did not hide.
            entry.error_message = entry
                .error_message
                .take()
                .map(|message| Arc::from(&*without_secrets(&message)));
            entry.body = Some(Arc::from(body_without_secrets(body)));
        } else if !self.is_private {
            entry.body = Some(Arc::clone(body));
        }
        self.close(Outcome::Answered);
    }

    /// The call brought no answer.
    pub(crate) fn failed(mut self, reason: &str) {
        self.close(Outcome::Failed(Arc::from(reason)));
    }

    fn close(&mut self, outcome: Outcome) {
        self.entry.outcome = outcome;
        self.entry.duration = self.started.elapsed();
        self.is_closed = true;
        self.tell();
    }

    fn tell(&self) {
        (self.recorder.observer)(Event::Entry(Box::new(self.entry.clone())));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.is_closed {
            self.close(Outcome::Failed(Arc::from("given up before an answer came")));
        }
    }
}

/// Path and query. The gate keeps secrets out of what leaves; what was stopped for that reason
/// shows its path alone.
fn shown_path(url: &Url) -> String {
    match url.query() {
        Some(query) if super::gate::no_secret_in_query(url).is_ok() => {
            clean(&format!("{}?{query}", url.path()))
        }
        Some(_) => format!("{}?…", clean(url.path())),
        None => clean(url.path()),
    }
}

/// A header's text, cleaned.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<Arc<str>> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| Arc::from(clean(text)))
}

/// `x-ms-request-id`, or what the data planes call it.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<Arc<str>> {
    header(headers, "x-ms-request-id").or_else(|| header(headers, "request-id"))
}

/// The quota headers: what is left, by its short name.
pub(crate) fn remaining(headers: &HeaderMap) -> Vec<(Arc<str>, i64)> {
    const PREFIX: &str = "x-ms-ratelimit-remaining-";
    let mut left = Vec::new();
    for (name, value) in headers {
        let Ok(text) = value.to_str() else { continue };
        let name = name.as_str();
        if let Some(short) = name.strip_prefix(PREFIX) {
            // `Microsoft.Compute/GetVM3Min;197,Microsoft.Compute/GetVM30Min;1200`
            for part in text.split(',') {
                match part.rsplit_once(';') {
                    None => {
                        if let Ok(count) = part.trim().parse() {
                            left.push((Arc::from(short), count));
                        }
                    }
                    Some((bucket, count)) => {
                        if let Ok(count) = count.trim().parse() {
                            left.push((Arc::from(format!("{short} {}", clean(bucket))), count));
                        }
                    }
                }
            }
        } else if name == "x-ms-user-quota-remaining"
            && let Ok(count) = text.trim().parse()
        {
            left.push((Arc::from("user-quota"), count));
        }
    }
    left
}

/// The headers that may be shown: an allow list, so that a new one cannot bring a secret with it.
fn shown_headers(headers: &HeaderMap) -> Arc<[(Arc<str>, Arc<str>)]> {
    const SHOWN: [&str; 22] = [
        "api-supported-versions",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "elapsed-time",
        "odata-version",
        "request-id",
        "retry-after",
        "retry-after-ms",
        "server",
        "x-content-type-options",
        "x-ms-correlation-request-id",
        "x-ms-failure-cause",
        "x-ms-request-id",
        "x-ms-retry-after-ms",
        "x-ms-routing-request-id",
        "x-ms-original-request-ids",
        "x-ms-arm-service-request-id",
        "x-ms-user-quota-resets-after",
    ];
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            SHOWN.contains(&name)
                || name.starts_with("x-ms-ratelimit-remaining-")
                || name == "x-ms-user-quota-remaining"
        })
        .filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((Arc::from(name.as_str()), Arc::from(clean(value))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        map
    }

    #[test]
    fn quota_headers_are_read() {
        let headers = headers(&[
            ("x-ms-ratelimit-remaining-subscription-reads", "249"),
            (
                "x-ms-ratelimit-remaining-resource",
                "Microsoft.Compute/A3Min;197,Microsoft.Compute/B;12",
            ),
            ("x-ms-user-quota-remaining", "14"),
            ("x-ms-ratelimit-remaining-tenant-reads", "many"),
        ]);
        let left = remaining(&headers);
        let left: Vec<(&str, i64)> = left.iter().map(|(name, count)| (&**name, *count)).collect();
        assert_eq!(
            left,
            [
                ("subscription-reads", 249),
                ("resource Microsoft.Compute/A3Min", 197),
                ("resource Microsoft.Compute/B", 12),
                ("user-quota", 14)
            ]
        );
    }

    #[test]
    fn only_listed_headers_are_shown() {
        let headers = headers(&[
            ("content-type", "application/json"),
            ("set-cookie", "secret"),
            ("authorization", "Bearer secret"),
            ("location", "https://a/?sig=secret"),
            ("www-authenticate", "Bearer secret"),
            ("x-ms-request-id", "r1"),
        ]);
        let shown = shown_headers(&headers);
        let names: Vec<&str> = shown.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["content-type", "x-ms-request-id"]);
    }

    #[tokio::test]
    async fn a_record_that_is_dropped_says_so() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let observer = {
            let told = Arc::clone(&told);
            Arc::new(move |event| told.lock().unwrap().push(event))
        };
        let recorder = Arc::new(Recorder::new(observer, Clock::system()));
        let url = Url::parse("https://management.azure.com/x?sig=hidden&api-version=1").unwrap();
        let opening = Opening {
            service: Service::Arm,
            method: &Method::GET,
            url: &url,
            tenant: None,
            auxiliary: &[],
            fills: None,
            is_private: false,
        };
        drop(recorder.begin(&opening));
        let told = told.lock().unwrap();
        let [Event::Entry(first), Event::Entry(last)] = told.as_slice() else {
            panic!("two entries: {told:?}");
        };
        assert_eq!((first.number, &first.outcome), (1, &Outcome::Pending));
        assert_eq!(last.number, 1);
        assert!(matches!(last.outcome, Outcome::Failed(_)));
        assert_eq!(&*first.path, "/x?…");
    }
}
