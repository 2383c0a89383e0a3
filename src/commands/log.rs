//! The log file of `--log`: never the screen, never a secret.
//!
//! Only our own targets are written: what other crates log may hold headers. What a line names is masked
//! as `--redact` says; its message is a sentence of this program, and names nothing.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::Layer as _;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::privacy::Masker;

use super::Failure;

/// The field that holds the sentence.
const MESSAGE: &str = "message";

/// Starts to log, when a file is named. The guard writes what is left when it goes.
pub(super) fn start(path: Option<&Path>, masker: Masker) -> Result<Option<WorkerGuard>, Failure> {
    let Some(path) = path else {
        return Ok(None);
    };
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| {
            Failure::usage(format!(
                "the log file {} cannot be written: {error}",
                path.display()
            ))
        })?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let masker = Arc::new(Mutex::new(masker));
    let fields = debug_fn(move |out, field, value| {
        let text = format!("{value:?}");
        if field.name() == MESSAGE {
            return write!(out, "{text}");
        }
        let mut masker = masker.lock().unwrap_or_else(PoisonError::into_inner);
        write!(out, "{field}={}", masker.text(&text))
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .fmt_fields(fields.delimited(" "))
        .with_writer(writer)
        .with_filter(Targets::new().with_target("hopscope", LevelFilter::DEBUG));
    tracing_subscriber::registry()
        .with(lines)
        .try_init()
        .map_err(|error| Failure::usage(format!("the log cannot be started: {error}")))?;
    Ok(Some(guard))
}
