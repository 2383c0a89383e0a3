//! The identity gate: does the caller have the identity that its definition, or the path, needs?

use crate::analysis::evidence::Evidence;
use crate::analysis::ground::{Ground, Lookup};
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::{self, Assignee, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId};
use crate::model::resource::{Details, Family, Resource};

use super::judged;

/// Who a service presents.
#[derive(Clone, Debug)]
pub struct Presenter {
    /// The gate.
    pub gate: GateVerdict,
    /// The object id that holds the roles; none when there is none, or none is known.
    pub principal: Option<PrincipalId>,
    /// What the firewall of a target sees.
    pub credential: Credential,
    /// As what it gets roles.
    pub kind: Assignee,
}

impl Presenter {
    /// Whether there certainly is nobody whose rights could be judged.
    pub fn is_nobody(&self) -> bool {
        self.gate.judged.verdict == Verdict::Shut
    }
}

/// The system-assigned identity of a resource.
pub fn system(ground: &Ground<'_>, caller: &Resource) -> Presenter {
    let proof = || Evidence::of(caller, "identity");
    let (verdict, reason, principal) = match &caller.identity {
        Field::Value(identity) if identity.is_system_assigned() => match &identity.principal_id {
            Field::Value(id) => (
                Verdict::Open,
                format!("{} has a system-assigned identity", caller.name),
                Some(id.clone()),
            ),
            _ => (
                Verdict::Unknown,
                format!(
                    "{} has a system-assigned identity, and its object id cannot be read",
                    caller.name
                ),
                None,
            ),
        },
        Field::Value(identity) if identity.identity_type.is_unclear() => (
            Verdict::Unknown,
            format!("which identities {} has cannot be read", caller.name),
            None,
        ),
        Field::Value(_) | Field::Absent | Field::Null => (
            Verdict::Shut,
            format!(
                "{} has no system-assigned identity, and that is whose token it would present",
                caller.name
            ),
            None,
        ),
        Field::Malformed | Field::Unreported(_) => (
            Verdict::Unknown,
            format!("which identities {} has cannot be read", caller.name),
            None,
        ),
    };
    let remedies = if verdict == Verdict::Shut {
        turn_on(caller)
    } else {
        Vec::new()
    };
    let evidence = if verdict == Verdict::Open {
        vec![
            Evidence::of(caller, "identity.type"),
            Evidence::of(caller, "identity.principalId"),
        ]
    } else {
        vec![proof()]
    };
    let mut gate = judged(Gate::Identity, verdict, reason, evidence).mended_by(remedies);
    gate.changed_at = ground.changed_at(caller);
    Presenter {
        gate,
        principal,
        credential: Credential::SystemIdentity,
        kind: Assignee::ServicePrincipal,
    }
}

/// A user-assigned identity that a definition names.
pub fn user_assigned(ground: &Ground<'_>, caller: &Resource, identity: &ArmId) -> Presenter {
    let assigned = caller.identity.value();
    let own = assigned.and_then(|all| all.user_assigned.iter().find(|one| one.id == *identity));
    let looked = ground.lookup(identity);
    let principal = own
        .and_then(|one| one.principal_id.value().cloned())
        .or_else(|| match looked.found().map(|one| &one.details) {
            Some(Details::UserIdentity(details)) => details.principal_id.value().cloned(),
            _ => None,
        });
    let name = identity.name();
    let is_unclear = caller.identity.is_unclear()
        || caller.is_unclear_at("identity.userAssignedIdentities")
        || assigned.is_some_and(|all| all.identity_type.is_unclear());
    let path = "identity.userAssignedIdentities";
    let mut evidence = vec![Evidence::of(caller, path)];
    let (verdict, reason, remedies) = match (own, &looked) {
        (_, Lookup::Gone(gone)) => {
            evidence.push(gone.clone());
            (
                Verdict::Shut,
                format!("the user-assigned identity {name} is gone"),
                vec![
                    az(on("identity create", identity)),
                    portal(name, ["create it again: its object id will be a new one"]),
                ],
            )
        }
        // One that is deleted stays assigned: only its own reading says whether it is there.
        (Some(_), Lookup::NotRead(why)) if principal.is_some() => (
            Verdict::Unknown,
            format!(
                "{} has the user-assigned identity {name}, and whether that is still there cannot be told: it {why}",
                caller.name
            ),
            vec![show(identity)],
        ),
        (Some(_), _) if principal.is_some() => (
            Verdict::Open,
            format!("{} has the user-assigned identity {name}", caller.name),
            Vec::new(),
        ),
        (Some(_), _) => (
            Verdict::Unknown,
            format!(
                "{} has the user-assigned identity {name}, and its object id was not read",
                caller.name
            ),
            Vec::new(),
        ),
        (None, _) if is_unclear => (
            Verdict::Unknown,
            format!("which identities {} has cannot be read", caller.name),
            Vec::new(),
        ),
        (None, _) => (
            Verdict::Shut,
            format!(
                "the definition names the user-assigned identity {name}, which is not assigned to {}",
                caller.name
            ),
            assign(caller, identity),
        ),
    };
    let mut gate = judged(Gate::Identity, verdict, reason, evidence).mended_by(remedies);
    gate.changed_at = ground.changed_at(caller);
    Presenter {
        gate,
        principal,
        credential: Credential::UserAssigned,
        kind: Assignee::ServicePrincipal,
    }
}

/// Nobody knows who is presented: the definition cannot be read.
pub fn unclear(why: &str, proof: impl IntoIterator<Item = Evidence>) -> Presenter {
    Presenter {
        gate: judged(Gate::Identity, Verdict::Unknown, why, proof),
        principal: None,
        credential: Credential::Unclear,
        kind: Assignee::ServicePrincipal,
    }
}

fn azurerm_kind(caller: &Resource) -> &'static str {
    match caller.family {
        Family::Search => "azurerm_search_service",
        Family::Cognitive => "azurerm_cognitive_account",
        Family::Workspace => "azurerm_ai_foundry",
        Family::Storage => "azurerm_storage_account",
        Family::Cosmos => "azurerm_cosmosdb_account",
        Family::Vault => "azurerm_key_vault",
        Family::LogWorkspace => "azurerm_log_analytics_workspace",
        Family::UserIdentity => "azurerm_user_assigned_identity",
        Family::PrivateEndpoint => "azurerm_private_endpoint",
        Family::VirtualNetwork => "azurerm_virtual_network",
    }
}

fn turn_on(caller: &Resource) -> Vec<Remedy> {
    // What is assigned already has to be named again, or it is taken away.
    let has_user = caller
        .identity
        .value()
        .is_some_and(crate::model::resource::Identity::is_user_assigned);
    let kind = if has_user {
        "SystemAssigned, UserAssigned"
    } else {
        "SystemAssigned"
    };
    let command = match caller.family {
        Family::Search if !has_user => {
            on("search service update", &caller.id).plain("--identity-type SystemAssigned")
        }
        Family::Cognitive if !has_user => {
            on("cognitiveservices account identity assign", &caller.id)
        }
        _ => Line::of("az resource update")
            .with("--ids", caller.id.as_str())
            .with("--set", &format!("identity.type={kind}")),
    };
    vec![
        az(command),
        azurerm(
            azurerm_kind(caller),
            &caller.name,
            &["identity {", &format!("  type = {}", text(kind)), "}"],
        ),
        portal(&caller.name, ["Identity", "System assigned", "On"]),
    ]
}

fn assign(caller: &Resource, identity: &ArmId) -> Vec<Remedy> {
    // As a whole: the dots of an id would be taken for a path, and what is left out is taken away.
    let own = caller.identity.value();
    let identities: serde_json::Map<String, serde_json::Value> = own
        .iter()
        .flat_map(|own| own.user_assigned.iter().map(|one| one.id.as_str()))
        .chain([identity.as_str()])
        .map(|id| (id.to_owned(), serde_json::json!({})))
        .collect();
    let identities = serde_json::Value::Object(identities);
    vec![
        az(Line::of("az resource update")
            .with("--ids", caller.id.as_str())
            .with("--set", "identity.type=SystemAssigned, UserAssigned")
            .value(&format!("identity.userAssignedIdentities={identities}"))),
        azurerm(
            azurerm_kind(caller),
            &caller.name,
            &[
                "identity {",
                "  type         = \"SystemAssigned, UserAssigned\"",
                &format!("  identity_ids = [{}]", text(identity.as_str())),
                "}",
            ],
        ),
        portal(
            &caller.name,
            [
                "Identity",
                "User assigned",
                &format!("Add {}", identity.name()),
            ],
        ),
    ]
}

/// The command that shows an identity, for what could not be read.
pub fn show(identity: &ArmId) -> Remedy {
    az(az::on("identity show", identity))
}
