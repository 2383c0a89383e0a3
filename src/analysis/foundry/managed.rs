//! The resource group that Microsoft makes for a hub with a customer key (domain-rules E.1).
//!
//! Its name stands in the hub; where it does not, the group's `managedBy` or its name give it
//! away, and the way in which it was found is said.

use crate::analysis::evidence::{Evidence, Property};
use crate::model::id::ArmId;
use crate::model::resource::{Details, Family, Resource};
use crate::model::tenancy::ResourceGroup;
use crate::store::Inventory;

/// A managed group, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedGroup {
    /// Its id.
    pub id: ArmId,
    /// How it was found.
    pub found: Found,
    /// What says so.
    pub evidence: Vec<Evidence>,
}

/// What gave a managed group away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// The hub's `serviceProvisionedResourceGroup`.
    Named,
    /// The group's `managedBy` names the hub.
    ManagedBy,
    /// The group's name follows a pattern in use.
    NamePattern,
    /// The hub's encryption names stores that the customer brought: no group was made.
    OwnStores,
}

impl Found {
    /// How it was found, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Named => "named by the hub's serviceProvisionedResourceGroup",
            Self::ManagedBy => "found by the group's managedBy [K]",
            Self::NamePattern => "found by the pattern of its name only",
            Self::OwnStores => "the hub's encryption names stores of your own",
        }
    }
}

/// The managed group of a hub (or of a plain workspace), when it has one.
pub fn group_of(inventory: &Inventory, hub: &Resource) -> Option<ManagedGroup> {
    let Details::Workspace(workspace) = &hub.details else {
        return None;
    };
    let subscription = hub.id.subscription()?;
    if let Some(name) = workspace.managed_group.text().map(trimmed)
        && !name.is_empty()
    {
        return Some(ManagedGroup {
            id: ArmId::of_subscription(&subscription).child(&format!("resourceGroups/{name}")),
            found: Found::Named,
            evidence: vec![Evidence::of(
                hub,
                "properties.serviceProvisionedResourceGroup",
            )],
        });
    }
    // A project's encryption is its hub's matter; service-side and own stores need no group.
    if workspace.hub.is_some()
        || workspace.service_side_encryption.value() == Some(&true)
        || !workspace.own_stores.is_empty()
    {
        return None;
    }
    let own_groups = || {
        inventory
            .groups()
            .filter(|group| group.id.subscription().as_ref() == Some(&subscription))
    };
    let by = |group: &ResourceGroup, found: Found, path: &'static str| ManagedGroup {
        id: group.id.clone(),
        found,
        evidence: vec![Evidence::from(Property {
            resource: group.id.clone(),
            path: path.into(),
            value: crate::analysis::evidence::at(&group.raw, path).cloned(),
            observed_at: hub.source.observed_at,
            request_id: None,
        })],
    };
    if let Some(group) = own_groups().find(|group| {
        group
            .managed_by
            .text()
            .is_some_and(|owner| ArmId::new(owner) == hub.id)
    }) {
        return Some(by(group, Found::ManagedBy, "managedBy"));
    }
    let is_customer_key = hub
        .encryption
        .as_ref()
        .is_some_and(|encryption| encryption.key_source.is("Enabled"));
    if !is_customer_key {
        return None;
    }
    own_groups()
        .find(|group| is_named_after(&group.name, hub))
        .map(|group| by(group, Found::NamePattern, "name"))
}

/// The groups of all hubs and plain workspaces that have one.
pub fn groups(inventory: &Inventory) -> Vec<ArmId> {
    inventory
        .family(Family::Workspace)
        .filter(|one| matches!(&one.details, Details::Workspace(own) if own.hub.is_none()))
        .filter_map(|hub| group_of(inventory, hub))
        .map(|group| group.id)
        .collect()
}

/// Whether a group was made for a hub, also where that hub was not read: the group's owner, or the
/// pattern of its name, gives it away. What lies in it must stay as it is, whoever may read what.
pub fn is_made_for_a_hub(inventory: &Inventory, group: &ArmId) -> bool {
    let owner = inventory.group(group).and_then(|one| {
        let owner = ArmId::new(one.managed_by.text()?);
        Family::of_type(&owner.resource_type()?)
    });
    let is_named_so = || {
        let name = group.name().to_ascii_lowercase();
        name.strip_prefix("azureml-")
            .and_then(|rest| rest.rsplit('_').next())
            .is_some_and(|tail| uuid::Uuid::parse_str(tail).is_ok())
    };
    owner == Some(Family::Workspace) || is_named_so()
}

/// The stores that hubs with a customer key use in place of a managed group's (domain-rules E.1):
/// the same keys and the same openness keep the hub working.
pub fn own_stores(inventory: &Inventory) -> impl Iterator<Item = &ArmId> {
    inventory
        .family(Family::Workspace)
        .filter_map(|hub| match &hub.details {
            Details::Workspace(workspace) if workspace.hub.is_none() => Some(workspace),
            _ => None,
        })
        .flat_map(|workspace| &workspace.own_stores)
}

/// The own stores of a hub in the shape of a group: that of the first store.
pub fn of_own_stores(hub: &Resource, stores: &[ArmId]) -> Option<ManagedGroup> {
    const NAMED: [&str; 3] = [
        "properties.encryption.cosmosDbResourceId",
        "properties.encryption.searchAccountResourceId",
        "properties.encryption.storageAccountResourceId",
    ];
    let evidence = NAMED
        .iter()
        .map(|path| Evidence::of(hub, *path))
        .filter(|one| !one.is_absent())
        .collect();
    Some(ManagedGroup {
        id: stores.first()?.group_id()?,
        found: Found::OwnStores,
        evidence,
    })
}

/// A group's name, also where an ARM id was answered.
fn trimmed(name: &str) -> &str {
    name.trim()
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// The name patterns in use: `azureml-rg-<workspace>_<guid>`, `azureml-<workspace>_<guid>`, and
/// `<workspace's group><guid>`.
fn is_named_after(name: &str, hub: &Resource) -> bool {
    let name = name.to_ascii_lowercase();
    let workspace = hub.name.to_ascii_lowercase();
    let group = hub
        .id
        .resource_group()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_guid = |tail: &str| uuid::Uuid::parse_str(tail.trim_start_matches(['-', '_'])).is_ok();
    let after_workspace = [
        format!("azureml-rg-{workspace}_"),
        format!("azureml-{workspace}_"),
    ];
    // The workspace's own name is sign enough; what follows its group's name has to be a GUID.
    after_workspace
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix.as_str()))
        .any(|tail| !tail.is_empty() && !tail.contains('_'))
        || (!group.is_empty() && name.strip_prefix(group.as_str()).is_some_and(is_guid))
}
