//! From what a person asked for to subscriptions and groups, and what of it cannot be found.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use indexmap::map::Entry;
use uuid::Uuid;

use crate::model::id::{ArmId, SubscriptionId, TenantId};
use crate::model::key::{GroupName, Key};
use crate::model::scope::Scope;
use crate::model::tenancy::Subscription;
use crate::store::{Payload, Snapshot, State};

use super::{is_open, value};

/// A subscription in scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Which.
    pub(super) subscription: SubscriptionId,
    /// Whose tenant's token shows it.
    pub(super) tenant: Option<TenantId>,
    /// The chosen groups; none means the whole subscription.
    pub(super) groups: Option<Vec<GroupName>>,
    /// It was named by its id, but the list does not hold it: its groups are asked for, and only
    /// when that works is the rest read.
    pub(super) probe: bool,
}

impl Place {
    /// The groups in scope as ids: the chosen ones, else all that were seen.
    pub(super) fn group_ids(&self, known: &Snapshot) -> Vec<ArmId> {
        let groups = match &self.groups {
            Some(groups) => groups.clone(),
            None => groups_seen(known, &self.subscription),
        };
        let subscription = ArmId::of_subscription(&self.subscription);
        groups
            .iter()
            .map(|group| subscription.child(&format!("resourceGroups/{group}")))
            .collect()
    }
}

/// Something that was asked for and is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No subscription has this id or name.
    UnknownSubscription {
        /// As it was asked for.
        name: String,
        /// What can be seen: name and id.
        seen: Vec<(String, SubscriptionId)>,
    },
    /// No subscription in scope has a group of this name.
    UnknownGroup {
        /// As it was asked for.
        name: String,
        /// The groups that can be seen.
        seen: Vec<String>,
    },
    /// The list of subscriptions is empty, or all of them are disabled.
    NoSubscription {
        /// How many are there, but disabled.
        disabled: usize,
    },
}

/// The tenants whose view is asked for; none is the credential's own.
pub(super) fn views(scope: &Scope) -> Vec<Option<TenantId>> {
    let mut views = vec![scope.tenant.as_ref().map(TenantId::new)];
    for tenant in &scope.auxiliary_tenants {
        let view = Some(TenantId::new(tenant));
        if !views.contains(&view) {
            views.push(view);
        }
    }
    views
}

/// Every subscription that some view lists, with that view: its own tenant's, where that is one of
/// them, as against one that it is delegated to.
fn listed<'a>(known: &'a Snapshot, scope: &Scope) -> Vec<(Option<TenantId>, &'a Subscription)> {
    let mut all: IndexMap<&SubscriptionId, (Option<TenantId>, &Subscription)> = IndexMap::new();
    for view in views(scope) {
        let key = Key::Subscriptions(view.clone());
        let Some(Payload::Subscriptions(items)) = value(known, &key) else {
            continue;
        };
        for item in items {
            let home = item.tenant_id.as_ref();
            let is_own = home.is_some_and(|home| known.looks_into(view.as_ref(), home));
            match all.entry(&item.id) {
                Entry::Vacant(place) => {
                    place.insert((view.clone(), item));
                }
                Entry::Occupied(mut place) => {
                    let had_own =
                        home.is_some_and(|home| known.looks_into(place.get().0.as_ref(), home));
                    if is_own && !had_own {
                        place.insert((view.clone(), item));
                    }
                }
            }
        }
    }
    all.into_values().collect()
}

fn names(subscription: &Subscription, asked: &str) -> bool {
    subscription.id == SubscriptionId::new(asked)
        || subscription.display_name.eq_ignore_ascii_case(asked)
}

fn lists_ended(known: &Snapshot, scope: &Scope) -> bool {
    views(scope)
        .into_iter()
        .all(|view| !is_open(known, &Key::Subscriptions(view)))
}

fn lists_whole(known: &Snapshot, scope: &Scope) -> bool {
    views(scope)
        .into_iter()
        .all(|view| known.state(&Key::Subscriptions(view)) == State::Known)
}

/// Whether a subscription is listed. While or where the lists are not whole, it may be.
pub(super) fn is_visible(known: &Snapshot, scope: &Scope, subscription: &SubscriptionId) -> bool {
    !lists_whole(known, scope)
        || listed(known, scope)
            .iter()
            .any(|(_, one)| one.id == *subscription)
}

/// Through whose tenant's eyes something is read; none is the credential's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View(pub(super) Option<TenantId>);

/// With whose tenant's token a subscription is read, when some view lists it.
pub(super) fn view_of(
    known: &Snapshot,
    scope: &Scope,
    subscription: &SubscriptionId,
) -> Option<View> {
    listed(known, scope)
        .into_iter()
        .find(|(_, one)| one.id == *subscription)
        .map(|(view, _)| View(view))
}

/// The view that speaks for a tenant: the one that is named by its id; else the only one that is named
/// by a domain or not at all, when somebody is signed in to that tenant.
pub(super) fn view_for(known: &Snapshot, scope: &Scope, tenant: &TenantId) -> Option<View> {
    let views = views(scope);
    if let Some(named) = views.iter().find(|view| view.as_ref() == Some(tenant)) {
        return Some(View(named.clone()));
    }
    let mut unnamed = views
        .into_iter()
        .filter(|view| view.as_ref().is_none_or(|named| !named.is_guid()));
    let only = unnamed.next().filter(|_| unnamed.next().is_none())?;
    known
        .callers()
        .iter()
        .any(|one| one.tenant.as_ref() == Some(tenant))
        .then_some(View(only))
}

/// The subscriptions in scope, as far as they are known by now.
pub(super) fn places(known: &Snapshot, scope: &Scope) -> Vec<Place> {
    let listed = listed(known, scope);
    let views = views(scope);
    let mut places: Vec<Place> = Vec::new();
    let mut add = |subscription: &SubscriptionId, tenant: Option<TenantId>, probe: bool| {
        if !places.iter().any(|one| one.subscription == *subscription) {
            places.push(Place {
                subscription: subscription.clone(),
                tenant,
                groups: None,
                probe,
            });
        }
    };
    if scope.subscriptions.is_empty() {
        for (tenant, one) in &listed {
            if one.is_enabled() {
                add(&one.id, tenant.clone(), false);
            }
        }
    }
    for asked in &scope.subscriptions {
        let mut found = false;
        for (tenant, one) in listed.iter().filter(|(_, one)| names(one, asked)) {
            found = true;
            add(&one.id, tenant.clone(), false);
        }
        if found || Uuid::try_parse(asked).is_err() {
            continue;
        }
        // An id needs no list to be read by. With several tenants the list says whose it is.
        let id = SubscriptionId::new(asked);
        let tenant = views.first().cloned().flatten();
        if !lists_ended(known, scope) {
            if views.len() == 1 {
                add(&id, tenant, false);
            }
        } else if lists_whole(known, scope) {
            let groups = Key::Groups(id.clone());
            add(&id, tenant, known.state(&groups) != State::Known);
        } else {
            add(&id, tenant, false);
        }
    }
    let alone = places.len() == 1;
    for place in &mut places {
        place.groups = chosen_groups(known, scope, &place.subscription, alone);
    }
    places
}

/// The chosen groups of a subscription. With one subscription they are taken at their word until
/// its groups are known; with several the question is whose they are.
fn chosen_groups(
    known: &Snapshot,
    scope: &Scope,
    subscription: &SubscriptionId,
    alone: bool,
) -> Option<Vec<GroupName>> {
    if scope.resource_groups.is_empty() {
        return None;
    }
    let key = Key::Groups(subscription.clone());
    let seen = groups_seen(known, subscription);
    let ended = !is_open(known, &key);
    let whole = known.state(&key) == State::Known;
    let mut groups = Vec::new();
    for name in &scope.resource_groups {
        let name = GroupName::new(name);
        let unsure = if ended { !whole } else { alone };
        if (seen.contains(&name) || unsure) && !groups.contains(&name) {
            groups.push(name);
        }
    }
    Some(groups)
}

/// The groups of a subscription that were seen.
pub(super) fn groups_seen(known: &Snapshot, subscription: &SubscriptionId) -> Vec<GroupName> {
    match value(known, &Key::Groups(subscription.clone())) {
        Some(Payload::Groups(items)) => items.iter().map(|one| GroupName::new(&one.name)).collect(),
        _ => Vec::new(),
    }
}

/// With whose tenant's token something in a subscription is read by its id. None while a list that may
/// still come could name another tenant: a token of the wrong one would only be refused.
pub(super) fn whose(
    known: &Snapshot,
    scope: &Scope,
    subscription: &SubscriptionId,
    places: &[Place],
) -> Option<View> {
    if let Some(view) = view_of(known, scope, subscription) {
        return Some(view);
    }
    (views(scope).len() == 1 || lists_ended(known, scope))
        .then(|| View(tenant_of(subscription, places)))
}

/// Whose tenant shows a subscription; that of the first place, for one that no place is.
pub(super) fn tenant_of(subscription: &SubscriptionId, places: &[Place]) -> Option<TenantId> {
    places
        .iter()
        .find(|place| place.subscription == *subscription)
        .or_else(|| places.first())
        .and_then(|place| place.tenant.clone())
}

/// What was asked for and is not there, as far as that is certain by now.
pub fn troubles(known: &Snapshot, scope: &Scope) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if !lists_ended(known, scope) {
        return troubles;
    }
    let listed = listed(known, scope);
    let places = places(known, scope);
    if scope.subscriptions.is_empty() && places.is_empty() && lists_whole(known, scope) {
        troubles.push(Trouble::NoSubscription {
            disabled: listed.len(),
        });
    }
    for asked in &scope.subscriptions {
        let id = SubscriptionId::new(asked);
        let found = listed.iter().any(|(_, one)| names(one, asked))
            || places.iter().any(|place| {
                place.subscription == id
                    && (!place.probe || is_open(known, &Key::Groups(id.clone())))
            });
        if !found {
            troubles.push(Trouble::UnknownSubscription {
                name: asked.clone(),
                seen: listed
                    .iter()
                    .map(|(_, one)| (one.display_name.clone(), one.id.clone()))
                    .collect(),
            });
        }
    }
    let certain = !places.is_empty()
        && places
            .iter()
            .all(|place| known.state(&Key::Groups(place.subscription.clone())) == State::Known);
    if certain {
        let seen: BTreeSet<GroupName> = places
            .iter()
            .flat_map(|place| groups_seen(known, &place.subscription))
            .collect();
        for asked in &scope.resource_groups {
            if !seen.contains(&GroupName::new(asked)) {
                troubles.push(Trouble::UnknownGroup {
                    name: asked.clone(),
                    seen: seen.iter().map(|one| one.as_str().to_owned()).collect(),
                });
            }
        }
    }
    troubles
}
