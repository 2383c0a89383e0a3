//! An exchange that a test writes: it answers in memory, so that waits can run under a paused clock,
//! and remembers what would have left.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::time::Instant;

use super::exchange::{Ask, Exchange, Got, Silence};

type Script = dyn Fn(&Seen) -> Result<Got, Silence> + Send + Sync;

/// What would have left, and when.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) url: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
    pub(crate) is_metadata: bool,
    /// How many went to this address before.
    pub(crate) earlier: usize,
}

/// Answers by a script.
pub(crate) struct Scripted {
    script: Box<Script>,
    seen: Mutex<Vec<Seen>>,
    delay: Duration,
}

impl Scripted {
    pub(crate) fn new(
        script: impl Fn(&Seen) -> Result<Got, Silence> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::slow(Duration::ZERO, script)
    }

    pub(crate) fn slow(
        delay: Duration,
        script: impl Fn(&Seen) -> Result<Got, Silence> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            seen: Mutex::default(),
            delay,
        })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Exchange for Scripted {
    async fn exchange(&self, ask: Ask) -> Result<Got, Silence> {
        let seen = {
            let mut all = self.seen.lock().unwrap();
            let url = ask.url.to_string();
            let seen = Seen {
                at: Instant::now(),
                earlier: all.iter().filter(|seen| seen.url == url).count(),
                url,
                authorization: ask
                    .headers
                    .get("authorization")
                    .map(|value| value.to_str().unwrap().to_owned()),
                body: String::from_utf8(ask.body.unwrap_or_default().to_vec()).unwrap(),
                is_metadata: ask.is_metadata,
            };
            all.push(seen.clone());
            seen
        };
        tokio::time::sleep(self.delay).await;
        (self.script)(&seen)
    }
}

/// An answer of a script.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a script ends in this or in silence"
)]
pub(crate) fn got(
    status: u16,
    headers: &[(&'static str, &str)],
    body: &Value,
) -> Result<Got, Silence> {
    Ok(Got {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect::<HeaderMap>(),
        body: Bytes::from(body.to_string()),
    })
}

/// No answer.
pub(crate) fn silent(message: &str) -> Result<Got, Silence> {
    Err(Silence {
        is_timeout: false,
        is_final: false,
        message: message.to_owned(),
    })
}
