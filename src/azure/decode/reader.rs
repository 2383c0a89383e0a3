//! The lens through which an answer is read: a value, its JSON path, and one list of issues for the
//! whole document.
//!
//! A property that is missing, null or of another shape becomes its own [`Field`] state, and, where
//! the shape is wrong, one issue with the path as Azure spells it; everything else of the document
//! stands. Keys are looked up exactly first and then without case, as the casing on the wire varies.
//! The lens must not know any service; what a property means is the business of the file that asks.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::Context;
use super::versions::Declared;
use crate::model::field::Field;
use crate::model::id::ArmId;
use crate::model::issue::{Issue, IssueKind};
use crate::model::text::safe;

/// What is noted while one document is read.
#[derive(Debug)]
pub struct Notes<'a> {
    what: &'a str,
    context: &'a Context<'a>,
    issues: RefCell<Vec<Issue>>,
}

impl<'a> Notes<'a> {
    /// Notes on a document of the kind `what`.
    pub fn new(what: &'a str, context: &'a Context<'a>) -> Self {
        Self {
            what,
            context,
            issues: RefCell::new(Vec::new()),
        }
    }

    /// Adds an issue about the property at `path`; the first one of a path stands.
    pub fn add(&self, path: String, message: impl Into<String>) {
        let mut issues = self.issues.borrow_mut();
        if issues
            .iter()
            .any(|issue| issue.path.as_deref() == Some(&path))
        {
            return;
        }
        issues.push(self.issue(path, message));
    }

    /// An issue about the property at `path`, not added.
    pub fn issue(&self, path: String, message: impl Into<String>) -> Issue {
        let mut issue = Issue::new(
            IssueKind::Malformed,
            self.what,
            message,
            self.context.observed_at,
        );
        issue.path = Some(path);
        issue.request_id.clone_from(&self.context.request_id);
        issue
    }

    /// The issues, in the order in which they were met.
    pub fn into_issues(self) -> Vec<Issue> {
        self.issues.into_inner()
    }
}

/// One part of a JSON path, linked to the part before it: a path is written out only for an issue.
#[derive(Debug)]
struct Step<'a> {
    before: Option<Rc<Step<'a>>>,
    part: Part<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Name(&'a str),
    Index(usize),
}

fn write_path(step: Option<&Rc<Step<'_>>>, out: &mut String) {
    let Some(step) = step else { return };
    write_path(step.before.as_ref(), out);
    write_part(step.part, out);
}

fn write_part(part: Part<'_>, out: &mut String) {
    match part {
        Part::Index(index) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "[{index}]");
        }
        Part::Name(name) if is_plain(name) => {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(name);
        }
        Part::Name(name) => {
            let name = safe(name).replace('\\', "\\\\").replace('\'', "\\'");
            let _ = write!(out, "['{name}']");
        }
    }
}

/// Whether a name can stand in a dotted path as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

/// A place in a document: what is there, and how one got to it.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    node: Field<&'a Value>,
    shared: Option<&'a Arc<Value>>,
    step: Option<Rc<Step<'a>>>,
    notes: &'a Notes<'a>,
}

impl<'a> Reader<'a> {
    /// The whole document.
    pub fn root(value: &'a Value, notes: &'a Notes<'a>) -> Self {
        let node = Field::Value(value);
        Self {
            node,
            shared: None,
            step: None,
            notes,
        }
    }

    /// The same of a document that is shared already, as an object.
    pub fn root_shared(value: &'a Arc<Value>, notes: &'a Notes<'a>) -> Self {
        Self {
            shared: Some(value),
            ..Self::root_object(value, notes)
        }
    }

    /// The document itself as an object; anything else is malformed.
    pub fn root_object(value: &'a Value, notes: &'a Notes<'a>) -> Self {
        let root = Self::root(value, notes);
        let node = root.expect_shape(Field::Value(value), None, "an object", Value::is_object);
        Self { node, ..root }
    }

    /// What the document says of being here: absent, null, malformed, or there.
    pub fn state(&self) -> Field<()> {
        self.node.map(|_| ())
    }

    /// The value that is here.
    pub fn value(&self) -> Option<&'a Value> {
        self.node.value().copied()
    }

    /// What is here, where it is shared already.
    pub fn shared(&self) -> Option<&'a Arc<Value>> {
        self.shared
    }

    /// The JSON path of this place.
    pub fn path(&self) -> String {
        let mut out = String::new();
        write_path(self.step.as_ref(), &mut out);
        out
    }

    /// The JSON path of a property of this place.
    pub fn path_of(&self, name: &str) -> String {
        let mut out = self.path();
        write_part(Part::Name(name), &mut out);
        out
    }

    /// Notes an issue about a property of this place.
    pub fn note(&self, name: &str, message: &str) {
        let path = self.path_of(self.spelled(name));
        self.notes.add(path.clone(), format!("{path} {message}"));
    }

    /// An absent property of an object that is there may only be unknown to the API version that
    /// answered: then the field says so.
    pub fn dated<T>(&self, field: Field<T>, declared: &Declared) -> Field<T> {
        let is_silent = matches!(field, Field::Absent) && self.value().is_some();
        if is_silent && declared.is_unknown_to(&self.notes.context.api_version) {
            Field::Unreported(declared.stable)
        } else {
            field
        }
    }

    fn lookup(&self, name: &str) -> Option<(&'a str, &'a Value)> {
        let map = self.value()?.as_object()?;
        map.get_key_value(name)
            .or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(key, value)| (key.as_str(), value))
    }

    /// The key as the document spells it.
    fn spelled<'b>(&self, name: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.lookup(name).map_or(name, |(key, _)| key)
    }

    fn get(&self, name: &str) -> Field<&'a Value> {
        self.node.and_then(|_| match self.lookup(name) {
            None => Field::Absent,
            Some((_, Value::Null)) => Field::Null,
            Some((_, value)) => Field::Value(value),
        })
    }

    fn expect_shape(
        &self,
        node: Field<&'a Value>,
        name: Option<&str>,
        shape: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Field<&'a Value> {
        match node {
            Field::Value(value) if !fits(value) => {
                self.wrong(name, shape, value);
                Field::Malformed
            }
            node => node,
        }
    }

    fn wrong(&self, name: Option<&str>, shape: &str, value: &Value) {
        let path = name.map_or_else(|| self.path(), |name| self.path_of(self.spelled(name)));
        let shown = if path.is_empty() { "the answer" } else { &path };
        let message = format!("{shown} should be {shape}, but is {}", shape_of(value));
        self.notes.add(path, message);
    }

    fn typed<T>(
        &self,
        name: &str,
        shape: &str,
        parse: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Field<T> {
        self.get(name).and_then(|value| {
            parse(value).map_or_else(
                || {
                    self.wrong(Some(name), shape, value);
                    Field::Malformed
                },
                Field::Value,
            )
        })
    }

    /// The object at `name`. Its own properties inherit its state when it is not there.
    #[must_use]
    pub fn object(&self, name: &'a str) -> Reader<'a> {
        let node = self.expect_shape(self.get(name), Some(name), "an object", Value::is_object);
        self.below(Part::Name(self.spelled(name)), node)
    }

    fn below(&self, part: Part<'a>, node: Field<&'a Value>) -> Reader<'a> {
        let before = self.step.clone();
        Reader {
            node,
            shared: None,
            step: Some(Rc::new(Step { before, part })),
            notes: self.notes,
        }
    }

    /// The text at `name`, without unsafe characters.
    pub fn text(&self, name: &str) -> Field<String> {
        self.typed(name, "a text", |value| {
            value.as_str().map(|text| safe(text).into_owned())
        })
    }

    /// The text at `name`, where empty means that nothing is set.
    pub fn filled_text(&self, name: &str) -> Field<String> {
        self.text(name).and_then(|text| {
            if text.trim().is_empty() {
                Field::Null
            } else {
                Field::Value(text)
            }
        })
    }

    /// The text at `name`, one of the `known` words; another one is kept and noted.
    pub fn word(&self, name: &str, known: &[&str]) -> Field<String> {
        let text = self.text(name);
        if let Field::Value(word) = &text {
            self.check_words(name, std::iter::once(word.as_str()), known);
        }
        text
    }

    /// The text at `name`, a comma list of the `known` words; others are kept and noted.
    pub fn words(&self, name: &str, known: &[&str]) -> Field<String> {
        let text = self.text(name);
        if let Field::Value(list) = &text {
            self.check_words(name, list.split(',').map(str::trim), known);
        }
        text
    }

    fn check_words<'w>(&self, name: &str, words: impl Iterator<Item = &'w str>, known: &[&str]) {
        let unknown: Vec<&str> = words
            .filter(|word| !known.iter().any(|one| one.eq_ignore_ascii_case(word)))
            .collect();
        if !unknown.is_empty() {
            let message = format!(
                "is `{}`, which is none of the known values {}",
                unknown.join("`, `"),
                known.join(", ")
            );
            self.note(name, &message);
        }
    }

    /// The truth value at `name`.
    pub fn flag(&self, name: &str) -> Field<bool> {
        self.typed(name, "true or false", Value::as_bool)
    }

    /// The whole number at `name`; Azure also writes them as floats and as text.
    pub fn integer(&self, name: &str) -> Field<i64> {
        self.typed(name, "a whole number", whole_number)
    }

    /// The count at `name`, exact beyond 64 bits; mostly written as a text, and an empty one is how a
    /// service says that there is none.
    pub fn count(&self, name: &str) -> Field<u128> {
        if matches!(self.get(name), Field::Value(Value::String(text)) if text.trim().is_empty()) {
            return Field::Null;
        }
        self.typed(name, "a count", |value| match value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.to_string().parse().ok(),
            _ => None,
        })
    }

    /// The time at `name`, with any offset; without one it is UTC.
    pub fn time(&self, name: &str) -> Field<OffsetDateTime> {
        self.typed(name, "a time", |value| parse_time(value.as_str()?))
    }

    /// The id at `name`. An empty text is how some services say that there is none.
    pub fn id(&self, name: &str) -> Field<ArmId> {
        self.filled_text(name).map(|text| ArmId::new(text.trim()))
    }

    /// The list at `name`.
    fn list(&self, name: &str) -> Field<&'a Vec<Value>> {
        self.typed(name, "a list", Value::as_array)
    }

    /// Every item of the list at `name`, of whatever shape; `read` gives none for one that cannot be
    /// read, and has noted why. A list with items of which none can be read is malformed, so that
    /// nobody takes it for empty.
    pub fn each_value<T>(
        &self,
        name: &'a str,
        mut read: impl FnMut(&Reader<'a>) -> Option<T>,
    ) -> Field<Vec<T>> {
        self.list(name).and_then(|values| {
            let place = self.below(Part::Name(self.spelled(name)), Field::Null);
            let items: Vec<T> = values
                .iter()
                .enumerate()
                .filter_map(|(index, value)| {
                    read(&place.below(Part::Index(index), Field::Value(value)))
                })
                .collect();
            if items.is_empty() && !values.is_empty() {
                Field::Malformed
            } else {
                Field::Value(items)
            }
        })
    }

    /// Every object of the list at `name`; items of another shape are noted.
    pub fn each<T>(
        &self,
        name: &'a str,
        mut read: impl FnMut(&Reader<'a>) -> Option<T>,
    ) -> Field<Vec<T>> {
        self.each_value(name, |item| item.as_object().and_then(|item| read(&item)))
    }

    /// The texts of the list at `name`.
    pub fn texts(&self, name: &'a str) -> Field<Vec<String>> {
        self.each_value(name, Reader::as_text)
    }

    /// The ids of the list at `name`.
    pub fn ids(&self, name: &'a str) -> Field<Vec<ArmId>> {
        self.texts(name)
            .map(|texts| texts.iter().map(ArmId::new).collect())
    }

    /// The entries of the object at `name`, in the document's order. A null entry is there, and
    /// null.
    pub fn entries(&self, name: &'a str) -> Field<Vec<(&'a str, Reader<'a>)>> {
        let object = self.object(name);
        object.node.map(|value| {
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| {
                    let node = match value {
                        Value::Null => Field::Null,
                        value => Field::Value(value),
                    };
                    (key.as_str(), object.below(Part::Name(key), node))
                })
                .collect()
        })
    }

    /// Whether there is an object at `name`, for what is a list in other API versions.
    pub fn is_object_at(&self, name: &str) -> bool {
        self.get(name)
            .value()
            .is_some_and(|value| value.is_object())
    }

    /// This place as an object, or none and an issue.
    pub fn as_object(&self) -> Option<Reader<'a>> {
        let node = self.expect_shape(self.node, None, "an object", Value::is_object);
        node.value()?;
        Some(Reader {
            node,
            ..self.clone()
        })
    }

    /// This place as a text without unsafe characters, or none and an issue.
    pub fn as_text(&self) -> Option<String> {
        let value = self.value()?;
        let Some(text) = value.as_str() else {
            self.wrong(None, "a text", value);
            return None;
        };
        Some(safe(text).into_owned())
    }

    /// A property without which nothing can be said of this item: none and an issue when it has no
    /// value.
    pub fn required<T>(&self, name: &str, field: Field<T>) -> Option<T> {
        match field {
            Field::Value(value) => Some(value),
            Field::Malformed => None, // Its issue is noted already.
            Field::Absent | Field::Null | Field::Unreported(_) => {
                self.note(name, "is missing");
                None
            }
        }
    }
}

fn shape_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text of another form",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn whole_number(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    // `10.0` is how some services write 10; `10.5` is not a whole number.
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if fraction.bytes().all(|digit| digit == b'0') {
        whole.parse().ok()
    } else {
        None
    }
}

fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| {
        let bare = time::macros::format_description!(
            version = 2,
            "[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]"
        );
        PrimitiveDateTime::parse(text, bare)
            .ok()
            .map(PrimitiveDateTime::assume_utc)
    })
}
