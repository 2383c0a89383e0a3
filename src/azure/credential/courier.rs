//! `azure_identity`'s transport: its token requests go over our wire, through the gate, into the
//! ledger and with our time-outs.
//!
//! It also rewrites addresses: `azure_identity` insists on an https authority and on the fixed metadata
//! address; the cloud decides where those really are.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName as CoreName, HeaderValue as CoreValue, Headers};
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Method as CoreMethod, Request, StatusCode};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::claims::end_of;
use crate::azure::gate::METADATA_ENDPOINT;
use crate::azure::hosts::append;
use crate::azure::retry::RetryPolicy;
use crate::azure::throttle::Priority;
use crate::azure::transport::{Incoming, Outgoing, Payload, Wire, WireError};
use crate::model::id::TenantId;
use crate::model::ledger::Service;

/// How long a token is taken to live whose answer says nothing of it, in seconds.
const UNSAID_LIFE: i64 = 300;

/// Carries the requests of one credential.
pub(super) struct Courier {
    pub(super) wire: Arc<Wire>,
    pub(super) service: Service,
    pub(super) tenant: Option<TenantId>,
    /// Set when no answer came: for a managed identity, that there is none here.
    pub(super) was_silent: Arc<AtomicBool>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Courier {
    /// Where the request really goes.
    fn address(&self, asked: &Url) -> Result<Url, url::ParseError> {
        let borders = &self.wire.borders;
        if self.service == Service::ManagedIdentity {
            let is_metadata = METADATA_ENDPOINT
                == format!("{}{}", &asked[..url::Position::BeforePath], asked.path());
            if is_metadata {
                let mut url = borders.metadata_endpoint.clone();
                url.set_query(asked.query());
                return Ok(url);
            }
            return Ok(asked.clone());
        }
        append(&borders.cloud.authority, asked.path())
    }

    /// A machine without a managed identity must be found out quickly, so silence is final there.
    fn patience(&self) -> Option<RetryPolicy> {
        (self.service == Service::ManagedIdentity).then(|| RetryPolicy {
            tries: 3,
            tries_without_answer: 1,
            tries_after_timeout: 1,
            longest_wait: Duration::from_secs(5),
            ..self.wire.limits.retry.clone()
        })
    }

    /// What an error answer says. `azure_identity` is not shown it: it cannot read a description with
    /// line ends in it, which Entra ID's have, and it tries a refused managed identity for a minute.
    fn refusal(&self, incoming: &Incoming) -> Error {
        let error = incoming.error.clone().unwrap_or_default();
        let place = match self.service {
            Service::ManagedIdentity => "the identity endpoint",
            _ => "the token endpoint",
        };
        let said = match (error.message, error.code) {
            (Some(message), _) if self.service == Service::Login => message,
            (Some(message), _) => format!("{place} answered {}: {message}", incoming.status),
            (None, Some(code)) => format!("{place} answered {} {code}", incoming.status),
            (None, None) => format!("{place} answered {}", incoming.status),
        };
        Error::with_message(ErrorKind::Credential, said)
    }

    /// The token answer in the types that `azure_identity` insists on: Entra ID itself is not
    /// constant about numbers in quotes, and other servers leave the life of a token out.
    fn readable(&self, text: &str) -> String {
        let Ok(Value::Object(mut answer)) = serde_json::from_str::<Value>(text) else {
            return text.to_owned();
        };
        let number = |answer: &Map<String, Value>, name: &str| match answer.get(name)? {
            Value::String(text) => text.trim().parse::<i64>().ok(),
            other => other.as_i64(),
        };
        if self.service == Service::ManagedIdentity {
            if let Some(end) = number(&answer, "expires_on") {
                answer.insert("expires_on".to_owned(), Value::from(end.to_string()));
            }
        } else {
            let now = self.wire.clock.now().unix_timestamp();
            let life = number(&answer, "expires_in")
                .or_else(|| number(&answer, "expires_on").map(|end| end - now))
                .or_else(|| Some(end_of(answer.get("access_token")?.as_str()?)? - now))
                .unwrap_or(UNSAID_LIFE);
            answer.insert("expires_in".to_owned(), Value::from(life));
            answer.remove("ext_expires_in");
        }
        Value::Object(answer).to_string()
    }

    fn error(&self, error: WireError) -> Error {
        let message = match error {
            WireError::Withheld { reason, .. } => format!("hopscope did not send it: {reason}"),
            WireError::Silent { silence, .. } => {
                self.was_silent.store(true, Ordering::Relaxed);
                silence.message
            }
            WireError::SignIn(error) => error.to_string(),
            WireError::Cancelled => "it was cancelled".to_owned(),
        };
        // Of this kind azure_identity tries nothing again: the tries were made on the wire.
        Error::with_message(ErrorKind::Credential, message)
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let method = match request.method() {
            CoreMethod::Get => Method::GET,
            CoreMethod::Post => Method::POST,
            other => {
                let message = format!("a token request is no {other}");
                return Err(Error::with_message(ErrorKind::Credential, message));
            }
        };
        let url = self.address(request.url()).map_err(|error| {
            Error::with_message(ErrorKind::Credential, format!("no address: {error}"))
        })?;
        let payload = match request.body() {
            Body::Bytes(bytes) if method == Method::POST => {
                Some(Payload::Form(Bytes::copy_from_slice(bytes)))
            }
            _ => None,
        };
        let call = Outgoing {
            headers: headers_of(request),
            url,
            payload,
            method,
            service: self.service,
            tenant: self.tenant.clone(),
            auxiliary: Vec::new(),
            fills: None,
            priority: Priority::Focused,
            quotas: Vec::new(),
            cancel: CancellationToken::new(),
            patience: self.patience(),
        };
        let incoming = self
            .wire
            .run(call, None)
            .await
            .map_err(|error| self.error(error))?;
        if !(200..300).contains(&incoming.status) {
            return Err(self.refusal(&incoming));
        }
        let mut headers = Headers::new();
        for (name, value) in &incoming.headers {
            if let Ok(value) = value.to_str() {
                headers.insert(
                    CoreName::from(name.as_str().to_owned()),
                    CoreValue::from(value.to_owned()),
                );
            }
        }
        let status = StatusCode::from(incoming.status);
        let body = self.readable(&incoming.text).into_bytes();
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

fn headers_of(request: &Request) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers().iter() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_str(value.as_str());
        if let (Ok(name), Ok(mut value)) = (name, value) {
            // `x-identity-header` is a secret; none of them is for a log.
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    // Our own client says who we are.
    headers.remove(reqwest::header::USER_AGENT);
    headers
}
