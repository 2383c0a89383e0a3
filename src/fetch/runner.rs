//! The one task that reads: asks the plan, starts readings side by side, tells the store.
//!
//! It keeps a replica of the store (it applies each update that it sends), so the plan sees what
//! the screen sees and nothing is locked. A key has at most one reading under way and one more
//! waiting. A reading that panics settles its slice with an issue; the program goes on.
//!
//! It must not know how a key is read ([`super::reader`]) nor who listens to its updates.

mod entries;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::azure::ledger::Event;
use crate::model::ask::Ask;
use crate::model::issue::{Issue, IssueKind};
use crate::model::key::{GroupName, Key};
use crate::model::resource::Family;
use crate::model::scope::Scope;
use crate::store::{SignInTrouble, Snapshot, Store, Update};

use super::plan::{self, Depth, How, Plan};
use super::reader::{News, Reader, Teller};
use entries::{Entries, Standing};

/// How many readings are under way at once: as many as the client lets out calls. With more, the
/// next page of a long list would queue behind the first calls of others; with this, the queue is
/// here, where what is on screen, and what others wait for, can overtake.
const SIDE_BY_SIDE: usize = 16;

/// How often things are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// What is on screen.
    pub on_screen: Duration,
    /// The rest.
    pub rest: Duration,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            on_screen: Duration::from_secs(60),
            rest: Duration::from_secs(300),
        }
    }
}

/// What the runner is told at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What to look at.
    pub scope: Scope,
    /// How the plan is made.
    pub plan: plan::Options,
    /// How often to read again; none means once.
    pub periods: Option<Periods>,
    /// Ends everything.
    pub stop: CancellationToken,
}

/// The channel ends of a runner.
#[derive(Debug)]
pub struct Ends {
    /// Towards the store.
    pub updates: mpsc::Sender<Update>,
    /// From the panes.
    pub asks: mpsc::UnboundedReceiver<Ask>,
    /// From the client: every call, and every wait.
    pub calls: mpsc::UnboundedReceiver<Event>,
    /// Is told once what is known when everything was answered for the first time.
    pub first_rest: Option<oneshot::Sender<Snapshot>>,
}

/// Reads until it is stopped, or until nobody listens any more.
pub async fn run(reader: Arc<impl Reader>, settings: Settings, ends: Ends) {
    let (told, news) = mpsc::unbounded_channel();
    let runner = Runner {
        reader,
        settings,
        updates: ends.updates,
        first_rest: ends.first_rest,
        told,
        replica: Store::new(),
        entries: Entries::default(),
        tasks: JoinSet::new(),
        names: HashMap::new(),
        focus: HashSet::new(),
        generation: 0,
        frozen: false,
        stale: true,
        rested: false,
        due: None,
        refused: Vec::new(),
    };
    runner.run(news, ends.asks, ends.calls).await;
}

struct Runner<R> {
    reader: Arc<R>,
    settings: Settings,
    updates: mpsc::Sender<Update>,
    first_rest: Option<oneshot::Sender<Snapshot>>,
    told: mpsc::UnboundedSender<(Key, u64, News)>,
    replica: Store,
    entries: Entries,
    tasks: JoinSet<()>,
    /// Which key a task reads, for when it panics.
    names: HashMap<tokio::task::Id, (Key, u64)>,
    focus: HashSet<Key>,
    /// Never reused, so that an answer to a forgotten question cannot be taken for a new one.
    generation: u64,
    frozen: bool,
    /// Whether the plan has to be asked again.
    stale: bool,
    /// Whether `Idle` was said since the last reading.
    rested: bool,
    /// When the next periodic reading is due; only while nothing is under way.
    due: Option<Instant>,
    /// The last refusals to sign in, so that each is told once.
    refused: Vec<SignInTrouble>,
}

impl<R: Reader> Runner<R> {
    async fn run(
        mut self,
        mut news: mpsc::UnboundedReceiver<(Key, u64, News)>,
        mut asks: mpsc::UnboundedReceiver<Ask>,
        mut events: mpsc::UnboundedReceiver<Event>,
    ) {
        let stop = self.settings.stop.clone();
        let mut asking = true;
        let mut calling = true;
        let mut batch = Vec::new();
        let mut calls = Vec::new();
        self.say(Update::Scoped(self.settings.scope.clone())).await;
        loop {
            if stop.is_cancelled() {
                break;
            }
            if self.stale {
                self.replan().await;
            }
            self.launch().await;
            if self.is_resting() && !self.rested {
                while let Ok(event) = events.try_recv() {
                    self.note(event).await;
                }
                self.rested = true;
                self.due = self.next_due();
                self.say(Update::Idle { at: now() }).await;
                if let Some(told) = self.first_rest.take() {
                    // Whoever wanted to know may have left.
                    let _ = told.send(self.replica.snapshot());
                }
                continue;
            }
            let due = self.due.filter(|_| self.rested);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                ask = asks.recv(), if asking => match ask {
                    Some(ask) => self.heed(ask).await,
                    None => asking = false,
                },
                _ = news.recv_many(&mut batch, 64) => {
                    for (key, generation, piece) in batch.drain(..) {
                        self.hear(key, generation, piece).await;
                    }
                }
                count = events.recv_many(&mut calls, 64), if calling => {
                    calling = count > 0;
                    for event in calls.drain(..) {
                        self.note(event).await;
                    }
                }
                Some(ended) = self.tasks.join_next_with_id() => match ended {
                    Ok((id, ())) => {
                        self.names.remove(&id);
                    }
                    Err(error) => {
                        // What it said before it fell comes first.
                        while let Ok((key, generation, piece)) = news.try_recv() {
                            self.hear(key, generation, piece).await;
                        }
                        self.fell(&error).await;
                    }
                },
                () = sleep_until(due), if due.is_some() => self.wake().await,
            }
        }
        for entry in self.entries.iter() {
            entry.cancel();
        }
    }

    /// Applies an update to the replica and sends it on. Nobody listening ends the runner.
    async fn say(&mut self, update: Update) {
        if !matches!(update, Update::Request(_)) {
            self.replica.apply(update.clone());
        }
        if self.updates.send(update).await.is_err() {
            self.settings.stop.cancel();
        }
    }

    async fn replan(&mut self) {
        self.stale = false;
        let plan = {
            let snapshot = self.replica.snapshot();
            plan::plan(&snapshot, &self.settings.scope, self.settings.plan.clone())
        };
        for key in self.entries.missing_in(&plan) {
            if let Some(entry) = self.entries.remove(&key) {
                entry.cancel();
            }
            tracing::debug!(%key, "no longer wanted");
            self.say(Update::Forgotten { key }).await;
        }
        self.adopt(plan).await;
    }

    async fn adopt(&mut self, plan: Plan) {
        for (key, wanted) in plan {
            let how_changed = if let Some(entry) = self.entries.get_mut(&key) {
                let changed =
                    entry.wanted.how != wanted.how || entry.wanted.tenant != wanted.tenant;
                entry.wanted = wanted;
                if !changed {
                    continue;
                }
                true
            } else {
                tracing::debug!(%key, why = %wanted.why, "wanted");
                self.entries.insert(wanted);
                false
            };
            self.ask_for(&key, how_changed).await;
        }
    }

    /// Queues a reading of a known key; when one is under way, another follows it.
    async fn ask_for(&mut self, key: &Key, once_more: bool) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        match &entry.standing {
            Standing::Queued => return,
            Standing::Running(_) => {
                entry.again |= once_more;
                return;
            }
            Standing::Resting(_) | Standing::New => {}
        }
        self.generation += 1;
        let generation = self.generation;
        entry.generation = generation;
        entry.standing = Standing::Queued;
        let skipped = match &entry.wanted.how {
            How::Skip(reason) => Some(reason.clone()),
            How::Read | How::SearchData(_) | How::Principals(_) | How::Activity | How::Logs(_) => {
                None
            }
        };
        self.rested = false;
        self.say(Update::Planned {
            key: key.clone(),
            generation,
        })
        .await;
        if let Some(reason) = skipped {
            let issue = Issue::new(IssueKind::Unsupported, key.words(), reason, now());
            self.settle(key, generation, vec![issue]).await;
        } else {
            self.entries.queue(key, self.focus.contains(key));
        }
    }

    async fn launch(&mut self) {
        while self.tasks.len() < SIDE_BY_SIDE {
            let Some(key) = self.entries.next() else {
                return;
            };
            let focused = self.focus.contains(&key);
            let Some(entry) = self.entries.get_mut(&key) else {
                continue;
            };
            let cancel = self.settings.stop.child_token();
            let generation = entry.generation;
            entry.standing = Standing::Running(cancel.clone());
            let wanted = entry.wanted.clone();
            let teller = Teller {
                key: key.clone(),
                generation,
                news: self.told.clone(),
            };
            self.say(Update::Started {
                key: key.clone(),
                generation,
                at: now(),
            })
            .await;
            let reader = Arc::clone(&self.reader);
            let task = self.tasks.spawn(async move {
                let reading = async {
                    let issues = reader.read(&wanted, focused, &teller, &cancel).await;
                    teller.tell(News::Done(issues));
                };
                tokio::join!(reading, reader.foresee(&wanted));
            });
            self.names.insert(task.id(), (key, generation));
        }
    }

    async fn hear(&mut self, key: Key, generation: u64, news: News) {
        match news {
            News::SignedIn(caller) => {
                self.refused.retain(|one| one.tenant != caller.asked);
                self.stale = true; // Whoever is signed in matters.
                return self.say(Update::SignedIn(caller)).await;
            }
            News::NotSignedIn(trouble) => {
                if !self.refused.contains(&trouble) {
                    self.refused.retain(|one| !one.is_about(&trouble));
                    self.refused.push(trouble.clone());
                    self.say(Update::NotSignedIn(trouble)).await;
                }
                return;
            }
            _ => {}
        }
        if !self.entries.is_current(&key, generation) {
            return; // It was forgotten, or asked again, in the meantime.
        }
        match news {
            News::Page(payload, at) => {
                self.stale |= leads_on(&key);
                self.say(Update::Page {
                    key,
                    generation,
                    payload,
                    at,
                })
                .await;
            }
            News::Done(issues) => self.settle(&key, generation, issues).await,
            News::SignedIn(_) | News::NotSignedIn(_) => {}
        }
    }

    /// Passes on what the client says of its calls.
    async fn note(&mut self, event: Event) {
        match event {
            Event::Entry(entry) => self.say(Update::Request(entry)).await,
            Event::Waiting(waiting) => {
                let Some(key) = waiting.fills else { return };
                if let Some(generation) = self.entries.running(&key) {
                    self.say(Update::Waiting {
                        key,
                        generation,
                        until: waiting.until,
                    })
                    .await;
                }
            }
        }
    }

    async fn settle(&mut self, key: &Key, generation: u64, issues: Vec<Issue>) {
        self.stale |= leads_on(key);
        let again = match self.entries.get_mut(key) {
            Some(entry) => {
                entry.standing = Standing::Resting(Instant::now());
                std::mem::take(&mut entry.again)
            }
            None => false,
        };
        self.say(Update::Settled {
            key: key.clone(),
            generation,
            at: now(),
            issues,
        })
        .await;
        if again {
            Box::pin(self.ask_for(key, false)).await;
        }
    }

    /// A reading panicked: its slice says so, everything else goes on.
    async fn fell(&mut self, error: &tokio::task::JoinError) {
        let Some((key, generation)) = self.names.remove(&error.id()) else {
            return;
        };
        if !self.entries.is_current(&key, generation) {
            return;
        }
        tracing::error!(%key, %error, "a reading panicked");
        let issue = Issue::new(
            IssueKind::Failed,
            key.words(),
            "hopscope itself failed while it read this; the log file says where",
            now(),
        );
        self.settle(&key, generation, vec![issue]).await;
    }

    async fn heed(&mut self, ask: Ask) {
        match ask {
            Ask::Refresh(keys) => {
                for key in keys {
                    let key = self.stands_for(key);
                    self.ask_for(&key, true).await;
                }
            }
            Ask::RefreshAll => self.refresh_all().await,
            Ask::Focus(keys) => {
                self.focus = keys.into_iter().map(|key| self.stands_for(key)).collect();
                self.entries.requeue(&self.focus);
                self.due = self.next_due();
            }
            Ask::Freeze(frozen) => {
                self.frozen = frozen;
                self.due = self.next_due();
                self.say(Update::Frozen(frozen)).await;
            }
            Ask::Choose(scope) => {
                self.settings.scope = scope.clone();
                self.settings.plan.depth = Depth::Whole;
                self.stale = true;
                self.rested = false;
                self.say(Update::Scoped(scope)).await;
            }
            Ask::Draw(draw) => self.stale |= self.settings.plan.look_ahead(draw),
            Ask::SignIn => {
                self.refused.clear();
                self.reader.sign_in_again();
                self.refresh_all().await;
            }
        }
    }

    async fn refresh_all(&mut self) {
        for key in self.entries.keys() {
            self.ask_for(&key, true).await;
        }
    }

    /// A resource on screen is read again by the list that it came with.
    fn stands_for(&self, key: Key) -> Key {
        if self.entries.contains(&key) {
            return key;
        }
        let (Key::Resource(id) | Key::Facet(id, _)) = &key else {
            return key;
        };
        let family = id.resource_type().and_then(|text| Family::of_type(&text));
        let (Some(subscription), Some(family)) = (id.subscription(), family) else {
            return key;
        };
        [
            Some(Key::Resource(id.clone())),
            id.resource_group().map(|group| Key::List {
                subscription: subscription.clone(),
                group: Some(GroupName::new(group)),
                family,
            }),
            Some(Key::List {
                subscription: subscription.clone(),
                group: None,
                family,
            }),
        ]
        .into_iter()
        .flatten()
        .find(|key| self.entries.contains(key))
        .unwrap_or(key)
    }

    fn is_resting(&self) -> bool {
        !self.stale && self.tasks.is_empty() && self.entries.all_rest()
    }

    /// When the first key is due again.
    fn next_due(&self) -> Option<Instant> {
        let periods = self.settings.periods.filter(|_| !self.frozen)?;
        self.entries
            .iter()
            .filter_map(|entry| entry.due(self.period_of(periods, &entry.wanted.key)))
            .min()
    }

    fn period_of(&self, periods: Periods, key: &Key) -> Duration {
        if self.focus.contains(key) {
            periods.on_screen
        } else {
            periods.rest
        }
    }

    /// The clock says that something is due.
    async fn wake(&mut self) {
        self.due = None;
        let Some(periods) = self.settings.periods.filter(|_| !self.frozen) else {
            return;
        };
        let at = Instant::now();
        let due: Vec<Key> = self
            .entries
            .iter()
            .filter(|entry| {
                entry
                    .due(self.period_of(periods, &entry.wanted.key))
                    .is_some_and(|due| due <= at)
            })
            .map(|entry| entry.wanted.key.clone())
            .collect();
        for key in due {
            self.ask_for(&key, false).await;
        }
    }
}

/// Whether what a key holds can make other keys wanted.
fn leads_on(key: &Key) -> bool {
    use crate::model::facet::Facet;
    match key {
        Key::Facet(_, facet) => matches!(
            facet,
            Facet::Projects
                | Facet::DiagnosticSettings
                | Facet::Perimeters
                | Facet::Indexers
                | Facet::Indexes
                | Facet::PerimeterAssociations
                | Facet::PerimeterProfiles
                | Facet::ScopeConnections
                | Facet::IpamPools
        ),
        Key::Tenants(_)
        | Key::Locks(_)
        | Key::AssignedTo(..)
        | Key::Application(..)
        | Key::NetworkManagerConnections(_)
        | Key::Provider(_)
        | Key::LinkedAccess(..)
        | Key::PolicyStates(_)
        | Key::ActivityLog(_)
        | Key::AccessLog(_)
        | Key::DenyAssignments(_) => {
            // Their refusal leads to the groups' own lists.
            matches!(key, Key::DenyAssignments(_) | Key::ActivityLog(_))
        }
        Key::Subscriptions(_)
        | Key::Groups(_)
        | Key::List { .. }
        | Key::Resource(_)
        | Key::NetworkPerimeters(_)
        | Key::NetworkManagers(_)
        | Key::IpamPool(_)
        // Who holds a role on a pool leads to its application.
        | Key::Principals(_)
        | Key::EligibleRoles(_)
        | Key::ActiveRoles(_)
        // Where the directory refuses, ARM is asked instead.
        | Key::Memberships(..)
        // Their answer names whose groups are asked for.
        | Key::User(..)
        | Key::ServicePrincipalOf(..)
        | Key::RoleDefinitions(_)
        // A workspace that refuses may still let each resource be asked.
        | Key::Logs(..)
        | Key::RoleAssignments(_)
        | Key::PolicyAssignments(_)
        | Key::PolicyExemptions(_) => true,
        // An initiative names its definitions.
        Key::PolicyDefinition(id) => crate::model::policy::is_set(id),
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

async fn sleep_until(due: Option<Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due).await;
    }
}

#[cfg(test)]
mod tests;
