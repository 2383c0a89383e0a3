//! Rules about the switches that let keys in: works with a token, and with a key as well.
//!
//! In a managed group the same switches must stay as they are: see `keep`.

use crate::analysis::evidence::Evidence;
use crate::analysis::hop::{Benefit, Finding, FindingKind, Remedy, Severity};
use crate::analysis::remedy::{az, noted, portal, terraform};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::resource::{AuthOptions, Details, Family, Resource};

use super::{Rule, Scene, uses};

pub(super) const RULES: [Rule; 5] = [
    Rule {
        doc: "The storage account takes account keys and SAS made with them: whoever may list keys reads and writes everything, and no role or condition holds them back. Absent means on. Silent in a group that Microsoft made for a hub, where keys must stay on.",
        source: "domain-rules B.1, C.2.7; field notes, benefit 4",
        find: |scene, rule| switches(scene, rule, Family::Storage),
        ..exposure("storage/shared-key-enabled", "Storage takes account keys")
    },
    Rule {
        doc: "The search service takes admin and query keys. A request with a key needs no role, and a key beats the token that comes with it. Absent means on. Silent in a managed group.",
        source: "domain-rules A.2 H02-H04, B.2 [D:search-rbac]; field notes, benefit 4",
        find: |scene, rule| switches(scene, rule, Family::Search),
        ..exposure("search/keys-enabled", "AI Search takes API keys")
    },
    Rule {
        doc: "The search service takes keys only: tokens are refused, so nobody can be given less than a key. This is how a service is made unless told otherwise.",
        source: "domain-rules A.2, B.2 [D:search-enable-rbac]",
        find: keys_only,
        ..exposure("search/keys-only", "AI Search refuses tokens")
    },
    Rule {
        doc: "The Azure OpenAI or AI Services account takes keys: they carry every right on the data plane and belong to nobody. Absent means on.",
        source: "domain-rules A.1 H05, B.3; field notes, benefit 4",
        find: |scene, rule| switches(scene, rule, Family::Cognitive),
        ..exposure("cognitive/keys-enabled", "The model account takes API keys")
    },
    Rule {
        doc: "The Cosmos DB account takes keys. Absent means on. Silent in a managed group: a hub reaches its own account by key and breaks without.",
        source: "domain-rules B.4, E.2 [S]",
        find: |scene, rule| switches(scene, rule, Family::Cosmos),
        ..exposure("cosmos/keys-enabled", "Cosmos DB takes account keys")
    },
];

const fn exposure(id: &'static str, title: &'static str) -> Rule {
    Rule {
        id,
        family: "keys",
        title,
        doc: "",
        source: "",
        severity: Severity::Warning,
        kind: FindingKind::Exposure,
        benefit: Some(Benefit::Identity),
        find: |_, _| Vec::new(),
    }
}

fn switches(scene: &Scene<'_>, rule: &Rule, family: Family) -> Vec<Finding> {
    scene
        .own(family)
        .filter_map(|resource| {
            let switch = resource.local_auth.as_ref()?;
            // What cannot be told is no exposure; and a service that takes nothing but keys has
            // another trouble first.
            if switch.enabled() != Some(true)
                || !crate::analysis::evidence::has_properties(resource)
                || takes_keys_only(resource) == Some(true)
            {
                return None;
            }
            let property = switch.path.rsplit('.').next().unwrap_or(switch.path);
            let evidence = Evidence::of(resource, switch.path);
            let said = match &evidence.value {
                None => format!("{property} is absent, which means that keys are accepted."),
                Some(_) => format!("{property} is {}: keys are accepted.", evidence.words()),
            };
            let mut users = uses::key_users(scene, resource);
            users.extend(by_key_only(scene, resource));
            let note = if users.is_empty() {
                "Nothing that was read uses a key of it; whoever else does stops working."
                    .to_owned()
            } else {
                format!("This would shut {}.", users.join(", "))
            };
            Some(
                rule.on(resource.id.as_str())
                    .saying(said)
                    .saying(if users.is_empty() {
                        "Nothing that was read needs them.".to_owned()
                    } else {
                        format!("In use by {}: change those first.", users.join(", "))
                    })
                    .proved_by([evidence])
                    .mended_by(noted(turn_off(resource), &note))
                    .touching(scene.hops_to(&resource.id))
                    .done(),
            )
        })
        .collect()
}

/// The people and apps that reach a resource by its keys only.
fn by_key_only(scene: &Scene<'_>, resource: &Resource) -> Vec<String> {
    scene
        .hops_to(&resource.id)
        .filter(|hop| {
            hop.gate(Gate::Authorization)
                .is_some_and(|gate| gate.judged.verdict == Verdict::AtRisk)
        })
        .map(|hop| format!("{} of {}", hop.kind, scene.name(&hop.from)))
        .collect()
}

/// What turns keys off.
fn turn_off(resource: &Resource) -> Vec<Remedy> {
    let id = &resource.id;
    let api = &resource.source.api_version;
    match resource.family {
        Family::Storage => vec![
            az::az(az::on("storage account update", id).with("--allow-shared-key-access", "false")),
            terraform::azurerm(
                "azurerm_storage_account",
                &resource.name,
                &["shared_access_key_enabled = false"],
            ),
            portal::portal(
                &resource.name,
                [
                    "Settings",
                    "Configuration",
                    "Allow storage account key access: Disabled",
                    "Save",
                ],
            ),
        ],
        Family::Search => vec![
            az::az(az::on("search service update", id).with("--disable-local-auth", "true")),
            terraform::azurerm(
                "azurerm_search_service",
                &resource.name,
                &["local_authentication_enabled = false"],
            ),
            portal::portal(
                &resource.name,
                ["Settings", "Keys", "Role-based access control"],
            ),
        ],
        Family::Cosmos => vec![
            az::az(az::set(id, api, "properties.disableLocalAuth", "true")),
            terraform::azurerm(
                "azurerm_cosmosdb_account",
                &resource.name,
                &["local_authentication_disabled = true"],
            ),
        ],
        _ => vec![
            az::az(az::set(id, api, "properties.disableLocalAuth", "true")),
            terraform::azurerm(
                "azurerm_cognitive_account",
                &resource.name,
                &["local_auth_enabled = false"],
            ),
        ],
    }
}

/// Whether a search service takes nothing but keys; none when that cannot be told.
fn takes_keys_only(resource: &Resource) -> Option<bool> {
    let Details::Search(search) = &resource.details else {
        return Some(false);
    };
    if !resource.local_auth.as_ref()?.enabled()? {
        return Some(false);
    }
    match &search.auth_options {
        Field::Value(AuthOptions::ApiKeyOnly) | Field::Absent | Field::Null => Some(true),
        Field::Value(AuthOptions::AadOrApiKey(_)) => Some(false),
        Field::Malformed | Field::Unreported(_) => None,
    }
}

fn keys_only(scene: &Scene<'_>, rule: &Rule) -> Vec<Finding> {
    scene
        .own(Family::Search)
        .filter(|service| {
            crate::analysis::evidence::has_properties(service)
                && takes_keys_only(service) == Some(true)
        })
        .map(|service| {
            let options = Evidence::of(service, "properties.authOptions");
            rule.on(service.id.as_str())
                .saying(format!(
                    "authOptions is {}, which means keys only: every caller holds all rights of its key.",
                    options.words()
                ))
                .proved_by([options, Evidence::of(service, "properties.disableLocalAuth")])
                .mended_by(noted(
                    vec![
                        az::az(
                            az::on("search service update", &service.id)
                                .with("--auth-options", "aadOrApiKey")
                                .with("--aad-auth-failure-mode", "http401WithBearerChallenge"),
                        ),
                        terraform::azurerm(
                            "azurerm_search_service",
                            &service.name,
                            &["authentication_failure_mode = \"http401WithBearerChallenge\""],
                        ),
                        portal::portal(&service.name, ["Settings", "Keys", "Both"]),
                    ],
                    "This lets tokens in beside keys and shuts nothing; keys go in a second step.",
                ))
                .touching(scene.hops_to(&service.id))
                .done()
        })
        .collect()
}
