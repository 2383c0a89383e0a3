//! Real answers: the values that they hold, one by one.

use std::path::Path;

use hopscope::azure::decode::Page;
use hopscope::model::field::Field;
use hopscope::model::id::{ArmId, PrincipalId};
use hopscope::model::network::Firewall;
use hopscope::model::resource::{AuthOptions, Details, Resource};
use time::macros::datetime;

use super::{api_versions, asked, body, decode, examples};

const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000000";

fn resource(root: &Path, name: &str) -> Resource {
    let name = format!("recorded/{name}.json");
    let version = &api_versions(root)[&name];
    let (key, answer) = asked(&name, body(root, &name)).expect("a fetched kind");
    let decoded = decode(&key, &answer, version);
    assert_eq!(decoded.issues, [], "{name}");
    let Page::Resources(resources) = decoded.page else {
        panic!("{name} is no resource")
    };
    let [resource] = <[Resource; 1]>::try_from(resources).expect("one resource");
    assert_eq!(resource.issues.len(), 0, "{name}");
    assert_eq!(*resource.raw, answer, "{name}");
    assert_eq!(&*resource.source.api_version, version);
    resource
}

fn firewall(resource: &Resource) -> &Firewall {
    resource.firewall.as_ref().expect("a firewall")
}

fn keys(resource: &Resource) -> &Field<bool> {
    &resource
        .local_auth
        .as_ref()
        .expect("a switch for keys")
        .value
}

fn text(text: &str) -> Field<String> {
    Field::Value(text.to_owned())
}

fn id(tail: &str) -> ArmId {
    ArmId::new(format!("{SUBSCRIPTION}{tail}"))
}

#[test]
fn cognitive_accounts() {
    let Some(root) = examples() else { return };
    let fresh = resource(&root, "cognitiveservices_account_default_networkAclsAbsent");
    assert_eq!(
        (fresh.name.as_str(), fresh.kind.text()),
        ("cs_cli_test_000002", Some("FormRecognizer"))
    );
    assert_eq!(
        (&fresh.location, &fresh.sku),
        (&text("SOUTHCENTRALUS"), &text("S0"))
    );
    assert_eq!(fresh.identity, Field::Absent);
    assert_eq!(firewall(&fresh).rules, Field::Absent);
    assert_eq!(
        firewall(&fresh).bypass,
        Field::Absent,
        "no rule object, so nothing to report"
    );
    assert_eq!(firewall(&fresh).public_network_access, text("Enabled"));
    assert_eq!(firewall(&fresh).private_endpoints, Field::Value(vec![]));
    assert_eq!(keys(&fresh), &Field::Absent);
    assert_eq!(
        fresh.system_data.created_at,
        Field::Value(datetime!(2023-07-25 04:50:09.250_425_5 UTC))
    );
    let Details::Cognitive(details) = &fresh.details else {
        panic!("an account")
    };
    assert_eq!(details.custom_sub_domain, Field::Absent);
    assert_eq!(
        details.allow_project_management,
        Field::Unreported("2025-06-01")
    );

    let identity = resource(&root, "cognitiveservices_account_identity");
    let principal = identity.identity.value().expect("an identity");
    assert!(principal.is_system_assigned());
    assert_eq!(
        principal.principal_id,
        Field::Value(PrincipalId::new("00000007-0000-4000-8000-000000000007"))
    );
    let encryption = identity.encryption.as_ref().expect("encryption");
    assert_eq!(encryption.key_source, text("Microsoft.CognitiveServices"));
    assert_eq!(encryption.customer_managed, Some(false));

    let closed = resource(&root, "cognitiveservices_account_networkAcls_denyAll");
    assert_eq!(firewall(&closed).default_action, text("Deny"));
    assert_eq!(firewall(&closed).ip_rules, Field::Value(vec![]));
    assert_eq!(firewall(&closed).bypass, Field::Unreported("2025-06-01"));
    let Details::Cognitive(details) = &closed.details else {
        panic!("an account")
    };
    assert_eq!(details.custom_sub_domain, text("csclitest000003"));

    let rules = resource(&root, "cognitiveservices_account_networkAcls_vnet_ip");
    assert_eq!(
        firewall(&rules).ip_rules.items(),
        ["200.0.0.1", "100.0.0.0/24"]
    );
    let [subnet] = firewall(&rules).virtual_network_rules.items() else {
        panic!("one subnet")
    };
    assert_eq!(
        subnet.subnet,
        id(
            "/resourceGroups/clitest.rg000001/providers/Microsoft.Network/virtualNetworks/cs_cli_test_000002/subnets/default"
        )
    );

    let private = resource(&root, "cognitiveservices_account_privateEndpoint");
    let [connection] = firewall(&private).private_endpoints.items() else {
        panic!("one")
    };
    assert_eq!(connection.group_ids, ["account"]);
    assert!(connection.status.is("Approved"));
    assert_eq!(
        connection.private_endpoint,
        Some(id(
            "/resourceGroups/clitest.rg000001/providers/Microsoft.Network/privateEndpoints/pecs_cli_test_000002"
        ))
    );
}

#[test]
fn cosmos_accounts() {
    let Some(root) = examples() else { return };
    let fresh = resource(&root, "cosmos_account_default");
    assert_eq!(fresh.kind, text("GlobalDocumentDB"));
    let identity = fresh.identity.value().expect("an identity object");
    assert!(identity.identity_type.is("None") && !identity.is_system_assigned());
    let rules = firewall(&fresh);
    assert_eq!(
        (rules.rules_path, &rules.rules),
        ("properties", &Field::Value(()))
    );
    assert_eq!(
        (&rules.bypass, &rules.default_action),
        (&text("None"), &Field::Absent)
    );
    assert_eq!(rules.virtual_network_filter, Field::Value(false));
    assert_eq!(
        (&rules.ip_rules, &rules.private_endpoints),
        (&Field::Value(vec![]), &Field::Absent)
    );
    assert_eq!(keys(&fresh), &Field::Value(false));
    let Details::Cosmos(details) = &fresh.details else {
        panic!("an account")
    };
    assert_eq!(details.default_identity, text("FirstPartyIdentity"));
    assert_eq!(
        details.endpoint,
        text("https://cli-test-cosmosdb-pe-000002.documents.azure.com:443/")
    );
    let encryption = fresh.encryption.as_ref().expect("encryption");
    assert_eq!(
        (encryption.customer_managed, &encryption.key),
        (Some(false), &Field::Absent)
    );

    let named = resource(&root, "cosmos_account_bypassResourceIds");
    assert_eq!(firewall(&named).bypass, text("AzureServices"));
    assert_eq!(
        firewall(&named).bypass_resource_ids.items(),
        [
            "/subscriptions/subId/resourcegroups/rgName/providers/Microsoft.Synapse/workspaces/workspaceName"
        ]
    );

    let filtered = resource(&root, "cosmos_account_vnetRules");
    assert_eq!(
        firewall(&filtered).virtual_network_filter,
        Field::Value(true)
    );
    let [subnet] = firewall(&filtered).virtual_network_rules.items() else {
        panic!("one")
    };
    assert_eq!(subnet.subnet.name(), "cli000004");
    assert_eq!(
        filtered.system_data.created_at,
        Field::Value(datetime!(2024-12-30 20:29:46.924_184 UTC)),
        "written with an offset"
    );
}

#[test]
fn key_vaults() {
    let Some(root) = examples() else { return };
    let vault = |resource: &Resource| match &resource.details {
        Details::Vault(vault) => vault.clone(),
        other => panic!("not a vault: {other:?}"),
    };
    let rules = resource(&root, "keyvault_vault_networkAcls");
    assert_eq!(rules.sku, text("standard"));
    assert_eq!(firewall(&rules).default_action, text("Allow"));
    assert_eq!(firewall(&rules).bypass, text("AzureServices"));
    assert_eq!(
        firewall(&rules).ip_rules.items(),
        ["1.2.3.4/32", "2.3.4.0/24"]
    );
    let [subnet] = firewall(&rules).virtual_network_rules.items() else {
        panic!("one")
    };
    assert_eq!(
        subnet.subnet,
        id(
            "/resourceGroups/cli_test_keyvault_network_rule000001/providers/Microsoft.Network/virtualNetworks/cli-test-vnet-000008/subnets/cli-test-subnet-000011"
        ),
        "sent in lower case, the same all the same"
    );
    assert_eq!(vault(&rules).rbac_authorization, Field::Value(true));
    assert_eq!(vault(&rules).purge_protection, Field::Absent);

    let open = resource(&root, "keyvault_vault_networkAclsAbsent");
    assert_eq!(
        (open.sku.text(), &firewall(&open).rules),
        (Some("premium"), &Field::Absent)
    );
    assert_eq!(
        (&firewall(&open).bypass, open.encryption.is_none()),
        (&Field::Absent, true)
    );

    let private = resource(&root, "keyvault_vault_privateEndpoint");
    let [connection] = firewall(&private).private_endpoints.items() else {
        panic!("one")
    };
    assert!(connection.status.is("Approved") && connection.group_ids.is_empty());
    let [policy] = <[_; 1]>::try_from(vault(&private).access_policies).expect("one policy");
    assert_eq!(
        policy.object_id,
        PrincipalId::new("00000010-0000-4000-8000-000000000010")
    );
    assert_eq!(
        (policy.keys, policy.secrets),
        (vec!["all".to_owned()], vec!["all".to_owned()])
    );

    let old = resource(&root, "keyvault_vault_rbacAbsent_accessPolicies");
    assert_eq!(vault(&old).rbac_authorization, Field::Absent);
    assert!(!vault(&old).access_policies.is_empty());
    assert!(
        vault(&old)
            .uri
            .text()
            .is_some_and(|uri| uri.starts_with("https://"))
    );
}

#[test]
fn search_services() {
    let Some(root) = examples() else { return };
    let search = |resource: &Resource| match &resource.details {
        Details::Search(search) => search.clone(),
        other => panic!("not a search service: {other:?}"),
    };
    let rules = resource(&root, "search_service_ipRules");
    assert_eq!(
        (&rules.location, &rules.sku),
        (&text("East US 2 EUAP"), &text("standard"))
    );
    assert_eq!(firewall(&rules).rules_path, "properties.networkRuleSet");
    assert_eq!(
        firewall(&rules).ip_rules.items(),
        ["123.4.5.6", "123.5.6.7", "123.6.7.8"]
    );
    assert_eq!(firewall(&rules).bypass, text("None"));
    assert_eq!(firewall(&rules).default_action, Field::Absent);
    assert_eq!(
        search(&rules).auth_options,
        Field::Value(AuthOptions::ApiKeyOnly)
    );
    assert_eq!(search(&rules).semantic_search, text("free"));
    assert_eq!(
        search(&rules).data_exfiltration_protections,
        Field::Unreported("2025-05-01")
    );
    assert_eq!(search(&rules).shared_private_links, Field::Value(vec![]));
    assert_eq!(
        (search(&rules).replica_count, search(&rules).partition_count),
        (Field::Value(1), Field::Value(1))
    );

    let tokens = resource(&root, "search_service_disableLocalAuth_authOptionsNull");
    assert_eq!(keys(&tokens), &Field::Value(true));
    assert_eq!(search(&tokens).auth_options, Field::Null);
    assert_eq!(
        search(&tokens).semantic_search,
        Field::Unreported("2023-11-01")
    );
    assert_eq!(search(&tokens).cmk_enforcement, text("Unspecified"));

    let identity = resource(&root, "search_service_identity");
    let principal = identity.identity.value().expect("an identity");
    assert_eq!(
        principal.principal_id,
        Field::Value(PrincipalId::new("0000000a-0000-4000-8000-00000000000a"))
    );
    assert_eq!(
        principal.tenant_id,
        text("00000008-0000-4000-8000-000000000008")
    );

    let closed = resource(&root, "search_service_publicAccessDisabled");
    assert_eq!(firewall(&closed).public_network_access, text("Disabled"));

    let private = resource(&root, "search_service_privateEndpoint");
    let [connection] = firewall(&private).private_endpoints.items() else {
        panic!("one")
    };
    assert_eq!(connection.group_ids, ["searchService"]);
    assert!(connection.status.is("Approved"));
    assert_eq!(
        connection.private_endpoint.as_ref().map(ArmId::name),
        Some("testpe000005")
    );
}

#[test]
fn storage_accounts() {
    let Some(root) = examples() else { return };
    let storage = |resource: &Resource| match &resource.details {
        Details::Storage(storage) => storage.clone(),
        other => panic!("not a storage account: {other:?}"),
    };
    let fresh = resource(&root, "storage_account_default_publicNetworkAccessAbsent");
    assert_eq!(firewall(&fresh).public_network_access, Field::Absent);
    assert_eq!(firewall(&fresh).default_action, text("Allow"));
    assert_eq!(firewall(&fresh).bypass, text("AzureServices"));
    assert_eq!(keys(&fresh), &Field::Absent);
    assert_eq!(
        (fresh.sku.text(), fresh.kind.text()),
        (Some("Standard_RAGRS"), Some("StorageV2"))
    );
    assert_eq!(
        storage(&fresh).allow_blob_public_access,
        Field::Value(false)
    );
    assert_eq!(storage(&fresh).minimum_tls_version, text("TLS1_0"));
    assert_eq!(storage(&fresh).endpoints.len(), 6);
    assert!(storage(&fresh).endpoints.contains(&(
        "blob".to_owned(),
        "https://cli000002.blob.core.windows.net/".to_owned()
    )));
    assert_eq!(
        fresh
            .encryption
            .as_ref()
            .and_then(|one| one.customer_managed),
        Some(false)
    );

    let rules = resource(&root, "storage_account_networkAcls_rules");
    assert_eq!(firewall(&rules).default_action, text("Deny"));
    assert_eq!(
        firewall(&rules).bypass_words(),
        Field::Value(vec!["Logging".to_owned()])
    );
    assert_eq!(firewall(&rules).ip_rules.items(), ["25.1.2.3"]);
    assert_eq!(firewall(&rules).resource_access_rules, Field::Absent);
    assert_eq!(firewall(&rules).private_endpoints, Field::Absent);

    let named = resource(&root, "storage_account_resourceAccessRules");
    let [rule] = firewall(&named).resource_access_rules.items() else {
        panic!("one")
    };
    assert_eq!(rule.tenant_id, text("00000008-0000-4000-8000-000000000008"));
    assert_eq!(
        rule.resource_id,
        format!(
            "{SUBSCRIPTION}/resourceGroups/res9407/providers/Microsoft.Synapse/workspaces/testworkspace1"
        )
    );

    let private = resource(&root, "storage_account_privateEndpoint");
    let [connection] = firewall(&private).private_endpoints.items() else {
        panic!("one")
    };
    assert!(connection.status.is("Approved"));
    assert_eq!(
        connection.private_endpoint.as_ref().map(ArmId::name),
        Some("cli-pe-000005")
    );
}

#[test]
fn groups_and_assignments() {
    let Some(root) = examples() else { return };
    let page = |name: &str| {
        let name = format!("recorded/{name}.json");
        let (key, answer) = asked(&name, body(&root, &name)).expect("a fetched kind");
        let decoded = decode(&key, &answer, &api_versions(&root)[&name]);
        assert_eq!(decoded.issues, [], "{name}");
        decoded.page
    };
    let Page::Groups(groups) = page("resourceGroups_list_managedBy") else {
        panic!("groups")
    };
    assert_eq!(groups[0].name, "cli_test_rg_scenario000001");
    assert_eq!(
        groups[0].managed_by,
        text("test_admin"),
        "a free text, not only an id"
    );
    let Page::Groups(groups) = page("resourceGroup_get") else {
        panic!("groups")
    };
    assert_eq!((groups.len(), &groups[0].managed_by), (1, &Field::Absent));

    let Page::RoleAssignments(assignments) = page("roleAssignments_list") else {
        panic!("roles")
    };
    let [one] = assignments.as_slice() else {
        panic!("one")
    };
    assert_eq!(
        one.principal_id,
        PrincipalId::new("00000015-0000-4000-8000-000000000015")
    );
    assert_eq!(one.principal_type, text("ServicePrincipal"));
    assert_eq!(
        one.scope,
        id("/resourceGroups/cli_sp_create_for_rbac000001")
    );
    assert_eq!(&*one.role().0, "00000014-0000-4000-8000-000000000014");
    assert_eq!(
        (&one.condition, &one.description),
        (&Field::Null, &Field::Null)
    );
    assert_eq!(
        one.created_on,
        Field::Value(datetime!(2023-08-23 12:44:02.241_767_1 UTC))
    );
}
