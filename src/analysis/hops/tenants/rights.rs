//! The authorization gate: the right to draw is held in the pool's tenant by the object id that counts
//! there, and the right to write the network in its own (domain-rules A, H19; F.2).

use crate::analysis::access::action::{Match, any_permits};
use crate::analysis::access::{Action, Need, Role};
use crate::analysis::evidence::Evidence;
use crate::analysis::gates::authorization::{Claim, authorization as held};
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::Verdict;
use crate::model::access::RoleAssignment;

use super::Call;
use super::asker::{DRAW, is_nobody};

const IPAM_POOL_USER: Role = Role {
    id: "7b3e853f-ad5d-4fb5-a7b8-56a3581c7037",
    name: "IPAM Pool User",
};
const NETWORK_CONTRIBUTOR: Role = Role {
    id: "4d97b98b-1d4f-4787-a291-c67834d212e7",
    name: "Network Contributor",
};
const WRITE: &str = "Microsoft.Network/virtualNetworks/write";

pub(super) fn authorization(call: &Call<'_>) -> Vec<GateVerdict> {
    let mut checks = Vec::new();
    // Nobody holds nothing: identity says so.
    if !is_nobody(call) {
        checks.push(on_pool(call));
    }
    if let Some(network) = &call.network_id {
        let needs = [Need {
            action: Action::control(WRITE),
            scope: network.clone(),
            role: NETWORK_CONTRIBUTOR,
        }];
        checks.push(held(
            call.ground,
            &Claim {
                principal: call.asker.here.as_ref(),
                kind: call.asker.kind,
                needs: &needs,
                keys: None,
            },
        ));
    }
    checks
}

fn on_pool(call: &Call<'_>) -> GateVerdict {
    let needs = [Need {
        action: Action::control(DRAW),
        scope: call.pool_id.clone(),
        role: IPAM_POOL_USER,
    }];
    let mut gate = held(
        call.ground,
        &Claim {
            principal: call.asker.there.as_ref(),
            kind: call.asker.kind,
            needs: &needs,
            keys: None,
        },
    );
    if gate.judged.verdict == Verdict::Open {
        return gate;
    }
    if let (Some(wrong), Some(here), Some(there)) =
        (misplaced(call), &call.asker.here, &call.asker.there)
    {
        let tenant = call
            .pool_tenant()
            .map_or("the pool's tenant", |one| one.as_str());
        gate.judged.reason = format!(
            "the role on the pool is on the wrong object id: {here} is the application at home, and in tenant {tenant} it is {there}; {}",
            gate.judged.reason
        );
        gate.judged = gate.judged.proved_by([Evidence::in_body(
            wrong.id.clone(),
            &wrong.raw,
            &wrong.source,
            "properties.principalId",
        )]);
        gate = gate.mended_by([az(
            Line::of("az role assignment delete").with("--ids", wrong.id.as_str())
        )]);
    }
    gate
}

/// An assignment that would give the right, had it not gone to the object id of the other tenant.
fn misplaced<'g>(call: &Call<'g>) -> Option<&'g RoleAssignment> {
    let here = call.asker.here.as_ref()?;
    if call.asker.there.as_ref() == Some(here) {
        return None;
    }
    let draw = Action::control(DRAW);
    let access = &call.ground.access;
    access
        .assignments()
        .iter()
        .filter(|read| read.concerns(&read.item.scope, &call.pool_id))
        .map(|read| read.item)
        .find(|one| {
            one.principal_id == *here
                && access
                    .role(&one.role())
                    .is_some_and(|(role, _)| any_permits(&role.permissions, &draw) != Match::No)
        })
}
