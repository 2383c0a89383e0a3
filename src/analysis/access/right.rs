//! A right that a call needs, whose it has to be, and how it is held: what the authorization gate
//! found, kept beside its verdict so that matrices and reports need not ask again.

use time::OffsetDateTime;

use crate::model::access::RoleId;
use crate::model::id::{ArmId, PrincipalId};

use super::action::Action;
use super::held::{Held, Standing, Via};

/// One right that a call needs, and the least role that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The right.
    pub action: Action,
    /// Where it is needed: a container rather than its account.
    pub scope: ArmId,
    /// The least role that gives it.
    pub role: Role,
}

/// A built-in role. Names change, GUIDs do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Role {
    /// Its GUID.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// A need with what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Right {
    /// Whose right counts; none when the identity could not be read.
    pub principal: Option<PrincipalId>,
    /// What is needed.
    pub need: Need,
    /// How it is held.
    pub standing: Standing,
    /// The assignments that give it, the nearest scope first.
    pub via: Vec<Via>,
    /// The deny assignments that take it, or may.
    pub denied_by: Vec<ArmId>,
    /// A role that would give it, and that is not activated.
    pub eligible: Option<Eligible>,
    /// When the last role that gives it ends; none where one does not end, or its end is not known.
    pub until: Option<OffsetDateTime>,
    /// Somebody who is gone from the directory and to whom an assignment gives it.
    pub stale: Option<PrincipalId>,
    /// Why, in a sentence without a trailing dot.
    pub reason: String,
}

/// A role that PIM lets somebody activate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligible {
    /// The schedule.
    pub schedule: ArmId,
    /// The role.
    pub role: RoleId,
    /// Its name; none when its definition was not read.
    pub role_name: Option<String>,
    /// Where it would stand.
    pub scope: ArmId,
    /// Whose it is: the principal, or a group of it.
    pub holder: PrincipalId,
}

impl Right {
    /// What was found for a need.
    pub fn found(principal: &PrincipalId, need: &Need, held: &Held) -> Self {
        Self {
            principal: Some(principal.clone()),
            need: need.clone(),
            standing: held.standing,
            via: held.via.clone(),
            denied_by: held.denied_by.clone(),
            eligible: None,
            until: None,
            stale: None,
            reason: held.judged.reason.clone(),
        }
    }

    /// A need of whom nobody can say whose it is.
    pub fn of_nobody(need: &Need, why: &str) -> Self {
        Self {
            principal: None,
            need: need.clone(),
            standing: Standing::Unknown,
            via: Vec::new(),
            denied_by: Vec::new(),
            eligible: None,
            until: None,
            stale: None,
            reason: why.to_owned(),
        }
    }
}
