//! An answer before it becomes bytes. Must not know HTTP's transport: cutting, compressing and
//! waiting are `encode.rs` and `router.rs`.

use serde_json::{Value, json};

/// What a service answers.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(super) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Some(body),
        }
    }

    /// A status and nothing else, as firewalls answer.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
        }
    }

    /// The usual envelope: `{"error": {"code", "message"}}`.
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, json!({"error": {"code": code, "message": message}}))
    }

    /// The envelope of those providers that leave the wrapper out.
    pub(super) fn bare_error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, json!({"code": code, "message": message}))
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
