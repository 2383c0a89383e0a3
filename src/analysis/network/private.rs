//! The private ways in: private endpoints of the target, shared private links of a search service,
//! the managed network of a hub. They are asked first, as no other rule counts for them.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::facets;
use crate::analysis::way::{Rule, Way};
use crate::model::id::{ArmId, Folded};
use crate::model::network::{PrivateEndpointConnection, SharedPrivateLink};
use crate::model::resource::{Details, Family, Resource};
use crate::store::Inventory;

use super::address::is_private;
use super::asked::{Answer, Asked, Question};
use super::caller::{Caller, Instance, ServiceKind};
use super::rules::Rules;
use super::ways;

/// The private endpoint question to a caller.
pub(super) fn ask_endpoint(
    inventory: &Inventory,
    target: &Resource,
    rules: &Rules,
    caller: &Caller,
) -> Asked {
    let fact = &rules.private;
    let asked = |answer, words: String| {
        Asked::new(Question::PrivateEndpoint, answer, words).proved_by([fact.evidence.clone()])
    };
    let connections = fact.value.as_deref().unwrap_or(&[]);
    let approved: Vec<&PrivateEndpointConnection> = connections
        .iter()
        .filter(|one| one.status.is("Approved"))
        .collect();
    let doubtful =
        fact.value.is_none() || connections.iter().any(|one| one.status.text().is_none());
    let may_be_inside = match caller {
        Caller::PrivateEndpoint { network } => {
            return from_network(inventory, network, &approved, doubtful, &fact.words, asked)
                .by_ways(ways::endpoints(target, &approved));
        }
        Caller::Instance(instance) if instance.kind == ServiceKind::MachineLearning => {
            return from_hub(
                inventory,
                target,
                instance,
                !approved.is_empty() || doubtful,
                asked,
            )
            .by_ways(ways::endpoints(target, &approved));
        }
        Caller::Person { address: None } => true,
        Caller::Person {
            address: Some(address),
        } => is_private(*address),
        Caller::Instance(_)
        | Caller::TrustedService(_)
        | Caller::AzurePortal
        | Caller::Internet => false,
    };
    if may_be_inside && (doubtful || !approved.is_empty()) {
        let words = if doubtful {
            fact.words.clone()
        } else {
            format!(
                "{} approved; the caller may be in its network",
                approved.len()
            )
        };
        return asked(Answer::MayAdmit, words).by_ways(ways::endpoints(target, &approved));
    }
    let words = match (approved.len(), connections.len()) {
        _ if doubtful => format!("{}, and this caller uses none", fact.words),
        (0, 0) => "none".to_owned(),
        (0, _) => "none approved".to_owned(),
        (count, _) => format!("{count} approved, not for this caller"),
    };
    asked(Answer::Next, words)
}

fn from_network(
    inventory: &Inventory,
    network: &ArmId,
    approved: &[&PrivateEndpointConnection],
    doubtful: bool,
    words: &str,
    asked: impl Fn(Answer, String) -> Asked,
) -> Asked {
    let mut unread = 0;
    for connection in approved {
        let endpoint = connection
            .private_endpoint
            .as_ref()
            .and_then(|id| inventory.resource(id));
        let Some(endpoint) = endpoint else {
            unread += 1;
            continue;
        };
        let Details::PrivateEndpoint(details) = &endpoint.details else {
            continue;
        };
        match &details.subnet {
            Some(subnet) if subnet.is_within(network) => {
                return asked(
                    Answer::Admits,
                    format!(
                        "{} is approved and stands in {}",
                        endpoint.name,
                        network.name()
                    ),
                )
                .proved_by([Evidence::of(endpoint, "properties.subnet.id")]);
            }
            Some(_) => {}
            None => unread += 1,
        }
    }
    if doubtful {
        return asked(Answer::MayAdmit, words.to_owned());
    }
    if unread > 0 {
        return asked(
            Answer::MayAdmit,
            format!("{unread} approved; in which network it stands was not read"),
        );
    }
    asked(Answer::Next, "none approved in this network".to_owned())
}

/// A hub reaches its targets by private endpoints that its managed network makes.
fn from_hub(
    inventory: &Inventory,
    target: &Resource,
    caller: &Instance,
    may_have_endpoint: bool,
    asked: impl Fn(Answer, String) -> Asked,
) -> Asked {
    let Some(hub) = inventory.resource(&caller.id) else {
        return asked(Answer::Next, "none of this caller is known".to_owned());
    };
    let Details::Workspace(workspace) = &hub.details else {
        return asked(Answer::Next, "not for this caller".to_owned());
    };
    let mode = Evidence::of(hub, "properties.managedNetwork.isolationMode");
    let isolated = match workspace.isolation_mode.or_default("Disabled".to_owned()) {
        Some(mode) => !mode.eq_ignore_ascii_case("Disabled"),
        None => true,
    };
    if isolated {
        let rules = facets::outbound_rules(inventory, &hub.id);
        let own = rules.items.iter().find(|rule| {
            rule.rule_type.is("PrivateEndpoint")
                && rule
                    .destination
                    .text()
                    .is_some_and(|to| ArmId::new(to) == target.id)
        });
        if let Some(rule) = own {
            let way = Way::new(&hub.id, Rule::ManagedNetwork(Folded::new(&rule.name)));
            let asked = |answer, words| asked(answer, words).by_ways([way.clone()]);
            return match rule.status.text() {
                Some(status) if status.eq_ignore_ascii_case("Active") => asked(
                    Answer::Admits,
                    format!("the hub's managed network reaches it by rule {}", rule.name),
                )
                .proved_by([mode]),
                _ => asked(
                    Answer::MayAdmit,
                    format!(
                        "rule {} of the hub's managed network is not active yet",
                        rule.name
                    ),
                )
                .proved_by([mode]),
            };
        }
        if let Some(why) = rules.missing {
            return asked(Answer::MayAdmit, why).proved_by([mode]);
        }
    }
    if target.family == Family::Cosmos && may_have_endpoint {
        return asked(
            Answer::MayAdmit,
            "it has private endpoints, and Microsoft makes one for a hub that has its own"
                .to_owned(),
        );
    }
    asked(Answer::Next, "none for this caller".to_owned())
}

/// The shared private link question to a search service: once a link to a resource exists, the
/// service always uses it and does not fall back to the public way (domain-rules A.2, H06).
pub(super) fn ask_link(inventory: &Inventory, target: &Resource, caller: &Instance) -> Asked {
    let (links, missing, observed_at) = links(inventory, &caller.id);
    let own: Vec<&SharedPrivateLink> = links
        .into_iter()
        .filter(|link| link.target.as_ref() == Some(&target.id))
        .filter(|link| match (&caller.sub_resource, link.group_id.text()) {
            (Some(wanted), Some(group)) => same_part(wanted, group),
            _ => true,
        })
        .collect();
    let evidence = observed_at.map(|at| {
        let each = own.iter().map(move |link| {
            let id = link.id.clone();
            Evidence::from(Property {
                resource: id.unwrap_or_else(|| {
                    let path = format!("sharedPrivateLinkResources/{}", link.name);
                    caller.id.child(&path)
                }),
                path: "properties.status".into(),
                value: link.status.text().map(Value::from),
                observed_at: at,
                request_id: None,
            })
        });
        let list = Evidence::listed(
            caller.id.clone(),
            "sharedPrivateLinkResources",
            own.iter()
                .map(|link| {
                    json!({
                        "name": link.name,
                        "groupId": link.group_id.text(),
                        "status": link.status.text(),
                    })
                })
                .collect::<Value>(),
            at,
        );
        std::iter::once(list).chain(each).collect::<Vec<_>>()
    });
    let asked = |answer, words: String| {
        Asked::new(Question::SharedPrivateLink, answer, words)
            .proved_by(evidence.clone().unwrap_or_default())
    };
    let by_status = |status: &str| own.iter().find(|link| link.status.is(status));
    if let Some(link) = by_status("Approved") {
        let approved = own.iter().filter(|one| one.status.is("Approved"));
        let ways = approved
            .map(|one| Way::new(&caller.id, Rule::SharedPrivateLink(Folded::new(&one.name))));
        return asked(Answer::Admits, format!("{} is approved", link.name)).by_ways(ways);
    }
    for status in ["Pending", "Rejected", "Disconnected"] {
        if let Some(link) = by_status(status) {
            return asked(
                Answer::Shuts,
                format!(
                    "{} is {status}, and the service uses no other way once it exists",
                    link.name
                ),
            );
        }
    }
    if let Some(link) = own.first() {
        let way = Way::new(&caller.id, Rule::SharedPrivateLink(Folded::new(&link.name)));
        return asked(
            Answer::MayDecide,
            format!("the status of {} cannot be told", link.name),
        )
        .by_ways([way]);
    }
    match missing {
        Some(why) => asked(
            Answer::MayDecide,
            format!("{why}; a link to {} would be its only way", target.name),
        ),
        None => asked(Answer::Next, "none leads there".to_owned()),
    }
}

/// The links of a search service: from its own list and from its GET body, which repeats them. Then
/// why there may be more, and when they were read.
fn links<'a>(
    inventory: &'a Inventory,
    id: &ArmId,
) -> (
    Vec<&'a SharedPrivateLink>,
    Option<String>,
    Option<OffsetDateTime>,
) {
    let listed = facets::shared_private_links(inventory, id);
    let mut links: Vec<&SharedPrivateLink> = listed.items.iter().collect();
    let (mut missing, mut observed_at) = (listed.missing, listed.observed_at);
    let in_body = inventory.resource(id).and_then(|resource| {
        let Details::Search(search) = &resource.details else {
            return None;
        };
        let is_clear = !resource.is_unclear_at("properties.sharedPrivateLinkResources");
        let inline = search.shared_private_links.value().filter(|_| is_clear)?;
        Some((inline, resource.source.observed_at))
    });
    if let Some((inline, at)) = in_body {
        links.extend(inline.iter().filter(|link| {
            let is_same = |one: &SharedPrivateLink| one.name.eq_ignore_ascii_case(&link.name);
            !listed.items.iter().any(is_same)
        }));
        missing = None;
        observed_at = observed_at.or(Some(at));
    }
    (links, missing, observed_at)
}

/// Whether two names stand for the same part of a target.
fn same_part(wanted: &str, group: &str) -> bool {
    const MODELS: [&str; 2] = ["openai_account", "cognitiveservices_account"];
    let one_of_models = |name: &str| MODELS.iter().any(|known| known.eq_ignore_ascii_case(name));
    wanted.eq_ignore_ascii_case(group) || (one_of_models(wanted) && one_of_models(group))
}
