//! Masking what is shown. The snapshot is masked before anything is made of it, so that whatever is
//! drawn, copied, linked or saved holds pseudonyms alone; at a change of level everything that was made
//! of the other one is let go. Masking itself is [`Work`] for another thread: until it is done, what was
//! masked last stays on screen, and before that nothing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::judging::Judging;
use crate::privacy::{Before, Level, Masker, Secret};
use crate::store::{Decode, Frame, Payload, Snapshot};
use crate::ui::cx::Drawn;
use crate::ui::effect::Outcome;

use super::{Trail, View};

/// How long a masked snapshot is shown while only its readings go on.
const PATIENCE: time::Duration = time::Duration::milliseconds(500);

/// What masking needs of whoever makes a screen.
#[derive(Clone, Debug)]
pub struct Masking {
    /// The level to begin with.
    pub level: Level,
    /// The key of `--redact-key`.
    pub secret: Option<Secret>,
    /// Makes the items of a slice again from masked answers.
    pub decode: Decode,
    /// What is masked already in a snapshot from a file.
    pub masked: Option<String>,
}

/// A snapshot that is to be masked: work for another thread.
#[derive(Debug)]
pub struct Work {
    open: Snapshot,
    frame: Frame,
    masker: Arc<Mutex<Masker>>,
    decode: Decode,
    before: Option<Before>,
}

/// What came of it.
#[derive(Debug)]
pub struct Masked {
    open: Snapshot,
    shown: Snapshot,
    frame: Frame,
}

impl Work {
    /// Masks it.
    pub fn run(self) -> Masked {
        let mut masker = self.masker.lock().unwrap_or_else(PoisonError::into_inner);
        Masked {
            shown: masker.snapshot(&self.open, self.before.as_ref(), self.decode),
            // After the snapshot: what things are called is known by then.
            frame: masker.frame(&self.frame),
            open: self.open,
        }
    }
}

/// The state of masking.
pub(super) struct Privacy {
    masking: Option<Masking>,
    level: Level,
    /// A masker for each level that was used: pseudonyms stay what they are as long as it runs.
    maskers: Vec<(Level, Arc<Mutex<Masker>>)>,
    /// How often the level has changed: what was made before is of another one.
    epoch: u64,
    /// The snapshot that was masked last and what it became.
    last: Option<Before>,
    /// When that was.
    masked_at: time::OffsetDateTime,
    /// Another thread masks.
    is_busy: bool,
    /// What stands beside the snapshot, not masked.
    open: Frame,
    /// What is masked in it by whoever saved it.
    masked: Option<String>,
    /// What is to be selected again once it is there, by its open id.
    wanted: Option<String>,
    /// What was selected again: its open id, and the one that it is shown under.
    placed: Option<(String, String)>,
}

impl Privacy {
    pub(super) fn new(masking: Option<Masking>, open: Frame, now: time::OffsetDateTime) -> Self {
        Self {
            level: masking.as_ref().map_or(Level::None, |own| own.level),
            masked: masking.as_ref().and_then(|own| own.masked.clone()),
            masking,
            maskers: Vec::new(),
            epoch: 0,
            last: None,
            masked_at: now,
            is_busy: false,
            open,
            wanted: None,
            placed: None,
        }
    }

    /// What may be shown of the frame as long as nothing of the snapshot is masked.
    pub(super) fn first_frame(&self) -> Frame {
        if self.level == Level::None {
            return self.open.clone();
        }
        // A masker of its own: in the one that stays, names are to be learned by their kind first.
        let secret = self.masking.as_ref().and_then(|own| own.secret.as_ref());
        Masker::new(self.level, secret).frame(&Frame {
            judging: Judging::default(),
            ..self.open.clone()
        })
    }

    /// The masker of the level in force.
    pub(super) fn masker(&mut self) -> Arc<Mutex<Masker>> {
        let level = self.level;
        if let Some((_, masker)) = self.maskers.iter().find(|(own, _)| *own == level) {
            return Arc::clone(masker);
        }
        let secret = self.masking.as_ref().and_then(|own| own.secret.as_ref());
        let masker = Arc::new(Mutex::new(Masker::new(level, secret)));
        self.maskers.push((level, Arc::clone(&masker)));
        masker
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    pub(super) fn decode(&self) -> Option<Decode> {
        self.masking.as_ref().map(|own| own.decode)
    }

    /// Another environment is shown: what stands beside it, and what is masked in it already.
    pub(super) fn put_open(&mut self, frame: Frame, masked: Option<String>) {
        self.open = frame;
        self.masked = masked;
        self.wanted = None;
        self.placed = None;
    }

    /// Whether nothing can be shown yet, as nothing is masked yet.
    pub(super) fn is_pending(&self) -> bool {
        self.level != Level::None && self.is_busy && self.last.is_none()
    }

    /// What is masked in what is shown before anything is masked here.
    pub(super) fn masked(&self) -> Option<&str> {
        self.masked.as_deref()
    }

    pub(super) fn open(&self) -> &Frame {
        &self.open
    }
}

impl View {
    /// How often the level of masking has changed. What was made elsewhere in an earlier epoch may hold
    /// what is to be masked now.
    pub fn epoch(&self) -> u64 {
        self.privacy.epoch
    }

    /// What is masked in what is shown, by its name.
    pub fn masked(&self) -> Option<String> {
        let level = self.privacy.level;
        if level == Level::None {
            return self.privacy.masked.clone();
        }
        Some(level.word().to_owned())
    }

    /// What masks names now; none when none is masked.
    pub fn masker(&mut self) -> Option<Arc<Mutex<Masker>>> {
        self.is_masked().then(|| self.privacy.masker())
    }

    /// Whether names that are shown are pseudonyms, which nobody outside knows.
    pub(super) fn is_masked(&self) -> bool {
        self.privacy.level != Level::None
    }

    /// The config file into which a place may be written, or why not: a pseudonym is no place.
    pub fn config_file(&self) -> Result<PathBuf, &'static str> {
        if self.is_masked() {
            return Err("names are masked: p shows them, and then they can be kept");
        }
        self.config
            .clone()
            .ok_or("this platform has no config folder: start with --config FILE")
    }

    /// The snapshot as it may be shown, and the work that is to be done before the newest one may.
    pub fn mask(&mut self, snapshot: Snapshot) -> (Snapshot, Option<Work>) {
        let privacy = &mut self.privacy;
        let decode = match &privacy.masking {
            Some(masking) if privacy.level != Level::None => masking.decode,
            // An empty store has revision 0, which means that nothing was made of it yet.
            _ if snapshot.revision() == 0 => return (snapshot, None),
            _ => {
                let revision = snapshot.revision() + privacy.epoch;
                return (snapshot.with_revision(revision), None);
            }
        };
        let shown = match &privacy.last {
            Some((open, shown)) => {
                let age = self.clock - privacy.masked_at;
                let is_young = age < PATIENCE && open.revision() == snapshot.revision();
                if open.is_same(&snapshot) || is_young && !snapshot.is_idle() {
                    return (shown.clone(), None);
                }
                shown.clone()
            }
            None => Snapshot::default(),
        };
        if privacy.is_busy {
            return (shown, None);
        }
        privacy.is_busy = true;
        let work = Work {
            open: snapshot,
            frame: privacy.open.clone(),
            masker: privacy.masker(),
            decode,
            before: privacy.last.clone(),
        };
        (shown, Some(work))
    }

    /// Takes what was masked in this epoch.
    pub fn masked_as(&mut self, masked: Masked) {
        let privacy = &mut self.privacy;
        privacy.is_busy = false;
        privacy.masked_at = self.clock;
        let revision = match masked.open.revision() {
            0 => 0,
            revision => revision + privacy.epoch,
        };
        privacy.last = Some((masked.open, masked.shown.with_revision(revision)));
        self.put(masked.frame);
    }

    /// Takes what stands beside the snapshot.
    fn put(&mut self, frame: Frame) {
        self.ground.judging = frame.judging;
        self.cloud = frame.cloud;
        self.portal = frame.portal;
    }

    /// The next level. Nothing that was made, typed or opened under the other one stays, but the place:
    /// the pane, the step of the walk, the resource that is selected.
    pub(super) fn next_level(&mut self) -> Outcome {
        if self.privacy.masking.is_none() {
            self.say("nothing can be masked here");
            return Outcome::drawn();
        }
        let wanted = self.selected();
        self.privacy.level = self.privacy.level.next();
        self.forget();
        self.privacy.wanted = wanted;
        self.say(match self.privacy.level {
            Level::None => "nothing is masked",
            Level::Ids => "masked: ids, people and addresses; names stay; p again: all",
            Level::All => "masked: everything that names this environment",
        });
        Outcome::drawn()
    }

    /// Lets everything go that was made of what was shown.
    pub(super) fn forget(&mut self) {
        self.privacy.epoch += 1;
        self.privacy.last = None;
        self.privacy.is_busy = false;
        let frame = self.privacy.first_frame();
        self.put(frame);
        self.ground.snapshot = Snapshot::default();
        self.ground.inventory = Arc::default();
        self.ground.judgement = Arc::default();
        self.ground.judged = None;
        for seat in &mut self.seats {
            seat.pane = (seat.entry.make)();
        }
        self.trail = Trail::default();
        self.parked = self.parked.as_ref().map(crate::ui::walk::Walk::anew);
        self.walk = self.walk.as_ref().map(crate::ui::walk::Walk::anew);
        self.overlay = None;
        self.typing = None;
        self.naming = None;
        self.earlier.clear();
        self.focus.clear();
        self.awaited.clear();
        self.drawn = Drawn::default();
    }

    /// What is selected, by the id that it really has.
    fn selected(&mut self) -> Option<String> {
        let seat = self.seats.get(self.active)?;
        let shown = seat.pane.selected().or_else(|| {
            let subject = seat.pane.subject(&self.ground.cx(true))?;
            Some(subject.id?.to_string())
        })?;
        if self.privacy.level == Level::None {
            return Some(shown);
        }
        // It may be what was selected when the level changed last.
        if let Some((open, _)) = self.privacy.placed.take_if(|(_, own)| *own == shown) {
            return Some(open);
        }
        let masker = self.privacy.masker();
        // Another thread may be masking with it: then the place is not worth the wait.
        let mut masker = masker.try_lock().ok()?;
        let (open, _) = self.privacy.last.as_ref()?;
        let resources = open
            .slices()
            .filter_map(|(_, slice)| match slice.value.as_deref() {
                Some(Payload::Resources(items)) => Some(items),
                _ => None,
            });
        resources
            .flatten()
            .find(|one| masker.text(one.id.as_str()) == shown)
            .map(|one| one.id.to_string())
    }

    /// Selects again what was selected before the level changed, once it has been judged.
    pub(super) fn select_again(&mut self) {
        if self.ground.judged.is_none() {
            return;
        }
        let Some(open) = self.privacy.wanted.take() else {
            return;
        };
        let mut shown = open.clone();
        if self.is_masked() {
            let masker = self.privacy.masker();
            let Ok(mut masker) = masker.try_lock() else {
                return;
            };
            // A hop's id begins with its kind, which is no name.
            let (kind, rest) = open.split_once('|').unwrap_or(("", &open));
            let parts: Vec<String> = rest.split('|').map(|part| masker.text(part)).collect();
            shown = parts.join("|");
            if !kind.is_empty() {
                shown = format!("{kind}|{shown}");
            }
        }
        if let Some(seat) = self.seats.get_mut(self.active)
            && seat.pane.select(&shown)
        {
            self.privacy.placed = Some((open, shown));
        }
    }

    /// A text that was pasted while names are masked: it is masked, too, and so speaks of the same things
    /// as the screen.
    pub(super) fn on_open_paste(&mut self, text: &str) -> Outcome {
        let masker = self.privacy.masker();
        let Ok(shown) = masker.try_lock().map(|mut own| own.text(text)) else {
            self.say("names are being masked: paste it again");
            return Outcome::drawn();
        };
        self.on_paste(&shown)
    }
}
