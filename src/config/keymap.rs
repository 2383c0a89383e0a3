//! The keymap: which key does what in which context, from `assets/keymap.toml` with a person's own
//! file merged over it.
//!
//! Must not know panes or drawing. A context is a table of the file, a binding one line in it:
//! `"ctrl-d" = { do = "half-page-down", desc = "half a page down", verb = "down" }`; keys that
//! follow each other are separated by a space (`"g g"`), `do = "none"` takes a key away. To add a
//! key, add a line to the file; to add an action, see [`super::action`].

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use indexmap::IndexMap;
use serde::Deserialize;

use super::action::Action;
use super::file::line_of;

#[path = "keymap/press.rs"]
mod press;

pub use press::Press;

/// The keymap that comes with the program.
pub const DEFAULT: &str = include_str!("../../assets/keymap.toml");

/// Where a binding holds. Panes are looked up first, `global` after them.
pub const CONTEXTS: [&str; 24] = [
    "global",
    "map",
    "network",
    "access",
    "foundry",
    "outbound",
    "indexers",
    "logs",
    "tenants",
    "changes",
    "findings",
    "requests",
    "picker",
    "filter",
    "palette",
    "json",
    "describe",
    "help",
    "choose",
    "explain",
    "walk",
    "report",
    "snapshots",
    "compare",
];

/// One line of a keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The keys, one after the other.
    pub keys: Vec<Press>,
    /// What they do.
    pub action: Action,
    /// What it does, in words, for the help.
    pub desc: String,
    /// The same as one word, for the footer.
    pub verb: Option<String>,
}

impl Binding {
    /// The keys as they are shown: `ctrl-d`, `g g`, `↓`.
    pub fn label(&self) -> String {
        let labels: Vec<String> = self.keys.iter().map(Press::label).collect();
        labels.join(" ")
    }

    /// The word for the footer.
    pub fn short(&self) -> &str {
        self.verb.as_deref().unwrap_or(&self.desc)
    }
}

/// What the keys typed so far lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// An action.
    Does(Action),
    /// The beginning of a longer sequence.
    Begins,
    /// Nothing.
    Nothing,
}

/// All bindings, by context, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    contexts: IndexMap<String, Vec<Binding>>,
}

/// Why a keymap cannot be used. Every sentence names key, context and file.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// The file is not TOML, or a line has not the expected shape.
    #[error("{file} cannot be read as a keymap: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A table that is no context.
    #[error("unknown context [{context}] in {file}: use one of {}", CONTEXTS.join(", "))]
    Context {
        /// The table.
        context: String,
        /// The file.
        file: String,
    },
    /// A key that no terminal sends.
    #[error("unknown key \"{key}\" in [{context}] of {file}: {reason}")]
    Key {
        /// The key as written.
        key: String,
        /// The context.
        context: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An action that does not exist.
    #[error("unknown action \"{action}\" for key \"{key}\" in [{context}] of {file}")]
    Action {
        /// The action as written.
        action: String,
        /// The key.
        key: String,
        /// The context.
        context: String,
        /// The file.
        file: String,
    },
    /// Two bindings of which only one could ever be used.
    #[error("key \"{key}\" clashes with \"{other}\" in [{context}] of {file}")]
    Clash {
        /// One key.
        key: String,
        /// The other.
        other: String,
        /// The context.
        context: String,
        /// The file.
        file: String,
    },
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { do = \"down\", verb = \"down\" }"
)]
struct Entry {
    r#do: String,
    #[serde(default)]
    desc: String,
    verb: Option<String>,
}

type File = IndexMap<String, IndexMap<String, Entry>>;

impl Keymap {
    /// The keymap that comes with the program.
    ///
    /// # Errors
    /// Only when the shipped file is broken, which a test excludes.
    pub fn shipped() -> Result<Self, KeymapError> {
        let mut map = Self {
            contexts: IndexMap::new(),
        };
        map.merge(DEFAULT, "assets/keymap.toml")?;
        Ok(map)
    }

    /// Merges a file over this keymap: a key of the file replaces the same key here.
    pub fn merge(&mut self, text: &str, file: &str) -> Result<(), KeymapError> {
        let parsed: File = toml::from_str(text).map_err(|error| KeymapError::Syntax {
            file: file.to_owned(),
            message: format!("line {}: {}", line_of(&error, text), error.message()),
        })?;
        for (context, entries) in parsed {
            if !CONTEXTS.contains(&context.as_str()) {
                return Err(KeymapError::Context {
                    context,
                    file: file.to_owned(),
                });
            }
            self.merge_context(&context, entries, file)?;
        }
        self.check_prefixes(file)
    }

    fn merge_context(
        &mut self,
        context: &str,
        entries: IndexMap<String, Entry>,
        file: &str,
    ) -> Result<(), KeymapError> {
        let mut seen: Vec<(Vec<Press>, String)> = Vec::new();
        for (key, entry) in entries {
            let keys = Press::sequence(&key).map_err(|reason| KeymapError::Key {
                key: key.clone(),
                context: context.to_owned(),
                file: file.to_owned(),
                reason,
            })?;
            if let Some((_, other)) = seen.iter().find(|(own, _)| *own == keys) {
                return Err(KeymapError::Clash {
                    key,
                    other: other.clone(),
                    context: context.to_owned(),
                    file: file.to_owned(),
                });
            }
            let bindings = self.contexts.entry(context.to_owned()).or_default();
            let at = bindings.iter().position(|binding| binding.keys == keys);
            seen.push((keys.clone(), key.clone()));
            if entry.r#do == "none" {
                at.map(|at| bindings.remove(at));
                continue;
            }
            let action = Action::of_name(&entry.r#do).ok_or_else(|| KeymapError::Action {
                action: entry.r#do.clone(),
                key: key.clone(),
                context: context.to_owned(),
                file: file.to_owned(),
            })?;
            let before = bindings.iter().find(|binding| binding.action == action);
            let desc = if entry.desc.is_empty() {
                before.map_or_else(|| action.to_string(), |binding| binding.desc.clone())
            } else {
                entry.desc
            };
            let verb = entry
                .verb
                .or_else(|| before.and_then(|binding| binding.verb.clone()));
            let binding = Binding {
                keys,
                action,
                desc,
                verb,
            };
            match at {
                Some(at) => bindings[at] = binding,
                None => bindings.push(binding),
            }
        }
        Ok(())
    }

    /// A key that begins a longer one would make the longer one unreachable, in its own context and
    /// in a pane before `global`.
    fn check_prefixes(&self, file: &str) -> Result<(), KeymapError> {
        for (context, bindings) in &self.contexts {
            let global = self.bindings("global");
            for binding in bindings {
                let longer = bindings.iter().chain(global).find(|other| {
                    other.keys.len() > binding.keys.len() && other.keys.starts_with(&binding.keys)
                });
                let shorter = global.iter().find(|other| {
                    other.keys.len() < binding.keys.len() && binding.keys.starts_with(&other.keys)
                });
                if let Some(other) = longer.or(shorter) {
                    return Err(KeymapError::Clash {
                        key: binding.label(),
                        other: other.label(),
                        context: context.clone(),
                        file: file.to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The bindings of one context, in the order of the files.
    pub fn bindings(&self, context: &str) -> &[Binding] {
        self.contexts.get(context).map_or(&[], Vec::as_slice)
    }

    /// What the keys typed so far do, looked up in these contexts, the first one first.
    pub fn lookup(&self, contexts: &[&str], typed: &[Press]) -> Lookup {
        for context in contexts {
            for binding in self.bindings(context) {
                if binding.keys == typed {
                    return Lookup::Does(binding.action);
                }
                if binding.keys.starts_with(typed) {
                    return Lookup::Begins;
                }
            }
        }
        // Whatever a file says, ctrl-c ends the program.
        if typed == [Press::new(KeyCode::Char('c'), KeyModifiers::CONTROL)] {
            return Lookup::Does(Action::Quit);
        }
        Lookup::Nothing
    }

    /// The first binding of an action, looked up in these contexts, the first one first.
    pub fn binding_of(&self, contexts: &[&str], action: Action) -> Option<&Binding> {
        contexts.iter().find_map(|context| {
            self.bindings(context)
                .iter()
                .find(|binding| binding.action == action)
        })
    }

    /// Every key of an action as it is shown, in one context.
    pub fn labels_of(&self, context: &str, action: Action) -> Vec<String> {
        self.bindings(context)
            .iter()
            .filter(|binding| binding.action == action)
            .map(Binding::label)
            .collect()
    }
}

impl From<KeyEvent> for Press {
    fn from(event: KeyEvent) -> Self {
        Self::new(event.code, event.modifiers)
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.label(), self.desc)
    }
}

#[cfg(test)]
#[path = "keymap/tests.rs"]
mod tests;
