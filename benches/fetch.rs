//! Fetching the `healthy` scenario at 80 ms latency, through real HTTP on loopback, against the
//! ideal: the depth of the request graph times the latency.
//!
//! The depth is counted from what was really asked: a list is as deep as it has pages, a facet
//! comes after the list that shows its resource, the managed group after the hub that names it,
//! names after the role assignments and a token of the directory. Ends with an error when the
//! median is above one and a half of the ideal, or when a call was throttled.

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hopscope::cli::{Global, Knobs};
use hopscope::commands::session::{Channels, Place, UPDATES};
use hopscope::config::ConfigFile;
use hopscope::fetch::plan::Depth;
use hopscope::model::facet::Facet;
use hopscope::model::id::ArmId;
use hopscope::model::key::Key;
use hopscope::store::{Snapshot, Store, Update};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const LATENCY: Duration = Duration::from_millis(80);
const RUNS: usize = 7;
const AT_MOST: f64 = 1.5;

fn main() -> ExitCode {
    let outcome = tokio::runtime::Runtime::new().and_then(|runtime| runtime.block_on(bench()));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "fetch: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> io::Result<bool> {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..RUNS {
        let (took, snapshot) = fetch().await.map_err(io::Error::other)?;
        times.push(took);
        last = Some(snapshot);
    }
    times.sort();
    let median = times[RUNS / 2];
    let Some(snapshot) = last else {
        return Ok(false);
    };
    let depth = depth(&snapshot);
    let ideal = LATENCY * depth;
    let ratio = median.as_secs_f64() / ideal.as_secs_f64();
    let throttled = snapshot
        .requests()
        .filter(|call| call.is_throttled() || call.attempts > 1)
        .count();
    writeln!(
        io::stdout(),
        "healthy at {} ms: {} calls, median {} ms (fastest {}), ideal {} ms ({depth} deep), ratio {ratio:.2}, {throttled} throttled",
        LATENCY.as_millis(),
        snapshot.requests().count(),
        median.as_millis(),
        times[0].as_millis(),
        ideal.as_millis(),
    )?;
    Ok(ratio <= AT_MOST && throttled == 0 && snapshot.is_complete())
}

/// One fetch of everything, from the first call to rest.
async fn fetch() -> Result<(Duration, Snapshot), hopscope::commands::Failure> {
    let global = Global {
        demo: Some("healthy".to_owned()),
        ..Global::default()
    };
    let knobs = Knobs {
        latency: Some(u64::try_from(LATENCY.as_millis()).unwrap_or(u64::MAX)),
        ..Knobs::default()
    };
    let place = Place::find(&global, &ConfigFile::default(), &knobs).await?;
    let (updates_in, mut updates) = mpsc::channel(UPDATES);
    let (_asks, asks_out) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let channels = Channels {
        updates: updates_in,
        asks: asks_out,
        first_rest: None,
    };
    let began = Instant::now();
    let reading = tokio::spawn(place.read(Depth::Whole, None, channels, stop.clone()));
    let mut store = Store::new();
    while let Some(update) = updates.recv().await {
        let rests = matches!(update, Update::Idle { .. });
        store.apply(update);
        if rests {
            break;
        }
    }
    let took = began.elapsed();
    stop.cancel();
    let _ = reading.await;
    Ok((took, store.snapshot()))
}

/// The longest chain of calls of which each needs the answer of the one before.
fn depth(snapshot: &Snapshot) -> u32 {
    let mut pages: HashMap<Key, u32> = HashMap::new();
    for call in snapshot.requests() {
        if let Some(key) = &call.fills {
            *pages.entry(key.clone()).or_default() += 1;
        }
    }
    let token = 1;
    let groups = &snapshot.scope().resource_groups;
    let is_asked = |id: &ArmId| {
        groups.is_empty()
            || id
                .resource_group()
                .is_some_and(|group| groups.iter().any(|one| one.eq_ignore_ascii_case(group)))
    };
    let assignments = pages
        .iter()
        .filter(|(key, _)| matches!(key, Key::RoleAssignments(_)))
        .map(|(_, pages)| *pages)
        .max()
        .unwrap_or(0);
    pages
        .iter()
        .map(|(key, pages)| {
            let before = match key {
                Key::Tenants(_)
                | Key::Subscriptions(_)
                | Key::Groups(_)
                | Key::RoleAssignments(_)
                | Key::RoleDefinitions(_)
                | Key::EligibleRoles(_)
                | Key::ActiveRoles(_)
                | Key::NetworkPerimeters(_)
                | Key::NetworkManagers(_)
                | Key::PolicyAssignments(_)
                | Key::PolicyExemptions(_)
                | Key::AccessLog(_)
                | Key::DenyAssignments(_) => 0,
                // The groups of what came along are known when it came.
                Key::ActivityLog(id) => u32::from(!is_asked(id)),
                Key::List { .. } => u32::from(key.scope().is_some_and(|id| !is_asked(&id))),
                // A managed group is named by its hub.
                Key::Resource(_)
                | Key::Locks(_)
                | Key::PolicyStates(_)
                | Key::NetworkManagerConnections(_)
                | Key::Provider(_)
                | Key::IpamPool(_)
                | Key::LinkedAccess(..) => 1,
                Key::Facet(_, Facet::IndexerStatus | Facet::IndexStatistics)
                | Key::AssignedTo(..)
                // What sends there is known from the settings of each resource.
                | Key::Logs(..)
                // Whose groups it is may stand in another answer of the directory.
                | Key::Memberships(..)
                // A service principal names its home.
                | Key::Application(..) => 2 + token,
                // An assignment names its definition, an initiative its own.
                Key::PolicyDefinition(_)
                | Key::Facet(_, Facet::PerimeterProfiles | Facet::PerimeterLinks) => 2,
                Key::Facet(_, Facet::PerimeterRules) => 3,
                Key::Facet(id, _) if is_asked(id) => 1,
                Key::Facet(..) => 2,
                Key::Principals(_) => assignments + token,
                Key::User(..) => token,
                Key::ServicePrincipalOf(..) => 1 + token,
            };
            token + before + pages
        })
        .max()
        .unwrap_or(0)
}
