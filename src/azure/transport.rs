//! The wire: one call from the gate to its last try, told to the ledger all the way.
//!
//! Here the pieces meet in the order that safety needs: the gate first, then a token, a place, a
//! try, what the answer teaches about quotas, and the decision about another try. It must not know
//! what an answer means for a reading; it hands over status, headers and text.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::clock::Clock;
use super::credential::SignInError;
use super::envelope::{AzureError, clean};
use super::gate::{Borders, judge};
use super::ledger::{Opening, Record, Recorder, header, remaining};
use super::retry::{RetryPolicy, Verdict, asked_wait};
use super::throttle::{Priority, Quota, Rates, Throttle};
use crate::model::id::TenantId;
use crate::model::key::Key;
use crate::model::ledger::Service;

pub(crate) mod exchange;
mod opened;
#[cfg(test)]
pub(crate) mod scripted;

use exchange::{Ask, Exchange, Got, Silence};
use opened::{AUXILIARY, Opened, headers_of};
pub(crate) use opened::{Authorize, Whose, bearer_value, joined};

/// How many auxiliary tokens Resource Manager takes beside the own one (arm-wide: auxiliary tokens).
pub(crate) const AUXILIARY_AT_MOST: usize = 3;

/// How long a try that has left is waited for when nobody wants its answer any more.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long and how fast a client may try.
#[derive(Clone, Debug)]
pub struct Limits {
    /// To get a connection.
    pub connect_timeout: Duration,
    /// For one try, connection and body included.
    pub try_timeout: Duration,
    /// To find out whether there is a managed identity at all.
    pub probe_timeout: Duration,
    /// How often to try, and how patiently.
    pub retry: RetryPolicy,
    /// How fast to ask.
    pub rates: Rates,
    /// The largest answer that is taken, in bytes.
    pub largest_answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            try_timeout: Duration::from_secs(30),
            probe_timeout: Duration::from_millis(600),
            retry: RetryPolicy::default(),
            rates: Rates::default(),
            largest_answer: 256 << 20,
        }
    }
}

/// What a call carries.
#[derive(Clone)]
pub(crate) enum Payload {
    Json(Value),
    Form(Bytes),
}

/// One call, before its first try.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Option<Payload>,
    pub(crate) service: Service,
    pub(crate) tenant: Option<TenantId>,
    /// Whose tokens go along beside the own one.
    pub(crate) auxiliary: Vec<TenantId>,
    pub(crate) fills: Option<Key>,
    pub(crate) priority: Priority,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) cancel: CancellationToken,
    /// Another patience than the client's own.
    pub(crate) patience: Option<RetryPolicy>,
}

/// The last answer of a call.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) number: u64,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: Arc<str>,
    /// What the body says, for a status of 400 and above.
    pub(crate) error: Option<AzureError>,
    pub(crate) observed_at: OffsetDateTime,
    /// The server asked to wait until then, which is longer than we are ready to.
    pub(crate) wait_until: Option<OffsetDateTime>,
}

/// Why a call has no answer.
#[derive(Clone, Debug)]
pub(crate) enum WireError {
    /// The gate, or the watch over addresses, stopped it.
    Withheld { number: u64, reason: String },
    /// There is no token.
    SignIn(Arc<SignInError>),
    /// No answer came.
    Silent { number: u64, silence: Silence },
    /// Nobody wants it any more.
    Cancelled,
}

/// All that calls of one client share.
pub(crate) struct Wire {
    pub(crate) borders: Borders,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) throttle: Throttle,
    recorder: Arc<Recorder>,
    exchange: Arc<dyn Exchange>,
}

/// How a try went on.
enum Step {
    /// The answer is final; it asked to wait until then.
    Done(Option<OffsetDateTime>),
    Wait(Duration, Option<u16>),
    NewToken,
}

impl Wire {
    pub(crate) fn new(
        borders: Borders,
        limits: Limits,
        clock: Clock,
        recorder: Arc<Recorder>,
        exchange: Arc<dyn Exchange>,
    ) -> Self {
        Self {
            throttle: Throttle::new(limits.rates.clone()),
            borders,
            limits,
            clock,
            recorder,
            exchange,
        }
    }

    /// Sends a call, tries again where that may help, and gives the last answer.
    pub(crate) async fn run(
        &self,
        call: Outgoing,
        authorize: Option<&dyn Authorize>,
    ) -> Result<Incoming, WireError> {
        self.check(&call)?;
        self.run_to_the_end(&call, authorize).await
    }

    fn check(&self, call: &Outgoing) -> Result<(), WireError> {
        let body = match &call.payload {
            Some(Payload::Json(value)) => Some(value),
            _ => None,
        };
        let reason = match judge(&call.method, &call.url, &self.borders, body) {
            Ok(service) if service == call.service => match misplaced_tokens(call) {
                None => return Ok(()),
                Some(reason) => reason,
            },
            Ok(service) => format!(
                "a token for {} must not go to {}",
                call.service.word(),
                service.word()
            ),
            Err(refusal) => refusal.reason,
        };
        Err(self.withhold(call, &call.method, &call.url, reason))
    }

    fn withhold(&self, call: &Outgoing, method: &Method, url: &Url, reason: String) -> WireError {
        let number = self.recorder.stopped(&opening(call, method, url), &reason);
        WireError::Withheld { number, reason }
    }

    async fn run_to_the_end(
        &self,
        call: &Outgoing,
        authorize: Option<&dyn Authorize>,
    ) -> Result<Incoming, WireError> {
        let mut opened = match authorize {
            None => None,
            Some(authorize) => Some(
                unless_given_up(call, headers_of(authorize, None))
                    .await?
                    .map_err(WireError::SignIn)?,
            ),
        };
        let mut record: Option<Record> = None;
        let mut tried = 0;
        let mut may_refresh = authorize.is_some();
        loop {
            tried += 1;
            // Token calls take no place: a call that holds one may be waiting for a token.
            let place = match call.service {
                Service::Login | Service::ManagedIdentity => None,
                _ => {
                    let turn = self.throttle.admit(&call.quotas, call.priority);
                    Some(unless_given_up(call, turn).await?)
                }
            };
            match &mut record {
                None => {
                    let mut opening = opening(call, &call.method, &call.url);
                    if let Some(Opened { whose, .. }) = &opened {
                        opening.tenant = whose.tenant.as_ref();
                        opening.auxiliary = &whose.auxiliary;
                    }
                    record = Some(self.recorder.begin(&opening));
                }
                Some(record) => record.try_again(),
            }
            let result = self.try_once(call, opened.as_ref()).await?;
            drop(place);
            let Some(open) = record.take() else {
                return Err(WireError::Cancelled);
            };
            let mut got = match result {
                Ok(got) => self.read(got, open.number()),
                Err(silence) => match self.patience(call).after_silence(
                    silence.is_timeout,
                    tried,
                    fastrand::f64(),
                ) {
                    Verdict::Again(wait) if !silence.is_final => {
                        open.waits(wait, None);
                        unless_given_up(call, tokio::time::sleep(wait)).await?;
                        record = Some(open);
                        continue;
                    }
                    _ => {
                        let number = open.number();
                        open.failed(&silence.message);
                        return Err(WireError::Silent { number, silence });
                    }
                },
            };
            self.learn(call, &got);
            match self.judge_answer(call, &got, tried, may_refresh) {
                Step::Wait(wait, status) => {
                    open.waits(wait, status);
                    unless_given_up(call, tokio::time::sleep(wait)).await?;
                }
                Step::NewToken => {
                    may_refresh = false;
                    let fresh = match authorize {
                        Some(authorize) => {
                            unless_given_up(call, headers_of(authorize, opened.as_ref())).await?
                        }
                        None => continue,
                    };
                    match fresh {
                        Ok(fresh) => opened = Some(fresh),
                        Err(error) => {
                            open.answered(got.status, &got.headers, &got.text, got.error.as_ref());
                            return Err(WireError::SignIn(error));
                        }
                    }
                }
                Step::Done(wait_until) => {
                    got.wait_until = wait_until;
                    open.answered(got.status, &got.headers, &got.text, got.error.as_ref());
                    self.refuse_to_be_sent_away(call, &got)?;
                    return Ok(got);
                }
            }
            record = Some(open);
        }
    }

    /// One try. What is on its way is waited for a little even when nobody wants it any more: the ledger
    /// is to say what became of everything that was sent.
    async fn try_once(
        &self,
        call: &Outgoing,
        opened: Option<&Opened>,
    ) -> Result<Result<Got, Silence>, WireError> {
        let mut exchange = self.exchange.exchange(self.ask(call, opened));
        if let Some(result) = call.cancel.run_until_cancelled(&mut exchange).await {
            return Ok(result);
        }
        tokio::time::timeout(FAREWELL, exchange)
            .await
            .map_err(|_| WireError::Cancelled)
    }

    fn patience<'a>(&'a self, call: &'a Outgoing) -> &'a RetryPolicy {
        call.patience.as_ref().unwrap_or(&self.limits.retry)
    }

    fn ask(&self, call: &Outgoing, opened: Option<&Opened>) -> Ask {
        let mut headers = call.headers.clone();
        if let Some(Opened {
            bearer, auxiliary, ..
        }) = opened
        {
            headers.insert(AUTHORIZATION, bearer.clone());
            if let Some(auxiliary) = auxiliary {
                headers.insert(AUXILIARY, auxiliary.clone());
            }
        }
        let body = call.payload.as_ref().map(|payload| match payload {
            Payload::Json(value) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Bytes::from(value.to_string())
            }
            Payload::Form(bytes) => bytes.clone(),
        });
        let is_metadata = call.service == Service::ManagedIdentity;
        Ask {
            method: call.method.clone(),
            url: call.url.clone(),
            headers,
            body,
            is_metadata,
            // The metadata service is next door: where it is slow, it is something else.
            timeout: if is_metadata {
                self.limits.try_timeout.min(Duration::from_secs(10))
            } else {
                self.limits.try_timeout
            },
        }
    }

    fn read(&self, got: Got, number: u64) -> Incoming {
        let text: Arc<str> = Arc::from(String::from_utf8_lossy(&got.body));
        Incoming {
            number,
            status: got.status,
            error: (got.status >= 400).then(|| AzureError::read(&text)),
            headers: got.headers,
            text,
            observed_at: self.clock.now(),
            wait_until: None,
        }
    }

    fn judge_answer(&self, call: &Outgoing, got: &Incoming, tried: u32, may_refresh: bool) -> Step {
        if may_refresh && blames_the_token(got) {
            return Step::NewToken;
        }
        let policy = self.patience(call);
        let asked = asked_wait(&got.headers, got.error.as_ref(), got.observed_at);
        if let (429, Some(wait)) = (got.status, asked)
            && let Some(quota) = throttled_quota(call, got)
        {
            self.throttle.pause(quota, wait.min(policy.longest_wait));
        }
        match policy.after_answer(got.status, asked, tried, fastrand::f64()) {
            Verdict::Again(wait) => Step::Wait(wait, Some(got.status)),
            Verdict::TooLong(wait) => Step::Done(Some(got.observed_at + wait)),
            Verdict::Final => Step::Done(None),
        }
    }

    fn learn(&self, call: &Outgoing, got: &Incoming) {
        for (name, left) in remaining(&got.headers) {
            let Ok(left) = u64::try_from(left) else {
                continue;
            };
            let quota = call.quotas.iter().find(|quota| match &*name {
                "subscription-reads" => matches!(quota, Quota::Subscription(_)),
                "tenant-reads" | "tenant-resource-requests" => matches!(quota, Quota::Tenant(_)),
                "subscription-resource-requests"
                | "subscription-resource-entities-read"
                | "policy-insights-requests" => matches!(quota, Quota::Provider(..)),
                "user-quota" => matches!(quota, Quota::ResourceGraph(_)),
                _ => false,
            });
            let Some(quota) = quota else { continue };
            self.throttle.learn_remaining(quota, left);
            // Resource Graph fills its quota up at once, at a time that it names.
            if left == 0
                && let Some(wait) = header(&got.headers, "x-ms-user-quota-resets-after")
                    .and_then(|text| clock_time(&text))
            {
                let most = self.limits.retry.longest_wait;
                self.throttle.pause(quota, wait.min(most));
            }
        }
    }

    /// A redirect, or a `Location` of an operation under way, that points out of the cloud is
    /// reported as a stopped request. None is ever followed.
    fn refuse_to_be_sent_away(&self, call: &Outgoing, got: &Incoming) -> Result<(), WireError> {
        if !matches!(got.status, 201 | 202 | 300..=399) {
            return Ok(());
        }
        for name in ["location", "azure-asyncoperation", "operation-location"] {
            let Some(text) = got.headers.get(name).and_then(|value| value.to_str().ok()) else {
                continue;
            };
            let verdict = match call.url.join(text) {
                Ok(target) => match judge(&Method::GET, &target, &self.borders, None) {
                    Ok(service) if service == call.service => Ok(()),
                    Ok(service) => Err((
                        target,
                        format!(
                            "a token for {} must not go to {}",
                            call.service.word(),
                            service.word()
                        ),
                    )),
                    Err(refusal) => Err((target, refusal.reason)),
                },
                Err(error) => Err((call.url.clone(), format!("`{}`: {error}", clean(text)))),
            };
            if let Err((target, reason)) = verdict {
                let reason = format!("the answer's `{name}` was not followed: {reason}");
                return Err(self.withhold(call, &Method::GET, &target, reason));
            }
        }
        Ok(())
    }
}

/// Goes on with a step of a call, unless nobody wants the call any more. A ledger record that is left
/// behind closes itself.
async fn unless_given_up<T>(
    call: &Outgoing,
    step: impl Future<Output = T>,
) -> Result<T, WireError> {
    call.cancel
        .run_until_cancelled(step)
        .await
        .ok_or(WireError::Cancelled)
}

/// Why other tenants' tokens must not go along with this call.
fn misplaced_tokens(call: &Outgoing) -> Option<String> {
    if call.auxiliary.is_empty() {
        return None;
    }
    if call.service != Service::Arm {
        return Some(format!(
            "auxiliary tokens are for Resource Manager and must not go to {}",
            call.service.word()
        ));
    }
    (call.auxiliary.len() > AUXILIARY_AT_MOST).then(|| {
        format!(
            "{} auxiliary tokens: Azure takes {AUXILIARY_AT_MOST} at most",
            call.auxiliary.len()
        )
    })
}

fn opening<'a>(call: &'a Outgoing, method: &'a Method, url: &'a Url) -> Opening<'a> {
    Opening {
        service: call.service,
        method,
        url,
        tenant: call.tenant.as_ref(),
        auxiliary: &call.auxiliary,
        fills: call.fills.as_ref(),
        is_private: matches!(call.service, Service::Login | Service::ManagedIdentity),
    }
}

/// Whether a 401 says that the token, and not a right, is the trouble, so that a new one may help.
fn blames_the_token(got: &Incoming) -> bool {
    if got.status != 401 {
        return false;
    }
    let challenge = header(&got.headers, "www-authenticate").unwrap_or_else(|| Arc::from(""));
    // A claims challenge asks for another sign-in; the same credential would only answer the same.
    if challenge.contains("claims=") {
        return false;
    }
    let has = |code: &str| got.error.as_ref().is_some_and(|error| error.has_code(code));
    // A new token of the same tenant is as wrong as the old one.
    if has("InvalidAuthenticationTokenTenant") {
        return false;
    }
    has("ExpiredAuthenticationToken")
        || has("InvalidAuthenticationToken")
        || has("InvalidTokenError")
        || challenge.contains("invalid_token")
}

/// `00:00:05`
fn clock_time(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| part.trim().parse::<u32>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let seconds = u64::from(hours) * 3600 + u64::from(minutes) * 60 + u64::from(seconds);
    parts.next().is_none().then(|| Duration::from_secs(seconds))
}

/// Which of the call's quotas a 429 is about.
fn throttled_quota<'a>(call: &'a Outgoing, got: &Incoming) -> Option<&'a Quota> {
    let is_whole_subscription = got
        .error
        .as_ref()
        .is_some_and(|error| error.has_code("SubscriptionRequestsThrottled"));
    call.quotas
        .iter()
        .find(|quota| is_whole_subscription && matches!(quota, Quota::Subscription(_)))
        .or_else(|| call.quotas.first())
}

/// The headers that every call of ours carries.
pub(crate) fn own_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        reqwest::header::ACCEPT,
        HeaderValue::from_static("application/json"),
    );
    if let Ok(id) = HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()) {
        headers.insert(HeaderName::from_static("x-ms-client-request-id"), id);
    }
    headers
}
