//! The messages of the domain reference, section D.2, one table a service.
//!
//! A fragment is what the service writes, in lower case, quotes as `'`; where a name stands in the
//! middle it is cut in two. The words beside it are ours.

mod arm;
mod cosmos;
mod openai;
mod search;
mod skills;
mod storage;
mod vault;

use crate::analysis::hop::HopKind;
use crate::analysis::verdict::Gate;

use super::text::Tidy;

/// One message that Azure writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number in the domain reference: `M06`.
    pub id: &'static str,
    /// The fragment as a person reads it; `…` where a name stands.
    pub shown: &'static str,
    /// Who writes it, with which status.
    pub place: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// What it may come from, the likeliest first.
    pub causes: &'static [Cause],
    /// Whether it only wraps what another service said.
    pub is_wrapper: bool,
    /// Any of these, each in pieces that follow one another.
    fragments: &'static [&'static [&'static str]],
    /// Not when any of these stands there: another message says more.
    unless: &'static [&'static str],
}

/// One thing that a message may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The gate.
    pub gate: Gate,
    /// The hops that it stands on.
    pub hops: &'static [HopKind],
    /// What is wrong then.
    pub why: &'static str,
    /// What proves it.
    pub proof: &'static str,
}

impl Message {
    /// How much of the message stands in a text, in bytes; none when it does not.
    pub(super) fn weight_in(&self, tidy: &Tidy) -> Option<usize> {
        if self.unless.iter().any(|other| tidy.holds(&[other])) {
            return None;
        }
        self.fragments
            .iter()
            .filter(|pieces| tidy.holds(pieces))
            .map(|pieces| pieces.iter().map(|piece| piece.len()).sum())
            .max()
            .or_else(|| (self.id == "M50" && names_a_token(tidy)).then_some(1))
    }

    /// The gates that it may mean, each once.
    pub fn gates(&self) -> Vec<Gate> {
        let mut gates = Vec::new();
        for cause in self.causes {
            if !gates.contains(&cause.gate) {
                gates.push(cause.gate);
            }
        }
        gates
    }
}

/// M50 has no fixed words: a 401 that names the client and the tenant of a token.
fn names_a_token(tidy: &Tidy) -> bool {
    let is_401 = tidy.has_word("401")
        || tidy.has_word("unauthorized")
        || tidy.folded.contains("invalidauthenticationtoken");
    let guids = super::facts::guids(&tidy.folded).count();
    is_401
        && guids >= 2
        && tidy.folded.contains("token")
        && tidy.folded.contains("tenant")
        && (tidy.folded.contains("client") || tidy.folded.contains("appid"))
}

/// Every message, in the order of the domain reference.
pub fn all() -> impl Iterator<Item = &'static Message> {
    let mut every: Vec<&'static Message> = [
        openai::MESSAGES,
        storage::MESSAGES,
        search::MESSAGES,
        skills::MESSAGES,
        arm::MESSAGES,
        cosmos::MESSAGES,
        vault::MESSAGES,
    ]
    .into_iter()
    .flatten()
    .collect();
    every.sort_by_key(|message| message.id);
    every.into_iter()
}
