//! A resource in an enforced perimeter sends its logs to a workspace of the same perimeter only
//! (domain-rules H13, B.6).

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::portal::portal;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};
use crate::store::Payload;

/// The network gate; none for a resource that is in no enforced perimeter.
pub(super) fn network(
    ground: &Ground<'_>,
    resource: &Resource,
    workspace: &ArmId,
) -> Option<GateVerdict> {
    if !matches!(
        resource.family,
        Family::Search | Family::Storage | Family::Cognitive
    ) {
        return None;
    }
    let listed = facets::perimeters(ground.inventory, &resource.id);
    let at = listed.observed_at.unwrap_or(resource.source.observed_at);
    let proof = |why: &str| {
        Evidence::listed(
            resource.id.clone(),
            Facet::Perimeters.name(),
            serde_json::json!({ "read": listed.items.len(), "why": why }),
            at,
        )
    };
    let enforced = listed
        .items
        .iter()
        .find(|one| one.access_mode.is("Enforced") || one.access_mode.is_unclear());
    let Some(enforced) = enforced else {
        let why = listed.missing.as_deref()?;
        return Some(gates::judged(
            Gate::Network,
            Verdict::Unknown,
            format!("a workspace has to be in the same perimeter as what sends to it, and {why}"),
            [proof(why)],
        ));
    };
    let Some(perimeter) = &enforced.perimeter else {
        return Some(gates::judged(
            Gate::Network,
            Verdict::Unknown,
            "it is in a perimeter whose name cannot be read, and its workspace has to be in the same",
            [proof("a perimeter without an id")],
        ));
    };
    let slice = ground
        .inventory
        .facet(perimeter, Facet::PerimeterAssociations);
    let associations = match slice.and_then(|slice| slice.value.as_deref()) {
        Some(Payload::PerimeterAssociations(items)) => items.as_slice(),
        _ => &[],
    };
    let member = associations
        .iter()
        .find(|one| one.resource.as_ref() == Some(workspace));
    let missing = slice.map_or_else(
        || Some("were not read".to_owned()),
        facets::why_missing,
    );
    let (verdict, reason) = match (member, missing, enforced.access_mode.is("Enforced")) {
        (Some(_), ..) => (
            Verdict::Open,
            format!(
                "{} and {} are in the same perimeter",
                resource.name,
                workspace.name()
            ),
        ),
        (None, None, true) => (
            Verdict::Shut,
            format!(
                "{} is in perimeter {}, which is enforced, and {} is not: logs leave to a workspace of the same perimeter only",
                resource.name,
                perimeter.name(),
                workspace.name()
            ),
        ),
        (None, None, false) => (
            Verdict::Unknown,
            format!(
                "{} is in perimeter {} and {} is not, and whether the perimeter is enforced cannot be told",
                resource.name,
                perimeter.name(),
                workspace.name()
            ),
        ),
        (None, Some(why), _) => (
            Verdict::Unknown,
            format!(
                "{} is in perimeter {}, whose associations {why}: whether {} is in it too cannot be told",
                resource.name,
                perimeter.name(),
                workspace.name()
            ),
        ),
    };
    let evidence = Evidence::listed(
        perimeter.clone(),
        Facet::PerimeterAssociations.name(),
        serde_json::json!({ "read": associations.len(), "why": reason }),
        slice.and_then(|slice| slice.observed_at).unwrap_or(at),
    );
    let gate = gates::judged(Gate::Network, verdict, reason, [evidence]);
    Some(if verdict == Verdict::Open {
        gate
    } else {
        gate.mended_by([portal(
            perimeter.name(),
            [
                "Associated resources",
                "Add",
                &format!("{} with the same profile", workspace.name()),
            ],
        )])
    })
}
