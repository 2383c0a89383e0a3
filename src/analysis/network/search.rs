//! AI Search services (domain-rules B.2): there is no default action; a list of addresses that is
//! not empty *is* the denial of all others. Only the data plane is filtered.

use crate::analysis::verdict::Tag;
use crate::model::resource::Resource;

use super::caller::{Credential, Instance, ServiceKind};
use super::rules::{Bypass, Public, Rules, Sheet, Silence, WhenDisabled, derived};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a search service.
pub(super) struct SearchFirewall;

impl Service for SearchFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties.networkRuleSet");
        let addresses = sheet.addresses(false);
        let default_allow = derived(
            addresses
                .value
                .as_ref()
                .map(super::address::Addresses::is_empty),
            match &addresses.value {
                Some(rules) if rules.is_empty() => {
                    "no IP rules, so the endpoint is open to all networks".to_owned()
                }
                Some(_) => "there are IP rules, and they deny all others".to_owned(),
                None => addresses.words.clone(),
            },
            addresses.evidence.clone(),
            addresses.tags.clone(),
        );
        Rules {
            public: sheet.public(Silence::Means(Public::Enabled, "Enabled", None)),
            default_allow,
            bypass: sheet.bypass("bypass", Silence::Means(Bypass::default(), "None", None)),
            addresses,
            subnets: sheet.none_here("virtualNetworkRules"),
            instances: sheet.none_here("resourceAccessRules"),
            bypass_ids: sheet.none_here("networkAclBypassResourceIds"),
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Works(
            "Microsoft's page sets the bypass with public access off, though failing reports exist",
        )
    }

    fn trusts(&self, _target: &Resource, caller: &Instance) -> Trust {
        match (caller.kind, caller.credential) {
            (ServiceKind::Cognitive | ServiceKind::MachineLearning, Credential::Key) => {
                Trust::No("a key is no token of a managed identity")
            }
            (ServiceKind::Cognitive | ServiceKind::MachineLearning, Credential::SystemIdentity) => {
                Trust::Yes(None)
            }
            (ServiceKind::Cognitive, Credential::UserAssigned) => {
                Trust::No("covers the system-assigned identity only, not a user-assigned one")
            }
            (ServiceKind::MachineLearning, Credential::UserAssigned) => Trust::Unclear(
                "whether it covers a user-assigned identity of a workspace is documented nowhere",
            ),
            (ServiceKind::Cognitive | ServiceKind::MachineLearning, Credential::Unclear) => {
                Trust::Unclear("what the caller presents could not be read")
            }
            _ => Trust::No("not on AI Search's list of trusted services"),
        }
    }

    fn by_address(&self, caller: ServiceKind, _same_region: Option<bool>) -> ByAddress {
        match caller {
            ServiceKind::Cognitive | ServiceKind::MachineLearning => {
                ByAddress::No("of no use: the service's addresses change")
            }
            _ => ByAddress::Unclear("the caller's address is not known here"),
        }
    }

    fn portal_has_own_address(&self) -> Option<(&'static str, Tag)> {
        Some((
            "the portal calls from its own address, which stamp2.ext.search.windows.net resolves to",
            Tag::K,
        ))
    }
}
