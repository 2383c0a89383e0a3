//! Model accounts that call out: H10 to H12.

use hopscope::analysis::hop::{Basis, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::json;

use crate::world::{Ended, World};

const MODEL: &str = "9c609951-25e8-4116-ae9a-29d6d02b20de";
const INDEX_READER: &str = "1407120a-92aa-4202-b7e9-c0e197c71c8f";
const SEARCH_CONTRIBUTOR: &str = "7ca78c08-252a-4471-8644-bb5ff32d4ba0";
const BLOB_CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

fn healthy() -> World {
    World::scenario("healthy")
}

fn model(patch: serde_json::Value) -> World {
    healthy().merge("accounts/aoai-rag-dev", patch)
}

#[test]
fn everything_is_open_in_the_healthy_scenario() {
    let judged = healthy().judge();
    for kind in [
        HopKind::OpenaiToSearch,
        HopKind::OpenaiToStorage,
        HopKind::OpenaiToUrl,
    ] {
        let hop = judged.hop(kind, "");
        assert_eq!(hop.verdict(), Verdict::Open, "{kind}: {:?}", hop.gates);
        assert_eq!(hop.basis, Basis::Inferred);
    }
}

#[test]
fn a_declared_image_host_below_a_listed_domain_is_unknown() {
    let judged = World::scenario("broken-indexer").judge();
    let urls = judged.of(HopKind::OpenaiToUrl);
    let of = |to: &str| *urls.iter().find(|hop| hop.to == to).unwrap();
    assert_eq!(of("images.contoso.com").basis, Basis::Declared);
    assert_eq!(of("images.contoso.com").verdict(), Verdict::Unknown);
    assert_eq!(of("contoso.com").basis, Basis::Inferred);
    assert_eq!(of("contoso.com").verdict(), Verdict::Open);
    assert!(
        !urls.iter().any(|hop| hop.to.contains("search")),
        "a listed host that a resource answers to is no URL"
    );
}

#[test]
fn an_image_host_that_is_not_listed_is_shut() {
    let judged =
        model(json!({ "properties": { "allowedFqdnList": ["srch-rag-dev.search.windows.net"] } }))
            .judging(|judging| {
                judging.pattern.image_hosts = vec!["https://Img.Example.org/a.png".to_owned()];
            })
            .judge();
    judged.expect(
        HopKind::OpenaiToUrl,
        "",
        Gate::Outbound,
        Verdict::Shut,
        "img.example.org",
    );
    assert_eq!(judged.hop(HopKind::OpenaiToUrl, "").to, "img.example.org");
}

#[test]
fn an_image_in_a_storage_account_meets_its_firewall() {
    let judged = healthy()
        .judging(|judging| {
            judging.pattern.image_hosts = vec!["stragdev.blob.core.windows.net".to_owned()];
        })
        .judge();
    let hop = judged
        .of(HopKind::OpenaiToUrl)
        .into_iter()
        .find(|hop| hop.basis == Basis::Declared)
        .unwrap();
    assert!(hop.to.ends_with("/storageAccounts/stragdev"), "{}", hop.to);
    let gate = hop.gate(Gate::Network).unwrap();
    assert_eq!(gate.judged.verdict, Verdict::Shut, "{}", gate.judged.reason);
}

#[test]
fn retrieval_needs_both_rights() {
    for (role, says) in [
        (INDEX_READER, "documents/read"),
        (SEARCH_CONTRIBUTOR, "indexes/read"),
    ] {
        let judged = healthy().without_roles(MODEL, &[role]).judge();
        judged.expect(
            HopKind::OpenaiToSearch,
            "",
            Gate::Authorization,
            Verdict::Shut,
            says,
        );
    }
}

#[test]
fn without_roles_the_list_of_hosts_still_ties_the_two() {
    let judged = healthy().without_roles(MODEL, &[]).judge();
    let hop = judged.hop(HopKind::OpenaiToSearch, "");
    assert_eq!(hop.basis, Basis::Inferred);
    assert_eq!(hop.verdict(), Verdict::Shut);
    assert!(
        judged.of(HopKind::OpenaiToStorage).is_empty(),
        "nothing ties the account to storage"
    );
}

#[test]
fn the_only_pair_of_a_group_is_assumed() {
    let alone = healthy().without_roles(MODEL, &[]).merge(
        "accounts/aoai-rag-dev",
        json!({ "properties": { "allowedFqdnList": [] } }),
    );
    let judged = alone.judge();
    let hop = judged.hop(HopKind::OpenaiToSearch, "");
    assert_eq!(hop.basis, Basis::Assumed);
    assert!(!hop.counts());
}

#[test]
fn gates_of_retrieval() {
    let kind = HopKind::OpenaiToSearch;
    let search = |patch| {
        healthy()
            .merge("searchServices/srch-rag-dev", patch)
            .judge()
    };
    search(json!({ "properties": { "networkRuleSet": { "bypass": "None" } } })).expect(
        kind,
        "",
        Gate::Network,
        Verdict::Shut,
        "bypass",
    );
    search(
        json!({ "properties": { "disableLocalAuth": false, "authOptions": { "apiKeyOnly": {} } } }),
    )
    .expect(kind, "", Gate::Authentication, Verdict::Shut, "keys only");
    model(json!({ "properties": { "allowedFqdnList": ["stragdev.blob.core.windows.net"] } }))
        .judge()
        .expect(
            kind,
            "",
            Gate::Outbound,
            Verdict::Shut,
            "srch-rag-dev.search.windows.net",
        );
    model(json!({ "properties": { "allowedFqdnList": ["search.windows.net"] } }))
        .judge()
        .expect(kind, "", Gate::Outbound, Verdict::Unknown, "subdomains");
    let nobody = model(json!({ "identity": { "type": "None", "principalId": null } })).judge();
    nobody.expect(
        kind,
        "",
        Gate::Identity,
        Verdict::Shut,
        "no system-assigned identity",
    );
    assert!(
        nobody.hop(kind, "").gate(Gate::Authorization).is_none(),
        "nobody holds nothing"
    );
}

#[test]
fn only_the_system_identity_counts() {
    let user_assigned = model(json!({ "identity": {
        "type": "UserAssigned",
        "principalId": null,
        "userAssignedIdentities": { "/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-x":
            { "principalId": MODEL, "clientId": "00000000-0000-4000-8000-000000000009" } },
    } }));
    user_assigned.judge().expect(
        HopKind::OpenaiToSearch,
        "",
        Gate::Identity,
        Verdict::Shut,
        "no system-assigned identity",
    );
}

#[test]
fn a_rule_or_a_definition_ties_storage_too() {
    let account = healthy().id("accounts/aoai-rag-dev");
    let storage = healthy().id("storageAccounts/stragdev");
    let bare = healthy().without_roles(MODEL, &[BLOB_CONTRIBUTOR]);
    assert!(bare.judge().of(HopKind::OpenaiToStorage).is_empty());

    let ruled = bare.clone().merge(
        "storageAccounts/stragdev",
        json!({ "properties": { "networkAcls": { "resourceAccessRules": [
            { "tenantId": "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1", "resourceId": account },
        ] } } }),
    );
    let judged = ruled.judge();
    assert_eq!(
        judged.hop(HopKind::OpenaiToStorage, "").basis,
        Basis::Inferred
    );
    judged.expect(
        HopKind::OpenaiToStorage,
        "",
        Gate::Authorization,
        Verdict::Shut,
        "no role gives",
    );

    let owned = bare.merge(
        "accounts/aoai-rag-dev",
        json!({ "properties": { "userOwnedStorage": [{ "resourceId": storage }] } }),
    );
    assert_eq!(
        owned.judge().hop(HopKind::OpenaiToStorage, "").basis,
        Basis::Observed
    );
}

#[test]
fn withheld_roles_make_it_unknown() {
    for ended in Ended::WITHOUT {
        for what in ["roleAssignments", "denyAssignments", "roleDefinitions"] {
            let judged = healthy().refuse(what, "", ended).judge();
            let gate = judged.gate(HopKind::OpenaiToSearch, "", Gate::Authorization);
            assert_eq!(
                gate.judged.verdict,
                Verdict::Unknown,
                "{what} {ended:?}: {}",
                gate.judged.reason
            );
        }
    }
}
