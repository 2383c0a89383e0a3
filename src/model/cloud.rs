//! A cloud: the base addresses of its services, and the audiences and suffixes that go with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

/// A service of a cloud that a token can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// Azure Resource Manager.
    ResourceManager,
    /// Microsoft Graph.
    Graph,
    /// The AI Search data plane.
    Search,
    /// The Log Analytics query API.
    LogAnalytics,
}

/// Where a cloud's services live (design section 4, "Cloud file").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// `AzurePublic`, `AzureUSGovernment`, `AzureChina`, or the cloud file's `name`.
    pub name: String,
    /// Base of ARM.
    pub resource_manager: Url,
    /// Base of the token endpoint.
    pub authority: Url,
    /// Base of Microsoft Graph, when this cloud has it.
    pub graph: Option<Url>,
    /// Base of the Log Analytics query API, when this cloud has it.
    pub log_analytics: Option<Url>,
    /// Template of a search service's base, with `{service}` in it, when this cloud has it.
    pub search: Option<String>,
    /// Base of the portal.
    pub portal: Url,
    /// Token audience of each service, without `/.default`.
    pub audience: BTreeMap<Audience, String>,
    /// Host suffixes that tie an address to a resource.
    pub suffix: Suffixes,
}

/// Host suffixes of a cloud, without a leading dot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suffixes {
    /// `search.windows.net`
    pub search: String,
    /// `blob.core.windows.net`
    pub blob: String,
    /// `openai.azure.com`
    pub openai: String,
    /// `vault.azure.net`
    pub vault: String,
    /// `documents.azure.com`
    pub cosmos: String,
}

impl Default for Suffixes {
    /// The public cloud's, which stand in for whatever a cloud file leaves out.
    fn default() -> Self {
        Self {
            search: "search.windows.net".to_owned(),
            blob: "blob.core.windows.net".to_owned(),
            openai: "openai.azure.com".to_owned(),
            vault: "vault.azure.net".to_owned(),
            cosmos: "documents.azure.com".to_owned(),
        }
    }
}

/// Where a person's own calls to Resource Manager go, for commands that are printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Door {
    /// Base of ARM, without a slash at the end.
    pub resource_manager: String,
    /// What its tokens are asked for.
    pub audience: String,
    /// Base of the token endpoint of a loopback cloud, which no `az login` leads to.
    pub authority: Option<String>,
}

impl Default for Door {
    /// The public cloud's.
    fn default() -> Self {
        Self {
            resource_manager: "https://management.azure.com".to_owned(),
            audience: "https://management.azure.com".to_owned(),
            authority: None,
        }
    }
}

impl Cloud {
    /// Where commands that are printed for this cloud go.
    pub fn door(&self) -> Door {
        let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
        let base = trimmed(self.resource_manager.as_str());
        Door {
            audience: self
                .audience
                .get(&Audience::ResourceManager)
                .map_or_else(|| base.clone(), |own| trimmed(own)),
            authority: self.is_loopback().then(|| trimmed(self.authority.as_str())),
            resource_manager: base,
        }
    }

    /// The OAuth scope of a service: its audience with `/.default`.
    pub fn scope_of(&self, audience: Audience) -> Option<String> {
        self.audience
            .get(&audience)
            .map(|base| format!("{}/.default", base.trim_end_matches('/')))
    }

    /// Whether ARM is on a loopback address: the demo and lab clouds, with their own credential.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.resource_manager)
    }
}

/// Whether a URL's host is `localhost` or a loopback address.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
