//! Everything one server holds: the documents, who asks, how it behaves, and what was asked so far.
//! Must not know HTTP.

use std::sync::{PoisonError, RwLock};

use serde_json::Value;
use uuid::Uuid;

use super::clock::Clock;
use super::definition::Caller;
use super::directory::Directory;
use super::documents::Documents;
use super::error::SimulatorError;
use super::faults::Faults;
use super::knobs::Knobs;
use super::placeholder;
use super::requests::Requests;
use super::scenario::{LogFiles, Scenario};
use super::search::Services;
use super::throttle::Buckets;
use super::timeline::Timeline;

/// The state of one server.
#[derive(Debug)]
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) caller: Caller,
    pub(super) knobs: Knobs,
    pub(super) providers: Vec<Value>,
    pub(super) services: Services,
    /// Events of the activity log, in the order of their files.
    pub(super) activity: Vec<Value>,
    pub(super) logs: LogFiles,
    pub(super) directory: Directory,
    pub(super) faults: Faults,
    pub(super) buckets: Buckets,
    pub(super) requests: Requests,
    documents: RwLock<Documents>,
    timeline: Timeline,
}

impl World {
    /// Starts the clock and dates every document relative to it.
    pub(super) fn new(scenario: &Scenario, knobs: Knobs) -> Result<Self, SimulatorError> {
        let clock = Clock::start();
        let dated = |values: &[Value]| -> Result<Vec<Value>, SimulatorError> {
            let mut values = values.to_vec();
            for value in &mut values {
                placeholder::fill(value, clock.started()).map_err(|reason| {
                    SimulatorError::Malformed {
                        file: scenario.name().to_owned(),
                        reason,
                    }
                })?;
            }
            Ok(values)
        };
        let documents = Documents::new(dated(&scenario.arm)?);
        let timeline = Timeline::new(scenario.steps(), &documents)?;
        let mut search = scenario.search.clone();
        for files in search.values_mut() {
            for items in files.collections.values_mut() {
                *items = dated(items)?;
            }
            for body in files.status.values_mut().chain(files.stats.values_mut()) {
                if let Some(one) = dated(std::slice::from_ref(body))?.pop() {
                    *body = one;
                }
            }
        }
        let mut logs = scenario.logs.clone();
        for body in logs.values_mut().flat_map(|own| own.values_mut()) {
            if let Some(one) = dated(std::slice::from_ref(body))?.pop() {
                *body = one;
            }
        }
        Ok(Self {
            activity: dated(&scenario.activity)?,
            logs,
            caller: scenario.caller().clone(),
            providers: dated(&scenario.providers)?,
            services: Services::new(search),
            directory: Directory::new(dated(&scenario.directory)?, &scenario.members),
            faults: Faults::new(scenario.faults()),
            buckets: Buckets::default(),
            requests: Requests::new(),
            documents: RwLock::new(documents),
            timeline,
            knobs,
            clock,
        })
    }

    /// Looks at the documents as they are now: what the timeline has due is applied first.
    pub(super) fn look<T>(&self, with: impl FnOnce(&Documents) -> T) -> T {
        let elapsed = self.clock.elapsed();
        if self.timeline.is_due(elapsed) {
            let mut documents = self
                .documents
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            self.timeline
                .apply(&mut documents, elapsed, self.clock.started());
        }
        with(
            &self
                .documents
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// A new request id.
pub(super) fn guid() -> String {
    Uuid::new_v4().to_string()
}
