//! Snapshot files in a folder, by what each says of itself: none is unpacked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{Head, OpenError, is_snapshot, start};

/// The most files of a folder that are looked at.
const MOST_FILES: usize = 10_000;

/// One snapshot file.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// How large it is.
    pub bytes: u64,
    /// What it says of itself, or why it cannot be opened.
    pub head: Result<Head, OpenError>,
}

/// The snapshots in a folder, the newest first; those that cannot be opened come last. Whether what
/// they hold is whole is not looked at.
pub fn found_in(folder: &Path) -> Vec<Found> {
    let mut found: Vec<Found> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(MOST_FILES)
        .map(|entry| entry.path())
        .filter(|path| is_snapshot(path))
        .map(|path| {
            let bytes = fs::metadata(&path).map_or(0, |own| own.len());
            Found {
                head: peek(&path),
                path,
                bytes,
            }
        })
        .collect();
    found.sort_by(|one, other| {
        let at = |found: &Found| found.head.as_ref().ok().map(|head| head.saved_at);
        at(other)
            .cmp(&at(one))
            .then_with(|| one.path.cmp(&other.path))
    });
    found
}

/// What a file says of itself.
///
/// # Errors
/// When it is no snapshot, a newer one, or not whole.
pub fn peek(path: &Path) -> Result<Head, OpenError> {
    let mut file = File::open(path).map_err(OpenError::Unreadable)?;
    let size = file.metadata().map_err(OpenError::Unreadable)?.len();
    start(&mut file, size)?.head()
}
