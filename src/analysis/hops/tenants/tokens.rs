//! The authentication gate: a token of the pool's tenant goes along, and Azure takes it
//! (domain-rules F.1).
//!
//! Proof is a read of the network that carried the other tenant's token: one that is expired or not
//! valid fails it. Whose token it is, its claims say. Of an application that hopscope is not signed in
//! as, no token is seen, and nothing is told of it.

use serde_json::json;

use crate::analysis::evidence::Evidence;
use crate::analysis::gates::judged;
use crate::analysis::hop::GateVerdict;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::caller::Caller;
use crate::model::id::{ArmId, TenantId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::Key;
use crate::model::lookup::OrderedSet;
use crate::store::{Home, Slice, State};

use super::asker::{looks_into, sign_in_trouble};
use super::{Call, drawn_from, home, ready};

/// The most tokens that Azure takes beside the own one.
const AT_MOST: usize = 3;

pub(super) fn authentication(call: &Call<'_>) -> GateVerdict {
    let gate = own(call);
    if call.asker.is_signed_in || gate.judged.verdict == Verdict::Unknown {
        return gate;
    }
    let app = call
        .asker
        .app
        .as_ref()
        .map_or_else(String::new, |app| format!("app {app}"));
    let mut gate = judged(
        Gate::Authentication,
        Verdict::Unknown,
        format!(
            "whether {app} gets a token for the pool's tenant cannot be seen: hopscope is signed in as somebody else, and of its own: {}",
            gate.judged.reason
        ),
        gate.judged.evidence,
    );
    if let Some((reason, evidence)) = ended(call) {
        gate.judged.reason = format!("{}; {reason}", gate.judged.reason);
        gate.judged = gate.judged.proved_by([evidence]);
    }
    gate
}

/// That every secret and certificate of the application has ended. A federated credential is in
/// neither list.
fn ended(call: &Call<'_>) -> Option<(String, Evidence)> {
    let app = call.asker.app.as_ref()?;
    let one = call.ground.inventory.applications().find(|one| {
        one.app_id
            .text()
            .is_some_and(|own| own.eq_ignore_ascii_case(app.as_str()))
    })?;
    let (secrets, certificates) = (one.secrets_end.value()?, one.certificates_end.value()?);
    let last = secrets.iter().chain(certificates).max()?;
    (*last <= call.ground.now).then(|| {
        let evidence = Evidence::in_body(
            ArmId::new(format!("/applications/{}", one.id)),
            &one.raw,
            &one.source,
            "passwordCredentials",
        );
        (
            "every secret and certificate of it has ended, unless it has a federated credential"
                .to_owned(),
            evidence,
        )
    })
}

/// By the tokens that hopscope itself has.
fn own(call: &Call<'_>) -> GateVerdict {
    let say = |verdict, reason: String, evidence: Vec<Evidence>| {
        judged(Gate::Authentication, verdict, reason, evidence)
    };
    let Some(to) = &call.to else {
        return say(
            Verdict::Unknown,
            "the tenant of the pool cannot be told: no list of subscriptions holds its subscription, and Azure did not name its tenant".to_owned(),
            Vec::new(),
        );
    };
    let tenant = to.tenant();
    if let Some(gate) = delegated(call, tenant) {
        return gate;
    }
    if let Some(gate) = too_many(call) {
        return gate;
    }
    let views = views(call);
    let caller = caller_for(call, tenant);
    if let Some(given) = wrong(call, tenant) {
        let words = given
            .tenant
            .as_ref()
            .map_or("another", |one| one.as_str())
            .to_owned();
        return say(
            Verdict::Shut,
            format!("a token for tenant {tenant} was asked for, and one of tenant {words} was given: it is no token of the pool's tenant"),
            vec![Evidence::listed(ArmId::new(format!("/tenants/{tenant}")), "tid", json!(words), call.ground.now)],
        )
        .mended_by(ready::remedies(call, tenant));
    }
    if caller.is_none() && !views.contains(&Some(tenant.clone())) {
        let evidence = match to {
            Home::Told(_, issue) => vec![refusal(call, issue)],
            Home::Listed(_) => vec![Evidence::listed(
                ArmId::new(format!("/tenants/{tenant}")),
                "auxiliaryTenants",
                json!(call.ground.inventory.snapshot().scope().auxiliary_tenants),
                call.ground.now,
            )],
        };
        return say(
            Verdict::Shut,
            format!("the pool is in tenant {tenant}, and no token for it goes along: it is not among the tenants that are signed in to (--auxiliary-tenant)"),
            evidence,
        )
        .mended_by(ready::remedies(call, tenant));
    }
    if let Some(issue) = sign_in_trouble(call.ground.inventory, tenant) {
        return say(
            Verdict::Shut,
            format!("no token for tenant {tenant} can be had: {}", issue.message),
            vec![Evidence::listed(
                ArmId::new(format!("/tenants/{tenant}")),
                "token",
                json!(issue.message),
                issue.at,
            )],
        )
        .mended_by(ready::remedies(call, tenant));
    }
    by_proof(call, tenant, caller)
}

/// A network whose subscription is delegated to the pool's tenant is written with that tenant's token.
fn delegated(call: &Call<'_>, tenant: &TenantId) -> Option<GateVerdict> {
    let subscription = call.network_id.as_ref()?.subscription()?;
    let seen = call.ground.inventory.snapshot().delegated();
    let one = seen
        .iter()
        .find(|one| one.subscription.id == subscription && one.to == tenant)?;
    Some(judged(
        Gate::Authentication,
        Verdict::Unknown,
        format!(
            "subscription {} is delegated to the pool's tenant (Azure Lighthouse), whose token reads it: whether that one alone is taken for the pool, no source says",
            one.subscription.display_name
        ),
        [Evidence::listed(
            ArmId::of_subscription(&subscription),
            "managedByTenants",
            json!(
                one.subscription
                    .managed_by
                    .iter()
                    .map(TenantId::as_str)
                    .collect::<Vec<_>>()
            ),
            call.ground.now,
        )],
    ))
}

fn by_proof(call: &Call<'_>, tenant: &TenantId, caller: Option<&Caller>) -> GateVerdict {
    let say = |verdict, reason: String, evidence: Vec<Evidence>| {
        judged(Gate::Authentication, verdict, reason, evidence)
    };
    let Some((key, slice)) = proof(call, tenant) else {
        return say(
            Verdict::Unknown,
            format!(
                "whether Azure takes a token for tenant {tenant} beside the own one was not tried"
            ),
            Vec::new(),
        );
    };
    match (slice.state(), slice.trouble()) {
        (State::Known, _) => {
            let scope = key
                .scope()
                .unwrap_or_else(|| ArmId::new(format!("/tenants/{tenant}")));
            let evidence = vec![Evidence::listed(
                scope,
                key.what(),
                json!({ "auxiliaryTenants": [tenant.as_str()], "status": 200 }),
                slice.observed_at.unwrap_or(call.ground.now),
            )];
            if caller.is_some() {
                say(
                    Verdict::Open,
                    format!("a token for tenant {tenant} can be had, and Azure took it"),
                    evidence,
                )
            } else {
                say(
                    Verdict::Unknown,
                    format!(
                        "Azure took the token that was given for tenant {tenant}, but the token does not say whose it is"
                    ),
                    evidence,
                )
            }
        }
        // One bad token fails the whole call with 401 (F.1): what is not there was looked for, and so
        // the token was taken.
        (_, Some(issue)) if issue.kind == IssueKind::NotFound && caller.is_some() => say(
            Verdict::Open,
            format!(
                "a token for tenant {tenant} can be had, and Azure took it: it looked for the network, which is not there yet"
            ),
            vec![refusal(call, issue)],
        ),
        (_, Some(issue)) if issue.status == Some(401) => say(
            Verdict::Shut,
            format!(
                "Azure refuses the token for tenant {tenant}: {}",
                issue.message
            ),
            vec![refusal(call, issue)],
        )
        .mended_by(ready::remedies(call, tenant)),
        (_, Some(issue)) => say(
            Verdict::Unknown,
            format!(
                "whether Azure takes a token for tenant {tenant} cannot be told: {}",
                issue.message
            ),
            vec![refusal(call, issue)],
        ),
        (_, None) => say(
            Verdict::Unknown,
            format!("whether Azure takes a token for tenant {tenant} is not read yet"),
            Vec::new(),
        ),
    }
}

/// The read that proves the token: of the network, else the list of the tenant's subscriptions.
fn proof<'g>(call: &Call<'g>, tenant: &TenantId) -> Option<(&'g Key, &'g Slice)> {
    let mut slices = call.ground.inventory.beside();
    slices.find(|(key, _)| match (key, &call.network_id) {
        (Key::LinkedAccess(network, view), Some(own)) => {
            network == own
                && (view == tenant || looks_into(call.ground.inventory, Some(view), tenant))
        }
        (Key::Subscriptions(view), None) => {
            looks_into(call.ground.inventory, view.as_ref(), tenant)
        }
        _ => false,
    })
}

fn refusal(call: &Call<'_>, issue: &Issue) -> Evidence {
    let scope = call.network_id.clone();
    let scope = scope.unwrap_or_else(|| call.pool_id.clone());
    let status = issue
        .status
        .map_or_else(String::new, |status| status.to_string());
    let code = issue.code.as_deref().unwrap_or_default();
    let evidence = Evidence::listed(
        scope,
        "x-ms-authorization-auxiliary",
        json!(format!("{status} {code}").trim()),
        issue.at,
    );
    evidence.answered_by(issue.request_id.as_ref())
}

/// The tenants whose tokens are asked for; none is the credential's own.
fn views(call: &Call<'_>) -> Vec<Option<TenantId>> {
    let scope = call.ground.inventory.snapshot().scope();
    std::iter::once(scope.tenant.as_ref().map(TenantId::new))
        .chain(
            scope
                .auxiliary_tenants
                .iter()
                .map(|one| Some(TenantId::new(one))),
        )
        .collect()
}

fn caller_for<'g>(call: &Call<'g>, tenant: &TenantId) -> Option<&'g Caller> {
    let callers = call.ground.inventory.snapshot().callers();
    callers
        .iter()
        .find(|one| one.tenant.as_ref() == Some(tenant))
}

/// A token that was asked for this tenant and is of another. A domain's name says nothing.
fn wrong<'g>(call: &Call<'g>, tenant: &TenantId) -> Option<&'g Caller> {
    let callers = call.ground.inventory.snapshot().callers();
    callers.iter().find(|one| {
        one.asked.as_ref() == Some(tenant)
            && one.tenant.as_ref().is_some_and(|given| given != tenant)
    })
}

/// A network that draws from more other tenants than Azure takes tokens.
fn too_many(call: &Call<'_>) -> Option<GateVerdict> {
    let network = call.network?;
    let pools = drawn_from(network);
    let others: OrderedSet<TenantId> = pools
        .iter()
        .chain([&call.pool_id])
        .filter_map(|pool| Some(home(call.ground, pool)?.tenant().clone()))
        .filter(|one| call.from.as_ref() != Some(one))
        .collect();
    (others.len() > AT_MOST).then(|| {
        judged(
            Gate::Authentication,
            Verdict::Shut,
            format!(
                "the network draws from pools of {} other tenants, and Azure takes {AT_MOST} auxiliary tokens at most",
                others.len()
            ),
            [Evidence::of(network, "properties.addressSpace.ipamPoolPrefixAllocations")],
        )
    })
}
