use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::*;
use crate::azure::ledger::Waiting;
use crate::fetch::plan::Wanted;
use crate::fetch::testing::{AT, SUB, decoded, group, id, subscription};
use crate::model::cloud::Audience;
use crate::model::facet::Facet;
use crate::model::id::{ArmId, SubscriptionId};
use crate::model::ledger::{LedgerEntry, Outcome, Service};
use crate::store::{Phase, State};

/// What a script does with a key.
#[derive(Clone)]
enum Act {
    Answer(Value),
    Refuse,
    Panic,
    /// Answers when the test says so.
    Hold(Arc<tokio::sync::Notify>, Value),
}

/// Reads from a script; what it does not name is answered with nothing.
#[derive(Default)]
struct Script {
    acts: Mutex<HashMap<Key, Act>>,
    asked: Mutex<Vec<Key>>,
    under_way: Mutex<HashMap<Key, usize>>,
    most_at_once: Mutex<usize>,
}

impl Script {
    fn set(&self, key: &Key, act: Act) {
        self.acts.lock().unwrap().insert(key.clone(), act);
    }

    fn asked(&self, key: &Key) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == key).count()
    }
}

#[async_trait]
impl Reader for Script {
    async fn read(
        &self,
        wanted: &Wanted,
        _focused: bool,
        teller: &Teller,
        cancel: &CancellationToken,
    ) -> Vec<Issue> {
        let key = wanted.key.clone();
        self.asked.lock().unwrap().push(key.clone());
        {
            let mut under_way = self.under_way.lock().unwrap();
            *under_way.entry(key.clone()).or_default() += 1;
            let most = under_way.values().copied().max().unwrap_or(0);
            let mut seen = self.most_at_once.lock().unwrap();
            *seen = (*seen).max(most);
        }
        let act = self.acts.lock().unwrap().get(&key).cloned();
        let (items, issues) = match act.unwrap_or(Act::Answer(json!([]))) {
            Act::Answer(items) => (Some(items), Vec::new()),
            Act::Refuse => {
                let mut issue = Issue::new(IssueKind::Denied, key.words(), "no", AT);
                issue.status = Some(403);
                (None, vec![issue])
            }
            Act::Panic => {
                *self
                    .under_way
                    .lock()
                    .unwrap()
                    .entry(key.clone())
                    .or_default() -= 1;
                panic!("as the script says");
            }
            Act::Hold(go, items) => {
                tokio::select! {
                    () = go.notified() => {}
                    () = cancel.cancelled() => {}
                }
                (Some(items), Vec::new())
            }
        };
        if let Some(items) = items {
            teller.tell(News::Page(decoded(&key, &items), AT));
        }
        *self.under_way.lock().unwrap().entry(key).or_default() -= 1;
        issues
    }
}

struct Rig {
    script: Arc<Script>,
    store: Store,
    updates: mpsc::Receiver<Update>,
    asks: mpsc::UnboundedSender<Ask>,
    calls: mpsc::UnboundedSender<Event>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Rig {
    fn start(script: Script, scope: Scope, periods: Option<Periods>) -> Self {
        let script = Arc::new(script);
        let (updates_in, updates) = mpsc::channel(256);
        let (asks, asks_out) = mpsc::unbounded_channel();
        let (calls, calls_out) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let settings = Settings {
            scope,
            plan: plan::Options::default(),
            periods,
            stop: stop.clone(),
        };
        let ends = Ends {
            updates: updates_in,
            asks: asks_out,
            calls: calls_out,
            first_rest: None,
        };
        let task = tokio::spawn(run(Arc::clone(&script), settings, ends));
        Self {
            script,
            store: Store::new(),
            updates,
            asks,
            calls,
            stop,
            task,
        }
    }

    /// Applies updates until one fits.
    async fn until(&mut self, mut fits: impl FnMut(&Update, &Store) -> bool) -> Update {
        loop {
            let update = tokio::time::timeout(Duration::from_secs(3600), self.updates.recv())
                .await
                .expect("in time")
                .expect("the runner runs");
            self.store.apply(update.clone());
            if fits(&update, &self.store) {
                return update;
            }
        }
    }

    async fn idle(&mut self) -> Snapshot {
        self.until(|update, _| matches!(update, Update::Idle { .. }))
            .await;
        self.store.snapshot()
    }

    fn ask(&self, ask: Ask) {
        self.asks.send(ask).unwrap();
    }
}

fn list(family: Family) -> Key {
    Key::List {
        subscription: SubscriptionId::new(SUB),
        group: None,
        family,
    }
}

fn script() -> Script {
    let script = Script::default();
    script.set(
        &Key::Subscriptions(None),
        Act::Answer(json!([subscription(SUB, "dev")])),
    );
    script.set(
        &Key::Groups(SubscriptionId::new(SUB)),
        Act::Answer(json!([group("rg")])),
    );
    script.set(
        &list(Family::Storage),
        Act::Answer(
            json!([{ "id": id("rg", "Microsoft.Storage/storageAccounts/st1"), "properties": {} }]),
        ),
    );
    script
}

fn account() -> ArmId {
    ArmId::new(id("rg", "Microsoft.Storage/storageAccounts/st1"))
}

#[tokio::test(start_paused = true)]
async fn everything_is_read_down_to_the_facets_and_then_it_rests() {
    let mut rig = Rig::start(script(), Scope::default(), None);
    let snapshot = rig.idle().await;
    assert!(snapshot.is_complete());
    assert_eq!(
        snapshot.state(&Key::Facet(account(), Facet::Containers)),
        State::Known
    );
    assert_eq!(rig.script.asked(&Key::Subscriptions(None)), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stays_a_refusal_and_the_rest_is_read() {
    let script = script();
    let containers = Key::Facet(account(), Facet::Containers);
    script.set(&containers, Act::Refuse);
    let mut rig = Rig::start(script, Scope::default(), None);
    let snapshot = rig.idle().await;
    assert_eq!(snapshot.state(&containers), State::Denied);
    assert_eq!(
        snapshot.state(&Key::Facet(account(), Facet::Perimeters)),
        State::Known
    );
    assert!(!snapshot.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_panics_fails_alone() {
    let script = script();
    let containers = Key::Facet(account(), Facet::Containers);
    script.set(&containers, Act::Panic);
    let mut rig = Rig::start(script, Scope::default(), None);
    let snapshot = rig.idle().await;
    assert_eq!(snapshot.state(&containers), State::Failed);
    assert_eq!(snapshot.unread().count(), 1);
    rig.ask(Ask::RefreshAll);
    assert_eq!(rig.idle().await.unread().count(), 1, "it still runs");
}

#[tokio::test(start_paused = true)]
async fn at_most_one_reading_of_a_key_and_one_more_waiting() {
    let script = script();
    let go = Arc::new(tokio::sync::Notify::new());
    let storage = list(Family::Storage);
    script.set(&storage, Act::Hold(Arc::clone(&go), json!([])));
    let mut rig = Rig::start(script, Scope::default(), None);
    let held = storage.clone();
    rig.until(|update, _| matches!(update, Update::Started { key, .. } if *key == held))
        .await;
    for _ in 0..5 {
        rig.ask(Ask::Refresh(vec![storage.clone()]));
    }
    // The asks are heeded before anything that comes after them.
    rig.ask(Ask::Freeze(true));
    rig.until(|update, _| matches!(update, Update::Frozen(true)))
        .await;
    go.notify_one();
    let held = storage.clone();
    rig.until(|update, _| matches!(update, Update::Started { key, .. } if *key == held))
        .await;
    go.notify_one();
    rig.idle().await;
    assert_eq!(rig.script.asked(&storage), 2);
    assert_eq!(*rig.script.most_at_once.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_on_screen_is_read_again_sooner_and_nothing_while_frozen() {
    let periods = Periods {
        on_screen: Duration::from_secs(60),
        rest: Duration::from_secs(300),
    };
    let mut rig = Rig::start(script(), Scope::default(), Some(periods));
    rig.idle().await;
    rig.ask(Ask::Focus(vec![Key::Resource(account())]));
    let started = Instant::now();
    let again = rig
        .until(|update, _| matches!(update, Update::Started { .. }))
        .await;
    assert!(
        matches!(again, Update::Started { key, .. } if key == list(Family::Storage)),
        "a resource is read again by the list that it came with"
    );
    assert_eq!(started.elapsed().as_secs(), 60);
    rig.idle().await;
    assert_eq!(rig.script.asked(&list(Family::Search)), 1);
    rig.ask(Ask::Focus(Vec::new()));
    rig.until(
        |update, _| matches!(update, Update::Started { key, .. } if *key == list(Family::Search)),
    )
    .await;
    assert!(started.elapsed().as_secs() >= 300);
    rig.idle().await;
    rig.ask(Ask::Freeze(true));
    rig.until(|update, _| matches!(update, Update::Frozen(true)))
        .await;
    let quiet = tokio::time::timeout(Duration::from_secs(3600), rig.updates.recv()).await;
    assert!(quiet.is_err(), "{quiet:?}");
}

#[tokio::test(start_paused = true)]
async fn another_scope_forgets_what_is_out_of_it_and_late_answers_to_it() {
    let script = script();
    let go = Arc::new(tokio::sync::Notify::new());
    let containers = Key::Facet(account(), Facet::Containers);
    script.set(&containers, Act::Hold(go, json!([])));
    let mut rig = Rig::start(script, Scope::default(), None);
    let held = containers.clone();
    rig.until(|update, _| matches!(update, Update::Started { key, .. } if *key == held))
        .await;
    let scope = Scope {
        subscriptions: vec!["dev".into()],
        resource_groups: vec!["nothing-here".into()],
        ..Scope::default()
    };
    rig.ask(Ask::Choose(scope.clone()));
    let snapshot = rig.idle().await;
    assert!(snapshot.slice(&containers).is_none());
    assert!(snapshot.slice(&list(Family::Storage)).is_none());
    assert_eq!(snapshot.scope(), &scope);
    assert_eq!(plan::troubles(&snapshot, &scope).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_impossible_is_settled_without_a_question() {
    let script = script();
    script.set(
        &list(Family::Cognitive),
        Act::Answer(
            json!([{ "id": id("rg", "Microsoft.CognitiveServices/accounts/a"), "properties": {} }]),
        ),
    );
    let mut rig = Rig::start(script, Scope::default(), None);
    let snapshot = rig.idle().await;
    let projects = Key::Facet(
        ArmId::new(id("rg", "Microsoft.CognitiveServices/accounts/a")),
        Facet::Projects,
    );
    assert_eq!(snapshot.state(&projects), State::Unsupported);
    assert_eq!(rig.script.asked(&projects), 0);
    assert!(snapshot.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_to_sign_in_is_told_once() {
    struct NoToken;
    #[async_trait]
    impl Reader for NoToken {
        async fn read(
            &self,
            wanted: &Wanted,
            _focused: bool,
            teller: &Teller,
            _cancel: &CancellationToken,
        ) -> Vec<Issue> {
            teller.tell(News::NotSignedIn(SignInTrouble {
                tenant: wanted.tenant.clone(),
                audience: Audience::ResourceManager,
                message: "not signed in".into(),
                answers: Vec::new(),
            }));
            vec![Issue::new(
                IssueKind::SignIn,
                wanted.key.words(),
                "not signed in",
                AT,
            )]
        }
    }
    let (updates_in, mut updates) = mpsc::channel(256);
    let (_asks, asks_out) = mpsc::unbounded_channel();
    let (_calls, calls_out) = mpsc::unbounded_channel();
    let settings = Settings {
        scope: Scope {
            auxiliary_tenants: vec!["other".to_owned()],
            ..Scope::default()
        },
        plan: plan::Options::default(),
        periods: None,
        stop: CancellationToken::new(),
    };
    let ends = Ends {
        updates: updates_in,
        asks: asks_out,
        calls: calls_out,
        first_rest: None,
    };
    tokio::spawn(run(Arc::new(NoToken), settings, ends));
    let mut told = 0;
    let mut store = Store::new();
    while let Some(update) = updates.recv().await {
        told += usize::from(matches!(update, Update::NotSignedIn(_)));
        let idle = matches!(update, Update::Idle { .. });
        store.apply(update);
        if idle {
            break;
        }
    }
    // Once for each of the two tenants, though each has two readings.
    assert_eq!(told, 2);
    assert_eq!(store.snapshot().sign_in_troubles().len(), 2);
    assert!(store.snapshot().sign_in_trouble().is_some());
    assert!(!store.snapshot().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_nobody_hears_ends() {
    let rig = Rig::start(script(), Scope::default(), None);
    drop(rig.updates);
    rig.task.await.unwrap();
    assert!(rig.stop.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn the_ledger_is_passed_on_before_the_rest() {
    let script = script();
    let go = Arc::new(tokio::sync::Notify::new());
    script.set(&list(Family::Search), Act::Hold(Arc::clone(&go), json!([])));
    let mut rig = Rig::start(script, Scope::default(), None);
    rig.calls.send(Event::Entry(Box::new(entry(1)))).unwrap();
    rig.calls.send(Event::Entry(Box::new(entry(2)))).unwrap();
    go.notify_one();
    let snapshot = rig.idle().await;
    assert_eq!(snapshot.requests().count(), 2);
    assert!(
        snapshot
            .slices()
            .all(|(_, slice)| matches!(slice.phase, Phase::Settled { .. }))
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_the_client_is_a_phase_of_its_slice() {
    let script = script();
    let go = Arc::new(tokio::sync::Notify::new());
    let search = list(Family::Search);
    script.set(&search, Act::Hold(Arc::clone(&go), json!([])));
    let mut rig = Rig::start(script, Scope::default(), None);
    let held = search.clone();
    rig.until(|update, _| matches!(update, Update::Started { key, .. } if *key == held))
        .await;
    let waiting = Waiting {
        number: 7,
        fills: Some(search.clone()),
        service: Service::Arm,
        wait: Duration::from_secs(8),
        until: AT + Duration::from_secs(8),
        status: Some(429),
    };
    rig.calls.send(Event::Waiting(waiting.clone())).unwrap();
    rig.until(|update, _| matches!(update, Update::Waiting { .. }))
        .await;
    assert_eq!(
        rig.store.slice(&search).unwrap().phase,
        Phase::Waiting {
            until: waiting.until
        }
    );
    go.notify_one();
    rig.idle().await;
    rig.calls.send(Event::Waiting(waiting)).unwrap();
    rig.ask(Ask::Freeze(true));
    rig.until(|update, _| matches!(update, Update::Frozen(true)))
        .await;
    assert!(
        !rig.store.slice(&search).unwrap().phase.is_open(),
        "too late"
    );
}

fn entry(number: u64) -> LedgerEntry {
    LedgerEntry {
        number,
        started_at: AT,
        service: Service::Arm,
        method: "GET".into(),
        host: "127.0.0.1:1".into(),
        path: "/subscriptions".into(),
        api_version: None,
        status: Some(200),
        bytes: 2,
        duration: Duration::from_millis(80),
        attempts: 1,
        outcome: Outcome::Answered,
        remaining: Vec::new(),
        correlation_id: None,
        request_id: None,
        tenant: None,
        auxiliary_tenants: [].into(),
        error_code: None,
        error_message: None,
        headers: Arc::new([]),
        body: None,
        fills: None,
    }
}
