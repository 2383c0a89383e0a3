//! Cognitive Services accounts: Azure `OpenAI`, AI Services, Foundry (domain-rules B.3). Whether the
//! trusted path survives `publicNetworkAccess` Disabled is disputed.

use crate::analysis::verdict::Tag;
use crate::model::resource::Resource;

use super::caller::{Credential, Instance, ServiceKind};
use super::rules::{Bypass, Public, Rules, Sheet, Silence, WhenDisabled};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a Cognitive Services account.
pub(super) struct CognitiveFirewall;

impl Service for CognitiveFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties.networkAcls");
        Rules {
            public: sheet.public(Silence::Means(Public::Enabled, "Enabled", None)),
            default_allow: sheet.default_action(Silence::Means(true, "all networks", None)),
            bypass: sheet.bypass(
                "bypass",
                Silence::Means(Bypass::default(), "None", Some(Tag::K)),
            ),
            addresses: sheet.addresses(false),
            subnets: sheet.subnets(),
            instances: sheet.none_here("resourceAccessRules"),
            bypass_ids: sheet.none_here("networkAclBypassResourceIds"),
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Disputed(
            "disputed: Microsoft's page says that the bypass admits trusted services with public access off, a Microsoft support blog says that it does not; selected networks with the bypass is sure",
        )
    }

    fn trusts(&self, target: &Resource, caller: &Instance) -> Trust {
        if !matches!(
            caller.kind,
            ServiceKind::Search | ServiceKind::Cognitive | ServiceKind::MachineLearning
        ) {
            return Trust::No("not on the list of trusted services of Azure AI services");
        }
        match caller.credential {
            Credential::Key => return Trust::No("a key is no token of a managed identity"),
            Credential::Unclear => {
                return Trust::Unclear("what the caller presents could not be read");
            }
            Credential::UserAssigned if caller.kind == ServiceKind::Search => {
                return Trust::No("AI Search is recognised by its system-assigned identity only");
            }
            Credential::UserAssigned => {
                return Trust::Unclear(
                    "whether it covers a user-assigned identity of this service is documented nowhere",
                );
            }
            Credential::SystemIdentity => {}
        }
        if target.kind.is("OpenAI") || target.kind.is("AIServices") {
            Trust::Yes(None)
        } else {
            Trust::Unclear(
                "the trusted path is documented for Azure OpenAI and Foundry accounts only",
            )
        }
    }

    fn by_address(&self, caller: ServiceKind, _same_region: Option<bool>) -> ByAddress {
        match caller {
            ServiceKind::MachineLearning => {
                ByAddress::No("of no use: the service's addresses change")
            }
            ServiceKind::Search => ByAddress::Unclear(
                "it works if the service's own address and the AzureCognitiveSearch ranges are listed, which is not known here",
            ),
            _ => ByAddress::Unclear("the caller's address is not known here"),
        }
    }

    fn service_endpoints(&self) -> &'static [&'static str] {
        &["Microsoft.CognitiveServices"]
    }
}
