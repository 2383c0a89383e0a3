//! `save`, `check --snapshot` and `open`, as a shell runs them.

use std::fs;
use std::path::Path;

use crate::support::{Ran, hopscope, problems};

fn run(arguments: &[&str]) -> Ran {
    hopscope(arguments)
}

fn save(scenario: &str, file: &Path) {
    let ran = run(&["save", file.to_str().unwrap(), "--demo", scenario]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_snapshot_is_private_and_stands_in_for_the_cloud() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poc.hop");
    save("broken-indexer", &file);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Nothing of the attempt is left beside it, and it replaces itself.
    save("broken-indexer", &file);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let name = file.to_str().unwrap();
    let ran = run(&["check", "--snapshot", name, "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(problems(&report), Vec::<String>::new());
    let again = run(&["check", "--snapshot", name, "--format", "json"]);
    assert_eq!(ran.stdout, again.stdout, "judged as of when it was saved");
    let told = "Operation returned an invalid status 'Forbidden' AuthorizationFailure This request is not authorized to perform this operation.";
    let ran = run(&["explain", told, "--snapshot", name]);
    assert!(ran.code == 0 && ran.stdout.contains("stragdev"), "{ran:?}");
}

#[test]
fn what_does_not_fit_a_snapshot_is_said_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poc.hop");
    save("healthy", &file);
    let name = file.to_str().unwrap();
    let other = folder.path().join("report.json");
    fs::write(&other, "{}").unwrap();
    let other = other.to_str().unwrap();
    let cut = folder.path().join("cut.hop");
    let bytes = fs::read(&file).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let cut = cut.to_str().unwrap();
    for (arguments, said) in [
        (&["check", "--snapshot", cut][..], "it is cut off"),
        (&["open", cut], "copy it again"),
        (&["open", other], "`hopscope save FILE` writes one"),
        (&["check", "--snapshot", "no-such-file"], "cannot be read"),
        (&["check", "--snapshot", name, "-g", "rg"], "its own scope"),
        (&["open", name, "--snapshot", name], "leave it out here"),
        (&["doctor", "--snapshot", name], "no sign-in"),
        (
            &["save", other, "--demo", "healthy"],
            "no snapshot of hopscope",
        ),
        (
            &["check", "--snapshot", name, "--demo"],
            "cannot be used with",
        ),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments:?}");
    }
    // What was there is still there.
    assert_eq!(fs::read_to_string(other).unwrap(), "{}");
    // A cloud that cannot be reached leaves no file.
    let never = folder.path().join("never.hop");
    let cloud = folder.path().join("cloud.toml");
    let text = "name = \"lab\"\nresource_manager = \"http://127.0.0.1:9\"\nauthority = \"http://127.0.0.1:9\"\nportal = \"https://portal.azure.com\"\n";
    fs::write(&cloud, text).unwrap();
    let ran = run(&[
        "save",
        never.to_str().unwrap(),
        "--cloud-file",
        cloud.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!never.exists());
}

#[test]
fn what_is_redacted_is_so_in_file_report_and_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (plain, masked, key) = (file("plain.hop"), file("masked.hop"), file("redact.key"));
    save("broken-indexer", Path::new(&plain));
    let ran = run(&["save", &masked, "--snapshot", &plain, "--redact-key", &key]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let of_file = run(&["check", "--snapshot", &masked, "--format", "json"]);
    let of_report = run(&[
        "check",
        "--snapshot",
        &plain,
        "--redact",
        "--redact-key",
        &key,
        "--format",
        "json",
    ]);
    assert_eq!(of_file.code, 1);
    assert_eq!(of_file.stdout, of_report.stdout, "one key, one pseudonym");
    assert_eq!(problems(&of_file.json()), Vec::<String>::new());
    let other = run(&["check", "--snapshot", &plain, "--redact=ids"]);
    assert!(other.stdout.contains("stragdev") && !other.stdout.contains("ada@contoso.com"));
    let told = "The client 'ada@contoso.com' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '/subscriptions/3b1c0f2d-65f0-4135-bf08-e005a4058e20/resourceGroups/rg-rag-poc/providers/Microsoft.Storage/storageAccounts/stragdev'. AuthorizationFailed";
    let explained = run(&["explain", told, "--snapshot", &plain, "--redact"]);
    assert_eq!(explained.code, 0, "{explained:?}");
    let wrong = run(&["check", "--demo", "--redact", "-g", "rg-of-nobody-here"]);
    assert_eq!(wrong.code, 2);
    for ran in [&of_file, &of_report, &explained, &wrong] {
        for name in ["stragdev", "rg-rag-poc", "contoso", "3b1c0f2d", "nobody"] {
            assert!(!ran.stdout.contains(name), "{name}: {}", ran.stdout);
            assert!(!ran.stderr.contains(name), "{name}: {}", ran.stderr);
        }
    }
    assert_eq!(run(&["check", "--demo", "--redact=some"]).code, 2);
}

#[test]
fn the_log_is_masked_as_everything_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let log = |name: &str, more: &[&str]| {
        let (path, more) = (file(name), more.to_vec());
        let ran = run(&[&["check", "--demo", "--log", &path], more.as_slice()].concat());
        assert_eq!(ran.code, 1, "{ran:?}");
        fs::read_to_string(path).unwrap()
    };
    let id = "3b1c0f2d-65f0-4135-bf08-e005a4058e20";
    let open = log("open.log", &[]);
    for part in ["wanted", "key=", id, "rg-rag-poc", "stragdev"] {
        assert!(open.contains(part), "{part}: {open}");
    }
    let ids = log("ids.log", &["--redact=ids"]);
    assert!(ids.contains("stragdev") && !ids.contains(id), "{ids}");
    let all = log("all.log", &["--redact"]);
    assert!(all.contains("wanted") && all.contains("key="), "{all}");
    for part in [id, "rg-rag-poc", "stragdev", "ada@contoso.com"] {
        assert!(!all.contains(part), "{part}: {all}");
    }
    assert_eq!(open.lines().count(), all.lines().count());
}

#[test]
fn an_error_names_what_was_asked_for_as_the_level_promises() {
    let subscription = "11111111-2222-4333-8444-555555555555";
    for (level, group_is_named) in [("--redact=ids", true), ("--redact=all", false)] {
        let ran = run(&["check", "--demo", level, "-g", "rg-of-nobody-here"]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert_eq!(
            ran.stderr.contains("rg-of-nobody-here"),
            group_is_named,
            "{ran:?}"
        );
        let ran = run(&["check", "--demo", level, "--subscription", subscription]);
        assert_ne!(ran.code, 0, "{ran:?}");
        assert!(
            !ran.stderr.is_empty() && !ran.stderr.contains(subscription),
            "{ran:?}"
        );
    }
}
