//! Which calls the pattern has between the services in scope, and what says so: a property that
//! names the target, or that there is only one of each in a group.
//!
//! Pure. It says who would call whom, never whether the call gets in. A new way is one line in
//! [`Ways::of`]; what a caller presents is decided in [`Ways::caller`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use url::Url;

use crate::analysis::facets;
use crate::analysis::foundry::managed;
use crate::analysis::network::{Caller, Credential, Instance, ServiceKind};
use crate::model::id::ArmId;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::resource::{Details, Family, Resource};
use crate::store::{Inventory, Snapshot, State};

/// One who wants in.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// The person at the screen.
    You,
    /// A service in scope.
    Service(Arc<Resource>),
    /// The Azure portal.
    Portal,
    /// Anybody.
    Internet,
}

impl Who {
    /// What the selection stays on.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::You => "you",
            Self::Service(service) => service.id.as_str(),
            Self::Portal => "portal",
            Self::Internet => "internet",
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::You => "you",
            Self::Service(service) => &service.name,
            Self::Portal => "Azure portal",
            Self::Internet => "the internet",
        }
    }
}

/// How sure it is that the call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// A property names the target; which one.
    Named(String),
    /// There is one of each in the group; why that is taken for a call.
    Assumed(String),
    /// The pattern has such a call; nothing that was read says that it is made.
    Possible,
}

impl Basis {
    /// Whether something that is shut is a fault: somebody calls there.
    pub(crate) fn is_wanted(&self) -> bool {
        !matches!(self, Self::Possible)
    }

    /// Why the call is asked about.
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Named(why) | Self::Assumed(why) => why,
            Self::Possible => "Nothing that was read says that this call is made.",
        }
    }
}

/// The ways between the services in scope.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    wanted: HashMap<ArmId, IndexMap<ArmId, Basis>>,
    /// Targets of calls that are assumed.
    assumed: HashSet<ArmId>,
    /// Managed groups and the hub that each was made for.
    managed: HashMap<ArmId, ArmId>,
}

impl Ways {
    /// Finds the calls that something speaks for.
    pub(crate) fn of(inventory: &Inventory, snapshot: &Snapshot) -> Self {
        let mut own = Self::default();
        for hub in inventory.family(Family::Workspace) {
            if let Some(group) = managed::group_of(inventory, hub) {
                own.managed
                    .entry(group.id)
                    .or_insert_with(|| hub.id.clone());
            }
        }
        own.named(inventory);
        // Which groups Microsoft made is known only when the hubs are.
        let hubs_are_read = snapshot.slices().all(|(key, slice)| {
            !matches!(
                key,
                Key::List {
                    family: Family::Workspace,
                    ..
                }
            ) || slice.state() != State::Pending
        });
        if hubs_are_read {
            own.assumed(inventory);
        }
        own
    }

    /// The hub that a group was made for, when Microsoft made it.
    pub(crate) fn maker(&self, group: &ArmId) -> Option<&ArmId> {
        self.managed.get(group)
    }

    fn want(&mut self, from: &ArmId, to: &ArmId, basis: Basis) {
        if from != to {
            if matches!(basis, Basis::Assumed(_)) {
                self.assumed.insert(to.clone());
            }
            self.wanted
                .entry(from.clone())
                .or_default()
                .entry(to.clone())
                .or_insert(basis);
        }
    }

    fn named(&mut self, inventory: &Inventory) {
        for one in inventory.resources() {
            if let Some(vault) = key_vault(inventory, one) {
                let basis = format!("The key that encrypts {} is in this vault.", one.name);
                self.want(&one.id, &vault.id, Basis::Named(basis));
            }
            let Details::Workspace(workspace) = &one.details else {
                continue;
            };
            // A project calls as its hub does; its own connections count for the hub's network.
            let caller = workspace.hub.as_ref().unwrap_or(&one.id).clone();
            for (target, property) in [
                (&workspace.storage_account, "storageAccount"),
                (&workspace.key_vault, "keyVault"),
            ] {
                if let Some(target) = target {
                    let basis = format!("{} names it as its {property}.", one.name);
                    self.want(&caller, target, Basis::Named(basis));
                }
            }
            for connection in facets::connections(inventory, &one.id).items {
                if let Some(target) = &connection.resource_id {
                    let basis = format!("Connection {} of {} names it.", connection.name, one.name);
                    self.want(&caller, target, Basis::Named(basis));
                }
            }
        }
        let in_managed: Vec<(ArmId, ArmId)> = inventory
            .resources()
            .filter(|one| one.family.has_firewall())
            .filter_map(|one| Some((self.maker(&one.id.group_id()?)?.clone(), one.id.clone())))
            .collect();
        for (hub, target) in in_managed {
            let basis = format!(
                "Microsoft made it for {}, which keeps its data there.",
                hub.name()
            );
            self.want(&hub, &target, Basis::Named(basis));
        }
    }

    fn assumed(&mut self, inventory: &Inventory) {
        let mut groups: HashMap<ArmId, [Vec<&Arc<Resource>>; 3]> = HashMap::new();
        for one in inventory.resources() {
            let Some(group) = one.id.group_id() else {
                continue;
            };
            let place = match one.family {
                Family::Storage => 0,
                Family::Search => 1,
                Family::Cognitive if has_models(inventory, one) => 2,
                _ => continue,
            };
            if !self.managed.contains_key(&group) {
                groups.entry(group).or_default()[place].push(one);
            }
        }
        for (group, [storage, search, models]) in groups {
            let assume = |own: &mut Self, from: &[&Arc<Resource>], to: &[&Arc<Resource>]| {
                if let ([from], [to]) = (from, to) {
                    let basis = format!(
                        "Assumed: {} and {} are the only ones of their kind in {}.",
                        from.name,
                        to.name,
                        group.name()
                    );
                    own.want(&from.id, &to.id, Basis::Assumed(basis));
                }
            };
            assume(self, &search, &storage);
            assume(self, &search, &models);
            assume(self, &models, &search);
        }
    }

    /// Whether and why one calls another; none when the pattern has no such call.
    pub(crate) fn basis(&self, who: &Who, target: &Resource) -> Option<Basis> {
        match who {
            Who::Internet => Some(Basis::Possible),
            // Elsewhere the portal calls from the person's own browser: that is `you`.
            Who::Portal => {
                matches!(target.family, Family::Search | Family::Cosmos).then_some(Basis::Possible)
            }
            Who::You => Some(self.basis_of_person(target)),
            Who::Service(service) if service.id == target.id => None,
            Who::Service(service) => {
                let known = self
                    .wanted
                    .get(&service.id)
                    .and_then(|to| to.get(&target.id));
                known.cloned().or_else(|| {
                    let has_way = !self.is_managed(service)
                        && !self.is_managed(target)
                        && matches!(
                            (service.family, target.family),
                            (Family::Search, Family::Storage | Family::Cognitive)
                                | (Family::Cognitive, Family::Search | Family::Storage)
                        );
                    has_way.then_some(Basis::Possible)
                })
            }
        }
    }

    fn basis_of_person(&self, target: &Resource) -> Basis {
        if self.is_managed(target) {
            return Basis::Possible;
        }
        let is_read = self.assumed.contains(&target.id);
        match target.family {
            Family::Search => Basis::Assumed("Assumed: people query a search service.".to_owned()),
            Family::Cognitive if is_read => {
                Basis::Assumed("Assumed: people call the models of this group.".to_owned())
            }
            Family::Storage if is_read => {
                Basis::Assumed("Assumed: people upload what the search service reads.".to_owned())
            }
            _ => Basis::Possible,
        }
    }

    /// The services that call others, in the order given.
    pub(crate) fn callers<'a>(
        &'a self,
        services: impl Iterator<Item = &'a Arc<Resource>> + 'a,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + 'a {
        services.filter(|one| {
            matches!(one.family, Family::Search | Family::Cognitive) && !self.is_managed(one)
                || self.wanted.contains_key(&one.id)
        })
    }

    /// What one service is known, or taken, to call.
    pub(crate) fn wanted_of<'a>(&'a self, from: &'a ArmId) -> impl Iterator<Item = &'a ArmId> + 'a {
        self.wanted.get(from).into_iter().flat_map(IndexMap::keys)
    }

    /// Whether Microsoft made it.
    pub(crate) fn is_managed(&self, one: &Resource) -> bool {
        one.id
            .group_id()
            .is_some_and(|group| self.managed.contains_key(&group))
    }

    /// The caller as a firewall sees it.
    pub(crate) fn caller(
        inventory: &Inventory,
        judging: &Judging,
        who: &Who,
        target: &Resource,
    ) -> Caller {
        match who {
            Who::You => Caller::Person {
                address: judging.client_ip,
            },
            Who::Portal => Caller::AzurePortal,
            Who::Internet => Caller::Internet,
            Who::Service(service) => Caller::Instance(instance(inventory, service, target)),
        }
    }
}

/// What a service presents: its definitions are not read here, so it is taken at the best that its
/// identity allows.
fn instance(inventory: &Inventory, service: &Resource, target: &Resource) -> Instance {
    let identity = service.identity.value();
    let for_key = target.family == Family::Vault
        && key_vault(inventory, service).is_some_and(|vault| vault.id == target.id);
    let by_named_identity = for_key
        && service
            .encryption
            .as_ref()
            .is_some_and(|one| one.identity.is_some() || one.identity_client_id.text().is_some());
    let credential = match identity {
        _ if service.family == Family::Cosmos && for_key => Credential::SystemIdentity,
        _ if service.identity.is_unclear() => Credential::Unclear,
        Some(_) if by_named_identity => Credential::UserAssigned,
        Some(one) if one.is_system_assigned() => Credential::SystemIdentity,
        Some(one) if one.is_user_assigned() => Credential::UserAssigned,
        _ => Credential::Key,
    };
    let part = match target.family {
        Family::Storage => Some("blob"),
        Family::Cognitive => Some("openai_account"),
        Family::Search => Some("searchService"),
        Family::Vault => Some("vault"),
        _ => None,
    };
    let own = Instance::of(service, credential);
    match part {
        Some(part) => own.to_part(part),
        None => own,
    }
}

/// What a service is judged for, as a sentence.
pub(crate) fn presents(caller: &Caller) -> Option<&'static str> {
    let Caller::Instance(instance) = caller else {
        return None;
    };
    Some(match (instance.kind, instance.credential) {
        (ServiceKind::Cosmos, _) => return None,
        (_, Credential::SystemIdentity) => "Judged for a token of its system-assigned identity.",
        (_, Credential::UserAssigned) => "Judged for a token of its user-assigned identity.",
        (_, Credential::Key) => "It has no managed identity: judged for a key.",
        (_, Credential::Unclear) => "What it presents cannot be told.",
    })
}

fn has_models(inventory: &Inventory, account: &Resource) -> bool {
    account.kind.is("OpenAI")
        || account.kind.is("AIServices")
        || !facets::deployments(inventory, &account.id).items.is_empty()
}

/// The vault that holds the key of a resource, when it is in scope: by its id, or by its address.
fn key_vault<'a>(inventory: &'a Inventory, resource: &Resource) -> Option<&'a Arc<Resource>> {
    let encryption = resource.encryption.as_ref()?;
    if let Some(vault) = &encryption.vault {
        return inventory.resource(vault);
    }
    let host = |text: &str| {
        Url::parse(text)
            .ok()?
            .host_str()
            .map(str::to_ascii_lowercase)
    };
    let wanted = encryption.key.text().and_then(host)?;
    inventory
        .family(Family::Vault)
        .find(|vault| match &vault.details {
            Details::Vault(details) => details.uri.text().and_then(host).as_ref() == Some(&wanted),
            _ => false,
        })
}

/// What a service is called.
pub(crate) fn kind(one: &Resource) -> &'static str {
    match &one.details {
        Details::Storage(_) => "Storage",
        Details::Search(_) => "AI Search",
        Details::Cognitive(_) if one.kind.is("OpenAI") => "Azure OpenAI",
        Details::Cognitive(_) if one.kind.is("AIServices") => "Foundry",
        Details::Cognitive(_) => "AI services",
        Details::Workspace(_) if one.kind.is("Hub") => "Foundry hub",
        Details::Workspace(_) if one.kind.is("Project") => "Foundry project",
        Details::Workspace(_) => "ML workspace",
        Details::Cosmos(_) => "Cosmos DB",
        Details::Vault(_) => "Key Vault",
        Details::LogWorkspace(_) => "Log Analytics",
        Details::UserIdentity(_) => "identity",
        Details::PrivateEndpoint(_) => "private endpoint",
        Details::VirtualNetwork(_) => "virtual network",
    }
}
