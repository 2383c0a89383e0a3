//! Everything that a store knows as plain data: what a snapshot file holds, and what masking works on.
//!
//! Of each thing that was read only the JSON is kept, as Azure sent it, with where and when it was
//! read. The types of `model` are made from it again by the same decoders as on the first day, so a
//! newer hopscope reads more out of an old file, and a masked answer cannot disagree with what is
//! decoded from it.
//!
//! There is no place for a token here: credentials never reach the store, and what merely looks like
//! a token in an answer is taken out on the way ([`tokens`]).

mod answers;
mod parsed;
mod tokens;

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::model::caller::Caller;
use crate::model::issue::Issue;
use crate::model::judging::Judging;
use crate::model::key::Key;
use crate::model::ledger::{LedgerEntry, Outcome};
use crate::model::resource::Source;
use crate::model::scope::Scope;

pub use answers::WITHOUT_TABLE;

use super::{Ledger, Payload, Phase, SignInTrouble, Slice, Snapshot};

/// Makes the items of one slice again from answers that came from one source. The decoders are
/// `azure`'s, which the store must not know: whoever joins the two hands this in.
pub type Decode = fn(&Key, &[Arc<Value>], &Source) -> Payload;

/// Everything that was read, and how it is to be judged. Things and calls are of another type only while
/// a file is read: not yet parsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept<I = Arc<Value>, E = Arc<LedgerEntry>> {
    /// The cloud's name as the report has it.
    pub cloud: String,
    /// Base of the portal.
    pub portal: String,
    /// What a person said about how to judge.
    pub judging: Judging,
    /// What was looked at.
    pub scope: Scope,
    /// Who was signed in.
    pub callers: Vec<Caller>,
    /// For which tenants and services there was no token, and why.
    pub sign_in_troubles: Vec<SignInTrouble>,
    /// What was read, in the order in which it was planned.
    pub slices: Vec<KeptSlice<I>>,
    /// The calls.
    pub ledger: Ledger<E>,
}

/// One slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptSlice<I = Arc<Value>> {
    /// Its name.
    pub key: Key,
    /// When the value was read.
    #[serde(with = "time::serde::rfc3339::option")]
    pub observed_at: Option<OffsetDateTime>,
    /// When its last reading ended; none when it was under way, or had not begun.
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
    /// Whether the last reading that ended brought everything.
    pub complete: bool,
    /// What went wrong.
    pub issues: Vec<Issue>,
    /// The answers; none when no value came, which is not the same as an empty one.
    pub value: Option<Vec<KeptAnswer<I>>>,
}

/// Things of one slice that came in one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptAnswer<I = Arc<Value>> {
    /// Where they were read.
    pub source: Source,
    /// The JSON of each.
    pub items: Vec<I>,
}

/// How many things of a list are decoded, or parsed, at a stretch: much work against handing it over.
const A_PART: usize = 256;

/// Everything in a snapshot that holds texts.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The slices, in the order of the snapshot.
    pub slices: Vec<(Key, Slice)>,
    /// The calls.
    pub ledger: Ledger,
    /// Who is signed in.
    pub callers: Vec<Caller>,
    /// Tokens that could not be had.
    pub sign_in_troubles: Vec<SignInTrouble>,
    /// What is looked at.
    pub scope: Scope,
}

/// What was not read by the store but has to be known to judge and to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The cloud's name.
    pub cloud: String,
    /// Base of the portal.
    pub portal: String,
    /// How it is judged.
    pub judging: Judging,
}

impl Kept {
    /// Keeps what a snapshot holds.
    pub fn of(snapshot: &Snapshot, frame: &Frame) -> Self {
        Self {
            cloud: frame.cloud.clone(),
            portal: frame.portal.clone(),
            judging: frame.judging.clone(),
            scope: snapshot.scope().clone(),
            callers: snapshot.callers().to_vec(),
            sign_in_troubles: snapshot.sign_in_troubles().to_vec(),
            slices: snapshot
                .slices()
                .map(|(key, slice)| kept_slice(key, slice))
                .collect(),
            ledger: Ledger {
                entries: snapshot.ledger().entries.iter().map(kept_call).collect(),
                let_go: snapshot.ledger().let_go,
            },
        }
    }

    /// What stands beside the snapshot.
    pub fn frame(&self) -> Frame {
        Frame {
            cloud: self.cloud.clone(),
            portal: self.portal.clone(),
            judging: self.judging.clone(),
        }
    }

    /// The snapshot again. Nothing is being read any more; what had not been answered stays pending.
    pub fn restore(&self, decode: Decode) -> Snapshot {
        let slices: Vec<(Key, Slice)> = self
            .slices
            .par_iter()
            .map(|kept| (kept.key.clone(), kept.restore(decode)))
            .collect();
        Snapshot {
            slices: Arc::new(slices.into_iter().collect()),
            ledger: Arc::new(self.ledger.clone()),
            callers: Arc::new(self.callers.clone()),
            sign_in_troubles: Arc::new(self.sign_in_troubles.clone()),
            scope: Arc::new(self.scope.clone()),
            frozen: false,
            idle: true,
            revision: 1,
        }
    }
}

impl Snapshot {
    /// This snapshot with other texts in it, in the same state of reading. Slices come in its order.
    #[must_use]
    pub fn shown_as(&self, parts: Parts) -> Self {
        let own = self.slices.values();
        let slices = own.zip(parts.slices).map(|(own, (key, mut slice))| {
            slice.phase = own.phase;
            slice.revision = own.revision;
            slice.generation = own.generation;
            (key, slice)
        });
        Self {
            slices: Arc::new(slices.collect()),
            ledger: Arc::new(parts.ledger),
            callers: Arc::new(parts.callers),
            sign_in_troubles: Arc::new(parts.sign_in_troubles),
            scope: Arc::new(parts.scope),
            frozen: self.frozen,
            idle: self.idle,
            revision: self.revision,
        }
    }

    /// The same under another revision, for what is cached by it.
    #[must_use]
    pub fn with_revision(mut self, revision: u64) -> Self {
        self.revision = revision;
        self
    }

    /// Whether nothing at all has changed between two snapshots of one store.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.slices, &other.slices)
            && Arc::ptr_eq(&self.ledger, &other.ledger)
            && self.revision == other.revision
            && self.idle == other.idle
            && self.frozen == other.frozen
    }
}

impl KeptSlice {
    /// The slice again.
    pub fn restore(&self, decode: Decode) -> Slice {
        let value = self
            .value
            .as_ref()
            .map(|answers| Arc::new(self.payload(answers, decode)));
        Slice {
            value,
            observed_at: self.observed_at,
            phase: self
                .settled_at
                .map_or(Phase::Idle, |at| Phase::Settled { at }),
            issues: Arc::from(self.issues.as_slice()),
            revision: 1,
            generation: 0,
            complete: self.complete,
            side: None,
        }
    }

    fn payload(&self, answers: &[KeptAnswer], decode: Decode) -> Payload {
        let nothing = || Source {
            api_version: Arc::from(""),
            observed_at: self.observed_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            request_id: None,
        };
        let parts: Vec<Payload> = answers
            .par_iter()
            .flat_map(|answer| {
                // Things are decoded one by one, so that a long list is the work of several threads.
                let parts = answer.items.par_chunks(A_PART);
                parts.map(|items| decode(&self.key, items, &answer.source))
            })
            .collect();
        let whole = parts.into_iter().reduce(|mut whole, more| {
            // One key decodes to one kind: nothing can be given back here.
            let _ = whole.append(more);
            whole
        });
        whole.unwrap_or_else(|| decode(&self.key, &[], &nothing()))
    }
}

/// Calls `take` with the JSON of each item of a payload.
pub(super) fn each_answer(payload: &Payload, mut take: impl FnMut(&Arc<Value>)) {
    answers::each(payload, |raw, _| take(raw));
}

/// One slice of a snapshot as plain data.
pub fn kept_slice(key: &Key, slice: &Slice) -> KeptSlice {
    KeptSlice {
        key: key.clone(),
        observed_at: slice.observed_at,
        settled_at: match slice.phase {
            Phase::Settled { at } => Some(at),
            _ => None,
        },
        complete: slice.complete,
        issues: slice.issues.to_vec(),
        value: slice
            .value
            .as_deref()
            .map(|payload| in_answers(payload, slice.observed_at)),
    }
}

/// The items of a payload, those of one source together, in their order.
fn in_answers(payload: &Payload, observed_at: Option<OffsetDateTime>) -> Vec<KeptAnswer> {
    let unknown = Source {
        api_version: Arc::from(""),
        observed_at: observed_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        request_id: None,
    };
    let mut answers: Vec<KeptAnswer> = Vec::new();
    answers::each(payload, |raw, source| {
        let source = source.unwrap_or(&unknown);
        let item = tokens::without(raw);
        match answers.last_mut() {
            Some(last) if last.source == *source => last.items.push(item),
            _ => answers.push(KeptAnswer {
                source: source.clone(),
                items: vec![item],
            }),
        }
    });
    answers
}

/// One call as it is kept. What was under way is said to have been: nothing waits for it any more.
fn kept_call(entry: &Arc<LedgerEntry>) -> Arc<LedgerEntry> {
    let texts = [&entry.body, &entry.error_message];
    let mut clean = texts.map(|text| text.as_deref().and_then(tokens::without_text));
    let in_headers = entry
        .headers
        .iter()
        .any(|(_, value)| tokens::without_text(value).is_some());
    let is_clean = clean.iter().all(Option::is_none) && !in_headers;
    if entry.outcome != Outcome::Pending && is_clean {
        return Arc::clone(entry);
    }
    let mut own = LedgerEntry::clone(entry);
    if let Some(body) = clean[0].take() {
        own.body = Some(Arc::from(body));
    }
    if let Some(message) = clean[1].take() {
        own.error_message = Some(Arc::from(message));
    }
    if in_headers {
        own.headers = own
            .headers
            .iter()
            .map(|(name, value)| {
                let value =
                    tokens::without_text(value).map_or_else(|| Arc::clone(value), Arc::from);
                (Arc::clone(name), value)
            })
            .collect();
    }
    if own.outcome == Outcome::Pending {
        own.outcome = Outcome::Failed(Arc::from("still under way when the snapshot was taken"));
    }
    Arc::new(own)
}
