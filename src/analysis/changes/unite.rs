//! Several events into one change. Azure writes an event when a request comes, when it is accepted,
//! and when it ended; they share correlation, operation and resource. A policy that acts leaves events
//! of its own in the same correlation.

use std::sync::Arc;

use crate::model::activity::{ActivityEvent, PolicyMark};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::lookup::{Map, Ordered, Set};
use crate::store::Inventory;

use super::change::{Actor, ActorKind, Change, Kind, Outcome};

/// Correlation, operation and resource, in lower case.
type Tie = (String, String, String);

/// Every change, the newest first.
pub(super) fn unite(inventory: &Inventory) -> Vec<Arc<Change>> {
    let mut seen = Set::default();
    let mut groups: Ordered<Tie, Vec<Arc<ActivityEvent>>> = Ordered::default();
    for event in inventory.activity_events() {
        // A group's log and a subscription's may hold the same event.
        if !seen.insert((event.id.as_str(), event.at)) {
            continue;
        }
        groups
            .entry(tie(event))
            .or_default()
            .push(Arc::clone(event));
    }
    let marks = marks(groups.values().flatten());
    let identities = identities(inventory);
    let mut changes: Vec<Change> = groups
        .into_iter()
        .map(|(tie, events)| change(inventory, &tie, events, &marks, &identities))
        .collect();
    let own: Set<(Option<String>, Option<ArmId>)> = changes
        .iter()
        .filter(|one| one.kind.writes() && !matches!(one.kind, Kind::Policy(_)))
        .filter(|one| one.is_by_policy())
        .map(|one| (one.correlation_id.clone(), one.resource.clone()))
        .collect();
    // What a policy wrote by itself is told once: by the write.
    changes.retain(|one| {
        let is_told = matches!(one.kind, Kind::Policy(act) if act.changes())
            && own.contains(&(one.correlation_id.clone(), one.resource.clone()));
        !is_told
    });
    changes.sort_by(|left, right| (right.at, &left.id).cmp(&(left.at, &right.id)));
    changes.into_iter().map(Arc::new).collect()
}

fn tie(event: &ActivityEvent) -> Tie {
    let correlation = event
        .correlation_id
        .text()
        .or(event.operation_id.text())
        .unwrap_or(&event.id);
    (
        correlation.to_ascii_lowercase(),
        event.operation.to_ascii_lowercase(),
        resource(event).map_or_else(String::new, |id| id.folded().to_owned()),
    )
}

fn resource(event: &ActivityEvent) -> Option<ArmId> {
    event
        .resource
        .value()
        .or(event.scope.value())
        .cloned()
        .filter(|id| !id.name().is_empty())
}

/// The assignments of policies that were read, by the object id and the application id of their own
/// identities, in lower case. A user-assigned identity may work for others too: it tells nothing.
type Identities = Map<String, ArmId>;

fn identities(inventory: &Inventory) -> Identities {
    let mut found = Identities::default();
    for assignment in inventory.policy_assignments() {
        let Some(own) = assignment.principal_id.value() else {
            continue;
        };
        let app = inventory
            .principal(own)
            .and_then(|known| known.app_id.text());
        for id in [Some(own.as_str()), app].into_iter().flatten() {
            found.insert(id.to_ascii_lowercase(), assignment.id.clone());
        }
    }
    found
}

/// What policies did, by correlation and resource.
type Marks = Map<(String, Option<ArmId>), Vec<PolicyMark>>;

fn marks<'a>(events: impl Iterator<Item = &'a Arc<ActivityEvent>>) -> Marks {
    let mut found = Marks::default();
    for event in events.filter(|event| !event.policies.is_empty()) {
        let own = found.entry((tie(event).0, resource(event))).or_default();
        for mark in &event.policies {
            if !own.contains(mark) {
                own.push(mark.clone());
            }
        }
    }
    found
}

fn change(
    inventory: &Inventory,
    tie: &Tie,
    mut events: Vec<Arc<ActivityEvent>>,
    marks: &Marks,
    identities: &Identities,
) -> Change {
    events.sort_by_key(|event| (event.at, rank(event)));
    let first = Arc::clone(&events[0]);
    let last = Arc::clone(events.last().unwrap_or(&first));
    let resource = events.iter().find_map(|event| resource(event));
    let kind = Kind::of(&first.operation, first.category.text());
    let told = |of: fn(&ActivityEvent) -> Option<&str>| {
        events.iter().find_map(|event| of(event)).map(str::to_owned)
    };
    let policies = marks
        .get(&(tie.0.clone(), resource.clone()))
        .cloned()
        .unwrap_or_default();
    let outcome = outcome(&events);
    Change {
        kind,
        operation: first.operation.clone(),
        about: resource.as_ref().map(|id| about(id, kind)),
        started: first.at,
        at: last.at,
        outcome,
        actor: actor(inventory, &events, identities),
        address: told(|event| event.address.text()),
        role: told(|event| event.role.text()),
        correlation_id: told(|event| event.correlation_id.text()),
        message: (outcome == Outcome::Failed)
            .then(|| events.iter().rev().find_map(|event| event.message.text()))
            .flatten()
            .map(str::to_owned),
        id: format!("{}|{}|{}", tie.0, tie.1, tie.2),
        resource,
        policies,
        events,
    }
}

/// Events of the same second in the order in which they happen.
fn rank(event: &ActivityEvent) -> u8 {
    match event.status.text() {
        Some(status) if status.eq_ignore_ascii_case("Started") => 0,
        Some(status) if status.eq_ignore_ascii_case("Accepted") => 1,
        _ => 2,
    }
}

fn outcome(events: &[Arc<ActivityEvent>]) -> Outcome {
    let ended = |words: &[&str]| {
        events.iter().rev().any(|event| {
            event
                .status
                .text()
                .is_some_and(|own| words.iter().any(|word| word.eq_ignore_ascii_case(own)))
        })
    };
    if ended(&["Succeeded", "Resolved", "Active"]) {
        Outcome::Succeeded
    } else if ended(&["Failed", "Canceled", "Cancelled"]) {
        Outcome::Failed
    } else {
        Outcome::Underway
    }
}

/// What a change concerns: the resource that a part, a setting, a lock or an assignment belongs to.
fn about(id: &ArmId, kind: Kind) -> ArmId {
    if kind == Kind::Deployment {
        return id.group_id().unwrap_or_else(|| id.clone());
    }
    let folded = id.folded();
    let extension = [
        "/providers/microsoft.authorization/",
        "/providers/microsoft.insights/",
        "/providers/microsoft.resourcehealth/",
        "/providers/microsoft.resources/",
    ]
    .iter()
    .filter_map(|one| folded.find(one))
    .filter(|at| *at > 0)
    .min();
    let scope = extension
        .and_then(|at| id.as_str().get(..at))
        .unwrap_or(id.as_str());
    let parts: Vec<&str> = scope.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [_, _, _, _, providers, _, _, _, ..] if providers.eq_ignore_ascii_case("providers") => {
            ArmId::new(format!("/{}", parts[..8].join("/")))
        }
        _ => ArmId::new(scope),
    }
}

fn actor(inventory: &Inventory, events: &[Arc<ActivityEvent>], identities: &Identities) -> Actor {
    let find = |of: fn(&ActivityEvent) -> Option<String>| events.iter().find_map(|event| of(event));
    let caller = find(|event| event.caller.text().map(str::to_owned));
    let app_id = find(|event| event.claims.app_id.clone());
    let object_id = events
        .iter()
        .find_map(|event| event.claims.object_id.clone())
        .or_else(|| {
            let caller = caller.as_deref()?;
            uuid::Uuid::try_parse(caller).ok()?;
            Some(PrincipalId::new(caller))
        });
    // The token says whose identity it is where it may; else the assignment names its identity.
    let identity_of = events
        .iter()
        .find_map(|event| event.claims.identity_of.clone())
        .or_else(|| {
            let ids = [
                object_id.as_ref().map(PrincipalId::as_str),
                caller.as_deref(),
                app_id.as_deref(),
            ];
            let mut ids = ids.into_iter().flatten();
            ids.find_map(|id| identities.get(&id.to_ascii_lowercase()).cloned())
        });
    let known = object_id.as_ref().and_then(|id| inventory.principal(id));
    let is_policy = identity_of.as_ref().is_some_and(|id| {
        id.resource_type()
            .is_some_and(|of| of.eq_ignore_ascii_case("Microsoft.Authorization/policyAssignments"))
    });
    let idtyp = find(|event| event.claims.idtyp.clone());
    let kind = match (idtyp.as_deref(), &identity_of, caller.as_deref()) {
        (_, Some(_), _) if is_policy => ActorKind::Policy,
        (_, Some(_), _) => ActorKind::ManagedIdentity,
        (Some("app"), ..) => ActorKind::Application,
        (Some(_), ..) => ActorKind::Person,
        (None, None, Some(name)) if name.contains('@') => ActorKind::Person,
        (None, None, None) if app_id.is_none() => ActorKind::Azure,
        _ if known.is_some_and(|one| one.kind.is("servicePrincipal")) => ActorKind::Application,
        _ => ActorKind::Unclear,
    };
    let of_directory = known.and_then(|one| {
        one.user_principal_name
            .text()
            .or(one.display_name.text())
            .map(str::to_owned)
    });
    let sign_in_name = caller.clone().filter(|name| name.contains('@'));
    let name = sign_in_name
        .or(of_directory)
        .or_else(|| identity_of.as_ref().map(|id| id.name().to_owned()))
        .or_else(|| find(|event| event.claims.name.clone()))
        .or(caller)
        .or_else(|| app_id.clone())
        .unwrap_or_else(|| "Azure".to_owned());
    Actor {
        name,
        kind,
        object_id,
        app_id,
        identity_of,
    }
}
