//! `hopscope diff`: what changed between two snapshots, which hops turned, and who did it.

use std::io::{self, Write};

use crate::analysis::changes::Changes;
use crate::analysis::turned::turned;
use crate::cli::{Diff, Global, PlainFormat};
use crate::report::diff::{Compared, build, write};
use crate::report::file;
use crate::store::diff::between;

use super::source::{self, Inspected};
use super::{Exit, Failure};

/// Compares two files and prints what differs.
pub fn run(global: &Global, arguments: &Diff, stdout: &mut impl Write) -> Result<Exit, Failure> {
    let mut masker = source::masker(global)?;
    let before = source::opened(global, &arguments.before)?;
    let after = source::opened(global, &arguments.after)?;
    if before.head.masked != after.head.masked {
        return Err(Failure::usage(
            "one of the two is masked and the other is not, or less: save both with the same --redact and --redact-key",
        ));
    }
    let before = Inspected::of(before).masked(&mut masker);
    let after = Inspected::of(after).masked(&mut masker);
    let (_, was) = before.judge();
    let (inventory, is) = after.judge();
    let compared = Compared {
        before: before.at,
        after: after.at,
        differences: &between(&before.snapshot, &after.snapshot),
        turns: &turned(&was.hops, &is.hops),
        changes: &Changes::of(&inventory),
    };
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
