//! Snapshots on the screen: the list of them, one that is opened in the place of what is read, and two
//! that are compared. Files are the loop's; here is what is shown of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::store::file::Found;
use crate::store::{Decode, Frame};
use crate::ui::app::files::{Opened, Told};
use crate::ui::effect::{Effect, Outcome};
use crate::ui::overlays::compare::Compare;
use crate::ui::overlays::snapshots::{Shelf, Snapshots};
use crate::ui::picker::Picker;

use super::View;
use super::save::saved_ago;

/// What the program reads, or was opened with: what is shown when no file is opened over it.
#[derive(Debug)]
pub(super) struct Home {
    /// Cloud, portal, and for whom is judged, not masked.
    pub(super) frame: Frame,
    /// When it was saved, where it is a file.
    pub(super) saved_at: Option<OffsetDateTime>,
    /// What is masked in it, where it is a file.
    pub(super) masked: Option<String>,
    /// A place to look at was still being chosen when a file was opened over it.
    pub(super) is_picking: bool,
}

impl View {
    /// Opens the list; what is in it comes later.
    pub(super) fn open_snapshots(&mut self) -> Outcome {
        let live = if self.home.saved_at.is_some() {
            "what was opened"
        } else {
            "what is read now"
        };
        self.overlay = Some(Box::new(Snapshots::new(live, self.file.clone())));
        Outcome::with(Effect::Snapshots)
    }

    fn list(&mut self) -> Option<&mut Snapshots> {
        self.overlay.as_mut()?.snapshots()
    }

    /// Takes the snapshots that were found.
    pub fn found(&mut self, found: Vec<Found>) {
        let shelves = found.into_iter().map(|one| self.shelf(one)).collect();
        if let Some(list) = self.list() {
            list.found(shelves);
        }
    }

    fn shelf(&mut self, found: Found) -> Shelf {
        let name = self.name_of(&found.path);
        let mut own = Shelf {
            path: found.path,
            name,
            size: size(found.bytes),
            ..Shelf::default()
        };
        match found.head {
            Ok(head) => {
                let at = head.saved_at.to_offset(self.ground.offset);
                own.saved = format!(
                    "{} {} {:02}:{:02}",
                    at.day(),
                    month(at),
                    at.hour(),
                    at.minute()
                );
                let age = saved_ago(head.saved_at, self.clock);
                age.trim_start_matches("saved ").clone_into(&mut own.age);
                own.masked = head.masked.unwrap_or_else(|| "none".to_owned());
            }
            Err(error) => own.trouble = Some(error.to_string()),
        }
        own
    }

    /// A file's name as it may be shown: what a person called it may name the environment.
    fn name_of(&mut self, path: &Path) -> String {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        match self.masker() {
            Some(masker) if !is_offered(&name) => masker
                .try_lock()
                .map_or_else(|_| "a snapshot".to_owned(), |mut own| own.text(&name)),
            _ => name,
        }
    }

    /// Takes a comparison; the words say why there is none.
    pub fn compared(&mut self, told: Result<Told, String>) {
        let Some(list) = self.list() else {
            return;
        };
        list.rest();
        match told {
            Ok(told) => {
                let live = if self.home.saved_at.is_some() {
                    "what was opened"
                } else {
                    "now"
                };
                let mut name = |path: &Option<PathBuf>| match path {
                    Some(path) => self.name_of(path),
                    None => live.to_owned(),
                };
                let [before, after] = &told.paths;
                let names = (name(before), name(after));
                self.overlay = Some(Box::new(Compare::new(Arc::clone(&told.compared), names)));
            }
            Err(words) => self.say(words),
        }
    }

    /// Makes the items of a slice again, where that can be done.
    pub fn decode(&self) -> Option<Decode> {
        self.privacy.decode()
    }

    /// What stands beside what is read, as of when it is judged, and what is masked in it already.
    pub fn live(&self) -> (Frame, OffsetDateTime, Option<String>) {
        let home = &self.home;
        (
            home.frame.clone(),
            home.saved_at.unwrap_or(self.clock),
            home.masked.clone(),
        )
    }

    /// Shows a file in the place of what is read, or that again. Nothing that was made of what was there
    /// stays, but the pane.
    pub fn show_file(&mut self, opened: Option<Opened>) {
        let name = opened.as_ref().map(|one| self.name_of(&one.path));
        let (frame, saved_at, masked, file) = if let Some(own) = opened {
            (own.frame, Some(own.saved_at), own.masked, Some(own.path))
        } else {
            let home = &self.home;
            (home.frame.clone(), home.saved_at, home.masked.clone(), None)
        };
        self.saved_at = saved_at;
        self.file = file;
        let is_picking = self.picker.take().is_some();
        if self.file.is_some() {
            self.home.is_picking |= is_picking;
        } else if std::mem::take(&mut self.home.is_picking) {
            self.picker = Some(Picker::new());
        }
        self.took = None;
        self.reading_since = None;
        self.ground.now = saved_at.unwrap_or(self.clock);
        self.privacy.put_open(frame, masked);
        self.forget();
        self.say(match name {
            Some(name) => format!("opened {name}; D lists snapshots and what is read"),
            None => "back to what is read".to_owned(),
        });
    }
}

/// Whether a name is as it was offered: `hopscope-2026-11-28-0528.hop`.
fn is_offered(name: &str) -> bool {
    name.strip_prefix("hopscope-")
        .and_then(|rest| rest.strip_suffix(".hop"))
        .is_some_and(|rest| {
            rest.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-')
        })
}

/// `75 KiB`, `1.4 MiB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => {
            let tenths = bytes * 10 / 1_048_576;
            format!("{}.{} MiB", tenths / 10, tenths % 10)
        }
    }
}

fn month(at: OffsetDateTime) -> String {
    at.month().to_string().chars().take(3).collect()
}
