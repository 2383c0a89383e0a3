//! One try: a request goes out, a whole answer comes back, or a sentence that says why not.
//!
//! The only place that knows reqwest's client. It is built at the first call, not before: building
//! reads the system's certificates, and the first frame must not wait for that. Must not decide
//! anything: what may leave and what is tried again is judged above it.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};
use url::Url;

use crate::azure::hosts::host_and_port;
use crate::model::cloud::is_loopback;

/// One request, ready to leave.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    /// It goes to a managed-identity endpoint: plain http, no proxy, and quick to give up.
    pub(crate) is_metadata: bool,
    pub(crate) timeout: Duration,
}

/// One whole answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(crate) struct Silence {
    pub(crate) is_timeout: bool,
    /// Another try cannot help: the certificate, or an answer that is too large.
    pub(crate) is_final: bool,
    pub(crate) message: String,
}

/// Sends one request. The seam for tests that must not open a socket.
#[async_trait]
pub(crate) trait Exchange: Send + Sync {
    async fn exchange(&self, ask: Ask) -> Result<Got, Silence>;
}

/// The real one, over reqwest.
pub(crate) struct Http {
    pub(crate) is_loopback: bool,
    pub(crate) connect_timeout: Duration,
    pub(crate) probe_timeout: Duration,
    pub(crate) largest_answer: usize,
    client: OnceLock<Result<reqwest::Client, String>>,
    metadata_client: OnceLock<Result<reqwest::Client, String>>,
}

impl Http {
    pub(crate) fn new(
        is_loopback: bool,
        connect_timeout: Duration,
        probe_timeout: Duration,
        largest_answer: usize,
    ) -> Self {
        Self {
            is_loopback,
            connect_timeout,
            probe_timeout,
            largest_answer,
            client: OnceLock::new(),
            metadata_client: OnceLock::new(),
        }
    }

    fn client(&self, is_metadata: bool) -> Result<&reqwest::Client, Silence> {
        let built = if is_metadata {
            self.metadata_client.get_or_init(|| {
                let builder = common(self.probe_timeout).no_proxy();
                builder.build().map_err(|error| causes(&error))
            })
        } else {
            self.client.get_or_init(|| {
                let builder = common(self.connect_timeout);
                let builder = if self.is_loopback {
                    builder.no_proxy()
                } else {
                    builder.https_only(true)
                };
                builder.build().map_err(|error| causes(&error))
            })
        };
        built.as_ref().map_err(|message| Silence {
            is_timeout: false,
            is_final: true,
            message: format!("the HTTP client could not be built: {message}"),
        })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Got, Failure> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(Failure::Reqwest)? {
            if body.len() + chunk.len() > self.largest_answer {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Got {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

enum Failure {
    Reqwest(reqwest::Error),
    TooLarge,
}

fn common(connect_timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_rustls()
        .user_agent(concat!("hopscope/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // Tries are counted and shown by us; none may happen unseen.
        .retry(reqwest::retry::never())
        .referer(false)
        .gzip(true)
        .connect_timeout(connect_timeout)
}

#[async_trait]
impl Exchange for Http {
    async fn exchange(&self, ask: Ask) -> Result<Got, Silence> {
        let client = self.client(ask.is_metadata)?;
        let place = host_and_port(&ask.url);
        let is_near = is_loopback(&ask.url) || ask.is_metadata;
        let mut request = client.request(ask.method, ask.url).headers(ask.headers);
        if let Some(body) = ask.body {
            request = request.body(body);
        }
        let whole = async {
            let response = request.send().await.map_err(Failure::Reqwest)?;
            self.read(response).await
        };
        match tokio::time::timeout(ask.timeout, whole).await {
            Ok(Ok(got)) => Ok(got),
            Ok(Err(Failure::Reqwest(error))) => Err(explain(&error, &place, is_near)),
            Ok(Err(Failure::TooLarge)) => Err(Silence {
                is_timeout: false,
                is_final: true,
                message: format!(
                    "the answer of {place} is larger than {} MiB",
                    self.largest_answer >> 20
                ),
            }),
            Err(_) => Err(Silence {
                is_timeout: true,
                is_final: false,
                message: format!("no answer from {place} in {} s", seconds(ask.timeout)),
            }),
        }
    }
}

fn seconds(duration: Duration) -> String {
    let text = format!("{:.1}", duration.as_secs_f64());
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// A sentence out of reqwest's nested errors: what failed, and the innermost cause.
fn explain(error: &reqwest::Error, place: &str, is_near: bool) -> Silence {
    let causes = causes(error);
    let lower = causes.to_ascii_lowercase();
    let is_tls = ["certificate", "handshake", "tls", "invalidcontenttype"]
        .iter()
        .any(|word| lower.contains(word));
    let is_proxy = lower.contains("proxy") || lower.contains("tunnel");
    let through = if is_near { None } else { proxy_variable() };
    let what = if error.is_timeout() {
        format!("no connection to {place} in time")
    } else if is_tls {
        format!("TLS with {place} was refused")
    } else if is_proxy {
        format!("the proxy refused the way to {place}")
    } else if error.is_connect() {
        format!("could not connect to {place}")
    } else {
        format!("the connection to {place} broke before the whole answer was here")
    };
    let hint = match through {
        Some(variable) if error.is_connect() => format!(" (the proxy in {variable} is in use)"),
        _ => String::new(),
    };
    Silence {
        is_timeout: error.is_timeout(),
        is_final: is_tls || error.is_builder(),
        message: format!("{what}: {causes}{hint}"),
    }
}

fn proxy_variable() -> Option<&'static str> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The causes from the inside, each said once. The outer sentences of reqwest only say that an
/// error happened.
fn causes(error: &reqwest::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !said.iter().any(|earlier| earlier.contains(&text)) {
            said.retain(|earlier| !text.contains(earlier.as_str()));
            said.push(text);
        }
        next = cause.source();
    }
    said.retain(|text| text != "client error (Connect)" && text != "client error (SendRequest)");
    match said.last() {
        Some(innermost) => super::clean(innermost),
        None => "no further reason was given".to_owned(),
    }
}
