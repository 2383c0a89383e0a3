//! `Microsoft.Storage/storageAccounts` and their blob containers (reference `arm/storage.md`).
//! Must not know what an absent value means: `analysis` does.

use super::firewall::{addresses, network_acls};
use super::reader::Reader;
use super::{Context, Parts};
use crate::model::facet::Container;
use crate::model::field::Field;
use crate::model::network::InstanceRule;
use crate::model::resource::{Details, Encryption, LocalAuth, Storage};

/// What is Storage's own of an account.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let rules = properties.object("networkAcls");
    let mut firewall = network_acls(
        &properties,
        &["None", "Logging", "Metrics", "AzureServices"],
    );
    firewall.ip_rules = joined(firewall.ip_rules, addresses(&rules, "ipv6Rules", "value"));
    firewall.resource_access_rules = rules.each("resourceAccessRules", |rule| {
        Some(InstanceRule {
            tenant_id: rule.text("tenantId"),
            resource_id: rule.required("resourceId", rule.text("resourceId"))?,
        })
    });
    Parts {
        firewall: Some(firewall),
        local_auth: Some(LocalAuth {
            path: "properties.allowSharedKeyAccess",
            value: properties.flag("allowSharedKeyAccess"),
            on_when: true,
        }),
        outbound: None,
        encryption: Some(encryption(&properties)),
        details: Details::Storage(Storage {
            allow_blob_public_access: properties.flag("allowBlobPublicAccess"),
            is_hns_enabled: properties.flag("isHnsEnabled"),
            minimum_tls_version: properties.word(
                "minimumTlsVersion",
                &["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"],
            ),
            default_to_oauth: properties.flag("defaultToOAuthAuthentication"),
            endpoints: endpoints(&properties),
        }),
    }
}

/// IPv6 rules stand in a list of their own; for whoever asks who is let in there is one list. What
/// is wrong with either is wrong with both.
fn joined(four: Field<Vec<String>>, six: Field<Vec<String>>) -> Field<Vec<String>> {
    match (four, six) {
        (Field::Value(mut rules), Field::Value(more)) => {
            rules.extend(more);
            Field::Value(rules)
        }
        (Field::Malformed, _) | (_, Field::Malformed) => Field::Malformed,
        (Field::Absent | Field::Null, Field::Value(rules)) if !rules.is_empty() => {
            Field::Value(rules)
        }
        (four, _) => four,
    }
}

fn encryption(properties: &Reader<'_>) -> Encryption {
    let encryption = properties.object("encryption");
    let key = encryption.object("keyvaultproperties");
    let identity = encryption.object("identity");
    let key_source = encryption.word("keySource", &["Microsoft.Storage", "Microsoft.Keyvault"]);
    Encryption {
        customer_managed: is_customer_managed(&key_source, "Microsoft.Keyvault"),
        key_source,
        key: key_uri(
            key.filled_text("keyvaulturi"),
            &key.filled_text("keyname"),
            &key.filled_text("keyversion"),
        ),
        vault: None,
        identity: identity.id("userAssignedIdentity").value().cloned(),
        identity_client_id: Field::Absent,
    }
}

/// Whether the key source is the customer's vault. Nothing said means the service's own key in every
/// service that has a key source; an unclear or unknown one allows no answer.
pub(super) fn is_customer_managed(key_source: &Field<String>, vault: &str) -> Option<bool> {
    match key_source {
        Field::Absent | Field::Null => Some(false),
        Field::Value(source) if source.eq_ignore_ascii_case(vault) => Some(true),
        Field::Value(source) if !source.to_ascii_lowercase().contains("vault") => Some(false),
        _ => None,
    }
}

/// Vault URI, key name and, where one is pinned, version, joined to the key's URI.
pub(super) fn key_uri(
    vault: Field<String>,
    name: &Field<String>,
    version: &Field<String>,
) -> Field<String> {
    vault.and_then(|vault| {
        name.as_ref().and_then(|name| {
            let key = format!("{}/keys/{name}", vault.trim_end_matches('/'));
            match version {
                Field::Value(version) => Field::Value(format!("{key}/{version}")),
                // Without a version the newest is used: that must not be read out of a broken one.
                Field::Malformed => Field::Malformed,
                _ => Field::Value(key),
            }
        })
    })
}

/// `primaryEndpoints`; objects among them hold the same for other routings.
fn endpoints(properties: &Reader<'_>) -> Vec<(String, String)> {
    let Field::Value(entries) = properties.entries("primaryEndpoints") else {
        return Vec::new();
    };
    entries
        .into_iter()
        .filter(|(_, url)| url.value().is_some_and(|url| !url.is_object()))
        .filter_map(|(service, url)| {
            let service = crate::model::text::safe(service).into_owned();
            Some((service, url.as_text()?))
        })
        .collect()
}

/// One blob container.
pub(super) fn container(item: &Reader<'_>, _: &Context<'_>) -> Option<Container> {
    let id = item.required("id", item.id("id"))?;
    Some(Container {
        name: super::head::name(item, &id),
        public_access: item
            .object("properties")
            .word("publicAccess", &["Container", "Blob", "None"]),
        raw: super::page::raw(item),
        id,
    })
}
