//! The role assignments that concern the resources in scope, by resource and by principal.
//!
//! Nothing is judged here: what is read is put where people look for it, with what was not read
//! named beside it.

use time::OffsetDateTime;

use crate::model::access::{DenyAssignment, RoleAssignment, RoleId};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::key::Key;
use crate::model::lookup::{Map, Ordered, Set};
use crate::model::resource::Resource;
use crate::store::{Inventory, Slice, State};

use super::readings::{Index, is_above_subscriptions};

/// All assignments that concern the resources in scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The assignments, in Azure's order.
    pub rows: Vec<Row>,
    /// The deny assignments.
    pub denials: Vec<Denial>,
    /// How many assignments were read in all.
    pub assignments_read: usize,
    /// At how many scopes.
    pub scopes_read: usize,
    /// What was not read, and why: each a sentence.
    pub missing: Vec<String>,
    /// Whether names come from the directory; if not, why not.
    pub directory: Directory,
    by_scope: Map<ArmId, Vec<usize>>,
    above: Vec<usize>,
    below: Map<ArmId, Vec<usize>>,
}

/// One role assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The assignment.
    pub assignment: ArmId,
    /// Who.
    pub principal: PrincipalId,
    /// The name to show: the directory's, else the object id.
    pub label: String,
    /// Whether `label` is a name.
    pub is_named: bool,
    /// User, Group, `ServicePrincipal`, …
    pub principal_type: Field<String>,
    /// The role's GUID.
    pub role: RoleId,
    /// The role's name; none when its definition was not read.
    pub role_name: Option<String>,
    /// Where it stands.
    pub scope: ArmId,
    /// What kind of scope that is.
    pub level: Level,
    /// Its condition.
    pub condition: Field<String>,
    /// Whether the directory was read after the assignment and has no such principal.
    pub is_orphan: bool,
    /// The scopes of the lists that held it: they say what an assignment above subscriptions
    /// concerns.
    lists: Vec<ArmId>,
}

/// The kind of scope at which an assignment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `/`.
    Root,
    /// A management group.
    ManagementGroup,
    /// A subscription.
    Subscription,
    /// A resource group.
    ResourceGroup,
    /// A resource, or something below it.
    Resource,
}

impl Level {
    /// The level of a scope.
    pub fn of(scope: &ArmId) -> Self {
        if scope.subscription().is_some() {
            return match (scope.resource_type(), scope.resource_group()) {
                (Some(_), _) => Self::Resource,
                (None, Some(_)) => Self::ResourceGroup,
                (None, None) => Self::Subscription,
            };
        }
        if scope.folded().contains("/managementgroups/") {
            Self::ManagementGroup
        } else {
            Self::Root
        }
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::ManagementGroup => "management group",
            Self::Subscription => "subscription",
            Self::ResourceGroup => "resource group",
            Self::Resource => "resource",
        }
    }
}

/// How an assignment reaches a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaches {
    /// It stands at the resource.
    Direct,
    /// It stands above: at what.
    Inherited(Level),
    /// It stands below, at a part of the resource such as a container.
    Part(ArmId),
}

/// A deny assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Denial {
    /// Its id.
    pub id: ArmId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub scope: ArmId,
    /// Whether it means everyone.
    pub is_everyone: bool,
    /// Whom it names otherwise.
    pub principals: Vec<PrincipalId>,
    /// Whom it leaves out.
    pub excluded: Vec<PrincipalId>,
    /// `doNotApplyToChildScopes`.
    pub not_below: Field<bool>,
    /// Whether Azure made it.
    pub system_protected: Field<bool>,
    lists: Vec<ArmId>,
}

/// Where names come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directory {
    /// The directory was read.
    Read,
    /// It was not, and why.
    NotRead(String),
}

impl Matrix {
    /// The assignments that concern a resource, and how they reach it: those at it and below it
    /// first, then those above.
    pub fn of_resource<'m>(&'m self, id: &ArmId) -> Vec<(&'m Row, Reaches)> {
        let mut found = Vec::new();
        let rows =
            |at: Option<&'m Vec<usize>>| at.into_iter().flatten().map(|index| &self.rows[*index]);
        found.extend(rows(self.by_scope.get(id)).map(|row| (row, Reaches::Direct)));
        found.extend(rows(self.below.get(id)).map(|row| (row, Reaches::Part(row.scope.clone()))));
        let mut scope = id.parent();
        while let Some(here) = scope {
            found.extend(
                rows(self.by_scope.get(&here)).map(|row| (row, Reaches::Inherited(row.level))),
            );
            scope = here.parent();
        }
        found.extend(
            rows(Some(&self.above))
                .filter(|row| row.lists.iter().any(|list| id.is_within(list)))
                .map(|row| (row, Reaches::Inherited(row.level))),
        );
        found
    }

    /// The rows by principal, in the order in which principals first appear.
    pub fn by_principal(&self) -> Ordered<&PrincipalId, Vec<&Row>> {
        let mut found: Ordered<&PrincipalId, Vec<&Row>> = Ordered::default();
        for row in &self.rows {
            found.entry(&row.principal).or_default().push(row);
        }
        found
    }

    /// The deny assignments that touch a resource, for anybody.
    pub fn denials_of<'m>(&'m self, id: &'m ArmId) -> impl Iterator<Item = &'m Denial> {
        self.denials.iter().filter(move |denial| denial.touches(id))
    }

    /// The deny assignments that meet an assignment: at a scope of its branch, naming its
    /// principal or everyone. Groups are not followed here.
    pub fn denials_touching<'m>(&'m self, row: &'m Row) -> impl Iterator<Item = &'m Denial> {
        self.denials.iter().filter(move |denial| {
            let in_branch = denial.touches(&row.scope) || denial.scope.is_within(&row.scope);
            let is_meant = denial.is_everyone || denial.principals.contains(&row.principal);
            in_branch && is_meant && !denial.excluded.contains(&row.principal)
        })
    }
}

impl Denial {
    fn touches(&self, id: &ArmId) -> bool {
        if self.scope == *id {
            return true;
        }
        if self.not_below.value() == Some(&true) {
            return false;
        }
        if is_above_subscriptions(&self.scope) {
            return self.lists.iter().any(|list| id.is_within(list));
        }
        id.is_within(&self.scope)
    }
}

/// The assignments that concern the resources in scope: all that were read, or those of the
/// resource groups that were asked for.
pub fn matrix(inventory: &Inventory) -> Matrix {
    let index = Index::build(inventory);
    matrix_of(&index)
}

/// The same with an index that is already there.
pub fn matrix_of(index: &Index<'_>) -> Matrix {
    matrix_where(index, |_, _| true)
}

/// The rows that are wanted, by their role and the level of their scope; and those of principals that
/// the directory does not name. What the matrix says of all assignments counts all of them.
pub fn matrix_where(index: &Index<'_>, wanted: impl Fn(&RoleId, Level) -> bool) -> Matrix {
    let inventory = index.inventory();
    let shown: Vec<&Resource> = inventory
        .resources()
        .map(AsRef::as_ref)
        .filter(|one| is_shown(inventory, one))
        .collect();
    let resources: Set<&ArmId> = shown.iter().map(|one| &one.id).collect();
    let mut ancestors: Set<ArmId> = Set::default();
    for one in &shown {
        let mut scope = one.id.parent();
        while let Some(here) = scope {
            scope = here.parent();
            if !ancestors.insert(here) {
                break;
            }
        }
    }

    let directories = Directories::of(inventory);
    let mut matrix = Matrix {
        rows: Vec::new(),
        denials: denials(index),
        assignments_read: index.assignments().len(),
        scopes_read: 0,
        missing: missing(index, &ancestors),
        directory: directories.state(),
        by_scope: Map::default(),
        above: Vec::new(),
        below: Map::default(),
    };
    // Many assignments share a scope: where it belongs is looked up once.
    let places: Vec<(Place, Level)> = index
        .scopes()
        .iter()
        .map(|scope| {
            let place = if is_above_subscriptions(scope) {
                Place::Above
            } else if resources.contains(scope) || ancestors.contains(*scope) {
                Place::At
            } else {
                owner(scope, &resources).map_or(Place::Elsewhere, Place::Below)
            };
            (place, Level::of(scope))
        })
        .collect();
    let mut by_place: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    for (number, read) in index.assignments().iter().enumerate() {
        let assignment = read.item;
        let scope = index.scope_of(number);
        let (place, level) = &places[scope];
        let is_wanted = wanted(&index.role_id(&assignment.role_definition_id), *level)
            || !index.is_holder_named(number);
        if !is_wanted {
            continue;
        }
        let at = matrix.rows.len();
        match place {
            Place::Above => matrix.above.push(at),
            Place::At | Place::Below(_) => by_place[scope].push(at),
            Place::Elsewhere => continue,
        }
        let lists = read.lists.iter().map(|list| (*list).clone()).collect();
        matrix
            .rows
            .push(row(index, &directories, assignment, *level, lists));
    }
    for ((scope, (place, _)), rows) in index.scopes().iter().zip(&places).zip(by_place) {
        match place {
            Place::At => matrix.by_scope.entry((*scope).clone()),
            Place::Below(owner) => matrix.below.entry(owner.clone()),
            Place::Above | Place::Elsewhere => continue,
        }
        .or_default()
        .extend(rows);
    }
    // Parts of one resource stand in the order of their assignments, too.
    for rows in matrix.below.values_mut() {
        rows.sort_unstable();
    }
    matrix.scopes_read = places.len();
    matrix
}

/// Where a scope stands to the resources that are shown.
enum Place {
    /// Above all subscriptions.
    Above,
    /// At one of them, or above it.
    At,
    /// At a part of this one.
    Below(ArmId),
    /// Elsewhere.
    Elsewhere,
}

/// Resource groups that were asked for restrict what is shown; what a resource in them names was
/// read one by one and is shown too.
fn is_shown(inventory: &Inventory, resource: &Resource) -> bool {
    let groups = &inventory.snapshot().scope().resource_groups;
    groups.is_empty()
        || resource
            .id
            .resource_group()
            .is_some_and(|own| groups.iter().any(|group| group.eq_ignore_ascii_case(own)))
        || inventory
            .snapshot()
            .slice(&Key::Resource(resource.id.clone()))
            .is_some()
}

/// The resource that a scope is a part of.
fn owner(scope: &ArmId, resources: &Set<&ArmId>) -> Option<ArmId> {
    let mut here = scope.parent();
    while let Some(id) = here {
        if resources.contains(&id) {
            return Some(id);
        }
        here = id.parent();
    }
    None
}

fn row(
    index: &Index<'_>,
    directories: &Directories<'_>,
    assignment: &RoleAssignment,
    level: Level,
    lists: Vec<ArmId>,
) -> Row {
    let inventory = index.inventory();
    let principal = inventory.principal(&assignment.principal_id);
    let name = principal.and_then(|one| {
        one.display_name
            .text()
            .or_else(|| one.user_principal_name.text())
            .or_else(|| one.app_id.text())
    });
    let role = index.role_id(&assignment.role_definition_id).into_owned();
    // Foreign principals are in another directory: that this one lacks them says nothing.
    let is_foreign = assignment.principal_type.is("ForeignGroup");
    Row {
        assignment: assignment.id.clone(),
        principal: assignment.principal_id.clone(),
        label: name.map_or_else(|| assignment.principal_id.to_string(), str::to_owned),
        is_named: name.is_some(),
        principal_type: assignment.principal_type.clone(),
        role_name: index
            .role_at(&assignment.role_definition_id)
            .map(|(role, _)| role.name.clone()),
        role,
        scope: assignment.scope.clone(),
        level,
        condition: assignment.condition.clone(),
        is_orphan: principal.is_none()
            && !is_foreign
            && !inventory.is_presented(&assignment.principal_id)
            && directories.was_read_after(inventory, assignment, &lists),
        lists,
    }
}

fn denials(index: &Index<'_>) -> Vec<Denial> {
    index
        .denials()
        .iter()
        .map(|read| {
            let one: &DenyAssignment = read.item;
            let is_zero = |id: &PrincipalId| id.as_str().trim_matches(['0', '-']).is_empty();
            Denial {
                id: one.id.clone(),
                name: one.name.clone(),
                scope: one.scope.clone(),
                is_everyone: one.principals.iter().any(|(id, _)| is_zero(id)),
                principals: one
                    .principals
                    .iter()
                    .map(|(id, _)| id.clone())
                    .filter(|id| !is_zero(id))
                    .collect(),
                excluded: one
                    .exclude_principals
                    .iter()
                    .map(|(id, _)| id.clone())
                    .collect(),
                not_below: one.not_below,
                system_protected: one.system_protected,
                lists: read.lists.iter().map(|list| (*list).clone()).collect(),
            }
        })
        .collect()
}

/// What was not read, subscription by subscription.
fn missing(index: &Index<'_>, ancestors: &Set<ArmId>) -> Vec<String> {
    let mut subscriptions: Vec<&ArmId> = ancestors
        .iter()
        .filter(|scope| Level::of(scope) == Level::Subscription)
        .collect();
    subscriptions.sort();
    subscriptions
        .into_iter()
        .flat_map(|scope| {
            // Lists of groups may stand in for a subscription's that was refused.
            let of_groups = || {
                ancestors
                    .iter()
                    .filter(|one| Level::of(one) == Level::ResourceGroup && one.is_within(scope))
            };
            let assignments = index
                .assignments_missing(scope)
                .filter(|_| of_groups().any(|one| index.assignments_missing(one).is_some()));
            let denials = index
                .denials_missing(scope)
                .filter(|_| of_groups().any(|one| index.denials_missing(one).is_some()));
            [assignments, denials]
        })
        .flatten()
        .collect()
}

/// The readings of principals, a tenant each.
struct Directories<'a> {
    lists: Vec<(Option<&'a TenantId>, &'a Slice)>,
}

impl<'a> Directories<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let lists = inventory
            .beside()
            .filter_map(|(key, slice)| match key {
                Key::Principals(tenant) => Some((tenant.as_ref(), slice)),
                _ => None,
            })
            .collect();
        Self { lists }
    }

    fn state(&self) -> Directory {
        if self.lists.is_empty() {
            return Directory::NotRead("the directory was not asked for names".to_owned());
        }
        let trouble = self
            .lists
            .iter()
            .find(|(_, slice)| slice.state() != State::Known);
        match trouble {
            None => Directory::Read,
            Some((_, slice)) => Directory::NotRead(match slice.state() {
                State::Unsupported => "this cloud has no directory to ask".to_owned(),
                _ => crate::analysis::facets::why_missing(slice).map_or_else(
                    || "names of principals were not read".to_owned(),
                    |why| format!("names of principals {why}"),
                ),
            }),
        }
    }

    /// Whether the directory of an assignment's tenant was read, wholly, after the assignment.
    fn was_read_after(
        &self,
        inventory: &Inventory,
        assignment: &RoleAssignment,
        lists: &[ArmId],
    ) -> bool {
        let tenant = lists
            .iter()
            .chain([&assignment.scope])
            .find_map(ArmId::subscription)
            .and_then(|id| inventory.subscription(&id)?.tenant_id.clone());
        let own = self
            .lists
            .iter()
            .find(|(of, _)| of.is_some() && *of == tenant.as_ref())
            .or_else(|| self.lists.iter().find(|(of, _)| of.is_none()));
        own.is_some_and(|(_, slice)| {
            let after = |at: OffsetDateTime| at >= assignment.source.observed_at;
            slice.state() == State::Known
                && slice.issues.is_empty()
                && slice.observed_at.is_some_and(after)
        })
    }
}
