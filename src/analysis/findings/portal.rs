//! Rules about the portal's own paths: blades that call the data plane from the portal's addresses,
//! or in the name of the person who looks at them.

use std::net::IpAddr;

use crate::analysis::hop::{Finding, FindingKind, Hop, HopKind, Severity};
use crate::analysis::network::address::{Addresses, Match};
use crate::analysis::network::{self, Reach};
use crate::analysis::remedy::{az, noted, portal};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::id::ArmId;
use crate::model::resource::{Family, Resource};

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 3] = [
    Rule {
        doc: "A search service with address rules lets in who is listed. The import wizard and the search explorer call from the portal's own address, which has to be listed, too: what `stamp2.ext.search.windows.net` resolves to. hopscope resolves no names, so it says when no listed address beside the person's can be it, and when one of them may.",
        source: "domain-rules A.2 H02-H04 [D:search-fw]",
        find: search_blades,
        ..note(
            "portal/search-blades-refused",
            "Import wizard and search explorer are kept out",
        )
    },
    Rule {
        doc: "A Cosmos DB account with address rules keeps the data explorer out unless the portal's addresses are listed.",
        source: "domain-rules B.4 [D:cosmos-fw]; addresses [K]",
        find: data_explorer,
        ..note(
            "portal/data-explorer-refused",
            "The data explorer is kept out",
        )
    },
    Rule {
        doc: "The playground calls model and search in the name of the person who sits before it. Without the model's or the search service's data role it answers 401 or 403, whatever the services themselves may do.",
        source: "domain-rules A.2 H03-H05; field notes",
        find: playground,
        ..note(
            "portal/playground-refused",
            "The playground refuses this person",
        )
    },
];

const fn note(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "portal",
        title,
        doc: "",
        source: "",
        severity: Severity::Info,
        kind: FindingKind::Note,
        benefit: None,
        find: |_, _| Vec::new(),
    }
}

/// The address rules of a resource, when they are what decides and nothing about them is in doubt.
fn deciding(scene: &Scene<'_>, resource: &Resource) -> Option<network::Fact<Addresses>> {
    let wall = scene.wall(resource)?;
    let Reach::Some(doors) = wall.open_to(scene.inventory, resource).reach else {
        return None;
    };
    let rules = wall.rules();
    let only_listed = rules.public.value == Some(network::Public::Enabled)
        && rules.default_allow.value == Some(false)
        && !doors.portal;
    only_listed.then(|| rules.addresses.clone())
}

fn search_blades(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Search)
        .filter_map(|service| {
            let fact = deciding(scene, service)?;
            let listed = fact.value.as_ref()?;
            let others = listed
                .iter()
                .filter(|(_, meaning)| !is_the_persons(scene, *meaning))
                .count();
            let said = if others == 0 {
                "No other address than the person's own is listed.".to_owned()
            } else {
                format!(
                    "Of {} listed, {others} may be the portal's; if none is, both blades are refused.",
                    listed.len()
                )
            };
            let title = if others == 0 {
                "Import wizard and search explorer are kept out"
            } else {
                "Import wizard and search explorer need the portal's address"
            };
            Some(
                rule.on(service.id.as_str())
                    .titled(title)
                    .saying("The portal calls from what stamp2.ext.search.windows.net resolves to.")
                    .saying(said)
                    .proved_by([fact.evidence.clone()])
                    .mended_by(noted(
                        vec![
                            az::az(
                                az::on("search service update", &service.id)
                                    .with(
                                        "--ip-rules",
                                        &listed
                                            .iter()
                                            .map(|(text, _)| text)
                                            .chain([""])
                                            .collect::<Vec<_>>()
                                            .join(";"),
                                    )
                                    .joined(PORTAL_OF_SEARCH),
                            ),
                            portal::portal(
                                &service.name,
                                ["Settings", "Networking", "Firewall", "Add the portal's address", "Save"],
                            ),
                        ],
                        "The list is set as a whole: those that are there stand in it. The shell looks the portal's address up.",
                    ))
                    .done(),
            )
        })
        .collect()
}

/// The portal's address, as a shell finds it out.
const PORTAL_OF_SEARCH: &str = "\"$(dig +short stamp2.ext.search.windows.net | tail -n 1)\"";

fn is_the_persons(scene: &Scene<'_>, meaning: network::address::Meaning) -> bool {
    match (meaning, scene.judging.client_ip) {
        (network::address::Meaning::One(address), Some(own)) => {
            address.to_canonical() == own.to_canonical()
        }
        _ => false,
    }
}

/// The portal's addresses for Cosmos DB, cloud by cloud `[K]`. Any one of them is a sign that somebody
/// has thought of it.
const PORTAL_OF_COSMOS: [&str; 13] = [
    "13.91.105.215",
    "4.210.172.107",
    "13.88.56.148",
    "40.91.218.243",
    "104.42.195.92",
    "40.76.54.131",
    "52.176.6.30",
    "52.169.50.45",
    "52.187.184.26",
    "52.247.163.6",
    "52.244.134.181",
    "52.130.1.64",
    "139.217.8.252",
];

fn data_explorer(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cosmos)
        .filter_map(|account| {
            let fact = deciding(scene, account)?;
            let listed = fact.value.as_ref()?;
            let is_listed = PORTAL_OF_COSMOS
                .iter()
                .filter_map(|text| text.parse::<IpAddr>().ok())
                .any(|address| listed.admit(address) != Match::No);
            (!is_listed).then(|| {
                rule.on(account.id.as_str())
                    .saying("None of the portal's addresses is listed [K].")
                    .proved_by([fact.evidence.clone()])
                    .mended_by([portal::portal(
                        &account.name,
                        [
                            "Settings",
                            "Networking",
                            "Exceptions",
                            "Allow access from Azure Portal",
                            "Save",
                        ],
                    )])
                    .done()
            })
        })
        .collect()
}

fn playground(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut people: Vec<&str> = Vec::new();
    for hop in scene.hops {
        if hop.kind == HopKind::UserToOpenai && !people.contains(&hop.from.as_str()) {
            people.push(&hop.from);
        }
    }
    people
        .into_iter()
        .filter_map(|person| {
            let refused: Vec<&Hop> = scene
                .hops
                .iter()
                .filter(|hop| {
                    hop.from == person
                        && matches!(
                            hop.kind,
                            HopKind::UserToOpenai
                                | HopKind::UserToSearchDocuments
                                | HopKind::UserToSearchObjects
                        )
                        && hop
                            .gate(Gate::Authorization)
                            .is_some_and(|gate| gate.judged.verdict == Verdict::Shut)
                })
                .collect();
            if refused.is_empty() {
                return None;
            }
            let targets: Vec<String> = refused
                .iter()
                .map(|hop| ArmId::new(&hop.to).name().to_owned())
                .fold(Vec::new(), |mut names, name| {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    names
                });
            let gates: Vec<_> = refused
                .iter()
                .filter_map(|hop| hop.gate(Gate::Authorization))
                .collect();
            let about = refused
                .iter()
                .find(|hop| hop.kind == HopKind::UserToOpenai)
                .or(refused.first())?;
            Some(
                rule.on(about.to.as_str())
                    .saying(format!(
                        "It works with the person's own rights, and those on {} are missing.",
                        targets.join(", ")
                    ))
                    .proved_by(
                        gates
                            .iter()
                            .flat_map(|gate| gate.judged.evidence.iter().cloned()),
                    )
                    .mended_by(gates.iter().flat_map(|gate| gate.remedies.iter().cloned()))
                    .touching(refused.iter().copied())
                    .done(),
            )
        })
        .collect()
}
