//! Where a report is written to: a file that is there whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use crate::store::file::{Access, whole as write_whole};

/// Writes a file as [`crate::store::file::whole()`] does, as open as any file that a program makes.
///
/// # Errors
/// When the place cannot be written, or `write` fails; then the old file is as it was.
pub fn whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    write_whole(path, Access::Usual, write)
}
