//! Cosmos DB accounts (domain-rules B.4): no default action and no trusted path; an address rule or
//! the network filter turns the account into an allow list; `0.0.0.0` is any Azure datacenter.

use crate::analysis::evidence::Evidence;
use crate::analysis::verdict::Tag;
use crate::model::resource::Resource;

use super::caller::{Instance, ServiceKind};
use super::rules::{Bypass, Public, Rules, Sheet, Silence, WhenDisabled, derived};
use super::service::{ByAddress, Service, Trust};

/// The firewall of a Cosmos DB account.
pub(super) struct CosmosFirewall;

impl Service for CosmosFirewall {
    fn rules(&self, resource: &Resource) -> Rules {
        let sheet = Sheet::new(resource, "properties");
        let mut addresses = sheet.addresses(true);
        if addresses.evidence.is_absent() {
            // Before 2020-04-01 the rules were one text.
            let older = Evidence::of(resource, "properties.ipRangeFilter");
            if !older.is_absent() {
                addresses.evidence = older;
            }
        }
        let filter = sheet.fact(
            "isVirtualNetworkFilterEnabled",
            |wall| wall.virtual_network_filter,
            Silence::Means(false, "false", None),
            Some,
        );
        let mut subnets = sheet.subnets();
        match filter.value {
            Some(true) => {}
            // With the filter off, network rules that are listed are not in force.
            Some(false) => subnets.value = Some(Vec::new()),
            None => {
                subnets.value = None;
                subnets.words.clone_from(&filter.words);
            }
        }
        let no_addresses = addresses
            .value
            .as_ref()
            .map(super::address::Addresses::is_empty);
        let (open, words, evidence) = match (no_addresses, filter.value) {
            (_, Some(true)) => (
                Some(false),
                "the network filter is on, and denies all others".to_owned(),
                &filter.evidence,
            ),
            (Some(false), _) => (
                Some(false),
                "there are IP rules, and they deny all others".to_owned(),
                &addresses.evidence,
            ),
            (Some(true), Some(false)) => (
                Some(true),
                "no IP rules and no network filter, so the account is open to all networks"
                    .to_owned(),
                &addresses.evidence,
            ),
            (None, _) => (None, addresses.words.clone(), &addresses.evidence),
            (_, None) => (None, filter.words.clone(), &filter.evidence),
        };
        Rules {
            public: sheet.public(Silence::Means(Public::Enabled, "Enabled", None)),
            default_allow: derived(open, words, evidence.clone(), Vec::new()),
            bypass: sheet.bypass(
                "networkAclBypass",
                Silence::Means(Bypass::default(), "None", None),
            ),
            subnets,
            instances: sheet.none_here("resourceAccessRules"),
            bypass_ids: sheet.bypass_ids(),
            addresses,
            private: sheet.private(),
        }
    }

    fn when_disabled(&self) -> WhenDisabled {
        WhenDisabled::Gone
    }

    fn trusts(&self, _target: &Resource, _caller: &Instance) -> Trust {
        Trust::No("Cosmos DB has no path for trusted services, only for instances that it names")
    }

    fn by_address(&self, caller: ServiceKind, _same_region: Option<bool>) -> ByAddress {
        match caller {
            ServiceKind::MachineLearning => ByAddress::Unclear(
                "from which addresses a hub's platform calls is documented nowhere",
            ),
            _ => ByAddress::Unclear("the caller's address is not known here"),
        }
    }

    fn service_endpoints(&self) -> &'static [&'static str] {
        &["Microsoft.AzureCosmosDB"]
    }

    fn portal_has_own_address(&self) -> Option<(&'static str, Tag)> {
        Some((
            "the data explorer calls from the portal's own addresses, which the list has to hold",
            Tag::K,
        ))
    }
}
