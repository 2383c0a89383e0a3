//! `details`: what only one service has, under Azure's own names.

use serde_json::{Map, Value, json};

use crate::model::field::Field;
use crate::model::ipam::Allocation;
use crate::model::resource::{
    AuthOptions, Cognitive, Cosmos, Details, LogWorkspace, PrivateEndpoint, Search, Storage,
    UserIdentity, Vault, VirtualNetwork, Workspace,
};

use super::write::{Object, put, put_flag, put_id, put_ids, put_number, put_text, put_texts};

pub(super) fn of(details: &Details) -> Object {
    let mut out = Map::new();
    match details {
        Details::Storage(one) => storage(one, &mut out),
        Details::Search(one) => search(one, &mut out),
        Details::Cognitive(one) => cognitive(one, &mut out),
        Details::Workspace(one) => workspace(one, &mut out),
        Details::Cosmos(one) => cosmos(one, &mut out),
        Details::Vault(one) => vault(one, &mut out),
        Details::LogWorkspace(one) => logs(one, &mut out),
        Details::UserIdentity(one) => identity(one, &mut out),
        Details::PrivateEndpoint(one) => endpoint(one, &mut out),
        Details::VirtualNetwork(one) => network(one, &mut out),
    }
    out
}

fn storage(one: &Storage, out: &mut Object) {
    put_flag(out, "allowBlobPublicAccess", &one.allow_blob_public_access);
    put_flag(out, "isHnsEnabled", &one.is_hns_enabled);
    put_text(out, "minimumTlsVersion", &one.minimum_tls_version);
    put_flag(out, "defaultToOAuthAuthentication", &one.default_to_oauth);
    if !one.endpoints.is_empty() {
        let endpoints: Object = one
            .endpoints
            .iter()
            .map(|(name, url)| (name.clone(), url.as_str().into()))
            .collect();
        out.insert("primaryEndpoints".into(), endpoints.into());
    }
}

fn search(one: &Search, out: &mut Object) {
    put(
        out,
        "authOptions",
        &one.auth_options,
        |options| match options {
            AuthOptions::ApiKeyOnly => json!({ "apiKeyOnly": {} }),
            AuthOptions::AadOrApiKey(mode) => {
                let mut inner = Map::new();
                put_text(&mut inner, "aadAuthFailureMode", mode);
                json!({ "aadOrApiKey": inner })
            }
        },
    );
    put_text(out, "semanticSearch", &one.semantic_search);
    put_number(out, "replicaCount", &one.replica_count);
    put_number(out, "partitionCount", &one.partition_count);
    put_text(out, "status", &one.status);
    put_texts(
        out,
        "dataExfiltrationProtections",
        &one.data_exfiltration_protections,
    );
    put_text(out, "encryptionWithCmkEnforcement", &one.cmk_enforcement);
    put_text(out, "endpoint", &one.endpoint);
}

fn cognitive(one: &Cognitive, out: &mut Object) {
    put_text(out, "customSubDomainName", &one.custom_sub_domain);
    put_text(out, "endpoint", &one.endpoint);
    put_flag(out, "allowProjectManagement", &one.allow_project_management);
    put_ids(out, "userOwnedStorage", &one.user_owned_storage);
    put_ids(out, "injectedSubnets", &one.injected_subnets);
    put_text(out, "provisioningState", &one.provisioning_state);
}

fn workspace(one: &Workspace, out: &mut Object) {
    put_id(out, "hubResourceId", one.hub.as_ref());
    put_ids(out, "associatedWorkspaces", &one.associated_workspaces);
    put_id(out, "keyVault", one.key_vault.as_ref());
    put_id(out, "storageAccount", one.storage_account.as_ref());
    put_id(out, "containerRegistry", one.container_registry.as_ref());
    put_id(
        out,
        "applicationInsights",
        one.application_insights.as_ref(),
    );
    put_id(
        out,
        "primaryUserAssignedIdentity",
        one.primary_identity.as_ref(),
    );
    put_text(out, "isolationMode", &one.isolation_mode);
    put_text(out, "managedNetworkStatus", &one.managed_network_status);
    put_text(out, "serviceProvisionedResourceGroup", &one.managed_group);
    put_flag(
        out,
        "enableServiceSideCMKEncryption",
        &one.service_side_encryption,
    );
    put_text(out, "systemDatastoresAuthMode", &one.datastores_auth_mode);
    put_ids(out, "ownStores", &one.own_stores);
}

fn cosmos(one: &Cosmos, out: &mut Object) {
    put_text(out, "defaultIdentity", &one.default_identity);
    put_text(
        out,
        "customerManagedKeyStatus",
        &one.customer_managed_key_status,
    );
    put_flag(
        out,
        "disableKeyBasedMetadataWriteAccess",
        &one.disable_key_based_metadata_write,
    );
    put_text(out, "documentEndpoint", &one.endpoint);
}

fn vault(one: &Vault, out: &mut Object) {
    put_flag(out, "enableRbacAuthorization", &one.rbac_authorization);
    if !one.access_policies.is_empty() {
        let policies: Vec<Value> = one
            .access_policies
            .iter()
            .map(|policy| {
                json!({
                    "objectId": policy.object_id.as_str(),
                    "keys": policy.keys,
                    "secrets": policy.secrets,
                })
            })
            .collect();
        out.insert("accessPolicies".into(), policies.into());
    }
    put_flag(out, "enableSoftDelete", &one.soft_delete);
    put_flag(out, "enablePurgeProtection", &one.purge_protection);
    put_text(out, "vaultUri", &one.uri);
    put_text(out, "tenantId", &one.tenant_id);
}

fn logs(one: &LogWorkspace, out: &mut Object) {
    put_text(out, "customerId", &one.customer_id);
    put_number(out, "retentionInDays", &one.retention_days);
    put_text(
        out,
        "publicNetworkAccessForIngestion",
        &one.public_ingestion,
    );
    put_text(out, "publicNetworkAccessForQuery", &one.public_query);
}

fn identity(one: &UserIdentity, out: &mut Object) {
    put(out, "principalId", &one.principal_id, |id| {
        id.as_str().into()
    });
    put_text(out, "clientId", &one.client_id);
    put_text(out, "tenantId", &one.tenant_id);
}

fn endpoint(one: &PrivateEndpoint, out: &mut Object) {
    put_id(out, "subnet", one.subnet.as_ref());
    let connections: Vec<Value> = one
        .connections
        .iter()
        .map(|connection| {
            let mut inner = Map::new();
            put_id(&mut inner, "target", connection.target.as_ref());
            inner.insert("groupIds".into(), connection.group_ids.as_slice().into());
            put_text(&mut inner, "status", &connection.status);
            inner.insert("manual".into(), connection.manual.into());
            inner.into()
        })
        .collect();
    out.insert("connections".into(), connections.into());
}

fn network(one: &VirtualNetwork, out: &mut Object) {
    out.insert(
        "addressPrefixes".into(),
        one.address_prefixes.as_slice().into(),
    );
    allocations(out, &one.allocations);
    let subnets: Vec<Value> = one
        .subnets
        .iter()
        .map(|subnet| {
            let mut inner = Map::new();
            allocations(&mut inner, &subnet.allocations);
            let known = json!({
                "id": subnet.id.as_str(),
                "addressPrefixes": subnet.address_prefixes,
                "serviceEndpoints": subnet.service_endpoints,
                "delegations": subnet.delegations,
            });
            if let Value::Object(known) = known {
                inner.extend(known);
            }
            Value::Object(inner)
        })
        .collect();
    out.insert("subnets".into(), subnets.into());
}

/// What is drawn from pools. Counts are texts, as Azure writes them: they may exceed 64 bits.
fn allocations(out: &mut Object, drawn: &Field<Vec<Allocation>>) {
    put(out, "ipamPoolPrefixAllocations", drawn, |entries| {
        entries
            .iter()
            .map(|one| {
                let mut inner = Map::new();
                put_id(&mut inner, "pool", Some(&one.pool));
                put(&mut inner, "numberOfIpAddresses", &one.asked, |count| {
                    count.to_string().into()
                });
                put_texts(&mut inner, "allocatedAddressPrefixes", &one.prefixes);
                Value::Object(inner)
            })
            .collect::<Vec<_>>()
            .into()
    });
}
