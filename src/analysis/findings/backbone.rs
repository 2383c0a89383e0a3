//! Rules about the way that traffic takes: encrypted, over Microsoft's backbone, without private
//! paths that somebody would have to keep.

use serde_json::Value;

use crate::analysis::evidence::Evidence;
use crate::analysis::facets;
use crate::analysis::hop::{Benefit, Finding, FindingKind, Severity};
use crate::analysis::remedy::{az, portal, terraform};
use crate::model::resource::{Details, Family};

use super::{Rule, Scene};

pub(super) const RULES: [Rule; 4] = [
    Rule {
        doc: "The storage account answers plain http. Absent means https only.",
        source: "storage.md, supportsHttpsTrafficOnly",
        find: plain_http,
        ..exposure("storage/plain-http", "Storage answers without encryption")
    },
    Rule {
        doc: "The storage account accepts TLS older than 1.2. Azure has retired those versions; a client that still uses one stops working.",
        source: "storage.md, minimumTlsVersion [K]",
        find: old_tls,
        severity: Severity::Info,
        ..exposure("storage/old-tls", "Storage accepts an old TLS version")
    },
    Rule {
        doc: "A skill calls an address outside of Azure's own services, or without encryption: the documents leave Microsoft's backbone.",
        source: "field notes, benefit 1",
        find: skill_outside,
        ..exposure(
            "search/skill-leaves-backbone",
            "A skill sends documents elsewhere",
        )
    },
    Rule {
        doc: "A private endpoint or a shared private link stands beside the pattern, which does without: it costs, wants DNS, and once there, AI Search uses a shared private link always and never falls back.",
        source: "domain-rules A.2 H06, G [D:search-securing]; field notes, benefits 1 and 5",
        kind: FindingKind::Note,
        benefit: None,
        severity: Severity::Info,
        find: private_path,
        ..exposure("backbone/private-path", "A private path is kept")
    },
];

const fn exposure(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "backbone",
        title,
        doc: "",
        source: "",
        severity: Severity::Warning,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Backbone),
        find: |_, _| Vec::new(),
    }
}

fn plain_http(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Storage)
        .filter_map(|account| {
            let evidence = Evidence::of(account, "properties.supportsHttpsTrafficOnly");
            (evidence.value == Some(Value::Bool(false))).then(|| {
                rule.on(account.id.as_str())
                    .saying("supportsHttpsTrafficOnly is false: who calls http is answered in the clear.")
                    .proved_by([evidence])
                    .mended_by([
                        az::az(az::on("storage account update", &account.id).with("--https-only", "true")),
                        terraform::azurerm(
                            "azurerm_storage_account",
                            &account.name,
                            &["https_traffic_only_enabled = true"],
                        ),
                        portal::portal(&account.name, ["Settings", "Configuration", "Secure transfer required: Enabled"]),
                    ])
                    .done()
            })
        })
        .collect()
}

fn old_tls(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Storage)
        .filter_map(|account| {
            let Details::Storage(storage) = &account.details else {
                return None;
            };
            let version = &storage.minimum_tls_version;
            (version.is("TLS1_0") || version.is("TLS1_1")).then(|| {
                rule.on(account.id.as_str())
                    .saying(format!(
                        "minimumTlsVersion is {}.",
                        version.text().unwrap_or_default()
                    ))
                    .proved_by([Evidence::of(account, "properties.minimumTlsVersion")])
                    .mended_by([
                        az::az(
                            az::on("storage account update", &account.id)
                                .with("--min-tls-version", "TLS1_2"),
                        ),
                        terraform::azurerm(
                            "azurerm_storage_account",
                            &account.name,
                            &["min_tls_version = \"TLS1_2\""],
                        ),
                    ])
                    .done()
            })
        })
        .collect()
}

/// Suffixes of hosts that Azure itself serves.
const AZURE_HOSTS: [&str; 8] = [
    ".azurewebsites.net",
    ".azure.com",
    ".azure.us",
    ".azure.cn",
    ".windows.net",
    ".azurecontainerapps.io",
    ".azure-api.net",
    ".azureml.ms",
];

fn skill_outside(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for service in scene.own(Family::Search) {
        for skillset in scene.skillsets(&service.id) {
            let Some(skills) = skillset.raw.get("skills").and_then(Value::as_array) else {
                continue;
            };
            for (at, skill) in skills.iter().enumerate() {
                let Some(url) = skill
                    .get("uri")
                    .and_then(Value::as_str)
                    .and_then(|uri| url::Url::parse(uri).ok())
                else {
                    continue;
                };
                let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
                let at_azure = AZURE_HOSTS.iter().any(|suffix| host.ends_with(suffix));
                let said = match (at_azure, url.scheme()) {
                    (_, "http") => format!("It calls {host} without encryption."),
                    (false, _) => {
                        format!("It calls {host}, which is no host of Azure's own services.")
                    }
                    (true, _) => continue,
                };
                found.push(
                    rule.on(service.id.as_str())
                        .titled(format!(
                            "A skill of {} sends documents to {host}",
                            skillset.name
                        ))
                        .saying(said)
                        .proved_by([Evidence::in_body(
                            service.id.child(&format!("skillsets/{}", skillset.name)),
                            &skillset.raw,
                            &skillset.source,
                            format!("skills[{at}].uri"),
                        )])
                        .done(),
                );
            }
        }
    }
    found
}

fn private_path(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    let mut found = Vec::new();
    for family in [
        Family::Storage,
        Family::Search,
        Family::Cognitive,
        Family::Vault,
        Family::Cosmos,
    ] {
        for resource in scene.own(family) {
            let links: Vec<String> = facets::shared_private_links(scene.inventory, &resource.id)
                .items
                .iter()
                .map(|link| {
                    format!(
                        "shared private link {} ({})",
                        link.name,
                        link.status.text().unwrap_or("state not said")
                    )
                })
                .collect();
            let wall = scene.wall(resource);
            let ends = wall.as_ref().map(|wall| &wall.rules().private);
            let count = ends
                .and_then(|fact| fact.value.as_ref())
                .map_or(0, Vec::len);
            if links.is_empty() && count == 0 {
                continue;
            }
            let mut said = links.clone();
            if count > 0 {
                said.push(format!("{count} private endpoint connections"));
            }
            let mut draft = rule
                .on(resource.id.as_str())
                .titled(format!("{} keeps a private path", resource.name))
                .saying(format!("{}.", said.join(", ")));
            if count > 0 {
                draft = draft.proved_by(ends.map(|fact| fact.evidence.clone()));
            }
            if !links.is_empty() {
                draft = draft.proved_by([Evidence::listed(
                    resource.id.clone(),
                    "sharedPrivateLinkResources",
                    serde_json::json!(links),
                    scene.now,
                )]);
            }
            found.push(draft.done());
        }
    }
    found
}
