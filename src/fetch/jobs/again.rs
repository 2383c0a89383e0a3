//! Answers that were kept, read once more by the decoders of the first time: of a snapshot file, or
//! of a masked copy of what is shown. Asks nobody.

use std::slice;
use std::sync::Arc;

use serde_json::Value;

use crate::azure::decode::{Context, Page, kept};
use crate::model::key::Key;
use crate::model::logs::LogAnswer;
use crate::model::resource::Source;
use crate::store::Payload;
use crate::store::kept::WITHOUT_TABLE;

use super::{is_document, payload, requested};

/// The items of `key` that came from one source. What was wrong with them is known already.
pub fn decoded(key: &Key, items: &[Arc<Value>], source: &Source) -> Payload {
    let context = Context {
        api_version: Arc::clone(&source.api_version),
        observed_at: source.observed_at,
        request_id: source.request_id.clone(),
        requested: requested(key),
    };
    if let Key::Logs(_, question) = key {
        let mut answers = Vec::new();
        for item in items {
            match item.get(WITHOUT_TABLE).and_then(Value::as_str) {
                Some(said) => answers.push(LogAnswer {
                    question: *question,
                    rows: Vec::new(),
                    without_table: Some(said.to_owned()),
                    is_cut: false,
                    source: source.clone(),
                    raw: Arc::new(Value::Null),
                }),
                None => {
                    if let Page::LogAnswers(more) = kept(key, slice::from_ref(item), &context) {
                        answers.extend(more);
                    }
                }
            }
        }
        return Payload::LogAnswers(answers);
    }
    let Some((first, rest)) = items.split_first().filter(|_| is_document(key)) else {
        return payload(kept(key, items, &context));
    };
    let one = |item: &Arc<Value>| payload(kept(key, slice::from_ref(item), &context));
    rest.iter().fold(one(first), |mut whole, item| {
        // One key decodes to one kind: nothing can be given back here.
        let _ = whole.append(one(item));
        whole
    })
}
