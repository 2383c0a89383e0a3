//! What a key must be so that a service can encrypt with it: there, enabled, in its time, of a type
//! that wraps, and allowed to (domain-rules H15, E.4; reference `arm/keyvault.md`).
//!
//! A list of keys holds their state alone. The type and the operations come with the key itself, the
//! state of a version that is pinned with the list of its versions: each of these may be refused or
//! late, and then what it would say is not known. A server that has no such reading says nothing: then
//! the list counts.

use serde_json::json;

use crate::analysis::evidence::{Evidence, Property, at};
use crate::analysis::facets;
use crate::analysis::gates;
use crate::analysis::ground::Ground;
use crate::analysis::hop::{GateVerdict, Remedy};
use crate::analysis::key_version::{Reading, Version};
use crate::analysis::remedy::az::az;
use crate::analysis::remedy::portal::portal;
use crate::analysis::remedy::read;
use crate::analysis::remedy::shell::Line;
use crate::analysis::verdict::{Gate, Tag, Verdict};
use crate::model::facet::{Facet, VaultKey};
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::named_key::NamedKey;
use crate::model::resource::Resource;

use super::vault::{check, recover};

/// What wraps, and so what a service does with a customer's key.
const WRAPPING: [&str; 2] = ["wrapKey", "unwrapKey"];

/// Whether the key that a URI names can be used.
pub(super) fn key(
    ground: &Ground<'_>,
    vault: &Resource,
    uri: &str,
    named: &Evidence,
) -> GateVerdict {
    let Some(wanted) = NamedKey::parse(uri) else {
        return check(
            Verdict::Unknown,
            format!("{uri} is no key that can be looked up"),
            [named.clone()],
        );
    };
    let name = &wanted.name;
    let listed = facets::keys(ground.inventory, &vault.id);
    let seen = listed.observed_at.unwrap_or(vault.source.observed_at);
    let found = listed
        .items
        .iter()
        .find(|key| key.name.eq_ignore_ascii_case(name));
    let Some(key) = found else {
        return match listed.missing {
            Some(why) => check(
                Verdict::Unknown,
                format!("whether key {name} is there and enabled is not known: {why}"),
                [named.clone()],
            )
            .mended_by(reader(ground, &vault.id)),
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
    let whole = Reading::of(ground.inventory, &key.id, Facet::Key);
    let state = version(ground, vault, key, &wanted, named)
        .unwrap_or_else(|| Subject::key(vault, key, seen).state(ground));
    gates::all(
        Gate::Configuration,
        [Some(state), material(ground, vault, key, &whole)]
            .into_iter()
            .flatten()
            .collect(),
    )
    .unwrap_or_else(|| check(Verdict::Open, format!("key {name} is there"), []))
}

fn reader(ground: &Ground<'_>, scope: &ArmId) -> Vec<Remedy> {
    read::give(
        ground.inventory.snapshot().callers().first(),
        "Reader",
        scope,
    )
}

/// The state of the version that is named, where that is not the key's newest: the list of keys tells
/// the newest version's.
fn version(
    ground: &Ground<'_>,
    vault: &Resource,
    key: &VaultKey,
    wanted: &NamedKey,
    named: &Evidence,
) -> Option<GateVerdict> {
    let pinned = wanted.version.as_deref()?;
    match Version::of(ground.inventory, key, wanted) {
        Version::Current => None,
        Version::Unknown(why) => Some(
            check(
                Verdict::Unknown,
                format!(
                    "version {pinned} of key {} is named, and whether it is enabled is not known: {why}",
                    key.name
                ),
                [named.clone()],
            )
            .mended_by(reader(ground, &vault.id)),
        ),
        Version::Other(own, seen) => Some(
            Subject {
                vault,
                name: &key.name,
                version: Some(pinned),
                key: own,
                seen,
            }
            .state(ground),
        ),
    }
}

fn proof(key: &VaultKey, path: &'static str, seen: time::OffsetDateTime) -> Evidence {
    Evidence::from(Property {
        resource: key.id.clone(),
        path: path.into(),
        value: at(&key.raw, path).cloned(),
        observed_at: seen,
        request_id: None,
    })
}

/// A key, or a version of one, whose state counts.
struct Subject<'a> {
    vault: &'a Resource,
    name: &'a str,
    version: Option<&'a str>,
    key: &'a VaultKey,
    seen: time::OffsetDateTime,
}

impl<'a> Subject<'a> {
    fn key(vault: &'a Resource, key: &'a VaultKey, seen: time::OffsetDateTime) -> Self {
        Self {
            vault,
            name: &key.name,
            version: None,
            key,
            seen,
        }
    }

    fn state(&self, ground: &Ground<'_>) -> GateVerdict {
        let key = self.key;
        let name = match self.version {
            Some(version) => format!("version {version} of key {}", self.name),
            None => format!("key {}", self.name),
        };
        let vault = &self.vault.name;
        let now = ground.now.unix_timestamp();
        let shut = |reason: String, path: &'static str, option: &str, value: &str| {
            check(Verdict::Shut, reason, [proof(key, path, self.seen)])
                .mended_by(self.set(option, value))
        };
        if key.enabled.value() == Some(&false) {
            return shut(
                format!("{name} of {vault} is disabled"),
                "properties.attributes.enabled",
                "--enabled",
                "true",
            );
        }
        if key.expires.value().is_some_and(|at| *at <= now) {
            return shut(
                format!("{name} of {vault} has expired"),
                "properties.attributes.exp",
                "--expires",
                "9999-12-31T00:00:00Z",
            );
        }
        if key.not_before.value().is_some_and(|at| *at > now) {
            return shut(
                format!("{name} of {vault} is not valid yet"),
                "properties.attributes.nbf",
                "--not-before",
                "1970-01-01T00:00:00Z",
            );
        }
        if key.enabled.is_unclear() || key.expires.is_unclear() || key.not_before.is_unclear() {
            return check(
                Verdict::Unknown,
                format!("whether {name} of {vault} is enabled cannot be read"),
                [proof(key, "properties.attributes", self.seen)],
            );
        }
        check(
            Verdict::Open,
            format!("{name} of {vault} is enabled"),
            [proof(key, "properties.attributes.enabled", self.seen)],
        )
    }

    fn set(&self, option: &str, value: &str) -> Vec<Remedy> {
        let uri = self
            .key
            .version_uri
            .text()
            .or_else(|| self.key.uri.text())
            .unwrap_or(&self.key.name);
        vec![
            az(Line::of("az keyvault key set-attributes")
                .with("--id", uri)
                .with(option, value)),
            portal(
                &self.vault.name,
                [
                    "Keys",
                    self.name,
                    self.version.unwrap_or("the current version"),
                    "Enabled, without an expiration date that has passed",
                ],
            ),
        ]
    }
}

/// The type of the key, and what it may be used for.
fn material(
    ground: &Ground<'_>,
    vault: &Resource,
    key: &VaultKey,
    whole: &Reading<'_>,
) -> Option<GateVerdict> {
    let name = &key.name;
    let (own, seen) = match whole {
        Reading::Items([own, ..], seen) => (own, *seen),
        Reading::Items([], _) | Reading::Silent => return None,
        Reading::Unknown(why) => {
            return Some(
                check(
                    Verdict::Unknown,
                    format!(
                        "of which type key {name} of {} is, and whether it may wrap, is not known: {why}",
                        vault.name
                    ),
                    [],
                )
                .mended_by(reader(ground, &vault.id)),
            );
        }
    };
    if let Some(kind) = own.kind.text()
        && !kind.to_ascii_uppercase().starts_with("RSA")
    {
        return Some(
            check(
                Verdict::Shut,
                format!(
                    "key {name} of {} is of type {kind}, and services wrap with RSA keys only",
                    vault.name
                ),
                [proof(own, "properties.kty", seen)],
            )
            .mended_by([portal(
                &vault.name,
                [
                    "Keys",
                    "Generate",
                    "RSA, 3072 bits: a hub's key cannot be switched later",
                ],
            )]),
        );
    }
    let lacking: Vec<&str> = match &own.operations {
        Field::Value(all) => WRAPPING
            .into_iter()
            .filter(|one| !all.iter().any(|own| own.eq_ignore_ascii_case(one)))
            .collect(),
        _ => Vec::new(),
    };
    if !lacking.is_empty() {
        let mut gate = check(
            Verdict::Shut,
            format!(
                "key {name} of {} may not be used for {}",
                vault.name,
                lacking.join(" and ")
            ),
            [proof(own, "properties.keyOps", seen)],
        )
        .mended_by([az(Line::of("az keyvault key set-attributes")
            .with("--id", own.uri.text().unwrap_or(name))
            .plain("--ops wrapKey unwrapKey"))]);
        gate.judged = gate.judged.tagged([Tag::K]);
        return Some(gate);
    }
    let is_unclear =
        own.kind.is_unclear() || matches!(own.operations, Field::Malformed | Field::Unreported(_));
    is_unclear.then(|| {
        check(
            Verdict::Unknown,
            format!(
                "of which type key {name} of {} is, and whether it may wrap, cannot be read",
                vault.name
            ),
            [proof(own, "properties", seen)],
        )
    })
}
