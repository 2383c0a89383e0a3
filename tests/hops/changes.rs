//! Who did it: the write that shut a gate, how certain that is, and why nobody is named.

use hopscope::analysis::changes::{
    ActorKind, Certainty, Changes, Kind, Outcome, WhoDidIt, awaited,
};
use hopscope::analysis::hop::{Hop, HopKind, Judgement};
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::model::key::Key;
use serde_json::{Value, json};

use crate::world::{Ended, NOW, World};

const COSMOS: &str = "databaseAccounts/cosmoshubrag5c1d";

fn gate(judgement: &Judgement, kind: HopKind, gate: Gate) -> (&Hop, Option<&WhoDidIt>) {
    let hop = judgement
        .hops
        .iter()
        .find(|hop| hop.kind == kind)
        .expect("the hop");
    (hop, hop.gate(gate).expect("the gate").changed_by.as_ref())
}

fn indexer(world: World) -> Option<WhoDidIt> {
    let judgement = world.judge().0;
    gate(&judgement, HopKind::IndexerToStorage, Gate::Network)
        .1
        .cloned()
}

/// The events of one operation of the scenario.
fn events(world: &World, operation: &str) -> Vec<Value> {
    world
        .activity
        .iter()
        .filter(|event| event["operationName"]["value"] == operation)
        .cloned()
        .collect()
}

#[test]
fn the_write_between_the_last_good_run_and_the_first_bad_one_shut_the_indexers_way() {
    let found = indexer(World::scenario("broken-indexer")).expect("somebody");
    let WhoDidIt::Found(found) = found else {
        panic!("{found:?}");
    };
    assert!(
        matches!(found.certainty, Certainty::Between { .. }),
        "{found:?}"
    );
    let change = &found.change;
    assert_eq!(change.operation, "Microsoft.Storage/storageAccounts/write");
    assert_eq!(change.actor.kind, ActorKind::Application);
    assert_eq!(
        change.actor.app_id.as_deref(),
        Some("c59da851-d7a9-4ac5-bf22-cd16ba261767")
    );
    assert_eq!(change.address.as_deref(), Some("198.51.100.80"));
    assert_eq!(change.outcome, Outcome::Succeeded);
    assert_eq!(
        change.events.len(),
        2,
        "started and succeeded are one write"
    );
    assert!(!change.is_by_policy());
    assert!(
        change.policy().is_none(),
        "a policy that audits changes nothing"
    );
    assert_eq!(change.policies.len(), 1, "and is told all the same");
}

#[test]
fn without_runs_the_last_of_several_writes_is_not_certain() {
    let world = World::scenario("broken-indexer").object(
        "srch-rag-dev",
        "status",
        "docs-indexer",
        json!({ "executionHistory": [], "lastResult": null }),
    );
    let Some(WhoDidIt::Found(found)) = indexer(world) else {
        panic!("nobody");
    };
    assert_eq!(found.certainty, Certainty::LastOf(2));
    assert!(found.certainty.words().contains("does not say which"));
}

#[test]
fn nobody_is_named_for_what_the_log_does_not_hold() {
    let mut silent = World::scenario("broken-indexer");
    silent.activity.clear();
    match indexer(silent) {
        Some(WhoDidIt::NotThere { why }) => assert!(why.contains("for longer"), "{why}"),
        other => panic!("{other:?}"),
    }
    let mut late = World::scenario("broken-indexer").merge(
        "storageAccounts/stragdev",
        json!({ "systemData": { "lastModifiedAt": "2026-11-23T12:39:00Z" } }),
    );
    late.activity.clear();
    match indexer(late) {
        Some(WhoDidIt::NotThere { why }) => assert!(why.contains("3 to 20 minutes late"), "{why}"),
        other => panic!("{other:?}"),
    }
    let mut old = World::scenario("broken-indexer").merge(
        "storageAccounts/stragdev",
        json!({ "systemData": { "lastModifiedAt": "2026-10-01T12:39:00Z" } }),
    );
    old.activity.clear();
    match indexer(old) {
        Some(WhoDidIt::NotThere { why }) => assert!(why.contains("14 days back"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_log_that_was_not_read_is_no_empty_log() {
    for (ended, words, role) in [
        (Ended::Denied, "was refused", Some("Reader")),
        (Ended::Failed, "could not be read", None),
        (Ended::Pending, "has not been read yet", None),
    ] {
        let world = World::scenario("broken-indexer").refuse("activityLog", "", ended);
        match indexer(world) {
            Some(WhoDidIt::NotRead { why, role: own }) => {
                assert!(why.contains(words), "{ended:?}: {why}");
                assert_eq!(own, role, "{ended:?}");
            }
            other => panic!("{ended:?}: {other:?}"),
        }
    }
}

#[test]
fn a_failed_write_did_nothing() {
    let mut world = World::scenario("broken-indexer");
    for event in &mut world.activity {
        if event["operationName"]["value"] == "Microsoft.Storage/storageAccounts/write"
            && event["status"]["value"] == "Succeeded"
        {
            event["status"] = json!({ "value": "Failed" });
        }
    }
    assert!(matches!(indexer(world), Some(WhoDidIt::NotThere { .. })));
}

/// The night: the policy has flipped the switch a minute ago.
fn night() -> World {
    World::scenario("foundry-cmk")
        .at(NOW + time::Duration::seconds(60))
        .merge(
            COSMOS,
            json!({ "properties": { "disableLocalAuth": true },
                    "systemData": { "lastModifiedAt": "2026-11-23T12:41:27Z" } }),
        )
}

#[test]
fn the_policy_of_the_night_is_named_with_its_assignment() {
    let judgement = night().judge().0;
    let (hop, who) = gate(
        &judgement,
        HopKind::FoundryToManagedCosmos,
        Gate::Authentication,
    );
    assert_eq!(hop.verdict(), Verdict::Shut);
    let Some(WhoDidIt::Found(found)) = who else {
        panic!("{who:?}");
    };
    assert_eq!(found.certainty, Certainty::Dated);
    let change = &found.change;
    assert!(change.is_by_policy());
    assert_eq!(change.by(), "Cosmos DB: disable local auth");
    let policy = change.policy().expect("the policy");
    assert_eq!(policy.effect.as_deref(), Some("modify"));
    assert!(
        policy
            .assignment
            .as_ref()
            .is_some_and(|id| id.name() == "cosmos-local-auth")
    );
    assert_eq!(change.events.len(), 3, "started, accepted, succeeded");
    let sentence = WhoDidIt::Found(found.clone()).sentence();
    assert!(
        sentence.contains("the policy Cosmos DB: disable local auth (modify)"),
        "{sentence}"
    );
    // What the policy wrote by itself is told once.
    let acts = judgement
        .changes
        .list
        .iter()
        .filter(|one| matches!(one.kind, Kind::Policy(_)))
        .count();
    assert_eq!(acts, 0);
}

/// Not every token says whose identity it is: the assignment names its own.
#[test]
fn a_policy_is_known_by_the_identity_of_its_assignment() {
    let principal = night().body("policyAssignments/cosmos-local-auth")["identity"]["principalId"]
        .as_str()
        .unwrap()
        .to_owned();
    let app = "fe51de17-2edb-4de9-b3ea-19ad3a0e2e3f";
    for (caller, oid) in [
        (principal.as_str(), Some(principal.as_str())),
        (principal.as_str(), None),
        (app, None),
    ] {
        let mut world = night();
        for event in &mut world.activity {
            let claims = event["claims"].as_object_mut().unwrap();
            if claims.remove("xms_mirid").is_none() {
                continue;
            }
            let claim = "http://schemas.microsoft.com/identity/claims/objectidentifier";
            for name in [claim, "oid"] {
                claims.remove(name);
            }
            if let Some(oid) = oid {
                claims.insert(claim.to_owned(), json!(oid));
            }
            event["caller"] = json!(caller);
            event["properties"] = json!({});
        }
        let judgement = world.judge().0;
        let (_, who) = gate(
            &judgement,
            HopKind::FoundryToManagedCosmos,
            Gate::Authentication,
        );
        let Some(WhoDidIt::Found(found)) = who else {
            panic!("{who:?}");
        };
        assert!(
            found.change.is_by_policy(),
            "{caller}: {:?}",
            found.change.actor
        );
        let of = found.change.actor.identity_of.as_ref().unwrap();
        assert_eq!(of.name(), "cosmos-local-auth");
    }
    // Somebody else stays somebody else.
    let mut world = night();
    for event in &mut world.activity {
        event["claims"] = json!({});
        event["caller"] = json!("9d1c0000-0000-4000-8000-000000000009");
    }
    let changes = Changes::of(&world.inventory());
    assert!(changes.list.iter().all(|one| !one.is_by_policy()));
}

/// The log is late, and holds an older write: that one is not taken for the last.
#[test]
fn while_the_log_is_late_it_is_awaited_and_no_older_write_is_named() {
    let mut world = night();
    let mut older = events(&world, "Microsoft.DocumentDB/databaseAccounts/write")[0].clone();
    older["eventTimestamp"] = json!("2026-11-20T10:00:00Z");
    older["submissionTimestamp"] = json!("2026-11-20T10:03:00Z");
    older["eventDataId"] = json!("older");
    older["correlationId"] = json!("older");
    world.activity.retain(|event| {
        event["resourceId"]
            .as_str()
            .is_none_or(|id| !id.contains("cosmoshub"))
    });
    world.activity.push(older);
    let inventory = world.inventory();
    let judgement = world.judge().0;
    let (_, who) = gate(
        &judgement,
        HopKind::FoundryToManagedCosmos,
        Gate::Authentication,
    );
    match who {
        Some(WhoDidIt::NotThere { why }) => assert!(why.contains("3 to 20 minutes late"), "{why}"),
        other => panic!("{other:?}"),
    }
    let waiting = awaited(&inventory, &judgement.hops);
    assert!(!waiting.is_empty());
    assert!(waiting.iter().all(|key| matches!(key, Key::ActivityLog(_))));
    // Once the write is there, and where all is well, nothing is waited for.
    let told = night();
    let judgement = told.judge().0;
    assert_eq!(awaited(&told.inventory(), &judgement.hops), []);
    let well = World::scenario("healthy");
    let judgement = well.judge().0;
    assert_eq!(awaited(&well.inventory(), &judgement.hops), []);
}

#[test]
fn a_policy_that_changes_somebody_elses_request_is_told_beside_them() {
    let mut world = World::scenario("broken-indexer");
    for event in &mut world.activity {
        if event["operationName"]["value"] == "Microsoft.Authorization/policies/audit/action" {
            event["operationName"]["value"] =
                json!("Microsoft.Authorization/policies/modify/action");
            let policies = event["properties"]["policies"].as_str().unwrap();
            event["properties"]["policies"] = json!(policies.replace("\"audit\"", "\"modify\""));
        }
    }
    let Some(WhoDidIt::Found(found)) = indexer(world) else {
        panic!("nobody");
    };
    assert!(!found.change.is_by_policy());
    let sentence = WhoDidIt::Found(found.clone()).sentence();
    assert!(sentence.contains("changed on its way"), "{sentence}");
    assert_eq!(found.change.actor.kind, ActorKind::Application);
}

#[test]
fn a_role_that_was_taken_away_is_possible_and_not_certain() {
    let world =
        World::scenario("healthy").without_roles("3f0c9331-9744-4174-bec0-2d76805f91ab", &[]);
    let storage = world.id("storageAccounts/stragdev");
    let authorization = |world: World| {
        let judgement = world.judge().0;
        let (hop, who) = gate(&judgement, HopKind::IndexerToStorage, Gate::Authorization);
        assert_eq!(
            hop.gate(Gate::Authorization).unwrap().judged.verdict,
            Verdict::Shut
        );
        who.cloned()
    };
    match authorization(world.clone()) {
        Some(WhoDidIt::NotThere { why }) => assert!(why.contains("never given"), "{why}"),
        other => panic!("{other:?}"),
    }
    let mut taken = world;
    let mut event = events(&taken, "Microsoft.Storage/storageAccounts/write")[0].clone();
    event["operationName"]["value"] = json!("Microsoft.Authorization/roleAssignments/delete");
    event["resourceId"] = json!(format!(
        "{storage}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001"
    ));
    event["eventDataId"] = json!("taken");
    event["status"] = json!({ "value": "Succeeded" });
    taken.activity.push(event);
    match authorization(taken) {
        Some(WhoDidIt::Found(found)) => {
            assert_eq!(found.certainty, Certainty::SomeRole);
            assert_eq!(found.change.kind, Kind::RoleTaken);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_log_does_not_hear_of_is_said_to_be_so() {
    let world = World::scenario("healthy").object(
        "srch-rag-dev",
        "indexers",
        "docs-indexer",
        json!({ "dataSourceName": "nowhere" }),
    );
    let judgement = world.judge().0;
    let unlogged = judgement.hops.iter().flat_map(|hop| &hop.gates).any(|gate| {
        matches!(&gate.changed_by, Some(WhoDidIt::Unlogged { why }) if why.contains("at the service itself"))
    });
    assert!(unlogged);
}

#[test]
fn open_gates_and_unknown_ones_have_nobody_to_blame() {
    for scenario in ["healthy", "denied", "broken-indexer", "open-poc"] {
        let judgement = World::scenario(scenario).judge().0;
        for gate in judgement.hops.iter().flat_map(|hop| &hop.gates) {
            let is_trouble = matches!(gate.judged.verdict, Verdict::Shut | Verdict::AtRisk);
            assert!(
                is_trouble || gate.changed_by.is_none(),
                "{scenario}: {gate:?}"
            );
        }
    }
}

#[test]
fn changes_come_newest_first_and_once() {
    let mut world = World::scenario("broken-indexer");
    // Two lists may hold the same event.
    world.activity.extend(world.activity.clone());
    let inventory = world.inventory();
    let changes = Changes::of(&inventory);
    assert!(changes.list.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let mut ids: Vec<&str> = changes.list.iter().map(|one| one.id.as_str()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!((ids.len(), all), (all, 13));
    let kinds = |kind: Kind| changes.list.iter().filter(|one| one.kind == kind).count();
    assert_eq!(kinds(Kind::RoleGiven), 1);
    assert_eq!(kinds(Kind::Keys), 1);
    assert_eq!(kinds(Kind::PolicyChange), 1);
    let failed = changes
        .list
        .iter()
        .find(|one| one.outcome == Outcome::Failed)
        .expect("a failure");
    assert!(
        failed
            .message
            .as_deref()
            .is_some_and(|text| text.starts_with("The client 'lin@"))
    );
    assert_eq!(failed.actor.kind, ActorKind::Person);
}
