//! Rules about what is good to know: retired features, old API versions, limits that surprise.

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::facets;
use crate::analysis::hop::{Basis, Finding, FindingKind, Hop, HopKind, Severity};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

use super::ties::resource_at;
use super::{Rule, Scene};

pub(super) const RULES: [Rule; 5] = [
    Rule {
        doc: "A model account retrieves from a search service by On Your Data. The feature is deprecated: it answers with three versions of gpt-4o only, and its endpoints stop when the last of them retires. The Foundry Agent Service with knowledge bases of AI Search follows it.",
        source: "domain-rules A.2 H10 [D:oyd-depr]",
        find: on_your_data,
        ..note(
            "openai/on-your-data-deprecated",
            "On Your Data is deprecated, gpt-4o only",
        )
    },
    Rule {
        doc: "A skillset uses a skill that has been retired or is deprecated.",
        source: "AI Search documentation, deprecated skills",
        severity: Severity::Warning,
        find: retired_skill,
        ..note("search/retired-skill", "A skill has been retired")
    },
    Rule {
        doc: "A basic service reads files of 16 MB at most, a free one no more and far less text of each. Larger files fail one by one.",
        source: "domain-rules G, M51 [D:search-limits]",
        find: small_files,
        ..note("search/file-limit", "The tier reads small files only")
    },
    Rule {
        doc: "A resource was answered by an API version that does not know the properties that decide here. They are unknown, not absent. A cloud of one's own, or an older one, answers like that.",
        source: "domain-rules 0.1.4",
        find: old_version,
        ..note("api/old-version", "An API version is too old to tell")
    },
    Rule {
        doc: "A deployed model has been retired: every call to it is answered with an error. Models whose retirement is only announced are not named here, as the dates move.",
        source: "Azure OpenAI documentation, retired models (2026-02)",
        severity: Severity::Warning,
        find: retired_model,
        ..note("openai/retired-model", "A deployed model has been retired")
    },
];

const fn note(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "notes",
        title,
        doc: "",
        source: "",
        severity: Severity::Info,
        kind: FindingKind::Note,
        benefit: None,
        find: |_, _| Vec::new(),
    }
}

/// The versions of gpt-4o that On Your Data still answers with.
const STILL_ANSWERING: [&str; 3] = ["2024-05-13", "2024-08-06", "2024-11-20"];

fn on_your_data(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cognitive)
        .filter_map(|account| {
            let hops: Vec<&Hop> = scene
                .hops_from(&account.id)
                .filter(|hop| hop.kind == HopKind::OpenaiToSearch && hop.basis != Basis::Assumed)
                .collect();
            if hops.is_empty() {
                return None;
            }
            let listed = facets::deployments(scene.inventory, &account.id);
            let fits = listed.items.iter().find(|one| {
                one.model.is("gpt-4o")
                    && STILL_ANSWERING
                        .iter()
                        .any(|version| one.version.is(version))
            });
            let state = match fits {
                Some(one) => format!(
                    "Deployment {} ({} {}) still answers.",
                    one.name,
                    one.model.text().unwrap_or_default(),
                    one.version.text().unwrap_or_default()
                ),
                None if listed.is_whole() => {
                    "None of its deployments is a version of gpt-4o that still answers.".to_owned()
                }
                None => "Whether one of its deployments still answers was not read.".to_owned(),
            };
            Some(
                rule.on(account.id.as_str())
                    .saying(format!(
                        "It answers with gpt-4o {} only, until the last of them retires.",
                        STILL_ANSWERING.join(", ")
                    ))
                    .saying(state)
                    .proved_by(hops.iter().flat_map(|hop| {
                        hop.gates
                            .iter()
                            .flat_map(|gate| gate.judged.evidence.iter().cloned())
                            .take(1)
                    }))
                    .touching(hops.iter().copied())
                    .done(),
            )
        })
        .collect()
}

/// Skills that are no longer supported since August 31, 2024, by the end of their type, and what
/// follows each. From the documentation's page of deprecated skills.
const RETIRED_SKILLS: [(&str, &str); 3] = [
    (
        "Text.NamedEntityRecognitionSkill",
        "Text.V3.EntityRecognitionSkill",
    ),
    (
        "Text.EntityRecognitionSkill",
        "Text.V3.EntityRecognitionSkill",
    ),
    ("Text.SentimentSkill", "Text.V3.SentimentSkill"),
];

fn retired_skill(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for skillset in scene.skillsets(&service.id) {
            for skill in skillset.skills.items() {
                let Some(kind) = skill.odata_type.text() else {
                    continue;
                };
                let Some((old, new)) = RETIRED_SKILLS
                    .iter()
                    .find(|(old, _)| kind.ends_with(&format!("Skills.{old}")))
                else {
                    continue;
                };
                found.push(
                    rule.on(service.id.as_str())
                        .titled(format!("{old} of {} has been retired", skillset.name))
                        .saying(format!(
                            "Its support ended on August 31, 2024; {new} took its place."
                        ))
                        .proved_by([Evidence::in_body(
                            service.id.child(&format!("skillsets/{}", skillset.name)),
                            &skillset.raw,
                            &skillset.source,
                            format!("skills[{}]['@odata.type']", skill.position),
                        )])
                        .done(),
                );
            }
        }
    }
    found
}

fn small_files(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Search)
        .filter_map(|service| {
            let sku = service.sku.text()?;
            if !sku.eq_ignore_ascii_case("basic") && !sku.eq_ignore_ascii_case("free") {
                return None;
            }
            let mut tier = sku.to_ascii_lowercase();
            if let Some(first) = tier.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Some(
                rule.on(service.id.as_str())
                    .titled(format!("{tier} reads files of 16 MB at most"))
                    .saying(
                        "Standard (S1) reads 128 MB. Split larger files, or they fail one by one.",
                    )
                    .proved_by([Evidence::of(service, "sku.name")])
                    .touching(
                        scene
                            .hops_from(&service.id)
                            .filter(|hop| hop.kind == HopKind::IndexerToStorage),
                    )
                    .done(),
            )
        })
        .collect()
}

/// The version that first tells a property which this answer's version does not know.
fn unreported(resource: &Resource) -> Vec<(String, &'static str)> {
    fn since<T>(field: &Field<T>) -> Option<&'static str> {
        match field {
            Field::Unreported(since) => Some(since),
            _ => None,
        }
    }
    let mut found = Vec::new();
    let mut note = |path: &str, version: Option<&'static str>| {
        if let Some(version) = version {
            found.push((path.to_owned(), version));
        }
    };
    if let Some(firewall) = &resource.firewall {
        let rules = firewall.rules_path;
        note(
            "properties.publicNetworkAccess",
            since(&firewall.public_network_access),
        );
        note(&format!("{rules}.bypass"), since(&firewall.bypass));
        note(
            &format!("{rules}.resourceAccessRules"),
            since(&firewall.resource_access_rules),
        );
    }
    if let Some(auth) = &resource.local_auth {
        note(auth.path, since(&auth.value));
    }
    if let Some(outbound) = &resource.outbound {
        note(
            "properties.restrictOutboundNetworkAccess",
            since(&outbound.restrict),
        );
    }
    found
}

fn old_version(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .inventory
        .resources()
        .filter_map(|resource| {
            let lost = unreported(resource);
            let (_, newest) = lost.iter().max_by_key(|(_, since)| *since)?;
            let names: Vec<&str> = lost
                .iter()
                .map(|(path, _)| path.rsplit('.').next().unwrap_or(path))
                .collect();
            Some(
                rule.on(resource.id.as_str())
                    .titled(format!("{} was answered by an old API version", resource.name))
                    .saying(format!(
                        "{} knows nothing of {}; {newest} is the first that does. What depends on it is unknown.",
                        resource.source.api_version,
                        names.join(", ")
                    ))
                    .proved_by(lost.iter().map(|(path, _)| Evidence::of(resource, path.clone())))
                    .done(),
            )
        })
        .collect()
}

/// Models that are no longer served: name, versions (none means all of them), the day they were
/// retired, and what the documentation suggests instead. A fine-tuned model has a name of its own and
/// days of its own.
const RETIRED_MODELS: [(&str, &[&str], &str, &str); 14] = [
    ("o1-preview", &[], "July 28, 2025", "o1"),
    ("gpt-4.5-preview", &[], "July 14, 2025", "gpt-4.1"),
    (
        "gpt-4o-realtime-preview",
        &["2024-10-01"],
        "March 26, 2025",
        "a later version",
    ),
    (
        "gpt-35-turbo",
        &["0301", "0613"],
        "February 13, 2025",
        "a later model",
    ),
    ("gpt-4", &["0314", "0613"], "June 6, 2025", "a later model"),
    ("gpt-4-32k", &[], "June 6, 2025", "a later model"),
    (
        "gpt-35-turbo-16k",
        &["0613"],
        "April 30, 2025",
        "gpt-4.1-mini",
    ),
    ("babbage-002", &[], "January 27, 2025", "a later model"),
    ("davinci-002", &[], "January 27, 2025", "a later model"),
    ("dall-e-2", &[], "January 27, 2025", "a later model"),
    ("text-davinci-002", &[], "June 14, 2024", "a later model"),
    ("text-davinci-003", &[], "June 14, 2024", "a later model"),
    ("text-curie-001", &[], "June 14, 2024", "a later model"),
    (
        "text-similarity-ada-001",
        &[],
        "June 14, 2024",
        "text-embedding-3-small",
    ),
];

fn retired_model(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for account in scene.own(Family::Cognitive) {
        let listed = facets::deployments(scene.inventory, &account.id);
        for one in listed.items {
            let gone = RETIRED_MODELS.iter().find(|(model, versions, ..)| {
                one.model.is(model)
                    && (versions.is_empty()
                        || versions.iter().any(|version| one.version.is(version)))
            });
            let Some((.., day, instead)) = gone else {
                continue;
            };
            found.push(
                rule.on(account.id.as_str())
                    .titled(format!("Deployment {} is of a retired model", one.name))
                    .saying(format!(
                        "{} {} was retired on {day}; {instead} takes its place.",
                        one.model.text().unwrap_or_default(),
                        one.version.text().unwrap_or_default()
                    ))
                    .proved_by([Evidence::from(Property {
                        resource: one.id.clone(),
                        path: "properties.model".into(),
                        value: crate::analysis::evidence::at(&one.raw, "properties.model").cloned(),
                        observed_at: listed.observed_at.unwrap_or(scene.now),
                        request_id: None,
                    })])
                    .touching(scene.hops_to(&account.id).filter(|hop| {
                        resource_at(scene.inventory, &hop.to).is_some_and(|to| to.id == account.id)
                            && ArmId::new(&hop.to) == account.id
                    }))
                    .done(),
            );
        }
    }
    found
}
