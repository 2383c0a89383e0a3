//! Indexers whose definitions nobody could read: drawn from data sources, roles, rules and links
//! that tie the service to an account, or because the two stand side by side.

use crate::analysis::access::{self, Action, Standing};
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates::{self, network};
use crate::analysis::ground::Ground;
use crate::analysis::hop::{Basis, Hop, HopKind};
use crate::analysis::hops::definition;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::PrincipalId;
use crate::model::resource::{Family, Resource};

/// Draws what may be, leaving out what is drawn already.
pub(super) fn draw(
    ground: &Ground<'_>,
    service: &Resource,
    why: &str,
    drawn: &[String],
    out: &mut Vec<Hop>,
) {
    let is_drawn = |account: &Resource| {
        drawn
            .iter()
            .any(|to| to.eq_ignore_ascii_case(account.id.as_str()))
    };
    let tied = tied(ground, service);
    for (account, proof) in &tied {
        if !is_drawn(account) {
            out.push(hop(ground, service, account, Basis::Inferred, why, proof));
        }
    }
    if tied.is_empty()
        && drawn.is_empty()
        && let Some(group) = service.id.group_id()
        && definition::only_in_group(ground, &group, |one| {
            one.family == Family::Search && !ground.is_managed(&one.id)
        })
        .is_some()
        && let Some(account) = definition::only_in_group(ground, &group, |one| {
            one.family == Family::Storage && !ground.is_managed(&one.id)
        })
    {
        let proof = Evidence::of(account, "id");
        out.push(hop(ground, service, account, Basis::Assumed, why, &proof));
    }
}

fn hop(
    ground: &Ground<'_>,
    service: &Resource,
    account: &Resource,
    basis: Basis,
    why: &str,
    proof: &Evidence,
) -> Hop {
    let mut gates = Vec::new();
    gates.extend(network::network(
        ground,
        &super::unclear_caller(service, "blob"),
        account,
    ));
    let unread = format!("no definition of an indexer was read: {why}");
    gates.push(gates::judged(
        Gate::Authentication,
        Verdict::Unknown,
        format!("what is presented is not known: {unread}"),
        [proof.clone()],
    ));
    gates.push(gates::judged(
        Gate::Configuration,
        Verdict::Unknown,
        unread.clone(),
        [proof.clone()],
    ));
    Hop {
        kind: HopKind::IndexerToStorage,
        from: service.id.as_str().to_owned(),
        to: account.id.as_str().to_owned(),
        via: None,
        basis,
        gates: definition::without_definition(gates, &unread),
    }
}

/// The one account that a service can mean: the one with that container, or the one it is tied to.
pub(super) fn only<'a>(
    ground: &Ground<'a>,
    service: &Resource,
    container: Option<&str>,
) -> Option<&'a Resource> {
    if let Some(name) = container {
        let mut holding = ground.family(Family::Storage).filter(|account| {
            !ground.is_managed(&account.id)
                && facets::containers(ground.inventory, &account.id)
                    .items
                    .iter()
                    .any(|one| one.name.eq_ignore_ascii_case(name))
        });
        if let (Some(one), None) = (holding.next(), holding.next()) {
            return Some(one);
        }
    }
    match tied(ground, service).as_slice() {
        [(one, _)] => Some(one),
        _ => None,
    }
}

/// Accounts that a data source, a role, an instance rule or a link ties to a service.
fn tied<'a>(ground: &Ground<'a>, service: &Resource) -> Vec<(&'a Resource, Evidence)> {
    let reading =
        Action::data("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read");
    let principals = principals(service);
    let sources = facets::data_sources(ground.inventory, &service.id);
    let links = facets::shared_private_links(ground.inventory, &service.id);
    ground
        .family(Family::Storage)
        .filter(|account| !ground.is_managed(&account.id))
        .filter_map(|account| {
            let by_source = sources.items.iter().find_map(|source| {
                let target = definition::storage_of(ground, source.connection.value()?)?;
                (target.read()?.id == account.id).then(|| {
                    definition::proof(
                        service,
                        "datasources",
                        &source.name,
                        &source.raw,
                        &source.source,
                        "credentials.connectionString",
                    )
                })
            });
            let by_rule = || {
                let rules = account.firewall.as_ref()?.resource_access_rules.items();
                let at = rules
                    .iter()
                    .position(|rule| rule.resource_id.eq_ignore_ascii_case(service.id.as_str()))?;
                Some(Evidence::of(
                    account,
                    format!("properties.networkAcls.resourceAccessRules[{at}].resourceId"),
                ))
            };
            let by_link = || {
                let link = links
                    .items
                    .iter()
                    .find(|link| link.target.as_ref() == Some(&account.id))?;
                Some(Evidence::listed(
                    service.id.clone(),
                    "sharedPrivateLinkResources",
                    serde_json::json!({ "name": link.name, "groupId": link.group_id.text() }),
                    links.observed_at.unwrap_or(service.source.observed_at),
                ))
            };
            let by_right = || {
                principals.iter().find_map(|principal| {
                    let held = access::held(
                        &ground.access,
                        &ground.memberships,
                        principal,
                        &reading,
                        &account.id,
                    );
                    (!held.via.is_empty()
                        && matches!(
                            held.standing,
                            Standing::Open
                                | Standing::Conditional
                                | Standing::Unknown
                                | Standing::Denied
                        ))
                    .then(|| held.judged.evidence.first().cloned())
                    .flatten()
                })
            };
            let proof = by_source
                .or_else(by_rule)
                .or_else(by_link)
                .or_else(by_right)?;
            Some((account, proof))
        })
        .collect()
}

/// The identities that a service has.
pub(in crate::analysis::hops) fn principals(service: &Resource) -> Vec<PrincipalId> {
    let Some(identity) = service.identity.value() else {
        return Vec::new();
    };
    identity
        .principal_id
        .value()
        .into_iter()
        .chain(
            identity
                .user_assigned
                .iter()
                .filter_map(|one| one.principal_id.value()),
        )
        .cloned()
        .collect()
}
