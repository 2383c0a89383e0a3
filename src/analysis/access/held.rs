//! The answer to "is this action held": its standing, the assignments that give it, and what has to
//! be known of a principal beforehand. How it is computed is in `effective`.

use crate::analysis::verdict::{Reasoned, Verdict};
use crate::model::access::RoleId;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::lookup::Map;

use super::action::Action;
use super::readings::Readings;

/// The transitive groups of principals, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Memberships {
    known: Map<PrincipalId, Vec<PrincipalId>>,
    some: Map<PrincipalId, Vec<PrincipalId>>,
    named: Map<PrincipalId, Vec<ArmId>>,
}

impl Memberships {
    /// Nothing is known of anybody.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Says all groups of a principal, direct and through other groups.
    #[must_use]
    pub fn knowing(mut self, principal: PrincipalId, groups: Vec<PrincipalId>) -> Self {
        self.known.insert(principal, groups);
        self
    }

    /// Says some groups of a principal: those that ARM names where the directory is closed.
    #[must_use]
    pub fn knowing_some(mut self, principal: PrincipalId, groups: Vec<PrincipalId>) -> Self {
        self.some.insert(principal, groups);
        self
    }

    /// Says that ARM named every role assignment that reaches a principal within a scope, through
    /// its groups too.
    #[must_use]
    pub fn knowing_assignments(mut self, principal: PrincipalId, scope: ArmId) -> Self {
        self.named.entry(principal).or_default().push(scope);
        self
    }

    /// Whether every assignment that reaches a principal at a scope is known, whatever is known of
    /// its groups.
    pub fn knows_assignments(&self, principal: &PrincipalId, scope: &ArmId) -> bool {
        self.named
            .get(principal)
            .is_some_and(|scopes| scopes.iter().any(|one| scope.is_within(one)))
    }

    /// The groups that a principal is in for certain; there may be more unless [`Self::of`] knows.
    pub fn at_least(&self, principal: &PrincipalId) -> &[PrincipalId] {
        self.known
            .get(principal)
            .or_else(|| self.some.get(principal))
            .map_or(&[], Vec::as_slice)
    }

    /// The groups of a principal; none when they are not known.
    pub fn of(&self, principal: &PrincipalId) -> Option<&[PrincipalId]> {
        self.known.get(principal).map(Vec::as_slice)
    }
}

/// How an action is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// By a role, without a condition.
    Open,
    /// Only by roles with a condition.
    Conditional,
    /// Not by a role; but the principal may list keys, and keys are accepted.
    KeyOnly,
    /// A deny assignment takes it.
    Denied,
    /// By nothing.
    None,
    /// It cannot be told.
    Unknown,
}

impl Standing {
    /// What it means for the authorization gate.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Open => Verdict::Open,
            Self::Conditional | Self::KeyOnly => Verdict::AtRisk,
            Self::Denied | Self::None => Verdict::Shut,
            Self::Unknown => Verdict::Unknown,
        }
    }
}

/// Whether and how an action is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// How.
    pub standing: Standing,
    /// The assignments that give it, the nearest scope first.
    pub via: Vec<Via>,
    /// The deny assignments that take it, or may.
    pub denied_by: Vec<ArmId>,
    /// What was read.
    pub readings: Readings,
    /// The verdict with its reason and evidence.
    pub judged: Reasoned,
}

/// One assignment that gives an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Via {
    /// The assignment.
    pub assignment: ArmId,
    /// Its role.
    pub role: RoleId,
    /// The role's name; none when its definition was not read.
    pub role_name: Option<String>,
    /// Where it stands.
    pub scope: ArmId,
    /// Whether it stands above the scope that was asked about.
    pub is_inherited: bool,
    /// The group that holds it.
    pub group: Option<PrincipalId>,
    /// Its condition.
    pub condition: Option<String>,
    /// Whether it gives the action only if `a/*/b` matches `a/b`.
    pub is_low_confidence: bool,
}

/// What keys would do, for those who may list them.
#[derive(Clone, Debug)]
pub struct KeyPath {
    /// The action that lists keys.
    pub action: Action,
    /// Whether the target accepts keys; none when that cannot be told.
    pub are_keys_accepted: Option<bool>,
}
