//! The program in a real terminal: start to first paint, navigate, resize, suspend, quit, crash,
//! signals. Nothing here sleeps: every step waits for what is on the screen.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail like tests; a skipped test says why"
)]

#[path = "pty/clouds.rs"]
mod clouds;
#[path = "pty/snapshots.rs"]
mod snapshots;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const BINARY: &str = env!("CARGO_BIN_EXE_hopscope");
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether this build has a demo to show; a build without one has nothing to be tested here.
fn has_demo() -> bool {
    let listed = Command::new(BINARY).args(["demo", "--list"]).output();
    let has =
        listed.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("broken-indexer"));
    if !has {
        println!("skipped: this build of hopscope has no `demo` command");
    }
    has
}

type Screen = Arc<(Mutex<(vt100::Parser<Clipboard>, bool)>, Condvar)>;

/// What the program put on the terminal's clipboard last.
#[derive(Default)]
struct Clipboard(Option<String>);

impl vt100::Callbacks for Clipboard {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        let bytes = base64::engine::general_purpose::STANDARD.decode(data);
        self.0 = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    }
}

/// A program in a terminal of its own.
struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Screen,
}

impl Pty {
    fn start(
        program: &str,
        args: &[&str],
        env: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LC_ALL", "C.UTF-8"),
            // Nobody's own config and keymap.
            ("HOME", env!("CARGO_TARGET_TMPDIR")),
            ("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")),
        ] {
            command.env(name, value);
        }
        for name in ["NO_COLOR", "HOPSCOPE_TEST_PANIC"] {
            command.env_remove(name);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Clipboard::default());
        let screen: Screen = Arc::new((Mutex::new((parser, false)), Condvar::new()));
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                seen.0.lock().unwrap().0.process(&bytes[..count]);
                seen.1.notify_all();
            }
            seen.0.lock().unwrap().1 = true;
            seen.1.notify_all();
        });
        Self {
            master: Some(pair.master),
            writer,
            child,
            screen,
        }
    }

    fn demo(env: &[(&str, &str)], size: (u16, u16)) -> Self {
        Self::start(BINARY, &["demo"], env, size)
    }

    /// Waits until the screen is as it should be, and returns its words.
    fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> String {
        let began = Instant::now();
        let (lock, news) = &*self.screen;
        let mut state = lock.lock().unwrap();
        loop {
            let screen = state.0.screen();
            if holds(screen) {
                return screen.contents();
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            assert!(
                !left.is_zero(),
                "it never came to: {what}\n{}",
                screen.contents()
            );
            state = news.wait_timeout(state, left).unwrap().0;
        }
    }

    /// What was copied, as soon as something was.
    fn copied(&self) -> String {
        let (lock, news) = &*self.screen;
        let waited = news
            .wait_timeout_while(lock.lock().unwrap(), PATIENCE, |state| {
                state.0.callbacks().0.is_none()
            })
            .unwrap();
        let copied = waited.0.0.callbacks().0.clone();
        copied.expect("nothing was copied")
    }

    fn sees(&self, words: &str) -> String {
        self.until(words, |screen| screen.contents().contains(words))
    }

    fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.screen
            .0
            .lock()
            .unwrap()
            .0
            .screen_mut()
            .set_size(rows, columns);
        self.master
            .as_ref()
            .unwrap()
            .resize(size(columns, rows))
            .unwrap();
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits for the end; the terminal has to be as it was.
    fn ends(mut self) -> (u32, String) {
        let (lock, news) = &*self.screen;
        let state = lock.lock().unwrap();
        let (state, waited) = news
            .wait_timeout_while(state, PATIENCE, |(_, over)| !*over)
            .unwrap();
        assert!(
            !waited.timed_out(),
            "it does not end:\n{}",
            state.0.screen().contents()
        );
        let screen = state.0.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown again");
        assert!(!screen.bracketed_paste(), "pastes are plain again");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let words = screen.contents();
        drop(state);
        (self.child.wait().unwrap().exit_code(), words)
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

#[test]
fn starts_paints_and_quits() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (140, 42));
    let words = pty.sees("hopscope");
    assert!(words.contains("2 Network"), "{words}");
    pty.until("the alternate screen", vt100::Screen::alternate_screen);
    pty.sees("● live");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn ctrl_c_quits_like_q() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (80, 24));
    pty.sees("2 Network");
    pty.send("\x03");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn navigates_between_panes_and_boxes() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("● live");
    // The first screen leads to the cause and the command without a key.
    pty.sees("works ✖");
    pty.sees("indexer-to-storage");
    pty.sees("az storage account network-rule add");
    pty.send("2");
    pty.sees("─ Network");
    pty.send("3");
    pty.sees("─ Access");
    pty.send("?");
    pty.sees("Keys on Access");
    pty.send("\x1b");
    pty.until("the help to close", |screen| {
        !screen.contents().contains("Keys on Access")
    });
    pty.send(":requests\r");
    pty.sees("─ Requests");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

/// What `check` says of the demo: the hop that is shut first, its gate, and the command for it.
fn checked() -> (String, String, Vec<String>, String) {
    let out = Command::new(BINARY)
        .args(["check", "--demo", "--format", "json"])
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1), "a hop is shut");
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let is_shut = |one: &&serde_json::Value| one["verdict"] == "shut";
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let hops = list(&report["hops"]);
    let hop = hops.iter().find(is_shut).expect("a hop that is shut");
    let gates = list(&hop["gates"]);
    let gate = gates.iter().find(is_shut).expect("a gate that is shut");
    let paths = list(&gate["evidence"])
        .iter()
        .map(|one| one["path"].as_str().unwrap().to_owned())
        .collect();
    let remedies = list(&gate["remedies"]);
    let remedy = remedies.iter().find(|one| one["tool"] == "az");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (
        text(&hop["kind"]),
        text(&gate["gate"]),
        paths,
        text(&remedy.expect("a command")["text"]),
    )
}

#[test]
fn a_newcomer_is_led_to_the_cause_and_the_command_in_three_keys_and_check_says_the_same() {
    if !has_demo() {
        return;
    }
    let (kind, gate, paths, command) = checked();
    assert!(
        paths
            .iter()
            .any(|path| path.ends_with("networkAcls.bypass"))
    );
    // With room for it, the first screen says it all; one key takes the command along.
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("● live");
    let words = pty.sees(&command[..command.find(" --").unwrap()]);
    for said in [
        kind.clone(),
        format!("✖ shut   {gate} gate"),
        format!("✖ {gate}"),
    ] {
        assert!(words.contains(&said), "{said} in {words}");
    }
    let proves = |line: &str| {
        let value = line.split_once("networkAcls.bypass ").map(|(_, rest)| rest);
        value.is_some_and(|rest| rest.trim_start().starts_with("None"))
    };
    assert!(words.lines().any(proves), "the property in {words}");
    pty.send("c");
    assert_eq!(pty.copied(), command);
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
    // On the smallest screen: into the hop, a page down to the command, copy.
    let mut pty = Pty::demo(&[], (80, 24));
    pty.sees("● live");
    pty.send("\r");
    pty.sees(&format!("✖ {gate}"));
    pty.sees("networkAcls.bypass");
    pty.send("\x1b[6~");
    pty.sees(&command[..command.find(" --").unwrap()]);
    pty.send("c");
    assert_eq!(pty.copied(), command);
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn a_pasted_message_is_explained_and_leads_to_the_hop() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("● live");
    pty.send("0");
    pty.sees("─ Findings");
    // A terminal wraps a paste in marks: its line ends press no key.
    pty.send("\x1b[200~HTTP 403\r\n{ \"error\": \"This request is not authorized to perform this operation.\" }\x1b[201~");
    pty.sees("M06");
    pty.sees("configuration says the same");
    pty.send("\r");
    pty.sees("indexer-to-storage");
    pty.sees("─ Hops");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn follows_the_size_of_the_window() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (140, 42));
    pty.sees("q quit");
    for (columns, rows) in [(80, 24), (200, 60), (100, 30)] {
        pty.resize(columns, rows);
        pty.until("the footer in the last row", |screen| {
            let last = screen.rows(0, columns).nth(usize::from(rows) - 1);
            last.is_some_and(|row| row.contains("q quit"))
        });
    }
    pty.resize(40, 12);
    pty.sees("needs 60 columns");
    pty.resize(80, 24);
    pty.sees("2 Network");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn suspends_to_the_shell_and_comes_back() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::start(
        "bash",
        &["--norc", "--noprofile", "-i"],
        &[("PS1", "ready> ")],
        (100, 30),
    );
    pty.sees("ready>");
    pty.send(&format!("'{BINARY}' demo\n"));
    pty.until("the first frame", |screen| {
        screen.alternate_screen() && screen.contents().contains("2 Network")
    });
    pty.send("\x1a");
    pty.until("the shell", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Stopped")
    });
    // Every key is the shell's now.
    pty.send("echo m''ine\n");
    pty.sees("mine");
    pty.send("fg\n");
    pty.until("the frame again", |screen| {
        screen.alternate_screen() && screen.contents().contains("2 Network")
    });
    pty.send("?");
    pty.sees("Keys on");
    pty.send("\x03");
    pty.until("the shell again", |screen| !screen.alternate_screen());
    pty.send("exit\n");
    pty.ends();
}

#[test]
fn ctrl_z_without_a_shell_says_so_and_goes_on() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (100, 30));
    pty.sees("2 Network");
    pty.send("\x1a");
    pty.sees("no shell waits for the terminal");
    pty.send("q");
    assert_eq!(pty.ends().0, 0);
}

#[test]
fn signals_give_the_terminal_back() {
    if !has_demo() {
        return;
    }
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::HUP] {
        let pty = Pty::demo(&[], (100, 30));
        pty.sees("2 Network");
        pty.signal(signal);
        pty.ends();
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    if !has_demo() {
        return;
    }
    let mut pty = Pty::demo(&[], (100, 30));
    pty.sees("2 Network");
    pty.master = None;
    pty.writer = Box::new(std::io::sink());
    let began = Instant::now();
    // The reader holds the last end of the terminal: the hang-up has to come by signal then.
    pty.signal(rustix::process::Signal::HUP);
    while pty.child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < PATIENCE, "it lives on without a terminal");
        std::thread::yield_now();
    }
}

#[test]
fn a_panic_restores_first_and_prints_then() {
    if !has_demo() || !cfg!(debug_assertions) {
        return;
    }
    let pty = Pty::demo(
        &[("HOPSCOPE_TEST_PANIC", "1"), ("RUST_BACKTRACE", "0")],
        (100, 30),
    );
    let (code, words) = pty.ends();
    assert_eq!(code, 101);
    assert!(words.contains("asked to by HOPSCOPE_TEST_PANIC"), "{words}");
    // In raw mode lines would not begin at the left.
    let line = words
        .lines()
        .find(|line| line.contains("mistake of its own"));
    assert!(
        line.is_some_and(|line| line.starts_with("hopscope has stopped")),
        "{words}"
    );
}

#[test]
fn without_a_terminal_it_points_to_check() {
    if !has_demo() {
        return;
    }
    let out = Command::new(BINARY)
        .arg("demo")
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    let words = String::from_utf8_lossy(&out.stderr);
    assert!(words.contains("hopscope check"), "{words}");
    assert!(!String::from_utf8_lossy(&out.stdout).contains('\u{1b}'));
}
