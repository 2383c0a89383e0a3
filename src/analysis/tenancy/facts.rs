//! The facts of a bridge, tenant by tenant: what the directories, the roles, the connections and the
//! pools say, each with what it means for the call.

use time::OffsetDateTime;

use crate::analysis::access::{Right, Standing};
use crate::analysis::addresses;
use crate::analysis::facets;
use crate::analysis::hop::{GateVerdict, Hop};
use crate::analysis::hops::tenants::asker;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::application::SINGLE_TENANT;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::ipam::{CONNECTION_STATES, ScopeConnection};
use crate::model::key::{AppId, Key};
use crate::model::text::grouped;
use crate::store::{Inventory, Payload, State};

use super::{Fact, Question, Row, Token};

fn fact(verdict: Verdict, words: impl Into<String>, second: Option<String>) -> Fact {
    Fact {
        verdict,
        words: words.into(),
        second,
    }
}

/// The questions of a bridge with their answers; `token` is the one of the pools' tenant.
pub(super) fn rows(
    inventory: &Inventory,
    hop: &Hop,
    app: Option<&AppId>,
    [from, to]: [Option<&TenantId>; 2],
    token: Option<&Token>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |question: Question, facts: Vec<(Option<&TenantId>, Option<Fact>)>| {
        let facts: Vec<(TenantId, Fact)> = facts
            .into_iter()
            .filter_map(|(tenant, fact)| Some((tenant?.clone(), fact?)))
            .collect();
        if !facts.is_empty() {
            rows.push(Row { question, facts });
        }
    };
    if let Some(app) = app {
        let owner = asker::owner(inventory, app);
        let home = owner.as_ref().or(from);
        add(
            Question::Audience,
            vec![(home, Some(audience(inventory, app, home)))],
        );
        let object = |tenant: Option<&TenantId>| {
            tenant.map(|tenant| principal(inventory, app, tenant, owner.as_ref()))
        };
        add(
            Question::Principal,
            vec![(from, object(from)), (to, object(to))],
        );
    }
    add(
        Question::Role,
        vec![
            (from, role(hop, |right| !is_of_pool(right, hop))),
            (
                to,
                role(hop, |right| is_of_pool(right, hop)).or_else(|| nobody(hop)),
            ),
        ],
    );
    add(
        Question::Connection,
        vec![(from, lets_in(inventory, hop)), (to, asks(inventory, hop))],
    );
    let own = fact(Verdict::Open, "Authorization", None);
    add(
        Question::Sent,
        vec![
            (from, Some(own).filter(|_| hop.from.starts_with('/'))),
            (to, sent(hop, token)),
        ],
    );
    let (here, there) = place(inventory, hop);
    add(Question::Place, vec![(from, here), (to, there)]);
    rows
}

fn audience(inventory: &Inventory, app: &AppId, home: Option<&TenantId>) -> Fact {
    let registered = inventory
        .applications()
        .find(|one| one.app_id.text().is_some_and(|own| AppId::new(own) == *app))
        .map(|one| &one.audience);
    let at_home = || {
        let (_, found) = asker::entry(inventory, app, home?)?;
        Some(&found?.audience)
    };
    match registered.or_else(at_home) {
        Some(Field::Value(own)) if own.eq_ignore_ascii_case(SINGLE_TENANT) => fact(
            Verdict::Shut,
            own.clone(),
            Some("its own tenant only".to_owned()),
        ),
        Some(Field::Value(own)) => fact(Verdict::Open, own.clone(), None),
        _ => fact(Verdict::Unknown, "not read", None),
    }
}

fn principal(
    inventory: &Inventory,
    app: &AppId,
    tenant: &TenantId,
    owner: Option<&TenantId>,
) -> Fact {
    let kind = match owner {
        Some(owner) if owner == tenant => Some("authoritative".to_owned()),
        Some(_) => Some("stub".to_owned()),
        None => None,
    };
    if let Some(id) = asker::object_in(inventory, app, tenant) {
        return fact(Verdict::Open, short(&id), kind);
    }
    let is_listed = asker::entry(inventory, app, tenant)
        .is_some_and(|(slice, found)| found.is_none() && slice.state() == State::Known);
    let is_stranger = asker::sign_in_trouble(inventory, tenant).is_some_and(asker::is_stranger);
    if is_listed || is_stranger {
        fact(Verdict::Shut, "none in this tenant", None)
    } else {
        fact(Verdict::Unknown, "not read", None)
    }
}

/// The first and the last letters of an object id.
fn short(id: &PrincipalId) -> String {
    let text = id.as_str();
    match (text.get(..4), text.get(text.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if text.len() > 9 => format!("{first}…{last}"),
        _ => text.to_owned(),
    }
}

fn is_of_pool(right: &Right, hop: &Hop) -> bool {
    right.need.scope == ArmId::new(&hop.to)
}

fn role(hop: &Hop, wanted: impl Fn(&Right) -> bool) -> Option<Fact> {
    let gate = hop.gate(Gate::Authorization)?;
    let right = gate.rights.iter().find(|right| wanted(right))?;
    let verdict = right.standing.verdict();
    let needed = right.need.role.name;
    Some(match (right.standing, right.via.first()) {
        (Standing::Open | Standing::Conditional | Standing::KeyOnly, Some(via)) => {
            let name = via.role_name.clone().unwrap_or_else(|| "a role".to_owned());
            let place = if via
                .scope
                .subscription()
                .is_some_and(|own| own.as_str().eq_ignore_ascii_case(via.scope.name()))
            {
                "the subscription".to_owned()
            } else {
                via.scope.name().to_owned()
            };
            let inherited = if via.is_inherited { ", inherited" } else { "" };
            fact(verdict, name, Some(format!("{place}{inherited}")))
        }
        (Standing::Denied, _) => fact(verdict, format!("{needed} denied"), None),
        (Standing::Unknown, _) => fact(verdict, "cannot be told", None),
        _ if right.eligible.is_some() => {
            fact(verdict, format!("{needed} eligible, not active"), None)
        }
        _ => fact(verdict, format!("{needed} missing"), None),
    })
}

/// Without a service principal nobody can hold a role.
fn nobody(hop: &Hop) -> Option<Fact> {
    let identity = hop.gate(Gate::Identity)?;
    (identity.judged.verdict == Verdict::Shut)
        .then(|| fact(Verdict::Shut, "nobody there to hold one", None))
}

fn state(field: &Field<String>) -> Fact {
    match field.text() {
        Some(text) if text.eq_ignore_ascii_case("connected") => fact(Verdict::Open, text, None),
        Some(text)
            if CONNECTION_STATES
                .iter()
                .any(|own| own.eq_ignore_ascii_case(text)) =>
        {
            fact(Verdict::Shut, text, None)
        }
        _ => fact(Verdict::Unknown, "cannot be read", None),
    }
}

/// The managing tenant's half.
fn asks(inventory: &Inventory, hop: &Hop) -> Option<Fact> {
    let (manager, subscription) = halves(hop)?;
    let listed = facets::scope_connections(inventory, &manager);
    let own = listed
        .items
        .iter()
        .filter(|one| one.resource.as_ref() == Some(&subscription));
    let best = own
        .clone()
        .find(|one| one.state.is("Connected"))
        .or_else(|| own.clone().next());
    Some(match (best, &listed.missing) {
        (Some(one), _) => Fact {
            second: Some(one.name.clone()),
            ..state(&one.state)
        },
        (None, Some(_)) => fact(Verdict::Unknown, "not read", None),
        (None, None) if listed.items.iter().any(is_of_group) => {
            fact(Verdict::Unknown, "through a management group", None)
        }
        (None, None) => fact(Verdict::Shut, "no connection", None),
    })
}

fn is_of_group(one: &ScopeConnection) -> bool {
    let resource = one.resource.as_ref();
    resource.is_some_and(|id| id.subscription().is_none())
}

/// The managed tenant's half.
fn lets_in(inventory: &Inventory, hop: &Hop) -> Option<Fact> {
    let (manager, subscription) = halves(hop)?;
    let slice = inventory
        .snapshot()
        .slice(&Key::NetworkManagerConnections(subscription));
    let items: &[_] = match slice.and_then(|one| one.value.as_deref()) {
        Some(Payload::NetworkManagerConnections(items)) => items,
        _ => &[],
    };
    let own = items
        .iter()
        .filter(|one| one.manager.as_ref() == Some(&manager));
    let best = own
        .clone()
        .find(|one| one.state.is("Connected"))
        .or_else(|| own.clone().next());
    let is_whole = slice.is_some_and(|one| one.state() == State::Known);
    Some(match best {
        Some(one) => Fact {
            second: Some(one.name.clone()),
            ..state(&one.state)
        },
        None if is_whole => fact(Verdict::Shut, "no connection", None),
        None => fact(Verdict::Unknown, "not read", None),
    })
}

/// The manager of the pool and the subscription of the network.
fn halves(hop: &Hop) -> Option<(ArmId, ArmId)> {
    let network = Some(ArmId::new(&hop.from)).filter(|id| id.resource_type().is_some())?;
    Some((
        ArmId::new(&hop.to).parent()?,
        ArmId::of_subscription(&network.subscription()?),
    ))
}

/// Whether the token of the pool's tenant goes along and is taken, by the gate; why not, by the token.
fn sent(hop: &Hop, token: Option<&Token>) -> Option<Fact> {
    let verdict = hop.gate(Gate::Authentication)?.judged.verdict;
    let words = match (verdict, token) {
        (Verdict::Open | Verdict::AtRisk, _) => "auxiliary header",
        (Verdict::Unknown, _) => "cannot be told",
        (Verdict::Shut, None | Some(Token::NotAsked)) => "no auxiliary header",
        (Verdict::Shut, Some(Token::Refused(_) | Token::Pending)) => "no token to send",
        (Verdict::Shut, Some(Token::Wrong(_))) => "the wrong token",
        (Verdict::Shut, Some(Token::Ended(_) | Token::Valid(_))) => "refused by Azure",
    };
    Some(fact(verdict, words, None))
}

/// The regions of network and pool, and what the pool has left against what is asked for. Where the
/// gate is open, nothing of it is in the way.
fn place(inventory: &Inventory, hop: &Hop) -> (Option<Fact>, Option<Fact>) {
    let Some(gate) = hop.gate(Gate::Configuration) else {
        return (None, None);
    };
    let is_open = gate.judged.verdict == Verdict::Open;
    let (from, to) = (ArmId::new(&hop.from), ArmId::new(&hop.to));
    let network = inventory.resource(&from);
    let pool = inventory.ipam_pools().find(|one| one.id == to);
    let plain = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    let region = |field: Option<&Field<String>>| field.and_then(Field::text).map(str::to_owned);
    let here = region(network.map(|one| &one.location));
    let there = region(pool.map(|one| &one.location));
    let same = match (&here, &there) {
        (Some(here), Some(there)) if plain(here) == plain(there) => Verdict::Open,
        (Some(_), Some(_)) if !is_open => Verdict::Shut,
        _ if is_open => Verdict::Open,
        _ => Verdict::Unknown,
    };
    let words = |region: Option<String>| region.unwrap_or_else(|| "not read".to_owned());
    let own = network.map(|_| fact(Verdict::Open, words(here), None));
    let room = pool.map(|one| addresses::room_of(inventory, one, gate_time(gate)));
    let free = room.as_ref().and_then(|room| room.free);
    let wanted = network.map_or(0, |own| addresses::unmet(own, &to));
    let is_full = free.is_some_and(|free| free < wanted) && !is_open;
    let left = free.map(|free| match wanted {
        0 => format!("{} left", grouped(free)),
        wanted => format!("{} left, {} asked for", grouped(free), grouped(wanted)),
    });
    let verdict = if is_full { Verdict::Shut } else { same };
    (own, Some(fact(verdict, words(there), left)))
}

/// When the gate was judged, as far as its evidence tells.
fn gate_time(gate: &GateVerdict) -> OffsetDateTime {
    let times = gate.judged.evidence.iter().map(|one| one.observed_at);
    times.max().unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
