//! `hopscope diff`: what changed between two snapshots, which hops turned, and who did it.

use std::io::{self, Write};

use crate::cli::{Diff, Global, PlainFormat};
use crate::report::diff::{Compared, build, unlike, write};
use crate::report::file;

use super::source::{self, Inspected};
use super::{Exit, Failure};

/// Compares two files and prints what differs.
pub fn run(global: &Global, arguments: &Diff, stdout: &mut impl Write) -> Result<Exit, Failure> {
    let mut masker = source::masker(global)?;
    let before = source::opened(global, &arguments.before)?;
    let after = source::opened(global, &arguments.after)?;
    let levels = [&before, &after].map(|one| one.head.masked.clone());
    if let Some(words) = unlike(levels[0].as_deref(), levels[1].as_deref()) {
        return Err(Failure::usage(words));
    }
    let (before, after) = (Inspected::of(before), Inspected::of(after));
    for one in [&before, &after] {
        masker.learn_snapshot(&one.snapshot);
    }
    let (before, after) = (before.masked(&mut masker), after.masked(&mut masker));
    let compared = Compared::of(&before.side(), &after.side());
    let print = |out: &mut dyn Write| -> io::Result<()> {
        match arguments.format {
            PlainFormat::Text => write(out, &compared)?,
            PlainFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, &build(&compared))?;
                writeln!(out)?;
            }
        }
        out.flush()
    };
    match &arguments.out {
        None => super::written(print(stdout)).map(drop)?,
        Some(path) => file::whole(path, print).map_err(|error| {
            Failure::usage(format!("{} cannot be written: {error}", path.display()))
        })?,
    }
    Ok(if compared.is_same() {
        Exit::Done
    } else {
        Exit::Found
    })
}
