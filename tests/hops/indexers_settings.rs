//! Names, tiers, fresh changes, and what an indexer writes beside its index.

use hopscope::analysis::hop::Basis;
use hopscope::analysis::verdict::Gate::{
    Authentication, Authorization, Configuration, Network, Quota,
};
use hopscope::analysis::verdict::Verdict::{Open, Shut, Unknown};
use serde_json::{Value, json};

use crate::indexers::{
    CONTRIBUTOR, EXTRAS, KEYS, KIND, PRINCIPAL, SEARCH, STORE, VIA, account, check, closed,
    healthy, running, source,
};
use crate::world::{Ended, Judged, World};

#[test]
fn a_name_that_leads_nowhere_is_shut() {
    let ghost = |name: &str| {
        let world = healthy();
        let id = account(&world).replace("stragdev", name);
        source(
            world,
            json!({ "credentials": { "connectionString": format!("ResourceId={id};") } }),
        )
    };
    let elsewhere = "ResourceId=/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st;";
    check(vec![
        (healthy(), Configuration, Open, "container docs is there"),
        (
            healthy().without_object("srch-rag-dev", "datasources", "ds-docs"),
            Configuration,
            Shut,
            "ds-docs, which does not exist",
        ),
        (
            healthy().refuse("dataSources", "srch-rag-dev", Ended::Denied),
            Configuration,
            Unknown,
            "refused",
        ),
        (
            healthy().without("containers/docs"),
            Configuration,
            Shut,
            "no container docs",
        ),
        (
            healthy().refuse("containers", "stragdev", Ended::Failed),
            Configuration,
            Unknown,
            "container docs",
        ),
        (ghost("stgone"), Configuration, Shut, "is gone"),
        (
            ghost("stgone").refuse(
                "Microsoft.Storage/storageAccounts",
                "rg-rag-poc",
                Ended::Denied,
            ),
            Configuration,
            Unknown,
            "refused",
        ),
        (
            source(
                healthy(),
                json!({ "credentials": { "connectionString": elsewhere } }),
            )
            .refuse("resource", "storageaccounts/st", Ended::Denied),
            Configuration,
            Unknown,
            "refused",
        ),
        (
            source(healthy(), json!({ "container": { "name": null } })),
            Configuration,
            Shut,
            "names no container",
        ),
        (
            healthy().without_object("srch-rag-dev", "indexes", "docs-index"),
            Configuration,
            Shut,
            "docs-index, which does not exist",
        ),
        (
            healthy().object(
                "srch-rag-dev",
                "indexers",
                "docs-indexer",
                json!({ "disabled": true }),
            ),
            Configuration,
            Open,
            "disabled",
        ),
    ]);
}

#[test]
fn a_tier_has_room_for_so_many() {
    let mut crowded = healthy();
    for number in 0..14 {
        crowded = crowded.object(
            "srch-rag-dev",
            "datasources",
            &format!("ds-{number}"),
            json!({ "type": "azuresql" }),
        );
    }
    let skills = json!({ "skills": [{ "@odata.type": "#Microsoft.Skills.Vision.OcrSkill", "name": "ocr" }] });
    let ocr = |world: World| world.object("srch-rag-dev", "skillsets", "ss-docs", skills.clone());
    let sku = |world: World, name: &str| world.merge(SEARCH, json!({ "sku": { "name": name } }));
    check(vec![
        (healthy(), Quota, Open, "2 of 15 indexers"),
        (crowded, Quota, Shut, "16 data sources"),
        (sku(healthy(), "standard"), Quota, Open, "2 of 50"),
        (sku(healthy(), "serverless"), Quota, Unknown, "serverless"),
        (
            running(ocr(healthy()), "private"),
            Quota,
            Shut,
            "embedding skills only",
        ),
        (
            sku(running(ocr(healthy()), "private"), "standard"),
            Quota,
            Open,
            "",
        ),
        (running(healthy(), "private"), Quota, Open, ""),
    ]);
}

#[test]
fn a_change_of_a_moment_ago_is_marked() {
    let changed = |at: &str| {
        healthy()
            .merge(STORE, json!({ "systemData": { "lastModifiedAt": at } }))
            .judge()
    };
    let gate = |judged: &Judged| judged.gate(KIND, VIA, Network).changed_at.is_some();
    assert!(gate(&changed("2026-11-23T12:30:00Z")));
    assert!(!gate(&changed("2026-11-23T12:20:00Z")));
}

#[test]
fn what_nobody_could_read_is_drawn_from_what_ties_the_ends() {
    for ended in Ended::WITHOUT {
        let mut world = healthy();
        for what in ["indexers", "dataSources", "skillsets", "indexes"] {
            world = world.refuse(what, "srch-rag-dev", ended);
        }
        let judged = world.judge();
        let hop = judged.hop(KIND, "");
        assert_eq!(
            (hop.basis, hop.verdict()),
            (Basis::Inferred, Unknown),
            "{ended:?}"
        );
    }
    let keys_only =
        json!({ "properties": { "authOptions": { "apiKeyOnly": {} }, "disableLocalAuth": false } });
    let mut world = closed()
        .merge(SEARCH, keys_only)
        .without_roles(PRINCIPAL, &[]);
    world.arm.iter_mut().for_each(|document| {
        if let Some(options) = document.pointer_mut("/properties/authOptions")
            && options.get("apiKeyOnly").is_some()
        {
            *options = json!({ "apiKeyOnly": {} });
        }
    });
    let judged = world.judge();
    let hop = judged.hop(KIND, "");
    assert_eq!(
        (hop.basis, hop.verdict()),
        (Basis::Assumed, Unknown),
        "{hop:?}"
    );
    assert!(!hop.counts(), "exit codes do not count what is assumed");
}

#[test]
fn a_knowledge_store_writes_and_tables_need_the_key() {
    let store = |patch: Value| {
        healthy().object(
            "srch-rag-dev",
            "skillsets",
            "ss-docs",
            json!({ "knowledgeStore": patch }),
        )
    };
    let keys_off = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "allowSharedKeyAccess": false } }),
        )
    };
    let keys_on = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "allowSharedKeyAccess": true } }),
        )
    };
    let tables = json!({ "projections": [{ "tables": [{ "tableName": "t" }], "objects": [], "files": [] }] });
    let via = "skillset ss-docs";
    let open = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "networkAcls": { "defaultAction": "Allow" } } }),
        )
    };
    let reader = healthy()
        .without_roles(PRINCIPAL, &[CONTRIBUTOR])
        .with_role(
            PRINCIPAL,
            "ServicePrincipal",
            "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
            &account(&healthy()),
        );
    for (world, gate, verdict, says) in [
        (healthy(), Authorization, Open, "Contributor"),
        (reader, Authorization, Shut, "blobs/write"),
        (store(tables.clone()), Network, Shut, "not tables or files"),
        (
            keys_off(open(store(tables.clone()))),
            Authentication,
            Shut,
            "tables are written by key",
        ),
        (
            keys_on(open(store(tables.clone()))),
            Authentication,
            Open,
            "",
        ),
        (
            open(store(tables.clone())),
            Authorization,
            Shut,
            "tables/entities/write",
        ),
        (
            open(store(tables)).with_role(
                PRINCIPAL,
                "ServicePrincipal",
                KEYS,
                &account(&healthy()),
            ),
            Authorization,
            Open,
            "listKeys",
        ),
        (
            store(json!({ "storageConnectionString": "AccountName=stragdev;AccountKey=bm9uZQ==" })),
            Network,
            Shut,
            "key or SAS",
        ),
        (
            store(json!({ "storageConnectionString": null })),
            Configuration,
            Unknown,
            "not shown",
        ),
    ] {
        world.judge().expect(EXTRAS, via, gate, verdict, says);
    }
    let cached = healthy().object(
        "srch-rag-dev",
        "indexers",
        "docs-indexer",
        json!({ "cache": { "storageConnectionString": format!("ResourceId={};", account(&healthy())), "enableReprocessing": true } }),
    );
    cached
        .judge()
        .expect(EXTRAS, VIA, Authorization, Open, "blobs/write");
}
