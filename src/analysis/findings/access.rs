//! Rules about rights: roles wider than the hops need, at scopes wider than they need, and
//! assignments that nobody holds any more.
//!
//! Rights are computed from actions and data actions; names of roles are only shown. A role whose
//! definition was not read proves nothing.

use crate::analysis::access::matrix::{Level, Row};
use crate::analysis::evidence::{Evidence, at};
use crate::analysis::facets::why_missing;
use crate::analysis::hop::{Benefit, Finding, FindingKind, Hop, HopKind, Severity};
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::{az, noted};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 6] = [
    Rule {
        doc: "An application or a managed identity may hand out roles and change everything at a scope of the environment: whoever holds its secret can give themselves any right. Contributor, with a condition on the roles that it may assign, is enough to deploy.",
        source: "domain-rules C.1; field notes, benefit 4",
        find: owner_app,
        ..exposure(
            "access/app-owns",
            "Owner where Contributor is enough",
            Severity::Warning,
        )
    },
    Rule {
        doc: "The identity of a service may change whole resources where its hops need data roles only: whoever can make the service act for them can do the same. Hubs are left out: they need such a role on their group.",
        source: "domain-rules C.1, A.2 H14; field notes, benefit 4",
        find: service_contributes,
        ..exposure(
            "access/service-contributes",
            "A service may change resources",
            Severity::Warning,
        )
    },
    Rule {
        doc: "A person who calls the data plane holds Owner or Contributor above it. That gives no data right, only the keys: with keys on the data is reached past every role, with keys off not at all. A data role would do.",
        source: "domain-rules A.2 H01, C.2; field notes, benefit 4",
        find: person_contributes,
        ..exposure(
            "access/person-contributes",
            "Contributor where a data role would do",
            Severity::Info,
        )
    },
    Rule {
        doc: "A role with data rights on storage, search or models is given at a subscription or above: it reaches the data of every account that is there or will be.",
        source: "domain-rules C.2; field notes, benefit 4",
        find: data_role_high,
        ..exposure(
            "access/data-role-too-high",
            "A data role is given at a whole subscription",
            Severity::Info,
        )
    },
    Rule {
        doc: "An indexer only reads its container, and the identity of its service may write and delete there. Silent where a knowledge store, a cache or a debug session writes, and where definitions were not read as a whole.",
        source: "domain-rules A.1 H06, H07",
        find: writer_where_reader,
        ..exposure(
            "access/writer-where-reader-will-do",
            "An indexer that reads may write",
            Severity::Info,
        )
    },
    Rule {
        doc: "A role is assigned to a principal that the directory does not know. A re-created identity has a new object id and does not get the old rights; the assignment only misleads. Silent while the directory was not read as a whole after the assignment.",
        source: "domain-rules C.2 [D:rbac-ts]",
        find: orphaned,
        ..exposure(
            "access/orphaned-assignment",
            "A role is assigned to nobody",
            Severity::Info,
        )
    },
];

const fn exposure(id: &'static str, title: &'static str, severity: Severity) -> Rule {
    Rule {
        id,
        family: "access",
        title,
        doc: "",
        source: "",
        severity,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Identity),
        find: |_, _| Vec::new(),
    }
}

/// The assignment as evidence.
fn proof(scene: &Scene<'_>, row: &Row) -> Vec<Evidence> {
    scene
        .inventory
        .assignment(&row.assignment)
        .map(|one| {
            ["properties.roleDefinitionId", "properties.scope"]
                .into_iter()
                .filter(|path| at(&one.raw, path).is_some())
                .map(|path| {
                    Evidence::in_body(one.id.clone(), &one.raw, &one.source, path.to_owned())
                })
                .collect()
        })
        .unwrap_or_default()
}

fn take_away(row: &Row) -> Line {
    Line::of("az role assignment delete").with("--ids", row.assignment.as_str())
}

fn role_name(row: &Row) -> &str {
    row.role_name.as_deref().unwrap_or(row.role.0.as_ref())
}

fn is_app(row: &Row) -> bool {
    row.principal_type.is("ServicePrincipal")
}

fn owner_app(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in &scene.matrix.rows {
        if !is_app(row) || row.is_orphan || row.condition.value().is_some() {
            continue;
        }
        let powers = scene.powers(&row.role);
        if !powers.changes_everything || !powers.assigns_roles || is_hub_identity(scene, row) {
            continue;
        }
        found.push(
            rule.on(row.scope.as_str())
                .titled(format!("{} holds {} where Contributor is enough", row.label, role_name(row)))
                .saying(format!(
                    "{} at the {} {} may change everything and assign any role.",
                    row.label,
                    row.level.words(),
                    row.scope.name()
                ))
                .proved_by(proof(scene, row))
                .mended_by(noted(
                    vec![
                        az::az(az::assign(
                            &row.principal,
                            az::Assignee::ServicePrincipal,
                            "b24988ac-6180-42a0-ab88-20f7382dd24c",
                            &row.scope,
                        )),
                        az::az(take_away(row)),
                    ],
                    "If it assigns roles itself, give it Role Based Access Control Administrator with a condition beside.",
                ))
                .touching(calls_of(scene, row))
                .done(),
        );
    }
    found
}

/// The hops that a row's principal makes.
fn calls_of<'s>(scene: &'s Scene<'_>, row: &Row) -> Vec<&'s Hop> {
    let own = scene.owner_of(&row.principal).map(|one| one.id.folded());
    scene
        .hops_of_any(std::iter::once(row.principal.folded()).chain(own))
        .collect()
}

/// Whether a row's principal is the identity of a hub or a project, which needs a wide role.
fn is_hub_identity(scene: &Scene<'_>, row: &Row) -> bool {
    let Some(owner) = scene.owner_of(&row.principal) else {
        return false;
    };
    let named_by_hub = || {
        scene.inventory.family(Family::Workspace).any(|hub| {
            hub.identity
                .value()
                .is_some_and(|identity| identity.user_assigned.iter().any(|one| one.id == owner.id))
        })
    };
    owner.family == Family::Workspace || (owner.family == Family::UserIdentity && named_by_hub())
}

fn service_contributes(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in &scene.matrix.rows {
        if !is_app(row) {
            continue;
        }
        let powers = scene.powers(&row.role);
        if !powers.changes_everything || is_hub_identity(scene, row) {
            continue;
        }
        let Some(owner) = scene.owner_of(&row.principal) else {
            continue;
        };
        if powers.assigns_roles && row.condition.value().is_none() {
            continue; // That is `access/app-owns`.
        }
        found.push(
            rule.on(row.scope.as_str())
                .titled(format!("The identity of {} holds {}", owner.name, role_name(row)))
                .saying(format!(
                    "At the {} {} it may change everything; its hops need data roles on single resources.",
                    row.level.words(),
                    row.scope.name()
                ))
                .proved_by(proof(scene, row))
                .mended_by(noted(
                    vec![az::az(take_away(row))],
                    "Give it first the data roles that its hops need, where it has them through this role only.",
                ))
                .touching(calls_of(scene, row))
                .done(),
        );
    }
    found
}

fn person_contributes(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in &scene.matrix.rows {
        if row.level > Level::ResourceGroup
            || is_app(row)
            || !scene.powers(&row.role).changes_everything
        {
            continue;
        }
        let calls: Vec<&Hop> = scene
            .hops_of(&row.principal)
            .filter(|hop| {
                matches!(
                    hop.kind,
                    HopKind::UserToStorage | HopKind::UserToSearchDocuments | HopKind::UserToOpenai
                )
            })
            .collect();
        if calls.is_empty() {
            continue;
        }
        found.push(
            rule.on(row.scope.as_str())
                .titled(format!("{} holds {} where a data role would do", row.label, role_name(row)))
                .saying(format!(
                    "At the {} {}. It gives no right on data, only on keys.",
                    row.level.words(),
                    row.scope.name()
                ))
                .proved_by(proof(scene, row))
                .mended_by(noted(
                    vec![az::az(take_away(row))],
                    "Give the data roles first, and keep a way to manage the group: an eligible role that is activated when needed.",
                ))
                .touching(calls)
                .done(),
        );
    }
    found
}

/// What an indexer that only reads needs not.
pub(super) const BLOB_WRITE: &str =
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

/// Data actions that matter here, one a service.
pub(super) const DATA: [&str; 4] = [
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "Microsoft.Search/searchServices/indexes/documents/read",
    "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
    "Microsoft.KeyVault/vaults/keys/unwrap/action",
];

fn data_role_high(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .matrix
        .rows
        .iter()
        .filter(|row| row.level <= Level::Subscription && !row.is_orphan)
        .filter(|row| scene.powers(&row.role).opens_data)
        .map(|row| {
            rule.on(row.scope.as_str())
                .titled(format!(
                    "{} holds {} at a whole {}",
                    row.label,
                    role_name(row),
                    row.level.words()
                ))
                .saying("It reaches the data of every account under it, those to come included.")
                .proved_by(proof(scene, row))
                .mended_by(noted(
                    vec![az::az(take_away(row))],
                    "Give it at the resource first, or at the container.",
                ))
                .touching(calls_of(scene, row))
                .done()
        })
        .collect()
}

/// Whether a search service's definitions were read as a whole: only then "nothing writes" counts.
fn definitions_are_whole(scene: &Scene<'_>, service: &Resource) -> bool {
    [Facet::Indexers, Facet::Skillsets, Facet::DataSources]
        .into_iter()
        .all(|facet| {
            scene
                .inventory
                .facet(&service.id, facet)
                .is_some_and(|slice| {
                    slice.state() == crate::store::State::Known
                        && why_missing(slice).is_none()
                        && slice.issues.is_empty()
                })
        })
}

fn writer_where_reader(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        let Some(identity) = Scene::identity_of(service) else {
            continue;
        };
        if !definitions_are_whole(scene, service) {
            continue;
        }
        // Most accounts are no business of this service.
        let called: Vec<ArmId> = scene
            .hops_from(&service.id)
            .filter(|hop| hop.kind == HopKind::IndexerToStorage)
            .map(|hop| ArmId::new(&hop.to))
            .collect();
        let is_called = |account: &&Resource| called.iter().any(|to| to.is_within(&account.id));
        for account in scene.own(Family::Storage).filter(is_called) {
            let reads: Vec<&Hop> = scene
                .between(HopKind::IndexerToStorage, &service.id, &account.id)
                .collect();
            let writes = scene
                .between(HopKind::IndexerExtrasToStorage, &service.id, &account.id)
                .next()
                .is_some();
            if reads.is_empty() || writes {
                continue;
            }
            for (row, _) in scene.matrix.of_resource(&account.id) {
                if row.principal != *identity
                    || row.level != Level::Resource
                    || !scene.powers(&row.role).writes_blobs
                {
                    continue;
                }
                found.push(
                    rule.on(account.id.as_str())
                        .titled(format!("{} may write where it only reads", service.name))
                        .saying(format!(
                            "It holds {}; its indexers read. Storage Blob Data Reader is enough.",
                            role_name(row)
                        ))
                        .proved_by(proof(scene, row))
                        .mended_by([
                            az::az(az::assign(
                                identity,
                                az::Assignee::ServicePrincipal,
                                "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
                                &row.scope,
                            )),
                            az::az(take_away(row)),
                        ])
                        .touching(reads.iter().copied())
                        .done(),
                );
            }
        }
    }
    found
}

fn orphaned(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .matrix
        .rows
        .iter()
        .filter(|row| row.is_orphan)
        .map(|row| {
            rule.on(row.scope.as_str())
                .titled(format!("{} is assigned to nobody", role_name(row)))
                .saying(format!(
                    "The directory knows no {} at the {} {}: its owner was deleted, or re-created with another id.",
                    row.principal,
                    row.level.words(),
                    row.scope.name()
                ))
                .proved_by(
                    scene
                        .inventory
                        .assignment(&row.assignment)
                        .map(|one| {
                            Evidence::in_body(
                                one.id.clone(),
                                &one.raw,
                                &one.source,
                                "properties.principalId",
                            )
                        }),
                )
                .mended_by([az::az(take_away(row))])
                .done()
        })
        .collect()
}
