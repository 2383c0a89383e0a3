//! Pseudonyms of names: what kind of thing a name belongs to, and which pseudonym it got.

use std::collections::{HashMap, HashSet};

use super::Secret;

/// The letters of a pseudonym that is made from a key: none that look alike.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $lettered:literal;)+) => {
        /// What a name belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// What its pseudonyms begin with, and whether letters follow (`storage-A`) or numbers.
            fn form(self) -> (&'static str, bool) {
                match self {
                    $(Self::$name => ($word, $lettered),)+
                }
            }
        }
    };
}

kinds! {
    /// A tenant's id or domain.
    Tenant = "tenant", false;
    /// A subscription's id or name.
    Subscription = "subscription", false;
    /// A management group.
    ManagementGroup = "management-group", false;
    /// A resource group.
    Group = "group", false;
    /// A storage account.
    Storage = "storage", true;
    /// A search service.
    Search = "search", true;
    /// A Cognitive Services account.
    Model = "model", true;
    /// A hub or a project of it.
    Hub = "hub", true;
    /// A Cosmos DB account.
    Cosmos = "cosmos", true;
    /// A key vault.
    Vault = "vault", true;
    /// A log workspace.
    Logs = "logs", true;
    /// A user-assigned identity.
    Identity = "identity", true;
    /// A virtual network.
    Network = "vnet", true;
    /// A private endpoint.
    Endpoint = "endpoint", true;
    /// Any other resource.
    Resource = "resource", true;
    /// A project of an account.
    Project = "project", true;
    /// A blob container.
    Container = "container", true;
    /// An indexer.
    Indexer = "indexer", true;
    /// A data source.
    DataSource = "datasource", true;
    /// A skillset.
    Skillset = "skillset", true;
    /// An index.
    Index = "index", true;
    /// A key of a vault.
    Key = "key", true;
    /// A connection.
    Connection = "connection", true;
    /// A diagnostic setting.
    Setting = "setting", true;
    /// A part of a network: subnet, pool, manager, link.
    Part = "part", true;
    /// A policy: definition, set, assignment, exemption.
    Policy = "policy", true;
    /// A person.
    Person = "person", false;
    /// A service principal, an application, a group of people.
    Principal = "principal", false;
    /// A label of a host name.
    Host = "host", false;
    /// Any other id.
    Id = "id", false;
    /// Any other word.
    Word = "word", false;
}

/// The pseudonyms of one run.
#[derive(Debug)]
pub(super) struct Names {
    secret: Option<Secret>,
    known: HashMap<String, String>,
    taken: HashSet<String>,
    counts: HashMap<&'static str, u64>,
    words: usize,
}

impl Names {
    pub(super) fn new(secret: Option<&Secret>) -> Self {
        Self {
            secret: secret.cloned(),
            known: HashMap::new(),
            taken: HashSet::new(),
            counts: HashMap::new(),
            words: 0,
        }
    }

    /// How many names have a pseudonym that may change how another text reads. GUIDs do not: one gets its
    /// pseudonym where it is met first, and is never an ordinary word.
    pub(super) fn count_words(&self) -> usize {
        self.words
    }

    /// The pseudonym that a name got.
    pub(super) fn known(&self, folded: &str) -> Option<&str> {
        self.known.get(folded).map(String::as_str)
    }

    /// Gives a name the pseudonym of another one: both mean the same thing.
    pub(super) fn alias(&mut self, folded: String, pseudonym: &str) {
        let words = &mut self.words;
        self.known.entry(folded).or_insert_with(|| {
            *words += 1;
            pseudonym.to_owned()
        });
    }

    /// The pseudonym of a name, which is of this kind when it is met for the first time.
    pub(super) fn of(&mut self, kind: Kind, name: &str) -> String {
        let folded = name.to_lowercase();
        if let Some(known) = self.known.get(&folded) {
            return known.clone();
        }
        let is_guid = uuid::Uuid::try_parse(&folded).is_ok() && folded.len() == 36;
        let stays_guid = is_guid && !matches!(kind, Kind::Tenant | Kind::Subscription);
        let made = if stays_guid {
            self.guid(&folded)
        } else {
            self.words += 1;
            self.word(kind, &folded)
        };
        self.taken.insert(made.to_lowercase());
        self.known.insert(folded, made.clone());
        made
    }

    /// A GUID that nobody has. Its form stays, as what is told by a GUID depends on it.
    fn guid(&mut self, folded: &str) -> String {
        let number = match &self.secret {
            Some(secret) => {
                let hash = secret.hash(folded.as_bytes());
                hash.iter()
                    .take(6)
                    .fold(0, |number, byte| number << 8 | u64::from(*byte))
            }
            None => self.count("guid"),
        };
        format!("00000000-0000-4000-8000-{number:012x}")
    }

    fn word(&mut self, kind: Kind, folded: &str) -> String {
        let (start, lettered) = kind.form();
        if let Some(secret) = &self.secret {
            let hash = secret.hash(folded.as_bytes());
            let letters: String = hash
                .iter()
                .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
                .collect();
            // Six letters part a billion names; on a chance of less than that, more follow.
            return (6..letters.len())
                .filter_map(|length| letters.get(..length))
                .map(|end| format!("{start}-{end}"))
                .find(|made| !self.taken.contains(made))
                .unwrap_or_else(|| format!("{start}-{letters}"));
        }
        let number = self.count(start);
        if lettered {
            format!("{start}-{}", in_letters(number))
        } else {
            format!("{start}-{number}")
        }
    }

    fn count(&mut self, of: &'static str) -> u64 {
        let count = self.counts.entry(of).or_default();
        *count += 1;
        *count
    }
}

/// A, B, … Z, AA, AB, …
fn in_letters(number: u64) -> String {
    let mut left = number;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_behind_z() {
        let letters = [1, 2, 26, 27, 52, 53, 702, 703].map(in_letters);
        assert_eq!(letters, ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn the_first_kind_counts_and_case_does_not() {
        let mut names = Names::new(None);
        assert_eq!(names.of(Kind::Storage, "stRag"), "storage-A");
        assert_eq!(names.of(Kind::Word, "STRAG"), "storage-A");
        assert_eq!(names.of(Kind::Storage, "other"), "storage-B");
        let tenant = "7f3e0000-0000-4000-8000-00000000c0d1";
        assert_eq!(names.of(Kind::Tenant, tenant), "tenant-1");
        let id = names.of(Kind::Id, "1f3e0000-0000-4000-8000-00000000c0d1");
        assert!(uuid::Uuid::try_parse(&id).is_ok());
    }

    #[test]
    fn a_key_gives_the_same_pseudonyms_in_any_order() {
        let secret = Secret([7; 32]);
        let mut one = Names::new(Some(&secret));
        let mut other = Names::new(Some(&secret));
        let a = one.of(Kind::Storage, "a");
        one.of(Kind::Storage, "b");
        other.of(Kind::Storage, "b");
        assert_eq!(other.of(Kind::Storage, "A"), a);
        let mut third = Names::new(Some(&Secret([8; 32])));
        assert_ne!(third.of(Kind::Storage, "a"), a);
    }
}
