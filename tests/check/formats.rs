//! `check --format` and `--out`, as a shell runs them.

use super::support::hopscope;

#[test]
fn every_format_goes_to_stdout_and_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for (format, begins) in [
        ("html", "<!DOCTYPE html>"),
        ("markdown", "# rg-rag-poc"),
        ("sarif", "{\n  \"$schema\""),
    ] {
        let arguments = ["check", "--demo", "healthy", "--format", format];
        let ran = hopscope(&arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.starts_with(begins), "{format}");
        let path = folder.path().join(format);
        let file = hopscope(&[&arguments[..], &["--out", path.to_str().unwrap()]].concat());
        assert_eq!((file.code, file.stdout.as_str()), (0, ""));
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.starts_with(begins), "{format}");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3, "nothing beside the reports");
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_with_its_name() {
    let ran = hopscope(&[
        "check",
        "--demo",
        "healthy",
        "--format",
        "html",
        "--out",
        "/nowhere/at/all.html",
    ]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("/nowhere/at/all.html"),
        "{}",
        ran.stderr
    );
}
