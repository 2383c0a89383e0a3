//! The real screen: the loop of [`super::app`] on the process's own terminal.
//!
//! What a command calls: it makes the fetchers and the channels, and hands their ends here.

use std::io;

use crossterm::event::EventStream;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::terminal::{self, Guard, TerminalError};

use super::app::{Clock, Ends, Exit, Host, run};
use super::view::{Setup, View};

/// The process's own terminal.
struct Real;

impl Host for Real {
    type Input = EventStream;

    fn input(&mut self) -> EventStream {
        EventStream::new()
    }

    fn can_suspend(&self) -> bool {
        terminal::can_suspend()
    }

    fn suspend(&mut self) -> io::Result<()> {
        terminal::suspend()
    }

    fn resume(&mut self, mouse: bool) -> io::Result<()> {
        terminal::resume(mouse)
    }

    fn mouse(&mut self, on: bool) -> io::Result<()> {
        terminal::set_mouse(on)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        terminal::copy(&mut io::stdout(), text)
    }

    fn open_url(&mut self, url: &str) -> bool {
        terminal::open_url(url)
    }
}

/// Opens the screen and runs it to its end. The terminal is as it was when this returns.
///
/// # Errors
/// When input or output is no terminal, or the terminal fails.
pub async fn inspect(setup: Setup, mut ends: Ends) -> Result<Exit, TerminalError> {
    arm_crash(&mut ends);
    let mut view = View::new(setup);
    let guard = Guard::enter(view.wants_mouse())?;
    terminal::listen(&ends.signals)?;
    let mut screen = Terminal::new(CrosstermBackend::new(io::BufWriter::new(io::stdout())))?;
    let clock = Clock::of_the_machine();
    let exit = run(&mut screen, &mut Real, &mut view, &clock, ends).await;
    drop(guard);
    Ok(exit?)
}

/// Debug builds can be made to panic behind their first frame: a test sees that the terminal comes
/// back whole.
#[cfg(debug_assertions)]
fn arm_crash(ends: &mut Ends) {
    if std::env::var_os("HOPSCOPE_TEST_PANIC").is_none() {
        return;
    }
    let first = ends.on_first_frame.take();
    ends.on_first_frame = Some(Box::new(move || {
        if let Some(first) = first {
            first();
        }
        panic!("asked to by HOPSCOPE_TEST_PANIC");
    }));
}

/// Only debug builds can be made to panic.
#[cfg(not(debug_assertions))]
fn arm_crash(_: &mut Ends) {}
