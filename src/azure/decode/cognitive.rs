//! `Microsoft.CognitiveServices/accounts` of every kind, their deployments, projects and
//! connections (reference `arm/cognitiveservices.md`). ML workspaces have connections of the same
//! shape. Must not know what an absent value means: `analysis` does.

use super::firewall::network_acls;
use super::page::raw;
use super::reader::Reader;
use super::storage::{is_customer_managed, key_uri};
use super::{Context, Parts, head, versions};
use crate::model::facet::{CapabilityHost, Connection, Deployment, Project};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{Cognitive, Details, Encryption, LocalAuth, Outbound};

/// What is an account's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let mut firewall = network_acls(&properties, &["None", "AzureServices"]);
    firewall.bypass = properties
        .object("networkAcls")
        .dated(firewall.bypass, &versions::COGNITIVE_BYPASS);
    Parts {
        firewall: Some(firewall),
        local_auth: Some(LocalAuth {
            path: "properties.disableLocalAuth",
            value: properties.flag("disableLocalAuth"),
            on_when: false,
        }),
        outbound: Some(Outbound {
            restrict: properties.flag("restrictOutboundNetworkAccess"),
            allowed_fqdns: properties.texts("allowedFqdnList"),
        }),
        encryption: Some(encryption(&properties)),
        details: Details::Cognitive(details(&properties)),
    }
}

fn details(properties: &Reader<'_>) -> Cognitive {
    let storage = properties.each("userOwnedStorage", |item| {
        item.required("resourceId", item.id("resourceId"))
    });
    let projects = properties.flag("allowProjectManagement");
    Cognitive {
        custom_sub_domain: properties.filled_text("customSubDomainName"),
        endpoint: properties.text("endpoint"),
        allow_project_management: properties.dated(projects, &versions::COGNITIVE_PROJECTS),
        user_owned_storage: storage.items().to_vec(),
        injected_subnets: injected_subnets(properties),
        provisioning_state: properties.text("provisioningState"),
    }
}

/// A list since 2025-06-01; one object in the previews before it.
fn injected_subnets(properties: &Reader<'_>) -> Vec<ArmId> {
    if properties.is_object_at("networkInjections") {
        let injection = properties.object("networkInjections");
        return injection
            .id("subnetArmId")
            .value()
            .cloned()
            .into_iter()
            .collect();
    }
    let subnets = properties.each("networkInjections", |item| {
        Some(item.id("subnetArmId").value().cloned())
    });
    subnets.items().iter().flatten().cloned().collect()
}

fn encryption(properties: &Reader<'_>) -> Encryption {
    let encryption = properties.object("encryption");
    let key = encryption.object("keyVaultProperties");
    let key_source = encryption.word(
        "keySource",
        &["Microsoft.CognitiveServices", "Microsoft.KeyVault"],
    );
    Encryption {
        customer_managed: is_customer_managed(&key_source, "Microsoft.KeyVault"),
        key_source,
        key: key_uri(
            key.filled_text("keyVaultUri"),
            &key.filled_text("keyName"),
            &key.filled_text("keyVersion"),
        ),
        vault: None,
        identity: None,
        identity_client_id: key.filled_text("identityClientId"),
    }
}

/// One model deployment.
pub(super) fn deployment(item: &Reader<'_>, _: &Context<'_>) -> Option<Deployment> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let model = properties.object("model");
    let sku = item.object("sku");
    Some(Deployment {
        name: head::name(item, &id),
        model: model.text("name"),
        version: model.text("version"),
        sku: sku.text("name"),
        capacity: sku.integer("capacity"),
        provisioning_state: properties.text("provisioningState"),
        raw: raw(item),
        id,
    })
}

/// One project. Its `name` may carry the account's before a slash.
pub(super) fn project(item: &Reader<'_>, _: &Context<'_>) -> Option<Project> {
    let id = item.required("id", item.id("id"))?;
    let name = head::name(item, &id);
    let own = name.rsplit('/').next().unwrap_or(&name).to_owned();
    Some(Project {
        name: own,
        display_name: item.object("properties").text("displayName"),
        principal_id: item
            .object("identity")
            .filled_text("principalId")
            .map(PrincipalId::new),
        raw: raw(item),
        id,
    })
}

/// One connection of an account, a project or a workspace.
pub(super) fn connection(item: &Reader<'_>, _: &Context<'_>) -> Option<Connection> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let resource_id = match properties.object("metadata").id("ResourceId") {
        Field::Value(id) => Some(id),
        _ => None,
    };
    Some(Connection {
        name: head::name(item, &id),
        category: properties.text("category"),
        auth_type: properties.text("authType"),
        target: properties.text("target"),
        resource_id,
        shared_to_all: properties.flag("isSharedToAll"),
        raw: raw(item),
        id,
    })
}

/// One capability host of an account or a project. Its `name` may carry theirs before a slash.
pub(super) fn capability_host(item: &Reader<'_>, _: &Context<'_>) -> Option<CapabilityHost> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let name = head::name(item, &id);
    Some(CapabilityHost {
        name: name.rsplit('/').next().unwrap_or(&name).to_owned(),
        kind: properties.text("capabilityHostKind"),
        subnet: properties.id("customerSubnet").value().cloned(),
        models: properties.texts("aiServicesConnections"),
        storage: properties.texts("storageConnections"),
        threads: properties.texts("threadStorageConnections"),
        vectors: properties.texts("vectorStoreConnections"),
        provisioning_state: properties.text("provisioningState"),
        raw: raw(item),
        id,
    })
}
