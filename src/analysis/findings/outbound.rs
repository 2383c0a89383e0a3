//! Rules about outbound controls: services that could be kept from calling just anybody.

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Benefit, Finding, FindingKind, HopKind, Severity};
use crate::analysis::outbound::{self, Allowed, State};
use crate::analysis::remedy::{az, noted, portal, terraform};
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family};

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        doc: "The account may call any host that a prompt or a request names: data can leave with it. `restrictOutboundNetworkAccess` and `allowedFqdnList` narrow that to the hosts that its hops need. Silent where a perimeter is enforced, and where the perimeters were not read.",
        source: "domain-rules B.3 [D:cog-dlp]; field notes, benefit 3",
        find: account,
        ..exposure(
            "cognitive/outbound-not-restricted",
            "The model account may call any host",
            Severity::Warning,
        )
    },
    Rule {
        doc: "The hub's managed network does not restrict what its compute calls: isolation is off, or allows the internet. Absent means off.",
        source: "machinelearning.md, managedNetwork.isolationMode; field notes, benefit 3",
        find: hub,
        ..exposure(
            "hub/outbound-not-restricted",
            "The hub may call any host",
            Severity::Warning,
        )
    },
    Rule {
        doc: "An outbound list allows a whole domain. Whether subdomains match is not documented; if they do, everybody who rents one is a way out.",
        source: "domain-rules B.3 (disputed)",
        find: wide_entry,
        ..exposure(
            "cognitive/outbound-list-wide",
            "The outbound list names a shared domain",
            Severity::Info,
        )
    },
    Rule {
        doc: "`allowedFqdnList` has entries, but the restriction is off: the list has no effect.",
        source: "domain-rules B.3 [D:cog-dlp]",
        kind: FindingKind::Note,
        benefit: None,
        find: idle_list,
        ..exposure(
            "cognitive/outbound-list-idle",
            "The outbound list has no effect",
            Severity::Info,
        )
    },
];

const fn exposure(id: &'static str, title: &'static str, severity: Severity) -> Rule {
    Rule {
        id,
        family: "outbound",
        title,
        doc: "",
        source: "",
        severity,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Outbound),
        find: |_, _| Vec::new(),
    }
}

/// The hosts that an account's hops need, as far as they were read.
fn needed(scene: &Scene<'_>, account: &ArmId) -> Vec<String> {
    let mut hosts: Vec<String> = scene
        .hops_from(account)
        .filter_map(|hop| match hop.kind {
            HopKind::OpenaiToSearch => {
                let service = super::ties::resource_at(scene.inventory, &hop.to)?;
                Some(format!("{}.{}", service.name, scene.judging.suffix.search))
            }
            HopKind::OpenaiToStorage => {
                let storage = super::ties::resource_at(scene.inventory, &hop.to)?;
                Some(format!("{}.{}", storage.name, scene.judging.suffix.blob))
            }
            HopKind::OpenaiToUrl if !hop.to.starts_with('/') => Some(hop.to.clone()),
            _ => None,
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

fn account(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cognitive)
        .filter_map(|account| {
            let out = outbound::outbound(scene.inventory, account)?;
            if out.state != State::NotRestricted || out.perimeter != outbound::Perimeter::None {
                return None;
            }
            let hosts = needed(scene, &account.id);
            let listed = serde_json::json!(hosts).to_string();
            let note = if hosts.is_empty() {
                "No host that it needs was read: add those that it calls, or it calls nobody."
            } else {
                "It takes up to 15 minutes. The list holds what the hops need that were read."
            };
            let property = format!("properties.allowedFqdnList={listed}");
            Some(
                rule.on(account.id.as_str())
                    .saying(format!("{}.", out.reason))
                    .proved_by(out.evidence)
                    .mended_by(noted(
                        vec![
                            az::az(
                                az::set(
                                    &account.id,
                                    &account.source.api_version,
                                    "properties.restrictOutboundNetworkAccess",
                                    "true",
                                )
                                .value(&property),
                            ),
                            terraform::azurerm(
                                "azurerm_cognitive_account",
                                &account.name,
                                &[
                                    "outbound_network_access_restricted = true",
                                    &format!("fqdns                              = {listed}"),
                                ],
                            ),
                        ],
                        note,
                    ))
                    .touching(scene.hops_from(&account.id))
                    .done(),
            )
        })
        .collect()
}

fn hub(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .inventory
        .family(Family::Workspace)
        .filter(|one| one.kind.is("Hub"))
        .filter_map(|hub| {
            let out = outbound::outbound(scene.inventory, hub)?;
            if out.state != State::NotRestricted {
                return None;
            }
            Some(
                rule.on(hub.id.as_str())
                    .saying(format!("{}.", out.reason))
                    .proved_by(out.evidence)
                    .mended_by(noted(
                        vec![
                            az::az(
                                az::on("ml workspace update", &hub.id)
                                    .with("--managed-network", "allow_only_approved_outbound"),
                            ),
                            terraform::azapi(
                                &hub.id,
                                &hub.source.api_version,
                                "managedNetwork = { isolationMode = \"AllowOnlyApprovedOutbound\" }",
                            ),
                            portal::portal(
                                &hub.name,
                                ["Settings", "Networking", "Private with approved outbound"],
                            ),
                        ],
                        "It cannot be taken back, and brings private endpoints and a firewall that cost.",
                    ))
                    .touching(scene.hops_from(&hub.id))
                    .done(),
            )
        })
        .collect()
}

/// Domains under which anybody can have a name.
const SHARED: [&str; 9] = [
    "windows.net",
    "core.windows.net",
    "blob.core.windows.net",
    "search.windows.net",
    "azure.com",
    "openai.azure.com",
    "azurewebsites.net",
    "github.com",
    "githubusercontent.com",
];

fn wide_entry(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cognitive)
        .filter_map(|account| {
            let out = outbound::outbound(scene.inventory, account)?;
            let (State::Restricted, Allowed::Hosts(hosts) | Allowed::Unknown(hosts)) =
                (out.state, &out.allowed)
            else {
                return None;
            };
            let wide: Vec<&str> = hosts
                .iter()
                .map(|host| host.trim().trim_start_matches("*."))
                .filter(|host| SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(host)))
                .collect();
            (!wide.is_empty()).then(|| {
                rule.on(account.id.as_str())
                    .saying(format!(
                        "{}: others have names under it, too. List the hosts that are needed instead.",
                        wide.join(", ")
                    ))
                    .proved_by([Evidence::of(account, "properties.allowedFqdnList")])
                    .touching(scene.hops_from(&account.id))
                    .done()
            })
        })
        .collect()
}

fn idle_list(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cognitive)
        .filter(|account| matches!(account.details, Details::Cognitive(_)))
        .filter_map(|account| {
            let control = account.outbound.as_ref()?;
            (control.restricted() == Some(false) && !control.allowed_fqdns.items().is_empty()).then(
                || {
                    rule.on(account.id.as_str())
                        .saying(format!(
                            "{} hosts are listed and restrictOutboundNetworkAccess is not true.",
                            control.allowed_fqdns.items().len()
                        ))
                        .proved_by([
                            Evidence::of(account, "properties.restrictOutboundNetworkAccess"),
                            Evidence::of(account, "properties.allowedFqdnList"),
                        ])
                        .done()
                },
            )
        })
        .collect()
}
