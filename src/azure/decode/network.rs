//! `Microsoft.Network`: private endpoints, virtual networks, and the view that a resource itself has
//! of its network security perimeters (reference `arm/network.md`). Must not know who reaches whom.

use super::firewall::LINK_STATUS;
use super::ipam::allocations;
use super::reader::Reader;
use super::{Context, Parts, versions};
use crate::model::field::Field;
use crate::model::network::{PerimeterConfiguration, PerimeterRule};
use crate::model::resource::{
    Details, PrivateEndpoint, PrivateLinkConnection, Subnet, VirtualNetwork,
};

/// What is a private endpoint's own. The connection stands in one of two lists.
pub(super) fn read_private_endpoint(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let automatic = connections(&properties, "privateLinkServiceConnections", false);
    let manual = connections(&properties, "manualPrivateLinkServiceConnections", true);
    Parts::only(Details::PrivateEndpoint(PrivateEndpoint {
        subnet: properties.object("subnet").id("id").value().cloned(),
        connections: automatic.into_iter().chain(manual).collect(),
    }))
}

fn connections<'a>(
    properties: &Reader<'a>,
    list: &'a str,
    manual: bool,
) -> Vec<PrivateLinkConnection> {
    let connections = properties.each(list, |item| {
        let inner = item.object("properties");
        Some(PrivateLinkConnection {
            target: inner.id("privateLinkServiceId").value().cloned(),
            group_ids: inner.texts("groupIds").items().to_vec(),
            status: inner
                .object("privateLinkServiceConnectionState")
                .word("status", LINK_STATUS),
            manual,
        })
    });
    connections.items().to_vec()
}

/// What is a virtual network's own.
pub(super) fn read_virtual_network(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let space = properties.object("addressSpace");
    let drawn = body.dated(allocations(&space), &versions::NETWORK_ALLOCATIONS);
    Parts::only(Details::VirtualNetwork(VirtualNetwork {
        address_prefixes: space.texts("addressPrefixes").items().to_vec(),
        allocations: drawn,
        subnets: properties.each("subnets", subnet).items().to_vec(),
    }))
}

/// One subnet. Azure fills `addressPrefix` or `addressPrefixes`, now and then both.
fn subnet(item: &Reader<'_>) -> Option<Subnet> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let mut address_prefixes = properties.texts("addressPrefixes").items().to_vec();
    if let Field::Value(prefix) = properties.filled_text("addressPrefix")
        && !address_prefixes.contains(&prefix)
    {
        address_prefixes.insert(0, prefix);
    }
    let service_endpoints = properties.each("serviceEndpoints", |endpoint| {
        endpoint.required("service", endpoint.filled_text("service"))
    });
    let delegations = properties.each("delegations", |delegation| {
        let inner = delegation.object("properties");
        inner.required("serviceName", inner.filled_text("serviceName"))
    });
    Some(Subnet {
        id,
        address_prefixes,
        allocations: item.dated(allocations(&properties), &versions::NETWORK_ALLOCATIONS),
        service_endpoints: service_endpoints.items().to_vec(),
        delegations: delegations.items().to_vec(),
    })
}

/// One perimeter configuration of a resource.
pub(super) fn perimeter(item: &Reader<'_>, _: &Context<'_>) -> Option<PerimeterConfiguration> {
    let properties = item.object("properties");
    item.required("properties", properties.state())?;
    let profile = properties.object("profile");
    let association = properties.object("resourceAssociation");
    Some(PerimeterConfiguration {
        perimeter: properties
            .object("networkSecurityPerimeter")
            .id("id")
            .value()
            .cloned(),
        profile: profile.text("name"),
        access_mode: association.word("accessMode", &["Learning", "Enforced", "Audit"]),
        rules: profile.each("accessRules", rule).items().to_vec(),
        raw: super::page::raw(item),
    })
}

/// One access rule, wherever it is read.
pub(super) fn rule(item: &Reader<'_>) -> Option<PerimeterRule> {
    let properties = item.object("properties");
    let subscriptions = properties.each("subscriptions", |entry| {
        entry.required("id", entry.id("id"))
    });
    Some(PerimeterRule {
        name: item.required("name", item.text("name"))?,
        direction: properties.word("direction", &["Inbound", "Outbound"]),
        address_prefixes: properties.texts("addressPrefixes").items().to_vec(),
        subscriptions: subscriptions.items().to_vec(),
        fqdns: properties
            .texts("fullyQualifiedDomainNames")
            .items()
            .to_vec(),
    })
}
