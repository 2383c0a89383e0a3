//! What a call brings: one document, a page, or the end of a list.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;
use url::Url;

use super::error::CallError;

/// One document, and all that its evidence needs.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The call's number in the ledger.
    pub number: u64,
    /// The HTTP status, 2xx.
    pub status: u16,
    /// The address that was asked.
    pub url: Arc<Url>,
    /// The document. Null for an answer that has no content (204).
    pub json: Arc<Value>,
    /// The document as text, as it was sent.
    pub text: Arc<str>,
    /// The api-version that answered.
    pub api_version: Option<Arc<str>>,
    /// `x-ms-request-id`, else the correlation id.
    pub request_id: Option<Arc<str>>,
    /// `x-ms-correlation-request-id`.
    pub correlation_id: Option<Arc<str>>,
    /// When it was here.
    pub observed_at: OffsetDateTime,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// Its items, without those that came before word for word.
    pub items: Vec<Value>,
    /// Whether no other page follows.
    pub is_last: bool,
    /// The whole answer.
    pub answer: Answer,
}

/// How a list ended.
#[derive(Clone, Debug)]
pub struct ListEnd {
    /// Pages read.
    pub pages: usize,
    /// Items given.
    pub items: usize,
    /// Items that came a second time, word for word, and were left out.
    pub repeated: usize,
    /// Why the list is not whole; what came before stands.
    pub broken: Option<CallError>,
}

impl ListEnd {
    /// Whether this is all there is.
    pub fn is_complete(&self) -> bool {
        self.broken.is_none()
    }
}
