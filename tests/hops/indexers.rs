//! Indexers and their data source: every row of domain-rules A.1b and A.2 for H06, and H07.

use hopscope::analysis::hop::HopKind;
use hopscope::analysis::verdict::Gate::{
    self, Authentication, Authorization, Configuration, Identity, Network,
};
use hopscope::analysis::verdict::Verdict::{self, Open, Shut, Unknown};
use serde_json::{Value, json};

use crate::world::{Ended, World};

pub(crate) const KIND: HopKind = HopKind::IndexerToStorage;
pub(crate) const EXTRAS: HopKind = HopKind::IndexerExtrasToStorage;
pub(crate) const VIA: &str = "indexer docs-indexer";
pub(crate) const STORE: &str = "storageAccounts/stragdev";
pub(crate) const SEARCH: &str = "searchServices/srch-rag-dev";
pub(crate) const PRINCIPAL: &str = "3f0c9331-9744-4174-bec0-2d76805f91ab";
pub(crate) const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
pub(crate) const KEYS: &str = "c12c1c16-33a1-487b-954d-41c89c60f349";

pub(crate) fn healthy() -> World {
    World::scenario("healthy")
}

/// The healthy environment with other network rules of the account.
pub(crate) fn walled(acls: Value) -> World {
    healthy().merge(STORE, json!({ "properties": { "networkAcls": acls } }))
}

pub(crate) fn closed() -> World {
    walled(
        json!({ "bypass": "None", "resourceAccessRules": [], "ipRules": [], "defaultAction": "Deny" }),
    )
}

pub(crate) fn source(world: World, patch: Value) -> World {
    world.object("srch-rag-dev", "datasources", "ds-docs", patch)
}

pub(crate) fn account(world: &World) -> String {
    world.id(STORE)
}

pub(crate) fn key() -> Value {
    json!({ "credentials": { "connectionString": "DefaultEndpointsProtocol=https;AccountName=stragdev;AccountKey=bm9uZQ==;EndpointSuffix=core.windows.net" } })
}

pub(crate) fn sas() -> Value {
    json!({ "credentials": { "connectionString": "BlobEndpoint=https://stragdev.blob.core.windows.net/;SharedAccessSignature=sv=x" } })
}

pub(crate) fn user_assigned(world: World, assigned: bool) -> World {
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

pub(crate) fn linked(world: World, group: &str, status: &str) -> World {
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

pub(crate) fn running(world: World, environment: &str) -> World {
    world.object(
        "srch-rag-dev",
        "indexers",
        "docs-indexer",
        json!({ "parameters": { "configuration": { "executionEnvironment": environment } } }),
    )
}

pub(crate) fn of_type(world: World, kind: &str) -> World {
    source(world, json!({ "type": kind }))
}

#[track_caller]
pub(crate) fn check(cases: Vec<(World, Gate, Verdict, &str)>) {
    for (world, gate, verdict, says) in cases {
        let judged = world.judge();
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
            Shut,
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
