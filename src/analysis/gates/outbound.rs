//! The outbound gate: may the caller call this host (domain-rules B.3)?

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::{Ground, host_of};
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::network::{self, Member};
use crate::analysis::outbound::{self, Control, Perimeter};
use crate::analysis::remedy::az::{self, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::resource::{Family, Resource};

/// Whether `caller` may call `address`, at which `target` answers as far as that was read; none for a
/// caller that has nothing to say about it.
pub fn outbound(
    ground: &Ground<'_>,
    caller: &Resource,
    address: &str,
    target: Option<&Resource>,
) -> Option<GateVerdict> {
    let control = outbound::outbound(ground.inventory, caller)?;
    if control.control == Control::CallsNobody {
        return None;
    }
    let host = host_of(address);
    let member = match target {
        Some(target) => network::perimeter_member(ground.inventory, caller, target),
        // Only resources of Azure are in perimeters; one of them may not have been read.
        None if ground.family_of_host(&host).is_some() => Member::Unclear,
        None => Member::Outside,
    };
    let mut judged = outbound::may_call_one(&control, &host, member);
    if let (Perimeter::Enforced(_), Some(target)) = (&control.perimeter, target) {
        judged = judged.proved_by(network::perimeters_shown(ground.inventory, target));
    }
    let remedies = if judged.verdict == Verdict::Open {
        Vec::new()
    } else {
        mend(caller, &host)
    };
    let ways = outbound::ways(
        ground.inventory,
        caller,
        &control,
        (&host, member),
        judged.verdict,
    );
    let mut gate = GateVerdict::new(Gate::Outbound, judged)
        .mended_by(remedies)
        .passing_by(ways);
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
