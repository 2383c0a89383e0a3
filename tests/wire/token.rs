//! What a token says of itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) tenant: String,
    pub(crate) audience: String,
    pub(crate) text: String,
}

impl Token {
    /// Reads `Bearer <token>`, to the letter.
    pub(crate) fn bearer(header: &str) -> Self {
        let text = header
            .strip_prefix("Bearer ")
            .unwrap_or_else(|| panic!("not `Bearer <token>`: {header}"));
        let middle = text.split('.').nth(1).expect("claims");
        let bytes = URL_SAFE_NO_PAD.decode(middle).expect("base64");
        let claims: Value = serde_json::from_slice(&bytes).expect("JSON");
        let word = |name: &str| claims[name].as_str().expect(name).to_owned();
        Self {
            tenant: word("tid"),
            audience: word("aud").trim_end_matches('/').to_owned(),
            text: text.to_owned(),
        }
    }
}
