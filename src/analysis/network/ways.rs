//! The rules behind an answer: which of a firewall's rules meet one caller.
//!
//! It says which rules an answer rests on, never whether the answer is right: that is `judge`.

use crate::analysis::way::{Rule, Way};
use crate::model::id::{ArmId, Folded};
use crate::model::network::{InstanceRule, PrivateEndpointConnection};
use crate::model::resource::Resource;
use crate::store::Inventory;

use super::address::{Meaning, is_private};
use super::caller::{Caller, Instance};
use super::rules::Rules;
use super::service::Service;
use super::subnet;

/// The rules of one target.
pub(super) struct Ways<'a> {
    /// The environment.
    pub(super) inventory: &'a Inventory,
    /// The target.
    pub(super) target: &'a Resource,
    /// Its service's ways.
    pub(super) service: &'static dyn Service,
    /// Its rules.
    pub(super) rules: &'a Rules,
}

impl Ways<'_> {
    fn way(&self, rule: Rule) -> Way {
        Way::new(&self.target.id, rule)
    }

    /// The exception for trusted services, or for the portal.
    pub(super) fn bypass(&self) -> Way {
        self.way(Rule::Bypass)
    }

    /// What happens to those that no rule names.
    pub(super) fn default_action(&self) -> Way {
        self.way(Rule::Default)
    }

    /// Storage's instance rules that name the caller.
    pub(super) fn instances(&self, caller: &Caller) -> Vec<Way> {
        let Caller::Instance(instance) = caller else {
            return Vec::new();
        };
        let rules = self.rules.instances.value.iter().flatten();
        rules
            .filter(|rule| names(self.inventory, rule, instance))
            .map(|rule| self.way(Rule::Instance(Folded::new(&rule.resource_id))))
            .collect()
    }

    /// Cosmos DB's named instances that are the caller.
    pub(super) fn named(&self, caller: &Caller) -> Vec<Way> {
        let Caller::Instance(instance) = caller else {
            return Vec::new();
        };
        let ids = self.rules.bypass_ids.value.iter().flatten();
        ids.filter(|id| matches_id(id, instance.id.as_str()))
            .map(|id| self.way(Rule::Instance(Folded::new(id))))
            .collect()
    }

    /// The address rules that name the caller, or might.
    pub(super) fn addresses(&self, caller: &Caller) -> Vec<Way> {
        let Some(rules) = &self.rules.addresses.value else {
            return Vec::new();
        };
        let own = match caller {
            Caller::Person { address } => *address,
            _ => None,
        };
        let is_service = matches!(caller, Caller::Instance(_) | Caller::TrustedService(_));
        rules
            .iter()
            .filter_map(|(text, meaning)| {
                let way = self.way(Rule::Address(Folded::new(text)));
                match (meaning, own) {
                    // One rule for everybody needs no address to be known.
                    (Meaning::Range(net), _) if net.prefix_len() == 0 => Some(way),
                    (_, Some(address)) if is_private(address) => None,
                    (Meaning::One(one), Some(address)) => {
                        (one == address.to_canonical()).then_some(way)
                    }
                    (Meaning::Range(net), Some(address)) => {
                        net.contains(&address.to_canonical()).then_some(way)
                    }
                    (Meaning::AnyAzure, _) if is_service => Some(way),
                    _ => Some(way.perhaps()),
                }
            })
            .collect()
    }

    /// The subnet rules that are in force: where a caller stands is not known.
    pub(super) fn subnets(&self, caller: &Caller) -> Vec<Way> {
        let Some(rules) = &self.rules.subnets.value else {
            return Vec::new();
        };
        let (living, _) = subnet::living(self.inventory, rules, self.service.service_endpoints());
        living
            .into_iter()
            .filter(|rule| match caller {
                Caller::PrivateEndpoint { network } => rule.subnet.is_within(network),
                _ => true,
            })
            .map(|rule| self.way(Rule::Subnet(rule.subnet.clone())).perhaps())
            .collect()
    }
}

/// The approved private endpoints of a target: which of them a caller uses is not known.
pub(super) fn endpoints(
    target: &Resource,
    approved: &[&PrivateEndpointConnection],
) -> impl Iterator<Item = Way> {
    approved
        .iter()
        .filter_map(|one| one.private_endpoint.as_ref().or(one.id.as_ref()))
        .map(|id: &ArmId| Way::new(&target.id, Rule::PrivateEndpoint(id.clone())).perhaps())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether a rule names an instance: its id, also with wildcards, in the same tenant.
pub(super) fn names(inventory: &Inventory, rule: &InstanceRule, instance: &Instance) -> bool {
    let tenant = instance
        .id
        .subscription()
        .and_then(|id| inventory.subscription(&id)?.tenant_id.clone());
    if let (Some(own), Some(theirs)) = (tenant, rule.tenant_id.text())
        && !own.as_str().eq_ignore_ascii_case(theirs)
    {
        return false;
    }
    matches_id(&rule.resource_id, instance.id.as_str())
}

/// Whether an id matches a pattern in which `*` stands for any text, without regard to case.
pub(super) fn matches_id(pattern: &str, id: &str) -> bool {
    crate::analysis::wildcard::matches(pattern.trim_end_matches('/'), id.trim_end_matches('/'))
}
