//! What the hops need against what is held: principals down, targets across, and in each cell the
//! roles that are needed there, each with how it is held.
//!
//! It is made of what the authorization gates found and judges nothing anew: a cell is as bad as the
//! worst of its gates.

use crate::analysis::foundry::managed;
use crate::analysis::hop::{Hop, HopKind};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::lookup::Map;
use crate::model::resource::{Details, Family};
use crate::store::Inventory;

use super::held::Standing;
use super::right::{Right, Role};

/// The matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needed {
    /// Who needs something, in the order of their hops.
    pub principals: Vec<Needer>,
    /// Where, by the part that it plays; what Microsoft made comes last.
    pub targets: Vec<ArmId>,
    cells: Map<(usize, usize), Cell>,
}

/// One who needs rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needer {
    /// Whose rights count; none when the identity could not be read.
    pub principal: Option<PrincipalId>,
    /// The first caller whose hops need it: an ARM id or an object id.
    pub caller: String,
    /// The name of the identity that reads a key for the caller.
    pub identity: Option<String>,
}

/// What one principal needs at one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The places of the hops among those that were given.
    pub hops: Vec<usize>,
    /// The worst of their authorization gates.
    pub verdict: Option<Verdict>,
    /// The roles that are needed, the worst held first. Empty where the target asks for no role of
    /// Azure's.
    pub roles: Vec<Wanted>,
}

/// One least role that is needed, with the rights that make it needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The role.
    pub role: Role,
    /// The rights, each once.
    pub rights: Vec<Right>,
}

impl Wanted {
    /// How the worst held of the rights is held.
    pub fn standing(&self) -> Standing {
        self.rights
            .iter()
            .map(|right| right.standing)
            .max_by_key(|standing| rank(*standing))
            .unwrap_or(Standing::Unknown)
    }
}

/// Later is worse; a deny assignment is worse than nothing, as no role mends it.
fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Open => 0,
        Standing::Conditional => 1,
        Standing::KeyOnly => 2,
        Standing::Unknown => 3,
        Standing::None => 4,
        Standing::Denied => 5,
    }
}

impl Needed {
    /// The matrix of what these hops need.
    pub fn of(inventory: &Inventory, hops: &[Hop]) -> Self {
        let mut own = Self::default();
        let mut rows: Map<Row, usize> = Map::default();
        let mut targets: Vec<ArmId> = Vec::new();
        let mut columns: Map<ArmId, usize> = Map::default();
        let mut cells: Map<(usize, usize), Cell> = Map::default();
        for (at, hop) in hops.iter().enumerate() {
            let Some(gate) = hop.gate(Gate::Authorization) else {
                continue;
            };
            // Rights that are none of Azure's roles have no principal here: the caller stands in.
            let mut places: Vec<(Option<PrincipalId>, ArmId, Option<&Right>)> = gate
                .rights
                .iter()
                .map(|right| {
                    let target = owner(inventory, &right.need.scope);
                    (right.principal.clone(), target, Some(right))
                })
                .collect();
            if places.is_empty() && hop.to.starts_with('/') {
                places.push((
                    own_identity(inventory, hop),
                    owner(inventory, &ArmId::new(&hop.to)),
                    None,
                ));
            }
            for (principal, target, right) in places {
                let row = match &principal {
                    Some(id) => Row::Principal(id.clone()),
                    None => Row::Caller(hop.from.to_ascii_lowercase(), identity_of(hop)),
                };
                let row = *rows.entry(row).or_insert_with(|| {
                    own.principals.push(Needer {
                        principal: principal.clone(),
                        caller: hop.from.clone(),
                        identity: identity_of(hop),
                    });
                    own.principals.len() - 1
                });
                let column = *columns.entry(target.clone()).or_insert_with(|| {
                    targets.push(target);
                    targets.len() - 1
                });
                cells
                    .entry((row, column))
                    .or_default()
                    .add(at, gate.judged.verdict, right);
            }
        }
        for cell in cells.values_mut() {
            cell.roles
                .sort_by_key(|one| std::cmp::Reverse(rank(one.standing())));
        }
        own.sort_columns(inventory, &targets, cells);
        own
    }

    /// Puts targets in the order in which people look for them.
    fn sort_columns(
        &mut self,
        inventory: &Inventory,
        targets: &[ArmId],
        cells: Map<(usize, usize), Cell>,
    ) {
        let groups: Vec<ArmId> = inventory
            .family(Family::Workspace)
            .filter_map(|hub| managed::group_of(inventory, hub))
            .map(|group| group.id)
            .collect();
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by_cached_key(|at| {
            let id = &targets[*at];
            let is_managed = id.group_id().is_some_and(|group| groups.contains(&group));
            let family = inventory.resource(id).map(|one| one.family);
            (is_managed, family.map_or(u8::MAX, place), id.clone())
        });
        let mut new = vec![0; targets.len()];
        for (to, from) in order.iter().enumerate() {
            new[*from] = to;
        }
        self.targets = order.iter().map(|at| targets[*at].clone()).collect();
        self.cells = cells
            .into_iter()
            .map(|((row, column), cell)| ((row, new[column]), cell))
            .collect();
    }

    /// What a principal needs at a target; none when no hop goes there.
    pub fn cell(&self, principal: usize, target: usize) -> Option<&Cell> {
        self.cells.get(&(principal, target))
    }

    /// The place of the cell that a hop's right stands in; the worst of several.
    pub fn place_of(&self, hop: usize) -> Option<(usize, usize)> {
        self.cells
            .iter()
            .filter(|(_, cell)| cell.hops.contains(&hop))
            .max_by_key(|(place, cell)| (cell.verdict, std::cmp::Reverse(**place)))
            .map(|(place, _)| *place)
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Row {
    Principal(PrincipalId),
    Caller(String, Option<String>),
}

impl Cell {
    fn add(&mut self, hop: usize, verdict: Verdict, right: Option<&Right>) {
        if !self.hops.contains(&hop) {
            self.hops.push(hop);
        }
        self.verdict = self.verdict.max(Some(verdict));
        let Some(right) = right else { return };
        let at = self
            .roles
            .iter()
            .position(|one| one.role == right.need.role)
            .unwrap_or_else(|| {
                self.roles.push(Wanted {
                    role: right.need.role,
                    rights: Vec::new(),
                });
                self.roles.len() - 1
            });
        let rights = &mut self.roles[at].rights;
        if !rights.iter().any(|one| one.need == right.need) {
            rights.push(right.clone());
        }
    }
}

/// The resource that a scope is a part of: what was read, else the topmost resource of the id.
fn owner(inventory: &Inventory, scope: &ArmId) -> ArmId {
    let mut here = scope.clone();
    loop {
        if inventory.resource(&here).is_some() {
            return here;
        }
        match here.parent() {
            Some(up) if up.resource_type().is_some() => here = up,
            _ => return here,
        }
    }
}

/// Whose right counts where no role of Azure's is asked for: the person, or the one identity that a
/// caller has.
fn own_identity(inventory: &Inventory, hop: &Hop) -> Option<PrincipalId> {
    if !hop.from.starts_with('/') {
        let is_person = !hop.from.contains(['.', ':']);
        return is_person.then(|| PrincipalId::new(&hop.from));
    }
    // `identity X` of a key names whoever reads it, which need not be the caller's own.
    if hop.kind == HopKind::IdentityToKey {
        let name = identity_of(hop)?;
        let found = inventory.family(Family::UserIdentity).find(|one| {
            one.name.eq_ignore_ascii_case(&name) || one.id.as_str().eq_ignore_ascii_case(&name)
        })?;
        return match &found.details {
            Details::UserIdentity(own) => own.principal_id.value().cloned(),
            _ => None,
        };
    }
    let caller = inventory.resource(&ArmId::new(&hop.from))?;
    caller.identity.value()?.principal_id.value().cloned()
}

/// The identity that a hop to a key names.
fn identity_of(hop: &Hop) -> Option<String> {
    let via = hop
        .via
        .as_deref()
        .filter(|_| hop.kind == HopKind::IdentityToKey)?;
    via.strip_prefix("identity ").map(str::to_owned)
}

/// The order of the families among targets.
fn place(family: Family) -> u8 {
    match family {
        Family::Storage => 0,
        Family::Search => 1,
        Family::Cognitive => 2,
        Family::Vault => 3,
        Family::LogWorkspace => 4,
        Family::Workspace => 5,
        Family::Cosmos => 6,
        Family::UserIdentity | Family::PrivateEndpoint | Family::VirtualNetwork => 7,
    }
}
