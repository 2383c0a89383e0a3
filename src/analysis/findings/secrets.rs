//! Rules about secrets in use where a token would do: in data sources, skills, vectorizers,
//! connections and hubs. Only that a secret is there is ever known, never the secret.

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::foundry::{ConnectionLine, Presents};
use crate::analysis::hop::{Benefit, Finding, FindingKind, HopKind, Severity};
use crate::analysis::remedy::{az, portal, terraform};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::model::search::{ConnectionString, DataSource, Hidden};

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 7] = [
    Rule {
        doc: "A data source connects with an account key or a SAS. A key is not admitted as a trusted service, outlives whoever made it and carries every right on the account. `ResourceId=…;` lets the search service's own identity in instead.",
        source: "domain-rules A.2 H06 [D:search-mi]",
        find: data_sources,
        ..exposure(
            "search/key-in-data-source",
            "A data source connects with a key",
        )
    },
    Rule {
        doc: "A skill calls the model account with a stored key. Without `apiKey` and `authIdentity` the search service's own identity is used.",
        source: "domain-rules A.2 H08 [D:search-mi]",
        find: skills,
        ..exposure("search/key-in-skill", "A skill calls the model with a key")
    },
    Rule {
        doc: "A vectorizer calls the model account with a stored key when an index is queried. It is set apart from the skill's: one may use a token and the other not.",
        source: "domain-rules A.2 H09 [D:search-mi]",
        find: vectorizers,
        ..exposure(
            "search/key-in-vectorizer",
            "A vectorizer calls the model with a key",
        )
    },
    Rule {
        doc: "A skillset is attached to an AI Services account by key, for billing. An attachment by identity needs no key.",
        source: "domain-rules A.2 H08/H09 [D:search-spl]",
        severity: Severity::Info,
        find: attachments,
        ..exposure("search/key-for-billing", "A skillset is billed by key")
    },
    Rule {
        doc: "A knowledge store or an enrichment cache is written with an account key. Tables of a knowledge store need one today; blobs do not.",
        source: "domain-rules A.1 H07 [D:search-mi]",
        find: extras,
        ..exposure(
            "search/key-in-extras",
            "A knowledge store or cache is written with a key",
        )
    },
    Rule {
        doc: "A connection of a hub, a project or an account keeps a key or another secret: all who may use the connection share it. `authType` AAD uses each caller's own token.",
        source: "domain-rules A.2 H14; field notes, benefit 4",
        find: connections,
        ..exposure(
            "foundry/connection-with-secret",
            "A connection keeps a secret",
        )
    },
    Rule {
        doc: "A hub speaks to its own storage by account key: `systemDatastoresAuthMode` is not `identity`; absent means accessKey. Keys cannot be turned off on that account before.",
        source: "domain-rules A.2 H14 [D:hub-localauth]",
        find: datastores,
        ..exposure(
            "foundry/datastores-by-key",
            "The hub uses its storage by key",
        )
    },
];

const fn exposure(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "secrets",
        title,
        doc: "",
        source: "",
        severity: Severity::Warning,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Identity),
        find: |_, _| Vec::new(),
    }
}

/// Whether a connection string carries a secret.
fn is_secret(connection: &Field<ConnectionString>) -> bool {
    matches!(
        connection.value(),
        Some(ConnectionString::AccountKey(_) | ConnectionString::Sas(_))
    )
}

pub(super) fn has_key(key: &Field<Hidden>) -> bool {
    key.value().is_some()
}

/// The definition of a search object, as evidence names it.
fn object(service: &ArmId, list: &str, name: &str) -> ArmId {
    service.child(&format!("{list}/{name}"))
}

fn data_sources(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let of = |service: &Resource| -> Vec<Finding> {
        scene
            .data_sources(&service.id)
            .iter()
            .filter(|source| is_secret(&source.connection))
            .map(|source| {
                let body = object(&service.id, "datasources", &source.name);
                rule.on(service.id.as_str())
                    .titled(format!("Data source {} connects with a key", source.name))
                    .saying("The service could present its own identity's token: no secret to keep, a role instead of everything, and the trusted path of a firewall.")
                    .proved_by([Evidence::in_body(
                        body,
                        &source.raw,
                        &source.source,
                        "credentials.connectionString",
                    )])
                    .mended_by([portal::portal(
                        &service.name,
                        [
                            "Data sources",
                            &source.name,
                            "connection string: ResourceId=<id of the storage account>;",
                            "managed identity: system-assigned",
                        ],
                    )])
                    .touching(scene.hops_from(&service.id).filter(|hop| {
                        hop.kind == HopKind::IndexerToStorage && reads(scene, &service.id, hop.via.as_deref(), source)
                    }))
                    .done()
            })
            .collect()
    };
    scene.own(Family::Search).flat_map(of).collect()
}

/// Whether `indexer N` reads a data source.
fn reads(scene: &Scene<'_>, service: &ArmId, via: Option<&str>, source: &DataSource) -> bool {
    let name = via.and_then(|via| via.strip_prefix("indexer "));
    scene
        .indexers(service)
        .iter()
        .any(|indexer| Some(indexer.name.as_str()) == name && indexer.data_source.is(&source.name))
}

fn skills(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for skillset in scene.skillsets(&service.id) {
            let keyed: Vec<_> = skillset
                .skills
                .items()
                .iter()
                .filter(|skill| has_key(&skill.api_key))
                .collect();
            if keyed.is_empty() {
                continue;
            }
            let body = object(&service.id, "skillsets", &skillset.name);
            let via = format!("skillset {}", skillset.name);
            found.push(
                rule.on(service.id.as_str())
                    .titled(format!("Skillset {} calls the model with a key", skillset.name))
                    .saying("Without apiKey and authIdentity the skill presents the token of the service's own identity.")
                    .proved_by(keyed.iter().map(|skill| {
                        Evidence::in_body(
                            body.clone(),
                            &skillset.raw,
                            &skillset.source,
                            format!("skills[{}].apiKey", skill.position),
                        )
                    }))
                    .mended_by([portal::portal(
                        &service.name,
                        ["Skillsets", &skillset.name, "remove apiKey from the skill", "Save"],
                    )])
                    .touching(scene.hops_from(&service.id).filter(|hop| {
                        hop.kind == HopKind::SkillToOpenai && hop.via.as_deref() == Some(&via)
                    }))
                    .done(),
            );
        }
    }
    found
}

fn vectorizers(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for index in scene.indexes(&service.id) {
            let keyed: Vec<_> = index
                .vectorizers
                .items()
                .iter()
                .filter(|one| has_key(&one.api_key))
                .collect();
            if keyed.is_empty() {
                continue;
            }
            let body = object(&service.id, "indexes", &index.name);
            let via = format!("index {}", index.name);
            found.push(
                rule.on(service.id.as_str())
                    .titled(format!("Index {} calls the model with a key", index.name))
                    .saying("Without apiKey and authIdentity the vectorizer presents the token of the service's own identity.")
                    .proved_by(keyed.iter().map(|one| {
                        Evidence::in_body(
                            body.clone(),
                            &index.raw,
                            &index.source,
                            format!(
                                "vectorSearch.vectorizers[{}].{}.apiKey",
                                one.position, one.parameters
                            ),
                        )
                    }))
                    .mended_by([portal::portal(
                        &service.name,
                        ["Indexes", &index.name, "Vector profiles", "Vectorizer", "Authentication: system-assigned identity"],
                    )])
                    .touching(scene.hops_from(&service.id).filter(|hop| {
                        hop.kind == HopKind::VectorizerToOpenai && hop.via.as_deref() == Some(&via)
                    }))
                    .done(),
            );
        }
    }
    found
}

fn attachments(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for skillset in scene.skillsets(&service.id) {
            let Some(attached) = skillset.cognitive_services.value() else {
                continue;
            };
            let by_key = attached
                .odata_type
                .text()
                .is_some_and(|kind| kind.to_ascii_lowercase().ends_with("bykey"));
            if !by_key && !has_key(&attached.key) {
                continue;
            }
            let body = object(&service.id, "skillsets", &skillset.name);
            found.push(
                rule.on(service.id.as_str())
                    .titled(format!("Skillset {} is billed by key", skillset.name))
                    .saying("The account that pays for its skills is attached with a stored key.")
                    .proved_by([Evidence::in_body(
                        body,
                        &skillset.raw,
                        &skillset.source,
                        "cognitiveServices['@odata.type']",
                    )])
                    .mended_by([portal::portal(
                        &service.name,
                        [
                            "Skillsets",
                            &skillset.name,
                            "cognitiveServices: #Microsoft.Azure.Search.AIServicesByIdentity",
                        ],
                    )])
                    .done(),
            );
        }
    }
    found
}

fn extras(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for skillset in scene.skillsets(&service.id) {
            let Some(store) = skillset.knowledge_store.value() else {
                continue;
            };
            if !is_secret(&store.connection) {
                continue;
            }
            let mut draft = rule
                .on(service.id.as_str())
                .titled(format!(
                    "The knowledge store of {} is written with a key",
                    skillset.name
                ))
                .proved_by([Evidence::in_body(
                    object(&service.id, "skillsets", &skillset.name),
                    &skillset.raw,
                    &skillset.source,
                    "knowledgeStore.storageConnectionString",
                )]);
            draft = if store.has_tables {
                draft
                    .saying("Its tables need a key today; without tables the service's own identity would do.")
                    .at_most(Severity::Info)
            } else {
                draft
                    .saying("It writes blobs only: the service's own identity would do.")
                    .mended_by([portal::portal(
                        &service.name,
                        ["Skillsets", &skillset.name, "knowledgeStore.storageConnectionString: ResourceId=<id of the storage account>;"],
                    )])
            };
            found.push(draft.done());
        }
        for indexer in scene.indexers(&service.id) {
            if !indexer
                .cache
                .value()
                .is_some_and(|cache| is_secret(&cache.connection))
            {
                continue;
            }
            found.push(
                rule.on(service.id.as_str())
                    .titled(format!("The cache of {} is written with a key", indexer.name))
                    .saying("The service's own identity would do.")
                    .proved_by([Evidence::in_body(
                        object(&service.id, "indexers", &indexer.name),
                        &indexer.raw,
                        &indexer.source,
                        "cache.storageConnectionString",
                    )])
                    .mended_by([portal::portal(
                        &service.name,
                        ["Indexers", &indexer.name, "cache.storageConnectionString: ResourceId=<id of the storage account>;"],
                    )])
                    .done(),
            );
        }
    }
    found
}

/// Every connection that was read, with the resource that owns it.
pub(super) fn all_connections<'s>(
    scene: &'s Scene<'_>,
) -> impl Iterator<Item = (&'s ArmId, &'s ConnectionLine)> {
    let foundry = scene.foundry;
    let hubs = foundry.hubs.iter().flat_map(|hub| {
        std::iter::once((&hub.id, &hub.connections))
            .chain(hub.projects.iter().map(|one| (&one.id, &one.connections)))
    });
    let lone = foundry
        .lone_projects
        .iter()
        .map(|one| (&one.id, &one.connections));
    let accounts = foundry.accounts.iter().flat_map(|one| {
        std::iter::once((&one.id, &one.connections)).chain(
            one.projects
                .iter()
                .map(|project| (&project.id, &project.connections)),
        )
    });
    hubs.chain(lone)
        .chain(accounts)
        .flat_map(|(owner, list)| list.items.iter().map(move |line| (owner, line)))
}

fn connections(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    all_connections(scene)
        .filter(|(_, line)| line.presents == Presents::Secret)
        .map(|(owner, line)| {
            let raw = crate::analysis::facets::connections(scene.inventory, owner);
            let evidence = raw.items.iter().find(|one| one.id == line.id).map(|one| Evidence::from(Property {
                resource: one.id.clone(),
                path: "properties.authType".into(),
                value: crate::analysis::evidence::at(&one.raw, "properties.authType").cloned(),
                observed_at: raw.observed_at.unwrap_or(scene.now),
                request_id: None,
            }));
            let category = line.category.text().unwrap_or("its target");
            let via = format!("connection {}", line.name);
            rule.on(owner.as_str())
                .titled(format!("Connection {} keeps a secret", line.name))
                .saying(format!(
                    "authType is {}: all who may use the connection to {category} share what it stores.",
                    line.auth_type.text().unwrap_or("not said")
                ))
                .proved_by(evidence)
                .mended_by([portal::portal(
                    owner.name(),
                    ["Management center", "Connected resources", &line.name, "Authentication: Microsoft Entra ID"],
                )])
                .touching(scene.hops_from(owner).filter(|hop| {
                    hop.kind == HopKind::FoundryConnection && hop.via.as_deref() == Some(&via)
                }))
                .done()
        })
        .collect()
}

fn datastores(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .inventory
        .family(Family::Workspace)
        .filter_map(|hub| {
            let Details::Workspace(workspace) = &hub.details else {
                return None;
            };
            if !hub.kind.is("Hub") || !by_key(&workspace.datastores_auth_mode) {
                return None;
            }
            let storage = workspace.storage_account.as_ref()?;
            let evidence = Evidence::of(hub, "properties.systemDatastoresAuthMode");
            if !crate::analysis::evidence::has_properties(hub) {
                return None;
            }
            Some(
                rule.on(hub.id.as_str())
                    .saying(format!(
                        "systemDatastoresAuthMode is {}, so it reaches {} with an account key.",
                        if evidence.is_absent() { "absent, which means accessKey".to_owned() } else { evidence.words() },
                        storage.name()
                    ))
                    .saying("With identity, its users need Storage Blob Data Contributor and Storage File Data Privileged Contributor themselves.")
                    .proved_by([evidence])
                    .mended_by([
                        az::az(
                            az::on("ml workspace update", &hub.id)
                                .with("--system-datastores-auth-mode", "identity"),
                        ),
                        terraform::azapi(&hub.id, &hub.source.api_version, "systemDatastoresAuthMode = \"identity\""),
                    ])
                    .touching(scene.hops_from(&hub.id).filter(|hop| {
                        hop.kind == HopKind::FoundryConnection && ArmId::new(&hop.to) == *storage
                    }))
                    .done(),
            )
        })
        .collect()
}

/// Whether a hub uses its storage by key; absent means that it does.
pub(super) fn by_key(mode: &Field<String>) -> bool {
    match mode {
        Field::Value(text) => text.eq_ignore_ascii_case("accessKey"),
        Field::Absent | Field::Null => true,
        Field::Malformed | Field::Unreported(_) => false,
    }
}
