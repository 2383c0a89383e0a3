//! Masking: names, ids, addresses, hosts and mail addresses under stable pseudonyms.
//!
//! What is masked is the data itself, before anything is joined, judged or drawn: a masked snapshot is
//! a snapshot like any other, so no pane, copy, link, report or error can show what it no longer
//! holds. Deny by default: a word stays only when it is in `assets/privacy/words.txt` (Azure's own
//! words), or is a time, a version, or a number of up to three digits.
//!
//! Relations survive, so that judging says the same of the masked data: equal texts get equal
//! pseudonyms without regard to case, resource ids keep their types, hosts their Azure suffix,
//! addresses the ranges they lie in.
//!
//! [`Masker`] holds the pseudonyms of one run. To mask another kind of name apart: a line in
//! `names.rs` (`Kind`) and where it is met, in `json.rs` or `text.rs`.

mod address;
mod json;
mod kept;
mod key;
mod names;
mod shown;
mod text;
mod words;

use std::fmt;

use address::Addresses;
pub use key::{KeyError, key_file};
use names::Names;
pub use shown::Before;

/// How much is masked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    #[default]
    None,
    /// Tenant, subscription and object ids, people, mail addresses and network addresses.
    Ids,
    /// Everything that is not known to be harmless.
    All,
}

impl Level {
    /// The next wider level, and from the widest to none.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::None => Self::Ids,
            Self::Ids => Self::All,
            Self::All => Self::None,
        }
    }

    /// Its name, as flags and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ids => "ids",
            Self::All => "all",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A secret from which pseudonyms are made: the same one gives the same pseudonyms anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The pseudonyms of one run. What was masked once gets the same pseudonym ever after.
#[derive(Debug)]
pub struct Masker {
    level: Level,
    names: Names,
    addresses: Addresses,
    /// How many names were known (`Names::count_words`) when the last masking of a snapshot began, where none came to it in the
    /// course of it: a name that is learned later may stand in what was masked before.
    settled: Option<usize>,
}

impl Masker {
    /// A masker. With a secret its pseudonyms are made from that; without, they are counted.
    pub fn new(level: Level, secret: Option<&Secret>) -> Self {
        Self {
            level,
            names: Names::new(secret),
            addresses: Addresses::new(secret),
            settled: None,
        }
    }

    /// How much it masks.
    pub fn level(&self) -> Level {
        self.level
    }
}
