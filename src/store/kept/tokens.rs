//! What looks like a token is taken out of all that is kept.
//!
//! No token reaches the store: credentials stay in `azure`, answers of the token endpoint are not
//! kept. This is the second lock: were an answer, a property or a message ever to repeat one, the
//! file would not. Must not know where a text comes from.

use std::sync::Arc;

use serde_json::Value;

/// What stands where a token was.
const REMOVED: &str = "<token removed>";

/// How a JSON Web Token begins: `{"` in base64.
const HEAD: &str = "eyJ";

/// The JSON without tokens; the same `Arc` when there is none.
pub(super) fn without(raw: &Arc<Value>) -> Arc<Value> {
    if !any(raw) {
        return Arc::clone(raw);
    }
    let mut own = Value::clone(raw);
    remove(&mut own);
    Arc::new(own)
}

/// The text without tokens, when it holds one.
pub(super) fn without_text(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((start, length)) = next(rest) {
        out.push_str(rest.get(..start).unwrap_or_default());
        out.push_str(REMOVED);
        rest = rest.get(start + length..).unwrap_or_default();
    }
    (!out.is_empty()).then(|| out + rest)
}

fn any(value: &Value) -> bool {
    match value {
        Value::String(text) => next(text).is_some(),
        Value::Array(items) => items.iter().any(any),
        Value::Object(map) => map
            .iter()
            .any(|(name, value)| next(name).is_some() || any(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn remove(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(clean) = without_text(text) {
                *text = clean;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(remove),
        Value::Object(map) => {
            let own = std::mem::take(map);
            *map = own
                .into_iter()
                .map(|(name, mut value)| {
                    remove(&mut value);
                    (without_text(&name).unwrap_or(name), value)
                })
                .collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where the first token starts and how long it is: parts of base64url with points between them, of
/// which the first two are JSON objects. The signature may be missing, as it is in tokens that are
/// not signed.
fn next(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find(HEAD) {
        let start = from + at;
        let length = token(text.get(start..)?);
        if length > 0 {
            return Some((start, length));
        }
        from = start + HEAD.len();
    }
    None
}

fn token(text: &str) -> usize {
    let letters = |text: &str| {
        text.bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='))
            .count()
    };
    let first = letters(text);
    let Some(claims) = text.get(first..).and_then(|rest| rest.strip_prefix('.')) else {
        return 0;
    };
    let second = letters(claims);
    if !claims.starts_with(HEAD) || second <= HEAD.len() {
        return 0;
    }
    // Whatever follows point by point goes with it: a signature, the five parts of an encrypted
    // token, another token that was written right behind.
    let mut length = first + 1 + second;
    while let Some(part) = text.get(length..).and_then(|rest| rest.strip_prefix('.')) {
        let own = letters(part);
        length += 1 + own;
        if own == 0 {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.eyJvaWQiOiJ4In0.c2lnbmF0dXJl-_";

    #[test]
    fn a_token_goes_wherever_it_stands_and_the_rest_stays() {
        let raw = Arc::new(json!({
            "message": format!("refused Bearer {TOKEN}, try again"),
            TOKEN: [format!("{TOKEN}{TOKEN}"), 1, null],
            "eyJust": "eyJ is no token, nor is eyJ.eyJ or eyJhbGc.x",
        }));
        let clean = without(&raw);
        let text = clean.to_string();
        assert!(!text.contains("c2lnbmF0dXJl"), "{text}");
        assert!(!text.contains("eyJvaWQ"), "{text}");
        assert_eq!(
            clean["message"],
            "refused Bearer <token removed>, try again"
        );
        assert_eq!(clean["eyJust"], raw["eyJust"]);
    }

    #[test]
    fn what_holds_none_is_not_copied() {
        let raw = Arc::new(json!({ "a": ["eyJ", "b.c.d"] }));
        assert!(Arc::ptr_eq(&raw, &without(&raw)));
        assert_eq!(without_text("nothing here"), None);
        assert_eq!(without_text(TOKEN).as_deref(), Some(REMOVED));
        let five_parts = format!("{TOKEN}.eyJpdiI6MX0.dGFn");
        assert_eq!(without_text(&five_parts).as_deref(), Some(REMOVED));
    }
}
