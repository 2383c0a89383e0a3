//! Tenants: who is signed in to each, with which token, and the applications that stand in two of them
//! as a bridge, fact by fact with the gate of H19 that each belongs to.
//!
//! What a gate judges is taken from the hop; what only is (an object id, the word of a connection) is
//! read beside it. Nothing here judges anew.

mod facts;

use indexmap::IndexMap;
use time::OffsetDateTime;

use crate::model::caller::Caller;
use crate::model::id::{ArmId, TenantId};
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::{AppId, Key};
use crate::store::{Inventory, State};

use super::addresses::tenant_of;
use super::hop::{Hop, HopKind};
use super::hops::tenants::asker;
use super::verdict::{Gate, Verdict};

/// A tenant that is looked into, or that a pool or a network is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// Which.
    pub tenant: TenantId,
    /// Its name, when it can be seen.
    pub name: Option<String>,
    /// Whether it is the one that is signed in to first.
    pub is_home: bool,
    /// Who is signed in there.
    pub caller: Option<Caller>,
    /// The token of it.
    pub token: Token,
    /// How many of its subscriptions are seen.
    pub subscriptions: usize,
    /// How their list stands where it was not answered: then there may be more than are seen.
    pub list: Option<State>,
    /// Whether it owns address pools that are seen, or drawn from.
    pub owns_pools: bool,
    /// Whether a network of it draws from a pool.
    pub draws: bool,
}

/// The token of a tenant.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// It is good, until then where that is known.
    Valid(Option<OffsetDateTime>),
    /// It has ended.
    Ended(OffsetDateTime),
    /// Another tenant's token was given for it.
    Wrong(TenantId),
    /// None could be had.
    Refused(Box<Issue>),
    /// None was asked for.
    NotAsked,
    /// None was given yet.
    Pending,
}

/// An application, or a person, in two tenants at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridge {
    /// The application; none for a person, or where it cannot be told.
    pub app: Option<AppId>,
    /// Its name.
    pub name: Option<String>,
    /// The tenant of what asks.
    pub from: Option<TenantId>,
    /// The tenant of the pools.
    pub to: Option<TenantId>,
    /// The hops that go over it, by their place in the judgement, the worst first.
    pub hops: Vec<usize>,
    /// What is asked of it.
    pub rows: Vec<Row>,
}

/// A question with its answer in each tenant that it concerns.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The question.
    pub question: Question,
    /// The answers.
    pub facts: Vec<(TenantId, Fact)>,
}

/// What is asked of a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whom the application lets in.
    Audience,
    /// Its service principal.
    Principal,
    /// The role that the call needs.
    Role,
    /// The half of the connection.
    Connection,
    /// How the token goes along.
    Sent,
    /// Where the two stand, and what the pool has left.
    Place,
}

impl Question {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Audience => "app audience",
            Self::Principal => "service principal",
            Self::Role => "role on the target",
            Self::Connection => "manager connection",
            Self::Sent => "token is sent",
            Self::Place => "region, room",
        }
    }

    /// The gate that it belongs to.
    pub fn gate(self) -> Gate {
        match self {
            Self::Audience | Self::Principal => Gate::Identity,
            Self::Role => Gate::Authorization,
            Self::Connection | Self::Place => Gate::Configuration,
            Self::Sent => Gate::Authentication,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it means for the call.
    pub verdict: Verdict,
    /// In a few words.
    pub words: String,
    /// The second fact.
    pub second: Option<String>,
}

/// The tenants, the one that is signed in to first in front.
pub fn seats(inventory: &Inventory, hops: &[Hop], now: OffsetDateTime) -> Vec<Seat> {
    let snapshot = inventory.snapshot();
    let scope = snapshot.scope();
    let home = scope.tenant.as_ref().map(TenantId::new);
    let others = scope
        .auxiliary_tenants
        .iter()
        .map(|one| Some(TenantId::new(one)));
    let mut seats: IndexMap<TenantId, Seat> = IndexMap::new();
    for (at, view) in std::iter::once(home).chain(others).enumerate() {
        let caller = snapshot
            .callers()
            .iter()
            .find(|one| one.asked == view)
            // A credential that was asked for no tenant in particular.
            .or_else(|| snapshot.callers().first().filter(|_| at == 0));
        let token = token(inventory, view.as_ref(), caller, now);
        let given = caller.and_then(|one| one.tenant.clone());
        let tenant = match (&token, &view, given) {
            (Token::Wrong(_), Some(view), _) | (_, Some(view), None) => view.clone(),
            (_, _, Some(given)) => given,
            (_, None, None) => continue,
        };
        let own = Seat {
            name: None,
            is_home: at == 0,
            caller: caller.cloned(),
            token,
            list: unanswered(inventory, view.as_ref()),
            ..seat(tenant.clone())
        };
        seats.entry(tenant).or_insert(own);
    }
    for (ends, pools) in [(0, false), (1, true)] {
        for hop in hops
            .iter()
            .filter(|hop| hop.kind == HopKind::TenantToTenant)
        {
            let end = if ends == 0 { &hop.from } else { &hop.to };
            let Some(tenant) = end
                .starts_with('/')
                .then(|| tenant_of(inventory, &ArmId::new(end)))
                .flatten()
            else {
                continue;
            };
            let own = seats.entry(tenant.clone()).or_insert_with(|| seat(tenant));
            own.owns_pools |= pools;
            own.draws |= !pools;
        }
    }
    for pool in inventory.ipam_pools() {
        if let Some(tenant) = tenant_of(inventory, &pool.id)
            && let Some(own) = seats.get_mut(&tenant)
        {
            own.owns_pools = true;
        }
    }
    for subscription in inventory.subscriptions() {
        let own = subscription.tenant_id.as_ref();
        if let Some(own) = own.and_then(|tenant| seats.get_mut(tenant)) {
            own.subscriptions += 1;
        }
    }
    let mut seats: Vec<Seat> = seats.into_values().collect();
    for own in &mut seats {
        own.name = name_of(inventory, &own.tenant);
    }
    seats
}

fn seat(tenant: TenantId) -> Seat {
    Seat {
        tenant,
        name: None,
        is_home: false,
        caller: None,
        token: Token::NotAsked,
        subscriptions: 0,
        list: None,
        owns_pools: false,
        draws: false,
    }
}

/// How the list of a tenant's subscriptions stands, where it was not answered.
fn unanswered(inventory: &Inventory, view: Option<&TenantId>) -> Option<State> {
    let key = Key::Subscriptions(view.cloned());
    let state = inventory.snapshot().slice(&key)?.state();
    (!matches!(state, State::Known | State::Unsupported)).then_some(state)
}

/// The name of a tenant, when it can be seen; else its domain.
pub fn name_of(inventory: &Inventory, tenant: &TenantId) -> Option<String> {
    let own = inventory.tenants().iter().filter(|one| one.id == *tenant);
    let texts = |pick: fn(&crate::model::tenancy::Tenant) -> Option<&str>| {
        own.clone().find_map(pick).map(str::to_owned)
    };
    texts(|one| one.display_name.text()).or_else(|| texts(|one| one.default_domain.text()))
}

fn token(
    inventory: &Inventory,
    view: Option<&TenantId>,
    caller: Option<&Caller>,
    now: OffsetDateTime,
) -> Token {
    let key = Key::Subscriptions(view.cloned());
    let trouble = inventory
        .snapshot()
        .slice(&key)
        .and_then(|slice| slice.trouble())
        .filter(|issue| issue.kind == IssueKind::SignIn);
    if let Some(issue) = trouble {
        return Token::Refused(Box::new(issue.clone()));
    }
    let Some(caller) = caller else {
        return Token::Pending;
    };
    // A domain's name says nothing of the id.
    let asked = view.filter(|one| uuid::Uuid::try_parse(one.as_str()).is_ok());
    match (asked, &caller.tenant) {
        (Some(asked), Some(given)) if asked != given => return Token::Wrong(given.clone()),
        _ => {}
    }
    match caller.expires_at {
        Some(at) if at <= now => Token::Ended(at),
        until => Token::Valid(until),
    }
}

/// Who stands in which two tenants.
type Span = (Option<String>, Option<TenantId>, Option<TenantId>);

/// The bridges between tenants, the worst first.
pub fn bridges(inventory: &Inventory, hops: &[Hop], seats: &[Seat]) -> Vec<Bridge> {
    let mut found: IndexMap<Span, Vec<usize>> = IndexMap::new();
    for (at, hop) in hops.iter().enumerate() {
        if hop.kind != HopKind::TenantToTenant {
            continue;
        }
        let app = app_of(hop);
        let from = if hop.from.starts_with('/') {
            tenant_of(inventory, &ArmId::new(&hop.from))
        } else {
            app.as_ref().and_then(|app| asker::owner(inventory, app))
        };
        let to = tenant_of(inventory, &ArmId::new(&hop.to));
        found
            .entry((hop.via.clone(), from, to))
            .or_default()
            .push(at);
    }
    let mut bridges: Vec<Bridge> = found
        .into_iter()
        .filter_map(|((_, from, to), mut own)| {
            own.sort_by_key(|at| std::cmp::Reverse(hops[*at].verdict()));
            let worst = &hops[*own.first()?];
            let app = app_of(worst);
            let token = seats
                .iter()
                .find(|seat| Some(&seat.tenant) == to.as_ref())
                .map(|seat| &seat.token);
            Some(Bridge {
                name: app.as_ref().and_then(|app| app_name(inventory, app)),
                rows: facts::rows(
                    inventory,
                    worst,
                    app.as_ref(),
                    [from.as_ref(), to.as_ref()],
                    token,
                ),
                app,
                from,
                to,
                hops: own,
            })
        })
        .collect();
    bridges.sort_by_key(|own| {
        let worst = own.hops.first().map(|at| hops[*at].verdict());
        std::cmp::Reverse(worst)
    });
    bridges
}

fn app_of(hop: &Hop) -> Option<AppId> {
    let name = hop.via.as_deref()?.strip_prefix("app ")?;
    Some(AppId::new(name))
}

/// What an application is called.
pub fn app_name(inventory: &Inventory, app: &AppId) -> Option<String> {
    let registered = inventory
        .applications()
        .find(|one| one.app_id.text().is_some_and(|own| AppId::new(own) == *app))
        .and_then(|one| one.display_name.text());
    let principal = || {
        inventory
            .service_principals_of(app)
            .find_map(|(_, found)| found?.display_name.text())
    };
    registered.or_else(principal).map(str::to_owned)
}
