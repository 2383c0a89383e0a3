//! Changes at a time: each step merges a patch into one document once its second has come. Steps are
//! applied lazily, when a request asks, so that a paused clock and an idle server need no task.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::clock::iso;
use super::documents::Documents;
use super::error::SimulatorError;
use super::merge::merge;

/// A step as `scenario.toml` writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRule {
    pub(super) at: u64,
    pub(super) id: String,
    pub(super) merge: String,
    #[serde(default)]
    pub(super) what: String,
}

#[derive(Debug)]
struct Step {
    at: Duration,
    id: String,
    patch: Value,
}

/// The steps in the order of their time, and how many were applied.
#[derive(Debug)]
pub(super) struct Timeline {
    steps: Vec<Step>,
    applied: AtomicUsize,
}

impl Timeline {
    /// Checks that each step's patch is JSON and that its document exists.
    pub(super) fn new(rules: &[StepRule], documents: &Documents) -> Result<Self, SimulatorError> {
        let mut steps = Vec::with_capacity(rules.len());
        for rule in rules {
            let wrong = |reason: String| SimulatorError::Malformed {
                file: String::from("scenario.toml"),
                reason: format!("timeline at {} s: {reason}", rule.at),
            };
            let patch: Value =
                serde_json::from_str(&rule.merge).map_err(|error| wrong(error.to_string()))?;
            if documents.get(&rule.id).is_none() {
                return Err(wrong(format!("no document has the id {}", rule.id)));
            }
            steps.push(Step {
                at: Duration::from_secs(rule.at),
                id: rule.id.clone(),
                patch,
            });
        }
        steps.sort_by_key(|step| step.at);
        Ok(Self {
            steps,
            applied: AtomicUsize::new(0),
        })
    }

    /// Whether a step waits whose time has come; cheap, so that every request can ask.
    pub(super) fn is_due(&self, elapsed: Duration) -> bool {
        self.steps
            .get(self.applied.load(Ordering::Acquire))
            .is_some_and(|step| step.at <= elapsed)
    }

    /// Applies what is due; `started` dates each change at its own time, not at the time of asking.
    /// The caller holds the documents for writing, so that no step is applied twice.
    pub(super) fn apply(
        &self,
        documents: &mut Documents,
        elapsed: Duration,
        started: OffsetDateTime,
    ) {
        let mut next = self.applied.load(Ordering::Acquire);
        while let Some(step) = self.steps.get(next).filter(|step| step.at <= elapsed) {
            let when = time::Duration::try_from(step.at)
                .ok()
                .and_then(|after| started.checked_add(after))
                .unwrap_or(started);
            documents.change(&step.id, |body| {
                merge(body, &step.patch);
                // The activity is the platform's: Azure dates every accepted write.
                if body.get("systemData").is_some_and(Value::is_object) {
                    merge(body, &json!({"systemData": {"lastModifiedAt": iso(when)}}));
                }
            });
            next += 1;
            self.applied.store(next, Ordering::Release);
        }
    }
}
