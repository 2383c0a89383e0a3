//! What a fetch job asks for: the service, the path, the api-version policy, what it fills.
//!
//! Plain values; nothing here sends anything.

use tokio_util::sync::CancellationToken;
use url::Url;

use crate::azure::hosts;
use crate::azure::throttle::{Priority, Quota};
use crate::model::cloud::{Audience, Cloud};
use crate::model::id::{ArmId, TenantId};
use crate::model::key::Key;

use super::never;

/// One read.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service, by the token that opens it.
    pub audience: Audience,
    /// Whose token: a tenant's, or the credential's own.
    pub tenant: Option<TenantId>,
    /// Tenants whose tokens go along in `x-ms-authorization-auxiliary`: three at most, and only to
    /// Resource Manager.
    pub auxiliary: Vec<TenantId>,
    /// What to read.
    pub target: Target,
    /// The api-version policy.
    pub api_version: ApiVersion,
    /// The slice that the answer fills.
    pub fills: Option<Key>,
    /// Whether a person waits for it.
    pub priority: Priority,
    /// Ends the call when nobody wants it any more.
    pub cancel: CancellationToken,
}

/// Where a read goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A path, perhaps with a query, on the service's base.
    Path(String),
    /// A path on one search service.
    Search {
        /// The search service's name.
        service: String,
        /// The path, perhaps with a query.
        path: String,
    },
    /// A whole address; it goes through the gate like any other.
    Absolute(Url),
}

/// Which api-version to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    /// None, or the path brings its own.
    None,
    /// This one; where a cloud does not offer it, the newest stable one before it.
    Pinned(&'static str),
    /// This preview; where it is refused, the reading is unsupported.
    Preview(&'static str),
}

impl Call {
    /// A read of Azure Resource Manager.
    pub fn arm(path: impl Into<String>, version: &'static str) -> Self {
        Self::of(
            Audience::ResourceManager,
            Target::Path(path.into()),
            ApiVersion::Pinned(version),
        )
    }

    /// A read of Azure Resource Manager that only a preview version offers.
    pub fn arm_preview(path: impl Into<String>, version: &'static str) -> Self {
        Self::of(
            Audience::ResourceManager,
            Target::Path(path.into()),
            ApiVersion::Preview(version),
        )
    }

    /// A read of Microsoft Graph; the path starts with `/v1.0/`.
    pub fn graph(path: impl Into<String>) -> Self {
        Self::of(Audience::Graph, Target::Path(path.into()), ApiVersion::None)
    }

    /// A read of Log Analytics; the path starts with `/v1/`.
    pub fn logs(path: impl Into<String>) -> Self {
        Self::of(
            Audience::LogAnalytics,
            Target::Path(path.into()),
            ApiVersion::None,
        )
    }

    /// A read of one search service's data plane. Its versions are not in any provider's list, so
    /// there is nothing to fall back to.
    pub fn search(
        service: impl Into<String>,
        path: impl Into<String>,
        version: &'static str,
    ) -> Self {
        let target = Target::Search {
            service: service.into(),
            path: path.into(),
        };
        Self::of(Audience::Search, target, ApiVersion::Preview(version))
    }

    /// A read of anything.
    pub fn of(audience: Audience, target: Target, api_version: ApiVersion) -> Self {
        Self {
            audience,
            tenant: None,
            auxiliary: Vec::new(),
            target,
            api_version,
            fills: None,
            priority: Priority::Background,
            cancel: never(),
        }
    }

    /// With the token of a tenant.
    #[must_use]
    pub fn in_tenant(mut self, tenant: Option<TenantId>) -> Self {
        self.tenant = tenant;
        self
    }

    /// With the tokens of other tenants beside the own one, so that Azure says whether it takes them.
    #[must_use]
    pub fn with_auxiliary(mut self, tenants: Vec<TenantId>) -> Self {
        self.auxiliary = tenants;
        self
    }

    /// With a query parameter, encoded, added to the path.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        match &mut self.target {
            Target::Path(path) | Target::Search { path, .. } => {
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(&encoded(name));
                path.push('=');
                path.push_str(&encoded(value));
            }
            Target::Absolute(url) => {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        self
    }

    /// With the slice that the answer fills.
    #[must_use]
    pub fn filling(mut self, key: Key) -> Self {
        self.fills = Some(key);
        self
    }

    /// With its place in the queue.
    #[must_use]
    pub fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// With the token that ends it.
    #[must_use]
    pub fn until(mut self, cancel: CancellationToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// What is wanted, in words.
    pub(super) fn what(&self) -> String {
        match (&self.fills, &self.target) {
            (Some(key), _) => key.words().to_owned(),
            (None, Target::Path(path) | Target::Search { path, .. }) => {
                path.split('?').next().unwrap_or_default().to_owned()
            }
            (None, Target::Absolute(url)) => url.path().to_owned(),
        }
    }
}

/// Percent-encodes a query part. `$`, quotes, brackets and commas stay: OData is read by people too.
fn encoded(text: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const SET: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'&')
        .add(b'+')
        .add(b'<')
        .add(b'=')
        .add(b'>');
    utf8_percent_encode(text, SET).to_string()
}

/// What a call is counted against.
pub(super) fn quotas(call: &Call, cloud: &Cloud, url: &Url) -> Vec<Quota> {
    let tenant = || call.tenant.clone();
    match call.audience {
        Audience::Graph => vec![Quota::Graph(tenant())],
        Audience::LogAnalytics => vec![Quota::Logs(tenant())],
        Audience::Search => hosts::search_service(cloud, url)
            .map(Quota::Search)
            .into_iter()
            .collect(),
        Audience::ResourceManager => {
            let path = hosts::below(&cloud.resource_manager, url).unwrap_or_else(|| url.path());
            arm_quotas(path, call.tenant.as_ref())
        }
    }
}

fn arm_quotas(path: &str, tenant: Option<&TenantId>) -> Vec<Quota> {
    let id = ArmId::new(path);
    let namespace = id
        .resource_type()
        .and_then(|whole| whole.split('/').next().map(str::to_ascii_lowercase));
    match (id.subscription(), namespace) {
        (Some(subscription), Some(namespace)) => vec![
            Quota::Provider(subscription.clone(), namespace),
            Quota::Subscription(subscription),
        ],
        (Some(subscription), None) => vec![Quota::Subscription(subscription)],
        (None, Some(namespace)) if namespace == "microsoft.resourcegraph" => {
            vec![Quota::ResourceGraph(tenant.cloned())]
        }
        (None, _) => vec![Quota::Tenant(tenant.cloned())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::SubscriptionId;

    #[test]
    fn a_query_is_encoded_and_stays_readable() {
        let call = Call::arm("/subscriptions/s/resources", "2025-04-01")
            .with_query("$filter", "name eq 'a & b'")
            .with_query("$top", "5");
        let expected = "/subscriptions/s/resources?$filter=name%20eq%20'a%20%26%20b'&$top=5";
        assert_eq!(call.target, Target::Path(expected.to_owned()));
    }

    #[test]
    fn calls_are_counted_where_azure_counts_them() {
        let s = || SubscriptionId::new("s");
        let cases = [
            ("/subscriptions", vec![Quota::Tenant(None)]),
            ("/subscriptions/s/resources", vec![Quota::Subscription(s())]),
            (
                "/subscriptions/S/providers/Microsoft.Storage/storageAccounts",
                vec![
                    Quota::Provider(s(), "microsoft.storage".into()),
                    Quota::Subscription(s()),
                ],
            ),
            (
                "/providers/Microsoft.ResourceGraph/resources",
                vec![Quota::ResourceGraph(None)],
            ),
        ];
        for (path, expected) in cases {
            assert_eq!(arm_quotas(path, None), expected, "{path}");
        }
    }
}
