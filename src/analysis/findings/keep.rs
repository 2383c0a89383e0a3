//! Rules that say "do not change this": in a group that Microsoft made for a hub, advice that is
//! right elsewhere breaks the hub.

use crate::analysis::foundry::required::{Check, ManagedResource};
use crate::analysis::hop::{Finding, FindingKind, HopKind, Severity};
use crate::analysis::policy::reach::Spared;
use crate::analysis::policy::{Meeting, remedy, words};
use crate::analysis::verdict::Verdict;
use crate::model::resource::Family;

use super::draft::Draft;
use super::policy;
use super::{Rule, Scene};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        doc: "A hub with a customer-managed key reaches the Cosmos DB account of its managed group by key [S]. Benchmarks and policies ask to turn keys off; done here, the hub breaks. Exempt the group from such policies.",
        source: "domain-rules E.2, E.3 [S], high; field notes",
        find: |scene, rule| {
            keep(
                scene,
                rule,
                Family::Cosmos,
                "disableLocalAuth",
                HopKind::FoundryToManagedCosmos,
            )
        },
        ..advice(
            "managed/keep-cosmos-keys",
            "Keep local auth on in the managed Cosmos DB",
        )
    },
    Rule {
        doc: "The platform reaches the search service of the managed group from the public side, and the bypass for trusted services did not help [S]. Closing it, or adding an IP rule, breaks the hub.",
        source: "domain-rules E.2 [S], high; field notes",
        find: |scene, rule| {
            keep(
                scene,
                rule,
                Family::Search,
                "publicNetworkAccess",
                HopKind::FoundryToManagedSearch,
            )
        },
        ..advice(
            "managed/keep-search-open",
            "Keep public access on in the managed Search",
        )
    },
    Rule {
        doc: "The hub reaches the search service of its managed group by key [S]. Turning keys off there breaks it.",
        source: "domain-rules E.2 [S], medium",
        find: |scene, rule| {
            keep(
                scene,
                rule,
                Family::Search,
                "disableLocalAuth",
                HopKind::FoundryToManagedSearch,
            )
        },
        ..advice(
            "managed/keep-search-keys",
            "Keep local auth on in the managed Search",
        )
    },
    Rule {
        doc: "The hub reaches the storage account of its managed group by key [S]. Turning shared keys off there breaks it.",
        source: "domain-rules E.2 [S], medium",
        find: |scene, rule| {
            keep(
                scene,
                rule,
                Family::Storage,
                "allowSharedKeyAccess",
                HopKind::FoundryToManagedStorage,
            )
        },
        ..advice(
            "managed/keep-storage-keys",
            "Keep shared key on in the managed Storage",
        )
    },
];

const fn advice(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "keep",
        title,
        doc: "",
        source: "",
        severity: Severity::Info,
        kind: FindingKind::Keep,
        benefit: None,
        find: |_, _| Vec::new(),
    }
}

/// What has been changed already is a broken hop, and its finding says how to put it back.
fn keep(
    scene: &Scene<'_>,
    rule: &Rule,
    family: Family,
    property: &str,
    kind: HopKind,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for hub in &scene.foundry.hubs {
        let resources = hub.managed.iter().flat_map(|state| &state.resources);
        for one in resources.filter(|one| one.family == family) {
            let (Some(id), Some(check)) = (&one.id, check_of(one, property)) else {
                continue;
            };
            if check.judged.verdict == Verdict::Shut {
                continue;
            }
            let asked = policy::on_property(scene, id, &format!("properties.{}", check.property));
            let draft = rule.on(id.as_str())
                    .saying(format!(
                        "{} belongs to {}: {} has to stay {} and is {}; {}.",
                        one.name,
                        hub.name,
                        short(check.property),
                        check.must_be,
                        check.is,
                        check.judged.reason
                    ))
                    .saying("Policies that change it, and benchmarks that ask to, do not fit here: exempt the group.")
                    .proved_by(check.judged.evidence.iter().cloned())
                    .touching(scene.between(kind, &hub.id, id));
            found.push(answered(scene, draft, &asked).done());
        }
    }
    found
}

/// What is assigned already that would change it, refuses it or speaks against it, and what keeps it off.
fn answered(scene: &Scene<'_>, mut draft: Draft, asked: &[&Meeting<'_>]) -> Draft {
    for meeting in asked {
        let force = scene.policies.force(meeting);
        let who = words::who(scene.ground(), force, meeting.effect.word());
        let spared = match &meeting.spared {
            Spared::By(one) => format!("{} spares it", words::exemption(one)),
            Spared::Not(Some(one)) => format!("{} is over", words::exemption(one)),
            Spared::Not(None) => "nothing exempts it".to_owned(),
            Spared::Unclear(why) => format!("whether it is exempted cannot be told: {why}"),
        };
        draft = draft
            .saying(format!("Against it stands {who}: {spared}."))
            .proved_by(force.evidence(&meeting.changes));
        if !matches!(meeting.spared, Spared::By(_)) {
            draft = draft.mended_by(remedy::spare(scene.ground(), force, meeting.resource));
        }
    }
    draft
}

fn check_of<'r>(resource: &'r ManagedResource, property: &str) -> Option<&'r Check> {
    resource
        .checks
        .iter()
        .find(|check| short(check.property) == property)
}

/// The last part of a property's path.
fn short(property: &str) -> &str {
    property.rsplit('.').next().unwrap_or(property)
}
