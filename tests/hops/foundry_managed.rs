//! H16 to H18: the managed group of a hub.

use hopscope::analysis::hop::{Basis, HopKind, Tool};
use hopscope::analysis::verdict::{Gate, Tag, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

use Gate::{Authentication, Configuration, Network};
use Verdict::{AtRisk, Open, Shut, Unknown};

const HUB: &str = "workspaces/hub-rag-dev";
const GROUP: &str = "resourceGroups/azureml-rg-hub-rag-dev_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2";
const MANAGED: [HopKind; 3] = [
    HopKind::FoundryToManagedCosmos,
    HopKind::FoundryToManagedSearch,
    HopKind::FoundryToManagedStorage,
];

fn healthy() -> World {
    World::scenario("healthy")
}

fn properties(patch: Value) -> Value {
    json!({ "properties": patch })
}

fn with(end: &str, patch: Value) -> Judged {
    healthy().merge(end, properties(patch)).judge()
}

#[test]
fn the_managed_group_as_it_was_made() {
    let judged = healthy().judge();
    for (kind, end) in
        MANAGED
            .into_iter()
            .zip(["/cosmoshubrag5c1d", "/srchhubrag5c1d", "/sthubrag5c1d"])
    {
        let hop = judged.hop(kind, "");
        assert_eq!(hop.verdict(), Open, "{hop:?}");
        assert!(
            hop.from.ends_with(HUB) && hop.to.ends_with(end),
            "{}",
            hop.id()
        );
        assert_eq!(hop.basis, Basis::Observed);
        assert!(
            hop.gate(Authentication)
                .unwrap()
                .judged
                .tags
                .contains(&Tag::S)
        );
    }
}

#[test]
fn changes_in_the_managed_group() {
    let (cosmos, search, storage) = (
        "databaseAccounts/cosmoshubrag5c1d",
        "searchServices/srchhubrag5c1d",
        "storageAccounts/sthubrag5c1d",
    );
    for (kind, end, patch, gate, verdict, says) in [
        (
            0,
            cosmos,
            json!({ "disableLocalAuth": true }),
            Authentication,
            Shut,
            "keys are refused",
        ),
        (
            1,
            search,
            json!({ "disableLocalAuth": true }),
            Authentication,
            Shut,
            "keys are refused",
        ),
        (
            2,
            storage,
            json!({ "allowSharedKeyAccess": false }),
            Authentication,
            Shut,
            "keys are refused",
        ),
        (
            2,
            storage,
            json!({ "allowSharedKeyAccess": null }),
            Authentication,
            Open,
            "keys are accepted",
        ),
        (
            0,
            cosmos,
            json!({ "disableLocalAuth": "no" }),
            Authentication,
            Unknown,
            "cannot be told",
        ),
        (
            0,
            cosmos,
            json!({ "publicNetworkAccess": "Disabled" }),
            Network,
            AtRisk,
            "harmless",
        ),
        (
            0,
            cosmos,
            json!({ "ipRules": [{ "ipAddressOrRange": "203.0.113.24" }] }),
            Network,
            Unknown,
            "not known",
        ),
        (
            0,
            cosmos,
            json!({ "isVirtualNetworkFilterEnabled": true }),
            Network,
            Unknown,
            "not known",
        ),
        (
            1,
            search,
            json!({ "publicNetworkAccess": "Disabled" }),
            Network,
            Shut,
            "did not help",
        ),
        (
            1,
            search,
            json!({ "publicNetworkAccess": "Disabled", "networkRuleSet": { "bypass": "AzureServices" } }),
            Network,
            Shut,
            "did not help",
        ),
        (
            1,
            search,
            json!({ "networkRuleSet": { "ipRules": [{ "value": "203.0.113.24" }] } }),
            Network,
            Shut,
            "IP rules",
        ),
        (
            1,
            search,
            json!({ "publicNetworkAccess": 7 }),
            Network,
            Unknown,
            "",
        ),
        (
            2,
            storage,
            json!({ "networkAcls": { "defaultAction": "Allow" } }),
            Network,
            Unknown,
            "created with Deny",
        ),
        (
            2,
            storage,
            json!({ "networkAcls": { "bypass": "None" } }),
            Network,
            Unknown,
            "created with AzureServices",
        ),
        (
            2,
            storage,
            json!({ "publicNetworkAccess": "Disabled" }),
            Network,
            Unknown,
            "not created so",
        ),
    ] {
        let judged = with(end, patch);
        judged.expect(MANAGED[kind], "", gate, verdict, says);
        let found = judged.gate(MANAGED[kind], "", gate);
        assert_eq!(found.remedies.is_empty(), verdict == Open, "{says}");
        assert!(
            found.judged.tags.contains(&Tag::S),
            "{}",
            found.judged.reason
        );
        if verdict != Open {
            assert_eq!(found.remedies[0].tool, Tool::Az);
            assert!(
                found.remedies[0]
                    .note
                    .as_deref()
                    .unwrap()
                    .contains("10 minutes")
            );
        }
        for other in MANAGED.into_iter().filter(|one| *one != MANAGED[kind]) {
            assert_eq!(judged.hop(other, "").verdict(), Open, "{other}");
        }
    }
}

#[test]
fn a_vault_that_fails_is_a_hop_of_its_own() {
    let judged = with(
        "vaults/kv-rag-dev/keys/cmk-rag",
        json!({ "attributes": { "enabled": false } }),
    );
    assert_eq!(
        judged
            .hop(HopKind::IdentityToKey, "identity Azure Cosmos DB")
            .verdict(),
        Shut
    );
    assert_eq!(
        judged.hop(HopKind::FoundryToManagedCosmos, "").verdict(),
        Open
    );
}

#[test]
fn what_is_gone_from_the_managed_group() {
    let gone = healthy()
        .without("databaseAccounts/cosmoshubrag5c1d")
        .judge();
    gone.expect(MANAGED[0], "", Configuration, Shut, "made anew");
    assert!(
        gone.hop(MANAGED[0], "")
            .to
            .contains("/azureml-rg-hub-rag-dev_")
    );
    assert_eq!(gone.hop(MANAGED[1], "").verdict(), Open);
    for ended in Ended::WITHOUT {
        let unread = healthy()
            .refuse("Microsoft.DocumentDB/databaseAccounts", "", ended)
            .judge();
        unread.expect(MANAGED[0], "", Configuration, Unknown, "not all read");
        let nothing_said = healthy()
            .refuse("locks", "_5c1d410a-6e5d-4f19-9a6a-c12e631a77e2", ended)
            .judge();
        for kind in MANAGED {
            nothing_said.expect(kind, "", Configuration, Unknown, "ReadOnly lock");
        }
    }
}

#[test]
fn a_lock_that_forbids_writing() {
    let world = healthy();
    let group = world.id("searchServices/srchhubrag5c1d");
    let group = group.split("/providers/").next().unwrap();
    let lock = |scope: &str, level: Value| {
        json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/locks/keep"),
            "name": "keep",
            "type": "Microsoft.Authorization/locks",
            "properties": { "level": level, "notes": "" },
        })
    };
    let judged = world.clone().add(lock(group, json!("ReadOnly"))).judge();
    for kind in MANAGED {
        judged.expect(kind, "", Configuration, Shut, "lock keep");
        assert!(
            judged.gate(kind, "", Configuration).remedies[0]
                .text
                .starts_with("az lock delete --ids")
        );
    }
    let one = world.id("storageAccounts/sthubrag5c1d");
    let on_one = world.clone().add(lock(&one, json!("ReadOnly"))).judge();
    on_one.expect(MANAGED[2], "", Configuration, Shut, "lock keep");
    assert_eq!(on_one.hop(MANAGED[0], "").verdict(), Open);
    let kept = world
        .clone()
        .add(lock(group, json!("CanNotDelete")))
        .judge();
    let odd = world.add(lock(group, Value::Null)).judge();
    for kind in MANAGED {
        assert_eq!(kept.hop(kind, "").verdict(), Open);
        odd.expect(kind, "", Configuration, Unknown, "cannot be read");
    }
}

#[test]
fn a_group_that_only_its_own_words_tie_to_the_hub() {
    let mut world = healthy().merge(
        HUB,
        properties(json!({ "serviceProvisionedResourceGroup": null })),
    );
    world
        .groups
        .push(GROUP.trim_start_matches("resourceGroups/").to_owned());
    let judged = world.judge();
    for kind in MANAGED {
        let hop = judged.hop(kind, "");
        assert_eq!((hop.verdict(), hop.basis), (Open, Basis::Inferred));
    }
}

#[test]
fn hubs_without_a_managed_group_have_no_such_hops() {
    for patch in [
        json!({ "encryption": null, "serviceProvisionedResourceGroup": null }),
        json!({ "enableServiceSideCMKEncryption": true, "serviceProvisionedResourceGroup": null }),
    ] {
        let judged = healthy()
            .merge(HUB, properties(patch))
            .merge(GROUP, json!({ "managedBy": null }))
            .judge();
        for kind in MANAGED {
            assert!(judged.of(kind).is_empty(), "{kind}");
        }
    }
}
