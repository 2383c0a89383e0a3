//! The right to read what was refused, for whoever looks: Reader holds no key and opens no data.

use crate::analysis::hop::Remedy;
use crate::model::caller::Caller;
use crate::model::id::ArmId;

use super::az::{Assignee, assign, az};
use super::portal::portal;
use super::terraform::role_assignment;

/// What a caller is, when it is given a role.
pub fn kind_of(caller: &Caller) -> Assignee {
    if caller.is_person() {
        Assignee::User
    } else {
        Assignee::ServicePrincipal
    }
}

/// A role for the caller at a scope.
pub fn give(caller: Option<&Caller>, role: &str, scope: &ArmId) -> Vec<Remedy> {
    let principal = caller.and_then(|one| Some((kind_of(one), one.object_id.as_ref()?)));
    let mut remedies = Vec::new();
    if let Some((kind, principal)) = principal {
        remedies.push(az(assign(principal, kind, role, scope)));
        remedies.push(role_assignment(principal.as_str(), role, scope));
    }
    remedies.push(portal(
        scope.name(),
        ["Access control (IAM)", "Add role assignment", role],
    ));
    remedies
}
