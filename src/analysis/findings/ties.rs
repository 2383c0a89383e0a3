//! Gates that are not open, tied together: one fault of one pair of ends is one finding, however
//! many indexers, skillsets and connections run into it.

use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Hop, HopKind};
use crate::analysis::policy;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::lookup::Ordered;
use crate::model::resource::{Family, Resource};
use crate::store::Inventory;

/// One fault: a gate that is not open between two ends, with every hop that runs into it.
#[derive(Debug)]
pub(super) struct Tie<'a> {
    /// The rule that speaks of it.
    pub(super) rule: &'static str,
    /// Who calls; the first of them where several share one fault.
    pub(super) from: &'a str,
    /// Whom.
    pub(super) to: &'a str,
    /// Which gate; what cannot be told is one tie for all gates of two ends.
    pub(super) gate: Option<Gate>,
    /// The hops, each with that gate.
    pub(super) hops: Vec<(&'a Hop, &'a GateVerdict)>,
}

/// The rule of keys that their users cannot read.
pub(super) const KEY: &str = "key/cannot-be-read";

/// The rule of gates that a policy will turn.
pub(super) const POLICY: &str = "policy/will-change";

/// The rule of gates that cannot be judged.
const CANNOT_TELL: &str = "hop/cannot-tell";

/// Ties the faults of all hops together.
pub(super) fn ties<'a>(ground: &Ground<'a>, hops: &'a [Hop]) -> Vec<Tie<'a>> {
    type Knot<'k> = (&'static str, Option<Gate>, &'k str, &'k str);
    let mut knots: Ordered<Knot<'a>, Vec<(&'a Hop, &'a GateVerdict)>> = Ordered::default();
    for hop in hops {
        for gate in &hop.gates {
            if let Some(rule) = rule_of(ground, hop, gate) {
                let own = (rule != CANNOT_TELL).then_some(gate.gate);
                // The state of a key is the same for everyone who needs it.
                let is_of_target = rule == KEY && gate.gate == Gate::Configuration;
                let from = if is_of_target { "" } else { hop.from.as_str() };
                knots
                    .entry((rule, own, from, &hop.to))
                    .or_default()
                    .push((hop, gate));
            }
        }
    }
    knots
        .into_iter()
        .map(|((rule, gate, from, to), hops)| Tie {
            rule,
            from: hops.first().map_or(from, |(hop, _)| hop.from.as_str()),
            to,
            gate,
            hops,
        })
        .collect()
}

/// The rule that speaks of a gate, none when the gate is open.
fn rule_of(ground: &Ground<'_>, hop: &Hop, gate: &GateVerdict) -> Option<&'static str> {
    match gate.judged.verdict {
        Verdict::Open => return None,
        Verdict::AtRisk if policy::is_by_policy(gate) => return Some(POLICY),
        Verdict::AtRisk => return Some("hop/at-risk"),
        Verdict::Unknown => return Some(CANNOT_TELL),
        Verdict::Shut => {}
    }
    match hop.kind {
        HopKind::ResourceToLogs => return Some("logs/not-sent"),
        HopKind::IdentityToKey => return Some(KEY),
        HopKind::FoundryToManagedCosmos
        | HopKind::FoundryToManagedSearch
        | HopKind::FoundryToManagedStorage => return Some("managed/was-changed"),
        HopKind::TenantToTenant => return Some("tenant/call-refused"),
        HopKind::Inspector => return Some("hop/cannot-look"),
        _ => {}
    }
    Some(match gate.gate {
        Gate::Network => {
            let storage =
                resource_at(ground.inventory, &hop.to).filter(|one| one.family == Family::Storage);
            match storage {
                Some(storage) if lacks_service_path(ground, storage, hop) => {
                    "storage/trusted-bypass-missing"
                }
                _ => "network/keeps-caller-out",
            }
        }
        Gate::Outbound => "outbound/host-not-allowed",
        Gate::Authentication => "authentication/credential-refused",
        Gate::Identity => "identity/missing",
        Gate::Authorization => "authorization/role-missing",
        Gate::Configuration => "configuration/does-not-fit",
        Gate::Quota => "quota/limit-reached",
    })
}

/// Whether a service is kept out of storage because neither trusted services nor instances get in:
/// the case that a bypass, or one instance rule, mends.
fn lacks_service_path(ground: &Ground<'_>, storage: &Resource, hop: &Hop) -> bool {
    let is_service = resource_at(ground.inventory, &hop.from).is_some_and(|one| {
        matches!(
            one.family,
            Family::Search | Family::Cognitive | Family::Workspace
        )
    });
    let Some(wall) = ground.wall(storage) else {
        return false;
    };
    let rules = wall.rules();
    let no_bypass = rules
        .bypass
        .value
        .is_some_and(|bypass| !bypass.azure_services);
    let no_instance = rules.instances.value.as_ref().is_some_and(|instances| {
        !instances
            .iter()
            .any(|rule| rule.resource_id.eq_ignore_ascii_case(&hop.from))
    });
    is_service && no_bypass && no_instance
}

/// The resource at an end.
pub(super) fn resource_at<'a>(inventory: &'a Inventory, end: &str) -> Option<&'a Resource> {
    end.starts_with('/')
        .then(|| inventory.resource(&ArmId::new(end)).map(AsRef::as_ref))?
}
