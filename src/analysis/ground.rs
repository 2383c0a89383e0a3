//! What every family of hops stands on: the environment with its lookups made once.
//!
//! A reading that is missing stays visible here: [`Lookup`] keeps "it is gone" and "it was not
//! read" apart. Nothing here judges; gates do.

use std::sync::{Arc, OnceLock};

use time::{Duration, OffsetDateTime};

use crate::model::access::{Lock, RoleAssignment, RoleSchedule};
use crate::model::field::Field;
use crate::model::id::{ArmId, PrincipalId, SubscriptionId};
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::lookup::{Map, Set};
use crate::model::resource::{Details, Family, Resource};
use crate::store::{Inventory, Payload, Slice, State};

use super::access::placed::Placed;
use super::access::{Index, Memberships};
use super::evidence::Evidence;
use super::facets;
use super::foundry::{self, Foundry, managed};
use super::network::Wall;

mod orphans;

use orphans::orphans;

/// How long Azure may take until a change of a property works (domain-rules 0.1).
pub const SETTLING: Duration = Duration::minutes(15);

/// The environment as the families of hops see it.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The environment.
    pub inventory: &'a Inventory,
    /// What a person says about how to judge.
    pub judging: &'a Judging,
    /// The time of judging.
    pub now: OffsetDateTime,
    /// Roles and deny assignments.
    pub access: Index<'a>,
    /// The groups of principals, as far as they are known.
    pub memberships: Memberships,
    walls: Map<&'a ArmId, OnceLock<Option<Arc<Wall>>>>,
    foundry: OnceLock<Foundry>,
    /// Lists of resources that are not whole: what of, and of which subscription.
    not_whole: Vec<(Family, &'a SubscriptionId)>,
    hosts: Map<String, &'a Resource>,
    managed: Set<ArmId>,
    own_stores: Set<ArmId>,
    in_managed: Set<&'a ArmId>,
    locks: Vec<&'a Lock>,
    orphans: Placed<'a>,
    active: Schedules<'a>,
    eligible: Schedules<'a>,
}

/// What an id leads to.
#[derive(Clone, Debug)]
pub enum Lookup<'a> {
    /// The resource.
    Found(&'a Resource),
    /// Azure says that it is not there.
    Gone(Evidence),
    /// It was not read, and why: the end of a sentence that begins with its name.
    NotRead(String),
}

impl<'a> Lookup<'a> {
    /// The resource, when it was read.
    pub fn found(&self) -> Option<&'a Resource> {
        match self {
            Self::Found(resource) => Some(resource),
            Self::Gone(_) | Self::NotRead(_) => None,
        }
    }
}

/// What PIM says, with the scopes whose lists could not be read.
#[derive(Debug, Default)]
struct Schedules<'a> {
    items: Vec<&'a RoleSchedule>,
    lists: Vec<(&'a ArmId, Option<String>)>,
}

impl<'a> Ground<'a> {
    /// Looks everything up once.
    pub fn new(inventory: &'a Inventory, judging: &'a Judging, now: OffsetDateTime) -> Self {
        let managed: Set<ArmId> = inventory
            .family(Family::Workspace)
            .filter_map(|hub| managed::group_of(inventory, hub))
            .map(|group| group.id)
            .collect();
        let (access, (memberships, hosts)) = rayon::join(
            || Index::build(inventory),
            || (memberships(inventory), hosts(inventory, judging)),
        );
        Self {
            inventory,
            judging,
            now,
            orphans: orphans(inventory, &access),
            access,
            memberships,
            walls: inventory
                .resources()
                .map(|one| (&one.id, OnceLock::new()))
                .collect(),
            foundry: OnceLock::new(),
            not_whole: inventory
                .snapshot()
                .slices()
                .filter_map(|(key, slice)| match key {
                    Key::List {
                        subscription,
                        family,
                        ..
                    } if slice.state() != State::Known => Some((*family, subscription)),
                    _ => None,
                })
                .collect(),
            hosts,
            in_managed: inventory
                .resources()
                .map(|one| &one.id)
                .filter(|id| lies_in_managed(inventory, &managed, id))
                .collect(),
            own_stores: managed::own_stores(inventory).cloned().collect(),
            managed,
            locks: locks(inventory),
            active: schedules(inventory, |key| match key {
                Key::ActiveRoles(scope) => Some(scope),
                _ => None,
            }),
            eligible: schedules(inventory, |key| match key {
                Key::EligibleRoles(scope) => Some(scope),
                _ => None,
            }),
        }
    }

    /// The resources of a family, by id.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &'a Resource> {
        self.inventory.family(family).map(Arc::as_ref)
    }

    /// A resource that was read.
    pub fn resource(&self, id: &ArmId) -> Option<&'a Resource> {
        self.inventory.resource(id).map(Arc::as_ref)
    }

    /// What an id leads to. A 404 for a thing that another reading names is an answer, and so is a
    /// whole list that should hold it and does not.
    pub fn lookup(&self, id: &ArmId) -> Lookup<'a> {
        if let Some(resource) = self.resource(id) {
            return Lookup::Found(resource);
        }
        let key = Key::Resource(id.clone());
        if let Some(slice) = self.inventory.snapshot().slice(&key) {
            return by_reading(id, slice, self.inventory.snapshot().is_gone(&key));
        }
        match self.list_of(id) {
            Some(slice) if slice.state() == State::Known => Lookup::Gone(Evidence::listed(
                id.parent().unwrap_or_else(|| id.clone()),
                &id.resource_type().unwrap_or_default(),
                serde_json::json!({
                    "read": slice.value.as_deref().map_or(0, Payload::len),
                    "why": format!("none is named {}", id.name()),
                }),
                slice.observed_at.unwrap_or(self.now),
            )),
            Some(slice) => by_reading(id, slice, false),
            None => Lookup::NotRead("was not read: it is outside of what was looked at".to_owned()),
        }
    }

    /// Whether a list of a family of resources, in the subscription of an id or in any, is not whole.
    pub fn is_missing(&self, family: Family, of: Option<&ArmId>) -> bool {
        let mut lists = self.not_whole.iter().filter(|(of, _)| *of == family);
        match of {
            None => lists.next().is_some(),
            Some(id) => {
                let own = id.subscription();
                lists.any(|(_, subscription)| own.as_ref() == Some(*subscription))
            }
        }
    }

    /// The list that would hold a resource.
    fn list_of(&self, id: &ArmId) -> Option<&'a Slice> {
        let family = Family::of_type(&id.resource_type()?)?;
        let subscription = id.subscription()?;
        let group = id.resource_group().map(crate::model::id::Folded::new);
        [None, group].into_iter().find_map(|group| {
            self.inventory.snapshot().slice(&Key::List {
                subscription: subscription.clone(),
                group,
                family,
            })
        })
    }

    /// The resource that answers to a URL or a host, by its endpoints and the cloud's suffixes.
    pub fn by_host(&self, address: &str) -> Option<&'a Resource> {
        self.hosts.get(host_of(address).as_str()).copied()
    }

    /// The family whose resources answer at hosts like this one, by the cloud's suffixes.
    pub fn family_of_host(&self, host: &str) -> Option<Family> {
        let suffix = &self.judging.suffix;
        let below = |parent: &str| host.ends_with(&format!(".{parent}"));
        let storage = suffix.blob.strip_prefix("blob.").unwrap_or(&suffix.blob);
        let models = suffix
            .openai
            .strip_prefix("openai.")
            .unwrap_or(&suffix.openai);
        if below(&suffix.search) {
            Some(Family::Search)
        } else if below(storage) {
            Some(Family::Storage)
        } else if below(&suffix.vault) {
            Some(Family::Vault)
        } else if below(&suffix.cosmos) {
            Some(Family::Cosmos)
        } else if ["openai", "cognitiveservices", "services.ai"]
            .iter()
            .any(|kind| below(&format!("{kind}.{models}")))
        {
            Some(Family::Cognitive)
        } else {
            None
        }
    }

    /// The firewall of a resource, read once; none for a resource without.
    pub fn wall(&self, resource: &Resource) -> Option<Arc<Wall>> {
        let read = |resource: &Resource| Wall::of(self.inventory, resource).map(Arc::new);
        match (self.walls.get(&resource.id), self.resource(&resource.id)) {
            (Some(wall), Some(own)) => wall.get_or_init(|| read(own)).clone(),
            _ => read(resource),
        }
    }

    /// All of Foundry, joined once.
    pub fn foundry(&self) -> &Foundry {
        self.foundry
            .get_or_init(|| foundry::foundry(self.inventory))
    }

    /// Whether a resource lies in a group that Microsoft made for a hub, or is a store that a hub
    /// names in place of one.
    pub fn is_managed(&self, id: &ArmId) -> bool {
        if self.own_stores.contains(id) {
            return true;
        }
        // What was not read has its place in its id only.
        match self.inventory.resource(id) {
            Some(_) => self.in_managed.contains(id),
            None => lies_in_managed(self.inventory, &self.managed, id),
        }
    }

    /// The locks that were read and hold for a resource.
    pub fn locks_on(&self, id: &ArmId) -> impl Iterator<Item = &'a Lock> {
        self.locks
            .iter()
            .copied()
            .filter(move |lock| id.is_within(&lock.scope))
    }

    /// Role assignments that concern a scope and belong to nobody whom the directory knows. None
    /// where the directory was not read.
    pub fn orphans_at(&self, scope: &ArmId) -> impl Iterator<Item = &'a RoleAssignment> {
        let all = self.access.assignments();
        self.orphans
            .concerning(all, scope)
            .into_iter()
            .map(|at| all[at].item)
    }

    /// When a resource was changed, if that was so short before it was read that Azure may not act
    /// on it yet.
    pub fn changed_at(&self, resource: &Resource) -> Option<OffsetDateTime> {
        let changed = *resource.system_data.last_modified_at.value()?;
        is_fresh(changed, resource.source.observed_at).then_some(changed)
    }

    /// Roles that are active for a time only, of these principals.
    pub fn active(&self, holders: &[PrincipalId]) -> impl Iterator<Item = &'a RoleSchedule> {
        of(&self.active, holders)
    }

    /// Roles that these principals may activate.
    pub fn eligible(&self, holders: &[PrincipalId]) -> impl Iterator<Item = &'a RoleSchedule> {
        of(&self.eligible, holders)
    }

    /// Why it is not known until when roles at a scope are held.
    pub fn active_missing(&self, scope: &ArmId) -> Option<String> {
        let concerning = || {
            self.active
                .lists
                .iter()
                .filter(|(list, _)| scope.is_within(list))
        };
        if concerning().any(|(_, missing)| missing.is_none()) {
            return None;
        }
        concerning().find_map(|(_, missing)| missing.clone())
    }

    /// A principal with the groups that it is in for certain.
    pub fn holders(&self, principal: &PrincipalId) -> Vec<PrincipalId> {
        std::iter::once(principal.clone())
            .chain(self.memberships.at_least(principal).iter().cloned())
            .collect()
    }

    /// What a principal is called: its name in the directory, else its object id.
    pub fn name_of(&self, principal: &PrincipalId) -> String {
        self.inventory
            .principal(principal)
            .and_then(|known| {
                known
                    .user_principal_name
                    .text()
                    .or(known.display_name.text())
            })
            .map_or_else(|| principal.as_str().to_owned(), str::to_owned)
    }
}

/// Whether an id lies in one of the managed groups, or in what else Microsoft made for a hub.
fn lies_in_managed(inventory: &Inventory, managed: &Set<ArmId>, id: &ArmId) -> bool {
    id.group_id().is_some_and(|group| {
        managed.contains(&group) || super::foundry::managed::is_made_for_a_hub(inventory, &group)
    })
}

fn locks(inventory: &Inventory) -> Vec<&Lock> {
    inventory
        .beside()
        .filter_map(|(key, slice)| match (key, slice.value.as_deref()) {
            (Key::Locks(_), Some(Payload::Locks(items))) => Some(items),
            _ => None,
        })
        .flatten()
        .collect()
}

/// Whether a change was so short before a reading that Azure may not act on it yet.
pub fn is_fresh(changed: OffsetDateTime, observed: OffsetDateTime) -> bool {
    changed <= observed && observed - changed < SETTLING
}

/// The host of an address, lower case: `https://x.openai.azure.com/openai` is `x.openai.azure.com`.
pub fn host_of(address: &str) -> String {
    let rest = address.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let host = rest.split(':').next().unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn by_reading<'a>(id: &ArmId, slice: &Slice, is_gone: bool) -> Lookup<'a> {
    match slice.trouble() {
        Some(issue) if is_gone => {
            let evidence = Evidence::listed(
                id.clone(),
                "id",
                serde_json::json!(format!(
                    "{} {}",
                    issue.status.unwrap_or(404),
                    issue.code.as_deref().unwrap_or("NotFound")
                )),
                issue.at,
            );
            Lookup::Gone(evidence.answered_by(issue.request_id.as_ref()))
        }
        _ => Lookup::NotRead(
            facets::why_missing(slice)
                .map_or_else(|| "was not read".to_owned(), |why| singular(&why)),
        ),
    }
}

/// A reason that speaks of a list, for one thing.
fn singular(why: &str) -> String {
    why.replacen("are not read", "is not read", 1)
        .replacen("were refused", "was refused", 1)
        .replacen("may read them", "may read it", 1)
}

fn of<'a>(
    schedules: &Schedules<'a>,
    holders: &[PrincipalId],
) -> impl Iterator<Item = &'a RoleSchedule> {
    let holders: Vec<PrincipalId> = holders.to_vec();
    schedules
        .items
        .clone()
        .into_iter()
        .filter(move |one| holders.contains(&one.principal_id))
}

fn schedules<'a>(
    inventory: &'a Inventory,
    scope_of: impl Fn(&'a Key) -> Option<&'a ArmId>,
) -> Schedules<'a> {
    let mut found = Schedules::default();
    for (key, slice) in inventory.beside() {
        let Some(scope) = scope_of(key) else {
            continue;
        };
        found.lists.push((
            scope,
            facets::why_missing(slice)
                .map(|why| format!("{} of {} {why}", key.words(), scope.name())),
        ));
        if let Some(Payload::RoleSchedules(items)) = slice.value.as_deref() {
            found.items.extend(items);
        }
    }
    found
}

/// The directory's answers, and where it was closed what ARM says of a principal's assignments.
pub fn memberships(inventory: &Inventory) -> Memberships {
    let mut known = Memberships::unknown();
    let mut some: Map<&PrincipalId, Vec<PrincipalId>> = Map::default();
    for (key, slice) in inventory.beside() {
        match (key, slice.value.as_deref()) {
            (Key::Memberships(principal, _), Some(Payload::Memberships(groups))) => {
                let groups: Vec<_> = groups.iter().map(|group| group.id.clone()).collect();
                if slice.state() == State::Known {
                    known = known.knowing(principal.clone(), groups);
                } else {
                    some.entry(principal).or_default().extend(groups);
                }
            }
            (Key::Memberships(principal, _), None) if slice.state() == State::Known => {
                known = known.knowing(principal.clone(), Vec::new());
            }
            (Key::AssignedTo(_, principal), Some(Payload::RoleAssignments(held))) => {
                some.entry(principal).or_default().extend(
                    held.iter()
                        .map(|one| one.principal_id.clone())
                        .filter(|holder| holder != principal),
                );
            }
            _ => {}
        }
        if let Key::AssignedTo(scope, principal) = key
            && slice.state() == State::Known
        {
            known = known.knowing_assignments(principal.clone(), scope.clone());
        }
    }
    for (principal, mut groups) in some {
        groups.sort();
        groups.dedup();
        known = known.knowing_some(principal.clone(), groups);
    }
    known
}

/// Every host that a resource answers to.
fn hosts<'a>(inventory: &'a Inventory, judging: &Judging) -> Map<String, &'a Resource> {
    let suffix = &judging.suffix;
    let mut hosts: Map<String, &Resource> = Map::default();
    for resource in inventory.resources() {
        let name = resource.name.to_ascii_lowercase();
        let mut own: Vec<String> = Vec::new();
        let endpoint = |field: &Field<String>| field.text().map(host_of);
        match &resource.details {
            Details::Storage(storage) => {
                own.extend(storage.endpoints.iter().map(|(_, url)| host_of(url)));
                own.push(format!("{name}.{}", suffix.blob));
                for part in ["dfs", "table", "queue", "file", "web"] {
                    if let Some(rest) = suffix.blob.strip_prefix("blob.") {
                        own.push(format!("{name}.{part}.{rest}"));
                    }
                }
            }
            Details::Search(search) => {
                own.extend(endpoint(&search.endpoint));
                own.push(format!("{name}.{}", suffix.search));
            }
            Details::Cognitive(account) => {
                // A region's own endpoint belongs to nobody in particular.
                own.extend(endpoint(&account.endpoint).filter(|host| !is_regional(host)));
                let domain = account.custom_sub_domain.text().unwrap_or(&name);
                own.push(format!("{domain}.{}", suffix.openai));
                if let Some(rest) = suffix.openai.strip_prefix("openai.") {
                    own.push(format!("{domain}.cognitiveservices.{rest}"));
                    own.push(format!("{domain}.services.ai.{rest}"));
                }
            }
            Details::Vault(vault) => {
                own.extend(endpoint(&vault.uri));
                own.push(format!("{name}.{}", suffix.vault));
            }
            Details::Cosmos(cosmos) => {
                own.extend(endpoint(&cosmos.endpoint));
                own.push(format!("{name}.{}", suffix.cosmos));
            }
            _ => {}
        }
        for host in own {
            if !host.is_empty() {
                hosts.entry(host.to_ascii_lowercase()).or_insert(resource);
            }
        }
    }
    hosts
}

/// Whether a host is a region's shared endpoint, which takes no tokens.
pub fn is_regional(host: &str) -> bool {
    host.contains(".api.cognitive.")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn hosts_are_cut_out_of_addresses() {
        for (address, host) in [
            ("https://A.openai.azure.com/", "a.openai.azure.com"),
            (
                "https://a.openai.azure.com:443/openai?x=1",
                "a.openai.azure.com",
            ),
            ("a.openai.azure.com.", "a.openai.azure.com"),
            ("http://user@h/p", "h"),
            ("", ""),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }

    #[test]
    fn a_change_is_fresh_for_a_quarter_of_an_hour() {
        let observed = datetime!(2026-11-23 12:41:07 UTC);
        for (changed, fresh) in [
            (observed, true),
            (observed - Duration::minutes(14), true),
            (observed - Duration::minutes(15), false),
            (observed + Duration::seconds(1), false),
        ] {
            assert_eq!(is_fresh(changed, observed), fresh, "{changed}");
        }
    }
}
