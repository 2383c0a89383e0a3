//! Indexers and their data source: every row of domain-rules A.1b and A.2 for H06, and H07.

use hopscope::analysis::hop::{Basis, HopKind, Tool};
use hopscope::analysis::verdict::Gate::{
    self, Authentication, Authorization, Configuration, Identity, Network, Quota,
};
use hopscope::analysis::verdict::Verdict::{self, AtRisk, Open, Shut, Unknown};
use serde_json::{Value, json};

use crate::world::{Ended, Judged, World};

const KIND: HopKind = HopKind::IndexerToStorage;
const EXTRAS: HopKind = HopKind::IndexerExtrasToStorage;
const VIA: &str = "indexer docs-indexer";
const STORE: &str = "storageAccounts/stragdev";
const SEARCH: &str = "searchServices/srch-rag-dev";
const PRINCIPAL: &str = "3f0c9331-9744-4174-bec0-2d76805f91ab";
const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const KEYS: &str = "c12c1c16-33a1-487b-954d-41c89c60f349";

fn healthy() -> World {
    World::scenario("healthy")
}

/// The healthy environment with other network rules of the account.
fn walled(acls: Value) -> World {
    healthy().merge(STORE, json!({ "properties": { "networkAcls": acls } }))
}

fn closed() -> World {
    walled(
        json!({ "bypass": "None", "resourceAccessRules": [], "ipRules": [], "defaultAction": "Deny" }),
    )
}

fn source(world: World, patch: Value) -> World {
    world.object("srch-rag-dev", "datasources", "ds-docs", patch)
}

fn account(world: &World) -> String {
    world.id(STORE)
}

fn key() -> Value {
    json!({ "credentials": { "connectionString": "DefaultEndpointsProtocol=https;AccountName=stragdev;AccountKey=bm9uZQ==;EndpointSuffix=core.windows.net" } })
}

fn sas() -> Value {
    json!({ "credentials": { "connectionString": "BlobEndpoint=https://stragdev.blob.core.windows.net/;SharedAccessSignature=sv=x" } })
}

fn user_assigned(world: World, assigned: bool) -> World {
    let id = world.id("userAssignedIdentities/id-hub-rag");
    let world = if assigned {
        let own = json!({ id.clone(): { "principalId": "6c022e85-c3d8-408a-87a2-c66f84a0af2c", "clientId": "x" } });
        world.merge(
            SEARCH,
            json!({ "identity": { "type": "SystemAssigned, UserAssigned", "userAssignedIdentities": own } }),
        )
    } else {
        world
    };
    let store = account(&world);
    source(
        world,
        json!({ "identity": { "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity", "userAssignedIdentity": id } }),
    )
    .with_role(
        "6c022e85-c3d8-408a-87a2-c66f84a0af2c",
        "ServicePrincipal",
        CONTRIBUTOR,
        &store,
    )
}

fn linked(world: World, group: &str, status: &str) -> World {
    let search = world.id(SEARCH);
    let store = account(&world);
    world.add(json!({
        "id": format!("{search}/sharedPrivateLinkResources/spl-{group}"),
        "name": format!("spl-{group}"),
        "properties": {
            "privateLinkResourceId": store, "groupId": group, "status": status,
            "provisioningState": "Succeeded",
        },
    }))
}

fn running(world: World, environment: &str) -> World {
    world.object(
        "srch-rag-dev",
        "indexers",
        "docs-indexer",
        json!({ "parameters": { "configuration": { "executionEnvironment": environment } } }),
    )
}

fn of_type(world: World, kind: &str) -> World {
    source(world, json!({ "type": kind }))
}

#[track_caller]
fn check(cases: Vec<(World, Gate, Verdict, &str)>) {
    for (at, (world, gate, verdict, says)) in cases.into_iter().enumerate() {
        let judged = world.judge();
        println!("case {at}: {says}");
        judged.expect(KIND, VIA, gate, verdict, says);
    }
}

#[test]
fn the_account_decides_who_gets_in() {
    let elsewhere = |world: World| world.merge(SEARCH, json!({ "location": "West Europe" }));
    let addresses = json!({ "ipRules": [{ "value": "20.1.2.3" }] });
    let instance = |world: &World| json!({ "resourceAccessRules": [{ "tenantId": "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1", "resourceId": world.id(SEARCH) }], "bypass": "None", "defaultAction": "Deny" });
    let with_instance = walled(instance(&healthy()));
    let off = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "publicNetworkAccess": "Disabled" } }),
        )
    };
    let trusted =
        || walled(json!({ "bypass": "AzureServices", "resourceAccessRules": [], "ipRules": [] }));
    check(vec![
        (
            walled(json!({ "defaultAction": "Allow", "resourceAccessRules": [] })),
            Network,
            Open,
            "",
        ),
        (closed(), Network, Shut, "bypass is None"),
        (
            walled(
                json!({ "bypass": "None", "resourceAccessRules": [], "ipRules": addresses["ipRules"].clone() }),
            ),
            Network,
            Shut,
            "same region",
        ),
        (
            elsewhere(walled(
                json!({ "bypass": "None", "resourceAccessRules": [], "ipRules": addresses["ipRules"].clone() }),
            )),
            Network,
            Unknown,
            "AzureCognitiveSearch",
        ),
        (trusted(), Network, Open, "trusted service"),
        (elsewhere(trusted()), Network, Open, "trusted service"),
        (with_instance.clone(), Network, Open, "instance rule"),
        (
            user_assigned(trusted(), true),
            Network,
            Shut,
            "system-assigned identity only",
        ),
        (
            user_assigned(with_instance.clone(), true),
            Network,
            Shut,
            "system-assigned identity only",
        ),
        (source(trusted(), key()), Network, Shut, "key or SAS"),
        (
            source(with_instance.clone(), sas()),
            Network,
            Shut,
            "key or SAS",
        ),
        (off(trusted()), Network, Open, "trusted service"),
        (off(closed()), Network, Shut, "publicNetworkAccess"),
        (
            off(walled(
                json!({ "defaultAction": "Allow", "bypass": "None", "resourceAccessRules": [] }),
            )),
            Network,
            Shut,
            "publicNetworkAccess",
        ),
        (
            of_type(trusted(), "azuretable"),
            Network,
            Shut,
            "not tables or files",
        ),
        (
            of_type(with_instance, "azurefile"),
            Network,
            Shut,
            "not tables or files",
        ),
        (
            of_type(trusted(), "adlsgen2"),
            Network,
            Open,
            "trusted service",
        ),
    ]);
}

#[test]
fn a_shared_private_link_is_the_only_way_once_it_exists() {
    check(vec![
        (
            running(linked(closed(), "blob", "Approved"), "private"),
            Network,
            Open,
            "spl-blob is approved",
        ),
        (
            running(linked(closed(), "blob", "Approved"), "Private"),
            Configuration,
            Open,
            "private environment",
        ),
        (
            running(linked(closed(), "blob", "Approved"), "standard"),
            Configuration,
            Shut,
            "executionEnvironment standard",
        ),
        (
            linked(closed(), "blob", "Approved"),
            Configuration,
            Unknown,
            "does not set executionEnvironment",
        ),
        (
            linked(healthy(), "blob", "Pending"),
            Network,
            Shut,
            "Pending",
        ),
        (
            linked(healthy(), "blob", "Rejected"),
            Network,
            Shut,
            "Rejected",
        ),
        (
            linked(healthy(), "table", "Pending"),
            Network,
            Open,
            "instance rule",
        ),
        (
            running(
                linked(of_type(closed(), "azuretable"), "table", "Approved"),
                "private",
            ),
            Network,
            Open,
            "approved",
        ),
        (
            closed()
                .refuse("sharedPrivateLinkResources", "srch-rag-dev", Ended::Denied)
                .merge(
                    SEARCH,
                    json!({ "properties": { "sharedPrivateLinkResources": null } }),
                ),
            Network,
            Unknown,
            "shared private links",
        ),
    ]);
}

#[test]
fn the_account_takes_what_is_presented_or_not() {
    let keys_off = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "allowSharedKeyAccess": false } }),
        )
    };
    let hidden = |text: Value| json!({ "credentials": { "connectionString": text } });
    let keys_on = |world: World| {
        world.merge(
            STORE,
            json!({ "properties": { "allowSharedKeyAccess": true } }),
        )
    };
    check(vec![
        (healthy(), Authentication, Open, "accepts tokens"),
        (keys_off(healthy()), Authentication, Open, "accepts tokens"),
        (
            keys_on(source(healthy(), key())),
            Authentication,
            Open,
            "accepts keys",
        ),
        (
            keys_off(source(healthy(), key())),
            Authentication,
            Shut,
            "allowSharedKeyAccess",
        ),
        (
            keys_off(source(healthy(), sas())),
            Authentication,
            Shut,
            "allowSharedKeyAccess",
        ),
        (
            source(healthy(), hidden(Value::Null)),
            Authentication,
            Unknown,
            "does not show",
        ),
        (
            source(healthy(), hidden(json!("<unchanged>"))),
            Authentication,
            Unknown,
            "does not show",
        ),
        (
            source(healthy(), hidden(json!("<redacted>"))),
            Configuration,
            Unknown,
            "not shown",
        ),
        (
            source(healthy(), hidden(json!(7))),
            Authentication,
            Unknown,
            "cannot be read",
        ),
        (
            keys_on(of_type(healthy(), "azuretable")),
            Authentication,
            Open,
            "key, which the identity fetches",
        ),
        (
            keys_off(of_type(healthy(), "azuretable")),
            Authentication,
            Shut,
            "allowSharedKeyAccess",
        ),
        (
            healthy()
                .merge(
                    STORE,
                    json!({ "properties": { "allowSharedKeyAccess": "no" } }),
                )
                .object("srch-rag-dev", "datasources", "ds-docs", key()),
            Authentication,
            Unknown,
            "cannot be told",
        ),
    ]);
}

#[test]
fn the_identity_is_the_one_that_the_definition_names() {
    check(vec![
        (healthy(), Identity, Open, "system-assigned"),
        (
            healthy().merge(SEARCH, json!({ "identity": null })),
            Identity,
            Shut,
            "no system-assigned identity",
        ),
        (
            healthy().merge(
                SEARCH,
                json!({ "identity": { "type": "None", "principalId": null } }),
            ),
            Identity,
            Shut,
            "no system-assigned identity",
        ),
        (
            healthy().merge(SEARCH, json!({ "identity": { "type": 3 } })),
            Identity,
            Unknown,
            "cannot be read",
        ),
        (user_assigned(healthy(), true), Identity, Open, "id-hub-rag"),
        (
            user_assigned(healthy(), false),
            Identity,
            Shut,
            "not assigned to srch-rag-dev",
        ),
        (
            source(
                healthy(),
                json!({ "identity": { "@odata.type": "#Microsoft.Azure.Search.DataNoneIdentity" } }),
            ),
            Identity,
            Open,
            "system-assigned",
        ),
        (
            source(healthy(), json!({ "identity": "me" })),
            Identity,
            Unknown,
            "cannot be read",
        ),
    ]);
    let nobody = healthy().merge(SEARCH, json!({ "identity": null })).judge();
    assert!(
        nobody.hop(KIND, VIA).gate(Authorization).is_none(),
        "nobody has no rights to judge"
    );
    let by_key = source(healthy(), key()).judge();
    assert!(
        by_key.hop(KIND, VIA).gate(Identity).is_none(),
        "a key is no identity"
    );
}

#[test]
fn rights_come_from_actions_at_the_scope_and_above() {
    let bare = || healthy().without_roles(PRINCIPAL, &[]);
    let reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    let at = |tail: &str| {
        let id = healthy().id(STORE);
        let (subscription, _) = id.split_once("/resourceGroups/").unwrap();
        match tail {
            "subscription" => subscription.to_owned(),
            "group" => id.split_once("/providers/").unwrap().0.to_owned(),
            "management" => {
                "/providers/Microsoft.Management/managementGroups/mg-landing".to_owned()
            }
            tail => format!("{id}{tail}"),
        }
    };
    let held =
        |role: &str, scope: &str| bare().with_role(PRINCIPAL, "ServicePrincipal", role, scope);
    let docs = at("/blobServices/default/containers/docs");
    let faq = at("/blobServices/default/containers/faq");
    let conditional = |world: World| {
        let last = world.arm.len() - 1;
        let mut world = world;
        world.arm[last]["properties"]["condition"] = json!("@Resource[x] StringEquals 'y'");
        world
    };
    let group = "2d67135d-4877-4c55-a7dc-62b782363502";
    let mut through_group = bare().with_role(group, "Group", reader, &at(""));
    through_group
        .members
        .insert(group.to_owned(), vec![PRINCIPAL.to_owned()]);
    let hierarchical =
        |world: World| world.merge(STORE, json!({ "properties": { "isHnsEnabled": true } }));
    let denied = |world: World| {
        world.add(json!({
            "id": format!("{}/providers/Microsoft.Authorization/denyAssignments/00000000-0000-4000-8000-00000000dead", at("group")),
            "name": "00000000-0000-4000-8000-00000000dead",
            "properties": {
                "denyAssignmentName": "stack", "scope": at("group"), "doNotApplyToChildScopes": false,
                "permissions": [{ "actions": [], "notActions": [], "dataActions": ["Microsoft.Storage/*"], "notDataActions": [] }],
                "principals": [{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }],
                "excludePrincipals": [],
            },
        }))
    };
    check(vec![
        (
            held(reader, &docs),
            Authorization,
            Open,
            "Storage Blob Data Reader",
        ),
        (
            held(reader, &at("group")),
            Authorization,
            Open,
            "rg-rag-poc",
        ),
        (held(reader, &at("subscription")), Authorization, Open, ""),
        (
            held(reader, &at("management")),
            Authorization,
            Open,
            "mg-landing",
        ),
        (through_group.clone(), Authorization, Open, ""),
        (
            through_group
                .refuse("transitiveMemberOf", "", Ended::Failed)
                .refuse("roleAssignments/assignedTo", "", Ended::Failed),
            Authorization,
            Unknown,
            "groups",
        ),
        (held(reader, &faq), Authorization, Shut, "no role gives"),
        (held(owner, &at("group")), Authorization, Shut, "blobs/read"),
        (bare(), Authorization, Shut, "assignments read at"),
        (hierarchical(bare()), Authorization, Unknown, "access lists"),
        (
            conditional(held(reader, &docs)),
            Authorization,
            AtRisk,
            "StringEquals",
        ),
        (
            denied(healthy()),
            Authorization,
            Shut,
            "deny assignment stack",
        ),
        (
            denied(hierarchical(healthy())),
            Authorization,
            Shut,
            "deny assignment stack",
        ),
        (
            healthy()
                .refuse("roleAssignments", "", Ended::Denied)
                .refuse("roleAssignments/assignedTo", "", Ended::Denied),
            Authorization,
            Unknown,
            "refused",
        ),
        (
            healthy().refuse("roleDefinitions", "", Ended::Pending),
            Authorization,
            Unknown,
            "definition was not read",
        ),
        (
            healthy().refuse("denyAssignments", "", Ended::Failed),
            Authorization,
            Unknown,
            "deny assignments",
        ),
        (
            of_type(healthy(), "azurefile"),
            Authorization,
            Shut,
            "listKeys",
        ),
        (
            of_type(healthy(), "azuretable").with_role(
                PRINCIPAL,
                "ServicePrincipal",
                KEYS,
                &at(""),
            ),
            Authorization,
            Open,
            "listKeys",
        ),
    ]);
    let judged = bare().judge();
    let gate = judged.gate(KIND, VIA, Authorization);
    let az = gate
        .remedies
        .iter()
        .find(|one| one.tool == Tool::Az)
        .unwrap();
    assert!(
        az.text.contains(reader) && az.text.ends_with("/containers/docs"),
        "{}",
        az.text
    );
    assert!(gate.remedies.iter().any(|one| one.tool == Tool::Azurerm));
}

#[test]
fn a_role_of_an_identity_that_was_made_anew_is_stale() {
    let world = healthy().without_roles(PRINCIPAL, &[]);
    let store = account(&world);
    let stale = world.with_role(
        "11111111-2222-4333-8444-555555555555",
        "ServicePrincipal",
        CONTRIBUTOR,
        &store,
    );
    stale
        .judge()
        .expect(KIND, VIA, Authorization, Shut, "stale assignment");
}

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
        println!("{says}");
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
