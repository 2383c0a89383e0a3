//! `hopscope check`: inspect once, without a screen.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cli::{Check, Format, Global, Knobs};
use crate::config::ConfigFile;
use crate::fetch::plan::Depth;
use crate::report::{Meta, json, text};
use crate::store::{Inventory, Snapshot, Store, Update};

use super::session::{Channels, Place, UPDATES};
use super::{Exit, Failure, stdout_takes_colour, trouble};

/// What stdout can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether it takes colour.
    pub colour: bool,
}

impl Screen {
    /// What this process' stdout can show.
    pub fn of_stdout() -> Self {
        let width = io::stdout()
            .is_terminal()
            .then(|| crossterm::terminal::size().ok())
            .flatten()
            .map_or(100, |(columns, _)| usize::from(columns));
        Self {
            width: width.clamp(72, 160),
            colour: stdout_takes_colour(),
        }
    }
}

/// Reads everything in scope once and prints it.
pub async fn run(
    global: &Global,
    arguments: &Check,
    file: &ConfigFile,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<Exit, Failure> {
    let place = Place::find(global, file, &Knobs::default()).await?;
    let meta_cloud = place.cloud.name.clone();
    let scope = place.scope.clone();
    let (updates_in, updates) = mpsc::channel(UPDATES);
    // Nobody asks for more: the other end goes at once, and the fetcher takes that as silence.
    let (_, asks) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let channels = Channels {
        updates: updates_in,
        asks,
        first_rest: None,
    };
    tokio::spawn(place.read(Depth::Whole, None, channels, stop.clone()));
    let snapshot = until_idle(updates).await;
    stop.cancel();
    let verdict = trouble::judge(&snapshot, &scope);
    let meta = Meta {
        generated_at: OffsetDateTime::now_utc(),
        cloud: meta_cloud,
    };
    let inventory = Inventory::build(&snapshot);
    // A program reads why nothing came from the report, too; for people the sentence is enough.
    if verdict.failure.is_none() || arguments.format == Format::Json {
        print(&inventory, &meta, arguments, stdout, screen)?;
    }
    for warning in &verdict.warnings {
        // With stderr gone there is nobody to warn.
        let _ = writeln!(io::stderr().lock(), "hopscope: {}", super::shown(warning));
    }
    if let Some(failure) = verdict.failure {
        return Err(failure);
    }
    let whole = snapshot.is_complete() && verdict.warnings.is_empty();
    Ok(if arguments.strict && !whole {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}

/// Takes news until the fetcher rests, or is gone.
async fn until_idle(mut updates: mpsc::Receiver<Update>) -> Snapshot {
    let mut store = Store::new();
    while let Some(update) = updates.recv().await {
        let rests = matches!(update, Update::Idle { .. });
        store.apply(update);
        if rests {
            break;
        }
    }
    store.snapshot()
}

fn print(
    inventory: &Inventory,
    meta: &Meta,
    arguments: &Check,
    stdout: &mut impl Write,
    screen: Screen,
) -> Result<(), Failure> {
    let Some(path) = &arguments.out else {
        let style = text::Style {
            width: screen.width,
            colour: screen.colour,
        };
        let outcome = write(inventory, meta, arguments.format, style, stdout);
        return super::written(outcome).map(drop);
    };
    let outcome = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        write(
            inventory,
            meta,
            arguments.format,
            text::Style::default(),
            &mut file,
        )
    });
    outcome
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))
}

fn write(
    inventory: &Inventory,
    meta: &Meta,
    format: Format,
    style: text::Style,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(out, inventory, meta, style)?,
        Format::Json => {
            let report = json::build(inventory, meta);
            serde_json::to_writer_pretty(&mut *out, &report).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()
}
