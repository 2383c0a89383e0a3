//! The headers that open a service: the own token, other tenants' beside it, and whose they are.
//!
//! A token stands in header values alone, marked so that no `Debug` shows it. Must not know how a token
//! is had, or what a call is for.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::header::{HeaderName, HeaderValue};

use crate::azure::credential::SignInError;
use crate::model::id::TenantId;

/// Gives the header that opens a service. A rejected one is not given again while another is to be had.
#[async_trait]
pub(crate) trait Authorize: Send + Sync {
    async fn header(&self, rejected: Option<&HeaderValue>)
    -> Result<HeaderValue, Arc<SignInError>>;

    /// The value of `x-ms-authorization-auxiliary`, where the call carries other tenants' tokens;
    /// all of them new ones with `anew`.
    async fn auxiliary(&self, anew: bool) -> Result<Option<HeaderValue>, Arc<SignInError>> {
        let _ = anew;
        Ok(None)
    }

    /// Whose tokens those are, once they were given.
    fn whose(&self) -> Whose;
}

/// The tenants of the tokens that go along, as the tokens themselves have it; as they were asked for,
/// where they do not say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whose {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) auxiliary: Vec<TenantId>,
}

/// The headers that open a service.
#[derive(Clone)]
pub(super) struct Opened {
    pub(super) bearer: HeaderValue,
    pub(super) auxiliary: Option<HeaderValue>,
    pub(super) whose: Whose,
}

/// The header that carries other tenants' tokens.
pub(super) const AUXILIARY: HeaderName = HeaderName::from_static("x-ms-authorization-auxiliary");

/// The headers for a first try, or new ones after these were refused.
pub(super) async fn headers_of(
    authorize: &dyn Authorize,
    refused: Option<&Opened>,
) -> Result<Opened, Arc<SignInError>> {
    let bearer = authorize.header(refused.map(|one| &one.bearer)).await?;
    let auxiliary = authorize.auxiliary(refused.is_some()).await?;
    Ok(Opened {
        bearer,
        auxiliary,
        whose: authorize.whose(),
    })
}

/// A header value made of a token, marked so that no `Debug` shows it.
pub(crate) fn bearer_value(token: &str) -> Option<HeaderValue> {
    if token.trim().is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// One header value out of several tokens' own, marked like them.
pub(crate) fn joined(values: &[HeaderValue]) -> Option<HeaderValue> {
    let bytes = values
        .iter()
        .map(HeaderValue::as_bytes)
        .collect::<Vec<_>>()
        .join(&b", "[..]);
    let mut value = HeaderValue::from_bytes(&bytes).ok()?;
    value.set_sensitive(true);
    Some(value)
}
