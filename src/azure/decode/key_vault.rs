//! `Microsoft.KeyVault/vaults`, their keys and the versions of those, metadata only (reference `arm/keyvault.md`). Must not
//! know what an absent value means: `analysis` does.

use super::body::Body;
use super::firewall::network_acls;
use super::page::{Decoded, Page, raw};
use super::reader::{Notes, Reader};
use super::{Context, Parts, head};
use crate::model::facet::{LifetimeAction, VaultKey};
use crate::model::field::Field;
use crate::model::id::PrincipalId;
use crate::model::key::Key;
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

/// One key, or one version of one. Times are unix seconds here.
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
        version_uri: properties.filled_text("keyUriWithVersion"),
        kind: properties.text("kty"),
        size: properties.integer("keySize"),
        curve: properties.text("curveName"),
        operations: properties.texts("keyOps"),
        rotation: rotation(&properties),
        raw: raw(item),
        id,
    })
}

/// A policy that is there and rotates nothing is a policy all the same: an empty list.
fn rotation(properties: &Reader<'_>) -> Field<Vec<LifetimeAction>> {
    let policy = properties.object("rotationPolicy");
    policy.state().and_then(|()| {
        let actions = policy.each("lifetimeActions", |item| {
            let trigger = item.object("trigger");
            Some(LifetimeAction {
                action: item.object("action").text("type"),
                after_create: trigger.filled_text("timeAfterCreate"),
                before_expiry: trigger.filled_text("timeBeforeExpiry"),
            })
        });
        match actions {
            Field::Absent | Field::Null => Field::Value(Vec::new()),
            told => told,
        }
    })
}

/// One key, answered as a document of its own.
pub(super) fn document(asked: &Key, body: Body<'_>, context: &Context<'_>) -> Decoded {
    let notes = Notes::new(asked.words(), context);
    let root = body.root(&notes);
    let found = key(&root, context);
    drop(root);
    Decoded {
        page: Page::Keys(found.into_iter().collect()),
        issues: notes.into_issues(),
    }
}
