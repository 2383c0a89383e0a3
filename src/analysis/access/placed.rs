//! Assignments by the scope at which they stand, so that a question about one scope looks at the
//! assignments of its branch only, however many others somebody holds.

use crate::model::access::RoleAssignment;
use crate::model::id::ArmId;
use crate::model::lookup::Map;

use super::readings::{Read, is_above_subscriptions};

/// As few assignments are looked at one by one.
const FEW: usize = 8;

/// Places of assignments in the list of all, in the order of their ids.
#[derive(Debug, Default)]
pub struct Placed<'a> {
    all: Vec<usize>,
    /// By scope, without slashes at its ends: places in `all`.
    by_scope: Map<&'a str, Vec<usize>>,
    /// Those above subscriptions: which of them concern a scope, the lists say that held them.
    above: Vec<usize>,
}

impl<'a> Placed<'a> {
    /// Sorts these places in a list.
    pub fn of(mut places: Vec<usize>, list: &[Read<'a, RoleAssignment>]) -> Self {
        // In whatever order Azure answers, the same is said.
        places.sort_by_key(|at| &list[*at].item.id);
        let mut own = Self {
            all: places,
            ..Self::default()
        };
        if own.all.len() <= FEW {
            return own;
        }
        for (rank, at) in own.all.iter().enumerate() {
            let scope = &list[*at].item.scope;
            if is_above_subscriptions(scope) {
                own.above.push(rank);
            } else {
                own.by_scope.entry(bare(scope)).or_default().push(rank);
            }
        }
        own
    }

    /// All of them.
    pub fn all(&self) -> &[usize] {
        &self.all
    }

    /// The places of those that concern a scope: at it or above it, by their ids.
    pub fn concerning(&self, list: &[Read<'a, RoleAssignment>], scope: &ArmId) -> Vec<usize> {
        let concerns = |at: &usize| list[*at].concerns(&list[*at].item.scope, scope);
        if self.all.len() <= FEW {
            return self.all.iter().copied().filter(concerns).collect();
        }
        let text = bare(scope);
        let ends = text.match_indices('/').map(|(end, _)| end);
        let mut ranks: Vec<usize> = ends
            .chain([text.len()])
            .filter_map(|end| self.by_scope.get(&text[..end]))
            .flatten()
            .chain(&self.above)
            .copied()
            .collect();
        ranks.sort_unstable();
        ranks
            .into_iter()
            .map(|rank| self.all[rank])
            .filter(concerns)
            .collect()
    }
}

fn bare(scope: &ArmId) -> &str {
    scope.folded().trim_matches('/')
}
