//! Questions to Log Analytics: each only to workspaces that resources of its kind send their logs to.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use crate::model::facet::Facet;
use crate::model::id::ArmId;
use crate::model::key::Key;
use crate::model::logs::Question;
use crate::model::resource::{Details, Resource};
use crate::store::{Payload, State};

use super::scope::Place;
use super::{How, Planner, rank, tenant_of, value};

impl Planner<'_> {
    /// What was refused lately, as the workspaces know it. Where a workspace refuses, each resource
    /// is asked about by itself: its readers may look into its own logs.
    pub(super) fn logs(&mut self, places: &[Place]) {
        let mut asked: IndexMap<(ArmId, Question), IndexSet<ArmId>> = IndexMap::new();
        for resource in self.resources.values() {
            let Some(question) = Question::of_family(resource.family) else {
                continue;
            };
            for workspace in self.destinations(resource) {
                asked
                    .entry((workspace, question))
                    .or_default()
                    .insert(resource.id.clone());
            }
        }
        for ((workspace, question), senders) in asked {
            let tenant = |id: &ArmId| id.subscription().and_then(|one| tenant_of(&one, places));
            let key = Key::Logs(workspace.clone(), question);
            if !self.options.logs {
                let reason = How::Skip(Cow::Borrowed("this cloud has no Log Analytics"));
                let own = tenant(&workspace);
                self.want_how(key, own.as_ref(), rank::HISTORY, "refusals", reason);
                continue;
            }
            let guid = self.guid(&workspace);
            if let Some(guid) = &guid {
                let how = How::Logs(Some(Arc::clone(guid)));
                let why = "refusals that a workspace in view knows of";
                self.want_how(
                    key.clone(),
                    tenant(&workspace).as_ref(),
                    rank::HISTORY,
                    why,
                    how,
                );
            }
            let is_closed = guid.is_none() || self.is_denied(&key);
            if !is_closed || self.may_still_be_read(&workspace) {
                continue;
            }
            for sender in senders {
                let why = "the workspace itself cannot be asked";
                let own = tenant(&sender);
                let key = Key::Logs(sender, question);
                self.want_how(key, own.as_ref(), rank::HISTORY, why, How::Logs(None));
            }
        }
    }

    /// The workspaces that a resource sends logs to; all in view, where its settings are refused.
    fn destinations(&self, resource: &Resource) -> Vec<ArmId> {
        let key = Key::Facet(resource.id.clone(), Facet::DiagnosticSettings);
        if self.is_open(&key) {
            return Vec::new();
        }
        let mut found: Vec<ArmId> = match value(self.known, &key) {
            Some(Payload::DiagnosticSettings(items)) => items
                .iter()
                .filter(|one| !one.categories.is_empty())
                .filter_map(|one| one.workspace.clone())
                .collect(),
            _ => Vec::new(),
        };
        if matches!(self.known.state(&key), State::Denied | State::Failed) {
            found.extend(
                self.resources
                    .values()
                    .filter(|one| matches!(one.details, Details::LogWorkspace(_)))
                    .map(|one| one.id.clone()),
            );
        }
        found
    }

    /// The GUID that the query API knows a workspace by.
    fn guid(&self, workspace: &ArmId) -> Option<Arc<str>> {
        let resource = self.resources.get(workspace)?;
        match &resource.details {
            Details::LogWorkspace(own) => own.customer_id.text().map(Arc::from),
            _ => None,
        }
    }

    /// Whether the workspace itself may still come.
    fn may_still_be_read(&self, workspace: &ArmId) -> bool {
        !self.resources.contains_key(workspace)
            && self
                .wanted
                .get(&Key::Resource(workspace.clone()))
                .is_some_and(|wanted| self.is_open(&wanted.key))
    }
}

#[cfg(test)]
mod tests;
