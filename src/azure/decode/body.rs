//! What a page is read from: an answer as it was sent, or things of one that were kept, each shared
//! already with whoever keeps them. Must not know what they are.

use std::sync::Arc;

use serde_json::Value;

use super::reader::{Notes, Reader};

/// The list in an answer of ARM and Graph alike.
pub(super) const VALUE: &str = "value";

/// What a document is when nothing came.
static NOTHING: Value = Value::Null;

/// What a page is read from.
#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    /// An answer.
    Sent(&'a Value),
    /// The things of a list, or the one document. What is made of them shares them.
    Kept(&'a [Arc<Value>]),
}

impl<'a> Body<'a> {
    /// The whole of it, where it is one document.
    pub(super) fn document(self) -> &'a Value {
        match self {
            Self::Sent(body) => body,
            Self::Kept(items) => items.first().map_or(&NOTHING, |one| one),
        }
    }

    /// The same, to be held.
    pub(super) fn shared(self) -> Arc<Value> {
        match self {
            Self::Kept([one, ..]) => Arc::clone(one),
            other => Arc::new(other.document().clone()),
        }
    }

    /// The one document.
    pub(super) fn root(self, notes: &'a Notes<'a>) -> Reader<'a> {
        match self {
            Self::Kept([one, ..]) => Reader::root_shared(one, notes),
            other => Reader::root_object(other.document(), notes),
        }
    }

    /// Reads every object of the list. `read` gives none for one that cannot be read, and has noted why;
    /// it gets the object's JSON where that is shared.
    pub(super) fn each(self, notes: &Notes<'_>, mut read: impl FnMut(&Reader<'_>) -> Option<()>) {
        match self {
            Self::Kept(items) => {
                for item in items {
                    let one = Reader::root_shared(item, notes);
                    if one.value().is_some() {
                        read(&one);
                    }
                }
            }
            Self::Sent(Value::Array(_)) => {
                // An answer that is a bare list is read as if it stood in an envelope.
                let mut map = serde_json::Map::new();
                map.insert(VALUE.to_owned(), self.document().clone());
                Self::listed(&Value::Object(map), notes, read);
            }
            Self::Sent(body) => Self::listed(body, notes, read),
        }
    }

    fn listed(body: &Value, notes: &Notes<'_>, read: impl FnMut(&Reader<'_>) -> Option<()>) {
        let root = Reader::root_object(body, notes);
        let mut read = read;
        let all = root.each(VALUE, |item| read(item));
        root.required(VALUE, all);
    }
}
