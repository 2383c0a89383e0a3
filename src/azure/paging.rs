//! Pages: the items of an answer, the link to the next one, and the watch for lists that never end.
//!
//! Pure: it reads documents and remembers what went by. It knows neither addresses that are allowed
//! nor HTTP; a next link goes through the gate like any other address.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde_json::Value;

/// Where the next page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// This was the last page.
    End,
    /// At this address, as the answer gave it.
    Link(String),
    /// Behind this token, which goes into the body of the same query.
    SkipToken(String),
}

/// One page, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The items, in order.
    pub items: Vec<Value>,
    /// Where the next page is.
    pub next: Next,
}

/// What is wrong with a page or with a list as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PagingError {
    /// The answer holds no list.
    #[error("the answer is not a list: {0}")]
    NotAList(String),
    /// The next link is not a text.
    #[error("the link to the next page is not a text but {0}")]
    NotALink(&'static str),
    /// The list leads back to a page that was already read.
    #[error("the list leads back to a page that was already read (page {0})")]
    Loop(usize),
    /// Page after page brings only what was there before.
    #[error("page {0} only repeats what came before")]
    Repeats(usize),
    /// Page after page is empty.
    #[error("{0} empty pages in a row, and still a link to a next one")]
    Empty(usize),
}

/// Takes an answer apart: `value`, `data` or a bare list, and every form of link.
pub fn sheet(document: &Value) -> Result<Sheet, PagingError> {
    let items = match document {
        Value::Array(items) => items.clone(),
        Value::Object(whole) => match whole.get("value").or_else(|| whole.get("data")) {
            Some(Value::Array(items)) => items.clone(),
            Some(other) => {
                return Err(PagingError::NotAList(format!("`value` is {}", kind(other))));
            }
            None => return Err(PagingError::NotAList("it has no `value`".to_owned())),
        },
        other => return Err(PagingError::NotAList(format!("it is {}", kind(other)))),
    };
    Ok(Sheet {
        items,
        next: next_of(document)?,
    })
}

fn next_of(document: &Value) -> Result<Next, PagingError> {
    let text = |keys: &[&str]| {
        for key in keys {
            match document.get(*key) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.trim().is_empty() => {}
                Some(Value::String(text)) => return Ok(Some(text.clone())),
                Some(other) => return Err(PagingError::NotALink(kind(other))),
            }
        }
        Ok(None)
    };
    if let Some(link) = text(&["nextLink", "@odata.nextLink", "odata.nextLink", "@nextLink"])? {
        return Ok(Next::Link(link));
    }
    Ok(text(&["$skipToken", "skipToken", "$skiptoken"])?.map_or(Next::End, Next::SkipToken))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Remembers what a list brought, so that one that never ends is found out.
#[derive(Debug, Default)]
pub struct Watch {
    links: HashSet<String>,
    items: HashSet<u64>,
    pages: usize,
    empty: usize,
    repeated: usize,
}

impl Watch {
    /// A list may hold this many empty pages in a row: filters make some, a broken server makes all.
    const EMPTY_IN_A_ROW: usize = 50;

    /// A watch over a list that starts at this address.
    pub fn starting_at(first: &str) -> Self {
        Self {
            links: HashSet::from([first.to_owned()]),
            ..Self::default()
        }
    }

    /// Pages seen.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Items that came a second time, word for word, and were left out.
    pub fn repeated(&self) -> usize {
        self.repeated
    }

    /// Takes a page in: leaves out items that came before word for word, and refuses to go on when
    /// the list makes no progress.
    pub fn take(&mut self, sheet: &mut Sheet) -> Result<(), PagingError> {
        self.pages += 1;
        let had = sheet.items.len();
        let prints: Vec<u64> = sheet.items.iter().map(fingerprint).collect();
        let is_old: Vec<bool> = prints
            .iter()
            .map(|print| self.items.contains(print))
            .collect();
        self.items.extend(prints);
        let is_stale = had > 0 && is_old.iter().all(|old| *old);
        // Rows without an id may be equal and still be two.
        let mut old = is_old.into_iter();
        sheet
            .items
            .retain(|item| !(old.next() == Some(true) && item.get("id").is_some()));
        self.repeated += had - sheet.items.len();
        if sheet.next == Next::End {
            return Ok(());
        }
        if is_stale {
            return Err(PagingError::Repeats(self.pages));
        }
        self.empty = if had == 0 { self.empty + 1 } else { 0 };
        if self.empty > Self::EMPTY_IN_A_ROW {
            return Err(PagingError::Empty(self.empty));
        }
        let (Next::Link(next) | Next::SkipToken(next)) = &sheet.next else {
            return Ok(());
        };
        if self.links.insert(next.clone()) {
            Ok(())
        } else {
            Err(PagingError::Loop(self.pages))
        }
    }
}

/// Items are told apart by their whole text: two items may share an id and still differ.
fn fingerprint(item: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    item.to_string().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_list_is_taken_apart() {
        let cases = [
            (json!({"value": [1]}), 1, Next::End),
            (json!({"value": [1], "nextLink": null}), 1, Next::End),
            (json!({"value": [1], "nextLink": ""}), 1, Next::End),
            (
                json!({"value": [], "nextLink": "https://a/b"}),
                0,
                Next::Link("https://a/b".into()),
            ),
            (
                json!({"value": [1], "@odata.nextLink": "x"}),
                1,
                Next::Link("x".into()),
            ),
            (
                json!({"data": [1, 2], "$skipToken": "t"}),
                2,
                Next::SkipToken("t".into()),
            ),
            (json!([1, 2, 3]), 3, Next::End),
        ];
        for (document, count, next) in cases {
            let sheet = sheet(&document).unwrap();
            assert_eq!((sheet.items.len(), sheet.next), (count, next), "{document}");
        }
    }

    #[test]
    fn what_is_no_list_says_so() {
        for (document, words) in [
            (json!({"id": 1}), "no `value`"),
            (json!({"value": {}}), "`value` is an object"),
            (json!({"value": null}), "`value` is null"),
            (json!("text"), "it is a text"),
            (
                json!({"value": [], "nextLink": 5}),
                "not a text but a number",
            ),
        ] {
            let message = sheet(&document).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    fn page(items: &[i32], next: &str) -> Sheet {
        Sheet {
            items: items.iter().map(|item| json!({"id": item})).collect(),
            next: Next::Link(next.to_owned()),
        }
    }

    #[test]
    fn a_link_that_was_followed_before_is_a_loop() {
        let mut watch = Watch::starting_at("a");
        assert_eq!(watch.take(&mut page(&[1], "b")), Ok(()));
        assert_eq!(watch.take(&mut page(&[2], "a")), Err(PagingError::Loop(2)));
    }

    #[test]
    fn new_links_to_old_items_are_repeats() {
        let mut watch = Watch::starting_at("a");
        assert_eq!(watch.take(&mut page(&[1, 2], "b")), Ok(()));
        let mut overlap = page(&[2, 3], "c");
        assert_eq!(watch.take(&mut overlap), Ok(()));
        assert_eq!((overlap.items.len(), watch.repeated()), (1, 1));
        assert_eq!(
            watch.take(&mut page(&[1, 3], "d")),
            Err(PagingError::Repeats(3))
        );
    }

    #[test]
    fn equal_rows_without_an_id_are_all_kept() {
        let mut watch = Watch::starting_at("a");
        for next in [Next::Link("b".into()), Next::End] {
            let mut rows = Sheet {
                items: vec![json!({"count": 1}), json!({"count": 1})],
                next,
            };
            assert_eq!(watch.take(&mut rows), Ok(()));
            assert_eq!(rows.items.len(), 2);
        }
    }

    #[test]
    fn empty_pages_are_followed_but_not_for_ever() {
        let mut watch = Watch::starting_at("start");
        let end = (0..1000).find_map(|at| watch.take(&mut page(&[], &at.to_string())).err());
        assert_eq!(end, Some(PagingError::Empty(51)));
        let mut watch = Watch::starting_at("start");
        for at in 0..200 {
            let items = [at];
            let items = if at % 40 == 0 { &items[..] } else { &[] };
            assert_eq!(watch.take(&mut page(items, &at.to_string())), Ok(()));
        }
    }
}
