//! What every resource has, whatever its service: id, name, kind, place, size, tags, identity and
//! who touched it last. Must not know any service but for where it keeps its SKU.

use super::Context;
use super::reader::Reader;
use super::versions;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{AssignedIdentity, Family, Identity, SystemData};

/// The common part of a resource.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) kind: Field<String>,
    pub(super) location: Field<String>,
    pub(super) sku: Field<String>,
    pub(super) managed_by: Field<String>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) identity: Field<Identity>,
    pub(super) system_data: SystemData,
}

/// The document's own id, else the one that was asked for.
pub(super) fn id(body: &Reader<'_>, context: &Context<'_>) -> Option<ArmId> {
    match body.id("id") {
        Field::Value(id) => Some(id),
        Field::Malformed => context.requested.cloned(),
        Field::Absent | Field::Null | Field::Unreported(_) => {
            let requested = context.requested?;
            body.note("id", "is missing; the id that was asked for stands in");
            Some(requested.clone())
        }
    }
}

/// The common part.
pub(super) fn read(family: Family, id: &ArmId, body: &Reader<'_>) -> Head {
    let kind = match family {
        Family::Workspace => body.dated(
            body.word("kind", &["Default", "Hub", "Project", "FeatureStore"]),
            &versions::WORKSPACE_KIND,
        ),
        _ => body.text("kind"),
    };
    Head {
        name: name(body, id),
        kind,
        location: body.text("location"),
        sku: sku(family, body),
        managed_by: body.text("managedBy"),
        tags: tags(body),
        identity: identity(body),
        system_data: system_data(body),
    }
}

/// `name`, else the last segment of the id.
pub(super) fn name(body: &Reader<'_>, id: &ArmId) -> String {
    match body.filled_text("name") {
        Field::Value(name) => name,
        _ => id.name().to_owned(),
    }
}

/// The name of a thing whose id the model does not keep: `name`, else the last segment of the id.
pub(super) fn name_alone(item: &Reader<'_>) -> Option<String> {
    match item.filled_text("name") {
        Field::Value(name) => Some(name),
        name => match item.id("id") {
            Field::Value(id) => Some(id.name().to_owned()),
            _ => item.required("name", name),
        },
    }
}

fn sku(family: Family, body: &Reader<'_>) -> Field<String> {
    match family {
        // These two keep it among their properties.
        Family::LogWorkspace | Family::Vault => {
            body.object("properties").object("sku").text("name")
        }
        _ => body.object("sku").text("name"),
    }
}

fn tags(body: &Reader<'_>) -> Vec<(String, String)> {
    let Field::Value(entries) = body.entries("tags") else {
        return Vec::new();
    };
    entries
        .into_iter()
        .filter_map(|(key, value)| {
            let key = crate::model::text::safe(key).into_owned();
            match value.state() {
                Field::Null => Some((key, String::new())),
                _ => Some((key, value.as_text()?)),
            }
        })
        .collect()
}

fn identity(body: &Reader<'_>) -> Field<Identity> {
    let identity = body.object("identity");
    identity.state().map(|()| Identity {
        // Azure writes `SystemAssigned,UserAssigned` with a space after the comma, or without.
        identity_type: identity.words("type", &["None", "SystemAssigned", "UserAssigned"]),
        principal_id: identity.filled_text("principalId").map(PrincipalId::new),
        tenant_id: identity.filled_text("tenantId"),
        user_assigned: assigned(&identity),
    })
}

fn assigned(identity: &Reader<'_>) -> Vec<AssignedIdentity> {
    let Field::Value(entries) = identity.entries("userAssignedIdentities") else {
        return Vec::new();
    };
    entries
        .into_iter()
        .map(|(id, entry)| {
            // Some providers answer `null` or `{}` here: the identity is assigned all the same.
            let entry = match entry.state() {
                Field::Value(()) => entry.as_object(),
                _ => None,
            };
            let text = |name: &str| {
                entry
                    .as_ref()
                    .map_or(Field::Absent, |entry| entry.filled_text(name))
            };
            AssignedIdentity {
                id: ArmId::new(crate::model::text::safe(id)),
                principal_id: text("principalId").map(PrincipalId::new),
                client_id: text("clientId"),
            }
        })
        .collect()
}

fn system_data(body: &Reader<'_>) -> SystemData {
    let data = body.object("systemData");
    SystemData {
        created_at: data.time("createdAt"),
        last_modified_at: data.time("lastModifiedAt"),
        last_modified_by: data.text("lastModifiedBy"),
    }
}
