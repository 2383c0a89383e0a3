//! Who asks: the application that is signed in, else the one whose service principal holds the role on
//! the pool, else the person who is signed in. An application has an object id of its own in each
//! tenant, and only the one of the pool's tenant counts there (domain-rules F.2).

use serde_json::json;

use crate::analysis::access::{self, Action, Standing};
use crate::analysis::evidence::Evidence;
use crate::analysis::facets::why_missing;
use crate::analysis::gates::judged;
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::az::{Assignee, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::access::Principal;
use crate::model::application::SINGLE_TENANT;
use crate::model::caller::Caller;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::{AppId, Key};
use crate::store::{Home, Inventory, Payload, Slice, State};

use super::Call;

/// The right to draw from a pool.
pub(super) const DRAW: &str =
    "Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action";

/// Who asks, in both tenants.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    /// The application; none for a person, and where several could be meant.
    pub(super) app: Option<AppId>,
    /// The tenant that registered the application.
    pub(super) owner: Option<TenantId>,
    /// Its object id where the network is.
    pub(super) here: Option<PrincipalId>,
    /// Its object id where the pool is.
    pub(super) there: Option<PrincipalId>,
    /// Whether it is who hopscope is signed in as.
    pub(super) is_signed_in: bool,
    /// As what it gets roles.
    pub(super) kind: Assignee,
}

/// Who asks for a network.
pub(super) fn of_network(
    ground: &Ground<'_>,
    pool: &ArmId,
    from: Option<&TenantId>,
    to: Option<&Home<'_>>,
) -> Asker {
    let to = to.map(Home::tenant);
    let callers = ground.inventory.snapshot().callers();
    if let Some(app) = callers.iter().find_map(app_of) {
        return Asker {
            owner: owner(ground.inventory, &app),
            here: from.and_then(|tenant| object_in(ground.inventory, &app, tenant)),
            there: to.and_then(|tenant| object_in(ground.inventory, &app, tenant)),
            app: Some(app),
            is_signed_in: true,
            kind: Assignee::ServicePrincipal,
        };
    }
    let mut stubs = stubs(ground, pool, to).into_iter();
    if let (Some(stub), None) = (stubs.next(), stubs.next()) {
        let here = stub
            .app
            .as_ref()
            .zip(from)
            .and_then(|(app, tenant)| object_in(ground.inventory, app, tenant));
        return Asker { here, ..stub };
    }
    let oid = |tenant: Option<&TenantId>| {
        let caller = callers.iter().find(|one| one.tenant.as_ref() == tenant);
        caller.filter(|_| tenant.is_some())?.object_id.clone()
    };
    Asker {
        app: None,
        owner: None,
        here: oid(from),
        there: oid(to),
        is_signed_in: true,
        kind: Assignee::User,
    }
}

/// The applications of other tenants whose service principals may draw from a pool.
pub(super) fn of_pool(ground: &Ground<'_>, pool: &ArmId) -> Vec<Asker> {
    let home = super::home(ground, pool);
    stubs(ground, pool, home.as_ref().map(Home::tenant))
        .into_iter()
        .map(|stub| Asker {
            is_signed_in: signed_in_as(ground, &stub),
            ..stub
        })
        .collect()
}

fn signed_in_as(ground: &Ground<'_>, stub: &Asker) -> bool {
    let mut apps = ground
        .inventory
        .snapshot()
        .callers()
        .iter()
        .filter_map(app_of);
    apps.any(|app| stub.app.as_ref() == Some(&app))
}

fn app_of(caller: &Caller) -> Option<AppId> {
    (caller.id_type.as_deref() == Some("app"))
        .then(|| caller.app_id.as_deref().map(AppId::new))
        .flatten()
}

/// Service principals of applications that another tenant registered, which hold the right to draw.
fn stubs(ground: &Ground<'_>, pool: &ArmId, to: Option<&TenantId>) -> Vec<Asker> {
    let Some(to) = to else {
        return Vec::new();
    };
    let draw = Action::control(DRAW);
    let mut holders: Vec<PrincipalId> = ground
        .access
        .assignments()
        .iter()
        .filter(|read| read.concerns(&read.item.scope, pool))
        .map(|read| read.item.principal_id.clone())
        .collect();
    holders.sort();
    holders.dedup();
    holders
        .into_iter()
        .filter_map(|holder| {
            let principal = ground.inventory.principal(&holder)?;
            let owner = TenantId::new(principal.owner_tenant.text()?);
            let app = AppId::new(principal.app_id.text()?);
            // Its object id at home holds nothing here, whatever a role assignment says.
            let is_at_home =
                object_in(ground.inventory, &app, &owner).is_some_and(|home| home == holder);
            let is_speaking = spoken_for(ground, &owner);
            if owner == *to || is_at_home || !is_speaking {
                return None;
            }
            let held = access::held(&ground.access, &ground.memberships, &holder, &draw, pool);
            matches!(held.standing, Standing::Open | Standing::Conditional).then(|| Asker {
                app: Some(app),
                owner: Some(owner),
                here: None,
                there: Some(holder),
                is_signed_in: false,
                kind: Assignee::ServicePrincipal,
            })
        })
        .collect()
}

/// Whether a tenant is one that is looked at: Microsoft's own applications are of none.
fn spoken_for(ground: &Ground<'_>, tenant: &TenantId) -> bool {
    let inventory = ground.inventory;
    inventory
        .snapshot()
        .callers()
        .iter()
        .any(|one| one.tenant.as_ref() == Some(tenant))
        || inventory
            .subscriptions()
            .any(|one| one.tenant_id.as_ref() == Some(tenant))
}

pub(in crate::analysis) fn owner(inventory: &Inventory, app: &AppId) -> Option<TenantId> {
    inventory
        .service_principals_of(app)
        .find_map(|(_, found)| found?.owner_tenant.text().map(TenantId::new))
}

/// Whether a view of the plan looks into a tenant.
pub(super) fn looks_into(
    inventory: &Inventory,
    view: Option<&TenantId>,
    tenant: &TenantId,
) -> bool {
    inventory.snapshot().looks_into(view, tenant)
}

/// What the directory of a tenant holds of an application.
pub(in crate::analysis) fn entry<'g>(
    inventory: &'g Inventory,
    app: &AppId,
    tenant: &TenantId,
) -> Option<(&'g Slice, Option<&'g Principal>)> {
    let mut slices = inventory.beside();
    slices.find_map(|(key, slice)| {
        let Key::ServicePrincipalOf(view, of) = key else {
            return None;
        };
        if of != app || !looks_into(inventory, view.as_ref(), tenant) {
            return None;
        }
        let found = match slice.value.as_deref() {
            Some(Payload::Principals(items)) => items.first(),
            _ => None,
        };
        Some((slice, found))
    })
}

/// The object id that an application has in a tenant: by the directory, else by its own token.
pub(in crate::analysis) fn object_in(
    inventory: &Inventory,
    app: &AppId,
    tenant: &TenantId,
) -> Option<PrincipalId> {
    let listed = entry(inventory, app, tenant).and_then(|(_, found)| found);
    listed
        .map(|one| one.id.clone())
        .or_else(|| token_of(inventory, app, tenant)?.object_id.clone())
}

fn token_of<'g>(inventory: &'g Inventory, app: &AppId, tenant: &TenantId) -> Option<&'g Caller> {
    inventory
        .snapshot()
        .callers()
        .iter()
        .find(|one| one.tenant.as_ref() == Some(tenant) && app_of(one).as_ref() == Some(app))
}

/// Why no token of a tenant could be had, when signing in to it failed.
pub(in crate::analysis) fn sign_in_trouble<'g>(
    inventory: &'g Inventory,
    tenant: &TenantId,
) -> Option<&'g Issue> {
    inventory.beside().find_map(|(key, slice)| {
        let Key::Subscriptions(view) = key else {
            return None;
        };
        let issue = slice
            .trouble()
            .filter(|one| one.kind == IssueKind::SignIn)?;
        looks_into(inventory, view.as_ref(), tenant).then_some(issue)
    })
}

/// Whether signing in failed because the application is a stranger in the tenant (M49).
pub(in crate::analysis) fn is_stranger(issue: &Issue) -> bool {
    ["AADSTS7000229", "AADSTS700016"]
        .iter()
        .any(|code| issue.message.contains(code))
}

/// Identity: the application may be in other tenants, and has a service principal in the pool's.
pub(super) fn identity(call: &Call<'_>) -> Vec<GateVerdict> {
    match &call.asker.app {
        // Before it is for many tenants, no other one takes it in.
        Some(app) => vec![audience(call, app), stub(call, app)],
        None => vec![guest(call)],
    }
}

/// Whether it is certain that nobody in the pool's tenant could hold a role.
pub(super) fn is_nobody(call: &Call<'_>) -> bool {
    call.asker
        .app
        .as_ref()
        .is_some_and(|app| stub(call, app).judged.verdict == Verdict::Shut)
}

fn guest(call: &Call<'_>) -> GateVerdict {
    match (&call.asker.there, call.pool_tenant()) {
        (Some(id), Some(tenant)) => judged(
            Gate::Identity,
            Verdict::Open,
            format!("whoever is signed in is {id} in tenant {tenant}"),
            [Evidence::listed(
                ArmId::new(format!("/users/{id}")),
                "oid",
                json!(id.as_str()),
                call.ground.now,
            )],
        ),
        _ => judged(
            Gate::Identity,
            Verdict::Unknown,
            "which application, or who, draws from the pool cannot be told: nobody is signed in as an application, and not one alone is seen to hold the right",
            [],
        ),
    }
}

fn stub(call: &Call<'_>, app: &AppId) -> GateVerdict {
    let say = |verdict, reason: String, evidence| judged(Gate::Identity, verdict, reason, evidence);
    let Some(tenant) = call.pool_tenant() else {
        return say(
            Verdict::Unknown,
            "the pool's tenant cannot be told, and so not whether the application is in it"
                .to_owned(),
            Vec::new(),
        );
    };
    let ground = call.ground;
    let found = entry(ground.inventory, app, tenant);
    if let Some((slice, Some(principal))) = found {
        return say(
            Verdict::Open,
            format!(
                "app {app} has the service principal {} in tenant {tenant}",
                principal.id
            ),
            vec![Evidence::listed(
                ArmId::new(format!("/servicePrincipals/{}", principal.id)),
                "appId",
                json!(app.as_str()),
                slice.observed_at.unwrap_or(ground.now),
            )],
        );
    }
    let missing = |evidence| {
        say(
            Verdict::Shut,
            format!("app {app} has no service principal in tenant {tenant}: it is a stranger there, and gets neither a token nor a role"),
            vec![evidence],
        )
        .mended_by([
            noted_az(
                Line::of("az ad sp create").with("--id", app.as_str()),
                &format!("Signed in to tenant {tenant}. Administrator's consent is not needed for roles of Azure [S]."),
            ),
        ])
    };
    if let Some((slice, None)) = found
        && slice.state() == State::Known
    {
        return missing(Evidence::listed(
            ArmId::new(format!("/tenants/{tenant}")),
            "servicePrincipals",
            json!({ "read": 0, "why": format!("none has appId {app}") }),
            slice.observed_at.unwrap_or(ground.now),
        ));
    }
    if let Some(issue) =
        sign_in_trouble(ground.inventory, tenant).filter(|issue| is_stranger(issue))
    {
        return missing(Evidence::listed(
            ArmId::new(format!("/tenants/{tenant}")),
            "servicePrincipals",
            json!(issue.message),
            issue.at,
        ));
    }
    if let Some(id) = token_of(ground.inventory, app, tenant).and_then(|one| one.object_id.as_ref())
    {
        return say(
            Verdict::Open,
            format!("app {app} is {id} in tenant {tenant}, as its token says"),
            vec![Evidence::listed(
                ArmId::new(format!("/servicePrincipals/{id}")),
                "oid",
                json!(id.as_str()),
                ground.now,
            )],
        );
    }
    let why = found
        .and_then(|(slice, _)| why_missing(slice))
        .unwrap_or_else(|| "were not read".to_owned());
    say(
        Verdict::Unknown,
        format!(
            "whether app {app} has a service principal in tenant {tenant} cannot be told: service principals {why}"
        ),
        Vec::new(),
    )
}

fn noted_az(line: Line, note: &str) -> crate::analysis::hop::Remedy {
    let mut remedy = az(line);
    remedy.note = Some(note.to_owned());
    remedy
}

/// `signInAudience`: by the registration, else by the service principal at home, which repeats it.
fn audience(call: &Call<'_>, app: &AppId) -> GateVerdict {
    let ground = call.ground;
    let registered = ground
        .inventory
        .applications()
        .find(|one| one.app_id.text().is_some_and(|own| AppId::new(own) == *app));
    let at_home = || {
        let owner = call.asker.owner.as_ref()?;
        let (slice, found) = entry(ground.inventory, app, owner)?;
        let principal = found?;
        let evidence = Evidence::listed(
            ArmId::new(format!("/servicePrincipals/{}", principal.id)),
            "signInAudience",
            principal
                .audience
                .text()
                .map_or(serde_json::Value::Null, Into::into),
            slice.observed_at.unwrap_or(ground.now),
        );
        Some((&principal.audience, evidence))
    };
    let found = match registered {
        Some(one) => Some((
            &one.audience,
            Evidence::in_body(
                ArmId::new(format!("/applications/{}", one.id)),
                &one.raw,
                &one.source,
                "signInAudience",
            ),
        )),
        None => at_home(),
    };
    match found {
        Some((Field::Value(audience), proof)) if audience.eq_ignore_ascii_case(SINGLE_TENANT) => judged(
            Gate::Identity,
            Verdict::Shut,
            format!("app {app} lets in its own tenant only (signInAudience {audience}), so no other tenant takes it in"),
            [proof],
        )
        .mended_by([
            noted_az(
                Line::of("az ad app update")
                    .with("--id", app.as_str())
                    .with("--sign-in-audience", "AzureADMultipleOrgs"),
                "Signed in to the tenant that registered it.",
            ),
            portal(
                app.as_str(),
                ["App registrations", "Authentication", "Supported account types: Multiple Entra ID tenants"],
            ),
        ]),
        Some((Field::Value(audience), proof)) => judged(
            Gate::Identity,
            Verdict::Open,
            format!("app {app} is for more tenants than its own (signInAudience {audience})"),
            [proof],
        ),
        _ => judged(
            Gate::Identity,
            Verdict::Unknown,
            format!("whether app {app} may be in other tenants cannot be told: its signInAudience was not read (Application.Read.All)"),
            [],
        ),
    }
}
