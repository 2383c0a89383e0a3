//! `Microsoft.MachineLearningServices/workspaces`: Foundry hubs, projects and plain workspaces, and
//! the rules of a hub's managed network (reference `arm/machinelearning.md`). Must not know what an
//! absent value means: `analysis` does.

use super::firewall::network_acls;
use super::reader::Reader;
use super::{Context, Parts, versions};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::network::OutboundRule;
use crate::model::resource::{Details, Encryption, Workspace};

/// What is a workspace's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let mut firewall = network_acls(&properties, &["None", "AzureServices"]);
    if matches!(firewall.ip_rules, Field::Absent) {
        // What previews had in place of address rules.
        firewall.ip_rules = properties.texts("ipAllowlist");
    }
    Parts {
        firewall: Some(firewall),
        encryption: Some(encryption(&properties)),
        ..Parts::only(Details::Workspace(details(&properties)))
    }
}

fn details(properties: &Reader<'_>) -> Workspace {
    const ISOLATION: &[&str] = &[
        "Disabled",
        "AllowInternetOutbound",
        "AllowOnlyApprovedOutbound",
    ];
    let id = |name: &str| properties.id(name).value().cloned();
    let network = properties.object("managedNetwork");
    let hub = properties.dated(properties.id("hubResourceId"), &versions::WORKSPACE_HUB);
    let service_side = properties.flag("enableServiceSideCMKEncryption");
    let datastores = properties.word(
        "systemDatastoresAuthMode",
        &["AccessKey", "Identity", "UserDelegationSAS"],
    );
    let isolation = network.word("isolationMode", ISOLATION);
    Workspace {
        hub_state: hub.as_ref().map(|_| ()),
        hub: hub.value().cloned(),
        associated_workspaces: properties.ids("associatedWorkspaces").items().to_vec(),
        key_vault: id("keyVault"),
        storage_account: id("storageAccount"),
        container_registry: id("containerRegistry"),
        application_insights: id("applicationInsights"),
        primary_identity: id("primaryUserAssignedIdentity"),
        isolation_mode: properties.dated(isolation, &versions::WORKSPACE_NETWORK),
        managed_network_status: network
            .object("status")
            .word("status", &["Inactive", "Active"]),
        managed_group: properties
            .filled_text("serviceProvisionedResourceGroup")
            .map(|text| group_name(&text)),
        service_side_encryption: properties.dated(service_side, &versions::WORKSPACE_SERVICE_SIDE),
        datastores_auth_mode: properties.dated(datastores, &versions::WORKSPACE_DATASTORES),
        own_stores: own_stores(properties),
    }
}

/// The group's name, also where the service sends its id.
fn group_name(text: &str) -> String {
    let text = text.trim();
    ArmId::new(text)
        .resource_group()
        .map_or_else(|| text.to_owned(), str::to_owned)
}

fn own_stores(properties: &Reader<'_>) -> Vec<ArmId> {
    let encryption = properties.object("encryption");
    [
        "cosmosDbResourceId",
        "searchAccountResourceId",
        "storageAccountResourceId",
    ]
    .into_iter()
    .filter_map(|name| encryption.id(name).value().cloned())
    .collect()
}

fn encryption(properties: &Reader<'_>) -> Encryption {
    let encryption = properties.object("encryption");
    let key = encryption.object("keyVaultProperties");
    let status = encryption.word("status", &["Enabled", "Disabled"]);
    let customer_managed = match (encryption.state(), &status) {
        (Field::Absent | Field::Null, _) => Some(false),
        (_, Field::Value(word)) if word.eq_ignore_ascii_case("Enabled") => Some(true),
        (_, Field::Value(word)) if word.eq_ignore_ascii_case("Disabled") => Some(false),
        _ => None,
    };
    Encryption {
        key_source: status,
        customer_managed,
        key: key.filled_text("keyIdentifier"),
        vault: key.id("keyVaultArmId").value().cloned(),
        identity: encryption
            .object("identity")
            .id("userAssignedIdentity")
            .value()
            .cloned(),
        identity_client_id: key.filled_text("identityClientId"),
    }
}

/// One rule of a managed network. What it opens is a host, a resource or a service tag.
pub(super) fn outbound_rule(item: &Reader<'_>, _: &Context<'_>) -> Option<OutboundRule> {
    const CATEGORIES: &[&str] = &["Required", "Recommended", "UserDefined", "Dependency"];
    const STATUS: &[&str] = &["Inactive", "Active", "Provisioning", "Deleting", "Failed"];
    let properties = item.object("properties");
    let name = super::head::name_alone(item)?;
    let rule_type = properties.word("type", &["FQDN", "PrivateEndpoint", "ServiceTag"]);
    let destination = if properties.is_object_at("destination") {
        let target = properties.object("destination");
        if rule_type.is("ServiceTag") {
            target.text("serviceTag")
        } else {
            target.text("serviceResourceId")
        }
    } else {
        properties.text("destination")
    };
    Some(OutboundRule {
        name,
        rule_type,
        category: properties.word("category", CATEGORIES),
        status: properties.word("status", STATUS),
        destination,
        raw: super::page::raw(item),
    })
}
