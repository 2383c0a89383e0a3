//! Whole scenarios: which hops there are, and what is said of them.

use hopscope::analysis::hop::HopKind;
use hopscope::analysis::verdict::{Gate, Verdict};

use crate::world::{World, is_assignment};

const ALL: [&str; 5] = [
    "broken-indexer",
    "denied",
    "foundry-cmk",
    "healthy",
    "open-poc",
];

/// Kind, tie, verdict of the hops of some kinds.
fn told(scenario: &str, kinds: &[HopKind]) -> Vec<(HopKind, String, Verdict)> {
    World::scenario(scenario)
        .judge()
        .0
        .hops
        .iter()
        .filter(|hop| kinds.contains(&hop.kind))
        .map(|hop| (hop.kind, hop.via.clone().unwrap_or_default(), hop.verdict()))
        .collect()
}

const INDEXING: [HopKind; 4] = [
    HopKind::IndexerToStorage,
    HopKind::IndexerExtrasToStorage,
    HopKind::SkillToOpenai,
    HopKind::VectorizerToOpenai,
];

#[test]
fn the_same_is_said_twice_and_whatever_the_order_of_role_assignments() {
    const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    for scenario in ALL {
        // Two assignments that give the same at the same scope.
        let plain = World::scenario(scenario);
        let owner = plain.caller["object_id"].as_str().unwrap().to_owned();
        let account = plain.id("storageAccounts/stragdev");
        let world = plain
            .with_role(&owner, "User", BLOB_CONTRIBUTOR, &account)
            .with_role(&owner, "User", BLOB_CONTRIBUTOR, &account);
        let once = world.judge().0;
        assert_eq!(once, world.judge().0, "{scenario}: judged twice");
        let mut turned = world.clone();
        let (assignments, others): (Vec<_>, Vec<_>) =
            turned.arm.into_iter().partition(is_assignment);
        turned.arm = assignments.into_iter().rev().chain(others).collect();
        let other = turned.judge().0;
        assert_eq!(once.hops, other.hops, "{scenario}: in another order");
        assert_eq!(
            once.findings, other.findings,
            "{scenario}: in another order"
        );
    }
}

#[test]
fn the_healthy_environment_indexes_and_queries() {
    assert_eq!(
        told("healthy", &INDEXING),
        [
            (
                HopKind::IndexerToStorage,
                "indexer docs-indexer".into(),
                Verdict::Open
            ),
            (
                HopKind::IndexerToStorage,
                "indexer faq-indexer".into(),
                Verdict::Open
            ),
            (
                HopKind::IndexerExtrasToStorage,
                "skillset ss-docs".into(),
                Verdict::Open
            ),
            (
                HopKind::SkillToOpenai,
                "skillset ss-docs".into(),
                Verdict::Open
            ),
            (
                HopKind::VectorizerToOpenai,
                "index docs-index".into(),
                Verdict::Open
            ),
        ]
    );
}

#[test]
fn the_broken_indexer_is_shut_by_the_network_alone() {
    assert_eq!(
        told("broken-indexer", &INDEXING),
        [
            (
                HopKind::IndexerToStorage,
                "indexer docs-indexer".into(),
                Verdict::Shut
            ),
            (
                HopKind::IndexerToStorage,
                "indexer faq-indexer".into(),
                Verdict::Shut
            ),
            (
                HopKind::SkillToOpenai,
                "skillset ss-docs".into(),
                Verdict::Open
            ),
            (
                HopKind::VectorizerToOpenai,
                "index docs-index".into(),
                Verdict::Open
            ),
        ]
    );
    let judged = World::scenario("broken-indexer").judge();
    let hop = judged.hop(HopKind::IndexerToStorage, "indexer docs-indexer");
    for gate in &hop.gates {
        let expected = if gate.gate == Gate::Network {
            Verdict::Shut
        } else {
            Verdict::Open
        };
        assert_eq!(gate.judged.verdict, expected, "{}", gate.judged.reason);
    }
    let network = hop.gate(Gate::Network).unwrap();
    assert!(network.judged.reason.contains("same region"));
    assert!(
        network.remedies[0]
            .text
            .starts_with("az storage account network-rule add")
    );
    let wider = network
        .remedies
        .iter()
        .position(|one| one.text.contains("--bypass"))
        .unwrap();
    assert!(wider > 0, "the instance rule comes before the bypass");
}

#[test]
fn an_open_directory_changes_nothing_for_the_indexer() {
    let world = World::scenario("broken-indexer").without_faults();
    assert_eq!(
        world.body("storageAccounts/stragdev")["location"],
        "centralus"
    );
    let open = world.judge();
    let hop = open.hop(HopKind::IndexerToStorage, "indexer docs-indexer");
    assert_eq!(hop.verdict(), Verdict::Shut);
    assert_eq!(
        hop.gate(Gate::Authorization).unwrap().judged.verdict,
        Verdict::Open
    );
}

#[test]
fn hops_are_in_order_and_each_is_there_once() {
    for name in ALL {
        let hops = World::scenario(name).judge().0.hops;
        let ids: Vec<_> = hops
            .iter()
            .map(|hop| {
                (
                    hop.kind,
                    hop.from.to_lowercase(),
                    hop.to.to_lowercase(),
                    hop.via.clone(),
                )
            })
            .collect();
        let mut sorted = ids.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(ids, sorted, "{name}");
        for hop in &hops {
            let gates: Vec<_> = hop.gates.iter().map(|one| one.gate).collect();
            let mut expected = gates.clone();
            expected.sort();
            expected.dedup();
            assert_eq!(gates, expected, "{name} {}", hop.id());
            assert!(!gates.is_empty(), "{name} {}", hop.id());
        }
    }
}

#[test]
fn the_same_environment_is_judged_the_same() {
    for name in ALL {
        let world = World::scenario(name);
        assert_eq!(world.judge().0, world.judge().0, "{name}");
    }
}

#[test]
fn a_declared_hop_wins_and_one_that_nothing_ties_is_unknown() {
    let judged = World::scenario("healthy")
        .declaring("indexer-to-storage", "srch-rag-dev", "stragdev")
        .declaring("openai-to-storage", "aoai-rag-dev", "stragdev")
        .declaring("skill-to-openai", "srch-rag-dev", "not-there")
        .judge();
    for hop in judged.of(HopKind::IndexerToStorage) {
        assert_eq!(hop.basis.word(), "declared");
        assert_eq!(hop.verdict(), Verdict::Open);
    }
    let unknown = judged
        .of(HopKind::SkillToOpenai)
        .into_iter()
        .find(|hop| hop.to == "not-there")
        .unwrap();
    assert_eq!(unknown.verdict(), Verdict::Unknown);
}
