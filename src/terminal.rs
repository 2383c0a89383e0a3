//! Entering and leaving the terminal, whatever happens.
//!
//! Must not know the screen, and nothing of ours. [`Guard`] leaves when it is dropped, the panic
//! hook leaves before it prints, [`listen`] turns signals into words that the loop understands.
//! Leaving twice does nothing the second time.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Whether the terminal is ours now. One process has one terminal.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Why there is no screen to be had.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Input or output is a file or a pipe.
    #[error(
        "{what} is not a terminal, so there is nothing to draw on; `hopscope check` prints the same \
         findings as text or JSON"
    )]
    NotATerminal {
        /// Which end.
        what: &'static str,
    },
    /// The terminal refused.
    #[error("the terminal cannot be set up")]
    Io(#[from] io::Error),
}

/// The exit code for a screen that is not a terminal: it is a wrong use, not a failure.
pub const NOT_A_TERMINAL: u8 = 2;

/// Whether there is a screen to be had at all; to be asked before anything is started for it.
pub fn require() -> Result<(), TerminalError> {
    check(io::stdin().is_terminal(), io::stdout().is_terminal())
}

/// Holds the terminal; gives it back when dropped.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, and the mouse when wanted.
    /// The panic hook that gives it back is installed first.
    pub fn enter(mouse: bool) -> Result<Self, TerminalError> {
        require()?;
        install_panic_hook();
        let guard = Self(());
        enter(mouse)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // There is nobody left to tell when even this fails.
        let _ = leave();
    }
}

fn check(input: bool, output: bool) -> Result<(), TerminalError> {
    let what = match (input, output) {
        (true, true) => return Ok(()),
        (_, false) => "the output",
        (false, true) => "the input",
    };
    Err(TerminalError::NotATerminal { what })
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        Hide
    )?;
    set_mouse(mouse)
}

/// Gives the terminal back as it was. Does nothing when it is not ours.
pub fn leave() -> io::Result<()> {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let shown = execute!(
        io::stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    // Raw mode is left even when the screen could not be told.
    disable_raw_mode().and(shown)
}

/// Takes the mouse, or gives it back to the terminal.
pub fn set_mouse(on: bool) -> io::Result<()> {
    if on {
        execute!(io::stdout(), EnableMouseCapture)
    } else {
        execute!(io::stdout(), DisableMouseCapture)
    }
}

/// Restores first and prints then: a message in the alternate screen would vanish with it.
fn install_panic_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.swap(true, Ordering::SeqCst) {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let ours = ENTERED.load(Ordering::SeqCst);
        let _ = leave();
        before(info);
        if ours {
            // A task that panics leaves the loop running without a terminal to draw on: the whole
            // program ends here, with the code that a panic has everywhere.
            let _ = writeln!(
                io::stderr(),
                "hopscope has stopped because of a mistake of its own. It only reads: nothing was \
                 changed in Azure. Please report the lines above."
            );
            std::process::exit(101);
        }
    }));
}

/// Whether a shell waits to take the terminal: not when the program was started in its place.
#[cfg(unix)]
pub fn can_suspend() -> bool {
    let session = rustix::process::getsid(None).ok();
    session != Some(rustix::process::getpgrp())
}

/// Gives the terminal back and stops the process group, as ctrl-z does everywhere. SIGTSTP is
/// listened to ([`listen`]), so it is SIGSTOP that stops. [`resume`] takes the terminal again.
#[cfg(unix)]
pub fn suspend() -> io::Result<()> {
    leave()?;
    io::stdout().flush()?;
    rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
    Ok(())
}

/// There is no job control to hand the terminal to.
#[cfg(not(unix))]
pub fn can_suspend() -> bool {
    false
}

/// There is no job control to hand the terminal to.
#[cfg(not(unix))]
pub fn suspend() -> io::Result<()> {
    Ok(())
}

/// Takes the terminal again after the process was continued, whatever the shell did to it.
pub fn resume(mouse: bool) -> io::Result<()> {
    // A shell that stopped us without asking has changed the modes behind our back.
    leave()?;
    enter(mouse)
}

/// Puts a text on the clipboard of whoever sits before the terminal (OSC 52): it works over SSH.
/// Whether the terminal allows it cannot be known.
pub fn copy(out: &mut impl Write, text: &str) -> io::Result<()> {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

/// Opens a link in the browser without waiting for it. False when there is none to be had: over SSH,
/// or without a display.
pub fn open_url(url: &str) -> bool {
    let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let Some(opener) = opener(variable) else {
        return false;
    };
    // Only a plain link is handed to another program.
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return false;
    }
    let child = std::process::Command::new(opener)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    match child {
        Ok(mut child) => {
            // Someone has to wait for it, or it stays as a zombie.
            std::thread::spawn(move || {
                let _ = child.wait();
            });
            true
        }
        Err(_) => false,
    }
}

fn opener(variable: impl Fn(&str) -> bool) -> Option<&'static str> {
    if variable("SSH_CONNECTION") || variable("SSH_TTY") {
        return None;
    }
    if cfg!(target_os = "macos") {
        Some("open")
    } else if cfg!(windows) {
        Some("explorer")
    } else {
        (variable("DISPLAY") || variable("WAYLAND_DISPLAY")).then_some("xdg-open")
    }
}

/// What signals tell the loop.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// SIGTERM or SIGHUP: leave.
    pub stop: CancellationToken,
    /// SIGTSTP: give the terminal back and stop.
    pub suspend: Arc<Notify>,
    /// SIGCONT: the process goes on.
    pub continued: Arc<Notify>,
}

/// Listens to signals from now on.
///
/// # Errors
/// When the signals cannot be listened to.
#[cfg(unix)]
pub fn listen(signals: &Signals) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut stopped = signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?;
    let mut continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
    let signals = signals.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = term.recv() => break,
                _ = hangup.recv() => break,
                _ = stopped.recv() => signals.suspend.notify_one(),
                _ = continued.recv() => signals.continued.notify_one(),
            }
        }
        signals.stop.cancel();
    });
    Ok(())
}

/// Listens for the console being closed.
///
/// # Errors
/// Never here.
#[cfg(not(unix))]
pub fn listen(signals: &Signals) -> io::Result<()> {
    let stop = signals.stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_terminal_is_told_where_to_go() {
        assert!(check(true, true).is_ok());
        for (input, output, word) in [(true, false, "output"), (false, true, "input")] {
            let message = check(input, output).unwrap_err().to_string();
            assert!(
                message.contains(word) && message.contains("hopscope check"),
                "{message}"
            );
        }
    }

    #[test]
    fn the_clipboard_gets_the_whole_text() {
        let mut out = Vec::new();
        copy(&mut out, "/subscriptions/s").unwrap();
        assert_eq!(out, b"\x1b]52;c;L3N1YnNjcmlwdGlvbnMvcw==\x07");
    }

    #[test]
    fn only_a_plain_link_is_opened_and_only_where_a_browser_can_be() {
        assert!(!open_url("file:///etc/passwd"));
        assert_eq!(opener(|name| name == "SSH_TTY"), None);
    }

    #[test]
    fn leaving_a_terminal_that_is_not_ours_does_nothing() {
        assert!(leave().is_ok());
    }
}
