//! Which of the possible causes hold in this environment: the judged hops are asked.
//!
//! A hop that is open at a gate rules the cause out there; one that is unknown leaves it possible.
//! What the message names (account, host, principal, scope) narrows the hops; a name that no hop
//! answers to is said, and nothing else is put in its place.

use crate::analysis::access::{self, Action};
use crate::analysis::ground;
use crate::analysis::hop::{GateVerdict, Hop, HopKind};
use crate::analysis::verdict::{Reasoned, Verdict};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{Details, Family, Resource};
use crate::store::Inventory;

use super::facts::FactKind;
use super::{Cause, Recognised};

/// Whether a cause holds here. The order is that of showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// The gate is shut.
    Holds,
    /// The gate cannot be judged.
    Possible,
    /// The gate is open by a weaker path only.
    Weak,
    /// The gate is open, or does not stand on the hop.
    RuledOut,
    /// There is no such hop here.
    NoHop,
}

impl Standing {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds here",
            Self::Possible => "cannot be ruled out",
            Self::Weak => "open by a weaker path only",
            Self::RuledOut => "ruled out here",
            Self::NoHop => "no such hop here",
        }
    }
}

/// How much stands behind a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// A gate that is shut says what the message says.
    Configuration,
    /// Only the message says it.
    MessageAlone,
}

impl Confidence {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Configuration => "configuration says the same",
            Self::MessageAlone => "message alone",
        }
    }
}

/// One hop that a cause may stand on, with the gate as it was judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen<'j> {
    /// The hop.
    pub hop: &'j Hop,
    /// The gate; none when it does not stand on the hop.
    pub gate: Option<&'j GateVerdict>,
    /// What follows.
    pub standing: Standing,
}

/// One cause in this environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Here<'j> {
    /// The cause.
    pub cause: &'static Cause,
    /// The most telling of its hops' standings.
    pub standing: Standing,
    /// The hops, the most telling first.
    pub seen: Vec<Seen<'j>>,
}

impl Here<'_> {
    /// How much stands behind it.
    pub fn confidence(&self) -> Confidence {
        if self.standing == Standing::Holds {
            Confidence::Configuration
        } else {
            Confidence::MessageAlone
        }
    }
}

/// Asks the judged hops; the causes that hold come first, else the catalogue's order stands.
///
/// Whoever knows which hops a message can come from (an indexer's own, say) passes only those.
pub fn look<'j>(
    recognised: &Recognised,
    inventory: &Inventory,
    hops: impl IntoIterator<Item = &'j Hop>,
) -> Vec<Here<'j>> {
    let named = Named::of(recognised);
    let hops: Vec<&Hop> = hops.into_iter().collect();
    let mut all: Vec<Here<'j>> = recognised
        .causes()
        .into_iter()
        .map(|cause| of_cause(cause, &named, inventory, &hops))
        .collect();
    all.sort_by_key(|here| here.standing);
    all
}

fn of_cause<'j>(
    cause: &'static Cause,
    named: &Named<'_>,
    inventory: &Inventory,
    hops: &[&'j Hop],
) -> Here<'j> {
    let mut seen: Vec<Seen<'j>> = hops
        .iter()
        .copied()
        .filter(|hop| cause.hops.contains(&hop.kind) && named.fits(hop, inventory))
        .map(|hop| {
            let gate = hop.gate(cause.gate);
            Seen {
                hop,
                gate,
                standing: standing(gate),
            }
        })
        .collect();
    seen.sort_by_key(|one| one.standing);
    Here {
        cause,
        standing: seen.first().map_or(Standing::NoHop, |one| one.standing),
        seen,
    }
}

fn standing(gate: Option<&GateVerdict>) -> Standing {
    match gate.map(|gate| gate.judged.verdict) {
        Some(Verdict::Shut) => Standing::Holds,
        Some(Verdict::Unknown) => Standing::Possible,
        Some(Verdict::AtRisk) => Standing::Weak,
        Some(Verdict::Open) | None => Standing::RuledOut,
    }
}

/// What the message says of the ends of its hop.
#[derive(Debug, Default)]
struct Named<'r> {
    account: Option<&'r str>,
    hosts: Vec<&'r str>,
    principal: Option<&'r str>,
    action: Option<&'r str>,
    scope: Option<&'r str>,
}

impl<'r> Named<'r> {
    fn of(recognised: &'r Recognised) -> Self {
        Self {
            account: recognised.fact(FactKind::Account),
            hosts: recognised
                .facts
                .iter()
                .filter(|fact| fact.kind == FactKind::Host)
                .map(|fact| fact.value.as_str())
                .collect(),
            principal: recognised.fact(FactKind::Principal),
            action: recognised.fact(FactKind::Action),
            scope: recognised
                .fact(FactKind::Scope)
                .filter(|scope| scope.contains("/subscriptions/")),
        }
    }

    fn fits(&self, hop: &Hop, inventory: &Inventory) -> bool {
        let account = self
            .account
            .is_none_or(|name| ArmId::new(&hop.to).name().eq_ignore_ascii_case(name));
        let host = self.hosts.is_empty()
            || self.hosts.iter().any(|host| answers(inventory, &hop.to, host))
            // A message of a model account may name the host that was called or its own.
            || self.hosts.iter().any(|host| answers(inventory, &hop.from, host));
        let principal = self
            .principal
            .is_none_or(|id| !is_guid(id) || may_call_as(inventory, hop, id));
        let provider = self.action.is_none_or(|action| {
            let of = |text: &str| text.split('/').next().map(str::to_ascii_lowercase);
            ArmId::new(&hop.to)
                .resource_type()
                .is_none_or(|kind| !kind.contains('/') || of(&kind) == of(action))
        });
        let scope = self.scope.is_none_or(|scope| {
            let (scope, to) = (ArmId::new(scope), ArmId::new(&hop.to));
            to.is_within(&scope) || scope.is_within(&to)
        });
        account && host && principal && provider && scope
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && super::facts::guids(text).next() == Some(0)
}

/// Whether an end of a hop answers to a host.
fn answers(inventory: &Inventory, end: &str, host: &str) -> bool {
    if end
        .to_ascii_lowercase()
        .contains(&host.to_ascii_lowercase())
    {
        return true;
    }
    let Some(label) = host.split('.').next() else {
        return false;
    };
    let id = ArmId::new(end);
    if id.name().eq_ignore_ascii_case(label) {
        return true;
    }
    inventory.resource(&id).is_some_and(|resource| {
        matches!(&resource.details, Details::Cognitive(account)
            if account.custom_sub_domain.text().is_some_and(|own| own.eq_ignore_ascii_case(label)))
    })
}

/// Whether a hop's caller may be a principal. Across tenants a hop starts at what the call is about,
/// and Cosmos DB reads keys as Microsoft's own principal: there it is not told by the resource.
fn may_call_as(inventory: &Inventory, hop: &Hop, principal: &str) -> bool {
    hop.kind == HopKind::TenantToTenant
        || inventory
            .resource(&ArmId::new(&hop.from))
            .is_some_and(|from| from.family == Family::Cosmos)
        || calls_as(inventory, &hop.from, principal)
}

/// Whether an end of a hop calls as a principal: it is that principal, or has its identity.
fn calls_as(inventory: &Inventory, end: &str, principal: &str) -> bool {
    if end.eq_ignore_ascii_case(principal) {
        return true;
    }
    inventory
        .resource(&ArmId::new(end))
        .is_some_and(|resource| has_identity(resource, principal))
}

fn has_identity(resource: &Resource, principal: &str) -> bool {
    let is = |field: &Field<PrincipalId>| {
        field
            .value()
            .is_some_and(|id| id.as_str().eq_ignore_ascii_case(principal))
    };
    resource.identity.value().is_some_and(|identity| {
        is(&identity.principal_id)
            || identity.user_assigned.iter().any(|one| {
                is(&one.principal_id)
                    || one
                        .client_id
                        .text()
                        .is_some_and(|id| id.eq_ignore_ascii_case(principal))
            })
    })
}

/// Whether the principal that a message names holds the action that it names at the scope that it
/// names; none when it does not name all three.
pub fn right(recognised: &Recognised, inventory: &Inventory) -> Option<Reasoned> {
    let principal = recognised
        .fact(FactKind::Principal)
        .filter(|id| is_guid(id))?;
    let name = recognised.fact(FactKind::Action)?;
    let scope = recognised
        .fact(FactKind::Scope)
        .filter(|scope| scope.to_ascii_lowercase().contains("/subscriptions/"))?;
    let is_data = recognised
        .messages
        .iter()
        .any(|message| ["M22", "M42"].contains(&message.id));
    let action = if is_data {
        Action::data(name.to_owned())
    } else {
        Action::control(name.to_owned())
    };
    let held = access::held(
        &access::Index::build(inventory),
        &ground::memberships(inventory),
        &PrincipalId::new(principal),
        &action,
        &ArmId::new(scope),
    );
    Some(held.judged)
}

/// The kinds of hops that a recognised message may speak of, in order, each once.
pub fn kinds(recognised: &Recognised) -> Vec<HopKind> {
    let mut kinds: Vec<HopKind> = Vec::new();
    for kind in recognised.causes().iter().flat_map(|cause| cause.hops) {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds
}
