//! The outbound gate: may the caller call this host (domain-rules B.3)?

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::{Ground, host_of};
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::outbound::{self, Control};
use crate::analysis::remedy::az::{self, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::resource::{Family, Resource};

/// Whether `caller` may call `address`; none for a caller that has nothing to say about it.
pub fn outbound(ground: &Ground<'_>, caller: &Resource, address: &str) -> Option<GateVerdict> {
    let control = outbound::outbound(ground.inventory, caller)?;
    if control.control == Control::CallsNobody {
        return None;
    }
    let host = host_of(address);
    let judged = outbound::may_call(&control, &host);
    let remedies = if judged.verdict == Verdict::Open {
        Vec::new()
    } else {
        mend(caller, &host)
    };
    let mut gate = GateVerdict::new(Gate::Outbound, judged).mended_by(remedies);
    if caller.family == Family::Cognitive {
        gate.judged = gate
            .judged
            .proved_by([Evidence::of(caller, "properties.allowedFqdnList")]);
    }
    gate.changed_at = ground.changed_at(caller);
    Some(gate)
}

fn mend(caller: &Resource, host: &str) -> Vec<Remedy> {
    match caller.family {
        Family::Cognitive => vec![
            az(Line::of("az resource update")
                .with("--ids", caller.id.as_str())
                .with("--api-version", "2024-10-01")
                .with("--add", "properties.allowedFqdnList")
                .value(host)),
            terraform::azurerm(
                "azurerm_cognitive_account",
                &caller.name,
                &[&format!(
                    "fqdns = [{}] # beside those that are listed already",
                    terraform::text(host)
                )],
            ),
            portal(
                &caller.name,
                ["Networking", "Outbound", &format!("add {host}")],
            ),
        ],
        Family::Workspace => vec![
            az(az::on_named(
                "ml workspace outbound-rule set",
                "--workspace-name",
                &caller.id,
            )
            .with("--rule", &format!("allow-{}", host.replace('.', "-")))
            .plain("--type fqdn")
            .with("--destination", host)),
            portal(
                &caller.name,
                [
                    "Networking",
                    "Workspace managed outbound access",
                    &format!("add {host}"),
                ],
            ),
        ],
        _ => vec![portal(
            "the network security perimeter",
            [
                "Profiles",
                "Outbound access rules",
                &format!("add {host}, or associate the target with the same perimeter"),
            ],
        )],
    }
}
