//! The cells of a row: what Azure said, in few words. Six kinds of "no value" stay apart.

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::network::Firewall;
use crate::model::resource::{Details, Resource};
use crate::store::{Inventory, Payload, State};

use super::cell::clean;

/// A field as a word.
fn word(field: &Field<String>) -> String {
    match field {
        Field::Value(text) => clean(text),
        Field::Absent => "not set".to_owned(),
        Field::Null => "null".to_owned(),
        Field::Malformed => "malformed".to_owned(),
        Field::Unreported(since) => format!("? needs {since}"),
    }
}

pub(super) fn part(inventory: &Inventory, resource: &Resource) -> &'static str {
    crate::report::part::of(inventory, resource)
}

pub(super) fn keys(resource: &Resource) -> &'static str {
    match resource
        .local_auth
        .as_ref()
        .map(crate::model::resource::LocalAuth::enabled)
    {
        None => "-",
        Some(Some(true)) => "on",
        Some(Some(false)) => "off",
        Some(None) => "?",
    }
}

pub(super) fn outbound(resource: &Resource) -> String {
    if let Some(outbound) = &resource.outbound {
        return match outbound.restricted() {
            None => "?".to_owned(),
            Some(false) => "free".to_owned(),
            Some(true) => match outbound.allowed_fqdns.items().len() {
                0 => "nowhere".to_owned(),
                1 => "1 host".to_owned(),
                count => format!("{count} hosts"),
            },
        };
    }
    match &resource.details {
        // A project lives in the network of its hub; without a managed network none is isolated.
        Details::Workspace(_) if resource.kind.is("Project") => "as its hub".to_owned(),
        Details::Workspace(workspace) if workspace.isolation_mode.is_unset() => "free".to_owned(),
        Details::Workspace(workspace) => match workspace.isolation_mode.text() {
            Some("AllowInternetOutbound") => "internet".to_owned(),
            Some("AllowOnlyApprovedOutbound") => "approved".to_owned(),
            Some("Disabled") => "free".to_owned(),
            _ => word(&workspace.isolation_mode),
        },
        _ => "-".to_owned(),
    }
}

pub(super) fn encryption(resource: &Resource) -> &'static str {
    match &resource.encryption {
        None => "-",
        Some(encryption) => match encryption.customer_managed {
            Some(true) => "own key",
            Some(false) => "Microsoft",
            None => "?",
        },
    }
}

pub(super) fn identity(resource: &Resource) -> String {
    match &resource.identity {
        Field::Absent | Field::Null => "none".to_owned(),
        Field::Malformed => "malformed".to_owned(),
        Field::Unreported(since) => format!("? needs {since}"),
        Field::Value(identity) => {
            let mut words = Vec::new();
            if identity.is_system_assigned() {
                words.push("system".to_owned());
            }
            if identity.is_user_assigned() {
                words.push(format!("{} user", identity.user_assigned.len()));
            }
            if words.is_empty() && identity.identity_type.is("None") {
                "none".to_owned()
            } else if words.is_empty() {
                word(&identity.identity_type)
            } else {
                words.join("+")
            }
        }
    }
}

/// To whom it is open, in words.
pub(super) fn open_to(inventory: &Inventory, resource: &Resource) -> String {
    crate::analysis::network::open_to(inventory, resource)
        .map_or_else(|| "-".to_owned(), |open| clean(&open.words()))
}

/// The firewall in Azure's own words, and how much stands behind each list.
pub(super) fn network(inventory: &Inventory, resource: &Resource) -> String {
    let Some(firewall) = &resource.firewall else {
        return "-".to_owned();
    };
    let mut facts = vec![format!("public {}", word(&firewall.public_network_access))];
    match &firewall.default_action {
        Field::Absent => {}
        action => facts.push(format!("default {}", word(action))),
    }
    if let Some(words) = firewall.bypass_words().value() {
        facts.push(if words.is_empty() {
            "no bypass".to_owned()
        } else {
            format!("bypass {}", clean(&words.join("+")))
        });
    }
    lists(firewall, &mut facts);
    links(inventory, resource, &mut facts);
    facts.join(", ")
}

fn lists(firewall: &Firewall, facts: &mut Vec<String>) {
    let counts = [
        (firewall.ip_rules.items().len(), "address", "addresses"),
        (
            firewall.virtual_network_rules.items().len(),
            "subnet",
            "subnets",
        ),
        (
            firewall.resource_access_rules.items().len(),
            "instance rule",
            "instance rules",
        ),
    ];
    for (count, one, many) in counts {
        if count > 0 {
            facts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    let all = firewall.private_endpoints.items().len();
    let approved = firewall.approved_private_endpoints().count();
    if all > 0 {
        let word = if all == 1 { "endpoint" } else { "endpoints" };
        facts.push(if all == approved {
            format!("{all} private {word}")
        } else {
            format!("{all} private {word}, {approved} approved")
        });
    }
}

fn links(inventory: &Inventory, resource: &Resource, facts: &mut Vec<String>) {
    for (facet, one, many) in [
        (
            Facet::SharedPrivateLinks,
            "shared private link",
            "shared private links",
        ),
        (Facet::Perimeters, "perimeter", "perimeters"),
    ] {
        let Some(slice) = inventory.facet(&resource.id, facet) else {
            continue;
        };
        let count = slice.value.as_deref().map_or(0, Payload::len);
        match slice.state() {
            State::Known if count == 0 => {}
            State::Known => facts.push(format!("{count} {}", if count == 1 { one } else { many })),
            State::Unsupported => {}
            state => facts.push(format!("{many} {}", state.word())),
        }
    }
}
