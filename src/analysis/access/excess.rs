//! The excess: roles that are wider than any hop needs.
//!
//! Computed from actions and data actions; a role whose definition was not read proves nothing, and
//! where hops could not be drawn no role is said to be of no use. A role that hops rest on names
//! them: taken away, they are shut.

use std::collections::BTreeSet;

use crate::analysis::carried::hops_missing;
use crate::analysis::hop::{Hop, Remedy};
use crate::analysis::remedy::az::{Assignee, assign, az};
use crate::analysis::remedy::noted;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::Gate;
use crate::model::access::RoleDefinition;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::lookup::Map;
use crate::model::resource::{Details, Family};
use crate::store::Inventory;

use super::action::{Action, Match, any_permits};
use super::held::Standing;
use super::matrix::{Level, Matrix, Row};
use super::right::{Need, Role};

/// What is held beyond need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Excess {
    /// The roles, the widest first.
    pub roles: Vec<Wide>,
    /// Why no role is said to be of no use; none when every hop is known.
    pub unsure: Option<String>,
    /// How many assignments have a role whose definition was not read.
    pub not_read: usize,
}

/// One assignment that is wider than needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Wide {
    /// Its place among the rows of the matrix.
    pub row: usize,
    /// In what it is too wide.
    pub why: Why,
    /// The places of the hops that rest on it.
    pub carries: Vec<usize>,
    /// Those of them that hold the right by nothing else.
    pub only: Vec<usize>,
    /// The least roles that those hops need instead.
    pub instead: Vec<Role>,
    /// What takes it away, with what has to be given before.
    pub remedies: Vec<Remedy>,
}

/// In what a role is too wide. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// It may hand out roles and change everything.
    Owns,
    /// It may change whole resources.
    Changes,
    /// It opens the data of everything under a subscription or above.
    High,
    /// It may write where the hops only read.
    Writes,
    /// No hop needs it.
    Unused,
    /// The directory knows nobody of this id.
    Gone,
}

impl Why {
    /// The reason in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Owns => "may change everything and hand out roles",
            Self::Changes => "may change whole resources",
            Self::High => "opens the data of a whole subscription",
            Self::Writes => "may write where the hops only read",
            Self::Unused => "no hop needs it",
            Self::Gone => "the directory knows nobody of this id",
        }
    }
}

/// Data actions that change something, one a service.
const WRITES: [&str; 4] = [
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    "Microsoft.Search/searchServices/indexes/documents/write",
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/write",
    "Microsoft.KeyVault/vaults/secrets/setSecret/action",
];

/// Whether a role may change whatever resource: it may write three that have nothing in common.
pub fn changes_everything(role: &RoleDefinition) -> bool {
    [
        "Microsoft.Storage/storageAccounts/write",
        "Microsoft.Search/searchServices/write",
        "Microsoft.CognitiveServices/accounts/write",
    ]
    .iter()
    .all(|action| permits(role, &Action::control(*action)))
}

/// Whether a role may hand out roles.
pub fn assigns_roles(role: &RoleDefinition) -> bool {
    let action = "Microsoft.Authorization/roleAssignments/write";
    permits(role, &Action::control(action))
}

fn permits(role: &RoleDefinition, action: &Action) -> bool {
    any_permits(&role.permissions, action) == Match::Yes
}

/// Whether a role opens data.
fn opens_data(role: &RoleDefinition) -> bool {
    role.permissions
        .iter()
        .any(|one| !one.data_actions.is_empty())
}

/// What a role that only looks cannot do: change a resource, fetch its keys, hand out roles.
const TOUCHES: [&str; 12] = [
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Search/searchServices/write",
    "Microsoft.Search/searchServices/listAdminKeys/action",
    "Microsoft.Search/searchServices/listQueryKeys/action",
    "Microsoft.CognitiveServices/accounts/write",
    "Microsoft.CognitiveServices/accounts/listKeys/action",
    "Microsoft.DocumentDB/databaseAccounts/write",
    "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
    "Microsoft.KeyVault/vaults/write",
    "Microsoft.MachineLearningServices/workspaces/write",
    "Microsoft.Authorization/roleAssignments/write",
];

/// Whether a role only looks at settings: it opens no data, changes nothing here and has no keys.
fn only_looks(role: &RoleDefinition) -> bool {
    let touches =
        |name: &&'static str| any_permits(&role.permissions, &Action::control(*name)) != Match::No;
    !opens_data(role) && !TOUCHES.iter().any(touches)
}

/// What rests on one assignment.
#[derive(Default)]
struct Use<'h> {
    hops: BTreeSet<usize>,
    only: BTreeSet<usize>,
    needs: Vec<&'h Need>,
}

/// What is held beyond what these hops need.
pub fn excess(inventory: &Inventory, matrix: &Matrix, hops: &[Hop]) -> Excess {
    let uses = uses(hops);
    let mut found = Excess {
        unsure: hops_missing(inventory),
        ..Excess::default()
    };
    // A right that could not be judged may rest on any role of its principal.
    let in_doubt: BTreeSet<&PrincipalId> = rights(hops)
        .filter(|(_, right)| right.standing == Standing::Unknown)
        .filter_map(|(_, right)| right.principal.as_ref())
        .collect();
    let kept = identities_of_hubs(inventory);
    for (at, row) in matrix.rows.iter().enumerate() {
        if row.is_orphan {
            found.roles.push(wide(at, row, Why::Gone, None));
            continue;
        }
        let Some(role) = inventory.role(&row.role) else {
            found.not_read += 1;
            continue;
        };
        // A hub needs a wide role on its group; hopscope's own reading is no excess.
        if kept.contains(&row.principal) || only_looks(role) {
            continue;
        }
        let own = uses.get(&row.assignment);
        let doubtful = found.unsure.is_some() || in_doubt.contains(&row.principal);
        if let Some(why) = why(row, role, own, doubtful) {
            found.roles.push(wide(at, row, why, own));
        }
    }
    found
        .roles
        .sort_by_key(|one| (one.why, matrix.rows[one.row].level, one.row));
    found
}

fn why(row: &Row, role: &RoleDefinition, own: Option<&Use<'_>>, doubtful: bool) -> Option<Why> {
    let is_conditional = row.condition.value().is_some();
    if changes_everything(role) {
        return Some(if assigns_roles(role) && !is_conditional {
            Why::Owns
        } else {
            Why::Changes
        });
    }
    let Some(own) = own else {
        return (!doubtful).then_some(Why::Unused);
    };
    if row.level <= Level::Subscription && opens_data(role) {
        return Some(Why::High);
    }
    let writes = WRITES.iter().any(|name| {
        let action = Action::data(*name);
        permits(role, &action)
            && same_service(name, own)
            && !own.needs.iter().any(|need| is_writing(&need.action))
    });
    (writes && !doubtful).then_some(Why::Writes)
}

/// Whether a need is at the service of an action.
fn same_service(name: &str, own: &Use<'_>) -> bool {
    let provider = name.split('/').next().unwrap_or_default();
    own.needs.iter().any(|need| {
        let theirs = need.action.name().split('/').next().unwrap_or_default();
        theirs.eq_ignore_ascii_case(provider)
    })
}

fn is_writing(action: &Action) -> bool {
    let name = action.name().to_ascii_lowercase();
    !name.ends_with("/read") && !name.ends_with("/completions/action")
}

fn rights(hops: &[Hop]) -> impl Iterator<Item = (usize, &super::right::Right)> {
    hops.iter().enumerate().flat_map(|(at, hop)| {
        let gate = hop.gate(Gate::Authorization).into_iter();
        gate.flat_map(move |gate| gate.rights.iter().map(move |right| (at, right)))
    })
}

/// The hops by the assignments that they rest on.
fn uses(hops: &[Hop]) -> Map<&ArmId, Use<'_>> {
    let mut uses: Map<&ArmId, Use<'_>> = Map::default();
    for (at, right) in rights(hops) {
        for via in &right.via {
            let own = uses.entry(&via.assignment).or_default();
            own.hops.insert(at);
            own.needs.push(&right.need);
            if right.via.len() == 1 {
                own.only.insert(at);
            }
        }
    }
    uses
}

/// The identities of hubs and projects, also those that are assigned to them.
fn identities_of_hubs(inventory: &Inventory) -> BTreeSet<PrincipalId> {
    let mut kept = BTreeSet::new();
    for hub in inventory.family(Family::Workspace) {
        let Some(identity) = hub.identity.value() else {
            continue;
        };
        kept.extend(identity.principal_id.value().cloned());
        for one in &identity.user_assigned {
            let resource = inventory.resource(&one.id);
            if let Some(Details::UserIdentity(own)) = resource.map(|one| &one.details) {
                kept.extend(own.principal_id.value().cloned());
            }
        }
    }
    kept
}

fn wide(at: usize, row: &Row, why: Why, own: Option<&Use<'_>>) -> Wide {
    let mut instead: Vec<&Need> = Vec::new();
    for need in own.iter().flat_map(|own| &own.needs) {
        let is_known = |one: &&Need| one.role == need.role && one.scope == need.scope;
        if !instead.iter().any(is_known) {
            instead.push(need);
        }
    }
    let kind = match row.principal_type.text() {
        Some(kind) if kind.eq_ignore_ascii_case("User") => Assignee::User,
        Some(kind) if kind.eq_ignore_ascii_case("Group") => Assignee::Group,
        _ => Assignee::ServicePrincipal,
    };
    let hops: Vec<usize> = own.map_or_else(Vec::new, |own| own.hops.iter().copied().collect());
    let only: Vec<usize> = own.map_or_else(Vec::new, |own| own.only.iter().copied().collect());
    let delete = az(Line::of("az role assignment delete").with("--ids", row.assignment.as_str()));
    let grants = instead
        .iter()
        .map(|need| az(assign(&row.principal, kind, need.role.id, &need.scope)));
    let take = match (only.len(), hops.len()) {
        (0, 0) => noted(vec![delete], "Shuts no hop that is known."),
        (0, _) => noted(vec![delete], "Its hops hold the right by another role too."),
        (1, _) => noted(
            vec![delete],
            "Alone it would shut 1 hop: give the least role before.",
        ),
        (many, _) => noted(
            vec![delete],
            &format!("Alone it would shut {many} hops: give the least roles before."),
        ),
    };
    let mut roles: Vec<Role> = Vec::new();
    for need in &instead {
        if !roles.contains(&need.role) {
            roles.push(need.role);
        }
    }
    Wide {
        row: at,
        why,
        carries: hops,
        remedies: if only.is_empty() {
            take
        } else {
            grants.chain(take).collect()
        },
        only,
        instead: roles,
    }
}
