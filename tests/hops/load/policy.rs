//! Policies of a scenario, reading by reading.

use std::collections::BTreeSet;

use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use serde_json::Value;

use super::Loader;

/// ARM's code for a thing that is not there.
pub(super) fn not_found(key: &Key) -> &'static str {
    match key {
        Key::PolicyDefinition(_) => "PolicyDefinitionNotFound",
        _ => "ResourceNotFound",
    }
}

impl Loader<'_> {
    /// Policies in force, what is exempted, the definitions behind them, and Azure's own findings.
    pub(super) fn policies(&mut self, scope: &ArmId, views: &BTreeSet<String>) {
        for (kind, key) in [
            ("policyassignments", Key::PolicyAssignments(scope.clone())),
            ("policyexemptions", Key::PolicyExemptions(scope.clone())),
        ] {
            let items = self.below(scope, kind);
            self.settle(key, items);
        }
        let mut open: Vec<ArmId> = self
            .documents(|id| {
                id.folded()
                    .contains("/microsoft.authorization/policyassignments/")
            })
            .iter()
            .filter_map(|one| one["properties"]["policyDefinitionId"].as_str())
            .map(ArmId::new)
            .collect();
        let assignments = Key::PolicyAssignments(scope.clone());
        if self.refusal(&assignments).is_some() {
            open.clear();
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let own = self.documents(|one| *one == id);
            let key = Key::PolicyDefinition(id);
            if self.refusal(&key).is_none() {
                let members = own.iter().flat_map(|body| {
                    body["properties"]["policyDefinitions"]
                        .as_array()
                        .into_iter()
                        .flatten()
                });
                open.extend(
                    members
                        .filter_map(|one| one["policyDefinitionId"].as_str())
                        .map(ArmId::new),
                );
            }
            self.settle(key, own);
        }
        for group in views {
            let at = scope.child(&format!("resourceGroups/{group}"));
            let rows: Vec<Value> = self
                .documents(|id| id.folded().ends_with("/policystates/latest/queryresults"))
                .iter()
                .flat_map(|body| body["value"].as_array().cloned().unwrap_or_default())
                .filter(|row| {
                    row["resourceId"]
                        .as_str()
                        .is_some_and(|id| ArmId::new(id).is_within(&at))
                })
                .collect();
            self.settle(Key::PolicyStates(at), rows);
        }
    }
}
