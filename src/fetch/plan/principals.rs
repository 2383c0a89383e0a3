//! Principals that matter: whoever is signed in, and the identities of resources in view. Their
//! groups come from Microsoft Graph; where Graph does not say, ARM is asked which assignments reach
//! them.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::model::access::{COSMOS_APP_ID, Member};
use crate::model::facet::Facet;
use crate::model::id::{ArmId, PrincipalId, TenantId};
use crate::model::key::{AppId, Key, UserName};
use crate::model::resource::{Details, Resource};
use crate::store::{Payload, State};

use super::scope::{self, Place};
use super::{How, Planner, managed, rank, tenant_of, value};

impl Planner<'_> {
    /// The groups of the principals that matter, or what stands in for them.
    pub(super) fn memberships(&mut self, places: &[Place]) {
        self.users();
        for ((principal, member), tenant) in self.principals_that_matter(places) {
            let key = Key::Memberships(principal.clone(), member);
            let is_without = self.is_without_graph(&key);
            self.want_graph(key, tenant.as_ref(), "groups of a principal that matters");
            if !is_without {
                continue;
            }
            for place in places {
                for scope in self.where_roles_are_read(place) {
                    self.want(
                        Key::AssignedTo(scope, principal.clone()),
                        place.tenant.as_ref(),
                        rank::NAMES,
                        "the directory does not say who is in which group",
                    );
                }
            }
        }
        self.cosmos_principal(places);
    }

    pub(super) fn want_graph(&mut self, key: Key, tenant: Option<&TenantId>, why: &'static str) {
        let how = if self.options.graph {
            How::Read
        } else {
            How::Skip(Cow::Borrowed("this cloud has no Microsoft Graph"))
        };
        self.want_how(key, tenant, rank::NAMES, why, how);
    }

    /// Whether Graph had its say and it was no answer. One who is gone from the directory is one.
    fn is_without_graph(&self, key: &Key) -> bool {
        let state = self.known.state(key);
        matches!(state, State::Denied | State::Failed | State::Unsupported)
            && !self.is_open(key)
            && !self.known.is_gone(key)
    }

    fn principals_that_matter(
        &self,
        places: &[Place],
    ) -> IndexMap<(PrincipalId, Member), Option<TenantId>> {
        let mut found = IndexMap::new();
        let views = scope::views(self.scope);
        for caller in self.known.callers() {
            let Some(id) = &caller.object_id else {
                continue;
            };
            let member = if caller.is_person() {
                Member::User
            } else {
                Member::ServicePrincipal
            };
            // A view that is named is named by the tenant; what is left is the credential's own.
            let tenant = views
                .iter()
                .find(|view| view.is_some() && **view == caller.tenant)
                .or_else(|| views.first())
                .cloned()
                .flatten();
            found.insert((id.clone(), member), tenant);
        }
        for (id, tenant) in self.named_users() {
            found.entry((id, Member::User)).or_insert(tenant);
        }
        for resource in self.resources.values() {
            let tenant = resource
                .id
                .subscription()
                .and_then(|one| tenant_of(&one, places));
            for id in self.identities(resource) {
                found
                    .entry((id, Member::ServicePrincipal))
                    .or_insert_with(|| tenant.clone());
            }
        }
        found
    }

    /// Those that the config file names, as far as their object ids are known, in every tenant that
    /// is asked.
    fn named_users(&self) -> Vec<(PrincipalId, Option<TenantId>)> {
        let mut found = Vec::new();
        for tenant in scope::views(self.scope) {
            for name in self.options.users.iter().map(|name| name.trim()) {
                if is_object_id(name) {
                    found.push((PrincipalId::new(name), tenant.clone()));
                    continue;
                }
                let key = Key::User(tenant.clone(), UserName::new(name));
                if let Some(Payload::Principals(people)) = value(self.known, &key) {
                    found.extend(people.iter().map(|one| (one.id.clone(), tenant.clone())));
                }
            }
        }
        found
    }

    /// Who the people are that the config file names by name.
    fn users(&mut self) {
        let names: Vec<String> = self
            .options
            .users
            .iter()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty() && !is_object_id(name))
            .collect();
        for tenant in scope::views(self.scope) {
            for name in &names {
                self.want_graph(
                    Key::User(tenant.clone(), UserName::new(name)),
                    tenant.as_ref(),
                    "the config file names this person",
                );
            }
        }
    }

    /// The object ids of a resource's identities, and of its projects'.
    fn identities(&self, resource: &Resource) -> Vec<PrincipalId> {
        let mut ids = Vec::new();
        if let Some(identity) = resource.identity.value() {
            ids.extend(identity.principal_id.value().cloned());
            let assigned = identity.user_assigned.iter();
            ids.extend(assigned.filter_map(|one| one.principal_id.value().cloned()));
        }
        if let Details::UserIdentity(identity) = &resource.details {
            ids.extend(identity.principal_id.value().cloned());
        }
        let projects = Key::Facet(resource.id.clone(), Facet::Projects);
        if let Some(Payload::Projects(projects)) = value(self.known, &projects) {
            ids.extend(
                projects
                    .iter()
                    .filter_map(|one| one.principal_id.value().cloned()),
            );
        }
        ids
    }

    /// The subscription, or the groups in scope where only their assignments may be read.
    fn where_roles_are_read(&self, place: &Place) -> Vec<ArmId> {
        let whole = ArmId::of_subscription(&place.subscription);
        if !self.is_denied(&Key::RoleAssignments(whole.clone())) {
            return vec![whole];
        }
        let mut groups = place.group_ids(self.known);
        groups
            .retain(|group| self.known.state(&Key::RoleAssignments(group.clone())) == State::Known);
        groups
    }

    /// Azure Cosmos DB reads a customer's key as itself: a hub's managed account, or an own one.
    fn cosmos_principal(&mut self, places: &[Place]) {
        let tenants: Vec<Option<TenantId>> = self
            .resources
            .values()
            .filter(|one| {
                matches!(&one.details, Details::Cosmos(_) | Details::Workspace(_))
                    && one.encryption.as_ref().is_some_and(|encryption| {
                        encryption.customer_managed == Some(true)
                            || encryption.key.value().is_some()
                    })
            })
            .map(|one| {
                let subscription = one.id.subscription();
                subscription.and_then(|one| tenant_of(&one, places))
            })
            .collect();
        for tenant in tenants {
            let key = Key::ServicePrincipalOf(tenant.clone(), AppId::new(COSMOS_APP_ID));
            let own: Vec<PrincipalId> = match value(self.known, &key) {
                Some(Payload::Principals(found)) => {
                    found.iter().map(|one| one.id.clone()).collect()
                }
                _ => Vec::new(),
            };
            self.want_graph(
                key,
                tenant.as_ref(),
                "Cosmos DB's own principal reads the customer's key",
            );
            for id in own {
                self.want_graph(
                    Key::Memberships(id, Member::ServicePrincipal),
                    tenant.as_ref(),
                    "a vault may let it in through a group",
                );
            }
        }
    }

    /// Deny assignments and locks of the groups in scope and of the managed ones.
    pub(super) fn groups_in_scope(&mut self, places: &[Place]) {
        let managed = managed::in_view(self);
        for place in places {
            let is_ours =
                |group: &ArmId| group.subscription().as_ref() == Some(&place.subscription);
            let mut groups = match &place.groups {
                Some(_) => place.group_ids(self.known),
                None => self.resources.keys().filter_map(ArmId::group_id).collect(),
            };
            groups.extend(managed.iter().cloned());
            groups.retain(is_ours);
            groups.sort();
            groups.dedup();
            for group in groups {
                for key in [Key::DenyAssignments(group.clone()), Key::Locks(group)] {
                    self.want(
                        key,
                        place.tenant.as_ref(),
                        rank::ROLES,
                        "what holds changes and access back in a group in scope",
                    );
                }
            }
        }
    }
}

fn is_object_id(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok()
}

#[cfg(test)]
mod tests;
