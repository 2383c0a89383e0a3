//! The JSON behind each item of a slice, and where it was read. Must not know what the items mean.
//!
//! A new kind of [`Payload`] is a line in [`each`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::ipam::LinkedAccess;
use crate::model::logs::LogAnswer;
use crate::model::policy::PolicyContent;
use crate::model::resource::Source;
use crate::model::tenancy::Provider;

use super::super::Payload;

/// The member that stands for the answer of a workspace which lacks a table: it sent an error.
pub const WITHOUT_TABLE: &str = "hopscope.withoutTable";

/// Calls `take` with the JSON and the source of each item. Kinds whose source nobody asks for have
/// none.
pub(super) fn each(payload: &Payload, mut take: impl FnMut(&Arc<Value>, Option<&Source>)) {
    macro_rules! walk {
        (plain: $($plain:ident)+; sourced: $($sourced:ident)+;) => {
            match payload {
                $(Payload::$plain(items) => {
                    for item in items {
                        take(&item.raw, None);
                    }
                })+
                $(Payload::$sourced(items) => {
                    for item in items {
                        take(&item.raw, Some(&item.source));
                    }
                })+
                Payload::PolicyContents(items) => {
                    for item in items {
                        match item {
                            PolicyContent::Definition(own) => take(&own.raw, Some(&own.source)),
                            PolicyContent::Set(own) => take(&own.raw, Some(&own.source)),
                        }
                    }
                }
                Payload::LogAnswers(items) => {
                    for item in items {
                        take(&log_answer(item), Some(&item.source));
                    }
                }
                Payload::Providers(items) => {
                    for item in items {
                        take(&provider(item), Some(&item.source));
                    }
                }
                Payload::LinkedAccesses(items) => {
                    for item in items {
                        take(&linked(item), Some(&item.source));
                    }
                }
            }
        };
    }
    walk! {
        plain: Tenants Subscriptions Groups Containers SharedPrivateLinks Perimeters Deployments
            Projects Connections CapabilityHosts Keys OutboundRules DiagnosticSettings RoleDefinitions Principals
            Memberships SqlRoleDefinitions PerimeterProfiles PerimeterLinks;
        sourced: Resources RoleAssignments DenyAssignments Indexers IndexerStatuses DataSources
            Skillsets Indexes IndexStatistics RoleSchedules Locks SqlRoleAssignments
            NetworkPerimeters PerimeterRules PerimeterAssociations PolicyAssignments
            PolicyExemptions PolicyStates ActivityEvents Applications NetworkManagers
            ScopeConnections NetworkManagerConnections IpamPools StaticCidrs PoolUsages
            PoolAssociations;
    }
}

fn log_answer(item: &LogAnswer) -> Arc<Value> {
    match &item.without_table {
        Some(said) => Arc::new(json!({ WITHOUT_TABLE: said })),
        None => Arc::clone(&item.raw),
    }
}

/// What is kept of a provider: not what it offers.
fn provider(item: &Provider) -> Arc<Value> {
    let mut kept = json!({ "namespace": item.namespace });
    if let Some(state) = item.state.text() {
        kept["registrationState"] = state.into();
    }
    Arc::new(kept)
}

/// All that is known of such a reading is the network that was read.
fn linked(item: &LinkedAccess) -> Arc<Value> {
    Arc::new(json!({ "id": item.network.as_str() }))
}
