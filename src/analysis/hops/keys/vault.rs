//! What a vault and its key must be so that a service can encrypt with it (domain-rules H15, E.4).

use serde_json::{Value, json};

use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::facets;
use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::network::region;
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::read;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::azurerm;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::facet::VaultKey;
use crate::model::field::Field;
use crate::model::resource::{Details, Resource, Vault};

/// Everything that configuration has a say in.
pub(super) fn configuration(
    ground: &Ground<'_>,
    caller: &Resource,
    vault: &Resource,
    uri: &str,
    named: &Evidence,
) -> GateVerdict {
    let mut checks = vec![key(ground, vault, uri, named)];
    if let Details::Vault(details) = &vault.details {
        checks.push(soft_delete(vault, details));
        checks.push(purge_protection(vault, details));
        if matches!(caller.details, Details::Workspace(_)) {
            checks.extend(place(ground, caller, vault, details));
        }
    }
    let mut gate = gates::all(Gate::Configuration, checks).unwrap_or_else(|| {
        gates::judged(Gate::Configuration, Verdict::Open, "the vault is there", [])
    });
    gate.changed_at = ground.changed_at(vault);
    gate
}

fn check(
    verdict: Verdict,
    reason: impl Into<String>,
    evidence: impl IntoIterator<Item = Evidence>,
) -> GateVerdict {
    gates::judged(Gate::Configuration, verdict, reason, evidence)
}

fn key(ground: &Ground<'_>, vault: &Resource, uri: &str, named: &Evidence) -> GateVerdict {
    let Some((_, name)) = super::parts(uri) else {
        return check(
            Verdict::Unknown,
            format!("{uri} is no key that can be looked up"),
            [named.clone()],
        );
    };
    let listed = facets::keys(ground.inventory, &vault.id);
    let seen = listed.observed_at.unwrap_or(vault.source.observed_at);
    let Some(key) = listed
        .items
        .iter()
        .find(|key| key.name.eq_ignore_ascii_case(&name))
    else {
        return match listed.missing {
            Some(why) => check(
                Verdict::Unknown,
                format!("whether key {name} is there and enabled is not known: {why}"),
                [named.clone()],
            )
            .mended_by(read::give(
                ground.inventory.snapshot().callers().first(),
                "Reader",
                &vault.id,
            )),
            None => check(
                Verdict::Shut,
                format!(
                    "{} has no key {name}: {} read",
                    vault.name,
                    listed.items.len()
                ),
                [
                    named.clone(),
                    Evidence::listed(
                        vault.id.clone(),
                        "keys",
                        json!({
                            "read": listed.items.len(),
                            "why": format!("none is named {name}"),
                        }),
                        seen,
                    ),
                ],
            )
            .mended_by(recover(uri)),
        };
    };
    let proof = |path: &'static str| {
        Evidence::from(Property {
            resource: key.id.clone(),
            path: path.into(),
            value: at(&key.raw, path).cloned(),
            observed_at: seen,
            request_id: None,
        })
    };
    state(ground, vault, key, &proof)
}

fn state(
    ground: &Ground<'_>,
    vault: &Resource,
    key: &VaultKey,
    proof: &dyn Fn(&'static str) -> Evidence,
) -> GateVerdict {
    let name = &key.name;
    let now = ground.now.unix_timestamp();
    let set = |option: &str, value: &str| {
        let uri = key.uri.text().unwrap_or(name);
        vec![
            az(Line::of("az keyvault key set-attributes")
                .with("--id", uri)
                .with(option, value)),
            portal(
                &vault.name,
                [
                    "Keys",
                    name,
                    "the current version",
                    "Enabled, without an expiration date that has passed",
                ],
            ),
        ]
    };
    let kind = at(&key.raw, "properties.kty").and_then(Value::as_str);
    let shut = |reason: String, path: &'static str, remedies: Vec<Remedy>| {
        check(Verdict::Shut, reason, [proof(path)]).mended_by(remedies)
    };
    if key.enabled.value() == Some(&false) {
        return shut(
            format!("key {name} of {} is disabled", vault.name),
            "properties.attributes.enabled",
            set("--enabled", "true"),
        );
    }
    if key.expires.value().is_some_and(|at| *at <= now) {
        return shut(
            format!("key {name} of {} has expired", vault.name),
            "properties.attributes.exp",
            set("--expires", "9999-12-31T00:00:00Z"),
        );
    }
    if key.not_before.value().is_some_and(|at| *at > now) {
        return shut(
            format!("key {name} of {} is not valid yet", vault.name),
            "properties.attributes.nbf",
            set("--not-before", "1970-01-01T00:00:00Z"),
        );
    }
    if let Some(kind) = kind
        && !kind.to_ascii_uppercase().starts_with("RSA")
    {
        return shut(
            format!(
                "key {name} of {} is of type {kind}, and services wrap with RSA keys only",
                vault.name
            ),
            "properties.kty",
            vec![portal(
                &vault.name,
                [
                    "Keys",
                    "Generate",
                    "RSA, 3072 bits: a hub's key cannot be switched later",
                ],
            )],
        );
    }
    let unclear =
        key.enabled.is_unclear() || key.expires.is_unclear() || key.not_before.is_unclear();
    if unclear {
        return check(
            Verdict::Unknown,
            format!(
                "whether key {name} of {} is enabled cannot be read",
                vault.name
            ),
            [proof("properties.attributes")],
        );
    }
    check(
        Verdict::Open,
        format!("key {name} of {} is enabled", vault.name),
        [proof("properties.attributes.enabled")],
    )
}

fn soft_delete(vault: &Resource, details: &Vault) -> GateVerdict {
    let proof = Evidence::of(vault, "properties.enableSoftDelete");
    // Vaults without a word about it have it: it has not been possible to leave it out for years.
    match details.soft_delete.or_default(true) {
        Some(true) => check(
            Verdict::Open,
            format!("{} has soft delete", vault.name),
            [proof],
        ),
        Some(false) => check(
            Verdict::Shut,
            format!(
                "{} has no soft delete, which a customer's key needs",
                vault.name
            ),
            [proof],
        )
        .mended_by([
            az(az::set(
                &vault.id,
                "2026-02-01",
                "properties.enableSoftDelete",
                "true",
            )),
            portal(&vault.name, ["Properties", "Soft delete", "Enable"]),
        ]),
        None => check(
            Verdict::Unknown,
            format!("whether {} has soft delete cannot be read", vault.name),
            [proof],
        ),
    }
}

fn purge_protection(vault: &Resource, details: &Vault) -> GateVerdict {
    let proof = Evidence::of(vault, "properties.enablePurgeProtection");
    match details.purge_protection.or_default(false) {
        Some(true) => check(
            Verdict::Open,
            format!("{} has purge protection", vault.name),
            [proof],
        ),
        Some(false) => check(
            Verdict::Shut,
            format!(
                "{} has no purge protection, which a customer's key needs: enablePurgeProtection is {}",
                vault.name,
                proof.words()
            ),
            [proof],
        )
        .mended_by(crate::analysis::remedy::noted(
            vec![
                az(on("keyvault update", &vault.id).plain("--enable-purge-protection true")),
                azurerm(
                    "azurerm_key_vault",
                    &vault.name,
                    &["purge_protection_enabled = true"],
                ),
                portal(&vault.name, ["Properties", "Purge protection", "Enable"]),
            ],
            "It cannot be turned off again.",
        )),
        None => check(
            Verdict::Unknown,
            format!("whether {} has purge protection cannot be read", vault.name),
            [proof],
        ),
    }
}

/// A hub's vault stands in its region and tenant; another subscription is a risk.
fn place(
    ground: &Ground<'_>,
    hub: &Resource,
    vault: &Resource,
    details: &Vault,
) -> Vec<GateVerdict> {
    let mut checks = Vec::new();
    let regions = [
        Evidence::of(hub, "location"),
        Evidence::of(vault, "location"),
    ];
    match (hub.location.text(), vault.location.text()) {
        (Some(own), Some(theirs)) if region(own) == region(theirs) => {}
        (Some(own), Some(theirs)) => checks.push(
            check(
                Verdict::Shut,
                format!(
                    "{} is in {own} and its vault {} in {theirs}: a hub takes keys of its own region only",
                    hub.name, vault.name
                ),
                regions,
            )
            .mended_by(elsewhere(hub)),
        ),
        _ => checks.push(check(
            Verdict::Unknown,
            "whether hub and vault are in the same region cannot be read",
            regions,
        )),
    }
    let own = at(&hub.raw, "properties.tenantId")
        .or_else(|| at(&hub.raw, "identity.tenantId"))
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or_else(|| {
            let subscription = ground.inventory.subscription(&hub.id.subscription()?)?;
            Some(subscription.tenant_id.as_ref()?.as_str().to_owned())
        });
    if let (Some(own), Field::Value(theirs)) = (own, &details.tenant_id)
        && !own.eq_ignore_ascii_case(theirs)
    {
        checks.push(
            check(
                Verdict::Shut,
                format!(
                    "{} and its vault {} are in different tenants",
                    hub.name, vault.name
                ),
                [
                    Evidence::of(hub, "properties.tenantId"),
                    Evidence::of(vault, "properties.tenantId"),
                ],
            )
            .mended_by(elsewhere(hub)),
        );
    }
    if hub.id.subscription() != vault.id.subscription() {
        checks.push(
            check(
                Verdict::AtRisk,
                format!(
                    "{} and its vault {} are in different subscriptions: one page wants the same, another asks for region and tenant only",
                    hub.name, vault.name
                ),
                [Evidence::of(hub, "id"), Evidence::of(vault, "id")],
            )
            .mended_by(elsewhere(hub)),
        );
    }
    checks
}

fn elsewhere(hub: &Resource) -> Vec<Remedy> {
    vec![portal(
        &hub.name,
        [
            "a hub's key can only be set when it is made: make a new hub with a vault of its own region, tenant and subscription",
        ],
    )]
}

/// What brings a key, or its vault, back: purge protection keeps both for a while.
pub(super) fn recover(uri: &str) -> Vec<Remedy> {
    let Some((host, name)) = super::parts(uri) else {
        return Vec::new();
    };
    let vault = host.split('.').next().unwrap_or_default().to_owned();
    crate::analysis::remedy::noted(
        vec![
            az(Line::of("az keyvault key recover")
                .with("--vault-name", &vault)
                .with("--name", &name)),
            portal(
                &vault,
                ["Keys", "Manage deleted keys", &format!("recover {name}")],
            ),
        ],
        "Works while the deleted key, and its vault, are kept by soft delete.",
    )
}

/// Opens the vault's public endpoint, its rules as they are.
pub(super) fn open_public(vault: &Resource) -> Vec<Remedy> {
    vec![
        az(on("keyvault update", &vault.id).plain("--public-network-access Enabled")),
        azurerm(
            "azurerm_key_vault",
            &vault.name,
            &["public_network_access_enabled = true"],
        ),
        portal(
            &vault.name,
            ["Networking", "Public access", "Selected networks"],
        ),
    ]
}
