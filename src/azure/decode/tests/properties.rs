//! Every property that is decoded, in every state: there, absent, null, of a wrong shape, in another
//! casing, and, for a closed set of words, with an unknown one. To add a property: a line here.

use std::fmt::Debug;

use serde_json::{Value, json};

use super::{decode, id_of, issue_paths};
use crate::model::field::Field;
use crate::model::network::Firewall;
use crate::model::resource::{
    Cognitive, Cosmos, Details, Encryption, Family, LocalAuth, LogWorkspace, Outbound,
    PrivateEndpoint, Resource, Search, Storage, UserIdentity, Vault, VirtualNetwork, Workspace,
};

/// One property.
struct Row {
    family: Family,
    /// Its JSON path; none of the steps is a list.
    path: &'static str,
    /// A value of the right shape.
    good: Value,
    /// What it is decoded to, as `Debug` shows it.
    shown: String,
    /// The decoded property of a resource.
    get: fn(&Resource) -> String,
    /// Whether only some words are known.
    is_word: bool,
}

fn show(value: &impl Debug) -> String {
    format!("{value:?}")
}

macro_rules! details {
    ($($name:ident: $variant:ident -> $type:ty),+ $(,)?) => {
        $(fn $name(resource: &Resource) -> &$type {
            match &resource.details {
                Details::$variant(details) => details,
                other => panic!("details of another service: {other:?}"),
            }
        })+
    };
}

details! {
    storage: Storage -> Storage,
    search: Search -> Search,
    cognitive: Cognitive -> Cognitive,
    workspace: Workspace -> Workspace,
    cosmos: Cosmos -> Cosmos,
    vault: Vault -> Vault,
    logs: LogWorkspace -> LogWorkspace,
    user_identity: UserIdentity -> UserIdentity,
    endpoint: PrivateEndpoint -> PrivateEndpoint,
    network: VirtualNetwork -> VirtualNetwork,
}

fn firewall(resource: &Resource) -> &Firewall {
    resource.firewall.as_ref().expect("a firewall")
}

fn keys(resource: &Resource) -> &LocalAuth {
    resource.local_auth.as_ref().expect("a switch for keys")
}

fn outbound(resource: &Resource) -> &Outbound {
    resource.outbound.as_ref().expect("an outbound restriction")
}

fn encryption(resource: &Resource) -> &Encryption {
    resource.encryption.as_ref().expect("encryption")
}

macro_rules! rows {
    ($($family:ident $path:literal $good:tt => $shown:expr, |$r:ident| $get:expr $(, $word:ident)?;)+) => {
        vec![$(Row {
            family: Family::$family,
            path: $path,
            good: json!($good),
            shown: $shown.to_string(),
            get: |$r| show(&$get),
            is_word: false $(|| stringify!($word) == "word")?,
        }),+]
    };
}

fn value(text: &str) -> String {
    format!("Value({text:?})")
}

fn some(text: &str) -> String {
    format!("Some({text:?})")
}

fn values(texts: &[&str]) -> String {
    format!("Value({texts:?})")
}

fn common() -> Vec<Row> {
    rows! {
        Storage "kind" "StorageV2" => value("StorageV2"), |r| r.kind;
        Storage "location" "East US 2" => value("East US 2"), |r| r.location;
        Storage "sku.name" "Standard_LRS" => value("Standard_LRS"), |r| r.sku;
        Storage "managedBy" "/x/y" => value("/x/y"), |r| r.managed_by;
        Storage "identity.type" "SystemAssigned, UserAssigned" => value("SystemAssigned, UserAssigned"),
            |r| r.identity.as_ref().and_then(|i| i.identity_type.as_ref()), word;
        Storage "identity.principalId" "P" => value("P"),
            |r| r.identity.as_ref().and_then(|i| i.principal_id.as_ref());
        Storage "identity.tenantId" "T" => value("T"),
            |r| r.identity.as_ref().and_then(|i| i.tenant_id.as_ref());
        Storage "systemData.lastModifiedBy" "who" => value("who"), |r| r.system_data.last_modified_by;
        Storage "systemData.createdAt" "1970-01-01T00:00:00Z" => "Value(1970-01-01 0:00:00.0 +00:00:00)",
            |r| r.system_data.created_at;
        Storage "systemData.lastModifiedAt" "1970-01-01T00:00:00Z" => "Value(1970-01-01 0:00:00.0 +00:00:00)",
            |r| r.system_data.last_modified_at;
        Storage "tags" { "Owner": "me" } => "[(\"Owner\", \"me\")]", |r| r.tags;
        Workspace "kind" "Hub" => value("Hub"), |r| r.kind, word;
        LogWorkspace "properties.sku.name" "PerGB2018" => value("PerGB2018"), |r| r.sku;
        Vault "properties.sku.name" "premium" => value("premium"), |r| r.sku;
    }
}

fn storage_rows() -> Vec<Row> {
    rows! {
        Storage "properties.publicNetworkAccess" "SecuredByPerimeter" => value("SecuredByPerimeter"), |r| firewall(r).public_network_access, word;
        Storage "properties.networkAcls" {} => "Value(())", |r| firewall(r).rules;
        Storage "properties.networkAcls.defaultAction" "Deny" => value("Deny"), |r| firewall(r).default_action, word;
        Storage "properties.networkAcls.bypass" "Logging, Metrics" => value("Logging, Metrics"), |r| firewall(r).bypass, word;
        Storage "properties.networkAcls.ipRules" [{ "value": "1.2.3.0/24" }] => values(&["1.2.3.0/24"]), |r| firewall(r).ip_rules;
        Storage "properties.networkAcls.virtualNetworkRules" [{ "id": "/v", "state": "Failed" }] => "Value([SubnetRule { subnet: \"/v\", state: Value(\"Failed\") }])", |r| firewall(r).virtual_network_rules;
        Storage "properties.networkAcls.resourceAccessRules" [{ "tenantId": "t", "resourceId": "/r/*" }] => "Value([InstanceRule { tenant_id: Value(\"t\"), resource_id: \"/r/*\" }])", |r| firewall(r).resource_access_rules;
        Storage "properties.privateEndpointConnections" [] => "Value([])", |r| firewall(r).private_endpoints;
        Storage "properties.allowSharedKeyAccess" false => "Value(false)", |r| keys(r).value;
        Storage "properties.allowBlobPublicAccess" true => "Value(true)", |r| storage(r).allow_blob_public_access;
        Storage "properties.isHnsEnabled" true => "Value(true)", |r| storage(r).is_hns_enabled;
        Storage "properties.minimumTlsVersion" "TLS1_2" => value("TLS1_2"), |r| storage(r).minimum_tls_version, word;
        Storage "properties.defaultToOAuthAuthentication" true => "Value(true)", |r| storage(r).default_to_oauth;
        Storage "properties.primaryEndpoints" { "blob": "https://b/" } => "[(\"blob\", \"https://b/\")]", |r| storage(r).endpoints;
        Storage "properties.encryption.keySource" "Microsoft.Keyvault" => value("Microsoft.Keyvault"), |r| encryption(r).key_source, word;
        Storage "properties.encryption.identity.userAssignedIdentity" "/i" => some("/i"), |r| encryption(r).identity;
    }
}

fn search_rows() -> Vec<Row> {
    rows! {
        Search "properties.publicNetworkAccess" "enabled" => value("enabled"), |r| firewall(r).public_network_access, word;
        Search "properties.networkRuleSet" {} => "Value(())", |r| firewall(r).rules;
        Search "properties.networkRuleSet.bypass" "AzureServices" => value("AzureServices"), |r| firewall(r).bypass, word;
        Search "properties.networkRuleSet.ipRules" [] => "Value([])", |r| firewall(r).ip_rules;
        Search "properties.disableLocalAuth" true => "Value(true)", |r| keys(r).value;
        Search "properties.authOptions" { "apiKeyOnly": {} } => "Value(ApiKeyOnly)", |r| search(r).auth_options;
        Search "properties.semanticSearch" "free" => value("free"), |r| search(r).semantic_search, word;
        Search "properties.replicaCount" 3 => "Value(3)", |r| search(r).replica_count;
        Search "properties.partitionCount" 1 => "Value(1)", |r| search(r).partition_count;
        Search "properties.status" "degraded" => value("degraded"), |r| search(r).status, word;
        Search "properties.dataExfiltrationProtections" ["BlockAll"] => values(&["BlockAll"]), |r| search(r).data_exfiltration_protections;
        Search "properties.disabledDataExfiltrationOptions" ["All"] => values(&["All"]), |r| search(r).data_exfiltration_protections;
        Search "properties.encryptionWithCmk.enforcement" "Unspecified" => value("Unspecified"), |r| search(r).cmk_enforcement, word;
        Search "properties.endpoint" "https://s/" => value("https://s/"), |r| search(r).endpoint;
        Search "properties.sharedPrivateLinkResources" [] => "Value([])", |r| search(r).shared_private_links;
        Search "properties.privateEndpointConnections" [] => "Value([])", |r| firewall(r).private_endpoints;
    }
}

fn cognitive_rows() -> Vec<Row> {
    rows! {
        Cognitive "properties.publicNetworkAccess" "Disabled" => value("Disabled"), |r| firewall(r).public_network_access, word;
        Cognitive "properties.networkAcls" {} => "Value(())", |r| firewall(r).rules;
        Cognitive "properties.networkAcls.defaultAction" "Deny" => value("Deny"), |r| firewall(r).default_action, word;
        Cognitive "properties.networkAcls.bypass" "None" => value("None"), |r| firewall(r).bypass, word;
        Cognitive "properties.networkAcls.ipRules" [] => "Value([])", |r| firewall(r).ip_rules;
        Cognitive "properties.networkAcls.virtualNetworkRules" [] => "Value([])", |r| firewall(r).virtual_network_rules;
        Cognitive "properties.privateEndpointConnections" [] => "Value([])", |r| firewall(r).private_endpoints;
        Cognitive "properties.disableLocalAuth" true => "Value(true)", |r| keys(r).value;
        Cognitive "properties.restrictOutboundNetworkAccess" true => "Value(true)", |r| outbound(r).restrict;
        Cognitive "properties.allowedFqdnList" ["a.b"] => values(&["a.b"]), |r| outbound(r).allowed_fqdns;
        Cognitive "properties.customSubDomainName" "sub" => value("sub"), |r| cognitive(r).custom_sub_domain;
        Cognitive "properties.endpoint" "https://e/" => value("https://e/"), |r| cognitive(r).endpoint;
        Cognitive "properties.allowProjectManagement" true => "Value(true)", |r| cognitive(r).allow_project_management;
        Cognitive "properties.provisioningState" "Succeeded" => value("Succeeded"), |r| cognitive(r).provisioning_state;
        Cognitive "properties.userOwnedStorage" [{ "resourceId": "/s" }] => "[\"/s\"]", |r| cognitive(r).user_owned_storage;
        Cognitive "properties.networkInjections" [{ "subnetArmId": "/n" }] => "[\"/n\"]", |r| cognitive(r).injected_subnets;
        Cognitive "properties.encryption.keySource" "Microsoft.CognitiveServices" => value("Microsoft.CognitiveServices"), |r| encryption(r).key_source, word;
        Cognitive "properties.encryption.keyVaultProperties.identityClientId" "c" => value("c"), |r| encryption(r).identity_client_id;
    }
}

fn workspace_rows() -> Vec<Row> {
    rows! {
        Workspace "properties.publicNetworkAccess" "Enabled" => value("Enabled"), |r| firewall(r).public_network_access, word;
        Workspace "properties.hubResourceId" "/h" => some("/h"), |r| workspace(r).hub;
        Workspace "properties.associatedWorkspaces" ["/p"] => "[\"/p\"]", |r| workspace(r).associated_workspaces;
        Workspace "properties.keyVault" "/k" => some("/k"), |r| workspace(r).key_vault;
        Workspace "properties.storageAccount" "/s" => some("/s"), |r| workspace(r).storage_account;
        Workspace "properties.containerRegistry" "/c" => some("/c"), |r| workspace(r).container_registry;
        Workspace "properties.applicationInsights" "/a" => some("/a"), |r| workspace(r).application_insights;
        Workspace "properties.primaryUserAssignedIdentity" "/i" => some("/i"), |r| workspace(r).primary_identity;
        Workspace "properties.managedNetwork.isolationMode" "Disabled" => value("Disabled"), |r| workspace(r).isolation_mode, word;
        Workspace "properties.managedNetwork.status.status" "Active" => value("Active"), |r| workspace(r).managed_network_status, word;
        Workspace "properties.serviceProvisionedResourceGroup" "azureml-rg" => value("azureml-rg"), |r| workspace(r).managed_group;
        Workspace "properties.enableServiceSideCMKEncryption" true => "Value(true)", |r| workspace(r).service_side_encryption;
        Workspace "properties.systemDatastoresAuthMode" "identity" => value("identity"), |r| workspace(r).datastores_auth_mode, word;
        Workspace "properties.encryption.status" "Enabled" => value("Enabled"), |r| encryption(r).key_source, word;
        Workspace "properties.encryption.keyVaultProperties.keyIdentifier" "https://k" => value("https://k"), |r| encryption(r).key;
        Workspace "properties.encryption.keyVaultProperties.keyVaultArmId" "/k" => some("/k"), |r| encryption(r).vault;
        Workspace "properties.encryption.keyVaultProperties.identityClientId" "c" => value("c"), |r| encryption(r).identity_client_id;
        Workspace "properties.encryption.identity.userAssignedIdentity" "/i" => some("/i"), |r| encryption(r).identity;
        Workspace "properties.encryption.cosmosDbResourceId" "/c" => "[\"/c\"]", |r| workspace(r).own_stores;
        Workspace "properties.encryption.searchAccountResourceId" "/s" => "[\"/s\"]", |r| workspace(r).own_stores;
        Workspace "properties.encryption.storageAccountResourceId" "/t" => "[\"/t\"]", |r| workspace(r).own_stores;
        Workspace "properties.privateEndpointConnections" [] => "Value([])", |r| firewall(r).private_endpoints;
        Workspace "properties.ipAllowlist" ["1.2.3.4"] => values(&["1.2.3.4"]), |r| firewall(r).ip_rules;
    }
}

fn other_rows() -> Vec<Row> {
    rows! {
        Cosmos "properties.publicNetworkAccess" "Enabled" => value("Enabled"), |r| firewall(r).public_network_access, word;
        Cosmos "properties.ipRules" [{ "ipAddressOrRange": "0.0.0.0" }] => values(&["0.0.0.0"]), |r| firewall(r).ip_rules;
        Cosmos "properties.ipRangeFilter" "1.2.3.4, 5.6.7.0/24," => values(&["1.2.3.4", "5.6.7.0/24"]), |r| firewall(r).ip_rules;
        Cosmos "properties.virtualNetworkRules" [] => "Value([])", |r| firewall(r).virtual_network_rules;
        Cosmos "properties.isVirtualNetworkFilterEnabled" true => "Value(true)", |r| firewall(r).virtual_network_filter;
        Cosmos "properties.networkAclBypass" "AzureServices" => value("AzureServices"), |r| firewall(r).bypass, word;
        Cosmos "properties.networkAclBypassResourceIds" ["/b"] => values(&["/b"]), |r| firewall(r).bypass_resource_ids;
        Cosmos "properties.privateEndpointConnections" [] => "Value([])", |r| firewall(r).private_endpoints;
        Cosmos "properties.disableLocalAuth" true => "Value(true)", |r| keys(r).value;
        Cosmos "properties.defaultIdentity" "FirstPartyIdentity" => value("FirstPartyIdentity"), |r| cosmos(r).default_identity;
        Cosmos "properties.customerManagedKeyStatus" "fine" => value("fine"), |r| cosmos(r).customer_managed_key_status;
        Cosmos "properties.disableKeyBasedMetadataWriteAccess" true => "Value(true)", |r| cosmos(r).disable_key_based_metadata_write;
        Cosmos "properties.documentEndpoint" "https://d" => value("https://d"), |r| cosmos(r).endpoint;
        Cosmos "properties.keyVaultKeyUri" "https://k" => value("https://k"), |r| encryption(r).key;
        Vault "properties.publicNetworkAccess" "disabled" => value("disabled"), |r| firewall(r).public_network_access, word;
        Vault "properties.networkAcls" {} => "Value(())", |r| firewall(r).rules;
        Vault "properties.networkAcls.defaultAction" "Deny" => value("Deny"), |r| firewall(r).default_action, word;
        Vault "properties.networkAcls.bypass" "AzureServices" => value("AzureServices"), |r| firewall(r).bypass, word;
        Vault "properties.networkAcls.ipRules" [] => "Value([])", |r| firewall(r).ip_rules;
        Vault "properties.networkAcls.virtualNetworkRules" [] => "Value([])", |r| firewall(r).virtual_network_rules;
        Vault "properties.enableRbacAuthorization" true => "Value(true)", |r| vault(r).rbac_authorization;
        Vault "properties.enableSoftDelete" true => "Value(true)", |r| vault(r).soft_delete;
        Vault "properties.enablePurgeProtection" true => "Value(true)", |r| vault(r).purge_protection;
        Vault "properties.vaultUri" "https://v" => value("https://v"), |r| vault(r).uri;
        Vault "properties.tenantId" "t" => value("t"), |r| vault(r).tenant_id;
        Vault "properties.accessPolicies" [{ "objectId": "o", "permissions": { "keys": ["Get"], "secrets": ["all"] } }] => "[AccessPolicy { object_id: \"o\", keys: [\"Get\"], secrets: [\"all\"] }]", |r| vault(r).access_policies;
        LogWorkspace "properties.customerId" "c" => value("c"), |r| logs(r).customer_id;
        LogWorkspace "properties.retentionInDays" 30 => "Value(30)", |r| logs(r).retention_days;
        LogWorkspace "properties.publicNetworkAccessForIngestion" "Enabled" => value("Enabled"), |r| logs(r).public_ingestion, word;
        LogWorkspace "properties.publicNetworkAccessForQuery" "Disabled" => value("Disabled"), |r| logs(r).public_query, word;
        LogWorkspace "properties.features.disableLocalAuth" true => "Value(true)", |r| keys(r).value;
        UserIdentity "properties.principalId" "p" => value("p"), |r| user_identity(r).principal_id;
        UserIdentity "properties.clientId" "c" => value("c"), |r| user_identity(r).client_id;
        UserIdentity "properties.tenantId" "t" => value("t"), |r| user_identity(r).tenant_id;
        PrivateEndpoint "properties.subnet.id" "/s" => some("/s"), |r| endpoint(r).subnet;
        PrivateEndpoint "properties.privateLinkServiceConnections" [{ "properties": { "privateLinkServiceId": "/t", "groupIds": ["blob"], "privateLinkServiceConnectionState": { "status": "Approved" } } }] => "[PrivateLinkConnection { target: Some(\"/t\"), group_ids: [\"blob\"], status: Value(\"Approved\"), manual: false }]", |r| endpoint(r).connections;
        PrivateEndpoint "properties.manualPrivateLinkServiceConnections" [{}] => "[PrivateLinkConnection { target: None, group_ids: [], status: Absent, manual: true }]", |r| endpoint(r).connections;
        VirtualNetwork "properties.addressSpace.addressPrefixes" ["10.0.0.0/8"] => "[\"10.0.0.0/8\"]", |r| network(r).address_prefixes;
        VirtualNetwork "properties.addressSpace.ipamPoolPrefixAllocations" [{ "pool": { "id": "/p" }, "numberOfIpAddresses": "340282366920938463463374607431768211455", "allocatedAddressPrefixes": ["10.0.0.0/25"] }] => "Value([Allocation { pool: \"/p\", asked: Value(340282366920938463463374607431768211455), prefixes: Value([\"10.0.0.0/25\"]) }])", |r| network(r).allocations;
        VirtualNetwork "properties.subnets" [{ "id": "/s", "properties": { "addressPrefix": "10.0.0.0/24", "serviceEndpoints": [{ "service": "Microsoft.Storage" }], "delegations": [{ "properties": { "serviceName": "Microsoft.App/environments" } }] } }] => "[Subnet { id: \"/s\", address_prefixes: [\"10.0.0.0/24\"], allocations: Absent, service_endpoints: [\"Microsoft.Storage\"], delegations: [\"Microsoft.App/environments\"] }]", |r| network(r).subnets;
    }
}

fn all_rows() -> Vec<Row> {
    let mut rows = common();
    rows.extend(storage_rows());
    rows.extend(search_rows());
    rows.extend(cognitive_rows());
    rows.extend(workspace_rows());
    rows.extend(other_rows());
    rows
}

/// A document in which the parents of `path` are objects, and `leaf` stands at `path`.
fn document(family: Family, path: &str, leaf: Option<Value>) -> Value {
    let mut document = json!({ "id": id_of(family).as_str() });
    let mut place = &mut document;
    let parts: Vec<&str> = path.split('.').collect();
    for part in &parts[..parts.len() - 1] {
        place[*part] = json!({});
        place = &mut place[*part];
    }
    if let Some(leaf) = leaf {
        place[parts[parts.len() - 1]] = leaf;
    }
    document
}

/// How a property without a value is shown: the model keeps the state of some apart, and of some
/// only that there is none.
fn shown_without(row: &Row, state: &Field<()>) -> String {
    if row.shown.starts_with("Some(") {
        "None".to_owned()
    } else if row.shown.starts_with('[') {
        "[]".to_owned()
    } else {
        show(state)
    }
}

fn of_another_shape(good: &Value) -> Value {
    match good {
        Value::String(_) | Value::Array(_) | Value::Object(_) => json!(7),
        _ => json!("odd"),
    }
}

#[test]
fn every_property_in_every_state() {
    for row in all_rows() {
        let name = format!("{:?} {}", row.family, row.path);
        let read = |leaf: Option<Value>| {
            let resource = decode(row.family, document(row.family, row.path, leaf));
            ((row.get)(&resource), resource)
        };

        let (shown, resource) = read(Some(row.good.clone()));
        assert_eq!(shown, row.shown, "{name}, there");
        assert_eq!(issue_paths(&resource), [""; 0], "{name}, there");

        let (shown, resource) = read(None);
        assert_eq!(shown, shown_without(&row, &Field::Absent), "{name}, absent");
        assert_eq!(issue_paths(&resource), [""; 0], "{name}, absent");

        let (shown, resource) = read(Some(Value::Null));
        assert_eq!(shown, shown_without(&row, &Field::Null), "{name}, null");
        assert_eq!(issue_paths(&resource), [""; 0], "{name}, null");

        let (shown, resource) = read(Some(of_another_shape(&row.good)));
        assert_eq!(
            shown,
            shown_without(&row, &Field::Malformed),
            "{name}, wrong"
        );
        assert_eq!(issue_paths(&resource), [row.path], "{name}, wrong");
        assert!(resource.is_unclear_at(row.path), "{name}, wrong");
    }
}

#[test]
fn keys_are_found_in_any_casing() {
    for row in all_rows() {
        for spell in [str::to_uppercase, str::to_lowercase] as [fn(&str) -> String; 2] {
            let document = document(row.family, row.path, Some(row.good.clone()));
            let resource = decode(row.family, respell(&document, spell));
            let shown = (row.get)(&resource);
            assert_eq!(
                shown.to_lowercase(),
                row.shown.to_lowercase(),
                "{:?} {}",
                row.family,
                row.path
            );
        }
    }
}

/// The document with every key in another casing.
fn respell(value: &Value, spell: fn(&str) -> String) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (spell(key), respell(value, spell)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| respell(item, spell)).collect(),
        other => other.clone(),
    }
}

#[test]
fn an_unknown_word_is_kept_with_an_issue() {
    for row in all_rows().into_iter().filter(|row| row.is_word) {
        let leaf = Some(json!("Unheard Of"));
        let resource = decode(row.family, document(row.family, row.path, leaf));
        let name = format!("{:?} {}", row.family, row.path);
        assert_eq!((row.get)(&resource), value("Unheard Of"), "{name}");
        assert_eq!(issue_paths(&resource), [row.path], "{name}");
        let message = &resource.issues[0].message;
        assert!(message.contains("Unheard Of") && message.contains("known values"));
    }
}

#[test]
fn a_broken_object_makes_one_issue_and_leaves_the_rest() {
    for family in Family::ALL {
        let document = json!({
            "id": id_of(family).as_str(), "name": "n", "location": "here", "properties": "broken",
        });
        let resource = decode(family, document);
        assert_eq!(issue_paths(&resource), ["properties"], "{family:?}");
        assert_eq!(resource.location, Field::Value("here".to_owned()));
    }
}
