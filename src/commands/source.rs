//! What a command without a screen looks at: a cloud or a demo that is read once, or a snapshot file.
//!
//! With a file no credential, client or runner is made: nothing here could open a socket.

use std::path::Path;

use time::OffsetDateTime;

use crate::analysis::hop::Judgement;
use crate::analysis::hops;
use crate::cli::{Global, Knobs, Redact};
use crate::config::ConfigFile;
use crate::fetch::jobs::again;
use crate::model::judging::Judging;
use crate::model::scope::Scope;
use crate::privacy::{Level, Masker, Secret, key_file};
use crate::report::Meta;
use crate::report::diff::Side;
use crate::store::file::{self, Saved};
use crate::store::{Frame, Inventory, Snapshot};

use super::session::Place;
use super::{Failure, causes};

/// Where the answers come from; nothing has been read yet.
pub enum Source {
    /// A cloud, or the embedded one of a demo.
    Place(Box<Place>, Box<Frame>),
    /// A snapshot, read whole.
    File(Box<Saved>),
}

/// All that was read, and how it is to be judged.
pub struct Inspected {
    /// What was read.
    pub snapshot: Snapshot,
    /// Cloud, portal, and for whom is judged.
    pub frame: Frame,
    /// What was asked for.
    pub scope: Scope,
    /// As of when it is judged: now, or when the snapshot was taken.
    pub at: OffsetDateTime,
    /// The level at which the snapshot that it comes from is masked.
    pub masked: Option<String>,
}

impl Source {
    /// Works out where to look, and opens the file when it is one.
    pub async fn find(global: &Global, file: &ConfigFile) -> Result<Self, Failure> {
        if let Some(path) = &global.snapshot {
            return opened(global, path).map(|saved| Self::File(Box::new(saved)));
        }
        let place = Place::find(global, file, &Knobs::default()).await?;
        let frame = frame(global, file, &place);
        Ok(Self::Place(Box::new(place), Box::new(frame)))
    }

    /// Reads everything in scope once.
    pub async fn read(self) -> Inspected {
        match self {
            Self::File(saved) => Inspected::of(*saved),
            Self::Place(place, frame) => {
                let scope = place.scope.clone();
                let snapshot = place.once().await;
                Inspected {
                    snapshot,
                    frame: *frame,
                    scope,
                    at: OffsetDateTime::now_utc(),
                    masked: None,
                }
            }
        }
    }
}

impl Inspected {
    /// What a file holds.
    pub fn of(saved: Saved) -> Self {
        let snapshot = saved.kept.restore(again::decoded);
        Self {
            frame: saved.kept.frame(),
            scope: snapshot.scope().clone(),
            snapshot,
            at: saved.head.saved_at,
            masked: saved.head.masked,
        }
    }

    /// The same, masked.
    #[must_use]
    pub fn masked(self, masker: &mut Masker) -> Self {
        if masker.level() == Level::None {
            return self;
        }
        let snapshot = masker.snapshot(&self.snapshot, None, again::decoded);
        Self {
            snapshot,
            frame: masker.frame(&self.frame),
            scope: masker.scope(&self.scope),
            at: self.at,
            masked: Some(masker.level().word().to_owned()),
        }
    }

    /// Joins and judges it.
    pub fn judge(&self) -> (Inventory, Judgement) {
        let inventory = Inventory::build(&self.snapshot);
        let judgement = hops::judge(&inventory, &self.frame.judging, self.at);
        (inventory, judgement)
    }

    /// It as one side of a comparison.
    pub fn side(&self) -> Side {
        Side {
            snapshot: self.snapshot.clone(),
            judging: self.frame.judging.clone(),
            at: self.at,
        }
    }

    /// What a report says about the run.
    pub fn meta(&self) -> Meta {
        Meta {
            generated_at: self.at,
            cloud: self.frame.cloud.clone(),
        }
    }
}

/// How what is read there is to be judged.
pub fn frame(global: &Global, file: &ConfigFile, place: &Place) -> Frame {
    Frame {
        cloud: place.cloud.name.clone(),
        portal: place.cloud.portal.to_string(),
        judging: super::judging::judging(global, file, &place.cloud),
    }
}

/// What the flags say about masking. The key file is read, or made, here.
pub fn masking(global: &Global) -> Result<(Level, Option<Secret>), Failure> {
    let level = match global.redact {
        Some(Redact::Ids) => Level::Ids,
        Some(Redact::All) => Level::All,
        // Who names a key wants it used.
        None if global.redact_key.is_some() => Level::All,
        None => Level::None,
    };
    let secret = global
        .redact_key
        .as_ref()
        .map(|path| {
            key_file(path)
                .map_err(|error| Failure::usage(format!("{}: {}", path.display(), causes(&error))))
        })
        .transpose()?;
    Ok((level, secret))
}

/// A masker as the flags say.
pub fn masker(global: &Global) -> Result<Masker, Failure> {
    let (level, secret) = masking(global)?;
    Ok(Masker::new(level, secret.as_ref()))
}

/// A snapshot file, judged for the address of the flags where they name one.
pub fn opened(global: &Global, path: &Path) -> Result<Saved, Failure> {
    if global.scope() != Scope::default() {
        return Err(Failure::usage(
            "a snapshot has its own scope: leave --subscription, --resource-group and the tenants out",
        ));
    }
    let mut saved = file::open(path)
        .map_err(|error| Failure::usage(format!("{}: {}", path.display(), causes(&error))))?;
    let judging: &mut Judging = &mut saved.kept.judging;
    judging.client_ip = global.client_ip.or(judging.client_ip);
    Ok(saved)
}
