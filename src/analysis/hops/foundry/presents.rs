//! What a connection presents to its target, and whose identity that is.

use serde_json::Value;

use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::foundry::{Presents, presents};
use crate::analysis::gates;
use crate::analysis::gates::authentication::Presented;
use crate::analysis::gates::identity::{self, Presenter};
use crate::analysis::ground::Ground;
use crate::analysis::network::Credential;
use crate::analysis::remedy::az::Assignee;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::{Connection, Project};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Resource};

/// Who owns connections: a hub, a project of one, a new-style account, a project of that.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    /// Its id.
    pub(super) id: &'a ArmId,
    /// Whose network and, unless it is a project, whose identity counts.
    pub(super) resource: &'a Resource,
    /// The project of an account, which has a principal of its own.
    pub(super) project: Option<&'a Project>,
}

/// What a connection presents.
pub(super) struct Shown {
    /// For the authentication gate.
    pub(super) presented: Presented,
    /// What the firewall of the target sees.
    pub(super) credential: Credential,
    /// Whose token it is; none for keys, and for the token of whoever uses the connection.
    pub(super) presenter: Option<Presenter>,
}

/// What a connection presents, by its `authType`.
pub(super) fn of(
    ground: &Ground<'_>,
    owner: &Owner<'_>,
    connection: &Connection,
    proof: &Evidence,
) -> Shown {
    let auth = &connection.auth_type;
    let is = |words: &[&str]| words.iter().any(|word| auth.is(word));
    if is(&["UserEntraToken", "AgentUserImpersonation", "AgenticUser"]) {
        // The person's own hops say what the person may do.
        return Shown {
            presented: Presented::Token,
            credential: Credential::Unclear,
            presenter: None,
        };
    }
    if is(&["ServicePrincipal", "OAuth2"]) {
        return Shown {
            presented: Presented::Token,
            credential: Credential::Unclear,
            presenter: Some(identity::unclear(
                "an application's secret is stored in the connection, and which one it is is not answered",
                [proof.clone()],
            )),
        };
    }
    match presents(auth) {
        Presents::Token if is(&["DelegatedSAS"]) => Shown {
            presented: Presented::Token,
            credential: Credential::Key,
            presenter: Some(identity_of(ground, owner, connection)),
        },
        Presents::Token => {
            let presenter = identity_of(ground, owner, connection);
            Shown {
                presented: Presented::Token,
                credential: presenter.credential,
                presenter: Some(presenter),
            }
        }
        Presents::Secret => Shown {
            presented: if is(&["SAS"]) {
                Presented::Sas
            } else {
                Presented::Key
            },
            credential: Credential::Key,
            presenter: None,
        },
        Presents::Nothing => Shown {
            presented: Presented::Unclear(
                "the connection presents nothing, and whether the target lets anybody in is not known"
                    .to_owned(),
            ),
            credential: Credential::Key,
            presenter: None,
        },
        Presents::Unclear => Shown {
            presented: Presented::Unclear(format!(
                "what the connection presents cannot be told: authType is {}",
                auth.text().unwrap_or("not readable")
            )),
            credential: Credential::Unclear,
            presenter: None,
        },
    }
}

/// Whose token: an identity that the connection names, the account's where it says so, a project's
/// own, the owner's.
fn identity_of(ground: &Ground<'_>, owner: &Owner<'_>, connection: &Connection) -> Presenter {
    let named = at(&connection.raw, "properties.credentials.resourceId").and_then(Value::as_str);
    if let Some(id) = named.filter(|id| id.starts_with('/')) {
        return identity::user_assigned(ground, owner.resource, &ArmId::new(id));
    }
    if owner.project.is_some() && connection.auth_type.is("AccountManagedIdentity") {
        return identity::system(ground, owner.resource);
    }
    of_owner(ground, owner)
}

/// The identity that an owner works as.
pub(super) fn of_owner(ground: &Ground<'_>, owner: &Owner<'_>) -> Presenter {
    if let Some(project) = owner.project {
        return of_project(ground, owner.resource, project);
    }
    match &owner.resource.details {
        Details::Workspace(workspace) => match &workspace.primary_identity {
            Some(id) => identity::user_assigned(ground, owner.resource, id),
            None => identity::system(ground, owner.resource),
        },
        _ => identity::system(ground, owner.resource),
    }
}

fn of_project(ground: &Ground<'_>, account: &Resource, project: &Project) -> Presenter {
    let proof = |path: &'static str| {
        Evidence::from(Property {
            resource: project.id.clone(),
            path: path.into(),
            value: at(&project.raw, path).cloned(),
            observed_at: account.source.observed_at,
            request_id: account.source.request_id.clone(),
        })
    };
    let (verdict, reason, evidence) = match &project.principal_id {
        Field::Value(_) => (
            Verdict::Open,
            format!("project {} has an identity of its own", project.name),
            proof("identity.principalId"),
        ),
        Field::Absent | Field::Null if at(&project.raw, "identity.type").is_none() => (
            Verdict::Shut,
            format!(
                "project {} has no identity, and that is whose token it would present",
                project.name
            ),
            proof("identity"),
        ),
        _ => (
            Verdict::Unknown,
            format!("the identity of project {} cannot be read", project.name),
            proof("identity"),
        ),
    };
    let mut gate = gates::judged(Gate::Identity, verdict, reason, [evidence]);
    if verdict == Verdict::Shut {
        gate = gate.mended_by([
            crate::analysis::remedy::az::az(
                crate::analysis::remedy::shell::Line::of("az resource update")
                    .with("--ids", project.id.as_str())
                    .with("--set", "identity.type=SystemAssigned"),
            ),
            crate::analysis::remedy::portal::portal(
                &project.name,
                ["Identity", "System assigned", "On"],
            ),
        ]);
    }
    gate.changed_at = ground.changed_at(account);
    Presenter {
        gate,
        principal: project.principal_id.value().cloned(),
        credential: Credential::SystemIdentity,
        kind: Assignee::ServicePrincipal,
    }
}
