//! The log of what was asked, for tests and for people. Must never hold a header or a body: tokens and
//! secrets travel there.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

/// How many requests are remembered; the counters count on.
const REMEMBERED: usize = 20_000;

/// One request that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// Its number, from 1.
    pub number: u64,
    /// When it came, since the server's start.
    pub at: Duration,
    /// The HTTP method.
    pub method: String,
    /// The path as it was sent.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// Which service it was for: `arm`, `graph`, `search`, `login`, `metadata`.
    pub service: &'static str,
    /// The status of the answer; none while it is under way, for ever when it hangs.
    pub status: Option<u16>,
}

/// How many requests of each kind reached the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// All of them.
    pub requests: u64,
    /// PUT, PATCH, DELETE and POSTs that are no query: each was refused.
    pub writes: u64,
    /// Requests for keys, connection strings and other secrets: each was refused.
    pub secrets: u64,
    /// Answers with 429.
    pub throttled: u64,
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<LoggedRequest>,
    counters: Counters,
}

/// The log of one server.
#[derive(Debug)]
pub(super) struct Requests {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Requests {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not make the log unreadable: it is what explains the panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn arrived(
        &self,
        at: Duration,
        method: &str,
        path: &str,
        query: &str,
        service: &'static str,
    ) -> u64 {
        let number = {
            let mut state = self.lock();
            state.counters.requests += 1;
            let number = state.counters.requests;
            if state.entries.len() == REMEMBERED {
                state.entries.pop_front();
            }
            state.entries.push_back(LoggedRequest {
                number,
                at,
                method: method.to_owned(),
                path: path.to_owned(),
                query: query.to_owned(),
                service,
                status: None,
            });
            number
        };
        self.changed.send_modify(|version| *version += 1);
        number
    }

    pub(super) fn answered(&self, number: u64, status: u16) {
        {
            let mut state = self.lock();
            if status == 429 {
                state.counters.throttled += 1;
            }
            let first = state.entries.front().map_or(1, |entry| entry.number);
            if let Some(entry) = number
                .checked_sub(first)
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| state.entries.get_mut(at))
            {
                entry.status = Some(status);
            }
        }
        self.changed.send_modify(|version| *version += 1);
    }

    pub(super) fn write_refused(&self) {
        self.lock().counters.writes += 1;
    }

    pub(super) fn secret_refused(&self) {
        self.lock().counters.secrets += 1;
    }

    pub(super) fn counters(&self) -> Counters {
        self.lock().counters
    }

    pub(super) fn entries(&self) -> Vec<LoggedRequest> {
        self.lock().entries.iter().cloned().collect()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What `GET /simulator/requests` answers.
    pub(super) fn document(&self) -> Value {
        let counters = self.counters();
        let entries: Vec<Value> = self
            .entries()
            .into_iter()
            .map(|entry| {
                json!({
                    "number": entry.number,
                    "atMs": u64::try_from(entry.at.as_millis()).unwrap_or(u64::MAX),
                    "method": entry.method,
                    "path": entry.path,
                    "query": entry.query,
                    "service": entry.service,
                    "status": entry.status,
                })
            })
            .collect();
        json!({
            "requests": counters.requests,
            "writes": counters.writes,
            "secrets": counters.secrets,
            "throttled": counters.throttled,
            "value": entries,
        })
    }
}
