//! Laying a document out in lines of words, each with its place in the document.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use crate::ui::effect::Raw;
use crate::ui::text::Rich;
use crate::ui::theme::Role;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonLine {
    /// What is drawn.
    pub words: Rich,
    /// The JSON pointer of what the line is about.
    pub pointer: Arc<str>,
}

/// A document in lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    lines: Vec<JsonLine>,
    document: Option<Arc<Value>>,
}

impl Lines {
    /// The lines.
    pub fn all(&self) -> &[JsonLine] {
        &self.lines
    }

    /// The document, when it is JSON.
    pub fn document(&self) -> Option<&Value> {
        self.document.as_deref()
    }
}

/// Lays an answer out. A body that is not JSON is shown line by line as it came.
pub fn lay(raw: &Raw) -> Lines {
    let document = match raw {
        Raw::Json(value) => Some(Arc::clone(value)),
        Raw::Text(text) => serde_json::from_str(text).ok().map(Arc::new),
    };
    let mut lines = Vec::new();
    match (&document, raw) {
        (Some(value), _) => {
            let mut place = Place {
                lines: &mut lines,
                pointer: String::new(),
                depth: 0,
            };
            place.value(value, Rich::new(), false);
        }
        (None, Raw::Text(text)) => lines.extend(text.lines().map(|line| JsonLine {
            words: Rich::plain(line.to_owned()),
            pointer: Arc::from(""),
        })),
        (None, Raw::Json(_)) => {}
    }
    Lines { lines, document }
}

struct Place<'a> {
    lines: &'a mut Vec<JsonLine>,
    pointer: String,
    depth: usize,
}

impl Place<'_> {
    fn line(&mut self, words: Rich) {
        let indent = Rich::plain("  ".repeat(self.depth));
        self.lines.push(JsonLine {
            words: indent.and(words),
            pointer: Arc::from(self.pointer.as_str()),
        });
    }

    /// One value with what stands before it on its line; `comma` says whether another follows.
    fn value(&mut self, value: &Value, before: Rich, comma: bool) {
        let end = if comma { "," } else { "" };
        let (role, text) = match value {
            Value::Null => (Role::Muted, "null".to_owned()),
            Value::Bool(on) => (Role::Strong, on.to_string()),
            Value::Number(number) => (Role::Strong, number.to_string()),
            Value::String(_) => (Role::Text, value.to_string()),
            Value::Array(items) if items.is_empty() => (Role::Muted, "[]".to_owned()),
            Value::Object(items) if items.is_empty() => (Role::Muted, "{}".to_owned()),
            Value::Array(items) => {
                self.line(before.then(Role::Muted, "["));
                let last = items.len() - 1;
                let named = items.iter().enumerate();
                self.inside(named.map(|(at, item)| (at.to_string(), Rich::new(), item, at < last)));
                self.line(Rich::muted(format!("]{end}")));
                return;
            }
            Value::Object(items) => {
                self.line(before.then(Role::Muted, "{"));
                let last = items.len() - 1;
                let named = items.iter().enumerate();
                self.inside(named.map(|(at, (key, item))| {
                    let shown = Value::String(key.clone()).to_string();
                    let before = Rich::of(Role::Accent, shown).then(Role::Muted, ": ");
                    (
                        key.replace('~', "~0").replace('/', "~1"),
                        before,
                        item,
                        at < last,
                    )
                }));
                self.line(Rich::muted(format!("}}{end}")));
                return;
            }
        };
        self.line(before.then(role, text).then(Role::Muted, end));
    }

    fn inside<'v>(&mut self, items: impl Iterator<Item = (String, Rich, &'v Value, bool)>) {
        let own = self.pointer.len();
        self.depth += 1;
        for (token, before, item, comma) in items {
            let _ = write!(self.pointer, "/{token}");
            self.value(item, before, comma);
            self.pointer.truncate(own);
        }
        self.depth -= 1;
    }
}

/// A JSON pointer in the writing of evidence: dotted, `[n]` for indexes, `['@odata.type']` for names
/// with dots.
pub fn path_of(document: &Value, pointer: &str) -> String {
    let mut path = String::new();
    let mut value = Some(document);
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        match value {
            Some(Value::Array(items)) => {
                let _ = write!(path, "[{name}]");
                value = name.parse::<usize>().ok().and_then(|at| items.get(at));
            }
            other => {
                if name.contains(['.', '[', '\'']) {
                    let _ = write!(path, "['{name}']");
                } else if path.is_empty() {
                    path.push_str(&name);
                } else {
                    let _ = write!(path, ".{name}");
                }
                value = other.and_then(|value| value.get(&name));
            }
        }
    }
    path
}
