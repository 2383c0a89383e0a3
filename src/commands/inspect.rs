//! `hopscope`, `hopscope demo` and `hopscope open`: the inspector.
//!
//! The first frame comes before anything else: the embedded Azure is started, the client built and
//! the first call made only when it is on the screen. What can be wrong with the arguments is said
//! before the terminal is taken.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use time::{OffsetDateTime, UtcOffset};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::azure::cloud;
use crate::cli::{DEFAULT_SCENARIO, Global, Knobs};
use crate::config::{ConfigFile, Settings};
use crate::fetch::jobs::again;
use crate::fetch::plan::Depth;
use crate::model::ask::Ask;
use crate::model::cloud::Cloud;
use crate::simulator::Scenario;
use crate::store::Update;
use crate::terminal::{Signals, TerminalError};
use crate::ui::app::{self, Ends};
use crate::ui::panes;
use crate::ui::screen;
use crate::ui::view::{Masking, Setup};

use super::session::{Channels, Place, UPDATES, named, periods};
use super::{Exit, Failure, causes, source, trouble};

/// Opens the inspector and runs it to its end.
pub async fn run(
    global: Global,
    knobs: Knobs,
    offset: UtcOffset,
    walk: Option<String>,
) -> Result<Exit, Failure> {
    let mut settings = super::settings(&global)?;
    settings.walk = walk;
    if let Some(path) = global.snapshot.clone() {
        return offline(&global, &path, settings, offset).await;
    }
    let (name, cloud) = door(&global)?;
    let scope = settings.file.scope_or(global.scope());
    let pick = global.demo.is_none() && scope.is_open();
    let depth = if pick { Depth::Choosing } else { Depth::Whole };

    let (updates_in, updates) = mpsc::channel(UPDATES);
    let (asks, asks_out) = mpsc::unbounded_channel();
    let signals = Signals::default();
    let stop = signals.stop.clone();
    // Where the person would rather look at the embedded Azure: the same but for the place.
    let instead = Global {
        demo: Some(DEFAULT_SCENARIO.to_owned()),
        config: global.config.clone(),
        redact: global.redact,
        redact_key: global.redact_key.clone(),
        log: global.log.clone(),
        ..Global::default()
    };
    let failed: Arc<Mutex<Option<Failure>>> = Arc::default();
    let setup = Setup {
        judging: super::judging::judging(&global, &settings.file, &cloud),
        cloud: name,
        portal: cloud.portal.to_string(),
        offset,
        offline: false,
        pick,
        panes: panes::registry(),
        now: OffsetDateTime::now_utc(),
        settings: settings.clone(),
        masking: Some(masking(&global, None)?),
    };
    let ends = Ends {
        folder: None,
        updates,
        asks,
        signals,
        on_first_frame: Some(Box::new({
            let (stop, failed) = (stop.clone(), Arc::clone(&failed));
            move || {
                let work = Reading {
                    global,
                    knobs,
                    file: settings.file,
                    depth,
                    updates: updates_in,
                    asks: asks_out,
                };
                tokio::spawn(async move {
                    if let Err(failure) = work.run(stop.clone()).await {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                        stop.cancel();
                    }
                });
            }
        })),
    };
    let outcome = screen::inspect(setup, ends).await;
    stop.cancel();
    if matches!(outcome, Ok(app::Exit::Demo)) {
        return Box::pin(run(instead, Knobs::default(), offset, None)).await;
    }
    if let Some(failure) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(failure);
    }
    ended(outcome)
}

fn ended(outcome: Result<app::Exit, TerminalError>) -> Result<Exit, Failure> {
    match outcome {
        Ok(_) => Ok(Exit::Done),
        Err(error @ TerminalError::NotATerminal { .. }) => Err(Failure::usage(error.to_string())),
        Err(error) => Err(Failure::usage(causes(&error))),
    }
}

/// How what is shown can be masked, and how much of it is from the start.
fn masking(global: &Global, masked: Option<String>) -> Result<Masking, Failure> {
    let (level, secret) = source::masking(global)?;
    Ok(Masking {
        level,
        secret,
        decode: again::decoded,
        masked,
    })
}

/// The inspector on a snapshot. The file is opened before the terminal is taken, and nothing else is:
/// no credential, no client, no runner, and nobody listens to what the panes ask for.
async fn offline(
    global: &Global,
    path: &Path,
    settings: Settings,
    offset: UtcOffset,
) -> Result<Exit, Failure> {
    let saved = source::opened(global, path)?;
    let snapshot = saved.kept.restore(again::decoded);
    let frame = saved.kept.frame();
    let (updates_in, updates) = mpsc::channel(1);
    let (asks, _) = mpsc::unbounded_channel();
    let setup = Setup {
        judging: frame.judging,
        cloud: frame.cloud,
        portal: frame.portal,
        offset,
        offline: true,
        pick: false,
        panes: panes::registry(),
        now: saved.head.saved_at,
        settings,
        masking: Some(masking(global, saved.head.masked)?),
    };
    let ends = Ends {
        folder: path.parent().map(Path::to_owned),
        updates,
        asks,
        signals: Signals::default(),
        on_first_frame: Some(Box::new(move || {
            // The loop listens: it has just drawn. Were it gone, nobody would look at the answer.
            let _ = updates_in.try_send(Update::Opened(Box::new(snapshot)));
        })),
    };
    ended(screen::inspect(setup, ends).await)
}

/// The name to show for what is looked at, and its cloud; a demo stands for the public one. Finds out
/// here, before there is a screen, whether the cloud file or the scenario can be used.
fn door(global: &Global) -> Result<(String, Cloud), Failure> {
    let Some(name) = &global.demo else {
        let cloud = named(global)?;
        return Ok((cloud.name.clone(), cloud));
    };
    let is_known = Scenario::exists(name).map_err(|error| Failure::usage(causes(&error)))?;
    if !is_known {
        // Loading says it best: with the names that there are.
        Scenario::load(name).map_err(|error| Failure::usage(causes(&error)))?;
    }
    Ok((format!("demo {name}"), cloud::public()))
}

/// All that reads behind the screen.
struct Reading {
    global: Global,
    knobs: Knobs,
    file: ConfigFile,
    depth: Depth,
    updates: mpsc::Sender<Update>,
    asks: mpsc::UnboundedReceiver<Ask>,
}

impl Reading {
    /// Reads until the screen is gone. What was asked for by name and is not there ends the
    /// program with the same sentence as `check`; everything else is shown in its place.
    async fn run(self, stop: CancellationToken) -> Result<(), Failure> {
        let place = Place::find(&self.global, &self.file, &self.knobs).await?;
        let scope = place.scope.clone();
        let mut masker = source::masker(&self.global)?;
        let (told, first_rest) = oneshot::channel();
        let channels = Channels {
            updates: self.updates,
            asks: self.asks,
            first_rest: Some(told),
        };
        let reading = place.read(
            self.depth,
            Some(periods(&self.file)),
            channels,
            stop.clone(),
        );
        let watching = async move {
            match first_rest.await {
                Ok(snapshot) => {
                    // The sentence names what was asked for.
                    let snapshot = masker.snapshot(&snapshot, None, again::decoded);
                    trouble::not_there(&snapshot, &masker.scope(&scope))
                }
                Err(_) => None,
            }
        };
        let ((), verdict) = tokio::join!(reading, async {
            let verdict = watching.await;
            if verdict.is_some() {
                stop.cancel();
            }
            verdict
        });
        verdict.map_or(Ok(()), Err)
    }
}
