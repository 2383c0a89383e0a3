//! Messages held against an environment: which causes hold, which are ruled out.

use hopscope::analysis::explain::{Confidence, Standing, here, recognise};
use hopscope::analysis::hop::HopKind;
use hopscope::analysis::verdict::Gate;
use serde_json::json;

use crate::world::{Ended, World};

const SEARCH: &str = "3f0c9331";

/// The standing of each gate that a text may mean.
fn standings(world: &World, text: &str) -> Vec<(Gate, Standing)> {
    let recognised = recognise(text);
    let inventory = world.inventory();
    let judged = world.judge();
    here::look(&recognised, &inventory, &judged.0.hops)
        .into_iter()
        .map(|one| (one.cause.gate, one.standing))
        .collect()
}

fn search_principal(world: &World) -> String {
    let id = world.body("searchServices/srch-rag-dev")["identity"]["principalId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(id.starts_with(SEARCH));
    id
}

#[test]
fn the_cause_that_holds_comes_first() {
    let world = World::scenario("healthy");
    let principal = search_principal(&world);
    let text = "Credentials provided in the connection string are invalid or have expired.";
    assert!(
        standings(&world, text)
            .iter()
            .all(|(_, standing)| *standing == Standing::RuledOut)
    );
    let shared = World::scenario("healthy").without_roles(&principal, &[]);
    assert_eq!(
        standings(&shared, text)[0],
        (Gate::Authorization, Standing::Holds)
    );
    let walled = world.merge(
        "storageAccounts/stragdev",
        json!({ "properties": { "networkAcls": { "bypass": "None", "resourceAccessRules": [] } } }),
    );
    assert_eq!(
        standings(&walled, text)[0],
        (Gate::Network, Standing::Holds)
    );
}

#[test]
fn what_is_not_read_cannot_be_ruled_out() {
    for ended in Ended::WITHOUT {
        let world = World::scenario("healthy").refuse("roleAssignments", "", ended);
        assert_eq!(
            standings(&world, "AuthorizationPermissionMismatch"),
            [(Gate::Authorization, Standing::Possible)]
        );
    }
}

#[test]
fn a_name_that_fits_nothing_is_not_replaced_by_another() {
    let world = World::scenario("broken-indexer");
    let of = |account: &str| {
        standings(
            &world,
            &format!(
                "Unable to retrieve account keys for account '{account}' using your managed identity"
            ),
        )
    };
    assert_eq!(of("stragdev"), [(Gate::Authorization, Standing::RuledOut)]);
    assert_eq!(of("elsewhere"), [(Gate::Authorization, Standing::NoHop)]);
}

#[test]
fn a_principal_narrows_the_hops_to_its_own() {
    let world = World::scenario("healthy");
    let principal = search_principal(&world);
    let inventory = world.inventory();
    let judged = world.judge();
    let recognised = recognise(&format!(
        "The principal '{principal}' lacks the required data action 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/embeddings/action' to perform 'POST'"
    ));
    let causes = here::look(&recognised, &inventory, &judged.0.hops);
    let kinds: Vec<HopKind> = causes[0].seen.iter().map(|seen| seen.hop.kind).collect();
    assert!(kinds.contains(&HopKind::SkillToOpenai), "{kinds:?}");
    assert!(!kinds.contains(&HopKind::UserToOpenai), "{kinds:?}");
    assert_eq!(causes[0].confidence(), Confidence::MessageAlone);
}

#[test]
fn only_the_hops_that_are_passed_are_asked() {
    let world = World::scenario("broken-indexer");
    let inventory = world.inventory();
    let judged = world.judge();
    let recognised = recognise("AuthorizationFailure");
    let own = judged
        .0
        .hops
        .iter()
        .filter(|hop| hop.via.as_deref() == Some("indexer docs-indexer"));
    let causes = here::look(&recognised, &inventory, own);
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0].seen.len(), 1);
    assert_eq!(causes[0].confidence(), Confidence::Configuration);
}
