//! The inspector on a snapshot file, in a real terminal.

use std::process::Command;

use super::{BINARY, Pty, has_demo};

/// A snapshot of the demo, and its folder.
fn snapshot() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("poc.hop").to_str().unwrap().to_owned();
    let out = Command::new(BINARY)
        .args(["save", &file, "--demo", "broken-indexer"])
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    (folder, file)
}

/// The inodes of the sockets that a process holds and that lead to a network.
#[cfg(target_os = "linux")]
fn network_sockets(process: u32) -> Vec<String> {
    let held: Vec<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| {
            let link = link.to_str()?.to_owned();
            Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect();
    ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"]
        .iter()
        .filter_map(|kind| std::fs::read_to_string(format!("/proc/{process}/net/{kind}")).ok())
        .flat_map(|table| {
            let inode = |line: &str| line.split_whitespace().nth(9).map(str::to_owned);
            table.lines().skip(1).filter_map(inode).collect::<Vec<_>>()
        })
        .filter(|inode| held.contains(inode))
        .collect()
}

#[test]
fn a_snapshot_shows_every_pane_and_opens_no_socket() {
    if !has_demo() {
        return;
    }
    let (_folder, file) = snapshot();
    // Whatever goes out goes here, and nothing may.
    let trap = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", trap.local_addr().unwrap());
    let env = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"].map(|name| (name, &*proxy));
    let mut pty = Pty::start(BINARY, &["open", &file], &env, (140, 42));
    pty.sees("saved just now");
    pty.sees("offline");
    pty.sees("works ✖");
    for (key, pane) in [
        ("2", "─ Network"),
        ("3", "─ Access"),
        ("4", "─ Foundry"),
        ("5", "─ Outbound"),
        ("6", "─ Indexers"),
        ("7", "Refused lately"),
        ("9", "─ Changes"),
        ("0", "─ Findings"),
        ("-", "─ Requests"),
    ] {
        pty.send(key);
        pty.sees(pane);
    }
    pty.send("R");
    pty.sees("this is a snapshot: nothing can be read again");
    pty.send("2");
    pty.sees("─ Network");
    pty.send("y");
    pty.sees("\"properties\": {");
    #[cfg(target_os = "linux")]
    {
        let process = pty.child.process_id().unwrap();
        assert_eq!(network_sockets(process), Vec::<String>::new());
    }
    assert!(trap.accept().is_err(), "something was sent");
    pty.send("\x1b");
    pty.until("the JSON to close", |screen| {
        !screen.contents().contains("\"properties\": {")
    });
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn what_is_on_the_screen_is_saved_under_the_name_that_is_typed() {
    if !has_demo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.hop");
    let name = file.to_str().unwrap();
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("● live");
    pty.send("S");
    pty.sees("save as hopscope-");
    pty.send(name);
    pty.send("\r");
    pty.sees("saved: hopscope open");
    pty.send("S");
    pty.sees("save as hopscope-");
    pty.send(name);
    pty.send("\r");
    pty.sees("is there already");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
    let mut pty = Pty::start(BINARY, &["open", name], &[], (140, 42));
    pty.sees("offline");
    pty.sees("works ✖");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn two_snapshots_are_compared_as_diff_compares_them_and_one_is_opened_over_another() {
    if !has_demo() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| {
        Command::new(BINARY)
            .args(arguments)
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
            .output()
            .unwrap()
    };
    let (mended, shut) = (path("mended.hop"), path("shut.hop"));
    assert!(
        run(&["save", &mended, "--demo", "key-in-skill:mended"])
            .status
            .success()
    );
    assert!(
        run(&["save", &shut, "--demo", "key-in-skill"])
            .status
            .success()
    );
    let bytes = std::fs::read(&shut).unwrap();
    std::fs::write(path("cut.hop"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(path("other.hop"), "no snapshot").unwrap();
    let said = run(&["diff", &mended, &shut]);
    assert_eq!(said.status.code(), Some(1));
    let said = String::from_utf8(said.stdout).unwrap();

    let mut pty = Pty::start(BINARY, &["open", &shut], &[], (140, 42));
    pty.sees("works ✖");
    pty.send("D");
    pty.sees("what was opened  shown");
    let list = pty.sees("cut.hop  it is cut off");
    assert!(list.contains("mended.hop"), "{list}");
    assert!(!list.contains("other.hop"), "{list}");
    // The one that is chosen, and what is shown.
    pty.send("jjD");
    pty.sees("What differs");
    pty.sees("open → shut");
    pty.sees("a key is presented");
    pty.send("c");
    pty.sees("copied comparison");
    assert_eq!(
        pty.copied(),
        said,
        "the screen and the command tell two truths"
    );
    // Two that are marked: the earlier one comes first, whichever was marked first.
    pty.send("\x1b");
    pty.sees("Compare: mark two");
    pty.send("j j D");
    pty.sees("mended.hop  ");
    pty.sees("What differs");
    pty.send("\x1b");
    pty.sees("Compare: mark two");
    pty.send("jj\r");
    pty.sees("opened mended.hop");
    pty.sees("works ✔");
    pty.send("R");
    pty.sees("this is a snapshot: nothing can be read again");
    pty.send("D");
    pty.sees("mended.hop  shown");
    pty.send("\r");
    pty.sees("back to what is read");
    pty.sees("works ✖");
    #[cfg(target_os = "linux")]
    {
        let process = pty.child.process_id().unwrap();
        assert_eq!(network_sockets(process), Vec::<String>::new());
    }
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn p_masks_while_the_program_goes_on_and_keeps_the_pane() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("● live");
    pty.send("2");
    pty.sees("─ Network");
    pty.sees("stragdev");
    pty.send("pp");
    pty.sees("masked: all");
    pty.sees("storage-A");
    let shown = pty.until("no name on the screen", |screen| {
        !screen.contents().contains("stragdev")
    });
    assert!(shown.contains("─ Network"), "{shown}");
    assert!(!shown.contains("contoso"), "{shown}");
    pty.send("p");
    pty.sees("nothing is masked");
    pty.sees("stragdev");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}
