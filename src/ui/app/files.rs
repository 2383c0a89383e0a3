//! What the loop does with files: keeping what is shown, writing a report of it, finding snapshots,
//! opening one in the place of what is read, comparing two. All of it on other threads.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ratatui::backend::Backend;
use time::OffsetDateTime;

use crate::model::scope::Scope;
use crate::model::text::{causes, safe};
use crate::privacy::Masker;
use crate::report::diff::{Compared, Side, unlike};
use crate::report::{self, Format, Source};
use crate::store::file::{self, Head};
use crate::store::{Decode, Frame, Kept, Snapshot};
use crate::ui::effect::Which;
use crate::ui::overlays::report::ENDINGS;

use super::{Host, Made, Turn};

/// A snapshot that was loaded.
#[derive(Debug)]
pub struct Opened {
    /// Where it lies.
    pub path: PathBuf,
    /// What it holds.
    pub snapshot: Snapshot,
    /// Cloud, portal, and for whom it is judged.
    pub frame: Frame,
    /// When it was saved.
    pub saved_at: OffsetDateTime,
    /// What is masked in it.
    pub masked: Option<String>,
}

/// One side of a comparison, with what it is called.
#[derive(Debug)]
pub struct Told {
    /// What they say.
    pub compared: Arc<Compared>,
    /// The files, the earlier one first; none is what is read now.
    pub paths: [Option<PathBuf>; 2],
}

impl<B: Backend, H: Host> Turn<'_, B, H> {
    /// What is shown before it is masked: what is read, or the file that was opened over it.
    pub(super) fn current(&self) -> Snapshot {
        self.opened.clone().unwrap_or_else(|| self.store.snapshot())
    }

    /// Keeps what is shown in a file. A file that is there is not replaced: nobody was asked.
    pub(super) fn save(&mut self, name: String) {
        let (snapshot, frame) = self.view.shown();
        let head = Head::new(self.view.as_of(), self.view.masked());
        let epoch = self.view.epoch();
        let made = self.made.clone();
        let path = at_home(&name);
        // Where one was saved, others are looked for.
        let folder = folder_of(&path);
        if !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
        tokio::task::spawn_blocking(move || {
            let words = if path.exists() {
                format!("not saved: {name} is there already")
            } else {
                match file::save(&path, &head, &Kept::of(&snapshot, &frame)) {
                    Ok(()) => format!("saved: hopscope open {name}"),
                    Err(error) => format!("not saved: {name}: {}", causes(&error)),
                }
            };
            // The loop may have ended; then nobody reads it.
            let _ = made.send((epoch, Made::Said(words)));
        });
    }

    /// Writes a report of what is shown. A file that is there is not replaced: nobody was asked.
    pub(super) fn report(&mut self, name: String) {
        let (inventory, judgement, judging, meta) = self.view.report_source();
        let (epoch, made) = (self.view.epoch(), self.made.clone());
        tokio::task::spawn_blocking(move || {
            let path = at_home(&name);
            let words = match Format::of_path(&path) {
                None => format!("not written: {name}: {ENDINGS}"),
                Some(_) if path.exists() => format!("not written: {name} is there already"),
                Some(format) => {
                    let source = Source {
                        inventory: &inventory,
                        judgement: &judgement,
                        judging: &judging,
                        meta: &meta,
                    };
                    let style = report::text::Style::default();
                    let outcome = report::file::whole(&path, |mut out| {
                        report::write(&source, format, style, &mut out)
                    });
                    match outcome {
                        Ok(()) => format!("written: {name}"),
                        Err(error) => format!("not written: {name}: {error}"),
                    }
                }
            };
            // The loop may have ended; then nobody reads it.
            let _ = made.send((epoch, Made::Said(words)));
        });
    }

    /// Writes the place to look into the config file, on another thread: a disk may be slow.
    pub(super) fn keep_scope(&mut self, scope: Scope) {
        let path = match self.view.config_file() {
            Ok(path) => path,
            Err(words) => return self.view.say(words),
        };
        let (epoch, made) = (self.view.epoch(), self.made.clone());
        tokio::task::spawn_blocking(move || {
            let words = match kept(&path, &scope) {
                Ok(()) => format!(
                    "kept in {}: hopscope alone looks here from now on",
                    path.display()
                ),
                Err(why) => format!("not kept: {why}"),
            };
            // The loop may have ended; then nobody reads it.
            let _ = made.send((epoch, Made::Said(words)));
        });
    }

    /// Looks for snapshots where the program stands, and where they were saved or opened from.
    pub(super) fn find_snapshots(&mut self) {
        let (epoch, made, folders) = (self.view.epoch(), self.made.clone(), self.folders.clone());
        tokio::task::spawn_blocking(move || {
            let mut found: Vec<file::Found> = Vec::new();
            for folder in folders {
                for one in file::found_in(&folder) {
                    if !found.iter().any(|own| is_same_file(&own.path, &one.path)) {
                        found.push(one);
                    }
                }
            }
            // The loop may have ended; then nobody needs it.
            let _ = made.send((epoch, Made::Found(found)));
        });
    }

    /// Opens a file in the place of what is read, or goes back to that.
    pub(super) fn open(&mut self, which: Which) {
        let Which::File(path) = which else {
            self.opened = None;
            self.view.show_file(None);
            return;
        };
        let Some(decode) = self.view.decode() else {
            self.view.say("snapshots cannot be opened here");
            return;
        };
        let (epoch, made) = (self.view.epoch(), self.made.clone());
        tokio::task::spawn_blocking(move || {
            let opened = load(path, decode);
            // The loop may have ended; then nobody needs it.
            let _ = made.send((epoch, Made::Opened(Box::new(opened))));
        });
    }

    /// Takes a file that was opened.
    pub(super) fn opened(&mut self, opened: Result<Opened, String>) {
        match opened {
            Ok(opened) => {
                self.opened = Some(opened.snapshot.clone());
                self.view.show_file(Some(opened));
            }
            Err(words) => self.view.say(words),
        }
    }

    /// Compares two, masked as the screen is.
    pub(super) fn compare(&mut self, one: Which, other: Which) {
        let Some(decode) = self.view.decode() else {
            self.view.say("snapshots cannot be opened here");
            return;
        };
        let (frame, at, level) = self.view.live();
        let live = self.store.snapshot();
        let side = |which: Which| match which {
            Which::File(path) => Way::File(path),
            Which::Live => Way::Live(Box::new(Taken {
                path: None,
                snapshot: live.clone(),
                frame: frame.clone(),
                at,
                masked: level.clone(),
            })),
        };
        let sides = [side(one), side(other)];
        let masker = self.view.masker();
        let (epoch, made) = (self.view.epoch(), self.made.clone());
        tokio::task::spawn_blocking(move || {
            let told = compared(sides, decode, masker.as_deref());
            // The loop may have ended; then nobody needs it.
            let _ = made.send((epoch, Made::Compared(Box::new(told))));
        });
    }
}

/// A side before it is loaded.
enum Way {
    Live(Box<Taken>),
    File(PathBuf),
}

/// A side that is there.
struct Taken {
    path: Option<PathBuf>,
    snapshot: Snapshot,
    frame: Frame,
    at: OffsetDateTime,
    masked: Option<String>,
}

fn compared(
    sides: [Way; 2],
    decode: Decode,
    masker: Option<&Mutex<Masker>>,
) -> Result<Told, String> {
    let mut taken = Vec::with_capacity(2);
    for side in sides {
        taken.push(match side {
            Way::Live(taken) => *taken,
            Way::File(path) => {
                let opened = load(path, decode)?;
                Taken {
                    path: Some(opened.path),
                    snapshot: opened.snapshot,
                    frame: opened.frame,
                    at: opened.saved_at,
                    masked: opened.masked,
                }
            }
        });
    }
    taken.sort_by_key(|one| one.at);
    let [mut before, mut after] =
        <[Taken; 2]>::try_from(taken).map_err(|_| "two are compared".to_owned())?;
    if let Some(words) = unlike(before.masked.as_deref(), after.masked.as_deref()) {
        return Err(format!("not compared: {words}"));
    }
    if let Some(masker) = masker {
        let mut masker = masker.lock().unwrap_or_else(PoisonError::into_inner);
        for side in [&before, &after] {
            masker.learn_snapshot(&side.snapshot);
        }
        for side in [&mut before, &mut after] {
            side.snapshot = masker.snapshot(&side.snapshot, None, decode);
            side.frame = masker.frame(&side.frame);
        }
    }
    let side = |taken: &Taken| Side {
        snapshot: taken.snapshot.clone(),
        judging: taken.frame.judging.clone(),
        at: taken.at,
    };
    Ok(Told {
        compared: Arc::new(Compared::of(&side(&before), &side(&after))),
        paths: [before.path, after.path],
    })
}

/// Reads a file whole; the words say why it cannot be.
fn load(path: PathBuf, decode: Decode) -> Result<Opened, String> {
    let saved = file::open(&path)
        .map_err(|error| format!("{}: {}", safe(&path.to_string_lossy()), causes(&error)))?;
    Ok(Opened {
        path,
        snapshot: saved.kept.restore(decode),
        frame: saved.kept.frame(),
        saved_at: saved.head.saved_at,
        masked: saved.head.masked,
    })
}

/// Whether two paths lead to one file.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Puts a scope into a config file, whole or not at all.
fn kept(path: &Path, scope: &Scope) -> Result<(), String> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?,
    };
    let text = crate::config::with_scope(&text, path, scope).map_err(|error| causes(&error))?;
    let unwritten = |error: io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unwritten)?;
    }
    report::file::whole(path, |out| out.write_all(text.as_bytes())).map_err(unwritten)
}

/// The file of a name, which may begin at home.
fn at_home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(name),
    }
}
