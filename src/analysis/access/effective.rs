//! Effective access: does a principal hold an action at a scope, and by which assignments
//! (domain-rules C.2).
//!
//! Computed from actions and data actions, never from the names of roles. Deny assignments beat
//! roles; `notActions` subtract inside one role only; a condition is shown, not evaluated.

use std::sync::Arc;

use serde_json::Value;

use crate::analysis::evidence::Evidence;
use crate::analysis::verdict::Reasoned;
use crate::model::access::{DenyAssignment, RoleAssignment, RoleId, RoleSchedule};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::Source;

use super::action::{Action, Match, any_permits};
use super::held::{Held, KeyPath, Memberships, Standing, Via};
use super::readings::{Index, Permitting, Readings};

/// The object id that stands for everyone in a deny assignment.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// Whether `principal` holds `action` at `scope`.
pub fn held(
    index: &Index<'_>,
    memberships: &Memberships,
    principal: &PrincipalId,
    action: &Action,
    scope: &ArmId,
) -> Held {
    Question {
        index,
        groups: memberships.of(principal),
        own_groups: memberships.at_least(principal),
        knows_assignments: memberships.knows_assignments(principal, scope),
        principal,
        action,
        permitting: index.permitting(action),
        scope,
    }
    .answer()
}

/// The same for a person or an app that may take the way of keys where no role gives the action.
/// Not for services: they present what their definition says.
pub fn held_or_by_key(
    index: &Index<'_>,
    memberships: &Memberships,
    principal: &PrincipalId,
    action: &Action,
    scope: &ArmId,
    keys: &KeyPath,
) -> Held {
    let own = held(index, memberships, principal, action, scope);
    if !matches!(own.standing, Standing::None | Standing::Denied) {
        return own;
    }
    if keys.are_keys_accepted == Some(false) {
        return own;
    }
    let listing = held(index, memberships, principal, &keys.action, scope);
    let may_list = match listing.standing {
        Standing::Open => true,
        Standing::Conditional | Standing::Unknown | Standing::KeyOnly => false,
        Standing::None | Standing::Denied => return own,
    };
    let mut judged = own.judged.clone();
    let standing = if may_list && keys.are_keys_accepted == Some(true) {
        judged.reason = format!(
            "{}; but {} is held and keys are accepted: it works by key only",
            own.judged.reason,
            keys.action.name()
        );
        Standing::KeyOnly
    } else {
        let why = if may_list {
            "keys may be listed, but whether they are accepted was not read"
        } else {
            &listing.judged.reason
        };
        judged.reason = format!(
            "{}; whether a key would do cannot be told: {why}",
            own.judged.reason
        );
        Standing::Unknown
    };
    judged.verdict = standing.verdict();
    Held {
        standing,
        via: if standing == Standing::KeyOnly {
            listing.via
        } else {
            own.via
        },
        judged: judged.proved_by(listing.judged.evidence),
        ..own
    }
}

struct Question<'q, 'a> {
    index: &'q Index<'a>,
    groups: Option<&'q [PrincipalId]>,
    own_groups: &'q [PrincipalId],
    knows_assignments: bool,
    principal: &'q PrincipalId,
    action: &'q Action,
    permitting: Arc<Permitting>,
    scope: &'q ArmId,
}

/// One role that is held now: by an assignment, or by an instance that PIM keeps active.
#[derive(Clone, Copy)]
struct Holding<'a> {
    id: &'a ArmId,
    scope: &'a ArmId,
    role_definition_id: &'a ArmId,
    condition: &'a Field<String>,
    raw: &'a Value,
    source: &'a Source,
}

impl<'a> From<&'a RoleAssignment> for Holding<'a> {
    fn from(one: &'a RoleAssignment) -> Self {
        Self {
            id: &one.id,
            scope: &one.scope,
            role_definition_id: &one.role_definition_id,
            condition: &one.condition,
            raw: &one.raw,
            source: &one.source,
        }
    }
}

impl<'a> From<&'a RoleSchedule> for Holding<'a> {
    fn from(one: &'a RoleSchedule) -> Self {
        Self {
            id: &one.id,
            scope: &one.scope,
            role_definition_id: &one.role_definition_id,
            condition: &one.condition,
            raw: &one.raw,
            source: &one.source,
        }
    }
}

/// What the assignments give.
#[derive(Default)]
struct Grants<'a> {
    open: Vec<(Via, Holding<'a>)>,
    conditional: Vec<(Via, Holding<'a>)>,
    doubts: Vec<String>,
}

/// What the deny assignments take.
#[derive(Default)]
struct Denials<'a> {
    certain: Vec<&'a DenyAssignment>,
    possible: Vec<(&'a DenyAssignment, &'static str)>,
}

impl<'a> Question<'_, 'a> {
    fn answer(&self) -> Held {
        let grants = self.grants();
        let denials = self.denials();
        let readings = self.index.readings(self.scope);
        let denials_missing = self.index.denials_missing(self.scope);

        let wanted = self.action.name();
        let (standing, reason) = if let Some(denial) = denials.certain.first() {
            (
                Standing::Denied,
                format!("deny assignment {} takes {wanted}", denial.name),
            )
        } else if let Some((via, _)) = grants.open.first() {
            let words = self.words(via);
            let doubt = denials
                .possible
                .first()
                .map(|(denial, why)| format!("deny assignment {}: {why}", denial.name))
                .or(denials_missing);
            match doubt {
                Some(doubt) => (Standing::Unknown, format!("{words}, but {doubt}")),
                None => (Standing::Open, words),
            }
        } else if !grants.doubts.is_empty() {
            (Standing::Unknown, grants.doubts.join("; "))
        } else if let Some(missing) = &readings.missing {
            (
                Standing::Unknown,
                format!("no role that was read gives {wanted}, but {missing}"),
            )
        } else if let Some((via, _)) = grants.conditional.first() {
            let words = format!(
                "{} under a condition: {}",
                self.words(via),
                via.condition.as_deref().unwrap_or("which cannot be read")
            );
            match denials_missing {
                Some(missing) => (Standing::Unknown, format!("{words}; but {missing}")),
                None if !denials.possible.is_empty() => (
                    Standing::Unknown,
                    format!("{words}; but a deny assignment may take it"),
                ),
                None => (Standing::Conditional, words),
            }
        } else {
            (
                Standing::None,
                format!("no role gives {wanted}: {}", readings.words()),
            )
        };
        self.held(standing, reason, &grants, &denials, readings)
    }

    fn held(
        &self,
        standing: Standing,
        reason: String,
        grants: &Grants<'a>,
        denials: &Denials<'a>,
        readings: Readings,
    ) -> Held {
        let mut judged = Reasoned::new(standing.verdict(), reason);
        for (via, holding) in grants.open.iter().chain(&grants.conditional) {
            let body = |path: &str| {
                Evidence::in_body(
                    holding.id.clone(),
                    holding.raw,
                    holding.source,
                    path.to_owned(),
                )
            };
            judged = judged.proved_by([body("properties.roleDefinitionId")]);
            if via.condition.is_some() {
                judged = judged.proved_by([body("properties.condition")]);
            }
        }
        for denial in &denials.certain {
            judged = judged.proved_by([Evidence::in_body(
                denial.id.clone(),
                &denial.raw,
                &denial.source,
                "properties.permissions",
            )]);
        }
        if judged.evidence.is_empty() {
            judged = judged.proved_by(self.searched(&readings));
        }
        let via = grants
            .open
            .iter()
            .chain(&grants.conditional)
            .map(|(via, _)| via.clone())
            .collect();
        let denied_by = denials
            .certain
            .iter()
            .copied()
            .chain(denials.possible.iter().map(|(denial, _)| *denial))
            .map(|denial| denial.id.clone())
            .collect();
        Held {
            standing,
            via,
            denied_by,
            readings,
            judged,
        }
    }

    /// That nothing was found is proved by how much was searched.
    fn searched(&self, readings: &Readings) -> Option<Evidence> {
        let newest = self.index.newest()?;
        Some(Evidence::listed(
            self.scope.clone(),
            "roleAssignments",
            serde_json::json!({
                "read": readings.assignments,
                "scopes": readings.scopes,
                "why": format!("none gives {} to {}", self.action.name(), self.principal),
            }),
            newest,
        ))
    }

    fn grants(&self) -> Grants<'a> {
        let mut grants = Grants::default();
        let holders = std::iter::once((self.principal, None))
            .chain(self.own_groups.iter().map(|group| (group, Some(group))));
        for (holder, group) in holders {
            for read in self.index.of_principal_at(holder, self.scope) {
                self.grant(read.item.into(), group, &mut grants);
            }
            for read in self.index.active_of(holder) {
                if read.concerns(&read.item.scope, self.scope) {
                    self.grant(read.item.into(), group, &mut grants);
                }
            }
        }
        if self.groups.is_none() && !self.knows_assignments {
            self.groups_not_known(&mut grants);
        }
        // The nearest scope first: the longest id.
        let nearest = |(via, _): &(Via, Holding<'_>)| {
            (
                via.is_low_confidence,
                std::cmp::Reverse(via.scope.as_str().len()),
            )
        };
        grants.open.sort_by_key(nearest);
        grants.conditional.sort_by_key(nearest);
        grants
    }

    fn grant(&self, holding: Holding<'a>, group: Option<&PrincipalId>, grants: &mut Grants<'a>) {
        let Some((role, is_whole)) = self.index.role_at(holding.role_definition_id) else {
            grants.doubts.push(format!(
                "role {} is held at {}, and its definition was not read",
                RoleId::of(holding.role_definition_id).0,
                holding.scope.name()
            ));
            return;
        };
        let permitted = self.permitting.by(role);
        if !is_whole {
            grants.doubts.push(format!(
                "role {} is held, and its definition has an entry that cannot be read",
                role.name
            ));
            return;
        }
        if permitted == Match::No {
            return;
        }
        let mut via = Via {
            assignment: holding.id.clone(),
            role: self.index.role_id(holding.role_definition_id).into_owned(),
            role_name: Some(role.name.clone()),
            scope: holding.scope.clone(),
            is_inherited: holding.scope != self.scope,
            group: group.cloned(),
            condition: None,
            is_low_confidence: permitted == Match::Perhaps,
        };
        match holding.condition {
            Field::Absent | Field::Null => grants.open.push((via, holding)),
            Field::Value(text) if text.trim().is_empty() => grants.open.push((via, holding)),
            Field::Value(text) => {
                via.condition = Some(text.clone());
                grants.conditional.push((via, holding));
            }
            Field::Malformed | Field::Unreported(_) => grants.doubts.push(format!(
                "role {} is held, and whether it has a condition cannot be told",
                role.name
            )),
        }
    }

    /// Where the groups of the principal are not known, a group's assignment may be its own: a
    /// doubt only if such an assignment would give the action.
    fn groups_not_known(&self, grants: &mut Grants<'a>) {
        let would_give = self
            .index
            .of_groups_at(self.scope)
            .filter(|read| read.item.principal_id != *self.principal)
            .find(
                |read| match self.index.role_at(&read.item.role_definition_id) {
                    Some((role, true)) => self.permitting.by(role) != Match::No,
                    Some((_, false)) | None => true,
                },
            );
        if let Some(read) = would_give {
            grants.doubts.push(format!(
                "the groups of {} are not known, and a group holds a role that may give it ({})",
                self.principal, read.item.principal_id
            ));
        }
    }

    fn denials(&self) -> Denials<'a> {
        let mut denials = Denials::default();
        for read in self.index.denials_at(self.scope) {
            let denial = read.item;
            if is_audit(denial) {
                continue;
            }
            let below = if denial.scope == *self.scope {
                Some(false)
            } else {
                denial.not_below.or_default(false)
            };
            if below == Some(true) {
                continue;
            }
            let matched = any_permits(&denial.permissions, self.action);
            let mut doubt = match matched {
                Match::No => continue,
                Match::Perhaps => Some("whether its wildcard matches is not settled"),
                Match::Yes => None,
            };
            if below.is_none() {
                doubt = Some("whether it holds below its scope cannot be told");
            }
            if has_condition(denial) {
                doubt = Some("it has a condition");
            }
            match self.is_meant(denial) {
                Meant::No => {}
                Meant::Yes => match doubt {
                    None => denials.certain.push(denial),
                    Some(why) => denials.possible.push((denial, why)),
                },
                Meant::Perhaps => denials
                    .possible
                    .push((denial, "it names groups, and the principal's are not known")),
            }
        }
        denials
    }

    fn is_meant(&self, denial: &DenyAssignment) -> Meant {
        let names = |list: &[(PrincipalId, String)]| {
            if list.iter().any(|(id, _)| self.is_own(id)) {
                Meant::Yes
            } else if self.groups.is_none() && list.iter().any(|(_, kind)| may_be_group(kind)) {
                Meant::Perhaps
            } else {
                Meant::No
            }
        };
        let is_everyone = denial
            .principals
            .iter()
            .any(|(id, _)| id.as_str() == EVERYONE);
        let meant = if is_everyone {
            Meant::Yes
        } else {
            names(&denial.principals)
        };
        match (meant, names(&denial.exclude_principals)) {
            (_, Meant::Yes) | (Meant::No, _) => Meant::No,
            (Meant::Perhaps, _) | (_, Meant::Perhaps) => Meant::Perhaps,
            (Meant::Yes, Meant::No) => Meant::Yes,
        }
    }

    /// How an assignment gives it.
    fn words(&self, via: &Via) -> String {
        let mut words = format!(
            "{} at {} gives {}",
            via.role_name.as_deref().unwrap_or("a role"),
            via.scope.name(),
            self.action.name()
        );
        if let Some(group) = &via.group {
            let named = self.index.inventory().principal(group);
            let name = named.and_then(|known| known.display_name.text());
            words.push_str(" through group ");
            words.push_str(name.unwrap_or_else(|| group.as_str()));
        }
        if via.is_low_confidence {
            words.push_str(", if a/*/b matches a/b (low confidence)");
        }
        words
    }

    fn is_own(&self, id: &PrincipalId) -> bool {
        id == self.principal || self.own_groups.contains(id)
    }
}

/// Whether a deny assignment means the principal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meant {
    Yes,
    No,
    Perhaps,
}

/// Only a user or a service principal is certainly no group.
fn may_be_group(kind: &str) -> bool {
    !["User", "ServicePrincipal", "SystemDefined"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

/// Newer versions know deny assignments that only log (authorization.md).
fn is_audit(denial: &DenyAssignment) -> bool {
    crate::analysis::evidence::at(&denial.raw, "properties.denyAssignmentEffect")
        .and_then(serde_json::Value::as_str)
        .is_some_and(|effect| effect.eq_ignore_ascii_case("audit"))
}

fn has_condition(denial: &DenyAssignment) -> bool {
    crate::analysis::evidence::at(&denial.raw, "properties.permissions")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .any(|entry| entry.get("condition").is_some_and(|value| !value.is_null()))
}
