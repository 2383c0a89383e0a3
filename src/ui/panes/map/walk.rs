//! The walk from a hop to its gates, to the evidence, to the row of another pane that holds it.

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;
use crate::ui::effect::{Effect, Outcome};

use super::rows::Row;

/// How far a person has walked into a hop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Walk {
    /// In the list.
    #[default]
    List,
    /// On a gate.
    Gate(usize),
    /// On a piece of evidence of a gate.
    Evidence(usize, usize),
    /// On something in the chosen box.
    Item(usize),
}

/// To the row of another pane that holds the evidence of a gate.
pub(super) fn jump(row: &Row, at: usize, number: Option<usize>) -> Outcome {
    let Some(gate) = row.hop.gates.get(at) else {
        return Outcome::ignored();
    };
    let panes = match gate.gate {
        // The roles of such a call have their cell, all else its bridge and its pools.
        Gate::Authorization if row.hop.kind == HopKind::TenantToTenant => ['3', '8', '4', '2', '-'],
        _ if row.hop.kind == HopKind::TenantToTenant => ['8', '3', '4', '2', '-'],
        Gate::Network => ['2', '5', '4', '3', '-'],
        Gate::Outbound => ['5', '2', '4', '3', '-'],
        Gate::Authorization | Gate::Identity => ['3', '4', '2', '5', '-'],
        Gate::Authentication => ['2', '3', '4', '5', '-'],
        Gate::Configuration | Gate::Quota => ['6', '4', '2', '5', '3'],
    };
    let evidence = number.and_then(|number| gate.judged.evidence.get(number));
    // Access has a cell for the hop itself.
    let own = matches!(gate.gate, Gate::Authorization | Gate::Identity);
    let mut ids: Vec<String> = own
        .then(|| row.hop.id())
        .into_iter()
        .chain(evidence.map(|one| one.resource.as_str().to_owned()))
        .collect();
    // What lies below a resource is in the row of the resource.
    let mut above = evidence.and_then(|one| one.resource.parent());
    while let Some(id) = above {
        ids.push(id.as_str().to_owned());
        above = id.parent();
    }
    ids.extend([row.hop.to.clone(), row.hop.from.clone()]);
    Outcome::with(Effect::Jump {
        panes: panes.to_vec(),
        ids,
    })
}
