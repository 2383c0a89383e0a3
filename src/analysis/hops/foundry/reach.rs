//! Network and outbound gates of those who have the network of somebody else: a hub's project has
//! the managed network of the hub, an account's project the rules of the account.

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates::{self, network, outbound};
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::network::{Credential, Question};
use crate::analysis::verdict::{Gate, Verdict};
use crate::analysis::way::{Rule, Way};
use crate::model::id::{ArmId, Folded};
use crate::model::network::OutboundRule;
use crate::model::resource::{Details, Family, Resource};

/// The hub whose network a workspace has: its own, or that of the hub which it is a project of.
fn hub_of<'g>(ground: &'g Ground<'_>, caller: &'g Resource) -> Option<&'g Resource> {
    match &caller.details {
        Details::Workspace(workspace) => match &workspace.hub {
            Some(hub) => ground.resource(hub),
            None => Some(caller),
        },
        _ => None,
    }
}

/// Whether the target's firewall lets the caller in.
pub(super) fn network(
    ground: &Ground<'_>,
    caller: &Resource,
    credential: Credential,
    target: &Resource,
) -> Option<GateVerdict> {
    let part = (target.family == Family::Storage).then_some("blob");
    let own = network::network(ground, &network::service(caller, credential, part), target)?;
    let is_project = matches!(&caller.details, Details::Workspace(one) if one.hub.is_some());
    if !is_project || own.judged.verdict == Verdict::Open {
        return Some(own);
    }
    let Some(hub) = hub_of(ground, caller) else {
        let mut gate = own;
        gate.judged.verdict = Verdict::Unknown;
        gate.judged.reason = format!(
            "a project has the network of its hub, which was not read: {}",
            gate.judged.reason
        );
        return Some(gate);
    };
    let by_hub = network::judged(ground, &network::service(hub, credential, part), target)?;
    match by_hub.admission.by {
        Some(Question::PrivateEndpoint) => Some(by_hub.gate),
        Some(Question::InstanceRule) => {
            let mut gate = own;
            gate.judged.verdict = Verdict::Unknown;
            gate.judged.reason = format!(
                "the instance rule names hub {}, and whether that covers its project is documented nowhere",
                hub.name
            );
            gate.judged = gate
                .judged
                .proved_by(by_hub.gate.judged.evidence.iter().cloned());
            let ways = by_hub.gate.ways.into_iter().map(Way::perhaps);
            Some(gate.passing_by(ways))
        }
        // What the hub's managed network may hold is a doubt for its project too.
        _ if by_hub.gate.judged.verdict == Verdict::Unknown => Some(by_hub.gate),
        _ => Some(own),
    }
}

/// Whether the caller may call out to a target at an address.
pub(super) fn outbound(
    ground: &Ground<'_>,
    caller: &Resource,
    address: &str,
    target: Option<&ArmId>,
) -> Option<GateVerdict> {
    let gate = outbound::outbound(
        ground,
        caller,
        address,
        target.and_then(|id| ground.resource(id)),
    )?;
    let (Some(hub), Verdict::Shut) = (hub_of(ground, caller), gate.judged.verdict) else {
        return Some(gate);
    };
    let listed = facets::outbound_rules(ground.inventory, &hub.id);
    let proof = |why: String| {
        Evidence::listed(
            hub.id.clone(),
            "outboundRules",
            serde_json::json!({ "read": listed.items.len(), "why": why }),
            listed.observed_at.unwrap_or(hub.source.observed_at),
        )
    };
    let leads_there = |rule: &&OutboundRule| {
        rule.rule_type.is("PrivateEndpoint")
            && target.is_some_and(|id| {
                rule.destination
                    .text()
                    .is_some_and(|to| ArmId::new(to) == *id)
            })
    };
    if let Some(rule) = listed.items.iter().find(leads_there) {
        let is_active = rule.status.is("Active");
        let (verdict, reason) = if is_active {
            (
                Verdict::Open,
                format!(
                    "rule {} of the managed network leads there privately",
                    rule.name
                ),
            )
        } else {
            (
                Verdict::Unknown,
                format!(
                    "rule {} of the managed network leads there, and is {}",
                    rule.name,
                    rule.status
                        .text()
                        .unwrap_or("in a state that cannot be read")
                ),
            )
        };
        let way = Way::new(&hub.id, Rule::ManagedNetwork(Folded::new(&rule.name)));
        let own = gates::judged(Gate::Outbound, verdict, reason.clone(), [proof(reason)])
            .passing_by([if is_active { way } else { way.perhaps() }]);
        return Some(if is_active {
            own
        } else {
            own.mended_by(gate.remedies)
        });
    }
    let tag = listed
        .items
        .iter()
        .find(|rule| rule.rule_type.is("ServiceTag"));
    if let Some(rule) = tag {
        let way = Way::new(&hub.id, Rule::ManagedNetwork(Folded::new(&rule.name))).perhaps();
        let mut own = gate.passing_by([way]);
        own.judged.verdict = Verdict::Unknown;
        own.judged.reason = format!(
            "{}, but rule {} opens service tag {}, whose addresses are not known here",
            own.judged.reason,
            rule.name,
            rule.destination.text().unwrap_or("of another name")
        );
        return Some(own);
    }
    Some(gate)
}
