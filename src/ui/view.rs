//! The state of the screen: panes, the box over them, the picker, what is being typed.
//!
//! Must not do anything itself: events give an [`Outcome`] with effects, drawing gives cells. Time,
//! size and news are handed in. `act.rs` holds what actions mean to the frame, `draw.rs` the drawing.

mod act;
mod draw;
mod privacy;
mod save;
mod snapshots;
mod walk;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Size;
use time::{OffsetDateTime, UtcOffset};

use crate::analysis::changes;
use crate::analysis::hop::Judgement;
use crate::config::keymap::Keymap;
use crate::config::{Action, Settings};
use crate::model::ask::Ask;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::tour::Tour;
use crate::store::{Frame, Inventory, Snapshot};

use super::cx::{Cx, Drawn, Gesture, Pointer, Target};
use super::effect::{Effect, Outcome};
use super::input::Typed;
use super::overlays::{Next, Overlay, Step};
use super::panes::{Entry, Pane};
use super::picker::Picker;
use super::signs::Signs;
use super::theme::Theme;
use super::walk::{self as walk_keys, Walk};
use super::widgets::field::Field;

use privacy::Privacy;
pub use privacy::{Masked, Masking, Work};
use snapshots::Home;

/// How long a sentence in the footer stays.
const SAID: time::Duration = time::Duration::seconds(3);

/// What a screen is made from.
pub struct Setup {
    /// Keys, colours, signs.
    pub settings: Settings,
    /// For whom is judged.
    pub judging: Judging,
    /// The cloud's name; the public one is not shown.
    pub cloud: String,
    /// Base of the portal.
    pub portal: String,
    /// The offset of the clock on the wall.
    pub offset: UtcOffset,
    /// No news can come: a snapshot from a file, taken at `now`. Everything is shown and judged as
    /// of then.
    pub offline: bool,
    /// Nobody said where to look: begin with the picker.
    pub pick: bool,
    /// The panes, in the order of their tabs.
    pub panes: Vec<Entry>,
    /// The time at the start.
    pub now: OffsetDateTime,
    /// How what is shown can be masked.
    pub masking: Option<Masking>,
}

/// What every [`Cx`] borrows.
struct Ground {
    snapshot: Snapshot,
    inventory: Arc<Inventory>,
    judging: Judging,
    judgement: Arc<Judgement>,
    judged: Option<u64>,
    theme: Theme,
    signs: Signs,
    keymap: Keymap,
    now: OffsetDateTime,
    offset: UtcOffset,
    size: Size,
}

impl Ground {
    fn cx(&self, focused: bool) -> Cx<'_> {
        Cx {
            snapshot: &self.snapshot,
            inventory: &self.inventory,
            judging: &self.judging,
            judgement: &self.judgement,
            judged: self.judged,
            theme: &self.theme,
            signs: self.signs,
            keymap: &self.keymap,
            now: self.now,
            offset: self.offset,
            size: self.size,
            focused,
        }
    }
}

/// A pane with its line of the registry.
struct Seat {
    entry: Entry,
    pane: Box<dyn Pane>,
}

/// Where a jump began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Whence {
    /// The pane, by its seat.
    seat: usize,
    /// The explanation stood over it.
    is_explained: bool,
    /// The walk lay over it.
    is_walked: bool,
}

/// Jumps, and what they began in.
#[derive(Default)]
struct Trail {
    /// Where they began, the last one last.
    came_from: Vec<Whence>,
    /// Nothing was done since the last jump: `esc` leads back at once.
    has_jumped: bool,
    /// The explanation that a jump began in.
    kept: Option<Box<dyn Overlay>>,
    /// The next jump begins in it.
    leaves_explained: bool,
    /// The next jump begins in the walk.
    leaves_walk: bool,
    /// The message that was explained last.
    explained: String,
}

/// The screen.
pub struct View {
    ground: Ground,
    seats: Vec<Seat>,
    active: usize,
    trail: Trail,
    overlay: Option<Box<dyn Overlay>>,
    picker: Option<Picker>,
    tours: Arc<[Tour]>,
    walk: Option<Walk>,
    /// The walk, where it was left.
    parked: Option<Walk>,
    /// The filter while it is typed.
    typing: Option<Field>,
    typed: Typed,
    said: Option<(String, OffsetDateTime)>,
    earlier: VecDeque<String>,
    mouse: bool,
    /// The time, which in a snapshot is not the time of what is shown.
    clock: OffsetDateTime,
    /// When the snapshot was taken that is looked at.
    saved_at: Option<OffsetDateTime>,
    /// The name of a file while it is typed.
    naming: Option<Field>,
    privacy: Privacy,
    home: Home,
    /// The file that is shown in the place of what is read.
    file: Option<PathBuf>,
    /// Where the config file is, or would be.
    config: Option<PathBuf>,
    cloud: String,
    portal: String,
    tickets: u64,
    focus: Vec<Key>,
    /// The logs that will say who has just shut something, and do not yet.
    awaited: Vec<Key>,
    reading_since: Option<OffsetDateTime>,
    took: Option<Duration>,
    drawn: Drawn,
}

impl View {
    /// A screen before any news.
    pub fn new(setup: Setup) -> Self {
        let open = Frame {
            cloud: setup.cloud,
            portal: setup.portal,
            judging: setup.judging,
        };
        let privacy = Privacy::new(setup.masking, open, setup.now);
        let frame = privacy.first_frame();
        let settings = setup.settings;
        let seats = setup
            .panes
            .into_iter()
            .map(|entry| Seat {
                pane: (entry.make)(),
                entry,
            })
            .collect();
        Self {
            ground: Ground {
                snapshot: Snapshot::default(),
                inventory: Arc::default(),
                judging: frame.judging,
                judgement: Arc::default(),
                judged: None,
                theme: Theme::new(&settings.palette, settings.depth),
                signs: Signs {
                    ascii: settings.ascii,
                },
                keymap: settings.keymap,
                now: setup.now,
                offset: setup.offset,
                size: Size::new(0, 0),
            },
            seats,
            active: 0,
            trail: Trail::default(),
            overlay: None,
            picker: setup.pick.then(Picker::new),
            walk: settings
                .walk
                .as_deref()
                .map(|name| Walk::new(Arc::clone(&settings.tours), Some(name))),
            tours: settings.tours,
            parked: None,
            typing: None,
            typed: Typed::default(),
            said: None,
            earlier: VecDeque::new(),
            mouse: settings.mouse,
            clock: setup.now,
            saved_at: setup.offline.then_some(setup.now),
            naming: None,
            home: Home {
                frame: privacy.open().clone(),
                saved_at: setup.offline.then_some(setup.now),
                masked: privacy.masked().map(str::to_owned),
                is_picking: false,
            },
            file: None,
            privacy,
            config: settings.path,
            cloud: frame.cloud,
            portal: frame.portal,
            tickets: 0,
            focus: Vec::new(),
            awaited: Vec::new(),
            reading_since: None,
            took: None,
            drawn: Drawn::default(),
        }
    }

    /// Whether the mouse is the program's.
    pub fn wants_mouse(&self) -> bool {
        self.mouse
    }

    /// Puts this pane in front, as its digit would.
    pub fn show(&mut self, digit: char) -> Outcome {
        self.perform(Action::Screen(digit))
    }

    /// Sets the clock; true when that changes what is seen beyond the clock itself.
    pub fn tick(&mut self, now: OffsetDateTime) -> bool {
        self.clock = now;
        self.ground.now = self.saved_at.unwrap_or(now);
        let over = self.said.as_ref().is_some_and(|(_, until)| now >= *until);
        if over {
            self.said = None;
        }
        over
    }

    /// Takes the newest snapshot, and the inventory when one was made for its revision.
    pub fn take(&mut self, snapshot: Snapshot, inventory: Option<Inventory>) {
        let reading = !snapshot.is_idle() && snapshot.slices().next().is_some();
        match (reading, self.reading_since) {
            (true, None) => self.reading_since = Some(self.ground.now),
            (false, Some(since)) => {
                self.took = Duration::try_from(self.ground.now - since).ok();
                self.reading_since = None;
            }
            _ => {}
        }
        self.ground.snapshot = snapshot;
        if let Some(inventory) = inventory {
            self.join(inventory);
        }
    }

    /// Takes an inventory that was made elsewhere.
    pub fn join(&mut self, inventory: Inventory) {
        self.ground.inventory = Arc::new(inventory);
    }

    /// The revision that the inventory was made from.
    pub fn inventory_revision(&self) -> u64 {
        self.ground.inventory.snapshot().revision()
    }

    /// What is to be judged: the inventory when no judgement of its revision is shown, for whom, and
    /// as of when.
    pub fn unjudged(&self) -> Option<(Arc<Inventory>, Judging, OffsetDateTime)> {
        let revision = self.inventory_revision();
        let ground = &self.ground;
        (revision > 0 && ground.judged != Some(revision)).then(|| {
            let inventory = Arc::clone(&ground.inventory);
            (inventory, ground.judging.clone(), ground.now)
        })
    }

    /// Takes a judgement of a revision. One that is older than what is shown is dropped.
    pub fn judge(&mut self, revision: u64, judgement: Judgement) {
        if self.ground.judged.is_none_or(|shown| shown < revision) {
            self.awaited = changes::awaited(&self.ground.inventory, &judgement.hops);
            self.ground.judgement = Arc::new(judgement);
            self.ground.judged = Some(revision);
        }
    }

    /// Lets the panes take over what has changed; to be called before a frame. The effects say
    /// what the pane in front wants read first.
    pub fn prepare(&mut self) -> Vec<Effect> {
        let cx = self.ground.cx(true);
        for seat in &mut self.seats {
            seat.pane.update(&cx);
        }
        self.select_again();
        let cx = self.ground.cx(true);
        if let Some(picker) = &mut self.picker {
            picker.update(&cx);
        }
        if let Some(walk) = &mut self.walk {
            walk.update(&cx);
        }
        if let Some(overlay) = &mut self.overlay {
            overlay.update(&cx);
        }
        // A pseudonym means nothing to who reads, nor does a name out of a file.
        let is_asked = !self.is_masked() && self.saved_at.is_none();
        let mut wanted = match self.seats.get(self.active) {
            Some(seat) if self.picker.is_none() && !self.is_masked() && self.saved_at.is_none() => {
                seat.pane.keys()
            }
            _ => Vec::new(),
        };
        // Whatever pane is in front: what broke a moment ago is on every screen.
        for key in &self.awaited {
            if is_asked && !wanted.contains(key) {
                wanted.push(key.clone());
            }
        }
        if wanted == self.focus {
            return Vec::new();
        }
        self.focus.clone_from(&wanted);
        vec![Effect::Ask(Ask::Focus(wanted))]
    }

    /// Shows a sentence in the footer for three seconds.
    pub fn say(&mut self, words: impl Into<String>) {
        self.said = Some((words.into(), self.clock + SAID));
    }

    /// Lines that were laid out elsewhere.
    pub fn laid(&mut self, ticket: u64, lines: super::overlays::json::Lines) {
        if let Some(overlay) = &mut self.overlay {
            overlay.laid(ticket, lines);
        }
    }

    /// What an event means.
    pub fn on_event(&mut self, event: &Event) -> Outcome {
        match event {
            Event::Resize(..) | Event::FocusGained => Outcome::taken(true),
            Event::FocusLost => Outcome::ignored(),
            Event::Key(key) if key.kind == KeyEventKind::Release => Outcome::ignored(),
            Event::Key(key) => self.on_key(*key),
            Event::Paste(text) if self.is_masked() => self.on_open_paste(text),
            Event::Paste(text) => self.on_paste(text),
            Event::Mouse(mouse) => self.on_mouse(*mouse),
        }
    }

    /// A text that was pasted, as it may be shown.
    pub(super) fn on_paste(&mut self, text: &str) -> Outcome {
        if self.on_text(&Event::Paste(text.to_owned())) {
            Outcome::drawn()
        } else if self.overlay.is_none() {
            // Where nothing is typed, a pasted text is a message that somebody got.
            self.open_explain(text)
        } else {
            Outcome::ignored()
        }
    }

    fn on_key(&mut self, key: KeyEvent) -> Outcome {
        if self.on_text(&Event::Key(key)) {
            return Outcome::drawn();
        }
        let contexts = self.contexts();
        let before = self.typed.shown();
        match self.typed.take(&self.ground.keymap, &contexts, key) {
            Some(action) => self.perform(action),
            None => Outcome::taken(before != self.typed.shown()),
        }
    }

    /// Gives a key or a paste to the text field that is open. True when it was taken.
    fn on_text(&mut self, event: &Event) -> bool {
        let cx = self.ground.cx(false);
        if let Some(overlay) = &mut self.overlay {
            let taken = overlay.field().is_some_and(|field| field.on_event(event));
            if taken {
                overlay.on_text(&cx);
            }
            return taken;
        }
        if let Some(field) = &mut self.naming {
            return field.on_event(event);
        }
        let Some(field) = &mut self.typing else {
            return false;
        };
        if !field.on_event(event) {
            return false;
        }
        let typed = field.text().to_owned();
        self.filter(&typed);
        true
    }

    /// Hands a filter to what is in front.
    fn filter(&mut self, typed: &str) {
        match (&mut self.picker, self.seats.get_mut(self.active)) {
            (Some(picker), _) => picker.set_filter(typed),
            (None, Some(seat)) => seat.pane.set_filter(typed),
            (None, None) => {}
        }
    }

    /// Where keys are looked up now, the first one first.
    fn contexts(&self) -> Vec<&'static str> {
        if let Some(overlay) = &self.overlay {
            return vec![overlay.context(), "global"];
        }
        if self.typing.is_some() || self.naming.is_some() {
            return vec!["filter", "global"];
        }
        if self.picker.is_some() {
            return vec!["picker", "global"];
        }
        if self.walk.is_some() {
            return vec![walk_keys::CONTEXT, "global"];
        }
        match self.seats.get(self.active) {
            Some(seat) => vec![seat.entry.context, "global"],
            None => vec!["global"],
        }
    }

    fn on_mouse(&mut self, mouse: MouseEvent) -> Outcome {
        let what = match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => Gesture::Click,
            MouseEventKind::ScrollUp => Gesture::WheelUp,
            MouseEventKind::ScrollDown => Gesture::WheelDown,
            _ => return Outcome::ignored(),
        };
        let Some(hit) = self.drawn.at(mouse.column, mouse.row) else {
            return Outcome::ignored();
        };
        let (part, top) = match &hit.target {
            Target::Screen(digit) if what == Gesture::Click => {
                return self.perform(Action::Screen(*digit));
            }
            Target::Screen(_) => return Outcome::ignored(),
            Target::Id(id) => {
                let id = id.clone();
                if let (Some(walk), None) = (&mut self.walk, &self.picker) {
                    return Outcome::taken(what == Gesture::Click && walk.select(&id));
                }
                let Some(seat) = self.seats.get_mut(self.active) else {
                    return Outcome::ignored();
                };
                return Outcome::taken(what == Gesture::Click && seat.pane.select(&id));
            }
            Target::Part { part, top } => (*part, *top),
        };
        let pointer = Pointer {
            part,
            line: top + usize::from(mouse.row - hit.area.y),
            what,
        };
        let cx = self.ground.cx(self.overlay.is_none());
        if let Some(overlay) = &mut self.overlay {
            let step = overlay.on_pointer(&pointer, &cx);
            return self.follow(step);
        }
        if let Some(picker) = &mut self.picker {
            return picker.on_pointer(&pointer);
        }
        if let Some(walk) = &mut self.walk {
            return walk.on_pointer(what);
        }
        match self.seats.get_mut(self.active) {
            Some(seat) => seat.pane.on_pointer(&pointer, &cx),
            None => Outcome::ignored(),
        }
    }

    /// Does what follows from a box.
    fn follow(&mut self, step: Step) -> Outcome {
        match step {
            Step::Ignored => Outcome::ignored(),
            Step::Stay(outcome) => outcome,
            Step::Close => {
                self.leave_overlay(None);
                Outcome::drawn()
            }
            Step::Then(next) => {
                self.leave_overlay(Some(&next));
                let mut outcome = self.next(next);
                outcome.dirty = true;
                outcome.taken = true;
                outcome
            }
        }
    }

    fn next(&mut self, next: Next) -> Outcome {
        if matches!(next, Next::Act(Action::Screen(_)) | Next::Go { .. }) {
            self.park_walk();
        }
        match next {
            Next::Act(action) => self.perform(action),
            Next::Do(effect) => Outcome::with(effect),
            Next::SortBy(column) => {
                if let Some(seat) = self.seats.get_mut(self.active) {
                    seat.pane.sort_by(column);
                }
                Outcome::drawn()
            }
            Next::Go { digit, id } => {
                let outcome = self.perform(Action::Screen(digit));
                if let Some(seat) = self.seats.get_mut(self.active) {
                    seat.pane.select(&id);
                }
                outcome
            }
        }
    }
}
