//! Parsing what a file keeps. Its frame is parsed at once, and finds where each thing and each call
//! begins and ends; those are parsed on all threads, as they are nearly all of it.

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{A_PART, Kept, KeptAnswer, KeptSlice};
use crate::store::Ledger;

type Parsed<T> = Result<T, serde_json::Error>;

impl Kept {
    /// What a document keeps.
    ///
    /// # Errors
    /// When it is no JSON, or not of this shape. Nothing of it is given then.
    pub fn parse(document: &[u8]) -> Parsed<Self> {
        let frame: Kept<&RawValue, &RawValue> = serde_json::from_slice(document)?;
        let slices = frame.slices.into_par_iter().map(slice);
        let (slices, entries) = rayon::join(
            || slices.collect::<Parsed<Vec<_>>>(),
            || each(&Vec::from(frame.ledger.entries)),
        );
        Ok(Self {
            cloud: frame.cloud,
            portal: frame.portal,
            judging: frame.judging,
            scope: frame.scope,
            callers: frame.callers,
            sign_in_troubles: frame.sign_in_troubles,
            slices: slices?,
            ledger: Ledger {
                entries: entries?.into(),
                let_go: frame.ledger.let_go,
            },
        })
    }
}

fn slice(frame: KeptSlice<&RawValue>) -> Parsed<KeptSlice> {
    let answers = frame.value.map(|answers| answers.into_iter().map(answer));
    Ok(KeptSlice {
        key: frame.key,
        observed_at: frame.observed_at,
        settled_at: frame.settled_at,
        complete: frame.complete,
        issues: frame.issues,
        value: answers.map(Iterator::collect::<Parsed<_>>).transpose()?,
    })
}

fn answer(frame: KeptAnswer<&RawValue>) -> Parsed<KeptAnswer> {
    Ok(KeptAnswer {
        source: frame.source,
        items: each(&frame.items)?,
    })
}

fn each<T: DeserializeOwned + Send>(parts: &[&RawValue]) -> Parsed<Vec<T>> {
    let parts = parts.par_iter().with_min_len(A_PART);
    parts.map(|part| serde_json::from_str(part.get())).collect()
}
