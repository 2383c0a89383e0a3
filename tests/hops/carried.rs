//! Ways: by which rules a hop passes, two at once, perhaps, and which hops a rule carries.

use hopscope::analysis::carried::{Carried, Load, Needs};
use hopscope::analysis::hop::{Hop, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use hopscope::analysis::way::{Rule, Way};
use hopscope::model::id::{ArmId, Folded};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

const STORAGE: &str = "storageAccounts/stragdev";
const SEARCH: &str = "searchServices/srch-rag-dev";
const MODELS: &str = "accounts/aoai-rag-dev";
const ADDRESS: &str = "203.0.113.24";

/// Everything works; nothing that Microsoft made for the hub.
fn healthy() -> World {
    World::scenario("healthy").judging(|judging| judging.client_ip = ADDRESS.parse().ok())
}

fn acls(patch: Value) -> Value {
    json!({ "properties": { "networkAcls": patch } })
}

fn address(text: &str) -> Rule {
    Rule::Address(Folded::new(text))
}

fn rules(hop: &Hop, gate: Gate) -> Vec<(Rule, bool)> {
    hop.gate(gate)
        .unwrap()
        .ways
        .iter()
        .map(|way| (way.rule.clone(), way.is_certain))
        .collect()
}

fn carried(world: &World) -> (Judged, Carried) {
    let judged = world.judge();
    let carried = Carried::of(&world.inventory(), &judged.0.hops);
    (judged, carried)
}

fn id(world: &World, end: &str) -> ArmId {
    ArmId::new(world.id(end))
}

/// The kinds of the hops that a rule carries, with how much each needs it.
fn kinds(judged: &Judged, carried: &Carried, at: &ArmId, rule: &Rule) -> Vec<(HopKind, Needs)> {
    carried
        .by(at, Gate::Network, rule)
        .iter()
        .map(|one| (judged.0.hops[one.hop].kind, one.needs.clone()))
        .collect()
}

#[test]
fn a_person_passes_by_the_rule_that_names_the_address_and_by_no_other() {
    let world = healthy();
    let (judged, carried) = carried(&world);
    let hop = judged.hop(HopKind::UserToSearchDocuments, "");
    assert_eq!(rules(hop, Gate::Network), [(address(ADDRESS), true)]);
    let search = id(&world, SEARCH);
    let own = kinds(&judged, &carried, &search, &address(ADDRESS));
    assert!(
        own.contains(&(HopKind::UserToSearchDocuments, Needs::Only)),
        "{own:?}"
    );
    assert_eq!(
        carried.load(&search, Gate::Network, &address("198.51.100.44")),
        Load::Nothing,
        "{:?}",
        carried.missing()
    );
}

#[test]
fn without_an_address_every_rule_may_carry_the_person_and_none_is_said_to_carry_nothing() {
    let world = healthy().judging(|judging| judging.client_ip = None);
    let (judged, carried) = carried(&world);
    let hop = judged.hop(HopKind::UserToSearchDocuments, "");
    assert_eq!(
        rules(hop, Gate::Network),
        [(address(ADDRESS), false), (address("198.51.100.44"), false)]
    );
    let search = id(&world, SEARCH);
    for text in [ADDRESS, "198.51.100.44"] {
        let load = carried.load(&search, Gate::Network, &address(text));
        assert!(
            matches!(load, Load::Hops { certain: 0, only: 0, perhaps } if perhaps > 0),
            "{text}: {load:?}"
        );
    }
}

#[test]
fn an_instance_rule_and_the_bypass_carry_one_hop_both_and_neither_is_its_only_way() {
    let world = healthy();
    let (judged, carried) = carried(&world);
    let (storage, search) = (id(&world, STORAGE), world.id(SEARCH));
    let instance = Rule::Instance(Folded::new(&search));
    let hops = judged.of(HopKind::IndexerToStorage);
    assert!(!hops.is_empty());
    for hop in hops {
        // The instance rule is asked first and decides; the bypass is what is left without it.
        assert_eq!(
            rules(hop, Gate::Network),
            [(instance.clone(), true), (Rule::Bypass, true)]
        );
    }
    let own = kinds(&judged, &carried, &storage, &instance);
    assert!(
        own.iter()
            .all(|(_, needs)| *needs == Needs::Also(Rule::Bypass)),
        "{own:?}"
    );
    assert_eq!(
        carried
            .shut_without(&storage, Gate::Network, &instance)
            .count(),
        0
    );
    // Without the bypass the instance rule is all that is left.
    let world = world.merge(STORAGE, acls(json!({ "bypass": "None" })));
    let (judged, carried) = self::carried(&world);
    let own = kinds(&judged, &carried, &storage, &instance);
    assert!(
        !own.is_empty() && own.iter().all(|(_, needs)| *needs == Needs::Only),
        "{own:?}"
    );
    assert!(
        carried
            .by(&storage, Gate::Network, &Rule::Bypass)
            .is_empty()
    );
}

#[test]
fn where_everybody_is_let_in_the_rules_are_ways_that_are_left() {
    let world = healthy().merge(MODELS, acls(json!({ "defaultAction": "Allow" })));
    let judged = world.judge();
    let hop = judged.hop(HopKind::UserToOpenai, "");
    assert_eq!(
        rules(hop, Gate::Network),
        [(Rule::Default, true), (address(ADDRESS), true)]
    );
    let way = &hop.gate(Gate::Network).unwrap().ways[0];
    assert_eq!(way, &Way::new(&id(&world, MODELS), Rule::Default));
}

#[test]
fn who_is_kept_out_has_no_way_and_who_cannot_be_told_has_no_certain_one() {
    let world = World::scenario("broken-indexer")
        .judging(|judging| judging.client_ip = ADDRESS.parse().ok());
    let judged = world.judge();
    let shut: Vec<&Hop> = judged
        .of(HopKind::IndexerToStorage)
        .into_iter()
        .filter(|hop| {
            let gate = hop.gate(Gate::Network);
            gate.is_some_and(|gate| gate.judged.verdict == Verdict::Shut)
        })
        .collect();
    assert!(!shut.is_empty());
    assert!(shut.iter().all(|hop| rules(hop, Gate::Network).is_empty()));
    // Whether there is public access cannot be told: the rules behind it are no certain ways.
    let world = healthy().merge(
        MODELS,
        json!({ "properties": { "publicNetworkAccess": "Perhaps" } }),
    );
    let judged = world.judge();
    let hop = judged.hop(HopKind::UserToOpenai, "");
    assert_eq!(rules(hop, Gate::Network), [(address(ADDRESS), false)]);
}

#[test]
fn what_was_refused_may_hold_a_hop_so_no_rule_is_a_candidate_for_removal() {
    let search = id(&healthy(), SEARCH);
    let unused = address("198.51.100.44");
    for (what, ended) in [
        ("indexers", Ended::Denied),
        ("skillsets", Ended::Pending),
        ("connections", Ended::Failed),
        ("roleAssignments", Ended::Denied),
    ] {
        let world = healthy().refuse(what, "", ended);
        let (_, carried) = carried(&world);
        let load = carried.load(&search, Gate::Network, &unused);
        assert!(
            matches!(&load, Load::NotKnown(_) | Load::Hops { .. }),
            "{what}: {load:?}"
        );
    }
    // Machines in a network are never read: of a subnet it is never said.
    let world = healthy();
    let (_, carried) = carried(&world);
    let subnet = Rule::Subnet(ArmId::new("/subscriptions/s/subnets/x"));
    assert!(matches!(
        carried.load(&search, Gate::Network, &subnet),
        Load::NotKnown(why) if why.contains("inside its network")
    ));
}

#[test]
fn an_entry_of_a_list_carries_the_calls_to_its_host() {
    let list = json!([
        "srch-rag-dev.search.windows.net",
        "stragdev.blob.core.windows.net",
        "images.contoso.com",
        "unused.example"
    ]);
    let world = healthy().merge(MODELS, json!({ "properties": { "allowedFqdnList": list } }));
    let (judged, carried) = carried(&world);
    let models = id(&world, MODELS);
    let entry = |host: &str| Rule::Host(Folded::new(host));
    let hop = judged.hop(HopKind::OpenaiToSearch, "");
    assert_eq!(
        rules(hop, Gate::Outbound),
        [(entry("srch-rag-dev.search.windows.net"), true)]
    );
    let of = |host: &str| carried.load(&models, Gate::Outbound, &entry(host));
    assert!(matches!(of("SRCH-rag-dev.search.windows.net"), Load::Hops { only, .. } if only > 0));
    // That the entry is there is no need for it.
    assert_eq!(
        of("unused.example"),
        Load::Nothing,
        "{:?}",
        carried.missing()
    );
}

#[test]
fn a_link_that_is_approved_comes_first_and_the_public_ways_are_left_without_it() {
    let world = healthy();
    let (storage, search) = (world.id(STORAGE), world.id(SEARCH));
    let world = world.add(json!({
        "id": format!("{search}/sharedPrivateLinkResources/to-blob"),
        "name": "to-blob",
        "type": "Microsoft.Search/searchServices/sharedPrivateLinkResources",
        "properties": {
            "privateLinkResourceId": storage,
            "groupId": "blob",
            "status": "Approved",
            "provisioningState": "Succeeded",
        },
    }));
    let (judged, carried) = carried(&world);
    let own = Rule::SharedPrivateLink(Folded::new("to-blob"));
    let search = ArmId::new(search);
    let passages = carried.by(&search, Gate::Network, &own);
    assert!(
        !passages.is_empty(),
        "{:?}",
        judged.ids(HopKind::IndexerToStorage)
    );
    assert!(
        passages
            .iter()
            .all(|one| matches!(one.needs, Needs::Also(Rule::Instance(_)))),
        "{passages:?}"
    );
}
