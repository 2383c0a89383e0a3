//! Error bodies: what Azure says when it refuses, in all the shapes that its services use.
//!
//! A pure reader of text: it never fails, and what it cannot read it quotes. Must not decide what an
//! error means for a reading; that is `client`'s. Control characters are taken out here.

use serde_json::Value;

/// What an error body says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AzureError {
    /// `code`, the most telling one.
    pub code: Option<String>,
    /// `message`, without control characters.
    pub message: Option<String>,
    /// `target`.
    pub target: Option<String>,
    /// `details` and `innererror`, flat, in the order in which they stand.
    pub details: Vec<Detail>,
    /// The action that was refused, where the message names it.
    pub action: Option<String>,
    /// The scope over which it was refused.
    pub scope: Option<String>,
}

/// One nested part of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// `code`.
    pub code: Option<String>,
    /// `message`, without control characters.
    pub message: Option<String>,
    /// `target`.
    pub target: Option<String>,
}

impl AzureError {
    /// Reads an error body. A body that is no error document is quoted in part.
    pub fn read(body: &str) -> Self {
        let body = body.trim_start_matches('\u{feff}').trim();
        if body.is_empty() {
            return Self::default();
        }
        let mut error = match serde_json::from_str::<Value>(body) {
            Ok(value) => Self::from_value(&value, 0),
            Err(_) => Self {
                message: Some(quote(&strip_markup(body))),
                ..Self::default()
            },
        };
        error.read_refused_action();
        error
    }

    /// Whether the code, or a nested one, is `code`.
    pub fn has_code(&self, code: &str) -> bool {
        std::iter::once(&self.code)
            .chain(self.details.iter().map(|detail| &detail.code))
            .flatten()
            .any(|own| own.eq_ignore_ascii_case(code))
    }

    /// Every text that the error holds: its message, then the details'.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.message)
            .chain(self.details.iter().map(|detail| &detail.message))
            .flatten()
            .map(String::as_str)
    }

    fn from_value(value: &Value, depth: usize) -> Self {
        let Some(whole) = value.as_object() else {
            return Self {
                message: Some(quote(&value.to_string())),
                ..Self::default()
            };
        };
        // Entra ID answers `error` as a word, with the sentence beside it.
        if let Some(word) = whole.get("error").and_then(Value::as_str) {
            return Self::from_entra(word, whole);
        }
        let inner = ["error", "odata.error", "Error"]
            .iter()
            .find_map(|key| whole.get(*key))
            .filter(|inner| inner.is_object())
            .unwrap_or(value);
        let mut error = Self {
            code: text_of(inner, &["code", "Code"]),
            message: message_of(inner),
            target: text_of(inner, &["target"]),
            ..Self::default()
        };
        collect_details(inner, &mut error.details, depth);
        if error.code.is_none() && error.message.is_none() {
            error.message = Some(quote(&value.to_string()));
        }
        error.unfold_message(depth);
        error
    }

    fn from_entra(word: &str, whole: &serde_json::Map<String, Value>) -> Self {
        let description = whole.get("error_description").and_then(Value::as_str);
        // The sentence, without the trace ids that follow it line by line.
        let message = description
            .and_then(|text| text.lines().next())
            .map(|line| line.split(" Trace ID:").next().unwrap_or(line).trim());
        let code = whole
            .get("error_codes")
            .and_then(Value::as_array)
            .and_then(|codes| codes.first())
            .map(|code| format!("AADSTS{code}"));
        Self {
            code: Some(code.unwrap_or_else(|| clean(word))),
            message: message.map(clean),
            ..Self::default()
        }
    }

    /// A message that is itself an error document gives its code and message to the details, and
    /// its message to the whole: it is what there is to read.
    fn unfold_message(&mut self, depth: usize) {
        const DEEPEST: usize = 4;
        if depth >= DEEPEST {
            return;
        }
        let Some(nested) = self
            .message
            .as_deref()
            .map(str::trim)
            .filter(|text| text.starts_with('{'))
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .filter(Value::is_object)
        else {
            return;
        };
        let nested = Self::from_value(&nested, depth + 1);
        if nested.code.is_none() && nested.details.is_empty() && nested.target.is_none() {
            return;
        }
        self.message.clone_from(&nested.message);
        if self.code.is_none() {
            self.code.clone_from(&nested.code);
        }
        self.details.push(Detail {
            code: nested.code,
            message: nested.message,
            target: nested.target,
        });
        self.details.extend(nested.details);
    }

    fn read_refused_action(&mut self) {
        let found = self.texts().find_map(|text| {
            // "has permission to perform action 'a'; however, it does not have permission to
            // perform action 'b'": the last one is the refused one.
            let action = quoted_after_last(text, "perform action '")?;
            let scope = quoted_after_last(text, "over scope '")
                .or_else(|| quoted_after_last(text, "on the linked scope(s) '"));
            Some((action, scope))
        });
        if let Some((action, scope)) = found {
            self.action = Some(action);
            self.scope = scope;
        }
    }
}

/// Text from Azure as it may be shown: without control characters and without the marks that turn
/// the direction of writing; line ends and tabs become blanks.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

fn text_of(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter()
        .find_map(|key| match value.get(*key)? {
            Value::String(text) => Some(clean(text)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .filter(|text| !text.is_empty())
}

/// `message` as a text, or as OData's `{"lang": "en", "value": "…"}`.
fn message_of(value: &Value) -> Option<String> {
    text_of(value, &["message", "Message"]).or_else(|| text_of(value.get("message")?, &["value"]))
}

fn collect_details(error: &Value, into: &mut Vec<Detail>, depth: usize) {
    const DEEPEST: usize = 8;
    if depth >= DEEPEST {
        return;
    }
    let listed = error.get("details").and_then(Value::as_array);
    let inner = error.get("innererror").or_else(|| error.get("innerError"));
    for part in listed.into_iter().flatten().chain(inner) {
        if !part.is_object() {
            continue;
        }
        let mut detail = AzureError {
            code: text_of(part, &["code", "type", "exceptionType"]),
            message: message_of(part),
            target: text_of(part, &["target"]),
            ..AzureError::default()
        };
        detail.unfold_message(depth + 1);
        if detail.code.is_some() || detail.message.is_some() {
            into.push(Detail {
                code: detail.code,
                message: detail.message,
                target: detail.target,
            });
        }
        into.extend(detail.details);
        collect_details(part, into, depth + 1);
    }
}

fn quoted_after_last(text: &str, mark: &str) -> Option<String> {
    let start = text.rfind(mark)? + mark.len();
    let end = text[start..].find('\'')?;
    (end > 0).then(|| text[start..start + end].to_owned())
}

/// The words of an HTML page: a proxy's or a gateway's answer.
fn strip_markup(body: &str) -> String {
    if !body.starts_with('<') {
        return body.to_owned();
    }
    let mut out = String::new();
    let mut is_tag = false;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                out.push(' ');
            }
            c if !is_tag => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The start of a text that is not an error document; the mark at its end says that there was more.
fn quote(text: &str) -> String {
    const LONGEST: usize = 300;
    let text = clean(text);
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests;
