//! Rules about cost: SKUs above what is there needs. The pattern takes the affordable ones.

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::facets;
use crate::analysis::foundry::{Hub, KeyState};
use crate::analysis::hop::{Benefit, Finding, FindingKind, Severity};
use crate::analysis::remedy::{az, noted};
use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::store::{Payload, State};

use super::{Rule, Scene};

/// What a basic service holds (domain-rules G): objects of each kind, and storage of one partition.
const BASIC_OBJECTS: usize = 15;
const BASIC_BYTES: i64 = 15 * 1024 * 1024 * 1024;

pub(super) const RULES: [Rule; 5] = [
    Rule {
        doc: "A search service above basic holds what basic would hold: at most 15 objects of each kind and 15 GB, and no shared private link. Judged only when definitions, sizes and links were read as a whole. Basic reads files of 16 MB at most; larger ones need more.",
        source: "domain-rules G [D:search-limits]; field notes, benefit 5",
        find: search_tier,
        ..exposure(
            "cost/search-above-basic",
            "The search service is larger than what it holds",
        )
    },
    Rule {
        doc: "A search service runs on several replicas or partitions. Each is paid for; a proof of concept needs one of each.",
        source: "domain-rules G; field notes, benefit 5",
        find: search_units,
        ..exposure(
            "cost/search-units",
            "The search service runs on several units",
        )
    },
    Rule {
        doc: "The storage account copies its data to another region. The corpus of a proof of concept can be loaded again.",
        source: "field notes, benefit 5 [K]",
        find: redundant_storage,
        ..exposure(
            "cost/storage-across-regions",
            "Storage is copied to another region",
        )
    },
    Rule {
        doc: "A model deployment has provisioned throughput: it is paid by the hour, used or not.",
        source: "cognitiveservices.md, deployments sku [K]",
        find: provisioned,
        ..exposure("cost/provisioned-model", "A model is paid by the hour")
    },
    Rule {
        doc: "A hub with a customer's key keeps its data in a group of its own in your subscription: Cosmos DB, AI Search and Storage, each on your bill for as long as the hub is there. Encryption on the service's side needs no such group; its limits are said. It can be chosen only when a hub is made, so this is for the next one. Nothing in the group can be made smaller or taken away.",
        source: "domain-rules E.1, E.4 [D:aml-cmk] [D:hub-cmk]",
        kind: FindingKind::Note,
        benefit: None,
        find: customer_key,
        ..exposure(
            "cost/customer-key",
            "A customer's key brings resources of its own",
        )
    },
];

const fn exposure(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "cost",
        title,
        doc: "",
        source: "",
        severity: Severity::Info,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Cost),
        find: |_, _| Vec::new(),
    }
}

/// How many of a facet there are; none unless the whole list was read.
fn count(scene: &Scene<'_>, id: &ArmId, facet: Facet) -> Option<usize> {
    let slice = scene.inventory.facet(id, facet)?;
    (slice.state() == State::Known && slice.issues.is_empty())
        .then(|| slice.value.as_deref().map_or(0, Payload::len))
}

/// The bytes of all indexes; none unless every index told its size.
fn bytes(scene: &Scene<'_>, service: &ArmId) -> Option<i64> {
    count(scene, service, Facet::Indexes)?;
    scene
        .indexes(service)
        .iter()
        .map(|index| {
            let id = service.child(&format!("indexes/{}", index.name));
            count(scene, &id, Facet::IndexStatistics)?;
            let slice = scene.inventory.facet(&id, Facet::IndexStatistics)?;
            let Some(Payload::IndexStatistics(told)) = slice.value.as_deref() else {
                return None;
            };
            told.first()?.storage.value().copied()
        })
        .sum()
}

fn search_tier(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Search)
        .filter_map(|service| {
            let sku = service.sku.text()?;
            if sku.eq_ignore_ascii_case("basic") || sku.eq_ignore_ascii_case("free") {
                return None;
            }
            let objects = [
                Facet::Indexes,
                Facet::Indexers,
                Facet::DataSources,
                Facet::Skillsets,
            ]
            .into_iter()
            .map(|facet| count(scene, &service.id, facet))
            .collect::<Option<Vec<_>>>()?;
            let most = objects.iter().copied().max().unwrap_or(0);
            let size = bytes(scene, &service.id)?;
            let links = count(scene, &service.id, Facet::SharedPrivateLinks)?;
            if most > BASIC_OBJECTS || size > BASIC_BYTES || links > 0 {
                return None;
            }
            Some(
                rule.on(service.id.as_str())
                    .titled(format!("{} is {sku}; basic would hold what is there", service.name))
                    .saying(format!(
                        "It holds {} indexes of {} MB together, {} indexers, {} data sources, {} skillsets.",
                        objects[0],
                        size / (1024 * 1024),
                        objects[1],
                        objects[2],
                        objects[3]
                    ))
                    .saying("Basic reads files of 16 MB at most: look at the largest file first.")
                    .proved_by([Evidence::of(service, "sku.name")])
                    .done(),
            )
        })
        .collect()
}

fn search_units(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Search)
        .filter_map(|service| {
            let Details::Search(search) = &service.details else {
                return None;
            };
            let replicas = *search.replica_count.value()?;
            let partitions = *search.partition_count.value()?;
            (replicas > 1 || partitions > 1).then(|| {
                rule.on(service.id.as_str())
                    .titled(format!("{} runs on {} search units", service.name, replicas.saturating_mul(partitions)))
                    .saying(format!("{replicas} replicas, {partitions} partitions: each pair is one unit on the bill."))
                    .proved_by([
                        Evidence::of(service, "properties.replicaCount"),
                        Evidence::of(service, "properties.partitionCount"),
                    ])
                    .mended_by(noted(
                        vec![az::az(
                            az::on("search service update", &service.id)
                                .with("--replica-count", "1")
                                .with("--partition-count", "1"),
                        )],
                        "The agreed availability of queries needs two replicas, that of indexing three; data has to fit into one partition.",
                    ))
                    .done()
            })
        })
        .collect()
}

fn redundant_storage(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Storage)
        .filter_map(|account| {
            let sku = account.sku.text()?;
            let far = ["GRS", "RAGRS", "GZRS", "RAGZRS"]
                .iter()
                .any(|kind| sku.to_ascii_uppercase().ends_with(&format!("_{kind}")));
            far.then(|| {
                rule.on(account.id.as_str())
                    .titled(format!("{} is copied to another region", account.name))
                    .saying(format!("Its SKU is {sku}; the pattern takes LRS."))
                    .proved_by([Evidence::of(account, "sku.name")])
                    .mended_by([az::az(
                        az::on("storage account update", &account.id).with("--sku", "Standard_LRS"),
                    )])
                    .done()
            })
        })
        .collect()
}

fn provisioned(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let of = |account: &Resource| -> Vec<Finding> {
        let listed = facets::deployments(scene.inventory, &account.id);
        listed
            .items
            .iter()
            .filter(|one| {
                one.sku
                    .text()
                    .is_some_and(|sku| sku.to_ascii_lowercase().contains("provisioned"))
            })
            .map(|one| {
                rule.on(account.id.as_str())
                    .titled(format!("Deployment {} is paid by the hour", one.name))
                    .saying(format!(
                        "Its SKU is {}; Standard is paid by the token.",
                        one.sku.text().unwrap_or_default()
                    ))
                    .proved_by([Evidence::from(Property {
                        resource: one.id.clone(),
                        path: "sku.name".into(),
                        value: crate::analysis::evidence::at(&one.raw, "sku.name").cloned(),
                        observed_at: listed.observed_at.unwrap_or(scene.now),
                        request_id: None,
                    })])
                    .done()
            })
            .collect()
    };
    scene.own(Family::Cognitive).flat_map(of).collect()
}

/// What encryption on the service's side cannot do (domain-rules E.4).
const LIMITS: &str = "Its limits in Microsoft's text: no rotation of the key, no data labeling, no vault with public access disabled, and charges go on during soft delete; one page calls it a preview, another recommends it.";

fn customer_key(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let of = |hub: &Hub| -> Option<Finding> {
        let draft = rule
            .on(hub.id.as_str())
            .proved_by(hub.encryption.evidence.iter().cloned());
        match hub.encryption.state {
            KeyState::ManagedGroup => {
                let managed = hub.managed.as_ref()?;
                let there: Vec<&Resource> = managed
                    .resources
                    .iter()
                    .filter_map(|one| scene.inventory.resource(one.id.as_ref()?))
                    .map(AsRef::as_ref)
                    .collect();
                if there.is_empty() {
                    return None; // None of them was read: what they cost is not known.
                }
                let each: Vec<String> = there.iter().map(|one| in_words(one)).collect();
                let of = if there.len() == 1 { "resource" } else { "resources" };
                let proofs = there.iter().filter(|one| one.sku.value().is_some());
                Some(
                    draft
                        .titled(format!(
                            "The customer's key of {} brings {} {of} of its own",
                            hub.name,
                            there.len()
                        ))
                        .saying(format!(
                            "In {} stand {}: all of them are on your bill while the hub is there, and none may be made smaller.",
                            managed.group.id.name(),
                            each.join(", ")
                        ))
                        .saying(format!(
                            "Encryption on the service's side needs no such group, and can be chosen only when a hub is made. {LIMITS}"
                        ))
                        .proved_by(proofs.map(|one| Evidence::of(one, "sku.name")))
                        .done(),
                )
            }
            KeyState::ServiceSide => Some(
                draft
                    .titled(format!("{} is encrypted on the service's side", hub.name))
                    .saying(format!(
                        "It has no group of its own in your subscription; its search is a dedicated one that you do not see. {LIMITS}"
                    ))
                    .done(),
            ),
            _ => None,
        }
    };
    scene.foundry.hubs.iter().filter_map(of).collect()
}

/// A resource with what it is billed by: `a search service (standard)`.
fn in_words(resource: &Resource) -> String {
    let what = match resource.family {
        Family::Cosmos => "a Cosmos DB account",
        Family::Search => "a search service",
        _ => "a storage account",
    };
    match resource.sku.text() {
        Some(sku) => format!("{what} ({sku})"),
        None => what.to_owned(),
    }
}
