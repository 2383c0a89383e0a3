//! A call that nobody made yet: the same conditions as of a hop, for any network and any pool. Within
//! one tenant no token of another is needed and no connection; the rest is judged.

use serde_json::json;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets::why_missing;
use crate::analysis::gates::judged;
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::GateVerdict;
use crate::analysis::preflight::{Caller, Preflight, Presence, USUAL};
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::{ArmId, TenantId};
use crate::model::ipam::Draw;
use crate::model::key::Key;

use super::{Call, Planned, allocations, asker, connection, home, pools, ready, rights, room};

/// Judges it.
pub(in crate::analysis) fn judge(
    ground: &Ground<'_>,
    draw: &Draw,
    wanted: Option<u128>,
) -> Preflight {
    let from = home(ground, &draw.network).map(|home| home.tenant().clone());
    let to = home(ground, &draw.pool);
    let is_one_tenant = if draw.pool.subscription() == draw.network.subscription() {
        Some(true)
    } else {
        from.as_ref()
            .zip(to.as_ref())
            .map(|(from, to)| from == to.tenant())
    };
    let network = ground.resource(&draw.network);
    let presence = match (network, ground.lookup(&draw.network)) {
        (Some(_), _) | (None, Lookup::Found(_)) => Presence::There,
        (None, Lookup::Gone(evidence)) => Presence::Absent(evidence),
        (None, Lookup::NotRead(why)) => Presence::Unread(why),
    };
    let entries = network.map_or_else(Vec::new, |own| allocations(own, &draw.pool));
    let asked = entries
        .iter()
        .filter_map(|(_, one)| one.asked.value().copied())
        .reduce(u128::saturating_add);
    let wanted = asked.or(wanted).unwrap_or(USUAL);
    let call = Call {
        ground,
        network,
        network_id: Some(draw.network.clone()),
        planned: Some(Planned {
            wanted,
            presence: presence.clone(),
        }),
        asker: asker::of_network(ground, &draw.pool, from.as_ref(), to.as_ref()),
        pool: pools(ground).get(&draw.pool).copied(),
        pool_id: draw.pool.clone(),
        from,
        to,
    };
    let checks = checks(&call, is_one_tenant);
    let auxiliary = call
        .pool_tenant()
        .filter(|_| is_one_tenant != Some(true))
        .cloned();
    Preflight {
        draw: draw.clone(),
        presence,
        draws: !entries.is_empty(),
        is_one_tenant,
        caller: Caller {
            app: call.asker.app.clone(),
            here: call.asker.here.clone(),
            there: call.asker.there.clone(),
            is_signed_in: call.asker.is_signed_in,
        },
        wanted,
        checks,
        calls: ready::calls(&call, auxiliary.as_ref()),
        to: call.pool_tenant().cloned(),
        from: call.from,
    }
}

fn checks(call: &Call<'_>, is_one_tenant: Option<bool>) -> Vec<GateVerdict> {
    let mut checks = match is_one_tenant {
        Some(true) => {
            let mut checks = vec![one_token(call)];
            checks.extend(rights::authorization(call));
            checks.push(connection::region(call));
            checks.extend(room::check(call));
            checks
        }
        Some(false) => call.checks(),
        None => {
            let mut checks = call.checks();
            checks.extend(strange(call));
            checks
        }
    };
    checks.extend(place(call));
    checks.push(version());
    checks.sort_by_key(|one| Gate::ALL.iter().position(|gate| *gate == one.gate));
    checks
}

fn tenant_of(call: &Call<'_>, id: &ArmId, tenant: &TenantId) -> Option<Evidence> {
    let subscription = ArmId::of_subscription(&id.subscription()?);
    Some(Evidence::listed(
        subscription,
        "tenantId",
        json!(tenant.as_str()),
        call.ground.now,
    ))
}

/// Within one tenant its own token is enough, when there is one.
fn one_token(call: &Call<'_>) -> GateVerdict {
    let tenant = call.from.as_ref().or_else(|| call.pool_tenant());
    let which = tenant.map_or_else(
        || "one subscription".to_owned(),
        |tenant| format!("one tenant, {tenant}"),
    );
    let evidence: Vec<Evidence> = tenant
        .into_iter()
        .flat_map(|tenant| {
            let ids = call.network_id.iter().chain([&call.pool_id]);
            ids.filter_map(|id| tenant_of(call, id, tenant))
                .collect::<Vec<_>>()
        })
        .collect();
    if let Some((tenant, issue)) =
        tenant.and_then(|own| Some((own, asker::sign_in_trouble(call.ground.inventory, own)?)))
    {
        return judged(
            Gate::Authentication,
            Verdict::Shut,
            format!("no token for tenant {tenant} can be had: {}", issue.message),
            evidence,
        );
    }
    judged(
        Gate::Authentication,
        Verdict::Open,
        format!(
            "pool and network are in {which}: its own token is enough, and no auxiliary token is needed"
        ),
        evidence,
    )
}

/// Where it cannot be told whether the two are one tenant, more tokens may be needed than are judged.
fn strange(call: &Call<'_>) -> Option<GateVerdict> {
    call.from.is_none().then(|| {
        judged(
            Gate::Authentication,
            Verdict::Unknown,
            "the tenant of the network cannot be told: no list of subscriptions holds its subscription",
            [],
        )
    })
}

/// Whether there is a place for the network: it, or the group in which it is to be made.
fn place(call: &Call<'_>) -> Option<GateVerdict> {
    let say = |verdict, reason: String, evidence: Vec<Evidence>| {
        judged(Gate::Configuration, verdict, reason, evidence)
    };
    let network = call.network_id.as_ref()?;
    let evidence = match &call.planned.as_ref()?.presence {
        Presence::There => return None,
        Presence::Unread(why) => {
            return Some(say(
                Verdict::Unknown,
                format!("the network {} {why}", network.name()),
                Vec::new(),
            ));
        }
        Presence::Absent(evidence) => evidence.clone(),
    };
    let (group, subscription) = (network.group_id()?, network.subscription()?);
    let inventory = call.ground.inventory;
    if inventory.group(&group).is_some() {
        return Some(say(
            Verdict::Open,
            format!(
                "the network {} is not there yet, and its resource group {} is",
                network.name(),
                group.name()
            ),
            vec![evidence],
        ));
    }
    let slice = inventory
        .snapshot()
        .slice(&Key::Groups(subscription.clone()));
    if let Some(why) = slice.map_or_else(|| Some("were not read".to_owned()), why_missing) {
        return Some(say(
            Verdict::Unknown,
            format!(
                "whether the resource group {} is there cannot be told: resource groups {why}",
                group.name()
            ),
            vec![evidence],
        ));
    }
    let read = inventory
        .groups()
        .filter(|one| one.id.is_within(&ArmId::of_subscription(&subscription)));
    let listed = Evidence::listed(
        ArmId::of_subscription(&subscription),
        "resourceGroups",
        json!({ "read": read.count(), "why": format!("none is named {}", group.name()) }),
        slice
            .and_then(|one| one.observed_at)
            .unwrap_or(call.ground.now),
    );
    let region = call.pool.and_then(|pool| pool.location.text());
    let make = Line::of("az group create")
        .with("--name", group.name())
        .with("--location", region.unwrap_or("REGION"))
        .with("--subscription", subscription.as_str());
    Some(
        say(
            Verdict::Shut,
            format!(
                "the resource group {} of the network is not there",
                group.name()
            ),
            vec![evidence, listed],
        )
        .mended_by([az(make)]),
    )
}

fn version() -> GateVerdict {
    judged(
        Gate::Configuration,
        Verdict::Open,
        format!(
            "the call goes with api-version {}, and ipamPoolPrefixAllocations is known since {}",
            ready::VERSION,
            ready::SINCE
        ),
        [],
    )
}
