//! H15: who reads a customer's key.

use hopscope::analysis::hop::{Basis, HopKind};
use hopscope::analysis::verdict::{Gate, Tag, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, NOW, World};

const HUB: &str = "identity id-hub-rag";
const COSMOS: &str = "identity Azure Cosmos DB";
const KIND: HopKind = HopKind::IdentityToKey;
const VAULT: &str = "vaults/kv-rag-dev";
const KEY: &str = "vaults/kv-rag-dev/keys/cmk-rag";
const HUB_ID: &str = "workspaces/hub-rag-dev";
const UAMI: &str = "6c022e85-c3d8-408a-87a2-c66f84a0af2c";
const COSMOS_PRINCIPAL: &str = "aab873a4-9a2a-45f4-85d6-f50156a72a3b";
const CRYPTO_SERVICE: &str = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

fn healthy() -> World {
    World::scenario("healthy")
}

fn properties(patch: Value) -> Value {
    json!({ "properties": patch })
}

/// The access policies of the vault without the one of a principal, or with other permissions.
fn policies(world: &World, principal: &str, keys: Option<Value>) -> Value {
    let all = world.body(VAULT)["properties"]["accessPolicies"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|policy| {
            if policy["objectId"] != json!(principal) {
                return Some(policy.clone());
            }
            let mut policy = policy.clone();
            policy["permissions"]["keys"] = keys.clone()?;
            Some(policy)
        })
        .collect::<Vec<_>>();
    properties(json!({ "accessPolicies": all }))
}

#[test]
fn both_readers_of_a_hubs_key_get_through() {
    let judged = healthy().judge();
    for (via, credential) in [(HUB, "id-hub-rag"), (COSMOS, "Azure Cosmos DB")] {
        let hop = judged.hop(KIND, via);
        assert_eq!(hop.verdict(), Verdict::Open, "{hop:?}");
        assert_eq!(hop.basis, Basis::Observed);
        assert!(hop.to.ends_with("/vaults/kv-rag-dev/keys/cmk-rag"), "{}", hop.to);
        let right = judged.gate(KIND, via, Gate::Authorization);
        assert!(right.judged.reason.contains(credential));
        assert!(
            right.judged.evidence.iter().any(|one| one.path.contains("permissions.keys")
                && one.value == Some(json!(["get", "wrapKey", "unwrapKey"]))),
            "{right:?}"
        );
    }
    assert!(judged.hop(KIND, HUB).from.ends_with("/workspaces/hub-rag-dev"));
    assert!(judged.hop(KIND, COSMOS).from.ends_with("/databaseAccounts/cosmoshubrag5c1d"));
    let trusted = judged.gate(KIND, COSMOS, Gate::Network);
    assert_eq!(trusted.judged.tags, [Tag::Medium], "{}", trusted.judged.reason);
}

#[test]
fn the_vault_and_its_key() {
    use Gate::{Configuration, Network};
    use Verdict::{Open, Shut, Unknown};
    let expired = NOW.unix_timestamp() - 1;
    for (end, patch, gate, verdict, says) in [
        (VAULT, properties(json!({ "enablePurgeProtection": null })), Configuration, Shut, "no purge protection"),
        (VAULT, properties(json!({ "enableSoftDelete": false })), Configuration, Shut, "no soft delete"),
        (VAULT, properties(json!({ "enableSoftDelete": null })), Configuration, Open, "has soft delete"),
        (VAULT, properties(json!({ "enablePurgeProtection": "yes" })), Configuration, Unknown, "purge protection"),
        (VAULT, json!({ "location": "eastus2" }), Configuration, Shut, "its own region"),
        (VAULT, json!({ "location": "Central US" }), Configuration, Open, "is enabled"),
        (VAULT, properties(json!({ "tenantId": "8f3ebb89-300f-4a0d-8c3e-57a8d657c0d1" })), Configuration, Shut, "different tenants"),
        (KEY, properties(json!({ "attributes": { "enabled": false } })), Configuration, Shut, "is disabled"),
        (KEY, properties(json!({ "attributes": { "exp": expired } })), Configuration, Shut, "has expired"),
        (KEY, properties(json!({ "attributes": { "exp": expired + 60 } })), Configuration, Open, "is enabled"),
        (KEY, properties(json!({ "attributes": { "nbf": expired + 60 } })), Configuration, Shut, "not valid yet"),
        (KEY, properties(json!({ "attributes": { "enabled": "maybe" } })), Configuration, Unknown, "cannot be read"),
        (KEY, properties(json!({ "kty": "EC" })), Configuration, Shut, "RSA keys only"),
        (VAULT, properties(json!({ "networkAcls": { "bypass": "None" } })), Network, Shut, "bypass is None"),
        (VAULT, properties(json!({ "networkAcls": null })), Network, Open, ""),
        (VAULT, properties(json!({ "publicNetworkAccess": "Disabled" })), Network, Open, "public access off"),
        (VAULT, properties(json!({ "publicNetworkAccess": "SecuredByPerimeter" })), Network, Shut, "perimeter"),
        (HUB_ID, properties(json!({ "enableServiceSideCMKEncryption": true })), Network, Open, ""),
    ] {
        let judged = healthy().merge(end, patch).judge();
        judged.expect(KIND, HUB, gate, verdict, says);
    }
    let closed = healthy()
        .merge(HUB_ID, properties(json!({ "enableServiceSideCMKEncryption": true })))
        .merge(VAULT, properties(json!({ "publicNetworkAccess": "Disabled" })))
        .judge();
    closed.expect(KIND, HUB, Gate::Network, Verdict::Shut, "service's side");
}

#[test]
fn a_vault_in_another_subscription_is_a_risk() {
    let other = "c90262ab-6b11-43e7-bf46-636b3ed711d7";
    let world = healthy();
    let own = world.id(VAULT);
    let moved = own
        .replace("3b1c0f2d-65f0-4135-bf08-e005a4058e20", other)
        .replace("rg-rag-poc", "rg-keys");
    let mut text = serde_json::to_string(&world.arm).unwrap();
    text = text.replace(&own, &moved);
    let mut world = world;
    world.arm = serde_json::from_str(&text).unwrap();
    let judged = world.judge();
    judged.expect(KIND, HUB, Gate::Configuration, Verdict::AtRisk, "different subscriptions");
    assert!(!judged.gate(KIND, HUB, Gate::Configuration).remedies.is_empty());
}

#[test]
fn access_policies() {
    use Verdict::{Open, Shut};
    for (via, principal, keys, verdict, says) in [
        (HUB, UAMI, None, Shut, "none names it"),
        (COSMOS, COSMOS_PRINCIPAL, None, Shut, "none names it"),
        (HUB, UAMI, Some(json!(["get", "wrapKey"])), Shut, "unwrapKey"),
        (HUB, UAMI, Some(json!(["Get", "WRAPKEY", "unwrapkey"])), Open, "gives"),
        (HUB, UAMI, Some(json!(["all"])), Open, "gives"),
        (HUB, UAMI, Some(json!([])), Shut, "get, wrapKey, unwrapKey"),
    ] {
        let world = healthy();
        let patch = policies(&world, principal, keys);
        let judged = world.merge(VAULT, patch).judge();
        judged.expect(KIND, via, Gate::Authorization, verdict, says);
        if verdict == Shut {
            let gate = judged.gate(KIND, via, Gate::Authorization);
            let first = &gate.remedies[0].text;
            assert!(first.starts_with("az keyvault set-policy") && first.contains(principal), "{first}");
            let other = if via == HUB { COSMOS } else { HUB };
            assert_eq!(judged.hop(KIND, other).verdict(), Open);
        }
    }
}

#[test]
fn a_policy_of_a_group_counts_only_where_the_groups_are_known() {
    let group = "ccb99376-467a-4316-916d-ffc8a397f1c5";
    let world = healthy();
    let mut all = policies(&world, UAMI, None);
    all["properties"]["accessPolicies"].as_array_mut().unwrap().push(json!({
        "tenantId": "7f3ebb89-300f-4a0d-8c3e-57a8d657c0d1",
        "objectId": group,
        "permissions": { "keys": ["get", "wrapKey", "unwrapKey"], "secrets": [] },
    }));
    let mut world = world.merge(VAULT, all);
    world.judge().expect(KIND, HUB, Gate::Authorization, Verdict::Shut, "none names it");
    world.members.get_mut(group).unwrap().push(UAMI.to_owned());
    world.judge().expect(KIND, HUB, Gate::Authorization, Verdict::Open, "gives");
    for ended in Ended::WITHOUT {
        let judged = world.clone().refuse("transitiveMemberOf", "", ended)
            .refuse("roleAssignments/assignedTo", "", ended)
            .refuse("principals", "", ended).judge();
        judged.expect(KIND, HUB, Gate::Authorization, Verdict::Unknown, "groups are not known");
    }
}

#[test]
fn a_vault_that_goes_by_roles() {
    let roles = || healthy().merge(VAULT, properties(json!({ "enableRbacAuthorization": true })));
    // Disputed for a hub, whatever roles there are.
    roles().judge().expect(KIND, HUB, Gate::Authorization, Verdict::Unknown, "disputed");
    roles().judge().expect(KIND, COSMOS, Gate::Authorization, Verdict::Shut, "no role gives");
    let vault = roles().id(VAULT);
    let granted = roles()
        .with_role(COSMOS_PRINCIPAL, "ServicePrincipal", CRYPTO_SERVICE, &vault)
        .with_role(UAMI, "ServicePrincipal", CRYPTO_SERVICE, &vault);
    granted.judge().expect(KIND, COSMOS, Gate::Authorization, Verdict::Open, "gives");
    granted.judge().expect(KIND, HUB, Gate::Authorization, Verdict::Unknown, "disputed");
    for ended in Ended::WITHOUT {
        granted.clone().refuse("roleAssignments", "", ended).judge()
            .expect(KIND, COSMOS, Gate::Authorization, Verdict::Unknown, "");
    }
    healthy()
        .merge(VAULT, properties(json!({ "enableRbacAuthorization": "sometimes" })))
        .judge()
        .expect(KIND, HUB, Gate::Authorization, Verdict::Unknown, "cannot be told");
}

#[test]
fn the_identity_that_reads() {
    let hub = |patch: Value| healthy().merge(HUB_ID, patch).judge();
    hub(json!({ "identity": { "userAssignedIdentities": null } }))
        .expect(KIND, HUB, Gate::Identity, Verdict::Shut, "not assigned");
    // Without an identity of its own the key is read by the system-assigned one.
    let system = hub(properties(json!({ "encryption": { "identity": null } })));
    system.expect(KIND, "identity hub-rag-dev", Gate::Identity, Verdict::Open, "system-assigned");
    system.expect(KIND, "identity hub-rag-dev", Gate::Authorization, Verdict::Shut, "gives less");
    let gone = healthy().without("userAssignedIdentities/id-hub-rag").judge();
    gone.expect(KIND, HUB, Gate::Identity, Verdict::Shut, "gone");
}

#[test]
fn azure_cosmos_dbs_own_principal() {
    let mut world = healthy();
    let app = hopscope::model::access::COSMOS_APP_ID;
    world.graph.retain(|object| object["appId"] != json!(app));
    let judged = world.judge();
    judged.expect(KIND, COSMOS, Gate::Identity, Verdict::Shut, app);
    assert!(judged.gate(KIND, COSMOS, Gate::Identity).remedies[0].text.starts_with("az ad sp create --id"));
    let elsewhere = world.clone().judging(|judging| judging.suffix.vault = "vault.azure.cn".to_owned());
    let key = "keyVaultKeyUri";
    let uri = "https://kv-rag-dev.vault.azure.cn/keys/cmk-rag";
    elsewhere
        .merge("databaseAccounts/cosmoshubrag5c1d", properties(json!({ key: uri })))
        .judge()
        .expect(KIND, COSMOS, Gate::Identity, Verdict::Unknown, "public cloud only");
    for ended in Ended::WITHOUT {
        let judged = healthy().refuse("servicePrincipals", "", ended).judge();
        judged.expect(KIND, COSMOS, Gate::Identity, Verdict::Unknown, "its own principal");
        judged.expect(KIND, COSMOS, Gate::Authorization, Verdict::Unknown, "object id was not read");
        assert_eq!(judged.hop(KIND, HUB).verdict(), Verdict::Open);
    }
    // An account that reads as itself does not need it.
    let own = healthy()
        .merge("databaseAccounts/cosmoshubrag5c1d", json!({ "properties": { "defaultIdentity": "SystemAssignedIdentity" } }))
        .judge();
    own.expect(KIND, "identity cosmoshubrag5c1d", Gate::Identity, Verdict::Shut, "no system-assigned identity");
}

#[test]
fn what_is_gone_and_what_was_not_read() {
    let no_key = healthy().without(KEY).judge();
    no_key.expect(KIND, HUB, Gate::Configuration, Verdict::Shut, "has no key cmk-rag");
    no_key.expect(KIND, COSMOS, Gate::Configuration, Verdict::Shut, "has no key cmk-rag");
    let no_vault = healthy().without(VAULT).judge();
    no_vault.expect(KIND, HUB, Gate::Configuration, Verdict::Shut, "vault of the key is gone");
    assert!(no_vault.hop(KIND, HUB).to.starts_with("https://kv-rag-dev.vault.azure.net/keys/cmk-rag"));
    for ended in Ended::WITHOUT {
        let no_keys = healthy().refuse("keys", "", ended).judge();
        no_keys.expect(KIND, HUB, Gate::Configuration, Verdict::Unknown, "whether key cmk-rag is there");
        let list = "Microsoft.KeyVault/vaults";
        let unread = healthy().refuse(list, "", ended).refuse("resource", "vaults/kv-rag-dev", ended).judge();
        unread.expect(KIND, HUB, Gate::Configuration, Verdict::Unknown, "");
        let no_cosmos = healthy().refuse("Microsoft.DocumentDB/databaseAccounts", "", ended).judge();
        let hop = no_cosmos.hop(KIND, COSMOS);
        assert_eq!((hop.verdict(), hop.basis), (Verdict::Unknown, Basis::Inferred));
    }
}

#[test]
fn storage_models_and_indexes_have_keys_too() {
    let vault = healthy().id(VAULT);
    let storage = json!({
        "identity": { "type": "SystemAssigned", "principalId": "0d55fd30-c147-4018-906a-dd6ef136816a" },
        "properties": { "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": { "keyvaulturi": "https://kv-rag-dev.vault.azure.net", "keyname": "cmk-rag" },
        } },
    });
    let judged = healthy().merge("storageAccounts/stragdev", storage).judge();
    let via = "identity stragdev";
    assert_eq!(judged.hop(KIND, via).to, format!("{vault}/keys/cmk-rag"));
    judged.expect(KIND, via, Gate::Network, Verdict::Open, "trusted service");
    judged.expect(KIND, via, Gate::Authorization, Verdict::Shut, "none names it");

    let account = json!({ "properties": { "encryption": {
        "keySource": "Microsoft.KeyVault",
        "keyVaultProperties": { "keyVaultUri": "https://kv-rag-dev.vault.azure.net/", "keyName": "cmk-rag", "keyVersion": "" },
    } } });
    let judged = healthy().merge("accounts/aoai-rag-dev", account).judge();
    judged.expect(KIND, "identity aoai-rag-dev", Gate::Network, Verdict::Unknown, "not on the vault's list");

    let key = |identity: Value| json!({ "encryptionKey": {
        "keyVaultUri": "https://kv-rag-dev.vault.azure.net", "keyVaultKeyName": "cmk-rag", "identity": identity,
    } });
    let index = |identity| healthy().object("srch-rag-dev", "indexes", "docs-index", key(identity)).judge();
    let own = index(Value::Null);
    own.expect(KIND, "identity srch-rag-dev", Gate::Identity, Verdict::Open, "system-assigned");
    let evidence = &own.gate(KIND, "identity srch-rag-dev", Gate::Configuration).judged.evidence;
    assert!(evidence.iter().any(|one| one.path == "properties.enablePurgeProtection"));
    let id = healthy().id("userAssignedIdentities/id-hub-rag");
    let named = index(json!({
        "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity", "userAssignedIdentity": id,
    }));
    let hops = named.of(KIND);
    let search = hops.iter().find(|hop| hop.from.ends_with("/srch-rag-dev")).unwrap();
    assert_eq!(search.via.as_deref(), Some(HUB));
    assert_eq!(search.gate(Gate::Identity).unwrap().judged.verdict, Verdict::Shut);
}
