//! Role and deny assignments by the scope at which they stand, so that a question about one scope looks at the
//! assignments of its branch only, however many others somebody holds.

use crate::model::access::{DenyAssignment, RoleAssignment};
use crate::model::id::ArmId;
use crate::model::lookup::Map;

use super::readings::Read;

/// As few assignments are looked at one by one.
const FEW: usize = 8;

/// What stands at a scope.
pub trait Stands {
    /// Its id.
    fn id(&self) -> &ArmId;
    /// The scope.
    fn scope(&self) -> &ArmId;
}

impl Stands for RoleAssignment {
    fn id(&self) -> &ArmId {
        &self.id
    }
    fn scope(&self) -> &ArmId {
        &self.scope
    }
}

impl Stands for DenyAssignment {
    fn id(&self) -> &ArmId {
        &self.id
    }
    fn scope(&self) -> &ArmId {
        &self.scope
    }
}

/// Places of assignments in the list of all.
#[derive(Debug, Default)]
pub struct Placed<'a> {
    all: Vec<usize>,
    /// By scope, without slashes at its ends; empty where there are few.
    by_scope: Map<&'a str, Vec<usize>>,
    /// Those above subscriptions: which of them concern a scope, the lists say that held them.
    above: Vec<usize>,
}

impl<'a> Placed<'a> {
    /// Sorts these places in a list.
    pub fn of<T: Stands>(places: Vec<usize>, list: &[Read<'a, T>]) -> Self {
        let mut own = Self {
            all: places,
            ..Self::default()
        };
        if own.all.len() <= FEW {
            return own;
        }
        for at in &own.all {
            let read = &list[*at];
            if read.is_above() {
                own.above.push(*at);
            } else {
                let scope = bare(read.item.scope());
                own.by_scope.entry(scope).or_default().push(*at);
            }
        }
        own
    }

    /// The places of all, by the ids of the assignments: in whatever order Azure answers, the same
    /// is said.
    pub fn all<T: Stands>(&self, list: &[Read<'a, T>]) -> Vec<usize> {
        by_id(self.all.clone(), list)
    }

    /// The places of those that concern a scope, at it or above it, by the ids of the assignments.
    pub fn concerning<T: Stands>(&self, list: &[Read<'a, T>], scope: &ArmId) -> Vec<usize> {
        let concerns = |at: &usize| list[*at].concerns(list[*at].item.scope(), scope);
        if self.all.len() <= FEW {
            return by_id(self.all.iter().copied().filter(concerns).collect(), list);
        }
        let text = bare(scope);
        let ends = text.match_indices('/').map(|(end, _)| end);
        let found = ends
            .chain([text.len()])
            .filter_map(|end| self.by_scope.get(&text[..end]))
            .flatten()
            .chain(&self.above)
            .copied()
            .filter(concerns)
            .collect();
        by_id(found, list)
    }
}

fn by_id<T: Stands>(mut places: Vec<usize>, list: &[Read<'_, T>]) -> Vec<usize> {
    places.sort_by_key(|at| list[*at].item.id());
    places
}

fn bare(scope: &ArmId) -> &str {
    scope.folded().trim_matches('/')
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;
    use time::macros::datetime;

    use crate::model::field::Field;
    use crate::model::id::PrincipalId;
    use crate::model::resource::Source;

    use super::*;

    fn assignment(number: usize, scope: &str) -> RoleAssignment {
        RoleAssignment {
            id: ArmId::new(format!("/x/{:02}", 97 - number)),
            principal_id: PrincipalId::new("p"),
            principal_type: Field::Absent,
            role_definition_id: ArmId::new("/r"),
            scope: ArmId::new(scope),
            condition: Field::Absent,
            created_on: Field::Absent,
            updated_on: Field::Absent,
            description: Field::Absent,
            raw: Arc::new(Value::Null),
            source: Source {
                api_version: Arc::from(""),
                observed_at: datetime!(2026-11-23 12:41:07 UTC),
                request_id: None,
            },
        }
    }

    #[test]
    fn many_assignments_are_found_as_few_are() {
        const SCOPES: [&str; 9] = [
            "/",
            "/providers/Microsoft.Management/managementGroups/m",
            "/subscriptions/s",
            "/subscriptions/S/",
            "/subscriptions/s/resourceGroups/g",
            "/subscriptions/s/resourceGroups/g/providers/A.B/c/d",
            "/subscriptions/s/resourceGroups/g/providers/A.B/c/d/e/f",
            "/subscriptions/s/resourceGroups/gg",
            "/subscriptions/t/resourceGroups/g",
        ];
        let all: Vec<RoleAssignment> = (0..40)
            .map(|number| assignment(number, SCOPES[number % SCOPES.len()]))
            .collect();
        let list = ArmId::new("/subscriptions/s");
        let reads: Vec<Read<'_, RoleAssignment>> =
            all.iter().map(|item| Read::of(item, &list)).collect();
        let many = Placed::of((0..reads.len()).collect(), &reads);
        for scope in SCOPES {
            let scope = ArmId::new(scope);
            let mut alone: Vec<usize> = (0..reads.len())
                .filter(|at| reads[*at].concerns(&reads[*at].item.scope, &scope))
                .collect();
            alone.sort_by_key(|at| &reads[*at].item.id);
            assert_eq!(many.concerning(&reads, &scope), alone, "{scope}");
        }
    }
}
