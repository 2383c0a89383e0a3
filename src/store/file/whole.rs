//! Writing a file that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone.
    Owner,
    /// Whoever may read any file that a program makes; a file that is replaced keeps its rights.
    Usual,
}

/// Writes a file beside its place and moves it there when it is whole: who reads it meanwhile sees the
/// old one. What is no file (a pipe, `/dev/stdout`) is written straight.
///
/// # Errors
/// When the place cannot be written, or `write` fails; then the old file is as it was.
pub fn whole(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let is_other = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_other {
        let mut file = BufWriter::new(File::options().write(true).open(path)?);
        write(&mut file)?;
        return file.flush();
    }
    // A link stays one: what it leads to is replaced.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match place.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        let why = format!("there is no folder {}: make it first", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".hopscope-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask takes away what it should.
        let mode = match access {
            Access::Owner => 0o600,
            Access::Usual => fs::metadata(&place).map_or(0o666, |old| old.permissions().mode()),
        };
        builder.permissions(fs::Permissions::from_mode(mode & 0o777));
    }
    #[cfg(not(unix))]
    let _ = access;
    let mut file = BufWriter::new(builder.tempfile_in(folder)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(&place).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_in_the_middle_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        whole(&path, Access::Usual, |out| out.write_all(b"first")).unwrap();
        let outcome = whole(&path, Access::Usual, |out| {
            out.write_all(b"half of the sec")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(outcome.unwrap_err().to_string(), "no more");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports").join("today.html");
        let error = whole(&path, Access::Usual, |out| out.write_all(b"x")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let place = folder.path().join("reports");
        let text = format!("there is no folder {}: make it first", place.display());
        assert_eq!(error.to_string(), text);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_rights_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        whole(&link, Access::Usual, |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(), 0o640);
        // What only its owner may read is so whatever was there before.
        whole(&link, Access::Owner, |out| out.write_all(b"mine")).unwrap();
        assert_eq!(mode(), 0o600);
    }
}
