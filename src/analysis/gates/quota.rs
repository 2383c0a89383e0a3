//! The quota gate: limits of a search service's tier (domain-rules G) against what is there.
//!
//! A service that is older than the larger limits keeps its small ones until it is upgraded.

use time::OffsetDateTime;
use time::macros::datetime;

use crate::analysis::evidence::{Evidence, at};
use crate::analysis::facets;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::remedy::az::{az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::azurerm;
use crate::analysis::verdict::{Gate, Tag, Verdict};
use crate::model::facet::Facet;
use crate::model::resource::{Details, Resource};
use crate::store::{Inventory, Payload};

use super::{all, judged};

/// Since when services have the larger storage and vector limits.
const LARGER_SINCE: OffsetDateTime = datetime!(2024-04-03 00:00 UTC);
/// Since when Basic has 15 of each object in place of 5.
const FIFTEEN_SINCE: OffsetDateTime = datetime!(2017-12-01 00:00 UTC);
const GIB: i64 = 1 << 30;

/// The limits of a tier.
#[derive(Clone, Copy, Debug)]
struct Limits {
    objects: usize,
    fields: usize,
    storage: i64,
    tag: Option<Tag>,
}

/// A kind of object that a tier limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Indexers.
    Indexers,
    /// Data sources.
    DataSources,
    /// Skillsets.
    Skillsets,
    /// Indexes.
    Indexes,
}

impl Counted {
    fn facet(self) -> Facet {
        match self {
            Self::Indexers => Facet::Indexers,
            Self::DataSources => Facet::DataSources,
            Self::Skillsets => Facet::Skillsets,
            Self::Indexes => Facet::Indexes,
        }
    }
}

/// Whether a tier's limits leave room: how many of each kind, and the storage that indexes take.
pub fn tier(ground: &Ground<'_>, service: &Resource, kinds: &[Counted]) -> GateVerdict {
    let sku = Evidence::of(service, "sku.name");
    let Some(limits) = limits(service) else {
        return judged(
            Gate::Quota,
            Verdict::Unknown,
            format!(
                "the limits of tier {} are not known here",
                service.sku.text().unwrap_or("(not stated)")
            ),
            [sku],
        );
    };
    let mut checks: Vec<GateVerdict> = kinds
        .iter()
        .map(|kind| objects(ground.inventory, service, *kind, limits))
        .collect();
    checks.extend(storage(ground, service, limits));
    checks.extend(fields(ground, service, limits));
    let mut gate = all(Gate::Quota, checks)
        .unwrap_or_else(|| judged(Gate::Quota, Verdict::Open, "nothing is counted", []));
    gate.judged = gate.judged.proved_by([sku]);
    gate
}

fn is_newer(service: &Resource, than: OffsetDateTime) -> bool {
    let upgraded = at(&service.raw, "properties.serviceUpgradedAt")
        .is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    // Nothing says when most services were made: the larger limits are what is sold today.
    upgraded
        || service
            .system_data
            .created_at
            .value()
            .is_none_or(|made| *made >= than)
}

fn limits(service: &Resource) -> Option<Limits> {
    let larger = is_newer(service, LARGER_SINCE);
    let of = |objects, fields, storage, tag| {
        Some(Limits {
            objects,
            fields,
            storage,
            tag,
        })
    };
    match service.sku.text()?.to_ascii_lowercase().as_str() {
        "free" => of(3, 1000, 50 << 20, None),
        "basic" => {
            let objects = if is_newer(service, FIFTEEN_SINCE) {
                15
            } else {
                5
            };
            of(objects, 100, if larger { 15 * GIB } else { 2 * GIB }, None)
        }
        "standard" if larger => of(50, 1000, 160 * GIB, Some(Tag::K)),
        "standard" => of(50, 1000, 25 * GIB, None),
        "standard2" => of(200, 1000, 512 * GIB, Some(Tag::K)),
        "standard3" => of(200, 1000, 1024 * GIB, Some(Tag::K)),
        "storage_optimized_l1" => of(10, 1000, 2048 * GIB, Some(Tag::K)),
        "storage_optimized_l2" => of(10, 1000, 4096 * GIB, Some(Tag::K)),
        _ => None,
    }
}

/// How many objects of each kind a service has, of how many that its tier holds; none where the limits
/// of the tier are not known here.
pub fn room(inventory: &Inventory, service: &Resource) -> Option<Vec<GateVerdict>> {
    let limits = limits(service)?;
    let kinds = [
        Counted::Indexes,
        Counted::Indexers,
        Counted::DataSources,
        Counted::Skillsets,
    ];
    let of = |kind| objects(inventory, service, kind, limits);
    Some(kinds.into_iter().map(of).collect())
}

fn objects(
    inventory: &Inventory,
    service: &Resource,
    kind: Counted,
    limits: Limits,
) -> GateVerdict {
    let words = kind.facet().words();
    let (count, missing, read_at) = match kind {
        Counted::Indexers => counted(&facets::indexers(inventory, &service.id)),
        Counted::DataSources => counted(&facets::data_sources(inventory, &service.id)),
        Counted::Skillsets => counted(&facets::skillsets(inventory, &service.id)),
        Counted::Indexes => counted(&facets::indexes(inventory, &service.id)),
    };
    let proof = Evidence::listed(
        service.id.clone(),
        kind.facet().name(),
        serde_json::json!({ "read": count, "limit": limits.objects }),
        read_at.unwrap_or(service.source.observed_at),
    );
    if count > limits.objects {
        return judged(
            Gate::Quota,
            Verdict::Shut,
            format!(
                "{count} {words}, and the tier has room for {}",
                limits.objects
            ),
            [proof],
        )
        .mended_by(larger(service));
    }
    match missing {
        Some(why) => judged(
            Gate::Quota,
            Verdict::Unknown,
            format!("how many {words} there are is not known: {why}"),
            [proof],
        ),
        None => judged(
            Gate::Quota,
            Verdict::Open,
            format!("{count} of {} {words}", limits.objects),
            [proof],
        ),
    }
}

fn counted<T>(listed: &facets::Listed<'_, T>) -> (usize, Option<String>, Option<OffsetDateTime>) {
    (
        listed.items.len(),
        listed.missing.clone(),
        listed.observed_at,
    )
}

/// Storage is a gate only when it is full: statistics that were not read leave it out.
fn storage(ground: &Ground<'_>, service: &Resource, limits: Limits) -> Option<GateVerdict> {
    let Details::Search(search) = &service.details else {
        return None;
    };
    let indexes = facets::indexes(ground.inventory, &service.id);
    let mut used = 0_i64;
    let mut read_at = None;
    for index in indexes.items {
        let id = service.id.child(&format!("indexes/{}", index.name));
        let slice = ground.inventory.facet(&id, Facet::IndexStatistics)?;
        let Some(Payload::IndexStatistics(items)) = slice.value.as_deref() else {
            continue;
        };
        for one in items {
            used = used.saturating_add(one.storage.value().copied().unwrap_or(0));
            read_at = Some(one.source.observed_at);
        }
    }
    let partitions = search.partition_count.or_default(1)?.max(1);
    let room = limits.storage.saturating_mul(partitions);
    if used < room {
        return None;
    }
    let mut gate = judged(
        Gate::Quota,
        Verdict::Shut,
        format!(
            "indexes take {} MB, and {partitions} partition(s) of this tier hold {} MB",
            used >> 20,
            room >> 20
        ),
        [Evidence::listed(
            service.id.clone(),
            Facet::IndexStatistics.name(),
            serde_json::json!({ "storageSize": used, "limit": room }),
            read_at.unwrap_or(service.source.observed_at),
        )],
    )
    .mended_by(more_room(service, partitions + 1));
    gate.judged = gate.judged.tagged(limits.tag);
    Some(gate)
}

fn fields(ground: &Ground<'_>, service: &Resource, limits: Limits) -> Option<GateVerdict> {
    let indexes = facets::indexes(ground.inventory, &service.id);
    let index = indexes.items.iter().find(|one| {
        one.fields
            .value()
            .is_some_and(|count| *count > limits.fields)
    })?;
    Some(
        judged(
            Gate::Quota,
            Verdict::Shut,
            format!(
                "index {} has {} fields, and the tier takes {}",
                index.name,
                index.fields.value().copied().unwrap_or_default(),
                limits.fields
            ),
            [Evidence::in_body(
                service.id.child(&format!("indexes/{}", index.name)),
                &index.raw,
                &index.source,
                "fields",
            )],
        )
        .mended_by(larger(service)),
    )
}

fn larger(service: &Resource) -> Vec<Remedy> {
    vec![
        portal(
            &service.name,
            ["Indexers, indexes", "delete what is not in use"],
        ),
        az(on("search service update", &service.id).plain("--set sku.name=standard")),
        azurerm(
            "azurerm_search_service",
            &service.name,
            &["sku = \"standard\""],
        ),
    ]
}

fn more_room(service: &Resource, partitions: i64) -> Vec<Remedy> {
    vec![
        az(on("search service update", &service.id)
            .with("--partition-count", &partitions.to_string())),
        azurerm(
            "azurerm_search_service",
            &service.name,
            &[&format!("partition_count = {partitions}")],
        ),
        portal(&service.name, ["Scale", "Partitions"]),
    ]
}
