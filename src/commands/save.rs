//! `hopscope save`: inspect once and keep everything in a file.

use std::io::{self, Write};

use crate::cli::{Global, Save};
use crate::config::ConfigFile;
use crate::store::Kept;
use crate::store::file::{self, Head};

use super::source::{self, Source};
use super::{Exit, Failure, causes, trouble};

/// Reads everything in scope once and writes the file. Nothing that could be read is written only
/// when something was.
pub async fn run(
    global: &Global,
    arguments: &Save,
    file: &ConfigFile,
    stdout: &mut impl Write,
) -> Result<Exit, Failure> {
    let path = &arguments.file;
    let mut masker = source::masker(global)?;
    let source = Source::find(global, file).await?;
    let inspected = source.read().await.masked(&mut masker);
    let verdict = trouble::judge(&inspected.snapshot, &inspected.scope);
    for warning in &verdict.warnings {
        // With stderr gone there is nobody to warn.
        let _ = writeln!(io::stderr().lock(), "hopscope: {}", super::shown(warning));
    }
    if let Some(failure) = verdict.failure {
        return Err(failure);
    }
    let kept = Kept::of(&inspected.snapshot, &inspected.frame);
    let head = Head::new(inspected.at, inspected.masked.clone());
    file::save(path, &head, &kept)
        .map_err(|error| Failure::usage(format!("{}: {}", path.display(), causes(&error))))?;
    let counts = inspected.snapshot.counts();
    let outcome = writeln!(
        stdout,
        "{}: {} of {} readings answered, {} calls; open it with `hopscope open {}`",
        path.display(),
        counts.asked - counts.failed - counts.denied,
        counts.asked,
        kept.ledger.entries.len(),
        path.display(),
    );
    super::written(outcome)
}
