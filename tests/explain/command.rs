//! `hopscope explain` as people run it.

use std::io::Write;
use std::process::{Command, Stdio};

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs the program with nothing of this machine's settings in its environment.
fn explain(arguments: &[&str], stdin: &str) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hopscope"))
        .arg("explain")
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever does not read stdin has closed it by now.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A lab cloud on a port of loopback where nobody listens.
fn nobody_there() -> (tempfile::TempDir, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    std::fs::write(
        &file,
        format!(
            "name = \"lab\"\nresource_manager = \"http://127.0.0.1:{port}\"\nauthority = \"http://127.0.0.1:{port}\"\n"
        ),
    )
    .unwrap();
    let name = file.display().to_string();
    (folder, name)
}

#[test]
fn the_broken_indexer_is_told_from_its_message() {
    let ran = explain(
        &[
            "This request is not authorized to perform this operation.",
            "--demo",
            "broken-indexer",
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in [
        "M06",
        "✖ holds here",
        "network gate",
        "configuration says the same",
        "indexer-to-storage srch-rag-dev → stragdev via indexer docs-indexer",
        "properties.networkAcls.bypass = None",
        "az storage account network-rule add",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
}

#[test]
fn the_same_message_is_ruled_out_where_all_is_well() {
    let ran = explain(
        &[
            "This request is not authorized to perform this operation.",
            "--demo",
            "healthy",
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("ruled out here"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("holds here\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("message alone"), "{}", ran.stdout);
}

#[test]
fn stdin_is_read_for_a_dash_and_what_it_names_narrows_the_hops() {
    let ran = explain(
        &["-", "--demo", "broken-indexer"],
        "{\"message\": \"Outbound network access is restricted. The hostname \\\"images.contoso.com\\\" for \
         parameter \\\"endpoint\\\" is not in the allowed FQDN list\"}\n",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in [
        "M03",
        "images.contoso.com",
        "cannot be ruled out",
        "openai-to-url aoai-rag-dev → images.contoso.com",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(!ran.stdout.contains("www.example.com"), "{}", ran.stdout);
}

#[test]
fn a_bare_403_lists_every_gate_and_says_which_hold() {
    let ran = explain(&["403", "--demo", "broken-indexer"], "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for gate in [
        "network gate",
        "authentication gate",
        "identity gate",
        "authorization gate",
        "configuration gate",
    ] {
        assert!(ran.stdout.contains(gate), "{gate}: {}", ran.stdout);
    }
    let holds = ran.stdout.find("holds here  ").unwrap();
    let ruled_out = ran.stdout.find("ruled out here").unwrap();
    assert!(holds < ruled_out, "what holds comes first");
}

#[test]
fn a_text_that_is_not_known_is_said_to_be_unknown() {
    let ran = explain(&["the quick brown fox", "--demo", "broken-indexer"], "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("not known"), "{}", ran.stdout);
}

#[test]
fn with_nothing_reachable_the_text_alone_answers_and_says_so() {
    let (_folder, cloud) = nobody_there();
    let ran = explain(
        &[
            "Principal does not have access to API/Operation.",
            "--cloud-file",
            &cloud,
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for part in [
        "M21",
        "From the text alone",
        "authorization gate",
        "user-to-openai",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let ran = explain(&["nothing known", "--cloud-file", &cloud], "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn bad_usage_is_told() {
    for arguments in [
        &["-"][..],
        &["  "],
        &[],
        &["403", "--demo", "no-such-scenario"],
        &["403", "--cloud-file", "/no/such/file"],
        &["403", "--demo", "healthy", "-g", "no-such-group"],
    ] {
        let ran = explain(arguments, "");
        assert_eq!(ran.code, 2, "{arguments:?}: {} {}", ran.stdout, ran.stderr);
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn nothing_that_steers_a_terminal_comes_through() {
    let ran = explain(
        &[
            "The principal '\u{1b}[31m3f0c\u{202e}' lacks the required data action 'a\u{7}'",
            "--demo",
            "healthy",
        ],
        "",
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        !ran.stdout
            .chars()
            .any(|letter| (letter.is_control() && letter != '\n') || letter == '\u{202e}'),
        "{:?}",
        ran.stdout
    );
}
