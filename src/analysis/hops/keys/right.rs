//! The right to use a customer's key: an access policy of the vault, or roles, as the vault decides
//! (domain-rules H15, E.4).

use serde_json::{Value, json};

use crate::analysis::access::Action;
use crate::analysis::evidence::{Evidence, at};
use crate::analysis::gates;
use crate::analysis::gates::authorization::{self, Claim, Need, roles};
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::remedy::az::{az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{AccessPolicy, Details, Resource, Vault};

use super::Reader;

/// What a reader of a key does with it.
const PERMISSIONS: [&str; 3] = ["get", "wrapKey", "unwrapKey"];

/// Whether the reader may get, wrap and unwrap with the key.
pub(super) fn authorization(
    ground: &Ground<'_>,
    caller: &Resource,
    vault: &Resource,
    key: &ArmId,
    reader: &Reader,
) -> GateVerdict {
    let Details::Vault(details) = &vault.details else {
        return gates::judged(
            Gate::Authorization,
            Verdict::Unknown,
            format!("{} is no vault", vault.name),
            [],
        );
    };
    let mode = Evidence::of(vault, "properties.enableRbacAuthorization");
    // Null and absent both mean access policies.
    let mut gate = match details.rbac_authorization.or_default(false) {
        None => gates::judged(
            Gate::Authorization,
            Verdict::Unknown,
            format!(
                "whether {} goes by roles or by access policies cannot be told",
                vault.name
            ),
            [mode],
        ),
        Some(true) => by_roles(ground, caller, vault, key, reader, mode),
        Some(false) => by_policy(ground, vault, details, reader, mode),
    };
    gate.changed_at = gate.changed_at.max(ground.changed_at(vault));
    gate
}

fn by_roles(
    ground: &Ground<'_>,
    caller: &Resource,
    vault: &Resource,
    key: &ArmId,
    reader: &Reader,
    mode: Evidence,
) -> GateVerdict {
    let needs: Vec<Need> = ["read", "wrap/action", "unwrap/action"]
        .iter()
        .map(|one| Need {
            action: Action::data(format!("Microsoft.KeyVault/vaults/keys/{one}")),
            scope: key.clone(),
            role: roles::CRYPTO_SERVICE,
        })
        .collect();
    let mut gate = authorization::authorization(
        ground,
        &Claim {
            principal: reader.presenter.principal.as_ref(),
            kind: reader.presenter.kind,
            needs: &needs,
            keys: None,
        },
    );
    if matches!(caller.details, Details::Workspace(_)) {
        gate.judged.reason = format!(
            "disputed: {} goes by roles, and the field notes could not use that for a hub's key while Cosmos DB's own page says that it works; by roles alone: {}",
            vault.name, gate.judged.reason
        );
        gate.judged.verdict = Verdict::Unknown;
    }
    gate.judged = gate.judged.proved_by([mode]);
    gate
}

fn by_policy(
    ground: &Ground<'_>,
    vault: &Resource,
    details: &Vault,
    reader: &Reader,
    mode: Evidence,
) -> GateVerdict {
    let unknown = |why: String, proof: Vec<Evidence>| {
        gates::judged(Gate::Authorization, Verdict::Unknown, why, proof)
    };
    let Some(principal) = &reader.presenter.principal else {
        return unknown(
            format!(
                "whether an access policy of {} names {} cannot be told, as its object id was not read",
                vault.name, reader.name
            ),
            vec![Evidence::of(vault, "properties.accessPolicies")],
        )
        .mended_by(reader.presenter.gate.remedies.clone());
    };
    let holders = ground.holders(principal);
    let own: Vec<(usize, &AccessPolicy)> = details
        .access_policies
        .iter()
        .enumerate()
        .filter(|(_, policy)| holders.contains(&policy.object_id))
        .collect();
    let missing: Vec<&str> = PERMISSIONS
        .into_iter()
        .filter(|wanted| {
            !own.iter()
                .any(|(place, policy)| !is_compound(vault, *place) && gives(policy, wanted))
        })
        .collect();
    if missing.is_empty() {
        let proof = own.iter().map(|(place, _)| {
            Evidence::of(
                vault,
                format!("properties.accessPolicies[{place}].permissions.keys"),
            )
        });
        return gates::judged(
            Gate::Authorization,
            Verdict::Open,
            format!(
                "an access policy of {} gives {} {}",
                vault.name,
                reader.name,
                PERMISSIONS.join(", ")
            ),
            proof.chain([mode]),
        );
    }
    let read = details.access_policies.len();
    let nothing = Evidence::listed(
        vault.id.clone(),
        "accessPolicies",
        json!({
            "read": read,
            "why": format!("none gives {} to {principal}", missing.join(", ")),
        }),
        vault.source.observed_at,
    );
    let remedies = mend(vault, &own, principal);
    if vault.is_unclear_at("properties.accessPolicies") {
        return unknown(
            format!("the access policies of {} cannot all be read", vault.name),
            vec![nothing, mode],
        )
        .mended_by(remedies);
    }
    if let Some(doubt) = doubt(ground, vault, details, principal, &missing) {
        return unknown(doubt, vec![nothing, mode]).mended_by(remedies);
    }
    let by_now = if own.is_empty() {
        "none names it"
    } else {
        "the one that names it gives less"
    };
    gates::judged(
        Gate::Authorization,
        Verdict::Shut,
        format!(
            "{} has no access policy of {} with {}: {read} read, {by_now}",
            reader.name,
            vault.name,
            missing.join(", ")
        ),
        own.iter()
            .map(|(place, _)| {
                Evidence::of(
                    vault,
                    format!("properties.accessPolicies[{place}].permissions.keys"),
                )
            })
            .chain([nothing, mode]),
    )
    .mended_by(remedies)
}

fn gives(policy: &AccessPolicy, wanted: &str) -> bool {
    policy
        .keys
        .iter()
        .any(|one| one.eq_ignore_ascii_case(wanted) || one.eq_ignore_ascii_case("all"))
}

/// Whether a policy holds only for a principal that comes through one application.
fn is_compound(vault: &Resource, place: usize) -> bool {
    at(
        &vault.raw,
        &format!("properties.accessPolicies[{place}].applicationId"),
    )
    .and_then(Value::as_str)
    .is_some_and(|app| !app.is_empty())
}

/// A policy that may be the reader's: of a group that it may be in, or bound to an application.
fn doubt(
    ground: &Ground<'_>,
    vault: &Resource,
    details: &Vault,
    principal: &PrincipalId,
    missing: &[&str],
) -> Option<String> {
    for (place, policy) in details.access_policies.iter().enumerate() {
        if !missing.iter().any(|wanted| gives(policy, wanted)) {
            continue;
        }
        if policy.object_id == *principal && is_compound(vault, place) {
            return Some(format!(
                "the access policy of {} that names it holds for one application only",
                vault.name
            ));
        }
        let is_no_group = ground
            .inventory
            .principal(&policy.object_id)
            .is_some_and(|one| one.kind.is("user") || one.kind.is("servicePrincipal"));
        if ground.memberships.of(principal).is_none()
            && policy.object_id != *principal
            && !is_no_group
            && !is_identity_that_was_read(ground, &policy.object_id)
        {
            return Some(format!(
                "no access policy of {} names it, but its groups are not known, and {} may be one of them",
                vault.name, policy.object_id
            ));
        }
    }
    None
}

/// Whether an object id is a managed identity of something that was read: certainly no group.
fn is_identity_that_was_read(ground: &Ground<'_>, id: &PrincipalId) -> bool {
    ground.inventory.resources().any(|resource| {
        let own = resource.identity.value();
        own.is_some_and(|own| {
            own.principal_id.value() == Some(id)
                || own
                    .user_assigned
                    .iter()
                    .any(|one| one.principal_id.value() == Some(id))
        }) || matches!(&resource.details, Details::UserIdentity(own) if own.principal_id.value() == Some(id))
    })
}

fn mend(vault: &Resource, own: &[(usize, &AccessPolicy)], principal: &PrincipalId) -> Vec<Remedy> {
    // The command replaces what the object id has: what is there has to be named again.
    let mut keys: Vec<&str> = own
        .iter()
        .filter(|(_, policy)| policy.object_id == *principal)
        .flat_map(|(_, policy)| policy.keys.iter().map(String::as_str))
        .collect();
    for wanted in PERMISSIONS {
        if !keys.iter().any(|one| one.eq_ignore_ascii_case(wanted)) {
            keys.push(wanted);
        }
    }
    let mut line = on("keyvault set-policy", &vault.id)
        .with("--object-id", principal.as_str())
        .plain("--key-permissions");
    for one in &keys {
        line = line.value(one);
    }
    vec![
        az(line),
        azurerm(
            "azurerm_key_vault_access_policy",
            &vault.name,
            &[
                &format!("key_vault_id    = {}", text(vault.id.as_str())),
                &format!("object_id       = {}", text(principal.as_str())),
                "key_permissions = [\"Get\", \"WrapKey\", \"UnwrapKey\"]",
            ],
        ),
        portal(
            &vault.name,
            ["Access policies", "Create", "Get, Wrap Key, Unwrap Key"],
        ),
    ]
}
