//! The stories of the hub, its key and its hidden group, told by the whole program.

use super::stories::{Cause, broken, gates, items, mends, text, told, well};

/// These stories, and the word of each one's twin.
pub(crate) const TOLD: [(&str, &str); 12] = [
    ("agents-without-rights", "mended"),
    ("hub-search-closed", "mended"),
    ("hub-storage-keys-off", "mended"),
    ("hub-without-cmk", "broken"),
    ("key-expired", "mended"),
    ("key-version-disabled", "mended"),
    ("managed-group-denied", "mended"),
    ("new-foundry", "broken"),
    ("policy-exempted", "broken"),
    ("service-side-encryption", "broken"),
    ("vault-by-roles", "mended"),
    ("vault-without-unwrap", "mended"),
];

const COSMOS_KEY: &str = "identity-to-key identity Azure Cosmos DB";
const HUB_KEY: &str = "identity-to-key identity id-hub-rag";

/// What breaks a hub is never an exposure to close: the advice in its managed group is to keep it so.
fn nothing_of_the_hub_is_to_be_closed(name: &str) {
    let report = told(name);
    for finding in items(&report, "findings") {
        let resource = text(finding, "resource").to_ascii_lowercase();
        let is_managed = resource.contains("/resourcegroups/azureml-rg-hub-rag-dev_");
        assert!(
            !(is_managed && finding["kind"] == "exposure"),
            "{name}: {finding:#}"
        );
    }
}

#[test]
fn nothing_in_a_managed_group_is_to_be_closed() {
    for name in [
        "foundry-cmk",
        "healthy",
        "hub-search-closed",
        "hub-search-closed:mended",
        "hub-storage-keys-off",
        "managed-group-denied",
        "policy-exempted",
        "policy-exempted:broken",
    ] {
        nothing_of_the_hub_is_to_be_closed(name);
    }
}

#[test]
fn hub_search_closed() {
    mends(
        "hub-search-closed",
        &[Cause {
            hop: "foundry-to-managed-search",
            gate: "network",
            verdict: "shut",
            says: "the bypass for trusted services did not help",
            proof: ("properties.publicNetworkAccess", "Disabled"),
            remedy: "az search service update",
            rule: "managed/was-changed",
        }],
    );
}

#[test]
fn hub_storage_keys_off() {
    mends(
        "hub-storage-keys-off",
        &[Cause {
            hop: "foundry-to-managed-storage",
            gate: "authentication",
            verdict: "shut",
            says: "the hub speaks to it with a key",
            proof: ("properties.allowSharedKeyAccess", "false"),
            remedy: "--allow-shared-key-access true",
            rule: "managed/was-changed",
        }],
    );
}

fn unwrap_is_missing() -> Cause {
    Cause {
        hop: HUB_KEY,
        gate: "authorization",
        verdict: "shut",
        says: "unwrapKey",
        proof: ("permissions.keys", "wrapKey"),
        remedy: "az keyvault set-policy",
        rule: "key/cannot-be-read",
    }
}

#[test]
fn vault_without_unwrap() {
    mends("vault-without-unwrap", &[unwrap_is_missing()]);
}

/// Disputed is unknown, for the hub alone.
#[test]
fn vault_by_roles() {
    mends(
        "vault-by-roles",
        &[
            Cause {
                hop: HUB_KEY,
                gate: "authorization",
                verdict: "unknown",
                says: "disputed",
                proof: ("properties.enableRbacAuthorization", "true"),
                remedy: "",
                rule: "hop/cannot-tell",
            },
            Cause {
                hop: COSMOS_KEY,
                gate: "authorization",
                verdict: "open",
                says: "Key Vault Crypto Service Encryption User",
                proof: ("properties.enableRbacAuthorization", "true"),
                remedy: "",
                rule: "",
            },
        ],
    );
}

#[test]
fn key_expired() {
    mends(
        "key-expired",
        &[HUB_KEY, COSMOS_KEY].map(|hop| Cause {
            hop,
            gate: "configuration",
            verdict: "shut",
            says: "key cmk-rag of kv-rag-dev has expired",
            proof: ("properties.attributes.exp", "1764000000"),
            remedy: "az keyvault key set-attributes",
            rule: "key/cannot-be-read",
        }),
    );
}

/// The key looks well; the version that the hub names does not. Cosmos DB takes the latest.
#[test]
fn key_version_disabled() {
    let report = mends(
        "key-version-disabled",
        &[Cause {
            hop: HUB_KEY,
            gate: "configuration",
            verdict: "shut",
            says: "version 2dcffcb5896bf0aee7f918bbd9ddc912 of key cmk-rag of kv-rag-dev is disabled",
            proof: ("properties.attributes.enabled", "false"),
            remedy: "az keyvault key set-attributes --id https://kv-rag-dev.vault.azure.net:443/keys/cmk-rag/2dcffcb5896bf0aee7f918bbd9ddc912",
            rule: "key/cannot-be-read",
        }],
    );
    let open = gates(&report, "open");
    assert!(open.contains(&(COSMOS_KEY.to_owned(), "configuration".to_owned())));
    let vault = items(&report, "resources")
        .iter()
        .find(|one| text(one, "name") == "kv-rag-dev")
        .unwrap();
    let key = &items(vault, "keys")[0];
    assert_eq!(key["kty"], "RSA");
    assert_eq!(key["rotation"][0]["action"], "rotate");
    assert_eq!(key["facets"]["keyVersions"], "known");
}

#[test]
fn agents_without_rights() {
    let report = mends(
        "agents-without-rights",
        &[Cause {
            hop: "foundry-connection connection conn-files",
            gate: "authorization",
            verdict: "shut",
            says: "agents keep files there",
            proof: ("properties.storageConnections", "conn-files"),
            remedy: "--role ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            rule: "authorization/role-missing",
        }],
    );
    let open = gates(&report, "open");
    let vectors = ("foundry-connection connection conn-search", "authorization");
    assert!(open.contains(&(vectors.0.to_owned(), vectors.1.to_owned())));
}

#[test]
fn managed_group_denied() {
    mends(
        "managed-group-denied",
        &[Cause {
            hop: "foundry-to-managed-cosmos",
            gate: "authentication",
            verdict: "at-risk",
            says: "Cosmos DB: disable local auth",
            proof: ("properties.policyDefinitionId", "dc2d41d1"),
            remedy: "az policy assignment update",
            rule: "policy/will-change",
        }],
    );
}

#[test]
fn policy_exempted() {
    let keys = |verdict, says, proof, remedy, rule| Cause {
        hop: "foundry-to-managed-cosmos",
        gate: "authentication",
        verdict,
        says,
        proof,
        remedy,
        rule,
    };
    let open = ("properties.disableLocalAuth", "false");
    well(
        "policy-exempted",
        &[keys(
            "open",
            "keys are accepted",
            open,
            "",
            "managed/keep-cosmos-keys",
        )],
    );
    broken(
        "policy-exempted:broken",
        &[keys(
            "shut",
            "exemption hub-cosmos-keys has expired",
            ("properties.disableLocalAuth", "true"),
            "az policy exemption create",
            "managed/was-changed",
        )],
    );
}

#[test]
fn service_side_encryption() {
    let report = well("service-side-encryption", &[]);
    let open = gates(&report, "open");
    assert!(open.contains(&(HUB_KEY.to_owned(), "authorization".to_owned())));
    assert!(open.iter().all(|(hop, _)| !hop.contains("managed")));
    broken("service-side-encryption:broken", &[unwrap_is_missing()]);
}

#[test]
fn hub_without_cmk() {
    let report = well("hub-without-cmk", &[]);
    let drawn = gates(&report, "open");
    assert!(
        drawn
            .iter()
            .all(|(hop, _)| !hop.contains("identity-to-key") && !hop.contains("managed")),
        "{drawn:?}"
    );
    broken(
        "hub-without-cmk:broken",
        &[
            Cause {
                hop: "foundry-connection connection conn-openai",
                gate: "authentication",
                verdict: "shut",
                says: "disableLocalAuth",
                proof: ("properties.authType", "ApiKey"),
                remedy: "use the managed identity in place of the key",
                rule: "authentication/credential-refused",
            },
            // The trusted path takes tokens alone, so the key does not even arrive.
            Cause {
                hop: "foundry-connection connection conn-openai",
                gate: "network",
                verdict: "shut",
                says: "a key is no token of a managed identity",
                proof: ("networkAcls.bypass", "AzureServices"),
                remedy: "choose the system-assigned identity",
                rule: "network/keeps-caller-out",
            },
        ],
    );
}

#[test]
fn new_foundry() {
    let key = "identity-to-key identity aif-lab-dev";
    let report = well("new-foundry", &[]);
    let open = gates(&report, "open");
    assert!(
        open.iter()
            .any(|(hop, gate)| hop == key && gate == "configuration"),
        "{open:?}"
    );
    broken(
        "new-foundry:broken",
        &[key, HUB_KEY, COSMOS_KEY].map(|hop| Cause {
            hop,
            gate: "configuration",
            verdict: "shut",
            says: "key cmk-rag of kv-rag-dev is disabled",
            proof: ("properties.attributes.enabled", "false"),
            remedy: "az keyvault key set-attributes",
            rule: "key/cannot-be-read",
        }),
    );
}
