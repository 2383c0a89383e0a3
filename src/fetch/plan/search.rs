//! The data plane of AI Search: which services are asked, and what is asked of them.
//!
//! A service that takes keys only is not asked, as hopscope never presents one: what its settings
//! say is the evidence. A hub's managed service is Microsoft's to look into, not ours.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::model::facet::Facet;
use crate::model::field::Field;
use crate::model::id::{ArmId, TenantId};
use crate::model::key::Key;
use crate::model::resource::{AuthOptions, Details, Family, Resource, Search};
use crate::store::Payload;

use super::scope::Place;
use super::{How, Planner, managed, rank, tenant_of, value};

/// What a service's settings say of a refusal, so that its cause can be named as far as the answer
/// tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// What a token without a role is answered.
    pub without_role: WithoutRole,
    /// Whether a firewall may be what refuses; none when its settings are unclear.
    pub firewall: Option<bool>,
}

/// What a search service answers a token that has no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutRole {
    /// 401 with a challenge.
    Unauthorized,
    /// 403.
    Forbidden,
    /// Its settings do not say.
    Unknown,
}

impl Planner<'_> {
    /// What each search service in view holds.
    pub(super) fn data_planes(&mut self, places: &[Place]) {
        let services: Vec<_> = self
            .resources
            .values()
            .filter(|one| one.family == Family::Search)
            .cloned()
            .collect();
        let managed = managed::all(self);
        for service in services {
            let tenant = service
                .id
                .subscription()
                .and_then(|one| tenant_of(&one, places));
            let Some(how) = self.how(&service, &managed) else {
                continue;
            };
            for facet in [
                Facet::Indexers,
                Facet::DataSources,
                Facet::Skillsets,
                Facet::Indexes,
            ] {
                self.want_how(
                    Key::Facet(service.id.clone(), facet),
                    tenant.as_ref(),
                    rank::FACET,
                    "what a search service in scope holds",
                    how.clone(),
                );
            }
            if matches!(how, How::SearchData(_)) {
                self.one_by_one(&service.id, tenant.as_ref(), &how);
            }
        }
    }

    /// The status of each indexer, the statistics of each index.
    fn one_by_one(&mut self, service: &ArmId, tenant: Option<&TenantId>, how: &How) {
        let mut keys = Vec::new();
        let indexers = Key::Facet(service.clone(), Facet::Indexers);
        if let Some(Payload::Indexers(items)) = value(self.known, &indexers) {
            keys.extend(items.iter().map(|one| {
                let id = service.child(&format!("indexers/{}", one.name));
                Key::Facet(id, Facet::IndexerStatus)
            }));
        }
        let all = Key::Facet(service.clone(), Facet::Indexes);
        if let Some(Payload::Indexes(items)) = value(self.known, &all) {
            keys.extend(items.iter().map(|one| {
                let id = service.child(&format!("indexes/{}", one.name));
                Key::Facet(id, Facet::IndexStatistics)
            }));
        }
        for key in keys {
            self.want_how(
                key,
                tenant,
                rank::FACET,
                "how an object of a search service fares",
                how.clone(),
            );
        }
    }

    /// How a service's data plane is come by; none while it is not known whose the service is.
    fn how(&self, service: &Resource, managed: &HashSet<ArmId>) -> Option<How> {
        let skip = |reason: &'static str| Some(How::Skip(Cow::Borrowed(reason)));
        let Details::Search(details) = &service.details else {
            return None;
        };
        if !self.options.search {
            return skip("this cloud has no AI Search data plane");
        }
        if !takes_tokens(service, details) {
            return skip(
                "the service takes API keys only (authOptions), and hopscope presents none",
            );
        }
        if service
            .id
            .group_id()
            .is_some_and(|group| managed.contains(&group))
        {
            return skip("the service stands in a hub's managed group and is not asked");
        }
        if managed::is_open(self, &service.id) {
            return None;
        }
        Some(How::SearchData(door(service, details)))
    }
}

/// Whether a token may be accepted. Where the settings are unclear, the service is asked.
fn takes_tokens(service: &Resource, details: &Search) -> bool {
    match &details.auth_options {
        Field::Value(AuthOptions::AadOrApiKey(_)) | Field::Malformed | Field::Unreported(_) => true,
        Field::Value(AuthOptions::ApiKeyOnly) | Field::Absent | Field::Null => service
            .local_auth
            .as_ref()
            .is_none_or(|auth| auth.enabled() != Some(true)),
    }
}

fn door(service: &Resource, details: &Search) -> Door {
    let without_role = match &details.auth_options {
        Field::Value(AuthOptions::AadOrApiKey(mode)) => match mode {
            Field::Absent | Field::Null => WithoutRole::Unauthorized,
            mode if mode.is("http401WithBearerChallenge") => WithoutRole::Unauthorized,
            mode if mode.is("http403") => WithoutRole::Forbidden,
            _ => WithoutRole::Unknown,
        },
        _ => WithoutRole::Unknown,
    };
    let firewall = service.firewall.as_ref().and_then(|firewall| {
        let public = match &firewall.public_network_access {
            Field::Absent | Field::Null => true,
            Field::Value(word) => word.eq_ignore_ascii_case("Enabled"),
            Field::Malformed | Field::Unreported(_) => return None,
        };
        if firewall.ip_rules.is_unclear() {
            return None;
        }
        Some(!public || !firewall.ip_rules.items().is_empty())
    });
    Door {
        without_role,
        firewall,
    }
}

#[cfg(test)]
mod tests;
