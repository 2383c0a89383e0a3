//! What an indexer's own settings decide: the names in it, where it runs, what its tier allows.

use crate::analysis::facets;
use crate::analysis::gates::quota::{self, Counted};
use crate::analysis::gates::{self, network};
use crate::analysis::ground::Ground;
use crate::analysis::hop::GateVerdict;
use crate::analysis::hops::definition;
use crate::analysis::network::Question;
use crate::analysis::remedy::az::{az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::azurerm;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::resource::Resource;
use crate::model::search::{DataSource, Indexer, Skillset};

/// Whether the index and the skillset that an indexer names are there.
pub(super) fn names(
    ground: &Ground<'_>,
    service: &Resource,
    indexer: &Indexer,
    source: &DataSource,
) -> Vec<GateVerdict> {
    let mut checks = Vec::new();
    let at = |path: &str| {
        definition::proof(
            service,
            "indexers",
            &indexer.name,
            &indexer.raw,
            &indexer.source,
            path,
        )
    };
    let targets = facets::indexes(ground.inventory, &service.id);
    if let Some(name) = indexer.target_index.text() {
        checks.push(named(
            service,
            "index",
            ("indexes", name),
            targets.items.iter().map(|one| one.name.as_str()),
            (targets.missing, targets.observed_at),
            at("targetIndexName"),
        ));
    }
    let skillsets = facets::skillsets(ground.inventory, &service.id);
    if let Some(name) = indexer.skillset.text() {
        checks.push(named(
            service,
            "skillset",
            ("skillsets", name),
            skillsets.items.iter().map(|one| one.name.as_str()),
            (skillsets.missing, skillsets.observed_at),
            at("skillsetName"),
        ));
    }
    if indexer.disabled.value() == Some(&true) {
        checks.push(gates::judged(
            Gate::Configuration,
            Verdict::Open,
            format!("indexer {} is disabled: it does not run", indexer.name),
            [at("disabled")],
        ));
    }
    if source.query.text().is_some_and(|query| !query.is_empty()) {
        checks.push(gates::judged(
            Gate::Configuration,
            Verdict::Open,
            format!("only {} is read", source.query.text().unwrap_or_default()),
            [definition::proof(
                service,
                "datasources",
                &source.name,
                &source.raw,
                &source.source,
                "container.query",
            )],
        ));
    }
    checks
}

fn named<'n>(
    service: &Resource,
    what: &str,
    (collection, name): (&str, &str),
    mut names: impl Iterator<Item = &'n str>,
    (missing, observed_at): (Option<String>, Option<time::OffsetDateTime>),
    proof: crate::analysis::evidence::Evidence,
) -> GateVerdict {
    if names.any(|one| one.eq_ignore_ascii_case(name)) {
        return gates::judged(
            Gate::Configuration,
            Verdict::Open,
            format!("{what} {name} is there"),
            [proof],
        );
    }
    match missing {
        Some(why) => gates::judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("whether {what} {name} exists is not known: {why}"),
            [proof],
        ),
        None => gates::judged(
            Gate::Configuration,
            Verdict::Shut,
            format!("the indexer names {what} {name}, which does not exist"),
            [
                proof,
                super::listed(service, collection, 0, name, observed_at),
            ],
        )
        .mended_by([portal(
            &service.name,
            [format!(
                "make {what} {name} again, or name another one in the indexer"
            )],
        )]),
    }
}

/// A shared private link is of use to an indexer that runs in the private environment only.
pub(in crate::analysis::hops) fn environment(
    service: &Resource,
    indexer: &Indexer,
    reached: Option<&network::Judged>,
) -> Option<GateVerdict> {
    let by_link = reached.is_some_and(|one| one.admission.by == Some(Question::SharedPrivateLink));
    if !by_link {
        return None;
    }
    let proof = definition::proof(
        service,
        "indexers",
        &indexer.name,
        &indexer.raw,
        &indexer.source,
        "parameters.configuration.executionEnvironment",
    );
    let judged = |verdict, reason: String| {
        gates::judged(Gate::Configuration, verdict, reason, [proof.clone()])
    };
    let gate = match &indexer.execution_environment {
        Field::Value(word) if word.eq_ignore_ascii_case("private") => {
            return Some(judged(
                Verdict::Open,
                format!("indexer {} runs in the private environment", indexer.name),
            ));
        }
        Field::Value(word) => judged(
            Verdict::Shut,
            format!(
                "indexer {} has executionEnvironment {word}, from where the shared private link cannot be used, and once there is a link there is no other way",
                indexer.name
            ),
        ),
        // What is not set is standard.
        Field::Absent | Field::Null => judged(
            Verdict::Shut,
            format!(
                "indexer {} does not set executionEnvironment, and only the private environment can use the shared private link",
                indexer.name
            ),
        ),
        Field::Malformed | Field::Unreported(_) => judged(
            Verdict::Unknown,
            format!(
                "executionEnvironment of indexer {} cannot be read",
                indexer.name
            ),
        ),
    };
    Some(gate.mended_by([portal(
        &service.name,
        [
            "Indexers",
            &indexer.name,
            "Indexer Definition (JSON)",
            "parameters.configuration.executionEnvironment: private",
        ],
    )]))
}

/// What the tier allows: how many objects, and which skills in the private environment.
pub(super) fn quota(
    ground: &Ground<'_>,
    service: &Resource,
    indexer: &Indexer,
) -> Option<GateVerdict> {
    let mut checks = vec![quota::tier(
        ground,
        service,
        &[Counted::Indexers, Counted::DataSources],
    )];
    checks.extend(private_tier(ground, service, indexer));
    gates::all(Gate::Quota, checks)
}

fn private_tier(ground: &Ground<'_>, service: &Resource, indexer: &Indexer) -> Option<GateVerdict> {
    if !indexer.execution_environment.is("private") {
        return None;
    }
    let proof = crate::analysis::evidence::Evidence::of(service, "sku.name");
    let tier = service.sku.text()?.to_ascii_lowercase();
    let skillsets = facets::skillsets(ground.inventory, &service.id);
    let skillset = indexer.skillset.text().and_then(|name| {
        skillsets
            .items
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name))
    });
    let judged = |verdict, reason: &str| {
        gates::judged(Gate::Quota, verdict, reason, [proof.clone()]).mended_by(
            if verdict == Verdict::Open {
                Vec::new()
            } else {
                standard(service)
            },
        )
    };
    if tier == "free" {
        return Some(judged(
            Verdict::Shut,
            "the free tier has no private environment",
        ));
    }
    let skillset = skillset?;
    let embeddings = count(skillset, true);
    if embeddings > 2 {
        return Some(judged(
            Verdict::Shut,
            "more than two embedding skills of one skillset cannot run in the private environment",
        ));
    }
    if tier == "basic" && count(skillset, false) > 0 {
        return Some(judged(
            Verdict::Shut,
            "on Basic the private environment runs embedding skills only, and the skillset has others",
        ));
    }
    None
}

/// Embedding skills, or those that are neither embedding nor local: a split needs nobody.
fn count(skillset: &Skillset, embedding: bool) -> usize {
    const LOCAL: [&str; 5] = [
        "SplitSkill",
        "MergeSkill",
        "ShaperSkill",
        "ConditionalSkill",
        "DocumentExtractionSkill",
    ];
    skillset
        .skills
        .items()
        .iter()
        .filter_map(|skill| skill.kind())
        .filter(|kind| {
            let is_embedding = kind.contains("Embedding");
            if embedding {
                is_embedding
            } else {
                !is_embedding && !LOCAL.contains(kind)
            }
        })
        .count()
}

fn standard(service: &Resource) -> Vec<crate::analysis::hop::Remedy> {
    vec![
        az(on("search service update", &service.id).plain("--set sku.name=standard")),
        azurerm(
            "azurerm_search_service",
            &service.name,
            &["sku = \"standard\""],
        ),
        portal(&service.name, ["Scale", "Pricing tier: Standard"]),
    ]
}
