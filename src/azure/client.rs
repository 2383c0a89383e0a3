//! The client: reads of ARM, Graph, Search and Log Analytics, one answer or a whole list.
//!
//! Fetch jobs use only this. It joins the wire (gate, token, tries, ledger), the api-version policy
//! and paging, and turns what goes wrong into a [`CallError`]. It must not know resource types: what
//! an answer means is read in `decode`.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use answer::{Answer, ListEnd, Page};
pub use call::{ApiVersion, Call, Target};
pub use error::{CallError, Trouble};

use super::clock::Clock;
use super::credential::{Broker, Credentials};
use super::gate::Borders;
use super::hosts;
use super::ledger::{Event, Recorder};
use super::paging::{Next, Watch, sheet};
use super::transport::exchange::{Exchange, Http};
use super::transport::{Incoming, Limits, Outgoing, Payload, Wire, own_headers};
use crate::model::caller::{Caller, CredentialAnswer};
use crate::model::cloud::{Audience, Cloud};
use crate::model::id::TenantId;
use versions::Versions;

mod answer;
mod call;
mod error;
mod offered;
mod tokens;
mod versions;

/// Speaks to one cloud as one principal. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    wire: Arc<Wire>,
    broker: Broker,
    versions: Versions,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("cloud", &self.cloud().name)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for a cloud. Nothing is opened, read or run before the first call; the observer is
    /// told every ledger entry and every wait.
    pub fn new(
        cloud: Cloud,
        credentials: Credentials,
        observer: impl Fn(Event) + Send + Sync + 'static,
        limits: Limits,
    ) -> Self {
        let http = Http::new(
            cloud.is_loopback(),
            limits.connect_timeout,
            limits.probe_timeout,
            limits.largest_answer,
        );
        Self::over(
            cloud,
            credentials,
            observer,
            limits,
            Clock::system(),
            Arc::new(http),
        )
    }

    /// A client whose tries go through `exchange`: the seam for tests under a paused clock.
    pub(crate) fn over(
        cloud: Cloud,
        credentials: Credentials,
        observer: impl Fn(Event) + Send + Sync + 'static,
        limits: Limits,
        clock: Clock,
        exchange: Arc<dyn Exchange>,
    ) -> Self {
        let mut borders = Borders::of(Arc::new(cloud));
        credentials.shape_borders(&mut borders);
        let recorder = Arc::new(Recorder::new(Arc::new(observer), clock.clone()));
        let wire = Arc::new(Wire::new(borders, limits, clock, recorder, exchange));
        Self {
            inner: Arc::new(Inner {
                broker: Broker::new(&wire, credentials),
                versions: Versions::default(),
                wire,
            }),
        }
    }

    /// The cloud that this client speaks to.
    pub fn cloud(&self) -> &Cloud {
        &self.inner.wire.borders.cloud
    }

    /// Asks once: a document, or what went wrong.
    pub async fn get(&self, call: Call) -> Result<Answer, CallError> {
        self.send(&call, Method::GET, None).await
    }

    /// Asks one of the queries that the gate names: a POST that only reads.
    pub async fn query(&self, call: Call, body: Value) -> Result<Answer, CallError> {
        self.send(&call, Method::POST, Some(&body)).await
    }

    /// Reads a list to its end, page by page. What came before a failure stands; the end says
    /// whether it is all there is. A failure on the first page is the error.
    pub async fn list(
        &self,
        call: Call,
        on_page: impl FnMut(Page) + Send,
    ) -> Result<ListEnd, CallError> {
        self.walk(call, None, on_page).await
    }

    /// Like [`Client::list`], for a named query: `$skipToken` goes into the body, an OData link is
    /// asked with the same body, any other link is read.
    pub async fn query_list(
        &self,
        call: Call,
        body: Value,
        on_page: impl FnMut(Page) + Send,
    ) -> Result<ListEnd, CallError> {
        self.walk(call, Some(body), on_page).await
    }

    /// Gets a token, if there is none yet, and says who is signed in.
    pub async fn sign_in(
        &self,
        tenant: Option<&TenantId>,
        audience: Audience,
    ) -> Result<Caller, CallError> {
        self.inner
            .broker
            .sign_in(tenant, audience)
            .await
            .map_err(|error| self.sign_in_error(&error))
    }

    /// Forgets which credential worked, and every token: the next call signs in anew.
    pub fn forget_sign_in(&self) {
        self.inner.broker.forget();
    }

    /// Who is signed in to a tenant, once a token was given.
    pub fn caller(&self, tenant: Option<&TenantId>) -> Option<Caller> {
        self.inner.broker.caller(tenant)
    }

    /// What each credential said when it was last asked.
    pub fn credential_answers(&self) -> Vec<CredentialAnswer> {
        self.inner.broker.answers()
    }

    async fn walk(
        &self,
        mut call: Call,
        mut body: Option<Value>,
        mut on_page: impl FnMut(Page) + Send,
    ) -> Result<ListEnd, CallError> {
        let mut watch: Option<Watch> = None;
        let mut items = 0;
        loop {
            let method = if body.is_some() {
                Method::POST
            } else {
                Method::GET
            };
            let answer = match self.send(&call, method, body.as_ref()).await {
                Ok(answer) => answer,
                Err(CallError::Cancelled) => return Err(CallError::Cancelled),
                Err(error) => return ended(watch.as_ref(), items, Some(error)),
            };
            let watch = watch.get_or_insert_with(|| Watch::starting_at(answer.url.as_str()));
            let mut sheet = match sheet(&answer.json) {
                Ok(sheet) => sheet,
                Err(error) => {
                    let trouble = error::malformed(&call, &answer, &error.to_string());
                    return ended(Some(watch), items, Some(trouble));
                }
            };
            let progress = watch.take(&mut sheet);
            items += sheet.items.len();
            let url = Arc::clone(&answer.url);
            let stuck = progress
                .err()
                .map(|error| error::malformed(&call, &answer, &error.to_string()));
            on_page(Page {
                number: watch.pages(),
                items: sheet.items,
                is_last: stuck.is_some() || sheet.next == Next::End,
                answer,
            });
            if stuck.is_some() {
                return ended(Some(watch), items, stuck);
            }
            match sheet.next {
                Next::End => return ended(Some(watch), items, None),
                Next::SkipToken(token) => match &mut body {
                    Some(body) => put_skip_token(body, token),
                    None => return ended(Some(watch), items, None),
                },
                Next::Link(link) => match address_of_link(&url, &link) {
                    Ok(next) => {
                        // Only OData's own links repeat the query; the others are plain reads.
                        if !next.path().to_ascii_lowercase().ends_with("/queryresults") {
                            body = None;
                        }
                        call.target = Target::Absolute(next);
                        call.api_version = ApiVersion::None;
                    }
                    Err(error) => {
                        let trouble = error::bad_link(&call, &link, &error);
                        return ended(Some(watch), items, Some(trouble));
                    }
                },
            }
        }
    }

    async fn send(
        &self,
        call: &Call,
        method: Method,
        body: Option<&Value>,
    ) -> Result<Answer, CallError> {
        let url = self.address(call)?;
        match call.api_version {
            ApiVersion::None => {
                let incoming = self.once(call, &method, url.clone(), body).await?;
                error::answer(call, &method, url, incoming, self)
            }
            ApiVersion::Preview(version) => {
                let url = versions::with_version(url, version);
                let incoming = self.once(call, &method, url.clone(), body).await?;
                if versions::is_refusal(&incoming) {
                    return Err(error::not_offered(call, &url, &incoming, version));
                }
                error::answer(call, &method, url, incoming, self)
            }
            ApiVersion::Pinned(pinned) => {
                self.with_fallback(call, &method, url, body, pinned).await
            }
        }
    }

    fn address(&self, call: &Call) -> Result<Url, CallError> {
        let (path, search) = match &call.target {
            Target::Absolute(url) => return Ok(url.clone()),
            Target::Path(path) => (path, None),
            Target::Search { service, path } => (path, Some(service.as_str())),
        };
        let base = hosts::base_of(self.cloud(), call.audience, search)
            .ok_or_else(|| error::no_such_service(call, self.cloud(), self.now()))?;
        hosts::append(&base, path).map_err(|error| error::bad_link(call, path, &error.to_string()))
    }

    /// One call over the wire, with the api-version already in the address.
    async fn once(
        &self,
        call: &Call,
        method: &Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Incoming, CallError> {
        let wire = &self.inner.wire;
        let outgoing = Outgoing {
            method: method.clone(),
            headers: own_headers(),
            payload: body.cloned().map(Payload::Json),
            service: hosts::service_of(call.audience),
            tenant: self.inner.broker.tenant(call.tenant.as_ref()),
            auxiliary: call.auxiliary.clone(),
            fills: call.fills.clone(),
            priority: call.priority,
            quotas: call::quotas(call, self.cloud(), &url),
            cancel: call.cancel.clone(),
            patience: None,
            url,
        };
        let ticket = self
            .inner
            .broker
            .ticket(call.tenant.as_ref(), call.audience)
            .with_auxiliary(&call.auxiliary);
        wire.run(outgoing, Some(&ticket))
            .await
            .map_err(|error| error::wire(call, error, self))
    }

    /// What the tokens of a call say of themselves: its own first.
    fn tokens_of(&self, call: &Call) -> Vec<tokens::Sent> {
        let broker = &self.inner.broker;
        let own = tokens::Sent {
            tenant: broker.tenant(call.tenant.as_ref()),
            claims: broker.caller(call.tenant.as_ref()),
            is_auxiliary: false,
        };
        let others = call.auxiliary.iter().map(|tenant| tokens::Sent {
            tenant: Some(tenant.clone()),
            claims: broker.caller(Some(tenant)),
            is_auxiliary: true,
        });
        std::iter::once(own).chain(others).collect()
    }

    fn now(&self) -> time::OffsetDateTime {
        self.inner.wire.clock.now()
    }
}

fn ended(
    watch: Option<&Watch>,
    items: usize,
    broken: Option<CallError>,
) -> Result<ListEnd, CallError> {
    match (watch, broken) {
        (None, Some(error)) => Err(error),
        (watch, broken) => Ok(ListEnd {
            pages: watch.map_or(0, Watch::pages),
            items,
            repeated: watch.map_or(0, Watch::repeated),
            broken,
        }),
    }
}

/// The address of the next page. Azure's links are absolute; one that starts at the root is taken
/// too. Anything else is a placeholder, and nothing is sent for it.
fn address_of_link(from: &Url, link: &str) -> Result<Url, String> {
    let link = link.trim();
    if link.starts_with('/') {
        return from.join(link).map_err(|error| error.to_string());
    }
    Url::parse(link).map_err(|error| error.to_string())
}

/// Resource Graph takes the token of the next page in `options` of the same query.
fn put_skip_token(body: &mut Value, token: String) {
    let Some(whole) = body.as_object_mut() else {
        return;
    };
    let options = whole
        .entry("options")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(options) = options.as_object_mut() {
        options.insert("$skipToken".to_owned(), Value::String(token));
    }
}

/// A cancellation that nobody will ask for.
fn never() -> CancellationToken {
    CancellationToken::new()
}

#[cfg(test)]
mod tests;
