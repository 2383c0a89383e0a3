//! Asks which api-versions a cloud offers, once a namespace, and tries a refused call with one.
//!
//! The choice itself is made in `versions`.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::Client;
use super::answer::Answer;
use super::call::{ApiVersion, Call, Target};
use super::error::{self, CallError};
use super::versions::{self, Catalogue, ResourceType};
use crate::azure::hosts;
use crate::azure::transport::Incoming;
use crate::model::id::{ArmId, SubscriptionId};

/// Versions of the provider list itself, newest first: a cloud that lags behind knows an older one.
const PROVIDER_LIST: [&str; 4] = ["2025-04-01", "2022-09-01", "2021-04-01", "2016-09-01"];

impl Client {
    /// A call with a pinned version, and where that is refused, with the one that stands in for it.
    pub(super) async fn with_fallback(
        &self,
        call: &Call,
        method: &Method,
        url: Url,
        body: Option<&Value>,
        pinned: &'static str,
    ) -> Result<Answer, CallError> {
        let path = hosts::below(&self.cloud().resource_manager, &url)
            .unwrap_or_default()
            .to_owned();
        let wanted = versions::resource_type_of(&path);
        let versions = &self.inner.versions;
        let known = wanted
            .as_ref()
            .and_then(|wanted| versions.chosen(wanted, pinned));
        let version = known.as_deref().unwrap_or(pinned);
        let first_url = versions::with_version(url.clone(), version);
        let first = self.once(call, method, first_url.clone(), body).await?;
        let Some(wanted) = wanted.filter(|_| versions::is_refusal(&first)) else {
            return error::answer(call, method, first_url, first, self);
        };
        let subscription = ArmId::new(&path).subscription();
        let asked = self
            .offered(call, &wanted, subscription.as_ref(), pinned)
            .await;
        let (listed, doubt) = match asked {
            Err(CallError::Cancelled) => return Err(CallError::Cancelled),
            Ok(offered) => (offered, None),
            Err(error) => (None, Some(error)),
        };
        let named = || versions::named_in(first.error.as_ref()?, pinned);
        // With the list unread, the type may well be there in another version.
        let refused = |refusal: CallError| match &doubt {
            Some(error) => refusal.in_doubt(error),
            None => refusal,
        };
        let Some(offered) = listed.or_else(named).filter(|offered| offered != version) else {
            return Err(refused(error::not_offered(
                call, &first_url, &first, version,
            )));
        };
        let second_url = versions::with_version(url, &offered);
        let second = self.once(call, method, second_url.clone(), body).await?;
        if versions::is_refusal(&second) {
            let refusal = error::not_offered(call, &second_url, &second, &offered);
            return Err(refused(refusal));
        }
        versions.choose(&wanted, pinned, &offered);
        error::answer(call, method, second_url, second, self)
    }

    /// The version that the provider offers in place of the pinned one; none when it does not know
    /// the resource type at all.
    async fn offered(
        &self,
        call: &Call,
        wanted: &ResourceType,
        subscription: Option<&SubscriptionId>,
        pinned: &str,
    ) -> Result<Option<String>, CallError> {
        let place = self.inner.versions.catalogue(&wanted.namespace);
        // A failure is not kept: the next call asks again.
        let catalogue = place
            .get_or_try_init(|| self.read_catalogue(call, &wanted.namespace, subscription))
            .await?;
        Ok(catalogue.instead_of(pinned, wanted).map(str::to_owned))
    }

    async fn read_catalogue(
        &self,
        call: &Call,
        namespace: &str,
        subscription: Option<&SubscriptionId>,
    ) -> Result<Catalogue, CallError> {
        let scope = subscription.map_or_else(String::new, |id| format!("/subscriptions/{id}"));
        let list = Call {
            target: Target::Path(format!("{scope}/providers/{namespace}")),
            api_version: ApiVersion::None,
            fills: None,
            ..call.clone()
        };
        let url = self.address(&list)?;
        let mut refused: Option<(Url, Incoming)> = None;
        for version in PROVIDER_LIST {
            let url = versions::with_version(url.clone(), version);
            let incoming = self.once(&list, &Method::GET, url.clone(), None).await?;
            let error = incoming.error.as_ref();
            if error.is_some_and(|error| error.has_code("InvalidResourceNamespace")) {
                // A namespace that is not there offers nothing: an answer, not a failure.
                return Ok(Catalogue::default());
            }
            if !versions::is_refusal(&incoming) {
                let answer = error::answer(&list, &Method::GET, url, incoming, self)?;
                return Ok(Catalogue::read(&answer.json));
            }
            refused = Some((url, incoming));
        }
        match refused {
            Some((_, incoming)) if incoming.status == 404 => Ok(Catalogue::default()),
            Some((url, incoming)) => error::answer(&list, &Method::GET, url, incoming, self)
                .map(|answer| Catalogue::read(&answer.json)),
            None => Ok(Catalogue::default()),
        }
    }
}
