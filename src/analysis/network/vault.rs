//! Key vaults (domain-rules B.5): trusted services pass with public access off, but not when the
//! perimeter alone decides. Only the data plane is filtered.

use crate::analysis::verdict::Tag;
use crate::model::resource::Resource;

use super::caller::{Credential, Instance, ServiceKind};
use super::rules::{Bypass, Public, Rules, Sheet, Silence, WhenDisabled};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a key vault.
pub(super) struct VaultFirewall;

impl Service for VaultFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties.networkAcls");
        let trusted = Bypass {
            azure_services: true,
            portal: false,
        };
        Rules {
            public: sheet.public(Silence::Means(Public::Enabled, "Enabled", None)),
            default_allow: sheet.default_action(Silence::Means(true, "open", None)),
            bypass: sheet.bypass(
                "bypass",
                Silence::Means(trusted, "AzureServices", Some(Tag::K)),
            ),
            addresses: sheet.addresses(false),
            subnets: sheet.subnets(),
            instances: sheet.none_here("resourceAccessRules"),
            bypass_ids: sheet.none_here("networkAclBypassResourceIds"),
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Works("trusted services pass a vault whose public access is off")
    }

    fn trusts(&self, _target: &Resource, caller: &Instance) -> Trust {
        match (caller.kind, caller.credential) {
            (ServiceKind::Monitor, _) => Trust::Yes(None),
            (_, Credential::Key) => Trust::No("a key is no token of a managed identity"),
            (_, Credential::Unclear) => {
                Trust::Unclear("what the caller presents could not be read")
            }
            (ServiceKind::Search | ServiceKind::MachineLearning | ServiceKind::Storage, _) => {
                Trust::Yes(None)
            }
            (ServiceKind::Cosmos, _) => Trust::Yes(Some((
                "Cosmos DB is not on the vault's list, but its own page names this path",
                Tag::Medium,
            ))),
            (ServiceKind::Cognitive, _) => Trust::Unclear(
                "Azure AI services are not on the vault's list of 2026-08, and no text says that their customer keys need none",
            ),
            (ServiceKind::Other, _) => Trust::No("not on Key Vault's list of trusted services"),
        }
    }

    fn by_address(&self, caller: ServiceKind, _same_region: Option<bool>) -> ByAddress {
        match caller {
            ServiceKind::MachineLearning | ServiceKind::Cosmos => {
                ByAddress::No("of no use: the service's addresses change")
            }
            _ => ByAddress::Unclear("the caller's address is not known here"),
        }
    }

    fn service_endpoints(&self) -> &'static [&'static str] {
        &["Microsoft.KeyVault"]
    }
}
