//! Storage accounts (domain-rules B.1): trusted services and named instances pass even when public
//! access is off; an address rule never works for a caller in the account's own region.

use crate::analysis::verdict::Tag;
use crate::model::resource::Resource;

use super::caller::{Credential, Instance, ServiceKind};
use super::rules::{Bypass, Public, Rules, Sheet, Silence, WhenDisabled};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a storage account.
pub(super) struct StorageFirewall;

impl Service for StorageFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties.networkAcls");
        let trusted = Bypass {
            azure_services: true,
            portal: false,
        };
        // That a missing rule object restricts nobody is not verified; its default action is.
        let no_rules = resource
            .firewall
            .as_ref()
            .is_some_and(|wall| wall.rules.is_unset())
            .then_some(Tag::K);
        Rules {
            public: sheet.public(Silence::Means(Public::Enabled, "Enabled", Some(Tag::K))),
            default_allow: sheet.default_action(Silence::Means(true, "Allow", no_rules)),
            bypass: sheet.bypass(
                "bypass",
                Silence::Means(trusted, "AzureServices", Some(Tag::K)),
            ),
            addresses: sheet.addresses(false),
            subnets: sheet.subnets(),
            instances: sheet.instances(),
            bypass_ids: sheet.none_here("networkAclBypassResourceIds"),
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Works("trusted services and instance rules come before public access")
    }

    fn trusts(&self, _target: &Resource, caller: &Instance) -> Trust {
        let listed = match caller.kind {
            ServiceKind::Search | ServiceKind::Cognitive | ServiceKind::MachineLearning => true,
            // Azure Monitor writes logs by the tenant's registration, not by an identity.
            ServiceKind::Monitor => return Trust::Yes(None),
            ServiceKind::Cosmos | ServiceKind::Storage | ServiceKind::Other => false,
        };
        if !listed {
            return Trust::No("not on Storage's list of trusted services");
        }
        by_identity(caller)
    }

    fn names_instance(&self, caller: &Instance) -> Trust {
        by_identity(caller)
    }

    fn by_address(&self, caller: ServiceKind, same_region: Option<bool>) -> ByAddress {
        match (caller, same_region) {
            (ServiceKind::Cognitive | ServiceKind::MachineLearning, _) => {
                ByAddress::No("of no use: the service's addresses change")
            }
            (_, Some(true)) => ByAddress::No(
                "of no use: caller and account are in the same region, where traffic keeps to private Azure addresses",
            ),
            (ServiceKind::Search, Some(false)) => ByAddress::Unclear(
                "between regions it works if both the service's own address and the AzureCognitiveSearch ranges are listed, which is not known here",
            ),
            (_, Some(false)) => ByAddress::Unclear("the caller's address is not known here"),
            (_, None) => ByAddress::Unclear(
                "the regions of caller and account are not both known, and in the same region it cannot work",
            ),
        }
    }

    fn blocks_addresses_of_same_region(&self) -> bool {
        true
    }

    fn service_endpoints(&self) -> &'static [&'static str] {
        &["Microsoft.Storage", "Microsoft.Storage.Global"]
    }
}

/// The managed-identity path: blobs and ADLS Gen2 only, with the system-assigned identity.
fn by_identity(caller: &Instance) -> Trust {
    let part = caller.sub_resource.as_deref().unwrap_or("blob");
    let blobs = ["blob", "dfs"]
        .iter()
        .any(|known| part.eq_ignore_ascii_case(known));
    match caller.credential {
        Credential::Key => Trust::No("a key or SAS is no token of a managed identity"),
        _ if caller.kind == ServiceKind::Search && !blobs => {
            Trust::No("covers blobs and ADLS Gen2 only, not tables or files")
        }
        Credential::SystemIdentity => Trust::Yes(None),
        Credential::UserAssigned if caller.kind == ServiceKind::MachineLearning => Trust::Unclear(
            "whether it covers a user-assigned identity of a workspace is documented nowhere",
        ),
        Credential::UserAssigned => {
            Trust::No("covers the system-assigned identity only, not a user-assigned one")
        }
        Credential::Unclear => Trust::Unclear(
            "a token of its own identity passes, a key or SAS does not, and what the caller presents could not be read",
        ),
    }
}
