//! On a cloud that is not a demo's own: how far a long check is, and the picker's two ways out.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::{BINARY, PATIENCE, Pty, has_demo};

/// An embedded Azure for other clients, with its cloud file.
struct Cloud(Child);

impl Cloud {
    fn start(file: &str, latency: &str) -> Self {
        let simulate = [
            "simulate",
            "healthy",
            "--latency",
            latency,
            "--write-cloud",
            file,
        ];
        let server = Command::new(BINARY)
            .args(simulate)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while !std::fs::read_to_string(file).is_ok_and(|text| text.contains("portal")) {
            assert!(began.elapsed() < PATIENCE, "it never listened");
            std::thread::yield_now();
        }
        Self(server)
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A long run of `check` says on a terminal how far it is, and takes that back before the report;
/// where stderr is no terminal there is nothing of it.
#[test]
fn a_long_check_says_how_far_it_is_to_a_terminal_only() {
    if !has_demo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    let cloud = cloud.to_str().unwrap();
    let _server = Cloud::start(cloud, "400");
    let check = [
        "check",
        "--cloud-file",
        cloud,
        "-g",
        "rg-rag-poc",
        "--fail-on",
        "never",
    ];
    let pty = Pty::start(BINARY, &check, &[], (100, 200));
    pty.until("how far it is", |screen| {
        let words = screen.contents();
        words.contains("reading ") && words.contains(" of ") && words.contains(" s")
    });
    let (code, words) = pty.ends();
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("hops"), "{words}");
    assert!(!words.contains("reading "), "it is taken back: {words}");
    let piped = Command::new(BINARY).args(check).output().unwrap();
    assert_eq!(piped.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "");
}

/// `D` keeps the place in the config file, which then stands in for the picker; `v` leads to a demo.
#[test]
fn the_picker_keeps_a_place_and_leads_to_a_demo() {
    if !has_demo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cloud = folder.path().join("cloud.toml");
    let cloud = cloud.to_str().unwrap();
    let _server = Cloud::start(cloud, "0");
    let home = [("XDG_CONFIG_HOME", folder.path().to_str().unwrap())];
    let own = folder.path().join("hopscope/config.toml");
    std::fs::create_dir_all(own.parent().unwrap()).unwrap();
    std::fs::write(&own, "# mine\n[theme]\nmouse = false # no\n").unwrap();
    let mut pty = Pty::start(BINARY, &["--cloud-file", cloud], &home, (140, 42));
    pty.sees("Where does your chat-with-your-data environment live?");
    pty.sees("rg-rag-poc");
    pty.sees("about ");
    pty.sees("D default");
    pty.send("/rag-poc\rD");
    pty.sees("kept in ");
    assert_eq!(
        kept(&own),
        ("# mine\n[theme]\nmouse = false # no\n".to_owned(), true)
    );
    // Another place to look at: the demo.
    pty.send("v");
    pty.sees("demo broken-indexer");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
    // What was kept is looked at without a question.
    let mut pty = Pty::start(BINARY, &["--cloud-file", cloud], &home, (140, 42));
    pty.sees("rg-rag-poc");
    let words = pty.sees("● live");
    assert!(!words.contains("Where does your"), "{words}");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

/// The file before its scope, and whether the scope is the group.
fn kept(file: &Path) -> (String, bool) {
    let text = std::fs::read_to_string(file).unwrap();
    let (before, scope) = text.split_once("\n[scope]").unwrap();
    (
        before.to_owned(),
        scope.contains("resource_groups = [\"rg-rag-poc\"]"),
    )
}
