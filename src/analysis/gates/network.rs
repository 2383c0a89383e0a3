//! The network gate: does the target's firewall let this caller in (domain-rules B)?

mod mend;

use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::network::{self, Admission, Caller, Credential, Instance};
use crate::analysis::verdict::{Gate, Verdict};
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
    let admission = network::admit(ground.inventory, ground.judging, caller, target)?;
    let mut gate = GateVerdict::new(Gate::Network, admission.judged.clone());
    gate.changed_at = ground.changed_at(target);
    if gate.judged.verdict != Verdict::Open {
        gate.remedies = mend::mend(ground, caller, target, &admission);
    }
    Some(Judged { gate, admission })
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
