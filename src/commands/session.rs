//! What `check` and the inspector share: cloud, credential, client, runner, and the embedded Azure
//! of a demo, joined by channels.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::azure::client::Client;
use crate::azure::cloud;
use crate::azure::credential::{Choice, Credentials};
use crate::azure::ledger::Event;
use crate::azure::transport::Limits;
use crate::cli::{CloudName, CredentialKind, Global, Knobs};
use crate::config::ConfigFile;
use crate::fetch::jobs::AzureReader;
use crate::fetch::plan::{Depth, Options};
use crate::fetch::runner::{self, Ends, Periods, Settings};
use crate::model::ask::Ask;
use crate::model::cloud::Cloud;
use crate::model::id::TenantId;
use crate::model::ipam::Draw;
use crate::model::scope::Scope;
use crate::simulator::{self, Listen, Scenario, Server};
use crate::store::{Snapshot, Store, Update};

use super::judging::judging;
use super::progress::{self, Progress};
use super::{Failure, causes};

/// Updates that may wait for the store.
pub const UPDATES: usize = 256;

/// Where to look and as whom; nothing has been asked yet.
#[derive(Debug)]
pub struct Place {
    /// The cloud.
    pub cloud: Cloud,
    /// The scope that flags, config file and demo amount to.
    pub scope: Scope,
    /// Whom the config file names beside the signed-in person.
    pub users: Vec<String>,
    /// How to sign in.
    pub credentials: Credentials,
    /// The embedded Azure of a demo; it ends when this goes.
    pub server: Option<Server>,
    /// Calls into address pools that are looked at before they are made.
    pub draws: Vec<Draw>,
}

impl Place {
    /// Works out where to look. A demo starts its embedded Azure.
    pub async fn find(global: &Global, file: &ConfigFile, knobs: &Knobs) -> Result<Self, Failure> {
        let (cloud, scope, server) = match &global.demo {
            Some(name) => {
                let (server, cloud, own) = demo(name, knobs).await?;
                let flags = global.scope();
                let scope = if flags.is_open() {
                    Scope { ..own }
                } else {
                    flags
                };
                (cloud, scope, Some(server))
            }
            None => (named(global)?, file.scope_or(global.scope()), None),
        };
        let credentials = Credentials::new(choice(global.credential))
            .in_tenant(scope.tenant.as_ref().map(TenantId::new));
        let users = judging(global, file, &cloud).pattern.users;
        Ok(Self {
            cloud,
            scope,
            users,
            credentials,
            server,
            draws: Vec::new(),
        })
    }

    /// Reads everything in scope once; says on a terminal how far it is.
    pub(super) async fn once(self) -> Snapshot {
        let door = self.door();
        self.once_through(door, Depth::Whole).await
    }

    /// The client, and what it tells of its calls: to sign in with before anything is read.
    pub(super) fn door(&self) -> Door {
        let (called, calls) = mpsc::unbounded_channel();
        let client = Client::new(
            self.cloud.clone(),
            self.credentials.clone(),
            // Nobody listening means that the program is leaving.
            move |event| drop(called.send(event)),
            Limits::default(),
        );
        Door { client, calls }
    }

    /// Reads once, through a client that may be signed in already.
    pub(super) async fn once_through(self, door: Door, depth: Depth) -> Snapshot {
        let (updates_in, updates) = mpsc::channel(UPDATES);
        // Nobody asks for more: the other end goes at once, and the fetcher takes that as silence.
        let (_, asks) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let channels = Channels {
            updates: updates_in,
            asks,
            first_rest: None,
        };
        tokio::spawn(self.read_through(door, depth, None, channels, stop.clone()));
        let snapshot = until_idle(updates, Progress::of_stderr()).await;
        stop.cancel();
        snapshot
    }

    /// Reads until it is stopped or nobody listens; nothing is opened before the first call. The
    /// embedded Azure of a demo lives as long.
    pub async fn read(
        self,
        depth: Depth,
        periods: Option<Periods>,
        channels: Channels,
        stop: CancellationToken,
    ) {
        let door = self.door();
        self.read_through(door, depth, periods, channels, stop)
            .await;
    }

    async fn read_through(
        self,
        Door { client, calls }: Door,
        depth: Depth,
        periods: Option<Periods>,
        channels: Channels,
        stop: CancellationToken,
    ) {
        let Self {
            cloud,
            scope,
            users,
            credentials: _,
            server,
            draws,
        } = self;
        let plan = Options {
            depth,
            graph: cloud.graph.is_some(),
            search: cloud.search.is_some(),
            users: users.into(),
            logs: cloud.log_analytics.is_some(),
            draws,
        };
        let settings = Settings {
            scope,
            plan,
            periods,
            stop,
        };
        let ends = Ends {
            updates: channels.updates,
            asks: channels.asks,
            calls,
            first_rest: channels.first_rest,
        };
        runner::run(Arc::new(AzureReader::new(client)), settings, ends).await;
        drop(server);
    }
}

/// A client, and what it tells of its calls.
pub(super) struct Door {
    /// The client.
    pub(super) client: Client,
    calls: mpsc::UnboundedReceiver<Event>,
}

/// Takes news until the fetcher rests, or is gone.
async fn until_idle(
    mut updates: mpsc::Receiver<Update>,
    mut progress: Option<Progress>,
) -> Snapshot {
    let mut store = Store::new();
    let mut clock = tokio::time::interval(progress::EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            biased;
            update = updates.recv() => {
                let rests = matches!(update, Some(Update::Idle { .. }) | None);
                if let Some(update) = update {
                    store.apply(update);
                }
                if rests {
                    break;
                }
            }
            _ = clock.tick(), if progress.is_some() => {
                if let Some(progress) = &mut progress {
                    progress.tell(&store.snapshot());
                }
            }
        }
    }
    if let Some(progress) = progress {
        progress.end();
    }
    store.snapshot()
}

/// The fetcher's ends towards store and panes.
#[derive(Debug)]
pub struct Channels {
    /// News for the store.
    pub updates: mpsc::Sender<Update>,
    /// Wishes of the panes.
    pub asks: mpsc::UnboundedReceiver<Ask>,
    /// Is told once what is known when everything was answered for the first time.
    pub first_rest: Option<oneshot::Sender<Snapshot>>,
}

/// How often to read again, as the config file says. Less than five seconds is not polite.
pub fn periods(file: &ConfigFile) -> Periods {
    let own = Periods::default();
    let at_least = |seconds: Option<u64>, default| {
        seconds.map_or(default, |seconds| Duration::from_secs(seconds.max(5)))
    };
    Periods {
        on_screen: at_least(file.refresh.on_screen, own.on_screen),
        rest: at_least(file.refresh.rest, own.rest),
    }
}

/// The cloud of the flags.
pub fn named(global: &Global) -> Result<Cloud, Failure> {
    if let Some(path) = &global.cloud_file {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!("the cloud file {name} cannot be read: {error}"))
        })?;
        return cloud::from_toml(&text, &name).map_err(|error| {
            Failure::usage(format!(
                "{error}\n`hopscope simulate --write-cloud FILE` writes one that fits"
            ))
        });
    }
    Ok(match global.cloud.unwrap_or(CloudName::Public) {
        CloudName::Public => cloud::public(),
        CloudName::Usgov => cloud::usgov(),
        CloudName::China => cloud::china(),
    })
}

fn choice(kind: CredentialKind) -> Choice {
    match kind {
        CredentialKind::Auto => Choice::Auto,
        CredentialKind::Cli => Choice::Cli,
        CredentialKind::DeveloperCli => Choice::DeveloperCli,
        CredentialKind::Environment => Choice::Environment,
        CredentialKind::ManagedIdentity => Choice::ManagedIdentity,
        CredentialKind::WorkloadIdentity => Choice::WorkloadIdentity,
    }
}

/// Starts the embedded Azure on a free port of loopback.
async fn demo(name: &str, knobs: &Knobs) -> Result<(Server, Cloud, Scope), Failure> {
    let failed = |error: simulator::SimulatorError| Failure::usage(causes(&error));
    let scenario = Scenario::load(name).map_err(failed)?;
    let own = scenario.knobs();
    let knobs = simulator::Knobs {
        latency: knobs.latency.map_or(own.latency, Duration::from_millis),
        page_size: knobs
            .page_size
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(own.page_size),
        throttle: knobs.throttle.unwrap_or(own.throttle),
        token_lifetime: knobs
            .token_lifetime
            .map_or(own.token_lifetime, Duration::from_secs),
        ..own
    };
    let server = Server::start(&scenario, knobs, Listen::default())
        .await
        .map_err(failed)?;
    // The same text that `simulate --write-cloud` writes: a demo goes the way of every lab cloud.
    let cloud = cloud::from_toml(&server.cloud_file(), "the demo's cloud file")
        .map_err(|error| Failure::usage(causes(&error)))?;
    let scope = Scope {
        subscriptions: scenario.scope().subscriptions.clone(),
        resource_groups: scenario.scope().resource_groups.clone(),
        tenant: scenario.scope().tenant.clone(),
        auxiliary_tenants: scenario.scope().auxiliary_tenants.clone(),
    };
    Ok((server, cloud, scope))
}
