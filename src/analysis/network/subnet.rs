//! Subnet rules: which of them can match at all. A rule is dead when its subnet is gone or, where
//! the network was read, has no service endpoint for the target's service.

use crate::model::id::ArmId;
use crate::model::network::SubnetRule;
use crate::model::resource::Details;
use crate::store::Inventory;

/// A subnet rule that lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRule {
    /// The subnet that it names.
    pub subnet: ArmId,
    /// Why it is dead.
    pub why: String,
}

/// Splits rules into those that may match and those that cannot.
pub(super) fn living<'r>(
    inventory: &Inventory,
    rules: &'r [SubnetRule],
    endpoints: &[&str],
) -> (Vec<&'r SubnetRule>, Vec<DeadRule>) {
    let mut living = Vec::new();
    let mut dead = Vec::new();
    for rule in rules {
        match why_dead(inventory, rule, endpoints) {
            None => living.push(rule),
            Some(why) => dead.push(DeadRule {
                subnet: rule.subnet.clone(),
                why,
            }),
        }
    }
    (living, dead)
}

fn why_dead(inventory: &Inventory, rule: &SubnetRule, endpoints: &[&str]) -> Option<String> {
    if rule.state.is("NetworkSourceDeleted") {
        return Some("the subnet was deleted".to_owned());
    }
    // A network that was not read may hold the subnet: no conclusion.
    let network = inventory.resource(&network_of(&rule.subnet)?)?;
    let Details::VirtualNetwork(details) = &network.details else {
        return None;
    };
    if network.is_unclear_at("properties.subnets") {
        return None;
    }
    let Some(subnet) = details.subnets.iter().find(|one| one.id == rule.subnet) else {
        return Some(format!("{} has no such subnet", network.name));
    };
    let has_endpoint = subnet.service_endpoints.iter().any(|has| {
        endpoints
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(has))
    });
    (!has_endpoint && !endpoints.is_empty())
        .then(|| format!("the subnet has no service endpoint {}", endpoints[0]))
}

/// The virtual network of a subnet.
pub(super) fn network_of(subnet: &ArmId) -> Option<ArmId> {
    let at = subnet.folded().rfind("/subnets/")?;
    Some(ArmId::new(&subnet.as_str()[..at]))
}
