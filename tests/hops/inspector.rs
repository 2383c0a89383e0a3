//! H20: hopscope's own calls.

use hopscope::analysis::hop::{Hop, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::json;

use crate::world::{Ended, Judged, World};

use Verdict::{Open, Shut, Unknown};

const KIND: HopKind = HopKind::Inspector;
const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const SEARCH: &str = "/searchServices/srch-rag-dev";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn to<'j>(judged: &'j Judged, end: &str) -> Option<&'j Hop> {
    judged.of(KIND).into_iter().find(|hop| hop.to.ends_with(end))
}

fn subscription(judged: &Judged) -> &Hop {
    to(judged, "/3b1c0f2d-65f0-4135-bf08-e005a4058e20").unwrap()
}

#[test]
fn what_is_answered_proves_itself() {
    let judged = World::scenario("healthy").judge();
    assert_eq!(judged.of(KIND).len(), 2, "{:?}", judged.ids(KIND));
    for hop in judged.of(KIND) {
        assert_eq!((hop.verdict(), hop.from.as_str()), (Open, ADA), "{hop:?}");
        assert!(!hop.counts());
        assert!(hop.gates.iter().all(|gate| !gate.judged.evidence.is_empty()));
    }
    assert_eq!(to(&judged, SEARCH).unwrap().gates.len(), 3);
}

#[test]
fn a_service_that_takes_keys_only_is_not_asked() {
    let judged = World::scenario("open-poc").judge();
    assert!(to(&judged, SEARCH).is_none());
    assert_eq!(subscription(&judged).verdict(), Open);
}

#[test]
fn refusals_of_arm() {
    for ended in Ended::WITHOUT {
        let judged = World::scenario("healthy").refuse("locks", "", ended).judge();
        let hop = subscription(&judged);
        assert_eq!(hop.verdict(), Unknown, "{ended:?} {hop:?}");
        assert_eq!(to(&judged, SEARCH).unwrap().verdict(), Open);
    }
    // A 404 is an answer.
    let judged = World::scenario("healthy").refuse("locks", "", Ended::NotFound).judge();
    assert_eq!(subscription(&judged).verdict(), Open);
    // The roles that were read explain the refusal: nothing gives the right that it names.
    let judged = World::scenario("healthy")
        .dropping(|document| {
            document["properties"]["roleDefinitionId"].as_str().is_some_and(|role| role.ends_with(READER))
        })
        .refuse("locks", "", Ended::Denied)
        .judge();
    let gate = subscription(&judged).gate(Gate::Authorization).unwrap();
    assert_eq!(gate.judged.verdict, Shut, "{}", gate.judged.reason);
    assert!(gate.remedies[0].text.contains("az role assignment create") && gate.remedies[0].text.contains(ADA));
}

#[test]
fn a_data_plane_that_refuses() {
    let refused = |world: World| {
        ["indexers", "dataSources", "skillsets", "indexes", "indexerStatus", "indexStatistics"]
            .into_iter()
            .fold(world, |world, what| world.refuse(what, "", Ended::Denied))
            .judge()
    };
    // Everything in the configuration says that it should answer.
    let judged = refused(World::scenario("healthy"));
    let hop = to(&judged, SEARCH).unwrap();
    assert_eq!(hop.verdict(), Unknown, "{hop:?}");
    assert!(hop.gate(Gate::Authorization).unwrap().judged.reason.contains("may be a missing role or the firewall"));
    // The firewall does not name the address.
    let judged = refused(World::scenario("healthy").merge(
        "searchServices/srch-rag-dev",
        json!({ "properties": { "networkRuleSet": { "ipRules": [{ "value": "198.51.100.44" }] } } }),
    ));
    let hop = to(&judged, SEARCH).unwrap();
    let gate = hop.gate(Gate::Network).unwrap();
    assert_eq!(gate.judged.verdict, Shut, "{}", gate.judged.reason);
    assert!(gate.judged.reason.contains("refused with 403") && !gate.remedies.is_empty());
    assert_eq!(hop.gate(Gate::Authorization).unwrap().judged.verdict, Open);
    // Failed, or still to come: nothing is known.
    for ended in [Ended::Failed, Ended::Pending] {
        let judged = World::scenario("healthy").refuse("indexes", "", ended).judge();
        assert_eq!(to(&judged, SEARCH).unwrap().verdict(), Unknown);
    }
}

#[test]
fn nobody_signed_in_asks_nothing() {
    let mut world = World::scenario("healthy");
    world.caller.clear();
    assert!(world.judge().of(KIND).is_empty());
}
