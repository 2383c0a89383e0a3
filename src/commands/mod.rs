//! One file a command; the only place that joins azure, fetch, simulator and ui.
//!
//! A command takes its arguments as plain values and writes to what it is given, so that a test
//! runs it whole. What goes wrong is a [`Failure`]: an exit code and a sentence with the cause and
//! the next step.
//!
//! To add a command: its arguments in `cli`, a file here, an arm in [`run`].

pub mod check;
pub mod diff;
pub mod doctor;
pub mod explain;
pub mod inspect;
pub mod judging;
mod log;
mod manual;
pub mod preflight;
mod progress;
pub mod rules;
pub mod save;
pub mod session;
pub mod shot;
pub mod simulate;
pub mod source;
mod tours;
mod trouble;

use std::fmt;
use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use time::UtcOffset;

use crate::cli::{Cli, Command, DEFAULT_SCENARIO, Demo, Global, Knobs, Preflight, Rules, Simulate};
use crate::config::{ConfigFile, Settings, Surroundings};
use crate::model::text::causes;

/// What the shell is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// Something at or above `--fail-on` was found.
    Found,
    /// The arguments, or a file that they name, cannot be used.
    Usage,
    /// No subscription could be read.
    Unreachable,
    /// With `--strict`: something could not be read.
    Incomplete,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Incomplete => 4,
        }
    }
}

/// Why a command could not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// Cause and next step, one or two lines.
    pub message: String,
}

impl Failure {
    /// Arguments or files that cannot be used.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    /// Nothing could be read.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unreachable,
            message: message.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Does what the command line says.
pub fn run(cli: Cli) -> ExitCode {
    match dispatch(cli) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(failure) => {
            // With stderr gone as well, the exit code is all that is left to say.
            let _ = writeln!(io::stderr().lock(), "hopscope: {}", shown(&failure.message));
            ExitCode::from(failure.exit.code())
        }
    }
}

/// The sentence as stderr may show it: line by line, nothing that steers a terminal.
fn shown(message: &str) -> String {
    message
        .lines()
        .map(crate::model::text::safe)
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a command cannot have beside it, in a sentence.
fn misplaced(command: Option<&Command>, global: &Global) -> Option<&'static str> {
    let has_cloud = global.cloud.is_some() || global.cloud_file.is_some();
    match command? {
        Command::Demo(demo) if has_cloud && !demo.list => {
            Some("a demo brings its own cloud: leave --cloud and --cloud-file out")
        }
        Command::Demo(_) | Command::Open(_) | Command::Diff(_) if global.snapshot.is_some() => {
            Some("--snapshot stands in for a signed-in cloud: leave it out here")
        }
        Command::Doctor if global.snapshot.is_some() => {
            Some("a snapshot needs no sign-in: there is nothing for doctor to look at")
        }
        _ => None,
    }
}

fn dispatch(cli: Cli) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    if let Some(misuse) = global.scope().misuse() {
        return Err(Failure::usage(misuse));
    }
    if let Some(misuse) = misplaced(command.as_ref(), &global) {
        return Err(Failure::usage(misuse));
    }
    if let Some(Command::Demo(Demo {
        list: true,
        scenario,
        ..
    })) = &command
    {
        return scenarios(scenario.as_deref());
    }
    // The offset of the clock on the wall can only be had while there is one thread.
    let offset = UtcOffset::current_local_offset().unwrap_or(UtcOffset::UTC);
    let _log = log::start(global.log.as_deref(), source::masker(&global)?)?;
    match command {
        Some(Command::Check(arguments)) => {
            let file = config(&global)?;
            let mut stdout = io::stdout().lock();
            let screen = check::Screen::of_stdout();
            block_on(check::run(&global, &arguments, &file, &mut stdout, screen))?
        }
        Some(Command::Explain(arguments)) => {
            let file = config(&global)?;
            let text = explain::pasted(&arguments, &mut io::stdin().lock())?;
            let mut stdout = io::stdout().lock();
            let screen = check::Screen::of_stdout();
            block_on(explain::run(&global, &text, &file, &mut stdout, screen))?
        }
        Some(Command::Preflight {
            what: Preflight::Ipam(arguments),
        }) => {
            let file = config(&global)?;
            let mut stdout = io::stdout().lock();
            let screen = check::Screen::of_stdout();
            block_on(preflight::run(
                &global,
                &arguments,
                &file,
                &mut stdout,
                screen,
            ))?
        }
        Some(Command::Diff(arguments)) => {
            let mut stdout = io::stdout().lock();
            diff::run(&global, &arguments, &mut stdout)
        }
        Some(Command::Save(arguments)) => {
            let file = config(&global)?;
            let mut stdout = io::stdout().lock();
            block_on(save::run(&global, &arguments, &file, &mut stdout))?
        }
        Some(Command::Open(arguments)) => {
            let global = Global {
                snapshot: Some(arguments.file),
                ..global
            };
            block_on(inspect::run(global, Knobs::default(), offset, None))?
        }
        Some(Command::Walk(arguments)) if arguments.list => {
            written(tours::list(&settings(&global)?, &mut io::stdout().lock()))
        }
        Some(Command::Walk(arguments)) => {
            let name = tours::name(&settings(&global)?, arguments.walk.as_deref())?;
            block_on(inspect::run(global, Knobs::default(), offset, Some(name)))?
        }
        Some(Command::Shot(arguments)) => {
            let settings = settings(&global)?;
            block_on(shot::run(&global, &arguments, settings, offset))?
        }
        Some(Command::Simulate(arguments)) => simulated(arguments),
        Some(Command::Doctor) => {
            let file = config(&global)?;
            let mut stdout = io::stdout().lock();
            let screen = check::Screen::of_stdout();
            block_on(doctor::run(&global, &file, &mut stdout, screen))?
        }
        Some(Command::Demo(demo)) => {
            let own = demo.scenario.or(global.demo);
            let global = Global {
                demo: own.or_else(|| Some(DEFAULT_SCENARIO.to_owned())),
                ..global
            };
            block_on(inspect::run(global, demo.knobs, offset, None))?
        }
        None => block_on(inspect::run(global, Knobs::default(), offset, None))?,
        Some(Command::Rules(arguments)) => listed_rules(&arguments),
        Some(Command::Man) => manual(),
        Some(Command::Completions { shell }) => completions(shell),
    }
}

/// Config file, keymap, theme and walks, with their names checked.
fn settings(global: &Global) -> Result<Settings, Failure> {
    let surroundings = Surroundings::read(|name| std::env::var(name).ok());
    let folder = crate::config::folder();
    let settings = Settings::load(global.config.as_deref(), folder.as_deref(), &surroundings)
        .map_err(|error| Failure::usage(causes(&error)))?;
    judging::rules_are_known(&settings.file)?;
    tours::names_are_known(&settings)?;
    Ok(settings)
}

/// The config file: the one that is named must be there, the platform's own may be missing.
fn config(global: &Global) -> Result<ConfigFile, Failure> {
    let file = match (&global.config, crate::config::folder()) {
        (Some(path), _) => ConfigFile::read(path, true),
        (None, Some(folder)) => ConfigFile::read(&folder.join("config.toml"), false),
        (None, None) => Ok(ConfigFile::default()),
    };
    let file = file.map_err(|error| Failure::usage(causes(&error)))?;
    judging::rules_are_known(&file)?;
    Ok(file)
}

/// Runs a command's future to its end.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("hopscope")
        .build()
        .map(|runtime| {
            let outcome = runtime.block_on(work);
            // A call that hangs must not keep the program.
            runtime.shutdown_timeout(Duration::from_millis(200));
            outcome
        })
        .map_err(|error| Failure::usage(format!("no threads to be had: {error}")))
}

fn manual() -> Result<Exit, Failure> {
    let mut page = Vec::new();
    written(manual::write(&mut page).and_then(|()| io::stdout().lock().write_all(&page)))
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hopscope", &mut text);
    written(io::stdout().lock().write_all(&text))
}

fn scenarios(name: Option<&str>) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    match name {
        Some(name) => simulate::tell(name, &mut text),
        None => simulate::list(&mut text),
    }
    .map_err(|error| Failure::usage(format!("{error:#}")))?;
    written(io::stdout().lock().write_all(&text))
}

/// The outcome of writing to stdout. A reader that has seen enough (`| head`) is no failure.
fn written(outcome: io::Result<()>) -> Result<Exit, Failure> {
    match outcome {
        Ok(()) => Ok(Exit::Done),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        Err(error) => Err(Failure::usage(format!("stdout cannot be written: {error}"))),
    }
}

fn listed_rules(arguments: &Rules) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    rules::run(arguments, check::Screen::of_stdout(), &mut text)?;
    written(io::stdout().lock().write_all(&text))
}

fn simulated(arguments: Simulate) -> Result<Exit, Failure> {
    let Simulate {
        scenario,
        listen,
        write_cloud,
        tls,
        write_certificate,
        directory,
        knobs,
    } = arguments;
    let Knobs {
        latency,
        page_size,
        throttle,
        token_lifetime,
    } = knobs;
    let options = simulate::SimulateOptions {
        scenario,
        directory,
        listen: Some(listen),
        tls,
        write_certificate,
        write_cloud,
        latency: latency.map(Duration::from_millis),
        page_size: page_size.and_then(|size| usize::try_from(size).ok()),
        throttle,
        token_lifetime: token_lifetime.map(Duration::from_secs),
    };
    let mut stdout = io::stdout().lock();
    let outcome = block_on(async { simulate::run(options, &mut stdout, asked_to_stop()).await })?;
    match outcome {
        Ok(()) => Ok(Exit::Done),
        Err(error) => Err(Failure::usage(format!("{error:#}"))),
    }
}

/// Resolves when a person or the system asks the program to end.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without handlers the system's own way to end the program stands.
    let _ = tokio::signal::ctrl_c().await;
}

/// Whether stdout is a terminal that takes colour.
fn stdout_takes_colour() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
