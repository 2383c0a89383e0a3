//! Calls into another tenant: the address pools that networks draw from, the connections between the
//! tenants, and the applications that draw.
//!
//! One list of network managers for each subscription in scope is all that an environment without
//! any is asked for. A pool that a network names is read where it stands, with the token of the tenant
//! that its subscription is in; that Azure refuses such a token tells the right tenant, too.

use indexmap::{IndexMap, IndexSet};

use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::ipam::{Allocation, is_pool};
use crate::model::key::{AppId, Key};
use crate::model::resource::{Details, Resource, VirtualNetwork};
use crate::store::{Payload, Snapshot, State};

use super::scope::{self, Place, View};
use super::{Planner, rank, tenant_of, value};

/// The built-in role whose purpose is to draw from a pool (domain-rules C.1).
const IPAM_POOL_USER: &str = "7b3e853f-ad5d-4fb5-a7b8-56a3581c7037";

impl Planner<'_> {
    /// Managers, pools, connections, and the read that proves another tenant's token.
    pub(super) fn address_pools(&mut self, places: &[Place]) {
        let mut managers = self.managers(places);
        let mut pools: IndexMap<ArmId, Option<TenantId>> = IndexMap::new();
        for (pool, network) in self.drawn() {
            let Some(View(view)) = self.named_pool(&pool, &network, places) else {
                continue;
            };
            pools.insert(pool.clone(), view.clone());
            if let Some(manager) = pool.parent() {
                managers.entry(manager).or_insert(view);
            }
        }
        for (manager, view) in &managers {
            for facet in [Facet::ScopeConnections, Facet::IpamPools] {
                self.want(
                    Key::Facet(manager.clone(), facet),
                    view.as_ref(),
                    rank::FACET,
                    "a network manager in scope, or one whose pool a network draws from",
                );
            }
            let key = Key::Facet(manager.clone(), Facet::IpamPools);
            if let Some(Payload::IpamPools(items)) = value(self.known, &key) {
                pools.extend(items.iter().map(|one| (one.id.clone(), view.clone())));
            }
        }
        for (pool, view) in pools {
            for facet in [
                Facet::StaticCidrs,
                Facet::PoolUsage,
                Facet::PoolAssociations,
            ] {
                self.want(
                    Key::Facet(pool.clone(), facet),
                    view.as_ref(),
                    rank::FACET,
                    "what an address pool still has, and who draws from it",
                );
            }
        }
        self.connections(&managers, places);
        self.proofs(places);
    }

    /// The managers of the subscriptions in scope, with the view that shows them.
    fn managers(&mut self, places: &[Place]) -> IndexMap<ArmId, Option<TenantId>> {
        let mut found = IndexMap::new();
        for place in places {
            let whole = Key::NetworkManagers(ArmId::of_subscription(&place.subscription));
            let mut lists = vec![whole.clone()];
            if self.is_withheld(&whole) {
                let groups = place.group_ids(self.known);
                lists.extend(groups.into_iter().map(Key::NetworkManagers));
            }
            for key in lists {
                if let Some(Payload::NetworkManagers(items)) = value(self.known, &key) {
                    for item in items {
                        found.insert(item.id.clone(), place.tenant.clone());
                    }
                }
                self.want(
                    key,
                    place.tenant.as_ref(),
                    rank::ROLES,
                    "network managers of a subscription in scope",
                );
            }
        }
        found
    }

    /// The pools that networks in view draw from, or are to, each with one of the networks.
    fn drawn(&self) -> IndexMap<ArmId, ArmId> {
        let mut found = IndexMap::new();
        for resource in self.resources.values() {
            for pool in pools_of(resource) {
                found.entry(pool).or_insert_with(|| resource.id.clone());
            }
        }
        for draw in &self.options.draws {
            found
                .entry(draw.pool.clone())
                .or_insert_with(|| draw.network.clone());
        }
        found
    }

    /// A pool that a network names: read by its id. Gives the view that shows it, once it was read.
    fn named_pool(&mut self, pool: &ArmId, network: &ArmId, places: &[Place]) -> Option<View> {
        let subscription = pool.subscription().filter(|_| is_pool(pool))?;
        let View(view) = scope::whose(self.known, self.scope, &subscription, places)?;
        let key = Key::IpamPool(pool.clone());
        let is_read =
            matches!(value(self.known, &key), Some(Payload::IpamPools(found)) if !found.is_empty());
        self.want(
            key,
            view.as_ref(),
            rank::NAMED,
            format!("{} draws from it", network.name()),
        );
        if !is_read {
            return None;
        }
        if places
            .iter()
            .all(|place| place.subscription != subscription)
        {
            for kind in [
                Key::RoleAssignments as fn(ArmId) -> Key,
                Key::RoleDefinitions,
                Key::DenyAssignments,
            ] {
                self.want(
                    kind(pool.clone()),
                    view.as_ref(),
                    rank::ROLES,
                    "who may draw from a pool outside of the scope",
                );
            }
        }
        Some(View(view))
    }

    /// The managed tenants' halves: of subscriptions in scope with a network that draws or is to, or that a
    /// manager names, and of the management groups that it names. Registration goes along.
    fn connections(&mut self, managers: &IndexMap<ArmId, Option<TenantId>>, places: &[Place]) {
        let mut wanted: IndexSet<ArmId> = self
            .resources
            .values()
            .filter(|one| !pools_of(one).is_empty())
            .map(|one| &one.id)
            .chain(self.options.draws.iter().map(|draw| &draw.network))
            .filter_map(ArmId::subscription)
            .map(|one| ArmId::of_subscription(&one))
            .collect();
        let mut groups: IndexMap<ArmId, TenantId> = IndexMap::new();
        for manager in managers.keys() {
            let key = Key::Facet(manager.clone(), Facet::ScopeConnections);
            let Some(Payload::ScopeConnections(items)) = value(self.known, &key) else {
                continue;
            };
            for one in items {
                let Some(resource) = &one.resource else {
                    continue;
                };
                if resource.subscription().is_some() {
                    wanted.insert(resource.clone());
                } else if let Some(tenant) = one.tenant.text() {
                    groups.insert(resource.clone(), TenantId::new(tenant));
                }
            }
        }
        for (key, slice) in self.known.slices() {
            let (Key::NetworkManagers(_), Some(Payload::NetworkManagers(items))) =
                (key, slice.value.as_deref())
            else {
                continue;
            };
            for scope in items.iter().flat_map(|one| &one.cross_tenant) {
                wanted.extend(scope.subscriptions.iter().cloned());
                let named = scope.management_groups.iter();
                groups.extend(named.map(|one| (one.clone(), scope.tenant.clone())));
            }
        }
        for place in places {
            let subscription = ArmId::of_subscription(&place.subscription);
            if wanted.contains(&subscription) {
                self.want(
                    Key::Provider(network_of(&subscription)),
                    place.tenant.as_ref(),
                    rank::FACET,
                    "whether networks can be made in a subscription that draws, or is managed",
                );
                self.want(
                    Key::NetworkManagerConnections(subscription),
                    place.tenant.as_ref(),
                    rank::FACET,
                    "the managed subscription's half of a connection",
                );
            }
        }
        for (group, tenant) in groups {
            let is_group = group.resource_type().is_some_and(|of_type| {
                of_type.eq_ignore_ascii_case("Microsoft.Management/managementGroups")
            });
            let view = scope::view_for(self.known, self.scope, &tenant).filter(|_| is_group);
            if let Some(View(view)) = view {
                self.want(
                    Key::NetworkManagerConnections(group),
                    view.as_ref(),
                    rank::FACET,
                    "the managed management group's half of a connection",
                );
            }
        }
    }

    /// One read of each network that draws from another tenant's pool, with that tenant's token beside
    /// its own: where no such tenant is spoken for there is nothing to prove.
    fn proofs(&mut self, places: &[Place]) {
        let drawing = self.resources.values().flat_map(|network| {
            let pools = pools_of(network).into_iter();
            pools.map(|pool| (network.id.clone(), pool))
        });
        let planned = self.options.draws.iter();
        let planned = planned.map(|draw| (draw.network.clone(), draw.pool.clone()));
        let mut pools: IndexMap<ArmId, Vec<ArmId>> = IndexMap::new();
        for (network, pool) in drawing.chain(planned) {
            pools.entry(network).or_default().push(pool);
        }
        for (network, pools) in pools {
            let Some(subscription) = network.subscription() else {
                continue;
            };
            let own = self.known.home_of(&subscription);
            let own = own.as_ref().map(|home| home.tenant().clone());
            let mut others = IndexSet::new();
            for pool in pools {
                others.extend(
                    pool.subscription()
                        .and_then(|one| Some(self.known.home_of(&one)?.tenant().clone()))
                        .filter(|other| own.is_some() && own.as_ref() != Some(other)),
                );
            }
            for other in others {
                let Some(View(view)) = scope::view_for(self.known, self.scope, &other) else {
                    continue;
                };
                let tenant = tenant_of(&subscription, places);
                if self.known.looks_into(tenant.as_ref(), &other) {
                    continue; // Delegated to the pool's tenant: that is whose token reads it already.
                }
                self.want(
                    Key::LinkedAccess(network.clone(), view.unwrap_or(other)),
                    tenant.as_ref(),
                    rank::FACET,
                    "whether Azure takes the token of the pool's tenant",
                );
            }
        }
    }

    /// The applications that draw from pools: who is signed in, and whose service principal holds a
    /// role on a pool in a tenant that is not its home.
    pub(super) fn applications(&mut self, places: &[Place]) {
        let pools = self.pools_in_view(places);
        if pools.is_empty() {
            return;
        }
        let tenants = self.tenants_spoken_for();
        let mut apps: IndexSet<AppId> = self
            .known
            .callers()
            .iter()
            .filter(|one| !one.is_person() && one.id_type.is_some())
            .filter_map(|one| one.app_id.as_deref().map(AppId::new))
            .collect();
        let holders = self.holders(&pools);
        let homes: Vec<(AppId, TenantId)> = self
            .directory()
            .filter_map(|(_, one)| {
                Some((
                    AppId::new(one.app_id.text()?),
                    TenantId::new(one.owner_tenant.text()?),
                ))
            })
            .collect();
        for (view, principal) in self.directory() {
            let is_stub = principal.owner_tenant.text().is_some_and(|owner| {
                let owner = TenantId::new(owner);
                tenants
                    .iter()
                    .any(|(tenant, own)| *tenant == owner && own != view)
            });
            if is_stub
                && holders.contains(&principal.id)
                && let Some(app) = principal.app_id.text()
            {
                apps.insert(AppId::new(app));
            }
        }
        for app in apps {
            for (_, view) in &tenants {
                self.want_graph(
                    Key::ServicePrincipalOf(view.clone(), app.clone()),
                    view.as_ref(),
                    "an application that draws from a pool, in each tenant",
                );
            }
            for (_, home) in homes.iter().filter(|(one, _)| *one == app) {
                if let Some((_, view)) = tenants.iter().find(|(tenant, _)| tenant == home) {
                    self.want_graph(
                        Key::Application(view.clone(), app.clone()),
                        view.as_ref(),
                        "whom an application that draws from a pool lets in",
                    );
                }
            }
        }
        self.stubs(&tenants);
    }

    /// The pools that networks draw from across tenants, and those of managers that manage other
    /// tenants.
    fn pools_in_view(&self, places: &[Place]) -> IndexSet<ArmId> {
        let mut found: IndexSet<ArmId> = IndexSet::new();
        let home = |id: &ArmId| {
            let home = self.known.home_of(&id.subscription()?)?;
            Some(home.tenant().clone())
        };
        for resource in self.resources.values() {
            let own = home(&resource.id);
            found.extend(
                pools_of(resource)
                    .into_iter()
                    .filter(|pool| own.is_none() || home(pool) != own),
            );
        }
        for draw in &self.options.draws {
            let own = home(&draw.network);
            if own.is_none() || home(&draw.pool) != own {
                found.insert(draw.pool.clone());
            }
        }
        for place in places {
            let whole = Key::NetworkManagers(ArmId::of_subscription(&place.subscription));
            let Some(Payload::NetworkManagers(managers)) = value(self.known, &whole) else {
                continue;
            };
            for manager in managers {
                let part = |facet| Key::Facet(manager.id.clone(), facet);
                let reaches_out = !manager.cross_tenant.is_empty()
                    || matches!(
                        value(self.known, &part(Facet::ScopeConnections)),
                        Some(Payload::ScopeConnections(items)) if !items.is_empty()
                    );
                if let Some(Payload::IpamPools(items)) = value(self.known, &part(Facet::IpamPools))
                    && reaches_out
                {
                    found.extend(items.iter().map(|one| one.id.clone()));
                }
            }
        }
        found
    }

    /// The tenants that somebody is signed in to, each with the view that speaks for it.
    fn tenants_spoken_for(&self) -> Vec<(TenantId, Option<TenantId>)> {
        self.known
            .callers()
            .iter()
            .filter_map(|one| {
                let tenant = one.tenant.clone()?;
                let View(view) = scope::view_for(self.known, self.scope, &tenant)?;
                Some((tenant, view))
            })
            .collect()
    }

    /// Who holds a role at one of these pools, at its manager, or the role that is made for drawing
    /// anywhere above.
    fn holders(&self, pools: &IndexSet<ArmId>) -> IndexSet<PrincipalId> {
        let mut found = IndexSet::new();
        for key in self.wanted.keys() {
            let Key::RoleAssignments(_) = key else {
                continue;
            };
            let Some(Payload::RoleAssignments(items)) = value(self.known, key) else {
                continue;
            };
            for item in items {
                let reaches = pools.iter().any(|pool| {
                    pool.is_within(&item.scope)
                        && (item.role().0.as_ref() == IPAM_POOL_USER
                            || pool
                                .parent()
                                .is_some_and(|manager| item.scope.is_within(&manager)))
                });
                if reaches {
                    found.insert(item.principal_id.clone());
                }
            }
        }
        found
    }

    /// Every principal that a directory named, with the view that was asked.
    fn directory(
        &self,
    ) -> impl Iterator<Item = (&Option<TenantId>, &crate::model::access::Principal)> {
        named(self.known)
    }

    /// The groups of each application's service principals, in each tenant.
    fn stubs(&mut self, tenants: &[(TenantId, Option<TenantId>)]) {
        let mut found = Vec::new();
        for (key, slice) in self.known.slices() {
            let (Key::ServicePrincipalOf(view, app), State::Known) = (key, slice.state()) else {
                continue;
            };
            let is_ours = tenants.iter().any(|(_, own)| own == view)
                && self
                    .wanted
                    .contains_key(&Key::ServicePrincipalOf(view.clone(), app.clone()));
            if let Some(Payload::Principals(items)) = slice.value.as_deref()
                && is_ours
                && app.as_str() != crate::model::access::COSMOS_APP_ID
            {
                found.extend(items.iter().map(|one| (view.clone(), one.id.clone())));
            }
        }
        for (view, principal) in found {
            self.want_graph(
                Key::Memberships(principal, crate::model::access::Member::ServicePrincipal),
                view.as_ref(),
                "groups of an application that draws from a pool",
            );
        }
    }
}

fn named(
    known: &Snapshot,
) -> impl Iterator<Item = (&Option<TenantId>, &crate::model::access::Principal)> {
    known.slices().flat_map(|(key, slice)| {
        let view = match key {
            Key::Principals(view) | Key::ServicePrincipalOf(view, _) => Some(view),
            _ => None,
        };
        let items: &[_] = match slice.value.as_deref() {
            Some(Payload::Principals(items)) => items,
            _ => &[],
        };
        view.into_iter()
            .flat_map(move |view| items.iter().map(move |one| (view, one)))
    })
}

/// The pools that a network, or a subnet of it, draws from.
fn pools_of(resource: &Resource) -> Vec<ArmId> {
    let Details::VirtualNetwork(network) = &resource.details else {
        return Vec::new();
    };
    let mut found: Vec<ArmId> = Vec::new();
    for one in allocations(network) {
        if !found.contains(&one.pool) {
            found.push(one.pool.clone());
        }
    }
    found
}

fn allocations(network: &VirtualNetwork) -> impl Iterator<Item = &Allocation> {
    network.allocations.items().iter().chain(
        network
            .subnets
            .iter()
            .flat_map(|one| one.allocations.items()),
    )
}

/// The provider of networks, as a subscription has it.
fn network_of(subscription: &ArmId) -> ArmId {
    subscription.child("providers/Microsoft.Network")
}

#[cfg(test)]
mod tests;
