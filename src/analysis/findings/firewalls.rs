//! Rules about service firewalls: who is let in beyond those who need it.
//!
//! The sum of a firewall's rules is drawn by `network::open_to`; where it cannot be told, nothing is
//! claimed. Managed groups are left alone: what looks open there has to be.

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::hop::{Benefit, Finding, FindingKind, Remedy, Severity};
use crate::analysis::network::Reach;
use crate::analysis::network::address::Meaning;
use crate::analysis::remedy::{az, noted, portal, terraform};
use crate::analysis::way;
use crate::model::id::Folded;
use crate::model::resource::{Details, Family, Resource};

use super::{Rule, Scene};

/// The services that have a firewall of their own to close.
const GUARDED: [Family; 5] = [
    Family::Storage,
    Family::Search,
    Family::Cognitive,
    Family::Vault,
    Family::Cosmos,
];

/// Ranges with fewer bits than this hold more addresses than one office has.
const WIDE_BELOW: u8 = 16;

pub(super) const RULES: [Rule; 7] = [
    Rule {
        doc: "The service's own firewall lets everybody in: it is off, allows by default, or its rules cover every address. Then roles and keys are all that keeps strangers out. Silent where public access is off, where a perimeter is enforced, where it cannot be told, and in a managed group.",
        source: "domain-rules B; field notes, benefit 2",
        find: open_to_everyone,
        ..exposure(
            "firewall/open-to-everyone",
            "The firewall lets everybody in",
            Severity::Warning,
        )
    },
    Rule {
        doc: "Cosmos DB's rule 0.0.0.0 admits every Azure datacenter: the virtual machines of every other customer, too.",
        source: "domain-rules B.4 [D:cosmos-fw]",
        find: any_azure,
        ..exposure(
            "firewall/any-azure-datacenter",
            "Every Azure datacenter is let in",
            Severity::Warning,
        )
    },
    Rule {
        doc: "An address rule admits more than 65,536 addresses: a provider's block rather than an office's.",
        source: "domain-rules B; field notes, benefit 2",
        find: wide_range,
        ..exposure(
            "firewall/wide-range",
            "An address rule is very wide",
            Severity::Info,
        )
    },
    Rule {
        doc: "Storage trusts Azure services as a whole, where an instance rule could name the few that call. The bypass admits every service on Azure's list with an identity that holds a role. Silent while no call that was read could do with an instance rule.",
        source: "domain-rules B.1 [D:stg-trusted, D:stg-instances]; field notes, benefit 2",
        find: trusted_where_instances_fit,
        ..exposure(
            "storage/trusts-more-than-needed",
            "Storage trusts services that nobody named",
            Severity::Info,
        )
    },
    Rule {
        doc: "Blobs may be read without signing in: the account allows it and a container uses it. With the account's switch alone, the next container may.",
        source: "domain-rules B.1 [K]",
        benefit: Some(Benefit::Identity),
        find: anonymous_blobs,
        ..exposure(
            "storage/anonymous-blobs",
            "Blobs can be read by anybody",
            Severity::Warning,
        )
    },
    Rule {
        doc: "A rule for a subnet lets nobody in: the subnet is gone, or has no service endpoint for the service.",
        source: "domain-rules B",
        kind: FindingKind::Note,
        benefit: None,
        find: dead_rules,
        ..exposure(
            "firewall/dead-rule",
            "A network rule lets nobody in",
            Severity::Info,
        )
    },
    Rule {
        doc: "A network security perimeter is associated in Learning mode: it logs and restricts nothing. The service's own firewall decides until it is enforced.",
        source: "domain-rules B.6 [D:nsp]",
        kind: FindingKind::Note,
        benefit: None,
        find: learning,
        ..exposure(
            "firewall/perimeter-only-learns",
            "A perimeter only learns",
            Severity::Info,
        )
    },
];

const fn exposure(id: &'static str, title: &'static str, severity: Severity) -> Rule {
    Rule {
        id,
        family: "firewalls",
        title,
        doc: "",
        source: "",
        severity,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Firewalls),
        find: |_, _| Vec::new(),
    }
}

fn guarded<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Resource> {
    GUARDED.into_iter().flat_map(|family| scene.own(family))
}

fn open_to_everyone(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    guarded(scene)
        .filter_map(|resource| {
            let wall = scene.wall(resource)?;
            let open = wall.open_to(scene.inventory, resource);
            if open.reach != Reach::Everyone {
                return None;
            }
            Some(
                rule.on(resource.id.as_str())
                    .titled(format!("{} is open to everyone", resource.name))
                    .saying(format!("{}.", open.reason))
                    .saying("Roles, and keys where they are on, are all that keeps strangers out.")
                    .proved_by(open.evidence.iter().cloned())
                    .mended_by(noted(
                        close(scene, resource),
                        &with_shut(
                            scene.would_shut(&resource.id, &way::Rule::Default),
                            "Let in first who needs it: what calls from the internet, and every service that is not trusted, is kept out from then on.",
                        ),
                    ))
                    .touching(scene.hops_to(&resource.id))
                    .done(),
            )
        })
        .collect()
}

/// A note that begins with the hops that a change would shut.
fn with_shut(shut: Option<String>, note: &str) -> String {
    match shut {
        Some(shut) => format!("{shut} {note}"),
        None => note.to_owned(),
    }
}

/// What makes a firewall deny by default.
fn close(scene: &Scene<'_>, resource: &Resource) -> Vec<Remedy> {
    let id = &resource.id;
    let acls = |kind: &str| {
        terraform::azurerm(
            kind,
            &resource.name,
            &[
                "network_acls {",
                "  default_action = \"Deny\"",
                "  bypass         = \"AzureServices\"",
                "}",
            ],
        )
    };
    match resource.family {
        Family::Storage => vec![
            az::az(az::on("storage account update", id).with("--default-action", "Deny")),
            terraform::azurerm(
                "azurerm_storage_account",
                &resource.name,
                &["network_rules {", "  default_action = \"Deny\"", "}"],
            ),
            portal::portal(
                &resource.name,
                [
                    "Security + networking",
                    "Networking",
                    "Enabled from selected networks",
                    "Save",
                ],
            ),
        ],
        Family::Search => close_search(scene, resource),
        Family::Vault => vec![
            az::az(
                az::on("keyvault update", id)
                    .with("--default-action", "Deny")
                    .with("--bypass", "AzureServices"),
            ),
            acls("azurerm_key_vault"),
        ],
        Family::Cosmos => close_cosmos(scene, resource),
        _ => vec![
            az::az(az::set_in(
                resource,
                "networkAcls",
                &[("defaultAction", "Deny")],
            )),
            acls("azurerm_cognitive_account"),
        ],
    }
}

/// A search service denies as soon as it has one address rule.
fn close_search(scene: &Scene<'_>, resource: &Resource) -> Vec<Remedy> {
    let id = &resource.id;
    let mut all = scene.judging.client_ip.map_or_else(Vec::new, |address| {
        let rules = serde_json::json!([{ "value": address.to_string() }]);
        vec![
            az::az(
                az::set(
                    id,
                    &resource.source.api_version,
                    "properties.networkRuleSet.ipRules",
                    &rules.to_string(),
                )
                .value("properties.networkRuleSet.bypass=AzureServices"),
            ),
            terraform::azurerm(
                "azurerm_search_service",
                &resource.name,
                &[
                    &format!("allowed_ips                = [\"{address}\"]"),
                    "network_rule_bypass_option = \"AzureServices\"",
                ],
            ),
        ]
    });
    all.push(portal::portal(
        &resource.name,
        [
            "Settings",
            "Networking",
            "Selected IP addresses",
            "Add your client IP address",
            "Save",
        ],
    ));
    all
}

/// A Cosmos DB account denies as soon as it has one address rule.
fn close_cosmos(scene: &Scene<'_>, resource: &Resource) -> Vec<Remedy> {
    let id = &resource.id;
    let mut all = scene.judging.client_ip.map_or_else(Vec::new, |address| {
        vec![
            az::az(az::on("cosmosdb update", id).with("--ip-range-filter", &address.to_string())),
            terraform::azurerm(
                "azurerm_cosmosdb_account",
                &resource.name,
                &[&format!("ip_range_filter = [\"{address}\"]")],
            ),
        ]
    });
    all.push(portal::portal(
        &resource.name,
        [
            "Settings",
            "Networking",
            "Selected networks",
            "Add my current IP",
            "Save",
        ],
    ));
    all
}

fn any_azure(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Cosmos)
        .filter_map(|account| {
            let wall = scene.wall(account)?;
            let Reach::Some(doors) = wall.open_to(scene.inventory, account).reach else {
                return None;
            };
            let addresses = &wall.rules().addresses;
            doors.any_azure.then(|| {
                rule.on(account.id.as_str())
                    .saying("The rule 0.0.0.0 stands for every Azure datacenter, of any customer.")
                    .proved_by([addresses.evidence.clone()])
                    .mended_by({
                        let off = vec![portal::portal(
                            &account.name,
                            [
                                "Settings",
                                "Networking",
                                "Accept connections from within public Azure datacenters: off",
                                "Save",
                            ],
                        )];
                        let datacenters = way::Rule::Address(Folded::new("0.0.0.0"));
                        match scene.would_shut(&account.id, &datacenters) {
                            Some(shut) => noted(off, &shut),
                            None => off,
                        }
                    })
                    .touching(scene.hops_to(&account.id))
                    .done()
            })
        })
        .collect()
}

fn wide_range(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    guarded(scene)
        .filter_map(|resource| {
            let wall = scene.wall(resource)?;
            let open = wall.open_to(scene.inventory, resource);
            // With the firewall off, or public access off, the rules have no say.
            if !matches!(open.reach, Reach::Some(doors) if doors.ranges > 0) {
                return None;
            }
            let fact = &wall.rules().addresses;
            let wide: Vec<String> = fact
                .value
                .as_ref()?
                .iter()
                .filter(|(_, meaning)| match meaning {
                    Meaning::Range(net) => net.addr().is_ipv4() && net.prefix_len() < WIDE_BELOW,
                    _ => false,
                })
                .map(|(text, _)| text.to_owned())
                .collect();
            (!wide.is_empty()).then(|| {
                rule.on(resource.id.as_str())
                    .saying(format!(
                        "{} in the address rules of {}.",
                        wide.join(", "),
                        resource.name
                    ))
                    .proved_by([fact.evidence.clone()])
                    .touching(scene.hops_to(&resource.id))
                    .done()
            })
        })
        .collect()
}

fn trusted_where_instances_fit(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Storage)
        .filter_map(|account| {
            let wall = scene.wall(account)?;
            let open = wall.open_to(scene.inventory, account);
            if !matches!(open.reach, Reach::Some(doors) if doors.trusted) {
                return None;
            }
            let rules = wall.rules();
            let bypass = rules.bypass.evidence.clone();
            let instances = rules.instances.value.as_ref()?;
            let callers: Vec<_> = scene
                .hops_to(&account.id)
                .filter_map(|hop| super::ties::resource_at(scene.inventory, &hop.from))
                .filter(|one| matches!(one.family, Family::Search | Family::Cognitive | Family::Workspace))
                .collect();
            if callers.is_empty() {
                return None;
            }
            let mut names: Vec<&str> = Vec::new();
            let mut remedies = Vec::new();
            for caller in callers {
                if names.contains(&caller.name.as_str()) {
                    continue;
                }
                names.push(&caller.name);
                if !instances
                    .iter()
                    .any(|one| one.resource_id.eq_ignore_ascii_case(caller.id.as_str()))
                {
                    remedies.push(let_in(scene, account, caller));
                }
            }
            let kept = account.firewall.as_ref().map(crate::model::network::Firewall::bypass_words);
            let kept: Vec<&str> = kept
                .as_ref()
                .map_or(&[][..], crate::model::field::Field::items)
                .iter()
                .map(String::as_str)
                .filter(|word| !word.eq_ignore_ascii_case("AzureServices"))
                .collect();
            let mut line = az::on("storage account update", &account.id).plain("--bypass");
            for word in if kept.is_empty() { vec!["None"] } else { kept } {
                line = line.value(word);
            }
            remedies.push(az::az(line));
            Some(
                rule.on(account.id.as_str())
                    .saying(format!(
                        "The trusted services that call it, as far as it was read: {}. With an instance rule for each the bypass can go.",
                        names.join(", ")
                    ))
                    .proved_by([bypass])
                    .mended_by(noted(
                        remedies,
                        &match scene.would_shut(&account.id, &way::Rule::Bypass) {
                            Some(shut) => format!("In this order: rules first, the bypass last. Alone, without the rules: {} What is trusted and was not read is kept out from then on, the sending of logs into this account above all.", shut.replacen("This would", "it would", 1)),
                            None => "In this order: rules first, the bypass last. What is trusted and was not read is kept out from then on, the sending of logs into this account above all.".to_owned(),
                        },
                    ))
                    .touching(scene.hops_to(&account.id))
                    .done(),
            )
        })
        .collect()
}

/// An instance rule for one caller.
fn let_in(scene: &Scene<'_>, account: &Resource, caller: &Resource) -> Remedy {
    let own = caller
        .identity
        .value()
        .and_then(|identity| identity.tenant_id.text());
    let of_subscription = || {
        let id = caller.id.subscription()?;
        let tenant = scene.inventory.subscription(&id)?.tenant_id.as_ref()?;
        Some(tenant.as_str())
    };
    let Some(tenant) = own.or_else(of_subscription) else {
        return portal::portal(
            &account.name,
            [
                "Networking",
                "Resource instances",
                &format!("add {}", caller.name),
            ],
        );
    };
    az::az(
        az::on_named(
            "storage account network-rule add",
            "--account-name",
            &account.id,
        )
        .with("--tenant-id", tenant)
        .with("--resource-id", caller.id.as_str()),
    )
}

fn anonymous_blobs(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    use crate::model::facet::Facet;
    use crate::store::Payload;
    scene
        .own(Family::Storage)
        .filter_map(|account| {
            let Details::Storage(storage) = &account.details else {
                return None;
            };
            if storage.allow_blob_public_access.value() != Some(&true) {
                return None;
            }
            let slice = scene.inventory.facet(&account.id, Facet::Containers);
            let containers = match slice.and_then(|slice| slice.value.as_deref()) {
                Some(Payload::Containers(items)) => items.as_slice(),
                _ => &[],
            };
            let open: Vec<_> = containers
                .iter()
                .filter(|one| one.public_access.is("Blob") || one.public_access.is("Container"))
                .collect();
            let names: Vec<&str> = open.iter().map(|one| one.name.as_str()).collect();
            let mut draft = rule
                .on(account.id.as_str())
                .proved_by([Evidence::of(account, "properties.allowBlobPublicAccess")])
                .proved_by(open.iter().map(|one| {
                    Evidence::from(Property {
                        resource: one.id.clone(),
                        path: "properties.publicAccess".into(),
                        value: crate::analysis::evidence::at(&one.raw, "properties.publicAccess")
                            .cloned(),
                        observed_at: slice
                            .and_then(|slice| slice.observed_at)
                            .unwrap_or(scene.now),
                        request_id: None,
                    })
                }))
                .mended_by([
                    az::az(
                        az::on("storage account update", &account.id)
                            .with("--allow-blob-public-access", "false"),
                    ),
                    terraform::azurerm(
                        "azurerm_storage_account",
                        &account.name,
                        &["allow_nested_items_to_be_public = false"],
                    ),
                ]);
            draft = if names.is_empty() {
                draft
                    .titled("Containers may be made readable by anybody")
                    .saying("allowBlobPublicAccess is true; no container that was read uses it.")
                    .at_most(Severity::Info)
            } else {
                draft.saying(format!(
                    "Containers that anybody may read: {}.",
                    names.join(", ")
                ))
            };
            Some(draft.done())
        })
        .collect()
}

fn dead_rules(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    guarded(scene)
        .filter_map(|resource| {
            let wall = scene.wall(resource)?;
            let open = wall.open_to(scene.inventory, resource);
            let dead = &open.dead_rules;
            (!dead.is_empty()).then(|| {
                let said: Vec<String> = dead
                    .iter()
                    .map(|one| format!("{}: {}", one.subnet.name(), one.why))
                    .collect();
                rule.on(resource.id.as_str())
                    .saying(format!("{}.", said.join("; ")))
                    .proved_by([wall.rules().subnets.evidence.clone()])
                    .done()
            })
        })
        .collect()
}

fn learning(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    guarded(scene)
        .filter_map(|resource| {
            let listed = crate::analysis::facets::perimeters(scene.inventory, &resource.id);
            let learns = listed.items.iter().find(|one| {
                one.access_mode.is("Learning")
                    || one.access_mode.is("Transition")
                    || one.access_mode.is("Audit")
            })?;
            let name = learns.perimeter.as_ref().map_or("a perimeter", |id| id.name());
            let mode = learns.access_mode.text().unwrap_or_default();
            Some(
                rule.on(resource.id.as_str())
                    .saying(format!(
                        "{name} has {} in mode {mode}: it writes down who calls and keeps nobody out.",
                        resource.name
                    ))
                    .proved_by([Evidence::listed(
                        resource.id.clone(),
                        "networkSecurityPerimeterConfigurations",
                        serde_json::json!({ "perimeter": name, "accessMode": mode }),
                        listed.observed_at.unwrap_or(scene.now),
                    )])
                    .done(),
            )
        })
        .collect()
}
