//! The rules of one service by name, for the list of what each carries.
//!
//! It names rules only: which hop passes by which is the judgement's.

use crate::analysis::facets;
use crate::analysis::network::address::Addresses;
use crate::analysis::network::{Public, Rules};
use crate::analysis::way::Rule;
use crate::model::id::{ArmId, Folded};
use crate::model::resource::{Family, Resource};
use crate::ui::cx::Cx;
use crate::ui::panes::loads::Named;

/// Every rule that lets somebody in, in the order in which a firewall asks.
pub(super) fn named(cx: &Cx<'_>, target: &Resource, rules: &Rules) -> Vec<Named> {
    let own = |rule: Rule, label: String| Named {
        at: target.id.clone(),
        rule,
        label,
    };
    let mut all: Vec<Named> = rules
        .private
        .value
        .iter()
        .flatten()
        .filter(|one| one.status.is("Approved"))
        .filter_map(|one| one.private_endpoint.as_ref().or(one.id.as_ref()))
        .map(|id| own(Rule::PrivateEndpoint(id.clone()), id.name().to_owned()))
        .collect();
    all.extend(links(cx, target));
    all.extend(perimeters(cx, target));
    all.extend(managed_rules(cx, target));
    let ids = rules.bypass_ids.value.iter().flatten();
    let instances = rules.instances.value.iter().flatten();
    let named = instances.map(|one| &one.resource_id).chain(ids);
    all.extend(named.map(|id| {
        let name = id.rsplit('/').next().unwrap_or_default();
        own(Rule::Instance(Folded::new(id)), format!("instance {name}"))
    }));
    if rules
        .bypass
        .value
        .is_some_and(|set| set.azure_services || set.portal)
        && target.family != Family::Workspace
    {
        all.push(own(Rule::Bypass, "bypass".to_owned()));
    }
    let addresses = rules.addresses.value.iter().flat_map(Addresses::iter);
    all.extend(addresses.map(|(text, _)| own(Rule::Address(Folded::new(text)), text.to_owned())));
    let subnets = rules.subnets.value.iter().flatten();
    all.extend(subnets.map(|one| {
        let network = one
            .subnet
            .parent()
            .map_or(String::new(), |up| format!("{}/", up.name()));
        let label = format!("{network}{}", one.subnet.name());
        own(Rule::Subnet(one.subnet.clone()), label)
    }));
    if rules.default_allow.value == Some(true) && rules.public.value == Some(Public::Enabled) {
        all.push(own(Rule::Default, "default".to_owned()));
    }
    all
}

/// Shared private links of search services that lead to a target.
fn links(cx: &Cx<'_>, target: &Resource) -> Vec<Named> {
    let mut all = Vec::new();
    for search in cx.inventory.family(Family::Search) {
        let links = facets::shared_private_links(cx.inventory, &search.id).items;
        let leading = links
            .iter()
            .filter(|link| link.target.as_ref() == Some(&target.id));
        all.extend(leading.map(|link| Named {
            at: search.id.clone(),
            rule: Rule::SharedPrivateLink(Folded::new(&link.name)),
            label: format!("{} of {}", link.name, search.name),
        }));
    }
    all
}

/// Inbound rules of enforced perimeters, and the membership itself.
fn perimeters(cx: &Cx<'_>, target: &Resource) -> Vec<Named> {
    let listed = facets::perimeters(cx.inventory, &target.id);
    let mut all = Vec::new();
    for one in listed
        .items
        .iter()
        .filter(|one| one.access_mode.is("Enforced"))
    {
        if let Some(id) = &one.perimeter {
            all.push(Named {
                at: target.id.clone(),
                rule: Rule::PerimeterMember(id.clone()),
                label: format!("members of {}", id.name()),
            });
        }
        let inbound = one.rules.iter().filter(|rule| rule.direction.is("Inbound"));
        all.extend(inbound.map(|rule| Named {
            at: target.id.clone(),
            rule: Rule::PerimeterRule(Folded::new(&rule.name)),
            label: format!("perimeter rule {}", rule.name),
        }));
    }
    all
}

/// Rules of hubs' managed networks that lead to a target.
fn managed_rules(cx: &Cx<'_>, target: &Resource) -> Vec<Named> {
    let mut all = Vec::new();
    for hub in cx.inventory.family(Family::Workspace) {
        let rules = facets::outbound_rules(cx.inventory, &hub.id).items;
        let leads_there = rules.iter().filter(|rule| {
            let to = rule.destination.text();
            to.is_some_and(|to| ArmId::new(to) == target.id)
        });
        all.extend(leads_there.map(|rule| Named {
            at: hub.id.clone(),
            rule: Rule::ManagedNetwork(Folded::new(&rule.name)),
            label: format!("{} of {}", rule.name, hub.name),
        }));
    }
    all
}
