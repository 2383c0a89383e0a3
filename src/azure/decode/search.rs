//! `Microsoft.Search/searchServices` and their shared private links (reference `arm/search.md`).
//! There is no default action and no rule for virtual networks here. Must not know what an absent
//! value means: `analysis` does.

use super::firewall::{PUBLIC_ACCESS, addresses, private_endpoints};
use super::reader::Reader;
use super::{Context, Parts, versions};
use crate::model::field::Field;
use crate::model::network::{Firewall, SharedPrivateLink};
use crate::model::resource::{AuthOptions, Details, Encryption, LocalAuth, Search};

/// What is Search's own of a service.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let rules = properties.object("networkRuleSet");
    let bypass = rules.words("bypass", &["None", "AzurePortal", "AzureServices"]);
    Parts {
        firewall: Some(Firewall {
            public_network_access: properties.word("publicNetworkAccess", PUBLIC_ACCESS),
            rules_path: "properties.networkRuleSet",
            rules: rules.state(),
            bypass: rules.dated(bypass, &versions::SEARCH_BYPASS),
            ip_rules: addresses(&rules, "ipRules", "value"),
            private_endpoints: private_endpoints(&properties),
            ..Firewall::default()
        }),
        local_auth: Some(LocalAuth {
            path: "properties.disableLocalAuth",
            value: properties.flag("disableLocalAuth"),
            on_when: false,
        }),
        outbound: None,
        encryption: encryption(&properties),
        details: Details::Search(details(&properties)),
    }
}

fn details(properties: &Reader<'_>) -> Search {
    const STATUS: &[&str] = &[
        "running",
        "provisioning",
        "deleting",
        "degraded",
        "disabled",
        "error",
        "stopped",
    ];
    let semantic = properties.word("semanticSearch", &["disabled", "free", "standard"]);
    Search {
        auth_options: auth_options(properties),
        semantic_search: properties.dated(semantic, &versions::SEARCH_SEMANTIC),
        replica_count: properties.integer("replicaCount"),
        partition_count: properties.integer("partitionCount"),
        status: properties.word("status", STATUS),
        data_exfiltration_protections: exfiltration(properties),
        cmk_enforcement: properties
            .object("encryptionWithCmk")
            .word("enforcement", &["Disabled", "Enabled", "Unspecified"]),
        endpoint: properties.text("endpoint"),
        shared_private_links: properties.each("sharedPrivateLinkResources", |item| {
            shared_private_link(item)
        }),
    }
}

/// Exactly one of two objects; both, or none, leaves open which callers are accepted.
fn auth_options(properties: &Reader<'_>) -> Field<AuthOptions> {
    let options = properties.object("authOptions");
    options.state().and_then(|()| {
        let keys = options.object("apiKeyOnly");
        let tokens = options.object("aadOrApiKey");
        match (keys.state(), tokens.state()) {
            (Field::Value(()), Field::Absent | Field::Null) => {
                Field::Value(AuthOptions::ApiKeyOnly)
            }
            (Field::Absent | Field::Null, Field::Value(())) => {
                let mode = tokens.word(
                    "aadAuthFailureMode",
                    &["http403", "http401WithBearerChallenge"],
                );
                Field::Value(AuthOptions::AadOrApiKey(mode))
            }
            (Field::Malformed, _) | (_, Field::Malformed) => Field::Malformed,
            _ => {
                properties.note(
                    "authOptions",
                    "should hold exactly one of apiKeyOnly and aadOrApiKey",
                );
                Field::Malformed
            }
        }
    })
}

/// The stable name, else the one of older previews.
fn exfiltration(properties: &Reader<'_>) -> Field<Vec<String>> {
    let protections = match properties.texts("dataExfiltrationProtections") {
        Field::Absent => properties.texts("disabledDataExfiltrationOptions"),
        found => found,
    };
    properties.dated(protections, &versions::SEARCH_EXFILTRATION)
}

/// Keys are named per index on the data plane; only previews name one for the whole service.
fn encryption(properties: &Reader<'_>) -> Option<Encryption> {
    let key = properties
        .object("encryptionWithCmk")
        .object("serviceLevelEncryptionKey");
    key.value()?;
    Some(Encryption {
        customer_managed: Some(true),
        key: super::storage::key_uri(
            key.filled_text("keyVaultUri"),
            &key.filled_text("keyVaultKeyName"),
            &key.filled_text("keyVaultKeyVersion"),
        ),
        ..Encryption::default()
    })
}

/// One item of the list of links.
pub(super) fn listed_link(item: &Reader<'_>, _: &Context<'_>) -> Option<SharedPrivateLink> {
    shared_private_link(item)
}

fn shared_private_link(item: &Reader<'_>) -> Option<SharedPrivateLink> {
    const PROVISIONING: &[&str] = &["Updating", "Deleting", "Failed", "Succeeded", "Incomplete"];
    const STATUS: &[&str] = &["Pending", "Approved", "Rejected", "Disconnected"];
    let properties = item.object("properties");
    let id = item.id("id").value().cloned();
    let name = match (item.filled_text("name"), &id) {
        (Field::Value(name), _) => name,
        (_, Some(id)) => id.name().to_owned(),
        (name, None) => item.required("name", name)?,
    };
    Some(SharedPrivateLink {
        id,
        name,
        group_id: properties.text("groupId"),
        target: properties.id("privateLinkResourceId").value().cloned(),
        status: properties.word("status", STATUS),
        provisioning_state: properties.word("provisioningState", PROVISIONING),
        raw: super::page::raw(item),
    })
}
