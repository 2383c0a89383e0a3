//! Which identity reads a customer's key, and what it is called.

use serde_json::json;

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::facets;
use crate::analysis::gates;
use crate::analysis::gates::identity::{self, Presenter};
use crate::analysis::ground::Ground;
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::{Assignee, az};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::access::COSMOS_APP_ID;
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::key::{AppId, Key};
use crate::model::resource::{Details, Resource};
use crate::store::{Payload, Slice};

/// What Azure Cosmos DB's own principal is called in every tenant.
const COSMOS_NAME: &str = "Azure Cosmos DB";

/// The application id is the public cloud's; other clouds have another.
const PUBLIC_VAULTS: &str = "vault.azure.net";

/// Who reads the key.
pub(super) struct Reader {
    /// What `via` names.
    pub(super) name: String,
    /// Its identity gate, object id, credential.
    pub(super) presenter: Presenter,
}

impl Reader {
    /// The system-assigned identity, which is called as its resource is.
    pub(super) fn system(ground: &Ground<'_>, resource: &Resource) -> Self {
        Self {
            name: resource.name.clone(),
            presenter: identity::system(ground, resource),
        }
    }

    /// A user-assigned identity that the definition names.
    pub(super) fn user_assigned(ground: &Ground<'_>, resource: &Resource, id: &ArmId) -> Self {
        Self {
            name: id.name().to_owned(),
            presenter: identity::user_assigned(ground, resource, id),
        }
    }

    /// It cannot be told.
    pub(super) fn unclear(why: &str, proof: Evidence) -> Self {
        Self {
            name: "not known".to_owned(),
            presenter: identity::unclear(why, [proof]),
        }
    }
}

/// Who reads the key that a resource's own body names.
pub(super) fn of(ground: &Ground<'_>, resource: &Resource) -> Reader {
    let encryption = resource.encryption.clone().unwrap_or_default();
    if let Details::Cosmos(cosmos) = &resource.details {
        let proof = || Evidence::of(resource, "properties.defaultIdentity");
        return match (&cosmos.default_identity, &encryption.identity) {
            (_, Some(id)) => Reader::user_assigned(ground, resource, id),
            (Field::Value(word), None) if word.eq_ignore_ascii_case("SystemAssignedIdentity") => {
                Reader::system(ground, resource)
            }
            (Field::Value(word), None) if !word.eq_ignore_ascii_case("FirstPartyIdentity") => {
                Reader::unclear("which identity reads the key cannot be read", proof())
            }
            (field, None) if field.is_unclear() => {
                Reader::unclear("which identity reads the key cannot be read", proof())
            }
            _ => cosmos_of(ground, &resource.id, Some(proof())),
        };
    }
    if let Some(id) = &encryption.identity {
        return Reader::user_assigned(ground, resource, id);
    }
    match encryption.identity_client_id.text().map(str::trim) {
        Some(client) if !client.is_empty() => by_client_id(ground, resource, client),
        _ if encryption.identity_client_id.is_unclear() => Reader::unclear(
            "which identity reads the key cannot be read",
            Evidence::of(resource, "properties.encryption"),
        ),
        _ => Reader::system(ground, resource),
    }
}

/// The user-assigned identity with a client id.
fn by_client_id(ground: &Ground<'_>, resource: &Resource, client: &str) -> Reader {
    let is = |field: &Field<String>| field.is(client);
    let assigned = resource.identity.value().and_then(|own| {
        own.user_assigned
            .iter()
            .find(|one| is(&one.client_id))
            .map(|one| one.id.clone())
    });
    let found = assigned.or_else(|| {
        ground
            .inventory
            .resources()
            .find(|one| matches!(&one.details, Details::UserIdentity(own) if is(&own.client_id)))
            .map(|one| one.id.clone())
    });
    match found {
        Some(id) => Reader::user_assigned(ground, resource, &id),
        None => Reader {
            name: client.to_owned(),
            ..Reader::unclear(
                "the key is read by a client id that no identity of the resource has",
                Evidence::of(
                    resource,
                    "properties.encryption.keyVaultProperties.identityClientId",
                ),
            )
        },
    }
}

/// An application that presents a secret of its own.
pub(super) fn app(app: &str, proof: Evidence) -> Reader {
    Reader {
        name: app.to_owned(),
        ..Reader::unclear(
            "an application reads the key with a secret of its own, and which object id it has in this tenant was not read",
            proof,
        )
    }
}

/// Azure Cosmos DB's own principal, for an account that was not read.
pub(super) fn cosmos(ground: &Ground<'_>, scope: &ArmId) -> Reader {
    cosmos_of(ground, scope, None)
}

fn cosmos_of(ground: &Ground<'_>, scope: &ArmId, proof: Option<Evidence>) -> Reader {
    let is_public = ground
        .judging
        .suffix
        .vault
        .eq_ignore_ascii_case(PUBLIC_VAULTS);
    let slice = directory(ground, scope);
    let principals = match slice.and_then(|slice| slice.value.as_deref()) {
        Some(Payload::Principals(items)) => items.as_slice(),
        _ => &[],
    };
    let found = principals
        .iter()
        .find(|one| one.app_id.is(COSMOS_APP_ID))
        .or_else(|| principals.iter().find(|one| one.app_id.is_unset()));
    let missing = match slice {
        None => Some("was not asked for".to_owned()),
        Some(slice) => facets::why_missing(slice).map(|why| singular(&why)),
    };
    let mut evidence: Vec<Evidence> = proof.into_iter().collect();
    let (verdict, reason) = match (found, missing) {
        (Some(one), _) => {
            evidence.push(Evidence::from(Property {
                resource: ArmId::new(format!("/servicePrincipals/{}", one.id)),
                path: "appId".into(),
                value: one.app_id.text().map(|id| json!(id)),
                observed_at: slice
                    .and_then(|slice| slice.observed_at)
                    .unwrap_or(ground.now),
                request_id: None,
            }));
            (
                Verdict::Open,
                format!("{COSMOS_NAME}'s own principal is in the tenant"),
            )
        }
        (None, Some(why)) => (
            Verdict::Unknown,
            format!("{COSMOS_NAME} reads the key as its own principal, which {why}"),
        ),
        (None, None) if !is_public => (
            Verdict::Unknown,
            format!(
                "{COSMOS_NAME} reads the key as its own principal, whose application id is known for the public cloud only"
            ),
        ),
        (None, None) => {
            evidence.push(Evidence::listed(
                ArmId::new("/servicePrincipals"),
                "servicePrincipals",
                json!({ "read": principals.len(), "why": format!("none has appId {COSMOS_APP_ID}") }),
                slice
                    .and_then(|slice| slice.observed_at)
                    .unwrap_or(ground.now),
            ));
            (
                Verdict::Shut,
                format!(
                    "{COSMOS_NAME} reads the key as its own principal, and the tenant has none with application id {COSMOS_APP_ID}"
                ),
            )
        }
    };
    let gate = gates::judged(Gate::Identity, verdict, reason, evidence);
    let gate = match verdict {
        Verdict::Open => gate,
        Verdict::Shut => gate.mended_by([
            az(Line::of("az ad sp create").with("--id", COSMOS_APP_ID)),
            portal(
                "Microsoft Entra ID",
                ["Enterprise applications", "New application", COSMOS_APP_ID],
            ),
        ]),
        _ => gate.mended_by([
            az(Line::of("az ad sp show").with("--id", COSMOS_APP_ID)),
            portal(
                "Microsoft Entra ID",
                [
                    "Roles and administrators",
                    "Directory Readers",
                    "add whoever looks",
                ],
            ),
        ]),
    };
    Reader {
        name: COSMOS_NAME.to_owned(),
        presenter: Presenter {
            gate,
            principal: found.map(|one| PrincipalId::new(one.id.as_str())),
            credential: Credential::SystemIdentity,
            kind: Assignee::ServicePrincipal,
        },
    }
}

fn singular(why: &str) -> String {
    why.replacen("are not read", "is not read", 1)
        .replacen("were refused", "Graph refused to name", 1)
        .replacen("may read them", "may read it", 1)
}

/// What the directory of a resource's tenant said of the application.
fn directory<'g>(ground: &'g Ground<'_>, scope: &ArmId) -> Option<&'g Slice> {
    let tenant = scope
        .subscription()
        .and_then(|id| ground.inventory.subscription(&id))
        .and_then(|one| one.tenant_id.clone());
    let snapshot = ground.inventory.snapshot();
    let key = |tenant| Key::ServicePrincipalOf(tenant, AppId::new(COSMOS_APP_ID));
    snapshot
        .slice(&key(tenant))
        .or_else(|| snapshot.slice(&key(None)))
}
