//! `Microsoft.KeyVault/vaults` and their keys, metadata only (reference `arm/keyvault.md`). Must not
//! know what an absent value means: `analysis` does.

use super::firewall::network_acls;
use super::page::raw;
use super::reader::Reader;
use super::{Context, Parts, head};
use crate::model::facet::VaultKey;
use crate::model::id::PrincipalId;
use crate::model::resource::{AccessPolicy, Details, Vault};

/// What is a vault's own.
pub(super) fn read(body: &Reader<'_>) -> Parts {
    let properties = body.object("properties");
    let policies = properties.each("accessPolicies", policy);
    Parts {
        firewall: Some(network_acls(&properties, &["None", "AzureServices"])),
        ..Parts::only(Details::Vault(Vault {
            rbac_authorization: properties.flag("enableRbacAuthorization"),
            access_policies: policies.items().to_vec(),
            soft_delete: properties.flag("enableSoftDelete"),
            purge_protection: properties.flag("enablePurgeProtection"),
            uri: properties.text("vaultUri"),
            tenant_id: properties.text("tenantId"),
        }))
    }
}

fn policy(item: &Reader<'_>) -> Option<AccessPolicy> {
    let object_id = item.required("objectId", item.filled_text("objectId"))?;
    let permissions = item.object("permissions");
    Some(AccessPolicy {
        object_id: PrincipalId::new(object_id),
        keys: permissions.texts("keys").items().to_vec(),
        secrets: permissions.texts("secrets").items().to_vec(),
    })
}

/// One key. Times are unix seconds here.
pub(super) fn key(item: &Reader<'_>, _: &Context<'_>) -> Option<VaultKey> {
    let id = item.required("id", item.id("id"))?;
    let properties = item.object("properties");
    let attributes = properties.object("attributes");
    Some(VaultKey {
        name: head::name(item, &id),
        enabled: attributes.flag("enabled"),
        expires: attributes.integer("exp"),
        not_before: attributes.integer("nbf"),
        uri: properties.text("keyUri"),
        raw: raw(item),
        id,
    })
}
