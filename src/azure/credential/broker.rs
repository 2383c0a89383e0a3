//! Keeps the tokens: one per tenant and audience, asked for once however many wait for it, renewed
//! before it ends, and the old one given out while it is valid and the renewal takes its time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, try_join_all};
use reqwest::header::HeaderValue;
use time::{Duration, OffsetDateTime};

use super::chain::{Chain, Given};
use super::claims::caller_of;
use super::{Credentials, SignInError};
use crate::azure::clock::Clock;
use crate::azure::transport::{Authorize, Whose, Wire, bearer_value, joined};
use crate::model::caller::{Caller, CredentialAnswer};
use crate::model::cloud::Audience;
use crate::model::id::TenantId;

/// A token is renewed when this much of its life is left, or a quarter of it if that is shorter.
const EARLY: Duration = Duration::minutes(5);
/// A token this near to its end is not given out any more.
const LAST: Duration = Duration::seconds(10);
/// A renewal in the background that failed is not tried again sooner.
const PAUSE: Duration = Duration::seconds(30);
/// What a failed sign-in said holds for so long: forty reads do not start forty programs in a row.
const MEMORY: Duration = Duration::seconds(5);

type Flight = Shared<BoxFuture<'static, Result<HeaderValue, Arc<SignInError>>>>;
type Address = (Option<TenantId>, Audience);

/// Gives headers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Broker {
    shared: Arc<Inner>,
}

struct Inner {
    chain: Chain,
    clock: Clock,
    default_tenant: Option<TenantId>,
    scopes: HashMap<Audience, String>,
    slots: Mutex<HashMap<Address, Slot>>,
    callers: Mutex<HashMap<Option<TenantId>, Caller>>,
}

#[derive(Default)]
struct Slot {
    held: Option<Held>,
    flight: Option<Flight>,
    not_before: Option<OffsetDateTime>,
    failed: Option<(OffsetDateTime, Arc<SignInError>)>,
}

struct Held {
    header: HeaderValue,
    renew_at: OffsetDateTime,
    ends_at: OffsetDateTime,
}

impl Broker {
    pub(crate) fn new(wire: &Arc<Wire>, credentials: Credentials) -> Self {
        let scopes = [
            Audience::ResourceManager,
            Audience::Graph,
            Audience::Search,
            Audience::LogAnalytics,
        ]
        .into_iter()
        .filter_map(|audience| Some((audience, wire.borders.cloud.scope_of(audience)?)))
        .collect();
        Self {
            shared: Arc::new(Inner {
                chain: Chain::new(wire, &credentials),
                clock: wire.clock.clone(),
                default_tenant: credentials.tenant,
                scopes,
                slots: Mutex::default(),
                callers: Mutex::default(),
            }),
        }
    }

    /// The right to ask for the headers of one tenant and audience.
    pub(crate) fn ticket(&self, tenant: Option<&TenantId>, audience: Audience) -> Ticket {
        Ticket {
            address: (self.tenant(tenant), audience),
            auxiliary: Vec::new(),
            broker: self.clone(),
        }
    }

    /// Gets a token if there is none yet, and says whose it is.
    pub(crate) async fn sign_in(
        &self,
        tenant: Option<&TenantId>,
        audience: Audience,
    ) -> Result<Caller, Arc<SignInError>> {
        let address = (self.tenant(tenant), audience);
        self.header(&address, None).await?;
        Ok(self.caller(tenant).unwrap_or_default())
    }

    pub(crate) fn caller(&self, tenant: Option<&TenantId>) -> Option<Caller> {
        lock(&self.shared.callers)
            .get(&self.tenant(tenant))
            .cloned()
    }

    pub(crate) fn answers(&self) -> Vec<CredentialAnswer> {
        self.shared.chain.answers()
    }

    pub(crate) fn forget(&self) {
        self.shared.chain.forget();
        lock(&self.shared.slots).clear();
        lock(&self.shared.callers).clear();
    }

    /// The tenant whose token is meant: the one that is named, else the one of `--tenant`.
    pub(crate) fn tenant(&self, tenant: Option<&TenantId>) -> Option<TenantId> {
        tenant.or(self.shared.default_tenant.as_ref()).cloned()
    }

    async fn header(
        &self,
        address: &Address,
        rejected: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Arc<SignInError>> {
        let flight = {
            let mut slots = lock(&self.shared.slots);
            let slot = slots.entry(address.clone()).or_default();
            if rejected.is_some() && slot.held.as_ref().map(|held| &held.header) == rejected {
                slot.held = None;
            }
            let now = self.shared.clock.now();
            if let Some(held) = slot.held.as_ref().filter(|held| now + LAST < held.ends_at) {
                let header = held.header.clone();
                let may_renew = slot.not_before.is_none_or(|from| from <= now);
                if held.renew_at <= now && may_renew && slot.flight.is_none() {
                    slot.flight = Some(self.start(address));
                }
                return Ok(header);
            }
            if let Some((until, error)) = &slot.failed
                && slot.flight.is_none()
                && now < *until
            {
                return Err(Arc::clone(error));
            }
            slot.flight
                .get_or_insert_with(|| self.start(address))
                .clone()
        };
        flight.await
    }

    /// Starts a request that goes on even if nobody waits for it any more.
    fn start(&self, address: &Address) -> Flight {
        let (inner, address) = (Arc::clone(&self.shared), address.clone());
        let tenant = address.0.clone();
        let task = tokio::spawn(async move { inner.renew(&address).await });
        async move {
            task.await.unwrap_or_else(|error| {
                Err(Arc::new(SignInError {
                    tenant,
                    answers: Vec::new(),
                    summary: format!("the sign-in was broken off: {error}"),
                    next_step: "try again".to_owned(),
                }))
            })
        }
        .boxed()
        .shared()
    }
}

impl Inner {
    async fn renew(&self, address: &Address) -> Result<HeaderValue, Arc<SignInError>> {
        let (tenant, audience) = address;
        let result = match self.scopes.get(audience) {
            Some(scope) => self.chain.token(tenant.as_ref(), scope).await,
            None => Err(SignInError {
                tenant: tenant.clone(),
                answers: Vec::new(),
                summary: "this cloud has no audience for the service".to_owned(),
                next_step: "name it in the cloud file, table `[audience]`".to_owned(),
            }),
        };
        let result = result.and_then(|given| self.hold(address, &given));
        let mut slots = lock(&self.slots);
        let slot = slots.entry(address.clone()).or_default();
        slot.flight = None;
        match result {
            Ok(held) => {
                let header = held.header.clone();
                slot.held = Some(held);
                slot.not_before = None;
                slot.failed = None;
                Ok(header)
            }
            Err(error) => {
                let (now, error) = (self.clock.now(), Arc::new(error));
                slot.not_before = Some(now + PAUSE);
                slot.failed = Some((now + MEMORY, Arc::clone(&error)));
                Err(error)
            }
        }
    }

    fn hold(&self, address: &Address, given: &Given) -> Result<Held, SignInError> {
        let token = given.token.token.secret();
        let header = bearer_value(token).ok_or_else(|| SignInError {
            tenant: address.0.clone(),
            answers: Vec::new(),
            summary: format!(
                "{} gave no token, or one that no header can carry",
                given.credential
            ),
            next_step: "choose another `--credential`".to_owned(),
        })?;
        let mut caller = caller_of(token, given.credential);
        caller.expires_at.get_or_insert(given.token.expires_on);
        let mut callers = lock(&self.callers);
        if address.1 == Audience::ResourceManager || !callers.contains_key(&address.0) {
            callers.insert(address.0.clone(), caller);
        }
        let now = self.clock.now();
        let ends_at = given.token.expires_on;
        let early = EARLY.min((ends_at - now) / 4);
        Ok(Held {
            header,
            renew_at: ends_at - early,
            ends_at,
        })
    }
}

/// Asks the broker for one tenant and audience, and for other tenants' tokens of the same audience
/// beside.
pub(crate) struct Ticket {
    broker: Broker,
    address: Address,
    auxiliary: Vec<Address>,
}

impl Ticket {
    /// With these tenants' tokens beside.
    pub(crate) fn with_auxiliary(mut self, tenants: &[TenantId]) -> Self {
        self.auxiliary = tenants
            .iter()
            .map(|tenant| (Some(tenant.clone()), self.address.1))
            .collect();
        self
    }
}

#[async_trait]
impl Authorize for Ticket {
    async fn header(
        &self,
        rejected: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Arc<SignInError>> {
        self.broker.header(&self.address, rejected).await
    }

    async fn auxiliary(&self, anew: bool) -> Result<Option<HeaderValue>, Arc<SignInError>> {
        if self.auxiliary.is_empty() {
            return Ok(None);
        }
        let headers = try_join_all(
            self.auxiliary
                .iter()
                .map(|address| self.other(address, anew)),
        )
        .await?;
        Ok(joined(&headers))
    }

    fn whose(&self) -> Whose {
        let says = |(asked, _): &Address| {
            let caller = self.broker.caller(asked.as_ref());
            caller.and_then(|one| one.tenant).or_else(|| asked.clone())
        };
        Whose {
            tenant: says(&self.address),
            auxiliary: self.auxiliary.iter().filter_map(says).collect(),
        }
    }
}

impl Ticket {
    /// Another tenant's token.
    async fn other(&self, address: &Address, anew: bool) -> Result<HeaderValue, Arc<SignInError>> {
        let header = match self.broker.header(address, None).await {
            Ok(held) if anew => self.broker.header(address, Some(&held)).await,
            first => first,
        };
        header.map_err(|error| {
            let tenant = address.0.as_ref().map_or("", TenantId::as_str);
            Arc::new(SignInError {
                summary: format!("no auxiliary token for tenant {tenant}: {}", error.summary),
                ..SignInError::clone(&error)
            })
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
