//! What a vault must be so that a service can encrypt with it (domain-rules H15, E.4).

use serde_json::Value;

use crate::analysis::evidence::{Evidence, at};
use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::network::region;
use crate::analysis::remedy::az::{self, az, on};
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::shell::Line;
use crate::analysis::remedy::terraform::azurerm;
use crate::analysis::verdict::{Gate, Verdict};
use crate::model::field::Field;
use crate::model::named_key::NamedKey;
use crate::model::resource::{Details, Resource, Vault};

use super::material;

/// Everything that configuration has a say in.
pub(super) fn configuration(
    ground: &Ground<'_>,
    caller: &Resource,
    vault: &Resource,
    uri: &str,
    named: &Evidence,
) -> GateVerdict {
    let mut checks = vec![material::key(ground, vault, uri, named)];
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

pub(super) fn check(
    verdict: Verdict,
    reason: impl Into<String>,
    evidence: impl IntoIterator<Item = Evidence>,
) -> GateVerdict {
    gates::judged(Gate::Configuration, verdict, reason, evidence)
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
    let Some(key) = NamedKey::parse(uri) else {
        return Vec::new();
    };
    let (vault, name) = (key.vault().to_owned(), &key.name);
    crate::analysis::remedy::noted(
        vec![
            az(Line::of("az keyvault key recover")
                .with("--vault-name", &vault)
                .with("--name", name)),
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
