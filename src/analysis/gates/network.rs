//! The network gate: does the target's firewall let this caller in (domain-rules B)?

mod mend;

use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::network::{Admission, Caller, Credential, Instance};
use crate::analysis::verdict::{Gate, Reasoned, Verdict};
use crate::model::resource::Resource;

/// A gate with all the questions behind it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The gate.
    pub gate: GateVerdict,
    /// The questions, and which let the caller in.
    pub admission: Admission,
}

/// What the firewall of `target` does with a caller; none for a target without a firewall.
pub fn network(ground: &Ground<'_>, caller: &Caller, target: &Resource) -> Option<GateVerdict> {
    judged(ground, caller, target).map(|one| one.gate)
}

/// The same, with the question that decided.
pub fn judged(ground: &Ground<'_>, caller: &Caller, target: &Resource) -> Option<Judged> {
    let wall = ground.wall(target)?;
    let admission = wall.admit(ground.inventory, ground.judging, caller, target);
    let mut gate = GateVerdict::new(Gate::Network, admission.judged.clone());
    gate.judged.reason = sentence(caller, target, &gate.judged);
    gate.changed_at = ground.changed_at(target);
    gate.ways.clone_from(&admission.ways);
    if gate.judged.verdict != Verdict::Open {
        gate.remedies = mend::mend(ground, caller, target, &admission);
    }
    Some(Judged { gate, admission })
}

/// Who is let in, or not, and by which rule.
fn sentence(caller: &Caller, target: &Resource, judged: &Reasoned) -> String {
    let who = match caller {
        Caller::Instance(instance) => instance.id.name().to_owned(),
        Caller::TrustedService(kind) => kind.words().to_owned(),
        Caller::Person {
            address: Some(address),
        } => address.to_string(),
        Caller::Person { address: None } => "the person's address".to_owned(),
        Caller::AzurePortal => "the portal".to_owned(),
        Caller::Internet => "the internet".to_owned(),
        Caller::PrivateEndpoint { network } => network.name().to_owned(),
    };
    let (name, reason) = (&target.name, &judged.reason);
    match judged.verdict {
        Verdict::Open | Verdict::AtRisk => format!("{name} lets {who} in by its {reason}"),
        Verdict::Shut => format!("{name} has no rule that lets {who} in: {reason}"),
        Verdict::Unknown => format!("whether {name} lets {who} in cannot be told: {reason}"),
    }
}

/// The signed-in person, or one whose address `--client-ip` tells.
pub fn person(ground: &Ground<'_>) -> Caller {
    Caller::Person {
        address: ground.judging.client_ip,
    }
}

/// A resource that calls a part of its target (`blob`, `openai_account`).
pub fn service(caller: &Resource, credential: Credential, part: Option<&str>) -> Caller {
    let instance = Instance::of(caller, credential);
    Caller::Instance(match part {
        Some(part) => instance.to_part(part),
        None => instance,
    })
}
