//! Which role and deny assignments were read for a scope, and whether that is all of them.
//!
//! A list at a scope holds what is at it, above it and below it. An assignment above a subscription
//! (a management group, the root) concerns a resource only if a list that the resource lies in
//! brought it: two subscriptions may hang under different management groups.

use std::borrow::Cow;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use indexmap::map::Entry;
use serde_json::Value;
use time::OffsetDateTime;

use crate::analysis::facets;
use crate::model::access::{DenyAssignment, RoleAssignment, RoleDefinition, RoleId, RoleSchedule};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::key::Key;
use crate::model::lookup::{Map, Ordered, OrderedSet, Set};
use crate::store::{Inventory, Payload, Slice};

use super::action::{Action, Match, any_permits};
use super::placed::Placed;

/// Role data, indexed once a revision.
#[derive(Debug)]
pub struct Index<'a> {
    inventory: &'a Inventory,
    assignments: Vec<Read<'a, RoleAssignment>>,
    by_principal: Map<&'a PrincipalId, Placed<'a>>,
    active: Map<&'a PrincipalId, Vec<Read<'a, RoleSchedule>>>,
    groups: Placed<'a>,
    /// The scopes at which assignments stand, and the place among them of each assignment's.
    scopes: Vec<&'a ArmId>,
    scope_of: Vec<usize>,
    /// Whether the directory names the holder of each assignment, by its place.
    is_named: Vec<bool>,
    newest: Option<OffsetDateTime>,
    denials: Vec<Read<'a, DenyAssignment>>,
    denials_at: Placed<'a>,
    assignment_lists: Vec<List<'a>>,
    denial_lists: Vec<List<'a>>,
    /// Definitions in which an entry was not a text and is lost.
    broken_roles: Set<RoleId>,
    /// What the assignments' own ids of their roles lead to.
    roles: Map<&'a ArmId, (RoleId, Option<&'a RoleDefinition>)>,
    /// What these roles permit, by the actions that were asked for.
    permitting: RwLock<Map<Action, Arc<Permitting>>>,
}

/// Which roles permit one action: thousands of questions ask the same few dozen of it.
#[derive(Debug)]
pub struct Permitting {
    action: Action,
    /// By where the definition lies in memory; the inventory that holds it outlives the index.
    by_role: Map<usize, Match>,
}

impl Permitting {
    /// Whether a role permits the action.
    pub fn by(&self, role: &RoleDefinition) -> Match {
        self.by_role
            .get(&ptr::from_ref(role).addr())
            .copied()
            .unwrap_or_else(|| any_permits(&role.permissions, &self.action))
    }
}

/// Something that was read, and the scopes of the lists that held it.
#[derive(Clone, Debug)]
pub struct Read<'a, T> {
    /// The thing.
    pub item: &'a T,
    /// The scopes of the lists that held it.
    pub lists: Vec<&'a ArmId>,
    /// Whether it stands above subscriptions: what it concerns then, the lists say.
    is_above: bool,
}

/// One list.
#[derive(Debug)]
struct List<'a> {
    scope: &'a ArmId,
    at: Option<OffsetDateTime>,
    missing: Option<String>,
}

/// What was read of the assignments that can concern a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// How many assignments were read in all.
    pub assignments: usize,
    /// At how many scopes they stand.
    pub scopes: usize,
    /// Why there may be more that concern the scope.
    pub missing: Option<String>,
}

impl Readings {
    /// How much was read.
    pub fn words(&self) -> String {
        let many = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        format!(
            "{} read at {}",
            many(self.assignments, "assignment"),
            many(self.scopes, "scope")
        )
    }
}

impl<'a> Index<'a> {
    /// Indexes all role data of an inventory.
    pub fn build(inventory: &'a Inventory) -> Self {
        let mut assignments = Ordered::default();
        let mut denials = Ordered::default();
        let mut schedules = Ordered::default();
        let mut assignment_lists = Vec::new();
        let mut denial_lists = Vec::new();
        let mut broken_roles = Set::default();
        for (key, slice) in inventory.beside() {
            match key {
                Key::RoleAssignments(scope) => assignment_lists.push(List::of(scope, slice)),
                Key::DenyAssignments(scope) => denial_lists.push(List::of(scope, slice)),
                _ => {}
            }
            match (key, slice.value.as_deref()) {
                (
                    Key::RoleAssignments(scope) | Key::AssignedTo(scope, _),
                    Some(Payload::RoleAssignments(items)),
                ) => {
                    for item in items {
                        take(&mut assignments, &item.id, (item, &item.scope), scope);
                    }
                }
                (Key::DenyAssignments(scope), Some(Payload::DenyAssignments(items))) => {
                    for item in items {
                        take(&mut denials, &item.id, (item, &item.scope), scope);
                    }
                }
                (Key::ActiveRoles(scope), Some(Payload::RoleSchedules(items))) => {
                    for item in items.iter().filter(|item| is_active(item)) {
                        take(&mut schedules, &item.id, (item, &item.scope), scope);
                    }
                }
                (_, Some(Payload::RoleDefinitions(items))) => broken_roles.extend(
                    items
                        .iter()
                        .filter(|item| !is_whole(&item.raw))
                        .map(|item| RoleId::of(&item.id)),
                ),
                _ => {}
            }
        }
        let assignments: Vec<Read<'a, RoleAssignment>> = assignments.into_values().collect();
        let mut by_principal: Map<&PrincipalId, Vec<usize>> = Map::default();
        let mut groups = Vec::new();
        for (at, read) in assignments.iter().enumerate() {
            by_principal
                .entry(&read.item.principal_id)
                .or_default()
                .push(at);
            let kind = &read.item.principal_type;
            if !(kind.is("User") || kind.is("ServicePrincipal") || kind.is("Device")) {
                groups.push(at);
            }
        }
        let mut active: Map<&PrincipalId, Vec<Read<'a, RoleSchedule>>> = Map::default();
        for read in schedules.into_values() {
            let one = read.item;
            let holder = &one.principal_id;
            let is_assignment = by_principal.get(holder).into_iter().flatten().any(|at| {
                let known = assignments[*at].item;
                one.origin.as_ref() == Some(&known.id)
                    || (known.role() == one.role() && known.scope == one.scope)
            });
            if !is_assignment {
                active.entry(holder).or_default().push(read);
            }
        }
        let roles = roles(inventory, &assignments);
        let is_named = named(inventory, &by_principal, assignments.len());
        let by_principal = by_principal
            .into_iter()
            .map(|(holder, places)| (holder, Placed::of(places, &assignments)))
            .collect();
        let groups = Placed::of(groups, &assignments);
        let mut scopes: OrderedSet<&ArmId> = OrderedSet::default();
        let scope_of = assignments
            .iter()
            .map(|read| scopes.insert_full(&read.item.scope).0)
            .collect();
        let denials: Vec<Read<'a, DenyAssignment>> = denials.into_values().collect();
        let denials_at = Placed::of((0..denials.len()).collect(), &denials);
        // An empty list was read at a time, too.
        let newest = assignment_lists.iter().filter_map(|list| list.at).max();
        Self {
            inventory,
            assignments,
            by_principal,
            active,
            groups,
            scopes: scopes.into_iter().collect(),
            scope_of,
            is_named,
            newest,
            denials,
            denials_at,
            assignment_lists,
            denial_lists,
            broken_roles,
            roles,
            permitting: RwLock::default(),
        }
    }

    /// The environment.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// Every assignment.
    pub fn assignments(&self) -> &[Read<'a, RoleAssignment>] {
        &self.assignments
    }

    /// Every scope at which an assignment stands.
    pub fn scopes(&self) -> &[&'a ArmId] {
        &self.scopes
    }

    /// The place among the scopes of that at which an assignment stands, by its place.
    pub fn scope_of(&self, assignment: usize) -> usize {
        self.scope_of[assignment]
    }

    /// Whether the directory names the holder of an assignment, by its place.
    pub fn is_holder_named(&self, assignment: usize) -> bool {
        self.is_named[assignment]
    }

    /// When the newest list of assignments was read.
    pub fn newest(&self) -> Option<OffsetDateTime> {
        self.newest
    }

    /// Every deny assignment.
    pub fn denials(&self) -> &[Read<'a, DenyAssignment>] {
        &self.denials
    }

    /// Those that concern a scope, by id.
    pub fn denials_at(&self, scope: &ArmId) -> impl Iterator<Item = &Read<'a, DenyAssignment>> {
        self.denials_at
            .concerning(&self.denials, scope)
            .into_iter()
            .map(|at| &self.denials[at])
    }

    /// The assignments of a principal.
    pub fn of_principal(
        &self,
        principal: &PrincipalId,
    ) -> impl Iterator<Item = &Read<'a, RoleAssignment>> {
        self.by_principal
            .get(principal)
            .into_iter()
            .flat_map(|placed| placed.all(&self.assignments))
            .map(|at| &self.assignments[at])
    }

    /// Those of them that concern a scope, by id.
    pub fn of_principal_at(
        &self,
        principal: &PrincipalId,
        scope: &ArmId,
    ) -> impl Iterator<Item = &Read<'a, RoleAssignment>> {
        self.by_principal
            .get(principal)
            .into_iter()
            .flat_map(|placed| placed.concerning(&self.assignments, scope))
            .map(|at| &self.assignments[at])
    }

    /// The roles that PIM keeps active for a principal and that no assignment stands for.
    pub fn active_of(
        &self,
        principal: &PrincipalId,
    ) -> impl Iterator<Item = &Read<'a, RoleSchedule>> {
        self.active.get(principal).into_iter().flatten()
    }

    /// The assignments of groups, and of those of whom it is not said that they are none, that
    /// concern a scope, by id.
    pub fn of_groups_at(&self, scope: &ArmId) -> impl Iterator<Item = &Read<'a, RoleAssignment>> {
        self.groups
            .concerning(&self.assignments, scope)
            .into_iter()
            .map(|at| &self.assignments[at])
    }

    /// A definition, and whether all of it could be read.
    pub fn role(&self, id: &RoleId) -> Option<(&'a RoleDefinition, bool)> {
        let role = self.inventory.role(id)?;
        Some((role, !self.broken_roles.contains(id)))
    }

    /// The same, by the id that an assignment gives its role.
    pub fn role_at(&self, id: &ArmId) -> Option<(&'a RoleDefinition, bool)> {
        match self.roles.get(id) {
            Some((role, definition)) => {
                definition.map(|known| (known, !self.broken_roles.contains(role)))
            }
            None => self.role(&RoleId::of(id)),
        }
    }

    /// Which of the assigned roles permit an action.
    pub fn permitting(&self, action: &Action) -> Arc<Permitting> {
        let known = self
            .permitting
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(action) {
            return Arc::clone(known);
        }
        drop(known);
        let by_role = self
            .roles
            .values()
            .filter_map(|(_, role)| *role)
            .map(|role| {
                let at = ptr::from_ref(role).addr();
                (at, any_permits(&role.permissions, action))
            })
            .collect();
        let found = Arc::new(Permitting {
            action: action.clone(),
            by_role,
        });
        let mut all = self
            .permitting
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(action.clone()).or_insert(found))
    }

    /// The role that an assignment's own id of it stands for.
    pub fn role_id(&self, id: &ArmId) -> Cow<'_, RoleId> {
        match self.roles.get(id) {
            Some((role, _)) => Cow::Borrowed(role),
            None => Cow::Owned(RoleId::of(id)),
        }
    }

    /// What was read of the role assignments that can concern a scope.
    pub fn readings(&self, scope: &ArmId) -> Readings {
        Readings {
            assignments: self.assignments.len(),
            scopes: self.scopes.len(),
            missing: missing(&self.assignment_lists, scope, "role assignments"),
        }
    }

    /// Why there may be more role assignments that concern a scope.
    pub fn assignments_missing(&self, scope: &ArmId) -> Option<String> {
        missing(&self.assignment_lists, scope, "role assignments")
    }

    /// Why there may be more deny assignments that concern a scope.
    pub fn denials_missing(&self, scope: &ArmId) -> Option<String> {
        missing(&self.denial_lists, scope, "deny assignments")
    }
}

#[cfg(test)]
impl<'a> Read<'a, RoleAssignment> {
    /// An assignment that one list held.
    pub(super) fn of(item: &'a RoleAssignment, list: &'a ArmId) -> Self {
        Self::at(item, &item.scope, list)
    }
}

impl<'a, T> Read<'a, T> {
    /// Something that stands at a scope and that one list held.
    fn at(item: &'a T, own: &ArmId, list: &'a ArmId) -> Self {
        Self {
            item,
            lists: vec![list],
            is_above: is_above_subscriptions(own),
        }
    }

    /// Whether it stands above subscriptions.
    pub fn is_above(&self) -> bool {
        self.is_above
    }

    /// Whether what stands at `own` concerns `target`: at it or above it.
    pub fn concerns(&self, own: &ArmId, target: &ArmId) -> bool {
        if self.is_above {
            return self.lists.iter().any(|list| target.is_within(list));
        }
        target.is_within(own)
    }
}

/// Whether the directory names the holder of each of so many assignments.
fn named(
    inventory: &Inventory,
    by_principal: &Map<&PrincipalId, Vec<usize>>,
    assignments: usize,
) -> Vec<bool> {
    let mut named = vec![true; assignments];
    for (holder, places) in by_principal {
        if inventory.principal(holder).is_none() {
            for at in places {
                named[*at] = false;
            }
        }
    }
    named
}

/// What the assignments' own ids of their roles lead to.
fn roles<'a>(
    inventory: &'a Inventory,
    assignments: &[Read<'a, RoleAssignment>],
) -> Map<&'a ArmId, (RoleId, Option<&'a RoleDefinition>)> {
    let mut found: Map<&ArmId, (RoleId, Option<&RoleDefinition>)> = Map::default();
    for read in assignments {
        let id = &read.item.role_definition_id;
        found.entry(id).or_insert_with(|| {
            let role = RoleId::of(id);
            let definition = inventory.role(&role);
            (role, definition)
        });
    }
    found
}

/// Whether a scope is the root or a management group.
pub fn is_above_subscriptions(scope: &ArmId) -> bool {
    let text = scope.folded();
    let bare = text.strip_prefix('/').unwrap_or(text);
    !bare.starts_with("subscriptions/")
}

impl<'a> List<'a> {
    fn of(scope: &'a ArmId, slice: &Slice) -> Self {
        let missing = facets::why_missing(slice).or_else(|| {
            slice
                .issues
                .iter()
                .filter_map(|issue| issue.path.as_deref())
                .any(hides_an_item)
                .then(|| "hold an entry that could not be read".to_owned())
        });
        Self {
            scope,
            at: slice.observed_at,
            missing,
        }
    }
}

/// Whether an issue at a path of a list can mean that an entry was lost. What is merely told of an
/// assignment (dates, words) cannot.
fn hides_an_item(path: &str) -> bool {
    const TOLD: [&str; 7] = [
        "createdOn",
        "updatedOn",
        "description",
        "principalType",
        "condition",
        "denyAssignmentName",
        "isSystemProtected",
    ];
    !TOLD.iter().any(|name| path.ends_with(name))
}

/// Whether an instance was active when it was read.
fn is_active(one: &RoleSchedule) -> bool {
    let at = one.source.observed_at;
    one.start.value().is_none_or(|start| *start <= at)
        && one.end.value().is_none_or(|end| *end > at)
}

fn take<'a, T>(
    known: &mut Ordered<&'a ArmId, Read<'a, T>>,
    id: &'a ArmId,
    (item, own): (&'a T, &ArmId),
    scope: &'a ArmId,
) {
    match known.entry(id) {
        Entry::Occupied(mut same) => same.get_mut().lists.push(scope),
        Entry::Vacant(new) => {
            new.insert(Read::at(item, own, scope));
        }
    }
}

fn missing(lists: &[List<'_>], scope: &ArmId, what: &str) -> Option<String> {
    let concerning = || lists.iter().filter(|list| scope.is_within(list.scope));
    if concerning().any(|list| list.missing.is_none()) {
        return None;
    }
    let why = concerning().find_map(|list| list.missing.clone());
    Some(format!(
        "{what} at {} {}",
        scope.subscription().map_or_else(
            || scope.as_str().to_owned(),
            |subscription| format!("subscription {subscription}")
        ),
        why.unwrap_or_else(|| "were not read".to_owned())
    ))
}

/// Whether every pattern of a definition is a text: one that is not was lost on the way.
fn is_whole(raw: &Value) -> bool {
    let texts = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.iter().all(Value::is_string),
        Some(_) => false,
    };
    let permissions = crate::analysis::evidence::at(raw, "properties.permissions");
    permissions.and_then(Value::as_array).is_some_and(|all| {
        all.iter().all(|entry| {
            entry.is_object()
                && ["actions", "notActions", "dataActions", "notDataActions"]
                    .iter()
                    .all(|name| texts(entry.get(*name)))
        })
    })
}
