//! What an error message means: which hop, which gate, and which of its possible causes hold here.
//!
//! * [`catalogue`]: the messages of the domain reference (M01 to M53), one table a service;
//! * [`text`]: a pasted text made comparable, and whether a bare status stands in it;
//! * [`facts`]: what the message names: principal, action, scope, host, tenant;
//! * [`here`]: the judged hops asked which cause holds.
//!
//! [`recognise`] needs nothing but the text. It must not guess: a text that is none of the catalogue
//! is unknown, and a bare 401 or 403 is all that it may mean.
//!
//! A new message is one entry in a table of `catalogue/`; the tests ask for its example.

pub mod catalogue;
pub mod facts;
pub mod here;
pub mod text;

pub use catalogue::{Cause, Message};
pub use facts::{Fact, FactKind};
pub use here::{Confidence, Here, Seen, Standing};

use text::{Bare, Tidy};

/// What a text was recognised as.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognised {
    /// The messages in it, the one that says most first: what a wrapper holds comes before the
    /// wrapper.
    pub messages: Vec<&'static Message>,
    /// A status without a message that says more.
    pub bare: Option<Bare>,
    /// What the text names.
    pub facts: Vec<Fact>,
}

impl Recognised {
    /// Whether the text is one that the catalogue knows.
    pub fn is_known(&self) -> bool {
        !self.messages.is_empty() || self.bare.is_some()
    }

    /// Everything that it may come from, each once, the likeliest message's first.
    pub fn causes(&self) -> Vec<&'static Cause> {
        let mut causes: Vec<&'static Cause> = Vec::new();
        let of_messages = self
            .messages
            .iter()
            .filter(|message| !message.is_wrapper || self.messages.len() == 1)
            .flat_map(|message| message.causes);
        let of_status = self.bare.iter().flat_map(|bare| bare.causes());
        for cause in of_messages.chain(of_status) {
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        causes
    }

    /// The value of a fact that the text names.
    pub fn fact(&self, kind: FactKind) -> Option<&str> {
        self.facts
            .iter()
            .find(|fact| fact.kind == kind)
            .map(|fact| fact.value.as_str())
    }
}

/// Reads a message. Only its text counts.
pub fn recognise(pasted: &str) -> Recognised {
    let tidy = Tidy::new(pasted);
    let mut found: Vec<(usize, &'static Message)> = catalogue::all()
        .filter_map(|message| message.weight_in(&tidy).map(|weight| (weight, message)))
        .collect();
    // A longer fragment says more; the catalogue's order decides between equals.
    found.sort_by_key(|(weight, message)| (message.is_wrapper, std::cmp::Reverse(*weight)));
    let messages: Vec<_> = found.into_iter().map(|(_, message)| message).collect();
    let says_why = messages.iter().any(|message| !message.is_wrapper);
    Recognised {
        bare: if says_why { None } else { Bare::of(&tidy) },
        facts: facts::read(&tidy),
        messages,
    }
}
