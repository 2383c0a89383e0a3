//! What a connection's token has to be allowed at each kind of target.

use serde_json::json;

use crate::analysis::access::Action;
use crate::analysis::access::action::{Match, any_permits};
use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::gates;
use crate::analysis::gates::authorization::{Claim, Need, Role, authorization, roles};
use crate::analysis::gates::identity::Presenter;
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::az::{az, on, on_named};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{Details, Family, Resource};

/// Reads the values of secrets.
const SECRETS_USER: Role = Role {
    name: "Key Vault Secrets User",
    id: "4633458b-17de-408a-b874-0445c86b69e6",
};

/// Whether the presenter may do at the target what a connection is for; none where no right is known
/// that the target would ask for.
pub(super) fn of(
    ground: &Ground<'_>,
    presenter: &Presenter,
    target: &Resource,
    container: Option<&str>,
) -> Option<GateVerdict> {
    let need = |name: &'static str, scope: ArmId, role: Role| Need {
        action: Action::data(name),
        scope,
        role,
    };
    let own = || target.id.clone();
    let need = match &target.details {
        Details::Storage(_) => need(
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            container.map_or_else(own, |name| {
                target
                    .id
                    .child(&format!("blobServices/default/containers/{name}"))
            }),
            roles::BLOB_READER,
        ),
        Details::Search(_) => need(
            "Microsoft.Search/searchServices/indexes/documents/read",
            own(),
            roles::INDEX_READER,
        ),
        Details::Cognitive(_) if target.kind.is("OpenAI") || target.kind.is("AIServices") => need(
            "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
            own(),
            roles::OPENAI_USER,
        ),
        Details::Vault(vault) => match vault.rbac_authorization.or_default(false) {
            Some(true) => need(
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                own(),
                SECRETS_USER,
            ),
            Some(false) => return Some(by_policy(ground, presenter, target)),
            None => {
                return Some(gates::judged(
                    Gate::Authorization,
                    Verdict::Unknown,
                    format!(
                        "whether {} goes by roles or by access policies cannot be told",
                        target.name
                    ),
                    [Evidence::of(target, "properties.enableRbacAuthorization")],
                ));
            }
        },
        Details::Cosmos(_) => return Some(of_items(ground, presenter, target, &READ)),
        _ => return None,
    };
    Some(authorization(
        ground,
        &Claim {
            principal: presenter.principal.as_ref(),
            kind: presenter.kind,
            needs: &[need],
            keys: None,
        },
    ))
}

fn nobody(target: &Resource) -> GateVerdict {
    gates::judged(
        Gate::Authorization,
        Verdict::Unknown,
        format!(
            "whose rights at {} count is not known, as the identity could not be read",
            target.name
        ),
        [],
    )
}

/// A vault's access policies: may the values of secrets be read?
fn by_policy(ground: &Ground<'_>, presenter: &Presenter, vault: &Resource) -> GateVerdict {
    let (Some(principal), Details::Vault(details)) = (&presenter.principal, &vault.details) else {
        return nobody(vault);
    };
    let holders = ground.holders(principal);
    let gives = |keys: &[String]| {
        keys.iter()
            .any(|one| one.eq_ignore_ascii_case("get") || one.eq_ignore_ascii_case("all"))
    };
    let found = details
        .access_policies
        .iter()
        .position(|policy| holders.contains(&policy.object_id) && gives(&policy.secrets));
    if let Some(place) = found {
        return gates::judged(
            Gate::Authorization,
            Verdict::Open,
            format!("an access policy of {} lets it read secrets", vault.name),
            [Evidence::of(
                vault,
                format!("properties.accessPolicies[{place}].permissions.secrets"),
            )],
        );
    }
    let may_be_group = ground.memberships.of(principal).is_none()
        && details
            .access_policies
            .iter()
            .any(|policy| gives(&policy.secrets));
    let (verdict, reason) = if vault.is_unclear_at("properties.accessPolicies") {
        (
            Verdict::Unknown,
            format!("the access policies of {} cannot all be read", vault.name),
        )
    } else if may_be_group {
        (
            Verdict::Unknown,
            format!(
                "no access policy of {} names it, but its groups are not known, and one of them may be named",
                vault.name
            ),
        )
    } else {
        (
            Verdict::Shut,
            format!("no access policy of {} lets it read secrets", vault.name),
        )
    };
    gates::judged(
        Gate::Authorization,
        verdict,
        reason,
        [Evidence::listed(
            vault.id.clone(),
            "accessPolicies",
            json!({
                "read": details.access_policies.len(),
                "why": format!("none gives get of secrets to {principal}"),
            }),
            vault.source.observed_at,
        )],
    )
    .mended_by([
        az(on("keyvault set-policy", &vault.id)
            .with("--object-id", principal.as_str())
            .plain("--secret-permissions get list")),
        azurerm(
            "azurerm_key_vault_access_policy",
            &vault.name,
            &[
                &format!("key_vault_id       = {}", text(vault.id.as_str())),
                &format!("object_id          = {}", text(principal.as_str())),
                "secret_permissions = [\"Get\", \"List\"]",
            ],
        ),
        portal(
            &vault.name,
            ["Access policies", "Create", "Secret permissions: Get, List"],
        ),
    ])
}

/// What is done with items, and the least of Cosmos DB's own built-in roles that allows it.
pub(super) struct Items {
    words: &'static str,
    action: &'static str,
    role: &'static str,
}

/// Reading them.
pub(super) const READ: Items = Items {
    words: "read",
    action: "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read",
    role: "00000000-0000-0000-0000-000000000001",
};

/// Writing them.
pub(super) const WRITE: Items = Items {
    words: "write",
    action: "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create",
    role: "00000000-0000-0000-0000-000000000002",
};

/// A Cosmos DB account's own roles: Azure's say nothing about its data.
pub(super) fn of_items(
    ground: &Ground<'_>,
    presenter: &Presenter,
    account: &Resource,
    items: &Items,
) -> GateVerdict {
    let Some(principal) = &presenter.principal else {
        return nobody(account);
    };
    let wanted = Action::data(items.action);
    let words = items.words;
    let assignments = facets::sql_role_assignments(ground.inventory, &account.id);
    let definitions = facets::sql_role_definitions(ground.inventory, &account.id);
    let holders = ground.holders(principal);
    let mut doubt = assignments.missing.clone();
    for one in assignments
        .items
        .iter()
        .filter(|one| holders.contains(&one.principal_id))
    {
        let proof = Evidence::in_body(
            one.id.clone(),
            &one.raw,
            &one.source,
            "properties.roleDefinitionId",
        );
        let role = definitions
            .items
            .iter()
            .find(|role| role.id.name() == one.role_definition_id.name());
        match role.map(|role| any_permits(&role.permissions, &wanted)) {
            Some(Match::Yes) => {
                return gates::judged(
                    Gate::Authorization,
                    Verdict::Open,
                    format!("a role of {} itself lets it {words} items", account.name),
                    [proof],
                );
            }
            Some(Match::No) => {}
            Some(Match::Perhaps) | None => {
                doubt = Some(format!(
                    "it holds a role of {} whose definition was not read",
                    account.name
                ));
            }
        }
    }
    if doubt.is_none()
        && ground.memberships.of(principal).is_none()
        && !assignments.items.is_empty()
    {
        doubt = Some("its groups are not known, and one of them may hold a role".to_owned());
    }
    let (verdict, reason) = match doubt {
        Some(why) => (Verdict::Unknown, why),
        None => (
            Verdict::Shut,
            format!(
                "no role of {} itself lets it {words} items: {} assignments read, and Azure's own roles do not count here",
                account.name,
                assignments.items.len()
            ),
        ),
    };
    let evidence = Evidence::listed(
        account.id.clone(),
        "sqlRoleAssignments",
        json!({ "read": assignments.items.len(), "why": reason }),
        assignments
            .observed_at
            .unwrap_or(account.source.observed_at),
    );
    gates::judged(Gate::Authorization, verdict, reason, [evidence])
        .mended_by(grant(account, principal, items.role))
}

fn grant(
    account: &Resource,
    principal: &PrincipalId,
    role: &str,
) -> Vec<crate::analysis::hop::Remedy> {
    debug_assert_eq!(account.family, Family::Cosmos);
    vec![
        az(on_named(
            "cosmosdb sql role assignment create",
            "--account-name",
            &account.id,
        )
        .with("--principal-id", principal.as_str())
        .plain(&format!("--role-definition-id {role} --scope /"))),
        azurerm(
            "azurerm_cosmosdb_sql_role_assignment",
            &account.name,
            &[
                &format!("account_name       = {}", text(&account.name)),
                &format!("principal_id       = {}", text(principal.as_str())),
                &format!("scope              = {}", text(account.id.as_str())),
                &format!(
                    "role_definition_id = {}",
                    text(
                        account
                            .id
                            .child(&format!("sqlRoleDefinitions/{role}"))
                            .as_str()
                    )
                ),
            ],
        ),
    ]
}
