//! The loop: input, news and the clock come in, frames go out, effects are carried out.
//!
//! Input, clock and backend are parameters, so that a test drives the whole program. The first frame
//! is drawn before anything else happens; after it a frame is drawn only when something has changed,
//! at most thirty times a second. Must not know Azure: news comes as [`Update`]s, wishes leave as
//! [`Ask`]s.

pub mod files;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crossterm::event::Event;
use futures::{Stream, StreamExt};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::{Position, Rect};
use time::OffsetDateTime;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use crate::analysis::hop::Judgement;
use crate::analysis::hops;
use crate::model::ask::Ask;
use crate::store::file::Found;
use crate::store::{Inventory, Snapshot, Store, Update};
use crate::terminal::Signals;

use super::effect::{Effect, Outcome};
use super::overlays::json::{Lines, lay};
use super::view::{Masked, View};

use files::{Opened, Told};

/// The least time between two frames: thirty a second.
const FRAME: Duration = Duration::from_millis(33);
/// How many pieces of news are taken between two looks at the keys.
const BATCH: usize = 64;
/// From how many ledger-free items on the joining of a snapshot leaves the loop.
const LARGE: usize = 2_000;

/// What the loop needs of the machine beyond cells: a test has one of its own.
pub trait Host {
    /// Events of the terminal.
    type Input: Stream<Item = io::Result<Event>> + Unpin;

    /// A new stream of events. The old one has been dropped: a stream that lives on would take the
    /// keys that are meant for the shell.
    fn input(&mut self) -> Self::Input;

    /// Whether a shell waits to take the terminal.
    fn can_suspend(&self) -> bool;

    /// Gives the terminal back and stops the process.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal again, as the process goes on.
    fn resume(&mut self, mouse: bool) -> io::Result<()>;

    /// Takes the mouse, or gives it back.
    fn mouse(&mut self, on: bool) -> io::Result<()>;

    /// Puts a text on the clipboard. The sentence says how sure that is.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Opens a link without waiting. False when there is nothing to open it with.
    fn open_url(&mut self, url: &str) -> bool;
}

/// The clock on the wall.
pub struct Clock {
    now: Box<dyn Fn() -> OffsetDateTime + Send>,
}

impl Clock {
    /// The machine's own.
    pub fn of_the_machine() -> Self {
        Self {
            now: Box::new(OffsetDateTime::now_utc),
        }
    }

    /// A clock that starts at a time and goes with the runtime's own, which a test can pause.
    pub fn starting_at(start: OffsetDateTime) -> Self {
        let began = Instant::now();
        Self {
            now: Box::new(move || start + began.elapsed()),
        }
    }

    /// The time.
    pub fn now(&self) -> OffsetDateTime {
        (self.now)()
    }
}

/// The loop's ends towards the rest of the program.
pub struct Ends {
    /// News from the fetchers.
    pub updates: mpsc::Receiver<Update>,
    /// Wishes to them.
    pub asks: mpsc::UnboundedSender<Ask>,
    /// What signals say.
    pub signals: Signals,
    /// Where the snapshot lies that was opened: others are looked for there, too.
    pub folder: Option<PathBuf>,
    /// Called once, when the first frame is on the screen.
    pub on_first_frame: Option<Box<dyn FnOnce() + Send>>,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The person left.
    Quit,
    /// The person wants the embedded Azure instead.
    Demo,
    /// A signal asked for it.
    Stopped,
    /// The terminal went away.
    InputClosed,
}

/// Something that was made on another thread.
///
/// Each but a sentence comes with the epoch of masking in which it was asked for: what is of another one
/// is dropped, as it may hold what is masked by now.
enum Made {
    Lines(u64, Lines),
    Masked(Box<Masked>),
    Inventory(Box<Inventory>),
    Judgement(u64, Judgement),
    Found(Vec<Found>),
    Opened(Box<Result<Opened, String>>),
    Compared(Box<Result<Told, String>>),
    Said(String),
}

/// Everything that one turn of the loop works on.
struct Turn<'a, B: Backend, H: Host> {
    terminal: &'a mut Terminal<B>,
    host: &'a mut H,
    view: &'a mut View,
    store: Store,
    asks: mpsc::UnboundedSender<Ask>,
    made: mpsc::UnboundedSender<(u64, Made)>,
    joining: bool,
    judging: bool,
    /// What a file holds that is shown in the place of what is read.
    opened: Option<Snapshot>,
    /// Where snapshots are looked for.
    folders: Vec<PathBuf>,
}

/// Runs until someone or something ends it.
///
/// # Errors
/// When the terminal cannot be drawn on or set up again.
pub async fn run<B, H>(
    terminal: &mut Terminal<B>,
    host: &mut H,
    view: &mut View,
    clock: &Clock,
    mut ends: Ends,
) -> io::Result<Exit>
where
    B: Backend,
    B::Error: Into<io::Error>,
    H: Host,
{
    let (made, mut makings) = mpsc::unbounded_channel();
    let mut turn = Turn {
        terminal,
        host,
        view,
        store: Store::new(),
        asks: ends.asks,
        made,
        joining: false,
        judging: false,
        opened: None,
        folders: vec![PathBuf::from(".")],
    };
    turn.folders.extend(ends.folder.take());
    turn.view.tick(clock.now());
    turn.draw()?;
    if let Some(first) = ends.on_first_frame.take() {
        first();
    }
    let mut input = Some(turn.host.input());
    let mut next_frame = Instant::now() + FRAME;
    let mut ticks = tokio::time::interval_at(
        Instant::now() + Duration::from_secs(1),
        Duration::from_secs(1),
    );
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut batch = Vec::with_capacity(BATCH);
    let (mut dirty, mut open) = (false, true);
    loop {
        if dirty && Instant::now() >= next_frame {
            turn.view.tick(clock.now());
            turn.draw()?;
            (dirty, next_frame) = (false, Instant::now() + FRAME);
        }
        let events = match &mut input {
            Some(events) => events,
            none => none.insert(turn.host.input()),
        };
        tokio::select! { biased;
            () = ends.signals.stop.cancelled() => return Ok(Exit::Stopped),
            () = ends.signals.suspend.notified() => {
                input = None;
                turn.suspend(&ends.signals.continued).await?;
                dirty = true;
            }
            () = ends.signals.continued.notified() => {
                // Someone stopped us without asking: the terminal is not as it was left.
                turn.resume()?;
                dirty = true;
            }
            event = events.next() => {
                let Some(Ok(event)) = event else { return Ok(Exit::InputClosed) };
                turn.view.tick(clock.now());
                let outcome = turn.view.on_event(&event);
                if outcome.effects.contains(&Effect::Suspend) {
                    // The stream would take the keys that are meant for the shell.
                    input = None;
                    turn.suspend(&ends.signals.continued).await?;
                }
                dirty |= outcome.dirty;
                if let Some(exit) = turn.act(outcome)? {
                    return Ok(exit);
                }
            }
            Some((epoch, making)) = makings.recv() => {
                turn.take(epoch, making);
                dirty = true;
            }
            count = ends.updates.recv_many(&mut batch, BATCH), if open => {
                open = count > 0;
                for update in batch.drain(..) {
                    dirty |= turn.store.apply(update);
                }
            }
            () = sleep_until(next_frame), if dirty => {}
            _ = ticks.tick() => {
                turn.view.tick(clock.now());
                dirty = true;
            }
        }
    }
}

impl<B, H> Turn<'_, B, H>
where
    B: Backend,
    B::Error: Into<io::Error>,
    H: Host,
{
    /// Draws one frame of what the store holds now.
    fn draw(&mut self) -> io::Result<()> {
        let (snapshot, work) = self.view.mask(self.current());
        let epoch = self.view.epoch();
        if let Some(work) = work {
            let made = self.made.clone();
            tokio::task::spawn_blocking(move || {
                // The loop may have ended; then nobody needs it.
                let _ = made.send((epoch, Made::Masked(Box::new(work.run()))));
            });
        }
        let known = self.view.inventory_revision();
        let mut inventory = None;
        if snapshot.revision() != known && !self.joining {
            let items: usize = snapshot
                .slices()
                .map(|(_, slice)| slice.value.as_ref().map_or(0, |value| value.len()))
                .sum();
            if items < LARGE {
                inventory = Some(Inventory::build(&snapshot));
            } else {
                self.joining = true;
                let (snapshot, made) = (snapshot.clone(), self.made.clone());
                tokio::task::spawn_blocking(move || {
                    let inventory = Box::new(Inventory::build(&snapshot));
                    // The loop may have ended; then nobody needs it.
                    let _ = made.send((epoch, Made::Inventory(inventory)));
                });
            }
        }
        self.view.take(snapshot, inventory);
        self.judge();
        let size = self.terminal.size().map_err(Into::into)?;
        self.view.resize(Rect::from((Position::ORIGIN, size)));
        for effect in self.view.prepare() {
            if let Effect::Ask(ask) = effect {
                let _ = self.asks.send(ask);
            }
        }
        let mut drawn = super::cx::Drawn::default();
        let view = &mut *self.view;
        self.terminal
            .draw(|frame| {
                view.resize(frame.area());
                drawn = view.draw(frame.area(), frame.buffer_mut());
            })
            .map_err(Into::into)?;
        self.view.keep(drawn);
        Ok(())
    }

    /// Has the newest inventory judged on another thread, one at a time: what is newer by the time
    /// it is ready comes next, and the last judgement is shown meanwhile.
    fn judge(&mut self) {
        if self.judging {
            return;
        }
        let Some((inventory, judging, now)) = self.view.unjudged() else {
            return;
        };
        self.judging = true;
        let epoch = self.view.epoch();
        let made = self.made.clone();
        tokio::task::spawn_blocking(move || {
            let judgement = hops::judge(&inventory, &judging, now);
            let revision = inventory.snapshot().revision();
            // The loop may have ended; then nobody needs it.
            let _ = made.send((epoch, Made::Judgement(revision, judgement)));
        });
    }

    /// Stops the process, and takes the terminal again when it goes on.
    async fn suspend(&mut self, continued: &Notify) -> io::Result<()> {
        if !self.host.can_suspend() {
            self.view.say("no shell waits for the terminal: q leaves");
            return Ok(());
        }
        self.host.suspend()?;
        // The signal may reach another thread first: without waiting, the terminal would be taken
        // again before the process stops.
        let word = || tokio::time::timeout(Duration::from_millis(500), continued.notified());
        if word().await.is_err() {
            // The time may have run out while everything stood still, before the signal was told.
            // Told later, it would take the terminal a second time, and a key typed by then is lost.
            let _ = word().await;
        }
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        self.host.resume(self.view.wants_mouse())?;
        self.repaint()
    }

    /// Makes the next frame draw every cell. `Terminal::clear` would ask the terminal where its
    /// cursor is and wait for an answer, which fights the stream of events for the input.
    fn repaint(&mut self) -> io::Result<()> {
        let size = self.terminal.size().map_err(Into::into)?;
        let area = Rect::from((Position::ORIGIN, size));
        self.terminal.resize(area).map_err(Into::into)
    }

    fn take(&mut self, epoch: u64, made: Made) {
        let is_current = epoch == self.view.epoch();
        match made {
            Made::Lines(ticket, lines) if is_current => self.view.laid(ticket, lines),
            Made::Masked(masked) if is_current => self.view.masked_as(*masked),
            Made::Compared(told) if is_current => self.view.compared(*told),
            // What was made under another level may hold what is masked by now.
            Made::Lines(..) | Made::Masked(_) | Made::Compared(_) => {}
            Made::Inventory(inventory) => {
                self.joining = false;
                if is_current {
                    self.view.join(*inventory);
                }
            }
            Made::Said(words) => self.view.say(words),
            Made::Found(found) => self.view.found(found),
            Made::Opened(opened) => self.opened(*opened),
            Made::Judgement(revision, judgement) => {
                self.judging = false;
                if is_current {
                    self.view.judge(revision, judgement);
                }
            }
        }
    }

    /// Carries out what an event asks for. Says how the loop is to end, when it is.
    fn act(&mut self, outcome: Outcome) -> io::Result<Option<Exit>> {
        for effect in outcome.effects {
            match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Demo => return Ok(Some(Exit::Demo)),
                Effect::Ask(_) if self.opened.is_some() => {
                    self.view
                        .say("this is a snapshot: nothing can be read again");
                }
                Effect::Ask(ask) => {
                    if self.asks.send(ask).is_err() {
                        self.view
                            .say("nothing reads any more: leave with q and start again");
                    }
                }
                Effect::Say(words) => self.view.say(words),
                Effect::Jump { panes, ids } => self.view.jump(&panes, &ids),
                Effect::Save(name) => self.save(name),
                Effect::Snapshots => self.find_snapshots(),
                Effect::Open(which) => self.open(which),
                Effect::Compare(one, other) => self.compare(one, other),
                Effect::KeepScope(scope) => self.keep_scope(scope),
                Effect::Mouse(on) => self.host.mouse(on)?,
                Effect::Copy { label, text } => match self.host.copy(&text) {
                    Ok(()) => self.view.say(format!("copied {label}")),
                    Err(error) => self.view.say(format!("not copied: {error}")),
                },
                Effect::OpenUrl(url) => {
                    if self.host.open_url(&url) {
                        self.view.say("opened in the browser");
                    } else {
                        self.view.say(url);
                    }
                }
                // The loop has done it: the stream of events had to be dropped before.
                Effect::Suspend => {}
                Effect::Redraw => self.repaint()?,
                Effect::Report(name) => self.report(name),
                Effect::Lay { ticket, raw } => {
                    let (epoch, made) = (self.view.epoch(), self.made.clone());
                    tokio::task::spawn_blocking(move || {
                        let _ = made.send((epoch, Made::Lines(ticket, lay(&raw))));
                    });
                }
            }
        }
        Ok(None)
    }
}
