//! `Microsoft.DocumentDB/databaseAccounts` (reference `arm/cosmosdb.md`). There is no rule object:
//! the rules stand side by side among the properties. Must not know what an absent value means:
//! `analysis` does.

use super::firewall::{PUBLIC_ACCESS, addresses, private_endpoints, subnets};
use super::reader::Reader;
use super::{Parts, versions};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::network::Firewall;
use crate::model::resource::{Cosmos, Details, Encryption, LocalAuth};

/// What is an account's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let public_access = properties.word("publicNetworkAccess", PUBLIC_ACCESS);
    let default_identity = properties.text("defaultIdentity");
    Parts {
        firewall: Some(Firewall {
            public_network_access: properties.dated(public_access, &versions::COSMOS_PUBLIC_ACCESS),
            rules_path: "properties",
            rules: properties.state(),
            bypass: properties.word("networkAclBypass", &["None", "AzureServices"]),
            ip_rules: ip_rules(&properties),
            virtual_network_rules: subnets(&properties, "virtualNetworkRules"),
            virtual_network_filter: properties.flag("isVirtualNetworkFilterEnabled"),
            bypass_resource_ids: properties.texts("networkAclBypassResourceIds"),
            private_endpoints: private_endpoints(&properties),
            ..Firewall::default()
        }),
        local_auth: Some(LocalAuth {
            path: "properties.disableLocalAuth",
            value: properties.flag("disableLocalAuth"),
            on_when: false,
        }),
        encryption: Some(encryption(&properties, &default_identity)),
        ..Parts::only(Details::Cosmos(Cosmos {
            default_identity,
            customer_managed_key_status: properties.text("customerManagedKeyStatus"),
            disable_key_based_metadata_write: properties.flag("disableKeyBasedMetadataWriteAccess"),
            endpoint: properties.text("documentEndpoint"),
        }))
    }
}

/// A list of objects; before 2020-04-01 one text with commas.
fn ip_rules(properties: &Reader<'_>) -> Field<Vec<String>> {
    let rules = match addresses(properties, "ipRules", "ipAddressOrRange") {
        Field::Absent => properties.text("ipRangeFilter").map(|text| {
            text.split(',')
                .map(str::trim)
                .filter(|rule| !rule.is_empty())
                .map(str::to_owned)
                .collect()
        }),
        rules => rules,
    };
    properties.dated(rules, &versions::COSMOS_IP_RULES)
}

fn encryption(properties: &Reader<'_>, default_identity: &Field<String>) -> Encryption {
    let key = properties.filled_text("keyVaultKeyUri");
    Encryption {
        customer_managed: match &key {
            Field::Value(_) => Some(true),
            Field::Absent | Field::Null => Some(false),
            Field::Malformed | Field::Unreported(_) => None,
        },
        key,
        identity: default_identity.text().and_then(user_assigned),
        ..Encryption::default()
    }
}

/// The id in `UserAssignedIdentity=<id>`.
fn user_assigned(default_identity: &str) -> Option<ArmId> {
    let (kind, id) = default_identity.split_once('=')?;
    let id = id.trim();
    (kind.trim().eq_ignore_ascii_case("UserAssignedIdentity") && !id.is_empty())
        .then(|| ArmId::new(id))
}
