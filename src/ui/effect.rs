//! What an event asks of the world: the only things that leave the pure part of the screen.
//!
//! Must not do anything itself; [`super::app`] does. A new effect is a variant here and a line
//! there.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::model::ask::Ask;
use crate::model::id::ArmId;
use crate::model::scope::Scope;

use super::widgets::detail::Section;

/// Something to be done outside the screen's own state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Leave the program.
    Quit,
    /// Have something read.
    Ask(Ask),
    /// Put a text on the clipboard of the terminal, and say what it was.
    Copy {
        /// What is copied, as the message names it: `id of stragdev`.
        label: String,
        /// The text.
        text: String,
    },
    /// Open a link in a browser, or show it where there is none.
    OpenUrl(String),
    /// Show this sentence for three seconds.
    Say(String),
    /// Go to the first of these panes that holds one of these things; `esc` leads back.
    Jump {
        /// The digits of the panes, the best one first.
        panes: Vec<char>,
        /// Ids that the row may have, the best one first.
        ids: Vec<String>,
    },
    /// Look for snapshot files.
    Snapshots,
    /// Show a snapshot in the place of what is read, or that again.
    Open(Which),
    /// Compare two.
    Compare(Which, Which),
    /// Keep what is shown in a file of this name.
    Save(String),
    /// Keep in the config file where to look when no flag says it.
    KeepScope(Scope),
    /// Leave what is looked at, and look at the embedded Azure instead.
    Demo,
    /// Take the mouse, or give it back.
    Mouse(bool),
    /// Give the terminal back to the shell until the program is continued.
    Suspend,
    /// Draw every cell again.
    Redraw,
    /// Write a report of what is shown to a file of this name; its ending says the format.
    Report(String),
    /// Make the lines of a JSON view; they come back with the ticket.
    Lay {
        /// Which view asked.
        ticket: u64,
        /// What is to be laid out.
        raw: Raw,
    },
}

/// Something that can be shown, or compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// What the program reads, or was opened with.
    Live,
    /// A snapshot file.
    File(PathBuf),
}

/// What came of an action.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Whether anything that can be seen has changed.
    pub dirty: bool,
    /// Whether the action meant something here; one that did not is tried elsewhere.
    pub taken: bool,
    /// What is to be done.
    pub effects: Vec<Effect>,
}

impl Outcome {
    /// The action means nothing here.
    pub fn ignored() -> Self {
        Self::default()
    }

    /// The action was taken and changed what is seen.
    pub fn drawn() -> Self {
        Self {
            dirty: true,
            taken: true,
            effects: Vec::new(),
        }
    }

    /// The action was taken; `dirty` says whether it changed anything.
    pub fn taken(dirty: bool) -> Self {
        Self {
            dirty,
            taken: true,
            effects: Vec::new(),
        }
    }

    /// An action that changed nothing was not taken: it is tried elsewhere.
    #[must_use]
    pub fn only_when_dirty(mut self) -> Self {
        self.taken = self.dirty;
        self
    }

    /// The action was taken, and this is to be done.
    pub fn with(effect: Effect) -> Self {
        Self {
            dirty: true,
            taken: true,
            effects: vec![effect],
        }
    }

    /// The same, and this is to be done too.
    #[must_use]
    pub fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// A JSON document.
    Json(Arc<Value>),
    /// A body that may or may not be JSON.
    Text(Arc<str>),
}

/// One answer behind a subject, with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it is: `stragdev`, `diagnostic settings`.
    pub title: String,
    /// The answer.
    pub raw: Raw,
}

/// Something that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyItem {
    /// What it is called: `id`, `value`, `az command`.
    pub label: String,
    /// The text, whole.
    pub text: String,
}

/// What `y`, `d`, `c` and `o` act on: the thing under the selection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// Its name.
    pub title: String,
    /// Its resource id, where it has one.
    pub id: Option<ArmId>,
    /// The answers it was read from, the most telling first.
    pub answers: Vec<Answer>,
    /// What can be copied, the most useful first. The id is added when it is not named here.
    pub copy: Vec<CopyItem>,
    /// A portal link of its own; without one the id's page is opened.
    pub portal: Option<String>,
    /// The description, with evidence; usually what the detail shows.
    pub sections: Vec<Section>,
}
