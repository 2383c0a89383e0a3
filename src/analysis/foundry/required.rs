//! What has to stay as it was created in a managed group, against what is (domain-rules E.2).
//!
//! Advice that is right elsewhere (turn keys off, close public access) breaks a hub here. Most of
//! these facts come from a lab, so their reasons carry `[S]`.

use time::OffsetDateTime;

use crate::analysis::evidence::{Evidence, has_properties};
use crate::analysis::facets;
use crate::analysis::key_version::Version;
use crate::analysis::network::{self, Public};
use crate::analysis::verdict::{Reasoned, Tag, Verdict};
use crate::model::facet::VaultKey;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::key::{GroupName, Key};
use crate::model::named_key::NamedKey;
use crate::model::resource::{Family, LocalAuth, Resource};
use crate::store::{Inventory, State};

use super::managed::{self, ManagedGroup};

/// A managed group and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedState {
    /// The group.
    pub group: ManagedGroup,
    /// Whether it is there.
    pub exists: Reasoned,
    /// What it holds, or should hold: Cosmos DB, AI Search, Storage, in this order.
    pub resources: Vec<ManagedResource>,
}

/// One resource of a managed group.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedResource {
    /// Its id; none when it is not there or was not read.
    pub id: Option<ArmId>,
    /// Its name, or what should be there.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Whether it is there.
    pub exists: Reasoned,
    /// Its properties.
    pub checks: Vec<Check>,
}

/// One property: what it must be, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The JSON path, without `properties.`.
    pub property: &'static str,
    /// What it must be.
    pub must_be: &'static str,
    /// What it is, in a word or two.
    pub is: String,
    /// Since when at least.
    pub since: Since,
    /// Whether that is well.
    pub judged: Reasoned,
}

/// Since when a property has its value, as far as the resource's own dates tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Since {
    /// The resource was never changed after it was created.
    Created(OffsetDateTime),
    /// The resource was last changed then: the property at that time or before.
    ChangedBy(OffsetDateTime, Option<String>),
    /// The resource does not say.
    NotSaid,
}

impl ManagedState {
    /// The worst verdict of all that is in the group.
    pub fn verdict(&self) -> Verdict {
        let inside = self.resources.iter().flat_map(|one| {
            one.checks
                .iter()
                .map(|check| check.judged.verdict)
                .chain([one.exists.verdict])
        });
        Verdict::worst(inside.chain([self.exists.verdict])).unwrap_or(Verdict::Unknown)
    }
}

/// The managed group of a hub with the state that it must keep.
pub(super) fn state(inventory: &Inventory, hub: &Resource, group: ManagedGroup) -> ManagedState {
    let exists = group_exists(inventory, hub, &group);
    let resources = [Family::Cosmos, Family::Search, Family::Storage]
        .into_iter()
        .flat_map(|family| resources_of(inventory, &group, family, exists.verdict))
        .collect();
    ManagedState {
        group,
        exists,
        resources,
    }
}

/// The stores that a hub names in place of a managed group, with the state that they must keep.
pub(super) fn own_stores(
    inventory: &Inventory,
    hub: &Resource,
    stores: &[ArmId],
) -> Option<ManagedState> {
    let group = managed::of_own_stores(hub, stores)?;
    let exists =
        Reasoned::new(Verdict::Open, group.found.words()).proved_by(group.evidence.iter().cloned());
    let resources = stores
        .iter()
        .filter_map(|id| own_store(inventory, id))
        .collect();
    Some(ManagedState {
        group,
        exists,
        resources,
    })
}

fn own_store(inventory: &Inventory, id: &ArmId) -> Option<ManagedResource> {
    let family = id.resource_type().and_then(|text| Family::of_type(&text))?;
    let resource = inventory.resource(id);
    let exists = if resource.is_some() {
        Reasoned::new(Verdict::Open, "it is there")
    } else if inventory.snapshot().is_gone(&Key::Resource(id.clone()))
        || id
            .group_id()
            .is_some_and(|group| was_listed(inventory, &group, family))
    {
        Reasoned::new(
            Verdict::Shut,
            format!("{} is named by the hub and is gone", id.name()),
        )
    } else {
        Reasoned::new(Verdict::Unknown, format!("{} was not read", id.name()))
    };
    Some(ManagedResource {
        id: Some(id.clone()),
        name: id.name().to_owned(),
        family,
        exists,
        checks: resource.map_or_else(Vec::new, |one| {
            let mut all = checks(inventory, one);
            // Nobody made its firewall as a managed account's.
            all.retain(|check| !check.property.starts_with("networkAcls."));
            all
        }),
    })
}

fn group_exists(inventory: &Inventory, hub: &Resource, group: &ManagedGroup) -> Reasoned {
    let holds_something = || inventory.resources().any(|one| one.id.is_within(&group.id));
    if inventory.group(&group.id).is_some() || holds_something() {
        return Reasoned::new(Verdict::Open, "the group is there")
            .proved_by(group.evidence.iter().cloned());
    }
    let listed = hub
        .id
        .subscription()
        .map(|id| inventory.snapshot().state(&Key::Groups(id)));
    if listed == Some(State::Known) {
        return Reasoned::new(
            Verdict::Shut,
            format!(
                "{} is named but is not there: the workspace has to be deleted and made anew",
                group.id.name()
            ),
        )
        .proved_by(group.evidence.iter().cloned());
    }
    Reasoned::new(
        Verdict::Unknown,
        "the resource groups of the subscription were not all read",
    )
    .proved_by(group.evidence.iter().cloned())
}

fn resources_of(
    inventory: &Inventory,
    group: &ManagedGroup,
    family: Family,
    group_exists: Verdict,
) -> Vec<ManagedResource> {
    let found: Vec<ManagedResource> = inventory
        .family(family)
        .filter(|one| one.id.is_within(&group.id))
        .map(|one| ManagedResource {
            id: Some(one.id.clone()),
            name: one.name.clone(),
            family,
            exists: Reasoned::new(Verdict::Open, "it is there"),
            checks: checks(inventory, one),
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    let what = match family {
        Family::Cosmos => "a Cosmos DB account",
        Family::Search => "a search service",
        _ => "a storage account",
    };
    let exists = if group_exists == Verdict::Shut || was_listed(inventory, &group.id, family) {
        Reasoned::new(Verdict::Shut, format!("{what} belongs here and is gone"))
    } else {
        Reasoned::new(
            Verdict::Unknown,
            format!(
                "{what} belongs here; the {} were not all read",
                family.plural()
            ),
        )
    };
    vec![ManagedResource {
        id: None,
        name: what.to_owned(),
        family,
        exists,
        checks: Vec::new(),
    }]
}

/// Whether the list that would hold a resource of the group was read as a whole.
fn was_listed(inventory: &Inventory, group: &ArmId, family: Family) -> bool {
    let Some(subscription) = group.subscription() else {
        return false;
    };
    let list = |group: Option<GroupName>| Key::List {
        subscription: subscription.clone(),
        group,
        family,
    };
    let is_known = |key: &Key| inventory.snapshot().state(key) == State::Known;
    is_known(&list(None))
        || group
            .resource_group()
            .is_some_and(|name| is_known(&list(Some(GroupName::new(name)))))
}

fn checks(inventory: &Inventory, resource: &Resource) -> Vec<Check> {
    match resource.family {
        Family::Cosmos => vec![
            keys(resource, "the hub speaks to it with a key", &[Tag::S]),
            cosmos_public(inventory, resource),
            cosmos_key(inventory, resource),
        ],
        Family::Search => vec![
            keys(
                resource,
                "the hub speaks to it with a key",
                &[Tag::S, Tag::Medium],
            ),
            search_public(inventory, resource),
            search_addresses(inventory, resource),
        ],
        Family::Storage => vec![
            keys(
                resource,
                "the hub speaks to it with a key",
                &[Tag::S, Tag::Medium],
            ),
            storage_default(inventory, resource),
            storage_bypass(inventory, resource),
        ],
        _ => Vec::new(),
    }
}

fn check(
    resource: &Resource,
    property: &'static str,
    must_be: &'static str,
    is: String,
    verdict: Verdict,
    reason: impl Into<String>,
    tags: &[Tag],
) -> Check {
    Check {
        property,
        must_be,
        is,
        since: since(resource),
        judged: Reasoned::new(verdict, reason)
            .proved_by([Evidence::of(resource, format!("properties.{property}"))])
            .tagged(tags.iter().copied()),
    }
}

fn since(resource: &Resource) -> Since {
    let created = resource.system_data.created_at.value();
    match (resource.system_data.last_modified_at.value(), created) {
        // A creation takes a moment; what follows within it is no change by anybody.
        (Some(modified), Some(created)) if *modified - *created < time::Duration::minutes(15) => {
            Since::Created(*created)
        }
        (Some(modified), _) => Since::ChangedBy(
            *modified,
            resource
                .system_data
                .last_modified_by
                .text()
                .map(str::to_owned),
        ),
        (None, _) => Since::NotSaid,
    }
}

fn keys(resource: &Resource, why: &str, tags: &[Tag]) -> Check {
    let (property, must_be) = match resource.family {
        Family::Storage => ("allowSharedKeyAccess", "not false"),
        _ => ("disableLocalAuth", "false"),
    };
    let is = Evidence::of(resource, format!("properties.{property}")).words();
    let enabled = resource
        .local_auth
        .as_ref()
        .filter(|_| has_properties(resource))
        .and_then(LocalAuth::enabled);
    let (verdict, reason) = match enabled {
        Some(true) => (Verdict::Open, format!("keys are accepted: {why}")),
        Some(false) => (
            Verdict::Shut,
            format!("keys are refused, and {why}: every call since is refused"),
        ),
        None => (Verdict::Unknown, format!("{property} cannot be told: {is}")),
    };
    check(resource, property, must_be, is, verdict, reason, tags)
}

fn public(inventory: &Inventory, resource: &Resource) -> (Option<Public>, String) {
    match network::rules(inventory, resource) {
        Some(rules) => (rules.public.value, rules.public.words),
        None => (None, "public access cannot be told".to_owned()),
    }
}

fn cosmos_public(inventory: &Inventory, resource: &Resource) -> Check {
    let is = Evidence::of(resource, "properties.publicNetworkAccess").words();
    let (value, words) = public(inventory, resource);
    let (verdict, reason) = match value {
        Some(Public::Enabled) => (Verdict::Open, words),
        Some(Public::Disabled | Public::ByPerimeter) => (
            Verdict::AtRisk,
            format!("{words}: it seemed harmless where the workspace has a private endpoint"),
        ),
        None => (Verdict::Unknown, words),
    };
    check(
        resource,
        "publicNetworkAccess",
        "Enabled",
        is,
        verdict,
        reason,
        &[Tag::S],
    )
}

fn search_public(inventory: &Inventory, resource: &Resource) -> Check {
    let is = Evidence::of(resource, "properties.publicNetworkAccess").words();
    let (value, words) = public(inventory, resource);
    let (verdict, reason) = match value {
        Some(Public::Enabled) => (Verdict::Open, words),
        Some(Public::Disabled | Public::ByPerimeter) => (
            Verdict::Shut,
            format!("{words}: the hub fails, and the bypass for trusted services did not help"),
        ),
        None => (Verdict::Unknown, words),
    };
    check(
        resource,
        "publicNetworkAccess",
        "enabled",
        is,
        verdict,
        reason,
        &[Tag::S],
    )
}

fn search_addresses(inventory: &Inventory, resource: &Resource) -> Check {
    let property = "networkRuleSet.ipRules";
    let evidence = Evidence::of(resource, format!("properties.{property}"));
    let rules = network::rules(inventory, resource);
    let (verdict, reason) = match rules.map(|rules| rules.addresses) {
        Some(fact) => match &fact.value {
            Some(list) if list.is_empty() => (Verdict::Open, "there are no IP rules".to_owned()),
            Some(_) => (
                Verdict::Shut,
                "IP rules keep the hub's platform out, and the bypass for trusted services did not help"
                    .to_owned(),
            ),
            None => (Verdict::Unknown, fact.words),
        },
        None => (Verdict::Unknown, "the rules cannot be told".to_owned()),
    };
    let is = evidence.words();
    check(resource, property, "empty", is, verdict, reason, &[Tag::S])
}

fn storage_default(inventory: &Inventory, resource: &Resource) -> Check {
    let property = "networkAcls.defaultAction";
    let is = Evidence::of(resource, format!("properties.{property}")).words();
    let rules = network::rules(inventory, resource);
    let (verdict, reason) = match rules.map(|rules| rules.default_allow) {
        Some(fact) => match fact.value {
            Some(false) => (Verdict::Open, fact.words),
            Some(true) => (
                Verdict::Unknown,
                format!(
                    "{}: it is created with Deny, and what the change does is not known",
                    fact.words
                ),
            ),
            None => (Verdict::Unknown, fact.words),
        },
        None => (
            Verdict::Unknown,
            "the default action cannot be told".to_owned(),
        ),
    };
    check(resource, property, "Deny", is, verdict, reason, &[Tag::S])
}

fn storage_bypass(inventory: &Inventory, resource: &Resource) -> Check {
    let property = "networkAcls.bypass";
    let is = Evidence::of(resource, format!("properties.{property}")).words();
    let rules = network::rules(inventory, resource);
    let (verdict, reason) = match rules.map(|rules| rules.bypass) {
        Some(fact) => match fact.value {
            Some(set) if set.azure_services => (Verdict::Open, fact.words),
            Some(_) => (
                Verdict::Unknown,
                format!(
                    "{}: it is created with AzureServices, and what the change does is not known",
                    fact.words
                ),
            ),
            None => (Verdict::Unknown, fact.words),
        },
        None => (Verdict::Unknown, "the bypass cannot be told".to_owned()),
    };
    check(
        resource,
        property,
        "AzureServices",
        is,
        verdict,
        reason,
        &[Tag::S],
    )
}

/// The account's key: named, and enabled in its vault as far as that was read.
fn cosmos_key(inventory: &Inventory, resource: &Resource) -> Check {
    let property = "keyVaultKeyUri";
    let must_be = "an enabled key";
    let key = resource.encryption.as_ref().map(|one| &one.key);
    let Some(uri) = key.and_then(Field::text) else {
        let is = Evidence::of(resource, format!("properties.{property}")).words();
        let reason = format!("{property} is {is}: an account of a hub with a customer key has one");
        return check(
            resource,
            property,
            must_be,
            is,
            Verdict::Unknown,
            reason,
            &[],
        );
    };
    let (verdict, reason, is) = key_state(inventory, uri);
    check(resource, property, must_be, is, verdict, reason, &[])
}

fn key_state(inventory: &Inventory, uri: &str) -> (Verdict, String, String) {
    let Some(wanted) = NamedKey::parse(uri) else {
        let reason = format!("{uri} is no key that can be looked up");
        return (Verdict::Unknown, reason, "a key".to_owned());
    };
    let name = wanted.name.clone();
    let mut vaults = inventory.family(Family::Vault);
    let Some(vault) = vaults.find(|one| one.name.eq_ignore_ascii_case(wanted.vault())) else {
        return (
            Verdict::Unknown,
            format!("the vault of {name} was not read"),
            name,
        );
    };
    let vault_name = &vault.name;
    let listed = facets::keys(inventory, &vault.id);
    let mut keys = listed.items.iter();
    let Some(key) = keys.find(|key| key.name.eq_ignore_ascii_case(&name)) else {
        return match listed.missing {
            Some(why) => (Verdict::Unknown, format!("the {why}"), name),
            None => (
                Verdict::Shut,
                format!("{vault_name} has no key {name}"),
                format!("{name}, which is gone"),
            ),
        };
    };
    match (Version::of(inventory, key, &wanted), &wanted.version) {
        (Version::Current, _) | (Version::Other(..), None) => {
            state_of(vault_name, &name, key, listed.observed_at)
        }
        (Version::Other(own, seen), Some(version)) => {
            let short: String = version.chars().take(8).collect();
            let called = format!("version {short} of {name}");
            state_of(vault_name, &called, own, Some(seen))
        }
        (Version::Unknown(why), _) => (
            Verdict::Unknown,
            format!("a version of {name} is pinned, and its state is not known: {why}"),
            name,
        ),
    }
}

/// How a key, or a version of one, stands at the time at which it was read.
fn state_of(
    vault: &str,
    name: &str,
    key: &VaultKey,
    now: Option<OffsetDateTime>,
) -> (Verdict, String, String) {
    let now = now.map(OffsetDateTime::unix_timestamp);
    let is_past = |at: &Field<i64>| at.value().zip(now).is_some_and(|(at, now)| *at <= now);
    let is_early = key.not_before.value().is_some() && now.is_some() && !is_past(&key.not_before);
    let shut = |is: &str, words: &str| {
        (
            Verdict::Shut,
            format!("{name} of {vault} {words}"),
            format!("{name}, {is}"),
        )
    };
    match key.enabled.or_default(true) {
        Some(false) => shut("disabled", "is disabled"),
        Some(true) if is_past(&key.expires) => shut("expired", "has expired"),
        Some(true) if is_early => shut("not valid yet", "is not valid yet"),
        Some(true) if !key.expires.is_unclear() && !key.not_before.is_unclear() => (
            Verdict::Open,
            format!("{name} of {vault} is enabled"),
            format!("an enabled key {name}"),
        ),
        _ => (
            Verdict::Unknown,
            format!("whether {name} of {vault} is enabled cannot be told"),
            name.to_owned(),
        ),
    }
}
