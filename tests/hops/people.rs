//! People: H01 to H05.

use hopscope::analysis::hop::{Basis, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::json;

use crate::world::{Ended, World};

const ADA: &str = "2d55fd30-c147-4018-906a-dd6ef136816a";
const DEVS: &str = "ccb99376-467a-4316-916d-ffc8a397f1c5";
const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const GROUP: &str = "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc";

const KINDS: [HopKind; 5] = [
    HopKind::UserToStorage,
    HopKind::UserToSearchManagement,
    HopKind::UserToSearchObjects,
    HopKind::UserToSearchDocuments,
    HopKind::UserToOpenai,
];

/// Ada without any role of her own or of her groups.
fn bare() -> World {
    World::scenario("healthy")
        .without_roles(ADA, &[])
        .without_roles(DEVS, &[])
}

fn storage() -> String {
    format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/stragdev")
}

#[test]
fn everything_is_open_in_the_healthy_scenario() {
    let judged = World::scenario("healthy").judge();
    for kind in KINDS {
        let hop = judged.hop(kind, "");
        assert_eq!(hop.verdict(), Verdict::Open, "{kind}: {:?}", hop.gates);
        assert_eq!(hop.from, ADA);
        assert_eq!(hop.basis, Basis::Inferred);
        assert_eq!(hop.via, None);
    }
}

#[test]
fn the_broken_indexer_leaves_ada_a_key_only() {
    let judged = World::scenario("broken-indexer").judge();
    judged.expect(
        HopKind::UserToStorage,
        "",
        Gate::Authorization,
        Verdict::AtRisk,
        "by key only",
    );
    for kind in &KINDS[1..] {
        assert_eq!(judged.hop(*kind, "").verdict(), Verdict::Open, "{kind}");
    }
}

#[test]
fn nobody_who_is_an_app_is_a_person() {
    let mut world = World::scenario("healthy");
    world.caller.insert("kind".to_owned(), json!("app"));
    let judged = world.judge();
    for kind in KINDS {
        assert!(judged.of(kind).is_empty(), "{kind}");
    }
}

#[test]
fn who_is_named_in_the_config_file_is_judged_too() {
    let other = "9452b97a-0000-4000-8000-000000000001";
    let judged = World::scenario("healthy")
        .judging(|judging| {
            judging.pattern.users = vec![
                other.to_owned(),
                "ADA@contoso.com".to_owned(),
                "nobody@contoso.com".to_owned(),
            ];
        })
        .judge();
    let chats = judged.of(HopKind::UserToOpenai);
    let of = |from: &str| *chats.iter().find(|hop| hop.from == from).unwrap();
    assert_eq!(chats.len(), 3);
    assert_eq!(of(ADA).basis, Basis::Declared, "signed in and named");
    assert_eq!(of(ADA).verdict(), Verdict::Open);
    assert_eq!(of(other).basis, Basis::Declared);
    let nobody = of("nobody@contoso.com");
    let identity = nobody.gate(Gate::Identity).unwrap();
    assert_eq!(identity.judged.verdict, Verdict::Unknown);
    assert_eq!(nobody.verdict(), Verdict::Unknown);
}

#[test]
fn without_a_role_the_way_is_shut_and_the_role_mends_it() {
    let judged = bare().judge();
    for (kind, role) in [
        (HopKind::UserToStorage, BLOB_CONTRIBUTOR),
        (
            HopKind::UserToSearchManagement,
            "7ca78c08-252a-4471-8644-bb5ff32d4ba0",
        ),
        (
            HopKind::UserToSearchObjects,
            "7ca78c08-252a-4471-8644-bb5ff32d4ba0",
        ),
        (
            HopKind::UserToSearchDocuments,
            "1407120a-92aa-4202-b7e9-c0e197c71c8f",
        ),
        (
            HopKind::UserToOpenai,
            "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        ),
    ] {
        judged.expect(
            kind,
            "",
            Gate::Authorization,
            Verdict::Shut,
            "no role gives",
        );
        let gate = judged.gate(kind, "", Gate::Authorization);
        assert!(
            gate.remedies
                .iter()
                .any(|remedy| remedy.text.contains(role)),
            "{kind}: {:?}",
            gate.remedies
        );
    }
}

#[test]
fn contributor_and_owner_have_keys_but_no_data() {
    for role in [CONTRIBUTOR, OWNER] {
        let world = bare().with_role(ADA, "User", role, GROUP);
        let judged = world
            .clone()
            .merge(
                "storageAccounts/stragdev",
                json!({ "properties": { "allowSharedKeyAccess": true } }),
            )
            .merge(
                "searchServices/srch-rag-dev",
                json!({ "properties": {
                "disableLocalAuth": false,
                "authOptions": { "aadOrApiKey": { "aadAuthFailureMode": "http403" } },
            } }),
            )
            .merge(
                "accounts/aoai-rag-dev",
                json!({ "properties": { "disableLocalAuth": false } }),
            )
            .judge();
        for kind in [
            HopKind::UserToStorage,
            HopKind::UserToSearchDocuments,
            HopKind::UserToOpenai,
        ] {
            judged.expect(
                kind,
                "",
                Gate::Authorization,
                Verdict::AtRisk,
                "by key only",
            );
        }
        for kind in [
            HopKind::UserToSearchManagement,
            HopKind::UserToSearchObjects,
        ] {
            assert_eq!(judged.hop(kind, "").verdict(), Verdict::Open, "{kind}");
        }

        let judged = world
            .merge(
                "storageAccounts/stragdev",
                json!({ "properties": { "allowSharedKeyAccess": false } }),
            )
            .merge(
                "accounts/aoai-rag-dev",
                json!({ "properties": { "disableLocalAuth": true } }),
            )
            .judge();
        for kind in [HopKind::UserToStorage, HopKind::UserToOpenai] {
            judged.expect(
                kind,
                "",
                Gate::Authorization,
                Verdict::Shut,
                "no role gives",
            );
        }
    }
}

#[test]
fn a_role_on_the_container_is_enough_and_one_on_another_is_not() {
    let at = |container: &str| format!("{}/blobServices/default/containers/{container}", storage());
    let whole = bare()
        .with_role(ADA, "User", BLOB_CONTRIBUTOR, &at("docs"))
        .with_role(ADA, "User", BLOB_CONTRIBUTOR, &at("faq"));
    let judged = whole.judge();
    judged.expect(
        HopKind::UserToStorage,
        "",
        Gate::Authorization,
        Verdict::Open,
        "docs",
    );

    let half = bare().with_role(ADA, "User", BLOB_CONTRIBUTOR, &at("docs"));
    half.judge().expect(
        HopKind::UserToStorage,
        "",
        Gate::Authorization,
        Verdict::Shut,
        "no role gives",
    );

    // Which container counts is not known without the data sources.
    for ended in Ended::WITHOUT {
        whole
            .clone()
            .refuse("dataSources", "", ended)
            .judge()
            .expect(
                HopKind::UserToStorage,
                "",
                Gate::Authorization,
                Verdict::Unknown,
                "which containers count",
            );
    }
}

#[test]
fn a_role_on_the_account_needs_no_data_source() {
    let judged = World::scenario("healthy")
        .refuse("dataSources", "", Ended::Denied)
        .judge();
    assert_eq!(
        judged.hop(HopKind::UserToStorage, "").verdict(),
        Verdict::Open
    );
}

#[test]
fn lists_of_a_hierarchical_namespace_may_stand_in_for_a_role() {
    bare()
        .merge(
            "storageAccounts/stragdev",
            json!({ "properties": { "isHnsEnabled": true, "allowSharedKeyAccess": false } }),
        )
        .judge()
        .expect(
            HopKind::UserToStorage,
            "",
            Gate::Authorization,
            Verdict::Unknown,
            "ACL",
        );
}

#[test]
fn a_search_service_with_keys_only_refuses_tokens() {
    let keys_only =
        json!({ "properties": { "disableLocalAuth": false, "authOptions": { "apiKeyOnly": {} } } });
    let documents = HopKind::UserToSearchDocuments;
    // The role to list keys makes it the weaker path.
    World::scenario("healthy")
        .merge("searchServices/srch-rag-dev", keys_only.clone())
        .judge()
        .expect(
            documents,
            "",
            Gate::Authentication,
            Verdict::AtRisk,
            "by key only",
        );
    let reader = bare().with_role(ADA, "User", "1407120a-92aa-4202-b7e9-c0e197c71c8f", GROUP);
    reader
        .merge("searchServices/srch-rag-dev", keys_only)
        .judge()
        .expect(
            documents,
            "",
            Gate::Authentication,
            Verdict::Shut,
            "keys only",
        );
}

#[test]
fn the_firewall_is_judged_for_the_clients_address() {
    let elsewhere = |address: Option<[u8; 4]>| {
        World::scenario("healthy")
            .judging(|judging| judging.client_ip = address.map(Into::into))
            .judge()
    };
    for kind in [
        HopKind::UserToStorage,
        HopKind::UserToSearchObjects,
        HopKind::UserToSearchDocuments,
        HopKind::UserToOpenai,
    ] {
        let gate = |address| {
            elsewhere(address)
                .gate(kind, "", Gate::Network)
                .judged
                .verdict
        };
        assert_eq!(gate(Some([203, 0, 113, 24])), Verdict::Open, "{kind}");
        assert_eq!(gate(Some([198, 51, 100, 1])), Verdict::Shut, "{kind}");
        assert_eq!(gate(None), Verdict::Unknown, "{kind}");
    }
    assert!(
        elsewhere(Some([198, 51, 100, 1]))
            .hop(HopKind::UserToSearchManagement, "")
            .gate(Gate::Network)
            .is_none(),
        "ARM is not filtered by the service"
    );
}

#[test]
fn an_account_without_a_subdomain_takes_no_tokens() {
    let world = World::scenario("healthy").merge(
        "accounts/aoai-rag-dev",
        json!({ "properties": { "customSubDomainName": null } }),
    );
    world.judge().expect(
        HopKind::UserToOpenai,
        "",
        Gate::Configuration,
        Verdict::Shut,
        "subdomain",
    );
}

#[test]
fn a_person_chats_with_accounts_that_have_a_model() {
    let none = World::scenario("healthy").dropping(|document| {
        document["type"].as_str().is_some_and(|kind| {
            kind.eq_ignore_ascii_case("Microsoft.CognitiveServices/accounts/deployments")
        })
    });
    assert!(none.judge().of(HopKind::UserToOpenai).is_empty());
    for ended in Ended::WITHOUT {
        World::scenario("healthy")
            .refuse("deployments", "", ended)
            .judge()
            .expect(
                HopKind::UserToOpenai,
                "",
                Gate::Configuration,
                Verdict::Unknown,
                "whether a model is deployed",
            );
    }
}

#[test]
fn what_is_not_read_is_unknown_and_never_more_certain() {
    for what in ["roleAssignments", "denyAssignments", "roleDefinitions"] {
        for ended in Ended::WITHOUT {
            let judged = World::scenario("healthy").refuse(what, "", ended).judge();
            for kind in KINDS {
                let gate = judged.gate(kind, "", Gate::Authorization);
                assert_eq!(
                    gate.judged.verdict,
                    Verdict::Unknown,
                    "{kind} without {what} ({ended:?}): {}",
                    gate.judged.reason
                );
            }
        }
    }
}

#[test]
fn reader_sees_the_objects_and_may_not_write_them() {
    let judged = bare().with_role(ADA, "User", READER, GROUP).judge();
    judged.expect(
        HopKind::UserToSearchObjects,
        "",
        Gate::Authorization,
        Verdict::Shut,
        "write",
    );
}

#[test]
fn a_storage_account_that_is_gone_is_still_drawn() {
    let judged = World::scenario("healthy")
        .without("storageAccounts/stragdev")
        .judge();
    judged.expect(
        HopKind::UserToStorage,
        "",
        Gate::Configuration,
        Verdict::Shut,
        "is gone",
    );
}
