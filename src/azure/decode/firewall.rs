//! The pieces that service firewalls share: address rules, subnet rules, private endpoint
//! connections. Which of them a service has, and where it keeps them, is its own file's business; who
//! is let in is for `analysis`.

use super::reader::Reader;
use crate::model::field::Field;
use crate::model::network::{Firewall, PrivateEndpointConnection, SubnetRule};

/// `publicNetworkAccess`, with all values that any version declares.
pub(super) const PUBLIC_ACCESS: &[&str] = &["Enabled", "Disabled", "SecuredByPerimeter"];

/// `defaultAction`.
pub(super) const ACTIONS: &[&str] = &["Allow", "Deny"];

/// Where a link between two resources can stand.
pub(super) const LINK_STATUS: &[&str] =
    &["Pending", "Approved", "Rejected", "Disconnected", "Timeout"];

/// The firewall of a service that keeps `networkAcls` in the common form.
pub(super) fn network_acls(properties: &Reader<'_>, bypass: &[&str]) -> Firewall {
    let rules = properties.object("networkAcls");
    Firewall {
        public_network_access: properties.word("publicNetworkAccess", PUBLIC_ACCESS),
        rules_path: "properties.networkAcls",
        rules: rules.state(),
        default_action: rules.word("defaultAction", ACTIONS),
        bypass: rules.words("bypass", bypass),
        ip_rules: addresses(&rules, "ipRules", "value"),
        virtual_network_rules: subnets(&rules, "virtualNetworkRules"),
        private_endpoints: private_endpoints(properties),
        ..Firewall::default()
    }
}

/// Address rules, in Azure's own writing. A rule that cannot be read stays in the list as its JSON:
/// for some services an empty list means "open to all", and a list with a broken rule is not empty.
pub(super) fn addresses<'a>(
    rules: &Reader<'a>,
    list: &'a str,
    property: &'static str,
) -> Field<Vec<String>> {
    rules.each_value(list, |item| {
        let text = item
            .as_object()
            .and_then(|rule| rule.required(property, rule.text(property)));
        let as_json = || item.value().map(ToString::to_string);
        text.or_else(as_json)
            .map(|text| crate::model::text::safe(&text).into_owned())
    })
}

/// Virtual network rules.
pub(super) fn subnets<'a>(rules: &Reader<'a>, list: &'a str) -> Field<Vec<SubnetRule>> {
    const STATES: &[&str] = &[
        "Provisioning",
        "Deprovisioning",
        "Succeeded",
        "Failed",
        "NetworkSourceDeleted",
    ];
    rules.each(list, |rule| {
        Some(SubnetRule {
            subnet: rule.required("id", rule.id("id"))?,
            state: rule.word("state", STATES),
        })
    })
}

/// `privateEndpointConnections` as the target sees them. Some services name one sub-resource, some
/// a list of them, some none.
pub(super) fn private_endpoints(properties: &Reader<'_>) -> Field<Vec<PrivateEndpointConnection>> {
    properties.each("privateEndpointConnections", |connection| {
        let inner = connection.object("properties");
        let group_ids = match inner.texts("groupIds") {
            Field::Value(ids) => ids,
            _ => inner
                .filled_text("groupId")
                .value()
                .cloned()
                .into_iter()
                .collect(),
        };
        Some(PrivateEndpointConnection {
            id: connection.id("id").value().cloned(),
            private_endpoint: inner.object("privateEndpoint").id("id").value().cloned(),
            group_ids,
            status: inner
                .object("privateLinkServiceConnectionState")
                .word("status", LINK_STATUS),
        })
    })
}
