//! Masking what is shown. The snapshot is masked before anything is made of it, so that whatever is
//! drawn, copied, linked or saved holds pseudonyms alone; at a change of level everything that was made
//! of the other one is let go.

use std::sync::Arc;

use crate::privacy::{Level, Masker, Secret};
use crate::store::{Decode, Frame, Kept, Snapshot};
use crate::ui::cx::Drawn;
use crate::ui::effect::Outcome;
use crate::ui::walk::Walk;

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
}

/// The state of masking.
pub(super) struct Privacy {
    masking: Option<Masking>,
    level: Level,
    /// A masker for each level that was used: pseudonyms stay what they are as long as it runs.
    maskers: Vec<Masker>,
    /// How often the level has changed: what was made before is of another one.
    epoch: u64,
    /// The snapshot that was masked last, what it became, and when.
    last: Option<(Snapshot, Snapshot, time::OffsetDateTime)>,
    /// What stands beside the snapshot, not masked.
    open: Frame,
}

impl Privacy {
    pub(super) fn new(masking: Option<Masking>, open: Frame) -> Self {
        Self {
            level: masking.as_ref().map_or(Level::None, |own| own.level),
            masking,
            maskers: Vec::new(),
            epoch: 0,
            last: None,
            open,
        }
    }

    pub(super) fn level(&self) -> Level {
        self.level
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
        (level != Level::None).then(|| level.word().to_owned())
    }

    /// Whether names that are shown are pseudonyms, which nobody outside knows.
    pub(super) fn is_masked(&self) -> bool {
        self.privacy.level != Level::None
    }

    /// The snapshot as it may be shown.
    pub fn mask(&mut self, snapshot: Snapshot) -> Snapshot {
        let privacy = &mut self.privacy;
        let revision = snapshot.revision() + privacy.epoch;
        let decode = match &privacy.masking {
            Some(masking) if privacy.level != Level::None => masking.decode,
            // An empty store has revision 0, which means that nothing was made of it yet.
            _ if snapshot.revision() == 0 => return snapshot,
            _ => return snapshot.with_revision(revision),
        };
        if let Some((open, masked, at)) = &privacy.last {
            let is_young = self.clock - *at < PATIENCE && open.revision() == snapshot.revision();
            if open.is_same(&snapshot) || is_young && !snapshot.is_idle() {
                return masked.clone();
            }
        }
        let at = privacy
            .maskers
            .iter()
            .position(|one| one.level() == privacy.level)
            .unwrap_or_else(|| {
                let secret = privacy.masking.as_ref().and_then(|own| own.secret.as_ref());
                privacy.maskers.push(Masker::new(privacy.level, secret));
                privacy.maskers.len() - 1
            });
        let kept = privacy.maskers[at].kept(&Kept::of(&snapshot, &privacy.open));
        let masked = snapshot
            .shown_as(&kept, decode)
            .with_revision(if snapshot.revision() == 0 {
                0
            } else {
                revision
            });
        let frame = kept.frame();
        self.ground.judging = frame.judging;
        self.cloud = frame.cloud;
        self.portal = frame.portal;
        privacy.last = Some((snapshot, masked.clone(), self.clock));
        masked
    }

    /// The next level. Nothing that was made, typed or opened under the other one stays.
    pub(super) fn next_level(&mut self) -> Outcome {
        if self.privacy.masking.is_none() {
            self.say("nothing can be masked here");
            return Outcome::drawn();
        }
        self.privacy.level = self.privacy.level.next();
        self.privacy.epoch += 1;
        self.privacy.last = None;
        let open = self.privacy.open.clone();
        self.ground.judging = open.judging;
        self.cloud = open.cloud;
        self.portal = open.portal;
        self.ground.snapshot = Snapshot::default();
        self.ground.inventory = Arc::default();
        self.ground.judgement = Arc::default();
        self.ground.judged = None;
        for seat in &mut self.seats {
            seat.pane = (seat.entry.make)();
        }
        self.trail = Trail::default();
        self.parked = None;
        if self.walk.is_some() {
            self.walk = Some(Walk::new(Arc::clone(&self.tours), None));
        }
        self.overlay = None;
        self.typing = None;
        self.naming = None;
        self.earlier.clear();
        self.focus.clear();
        self.drawn = Drawn::default();
        self.say(match self.privacy.level {
            Level::None => "nothing is masked",
            Level::Ids => "masked: tenants, subscriptions, ids, people and addresses; p again: all",
            Level::All => "masked: everything that names this environment",
        });
        Outcome::drawn()
    }
}
