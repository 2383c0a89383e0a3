//! The configuration gate: names that lead nowhere, deployments, subdomains, containers, switches.

use crate::analysis::evidence::{Evidence, Property};
use crate::analysis::facets::{self, Listed};
use crate::analysis::ground::{Ground, Lookup, host_of, is_regional};
use crate::analysis::hop::GateVerdict;
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::terraform::{azurerm, text};
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::Deployment;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::resource::{Details, Resource};

use super::judged;

/// Whether a thing that a definition names is there. `what` is what it is: `storage account`.
pub fn exists(ground: &Ground<'_>, id: &ArmId, what: &str, named: Evidence) -> GateVerdict {
    match ground.lookup(id) {
        Lookup::Found(_) => judged(
            Gate::Configuration,
            Verdict::Open,
            format!("{what} {} is there", id.name()),
            [named],
        ),
        Lookup::Gone(gone) => judged(
            Gate::Configuration,
            Verdict::Shut,
            format!(
                "{what} {} is gone, and a definition still names it",
                id.name()
            ),
            [named, gone],
        )
        .mended_by([portal(
            "the definition",
            [format!(
                "name a {what} that exists, in place of {}",
                id.name()
            )],
        )]),
        Lookup::NotRead(why) => judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("{what} {} {why}", id.name()),
            [named],
        ),
    }
}

/// An address that no resource that was read answers to.
pub fn unanswered(address: &str, what: &str, named: Evidence) -> GateVerdict {
    judged(
        Gate::Configuration,
        Verdict::Unknown,
        format!(
            "no {what} that was read answers to {}: it may stand outside of what was looked at, or be gone",
            host_of(address)
        ),
        [named],
    )
    .mended_by([portal(
        "hopscope",
        [format!(
            "look at the subscription that holds {} too, or name an existing one in the definition",
            host_of(address)
        )],
    )])
}

/// Whether a service ranks as an index is set up to: none where no index has a semantic configuration.
/// Silence means that the ranker is on (domain-rules B.2).
pub fn semantic_ranker(ground: &Ground<'_>, service: &Resource) -> Option<GateVerdict> {
    let Details::Search(search) = &service.details else {
        return None;
    };
    let indexes = facets::indexes(ground.inventory, &service.id);
    let index = indexes
        .items
        .iter()
        .find(|one| !one.semantic_configurations.items().is_empty())?;
    let word = search.semantic_search.text()?;
    let proof = [
        Evidence::of(service, "properties.semanticSearch"),
        Evidence::in_body(
            service.id.child(&format!("indexes/{}", index.name)),
            &index.raw,
            &index.source,
            "semantic.configurations",
        ),
    ];
    if !word.eq_ignore_ascii_case("disabled") {
        return Some(judged(
            Gate::Configuration,
            Verdict::Open,
            format!("semanticSearch of {} is {word}", service.name),
            proof,
        ));
    }
    Some(
        judged(
            Gate::Configuration,
            Verdict::Shut,
            format!(
                "semanticSearch of {} is disabled, and index {} has a semantic configuration: queries that use it are refused",
                service.name, index.name
            ),
            proof,
        )
        .mended_by([
            az(on("search service update", &service.id).plain("--semantic-search free")),
            azurerm(
                "azurerm_search_service",
                &service.name,
                &[r#"semantic_search_sku = "free""#],
            ),
            portal(&service.name, ["Premium features", "Semantic ranker", "Free"]),
        ]),
    )
}

/// Whether an account has the deployment that a definition names, of the model it names.
pub fn deployment(
    ground: &Ground<'_>,
    account: &Resource,
    wanted: &Field<String>,
    model: &Field<String>,
    named: Evidence,
) -> GateVerdict {
    let Some(name) = wanted.text() else {
        return judged(
            Gate::Configuration,
            if wanted.is_unset() {
                Verdict::Shut
            } else {
                Verdict::Unknown
            },
            "the definition names no deployment",
            [named],
        )
        .mended_by([portal("the definition", ["set deploymentId"])]);
    };
    let listed = facets::deployments(ground.inventory, &account.id);
    let found = listed
        .items
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(name));
    let Some(found) = found else {
        return no_deployment(account, name, model, &listed, named);
    };
    let proof = Evidence::from(Property {
        resource: found.id.clone(),
        path: "properties.model.name".into(),
        value: crate::analysis::evidence::at(&found.raw, "properties.model.name").cloned(),
        observed_at: listed.observed_at.unwrap_or(account.source.observed_at),
        request_id: None,
    });
    let state = found.provisioning_state.text().unwrap_or("Succeeded");
    if !state.eq_ignore_ascii_case("Succeeded") {
        return judged(
            Gate::Configuration,
            Verdict::Shut,
            format!("deployment {name} of {} is {state}", account.name),
            [named, proof],
        )
        .mended_by(deploy(
            account,
            name,
            model.text().or(found.model.text()).unwrap_or(name),
        ));
    }
    match (model.text(), found.model.text()) {
        (Some(wanted), Some(is)) if !wanted.eq_ignore_ascii_case(is) => judged(
            Gate::Configuration,
            Verdict::Shut,
            format!(
                "deployment {name} of {} is of model {is}, and the definition says {wanted}",
                account.name
            ),
            [named, proof],
        )
        .mended_by(deploy(account, name, wanted)),
        (Some(_), None) => judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!(
                "the model of deployment {name} of {} cannot be read",
                account.name
            ),
            [named, proof],
        ),
        _ => judged(
            Gate::Configuration,
            Verdict::Open,
            format!("deployment {name} is there"),
            [named, proof],
        ),
    }
}

fn no_deployment(
    account: &Resource,
    name: &str,
    model: &Field<String>,
    listed: &Listed<'_, Deployment>,
    named: Evidence,
) -> GateVerdict {
    if let Some(why) = &listed.missing {
        return judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("whether deployment {name} exists is not known: {why}"),
            [named],
        );
    }
    let all: Vec<&str> = listed.items.iter().map(|one| one.name.as_str()).collect();
    let proof = Evidence::listed(
        account.id.clone(),
        "deployments",
        serde_json::json!({
            "read": all.len(),
            "why": format!("none is named {name}"),
            "names": all,
        }),
        listed.observed_at.unwrap_or(account.source.observed_at),
    );
    judged(
        Gate::Configuration,
        Verdict::Shut,
        format!(
            "{} has no deployment {name}: {} read",
            account.name,
            listed.items.len()
        ),
        [named, proof],
    )
    .mended_by(deploy(account, name, model.text().unwrap_or(name)))
}

fn deploy(account: &Resource, name: &str, model: &str) -> Vec<crate::analysis::hop::Remedy> {
    let command = version_of(model).map(|version| {
        az(
            on("cognitiveservices account deployment create", &account.id)
                .with("--deployment-name", name)
                .with("--model-name", model)
                .plain("--model-format OpenAI --model-version")
                .value(version)
                .plain("--sku-name Standard --sku-capacity 10"),
        )
    });
    let mut all: Vec<_> = command.into_iter().collect();
    all.extend([
        azurerm(
            "azurerm_cognitive_deployment",
            name,
            &[
                &format!("name                 = {}", text(name)),
                &format!("cognitive_account_id = {}", text(account.id.as_str())),
                "model {",
                "  format = \"OpenAI\"",
                &format!("  name   = {}", text(model)),
                "}",
                "sku { name = \"Standard\" }",
            ],
        ),
        portal(
            &account.name,
            ["Model deployments", &format!("deploy {model} as {name}")],
        ),
    ]);
    all
}

/// The version that the command line asks for and a definition does not tell: of the models that
/// embed, which have one each. Others have many.
fn version_of(model: &str) -> Option<&'static str> {
    [
        ("text-embedding-3-large", "1"),
        ("text-embedding-3-small", "1"),
        ("text-embedding-ada-002", "2"),
    ]
    .into_iter()
    .find_map(|(name, version)| name.eq_ignore_ascii_case(model).then_some(version))
}

/// Whether an account takes tokens at the address that is called: it needs a subdomain of its own.
pub fn subdomain(account: &Resource, address: &str) -> GateVerdict {
    let proof = Evidence::of(account, "properties.customSubDomainName");
    let Details::Cognitive(details) = &account.details else {
        return judged(
            Gate::Configuration,
            Verdict::Open,
            "no subdomain is needed",
            [],
        );
    };
    if is_regional(&host_of(address)) {
        return judged(
            Gate::Configuration,
            Verdict::Shut,
            "the region's own endpoint is called, which takes no tokens and no callers once there are network rules",
            [proof],
        )
        .mended_by([portal("the definition", ["call the account's own endpoint"])]);
    }
    match &details.custom_sub_domain {
        Field::Value(name) if !name.trim().is_empty() => judged(
            Gate::Configuration,
            Verdict::Open,
            format!("{} has the subdomain {name}", account.name),
            [proof],
        ),
        Field::Malformed | Field::Unreported(_) => judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!(
                "whether {} has a subdomain of its own cannot be told",
                account.name
            ),
            [proof],
        ),
        _ => judged(
            Gate::Configuration,
            Verdict::Shut,
            format!(
                "{} has no custom subdomain, and without one it takes no tokens of Entra ID",
                account.name
            ),
            [proof],
        )
        .mended_by([
            az(on("cognitiveservices account update", &account.id)
                .with("--custom-domain", &account.name)),
            azurerm(
                "azurerm_cognitive_account",
                &account.name,
                &[&format!("custom_subdomain_name = {}", text(&account.name))],
            ),
            portal(&account.name, ["Networking", "Generate Custom Domain Name"]),
        ]),
    }
}

/// Whether a blob container that a definition names is there.
pub fn container(
    ground: &Ground<'_>,
    account: &Resource,
    wanted: &Field<String>,
    named: Evidence,
) -> GateVerdict {
    let Some(name) = wanted.text().filter(|name| !name.is_empty()) else {
        return judged(
            Gate::Configuration,
            if wanted.is_unclear() {
                Verdict::Unknown
            } else {
                Verdict::Shut
            },
            "the definition names no container",
            [named],
        )
        .mended_by([portal("the definition", ["set container.name"])]);
    };
    let listed = facets::containers(ground.inventory, &account.id);
    if listed
        .items
        .iter()
        .any(|one| one.name.eq_ignore_ascii_case(name))
    {
        return judged(
            Gate::Configuration,
            Verdict::Open,
            format!("container {name} is there"),
            [named],
        );
    }
    if let Some(why) = listed.missing {
        return judged(
            Gate::Configuration,
            Verdict::Unknown,
            format!("whether container {name} exists is not known: {why}"),
            [named],
        );
    }
    let proof = Evidence::listed(
        account.id.clone(),
        "containers",
        serde_json::json!({
            "read": listed.items.len(),
            "why": format!("none is named {name}"),
        }),
        listed.observed_at.unwrap_or(account.source.observed_at),
    );
    judged(
        Gate::Configuration,
        Verdict::Shut,
        format!(
            "{} has no container {name}: {} read",
            account.name,
            listed.items.len()
        ),
        [named, proof],
    )
    .mended_by([
        az(az::on_named(
            "storage container-rm create",
            "--storage-account",
            &account.id,
        )
        .with("--name", name)),
        azurerm(
            "azurerm_storage_container",
            name,
            &[
                &format!("name               = {}", text(name)),
                &format!("storage_account_id = {}", text(account.id.as_str())),
            ],
        ),
        portal(&account.name, ["Containers", &format!("add {name}")]),
    ])
}
