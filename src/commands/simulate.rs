//! `hopscope simulate`: the embedded Azure alone, for other clients. Must not know the command line's
//! types: it takes plain options and writes to what it is given.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;

use crate::simulator::{Knobs, Listen, Scenario, Server, Shelf};

/// What to serve and how.
#[derive(Clone, Debug, Default)]
pub struct SimulateOptions {
    /// An embedded scenario's name; [`DEFAULT_SCENARIO`] when neither this nor a folder is given.
    pub scenario: Option<String>,
    /// A folder to read the scenario from instead.
    pub directory: Option<PathBuf>,
    /// Where to listen; any free port of 127.0.0.1 when absent.
    pub listen: Option<SocketAddr>,
    /// Whether to speak https.
    pub tls: bool,
    /// Where to write the certificate to trust; `hopscope-simulator.pem` when absent and `tls` is set.
    pub write_certificate: Option<PathBuf>,
    /// Where to write a cloud file that leads to the server.
    pub write_cloud: Option<PathBuf>,
    /// Overrides the scenario's latency.
    pub latency: Option<Duration>,
    /// Overrides the scenario's page size.
    pub page_size: Option<usize>,
    /// Overrides whether ARM's token bucket is enforced.
    pub throttle: Option<bool>,
    /// Overrides how long tokens are valid.
    pub token_lifetime: Option<Duration>,
}

/// The scenario that is served when none is named.
pub const DEFAULT_SCENARIO: &str = "broken-indexer";

/// The knobs of a scenario with the options' overrides.
fn knobs(scenario: &Scenario, options: &SimulateOptions) -> Knobs {
    let own = scenario.knobs();
    Knobs {
        latency: options.latency.unwrap_or(own.latency),
        page_size: options.page_size.unwrap_or(own.page_size).max(1),
        throttle: options.throttle.unwrap_or(own.throttle),
        token_lifetime: options.token_lifetime.unwrap_or(own.token_lifetime),
        ..own
    }
}

/// Writes the scenarios inside the program, one a line, shelf by shelf; what may stand behind a name
/// to open its twin is in brackets.
///
/// # Errors
/// When an embedded scenario cannot be read, or `out` cannot be written.
pub fn list(out: &mut impl Write) -> anyhow::Result<()> {
    let lines: Vec<(Shelf, String, String)> = Scenario::list()?
        .into_iter()
        .map(|one| {
            let twin = one.twin.map(|twin| format!("[:{}]", twin.kind.word()));
            let name = format!("{}{}", one.name, twin.unwrap_or_default());
            (one.shelf, name, one.title)
        })
        .collect();
    let width = lines.iter().map(|line| line.1.len()).max().unwrap_or(0);
    for shelf in lines.chunk_by(|a, b| a.0 == b.0) {
        writeln!(out, "{}", shelf[0].0.heading())?;
        for (_, name, title) in shelf {
            writeln!(out, "  {name:width$}  {title}")?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "Behind a name, :mended opens the same environment after the least change that mends it, and\n\
         :broken the nearest one that does not work: hopscope demo stale-principal:mended\n\
         With a name, --list tells its story: hopscope demo stale-principal --list"
    )?;
    Ok(())
}

/// Writes the story of one scenario, and how its twin is called.
///
/// # Errors
/// When there is none of that name, or `out` cannot be written.
pub fn tell(name: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let scenario = Scenario::load(name)?;
    writeln!(out, "{}\n\n{}", scenario.title(), scenario.story())?;
    let listings = Scenario::list()?;
    let own = listings.into_iter().find(|one| one.name == name);
    if let Some(twin) = own.and_then(|one| one.twin) {
        writeln!(out, "\n{}: {}", twin.name, twin.title)?;
    }
    Ok(())
}

/// Serves until `stop` resolves, then says what was asked.
///
/// # Errors
/// When the scenario cannot be loaded, the address cannot be used, or a file cannot be written.
pub async fn run(
    options: SimulateOptions,
    out: &mut impl Write,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let scenario = match &options.directory {
        Some(folder) => Scenario::from_dir(folder)?,
        None => Scenario::load(options.scenario.as_deref().unwrap_or(DEFAULT_SCENARIO))?,
    };
    let listen = Listen {
        address: options.listen.unwrap_or(Listen::default().address),
        tls: options.tls,
    };
    let server = Server::start(&scenario, knobs(&scenario, &options), listen).await?;
    writeln!(out, "{}: {}", scenario.name(), scenario.title())?;
    writeln!(out, "listening on {}", server.base())?;
    if let Some(certificate) = server.certificate() {
        let path = options
            .write_certificate
            .unwrap_or_else(|| PathBuf::from("hopscope-simulator.pem"));
        write_file(&path, certificate)?;
        writeln!(out, "certificate to trust: {}", path.display())?;
    }
    if let Some(path) = &options.write_cloud {
        write_file(path, &server.cloud_file())?;
        writeln!(
            out,
            "cloud file: {}  (hopscope --cloud-file {})",
            path.display(),
            path.display()
        )?;
    }
    let caller = scenario.caller();
    writeln!(
        out,
        "caller: {} in tenant {}",
        caller.client(),
        caller.tenant
    )?;
    for subscription in &scenario.scope().subscriptions {
        writeln!(out, "subscription: {subscription}")?;
    }
    for (at, what) in scenario.timeline() {
        writeln!(out, "after {} s: {what}", at.as_secs())?;
    }
    writeln!(out, "what was asked: {}/simulator/requests", server.base())?;
    out.flush()?;
    stop.await;
    let counters = server.counters();
    server.shutdown().await;
    writeln!(
        out,
        "{} requests, {} throttled, {} writes refused, {} requests for secrets refused",
        counters.requests, counters.throttled, counters.writes, counters.secrets
    )?;
    Ok(())
}

fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
