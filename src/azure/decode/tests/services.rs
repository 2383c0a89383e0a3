//! What a service's file makes of more than one property.

use serde_json::{Value, json};

use super::{decode, decode_properties, id_of, issue_paths};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::network::Firewall;
use crate::model::resource::{AuthOptions, Details, Encryption, Family, Resource};

fn encryption(resource: &Resource) -> &Encryption {
    resource.encryption.as_ref().expect("encryption")
}

fn firewall(resource: &Resource) -> &Firewall {
    resource.firewall.as_ref().expect("a firewall")
}

fn text(text: &str) -> Field<String> {
    Field::Value(text.to_owned())
}

#[test]
fn a_storage_key_is_named_with_and_without_a_version() {
    let with = |properties: Value| {
        let properties = json!({ "encryption": {
            "keySource": "Microsoft.Keyvault", "keyvaultproperties": properties,
        } });
        let resource = decode_properties(Family::Storage, properties);
        assert_eq!(encryption(&resource).customer_managed, Some(true));
        encryption(&resource).key.clone()
    };
    let vault = "https://v.vault.azure.net";
    let slash = format!("{vault}/");
    assert_eq!(
        with(json!({ "keyvaulturi": vault, "keyname": "k", "keyversion": "7" })),
        text("https://v.vault.azure.net/keys/k/7")
    );
    assert_eq!(
        with(json!({ "keyvaulturi": slash, "keyname": "k", "keyversion": "" })),
        text("https://v.vault.azure.net/keys/k")
    );
    assert_eq!(with(json!({ "keyname": "k" })), Field::Absent);
    assert_eq!(
        with(json!({ "keyvaulturi": vault, "keyname": "k", "keyversion": 7 })),
        Field::Malformed,
        "a broken version is not the newest one"
    );
}

#[test]
fn who_owns_the_key_is_said_only_where_the_answer_says_so() {
    for (family, properties, owned) in [
        (Family::Storage, json!({}), Some(false)),
        (
            Family::Storage,
            json!({ "encryption": { "keySource": "Microsoft.Storage" } }),
            Some(false),
        ),
        (
            Family::Storage,
            json!({ "encryption": { "keySource": "microsoft.keyvault" } }),
            Some(true),
        ),
        (
            Family::Storage,
            json!({ "encryption": { "keySource": 5 } }),
            None,
        ),
        (
            Family::Storage,
            json!({ "encryption": { "keySource": "Microsoft.VaultOfTomorrow" } }),
            None,
        ),
        (Family::Storage, json!({ "encryption": "broken" }), None),
        (Family::Cognitive, json!({}), Some(false)),
        (
            Family::Cognitive,
            json!({ "encryption": { "keySource": "Microsoft.KeyVault" } }),
            Some(true),
        ),
        (Family::Workspace, json!({}), Some(false)),
        (
            Family::Workspace,
            json!({ "encryption": { "status": "Enabled" } }),
            Some(true),
        ),
        (
            Family::Workspace,
            json!({ "encryption": { "status": "Disabled" } }),
            Some(false),
        ),
        (
            Family::Workspace,
            json!({ "encryption": { "status": "Perhaps" } }),
            None,
        ),
        (Family::Workspace, json!({ "encryption": {} }), None),
        (Family::Cosmos, json!({}), Some(false)),
        (Family::Cosmos, json!({ "keyVaultKeyUri": "" }), Some(false)),
        (
            Family::Cosmos,
            json!({ "keyVaultKeyUri": "https://v/keys/k" }),
            Some(true),
        ),
        (Family::Cosmos, json!({ "keyVaultKeyUri": 5 }), None),
    ] {
        let shown = format!("{family:?} {properties}");
        let resource = decode_properties(family, properties);
        assert_eq!(encryption(&resource).customer_managed, owned, "{shown}");
    }
}

#[test]
fn cognitive_and_cosmos_name_key_and_reader() {
    let account = decode_properties(
        Family::Cognitive,
        json!({ "encryption": { "keySource": "Microsoft.KeyVault", "keyVaultProperties": {
            "keyName": "k", "keyVersion": "1", "keyVaultUri": "https://v/", "identityClientId": "c",
        } } }),
    );
    assert_eq!(encryption(&account).key, text("https://v/keys/k/1"));
    assert_eq!(encryption(&account).identity_client_id, text("c"));

    for (default_identity, reader) in [
        ("UserAssignedIdentity=/id/one", Some(ArmId::new("/id/one"))),
        (
            "userassignedidentity= /id/one ",
            Some(ArmId::new("/id/one")),
        ),
        ("SystemAssignedIdentity", None),
        ("UserAssignedIdentity=", None),
        ("FirstPartyIdentity", None),
    ] {
        let account = decode_properties(
            Family::Cosmos,
            json!({ "keyVaultKeyUri": "https://v/keys/k", "defaultIdentity": default_identity }),
        );
        assert_eq!(encryption(&account).key, text("https://v/keys/k"));
        assert_eq!(encryption(&account).identity, reader, "{default_identity}");
    }
}

#[test]
fn a_search_service_accepts_keys_or_both_or_it_is_unclear() {
    for (options, read_as, fault) in [
        (
            json!({ "apiKeyOnly": {} }),
            Field::Value(AuthOptions::ApiKeyOnly),
            None,
        ),
        (
            json!({ "aadOrApiKey": { "aadAuthFailureMode": "http403" } }),
            Field::Value(AuthOptions::AadOrApiKey(text("http403"))),
            None,
        ),
        (
            json!({ "apiKeyOnly": null, "aadOrApiKey": {} }),
            Field::Value(AuthOptions::AadOrApiKey(Field::Absent)),
            None,
        ),
        (json!(null), Field::Null, None),
        (json!({}), Field::Malformed, Some("properties.authOptions")),
        (
            json!({ "apiKeyOnly": {}, "aadOrApiKey": {} }),
            Field::Malformed,
            Some("properties.authOptions"),
        ),
        (
            json!({ "apiKeyOnly": "yes" }),
            Field::Malformed,
            Some("properties.authOptions.apiKeyOnly"),
        ),
    ] {
        let shown = options.to_string();
        let service = decode_properties(Family::Search, json!({ "authOptions": options }));
        let Details::Search(search) = &service.details else {
            panic!("a search service")
        };
        assert_eq!(search.auth_options, read_as, "{shown}");
        assert_eq!(issue_paths(&service), Vec::from_iter(fault), "{shown}");
    }
}

#[test]
fn a_preview_names_the_key_of_a_whole_search_service() {
    let service = decode_properties(
        Family::Search,
        json!({ "encryptionWithCmk": { "enforcement": "Enabled", "serviceLevelEncryptionKey": {
            "keyVaultKeyName": "k", "keyVaultUri": "https://v/",
        } } }),
    );
    assert_eq!(encryption(&service).key, text("https://v/keys/k"));
    let service = decode_properties(Family::Search, json!({ "encryptionWithCmk": {} }));
    assert_eq!(service.encryption, None);
}

#[test]
fn a_broken_address_rule_stays_in_the_list() {
    for (family, parent, property) in [
        (Family::Storage, "networkAcls", "value"),
        (Family::Search, "networkRuleSet", "value"),
        (Family::Cognitive, "networkAcls", "value"),
        (Family::Vault, "networkAcls", "value"),
    ] {
        let rules = json!([{ property: "1.2.3.4" }, { property: 5 }, {}, null]);
        let resource = decode_properties(family, json!({ parent: { "ipRules": rules } }));
        let shown = firewall(&resource).ip_rules.items();
        assert_eq!(shown.len(), 4, "{family:?}: {shown:?}");
        assert_eq!(shown[0], "1.2.3.4");
        let list = format!("properties.{parent}.ipRules");
        assert_eq!(
            issue_paths(&resource),
            [
                format!("{list}[1].value"),
                format!("{list}[2].value"),
                format!("{list}[3]")
            ]
        );
        assert!(resource.is_unclear_at(&list));
        assert!(
            !resource.is_unclear_at("properties.networkA"),
            "whole names only"
        );
    }
}

#[test]
fn six_and_four_are_one_list_of_addresses() {
    let read = |acls: Value| {
        let resource = decode_properties(Family::Storage, json!({ "networkAcls": acls }));
        firewall(&resource).ip_rules.clone()
    };
    let rules = json!([{ "value": "2001:db8::/32" }]);
    assert_eq!(
        read(json!({ "ipRules": [{ "value": "1.1.1.1" }], "ipv6Rules": rules })).items(),
        ["1.1.1.1", "2001:db8::/32"]
    );
    assert_eq!(
        read(json!({ "ipv6Rules": rules })).items(),
        ["2001:db8::/32"]
    );
    assert_eq!(read(json!({ "ipv6Rules": [] })), Field::Absent);
    assert_eq!(
        read(json!({ "ipRules": [], "ipv6Rules": "no" })),
        Field::Malformed
    );
}

#[test]
fn the_managed_group_is_a_name_also_when_an_id_is_sent() {
    for (sent, name) in [
        ("azureml-rg-hub", "azureml-rg-hub"),
        (
            "/subscriptions/S/resourceGroups/azureml-rg-hub",
            "azureml-rg-hub",
        ),
        (
            "/subscriptions/S/resourcegroups/azureml-rg-hub/",
            "azureml-rg-hub",
        ),
    ] {
        let hub = decode_properties(
            Family::Workspace,
            json!({ "serviceProvisionedResourceGroup": sent }),
        );
        let Details::Workspace(workspace) = &hub.details else {
            panic!("a workspace")
        };
        assert_eq!(workspace.managed_group, text(name));
    }
}

#[test]
fn identities_are_read_in_every_form_that_providers_send() {
    let system = "/subscriptions/S/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";
    let document = json!({
        "id": id_of(Family::Cognitive).as_str(),
        "identity": {
            "type": "SystemAssigned, UserAssigned", "principalId": "P", "tenantId": "T",
            "userAssignedIdentities": {
                system: { "principalId": "U", "clientId": "C" },
                "/empty": {}, "/null": null, "/broken": 5,
            },
        },
    });
    let resource = decode(Family::Cognitive, document);
    let identity = resource.identity.value().expect("an identity");
    assert!(identity.is_system_assigned() && identity.is_user_assigned());
    let assigned = &identity.user_assigned;
    assert_eq!(assigned.len(), 4, "assigned all the same");
    assert_eq!(assigned[0].id, ArmId::new(system));
    assert_eq!(
        assigned[0].principal_id,
        Field::Value(PrincipalId::new("u"))
    );
    assert_eq!(assigned[0].client_id, text("C"));
    assert!(
        assigned[1..]
            .iter()
            .all(|one| one.principal_id == Field::Absent)
    );
    assert_eq!(
        issue_paths(&resource),
        ["identity.userAssignedIdentities['/broken']"]
    );
}

#[test]
fn private_endpoint_connections_name_one_sub_resource_or_many_or_none() {
    let connection = |inner: Value| json!({ "id": "/c", "properties": inner });
    let resource = decode_properties(
        Family::Search,
        json!({ "privateEndpointConnections": [
            connection(json!({
                "privateEndpoint": { "id": "/pe" }, "groupId": "searchService",
                "privateLinkServiceConnectionState": { "status": "Approved" },
            })),
            connection(json!({ "groupIds": ["a", "b"], "privateLinkServiceConnectionState": null })),
            {},
        ] }),
    );
    let [one, two, three] = firewall(&resource).private_endpoints.items() else {
        panic!("three connections")
    };
    assert_eq!(one.private_endpoint, Some(ArmId::new("/pe")));
    assert_eq!(
        (one.group_ids.as_slice(), &one.status),
        (&["searchService".to_owned()][..], &text("Approved"))
    );
    assert_eq!((two.group_ids.len(), &two.status), (2, &Field::Null));
    assert_eq!((three.id.as_ref(), &three.status), (None, &Field::Absent));
    assert_eq!(issue_paths(&resource), [""; 0]);
}

#[test]
fn previews_sent_one_network_injection() {
    let account = decode_properties(
        Family::Cognitive,
        json!({ "networkInjections": { "scenario": "agent", "subnetArmId": "/subnet" } }),
    );
    let Details::Cognitive(details) = &account.details else {
        panic!("an account")
    };
    assert_eq!(details.injected_subnets, [ArmId::new("/subnet")]);
}

#[test]
fn text_that_people_see_is_safe_and_raw_is_as_it_was_sent() {
    let document = json!({
        "id": id_of(Family::Vault).as_str(),
        "name": "\u{1b}]0;evil\u{7}name", "tags": { "k\u{202e}": "v\u{9b}31m" },
    });
    let resource = decode(Family::Vault, document.clone());
    assert_eq!(resource.name, "]0;evilname");
    assert_eq!(resource.tags, [("k".to_owned(), "v31m".to_owned())]);
    assert_eq!(*resource.raw, document);
}

#[test]
fn tags_without_a_text_are_told_apart() {
    let document = json!({ "id": "/x", "tags": { "a": null, "b": 5, "c": "" } });
    let resource = decode(Family::Storage, document);
    let kept: Vec<_> = resource.tags.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(kept, ["a", "c"]);
    assert_eq!(issue_paths(&resource), ["tags.b"]);
}
