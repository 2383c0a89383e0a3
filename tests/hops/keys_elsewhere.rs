//! H15: keys that are gone or were not read, and keys of others than hubs.

use hopscope::analysis::hop::{Basis, HopKind};
use hopscope::analysis::verdict::{Gate, Verdict};
use serde_json::{Value, json};

use crate::world::{Ended, World};

const HUB: &str = "identity id-hub-rag";
const COSMOS: &str = "identity Azure Cosmos DB";
const KIND: HopKind = HopKind::IdentityToKey;
const VAULT: &str = "vaults/kv-rag-dev";
const KEY: &str = "vaults/kv-rag-dev/keys/cmk-rag";

fn healthy() -> World {
    World::scenario("healthy")
}

#[test]
fn what_is_gone_and_what_was_not_read() {
    let no_key = healthy().without(KEY).judge();
    no_key.expect(
        KIND,
        HUB,
        Gate::Configuration,
        Verdict::Shut,
        "has no key cmk-rag",
    );
    no_key.expect(
        KIND,
        COSMOS,
        Gate::Configuration,
        Verdict::Shut,
        "has no key cmk-rag",
    );
    let no_vault = healthy().without(VAULT).judge();
    no_vault.expect(
        KIND,
        HUB,
        Gate::Configuration,
        Verdict::Shut,
        "vault of the key is gone",
    );
    assert!(
        no_vault
            .hop(KIND, HUB)
            .to
            .starts_with("https://kv-rag-dev.vault.azure.net/keys/cmk-rag")
    );
    for ended in Ended::WITHOUT {
        let no_keys = healthy().refuse("keys", "", ended).judge();
        no_keys.expect(
            KIND,
            HUB,
            Gate::Configuration,
            Verdict::Unknown,
            "whether key cmk-rag is there",
        );
        let list = "Microsoft.KeyVault/vaults";
        let unread = healthy()
            .refuse(list, "", ended)
            .refuse("resource", "vaults/kv-rag-dev", ended)
            .judge();
        unread.expect(KIND, HUB, Gate::Configuration, Verdict::Unknown, "");
        let no_cosmos = healthy()
            .refuse("Microsoft.DocumentDB/databaseAccounts", "", ended)
            .judge();
        let hop = no_cosmos.hop(KIND, COSMOS);
        assert_eq!(
            (hop.verdict(), hop.basis),
            (Verdict::Unknown, Basis::Inferred)
        );
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
    judged.expect(
        KIND,
        via,
        Gate::Authorization,
        Verdict::Shut,
        "none names it",
    );

    let account = json!({ "properties": { "encryption": {
        "keySource": "Microsoft.KeyVault",
        "keyVaultProperties": { "keyVaultUri": "https://kv-rag-dev.vault.azure.net/", "keyName": "cmk-rag", "keyVersion": "" },
    } } });
    let judged = healthy().merge("accounts/aoai-rag-dev", account).judge();
    judged.expect(
        KIND,
        "identity aoai-rag-dev",
        Gate::Network,
        Verdict::Unknown,
        "not on the vault's list",
    );

    let key = |identity: Value| {
        json!({ "encryptionKey": {
        "keyVaultUri": "https://kv-rag-dev.vault.azure.net", "keyVaultKeyName": "cmk-rag", "identity": identity,
    } })
    };
    let index = |identity| {
        healthy()
            .object("srch-rag-dev", "indexes", "docs-index", key(identity))
            .judge()
    };
    let own = index(Value::Null);
    own.expect(
        KIND,
        "identity srch-rag-dev",
        Gate::Identity,
        Verdict::Open,
        "system-assigned",
    );
    let evidence = &own
        .gate(KIND, "identity srch-rag-dev", Gate::Configuration)
        .judged
        .evidence;
    assert!(
        evidence
            .iter()
            .any(|one| one.path == "properties.enablePurgeProtection")
    );
    let id = healthy().id("userAssignedIdentities/id-hub-rag");
    let named = index(json!({
        "@odata.type": "#Microsoft.Azure.Search.DataUserAssignedIdentity", "userAssignedIdentity": id,
    }));
    let hops = named.of(KIND);
    let search = hops
        .iter()
        .find(|hop| hop.from.ends_with("/srch-rag-dev"))
        .unwrap();
    assert_eq!(search.via.as_deref(), Some(HUB));
    assert_eq!(
        search.gate(Gate::Identity).unwrap().judged.verdict,
        Verdict::Shut
    );
}
