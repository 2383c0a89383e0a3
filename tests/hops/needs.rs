//! Rights as the gates found them, the matrix that they make, and what is held in excess.

use hopscope::analysis::access::excess::{Excess, Why, excess};
use hopscope::analysis::access::{Needed, Right, Standing, matrix};
use hopscope::analysis::hop::HopKind;
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::id::{ArmId, PrincipalId};

use crate::world::{Ended, World};

const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const STORAGE: &str = "storageAccounts/stragdev";
const SEARCH: &str = "searchServices/srch-rag-dev";

fn healthy() -> World {
    World::scenario("healthy")
}

fn identity_of_search(world: &World) -> String {
    let id = &world.body(SEARCH)["identity"]["principalId"];
    id.as_str().unwrap().to_owned()
}

fn needed(world: &World) -> Needed {
    Needed::of(&world.inventory(), &world.judge().0.hops)
}

/// The place of a principal, and of a target.
fn place(world: &World, needed: &Needed, principal: &str, target: &str) -> (usize, usize) {
    let principal = PrincipalId::new(principal);
    let target = ArmId::new(world.id(target));
    let row = needed
        .principals
        .iter()
        .position(|one| one.principal.as_ref() == Some(&principal));
    let column = needed.targets.iter().position(|one| *one == target);
    (row.unwrap(), column.unwrap())
}

fn of(world: &World) -> Excess {
    let inventory = world.inventory();
    excess(&inventory, &matrix(&inventory), &world.judge().0.hops)
}

#[test]
fn the_indexers_need_of_a_reader_is_in_the_cell_of_the_services_own_identity() {
    let world = healthy();
    let needed = needed(&world);
    let (row, column) = place(&world, &needed, &identity_of_search(&world), STORAGE);
    let cell = needed.cell(row, column).unwrap();
    assert_eq!(cell.verdict, Some(Verdict::Open));
    let roles: Vec<&str> = cell.roles.iter().map(|one| one.role.name).collect();
    assert!(roles.contains(&"Storage Blob Data Reader"), "{roles:?}");
    for right in cell.roles.iter().flat_map(|one| &one.rights) {
        assert_eq!(right.standing, Standing::Open);
        assert!(!right.via.is_empty(), "{right:?}");
    }
    // Storage stands first; what Microsoft made stands last.
    assert!(needed.targets[0].as_str().contains("storageAccounts"));
    let last = needed.targets.last().unwrap().as_str().to_lowercase();
    let is_made = |id: &ArmId| id.as_str().to_lowercase().contains("azureml-rg");
    assert!(needed.targets.iter().any(is_made) == last.contains("azureml-rg"));
}

#[test]
fn a_role_that_is_missing_is_shut_in_its_cell_only() {
    let world = healthy();
    let principal = identity_of_search(&world);
    let world = world.without_roles(&principal, &[]);
    let needed = needed(&world);
    let (row, column) = place(&world, &needed, &principal, STORAGE);
    let cell = needed.cell(row, column).unwrap();
    assert_eq!(cell.verdict, Some(Verdict::Shut));
    assert_eq!(cell.roles[0].standing(), Standing::None);
    let (ada, column) = place(&world, &needed, ADA, SEARCH);
    let other = needed.cell(ada, column).unwrap();
    assert_eq!(other.verdict, Some(Verdict::Open));
}

#[test]
fn what_was_refused_keeps_its_cells_and_none_becomes_more_certain() {
    let before = needed(&healthy());
    let world = healthy().refuse("roleAssignments", "", Ended::Denied);
    let after = needed(&world);
    let (row, column) = place(&world, &after, ADA, SEARCH);
    let cell = after.cell(row, column).unwrap();
    assert_eq!(cell.verdict, Some(Verdict::Unknown));
    assert!(after.principals.len() <= before.principals.len());
    let excess = of(&world);
    assert!(excess.unsure.is_some());
    assert!(excess.roles.is_empty(), "{:?}", excess.roles);
}

#[test]
fn a_key_is_told_from_a_role_and_an_eligible_role_from_both() {
    let world = World::scenario("broken-indexer")
        .judging(|judging| judging.client_ip = "203.0.113.24".parse().ok());
    let judged = world.judge();
    let gate = judged.gate(HopKind::UserToStorage, "", Gate::Authorization);
    let data: Vec<&Right> = gate
        .rights
        .iter()
        .filter(|right| right.standing == Standing::KeyOnly)
        .collect();
    assert!(!data.is_empty(), "{:?}", gate.rights);
    for right in data {
        let eligible = right.eligible.as_ref().unwrap();
        assert_eq!(
            eligible.role_name.as_deref(),
            Some("Storage Blob Data Owner")
        );
        assert!(right.via.iter().any(|via| via.group.is_some()), "{right:?}");
    }
}

#[test]
fn an_owner_a_writer_and_somebody_who_is_gone_are_in_excess_and_the_least_roles_are_not() {
    let world = healthy();
    let principal = identity_of_search(&world);
    let storage = world.id(STORAGE);
    let group = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc";
    let why = |world: &World, role: &str, scope: &str| -> Vec<(Why, usize)> {
        let inventory = world.inventory();
        let matrix = matrix(&inventory);
        let found = excess(&inventory, &matrix, &world.judge().0.hops);
        let is_it = |row: usize| {
            let row = &matrix.rows[row];
            &*row.role.0 == role && row.scope == ArmId::new(scope)
        };
        found
            .roles
            .iter()
            .filter(|one| is_it(one.row))
            .map(|one| (one.why, one.carries.len()))
            .collect()
    };
    let owner = world
        .clone()
        .with_role(&principal, "ServicePrincipal", OWNER, group);
    assert!(matches!(
        why(&owner, OWNER, group).as_slice(),
        [(Why::Owns, _)]
    ));
    // The reader that is held already is enough for every hop.
    let writer =
        world
            .clone()
            .with_role(&principal, "ServicePrincipal", BLOB_CONTRIBUTOR, &storage);
    let found = why(&writer, BLOB_CONTRIBUTOR, &storage);
    let has_written = world.judge().of(HopKind::IndexerExtrasToStorage).is_empty();
    if has_written {
        assert!(
            matches!(found.as_slice(), [(Why::Writes, hops)] if *hops > 0),
            "{found:?}"
        );
    }
    let gone = "abababab-0000-4000-8000-00000000abab";
    let orphan = world
        .clone()
        .with_role(gone, "ServicePrincipal", BLOB_CONTRIBUTOR, &storage);
    assert!(
        why(&orphan, BLOB_CONTRIBUTOR, &storage).contains(&(Why::Gone, 0)),
        "{:?}",
        why(&orphan, BLOB_CONTRIBUTOR, &storage)
    );
    let inventory = world.inventory();
    let all = matrix(&inventory);
    for one in of(&world).roles {
        let row = &all.rows[one.row];
        assert!(
            one.only.is_empty() || one.why < Why::Unused,
            "{:?} of {} rests hops on it",
            row.role_name,
            row.label
        );
    }
}

#[test]
fn a_role_of_no_use_is_said_to_be_one_only_where_every_hop_is_known() {
    let somebody = "2d55fd30-c147-4018-906a-dd6ef1368100";
    let storage = healthy().id(STORAGE);
    let world = healthy()
        .with_role(somebody, "User", BLOB_CONTRIBUTOR, &storage)
        .refuse("principals", "", Ended::Denied);
    let unused = |world: &World| {
        let inventory = world.inventory();
        let matrix = matrix(&inventory);
        excess(&inventory, &matrix, &world.judge().0.hops)
            .roles
            .iter()
            .any(|one| {
                one.why == Why::Unused && matrix.rows[one.row].principal.as_str() == somebody
            })
    };
    assert!(unused(&world), "{:?}", of(&world).unsure);
    assert!(!unused(&world.refuse("indexers", "", Ended::Denied)));
}

#[test]
fn a_role_whose_definition_was_not_read_proves_nothing() {
    let world = healthy().refuse("roleDefinitions", "", Ended::Denied);
    let found = of(&world);
    assert!(
        found.roles.iter().all(|one| one.why == Why::Gone),
        "{:?}",
        found.roles
    );
    assert!(found.not_read > 0);
}
