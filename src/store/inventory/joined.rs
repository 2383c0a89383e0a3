//! What follows from several readings together: who is in which perimeter, by the perimeter's own
//! word, and which principals read resources present.

use time::OffsetDateTime;

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::key::Key;
use crate::model::lookup::{Map, Set};
use crate::model::network::{PerimeterConfiguration, PerimeterRule};
use crate::model::perimeter::PerimeterAssociation;
use crate::model::resource::Details;

use super::{Inventory, Payload, Snapshot, State};

/// The perimeters of a resource as their associations have it. Key Vault and Cosmos DB show their own
/// view in previews only (network.md).
#[derive(Clone, Debug)]
pub struct Associated {
    /// The perimeters, with the rules of the resource's profile.
    pub configurations: Vec<PerimeterConfiguration>,
    /// When the associations were read.
    pub observed_at: OffsetDateTime,
}

/// Resources that associations name.
pub(super) fn associated(snapshot: &Snapshot) -> Map<ArmId, Associated> {
    let mut found: Map<ArmId, Associated> = Map::default();
    for (key, slice) in snapshot.slices() {
        let (Key::Facet(perimeter, Facet::PerimeterAssociations), Some(value)) =
            (key, &slice.value)
        else {
            continue;
        };
        let Payload::PerimeterAssociations(items) = &**value else {
            continue;
        };
        for item in items {
            let Some(resource) = &item.resource else {
                continue;
            };
            found
                .entry(resource.clone())
                .or_insert_with(|| Associated {
                    configurations: Vec::new(),
                    observed_at: item.source.observed_at,
                })
                .configurations
                .push(configuration(snapshot, perimeter, item));
        }
    }
    found
}

fn configuration(
    snapshot: &Snapshot,
    perimeter: &ArmId,
    item: &PerimeterAssociation,
) -> PerimeterConfiguration {
    let slice = item
        .profile
        .as_ref()
        .and_then(|profile| snapshot.slice(&Key::Facet(profile.clone(), Facet::PerimeterRules)));
    let mut rules: Vec<PerimeterRule> = match slice.and_then(|slice| slice.value.as_deref()) {
        Some(Payload::PerimeterRules(items)) => items.iter().map(|one| one.rule.clone()).collect(),
        _ => Vec::new(),
    };
    if slice.is_none_or(|slice| slice.state() != State::Known) {
        // There may be more: a rule of which nothing is known.
        rules.push(PerimeterRule {
            name: String::new(),
            direction: Field::Malformed,
            address_prefixes: Vec::new(),
            subscriptions: Vec::new(),
            fqdns: Vec::new(),
        });
    }
    PerimeterConfiguration {
        perimeter: Some(perimeter.clone()),
        profile: item
            .profile
            .as_ref()
            .map_or(Field::Absent, |id| Field::Value(id.name().to_owned())),
        access_mode: item.access_mode.clone(),
        rules,
        raw: std::sync::Arc::default(),
    }
}

/// The principals that resources in view, and who is signed in, present. They exist, whatever the
/// directory shows.
pub(super) fn presented(inventory: &Inventory) -> Set<PrincipalId> {
    let mut found = Set::default();
    for resource in inventory.resources() {
        if let Some(identity) = resource.identity.value() {
            found.extend(identity.principal_id.value().cloned());
            let assigned = identity.user_assigned.iter();
            found.extend(assigned.filter_map(|one| one.principal_id.value().cloned()));
        }
        if let Details::UserIdentity(own) = &resource.details {
            found.extend(own.principal_id.value().cloned());
        }
    }
    for (_, slice) in inventory.snapshot().slices() {
        if let Some(Payload::Projects(projects)) = slice.value.as_deref() {
            found.extend(
                projects
                    .iter()
                    .filter_map(|one| one.principal_id.value().cloned()),
            );
        }
    }
    let callers = inventory.snapshot().callers();
    found.extend(callers.iter().filter_map(|one| one.object_id.clone()));
    found
}
